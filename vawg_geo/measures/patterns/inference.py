"""What the global statistics share: values beside neighbours, moments, shuffles, p-values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from vawg_geo.errors import InputError
from vawg_geo.measures.patterns.draws import require_seed
from vawg_geo.measures.patterns.permutation import require_permutations, two_sided_p
from vawg_geo.measures.rates.aligned import as_events, as_numbers, require_enough, weighted
from vawg_geo.terms.graph import Neighbours, as_neighbours

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from libpysal.graph import Graph
    from numpy.typing import ArrayLike, NDArray

    Rated = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
    # Statistic of each row of shuffled values, from the values and their lags.
    Statistic = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]

__all__ = ["FEWEST_AREAS", "ROUNDING", "GlobalStatistic", "MapValues", "Setting"]

# A pattern over fewer areas than this says nothing that a table would not.
FEWEST_AREAS: Final = 10
# A difference from the mean below this share of the largest is rounding.
ROUNDING: Final = 1e-12
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
    islands: tuple[Hashable, ...]
    left_out: tuple[Hashable, ...]
    weights: str


@dataclass(frozen=True, eq=False)
class MapValues:
    """Values of the areas that have one, with their neighbours among them.

    Attributes
    ----------
    numbers : ndarray of float, shape (n,)
        Values, or rates where counts and a population were given.
    neighbours : Neighbours
        Of these n areas, weights transformed.
    given : Neighbours
        Of all areas, as they came.
    has_value : ndarray of bool
        For each area of `given`.
    rated : bool
        Whether the numbers are rates of counts.
    """

    numbers: NDArray[np.float64]
    neighbours: Neighbours
    given: Neighbours
    has_value: NDArray[np.bool_]
    rated: bool

    @classmethod
    def of(
        cls,
        values: ArrayLike,
        graph: Graph | Neighbours,
        *,
        population: ArrayLike | None,
        rated: Rated,
        transform: str,
        least: int,
        excluded: NDArray[np.bool_] | None = None,
    ) -> MapValues:
        """Check the values, leave out areas without one, turn counts into rates.

        Parameters
        ----------
        values, graph, population, transform
            As in `global_moran`.
        rated : callable
            Makes rates of counts and their population.
        least : int
            Fewest areas with a value.
        excluded : ndarray of bool, optional
            Areas that have no value, whatever the table says.
        """
        given = as_neighbours(graph)
        numbers = as_numbers(values, given.ids, what="values" if population is None else "counts")
        if excluded is not None:
            numbers[excluded] = np.nan
        people = None
        if population is not None:
            numbers, people = as_events(numbers, population, given.ids)
        has_value = ~np.isnan(numbers)
        require_enough(has_value, given.ids, least=least)
        among = given if has_value.all() else given.among(has_value)
        numbers = numbers[has_value]
        return cls(
            numbers=numbers if people is None else rated(numbers, people[has_value]),
            neighbours=weighted(among, transform=transform),
            given=given,
            has_value=has_value,
            rated=people is not None,
        )

    @property
    def is_constant(self) -> bool:
        """Whether all values are the same, but for rounding."""
        return bool(np.ptp(self.numbers) <= ROUNDING * np.abs(self.numbers).max())


@dataclass(frozen=True, eq=False, kw_only=True)
class Setting:
    """What a global statistic is computed from, and how chance is to be asked."""

    numbers: NDArray[np.float64]
    neighbours: Neighbours
    constant: bool
    left_out: tuple[Hashable, ...]
    permutations: int
    seed: int
    transform: str

    @classmethod
    def of(
        cls,
        values: ArrayLike,
        graph: Graph | Neighbours,
        *,
        population: ArrayLike | None,
        permutations: int,
        seed: int,
        transform: str,
        min_areas: int,
        rated: Rated,
        centred: bool = True,
    ) -> Setting:
        """Check the values, leave out areas without one, turn counts into rates."""
        require_permutations(permutations)
        require_seed(seed)
        # Four moments divide by n - 3.
        on_map = MapValues.of(
            values,
            graph,
            population=population,
            rated=rated,
            transform=transform,
            least=max(min_areas, 4),
        )
        if not on_map.neighbours.others.size:
            msg = (
                f"none of the {on_map.neighbours.n:,} areas with a value has a neighbour with one. "
                "Use other weights, such as the nearest areas."
            )
            raise InputError(msg)
        numbers = on_map.numbers
        named = zip(on_map.given.ids, on_map.has_value, strict=True)
        return cls(
            numbers=numbers - numbers.mean() if centred else numbers,
            neighbours=on_map.neighbours,
            constant=on_map.is_constant,
            left_out=tuple(name for name, has_value in named if not has_value),
            permutations=permutations,
            seed=seed,
            transform=transform,
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
        pairs = near.rows * near.n + near.others
        back = near.others * near.n + near.rows
        # `pairs` ascend, so the weight of the way back is found by halving.
        place = np.minimum(np.searchsorted(pairs, back), pairs.size - 1)
        returned = np.where(pairs[place] == back, near.weights[place], 0.0)
        s1 = (near.weights**2).sum() + (near.weights * returned).sum()
        return float(near.weights.sum()), float(s1), float((self.both_sums**2).sum())

    def nothing(self, name: str, expected: float) -> GlobalStatistic:
        """Where all values are the same there is no pattern to test."""
        return self._tested(
            name, np.nan, expected=expected, random=_UNTESTED, normal=_UNTESTED, p_permutation=1.0
        )

    def result(
        self,
        name: str,
        statistic: Statistic,
        *,
        expected: float,
        random: float,
        normal: float,
        scale: float = 1.0,
    ) -> GlobalStatistic:
        """The statistic of the values, tested; sums that differ by 1e-12 of `scale` tie.

        `random` and `normal` are its variances under randomisation and under normality.
        """
        lags = _lags(self.numbers[None, :], self.neighbours)
        observed = float(statistic(self.numbers[None, :], lags)[0])
        return self._tested(
            name,
            observed,
            expected=expected,
            random=_NormalTest.of(observed - expected, random),
            normal=_NormalTest.of(observed - expected, normal),
            p_permutation=self._p_permutation(
                statistic, observed, _SAME * max(abs(observed), scale)
            ),
        )

    def _tested(
        self,
        name: str,
        statistic: float,
        *,
        expected: float,
        random: _NormalTest,
        normal: _NormalTest,
        p_permutation: float,
    ) -> GlobalStatistic:
        return GlobalStatistic(
            name=name,
            statistic=statistic,
            expected=expected,
            variance_random=random.variance,
            z_random=random.z,
            p_random=random.p,
            variance_normal=normal.variance,
            z_normal=normal.z,
            p_normal=normal.p,
            p_permutation=p_permutation,
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
        observed: float,
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
            tails[0] += np.count_nonzero(permuted >= observed - same)
            tails[1] += np.count_nonzero(permuted <= observed + same)
        return float(two_sided_p(tails[:1], tails[1:], self.permutations)[0])


def _lags(values: NDArray[np.float64], neighbours: Neighbours) -> NDArray[np.float64]:
    """Weighted sums over neighbours of each row of values, shape as values."""
    from scipy.sparse import csr_array

    matrix = csr_array(
        (neighbours.weights, neighbours.others, neighbours.starts),
        shape=(neighbours.n, neighbours.n),
    )
    return np.ascontiguousarray((matrix @ values.T).T)


class _NormalTest(NamedTuple):
    """How far a statistic lies from its expectation, by the normal distribution."""

    variance: float
    z: float
    p: float

    @classmethod
    def of(cls, difference: float, variance: float) -> _NormalTest:
        from scipy.special import ndtr

        if not variance > 0:
            return cls(float(variance), np.nan, np.nan)
        z = difference / np.sqrt(variance)
        return cls(float(variance), float(z), float(2 * ndtr(-abs(z))))


_UNTESTED: Final = _NormalTest(np.nan, np.nan, 1.0)
