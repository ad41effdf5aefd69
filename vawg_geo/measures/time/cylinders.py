"""The arithmetic of the space-time scan: cylinders, their log likelihood ratios, their maxima.

A cylinder is a circle of the spatial scan over some periods in a row. Replicates and windows stand
in the last axes, so that a circle grows by adding one row. Logarithms are taken only where they
could matter: the ratio is never above the squared distance (y - e)^2 C / (e (C - e)), so that
whatever has a smaller one than the best ratio so far is passed over, and the maxima are exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vawg_geo.measures.scan.circles import Rates, likelihood_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vawg_geo.measures.scan.circles import Circles

__all__ = ["Windows", "best_cylinders", "cylinder_maxima", "windows_of"]


class Windows(NamedTuple):
    """Runs of periods: from `first` on, before `end`.

    Attributes
    ----------
    first, end : ndarray of int, shape (w,)
    """

    first: NDArray[np.intp]
    end: NDArray[np.intp]


def windows_of(periods: int, *, longest: int, alive: bool) -> Windows:
    """All runs of at most so many periods, or those alone that reach the last one.

    Examples
    --------
    >>> windows_of(4, longest=2, alive=True)
    Windows(first=array([3, 2]), end=array([4, 4]))
    >>> len(windows_of(36, longest=18, alive=False).first)
    495
    """
    pairs = [
        (end - length, end)
        for end in range(periods if alive else 1, periods + 1)
        for length in range(1, min(longest, end) + 1)
    ]
    first, end = np.array(pairs, dtype=np.intp).T
    return Windows(first, end)


def _sums(cells: NDArray[np.float64], windows: Windows) -> NDArray[np.float64]:
    """Sums over each window, shape (n, w, ...) of cells of shape (n, t, ...)."""
    running = np.zeros((cells.shape[0], cells.shape[1] + 1, *cells.shape[2:]))
    np.cumsum(cells, axis=1, out=running[:, 1:])
    return np.asarray(running[:, windows.end] - running[:, windows.first])


class Best(NamedTuple):
    """The best cylinder about each centre.

    Attributes
    ----------
    ratio : ndarray of float, shape (n,)
        Log likelihood ratio; 0 where no cylinder stands out.
    radius : ndarray of float, shape (n,)
    window : ndarray of int, shape (n,)
    """

    ratio: NDArray[np.float64]
    radius: NDArray[np.float64]
    window: NDArray[np.intp]


def best_cylinders(
    blocks: Sequence[Circles],
    events: NDArray[np.float64],
    expected: NDArray[np.float64],
    windows: Windows,
    *,
    rates: Rates,
) -> Best:
    """Find the best cylinder about each area.

    Parameters
    ----------
    blocks : sequence of Circles
        All circles.
    events, expected : ndarray of float, shape (n, t)
    windows : Windows
    rates : {"high", "low", "both"}

    Returns
    -------
    Best
        Of equal ratios the smaller circle, and the window that stands first.
    """
    n, total = len(events), float(events.sum())
    inside, even = _sums(events, windows), _sums(expected, windows)
    best = Best(np.zeros(n), np.zeros(n), np.zeros(n, dtype=np.intp))
    for circles in blocks:
        for row, centre in enumerate(circles.centres):
            closed = circles.closed[row]
            if not closed.any():
                continue
            order = circles.order[row]
            counted = np.cumsum(inside[order], axis=0)[closed]
            chance = np.cumsum(even[order], axis=0)[closed]
            ratio = _ratio(counted, chance, total, rates)
            at, window = np.unravel_index(int(ratio.argmax()), ratio.shape)
            best.ratio[centre] = ratio[at, window]
            best.radius[centre] = circles.radius[row][closed][at]
            best.window[centre] = window
    return best


def cylinder_maxima(
    blocks: Sequence[Circles],
    events: NDArray[np.float64],
    expected: NDArray[np.float64],
    windows: Windows,
    *,
    rates: Rates,
) -> NDArray[np.float64]:
    """Largest log likelihood ratio of any cylinder, map by map.

    Parameters
    ----------
    blocks : sequence of Circles
    events, expected : ndarray of float, shape (r, n, t)
        Of r maps that have the same total.
    windows : Windows
    rates : {"high", "low", "both"}

    Returns
    -------
    ndarray of float, shape (r,)
    """
    maps, n = events.shape[:2]
    total = float(events[0].sum())
    best = np.zeros(maps)
    if not total:
        return best
    even = _sums(expected.transpose(1, 2, 0), windows).reshape(n, -1)
    away = _sums(events.transpose(1, 2, 0), windows).reshape(n, -1) - even
    grown = _Grown(even.shape[1], total, rates)
    for circles in blocks:
        for row in range(len(circles.centres)):
            grown.start()
            for place, area in enumerate(circles.order[row]):
                grown.add(away[area], even[area])
                if circles.closed[row, place]:
                    grown.raise_to(best)
    return best


class _Grown:
    """What one circle holds beyond what is expected, by window and map, as it grows."""

    def __init__(self, width: int, total: float, rates: Rates) -> None:
        self.total, self.rates = total, rates
        self.away, self.even = np.empty(width), np.empty(width)
        self.square, self.least = np.empty(width), np.empty(width)
        self.promising = np.empty(width, dtype=bool)

    def start(self) -> None:
        self.away[:] = 0
        self.even[:] = 0

    def add(self, away: NDArray[np.float64], even: NDArray[np.float64]) -> None:
        self.away += away
        self.even += even

    def raise_to(self, best: NDArray[np.float64]) -> None:
        """Raise each map's best ratio to the largest here."""
        np.multiply(self.away, self.away, out=self.square)
        np.subtract(self.total, self.even, out=self.least)
        self.least *= self.even
        by_map = self.least.reshape(-1, len(best))
        # A hair less, so that rounding passes nothing over.
        by_map *= best * ((1 - 1e-9) / self.total)
        np.greater(self.square, self.least, out=self.promising)
        place = np.flatnonzero(self.promising)
        if not place.size:
            return
        even = self.even[place]
        # Counts are whole: what rounding did to them is undone.
        ratio = _ratio(np.rint(self.away[place] + even), even, self.total, self.rates)
        np.maximum.at(best, place % len(best), ratio)


def _ratio(
    inside: NDArray[np.float64], expected: NDArray[np.float64], total: float, rates: Rates
) -> NDArray[np.float64]:
    """Log likelihood ratio; 0 where nothing is expected, or everything is."""
    possible = (expected > 0) & (expected < total)
    safe = np.where(possible, expected, total / 2)
    counted = np.where(possible, np.minimum(inside, total), total / 2)
    return np.where(possible, likelihood_ratio(counted, safe, total, rates), 0.0)
