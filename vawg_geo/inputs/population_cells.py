"""Which columns of a table hold populations, and whose: sexes, ages and years in the headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.errors import InputError
from vawg_geo.inputs.tables.layout import find_columns
from vawg_geo.terms.ages import ALL_AGES, Ages, ages_in_words, choose_groups, read_age_heading
from vawg_geo.terms.columns import SEXES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

__all__ = ["COMMON", "PopulationCell", "find_population_cells", "year_of_heading"]

COMMON: Final = ("area_code", "area_name", "level", "age_group", "basis", "note")
# `2022`, `Mid-2022`: a column for each year, as in the summary tables of the ONS.
_YEAR: Final = re.compile(
    r"(?:estimated population )?(?:mid[- ]?)?((?:19|20)\d\d)(?: population)?", re.IGNORECASE
)
# Headings of the year of a row that are no period of counts: a count's date is an event's.
_DATES: Final = ("date", "mid-year", "mid year")


@dataclass(frozen=True, kw_only=True)
class PopulationCell:
    """Columns that add up to a population of each row, and whose it is as far as they say it."""

    columns: tuple[str, ...]
    sex: str | None = None
    period: str | None = None


def year_of_heading(heading: str) -> str | None:
    """Year that a column of populations is of, or None.

    Examples
    --------
    >>> year_of_heading("Mid-2022"), year_of_heading("2022"), year_of_heading("Persons")
    ('2022', '2022', None)
    """
    found = _YEAR.fullmatch(" ".join(heading.split()))
    return found[1] if found else None


def find_population_cells(
    frame: pd.DataFrame, given: Mapping[str, Any], *, age_group: str, wanted: Ages | None
) -> tuple[dict[str, str], list[PopulationCell], list[str]]:
    """Find which column is which, and which of them hold populations.

    Parameters
    ----------
    frame : pandas.DataFrame
    given : mapping of str to object
        As for `find_columns`.
    age_group : str
    wanted : Ages, optional
        What the age group means, where it is understood.

    Returns
    -------
    tuple of dict, list of PopulationCell and list of str
        Our name to the table's for all but the populations; these; and what is worth saying.

    Raises
    ------
    InputError
        No column of populations, or columns of ages that do not make up the age group.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame(columns=["Code", "All ages", "0-15", "16-64", "65+"])
    >>> _, cells, _ = find_population_cells(frame, {}, age_group="16+", wanted=Ages(16, 999))
    >>> cells[0].columns
    ('16-64', '65+')
    """
    if any(given.get(key) for key in SEXES):
        column_of = find_columns(frame, [*COMMON, "period", *SEXES], given=given)
        return _apart(column_of)
    column_of = find_columns(frame, [*COMMON, "sex", "period", "population"], given=given)
    _find_date(frame, column_of, given)
    head = column_of.pop("population", None)
    tidy = [PopulationCell(columns=(head,), period=year_of_heading(head))] if head else []
    if given.get("population"):
        return column_of, tidy, []
    rest = [name for name in frame.columns if name not in {*column_of.values(), head}]
    by_age = _by_age(rest, age_group=age_group, wanted=wanted, beside=bool(tidy))
    if by_age:
        return column_of, by_age, _said(by_age, age_group)
    if tidy:
        return column_of, tidy, []
    wide = find_columns(frame, [*COMMON, "period", *SEXES], given=given)
    if any(key in wide for key in SEXES):
        _find_date(frame, wide, given)
        # `Persons` beside a column of sexes says what is counted and not who.
        of_sexes = "sex" in column_of and {*wide} & {*SEXES} == {"persons"}
        return _apart({**column_of, **wide}, of_sexes=of_sexes)
    years = [name for name in rest if year_of_heading(name)]
    if years:
        cells = [PopulationCell(columns=(name,), period=year_of_heading(name)) for name in years]
        return column_of, cells, [f"populations are read from {', '.join(map(repr, years))}"]
    _refuse_all_ages(rest, age_group)
    msg = (
        f"no column of populations was recognised among {', '.join(map(repr, frame.columns[:12]))}."
        ' Say which: columns = { population = "..." }, or { persons = "...", female = "..." }.'
    )
    raise InputError(msg)


def _find_date(frame: pd.DataFrame, column_of: dict[str, str], given: Mapping[str, Any]) -> None:
    if "period" not in column_of and "period" not in given:
        named = [name for name in frame.columns if name.casefold() in _DATES]
        if len(named) == 1:
            column_of["period"] = named[0]


def _apart(
    column_of: dict[str, str], *, of_sexes: bool = False
) -> tuple[dict[str, str], list[PopulationCell], list[str]]:
    """Columns of sexes, and the rest; `of_sexes` where each row says its sex itself."""
    cells = [
        PopulationCell(columns=(column_of[sex],), sex=None if of_sexes else sex)
        for sex in SEXES
        if sex in column_of
    ]
    left = {
        key: name
        for key, name in column_of.items()
        if key not in SEXES and (of_sexes or key != "sex")
    }
    return left, cells, []


def _by_age(
    columns: Sequence[str], *, age_group: str, wanted: Ages | None, beside: bool
) -> list[PopulationCell]:
    """Columns of ages that make up the age group, for each sex that they say."""
    groups: dict[str | None, dict[Ages, str]] = {}
    for name in columns:
        if (meant := read_age_heading(name)) is not None:
            groups.setdefault(meant[0], {}).setdefault(meant[1], name)
    parts = max((len(of_sex.keys() - {ALL_AGES}) for of_sex in groups.values()), default=0)
    # One column of ages beside one of populations says what share that is, and is no denominator.
    if not parts or (beside and parts < 2):
        return []
    if wanted is None:
        msg = (
            f"the age group {age_group!r} is not understood, and the table has columns of ages "
            f"({columns[0]!r} and others). Write it as 16+, 16-59 or all ages."
        )
        raise InputError(msg)
    cells, faults = _cells_of_ages(groups, wanted)
    if not cells and parts > 1:
        raise faults[0]
    by_sex = {cell.sex: cell for cell in cells}
    if {"female", "male"} <= set(by_sex) and not {"persons", None} & set(by_sex):
        both = by_sex["female"].columns + by_sex["male"].columns
        cells.insert(0, PopulationCell(columns=both, sex="persons"))
    return cells


def _cells_of_ages(
    groups: Mapping[str | None, Mapping[Ages, str]], wanted: Ages
) -> tuple[list[PopulationCell], list[InputError]]:
    """Columns for each sex, and why a sex has none: its total alone, say."""
    cells, faults = [], []
    for sex, of_sex in groups.items():
        try:
            chosen = choose_groups(of_sex, wanted, where="the table's columns")
        except InputError as error:
            faults.append(error)
        else:
            cells.append(PopulationCell(columns=tuple(of_sex[a] for a in chosen), sex=sex))
    return cells, faults


def _said(cells: Sequence[PopulationCell], age_group: str) -> list[str]:
    notes = []
    for cell in cells:
        first, last = cell.columns[0], cell.columns[-1]
        sex = f"{cell.sex} " if cell.sex else ""
        what = (
            repr(first) if first == last else f"{len(cell.columns)} columns, {first!r} to {last!r}"
        )
        notes.append(f"{sex}residents aged {age_group} are added up from {what}")
    return notes


def _refuse_all_ages(columns: Sequence[str], age_group: str) -> None:
    for name in columns:
        if (meant := read_age_heading(name)) and meant[1] == ALL_AGES:
            msg = (
                f"the column {name!r} is of {ages_in_words(ALL_AGES)}, and the residents asked for "
                f"are {age_group}. Give those, or, where rates are meant per all residents, write "
                f'age_group = "all ages" and columns = {{ population = "{name}" }}.'
            )
            raise InputError(msg)
