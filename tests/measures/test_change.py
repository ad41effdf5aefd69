"""Ratios of two rates over time, their limits, and what areas vary by from year to year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq, nnls
from scipy.stats import binomtest, fisher_exact, nchypergeom_fisher

from vawg_geo import InputError, crude_rate, pool_periods, rate_ratio
from vawg_geo.measures.patterns.adjust import adjust_p_values
from vawg_geo.measures.time import variance
from vawg_geo.measures.time.periods import Timeline
from vawg_geo.measures.time.ratios import (
    Ends,
    ratio_interval,
    ratio_p_values,
    relative_ratios,
)
from vawg_geo.measures.time.variance import (
    drifting_variance,
    variance_factor,
    year_to_year_variance,
)

PAIRS = [(0, 0), (0, 3), (4, 0), (1, 1), (3, 17), (10, 20), (250, 190), (5000, 5400)]
PEOPLE = [(1000.0, 1000.0), (812.0, 2950.0), (70000.0, 64000.0)]


def ends_of(pairs, people):
    x1, x2 = np.array(pairs, dtype=float).T
    return Ends(
        events_from=x1,
        events_to=x2,
        people_from=np.full(x1.shape, people[0]),
        people_to=np.full(x1.shape, people[1]),
    )


@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_limits_are_those_of_an_exact_binomial_test(people, confidence):
    lower, upper = ratio_interval(ends_of(PAIRS, people), confidence=confidence)
    scale = people[0] / people[1]
    for (x1, x2), low, high in zip(PAIRS, lower, upper, strict=True):
        if x1 + x2 == 0:
            assert (low, high) == (0, np.inf)
            continue
        oracle = binomtest(x2, x1 + x2).proportion_ci(confidence, method="exact")
        assert low == pytest.approx(oracle.low / (1 - oracle.low) * scale, rel=1e-9)
        if x1 == 0:
            assert high == np.inf
        else:
            assert high == pytest.approx(oracle.high / (1 - oracle.high) * scale, rel=1e-9)


@pytest.mark.parametrize("people", PEOPLE)
def test_p_is_twice_the_smaller_tail(people):
    share = people[1] / (people[0] + people[1])
    found = ratio_p_values(ends_of(PAIRS, people))
    for (x1, x2), p in zip(PAIRS, found, strict=True):
        if x1 + x2 == 0:
            assert p == 1
            continue
        tails = [
            binomtest(x2, x1 + x2, share, alternative=side).pvalue for side in ("less", "greater")
        ]
        assert p == pytest.approx(min(1, 2 * min(tails)), rel=1e-9)


def test_a_limit_at_1_and_p_agree():
    """Whatever areas vary by, the interval holds 1 where p is above 5 %."""
    generator = np.random.default_rng(3)
    ends = ends_of(generator.poisson((20, 30), (400, 2)), (1000.0, 1100.0))
    for spread in (0.0, 0.04):
        factor = variance_factor(ends.together, spread)
        lower, upper = ratio_interval(ends, factor=factor)
        apart = (lower > 1) | (upper < 1)
        np.testing.assert_array_equal(apart, ratio_p_values(ends, factor=factor) < 0.05)


def test_against_another_area_it_is_fishers_exact_test():
    """Limits and p of Fisher's noncentral hypergeometric distribution, by another's code."""
    pairs, other = [(3, 17), (10, 20), (0, 5), (7, 0), (40, 41)], (210, 260)
    people, others = (900.0, 1000.0), (21000.0, 20000.0)
    found = relative_ratios(ends_of(pairs, people), ends_of([other] * 5, others))
    scale = people[1] * others[0] / (people[0] * others[1])
    for n, (x1, x2) in enumerate(pairs):
        whole, later, mine = x1 + x2 + sum(other), x2 + other[1], x1 + x2

        def chance(ratio, *, up, x2=x2, args=(whole, mine, later)):
            odds = nchypergeom_fisher(*args, ratio * scale)
            return odds.sf(x2 - 1) if up else odds.cdf(x2)

        p = min(1, 2 * min(chance(1, up=True), chance(1, up=False)))
        assert found["p_value"][n] == pytest.approx(p, rel=1e-7)
        if x2:
            low = brentq(lambda r: chance(r, up=True) - 0.025, 1e-4, 1e3, xtol=1e-13, rtol=1e-12)
            assert found["lower"][n] == pytest.approx(low, rel=1e-7)
        else:
            assert found["lower"][n] == 0
        if x1:
            high = brentq(lambda r: chance(r, up=False) - 0.025, 1e-4, 1e3, xtol=1e-13, rtol=1e-12)
            assert found["upper"][n] == pytest.approx(high, rel=1e-7)
        else:
            assert found["upper"][n] == np.inf


def test_where_residents_changed_alike_it_is_the_central_test():
    found = relative_ratios(ends_of([(3, 17)], (900.0, 990.0)), ends_of([(210, 260)], (1e4, 1.1e4)))
    table = [[17, 3], [260, 210]]
    tails = [fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")]
    assert found["p_value"][0] == pytest.approx(2 * min(tails), rel=1e-9)
    assert found["ratio"][0] == pytest.approx((17 / 3) / (260 / 210))


def test_the_lattice_is_cut_where_nothing_is():
    """Counts far from those there were are left out; against the whole lattice of another's code."""
    found = relative_ratios(
        ends_of([(3000, 3300)], (1e5, 1e5)), ends_of([(9000, 9100)], (3e5, 3e5))
    )
    odds = nchypergeom_fisher(24400, 6300, 12400, 1.0)
    assert found["p_value"][0] == pytest.approx(2 * odds.sf(3299), rel=1e-6)


