"""Pieces of files of points: where they begin and end, and reading one."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyproj

from vawg_geo.errors import BoundaryError, InputError, problem
from vawg_geo.files.limits import LONGEST_LINE, MOST_COLUMNS, require_bounded_parquet
from vawg_geo.inputs.boundaries.containers import inspect_geopackage
from vawg_geo.inputs.boundaries.national_grid import validate_coordinates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from vawg_geo.inputs.points.columns import PointColumns

__all__ = ["Piece", "PointChunk", "PointFile", "describe_file", "plan_pieces", "read_piece"]

# Bytes of text, and rows of Parquet, that make a piece: some hundred thousand points.
_PIECE_BYTES: Final = 1 << 24
_PIECE_ROWS: Final = 1 << 18
_ENCODINGS: Final = ("utf-8-sig", "cp1252")


@dataclass(frozen=True, kw_only=True)
class PointFile:
    """What a file says of itself."""

    path: Path
    names: tuple[str, ...]
    geometry: str = ""
    crs: str | None = None
    layer: str = ""
    delimiter: str = ","
    body: int = 0


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Part of a file: bytes of text, or row groups of Parquet; a GeoPackage is one piece."""

    file: PointFile
    begin: int = 0
    end: int = 0


@dataclass(frozen=True)
class PointChunk:
    """Some points.

    Attributes
    ----------
    x, y : ndarray of float
        Coordinates in the source's system; no number where there are none.
    chosen : ndarray of bool or None
        Whether the category is the one wanted; None where every row is.
    month : ndarray of int or None
        Place in `months`, -1 where there is none; None without such a column.
    months : tuple of str
    categories : tuple of str
        Some of the categories in these rows, for a message.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    chosen: NDArray[np.bool_] | None = None
    month: NDArray[np.int64] | None = None
    months: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


def describe_file(path: Path, *, layer: str | None = None) -> PointFile:
    """Columns, geometry and system of a file.

    Raises
    ------
    InputError
        It is empty, damaged, has no points, or several layers and none is named.
    """
    if path.stat().st_size == 0:
        msg = f"{path.name} is an empty file. Export it again."
        raise InputError(msg)
    match path.suffix.lower():
        case ".csv":
            return _describe_csv(path)
        case ".parquet":
            return _describe_parquet(path)
        case _:
            return _describe_geopackage(path, layer)


def _describe_csv(path: Path) -> PointFile:
    with path.open("rb") as stream:
        head = stream.readline(LONGEST_LINE)
        body = stream.tell()
    if len(head) == LONGEST_LINE:
        raise _line_too_long(path)
    if b"\0" in head:
        msg = f"{path.name} is no plain text. Save it as 'CSV UTF-8'."
        raise InputError(msg)
    for encoding in _ENCODINGS:
        try:
            text = head.decode(encoding).strip("\r\n")
            break
        except UnicodeDecodeError:
            continue
    else:
        msg = f"{path.name}: the header is neither UTF-8 nor Windows-1252. Save it as 'CSV UTF-8'."
        raise InputError(msg)
    delimiter = max(",;\t", key=text.count)
    names = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
    if len(names) > MOST_COLUMNS:
        msg = (
            f"{path.name} has {len(names):,} columns, more than the {MOST_COLUMNS:,} that are "
            "read. Take out those that are not needed."
        )
        raise InputError(msg)
    # Names that repeat are told apart, and so are never taken for coordinates by mistake.
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            names[place] = f"{name} ({seen[name]})"
    return PointFile(path=path, names=tuple(names), delimiter=delimiter, body=body)


def _line_too_long(path: Path) -> InputError:
    return InputError(
        f"{path.name} has a line of {LONGEST_LINE:,} bytes or more, which no table of points has. "
        "Save it again as CSV with a line for each point."
    )


def _describe_parquet(path: Path) -> PointFile:
    import json

    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        require_bounded_parquet(path, label=path.name, error=InputError)
        with pq.ParquetFile(path) as file:
            schema, groups = file.schema_arrow, file.num_row_groups
    except InputError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        msg = f"{path.name}: the Parquet file is damaged or cut short. Write or copy it again."
        raise InputError(msg) from error
    geo = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
    geometry, crs = str(geo.get("primary_column", "")), None
    if geometry:
        about = geo["columns"][geometry]
        if about.get("encoding", "WKB") != "WKB":
            msg = f"{path.name}: geometry is not held as WKB. Write it again with geopandas."
            raise InputError(msg)
        # Without a word the format means longitude and latitude; null says that nobody knows.
        written = about.get("crs", "OGC:CRS84")
        crs = json.dumps(written) if isinstance(written, dict) else written
    return PointFile(path=path, names=tuple(schema.names), geometry=geometry, crs=crs, body=groups)


def _describe_geopackage(path: Path, layer: str | None) -> PointFile:
    import pyogrio

    inspect_geopackage(path, label=path.name)
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        if layer is None and len(layers) == 1:
            layer = layers[0]
        if layer not in layers:
            found = ", ".join(map(repr, layers)) or "none"
            msg = f"{path.name}: say which layer with --layer; layers with geometry: {found}."
            raise InputError(msg)
        about = pyogrio.read_info(path, layer=layer)
    except pyogrio.errors.DataSourceError as error:
        msg = f"{path.name}: the GeoPackage is damaged or cut short. Copy it again."
        raise InputError(msg) from error
    kind = str(about["geometry_type"]).split()[0]
    if kind not in {"Point", "Unknown"}:
        msg = f"{path.name}: layer {layer!r} holds {kind}, and only points are counted."
        raise InputError(f"{msg} Give a layer of points.")
    return PointFile(
        path=path,
        names=tuple(map(str, about["fields"])),
        geometry="geometry",
        crs=about["crs"],
        layer=layer,
    )


def plan_pieces(file: PointFile) -> list[Piece]:
    """Cut a file into pieces that can be read by themselves."""
    if file.path.suffix.lower() == ".gpkg":
        return [Piece(file=file)]
    if file.path.suffix.lower() == ".parquet":
        return [Piece(file=file, begin=n, end=n + 1) for n in range(file.body)]
    ends = [file.body]
    size = file.path.stat().st_size
    with file.path.open("rb") as stream:
        while ends[-1] < size:
            stream.seek(min(ends[-1] + _PIECE_BYTES, size))
            if len(stream.readline(LONGEST_LINE)) == LONGEST_LINE:
                raise _line_too_long(file.path)
            ends.append(stream.tell())
    return [Piece(file=file, begin=a, end=b) for a, b in pairwise(ends)]


def read_piece(piece: Piece, columns: PointColumns, *, crs: str) -> Iterator[PointChunk]:
    """Read the points of a piece.

    Parameters
    ----------
    piece : Piece
    columns : PointColumns
    crs : str
        System that the coordinates must make sense in.

    Yields
    ------
    PointChunk

    Raises
    ------
    InputError
        The file is damaged, a coordinate is no number, or degrees are given for metres or the
        other way round.
    """
    import pyarrow as pa

    name = piece.file.path.name
    readers = {".csv": _read_csv, ".parquet": _read_parquet, ".gpkg": _read_geopackage}
    try:
        for table in readers[piece.file.path.suffix.lower()](piece, columns):
            chunk = _chunk_of(table, columns, name)
            _require_sense(chunk, crs, name)
            yield chunk
    except (pa.ArrowException, OSError) as error:
        msg = f"{name} cannot be read to its end ({str(error).splitlines()[0]}). Write it again."
        raise InputError(msg) from error


def _read_csv(piece: Piece, columns: PointColumns) -> Iterator[Any]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    with piece.file.path.open("rb") as stream:
        stream.seek(piece.begin)
        text = stream.read(piece.end - piece.begin)
    numbers = {columns.x, columns.y}

    def read(kinds: dict[str, Any]) -> Any:
        return arrow_csv.read_csv(
            pa.BufferReader(text),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, column_names=list(piece.file.names), block_size=1 << 20
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=piece.file.delimiter),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=columns.wanted, column_types=kinds, strings_can_be_null=True
            ),
        )

    words = pa.dictionary(pa.int32(), pa.string())
    kinds = {name: pa.float64() if name in numbers else words for name in columns.wanted}
    try:
        yield read(kinds)
    except pa.ArrowInvalid as error:
        try:
            plain = read(dict.fromkeys(columns.wanted, pa.string()))
        except pa.ArrowInvalid as worse:
            said = str(worse).splitlines()[0]
            msg = (
                f"{piece.file.path.name}: rows do not all have the header's cells ({said}). Cells "
                "may not hold line breaks; save it again, or as Parquet."
            )
            raise InputError(msg) from error
        _refuse_words(plain, columns, piece.file.path.name)
        raise


def _refuse_words(table: Any, columns: PointColumns, label: str) -> None:
    """Name the coordinates that are no numbers."""
    for name in (columns.x, columns.y):
        words = table.column(name).to_pylist()
        bad = [word for word in words if word is not None and not _is_number(word)]
        if bad:
            raise InputError(
                problem(
                    f"hold no number in {name!r}",
                    bad=len(bad),
                    total=len(words),
                    noun=f"rows of a part of {label}",
                    first=repr(bad[0]),
                    action="Correct them, or leave the cell empty where there is no place.",
                )
            )


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _read_parquet(piece: Piece, columns: PointColumns) -> Iterator[Any]:
    import pyarrow.parquet as pq

    names = [*columns.wanted, *([columns.geometry] if columns.geometry else [])]
    with pq.ParquetFile(piece.file.path, page_checksum_verification=True) as file:
        groups = list(range(piece.begin, piece.end))
        yield from file.iter_batches(_PIECE_ROWS, row_groups=groups, columns=names)


def _read_geopackage(piece: Piece, columns: PointColumns) -> Iterator[Any]:
    import pyogrio

    with pyogrio.open_arrow(
        piece.file.path,
        layer=piece.file.layer,
        columns=columns.wanted,
        batch_size=_PIECE_ROWS,
        use_pyarrow=True,
    ) as (about, reader):
        held = about["geometry_name"] or "wkb_geometry"
        for batch in reader:
            names = ["geometry" if name == held else name for name in batch.schema.names]
            yield batch.rename_columns(names)


def _chunk_of(table: Any, columns: PointColumns, label: str) -> PointChunk:
    if columns.geometry:
        x, y = _coordinates(table.column(columns.geometry), label)
    else:
        x, y = (_numbers(table.column(name), name, label) for name in (columns.x, columns.y))
    here = np.isfinite(x) & np.isfinite(y)
    if not here.all():
        x, y = np.where(here, x, np.nan), np.where(here, y, np.nan)
    chosen: NDArray[np.bool_] | None = None
    categories: tuple[str, ...] = ()
    if columns.category:
        code, words = _words(table.column(columns.category))
        wanted = np.array([word == columns.value for word in words] + [False])
        chosen, categories = wanted[code], words
    month: NDArray[np.int64] | None = None
    months: tuple[str, ...] = ()
    if columns.month:
        month, months = _words(table.column(columns.month))
    return PointChunk(x, y, chosen, month, months, categories[:100])


def _numbers(column: Any, name: str, label: str) -> NDArray[np.float64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        try:
            column = pc.cast(column, pa.float64())
        except pa.ArrowException as error:
            msg = f"{label}: column {name!r} holds {column.type}, not numbers. Write numbers."
            raise InputError(msg) from error
    values: NDArray[np.float64] = column.to_numpy(zero_copy_only=False).astype(np.float64)
    return values


def _words(column: Any) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Place of each row's word among the words, -1 where there is none; and the words."""
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries().combine_chunks()
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, tuple(str(word).strip() for word in column.dictionary.to_pylist())


