"""Counts of events by area, from tidy and wide tables, as one long table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.errors import ConfigurationError, InputError, VawgGeoError, problem, said_of
from vawg_geo.inputs.known_codes import mixture_of_years, require_names_of_codes
from vawg_geo.inputs.tables.beside import total_notes, unplaced_notes
from vawg_geo.inputs.tables.layout import (
    area_columns,
    describe_row,
    find_columns,
    header_of,
    levels_of_rows,
    nearest_cells,
    require_distinct_rows,
    set_aside_rows,
    told_rows,
)
from vawg_geo.inputs.tables.numbers import parse_counts
from vawg_geo.inputs.tables.read import read_table
from vawg_geo.terms.codes import read_sex
from vawg_geo.terms.columns import BASES, COUNT_COLUMNS, LEVELS, SEXES, STATUSES
from vawg_geo.terms.periods import month_word, read_day, read_periods

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from vawg_geo.inputs.tables.layout import Aside

__all__ = ["KEYS", "basis_told", "read_counts"]

_DIMENSIONS: Final = ("indicator", "sex", "period")
# What a spreadsheet program shows where somebody wrote 2019-08.
_EXCEL_MONTH: Final = re.compile(r"[A-Za-z]{3,4}-\d{2}")
KEYS: Final = (
    "area_code",
    "area_name",
    "district",
    *_DIMENSIONS,
    "quarter",
    "count",
    "individuals",
    "note",
    "level",
    "vintage",
    "status",
)
# A wide table has several counts in a row, and cannot say of which of them these are.
_TIDY_ONLY: Final = frozenset({"count", "status", "individuals"})


def read_counts(
    path: str | Path,
    *,
    columns: Mapping[str, Any] | None = None,
    level: str | None = None,
    vintage: str = "",
    indicator: str | None = None,
    sex: str | None = None,
    period: str | None = None,
    basis: str = "own",
    notes: str = "",
    sheet: str | None = None,
) -> pd.DataFrame:
    """Read a table of counts.

    Tidy tables have a row per area, indicator, sex and period, and a column of counts. Wide ones
    have several columns of counts, which `columns["counts"]` names: a mapping from the heading to
    what it holds (``{"2015/16 F": {"sex": "female", "period": "2015/16"}}``), or a list of
    headings that are sexes or else periods (``["2014/15", "2015/16"]``).

    Rows of totals and remarks under the table, of regions and nations, and of events without an
    area (`Unknown`, `Outside force area`, `E99999999`) are set aside and noted, with their values;
    so is a total that is not the sum of its areas. What the marks in cells mean is listed in
    `vawg_geo.inputs.tables.numbers`. Periods stay as they are written, but for dates that stand for
    a month, `01/08/2019` or `Aug-19`, which become `2019-08`.

    Parameters
    ----------
    path : str or Path
        CSV, TSV, Excel workbook or Parquet.
    columns : mapping, optional
        Our names (`area_code`, `area_name`, `district`, `indicator`, `sex`, `period`, `count`,
        `individuals`, `note`, `level`, `vintage`, `status`, `quarter` of the year in `period`, or
        `counts` instead of `count`) to the table's headings; "" leaves a column unread. Common
        headings are recognised, and so are several columns that are headed by periods.
    level : str, optional
        Level of areas whose code does not tell it.
    vintage : str
        Date or name of the boundaries that the codes or names are of.
    indicator, sex, period : str, optional
        For tables that do not say it.
    basis : str
        `own`, `published`, `illustrative` or `estimated`; only the last may have fractions.
    notes : str
        For the column `note` of every row; a note in the table is put before it.
    sheet : str, optional
        Sheet of a workbook.

    Returns
    -------
    pandas.DataFrame
        Columns `vawg_geo.terms.columns.COUNT_COLUMNS`, in the file's order; `count` is `Int64`
        (`Float64` for estimates); texts that are absent are "". Where the table names the
        district of its areas, one further column `district`, and where it says of how many
        different persons the events are, `individuals`: for the join to use and drop.
        ``attrs["notes"]`` is a list of what is worth saying, ``attrs["unplaced"]`` one of events
        without an area: `area_name` (the word there), `indicator`, `sex`, `period`, `count`.

    Raises
    ------
    InputError
        The file, its layout or a value cannot be used; the message names row, area and value.
    ConfigurationError
        An option cannot be used with this table.
    """
    if basis not in BASES:
        msg = f"basis {basis!r} is unknown. Choose one of {', '.join(BASES)}."
        raise ConfigurationError(msg)
    table = read_table(path, sheet=sheet, dates_as_shown=True)
    frame = table.frame.set_axis(pd.Index(table.rows), axis=0)
    given = dict(columns or {})
    with said_of(table.source):
        constants = _constants(indicator=indicator, sex=sex, period=period)
        wide = _wide_columns(frame, given, constants)
        found = find_columns(
            frame.drop(columns=list(wide)),
            [key for key in KEYS if not (wide and key in _TIDY_ONLY)],
            given=given,
        )
        said: list[str] = []
        if not wide and "count" not in found and "period" not in {*found, *constants}:
            wide, said = _headed_by_periods(frame, found)
        long, remarks = _lengthen(frame, found, wide, constants, level=level, basis=basis)
    unplaced = long.attrs.pop("unplaced")
    own_note = long.pop("note")
    long["note"] = own_note.where(own_note == "", own_note + ("; " if notes else "")) + notes
    long["vintage"] = long["vintage"].where(long["vintage"] != "", vintage).astype("str")
    long["basis"] = pd.Series(basis, index=long.index, dtype="str")
    extra = [name for name in ("district", "individuals") if name in long]
    result = long[[*COUNT_COLUMNS, *extra]].reset_index(drop=True)
    mixed = mixture_of_years(
        result["area_code"].tolist(), periods=result["period"].tolist(), file=table.source
    )
    remarks += [mixed] if mixed else []
    result.attrs["notes"] = [
        *(f"{table.source}: {note}" for note in (*table.notes, *said, *remarks))
    ]
    result.attrs["unplaced"] = unplaced
    return result


def basis_told(path: str | Path, *, sheet: str | None = None) -> str:
    """Basis that a table says of its rows; what is invented or estimated stays so.

    Parameters
    ----------
    path : str or Path
    sheet : str, optional
        Sheet of a workbook.

    Returns
    -------
    str
        `own` where it has no column `basis`.

    Examples
    --------
    >>> from vawg_geo.inputs.catalogue.registry import embedded_folder
    >>> basis_told(embedded_folder("data") / "ward_counts_illustrative.csv")
    'illustrative'
    """
    frame = read_table(path, sheet=sheet).frame
    said = set(frame["basis"].dropna().str.strip()) if "basis" in frame else set()
    return next(
        (word for word in ("illustrative", "estimated", "published") if word in said), "own"
    )


def _wide_columns(
    frame: pd.DataFrame, given: dict[str, Any], constants: dict[str, str]
) -> dict[str, dict[str, str]]:
    """Take `counts` out of the given names: heading to what the column holds."""
    counts = given.pop("counts", None)
    if counts is None:
        return {}
    if "count" in given:
        msg = "columns names both 'count' and 'counts'. Use 'count' for one column, else 'counts'."
        raise ConfigurationError(msg)
    if isinstance(counts, str) or not hasattr(counts, "__iter__") or not counts:
        msg = 'columns.counts must be a list of headings or a table, as in ["2014/15", "2015/16"].'
        raise ConfigurationError(msg)
    if not isinstance(counts, dict):
        counts = {name: _held_by_heading(str(name)) for name in counts}
    wide: dict[str, dict[str, str]] = {}
    for name, holds in counts.items():
        unknown = [key for key in holds if key not in _DIMENSIONS]
        if unknown:
            msg = (
                f"columns.counts[{name!r}] has an unknown key {unknown[0]!r}; known are "
                "indicator, sex, period."
            )
            raise ConfigurationError(msg)
        checked = _constants(**{key: str(value) for key, value in holds.items()})
        for key, value in checked.items():
            if constants.get(key, value) != value:
                msg = (
                    f"{key} = {constants[key]!r} is given, but columns.counts says {value!r} of "
                    f"{name!r}. Leave one of them out."
                )
                raise ConfigurationError(msg)
        wide[header_of(frame, name, key="counts")] = checked
    return wide


def _headed_by_periods(
    frame: pd.DataFrame, column_of: dict[str, str]
) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Columns of counts that say nothing but a period, as `202204`; none where there is but one."""
    rest = [name for name in frame.columns if name not in column_of.values()]
    spans = read_periods(rest)
    heads = [name for name, span in zip(rest, spans, strict=True) if span is not None]
    if len(heads) < 2:
        return {}, []
    said = f"{len(heads)} columns are counts by period: {heads[0]!r} to {heads[-1]!r}"
    return {name: {"period": name} for name in heads}, [said]


