"""How much areas vary from year to year beyond chance, where their risk does not change.

A quarrel, a festival, a new officer: the expected count of a ward is never quite that of the year
before. Left out, a map of many areas has a ward that is called changed nearly every year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import betaln, gammainc, ndtri

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from vawg_geo.measures.time.periods import Timeline
    from vawg_geo.measures.time.ratios import Ends

    Column = NDArray[np.float64]
    Pairs = tuple[tuple[int, int], ...]

__all__ = [
    "CUT",
    "FEWEST_AREAS",
    "drifting_variance",
    "mean_of_cut",
    "variance_between",
    "variance_factor",
    "year_to_year_variance",
]

# Of fewer areas nobody can say how they vary.
FEWEST_AREAS: Final = 10
# Squared deviations beyond the 99 % point of chi-squared with one degree of freedom are left out:
# areas that did change are not to hide themselves and others.
CUT: Final = float(ndtri(0.995) ** 2)
_MOST: Final = 1e4
_STEPS: Final = 41
_HALVINGS: Final = 30
# Up to so many events of both periods what the cut leaves is counted out: of so few it is not what
# it leaves of normal deviates.
_COUNTED_OUT: Final = 50
# So many pairs of figures say by themselves how areas vary between periods so far apart.
_SAY_IT_ALONE: Final = 5_000


def variance_factor(together: Column, variance: Column | float) -> Column:
    """Variance of a later count given both together, over that of a binomial one.

    Parameters
    ----------
    together : ndarray of float, shape (n,)
        Events of both periods.
    variance : float, or ndarray of float, shape (n,)
        Of an area's relative risk from year to year.

    Notes
    -----
    1 + (t - 1) v / (v + 2): that of a beta-binomial count, which comes of gamma risks.

    Examples
    --------
    >>> variance_factor(np.array([0.0, 1.0, 43.0]), 0.04).round(3).tolist()
    [1.0, 1.0, 1.824]
    """
    return 1 + np.maximum(together - 1, 0) * variance / (variance + 2)


def year_to_year_variance(pairs: Sequence[Ends]) -> float:
    """Variance of areas' relative risks from one period to the next, about the change of all.

    Parameters
    ----------
    pairs : sequence of Ends
        Of periods that follow each other, the same areas in each.

    Returns
    -------
    float
        Its root is the coefficient of variation. 0 where chance explains all; NaN with fewer than
        ten areas that had events in a pair.

    Notes
    -----
    Each area's later count, given both together, is held against the share that all areas have;
    z^2 / f is its squared deviation over the variance of a beta-binomial count (`variance_factor`).
    The variance is such that the mean of z^2 / f up to 6.63, weighted by t / f (t the events of
    both), is what chance gives: the estimating equation of Williams (1982), Applied Statistics 31,
    144-148, without what lies beyond, so that areas that did change do not hide themselves. What
    chance gives up to there is that of normal deviates, and of 50 events or fewer that of their
    beta-binomial counts: of two events z^2 is 0 or 2, and nothing is ever beyond.

    Examples
    --------
    >>> from vawg_geo.measures.time.ratios import Ends
    >>> people = np.full(12, 1000.0)
    >>> ends = Ends(events_from=np.full(12, 100.0), events_to=np.array([60.0, 140] * 6),
    ...             people_from=people, people_to=people)
    >>> round(year_to_year_variance([ends]), 3)
    0.1
    """
    squares, totals, shares, spare = [], [], [], []
    for pair in pairs:
        known = pair.known & (pair.together > 0)
        x1, x2 = pair.events_from[known], pair.events_to[known]
        if known.sum() < FEWEST_AREAS or not (x1.sum() > 0 and x2.sum() > 0):
            continue
        change = (x2.sum() / pair.people_to[known].sum()) / (
            x1.sum() / pair.people_from[known].sum()
        )
        odds = change * pair.people_to[known] / pair.people_from[known]
        share, total = odds / (1 + odds), x1 + x2
        squares.append((x2 - total * share) ** 2 / (total * share * (1 - share)))
        totals.append(total)
        shares.append(share)
        # The change of all is fitted: one degree of freedom less.
        spare.append(np.full(total.size, 1 - 1 / total.size))
    if not squares:
        return float("nan")
    return _solved(*(np.concatenate(parts) for parts in (squares, totals, shares, spare)))


def drifting_variance(found: Mapping[int, tuple[float, int]], *, apart: int) -> float:
    """Variance between periods so far apart, from those of all distances.

    Parameters
    ----------
    found : mapping of int to (float, int)
        By distance, in years: a variance as `year_to_year_variance` gives it, and how many pairs of
        periods it comes of.
    apart : int
        The distance that is asked for.

    Returns
    -------
    float
        NaN where none is known.

    Notes
    -----
    a + b d over the distance d, both at least 0, by least squares with the pairs for weights: a is
    of years that vary about a level, b of a level that walks. One pair of periods alone gives an
    estimate that is now too small, now too large, and calls too many areas changed, or too few.

    Examples
    --------
    >>> round(drifting_variance({1: (0.02, 3), 2: (0.03, 2), 3: (0.04, 1)}, apart=3), 6)
    0.04
    >>> round(drifting_variance({1: (0.03, 3), 2: (0.02, 2), 3: (0.01, 1)}, apart=3), 6)
    0.023333
    """
    known = {d: (v, pairs) for d, (v, pairs) in found.items() if np.isfinite(v)}
    if not known:
        return float("nan")
    distance = np.array(list(known), dtype=float)
    variance, weight = np.array(list(known.values()), dtype=float).T
    mean, middle = (np.average(each, weights=weight) for each in (variance, distance))
    spread = float(np.sum(weight * (distance - middle) ** 2))
    slope = float(np.sum(weight * (distance - middle) * variance)) / spread if spread else 0.0
    if slope <= 0:
        return float(mean)
    if mean < slope * middle:
        walks = np.sum(weight * distance * variance) / np.sum(weight * distance**2)
        return float(walks * apart)
    return float(mean + slope * (apart - middle))


def variance_between(
    line: Timeline,
    first: int,
    last: int,
    *,
    ends: Callable[[int, int], Ends],
    known: dict[Pairs, float] | None = None,
) -> float:
    """How areas vary between two periods, by what all pairs of periods say.

    Parameters
    ----------
    line : Timeline
    first, last : int
        Places of the two.
    ends : callable
        Counts and residents of all areas at two places.
    known : dict, optional
        Variances by pairs; what is computed is kept there.

    Returns
    -------
    float
        As `year_to_year_variance`.

    Notes
    -----
    Levels drift, so that periods that follow each other are more alike than those years apart:
    `drifting_variance`. Pairs that are no whole years apart stand for themselves, since areas have
    seasons; so do those of 5,000 figures or more, which need no others.
    """
    kept = {} if known is None else known

    def variance(pairs: Pairs) -> float:
        if pairs not in kept:
            kept[pairs] = year_to_year_variance([ends(*pair) for pair in pairs])
        return kept[pairs]

    own = tuple(line.as_far_apart(first, last)) or ((first, last),)
    years = line.years_apart(first, last)
    if not years or sum(int(ends(*pair).known.sum()) for pair in own) >= _SAY_IT_ALONE:
        return variance(own)
    found = {d: (variance(pairs), len(pairs)) for d, pairs in line.pairs_by_years().items()}
    return drifting_variance(found or {years: (variance(own), 1)}, apart=years)


def _solved(squares: Column, totals: Column, shares: Column, spare: Column) -> float:
    grid = np.geomspace(1e-6, _MOST, _STEPS)
    means, owner = _means_of_cut(totals, shares, grid)

    def excess(place: float) -> float:
        """At a place between two steps of the grid, by the logarithm of the variance."""
        low = min(int(place), _STEPS - 2)
        part = place - low
        factor = variance_factor(totals, float(grid[low] ** (1 - part) * grid[low + 1] ** part))
        expected = (means[low] * (1 - part) + means[low + 1] * part)[owner] * spare
        given = squares / factor
        return float(np.sum(np.where(given <= CUT, totals / factor * (given - expected), 0.0)))

    # The largest variance that is not too large: below it, where much is left out, what is left may
    # look like chance again.
    positive = np.flatnonzero([excess(float(step)) > 0 for step in range(_STEPS)])
    if not positive.size:
        return 0.0
    low, high = float(positive[-1]), float(min(positive[-1] + 1, _STEPS - 1))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return float(np.exp(np.interp((low + high) / 2, np.arange(_STEPS), np.log(grid))))


def _means_of_cut(
    totals: Column, shares: Column, variances: Column
) -> tuple[Column, NDArray[np.intp]]:
    """Mean of z^2 / f up to the cut, by variance and by kind of area; and of which kind each is."""
    few = totals <= _COUNTED_OUT
    kinds = np.column_stack([totals, np.clip(np.round(shares, 2), 0.01, 0.99)])
    kinds[~few] = 0.0
    found, owner = np.unique(kinds, axis=0, return_inverse=True)
    total, share = found.T
    sizes = np.where(total > 0, total + 1, 0).astype(np.intp)
    own = np.repeat(np.arange(sizes.size), sizes)
    t, p = total[own], share[own]
    k = np.arange(own.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    ways = -np.log(t + 1) - betaln(k + 1, t - k + 1)
    square = np.divide((k - t * p) ** 2, t * p * (1 - p))
    means = np.full((len(variances), sizes.size), mean_of_cut())
    counted = sizes > 0
    for row, variance in zip(means, variances, strict=True):
        a, b = 2 * p / variance, 2 * (1 - p) / variance
        chance = np.exp(ways + betaln(k + a, t - k + b) - betaln(a, b))
        given = square / variance_factor(t, float(variance))
        chance = np.where(given <= CUT, chance, 0.0)
        sums = (np.bincount(own, c, sizes.size) for c in (chance * given, chance))
        above, below = (each[counted] for each in sums)
        row[counted] = above / below
    return means, owner.ravel()


def mean_of_cut() -> float:
    """Mean of those squared normal deviates that are not left out."""
    return float(gammainc(1.5, CUT / 2) / gammainc(0.5, CUT / 2))
