"""Which areas changed between two periods, how sure that is, and whether all changed alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError
from vawg_geo.measures.patterns.adjust import adjust_p_values
from vawg_geo.measures.rates.aligned import as_floats
from vawg_geo.measures.rates.intervals import STABLE_EVENTS, tail_of
from vawg_geo.measures.rates.significance import holds
from vawg_geo.measures.time.periods import Timeline
from vawg_geo.measures.time.ratios import (
    Ends,
    difference_interval,
    ratio_interval,
    ratio_p_values,
    relative_ratios,
)
from vawg_geo.measures.time.table import (
    AREA,
    GRAVEST,
    by_period,
    completed,
    require_periods,
)
from vawg_geo.measures.time.variance import FEWEST_AREAS, variance_between, variance_factor

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    Column = NDArray[np.float64]
    Places = NDArray[np.intp] | int

__all__ = ["CHANGES", "rate_ratio", "rate_ratios"]

CHANGES: Final = ("increasing", "decreasing", "no_clear_change", "not_compared")
_KEY: Final = list(AREA)
_AT_ONCE: Final = 8192
_FIGURES: Final = (
    *("rate_from", "rate_to", "difference", "difference_lower", "difference_upper"),
    *("ratio", "ratio_lower", "ratio_upper", "p_value", "p_adjusted"),
    *("relative_ratio", "relative_lower", "relative_upper"),
    *("relative_p_value", "relative_p_adjusted"),
)
_ORDER: Final = (
    *("area_code", "area_name", "level", "indicator", "sex", "period_from", "period_to"),
    *("count_from", "count_to", "population_from", "population_to"),
    *(*_FIGURES[:10], "comparator", *_FIGURES[10:]),
    *("change", "relative_change", "rate_per", "year_cv", "status", "basis", "note"),
)


def rate_ratio(
    rates: pd.DataFrame,
    *,
    period_from: str | None = None,
    period_to: str | None = None,
    comparator: str | Mapping[str, str] | None = None,
    parents: Mapping[str, str] | None = None,
    variance: float | None = None,
    confidence: float = 0.95,
    alpha: float = 0.05,
    breaks: Sequence[str] = (),
    correction: str = "bh",
) -> pd.DataFrame:
    """Change of each area's rate between two periods, and against the change of a comparator.

    Parameters
    ----------
    rates : pandas.DataFrame
        As `crude_rate` returns, of two periods or more that are as long and do not overlap.
    period_from, period_to : str, optional
        The earlier and the later; without them the latest, and of months and quarters the same of
        the year before, else the one before it.
    comparator : str or mapping of str to str, optional
        Code of the area whose change others are held against, or one for each indicator. An area
        that is a part of it is left out of it.
    parents : mapping of str to str, optional
        Code of the area that holds an area; without it every area is a part of its comparator.
    variance : float, optional
        Of the areas' relative risks from one period to the other; 0 is chance alone. Estimated
        where it is not given, for each level, indicator and sex, from all periods as far apart.
    confidence : float
        Of all limits.
    alpha : float
        An adjusted p of at most this is a change.
    breaks : sequence of str
        The first period of each new series: a change across one is `not_compared`.
    correction : {"bh", "bonferroni", "none"}
        Over the areas of a level; see `adjust_p_values`.

    Returns
    -------
    pandas.DataFrame
        A row for each area, indicator and sex of either period. `ratio` is the later rate over the
        earlier, `difference` the later less the earlier, `relative_ratio` the ratio over that of
        the comparator; `p_value` is of a ratio of 1, `p_adjusted` corrected over the areas of a
        level. `change` and `relative_change` are `increasing`, `decreasing`, `no_clear_change` or
        `not_compared`; `year_cv` is the root of the variance. Where either count is hidden or
        missing, so is all that would tell it: `status` says which.

    Raises
    ------
    InputError
        A column is absent, there is one period alone, no figures of a period that is named, the
        earlier is not before the later, periods are not understood, overlap or differ in length,
        or a comparator is in no row.

    Notes
    -----
    Exact and conditional on the counts (`ratio_interval`, `relative_ratios`) where areas vary by
    chance alone; with a variance v of both, counts stand as fewer by the factor 1 + (t - 1) v /
    (v + 2), t the area's events (`variance_factor`, `variance_between`). With fewer than ten
    areas nobody can say how they vary: then limits are those of chance alone, and `note` says so.
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> rates = pd.DataFrame({"area_code": ["A", "A", "ALL", "ALL"], "level": "ward",
    ...     "indicator": "i", "sex": "persons", "period": ["2014/15", "2015/16"] * 2,
    ...     "count": [10, 40, 200, 240], "population": [1000.0, 1000.0, 9000.0, 9000.0]})
    >>> found = rate_ratio(rates, comparator="ALL").iloc[0]
    >>> float(found["ratio"]), round(float(found["relative_ratio"]), 2), found["change"]
    (4.0, 3.8, 'increasing')
    """
    tail_of(confidence)
    if variance is not None and not (np.isfinite(variance) and variance >= 0):
        msg = f"a variance is 0 or more, not {variance}. Leave it out to have it estimated."
        raise InputError(msg)
    table = completed(rates, "count", "population")
    require_periods(table, "a change needs two")
    chosen = _Chosen.of(table, period_from, period_to, breaks)
    grid = _Grid.of(table, chosen.line.words)
    paired = grid.paired(np.arange(len(grid.who)), chosen.first, chosen.last)
    spread = {
        (*key, *chosen.words): chosen.variance(grid, rows) if variance is None else variance
        for key, rows in grid.series.items()
    }
    found = _compared(
        paired,
        _codes(paired, comparator),
        parents=parents,
        variance=spread,
        broken=np.full(len(paired), chosen.is_broken),
        asked=_Asked(confidence=confidence, alpha=alpha, correction=correction),
    )
    if chosen.line.differ_in_season(chosen.first, chosen.last):
        seasons = "The two periods are of different seasons, which is no change."
        found["note"] = (found["note"] + " " + seasons).str.strip()
    return found


def rate_ratios(
    rates: pd.DataFrame,
    pairs: Mapping[tuple[str, str, str], Sequence[tuple[str, str]]],
    *,
    comparator: str,
    parents: Mapping[str, str],
    variance: Mapping[tuple[str, str, str, str, str], float],
    broken: Collection[tuple[str, str]] = (),
    correction: str = "bh",
) -> pd.DataFrame:
    """Changes of several series between several pairs of periods, as `rate_ratio` gives each.

    Parameters
    ----------
    rates : pandas.DataFrame
        Of one indicator.
    pairs : mapping of (level, indicator, sex) to sequence of (str, str)
        An earlier and a later period, as often as wanted.
    comparator : str
        Code; without rows of it, or empty, no change is held against another.
    parents, correction
        As of `rate_ratio`.
    variance : mapping of (level, indicator, sex, str, str) to float
        By series, and by the earlier and the later period; NaN where nobody can say.
    broken : collection of (str, str)
        Pairs between which a new series begins.

    Returns
    -------
    pandas.DataFrame
        As of `rate_ratio`, the rows of a series and pair together.

    Raises
    ------
    InputError
        A column is absent, or a row repeats another.
    """
    table = completed(rates, "count", "population")
    words = list(dict.fromkeys(word for some in pairs.values() for pair in some for word in pair))
    grid = _Grid.of(table, words)
    place = {word: n for n, word in enumerate(words)}
    blocks = [
        (np.flatnonzero(grid.series[key]), place[start], place[end])
        for key, some in pairs.items()
        for start, end in some
    ]
    own, first, last = (
        np.concatenate([np.broadcast_to(block[n], block[0].shape) for block in blocks])
        for n in range(3)
    )
    # The comparator's own rows, for those that are held against it.
    whole = np.flatnonzero(grid.who["area_code"] == comparator)
    seen = sorted({(start, end) for _, start, end in blocks})
    extra = grid.paired(
        np.tile(whole, len(seen)),
        *(np.repeat([pair[n] for pair in seen], whole.size) for n in (0, 1)),
    )
    paired = grid.paired(own, first, last)
    return _compared(
        paired,
        pd.Series(comparator if whole.size else "", index=paired.index),
        parents=parents,
        variance=variance,
        broken=np.array(
            [
                pair in broken
                for pair in zip(paired["period_from"], paired["period_to"], strict=True)
            ]
        ),
        asked=_Asked(confidence=0.95, alpha=0.05, correction=correction),
        whole=extra,
    )


def _compared(
    paired: pd.DataFrame,
    codes: pd.Series,
    *,
    parents: Mapping[str, str] | None,
    variance: Mapping[tuple[str, str, str, str, str], float],
    broken: NDArray[np.bool_],
    asked: _Asked,
    whole: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Changes of pairs, of whichever series and periods."""
    key = [*_KEY[1:], "period_from", "period_to"]
    keys = paired[key].itertuples(index=False, name=None)
    spread = np.array([variance.get(key, np.nan) for key in keys], dtype=float)
    others = _others(paired, paired if whole is None else whole, codes, parents)
    return _told(_changes(paired, others, spread, asked), broken, codes)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """How sure, and how p are corrected over areas."""

    confidence: float
    alpha: float
    correction: str


