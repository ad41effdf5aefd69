"""Tables of text: figures, and tables about figures."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.audit.documents.read import read_text
from vawg_geo.audit.observed import Finding
from vawg_geo.audit.tables.overlays import read_overlay
from vawg_geo.audit.tables.sheets import Reading, Sheet, known_columns
from vawg_geo.audit.tables.totals import by_level, read_totals
from vawg_geo.errors import InputError
from vawg_geo.overlays.registry import declared_tables, overlay_of
from vawg_geo.terms.tables import AREAS, INDICATORS, PERIODS, WHOLE, declared_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vawg_geo.terms.declared import DeclaredTable

    Columns = dict[str, list[Any]]

__all__ = ["canonical", "read_columns", "read_csv"]

# Other people's names of columns.
_ALIASES: Final = {
    "code": "area_code",
    "area": "area_name",
    "name": "area_name",
    "ward_code": "area_code",
    "ward": "area_name",
    "district_code": "area_code",
    "district": "area_name",
    "gss_code": "area_code",
    "lad_code": "area_code",
    "geography_code": "area_code",
    "number": "count",
    "n": "count",
    "counts": "count",
    "measure": "indicator",
    "year": "period",
    "time": "period",
    "pct": "percent",
    "percentage": "percent",
    "complete": "part_of_complete",
    "residents": "population",
    "notes": "note",
    "parent": "parent_code",
}
# Tables that tell of indicators or of the whole, and name no cell. Their texts are checked for
# nothing but their columns: what they may say of a cell they say for readers of all cells.
_OF_INDICATORS: Final = frozenset((*INDICATORS.names, "complete", "slug"))
_OF_THE_WHOLE: Final = frozenset(WHOLE.names)
_OF_PERIODS: Final = frozenset(PERIODS.names)
_OF_AREAS: Final = frozenset((*AREAS.names, "parent_name", "vintage", "fid"))
_YES: Final = frozenset(("true", "1", "yes", "1.0"))


def read_csv(path: Path, source: str) -> Reading:
    """Read a table of text.

    Parameters
    ----------
    path : Path
    source : str
        How findings and observations name the file.

    Returns
    -------
    Reading

    Raises
    ------
    InputError
        The file is no table of text.
    """
    try:
        text = _decoded(path.read_bytes())
        lines = list(csv.reader(io.StringIO(text), delimiter=_separator(text), strict=True))
    except (OSError, ValueError, csv.Error) as error:
        msg = f"{source} cannot be read as a table: {error}. Repair it or take it out."
        raise InputError(msg) from error
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    width = max((len(line) for line in lines), default=0)
    if not lines or width > len(lines[0]):
        longer = sum(len(line) > len(lines[0]) for line in lines) if lines else 0
        msg = (
            f"{source} cannot be read as a table: {longer:,} of {len(lines):,} lines have more "
            "cells than the first. Repair it or take it out."
        )
        raise InputError(msg)
    rows = [line + [""] * (width - len(line)) for line in lines[1:]]
    return read_columns(dict(_named(lines[0], rows)), source)


def _named(head: list[str], rows: list[list[str]]) -> Iterator[tuple[str, list[Any]]]:
    """Columns by name; a name that stands twice gets a number, and so is not known."""
    taken: set[str] = set()
    for place, name in enumerate(head):
        unique = name if name not in taken else f"{name}.{place}"
        taken.add(unique)
        yield unique, [row[place] for row in rows]


def read_columns(columns: Columns, source: str) -> Reading:
    """Read a table whatever file it came from.

    Parameters
    ----------
    columns : dict of str to list
    source : str

    Returns
    -------
    Reading
        A column that no reader knows is a finding.

    Examples
    --------
    >>> reading = read_columns({"Ward code": ["E05002703"], "Number": ["<8"]}, "own.csv")
    >>> reading.sheets[0].columns
    {'area_code': ['E05002703'], 'count': ['<8']}
    """
    plain = {re.sub(r"[\s-]+", "_", name.strip().lower()): name for name in columns}
    columns = {name: columns[original] for name, original in plain.items()}
    names = set(columns) - {"fid", "geom"}
    if names <= _OF_THE_WHOLE:
        return read_text("\n".join(str(text) for text in columns.get("text", [])), source)
    if names == _OF_PERIODS:
        return read_text("\n".join(str(text) for one in names for text in columns[one]), source)
    if {"name", "title"} <= names and "area_code" not in names:
        return _indicators(columns, names - _OF_INDICATORS, source)
    overlay = read_overlay(columns, source)
    if overlay is not None:
        return overlay
    levelled = by_level(columns)
    return _figures(
        canonical(levelled),
        source,
        expected=declared_table(names, declared_tables()),
        by_name="parent_name" in levelled and "parent_name" not in columns,
    )


def canonical(columns: Columns) -> Columns:
    """Give columns this package's names; where two would share one, the first keeps it."""
    named: Columns = {}
    for name, values in columns.items():
        alias = _ALIASES.get(name, name)
        named[name if alias in named or (alias != name and alias in columns) else alias] = values
    if "area_code" not in named and "area_name" in named:
        named["area_code"] = named["area_name"]
    return named


