"""Counting points into areas, piece by piece, on this machine or on a cluster, to the same row.

Every piece gives a small tally and tallies add up, in whatever order they come: what a cluster of
workers gives is what one process gives.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.areas.counting.edges import MARGIN
from vawg_geo.areas.counting.locate import Locator, build_locator
from vawg_geo.areas.counting.places import Places
from vawg_geo.errors import InputError
from vawg_geo.inputs.points.projection import Projection
from vawg_geo.terms.columns import COUNT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    from vawg_geo.inputs.points.pieces import Piece, PointChunk
    from vawg_geo.inputs.points.plan import PointSource

__all__ = ["Account", "PointCounts", "count_points", "count_table"]

# A fifth of what the grid of areas allows for.
_TOLERANCE: Final = MARGIN / 5


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where the rows of a source went.

    Attributes
    ----------
    rows, without_coordinates, outside, in_areas : int
        All rows; the other three add up to them.
    on_borders : int
        Those of `in_areas` that touch more than one area; each is counted once, in the area with
        the lowest code.
    """

    rows: int = 0
    without_coordinates: int = 0
    outside: int = 0
    in_areas: int = 0
    on_borders: int = 0

    def __add__(self, other: Account) -> Account:
        return Account(**{k: v + getattr(other, k) for k, v in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class PointCounts:
    """Points counted into areas.

    Attributes
    ----------
    counts : pandas.DataFrame
        `area_code`, `period`, `count`: a row for every area and period, in that order; zero
        where no point is.
    everything : Account
        Of all rows.
    chosen : Account
        Of the rows of the category; the same where none was asked for.
    places : Places
        How many points share their coordinates with others.
    areas_without : int
        Areas with no row at all, of whatever category.
    """

    counts: pd.DataFrame
    everything: Account
    chosen: Account
    places: Places
    areas_without: int


@dataclass(frozen=True)
class _Tally:
    """What some rows come to."""

    everything: Account = field(default_factory=Account)
    chosen: Account = field(default_factory=Account)
    counts: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    all_counts: NDArray[np.int64] | None = None
    places: Places = field(default_factory=Places)
    categories: frozenset[str] = frozenset()

    def __add__(self, other: _Tally) -> _Tally:
        counts = dict(self.counts)
        for month, more in other.counts.items():
            counts[month] = counts[month] + more if month in counts else more
        parts = [t.all_counts for t in (self, other) if t.all_counts is not None]
        return _Tally(
            self.everything + other.everything,
            self.chosen + other.chosen,
            counts,
            sum(parts[1:], parts[0]) if parts else None,
            self.places + other.places,
            self.categories | other.categories,
        )


def count_points(
    source: PointSource,
    areas: gpd.GeoDataFrame,
    *,
    period: str | None = None,
    scheduler: str | None = None,
    threads: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> PointCounts:
    """Count points into areas without ever holding all of them.

    A point counts in the area that it lies in or whose outline it lies on. On the border of
    several areas it counts once, in the area with the lowest code (see `areas.locate`).

    Parameters
    ----------
    source : PointSource
        From `plan_points`.
    areas : geopandas.GeoDataFrame
        `area_code` and outlines in British National Grid.
    period : str, optional
        What to call the period of all points; by the column of months where not given.
    scheduler : str, optional
        Address of a `dask.distributed` scheduler (``tcp://...``), whose workers see the source's
        files by the same paths.
    threads : int, optional
        On this machine; as many as it has processors where not given.
    progress : callable, optional
        Called with a word, how many pieces are done, and of how many.

    Returns
    -------
    PointCounts

    Raises
    ------
    InputError
        A piece cannot be read, a row has no month, or no row is of the category.
    BoundaryError
        The areas cannot be used, or there is no way from the source's system to theirs.
    ConfigurationError
        A scheduler is given and dask is not installed, or the scheduler does not answer.
    """
    locator = build_locator(areas)
    job = _Job(source, period)
    if scheduler is None:
        tallies = _run_here(job, locator, threads or os.cpu_count() or 1)
    else:
        from vawg_geo.areas.counting.cluster import run_on_cluster

        tallies = run_on_cluster(job, locator, source.pieces, scheduler)
    total = _Tally()
    for done, tally in enumerate(tallies, start=1):
        total += tally
        if progress is not None:
            progress("counting points", done, len(source.pieces))
    _require_category(total, source)
    return PointCounts(
        counts=_frame(total, locator),
        everything=total.everything,
        chosen=total.chosen,
        places=total.places,
        areas_without=(
            len(locator.codes) if total.all_counts is None else int((total.all_counts == 0).sum())
        ),
    )


@dataclass(frozen=True)
class _Job:
    """What to do with a piece; can be sent to another process."""

    source: PointSource
    period: str | None

    def __call__(self, locator: Locator, piece: Piece, *, places: bool = True) -> _Tally:
        """Tally of a piece; without `places` it says that there are too many of these."""
        way = Projection(self.source.crs, tolerance=_TOLERANCE)
        tallies = (
            _tally(self._period(chunk), locator, way, piece.file.path.name, places=places)
            for chunk in self.source.read(piece)
        )
        return reduce(_Tally.__add__, tallies, _Tally())

    def _period(self, chunk: PointChunk) -> PointChunk:
        if self.period is None and chunk.month is not None:
            return chunk
        return replace(chunk, month=np.zeros(len(chunk.x), np.int64), months=(self.period or "",))


def _run_here(job: _Job, locator: Locator, threads: int) -> Iterator[_Tally]:
    """Pieces in order, a few at a time, so that no more than these are in memory."""
    waiting: deque[Any] = deque()
    seen = Places()

    def take() -> _Tally:
        nonlocal seen
        tally: _Tally = waiting.popleft().result()
        seen += tally.places
        return tally

    with ThreadPoolExecutor(threads) as pool:
        try:
            for piece in job.source.pieces:
                waiting.append(pool.submit(job, locator, piece, places=not seen.too_many))
                if len(waiting) > threads:
                    yield take()
            while waiting:
                yield take()
        finally:
            for future in waiting:
                future.cancel()


def _tally(
    chunk: PointChunk, locator: Locator, way: Projection, label: str, *, places: bool
) -> _Tally:
    x, y = way.nearly(chunk.x, chunk.y)

    def exact(at: NDArray[np.int64]) -> tuple[Any, Any]:
        return way.exactly(chunk.x[at], chunk.y[at])

    placed = locator.locate(x, y, exact=None if way.is_grid else exact, threads=1)
    n, months = len(locator.codes), len(chunk.months)
    month = np.zeros(len(x), np.int64) if chunk.month is None else chunk.month
    here, chosen = ~np.isnan(chunk.x), chunk.chosen

    def account(rows: NDArray[np.bool_] | None) -> tuple[Account, Any, NDArray[np.bool_]]:
        """Account of some rows or all, their counts by month and area, and months they are of."""
        of, rank, on_land, shared = month, placed.rank, here, placed.shared
        if rows is not None:
            of, rank, on_land = of[rows], rank[rows], on_land[rows]
            shared = shared[rows[shared]]
        # One bin more for months that are not said, and one more for no area.
        bins = np.bincount((of + 1) * (n + 1) + rank + 1, minlength=(months + 1) * (n + 1))
        bins = bins.reshape(months + 1, n + 1)
        located, inside = int(np.count_nonzero(on_land)), int(bins[:, 1:].sum())
        done = Account(
            rows=len(rank),
            without_coordinates=len(rank) - located,
            outside=located - inside,
            in_areas=inside,
            on_borders=len(shared),
        )
        return done, bins[:, 1:], bins.sum(axis=1)

    everything, all_counts, rows_by_month = account(None)
    own, counts = everything, all_counts
    if chosen is not None:
        own, counts, rows_by_month = account(chosen)
    if rows_by_month[0]:
        msg = (
            f"{int(rows_by_month[0]):,} of {own.rows:,} rows of a part of {label} have no month. "
            "Say what period all are of with --period."
        )
        raise InputError(msg)
    counted = placed.rank >= 0 if chosen is None else (placed.rank >= 0) & chosen
    return _Tally(
        everything=everything,
        chosen=own,
        counts={name: counts[k + 1] for k, name in enumerate(chunk.months) if rows_by_month[k + 1]},
        all_counts=all_counts.sum(axis=0),
        places=(Places.of(chunk.x[counted], chunk.y[counted]) if places else Places(too_many=True)),
        categories=frozenset(chunk.categories),
    )


def _require_category(total: _Tally, source: PointSource) -> None:
    if total.everything.rows == 0:
        msg = f"{source.files[0].name} has no rows. Export it again."
        raise InputError(msg)
    if total.chosen.rows:
        return
    has = ", ".join(map(repr, sorted(total.categories)[:20]))
    msg = (
        f"0 of {total.everything.rows:,} rows have {source.columns.category!r} = "
        f"{source.columns.value!r}; the column has {has}. Use one of these."
    )
    raise InputError(msg)


def _frame(total: _Tally, locator: Locator) -> pd.DataFrame:
    codes = list(locator.codes)
    frames = [
        pd.DataFrame({"area_code": codes, "period": month, "count": total.counts[month]})
        for month in sorted(total.counts)
    ]
    return pd.concat(frames, ignore_index=True).sort_values(
        ["area_code", "period"], ignore_index=True, kind="stable"
    )


def count_table(
    counts: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    indicator: str,
    level: str,
    vintage: str = "",
    sex: str = "persons",
    basis: str = "own",
    note: str = "",
) -> pd.DataFrame:
    """Make counts of points a table of counts as everything else here reads it.

    Parameters
    ----------
    counts : pandas.DataFrame
        `PointCounts.counts`.
    areas : geopandas.GeoDataFrame
        `area_code` and `area_name`.
    indicator, level, vintage, sex, basis, note : str
        What every row says in these columns.

    Returns
    -------
    pandas.DataFrame
        `vawg_geo.terms.columns.COUNT_COLUMNS`; a count of 0 has the status `zero`.
    """
    names = dict(zip(areas["area_code"], areas["area_name"], strict=True))
    table = counts.assign(
        area_name=counts["area_code"].map(names),
        level=level,
        vintage=vintage,
        indicator=indicator,
        sex=sex,
        status=np.where(counts["count"] > 0, "value", "zero"),
        basis=basis,
        note=note,
    )
    return table[list(COUNT_COLUMNS)]
