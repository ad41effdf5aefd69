"""Kulldorff's circular scan: where a cluster of events lies, how far it reaches, how sure it is.

Local statistics say of each area whether it and its neighbours stand out. The scan asks the other
question, of circles of every size about every area: does this part of the map hold more events
than its population gives, more than chance would give to the best of so many circles?
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

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
from vawg_geo.measures.scan.null import risk_variance
from vawg_geo.terms.columns import SCAN_MODELS, ScanModel
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
    "p_value_other_model",
)
# Two log likelihood ratios that agree to this are the same: they differ by rounding only.
SAME = 1e-9
# On larger maps circles hold at most a tenth of the population: half of a country is no cluster.
MANY_AREAS: Final = 1_000
OF_MANY, OF_FEW = 0.1, 0.5


@dataclass(frozen=True, eq=False, kw_only=True)
class ScanResult:
    """What a scan found, and what it was asked.

    Attributes
    ----------
    clusters : pandas.DataFrame
        One row for each cluster, the most likely first: `scan_cluster` (1, 2, ...), `centre`
        (an area), `radius` (metres from the centre to its farthest member's point), `areas`
        (how many), `observed`, `expected` (events), `relative_risk` (within against without),
        `log_likelihood_ratio`, `p_value` under `model`, `p_value_other_model` under the other
        one. Clusters that are not significant stand here too.
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
    model : {"negative-binomial", "poisson"}
        Of the replicates that `p_value` compares with.
    risk_cv : float
        Estimated coefficient of variation between areas of their risks, beyond chance; NaN
        without events. With 0 both models are the same.
    maxima, other_maxima : ndarray of float, shape (replicates,)
        Largest log likelihood ratio of each replicate, under the model and under the other one.
    max_population, replicates, seed, rates
        As used.
    notes : tuple of str
        What a reader must know besides.
    """

    clusters: pd.DataFrame
    members: pd.DataFrame
    total: int
    population: float
    areas: int
    left_out: tuple[Hashable, ...]
    model: ScanModel
    risk_cv: float
    maxima: NDArray[np.float64] = field(repr=False)
    other_maxima: NDArray[np.float64] = field(repr=False)
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
    model: ScanModel = "negative-binomial",
    max_population: float | None = None,
    replicates: int = 999,
    seed: int = 12345,
    max_clusters: int = 10,
    rates: Rates = "high",
) -> ScanResult:
    """Kulldorff's circular scan, with Monte Carlo p-values under overdispersion or without.

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
    model : {"negative-binomial", "poisson"}
        What maps without a pattern look like: each area has a risk of its own, as different as
        the areas' rates are, or all have one. With `poisson` hardly a real map is without a
        cluster.
    max_population : float, optional
        Largest share of the population that a circle may hold, above 0 and at most 0.5; without
        it 0.5, and 0.1 on maps of more than 1,000 areas.
    replicates : int
        Maps drawn without a pattern, under either model. With 999 the least p-value is 0.001;
        with 0 none is given.
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

    counted only where c > E (`high`). The replicates share the same C events out by population
    times a risk of each area, gamma-distributed with mean 1 and the variance that Marshall's
    moments give for the map (`risk_variance`), or by population alone (`poisson`);
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
    26(6), 1481-1496. Marshall RJ (1991), Mapping disease and mortality rates using empirical
    Bayes estimators. Applied Statistics 40(2), 283-294.

    Examples
    --------
    >>> counts = [9, 8, 9, 1, 2, 1, 2, 1, 2, 1, 1, 2]
    >>> places = [[1000 * n, 0] for n in range(12)]
    >>> found = circular_scan(counts, [100] * 12, places, ids=list("abcdefghijkl"))
    >>> found.clusters[["centre", "areas", "observed", "p_value", "p_value_other_model"]].head(1)
      centre  areas  observed  p_value  p_value_other_model
    0      b      3        26    0.048                0.001
    >>> round(found.risk_cv, 2)
    0.8
    >>> found.members[found.members["scan_cluster"] == 1]["id"].tolist()
    ['a', 'b', 'c']
    """
    require_options(
        max_population=max_population,
        replicates=replicates,
        max_clusters=max_clusters,
        rates=rates,
        model=model,
    )
    require_seed(seed)
    data = read_scan_data(counts, population, coordinates, ids)
    if max_population is None:
        max_population = OF_MANY if len(data.names) > MANY_AREAS else OF_FEW
    total = int(data.events.sum())
    tolerance = SAME * float(np.ptp(data.places, axis=0).max())
    circles: dict[str, Any] = {
        "max_population": max_population,
        "tolerance": tolerance,
        "rates": rates,
    }
    clusters: list[_Cluster] = []
    drawn = dict.fromkeys(SCAN_MODELS, np.empty(0))
    risk_cv = math.nan
    if total:
        clusters = _clusters(data, max_clusters=max_clusters, **circles)
        drawn, risk_cv = _maxima(data, replicates=replicates, seed=seed, **circles)
    other = next(name for name in SCAN_MODELS if name != model)
    return ScanResult(
        clusters=_cluster_table(clusters, data.names, total, (drawn[model], drawn[other])),
        members=_member_table(clusters, data.names),
        total=total,
        population=float(data.people.sum()),
        areas=len(data.names),
        left_out=data.left_out,
        model=model,
        risk_cv=risk_cv,
        maxima=drawn[model],
        other_maxima=drawn[other],
        max_population=max_population,
        replicates=replicates,
        seed=seed,
        rates=rates,
        notes=_notes(data, total),
    )


def _maxima(
    data: ScanData, *, replicates: int, seed: int, **circles: Any
) -> tuple[dict[str, NDArray[np.float64]], float]:
    """Largest ratios of the replicates under each model, and how areas' risks differ."""
    # Dealt out by name, so that the order of the rows changes nothing.
    order = order_of(data.names)
    events, people = data.events[order], data.people[order]
    variance = risk_variance(events, people)

    def drawn(variance: float) -> NDArray[np.float64]:
        return replicate_maxima(
            data.places[order],
            people,
            total=int(events.sum()),
            replicates=replicates,
            seed=seed,
            variance=variance,
            **circles,
        )

    one_risk = drawn(0.0)
    own_risks = drawn(variance) if variance else one_risk
    return {"poisson": one_risk, "negative-binomial": own_risks}, math.sqrt(variance)


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
    clusters: list[_Cluster],
    names: list[Hashable],
    total: int,
    maxima: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> pd.DataFrame:
    observed = np.array([cluster.observed for cluster in clusters], dtype=np.int64)
    expected = np.array([cluster.expected for cluster in clusters], dtype=float)
    ratio = np.array([cluster.ratio for cluster in clusters], dtype=float)
    without = (total - observed) / (total - expected)
    with np.errstate(divide="ignore"):
        risk = observed / expected / without
    p_value, of_other = (_p_values(ratio, drawn) for drawn in maxima)
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
            "p_value_other_model": of_other,
        },
        columns=list(CLUSTER_COLUMNS),
    )


def _p_values(ratio: NDArray[np.float64], maxima: NDArray[np.float64]) -> NDArray[np.float64]:
    if not maxima.size:
        return np.full(len(ratio), np.nan)
    beaten = (maxima[None, :] >= ratio[:, None] - SAME).sum(axis=1)
    return np.asarray((1 + beaten) / (1 + maxima.size))


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
