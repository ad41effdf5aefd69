"""Tables to disk as CSV, Excel or Parquet, whole or not at all, with no formula in them."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.errors import OutputError
from vawg_geo.files.whole import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["defused_frame", "sheet_of", "workbook_bytes", "write_table"]

# What a spreadsheet program would run as a formula when it stands at the start of a cell.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
# A constant date in the archive, so that the same table gives the same bytes.
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_MODIFIED: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def write_table(
    frame: pd.DataFrame, path: str | Path, *, sheet: str = "table", bom: bool = False
) -> None:
    """Write a table, whole or not at all, the same bytes for the same table.

    In CSV and Excel files, text (names of columns too) that a spreadsheet program would run as a
    formula, i.e. that starts with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return, gets an
    apostrophe in front. Numbers stay as they are. Missing values are empty cells.

    Parameters
    ----------
    frame : pandas.DataFrame
        Table to write; its index is not written.
    path : str or Path
        A file name that ends in .csv (UTF-8, lines end with a line feed), .xlsx or .parquet; its
        folder must exist; a file of this name is replaced.
    sheet : str
        Name of the sheet in an Excel file.
    bom : bool
        Begin a CSV file with a byte order mark, without which Excel takes its letters for those of
        an older code page.

    Raises
    ------
    OutputError
        Another ending, no such folder, no right to write, or a table that the format cannot hold.
    """
    path = Path(path)
    makers: dict[str, Callable[[pd.DataFrame], bytes]] = {
        ".csv": lambda table: (codecs.BOM_UTF8 if bom else b"") + _csv_bytes(table),
        ".xlsx": lambda table: _xlsx_bytes(table, sheet),
        ".parquet": _parquet_bytes,
    }
    if path.suffix.lower() not in makers:
        msg = f"{path.name}: tables are written as {', '.join(makers)}. Choose one of these."
        raise OutputError(msg)
    if not path.parent.is_dir():
        msg = f"{path.name} cannot be written: there is no folder {path.parent}. Make it first."
        raise OutputError(msg)
    write_whole(path, makers[path.suffix.lower()](frame))


def _defused(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _any_text(column: pd.Series, holds: Callable[[str], bool]) -> bool:
    return any(isinstance(value, str) and holds(value) for value in column.tolist())


def defused_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A table in which no text would be run as a formula, as `write_table` writes it.

    Examples
    --------
    >>> defused_frame(pd.DataFrame({"area_name": ["=cmd()", "Ely"]}))["area_name"].tolist()
    ["'=cmd()", 'Ely']
    """
    safe = frame.copy()
    for place, dtype in enumerate(frame.dtypes):
        if not (
            pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_datetime64_any_dtype(dtype)
        ):
            column = frame.iloc[:, place]
            if dtype in ("str", "object") and not _any_text(
                column, lambda text: text.startswith(_FORMULA_STARTS)
            ):
                continue
            column = column.astype(object)
            safe.isetitem(place, column.map(_defused, na_action="ignore").to_numpy(dtype=object))
    safe.columns = pd.Index([_defused(str(name)) for name in frame.columns], dtype=object)
    return safe


def _one_line_end(value: object) -> object:
    if not isinstance(value, str):
        return value
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _csv_bytes(frame: pd.DataFrame) -> bytes:
    stream = io.StringIO(newline="")
    safe = defused_frame(frame)
    # A lone carriage return is not quoted, and ends a line all the same for who reads it.
    for place, dtype in enumerate(safe.dtypes):
        if not pd.api.types.is_numeric_dtype(dtype):
            column = safe.iloc[:, place]
            if _any_text(column, lambda text: "\r" in text):
                safe.isetitem(place, [_one_line_end(value) for value in column])
    safe.to_csv(stream, index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    return stream.getvalue().encode("utf-8")


def _xlsx_bytes(frame: pd.DataFrame, sheet: str) -> bytes:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet_of(frame, book.create_sheet(sheet))
    return workbook_bytes(book)


def sheet_of(frame: pd.DataFrame, sheet: Any) -> None:
    """Fill a sheet of openpyxl's with a table, with no formula in it.

    Parameters
    ----------
    frame : pandas.DataFrame
    sheet : openpyxl worksheet
        An empty one.

    Raises
    ------
    OutputError
        A sheet cannot hold this table.
    """
    from openpyxl.utils.exceptions import IllegalCharacterError

    if len(frame) >= 1_048_576:
        msg = (
            f"an Excel sheet holds 1,048,575 rows, the table has {len(frame):,}. Write CSV instead."
        )
        raise OutputError(msg)
    safe = defused_frame(frame).astype(object)
    try:
        sheet.append(list(safe.columns))
        for row in safe.itertuples(index=False, name=None):
            sheet.append([None if pd.isna(value) else value for value in row])
    except (IllegalCharacterError, ValueError) as error:
        msg = f"an Excel sheet cannot hold this table ({error}). Write CSV instead."
        raise OutputError(msg) from error


def workbook_bytes(book: Any, rows: Mapping[str, Iterable[bytes]] | None = None) -> bytes:
    """A workbook of openpyxl's as the bytes of its file, the same for the same cells.

    Parameters
    ----------
    book : openpyxl.Workbook
    rows : mapping of str to iterable of bytes, optional
        By the name of a sheet: markup of rows that stand below those of the book.

    Raises
    ------
    OutputError
        A sheet holds what the format cannot.
    """
    from openpyxl.utils.exceptions import IllegalCharacterError

    stream = io.BytesIO()
    try:
        book.save(stream)
    except (IllegalCharacterError, ValueError) as error:
        msg = f"an Excel sheet cannot hold this table ({error}). Write CSV instead."
        raise OutputError(msg) from error
    below = {
        f"xl/worksheets/sheet{place}.xml": (rows or {}).get(name, ())
        for place, name in enumerate(book.sheetnames, 1)
    }
    return _with_constant_dates(stream, below)


def _with_constant_dates(workbook: io.BytesIO, below: Mapping[str, Iterable[bytes]]) -> bytes:
    """Rewrite a workbook's archive without the moment of its making, with rows put in."""
    result = io.BytesIO()
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(result, "w") as new:
        for entry in sorted(old.infolist(), key=lambda entry: entry.filename):
            contents = old.read(entry)
            if entry.filename == "docProps/core.xml":
                contents = _MODIFIED.sub(rb"\g<1>1980-01-01T00:00:00Z", contents)
            info = zipfile.ZipInfo(entry.filename, date_time=_ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            head, end, tail = contents.partition(b"</sheetData>")
            with new.open(info, "w") as part:
                part.write(head)
                for some in below.get(entry.filename, ()):
                    part.write(some)
                part.write(end + tail)
    return result.getvalue()


def _parquet_bytes(frame: pd.DataFrame) -> bytes:
    import pyarrow as pa

    stream = io.BytesIO()
    # A frame's attributes (notes on private inputs, say) would travel in the file's metadata.
    plain = frame.copy(deep=False)
    plain.attrs = {}
    try:
        # Parquet files hold no checksum unless asked to; a flipped bit would pass unseen.
        plain.to_parquet(stream, index=False, write_page_checksum=True)
    except (pa.ArrowException, ValueError, TypeError) as error:
        msg = f"Parquet cannot hold this table ({error}). Write CSV instead."
        raise OutputError(msg) from error
    return stream.getvalue()
