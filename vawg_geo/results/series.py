"""The figures of one map: every area's, of one indicator, sex, period and level.

The page, the pictures and the report print these and compute nothing themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import isnan
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import numpy as np
import pandas as pd

from vawg_geo.errors import OutputError
from vawg_geo.measures.patterns.inference import FEWEST_AREAS
from vawg_geo.results.comparisons import NOTHING_CALLED
from vawg_geo.results.hotspots import Hotspots, Scan, hotspots_of, scans_of
from vawg_geo.results.key import KeyClass, rate_classes, state_classes
from vawg_geo.results.results import edition_of
from vawg_geo.results.risks import Risks, risks_of
from vawg_geo.terms.columns import SEXES, SIGNIFICANCES, STANDINGS, STATUSES
from vawg_geo.terms.periods import in_order
from vawg_geo.terms.rounding import people_decimals, rate_decimals, rounded
from vawg_geo.words.page import LEVEL, PAGE, fill, format_number, unit_of
from vawg_geo.words.palette import PATTERNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from vawg_geo.results.over_time import Change, Line
    from vawg_geo.results.results import EditionResults
    from vawg_geo.terms.indicators import Indicator

    Numbers: TypeAlias = NDArray[np.float64]
    Texts: TypeAlias = NDArray[np.str_]
    SeriesKey: TypeAlias = tuple[str, str, str]

__all__ = ["Comparator", "Series", "reason_without", "series_of"]

_KEY: Final = ("indicator", "sex", "period")
_RATES: Final = ("rate", "rate_lower", "rate_upper", "rate_lower_998", "rate_upper_998")
# One illustrative figure makes all of a series illustrative.
_FIRST_BASIS: Final = ("illustrative", "estimated", "own")


@dataclass(frozen=True, kw_only=True)
class Comparator:
    """The area that all others of a series are compared with.

    Attributes
    ----------
    code, name : str
    rate, rate_lower, rate_upper : float
        As they are printed; NaN where there is none.
    """

    code: str
    name: str
    rate: float
    rate_lower: float
    rate_upper: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Series:
    """One indicator, sex and period of one level.

    Arrays have a place for each area, in the order of the level's outlines.

    Attributes
    ----------
    level, sex, period : str
    length : str
        Of the period, in words (`periods.length_of`); empty where it cannot be read.
    indicator : Indicator
    denominator : str
        What the rate is per, in words ("female residents aged 16 and over").
    rate_per : int
    rate_method, significance_rule, basis : str
        Empty, or that of the whole series; one illustrative figure makes all of it illustrative.
    decimals : int
        With which rates are printed.
    breaks : tuple of float
        Inner limits of the classes, ascending.
    colours : tuple of str
        Others than the usual ones; see `sequential`.
    comparator : Comparator, optional
    area_code, area_name : ndarray of str
    count, population : ndarray of float
        Rounded to whole numbers, square kilometres to hundredths; NaN where there is none.
    rate, rate_lower, rate_upper, rate_lower_998, rate_upper_998 : ndarray of float
        Rounded half up to `decimals`, as every output prints them; NaN where there is none.
    class_number : ndarray of int
        Class of the rate as it was before rounding, -1 where there is none.
    status, significance, standing : ndarray of str
        Words of `columns.STATUSES`, `columns.SIGNIFICANCES` and `columns.STANDINGS`.
    chance_of_calls, chance_of_standing : str
        How many areas chance alone would call, for each comparison; empty where none is made.
    time_of_rate : str
        Of what time the rate is ("per month"); empty for a year.
    compares : {"significance", "standing"}
        What comparisons of the level colour first.
    note : tuple of str
        Empty where there is none.
    hotspots : dict of str to Hotspots
        By statistic; empty where none were computed.
    scan : Scan, optional
        Clusters, where there are any.
    risks : Risks, optional
        Smoothed risks, where there are any.
    changes : mapping of str to Change
        Against earlier periods, by these, the earliest first; empty without any.
    line : Line, optional
        All periods of this length; None with one alone.
    """

    level: str
    indicator: Indicator
    sex: str
    period: str
    length: str
    denominator: str
    rate_per: int
    rate_method: str
    significance_rule: str
    basis: str
    decimals: int
    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    comparator: Comparator | None
    area_code: Texts
    area_name: Texts
    count: Numbers
    population: Numbers
    rate: Numbers
    rate_lower: Numbers
    rate_upper: Numbers
    rate_lower_998: Numbers
    rate_upper_998: Numbers
    class_number: NDArray[np.int64]
    status: Texts
    significance: Texts
    standing: Texts
    note: tuple[str, ...]
    hotspots: Mapping[str, Hotspots] = field(default_factory=dict)
    scan: Scan | None = None
    risks: Risks | None = None
    time_of_rate: str = ""
    compares: str = "significance"
    chance_of_calls: str = ""
    chance_of_standing: str = ""
    changes: Mapping[str, Change] = field(default_factory=dict)
    line: Line | None = None

    @property
    def since(self) -> str:
        """Earliest period that this one can be compared with; empty without one."""
        return next((word for word, one in self.changes.items() if one.is_compared), "")

    @property
    def key(self) -> SeriesKey:
        """Indicator, sex and period."""
        return self.indicator.name, self.sex, self.period

    @property
    def areas(self) -> int:
        """How many areas the level has."""
        return len(self.rate)

    @property
    def levels(self) -> str:
        """Plural word of the level."""
        return LEVEL[self.level][1]

    @property
    def illustrative(self) -> bool:
        """Whether the figures are made up."""
        return self.basis == "illustrative"

    @property
    def rated(self) -> NDArray[np.bool_]:
        """Which areas have a rate."""
        return ~np.isnan(self.rate)

    @property
    def compared_with(self) -> Comparator | None:
        """The comparator, where it has a rate."""
        found = self.comparator
        return None if found is None or isnan(found.rate) else found

    @property
    def without(self) -> str:
        """Why there are no hotspots: a word of `words.hotspots.NOT_COMPUTED`; empty with them."""
        if self.hotspots:
            return ""
        return reason_without(basis=self.basis, method=self.rate_method, counts=self.count)

    @property
    def per(self) -> str:
        """What the rate is per, as a heading says it."""
        per = f"{self.denominator} {self.time_of_rate}".strip()
        return fill(PAGE["rate_per"], {"rate_unit": unit_of(self.rate_per, per)})

    def compared(self, text: str) -> str:
        """Put the comparator's name and rate into a text; empty where it has none."""
        one = self.compared_with
        if one is None:
            return ""
        return fill(text, {"name": one.name, "rate": self.printed(one.rate)})

    def classes(self) -> tuple[KeyClass, ...]:
        """Classes of the key, from the lowest rates to the highest."""
        return rate_classes(self.breaks, decimals=self.decimals, colours=self.colours)

    def paints(self) -> list[KeyClass]:
        """Line of the key that each area is painted by."""
        classes, states = self.classes(), {one.key: one for one in state_classes()}
        painted = []
        for number, status in zip(self.class_number.tolist(), self.status.tolist(), strict=True):
            if number < 0:
                # Whatever else a status says, an area without a rate is a gap in the map.
                painted.append(states[status if status in PATTERNS else "missing"])
            else:
                painted.append(states[status] if status == "zero" else classes[number])
        return painted

    def coloured(self) -> tuple[Texts, str]:
        """Words of the comparison that is coloured first, and what chance would call in it.

        Where the areas are too few for it, of the comparison with the whole.
        """
        if self.compares == "standing" and (self.standing != "not_compared").any():
            return self.standing, self.chance_of_standing
        return self.significance, self.chance_of_calls

    def printed(self, value: float) -> str:
        """Print a rate."""
        return format_number(value, self.decimals)


