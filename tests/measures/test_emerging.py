"""Emerging hotspots: every class by its rule, and what has none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vawg_geo.errors import InputError
from vawg_geo.measures.patterns.local import getis_ord
from vawg_geo.measures.time.emerging import emerging_classes, emerging_hotspots
from vawg_geo.terms.graph import Neighbours

AREAS, PERIODS = 80, 12


def ring(n=AREAS):
    row = np.arange(n)
    near = np.concatenate([(row + step) % n for step in (-2, -1, 1, 2)])
    return Neighbours.from_pairs(tuple(f"a{i:02}" for i in row), np.tile(row, 4), near)


def counts_with(spot=None):
    """A map of chance alone, with a spot in areas 5 to 9 by period besides."""
    counts = np.random.default_rng(1).poisson(60, (AREAS, PERIODS)).astype(float)
    if spot is not None:
        counts[5:10] = np.random.default_rng(2).poisson(spot, (5, PERIODS))
    months = [f"2019-{month:02}" for month in range(1, 13)]
    return pd.DataFrame(counts, index=list(ring().ids), columns=months)


@pytest.fixture(scope="module")
def made():
    return counts_with([180] * 12)


@pytest.fixture(scope="module")
def found(made):
    people = pd.Series(6000.0, index=made.index)
    return emerging_hotspots(made, people, ring(), permutations=9999)


def word(found, area):
    row = found.areas.loc[f"a{area:02}"]
    return row["emerging"], row["side"]


@pytest.mark.parametrize(
    ("spot", "expected", "trend"),
    [
        ([180] * 12, ("persistent", "hot"), "no_clear_trend"),
        ([60] * 10 + [180] * 2, ("new", "hot"), "no_clear_trend"),
        (np.linspace(60, 260, 12), ("intensifying", "hot"), "rising"),
        (np.linspace(260, 60, 12), ("diminishing", "hot"), "falling"),
        ([10] * 12, ("persistent", "cold"), "no_clear_trend"),
        ([60] * 12, ("none", ""), "no_clear_trend"),
    ],
)
def test_each_class_is_found(spot, expected, trend):
    told = emerging_hotspots(counts_with(spot), [6000.0] * AREAS, ring(), permutations=9999)
    assert word(told, 7) == expected
    assert told.areas.loc["a07", "trend"] == trend
    assert word(told, 40) == ("none", "")
    assert told.end == ("2019-11", "2019-12")


def test_a_period_is_the_packages_own_gi_star(made, found):
    alone = getis_ord(made["2019-03"], ring(), population=[6000.0] * AREAS, permutations=9999)
    ours = found.by_period[found.by_period["period"] == "2019-03"].set_index("id")
    pd.testing.assert_series_equal(ours["z"], alone["z"], check_names=False)
    assert ours["cluster"].tolist() == alone["cluster"].tolist()


def spots(text):
    return np.array([[letter == "x" for letter in text]])


@pytest.mark.parametrize(
    ("hot", "direction", "expected"),
    [
        ("........xx", 0, "new"),
        ("........xx", 1, "new"),
        # One of the two at the end is no more than half of it.
        (".........x", 1, "none"),
        # One in eight is more than a tenth: it was there before.
        ("x.......xx", 0, "none"),
        ("x.......xx", 1, "intensifying"),
        ("x.......xx", -1, "none"),
        ("xxxxx...xx", 0, "persistent"),
        # Four of eight are not more than half.
        ("xxxx....xx", 0, "none"),
        ("xxxxx...xx", 1, "intensifying"),
        ("xxxxx...xx", -1, "diminishing"),
        ("xxxxx.....", -1, "diminishing"),
        ("xxxx......", -1, "none"),
        ("xxxxxxxx..", 0, "none"),
        ("..........", 1, "none"),
    ],
)
def test_the_rule_of_each_class(hot, direction, expected):
    held, nothing, all_of = spots(hot), spots("." * 10), spots("x" * 10)
    emerging, side = emerging_classes(held, nothing, all_of, np.array([direction]), end=2)
    assert (emerging[0], side[0]) == (expected, "hot" if expected != "none" else "")
    # The same of cold, whose z falls where it grows.
    emerging, side = emerging_classes(nothing, held, all_of, np.array([-direction]), end=2)
    assert (emerging[0], side[0]) == (expected, "cold" if expected != "none" else "")


@pytest.mark.parametrize(("before", "expected"), [("x.........", "new"), ("xx........", "none")])
def test_a_tenth_of_the_periods_before_is_seldom(before, expected):
    emerging, _ = emerging_classes(
        spots(before + "xx"), spots("." * 12), spots("x" * 12), np.array([0]), end=2
    )
    assert emerging[0] == expected


def test_what_was_cold_and_is_hot_now_is_new():
    emerging, side = emerging_classes(
        spots("........xx"), spots("xxxxxxx..."), spots("x" * 10), np.array([1]), end=2
    )
    assert (emerging[0], side[0]) == ("new", "hot")


def test_shares_are_of_the_periods_that_have_a_z():
    """Three periods before, all hot, of eight with five missing: that is mostly."""
    emerging, _ = emerging_classes(
        spots("xxx.....xx"), spots("." * 10), spots("xxx.....xx"), np.array([0]), end=2
    )
    assert emerging[0] == "persistent"


def test_what_all_areas_share_changes_nothing(made, found):
    """A population that doubles everywhere leaves the standardised rates as they are."""
    doubled = pd.DataFrame(6000.0, index=made.index, columns=made.columns)
    doubled.iloc[:, 6:] = 12000.0
    again = emerging_hotspots(made, doubled, ring(), permutations=9999)
    assert again.areas["emerging"].tolist() == found.areas["emerging"].tolist()
    np.testing.assert_allclose(again.by_period["z"], found.by_period["z"], atol=1e-9)


def test_a_month_that_is_missing_is_no_zero(made, found):
    gap = made.copy()
    gap["2019-07"] = np.nan
    told = emerging_hotspots(gap, [6000.0] * AREAS, ring(), permutations=9999)
    assert (told.areas["periods"] == PERIODS - 1).all()
    assert "1 of 12 periods have a count in fewer than 10 areas" in told.notes[0]
    assert "2019-07" in told.notes[0]
    assert word(told, 7) == ("persistent", "hot")
    left = emerging_hotspots(gap.drop(columns="2019-07"), [6000.0] * AREAS, ring(),
                             permutations=9999)  # fmt: skip
    assert told.areas["p_value"].equals(left.areas["p_value"])


def test_an_area_with_too_few_counts_has_no_class(made):
    gap = made.copy()
    gap.iloc[0, :3] = np.nan
    gap.iloc[30, -2:] = np.nan
    told = emerging_hotspots(gap, [6000.0] * AREAS, ring(), permutations=999).areas
    assert word_of(told, "a00") == ("not_applicable", "fewer than 10 periods", 9)
    assert word_of(told, "a30") == ("not_applicable", "no count at the end", 10)
    assert np.isnan(told.loc["a00", "p_value"])


def word_of(areas, name):
    return tuple(areas.loc[name, ["emerging", "reason", "periods"]])


def test_all_zero_has_no_class():
    nothing = emerging_hotspots(np.zeros((AREAS, 10)), [6000.0] * AREAS, ring(), permutations=999)
    assert set(nothing.areas["emerging"]) == {"not_applicable"}
    assert (nothing.areas["periods"] == 0).all()


def test_islands_have_no_class(made):
    near = Neighbours.from_pairs(ring().ids, np.r_[0, 1], np.r_[1, 0])
    told = emerging_hotspots(made, [6000.0] * AREAS, near, permutations=999).areas
    assert word_of(told, "a05") == ("not_applicable", "no neighbours", 0)
    assert told.loc["a00", "emerging"] == "none"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda made: made.iloc[:, :9], "9 periods were given, and at least 10 are needed"),
        (lambda made: made.iloc[::-1], "another order than the names"),
        (lambda made: made[made.columns[::-1]], "11 of 12 periods begin before the one before"),
        (lambda made: made - 1000, "negative or no whole number; first: 'a00' in '2019-01'"),
        (lambda made: made + 0.5, "negative or no whole number"),
        (lambda made: made["2019-01"], "1 dimension"),
        (lambda made: made.rename(columns={"2019-02": "2019-01"}), "1 of 12 periods repeat"),
    ],
)
def test_bad_counts_are_refused(made, change, message):
    with pytest.raises(InputError, match=message):
        emerging_hotspots(change(made), [6000.0] * AREAS, ring())


@pytest.mark.parametrize(
    ("people", "message"),
    [
        ([6000.0] * 3, "populations of 3"),
        (np.zeros(AREAS), "have a count and no positive population"),
        (pd.Series(6000.0, index=[f"b{n}" for n in range(AREAS)]), "other areas than the counts"),
    ],
)
def test_bad_populations_are_refused(made, people, message):
    with pytest.raises(InputError, match=message):
        emerging_hotspots(made, people, ring())
