"""Workbooks of older Excel (.xls) and of LibreOffice (.ods), read by calamine."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.errors import InputError
from vawg_geo.files.limits import (
    MOST_CELLS,
    MOST_SHEET_ROWS,
    require_bounded_zip,
    require_size,
)
from vawg_geo.inputs.tables.delimited import require_bounded_width
from vawg_geo.inputs.tables.header import Lines, find_table
from vawg_geo.inputs.tables.sheets import choose_sheet
from vawg_geo.inputs.tables.workbook import cell_text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_other_book"]

_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_CSV: Final = "Save the one sheet as CSV."
_CHUNK: Final = 1 << 20
# What a sheet is made of, in an OpenDocument's content: rows and cells say how often they repeat.
_PART: Final = re.compile(
    rb"<(?:table:(table-row|table-cell|covered-table-cell|table)\b([^>]*)>|(text:p)\b)"
)
_REPEATED: Final = re.compile(rb'table:number-(?:rows|columns)-repeated="(\d{1,18})"')


def read_other_book(path: Path, *, sheet: str | None) -> Lines:
    """Read one sheet of an `.xls` or `.ods` workbook.

    Dates are whole dates: calamine does not say how a cell shows them.

    Parameters
    ----------
    path : Path
    sheet : str, optional
        As for `read_sheet`.

    Returns
    -------
    Lines
        As from `read_sheet`.

    Raises
    ------
    InputError
        A password, a damaged file, an unknown sheet, or more rows or cells than are read.
    """
    import python_calamine

    require_size(path, label=path.name, action=_CSV, error=InputError)
    if path.suffix.lower() == ".ods":
        _require_bounded_document(path)
    else:
        _require_old_excel(path)
    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        about = book.sheets_metadata
        visible = [
            each.name
            for each in about
            if each.visible == python_calamine.SheetVisibleEnum.Visible
            and each.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]

        def first_rows(name: str, most: int) -> list[tuple[int, list[Any]]]:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=most)
            return _filled(rows)

        name, notes = choose_sheet(
            book.sheet_names, visible, sheet, first_rows=first_rows, source=path.name
        )
        grid = _filled(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
    except (InputError, KeyboardInterrupt, SystemExit):
        raise
    except python_calamine.PasswordError as error:
        msg = f"{path.name}: the workbook is protected by a password. Save it without one."
        raise InputError(msg) from error
    # The reader's own panics come as what is no Exception.
    except BaseException as error:
        msg = f"{path.name}: the workbook is damaged or cut short. Save or copy it again."
        raise InputError(msg) from error
    lines = find_table([(number, [cell_text(value) for value in row]) for number, row in grid])
    return Lines(lines.rows, [*notes, *lines.notes], lines.facts)


def _filled(rows: list[list[Any]]) -> list[tuple[int, list[Any]]]:
    """Rows that are not blank, cut after the last column that has something."""
    width = 0
    kept = []
    for number, row in enumerate(rows, start=1):
        last = next((n for n in range(len(row), 0, -1) if row[n - 1] not in ("", None)), 0)
        if last:
            kept.append((number, row))
            width = max(width, last)
    require_bounded_width(width, rows=len(kept))
    return [(number, row[:width]) for number, row in kept]


def _require_old_excel(path: Path) -> None:
    with path.open("rb") as stream:
        start = stream.read(8)
    if start.startswith(b"PK"):
        msg = f"{path.name}: this is no old Excel file. Rename it to end in .xlsx."
        raise InputError(msg)
    if start != _OLE:
        # What web pages call .xls is a table of HTML or text.
        msg = (
            f"{path.name} is no Excel file, whatever its name says. Open it in a spreadsheet "
            "program and save it as .xlsx or CSV."
        )
        raise InputError(msg)


def _require_bounded_document(path: Path) -> None:
    """Refuse an OpenDocument whose rows and cells repeat to more than is read, before they do."""
    try:
        with zipfile.ZipFile(path) as archive:
            require_bounded_zip(archive.infolist(), label=path.name, action=_CSV, error=InputError)
            with archive.open("content.xml") as stream:
                _require_bounded_content(iter(lambda: stream.read(_CHUNK), b""), path.name)
    except InputError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        OSError,
        ValueError,
        EOFError,
        RuntimeError,
    ) as error:
        msg = f"{path.name}: the workbook is damaged or cut short. Save or copy it again."
        raise InputError(msg) from error


class _Sheet:
    """Rows and cells of a sheet as they come; what is empty at the end is nothing."""

    def __init__(self) -> None:
        self.rows = self.blank_rows = self.cells = 0
        self.repeats = self.width = self.blank_cells = 0

    def end_row(self) -> None:
        if self.width:
            self.rows += self.blank_rows + self.repeats
            self.cells += self.width * self.repeats
            self.blank_rows = 0
        else:
            self.blank_rows += self.repeats
        self.repeats = self.width = self.blank_cells = 0


def _require_bounded_content(chunks: Any, source: str) -> None:
    sheet = _Sheet()
    tail = b""
    for chunk in chunks:
        text = tail + chunk
        # A mark may lie across two chunks: what follows the last one's start waits.
        cut = text.rfind(b"<")
        text, tail = (text[:cut], text[cut:]) if cut > 0 else (text, b"")
        for part in _PART.finditer(text):
            kind = part[1] or part[3]
            times = _REPEATED.search(part[2] or b"")
            repeats = int(times[1]) if times else 1
            if kind == b"text:p":
                if sheet.blank_cells:
                    sheet.width += sheet.blank_cells
                    sheet.blank_cells = 0
            elif kind == b"table":
                sheet = _Sheet()
            elif kind == b"table-row":
                sheet.end_row()
                sheet.repeats = repeats
            else:
                sheet.blank_cells += repeats
                if b"office:value" in (part[2] or b""):
                    sheet.width += sheet.blank_cells
                    sheet.blank_cells = 0
            if sheet.width * max(sheet.repeats, 1) + sheet.cells > MOST_CELLS:
                msg = f"{source} has more than the {MOST_CELLS:,} cells that are read. {_CSV}"
                raise InputError(msg)
            if sheet.rows > MOST_SHEET_ROWS:
                msg = (
                    f"{source} has more than {MOST_SHEET_ROWS:,} rows (empty ones count), which is "
                    f"all that a workbook can have. {_CSV}"
                )
                raise InputError(msg)
