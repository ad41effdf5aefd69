"""The arithmetic of the space-time scan: cylinders, their log likelihood ratios, their maxima.

A cylinder is a circle of the spatial scan over some periods in a row. Replicates and windows stand
in the last axes, so that a circle grows by adding one row. Logarithms are taken only where they
could matter: the ratio is never above the squared distance (y - e)^2 C / (e (C - e)), so that
whatever has a smaller one than the best ratio so far is passed over. Circles grow in single
precision, and what is passed over is by more than that can err: the maxima are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from vawg_geo.measures.scan.circles import Rates, likelihood_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vawg_geo.measures.scan.circles import Circles

__all__ = ["Windows", "best_cylinders", "cylinder_maxima", "windows_of"]

# What a number in single precision can be wrong by, and more than a bound can be.
_SINGLE: Final = 2.0**-23
_HAIR: Final = 1e-6
# Areas whose own ratios are the bound to start from.
_FIRST: Final = 8


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
    """Sums over each window, shape (..., w) of cells of shape (..., t)."""
    running = np.zeros((*cells.shape[:-1], cells.shape[-1] + 1))
    np.cumsum(cells, axis=-1, out=running[..., 1:])
    # An index of the last axis alone would give an array whose rows are scattered.
    sums: NDArray[np.float64] = np.take(running, windows.end, axis=-1)
    sums -= np.take(running, windows.first, axis=-1)
    return sums


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
    best = np.zeros(len(events))
    if not events[0].sum():
        return best
    grown = _Grown.of(events.transpose(1, 0, 2), expected.transpose(1, 0, 2), windows, rates)
    alone = np.concatenate([one.centres[one.closed[:, :1].any(axis=1)] for one in blocks])
    for area in alone[:_FIRST]:
        # One area is a circle, and the best of some of these is a bound to start from.
        ratio = _ratio(grown.inside[area], grown.even[area], grown.total, rates)
        np.maximum(best, ratio.reshape(len(best), -1).max(axis=1), out=best)
    for circles in blocks:
        for row, closed in enumerate(circles.closed):
            if closed.any():
                size = int(np.flatnonzero(closed)[-1]) + 1
                grown.raise_to(best, circles.order[row, :size], closed[:size])
    return best


@dataclass(frozen=True, eq=False, kw_only=True)
class _Grown:
    """What areas hold beyond what is expected, by map and window, and circles that grow of them.

    Attributes
    ----------
    inside, even : ndarray of float, shape (n, r w)
        Events, and what is expected.
    each : ndarray of single precision, shape (n, r, w)
        The one less the other.
    bounds : ndarray of float, shape (2, n, w)
        Of the maps together: the least and the most that is expected.
    farthest : ndarray of float, shape (n,)
        The largest distance of events from what is expected.
    """

    inside: NDArray[np.float64]
    even: NDArray[np.float64]
    each: NDArray[np.float32]
    bounds: NDArray[np.float64]
    farthest: NDArray[np.float64]
    total: float
    rates: Rates

    @classmethod
    def of(
        cls,
        events: NDArray[np.float64],
        expected: NDArray[np.float64],
        windows: Windows,
        rates: Rates,
    ) -> _Grown:
        inside, even = _sums(events, windows), _sums(expected, windows)
        each = (inside - even).astype(np.float32)
        return cls(
            inside=inside.reshape(len(inside), -1),
            even=even.reshape(len(even), -1),
            each=each,
            bounds=np.stack([even.min(axis=1), even.max(axis=1)]),
            farthest=np.abs(each).max(axis=(1, 2)).astype(float),
            total=float(events[:, 0].sum()),
            rates=rates,
        )

    def raise_to(
        self, best: NDArray[np.float64], order: NDArray[np.intp], closed: NDArray[np.bool_]
    ) -> None:
        """Raise each map's best ratio to the largest about one centre."""
        bound = self._bound(order, float(best.min()))
        away = np.zeros(self.each.shape[1:], dtype=np.float32)
        promising = np.empty(away.shape, dtype=bool)
        cells: list[NDArray[np.intp]] = []
        for place, area in enumerate(order):
            away += self.each[area]
            found = np.empty(0, dtype=np.intp)
            if closed[place]:
                if self.rates == "low":
                    np.less_equal(away, -bound[place], out=promising)
                else:
                    np.greater_equal(away, bound[place], out=promising)
                if self.rates == "both":
                    promising |= away <= -bound[place]
                found = np.flatnonzero(promising)
            cells.append(found)
        cell = np.concatenate(cells)
        if not cell.size:
            return
        places = np.repeat(np.arange(len(order)), [found.size for found in cells])
        kept, at = np.unique(cell, return_inverse=True)
        cells_of = (order[: places[-1] + 1, None], kept)
        counted = np.cumsum(self.inside[cells_of], axis=0)
        chance = np.cumsum(self.even[cells_of], axis=0)
        ratio = _ratio(counted[places, at], chance[places, at], self.total, self.rates)
        np.maximum.at(best, cell // self.each.shape[2], ratio)

    def _bound(self, order: NDArray[np.intp], best: float) -> NDArray[np.float32]:
        """How far counts must lie from what is expected for a ratio of this: by area and window."""
        low, high = np.cumsum(self.bounds[:, order], axis=1)
        # e (C - e) is smallest at one of the ends; a hair less, so that rounding passes none over.
        least = low * (self.total - low)
        if high.max() > self.total / 2:
            least = np.maximum(np.minimum(least, high * (self.total - high)), 0.0)
        least *= best * (1 - _HAIR) / self.total
        slack = (np.arange(len(order)) + 2) * _SINGLE * np.cumsum(self.farthest[order])
        return np.asarray(np.sqrt(least) - slack[:, None], dtype=np.float32)


def _ratio(
    inside: NDArray[np.float64], expected: NDArray[np.float64], total: float, rates: Rates
) -> NDArray[np.float64]:
    """Log likelihood ratio; 0 where nothing is expected, or everything is."""
    possible = (expected > 0) & (expected < total)
    safe = np.where(possible, expected, total / 2)
    counted = np.where(possible, np.minimum(inside, total), total / 2)
    return np.where(possible, likelihood_ratio(counted, safe, total, rates), 0.0)
