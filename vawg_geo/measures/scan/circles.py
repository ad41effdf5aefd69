"""The arithmetic of the circular scan: circles, their log likelihood ratios, and their maxima.

The kernel is ours, in NumPy: PySAL has no scan statistic of counts over populations. Replicates
stand in the last axis, so that a circle grows by adding one row of counts; whether any replicate
could beat its best circle so far is one comparison of integers, and logarithms are taken only of
the few that could. That makes 7,681 areas with 999 replicates (about 29 thousand million
circles) a matter of a minute or so, and the maxima are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
from scipy.special import xlogy

from vawg_geo.measures.scan.null import draw_counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["RATES", "Circles", "Rates", "circle_blocks", "likelihood_ratio", "replicate_maxima"]

Rates = Literal["high", "low", "both"]
RATES: Final[tuple[str, ...]] = get_args(Rates)

# Centres that grow together: enough to spread Python's overhead, few enough for the cache.
BLOCK: Final = 64
# Replicates held at once, so that memory does not grow with their number.
CHUNK: Final = 1000
# How much the lowest maximum must rise before the bounds are worked out anew.
WORTHWHILE: Final = 1.05
# Expectations between which bounds are interpolated: so many up to half of the events.
NODES: Final = 300


@dataclass(frozen=True, eq=False)
class Circles:
    """All circles about a block of centres, each row growing from its centre outwards.

    Attributes
    ----------
    centres : ndarray of int, shape (b,)
        Positions of the centres.
    order : ndarray of int, shape (b, k)
        Areas by distance from the centre, the centre first.
    radius : ndarray of float, shape (b, k)
        Distance of each from the centre.
    share : ndarray of float, shape (b, k)
        Share of the population within that distance.
    closed : ndarray of bool, shape (b, k)
        True where a circle ends: the next area is farther away, and the share is allowed.
    """

    centres: NDArray[np.intp]
    order: NDArray[np.intp]
    radius: NDArray[np.float64]
    share: NDArray[np.float64]
    closed: NDArray[np.bool_]


def circle_blocks(
    coordinates: NDArray[np.float64],
    population: NDArray[np.float64],
    *,
    max_population: float,
    tolerance: float,
) -> Iterator[Circles]:
    """Give all circles, block by block of centres.

    Parameters
    ----------
    coordinates : ndarray of float, shape (n, 2)
        Metres.
    population : ndarray of float, shape (n,)
        All above zero.
    max_population : float
        Largest share of the population that a circle may hold.
    tolerance : float
        Distances that differ by no more are one step: areas equally far enter together.

    Yields
    ------
    Circles
        For up to 64 centres.
    """
    n = len(population)
    share_of = population / population.sum()
    for start in range(0, n, BLOCK):
        centres = np.arange(start, min(start + BLOCK, n))
        apart = np.hypot(
            coordinates[centres, None, 0] - coordinates[None, :, 0],
            coordinates[centres, None, 1] - coordinates[None, :, 1],
        )
        order = np.argsort(apart, axis=1, kind="stable")
        radius = np.take_along_axis(apart, order, axis=1)
        share = np.cumsum(share_of[order], axis=1)
        last = np.ones(radius.shape, dtype=bool)
        last[:, :-1] = np.diff(radius, axis=1) > tolerance
        # Sums of shares carry rounding: half of the population is still half of it.
        closed = last & (share <= max_population + 1e-12)
        longest = int(np.flatnonzero(closed.any(axis=0)).max(initial=-1)) + 1
        cut = np.s_[:, :longest]
        yield Circles(centres, order[cut], radius[cut], share[cut], closed[cut])


def likelihood_ratio(
    inside: NDArray[np.float64], expected: NDArray[np.float64], total: float, rates: Rates
) -> NDArray[np.float64]:
    """Log likelihood ratios of circles against one risk everywhere; 0 in the wrong direction.

    Parameters
    ----------
    inside, expected : ndarray of float, shapes that broadcast
        Events within the circle, and those that one risk everywhere would give.
    total : float
        Events in all.
    rates : {"high", "low", "both"}
        Which circles count.

    Returns
    -------
    ndarray of float

    Examples
    --------
    >>> likelihood_ratio(np.array([30.0, 10.0]), np.array([20.0, 20.0]), 100, "high").round(4)
    array([2.8168, 0.    ])
    """
    outside = total - inside
    ratio = xlogy(inside, inside / expected) + xlogy(outside, outside / (total - expected))
    if rates == "high":
        return np.where(inside > expected, ratio, 0.0)
    if rates == "low":
        return np.where(inside < expected, ratio, 0.0)
    return np.asarray(ratio)


def replicate_maxima(
    coordinates: NDArray[np.float64],
    population: NDArray[np.float64],
    *,
    total: int,
    replicates: int,
    seed: int,
    max_population: float,
    tolerance: float,
    rates: Rates,
    variance: float = 0.0,
) -> NDArray[np.float64]:
    """Largest log likelihood ratio of each replicate of a map without a pattern.

    Parameters
    ----------
    coordinates, population, max_population, tolerance
        As for `circle_blocks`.
    total : int
        Events that each replicate shares out.
    replicates, seed : int
        How many; without a variance the replicates are the rows of
        ``numpy.random.default_rng(seed).multinomial(total, shares, size=replicates)``.
    rates : {"high", "low", "both"}
        Which circles count.
    variance : float
        Of the areas' own risks, as for `draw_counts`.

    Returns
    -------
    ndarray of float, shape (replicates,)
    """
    generator = np.random.default_rng(seed)
    shares = population / population.sum()
    kind: type[np.signedinteger] = np.int16 if total < np.iinfo(np.int16).max - 1 else np.int32
    alone = (shares <= max_population) & _apart(coordinates, tolerance)
    maxima = []
    for start in range(0, replicates, CHUNK):
        size = min(CHUNK, replicates - start)
        counts = draw_counts(generator, population, total=total, size=size, variance=variance)
        drawn = np.ascontiguousarray(counts.T, kind)
        blocks = circle_blocks(
            coordinates, population, max_population=max_population, tolerance=tolerance
        )
        best = np.zeros(size)
        if alone.any():
            # One area is a circle, and the best of these is a bound to start from.
            ratio = likelihood_ratio(
                drawn[alone].astype(float), total * shares[alone, None], float(total), rates
            )
            best = ratio.max(axis=0)
        maxima.append(
            _maxima(blocks, drawn, best, total=total, rates=rates, least=float(shares.min()))
        )
    return np.concatenate(maxima) if maxima else np.empty(0)


def _apart(coordinates: NDArray[np.float64], tolerance: float) -> NDArray[np.bool_]:
    """Say which areas surely have no other at the same place: none has their easting."""
    order = np.argsort(coordinates[:, 0])
    wide = np.diff(coordinates[order, 0]) > tolerance
    result = np.empty(len(order), dtype=bool)
    result[order] = np.r_[True, wide] & np.r_[wide, True]
    return result


def _maxima(
    blocks: Iterator[Circles],
    drawn: NDArray[np.signedinteger],
    best: NDArray[np.float64],
    *,
    total: int,
    rates: Rates,
    least: float,
) -> NDArray[np.float64]:
    bounds = _Bounds(total, float(best.min()), least)
    for circles in blocks:
        if best.min() > bounds.level * WORTHWHILE:
            bounds = _Bounds(total, float(best.min()), least)
        _grow(circles, drawn, best, bounds=bounds, rates=rates)
    return best


def _grow(
    circles: Circles,
    drawn: NDArray[np.signedinteger],
    best: NDArray[np.float64],
    *,
    bounds: _Bounds,
    rates: Rates,
) -> None:
    """Grow a block's circles by one area at a time; `best` is raised in place."""
    order, width = circles.order, drawn.shape[1]
    expected = bounds.total * circles.share
    above, below = bounds.of(expected, circles.closed, rates)
    upper, lower = above.astype(drawn.dtype), below.astype(drawn.dtype)
    inside = np.zeros((len(order), width), dtype=drawn.dtype)
    step, promising = np.empty_like(inside), np.empty(inside.shape, dtype=bool)
    for k in range(order.shape[1]):
        # Every position is within range; `clip` spares NumPy a buffer.
        np.take(drawn, order[:, k], axis=0, out=step, mode="clip")
        np.add(inside, step, out=inside)
        np.greater_equal(inside, upper[:, k, None], out=promising)
        if rates != "high":
            promising |= inside <= lower[:, k, None]
        # Far faster over the flat array than by row and column.
        place = np.flatnonzero(promising)
        if not place.size:
            continue
        row, column = np.divmod(place, width)
        ratio = likelihood_ratio(
            inside.ravel()[place].astype(float), expected[row, k], float(bounds.total), rates
        )
        np.maximum.at(best, column, ratio)


