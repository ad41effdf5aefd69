"""Local association in place: local Moran, Gi and Gi* of Getis and Ord.

Ours rather than esda's or pygeoda's, for three reasons, measured by
`benchmarks/local_statistics.py` on a grid of queen neighbours, two processors, BLAS on one thread:

- Correctness: esda's p-values are one-sided and folded, so that p <= 0.05 is a nominal 10 % test,
  and sparse counts make it worse. Over 100 maps of 144 independent counts, Gi* calls at p <= 0.05
  51 % of areas with esda and 1.1 % with ours at a mean of 0.1; 18 and 1.5 % at 0.3; 10 and 3.8 %
  at 5.
- Speed: 34,969 areas with 99,999 permutations take 0.13 s, esda on one job 1,060 times as much
  processor time (one run), pygeoda's look-up 200 times as long on two threads and 400 on one.
  7,482 areas with 9,999: 0.02 s, esda 100 times, pygeoda 46 times as long. Where an area's
  neighbours weigh differently: 15 and 9 times as fast as esda. At 144 areas with 999 there is
  nothing to gain: all take milliseconds, and pygeoda on one thread half of ours.
- Start-up: importing esda costs several times importing geopandas.

Statistics equal esda's to 1e-10 in tests.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypedDict

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError
from vawg_geo.measures.patterns.adjust import adjust_p_values
from vawg_geo.measures.patterns.inference import FEWEST_AREAS, ROUNDING, MapValues
from vawg_geo.measures.patterns.permutation import (
    KeptTails,
    Tails,
    default_permutations,
    permutations_needed,
    require_alternative,
    tail_counts,
)
from vawg_geo.measures.patterns.transforms import normal_scores, rates_for
from vawg_geo.measures.rates.aligned import TRANSFORMS as WEIGHTINGS
from vawg_geo.measures.rates.aligned import as_words
from vawg_geo.terms.graph import Neighbours, as_neighbours

if TYPE_CHECKING:
    from collections.abc import Hashable

    from libpysal.graph import Graph
    from numpy.typing import ArrayLike, NDArray

__all__ = ["getis_ord", "local_moran"]

# An area that `status` says is one of these has no value, whatever stands in the table.
_WITHOUT: Final = ("missing", "suppressed", "not_applicable")
_WITH: Final = ("value", "zero", "unstable")
_QUADRANTS: Final = ("", "high-high", "low-high", "low-low", "high-low")


def local_moran(
    values: ArrayLike,
    graph: Graph | Neighbours,
    *,
    population: ArrayLike | None = None,
    alternative: str = "two-sided",
    transform: str = "none",
    permutations: int | None = None,
    seed: int = 12345,
    correction: str = "bh",
    alpha: float = 0.05,
    status: ArrayLike | None = None,
    weighting: str = "r",
    min_areas: int = FEWEST_AREAS,
    tails: KeptTails | None = None,
) -> pd.DataFrame:
    """Local Moran's I: areas that are like or unlike their neighbours more than by chance.

    Parameters
    ----------
    values : array-like or pandas.Series, length n
        In the order of the graph's ids, which are the index of a Series. Areas without a value
        (NaN, NA) are left out of everybody's neighbourhood; they are never zero.
    graph : Graph or Neighbours
        Who neighbours whom; self-weights are left out.
    population : array-like or pandas.Series, length n, optional
        With it `values` are counts, and the statistic is of the rates as `assuncao_reis`
        standardises them.
    alternative : {"two-sided", "high"}
        Whether neighbours are asked for that are high or low, or high alone. With "high" no area
        is called for its low neighbours, and high ones need half as much to be called.
    transform : {"none", "log-eb", "rank"}
        What the statistic is of: the standardised rates (or the values, without a population);
        the logarithms of the rates that empirical Bayes smooths, which need a population; the
        normal scores of the standardised rates or values. "r" and "b", which meant the weights
        here before `weighting` did, still do.
    permutations : int, optional
        Shuffles of the other areas' values over the map, the same for all areas; at least 99. By
        default 99,999, or as many as one area alone needs to pass the correction
        (`permutations_needed`) where that is more: from 2,500 areas in two directions.
    seed : int
        Of the shuffles. The result depends on it and on `permutations`, on nothing of the machine.
    correction : {"bh", "bonferroni", "none"}
        See `adjust_p_values`; over the areas that were tested.
    alpha : float
        An area has a label where its adjusted p is at most this.
    status : array-like or pandas.Series, length n, optional
        Words of the contract; `missing`, `suppressed` and `not_applicable` take the area out
        whatever its value and say why in `reason`.
    weighting : {"r", "b"}
        Weights that sum to 1 for each area, or all 1.
    min_areas : int
        Fewest areas with a value.
    tails : KeptTails, optional
        What another statistic of the same values left of its shuffles, to be counted once.

    Returns
    -------
    pandas.DataFrame, n rows, index the graph's ids
        `statistic` ("local-moran"); `value`; `z`, the value's distance from its mean over all
        shuffles in standard deviations; `p_value` and `p_adjusted`; `cluster`
        (high-high, low-low, high-low, low-high, not_significant, island, not_applicable);
        `quadrant` (1 high-high, 2 low-high, 3 low-low, 4 high-low, significant or not);
        `neighbours` with a value; `reason`; `weights`, `alternative`, `transform`, `permutations`,
        `permutations_needed` for one area alone to be called, `correction`. `value`, `z` and the
        p-values are NaN for islands and areas without a value.

        `reason` says why there is no label: `missing`, `suppressed`, `not_applicable`;
        `no neighbours`, `no neighbours with a value`; `constant` (all values are the same: value
        and z NaN, p 1); `no more than chance` (the same of smoothed rates: the rates differ by no
        more than chance makes them differ); `at the mean` (the area itself is neither high nor low:
        value 0, p 1); `mixed` (significant, but the neighbours lie on the other side of the mean
        than of chance). Empty otherwise.

    Raises
    ------
    InputError
        Fewer than `min_areas` areas have a value, an index is not the graph's, a count has no
        population, an option is unknown.

    Notes
    -----
    I_i = (n - 1) z_i sum_j(w_ij z_j) / sum(z^2), as in esda, n the areas with a value (islands
    among them). Source: Anselin (1995), Geographical Analysis 27.

    Examples
    --------
    >>> row = np.arange(40)
    >>> near = np.concatenate([(row + step) % 40 for step in (-2, -1, 1, 2)])
    >>> ring = Neighbours.from_pairs(tuple(row), np.tile(row, 4), near)
    >>> values = np.r_[[9.0] * 6, np.tile([1.0, 2.0, 3.0, 4.0], 9)[:34]]
    >>> found = local_moran(values, ring)
    >>> found.loc[[2, 20], ["value", "z", "p_value", "p_adjusted", "cluster"]].round(3)
       value      z  p_value  p_adjusted          cluster
    2    4.63  4.908    0.000       0.003        high-high
    20   0.09  1.155    0.293       0.516  not_significant
    """
    checked = _Checked.of(
        values,
        graph,
        population=population,
        status=status,
        alternative=alternative,
        transform=transform,
        weighting=weighting,
        permutations=permutations,
        correction=correction,
        min_areas=min_areas,
        alpha=alpha,
    )
    near = checked.on_map.neighbours
    z = checked.on_map.numbers - checked.on_map.numbers.mean()
    spread = z @ z
    counted = tail_counts(
        checked.on_map.numbers, near, permutations=checked.permutations, seed=seed, kept=tails
    )
    p = counted.p_values_of(alternative).copy()
    lags = _lags(z, near)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = (near.n - 1) * z * lags / spread
        score = np.sign(z) * _conditional_score(z, lags, near)
    level = np.abs(z) <= ROUNDING * np.abs(z).max(initial=0)
    p[level], value[level], score[level] = 1.0, 0.0, np.nan
    high, around = z > 0, lags > 0
    quadrant = np.select([high & around, ~high & around, ~high], [1, 2, 3], 4)
    labels = np.array(_QUADRANTS, dtype=object)[quadrant]
    table = _Table(
        value=value,
        score=score,
        p=p,
        labels=labels,
        side=np.where(around, 1, -1),
        quadrant=quadrant,
    )
    table.reason[level] = "at the mean"
    return checked.labelled(table, counted, statistic="local-moran")


def getis_ord(
    values: ArrayLike,
    graph: Graph | Neighbours,
    *,
    population: ArrayLike | None = None,
    star: bool = True,
    alternative: str = "two-sided",
    transform: str = "none",
    permutations: int | None = None,
    seed: int = 12345,
    correction: str = "bh",
    alpha: float = 0.05,
    status: ArrayLike | None = None,
    weighting: str = "b",
    min_areas: int = FEWEST_AREAS,
    tails: KeptTails | None = None,
) -> pd.DataFrame:
    """Gi* and Gi of Getis and Ord: areas amid high values (hot) or low ones (cold).

    Parameters
    ----------
    values, graph, population, alternative, transform, permutations, seed, correction, alpha, \
    status, min_areas, tails
        As in `local_moran`.
    star : bool
        Gi*, which counts the area itself among its neighbours, else Gi. The area weighs as much as
        its heaviest neighbour.
    weighting : {"b", "r"}
        Weights all 1, or those given, summing to 1 for each area with itself where `star`.

    Returns
    -------
    pandas.DataFrame, n rows, index the graph's ids
        As of `local_moran`, with `statistic` "gi-star" or "gi", `cluster` hot, cold,
        not_significant, island or not_applicable, and no quadrant. `mixed` among the reasons
        means that the neighbours are high (low) for chance but the area with them is not.

    Raises
    ------
    InputError
        As in `local_moran`.

    Notes
    -----
    G_i = sum_j(w_ij y_j) / sum_j(y_j), j without i for Gi, as in esda; NaN where the values sum
    to nothing. With `population`, or a transformation, that ratio would divide by a sum about zero,
    so `value` is the weighted mean of the standardised or transformed rates instead. `z` is Ord and
    Getis's (1995, Geographical Analysis 27), equal to esda's for weights all 1. The shuffles keep
    each area's own value in its place, as esda's do: the p-value asks whether its neighbours are
    high or low.

    Examples
    --------
    >>> row = np.arange(40)
    >>> near = np.concatenate([(row + step) % 40 for step in (-2, -1, 1, 2)])
    >>> ring = Neighbours.from_pairs(tuple(row), np.tile(row, 4), near)
    >>> values = np.r_[[9.0] * 6, np.tile([1.0, 2.0, 3.0, 4.0], 9)[:34]]
    >>> found = getis_ord(values, ring)
    >>> found.loc[[2, 20], ["value", "z", "p_value", "p_adjusted", "cluster"]].round(3)
        value      z  p_value  p_adjusted          cluster
    2   0.328  5.144    0.000       0.003              hot
    20  0.080 -1.130    0.293       0.516  not_significant
    """
    checked = _Checked.of(
        values,
        graph,
        population=population,
        status=status,
        alternative=alternative,
        transform=transform,
        weighting=weighting,
        permutations=permutations,
        correction=correction,
        min_areas=min_areas,
        alpha=alpha,
    )
    near, y = checked.on_map.neighbours, checked.on_map.numbers
    counted = tail_counts(y, near, permutations=checked.permutations, seed=seed, kept=tails)
    self_weight = _self_weights(near) if star else np.zeros(near.n)
    sums = _lags(y, near) + self_weight * y
    totals = self_weight + np.bincount(near.rows, near.weights, near.n)
    score = _ord_getis_score(y, near, sums=sums, totals=totals, self_weight=self_weight, star=star)
    with np.errstate(invalid="ignore", divide="ignore"):
        if checked.weighting == "r":
            sums = sums / totals
        if checked.on_map.rated:
            value = sums if checked.weighting == "r" else sums / totals
        else:
            value = sums / (y.sum() - (0 if star else y))
    value = np.where(np.isfinite(value), value, np.nan)
    side = np.where(score > 0, 1, -1)
    labels = np.where(side > 0, "hot", "cold").astype(object)
    table = _Table(
        value=value,
        score=score,
        p=counted.p_values_of(alternative).copy(),
        labels=labels,
        side=side,
        quadrant=np.zeros(near.n, dtype=int),
    )
    return checked.labelled(table, counted, statistic="gi-star" if star else "gi")


def _lags(values: NDArray[np.float64], neighbours: Neighbours) -> NDArray[np.float64]:
    weighed = neighbours.weights * values[neighbours.others]
    return np.asarray(np.bincount(neighbours.rows, weighed, neighbours.n), dtype=float)


def _self_weights(neighbours: Neighbours) -> NDArray[np.float64]:
    heaviest = np.ones(neighbours.n)
    filled = np.flatnonzero(neighbours.degree > 0)
    heaviest[filled] = np.maximum.reduceat(neighbours.weights, neighbours.starts[filled])
    return heaviest


def _conditional_score(
    z: NDArray[np.float64], lags: NDArray[np.float64], neighbours: Neighbours
) -> NDArray[np.float64]:
    """Standardised lag over all placings of the other areas' values."""
    others = neighbours.n - 1
    weight = np.bincount(neighbours.rows, neighbours.weights, neighbours.n)
    squares = np.bincount(neighbours.rows, neighbours.weights**2, neighbours.n)
    mean = -z / others
    spread = (z @ z - z**2) / others - mean**2
    variance = spread * (squares - weight**2 / others) * others / (others - 1)
    possible = variance > ROUNDING * spread
    scale = np.sqrt(np.where(possible, variance, np.nan))
    return np.asarray((lags - weight * mean) / scale, dtype=float)


