"""Counts of several periods put together, and residents counted as person-years.

Both come before the gate: an edition of pooled periods never has a single one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, TypeVar

import msgspec
import numpy as np
import pandas as pd

from vawg_geo.areas.joining.denominators import undated_notes
from vawg_geo.areas.joining.hierarchy import UPWARDS
from vawg_geo.errors import ConfigurationError, did_you_mean
from vawg_geo.inputs.releases import read_releases
from vawg_geo.terms.columns import COUNT_KEY
from vawg_geo.terms.periods import (
    PERIOD_EXAMPLES,
    in_order,
    length_of,
    months_of,
    read_periods,
    years_of,
)
from vawg_geo.terms.pooled import person_time, pooled_word, pools_of, sum_counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vawg_geo.project import Project
    from vawg_geo.terms.periods import Span

__all__ = ["in_time"]

# A pool takes the basis of its least published part.
_BASES: Final = ("illustrative", "estimated", "own", "published")
_MOST_LISTED: Final = 12


class _Gathered(Protocol):
    """What of `Tables` is of periods."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def project(self) -> Project: ...
    @property
    def counts(self) -> pd.DataFrame: ...
    @property
    def known(self) -> pd.DataFrame: ...
    @property
    def populations(self) -> pd.DataFrame: ...
    @property
    def denominators(self) -> dict[str, pd.DataFrame]: ...
    @property
    def individuals(self) -> pd.DataFrame: ...


_T = TypeVar("_T", bound=_Gathered)


@dataclass(frozen=True, kw_only=True)
class _Pool:
    """What a period of an indicator is a part of, and of how many parts that is made."""

    word: str
    parts: tuple[str, ...]


def in_time(tables: _T) -> _T:
    """Put periods together and count residents in person-years, as `[periods]` asks for.

    Parameters
    ----------
    tables : Tables
        Of single periods.

    Returns
    -------
    Tables
        The same where nothing is asked. Of an indicator whose periods are put together there is
        no single one: what is in no pool is left out, and `project.told` says it. A sum that lacks
        a part is `suppressed`, `missing` or `not_applicable` as the part is. Published counts of
        single periods are known beside counts of our own. Populations are person-years of the
        pool, so that the rate is of a year.

    Raises
    ------
    ConfigurationError
        There is nothing to put together, or no period can be read.
    """
    settings = tables.project.periods
    if settings.pool == 1 and not settings.annualise:
        return tables
    spans = _spans(tables.counts["period"])
    pools, told = _pools(tables, spans)
    counts = _pooled_counts(tables.counts, pools)
    parts: dict[str, tuple[str, ...]] = {word: (word,) for word in counts["period"].unique()}
    parts |= {pool.word: pool.parts for pool in pools.values()}
    yearly = {pool.word for pool in pools.values()}
    yearly |= set(parts) if settings.annualise else set()
    _require_one_way(counts, tables, yearly)
    lost = [word for word in yearly if any(spans[part] is None for part in parts[word])]
    if len(lost) == len(parts):
        msg = (
            f"none of {len(lost):,} periods can be read as a time, so no rate of them can be made "
            f"yearly; first: {lost[0]!r}. Write {PERIOD_EXAMPLES}, or take annualise out."
        )
        raise ConfigurationError(msg)
    # What is not made yearly counts as once; a period that cannot be read has no years.
    years = {word: years_of(span) for word, span in spans.items() if span}
    weights = {
        word: [(part, years[part] if word in yearly else 1.0) for part in those]
        for word, those in parts.items()
        if word not in lost
    }
    once = {word: [(part, 1.0) for part in those] for word, those in parts.items()}
    of_events = {one.name for one in tables.project.denominators if one.kind == "events"}
    told += _made_yearly(yearly - set(lost), tables, parts)
    if lost:
        told.append(f"Periods that cannot be read have no yearly rate: {_listed(lost)}.")
    return replace(
        tables,
        project=msgspec.structs.replace(tables.project, told=(*tables.project.told, *told)),
        counts=counts,
        known=_known_with_parts(tables, pools),
        populations=person_time(tables.populations, weights, notes=_notes_of(tables)),
        denominators={
            name: person_time(rows, once if name in of_events else weights)
            for name, rows in tables.denominators.items()
        },
        individuals=_pooled_persons(tables.individuals, pools),
    )


def _spans(words: Iterable[str]) -> dict[str, Span | None]:
    column = list(dict.fromkeys(words))
    return dict(zip(column, read_periods(column), strict=True))


