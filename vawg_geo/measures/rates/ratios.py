"""Limits of a ratio of two counts of events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv

from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["count_ratio_interval"]


def count_ratio_interval(
    numerators: ArrayLike, denominators: ArrayLike, *, confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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
    if not 0 < confidence < 1:
        msg = f"confidence must lie between 0 and 1, not {confidence!r}. 0.95 is usual."
        raise InputError(msg)
    if (negative := (x < 0) | (y < 0)).any():
        first = int(np.flatnonzero(negative)[0])
        msg = (
            f"{int(negative.sum()):,} of {x.size:,} pairs have a negative count; first: "
            f"{x.flat[first]:g} over {y.flat[first]:g}. Correct the counts."
        )
        raise InputError(msg)
    tail = (1 - confidence) / 2
    known = ~(np.isnan(x) | np.isnan(y))
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(x > 0, betaincinv(np.where(x > 0, x, 1.0), y + 1, tail), 0.0)
        # From the other end, so that a ratio far above 1 loses no digits in 1 - p.
        rest = np.where(y > 0, betaincinv(np.where(y > 0, y, 1.0), x + 1, tail), 0.0)
        lower, upper = low / (1 - low), (1 - rest) / rest
    return np.where(known, lower, np.nan), np.where(known, upper, np.nan)
