"""Periods as they are written, and the time that they cover."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Final

__all__ = ["span_of"]

_YEAR: Final = r"(?:19|20)\d\d"
_DAY: Final = re.compile(rf"({_YEAR})-(\d\d)-(\d\d)")
_MONTH: Final = re.compile(rf"({_YEAR})-(0[1-9]|1[0-2])")
_QUARTER: Final = re.compile(rf"({_YEAR})(?:[/-](\d\d))? ?-?Q([1-4])")
_FINANCIAL: Final = re.compile(rf"({_YEAR})[/-](\d\d)")
_CALENDAR: Final = re.compile(_YEAR)
_RANGE: Final = re.compile(r"\s+to\s+|\s+[-–]\s+|–")
_APRIL: Final = 4


@cache
def span_of(period: str) -> tuple[int, int] | None:
    """First day of a period, and the day after its last, as day numbers.

    Parameters
    ----------
    period : str
        A financial year (`2015/16`), a calendar year, a quarter (`2015 Q2`; of a financial year,
        `2015/16 Q1`, from April), a month (`2015-04`), a day, or two of them with `to` between.
        A second number from 01 to 12 after a hyphen is a month (`2011-12` is December 2011).

    Returns
    -------
    (int, int) or None
        Proleptic ordinals; None for other words.

    Examples
    --------
    >>> span_of("2015/16") == span_of("2015-04 to 2016-03") == span_of("2015-04-01 to 2016-03-31")
    True
    >>> span_of("last winter") is None
    True
    """
    ends = _RANGE.split(period.strip())
    if len(ends) == 2:
        first, last = span_of(ends[0]), span_of(ends[1])
        return (first[0], last[1]) if first and last and first[0] < last[1] else None
    return _one(period.strip())


def _one(period: str) -> tuple[int, int] | None:
    if found := _DAY.fullmatch(period):
        return _days(*map(int, found.groups()))
    if found := _QUARTER.fullmatch(period):
        year, quarter = int(found[1]), int(found[3])
        if found[2] is None:
            return _months(year, 3 * quarter - 2, 3)
        return _months(year, _APRIL + 3 * (quarter - 1), 3) if _follows(year, found[2]) else None
    if found := _MONTH.fullmatch(period):
        return _months(int(found[1]), int(found[2]), 1)
    if (found := _FINANCIAL.fullmatch(period)) and _follows(int(found[1]), found[2]):
        return _months(int(found[1]), _APRIL, 12)
    return _months(int(period), 1, 12) if _CALENDAR.fullmatch(period) else None


def _follows(year: int, end: str) -> bool:
    """Whether two digits are those of the next year."""
    return int(end) == (year + 1) % 100


def _days(year: int, month: int, day: int) -> tuple[int, int] | None:
    try:
        first = date(year, month, day).toordinal()
    except ValueError:
        return None
    return first, first + 1


def _months(year: int, month: int, count: int) -> tuple[int, int]:
    """From the first of a month, over a number of months."""

    def first_of(number: int) -> int:
        return date(year + number // 12, number % 12 + 1, 1).toordinal()

    return first_of(month - 1), first_of(month - 1 + count)
