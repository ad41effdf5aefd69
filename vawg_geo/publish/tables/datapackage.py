"""The descriptor of an edition's tables: Frictionless Data, for whoever reads them by program.

It says of each table what its columns are, which words may stand in them and how tables hang
together, and it holds no figure and no time of writing.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.results.results import compute_results
from vawg_geo.terms.columns import BASES, LEVELS, SEXES, SIGNIFICANCES, STATUSES
from vawg_geo.terms.indicators import slug
from vawg_geo.terms.tables import unit_of
from vawg_geo.words.columns import alias, comment
from vawg_geo.words.hotspots import CLUSTER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vawg_geo.disclosure.gate import Edition

__all__ = ["DESCRIPTOR", "describe_tables"]

DESCRIPTOR: Final = "datapackage.json"
_LICENCE: Final = {
    "name": "OGL-UK-3.0",
    "title": "Open Government Licence v3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "status": STATUSES,
    "basis": BASES,
    "sex": SEXES,
    "level": LEVELS,
    "significance": SIGNIFICANCES,
    "cluster": tuple(CLUSTER),
}
# What makes a row the only one of its kind; the first that does is a table's key. The longest
# stand first: with other figures a shorter one, which happens to do, might not.
_KEYS: Final = (
    ("level", "indicator", "sex", "period", "grouping", "group"),
    ("area_code", "indicator", "sex", "period", "statistic"),
    ("area_code", "indicator", "sex", "period", "scan_cluster"),
    ("level", "indicator", "sex", "period", "statistic"),
    ("area_code", "indicator", "sex", "period"),
    ("area_code", "service", "date"),
    ("area_code", "indicator", "period"),
    ("area_code", "gap"),
    ("area_code", "site_group"),
    ("area_code", "provision"),
    ("area_code", "profile"),
    ("area_code",),
    ("name",),
)
# Columns that point to a row of another table: the table, its column.
_POINTERS: Final = {
    "area_code": ("areas", "area_code"),
    "parent_code": ("areas", "area_code"),
    "district_code": ("areas", "area_code"),
    "comparator": ("areas", "area_code"),
    "centre": ("areas", "area_code"),
    "indicator": ("indicators", "name"),
}
_TITLES: Final = {
    "areas": "Areas, and the one that holds each",
    "indicators": "What is counted",
    "sources_and_caveats": "Sources, licences, caveats",
    "join_report": "How rows came to areas",
    "hotspots": "Labels of local statistics",
    "scans": "Clusters of the scan and their members",
}
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_DAYS: Final = ("date", "valid_from", "valid_to", "as_of")


def describe_tables(edition: Edition, frames: Mapping[str, pd.DataFrame]) -> str:
    """Describe tables as they are written: the text of `datapackage.json`.

    Parameters
    ----------
    edition : Edition
    frames : mapping of str to pandas.DataFrame
        By name; `areas` and `indicators` are among them.

    Returns
    -------
    str
        JSON of a tabular data package.
    """
    results = compute_results(edition)
    tables = {name: _Table(frame) for name, frame in frames.items()}
    open_to_all = edition.name == "public"
    closed = {"name": "other-closed", "title": results.watermark or "Not for publication"}
    sources = [about.source for about in results.indicators.values() if about.source]
    titles = {**_TITLES, **results.overlays.titles}
    package = {
        "profile": "tabular-data-package",
        "name": f"{slug(results.title)}_{edition.name}",
        "title": results.title,
        "description": " ".join(
            text for text in (results.watermark, results.protection, *results.caveats) if text
        ),
        "licenses": [_LICENCE if open_to_all else closed],
        "sources": [
            {"title": text} for text in dict.fromkeys([*results.attribution, *sources])
        ],
    }  # fmt: skip
    # A line for each table, so that two descriptors can be compared.
    lines = [_json(_resource(name, tables, titles.get(name) or alias(name))) for name in tables]
    head = _json(package).removesuffix("}")
    return head + ', "resources": [\n' + ",\n".join(lines) + "\n]}\n"


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


class _Table:
    """A table with the words of its columns, each looked for once."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
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
        if not self.frame.size or not set(key) <= set(self.names):
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


def _resource(name: str, tables: Mapping[str, _Table], title: str) -> dict[str, Any]:
    table = tables[name]
    key = next((key for key in _KEYS if table.is_key(key)), ())
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
        "title": title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "header": True},
        "schema": schema,
    }


def _field(name: str, table: _Table, *, in_key: bool) -> dict[str, Any]:
    kind = _type(name, table)
    field: dict[str, Any] = {"name": name, "type": kind, "title": alias(name)}
    about = [comment(name), unit_of(name) if kind in ("integer", "number") else ""]
    if any(about):
        field["description"] = " ".join(text for text in about if text)
    limits: dict[str, Any] = {"required": True} if in_key else {}
    if name in _WORDS and table.words(name) <= set(_WORDS[name]):
        limits["enum"] = list(_WORDS[name])
    return field | ({"constraints": limits} if limits else {})


def _type(name: str, table: _Table) -> str:
    column = table.frame[name]
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
    days = table.words(name) if name in _DAYS else ()
    return "date" if days and all(_DAY.fullmatch(str(day)) for day in days) else "string"


def _pointers(name: str, tables: Mapping[str, _Table]) -> Iterator[dict[str, Any]]:
    """Columns whose every value is a row of another table, or of this one."""
    for column, (target, key) in _POINTERS.items():
        if column not in tables[name].names or (name, column) == (target, key):
            continue
        held = tables[name].words(column)
        if held and held <= tables[target].words(key) and tables[target].is_key((key,)):
            resource = "" if name == target else target
            yield {"fields": column, "reference": {"resource": resource, "fields": key}}
