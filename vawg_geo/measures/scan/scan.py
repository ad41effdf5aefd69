"""Kulldorff's circular scan: where a cluster of events lies, how far it reaches, how sure it is.

Local statistics say of each area whether it and its neighbours stand out. The scan asks the other
question, of circles of every size about every area: does this part of the map hold more events
than its population gives, more than chance would give to the best of so many circles?
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vawg_geo.errors import problem
from vawg_geo.measures.patterns.draws import require_seed
from vawg_geo.measures.scan.circles import (
    Rates,
    circle_blocks,
    likelihood_ratio,
    replicate_maxima,
)
from vawg_geo.measures.scan.inputs import ScanData, read_scan_data, require_options
from vawg_geo.terms.graph import order_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["CLUSTER_COLUMNS", "ScanResult", "circular_scan"]

CLUSTER_COLUMNS = (
    "scan_cluster",
    "centre",
    "radius",
    "areas",
    "observed",
    "expected",
    "relative_risk",
    "log_likelihood_ratio",
    "p_value",
)
# Two log likelihood ratios that agree to this are the same: they differ by rounding only.
SAME = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class ScanResult:
    """What a scan found, and what it was asked.

    Attributes
    ----------
    clusters : pandas.DataFrame
        One row for each cluster, the most likely first: `scan_cluster` (1, 2, ...), `centre`
        (an area), `radius` (metres from the centre to its farthest member's point), `areas`
        (how many), `observed`, `expected` (events), `relative_risk` (within against without),
        `log_likelihood_ratio`, `p_value`. Clusters that are not significant stand here too.
    members : pandas.DataFrame
        `id` and `scan_cluster`, in the order of the areas.
    total : int
        Events that were scanned.
    population : float
        Population that was scanned.
    areas : int
        Areas that were scanned.
    left_out : tuple
        Areas without a count or a population: in no circle, and not zero.
    maxima : ndarray of float, shape (replicates,)
        Largest log likelihood ratio of each replicate under one risk everywhere.
    max_population, replicates, seed, rates
        As asked.
    notes : tuple of str
        What a reader must know besides.
    """

    clusters: pd.DataFrame
    members: pd.DataFrame
    total: int
    population: float
    areas: int
    left_out: tuple[Hashable, ...]
    maxima: NDArray[np.float64] = field(repr=False)
    max_population: float
    replicates: int
    seed: int
    rates: Rates
    notes: tuple[str, ...]


def circular_scan(
    counts: ArrayLike | pd.Series,
    population: ArrayLike | pd.Series,
    coordinates: ArrayLike | pd.DataFrame,
    *,
    ids: Sequence[Hashable] | None = None,
    max_population: float = 0.5,
    replicates: int = 999,
    seed: int = 12345,
    max_clusters: int = 10,
    rates: Rates = "high",
) -> ScanResult:
    """Kulldorff's circular Poisson scan with Monte Carlo p-values.

    Parameters
    ----------
    counts : array-like or pandas.Series, shape (n,)
        Events by area, whole numbers. A missing count leaves its area out; it is never zero.
    population : array-like or pandas.Series, shape (n,)
        Persons by area, above zero; an index must be the counts' own.
    coordinates : array-like, shape (n, 2)
        Easting and northing of a point for each area, metres (its centroid).
    ids : sequence, length n, optional
        Names of the areas; the counts' index where they are a Series, else 0, 1, 2, ...
    max_population : float
        Largest share of the population that a circle may hold, above 0 and at most 0.5.
    replicates : int
        Maps drawn under one risk everywhere. With 999 the least p-value is 0.001; with 0 none
        is given.
    seed : int
        Of the replicates.
    max_clusters : int
        Most clusters to report.
    rates : {"high", "low", "both"}
        Circles with more events than expected, with fewer, or either.

    Returns
    -------
    ScanResult
        The most likely cluster and secondary ones, their members, and what was asked.

    Raises
    ------
    InputError
        Lengths or indexes disagree; a count is negative or no whole number; a population is not
        above zero; a coordinate is missing; fewer than 10 areas remain; an option is out of
        range.

    Notes
    -----
    Circles stand on each area's point and grow area by area; areas equally far (to a thousand
    millionth of the map's width) enter together. With c events within and E expected of C in all,

        LLR = c ln(c / E) + (C - c) ln((C - c) / (C - E)),

    counted only where c > E (`high`). The replicates share the same C events out by population;
    p = (1 + replicates whose largest LLR is at least this one) / (1 + replicates). Of each centre
    the best circle is kept; in falling order of LLR those are reported that share no area with one
    reported before, and their p-values are against the same maxima, hence cautious for all but
    the first. The relative risk is (c / E) / ((C - c) / (C - E)).

    The circle found is the best circle, no border: its members at the rim are less sure than the
    cluster is. Events that come in repeats of the same victim are not independent, and then the
    p-values are too small.

    References
    ----------
    Kulldorff M (1997), A spatial scan statistic. Communications in Statistics: Theory and Methods
    26(6), 1481-1496.

    Examples
    --------
    >>> counts = [9, 8, 9, 1, 2, 1, 2, 1, 2, 1, 1, 2]
    >>> places = [[1000 * n, 0] for n in range(12)]
    >>> found = circular_scan(counts, [100] * 12, places, ids=list("abcdefghijkl"))
    >>> found.clusters[["centre", "radius", "areas", "observed", "p_value"]].head(1)
      centre  radius  areas  observed  p_value
    0      b  1000.0      3        26    0.001
    >>> found.members[found.members["scan_cluster"] == 1]["id"].tolist()
    ['a', 'b', 'c']
    """
    require_options(max_population, replicates, max_clusters, rates)
    require_seed(seed)
    data = read_scan_data(counts, population, coordinates, ids)
    total = int(data.events.sum())
    tolerance = SAME * float(np.ptp(data.places, axis=0).max())
    clusters: list[_Cluster] = []
    maxima: NDArray[np.float64] = np.empty(0)
    if total:
        clusters = _clusters(
            data,
            max_population=max_population,
            tolerance=tolerance,
            max_clusters=max_clusters,
            rates=rates,
        )
        # Dealt out by name, so that the order of the rows changes nothing.
        order = order_of(data.names)
        maxima = replicate_maxima(
            data.places[order],
            data.people[order],
            total=total,
            replicates=replicates,
            seed=seed,
            max_population=max_population,
            tolerance=tolerance,
            rates=rates,
        )
    return ScanResult(
        clusters=_cluster_table(clusters, data.names, total, maxima),
        members=_member_table(clusters, data.names),
        total=total,
        population=float(data.people.sum()),
        areas=len(data.names),
        left_out=data.left_out,
        maxima=maxima,
        max_population=max_population,
        replicates=replicates,
        seed=seed,
        rates=rates,
        notes=_notes(data, total),
    )


@dataclass(frozen=True, eq=False)
class _Cluster:
    centre: int
    radius: float
    members: NDArray[np.intp]
    observed: int
    expected: float
    ratio: float


def _clusters(
    data: ScanData, *, max_population: float, tolerance: float, max_clusters: int, rates: Rates
) -> list[_Cluster]:
    """Best circle of each centre, then those that share no area with a better cluster."""
    ratio, radius = _best_circles(
        data, max_population=max_population, tolerance=tolerance, rates=rates
    )
    total, people = data.events.sum(), data.people.sum()
    taken = np.zeros(len(ratio), dtype=bool)
    clusters: list[_Cluster] = []
    for centre in _ranked(ratio, radius, data.names):
        if len(clusters) == max_clusters:
            break
        apart = np.hypot(*(data.places - data.places[centre]).T)
        within = apart <= radius[centre] + tolerance / 2
        if (within & taken).any():
            continue
        taken |= within
        clusters.append(
            _Cluster(
                centre=int(centre),
                radius=float(radius[centre]),
                members=np.flatnonzero(within),
                observed=int(data.events[within].sum()),
                expected=float(total * data.people[within].sum() / people),
                ratio=float(ratio[centre]),
            )
        )
    return clusters


def _best_circles(
    data: ScanData, *, max_population: float, tolerance: float, rates: Rates
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Largest log likelihood ratio about each centre, and the radius it has there."""
    total = float(data.events.sum())
    ratio, radius = np.zeros(len(data.names)), np.zeros(len(data.names))
    for circles in circle_blocks(
        data.places, data.people, max_population=max_population, tolerance=tolerance
    ):
        if not circles.closed.size:
            continue
        inside = np.cumsum(data.events[circles.order], axis=1)
        values = likelihood_ratio(inside, total * circles.share, total, rates)
        values[~circles.closed] = 0
        best = values.argmax(axis=1)[:, None]
        ratio[circles.centres] = np.take_along_axis(values, best, axis=1)[:, 0]
        radius[circles.centres] = np.take_along_axis(circles.radius, best, axis=1)[:, 0]
    return ratio, radius


def _ranked(
    ratio: NDArray[np.float64], radius: NDArray[np.float64], names: list[Hashable]
) -> NDArray[np.intp]:
    """Centres by falling log likelihood ratio; those without any are left out.

    The same areas about two centres differ by rounding only. The smaller circle, then the name,
    decides, so that the order of the rows does not.
    """
    place = np.empty(len(names), dtype=np.intp)
    place[sorted(range(len(names)), key=lambda n: str(names[n]))] = np.arange(len(names))
    order = np.lexsort((place, np.round(radius, 6), -np.round(ratio, 9)))
    return order[ratio[order] > SAME]


def _cluster_table(
    clusters: list[_Cluster], names: list[Hashable], total: int, maxima: NDArray[np.float64]
) -> pd.DataFrame:
    observed = np.array([cluster.observed for cluster in clusters], dtype=np.int64)
    expected = np.array([cluster.expected for cluster in clusters], dtype=float)
    ratio = np.array([cluster.ratio for cluster in clusters], dtype=float)
    without = (total - observed) / (total - expected)
    with np.errstate(divide="ignore"):
        risk = observed / expected / without
    beaten = (maxima[None, :] >= ratio[:, None] - SAME).sum(axis=1)
    p_value = (1 + beaten) / (1 + maxima.size) if maxima.size else np.full(len(clusters), np.nan)
    return pd.DataFrame(
        {
            "scan_cluster": np.arange(1, len(clusters) + 1),
            "centre": _named([cluster.centre for cluster in clusters], names),
            "radius": np.array([cluster.radius for cluster in clusters], dtype=float),
            "areas": np.array([len(cluster.members) for cluster in clusters], dtype=np.int64),
            "observed": observed,
            "expected": expected,
            "relative_risk": risk,
            "log_likelihood_ratio": ratio,
            "p_value": p_value,
        },
        columns=list(CLUSTER_COLUMNS),
    )


def _member_table(clusters: list[_Cluster], names: list[Hashable]) -> pd.DataFrame:
    number_of = np.zeros(len(names), dtype=np.int64)
    for number, cluster in enumerate(clusters, start=1):
        number_of[cluster.members] = number
    members = np.flatnonzero(number_of)
    return pd.DataFrame(
        {
            "id": _named(members, names),
            "scan_cluster": number_of[members],
        }
    )


def _named(places: Iterable[int], names: list[Hashable]) -> pd.Series:
    """Names of areas, of the kind that all of them are of, however few are asked for."""
    return pd.Series([names[place] for place in places], dtype=pd.Series(names).dtype)


def _notes(data: ScanData, total: int) -> tuple[str, ...]:
    notes = []
    if data.left_out:
        notes.append(
            problem(
                "have no count or no population and stand in no circle",
                bad=len(data.left_out),
                total=len(data.names) + len(data.left_out),
                noun="areas",
                first=repr(data.left_out[0]),
                action="A cluster there would not be seen.",
            )
        )
    if not total:
        notes.append("No events at all: there is nothing to scan, and no cluster.")
    return tuple(notes)
