"""The circular scan against published values, and against a slow scan written another way."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.examples import up_to
from vawg_geo.errors import InputError
from vawg_geo.measures.scan import circles as scan_circles
from vawg_geo.measures.scan.null import draw_counts, risk_variance
from vawg_geo.measures.scan.scan import CLUSTER_COLUMNS, circular_scan

# New York leukaemia, circular, Cartesian, at most 50 % of the population (design/methods.md).
PUBLISHED = [14.083511, 9.019716, 6.114140, 4.651839, 3.363518, 3.209485]
# The same at most 10 % of the population (design/inference.md).
PUBLISHED_TENTH = [11.577255, 9.019716, 6.114140, 4.651839]


def slow_circles(population, places, max_population):
    """Every circle as a set of areas, by centre: no arrays, no sums carried along."""
    whole = sum(population)
    found = []
    for at in places:
        # Squared distances of whole metres are exact, so ties are ties.
        apart = [(at[0] - to[0]) ** 2 + (at[1] - to[1]) ** 2 for to in places]
        for reach in sorted(set(apart)):
            inside = frozenset(n for n, far in enumerate(apart) if far <= reach)
            if sum(population[n] for n in inside) <= max_population * whole * (1 + 1e-12):
                found.append((inside, math.sqrt(reach)))
    return found


def slow_ratio(inside, counts, population, rates):
    total, whole = sum(counts), sum(population)
    observed = sum(counts[n] for n in inside)
    expected = total * sum(population[n] for n in inside) / whole
    if (rates == "high" and observed <= expected) or (rates == "low" and observed >= expected):
        return 0.0
    outside = total - observed
    within = observed * math.log(observed / expected) if observed else 0.0
    without = outside * math.log(outside / (total - expected)) if outside else 0.0
    return within + without


def line(counts, **options):
    """Scan areas of equal population a kilometre apart in a line."""
    places = [[1000 * n, 0] for n in range(len(counts))]
    return circular_scan(counts, [100] * len(counts), places, **options)


@pytest.mark.promise
@pytest.mark.shared
def test_new_york_leukaemia(shared):
    """The scan's clusters of leukaemia in New York are the published ones to six decimals."""
    cases, people, places = (
        np.loadtxt(shared / "reference" / f"satscan_ny_{name}.txt")
        for name in ("cases", "pop", "coords")
    )
    assert (cases[:, 0] == people[:, 0]).all()
    assert (cases[:, 0] == places[:, 0]).all()
    given = cases[:, 1], people[:, 2], places[:, 1:]
    names = cases[:, 0].astype(int)
    found = circular_scan(*given, ids=names, model="poisson")
    assert found.total == 552
    assert found.clusters["log_likelihood_ratio"].round(6).tolist()[:6] == PUBLISHED
    assert (found.clusters["p_value"] <= 0.05).tolist() == [True] * 2 + [False] * 8
    within = circular_scan(*given, ids=names, max_population=0.1, replicates=99)
    assert within.clusters["log_likelihood_ratio"].round(6).tolist()[:4] == PUBLISHED_TENTH


@st.composite
def small_maps(draw):
    n = draw(st.integers(10, 14))
    spot = st.tuples(st.integers(0, 5), st.integers(0, 5))
    places = draw(st.lists(spot, min_size=n, max_size=n))
    population = draw(st.lists(st.integers(1, 60), min_size=n, max_size=n))
    counts = draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    return places, population, counts


