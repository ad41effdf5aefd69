"""Inequality measures against scipy, against closed forms, and against likelihoods."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.inequality import (
    rate_by_group,
    relative_index,
    relative_rank,
    slope_index,
    spearman,
)
from vawg_geo.measures.rates.rates import crude_rate

RNG = np.random.default_rng(11)


# Spearman


@pytest.mark.parametrize("n", [9, 30, 144])
def test_spearman_is_scipys(n):
    from scipy.stats import spearmanr

    x = RNG.integers(0, 12, n)  # with ties
    y = x + RNG.normal(0, 6, n)
    found, theirs = spearman(x, y), spearmanr(x, y)
    assert found.value == pytest.approx(theirs.statistic, abs=1e-12)
    assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-9)


def test_limits_are_those_of_bonett_and_wright():
    x = np.arange(52)
    y = np.r_[x[26:], x[:26]] + 0.001 * x
    found = spearman(x, y)
    half = 1.959963984540054 * np.sqrt((1 + found.value**2 / 2) / 49)
    assert np.arctanh(found.lower) == pytest.approx(np.arctanh(found.value) - half)
    assert np.arctanh(found.upper) == pytest.approx(np.arctanh(found.value) + half)
    narrower = spearman(x, y, confidence=0.8)
    assert found.lower < narrower.lower < narrower.upper < found.upper


def test_six_areas_have_an_exact_p_value():
    # Of the 720 orders of six, 12 are at least as far from chance as one swap of neighbours:
    # the perfect order, its five single swaps, and as many backwards.
    found = spearman([1, 2, 3, 4, 5, 6], [2, 1, 3, 4, 5, 6])
    assert found.value == pytest.approx(1 - 6 * 2 / 210)
    assert found.p_value == pytest.approx(12 / 720)


def test_p_with_ties_is_by_all_orders():
    x, y = np.array([1, 1, 2, 3, 4.0]), np.array([1, 2, 2, 5, 4.0])
    ranks = [pd.Series(v).rank().to_numpy() for v in (x, y)]
    reached = abs(np.corrcoef(*ranks)[0, 1])
    all_r = [abs(np.corrcoef(ranks[0], p)[0, 1]) for p in itertools.permutations(ranks[1])]
    assert spearman(x, y).p_value == pytest.approx(np.mean(np.array(all_r) >= reached - 1e-12))


def test_missing_pairs_are_left_out():
    x, y = [1, 2, 3, 4, 5, 6, np.nan, 8], [2, 1, 4, 3, 6, 5, 7, None]
    assert spearman(x, y) == spearman(x[:6], y[:6])


def test_what_cannot_be_said_says_why():
    assert spearman([1, 2, 3, 4], [1, 2, 3, 4]).why.startswith("fewer than 5")
    same = spearman([1] * 6, range(6))
    assert np.isnan(same.value)
    assert same.why == "all areas have the same figure"
    assert slope_index([0] * 6, [10] * 6, range(6)).why == "there were no events"
    assert relative_index([1] * 6, [10] * 6, [3] * 6).why == "all areas are equally deprived"
    at_one_end = relative_index([0, 0, 0, 0, 9], [10] * 5, range(5))
    assert "one end" in at_one_end.why


def test_perfect_order_has_no_width():
    found = spearman(range(20), range(20))
    assert (found.value, found.lower, found.upper, found.p_value) == (1, 1, 1, 0)


# Relative rank


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 1_000)), min_size=1, max_size=30),
    st.randoms(),
)
def test_ranks_have_a_mean_of_a_half_and_know_no_row_order(rows, chance):
    score, people = (np.array(column, float) for column in zip(*rows, strict=True))
    ranks = relative_rank(score, people)
    assert np.average(ranks, weights=people) == pytest.approx(0.5)
    assert ((ranks > 0) & (ranks < 1)).all()
    order = list(range(len(rows)))
    chance.shuffle(order)
    assert relative_rank(score[order], people[order]) == pytest.approx(ranks[order])


# Slope and relative index


def test_slope_of_a_straight_line_is_its_rise():
    people = RNG.integers(500, 5_000, 40).astype(float)
    score = RNG.permutation(40)
    ranks = relative_rank(score, people)
    found = slope_index(people * (0.004 + 0.003 * ranks), people, score)
    assert found.value == pytest.approx(3.0)
    assert found.lower < 3.0 < found.upper


def test_slope_is_weighted_least_squares():
    people = RNG.integers(500, 5_000, 30).astype(float)
    score = RNG.normal(20, 8, 30)
    counts = RNG.poisson(people * 0.01).astype(float)
    ranks = relative_rank(score, people)
    intercept_and_slope = np.polyfit(ranks, counts / people, 1, w=np.sqrt(people))
    found = slope_index(counts, people, score, per=1000)
    assert found.value == pytest.approx(1000 * intercept_and_slope[0])


def test_relative_index_is_the_maximum_of_the_likelihood():
    from scipy.optimize import minimize

    people = RNG.integers(500, 5_000, 30).astype(float)
    score = RNG.normal(20, 8, 30)
    ranks = relative_rank(score, people)
    counts = RNG.poisson(people * 0.005 * np.exp(0.9 * ranks)).astype(float)

    def surprise(beta):
        mean = people * np.exp(beta[0] + beta[1] * ranks)
        return (mean - counts * np.log(mean)).sum()

    best = minimize(surprise, [-5, 0], method="BFGS", tol=1e-9).x[1]
    assert relative_index(counts, people, score).value == pytest.approx(np.exp(best), rel=1e-4)


def test_equal_rates_have_no_inequality():
    people = np.arange(1_000, 9_000, 1_000.0)
    slope = slope_index(people / 100, people, range(8))
    ratio = relative_index(people / 100, people, range(8))
    assert slope.value == pytest.approx(0, abs=1e-9)
    assert ratio.value == pytest.approx(1)
    # Not a width of nothing: counts are uncertain even where they agree.
    assert slope.upper > 1
    assert ratio.lower < 0.9


def test_turning_deprivation_round_turns_both_round():
    people = RNG.integers(500, 5_000, 20).astype(float)
    score, counts = RNG.normal(size=20), RNG.poisson(people * 0.01)
    forth, back = slope_index(counts, people, score), slope_index(counts, people, -score)
    assert forth.value == pytest.approx(-back.value)
    assert forth.lower == pytest.approx(-back.upper)
    forth, back = relative_index(counts, people, score), relative_index(counts, people, -score)
    assert forth.value == pytest.approx(1 / back.value)
    assert forth.p_value == pytest.approx(back.p_value)


@pytest.mark.parametrize("extra", [0.0, 0.5])
def test_limits_hold_the_truth_as_often_as_they_say(extra):
    # Also where areas differ beyond chance, for which Poisson limits are too narrow.
    rng = np.random.default_rng(3)
    people = rng.integers(1_000, 8_000, 60).astype(float)
    ranks = relative_rank(np.arange(60), people)
    held = {"slope": 0, "ratio": 0}
    trials = 300
    for _ in range(trials):
        noise = rng.gamma(1 / extra, extra, 60) if extra else 1.0
        straight = people * (0.005 + 0.006 * ranks) * noise
        curved = people * 0.005 * np.exp(ranks) * noise
        slope = slope_index(rng.poisson(straight), people, np.arange(60))
        ratio = relative_index(rng.poisson(curved), people, np.arange(60))
        held["slope"] += slope.lower <= 6.0 <= slope.upper
        held["ratio"] += ratio.lower <= np.e <= ratio.upper
    assert held["slope"] / trials > 0.91
    assert held["ratio"] / trials > 0.91


def test_bad_input_is_refused():
    with pytest.raises(InputError, match="5 and 4"):
        spearman(range(5), range(4))
    with pytest.raises(InputError, match=r"1 of 6 areas have a negative count .* -1 events"):
        slope_index([1, 2, -1, 4, 5, 6], [10] * 6, range(6))
    with pytest.raises(InputError, match=r"1 of 6 areas .* among 0"):
        relative_index([1, 2, 1, 4, 5, 6], [10, 0, 10, 10, 10, 10], range(6))
    with pytest.raises(InputError, match="confidence"):
        spearman(range(9), range(9), confidence=95)


# Rates by group


@pytest.mark.parametrize("method", ["public-health", "exact", "byar", "wilson"])
def test_rate_of_a_group_is_that_of_one_area_with_its_sums(method):
    counts, people = [3, 4, 0, 20, 30], [400.0, 600, 500, 2_000, 3_000]
    found = rate_by_group(counts, people, [1, 1, 2, 5, 5], method=method).set_index("group")
    key = {"sex": "persons", "period": "p", "indicator": "i"}
    whole = crude_rate(
        pd.DataFrame({"area_code": ["1", "2", "5"], "count": [7, 0, 50], **key}),
        pd.DataFrame({"area_code": ["1", "2", "5"], "sex": "persons",
                      "population": [1_000, 500, 5_000]}),
        method=method,
    )  # fmt: skip
    for column in ("rate", "rate_lower", "rate_upper"):
        assert found[column].tolist() == pytest.approx(whole[column].tolist())
    assert found["status"].tolist() == ["unstable", "zero", "value"]


def test_a_hidden_area_takes_its_people_with_it():
    found = rate_by_group([10, None, 30], [1_000, 50_000, 1_000], [1, 1, 1])
    assert found["areas"].item() == 2
    assert found["population"].item() == 2_000
    assert found["rate"].item() == 20
