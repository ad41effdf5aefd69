"""Funnels: how far counts lie from what a comparator's rate makes of their populations.

Two kinds. The plain one asks whether chance alone explains an area's distance, as if all areas had
one true rate. The one with overdispersion asks whether an area is unusual among areas that do
differ: how much they differ is taken from the areas themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import betainc, ndtr, ndtri, pdtr, pdtrc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

__all__ = [
    "between_variance",
    "funnel_levels",
    "levels_of_z",
    "overdispersed_chance",
    "overdispersed_levels",
    "overdispersed_z",
]

# Share of the areas at each end whose z is pulled in before the variance is taken from them.
_WINSORISED: Final = 0.1
# Mean of a squared standard normal that is pulled in like that, at z = 1.2816.
_LEFT_BY_WINSORISING: Final = 0.6787
# Below this the gamma distribution of the true rates is a point.
_NO_VARIANCE: Final = 1e-9


def funnel_levels(observed: Column, expected: Column) -> Column:
    """Two-sided level at which an area just lies outside exact Poisson limits.

    Parameters
    ----------
    observed, expected : ndarray of float, shape (n,)
        Events; NaN where missing.

    Returns
    -------
    ndarray of float, shape (n,)
        Twice the smaller tail, at most 1; NaN where either is NaN.

    Examples
    --------
    >>> funnel_levels(np.array([9.0, 3.0]), np.array([3.0, 3.0])).round(4).tolist()
    [0.0076, 1.0]
    """
    # pdtrc(-1, E) is 1 by definition, but scipy gives NaN for it.
    above = np.where(observed > 0, pdtrc(np.maximum(observed - 1, 0), expected), 1.0)
    level = np.minimum(1.0, 2 * np.minimum(above, pdtr(observed, expected)))
    return np.where(np.isnan(observed) | np.isnan(expected), np.nan, level)


def overdispersed_z(observed: Column, expected: Column, *, trials: Column | None = None) -> Column:
    """How unusual areas are, given how areas differ: the funnel of the health services.

    Parameters
    ----------
    observed, expected : ndarray of float, shape (n,)
        Events of areas of one level; NaN where missing. An area with nothing expected has no z.
    trials : ndarray of float, optional
        Where events are a share of these, as crimes are of incidents.

    Returns
    -------
    ndarray of float, shape (n,)

    Notes
    -----
    Counts: y = sqrt(O / E) - 1 with standard error s = 1 / (2 sqrt(E)). Shares of n trials:
    y = asin(sqrt(O / n)) - asin(sqrt(E / n)), s = 1 / (2 sqrt(n)). Then
    z = y / sqrt(s^2 + tau^2), with `between_variance` for tau^2. Spiegelhalter (2005), Statistics
    in Medicine 24, 1185-1202; Spiegelhalter et al. (2012), JRSS A 175, 1-47.

    Examples
    --------
    >>> observed, expected = np.array([100.0, 150, 180, 80, 120, 225]), np.full(6, 130.0)
    >>> overdispersed_z(observed, expected).round(2).tolist()
    [-0.73, 0.44, 1.05, -1.28, -0.23, 1.87]
    """
    deviation, error = _deviations(observed, expected, trials)
    z: Column = deviation / np.sqrt(error**2 + _variance_of(deviation, error))
    return z


def levels_of_z(z: Column) -> Column:
    """Two-sided level of a z-score.

    Examples
    --------
    >>> levels_of_z(np.array([1.96, -3.0902])).round(4).tolist()
    [0.05, 0.002]
    """
    levels: Column = 2 * ndtr(-np.abs(z))
    return levels


def overdispersed_levels(
    observed: Column, expected: Column, *, trials: Column | None = None
) -> Column:
    """Two-sided level of each area, given how areas differ, that a correction may correct.

    Parameters, returns as of `overdispersed_z`.

    Notes
    -----
    Winsorising takes a third of the variance, so that `overdispersed_z` calls about twice as many
    areas as its limits say. Here phi is divided by the mean of a winsorised squared normal, 0.6787,
    and a count's tails are those of a Poisson variable whose mean is gamma distributed with
    variance (2 tau E)^2, since square roots of small counts are not normal. Shares have normal
    tails.

    Examples
    --------
    >>> observed, expected = np.array([0.0, 3, 3, 4, 5, 14]), np.full(6, 4.0)
    >>> overdispersed_levels(observed, expected).round(3).tolist()
    [0.213, 1.0, 1.0, 0.928, 0.705, 0.036]
    """
    deviation, error = _deviations(observed, expected, trials)
    variance = _variance_of(deviation, error, unbiased=True)
    if trials is not None:
        return levels_of_z(deviation / np.sqrt(error**2 + variance))
    known = np.isfinite(deviation)
    levels = np.full(observed.shape, np.nan)
    levels[known] = _gamma_poisson_levels(observed[known], expected[known], variance=4 * variance)
    return levels


def overdispersed_chance(
    observed: Column, expected: Column, *, trials: Column | None = None, level: float
) -> Column:
    """Chance that `overdispersed_z` calls each area although none is unusual.

    Parameters
    ----------
    observed, expected, trials
        As of `overdispersed_z`.
    level : float
        Two-sided, of the limits.

    Returns
    -------
    ndarray of float, shape (n,)

    Notes
    -----
    2 Phi(-z sqrt(s^2 + tau^2) / sqrt(s^2 + t^2)), z of the limits, tau^2 the funnel's variance
    between areas, t^2 the same with what winsorising takes.

    Examples
    --------
    >>> observed, expected = np.array([100.0, 150, 180, 80, 120, 225]), np.full(6, 130.0)
    >>> overdispersed_chance(observed, expected, level=0.05).round(2).tolist()
    [0.11, 0.11, 0.11, 0.11, 0.11, 0.11]
    """
    deviation, error = _deviations(observed, expected, trials)
    drawn = error**2 + _variance_of(deviation, error)
    meant = error**2 + _variance_of(deviation, error, unbiased=True)
    chance = levels_of_z(ndtri(level / 2) * np.sqrt(drawn / meant))
    return np.where(np.isfinite(deviation), chance, np.nan)


def between_variance(deviation: Column, error: Column, *, unbiased: bool = False) -> float:
    """Variance between areas by moments from winsorised z-scores; 0 where none shows.

    Parameters
    ----------
    deviation, error : ndarray of float, shape (n,)
        From the target, and their standard errors by chance alone; no gaps.
    unbiased : bool
        Give back to phi what winsorising takes of normal z-scores.

    Returns
    -------
    float

    Notes
    -----
    z = deviation / error, those below the 10th and above the 90th percentile set to these;
    phi = mean(z^2); tau^2 = max(0, (n phi - (n - 1)) / (sum w - sum w^2 / sum w)), w = 1 / s^2.

    Examples
    --------
    >>> deviation, error = np.array([-0.3, -0.1, 0.0, 0.1, 0.4]), np.full(5, 0.05)
    >>> round(between_variance(deviation, error), 5)
    0.0342
    >>> round(between_variance(deviation, error, unbiased=True), 5)
    0.05157
    """
    n = deviation.size
    if n < 2:
        return 0.0
    z = deviation / error
    low, high = np.quantile(z, [_WINSORISED, 1 - _WINSORISED])
    phi = float(np.mean(np.clip(z, low, high) ** 2))
    if unbiased:
        phi /= _LEFT_BY_WINSORISING
    weight = 1 / error**2
    spare = weight.sum() - (weight**2).sum() / weight.sum()
    return max(0.0, float((n * phi - (n - 1)) / spare))


def _deviations(observed: Column, expected: Column, trials: Column | None) -> tuple[Column, Column]:
    """Distance from the target on a scale of steady variance, and its standard error."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if trials is None:
            error = 1 / (2 * np.sqrt(expected))
            deviation = np.sqrt(observed / expected) - 1
        else:
            error = 1 / (2 * np.sqrt(trials))
            target = np.arcsin(np.sqrt(expected / trials))
            deviation = np.arcsin(np.sqrt(observed / trials)) - target
    known = np.isfinite(deviation) & np.isfinite(error)
    return np.where(known, deviation, np.nan), np.where(known, error, np.nan)


def _variance_of(deviation: Column, error: Column, *, unbiased: bool = False) -> float:
    known = np.isfinite(deviation)
    return between_variance(deviation[known], error[known], unbiased=unbiased)


def _gamma_poisson_levels(observed: Column, expected: Column, *, variance: float) -> Column:
    if variance < _NO_VARIANCE:
        return funnel_levels(observed, expected)
    shape = 1 / variance
    share = expected / (shape + expected)
    below = betainc(shape, observed + 1, 1 - share)
    above = np.where(observed > 0, betainc(np.maximum(observed, 1), shape, share), 1.0)
    level: Column = np.minimum(1.0, 2 * np.minimum(above, below))
    return level