@dataclass(frozen=True, kw_only=True, eq=False)
class _Grid:
    """Figures by area, sex and level, and by period.

    Attributes
    ----------
    who : pandas.DataFrame, n rows
        The columns `AREA`.
    words : list of str, length k
    columns : dict of str to ndarray, shape (n, k)
        By name; None or NaN where there is no row.
    series : dict of (level, indicator, sex) to ndarray of bool, shape (n,)
    """

    who: pd.DataFrame
    words: Sequence[str]
    columns: dict[str, NDArray[Any]]
    series: dict[tuple[str, str, str], NDArray[np.bool_]]

    @classmethod
    def of(cls, table: pd.DataFrame, words: Sequence[str]) -> _Grid:
        table = table[table["period"].isin(list(words))]
        who = table.drop_duplicates(_KEY)[_KEY].reset_index(drop=True)
        there = by_period(table.assign(_row=1.0), who, words, column="_row") == 1
        columns: dict[str, NDArray[Any]] = {}
        for name in ("count", "population", "rate_per"):
            columns[name] = by_period(table, who, words, column=name)
        for name in ("status", "area_name", "basis"):
            values = by_period(table, who, words, column=name).astype(object)
            values[~there] = None
            columns[name] = values
        groups = who.groupby(_KEY[1:], sort=False, dropna=False).indices
        series = {}
        for key, at in groups.items():
            series[cast("tuple[str, str, str]", key)] = np.isin(np.arange(len(who)), at)
        return cls(who=who, words=words, columns=columns, series=series)

    def paired(self, rows: NDArray[np.intp], first: Places, last: Places) -> pd.DataFrame:
        """Rows of two periods beside each other; none where neither has one."""
        first, last = (
            np.broadcast_to(np.asarray(at, dtype=np.intp), rows.shape) for at in (first, last)
        )
        there = pd.notna(self.columns["status"])
        some = there[rows, first] | there[rows, last]
        rows, first, last = rows[some], first[some], last[some]
        words = np.array(self.words, dtype=object)
        sides = {"to": last, "from": first}
        return (
            self.who.iloc[rows]
            .reset_index(drop=True)
            .assign(
                **{
                    f"{name}_{side}": values[rows, at]
                    for side, at in sides.items()
                    for name, values in self.columns.items()
                },
                period_from=words[first],
                period_to=words[last],
            )
        )

    def ends(self, rows: NDArray[np.bool_], first: int, last: int) -> Ends:
        events, people = (self.columns[name][rows] for name in ("count", "population"))
        return Ends(
            events_from=events[:, first],
            events_to=events[:, last],
            people_from=people[:, first],
            people_to=people[:, last],
        )