def _held_by_heading(heading: str) -> dict[str, str]:
    return {"sex": heading} if read_sex(heading) else {"period": heading}


def _constants(**values: str | None) -> dict[str, str]:
    """Those of indicator, sex and period that are given, the sex in our word."""
    given_once = {key: " ".join(value.split()) for key, value in values.items() if value}
    if "sex" in given_once:
        known = read_sex(given_once["sex"])
        if known is None:
            msg = f"sex {given_once['sex']!r} is unknown. Write {', '.join(SEXES)}."
            raise ConfigurationError(msg)
        given_once["sex"] = known
    return given_once


def _lengthen(
    frame: pd.DataFrame,
    column_of: dict[str, str],
    wide: dict[str, dict[str, str]],
    constants: dict[str, str],
    *,
    level: str | None,
    basis: str,
) -> tuple[pd.DataFrame, list[str]]:
    """Rows of one count each, checked; the index is the spreadsheet's row numbers."""
    if not wide and "count" not in column_of:
        msg = (
            f"no column of counts was recognised among {', '.join(map(repr, frame.columns))}. Say "
            'which: columns = { count = "..." }, or counts = ["...", "..."] for several.'
        )
        raise InputError(msg)
    read = set(column_of.values()) | set(wide)
    unread = [column for column in frame.columns if column not in read]
    notes = [f"columns not read: {', '.join(unread)}"] if unread else []
    aside = set_aside_rows(frame, column_of)
    if aside.kept.empty:
        msg = "there are no rows but totals and remarks. Give a row for each area."
        raise InputError(msg)
    base = area_columns(aside.kept, column_of)
    notes += [*base.attrs.pop("notes"), *aside.notes]
    base["level"], level_notes = levels_of_rows(base, _level_given(aside.kept, column_of, level))
    notes += [*level_notes, *require_names_of_codes(base)]
    for key in ("note", "vintage"):
        base[key] = aside.kept[column_of[key]].fillna("") if key in column_of else ""
    cells: dict[str, dict[str, str]] = wide or {column_of["count"]: {}}
    long, texts, heads = _long_rows(aside.kept, base, column_of, cells=cells, constants=constants)

    def where(place: int) -> str:
        row = describe_row(long.iloc[[place]], long.index[place])
        return f"{row}, column {heads[place]!r}" if wide else row

    parsed = parse_counts(texts, fractional=basis == "estimated", where=where)
    long["count"], long["status"] = parsed.values, parsed.status  # noqa: PD011 - a field of ours
    if "status" in column_of:
        long["status"] = _status_told(long, aside.kept[column_of["status"]])
    if "individuals" in column_of:
        long["individuals"] = _individuals(long, aside.kept[column_of["individuals"]], where)
    beside = _Beside(aside, column_of, cells=cells, constants=constants)
    notes += beside.notes(long)
    long["period"], dates = _months_of_dates(long["period"])
    require_distinct_rows(
        long,
        long[["level", *_DIMENSIONS]],
        noun="indicator, sex and period",
        unread=aside.kept[[*unread, *([column_of["district"]] if "district" in column_of else [])]],
    )
    long.attrs["unplaced"] = beside.unplaced()
    return long, [*notes, *dates, *parsed.notes]


