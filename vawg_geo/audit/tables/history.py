"""Published figures over time: which counts each row shows, and of which a change tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.audit.tables.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Columns = dict[str, list[Any]]

__all__ = ["SHEETS_OF_HISTORY", "by_period"]

# A column of one period, as the tables of a report have them.
_OF_PERIOD: Final = re.compile(r"(count|value):(.+)", re.DOTALL)

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
    return [Sheet(columns=told, source=source)]


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
