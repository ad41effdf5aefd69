"""Programmes solved together give what each gives alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from vawg_geo.disclosure import programmes
from vawg_geo.disclosure.programmes import Programme, gather, maximise, together


def programme(rng: np.random.Generator, *, total: float | None = None) -> Programme:
    """A sum of a few cells between 0 and 9."""
    columns = int(rng.integers(2, 6))
    inside = rng.integers(0, 10, columns).astype(float)
    return Programme(
        objective=rng.normal(size=columns),
        equations=csr_array(np.ones((1, columns))),
        totals=np.array([inside.sum() if total is None else total]),
        bounds=np.tile([0.0, 9.0], (columns, 1)),
    )


def ask(one: Programme):
    """Yield one programme and return what is answered."""
    (answer,) = yield [one]
    return answer


def test_many_together_are_as_good_as_each_alone() -> None:
    rng = np.random.default_rng(1)
    some = [programme(rng) for _ in range(40)]
    for one, answer in zip(some, together([ask(one) for one in some]), strict=True):
        alone = maximise(one)
        assert answer is not None
        assert alone is not None
        assert one.objective @ answer[0] == pytest.approx(one.objective @ alone[0])
        assert one.equations @ answer[0] == pytest.approx(one.totals)
        assert len(answer[1]) == len(one.totals)


def test_one_without_a_solution_leaves_the_others_theirs() -> None:
    rng = np.random.default_rng(2)
    some = [programme(rng), programme(rng, total=-1.0), programme(rng)]
    found = together([ask(one) for one in some])
    assert [answer is None for answer in found] == [False, True, False]


def test_groups_are_no_wider_than_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    some = [programme(rng) for _ in range(30)]
    widths: list[int] = []

    def counted(one: Programme):
        widths.append(len(one.objective))
        return maximise(one)

    monkeypatch.setattr(programmes, "_WIDEST", 20)
    monkeypatch.setattr(programmes, "maximise", counted)
    together([ask(one) for one in some])
    assert max(widths) <= 20
    assert sum(widths) == sum(len(one.objective) for one in some)
    assert len(widths) < len(some)


def test_those_that_ask_longer_go_on_alone() -> None:
    rng = np.random.default_rng(4)

    def several(times: int):
        found = 0
        for _ in range(times):
            found += (yield [programme(rng)])[0] is not None
        return found

    assert together([several(n) for n in (0, 3, 1)]) == [0, 3, 1]


def test_gathered_generators_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    asked: list[int] = []
    answers = programmes._answers

    def counted(some):
        asked.append(len(some))
        return answers(some)

    def outer():
        first = yield from gather([ask(programme(rng)) for _ in range(3)])
        second = yield from gather([])
        return len(first) + len(second)

    monkeypatch.setattr(programmes, "_answers", counted)
    assert together([outer(), outer()]) == [3, 3]
    assert asked == [6]
