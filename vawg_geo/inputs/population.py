"""Populations by area, sex and period, from tidy and wide tables, as one long table."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.errors import ConfigurationError, InputError, problem, said_of
from vawg_geo.inputs.known_codes import mixture_of_years, require_names_of_codes
from vawg_geo.inputs.plausible import require_plausible_populations
from vawg_geo.inputs.population_cells import (
    PopulationCell,
    find_population_cells,
    year_of_heading,
)
from vawg_geo.inputs.tables.layout import (
    area_columns,
    describe_row,
    levels_of_rows,
    require_distinct_rows,
    set_aside_rows,
    told_rows,
)
from vawg_geo.inputs.tables.numbers import parse_counts
from vawg_geo.inputs.tables.read import read_table
from vawg_geo.terms.ages import ALL_AGES, Ages, choose_groups, read_age_heading, read_ages
from vawg_geo.terms.codes import read_sex
from vawg_geo.terms.columns import BASES, POPULATION_COLUMNS, SEXES
from vawg_geo.terms.periods import month_word, read_day, read_period

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from vawg_geo.inputs.tables.read import Table

__all__ = ["read_population"]

# A point where English writes a comma: every number of the column has three figures behind it.
_POINT_FOR_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}\.\d{3}")
# Names that a Nomis download gives to what it was asked for.
_SEX_FACTS: Final = ("sex", "gender")


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a caller says of the table, and of what is wanted of it."""

    level: str | None
    sex: str | None
    period: str | None
    age_group: str
    ages: Ages | None
    basis: str
    facts: dict[str, str]


def read_population(
    path: str | Path,
    *,
    columns: Mapping[str, Any] | None = None,
    level: str | None = None,
    sex: str | None = None,
    period: str | None = None,
    age_group: str = "16+",
    basis: str = "published",
    note: str = "",
    sheet: str | None = None,
    of_residents: bool = True,
) -> pd.DataFrame:
    """Read a table of populations.

    Tidy tables have a row per area and sex and a column of populations; wide ones have columns of
    persons, females and males, of ages (`16`, `F16`, `Aged 16 to 19 years`), or of years
    (`Mid-2022`). Ages, in columns or in a column of their own, are added up to the age group.

    Parameters
    ----------
    path : str or Path
        CSV, TSV, workbook or Parquet; see `read_table`.
    columns : mapping, optional
        Our names (`area_code`, `area_name`, `sex`, `period` and `population`, or `persons`,
        `female` and `male`; `age_group`, `basis`, `note`, `level`) to the table's headings. Common
        headings are recognised.
    level : str, optional
        Level of areas whose code does not tell it.
    sex : str, optional
        For a table that does not say it.
    period : str, optional
        For a table that does not say which year its residents are of.
    age_group : str
        Of the people counted: `16+`, `18+`, `16-59`, `all ages`.
    basis : str
        `published`, `own`, `illustrative` or `estimated`, where the table has no column `basis`.
    note : str
        For the column `note` of every row; a note in the table is put before it.
    sheet : str, optional
        Sheet of a workbook.
    of_residents : bool
        Whether these are residents, whose numbers must be plausible; households and crimes may be
        few.

    Returns
    -------
    pandas.DataFrame
        Columns `vawg_geo.terms.columns.POPULATION_COLUMNS`, in the file's order; `population` is
        `Float64` and positive. Where the period is said, one further column `period`.
        ``attrs["notes"]`` is a list of what is worth saying.

    Raises
    ------
    InputError
        The file, its layout or a value cannot be used: a population that is missing, suppressed,
        negative, zero or no number, an unknown sex, an area twice, ages that do not make up the
        age group, populations that look like thousands.
    ConfigurationError
        An option cannot be used with this table.
    """
    if basis not in BASES:
        msg = f"basis {basis!r} is unknown. Choose one of {', '.join(BASES)}."
        raise ConfigurationError(msg)
    table = read_table(path, sheet=sheet, dates_as_shown=True)
    asked = _Asked(
        level=level,
        sex=sex,
        period=period,
        age_group=age_group,
        ages=read_ages(age_group),
        basis=basis,
        facts=table.facts,
    )
    with said_of(table.source):
        long, notes = _read(table, dict(columns or {}), asked)
        own_basis = long["basis"].where(long["basis"] != "", basis)
        _require_known_basis(long, own_basis)
        if of_residents:
            require_plausible_populations(long)
    long["basis"] = own_basis
    own_note = long["note"]
    long["note"] = own_note.where(own_note == "", own_note + ("; " if note else "")) + note
    long["age_group"] = pd.Series(age_group, index=long.index, dtype="str")
    more = ["period"] if (long["period"] != "").any() else []
    result = long[[*POPULATION_COLUMNS, *more]].reset_index(drop=True)
    result.attrs["notes"] = [f"{table.source}: {each}" for each in (*table.notes, *notes)]
    return result


