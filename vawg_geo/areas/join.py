"""Which area is this row: by GSS code and vintage first, by name only within a district.

Nothing is dropped in silence: what fits no area is refused with suggestions, and an area that no
row stands for is `missing`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.areas.names import normalise_name, suggest_names
from vawg_geo.columns import COUNT_COLUMNS, COUNT_KEY
from vawg_geo.errors import JoinError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

__all__ = ["REPORT_COLUMNS", "Join", "join_counts"]

REPORT_COLUMNS: Final = (
    "table",
    "level",
    "outcome",
    "area_code",
    "area_name",
    "indicator",
    "sex",
    "period",
    "rows",
    "detail",
    "suggestion",
)
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
        The columns `REPORT_COLUMNS`; outcomes `matched_by_code`, `matched_by_name`, `missing`,
        `name_differs` here, and `unknown`, `ambiguous`, `other_vintage`, `duplicate` in the
        report of a refused join (`JoinRefusedError.report`).
    """

    table: pd.DataFrame
    report: pd.DataFrame


class JoinRefusedError(JoinError):
    """Rows that fit no area, or fit more than one; `report` lists all of them."""

    def __init__(self, message: str, report: pd.DataFrame) -> None:
        super().__init__(message)
        self.report = report


@dataclass(frozen=True)
class _Match:
    """What one pair of code and name stands for."""

    outcome: str
    code: str = ""
    detail: str = ""
    suggestion: str = ""


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
    finder = _Finder(areas, vintage, gazetteer, parent_names or {})
    who = ["area_code", "area_name", *(["district"] if "district" in counts else [])]
    people = counts[who].fillna("").astype(str)
    said = counts["vintage"].fillna("").astype(str) if "vintage" in counts else ""
    identity = people.assign(vintage=said).drop_duplicates()
    found = {
        tuple(row): finder.match(*_identity(row, who)) for row in identity.itertuples(index=False)
    }
    keys = [tuple(row) for row in people.assign(vintage=said).itertuples(index=False)]
    matches = [found[key] for key in keys]
    level = str(counts["level"].iloc[0]) if len(counts) else ""
    rows = _match_rows(found, keys, table, level)
    coded = counts.assign(area_code=[match.code for match in matches])
    rows += _duplicate_rows(coded[[bool(match.code) for match in matches]], table)
    _refuse(rows, table)
    full = _complete(coded, areas)
    return Join(full, _report([*rows, *_missing_rows(full, table)]))


def _identity(row: Iterable[object], who: list[str]) -> tuple[str, str, str, str]:
    values = [str(value) for value in row]
    district = values[2] if "district" in who else ""
    return values[0], values[1], district, values[-1]


