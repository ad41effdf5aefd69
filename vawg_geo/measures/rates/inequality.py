"""How unequal rates are between the least and the most deprived areas.

Deprivation enters by rank only: areas are laid side by side from the least to the most deprived,
each as wide as its population, and the rate is followed along that line. Areas differ by more
than chance in their counts, so limits are widened where they do; they are never narrower than
Poisson counts would have them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtr, stdtrit

from vawg_geo.errors import InputError, problem
from vawg_geo.measures.rates.aligned import as_floats
from vawg_geo.measures.rates.intervals import STABLE_EVENTS, tail_of, wilson_interval
from vawg_geo.measures.rates.repeat_victims import limits_of_method

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

__all__ = [
    "FEWEST_PAIRS",
    "Estimate",
    "rate_by_group",
    "relative_index",
    "relative_rank",
    "slope_index",
    "spearman",
]

# Fewer areas than this have no interval: Bonett and Wright divide by n - 3, and a line through
# three points leaves one degree of freedom.
FEWEST_PAIRS: Final = 5
# Up to here all orders are tried for the p-value (40,320 of them).
_MOST_EXACT: Final = 8
_STEPS: Final = 100


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A statistic with its limits.

    Attributes
    ----------
    value, lower, upper : float
        NaN where it cannot be said; `why` then says so.
    p_value : float
        Two-sided, of no association.
    areas : int
        Areas with both figures.
    why : str
        Why there is no value; empty where there is one.
    """

    value: float
    lower: float
    upper: float
    p_value: float
    areas: int
    why: str = ""

    @classmethod
    def nothing(cls, areas: int, why: str) -> Estimate:
        """No value, and the reason."""
        nan = float("nan")
        return cls(value=nan, lower=nan, upper=nan, p_value=nan, areas=areas, why=why)


