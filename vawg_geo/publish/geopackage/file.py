"""A GeoPackage as a file: made whole or not at all, its tables, its views, its registers."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyogrio

from vawg_geo.errors import OutputError
from vawg_geo.files.folder import is_full
from vawg_geo.files.in_use import require_closed
from vawg_geo.files.whole import file_meant, written_whole
from vawg_geo.terms.indicators import slug
from vawg_geo.terms.views import OF_OUTLINES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import geopandas as gpd

__all__ = [
    "NO_CLOCK",
    "WRITE_ERRORS",
    "add_table",
    "add_view",
    "draft_settings",
    "layer_name",
    "put_first",
    "quoted",
    "quoted_text",
    "repack",
    "whole_file",
    "write_outlines",
]

# GDAL stamps the time of writing unless it is told one; the same inputs must give the same bytes.
NO_CLOCK = "2000-01-01T00:00:00.000Z"
_LONGEST_NAME = 57
# What pyogrio raises where a file cannot be written, a full disk among the causes.
WRITE_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
)

# Kinds of pages that hold rows of tables and indexes: bytes of their head.
_PAGES_OF_ROWS: Final = {2: 12, 5: 12, 10: 8, 13: 8}


def layer_name(*parts: str, keep: Sequence[str] = ()) -> str:
    """Name of a layer: lower-case words joined by underscores, cut after a whole word.

    Parameters
    ----------
    *parts : str
        Cut where all is too long.
    keep : sequence of str
        What the name ends in, uncut: by it layers are told apart.

    Returns
    -------
    str
        Up to 57 characters.

    Examples
    --------
    >>> layer_name("ward", "rate-and-deprivation", keep=["female", ""])
    'ward_rate_and_deprivation_female'
    >>> layer_name("district", "a-name-that-is-longer-than-any-layer-may-be", keep=["2015/16"])
    'district_a_name_that_is_longer_than_any_layer_may_2015_16'
    """
    end = slug(" ".join(keep))
    whole = slug(" ".join(parts))
    room = _LONGEST_NAME - len(end) - bool(end)
    if len(whole) > room:
        start, _, _ = whole[: room + 1].rpartition("_")
        whole = start or whole[:room]
    return "_".join(part for part in (whole, end) if part)


def write_outlines(
    draft: Path, level: str, areas: gpd.GeoDataFrame, attribution: Sequence[str]
) -> None:
    """Write the outlines of a level as a feature table.

    Parameters
    ----------
    draft : Path
        A GeoPackage, or where one is to be.
    level : str
        The table's name.
    areas : geopandas.GeoDataFrame
        The columns `views.OF_OUTLINES` and `geometry`.
    attribution : sequence of str
        Whose outlines they are.
    """
    title = f"Outlines: {level.replace('_', ' ')}"
    pyogrio.write_dataframe(
        areas[[*OF_OUTLINES, "geometry"]],
        draft,
        layer=level,
        driver="GPKG",
        append=draft.exists(),
        use_arrow=True,
        geometry_type="MultiPolygon",
        promote_to_multi=True,
        dataset_options={"VERSION": "1.3"},
        layer_options={
            "IDENTIFIER": title,
            "DESCRIPTION": " ".join([f"{title}.", *attribution]),
        },
    )


def add_table(base: sqlite3.Connection, name: str, table: pd.DataFrame, title: str) -> None:
    """Add a table without geometry, and register it so that a GIS lists it.

    Parameters
    ----------
    base : sqlite3.Connection
    name : str
    table : pandas.DataFrame
    title : str
        What a GIS calls it.
    """
    types = ", ".join(f"{quoted(str(column))} {_sql_type(table[column])}" for column in table)
    base.execute(f"CREATE TABLE {name} (fid INTEGER PRIMARY KEY NOT NULL, {types})")
    # Column by column to Python's own values: sqlite3 takes no NumPy scalars.
    columns = [_plain(table[column]) for column in table]
    marks = ", ".join("?" * (len(columns) + 1))
    base.executemany(
        f"INSERT INTO {name} VALUES ({marks})",  # noqa: S608  (names are ours)
        zip(range(1, len(table) + 1), *columns, strict=True),
    )
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, "
        "srs_id) VALUES (?, 'attributes', ?, ?, ?, 0)",
        (name, title, title, NO_CLOCK),
    )


def _plain(column: pd.Series) -> list[object]:
    """Values as Python's own, None where there is none; days as SQLite holds them."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return [day.isoformat() for day in column.dt.date]
    values: list[object] = column.tolist()
    absent = column.isna().to_numpy()
    if not absent.any():
        return values
    return [None if gone else value for value, gone in zip(values, absent.tolist(), strict=True)]


