"""Pieces of files of points: where they begin and end, and reading one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyproj

from vawg_geo.errors import BoundaryError, InputError, problem
from vawg_geo.files.limits import LONGEST_LINE
from vawg_geo.inputs.boundaries.national_grid import validate_coordinates
from vawg_geo.inputs.points.dates import period_of, read_date, read_dates
from vawg_geo.inputs.points.files import line_too_long, opened, require_bounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from vawg_geo.inputs.points.columns import PointColumns
    from vawg_geo.inputs.points.files import PointFile

__all__ = ["Piece", "PointChunk", "Words", "plan_pieces", "read_piece"]

# Bytes of text, and rows of Parquet, that make a piece: some hundred thousand points.
_PIECE_BYTES: Final = 1 << 24
_PIECE_ROWS: Final = 1 << 18


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Part of a file: bytes of text, or row groups of Parquet; any other file is one piece."""

    file: PointFile
    begin: int = 0
    end: int = 0


@dataclass(frozen=True)
class Words:
    """Words of a column, each once.

    Attributes
    ----------
    code : ndarray of int
        Place of each row's word in `words`, -1 where there is none.
    words : tuple of str
    """

    code: NDArray[np.int64]
    words: tuple[str, ...]


@dataclass(frozen=True)
class PointChunk:
    """Some points.

    Attributes
    ----------
    x, y : ndarray of float
        Coordinates in the source's system; no number where there are none.
    chosen : ndarray of bool or None
        Whether all filters hold; None where every row is counted.
    month : ndarray of int or None
        Place in `months`, -1 where there is none; None without such a column.
    months : tuple of str
    category : Words or None
        Of the first filter's column.
    force : Words or None
        Who reported.
    identifier : ndarray of uint64 or None
        A number for each identifier, 0 where there is none.
    parts : int
        Points beyond the first of rows that hold several; each is a point here.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    chosen: NDArray[np.bool_] | None = None
    month: NDArray[np.int64] | None = None
    months: tuple[str, ...] = ()
    category: Words | None = None
    force: Words | None = None
    identifier: NDArray[np.uint64] | None = None
    parts: int = 0


def plan_pieces(file: PointFile) -> list[Piece]:
    """Cut a file into pieces that can be read by themselves."""
    if file.kind == "parquet":
        return [Piece(file=file, begin=n, end=n + 1) for n in range(file.body)]
    if file.kind != "text":
        return [Piece(file=file)]
    ends = [file.body]
    size = file.path.stat().st_size
    with file.path.open("rb") as stream:
        while ends[-1] < size:
            stream.seek(min(ends[-1] + _PIECE_BYTES, size))
            if len(stream.readline(LONGEST_LINE)) == LONGEST_LINE:
                raise line_too_long(file.name)
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

    name = piece.file.name
    readers = {
        "text": _read_csv,
        "packed text": _read_csv,
        "parquet": _read_parquet,
        "layer": _read_layer,
        "sheet": _read_sheet,
    }
    try:
        for table in readers[piece.file.kind](piece, columns):
            chunk = _chunk_of(table, columns, name)
            _require_sense(chunk, crs, name)
            yield chunk
    except (pa.ArrowException, OSError) as error:
        msg = f"{name} cannot be read to its end ({str(error).splitlines()[0]}). Write it again."
        raise InputError(msg) from error


def _blocks(piece: Piece) -> Iterator[bytes]:
    """Text of a piece: at once, or in blocks of whole lines where it has to be unpacked."""
    with opened(piece.file) as stream:
        if piece.end:
            stream.seek(piece.begin)
            yield stream.read(piece.end - piece.begin)
            return
        done = len(stream.read(piece.file.body))
        while block := stream.read(_PIECE_BYTES):
            rest = stream.readline(LONGEST_LINE)
            if len(rest) == LONGEST_LINE:
                raise line_too_long(piece.file.name)
            done += len(block) + len(rest)
            require_bounded(piece.file, done)
            yield block + rest


def _read_csv(piece: Piece, columns: PointColumns) -> Iterator[Any]:
    for text in _blocks(piece):
        yield _parsed(text, piece.file, columns)


def _parsed(text: bytes, file: PointFile, columns: PointColumns) -> Any:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    numbers = {columns.x, columns.y}

    def read(kinds: dict[str, Any]) -> Any:
        return arrow_csv.read_csv(
            pa.BufferReader(text),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, column_names=list(file.names), block_size=1 << 20
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=file.delimiter),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=columns.wanted, column_types=kinds, strings_can_be_null=True
            ),
        )

    words = pa.dictionary(pa.int32(), pa.string())
    kinds = {name: pa.float64() if name in numbers else words for name in columns.wanted}
    # Nearly every identifier is another one.
    kinds |= {columns.identifier: pa.string()} if columns.identifier else {}
    try:
        return read(kinds)
    except pa.ArrowInvalid as error:
        try:
            plain = read(dict.fromkeys(columns.wanted, pa.string()))
        except pa.ArrowInvalid as worse:
            said = str(worse).splitlines()[0]
            msg = (
                f"{file.name}: rows do not all have the header's cells ({said}). Cells "
                "may not hold line breaks; save it again, or as Parquet."
            )
            raise InputError(msg) from error
        _refuse_words(plain, columns, file.name)
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


def _read_layer(piece: Piece, columns: PointColumns) -> Iterator[Any]:
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


def _read_sheet(piece: Piece, columns: PointColumns) -> Iterator[Any]:
    import pyarrow as pa

    from vawg_geo.inputs.tables.read import read_table

    frame = read_table(piece.file.path, sheet=piece.file.layer or None).frame[columns.wanted]
    text = pa.Table.from_pandas(frame.astype("str").where(frame.notna()), preserve_index=False)
    _refuse_words(text, columns, piece.file.name)
    yield text


def _chunk_of(table: Any, columns: PointColumns, label: str) -> PointChunk:
    row: NDArray[np.int64] | None = None
    if columns.geometry:
        x, y, row = _coordinates(table.column(columns.geometry), label)
    else:
        x, y = (_numbers(table.column(name), name, label) for name in (columns.x, columns.y))
    here = np.isfinite(x) & np.isfinite(y)
    if not here.all():
        x, y = np.where(here, x, np.nan), np.where(here, y, np.nan)

    def words(name: str) -> Words | None:
        return _words(table.column(name)) if name else None

    chosen: NDArray[np.bool_] | None = None
    filtered = [_words(table.column(only.column)) for only in columns.filters]
    for only, found in zip(columns.filters, filtered, strict=True):
        wanted = np.array([only.holds(word) for word in found.words] + [False])
        chosen = wanted[found.code] if chosen is None else chosen & wanted[found.code]
    month = _by_month(words(columns.month), columns, label)
    chunk = PointChunk(
        x,
        y,
        chosen,
        month.code if month else None,
        month.words if month else (),
        category=filtered[0] if filtered else None,
        force=words(columns.force),
        identifier=_identifiers(table.column(columns.identifier)) if columns.identifier else None,
    )
    return chunk if row is None else _by_point(chunk, row)


def _by_month(dates: Words | None, columns: PointColumns, label: str) -> Words | None:
    """Dates as their months: `2019-08`. What the column `Month` says stays where it is none."""
    if dates is None:
        return None
    known = [word for word in dates.words if word]
    if columns.dated:
        months, _ = read_dates(known, by="month", label=f"{columns.month!r} of {label}")
    else:
        spans = [read_date(word) for word in known]
        months = [
            (period_of(span, "month") if isinstance(span, tuple) else None) or word
            for span, word in zip(spans, known, strict=True)
        ]
    month_of = dict(zip(known, months, strict=True))
    distinct = sorted(set(months))
    place = {month: number for number, month in enumerate(distinct)}
    codes = [place[month_of[word]] if word else -1 for word in dates.words]
    return Words(np.array([*codes, -1], np.int64)[dates.code], tuple(distinct))


def _by_point(chunk: PointChunk, row: NDArray[np.int64]) -> PointChunk:
    """What is said of rows, said of each of their points."""

    def said(values: Any) -> Any:
        if isinstance(values, Words):
            return Words(values.code[row], values.words)
        return None if values is None else values[row]

    rows = len(np.unique(row))
    return PointChunk(
        chunk.x,
        chunk.y,
        said(chunk.chosen),
        said(chunk.month),
        chunk.months,
        category=said(chunk.category),
        force=said(chunk.force),
        identifier=said(chunk.identifier),
        parts=len(row) - rows,
    )


def _identifiers(column: Any) -> NDArray[np.uint64]:
    """A number for each identifier; 0 where there is none."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_trim_whitespace(column.cast(pa.string()).fill_null(""))
    words = text.to_numpy(zero_copy_only=False)
    numbers: NDArray[np.uint64] = pd.util.hash_array(words.astype(object), categorize=False)
    numbers[words == ""] = 0
    return numbers


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


