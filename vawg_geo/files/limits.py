"""How much of a file is read before it is refused: bytes, rows, cells, steps, seconds.

A file of a few kilobytes can ask for more than any machine has: a workbook with row number
2,000,000,000, a GeoPackage with a view that never ends, a zip of nothing but zeros. Each limit here
lies well above what honest work needs, says its reason, and is checked before the memory is taken.
A refusal names what is too much, how much there is, the limit, and what to do.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.errors import InputError

if TYPE_CHECKING:
    import sqlite3
    import zipfile
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = [
    "LONGEST_LINE",
    "MOST_CELLS",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "MOST_SHEET_ROWS",
    "PARSED_BYTES",
    "bounded_sqlite",
    "fetch_rows",
    "require_bounded_file",
    "require_bounded_parquet",
    "require_bounded_text",
    "require_bounded_views",
    "require_bounded_zip",
    "require_size",
]

# Lines of a text table. All LSOAs of England and Wales by month and category of police.uk for a
# year are 5.8 million; points are not read by this way and have no such limit.
MOST_ROWS: Final = 10_000_000
# Cells of a table, empty ones among them, which a ragged row is filled up with: 8 columns of the
# above are 46 million, and empty cells alone would take 400 MB.
MOST_CELLS: Final = 50_000_000
# What Excel itself can hold: nothing that was ever saved as a workbook has more.
MOST_SHEET_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 16_384
# Bytes of a file that is held in memory whole. A GeoJSON of all LSOAs at full resolution has half.
PARSED_BYTES: Final = 1 << 30
# Bytes of one line of a file of points. A line of police.uk has 250.
LONGEST_LINE: Final = 1 << 20

# A zip's bytes when unpacked, in all, and for each byte packed. Deflate cannot give more than
# 1,032; workbooks of 600,000 cells gave 11 to 28, the latter with one text in every cell.
_UNPACKED_BYTES: Final = 1 << 30
_UNPACKED_RATIO: Final = 250
_RATIO_MATTERS_FROM: Final = 1 << 24

# Instructions of SQLite's own machine. To read a table takes some for each value, and so no more
# than about ten for each byte of the file; views that join take several times that. What is the
# same for any file is for the views of a small one: an edition's tables, views and a new copy of
# them take 0.3 million in all.
_STEPS: Final = 25_000_000
_STEPS_A_BYTE: Final = 40
# Processor time, which a busy machine does not lengthen, as steps differ in how long they take.
_SECONDS: Final = 6.0
_SECONDS_A_BYTE: Final = 1 / 2_000_000
_EACH: Final = 1_000
# A value cannot be longer than the file that holds it, unless a view makes it up.
_LEAST_LENGTH: Final = 1 << 24
# Bytes that the rows of a view may take. One of every area by year and sex repeats the outlines;
# twenty years of three sexes are sixty times.
_ROWS_BYTES: Final = 1 << 27
_ROWS_TIMES: Final = 64

# Rows of a Parquet file for each of its bytes: a column of one value takes none, a column that says
# anything takes at least a bit a row.
_PARQUET_VALUES_A_BYTE: Final = 100
# Bytes of a column's texts that are no burden, however often each of them stands there.
_TEXT_BYTES: Final = 1 << 28


def _named(label: str) -> str:
    """Start of a message; nothing where the caller names the file."""
    return f"{label}: " if label else ""


def require_size(
    path: Path, *, most: int = PARSED_BYTES, label: str, action: str, error: type[InputError]
) -> None:
    """Refuse a file that is too large to be read as a whole.

    Parameters
    ----------
    path : Path
    most : int
        Bytes.
    label : str
        What to call it.
    action : str
        What to do, as a sentence.
    error : type
        What to raise.

    Raises
    ------
    InputError
        It has more bytes.
    """
    size = path.stat().st_size
    if size > most:
        msg = f"{label} has {size:,} bytes, more than the {most:,} that are read at once. {action}"
        raise error(msg)


def require_bounded_text(text: str, *, delimiters: str = ",;\t") -> None:
    r"""Refuse a text table with too many lines or cells, before it is taken apart.

    Parameters
    ----------
    text : str
    delimiters : str
        What may part cells; the most frequent counts.

    Raises
    ------
    InputError
        Without the file's name, which the caller knows.

    Examples
    --------
    >>> require_bounded_text("a,b\n1,2\n")
    >>> require_bounded_text("\n" * 12_000_000)
    Traceback (most recent call last):
    ...
    vawg_geo.errors.InputError: the text has 12,000,000 lines, more than the 10,000,000 ...
    """
    lines = max(text.count("\n"), text.count("\r"))
    if lines > MOST_ROWS:
        msg = (
            f"the text has {lines:,} lines, more than the {MOST_ROWS:,} that are read (blank ones "
            "count). Save it without empty lines, or take out what is not needed."
        )
        raise InputError(msg)
    cells = lines + max((text.count(mark) for mark in delimiters), default=0)
    if cells > MOST_CELLS:
        msg = (
            f"the text has about {cells:,} cells, more than the {MOST_CELLS:,} that are read. Take "
            "out rows and columns that are not needed."
        )
        raise InputError(msg)


def require_bounded_zip(
    members: Sequence[zipfile.ZipInfo],
    *,
    label: str,
    action: str,
    error: type[InputError],
    unpacked_bytes: int = _UNPACKED_BYTES,
) -> None:
    """Refuse a zip that would unpack to too much.

    Parameters
    ----------
    members : sequence of ZipInfo
    label, action : str
        What to call it, and what to do.
    error : type
        What to raise.
    unpacked_bytes : int
        Bytes when unpacked; more where they go to disk and not into memory.

    Raises
    ------
    InputError
        It states too many bytes, in all or for its size, or members that share their bytes.
    """
    if len({member.header_offset for member in members}) < len(members):
        # Python 3.13.5 and later read these with a warning, former ones see other names.
        msg = f"{label}: some members of the zip share their bytes: it looks damaged. {action}"
        raise error(msg)
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if unpacked > unpacked_bytes:
        msg = (
            f"{label} would unpack to {unpacked:,} bytes, more than the {unpacked_bytes:,} that "
            f"are read. {action}"
        )
        raise error(msg)
    if unpacked > _RATIO_MATTERS_FROM and unpacked > _UNPACKED_RATIO * packed:
        msg = (
            f"{label} would unpack to {unpacked / packed:,.0f} times its size ({unpacked:,} "
            f"bytes), more than the {_UNPACKED_RATIO:,} times that are read: it looks like a zip "
            f"bomb. {action}"
        )
        raise error(msg)


@contextmanager
def bounded_sqlite(
    base: sqlite3.Connection, *, size: int, label: str, error: type[InputError] = InputError
) -> Iterator[None]:
    """Stop whatever a database is asked when it takes too many steps or too long.

    Parameters
    ----------
    base : sqlite3.Connection
    size : int
        Bytes of the file.
    label : str
        What to call it; empty where the caller names it.
    error : type
        What to raise.

    Raises
    ------
    InputError
        A view or a query has no end, or none that an honest file would need.
    """
    import sqlite3

    most = _STEPS + _STEPS_A_BYTE * size
    seconds = _SECONDS + _SECONDS_A_BYTE * size
    until = time.thread_time() + seconds
    taken = 0

    def step() -> bool:
        nonlocal taken
        taken += _EACH
        return taken > most or time.thread_time() > until

    base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(_LEAST_LENGTH, size))
    base.set_progress_handler(step, _EACH)
    try:
        yield
    except sqlite3.OperationalError as stopped:
        if not _was_stopped(stopped):
            raise
        much = (
            f"more than the {most:,} steps of SQLite"
            if taken > most
            else f"more than the {seconds:.0f} seconds"
        )
        msg = (
            f"{_named(label)}to read its tables and views takes {much} that a file of {size:,} "
            "bytes may take, as a view without an end does. Save the layer as a table in a new "
            "GeoPackage."
        )
        raise error(msg) from stopped
    finally:
        base.set_progress_handler(None, 0)


def fetch_rows(cursor: sqlite3.Cursor, *, size: int, label: str) -> list[tuple[Any, ...]]:
    """All rows of a query, refused where they take far more memory than the file has bytes.

    Parameters
    ----------
    cursor : sqlite3.Cursor
    size : int
        Bytes of the file.
    label : str
        What to call it.

    Raises
    ------
    InputError
        A view repeats what the file holds too often.
    """
    return list(_bounded_rows(cursor, size=size, label=label, error=InputError))


def _bounded_rows(
    cursor: sqlite3.Cursor, *, size: int, label: str, error: type[InputError]
) -> Iterator[tuple[Any, ...]]:
    most = _ROWS_BYTES + _ROWS_TIMES * size
    held = 0
    for number, row in enumerate(cursor, start=1):
        held += 64 + 16 * len(row) + sum(len(v) for v in row if isinstance(v, (str, bytes)))
        if held > most:
            msg = (
                f"{_named(label)}the first {number:,} rows of a view take {held:,} bytes, more "
                f"than the {most:,} that a file of {size:,} bytes may take, as a view without an "
                "end does. Save the layer as a table in a new GeoPackage."
            )
            raise error(msg)
        yield row


def require_bounded_views(
    base: sqlite3.Connection, *, size: int, label: str, error: type[InputError]
) -> None:
    """Go through every view once, so that no other reader is let at one without an end.

    Called within `bounded_sqlite`, which stops it. Columns that are worked out while they are read
    count as views. GDAL reads the tables of the format before anything else, so that none of
    these may be a view.

    Parameters
    ----------
    base : sqlite3.Connection
    size : int
        Bytes of the file.
    label : str
    error : type

    Raises
    ------
    InputError
        A table of the format is a view, or rows take far more memory than the file has bytes.
    """
    import sqlite3

    parts = base.execute("SELECT type, name FROM sqlite_master").fetchall()
    views = [name for kind, name in parts if kind == "view"]
    tables = [name for kind, name in parts if kind == "table"]
    system = [
        name for name in views if name.lower().startswith(("gpkg_", "rtree_", "sqlite_", "layer_"))
    ]
    if system:
        msg = (
            f"{_named(label)}{len(system):,} of the GeoPackage's own tables are views; first: "
            f"{system[0]!r}. Save the layer in a new GeoPackage."
        )
        raise error(msg)
    for name in [*views, *(table for table in tables if _has_worked_out_columns(base, table))]:
        quoted = name.replace('"', '""')
        try:
            cursor = base.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608
            for _ in _bounded_rows(cursor, size=size, label=label, error=error):
                pass
        except sqlite3.Error as fault:
            # One that cannot be read at all holds nobody up.
            if _was_stopped(fault):
                raise


def _was_stopped(error: sqlite3.Error) -> bool:
    """Whether SQLite was told to stop, as against a fault of its own."""
    import sqlite3

    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT


def _has_worked_out_columns(base: sqlite3.Connection, table: str) -> bool:
    quoted = table.replace('"', '""')
    return any(row[-1] in (2, 3) for row in base.execute(f'PRAGMA table_xinfo("{quoted}")'))


def require_bounded_file(path: Path, *, label: str, action: str) -> None:
    """Refuse a file of whatever kind that would take far more memory than it has bytes.

    Parameters
    ----------
    path : Path
    label, action : str
        What to call it, and what to do.

    Raises
    ------
    InputError
        It has too many bytes, lines, or bytes when unpacked.
    """
    import zipfile

    require_size(path, label=label, action=action, error=InputError)
    suffix = path.suffix.lower()
    if suffix in (".csv", ".tsv"):
        with path.open("rb") as stream:
            lines = sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
        if lines > MOST_ROWS:
            msg = (
                f"{label} has {lines:,} lines, more than the {MOST_ROWS:,} that are read (blank "
                f"ones count). {action}"
            )
            raise InputError(msg)
        return
    try:
        if suffix in (".parquet", ".geoparquet"):
            require_bounded_parquet(path, label=label, error=InputError)
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as pack:
                require_bounded_zip(pack.infolist(), label=label, action=action, error=InputError)
    except InputError:
        raise
    except (OSError, ValueError, zipfile.BadZipFile):
        # A damaged one is its reader's matter.
        return


def require_bounded_parquet(path: Path, *, label: str, error: type[InputError]) -> None:
    """Refuse a Parquet file that holds far more rows or bytes than its size could tell of.

    Parameters
    ----------
    path : Path
    label : str
    error : type

    Raises
    ------
    InputError
        Values for its size, or bytes when unpacked, are too many.
    """
    import pyarrow.parquet as pq

    size = path.stat().st_size
    with path.open("rb") as stream, pq.ParquetFile(stream) as file:
        about = file.metadata
        parts = [
            about.row_group(group).column(column)
            for group in range(about.num_row_groups)
            for column in range(about.num_columns)
        ]
        values: dict[str, int] = {}
        longest: dict[str, int] = {}
        for part in parts:
            name, count = part.path_in_schema, part.num_values
            values[name] = values.get(name, 0) + count
            if part.physical_type == "BYTE_ARRAY":
                # A word that stands once in the file may be each row's.
                longest[name] = longest.get(name, 0) + count * part.total_uncompressed_size
        most = max([about.num_rows, *values.values()])
        unpacked = sum(part.total_uncompressed_size for part in parts)
    if most > MOST_SHEET_ROWS and most > _PARQUET_VALUES_A_BYTE * size:
        msg = (
            f"{label} states {most:,} rows in {size:,} bytes, more than the "
            f"{_PARQUET_VALUES_A_BYTE} rows a byte that are read: nothing can be in them. Write it "
            "again."
        )
        raise error(msg)
    if unpacked > _UNPACKED_BYTES and unpacked > _UNPACKED_RATIO * size:
        msg = (
            f"{label} would unpack to {unpacked:,} bytes, more than {_UNPACKED_RATIO:,} times its "
            "size: it looks like a bomb. Write it again."
        )
        raise error(msg)
    for name in (name for name, upper in longest.items() if upper > _TEXT_BYTES):
        if (held := _text_bytes(path, name)) > max(_TEXT_BYTES, _UNPACKED_RATIO * size):
            msg = (
                f"{label}: the texts of {name!r} take {held:,} bytes in a file of {size:,}, more "
                f"than {_UNPACKED_RATIO:,} times its size: it looks like a bomb. Write it again."
            )
            raise error(msg)


def _text_bytes(path: Path, name: str) -> int:
    """Bytes that a column's texts take when each row has its own, found without that memory."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    total = 0
    with path.open("rb") as stream, pq.ParquetFile(stream, read_dictionary=[name]) as file:
        for group in range(file.num_row_groups):
            for column in file.read_row_group(group, columns=[name]).columns:
                for chunk in column.chunks:
                    if pa.types.is_dictionary(chunk.type):
                        lengths = pc.binary_length(chunk.dictionary).take(chunk.indices)
                        total += pc.sum(lengths).as_py() or 0
                    else:
                        total += chunk.nbytes
    return total
