"""Populations by area and sex, from tidy and wide tables, as one long table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.errors import ConfigurationError, InputError, VawgGeoError, problem
from vawg_geo.inputs.known_codes import mixture_of_years, require_names_of_codes
from vawg_geo.inputs.tables.layout import (
    area_columns,
    describe_row,
    find_columns,
    levels_of_rows,
    require_distinct_rows,
    set_aside_rows,
    told_rows,
)
from vawg_geo.inputs.tables.numbers import parse_counts
from vawg_geo.inputs.tables.read import read_table
from vawg_geo.terms.codes import read_sex
from vawg_geo.terms.columns import BASES, POPULATION_COLUMNS, SEXES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["read_population"]

_COMMON: Final = ("area_code", "area_name", "level", "age_group", "basis", "note")


def read_population(
    path: str | Path,
    *,
    columns: Mapping[str, Any] | None = None,
    level: str | None = None,
    sex: str | None = None,
    age_group: str = "16+",
    basis: str = "published",
    note: str = "",
    sheet: str | None = None,
) -> pd.DataFrame:
    """Read a table of populations.

    Tidy tables have a row per area and sex and a column of populations; wide ones have columns of
    persons, females and males, some or all of them.

    Parameters
    ----------
    path : str or Path
        CSV, TSV, Excel workbook or Parquet.
    columns : mapping, optional
        Our names (`area_code`, `area_name`, `sex` and `population`, or `persons`, `female` and
        `male`; `age_group`, `basis`, `note`, `level`) to the table's headings. Common headings
        are recognised.
    level : str, optional
        Level of areas whose code does not tell it.
    sex : str, optional
        For a tidy table that does not say it.
    age_group : str
        Of the people counted. Where the table has a column `age_group`, rows of other groups are
        set aside and noted.
    basis : str
        `published`, `own`, `illustrative` or `estimated`, where the table has no column `basis`.
    note : str
        For the column `note` of every row; a note in the table is put before it.
    sheet : str, optional
        Sheet of a workbook.

    Returns
    -------
    pandas.DataFrame
        Columns `vawg_geo.terms.columns.POPULATION_COLUMNS`, in the file's order; `population` is
        `Float64` and positive. ``attrs["notes"]`` is a list of what is worth saying.

    Raises
    ------
    InputError
        The file, its layout or a value cannot be used: a population that is missing, suppressed,
        negative, zero or no number, an unknown sex, an area twice.
    ConfigurationError
        An option cannot be used with this table.
    """
    if basis not in BASES:
        msg = f"basis {basis!r} is unknown. Choose one of {', '.join(BASES)}."
        raise ConfigurationError(msg)
    table = read_table(path, sheet=sheet)
    frame = table.frame.set_axis(pd.Index(table.rows), axis=0)
    try:
        column_of = _find(frame, dict(columns or {}))
        aside = set_aside_rows(frame, column_of)
        kept, notes = aside.kept, [*aside.notes]
        notes += told_rows(aside.totals, column_of, as_what="a total")
        notes += told_rows(aside.unplaced, column_of, as_what="of no area")
        kept, age_notes = _of_age_group(kept, column_of, age_group)
        long, read = _lengthen(kept, column_of, level=level, sex=sex)
        own_basis = long["basis"].where(long["basis"] != "", basis)
        unknown = long.index[~own_basis.isin(BASES)]
        if len(unknown):
            msg = problem(
                "have an unknown basis",
                bad=len(unknown),
                total=len(long),
                noun="rows",
                first=f"{describe_row(long, unknown[0])} ({own_basis.loc[[unknown[0]]].iloc[0]!r})",
                action=f"Write {', '.join(BASES)}.",
            )
            raise InputError(msg)
    except VawgGeoError as error:
        msg = f"{table.source}: {error}"
        raise type(error)(msg) from error
    long["basis"] = own_basis
    own_note = long["note"]
    long["note"] = own_note.where(own_note == "", own_note + ("; " if note else "")) + note
    long["age_group"] = pd.Series(age_group, index=long.index, dtype="str")
    result = long[list(POPULATION_COLUMNS)].reset_index(drop=True)
    result.attrs["notes"] = [
        f"{table.source}: {each}" for each in (*table.notes, *notes, *age_notes, *read)
    ]
    return result


def _find(frame: pd.DataFrame, given: dict[str, Any]) -> dict[str, str]:
    """Columns of a tidy table where it has a population, else of a wide one."""
    if any(key in given for key in SEXES):
        return find_columns(frame, [*_COMMON, *SEXES], given=given)
    column_of = find_columns(frame, [*_COMMON, "sex", "population"], given=given)
    if "population" in column_of:
        return column_of
    wide = find_columns(frame, [*_COMMON, *SEXES], given=given)
    if not any(key in wide for key in SEXES):
        msg = (
            f"no column of populations was recognised among {', '.join(map(repr, frame.columns))}. "
            'Say which: columns = { population = "..." }, or { persons = "...", female = "..." }.'
        )
        raise InputError(msg)
    return wide


def _of_age_group(
    frame: pd.DataFrame, column_of: dict[str, str], age_group: str
) -> tuple[pd.DataFrame, list[str]]:
    if "age_group" not in column_of:
        return frame, []
    groups = frame[column_of["age_group"]].fillna("").str.strip()
    chosen = groups == age_group
    if not chosen.any():
        msg = (
            f"no row is of the age group {age_group!r}; the table has "
            f'{", ".join(map(repr, groups.unique()[:6]))}. Say which: age_group = "...".'
        )
        raise InputError(msg)
    others = int((~chosen).sum())
    notes = [f"{others:,} of {len(frame):,} rows of other age groups set aside"] if others else []
    return frame[chosen], notes


def _lengthen(
    frame: pd.DataFrame, column_of: dict[str, str], *, level: str | None, sex: str | None
) -> tuple[pd.DataFrame, list[str]]:
    """Rows of one population each, checked; the index is the spreadsheet's row numbers."""
    if frame.empty:
        msg = "there are no rows but totals and remarks. Give a row for each area."
        raise InputError(msg)
    base = area_columns(frame, column_of)
    notes = base.attrs.pop("notes")
    base["level"], level_notes = levels_of_rows(base, level)
    notes += [*level_notes, *require_names_of_codes(base)]
    if mixed := mixture_of_years(base["area_code"]):
        notes.append(mixed)
    for key in ("basis", "note"):
        base[key] = frame[column_of[key]].fillna("").str.strip() if key in column_of else ""
    if "population" in column_of:
        heads = {column_of["population"]: _sexes(frame, base, column_of, sex)}
    else:
        heads = {
            column_of[key]: pd.Series(key, index=frame.index, dtype="str")
            for key in SEXES
            if key in column_of
        }
    parts = [base.assign(sex=words) for words in heads.values()]
    order = [row + block * len(frame) for row in range(len(frame)) for block in range(len(parts))]
    long = pd.concat(parts).iloc[order]
    text = pd.concat([frame[head] for head in heads]).iloc[order]

    def where(place: int) -> str:
        row = describe_row(long.iloc[[place]], long.index[place])
        return f"{row}, {long['sex'].iloc[place]}"

    parsed = parse_counts(text, fractional=True, noun="populations", where=where)
    long["population"] = parsed.values  # noqa: PD011 - a field of ours
    _require_positive(long, parsed.status, text)
    require_distinct_rows(long, long[["level", "sex"]], noun="level and sex")
    return long, [*notes, *parsed.notes]


