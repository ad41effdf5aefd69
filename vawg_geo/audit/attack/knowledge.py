"""What a reader of one or several folders knows of every count, as limits and sums."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from vawg_geo.audit.attack.blocks import families
from vawg_geo.audit.attack.bounds import TOLERANCE, Sums
from vawg_geo.audit.attack.cells import CellTable, levels_of
from vawg_geo.audit.attack.periods import unread_periods
from vawg_geo.audit.attack.trust import trusted_limits
from vawg_geo.audit.observed import CELL, OBSERVATION_COLUMNS, Finding
from vawg_geo.audit.tables.totals import TOTAL
from vawg_geo.terms.periods import read_periods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vawg_geo.audit.observed import Observed
    from vawg_geo.terms.periods import Span

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

__all__ = ["Holding", "Knowledge", "know"]

PUBLISHED: Final = "published"


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What one reader holds: a folder's content, and how it was protected.

    Attributes
    ----------
    observed : Observed
    smallest, largest : int
        Counts of this range are hidden in it.
    base : int
        What its own shown counts are rounded to; 0 where they are not.
    public : bool
        Everything in it is published, whatever its basis says.
    """

    observed: Observed
    smallest: int
    largest: int
    base: int = 0
    public: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Knowledge:
    """Cells, what is known of each, and the sums that tie them.

    Attributes
    ----------
    cells : pandas.DataFrame
        `observed.CELL` and `source`, where the first folder names the cell.
    sums : Sums
        Limits of every cell and all sums.
    public : Sums
        The same sums; limits from published figures alone.
    floor : array
        The least that a cell can be by hidden cells and published figures among its parts.
    tied : array of bool
        Whether some sum that can be relied on holds the cell.
    hidden, missing, unnamed, rounded, shown : array of bool
        What the first folder says of a protected cell: a symbol; that it is missing; nothing,
        though it follows from others; a rounded count; a count.
    bounded : array of bool
        Cells that nobody gives, over times that overlap: several sums together may give them.
    notes : list of str
        What could not be relied on, for the analyst.
    findings : list of Finding
        Periods that cannot be read.
    """

    cells: pd.DataFrame
    sums: Sums
    public: Sums
    floor: Floats
    tied: Flags
    hidden: Flags
    missing: Flags
    unnamed: Flags
    bounded: Flags
    rounded: Flags
    shown: Flags
    notes: list[str]
    findings: list[Finding]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Rows:
    """Observations of all folders as arrays: one row for each figure."""

    folder: Integers
    cell: Integers
    low: Floats
    high: Floats
    status: pd.Series[str]
    named: Flags
    published: Flags
    is_whole: Flags
    source: pd.Series[str]

    def has(self, status: str) -> Flags:
        flags: Flags = (self.status == status).to_numpy(bool)
        return flags


