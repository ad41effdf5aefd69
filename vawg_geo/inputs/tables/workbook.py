"""Excel workbooks (.xlsx, .xlsm): one sheet's cells as the text that its owner sees."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.errors import InputError
from vawg_geo.files.limits import MOST_COLUMNS, MOST_SHEET_ROWS, require_bounded_zip
from vawg_geo.inputs.tables.delimited import require_bounded_width
from vawg_geo.inputs.tables.header import Lines, find_table
from vawg_geo.inputs.tables.sheets import choose_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["cell_text", "read_sheet", "visible_sheets"]

_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_CSV: Final = "Save the one sheet as CSV."
_CHUNK: Final = 1 << 20
_ROW: Final = re.compile(rb"<(?:\w+:)?row\b")
# Marks of XML in one row: sixty for each cell that a row can have. A parser holds a row whole.
_ROW_MARKS: Final = 60 * MOST_COLUMNS
# Marks in any other part that is read whole. A million different texts have four million.
_PART_MARKS: Final = 8_000_000
_PARTS_READ: Final = re.compile(
    r"\[Content_Types\]\.xml|_rels/.*|docProps/.*|xl/_rels/.*|xl/theme/.*|"
    r"xl/(?:workbook|sharedStrings|styles)\.xml"
)


def cell_text(value: object) -> str | None:
    """Text of a cell's value, or None for an empty cell.

    Numbers have at most 15 significant digits, as Excel itself shows, and no trailing zeros.

    Examples
    --------
    >>> cell_text(12.0), cell_text(2466.5), cell_text(""), cell_text(True)
    ('12', '2466.5', None, 'TRUE')
    """
    match value:
        case None | "":
            return None
        case bool():
            return str(value).upper()
        case float():
            return str(int(value)) if value.is_integer() else format(value, ".15g")
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case _:
            return str(value)


def read_sheet(path: Path, *, sheet: str | None, dates_as_shown: bool = False) -> Lines:
    """Read one sheet of a workbook.

    Parameters
    ----------
    path : Path
        An `.xlsx` or `.xlsm` file.
    sheet : str, optional
        The sheet's name; where not given, the first visible one, or if that is a cover, the one
        that has a table.
    dates_as_shown : bool
        Whether dates whose cells show no day become what they show, a month or a year.

    Returns
    -------
    Lines
        Each row that is not blank, with its number in the sheet and cut to the length of the
        longest where the rest is empty; notes; and what lines above the header say.

    Raises
    ------
    InputError
        A password, an old format, a damaged file, an unknown sheet, formulas without values, or
        more rows, cells or bytes than a workbook can have.
    """
    _require_readable(path)
    import openpyxl

    # openpyxl raises what it stumbles over (KeyError, ValueError, ParseError, BadZipFile...),
    # and any of them means the same to the file's owner.
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        raise _damaged(path) from error
    try:
        name, notes = _choose_sheet(book, sheet, path.name)
        try:
            grid = _grid(book[name], path.name)
            if dates_as_shown:
                _show_dates(book[name], dict(grid))
        except InputError:
            raise
        except Exception as error:
            raise _damaged(path) from error
    finally:
        book.close()
    if any(value is None for _, row in grid for value in row):
        _require_cached_values(path, name, dict(grid))
    rows = [(number, [cell_text(value) for value in row]) for number, row in grid]
    lines = find_table(rows)
    return Lines(lines.rows, [*notes, *lines.notes], lines.facts)


def visible_sheets(path: Path) -> list[str]:
    """Names of the sheets of an `.xlsx` or `.xlsm` workbook that are not hidden, in order.

    Raises
    ------
    InputError
        As for `read_sheet`.
    """
    _require_readable(path)
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True)
    except Exception as error:
        raise _damaged(path) from error
    try:
        return [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    finally:
        book.close()


def _damaged(path: Path) -> InputError:
    msg = f"{path.name}: the workbook is damaged or cut short. Save or copy it again."
    return InputError(msg)


def _require_readable(path: Path) -> None:
    with path.open("rb") as stream:
        start = stream.read(8)
    if start == _OLE:
        raw = path.read_bytes()
        if "EncryptedPackage".encode("utf-16-le") in raw:
            msg = f"{path.name}: the workbook is protected by a password. Save it without one."
        else:
            msg = f"{path.name}: this is an old Excel file. Rename it to end in .xls."
        raise InputError(msg)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            require_bounded_zip(members, label=path.name, action=_CSV, error=InputError)
            for member in members:
                _require_bounded_part(archive, member, path.name)
    except InputError:
        raise
    # What zipfile raises of a damaged or unknown way of packing besides its own.
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError) as error:
        raise _damaged(path) from error


def _require_bounded_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: str) -> None:
    """Refuse a part whose XML would take far more memory than it has bytes, before it is parsed."""
    sheet = member.filename.startswith("xl/worksheets/")
    if not (sheet or _PARTS_READ.fullmatch(member.filename)):
        return
    most = _ROW_MARKS if sheet else _PART_MARKS
    marks = rows = 0
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            # A row that begins across two chunks is not seen, and counts with the one before it.
            pieces = _ROW.split(chunk) if sheet else [chunk]
            rows += len(pieces) - 1
            counts = [piece.count(b"<") for piece in pieces]
            counts[0] += marks
            marks = counts[-1]
            if rows > MOST_SHEET_ROWS:
                msg = (
                    f"{source}: {member.filename} has more than {MOST_SHEET_ROWS:,} rows (empty "
                    f"ones count), which is all that a workbook can have. {_CSV}"
                )
                raise InputError(msg)
            if max(counts) > most:
                msg = (
                    f"{source}: {member.filename} has {max(counts):,} marks of XML"
                    f"{' in one row' if sheet else ''}, more than the {most:,} that are read. "
                    f"{_CSV}"
                )
                raise InputError(msg)


def _choose_sheet(book: Any, sheet: str | None, source: str) -> tuple[str, list[str]]:
    names = [each.title for each in book.worksheets]
    visible = [each.title for each in book.worksheets if each.sheet_state == "visible"]

    def first_rows(name: str, most: int) -> list[tuple[int, list[Any]]]:
        book[name].reset_dimensions()
        rows = enumerate(book[name].iter_rows(values_only=True, max_row=most), start=1)
        return [(number, list(row)) for number, row in rows if _last_filled(row)]

    return choose_sheet(names, visible, sheet, first_rows=first_rows, source=source)


def _grid(sheet: Any, source: str) -> list[tuple[int, list[Any]]]:
    # A sheet's stated size is often wrong in files that other programs wrote.
    sheet.reset_dimensions()
    filled = []
    width = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        # A row's number is what the file says; all before it are given as empty ones.
        if number > MOST_SHEET_ROWS:
            msg = (
                f"{source}: the sheet {sheet.title!r} has rows beyond number {MOST_SHEET_ROWS:,}, "
                f"the last that a workbook can have. {_CSV}"
            )
            raise InputError(msg)
        if last := _last_filled(row):
            filled.append((number, list(row[:last])))
            width = max(width, last)
            try:
                require_bounded_width(width, rows=len(filled))
            except InputError as error:
                msg = f"{source}: {error}"
                raise InputError(msg) from error
    return [(number, row + [None] * (width - len(row))) for number, row in filled]


def _show_dates(sheet: Any, rows: dict[int, list[Any]]) -> None:
    """Replace dates whose format has no day: `Aug-19` is 2019-08, and `2019` no January."""
    if not any(isinstance(value, dt.datetime) for row in rows.values() for value in row):
        return
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, dt.datetime) and cell.row in rows:
                # What stands in quotes, in brackets or after a backslash is no code of the format.
                codes = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", cell.number_format).lower()
                if "y" in codes and not set("dhs") & set(codes):
                    form = "%Y-%m" if "m" in codes else "%Y"
                    rows[cell.row][cell.column - 1] = cell.value.strftime(form)


def _last_filled(row: Sequence[Any]) -> int:
    """Place of the last cell with something in it; 0 where there is none."""
    for place in range(len(row), 0, -1):
        if row[place - 1] not in (None, ""):
            return place
    return 0


def _require_cached_values(path: Path, name: str, values: dict[int, list[Any]]) -> None:
    """Refuse cells that hold a formula and no value: they would pass for empty ones."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=False)
    try:
        for row in book[name].iter_rows():
            for cell in row:
                if cell.value is None or cell.data_type != "f":
                    continue
                known = values.get(cell.row, [])
                if cell.column > len(known) or known[cell.column - 1] is None:
                    msg = (
                        f"{path.name}: cell {cell.coordinate} holds a formula whose value was "
                        "never stored. Open the workbook in a spreadsheet program and save it."
                    )
                    raise InputError(msg)
    finally:
        book.close()
