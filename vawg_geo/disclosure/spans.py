"""What figures of several periods give of the time between any two of their ends.

A figure of a period is the difference of two running totals, one at each of its ends. So figures of
one area, indicator and sex give the count between any two days that a chain of periods joins, be it
by sums or by differences: of 2019 to 2020, 2021 to 2022 and 2020 to 2022 follows 2019.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vawg_geo.terms.periods import Span

__all__ = ["Between", "Track", "joint_spans", "overlap"]


class Between(NamedTuple):
    """A count of some time: NaN where it is hidden or missing; and whether it is our own."""

    events: float
    own: bool


# Chains of published figures, of figures that are known, and of all.
_PUBLIC: Final = 0
_KNOWN: Final = 1
_ALL: Final = 2


class Track:
    """Figures of one area, indicator and sex over time.

    Parameters
    ----------
    given : mapping of Span to Between

    Examples
    --------
    >>> track = Track({(0, 2): Between(13.0, True), (2, 4): Between(24.0, True),
    ...     (1, 4): Between(36.0, True)})
    >>> track.between((0, 1)), track.between((1, 2)), track.gives((0, 3))
    (Between(events=1.0, own=True), Between(events=12.0, own=True), False)
    """

    def __init__(self, given: Mapping[Span, Between]) -> None:
        self.given = dict(given)
        public = {span: one for span, one in given.items() if not one.own}
        known = {span: one for span, one in given.items() if not np.isnan(one.events)}
        both = {span: one for span, one in public.items() if span in known}
        self._totals = [_running_totals(some) for some in (both, known, self.given)]

    @property
    def days(self) -> set[int]:
        """Ends of all periods."""
        return set(self._totals[_ALL])

    def chain(self, day: int) -> int:
        """First day of all that chains of periods join to a day."""
        return self._totals[_ALL][day][0]

    def gives(self, span: Span) -> bool:
        """Whether a chain joins the ends of a span."""
        return self._joined(span, _ALL)

    def between(self, span: Span) -> Between:
        """Count of a span that the track gives."""
        events = np.nan
        if self._joined(span, _KNOWN):
            first, last = (self._totals[_KNOWN][day][1] for day in span)
            events = last - first
        return Between(events if events >= 0 else np.nan, not self._joined(span, _PUBLIC))

    def pieces(self) -> list[Span]:
        """Shortest spans that the track gives: all others that it gives are sums of them."""
        return [] if len(self.given) < 2 else joint_spans([self], with_given=False)

    def cut(self) -> list[Span]:
        """Pieces into which periods that overlap in part cut the time, and that no chain gives."""
        found: list[Span] = []
        for group in _groups(self.given):
            cuts = pairwise(sorted({end for span in group for end in span}))
            found += [piece for piece in cuts if not self.gives(piece)]
        return found

    def _joined(self, span: Span, chains: int) -> bool:
        totals = self._totals[chains]
        return span[0] in totals and span[1] in totals and totals[span[0]][0] == totals[span[1]][0]


def joint_spans(tracks: Sequence[Track], *, with_given: bool = True) -> list[Span]:
    """Shortest spans that each of several tracks gives, and periods of any that all give.

    Examples
    --------
    Persons by year, women of both years.

    >>> year = Between(20.0, True)
    >>> joint_spans([Track({(0, 1): year, (1, 2): year}), Track({(0, 2): year})])
    [(0, 2)]
    """
    days = set.intersection(*(track.days for track in tracks))
    groups: dict[tuple[int, ...], list[int]] = {}
    for day in sorted(days):
        groups.setdefault(tuple(track.chain(day) for track in tracks), []).append(day)
    spans = {pair for group in groups.values() for pair in pairwise(group)}
    if with_given:
        periods = {span for track in tracks for span in track.given}
        spans |= {span for span in periods if all(track.gives(span) for track in tracks)}
    return sorted(spans)


def overlap(spans: Iterable[Span]) -> bool:
    """Whether any two different spans share a day.

    Examples
    --------
    >>> overlap([(0, 2), (2, 4)]), overlap([(0, 2), (1, 4)])
    (False, True)
    """
    return any(second[0] < first[1] for first, second in pairwise(sorted(set(spans))))


def _running_totals(given: Mapping[Span, Between]) -> dict[int, tuple[int, float]]:
    """By day: the first day of its chain, and the events since then."""
    beside: dict[int, list[tuple[int, float]]] = {}
    for (start, end), one in given.items():
        beside.setdefault(start, []).append((end, one.events))
        beside.setdefault(end, []).append((start, -one.events))
    totals: dict[int, tuple[int, float]] = {}
    for first in sorted(beside):
        if first in totals:
            continue
        totals[first] = (first, 0.0)
        waiting = [first]
        while waiting:
            day = waiting.pop()
            for other, events in beside[day]:
                if other not in totals:
                    totals[other] = (first, totals[day][1] + events)
                    waiting.append(other)
    return totals


def _groups(spans: Iterable[Span]) -> list[list[Span]]:
    """Spans that hang together by overlaps, two or more."""
    groups: list[list[Span]] = []
    end = 0
    for span in sorted(spans):
        if groups and span[0] < end:
            groups[-1].append(span)
        else:
            groups.append([span])
        end = max(end, span[1]) if len(groups[-1]) > 1 else span[1]
    return [group for group in groups if len(group) > 1]
