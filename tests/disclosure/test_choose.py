"""The choice of what else to hide, against an outsider who knows nothing of how it is made."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from scipy.optimize import linprog

from tests.disclosure.outsider import (
    SEXES,
    counts_of,
    keys_of,
    parents_of,
    sums_of,
    tables,
    too_near,
)
from tests.examples import up_to
from vawg_geo.disclosure.cells import CellTable
from vawg_geo.disclosure.choose import choose_hidden
from vawg_geo.disclosure.hide import hide_counts
from vawg_geo.disclosure.rules import PRESETS, Rules

NHS = PRESETS["nhs"]
ROUNDED = Rules(preset="rounded", smallest=1, largest=7, base=5)
NO_ZEROS = Rules(preset="no zeros", smallest=0, largest=7)
# Fewer examples than usual: each is many linear programmes.
few = up_to(8)


def chosen(table, rules=NHS, **given):
    """Mask over the rows of the table; and whether all could be protected."""
    linked = CellTable(table, rules, parents_of(table), part_of={}, **given)
    hidden, unprotected = linked.choose([])
    return hidden[: len(table)], not len(unprotected)


def require_safe(table, sums, rules=NHS):
    hidden, protected = chosen(table, rules)
    value = table["count"].to_numpy(dtype=float, na_value=np.nan)
    own = (table["basis"] != "published").to_numpy()
    small = own & (value > rules.smallest - 1) & (value < rules.largest + 1)
    assert hidden[small].all()
    assert not (hidden & ~own).any()
    if rules.smallest:
        assert not (hidden & (value == 0)).any()
    if protected:
        assert too_near(table, hidden, rules, sums) == {}
    return protected


@up_to(15)
@given(tables())
def test_no_hidden_count_comes_too_near(drawn):
    """What no pattern protects is shown by nobody: its series are withheld.

    Two small wards and a nought for their women and girls: the men of the district, whom no table
    gives, are two at least, so that no hiding lets them be one.
    """
    table, sums = drawn
    if not require_safe(table, sums):
        assert hide_counts(table, NHS, parents_of(table)).withheld


@few
@given(tables(sexes=[SEXES[:2], SEXES[::2]]))
def test_where_the_third_sex_follows(drawn):
    assert require_safe(*drawn)


@few
@given(tables())
def test_where_the_others_are_rounded(drawn):
    assert require_safe(*drawn, rules=ROUNDED)


@few
@given(tables())
def test_where_zeros_are_hidden_too(drawn):
    assert require_safe(*drawn, rules=NO_ZEROS)


@few
@given(tables(scale=0.7))
def test_estimates_with_fractions(drawn):
    assert require_safe(*drawn)


@few
@given(tables(missing=True))
def test_wards_without_a_figure(drawn):
    assert require_safe(*drawn)


@few
@given(tables(published=["ward", "district", "county", "female", "persons"]))
def test_published_totals_and_parts(drawn):
    require_safe(*drawn)


@few
@given(tables(published=["district", "county"], off=6))
def test_published_totals_that_are_not_the_sums(drawn):
    """No crash; and whoever believes the sums, where the figures let her, learns nothing."""
    require_safe(*drawn)


def test_a_published_total_that_is_itself_small():
    """All have 5 at most; a symbol says 1 at least, so none can be 5: no hiding protects."""
    table = counts_of({"d1": (5, "published"), "w10": 2, "w11": 3, "w12": 0})
    hidden, protected = chosen(table)
    assert (hidden.tolist(), protected) == ([False, True, True, False], False)


def test_a_published_total_that_leaves_one_ward_alone():
    """What follows from published figures alone is nobody's to hide."""
    table = counts_of({"d1": (40, "published"), "w10": (37, "published"), "w11": 3})
    hidden, protected = chosen(table)
    assert (hidden.tolist(), protected) == ([False, False, True], True)


def test_a_published_part_of_an_own_total():
    """Persons can be no fewer than the published women: 4 to 7 is all that can be asked."""
    cells = {("d1", "persons"): 6, ("d1", "female"): (4, "published"), ("d1", "male"): 2}
    hidden, protected = chosen(counts_of(cells))
    assert (hidden.tolist(), protected) == ([True, False, True], True)


def test_published_figures_that_leave_little_by_way_of_two_sums():
    """100 - 50 = 50 for the district, 47 of them published: 3 are left, and for each 1 or 2."""
    published = {"c1": (100, "published"), "d1": (50, "published"), "w20": (47, "published")}
    table = counts_of(published | {"d2": 50, "w21": 2, "w22": 1})
    hidden, protected = chosen(table)
    assert (hidden.tolist(), protected) == ([False, False, False, False, True, True], False)


@pytest.mark.parametrize("off", [-60, -3, 0, 3, 60])
def test_a_published_total_off_the_sum_hides_a_partner(off):
    """Even one who believes a wrong total learns nothing of the small ward."""
    cells = {"d1": (63 + off, "published"), "w10": 3, "w11": 20, "w12": 40}
    hidden, protected = chosen(counts_of(cells))
    assert hidden.tolist()[:2] == [False, True]
    assert protected
    assert hidden.sum() == 2