def series_of(results: EditionResults, level: str) -> tuple[Series, ...]:
    """Every series of a level: indicators in display order, then sexes, then periods.

    Parameters
    ----------
    results : EditionResults
    level : str
        A level of `results.areas`.

    Returns
    -------
    tuple of Series
        Made once for the same results.

    Raises
    ------
    OutputError
        No outlines or no rates for the level, rates of an area without an outline, or hotspots
        that do not belong to these areas.
    """
    return edition_of(results).shared.once(_made, results, level=level)


def reason_without(*, basis: str, method: str, counts: Numbers) -> str:
    """Say why a series has no hotspots, by a word of `words.hotspots.NOT_COMPUTED`.

    Parameters
    ----------
    basis, method : str
        Of the series.
    counts : ndarray of float
        One for each area, NaN where it is hidden or missing.

    Returns
    -------
    str

    Examples
    --------
    >>> reason_without(basis="published", method="exact", counts=np.full(6, 5.0))
    'few_areas'
    """
    if basis == "illustrative":
        return "illustrative"
    if len(counts) < FEWEST_AREAS:
        return "few_areas"
    if method == "wilson":
        return "share"
    known = counts[~np.isnan(counts)]
    if len(known) < FEWEST_AREAS:
        return "few_known"
    return "settings" if known.any() else "zero"


