"""Bounds of unknowns: held to enumeration and to a programme solved one at a time."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.examples import up_to
from vawg_geo.audit.attack import bounds
from vawg_geo.audit.attack.bounds import Sums, cell_bounds, make_consistent, reach, tighten
from vawg_geo.errors import InputError

EVERY = 1e-6


def sums_of(matrix, low, high, sum_low, sum_high):
    matrix = np.asarray(matrix, float)
    row, column = np.nonzero(matrix)
    return Sums(
        low=np.asarray(low, float),
        high=np.asarray(high, float),
        sum_low=np.asarray(sum_low, float),
        sum_high=np.asarray(sum_high, float),
        row=row.astype(np.int64),
        column=column.astype(np.int64),
        sign=matrix[row, column],
    )


@st.composite
def solvable(draw, *, unlimited=True):
    """Sums that some values fulfil, and those values."""
    n, m = draw(st.integers(2, 7)), draw(st.integers(1, 6))
    value = np.array(draw(st.lists(st.integers(0, 9), min_size=n, max_size=n)), float)
    cells = st.lists(st.sampled_from([-1, 0, 0, 1]), min_size=n * m, max_size=n * m)
    matrix = np.array(draw(cells), float).reshape(m, n)
    below = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    ends = [0, 1, 4, np.inf] if unlimited else [0, 1, 4]
    above = draw(st.lists(st.sampled_from(ends), min_size=n, max_size=n))
    slack = draw(st.lists(st.sampled_from([0.0, 0.0, 0.0, 2.0, np.inf]), min_size=m, max_size=m))
    at = matrix @ value
    low = np.maximum(value - below, 0)
    return sums_of(matrix, low, value + np.array(above), at, at + np.array(slack)), matrix, value


def one_by_one(sums, matrix, cell, direction):
    cost = np.zeros(len(sums.low))
    cost[cell] = direction
    up, down = np.isfinite(sums.sum_high), np.isfinite(sums.sum_low)
    result = linprog(
        cost,
        A_ub=np.vstack([matrix[up], -matrix[down]]),
        b_ub=np.concatenate([sums.sum_high[up], -sums.sum_low[down]]),
        bounds=list(zip(sums.low, sums.high, strict=True)),
        # Before it solves, it cannot always tell "without limit" from "without solution".
        options={"presolve": False},
    )
    assert result.status in {0, 3}, result.message
    return direction * np.inf * -1 if result.status == 3 else direction * result.fun


@up_to(60)
@given(solvable())
def test_bounds_are_those_of_a_programme_for_each(drawn):
    sums, matrix, value = drawn
    tight, freed = make_consistent(sums)
    assert len(freed) == 0
    every = np.arange(len(value))
    lower, upper = cell_bounds(tight, wanted=every)
    for cell in every:
        assert lower[cell] == pytest.approx(one_by_one(sums, matrix, cell, 1), abs=1e-5)
        assert upper[cell] == pytest.approx(one_by_one(sums, matrix, cell, -1), abs=1e-5)
    assert (lower <= value + EVERY).all()
    assert (value <= upper + EVERY).all()


@up_to(60)
@given(solvable(), st.integers(0, 4), st.integers(4, 9))
def test_what_is_reached_lies_within_and_what_is_tightened_without(drawn, low, high):
    sums, _, value = drawn
    tight, _ = make_consistent(sums)
    every = np.arange(len(value))
    lower, upper = cell_bounds(tight, wanted=every)
    assert (tight.low <= lower + EVERY).all()
    assert (upper <= tight.high + EVERY).all()
    goals = np.full(len(value), float(low)), np.full(len(value), float(high))
    inner = reach(tight, wanted=every, low=goals[0], high=goals[1], spread=float(high - low))
    found = np.isfinite(inner.low)
    assert (inner.low >= lower - EVERY).all()
    assert (inner.high <= upper + EVERY)[found].all()
    assert found.all()


def test_unknowns_outside_cycles_need_no_programme(monkeypatch):
    monkeypatch.setattr(bounds, "_solve", lambda *_: pytest.fail("a programme was solved"))
    tree = sums_of([[1, -1, -1, 0, 0], [0, 0, 1, -1, -1]], [9, 1, 1, 1, 1], [9] + [np.inf] * 4,
                   [0, 0], [0, 0])  # fmt: skip
    tight, _ = make_consistent(tree)
    lower, upper = cell_bounds(tight, wanted=np.arange(5))
    assert lower.tolist() == [9, 1, 2, 1, 1]
    assert upper.tolist() == [9, 7, 8, 7, 7]


def test_a_cycle_is_tighter_than_what_limits_alone_say():
    # x + y = 10, y + z = 10, x + z = 10: each is 5, which no single sum says.
    ring = sums_of([[1, 1, 0], [0, 1, 1], [1, 0, 1]], [0] * 3, [np.inf] * 3, [10] * 3, [10] * 3)
    tight = tighten(ring)
    assert tight.low.tolist() == [0, 0, 0]
    lower, upper = cell_bounds(tight, wanted=np.arange(3))
    assert lower == pytest.approx([5, 5, 5])
    assert upper == pytest.approx([5, 5, 5])


def test_many_questions_at_once_are_cut_into_programmes(monkeypatch):
    solved = []
    solve = bounds._solve
    monkeypatch.setattr(bounds, "_solve", lambda *a: solved.append(1) or solve(*a))
    monkeypatch.setattr(bounds, "_COEFFICIENTS", 1)
    ring = sums_of([[1, 1, 0], [0, 1, 1], [1, 0, 1]], [0] * 3, [np.inf] * 3, [10] * 3, [10] * 3)
    lower, _ = cell_bounds(tighten(ring), wanted=np.arange(3))
    assert len(solved) == 3
    assert lower == pytest.approx([5, 5, 5])


@pytest.mark.parametrize(
    ("matrix", "at"),
    [
        # Crossing limits; and a ring that only together has no solution of at most 4 each.
        ([[1, 0, 0], [1, 0, 0], [0, 1, 1]], [3, 4, 4]),
        ([[1, 1, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [4, 4, 4, 7]),
    ],
)
def test_sums_that_cannot_hold_together_are_freed_and_the_others_kept(matrix, at):
    sums = sums_of(matrix, [0] * 3, [9] * 3, at, at)
    tight, freed = make_consistent(sums)
    assert 1 <= len(freed) < len(at)
    lower, upper = cell_bounds(tight, wanted=np.arange(3))
    assert (lower <= upper + EVERY).all()
    kept = [i for i in range(len(at)) if i not in freed]
    values = [
        v for v in product(range(10), repeat=3) if all(np.dot(matrix[i], v) == at[i] for i in kept)
    ]
    assert values
    for cell in range(3):
        assert lower[cell] <= min(v[cell] for v in values) + EVERY
        assert upper[cell] >= max(v[cell] for v in values) - EVERY


def test_a_solver_that_gives_up_is_no_proof(monkeypatch):
    ring = sums_of([[1, 1, 0], [0, 1, 1], [1, 0, 1]], [0] * 3, [np.inf] * 3, [10] * 3, [10] * 3)
    tight = tighten(ring)
    monkeypatch.setattr(bounds, "_solve", lambda *_: None)
    with pytest.raises(InputError, match="nothing is proved of the hidden counts"):
        cell_bounds(tight, wanted=np.arange(3))
    with pytest.raises(InputError, match="could not be solved"):
        make_consistent(ring)


def test_nothing_to_solve():
    none = sums_of(np.zeros((0, 2)), [0, 1], [np.inf, 4], [], [])
    tight, _ = make_consistent(none)
    lower, upper = cell_bounds(tight, wanted=np.array([1, 0]))
    assert lower.tolist() == [1, 0]
    assert upper.tolist() == [4, np.inf]
