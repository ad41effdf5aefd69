"""Which area is this row: by GSS code and vintage first, by name only within a district.

Nothing is dropped in silence: what fits no area is refused with suggestions, and an area that no
row stands for is `missing`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.areas.joining.finder import Finder, Match, rebase_command
from vawg_geo.errors import JoinError, problem
from vawg_geo.inputs.known_codes import mixture_of_years
from vawg_geo.terms.columns import COUNT_COLUMNS, COUNT_KEY
from vawg_geo.terms.tables import JOIN_REPORT
from vawg_geo.words.figures import NO_ROW

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

__all__ = [
    "Join",
    "JoinRefusedError",
    "Matched",
    "complete_rows",
    "join_counts",
    "match_rows",
]

# Outcomes that a person must settle before anything is built.
_REFUSED: Final = ("unknown", "ambiguous", "other_vintage", "duplicate")


@dataclass(frozen=True)
class Join:
    """Counts on areas, and how they came there.

    Attributes
    ----------
    table : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`: for each indicator, sex and period of the counts,
        every area in the boundaries' order; an area without a row is `missing`.
    report : pandas.DataFrame
        The columns of `tables.JOIN_REPORT`; outcomes `matched_by_code`, `matched_by_name`,
        `missing`, `name_differs` here, and `unknown`, `ambiguous`, `other_vintage`, `duplicate` in
        the report of a refused join (`JoinRefusedError.report`).
    """

    table: pd.DataFrame
    report: pd.DataFrame


class JoinRefusedError(JoinError):
    """Rows that fit no area, or fit more than one; `report` lists all of them."""

    def __init__(self, message: str, report: pd.DataFrame) -> None:
        super().__init__(message)
        self.report = report


def join_counts(
    counts: pd.DataFrame,
    areas: pd.DataFrame,
    *,
    vintage: str = "",
    gazetteer: pd.DataFrame | None = None,
    parent_names: Mapping[str, str] | None = None,
    table: str = "counts",
) -> Join:
    """Join a table of counts to the areas of one level.

    Parameters
    ----------
    counts : pandas.DataFrame
        As `read_counts` returns, rows of one level. An optional column `district` (code or
        name) says where a name belongs.
    areas : pandas.DataFrame
        `area_code`, `area_name`, `parent_code` of the boundaries, in their order.
    vintage : str
        Year of the boundaries' vintage ("2015"); empty where not known.
    gazetteer : pandas.DataFrame, optional
        Codes and names of all vintages (`area_code`, `area_name`, `parent_code`, `vintages`, the
        last as years joined by ';'), to recognise rows of another vintage.
    parent_names : mapping of str to str, optional
        Name by code of the districts, where `district` holds names.
    table : str
        Name of the table for messages and the report.

    Returns
    -------
    Join

    Raises
    ------
    JoinError
        A row is of no area, of several, of another vintage, or repeats another.

    Examples
    --------
    >>> areas = pd.DataFrame({
    ...     "area_code": ["E05002177", "E05002178"], "area_name": ["Fletton and Woodston", "North"],
    ...     "parent_code": "E06000031"})
    >>> counts = pd.DataFrame({
    ...     "area_code": [""], "area_name": ["Fletton & Woodston"], "level": "ward",
    ...     "vintage": "", "indicator": "crimes", "sex": "persons", "period": "2015/16",
    ...     "count": [12], "status": "value", "basis": "own", "note": ""})
    >>> join = join_counts(counts, areas)
    >>> join.table[["area_code", "count", "status"]]
       area_code  count   status
    0  E05002177     12    value
    1  E05002178   <NA>  missing
    >>> join.report["outcome"].tolist()
    ['matched_by_name', 'missing']
    """
    matched = match_rows(
        counts,
        areas,
        vintage=vintage,
        gazetteer=gazetteer,
        parent_names=parent_names,
        table=table,
    )
    return complete_rows(matched.rows, areas, report=matched.report)


@dataclass(frozen=True)
class Matched:
    """Rows of counts with the codes of their areas, and how they were found."""

    rows: pd.DataFrame
    report: pd.DataFrame


def match_rows(
    counts: pd.DataFrame,
    areas: pd.DataFrame,
    *,
    vintage: str = "",
    gazetteer: pd.DataFrame | None = None,
    parent_names: Mapping[str, str] | None = None,
    table: str = "counts",
) -> Matched:
    """Find the area of each row; the first half of `join_counts`, for one table of several.

    Parameters
    ----------
    counts, areas, vintage, gazetteer, parent_names, table : see `join_counts`

    Returns
    -------
    Matched
        `rows` as `counts`, with `area_code` filled and a column `table`.

    Raises
    ------
    JoinError
        A row is of no area, of several, of another vintage, or repeats another.
    """
    finder = Finder(areas, vintage, gazetteer, parent_names or {})
    who = ["area_code", "area_name", *(["district"] if "district" in counts else [])]
    people = counts[who].fillna("").astype(str)
    said = counts["vintage"].fillna("").astype(str) if "vintage" in counts else ""
    keys = [tuple(row) for row in people.assign(vintage=said).itertuples(index=False)]
    found = {key: finder.match(*_identity(key, who)) for key in dict.fromkeys(keys)}
    level = str(counts["level"].iloc[0]) if len(counts) else ""
    rows = _match_rows(found, keys, table, level)
    _require_names(finder, rows, table)
    matches = [found[key] for key in keys]
    coded = counts.assign(area_code=[match.code for match in matches], table=table)
    rows += _duplicate_rows(coded[[bool(match.code) for match in matches]])
    periods = counts["period"].astype(str).tolist() if "period" in counts else ()
    _refuse_rows(rows, table, codes=[str(key[0]) for key in keys], periods=periods, vintage=vintage)
    return Matched(coded, _report(rows))


def complete_rows(rows: pd.DataFrame, areas: pd.DataFrame, *, report: pd.DataFrame) -> Join:
    """Give every area a row for each series; the second half of `join_counts`.

    Parameters
    ----------
    rows : pandas.DataFrame
        Matched rows of one level and one basis, of one table or of several.
    areas : pandas.DataFrame
        The level's areas, in their order.
    report : pandas.DataFrame
        What `match_rows` reported of these rows.

    Returns
    -------
    Join

    Raises
    ------
    JoinError
        Rows of two tables stand for the same area and series.
    """
    tables = " and ".join(rows["table"].unique())
    _refuse_rows(_duplicate_rows(rows), tables)
    full = _complete(rows, areas)
    missing = _report(_missing_rows(full, tables))
    return Join(full, pd.concat([report, missing], ignore_index=True))


def _identity(row: Iterable[object], who: list[str]) -> tuple[str, str, str, str]:
    values = [str(value) for value in row]
    district = values[2] if "district" in who else ""
    return values[0], values[1], district, values[-1]


def _match_rows(
    match_of: dict[tuple[Hashable, ...], Match],
    keys: list[tuple[Hashable, ...]],
    table: str,
    level: str,
) -> list[dict[str, object]]:
    rows = Counter(keys)
    return [
        {
            "table": table,
            "level": level,
            "outcome": match.outcome,
            "area_code": match.code or str(key[0]),
            "area_name": str(key[1]),
            "rows": rows[key],
            "detail": match.detail,
            "suggestion": match.suggestion,
        }
        for key, match in match_of.items()
    ]


def _report(rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    blank: dict[str, object] = {**dict.fromkeys(JOIN_REPORT.names, ""), "rows": 0}
    filled = [{**blank, **row} for row in rows]
    return pd.DataFrame(filled, columns=list(JOIN_REPORT.names), dtype=object).astype({"rows": int})


def _duplicate_rows(coded: pd.DataFrame) -> list[dict[str, object]]:
    key = list(COUNT_KEY)
    if len(_row_keys(coded, COUNT_KEY)) == len(coded):
        return []
    repeated = coded[coded.duplicated(key, keep=False)]
    return [
        {
            "table": " and ".join(group["table"].unique()),
            "level": group["level"].iloc[0],
            "outcome": "duplicate",
            **dict(zip(key, values, strict=True)),
            "area_name": " and ".join(dict.fromkeys(group["area_name"].astype(str))),
            "rows": len(group),
            "detail": "several rows stand for the same area, indicator, sex and period",
            "suggestion": "Keep one row, or add them up yourself.",
        }
        for values, group in repeated.groupby(key, sort=False)
    ]


def _require_names(finder: Finder, rows: list[dict[str, object]], table: str) -> None:
    """Refuse codes beside the names of other areas where most are so: a column sorted by itself."""
    by_code = [row for row in rows if row["outcome"] in {"matched_by_code", "name_differs"}]
    named = [row for row in by_code if row["area_name"]]
    odd = [r for r in named if finder.is_shifted(str(r["area_code"]), str(r["area_name"]))]
    if len(odd) < 2 or 2 * len(odd) <= len(named):
        return
    shown = _report(odd)
    msg = problem(
        "contradict their codes",
        bad=len(odd),
        total=len(named),
        noun="names",
        first=str(shown["detail"].iloc[0]),
        action="One column may have been sorted without the other: put codes and names side by "
        "side again.",
    )
    raise JoinRefusedError(f"{table}: {msg}", shown)


def _refuse_rows(
    rows: list[dict[str, object]],
    table: str,
    *,
    codes: Sequence[str] = (),
    periods: Sequence[str] = (),
    vintage: str = "",
) -> None:
    bad = [row for row in rows if row["outcome"] in _REFUSED]
    if not bad:
        return
    mixed = mixture_of_years(codes, periods=periods, file=table)
    refused = _report(bad)
    first = refused.iloc[0]
    words = {
        "unknown": "fit no area",
        "ambiguous": "fit more than one area",
        "other_vintage": "are of another vintage",
        "duplicate": "stand for an area twice",
    }
    kinds = ", ".join(
        f"{n:,} {words[str(kind)]}"
        for kind, n in refused["outcome"].value_counts(sort=False).items()
    )
    detail = first["detail"]
    if first["outcome"] == "duplicate":
        detail = f"{first['area_code']} {first['area_name']}, {first['indicator']}: {detail}"
    msg = (
        f"{table}: {len(refused):,} of {len(rows):,} areas of the table cannot be joined "
        f"({kinds}); first: {detail}. {first['suggestion']}"
    )
    if mixed:
        msg += f" The table has {mixed}"
    elif first["outcome"] == "other_vintage" and (
        command := rebase_command(table, str(first["area_code"]), vintage[:4])
    ):
        msg += f" That is: {command}"
    raise JoinRefusedError(msg, refused)


def _row_keys(table: pd.DataFrame, columns: Sequence[str]) -> dict[tuple[str, ...], int]:
    """Position of each row (of the last, where several are alike) by its values."""
    values = zip(*(table[column].tolist() for column in columns), strict=True)
    return {row: n for n, row in enumerate(values)}


def _complete(coded: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Every area for each indicator, sex and period that the counts have, in boundary order."""
    key = list(COUNT_KEY)
    position = _row_keys(coded, COUNT_KEY)
    series = list(dict.fromkeys(row[1:] for row in position))
    grid = [(code, *one) for one in series for code in areas["area_code"].tolist()]
    where = np.array([position.get(row, -1) for row in grid], dtype=int)
    absent = where < 0
    # A nullable type, so that an area without a row has no count and never a NaN or a zero.
    nullable = "Int64" if pd.api.types.is_integer_dtype(coded["count"]) else "Float64"
    full = coded.astype({"count": nullable}).iloc[where.clip(0)].reset_index(drop=True)
    for name, values in zip(key, zip(*grid, strict=True), strict=True):
        full[name] = list(values)
    full["area_name"] = areas["area_name"].tolist() * len(series)
    full["count"] = full["count"].mask(absent)
    full["status"] = full["status"].mask(absent, "missing")
    full["note"] = full["note"].mask(absent, NO_ROW)
    return full[list(COUNT_COLUMNS)]


def _missing_rows(full: pd.DataFrame, table: str) -> list[dict[str, object]]:
    rows = full[full["status"] == "missing"]
    who = ("level", "area_code", "area_name", "indicator", "sex", "period")
    return [
        {
            "table": table,
            "outcome": "missing",
            **{name: row[name] for name in who},
            "detail": row["note"],
            "suggestion": "Add the row, or say that the area has none.",
        }
        for row in rows.to_dict("records")
    ]