def _made(results: EditionResults, *, level: str) -> tuple[Series, ...]:
    rates = _rates_of(results, level)
    groups = {
        cast("SeriesKey", tuple(map(str, key))): rows
        for key, rows in rates.groupby(list(_KEY), sort=False, observed=True)
    }
    names = list(results.indicators)
    when = in_order(key[2] for key in groups)
    order = sorted(groups, key=lambda key: (names.index(key[0]), SEXES.index(key[1]), when[key[2]]))
    long = rates["period"].map(results.lengths).rename("length")
    by_sex = rates.groupby(["indicator", "sex", long], observed=True)["rate"]
    decimals = {key: rate_decimals(_peak(column)) for key, column in by_sex}
    whole = _comparators(results.rates)
    place = {code: n for n, code in enumerate(results.areas[level]["area_code"])}
    hotspots = hotspots_of(results, level=level, place=place)
    scans = scans_of(results, level=level, place=place)
    risks = risks_of(results.risks, level=level, areas=list(place))
    made = (
        _one(
            results,
            level,
            groups[key],
            decimals=decimals[*key[:2], results.lengths[key[2]]],
            whole=whole,
            hotspots=hotspots.get(key, {}),
        )
        for key in order
    )
    over_time = results.over_time
    return tuple(
        replace(
            one,
            scan=scans.get(one.key),
            risks=risks.get(one.key),
            changes=over_time.changes_of(level, one.key),
            line=over_time.line_of(level, one.key),
        )
        for one in made
    )


def _rates_of(results: EditionResults, level: str) -> pd.DataFrame:
    if level not in results.areas:
        known = ", ".join(results.areas) or "none"
        msg = f"the edition has no outlines for the level {level!r}. Choose one of: {known}."
        raise OutputError(msg)
    rates = results.rates[results.rates["level"] == level]
    if rates.empty:
        msg = f"the edition has no rates for the level {level!r}. Give it counts at that level."
        raise OutputError(msg)
    known_codes = set(results.areas[level]["area_code"])
    strangers = [code for code in rates["area_code"].unique() if code not in known_codes]
    if strangers:
        msg = (
            f"{len(strangers):,} of {rates['area_code'].nunique():,} areas with rates have no "
            f"outline at the level {level!r}; first: {strangers[0]!r}. "
            "Use boundaries and counts of the same vintage."
        )
        raise OutputError(msg)
    return rates


def _comparators(rates: pd.DataFrame) -> dict[tuple[str, ...], tuple[float, float, float]]:
    """Rate and limits of the areas that others are compared with, by area and series."""
    found = rates[rates["area_code"].isin(rates["comparator"].dropna().unique())]
    keys = zip(*(found[name].astype(str) for name in ("area_code", *_KEY)), strict=True)
    figures = (_numbers(found[name]).tolist() for name in _RATES[:3])
    return dict(zip(keys, zip(*figures, strict=True), strict=True))


