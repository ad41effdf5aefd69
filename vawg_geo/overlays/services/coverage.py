"""Who covers which area, as at a date; what the source does not say stays unknown.

Five states of a service in an area, never confused: `stated` and `inferred` are coverage,
`none` is its absence by the source, `not_recoverable` is silence of the source, and
`not_running` is a service that had ended or had not begun.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.errors import InputError
from vawg_geo.overlays.services.provisions import date_in_words, phrase
from vawg_geo.overlays.services.table import as_day, checked_services
from vawg_geo.terms.columns import COVERAGE_STATES

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "coverage",
    "coverage_summary",
]

_COVERED: Final = {"stated": True, "inferred": True, "none": False, "not_running": False}
_AREA: Final = ["area_code", "area_name", "level"]
_NO_ROW: Final = "The table has no row for this service and area."
_OPEN_ENDED: Final = "after the last date that the table names, {last}: open ends taken as running"


def coverage(services: pd.DataFrame, *, date: dt.date | str) -> pd.DataFrame:
    """State of every service in every area, as at a date.

    Parameters
    ----------
    services : pandas.DataFrame
        One row per service, area and time: `service`, `area_code`, `area_name`, `coverage`
        (`stated`, `inferred`, `none`, `not_recoverable`; empty is `not_recoverable`),
        `valid_from` and `valid_to` (first and last day; empty for open); where known `level`,
        `provides`, `age_range`, `public_site`, `note`, and `provision` (kinds of help, with
        semicolons between), which otherwise are found by the words of the entry.
    date : datetime.date or str
        Day to look at; both days of a span belong to it.

    Returns
    -------
    pandas.DataFrame
        `area_code`, `area_name`, `level`, `service`, `provision`, `state`, `covered` (missing
        where not recoverable), `coverage` (the table's word, whether the service runs or not),
        `date`, `valid_from`, `valid_to`, `provides`, `age_range`, `public_site`, `note`; areas
        and services in the table's order, every pair there once.

    Raises
    ------
    InputError
        A column is absent, a word or date is unknown, a span ends before it begins, two rows of a
        service and area overlap, or the date is before the first that the table knows of.
    DisclosureError
        A row would give a refuge a place.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "service": "Outreach", "area_code": ["E06000031", "E07000008"],
    ...     "area_name": ["Peterborough", "Cambridge"], "coverage": ["stated", "none"],
    ...     "valid_from": "2015-04-01", "valid_to": "2017-03-31"})
    >>> coverage(table, date="2016-03-31")["state"].tolist()
    ['stated', 'none']
    >>> coverage(table, date="2017-04-01")["state"].tolist()
    ['not_running', 'not_running']
    """
    day = as_day(date)
    table = checked_services(services)
    begins = table["valid_from"][table["valid_from"] != dt.date.min]
    if len(begins) and day < begins.min():
        msg = (
            f"the table of services begins on {begins.min().isoformat()} and says nothing of "
            f"{day.isoformat()}. Choose a later date."
        )
        raise InputError(msg)
    named = {*table["valid_from"], *table["valid_to"]} - {dt.date.min, dt.date.max}
    late = bool(named) and day > max(named)
    running = (table["valid_from"] <= day) & (day <= table["valid_to"])
    table = table.assign(state=table["coverage"].where(running, "not_running"))
    table["running"] = running
    # A service that comes and goes in an area has several rows: the one that runs speaks for it,
    # else the last that ran or is to run.
    table = table.sort_values(["running", "valid_from"], kind="stable")
    table = table.drop_duplicates(["service", "area_code"], keep="last")
    table = _complete(table, services)
    if late:
        said = _OPEN_ENDED.format(last=max(named).isoformat())
        open_end = table["running"] & (table["valid_to"] == dt.date.max)
        table["note"] = table["note"].mask(open_end, [_joined((n, said)) for n in table["note"]])
    for name in ("valid_from", "valid_to"):
        table[name] = [_iso(value) for value in table[name]]
    table = table.assign(date=day.isoformat(), covered=_covered(table["state"]))
    columns = [
        *_AREA,
        "service",
        "provision",
        "state",
        "covered",
        "coverage",
        "date",
        "valid_from",
        "valid_to",
        "provides",
        "age_range",
        "public_site",
        "note",
    ]
    return table[columns].reset_index(drop=True)


def coverage_summary(covered: pd.DataFrame) -> pd.DataFrame:
    """State of every kind of help in every area, in words.

    Parameters
    ----------
    covered : pandas.DataFrame
        As `coverage` returns.

    Returns
    -------
    pandas.DataFrame
        `area_code`, `area_name`, `level`, `provision`, `state`, `covered`, `services` (those that
        give the area its state, with semicolons between), `age_range`, `ended` and `begins`
        (services of this kind that covered or will cover the area, and when), `date`, `words`,
        `note`. One service that covers settles the state, and one that may cover leaves it open.
        Else it is `not_running` where a service that covered or will cover the area does not run
        at the date, whatever others that work elsewhere say; and `none` where there is no such.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "service": ["MARAC North", "MARAC South"], "area_code": "E07000009",
    ...     "area_name": "East Cambridgeshire", "coverage": ["none", ""],
    ...     "valid_from": "2015-04-01", "valid_to": ""})
    >>> coverage_summary(coverage(table, date="2016-03-31"))["words"].item()
    'Whether East Cambridgeshire is covered for MARAC at 31 March 2016 is not recoverable from the
    source.'
    """
    groups: dict[tuple[str, str], list[dict[Any, Any]]] = {}
    for row in covered.to_dict("records"):
        for provision in row["provision"].split("; "):
            groups.setdefault((row["area_code"], provision), []).append(row)
    provisions = dict.fromkeys(provision for _, provision in groups)
    areas = covered[_AREA].drop_duplicates("area_code").itertuples(index=False)
    rows = [
        {"area_code": code, "area_name": name, "level": level, "provision": provision}
        | _summed(groups[code, provision], provision, str(name))
        for code, name, level in areas
        for provision in provisions
    ]
    table = pd.DataFrame(rows)
    table.insert(5, "covered", _covered(table["state"]))
    return table


def _summed(group: list[dict[Any, Any]], provision: str, area: str) -> dict[str, Any]:
    """One kind of help in one area."""
    date = str(group[0]["date"])
    idle = [r for r in group if r["state"] == "not_running" and _COVERED.get(r["coverage"])]
    state = _summed_state({row["state"] for row in group}, idle=bool(idle))
    same = [row for row in group if row["state"] == state]
    # Services inferred to cover the area too are named, though another settles the matter.
    covering = [row for row in group if _COVERED.get(row["state"])]
    speak = same if state == "not_recoverable" else covering
    ended = [row for row in idle if row["valid_to"] and row["valid_to"] < date]
    begins = [row for row in idle if row["valid_from"] > date]
    told = same if speak else group
    said = {
        "ended": "; ".join(_with_dates(ended, "valid_to", "until")),
        "begins": "; ".join(_with_dates(begins, "valid_from", "from")),
    }
    return {
        "state": state,
        "services": "; ".join(row["service"] for row in speak),
        "age_range": _joined(row["age_range"] for row in speak if row["age_range"] != "all"),
        **said,
        "date": date,
        "words": _state_words(
            state,
            provision,
            area=area,
            day=as_day(date),
            covering=covering,
            idle=_joined(said.values()),
        ),
        "note": _joined(f"{row['service']}: {row['note']}" for row in told if row["note"]),
    }


def _summed_state(states: set[str], *, idle: bool) -> str:
    """State of a kind of help; `idle` where a service that covers the area is between its dates."""
    first = next(state for state in COVERAGE_STATES if state in states)
    return "not_running" if first == "none" and idle else first


def _with_dates(rows: list[dict[Any, Any]], column: str, word: str) -> list[str]:
    return [f"{row['service']} ({word} {date_in_words(as_day(row[column]))})" for row in rows]


def _state_words(
    state: str,
    provision: str,
    *,
    area: str,
    day: dt.date,
    covering: list[dict[Any, Any]],
    idle: str,
) -> str:
    when = date_in_words(day)
    if _COVERED.get(state):
        inferred = " (inferred from the source's text)"
        by = "; ".join(
            row["service"] + (inferred if row["state"] == "inferred" else "") for row in covering
        )
        return f"{area} is covered for {provision} at {when}: {by}."
    if state == "not_recoverable":
        said = f"Whether {area} is covered for {provision} at {when} is not recoverable from the "
        return f"{said}source."
    said = f"The source names no {phrase(provision)} for {area} at {when}"
    if state == "none":
        return f"{said}."
    return f"{said}; not running then: {idle or 'any service of this kind'}."


def _complete(table: pd.DataFrame, services: pd.DataFrame) -> pd.DataFrame:
    """Every service in every area; a pair without a row is not known, and no absence."""
    areas = services.drop_duplicates("area_code")["area_code"].astype(str)
    names = services.drop_duplicates("service")["service"].astype(str)
    index = pd.MultiIndex.from_product([areas, names], names=["area_code", "service"])
    whole = table.set_index(["area_code", "service"]).reindex(index).reset_index()
    silent = whole["state"].isna()
    if silent.any():
        by_area = table.drop_duplicates("area_code").set_index("area_code")[["area_name", "level"]]
        by_service = table.drop_duplicates("service").set_index("service")
        for name in by_area:
            whole[name] = whole[name].fillna(whole["area_code"].map(by_area[name]))
        for name in ("provision", "provides", "age_range", "public_site"):
            whole[name] = whole[name].fillna(whole["service"].map(by_service[name]))
        whole["note"] = whole["note"].mask(silent, _NO_ROW)
        whole["valid_from"] = whole["valid_from"].fillna(dt.date.min)
        whole["valid_to"] = whole["valid_to"].fillna(dt.date.max)
        whole = whole.fillna({"state": "not_recoverable", "coverage": "not_recoverable"})
        whole["running"] = whole["running"].eq(True)
    return whole


def _covered(states: pd.Series) -> pd.Series:
    return states.map(_COVERED).astype("boolean")


def _iso(day: dt.date) -> str:
    return "" if day in (dt.date.min, dt.date.max) else day.isoformat()


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))
