"""Delimited text: which encoding, which delimiter, and rows that are all of one length."""

from __future__ import annotations

import codecs
import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import InputError, problem
from vawg_geo.files.limits import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_SHEET_ROWS,
    require_bounded_text,
)
from vawg_geo.inputs.tables.header import Lines, find_table, is_footnote

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["decode_text", "require_bounded_width", "split_rows"]

_DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
# The first line that spreadsheet programs write, and hide, to say what parts the columns.
_SEP_LINE: Final = re.compile(r'"?sep=(.)"?[,;\t]*\r?\n', re.IGNORECASE)


def decode_text(raw: bytes) -> tuple[str, list[str]]:
    r"""Decode the bytes of a text file, saying so where it is not plain UTF-8.

    Parameters
    ----------
    raw : bytes
        The whole file.

    Returns
    -------
    tuple of str and list of str
        The text and what is worth saying about its encoding.

    Raises
    ------
    InputError
        UTF-32, UTF-16 without its mark, other bytes that no text has, or a cut UTF-16 file.

    Examples
    --------
    >>> decode_text("count\n1".encode("utf-16"))
    ('count\n1', ['read as UTF-16'])
    """
    save_as = "Save it as 'CSV UTF-8'."
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        msg = f"the text is UTF-32, which is not read. {save_as}"
        raise InputError(msg)
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text, notes = raw.decode("utf-16"), ["read as UTF-16"]
        except UnicodeDecodeError as error:
            msg = (
                f"the text is UTF-16 but damaged or cut short. Copy it again, or {save_as.lower()}"
            )
            raise InputError(msg) from error
    elif b"\0" in raw:
        msg = f"the text holds NUL bytes: UTF-16 without its byte order mark, or no text. {save_as}"
        raise InputError(msg)
    else:
        text, notes = _decode_bytes(raw)
    if "\0" in text:
        msg = f"the text holds NUL characters, so it is damaged. {save_as}"
        raise InputError(msg)
    return text, notes


# Within a word these are accented letters in cp850, and in Windows-1252 signs that stand in none:
# Môn is read as M“n. Dashes, apostrophes and dots, which may join two words, are left out.
_OF_A_CONSOLE: Final = re.compile(
    "[A-Za-z]+(?:[\u201a\u0192\u201e\u2020\u2021\u02c6\u2030\u2039\u0152\u0160\u201c\u201d\u02dc"
    "\u00a1\u00a2\u00a3\u00a4\u00a5][A-Za-z]+|[\u201a\u0192\u02c6\u0160](?![A-Za-z]))"
)


def _decode_bytes(raw: bytes) -> tuple[str, list[str]]:
    marked = raw.startswith(codecs.BOM_UTF8)
    notes = ["read as UTF-8 with a byte order mark"] if marked else []
    try:
        return raw.decode("utf-8-sig"), notes
    except UnicodeDecodeError as error:
        # A file that says it is UTF-8 and is not has been damaged; guessing would hide that.
        if marked:
            msg = "the text is marked as UTF-8 but damaged. Save it as 'CSV UTF-8' again."
            raise InputError(msg) from error
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError as error:
        msg = (
            "the text is neither UTF-8 nor Windows-1252; it may be of a console's code page "
            "(cp850). Save it as 'CSV UTF-8'."
        )
        raise InputError(msg) from error
    notes = ["read as Windows-1252 (cp1252), since it is not UTF-8"]
    if found := _OF_A_CONSOLE.search(text):
        other = found[0].encode("cp1252").decode("cp850")
        notes.append(
            f"{found[0]!r} is no word of Windows-1252 but {other!r} in a console's code page "
            "(cp850): look at the names, and if they are wrong save the table as 'CSV UTF-8'"
        )
    return text, notes


