"""Whether a rate has gone up or down over its latest periods, as public-health practice asks it.

The chi-squared test for trend of the trend markers of Fingertips, with its alpha and its words:
https://fingertips.phe.org.uk/static-reports/public-health-technical-guidance/Presentation/Trend_markers.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy.special import gammaincc, ndtri

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.intervals import tail_of
from vawg_geo.measures.time.periods import Timeline
from vawg_geo.measures.time.table import AREA, GRAVEST, by_period, completed, require_periods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

__all__ = ["FEWEST_POINTS", "TRENDS", "chi_squared_for_trend", "recent_trend"]

TRENDS: Final = ("increasing", "decreasing", "no_significant_change", "cannot_be_calculated")
FEWEST_POINTS: Final = 5
_USUAL: Final = 0.95
_COLUMNS: Final = (
    *("area_code", "area_name", "level", "indicator", "sex", "period_from", "period_to"),
    *("points", "rate_from", "rate_to", "slope", "chi_squared", "p_value", "trend", "rate_per"),
    *("status", "note"),
)


def chi_squared_for_trend(
    values: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    *,
    places: ArrayLike | None = None,
    confidence: float = 0.95,
) -> tuple[Numbers, Numbers]:
    """Slope of values over periods, and the chi-squared statistic of no slope.

    Parameters
    ----------
    values, lower, upper : array_like of float, shape (n, k) or (k,)
        Of k periods, with limits; NaN where there is none.
    places : array_like of float, shape (k,), optional
        When the periods are; without it one after the other.
    confidence : float
        Of the limits.

    Returns
    -------
    slope, chi_squared : ndarray of float, shape (n,)
        Slope by period, and its statistic on one degree of freedom; NaN with fewer than two values,
        or where limits are not apart.

    Raises
    ------
    InputError
        A confidence outside (0, 1), or shapes that differ.

    Notes
    -----
    The standard error of each value is its limits' distance over twice the normal deviate (1.96 at
    95 %, as the guidance has it); weights w are one over its square. slope = sum(w (t - m) y) / S
    with m the weighted mean of t and S = sum(w (t - m)^2); chi-squared = slope^2 S.

    Examples
    --------
    >>> slope, chi_squared = chi_squared_for_trend(
    ...     [24.67, 24.6, 28, 30.2, 30.6], [23.16, 23.15, 26.44, 28.63, 28.98],
    ...     [26.25, 26.19, 29.64, 31.9, 32.25])
    >>> slope.round(3).tolist(), chi_squared.round(9).tolist()
    ([1.752], [46.765315792])
    """
    y, low, high = (np.atleast_2d(np.asarray(v, dtype=float)) for v in (values, lower, upper))
    if not y.shape == low.shape == high.shape:
        msg = f"values {y.shape} and limits {low.shape}, {high.shape} do not go together."
        raise InputError(msg)
    times = np.arange(y.shape[1]) if places is None else np.asarray(places, dtype=float)
    # As the guidance rounds it.
    deviate = 1.96 if confidence == _USUAL else float(-ndtri(tail_of(confidence)))
    error = (high - low) / (2 * deviate)
    known = ~np.isnan(y) & (error > 0) & np.isfinite(error)
    with np.errstate(divide="ignore", invalid="ignore"):
        w = np.where(known, error**-2.0, 0.0)
        t = times - ((w * times).sum(axis=1) / w.sum(axis=1))[:, None]
        spread = (w * t * t).sum(axis=1)
        slope = (w * t * np.where(known, y, 0.0)).sum(axis=1) / spread
    enough = known.sum(axis=1) > 1
    return np.where(enough, slope, np.nan), np.where(enough, slope * slope * spread, np.nan)


def recent_trend(
    rates: pd.DataFrame,
    *,
    points: int = FEWEST_POINTS,
    alpha: float = 0.002,
    confidence: float = 0.95,
    breaks: Sequence[str] = (),
) -> pd.DataFrame:
    """Trend of each area's rate over its latest periods: does it go up, down, or neither surely.

    Parameters
    ----------
    rates : pandas.DataFrame
        As `crude_rate` returns; years, or longer periods that do not overlap.
    points : int
        How many of the latest periods, 5 at least. A period without a figure is a gap: the trend
        goes over those of these periods that have one, and needs five.
    alpha : float
        A p of less than this is a trend; 0.002 is the guidance's (chi-squared above 9.5495).
    confidence : float
        Of `rate_lower` and `rate_upper`.
    breaks : sequence of str
        The first period of each new series: nothing before the last one counts.

    Returns
    -------
    pandas.DataFrame
        A row for each area, indicator and sex: the first and the last period with a figure, how
        many there are (`points`), `slope` (of the rate, by period), `chi_squared`, `p_value` and
        `trend`: `increasing`, `decreasing`, `no_significant_change`, `cannot_be_calculated`.

    Raises
    ------
    InputError
        A column is absent, there is one period alone, fewer points than five, or periods that are
        not understood, overlap or differ in length.

    Notes
    -----
    See `chi_squared_for_trend`. A trend is said only where the slope has the same sign whichever
    point is left out. Months and quarters are not tested: they have seasons. The limits of rates
    are those of chance alone, so that areas that vary more from year to year are said to have a
    trend more often than alpha says.

    Examples
    --------
    >>> values = [24.67, 24.6, 28, 30.2, 30.6]
    >>> rates = pd.DataFrame({"area_code": "A", "indicator": "i", "sex": "persons",
    ...     "period": ["2011/12", "2012/13", "2013/14", "2014/15", "2015/16"], "rate": values,
    ...     "rate_lower": [23.16, 23.15, 26.44, 28.63, 28.98],
    ...     "rate_upper": [26.25, 26.19, 29.64, 31.9, 32.25]})
    >>> recent_trend(rates)[["period_from", "period_to", "points", "trend"]].values.tolist()
    [['2011/12', '2015/16', 5, 'increasing']]
    """
    if points < FEWEST_POINTS:
        msg = f"a trend needs {FEWEST_POINTS} points or more, not {points}. Give --points 5."
        raise InputError(msg)
    table = completed(rates, "rate", "rate_lower", "rate_upper")
    require_periods(table, f"a trend needs {FEWEST_POINTS}")
    parts = [
        _trends(part, Timeline.of(part["period"], breaks=breaks), points, (alpha, confidence))
        for _, part in table.groupby("indicator", sort=False)
    ]
    names = list(_COLUMNS)
    return pd.concat(parts, ignore_index=True)[names] if parts else pd.DataFrame(columns=names)


def _trends(
    part: pd.DataFrame, line: Timeline, points: int, levels: tuple[float, float]
) -> pd.DataFrame:
    """Trends of one indicator's areas and sexes."""
    last = len(line.words) - 1
    kept = [n for n in range(len(line.words)) if not line.is_broken(n, last)][-points:]
    words = [line.words[n] for n in kept]
    who = part.drop_duplicates(list(AREA), keep="last")
    value, lower, upper = (
        by_period(part, who, words, column=name) for name in ("rate", "rate_lower", "rate_upper")
    )
    # Starts of the periods, in periods, so that a gap between two counts as one.
    starts = np.array([line.spans[n][0] for n in kept], dtype=float)
    length = np.mean([line.spans[n][1] - line.spans[n][0] for n in kept])
    places = np.rint((starts - starts[0]) / length)
    known = ~np.isnan(value + lower + upper) & line.are_years
    y = np.where(known, value, np.nan)
    slope, chi_squared, sure = _tested(y, lower, upper, places=places, levels=levels)
    enough = known.sum(axis=1) >= FEWEST_POINTS
    way = np.where(slope > 0, "increasing", "decreasing")
    found = who.assign(
        **_reach(y, words),
        points=known.sum(axis=1),
        slope=np.where(enough, slope, np.nan),
        chi_squared=np.where(enough, chi_squared, np.nan),
        p_value=np.where(enough, gammaincc(0.5, chi_squared / 2), np.nan),
        trend=np.where(sure, way, "no_significant_change"),
    )
    found["trend"] = np.where(enough, found["trend"], "cannot_be_calculated")
    return _told(found, part, words, line=line, enough=enough)