def _long_rows(
    kept: pd.DataFrame,
    areas: pd.DataFrame,
    column_of: dict[str, str],
    *,
    cells: dict[str, dict[str, str]],
    constants: dict[str, str],
) -> tuple[pd.DataFrame, pd.Series, list[str]]:
    """Rows of one count each, what stands in its cell, and under which heading."""
    parts, texts = [], []
    for column, holds in cells.items():
        part = areas.copy()
        for key in _DIMENSIONS:
            part[key] = _dimension(
                kept,
                areas,
                key,
                column_of=column_of,
                constants={**constants, **holds},
                column=column,
            )
        if "quarter" in column_of and "period" in column_of:
            part["period"] = _quarters(part["period"], kept[column_of["quarter"]], areas)
        parts.append(part)
        texts.append(kept[column])
    # Row by row, not column by column: the order of the file.
    order = [row + block * len(kept) for row in range(len(kept)) for block in range(len(parts))]
    heads = [head for _ in range(len(kept)) for head in cells]
    return pd.concat(parts).iloc[order], pd.concat(texts).iloc[order], heads


class _Beside:
    """Rows of totals and of events without an area, read like those of areas where they can be."""

    def __init__(
        self,
        aside: Aside,
        column_of: dict[str, str],
        *,
        cells: dict[str, dict[str, str]],
        constants: dict[str, str],
    ) -> None:
        self.rows = sum(map(len, (aside.kept, aside.totals, aside.unplaced)))
        self.column_of, self.aside = column_of, aside
        self._cells, self._constants = cells, constants
        self._totals = self._long(aside.totals)
        self._unplaced = self._long(aside.unplaced)

    def _long(self, rows: pd.DataFrame) -> pd.DataFrame | None:
        """Rows of one count each; None where a cell that no map needs cannot be read."""
        areas = pd.DataFrame({"area_code": "", "area_name": nearest_cells(rows, self.column_of)})
        if "district" in self.column_of:
            areas["district"] = rows[self.column_of["district"]].fillna("").str.strip()
        try:
            long, texts, _ = _long_rows(
                rows, areas, self.column_of, cells=self._cells, constants=self._constants
            )
            parsed = parse_counts(texts, fractional=True)
        except VawgGeoError:
            return None
        return long.assign(count=parsed.values, status=parsed.status)

    def notes(self, long: pd.DataFrame) -> list[str]:
        """What is to be said of them, beside the rows of areas."""
        notes = told_rows(self.aside.totals, self.column_of, as_what="a total")
        if self._unplaced is None:
            notes += told_rows(self.aside.unplaced, self.column_of, as_what="of no area")
        else:
            notes += unplaced_notes(self._unplaced, self.rows)
        if self._totals is not None and len(self._totals):
            notes += total_notes(long, self._totals, self._unplaced)
        return notes

    def unplaced(self) -> list[dict[str, Any]]:
        """Events without an area that have a figure, for totals that are to hold them."""
        if self._unplaced is None:
            return []
        rows = self._unplaced[self._unplaced["count"].notna()]
        rows = rows.assign(period=_months_of_dates(rows["period"])[0])
        kept = rows[["area_name", *_DIMENSIONS, "count"]].to_dict("records")
        return [{str(name): value for name, value in row.items()} for row in kept]


