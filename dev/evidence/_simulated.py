"""Made-up maps on the real wards, and which wards the local statistics call on them.

A map's wards differ in risk, each by itself and by nothing of its place: the risks are draws from
a gamma distribution with mean 1 and a given coefficient of variation (CV). Events are then shared
out by population, risk and chance. On such a map there is no pattern, whatever the CV.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np
import pandas as pd

import vawg_geo
from vawg_geo.areas.neighbours.build import contiguity
from vawg_geo.inputs.catalogue.registry import embedded_folder
from vawg_geo.measures.patterns.adjust import adjust_p_values
from vawg_geo.measures.patterns.draws import drawn_orders
from vawg_geo.measures.patterns.permutation import ALTERNATIVES
from vawg_geo.measures.patterns.transforms import TRANSFORMS, rates_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from vawg_geo.terms.graph import Neighbours

__all__ = [
    "CVS",
    "EVENTS",
    "LEVEL",
    "RULES",
    "Calls",
    "Rule",
    "Shuffles",
    "WardMap",
    "call_wards",
    "command",
    "draw_counts",
    "in_processes",
    "load_wards",
    "numbered_shuffles",
]

LEVEL: Final = 0.05
# Maps that share their shuffles.
_ALIKE: Final = 25
# Coefficients of variation of the wards' risks; 0.72 is what Marshall's method gives for the
# default's month.
CVS: Final = (0.0, 0.2, 0.4, 0.72)
# The default's month, and the published domestic-abuse crimes of 2015/16.
EVENTS: Final = (1806, 4821)

Case = TypeVar("Case")


class Rule(NamedTuple):
    """One way to call wards: a statistic, which direction is asked for, and of which values."""

    statistic: str
    alternative: str
    transform: str


RULES: Final = tuple(
    Rule(statistic, alternative, transform)
    for transform, alternative, statistic in product(
        TRANSFORMS, ALTERNATIVES, ("local-moran", "gi-star")
    )
)


@dataclass(frozen=True, eq=False)
class WardMap:
    """The 144 wards of 2015 as the statistics need them, all in one order.

    Attributes
    ----------
    codes, names : list of str
    population : ndarray of float, shape (144,)
        Persons aged 16 and over.
    places : ndarray of float, shape (144, 2)
        Centroids, metres.
    queen : Neighbours
    """

    codes: list[str]
    names: list[str]
    population: NDArray[np.float64]
    places: NDArray[np.float64]
    queen: Neighbours

    def nearest(self, centre: int, number: int) -> NDArray[np.bool_]:
        """Say which wards are this one and the nearest to it, so many in all."""
        apart = np.hypot(*(self.places - self.places[centre]).T)
        found = np.zeros(apart.size, dtype=bool)
        found[np.argsort(apart, kind="stable")[:number]] = True
        return found

    def touching(self, wards: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say which wards are among these or touch one of them."""
        near = np.bincount(self.queen.rows, wards[self.queen.others], minlength=wards.size) > 0
        return np.asarray(near | wards, dtype=bool)


@dataclass(frozen=True, eq=False)
class Calls:
    """Wards that one rule calls on one map.

    Attributes
    ----------
    high : ndarray of bool, shape (n,)
        Called, and high themselves: high-high, high-low, hot.
    any : ndarray of bool, shape (n,)
        Called in any way.
    uncorrected : ndarray of bool, shape (n,)
        With a p-value of at most 5 % before the correction for many wards.
    """

    high: NDArray[np.bool_]
    any: NDArray[np.bool_]
    uncorrected: NDArray[np.bool_]


def load_wards() -> WardMap:
    """Read the embedded wards and their populations."""
    wards = vawg_geo.read_boundaries("wards-2015")
    people = vawg_geo.read_population(embedded_folder("data") / "population_wards_2015.csv")
    persons = people[people["sex"] == "persons"].set_index("area_code")["population"]
    centroids = wards.geometry.centroid
    return WardMap(
        codes=wards["area_code"].tolist(),
        names=wards["area_name"].tolist(),
        population=persons.reindex(wards["area_code"]).to_numpy(float),
        places=np.column_stack([centroids.x, centroids.y]),
        queen=contiguity(wards, kind="queen"),
    )


def draw_counts(
    wards: WardMap,
    total: int,
    *,
    cv: float,
    generator: np.random.Generator,
    risk: NDArray[np.float64] | float = 1.0,
) -> NDArray[np.int64]:
    """Share a total out among the wards by population, their own risk, and what is planted.

    Parameters
    ----------
    wards : WardMap
    total : int
    cv : float
        Of the wards' own risks; 0 for one risk everywhere.
    generator : numpy.random.Generator
    risk : ndarray of float, shape (n,), or float
        Relative risk that is planted.
    """
    own = generator.gamma(cv**-2, cv**2, wards.population.size) if cv else 1.0
    weight = wards.population * own * risk
    return generator.multinomial(total, weight / weight.sum())


