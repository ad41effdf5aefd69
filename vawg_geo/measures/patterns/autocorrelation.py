"""Global association in place: Moran's I, Geary's C, the general G of Getis and Ord.

Ours rather than esda's: importing esda costs several times a whole build, its permutation
p-values are one-sided and folded (p <= 0.05 is a nominal 10 % test) and drawn from numpy's global
state, and it takes no missing values. Statistics and moments equal esda's to 1e-10 in tests.
Conventions are esda's: an area without neighbours stays among the n areas with a weight of
nothing (spdep drops it); self-weights are left out.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from vawg_geo.errors import InputError, problem
from vawg_geo.measures.patterns.inference import FEWEST_AREAS, ROUNDING, GlobalStatistic, Setting
from vawg_geo.measures.rates.smoothing import empirical_bayes, standardised_rates

if TYPE_CHECKING:
    from libpysal.graph import Graph
    from numpy.typing import ArrayLike, NDArray

    from vawg_geo.terms.graph import Neighbours

__all__ = ["GlobalStatistic", "geary", "getis_ord_general", "global_moran"]


def global_moran(
    values: ArrayLike,
    graph: Graph | Neighbours,
    *,
    population: ArrayLike | None = None,
    permutations: int = 9_999,
    seed: int = 12345,
    transform: str = "r",
    min_areas: int = FEWEST_AREAS,
) -> GlobalStatistic:
    """Moran's I: whether neighbours are alike (above its expectation) or unlike (below).

    Parameters
    ----------
    values : array-like or pandas.Series, length n
        In the order of the graph's ids, which are the index of a Series. Areas without a value
        (NaN, NA) are left out of the neighbourhoods; they are never zero.
    graph : Graph or Neighbours
        Who neighbours whom.
    population : array-like or pandas.Series, length n, optional
        With it `values` are counts and the statistic is of the rates as `assuncao_reis`
        standardises them.
    permutations : int
        Shuffles of the values over the areas, at least 99.
    seed : int
        Of the shuffles.
    transform : {"r", "b"}
        Weights that sum to 1 for each area, or all 1.
    min_areas : int
        Fewest areas with a value.

    Returns
    -------
    GlobalStatistic

    Raises
    ------
    InputError
        Too few areas, no pair of neighbours, an index that is not the graph's, no population.

    Notes
    -----
    I = n / S0 sum(w_ij z_i z_j) / sum(z_i^2), z about the mean; expectation -1 / (n - 1).
    Source: Cliff and Ord (1981), Spatial Processes.

    Examples
    --------
    >>> from vawg_geo.terms.graph import Neighbours
    >>> row = np.arange(12)
    >>> pairs = Neighbours.from_pairs(
    ...     tuple(row), np.r_[row[:-1], row[1:]], np.r_[row[1:], row[:-1]])
    >>> found = global_moran(row, pairs, permutations=999)
    >>> round(found.statistic, 3), found.p_permutation
    (0.923, 0.002)
    """
    setting = Setting.of(
        values,
        graph,
        population=population,
        permutations=permutations,
        seed=seed,
        transform=transform,
        min_areas=min_areas,
        rated=standardised_rates,
    )
    n, (s0, s1, s2) = setting.n, setting.sums
    z = setting.numbers
    expected = -1.0 / (n - 1)
    if setting.constant:
        return setting.nothing("moran", expected)
    k = (z**4).mean() / (z**2).mean() ** 2
    normal = (n * n * s1 - n * s2 + 3 * s0**2) / ((n - 1) * (n + 1) * s0**2) - expected**2
    first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    second = k * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    random = (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2
    statistic = partial(_moran_of, scale=n / s0 / float(z @ z))
    return setting.result("moran", statistic, expected=expected, random=random, normal=normal)


def geary(
    values: ArrayLike,
    graph: Graph | Neighbours,
    *,
    population: ArrayLike | None = None,
    permutations: int = 9_999,
    seed: int = 12345,
    transform: str = "r",
    min_areas: int = FEWEST_AREAS,
) -> GlobalStatistic:
    """Geary's C: below 1 where neighbours are alike, above where they are unlike.

    Parameters
    ----------
    values, graph, population, permutations, seed, transform, min_areas
        As in `global_moran`.

    Returns
    -------
    GlobalStatistic

    Raises
    ------
    InputError
        As in `global_moran`.

    Notes
    -----
    C = (n - 1) sum(w_ij (y_i - y_j)^2) / (2 S0 sum(z_i^2)); expectation 1.
    Source: Cliff and Ord (1981), Spatial Processes.

    Examples
    --------
    >>> from vawg_geo.terms.graph import Neighbours
    >>> row = np.arange(12)
    >>> pairs = Neighbours.from_pairs(
    ...     tuple(row), np.r_[row[:-1], row[1:]], np.r_[row[1:], row[:-1]])
    >>> round(geary(row, pairs, permutations=999).statistic, 3)
    0.038
    """
    setting = Setting.of(
        values,
        graph,
        population=population,
        permutations=permutations,
        seed=seed,
        transform=transform,
        min_areas=min_areas,
        rated=standardised_rates,
    )
    n, (s0, s1, s2) = setting.n, setting.sums
    z = setting.numbers
    if setting.constant:
        return setting.nothing("geary", 1.0)
    k = (z**4).mean() / (z**2).mean() ** 2
    normal = ((2 * s1 + s2) * (n - 1) - 4 * s0**2) / (2 * (n + 1) * s0**2)
    first = (n - 1) * s1 * (n * n - 3 * n + 3 - (n - 1) * k)
    second = (n - 1) * s2 * (n * n + 3 * n - 6 - (n * n - n + 2) * k) / 4
    third = s0**2 * (n * n - 3 - (n - 1) ** 2 * k)
    random = (first - second + third) / (n * (n - 2) * (n - 3) * s0**2)
    statistic = partial(_geary_of, sides=setting.both_sums, scale=(n - 1) / (2 * s0 * float(z @ z)))
    return setting.result("geary", statistic, expected=1.0, random=random, normal=normal)


def getis_ord_general(
    values: ArrayLike,
    graph: Graph | Neighbours,
    *,
    population: ArrayLike | None = None,
    permutations: int = 9_999,
    seed: int = 12345,
    min_areas: int = FEWEST_AREAS,
) -> GlobalStatistic:
    """The general G: whether high values (above its expectation) or low ones keep together.

    Parameters
    ----------
    values, graph, population, permutations, seed, min_areas
        As in `global_moran`, weights all 1 and values of zero or more. With `population` the
        statistic is of the rates smoothed by `empirical_bayes`: standardised rates are negative
        for half the areas, and G needs a natural zero.

    Returns
    -------
    GlobalStatistic

    Raises
    ------
    InputError
        As in `global_moran`, or a value is negative.

    Notes
    -----
    G = sum(w_ij y_i y_j) / sum over i != j of y_i y_j; expectation S0 / (n (n - 1)). The variance
    is over all orders of these values; esda and others call it that under normality.
    Source: Getis and Ord (1992), Geographical Analysis 24.

    Examples
    --------
    >>> from vawg_geo.terms.graph import Neighbours
    >>> row = np.arange(12)
    >>> pairs = Neighbours.from_pairs(
    ...     tuple(row), np.r_[row[:-1], row[1:]], np.r_[row[1:], row[:-1]])
    >>> round(getis_ord_general(row, pairs, permutations=999).statistic, 4)
    0.2286
    """
    setting = Setting.of(
        values,
        graph,
        population=population,
        permutations=permutations,
        seed=seed,
        transform="b",
        min_areas=min_areas,
        rated=_smoothed,
        centred=False,
    )
    n, y = setting.n, setting.numbers
    expected = setting.sums[0] / (n * (n - 1))
    if setting.constant or y.sum() == 0:
        return setting.nothing("getis-ord-general", expected)
    _require_no_negative(y, setting.neighbours)
    pairs = y.sum() ** 2 - (y @ y)
    if pairs <= ROUNDING * (y @ y):
        # One area has everything: there is no pair to keep together.
        return setting.nothing("getis-ord-general", expected)
    random = _variance_of_g(y, setting.sums) - expected**2
    statistic = partial(_moran_of, scale=1 / pairs)
    return setting.result(
        "getis-ord-general",
        statistic,
        expected=expected,
        random=random,
        normal=np.nan,
        scale=expected,
    )


def _moran_of(
    shuffled: NDArray[np.float64], lags: NDArray[np.float64], *, scale: float
) -> NDArray[np.float64]:
    return np.asarray(scale * (shuffled * lags).sum(axis=1), dtype=float)


def _geary_of(
    shuffled: NDArray[np.float64],
    lags: NDArray[np.float64],
    *,
    sides: NDArray[np.float64],
    scale: float,
) -> NDArray[np.float64]:
    # w (a - b)^2 summed over pairs is the squares by their weights less twice the products.
    return np.asarray(scale * (shuffled * (shuffled * sides - 2 * lags)).sum(axis=1), dtype=float)


def _smoothed(events: NDArray[np.float64], people: NDArray[np.float64]) -> NDArray[np.float64]:
    return empirical_bayes(events, people)["smoothed"].to_numpy()


def _variance_of_g(y: NDArray[np.float64], sums: tuple[float, float, float]) -> float:
    """Second moment of G about zero."""
    s0, s1, s2 = sums
    n = y.size
    m1, m2, m3, m4 = (float((y**power).sum()) for power in (1, 2, 3, 4))
    b0 = (n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2
    b1 = -((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    b2 = -(2 * n * s1 - (n + 3) * s2 + 6 * s0**2)
    b3 = 4 * (n - 1) * s1 - 2 * (n + 1) * s2 + 8 * s0**2
    b4 = s1 - s2 + s0**2
    top = b0 * m2**2 + b1 * m4 + b2 * m1**2 * m2 + b3 * m1 * m3 + b4 * m1**4
    return top / ((m1**2 - m2) ** 2 * n * (n - 1) * (n - 2) * (n - 3))


def _require_no_negative(y: NDArray[np.float64], neighbours: Neighbours) -> None:
    if (bad := y < 0).any():
        first = int(np.argmax(bad))
        raise InputError(
            problem(
                "are negative",
                bad=int(bad.sum()),
                total=y.size,
                noun="values",
                first=f"{neighbours.ids[first]!r} ({y[first]:g})",
                action="The general G needs values of zero or more: use Moran's I.",
            )
        )
