"""FlatGeobuf, GeoParquet and Shapefile: every column, and bytes that no column shows.

Each is read as a stranger could: no deleted record, unused word or gap may hold what the table
does not say.
"""

from __future__ import annotations

import json
import struct
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

from vawg_geo.audit.documents.read import PRINTED, read_text, texts_of
from vawg_geo.audit.tables.sheets import Reading, merged, one_finding
from vawg_geo.audit.tables.wide import read_long_or_wide
from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    class Outline(TypedDict, total=False):
        """What a GeoParquet says of a column of outlines."""

        encoding: str
        geometry_types: list[str]
        covering: dict[str, dict[str, list[str]]]


__all__ = [
    "of_columns",
    "of_geometry",
    "read_flatgeobuf",
    "read_geoparquet",
    "strings_in_geoparquet",
]

_FGB: Final = b"fgb\x03fgb"
# The magic number in eight bytes, the header's size in four.
_BEFORE_HEADER: Final = 12
_SIDES: Final = ("xmin", "ymin", "xmax", "ymax")
_POLYGONS: Final = ("Polygon", "MultiPolygon")
# Boxes of outlines may be rounded outwards.
_SLACK: Final = 1.0


def read_flatgeobuf(path: Path, source: str) -> Reading:
    """Read a FlatGeobuf.

    Parameters
    ----------
    path : Path
    source : str

    Returns
    -------
    Reading
        `deleted_content` where its features hold more than their columns show.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    import pyogrio

    try:
        data = path.read_bytes()
        if not data.startswith(_FGB):
            msg = "it is no FlatGeobuf"
            raise InputError(msg)
        meta, table = pyogrio.read_arrow(path)
        features = _features(data)
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            # A copy for this comparison alone: what it lacks matters to nobody.
            warnings.simplefilter("ignore")
            copy = Path(folder, path.name)
            pyogrio.write_arrow(
                table,
                copy,
                driver="FlatGeobuf",
                geometry_name=meta["geometry_name"] or "",
                geometry_type=meta["geometry_type"],
                crs=meta["crs"],
                layer=path.stem,
            )
            fresh = _features(copy.read_bytes())
    except (OSError, ValueError, struct.error, RuntimeError) as error:
        raise _unreadable(source, "a FlatGeobuf", error) from error
    places = {meta["geometry_name"] or "wkb_geometry"}
    readings = [of_geometry(meta["geometry_type"], source), of_columns(table, places, source)]
    # Title, description and whatever else the header says, of columns too.
    texts = PRINTED.findall(_header(data))
    readings.append(read_text(b"\n".join(texts).decode("utf-8", "replace"), source))
    more = Counter(features) - Counter(fresh)
    if more or len(features) != table.num_rows:
        text = f"{sum(more.values()):,} of {len(features):,} features hold more than is read."
        readings.append(one_finding("deleted_content", source, text))
    return merged(readings)


def read_geoparquet(path: Path, source: str) -> Reading:
    """Read a GeoParquet, or a Parquet without outlines.

    Parameters
    ----------
    path : Path
    source : str

    Returns
    -------
    Reading
        `deleted_content` where bytes lie between its columns, or a column's list of words has
        words that no row uses.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            names = [field.name for field in file.schema_arrow if _of_words(field.type)]
            about = file.metadata
            table = file.read()
            pairs = {k.decode(): v.decode() for k, v in (about.metadata or {}).items()}
        words = pq.read_table(path, read_dictionary=names, columns=names) if names else None
        geo = json.loads(pairs.get("geo", "{}"))
        size = path.stat().st_size
        with path.open("rb") as stream:
            stream.seek(-8, 2)
            (footer,) = struct.unpack("<I4x", stream.read(8))
    except (OSError, ValueError, pa.ArrowException, struct.error) as error:
        raise _unreadable(source, "Parquet", error) from error
    outlines = geo.get("columns", {})
    boxes = {name for outline in outlines.values() for name in _boxes(outline)}
    readings = [of_columns(table, {*outlines, *boxes}, source)]
    for name, outline in outlines.items():
        readings += [of_geometry(kind, source) for kind in outline.get("geometry_types") or [None]]
        readings.append(_told_by_boxes(table, name, outline, source))
    # The schema of Arrow repeats the names of columns and the other pairs, in its own bytes.
    others = {key: value for key, value in pairs.items() if key not in ("geo", "ARROW:schema")}
    readings.append(read_text("\n".join([*others, *map(_texts, others.values())]), source))
    chunks = [
        about.row_group(group).column(column)
        for group in range(about.num_row_groups)
        for column in range(about.num_columns)
    ]
    gap = size - footer - 12 - sum(chunk.total_compressed_size for chunk in chunks)
    if gap:
        text = f"{gap:,} bytes belong to no column."
        readings.append(one_finding("deleted_content", source, text))
    if unused := [] if words is None else list(_unused(words)):
        text = f"{len(unused):,} words are used by no row; first: {unused[0]!r}."
        readings.append(one_finding("deleted_content", source, text))
    return merged(readings)


