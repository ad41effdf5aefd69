"""Is a boundary file whole? Checks of the container itself, before a reader is let at it.

GDAL reads a Shapefile that was cut short without a word, and guesses a file's format from its
content. Here the format is settled by name and first bytes, and the file's own arithmetic
(lengths, offsets, counts) is compared with what is there. Each check returns how many rows the
file says that it has, so that the reader's answer can be compared.
"""

from __future__ import annotations

import json
import struct
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from vawg_geo.errors import BoundaryError
from vawg_geo.files.limits import bounded_sqlite, require_bounded_views, require_size
from vawg_geo.inputs.boundaries.other_formats import DRIVERS, inspect_other
from vawg_geo.inputs.boundaries.shapefile import AGAIN, cut_short, inspect_shapefile

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

__all__ = [
    "Container",
    "Format",
    "inspect_container",
    "inspect_geopackage",
    "require_bounded_geopackage",
]

Format = Literal[
    "geopackage",
    "shapefile",
    "geojson",
    "topojson",
    "flatgeobuf",
    "geoparquet",
    "mapinfo",
    "filegdb",
    "kml",
    "gml",
]

_BY_SUFFIX: Final[dict[str, str]] = {
    ".gpkg": "geopackage",
    ".shp": "shapefile",
    ".geojson": "json",
    ".json": "json",
    ".topojson": "json",
    ".fgb": "flatgeobuf",
    ".parquet": "geoparquet",
    ".geoparquet": "geoparquet",
    ".tab": "mapinfo",
    ".mif": "mapinfo",
    ".gdb": "filegdb",
    ".kml": "kml",
    ".gml": "gml",
}
_READABLE: Final = (
    "GeoPackage (.gpkg), Shapefile (.shp), GeoJSON or TopoJSON (.geojson, .json, .topojson), "
    "FlatGeobuf (.fgb), GeoParquet (.parquet), MapInfo (.tab, .mif), file geodatabase (.gdb), KML "
    "(.kml), GML (.gml), or a .zip of one of them"
)
# Points of outlines that are no burden, however often they are named.
_FEW_POINTS: Final = 1_000_000
# Parts of a TopoJSON's object whose numbers name no border.
_NO_ARCS: Final = ("properties", "coordinates", "bbox", "id")


@dataclass(frozen=True)
class Container:
    """A file whose container is whole.

    Attributes
    ----------
    path : Path
        The file.
    format : str
        What it is.
    rows : dict of str to int
        Rows that the file says it has, by layer; the key '' stands for the only layer. A layer
        that does not say is absent.
    notes : tuple of str
        What a person should know of it.
    """

    path: Path
    format: Format
    rows: dict[str, int]
    notes: tuple[str, ...] = ()


def inspect_container(
    path: Path, *, label: str, need_prj: bool = True, verified: bool = False
) -> Container:
    """Settle a file's format and refuse one that is not whole.

    Parameters
    ----------
    path : Path
        An existing file.
    label : str
        What to call it in messages.
    need_prj : bool
        Whether a Shapefile must bring its `.prj`.
    verified : bool
        The file's checksum is known to be right: settle the format only.

    Returns
    -------
    Container
        The file, its format and the rows it says it has.

    Raises
    ------
    BoundaryError
        The file is empty, of another format than its name says, of a format that is not read, or
        damaged.
    """
    suffix = path.suffix.lower()
    kind = _BY_SUFFIX.get(suffix)
    if kind is None:
        msg = (
            f"{label}: boundaries are not read from {suffix or 'files without an ending'}. Use one "
            f"of: {_READABLE}."
        )
        raise BoundaryError(msg)
    if path.is_file() and path.stat().st_size == 0:
        msg = f"{label} is empty (0 bytes). {AGAIN}"
        raise BoundaryError(msg)
    if kind == "json":
        return _inspect_json(path, label)
    if kind == "geopackage":
        counted = {} if verified else inspect_geopackage(path, label=label)
        return Container(path, "geopackage", counted)
    if kind == "shapefile":
        rows, notes = inspect_shapefile(path, label=label, need_prj=need_prj)
        return Container(path, "shapefile", {"": rows}, tuple(notes))
    if kind in DRIVERS:
        return Container(path, cast("Format", kind), inspect_other(path, kind, label=label))
    if kind == "flatgeobuf":
        return Container(path, "flatgeobuf", _inspect_flatgeobuf(path, label))
    _require_parquet(path, label)
    return Container(path, "geoparquet", {})