def _ord_getis_score(
    y: NDArray[np.float64],
    neighbours: Neighbours,
    *,
    sums: NDArray[np.float64],
    totals: NDArray[np.float64],
    self_weight: NDArray[np.float64],
    star: bool,
) -> NDArray[np.float64]:
    """Standardised sum over all placings of the values: of all areas, or of the others."""
    n = neighbours.n if star else neighbours.n - 1
    own = np.zeros(neighbours.n) if star else y
    centre = y.mean()
    mean = (y.sum() - own) / n
    # About the overall mean, for the difference of large squares would lose digits.
    gaps = (y - centre) ** 2
    spread = (gaps.sum() - (0 if star else gaps)) / n - (mean - centre) ** 2
    squares = self_weight**2 + np.bincount(neighbours.rows, neighbours.weights**2, neighbours.n)
    variance = spread * (n * squares - totals**2) / (n - 1)
    possible = variance > ROUNDING * gaps.max(initial=0)
    scale = np.sqrt(np.where(possible, variance, np.nan))
    return np.asarray((sums - totals * mean) / scale, dtype=float)


class _Test(TypedDict):
    """How p-values are corrected and from which one an area is called."""

    alpha: float
    correction: str
    alternative: str


@dataclass(eq=False, kw_only=True)
class _Table:
    """Columns for the areas that have a value."""

    value: NDArray[np.float64]
    score: NDArray[np.float64]
    p: NDArray[np.float64]
    labels: NDArray[np.object_]
    side: NDArray[np.int64]
    quadrant: NDArray[np.int64]

    def __post_init__(self) -> None:
        self.reason = np.full(self.value.size, "", dtype=object)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Checked:
    """Values on their map, why areas have none, and at which p one is called."""

    on_map: MapValues
    why: NDArray[np.object_]
    alternative: str
    transform: str
    weighting: str
    correction: str
    alpha: float
    given_permutations: int | None

    @classmethod
    def of(
        cls,
        values: ArrayLike,
        graph: Graph | Neighbours,
        *,
        population: ArrayLike | None,
        status: ArrayLike | None,
        alternative: str,
        transform: str,
        weighting: str,
        permutations: int | None,
        correction: str,
        min_areas: int,
        alpha: float,
    ) -> _Checked:
        if not 0 < alpha < 1:
            msg = f"alpha is {alpha}, not between 0 and 1. 0.05 is the default."
            raise InputError(msg)
        require_alternative(alternative)
        if transform in WEIGHTINGS:
            transform, weighting = "none", transform
        given = as_neighbours(graph)
        why = _reasons(status, given.ids)
        on_map = MapValues.of(
            values,
            given,
            population=population,
            rated=rates_for(transform, counts=population is not None),
            transform=weighting,
            least=max(min_areas, 3),
            excluded=why != "",
        )
        if transform == "rank" and not on_map.rated:
            on_map = replace(on_map, numbers=normal_scores(on_map.numbers), rated=True)
        why[~on_map.has_value & (why == "")] = "missing"
        return cls(
            on_map=on_map,
            why=why,
            alternative=alternative,
            transform=transform,
            weighting=weighting,
            correction=correction,
            alpha=alpha,
            given_permutations=permutations,
        )

    @property
    def needed(self) -> int:
        """Permutations that one area alone needs, of all areas that are tested."""
        return permutations_needed(self._tested, **self._test)

    @property
    def permutations(self) -> int:
        """Permutations that were asked for, or the default for so many areas."""
        if self.given_permutations is not None:
            return self.given_permutations
        return default_permutations(self._tested, **self._test)

    @property
    def _tested(self) -> int:
        return int(np.count_nonzero(self.on_map.neighbours.degree))

    @property
    def _test(self) -> _Test:
        return {
            "alpha": self.alpha,
            "correction": self.correction,
            "alternative": self.alternative,
        }

    def labelled(self, table: _Table, tails: Tails, *, statistic: str) -> pd.DataFrame:
        """The whole table, areas without a value and islands among them."""
        on_map = self.on_map
        island = on_map.neighbours.degree == 0
        if on_map.is_constant:
            table.value[:], table.score[:], table.p[:] = np.nan, np.nan, 1.0
            even = self.transform == "log-eb"
            table.quadrant[:], table.reason[:] = 0, "no more than chance" if even else "constant"
        for column in (table.value, table.score, table.p):
            column[island] = np.nan
        adjusted = adjust_p_values(table.p, method=self.correction)
        called = adjusted <= self.alpha
        mixed = called & (tails.side != table.side)
        table.reason[mixed] = "mixed"
        cluster = np.where(called & ~mixed, table.labels, "not_significant")
        cluster[island], table.quadrant[island] = "island", 0
        alone = on_map.given.degree[on_map.has_value] == 0
        alone_words = np.where(alone, "no neighbours", "no neighbours with a value")
        table.reason[island] = alone_words[island]
        quadrant = np.where(table.quadrant > 0, table.quadrant, np.nan)
        degree = on_map.neighbours.degree
        return pd.DataFrame(
            {
                "statistic": statistic,
                "value": self._of_all_areas(table.value),
                "z": self._of_all_areas(table.score),
                "p_value": self._of_all_areas(table.p),
                "p_adjusted": self._of_all_areas(adjusted),
                "cluster": self._words_of_all_areas(cluster, "not_applicable"),
                "quadrant": pd.Series(self._of_all_areas(quadrant)).astype("Int8").array,
                "neighbours": pd.Series(self._of_all_areas(degree)).astype("Int64").array,
                "reason": np.where(
                    on_map.has_value, self._words_of_all_areas(table.reason, ""), self.why
                ),
                "weights": on_map.given.kind,
                "alternative": self.alternative,
                "transform": self.transform,
                "permutations": tails.permutations,
                "permutations_needed": self.needed,
                "correction": self.correction,
            },
            index=pd.Index(list(on_map.given.ids)),
        )

    def _of_all_areas(self, column: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.float64]:
        filled = np.full(self.on_map.has_value.size, np.nan)
        filled[self.on_map.has_value] = column
        return filled

    def _words_of_all_areas(self, column: NDArray[np.object_], blank: str) -> NDArray[np.object_]:
        filled = np.full(self.on_map.has_value.size, blank, dtype=object)
        filled[self.on_map.has_value] = column
        return filled


def _reasons(status: ArrayLike | None, ids: tuple[Hashable, ...]) -> NDArray[np.object_]:
    """Why an area has no value, empty where its status does not say so."""
    if status is None:
        return np.full(len(ids), "", dtype=object)
    words = as_words(status, ids, what="statuses")
    strange = ~np.isin(words.astype(str), (*_WITHOUT, *_WITH))
    if strange.any():
        first = int(np.argmax(strange))
        msg = (
            f"{int(strange.sum()):,} of {len(ids):,} statuses are unknown; first: {ids[first]!r} "
            f"({words[first]!r}). Use {', '.join((*_WITH, *_WITHOUT))}."
        )
        raise InputError(msg)
    return np.where(np.isin(words.astype(str), _WITHOUT), words, "").astype(object)