@dataclass(frozen=True, kw_only=True)
class _Chosen:
    """The two periods, and those that say how areas vary."""

    line: Timeline
    first: int
    last: int

    @classmethod
    def of(
        cls, table: pd.DataFrame, start: str | None, end: str | None, breaks: Sequence[str]
    ) -> _Chosen:
        line = Timeline.of(_of_one_length(table, start, end), breaks=breaks)
        last = len(line.words) - 1 if end is None else line.place(end)
        first = line.before(last) if start is None else line.place(start)
        if not 0 <= first < last:
            before = f"{line.words[first]!r} is not before" if first >= 0 else "nothing is before"
            msg = f"{before} {line.words[last]!r}. Name an earlier and a later period."
            raise InputError(msg)
        return cls(line=line, first=first, last=last)

    @property
    def words(self) -> tuple[str, str]:
        return self.line.words[self.first], self.line.words[self.last]

    @property
    def is_broken(self) -> bool:
        return self.line.is_broken(self.first, self.last)

    def variance(self, grid: _Grid, rows: NDArray[np.bool_]) -> float:
        """How areas of a series vary between the two."""

        def ends(one: int, other: int) -> Ends:
            return grid.ends(rows, one, other)

        return variance_between(self.line, self.first, self.last, ends=ends)


def _of_one_length(table: pd.DataFrame, start: str | None, end: str | None) -> list[str]:
    """Periods of the table; where two are named, those that go with them."""
    words = list(dict.fromkeys(table["period"]))
    if start is None or end is None:
        return words
    try:
        Timeline.of(words)
    except InputError:
        # Others that overlap or are of another length say nothing of these two.
        return [word for word in words if word in (start, end)] or words
    return words


