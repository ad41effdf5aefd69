"""GeoPackages: every table and view, and every byte that no table or view shows.

Read with SQLite alone and never written to. What was deleted from a SQLite file stays in it until
the file is written anew, so its pages are looked through for what belongs to no row.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from vawg_geo.audit.documents.read import PRINTED, read_text
from vawg_geo.audit.layers.sqlite_file import leftovers
from vawg_geo.audit.observed import Finding
from vawg_geo.audit.tables.sheets import Reading, merged
from vawg_geo.audit.tables.wide import read_long_or_wide
from vawg_geo.errors import InputError
from vawg_geo.files.limits import bounded_sqlite, fetch_rows, require_bounded_views

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_geopackage", "read_outlines"]

# Tables of the format that name no place: what stands in their texts is searched.
_SYSTEM: Final = frozenset(
    (
        "gpkg_contents",
        "gpkg_extensions",
        "gpkg_geometry_columns",
        "gpkg_ogr_contents",
        "gpkg_spatial_ref_sys",
        "gpkg_tile_matrix",
        "gpkg_tile_matrix_set",
        "gpkg_metadata",
        "gpkg_metadata_reference",
        "gpkg_data_columns",
        "gpkg_data_column_constraints",
        "sqlite_sequence",
        "layer_styles",
    )
)
_RTREE: Final = re.compile(r"rtree_(.+)_geom(?:_rowid|_node|_parent)?")
# A row's number and four limits.
_BOX: Final = 24
_TRIGGER: Final = re.compile(r"(?:rtree_|gpkg_tile_matrix_|trigger_(?:insert|delete)_feature_)")
_MAGIC: Final = b"SQLite format 3\0"


def read_geopackage(path: Path, source: str) -> Reading:
    """Read every table and view, and look for what is not live.

    Parameters
    ----------
    path : Path
    source : str

    Returns
    -------
    Reading
        `deleted_content` where the file holds more than its tables and views;
        `unknown_table`, `unknown_column`, `unknown_geometry`, `open_journal`.

    Raises
    ------
    InputError
        The file is no SQLite database, or a damaged one.
    """
    try:
        data = path.read_bytes()
        if not data.startswith(_MAGIC):
            msg = "it is no SQLite database"
            raise InputError(msg)
        with closing(_connect(path)) as base, bounded_sqlite(base, size=len(data), label=""):
            # Also so that none of the format's own tables is a view.
            require_bounded_views(base, size=len(data), label="", error=InputError)
            findings = _journals(path, source)
            findings += _dead_bytes(data, source)
            return merged([Reading(findings=findings), *_tables(base, source)])
    except (OSError, sqlite3.Error, InputError) as error:
        what = str(error).rstrip(".")
        msg = f"{source} cannot be read as a GeoPackage: {what}. Build it again or take it out."
        raise InputError(msg) from error


def read_outlines(path: Path) -> dict[str, bytes]:
    """Outline of each area as well-known binary, by code; empty where there is none."""
    outlines: dict[str, bytes] = {}
    size = path.stat().st_size
    with closing(_connect(path)) as base, bounded_sqlite(base, size=size, label=path.name):
        layers = base.execute(
            "SELECT g.table_name, g.column_name FROM gpkg_geometry_columns g JOIN sqlite_master m "
            "ON m.name = g.table_name WHERE m.type = 'table'"
        ).fetchall()
        for table, column in layers:
            if "area_code" in {row[1] for row in base.execute(f"PRAGMA table_info({_q(table)})")}:
                rows = base.execute(f"SELECT area_code, {_q(column)} FROM {_q(table)}")  # noqa: S608
                outlines |= {code: _well_known(blob) for code, blob in rows if blob}
    return outlines


def _well_known(blob: bytes) -> bytes:
    """Geometry without the header of the GeoPackage."""
    envelope = (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7]
    return blob[8 + envelope :]


def _connect(path: Path) -> sqlite3.Connection:
    # `immutable` keeps SQLite from looking for a journal: the bytes of this file alone count.
    base = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True)
    base.execute("PRAGMA trusted_schema=OFF")
    return base


def _journals(path: Path, source: str) -> list[Finding]:
    names = [f"{path.name}{end}" for end in ("-wal", "-shm", "-journal")]
    return [
        Finding(kind="open_journal", file=source, text=f"{name} lies beside it; it holds changes.")
        for name in names
        if path.with_name(name).exists()
    ]


def _dead_bytes(data: bytes, source: str) -> list[Finding]:
    """Say what the file holds that is in no row, whichever release of SQLite wrote it."""
    dead = leftovers(data)
    if not dead:
        return []
    content = b"\0".join(one.content for one in dead)
    # A row that is still there may have stood there too; what is counted is for the eye alone.
    texts = len(set(PRINTED.findall(content)))
    places = ", ".join(dict.fromkeys(one.place for one in dead))
    text = (
        f"{len(content):,} bytes in {len({one.page for one in dead}):,} pages belong to no row "
        f"({places}), {texts:,} texts among them: a row that was deleted or changed is still to "
        f"be read there. Write the file anew (VACUUM)."
    )
    return [Finding(kind="deleted_content", file=source, text=text)]


def _tables(base: sqlite3.Connection, source: str) -> list[Reading]:
    """What each table, view and trigger says."""
    parts = base.execute("SELECT type, name, sql FROM sqlite_master ORDER BY rowid").fetchall()
    names = {name for kind, name, _ in parts if kind in ("table", "view")}
    geometry = {}
    if "gpkg_geometry_columns" in names:
        columns = base.execute("SELECT table_name, column_name FROM gpkg_geometry_columns")
        geometry = dict(columns.fetchall())
    boxes = _boxes_of_nobody(base, names, source)
    readings = [Reading(findings=[*_registers(base, names, source), *boxes])]
    for kind, name, sql in parts:
        place = f"{source}: {name}"
        if kind == "trigger":
            readings.append(_trigger(name, sql, place))
        if kind not in ("table", "view") or (
            (found := _RTREE.fullmatch(name)) and (found[1] in names)
        ):
            continue
        if name in _SYSTEM:
            rows = base.execute(f"SELECT * FROM {_q(name)}").fetchall()  # noqa: S608
            lines = [" ".join(map(str, row)) for row in rows]
            readings.append(read_text("\n".join(lines), place))
            continue
        if kind == "view":
            readings.append(read_text(sql, place))
        readings.append(_table(base, name, geometry.get(name), place))
    return readings


def _trigger(name: str, sql: str, place: str) -> Reading:
    reading = read_text(sql, place)
    if not _TRIGGER.match(name):
        text = "no reader knows this trigger."
        reading.findings.append(Finding(kind="unknown_table", file=place, text=text))
    return reading


def _boxes_of_nobody(base: sqlite3.Connection, tables: set[str], source: str) -> list[Finding]:
    """Boxes of outlines that are gone, in a spatial index: writing the file anew keeps them."""
    findings = []
    for name in sorted(tables):
        index = _RTREE.fullmatch(name.removesuffix("_node")) if name.endswith("_node") else None
        if index is None or index[1] not in tables:
            continue
        numbers = {row[0] for row in base.execute(f"SELECT rowid FROM {_q(index[1])}")}  # noqa: S608
        nodes = base.execute(f"SELECT nodeno, data FROM {_q(name)}").fetchall()  # noqa: S608
        numbers |= {number for number, _ in nodes}
        gone = sum(
            any(box) and int.from_bytes(box[:8], "big") not in numbers
            for _, data in nodes
            for box in (data[at : at + _BOX] for at in range(4, len(data) - _BOX + 1, _BOX))
        )
        if gone:
            text = f"its spatial index has {gone:,} boxes of areas that are gone. Export it anew."
            findings.append(Finding(kind="deleted_content", file=f"{source}: {name}", text=text))
    return findings


def _registers(base: sqlite3.Connection, tables: set[str], source: str) -> list[Finding]:
    """Names in the format's registers whose table is gone, rows counted that are gone, heights."""
    findings = []
    for table, column in (
        ("gpkg_contents", "table_name"),
        ("gpkg_geometry_columns", "table_name"),
        ("gpkg_ogr_contents", "table_name"),
        ("gpkg_extensions", "table_name"),
        ("gpkg_data_columns", "table_name"),
        ("gpkg_metadata_reference", "table_name"),
        ("layer_styles", "f_table_name"),
        ("sqlite_sequence", "name"),
    ):
        if table not in tables:
            continue
        names = {row[0] for row in base.execute(f"SELECT {column} FROM {table}")}  # noqa: S608
        for name in sorted(n for n in names if n and n not in tables):
            text = f"{table} names {name!r}, which is not in the file."
            findings.append(Finding(kind="deleted_content", file=source, text=text))
    if "sqlite_sequence" in tables:
        for name, last in base.execute("SELECT name, seq FROM sqlite_sequence").fetchall():
            if name not in tables:
                continue
            rows = base.execute(f"SELECT max(rowid) FROM {_q(name)}").fetchone()[0]  # noqa: S608
            if last != (rows or 0):
                text = f"{name!r} had {last:,} rows once and has {rows or 0:,}."
                findings.append(Finding(kind="deleted_content", file=source, text=text))
    if "gpkg_geometry_columns" in tables:
        for condition, text in (
            ("z <> 0 OR m <> 0", "its geometry has heights or measures, which may be figures."),
            ("geometry_type_name NOT LIKE '%POLYGON'", "its geometry is of no areas."),
        ):
            layers = base.execute(f"SELECT table_name FROM gpkg_geometry_columns WHERE {condition}")  # noqa: S608
            findings += [
                Finding(kind="unknown_geometry", file=f"{source}: {name}", text=text)
                for (name,) in layers.fetchall()
            ]
    return findings


