"""Values that local statistics are of: rates as they are, on a logarithmic scale, or by rank.

Rates of recorded events are skewed to the right: a few wards lie far above the mean, and none far
below it. A mean of neighbours among which there is one such ward is high for that ward alone, and
so are many of the shuffled ones, in which any real gathering is lost. Both transformations draw
the long tail in. What each calls by chance and what each finds is in `docs/calibration.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from vawg_geo.errors import InputError, did_you_mean
from vawg_geo.measures.rates.smoothing import marshall_prior, standardised_rates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vawg_geo.measures.patterns.inference import Rated

__all__ = ["TRANSFORMS", "Transform", "log_smoothed_rates", "normal_scores", "rates_for"]

Transform = Literal["none", "log-eb", "rank"]
TRANSFORMS: Final[tuple[str, ...]] = get_args(Transform)

# Values nearer than this share of their range share a rank: what rounding leaves is no order.
_SAME: Final = 2.0**-40


def rates_for(transform: str, *, counts: bool) -> Rated:
    """Function that makes the values of a transformation from counts and their population.

    Parameters
    ----------
    transform : {"none", "log-eb", "rank"}
    counts : bool
        Whether there are counts with a population, which logarithms of rates need.

    Raises
    ------
    InputError
        The transformation is unknown, or needs a population that is not given.

    Examples
    --------
    >>> rates_for("rank", counts=True)(np.array([2.0, 4.0, 9.0]), np.full(3, 1000.0)).round(3)
    array([-0.674,  0.   ,  0.674])
    """
    if transform not in TRANSFORMS:
        listed = f"Choose {', '.join(TRANSFORMS)}."
        told = did_you_mean(str(transform), TRANSFORMS, otherwise=listed)
        msg = f"{transform!r} is no transformation of values. {told}"
        raise InputError(msg)
    if transform == "none":
        return standardised_rates
    if transform == "rank":
        return _ranked_rates
    if not counts:
        msg = (
            "the transformation 'log-eb' is of rates: give counts with their population, or choose "
            "'none' or 'rank'."
        )
        raise InputError(msg)
    return log_smoothed_rates


def log_smoothed_rates(
    events: NDArray[np.float64], people: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Logarithms of the rates that empirical Bayes smooths, relative to the mean rate.

    Parameters
    ----------
    events, people : ndarray of float, shape (n,)
        Checked, without gaps.

    Returns
    -------
    ndarray of float, shape (n,)
        0 at the mean rate, 0.69 at twice as much. All 0 where there are no events, or where the
        rates differ by no more than chance makes them differ: then nothing of them is an area's
        own.

    Notes
    -----
    log(B r / b + 1 - B), with B and b of `empirical_bayes` and r the area's rate. 1 - B is computed
    as (b/x) / (a + b/x), so that it stays above zero in the largest population and an area without
    events has a logarithm.

    Examples
    --------
    >>> log_smoothed_rates(np.array([0.0, 12.0, 80.0]), np.array([500.0, 1000.0, 1e4])).round(3)
    array([-0.123,  0.098,  0.   ])
    """
    prior = marshall_prior(events, people)
    if not (prior.mean > 0 and prior.variance > 0):
        return np.zeros(events.size)
    chance = prior.mean / people
    total = prior.variance + chance
    relative = events / people / prior.mean
    shrunk = prior.variance / total * relative + chance / total
    return np.log(shrunk)


def normal_scores(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normal deviates in the order of the values (van der Waerden's scores).

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Without gaps.

    Returns
    -------
    ndarray of float, shape (n,)
        The normal quantile of rank / (n + 1); equal values share their mean rank.

    Notes
    -----
    Source: Conover (1999), Practical Nonparametric Statistics, section 5.10.

    Examples
    --------
    >>> normal_scores(np.array([3.0, 1.0, 50.0, 3.0])).round(3)
    array([ 0.   , -0.842,  0.842,  0.   ])
    """
    from scipy.special import ndtri

    reach = np.ptp(values)
    if not reach > 0:
        return np.zeros(values.size)
    steps = np.rint((values - values.min()) / reach / _SAME)
    _, place, count = np.unique(steps, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    mean_rank = last - (count - 1) / 2
    return np.asarray(ndtri(mean_rank / (values.size + 1)), dtype=float)[place]


def _ranked_rates(events: NDArray[np.float64], people: NDArray[np.float64]) -> NDArray[np.float64]:
    return normal_scores(standardised_rates(events, people))
