"""Limits of a ratio of two counts, against the binomial test and against chance itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.intervals import count_ratio_interval

COUNTS = st.integers(0, 5000)


@given(COUNTS, COUNTS, st.sampled_from([0.9, 0.95, 0.998]))
def test_limits_are_clopper_and_pearsons_as_a_ratio(x, y, confidence):
    from scipy.stats import beta

    tail = (1 - confidence) / 2
    low = beta.ppf(tail, x, y + 1) if x else 0.0
    high = beta.ppf(1 - tail, x + 1, y) if y else 1.0
    lower, upper = count_ratio_interval([x], [y], confidence=confidence)
    assert x + y == 0 or lower[0] == pytest.approx(low / (1 - low), rel=1e-9)
    if y == 0:
        assert np.isinf(upper[0])
    else:
        assert upper[0] == pytest.approx(high / (1 - high), rel=1e-9)


@pytest.mark.parametrize(("x", "y"), [(0, 40), (9, 1798), (142, 1798), (468, 1725), (700, 3)])
def test_limits_are_those_of_the_binomial_test(x, y):
    from scipy.stats import binomtest

    known = binomtest(x, x + y).proportion_ci(method="exact")
    lower, upper = count_ratio_interval([x], [y])
    # scipy finds its limits by a search that stops short of the last digits.
    assert lower[0] == pytest.approx(known.low / (1 - known.low), rel=1e-6, abs=1e-12)
    assert upper[0] == pytest.approx(known.high / (1 - known.high), rel=1e-6)


@given(COUNTS, COUNTS)
def test_the_other_way_up_gives_the_reciprocals(x, y):
    if x == 0 or y == 0:
        return
    lower, upper = count_ratio_interval([x], [y])
    other_lower, other_upper = count_ratio_interval([y], [x])
    assert lower[0] <= x / y <= upper[0]
    assert lower[0] * other_upper[0] == pytest.approx(1, rel=1e-9)
    assert upper[0] * other_lower[0] == pytest.approx(1, rel=1e-9)


def test_true_ratio_is_inside_at_least_as_often_as_said():
    rng = np.random.default_rng(3)
    x, y = rng.poisson(30, 20_000), rng.poisson(400, 20_000)
    lower, upper = count_ratio_interval(x, y)
    inside = ((lower <= 30 / 400) & (upper >= 30 / 400)).mean()
    assert 0.95 <= inside < 0.975


def test_nothing_over_something_and_missing():
    lower, upper = count_ratio_interval([0, np.nan, 5, 0], [100, 10, np.nan, 0])
    assert lower[0] == 0
    assert 0.03 < upper[0] < 0.04
    assert np.isnan([lower[1], upper[1], lower[2], upper[2]]).all()
    assert (lower[3], upper[3]) == (0, np.inf)


def test_a_ratio_far_above_one_keeps_its_digits():
    lower, upper = count_ratio_interval([10_000_000], [1])
    assert 1e6 < lower[0] < 1e7 < upper[0] < 1e9


@pytest.mark.parametrize(
    ("x", "y", "options", "match"),
    [
        ([1, -2], [3, 4], {}, "1 of 2 pairs have a negative count; first: -2 over 4"),
        ([1, 2], [3], {}, "2 numerators and 1 denominators"),
        ([1], [3], {"confidence": 95}, "confidence must lie between 0 and 1"),
    ],
)
def test_refusals(x, y, options, match):
    with pytest.raises(InputError, match=match):
        count_ratio_interval(x, y, **options)
