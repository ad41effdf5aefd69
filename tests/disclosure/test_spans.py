"""What follows where periods overlap: small figures that nobody gives stay protected."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.disclosure.outsider import counts_of, parents_of
from vawg_geo.audit.counts import observed_counts
from vawg_geo.audit.observed import Parameters
from vawg_geo.audit.run import audit_observed
from vawg_geo.disclosure.hide import hide_counts
from vawg_geo.disclosure.rules import PRESETS

NHS = PRESETS["nhs"]
YEARS = ("2014/15", "2015/16", "2016/17", "2017/18")


def years(first, last):
    return f"{YEARS[first]} to {YEARS[last]}"


def table_of(cells):
    """Of one ward among others, all of them with the same large figures."""
    rows = {
        (f"w1{n}", sex, indicator, period): count if n == 0 else 20 * count
        for n in range(6)
        for (sex, indicator, period), count in cells.items()
    }
    return counts_of(rows)


# Name: figures of a ward, and which of its own indicators are parts of others. In each a small
# figure follows: 2 or 3 men, 2 of the part left out, 1 of a year.
LEAKS = {
    "persons by year, women pooled": (
        {
            ("persons", "crimes", YEARS[0]): 21,
            ("persons", "crimes", YEARS[1]): 23,
            ("female", "crimes", years(0, 1)): 42,
        },
        {},
    ),
    "women by year, persons pooled": (
        {
            ("persons", "crimes", years(0, 2)): 70,
            **{("female", "crimes", YEARS[n]): (20, 22, 25)[n] for n in range(3)},
        },
        {},
    ),
    "whole by year, part pooled": (
        {
            ("persons", "all", YEARS[0]): 40,
            ("persons", "all", YEARS[1]): 42,
            ("persons", "rape", years(0, 1)): 80,
        },
        {"rape": ("all", True), "other": ("all", True)},
    ),
    "two years, two years and three": (
        {
            ("persons", "crimes", years(0, 1)): 13,
            ("persons", "crimes", years(2, 3)): 24,
            ("persons", "crimes", years(1, 3)): 36,
        },
        {},
    ),
}


def attacked(table, hidden, part_of, *, beside=()):
    rules = Parameters(edition="public", smallest=1, largest=7)
    return audit_observed(
        observed_counts(
            hidden, source="t", parents=parents_of(table), part_of=part_of, parameters=rules
        ),
        known=beside,
    )


@pytest.mark.parametrize("name", list(LEAKS))
def test_what_follows_over_several_periods_is_hidden(name):
    cells, part_of = LEAKS[name]
    table = table_of(cells)
    shown = hide_counts(table, NHS, parents_of(table), part_of=part_of).counts
    of_ward = shown[shown["area_code"] == "w10"]
    assert of_ward["count"].isna().any() or of_ward.empty
    assert len(shown[shown["count"].notna()]) >= len(table) // 3
    assert attacked(table, shown, part_of).passed


@pytest.mark.parametrize("name", list(LEAKS))
def test_the_audit_finds_what_follows_over_several_periods(name):
    cells, part_of = LEAKS[name]
    table = table_of(cells)
    report = attacked(table, table, part_of)
    assert not report.passed
    assert {finding.kind for finding in report.findings} <= {"recovered", "narrowed"}
    assert report.cells["lower"].min() in (1, 2, 3)
    assert set(report.cells["area_code"]) == {"w10"}


def test_windows_that_give_all_their_years_away():
    """9 - 12 + 11 - 17 + 9 = 0 is the first year and the last: so each year is known."""
    ends = [f"20{n}/{n + 1}" for n in range(19, 25)]
    counts = dict(zip((0, 2, 4), (9, 11, 9), strict=True))
    counts |= dict(zip((1, 3), (12, 17), strict=True))
    cells = {
        ("persons", "crimes", f"{ends[n]} to {ends[n + 1]}"): count for n, count in counts.items()
    }
    table = table_of(cells)
    report = attacked(table, table, {})
    assert "recovered" in {finding.kind for finding in report.findings}
    shown = hide_counts(table, NHS, parents_of(table), part_of={}).counts
    assert shown.loc[shown["area_code"] == "w10", "count"].isna().any()
    assert attacked(table, shown, {}).passed


def test_the_second_windows_beside_the_first_ones():
    """What an earlier release showed is known: the choice hides windows of today."""
    ends = [f"20{n}/{n + 1}" for n in range(19, 25)]

    def windows(places, counts):
        words = [f"{ends[n]} to {ends[n + 1]}" for n in places]
        return table_of({("persons", "crimes", w): c for w, c in zip(words, counts, strict=True)})

    before, today = windows((1, 3), (12, 17)), windows((0, 2, 4), (9, 11, 9))
    shown = hide_counts(
        today, NHS, parents_of(today), part_of={}, public=before.assign(basis="published")
    ).counts
    assert shown.loc[shown["area_code"] == "w10", "count"].isna().any()
    held = observed_counts(before.assign(basis="published"), source="before")
    assert attacked(today, shown, {}, beside=[held]).passed
    assert not attacked(today, today, {}, beside=[held]).passed


def test_large_windows_that_overlap_are_shown():
    words = [f"20{n}/{n + 1} to 20{n + 2}/{n + 3}" for n in range(14, 20)]
    table = table_of({("persons", "crimes", word): 30 + n for n, word in enumerate(words)})
    shown = hide_counts(table, NHS, parents_of(table), part_of={}).counts
    pd.testing.assert_frame_equal(shown, table)
    assert attacked(table, table, {}).passed