def _indicators(columns: Columns, strange: set[str], source: str) -> Reading:
    part_of: dict[str, tuple[str, bool]] = {}
    if "part_of" in columns:
        complete = columns.get("part_of_complete") or columns.get("complete") or []
        part_of = _parts(columns["name"], columns["part_of"], complete)
    shares = zip(columns["name"], columns.get("denominator", []), strict=False)
    return Reading(
        part_of=part_of,
        findings=_unknown(strange, source),
        shares={str(name): str(denominator) for name, denominator in shares},
    )


def _parts(names: list[Any], wholes: list[Any], complete: list[Any]) -> dict[str, tuple[str, bool]]:
    complete = complete or [""] * len(names)
    return {
        str(name): (str(whole).strip(), str(all_parts).strip().lower() in _YES)
        for name, whole, all_parts in set(zip(names, wholes, complete, strict=True))
        if whole is not None and str(whole).strip()
    }


def _figures(
    columns: Columns,
    source: str,
    *,
    expected: DeclaredTable | None = None,
    by_name: bool = False,
) -> Reading:
    """Read a table with a row for each cell or each area.

    `expected` is the table that it would be, had it no column too many; `by_name`: larger areas
    are told by their names.
    """
    if "area_code" not in columns:
        text = "no column names an area, so that nothing is known of its figures."
        return Reading(findings=[Finding(kind="unknown_table", file=source, text=text)])
    said = read_totals(columns, source, by_name=by_name)
    columns, part_of = said.columns, said.part_of
    if "part_of" in columns and "indicator" in columns:
        complete = columns.get("part_of_complete", [])
        part_of = _parts(columns["indicator"], columns["part_of"], complete)
    parents = {
        str(area): str(parent)
        for area, parent in zip(columns["area_code"], columns.get("parent_code", []), strict=False)
        if area and parent and area != parent
    }
    of_areas = set(columns) <= _OF_AREAS
    return Reading(
        sheets=[] if of_areas else [Sheet(columns=columns, source=source)],
        parents=parents | said.parents,
        totals=said.totals,
        part_of=part_of,
        notes=said.notes,
        findings=_unknown(_undeclared(set(columns), expected), source, expected),
    )


def _undeclared(names: set[str], expected: DeclaredTable | None) -> set[str]:
    return expected.undeclared(names - {"geom"}) if expected else names - known_columns()


def _unknown(
    strange: set[str], source: str, expected: DeclaredTable | None = None
) -> list[Finding]:
    where = f"table {expected.name!r}" if expected else "tables of figures"
    overlay = overlay_of(expected.name) if expected else ""
    place = f"with the overlay {overlay!r}" if overlay else "in vawg_geo/terms/tables.py"
    then = (
        "nothing is known of what it tells. Leave it out; or, where vawg-geo is to write it, "
        f"declare it for the {where} {place}."
    )
    return [
        Finding(
            kind="unknown_column", file=source, text=f"the column {name!r} is not known: {then}"
        )
        for name in sorted(strange)
    ]


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        msg = "it has bytes that are no text"
        raise ValueError(msg)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _separator(text: str) -> str:
    """Whichever of comma, semicolon and tab the first line has most of."""
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)