def _months_of_dates(words: pd.Series) -> tuple[pd.Series, list[str]]:
    """Write months that a spreadsheet program made dates of as months: `2019-08`."""
    distinct = list(words.unique())
    changed = {
        word: month
        for word, span in zip(distinct, read_periods(distinct), strict=True)
        if span
        and (read_day(word) is not None or _EXCEL_MONTH.fullmatch(word))
        and (month := month_word(span))
    }
    if not changed:
        return words, []
    rows = int(words.isin(list(changed)).sum())
    first = next(iter(changed))
    return words.replace(changed), [
        f"{rows:,} of {len(words):,} periods are dates that stand for a month; first: {first!r} is "
        f"{changed[first]}"
    ]


def _quarters(years: pd.Series, quarters: pd.Series, areas: pd.DataFrame) -> pd.Series:
    """Quarters of the year beside them: 1 of 2023/24 is `Q1 2023/24`."""
    words = quarters.fillna("").map(lambda text: " ".join(text.split())).astype("str")
    pairs = {
        (year, word): _quarter_word(year, word)
        for year, word in set(zip(years, words, strict=True))
    }
    together = [pairs[pair] for pair in zip(years, words, strict=True)]
    read = pd.Series(together, index=years.index, dtype="str")
    _require_none(
        words,
        read == "",
        areas,
        what="have a quarter that is not understood",
        action='Write 1 to 4, or leave the column unread: columns = { quarter = "" }.',
    )
    return read


