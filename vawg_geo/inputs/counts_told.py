"""How a table of counts is to be read, as far as its headings say it without a doubt."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.errors import InputError, VawgGeoError, first_few, said_of
from vawg_geo.inputs.counts import KEYS
from vawg_geo.inputs.tables.header import is_number
from vawg_geo.inputs.tables.layout import find_columns, header_of, set_aside_rows
from vawg_geo.inputs.tables.numbers import parse_counts
from vawg_geo.inputs.tables.read import read_table
from vawg_geo.inputs.tables.workbook import visible_sheets
from vawg_geo.terms.codes import visible
from vawg_geo.terms.headings import Heading, may_be_no_count, read_heading
from vawg_geo.terms.periods import read_periods

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

__all__ = ["HowRead", "how_read", "sheets_of_periods"]

# What may be written in the place of what a table does not say.
_EXAMPLES: Final = {
    "indicator": 'indicator = "domestic abuse crimes"',
    "sex": 'sex = "persons" (or female, male)',
    "period": 'period = "2024/25"',
}
_SAID: Final = {"indicator": "what it counts", "sex": "of which sex", "period": "of when"}


@dataclass(frozen=True, kw_only=True)
class HowRead:
    """What is said of a table of counts in a configuration.

    Attributes
    ----------
    columns : dict
        Our names to its headings; see `read_counts`.
    sheet, indicator, sex, period : str or None
    """

    columns: dict[str, Any] = field(default_factory=dict)
    sheet: str | None = None
    indicator: str | None = None
    sex: str | None = None
    period: str | None = None

    def options(self) -> dict[str, Any]:
        """As options of `read_counts`: what is said, and nothing else."""
        given = {name: getattr(self, name) for name in ("sheet", "indicator", "sex", "period")}
        said = {name: value for name, value in given.items() if value is not None}
        return said | ({"columns": self.columns} if self.columns else {})


def how_read(path: Path, given: HowRead | None = None) -> tuple[HowRead, list[str]]:
    """Say how a table is to be read: what is given, and what its headings tell without a doubt.

    Columns headed by sexes are counts by sex, several headed by periods are counts by period, and
    one column of whole numbers alone is the count: its heading says of what, and of when. Columns
    that may be residents, rates, ranks or codes are not taken. A table without sexes is of all
    people.

    Parameters
    ----------
    path : Path
    given : HowRead, optional
        What a person said.

    Returns
    -------
    (HowRead, list of str)
        And a line for each thing that was taken.

    Raises
    ------
    InputError
        It is not said what is counted or of when, or no column or several may be the count.
    ConfigurationError
        The table has no such column.
    """
    given = given or HowRead()
    frame = read_table(path, sheet=given.sheet, dates_as_shown=True).frame
    with said_of(path.name):
        asked, lines = _of_headings(frame, given)
    if isinstance(asked.columns.get("counts"), dict):
        in_all = set.intersection(*(set(holds) for holds in asked.columns["counts"].values()))
    else:
        in_all = set()
    found = _found(frame, asked.columns)
    if asked.sex is None and "sex" not in {*found, *in_all}:
        lines.append('the table does not say the sex: taken as all people, sex = "persons"')
        asked = replace(asked, sex="persons")
    return asked, [f"{path.name}: {line}" for line in lines]


def sheets_of_periods(path: Path, given: HowRead | None = None) -> list[HowRead]:
    """How each sheet of a workbook is read that has a sheet for each period.

    Parameters
    ----------
    path : Path
    given : HowRead, optional
        What a person said; nothing is added where she names a sheet or a period.

    Returns
    -------
    list of HowRead
        One for each sheet whose name is a period, with that period; empty where fewer than two
        are, or where the first of them says the period itself.
    """
    given = given or HowRead()
    if path.suffix.lower() not in (".xlsx", ".xlsm") or given.sheet or given.period:
        return []
    names = visible_sheets(path)
    dated = [name for name, span in zip(names, read_periods(names), strict=True) if span]
    if len(dated) < 2:
        return []
    frame = read_table(path, sheet=dated[0], dates_as_shown=True).frame
    if "period" in _found(frame, given.columns):
        return []
    return [replace(given, sheet=name, period=name) for name in dated]


def _found(frame: pd.DataFrame, columns: Mapping[str, Any]) -> dict[str, str]:
    """Columns that are known by their headings, or named; not those of `counts`."""
    counts = columns.get("counts", ())
    rest = frame.drop(columns=[header_of(frame, name, key="counts") for name in counts])
    keys = [key for key in KEYS if not (counts and key == "count")]
    return find_columns(
        rest, keys, given={key: name for key, name in columns.items() if key != "counts"}
    )


def _of_headings(frame: pd.DataFrame, given: HowRead) -> tuple[HowRead, list[str]]:
    found = _found(frame, given.columns)
    if not {"area_code", "area_name"} & {*found}:
        _refuse_without_areas(frame)
    named = given.columns.get("counts")
    if named:
        chosen = [header_of(frame, name, key="counts") for name in named]
    elif "count" in found:
        chosen = [found["count"]]
    else:
        chosen = _chosen(frame, found, given)
    known = {*found, *(name for name in _EXAMPLES if getattr(given, name) is not None)}
    alone = len(chosen) == 1 and not named
    heads = {name: read_heading(name, several=not alone) for name in chosen}
    shared, apart = _dimensions(heads, known)
    lacking = _lacking(heads, known)
    if lacking:
        said = " nor ".join(_SAID[name] for name in lacking)
        msg = f"the table does not say {said}. Say it, in your own words: {_lines(lacking)}."
        raise InputError(msg)
    lines = [f"{key} = {word!r}, from the heading {chosen[0]!r}" for key, word in shared.items()]
    if alone:
        columns: dict[str, Any] = {} if "count" in found else {"count": chosen[0]}
        lines[:0] = [f"the column of counts is {chosen[0]!r}"] if columns else []
    else:
        columns = {"counts": apart}
        told = (f"{name!r} ({', '.join(holds.values())})" for name, holds in apart.items())
        lines.insert(0, f"{len(apart)} columns are counts: {', '.join(told)}")
    return replace(given, columns={**given.columns, **columns}, **shared), lines


def _refuse_without_areas(frame: pd.DataFrame) -> None:
    """Name the first column of words: that may be the one of areas."""
    words = [name for name in frame.columns if not frame[name].dropna().map(is_number).any()]
    name = str((words or list(frame.columns))[0])
    msg = (
        f"no column of areas was recognised among {first_few(frame.columns)}. Say which: "
        f"columns = {{ area_name = {_quoted(name)} }}."
    )
    raise InputError(msg)


def _dimensions(
    heads: Mapping[str, Heading], known: set[str]
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """What all headings say, and what each says for itself."""
    shared: dict[str, str] = {}
    apart: dict[str, dict[str, str]] = {name: {} for name in heads}
    for key in _EXAMPLES:
        words = {name: str(getattr(head, key)) for name, head in heads.items()}
        if key in known:
            continue
        if len(set(words.values())) == 1:
            word = next(iter(words.values()))
            shared |= {key: word} if word else {}
        else:
            for name, word in words.items():
                apart[name] |= {key: word} if word else {}
    return shared, apart


def _lacking(heads: Mapping[str, Heading], known: set[str]) -> list[str]:
    """What neither the table, nor a person, nor every heading says; a sex only if one is named."""
    lacking = []
    for key in ("indicator", "sex", "period"):
        said = all(getattr(head, key) for head in heads.values())
        unclear = any(key in head.unclear for head in heads.values())
        some = any(getattr(head, key) for head in heads.values())
        if key not in known and not said and (key != "sex" or unclear or some):
            lacking.append(key)
    return lacking


def _lines(lacking: list[str]) -> str:
    return ", ".join(_EXAMPLES[key] for key in lacking)


def _chosen(frame: pd.DataFrame, found: Mapping[str, str], given: HowRead) -> list[str]:
    """The column of counts, or those of a wide table."""
    known = {*found, *(name for name in _EXAMPLES if getattr(given, name) is not None)}
    numbers = _whole_numbers(frame, found)
    clear = [name for name in numbers if not may_be_no_count(name)]
    if len(clear) == 1:
        return clear
    heads = {name: read_heading(name, several=True) for name in clear}
    wide = _wide(heads)
    others = [name for name in clear if name not in wide and heads[name].indicator]
    varied = {key for key in ("sex", "period") if len({getattr(heads[n], key) for n in wide}) > 1}
    if wide and not others and not varied & known:
        return wide
    first = (wide or clear or numbers)[:1]
    if not first:
        there_are = ", ".join(map(repr, frame.columns))
        msg = (
            f"no column of counts was recognised among {there_are}: none holds whole numbers. "
            "Give a table with a count for each area, or leave out --counts: a table to fill in "
            "is made."
        )
        raise InputError(msg)
    names = json.dumps(wide, ensure_ascii=False) if len(wide) > 1 else ""
    which = f"counts = {names}" if names else f"columns = {{ count = {_quoted(first[0])} }}"
    several = {name: read_heading(name, several=bool(names)) for name in wide or first}
    lacking = _lacking(several, known)
    which = ", ".join(filter(None, (which, _lines(lacking))))
    if not clear:
        msg = (
            f"no column of counts was recognised: {first_few(numbers)} may be residents, a rate "
            f"or a code. If it is a count, say so: {which}."
        )
    else:
        msg = f"{len(clear)} columns may be the count: {first_few(clear)}. Say which: {which}."
    raise InputError(msg)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _wide(heads: Mapping[str, Heading]) -> list[str]:
    """Columns that differ in sex or period and in nothing else, where there is one such group."""
    groups: dict[tuple[str, bool, bool], list[str]] = {}
    for name, head in heads.items():
        key = (head.indicator.casefold(), bool(head.sex), bool(head.period))
        groups.setdefault(key, []).append(name)
    fitting = [names for names in groups.values() if _differ([heads[name] for name in names])]
    return fitting[0] if len(fitting) == 1 else []


def _differ(heads: list[Heading]) -> bool:
    periods = [head.period for head in heads if head.period]
    kinds = {(head.sex, head.period) for head in heads}
    apart = bool({head.sex for head in heads} & {"female", "male"}) or len(set(periods)) > 1
    understood = not any(head.unclear for head in heads) and None not in read_periods(periods)
    return len(heads) > 1 and len(kinds) == len(heads) and apart and understood


def _whole_numbers(frame: pd.DataFrame, found: Mapping[str, str]) -> list[str]:
    """Columns of whole numbers and marks that are not known as something else."""
    rows = set_aside_rows(frame, found).kept
    names = [name for name in frame.columns if name not in found.values()]
    return [str(name) for name in names if _is_whole(rows[name])]


def _is_whole(cells: pd.Series) -> bool:
    filled = cells.dropna().map(visible)
    filled = filled[filled != ""]
    numbers = filled[filled.map(is_number).astype(bool)]
    if numbers.empty:
        return False
    try:
        values = parse_counts(numbers).values.tolist()  # noqa: PD011 - a field of ours
    except VawgGeoError:
        return False
    # Numbers of rows, and years, are no counts.
    of_rows = values in (list(range(len(values))), list(range(1, len(values) + 1)))
    years = all(1990 <= value <= 2100 for value in values)
    try:
        parse_counts(filled)
    except VawgGeoError:
        # A word among numbers is for the reader to refuse, by its row.
        return 2 * len(numbers) > len(filled) and not (of_rows or years)
    return not (of_rows or years)
