"""Maps without a pattern: what the scan compares with, under either of its models.

With one risk everywhere (`poisson`) areas differ by chance alone. Real areas differ in risk
without any pattern in place: a town centre, a hospital, a village. Then the best of thousands of
circles is always remarkable under one risk, and says nothing of place. `negative-binomial` gives
each area a risk of its own, independent of its neighbours', that varies as much as the areas'
rates do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vawg_geo.measures.rates.smoothing import marshall_prior

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["draw_counts", "log_risks", "risk_variance"]


def risk_variance(events: NDArray[np.float64], people: NDArray[np.float64]) -> float:
    """Variance between areas of their relative risks, by moments; 0 where chance explains all.

    Parameters
    ----------
    events, people : ndarray of float, shape (n,)
        Checked, without gaps; one event at least.

    Returns
    -------
    float
        Of risks with a mean of 1: its root is their coefficient of variation.

    Notes
    -----
    v = max(0, a) / b^2 with the moments of `marshall_prior`. All areas count, those of a cluster
    too, which makes v larger than the variance elsewhere and the scan more cautious. Left out,
    the best circle takes the highest areas with it even where there is no cluster, v is too
    small, and false alarms are twice as many (docs/calibration.md).

    Examples
    --------
    >>> round(risk_variance(np.array([20.0, 40.0, 90.0]), np.full(3, 10000.0)), 3)
    0.327
    >>> risk_variance(np.array([50.0, 51.0, 49.0]), np.full(3, 10000.0))
    0.0
    """
    prior = marshall_prior(events, people)
    return max(prior.variance, 0.0) / prior.mean**2


def draw_counts(
    generator: np.random.Generator,
    population: NDArray[np.float64],
    *,
    total: int,
    size: int,
    variance: float = 0.0,
) -> NDArray[np.int64]:
    """Share a total of events out among areas, by population and by a risk of each area.

    Parameters
    ----------
    generator : numpy.random.Generator
    population : ndarray of float, shape (n,)
        All above zero.
    total, size : int
        Events on each map, and maps.
    variance : float
        Of the areas' relative risks, which are independent and gamma-distributed about 1. With
        0 all areas have one risk.

    Returns
    -------
    ndarray of int, shape (size, n)

    Notes
    -----
    Given the areas' risks and the total, counts are multinomial, as independent Poisson counts
    are; with gamma risks each is negative binomial before the total is known.

    Examples
    --------
    >>> generator = np.random.default_rng(1)
    >>> draw_counts(generator, np.full(4, 100.0), total=40, size=2, variance=0.5).sum(axis=1)
    array([40, 40])
    """
    shares = population / population.sum()
    if not variance > 0:
        return generator.multinomial(total, shares, size=size)
    # Map by map, so that a map does not depend on how many are drawn at once.
    return np.stack(
        [generator.multinomial(total, _own_risks(generator, shares, variance)) for _ in range(size)]
    )


def _own_risks(
    generator: np.random.Generator, shares: NDArray[np.float64], variance: float
) -> NDArray[np.float64]:
    """Each area's share of the events, once it has a risk of its own."""
    risk = log_risks(generator, variance, size=shares.shape)
    weight = np.exp(risk - risk.max()) * shares
    return np.asarray(weight / weight.sum())


def log_risks(
    generator: np.random.Generator, variance: float, *, size: tuple[int, ...]
) -> NDArray[np.float64]:
    """Logarithms of gamma-distributed risks, but for a constant that is the same for all.

    Parameters
    ----------
    generator : numpy.random.Generator
    variance : float
        Of the risks, whose mean is 1; above zero.
    size : tuple of int

    Returns
    -------
    ndarray of float, shape size

    Notes
    -----
    Risks of a small shape are zero to the computer, all of them at times. Drawn as logarithms
    they are not: a gamma of shape s is one of shape s + 1 times a uniform to the power 1 / s.

    Examples
    --------
    >>> risks = np.exp(log_risks(np.random.default_rng(1), 0.25, size=(100_000,))) * 0.25
    >>> risks.mean().round(2), risks.var().round(2)
    (np.float64(1.0), np.float64(0.25))
    """
    risk = np.log(generator.standard_gamma(1 + 1 / variance, size=size))
    risk -= variance * generator.standard_exponential(size=size)
    return risk
