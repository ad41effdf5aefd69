"""Shapefiles: the table with its deleted rows and margins, and the outlines' records.

The parts are read byte by byte: libraries pass over rows that were deleted, which stay in the file.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from vawg_geo.audit.documents.read import read_text
from vawg_geo.audit.tables.sheets import Reading, merged, one_finding
from vawg_geo.audit.tables.wide import read_long_or_wide
from vawg_geo.errors import InputError
from vawg_geo.terms.short_names import full_name, layer_readme

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_dbf", "read_outline_part", "read_readme", "read_word_part"]

_DELETED: Final = ord("*")
_NUMBERS: Final = b"NF"
_END: Final = b"\x1a"
_POLYGON: Final = 5
_MAGIC: Final = 9994
_START_OF_NAMES: Final = "Names of columns, short and full"


def read_dbf(path: Path, source: str) -> Reading:
    """Read a Shapefile's table.

    Parameters
    ----------
    path : Path
    source : str

    Returns
    -------
    Reading
        `deleted_content` for rows that are marked as deleted and bytes behind the last row;
        short names are read as the full ones they stand for.

    Raises
    ------
    InputError
        The file is cut off, or no such table.
    """
    try:
        data = path.read_bytes()
        rows, start, width = struct.unpack_from("<IHH", data, 4)
        fields = _fields(data[32:start])
    except (OSError, struct.error, IndexError) as error:
        raise _unreadable(source, str(error)) from error
    end = start + rows * width
    if len(data) < end or sum(size for _, _, size in fields) + 1 != width:
        raise _unreadable(source, f"it has no place for {rows:,} rows of {width:,} bytes")
    records = [data[start + n * width :][:width] for n in range(rows)]
    readings = []
    deleted = sum(record[0] == _DELETED for record in records)
    if deleted:
        text = f"{deleted:,} of {rows:,} rows are marked as deleted and still there."
        readings.append(one_finding("deleted_content", source, text))
    if data[end:] not in (b"", _END):
        text = f"{len(data) - end:,} bytes lie behind its last row."
        readings.append(one_finding("deleted_content", source, text))
    if any(data[12:28]) or any(data[30:32]):
        readings.append(one_finding("deleted_content", source, "its header has bytes of no use."))
    columns: dict[str, list[object]] = {}
    at = 1
    for name, kind, size in fields:
        cells = [record[at : at + size] for record in records]
        columns[full_name(name.lower())] = [_value(cell, kind) for cell in cells]
        at += size
    return merged([*readings, read_long_or_wide(columns, source)])


def read_outline_part(path: Path, source: str) -> Reading:
    """Read `.shp` or `.shx`: nothing but records of flat outlines, to the last byte.

    Raises
    ------
    InputError
        The file is cut off, or no such part.
    """
    try:
        data = path.read_bytes()
        code, words = struct.unpack_from(">i20xi", data)
        (kind,) = struct.unpack_from("<i", data, 32)
        end = 100 if path.suffix.lower() == ".shp" else len(data)
        while end < len(data):
            (length,) = struct.unpack_from(">i", data, end + 4)
            (own,) = struct.unpack_from("<i", data, end + 8)
            kind = kind if own in (0, kind) else own
            if own:
                parts, points = struct.unpack_from("<ii", data, end + 44)
                if 2 * length != 44 + 4 * parts + 16 * points:
                    text = "an outline has more bytes than its corners need."
                    return one_finding("deleted_content", source, text)
            end += 8 + 2 * max(length, 0)
    except (OSError, struct.error) as error:
        raise _unreadable(source, str(error)) from error
    if code != _MAGIC or end > len(data):
        raise _unreadable(source, "it does not begin as one, or is cut off")
    findings = []
    if end != len(data) or 2 * words != len(data) or any(data[68:100]) or any(data[4:24]):
        text = "it has bytes that belong to no outline, or lacks some."
        findings.append(one_finding("deleted_content", source, text))
    if kind != _POLYGON:
        text = "its geometry is of no areas, or has heights that may be figures."
        findings.append(one_finding("unknown_geometry", source, text))
    return merged(findings)


def read_word_part(path: Path, source: str) -> Reading:
    """Read `.prj` or `.cpg`: the system of coordinates, the table's letters."""
    text = _text_of(path, source)
    good = (
        text.strip().upper() in ("UTF-8", "65001")
        if path.suffix.lower() == ".cpg"
        else text.startswith(("PROJCS[", "GEOGCS[")) and "\n" not in text.strip()
    )
    if not good:
        return one_finding("unknown_file", source, "no reader knows what it says.")
    return read_text(text, source)


def read_readme(path: Path, source: str) -> Reading:
    """Read the text beside Shapefiles: it must be the one that stands there, word for word.

    Returns
    -------
    Reading
        `unknown_text` where it says anything else; its own line on the edition is read as a text.
    """
    text = _text_of(path, source).replace("\r\n", "\n")
    lines = text.split("\n")
    mark = lines[2] if len(lines) > 3 and not lines[3] else ""
    at = next((n for n, line in enumerate(lines) if line.startswith(_START_OF_NAMES)), len(lines))
    pairs = [line.split() for line in lines[at + 1 :] if line]
    names = [pair[1] for pair in pairs if len(pair) == 2 and full_name(pair[0]) == pair[1]]
    if text != layer_readme(mark, names):
        return one_finding("unknown_text", source, "it is not the text that belongs there.")
    return read_text(mark, source)


def _fields(data: bytes) -> list[tuple[str, int, int]]:
    """Name, kind and width of each column."""
    fields = []
    for at in range(0, len(data) - 31, 32):
        if data[at] == 0x0D:
            break
        name = data[at : at + 11].split(b"\0", 1)[0].decode("ascii", "replace")
        fields.append((name, data[at + 11], data[at + 16]))
    return fields


def _value(cell: bytes, kind: int) -> str | None:
    # What stands behind a nought byte is there for who looks: it is read too.
    text = cell.replace(b"\0", b" ").decode("utf-8", "replace").strip()
    empty = kind in _NUMBERS and not text.strip("*")
    return None if empty or not text else text


def _text_of(path: Path, source: str) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise _unreadable(source, str(error)) from error


def _unreadable(source: str, why: str) -> InputError:
    msg = f"{source} cannot be read as part of a Shapefile: {why}. Build it again or take it out."
    return InputError(msg)
