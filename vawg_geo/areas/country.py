"""Which districts make up an area that somebody names: a district, partnership, county or force.

Names and codes are those that people have: of today, of any year since 2009, in English or Welsh.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.errors import InputError, nearest, offer
from vawg_geo.inputs.national import read_national
from vawg_geo.terms.codes import level_of_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vawg_geo.terms.columns import Level

__all__ = ["CountryArea", "find_area", "list_areas", "look_up"]

KINDS: Final = {
    "district": "district",
    "csp": "community safety partnership",
    "county": "county",
    "police_area": "police force area",
    "ward": "ward",
}
_LEVEL_OF_KIND: Final[dict[str, Level]] = {
    "district": "district",
    "csp": "csp",
    "county": "county",
    "police_area": "police_area",
}
# What stands in a name and tells nothing of the area.
_FILLING: Final = frozenset(
    (
        "the",
        "of",
        "and",
        "city",
        "borough",
        "royal",
        "county",
        "council",
        "district",
        "police",
        "constabulary",
        "community",
        "safety",
        "partnership",
        "csp",
        "force",
        "area",
        "isle",
    )
)


@dataclass(frozen=True, kw_only=True)
class CountryArea:
    """An area of England and Wales that is made of whole districts.

    Attributes
    ----------
    kind : {"district", "csp", "county", "police_area"}
    code, name, name_welsh : str
    districts : tuple of str
        Codes of 2025.
    country : {"England", "Wales"}
    former : str
        The code that was asked for, where it is one of before.
    shared : tuple of str
        Names of districts that a partnership shares with others: it has no outline then.
    """

    kind: str
    code: str
    name: str
    districts: tuple[str, ...]
    country: str
    name_welsh: str = ""
    former: str = ""
    shared: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """Level of the area itself."""
        return _LEVEL_OF_KIND[self.kind]

    def __str__(self) -> str:
        return f"{self.name} ({KINDS[self.kind]}, {self.code})"


def list_areas() -> tuple[CountryArea, ...]:
    """Every district, partnership, county and police force area.

    Returns
    -------
    tuple of CountryArea
        Districts first; in each kind by code.

    Examples
    --------
    >>> from collections import Counter
    >>> sorted(Counter(area.kind for area in list_areas()).items())
    [('county', 21), ('csp', 314), ('district', 318), ('police_area', 43)]
    """
    districts = read_national("districts-2025")
    return tuple(_districts(districts)) + tuple(_wholes(districts)) + tuple(_csps(districts))


def _districts(table: pd.DataFrame) -> Iterator[CountryArea]:
    for row in table.to_dict("records"):
        yield CountryArea(
            kind="district",
            code=row["district_code"],
            name=row["district_name"],
            name_welsh=row["district_name_welsh"],
            districts=(row["district_code"],),
            country=row["country_name"],
        )


def _wholes(table: pd.DataFrame) -> Iterator[CountryArea]:
    for kind in ("county", "police_area"):
        inside = table[table[f"{kind}_code"] != ""]
        for (code, name), rows in inside.groupby([f"{kind}_code", f"{kind}_name"]):
            yield CountryArea(
                kind=kind,
                code=str(code),
                name=str(name),
                districts=tuple(rows["district_code"]),
                country=rows["country_name"].iloc[0],
            )


def _csps(table: pd.DataFrame) -> Iterator[CountryArea]:
    pairs = read_national("csps-2023")
    holders = pairs.groupby("district_code")["csp_code"].nunique()
    names = table.set_index("district_code")["district_name"]
    nations = table.set_index("district_code")["country_name"]
    for (code, name), rows in pairs.groupby(["csp_code", "csp_name"]):
        held = tuple(rows["district_code"])
        yield CountryArea(
            kind="csp",
            code=str(code),
            name=str(name),
            districts=held,
            country=str(nations[held[0]]),
            shared=tuple(str(names[district]) for district in held if holders[district] > 1),
        )


def find_area(asked: str) -> CountryArea:
    """Area that a name or a code means.

    Parameters
    ----------
    asked : str
        "Sheffield", "South Yorkshire", "E08000039", also a former code, or a name in Welsh.

    Returns
    -------
    CountryArea
        Where a district and a partnership of the same name are the same, the district.

    Raises
    ------
    InputError
        No area is called so (the nearest names are given), several different ones are (they are
        listed with their codes), it is a ward (its district is named), or it is a partnership
        that shares a district with others.

    Examples
    --------
    >>> str(find_area("Sheffield")), find_area("E08000019").code
    ('Sheffield (district, E08000039)', 'E08000039')
    >>> find_area("Ynys Môn").code
    'W06000001'
    """
    areas = list_areas()
    code = asked.strip().upper()
    if re.fullmatch(r"[EW]\d{8}", code):
        return _usable(_by_code(code, areas))
    wanted = _form(asked)
    found = [area for area in areas if wanted in (_form(area.name), _form(area.name_welsh))]
    if not found:
        plain = _bare(wanted)
        found = [area for area in areas if plain and plain == _bare(_form(area.name))]
    if not found:
        words = set(_bare(wanted).split())
        names = [(area, f"{_form(area.name)} {_form(area.name_welsh)}".split()) for area in areas]
        found = [area for area, name in names if words and words <= set(name)]
    found = _without_twins(found)
    if len(found) > 1:
        listed = "; ".join(map(str, found[:8])) + ("; ..." if len(found) > 8 else "")
        msg = f"{asked!r} names {len(found)} areas: {listed}. Give the code of the one you mean."
        raise InputError(msg)
    if not found:
        msg = _unknown(asked, areas)
        raise InputError(msg)
    return _usable(found[0])


def look_up(asked: str, *, wards: bool = False) -> pd.DataFrame:
    """Codes whose name holds some words, or that are the code asked for.

    Parameters
    ----------
    asked : str
    wards : bool
        Wards among them.

    Returns
    -------
    pandas.DataFrame
        `code, name, kind, parent, from, to, became`: those of today first.

    Raises
    ------
    InputError
        Nothing is called so.

    Examples
    --------
    >>> look_up("Aylesbury Vale")[["code", "kind", "became"]].values.tolist()
    [['E22000303', 'community safety partnership', ''], ['E07000004', 'district', 'E06000060']]
    """
    history = read_national("codes")
    if not wards:
        history = history[history["code"].str[1:3] != "05"]
    words = _form(asked)
    names = (history["name"] + " " + history["other_name"]).map(_form)
    inside = (history["code"] == asked.strip().upper()) | names.str.contains(words, regex=False)
    rows = history[inside & (words != "")]
    if rows.empty:
        msg = _unknown(asked, list_areas())
        raise InputError(msg)
    kinds = rows["code"].map(lambda code: KINDS.get(str(level_of_code(code)), "division"))
    table = pd.DataFrame(
        {
            "code": rows["code"],
            "name": rows["name"],
            "kind": kinds,
            "parent": rows["parent"],
            "from": rows["start"],
            "to": rows["end"],
            "became": rows["became"],
        }
    )
    present = (table["to"] != "") | (table["became"] != "")
    return (
        table.assign(past=present)
        .sort_values(["past", "code", "from"], ignore_index=True)
        .drop(columns="past")
    )


def _usable(area: CountryArea) -> CountryArea:
    if not area.shared:
        return area
    names = ", ".join(area.shared)
    one = len(area.shared) == 1
    msg = (
        f"{area} holds a part of {names} only and shares {'it' if one else 'them'} with other "
        f"partnerships: no official file says where the border runs, so it has no outline. Build "
        f"the district{'' if one else 's'} instead: --area {area.shared[0]!r}."
    )
    raise InputError(msg)


def _by_code(code: str, areas: tuple[CountryArea, ...]) -> CountryArea:
    by_code = {area.code: area for area in areas}
    if code in by_code:
        return by_code[code]
    history = read_national("codes")
    rows = history[history["code"] == code]
    if rows.empty:
        msg = (
            f"{code} is no code of a ward, district, partnership, county or police area since 2009."
        )
        raise InputError(msg)
    row = rows.iloc[-1]
    if code[1:3] == "05":
        home = by_code.get(str(row["parent"]))
        where = f"; it lies in {home}" if home else ""
        msg = f"{code} is a ward, {row['name']}{where}. A map needs several: name a larger area."
        raise InputError(msg)
    if row["became"] in by_code:
        present = by_code[str(row["became"])]
        fields = {name: getattr(present, name) for name in present.__dataclass_fields__}
        return CountryArea(**fields | {"former": code})
    msg = f"{code}, {row['name']}, ended on {row['end']} and nothing says what it became."
    raise InputError(msg)


def _without_twins(found: list[CountryArea]) -> list[CountryArea]:
    """Leave out what is the same as an area that stands before it."""
    kept: list[CountryArea] = []
    for area in found:
        if not any(
            set(area.districts) == set(other.districts) for other in kept if not area.shared
        ):
            kept.append(area)
    whole = [area for area in kept if not area.shared]
    return whole or kept


def _unknown(asked: str, areas: tuple[CountryArea, ...]) -> str:
    forms = {_form(area.name_welsh): area for area in reversed(areas) if area.name_welsh}
    forms |= {_form(area.name): area for area in reversed(areas)}
    history = read_national("codes")
    former = history[(history["name"].map(_form) == _form(asked)) & (history["became"] != "")]
    former = former[former["code"].str[1:3] != "05"]
    if len(former):
        row = former.iloc[-1]
        present = next(area for area in areas if area.code == row["became"])
        return f"{row['name']} ended on {row['end']}; it is now part of {present}."
    close = nearest(_form(asked), list(forms))
    hint = offer([str(forms[name]) for name in close])
    return (
        f"{asked!r} is no district, partnership, county or police force area of England and "
        f"Wales. {hint}{' ' if hint else ''}'vawg-geo areas NAME' looks names and codes up."
    )


def _form(name: str) -> str:
    """Small letters without accents, stops and dashes; `&` is `and`."""
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ")).casefold()
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters.replace("'", "")).split())


def _bare(form: str) -> str:
    return " ".join(word for word in form.split() if word not in _FILLING)
