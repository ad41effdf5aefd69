"""Sums that tie an edition's counts together, each kind written out by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.disclosure.outsider import counts_of, parents_of
from vawg_geo.disclosure.cells import CellTable
from vawg_geo.disclosure.linked import link_cells
from vawg_geo.disclosure.rules import PRESETS
from vawg_geo.errors import InputError


def sums_of(cells, *, part_of=None, parents=None):
    """Equations as (whole, parts, how many figures that nobody publishes)."""
    table = counts_of(cells)
    keys = list(cells)
    matrix = link_cells(
        table, parents_of(table) if parents is None else parents, part_of=part_of
    ).toarray()
    assert matrix.shape[1] >= len(keys)
    assert set(np.unique(matrix)) <= {-1.0, 0.0, 1.0}
    found = set()
    for row in matrix:
        wholes = [keys[n] for n in np.flatnonzero(row[: len(keys)] < 0)]
        parts = frozenset(keys[n] for n in np.flatnonzero(row[: len(keys)] > 0))
        assert len(wholes) == 1
        # Nobody's figures only ever add to the parts.
        assert (row[len(keys) :] >= 0).all()
        found.add((wholes[0], parts, int(row[len(keys) :].sum())))
    assert len(found) == len(matrix)
    return found


def test_every_level_is_the_sum_of_the_next_that_has_figures():
    areas = ["w11", "w12", "w21", "w91", "d1", "d2", "d9", "c1", "p1"]
    assert sums_of(dict.fromkeys(areas, 9)) == {
        ("d1", frozenset({"w11", "w12"}), 0),
        ("d2", frozenset({"w21"}), 0),
        ("d9", frozenset({"w91"}), 0),
        ("c1", frozenset({"d1", "d2"}), 0),
        # The unitary district lies in the police area and in no county.
        ("p1", frozenset({"d1", "d2", "d9"}), 0),
    }


def test_wards_add_up_to_the_county_where_districts_have_no_figures():
    assert sums_of(dict.fromkeys(["w11", "w21", "w91", "c1", "p1"], 9), parents={
        "w11": "d1", "w21": "d2", "w91": "d9", "d1": "c1", "d2": "c1", "d9": "p1", "c1": "p1",
    }) == {
        ("c1", frozenset({"w11", "w21"}), 0),
        ("p1", frozenset({"w11", "w21", "w91"}), 0),
    }  # fmt: skip


def test_areas_are_tied_only_within_indicator_sex_and_period():
    cells = {
        ("d1", "persons", "crimes", "2015/16"): 9,
        ("w11", "persons", "crimes", "2015/16"): 9,
        ("w12", "persons", "crimes", "2016/17"): 9,
        ("w13", "female", "crimes", "2015/16"): 9,
        ("w14", "persons", "incidents", "2015/16"): 9,
    }
    first, second, *_ = cells
    # What the year's other wards have is one block; of it the women of one ward are a part.
    assert (first, frozenset({second}), 1) not in sums_of(dict(list(cells.items())[:2]))
    women = list(cells)[3]
    assert sums_of(cells) == {(first, frozenset({second, women}), 1)}


def test_lone_areas_and_an_empty_table_are_tied_to_nothing():
    assert sums_of({"w11": 9, "w21": 9}) == set()
    assert link_cells(counts_of({"w11": 9}).iloc[:0], {}).shape == (0, 0)


def test_areas_that_lie_in_themselves_are_refused():
    with pytest.raises(InputError, match="lies in itself"):
        sums_of({"w11": 9, "d1": 9}, parents={"w11": "d2", "d2": "d3", "d3": "d2"})


def test_female_and_male_add_up_to_persons_in_each_area():
    cells = {(a, s): 9 for a in ("w11", "w12") for s in ("persons", "female", "male")}
    assert sums_of(cells) == {
        ((a, "persons"), frozenset({(a, "female"), (a, "male")}), 0) for a in ("w11", "w12")
    }


def test_two_sexes_of_three_leave_the_third():
    assert sums_of({("w11", "female"): 9, ("w11", "male"): 9}) == set()
    persons, male = cells = {("w11", "persons"): 9, ("w11", "male"): 9}
    assert sums_of(cells) == {(persons, frozenset({male}), 1)}


def test_missing_counts_are_in_sums_and_those_not_applicable_are_not():
    assert sums_of({"d1": 9, "w11": None, "w12": "n/a", "w13": 0}) == {
        ("d1", frozenset({"w11", "w13"}), 0)
    }


def nested(*names, area="d1"):
    return {(area, "persons", name): 9 for name in names}


def test_indicators_that_make_up_the_whole_equal_it():
    rape, other, sexual = nested("rape", "other", "sexual")
    part_of = {"rape": ("sexual", True), "other": ("sexual", True)}
    assert sums_of(nested("rape", "other", "sexual"), part_of=part_of) == {
        (sexual, frozenset({rape, other}), 0)
    }


@pytest.mark.parametrize(
    ("names", "part_of"),
    [
        (["rape", "sexual"], {"rape": ("sexual", False)}),
        # One of the parts is said not to make up the whole with the others.
        (["rape", "other", "sexual"], {"rape": ("sexual", True), "other": ("sexual", False)}),
        # A part of which this area has no figure.
        (["rape", "sexual"], {"rape": ("sexual", True), "other": ("sexual", True)}),
    ],
)
def test_other_indicators_leave_something_beside_them(names, part_of):
    *parts, whole = nested(*names)
    assert sums_of(nested(*names), part_of=part_of) == {(whole, frozenset(parts), 1)}


def test_indicators_within_indicators_and_wholes_without_figures():
    part_of = {"rape": ("sexual", False), "sexual": ("violence", False), "arson": ("fire", True)}
    rape, sexual, violence, arson = nested("rape", "sexual", "violence", "arson")
    assert sums_of(dict.fromkeys((rape, sexual, violence, arson), 9), part_of=part_of) == {
        (sexual, frozenset({rape}), 1),
        (violence, frozenset({sexual}), 1),
    }


def test_parts_that_are_not_applicable_leave_nothing_beside_the_others():
    """No figure and not applicable differ: what does not apply adds nothing to the whole."""
    cells = nested("rape", "other", "sexual") | {("d1", "persons", "more"): "n/a"}
    part_of = dict.fromkeys(("rape", "other", "more"), ("sexual", True))
    rape, other, sexual, _ = cells
    assert sums_of(cells, part_of=part_of) == {(sexual, frozenset({rape, other}), 0)}


def timed(*periods, area="d1"):
    return {(area, "persons", "crimes", period): 9 for period in periods}


def test_periods_that_meet_end_to_end_are_no_sums():
    assert sums_of(timed("2015 Q1", "2015 Q2", "2016", "last winter", "2015/17")) == set()


def test_quarters_and_their_year():
    quarters = [f"2015/16 Q{n}" for n in range(1, 5)]
    cells = timed("2015/16", *quarters)
    year, *parts = cells
    assert sums_of(cells) == {(year, frozenset(parts), 0)}


def test_financial_and_calendar_year_overlap_in_nine_months():
    found = sums_of(timed("2015/16", "2015"))
    assert {(key[3], pieces) for key, _, pieces in found} == {("2015/16", 2), ("2015", 2)}


def test_the_same_time_in_other_words_is_the_same_figure():
    year, same, month = cells = timed("2015/16", "2015-04-01 to 2016-03-31", "2015-04")
    assert sums_of(cells) == {
        (same, frozenset({year}), 0),
        (year, frozenset({month}), 1),
        (same, frozenset({month}), 1),
    }


def test_overlapping_periods_of_other_areas_are_not_tied():
    assert sums_of(timed("2015/16") | timed("2015", area="d2")) == set()


@given(
    st.dictionaries(st.integers(0, 11), st.integers(0, 50), min_size=12, max_size=12),
    st.sets(st.tuples(st.integers(0, 11), st.integers(1, 12)), min_size=2, max_size=6),
)
def test_counts_by_month_fulfil_the_sums_of_all_periods(months, spans):
    """Whatever periods overlap: true counts by month solve the equations with some pieces."""
    periods = {
        f"2015-{first + 1:02} to 2015-{last:02}": sum(months[m] for m in range(first, last))
        for first, last in spans
        if first < last
    }
    if not periods:
        return
    matrix = link_cells(counts_of(timed(*periods)), {}).toarray()
    cells = np.array(list(periods.values()), float)
    pieces = matrix[:, len(cells) :]
    needed = -matrix[:, : len(cells)] @ cells
    solved = linprog(np.zeros(pieces.shape[1]), A_eq=pieces, b_eq=needed) if pieces.size else None
    assert solved.status == 0 if solved else not needed.any()


CROSSED = {
    "the whole by year, its parts over all years": (
        {("d1", "persons", "crimes", year): 9 for year in ("2013/14", "2014/15", "2015/16")}
        | {(ward, "persons", "crimes", "2013/14 to 2015/16"): 9 for ward in ("w11", "w12")}
    ),
    "persons by year, women and men over all years": (
        {("w11", "persons", "crimes", year): 9 for year in ("2014/15", "2015/16")}
        | {("w11", sex, "crimes", "2014/15 to 2015/16"): 9 for sex in ("female", "male")}
    ),
    "a county with its wards, and women of districts": (
        {("c1", "persons"): 9, ("w11", "persons"): 9, ("d1", "female"): 9, ("d2", "male"): 9}
    ),
}


@pytest.mark.parametrize("name", CROSSED)
def test_sums_that_cross_say_what_sums_of_atoms_say(name):
    """Each cell's range is that of a programme over atoms, which is written here by itself.

    Seen to fail with `_across` left out of `linked._System`.
    """
    cells = CROSSED[name]
    table = counts_of(cells)
    parents = parents_of(table) | {"w12": "d1", "w21": "d2", "d1": "c1", "d2": "c1"}
    matrix = link_cells(table, parents).toarray()
    atoms = list(itertools.product(("w11", "w12", "w21"), ("female", "male"), range(2013, 2016)))
    within = {"c1": ("w11", "w12", "w21"), "d1": ("w11", "w12"), "d2": ("w21",)}
    years = {"2013/14": 1, "2014/15": 2, "2015/16": 4, "2014/15 to 2015/16": 6,
             "2013/14 to 2015/16": 7}  # fmt: skip
    by_atom = np.array([
        [
            area in within.get(cell[0], (cell[0],))
            and cell[1] in (sex, "persons")
            and bool(years[(*cell, "", "2015/16")[3]] >> (year - 2013) & 1)
            for area, sex, year in atoms
        ]
        for cell in [key + ("crimes", "2015/16")[len(key) - 2 :] for key in cells]
    ], float)  # fmt: skip
    generator = np.random.default_rng(0)
    for _ in range(20):
        truth = by_atom @ generator.integers(0, 9, len(atoms))
        shown = generator.random(len(cells)) < 0.6
        for cell in np.flatnonzero(~shown):
            for sign in (1, -1):
                ours = _extreme(matrix, np.eye(len(cells))[cell], truth, shown, sign)
                ends = linprog(sign * by_atom[cell], A_eq=by_atom[shown], b_eq=truth[shown])
                theirs = ends.fun if ends.status == 0 else -np.inf
                assert ours == pytest.approx(theirs, abs=1e-6)


def _extreme(matrix, chosen, truth, shown, sign):
    """Least or greatest value of a cell by our equations."""
    beyond = matrix.shape[1] - len(truth)
    bounds = [(v, v) if s else (0, None) for v, s in zip(truth, shown, strict=True)]
    found = linprog(
        sign * np.concatenate([chosen, np.zeros(beyond)]),
        A_eq=matrix if len(matrix) else None, b_eq=np.zeros(len(matrix)) if len(matrix) else None,
        bounds=[*bounds, *[(0, None)] * beyond],
    )  # fmt: skip
    return found.fun if found.status == 0 else -np.inf


def test_an_area_that_only_follows_leaves_all_other_sums_as_they_were():
    """A county between districts and police area has no figures, and follows from theirs.

    Seen to fail where such an area, of no known vintage, was taken for a rival of the districts: then
    the county's wards were in no sum at all.
    """
    periods = {"2012/13": 2, "2013/14": 7, "2014/15": 30, "2012/13 to 2014/15": 39}
    wards = {"w11": 1, "w12": 10, "w13": 20, "w91": 15}
    cells = {
        (area, "persons", "crimes", period): number * times
        for period, number in periods.items()
        for area, times in {**wards, "d1": 31, "d9": 15, "p1": 46}.items()
    }
    table, county = counts_of(cells), "E10990000"
    parents = {
        "w11": "d1",
        "w12": "d1",
        "w13": "d1",
        "w91": "d9",
        "d1": county,
        "d9": "p1",
        county: "p1",
    }
    linked = CellTable(table, PRESETS["nhs"], parents, part_of={})
    assert county in set(linked._cells["area_code"])
    hidden, unprotected = linked.choose([])
    mine = [n for n, key in enumerate(cells) if key[0] == "w11"]
    # Both small years, and one more of the year before and after and the three together.
    assert hidden[mine].sum() >= 2
    assert not len(unprotected)
    in_sums = np.flatnonzero(abs(linked._equations).sum(axis=0))
    assert set(range(len(cells))) <= set(in_sums.tolist())