def _pools(
    tables: _Gathered, spans: Mapping[str, Span | None]
) -> tuple[dict[tuple[str, str], _Pool], list[str]]:
    """Of each period of an indicator that is pooled, its pool; and what is said of it."""
    settings, counts = tables.project.periods, tables.counts
    names = list(dict.fromkeys(counts["indicator"]))
    for name in settings.indicators:
        if name not in names:
            msg = (
                f"[periods] indicators names {name!r}, of which there are no counts."
                f"{did_you_mean(name, names)}"
            )
            raise ConfigurationError(msg)
    if settings.pool == 1:
        return {}, []
    pools: dict[tuple[str, str], _Pool] = {}
    left: dict[str, list[str]] = {}
    waiting: dict[str, list[str]] = {}
    before = _released_spans(tables)
    for name in filter(settings.pools, names):
        rows = counts[counts["indicator"] == name]
        # The smallest areas come first: periods are put together for them.
        by_level = (rows.loc[rows["level"] == level, "period"] for level in UPWARDS)
        days = _break_days(tables, name)
        late = _waiting(rows["period"], spans, settings.pool, before.get(name, ()))
        found = next(
            (
                one
                for words in by_level
                if (one := _pools_of(words[~words.isin(late)], spans, settings.pool, breaks=days))
            ),
            [],
        )
        if late:
            waiting[name] = late
        pools |= {(name, part): pool for pool in found for part in pool.parts}
        lacking = [word for word in rows["period"].unique() if (name, word) not in pools]
        if lacking:
            left[name] = list(in_order(lacking))
    if not pools:
        first = next(iter(left))
        msg = (
            f"pool = {settings.pool}: no {settings.pool} periods follow each other in any of "
            f"{len(left):,} indicators; first: {first!r}, of {_listed(left[first])}. Give a "
            "smaller pool, or take it out."
        )
        raise ConfigurationError(msg)
    return pools, [*_told_of_pools(left, settings.pool), *_told_of_waiting(waiting, settings.pool)]


def _released_spans(tables: _Gathered) -> dict[str, list[set[Span]]]:
    """By indicator: periods of each release in the ledger, the last one first."""
    found: dict[str, list[set[Span]]] = {}
    releases = sorted(read_releases(tables.project.folder), key=lambda one: one.released)
    for release in reversed(releases):
        if not release.forgotten:
            for name, rows in release.cells.groupby("indicator", sort=False):
                spans = {span for span in _spans(rows["period"]).values() if span}
                found.setdefault(str(name), []).append(spans)
    return found


def _waiting(
    words: Iterable[str],
    spans: Mapping[str, Span | None],
    number: int,
    released: Sequence[set[Span]],
) -> list[str]:
    """Latest periods that fill no pool which goes on from those of an earlier release.

    Pools that moved by a year would share years with those that went out, and their differences
    are single years.
    """
    by_length: dict[str, dict[str, Span]] = {}
    for word in in_order(words) if released else ():
        if span := spans[word]:
            by_length.setdefault(length_of(span), {})[word] = span
    found: list[str] = []
    for known in by_length.values():
        starts = {span[1]: span[0] for span in known.values()}
        pools = {(_start(end, starts, number), end) for end in starts}
        last = next((both for spans in released if (both := pools & spans)), set())
        if last:
            latest = max(end for _, end in last)
            later = [word for word, span in known.items() if span[0] >= latest]
            found += later[len(later) - len(later) % number :]
    return found


def _start(end: int, starts: Mapping[int, int], number: int) -> int:
    """First day of so many periods that follow each other up to a day; -1 where there are fewer."""
    for _ in range(number):
        end = starts.get(end, -1)
    return end


def _told_of_waiting(waiting: Mapping[str, Sequence[str]], number: int) -> list[str]:
    by_words: dict[tuple[str, ...], list[str]] = {}
    for name, words in waiting.items():
        by_words.setdefault(tuple(words), []).append(name)
    return [
        f"The periods of earlier releases are kept: {_listed(words)} ({_listed(names)}) will be "
        f"shown as soon as {number} periods that follow those releases are full."
        for words, names in by_words.items()
    ]


def _pools_of(
    words: Iterable[str], spans: Mapping[str, Span | None], number: int, *, breaks: Sequence[int]
) -> list[_Pool]:
    """Pools of one indicator, of each length of its periods; or periods as long as a pool."""
    by_length: dict[str, dict[str, Span]] = {}
    for word in in_order(words):
        if span := spans[word]:
            by_length.setdefault(length_of(span), {})[word] = span
    pools = [
        _Pool(word=pooled_word(parts, known), parts=parts)
        for known in by_length.values()
        for parts in pools_of(known, number, breaks=breaks)
    ]
    if pools:
        return pools
    # Somebody else has put them together.
    return [
        _Pool(word=word, parts=(word,))
        for known in by_length.values()
        for word, span in known.items()
        if (months_of(span) or 1) % (12 * number) == 0
    ]