def know(holdings: Sequence[Holding]) -> Knowledge:
    """Put together what several folders say.

    Parameters
    ----------
    holdings : sequence of Holding
        The first is the one whose hidden cells are to stay hidden.

    Returns
    -------
    Knowledge
    """
    frame = _together(holdings)
    spans = _spans(frame)
    table, cell_of_row = _table(frame, holdings, spans)
    rows = _rows(frame, cell_of_row, holdings)
    n_named = table.size
    absent = _only(rows.has("not_applicable"), rows, n_named)
    table.add_sums(_part_of(holdings), absent)
    equations = table.equations()
    cells, n = table.size, equations.size
    least = _least_hidden(rows, holdings, n)
    limits, conflicts = _limits(rows, rows.named, least, absent)
    # That a hidden count is one at least is the symbol's doing, whatever else is shown.
    public, _ = _limits(rows, rows.named & rows.published, least, absent)
    in_first = (rows.folder == 0) & ~rows.published
    protected = _any(in_first, rows, n)
    unnamed = np.arange(n) >= n_named
    sum_low, sum_high, notes = trusted_limits(
        equations, limits.low, limits.high, protected=protected, unnamed=unnamed
    )
    if conflicts:
        notes.append(
            f"{conflicts:,} of {n_named:,} counts are given differently in different places; "
            "everything between is taken as possible."
        )
    sums = Sums(
        low=limits.low,
        high=limits.high,
        sum_low=sum_low,
        sum_high=sum_high,
        row=equations.row,
        column=equations.column,
        sign=equations.sign,
    )
    seen = _any(in_first & rows.named, rows, n)
    hidden = _any(in_first & rows.has("suppressed"), rows, n)
    # What the first folder leaves out and no other one gives.
    left_out = ~_any((rows.folder == 0) | rows.named, rows, n)
    missing = _any(in_first & rows.has("missing"), rows, n) & ~seen & ~hidden
    given = _any(rows.named & ~rows.has("suppressed"), rows, n)
    given[:n_named] |= absent
    follows = _follow(sums, given, protected, equations.crossed, united=table.united)
    return Knowledge(
        cells=table.names().assign(source=_sources(rows, in_first, cells)),
        sums=sums,
        public=replace(sums, low=public.low, high=public.high),
        floor=_floor(sums, np.maximum(np.where(limits.low == least, least, 0), public.low)),
        tied=_tied(sums),
        hidden=hidden,
        missing=missing & follows,
        unnamed=left_out & follows,
        bounded=_bounded(table, left_out & ~follows, protected),
        rounded=seen & ~hidden & (holdings[0].base > 1),
        shown=seen & ~hidden,
        notes=notes,
        findings=_unread(frame, rows, _part_of(holdings), spans),
    )


def _spans(frame: pd.DataFrame) -> dict[str, Span | None]:
    """Time of each word for a period, read in the light of all others."""
    words = [str(word) for word in frame["period"].unique()]
    return dict(zip(words, read_periods(words), strict=True))


def _unread(
    frame: pd.DataFrame,
    rows: _Rows,
    part_of: dict[str, tuple[str, bool]],
    spans: dict[str, Span | None],
) -> list[Finding]:
    own = frame.assign(mine=rows.folder == 0)[~rows.published]
    return unread_periods(own, families(list(own["indicator"].unique()), part_of), spans)


def _part_of(holdings: Sequence[Holding]) -> dict[str, tuple[str, bool]]:
    """Which indicators nest; the first folder has the last word."""
    part_of: dict[str, tuple[str, bool]] = {}
    for holding in reversed(holdings):
        part_of |= holding.observed.part_of
    return part_of


def _together(holdings: Sequence[Holding]) -> pd.DataFrame:
    frames = [
        h.observed.observations.assign(folder=i)
        for i, h in enumerate(holdings)
        if len(h.observed.observations)
    ]
    if not frames:
        return pd.DataFrame(columns=[*OBSERVATION_COLUMNS, "folder"])
    return pd.concat(frames, ignore_index=True)


