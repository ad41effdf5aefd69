"""A table of services, checked: dates as dates, known words only, and no refuge with a place."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.overlays.services.provisions import provisions_of
from vawg_geo.terms.columns import COVERAGE_STATES, require_columns
from vawg_geo.terms.refuges import refuse_places_of_refuges

__all__ = ["as_day", "checked_services"]

_WORDS_IN_TABLES: Final = (*COVERAGE_STATES[:4], "")
_NEEDED: Final = ("service", "area_code", "area_name", "coverage", "valid_from", "valid_to")


def checked_services(services: pd.DataFrame) -> pd.DataFrame:
    """Give the table all columns, and dates as dates; refuse what cannot be.

    Parameters
    ----------
    services : pandas.DataFrame
        As `coverage` takes.

    Returns
    -------
    pandas.DataFrame
        Text without missing cells; `valid_from` and `valid_to` as dates, `datetime.date.min` and
        `datetime.date.max` for open ends; `provision` filled; index 0 to n - 1.

    Raises
    ------
    InputError, DisclosureError
        As `coverage`.
    """
    require_columns(services, _NEEDED, "services")
    if services.empty:
        msg = "the table of services has no rows. Give one row for each service and area."
        raise InputError(msg)
    refuse_places_of_refuges(services)
    blank = dict.fromkeys(("level", "provides", "age_range", "public_site", "note"), "")
    table = services.assign(**{k: v for k, v in blank.items() if k not in services})
    dates = {name: table[name] for name in ("valid_from", "valid_to")}
    text = table.drop(columns=list(dates)).astype(object)
    table = text.where(text.notna(), "").astype(str).reset_index(drop=True)
    _refuse(
        table,
        ~table["coverage"].isin(_WORDS_IN_TABLES),
        what="have a word for coverage that is not known",
        column="coverage",
        action=f"Use one of: {', '.join(COVERAGE_STATES[:4])}.",
    )
    table["coverage"] = table["coverage"].replace("", "not_recoverable")
    for name, open_end in (("valid_from", dt.date.min), ("valid_to", dt.date.max)):
        table[name] = [_day_of_cell(value, open_end, name) for value in dates[name]]
    _refuse(
        table,
        table["valid_to"] < table["valid_from"],
        what="end before they begin",
        column="valid_to",
        action="Correct the dates.",
    )
    ordered = table.sort_values("valid_from", kind="stable")
    earlier = ordered.groupby(["service", "area_code"])["valid_to"].shift()
    overlap = (
        earlier.notna() & (earlier.fillna(dt.date.min) >= ordered["valid_from"])
    ).sort_index()
    _refuse(
        table,
        overlap,
        what="overlap in time with another row of their service and area",
        column="valid_from",
        action="Keep one row for each day.",
    )
    given = table["provision"] if "provision" in table else pd.Series("", index=table.index)
    found = [
        "; ".join(provisions_of(s, p))
        for s, p in zip(table["service"], table["provides"], strict=True)
    ]
    given = given.str.split(";").map(lambda items: "; ".join(i.strip() for i in items if i.strip()))
    return table.assign(provision=given.where(given != "", found))


def _refuse(table: pd.DataFrame, bad: pd.Series, *, what: str, column: str, action: str) -> None:
    if not bad.any():
        return
    row = table[bad.to_numpy()].iloc[0]
    raise InputError(
        problem(
            what,
            bad=int(bad.sum()),
            total=len(table),
            noun="rows of services",
            first=f"{row['service']!r} in {row['area_name']} ({column} {str(row[column])!r})",
            action=action,
        )
    )


def as_day(date: dt.date | str) -> dt.date:
    """A date, given as one or as text.

    Examples
    --------
    >>> as_day("2016-03-31")
    datetime.date(2016, 3, 31)
    """
    if isinstance(date, dt.date):
        return date.date() if isinstance(date, dt.datetime) else date
    try:
        return dt.date.fromisoformat(date)
    except ValueError as error:
        msg = f"{date!r} is no date. Write it as 2016-03-31."
        raise InputError(msg) from error


def _day_of_cell(value: Any, open_end: dt.date, column: str) -> dt.date:
    if value is None or value == "" or pd.isna(value):
        return open_end
    try:
        return as_day(value if isinstance(value, dt.date) else str(value).strip())
    except InputError as error:
        msg = f"{column} of the table of services: {error}"
        raise InputError(msg) from error
