"""Take an area out of the country in the wheel: the files that a project of it starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.errors import BoundaryError
from vawg_geo.inputs.national import about_national, read_national, read_national_wards

if TYPE_CHECKING:
    import geopandas as gpd

    from vawg_geo.areas.country import CountryArea

__all__ = ["area_layers", "area_tables", "attribution_of", "layer_within", "missing_words"]


def area_layers(area: CountryArea) -> dict[str, gpd.GeoDataFrame]:
    """Outlines of an area's wards and districts, and of the area itself.

    Parameters
    ----------
    area : CountryArea

    Returns
    -------
    dict of str to geopandas.GeoDataFrame
        By level: `area_code, area_name, parent_code`. Districts and the whole are dissolved from
        the wards, so that the borders of all levels are the same.

    Examples
    --------
    >>> from vawg_geo.areas.country import find_area
    >>> {level: len(layer) for level, layer in area_layers(find_area("South Yorkshire")).items()}
    {'ward': 95, 'district': 4, 'police_area': 1}
    """
    wards = read_national_wards(area.districts)
    names = read_national("districts-2025").set_index("district_code")["district_name"]
    layers = {
        "ward": wards.rename(columns={"district_code": "parent_code"})[
            ["area_code", "area_name", "parent_code", "geometry"]
        ]
    }
    districts = wards.dissolve("district_code", method="coverage").reset_index()
    layers["district"] = districts.assign(
        area_code=districts["district_code"],
        area_name=districts["district_code"].map(names),
        parent_code=area.code if area.level != "district" else "",
    )[["area_code", "area_name", "parent_code", "geometry"]]
    if area.level != "district":
        whole = wards.assign(area_code=area.code).dissolve("area_code", method="coverage")
        layers[area.level] = whole.reset_index().assign(area_name=area.name, parent_code="")[
            ["area_code", "area_name", "parent_code", "geometry"]
        ]
    return layers


def layer_within(layer: gpd.GeoDataFrame, area: CountryArea) -> gpd.GeoDataFrame:
    """Outlines of a layer that lie within an area.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame
        `area_code`, `parent_code` and outlines in British National Grid.
    area : CountryArea

    Returns
    -------
    geopandas.GeoDataFrame
        Those whose code, or the code of what holds them, is of the area; of codes that are not
        those of 2025, those whose middle lies in it.

    Raises
    ------
    BoundaryError
        None does.

    Examples
    --------
    >>> from vawg_geo.areas.country import find_area
    >>> from vawg_geo.inputs.boundaries.read import read_boundaries
    >>> len(layer_within(read_boundaries("wards-2015"), find_area("Cambridge")))
    14
    """
    districts = {*area.districts, area.code}
    wards = read_national_wards(area.districts)
    known = set(wards["area_code"]) | districts
    by_code = layer["area_code"].isin(known) | layer["parent_code"].isin(districts)
    others = layer[~by_code & ~layer["area_code"].isin(_codes_of_2025())]
    whole = wards.union_all()
    inside = others.index[others.representative_point().within(whole)]
    kept = layer[by_code | layer.index.isin(inside)]
    if kept.empty:
        msg = f"none of the {len(layer):,} outlines lies in {area}. Give outlines of it."
        raise BoundaryError(msg)
    return kept.reset_index(drop=True)


def _codes_of_2025() -> set[str]:
    codes = read_national("residents-wards-2025")["area_code"]
    return set(codes) | set(read_national("districts-2025")["district_code"])


def area_tables(area: CountryArea) -> dict[str, pd.DataFrame]:
    """Residents, small areas and deprivation of an area.

    Parameters
    ----------
    area : CountryArea

    Returns
    -------
    dict of str to pandas.DataFrame
        `residents_wards` and `residents_districts` (`area_code, sex, population` of those aged 16
        and over), `residents_by_age` of wards and districts by groups of five years, `lsoas`, and
        `deprivation` of the nation's own index: `score`, `rank` and `decile` are those of income.

    Examples
    --------
    >>> from vawg_geo.areas.country import find_area
    >>> {name: len(table) for name, table in area_tables(find_area("Sheffield")).items()}
    {'residents_wards': 84, 'residents_districts': 3, 'residents_by_age': 58, 'lsoas': 343,
    'deprivation': 343}
    """
    lsoas = read_national("lsoas-2021")
    lsoas = lsoas[lsoas["district_code"].isin(area.districts)].reset_index(drop=True)
    wards = read_national_wards(area.districts)["area_code"]
    return {
        "residents_wards": _aged_16("residents-wards-2025", wards),
        "residents_districts": _aged_16("residents-districts-2025", pd.Series(area.districts)),
        "residents_by_age": _by_age({*wards, *area.districts}),
        "lsoas": lsoas,
        "deprivation": _deprivation(area.country, lsoas["lsoa_code"]),
    }


def _aged_16(name: str, codes: pd.Series) -> pd.DataFrame:
    """Women, men, and both together."""
    table = read_national(name)
    inside = table[table["area_code"].isin(codes)]
    by_sex = inside[["area_code", "sex", "population_16"]].rename(
        columns={"population_16": "population"}
    )
    persons = by_sex.groupby("area_code", as_index=False)["population"].sum().assign(sex="persons")
    both: pd.DataFrame = pd.concat([persons, by_sex])[["area_code", "sex", "population"]]
    return both.sort_values(["area_code", "sex"], ignore_index=True)


def _by_age(codes: set[str]) -> pd.DataFrame:
    """Women and men by groups of five years."""
    names = ("residents-districts-2025", "residents-wards-2025")
    table = pd.concat([read_national(name) for name in names], ignore_index=True)
    ages = [name for name in table.columns if name.startswith("aged_")]
    inside: pd.DataFrame = table.loc[table["area_code"].isin(codes), ["area_code", "sex", *ages]]
    return inside.reset_index(drop=True)


def _deprivation(country: str, codes: pd.Series) -> pd.DataFrame:
    wales = country == "Wales"
    table = read_national("deprivation-wales-2019" if wales else "deprivation-england-2025")
    inside = table[table["lsoa_code"].isin(codes)]
    # Of income: the index holds a domain of crime, and a rate of crimes set against it would
    # partly be set against itself. The index and the other domains keep their names.
    named = {f"{_DOMAIN}_{what}": what for what in ("score", "rank", "decile")}
    first = ["lsoa_code", *named.values()]
    plain: pd.DataFrame = inside.rename(columns=named).reset_index(drop=True)
    return plain[[*first, *(column for column in plain if column not in first)]]


_DOMAIN: Final = "income"


def attribution_of(area: CountryArea) -> str:
    """What every map of the area must say of its sources."""
    del area
    return about_national("wards-2025").attribution


def missing_words(area: CountryArea) -> list[str]:
    """What is not known of some wards of the area, for the person who starts a project.

    Examples
    --------
    >>> from vawg_geo.areas.country import find_area
    >>> missing_words(find_area("Sheffield"))
    []
    """
    wards = read_national_wards(area.districts)
    residents = set(read_national("residents-wards-2025")["area_code"])
    lsoas = set(read_national("lsoas-2021")["ward_code"])
    lines = []
    for words, known in (("residents", residents), ("deprivation", lsoas)):
        lacking = wards.loc[~wards["area_code"].isin(known), "area_name"]
        if len(lacking):
            lines.append(
                f"{len(lacking):,} of {len(wards):,} wards have no {words}, since no small area is "
                f"counted to them; first: {lacking.iloc[0]}. They are missing, and not zero."
            )
    return lines
