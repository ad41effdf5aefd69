"""The tables of an edition as one workbook, for whoever reads them with a spreadsheet program.

One table a sheet, with what must be said of it above, as the Government Analysis Function asks of
statistics in spreadsheets. The figures are those of the CSV files; where there is none, its
shorthand says why.
"""

from __future__ import annotations

import math
import re
import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.files.table import defused_frame, workbook_bytes
from vawg_geo.publish.tables.rows import markup_of_rows
from vawg_geo.results.results import edition_of
from vawg_geo.terms.rounding import rate_decimals
from vawg_geo.terms.shared import PROBABILITY, SHARE
from vawg_geo.words.columns import described, headings_of
from vawg_geo.words.page import SYMBOL, fill
from vawg_geo.words.workbook import BREAK, ESTIMATED, HEADINGS, MARK, WORKBOOK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from vawg_geo.results.results import EditionResults
    from vawg_geo.terms.declared import DeclaredTable

__all__ = ["MOST_ROWS", "WORKBOOK_NAME", "make_workbook"]

WORKBOOK_NAME: Final = "vawg.xlsx"
MOST_ROWS: Final = 1_048_576
"""Rows that a sheet of the format holds."""
_MOST_LETTERS: Final = 31
_TELLING: Final = ("count", "class", "derived")
_LIKE_A_CELL: Final = re.compile(r"[A-Za-z]{1,3}\d*|[Rr]\d*[Cc]\d*")
# What a spreadsheet program would make a date, a number or a truth of, were it typed in.
_LIKE_ANOTHER: Final = re.compile(r"[\d.,+/: -]+|\d+[eE]\d+|[\d -]*[A-Za-z]{3,9}[ -]\d+|true|false")
# Status of a row without a figure.
_WITHOUT: Final = ("suppressed", "missing", "not_applicable")
_NO_QUANTITY: Final = ("seed", "fid", "vintage")
_SERIES: Final = ("level", "indicator", "sex", "period")
_WHOLE: Final = "#,##0"
_A4: Final = 9
_WIDEST: Final = 36
_WIDEST_LATER: Final = 100
_WIDEST_LAST: Final = 70
# Columns on the first of the pages beside each other, where the lines above need the room.
_FIRST: Final = 5
# Lines of a cell, if the width that they need is not too much.
_LINES: Final = 2
# Letters of a line above a table. Lines above stay when a sheet is scrolled: they are few and long,
# and in print go on upon the next page.
_LINE: Final = 170
_TITLE: Final = 66
# Points of a line, and of the highest row of the format.
_HEIGHT: Final = 15
_HIGHEST: Final = 405
_MARGIN: Final = 0.4
_MARGIN_OF_FOOTER: Final = 0.3
# Rows of a sheet above its table, at most.
_ROOM: Final = 100


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """One sheet, before it is written: lines, then a table.

    `formats` are of its columns; `links` of the first cells of its rows.
    """

    name: str
    title: str
    lines: tuple[str, ...]
    headings: list[str]
    columns: list[list[Any]]
    formats: list[str]
    frozen: int = 0
    links: tuple[str, ...] = ()


def make_workbook(
    results: EditionResults, frames: Mapping[str, pd.DataFrame], said: Mapping[str, DeclaredTable]
) -> bytes:
    """Make the workbook of an edition's tables.

    Parameters
    ----------
    results : EditionResults
    frames : mapping of str to pandas.DataFrame
        By name, as they are written to CSV.
    said : mapping of str to DeclaredTable
        What is said of each.

    Returns
    -------
    bytes
        Of the file; the same for the same tables.
    """
    import openpyxl

    sheets = _sheet_names(frames)
    titles = {name: results.overlays.titles.get(name) or said[name].title for name in frames}
    of_columns = [
        (sheets[name], row) for name in frames for row in _about_columns(frames[name], said[name])
    ]
    book = openpyxl.Workbook(write_only=True)
    book.properties.title = _title(results)
    book.properties.creator = edition_of(results).project.project.publisher or results.title
    book.properties.language = "en-GB"
    about = [
        _contents(results, frames, sheets=sheets, titles=titles),
        _notes(),
        _words("columns", columns=zip(*((sheet, *row) for sheet, row in of_columns), strict=True)),
    ]
    rows = {one.name: _write(book, one) for one in about}
    source, broken = " ".join(results.attribution), _broken(results)
    for name, sheet in sheets.items():
        one = _sheet_of(name, frames[name], said[name], source=source, broken=broken)
        rows[sheet] = _write(book, replace(one, name=sheet, title=titles[name]))
    return workbook_bytes(book, rows)


