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
from vawg_geo.measures.time.change import rate_ratio
from vawg_geo.measures.time.months import FEWEST_MONTHS, expected_range
from vawg_geo.measures.time.ratios import Ends
from vawg_geo.measures.time.table import AREA, by_period
from vawg_geo.measures.time.trend import FEWEST_POINTS, recent_trend
from vawg_geo.measures.time.variance import year_to_year_variance
from vawg_geo.results.tracks import Track, tracks_of
from vawg_geo.terms.tables import CHANGES, MONTHS, TRENDS
from vawg_geo.words.time import ILLUSTRATIVE, SHARE_OF_EVENTS, no_trend_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from vawg_geo.disclosure.gate import Edition

    Numbers: TypeAlias = NDArray[np.float64]
    Texts: TypeAlias = NDArray[np.str_]
    SeriesKey: TypeAlias = tuple[str, str, str]

__all__ = ["Change", "Line", "OverTime", "compute_over_time"]

_SERIES: Final = ["level", "indicator", "sex"]
_ONE: Final = [*_SERIES, "period_to", "period_from"]
# What is of several bases is as the first of these.
_BASES: Final = ("illustrative", "own", "estimated", "published")
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
    tracks = tracks_of(rates, edition.project.breaks)
    if not tracks:
        return OverTime()
    table = _of_one_basis(rates)
    changes = _tabled(_changes(edition, table, tracks), CHANGES.names, table)
    trends = _tabled(_trends(table, tracks), TRENDS.names, table)
    months = _tabled(_months(table, tracks), MONTHS.names, table)
    of_areas = {
        level: areas["area_code"].to_numpy(dtype=str) for level, areas in edition.areas.items()
    }
    return OverTime(
        changes=changes,
        trends=trends,
        months=months,
        of_series=_by_series(changes, of_areas, edition.area_names()),
        lines=_lines(table, tracks, of_areas, trends=trends, months=months),
    )


def _of_one_basis(rates: pd.DataFrame) -> pd.DataFrame:
    """One illustrative figure makes all of a series illustrative."""
    made_up = rates["basis"].eq("illustrative")
    groups = [rates[name] for name in (*_SERIES, "period")]
    return rates.assign(
        basis=rates["basis"].mask(made_up.groupby(groups).transform("any"), "illustrative")
    )


def _tabled(
    frames: Iterable[pd.DataFrame], names: Sequence[str], rates: pd.DataFrame
) -> pd.DataFrame:
    """One table, its series in the order of the rates."""
    found = [frame[list(names)] for frame in frames if len(frame)]
    if not found:
        return pd.DataFrame(columns=list(names))
    table = pd.concat(found, ignore_index=True)
    series = pd.MultiIndex.from_frame(rates[_SERIES].drop_duplicates())
    places = series.get_indexer(pd.MultiIndex.from_frame(table[_SERIES]))
    return table.iloc[np.argsort(places, kind="stable")].reset_index(drop=True)


# --- changes -------------------------------------------------------------------------------------


def _changes(
    edition: Edition, rates: pd.DataFrame, tracks: Mapping[SeriesKey, tuple[Track, ...]]
) -> Iterator[pd.DataFrame]:
    """Changes of each indicator, by pairs of periods."""
    significance = edition.project.significance
    for indicator, rows in rates.groupby("indicator", sort=False):
        mine = {key: lines for key, lines in tracks.items() if key[1] == indicator}
        whole = edition.project.indicator(str(indicator)).comparator or significance.comparator
        series = pd.MultiIndex.from_frame(rows[_SERIES])
        wanted: dict[tuple[str, str], dict[SeriesKey, tuple[Track, tuple[int, int]]]] = {}
        for key, lines in mine.items():
            for line in lines:
                for pair in line.pairs():
                    words = line.words[pair[0]], line.words[pair[1]]
                    wanted.setdefault(words, {})[key] = line, pair
        variance = _Variance(rows)
        for words, keys in wanted.items():
            asked = series.isin(list(keys))
            near = rows["period"].isin(words) & (asked | (rows["area_code"] == whole))
            yield _change(
                rows[near],
                words,
                keys,
                whole=whole,
                parents=edition.parents,
                variance={key: variance.of(key, line) for key, (line, _) in keys.items()},
                correction="bonferroni" if significance.correction == "bonferroni" else "bh",
            )


