"""Rows of somebody's table that are sums of its other rows, and columns of larger areas."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.terms.codes import is_gss_code, level_of_code, read_sex
from vawg_geo.terms.columns import SEXES

if TYPE_CHECKING:
    from collections.abc import Sequence

    Columns = dict[str, list[Any]]

__all__ = ["TOTAL", "Totals", "by_level", "is_total", "read_totals"]

# Level of a row that is the sum of others.
TOTAL: Final = "total"
_AREAS: Final = (
    "areas?|wards?|districts?|boroughs?|lsoas?|local authorities|authorities|counties|forces|"
    "police (?:areas|forces)|localities|neighbourhoods|places|rows|sexes|genders|offences"
)
_TOTALS: Final = re.compile(
    rf"(?:(?:grand|overall|sub)[ -]?)?totals?(?: \(?(?:of )?(?:all )?(?:{_AREAS})\)?)?"
    rf"|(?:{_AREAS}) totals?|all(?: (?:the )?(?:{_AREAS}))?(?: combined| together)?"
    rf"|overall|sum|combined|whole (?:area|district|county|force)"
)
# A whole country is the sum of a table that has as many areas as it has.
_COUNTRIES: Final = re.compile(
    r"england(?: and wales| & wales)?|wales|great britain|united kingdom|uk|"
    r"[ewk](?:92|04|02|03)\d{6}"
)
_LEAST_OF_A_COUNTRY: Final[dict[str, int]] = {
    "police_area": 39,
    "district": 290,
    "ward": 6_000,
    "lsoa": 30_000,
}
_UPWARDS: Final = ("lsoa", "ward", "district", "csp", "county", "police_area")
# Columns that name an area of one level, by the publishers' names; smaller areas first.
_LEVELS: Final = {
    "lsoa": "lsoa",
    "ward": "wd|ward",
    "district": "lad|la|ltla|district|local_authority|borough",
    "csp": "csp|community_safety_partnership",
    "county": "cty|county|utla",
    "police_area": "pfa|police_area|police_force|force",
}
_GENERAL: Final = ("code", "gss_code", "geography_code", "area", "name", "area_code", "area_name")


@dataclass(frozen=True, kw_only=True)
class Totals:
    """A table whose rows of sums are areas of their own.

    Attributes
    ----------
    columns : dict of str to list
    parents : dict of str to str
        Area that holds an area, by a column of the table.
    totals : dict of str to str
        Area that a row is counted in, by a row that is the sum of the table.
    part_of : dict of str to (str, bool)
        Indicators that a row of all indicators holds.
    notes : list of str
    """

    columns: Columns
    parents: dict[str, str] = field(default_factory=dict)
    totals: dict[str, str] = field(default_factory=dict)
    part_of: dict[str, tuple[str, bool]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def is_total(text: object) -> bool:
    """Whether a row's name says that it is the sum of others.

    Examples
    --------
    >>> [is_total(t) for t in ("Total", "Grand total", "ALL WARDS", "All Saints", "Overton")]
    [True, True, True, False, False]
    """
    return _TOTALS.fullmatch(_plain(text)) is not None


def by_level(columns: Columns) -> Columns:
    """Tell the column of the areas from those of the larger areas that hold them.

    Examples
    --------
    >>> by_level({"district": ["Norwich"], "ward_code": ["E05000001"], "count": [12]})
    {'parent_name': ['Norwich'], 'area_code': ['E05000001'], 'count': [12]}
    """
    if "area_code" in columns or "parent_code" in columns:
        return columns
    found: dict[str, dict[str, str]] = {}
    for level, names in _LEVELS.items():
        pattern = re.compile(rf"(?:{names})_?(?:\d\d)?_?(?P<what>cd|code|nm|name)?")
        for name in columns:
            if match := pattern.fullmatch(name):
                what = "code" if match["what"] in {"cd", "code"} else "name"
                found.setdefault(level, {}).setdefault(what, name)
    levels = list(found)
    if not any(name in columns for name in _GENERAL):
        smallest, levels = levels[:1], levels[1:]
    else:
        smallest = [level for level in levels if level in {"lsoa", "ward"}][:1]
        levels = [level for level in levels if level not in smallest]
    renamed = {
        old: f"{kind}_{what}"
        for kind, some in (("area", smallest), ("parent", levels[:1]))
        for level in some
        for what, old in found[level].items()
        if f"{kind}_{what}" not in columns
    }
    return {renamed.get(name, name): values for name, values in columns.items()}


def read_totals(columns: Columns, source: str, *, by_name: bool) -> Totals:
    """Find the rows that are sums of the table's other rows, and what holds the others.

    Parameters
    ----------
    columns : dict of str to list
        With `area_code`.
    source : str
        How the file is called.
    by_name : bool
        The column `parent_name` tells the larger area where no code does.

    Returns
    -------
    Totals

    Examples
    --------
    >>> said = read_totals({"area_code": ["A", "B", "Total"], "count": [1, 2, 3]}, "own.csv",
    ...     by_name=False)
    >>> said.columns["area_code"], said.totals
    (['A', 'B', 'Total (own.csv)'], {'A': 'Total (own.csv)', 'B': 'Total (own.csv)'})
    """
    size = len(columns["area_code"])
    names = [_text(value) for value in columns.get("area_name", [""] * size)]
    codes = [_text(value) for value in columns["area_code"]]
    holders = _holders(columns, size, by_name=by_name)
    sums = [_is_sum(*row) for row in zip(codes, names, holders, strict=True)]
    codes = _told_apart(codes, holders, sums) if by_name else codes
    rows = range(size)
    groups = {holders[i] for i in rows if holders[i] and not is_total(holders[i])}
    parents = {
        codes[i]: holders[i] for i in rows if not sums[i] and codes[i] and holders[i] in groups
    }
    areas = list(dict.fromkeys(codes[i] for i in rows if not sums[i] and codes[i]))
    whole: dict[str, str] = {}
    for i in rows:
        if sums[i] and holders[i] in groups:
            codes[i] = holders[i]
        elif sums[i] or _is_country(codes[i], names[i], areas):
            word = names[i] or codes[i] or holders[i]
            whole.setdefault(_plain(word), f"{word} ({source})")
            codes[i] = whole[_plain(word)]
    said = columns | _sexes(columns) | ({"area_code": codes} if whole or any(sums) else {})
    return Totals(
        columns=said,
        parents=parents if by_name or any(sums) else {},
        totals=_of_the_whole(areas, groups, parents, list(whole.values())),
        part_of=_of_all_indicators(columns),
        notes=_notes(source, whole, _counted(areas, groups, parents)),
    )


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value).strip()  # noqa: PLR0124


def _plain(value: object) -> str:
    return " ".join(_text(value).casefold().strip("*:.-[]").split())


def _holders(columns: Columns, size: int, *, by_name: bool) -> list[str]:
    """What holds the area of each row: a code, or a name where that is asked for."""
    codes = [_text(value) for value in columns.get("parent_code", [""] * size)]
    if not by_name:
        return codes
    names = [_text(value) for value in columns.get("parent_name", [""] * size)]
    return [code or name for code, name in zip(codes, names, strict=True)]


def _is_sum(code: str, name: str, holder: str) -> bool:
    if is_gss_code(code):
        return False
    if not code and not name:
        return bool(holder)
    return (
        is_total(code)
        or (not code.strip("-. ") and is_total(name))
        or (is_total(name) and not code)
    )


def _told_apart(codes: list[str], holders: list[str], sums: list[bool]) -> list[str]:
    """Names that stand in two larger areas get the larger one's name."""
    places: dict[str, set[str]] = {}
    for code, holder in zip(codes, holders, strict=True):
        places.setdefault(code, set()).add(holder)
    return [
        f"{code}, {holder}" if not total and holder and len(places[code]) > 1 else code
        for code, holder, total in zip(codes, holders, sums, strict=True)
    ]