def _title(results: EditionResults) -> str:
    text = fill(WORKBOOK["title"], {"title": results.title, "edition": results.edition})
    return f"{results.watermark}. {text}" if results.watermark else text


def _sheet_names(names: Iterable[str]) -> dict[str, str]:
    """Names of sheets by table: its own, no longer than the format allows, no two alike."""
    found: dict[str, str] = {}
    taken = {WORKBOOK[one].casefold() for one in HEADINGS}
    for name in names:
        plain = re.sub(r"[\[\]:*?/\\']", "_", name)
        short, place = plain[:_MOST_LETTERS], 1
        while short.casefold() in taken:
            place += 1
            short = f"{plain[: _MOST_LETTERS - len(str(place)) - 1]}_{place}"
        taken.add(short.casefold())
        found[name] = short
    return found


# --- The three sheets about the others ------------------------------------------------------------


def _contents(
    results: EditionResults,
    frames: Mapping[str, pd.DataFrame],
    *,
    sheets: Mapping[str, str],
    titles: Mapping[str, str],
) -> _Sheet:
    about = [(WORKBOOK[one], WORKBOOK[f"{one}_title"], None, "") for one in ("notes", "columns")]
    tables = [(sheets[n], titles[n], len(frame), f"{n}.csv") for n, frame in frames.items()]
    lines = [
        results.watermark,
        results.protection,
        fill(WORKBOOK["contents_about"], {"n": f"{len(frames):,}"}),
    ]
    return _Sheet(
        name=WORKBOOK["contents"],
        title=_title(results),
        lines=tuple(line for line in lines if line),
        headings=list(HEADINGS["contents"]),
        columns=[list(column) for column in zip(*about, *tables, strict=True)],
        formats=["", "", _WHOLE, ""],
        links=(*(WORKBOOK[one] for one in ("notes", "columns")), *sheets.values()),
    )


def _notes() -> _Sheet:
    rows = [(mark, official, here) for mark, (official, here) in MARK.items()]
    return _words("notes", columns=zip(*rows, strict=True))


def _words(kind: str, *, columns: Iterable[Iterable[str]]) -> _Sheet:
    headings = list(HEADINGS[kind])
    return _Sheet(
        name=WORKBOOK[kind],
        title=WORKBOOK[f"{kind}_title"],
        lines=(WORKBOOK[f"{kind}_about"], WORKBOOK["back"]),
        headings=headings,
        columns=[list(column) for column in columns],
        formats=[""] * len(headings),
    )


def _about_columns(frame: pd.DataFrame, said: DeclaredTable) -> Iterator[tuple[str, ...]]:
    names = [str(name) for name in frame.columns]
    for name, heading in zip(names, headings_of(names, said), strict=True):
        about = said.column(name) or described(name)
        yield heading, name, _in_words(about.unit, said), _in_words(about.words, said)


def _in_words(text: str, said: DeclaredTable) -> str:
    """A sentence with the headings of the columns that it names."""
    return re.sub(r"`(\w+)`", lambda name: headings_of([name[1]], said)[0], text)


# --- A table --------------------------------------------------------------------------------------


def _sheet_of(
    name: str,
    frame: pd.DataFrame,
    said: DeclaredTable,
    *,
    source: str,
    broken: AbstractSet[tuple[str, ...]],
) -> _Sheet:
    file, rows = f"{name}.csv", f"{len(frame):,}"
    if len(frame) + _ROOM > MOST_ROWS:
        text = fill(WORKBOOK["too_long"], {"n": rows, "most": f"{MOST_ROWS:,}", "file": file})
        return _Sheet(
            name="", title="", lines=(text, WORKBOOK["back"]), headings=[], columns=[], formats=[]
        )
    names = [str(column) for column in frame.columns]
    safe = defused_frame(frame)
    columns = [_cells(safe.iloc[:, place]) for place in range(len(names))]
    formats = [
        _format_of(frame.iloc[:, place], said, name=name) for place, name in enumerate(names)
    ]
    headings = headings_of(map(str, safe.columns), said)
    marks = _marks(frame, broken)
    if marks:
        _put_marks(columns, names, said=said, frame=frame)
        columns.append([mark or None for mark in marks])
        headings.append(WORKBOOK["mark_column"])
        formats.append("")
    standing = dict.fromkeys(re.findall(r"\[\w+\]", "".join(dict.fromkeys(marks))))
    lines = (
        f"{fill(WORKBOOK['row' if len(frame) == 1 else 'rows'], {'n': rows, 'file': file})} "
        f"{fill(WORKBOOK['source'], {'source': source})}",
        _units(names, said),
        _shorthand([mark for mark in MARK if mark in standing]),
        WORKBOOK["back"],
    )
    return _Sheet(
        name="",
        title="",
        lines=lines,
        headings=headings,
        columns=columns,
        formats=formats,
        frozen=2 if names[:2] == ["area_code", "area_name"] else 1,
    )


