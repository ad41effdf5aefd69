"""Rates of one indicator over its periods: the whole area, and the areas that it is made of.

What a line chart draws and a report says; nothing is drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from vawg_geo.results.results import edition_of
from vawg_geo.results.series import series_of
from vawg_geo.terms.columns import SEXES
from vawg_geo.terms.rounding import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from vawg_geo.results.over_time import Line
    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series

    Numbers: TypeAlias = NDArray[np.float64]

__all__ = ["AreaLine", "Lines", "lines_of"]

# Small charts of more areas than this could not be read.
MOST_PARTS: Final = 24
_RATES: Final = ("rate", "rate_lower", "rate_upper")
# From the largest areas to the smallest.
_COARSE_FIRST: Final = ("police_area", "county", "csp", "district", "ward", "lsoa")


@dataclass(frozen=True, kw_only=True, eq=False)
class AreaLine:
    """One area over the periods of its line.

    Attributes
    ----------
    code, name : str
    rate, lower, upper : ndarray of float
        As they are printed, with 95 % limits; NaN where there is none.
    status : tuple of str
        Of each period; `missing` where the table has no row.
    trend : str
        Word of `measures.time.trend.TRENDS`; empty where none was looked for.
    stands_out : ndarray of int
        1 above and -1 below what the months before let expect.
    """

    code: str
    name: str
    rate: Numbers
    lower: Numbers
    upper: Numbers
    status: tuple[str, ...]
    trend: str
    stands_out: NDArray[np.int8]

    @property
    def known(self) -> NDArray[np.bool_]:
        """In which periods it has a rate."""
        return ~np.isnan(self.rate)


@dataclass(frozen=True, kw_only=True, eq=False)
class Lines:
    """One indicator and sex over the periods of a line.

    Attributes
    ----------
    periods : tuple of str
        The earliest first; one that lacks between two stands in its place.
    new_series : tuple of int
        Places at which a new series begins.
    whole : AreaLine, optional
        The area that others are compared with, or the one that holds them all.
    parts : tuple of AreaLine
        Areas of the largest level of several areas; empty where they are too many.
    latest : Series
        The last period of the parts, or of the whole where there are none.
    """

    periods: tuple[str, ...]
    new_series: tuple[int, ...]
    whole: AreaLine | None
    parts: tuple[AreaLine, ...]
    latest: Series

    @property
    def lines(self) -> tuple[AreaLine, ...]:
        """All that is drawn, the whole first."""
        return (*((self.whole,) if self.whole else ()), *self.parts)


def lines_of(results: EditionResults, *, every_sex: bool = True) -> tuple[Lines, ...]:
    """Lines of every indicator, in display order.

    Parameters
    ----------
    results : EditionResults
    every_sex : bool
        Whether an indicator has lines for each sex, or for the first that the edition shows.

    Returns
    -------
    tuple of Lines
        One for each indicator and length of its periods. Empty where no indicator has two periods.
    """
    found: dict[tuple[str, ...], Lines] = {}
    for one in edition_of(results).shared.once(_made, results):
        series = one.latest
        key = series.indicator.name, series.length, series.sex if every_sex else ""
        # Where a larger area has more periods than those within it, the chart is of them all.
        if key not in found or (
            found[key].latest.sex == series.sex and one.parts and not found[key].parts
        ):
            found[key] = one
    return tuple(found.values())


def _made(results: EditionResults) -> tuple[Lines, ...]:
    together: dict[tuple[str, str, tuple[str, ...]], list[Series]] = {}
    for level in sorted(results.areas, key=_COARSE_FIRST.index):
        if (results.rates["level"] == level).any():
            for series in _last_of_lines(series_of(results, level)):
                line = series.line
                key = series.indicator.name, series.sex, line.periods if line else ()
                together.setdefault(key, []).append(series)
    names = list(results.indicators)
    order = sorted(together, key=lambda key: (names.index(key[0]), SEXES.index(key[1])))
    made = (_lines(results, together[key]) for key in order)
    return tuple(one for one in made if one is not None)


def _last_of_lines(every: Sequence[Series]) -> Iterator[Series]:
    """Of each line the series of its last period."""
    for series in every:
        line = series.line
        if line is not None and series.period == line.periods[-1]:
            yield series


def _lines(results: EditionResults, of_levels: Sequence[Series]) -> Lines | None:
    """Lines of one indicator and sex; None where there is neither a whole nor a few parts."""
    parts = next((one for one in of_levels if 1 < one.areas <= MOST_PARTS), None)
    alone = next((one for one in of_levels if one.areas == 1), None)
    latest = parts or alone
    if latest is None or latest.line is None:
        return None
    rates = results.rates
    mine = rates[
        (rates["indicator"] == latest.indicator.name)
        & (rates["sex"] == latest.sex)
        & rates["period"].isin(latest.line.periods)
    ]
    code = latest.comparator.code if latest.comparator and parts else ""
    code = code or (str(alone.area_code[0]) if alone else "")
    by_area = {str(area): rows for area, rows in mine.groupby("area_code", sort=False)}
    held = _Held(results=results, line=latest.line, latest=latest, by_area=by_area)
    found = {name: n for n, name in enumerate(parts.area_code.tolist())} if parts else {}
    whole = held.line_of(code, place=0 if alone and code in alone.area_code else None, of=alone)
    return Lines(
        periods=latest.line.periods,
        new_series=latest.line.new_series,
        whole=whole if whole is not None and whole.known.any() else None,
        parts=tuple(
            one
            for name, place in found.items()
            if (one := held.line_of(name, place=place, of=parts)) is not None
        ),
        latest=latest,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Held:
    """What the lines of one indicator and sex are made of."""

    results: EditionResults
    line: Line
    latest: Series
    by_area: dict[str, pd.DataFrame]

    def line_of(self, code: str, *, place: int | None, of: Series | None) -> AreaLine | None:
        """Line of an area; its place among the areas of a series, where it has one."""
        if (rows := self.by_area.get(code)) is None:
            return None
        table = rows.drop_duplicates("period").set_index("period").reindex(list(self.line.periods))
        rate, lower, upper = (
            rounded(table[name].to_numpy(dtype=float), self.latest.decimals) for name in _RATES
        )
        known = of.line if of is not None and place is not None else None
        steps = len(self.line.periods)
        alike = known is not None and known.periods == self.line.periods
        return AreaLine(
            code=code,
            name=self.results.area_names.get(code, code),
            rate=rate,
            lower=lower,
            upper=upper,
            status=tuple(table["status"].fillna("missing").astype(str)),
            trend=str(known.trend[place]) if known is not None and place is not None else "",
            stands_out=known.stands_out[place]
            if known is not None and alike
            else np.zeros(steps, dtype=np.int8),
        )
