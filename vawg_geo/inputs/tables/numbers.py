"""What the text of a cell says: a number, a zero, or the reason why there is none.

A mark never becomes a number and never a zero. Which mark means what:

| mark (case and spaces aside) | status | why |
|---|---|---|
| `x`, `*`, `c`, `s`, `supp`, `suppressed` | `suppressed` | the usual marks of tables in practice |
| `<5`, `< 5`, `<=7`, `≤4`, `under 5`, `less than 8`, `fewer than 8` | `suppressed` | small |
| `1-4`, `1 to 7` | `suppressed` | a range instead of a small number |
| `[c]`, `[low]` | `suppressed` | Analysis Function: confidential; low, shown as zero but none |
| `[x]`, `[u]`, `[w]` | `missing` | Analysis Function: not available; unreliable; none recorded |
| empty, `:`, `..`, `...`, `-` (any dash), `n/a`, `na` | `missing` | no figure is given |
| `[z]`, `z`, `.` | `not_applicable` | Analysis Function, and its older form |

The Government Analysis Function's shorthand in square brackets means what that body says it
means; the bare `x` is read as suppressed, since that is how most partnership tables use it and
hiding too much does no harm. A dash is a zero in some tables and a gap in others: it is read as
missing, which a person has to look at, and noted. `n/a` is "not available" to some and "not
applicable" to others, and treated alike. Any other text is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.errors import InputError, problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from vawg_geo.terms.columns import Status

__all__ = ["ParsedCounts", "parse_counts", "status_of_mark"]

_MARKS: Final[dict[str, Status]] = {
    **dict.fromkeys(("x", "*", "c", "s", "supp", "suppressed", "[c]", "[low]"), "suppressed"),
    **dict.fromkeys(("", ":", "..", "...", "…", "-", "–", "—", "n/a", "na"), "missing"),
    **dict.fromkeys(("[x]", "[u]", "[w]"), "missing"),
    **dict.fromkeys(("[z]", "z", "."), "not_applicable"),
}
_LESS_THAN: Final = re.compile(r"(<=?|≤|under|less than|fewer than)\s*[1-9][0-9]{0,2}")
_RANGE: Final = re.compile(r"([0-9]{1,3})\s*(?:-|–|—|to)\s*([0-9]{1,3})")
_NUMBER: Final = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]{1,4})?", re.IGNORECASE)
_THOUSANDS: Final = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")
_COMMA: Final = re.compile(r"[0-9]+(,[0-9]*)+(\.[0-9]+)?|,[0-9]+")
_NEGATIVE: Final = re.compile(r"[-−–—]\s*[0-9.,]+(e[+-]?[0-9]+)?", re.IGNORECASE)
_DATE: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]{1,2}[-/ ][a-z]{3,9}([-/ ][0-9]{2,4})?"
    r"|[a-z]{3}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}(/[0-9]{2,4})?",
    re.IGNORECASE,
)
_LARGEST: Final = 10**15

# Faults in the order in which they are reported: what is wrong, and what to do.
_FAULTS: Final[dict[str, tuple[str, str]]] = {
    "date": (
        "read like dates",
        "A spreadsheet turns ranges such as 1-4 into dates: format the column as text and type "
        "them again.",
    ),
    "text": (
        "are neither numbers nor known marks",
        "Write a plain number, a mark (x, *, c, <5) where it is suppressed, or nothing where it "
        "is missing.",
    ),
    "comma": (
        "have a comma that may stand for a decimal point or for thousands",
        "Write them without commas.",
    ),
    "negative": ("are negative", "Correct them: fewer than none cannot be counted."),
    "large": ("are too large to be true", "Correct them."),
    "fractional": (
        "are fractional",
        'Correct them, or say basis = "estimated" if they are estimates.',
    ),
}


@dataclass(frozen=True, kw_only=True)
class ParsedCounts:
    """Counts and the reasons for those that are not there.

    Attributes
    ----------
    values : pandas.Series
        `Int64` (`Float64` where fractions are allowed), NA where `status` is `missing`,
        `suppressed` or `not_applicable`; the index is the text's.
    status : pandas.Series
        `value`, `zero`, `missing`, `suppressed` or `not_applicable`.
    notes : tuple of str
        What is worth saying: thousands separators, marks and gaps.
    """

    values: pd.Series
    status: pd.Series
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Reading:
    """What one text says: a status with its value, or a fault."""

    status: str = ""
    value: Decimal | None = None
    fault: str = ""
    thousands: bool = False


def status_of_mark(text: str) -> Status | None:
    """Status that a mark stands for, or None where the text is no mark.

    Examples
    --------
    >>> [status_of_mark(mark) for mark in ("<5", "[x]", "[z]", "1 to 7", "12", "?")]
    ['suppressed', 'missing', 'not_applicable', 'suppressed', None, None]
    """
    mark = " ".join(text.split()).casefold()
    if mark in _MARKS:
        return _MARKS[mark]
    if _LESS_THAN.fullmatch(mark):
        return "suppressed"
    bounds = _RANGE.fullmatch(mark)
    # Bounds the wrong way round are no range: 16-5 may be a month, 15-16 written 2015-16 a year.
    if bounds and int(bounds[1]) < int(bounds[2]):
        return "suppressed"
    return None


def parse_counts(
    text: pd.Series,
    *,
    fractional: bool = False,
    noun: str = "counts",
    where: Callable[[int], str] | None = None,
) -> ParsedCounts:
    """Read counts from text.

    `12`, `12.0`, `1.2e1` and, noted, `1,200` are numbers; `1,23` may be a decimal comma and is
    refused. The module's table says which mark means what. A number with a letter behind it, a
    full-width digit, `nan` and `inf` are refused.

    Parameters
    ----------
    text : pandas.Series of str
        Cells as they stand in the file, NA where empty.
    fractional : bool
        Whether fractions are allowed, as in estimates and populations.
    noun : str
        Plural noun for messages.
    where : callable, optional
        Words for the row at a position (0 to n - 1), for messages; the index's label where not
        given.

    Returns
    -------
    ParsedCounts
        Values, status and notes.

    Raises
    ------
    InputError
        Text that is neither a number nor a mark, a negative number, a fraction where none is
        allowed, a number beyond 10^15.

    Examples
    --------
    >>> parsed = parse_counts(pd.Series(["12", "1,234", "0", "<5", None, "[z]"]))
    >>> parsed.values.tolist()
    [12, 1234, 0, <NA>, <NA>, <NA>]
    >>> parsed.status.tolist()
    ['value', 'value', 'zero', 'suppressed', 'missing', 'not_applicable']
    >>> parsed.notes[0]
    '1 of 6 counts had thousands separators; first: 1,234'
    """
    codes, distinct = pd.factorize(text.fillna(""))
    words = [str(word) for word in distinct]
    readings = [_reading_of(word, fractional=fractional) for word in words]
    _require_faultless(codes.tolist(), words, readings, text=text, noun=noun, where=where)
    cast = float if fractional else int
    values = [None if r.value is None else cast(r.value) for r in readings]
    numbers = pd.Series(values, dtype="Float64" if fractional else "Int64")
    status = pd.Series([r.status for r in readings], dtype="str")
    return ParsedCounts(
        values=numbers.take(codes).set_axis(text.index),
        status=status.take(codes).set_axis(text.index),
        notes=tuple(_notes(codes.tolist(), words, readings, noun)),
    )


def _reading_of(text: str, *, fractional: bool) -> _Reading:
    word = text.strip()
    if status := status_of_mark(word):
        return _Reading(status=status)
    thousands = _THOUSANDS.fullmatch(word) is not None
    if not thousands and not _NUMBER.fullmatch(word):
        return _Reading(fault=_fault_of(word))
    value = Decimal(word.replace(",", ""))
    # The order of magnitude first: int() of 1e9999 would write out all its digits.
    if value and value.adjusted() >= len(str(_LARGEST)) - 1:
        return _Reading(fault="large")
    if not fractional and value != value.to_integral_value():
        return _Reading(fault="fractional")
    return _Reading(status="value" if value else "zero", value=value, thousands=thousands)


def _fault_of(word: str) -> str:
    if _NEGATIVE.fullmatch(word):
        return "negative"
    if _COMMA.fullmatch(word):
        return "comma"
    return "date" if _DATE.fullmatch(word) else "text"


def _require_faultless(
    codes: list[int],
    words: list[str],
    readings: list[_Reading],
    *,
    text: pd.Series,
    noun: str,
    where: Callable[[int], str] | None,
) -> None:
    found = {reading.fault for reading in readings}
    for fault, (what, action) in _FAULTS.items():
        if fault not in found:
            continue
        bad = [place for place, code in enumerate(codes) if readings[code].fault == fault]
        first = where(bad[0]) if where else f"row {text.index[bad[0]]}"
        raise InputError(
            problem(
                what,
                bad=len(bad),
                total=len(codes),
                noun=noun,
                first=f"{first} ({words[codes[bad[0]]]!r})",
                action=action,
            )
        )


def _notes(codes: list[int], words: list[str], readings: list[_Reading], noun: str) -> list[str]:
    times = [0] * len(words)
    for code in codes:
        times[code] += 1

    def tell(what: str, chosen: list[int]) -> list[str]:
        k = sum(times[place] for place in chosen)
        marks = list(dict.fromkeys(" ".join(words[place].split()) or "empty" for place in chosen))
        shown = ", ".join(marks[:4]) + (", ..." if len(marks) > 4 else "")
        return [f"{k:,} of {len(codes):,} {noun} {what}{shown}"] if k else []

    notes = []
    numbers = [place for place, reading in enumerate(readings) if reading.thousands]
    if numbers:
        k = sum(times[place] for place in numbers)
        first = words[numbers[0]].strip()
        notes.append(f"{k:,} of {len(codes):,} {noun} had thousands separators; first: {first}")
    for status, said in (
        ("suppressed", "are marked as suppressed: "),
        ("missing", "are missing, not zero: "),
        ("not_applicable", "are marked as not applicable: "),
    ):
        chosen = [place for place, reading in enumerate(readings) if reading.status == status]
        notes += tell(said, chosen)
    return notes
