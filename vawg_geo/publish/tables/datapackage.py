"""The descriptor of an edition's tables: Frictionless Data, for whoever reads them by program.

It says of each table what its columns are, which words may stand in them and how tables hang
together, and it holds no figure and no time of writing.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.overlays.registry import declared_tables
from vawg_geo.terms.declared import DeclaredTable
from vawg_geo.terms.indicators import slug
from vawg_geo.terms.tables import rates_of
from vawg_geo.words.columns import LISTS, described, heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vawg_geo.results.results import EditionResults

__all__ = ["DESCRIPTOR", "describe_tables", "said_of"]

DESCRIPTOR: Final = "datapackage.json"
_LICENCE: Final = {
    "name": "OGL-UK-3.0",
    "title": "Open Government Licence v3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def describe_tables(
    results: EditionResults,
    frames: Mapping[str, pd.DataFrame],
    *,
    declared: Iterable[DeclaredTable] | None = None,
) -> str:
    """Describe tables as they are written: the text of `datapackage.json`.

    Parameters
    ----------
    results : EditionResults
    frames : mapping of str to pandas.DataFrame
        By name; `areas` and `indicators` are among them.
    declared : iterable of DeclaredTable
        What is said of each, by default what all overlays and the package say; rates of a level
        are described as the rates are.

    Returns
    -------
    str
        JSON of a tabular data package.
    """
    said = said_of(frames, results, declared=declared)
    tables = {name: _Table(frame, said[name]) for name, frame in frames.items()}
    open_to_all = results.edition == "public"
    closed = {"name": "other-closed", "title": results.watermark or "Not for publication"}
    sources = [about.source for about in results.indicators.values() if about.source]
    titles = results.overlays.titles
    package = {
        "profile": "tabular-data-package",
        "name": f"{slug(results.title)}_{results.edition}",
        "title": results.title,
        "description": " ".join(
            text for text in (results.watermark, results.protection, *results.caveats) if text
        ),
        "licenses": [_LICENCE if open_to_all else closed],
        "sources": [{"title": text} for text in dict.fromkeys([*results.attribution, *sources])],
    }
    # A line for each table, so that two descriptors can be compared.
    lines = [_json(_resource(name, tables, titles.get(name))) for name in tables]
    head = _json(package).removesuffix("}")
    return head + ', "resources": [\n' + ",\n".join(lines) + "\n]}\n"


def said_of(
    names: Iterable[str],
    results: EditionResults,
    *,
    declared: Iterable[DeclaredTable] | None = None,
) -> dict[str, DeclaredTable]:
    """What is said of tables, by their names; of one that nobody declares, its name in words.

    Parameters
    ----------
    names : iterable of str
    results : EditionResults
    declared : iterable of DeclaredTable
        As for `describe_tables`.
    """
    known = declared_tables() if declared is None else declared
    said = {one.name: one for one in (*known, *map(rates_of, results.areas))}
    return {name: said.get(name, _unsaid(name)) for name in names}


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


class _Table:
    """A table with the words of its columns, each looked for once."""

    def __init__(self, frame: pd.DataFrame, said: DeclaredTable) -> None:
        self.frame = frame
        self.said = said
        self.names = [str(name) for name in frame.columns]
        self._words: dict[str, tuple[frozenset[Any], bool]] = {}

    def words(self, name: str) -> frozenset[Any]:
        """What stands in a column, but for nothing."""
        return self._held(name)[0]

    def has_gaps(self, name: str) -> bool:
        """Whether a cell of the column is empty."""
        return self._held(name)[1]

    def is_key(self, key: tuple[str, ...]) -> bool:
        """Whether these columns are filled and no two rows have the same in all of them."""
        if not key or not self.frame.size or not set(key) <= set(self.names):
            return False
        if any(self.has_gaps(name) for name in key):
            return False
        if len(key) == 1:
            return len(self.words(key[0])) == len(self.frame)
        rows = zip(*(self.frame[name].tolist() for name in key), strict=True)
        return len(set(rows)) == len(self.frame)

    def _held(self, name: str) -> tuple[frozenset[Any], bool]:
        if name not in self._words:
            found = set(self.frame[name].tolist())
            empty = {value for value in found if pd.isna(value) or value == ""}
            self._words[name] = frozenset(found - empty), bool(empty)
        return self._words[name]


def _unsaid(name: str) -> DeclaredTable:
    return DeclaredTable(name=name, title=heading(name), columns=())


def _resource(name: str, tables: Mapping[str, _Table], title: str | None) -> dict[str, Any]:
    table = tables[name]
    # A key is a promise to who joins by it: kept by these rows, or not given.
    key = table.said.keys if table.is_key(table.said.keys) else ()
    schema: dict[str, Any] = {
        "fields": [_field(column, table, in_key=column in key) for column in table.names],
        "missingValues": [""],
    }
    if key:
        schema["primaryKey"] = list(key)
    if pointers := list(_pointers(name, tables)):
        schema["foreignKeys"] = pointers
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "title": title or table.said.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "header": True},
        "schema": schema,
    }


def _field(name: str, table: _Table, *, in_key: bool) -> dict[str, Any]:
    kind = _type(name, table)
    column = table.said.column(name)
    said = column or described(name)
    title = column.heading(name) if column else heading(name)
    field: dict[str, Any] = {"name": name, "type": kind, "title": title}
    about = [said.words, said.unit if kind in ("integer", "number") else ""]
    if any(about):
        field["description"] = " ".join(text for text in about if text)
    limits: dict[str, Any] = {"required": True} if in_key else {}
    if said.holds in LISTS and table.words(name) <= set(LISTS[said.holds]):
        limits["enum"] = list(LISTS[said.holds])
    return field | ({"constraints": limits} if limits else {})


def _type(name: str, table: _Table) -> str:
    column = table.frame[name]
    said = table.said.column(name) or described(name)
    # A whole number that pandas holds as a decimal one, for want of an empty cell, is a number.
    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    if pd.api.types.is_numeric_dtype(column):
        return "number"
    if column.dtype == object:
        kind = pd.api.types.infer_dtype(column, skipna=True)
        known = {"boolean": "boolean", "integer": "integer", "floating": "number"}
        if kind in known:
            return known[kind]
    days = table.words(name) if said.holds == "day" else ()
    return "date" if days and all(_DAY.fullmatch(str(day)) for day in days) else "string"


def _pointers(name: str, tables: Mapping[str, _Table]) -> Iterator[dict[str, Any]]:
    """Columns whose every value is a row of another table, or of this one."""
    table = tables[name]
    said = {column: table.said.column(column) or described(column) for column in table.names}
    for column in sorted(table.names, key=lambda column: said[column].points_to):
        if not (target := said[column].points_to):
            continue
        (key,) = tables[target].said.keys
        held = table.words(column)
        if (name, column) == (target, key) or not held or not tables[target].is_key((key,)):
            continue
        if held <= tables[target].words(key):
            resource = "" if name == target else target
            yield {"fields": column, "reference": {"resource": resource, "fields": key}}
