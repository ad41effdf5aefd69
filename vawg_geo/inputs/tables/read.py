"""Tables from disk as text, cell by cell.

Nothing is guessed here: what a text means (a count, a mark of suppression, a code) is decided by
the modules that know what they read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.errors import InputError
from vawg_geo.files.limits import (
    MOST_ROWS,
    PARSED_BYTES,
    require_bounded_parquet,
    require_size,
)
from vawg_geo.files.packed import plain_name, read_gzip, unpacked_tables
from vawg_geo.inputs.tables.delimited import decode_text, require_bounded_width, split_rows
from vawg_geo.inputs.tables.header import Lines
from vawg_geo.inputs.tables.sums import require_recorded
from vawg_geo.inputs.tables.workbook import read_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Table", "read_table"]

_TEXTS: Final = (".csv", ".tsv", ".txt")
_BOOKS: Final = (".xlsx", ".xlsm", ".xls", ".ods")
_READ: Final = (*_TEXTS, ".csv.gz", ".zip", *_BOOKS, ".parquet")
# Characters that nobody sees, and blanks that are no blank: they come with what is pasted from web
# pages, and make two texts differ that look the same.
_UNSEEN: Final = {0x200B: None, 0x200C: None, 0x200D: None, 0x2060: None, 0xFEFF: None}
_BLANKS: Final = {0x00A0: " ", 0x2007: " ", 0x202F: " "}
_ODD: Final = re.compile(f"[{''.join(map(chr, (*_UNSEEN, *_BLANKS)))}]")


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as it stands in a file.

    Attributes
    ----------
    frame : pandas.DataFrame
        Every cell as text, as in the file, NA where a cell is truly empty; index 0 to n - 1;
        column names with white space at the ends and within reduced. Characters without width are
        left out and blanks that do not break are plain ones, which `notes` says.
    notes : tuple of str
        What is worth saying about the file (its encoding, its delimiter, its other sheets).
    source : str
        The file's name without its folder.
    rows : tuple of int
        For each row of `frame` the number that a spreadsheet shows (the header is row 1).
    facts : dict of str to str
        What lines above the header say by name, as in a Nomis download: `age` is `Aged 16+`.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]
    source: str
    rows: tuple[int, ...]
    facts: dict[str, str] = field(default_factory=dict)


def read_table(
    path: str | Path, *, sheet: str | None = None, dates_as_shown: bool = False
) -> Table:
    """Read a table as text from CSV, TSV, a workbook or Parquet.

    The header need not stand first: titles above it and remarks under the table are set aside.

    Parameters
    ----------
    path : str or Path
        A file whose name ends in .csv, .tsv, .txt (each also packed, as .csv.gz), .xlsx, .xlsm,
        .xls, .ods or .parquet, or a .zip of one table of text.
    sheet : str, optional
        Name of a workbook's sheet; where not given, the first visible one, or if that is a cover,
        the one that has a table.
    dates_as_shown : bool
        Whether a workbook's dates whose cells show no day become what they show, `2019-08` or
        `2019`; otherwise they are whole dates.

    Returns
    -------
    Table
        Text, notes and row numbers. Blank rows are left out; the others keep their numbers.

    Raises
    ------
    InputError
        The file is absent, empty, damaged, protected, of another kind or in another encoding,
        has no rows, rows of unequal length, or columns without a name or of the same name; or it
        is not the one that the `SHA256SUMS` beside it records.
    """
    path = Path(path)
    _require_file(path, sheet)
    try:
        recorded = require_recorded(path)
        if path.suffix.lower() == ".zip":
            lines = _read_zip(path)
        elif path.suffix.lower() == ".parquet":
            frame, notes = _read_parquet(path)
            rows = tuple(range(2, len(frame) + 2))
            lines = None
        else:
            lines = _read_lines(path, sheet, dates_as_shown=dates_as_shown)
    except OSError as error:
        msg = f"{path.name} cannot be read ({error.strerror}). Check that you may open it."
        raise InputError(msg) from error
    if lines is not None:
        frame, rows = _assemble(lines.rows, path.name)
        notes = lines.notes
    frame, odd = _without_odd_characters(frame, rows)
    return Table(
        frame=frame,
        notes=(*recorded, *notes, *odd),
        source=path.name,
        rows=rows,
        facts=lines.facts if lines is not None else {},
    )


def _read_lines(path: Path, sheet: str | None, *, dates_as_shown: bool) -> Lines:
    """Lines of a workbook or of a text."""
    suffix = Path(plain_name(path)).suffix.lower()
    if suffix in (".xls", ".ods"):
        from vawg_geo.inputs.tables.other_books import read_other_book

        return read_other_book(path, sheet=sheet)
    if suffix in _BOOKS:
        return read_sheet(path, sheet=sheet, dates_as_shown=dates_as_shown)
    try:
        text, said = decode_text(_read_bytes(path))
        lines = split_rows(text, delimiter="\t" if suffix == ".tsv" else None)
    except InputError as error:
        msg = str(error) if str(error).startswith(path.name) else f"{path.name}: {error}"
        raise InputError(msg) from error
    rows = [(number, [cell or None for cell in row]) for number, row in lines.rows]
    return Lines(rows, [*said, *lines.notes], lines.facts)


def _read_zip(path: Path) -> Lines:
    """The one table of text in a zip."""
    with unpacked_tables(path, endings=_TEXTS, most=PARSED_BYTES) as tables:
        if len(tables) > 1:
            msg = (
                f"{path.name} holds {len(tables):,} tables; first: {tables[0].name}. Unpack it and "
                "give the one that is meant; months of crimes are counted by vawg-geo count."
            )
            raise InputError(msg)
        lines = _read_lines(tables[0], None, dates_as_shown=False)
        return Lines(lines.rows, [f"read {tables[0].name} in it", *lines.notes], lines.facts)


def _without_odd_characters(
    frame: pd.DataFrame, rows: tuple[int, ...]
) -> tuple[pd.DataFrame, list[str]]:
    """Leave out characters that nobody sees, and say where they were."""
    notes = []
    for place, column in enumerate(frame.columns):
        # All cells at once first: most tables have nothing of the kind.
        if not _ODD.search("\n".join(frame.iloc[:, place].dropna())):
            continue
        odd = frame.iloc[:, place].str.contains(_ODD, na=False).to_numpy(dtype=bool)
        at = int(odd.argmax())
        cell = str(frame.iloc[at, place])
        found = _ODD.search(cell)
        mark = found[0] if found else ""
        clean = frame.iloc[:, place].map(_plain_text, na_action="ignore")
        frame.isetitem(place, clean.astype("str").array)
        name = unicodedata.name(mark, "unseen character").lower()
        notes.append(
            f"{int(odd.sum()):,} of {len(frame):,} cells of {column!r} held a character that is "
            f"not seen (first: row {rows[at]}, {(_plain_text(cell) or '').strip()!r}, {name} "
            f"U+{ord(mark or ' '):04X}); read without it"
        )
    return frame, notes


def _plain_text(text: str) -> str | None:
    return text.translate({**_UNSEEN, **_BLANKS}) or None


def _require_file(path: Path, sheet: str | None) -> None:
    if fault := _fault_of_name(path, sheet) or _fault_of_place(path):
        msg = f"{path.name}{fault}"
        raise InputError(msg)


def _fault_of_name(path: Path, sheet: str | None) -> str:
    """Why a file of this ending is not read, as the rest of a sentence; '' where it is."""
    suffix = path.suffix.lower()
    if suffix == ".gz":
        suffix = Path(plain_name(path)).suffix.lower()
        if suffix not in _TEXTS:
            return ": of packed files .csv.gz, .tsv.gz and .txt.gz are read. Unpack it."
    elif suffix not in _READ:
        return f": tables are read from {', '.join(_READ)}. Save it as one of these."
    if sheet is not None and suffix not in _BOOKS:
        return f" has no sheets, so sheet = {sheet!r} cannot be read. Leave it out."
    return ""


def _fault_of_place(path: Path) -> str:
    """Why there is no file to read, as the rest of a sentence; '' where there is one."""
    if path.is_dir():
        return " is a folder. Name the file in it."
    if not path.is_file():
        return f" is not there ({path}). Check the name and the folder."
    if path.stat().st_size == 0:
        return " is an empty file. Export the table again."
    return ""


def _read_bytes(path: Path) -> bytes:
    require_size(path, label=path.name, action="Take out what is not needed.", error=InputError)
    raw = read_gzip(path) if path.suffix.lower() == ".gz" else path.read_bytes()
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"%PDF", b"\x1f\x8b")):
        msg = (
            f"the contents are not text, whatever the ending {path.suffix} says. Export it as CSV."
        )
        raise InputError(msg)
    return raw


def _assemble(
    rows: Sequence[tuple[int, Sequence[str | None]]], source: str
) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """Header and body; a column without a name must be empty, and is left out."""
    if len(rows) < 2:
        what = "is empty" if not rows else "has no rows under its header"
        msg = f"{source} {what}: a table has no rows that could be read. Export the table again."
        raise InputError(msg)
    header = [" ".join((_plain_text(name or "") or "").split()) for name in rows[0][1]]
    body = [row for _, row in rows[1:]]
    kept = []
    for place, name in enumerate(header):
        if name:
            kept.append(place)
        elif (at := next((n for n, row in rows[1:] if row[place]), None)) is not None:
            msg = (
                f"{source}: column {place + 1} has values (first in row {at}) but no name in the "
                f"header (row {rows[0][0]} was taken for it). Name the column, or remove what "
                "stands above the header."
            )
            raise InputError(msg)
    names = [header[place] for place in kept]
    _require_distinct(names, source)
    data = {header[place]: pd.array([row[place] for row in body], dtype="str") for place in kept}
    return pd.DataFrame(data, columns=pd.Index(names)), tuple(number for number, _ in rows[1:])


def _require_distinct(names: list[str], source: str) -> None:
    seen: set[str] = set()
    twice = [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
    if twice:
        msg = (
            f"{source}: {len(twice)} of {len(names)} columns repeat a name; first: {twice[0]!r}. "
            "Give each column a name of its own."
        )
        raise InputError(msg)


def _read_parquet(path: Path) -> tuple[pd.DataFrame, list[str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        require_bounded_parquet(path, label=path.name, error=InputError)
        # Opened as one file: pq.read_table would also look for partitions in the folder's names.
        with path.open("rb") as stream:
            file = pq.ParquetFile(stream, page_checksum_verification=True)
            _require_bounded_table(file, path.name)
            table = file.read()
    except InputError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        msg = f"{path.name}: the Parquet file is damaged or cut short. Write or copy it again."
        raise InputError(msg) from error
    names = [" ".join(str(name).split()) for name in table.column_names]
    _require_distinct(names, path.name)
    if table.num_rows == 0:
        msg = f"{path.name} has no rows. Export the table again."
        raise InputError(msg)
    columns, left_out = {}, []
    for name, column in zip(names, table.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)  # noqa: PLW2901
        if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
            left_out.append(name)
            continue
        columns[name] = pd.array([_parquet_text(v) for v in column.to_pylist()], dtype="str")
    notes = [f"columns that hold no text or numbers are not read: {left_out}"] if left_out else []
    return pd.DataFrame(columns), notes


def _require_bounded_table(file: Any, source: str) -> None:
    """Refuse a Parquet file that holds more than a table of text may."""
    rows = file.metadata.num_rows
    if rows > MOST_ROWS:
        msg = (
            f"{source} has {rows:,} rows, more than the {MOST_ROWS:,} of a table that are read. "
            "Take out what is not needed."
        )
        raise InputError(msg)
    try:
        require_bounded_width(len(file.schema_arrow.names), rows=rows)
    except InputError as error:
        msg = f"{source}: {error}"
        raise InputError(msg) from error


def _parquet_text(value: object) -> str | None:
    if value is None or value == "" or value != value:  # noqa: PLR0124 - NaN differs from itself
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
