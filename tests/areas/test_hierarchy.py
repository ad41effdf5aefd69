"""Sums upwards keep what is missing missing."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.areas.joining.hierarchy import add_up, ancestors, reconcile
from vawg_geo.errors import InputError
from vawg_geo.terms.columns import COUNT_COLUMNS

PARENTS = {"w1": "d1", "w2": "d1", "w3": "d2", "d1": "c", "d2": "p", "c": "p", "p": ""}
DISTRICTS = pd.DataFrame(
    {"area_code": ["d1", "d2"], "area_name": ["One", "Two"], "level": "district"}
)


def counts_of(values, statuses=None, codes=("w1", "w2", "w3"), level="ward"):
    return pd.DataFrame(
        {
            "area_code": codes,
            "area_name": [c.upper() for c in codes],
            "level": level,
            "vintage": "2015",
            "indicator": "crimes",
            "sex": "persons",
            "period": "2015/16",
            "count": pd.array(values, dtype="Int64"),
            "status": statuses or ["zero" if v == 0 else "value" for v in values],
            "basis": "own",
            "note": "",
        }
    )


def test_sums():
    table = add_up(counts_of([3, 4, 5]), DISTRICTS, PARENTS, vintage="2015")
    assert list(table.columns) == list(COUNT_COLUMNS)
    assert table["count"].tolist() == [7, 5]
    assert table["note"].tolist() == ["sum of 2 wards", "sum of 1 ward"]
    assert table["level"].tolist() == ["district", "district"]


def test_skips_a_level():
    whole = pd.DataFrame({"area_code": ["p"], "area_name": ["P"], "level": "police_area"})
    assert add_up(counts_of([3, 4, 5]), whole, PARENTS)["count"].tolist() == [12]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["missing", "value", "value"], ["missing", "value"]),
        (["suppressed", "value", "value"], ["suppressed", "value"]),
        (["missing", "suppressed", "value"], ["missing", "value"]),
        (["not_applicable", "value", "not_applicable"], ["value", "not_applicable"]),
    ],
)
def test_states_of_a_sum(statuses, expected):
    values = [9 if status == "value" else None for status in statuses]
    table = add_up(counts_of(values, statuses), DISTRICTS, PARENTS)
    assert table["status"].tolist() == expected
    assert table["count"].isna().tolist() == [s != "value" for s in expected]


def test_zero_is_a_sum_like_any_other():
    table = add_up(counts_of([0, 0, 1]), DISTRICTS, PARENTS)
    assert table["status"].tolist() == ["zero", "value"]
    assert table["count"].tolist() == [0, 1]


@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=3))
def test_totals_are_conserved(values):
    assert add_up(counts_of(values), DISTRICTS, PARENTS)["count"].sum() == sum(values)


def test_reconcile_names_the_difference():
    given_ = counts_of([7, 6], codes=("d1", "d2"), level="district")
    table = reconcile(counts_of([3, 4, 5]), given_, PARENTS)
    assert table["difference"].tolist() == [0, -1]
    assert table["parts"].tolist() == [2, 1]


def test_reconcile_has_no_difference_where_a_part_is_hidden():
    given_ = counts_of([7, 6], codes=("d1", "d2"), level="district")
    lower = counts_of([None, 4, 6], ["suppressed", "value", "value"])
    table = reconcile(lower, given_, PARENTS)
    assert table["difference"].isna().tolist() == [True, False]
    assert table["parts_without_figure"].tolist() == [1, 0]


def test_circle_of_parents_refused():
    assert ancestors("w1", PARENTS) == ["d1", "c", "p"]
    with pytest.raises(InputError, match="lies in itself"):
        ancestors("a", {"a": "b", "b": "a"})