def _codes(paired: pd.DataFrame, comparator: str | Mapping[str, str] | None) -> pd.Series:
    if comparator is None:
        return pd.Series("", index=paired.index)
    if isinstance(comparator, str):
        codes = pd.Series(comparator, index=paired.index)
    else:
        codes = paired["indicator"].map(dict(comparator)).fillna("")
    known = set(paired["area_code"])
    absent = [code for code in dict.fromkeys(codes) if code and code not in known]
    if absent:
        msg = (
            f"the comparator {absent[0]!r} is in no row of the rates. Add its counts and "
            "population, or name another comparator."
        )
        raise InputError(msg)
    return codes


def _ends(paired: pd.DataFrame) -> Ends:
    names = ("count_from", "count_to", "population_from", "population_to")
    x1, x2, n1, n2 = (as_floats(paired[name]) for name in names)
    return Ends(events_from=x1, events_to=x2, people_from=n1, people_to=n2)


def _others(
    paired: pd.DataFrame,
    whole: pd.DataFrame,
    codes: pd.Series,
    parents: Mapping[str, str] | None,
) -> Ends:
    """The comparator of each area without the area; without figures for the comparator itself."""
    names = ["count_from", "count_to", "population_from", "population_to"]
    key = ["area_code", "indicator", "sex", "period_from", "period_to"]
    wanted = paired[key[1:]].assign(area_code=codes)
    figures = whole.drop_duplicates(key)[[*key, *names]]
    held = wanted.merge(figures, how="left", on=key)
    own = (paired["area_code"] == codes).to_numpy()
    pairs = zip(paired["area_code"], codes, strict=True)
    is_part = np.array([parents is None or holds(parents, *pair) for pair in pairs], dtype=bool)
    rest = {}
    for name in names:
        left = as_floats(held[name]) - np.where(is_part, as_floats(paired[name]), 0.0)
        rest[name] = np.where(own | ~(left >= 0), np.nan, left)
    return _ends(pd.DataFrame(rest))


def _changes(paired: pd.DataFrame, others: Ends, variance: Column, asked: _Asked) -> pd.DataFrame:
    """Figures of areas; those of one level, indicator, sex and pair of periods belong together."""
    ends, known = _ends(paired), np.nan_to_num(variance)
    factor = variance_factor(np.nan_to_num(ends.together), known)
    group = paired.groupby([*_KEY[1:], "period_from", "period_to"], sort=False, dropna=False)
    of = group.ngroup().to_numpy().astype(np.intp)
    # A sum of areas varies as its parts do, each by its share of the events.
    share = np.where(ends.known, ends.together, 0.0)
    sums = np.bincount(of, share), np.bincount(of, share * factor)
    other_factor = np.where(sums[0] > 0, sums[1] / np.where(sums[0] > 0, sums[0], 1), 1.0)[of]
    per = as_floats(paired["rate_per_to"].fillna(paired["rate_per_from"]))
    difference, low, high = difference_interval(ends, factor=factor, confidence=asked.confidence)
    lower, upper = ratio_interval(ends, factor=factor, confidence=asked.confidence)
    relative = _relative(ends, others, (factor, other_factor), asked.confidence)
    p, q = ratio_p_values(ends, factor=factor), relative["p_value"]
    silent = paired["basis_from"].eq("illustrative") | paired["basis_to"].eq("illustrative")
    p_adjusted, q_adjusted = (
        _adjusted(np.where(silent, np.nan, one), of, asked.correction) for one in (p, q)
    )
    figures: dict[str, Any] = {
        "rate_from": np.where(ends.known, ends.events_from / ends.people_from * per, np.nan),
        "rate_to": np.where(ends.known, ends.events_to / ends.people_to * per, np.nan),
        "difference": difference * per,
        "difference_lower": low * per,
        "difference_upper": high * per,
        "ratio": ends.ratio,
        "ratio_lower": lower,
        "ratio_upper": upper,
        "p_value": p,
        "p_adjusted": p_adjusted,
        "relative_ratio": relative["ratio"],
        "relative_lower": relative["lower"],
        "relative_upper": relative["upper"],
        "relative_p_value": q,
        "relative_p_adjusted": q_adjusted,
        "change": _words(p_adjusted, ends.ratio, asked.alpha),
        "relative_change": _words(q_adjusted, relative["ratio"], asked.alpha),
        "year_cv": np.sqrt(variance),
        "rate_per": per,
    }
    return paired.assign(**figures)


