"""Which months stand out from what the months before let expect.

Medians and median deviations, so that one month of many events does not move what is expected of
those after it. Seasons are those of all areas of a level together: of a single ward there are two
or three Julys, and each has few events.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.special import gammainc, gammaincc, ndtr, ndtri, stdtr, stdtrit

from vawg_geo.errors import InputError
from vawg_geo.measures.time.periods import Timeline
from vawg_geo.measures.time.table import AREA, by_period, completed, require_periods
from vawg_geo.measures.time.variance import CUT, mean_of_cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

__all__ = ["FEWEST_EVENTS", "FEWEST_MONTHS", "STANDS_OUT", "expected_range", "month_ranges"]

STANDS_OUT: Final = ("higher", "lower", "as_expected", "not_compared")
# Two of each month; fewer say nothing of seasons.
FEWEST_MONTHS: Final = 24
# A median of fewer events a month is one of a few whole numbers, and no level.
FEWEST_EVENTS: Final = 5
_YEAR: Final = 12
# Months of a year that a level needs.
_ENOUGH_OF_YEAR: Final = 9
# A median deviation over the standard deviation of a normal one.
_NORMAL: Final = 1.4826
# Variance of a median over that of a mean.
_MEDIAN: Final = np.pi / 2
# Degrees of freedom that a spread of deviations near the middle one keeps.
_KEPT: Final = 0.6
_HALVINGS: Final = 50
_COLUMNS: Final = (
    *("area_code", "area_name", "level", "indicator", "sex", "period", "count"),
    *("expected", "expected_lower", "expected_upper", "p_value", "stands_out"),
    *("months_behind", "status", "note"),
)


def month_ranges(counts: Numbers, *, alpha: float = 0.002) -> dict[str, Numbers]:
    """What the months before let expect of each month of each area.

    Parameters
    ----------
    counts : ndarray of float, shape (n, k)
        Events of n areas in k months that follow each other; NaN where there is no count.
    alpha : float
        Chance, in both tails together, of a month outside the range that is as the others were.

    Returns
    -------
    dict of str to ndarray of float, shape (n, k)
        `expected`, `lower`, `upper`, `p_value` and `behind`, the earlier months with a count. The
        first four are NaN where fewer than 24 of them have one, the last twelve have fewer than
        nine, or their median is below 5.

    Raises
    ------
    InputError
        An alpha outside (0, 1).

    Notes
    -----
    expected = level x season. The season of a calendar month is the median, over the earlier years
    and over all areas with a level of 5 or more, of the month over its year's level. The level of a
    year is the median of its months, each over its season.

    Deviations are (count - usual) / sqrt(usual) in the earlier years, what is usual of a year made
    with the seasons of the other years, so that no month is held against itself: of an area alone
    they would else be far too small. Their spread is 1.4826 times their median size, once mended to
    the root of the mean square of those within 2.58 of it, and 1 at least, that of a Poisson count.

    The range is of a count of that spread, and of a level that is itself a median of twelve: the
    variance is f times that of a Poisson count, f = spread^2 (1 + pi / 24), and its tails are gamma
    functions of counts over f. That the spread is of few months itself is allowed for: the normal
    deviate of a tail is taken for one of Student's t. Its degrees of freedom are 0.6 of those that
    levels and seasons leave, the share that this spread keeps of normal deviations (simulated).

    Examples
    --------
    >>> counts = np.tile([20.0, 30, 40, 30, 20, 30, 40, 30, 20, 30, 40, 30], 3)[None, :]
    >>> counts[0, 30] = 70
    >>> found = month_ranges(counts)
    >>> [round(float(found[name][0, 30]), 4) for name in ("expected", "behind", "p_value")]
    [40.0, 30.0, 0.0073]
    """
    if not 0 < alpha < 1:
        msg = f"alpha must lie between 0 and 1, not {alpha}. 0.002 is usual."
        raise InputError(msg)
    shape = counts.shape
    known = ~np.isnan(counts)
    behind = np.cumsum(known, axis=1) - known
    expected, factor, free = (np.full(shape, np.nan) for _ in range(3))
    for month in range(FEWEST_MONTHS, shape[1]):
        years = month // _YEAR
        earlier = counts[:, month - years * _YEAR : month].reshape(shape[0], years, _YEAR)
        usual = _Usual.of(earlier)
        spread, free[:, month] = usual.spread(earlier)
        level = usual.level[:, -1]
        ready = (behind[:, month] >= FEWEST_MONTHS) & (level >= FEWEST_EVENTS)
        expected[:, month] = np.where(ready, level * usual.season[0], np.nan)
        factor[:, month] = spread**2 * (1 + _MEDIAN / _YEAR)
    lower, upper = _range(expected, factor, _normal_alpha(alpha, free))
    return {
        "expected": expected,
        "lower": lower,
        "upper": upper,
        "p_value": _p_values(counts, expected, factor, free),
        "behind": behind.astype(float),
    }


def expected_range(
    counts: pd.DataFrame, *, alpha: float = 0.002, breaks: Sequence[str] = ()
) -> pd.DataFrame:
    """Which months of each area stand out from what the months before let expect.

    Parameters
    ----------
    counts : pandas.DataFrame
        A long table of counts of months; months without a row are gaps, and no zeros.
    alpha : float
        Chance of a month that stands out although it is as the others were; 0.002 for each.
    breaks : sequence of str
        The first month of each new series: nothing before the last one counts.

    Returns
    -------
    pandas.DataFrame
        A row for each area, indicator, sex and month: the `count`, what was `expected` and its
        limits, `p_value`, `stands_out` (`higher`, `lower`, `as_expected`, `not_compared`),
        `months_behind`, how many earlier months have a count, and why there is no range.

    Raises
    ------
    InputError
        A column is absent, there is one period alone, or periods are not months.

    Notes
    -----
    See `month_ranges`. A range needs 24 earlier months.

    Examples
    --------
    >>> months = [f"{year}-{month:02}" for year in (2017, 2018, 2019) for month in range(1, 13)]
    >>> counts = pd.DataFrame({"area_code": "A", "indicator": "i", "sex": "persons",
    ...     "period": months, "count": [20] * 30 + [50] + [20] * 5})
    >>> found = expected_range(counts)
    >>> found.loc[found["stands_out"] == "higher", ["period", "months_behind"]].values.tolist()
    [['2019-07', 30]]
    """
    table = completed(counts, "count")
    require_periods(table, f"a range needs {FEWEST_MONTHS} months before it")
    parts = [
        _of_series(part, alpha, breaks)
        for _, part in table.groupby(["level", "indicator", "sex"], sort=False)
    ]
    return pd.concat(parts, ignore_index=True)[list(_COLUMNS)]


def _of_series(part: pd.DataFrame, alpha: float, breaks: Sequence[str]) -> pd.DataFrame:
    line = Timeline.of(part["period"], breaks=breaks)
    if not line.are_months:
        msg = f"{line.words[0]!r} is no month. Give counts of months, or ask for a trend of years."
        raise InputError(msg)
    firsts = [date.fromordinal(span[0]) for span in line.spans]
    places = np.array([day.year * _YEAR + day.month for day in firsts])
    places -= places[0]
    last = len(line.words) - 1
    who = part.drop_duplicates(list(AREA))
    # A place for each month, those that nobody has a count of as well.
    grid = np.full((len(who), places[-1] + 1), np.nan)
    grid[:, places] = by_period(part, who, line.words, column="count")
    new = np.array([not line.is_broken(n, last) for n in range(last + 1)])
    kept = grid.copy()
    kept[:, places[~new]] = np.nan
    found = {name: values[:, places] for name, values in month_ranges(kept, alpha=alpha).items()}
    return _as_rows(part, who, line, found=found, counts=grid[:, places])


def _as_rows(
    part: pd.DataFrame,
    who: pd.DataFrame,
    line: Timeline,
    *,
    found: dict[str, Numbers],
    counts: Numbers,
) -> pd.DataFrame:
    number, months = counts.shape
    rows = who.loc[who.index.repeat(months), ["area_name", *AREA]].reset_index(drop=True)
    rows["period"] = list(line.words) * number
    flat = {name: values.ravel() for name, values in found.items()}
    count, expected, p = counts.ravel(), flat["expected"], flat["p_value"]
    side = np.where(count > expected, "higher", "lower")
    outside = (count < flat["lower"]) | (count > flat["upper"])
    words = np.where(outside, side, "as_expected")
    states = by_period(part, who, line.words, column="status")
    status = np.where(np.isnan(count), states.ravel(), "value")
    few = flat["behind"] < FEWEST_MONTHS
    notes = np.where(
        np.isnan(count),
        "No count.",
        np.where(
            few,
            f"Fewer than {FEWEST_MONTHS} earlier months with a count: no range.",
            f"Fewer than {FEWEST_EVENTS} events a month in the last twelve, or too few of these "
            "have a count: no range. Take a larger area, or years.",
        ),
    )
    return rows.assign(
        count=count,
        expected=expected,
        expected_lower=flat["lower"],
        expected_upper=flat["upper"],
        p_value=p,
        stands_out=np.where(np.isnan(p), "not_compared", words),
        months_behind=flat["behind"].astype(int),
        status=np.where(count == 0, "zero", status),
        note=np.where(np.isnan(p), notes, ""),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Usual:
    """Levels of each area's years, shape (n, years), and seasons that they share.

    Attributes
    ----------
    level : ndarray of float, shape (n, years)
        NaN where too few months of the year have a count.
    season, others : ndarray of float, shapes (12,) and (years, 12)
        Of all years, and of all years but one.
    areas : int
        How many have a level that seasons are made of.
    """

    level: Numbers
    season: Numbers
    others: Numbers
    areas: int

    @classmethod
    def of(cls, years: Numbers) -> _Usual:
        enough = (~np.isnan(years)).sum(axis=2) >= _ENOUGH_OF_YEAR
        level = np.where(enough, _median(years, axis=2), np.nan)
        busy = level >= FEWEST_EVENTS
        season = _season(years, np.where(busy, level, np.nan))
        # A level of months that were first brought to the same season.
        with np.errstate(divide="ignore", invalid="ignore"):
            even = _median(np.where(season > 0, years / season, np.nan), axis=2)
        level = np.where(enough, even, np.nan)
        firm = np.where(busy, level, np.nan)
        others = [
            _season(np.delete(years, n, axis=1), np.delete(firm, n, axis=1))
            for n in range(years.shape[1])
        ]
        return cls(
            level=level,
            season=_season(years, firm),
            others=np.array(others),
            areas=int(busy.any(axis=1).sum()),
        )

    def spread(self, years: Numbers) -> tuple[Numbers, Numbers]:
        """How far each area's months lie from what is usual, and its degrees of freedom."""
        usual = self.level[:, :, None] * self.others
        usual = np.where(usual > 0, usual, np.nan)
        away = ((years - usual) / np.sqrt(usual)).reshape(len(years), -1)
        square = away**2
        first = (_NORMAL * _median(np.abs(away), axis=1)) ** 2
        near = square <= CUT * first[:, None]
        number = near.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.where(near, square, 0.0).sum(axis=1) / number
        used = (~np.isnan(away)).sum(axis=1)
        fitted = (~np.isnan(self.level)).sum(axis=1) + _YEAR / max(self.areas, 1)
        free = np.maximum(_KEPT * (used - fitted), 1.0)
        return np.maximum(np.sqrt(mean / mean_of_cut()), 1.0), free


