"""What time the words for periods mean."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

__all__ = ["Span", "read_period", "span_name"]

# First day, and the day after the last, as day numbers.
Span = tuple[int, int]

_YEAR: Final = re.compile(r"(\d{4})")
_TWO_YEARS: Final = re.compile(r"(\d{4})\s?([/-])\s?(\d{2}|\d{4})")
_QUARTER: Final = re.compile(r"(.+?)[ -]?Q([1-4])", re.I)
_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_RANGE: Final = re.compile(r"(.+?)\s+(?:to|–|-)\s+(.+)", re.I)


def read_period(word: str) -> Span | None:
    """Time that a word for a period means, or None where it stands alone.

    Parameters
    ----------
    word : str
        `2015/16` (April to March), `2015-16`, `2015-04`, `2015`, `2015 Q2`, `2015/16 Q2`,
        `2015-04-01 to 2016-03-31`, `2013/14 to 2015/16`. A single day is no period: what is
        counted on a day is not a part of what is counted in a year. `2011-12` is a month.

    Returns
    -------
    tuple of int, or None

    Examples
    --------
    >>> year = read_period("2015/16")
    >>> year == read_period("2015-04-01 to 2016-03-31"), span_name(year)
    (True, '2015-04-01 to 2016-03-31')
    >>> read_period("2016-03-31"), read_period("since the change of law")
    (None, None)
    """
    text = " ".join(word.split())
    found = _RANGE.fullmatch(text)
    if not found:
        return _single(text)
    first = _day(found[1]) or _single(found[1])
    last = _day(found[2]) or _single(found[2])
    if first is None or last is None or last[1] <= first[0]:
        return None
    return first[0], last[1]


def _day(text: str) -> Span | None:
    found = _DAY.fullmatch(text)
    if not found:
        return None
    try:
        number = date(int(found[1]), int(found[2]), int(found[3])).toordinal()
    except ValueError:
        return None
    return number, number + 1


def _single(text: str) -> Span | None:
    if found := _QUARTER.fullmatch(text):
        return _quarter(found[1], int(found[2]))
    if found := _YEAR.fullmatch(text):
        return _months(int(found[1]), 1, 12)
    if found := _TWO_YEARS.fullmatch(text):
        first, mark, second = int(found[1]), found[2], found[3]
        if mark == "-" and len(second) == 2 and 1 <= int(second) <= 12:
            return _months(first, int(second), 1)
        if int(second) == (first + 1 if len(second) == 4 else (first + 1) % 100):
            return _months(first, 4, 12)
    return None


def _quarter(year: str, quarter: int) -> Span | None:
    if _YEAR.fullmatch(year):
        return _months(int(year), 3 * quarter - 2, 3)
    whole = _single(year) if _TWO_YEARS.fullmatch(year) else None
    if whole is None or whole[1] - whole[0] < 365:
        return None
    return _months(date.fromordinal(whole[0]).year, 3 * quarter + 1, 3)


def _months(year: int, first: int, number: int) -> Span | None:
    def start(month: int) -> int:
        return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1).toordinal()

    if not 1 <= year <= 9990:
        return None
    return start(first), start(first + number)


def span_name(span: Span) -> str:
    """A span in words, both days included."""
    return f"{date.fromordinal(span[0])} to {date.fromordinal(span[1] - 1)}"