@pytest.mark.parametrize("cv", [0.0, 0.1, 0.3])
def test_the_variance_from_year_to_year_is_found(cv):
    generator = np.random.default_rng(11)
    n = 4000
    risk = generator.gamma(4, 0.25, n)
    years = [
        generator.poisson(60 * risk * (generator.gamma(cv**-2, cv**2, n) if cv else 1.0))
        for _ in range(2)
    ]
    found = year_to_year_variance([ends_of(np.column_stack(years), (1000.0, 1000.0))])
    assert np.sqrt(found) == pytest.approx(cv, abs=0.035 if cv == 0 else 0.02)


@pytest.mark.parametrize("cv", [0.0, 0.2])
@pytest.mark.parametrize("mean", [0.5, 1.0, 3.0])
def test_areas_of_a_few_events_vary_by_no_more(cv, mean):
    """LSOAs: held against normal deviates, those of one event a year varied by 28 % without any."""
    generator = np.random.default_rng(14)
    risk = mean * generator.gamma(6, 1 / 6, 34_000)
    years = [
        generator.poisson(risk * (generator.gamma(cv**-2, cv**2, risk.size) if cv else 1.0))
        for _ in range(2)
    ]
    found = year_to_year_variance([ends_of(np.column_stack(years), (1000.0, 1000.0))])
    # The counts' own chance: a CV of 0.13 is found of none in one try of ten at half an event.
    assert found == pytest.approx(cv**2, abs=0.03)


def test_a_change_of_all_is_no_variance():
    """Twice the events everywhere, and residents that grew: still by chance alone."""
    generator = np.random.default_rng(12)
    pairs = np.column_stack([generator.poisson(40, 2000), generator.poisson(80, 2000)])
    assert year_to_year_variance([ends_of(pairs, (1000.0, 1200.0))]) < 0.002


def test_areas_that_did_change_do_not_hide_themselves(monkeypatch):
    """Ten of 144 at three times the events: hardly any of that is taken for variance."""
    generator = np.random.default_rng(13)
    pairs = np.column_stack([generator.poisson(40, 144), generator.poisson(40, 144)])
    pairs[:10, 1] = 120
    ends = ends_of(pairs, (1000.0, 1000.0))
    found = year_to_year_variance([ends])
    monkeypatch.setattr(variance, "CUT", 1e6)
    assert found < 0.2 * year_to_year_variance([ends])