def _one(
    results: EditionResults,
    level: str,
    rows: pd.DataFrame,
    *,
    decimals: int,
    whole: Mapping[tuple[str, ...], tuple[float, float, float]],
    hotspots: Mapping[str, Hotspots],
) -> Series:
    areas = results.areas[level]
    indicator, sex, period = (str(rows[name].iloc[0]) for name in _KEY)
    # Areas without a row have no figure; a row may stand anywhere.
    table = rows.set_index("area_code").reindex(areas["area_code"])
    rate = _numbers(table["rate"])
    breaks = tuple(
        float(limit)
        for limit in results.limits(level=level, indicator=indicator, sex=sex, period=period)
    )
    # A limit belongs to the class above it, as the key says ("3.2 or more").
    classes = np.searchsorted(np.asarray(breaks, dtype=float), rate, side="right")
    code = str(_common(rows["comparator"]) or "")
    figures = whole.get((code, indicator, sex, period), (np.nan, np.nan, np.nan))
    per = int(float(str(_common(rows["rate_per"]) or 1000)))
    chance = results.chance.get((level, indicator, sex, period), NOTHING_CALLED)
    rates: dict[str, Any] = {name: rounded(_numbers(table[name]), decimals) for name in _RATES}
    return Series(
        level=level,
        indicator=results.indicators[indicator],
        sex=sex,
        period=period,
        length=results.lengths[period],
        denominator=results.denominator(indicator, sex),
        time_of_rate=results.time_of_rate(indicator, period),
        rate_per=per,
        rate_method=str(_common(rows["rate_method"]) or ""),
        significance_rule=str(_common(rows["significance_rule"]) or ""),
        basis=_basis(rows["basis"]),
        decimals=decimals,
        breaks=breaks,
        colours=results.colours,
        comparator=_comparator(results, code, figures, decimals=decimals),
        area_code=areas["area_code"].to_numpy(dtype=str),
        area_name=areas["area_name"].to_numpy(dtype=str),
        count=rounded(_numbers(table["count"]), 0),
        population=rounded(_numbers(table["population"]), people_decimals(per)),
        **rates,
        class_number=np.where(np.isnan(rate), -1, classes).astype(np.int64),
        status=_words(table["status"], STATUSES, "missing"),
        significance=_words(table["significance"], SIGNIFICANCES, "not_compared"),
        standing=_words(table["standing"], STANDINGS, "not_compared"),
        note=tuple(str(text) for text in table["note"].fillna("")),
        hotspots=hotspots,
        scan=None,
        risks=None,
        compares="standing" if results.comparison.colours_standing(level) else "significance",
        chance_of_calls=chance.of_calls(level),
        chance_of_standing=chance.of_standing(level),
    )


def _comparator(
    results: EditionResults, code: str, figures: tuple[float, ...], *, decimals: int
) -> Comparator | None:
    if not code:
        return None
    rate, lower, upper = rounded(figures, decimals).tolist()
    name = results.area_names.get(code, code)
    return Comparator(code=code, name=name, rate=rate, rate_lower=lower, rate_upper=upper)


def _numbers(column: pd.Series) -> Numbers:
    values: Numbers = pd.to_numeric(column).to_numpy(dtype=float, na_value=np.nan)
    return values


def _peak(column: pd.Series) -> float:
    known = _numbers(column.dropna())
    return float(known.max()) if len(known) else float("nan")


def _words(column: pd.Series, known: tuple[str, ...], other: str) -> Texts:
    """Words that are known; another, or none, where a row is absent."""
    return column.where(column.isin(known), other).to_numpy(dtype=str)


def _common(column: pd.Series) -> object:
    """First value that is there: such a column says one thing for a whole series."""
    known = column.dropna()
    return None if known.empty else known.iloc[0]


def _basis(column: pd.Series) -> str:
    found = set(column.dropna())
    return next((basis for basis in _FIRST_BASIS if basis in found), "published")