def _table(base: sqlite3.Connection, name: str, geometry: str | None, place: str) -> Reading:
    try:
        named = [str(row[1]) for row in base.execute(f"PRAGMA table_info({_q(name)})")]
        wanted = [column for column in named if column != geometry]
        cursor = base.execute(f"SELECT {', '.join(map(_q, wanted))} FROM {_q(name)}")  # noqa: S608
        rows = fetch_rows(cursor, size=_size(base), label="")
    except sqlite3.Error as error:
        # Stopped because it takes too long: nothing after it would be read either.
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
            raise
        text = f"it cannot be read ({error}), so nothing is known of what it tells."
        return Reading(findings=[Finding(kind="unknown_table", file=place, text=text)])
    columns: dict[str, list[object]] = {
        column.lower(): [row[n] for row in rows] for n, column in enumerate(wanted)
    }
    reading = Reading()
    for column, values in columns.items():
        if bytes in set(map(type, values)):
            text = f"the column {column!r} has bytes that no reader knows."
            reading.findings.append(Finding(kind="unknown_column", file=place, text=text))
            columns[column] = [None if isinstance(value, bytes) else value for value in values]
    return merged([reading, read_long_or_wide(columns, place)])


def _size(base: sqlite3.Connection) -> int:
    """Bytes of the file, as its header says."""
    (page,) = base.execute("PRAGMA page_size").fetchone()
    (count,) = base.execute("PRAGMA page_count").fetchone()
    return int(page * count)


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