def split_rows(text: str, *, delimiter: str | None = None) -> Lines:
    r"""Split delimited text into rows of one length.

    A first line `sep=;`, which spreadsheet programs write and do not show, is taken at its word.

    Parameters
    ----------
    text : str
        The whole text, byte order mark removed.
    delimiter : str, optional
        Comma, semicolon or tab; detected where not given.

    Returns
    -------
    Lines
        Each row that is not blank with the number that a spreadsheet gives it, header first; notes;
        and what lines above the header say.

    Raises
    ------
    InputError
        Quotes that do not close, rows of unequal length, or far more of either than a table has.

    Examples
    --------
    >>> lines = split_rows("code;count\nE07000008;12\n")
    >>> lines.rows, lines.notes
    ([(1, ['code', 'count']), (2, ['E07000008', '12'])], ['columns are separated by semicolon'])
    >>> split_rows("sep=;\ncode;count\nE07000008;12\n").rows
    [(1, ['code', 'count']), (2, ['E07000008', '12'])]
    """
    require_bounded_text(text)
    text, stated = _without_sep_line(text)
    found = stated or delimiter or _detect_delimiter(text)
    notes = [] if found == "," else [f"columns are separated by {_DELIMITERS[found]}"]
    try:
        rows = list(_numbered(text, found))
    except csv.Error as error:
        msg = (
            f"the text is no well-formed CSV ({error}): a quote may be open or the file cut "
            "short. Save it again."
        )
        raise InputError(msg) from error
    # Most programs end every row; some leave the last one open, and so does a file cut short.
    if rows and not text.endswith(("\n", "\r")):
        notes.append(
            f"the last row (row {rows[-1][0]}) has no line end; if the file was cut short, its "
            "last value may be too, and rows may be missing"
        )
    lines = find_table(rows)
    even = _of_one_length(lines.rows) if lines.rows else []
    return Lines(even, [*notes, *lines.notes], lines.facts)


def _without_sep_line(text: str) -> tuple[str, str | None]:
    """The text without its first line `sep=;`, and the delimiter that it states."""
    if (line := _SEP_LINE.match(text)) is None:
        return text, None
    if line[1] not in _DELIMITERS:
        known = ", ".join(_DELIMITERS.values())
        msg = f"its first line says that {line[1]!r} parts the columns. Save it with {known}."
        raise InputError(msg)
    return text[line.end() :], line[1]


def _numbered(text: str, delimiter: str, limit: int | None = None) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return list(islice(_filled(reader), limit))


def _filled(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with their numbers."""
    blank = 0
    for number, row in enumerate(reader, start=1):
        if row and any(map(str.strip, row)):
            yield number, row
            continue
        blank += 1
        # A spreadsheet program writes at most all the rows that it has.
        if blank > MOST_SHEET_ROWS:
            msg = (
                f"{blank:,} of the first {number:,} rows are blank, more than the "
                f"{MOST_SHEET_ROWS:,} rows of a spreadsheet. Save it without blank rows."
            )
            raise InputError(msg)


def _detect_delimiter(text: str) -> str:
    """Choose the delimiter that gives every one of the first rows as many cells as the header."""
    widths: dict[str, int] = {}
    for candidate in _DELIMITERS:
        try:
            rows = _numbered(text, candidate, limit=50)
        except csv.Error:
            continue
        if not rows:
            return ","
        lengths = [len(row) for _, row in find_table(rows).rows]
        widths[candidate] = lengths[0]
        if lengths[0] > 1 and set(lengths) == {lengths[0]}:
            return candidate
    return max(widths, key=lambda candidate: widths[candidate], default=",")


def require_bounded_width(width: int, *, rows: int) -> None:
    """Refuse more columns or cells than a table has, before rows are filled up to one length.

    Parameters
    ----------
    width, rows : int

    Raises
    ------
    InputError
        Without the file's name, which the caller knows.

    Examples
    --------
    >>> require_bounded_width(20_000, rows=3)
    Traceback (most recent call last):
    ...
    vawg_geo.errors.InputError: the widest row has 20,000 cells, more than the 16,384 columns ...
    """
    if width > MOST_COLUMNS:
        msg = (
            f"the widest row has {width:,} cells, more than the {MOST_COLUMNS:,} columns that are "
            "read, which are those of a spreadsheet. Take out columns that are not needed."
        )
        raise InputError(msg)
    if width * rows > MOST_CELLS:
        msg = (
            f"{rows:,} rows of {width:,} cells are {width * rows:,} cells, more than the "
            f"{MOST_CELLS:,} that are read. Take out rows and columns that are not needed."
        )
        raise InputError(msg)


def _of_one_length(rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Rows of the header's length; empty cells past it and bare footnotes are no offence."""
    width = len(rows[0][1])
    require_bounded_width(width, rows=len(rows))
    even, ragged = [], []
    for number, row in rows:
        bare_footnote = len(row) == 1 and is_footnote(row[0])
        if len(row) > width and not any(row[width:]):
            even.append((number, row[:width]))
        elif len(row) == width or bare_footnote:
            even.append((number, row + [""] * (width - len(row))))
        else:
            ragged.append((number, len(row)))
    if ragged:
        number, cells = ragged[0]
        raise InputError(
            problem(
                "have more or fewer cells than the header",
                bad=len(ragged),
                total=len(rows) - 1,
                noun="rows",
                first=f"row {number} ({cells} cells, the header has {width})",
                action="Rows above the header or under the table must be titles or remarks of one "
                "cell; quote cells that hold the delimiter.",
            )
        )
    return even
