"""What a page has of several periods: changes, lines, and what a slider goes over.

A page of one period has nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.measures.rates.significance import holds
from vawg_geo.results.change_kinds import change_kinds
from vawg_geo.terms.on_page import CELLS_OF_CHANGE, RELATIVES_ON_PAGE, TIMES_ON_PAGE
from vawg_geo.terms.periods import read_periods
from vawg_geo.terms.rounding import rounded
from vawg_geo.words.change import CHANGE_PAGE, RULES, line_said, trend_words
from vawg_geo.words.page import LEVEL, fill, format_number
from vawg_geo.words.palette import CHANGE_FILLS, PATTERNS
from vawg_geo.words.time import RECORDING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from vawg_geo.results.over_time import Change, Line
    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series
    from vawg_geo.terms.periods import Span

    # Positions of texts in the page's notes, one for each area or one for all.
    Notes = Callable[[Sequence[str]], int | list[int | None] | None]

__all__ = ["FILLS", "Periods", "meta_over_time"]

# Lines of the key of a change, and what each is painted with.
FILLS: Final = CHANGE_FILLS | PATTERNS
KINDS: Final = tuple(FILLS)
_LOCKDOWN: Final = read_periods(["2020/21"])[0]


def meta_over_time() -> dict[str, Any]:
    """Lists of words that a page's numbers are positions in, and the columns of a change."""
    from vawg_geo.measures.time.change import CHANGES
    from vawg_geo.measures.time.trend import TRENDS

    return {
        "changes": list(KINDS),
        "verdicts": list(CHANGES),
        "trends": list(TRENDS),
        "cells": [
            [name, key, CHANGE_PAGE.get(title, ""), kind]
            for name, key, title, kind in CELLS_OF_CHANGE
        ],
    }


@dataclass(frozen=True, kw_only=True)
class Periods:
    """What the series of a page have of time.

    Attributes
    ----------
    results : EditionResults
    level : str
    every : sequence of Series
        In the order of the page.
    notes_of : callable
        Positions of texts.
    brief : bool
        Whether a series is compared with the first and the last of its earlier periods alone, so
        that the page of thousands of areas stays small.
    """

    results: EditionResults
    level: str
    every: Sequence[Series]
    notes_of: Notes
    brief: bool

    def lines(self) -> list[Line]:
        """Each line of the page's series once."""
        found = {id(one.line): one.line for one in self.every if one.line is not None}
        return list(found.values())

    def of_page(self) -> dict[str, Any]:
        """Lines, and which series a slider goes over; nothing where no series has a line."""
        lines = self.lines()
        if not lines:
            return {}
        places = [self._places(line) for line in lines]
        alone = [[place] for place, one in enumerate(self.every) if one.line is None]
        runs = [[place for place in line if place is not None] for line in places]
        return {
            "lines": [
                _line(line, at, self.notes_of) for line, at in zip(lines, places, strict=True)
            ],
            "runs": runs + alone,
        }

    def _places(self, line: Line) -> list[int | None]:
        """Series of a line's periods; None where a period lacks."""
        mine = {one.period: place for place, one in enumerate(self.every) if one.line is line}
        return [mine.get(period) for period in line.periods]

    def of_series(self, series: Series) -> dict[str, Any]:
        """Line of a series and its changes since earlier periods, the earliest first."""
        if series.line is None:
            return {}
        order = [id(line) for line in self.lines()]
        found: dict[str, Any] = {"line": order.index(id(series.line))}
        changes = list(series.changes.values())
        if self.brief and len(changes) > 2:
            first = series.changes.get(series.since, changes[0])
            changes = list(dict.fromkeys((first, changes[-1])))
        if changes:
            found["since"] = series.since
            found["changes"] = [self._change(series, one) for one in changes]
        return found

    def of_comparator(self, series: Series) -> dict[str, Any]:
        """What it takes to leave an area out of its comparator's rate."""
        if series.line is None or series.comparator is None:
            return {}
        code = series.comparator.code
        count, people, rate = _figures(self.results, code, series)
        if not (count > 0 and people > 0 and isfinite(rate)):
            return {}
        areas = self.results.areas[self.level]["area_code"]
        return {
            "count": int(count),
            "population": float(rounded(people, 2)),
            # What a rate is per, with whatever else it was multiplied by.
            "times": float(rounded(rate * people / count, 6)),
            "part": all(holds(self.results.parents, area, code) for area in areas),
        }

    def _change(self, series: Series, one: Change) -> dict[str, Any]:
        printed: dict[str, Any] = {"since": one.period_from, "kind": _kinds(one)}
        for name, column in TIMES_ON_PAGE.items():
            printed[name] = _hundredths(getattr(one, column), endless=~np.isnan(one.lower))
        printed["p"] = _whole_numbers(one.p_adjusted * 10_000)
        if one.comparator:
            printed |= self._relative(one)
            printed["whole"] = self._of_whole(series, one)
        printed["comparator"] = one.comparator
        printed["note"] = self.notes_of(one.note)
        printed["rule"] = self._rules(one)
        printed["caveat"] = _caveat(one)
        return printed

    def _relative(self, one: Change) -> dict[str, Any]:
        from vawg_geo.measures.time.change import CHANGES

        printed = {
            name: _hundredths(getattr(one, column), endless=~np.isnan(one.relative_lower))
            for name, column in RELATIVES_ON_PAGE.items()
        }
        return printed | {"against": [CHANGES.index(word) for word in one.relative_change]}

    def _of_whole(self, series: Series, one: Change) -> str | None:
        """The comparator's own change, as it is printed."""
        if series.comparator is None:
            return None
        code = series.comparator.code
        then = _figures(self.results, code, series, period=one.period_from)[2]
        now = _figures(self.results, code, series)[2]
        return format_number(now / then, 2) if then > 0 and isfinite(now) else None

    def _rules(self, one: Change) -> list[str]:
        values = {"levels": LEVEL[self.level][1], "cv": format_number(one.year_cv * 100, 0)}
        varies = "vary" if one.year_cv >= 0.005 else "vary_chance"
        if not isfinite(one.year_cv):
            varies = "vary_unknown"
        return [fill(RULES[name], values) for name in ("sure", varies)]