class _Bounds:
    """Which counts could give a log likelihood ratio of at least `level`, by expected events.

    The pairs of an expectation and a count with a ratio of at most `level` are a convex set, for
    the ratio is a Kullback-Leibler divergence. So the largest such count is concave in the
    expectation, and a straight line between two expectations never lies above it: some thousand
    expectations do for any number of events.
    """

    def __init__(self, total: int, level: float, least: float) -> None:
        self.total = total
        self.level = level
        # From half the smallest area's share to half of everything, and the same of the rest.
        part = np.geomspace(least / 2, 0.5, NODES)
        self.expected = total * np.concatenate([part, 1 - part[-2::-1]])
        low, high = self.expected.copy(), np.full(self.expected.shape, float(total))
        for _ in range(total.bit_length() + 10):
            middle = (low + high) / 2
            within = likelihood_ratio(middle, self.expected, float(total), "high") < level
            low, high = np.where(within, middle, low), np.where(within, high, middle)
        # Rounded outwards: a count too many is evaluated, none is passed over.
        self.count = low * (1 - 1e-9)

    def of(
        self, expected: NDArray[np.float64], closed: NDArray[np.bool_], rates: Rates
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the least count from above and the greatest from below; out of reach if none."""
        upper = np.full(expected.shape, self.total + 1, dtype=np.int64)
        lower = np.full(expected.shape, -1, dtype=np.int64)
        if rates != "low":
            upper[closed] = self._count(expected[closed])
        if rates != "high":
            # Few within are many without: the same question of the rest of the map.
            lower[closed] = self.total - self._count(self.total - expected[closed])
        return upper, lower

    def _count(self, expected: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.ceil(np.interp(expected, self.expected, self.count))
