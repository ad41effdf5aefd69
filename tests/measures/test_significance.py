"""The three rules, on figures small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.rates import crude_rate
from vawg_geo.measures.rates.significance import compare


def rates_of(counts, population, **columns):
    codes = [f"A{n}" for n in range(len(counts) - 1)] + ["ALL"]
    table = pd.DataFrame(
        {
            "area_code": codes,
            "indicator": "crimes",
            "sex": "persons",
            "period": "2015/16",
            "count": pd.array(counts, dtype="Int64"),
            "level": "ward",
        }
    ).assign(**columns)
    people = pd.DataFrame({"area_code": codes, "sex": "persons", "population": population})
    return crude_rate(table, people)


@pytest.mark.parametrize("rule", ["intervals-apart", "interval-excludes-comparator", "funnel"])
def test_clear_cases_agree(rule):
    rates = rates_of([300, 10, 100, 1000], [10_000, 10_000, 10_000, 100_000])
    result = compare(rates, "ALL", rule=rule)
    assert result["significance"].tolist() == ["higher", "lower", "similar", "not_compared"]
    assert (result["significance_rule"] == rule).all()
    assert (result["comparator"] == "ALL").all()


def test_rules_differ_where_they_should():
    # The interval 104.5 to 147.0 misses the rate 100 but overlaps the comparator's own interval.
    rates = rates_of([124, 400], [1000, 4000])
    assert rates["rate_lower"][0] > rates["rate"][1]
    assert rates["rate_lower"][0] < rates["rate_upper"][1]
    by_rule = {
        rule: compare(rates, "ALL", rule=rule)["significance"][0]
        for rule in ("intervals-apart", "interval-excludes-comparator")
    }
    assert by_rule == {"intervals-apart": "similar", "interval-excludes-comparator": "higher"}


def test_hidden_illustrative_and_comparator_are_not_compared():
    rates = rates_of(
        [300, None, 300, 1000],
        [10_000, 10_000, 10_000, 100_000],
        basis=["own", "own", "illustrative", "own"],
        status=["value", "suppressed", "value", "value"],
    )
    words = compare(rates, "ALL")["significance"].tolist()
    assert words == ["higher", "not_compared", "not_compared", "not_compared"]


def test_nothing_compared_with_a_hidden_comparator():
    rates = rates_of([300, None], [10_000, 100_000])
    assert compare(rates, "ALL")["significance"].tolist() == ["not_compared"] * 2


def test_comparator_by_indicator():
    rates = rates_of([300, 100, 1000], [10_000, 10_000, 100_000])
    result = compare(rates, {"crimes": "A1"})
    assert result["significance"].tolist() == ["higher", "not_compared", "similar"]


def test_absent_comparator_refused():
    with pytest.raises(InputError, match="comparator 'E23' is in no row"):
        compare(rates_of([1, 2], [10, 20]), "E23")


def test_unknown_rule_refused():
    with pytest.raises(InputError, match="'fingers' is no rule"):
        compare(rates_of([1, 2], [10, 20]), "ALL", rule="fingers")


def test_funnel_false_alarms_are_near_nominal():
    rng = np.random.default_rng(1)
    people = rng.integers(500, 5000, 4000)
    counts = rng.poisson(people * 0.02)
    rates = rates_of([*counts, 200_000], [*people, 10_000_000])
    share = compare(rates, "ALL", rule="funnel")["significance"].isin(["higher", "lower"]).mean()
    assert 0.02 < share <= 0.055


def test_overdispersion_widens_the_funnel():
    rng = np.random.default_rng(2)
    people = rng.integers(2000, 8000, 400)
    counts = rng.poisson(people * 0.02 * rng.gamma(10, 0.1, 400))
    rates = rates_of([*counts, 200_000], [*people, 10_000_000])

    def flagged(**options):
        words = compare(rates, "ALL", rule="funnel", **options)["significance"]
        return words.isin(["higher", "lower"]).mean()

    assert flagged() > 0.2
    assert 0.02 < flagged(overdispersion=True) < 0.12


def test_zero_count_can_be_lower():
    rates = rates_of([0, 1000], [10_000, 100_000])
    for rule in ("intervals-apart", "interval-excludes-comparator", "funnel"):
        assert compare(rates, "ALL", rule=rule)["significance"][0] == "lower"
