"""Months of counts put together to whole quarters or years, and what is lacking said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import InputError
from vawg_geo.inputs.points.dates import period_of
from vawg_geo.terms.periods import read_period

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from vawg_geo.terms.periods import Span

__all__ = ["Kept", "keep_period", "months_of", "whole_periods"]

_NOT_KEYS: Final = ("period", "count", "status")


def whole_periods(
    monthly: pd.DataFrame, *, by: str = "financial-year", doubtful: Collection[str] = ()
) -> tuple[pd.DataFrame, list[str]]:
    """Add months up to periods of which every month is there.

    Parameters
    ----------
    monthly : pandas.DataFrame
        Counts with `period` as `2019-08`; other columns name the rows.
    by : {"month", "quarter", "year", "financial-year"}
        Of the calendar, or April to March.
    doubtful : collection of str
        Months that are not to be taken for whole, though there are counts of them.

    Returns
    -------
    counts : pandas.DataFrame
        A row for each area, indicator, sex and whole period; the columns as given, without
        `status`. Where a month of an area is missing, so is the period.
    notes : list of str
        Periods that are not whole, with the first month that lacks. Their months are in no count:
        eleven months are no year.

    Raises
    ------
    InputError
        A period is no month, or none is whole.

    Examples
    --------
    >>> import pandas as pd
    >>> months = [f"2018-{m:02}" for m in range(4, 13)] + [f"2019-{m:02}" for m in range(1, 6)]
    >>> table = pd.DataFrame({"area_code": "A", "indicator": "crimes", "sex": "persons",
    ...                       "period": months, "count": 2})
    >>> whole, notes = whole_periods(table)
    >>> whole[["period", "count"]].values.tolist()
    [['2018/19', 24]]
    >>> notes
    ['2019/20 has 2 of 12 months and is left out; the first that lacks is 2019-06.']
    """
    _require_months(monthly)
    if by == "month":
        return monthly[[str(name) for name in monthly if name != "status"]], []
    names = {
        month: str(period_of(span, by))
        for month in monthly["period"].unique()
        if (span := read_period(month))
    }
    periods = monthly["period"].map(names)
    there = set(monthly.loc[monthly["count"].notna(), "period"]) - set(doubtful)
    whole, notes = [], []
    for period in sorted(set(periods)):
        months = months_of(read_period(period) or (0, 0))
        lacking = [month for month in months if month not in there]
        if not lacking:
            whole.append(period)
            continue
        notes.append(
            f"{period} has {len(months) - len(lacking)} of {len(months)} months and is left out; "
            f"the first that lacks is {lacking[0]}."
        )
    if not whole:
        what = by.replace("-", " ")
        msg = f"no {what} is whole. {' '.join(notes)} Add the months that lack."
        raise InputError(msg)
    chosen = monthly.assign(period=periods)[periods.isin(whole)]
    return _sums(chosen), notes


def _require_months(monthly: pd.DataFrame) -> None:
    odd = monthly.loc[~monthly["period"].str.fullmatch(r"\d{4}-(?:0[1-9]|1[0-2])"), "period"]
    if len(odd):
        msg = f"{len(odd):,} of {len(monthly):,} periods are no months; first: {odd.iloc[0]!r}."
        raise InputError(msg)


def _sums(rows: pd.DataFrame) -> pd.DataFrame:
    """Sums of the rows that differ in their count alone; missing where one of them is."""
    keys = [str(name) for name in rows if name not in _NOT_KEYS]
    groups = rows.groupby([*keys, "period"], sort=False, dropna=False)["count"]
    sums = groups.sum().mask(groups.count() < groups.size())
    return sums.reset_index()[[str(name) for name in rows if name != "status"]]


def months_of(span: Span) -> list[str]:
    """Months that lie whole within a span.

    Examples
    --------
    >>> months_of(read_period("2023 Q2"))
    ['2023-04', '2023-05', '2023-06']
    """
    first, last = date.fromordinal(span[0]), date.fromordinal(span[1])
    begin = first.year * 12 + first.month - (first.day == 1)
    numbers = range(begin, last.year * 12 + last.month - 1)
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Months of one period, added up.

    Attributes
    ----------
    counts : pandas.DataFrame
        As `whole_periods` gives them, every row of the one period.
    left_out : list of str
        Months outside the period.
    lacking : list of str
        Months of the period that are not there.
    months : int
        How many the period has.
    """

    counts: pd.DataFrame
    left_out: list[str]
    lacking: list[str]
    months: int


def keep_period(monthly: pd.DataFrame, period: str) -> Kept:
    """Add up the months of a period, and say which others there are and which lack.

    Parameters
    ----------
    monthly : pandas.DataFrame
        Counts with `period` as `2019-08`.
    period : str
        As `read_period` reads it: `2023/24`, `2023`, `2023 Q2`, `2023-04 to 2023-09`.

    Returns
    -------
    Kept
        A month that lacks is not in the sums: whether they may stand is for a person to say.

    Raises
    ------
    InputError
        The word is no period of whole months, or no month of it is there.

    Examples
    --------
    >>> import pandas as pd
    >>> months = [f"{y}-{m:02}" for y in (2022, 2023, 2024) for m in range(1, 13)]
    >>> table = pd.DataFrame({"area_code": "A", "period": months, "count": 2})
    >>> kept = keep_period(table, "2023/24")
    >>> kept.counts.values.tolist(), len(kept.left_out), kept.lacking
    ([['A', '2023/24', 24]], 24, [])
    """
    _require_months(monthly)
    span = read_period(period)
    wanted = months_of(span) if span else []
    if not wanted:
        msg = (
            f"--period {period!r} is no time of whole months that can be read. Write it as "
            "2023/24, 2023, 2023 Q2 or 2023-04 to 2023-09."
        )
        raise InputError(msg)
    there = set(monthly.loc[monthly["count"].notna(), "period"])
    inside = sorted(there & set(wanted))
    if not inside:
        msg = (
            f"no month of {period} is there: the rows are of {min(monthly['period'])} to "
            f"{max(monthly['period'])}. Name a period of them."
        )
        raise InputError(msg)
    rows = monthly[monthly["period"].isin(inside)].assign(period=period)
    return Kept(
        counts=_sums(rows),
        left_out=sorted(set(monthly["period"]) - set(wanted)),
        lacking=[month for month in wanted if month not in there],
        months=len(wanted),
    )