def test_four_corners():
    """A small count in two sums needs a partner in each, and these one in common."""
    wards = {"w10": (3, 40), "w11": (30, 20), "w12": (60, 50)}
    cells = {}
    for ward, (female, male) in wards.items():
        for area in (ward, "d1"):
            for sex, count in zip(SEXES, (female + male, female, male), strict=True):
                cells[area, sex] = cells.get((area, sex), 0) + count
    table = counts_of(cells)
    hidden, _ = chosen(table)
    corners = {key[:2] for key, hide in zip(keys_of(table), hidden, strict=True) if hide}
    assert corners in [
        {("w10", "female"), ("w10", "male"), (ward, "female"), (ward, "male")}
        for ward in ("w11", "w12")
    ]


def test_an_end_at_seven_is_not_plainly_large():
    """A partner that could be 7 must look like a small count, whatever the last binary digit."""
    pairs = [(14.0, 5.6), (14.0, 2.1), (6.3, 0.0), (8.4, 4.9)]
    cells = {}
    for n, (female, male) in enumerate(pairs):
        counts = (round(female + male, 1), female, male)
        cells |= {(f"w1{n}", s): (c, "estimated") for s, c in zip(SEXES, counts, strict=True)}
    for sex in SEXES:
        total = sum(cells[f"w1{n}", sex][0] for n in range(len(pairs)))
        cells["d1", sex] = (round(total, 1), "estimated")

    sums = sums_of({"d1": [f"w1{n}" for n in range(len(pairs))]}, SEXES)
    assert require_safe(counts_of(cells), sums)


def test_nothing_small_nothing_hidden():
    hidden, protected = chosen(counts_of({"d1": 60, "w10": 0, "w11": 20, "w12": 40}))
    assert (hidden.any(), protected) == (False, True)


def safe(problem, pattern, width):
    """Whether every cell of a pattern has the range that the problem asks of it."""
    equations = problem.equations.toarray()
    low = np.where(pattern, problem.least, problem.shown_low)
    high = np.where(pattern, problem.most, problem.shown_high)
    known = {
        "A_eq": equations,
        "b_eq": problem.totals,
        "bounds": list(zip(low, high, strict=True)),
    }
    for cell in np.flatnonzero(pattern & ~np.isnan(problem.low)):
        cost = np.zeros(len(low))
        cost[cell] = 1
        least = linprog(cost, **known).fun
        most = -linprog(-cost, **known).fun
        reaches = least <= problem.low[cell] + 1e-6 and most >= problem.high[cell] - 1e-6
        plain = np.ceil(least - 1e-6) > problem.high[cell]
        wide = most - least >= width - 1e-6
        if not (problem.marked[cell] or problem.strict[cell]):
            # Of what nobody marked, nothing says that it is small.
            reaches |= wide and most >= problem.high[cell] - 1e-6
            wide = True
        if not (reaches or (not problem.strict[cell] and plain and wide)):
            return False
    return True


@up_to(10)
@given(tables(most_wards=3))
def test_no_cheaper_pattern_is_safe(drawn):
    """Every pattern that costs less is tried."""
    table, _ = drawn
    problem = CellTable(table, NHS, parents_of(table), part_of={})._problem([], widest=4)
    places = np.flatnonzero(problem.candidates)
    assume(len(places) <= 8 and problem.strict.any())
    choice = choose_hidden(problem, width=6)
    assert not len(choice.unprotected)
    assert safe(problem, choice.hidden, 6)
    paid = problem.cost[choice.hidden & problem.candidates].sum()
    for hide in product([False, True], repeat=len(places)):
        pattern = problem.hidden.copy()
        pattern[places[list(hide)]] = True
        if problem.cost[pattern & problem.candidates].sum() < paid - 1e-6:
            assert not safe(problem, pattern, 6)


@few
@given(tables(sexes=[SEXES[:1], SEXES]))
def test_the_choice_never_sees_a_small_count(drawn):
    """Other small counts in their place, and nothing else changed: the same pattern."""
    table, _ = drawn
    small = table["count"].between(1, 7)
    other = table.assign(count=table["count"].mask(small, 8 - table["count"]))
    assert chosen(table)[0].tolist() == chosen(other)[0].tolist()


def test_the_order_of_the_rows_does_not_matter():
    cells = {"d1": 79, "w10": 3, "w11": 12, "w12": 20, "w13": 44}
    table = counts_of(cells)
    hidden = dict(zip(cells, chosen(table)[0].tolist(), strict=True))
    turned = table.iloc[::-1].reset_index(drop=True)
    assert hidden == dict(zip(list(cells)[::-1], chosen(turned)[0].tolist(), strict=True))
    assert hidden["w10"]
    assert sum(hidden.values()) == 2
