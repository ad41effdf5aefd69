"""Tables of changes, trends and months that stand out, from a table of rates and nothing else.

Whoever has the rates can compute them again: the audit does, from those that were written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd

from vawg_geo.measures.time.change import rate_ratios
from vawg_geo.measures.time.months import FEWEST_MONTHS, expected_range
from vawg_geo.measures.time.ratios import Ends
from vawg_geo.measures.time.table import AREA, by_period
from vawg_geo.measures.time.tracks import Track, tracks_of
from vawg_geo.measures.time.trend import FEWEST_POINTS, recent_trend
from vawg_geo.measures.time.variance import variance_between
from vawg_geo.terms.tables import CHANGES, MONTHS, TRENDS
from vawg_geo.words.time import SHARE_OF_EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    SeriesKey: TypeAlias = tuple[str, str, str]

__all__ = ["Asked", "TablesOverTime", "of_one_basis", "tables_over_time"]

_SERIES: Final = ["level", "indicator", "sex"]
# What is of several bases is as the first of these.
_BASES: Final = ("illustrative", "own", "estimated", "published")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How rates are held against each other over time.

    Attributes
    ----------
    parents : mapping of str to str
        Code of the area that holds an area.
    comparators : mapping of str to str
        By indicator.
    breaks : mapping of str to sequence of int
        By indicator: first days of new series.
    correction : str
        Over the areas of a level.
    """

    parents: Mapping[str, str]
    comparators: Mapping[str, str]
    breaks: Mapping[str, Sequence[int]]
    correction: str = "bh"


@dataclass(frozen=True, kw_only=True, eq=False)
class TablesOverTime:
    """The tables of `OverTime`, and which periods of each series go together."""

    changes: pd.DataFrame
    trends: pd.DataFrame
    months: pd.DataFrame
    tracks: Mapping[SeriesKey, tuple[Track, ...]]


def tables_over_time(rates: pd.DataFrame, asked: Asked) -> TablesOverTime:
    """Compute the tables of `OverTime` from rates alone: whoever has these can do so too.

    Parameters
    ----------
    rates : pandas.DataFrame
        `tables.RATES`.
    asked : Asked

    Returns
    -------
    TablesOverTime
        Without a series of two periods, without rows.
    """
    tracks = tracks_of(rates, asked.breaks)
    table = of_one_basis(rates) if tracks else rates[:0]
    return TablesOverTime(
        changes=_tabled(_changes(table, tracks, asked), CHANGES.names, table),
        trends=_tabled(_trends(table, tracks), TRENDS.names, table),
        months=_tabled(_months(table, tracks), MONTHS.names, table),
        tracks=tracks,
    )


def of_one_basis(rates: pd.DataFrame) -> pd.DataFrame:
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
    rates: pd.DataFrame, tracks: Mapping[SeriesKey, tuple[Track, ...]], asked: Asked
) -> Iterator[pd.DataFrame]:
    """Changes of each indicator: of periods of one length, then of another."""
    for indicator, rows in rates.groupby("indicator", sort=False):
        mine = {key: lines for key, lines in tracks.items() if key[1] == indicator}
        for number in range(max(map(len, mine.values()), default=0)):
            lines = {key: some[number] for key, some in mine.items() if len(some) > number}
            lines = {key: line for key, line in lines.items() if line.pairs()}
            if lines:
                yield _of_lines(rows, lines, asked, whole=asked.comparators.get(str(indicator), ""))


def _of_lines(
    rows: pd.DataFrame, lines: Mapping[SeriesKey, Track], asked: Asked, *, whole: str
) -> pd.DataFrame:
    """Changes along one line of each series of an indicator."""
    pairs = {
        key: [(line.words[first], line.words[last]) for first, last in line.pairs()]
        for key, line in lines.items()
    }
    found = rate_ratios(
        rows,
        pairs,
        comparator=whole,
        parents=asked.parents,
        variance={
            (*key, *pair): variance
            for key, line in lines.items()
            for pair, variance in _variances(rows, key, line)
        },
        broken={
            (line.words[first], line.words[last])
            for line in lines.values()
            for first, last in line.pairs()
            if line.is_broken(first, last)
        },
        correction=asked.correction,
    )
    note = found["note"]
    if (rows["rate_method"] == "wilson").any():
        more = (note + " " + SHARE_OF_EVENTS).str.strip()
        note = note.mask(found["ratio"].notna(), more)
    # A table holds no endless number: after no events a ratio and its upper limit are empty.
    return found.replace([np.inf, -np.inf], np.nan).assign(note=note)


def _variances(
    rows: pd.DataFrame, key: SeriesKey, line: Track
) -> Iterator[tuple[tuple[str, str], float]]:
    """How areas vary between the periods of each pair."""
    mine = rows[(rows["level"] == key[0]) & (rows["sex"] == key[2])]
    areas = pd.DataFrame(mine.drop_duplicates(list(AREA))[list(AREA)])
    events, people = (
        by_period(mine, areas, line.words, column=name) for name in ("count", "population")
    )

    def ends(one: int, other: int) -> Ends:
        return Ends(
            events_from=events[:, one],
            events_to=events[:, other],
            people_from=people[:, one],
            people_to=people[:, other],
        )

    known: dict[tuple[tuple[int, int], ...], float] = {}
    for first, last in line.pairs():
        variance = variance_between(line, first, last, ends=ends, known=known)
        yield (line.words[first], line.words[last]), variance


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