def test_the_factor_is_of_a_beta_binomial_count():
    """Full enumeration of the beta-binomial distribution."""
    from scipy.stats import betabinom

    for total, spread in ((1, 0.2), (30, 0.04), (200, 0.5)):
        counts = betabinom(total, 1 / spread, 1 / spread)
        factor = variance_factor(np.array([float(total)]), spread)[0]
        assert counts.var() == pytest.approx(factor * total / 4)


def rates_of(counts, *, periods, people=5000.0, level="ward", **more):
    """Rates of areas (rows) in periods (columns); None is a missing count."""
    rows = [
        {"area_code": f"E{n}", "area_name": f"Area {n}", "level": level, "indicator": "crimes",
         "sex": "persons", "period": period, "count": value, "basis": "own",
         "status": "missing" if value is None else "value", **more}
        for n, row in enumerate(counts) for period, value in zip(periods, row, strict=True)
    ]  # fmt: skip
    table = pd.DataFrame(rows).astype({"count": "Int64"})
    codes = table["area_code"].unique()
    return crude_rate(
        table, pd.DataFrame({"area_code": codes, "sex": "persons", "population": people})
    )


YEARS = ("2013/14", "2014/15", "2015/16")


@pytest.fixture
def wards():
    """Thirty wards in three years, the first of which tripled."""
    generator = np.random.default_rng(5)
    counts = generator.poisson(40, (30, 3)).tolist()
    counts[0] = [40, 41, 130]
    return rates_of(counts, periods=YEARS)


def test_a_map_of_change(wards):
    found = rate_ratio(wards)
    assert found["area_code"].tolist() == [f"E{n}" for n in range(30)]
    assert found["period_from"].eq("2014/15").all()
    assert found["period_to"].eq("2015/16").all()
    assert found.loc[0, "change"] == "increasing"
    assert (found.loc[1:, "change"] == "no_clear_change").all()
    assert found["p_adjusted"].to_numpy() == pytest.approx(adjust_p_values(found["p_value"]))
    first = found.iloc[0]
    assert first["ratio"] == pytest.approx(130 / 41)
    assert first["difference"] == pytest.approx((130 - 41) / 5)
    assert first["difference_lower"] < first["difference"] < first["difference_upper"]
    exact = rate_ratio(wards, variance=0)
    oracle = binomtest(130, 171).proportion_ci(0.95, method="exact")
    assert exact.loc[0, "ratio_lower"] == pytest.approx(oracle.low / (1 - oracle.low), rel=1e-9)
    assert (exact["year_cv"] == 0).all()


def test_two_periods_by_name(wards):
    found = rate_ratio(wards, period_from="2013-14", period_to="2015/16")
    assert found.loc[0, ["period_from", "period_to"]].tolist() == ["2013/14", "2015/16"]
    assert found.loc[0, "ratio"] == pytest.approx(130 / 40)


def test_fell_as_everywhere_is_not_fell():
    counts = [[400, 200] for _ in range(12)]
    counts[0] = [400, 400]
    wards = rates_of(counts, periods=YEARS[1:])
    total = np.sum(counts, axis=0).tolist()
    county = rates_of([total], periods=YEARS[1:], people=60_000.0, level="county")
    found = rate_ratio(pd.concat([wards, county.assign(area_code="ALL")]), comparator="ALL")
    assert found.loc[1, ["change", "relative_change"]].tolist() == ["decreasing", "no_clear_change"]
    assert found.loc[0, ["change", "relative_change"]].tolist() == ["no_clear_change", "increasing"]
    # The area is left out of what it is held against.
    assert found.loc[0, "relative_ratio"] == pytest.approx(2.0)
    last = found.iloc[-1]
    assert last["area_code"] == "ALL"
    assert last["relative_change"] == "not_compared"
    assert "chance alone" in last["note"]
    apart = rate_ratio(
        pd.concat([wards, county.assign(area_code="ALL")]), comparator="ALL", parents={"E0": "ALL"}
    )
    assert apart.loc[1, "relative_ratio"] == pytest.approx(0.5 / (total[1] / total[0]))