def _tested(
    y: Numbers,
    lower: Numbers,
    upper: Numbers,
    *,
    places: Numbers,
    levels: tuple[float, float],
) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    """Slopes, their statistics, and which are sure whatever point is left out."""
    alpha, confidence = levels
    slope, chi_squared = chi_squared_for_trend(
        y, lower, upper, places=places, confidence=confidence
    )
    with np.errstate(invalid="ignore"):
        sure = gammaincc(0.5, chi_squared / 2) < alpha
    for left_out in range(y.shape[1]):
        fewer = y.copy()
        fewer[:, left_out] = np.nan
        other, _ = chi_squared_for_trend(fewer, lower, upper, places=places, confidence=confidence)
        sure &= np.sign(other) == np.sign(slope)
    return slope, chi_squared, sure


def _reach(y: Numbers, words: list[str]) -> dict[str, Any]:
    """First and last period with a figure, and these figures."""
    rows = [np.flatnonzero(~np.isnan(row)) for row in y]
    return {
        "period_from": [words[at[0]] if len(at) else "" for at in rows],
        "period_to": [words[at[-1]] if len(at) else "" for at in rows],
        "rate_from": [row[at[0]] if len(at) else np.nan for row, at in zip(y, rows, strict=True)],
        "rate_to": [row[at[-1]] if len(at) else np.nan for row, at in zip(y, rows, strict=True)],
    }


def _told(
    found: pd.DataFrame,
    part: pd.DataFrame,
    words: list[str],
    *,
    line: Timeline,
    enough: NDArray[np.bool_],
) -> pd.DataFrame:
    """With a status, and what is to be said of gaps."""
    states = by_period(part, found, words, column="status")
    gap = np.isnan(by_period(part, found, words, column="rate"))
    status, notes = [], []
    for state, missing, whole in zip(states, gap, enough, strict=True):
        lacking = {word: state[n] for n, word in enumerate(words) if missing[n]}
        gravest = next((word for word in GRAVEST if word in lacking.values()), "missing")
        few = "unstable" if (state[~missing] == "unstable").any() else "value"
        status.append(few if whole else gravest if lacking else "not_applicable")
        said = [f"No figure for {word} ({why})." for word, why in lacking.items()]
        if not line.are_years:
            said = [
                "Months and quarters are not tested: they have seasons. Put those of a year "
                "together first, with --pool 12 or 4."
            ]
        elif not whole:
            said.append(f"Fewer than {FEWEST_POINTS} periods with a figure.")
        notes.append(" ".join(said))
    return found.assign(status=status, note=notes)