def add_view(
    base: sqlite3.Connection, query: str, *, name: str, title: str, description: str, level: str
) -> None:
    """Add a spatial view of one layer, and register it as GIS programs expect.

    Parameters
    ----------
    base : sqlite3.Connection
    query : str
        With the columns `OGC_FID` and `geom` first.
    name, title, description : str
        Of no other layer.
    level : str
        Table of the outlines.
    """
    base.execute(f"CREATE VIEW {quoted(name)} AS {query}")
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, "
        "min_x, min_y, max_x, max_y, srs_id) SELECT ?, 'features', ?, ?, ?, min_x, min_y, max_x, "
        "max_y, srs_id FROM gpkg_contents WHERE table_name = ?",
        (name, title, description, NO_CLOCK, level),
    )
    base.execute(
        "INSERT INTO gpkg_geometry_columns SELECT ?, column_name, geometry_type_name, srs_id, z, m "
        "FROM gpkg_geometry_columns WHERE table_name = ?",
        (name, level),
    )


def put_first(base: sqlite3.Connection, names: Sequence[str]) -> None:
    """Put layers at the head of the registers, in whose order programs list what is in a file.

    Parameters
    ----------
    base : sqlite3.Connection
    names : sequence of str
        Registered already.
    """
    for table in ("gpkg_contents", "gpkg_geometry_columns"):
        rows = base.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()  # noqa: S608
        held = {row[0]: row for row in rows}
        order = dict.fromkeys([*(name for name in names if name in held), *held])
        base.execute(f"DELETE FROM {table}")  # noqa: S608
        marks = ", ".join("?" * len(rows[0]))
        base.executemany(f"INSERT INTO {table} VALUES ({marks})", [held[name] for name in order])  # noqa: S608


def _sql_type(column: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(column):
        return "BOOLEAN"
    if pd.api.types.is_datetime64_any_dtype(column):
        return "DATE"
    if pd.api.types.is_integer_dtype(column):
        return "INTEGER"
    return "REAL" if pd.api.types.is_numeric_dtype(column) else "TEXT"


def quoted(name: str) -> str:
    """Name for a query."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(value: str) -> str:
    """Text for a query."""
    return "'" + value.replace("'", "''") + "'"


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary name beside the file, and rename when the block ends well.

    Raises
    ------
    OutputError
        The file cannot be written, or another program has it open for editing.
    """
    # A journal lies beside the file itself, not beside a link to it.
    target = file_meant(path)
    require_closed(target)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as draft:
            yield draft
            require_closed(target)
    except (OSError, sqlite3.Error, *WRITE_ERRORS) as error:
        full = is_full(target.parent)
        what = "there is no room left on the disk" if full else str(error).splitlines()[0]
        msg = f"{path.name} cannot be written: {what}. Nothing was changed."
        raise OutputError(msg) from error


@contextmanager
def draft_settings() -> Iterator[None]:
    """No clock in the file, and no journal for a draft that nobody else reads."""
    settings = {
        "OGR_CURRENT_DATE": NO_CLOCK,
        "OGR_SQLITE_SYNCHRONOUS": "OFF",
        "OGR_SQLITE_JOURNAL": "OFF",
    }
    pyogrio.set_gdal_config_options(settings)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(settings))


def repack(draft: Path) -> None:
    """Leave no byte in the file that is no part of its content, so that an audit can see it."""
    with closing(sqlite3.connect(draft, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode=OFF")
        base.execute("PRAGMA synchronous=OFF")
        # Not every release of SQLite wipes what it moves unless it is told to.
        base.execute("PRAGMA secure_delete=ON")
        base.execute("VACUUM")
    draft.write_bytes(_wiped(draft.read_bytes()))


def _wiped(data: bytes) -> bytes:
    """Noughts into the room between the list of a page's cells and its first cell.

    There SQLite leaves what a page held while it was divided, even in a file written anew.
    """
    file = bytearray(data)
    size = int.from_bytes(file[16:18], "big")
    size = 65536 if size == 1 else size
    for page in range(0, len(file), size):
        head = page + (100 if page == 0 else 0)
        # A page of another kind is of a long row, and begins with the number of a page: a nought.
        if (kind := file[head]) not in _PAGES_OF_ROWS:
            continue
        count = int.from_bytes(file[head + 3 : head + 5], "big")
        begin = head + _PAGES_OF_ROWS[kind] + 2 * count
        end = page + (int.from_bytes(file[head + 5 : head + 7], "big") or 65536)
        if begin < end:
            file[begin:end] = bytes(end - begin)
    return bytes(file)