class _Finder:
    """Looks up codes and names among the areas of one level and one vintage."""

    def __init__(
        self,
        areas: pd.DataFrame,
        vintage: str,
        gazetteer: pd.DataFrame | None,
        parent_names: Mapping[str, str],
    ) -> None:
        self.vintage = vintage[:4]
        self.names = dict(zip(areas["area_code"], areas["area_name"], strict=True))
        self.parents = dict(zip(areas["area_code"], areas["parent_code"], strict=True))
        self.by_name: dict[str, list[str]] = {}
        for code, name in self.names.items():
            self.by_name.setdefault(normalise_name(name), []).append(code)
        self.gazetteer = gazetteer
        self.parent_names = {normalise_name(name): code for code, name in parent_names.items()}

    def match(self, code: str, name: str, district: str, vintage: str) -> _Match:
        if code:
            return self._by_code(code.strip().upper(), name)
        return self._by_name(name, district, vintage[:4])

    def _by_code(self, code: str, name: str) -> _Match:
        if code in self.names:
            if name and normalise_name(name) != normalise_name(self.names[code]):
                detail = f"the table calls {code} {name!r}, the boundaries {self.names[code]!r}"
                return _Match("name_differs", code, detail, "Check that the code is meant.")
            return _Match("matched_by_code", code)
        years = self._years(code)
        if years:
            detail = f"{code} is a code of {_listed(years)}, the boundaries are of {self.vintage}"
            advice = "Use the boundaries of that vintage, or rebase the counts."
            return _Match("other_vintage", "", detail, advice)
        near = get_close_matches(code, self.names, n=1, cutoff=0.85)
        advice = (
            f"Did you mean {near[0]} {self.names[near[0]]}?"
            if near
            else "Check the code, or add the boundaries that hold it."
        )
        return _Match("unknown", "", f"no area has the code {code!r}", advice)

    def _by_name(self, name: str, district: str, vintage: str) -> _Match:
        form = normalise_name(name)
        within = self._district_code(district)
        if district and within is None:
            return _Match("unknown", "", f"no district {district!r}", "Correct the district.")
        codes = [c for c in self.by_name.get(form, []) if within in (None, self.parents[c])]
        if len(codes) > 1:
            places = ", ".join(f"{code} ({self.parents[code]})" for code in codes)
            return _Match(
                "ambiguous", "", f"{name!r} is {places}", "Add a column with codes or districts."
            )
        if not codes:
            return self._unknown_name(name, within)
        elsewhere = self._other_vintages(form, codes[0])
        if elsewhere and vintage != self.vintage:
            return _Match(
                "ambiguous",
                "",
                f"{name!r} is {codes[0]} in {self.vintage} and {elsewhere} with other borders",
                f'Give codes, or say vintage = "{self.vintage}" for the table if it is of then.',
            )
        return _Match("matched_by_name", codes[0])

    def _unknown_name(self, name: str, within: str | None) -> _Match:
        known = [n for c, n in self.names.items() if within in (None, self.parents[c])]
        suggestions = suggest_names(name, known)
        advice = (
            f"Did you mean {' and '.join(suggestions)}?"
            if len(suggestions) > 1
            and " ".join(map(normalise_name, suggestions)) == normalise_name(name)
            else f"Did you mean {' or '.join(suggestions)}?"
            if suggestions
            else "Check the name, or give codes."
        )
        years = self._name_years(normalise_name(name))
        if years and self.vintage not in years:
            detail = f"{name!r} is a name of {_listed(years)}, the boundaries are of {self.vintage}"
            return _Match("other_vintage", "", detail, advice)
        where = f" in {within}" if within else ""
        return _Match("unknown", "", f"no area is called {name!r}{where}", advice)

    def _district_code(self, district: str) -> str | None:
        if not district:
            return None
        parents = set(self.parents.values())
        if district in parents:
            return district
        found = self.parent_names.get(normalise_name(district))
        return found if found in parents else None

    def _years(self, code: str) -> list[str]:
        if self.gazetteer is None:
            return []
        rows = self.gazetteer.loc[self.gazetteer["area_code"] == code, "vintages"]
        return sorted({year for cell in rows for year in str(cell).split(";")})

    def _name_years(self, form: str) -> list[str]:
        if self.gazetteer is None:
            return []
        rows = self.gazetteer[self.gazetteer["area_name"].map(normalise_name) == form]
        return sorted({year for cell in rows["vintages"] for year in str(cell).split(";")})

    def _other_vintages(self, form: str, code: str) -> str:
        """Other codes that the name has had in the same district, as words."""
        if self.gazetteer is None:
            return ""
        rows = self.gazetteer
        same = rows[
            (rows["parent_code"] == self.parents[code])
            & (rows["area_code"] != code)
            & (rows["area_name"].map(normalise_name) == form)
        ]
        return ", ".join(
            f"{other} in {_listed(str(years).split(';'))}"
            for other, years in same[["area_code", "vintages"]].itertuples(index=False)
        )


def _listed(years: list[str]) -> str:
    """Years as a range where they follow one another."""
    numbers = sorted(int(year) for year in years)
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, numbers))


def _match_rows(
    found: dict[tuple[Hashable, ...], _Match],
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
        for key, match in found.items()
    ]


def _report(rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    blank: dict[str, object] = {**dict.fromkeys(REPORT_COLUMNS, ""), "rows": 0}
    filled = [{**blank, **row} for row in rows]
    return pd.DataFrame(filled, columns=list(REPORT_COLUMNS), dtype=object).astype({"rows": int})


def _duplicate_rows(coded: pd.DataFrame, table: str) -> list[dict[str, object]]:
    key = list(COUNT_KEY)
    if len(_row_keys(coded, COUNT_KEY)) == len(coded):
        return []
    repeated = coded[coded.duplicated(key, keep=False)]
    return [
        {
            "table": table,
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


def _refuse(rows: list[dict[str, object]], table: str) -> None:
    bad = [row for row in rows if row["outcome"] in _REFUSED]
    if not bad:
        return
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
    full["note"] = full["note"].mask(absent, "no row in the table of counts")
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
