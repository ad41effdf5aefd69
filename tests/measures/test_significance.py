"""The rules and the funnel among areas, on figures small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, nbinom

from vawg_geo.errors import InputError
from vawg_geo.inputs.catalogue.registry import embedded_folder
from vawg_geo.inputs.counts import read_counts
from vawg_geo.inputs.population import read_population
from vawg_geo.measures.rates.funnel import (
    between_variance,
    overdispersed_levels,
    overdispersed_z,
)
from vawg_geo.measures.rates.rates import crude_rate
from vawg_geo.measures.rates.rules import Counted, called, calls_by_chance, levels_of_call
from vawg_geo.measures.rates.significance import compare, standing, standing_by_chance


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


def wards_of_the_month():
    folder = embedded_folder("data")
    counts = read_counts(folder / "ward_counts_police_2019_08.csv", basis="published", level="ward")
    people = read_population(folder / "population_wards_2015.csv")
    people = people[people["sex"] == "persons"]
    whole = {"area_code": "ALL", "level": "police_area"}
    total = counts.iloc[[0]].assign(**whole, count=counts["count"].sum(), status="value")
    residents = people.iloc[[0]].assign(**whole, population=679_698.0)
    return crude_rate(
        pd.concat([counts, total], ignore_index=True),
        pd.concat([people, residents], ignore_index=True),
        method="exact",
    )


def tally(words):
    return sum(words.str.contains("high")), sum(words.str.contains("low"))


def test_the_month_by_every_rule():
    rates = wards_of_the_month()
    assert rates["count"].iloc[-1] == 1806
    for options, calls in (
        ({"rule": "intervals-apart"}, (13, 23)),
        ({"rule": "interval-excludes-comparator"}, (18, 28)),
        ({"rule": "funnel", "confidence": 0.998}, (8, 6)),
        ({"rule": "funnel", "overdispersion": True}, (4, 14)),
        ({"rule": "funnel", "overdispersion": True, "confidence": 0.998}, (2, 5)),
    ):
        words = compare(rates, "ALL", **options)["significance"]
        assert tally(words[:-1]) == calls, options
    words = standing(rates, "ALL")
    assert tally(words) == (4, 14)
    assert tally(words[words.str.startswith("unusually")]) == (2, 5)
    assert words.iloc[-1] == "not_compared"


def plain_funnel(observed, expected):
    """The same funnel again, area by area, as its authors write it; no code is shared."""
    z = [2 * (o**0.5 - e**0.5) for o, e in zip(observed, expected, strict=True)]
    ordered, n = sorted(z), len(z)

    def quantile(share):
        place = (n - 1) * share
        low = int(place)
        high = min(low + 1, n - 1)
        return ordered[low] + (place - low) * (ordered[high] - ordered[low])

    bottom, top = quantile(0.1), quantile(0.9)
    phi = sum(min(max(one, bottom), top) ** 2 for one in z) / n
    weights = [4 * e for e in expected]
    spare = sum(weights) - sum(w * w for w in weights) / sum(weights)
    tau2 = 0.0 if n * phi < n - 1 else (n * phi - (n - 1)) / spare
    return [
        ((o / e) ** 0.5 - 1) / (1 / (4 * e) + tau2) ** 0.5
        for o, e in zip(observed, expected, strict=True)
    ]


@pytest.mark.parametrize("spread", [0.0, 0.3, 0.9])
def test_overdispersed_funnel_is_that_of_its_authors(spread):
    rng = np.random.default_rng(7)
    expected = rng.uniform(2, 60, 80)
    risk = rng.gamma(spread**-2, spread**2, 80) if spread else 1.0
    observed = rng.poisson(expected * risk).astype(float)
    again = plain_funnel(observed.tolist(), expected.tolist())
    assert overdispersed_z(observed, expected) == pytest.approx(again, rel=1e-12)


def test_tails_of_the_corrected_funnel_are_negative_binomial():
    rng = np.random.default_rng(8)
    expected = rng.uniform(2, 40, 60)
    observed = rng.poisson(expected * rng.gamma(4, 0.25, 60)).astype(float)
    observed[0] = 0
    error = 1 / (2 * np.sqrt(expected))
    tau2 = between_variance(np.sqrt(observed / expected) - 1, error, unbiased=True)
    shape = 1 / (4 * tau2)
    law = nbinom(shape, shape / (shape + expected))
    tails = np.minimum(law.cdf(observed), law.sf(observed - 1))
    assert overdispersed_levels(observed, expected) == pytest.approx(
        np.minimum(1, 2 * tails), rel=1e-9
    )


@pytest.mark.parametrize("rule", ["intervals-apart", "interval-excludes-comparator", "funnel"])
@pytest.mark.parametrize("is_part", [True, False])
@pytest.mark.parametrize("leave_out", [True, False])
def test_calls_by_chance_are_those_of_every_count_there_can_be(rule, is_part, leave_out):
    events, people, whole, persons = 9.0, 700.0, 60.0, 4000.0
    one = {"events": np.array([events]), "people": np.array([people])}
    given = Counted(
        **one, whole_events=np.array([whole]), whole_people=np.array([persons]),
        method=np.array(["public-health"]),
    )  # fmt: skip
    found = calls_by_chance(rule, given, is_part=np.array([is_part]), leave_out=leave_out)
    total = whole if is_part else whole + events
    together = persons if is_part else persons + people
    counts = np.arange(total + 1)
    stays = is_part and not leave_out
    trial = Counted(
        events=counts, people=np.full(counts.size, people),
        whole_events=np.full(counts.size, total) - (0 if stays else counts),
        whole_people=np.full(counts.size, persons if stays else together - people),
        method=np.full(counts.size, "public-health"),
    )  # fmt: skip
    wanted = binom(total, people / together).pmf(counts)[called(rule, trial, confidence=0.95) != 0]
    assert found == pytest.approx([wanted.sum()], rel=1e-9)
    assert 0.001 < found[0] < 0.06


@pytest.mark.parametrize("rule", ["intervals-apart", "interval-excludes-comparator", "funnel"])
@pytest.mark.parametrize("method", ["exact", "byar", "public-health", "wilson"])
def test_a_level_is_where_the_call_begins(rule, method):
    events = np.array([30.0, 3.0, 11.0, 0.0, np.nan])
    n = events.size
    given = Counted(
        events=events, people=np.full(n, 1000.0), whole_events=np.full(n, 120.0),
        whole_people=np.full(n, 10_000.0), method=np.full(n, method),
    )  # fmt: skip
    levels = levels_of_call(rule, given)
    assert np.isnan(levels[-1])
    assert (levels[:4] > 0).all()
    for level, place in zip(levels[:4], range(4), strict=True):
        if level < 1:
            surer = called(rule, given, confidence=1 - 0.99 * level)[place]
            less_sure = called(rule, given, confidence=max(1e-9, 1 - 1.01 * level))[place]
            assert (surer, abs(less_sure)) == (0, 1)


def test_a_correction_calls_fewer_and_never_others():
    rates = wards_of_the_month()
    for rule in ("intervals-apart", "interval-excludes-comparator", "funnel"):
        plain, bh, bonferroni = (
            compare(rates, "ALL", rule=rule, correction=name)["significance"]
            for name in ("none", "bh", "bonferroni")
        )
        for more, fewer in ((plain, bh), (bh, bonferroni)):
            marked = fewer.isin(["higher", "lower"])
            assert (more[marked] == fewer[marked]).all()
            assert 0 < marked.sum() < more.isin(["higher", "lower"]).sum()
    assert tally(standing(rates, "ALL", correction="bh")) == (1, 0)
    with pytest.raises(InputError, match="'holm' is no correction"):
        compare(rates, "ALL", correction="holm")


def test_an_area_left_out_is_compared_with_the_rest():
    rates = rates_of([70, 30, 100], [1000, 1000, 2000])
    # 30 in 1,000 are fewer than 70 in 1,000, and not clearly fewer than 100 in 2,000.
    assert compare(rates, "ALL")["significance"].tolist()[:2] == ["similar", "similar"]
    words = compare(rates, "ALL", leave_out=True)["significance"].tolist()
    assert words == ["higher", "lower", "not_compared"]
    # Areas elsewhere stay compared with the whole, which they are no part of.
    elsewhere = compare(rates, "ALL", leave_out=True, parents={"A0": "ALL"})["significance"]
    assert elsewhere.tolist() == ["higher", "similar", "not_compared"]


def test_nothing_is_left_of_a_comparator_that_is_the_area():
    rates = rates_of([70, 70], [1000, 1000])
    assert compare(rates, "ALL", leave_out=True)["significance"].tolist() == ["not_compared"] * 2


def test_standing_needs_ten_areas_with_a_figure():
    counts = [30, 31, 28, 33, 27, 30, 29, 32, 31, 90]
    people = [1000] * 10
    whole = rates_of([*counts, sum(counts)], [*people, 10_000])
    assert standing(whole, "ALL").tolist()[9] == "unusually_high"
    few = rates_of([*counts[1:], sum(counts)], [*people[1:], 10_000])
    assert set(standing(few, "ALL")) == {"not_compared"}
    hidden = rates_of([*counts[:9], None, sum(counts)], [*people, 10_000])
    assert set(standing(hidden, "ALL")) == {"not_compared"}


def test_standing_of_maps_without_events_variance_or_measurement():
    people = [*[1000] * 12, 12_000]
    assert set(standing(rates_of([0] * 13, people), "ALL")) == {"not_compared"}
    alike = standing(rates_of([*[9] * 12, 108], people), "ALL")
    assert set(alike[:-1]) == {"as_expected"}
    made_up = rates_of([*[9] * 11, 90, 189], people, basis="illustrative")
    assert set(standing(made_up, "ALL")) == {"not_compared"}
    huge = standing(rates_of([*[9] * 11, 900_000, 900_099], [*people[:11], 10**8, 10**8]), "ALL")
    assert huge.iloc[-1] == "not_compared"
    assert huge.notna().all()


def test_standing_of_shares():
    shares = rates_of([*[30] * 11, 70, 400], [*[100] * 12, 1200])
    shares = shares.assign(rate_method="wilson")
    assert standing(shares, "ALL").tolist()[10:] == [
        "as_expected",
        "unusually_high",
        "not_compared",
    ]


def test_chance_says_how_many_a_funnel_calls_where_none_is_unusual():
    rng = np.random.default_rng(3)
    people = rng.integers(2000, 9000, 3000)
    counts = rng.poisson(people * 0.01 * rng.gamma(6, 1 / 6, 3000))
    rates = rates_of([*counts, counts.sum()], [*people, people.sum()])
    share = (~standing(rates, "ALL").isin(["as_expected", "not_compared"])).mean()
    said = np.nanmean(standing_by_chance(rates, "ALL"))
    # Twice the 5 % of the limits: winsorising takes a third of the variance.
    assert share == pytest.approx(said, abs=0.02)
    assert 0.08 < said < 0.13


@pytest.mark.parametrize("correction", ["bonferroni", "bh"])
def test_corrected_comparisons_keep_their_level_on_a_small_run(correction):
    from _simulated import load_wards
    from calibrate_comparisons import one_case

    case = one_case(load_wards(), 1806, spread=0.4, planted=(0, 1.0), maps=60, seed=4)
    case = case.set_index(["rule", "correction"])["maps_with_a_call"] * 60
    # 3 of 60 are due at 5 %; more than 9 come by chance in 1 of 800 runs.
    assert case["among areas", correction] <= 9
    # Against the whole, wards that differ are called: that is no false alarm.
    assert case["intervals-apart", correction] > 30
