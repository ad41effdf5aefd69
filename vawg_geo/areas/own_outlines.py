"""An analyst's own outlines: what they are, where they lie, and a project's layers with them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.areas.country import list_areas
from vawg_geo.areas.extract import area_layers, area_tables, layer_within
from vawg_geo.errors import InputError, first_few
from vawg_geo.inputs.boundaries.read import read_boundaries
from vawg_geo.inputs.known_codes import years_of_code
from vawg_geo.inputs.national import read_national, read_national_wards
from vawg_geo.terms.codes import level_of_code

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from vawg_geo.areas.country import CountryArea
    from vawg_geo.terms.columns import Level

__all__ = ["OwnOutlines", "area_of_outlines", "layers_with_own", "read_outlines", "tables_with_own"]

# An outline's inner point may lie off a generalised coast.
_OFF_COAST_METRES = 2000
_YEAR = re.compile(r"column '[A-Za-z]+_?(?:20)?(\d\d)_?(?:CD|cd|code|CODE)'")


@dataclass(frozen=True, kw_only=True)
class OwnOutlines:
    """Outlines of a file, and what was found of them.

    Attributes
    ----------
    layer : geopandas.GeoDataFrame
        As `read_boundaries` gives it; `parent_code` is the district of 2025 that each lies in.
    level : str
        By the codes; `ward` where they are nobody's but the analyst's.
    vintage : str
        Year of the codes, empty where neither they nor the column's name tell it.
    notes : tuple of str
    """

    layer: gpd.GeoDataFrame
    level: Level
    vintage: str
    notes: tuple[str, ...] = field(default=())


def read_outlines(path: Path, *, layer: str | None = None) -> OwnOutlines:
    """Read a file of outlines, and find level, vintage and the district of each.

    Parameters
    ----------
    path : Path
        Anything that `read_boundaries` reads.
    layer : str, optional
        Of a file with several.

    Returns
    -------
    OwnOutlines

    Raises
    ------
    BoundaryError
        The file cannot be used; the message says why.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> wards = read_national_wards(["W06000001"])
    >>> with tempfile.TemporaryDirectory() as place:
    ...     path = Path(place, "own.geojson")
    ...     own = wards.rename(columns={"area_code": "WD24CD", "area_name": "WD24NM"})
    ...     own[["WD24CD", "WD24NM", "geometry"]].to_crs(4326).to_file(path)
    ...     found = read_outlines(path)
    >>> found.level, found.vintage, set(found.layer["parent_code"])
    ('ward', '2024', {'W06000001'})
    """
    outlines = read_boundaries(path, layer=layer)
    said = list(outlines.attrs.get("notes", []))
    levels = Counter(level_of_code(code) for code in outlines["area_code"])
    level = levels.most_common(1)[0][0]
    vintage = _vintage(list(outlines["area_code"]), " ".join(said))
    what = f"{len(outlines):,} outlines of the level {level or 'ward'}"
    of = f", of {vintage}" if vintage else ", of a year that neither codes nor columns tell"
    kinds = "" if level else "; their codes are not official ones"
    told = (text if path.name in text else f"{path.name}: {text}" for text in said)
    notes = (f"{path.name}: {what}{of}{kinds}.", *told)
    homes = _homes(outlines)
    return OwnOutlines(
        layer=outlines.assign(parent_code=homes.where(homes != "", outlines["parent_code"])),
        level=level or "ward",
        vintage=vintage,
        notes=notes,
    )


def _vintage(codes: list[str], said: str) -> str:
    """Year of the codes: the column's where they stood then, else the newest that has them all."""
    known = [set(years) for code in codes if (years := years_of_code(code))]
    common = set.intersection(*known) if known else set()
    match = _YEAR.search(said)
    named = 2000 + int(match[1]) if match else 0
    if named in common or (named and not common):
        return str(named)
    return str(max(common)) if common else ""


def _homes(outlines: gpd.GeoDataFrame) -> pd.Series:
    """District of 2025 of each outline: by its code, else by a point inside it."""
    wards = read_national_wards(read_national("districts-2025")["district_code"])
    by_code = wards.set_index("area_code")["district_code"].to_dict()
    lsoas = read_national("lsoas-2021")
    by_code |= dict(zip(lsoas["lsoa_code"], lsoas["district_code"], strict=True))
    by_code |= {code: code for code in wards["district_code"]}
    homes = outlines["area_code"].map(by_code)
    lacking = outlines[homes.isna()]
    if len(lacking):
        points = lacking[["geometry"]].set_geometry(lacking.representative_point())
        near = points.sjoin_nearest(
            wards[["district_code", "geometry"]], max_distance=_OFF_COAST_METRES
        )
        homes = homes.fillna(near.loc[~near.index.duplicated(), "district_code"])
    filled: pd.Series = homes.fillna("")
    return filled


