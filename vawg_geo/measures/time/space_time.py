"""The space-time scan: where and since when more is recorded than a place's own level gives."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.measures.patterns.draws import require_seed
from vawg_geo.measures.patterns.inference import FEWEST_AREAS
from vawg_geo.measures.scan.circles import Circles, Rates, circle_blocks
from vawg_geo.measures.scan.inputs import require_options
from vawg_geo.measures.time.cylinders import (
    Windows,
    best_cylinders,
    cylinder_maxima,
    windows_of,
)
from vawg_geo.measures.time.panel import Panel, read_panel
from vawg_geo.measures.time.steady import (
    Varies,
    draw_steady,
    expected_counts,
    how_areas_vary,
)
from vawg_geo.terms.graph import order_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["SpaceTimeResult", "space_time_scan"]

# Two log likelihood ratios that agree to this are the same: they differ by rounding only.
SAME: Final = 1e-9
FEWEST_PERIODS: Final = 4
# Cells of replicates that are held at once.
CELLS: Final = 3_000_000


@dataclass(frozen=True, eq=False, kw_only=True)
class SpaceTimeResult:
    """What a space-time scan found, and what it was asked.

    Attributes
    ----------
    clusters : pandas.DataFrame
        One row for each cluster, the most likely first: `scan_cluster` (1, 2, ...), `centre` (an
        area), `radius` (metres), `areas` (how many), `period_from`, `period_to` (both within),
        `periods` (how many), `observed`, `expected` (events), `ratio` (observed over expected,
        within against without), `log_likelihood_ratio`, `p_value`.
    members : pandas.DataFrame
        `id` and `scan_cluster`, in the order of the areas.
    total : int
        Events that were scanned.
    areas : int
        Areas that were scanned.
    periods : tuple
        Periods that were scanned.
    left_out, left_out_periods : tuple
        Areas and periods without any count: in no cylinder, and not zero.
    change_cv : float
        Coefficient of variation of areas' risks from period to period about their own level,
        beyond chance, that the replicates have; NaN without events.
    lasting_cv, memory : float
        Of that what lasts from period to period, and its correlation from one to the next; 0 where
        nothing does.
    maxima : ndarray of float, shape (replicates,)
        Largest log likelihood ratio of each replicate.
    prospective, max_population, longest, replicates, seed, rates
        As used; `longest` in periods.
    notes : tuple of str
        What a reader must know besides.
    """

    clusters: pd.DataFrame
    members: pd.DataFrame
    total: int
    areas: int
    periods: tuple[Hashable, ...]
    left_out: tuple[Hashable, ...]
    left_out_periods: tuple[Hashable, ...]
    change_cv: float
    lasting_cv: float
    memory: float
    maxima: NDArray[np.float64] = field(repr=False)
    prospective: bool
    max_population: float
    longest: int
    replicates: int
    seed: int
    rates: Rates
    notes: tuple[str, ...]


def space_time_scan(
    counts: ArrayLike | pd.DataFrame,
    population: ArrayLike | pd.Series | pd.DataFrame,
    coordinates: ArrayLike | pd.DataFrame,
    *,
    ids: Sequence[Hashable] | None = None,
    periods: Sequence[Hashable] | None = None,
    prospective: bool = True,
    change_cv: float | None = None,
    max_population: float = 0.5,
    max_duration: float = 0.5,
    replicates: int = 999,
    seed: int = 12345,
    max_clusters: int = 10,
    rates: Rates = "high",
) -> SpaceTimeResult:
    """Scan cylinders for places that hold more than their own level gives, and since when.

    Parameters
    ----------
    counts : array-like or DataFrame, shape (n, t)
        Events, a row for each area, a column for each period from the first to the last. A missing
        count is no zero: it is neither observed nor expected.
    population : array-like, Series or DataFrame, shape (n, t) or (n,)
        Persons of each area and period, or of each area for all periods.
    coordinates : array-like, shape (n, 2)
        Easting and northing of a point for each area, metres (its centroid).
    ids, periods : sequence, optional
        Names of rows and columns; those of the counts where they are a DataFrame.
    prospective : bool
        Only cylinders that reach the last period, those still alive; else all.
    change_cv : float, optional
        How much areas' risks vary from period to period about their own level by themselves, each
        period anew; by default as estimated from the counts, and then what lasts from period to
        period is too. With 0 chance alone is taken for that.
    max_population : float
        Largest share of the population in a circle, above 0 and at most 0.5.
    max_duration : float
        Largest share of the periods in a cylinder, above 0 and at most 0.9.
    replicates : int
        Maps drawn without a change. With 999 the least p is 0.001; with 0 none is given.
    seed : int
        Of the replicates.
    max_clusters : int
        Most clusters to report.
    rates : {"high", "low", "both"}
        Cylinders with more events than expected, with fewer, or either.

    Returns
    -------
    SpaceTimeResult

    Raises
    ------
    InputError
        Shapes or names disagree, fewer than 10 areas or 4 periods have a count, periods overlap or
        are not in order, a count is negative or no whole number, a population is not above zero, a
        coordinate is missing, an option is out of range.

    Notes
    -----
    A place that is always high is no alarm: what is expected of an area in a period keeps to the
    area's total and the period's (`expected_counts`), so that its own level is held fixed, and so
    is a season or a rise that all areas share. With y within a cylinder and e expected of C in all,

        LLR = y ln(y / e) + (C - y) ln((C - y) / (C - e)),

    counted only where y > e (`high`). Each replicate deals every area's total out anew over the
    periods, in proportion to what is expected times a risk of the area and period, which varies and
    lasts as `how_areas_vary` finds it; what is expected is made of the replicate's own totals. p =
    (1 + replicates whose largest LLR is at least this one) / (1 + replicates). Of each centre the
    best cylinder is kept; in falling order those are reported that share no area with one reported
    before, with p-values against the same maxima.

    A level that drifts as those of other areas do is no alarm; a change larger than that is.

    References
    ----------
    Kulldorff M (2001), Prospective time periodic geographical disease surveillance using a scan
    statistic, Journal of the Royal Statistical Society A 164; Kulldorff and others (2005), A
    space-time permutation scan statistic for disease outbreak detection, PLoS Medicine 2.

    Examples
    --------
    >>> counts = np.random.default_rng(1).poisson(20, (12, 24))
    >>> counts[:, 0] += 5
    >>> counts[4] *= 5
    >>> counts[6:9, 20:] *= 3
    >>> places = [[1000 * n, 0] for n in range(12)]
    >>> found = space_time_scan(counts, [1000] * 12, places, replicates=99)
    >>> found.clusters[["centre", "areas", "period_from", "period_to", "p_value"]].head(1)
       centre  areas  period_from  period_to  p_value
    0       7      3           20         23     0.01
    """
    _require_options(
        max_population=max_population,
        max_duration=max_duration,
        replicates=replicates,
        max_clusters=max_clusters,
        rates=rates,
        change_cv=change_cv,
    )
    require_seed(seed)
    panel = read_panel(
        counts,
        population,
        ids=ids,
        periods=periods,
        least=FEWEST_PERIODS,
        why="A scan of time needs periods before those that may have changed.",
    )
    data = _scanned(panel, coordinates)
    scan = _Scan.of(data, max_population, max_duration, prospective=prospective, rates=rates)
    total, found, maxima = int(data.events.sum()), [], np.empty(0)
    varies = scan.varies(change_cv)
    if total:
        found = scan.clusters(data.names, max_clusters)
        maxima = scan.maxima(varies=varies, replicates=replicates, seed=seed)
    return SpaceTimeResult(
        clusters=_table(found, data, scan, maxima),
        members=_members(found, data.names),
        total=total,
        areas=len(data.names),
        periods=data.periods,
        left_out=data.left_out,
        left_out_periods=data.left_out_periods,
        change_cv=math.sqrt(varies.variance),
        lasting_cv=math.sqrt(varies.lasting),
        memory=varies.memory,
        maxima=maxima,
        prospective=prospective,
        max_population=max_population,
        longest=scan.longest,
        replicates=replicates,
        seed=seed,
        rates=rates,
        notes=tuple(_notes(data, total)),
    )


def _require_options(
    *,
    max_population: float,
    max_duration: float,
    replicates: int,
    max_clusters: int,
    rates: str,
    change_cv: float | None,
) -> None:
    require_options(
        max_population=max_population,
        replicates=replicates,
        max_clusters=max_clusters,
        rates=rates,
        model="poisson",
    )
    if not 0 < max_duration <= 0.9:
        msg = (
            f"the largest share of the periods is {max_duration:g}. Give one above 0 and at most "
            "0.9: what has always been so is no change."
        )
        raise InputError(msg)
    if change_cv is not None and not 0 <= change_cv < math.inf:
        msg = f"a coefficient of variation of {change_cv:g} cannot be. Give 0 or more."
        raise InputError(msg)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Data:
    """Areas and periods with a count; cells without one have no events and no population."""

    names: list[Hashable]
    periods: tuple[Hashable, ...]
    events: NDArray[np.float64]
    people: NDArray[np.float64]
    places: NDArray[np.float64]
    left_out: tuple[Hashable, ...]
    left_out_periods: tuple[Hashable, ...]
    cells_missing: int


def _scanned(panel: Panel, coordinates: ArrayLike | pd.DataFrame) -> _Data:
    """What can be scanned, areas by name so that the order of the rows changes nothing."""
    places = np.asarray(coordinates, dtype=float)
    if places.shape != (len(panel.names), 2):
        msg = (
            f"the coordinates have the shape {places.shape}. Give an easting and a northing for "
            f"each of the {len(panel.names):,} areas."
        )
        raise InputError(msg)
    known = ~np.isnan(panel.events)
    rows: NDArray[np.bool_] = np.asarray(known.any(axis=1))
    columns: NDArray[np.bool_] = np.asarray(known.any(axis=0))
    bad = rows & ~np.isfinite(places).all(axis=1)
    if bad.any():
        raise InputError(
            problem(
                "have no coordinates",
                bad=int(bad.sum()),
                total=len(bad),
                noun="areas",
                first=repr(panel.names[int(np.argmax(bad))]),
                action="Give each area a point, in metres.",
            )
        )
    for found, least, what in (
        (rows, FEWEST_AREAS, "areas"),
        (columns, FEWEST_PERIODS, "periods"),
    ):
        if found.sum() < least:
            msg = (
                f"{int(found.sum()):,} of {len(found):,} {what} have a count and a population; a "
                f"space-time scan needs at least {least}. Scan a larger map, or a longer time."
            )
            raise InputError(msg)
    order = order_of([name for name, has in zip(panel.names, rows, strict=True) if has])
    kept = np.flatnonzero(rows)[order]
    cells = np.ix_(kept, np.flatnonzero(columns))
    return _Data(
        names=[panel.names[n] for n in kept],
        periods=tuple(np.array(panel.periods, dtype=object)[columns]),
        events=np.nan_to_num(panel.events[cells]),
        people=np.nan_to_num(panel.people[cells]),
        places=np.ascontiguousarray(places[kept]),
        left_out=tuple(name for name, has in zip(panel.names, rows, strict=True) if not has),
        left_out_periods=tuple(
            name for name, has in zip(panel.periods, columns, strict=True) if not has
        ),
        cells_missing=int((~known[cells]).sum()),
    )


@dataclass(frozen=True, eq=False)
class _Cluster:
    centre: int
    members: NDArray[np.intp]
    radius: float
    window: int
    observed: int
    expected: float
    ratio: float


@dataclass(frozen=True, eq=False, kw_only=True)
class _Scan:
    """All cylinders over some counts, and what is expected of each cell."""

    events: NDArray[np.float64]
    people: NDArray[np.float64]
    places: NDArray[np.float64]
    expected: NDArray[np.float64]
    blocks: list[Circles]
    windows: Windows
    longest: int
    tolerance: float
    rates: Rates

    @classmethod
    def of(
        cls,
        data: _Data,
        max_population: float,
        max_duration: float,
        *,
        prospective: bool,
        rates: Rates,
    ) -> _Scan:
        tolerance = SAME * float(np.ptp(data.places, axis=0).max())
        observed = np.count_nonzero(data.people, axis=1)
        blocks = circle_blocks(
            data.places,
            data.people.sum(axis=1) / observed,
            max_population=max_population,
            tolerance=tolerance,
        )
        longest = max(1, int(max_duration * len(data.periods)))
        return cls(
            events=data.events,
            people=data.people,
            places=data.places,
            expected=expected_counts(data.events, data.people),
            blocks=list(blocks),
            windows=windows_of(len(data.periods), longest=longest, alive=prospective),
            longest=longest,
            tolerance=tolerance,
            rates=rates,
        )

    def varies(self, change_cv: float | None) -> Varies:
        """How areas vary by themselves: as given, as estimated, NaN without events."""
        if not self.events.any():
            return Varies(each=math.nan, lasting=math.nan, memory=math.nan)
        if change_cv is not None:
            return Varies(each=change_cv**2)
        return how_areas_vary(self.events, self.expected)

    def clusters(self, names: list[Hashable], most: int) -> list[_Cluster]:
        """Best cylinder of each centre, then those that share no area with a better one."""
        best = best_cylinders(
            self.blocks, self.events, self.expected, self.windows, rates=self.rates
        )
        # The same areas about two centres differ by rounding only: the smaller circle decides.
        order = np.lexsort(
            (np.arange(len(names)), np.round(best.radius, 6), -np.round(best.ratio, 9))
        )
        taken = np.zeros(len(names), dtype=bool)
        found: list[_Cluster] = []
        for centre in order[best.ratio[order] > SAME]:
            apart = np.hypot(*(self.places - self.places[centre]).T)
            within = apart <= best.radius[centre] + self.tolerance / 2
            if len(found) == most or (within & taken).any():
                continue
            taken |= within
            window = int(best.window[centre])
            cells = np.s_[within, self.windows.first[window] : self.windows.end[window]]
            found.append(
                _Cluster(
                    centre=int(centre),
                    members=np.flatnonzero(within),
                    radius=float(best.radius[centre]),
                    window=window,
                    observed=int(self.events[cells].sum()),
                    expected=float(self.expected[cells].sum()),
                    ratio=float(best.ratio[centre]),
                )
            )
        return found

    def maxima(self, *, varies: Varies, replicates: int, seed: int) -> NDArray[np.float64]:
        """Largest log likelihood ratio of each replicate without a change."""
        generator = np.random.default_rng(seed)
        held = max(1, CELLS // (len(self.events) * len(self.windows.first)))
        maxima = []
        for start in range(0, replicates, held):
            # Map by map, so that a map does not depend on how many are held at once.
            drawn = np.stack(
                [
                    draw_steady(generator, self.expected, varies=varies)
                    for _ in range(min(held, replicates - start))
                ]
            ).astype(float)
            maxima.append(
                cylinder_maxima(
                    self.blocks,
                    drawn,
                    expected_counts(drawn, self.people),
                    self.windows,
                    rates=self.rates,
                )
            )
        return np.concatenate(maxima) if maxima else np.empty(0)


def _table(
    found: list[_Cluster], data: _Data, scan: _Scan, maxima: NDArray[np.float64]
) -> pd.DataFrame:
    total = float(data.events.sum())
    observed = np.array([one.observed for one in found], dtype=np.int64)
    expected = np.array([one.expected for one in found], dtype=float)
    ratio = np.array([one.ratio for one in found], dtype=float)
    window = np.array([one.window for one in found], dtype=np.intp)
    first, last = scan.windows.first[window], scan.windows.end[window] - 1
    beaten = (maxima[None, :] >= ratio[:, None] - SAME).sum(axis=1)
    with np.errstate(divide="ignore"):
        against = (observed / expected) / ((total - observed) / (total - expected))
    return pd.DataFrame(
        {
            "scan_cluster": np.arange(1, len(found) + 1),
            "centre": pd.Series(
                [data.names[one.centre] for one in found], dtype=pd.Series(data.names).dtype
            ),
            "radius": np.array([one.radius for one in found], dtype=float),
            "areas": np.array([len(one.members) for one in found], dtype=np.int64),
            "period_from": [data.periods[n] for n in first],
            "period_to": [data.periods[n] for n in last],
            "periods": last - first + 1,
            "observed": observed,
            "expected": expected,
            "ratio": against,
            "log_likelihood_ratio": ratio,
            "p_value": (1 + beaten) / (1 + maxima.size) if maxima.size else np.nan,
        }
    )


def _members(found: list[_Cluster], names: list[Hashable]) -> pd.DataFrame:
    number = np.zeros(len(names), dtype=np.int64)
    for place, one in enumerate(found, start=1):
        number[one.members] = place
    held = np.flatnonzero(number)
    return pd.DataFrame(
        {
            "id": pd.Series([names[n] for n in held], dtype=pd.Series(names).dtype),
            "scan_cluster": number[held],
        }
    )


def _notes(data: _Data, total: int) -> list[str]:
    notes = []
    for lacking, kept, noun in (
        (data.left_out, len(data.names), "areas"),
        (data.left_out_periods, len(data.periods), "periods"),
    ):
        if lacking:
            notes.append(
                problem(
                    "have no count or no population and stand in no cylinder",
                    bad=len(lacking),
                    total=kept + len(lacking),
                    noun=noun,
                    first=repr(lacking[0]),
                    action="A change there would not be seen.",
                )
            )
    if data.cells_missing:
        notes.append(
            f"{data.cells_missing:,} of {data.events.size:,} other counts are missing: neither "
            "observed nor expected."
        )
    if not total:
        notes.append("No events at all: there is nothing to scan, and no cluster.")
    return notes