def _season(years: Numbers, level: Numbers) -> Numbers:
    """Each calendar month over its year's level: the middle one of all years and areas."""
    with np.errstate(divide="ignore", invalid="ignore"):
        over = years / level[:, :, None]
    return _median(over.reshape(-1, _YEAR), axis=0)


def _normal_alpha(alpha: float, free: Numbers) -> Numbers:
    """Chance beyond those normal deviates that leave alpha as deviates of Student's t."""
    return np.asarray(2 * ndtr(stdtrit(free, alpha / 2)), dtype=float)


def _median(values: Numbers, *, axis: int) -> Numbers:
    """Median of what is there; NaN where nothing is."""
    # NaN is sorted to the end.
    ordered = np.sort(values, axis=axis)
    number = np.expand_dims((~np.isnan(values)).sum(axis=axis), axis)
    last = values.shape[axis] - 1
    low = np.take_along_axis(ordered, np.maximum((number - 1) // 2, 0), axis=axis)
    high = np.take_along_axis(ordered, np.minimum(number // 2, last), axis=axis)
    middle: Numbers = ((low + high) / 2).squeeze(axis)
    return middle


def _p_values(counts: Numbers, expected: Numbers, factor: Numbers, free: Numbers) -> Numbers:
    """Twice the smaller tail of a count whose variance is so many times that of a Poisson one."""
    mean = expected / factor
    with np.errstate(invalid="ignore"):
        up = np.where(counts > 0, gammainc(np.where(counts > 0, counts, 1) / factor, mean), 1.0)
        down = gammaincc((counts + 1) / factor, mean)
    p = 2 * stdtr(free, np.minimum(ndtri(np.minimum(up, down)), 0.0))
    return np.where(np.isnan(counts) | np.isnan(expected), np.nan, p)


def _range(expected: Numbers, factor: Numbers, alpha: Numbers) -> tuple[Numbers, Numbers]:
    """Smallest and largest count that does not stand out."""
    mean = np.where(np.isnan(expected), 1.0, expected)
    scale = np.where(np.isnan(factor), 1.0, factor)
    alpha = np.where(np.isnan(alpha), 1.0, alpha)
    most = mean + scale * (20 * np.sqrt(mean / scale) + 100)
    low, high = np.zeros_like(mean), mean.copy()
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        inside = gammaincc((middle + 1) / scale, mean / scale) * 2 > alpha
        low, high = np.where(inside, low, middle), np.where(inside, middle, high)
    lower = np.ceil(np.maximum(high - 1e-9, 0.0))
    low, high = mean.copy(), most
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        inside = gammainc(np.maximum(middle, 1e-9) / scale, mean / scale) * 2 > alpha
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    upper = np.floor(low + 1e-9)
    is_range = ~np.isnan(expected)
    return np.where(is_range, lower, np.nan), np.where(is_range, upper, np.nan)