def test_where_either_end_is_hidden_the_change_is(wards):
    """Nothing that would tell the other count stands in the row."""
    hidden = wards.copy()
    ends = [(1, "2014/15"), (2, "2015/16")]
    for area, period in ends:
        cell = (hidden["area_code"] == f"E{area}") & (hidden["period"] == period)
        hidden.loc[cell, ["count", "rate", "rate_lower", "rate_upper"]] = pd.NA
        hidden.loc[cell, "status"] = "suppressed"
    found = rate_ratio(hidden).set_index("area_code")
    told = ["ratio", "ratio_lower", "ratio_upper", "p_value", "p_adjusted", "difference",
            "difference_lower", "difference_upper", "relative_ratio", "rate_from", "rate_to"]  # fmt: skip
    for area, _ in ends:
        row = found.loc[f"E{area}"]
        assert row[told].isna().all()
        assert row["status"] == "suppressed"
        assert row["change"] == row["relative_change"] == "not_compared"
    assert found.loc["E3", told[:-3]].notna().all()


def test_what_is_shown_does_not_depend_on_what_is_hidden(wards):
    """Two tables that differ in a hidden count alone give the same results."""
    results = []
    for value in (1, 4):
        table = wards.copy()
        cell = (table["area_code"] == "E1") & (table["period"] == "2014/15")
        table.loc[cell, "count"] = value
        table.loc[cell, ["count", "rate"]] = pd.NA
        table.loc[cell, "status"] = "suppressed"
        results.append(rate_ratio(table))
    pd.testing.assert_frame_equal(*results)


def test_zeros_and_small_numbers():
    counts = [[0, 0], [0, 6], [6, 0], [3, 4], *[[50, 51]] * 10]
    found = rate_ratio(rates_of(counts, periods=YEARS[1:]))
    assert found["status"].tolist()[:5] == ["zero", "unstable", "unstable", "unstable", "value"]
    assert np.isnan(found.loc[0, "ratio"])
    assert found.loc[0, ["p_value", "change"]].tolist() == [1, "no_clear_change"]
    assert found.loc[1, "ratio"] == np.inf
    assert found.loc[1, "ratio_lower"] > 0
    assert "no upper limit" in found.loc[1, "note"]
    assert found.loc[2, ["ratio", "ratio_lower"]].tolist() == [0, 0]


def test_all_zero():
    found = rate_ratio(rates_of([[0, 0]] * 12, periods=YEARS[1:]))
    assert (found["status"] == "zero").all()
    assert (found["change"] == "no_clear_change").all()
    assert found["year_cv"].isna().all()


def test_a_new_ward_says_so(wards):
    table = wards[~((wards["area_code"] == "E4") & (wards["period"] != "2015/16"))]
    found = rate_ratio(table).set_index("area_code").loc["E4"]
    assert found["change"] == "not_compared"
    assert found["status"] == "missing"
    assert "No row in 2014/15: the area is new" in found["note"]
    assert "vawg-geo rebase" in found["note"]


def test_nothing_is_compared_across_a_break(wards):
    found = rate_ratio(wards, breaks=["2015/16"])
    assert (found["change"] == "not_compared").all()
    assert found[["ratio", "p_value", "difference"]].isna().all(axis=None)
    assert "new series" in found.loc[0, "note"]
    before = rate_ratio(wards, period_to="2014/15", breaks=["2015/16"])
    assert (before["change"] == "no_clear_change").all()


def test_illustrative_counts_are_not_compared(wards):
    found = rate_ratio(wards.assign(basis="illustrative"))
    assert (found["change"] == "not_compared").all()


