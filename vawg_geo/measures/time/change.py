"""Which areas changed between two periods, how sure that is, and whether all changed alike."""

from __future__ import annotations

from collections.abc import Mapping
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
from vawg_geo.measures.time.table import AREA, GRAVEST, completed, require_periods
from vawg_geo.measures.time.variance import FEWEST_AREAS, variance_factor, year_to_year_variance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Column = NDArray[np.float64]

__all__ = ["CHANGES", "rate_ratio"]

CHANGES: Final = ("increasing", "decreasing", "no_clear_change", "not_compared")
_KEY: Final = list(AREA)
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
    variance: float | Mapping[tuple[str, str, str], float] | None = None,
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
        The earlier and the later; without them the latest and the one before it.
    comparator : str or mapping of str to str, optional
        Code of the area whose change others are held against, or one for each indicator. An area
        that is a part of it is left out of it.
    parents : mapping of str to str, optional
        Code of the area that holds an area; without it every area is a part of its comparator.
    variance : float or mapping of (str, str, str) to float, optional
        Of the areas' relative risks from year to year; 0 is chance alone. Or one for each level,
        indicator and sex, NaN where nobody can say. Estimated where it is not given, from periods
        that follow each other.
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
    (v + 2), t the area's events (`variance_factor`, `year_to_year_variance`). With fewer than ten
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
    if isinstance(variance, int | float) and not (np.isfinite(variance) and variance >= 0):
        msg = f"a variance is 0 or more, not {variance}. Leave it out to have it estimated."
        raise InputError(msg)
    table = completed(rates, "count", "population")
    require_periods(table, "a change needs two")
    chosen = _Chosen.of(table, period_from, period_to, breaks)
    paired = chosen.pair(table, *chosen.words)
    codes = _codes(paired, comparator)
    parts = []
    for key, part in paired.groupby(_KEY[1:], sort=False, dropna=False):
        series = cast("tuple[str, str, str]", key)
        spread = (
            chosen.variance(table, series)
            if variance is None
            else variance.get(series, np.nan)
            if isinstance(variance, Mapping)
            else variance
        )
        asked = _Asked(confidence=confidence, alpha=alpha, variance=spread, correction=correction)
        parts.append(_changes(part, _others(part, paired, codes, parents), asked))
    found = pd.concat(parts).sort_index() if parts else paired
    return _told(found, chosen, codes)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """How sure, and how areas vary; the variance is NaN where nobody can say."""

    confidence: float
    alpha: float
    variance: float
    correction: str


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
        first = last - 1 if start is None else line.place(start)
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

    def pair(self, table: pd.DataFrame, start: str, end: str) -> pd.DataFrame:
        """Rows of two periods beside each other."""
        names = ["count", "population", "status", "area_name", "basis", "rate_per"]
        sides = [
            table.loc[table["period"] == word, [*_KEY, *names]].rename(
                columns={name: f"{name}_{side}" for name in names}
            )
            for word, side in ((start, "from"), (end, "to"))
        ]
        paired = sides[1].merge(sides[0], how="outer", on=_KEY, validate="1:1")
        # A table's order is its reader's; an outer merge sorts by code.
        order = pd.MultiIndex.from_frame(table[_KEY].drop_duplicates())
        places = order.get_indexer(pd.MultiIndex.from_frame(paired[_KEY]))
        return paired.iloc[np.argsort(places)].reset_index(drop=True)

    def variance(self, table: pd.DataFrame, key: tuple[str, ...]) -> float:
        """How areas of a series vary, from all periods that follow each other."""
        mine = np.logical_and.reduce(
            [(table[name] == word).to_numpy() for name, word in zip(_KEY[1:], key, strict=True)]
        )
        rows = table[mine]
        places = [n for n in range(1, len(self.line.words)) if self.line.follows(n)]
        pairs = [
            (self.line.words[n - 1], self.line.words[n])
            for n in places
            if not self.line.is_broken(n - 1, n)
        ]
        return year_to_year_variance(
            [_ends(self.pair(rows, *two)) for two in pairs or [self.words]]
        )


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
    part: pd.DataFrame,
    paired: pd.DataFrame,
    codes: pd.Series,
    parents: Mapping[str, str] | None,
) -> Ends:
    """The comparator of each area without the area; without figures for the comparator itself."""
    names = ["count_from", "count_to", "population_from", "population_to"]
    figures = paired[["area_code", "indicator", "sex", *names]]
    figures = figures.drop_duplicates(["area_code", "indicator", "sex"])
    wanted = part[["indicator", "sex"]].assign(area_code=codes[part.index])
    whole = wanted.merge(figures, how="left", on=["area_code", "indicator", "sex"])
    own = (part["area_code"] == codes[part.index]).to_numpy()
    pairs = zip(part["area_code"], codes[part.index], strict=True)
    is_part = np.array([parents is None or holds(parents, *pair) for pair in pairs], dtype=bool)
    rest = {}
    for name in names:
        left = as_floats(whole[name]) - np.where(is_part, as_floats(part[name]), 0.0)
        rest[name] = np.where(own | ~(left >= 0), np.nan, left)
    return _ends(pd.DataFrame(rest))


