"""Events told by rows that name their area: a row a crime, or a row an area and a column a month.

Such rows need no coordinates. Whatever cannot be counted is set aside with its reason, so that all
rows of the file are accounted for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.inputs.points.columns import filters_of
from vawg_geo.inputs.points.dates import period_of, read_date, read_dates
from vawg_geo.inputs.tables.layout import header_of
from vawg_geo.inputs.tables.numbers import parse_counts
from vawg_geo.inputs.tables.read import read_table
from vawg_geo.terms.codes import no_area, read_sex, visible
from vawg_geo.terms.periods import read_periods

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["EventColumns", "Events", "is_nowhere", "read_events"]

# Besides what `no_area` knows: no letter at all, and what a clerk puts for "to be filled in".
_NOTHING: Final = re.compile(r"[\W_]*|other|nil|tbc|#n/a", re.IGNORECASE)
_IDENTIFIER: Final = re.compile(
    r"((crime|offence|incident|case|record|event|unique|occurrence) ?)*"
    r"(id|ref|reference|ref(erence)? ?(no|number)|number|no|urn|uuid)\.?",
    re.IGNORECASE,
)
# What rows of a file can come to, in the order in which it is asked.
_REASONS: Final = {
    "filter": "of another category",
    "repeat": "that are another row again",
    "area": "without a known area",
    "sex": "without a known sex",
    "offence": "without an offence",
    "date": "without a date",
}


@dataclass(frozen=True, kw_only=True)
class EventColumns:
    """Columns of a table of events, as they are called there.

    Attributes
    ----------
    area : str
        Codes or names.
    date, sex, offence, district : str, optional
    filters : sequence of (str, str)
        Which rows are counted; see `filters_of`.
    """

    area: str
    date: str | None = None
    sex: str | None = None
    offence: str | None = None
    district: str | None = None
    filters: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, kw_only=True)
class Events:
    """Events of a table, before they come to areas.

    Attributes
    ----------
    rows : pandas.DataFrame
        By the number of their row: `area`, `district`, `sex`, `indicator`, `period` (texts, empty
        where there is no such column) and `count`.
    aside : dict of str to int
        Events that are not counted, by the reason.
    told : int
        All events of the file.
    monthly : bool
        A column a month: a month that is no column lacks. In a table of a row a crime it may
        have had none.
    months : frozenset of str
        Months that rows are of.
    notes : list of str
        What is worth saying.
    label : str
        The file's name.
    """

    rows: pd.DataFrame
    aside: dict[str, int]
    told: int
    monthly: bool
    months: frozenset[str]
    notes: list[str]
    label: str

    def account(self) -> str:
        """Say where all events went."""
        counted = int(self.rows["count"].sum())
        parts = [f"{counted:,} counted", *(f"{n:,} {_REASONS[k]}" for k, n in self.aside.items())]
        return f"{self.label}: {self.told:,} events = {' + '.join(parts)}"


def is_nowhere(word: str) -> bool:
    """Whether a cell of areas says that the area is not known, or is none.

    Examples
    --------
    >>> [is_nowhere(word) for word in ("Unknown", "Outside force area", "E99999999", "", "Arbury")]
    [True, True, True, True, False]
    """
    return _NOTHING.fullmatch(word.strip()) is not None or no_area(word) != ""


def read_events(
    path: Path, columns: EventColumns, *, by: str = "month", sheet: str | None = None
) -> Events:
    r"""Read a table of a row a crime, or of a row an area and a column a month.

    Parameters
    ----------
    path : Path
        CSV, Excel workbook or Parquet.
    columns : EventColumns
        Without a column of dates, headings that are months (`202009`, `Sep-20`) hold counts.
    by : {"month", "quarter", "year", "financial-year"}
        What dates are read to; columns of months stay months.
    sheet : str, optional
        Of a workbook.

    Returns
    -------
    Events

    Raises
    ------
    InputError
        A date or count cannot be read, no row is of the category, or no sex is known.
    ConfigurationError
        The table has no such column.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "crimes.csv")
    ...     _ = path.write_text("Date,Sex,Ward\n1/4/2023,F,Arbury\n2/4/2023,Not stated,Hill\n")
    ...     events = read_events(path, EventColumns(area="Ward", date="Date", sex="Sex"))
    >>> events.account()
    'crimes.csv: 2 events = 1 counted + 1 without a known sex'
    """
    table = read_table(path, sheet=sheet)
    frame = table.frame.set_axis(pd.Index(table.rows), axis=0)
    named = {
        key: header_of(frame, name, key=key)
        for key, name in vars(columns).items()
        if key != "filters" and name is not None
    }
    months = {} if "date" in named else _month_columns(frame, set(named.values()))
    rows = pd.DataFrame(index=frame.index)
    for key in ("area", "district", "sex", "offence", "date"):
        cells = frame[named[key]].fillna("") if key in named else pd.Series("", index=frame.index)
        rows[key] = cells.map(lambda text: " ".join(text.split())).astype("str")
    notes = [f"{table.source}: {note}" for note in table.notes]
    rows["aside"] = ""
    rows.loc[~_kept(frame, columns.filters, table.source), "aside"] = "filter"
    if not months:
        notes += _set_repeats_aside(rows, frame)
    _set_aside(rows, rows["area"].map(is_nowhere), "area")
    if columns.sex is not None:
        notes += _set_sexes_aside(rows, named["sex"])
    if columns.offence is not None:
        _set_aside(rows, rows["offence"] == "", "offence")
    if months:
        rows, said = _by_month_column(rows, frame, months)
    else:
        rows, said = _dated(rows, named.get("date", ""), by=by, label=table.source)
    counted = rows[rows["aside"] == ""].rename(columns={"offence": "indicator"})
    told = rows.groupby("aside")["count"].sum()
    return Events(
        rows=counted[["area", "district", "sex", "indicator", "period", "count"]],
        aside={reason: int(told[reason]) for reason in _REASONS if reason in told.index},
        told=int(rows["count"].sum()),
        monthly=bool(months),
        months=_months_told(counted, monthly=bool(months)),
        notes=[*notes, *said, *_words_aside(rows)],
        label=table.source,
    )


def _months_told(rows: pd.DataFrame, *, monthly: bool) -> frozenset[str]:
    if monthly:
        return frozenset(rows["period"].unique())
    spans = (read_date(word) for word in rows["date"].unique() if word)
    found = (period_of(span, "month") for span in spans if isinstance(span, tuple))
    return frozenset(month for month in found if month)


def _month_columns(frame: pd.DataFrame, taken: set[str]) -> dict[str, str]:
    """Headings that are months, and which."""
    names = [str(name) for name in frame.columns if name not in taken]
    spans = read_periods(names)
    found = {
        name: month
        for name, span in zip(names, spans, strict=True)
        if span and span[1] - span[0] < 32 and (month := period_of(span, "month"))
    }
    return found if len(found) > 1 else {}


def _set_aside(rows: pd.DataFrame, where: pd.Series, reason: str) -> None:
    rows.loc[where & (rows["aside"] == ""), "aside"] = reason


def _kept(frame: pd.DataFrame, filters: Sequence[tuple[str, str]], label: str) -> pd.Series:
    kept = pd.Series(data=True, index=frame.index)
    for only in filters_of(list(filters)):
        column = header_of(frame, only.column, key="category")
        words = frame[column].fillna("").map(visible)
        holds = {word: only.holds(word) for word in words.unique()}
        if not any(holds.values()):
            has = ", ".join(map(repr, sorted(holds)[:20]))
            msg = (
                f"0 of {len(frame):,} rows of {label} have {only}; the column has {has}. Use one "
                "of these."
            )
            raise InputError(msg)
        kept &= words.map(holds)
    if not kept.any():
        asked = " and ".join(map(str, filters_of(list(filters))))
        msg = f"0 of {len(frame):,} rows of {label} have {asked} at once. Ask for less."
        raise InputError(msg)
    return kept


def _set_repeats_aside(rows: pd.DataFrame, frame: pd.DataFrame) -> list[str]:
    """Set rows aside that are alike in every cell, where an identifier tells crimes apart."""
    named = [str(name) for name in frame.columns if _IDENTIFIER.fullmatch(str(name))]
    alike = frame.duplicated() & (rows["aside"] == "")
    if not named:
        if not alike.any():
            return []
        return [
            f"{int(alike.sum()):,} of {len(frame):,} rows are alike in every cell to another, and "
            f"no column identifies a crime: they are counted; first: row {alike.idxmax()}"
        ]
    notes = []
    identifier = frame[named[0]]
    if alike.any():
        notes.append(
            f"{int(alike.sum()):,} of {len(frame):,} rows are alike in every cell to another, "
            f"{named[0]!r} too: each is the same crime again and is not counted; first: row "
            f"{alike.idxmax()}"
        )
    same = identifier.duplicated() & identifier.notna() & ~frame.duplicated()
    same &= rows["aside"] == ""
    if same.any():
        notes.append(
            f"{int(same.sum()):,} of {len(frame):,} rows repeat the {named[0]!r} of another and "
            f"differ from it in other cells: they are counted; first: row {same.idxmax()}, "
            f"{identifier[same].iloc[0]!r}"
        )
    _set_aside(rows, alike, "repeat")
    return notes


def _set_sexes_aside(rows: pd.DataFrame, column: str) -> list[str]:
    words = rows["sex"]
    known = {word: read_sex(word) for word in words.unique()}
    sexes = words.map({word: sex for word, sex in known.items() if sex in ("female", "male")})
    if sexes.isna().all():
        has = ", ".join(map(repr, sorted(known)[:10]))
        msg = (
            f"no cell of {column!r} says female or male; it has {has}. Name another column with "
            "--sex-column, or leave the option out to count all people together."
        )
        raise InputError(msg)
    other = sorted({word or "(empty)" for word in words[sexes.isna()]})
    _set_aside(rows, sexes.isna(), "sex")
    rows["sex"] = sexes.fillna("")
    return [f"{column!r} that is neither female nor male: {', '.join(other[:10])}"] if other else []


def _dated(
    rows: pd.DataFrame, column: str, *, by: str, label: str
) -> tuple[pd.DataFrame, list[str]]:
    rows = rows.assign(count=1, period="")
    if not column:
        return rows, []
    _set_aside(rows, rows["date"].map(is_nowhere), "date")
    dated = rows["aside"] == ""
    where = f"{column!r} of {label}"
    words = rows.loc[dated, "date"]
    periods, notes = read_dates(list(words), by=by, label=where, rows=list(words.index))
    rows.loc[dated, "period"] = periods
    return rows, notes


def _by_month_column(
    rows: pd.DataFrame, frame: pd.DataFrame, months: Mapping[str, str]
) -> tuple[pd.DataFrame, list[str]]:
    """A row for each month of each row, with its count."""
    parts, notes = [], []
    for heading, month in months.items():
        where = [f"row {row}, column {heading!r}" for row in frame.index]
        parsed = parse_counts(frame[heading], fractional=False, where=where.__getitem__)
        values = pd.Series(parsed.values, index=frame.index).astype("Int64")
        lacking = values.isna() & (rows["aside"] != "filter")
        if lacking.any():
            raise InputError(
                problem(
                    "have no count",
                    bad=int(lacking.sum()),
                    total=len(values),
                    noun=f"rows in the column {heading!r}",
                    first=f"row {values.index[lacking][0]}",
                    action="Fill in 0 where there was none; nothing can be added to a cell that "
                    "is hidden or not known.",
                )
            )
        parts.append(rows.assign(period=month, count=values.fillna(0)))
    parts, strays = _without_strays(parts, list(months))
    first, last = next(iter(months)), list(months)[-1]
    notes.append(f"{len(months):,} columns of months are counts: {first} to {last}")
    return pd.concat(parts), [*notes, *strays]


# A month of the largest tables that has less than this part of a usual one is not whole. In tables
# of fewer events a month may well have none.
_STRAY: Final = 0.1
_MANY: Final = 1_000


def _without_strays(
    parts: list[pd.DataFrame], headings: list[str]
) -> tuple[list[pd.DataFrame], list[str]]:
    """Leave out months of which a table has a few rows that were recorded late or early."""
    totals = pd.Series([int(part["count"].sum()) for part in parts], index=headings)
    usual = float(totals.median())
    stray = totals[(totals < _STRAY * usual) & (usual >= _MANY)]
    notes = [
        f"{heading!r} has {total:,} events of all kinds, where {usual:,.0f} are usual: it is no "
        "whole month and is left out"
        for heading, total in stray.items()
    ]
    kept = [part for part, heading in zip(parts, headings, strict=True) if heading not in stray]
    return kept, notes


def _words_aside(rows: pd.DataFrame) -> list[str]:
    """What the areas that are set aside are called."""
    nowhere = rows.loc[rows["aside"] == "area"].groupby("area")["count"].sum()
    if nowhere.empty:
        return []
    told = ", ".join(f"{word or '(empty)'} ({n:,})" for word, n in list(nowhere.items())[:8])
    return [f"areas that are none, set aside: {told}"]
