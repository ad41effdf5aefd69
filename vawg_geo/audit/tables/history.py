"""Published figures over time: which counts each row shows, and of which a change tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.audit.observed import CELL
from vawg_geo.audit.tables.sheets import PUBLISHED, Sheet, texts_in
from vawg_geo.terms.codes import read_sex
from vawg_geo.terms.indicators import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Columns = dict[str, list[Any]]

__all__ = ["SHEETS_OF_HISTORY", "by_period", "counts_of_the_maps"]

# A column of one period, as the tables of a report have them.
_OF_PERIOD: Final = re.compile(r"(count|value):(.+)", re.DOTALL)

# Where figures stand that may be those of an indicator of the maps.
_OF_WHOLE: Final = "/of the whole"
_OF_GROUP: Final = "/of a group of "
_WHO: Final = ("area_code", "area_name", "level", "sex", "basis")


def _of_figures(columns: Columns, source: str) -> list[Sheet]:
    """A cell for each group: its count, its rate and whether they are there."""
    told: Columns = _cells(columns)
    told["period"] = columns["period"]
    for name, column in (
        ("count", "count"),
        ("status", "status"),
        ("value", "published_rate"),
        ("rate_lower", "published_rate_lower"),
        ("rate_upper", "published_rate_upper"),
    ):
        if column in columns:
            told[name] = columns[column]
    return [Sheet(columns=told, source=source), *_as_the_maps(columns, source)]


def _as_the_maps(columns: Columns, source: str) -> list[Sheet]:
    """Figures under the names that an indicator of the maps may have: `counts_of_the_maps`."""
    size = len(columns["area_code"])
    names = ("area_code", "level", "indicator", "sex", "period", "category", "status")
    told = pd.DataFrame(
        {name: texts_in(pd.Series(columns.get(name, [""] * size), dtype=object)) for name in names}
    )
    told = told.assign(count=columns.get("count", [None] * size), basis=PUBLISHED)
    wholes = {name: _whole_of(rows) for name, rows in told.groupby("indicator", sort=False)}
    is_whole = told["category"] == told["indicator"].map(wholes)
    sexes = told["category"].map(lambda group: read_sex(str(group)) or "")
    sexes = sexes.mask(told["sex"].map(read_sex).isin(("female", "male")), "")
    parts = [
        (told[is_whole], _OF_WHOLE),
        (told.assign(sex=sexes)[~is_whole & (sexes != "")], _OF_WHOLE),
        *(
            (rows.assign(indicator=rows["category"]), f"{_OF_GROUP}{within}")
            for name, rows in told[told["category"] != ""].groupby("indicator", sort=False)
            for within in dict.fromkeys((str(name), wholes[name]))
        ),
    ]
    return [
        Sheet(columns={str(n): rows[n].to_list() for n in rows}, source=f"{source}{of}")
        for rows, of in ((rows.drop(columns="category"), of) for rows, of in parts)
        if len(rows)
    ]


def _whole_of(rows: pd.DataFrame) -> str:
    """Group that stands before all others wherever it stands, as the whole of a series does."""
    later: set[str] = set()
    for _, some in rows.groupby(["area_code", "sex"], sort=False):
        later |= set(some["category"].drop_duplicates().iloc[1:])
    first = rows.loc[~rows["category"].isin(later), "category"]
    return "" if first.empty else str(first.mode().iloc[0])


def _of_changes(columns: Columns, source: str) -> list[Sheet]:
    """A change tells of both of its ends: each must be shown."""
    told: Columns = _cells(columns)
    for name, column in (
        ("value", "times"),
        ("rate_lower", "times_lower"),
        ("rate_upper", "times_upper"),
        ("p_value", "p_value"),
        ("p_adjusted", "p_adjusted"),
    ):
        if column in columns:
            told[name] = columns[column]
    return [
        Sheet(columns={**told, "period": columns[end]}, source=f"{source}/{end}")
        for end in ("since", "until")
    ]


def _cells(columns: Columns) -> Columns:
    """What names the cells: the group is a part of what is counted."""
    told: Columns = {name: columns[name] for name in _WHO if name in columns}
    pairs = zip(columns["indicator"], columns["category"], strict=True)
    told["indicator"] = [f"{indicator}: {category}" for indicator, category in pairs]
    return told


def counts_of_the_maps(observations: pd.DataFrame, *, base: int) -> pd.DataFrame:
    """Let figures over time stand for the counts of the maps that they are, and drop the others.

    Parameters
    ----------
    observations : pandas.DataFrame
        `observed.OBSERVATION_COLUMNS`.
    base : int
        What shown counts are rounded to; 0 where they are not.

    Returns
    -------
    pandas.DataFrame
        A figure that is not the one that is shown is of something else, and is left out.
    """
    if observations.empty:
        return observations
    group = observations["source"].astype(str).str.partition(_OF_GROUP)
    may_be = observations["source"].astype(str).str.endswith(_OF_WHOLE) | (group[1] != "")
    if not may_be.any():
        return observations
    own, found = observations[~may_be], observations[may_be]
    mine = own[own["basis"] != PUBLISHED]
    names = {slug(str(name)): str(name) for name in mine["indicator"].unique()}
    names.pop("", None)
    # An indicator may have the name of a group by chance, but hardly that of its whole as well.
    known = (group[1] == "")[may_be] | group[2].map(slug)[may_be].isin(names)
    found = found.assign(indicator=found["indicator"].map(slug).map(names))
    found = found[known & found["indicator"].notna() & found["low"].notna()]
    exact = mine[(mine["low"] == mine["high"]) & (mine["status"] != "suppressed")]
    shown = exact.drop_duplicates(list(CELL)).set_index(list(CELL))["low"].astype(float)
    theirs = shown.reindex(pd.MultiIndex.from_frame(found[list(CELL)])).to_numpy(float)
    other = (found["low"].astype(float) - theirs).abs() > base // 2
    return pd.concat([own, found[~other]], ignore_index=True)


def by_period(columns: Columns) -> Columns:
    """A table with a column for each period, as one with a row for each.

    Parameters
    ----------
    columns : dict of str to list
        `count:2015/16` is the count of that period. A `category` is a part of the indicator.

    Returns
    -------
    dict of str to list
        As it was where no column is of one period.

    Examples
    --------
    >>> by_period({"area_code": ["E10000003"], "indicator": ["referrals"], "category": ["Unborn"],
    ...            "count:2014/15": ["23"], "count:2015/16": ["13"]})
    {'area_code': ['E10000003', 'E10000003'], 'indicator': ['referrals: Unborn', 'referrals: \
Unborn'], 'period': ['2014/15', '2015/16'], 'count': ['23', '13']}
    """
    found = {name: match for name in columns if (match := _OF_PERIOD.fullmatch(name))}
    if not found:
        return columns
    shared = {name: values for name, values in columns.items() if name not in found}
    if {"indicator", "category"} <= set(shared):
        shared["indicator"] = _cells(shared)["indicator"]
        del shared["category"]
    size = len(next(iter(columns.values())))
    long: Columns = {name: values * len(found) for name, values in shared.items()}
    long["period"] = [match[2] for match in found.values() for _ in range(size)]
    for kind in dict.fromkeys(match[1] for match in found.values()):
        long[kind] = [
            value if match[1] == kind else None
            for name, match in found.items()
            for value in columns[name]
        ]
    return long


SHEETS_OF_HISTORY: Final[Mapping[str, Callable[[Columns, str], list[Sheet]]]] = {
    "published_over_time": _of_figures,
    "published_changes": _of_changes,
}