def _cells(column: pd.Series) -> list[Any]:
    """Values of a column as a workbook has them; nothing where a cell is empty."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    empty = column.isna().tolist()
    values = [None if gap else value for value, gap in zip(column.tolist(), empty, strict=True)]
    if pd.api.types.is_numeric_dtype(column):
        # A sheet has no infinite number: a risk beside which nothing is recorded is a word, as in
        # the table.
        return [str(v) if isinstance(v, float) and math.isinf(v) else v for v in values]

    def plain(value: Any) -> Any:
        # Numbers of NumPy among others, and what only has a text.
        value = value.item() if hasattr(value, "item") else value
        if value is None or isinstance(value, bool | int | float):
            return value
        return ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", str(value)) or None

    return [plain(value) for value in values]


def _marks(frame: pd.DataFrame, broken: AbstractSet[tuple[str, ...]]) -> list[str]:
    """Shorthand of each row; an empty list for a table whose rows have no status."""
    if "status" not in frame:
        return []
    marks = [SYMBOL.get(status, "") for status in frame["status"].tolist()]
    if broken and set(_SERIES) <= set(frame.columns):
        rows = zip(*(frame[name].tolist() for name in _SERIES), strict=True)
        marks = _added(marks, (row in broken for row in rows), BREAK)
    if "basis" in frame:
        marks = _added(marks, (basis == "estimated" for basis in frame["basis"]), ESTIMATED)
    return marks


def _added(marks: list[str], where: Iterable[bool], mark: str) -> list[str]:
    return [old + mark if here else old for old, here in zip(marks, where, strict=True)]


def _broken(results: EditionResults) -> frozenset[tuple[str, ...]]:
    """Level, indicator, sex and period of the first figures after a break."""
    return frozenset(
        (*series, line.periods[place])
        for series, lines in results.over_time.lines.items()
        for line in lines
        for place in line.new_series
    )


def _put_marks(
    columns: list[list[Any]], names: list[str], *, said: DeclaredTable, frame: pd.DataFrame
) -> None:
    """Say in each empty cell of a figure why there is none."""
    whys = [SYMBOL[status] if status in _WITHOUT else "" for status in frame["status"].tolist()]
    for place, name in enumerate(names):
        column = said.column(name)
        if column is None or column.tells not in _TELLING:
            continue
        columns[place] = [
            why if value is None and why else value
            for value, why in zip(columns[place], whys, strict=True)
        ]


def _format_of(column: pd.Series, said: DeclaredTable, *, name: str) -> str:
    """How a spreadsheet program shows a column; empty for its usual way."""
    if pd.api.types.is_bool_dtype(column):
        return ""
    if not pd.api.types.is_numeric_dtype(column):
        if column.dtype == object and pd.api.types.infer_dtype(column) in ("integer", "floating"):
            return _format_of(pd.to_numeric(column), said, name=name)
        texts = {value for value in column.tolist() if isinstance(value, str)}
        return "@" if any(_LIKE_ANOTHER.fullmatch(text) for text in texts) else ""
    numbers = column.dropna().astype(float)
    numbers = numbers[np.isfinite(numbers)]
    if (numbers % 1 == 0).all():
        return "0" if name in _NO_QUANTITY else _WHOLE
    unit = (said.column(name) or described(name)).unit
    if unit in (PROBABILITY, SHARE):
        return "0.0000"
    return f"#,##0.{'0' * rate_decimals(float(numbers.abs().max()))}"


def _units(names: list[str], said: DeclaredTable) -> str:
    by: dict[str, list[str]] = {}
    for name, heading in zip(names, headings_of(names, said), strict=True):
        if unit := (said.column(name) or described(name)).unit:
            by.setdefault(_in_words(unit, said).rstrip("."), []).append(heading)
    told = [
        fill(WORKBOOK["unit_of"], {"unit": unit, "columns": ", ".join(headings)})
        for unit, headings in by.items()
    ]
    return fill(WORKBOOK["units"], {"units": " ".join(told)}) if told else WORKBOOK["no_units"]


def _shorthand(marks: list[str]) -> str:
    told = [
        fill(WORKBOOK["mark_of"], {"mark": mark, "words": MARK[mark][0].lower()}) for mark in marks
    ]
    if not told:
        return WORKBOOK["no_shorthand"]
    return fill(WORKBOOK["shorthand"], {"marks": ", ".join(told) + "."})


# --- Writing --------------------------------------------------------------------------------------


def _write(book: Any, one: _Sheet) -> Iterable[bytes]:
    """Write a sheet; what comes back is the markup of its table's rows, to be put in."""
    sheet = book.create_sheet(one.name)
    titles = textwrap.wrap(one.title, _TITLE) or [""]
    lines = [short for line in one.lines for short in textwrap.wrap(line, _LINE)]
    head = len(titles) + len(lines) + 1
    widths = _widths(one)
    wide = [width for width, _ in widths]
    _lay_out(sheet, one, head=head, widths=wide)
    looks = _Looks(sheet)
    for title in titles:
        sheet.append([looks.bold(title, size=14)])
    for line in lines:
        back = line == WORKBOOK["back"]
        sheet.append([looks.link(line, WORKBOOK["contents"]) if back else line])
    if not one.headings:
        return ()
    figures = [any(type(value) in (int, float) for value in column) for column in one.columns]
    sheet.append(
        [
            looks.heading(text, right=right)
            for text, right in zip(one.headings, figures, strict=True)
        ]
    )
    heights = _heights(one.columns, [width if longer else 0 for width, longer in widths])
    top = any(longer for _, longer in widths)
    ways: list[dict[str, Any]] = [
        {"how": how, "wrapped": longer, "top": top, "right": right}
        for how, (_, longer), right in zip(one.formats, widths, figures, strict=True)
    ]
    _add_table(sheet, one, head=head)
    if not one.links:
        styles = [looks.style(**way) for way in ways]
        return markup_of_rows(one.columns, styles=styles, above=head, heights=heights)
    rows = zip(zip(*one.columns, strict=True), one.links, strict=True)
    for place, ((first, *row), target) in enumerate(rows):
        if heights[place]:
            sheet.row_dimensions[head + 1 + place].height = heights[place]
        cells = (looks.cell(value, **way) for value, way in zip(row, ways[1:], strict=True))
        sheet.append([looks.link(first, target), *cells])
    return ()


