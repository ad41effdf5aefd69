"""Which districts make up an area that somebody names: a district, partnership, county or force.

Names and codes are those that people have: of today, of any year since 2009, in English or Welsh.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.areas.asked import bare, form, kinds_told, present_name
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


@cache
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
    if not form(asked):
        msg = f"{asked!r} is no name. Give one, or a code; 'vawg-geo areas NAME' looks them up."
        raise InputError(msg)
    wanted = present_name(asked)
    found = _called(wanted, areas)
    if (wider := _wider(wanted)) is not None:
        told = [area for area in found if area.kind in kinds_told(form(asked))]
        if len(_without_twins(told)) != 1:
            raise InputError(_is_wider(asked, wider, found, areas))
        found = told
    found = _of_kind(_without_twins(found or _containing(wanted, areas)), found, asked)
    if len(found) > 1:
        listed = "; ".join(map(str, found[:8])) + ("; ..." if len(found) > 8 else "")
        msg = f"{asked!r} names {len(found)} areas: {listed}. Give the code of the one you mean."
        raise InputError(msg)
    if not found:
        raise InputError(_unknown(asked, areas))
    return _usable(found[0])


def _called(wanted: str, areas: tuple[CountryArea, ...]) -> list[CountryArea]:
    """Areas of a name, and of the same without the words that say what they are."""
    plain = bare(wanted)
    exact = [area for area in areas if wanted in (form(area.name), form(area.name_welsh))]
    alike = [
        area
        for area in areas
        if plain and plain in (bare(form(area.name)), bare(form(area.name_welsh)))
    ]
    # "City of London" is that; "Durham" is the force's area, or the district County Durham.
    whole = exact if wanted != plain else []
    return whole or [*exact, *(area for area in alike if area not in exact)]


def _containing(wanted: str, areas: tuple[CountryArea, ...]) -> list[CountryArea]:
    """Areas whose name holds all words that were asked for."""
    words = set(bare(wanted).split())
    names = [(area, f"{form(area.name)} {form(area.name_welsh)}".split()) for area in areas]
    return [area for area, name in names if words and words <= set(name)]


def _of_kind(kept: list[CountryArea], found: list[CountryArea], asked: str) -> list[CountryArea]:
    """Those of the kind that the words of an office tell, where only several have the name."""
    told = kinds_told(form(asked))
    if len(kept) < 2 or not told:
        return kept
    return _without_twins([area for area in found if area.kind in told]) or kept


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
    names = (history["name"] + " " + history["other_name"]).map(form)
    rows = history[history["code"] == asked.strip().upper()]
    for words in (form(asked), present_name(asked), bare(present_name(asked))):
        if rows.empty and words:
            rows = history[names.str.contains(words, regex=False)]
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
    instead = area.name if area.name in area.shared else area.shared[0]
    msg = (
        f"{area} holds a part of {names} only and shares {'it' if one else 'them'} with other "
        f"partnerships: no official file says where the border runs, so it has no outline. Build "
        f"the district{'' if one else 's'} instead: --area {instead!r}."
    )
    raise InputError(msg)


def _by_code(code: str, areas: tuple[CountryArea, ...]) -> CountryArea:
    by_code = {area.code: area for area in areas}
    if code in by_code:
        return by_code[code]
    if (wider := _wider(code)) is not None:
        raise InputError(_is_wider(code, wider, [], areas))
    history = read_national("codes")
    rows = history[history["code"] == code]
    if rows.empty:
        near = nearest(code, by_code, most=3)
        hint = offer([str(by_code[other]) for other in near], otherwise="Correct the code.")
        msg = (
            f"{code} is no code of a ward, district, partnership, county or police area since "
            f"2009. {hint}"
        )
        raise InputError(msg)
    row = rows.iloc[-1]
    if code[1:3] == "05":
        later = history.set_index("code")["became"].to_dict()
        home = by_code.get(str(row["parent"])) or by_code.get(later.get(str(row["parent"]), ""))
        where = f"; it lies in {home}" if home else ""
        msg = f"{code} is a ward, {row['name']}{where}. A map needs several: name a larger area."
        raise InputError(msg)
    if row["became"] in by_code:
        return replace(by_code[str(row["became"])], former=code)
    msg = (
        f"{code}, {row['name']}, ended on {row['end']} and nothing says what it became. "
        f"'vawg-geo areas {str(row['name'])!r}' looks the name up."
    )
    raise InputError(msg)


@cache
def _wider(asked: str) -> pd.DataFrame | None:
    """Districts of a region, nation or metropolitan county that a form or a code means."""
    table = read_national("districts-2025")
    for kind in ("region", "country"):
        names = table[f"{kind}_name"].map(form)
        inside = table[(table[f"{kind}_code"] == asked) | (names == asked)]
        if len(inside):
            words = {"region": "a region", "country": "a nation"}[kind]
            return inside.assign(wider_name=inside[f"{kind}_name"], wider_kind=words)
    if asked in _TOGETHER:
        inside = table[table["district_code"].isin(_TOGETHER[asked])]
        return inside.assign(wider_name=asked.title(), wider_kind="a county of several districts")
    return None


# Counties without a council, whose name is no police force's area either.
_TOGETHER: Final = {
    "tyne and wear": ("E08000021", "E08000022", "E08000023", "E08000024", "E08000037"),
    "berkshire": tuple(f"E060000{number}" for number in range(36, 42)),
}


def _is_wider(
    asked: str, wider: pd.DataFrame, named: list[CountryArea], areas: tuple[CountryArea, ...]
) -> str:
    """What there is within something that is larger than any level of a project."""
    name, kind = wider["wider_name"].iloc[0], wider["wider_kind"].iloc[0]
    codes = set(wider["district_code"])
    inside = [
        area for area in areas if area.kind == "police_area" and set(area.districts) <= codes
    ] or [area for area in areas if area.kind == "district" and area.code in codes]
    also = [area for area in _without_twins(named) if area not in inside]
    offered = "; ".join(f"{area}{_how_many(area)}" for area in [*also, *inside][:10])
    more = len(also) + len(inside) - 10
    rest = f"; and {more} more" if more > 0 else ""
    what = f"{asked!r} is {kind}" if form(asked) == form(name) else f"{asked!r} is {name}, {kind}"
    return (
        f"{what}, and no level of a project. There are: {offered}{rest}. Give the code of one, or "
        "of a district, partnership or county."
    )


def _how_many(area: CountryArea) -> str:
    return f", {len(area.districts)} districts" if len(area.districts) > 1 else ""


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
    forms = {form(area.name_welsh): area for area in reversed(areas) if area.name_welsh}
    forms |= {form(area.name): area for area in reversed(areas)}
    wanted = present_name(asked)
    history = read_national("codes")
    former = history[(history["name"].map(form) == wanted) & (history["became"] != "")]
    former = former[former["code"].str[1:3] != "05"]
    if len(former):
        row = former.iloc[-1]
        present = next(area for area in areas if area.code == row["became"])
        return (
            f"{row['name']} ended on {row['end']}; it is now part of {present}. "
            f"Build that: --area {present.code}."
        )
    start = f"{asked!r} is no district, partnership, county or police force area of England and "
    if towns := _towns(wanted, areas):
        return f"{start}Wales. It is a town in {towns}: give that code."
    by_code = {area.code: area for area in areas}
    codes = nearest(asked.strip().upper(), by_code) if re.search(r"\d{4}", asked) else []
    hint = offer([str(area) for area in [by_code[code] for code in codes] or _near(wanted, forms)])
    rest = "'vawg-geo areas NAME' looks names and codes up."
    return f"{start}Wales. {hint}{' ' if hint else ''}{rest}"


def _near(wanted: str, forms: dict[str, CountryArea]) -> list[CountryArea]:
    """Areas whose names stand whole in what was asked, the longest; else the nearest one."""
    by_bare = {bare(name) or name: area for name, area in forms.items()}
    plain = bare(wanted) or wanted
    whole: list[str] = []
    for name in sorted(by_bare, key=len, reverse=True):
        if f" {name} " in f" {plain} " and not any(f" {name} " in f" {one} " for one in whole):
            whole.append(name)
    chosen = whole[:3] or nearest(plain, by_bare)
    return _without_twins([by_bare[name] for name in chosen])


def _towns(wanted: str, areas: tuple[CountryArea, ...]) -> str:
    """Districts in which places of a name lie, the largest place first."""
    towns = read_national("towns")
    places = towns[towns["town"].map(form) == wanted].head(3)
    if places.empty:
        return ""
    lsoas = read_national("lsoas-2021")
    by_code = {area.code: area for area in areas}
    homes = []
    for east, north in zip(places["easting"], places["northing"], strict=True):
        # Its own small area is that whose place inside is nearest: towns are larger than these.
        apart = (lsoas["easting"] - east) ** 2 + (lsoas["northing"] - north) ** 2
        homes.append(str(by_code[str(lsoas["district_code"].iloc[int(apart.argmin())])]))
    return " or ".join(dict.fromkeys(homes))
