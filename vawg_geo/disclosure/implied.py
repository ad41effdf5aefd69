"""Figures that nobody gives and that follow from others: by what is left of a sum.

The third sex, the one area or part of a whole that was left out, a piece of time that is left of
periods; and any of these over a time that others give by several periods. Where such a figure is
small, it is protected like one that is given.
What a whole has beside parts that do not make it up is no figure of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from vawg_geo.areas.joining.hierarchy import ancestors
from vawg_geo.disclosure.spans import Between, Track, joint_spans, overlap
from vawg_geo.terms.codes import level_of_code
from vawg_geo.terms.columns import COUNT_KEY
from vawg_geo.terms.periods import span_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vawg_geo.disclosure.atoms import Nests
    from vawg_geo.terms.periods import Span

__all__ = ["PROTECTED_BASES", "implied_cells"]

# Published counts are public already; everything else is protected.
PROTECTED_BASES: Final = ("own", "illustrative", "estimated")

Key = tuple[str, str, str, str]
_Series = tuple[str, str, str]


class _Figure(NamedTuple):
    """A figure that is given: its count is NaN where it is hidden or missing."""

    events: float
    own: bool
    level: str


Given = dict[Key, "_Figure | None"]


def implied_cells(
    counts: pd.DataFrame,
    parents: Mapping[str, str],
    nests: Nests,
    spans: Mapping[str, Span | None],
) -> pd.DataFrame:
    """Cells for figures that follow and that no table gives.

    Parameters
    ----------
    counts : pandas.DataFrame
        Counts of an edition and of others.
    parents : mapping of str to str
        Code of the area that holds an area.
    nests : Nests
    spans : mapping of str to (int, int)
        Days of each period; None for a word that stands alone.

    Returns
    -------
    pandas.DataFrame
        The columns of `counts`; `count` is missing where other figures do not give it exactly.

    Examples
    --------
    >>> from vawg_geo.disclosure.atoms import Nests
    >>> counts = pd.DataFrame({
    ...     "area_code": "w", "level": "ward", "indicator": "crimes", "period": "2015/16",
    ...     "sex": ["persons", "female"], "count": [9.0, 7.0], "status": "value", "basis": "own"})
    >>> implied_cells(counts, {}, Nests({}, ["crimes"]), {"2015/16": None})[["sex", "count"]]
        sex  count
    0  male    2.0
    """
    given: Given = {}
    words: dict[Span, str] = {}
    # Of words for the same time the first one stands for all.
    same = {word: words.setdefault(span, word) if span else word for word, span in spans.items()}
    names = [*COUNT_KEY, "count", "basis", "level", "status"]
    values = (counts[name].to_list() for name in names)
    for area, indicator, sex, period, count, basis, level, status in zip(*values, strict=True):
        number = np.nan if pd.isna(count) else float(count)
        figure = _Figure(number, basis in PROTECTED_BASES, level)
        # What does not apply is known to be none.
        applies = None if status == "not_applicable" else figure
        given.setdefault((area, indicator, sex, same[period]), applies)
    before = len(given)
    # Only periods that overlap say more of time than each for itself.
    over_time = _OverTime(spans, words) if overlap(words) else None
    # A part that follows may give a third sex, and a third sex an area that was left out.
    for _ in range(2):
        if over_time:
            _add(given, over_time.pieces(given))
        _add(given, _parts(given, nests))
        _add(given, _sexes(given))
        _add(given, _areas(given, parents))
        if over_time:
            _add(given, over_time.others(given, nests, parents))
    if over_time:
        _add(given, over_time.pieces(given))
        # Last, for nothing follows from what is only bounded.
        _add(given, over_time.cut(given))
    new = list(given.items())[before:]
    rows = {name: [key[i] for key, _ in new] for i, name in enumerate(COUNT_KEY)}
    figures = [figure for _, figure in new if figure]
    table = pd.DataFrame(
        {
            **rows,
            "count": pd.array([f.events for f in figures], "Float64"),
            "level": [f.level for f in figures],
            "basis": "own",
            "status": "value",
        }
    )
    return table.reindex(columns=counts.columns)


def _add(given: Given, follows: Iterable[tuple[Key, _Figure]]) -> None:
    """Add what follows from figures of our own; what follows from published ones is public."""
    for key, figure in list(follows):
        if figure.own:
            given.setdefault(key, figure)


def _rest(whole: _Figure, others: Sequence[_Figure | None]) -> _Figure:
    """What is left of a whole."""
    given_parts = [figure for figure in others if figure]
    count = whole.events - sum(figure.events for figure in given_parts)
    level = given_parts[0].level if given_parts else whole.level
    # Parts that are more than their whole give nothing.
    count = count if count >= 0 else np.nan
    return _Figure(count, whole.own or any(figure.own for figure in given_parts), level)


def _sexes(given: Given) -> Iterator[tuple[Key, _Figure]]:
    """Female or male counts where persons and the other sex are given."""
    for (area, indicator, sex, period), figure in given.items():
        whole = given.get((area, indicator, "persons", period))
        if sex == "persons" or figure is None or whole is None:
            continue
        key = (area, indicator, "male" if sex == "female" else "female", period)
        if key not in given:
            yield key, _rest(whole, [figure])


def _parts(given: Given, nests: Nests) -> Iterator[tuple[Key, _Figure]]:
    """Parts of wholes that their parts make up."""
    for (area, indicator, sex, period), whole in given.items():
        if whole is None or not nests.complete.get(indicator):
            continue
        keys = [(area, part, sex, period) for part in nests.parts[indicator]]
        given_parts = [given[key] for key in keys if key in given]
        lacking = [key for key in keys if key not in given]
        if any(given_parts) and len(lacking) == 1:
            yield lacking[0], _rest(whole, given_parts)


def _areas(given: Given, parents: Mapping[str, str]) -> Iterator[tuple[Key, _Figure]]:
    """The one area beside those that are given, in a larger one that is given too."""
    levels = {key[0]: figure.level for key, figure in given.items() if figure}
    groups = _shared_out(levels, parents)
    series: dict[tuple[str, str, str], dict[str, _Figure | None]] = {}
    for (area, indicator, sex, period), figure in given.items():
        series.setdefault((indicator, sex, period), {})[area] = figure
    for (indicator, sex, period), areas in series.items():
        for holder, whole in areas.items():
            for beside in groups.get(holder, ()) if whole else ():
                lacking = [area for area in beside if area not in areas]
                others = [areas[area] for area in beside if area in areas]
                if whole and len(lacking) == 1 and any(others):
                    rest = _rest(whole, others)
                    level = levels.get(lacking[0]) or level_of_code(lacking[0]) or rest.level
                    yield (lacking[0], indicator, sex, period), rest._replace(level=level)


def _shared_out(
    levels: Mapping[str, str], parents: Mapping[str, str]
) -> dict[str, list[list[str]]]:
    """By area: areas that share it out, for each level, and those directly below it together."""
    groups: dict[str, dict[str, list[str]]] = {}
    for area in dict.fromkeys([*levels, *parents]):
        level = levels.get(area) or level_of_code(area) or ""
        above = ancestors(area, parents)
        for holder in above:
            groups.setdefault(holder, {}).setdefault(level, []).append(area)
        # A police area is its counties and the districts that lie in no county.
        if above and level in ("county", "district"):
            groups[above[0]].setdefault("county or district", []).append(area)
    return {holder: list(by_level.values()) for holder, by_level in groups.items()}


class _OverTime:
    """What follows where periods overlap: pieces of time, and what is left over several periods.

    Parameters
    ----------
    spans : mapping of str to Span
        Days of each word for a period; None for a word that stands alone.
    words : dict of Span to str
        Word of each time; new ones are added.
    """

    def __init__(self, spans: Mapping[str, Span | None], words: dict[Span, str]) -> None:
        self._spans = dict(spans)
        self._words = words

    def pieces(self, given: Given) -> Iterator[tuple[Key, _Figure]]:
        """Figures between the ends of periods that hang together."""
        for series, (track, level) in self._tracks(given).items():
            for span in track.pieces():
                yield (*series, self._word(span)), _Figure(*track.between(span), level)

    def cut(self, given: Given) -> Iterator[tuple[Key, _Figure]]:
        """Pieces of time that overlapping periods bound, and do not give."""
        for series, (track, level) in self._tracks(given).items():
            own = any(one.own for one in track.given.values())
            for span in track.cut():
                yield (*series, self._word(span)), _Figure(np.nan, own, level)

    def others(
        self, given: Given, nests: Nests, parents: Mapping[str, str]
    ) -> Iterator[tuple[Key, _Figure]]:
        """Third sex, part and area that follow over a time which others give by several periods."""
        tracks = self._tracks(given)
        empty = self._nothing(given)
        by_place: dict[tuple[str, str], set[str]] = {}
        for area, indicator, sex in tracks:
            by_place.setdefault((area, indicator), set()).add(sex)
        for (area, indicator), sexes in by_place.items():
            for sex, other in (("female", "male"), ("male", "female")):
                if {"persons", sex} <= sexes:
                    whole, part = ((area, indicator, one) for one in ("persons", sex))
                    yield from self._left(tracks, whole, [part], (area, indicator, other))
        for area, indicator, sex in list(tracks):
            if nests.complete.get(indicator):
                parts = [(area, part, sex) for part in nests.parts[indicator]]
                yield from self._rests(tracks, (area, indicator, sex), parts, empty)
        levels = {key[0]: figure.level for key, figure in given.items() if figure}
        groups = _shared_out(levels, parents)
        for area, indicator, sex in list(tracks):
            for beside in groups.get(area, ()):
                parts = [(part, indicator, sex) for part in beside]
                yield from self._rests(tracks, (area, indicator, sex), parts, empty)

    def _rests(
        self,
        tracks: Mapping[_Series, tuple[Track, str]],
        whole: _Series,
        parts: Sequence[_Series],
        empty: set[_Series],
    ) -> Iterator[tuple[Key, _Figure]]:
        """What each part is where all others are given over the same time."""
        parts = [part for part in parts if part in tracks or part not in empty]
        lacking = [part for part in parts if part not in tracks]
        if len(lacking) > 1 or len(parts) - len(lacking) < 1:
            return
        for one in lacking or parts:
            others = [part for part in parts if part != one]
            if others:
                yield from self._left(tracks, whole, others, one)

    def _left(
        self,
        tracks: Mapping[_Series, tuple[Track, str]],
        whole: _Series,
        others: Sequence[_Series],
        left: _Series,
    ) -> Iterator[tuple[Key, _Figure]]:
        known = tracks[left][0] if left in tracks else None
        if known and any(
            known.given.keys() >= tracks[one][0].given.keys() for one in (whole, *others)
        ):
            # It has every period of one of them, and so gives all that they give together.
            return
        involved = [tracks[whole][0], *(tracks[one][0] for one in others)]
        level = tracks[left][1] if left in tracks else ""
        level = level or level_of_code(left[0]) or tracks[others[0]][1]
        for span in joint_spans(involved):
            if known and known.gives(span):
                continue
            total, *counts = (track.between(span) for track in involved)
            events = total.events - sum(one.events for one in counts)
            own = total.own or any(one.own for one in counts)
            count = events if events >= 0 else np.nan
            yield (*left, self._word(span)), _Figure(count, own, level)

    def _tracks(self, given: Given) -> dict[_Series, tuple[Track, str]]:
        """Figures of each area, indicator and sex over time, and the level of the area."""
        found: dict[_Series, dict[Span, Between]] = {}
        levels: dict[_Series, str] = {}
        for (area, indicator, sex, period), figure in given.items():
            if figure and (span := self._spans[period]):
                series = area, indicator, sex
                found.setdefault(series, {})[span] = Between(figure.events, figure.own)
                levels[series] = figure.level
        return {series: (Track(figures), levels[series]) for series, figures in found.items()}

    def _nothing(self, given: Given) -> set[_Series]:
        """Series of which every figure does not apply: they add nothing."""
        return {key[:3] for key, figure in given.items() if figure is None} - {
            key[:3] for key, figure in given.items() if figure
        }

    def _word(self, span: Span) -> str:
        word = self._words.setdefault(span, span_name(span))
        self._spans[word] = span
        return word