@up_to(40)
@given(small_maps(), st.sampled_from(["high", "low", "both"]), st.sampled_from([0.5, 0.3, 0.1]))
def test_equals_a_slow_scan(made, rates, max_population):
    places, population, counts = made
    found = circular_scan(
        counts,
        population,
        places,
        rates=rates,
        max_population=max_population,
        model="poisson",
        replicates=19,
        seed=7,
    )
    if not sum(counts):
        assert found.clusters.empty
        return
    circles = slow_circles(population, places, max_population)
    best = max((slow_ratio(inside, counts, population, rates) for inside, _ in circles), default=0)
    if best > 1e-9:
        assert found.clusters["log_likelihood_ratio"][0] == pytest.approx(best, abs=1e-9)
    else:
        assert found.clusters.empty
    shares = np.array(population) / sum(population)

    def slow_maxima(drawn):
        ratios = (
            (slow_ratio(inside, row.tolist(), population, rates) for inside, _ in circles)
            for row in drawn
        )
        return [max(one, default=0) for one in ratios]

    slow = slow_maxima(np.random.default_rng(7).multinomial(sum(counts), shares, size=19))
    assert found.maxima == pytest.approx(np.array(slow), abs=1e-9)
    own_risks = draw_counts(
        np.random.default_rng(7),
        np.array(population, dtype=float),
        total=sum(counts),
        size=19,
        variance=found.risk_cv**2,
    )
    assert found.other_maxima == pytest.approx(np.array(slow_maxima(own_risks)), abs=1e-9)
    for cluster in found.clusters.itertuples():
        members = frozenset(
            found.members.loc[found.members["scan_cluster"] == cluster.scan_cluster, "id"]
        )
        assert (members, pytest.approx(cluster.radius)) in circles
        assert cluster.areas == len(members)
        assert cluster.observed == sum(counts[n] for n in members)
        share = sum(population[n] for n in members) / sum(population)
        assert cluster.expected == pytest.approx(sum(counts) * share)
        ratio = slow_ratio(members, counts, population, rates)
        assert cluster.log_likelihood_ratio == pytest.approx(ratio, abs=1e-9)
        beaten = sum(one >= ratio - 1e-9 for one in slow)
        assert cluster.p_value == pytest.approx((1 + beaten) / 20)
    assert not found.members["id"].duplicated().any()


@pytest.mark.parametrize(("total", "rates"), [(3000, "high"), (150, "both"), (40_000, "low")])
def test_maxima_equal_those_of_every_circle_written_out(total, rates):
    """Several blocks of centres, with bounds that rise on the way, against one matrix product."""
    rng = np.random.default_rng(total)
    n, replicates = 150, 60
    places = rng.integers(0, 60, (n, 2)) * 1000  # some coincide, many are equally far
    population = rng.integers(200, 9000, n)
    apart = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    circles = np.unique(
        np.concatenate([row[None, :] <= np.unique(row)[:, None] for row in apart]), axis=0
    ).astype(float)
    share = circles @ population / population.sum()
    circles, share = circles[share <= 0.5], share[share <= 0.5]
    drawn = np.random.default_rng(3).multinomial(
        total, population / population.sum(), size=replicates
    )
    inside, expected = circles @ drawn.T, total * share[:, None]
    outside = total - inside
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(inside > 0, inside * np.log(inside / expected), 0)
        ratio += np.where(outside > 0, outside * np.log(outside / (total - expected)), 0)
    counted = {"high": inside > expected, "low": inside < expected, "both": inside >= 0}[rates]
    found = circular_scan(drawn[0], population, places, replicates=replicates, seed=3, rates=rates)
    assert found.maxima == pytest.approx(np.where(counted, ratio, 0).max(axis=0), abs=1e-8)
    # The map scanned is the first replicate: its best circle is that replicate's maximum.
    assert found.clusters["log_likelihood_ratio"][0] == pytest.approx(found.maxima[0], abs=1e-8)


def test_secondary_clusters_are_the_best_of_centres_that_share_no_area():
    found = line([9, 8, 1, 2, 1, 2, 1, 1, 2, 1, 7, 8, 1, 1], replicates=0)
    places = [(1000 * n, 0) for n in range(14)]
    counts = [9, 8, 1, 2, 1, 2, 1, 1, 2, 1, 7, 8, 1, 1]
    best = {}
    for n in range(14):
        own = [c for c in slow_circles([100] * 14, places, 0.5) if n in c[0]]
        centred = [c for c in own if c[0] == {m for m in range(14) if abs(m - n) * 1000 <= c[1]}]
        best[n] = max(
            (slow_ratio(c[0], counts, [100] * 14, "high"), -c[1], sorted(c[0])) for c in centred
        )
    taken, expected = set(), []
    for ratio, _, members in sorted(best.values(), key=lambda one: (-round(one[0], 9), -one[1])):
        if ratio > 1e-9 and not taken & set(members):
            taken |= set(members)
            expected.append(members)
    assert found.members.groupby("scan_cluster")["id"].agg(list).tolist() == expected
    assert found.clusters["log_likelihood_ratio"].is_monotonic_decreasing
    assert len(line(counts, max_clusters=1).clusters) == 1


def test_areas_at_the_same_distance_enter_together():
    # The events stand in the middle and to the left; no circle holds these two alone, for the
    # right is as far away.
    counts = [0, 0, 0, 0, 9, 9, 0, 0, 0, 0, 0, 0]
    found = line(counts, replicates=0, max_clusters=1)
    members = set(found.members["id"])
    assert members >= {4, 5}
    assert len(members) == 3


