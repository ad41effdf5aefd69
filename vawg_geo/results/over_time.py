"""What an edition shows of time: changes, trends, months that stand out; from its own rates alone.

A count that the edition hides is not among its rates. So a change with a hidden end has no figure,
a hidden year is a gap of its line, and no month is expected from a hidden one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import numpy as np
import pandas as pd

from vawg_geo.measures.rates.aligned import as_floats
from vawg_geo.measures.time.over_time import Asked, of_one_basis, tables_over_time
from vawg_geo.measures.time.tracks import break_days
from vawg_geo.terms.tables import CHANGES, MONTHS, TRENDS
from vawg_geo.words.time import ILLUSTRATIVE, no_trend_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.measures.time.over_time import TablesOverTime
    from vawg_geo.measures.time.tracks import Track

    Numbers: TypeAlias = NDArray[np.float64]
    Texts: TypeAlias = NDArray[np.str_]
    SeriesKey: TypeAlias = tuple[str, str, str]

__all__ = ["Change", "Line", "OverTime", "compute_over_time"]

_SERIES: Final = ["level", "indicator", "sex"]
_ONE: Final = [*_SERIES, "period_to", "period_from"]
_FIGURES: Final = (
    *("ratio", "ratio_lower", "ratio_upper", "p_adjusted"),
    *("relative_ratio", "relative_lower", "relative_upper"),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Change:
    """A series against one earlier period; arrays in the order of the level's outlines.

    Attributes
    ----------
    period_from, period_to : str
    ratio, lower, upper : ndarray of float
        Later rate over the earlier, with 95 % limits; NaN where there is none. After a period
        without events there is no ratio, and no upper limit: that is infinite.
    p_adjusted : ndarray of float
        Of a ratio of 1, corrected for the number of areas.
    relative, relative_lower, relative_upper : ndarray of float
        The ratio over that of the comparator, the area left out of it.
    change, relative_change : ndarray of str
        Words of `measures.time.change.CHANGES`.
    status : ndarray of str
        Of both ends together: hidden if either is.
    note : tuple of str
    year_cv : float
        How areas vary from year to year beyond chance; NaN where nobody can say.
    comparator : str
        Name; empty without one.
    """

    period_from: str
    period_to: str
    ratio: Numbers
    lower: Numbers
    upper: Numbers
    p_adjusted: Numbers
    relative: Numbers
    relative_lower: Numbers
    relative_upper: Numbers
    change: Texts
    relative_change: Texts
    status: Texts
    note: tuple[str, ...]
    year_cv: float
    comparator: str

    @property
    def is_compared(self) -> bool:
        """Whether there is a verdict on any area."""
        return bool((self.change != "not_compared").any())


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """One indicator and sex of a level, over all its periods of one length.

    Attributes
    ----------
    periods : tuple of str
        The earliest first; one that lacks between two stands in its place.
    trend : ndarray of str
        Words of `measures.time.trend.TRENDS`, by area.
    trend_note : tuple of str
        Why there is none, or which period lacks.
    stands_out : ndarray of int, shape (areas, periods)
        1 above and -1 below what the months before let expect; 0 elsewhere.
    new_series : tuple of int
        Places at which a new series begins.
    """

    periods: tuple[str, ...]
    trend: Texts
    trend_note: tuple[str, ...]
    stands_out: NDArray[np.int8]
    new_series: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class OverTime:
    """All that an edition shows of time; nothing where no series has two periods.

    Attributes
    ----------
    changes, trends, months : pandas.DataFrame
        The columns of `tables.CHANGES`, `TRENDS`, `MONTHS`.
    of_series : mapping of (level, indicator, sex, period) to mapping of str to Change
        By the earlier period, the earliest first.
    lines : mapping of (level, indicator, sex) to tuple of Line
        One for each length of the periods; those that overlap apart.
    """

    changes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=CHANGES.names))
    trends: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=TRENDS.names))
    months: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=MONTHS.names))
    of_series: Mapping[tuple[str, str, str, str], Mapping[str, Change]] = field(
        default_factory=dict
    )
    lines: Mapping[SeriesKey, tuple[Line, ...]] = field(default_factory=dict)

    def changes_of(self, level: str, key: SeriesKey) -> Mapping[str, Change]:
        """Changes of a series of a level (indicator, sex, period), by the earlier period."""
        return self.of_series.get((level, *key), {})

    def line_of(self, level: str, key: SeriesKey) -> Line | None:
        """Line that a series of a level (indicator, sex, period) is a point of."""
        lines = self.lines.get((level, key[0], key[1]), ())
        return next((line for line in lines if key[2] in line.periods), None)


def compute_over_time(edition: Edition, rates: pd.DataFrame) -> OverTime:
    """Compute changes, trends and months that stand out of every series of two periods or more.

    Parameters
    ----------
    edition : Edition
    rates : pandas.DataFrame
        The edition's rates (`tables.RATES`), areas in boundary order.

    Returns
    -------
    OverTime

    Raises
    ------
    ConfigurationError
        The period of a break is not understood, and there are periods that it may lie between.
    """
    project = edition.project
    usual = project.significance.comparator
    asked = Asked(
        parents=edition.parents,
        comparators={
            name: project.indicator(name).comparator or usual
            for name in rates["indicator"].unique()
        },
        breaks=break_days(rates, project.breaks),
        correction="bonferroni" if project.significance.correction == "bonferroni" else "bh",
    )
    tables = tables_over_time(rates, asked)
    if not tables.tracks:
        return OverTime()
    of_areas = {
        level: areas["area_code"].to_numpy(dtype=str) for level, areas in edition.areas.items()
    }
    return OverTime(
        changes=tables.changes,
        trends=tables.trends,
        months=tables.months,
        of_series=_by_series(tables.changes, of_areas, edition.area_names()),
        lines=_lines(of_one_basis(rates), tables, of_areas),
    )


def _by_series(
    changes: pd.DataFrame, of_areas: Mapping[str, Texts], names: Mapping[str, str]
) -> dict[tuple[str, str, str, str], dict[str, Change]]:
    """Changes as arrays, of the levels that have outlines."""
    found: dict[tuple[str, str, str, str], dict[str, Change]] = {}
    for key, rows in changes.groupby(_ONE, sort=False):
        level, indicator, sex, end, start = map(str, key)
        if level in of_areas:
            one = _as_arrays(
                rows.set_index("area_code").reindex(of_areas[level]), start, end, names
            )
            found.setdefault((level, indicator, sex, end), {})[start] = one
    return found


def _as_arrays(rows: pd.DataFrame, start: str, end: str, names: Mapping[str, str]) -> Change:
    ratio, lower, upper, p, relative, low, high = (as_floats(rows[name]) for name in _FIGURES)
    codes = [code for code in rows["comparator"].dropna().unique() if code]
    return Change(
        period_from=start,
        period_to=end,
        ratio=ratio,
        lower=lower,
        upper=np.where(np.isnan(upper) & ~np.isnan(lower), np.inf, upper),
        p_adjusted=p,
        relative=relative,
        relative_lower=low,
        relative_upper=np.where(np.isnan(high) & ~np.isnan(low), np.inf, high),
        change=rows["change"].fillna("not_compared").to_numpy(dtype=str),
        relative_change=rows["relative_change"].fillna("not_compared").to_numpy(dtype=str),
        status=rows["status"].fillna("missing").to_numpy(dtype=str),
        note=tuple(rows["note"].fillna("")),
        year_cv=float(rows["year_cv"].dropna().iloc[0])
        if rows["year_cv"].notna().any()
        else np.nan,
        comparator=names.get(codes[0], codes[0]) if codes else "",
    )


def _lines(
    rates: pd.DataFrame, tables: TablesOverTime, of_areas: Mapping[str, Texts]
) -> dict[SeriesKey, tuple[Line, ...]]:
    made_up = rates.loc[rates["basis"].eq("illustrative"), _SERIES]
    silent = set(made_up.itertuples(index=False, name=None))
    by_trend, by_month = _by_key(tables.trends), _by_key(tables.months)
    return {
        key: tuple(
            _line(
                line,
                of_areas[key[0]],
                trends=by_trend.get(key, tables.trends[:0]),
                months=by_month.get(key, tables.months[:0]),
                silent=ILLUSTRATIVE if key in silent else "",
            )
            for line in lines
        )
        for key, lines in tables.tracks.items()
        if key[0] in of_areas
    }


def _by_key(table: pd.DataFrame) -> dict[SeriesKey, pd.DataFrame]:
    groups = table.groupby(_SERIES, sort=False)
    return {cast("SeriesKey", tuple(map(str, key))): rows for key, rows in groups}


def _line(
    line: Track, areas: Texts, *, trends: pd.DataFrame, months: pd.DataFrame, silent: str
) -> Line:
    words = line.filled()
    # The last period with a figure says of which line a trend is; without any there is none.
    own = trends[trends["period_to"].isin(line.words)].set_index("area_code").reindex(areas)
    few = silent or no_trend_of(years=line.are_years)
    outside = np.zeros((len(areas), len(words)), dtype=np.int8)
    found = months[months["period"].isin(line.words) & months["area_code"].isin(areas)]
    rows = pd.Index(areas).get_indexer(pd.Index(found["area_code"]))
    places = pd.Index(words).get_indexer(pd.Index(found["period"]))
    outside[rows, places] = found["stands_out"].map({"higher": 1, "lower": -1}).fillna(0)
    at = line.place_in(words)
    return Line(
        periods=words,
        trend=own["trend"].fillna("cannot_be_calculated").to_numpy(dtype=str),
        trend_note=tuple(own["note"].fillna(few)),
        stands_out=outside,
        new_series=tuple(at[n] for n in line.new_series),
    )
