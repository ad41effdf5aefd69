"""Months of counts put together to whole financial years, and what is lacking said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_geo.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["financial_years"]


def financial_years(monthly: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Add months up to financial years, April to March, of which every month is there.

    Parameters
    ----------
    monthly : pandas.DataFrame
        Counts with `period` as `2019-08`; other columns name the rows.

    Returns
    -------
    counts : pandas.DataFrame
        A row for each area, indicator, sex and whole year; the columns as given.
    notes : list of str
        Years that are not whole, with the first month that lacks. Their months are in no count:
        eleven months are no year.

    Raises
    ------
    InputError
        A period is no month, or no year is whole.

    Examples
    --------
    >>> import pandas as pd
    >>> months = [f"2018-{m:02}" for m in range(4, 13)] + [f"2019-{m:02}" for m in range(1, 6)]
    >>> table = pd.DataFrame({"area_code": "A", "indicator": "crimes", "sex": "persons",
    ...                       "period": months, "count": 2})
    >>> whole, notes = financial_years(table)
    >>> whole[["period", "count"]].values.tolist()
    [['2018/19', 24]]
    >>> notes
    ['2019/20 has 2 of 12 months and is left out; the first that lacks is 2019-06.']
    """
    odd = monthly.loc[~monthly["period"].str.fullmatch(r"\d{4}-(?:0[1-9]|1[0-2])"), "period"]
    if len(odd):
        msg = f"{len(odd):,} of {len(monthly):,} periods are no months; first: {odd.iloc[0]!r}."
        raise InputError(msg)
    years = monthly["period"].map(_year_of)
    there = set(monthly["period"])
    whole, notes = [], []
    for year in sorted(set(years)):
        lacking = [month for month in _months_of(year) if month not in there]
        if not lacking:
            whole.append(year)
            continue
        notes.append(
            f"{year} has {12 - len(lacking)} of 12 months and is left out; the first that lacks is "
            f"{lacking[0]}."
        )
    if not whole:
        msg = f"no financial year is whole. {' '.join(notes)} Add the months that lack."
        raise InputError(msg)
    keys = [str(name) for name in monthly if name not in ("period", "count", "status")]
    chosen = monthly.assign(period=years)[years.isin(whole)]
    counts = chosen.groupby([*keys, "period"], sort=False, dropna=False)[["count"]].sum()
    return counts.reset_index()[[str(name) for name in monthly if name != "status"]], notes


def _year_of(month: str) -> str:
    year, number = map(int, month.split("-"))
    first = year if number >= 4 else year - 1
    return f"{first}/{(first + 1) % 100:02}"


def _months_of(year: str) -> list[str]:
    first = int(year.partition("/")[0])
    return [f"{first}-{number:02}" for number in range(4, 13)] + [
        f"{first + 1}-{number:02}" for number in range(1, 4)
    ]