def test_areas_at_one_place_are_one():
    places = [[1000 * n, 0] for n in range(11)] + [[0, 0]]
    found = circular_scan([20] + [1] * 11, [100] * 12, places, replicates=19)
    assert found.clusters.loc[0, ["areas", "observed"]].tolist() == [2, 21]


def test_half_of_the_population_is_allowed_and_more_is_not():
    counts = [5] * 7 + [0] * 5
    assert line(counts, replicates=0).clusters["areas"][0] == 6
    assert line(counts, replicates=0, max_population=0.49).clusters["areas"][0] == 5
    held = line(counts, replicates=0, max_population=0.25)
    assert held.clusters["areas"].max() == 3


def test_relative_risk_and_direction():
    counts = [10] * 11 + [0, 0, 0]
    low = line(counts, rates="low")
    assert low.clusters.loc[0, ["observed", "relative_risk"]].tolist() == [0, 0]
    assert set(low.members[low.members["scan_cluster"] == 1]["id"]) == {11, 12, 13}
    assert 0 not in line(counts, rates="high").clusters["observed"].tolist()
    both = line(counts, rates="both")
    assert both.clusters["log_likelihood_ratio"][0] == low.clusters["log_likelihood_ratio"][0]
    all_within = line([7] + [0] * 11)
    assert all_within.clusters["relative_risk"][0] == math.inf
    assert all_within.clusters["expected"][0] == pytest.approx(7 / 12)


def test_rows_in_another_order_change_nothing(ward_codes):
    rng = np.random.default_rng(4)
    n = 40
    frame = pd.DataFrame(
        {
            "count": rng.poisson(6, n),
            "people": rng.integers(500, 9000, n),
            "x": rng.integers(0, 50_000, n),
            "y": rng.integers(0, 50_000, n),
        },
        index=ward_codes[:n],
    )
    shuffled = frame.sample(frac=1, random_state=9)
    first, second = (
        circular_scan(one["count"], one["people"], one[["x", "y"]], replicates=0)
        for one in (frame, shuffled)
    )
    pd.testing.assert_frame_equal(first.clusters, second.clusters)
    pd.testing.assert_frame_equal(
        first.members.sort_values("id", ignore_index=True),
        second.members.sort_values("id", ignore_index=True),
    )


def test_more_replicates_than_are_held_at_once(monkeypatch):
    counts = [9, 8, 9, 1, 2, 1, 2, 1, 2, 1, 1, 2]
    at_once = line(counts, replicates=99)
    monkeypatch.setattr(scan_circles, "CHUNK", 40)
    monkeypatch.setattr(scan_circles, "BLOCK", 5)
    assert line(counts, replicates=99).maxima.tolist() == at_once.maxima.tolist()
    assert line(counts, replicates=99, seed=1).maxima.tolist() != at_once.maxima.tolist()


def test_large_totals_do_not_overflow():
    found = line([40_000, 41_000] + [40_000] * 10, replicates=19)
    assert found.total == 481_000
    assert found.clusters["observed"][0] == 41_000
    assert (found.maxima < 15).all()


def test_missing_values_leave_areas_out_and_are_no_zeros():
    counts = [9, None, 9, 1, 2, 1, 2, 1, 2, 1, 1, 2, 1]
    people = pd.Series([100.0] * 12 + [np.nan])
    places = [[1000 * n, 0] for n in range(13)]
    found = circular_scan(pd.Series(counts, dtype="Int64"), people, places)
    assert found.left_out == (1, 12)
    assert found.areas == 11
    assert found.population == 1100
    assert not found.members["id"].isin([1, 12]).any()
    assert "2 of 13 areas have no count or no population" in found.notes[0]
    kept = [n for n in range(12) if n != 1]
    alone = circular_scan(
        [counts[n] for n in kept], [100] * 11, [places[n] for n in kept], ids=kept
    )
    pd.testing.assert_frame_equal(found.clusters, alone.clusters)


def test_no_events_give_no_clusters():
    found = line([0] * 12)
    assert found.clusters.columns.tolist() == list(CLUSTER_COLUMNS)
    assert found.clusters.empty
    assert found.members.empty
    assert "nothing to scan" in found.notes[0]


def test_without_replicates_there_is_no_p_value():
    assert line([9, 8, 9, 1, 2, 1, 2, 1, 2, 1, 1, 2], replicates=0).clusters["p_value"].isna().all()