def test_one_area_alone():
    found = rate_ratio(rates_of([[40, 90]], periods=YEARS[1:])).iloc[0]
    assert found["change"] == "increasing"
    assert np.isnan(found["year_cv"])
    assert "chance alone" in found["note"]


@pytest.mark.parametrize(
    ("periods", "options", "match"),
    [
        (("2015/16",), {}, "one period, '2015/16'"),
        (("2014/15", "2015"), {}, "'2014/15' and '2015' overlap"),
        (("2014/15", "2015 Q2"), {}, "differ in length"),
        (("before", "after"), {}, "2 of 2 periods are not understood; first: 'before'"),
        (YEARS[1:], {"period_from": "2009/10"}, "no figures of '2009/10'"),
        (YEARS[1:], {"period_from": "2015/16", "period_to": "2014/15"}, "is not before"),
        (YEARS[1:], {"period_to": "2014/15"}, "nothing is before"),
        (YEARS[1:], {"comparator": "E99"}, "the comparator 'E99' is in no row"),
        (YEARS[1:], {"variance": -1.0}, "a variance is 0 or more"),
        (YEARS[1:], {"confidence": 95.0}, "confidence must lie"),
        (YEARS[1:], {"breaks": ["later"]}, "are not understood; first: 'later'"),
    ],
)
def test_what_is_refused(periods, options, match):
    table = rates_of([[20] * len(periods)] * 3, periods=periods)
    with pytest.raises(InputError, match=match):
        rate_ratio(table, **options)


def test_other_periods_do_not_stand_in_the_way_of_two():
    """A quarter among years is no reason to refuse two years that are named."""
    table = rates_of([[20, 25, 9]] * 12, periods=("2014/15", "2015/16", "2016 Q2"))
    found = rate_ratio(table, period_from="2014/15", period_to="2015/16")
    assert found["ratio"].to_numpy() == pytest.approx(1.25)


def test_rows_that_repeat_are_refused(wards):
    with pytest.raises(InputError, match="90 of 180 rows repeat"):
        rate_ratio(pd.concat([wards, wards]))


class TestPooled:
    def test_never_one_in_two(self):
        line = Timeline.of([f"20{y}/{y + 1}" for y in range(10, 18)])
        pools = [[line.words[n] for n in pool] for pool in line.pools(3)]
        assert pools == [["2012/13", "2013/14", "2014/15"], ["2015/16", "2016/17", "2017/18"]]

    def test_a_gap_or_a_break_parts_pools(self):
        words = ["2010/11", "2011/12", "2013/14", "2014/15", "2015/16"]
        line = Timeline.of(words)
        assert line.pools(2) == [(0, 1), (3, 4)]
        broken = Timeline.of(words, breaks=["2015/16"])
        assert broken.pools(2) == [(0, 1), (2, 3)]

    def test_a_part_that_is_hidden_hides_the_sum(self):
        counts = pd.DataFrame(
            {"area_code": ["A", "A", "B", "B", "C", "D", "D"], "indicator": "i", "sex": "persons",
             "period": ["2014/15", "2015/16", "2014/15", "2015/16", "2015/16", "2014/15", "2015/16"],
             "count": pd.array([None, 5, 0, 0, 8, 7, None], dtype="Int64"),
             "status": ["suppressed", "value", "zero", "zero", "value", "value", "missing"]}
        )  # fmt: skip
        people = pd.DataFrame({"area_code": [*"ABCD"], "sex": "persons", "population": 100.0})
        pooled, person_years, _ = pool_periods(counts, people, pool=2)
        assert pooled["status"].tolist() == ["suppressed", "zero", "missing", "missing"]
        assert pooled["count"].isna().tolist() == [True, False, True, True]
        assert person_years["population"].tolist() == [200.0] * 4

    @pytest.mark.parametrize(("pool", "match"), [(1, "is none"), (4, "no 4 periods follow")])
    def test_what_is_refused(self, wards, pool, match):
        people = wards[["area_code", "sex", "population"]].drop_duplicates()
        with pytest.raises(InputError, match=match):
            pool_periods(wards, people, pool=pool)