class Shuffles:
    """Conditional permutation tails of many maps from the same shuffles, without tables.

    Every area keeps the shuffles in which it is not among its own neighbours: these are shuffles of
    the others. The package draws another area instead; the tests hold this to it.

    Parameters
    ----------
    wards : WardMap
    permutations : int
        Some 5 % of them fall out for an area.
    seed : int
    """

    def __init__(self, wards: WardMap, permutations: int, seed: int) -> None:
        near = wards.queen
        self.near, self.permutations = near, permutations
        most = int(near.degree.max())
        self.orders = next(drawn_orders(near.n, most, permutations, seed=seed))
        row, sample = np.nonzero(near.degree[self.orders] > np.arange(most)[:, None])
        self.out_area = self.orders[row, sample]
        self.out_place = (near.degree[self.out_area] - 1) * permutations + sample
        self.kept = permutations - np.bincount(self.out_area, minlength=near.n)

    def tails(self, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """P-values of the upper and of the lower tail, ties counted in both."""
        near = self.near
        reach = np.ptp(values)
        if reach == 0:
            return np.ones(near.n), np.ones(near.n)
        # Whole numbers, so that equal sums are equal in whatever order they were added.
        grid = np.rint((values - values.min()) / reach * 2.0**40).astype(np.int64)
        observed = np.bincount(near.rows, grid[near.others].astype(float), near.n).astype(np.int64)
        lower, upper = observed - near.degree, observed + near.degree
        sums = np.cumsum(grid[self.orders], axis=0)
        at_least, at_most = np.zeros(near.n), np.zeros(near.n)
        for k in np.unique(near.degree):
            areas = np.flatnonzero(near.degree == k)
            ranked = np.sort(sums[k - 1])
            at_least[areas] = ranked.size - np.searchsorted(ranked, lower[areas], "left")
            at_most[areas] = np.searchsorted(ranked, upper[areas], "right")
        out = sums.ravel()[self.out_place]
        at_least -= np.bincount(self.out_area, out >= lower[self.out_area], near.n)
        at_most -= np.bincount(self.out_area, out <= upper[self.out_area], near.n)
        return (at_least + 1) / (self.kept + 1), (at_most + 1) / (self.kept + 1)


def numbered_shuffles(
    wards: WardMap, *, maps: int, permutations: int, seed: int
) -> Iterator[tuple[int, Shuffles]]:
    """Number of each map with its shuffles, which few maps share, so that their luck averages."""
    for first in range(0, maps, _ALIKE):
        shuffles = Shuffles(wards, permutations, seed + first)
        for number in range(first, min(first + _ALIKE, maps)):
            yield number, shuffles


def call_wards(wards: WardMap, counts: NDArray[np.int64], shuffles: Shuffles) -> dict[Rule, Calls]:
    """Which wards each of `RULES` calls at 5 % after Benjamini-Hochberg."""
    near, calls = wards.queen, {}
    for transform in TRANSFORMS:
        values = rates_for(transform, counts=True)(counts.astype(float), wards.population)
        upper, lower = shuffles.tails(values)
        own = values - values.mean()
        around = np.bincount(near.rows, own[near.others], near.n)
        sides = {"local-moran": around, "gi-star": around + own}
        for alternative, statistic in product(ALTERNATIVES, sides):
            p = upper if alternative == "high" else np.minimum(1, 2 * np.minimum(upper, lower))
            called = adjust_p_values(p, method="bh") <= LEVEL
            # Where the area itself, or the area with its neighbours, lies on the other side.
            called &= (sides[statistic] > 0) == (upper < lower)
            high = own > 0 if statistic == "local-moran" else around + own > 0
            calls[Rule(statistic, alternative, transform)] = Calls(
                high=called & high, any=called, uncorrected=p <= LEVEL
            )
    return calls


def in_processes(
    work: Callable[[Case], pd.DataFrame], cases: Iterable[Case], *, jobs: int
) -> pd.DataFrame:
    """Tables of all cases below each other; they do not depend on the number of processes."""
    if jobs == 1:
        tables = [work(case) for case in cases]
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            tables = list(pool.map(work, cases))
    return pd.concat(tables, ignore_index=True)


def command(make: Callable[..., pd.DataFrame], *, about: str, maps: int) -> None:
    """Read the options that both tables of evidence have, make one, print and write it.

    Parameters
    ----------
    make : callable
        Gives the table of `maps`, `permutations`, `seed` and `jobs`.
    about : str
        The script's docstring.
    maps : int
        As many where nothing is said.
    """
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("--maps", type=int, default=maps)
    parser.add_argument("--permutations", type=int, default=9999)
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path)
    options = vars(parser.parse_args())
    out = options.pop("out")
    table = make(**options)
    print(table.to_string(index=False))
    if out:
        table.to_csv(out, index=False, lineterminator="\n")