def _table(
    frame: pd.DataFrame, holdings: Sequence[Holding], spans: dict[str, Span | None]
) -> tuple[CellTable, Integers]:
    """Cells that are named, with a number each; two words for one time are one period."""
    codes, names = {}, {}
    for column in CELL:
        numbers, values = pd.factorize(frame[column])
        codes[column], names[column] = numbers.astype(np.int64), [str(v) for v in values]
    first: dict[object, int] = {}
    same = [first.setdefault(spans[word] or i, i) for i, word in enumerate(names["period"])]
    codes["period"] = np.array(same, np.int64)[codes["period"]]
    width = max(1, len(names["period"]))
    key = (codes["indicator"] * max(1, len(names["sex"])) + codes["sex"]) * width
    keys, series = np.unique(key + codes["period"], return_inverse=True)
    triples = [
        (
            names["indicator"][int(k) // width // max(1, len(names["sex"]))],
            names["sex"][int(k) // width % max(1, len(names["sex"]))],
            names["period"][int(k) % width],
        )
        for k in keys
    ]
    sums = [h.observed.totals for h in holdings if h.observed.totals]
    totals = {whole: TOTAL for some in sums for whole in some.values()}
    table = CellTable(
        areas=names["area_code"],
        levels=totals | levels_of(frame),
        series=triples,
        # The sum of a whole table is one more way to share out areas.
        parents=[*(h.observed.parents for h in holdings), *sums],
        named=[
            *(set(frame.loc[frame["folder"] == i, "area_code"]) for i in range(len(holdings))),
            *(set(some) for some in sums),
        ],
        spans=spans,
    )
    return table, table.name_cells(codes["area_code"], series.astype(np.int64))


def _rows(frame: pd.DataFrame, cell: Integers, holdings: Sequence[Holding]) -> _Rows:
    folder = frame["folder"].to_numpy(np.int64)
    low = pd.to_numeric(frame["low"]).to_numpy(np.float64, na_value=np.nan).copy()
    high = pd.to_numeric(frame["high"]).to_numpy(np.float64, na_value=np.nan).copy()
    named = ~(np.isnan(low) & np.isnan(high)) & (frame["status"] != "not_applicable").to_numpy(bool)
    low, high = np.where(np.isnan(low), 0, low), np.where(np.isnan(high), np.inf, high)
    public = np.array([h.public for h in holdings], bool)[folder]
    published = (frame["basis"] == PUBLISHED).to_numpy(bool) | public
    is_whole = (frame["basis"] != "estimated").to_numpy(bool)
    base = np.array([h.base for h in holdings], np.int64)[folder]
    largest = np.array([h.largest for h in holdings], np.float64)[folder]
    rounded_by = np.where(~published & named, base, 0)
    low, high = _unrounded(low, high, base=rounded_by, largest=largest)
    # A count is a whole number: what a percentage gives is narrowed to the whole ones in it.
    up, down = np.ceil(low - TOLERANCE), np.floor(high + TOLERANCE)
    use = is_whole & (up <= down)
    return _Rows(
        folder=folder,
        cell=cell,
        low=np.maximum(np.where(use, up, low), 0),
        high=np.where(use, down, high),
        status=frame["status"],
        named=named,
        published=published,
        is_whole=is_whole,
        source=frame["source"],
    )


def _unrounded(
    low: Floats, high: Floats, *, base: Integers, largest: Floats
) -> tuple[Floats, Floats]:
    """What counts can have been before they were rounded to a base, 0 for none."""
    # A nought that is shown is one where only counts from 1 on are hidden.
    nought = (high <= 0) & (largest > 0)
    near = np.where((base > 1) & ~nought, base // 2, 0)
    least, most = low - near, high + near
    beyond = np.maximum(least, largest + 1)
    return np.where((near > 0) & (beyond <= most), beyond, np.maximum(least, 0)), most


class _Limits(NamedTuple):
    """The least and the most of each cell."""

    low: Floats
    high: Floats


def _limits(rows: _Rows, which: Flags, least: Floats, absent: Flags) -> tuple[_Limits, int]:
    """Limits of each cell, and of how many cells figures exclude each other: all between counts.

    `least` is what symbols promise; cells that are absent, among those that are named, are nought.
    """
    n = len(least)
    cell, low, high = rows.cell[which], rows.low[which], rows.high[which]
    most_low, least_high = np.zeros(n), np.full(n, np.inf)
    np.maximum.at(most_low, cell, low)
    np.minimum.at(least_high, cell, high)
    crossed = most_low > least_high + TOLERANCE
    if crossed.any():
        least_low, most_high = np.full(n, np.inf), np.zeros(n)
        np.minimum.at(least_low, cell, low)
        np.maximum.at(most_high, cell, high)
        most_low[crossed], least_high[crossed] = least_low[crossed], most_high[crossed]
    low, high = most_low, np.maximum(least_high, most_low)
    # A figure counts for more than a symbol's promise that there is at least one.
    low = np.where(least <= high, np.maximum(low, least), low)
    low[: len(absent)][absent], high[: len(absent)][absent] = 0, 0
    return _Limits(low, high), int(crossed.sum())


def _least_hidden(rows: _Rows, holdings: Sequence[Holding], n: int) -> Floats:
    """At least 1 where a symbol stands and noughts are shown."""
    shows_noughts = np.array([h.smallest >= 1 for h in holdings], bool)[rows.folder]
    least = np.zeros(n)
    least[rows.cell[rows.has("suppressed") & rows.is_whole & shows_noughts]] = 1
    return least


def _any(which: Flags, rows: _Rows, n: int) -> Flags:
    flags = np.zeros(n, bool)
    flags[rows.cell[which]] = True
    return flags


def _only(which: Flags, rows: _Rows, n: int) -> Flags:
    return _any(which, rows, n) & ~_any(~which, rows, n)


def _sources(rows: _Rows, which: Flags, n: int) -> list[str]:
    sources = [""] * n
    cell, source = rows.cell[which], rows.source[which]
    for i, name in zip(cell[::-1].tolist(), source.tolist()[::-1], strict=True):
        sources[i] = str(name)
    return sources


def _follow(sums: Sums, given: Flags, protected: Flags, along: int, *, united: Integers) -> Flags:
    """As `_follows`; periods put end to end are as good as given, and what follows from them is."""
    follows = _follows(sums, given, protected, along)
    in_one = np.zeros(len(given), bool)
    in_one[united] = follows[united]
    if in_one.any():
        follows |= _follows(sums, given | in_one, protected, along)
    return follows


def _follows(sums: Sums, given: Flags, protected: Flags, along: int) -> Flags:
    """Cells that nobody gives and that one sum along one axis gives, all its others being given.

    Parameters
    ----------
    sums : Sums
    given : array of bool
        Cells of which somebody gives a figure.
    protected : array of bool
    along : int
        Sums before this one are along one axis.
    """
    m = len(sums.sum_low)
    open_cells = np.bincount(sums.row, ~given[sums.column], m)
    has_one_open = (open_cells == 1) & np.isfinite(sums.sum_low) & np.isfinite(sums.sum_high)
    has_one_open &= np.bincount(sums.row, protected[sums.column], m) > 0
    has_one_open[along:] = False
    follows = np.zeros(len(sums.low), bool)
    follows[sums.column[has_one_open[sums.row]]] = True
    result: Flags = follows & ~given
    return result


def _bounded(table: CellTable, left_out: Flags, protected: Flags) -> Flags:
    """Cells that nobody gives of indicators with protected figures of times that overlap."""
    kin = table.over_overlapping_times()
    if not kin:
        return np.zeros(len(left_out), bool)
    names = table.names()["indicator"]
    family = names.map(kin).fillna(-1).to_numpy(np.int64)
    ours = set(family[protected[: len(family)]].tolist()) - {-1}
    bounded: Flags = np.zeros(len(left_out), bool)
    bounded[: len(family)] = left_out[: len(family)] & np.isin(family, list(ours))
    return bounded


def _tied(sums: Sums) -> Flags:
    """Cells in a sum that limits them."""
    binds = np.isfinite(sums.sum_low) | np.isfinite(sums.sum_high)
    tied = np.zeros(len(sums.low), bool)
    tied[sums.column[binds[sums.row]]] = True
    return tied


def _floor(sums: Sums, floor: Floats) -> Floats:
    """Carry the least of cells up to what they are parts of."""
    floor = floor.astype(np.float64)
    holds = (sums.sum_low >= 0)[sums.row]
    parts, wholes = holds & (sums.sign < 0), holds & (sums.sign > 0)
    for _ in range(12):
        of_parts = np.bincount(
            sums.row[parts], floor[sums.column[parts]], minlength=len(sums.sum_low)
        )
        higher = floor.copy()
        np.maximum.at(higher, sums.column[wholes], of_parts[sums.row[wholes]])
        if (higher == floor).all():
            break
        floor = higher
    return floor
