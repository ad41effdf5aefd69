"""Rows of a sheet as markup: the one part of a workbook that grows with its tables.

openpyxl makes all else of the file. Its own way to write a row takes ten times as long, which would
be a tenth of a build; cells of a value and a style need no more than this.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["markup_of_rows"]

_AT_ONCE: Final = 1_000
_MOST_LETTERS: Final = 32_767
"""Letters that a cell of the format holds."""


def markup_of_rows(
    columns: Sequence[Sequence[Any]],
    *,
    styles: Iterable[int],
    above: int,
    heights: Sequence[int] = (),
) -> Iterator[bytes]:
    """Markup of rows, some hundreds at once.

    Parameters
    ----------
    columns : sequence of sequence
        Numbers, truths, texts, and None for an empty cell; all of one length.
    styles : iterable of int
        Number of the style of each column's cells.
    above : int
        Rows above the first.
    heights : sequence of int, optional
        Of each row in points; 0 for the usual one.

    Yields
    ------
    bytes

    Examples
    --------
    >>> b"".join(markup_of_rows([["<1"], [2.5]], styles=[0, 3], above=6)).decode()[:-6]
    '<row r="7"><c r="A7" t="inlineStr"><is><t>&lt;1</t></is></c><c r="B7" s="3"><v>2.5</v></c>'
    """
    from openpyxl.utils import get_column_letter

    numbers = list(styles)
    begins = [f'<c r="{get_column_letter(place)}' for place in range(1, len(columns) + 1)]
    size = len(columns[0]) if columns else 0
    for start in range(0, size, _AT_ONCE):
        some = [
            _cells(column[start : start + _AT_ONCE], style=style)
            for column, style in zip(columns, numbers, strict=True)
        ]
        yield "".join(
            f'<row r="{row}"{_high(heights, row - above - 1)}>'
            f"{''.join(_placed(begins, cells, row))}</row>"
            for row, cells in enumerate(zip(*some, strict=True), above + start + 1)
        ).encode()


def _high(heights: Sequence[int], place: int) -> str:
    return f' ht="{heights[place]}" customHeight="1"' if heights and heights[place] else ""


def _placed(begins: list[str], cells: Iterable[str], row: int) -> Iterator[str]:
    for begin, cell in zip(begins, cells, strict=True):
        if cell:
            yield f'{begin}{row}"{cell}'


def _cells(values: Sequence[Any], *, style: int) -> list[str]:
    """What follows a cell's place, each value looked at once; empty for an empty cell."""
    # A truth and a number are the same key: 1 and True, 0 and 0.0.
    known: dict[tuple[type, Any], str] = {}
    found = []
    for value in values:
        key = (type(value), value)
        if key not in known:
            known[key] = _cell(value, f' s="{style}"' if style else "")
        found.append(known[key])
    return found


def _cell(value: Any, style: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'{style} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float) and math.isfinite(value):
        return f"{style}><v>{value!r}</v></c>"
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")[:_MOST_LETTERS]
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f'{style} t="inlineStr"><is><t{kept}>{escape(text)}</t></is></c>'