def _changes(part: pd.DataFrame, others: Ends, asked: _Asked) -> pd.DataFrame:
    """Figures of the areas of one level, indicator and sex."""
    ends, known = _ends(part), np.nan_to_num(asked.variance)
    factor = variance_factor(np.nan_to_num(ends.together), known)
    # A sum of areas varies as its parts do, each by its share of the events.
    share = np.where(ends.known, ends.together, 0.0)
    other_factor = float((share * factor).sum() / share.sum()) if share.sum() > 0 else 1.0
    per = as_floats(part["rate_per_to"].fillna(part["rate_per_from"]))
    difference, low, high = difference_interval(ends, factor=factor, confidence=asked.confidence)
    lower, upper = ratio_interval(ends, factor=factor, confidence=asked.confidence)
    relative = relative_ratios(
        ends, others, factor=factor, other_factor=other_factor, confidence=asked.confidence
    )
    p, q = ratio_p_values(ends, factor=factor), relative["p_value"]
    silent = part["basis_from"].eq("illustrative") | part["basis_to"].eq("illustrative")
    p_adjusted, q_adjusted = (
        adjust_p_values(np.where(silent, np.nan, one), method=asked.correction) for one in (p, q)
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
        "year_cv": np.sqrt(asked.variance),
        "rate_per": per,
    }
    return part.assign(**figures)


def _words(p: Column, ratio: Column, alpha: float) -> NDArray[np.str_]:
    with np.errstate(invalid="ignore"):
        sure = p <= alpha
        way = np.where(ratio > 1, "increasing", "decreasing")
    return np.where(np.isnan(p), "not_compared", np.where(sure, way, "no_clear_change"))


def _told(found: pd.DataFrame, chosen: _Chosen, codes: pd.Series) -> pd.DataFrame:
    """Columns in their order, with what is to be said of each row."""
    start, end = chosen.words
    status = _status(found)
    table = found.assign(
        period_from=start,
        period_to=end,
        comparator=codes,
        status=status,
        area_name=found["area_name_to"].fillna(found["area_name_from"]),
        basis=found["basis_to"].fillna(found["basis_from"]),
    )
    table["note"] = _notes(table, start, end, chosen)
    if chosen.is_broken:
        figures = [name for name in _FIGURES if not name.startswith("rate_")]
        table[figures] = np.nan
        table["change"] = table["relative_change"] = "not_compared"
    return table[list(_ORDER)].reset_index(drop=True)


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


def _notes(table: pd.DataFrame, start: str, end: str, chosen: _Chosen) -> pd.Series:
    """What a reader must know of each row, as sentences."""
    lone = {
        start: table["status_from"].isna(),
        end: table["status_to"].isna(),
    }
    said = [
        (
            lone[start],
            f"No row in {start}: the area is new or was drawn anew; `vawg-geo rebase` puts earlier "
            "counts on its boundaries.",
        ),
        (
            lone[end],
            f"No row in {end}: the area is no more or was drawn anew; `vawg-geo rebase` puts its "
            "counts on later boundaries.",
        ),
        (table["status"] == "suppressed", "A count is hidden, so the change is."),
        (table["status"] == "zero", "No events in either period: there is no ratio."),
        (
            (table["count_from"] == 0) & (table["count_to"] > 0),
            f"No events in {start}: the ratio has no upper limit.",
        ),
        (
            table["basis_from"].eq("illustrative") | table["basis_to"].eq("illustrative"),
            "Illustrative counts are not compared.",
        ),
        (
            table["year_cv"].isna(),
            f"Fewer than {FEWEST_AREAS} areas with events: how they vary from year to year cannot "
            "be said, and limits are those of chance alone.",
        ),
        (
            pd.Series(chosen.is_broken, index=table.index),
            "A new series begins between the two periods: they are not compared.",
        ),
    ]
    notes = pd.Series("", index=table.index)
    for where, sentence in said:
        notes = notes.mask(where.fillna(False).astype(bool), notes + " " + sentence)
    return notes.str.strip()
