"""Periods in their order: which follow each other, which are as long, and several put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from vawg_geo.errors import InputError, did_you_mean, first_few
from vawg_geo.terms.columns import require_columns
from vawg_geo.terms.periods import (
    PERIOD_EXAMPLES,
    length_of,
    month_word,
    read_periods,
    years_of,
)
from vawg_geo.terms.pooled import person_time, pooled_word, pools_of, sum_counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from vawg_geo.terms.periods import Span

__all__ = ["MEAN_YEAR", "Timeline", "person_years", "pool_periods"]

# Days by which periods of one kind differ: 28 and 31 of months, 365 and 366 of years.
_SAME_LENGTH: Final = 3
MEAN_YEAR: Final = 365.2425


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Periods of one series, in time.

    Attributes
    ----------
    words : tuple of str
        Each once, the earliest first.
    spans : tuple of Span
        The days of each.
    breaks : tuple of int
        Days on which a new series begins: figures before one are not those after it.
    """

    words: tuple[str, ...]
    spans: tuple[Span, ...]
    breaks: tuple[int, ...] = ()

    @classmethod
    def of(cls, periods: Iterable[str], *, breaks: Sequence[str] = ()) -> Timeline:
        """Put periods in order.

        Parameters
        ----------
        periods : iterable of str
            As in a table; they may repeat.
        breaks : sequence of str
            The first period of each new series.

        Returns
        -------
        Timeline

        Raises
        ------
        InputError
            A period is not understood, differs in length from the others, or overlaps one.

        Examples
        --------
        >>> Timeline.of(["2016/17", "2014/15", "2015/16"]).words
        ('2014/15', '2015/16', '2016/17')
        >>> Timeline.of(["2014/15", "2015"])
        Traceback (most recent call last):
        ...
        vawg_geo.errors.InputError: the periods '2014/15' and '2015' overlap, so that the same...
        """
        words = list(dict.fromkeys(periods))
        spans = dict(zip([*words, *breaks], read_periods([*words, *breaks]), strict=True))
        if unread := [word for word in (*words, *breaks) if spans[word] is None]:
            msg = (
                f"{len(unread):,} of {len(spans):,} periods are not understood; first: "
                f"{unread[0]!r}. Write {PERIOD_EXAMPLES}."
            )
            raise InputError(msg)
        pairs = sorted((span, word) for word in words if (span := spans[word]) is not None)
        _require_apart(pairs)
        starts = [span[0] for word in breaks if (span := spans[word]) is not None]
        return cls(
            words=tuple(word for _, word in pairs),
            spans=tuple(span for span, _ in pairs),
            breaks=tuple(sorted(starts)),
        )

    @property
    def are_months(self) -> bool:
        """Whether each is one month."""
        return bool(self.spans) and all(month_word(span) is not None for span in self.spans)

    @property
    def are_years(self) -> bool:
        """Whether each is a year or longer."""
        return bool(self.spans) and all(end - start >= 365 for start, end in self.spans)

    def place(self, word: str) -> int:
        """Place of a period among the others.

        Raises
        ------
        InputError
            It is none of them.
        """
        if word not in self.words:
            span = read_periods([*self.words, word])[-1]
            if span in self.spans:
                return self.spans.index(span)
            msg = (
                f"there are no figures of {word!r}.{did_you_mean(word, self.words)} They are of "
                f"{first_few(self.words)}."
            )
            raise InputError(msg)
        return self.words.index(word)

    def follows(self, place: int) -> bool:
        """Whether a period begins where the one before it in the table ends."""
        return place > 0 and self.spans[place - 1][1] == self.spans[place][0]

    def before(self, place: int) -> int:
        """Place of the period that another is held against where nobody says which.

        That of the year before where periods are shorter than a year, for they have seasons; else,
        and where there is none, the one before it; -1 of the first.

        Examples
        --------
        >>> line = Timeline.of(["2023 Q1", "2023 Q2", "2024 Q1", "2024 Q2"])
        >>> line.before(3), line.before(2), line.before(1)
        (1, 0, 0)
        """
        if not self.are_years:
            day = date.fromordinal(self.spans[place][0])
            for other in range(place):
                earlier = date.fromordinal(self.spans[other][0])
                if (earlier.year + 1, earlier.month, earlier.day) == (day.year, day.month, day.day):
                    return other
        return place - 1

    def differ_in_season(self, first: int, last: int) -> bool:
        """Whether two periods are shorter than a year and no whole years apart.

        Examples
        --------
        >>> line = Timeline.of(["2023-01", "2023-02", "2024-01"])
        >>> line.differ_in_season(0, 1), line.differ_in_season(0, 2)
        (True, False)
        """
        one, other = (date.fromordinal(self.spans[n][0]) for n in (first, last))
        return not self.are_years and (one.month, one.day) != (other.month, other.day)

    def as_far_apart(self, first: int, last: int) -> list[tuple[int, int]]:
        """Places of all periods as far apart as two, without a new series between them.

        Examples
        --------
        >>> Timeline.of(["2014", "2015", "2016", "2018"]).as_far_apart(0, 2)
        [(0, 2), (2, 3)]
        """
        apart = self.spans[last][0] - self.spans[first][0]
        return [
            (one, other)
            for one in range(len(self.words))
            for other in range(one + 1, len(self.words))
            if abs(self.spans[other][0] - self.spans[one][0] - apart) <= _SAME_LENGTH
            and not self.is_broken(one, other)
        ]

    def years_apart(self, first: int, last: int) -> int:
        """How many years lie between the starts of two periods; 0 where it is no whole number.

        Examples
        --------
        >>> line = Timeline.of(["2023-01", "2023-02", "2024-01"])
        >>> line.years_apart(0, 1), line.years_apart(0, 2)
        (0, 1)
        """
        days = self.spans[last][0] - self.spans[first][0]
        years = round(days / MEAN_YEAR)
        return years if abs(days - years * MEAN_YEAR) <= _SAME_LENGTH else 0

    def pairs_by_years(self) -> dict[int, tuple[tuple[int, int], ...]]:
        """Places of all pairs that are whole years apart, without a new series between them.

        Examples
        --------
        >>> Timeline.of(["2014", "2015", "2016"]).pairs_by_years()
        {1: ((0, 1), (1, 2)), 2: ((0, 2),)}
        """
        found: dict[int, list[tuple[int, int]]] = {}
        for one in range(len(self.words)):
            for other in range(one + 1, len(self.words)):
                years = self.years_apart(one, other)
                if years and not self.is_broken(one, other):
                    found.setdefault(years, []).append((one, other))
        return {years: tuple(found[years]) for years in sorted(found)}

    def is_broken(self, first: int, last: int) -> bool:
        """Whether a new series begins after one period and no later than another.

        Examples
        --------
        >>> line = Timeline.of(["2014/15", "2015/16", "2016/17"], breaks=["2016/17"])
        >>> line.is_broken(0, 1), line.is_broken(0, 2)
        (False, True)
        """
        start, end = self.spans[first][0], self.spans[last][0]
        return any(start < day <= end for day in self.breaks)

    @property
    def gaps(self) -> list[str]:
        """Words for what lies between periods that do not follow each other.

        Examples
        --------
        >>> Timeline.of(["2014/15", "2016/17"]).gaps
        ['between 2014/15 and 2016/17']
        """
        return [
            f"between {self.words[n - 1]} and {self.words[n]}"
            for n in range(1, len(self.words))
            if not self.follows(n)
        ]

    def pools(self, number: int) -> list[tuple[int, ...]]:
        """Places of so many periods that follow each other, never one in two; see `pools_of`."""
        place = {word: n for n, word in enumerate(self.words)}
        spans = dict(zip(self.words, self.spans, strict=True))
        return [
            tuple(place[word] for word in pool)
            for pool in pools_of(spans, number, breaks=self.breaks)
        ]


