"""Mann-Kendall: whether a series rises or falls, by the order of its values alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["MannKendall", "mann_kendall"]

# Up to so many values without ties p is counted out over all orders.
EXACT: Final = 60


@dataclass(frozen=True, eq=False, kw_only=True)
class MannKendall:
    """The test of each of m series.

    Attributes
    ----------
    n : ndarray of int, shape (m,)
        Values that each series has.
    s : ndarray of int, shape (m,)
        Pairs of values of which the later is higher, less those of which it is lower.
    tau : ndarray of float, shape (m,)
        Kendall's tau-b with the order of time, from -1 to 1; NaN where all values are the same.
    variance : ndarray of float, shape (m,)
        Of `s` over all orders of the values, ties as they are.
    p_value : ndarray of float, shape (m,)
        Two-sided; 1 where all values are the same, NaN below two values.
    """

    n: NDArray[np.int64]
    s: NDArray[np.int64]
    tau: NDArray[np.float64]
    variance: NDArray[np.float64]
    p_value: NDArray[np.float64]


def mann_kendall(values: ArrayLike) -> MannKendall:
    """Mann-Kendall test for a trend in each row, values that are missing left out.

    Parameters
    ----------
    values : array-like of float, shape (m, t) or (t,)
        Series in the order of time. NaN is passed over, and is no zero.

    Returns
    -------
    MannKendall

    Notes
    -----
    S sums the signs of the differences of all pairs. Without ties and up to 60 values p is exact:
    the share of all orders with an S at least as far from 0. Otherwise it is from the normal
    distribution of (|S| - 1) / sqrt(V), with

        18 V = n (n - 1) (2n + 5) - sum over ties of t (t - 1) (2t + 5).

    With four values p is 0.083 at least, whatever they are. The values are taken to be independent
    of each other but for the trend. Sources: Mann (1945), Econometrica 13; Kendall (1975), Rank
    Correlation Methods.

    Examples
    --------
    >>> found = mann_kendall([[1, 3, 2, 5, 4, 6], [1, 1, 1, 1, 1, 1]])
    >>> found.s, found.tau.round(3), found.p_value.round(4)
    (array([11,  0]), array([0.733,   nan]), array([0.0556, 1.    ]))
    >>> mann_kendall([4, 3, 2, 1]).p_value.round(3)
    array([0.083])
    """
    rows = np.atleast_2d(np.asarray(values, dtype=float))
    known = ~np.isnan(rows)
    n = known.sum(axis=1)
    s = np.zeros(len(rows), dtype=np.int64)
    # Of each value, how many of its series are the same, itself among them.
    same = known.astype(np.int64)
    for place in range(rows.shape[1]):
        later = rows[:, place + 1 :]
        here = rows[:, place, None]
        s += (later > here).sum(axis=1) - (later < here).sum(axis=1)
        equal = later == here
        same[:, place] += equal.sum(axis=1)
        same[:, place + 1 :] += equal
    # A sum over groups of ties is one over their members, each with its share.
    ties = np.where(known, (same - 1) * (2 * same + 5), 0).sum(axis=1)
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    pairs = n * (n - 1) / 2
    tied = np.where(known, same - 1, 0).sum(axis=1) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        tau = np.where(pairs > tied, s / np.sqrt(pairs * (pairs - tied)), np.nan)
    return MannKendall(
        n=n, s=s, tau=tau, variance=variance, p_value=_p_values(n, s, variance, tied > 0)
    )


def _p_values(
    n: NDArray[np.int64],
    s: NDArray[np.int64],
    variance: NDArray[np.float64],
    tied: NDArray[np.bool_],
) -> NDArray[np.float64]:
    from scipy.special import ndtr

    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.maximum(np.abs(s) - 1, 0) / np.sqrt(variance)
    p = np.where(variance > 0, np.minimum(2 * ndtr(-z), 1.0), 1.0)
    p[n < 2] = np.nan
    for size in np.unique(n[~tied & (n >= 2) & (n <= EXACT)]):
        exact = ~tied & (n == size)
        p[exact] = _exact(int(size))[np.abs(s[exact])]
    return np.asarray(p)


@cache
def _exact(n: int) -> NDArray[np.float64]:
    """Share of the orders of n values whose S is at least as far from 0, by the distance."""
    # Of the pairs so many are in falling order: the share of orders, value by value.
    orders = np.ones(1)
    for size in range(2, n + 1):
        orders = np.convolve(orders, np.full(size, 1 / size))
    most = n * (n - 1) // 2
    away = np.abs(most - 2 * np.arange(most + 1))
    at = np.bincount(away, orders, most + 1)
    return np.asarray(np.minimum(np.cumsum(at[::-1])[::-1], 1.0))