def _coordinates(column: pa.Array, label: str) -> tuple[Any, Any]:
    """Coordinates of points held as WKB."""
    import shapely

    shapes = shapely.from_wkb(column.to_numpy(zero_copy_only=False))
    kinds = shapely.get_type_id(shapes)
    other = (kinds != 0) & (kinds != -1)
    if other.any():
        place = int(np.argmax(other))
        raise InputError(
            problem(
                "are no points",
                bad=int(other.sum()),
                total=len(shapes),
                noun=f"geometries of a part of {label}",
                first=str(shapes[place].geom_type),
                action="Give a layer of single points.",
            )
        )
    return shapely.get_x(shapes), shapely.get_y(shapes)


def _require_sense(chunk: PointChunk, crs: str, label: str) -> None:
    """Refuse degrees that are called metres, metres that are called degrees, and swapped axes."""
    here = ~np.isnan(chunk.x)
    if not here.any():
        return
    x, y = chunk.x[here], chunk.y[here]
    bounds = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
    try:
        validate_coordinates(bounds, pyproj.CRS.from_user_input(crs), label=label)
    except BoundaryError as error:
        msg = str(error).replace("crs=", "--crs ").replace("'EPSG:", "EPSG:").rstrip("'.")
        raise InputError(f"{msg}.") from error