def pool_periods(
    counts: pd.DataFrame, population: pd.DataFrame, *, pool: int, breaks: Sequence[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Put several periods together, so that small areas have more events.

    Parameters
    ----------
    counts : pandas.DataFrame
        A long table of counts.
    population : pandas.DataFrame
        As for `crude_rate`; of periods, or one for all.
    pool : int
        How many periods make one, at least 2. They follow each other, are counted from the latest
        back, and none is in two: what is left over at the start, or before a gap, is left out.
    breaks : sequence of str
        The first period of each new series: no pool reaches across.

    Returns
    -------
    (DataFrame, DataFrame, list of str)
        Counts, populations of the same periods (person-periods: the sum over the periods, so that a
        rate stays one of a single period), and what was left out. A sum that lacks a part is
        `suppressed`, `missing` or `not_applicable` as the part is.

    Raises
    ------
    InputError
        Fewer than 2, too few periods, or periods that overlap or differ in length.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"area_code": "A", "indicator": "i", "sex": "persons",
    ...     "period": ["2013/14", "2014/15", "2015/16"], "count": [3, 5, 6]})
    >>> people = pd.DataFrame({"area_code": ["A"], "sex": "persons", "population": 1000.0})
    >>> pooled, person_years, notes = pool_periods(counts, people, pool=2)
    >>> pooled[["period", "count"]].values.tolist(), person_years["population"].tolist(), notes
    ([['2014/15 to 2015/16', 11]], [2000.0], ['left out of the pooled periods: 2013/14'])
    """
    if pool < 2:
        msg = f"pooling {pool} periods is none. Give 2 or more, or leave it out."
        raise InputError(msg)
    require_columns(counts, ("area_code", "indicator", "sex", "period", "count"), "counts")
    line = Timeline.of(counts["period"], breaks=breaks)
    spans = dict(zip(line.words, line.spans, strict=True))
    pools = pools_of(spans, pool, breaks=line.breaks)
    if not pools:
        msg = (
            f"no {pool} periods follow each other among {first_few(line.words)}: there is nothing "
            "to pool. Pool fewer."
        )
        raise InputError(msg)
    words = {word: pooled_word(parts, spans) for parts in pools for word in parts}
    left = [word for word in line.words if word not in words]
    notes = [f"left out of the pooled periods: {', '.join(left)}"] if left else []
    rows = counts[counts["period"].isin(words)]
    rows = rows.assign(period=rows["period"].map(words))
    weights = {pooled_word(parts, spans): [(part, 1.0) for part in parts] for parts in pools}
    people = person_time(population, weights)
    return sum_counts(rows, np.full(len(rows), pool)), people, notes


def person_years(
    population: pd.DataFrame, periods: Iterable[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Count residents in years of each period, so that rates of any period are yearly.

    Parameters
    ----------
    population : pandas.DataFrame
        As for `crude_rate`; of periods, or one for all.
    periods : iterable of str
        Of the counts.

    Returns
    -------
    (DataFrame, list of str)
        Populations of each period times its length in years: a month is a twelfth, days outside
        whole months are 1/365.25 each. And what is to be said of the rates.

    Raises
    ------
    InputError
        A period cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"area_code": ["A"], "sex": "persons", "population": [6000.0]})
    >>> found, notes = person_years(people, ["2019-01", "2019 Q1"])
    >>> found["population"].tolist(), notes
    ([500.0, 1500.0], ['rates of months, quarters are made yearly: residents are person-years'])
    """
    words = list(dict.fromkeys(periods))
    spans = dict(zip(words, read_periods(words), strict=True))
    if unread := [word for word, span in spans.items() if span is None]:
        msg = (
            f"{len(unread):,} of {len(words):,} periods are not understood, so that no rate of "
            f"them can be made yearly; first: {unread[0]!r}. Write {PERIOD_EXAMPLES}."
        )
        raise InputError(msg)
    known = {word: span for word, span in spans.items() if span is not None}
    weights = {word: [(word, years_of(span))] for word, span in known.items()}
    others = dict.fromkeys(length_of(span) for span in known.values() if years_of(span) != 1)
    named = ", ".join(word if word[0].isdigit() else f"{word}s" for word in others)
    said = f"rates of {named} are made yearly: residents are person-years"
    return person_time(population, weights), [said] if named else []


def _require_apart(pairs: list[tuple[Span, str]]) -> None:
    for (one, first), (other, second) in pairwise(pairs):
        if other[0] < one[1]:
            msg = (
                f"the periods {first!r} and {second!r} overlap, so that the same events are in "
                "both. Keep periods that do not overlap."
            )
            raise InputError(msg)
    days = sorted((span[1] - span[0], word) for span, word in pairs)
    if days and days[-1][0] - days[0][0] > _SAME_LENGTH:
        msg = (
            f"the periods differ in length: {days[0][1]!r} has {days[0][0]:,} days, "
            f"{days[-1][1]!r} has {days[-1][0]:,}. Keep those of one length, or put the shorter "
            "ones together first."
        )
        raise InputError(msg)