@pytest.mark.parametrize(
    ("counts", "people", "options", "says"),
    [
        ([1] * 9, [1] * 9, {}, "9 of 9 areas .* at least 10"),
        ([1] * 9 + [np.nan], [1] * 10, {}, "9 of 10 areas .* at least 10"),
        ([1] * 12, [0] + [5] * 11, {}, "1 of 12 areas have no positive population; first: 0"),
        ([1] * 12, [5] * 11 + [-2], {}, "1 of 12 areas have no positive population; first: 11"),
        ([1.5] * 12, [5] * 12, {}, "12 of 12 areas have a count that is negative or no whole"),
        ([-1] + [1] * 11, [5] * 12, {}, "1 of 12 areas have a count that is negative"),
        ([1] * 12, [5] * 11, {}, "do not fit"),
        ([1] * 12, [5] * 12, {"ids": list("aabcdefghijk")}, "1 of 12 areas repeat .* 'a'"),
        ([1] * 12, [5] * 12, {"max_population": 0.6}, "at most 0.5"),
        ([1] * 12, [5] * 12, {"max_population": 0}, "above 0"),
        ([1] * 12, [5] * 12, {"replicates": -1}, "no fewer than 0 replicates"),
        ([1] * 12, [5] * 12, {"max_clusters": 0}, "1 cluster"),
        ([1] * 12, [5] * 12, {"rates": "hot"}, "'hot' is no direction"),
        ([1] * 12, [5] * 12, {"model": "poison"}, "'poison' is no model .* Did you mean 'poisson'"),
    ],
)
def test_refuses(counts, people, options, says):
    places = [[1000 * n, 0] for n in range(len(counts))]
    with pytest.raises(InputError, match=says):
        circular_scan(counts, people, places, **options)


def test_refuses_places_that_are_none():
    with pytest.raises(InputError, match=r"shape \(12, 3\)"):
        circular_scan([1] * 12, [5] * 12, [[0, 0, 0]] * 12)
    with pytest.raises(InputError, match="1 of 12 areas have no coordinates; first: 3"):
        circular_scan([1] * 12, [5] * 12, [[n, np.nan if n == 3 else 0] for n in range(12)])


def test_refuses_indexes_that_differ():
    counts = pd.Series(range(12), index=list("abcdefghijkl"))
    places = [[n, 0] for n in range(12)]
    with pytest.raises(
        InputError, match="1 of 12 areas of the counts are absent there; first absent: 'l'"
    ):
        circular_scan(counts, pd.Series(5, index=list("abcdefghijkz")), places)
    with pytest.raises(InputError, match="the order differs"):
        circular_scan(counts, pd.Series(5, index=list("bacdefghijkl")), places)


