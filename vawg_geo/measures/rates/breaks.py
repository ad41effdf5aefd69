"""Class limits for choropleth maps.

Fisher's exact natural breaks by dynamic programming in NumPy: `mapclassify` has them too, but its
import costs more than a whole build may take. The tests hold these to every other cut there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vawg_geo.errors import InputError
from vawg_geo.terms.rounding import round_half_up

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["natural_breaks", "printed_breaks"]

# The programme is quadratic in distinct values; beyond this, classes come from quantiles of them.
_MOST_VALUES = 2_000


def natural_breaks(values: ArrayLike, *, classes: int = 5) -> tuple[float, ...]:
    """Inner limits of Fisher's natural breaks.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        NaN is left out.
    classes : int
        At least 1. Fewer come out where there are fewer distinct values.

    Returns
    -------
    tuple of float
        Ascending, at most ``classes - 1``: each is the largest value of its class.

    Raises
    ------
    InputError
        `classes` below 1.

    Notes
    -----
    Minimises the sum over classes of squared deviations from the class mean. Fisher (1958),
    JASA 53, 789-798.

    Examples
    --------
    >>> natural_breaks([1, 2, 3, 10, 11, 12, 30], classes=3)
    (3.0, 12.0)
    """
    if classes < 1:
        msg = f"a map needs at least 1 class, not {classes}. Five are usual."
        raise InputError(msg)
    data = np.asarray(values, dtype=float)
    distinct, weights = np.unique(data[~np.isnan(data)], return_counts=True)
    if distinct.size > _MOST_VALUES:
        picks = np.linspace(0, distinct.size - 1, _MOST_VALUES).astype(int)
        weights = np.add.reduceat(weights, np.r_[0, picks[:-1] + 1])
        distinct = distinct[picks]
    k = min(classes, distinct.size)
    return tuple(float(distinct[i]) for i in _class_ends(distinct, weights.astype(float), k))


def printed_breaks(values: ArrayLike, *, classes: int = 5, decimals: int = 1) -> tuple[float, ...]:
    """Natural breaks at figures that a key can print.

    A printed limit lies in the gap between two classes where the gap has room for it, so that
    printing moves no area into another class; a value belongs to the class above when it equals
    the limit.

    Parameters
    ----------
    values : array_like of float, shape (n,)
    classes : int
    decimals : int

    Returns
    -------
    tuple of float
        Ascending, without repeats.

    Examples
    --------
    >>> printed_breaks([1.02, 1.98, 2.96, 10.04, 11.0, 12.3, 30.0], classes=3)
    (6.5, 21.2)
    """
    data = np.asarray(values, dtype=float)
    distinct = np.unique(data[~np.isnan(data)])
    limits = []
    for end in natural_breaks(data, classes=classes):
        above = distinct[np.searchsorted(distinct, end, side="right")]
        limits.append(round_half_up((end + above) / 2, decimals))
    return tuple(dict.fromkeys(limits))


def _class_ends(x: NDArray[np.float64], weights: NDArray[np.float64], k: int) -> list[int]:
    """Index of the last value of each class but the last."""
    n = x.size
    if k <= 1:
        return []
    # Squares of large numbers lose the digits in which they differ. About the middle none are lost;
    # a power of two as unit keeps every digit, so that equal sums stay equal.
    x = x - (x[0] / 2 + x[-1] / 2)
    x = np.ldexp(x, -int(np.frexp(np.abs(x).max())[1]))
    w = np.r_[0.0, np.cumsum(weights)]
    s = np.r_[0.0, np.cumsum(weights * x)]
    q = np.r_[0.0, np.cumsum(weights * x * x)]

    # spread[i, j]: squared deviations of x[i:j] from their mean; infinite where there are none.
    start, stop = np.meshgrid(np.arange(n), np.arange(1, n + 1), indexing="ij")
    with np.errstate(divide="ignore", invalid="ignore"):
        total = s[stop] - s[start]
        spread = q[stop] - q[start] - total * total / (w[stop] - w[start])
    spread[stop <= start] = np.inf
    best, cuts = spread[0], []
    for _ in range(1, k):
        # One class more: the last one starts at i, the others end before it.
        options = np.vstack([np.full(n, np.inf), best[:-1, None] + spread[1:]])
        cuts.append(options.argmin(axis=0))
        best = options.min(axis=0)
    ends, last = [], n - 1
    for starts in reversed(cuts):
        last = int(starts[last]) - 1
        ends.append(last)
    return ends[::-1]