def _sexes(
    frame: pd.DataFrame, areas: pd.DataFrame, column_of: dict[str, str], sex: str | None
) -> pd.Series:
    if "sex" not in column_of:
        stated = read_sex(sex or "")
        if stated is None:
            msg = (
                f"the table does not say whose population {column_of['population']!r} is. Say it: "
                f'columns = {{ persons = "{column_of["population"]}" }} (or female, male).'
            )
            raise InputError(msg)
        return pd.Series(stated, index=frame.index, dtype="str")
    words = frame[column_of["sex"]].fillna("").str.strip()
    read = words.map(read_sex).astype("str")
    unknown = words.index[read.isna()]
    if len(unknown):
        raise InputError(
            problem(
                "have an unknown sex",
                bad=len(unknown),
                total=len(words),
                noun="rows",
                first=f"{describe_row(areas, unknown[0])} ({words[unknown[0]]!r})",
                action=f"Write {', '.join(SEXES)} (or F, M, women, men, all).",
            )
        )
    return read


def _require_positive(long: pd.DataFrame, status: pd.Series, text: pd.Series) -> None:
    """Refuse what cannot divide: a gap or mark, or nobody."""
    for bad, what in (
        (long["population"].isna(), "have no population that can be read"),
        (status == "zero", "have no positive population"),
    ):
        places = [place for place, is_bad in enumerate(bad) if is_bad]
        if not places:
            continue
        row = long.iloc[places[0]]
        cell = text.iloc[places[0]]
        shown = "empty" if pd.isna(cell) else str(cell).strip()
        code = f"'{row['area_code']}' " if row["area_code"] else ""
        raise InputError(
            problem(
                what,
                bad=_areas_in(long.iloc[places]),
                total=_areas_in(long),
                noun="areas",
                first=f"{code}{row['area_name']}".rstrip() + f" ({shown})",
                action="Drop these areas, or supply another denominator.",
            )
        )


def _areas_in(rows: pd.DataFrame) -> int:
    return len(rows[["area_code", "area_name"]].drop_duplicates())