def _read(table: Table, given: dict[str, Any], asked: _Asked) -> tuple[pd.DataFrame, list[str]]:
    """Rows of one population each, checked; the index is the spreadsheet's row numbers."""
    frame = table.frame.set_axis(pd.Index(table.rows), axis=0)
    column_of, cells, said = find_population_cells(
        frame, given, age_group=asked.age_group, wanted=asked.ages
    )
    aside = set_aside_rows(frame, column_of)
    notes = [
        *aside.notes,
        *told_rows(aside.totals, column_of, as_what="a total"),
        *told_rows(aside.unplaced, column_of, as_what="of no area"),
    ]
    kept, parts, age_notes = _of_age_group(aside.kept, column_of, asked)
    if kept.empty:
        msg = "there are no rows but totals and remarks. Give a row for each area."
        raise InputError(msg)
    read = {*column_of.values(), *(name for cell in cells for name in cell.columns)}
    heads = [str(name) for name in frame.columns]
    unread = [name for name in heads if name not in read and read_age_heading(name) is None]
    long, more = _lengthen(kept, column_of, cells, asked)
    require_distinct_rows(
        long,
        long[["level", "sex", "period", "ages"] if parts else ["level", "sex", "period"]],
        noun="level and sex",
        unread=kept[unread],
    )
    if parts:
        long = _added_up(long, parts, asked)
    _require_positive(long)
    notes += [f"columns not read: {', '.join(unread)}"] if unread else []
    return long, [*said, *notes, *age_notes, *more, *_other_facts(asked)]


def _require_known_basis(long: pd.DataFrame, basis: pd.Series) -> None:
    unknown = long.index[~basis.isin(BASES)]
    if len(unknown):
        msg = problem(
            "have an unknown basis",
            bad=len(unknown),
            total=len(long),
            noun="rows",
            first=f"{describe_row(long, unknown[0])} ({basis.loc[[unknown[0]]].iloc[0]!r})",
            action=f"Write {', '.join(BASES)}.",
        )
        raise InputError(msg)


def _of_age_group(
    frame: pd.DataFrame, column_of: dict[str, str], asked: _Asked
) -> tuple[pd.DataFrame, int, list[str]]:
    """Rows of the age group, or of the groups that make it up, and of how many these are."""
    if "age_group" not in column_of:
        _require_age_of_facts(asked)
        return frame, 0, []
    head = column_of["age_group"]
    groups = frame[head].fillna("").str.strip()
    chosen, parts = groups == asked.age_group, 0
    if not chosen.any():
        ages = {word: read_ages(word) for word in groups.unique()}
        known = {group for group in ages.values() if group}
        if asked.ages is None or not known:
            msg = (
                f"no row is of the age group {asked.age_group!r}; the column {head!r} has "
                f'{", ".join(map(repr, groups.unique()[:6]))}. Say which: age_group = "...".'
            )
            raise InputError(msg)
        if known == {ALL_AGES} != {asked.ages}:
            of_all = int(groups.map(ages).map(lambda group: group == ALL_AGES).sum())
            msg = (
                f"the column {head!r} says {groups.iloc[0]!r} in {of_all:,} of {len(groups):,} "
                f"rows, and the residents asked for are {asked.age_group}. Give those, or, where "
                'rates are meant per all residents, write age_group = "all ages".'
            )
            raise InputError(msg)
        picked = set(choose_groups(known, asked.ages, where=f"the column {head!r}"))
        # Two words for one group, `90+` and `90 and over`, would count it twice.
        chosen = groups.map({word: group in picked for word, group in ages.items()}).astype(bool)
        parts = len(picked) if len(picked) > 1 else 0
    others = int((~chosen).sum())
    notes = [f"{others:,} of {len(frame):,} rows of other age groups set aside"] if others else []
    if parts:
        notes.append(
            f"residents aged {asked.age_group} are added up from {parts} groups of {head!r}"
        )
    return frame[chosen], parts, notes


