"""Dates of events as people write them: the day stands before the month."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import InputError, problem
from vawg_geo.terms.periods import read_day, read_period

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vawg_geo.terms.periods import Span

__all__ = ["BY", "period_of", "read_date", "read_dates"]

BY: Final = ("month", "quarter", "year", "financial-year")
_CLOCK: Final = re.compile(
    r"[ tT]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s?([ap]\.?m\.?)?\s?(z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
_WEEKDAY: Final = re.compile(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*[ ,]+", re.IGNORECASE)
_NUMBERS: Final = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")
_NAMED: Final = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[ /-]*([A-Za-z]{3,9})\.?,?[ /-]*(\d{4}|\d{2})"
)
# Day 1 of spreadsheet programs, and the days that are 1970 to 2099 for them.
_DAY_0: Final = date(1899, 12, 30)
_SERIALS: Final = range(25_569, 73_051)


@lru_cache(maxsize=65_536)
def read_date(word: str) -> Span | str:
    """Time that a cell of dates means, or why it cannot be said.

    Parameters
    ----------
    word : str
        `2019-04-01`, `01/04/2019` (day first), `1.4.19`, `1 April 2019`, with a time of day or
        without; a day number of a spreadsheet program (`43556`); or a month or year, as
        `read_period` reads them.

    Returns
    -------
    tuple of int, or str
        First day and the day after the last, as day numbers.

    Examples
    --------
    >>> read_date("01/04/2019 14:35") == read_date("2019-04-01") == read_date("43556")
    True
    >>> read_date("04/25/2019")
    'there is no month 25: dates are read day first'
    >>> read_date("19-04-01")
    'it may be a day of 2001 or of 2019'
    """
    text = _CLOCK.sub("", _WEEKDAY.sub("", " ".join(word.split())))
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and int(float(text)) in _SERIALS:
        first = _DAY_0.toordinal() + int(float(text))
        return first, first + 1
    if numbers := _NUMBERS.fullmatch(text):
        return _of_numbers(numbers)
    if named := _NAMED.fullmatch(text):
        month = read_period(f"{named[2]} {_full_year(named[3])}")
        if month is None or not 1 <= int(named[1]) <= month[1] - month[0]:
            return "there is no such day"
        return month[0] + int(named[1]) - 1, month[0] + int(named[1])
    day = read_day(text)
    if day is not None:
        return day, day + 1
    return read_period(text) or "it is no date that can be read"


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _of_numbers(found: re.Match[str]) -> Span | str:
    day, month, year = int(found[1]), int(found[3]), _full_year(found[4])
    if found[2] == "-" and len(found[4]) == 2:
        return f"it may be a day of {2000 + int(found[4])} or of {2000 + day}"
    if month > 12 and day <= 12:
        return f"there is no month {month}: dates are read day first"
    try:
        first = date(year, month, day).toordinal()
    except ValueError:
        return "there is no such day"
    return first, first + 1


def period_of(span: Span, by: str) -> str | None:
    """The month, quarter, year or financial year that holds a span; None where none does.

    Examples
    --------
    >>> day = read_date("2019-02-03")
    >>> [period_of(day, by) for by in BY]
    ['2019-02', '2019 Q1', '2019', '2018/19']
    >>> period_of(read_date("2019"), "month")
    """
    names = {_name(date.fromordinal(day), by) for day in (span[0], span[1] - 1)}
    return names.pop() if len(names) == 1 else None


def _name(day: date, by: str) -> str:
    match by:
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return f"{day.year} Q{(day.month + 2) // 3}"
        case "year":
            return str(day.year)
        case _:
            first = day.year - (day.month < 4)
            return f"{first}/{(first + 1) % 100:02}"


def read_dates(
    words: Sequence[str], *, by: str, label: str, rows: Sequence[int] | None = None
) -> tuple[list[str], list[str]]:
    """Periods of a column of dates.

    Parameters
    ----------
    words : sequence of str
        None of them empty.
    by : {"month", "quarter", "year", "financial-year"}
    label : str
        The file and column, for messages.
    rows : sequence of int, optional
        Number of each word's row, for messages.

    Returns
    -------
    periods : list of str
        One for each word.
    notes : list of str
        How what could be written otherwise was read, with the first case.

    Raises
    ------
    InputError
        A word is no date, could be two, or is a longer time than the periods.

    Examples
    --------
    >>> read_dates(["01/04/19", "5 May 2019"], by="financial-year", label="Date")[0]
    ['2019/20', '2019/20']
    """
    known: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for word in dict.fromkeys(words):
        span = read_date(word)
        found = span if isinstance(span, str) else period_of(span, by)
        if isinstance(span, str) or found is None:
            wrong[word] = span if isinstance(span, str) else f"it is longer than a {by}"
        else:
            known[word] = found
    if wrong:
        raise _refusal(words, wrong, label=label, rows=rows)
    return [known[word] for word in words], _notes(words, known)


def _refusal(
    words: Sequence[str], wrong: Mapping[str, str], *, label: str, rows: Sequence[int] | None
) -> InputError:
    bad = [place for place, word in enumerate(words) if word in wrong]
    first = words[bad[0]]
    where = f"row {rows[bad[0]]}, " if rows is not None else ""
    return InputError(
        problem(
            f"of {label} cannot be read",
            bad=len(bad),
            total=len(words),
            noun="dates",
            first=f"{where}{first!r} ({wrong[first]})",
            action="Write dates as 2019-04-01 or 01/04/2019, day first.",
        )
    )


def _notes(words: Sequence[str], known: Mapping[str, str]) -> list[str]:
    notes = []
    short = [word for word in known if (f := _NUMBERS.match(word)) and len(f[4]) == 2]
    serial = [word for word in known if re.fullmatch(r"\d{5}(\.\d+)?", word)]
    for found, what in ((short, "have a year of two figures"), (serial, "are day numbers")):
        if found:
            rows = sum(word in set(found) for word in words)
            notes.append(
                f"{rows:,} of {len(words):,} dates {what}; first: {found[0]!r} is read as "
                f"{date.fromordinal(read_date(found[0])[0])}"  # type: ignore[arg-type]
            )
    return notes