def _relative(
    ends: Ends, others: Ends, factors: tuple[Column, Column], confidence: float
) -> dict[str, Column]:
    """Ratios of ratios, some thousand rows at a time: each has a list of counts in memory."""
    parts = [
        relative_ratios(
            ends.part(rows),
            others.part(rows),
            factor=factors[0][rows],
            other_factor=factors[1][rows],
            confidence=confidence,
        )
        for start in range(0, max(len(factors[0]), 1), _AT_ONCE)
        for rows in (slice(start, start + _AT_ONCE),)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _adjusted(p: Column, group: NDArray[np.intp], method: str) -> Column:
    """P-values corrected over the areas of each group."""
    found = np.full(p.shape, np.nan)
    order = np.argsort(group, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        found[rows] = adjust_p_values(p[rows], method=method)
    return found


def _words(p: Column, ratio: Column, alpha: float) -> NDArray[np.str_]:
    with np.errstate(invalid="ignore"):
        sure = p <= alpha
        way = np.where(ratio > 1, "increasing", "decreasing")
    return np.where(np.isnan(p), "not_compared", np.where(sure, way, "no_clear_change"))


def _told(found: pd.DataFrame, broken: NDArray[np.bool_], codes: pd.Series) -> pd.DataFrame:
    """Columns in their order, with what is to be said of each row."""
    table = found.assign(
        comparator=codes,
        status=_status(found),
        area_name=found["area_name_to"].fillna(found["area_name_from"]),
        basis=_basis(found),
    )
    table["note"] = _notes(table, broken)
    figures = [name for name in _FIGURES if not name.startswith("rate_")]
    table.loc[broken, figures] = np.nan
    table.loc[broken, ["change", "relative_change"]] = "not_compared"
    return table[list(_ORDER)].reset_index(drop=True)


def _basis(found: pd.DataFrame) -> pd.Series:
    """Of both ends: published only where both are."""
    sides = [found[f"basis_{side}"].fillna("") for side in ("to", "from")]
    basis = sides[0].where(sides[0] != "", sides[1])
    for word in ("estimated", "own", "illustrative"):
        basis = basis.mask((sides[0] == word) | (sides[1] == word), word)
    return basis


def _status(found: pd.DataFrame) -> pd.Series:
    """Of both ends: hidden if one is, then missing; zero where both are, unstable below 10."""
    x1, x2 = as_floats(found["count_from"]), as_floats(found["count_to"])
    words = np.where(np.minimum(x1, x2) < STABLE_EVENTS, "unstable", "value")
    words = np.where((x1 == 0) & (x2 == 0), "zero", words)
    status = pd.Series(words, index=found.index, dtype=object)
    lacking = pd.Series(np.isnan(x1) | np.isnan(x2), index=found.index)
    ends = [
        found[f"status_{side}"].where(found[f"count_{side}"].isna(), "").fillna("missing")
        for side in ("from", "to")
    ]
    status = status.mask(lacking, "missing")
    for word in reversed(GRAVEST):
        status = status.mask(lacking & ((ends[0] == word) | (ends[1] == word)), word)
    return status


def _notes(table: pd.DataFrame, broken: NDArray[np.bool_]) -> pd.Series:
    """What a reader must know of each row, as sentences."""
    start, end = table["period_from"], table["period_to"]
    said: list[tuple[pd.Series[bool], pd.Series[str] | str]] = [
        (
            table["status_from"].isna(),
            "No row in "
            + start
            + (
                ": the area is new or was drawn anew; `vawg-geo rebase --integers` puts earlier "
                "counts on its boundaries."
            ),
        ),
        (
            table["status_to"].isna(),
            "No row in "
            + end
            + (
                ": the area is no more or was drawn anew; `vawg-geo rebase --integers` puts its "
                "counts on later boundaries."
            ),
        ),
        (table["status"] == "suppressed", "A count is hidden, so the change is."),
        (table["status"] == "zero", "No events in either period: there is no ratio."),
        (
            (table["count_from"] == 0) & (table["count_to"] > 0),
            "No events in " + start + ": the ratio is endless, and has no upper limit.",
        ),
        (
            table["basis_from"].eq("illustrative") | table["basis_to"].eq("illustrative"),
            "Illustrative counts are not compared.",
        ),
        (
            # Of a hidden change nothing more is said: such rows are alike.
            table["year_cv"].isna() & (table["status"] != "suppressed"),
            f"Fewer than {FEWEST_AREAS} areas with events: how they vary from year to year cannot "
            "be said, and limits are those of chance alone.",
        ),
        (
            pd.Series(broken, index=table.index),
            "A new series begins between the two periods: they are not compared.",
        ),
    ]
    notes = pd.Series("", index=table.index)
    for where, sentence in said:
        more = " " + sentence
        notes = notes.mask(where.fillna(False).astype(bool), notes + more)
    return notes.str.strip()
