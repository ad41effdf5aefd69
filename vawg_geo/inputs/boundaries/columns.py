"""Which columns of a boundary file hold the code, the name and the parent's code.

Publishers name them by a habit (`wd15cd`, `wd15nm`, `lad15cd`; `lsoa11_code`; `GSS_CODE`,
`NAME`), so they can mostly be found; where two would do, a person must say which.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import BoundaryError, did_you_mean
from vawg_geo.terms.codes import is_gss_code, level_of_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["TakenColumns", "take_columns"]

# Beginnings of ONS column names, finest first.
_LEVEL_BY_STEM: Final[dict[str, str]] = {
    "oa": "oa",
    "lsoa": "lsoa",
    "msoa": "msoa",
    "wd": "ward",
    "ward": "ward",
    "cmwd": "ward",
    "lad": "district",
    "ltla": "district",
    "la": "district",
    "district": "district",
    "cty": "county",
    "ctyua": "county",
    "utla": "county",
    "county": "county",
    "pfa": "police_area",
    "csp": "csp",
    "rgn": "region",
    "ctry": "country",
}
_LEVELS: Final = tuple(dict.fromkeys(_LEVEL_BY_STEM.values()))
_CODE: Final = re.compile(r"(?P<stem>[a-z_]*?)_?(?P<year>\d{2,4})?_?(?:cd|code)")
_NAME: Final = re.compile(r"(?:.*[a-z0-9_])?(?:nm|name)")
_NOT_NAMES: Final = {"file_name", "filename", "lsoa_hash_name"}


@dataclass(frozen=True)
class TakenColumns:
    """Columns to take from a file; None where there is none."""

    code: str
    name: str | None
    parent: str | None

    def note(self) -> str:
        """Say what was taken."""
        name = f"names from {self.name!r}" if self.name else "no names, so codes stand for them"
        parent = f"parents' codes from {self.parent!r}" if self.parent else "no parents' codes"
        return f"codes are taken from column {self.code!r}, {name}, {parent}"


@dataclass(frozen=True)
class _Candidate:
    column: str
    stem: str
    year: str
    level: str | None
    gss: bool


def _candidate(column: str, values: pd.Series) -> _Candidate | None:
    """Judge a column by its name and its first GSS code, or None if it is no code column."""
    match = _CODE.fullmatch(column.casefold())
    if match is None:
        return None
    codes = (text for value in values if is_gss_code(text := str(value).strip()))
    first = next(codes, None)
    stem = match["stem"]
    level = _LEVEL_BY_STEM.get(stem) or (level_of_code(first) if first else None)
    return _Candidate(column, stem, (match["year"] or "")[-2:], level, first is not None)


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(repr(column) for column in columns) or "none"


def _given(wanted: str, columns: Sequence[str], option: str) -> str:
    """Find a column that a person named; case is forgiven where that is unambiguous."""
    if wanted in columns:
        return wanted
    same = [column for column in columns if column.casefold() == wanted.casefold()]
    if len(same) == 1:
        return same[0]
    hint = did_you_mean(wanted, columns, otherwise="Name another.")
    msg = (
        f"there is no column {wanted!r} for {option}=. {hint} The columns are: {_listed(columns)}."
    )
    raise BoundaryError(msg)


def _one_of_equals(table: pd.DataFrame, columns: Sequence[str]) -> str | None:
    """Pick the first of columns that all say the same, or None if they differ."""
    first = table[columns[0]].astype(str)
    same = all((table[column].astype(str) == first).all() for column in columns[1:])
    return columns[0] if same else None


def _choose_code(table: pd.DataFrame, candidates: Sequence[_Candidate], level: str | None) -> str:
    columns = list(table.columns)
    # The package's own layers name it so.
    if any(entry.column == "area_code" and entry.gss for entry in candidates):
        return "area_code"
    # `parent_code` belongs to another area; a postcode or a type code is no GSS code.
    pool = [entry for entry in candidates if entry.stem != "parent"]
    pool = [entry for entry in pool if entry.gss] or pool
    if level is not None:
        fit = [entry for entry in pool if entry.level == level]
        pool = fit or [entry for entry in pool if entry.level is None]
    else:
        # Finest first; a column of no known level may be anything, so it stays in the choice
        # only where no level is known.
        known = [entry for entry in pool if entry.level is not None]
        finest = next((kind for kind in _LEVELS if kind in {entry.level for entry in known}), None)
        pool = [entry for entry in known if entry.level == finest] or pool
    names = [entry.column for entry in pool]
    if not names:
        kind = f"{level} codes" if level else "codes"
        msg = f"no column of {kind} is found. Give code_column= one of: {_listed(columns)}."
        raise BoundaryError(msg)
    if "area_code" in names:
        return "area_code"
    if (name := _one_of_equals(table, names)) is not None:
        return name
    msg = f"{len(names)} columns may hold the codes. Give code_column= one of: {_listed(names)}."
    raise BoundaryError(msg)


def _choose_name(columns: Sequence[str], code: str) -> str | None:
    folded = {column.casefold(): column for column in reversed(columns)}
    base = re.sub(r"(?:cd|code)$", "", code.casefold())
    for sibling in (base + "nm", base + "name", base + "_nm", base + "_name"):
        if sibling in folded:
            return folded[sibling]
    for plain in ("area_name", "name", "nm"):
        if plain in folded:
            return folded[plain]
    others = [
        column
        for column in columns
        if _NAME.fullmatch(column.casefold()) and column.casefold() not in _NOT_NAMES
    ]
    if len(others) > 1:
        msg = (
            f"{len(others)} columns may hold the names. Give name_column= one of: "
            f"{_listed(others)}."
        )
        raise BoundaryError(msg)
    return others[0] if others else None


def _choose_parent(
    table: pd.DataFrame, candidates: Sequence[_Candidate], code: str, level: str | None
) -> str | None:
    if "parent_code" in table.columns:
        return "parent_code"
    own = next((entry for entry in candidates if entry.column == code), None)
    if (level or (own.level if own else None)) not in ("ward", "lsoa"):
        return None
    pool = [entry for entry in candidates if entry.level == "district" and entry.column != code]
    if own and own.year:
        pool = [entry for entry in pool if entry.year == own.year] or pool
    names = [entry.column for entry in pool]
    if not names:
        return None
    if (name := _one_of_equals(table, names)) is not None:
        return name
    msg = (
        f"{len(names)} columns may hold the districts' codes. Give parent_column= one of: "
        f"{_listed(names)}."
    )
    raise BoundaryError(msg)


def take_columns(
    table: pd.DataFrame,
    *,
    code_column: str | None = None,
    name_column: str | None = None,
    parent_column: str | None = None,
    level: str | None = None,
) -> TakenColumns:
    """Find the columns of code, name and parent's code.

    Parameters
    ----------
    table : DataFrame
        The file's columns without the geometry.
    code_column, name_column, parent_column : str, optional
        Columns that a person named; what is not named is found by the habits of ONS and OS.
    level : str, optional
        Level whose codes are wanted; without it the finest that the file has.

    Returns
    -------
    TakenColumns
        The three columns' names as the file spells them.

    Raises
    ------
    BoundaryError
        A named column is absent; no column of codes is found; or several would do.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"WD15CD": ["E05002703"], "WD15NM": ["Arbury"],
    ...                       "LAD15CD": ["E07000008"], "LAD15NM": ["Cambridge"]})
    >>> take_columns(table)
    TakenColumns(code='WD15CD', name='WD15NM', parent='LAD15CD')
    """
    columns = [str(column) for column in table.columns]
    candidates = [entry for name in columns if (entry := _candidate(name, table[name])) is not None]
    code = (
        _choose_code(table, candidates, level)
        if code_column is None
        else _given(code_column, columns, "code_column")
    )
    name = (
        _choose_name(columns, code)
        if name_column is None
        else _given(name_column, columns, "name_column")
    )
    if parent_column is not None:
        parent: str | None = _given(parent_column, columns, "parent_column")
    else:
        parent = _choose_parent(table, candidates, code, level)
    return TakenColumns(code, name, parent)
