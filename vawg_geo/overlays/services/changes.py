"""What changed for an area between two dates: services that ended, began, or took over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.errors import InputError
from vawg_geo.overlays.services.provisions import date_in_words, phrase
from vawg_geo.overlays.services.table import as_day

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["coverage_changes"]

_AREA: Final = ["area_code", "area_name", "level"]


def coverage_changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """What changed for each area between two dates.

    Parameters
    ----------
    before, after : pandas.DataFrame
        As `coverage_summary` returns, of the same services as at two dates.

    Returns
    -------
    pandas.DataFrame
        `area_code`, `area_name`, `level`, `provision`, `change`, `state_before`, `state_after`,
        `services_before`, `services_after`, `before`, `after`, `words`, `note`; only what
        changed. `change` is `lost` and `gained`; `merged` where one service took over and serves
        more areas than any that it took over from; `succeeded` where others do the same work;
        `unclear` where the source no longer tells.

    Raises
    ------
    InputError
        The dates are not in order.
    """
    first, last = (as_day(str(summary["date"].iloc[0])) for summary in (before, after))
    if last <= first:
        msg = f"{last.isoformat()} is not after {first.isoformat()}. Give the earlier date first."
        raise InputError(msg)
    both = before.merge(after, on=[*_AREA, "provision"], suffixes=("_before", "_after"))
    merged = {p: _merged(rows) for p, rows in both.groupby("provision", sort=False)}
    rows = []
    for row in both.to_dict("records"):
        change = _change(row, merged=merged[row["provision"]])
        if change:
            words = _change_words(row, change, last)
            dates = {"before": first.isoformat(), "after": last.isoformat()}
            note = row["note_after"]
            rows.append(row | dates | {"change": change, "words": words, "note": note})
    columns = [
        *_AREA,
        "provision",
        "change",
        "state_before",
        "state_after",
        "services_before",
        "services_after",
        "before",
        "after",
        "words",
        "note",
    ]
    return pd.DataFrame(rows, columns=pd.Index(columns))


def _change(row: dict[Any, Any], *, merged: bool) -> str:
    was, now = row["covered_before"], row["covered_after"]
    if pd.isna(was) or pd.isna(now):
        return "unclear" if was is True or now is True else ""
    if was != now:
        return "gained" if now else "lost"
    if not now or row["services_before"] == row["services_after"]:
        return ""
    return "merged" if merged else "succeeded"


def _merged(rows: pd.DataFrame) -> bool:
    """Whether one service now does what others did, for more areas than any of them."""
    reach: list[dict[str, int]] = []
    for column in ("services_before", "services_after"):
        some = rows.loc[rows[column.replace("services", "covered")].fillna(False), column]
        reach.append(some.str.split("; ").explode().value_counts().to_dict())
    ended, begun = (set(a) - set(b) for a, b in (reach, reach[::-1]))
    if len(begun) != 1 or not ended:
        return False
    return reach[1][begun.pop()] > max(reach[0][name] for name in ended)


def _change_words(row: dict[Any, Any], change: str, after: dt.date) -> str:
    area, kind, when = row["area_name"], row["provision"], date_in_words(after)
    old, new = row["services_before"], row["services_after"]
    if change == "lost":
        return (
            f"{area} has no {phrase(kind)} any more at {when}: {old} no longer runs there, and the "
            "source names no other."
        )
    if change == "gained":
        return f"{area} is newly covered for {kind} at {when}: {new}."
    if change == "unclear":
        return (
            f"{area}, {kind}: whether it is covered at both dates is not recoverable from the "
            "source."
        )
    gone = [name for name in old.split("; ") if name not in new.split("; ")]
    place = f" in place of {' and '.join(gone)}" if gone else ""
    wider = ", one service for more areas than before" if change == "merged" else ""
    return f"{area}, {kind}: {new} at {when}{place}{wider}."