def years_that_drift(generator, *, step):
    """Counts of 144 wards in six years whose levels walk."""
    level = 40 * generator.gamma(6, 1 / 6, (144, 1))
    walk = np.cumsum(generator.normal(0, step, (144, 6)), axis=1)
    counts = generator.poisson(level * np.exp(walk))
    return pd.DataFrame(
        {"area_code": [f"W{n:03}" for n in range(144) for _ in range(6)], "indicator": "i",
         "sex": "persons", "period": [f"20{y}/{y + 1}" for y in range(14, 20)] * 144,
         "count": counts.ravel(), "population": 4000.0}
    )  # fmt: skip


def test_what_drifts_varies_more_over_five_years():
    """With the variance of years that follow each other 8 of these 12 maps have a call."""
    generator = np.random.default_rng(21)
    called, cv = 0, []
    for _ in range(12):
        found = rate_ratio(years_that_drift(generator, step=0.1), period_from="2014/15")
        called += found["change"].isin(["increasing", "decreasing"]).any()
        cv.append(found["year_cv"].iloc[0])
    assert called <= 2
    # Five steps of 0.1, half of the variance of their sum at each end.
    assert np.mean(cv) == pytest.approx(0.1 * np.sqrt(5 / 2), abs=0.025)


def test_pairs_of_all_distances_say_how_areas_vary():
    """One pair of years says it badly: the line through all distances is what is taken."""
    table = years_that_drift(np.random.default_rng(22), step=0.1)
    counts = table["count"].to_numpy().reshape(144, 6)
    found = rate_ratio(table, period_from="2014/15", period_to="2018/19")
    variances, pairs = [], []
    for apart in range(1, 6):
        two = [ends_of(counts[:, [n, n + apart]], (4000.0, 4000.0)) for n in range(6 - apart)]
        variances.append(year_to_year_variance(two))
        pairs.append(len(two))
    # By another way: least squares of scipy, with no coefficient below nought.
    root = np.sqrt(pairs)
    design = np.column_stack([np.ones(5), np.arange(1, 6)])
    (level, walk), _ = nnls(design * root[:, None], np.array(variances) * root)
    assert found["year_cv"].iloc[0] == pytest.approx(np.sqrt(level + 4 * walk))


@pytest.mark.parametrize("falls", [(0.03, 0.02, 0.01), (0.0, 0.01, 0.05), (0.01, 0.01, 0.02)])
def test_a_variance_by_distance_is_that_of_least_squares(falls):
    pairs = np.array([3, 2, 1])
    given = {n + 1: (v, int(k)) for n, (v, k) in enumerate(zip(falls, pairs, strict=True))}
    design = np.column_stack([np.ones(3), [1, 2, 3]]) * np.sqrt(pairs)[:, None]
    (level, walk), _ = nnls(design, np.array(falls) * np.sqrt(pairs))
    for apart in (1, 2, 3):
        assert drifting_variance(given, apart=apart) == pytest.approx(level + walk * apart)


@pytest.mark.parametrize(
    ("periods", "start", "differ"),
    [
        (["2023 Q1", "2023 Q4", "2024 Q1"], "2023 Q1", False),
        (["2023-11", "2023-12", "2024-01"], "2023-12", True),
        (["2022", "2023", "2024"], "2023", False),
    ],
)
def test_quarters_are_held_against_those_of_the_year_before(periods, start, differ):
    found = rate_ratio(
        pd.DataFrame(
            {"area_code": "A", "indicator": "i", "sex": "persons", "period": periods,
             "count": [20, 30, 40], "population": 1000.0}
        )
    )  # fmt: skip
    assert found["period_from"].tolist() == [start]
    assert ("different seasons" in found["note"][0]) == differ
