"""Confidence limits for counts, proportions, and ratios of counts.

Exact Poisson limits come from the inverse incomplete gamma functions (half a chi-squared
quantile); `scipy.special` has them without the cost of importing `scipy.stats`. The test suite
holds every function to `PHStatsMethods`, the public-health authority's own package, and to
published values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np
from scipy.special import betaincinv, gammainccinv, gammaincinv, ndtri

from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Limits = tuple[NDArray[np.float64], NDArray[np.float64]]
    # One for all counts, or one for each.
    Confidence = float | NDArray[np.float64]

__all__ = [
    "byar_interval",
    "count_ratio_interval",
    "event_interval",
    "exact_interval",
    "public_health_interval",
    "tail_of",
    "wilson_interval",
]

# From this many events the public-health rule turns from exact to Byar's limits, and a rate is
# no longer called unstable.
STABLE_EVENTS = 10


def exact_interval(events: ArrayLike, *, confidence: Confidence = 0.95) -> Limits:
    """Exact (Garwood) Poisson limits for a number of events.

    Parameters
    ----------
    events : array_like of float, shape (n,)
        Counts, 0 or more; NaN where missing.
    confidence : float or ndarray of float, shape (n,)
        Between 0 and 1.

    Returns
    -------
    lower, upper : ndarray of float, shape (n,)
        In events. The lower limit of 0 events is 0. NaN where the count is NaN.

    Raises
    ------
    InputError
        A negative count, or a confidence outside (0, 1).

    Notes
    -----
    With alpha = 1 - confidence, lower = chi2(alpha / 2, 2 x) / 2 and
    upper = chi2(1 - alpha / 2, 2 x + 2) / 2. Garwood (1936), Biometrika 28, 437-442.

    Examples
    --------
    >>> lower, upper = exact_interval([0, 9])
    >>> lower.round(9).tolist(), upper.round(9).tolist()
    ([0.0, 4.115373097], [3.688879454, 17.084803451])
    """
    x = _counts(events)
    tail = tail_of(confidence)
    lower = np.where(x > 0, gammaincinv(np.where(x > 0, x, 1.0), tail), np.where(x == 0, 0.0, x))
    upper: NDArray[np.float64] = np.asarray(gammainccinv(x + 1, tail), dtype=float)
    return lower, upper


def byar_interval(events: ArrayLike, *, confidence: Confidence = 0.95) -> Limits:
    """Byar's approximation of the Poisson limits for a number of events.

    Parameters, returns and errors as in `exact_interval`.

    Notes
    -----
    lower = x (1 - 1 / (9 x) - z / (3 sqrt(x)))^3 and the upper limit likewise from x + 1 with a
    plus. Breslow and Day (1987), Statistical Methods in Cancer Research II, 69.

    Examples
    --------
    >>> lower, upper = byar_interval([10])
    >>> lower.round(9).tolist(), upper.round(9).tolist()
    ([4.787449914], [18.391458606])
    """
    x = _counts(events)
    z = -ndtri(tail_of(confidence))
    positive = np.where(x > 0, x, 1.0)
    lower = positive * (1 - 1 / (9 * positive) - z / (3 * np.sqrt(positive))) ** 3
    above = x + 1
    upper = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    # The cube turns negative for very few events at high confidence; a count has no such limit.
    return np.where(x > 0, np.maximum(lower, 0.0), np.where(x == 0, 0.0, x)), upper


def public_health_interval(events: ArrayLike, *, confidence: Confidence = 0.95) -> Limits:
    """Limits by the public-health rule: exact below 10 events, Byar's from 10.

    Parameters, returns and errors as in `exact_interval`.

    Examples
    --------
    >>> lower, upper = public_health_interval([9, 10])
    >>> lower.round(6).tolist()
    [4.115373, 4.78745]
    """
    x = _counts(events)
    few = ~(x >= STABLE_EVENTS)
    levels = np.broadcast_to(np.asarray(confidence, dtype=float), x.shape)
    lower, upper = byar_interval(x, confidence=confidence)
    lower[few], upper[few] = exact_interval(x[few], confidence=levels[few])
    return lower, upper


def wilson_interval(
    events: ArrayLike, trials: ArrayLike, *, confidence: Confidence = 0.95
) -> Limits:
    """Wilson score limits for a proportion.

    Parameters
    ----------
    events, trials : array_like of float, shape (n,)
        Events among trials, events at most trials; NaN where missing.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    lower, upper : ndarray of float, shape (n,)
        As proportions between 0 and 1.

    Raises
    ------
    InputError
        More events than trials, no trials, or a negative count.

    Notes
    -----
    (2 x + z^2 -+ z sqrt(z^2 + 4 x (1 - p))) / (2 (n + z^2)), p = x / n. Wilson (1927), JASA 22,
    209-212, in the form of Newcombe and Altman (2000).

    Examples
    --------
    >>> lower, upper = wilson_interval([10], [100])
    >>> lower.round(10).tolist(), upper.round(10).tolist()
    ([0.0552291371], [0.1743656615])
    """
    x, n = _counts(events), _counts(trials)
    bad = (x > n) | (n == 0)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        msg = (
            f"{int(bad.sum()):,} of {x.size:,} proportions have more events than trials or no "
            f"trials; first: {x.flat[first]:g} of {n.flat[first]:g}. Use a Poisson method for "
            "events that are not a part of the denominator."
        )
        raise InputError(msg)
    z = -ndtri(tail_of(confidence))
    half = z * np.sqrt(z * z + 4 * x * (1 - x / n))
    width = 2 * (n + z * z)
    return (2 * x + z * z - half) / width, (2 * x + z * z + half) / width


def count_ratio_interval(
    numerators: ArrayLike, denominators: ArrayLike, *, confidence: float = 0.95
) -> Limits:
    """Exact conditional limits for the ratio of two Poisson counts.

    Parameters
    ----------
    numerators, denominators : array_like of float, shape (n,)
        Counts, 0 or more; NaN where missing. Neither need be a part of the other.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    lower, upper : ndarray of float, shape (n,)
        Of numerator / denominator. 0 for the lower limit of no events over some; infinite for
        the upper limit of a ratio over no events; NaN where a count is NaN.

    Raises
    ------
    InputError
        A negative count, arrays of unequal length, or a confidence outside (0, 1).

    Notes
    -----
    Given x + y events in all, x is binomial with p = r / (1 + r), r the ratio of the two expected
    counts; the Clopper-Pearson limits of p, as p / (1 - p), are those of r. Przyborowski and
    Wilenski (1940), Biometrika 31, 313-323; Clopper and Pearson (1934), Biometrika 26, 404-413.
    The counts are taken for independent. Where more incidents bring more referrals (positive
    correlation) the true interval is narrower; where the same persons come again, wider.

    Examples
    --------
    >>> lower, upper = count_ratio_interval([142], [1798])
    >>> (100 * lower).round(2).tolist(), (100 * upper).round(2).tolist()
    ([6.61], [9.37])
    """
    x, y = (np.asarray(values, dtype=float) for values in (numerators, denominators))
    if x.shape != y.shape:
        msg = f"{x.size:,} numerators and {y.size:,} denominators make no pairs. Give one of each."
        raise InputError(msg)
    if (negative := (x < 0) | (y < 0)).any():
        first = int(np.flatnonzero(negative)[0])
        msg = (
            f"{int(negative.sum()):,} of {x.size:,} pairs have a negative count; first: "
            f"{x.flat[first]:g} over {y.flat[first]:g}. Correct the counts."
        )
        raise InputError(msg)
    tail = tail_of(confidence)
    is_pair = ~(np.isnan(x) | np.isnan(y))
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(x > 0, betaincinv(np.where(x > 0, x, 1.0), y + 1, tail), 0.0)
        # From the other end, so that a ratio far above 1 loses no digits in 1 - p.
        rest = np.where(y > 0, betaincinv(np.where(y > 0, y, 1.0), x + 1, tail), 0.0)
        lower, upper = low / (1 - low), (1 - rest) / rest
    return np.where(is_pair, lower, np.nan), np.where(is_pair, upper, np.nan)


def event_interval(method: str) -> Callable[..., Limits]:
    """Poisson interval function of a method's name.

    Raises
    ------
    InputError
        The method is none of `exact`, `byar`, `public-health`.
    """
    methods = {
        "exact": exact_interval,
        "byar": byar_interval,
        "public-health": public_health_interval,
    }
    if method not in methods:
        msg = f"{method!r} is no interval for a count of events. Choose {', '.join(methods)}."
        raise InputError(msg)
    return methods[method]


def _counts(values: ArrayLike) -> NDArray[np.float64]:
    counts: NDArray[np.float64] = np.asarray(values, dtype=float)
    negative = counts < 0
    if negative.any():
        msg = (
            f"{int(negative.sum()):,} of {counts.size:,} counts are negative; first: "
            f"{counts[negative].flat[0]:g}. Correct the counts."
        )
        raise InputError(msg)
    return counts


@overload
def tail_of(confidence: float) -> float: ...
@overload
def tail_of(confidence: NDArray[np.float64]) -> NDArray[np.float64]: ...
def tail_of(confidence: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
    """Chance beyond each of two limits.

    Raises
    ------
    InputError
        The confidence is outside (0, 1).
    """
    if not np.all((np.asarray(confidence) > 0) & (np.asarray(confidence) < 1)):
        msg = f"confidence must lie between 0 and 1, not {confidence!r}. 0.95 is usual."
        raise InputError(msg)
    return (1 - confidence) / 2