def strings_in_geoparquet(path: Path) -> bytes:
    """Every text of a Parquet file, unpacked: its bytes are compressed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (OSError, ValueError, pa.ArrowException):
        return b""
    texts = [
        value
        for column in table.columns
        if _of_words(column.type)
        for value in column.unique().to_pylist()
        if isinstance(value, str)
    ]
    return "\n".join([*table.column_names, *texts]).encode()


def _features(data: bytes) -> list[bytes]:
    """Each feature's own bytes: they follow the header and the index to the end of the file."""
    header = _header(data)
    at = _BEFORE_HEADER + len(header) + _index_size(header)
    features = []
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        if at + 4 + length > len(data):
            msg = "its last feature is cut off"
            raise ValueError(msg)
        features.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return features


def _header(data: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", data, _BEFORE_HEADER - 4)
    return data[_BEFORE_HEADER : _BEFORE_HEADER + size]


def _index_size(header: bytes) -> int:
    """Bytes of the index, by the header's count of features and size of nodes."""
    (root,) = struct.unpack_from("<I", header)
    table = root - struct.unpack_from("<i", header, root)[0]
    (width,) = struct.unpack_from("<H", header, table)

    def field(place: int, kind: str, default: int) -> int:
        slot = 4 + 2 * place
        (offset,) = struct.unpack_from("<H", header, table + slot) if slot < width else (0,)
        return int(struct.unpack_from(kind, header, root + offset)[0]) if offset else default

    features, node = field(8, "<Q", 0), field(9, "<H", 16)
    if not features or node < 2:
        return 0
    nodes = level = features
    # There is a root above a single feature too.
    while True:
        level = -(-level // node)
        nodes += level
        if level == 1:
            return nodes * 40


def _boxes(outline: Outline) -> set[str]:
    """Columns that hold the boxes of outlines."""
    covering = outline.get("covering", {}).get("bbox", {})
    return {str(path[0]) for path in covering.values() if path}


def _told_by_boxes(table: pa.Table, name: str, outline: Outline, source: str) -> Reading:
    """Hold boxes to their outlines: numbers of any other size could be figures."""
    import numpy as np
    import shapely

    if outline.get("encoding") != "WKB":
        text = f"the outlines in {name!r} are kept in a way that no reader knows."
        return one_finding("unknown_geometry", source, text)
    bounds = shapely.bounds(shapely.from_wkb(table[name].to_pylist()))
    for column in _boxes(outline):
        rows = table[column].to_pylist()
        sides = [[(row or {}).get(side) for side in _SIDES] for row in rows]
        strange = {key for row in rows for key in row or {}} - set(_SIDES)
        off = np.abs(np.array(sides, float) - bounds) > _SLACK
        if strange or off.any() or (np.isnan(np.array(sides, float)) != np.isnan(bounds)).any():
            text = f"the boxes in {column!r} are not those of the outlines."
            return one_finding("unknown_geometry", source, text)
    return Reading()


def of_columns(table: pa.Table, places: set[str], source: str) -> Reading:
    """Read the columns of an Arrow table that are no places."""
    import pyarrow as pa

    columns: dict[str, list[object]] = {}
    strange = []
    for field in table.schema:
        plain = not (pa.types.is_nested(field.type) or pa.types.is_binary(field.type))
        if plain:
            columns[field.name.lower()] = table[field.name].to_pylist()
        elif field.name not in places:
            text = f"the column {field.name!r} has a kind of value that no reader knows."
            strange.append(one_finding("unknown_column", source, text))
    return merged([*strange, read_long_or_wide(columns, source)])


def _of_words(kind: pa.DataType) -> bool:
    import pyarrow as pa

    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind))


def of_geometry(kind: str | None, source: str) -> Reading:
    """Say that outlines are of no areas, where they are not."""
    if kind in _POLYGONS:
        return Reading()
    text = f"its geometry ({kind or 'none'}) is of no areas, or has heights that may be figures."
    return one_finding("unknown_geometry", source, text)


def _texts(value: str) -> str:
    try:
        return "\n".join(texts_of(json.loads(value)))
    except ValueError:
        return value


def _unused(words: pa.Table) -> Iterator[str]:
    """Words in the dictionary of a column that no row has."""
    for column in words.columns:
        for chunk in column.chunks:
            if hasattr(chunk, "dictionary"):
                used = set(chunk.indices.to_pylist())
                numbered = enumerate(chunk.dictionary.to_pylist())
                yield from (str(word) for place, word in numbered if place not in used)


def _unreadable(source: str, kind: str, error: Exception) -> InputError:
    msg = f"{source} cannot be read as {kind}: {error}. Build it again or take it out."
    return InputError(msg)
