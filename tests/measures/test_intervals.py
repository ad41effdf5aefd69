"""Limits against published values, the authority's own package, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.intervals import (
    byar_interval,
    event_interval,
    exact_interval,
    public_health_interval,
    wilson_interval,
)

POISSON = [exact_interval, byar_interval, public_health_interval]


@pytest.mark.parametrize(
    ("function", "events", "expected"),
    [
        (byar_interval, 10, (4.787449914, 18.391458606)),
        (exact_interval, 9, (4.115373097, 17.084803451)),
        (exact_interval, 0, (0.0, 3.688879454)),
        (public_health_interval, 9, (4.115373097, 17.084803451)),
        (public_health_interval, 10, (4.787449914, 18.391458606)),
    ],
)
def test_published_values(function, events, expected):
    lower, upper = function([events])
    assert (lower[0], upper[0]) == pytest.approx(expected, abs=5e-10)


def test_wilson_published_value():
    lower, upper = wilson_interval([10], [100])
    assert (lower[0], upper[0]) == pytest.approx((0.0552291371, 0.1743656615), abs=5e-11)


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_agrees_with_phstatsmethods(confidence):
    from PHStatsMethods import confidence_intervals as theirs

    counts = [*range(60), 100, 999, 12302]
    lower, upper = public_health_interval(counts, confidence=confidence)
    # Each rule in its own range: exact below 10 events, Byar's from 10.
    expected = [
        (theirs.exact_lower(x, confidence), theirs.exact_upper(x, confidence))
        if x < 10
        else (theirs.byars_lower(x, confidence), theirs.byars_upper(x, confidence))
        for x in counts
    ]
    # Theirs has no lower limit for 0 events; it is 0 by definition.
    assert np.isnan(expected[0][0])
    expected[0] = (0.0, expected[0][1])
    np.testing.assert_allclose(np.c_[lower, upper], expected, rtol=1e-9, atol=1e-12)
    shares = wilson_interval(counts, np.array(counts) + 7, confidence=confidence)
    expected = [theirs.wilson(x, x + 7, confidence) for x in counts]
    np.testing.assert_allclose(np.c_[shares], expected, rtol=1e-9, atol=1e-12)


@given(st.integers(0, 10**7), st.floats(0.5, 0.999))
def test_limits_hold_the_count(count, confidence):
    for function in POISSON:
        lower, upper = function([count], confidence=confidence)
        assert 0 <= lower[0] <= count <= upper[0]
        assert (lower[0] == 0) or count > 0


@given(st.integers(0, 10**5), st.integers(0, 10**5), st.floats(0.5, 0.999))
def test_wilson_stays_a_proportion(events, others, confidence):
    trials = events + others
    if not trials:
        return
    lower, upper = wilson_interval([events], [trials], confidence=confidence)
    assert -1e-12 <= lower[0] <= events / trials + 1e-12
    assert events / trials - 1e-12 <= upper[0] <= 1 + 1e-12


def test_exact_limits_are_poisson_tails():
    from scipy.stats import poisson

    lower, upper = exact_interval(np.arange(1, 30), confidence=0.9)
    np.testing.assert_allclose(poisson.sf(np.arange(0, 29), lower), 0.05, rtol=1e-9)
    np.testing.assert_allclose(poisson.cdf(np.arange(1, 30), upper), 0.05, rtol=1e-9)


@pytest.mark.parametrize("function", POISSON)
def test_missing_stays_missing(function):
    lower, upper = function([np.nan, 4])
    assert np.isnan([lower[0], upper[0]]).all()
    assert not np.isnan([lower[1], upper[1]]).any()


@pytest.mark.parametrize("function", POISSON)
def test_negative_refused(function):
    with pytest.raises(InputError, match="1 of 3 counts are negative; first: -2"):
        function([3, -2, 0])


def test_wilson_refuses_more_events_than_trials():
    with pytest.raises(InputError, match=r"1 of 2 proportions .* first: 11 of 10"):
        wilson_interval([1, 11], [10, 10])


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_confidence_out_of_range(confidence):
    with pytest.raises(InputError, match="confidence must lie between 0 and 1"):
        exact_interval([1], confidence=confidence)


def test_unknown_method():
    with pytest.raises(InputError, match="'wald' is no interval"):
        event_interval("wald")