# GeoPackage: https://www.sqlite.org/fileformat.html


def inspect_geopackage(path: Path, *, label: str) -> dict[str, int]:
    """Refuse a GeoPackage that is not whole, or that has a view without an end.

    Parameters
    ----------
    path : Path
    label : str
        What to call it in messages.

    Returns
    -------
    dict of str to int
        Rows of each layer.

    Raises
    ------
    BoundaryError
        It is damaged, open elsewhere, no GeoPackage, or reading it takes more than an honest file's
        tables and views do.
    """
    import sqlite3  # a verified file, as every default build reads, does without

    with path.open("rb") as stream:
        header = stream.read(100)
    if not header.startswith(b"SQLite format 3\0"):
        msg = f"{label} is not a GeoPackage, whatever its name says. {AGAIN}"
        raise BoundaryError(msg)
    size = path.stat().st_size
    if len(header) < 100:
        raise cut_short(label, f"{size:,} bytes are less than its header")
    page = struct.unpack(">H", header[16:18])[0]
    page = 65536 if page == 1 else page
    changed, pages = struct.unpack(">II", header[24:32])
    # The page count counts only where the last writer kept it up to date.
    if changed == struct.unpack(">I", header[92:96])[0] and size < pages * page:
        raise cut_short(label, f"it states {pages * page:,} bytes and has {size:,}")
    for suffix in ("-wal", "-journal"):
        beside = path.with_name(path.name + suffix)
        if beside.is_file() and beside.stat().st_size:
            msg = (
                f"{label} has unsaved changes beside it ({beside.name}): another program has it "
                "open or was stopped. Close it there (QGIS: remove the layer), then try again."
            )
            raise BoundaryError(msg)
    connection: sqlite3.Connection | None = None
    try:
        # immutable: no lock, no journal, nothing written beside somebody's file.
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        with bounded_sqlite(connection, size=size, label=label, error=BoundaryError):
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if verdict != "ok":
                raise cut_short(label, str(verdict).replace("\n", " "))
            require_bounded_views(connection, size=size, label=label, error=BoundaryError)
            return _count_features(connection)
    # A damaged file's own words may not even be text.
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise cut_short(label, str(error)) from error
    finally:
        if connection is not None:
            connection.close()


def require_bounded_geopackage(path: Path, *, label: str) -> None:
    """Refuse a GeoPackage that has a view without an end, and say nothing else of it.

    Parameters
    ----------
    path : Path
    label : str

    Raises
    ------
    BoundaryError
        Reading it takes more than an honest file's tables and views do.
    """
    import sqlite3

    size = path.stat().st_size
    with (
        # What else is wrong with it is found by whoever reads it.
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base,
        bounded_sqlite(base, size=size, label=label, error=BoundaryError),
    ):
        require_bounded_views(base, size=size, label=label, error=BoundaryError)


def _count_features(connection: sqlite3.Connection) -> dict[str, int]:
    query = "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
    rows = {}
    for (name,) in connection.execute(query).fetchall():
        quoted = name.replace('"', '""')
        count = connection.execute(f'SELECT count(*) FROM "{quoted}"')  # noqa: S608
        rows[str(name)] = int(count.fetchone()[0])
    return rows


# GeoJSON (RFC 7946) and TopoJSON