class _Looks:
    """Cells of a sheet that do not look as all do."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet

    def _cell(self, value: Any, **style: Any) -> Any:
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(self._sheet, value)
        for name, what in style.items():
            setattr(cell, name, what)
        return cell

    def bold(self, text: str, *, size: int = 11, **style: Any) -> Any:
        from openpyxl.styles import Font

        return self._cell(text, font=Font(name="Calibri", bold=True, size=size), **style)

    def heading(self, text: str, *, right: bool) -> Any:
        return self.bold(text, alignment=_aligned(wrapped=True, top=True, right=right))

    def link(self, text: str, target: str) -> Any:
        from openpyxl.styles import Alignment, Font
        from openpyxl.worksheet.hyperlink import Hyperlink

        place = Hyperlink(ref="A1", location=f"'{target}'!A1", display=text)
        font = Font(name="Calibri", size=11, color="0563C1", underline="single")
        top = Alignment(vertical="top")
        return self._cell(text, hyperlink=place, font=font, alignment=top)

    def cell(self, value: Any, *, how: str, wrapped: bool, top: bool, right: bool) -> Any:
        style: dict[str, Any] = {"number_format": how} if how else {}
        if wrapped or top or right:
            style["alignment"] = _aligned(wrapped=wrapped, top=top, right=right)
        return self._cell(value, **style)

    def style(self, **way: Any) -> int:
        """Number of the style of cells that are shown in this way."""
        return int(self.cell(None, **way).style_id)


def _aligned(*, wrapped: bool, top: bool, right: bool) -> Any:
    """Where a cell's text stands; shorthand of a column of figures stands as its figures do."""
    from openpyxl.styles import Alignment

    return Alignment(
        horizontal="right" if right else None,
        # Or a figure would touch the text in the next column.
        indent=1 if right else 0,
        vertical="top" if top else None,
        wrap_text=wrapped or None,
    )


