"""Rates of long tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.rates import crude_rate, proportion
from vawg_geo.terms.tables import RATES


def counts_of(values, **columns):
    table = pd.DataFrame(
        {
            "area_code": [f"E0500{n:04d}" for n in range(len(values))],
            "indicator": "crimes",
            "sex": "persons",
            "period": "2015/16",
            "count": pd.array(values, dtype="Int64"),
        }
    )
    return table.assign(**columns)


def people_of(counts, population=1000):
    return counts[["area_code", "sex"]].assign(population=population)


def test_columns_rows_and_index_kept():
    counts = counts_of([5, 20, 0]).set_index(pd.Index([7, 3, 9]))
    rates = crude_rate(counts, people_of(counts).sample(frac=1, random_state=1))
    assert list(rates.columns) == list(RATES.names)
    assert rates.index.tolist() == [7, 3, 9]
    assert rates["rate"].tolist() == [5.0, 20.0, 0.0]
    assert rates["status"].tolist() == ["unstable", "value", "zero"]


def test_missing_count_is_no_zero():
    counts = counts_of([None, 0], status=["suppressed", "zero"])
    rates = crude_rate(counts, people_of(counts))
    assert rates["rate"].isna().tolist() == [True, False]
    assert rates["rate_upper"].isna().tolist() == [True, False]
    assert rates["status"].tolist() == ["suppressed", "zero"]
    assert rates["rate_upper"][1] == pytest.approx(3.688879454)


def test_missing_count_without_status_is_missing():
    counts = counts_of([None])
    assert crude_rate(counts, people_of(counts))["status"].tolist() == ["missing"]


def test_wide_limits_contain_narrow_ones():
    counts = counts_of([1, 9, 10, 500])
    for method in ("exact", "byar", "public-health", "wilson"):
        r = crude_rate(counts, people_of(counts), method=method)
        assert (r["rate_lower_998"] < r["rate_lower"]).all()
        assert (r["rate_upper"] < r["rate_upper_998"]).all()
        assert (r["rate_method"] == method).all()


@given(st.permutations(range(8)))
def test_order_of_rows_changes_nothing(order):
    counts = counts_of(list(range(8)))
    people = people_of(counts, 500)
    straight = crude_rate(counts, people)
    shuffled = crude_rate(counts.iloc[list(order)], people).sort_index()
    pd.testing.assert_frame_equal(straight, shuffled)


@given(st.integers(0, 10_000), st.integers(1, 10**6), st.floats(1, 10**6))
def test_scaling_by_per(count, people, per):
    counts = counts_of([count])
    one = crude_rate(counts, people_of(counts, people), per=1)
    many = crude_rate(counts, people_of(counts, people), per=per)
    for column in ("rate", "rate_lower", "rate_upper_998"):
        assert many[column][0] == pytest.approx(one[column][0] * per, rel=1e-9)


def test_zero_population_refused_with_the_first_area():
    counts = counts_of([3, 4, 5], area_name=["Abbey", "Arbury", "Castle"])
    people = people_of(counts).assign(population=[100, 0, 100])
    with pytest.raises(
        InputError,
        match=r"1 of 3 rows of counts have no positive population; first: 'E05000001' Arbury",
    ):
        crude_rate(counts, people)


def test_absent_population_refused():
    counts = counts_of([3, 4])
    with pytest.raises(InputError, match="1 of 2 rows of counts have no population"):
        crude_rate(counts, people_of(counts).iloc[:1])


def test_population_not_needed_where_there_is_no_count():
    counts = counts_of([3, None], status=["value", "missing"])
    rates = crude_rate(counts, people_of(counts).iloc[:1])
    assert np.isnan(rates["population"][1])


def test_repeated_key_refused():
    counts = pd.concat([counts_of([3]), counts_of([4])])
    with pytest.raises(InputError, match="1 of 2 rows of counts repeat an earlier row"):
        crude_rate(counts, people_of(counts_of([3])))


def test_absent_column_refused():
    with pytest.raises(InputError, match="first: 'period'"):
        crude_rate(counts_of([1]).drop(columns="period"), people_of(counts_of([1])))


def test_unknown_method_refused():
    with pytest.raises(InputError, match="'wald' is no method"):
        crude_rate(counts_of([1]), people_of(counts_of([1])), method="wald")


def test_inputs_are_not_changed():
    counts, people = counts_of([1, 2]), people_of(counts_of([1, 2]))
    before = counts.copy(), people.copy()
    crude_rate(counts, people)
    pd.testing.assert_frame_equal(counts, before[0])
    pd.testing.assert_frame_equal(people, before[1])


def test_proportion_pairs_rows_and_leaves_the_unknown():
    top = counts_of([45, None, 3, 1], status=["value", "suppressed", "value", "value"])
    under = counts_of([100, 100, 0], status=["value", "value", "zero"])
    share = proportion(top, under, indicator="converted")
    assert share["rate"].round(1).tolist()[0] == 45.0
    assert share["rate"].isna().tolist() == [False, True, True]
    assert share["status"].tolist() == ["value", "suppressed", "missing"]
    assert share["rate_method"].unique().tolist() == ["wilson"]
