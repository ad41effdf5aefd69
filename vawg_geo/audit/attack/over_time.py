"""Tables over time, held against the counts that are shown: computed again, and worked out.

A ratio of two rates with its limits gives both counts. So whatever is said of time must follow from
the figures that are shown: it is computed again from these, and what comes out otherwise was made
of others. Where a count is not shown, a stranger looks for the counts that give a row's figures.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.audit.attack.beside import by_source
from vawg_geo.audit.observed import CELL, OBSERVATION_COLUMNS, Finding
from vawg_geo.audit.tables.sheets import texts_in
from vawg_geo.errors import VawgGeoError
from vawg_geo.measures.time.over_time import Asked, tables_over_time
from vawg_geo.measures.time.ratios import Ends, ratio_interval
from vawg_geo.measures.time.variance import variance_factor
from vawg_geo.terms.periods import read_periods
from vawg_geo.terms.tables import CHANGES, MONTHS, RATES, TRENDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from vawg_geo.audit.tables.sheets import Sheet, TimeTable

    Numbers = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["counts_of_changes", "odd_over_time"]

# What is computed from of a table of rates.
_NUMBERS: Final = ("count", "population", "rate", "rate_lower", "rate_upper", "rate_per")
_TEXTS: Final = (*CELL, "level", "rate_method", "status", "basis")
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    CHANGES.name: ("area_code", "indicator", "sex", "period_from", "period_to"),
    TRENDS.name: ("area_code", "indicator", "sex", "period_from", "period_to"),
    MONTHS.name: CELL,
}
# Words that say of no figure how it is.
_SILENT: Final = frozenset(
    ("", "nan", "not_compared", "cannot_be_calculated", "no_clear_change", "no_significant_change")
)
# Figures of the same counts differ by no more than this, of their size.
_NEAR: Final = 1e-6
# Counts up to this are looked for behind a ratio; protected ones are far smaller.
_MOST: Final = 120
# Limits of candidates that agree so well with a row's are taken for its own.
_ALIKE: Final = 1e-4
# What of a table of changes tells how it was computed.
_TOLD: Final = frozenset(("comparator", "p_value", "p_adjusted"))


def odd_over_time(
    tables: Sequence[TimeTable], sheets: Sequence[Sheet], parents: Mapping[str, str]
) -> list[Finding]:
    """Figures over time that do not follow from the counts that are shown.

    Parameters
    ----------
    tables : sequence of TimeTable
    sheets : sequence of Sheet
        Rates among them; without any nothing can be computed again.
    parents : mapping of str to str
        Code of the area that holds an area.

    Returns
    -------
    list of Finding
        `derived_figure`, one for each table and column.
    """
    rates = _rates(sheets)
    if not tables or rates.empty:
        return []
    frames = [(table, _frame(table)) for table in tables]
    # A layer of all indicators has some columns of a change alone.
    whole = [
        frame
        for one, frame in frames
        if one.name == CHANGES.name and not one.near and set(frame) >= _TOLD
    ]
    try:
        expected = _computed(rates, whole, parents)
    except VawgGeoError as error:
        text = f"the figures over time cannot be computed again from the rates: {error}"
        return [Finding(kind="derived_figure", file=tables[0].source, text=text)]
    return [
        finding
        for table, frame in frames
        for finding in _unlike(frame, expected[table.name], table)
    ]


def _rates(sheets: Sequence[Sheet]) -> pd.DataFrame:
    """Rates as the long tables have them, each cell once: those of pages are rounded."""
    wanted = (*_NUMBERS, *_TEXTS)
    frames = [
        pd.DataFrame({name: sheet.columns[name] for name in wanted}, dtype=object)
        for sheet in sheets
        if set(RATES.names) <= set(sheet.columns)
    ]
    if not frames:
        return pd.DataFrame(columns=list(wanted))
    table = pd.concat(frames, ignore_index=True)
    for name in _NUMBERS:
        table[name] = pd.to_numeric(table[name], errors="coerce").astype(float)
    for name in _TEXTS:
        table[name] = table[name].fillna("").astype(str)
    return table.drop_duplicates(list(CELL), ignore_index=True).assign(area_name="", note="")


def _frame(table: TimeTable) -> pd.DataFrame:
    frame = pd.DataFrame(table.columns, dtype=object)
    key = _KEYS[table.name]
    texts = {name: frame[name].fillna("").astype(str) for name in key}
    return frame.assign(**texts, source=table.source)


def _computed(
    rates: pd.DataFrame, changes: Sequence[pd.DataFrame], parents: Mapping[str, str]
) -> dict[str, pd.DataFrame]:
    """What the rates that are shown give, by name of the table."""
    given = pd.concat(changes, ignore_index=True) if changes else pd.DataFrame()
    comparators = {}
    if len(given):
        named = given[given["comparator"].fillna("").astype(str) != ""]
        comparators = {
            str(name): str(code)
            for name, code in zip(named["indicator"], named["comparator"], strict=True)
        }
    asked = Asked(
        parents=parents,
        comparators=comparators,
        breaks={},
        correction="bh" if _is_by_rank(given) else "bonferroni",
    )
    tables = tables_over_time(rates, asked)
    if breaks := _breaks(given, tables.changes):
        tables = tables_over_time(rates, replace(asked, breaks=breaks))
    return {
        CHANGES.name: tables.changes,
        TRENDS.name: tables.trends,
        MONTHS.name: tables.months,
    }


def _is_by_rank(given: pd.DataFrame) -> bool:
    """Whether p are corrected by Benjamini and Hochberg: the largest of several stays as it is."""
    if given.empty:
        return True
    p, q = (pd.to_numeric(given[name], errors="coerce") for name in ("p_value", "p_adjusted"))
    table = given.assign(p=p, q=q).dropna(subset=["p", "q"])
    groups = table.groupby(["level", "indicator", "sex", "period_from", "period_to"])
    several = groups["p"].transform("size") > 1
    top = several & (table["p"] == groups["p"].transform("max")) & (table["p"] < 1 - _NEAR)
    # By Bonferroni the largest p of several is multiplied by their number.
    largest, corrected = (table.loc[top, name].to_numpy(dtype=float) for name in ("p", "q"))
    near = np.abs(corrected - largest) <= _NEAR * largest
    return not near.size or bool(near.mean() > 1 / 2)


def _breaks(given: pd.DataFrame, expected: pd.DataFrame) -> dict[str, tuple[int, ...]]:
    """First days of new series, by indicator: between periods that nothing is compared of.

    The fewest days that lie in all such pairs.
    """
    if given.empty or expected.empty:
        return {}
    pair = ["indicator", "period_from", "period_to"]
    has = given.assign(has=pd.to_numeric(given["p_value"], errors="coerce").notna())
    could = expected.assign(could=expected["p_value"].notna())
    silent = ~has.groupby(pair)["has"].any()
    silent &= could.groupby(pair)["could"].any().reindex(silent.index, fill_value=False)
    broken = silent.index[silent].to_list()
    if not broken:
        return {}
    words = list(dict.fromkeys(word for _, *two in silent.index for word in two))
    spans = dict(zip(words, read_periods(words), strict=True))
    days: dict[str, list[int]] = {}
    ends = sorted(
        (last[0], first[0], str(name))
        for name, start, end in broken
        if (first := spans[start]) is not None and (last := spans[end]) is not None
    )
    for end, start, name in ends:
        mine = days.setdefault(name, [])
        if not any(start < day <= end for day in mine):
            mine.append(end)
    return {name: tuple(mine) for name, mine in days.items()}


def _unlike(given: pd.DataFrame, expected: pd.DataFrame, table: TimeTable) -> list[Finding]:
    """Figures that are there and are not those of the rates."""
    key = _KEYS[table.name]
    places = pd.MultiIndex.from_frame(given[list(key)])
    like = expected.set_index(list(key))
    like = like[~like.index.duplicated()].reindex(places)
    cells = given.assign(period=given[key[-1]])
    findings = []
    for name in given.columns.intersection(expected.columns).difference([*key, *_ASIDE]):
        texts = texts_in(given[name]).replace("nan", "")
        numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float)
        words = texts.to_numpy(dtype=object)
        if np.isnan(numbers).all():
            others = texts_in(like[name]).to_numpy(dtype=object)
            odd = ~np.isin(words, list(_SILENT)) & (words != others)
        else:
            theirs = pd.to_numeric(like[name], errors="coerce").to_numpy(dtype=float)
            slack = table.near.get(str(name), 0.0) + _NEAR * (np.abs(theirs) + 1e-3)
            with np.errstate(invalid="ignore"):
                odd = ~(np.abs(numbers - theirs) <= slack)
            odd &= words != ""
        findings += by_source(
            cells,
            odd,
            kind="derived_figure",
            text=f"{{n}} rows have a {name!r} that does not follow from the counts that are shown; "
            "first: {first}.",
        )
    return findings


# Names, and what is said of a row; the counts of months are observations of their own.
_ASIDE: Final = ("area_name", "level", "comparator", "status", "basis", "note", "count", "source")


# --- counts behind a ratio -----------------------------------------------------------------------


def counts_of_changes(
    tables: Sequence[TimeTable], sheets: Sequence[Sheet], observations: pd.DataFrame
) -> pd.DataFrame:
    """Counts that the ratio and limits of a row give, where they are not shown.

    Parameters
    ----------
    tables : sequence of TimeTable
    sheets : sequence of Sheet
        Where residents are taken from.
    observations : pandas.DataFrame
        `observed.OBSERVATION_COLUMNS`.

    Returns
    -------
    pandas.DataFrame
        More observations: empty where every row is of two counts that are shown.
    """
    # Of rounded figures a choice is left; that they stand there at all is a finding of its own.
    whole = [table for table in tables if table.name == CHANGES.name and not table.near]
    frames = [_frame(table) for table in whole]
    empty = pd.DataFrame(columns=list(OBSERVATION_COLUMNS))
    if not frames:
        return empty
    names = ["ratio", "ratio_lower", "ratio_upper", "year_cv"]
    rows = pd.concat(frames, ignore_index=True)
    rows = rows.reindex(columns=list(dict.fromkeys([*rows.columns, *names])))
    for name in names:
        rows[name] = pd.to_numeric(rows[name], errors="coerce").astype(float)
    exact = observations[
        observations["low"].notna() & (observations["low"] == observations["high"])
    ]
    shown = pd.MultiIndex.from_frame(exact[list(CELL)]).unique()
    ends = ("period_from", "period_to")
    cells = [pd.MultiIndex.from_frame(rows[[*CELL[:3], end]]) for end in ends]
    open_rows = ~(cells[0].isin(shown) & cells[1].isin(shown))
    rows = rows[open_rows & rows["ratio_lower"].notna().to_numpy()]
    people = _people(sheets)
    found = [
        row.reindex(list(OBSERVATION_COLUMNS)).to_dict() | told
        for _, row in rows.iterrows()
        for told in _worked_out(row, people)
    ]
    return pd.DataFrame(found, columns=list(OBSERVATION_COLUMNS)) if found else empty


def _people(sheets: Sequence[Sheet]) -> dict[tuple[str, ...], float]:
    """Residents by area, sex and period, and by area and sex."""
    people: dict[tuple[str, ...], float] = {}
    for sheet in sheets:
        if not {"population", "sex"} <= set(sheet.columns):
            continue
        periods = sheet.columns.get("period") or [""] * len(sheet)
        columns = (sheet.columns["area_code"], sheet.columns["sex"], periods)
        values = pd.to_numeric(pd.Series(sheet.columns["population"]), errors="coerce")
        for area, sex, period, value in zip(*columns, values, strict=True):
            if value > 0:
                people.setdefault((str(area), str(sex), str(period)), float(value))
                people.setdefault((str(area), str(sex)), float(value))
    return people


def _worked_out(
    row: pd.Series[Any], people: Mapping[tuple[str, ...], float]
) -> list[dict[str, Any]]:
    """Both counts of a row, as far as its ratio and limits leave no choice."""
    who = str(row["area_code"]), str(row["sex"])
    n1, n2 = (
        people.get((*who, str(row[end])), people.get(who, 1.0))
        for end in ("period_from", "period_to")
    )
    x1, x2 = _candidates(row["ratio"], n2 / n1)
    ends = Ends(
        events_from=x1,
        events_to=x2,
        people_from=np.full(x1.shape, n1),
        people_to=np.full(x1.shape, n2),
    )
    spread = np.nan_to_num(row["year_cv"]) ** 2
    lower, upper = ratio_interval(ends, factor=variance_factor(x1 + x2, spread))
    fits = np.abs(lower - row["ratio_lower"]) <= _ALIKE * (row["ratio_lower"] + 1e-3)
    if not np.isnan(row["ratio_upper"]):
        fits &= np.abs(upper - row["ratio_upper"]) <= _ALIKE * row["ratio_upper"]
    if not fits.any():
        return []
    return [
        {
            "period": row[end],
            "status": "value",
            "low": float(counts[fits].min()),
            "high": float(counts[fits].max()),
        }
        for end, counts in (("period_from", x1), ("period_to", x2))
    ]


def _candidates(ratio: float, people: float) -> tuple[Numbers, Numbers]:
    """Pairs of counts that a ratio may be of; without one, none before and any after."""
    some = np.arange(1.0, _MOST + 1)
    if np.isnan(ratio):
        return np.zeros(some.shape), some
    if ratio == 0:
        return some, np.zeros(some.shape)
    later = some * ratio * people
    whole = np.abs(later - np.rint(later)) <= _ALIKE * later
    return some[whole], np.rint(later[whole])