class _Variance:
    """How areas vary from year to year, of each series once."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self._rows = {tuple(map(str, key)): part for key, part in rows.groupby(_SERIES, sort=False)}
        self._found: dict[tuple[SeriesKey, tuple[str, ...]], float] = {}

    def of(self, key: SeriesKey, line: Track) -> float:
        """From all pairs of the line that stand a year, or a period, apart."""
        at = key, line.words
        if at not in self._found:
            rows = self._rows[key]
            areas = pd.DataFrame(rows.drop_duplicates(list(AREA))[list(AREA)])
            events, people = (
                by_period(rows, areas, line.words, column=name) for name in ("count", "population")
            )
            self._found[at] = year_to_year_variance(
                [
                    Ends(
                        events_from=events[:, first],
                        events_to=events[:, last],
                        people_from=people[:, first],
                        people_to=people[:, last],
                    )
                    for first, last in line.steps()
                ]
            )
        return self._found[at]


def _change(
    rows: pd.DataFrame,
    words: tuple[str, str],
    keys: Mapping[SeriesKey, tuple[Track, tuple[int, int]]],
    *,
    whole: str,
    parents: Mapping[str, str],
    variance: Mapping[SeriesKey, float],
    correction: str,
) -> pd.DataFrame:
    """Changes between two periods, of the series that have both."""
    line, pair = next(iter(keys.values()))
    plain = line.plain()
    start, end = (plain[word] for word in words)
    found = rate_ratio(
        rows.assign(period=rows["period"].map(plain)),
        period_from=start,
        period_to=end,
        comparator=whole if (rows["area_code"] == whole).any() else None,
        parents=parents,
        variance=variance,
        breaks=(end,) if line.is_broken(*pair) else (),
        correction=correction,
    )
    found = found[pd.MultiIndex.from_frame(found[_SERIES]).isin(list(keys))]
    found = _with_basis(found, rows)
    found = _in_own_words(found, {plain[word]: word for word in words})
    shares = set(rows.loc[rows["rate_method"] == "wilson", "indicator"])
    of_share = found["indicator"].isin(shares) & found["ratio"].notna()
    note = found["note"].mask(of_share, (found["note"] + " " + SHARE_OF_EVENTS).str.strip())
    # A table holds no endless number: after no events a ratio and its upper limit are empty.
    return found.replace([np.inf, -np.inf], np.nan).assign(note=note)


def _with_basis(found: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """A measure's table with the basis of what it is of: published only if all of it is."""
    key = ["area_code", *_SERIES]
    places = {word: n for n, word in enumerate(_BASES)}
    gravest = rows["basis"].map(places).fillna(0).groupby([rows[name] for name in key]).min()
    at = gravest.reindex(pd.MultiIndex.from_frame(found[key])).fillna(0).astype(int)
    return found.assign(basis=[_BASES[n] for n in at])


def _in_own_words(found: pd.DataFrame, words: Mapping[str, str]) -> pd.DataFrame:
    """A measure's table with the periods as the edition writes them."""
    columns = {}
    for name in ("period", "period_from", "period_to"):
        if name in found:
            columns[name] = found[name].map(words).fillna("")
    notes = found["note"]
    for plain, word in words.items():
        notes = notes.str.replace(plain, word, regex=False)
    return found.assign(**columns, note=notes)


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


# --- trends and months ---------------------------------------------------------------------------


def _trends(
    rates: pd.DataFrame, tracks: Mapping[SeriesKey, tuple[Track, ...]]
) -> Iterator[pd.DataFrame]:
    """Trends of all lines of five years or more, none of illustrative figures."""
    for line, rows, words in _together(rates, tracks):
        if line.are_years and len(line.words) >= FEWEST_POINTS:
            breaks = [line.plain()[line.words[n]] for n in line.new_series]
            yield _in_own_words(_with_basis(recent_trend(rows, breaks=breaks), rows), words)


def _months(
    rates: pd.DataFrame, tracks: Mapping[SeriesKey, tuple[Track, ...]]
) -> Iterator[pd.DataFrame]:
    """Months with what those before let expect, from the first that may have a range."""
    counts = rates[rates["rate_method"] != "wilson"]
    for line, rows, words in _together(counts, tracks):
        filled = line.filled() if line.are_months else ()
        late = [word for word in line.words if word in filled[FEWEST_MONTHS:]]
        if late:
            breaks = [line.plain()[line.words[n]] for n in line.new_series]
            found = _in_own_words(_with_basis(expected_range(rows, breaks=breaks), rows), words)
            # Where there is no count there is nothing to be held against a range.
            ends = ["expected", "expected_lower", "expected_upper"]
            found[ends] = found[ends].where(found["count"].notna())
            yield found[found["period"].isin(late)]


def _together(
    rates: pd.DataFrame, tracks: Mapping[SeriesKey, tuple[Track, ...]]
) -> Iterator[tuple[Track, pd.DataFrame, dict[str, str]]]:
    """Rows of real figures of series that have the same track, their periods in plain words."""
    made_up = rates["basis"].eq("illustrative")
    silent = set(rates.loc[made_up, _SERIES].itertuples(index=False, name=None))
    alike: dict[tuple[str, Track], list[SeriesKey]] = {}
    for key, lines in tracks.items():
        for line in lines if key not in silent else ():
            alike.setdefault((key[1], line), []).append(key)
    series = pd.MultiIndex.from_frame(rates[_SERIES])
    for (_, line), keys in alike.items():
        rows = rates[series.isin(keys) & rates["period"].isin(line.words)]
        plain = line.plain()
        if len(rows):
            words = {name: word for word, name in plain.items()}
            yield line, rows.assign(period=rows["period"].map(plain)), words


def _lines(
    rates: pd.DataFrame,
    tracks: Mapping[SeriesKey, tuple[Track, ...]],
    of_areas: Mapping[str, Texts],
    *,
    trends: pd.DataFrame,
    months: pd.DataFrame,
) -> dict[SeriesKey, tuple[Line, ...]]:
    made_up = rates.loc[rates["basis"].eq("illustrative"), _SERIES]
    silent = set(made_up.itertuples(index=False, name=None))
    by_trend, by_month = _by_key(trends), _by_key(months)
    return {
        key: tuple(
            _line(
                line,
                of_areas[key[0]],
                trends=by_trend.get(key, trends[:0]),
                months=by_month.get(key, months[:0]),
                silent=ILLUSTRATIVE if key in silent else "",
            )
            for line in lines
        )
        for key, lines in tracks.items()
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