def area_of_outlines(own: OwnOutlines) -> CountryArea:
    """Area of the country that some outlines make up: theirs are all its districts and no other.

    Parameters
    ----------
    own : OwnOutlines

    Returns
    -------
    CountryArea

    Raises
    ------
    InputError
        They make up none: its districts are named.

    Examples
    --------
    >>> layer = read_national_wards(["E08000039"]).assign(parent_code="E08000039")
    >>> str(area_of_outlines(OwnOutlines(layer=layer, level="ward", vintage="2025")))
    'Sheffield (district, E08000039)'
    """
    homes = set(own.layer["parent_code"]) - {""}
    areas = list_areas()
    for area in areas:
        if set(area.districts) == homes and not area.shared:
            return area
    names = [str(area) for area in areas if area.code in homes]
    msg = (
        f"{len(own.layer):,} outlines lie in {len(names):,} districts, which together are no one "
        f"area: {first_few(names, most=6)}. Say which area it is: --area NAME."
    )
    raise InputError(msg)


def layers_with_own(
    area: CountryArea, own: OwnOutlines
) -> tuple[dict[str, gpd.GeoDataFrame], list[str]]:
    """Layers of an area, with own outlines in the place of the country's of their level.

    Parameters
    ----------
    area : CountryArea
    own : OwnOutlines

    Returns
    -------
    layers : dict of str to geopandas.GeoDataFrame
        As `area_layers` gives them. Of own wards the districts and the whole are made too, so
        that the borders of all levels are the same.
    notes : list of str

    Raises
    ------
    BoundaryError
        No outline lies in the area.
    """
    layers = area_layers(area)
    kept = layer_within(own.layer, area)
    notes = []
    if len(kept) < len(own.layer):
        notes.append(f"{len(kept):,} of {len(own.layer):,} outlines lie in {area.name}.")
    columns = ["area_code", "area_name", "parent_code", "geometry"]
    if own.level == area.level and area.level != "district":
        return layers | {own.level: kept.assign(parent_code="")[columns]}, notes
    if own.level == "district":
        upper = area.code if area.level != "district" else ""
        return layers | {"district": kept.assign(parent_code=upper)[columns]}, notes
    layers[own.level] = kept[columns]
    if own.level == "ward":
        told = layers["district"].set_index("area_code")
        districts = kept.dissolve("parent_code").reset_index()
        districts = districts[districts["parent_code"].isin(told.index)]
        layers["district"] = districts.assign(
            area_code=districts["parent_code"],
            area_name=districts["parent_code"].map(told["area_name"]),
            parent_code=districts["parent_code"].map(told["parent_code"]),
        )[columns]
        if area.level != "district":
            whole = kept.assign(all="").dissolve("all").reset_index()
            layers[area.level] = whole.assign(
                area_code=area.code, area_name=area.name, parent_code=""
            )[columns]
        lacking = [
            name
            for code, name in told["area_name"].items()
            if code not in set(districts["parent_code"])
        ]
        if lacking:
            notes.append(
                f"{len(lacking)} of {len(told)} districts have no outline; first: {lacking[0]}."
            )
    return layers, notes


def tables_with_own(
    area: CountryArea, own: OwnOutlines, outlines: gpd.GeoDataFrame
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Residents, small areas and deprivation for own outlines.

    A ward whose code is one of 2025 has that one's residents. Others have the residents of the
    small areas whose place lies in them, of both sexes together: an estimate.

    Parameters
    ----------
    area : CountryArea
    own : OwnOutlines
    outlines : geopandas.GeoDataFrame
        Those of them that lie in the area.

    Returns
    -------
    tables : dict of str to pandas.DataFrame
        As `area_tables` gives them.
    notes : list of str
    """
    import geopandas as gpd

    tables = area_tables(area)
    if own.level != "ward":
        return tables, []
    residents = tables["residents_wards"]
    known = set(read_national_wards(area.districts)["area_code"])
    others = outlines[~outlines["area_code"].isin(known)]
    residents = residents[residents["area_code"].isin(outlines["area_code"])]
    if others.empty:
        return tables | {"residents_wards": residents}, []
    lsoas = tables["lsoas"]
    places = gpd.GeoDataFrame(
        {"lsoa": lsoas.index},
        geometry=gpd.points_from_xy(lsoas["easting"], lsoas["northing"], crs=outlines.crs),
        index=lsoas.index,
    )
    inside = places.sjoin(outlines[["area_code", "geometry"]], predicate="within")
    holder = inside.loc[~inside.index.duplicated(), "area_code"].reindex(lsoas.index).fillna("")
    lsoas = lsoas.assign(ward_code=holder)[holder != ""].reset_index(drop=True)
    estimated = (
        lsoas[lsoas["ward_code"].isin(others["area_code"])]
        .groupby("ward_code", as_index=False)["population_16"]
        .sum()
        .rename(columns={"ward_code": "area_code", "population_16": "population"})
        .assign(sex="persons")
    )
    bare = len(others) - len(estimated)
    notes = [
        f"{len(others):,} of {len(outlines):,} outlines have codes that are not of 2025: the "
        f"residents of {len(estimated):,} are estimated from the small areas whose place lies in "
        f"them, of both sexes together; {bare:,} have none and are missing, not zero."
    ]
    both = pd.concat([residents, estimated[["area_code", "sex", "population"]]])
    made = {"residents_wards": both.reset_index(drop=True), "lsoas": lsoas}
    deprivation = tables["deprivation"]
    made["deprivation"] = deprivation[deprivation["lsoa_code"].isin(lsoas["lsoa_code"])]
    return tables | made, notes