def _is_country(code: str, name: str, areas: Sequence[str]) -> bool:
    """Whether a row is of a whole country, of which the table has all areas."""
    if not any(_COUNTRIES.fullmatch(_plain(text)) for text in (code, name) if text):
        return False
    levels: list[str] = [level_of_code(area) or "" for area in areas]
    return any(levels.count(level) >= least for level, least in _LEAST_OF_A_COUNTRY.items())


def _counted(areas: Sequence[str], groups: set[str], parents: dict[str, str]) -> list[str]:
    """Areas that a sum of the whole table adds up: those of the highest level that has several."""
    if groups:
        return [*sorted(groups), *(area for area in areas if area not in parents)]
    by: dict[str, list[str]] = {}
    for area in areas:
        by.setdefault(level_of_code(area) or "", []).append(area)
    several = [level for level in by if len(by[level]) > 1] or list(by)
    rank = {level: place for place, level in enumerate(("", *_UPWARDS))}
    return by[max(several, key=lambda level: rank.get(level, 0))] if several else []


def _of_the_whole(
    areas: Sequence[str], groups: set[str], parents: dict[str, str], whole: Sequence[str]
) -> dict[str, str]:
    # Two words for the whole table (a total and an overall) are the same sum; the first is used.
    return {
        area: whole[0] for area in _counted(areas, groups, parents) if whole and area not in whole
    }


def _notes(source: str, whole: dict[str, str], counted: Sequence[str]) -> list[str]:
    if not whole:
        return []
    word = next(iter(whole.values())).removesuffix(f" ({source})")
    return [
        f"{source}: the row {word!r} is taken as the sum of the table's "
        f"{len(counted):,} other areas of the same level."
    ]


def _sexes(columns: Columns) -> Columns:
    """Words for persons that are words for a sum."""
    if "sex" not in columns:
        return {}
    return {
        "sex": [
            SEXES[0] if not read_sex(_text(word)) and is_total(word) else word
            for word in columns["sex"]
        ]
    }


def _of_all_indicators(columns: Columns) -> dict[str, tuple[str, bool]]:
    names = list(dict.fromkeys(_text(name) for name in columns.get("indicator", [])))
    every = [name for name in names if is_total(name)]
    if len(every) != 1 or len(names) < 3 or "part_of" in columns:
        return {}
    return {name: (every[0], True) for name in names if name and name != every[0]}
