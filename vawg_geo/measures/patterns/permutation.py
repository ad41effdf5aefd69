"""Conditional permutation for local statistics, exact with ties, in NumPy alone.

For each area the values of all other areas are shuffled over the map, and its neighbours' weighted
sum is compared with what the shuffles give. Local Moran, Gi and Gi* differ only in what they make
of that sum, which they all grow with, so one count of the two tails serves them. Why not esda's or
pygeoda's permutations, with figures: `local.py`. Nothing is compiled, and all runs on the calling
thread, so that a first run is as fast as any and nothing depends on the number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from vawg_geo.errors import InputError, did_you_mean
from vawg_geo.measures.patterns.draws import BLOCK, drawn_orders, require_seed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from vawg_geo.terms.graph import Neighbours

__all__ = [
    "ALTERNATIVES",
    "FEWEST_PERMUTATIONS",
    "Alternative",
    "KeptTails",
    "Tails",
    "default_permutations",
    "one_sided_p",
    "permutations_needed",
    "require_alternative",
    "require_permutations",
    "tail_counts",
    "two_sided_p",
]

Alternative = Literal["two-sided", "high"]
ALTERNATIVES: Final[tuple[str, ...]] = get_args(Alternative)

FEWEST_PERMUTATIONS: Final = 99
# As many as make the Monte Carlo errors of all areas small together, on maps of up to 2,499 areas
# that are tested in both directions; beyond, one area alone needs more.
_USUAL_PERMUTATIONS: Final = 99_999
# Bytes of draws and sums held at once; more permutations than fit are counted in turns.
_BUDGET: Final = 2**28
# Sums nearer to each other than this share of the values' range are the same sum: floats that
# should tie differ by some 1e-16 of it, and no pattern that anyone acts on hides in 1e-12.
_SAME: Final = 2.0**-40
# Samples and areas of one small matrix product. OpenBLAS computes products of up to 2^18
# multiplications on the calling thread; larger ones wait for threads that a busy machine is late
# to give (measured: ten times as long).
_TILE: Final = 1024
_ROWS: Final = 16
_PRODUCT: Final = 2**18


@dataclass(frozen=True, eq=False)
class Tails:
    """How the observed sums of neighbours stand among the permuted ones.

    Attributes
    ----------
    at_least, at_most : ndarray of int, shape (n,)
        Permutations whose sum is at least, at most the observed one; ties count in both. An area
        without neighbours ties with every permutation.
    permutations : int
    """

    at_least: NDArray[np.int64]
    at_most: NDArray[np.int64]
    permutations: int

    @cached_property
    def p_values(self) -> NDArray[np.float64]:
        """Two-sided p-values, see `two_sided_p`."""
        return two_sided_p(self.at_least, self.at_most, self.permutations)

    def p_values_of(self, alternative: str) -> NDArray[np.float64]:
        """P-values of one of `ALTERNATIVES`, see `two_sided_p` and `one_sided_p`."""
        if alternative == "two-sided":
            return self.p_values
        return one_sided_p(self.at_least, self.permutations)

    @cached_property
    def side(self) -> NDArray[np.int64]:
        """1 where the upper tail is the smaller, -1 where the lower is, 0 where they are equal."""
        return np.asarray(np.sign(self.at_most - self.at_least), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class KeptTails:
    """Tails by question, so that several statistics of the same figures count them once.

    Local Moran and Gi* of one series differ in what they make of the counts, not in the counts.

    Examples
    --------
    >>> from vawg_geo.terms.graph import Neighbours
    >>> row = np.arange(40)
    >>> ring = Neighbours.from_pairs(tuple(row), np.tile(row, 2), np.r_[row - 1, row + 1] % 40)
    >>> values, kept = np.arange(40.0) % 7, KeptTails()
    >>> first = tail_counts(values, ring, permutations=99, seed=1, kept=kept)
    >>> tail_counts(values, ring, permutations=99, seed=1, kept=kept) is first
    True
    """

    by_question: dict[tuple[object, ...], Tails] = field(default_factory=dict, repr=False)


def two_sided_p(
    at_least: NDArray[np.int64], at_most: NDArray[np.int64], permutations: int
) -> NDArray[np.float64]:
    """Twice the smaller tail's p-value, at most 1.

    Notes
    -----
    p = min(1, 2 (min(at_least, at_most) + 1) / (permutations + 1)). Ties count against the
    finding in both tails, so that under the null P(p <= a) is at most a however many values are
    alike; a tail counted by ">=" alone, folded at a half, is not so.

    Examples
    --------
    >>> two_sided_p(np.array([4, 60, 99]), np.array([95, 39, 99]), 99)
    array([0.1, 0.8, 1. ])
    """
    smaller = np.minimum(at_least, at_most)
    return np.minimum(1.0, 2.0 * (smaller + 1.0) / (permutations + 1.0))


def one_sided_p(at_least: NDArray[np.int64], permutations: int) -> NDArray[np.float64]:
    """P-value of the upper tail alone.

    Notes
    -----
    p = (at_least + 1) / (permutations + 1), ties counted against the finding.

    Examples
    --------
    >>> one_sided_p(np.array([4, 60, 99]), 99)
    array([0.05, 0.61, 1.  ])
    """
    return np.asarray((at_least + 1.0) / (permutations + 1.0), dtype=float)


def permutations_needed(
    areas: int, *, alpha: float = 0.05, correction: str = "bh", alternative: str = "two-sided"
) -> int:
    """Permutations from which one area alone can pass the correction.

    With fewer, an area that is above every shuffle is not called unless others are with it,
    whatever the counts.

    Parameters
    ----------
    areas : int
        Areas that are tested.
    alpha : float
    correction : {"bh", "bonferroni", "none"}
    alternative : {"two-sided", "high"}

    Returns
    -------
    int

    Notes
    -----
    The smallest p-value of P permutations is s / (P + 1), s the tails that are asked (2 or 1). The
    smallest of m p-values is multiplied by m under Benjamini and Hochberg's procedure as under
    Bonferroni's; without a correction by 1. So P is s m / alpha - 1, rounded up.

    Examples
    --------
    >>> permutations_needed(144), permutations_needed(7681)
    (5759, 307239)
    >>> permutations_needed(144, alternative="high"), permutations_needed(144, correction="none")
    (2879, 39)
    """
    tails = 2.0 if alternative == "two-sided" else 1.0
    tests = 1 if correction == "none" else max(areas, 1)
    needed = int(np.ceil(tails * tests / alpha - 1 - 1e-6))
    # As the p-values and their adjustment are computed, so that rounding decides nothing else.
    while min(1.0, tails / (needed + 1.0)) * tests > alpha:
        needed += 1
    return needed


def default_permutations(
    areas: int, *, alpha: float = 0.05, correction: str = "bh", alternative: str = "two-sided"
) -> int:
    """Permutations where none are asked for: 99,999, or what one area alone needs on larger maps.

    Parameters
    ----------
    areas, alpha, correction, alternative
        As for `permutations_needed`.

    Examples
    --------
    >>> default_permutations(144), default_permutations(7681)
    (99999, 307239)
    """
    needed = permutations_needed(areas, alpha=alpha, correction=correction, alternative=alternative)
    return max(_USUAL_PERMUTATIONS, needed)


def require_alternative(alternative: str) -> None:
    """Refuse an alternative that is none of `ALTERNATIVES`.

    Raises
    ------
    InputError
    """
    if alternative not in ALTERNATIVES:
        listed = f"Choose {', '.join(ALTERNATIVES)}."
        told = did_you_mean(str(alternative), ALTERNATIVES, otherwise=listed)
        msg = f"{alternative!r} is no alternative. {told}"
        raise InputError(msg)


def require_permutations(permutations: int) -> None:
    """Refuse fewer permutations than a p-value needs.

    Raises
    ------
    InputError
    """
    if permutations < FEWEST_PERMUTATIONS:
        msg = (
            f"{permutations:,} permutations are too few for a p-value. "
            f"Ask for {FEWEST_PERMUTATIONS:,} or more."
        )
        raise InputError(msg)


def tail_counts(
    values: NDArray[np.float64],
    neighbours: Neighbours,
    *,
    permutations: int,
    seed: int,
    chunk: int | None = None,
    kept: KeptTails | None = None,
) -> Tails:
    """Count each area's permuted neighbour sums that reach the observed one, from both sides.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        No NaN among them.
    neighbours : Neighbours
        Of the n areas, weights zero or more.
    permutations : int
        At least 99.
    seed : int
        See `drawn_orders`.
    chunk : int, optional
        Permutations held at once, rounded up to whole blocks of 8,192; the counts do not depend
        on it. By default as many as fit 256 MiB of draws and sums (99,999 with up to about 200
        neighbours). A block needs 12 bytes for each permutation and neighbour of the area that
        has the most.

    kept : KeptTails, optional
        Where to look for an answer first, and to leave it; where all neighbours of an area weigh
        the same.

    Returns
    -------
    Tails

    Notes
    -----
    Where an area's neighbours weigh the same, its permuted sum depends only on how many it has
    (k). P ordered samples of k_max + 1 distinct areas are drawn once for all areas, their running
    sums taken, the sums of length k sorted once for each k, and each area's tails found by binary
    search. About P k / n of an area's samples hold the area itself; there the (k+1)-th area drawn
    takes its place, which is exactly a sample of the others. The counts equal those of a loop
    over areas and samples. Values are put on a grid of 2^52 steps first, so that sums are
    integers and equal sums are equal in whatever order they were added.

    Other weights need each area's sum for each sample: small matrix products.

    All areas share the samples, so the Monte Carlo errors of their p-values are correlated;
    hence 99,999 permutations by default, where they are small.
    """
    require_permutations(permutations)
    require_seed(seed)
    order = neighbours.by_id
    if (np.diff(order) < 0).any():
        tails = tail_counts(
            values[order],
            neighbours.reordered(order),
            permutations=permutations,
            seed=seed,
            chunk=chunk,
            kept=kept,
        )
        place = np.argsort(order)
        return Tails(tails.at_least[place], tails.at_most[place], permutations)
    even = _even_rows(neighbours)
    key = _question(values, neighbours, permutations, seed) if even.all() else None
    if kept is not None and key in kept.by_question:
        return kept.by_question[key]
    n, degree = neighbours.n, neighbours.degree
    size = int(degree.max(initial=0)) + 1
    counts = np.zeros((2, n), dtype=np.int64)
    if size > 1:
        counters: list[_Even | _Uneven] = []
        if even.any():
            counters.append(_Even(values, neighbours, np.where(even, degree, 0), size))
        if not even.all():
            counters.append(_Uneven(values, neighbours, np.flatnonzero(~even)))
        per = chunk if chunk is not None else _BUDGET // (12 * size)
        for orders in drawn_orders(n, size, permutations, seed=seed, per=per):
            for counter in counters:
                counter.add(orders, counts)
    counts[:, degree == 0] = permutations
    tails = Tails(counts[0], counts[1], permutations)
    if kept is not None and key is not None:
        kept.by_question[key] = tails
    return tails


def _question(
    values: NDArray[np.float64], neighbours: Neighbours, permutations: int, seed: int
) -> tuple[object, ...]:
    """What the counts depend on where all neighbours of an area weigh the same."""
    places = (neighbours.starts.tobytes(), neighbours.others.tobytes())
    return (values.tobytes(), *places, permutations, seed)


def _even_rows(neighbours: Neighbours) -> NDArray[np.bool_]:
    """Whether all neighbours of an area weigh the same."""
    if neighbours.is_binary:
        return np.ones(neighbours.n, dtype=bool)
    filled = neighbours.degree > 0
    starts = neighbours.starts[:-1][filled]
    even = np.ones(neighbours.n, dtype=bool)
    lightest = np.minimum.reduceat(neighbours.weights, starts)
    heaviest = np.maximum.reduceat(neighbours.weights, starts)
    even[filled] = heaviest - lightest <= _SAME * heaviest
    return even


def _on_grid(values: NDArray[np.float64], size: int) -> tuple[NDArray[np.int64], int]:
    """Integers in proportion to the values, and the difference within which sums are equal."""
    low, high = values.min(), values.max()
    reach = high - low
    if reach == 0:
        return np.zeros(values.size, dtype=np.int64), 0
    bits = min(52, 62 - int(size + 1).bit_length())
    grid = np.rint((values - low) / reach * 2.0**bits).astype(np.int64)
    # Each value is rounded twice: as it came, and onto the grid.
    came = size * 4.0 * np.finfo(float).eps * max(abs(low), abs(high)) / reach
    return grid, int(np.ceil(2.0**bits * (_SAME + came))) + size


class _Even:
    """Counts for areas whose neighbours weigh the same, by sorting shared sums."""

    def __init__(
        self,
        values: NDArray[np.float64],
        neighbours: Neighbours,
        degree: NDArray[np.int64],
        size: int,
    ) -> None:
        self.grid, same = _on_grid(values, size)
        self.degree = degree
        filled = np.flatnonzero(neighbours.degree > 0)
        observed = np.zeros(neighbours.n, dtype=np.int64)
        observed[filled] = np.add.reduceat(self.grid[neighbours.others], neighbours.starts[filled])
        self.lower, self.upper = observed - same, observed + same
        # Sorted questions are answered several times as fast.
        order = np.lexsort((observed, degree))
        lengths, first = np.unique(degree[order], return_index=True)
        groups = np.split(order, first[1:])
        self.groups = [(int(k), g) for k, g in zip(lengths, groups, strict=True) if k > 0]

    def add(self, orders: NDArray[np.int32], counts: NDArray[np.int64]) -> None:
        sums = self.grid[orders]
        for row in range(1, len(sums)):
            sums[row] += sums[row - 1]
        for k, areas in self.groups:
            ranked = np.sort(sums[k - 1])
            counts[0, areas] += ranked.size - np.searchsorted(ranked, self.lower[areas], "left")
            counts[1, areas] += np.searchsorted(ranked, self.upper[areas], "right")
        # As many samples at a time as keep their sums in the processor's cache.
        for first in range(0, orders.shape[1], BLOCK):
            some = slice(first, first + BLOCK)
            self._replace_selves(orders[:, some], sums[:, some], counts)

    def _replace_selves(
        self, orders: NDArray[np.int32], sums: NDArray[np.int64], counts: NDArray[np.int64]
    ) -> None:
        """Recount the samples in which an area drew itself, with the next one drawn instead."""
        drawn = orders[:-1]
        row, sample = np.nonzero(self.degree[drawn] > np.arange(len(drawn))[:, None])
        area = drawn[row, sample]
        k = self.degree[area]
        wrong = sums[k - 1, sample]
        right = sums[k, sample] - self.grid[area]
        lower, upper = self.lower[area], self.upper[area]
        for side, was, now in (
            (0, wrong >= lower, right >= lower),
            (1, wrong <= upper, right <= upper),
        ):
            changed = np.flatnonzero(was != now)
            gain = np.where(now[changed], 1.0, -1.0)
            gains = np.bincount(area[changed], weights=gain, minlength=self.degree.size)
            counts[side] += gains.astype(np.int64)


class _Uneven:
    """Counts for areas whose neighbours weigh differently, by small matrix products."""

    def __init__(
        self, values: NDArray[np.float64], neighbours: Neighbours, areas: NDArray[np.int64]
    ) -> None:
        self.values = values - values.mean()
        self.neighbours = neighbours
        # Areas with as many neighbours stand together, so that a block is one product.
        self.areas = areas[np.argsort(neighbours.degree[areas], kind="stable")]
        self.place = np.full(neighbours.n, areas.size)
        self.place[self.areas] = np.arange(areas.size)
        weight = np.bincount(neighbours.rows, neighbours.weights, neighbours.n)
        moved = self.values[neighbours.others] * neighbours.weights
        observed = np.bincount(neighbours.rows, moved, neighbours.n)
        rounding = 4.0 * np.finfo(float).eps * np.abs(values).max() * (neighbours.degree + 1)
        same = weight * (_SAME * np.ptp(values) + rounding)
        self.lower, self.upper = observed - same, observed + same

    def add(self, orders: NDArray[np.int32], counts: NDArray[np.int64]) -> None:
        # As many samples at a time as keep a block's sums in the processor's cache.
        for first in range(0, orders.shape[1], BLOCK):
            self._add(np.ascontiguousarray(orders[:, first : first + BLOCK]), counts)

    def _add(self, orders: NDArray[np.int32], counts: NDArray[np.int64]) -> None:
        drawn = _tiles(self.values[orders])
        # Where each area was drawn, in the order of the blocks.
        place = self.place[orders].ravel()
        order = np.argsort(place, kind="stable")
        ends = np.searchsorted(place[order], np.arange(self.areas.size + 1))
        rows, samples = np.divmod(order, orders.shape[1])
        for first, last in _blocks_alike(self.neighbours.degree[self.areas]):
            own = slice(ends[first], ends[last])
            areas = self.areas[first:last]
            sums = self._sums(
                areas,
                drawn,
                rows=rows[own],
                samples=samples[own],
                lines=place[order[own]] - first,
            )
            counts[0, areas] += _true_by_line(sums >= self.lower[areas, None])
            counts[1, areas] += _true_by_line(sums <= self.upper[areas, None])

    def _sums(
        self,
        areas: NDArray[np.int64],
        drawn: NDArray[np.float64],
        *,
        rows: NDArray[np.int64],
        samples: NDArray[np.int64],
        lines: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        """Permuted sums of areas with equally many neighbours, shape (tiles, areas, 1024)."""
        k = int(self.neighbours.degree[areas[0]])
        weights = self.neighbours.weights[self.neighbours.starts[areas][:, None] + np.arange(k)]
        sums: NDArray[np.float64] = np.matmul(weights, drawn[:, :k])
        # Where an area drew itself, the next one drawn stands in for it.
        drew_itself = rows < k
        line, row = lines[drew_itself], rows[drew_itself]
        tile, column = np.divmod(samples[drew_itself], _TILE)
        instead = drawn[tile, k, column] - self.values[areas[line]]
        sums[tile, line, column] += weights[line, row] * instead
        return sums


def _true_by_line(reached: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How often each area's sums reach its own, from shape (tiles, areas, 1024)."""
    by_tile = np.add.reduce(reached.view(np.uint8), axis=2, dtype=np.uint16)
    return np.asarray(by_tile.sum(axis=0), dtype=np.int64)


def _tiles(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Samples in tiles, shape (tiles, drawn, 1024); the last is filled up with NaN."""
    size, samples = drawn.shape
    tiles = -(-samples // _TILE)
    filled = np.full((size, tiles * _TILE), np.nan)
    filled[:, :samples] = drawn
    # A NaN is neither at least nor at most anything, so it is never counted.
    return np.ascontiguousarray(filled.reshape(size, tiles, _TILE).swapaxes(0, 1))


def _blocks_alike(ordered: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Ranges of a sorted array whose entries are equal, each as long as one product allows."""
    values, first = np.unique(ordered, return_index=True)
    for k, start, stop in zip(values, first, [*first[1:], ordered.size], strict=True):
        most = max(1, min(_ROWS, _PRODUCT // (_TILE * int(k))))
        for begin in range(int(start), int(stop), most):
            yield begin, min(begin + most, int(stop))
