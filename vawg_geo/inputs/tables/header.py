"""Where a table starts and ends among the lines of a file: titles above it, remarks below it.

Exports have the name of a series, its source and what was chosen above the header, and notes under
the last row. Nothing is dropped in silence: each line that is set aside is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.terms.codes import is_gss_code

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Lines", "find_table", "is_footnote", "is_number", "looks_like_a_table"]

_Row = tuple[int, Any]

_FOOTNOTE: Final = re.compile(r"\s*(sources?|notes?|footnotes?|contains)\b", re.IGNORECASE)
_NUMBER: Final = re.compile(r"-?[0-9][0-9,]*\.?[0-9]*\s*%?")
# A header is looked for among these first rows; the longest cover note seen has thirty.
_SEARCHED: Final = 60
# A remark under a table is a sentence: so many words, and more than a ward's name has.
_SENTENCE_WORDS: Final = 8
_PHRASE_WORDS: Final = 4
_WIDE: Final = 6


@dataclass(frozen=True)
class Lines:
    """The lines of a table, and what stood around it.

    Attributes
    ----------
    rows : list of (int, list)
        Header first, each with its number.
    notes : list of str
        What was set aside, in words.
    facts : dict of str to str
        What lines above the header say by name, as in a Nomis download: `age` is `Aged 16+`.
    """

    rows: list[_Row]
    notes: list[str]
    facts: dict[str, str]


def is_footnote(text: str) -> bool:
    """Whether a row's only cell reads like a remark under a table.

    Examples
    --------
    >>> is_footnote("Source: police recorded crime"), is_footnote("Soham South")
    (True, False)
    """
    return _FOOTNOTE.match(text) is not None


def is_number(cell: object) -> bool:
    """Whether a cell is a number, as text or by its kind.

    Examples
    --------
    >>> is_number("40,806 "), is_number(12.5), is_number("E05002703"), is_number(None)
    (True, True, False, False)
    """
    if isinstance(cell, str):
        return _NUMBER.fullmatch(cell.strip()) is not None
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def find_table(rows: Sequence[_Row]) -> Lines:
    """Find the header, and set aside titles above it and remarks under the table.

    A title is a row of which only the first cell is filled, above a row with more. Lines that a
    blank row parts from a larger table below are set aside too where each is narrower than its
    header, or is a name with its value as Nomis writes them. A remark under the table is a
    sentence alone in its row, or stands after a blank row and has no number.

    Parameters
    ----------
    rows : sequence of (int, sequence)
        Rows that are not blank, with their numbers: a gap in the numbers is a blank row.

    Returns
    -------
    Lines

    Examples
    --------
    >>> found = find_table([(1, ["Crimes, 2015/16"]), (3, ["code", "count"]), (4, ["E07", "1"])])
    >>> found.rows
    [(3, ['code', 'count']), (4, ['E07', '1'])]
    >>> found.notes
    ["the header is in row 3; 1 row above it is a title: 'Crimes, 2015/16'"]
    """
    start = _start_of(rows)
    end, remarks = _end_of(rows, start)
    notes, facts = [], {}
    if start:
        first = str(_filled_cells(rows[0][1])[0]).strip()
        are = "1 row above it is a title" if start == 1 else f"{start} rows above it are titles"
        notes.append(f"the header is in row {rows[start][0]}; {are}: {_shortened(first)!r}")
        facts = _facts(rows[:start])
    return Lines(list(rows[start:end]), [*notes, *remarks], facts)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 100 else f"{text[:97]}..."


def _filled_cells(row: Sequence[Any]) -> list[Any]:
    return [cell for cell in row if cell is not None and str(cell).strip()]


def _count_filled(row: Sequence[Any]) -> int:
    return len(_filled_cells(row))


def _below_titles(rows: Sequence[_Row], first: int) -> int:
    """Place of the first row from `first` on with more than one cell, where those above are titles.

    A lone word in a row of its own is a column without neighbours; in a row as wide as the header
    it is a title too, if the header has three columns or more.
    """
    for place in range(first, min(len(rows), first + _SEARCHED)):
        filled = _count_filled(rows[place][1])
        if filled > 1:
            break
        cells = _filled_cells(rows[place][1])
        stands_first = cells[:1] == [rows[place][1][0]]
        # Over the columns that it is of, a title is a sentence.
        if not stands_first and len(" ".join(map(str, cells)).split()) < _SENTENCE_WORDS:
            return first
    else:
        return first
    above = [row for _, row in rows[first:place]]
    wide = filled > 2 and not any(is_gss_code(str(cell).strip()) for cell in rows[place][1])
    if all(" " in str(_filled_cells(row)[0]).strip() or (wide and len(row) > 1) for row in above):
        return place
    return first


def _start_of(rows: Sequence[_Row]) -> int:
    """Place of the header."""
    first = _below_titles(rows, 0)
    blocks = _blocks(rows)
    by_nomis = any("nomis" in str(row[0]).casefold() for _, row in rows[:first])
    if by_nomis:
        # The first table below what was chosen, however few rows it has.
        blocks = [block for block in blocks if block[0] > first and _has_cells(rows, block)][:1]
    largest = max(blocks, key=lambda block: block[1] - block[0], default=(0, 0))
    if largest[0] <= first or largest[0] >= _SEARCHED:
        return first
    start = _below_titles(rows[: largest[1]], largest[0])
    header = rows[start][1]
    if any(is_gss_code(str(cell).strip()) for cell in header) or _count_filled(header) < 2:
        return first
    above = [row for _, row in rows[first:start]]
    narrower = all(_count_filled(row) < _count_filled(header) for row in above)
    by_name = by_nomis and all(_is_named_value(row) or _count_filled(row) == 1 for row in above)
    return start if narrower or by_name else first


def _has_cells(rows: Sequence[_Row], block: tuple[int, int]) -> bool:
    cells = [_count_filled(row) for _, row in rows[block[0] : block[1]]]
    return len(cells) > 1 and min(cells) > 1


def _blocks(rows: Sequence[_Row]) -> list[tuple[int, int]]:
    """Start and end of each run of rows without a blank one between them."""
    if not rows or rows[-1][0] - rows[0][0] == len(rows) - 1:
        return [(0, len(rows))] if rows else []
    starts = [0, *(n for n in range(1, len(rows)) if rows[n][0] != rows[n - 1][0] + 1)]
    return list(zip(starts, [*starts[1:], len(rows)], strict=True))


def _is_named_value(row: Sequence[Any]) -> bool:
    cells = [str(cell).strip() for cell in _filled_cells(row)]
    return len(cells) == 2 or (len(cells) == 3 and cells[1] == ":")


def _facts(rows: Sequence[_Row]) -> dict[str, str]:
    facts = {}
    for _, row in rows:
        if _is_named_value(row):
            cells = [" ".join(str(cell).split()) for cell in _filled_cells(row)]
            facts[cells[0].rstrip(": ").casefold()] = cells[-1]
    return facts


def _end_of(rows: Sequence[_Row], start: int) -> tuple[int, list[str]]:
    """Place after the last row of the table, and a note for each remark under it."""
    if start >= len(rows):
        return len(rows), []
    header = _count_filled(rows[start][1])
    end = len(rows)
    # Remarks after a blank row first: a block of lines without a number, narrower than the table.
    for first, last in reversed(_blocks(rows[start:])[1:]):
        lines = [row for _, row in rows[start + first : start + last]]
        if not all(_is_remark(row, header=header, apart=True) for row in lines):
            break
        end = start + first
    while end > start + 1 and _is_remark(rows[end - 1][1], header=header, apart=False):
        end -= 1
    notes = []
    for number, row in rows[end:]:
        text = _shortened(", ".join(map(str, _filled_cells(row))))
        notes.append(f"row {number} set aside as a remark: {text!r}")
    return end, notes


def _is_remark(row: Sequence[Any], *, header: int, apart: bool) -> bool:
    cells = _filled_cells(row)
    if header < 2 or not cells or row[0] is None or not str(row[0]).strip():
        return False
    text = " ".join(str(cell) for cell in cells)
    words = len(text.split())
    if len(cells) == 1 and (words >= _SENTENCE_WORDS or is_footnote(text)):
        return True
    # Commas of a sentence that stands without quotes part it into cells of text.
    narrow = len(cells) < header and not any(map(is_number, cells))
    # Under a wide table a list of a word or two a row is no part of it.
    far = header >= _WIDE and 3 * len(cells) <= header
    told = words >= _PHRASE_WORDS or far
    return apart and narrow and told and not is_gss_code(str(cells[0]).strip())


def looks_like_a_table(rows: Sequence[_Row]) -> tuple[bool, bool]:
    """Whether rows under a header have numbers, and whether any cell is a GSS code.

    Parameters
    ----------
    rows : sequence of (int, sequence)
        The first rows of a sheet.

    Examples
    --------
    >>> looks_like_a_table([(1, ["code", "count"]), (2, ["E05002703", 3])])
    (True, True)
    >>> looks_like_a_table([(1, ["This workbook"]), (2, ["has two sheets"])])
    (False, False)
    """
    body = [row for _, row in find_table(rows).rows[1:]]
    width = max((len(row) for row in body), default=0)
    columns = [[row[place] for row in body if place < len(row)] for place in range(width)]
    numeric = any(2 * sum(map(is_number, column)) >= len(body) > 0 for column in columns)
    codes = any(is_gss_code(str(cell).strip()) for row in body for cell in row if cell)
    return numeric or codes, codes