def _figures(
    results: EditionResults, code: str, series: Series, *, period: str = ""
) -> tuple[float, float, float]:
    """Count, population and rate of an area, in the period of a series or another; NaN if none."""
    rates = results.rates
    mine = rates[
        (rates["area_code"] == code)
        & (rates["indicator"] == series.indicator.name)
        & (rates["sex"] == series.sex)
        & (rates["period"] == (period or series.period))
    ]
    if mine.empty:
        return np.nan, np.nan, np.nan
    count, population, rate = (
        float(pd.to_numeric(mine[name]).to_numpy(dtype=float, na_value=np.nan)[0])
        for name in ("count", "population", "rate")
    )
    return count, population, rate


def _kinds(one: Change) -> list[int]:
    """Lines of the key, by area: a change, or why there is none."""
    words = change_kinds(one.ratio, one.lower, one.change, one.status)
    return [KINDS.index(word) for word in words.tolist()]


def _line(line: Line, places: list[int | None], notes_of: Notes) -> dict[str, Any]:
    from vawg_geo.measures.time.trend import FEWEST_POINTS, TRENDS

    spans = read_periods(line.periods)
    out = [
        [int(area), int(period), int(line.stands_out[area, period])]
        for area, period in zip(*np.nonzero(line.stands_out), strict=True)
    ]
    words = trend_words(FEWEST_POINTS, years=all(map(_is_year, spans)))
    return {
        "periods": list(line.periods),
        "places": places,
        "trend": [TRENDS.index(word) for word in line.trend],
        "words": [words[word] for word in TRENDS],
        "note": notes_of(line.trend_note),
        "out": out,
        "breaks": list(line.new_series),
        "said": line_said([line.periods[n] for n in line.new_series], stand_out=bool(out)),
    }


def _is_year(span: Span | None) -> bool:
    return span is not None and 365 <= span[1] - span[0] <= 366


def _caveat(one: Change) -> str:
    """What a reader of a change must bear in mind."""
    first, last = read_periods([one.period_from, one.period_to])
    if first is None or last is None or _LOCKDOWN is None:
        return RECORDING
    through = first[0] < _LOCKDOWN[1] and _LOCKDOWN[0] < last[1]
    return f"{RECORDING} {RULES['lockdown']}" if through else RECORDING


def _hundredths(values: NDArray[np.float64], *, endless: NDArray[np.bool_]) -> list[int | None]:
    """Ratios in hundredths; -1 stands for what has no end, as after a period without events."""
    gone = np.isinf(values) | (np.isnan(values) & endless)
    return _whole_numbers(np.where(gone, -1, values * 100))


def _whole_numbers(values: NDArray[np.float64]) -> list[int | None]:
    return [None if np.isnan(v) else int(v) for v in rounded(values, 0).tolist()]