def _inspect_json(path: Path, label: str) -> Container:
    again = "Save it as a GeoPackage."
    require_size(path, label=label, action=again, error=BoundaryError)
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except RecursionError as error:
        msg = (
            f"{label} has brackets within brackets, more than {sys.getrecursionlimit():,} deep; "
            f"outlines have seven. {AGAIN}"
        )
        raise BoundaryError(msg) from error
    except UnicodeDecodeError as error:
        msg = (
            f"{label} is not in UTF-8 (byte {error.start:,}), as GeoJSON must be. Export it again."
        )
        raise BoundaryError(msg) from error
    except ValueError as error:
        raise cut_short(label, f"it is not whole JSON ({error})") from error
    kind = content.get("type") if isinstance(content, dict) else None
    if kind == "FeatureCollection" and isinstance(content.get("features"), list):
        return Container(path, "geojson", {"": len(content["features"])})
    if kind == "Topology" and isinstance(content.get("objects"), dict):
        _require_bounded_arcs(content, label)
        rows = {
            str(name): len(layer["geometries"])
            for name, layer in content["objects"].items()
            if isinstance(layer, dict) and isinstance(layer.get("geometries"), list)
        }
        return Container(path, "topojson", rows)
    msg = (
        f"{label} is JSON, but neither a GeoJSON FeatureCollection nor a TopoJSON Topology (its "
        f"type is {kind!r}). Export it again as GeoJSON."
    )
    raise BoundaryError(msg)


def _require_bounded_arcs(topology: dict[str, Any], label: str) -> None:
    """Refuse borders that are named so often that the outlines would fill the memory.

    Each border stands once and is named by the two areas beside it; here a border may be named by
    many more, but all outlines together have at most a hundred times the points of all borders.
    """
    arcs = topology.get("arcs")
    borders = arcs if isinstance(arcs, list) else []
    lengths = [len(arc) if isinstance(arc, list) else 0 for arc in borders]
    used = 0
    left: list[Any] = [topology["objects"]]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            left += [value for key, value in part.items() if key not in _NO_ARCS]
        elif isinstance(part, list):
            left += [each for each in part if isinstance(each, (dict, list))]
            used += sum(
                lengths[at]
                for each in part
                if type(each) is int and (at := each if each >= 0 else ~each) < len(lengths)
            )
    if used > max(100 * sum(lengths), _FEW_POINTS):
        msg = (
            f"{label}: its outlines have {used:,} points and its borders only {sum(lengths):,}: "
            f"they are named far more often than twice. The file is damaged. {AGAIN}"
        )
        raise BoundaryError(msg)


# FlatGeobuf: https://flatgeobuf.org/spec, whose header is a FlatBuffers table


def _inspect_flatgeobuf(path: Path, label: str) -> dict[str, int]:
    with path.open("rb") as stream:
        start = stream.read(12)
        if start[:3] != b"fgb" or start[4:7] != b"fgb":
            msg = f"{label} is not a FlatGeobuf, whatever its name says. {AGAIN}"
            raise BoundaryError(msg)
        length = struct.unpack("<I", start[8:12])[0] if len(start) == 12 else 0
        size = path.stat().st_size
        if length < 8 or 12 + length > size:
            raise cut_short(label, f"{size:,} bytes are less than its header")
        header = stream.read(length)
    try:
        table = struct.unpack_from("<I", header, 0)[0]
        fields = table - struct.unpack_from("<i", header, table)[0]
        width = struct.unpack_from("<H", header, fields)[0]
        slot = 4 + 2 * 8  # features_count is the ninth field
        where = struct.unpack_from("<H", header, fields + slot)[0] if slot < width else 0
        count = struct.unpack_from("<Q", header, table + where)[0] if where else 0
    except struct.error as error:
        raise cut_short(label, "its header makes no sense") from error
    # Written as a stream: no count, and the end cannot be told from a cut.
    if count == 0:
        msg = (
            f"{label} does not say how many areas it has, so nobody can tell whether it is whole. "
            "Export it again with ogr2ogr or QGIS, which write the number."
        )
        raise BoundaryError(msg)
    # Each stands with its length, four bytes, and a table of no less.
    if count * 8 > size:
        raise cut_short(label, f"it states {count:,} areas, for which {size:,} bytes are too few")
    return {"": int(count)}


def _require_parquet(path: Path, label: str) -> None:
    with path.open("rb") as stream:
        start = stream.read(4)
        stream.seek(max(0, path.stat().st_size - 4))
        end = stream.read(4)
    if start != b"PAR1":
        msg = f"{label} is not a Parquet file, whatever its name says. {AGAIN}"
        raise BoundaryError(msg)
    if end != b"PAR1" or path.stat().st_size < 12:
        raise cut_short(label, "its end mark is missing")