def _add_table(sheet: Any, one: _Sheet, *, head: int) -> None:
    """Mark up a sheet's table."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

    # A table without rows has an empty one: programs refuse it otherwise.
    last = head + max(1, len(one.columns[0]))
    table = Table(
        displayName=_table_name(one.name),
        ref=f"A{head}:{get_column_letter(len(one.headings))}{last}",
        tableStyleInfo=TableStyleInfo(name="TableStyleLight1", showRowStripes=True),
    )
    # Named here, for a book that is written row by row knows no cell that it has written.
    table.tableColumns = [
        TableColumn(id=place, name=text) for place, text in enumerate(one.headings, 1)
    ]
    sheet.tables.add(table)


def _lay_out(sheet: Any, one: _Sheet, *, head: int, widths: list[int]) -> None:
    """Say how a sheet looks and is printed, which must be said before its rows.

    Pages are as large as the screen's: a wide table goes over several, each with its headings and
    its first columns, for fitted to the width of one it could not be read.
    """
    from openpyxl.utils import get_column_letter

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    for side in ("left", "right", "top"):
        setattr(sheet.page_margins, side, _MARGIN)
    sheet.page_margins.bottom = 2 * _MARGIN
    sheet.page_margins.footer = _MARGIN_OF_FOOTER
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = WORKBOOK["footer"].split("|")
    if not one.headings:
        return
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = f"{get_column_letter(one.frozen + 1)}{head + 1}"
    (height,) = _heights([[text] for text in one.headings], widths)
    sheet.row_dimensions[head].height = height or _HEIGHT
    sheet.print_title_rows = f"{head}:{head}"
    if one.frozen:
        sheet.print_title_cols = f"A:{get_column_letter(one.frozen)}"


def _widths(one: _Sheet) -> list[tuple[int, bool]]:
    """Width of each column in letters, and whether its texts are longer and must be wrapped."""
    found = []
    for place, (heading, column) in enumerate(zip(one.headings, one.columns, strict=True), 1):
        texts = {_shown(value, one.formats[place - 1]) for value in column}
        longest = max(map(len, texts), default=0)
        later = place > _FIRST or place == len(one.columns)
        widest = _WIDEST
        if later:
            most = _WIDEST_LATER if one.frozen == 2 else _WIDEST_LAST
            widest = min(max(_WIDEST, longest // _LINES + 4), most)
        words = max((len(word) for text in (heading, *texts) for word in text.split()), default=0)
        width = min(max(longest, len(heading) // 3, words, 6), max(widest, words), _WIDEST_LATER)
        found.append((width + 3, longest > width))
    return found


def _heights(columns: list[list[Any]], widths: list[int]) -> list[int]:
    """Height of each row in points, 0 where it is the usual one; `widths` of what is wrapped.

    Programs do not measure the rows of a file that they open.
    """
    most = [1] * len(columns[0])
    for column, width in zip(columns, widths, strict=True):
        if width:
            lines = {text: _lines(text, width - 1) for text in {str(v or "") for v in column}}
            most = [max(old, lines[str(v or "")]) for old, v in zip(most, column, strict=True)]
    return [min(lines * _HEIGHT, _HIGHEST) if lines > 1 else 0 for lines in most]


def _lines(text: str, width: int) -> int:
    return sum(max(1, len(textwrap.wrap(part, width))) for part in text.split("\n"))


def _shown(value: Any, how: str) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and how:
        return f"{value:,.{len(how.partition('.')[2])}f}"
    return str(value)


def _table_name(sheet: str) -> str:
    """Name of a sheet's table: letters, digits and underlines, and nothing like a cell."""
    plain = re.sub(r"\W", "_", sheet)
    return f"table_{plain}" if _LIKE_A_CELL.fullmatch(plain) or plain[:1].isdigit() else plain