def _require_age_of_facts(asked: _Asked) -> None:
    """Refuse a download that says above its header that it is of other ages."""
    word = asked.facts.get("age", "")
    ages = read_ages(word)
    if ages is not None and asked.ages is not None and ages != asked.ages:
        msg = (
            f"the file says 'age: {word}' above its header, and the residents asked for are "
            f"{asked.age_group}. Give those, or write age_group as the file has it."
        )
        raise InputError(msg)


def _other_facts(asked: _Asked) -> list[str]:
    told = {
        name: value
        for name, value in asked.facts.items()
        if name not in ("age", *_SEX_FACTS) and value.casefold() != "total"
    }
    return [f"the file says above its header: {name}: {value}" for name, value in told.items()]


def _lengthen(
    frame: pd.DataFrame,
    column_of: dict[str, str],
    cells: list[PopulationCell],
    asked: _Asked,
) -> tuple[pd.DataFrame, list[str]]:
    """Rows of one population each."""
    base = area_columns(frame, column_of)
    notes = base.attrs.pop("notes")
    base["level"], level_notes = levels_of_rows(base, asked.level)
    notes += [*level_notes, *require_names_of_codes(base)]
    if mixed := mixture_of_years(base["area_code"].tolist(), file=""):
        notes.append(mixed)
    for key in ("basis", "note"):
        base[key] = frame[column_of[key]].fillna("").str.strip() if key in column_of else ""
    base["ages"] = frame[column_of["age_group"]] if "age_group" in column_of else ""
    heads = [name for cell in cells for name in cell.columns]
    text = pd.concat([frame[name] for name in heads])
    parts = [
        base.assign(
            sex=_sexes(frame, base, column_of, cell=cell, asked=asked),
            period=_periods(frame, column_of, cell, asked),
        )
        for cell in cells
    ]
    of_head = [part for cell, part in zip(cells, parts, strict=True) for _ in cell.columns]

    def where(place: int) -> str:
        block, row = divmod(place, len(frame))
        words = describe_row(base.iloc[[row]], base.index[row])
        sex = of_head[block]["sex"].iloc[row]
        return f"{words}, {sex}" + (f", column {heads[block]!r}" if len(heads) > len(cells) else "")

    _require_no_point_for_thousands(text, where, estimated=asked.basis == "estimated")
    parsed = parse_counts(text, fractional=True, noun="populations", where=where)
    values = parsed.values.to_numpy().reshape(len(heads), len(frame))  # noqa: PD011
    shown = text.fillna("empty").to_numpy().reshape(len(heads), len(frame))
    start = 0
    for cell, part in zip(cells, parts, strict=True):
        end = start + len(cell.columns)
        part["population"] = pd.array(values[start:end].sum(axis=0), dtype="Float64")
        part["shown"] = shown[start] if end == start + 1 else "of several columns"
        start = end
    order = [row + block * len(frame) for row in range(len(frame)) for block in range(len(parts))]
    return pd.concat(parts).iloc[order], [*notes, *parsed.notes]


