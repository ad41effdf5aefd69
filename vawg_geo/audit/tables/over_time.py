"""Tables over time: which counts each row tells of, so that a figure at a hidden end is found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.audit.tables.sheets import Sheet
from vawg_geo.terms.tables import CHANGES, MONTHS, TRENDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vawg_geo.terms.declared import DeclaredTable

    Columns = dict[str, list[Any]]

__all__ = ["SHEETS_OVER_TIME"]

_SAME: Final = ("area_code", "area_name", "level", "indicator", "sex", "basis")
# Sentences on a pair of periods, or on how many figures there are: they stand in rows of hidden
# counts and of shown ones alike, and tell neither.
_USUAL: Final = re.compile(
    r" ?(?:Fewer than \d+ (?:areas with events|periods with a figure|earlier months with a count"
    r"|events a month in the last twelve)[^.]*\."
    r"|A new series begins between the two periods[^.]*\."
    r"|Illustrative counts are not compared\."
    r"|No row in [^.]*\.)"
)


def _of_both_ends(table: DeclaredTable, columns: Columns, source: str) -> list[Sheet]:
    """A row tells of the first period and of the last: each must be shown."""
    periods = {str(word) for name in ("period_from", "period_to") for word in columns[name]}
    told = _told(table, columns) | {"note": _notes(columns, periods)}
    return [
        Sheet(columns={**told, "period": columns[end]}, source=f"{source}/{end}")
        for end in ("period_from", "period_to")
    ]


def _of_changes(columns: Columns, source: str) -> list[Sheet]:
    return _of_both_ends(CHANGES, columns, source)


def _of_trends(columns: Columns, source: str) -> list[Sheet]:
    return _of_both_ends(TRENDS, columns, source)


def _of_months(columns: Columns, source: str) -> list[Sheet]:
    told: Columns = _told(MONTHS, columns) | {"note": _notes(columns, set())}
    for name in ("period", "count", "status"):
        told[name] = columns[name]
    return [Sheet(columns=told, source=source)]


def _told(table: DeclaredTable, columns: Columns) -> Columns:
    """What names a cell, and what only its count can give."""
    derived = {column.name for column in table.columns if column.tells == "derived"}
    return {name: values for name, values in columns.items() if name in derived or name in _SAME}


def _notes(columns: Columns, periods: set[str]) -> list[str]:
    """Notes without periods and without the numbers that all of a kind have."""
    words = sorted((word for word in periods if word), key=len, reverse=True)
    times = re.compile("|".join(map(re.escape, words))) if words else None
    said = {}
    for note in set(map(str, columns.get("note", []))):
        text = _USUAL.sub("", note)
        said[note] = times.sub("", text) if times else text
    return [said[str(note)] for note in columns.get("note", [])] or [""] * len(columns["area_code"])


SHEETS_OVER_TIME: Final[Mapping[str, Callable[[Columns, str], list[Sheet]]]] = {
    CHANGES.name: _of_changes,
    TRENDS.name: _of_trends,
    MONTHS.name: _of_months,
}
