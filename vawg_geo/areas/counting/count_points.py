"""Counting points into areas, piece by piece, on this machine or on a cluster, to the same row.

Every piece gives a small tally and tallies add up, in whatever order they come: what a cluster of
workers gives is what one process gives.
"""

from __future__ import annotations

import os
import re
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.areas.counting.borders import Borders, build_borders
from vawg_geo.areas.counting.edges import MARGIN
from vawg_geo.areas.counting.locate import Locator, build_locator
from vawg_geo.areas.counting.places import Places
from vawg_geo.areas.counting.repeats import (
    MOST_IDENTIFIED,
    Identified,
    Repeats,
    find_repeats,
    mixed,
)
from vawg_geo.areas.counting.senders import Lacking, find_lacking
from vawg_geo.errors import InputError, nearest, offer
from vawg_geo.inputs.points.projection import Projection
from vawg_geo.terms.columns import COUNT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from vawg_geo.inputs.points.pieces import Piece, PointChunk
    from vawg_geo.inputs.points.plan import PointSource

__all__ = ["Account", "PointCounts", "count_points", "count_table", "like_named"]

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
        `area_code`, `period`, `count`: a row for every area and period, in that order. Zero where
        no point is; missing where the force that reports the area sent nothing, and, where
        forces are said, in months between the first and the last that have no row at all.
    everything : Account
        Of all rows.
    chosen : Account
        Of the rows that are counted; the same where no filter was given.
    places : Places
        How many points share their coordinates with others.
    areas_without : int
        Areas with no row at all, of whatever category.
    repeats : Repeats
        Rows that repeat an identifier.
    lacking : tuple of Lacking
        Months that are not whole.
    absent : dict of str to list of str
        By month that has rows, and none that is counted: what the filter's column says there.
    wanted : tuple of str
        Words of the first filter.
    spelled : tuple of str
        Words that are counted although they are written otherwise than the filter.
    parts : int
        Points beyond the first of rows that hold several; each is counted.
    near_border : int or None
        Counted points that lie near a border, where that was asked.
    """

    counts: pd.DataFrame
    everything: Account
    chosen: Account
    places: Places
    areas_without: int
    repeats: Repeats = field(default_factory=Repeats)
    lacking: tuple[Lacking, ...] = ()
    absent: dict[str, list[str]] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()
    parts: int = 0
    near_border: int | None = None


@dataclass(frozen=True, kw_only=True)
class _Tally:
    """What some rows come to."""

    everything: Account = field(default_factory=Account)
    chosen: Account = field(default_factory=Account)
    counts: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    all_counts: NDArray[np.int64] | None = None
    chosen_months: frozenset[str] = frozenset()
    places: Places = field(default_factory=Places)
    said: frozenset[tuple[str, str]] = frozenset()
    forces: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    sent: frozenset[tuple[str, str]] = frozenset()
    identified: tuple[Identified, ...] = ()
    too_many: bool = False
    parts: int = 0
    near_border: int = 0

    def __add__(self, other: _Tally) -> _Tally:
        all_counts = [t.all_counts for t in (self, other) if t.all_counts is not None]
        rows = sum(len(part.rank) for t in (self, other) for part in t.identified)
        too_many = self.too_many or other.too_many or rows > MOST_IDENTIFIED
        return _Tally(
            everything=self.everything + other.everything,
            chosen=self.chosen + other.chosen,
            counts=_added(self.counts, other.counts),
            all_counts=sum(all_counts[1:], all_counts[0]) if all_counts else None,
            chosen_months=self.chosen_months | other.chosen_months,
            places=self.places + other.places,
            said=self.said | other.said,
            forces=_added(self.forces, other.forces),
            sent=self.sent | other.sent,
            identified=() if too_many else self.identified + other.identified,
            too_many=too_many,
            parts=self.parts + other.parts,
            near_border=self.near_border + other.near_border,
        )


def _added(
    one: dict[str, NDArray[np.int64]], other: dict[str, NDArray[np.int64]]
) -> dict[str, NDArray[np.int64]]:
    total = dict(one)
    for name, more in other.items():
        total[name] = total[name] + more if name in total else more
    return total


def count_points(
    source: PointSource,
    areas: gpd.GeoDataFrame,
    *,
    period: str | None = None,
    scheduler: str | None = None,
    threads: int | None = None,
    near: float | None = None,
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
    near : float, optional
        Count the points that lie within so many metres of a border.
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
    borders = None if near is None else build_borders(locator.shapes, metres=near)
    job = _Job(source, period, borders)
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
    _require_chosen(total, source)
    return _counted(total, locator, source, asked_near=near is not None)


def _counted(
    total: _Tally, locator: Locator, source: PointSource, *, asked_near: bool
) -> PointCounts:
    areas = len(locator.codes)
    repeats = find_repeats(total.identified, areas=areas)
    lacking = (
        find_lacking(total.forces, total.sent, total.counts, areas=areas) if total.forces else []
    )
    words = {word for _, word in total.said}
    first = source.columns.filters[:1]
    wanted = tuple(word for only in first for word in only.words)
    return PointCounts(
        counts=_frame(total, locator, repeats, lacking),
        everything=total.everything,
        chosen=total.chosen,
        places=total.places,
        areas_without=(areas if total.all_counts is None else int((total.all_counts == 0).sum())),
        repeats=replace(repeats, too_many=total.too_many),
        lacking=tuple(lacking),
        absent={
            month: sorted(word for at, word in total.said if at == month)
            for month in sorted(set(total.counts) - total.chosen_months)
        },
        wanted=wanted,
        spelled=tuple(
            sorted(w for only in first for w in words if only.holds(w) and w not in wanted)
        ),
        parts=total.parts,
        near_border=total.near_border if asked_near else None,
    )


@dataclass(frozen=True)
class _Job:
    """What to do with a piece; can be sent to another process."""

    source: PointSource
    period: str | None
    borders: Borders | None = None

    def __call__(self, locator: Locator, piece: Piece, *, places: bool = True) -> _Tally:
        """Tally of a piece; without `places` it says that there are too many of these."""
        way = Projection(self.source.crs, tolerance=_TOLERANCE)
        tallies = (
            self._tally(self._period(chunk), locator, way, piece.file.name, places=places)
            for chunk in self.source.read(piece)
        )
        return reduce(_Tally.__add__, tallies, _Tally())

    def _period(self, chunk: PointChunk) -> PointChunk:
        if self.period is None and chunk.month is not None:
            return chunk
        return replace(chunk, month=np.zeros(len(chunk.x), np.int64), months=(self.period or "",))

    def _tally(
        self, chunk: PointChunk, locator: Locator, way: Projection, label: str, *, places: bool
    ) -> _Tally:
        tally, rank = _tally(chunk, locator, way, label)
        counted = rank >= 0 if chunk.chosen is None else (rank >= 0) & chunk.chosen
        at = chunk.x[counted], chunk.y[counted]
        return replace(
            tally,
            places=Places.of(*at) if places else Places(too_many=True),
            near_border=self.borders.near(*way.nearly(*at)) if self.borders else 0,
        )


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
    chunk: PointChunk, locator: Locator, way: Projection, label: str
) -> tuple[_Tally, NDArray[np.int32]]:
    """What some points come to, and the rank of the area of each."""
    x, y = way.nearly(chunk.x, chunk.y)

    def exact(at: NDArray[np.int64]) -> tuple[Any, Any]:
        return way.exactly(chunk.x[at], chunk.y[at])

    placed = locator.locate(x, y, exact=None if way.is_grid else exact, threads=1)
    n, months = len(locator.codes), len(chunk.months)
    month = np.zeros(len(x), np.int64) if chunk.month is None else chunk.month
    here, chosen = ~np.isnan(chunk.x), chunk.chosen

    def account(rows: NDArray[np.bool_] | None) -> tuple[Account, Any, NDArray[np.int64]]:
        """Account of some rows or all, their counts by month and area, and rows by month."""
        of, rank, on_land, shared = month, placed.rank, here, placed.shared
        if rows is not None:
            of, rank, on_land = of[rows], rank[rows], on_land[rows]
            shared = shared[rows[shared]]
        bins = _bins(of, rank, words=months, areas=n)
        located, inside = int(np.count_nonzero(on_land)), int(bins[:, 1:].sum())
        done = Account(
            rows=len(rank),
            without_coordinates=len(rank) - located,
            outside=located - inside,
            in_areas=inside,
            on_borders=len(shared),
        )
        return done, bins[:, 1:], bins.sum(axis=1)

    everything, all_counts, all_by_month = account(None)
    own, counts, by_month = everything, all_counts, all_by_month
    if chosen is not None:
        own, counts, by_month = account(chosen)
    if by_month[0]:
        msg = (
            f"{int(by_month[0]):,} of {own.rows:,} rows of a part of {label} have no month. "
            "Say what period all are of with --period."
        )
        raise InputError(msg)
    forces, sent = _senders(chunk, month, placed.rank, areas=n)
    return _Tally(
        everything=everything,
        chosen=own,
        counts={m: counts[k + 1] for k, m in enumerate(chunk.months) if all_by_month[k + 1]},
        all_counts=all_counts.sum(axis=0),
        chosen_months=frozenset(m for k, m in enumerate(chunk.months) if by_month[k + 1]),
        said=_said(chunk, month),
        forces=forces,
        sent=sent,
        identified=_identified(chunk, month, placed.rank),
        parts=chunk.parts,
    ), placed.rank


def _bins(
    code: NDArray[np.int64], rank: NDArray[np.int32], *, words: int, areas: int
) -> NDArray[np.int64]:
    """Rows by word and area: one row more for no word, and one column more for no area."""
    place = (code + 1) * (areas + 1) + rank + 1
    return np.bincount(place, minlength=(words + 1) * (areas + 1)).reshape(words + 1, areas + 1)


def _senders(
    chunk: PointChunk, month: NDArray[np.int64], rank: NDArray[np.int32], *, areas: int
) -> tuple[dict[str, NDArray[np.int64]], frozenset[tuple[str, str]]]:
    """Rows of each force by area, and the months that it sent."""
    if chunk.force is None:
        return {}, frozenset()
    code, words = chunk.force.code, chunk.force.words
    bins = _bins(code, rank, words=len(words), areas=areas)
    known = (code >= 0) & (month >= 0)
    pairs = np.unique(code[known] * len(chunk.months) + month[known])
    return (
        {word: bins[k + 1, 1:] for k, word in enumerate(words) if bins[k + 1].any()},
        frozenset(
            (words[pair // len(chunk.months)], chunk.months[pair % len(chunk.months)])
            for pair in pairs.tolist()
        ),
    )


# Words of a month that are kept for a message.
_MOST_WORDS: Final = 200


def _said(chunk: PointChunk, month: NDArray[np.int64]) -> frozenset[tuple[str, str]]:
    """Months and what the first filter's column says in them."""
    if chunk.category is None:
        return frozenset()
    code, words = chunk.category.code, chunk.category.words
    known = (code >= 0) & (month >= 0)
    pairs = np.unique(code[known] * len(chunk.months) + month[known])[: _MOST_WORDS * 12]
    return frozenset(
        (chunk.months[pair % len(chunk.months)], words[pair // len(chunk.months)])
        for pair in pairs.tolist()
    )


def _identified(
    chunk: PointChunk, month: NDArray[np.int64], rank: NDArray[np.int32]
) -> tuple[Identified, ...]:
    """What tells counted rows with an identifier apart."""
    if chunk.identifier is None:
        return ()
    rows = chunk.identifier != 0
    if chunk.chosen is not None:
        rows &= chunk.chosen
    if not rows.any():
        return ()
    hashed = [pd.util.hash_array(np.array([*chunk.months, ""], object))[month[rows]]]
    if chunk.category is not None:
        words = np.array([*(word.casefold() for word in chunk.category.words), ""], object)
        hashed.append(pd.util.hash_array(words)[chunk.category.code[rows]])
    place = [(side[rows] + 0.0).view(np.uint64) for side in (chunk.x, chunk.y)]
    identifier = chunk.identifier[rows]
    row = mixed(identifier, *place, *hashed)
    codes = month[rows].astype(np.int16)
    return (Identified(identifier, row, codes, rank[rows], chunk.months),)


def _require_chosen(total: _Tally, source: PointSource) -> None:
    if total.everything.rows == 0:
        msg = f"{source.files[0].name} has no rows. Export it again."
        raise InputError(msg)
    if total.chosen.rows:
        return
    words = sorted({word for _, word in total.said})
    has = ", ".join(map(repr, words[:20]))
    filters = " and ".join(map(str, source.columns.filters))
    first = source.columns.filters[0]
    alike = like_named(first.words[0], words)
    hint = offer(list(map(repr, alike)), otherwise="Use one of these.")
    msg = (
        f"0 of {total.everything.rows:,} rows have {filters}; the column {first.column!r} has "
        f"{has}. {hint}"
    )
    raise InputError(msg)


def like_named(word: str, others: Iterable[str]) -> list[str]:
    """Names that may be another's former or later name: near in spelling, or of a word in common.

    Examples
    --------
    >>> like_named("Violence and sexual offences", ["Violent crime", "Drugs", "Other theft"])
    ['Violent crime']
    """
    names = list(others)
    stems = _stems(word)
    return nearest(word, names) or [name for name in names if stems & _stems(name)]


def _stems(name: str) -> set[str]:
    words = re.findall(r"[^\W\d_]{5,}", name.casefold())
    return {word[:5] for word in words if word not in {"other", "crime", "crimes", "offences"}}


def _frame(
    total: _Tally, locator: Locator, repeats: Repeats, lacking: Sequence[Lacking]
) -> pd.DataFrame:
    codes, frames = list(locator.codes), []
    missing = {one.month: one.areas for one in lacking}
    for month in sorted({*total.counts, *missing}):
        counts = total.counts.get(month, np.zeros(len(codes), np.int64))
        counts = counts - repeats.less.get(month, 0)
        frame = pd.DataFrame({"area_code": codes, "period": month, "count": counts})
        frame = frame.astype({"count": "Int64"})
        if month in missing:
            frame["count"] = frame["count"].mask(missing[month])
        frames.append(frame)
    return pd.concat(frames, ignore_index=True).sort_values(
        ["area_code", "period"], ignore_index=True, kind="stable"
    )


def count_table(
    counts: pd.DataFrame,
    areas: gpd.GeoDataFrame | None = None,
    *,
    indicator: str | None,
    level: str,
    vintage: str = "",
    sex: str | None = "persons",
    basis: str = "own",
    note: str = "",
) -> pd.DataFrame:
    """Make counts of points a table of counts as everything else here reads it.

    Parameters
    ----------
    counts : pandas.DataFrame
        `PointCounts.counts`.
    areas : geopandas.GeoDataFrame, optional
        `area_code` and `area_name`, where the counts have no names.
    indicator, level, vintage, sex, basis, note : str
        What every row says in these columns; indicator and sex are None where the counts have
        them.

    Returns
    -------
    pandas.DataFrame
        `vawg_geo.terms.columns.COUNT_COLUMNS`; a count of 0 has the status `zero`, none the
        status `missing`.
    """
    same: dict[str, Any] = {"level": level, "vintage": vintage, "basis": basis, "note": note}
    if areas is not None:
        names = dict(zip(areas["area_code"], areas["area_name"], strict=True))
        same["area_name"] = counts["area_code"].map(names)
    same |= {
        key: word for key, word in (("indicator", indicator), ("sex", sex)) if word is not None
    }
    status = np.select(
        [counts["count"].isna(), counts["count"].fillna(0) > 0], ["missing", "value"], "zero"
    )
    return counts.assign(**same, status=status)[list(COUNT_COLUMNS)]