def _break_days(tables: _Gathered, indicator: str) -> list[int]:
    """Days on which a new series of an indicator begins."""
    mine = [one for one in tables.project.breaks if one.indicator in ("", indicator)]
    spans = _spans([one.period for one in mine if not one.date])
    days = [one.date.toordinal() for one in mine if one.date]
    return days + [span[0] for span in spans.values() if span]


def _told_of_pools(left: Mapping[str, Sequence[str]], number: int) -> list[str]:
    lines = [
        f"Counts of {number} periods that follow each other are put together, and none is in two; "
        "rates are of a year."
    ]
    by_words: dict[tuple[str, ...], list[str]] = {}
    for name, words in left.items():
        by_words.setdefault(tuple(words), []).append(name)
    for words, names in by_words.items():
        lines.append(f"Left out, since in no such pool: {_listed(words)} ({_listed(names)}).")
    return lines


def _listed(words: Iterable[str]) -> str:
    every = list(words)
    more = len(every) - _MOST_LISTED
    return ", ".join(every[:_MOST_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def _made_yearly(
    yearly: set[str], tables: _Gathered, parts: Mapping[str, Sequence[str]]
) -> list[str]:
    """Say that periods of other lengths than a year have a yearly rate."""
    if not tables.project.periods.annualise:
        return []
    lengths = {
        length_of(span)
        for word in yearly
        for part in parts[word]
        for span in _spans([part]).values()
        if span and years_of(span) != 1
    }
    if not lengths:
        return []
    return [
        f"Rates of periods of other lengths ({_listed(sorted(lengths))}) are made yearly: what "
        "they are per is counted in years, residents as person-years."
    ]


def _require_one_way(counts: pd.DataFrame, tables: _Gathered, yearly: set[str]) -> None:
    """Refuse one period that is a pool of one indicator and stands for itself in another."""
    settings = tables.project.periods
    if settings.annualise or not settings.indicators:
        return
    other = counts[~counts["indicator"].isin(settings.indicators) & counts["period"].isin(yearly)]
    if len(other):
        first = other.iloc[0]
        msg = (
            f"{first['period']!r} is a pool of {settings.indicators[0]!r} and stands for itself "
            f"in {first['indicator']!r}. Name that under [periods] indicators too."
        )
        raise ConfigurationError(msg)


def _pooled_counts(counts: pd.DataFrame, pools: Mapping[tuple[str, str], _Pool]) -> pd.DataFrame:
    """Sums of what is pooled, and the indicators that are not, in the order of the counts."""
    if not pools:
        return counts
    names = {name for name, _ in pools}
    found = [pools.get(key) for key in zip(counts["indicator"], counts["period"], strict=True)]
    rows = counts.assign(
        period=[
            pool.word if pool else word for pool, word in zip(found, counts["period"], strict=True)
        ],
        _parts=[len(pool.parts) if pool else 1 for pool in found],
    )
    in_none = np.asarray([pool is None for pool in found], dtype=bool)
    left = counts["indicator"].isin(names).to_numpy() & in_none
    rows = rows[~left]
    rank = rows["basis"].map(_BASES.index)
    series = [rows[name] for name in ("level", "indicator", "sex", "period")]
    rows["basis"] = rank.groupby(series).transform("min").map(dict(enumerate(_BASES)))
    summed = sum_counts(rows.drop(columns="_parts"), rows["_parts"])
    return summed.astype({"count": counts["count"].dtype})


def _known_with_parts(tables: _Gathered, pools: Mapping[tuple[str, str], _Pool]) -> pd.DataFrame:
    """What others have published, with the single periods of it that are pooled or left out.

    A pool of a published year and one of our own less the published year is our own year.
    """
    counts = tables.counts
    names = {name for name, _ in pools}
    public = (counts["basis"] == "published") & counts["count"].notna()
    if not names or (counts["basis"] == "published").all():
        return tables.known
    parts = counts[public & counts["indicator"].isin(names)]
    if parts.empty:
        return tables.known
    frames = [one for one in (tables.known, parts) if len(one)]
    return pd.concat(frames, ignore_index=True).drop_duplicates(list(COUNT_KEY))


def _pooled_persons(
    individuals: pd.DataFrame, pools: Mapping[tuple[str, str], _Pool]
) -> pd.DataFrame:
    """Of how many persons a pool's events are, at least: the same may come again in each part."""
    if individuals.empty or not pools:
        return individuals
    found = [
        pools.get(key) for key in zip(individuals["indicator"], individuals["period"], strict=True)
    ]
    words = [
        pool.word if pool else word for pool, word in zip(found, individuals["period"], strict=True)
    ]
    groups = individuals.assign(period=words).groupby(list(COUNT_KEY), sort=False)
    return groups["individuals"].max().reset_index()


def _notes_of(tables: _Gathered) -> dict[str, str]:
    """What rows of residents of one time say, by single period."""
    return undated_notes(tables.counts["period"], date=tables.project.population.date)
