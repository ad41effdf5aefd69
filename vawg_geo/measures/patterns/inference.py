"""What the global statistics share: values beside neighbours, moments, shuffles, p-values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vawg_geo.errors import InputError
from vawg_geo.measures.patterns.draws import require_seed
from vawg_geo.measures.patterns.permutation import FEWEST_PERMUTATIONS, two_sided_p
from vawg_geo.measures.rates.aligned import as_events, as_numbers, require_enough, weighted
from vawg_geo.terms.graph import Neighbours, as_neighbours

if TYPE_CHECKING:
    from collections.abc import Callable

    from libpysal.graph import Graph
    from numpy.typing import ArrayLike, NDArray

    Rated = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
    # Statistic of each row of shuffled values, from the values and their lags.
    Statistic = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]

__all__ = ["FEWEST_AREAS", "GlobalStatistic", "Setting"]

# A pattern over fewer areas than this says nothing that a table would not.
FEWEST_AREAS: Final = 10
# Permutations that share one stream of random numbers; a constant of the method.
_BLOCK: Final = 128
# Permuted statistics nearer than this share of their scale tie: rounding, not pattern.
_SAME: Final = 2.0**-40


@dataclass(frozen=True)
class GlobalStatistic:
    """A global statistic and what chance would have made of it.

    Attributes
    ----------
    name : {"moran", "geary", "getis-ord-general"}
    statistic, expected : float
        NaN for the statistic where all values are the same; the p-values are then 1.
    variance_random, z_random, p_random : float
        Under randomisation: these values in any order. p two-sided, from the normal distribution.
    variance_normal, z_normal, p_normal : float
        Under independent normal values. NaN for the general G, which has no such moments.
    p_permutation : float
        Two-sided, ties counted in both tails.
    permutations, seed : int
    n : int
        Areas with a value, areas without neighbours among them.
    islands : tuple
        Ids of areas with a value but without a neighbour that has one.
    left_out : tuple
        Ids of areas without a value.
    weights : str
        Kind of neighbours and their transformation, as `queen, r`.
    """

    name: str
    statistic: float
    expected: float
    variance_random: float
    z_random: float
    p_random: float
    variance_normal: float
    z_normal: float
    p_normal: float
    p_permutation: float
    permutations: int
    seed: int
    n: int
    islands: tuple[Any, ...]
    left_out: tuple[Any, ...]
    weights: str


@dataclass(frozen=True, eq=False)
class Setting:
    """Checked values of the areas that have one, with their neighbours among them."""

    numbers: NDArray[np.float64]
    neighbours: Neighbours
    constant: bool
    left_out: tuple[Any, ...]
    permutations: int
    seed: int
    transform: str

    @classmethod
    def of(
        cls,
        values: ArrayLike,
        graph: Graph | Neighbours,
        population: ArrayLike | None,
        permutations: int,
        seed: int,
        transform: str,
        min_areas: int,
        rated: Rated,
        *,
        centred: bool = True,
    ) -> Setting:
        """Check the values, leave out areas without one, turn counts into rates."""
        if permutations < FEWEST_PERMUTATIONS:
            msg = f"{permutations:,} permutations are too few: ask for {FEWEST_PERMUTATIONS:,}."
            raise InputError(msg)
        require_seed(seed)
        given = as_neighbours(graph)
        people = None
        if population is None:
            numbers = as_numbers(values, given.ids, what="values")
        else:
            numbers, people = as_events(values, population, given.ids)
        known = ~np.isnan(numbers)
        # Four moments divide by n - 3.
        require_enough(known, given.ids, least=max(min_areas, 4))
        neighbours = weighted(given if known.all() else given.among(known), transform=transform)
        if not neighbours.others.size:
            msg = (
                f"none of the {neighbours.n:,} areas with a value has a neighbour with one. "
                "Use other weights, such as the nearest areas."
            )
            raise InputError(msg)
        numbers = numbers[known]
        if people is not None:
            numbers = rated(numbers, people[known])
        return cls(
            numbers - numbers.mean() if centred else numbers,
            neighbours,
            bool(np.ptp(numbers) <= 1e-12 * np.abs(numbers).max()),
            tuple(name for name, has in zip(given.ids, known, strict=True) if not has),
            permutations,
            seed,
            transform,
        )

    @property
    def n(self) -> int:
        """Areas with a value."""
        return self.numbers.size

    @property
    def both_sums(self) -> NDArray[np.float64]:
        """Weights that each area gives and takes, shape (n,)."""
        near = self.neighbours
        given = np.bincount(near.rows, near.weights, near.n)
        taken = np.bincount(near.others, near.weights, near.n)
        return np.asarray(given + taken, dtype=float)

    @property
    def sums(self) -> tuple[float, float, float]:
        """S0, S1, S2 of Cliff and Ord."""
        near = self.neighbours
        there = near.rows * near.n + near.others
        back = near.others * near.n + near.rows
        # `there` ascends, so the weight of the way back is found by halving.
        place = np.minimum(np.searchsorted(there, back), there.size - 1)
        returned = np.where(there[place] == back, near.weights[place], 0.0)
        s1 = (near.weights**2).sum() + (near.weights * returned).sum()
        return float(near.weights.sum()), float(s1), float((self.both_sums**2).sum())

    def nothing(self, name: str, expected: float) -> GlobalStatistic:
        """Where all values are the same there is no pattern to test."""
        nan = np.nan
        return self._made(name, nan, expected, (nan, nan, 1.0), (nan, nan, 1.0), 1.0)

    def result(
        self,
        name: str,
        statistic: Statistic,
        expected: float,
        random: float,
        normal: float,
        *,
        scale: float = 1.0,
    ) -> GlobalStatistic:
        """The statistic of the values, tested; sums that differ by 1e-12 of `scale` tie."""
        lags = _lags(self.numbers[None, :], self.neighbours)
        found = float(statistic(self.numbers[None, :], lags)[0])
        p = self._p_permutation(statistic, found, _SAME * max(abs(found), scale))
        by_both = [
            (variance, *_normal_test(found - expected, variance)) for variance in (random, normal)
        ]
        return self._made(name, found, expected, by_both[0], by_both[1], p)

    def _made(
        self,
        name: str,
        statistic: float,
        expected: float,
        random: tuple[float, float, float],
        normal: tuple[float, float, float],
        p: float,
    ) -> GlobalStatistic:
        return GlobalStatistic(
            name=name,
            statistic=statistic,
            expected=expected,
            variance_random=float(random[0]),
            z_random=float(random[1]),
            p_random=float(random[2]),
            variance_normal=float(normal[0]),
            z_normal=float(normal[1]),
            p_normal=float(normal[2]),
            p_permutation=p,
            permutations=self.permutations,
            seed=self.seed,
            n=self.n,
            islands=self.neighbours.islands,
            left_out=self.left_out,
            weights=f"{self.neighbours.kind}, {self.transform}",
        )

    def _p_permutation(
        self,
        statistic: Statistic,
        found: float,
        same: float,
    ) -> float:
        tails = np.zeros(2, dtype=np.int64)
        for block in range(-(-self.permutations // _BLOCK)):
            count = min(_BLOCK, self.permutations - block * _BLOCK)
            stream = np.random.SeedSequence(self.seed, spawn_key=(block,))
            rng = np.random.Generator(np.random.PCG64(stream))
            # Dealt out by id, so that the order of the rows changes nothing.
            order = self.neighbours.by_id
            dealt = np.broadcast_to(self.numbers[order], (count, self.n))
            shuffled = rng.permuted(dealt, axis=1)[:, np.argsort(order)]
            permuted = statistic(shuffled, _lags(shuffled, self.neighbours))
            tails[0] += np.count_nonzero(permuted >= found - same)
            tails[1] += np.count_nonzero(permuted <= found + same)
        return float(two_sided_p(tails[:1], tails[1:], self.permutations)[0])


def _lags(values: NDArray[np.float64], neighbours: Neighbours) -> NDArray[np.float64]:
    """Weighted sums over neighbours of each row of values, shape as values."""
    from scipy.sparse import csr_array

    matrix = csr_array(
        (neighbours.weights, neighbours.others, neighbours.starts),
        shape=(neighbours.n, neighbours.n),
    )
    return np.ascontiguousarray((matrix @ values.T).T)


def _normal_test(difference: float, variance: float) -> tuple[float, float]:
    from scipy.special import ndtr

    if not variance > 0:
        return np.nan, np.nan
    z = difference / np.sqrt(variance)
    return float(z), float(2 * ndtr(-abs(z)))