def test_inputs_are_not_changed():
    counts = np.array([9, 8, 9, 1, 2, 1, 2, 1, 2, 1, 1, 2], dtype=float)
    people, places = np.full(12, 100.0), np.c_[np.arange(12) * 1000.0, np.zeros(12)]
    before = counts.copy(), people.copy(), places.copy()
    circular_scan(counts, people, places, replicates=19)
    for now, then in zip((counts, people, places), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_shuffled_rows_change_no_p_value():
    rng = np.random.default_rng(8)
    counts, people, places = (
        rng.poisson(9, 40),
        rng.integers(500, 900, 40),
        rng.random((40, 2)) * 9e4,
    )
    names = [f"a{n:02}" for n in range(40)]
    order = rng.permutation(40)
    straight = circular_scan(counts, people, places, ids=names)
    shuffled = circular_scan(
        counts[order], people[order], places[order], ids=[names[n] for n in order]
    )
    assert straight.clusters.equals(shuffled.clusters)


def test_names_that_are_not_the_counts_index():
    counts = pd.Series(range(12), index=list("abcdefghijkl"))
    with pytest.raises(InputError, match="first: 'a' and 'l'"):
        circular_scan(counts, [100] * 12, np.ones((12, 2)), ids=list("lkjihgfedcba"))
    with pytest.raises(InputError, match="no numbers"):
        circular_scan(["x"] * 12, [100] * 12, np.ones((12, 2)))


def test_risks_of_their_own_make_counts_beta_binomial():
    """Areas of equal population: gamma risks over their sum are Dirichlet, and a count given the
    total is beta-binomial, which scipy knows by itself.
    """
    variance, n, total = 0.5, 12, 60
    drawn = draw_counts(
        np.random.default_rng(3), np.full(n, 100.0), total=total, size=4000, variance=variance
    )
    assert (drawn.sum(axis=1) == total).all()
    law = stats.betabinom(total, 1 / variance, (n - 1) / variance)
    seen = np.bincount(drawn[:, 5], minlength=20)
    # Fives at the least in every class.
    expected = 4000 * law.pmf(np.arange(20))
    seen, expected = np.r_[seen[:19], seen[19:].sum()], np.r_[expected[:19], 4000 * law.sf(18)]
    assert stats.chisquare(seen, expected).pvalue > 0.01
    # One risk everywhere would not pass for it.
    flat = draw_counts(np.random.default_rng(3), np.full(n, 100.0), total=total, size=4000)[:, 5]
    counted = np.r_[np.bincount(flat, minlength=20)[:19], (flat > 18).sum()]
    assert stats.chisquare(counted, expected).pvalue < 1e-6


def test_variance_of_risks_is_marshalls_over_the_mean_squared():
    events, people = np.array([20.0, 40.0, 90.0]), np.array([9000.0, 10000.0, 14000.0])
    mean = 150 / 33000
    spread = sum(x * (e / x - mean) ** 2 for e, x in zip(events, people, strict=True)) / 33000
    expected = (spread - mean / 11000) / mean**2
    assert risk_variance(events, people) == pytest.approx(expected, rel=1e-12)
    many = draw_counts(
        np.random.default_rng(1), np.full(4000, 500.0), total=80_000, size=1, variance=0.3
    )
    assert risk_variance(many[0].astype(float), np.full(4000, 500.0)) == pytest.approx(
        0.3, abs=0.03
    )


def test_without_variation_beyond_chance_both_models_are_one():
    counts = [6, 5, 6, 5, 6, 5, 7, 5, 6, 5, 6, 5]
    found = line(counts)
    assert found.risk_cv == 0
    assert found.maxima.tolist() == found.other_maxima.tolist()
    assert found.clusters["p_value"].tolist() == found.clusters["p_value_other_model"].tolist()
    assert line(counts, model="poisson").clusters.equals(found.clusters)


def test_areas_that_differ_are_no_cluster_and_one_risk_would_call_them_one():
    """Forty areas in turn high and low, so that no circle holds more of the high ones."""
    rng = np.random.default_rng(6)
    places = rng.random((60, 2)) * 50_000
    counts = draw_counts(rng, np.full(60, 1000.0), total=2000, size=1, variance=0.3)[0]
    by_risks = circular_scan(counts, np.full(60, 1000.0), places)
    by_one_risk = circular_scan(counts, np.full(60, 1000.0), places, model="poisson")
    assert by_risks.clusters["p_value"][0] > 0.1
    assert by_one_risk.clusters["p_value"][0] <= 0.01
    # Each prints the other's.
    for one, other in ((by_risks, by_one_risk), (by_one_risk, by_risks)):
        assert one.clusters["p_value_other_model"].equals(other.clusters["p_value"])
        assert one.other_maxima.tolist() == other.maxima.tolist()
    assert by_risks.risk_cv == pytest.approx(math.sqrt(0.3), abs=0.15)


def test_all_events_in_one_small_area_of_a_large_map():
    """A variance of thousands: risks that are zero to the computer must not become no number."""
    people = [10] + [1_000_000] * 11
    found = circular_scan([30] + [0] * 11, people, [[n * 1000, 0] for n in range(12)])
    assert found.risk_cv > 500
    assert found.clusters["areas"][0] == 1
    assert np.isfinite(found.maxima).all()
    assert 0.001 <= found.clusters["p_value"][0] <= 1


def test_circles_of_a_tenth_on_maps_of_more_than_1000_areas():
    rng = np.random.default_rng(2)
    for areas, most in ((1000, 0.5), (1001, 0.1)):
        people, places = np.full(areas, 100), rng.random((areas, 2)) * 1e5
        counts = np.where(places[:, 0] < 30_000, 3, 1)  # a third of the map
        found = circular_scan(counts, people, places, replicates=0)
        assert found.max_population == most
        assert found.clusters["areas"].max() <= most * areas
        asked = circular_scan(counts, people, places, replicates=0, max_population=0.3)
        assert asked.max_population == 0.3
        assert found.clusters["areas"][0] != asked.clusters["areas"][0]


def test_memory_does_not_grow_with_the_events():
    rng = np.random.default_rng(5)
    people, places = rng.integers(1000, 9000, 60), rng.random((60, 2)) * 1e5
    peaks = []
    for total in (5_000, 50_000_000):
        counts = rng.multinomial(total, people / people.sum())
        tracemalloc.start()
        circular_scan(counts, people, places, replicates=99)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # Twice as many bytes for a count above 32,767, and no more: it was 3.7 GB.
    assert peaks[1] < 2.5 * peaks[0] < 50e6