def _words(column: Any) -> Words:
    """Words of a column, each once."""
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries().combine_chunks()
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    words = [str(word).strip() for word in column.dictionary.to_pylist()]
    # A cell of blanks says nothing.
    empty = np.array([not word for word in words] + [False])
    codes[empty[codes]] = -1
    return Words(codes, tuple(words))


def _coordinates(column: pa.Array, label: str) -> tuple[Any, Any, Any]:
    """Coordinates of points held as WKB, and the row of each where a row has several.

    A point without a place, as geopandas writes it, has none here either.
    """
    import shapely

    shapes = shapely.from_wkb(column.to_numpy(zero_copy_only=False))
    kinds = shapely.get_type_id(shapes)
    other = (kinds != 0) & (kinds != 4) & (kinds != -1) & ~shapely.is_empty(shapes)
    if other.any():
        place = int(np.argmax(other))
        raise InputError(
            problem(
                "are no points",
                bad=int(other.sum()),
                total=len(shapes),
                noun=f"geometries of a part of {label}",
                first=str(shapes[place].geom_type),
                action="Give a layer of points.",
            )
        )
    several = shapely.get_num_coordinates(shapes)
    row = np.repeat(np.arange(len(shapes)), np.maximum(several, 1))
    x, y = np.full(len(row), np.nan), np.full(len(row), np.nan)
    x[several[row] > 0], y[several[row] > 0] = shapely.get_coordinates(shapes).T
    return x, y, row if len(row) > len(shapes) else None


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
        if "swapped" in msg:
            msg += (
                ". Where they stand in columns, name these the other way round: --x LATITUDE --y "
            )
            msg += "LONGITUDE --crs EPSG:4326"
        raise InputError(f"{msg}.") from error
