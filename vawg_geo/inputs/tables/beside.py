"""Rows that stand among those of areas and are of none: totals, and events without an area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["total_notes", "unplaced_notes"]

_SERIES: Final = ("indicator", "sex", "period")
_NO_FIGURE: Final = ("missing", "suppressed")


def total_notes(
    counts: pd.DataFrame, totals: pd.DataFrame, unplaced: pd.DataFrame | None = None
) -> list[str]:
    """Say which totals of a table agree with its areas, and which do not.

    Parameters
    ----------
    counts, totals, unplaced : pandas.DataFrame
        Rows of areas, of totals, and of events without an area: `indicator`, `sex`, `period`,
        `count`, `status`, for areas `level`, for totals `area_name`, and `district` where the table
        has it: then a total is of its district. The index is the table's row numbers.

    Returns
    -------
    list of str
        One note for all that agree, one for all that do not, one for all that cannot be compared.

    Examples
    --------
    >>> counts = pd.DataFrame({
    ...     "area_name": ["North", "South"], "level": "ward", "indicator": "crimes",
    ...     "sex": "persons", "period": "2015/16", "count": [20, 11], "status": "value"})
    >>> total = counts.head(1).assign(area_name="Total", count=34).set_axis([4])
    >>> total_notes(counts, total)
    ['1 of 1 totals are not the sum of their areas; first: row 4, crimes, persons, 2015/16: 34 is given, 2 areas sum to 31. Find out which is right.']
    """  # noqa: E501
    beside = counts.iloc[:0] if unplaced is None else unplaced
    apart: list[str] = []
    agree = open_ones = 0
    for row, total in totals.iterrows():
        parts, more = (_same_series(frame, total) for frame in (counts, beside))
        sums = list(_sums(parts, more))
        if not sums or pd.isna(total["count"]):
            open_ones += 1
        elif any(number == total["count"] for number, _ in sums):
            agree += 1
        else:
            number, words = sums[0]
            series = ", ".join(str(total[name]) for name in _SERIES)
            apart.append(
                f"row {row}, {series}: {_shown(total['count'])} is given, {words} {_shown(number)}"
            )
    notes = [f"{agree:,} of {len(totals):,} totals are the sum of their areas"] if agree else []
    if open_ones:
        notes.append(
            f"{open_ones:,} of {len(totals):,} totals cannot be compared: areas of theirs have no "
            "figure, or they have none"
        )
    if apart:
        notes.append(
            f"{len(apart):,} of {len(totals):,} totals are not the sum of their areas; first: "
            f"{apart[0]}. Find out which is right."
        )
    return notes


def _shown(number: float) -> str:
    """Whole numbers without a point: an estimate's table may hold both."""
    return f"{int(number) if number == int(number) else number:,}"


def _same_series(frame: pd.DataFrame, total: pd.Series) -> pd.DataFrame:
    """Rows of the series of a total, and of its district where it names one."""
    rows = frame[(frame[list(_SERIES)] == total[list(_SERIES)]).all(axis=1)]
    district = str(total.get("district", "") or "")
    return rows[rows["district"] == district] if district else rows


def _sums(parts: pd.DataFrame, unplaced: pd.DataFrame) -> Iterator[tuple[float, str]]:
    """Sums that a total may be, of each level by itself, with events without an area and without.

    A table may have wards and districts among its rows.
    """
    for _, rows in parts.groupby("level", sort=False):
        if rows["status"].isin(_NO_FIGURE).any():
            continue
        number = rows["count"].sum()
        yield number, f"{len(rows):,} areas sum to"
        if len(unplaced) and not unplaced["status"].isin(_NO_FIGURE).any():
            words = f"{len(rows):,} areas and {len(unplaced):,} rows without one sum to"
            yield number + unplaced["count"].sum(), words


def unplaced_notes(unplaced: pd.DataFrame, rows: int) -> list[str]:
    """Say how many rows and events have no area.

    Parameters
    ----------
    unplaced : pandas.DataFrame
        `area_name` (the word that stands there) and `count`.
    rows : int
        How many there are in all.

    Returns
    -------
    list of str
        Empty where none is without an area.

    Examples
    --------
    >>> unplaced_notes(pd.DataFrame({"area_name": ["Unknown", "Unknown"], "count": [31, 2]}), 24)
    ["2 of 24 rows are of no area and set aside: 'Unknown' (2 rows, 33 events)"]
    """
    if unplaced.empty:
        return []
    told = ", ".join(
        f"{word!r} ({len(group):,} row{'s' * (len(group) != 1)}, "
        f"{_shown(group['count'].fillna(0).sum())} events)"
        for word, group in unplaced.groupby("area_name", sort=False)
    )
    return [f"{len(unplaced):,} of {rows:,} rows are of no area and set aside: {told}"]
