"""The descriptor beside tables: names, kinds and words of columns, and no figure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.audit.documents.read import read_object, read_text, texts_of
from vawg_geo.audit.observed import Finding
from vawg_geo.audit.tables.sheets import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["read_descriptor"]

_KNOWN: Final = frozenset(
    (
        "profile",
        "name",
        "title",
        "description",
        "licenses",
        "sources",
        "resources",
        "path",
        "format",
        "mediatype",
        "encoding",
        "schema",
        "fields",
        "type",
        "constraints",
        "enum",
        "required",
        "missingValues",
        "primaryKey",
        "foreignKeys",
        "reference",
        "resource",
        "dialect",
        "lineTerminator",
        "delimiter",
        "quoteChar",
        "doubleQuote",
        "header",
    )
)
_WORD: Final = re.compile(r"[a-z_-]+")


def read_descriptor(path: Path, source: str) -> Reading:
    """Read the descriptor of tables.

    Parameters
    ----------
    path : Path
    source : str

    Returns
    -------
    Reading
        Keys that no reader knows, numbers, and words of a list that are no plain words are
        findings.

    Raises
    ------
    InputError
        The file is no JSON object.
    """
    data = read_object(path, source, otherwise="describes no tables")
    reading = read_text("\n".join(texts_of(data)), source)
    strange = sorted({key for key in _keys(data) if key not in _KNOWN})
    found = [
        Finding(kind="unknown_key", file=source, text=f"the key {k!r} is not known.")
        for k in strange
    ]
    numbers = list(_numbers(data))
    if numbers:
        text = f"{len(numbers):,} numbers stand in it, where none belongs; first: {numbers[0]!r}."
        found.append(Finding(kind="figure_in_text", file=source, text=text))
    return Reading(findings=[*reading.findings, *found])


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def _numbers(value: Any) -> Iterator[object]:
    """Numbers, and listed words that could be one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "enum" and isinstance(inner, list):
                yield from (one for one in inner if not _WORD.fullmatch(str(one)))
            else:
                yield from _numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _numbers(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value
