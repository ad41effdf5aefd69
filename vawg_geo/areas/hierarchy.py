"""Ward in district in county in police area: sums upwards, and whether two levels agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.columns import COUNT_COLUMNS
from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["add_up", "ancestors", "reconcile"]

_SERIES = ["indicator", "sex", "period"]


def ancestors(code: str, parents: Mapping[str, str]) -> list[str]:
    """Codes of the areas that hold an area, nearest first.

    Raises
    ------
    InputError
        An area holds itself.

    Examples
    --------
    >>> ancestors("w", {"w": "d", "d": "c", "c": ""})
    ['d', 'c']
    """
    chain: list[str] = []
    while code := parents.get(code, ""):
        if code in chain:
            msg = f"the area {code!r} lies in itself by its parent codes. Correct the parents."
            raise InputError(msg)
        chain.append(code)
    return chain


def add_up(
    counts: pd.DataFrame, areas: pd.DataFrame, parents: Mapping[str, str], *, vintage: str = ""
) -> pd.DataFrame:
    """Sum the counts of one level into areas of a higher one.

    Parameters
    ----------
    counts : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`, rows of one level.
    areas : pandas.DataFrame
        `area_code`, `area_name` and `level` of the higher areas.
    parents : mapping of str to str
        Code of the area that holds an area.
    vintage : str
        Of the result.

    Returns
    -------
    pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`. A sum of which a part is missing is missing, of
        which a part is suppressed is suppressed; parts that are not applicable do not count, and
        a sum of nothing else is not applicable. The note says how many areas were added up.
    """
    rows = counts.assign(area_code=_holders(counts["area_code"], areas["area_code"], parents))
    rows = rows[rows["area_code"] != ""]
    if rows.empty:
        return counts.iloc[:0][list(COUNT_COLUMNS)]
    key = ["area_code", *_SERIES, "basis"]
    grouped = rows.groupby(key, sort=False)
    sums = grouped["count"].sum(min_count=1).to_frame("count")
    for status in ("missing", "suppressed", "not_applicable"):
        sums[status] = (rows["status"] == status).groupby([rows[k] for k in key], sort=False).sum()
    sums["parts"] = grouped.size()
    sums = sums.reset_index()
    sums["status"] = [
        _sum_status(*row)
        for row in sums[
            ["count", "missing", "suppressed", "not_applicable", "parts"]
        ].itertuples(index=False)
    ]
    known = sums["status"].isin(["value", "zero"])
    child = str(counts["level"].iloc[0])
    sums["count"] = sums["count"].where(known)
    sums["note"] = [
        f"sum of {parts} {child}s" if ok else f"{missing + hidden} of {parts} {child}s have no figure"
        for parts, missing, hidden, ok in zip(
            sums["parts"], sums["missing"], sums["suppressed"], known, strict=True
        )
    ]
    result = areas[["area_code", "area_name", "level"]].merge(sums, on="area_code")
    return result.assign(vintage=vintage)[list(COUNT_COLUMNS)]


def _holders(codes: pd.Series, higher: pd.Series, parents: Mapping[str, str]) -> pd.Series:
    """For each code the nearest of the higher areas that holds it; empty where none does."""
    wanted = set(higher)
    lineage = {
        code: next((above for above in ancestors(code, parents) if above in wanted), "")
        for code in codes.unique()
    }
    return codes.map(lineage)


def _sum_status(
    count: float, missing: int, suppressed: int, not_applicable: int, parts: int
) -> str:
    if missing:
        return "missing"
    if suppressed:
        return "suppressed"
    if not_applicable == parts:
        return "not_applicable"
    return "zero" if count == 0 else "value"


def reconcile(
    lower: pd.DataFrame, upper: pd.DataFrame, parents: Mapping[str, str]
) -> pd.DataFrame:
    """Compare the sums of a lower level with the figures given for a higher one.

    Parameters
    ----------
    lower, upper : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`.
    parents : mapping of str to str

    Returns
    -------
    pandas.DataFrame
        One row for each area of `upper` and series that both have: `area_code`, `area_name`,
        `indicator`, `sex`, `period`, `basis` (of the lower), `count` (of the upper),
        `sum_of_parts`, `difference` (sum less count), `parts`, `parts_without_figure`. A
        difference is missing where a part has no figure or the count is not known.
    """
    names = upper[["area_code", "area_name", "level"]].drop_duplicates("area_code")
    sums = add_up(lower, names, parents)
    wanted = ["area_code", *_SERIES]
    detail = lower.assign(area_code=_holders(lower["area_code"], names["area_code"], parents))
    parts = detail.groupby(wanted, sort=False).agg(
        parts=("status", "size"),
        parts_without_figure=("status", lambda s: int(s.isin(["missing", "suppressed"]).sum())),
    )
    pairs = upper.drop(columns=["basis", "note", "level", "vintage", "status"]).merge(
        sums[[*wanted, "basis", "count"]].rename(columns={"count": "sum_of_parts"}), on=wanted
    )
    pairs["difference"] = pairs["sum_of_parts"] - pairs["count"]
    pairs = pairs.merge(parts.reset_index(), on=wanted, how="left")
    return pairs[
        [
            "area_code", "area_name", *_SERIES, "basis", "count", "sum_of_parts", "difference",
            "parts", "parts_without_figure",
        ]
    ]  # fmt: skip
