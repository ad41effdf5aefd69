"""Which periods of a series go together: those that are as long and do not overlap.

Twelve months and one are never compared, nor are years that overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from vawg_geo.errors import ConfigurationError
from vawg_geo.measures.time.periods import MEAN_YEAR, Timeline
from vawg_geo.terms.periods import (
    PERIOD_EXAMPLES,
    month_word,
    months_of,
    read_period,
    read_periods,
    span_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from vawg_geo.settings import BreakSettings
    from vawg_geo.terms.periods import Span

    SeriesKey: TypeAlias = tuple[str, str, str]

__all__ = ["MOST_EARLIER", "Track", "break_days", "tracks_of"]

# So many earlier periods the latest is held against.
MOST_EARLIER: Final = 12
_YEAR: Final = 365
# Days by which the same season of another year may begin earlier or later: leap days, weeks.
_SAME_SEASON: Final = 3.5


@dataclass(frozen=True, kw_only=True)
class Track(Timeline):
    """Periods of one series that are as long and do not overlap, in time."""

    def pairs(self) -> list[tuple[int, int]]:
        """Pairs of places that are compared, the later ones in order, then the earlier ones.

        Each period with the one before it, a month with the same month of an earlier year; the
        latest with up to twelve earlier ones.
        """
        last = len(self.words) - 1
        found = {pair for pair in map(self._before, range(last + 1)) if pair}
        every = [(first, last) for first in range(last) if self._alike(first, last)]
        found |= {pair for pair in every[-MOST_EARLIER:] if not self.is_broken(*pair)}
        return sorted(found, key=lambda pair: (pair[1], pair[0]))

    @property
    def new_series(self) -> tuple[int, ...]:
        """Places at which a new series begins."""
        return tuple(n for n in range(1, len(self.words)) if self.is_broken(n - 1, n))

    def plain(self) -> dict[str, str]:
        """By the table's words, words that read alike whatever stands beside them.

        `2011-12` alone is a month, and beside `2012-13` a year.
        """
        return {word: span_name(span) for word, span in zip(self.words, self.spans, strict=True)}

    def filled(self) -> tuple[str, ...]:
        """Words of all periods, with those that lack between two."""
        words: list[str] = []
        for place, word in enumerate(self.words):
            if place and not self.follows(place):
                words += self._lacking(self.spans[place - 1], self.spans[place])
            words.append(word)
        return tuple(words)

    def place_in(self, words: Sequence[str]) -> list[int]:
        """Places of its periods among words that were filled."""
        at = {word: n for n, word in enumerate(words)}
        return [at[word] for word in self.words]

    def _before(self, place: int) -> tuple[int, int] | None:
        """The latest earlier period that a place is compared with, and the place."""
        earlier = [n for n in range(place) if self._alike(n, place)]
        return (earlier[-1], place) if earlier else None

    def _alike(self, first: int, last: int) -> bool:
        """Whether two periods are of the same season; years are of all seasons."""
        if self.are_years:
            return True
        days = self.spans[last][0] - self.spans[first][0]
        years = round(days / MEAN_YEAR)
        return years > 0 and abs(days - years * MEAN_YEAR) <= _SAME_SEASON

    def _lacking(self, before: Span, after: Span) -> Iterator[str]:
        """Words of the periods between two, where whole ones fit."""
        months = months_of(before)
        if not months or date.fromordinal(before[0]).day != 1:
            return
        start = before[1]
        while (end := _plus(start, months)) <= after[0]:
            yield _word((start, end), self.words)
            start = end


def tracks_of(
    rates: pd.DataFrame, breaks: Mapping[str, Sequence[int]]
) -> dict[SeriesKey, tuple[Track, ...]]:
    """Tracks of two periods or more, by level, indicator and sex.

    Parameters
    ----------
    rates : pandas.DataFrame
        A long table with `level`, `indicator`, `sex` and `period`.
    breaks : mapping of str to sequence of int
        By indicator: first days of new series, as `break_days` gives them.

    Returns
    -------
    dict of (level, indicator, sex) to tuple of Track
        Series of one period are left out, and periods that are not understood.

    Examples
    --------
    >>> import pandas as pd
    >>> rates = pd.DataFrame({"level": "ward", "indicator": "i", "sex": "persons",
    ...     "period": ["2014/15", "2015", "2015/16", "2013/14 to 2015/16", "2012/13"]})
    >>> [track.words for track in tracks_of(rates, {})["ward", "i", "persons"]]
    [('2012/13', '2014/15', '2015/16')]
    """
    words = list(dict.fromkeys(rates["period"]))
    spans = dict(zip(words, read_periods(words), strict=True))
    found = {}
    for key, periods in rates.groupby(["level", "indicator", "sex"], sort=False)["period"]:
        level, indicator, sex = map(str, cast("tuple[str, ...]", key))
        known = {word: span for word in periods.unique() if (span := spans[word]) is not None}
        days = breaks.get(indicator, ())
        tracks = tuple(_track(part, days) for part in _apart(known) if len(part) > 1)
        if tracks:
            found[level, indicator, sex] = tracks
    return found


def break_days(rates: pd.DataFrame, breaks: Sequence[BreakSettings]) -> dict[str, tuple[int, ...]]:
    """First days of new series, by indicator: of those that have two periods or more.

    Parameters
    ----------
    rates : pandas.DataFrame
    breaks : sequence of BreakSettings

    Raises
    ------
    ConfigurationError
        The period of a break is not understood.
    """
    words = list(dict.fromkeys(rates["period"]))
    days = {}
    for name, periods in rates.groupby("indicator", sort=False)["period"]:
        mine = [one for one in breaks if one.indicator in ("", name)]
        if mine and len(periods.unique()) > 1:
            days[str(name)] = tuple(sorted({_first_day(one, words) for one in mine}))
    return days


def _first_day(one: BreakSettings, words: Sequence[str]) -> int:
    if one.date is not None:
        return one.date.toordinal()
    word = one.period.strip()
    # In the light of the other periods, or else by itself.
    span = read_periods([*words, word])[-1] or read_period(word)
    if span is None:
        msg = (
            f"[[breaks]] the period {word!r} is not understood, so that nobody can say which "
            f"periods it lies between. Write {PERIOD_EXAMPLES}, or a date."
        )
        raise ConfigurationError(msg)
    return span[0]


def _apart(known: Mapping[str, Span]) -> Iterator[list[tuple[Span, str]]]:
    """Periods by their length, and of one length so that none overlaps; the latest taken first."""
    # Of words for the same time the first stands for all.
    first: dict[Span, str] = {}
    for word, span in known.items():
        first.setdefault(span, word)
    kinds = sorted(((*_kind(span), span), word) for span, word in first.items())
    for _, group in groupby(kinds, key=lambda pair: pair[0][:3]):
        lines: list[list[tuple[Span, str]]] = []
        for (*_, span), word in reversed(list(group)):
            fits = (line for line in lines if span[1] <= line[-1][0][0])
            line = next(fits, None)
            if line is None:
                lines.append(line := [])
            line.append((span, word))
        for line in lines:
            yield line[::-1]


def _kind(span: Span) -> tuple[str, int, int]:
    """Length of a period, and for whole months where in the year it begins."""
    months = months_of(span)
    if not months:
        return "days", span[1] - span[0], 0
    return "months", months, date.fromordinal(span[0]).month % min(months, 12)


def _plus(day: int, months: int) -> int:
    """First of a month, so many months later."""
    first = date.fromordinal(day)
    month = first.year * 12 + first.month - 1 + months
    return date(month // 12, month % 12 + 1, 1).toordinal()


def _track(part: Sequence[tuple[Span, str]], days: Sequence[int]) -> Track:
    """A track with its breaks: a period in whose midst a new series begins is of neither."""
    within = [span[0] for span, _ in part for day in days if span[0] < day < span[1]]
    return Track(
        words=tuple(word for _, word in part),
        spans=tuple(span for span, _ in part),
        breaks=tuple(sorted({*days, *within})),
    )


def _word(span: Span, beside: Sequence[str]) -> str:
    """Word of a period that has none, as those beside it are written."""
    if month := month_word(span):
        return month
    start = date.fromordinal(span[0])
    forms = [
        f"{start.year}/{(start.year + 1) % 100:02}",
        f"{start.year}",
        f"{start.year} Q{(start.month + 2) // 3}",
    ]
    found = read_periods([*beside, *forms])[len(beside) :]
    return next((w for w, read in zip(forms, found, strict=True) if read == span), span_name(span))