def _quarter_word(year: str, word: str) -> str:
    if read_periods([word])[0] is not None:
        return word
    number = re.fullmatch(r"(?:q|qtr|quarter)? ?([1-4])", word.casefold())
    return f"Q{number[1]} {year}" if number else ""


def _level_given(frame: pd.DataFrame, column_of: dict[str, str], level: str | None) -> str | None:
    """Take the option's level, else that of the table's own column where all rows agree."""
    if level is not None or "level" not in column_of:
        return level
    words = set(frame[column_of["level"]].fillna("").str.strip().str.casefold())
    return words.pop() if len(words) == 1 and words <= set(LEVELS) else None


def _dimension(
    frame: pd.DataFrame,
    areas: pd.DataFrame,
    key: str,
    *,
    column_of: dict[str, str],
    constants: dict[str, str],
    column: str,
) -> pd.Series:
    """Read indicator, sex or period of each row: the table's, else the constant."""
    if key not in column_of:
        if key not in constants:
            msg = (
                f'the table does not say the {key} of {column!r}. Say it ({key} = "..."), or '
                f'name the column: columns = {{ {key} = "..." }}.'
            )
            raise InputError(msg)
        return pd.Series(constants[key], index=frame.index, dtype="str")
    words = frame[column_of[key]].fillna("").map(lambda text: " ".join(text.split())).astype("str")
    if key == "sex":
        read = words.map(read_sex).astype("str")
        _require_none(
            words,
            read.isna() & (words != ""),
            areas,
            what="have an unknown sex",
            action=f"Write {', '.join(SEXES)} (or F, M, women, men, all).",
        )
        words = read.fillna("")
    _require_none(words, words == "", areas, what=f"have no {key}", action="Fill in the cells.")
    if key in constants and (words != constants[key]).any():
        msg = (
            f"{key} = {constants[key]!r} is given, but the column {column_of[key]!r} of the table "
            f"says {', '.join(map(repr, words.unique()[:4]))}. Leave the option out, or leave the "
            f'column unread: columns = {{ {key} = "" }}.'
        )
        raise ConfigurationError(msg)
    return words


def _require_none(
    words: pd.Series, bad: pd.Series, areas: pd.DataFrame, *, what: str, action: str
) -> None:
    rows = words.index[bad]
    if len(rows):
        first = f"{describe_row(areas, rows[0])} ({words[rows[0]]!r})"
        raise InputError(
            problem(what, bad=len(rows), total=len(words), noun="rows", first=first, action=action)
        )


def _individuals(long: pd.DataFrame, text: pd.Series, where: Callable[[int], str]) -> pd.Series:
    """Of how many different persons the events of each row are; missing where it is not said."""
    numbers = parse_counts(text, noun="numbers of individuals", where=where).values  # noqa: PD011
    people = pd.Series(numbers, index=long.index).astype("Float64")
    count = long["count"].astype("Float64")
    odd = (people > count) | ((people == 0) & (count > 0))
    bad = long.index[odd.fillna(value=False)]
    if len(bad):
        first = f"{describe_row(long, bad[0])} ({people[bad[0]]:g} of {count[bad[0]]:g} events)"
        raise InputError(
            problem(
                "have more individuals than events, or events of nobody",
                bad=len(bad),
                total=len(long),
                noun="rows",
                first=first,
                action="Correct the numbers, or leave the column unread: "
                'columns = { individuals = "" }.',
            )
        )
    return people


def _status_told(long: pd.DataFrame, told: pd.Series) -> pd.Series:
    """Reasons that the table itself gives for empty counts, where it uses our words."""
    words = told.fillna("").str.strip()
    if not set(words) <= {"", *STATUSES}:
        return long["status"]
    reasons = words.where(words.isin(["missing", "suppressed", "not_applicable"]), "")
    against = long.index[(reasons != "") & long["count"].notna()]
    if len(against):
        raise InputError(
            problem(
                "have a count although their status says that there is none",
                bad=len(against),
                total=len(long),
                noun="rows",
                first=f"{describe_row(long, against[0])} ({reasons[against[0]]})",
                action="Remove the count, or correct the status.",
            )
        )
    return long["status"].where((reasons == "") | (long["status"] != "missing"), reasons)
