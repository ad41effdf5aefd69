"""File geodatabases in a zip: every table, every text of the register, and bytes of no row."""

from __future__ import annotations

import re
import struct
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vawg_geo.audit.documents.read import read_text
from vawg_geo.audit.layers.vector_files import of_columns, of_geometry
from vawg_geo.audit.tables.sheets import Reading, merged, one_finding
from vawg_geo.errors import InputError
from vawg_geo.files.limits import require_bounded_zip

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["read_filegdb"]

_ENDING: Final = ".gdb.zip"
# Tables with their index, indexes of outlines, and two small files of the format's own.
_PART: Final = re.compile(
    r"[\w-]+\.gdb/(a[0-9a-f]{8}\.(gdbtable|gdbtablx|gdbindexes|spx)|gdb|timestamps)"
)
_CATALOG: Final = "GDB_SystemCatalog"
_OWN: Final = "GDB_"
_FIRST_OWN: Final = 9
_ACTION: Final = "Build it again or take it out."
# The header of a table of rows ends with where its columns are described.
_HEADER: Final = 40
_TABLX_HEADER: Final = 16


def read_filegdb(path: Path, source: str) -> Reading:
    """Read a zipped file geodatabase.

    Parameters
    ----------
    path : Path
    source : str

    Returns
    -------
    Reading
        `unknown_file` where the zip has anything else; `deleted_content` where a table has bytes
        of no row.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    if not path.name.lower().endswith(_ENDING):
        text = "no reader knows this kind of file, so nothing is known of what it tells."
        return one_finding("unknown_file", source, text)
    try:
        with tempfile.TemporaryDirectory() as name, zipfile.ZipFile(path) as packed:
            members = packed.infolist()
            require_bounded_zip(members, label=source, action=_ACTION, error=InputError)
            strange = [one.filename for one in members if not _PART.fullmatch(one.filename)]
            roots = {one.filename.partition("/")[0] for one in members}
            if strange or len(roots) != 1 or packed.comment or _more(path, packed):
                text = f"the zip has more than a geodatabase; first: {(strange or ['bytes'])[0]!r}."
                return one_finding("unknown_file", source, text)
            packed.extractall(name)
            return _read_folder(Path(name, roots.pop()), source)
    except (OSError, ValueError, KeyError, RuntimeError, struct.error, zipfile.BadZipFile) as error:
        what = str(error).rstrip(".")
        msg = f"{source} cannot be read as a file geodatabase: {what}. {_ACTION}"
        raise InputError(msg) from error


def _more(path: Path, packed: zipfile.ZipFile) -> bool:
    """Whether bytes lie between the members of a zip, or before its list of them."""
    end = 0
    for one in sorted(packed.infolist(), key=lambda one: one.header_offset):
        if one.header_offset != end or one.extra or one.comment:
            return True
        end += 30 + len(one.filename.encode()) + one.compress_size
    return (
        packed.start_dir != end
        or path.stat().st_size
        != end + sum(46 + len(one.filename.encode()) for one in packed.infolist()) + 22
    )


def _read_folder(folder: Path, source: str) -> Reading:
    catalog = _table(folder, _CATALOG)[0]
    names = [str(name) for name in catalog["Name"].to_pylist()]
    readings = [
        one_finding("deleted_content", f"{source}: {part.name}", "it holds bytes of no row.")
        for part in sorted(folder.glob("a*.gdbtable"))
        if int(part.stem[1:], 16) >= _FIRST_OWN and _has_gaps(part)
    ]
    # A table that is dropped leaves its files behind.
    known = {f"a{number:08x}" for number in range(1, len(names) + 1)}
    readings += [
        one_finding("deleted_content", f"{source}: {part.name}", "it is of no table.")
        for part in sorted(folder.glob("a*"))
        if part.stem not in known
    ]
    for number, name in enumerate(names, start=1):
        # One of the format's own tables is listed, and made only when it is needed.
        if not (folder / f"a{number:08x}.gdbtable").exists():
            continue
        table, place, kind = _table(folder, name)
        where = f"{source}: {name}"
        if name.startswith(_OWN):
            values = (value for column in table.columns for value in column.to_pylist())
            readings.append(read_text("\n".join(str(one) for one in values if one), where))
            continue
        if place:
            readings.append(of_geometry(kind, where))
        readings.append(of_columns(table, {place}, where))
    return merged(readings)


def _table(folder: Path, name: str) -> tuple[pa.Table, str, str | None]:
    """Rows of a table, the column of its outlines, and their kind."""
    import pyogrio

    meta, table = pyogrio.read_arrow(folder, layer=name, LIST_ALL_TABLES="YES")
    kind = meta["geometry_type"]
    return table, (meta["geometry_name"] or "wkb_geometry") if kind else "", kind


def _has_gaps(path: Path) -> bool:
    """Whether a table's file has more than its head and the rows that its index lists."""
    data = path.read_bytes()
    index = path.with_suffix(".gdbtablx").read_bytes()
    valid, begin = struct.unpack_from("<I", data, 4)[0], struct.unpack_from("<Q", data, 32)[0]
    blocks, rows, size = struct.unpack_from("<III", index, 4)
    head = begin + 4 + struct.unpack_from("<I", data, begin)[0]
    places = [
        int.from_bytes(index[at : at + size], "little")
        for at in range(_TABLX_HEADER, _TABLX_HEADER + min(rows, blocks * 1024) * size, size)
    ]
    held = sum(4 + struct.unpack_from("<I", data, at)[0] for at in places if at)
    return valid != rows or 0 in places or head + held != len(data)