def spearman(x: ArrayLike, y: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Spearman's rank correlation with limits.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        Pairs with a NaN are left out.
    confidence : float
        Of the limits.

    Returns
    -------
    Estimate
        Between -1 and 1. The p-value is exact (all orders) up to 8 areas, from there by Student's t
        with n - 2 degrees of freedom.

    Raises
    ------
    InputError
        The lengths differ.

    Notes
    -----
    Limits tanh(atanh(r) -+ z sqrt((1 + r^2 / 2) / (n - 3))): Bonett and Wright (2000),
    Psychometrika 65, 23-28. Below some 25 areas, or beyond 0.95, they are a rough guide.

    Examples
    --------
    >>> found = spearman([1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5])
    >>> round(found.value, 3), round(found.lower, 2), round(found.upper, 2)
    (0.829, -0.13, 0.99)
    """
    tail = tail_of(confidence)
    first, second = as_floats(x), as_floats(y)
    _require_lengths(first, second)
    is_pair = ~(np.isnan(first) | np.isnan(second))
    n = int(is_pair.sum())
    if n < FEWEST_PAIRS:
        return Estimate.nothing(n, f"fewer than {FEWEST_PAIRS} areas have both figures")
    a, b = (np.asarray(pd.Series(side[is_pair]).rank(), float) for side in (first, second))
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return Estimate.nothing(n, "all areas have the same figure")
    r = float(np.clip(np.corrcoef(a, b)[0, 1], -1, 1))
    if abs(r) > 1 - 1e-12:
        lower = upper = r = float(np.sign(r))
    else:
        half = -float(ndtri(tail)) * np.sqrt((1 + r * r / 2) / (n - 3))
        lower, upper = (float(np.tanh(np.arctanh(r) + side * half)) for side in (-1, 1))
    p = _exact_p(a, b) if n <= _MOST_EXACT else _student_p(r, n)
    return Estimate(value=r, lower=lower, upper=upper, p_value=p, areas=n)


def relative_rank(score: ArrayLike, population: ArrayLike) -> Numbers:
    """Place of each area on the line from the least (0) to the most deprived resident (1).

    Parameters
    ----------
    score : array_like of float, shape (n,)
        Higher is more deprived.
    population : array_like of float, shape (n,)
        Above 0.

    Returns
    -------
    ndarray of float, shape (n,)
        Middle of the area's own stretch; areas of one score share one stretch.

    Examples
    --------
    >>> relative_rank([30, 10, 20], [100, 100, 200]).tolist()
    [0.875, 0.125, 0.5]
    """
    values, people = np.asarray(score, dtype=float), np.asarray(population, dtype=float)
    _, place = np.unique(values, return_inverse=True)
    width = np.bincount(place, people)
    middle = (np.cumsum(width) - width / 2) / width.sum()
    ranks: Numbers = middle[place]
    return ranks


def slope_index(
    counts: ArrayLike,
    population: ArrayLike,
    score: ArrayLike,
    *,
    per: float = 1000,
    confidence: float = 0.95,
) -> Estimate:
    """Slope index of inequality: rate at the most deprived end less that at the least.

    Parameters
    ----------
    counts, population, score : array_like of float, shape (n,)
        Areas with a NaN are left out; the score is higher where deprivation is.
    per : float
        Residents that the rate is per.
    confidence : float
        Of the limits.

    Returns
    -------
    Estimate
        In events per `per` residents; above 0 where deprived areas have the higher rate.

    Raises
    ------
    InputError
        Lengths differ, a count is negative, or a count has no population.

    Notes
    -----
    Weighted least squares of the rate on `relative_rank`, weights the populations: Pamuk (1985),
    Population Studies 39, 17-31; Mackenbach and Kunst (1997), Soc. Sci. Med. 44, 757-771. Variance
    by the larger of the residuals' and that of Poisson counts at the pooled rate; Student's t with
    n - 2 degrees of freedom.

    Examples
    --------
    >>> found = slope_index([10, 20, 30, 40, 50], [1000] * 5, [1, 2, 3, 4, 5])
    >>> round(found.value, 6)
    50.0
    """
    tail = tail_of(confidence)
    events, people, scores = _line(counts, population, score)
    n = events.size
    if why := _unfit(events, scores):
        return Estimate.nothing(n, why)
    x = relative_rank(scores, people)
    rate = events / people
    centred = x - np.average(x, weights=people)
    spread = float(people @ centred**2)
    slope = float((people * centred) @ rate) / spread
    pooled = float(events.sum() / people.sum())
    left = rate - pooled - slope * centred
    variance = max(float(people @ left**2) / (n - 2), pooled) / spread
    return _with_t(slope, float(np.sqrt(variance)), n, tail=tail, scale=per)


def relative_index(
    counts: ArrayLike, population: ArrayLike, score: ArrayLike, *, confidence: float = 0.95
) -> Estimate:
    """Relative index of inequality: rate at the most deprived end over that at the least deprived.

    Parameters, errors as in `slope_index`.

    Returns
    -------
    Estimate
        A ratio; above 1 where deprived areas have the higher rate.

    Notes
    -----
    exp(b) of the log-linear model counts ~ Poisson(population exp(a + b rank)), as in
    Moreno-Betancur et al. (2015), Epidemiology 26, 518-527. The variance is multiplied by Pearson's
    chi-squared over n - 2 where that is above 1; Student's t with n - 2 degrees of freedom.

    Examples
    --------
    >>> found = relative_index([20] * 3 + [40] * 3, [1000] * 6, [1] * 3 + [2] * 3)
    >>> round(found.value, 6)
    4.0
    """
    tail = tail_of(confidence)
    events, people, scores = _line(counts, population, score)
    n = events.size
    if why := _unfit(events, scores):
        return Estimate.nothing(n, why)
    x = relative_rank(scores, people)
    design = np.c_[np.ones(n), x - np.average(x, weights=people)]
    beta = np.array([np.log(events.sum() / people.sum()), 0.0])
    for _ in range(_STEPS):
        mean = people * np.exp(design @ beta)
        information = design.T @ (mean[:, None] * design)
        step = np.linalg.solve(information, design.T @ (events - mean))
        # A full step can overshoot where a few areas hold all events.
        beta += step * min(1.0, 2.0 / max(1e-300, float(np.abs(step).max())))
        if float(np.abs(step).max()) < 1e-10:
            break
    else:
        return Estimate.nothing(n, "all events lie at one end, so that no ratio can be fitted")
    mean = people * np.exp(design @ beta)
    dispersion = max(1.0, float(((events - mean) ** 2 / mean).sum()) / (n - 2))
    error = float(np.sqrt(dispersion * np.linalg.inv(information)[1, 1]))
    log = _with_t(float(beta[1]), error, n, tail=tail, scale=1.0)
    value, lower, upper = (float(np.exp(end)) for end in (log.value, log.lower, log.upper))
    return replace(log, value=value, lower=lower, upper=upper)


def rate_by_group(
    counts: ArrayLike,
    population: ArrayLike,
    groups: ArrayLike,
    *,
    per: float = 1000,
    method: str = "public-health",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Rate of each group of areas: events over residents, with limits.

    Parameters
    ----------
    counts, population : array_like of float, shape (n,)
        Areas with a NaN take part in neither sum.
    groups : array_like of int, shape (n,)
        Group of each area.
    per : float
        Residents that a rate is per.
    method : {"public-health", "exact", "byar", "wilson"}
        Of the limits.
    confidence : float
        Of the limits.

    Returns
    -------
    pandas.DataFrame
        `group, areas, count, population, rate, rate_lower, rate_upper, status`, ascending; a group
        in which no area has a count is there with status `missing` and no figures.

    Examples
    --------
    >>> rate_by_group([5, 15, None], [1000, 1000, 1000], [1, 1, 2])[["group", "rate", "status"]]
       group  rate   status
    0      1  10.0    value
    1      2   NaN  missing
    """
    numbers = np.asarray(groups, dtype=np.int64)
    events, people = as_floats(counts), as_floats(population)
    has_both = ~np.isnan(events) & ~np.isnan(people)
    _require_people(events[has_both], people[has_both])
    table = pd.DataFrame({"group": numbers, "areas": has_both.astype(int)}).assign(
        count=np.where(has_both, events, np.nan), population=np.where(has_both, people, np.nan)
    )
    sums = table.groupby("group").sum(min_count=1).reset_index()
    total, below = sums["count"].to_numpy(float), sums["population"].to_numpy(float)
    if method == "wilson":
        lower, upper = wilson_interval(total, below, confidence=confidence)
    else:
        ends = limits_of_method(method)(total, confidence=confidence)
        lower, upper = ends[0] / below, ends[1] / below
    words = np.where(total == 0, "zero", np.where(total < STABLE_EVENTS, "unstable", "value"))
    return sums.assign(
        rate=total / below * per,
        rate_lower=lower * per,
        rate_upper=upper * per,
        status=np.where(np.isnan(total), "missing", words),
    )


def _with_t(value: float, error: float, n: int, *, tail: float, scale: float) -> Estimate:
    t = float(stdtrit(n - 2, 1 - tail))
    return Estimate(
        value=value * scale,
        lower=(value - t * error) * scale,
        upper=(value + t * error) * scale,
        p_value=float(2 * stdtr(n - 2, -abs(value) / error)),
        areas=n,
    )


def _student_p(r: float, n: int) -> float:
    t = np.inf if abs(r) == 1 else abs(r) * np.sqrt((n - 2) / (1 - r * r))
    return float(2 * stdtr(n - 2, -t))


def _exact_p(a: Numbers, b: Numbers) -> float:
    """Share of all orders of one side whose correlation is at least as far from 0."""
    orders = np.array(list(permutations(b - b.mean())))
    of_orders = np.abs(orders @ (a - a.mean()))
    reached = abs(float((a - a.mean()) @ (b - b.mean())))
    return float((of_orders >= reached - 1e-9).mean())


def _unfit(events: Numbers, scores: Numbers) -> str:
    if events.size < FEWEST_PAIRS:
        return f"fewer than {FEWEST_PAIRS} areas have both figures"
    if np.ptp(scores) == 0:
        return "all areas are equally deprived"
    return "" if events.sum() > 0 else "there were no events"


def _line(
    counts: ArrayLike, population: ArrayLike, score: ArrayLike
) -> tuple[Numbers, Numbers, Numbers]:
    events, people, scores = (as_floats(given) for given in (counts, population, score))
    _require_lengths(events, people, scores)
    has_all = ~(np.isnan(events) | np.isnan(people) | np.isnan(scores))
    _require_people(events[has_all], people[has_all])
    return events[has_all], people[has_all], scores[has_all]


def _require_lengths(*given: Numbers) -> None:
    if len({one.size for one in given}) > 1:
        sizes = " and ".join(f"{one.size:,}" for one in given)
        msg = f"the columns have {sizes} areas. Give one figure for each area in each."
        raise InputError(msg)


def _require_people(events: Numbers, people: Numbers) -> None:
    bad = (events < 0) | ~(people > 0)
    if bad.any():
        first = int(np.argmax(bad))
        raise InputError(
            problem(
                "have a negative count or no positive population",
                bad=int(bad.sum()),
                total=bad.size,
                noun="areas",
                first=f"{events[first]:g} events among {people[first]:g}",
                action="Correct them, or leave these areas out.",
            )
        )