def _sexes(
    frame: pd.DataFrame,
    areas: pd.DataFrame,
    column_of: dict[str, str],
    *,
    cell: PopulationCell,
    asked: _Asked,
) -> pd.Series:
    """Sex of each row: what the column says, else the row, else the caller or the file."""
    if cell.sex:
        return pd.Series(cell.sex, index=frame.index, dtype="str")
    if "sex" not in column_of:
        told = next((asked.facts[name] for name in _SEX_FACTS if name in asked.facts), "")
        stated = read_sex(asked.sex or told)
        if stated is None:
            head = cell.columns[0]
            msg = (
                f'the table does not say whose population {head!r} is. Say it: sex = "persons" '
                f'(or female, male), or columns = {{ persons = "{head}" }}.'
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


def _periods(
    frame: pd.DataFrame, column_of: dict[str, str], cell: PopulationCell, asked: _Asked
) -> pd.Series:
    """Period of each row, "" where nobody says it."""
    if "period" in column_of and not cell.period:
        words = frame[column_of["period"]].fillna("").map(lambda text: " ".join(text.split()))
        return words.map({word: _period_word(word) for word in words.unique()}).astype("str")
    told = cell.period or asked.period or asked.facts.get("date", "")
    return pd.Series(_period_word(told) if told else "", index=frame.index, dtype="str")


def _period_word(word: str) -> str:
    """`Mid-2020` and `30 June 2020` are the estimate of 2020."""
    if year := year_of_heading(word):
        return year
    day = read_day(word)
    span = read_period(word)
    if day is not None and not (span and month_word(span)):
        return str(dt.date.fromordinal(day).year)
    return word


def _require_no_point_for_thousands(
    text: pd.Series, where: Callable[[int], str], *, estimated: bool
) -> None:
    """Refuse `110.607` throughout: residents come whole, so it is thousands, or parts them."""
    filled = text.dropna().str.strip()
    cut = filled.str.fullmatch(_POINT_FOR_THOUSANDS)
    if estimated or len(filled) < 2 or not cut.all():
        return
    first = filled.iloc[0]
    at = int(text.notna().to_numpy().argmax())
    raise InputError(
        problem(
            "have a point and three figures behind it",
            bad=len(filled),
            total=len(text),
            noun="populations",
            first=f"{where(at)} ({first!r})",
            action=f"Write {first.replace('.', '')} where the point parts thousands or the table "
            'is in thousands, or say basis = "estimated" where they are fractions of persons.',
        )
    )


def _added_up(long: pd.DataFrame, parts: int, asked: _Asked) -> pd.DataFrame:
    """Sum the ages of each area, sex and period; refuse one that lacks some."""
    key = ["area_code", "area_name", "level", "sex", "period"]
    groups = long.assign(row=long.index).groupby(key, sort=False, dropna=False)
    summed = groups.agg(
        basis=("basis", "first"),
        note=("note", "first"),
        ages=("ages", "size"),
        population=("population", lambda values: values.sum(skipna=False)),
        row=("row", "first"),
    ).reset_index()
    short = summed[summed["ages"] < parts]
    if len(short):
        first = short.iloc[0]
        raise InputError(
            problem(
                f"lack some of the {parts} age groups that make up {asked.age_group}",
                bad=len(short),
                total=len(summed),
                noun="areas and sexes",
                first=f"{first['area_code']!r} {first['area_name']}, {first['sex']} "
                f"({first['ages']} groups)",
                action="Add the rows, or take the area out.",
            )
        )
    result = summed.set_index("row").rename_axis(index=None)
    result["population"] = result["population"].astype("Float64")
    return result.assign(shown="of several rows")


def _require_positive(long: pd.DataFrame) -> None:
    """Refuse what cannot divide: a gap or mark, or nobody."""
    for bad, what in (
        (long["population"].isna(), "have no population that can be read"),
        ((long["population"] == 0).fillna(value=False), "have no positive population"),
    ):
        rows = long[bad]
        if rows.empty:
            continue
        row = rows.iloc[0]
        code = f"'{row['area_code']}' " if row["area_code"] else ""
        raise InputError(
            problem(
                what,
                bad=_areas_in(rows),
                total=_areas_in(long),
                noun="areas",
                first=f"{code}{row['area_name']}".rstrip() + f" ({str(row['shown']).strip()})",
                action="Drop these areas, or supply another denominator.",
            )
        )


def _areas_in(rows: pd.DataFrame) -> int:
    return len(rows[["area_code", "area_name"]].drop_duplicates())
