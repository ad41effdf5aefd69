"""Where things are, for the tables of `data/`: public sites, towns, and LSOAs as points.

No refuge is among the places, and none may be added: a refuge is known by its district only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from _data import ASSESSMENT, ATTRIBUTION, DISTRICTS, NO_LICENCE_NAMED, OGL

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PLACE_ENTRIES", "lsoa_points", "public_sites", "towns"]

# Metres: finer than this a point would stand for an address rather than for an area.
GRID: Final = 100
# Metres from a site to the NHS list's place of the same hospital.
_SAME_PLACE: Final = 150
_ADVOCATE: Final = "Health IDVA at "

PLACE_ENTRIES: Final[dict[str, dict[str, str]]] = {
    "public_sites.csv": {
        "name": "public-sites",
        "title": "The three hospitals that the assessment names, with or without an advocate",
        "source": f"NHS sites of 2014 (places); {ASSESSMENT} (published July 2017; advocates)",
        "licence": NO_LICENCE_NAMED,
        "attribution": f"Places of hospitals from the NHS list of sites, 2014; advocates from "
        f"{ASSESSMENT}.",
        "vintage": "places of 2014; advocates as in 2015/16",
        "done": "place on a 100 m grid, held to the NHS list and to the district's outline; idva "
        "says whether the hospital has an independent domestic violence advisor; no refuge is "
        "among the places",
    },
    "towns.csv": {
        "name": "towns",
        "title": "16 cities, towns and large villages, as candidates for a further site",
        "source": "a list of 16 places of the six districts with National Grid coordinates; ONS "
        "district outlines, to compare",
        "licence": NO_LICENCE_NAMED,
        "attribution": "Places of towns on a 100 m grid; districts: Office for National "
        "Statistics.",
        "vintage": "no date named; districts of 2015",
        "done": "held to the district's outline; nothing is known of premises there",
    },
    "lsoa11_points.csv": {
        "name": "lsoa11-points",
        "title": "A point in each LSOA (2011) of the six districts",
        "source": "ONS generalised outlines of LSOAs (2011)",
        "licence": OGL,
        "attribution": ATTRIBUTION,
        "vintage": "LSOA of 2011",
        "done": "a point on the surface of the generalised outline, rounded to 100 m, in EPSG:27700"
        "; every rounded point lies in its own LSOA; it is no centre of population, so that in a "
        "large rural LSOA it can lie some kilometres from the homes",
    },
}


def _text(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def _require(holds: bool, what: str) -> None:
    if not holds:
        msg = f"{what}. Look at the source again; nothing was written."
        raise SystemExit(msg)


def _require_in_district(places: pd.DataFrame, name: str, boundaries: Path) -> None:
    import geopandas as gpd

    outlines = gpd.read_file(boundaries / "districts_27700.gpkg").set_index("ladcd").geometry
    points = gpd.points_from_xy(places["easting"].astype(int), places["northing"].astype(int))
    for place, district, point in zip(
        places[name], places["district_code"], points, strict=True
    ):  # fmt: skip
        _require(district in DISTRICTS, f"{place!r} is in none of the six districts")
        _require(bool(outlines[district].contains(point)), f"{place!r} is not in {district}")


def public_sites(services: Path, assessment: Path, boundaries: Path) -> pd.DataFrame:
    """Hospitals with their place and whether an advocate works there.

    Parameters
    ----------
    services, assessment, boundaries : Path
        Folders with `public_sites.csv` and the NHS list, with `services.csv`, and with outlines.

    Returns
    -------
    pandas.DataFrame
        `site`, `kind`, `easting`, `northing`, `district_code`, `idva` (`yes`, `no`), `idva_from`,
        `basis`, `note`.
    """
    import geopandas as gpd

    sites = _text(services / "public_sites.csv")
    _require_in_district(sites, "site", boundaries)
    listed = gpd.read_file(services / "cambs_nhs_hospital_2014.geojson").to_crs(27700)
    offered = _text(assessment / "services.csv")
    offered = offered[offered["public_site"] != ""]
    rows: list[dict[str, Any]] = []
    for site in sites.to_dict("records"):
        words = str(site["site"]).removesuffix(" Hospital")
        same = listed[listed.drop(columns="geometry").apply(
            lambda row, words=words: row.astype(str).str.contains(words, regex=False).any(), axis=1
        )]  # fmt: skip
        [place] = gpd.points_from_xy([int(site["easting"])], [int(site["northing"])])
        _require(len(same) > 0, f"{site['site']!r} is not in the NHS list")
        _require(same.distance(place).min() <= _SAME_PLACE, f"{site['site']!r} is elsewhere there")
        here = offered[offered["public_site"] == site["site"]]
        advocate = here[here["service"].str.startswith(_ADVOCATE)]
        _require(len(advocate) <= 1, f"{site['site']!r} has two advocates in the source")
        without = "without an advocate" in site["basis"]
        _require(without == advocate.empty, f"{site['site']!r}: the sources differ on an advocate")
        rows.append({
            "site": site["site"],
            "kind": "hospital",
            "easting": site["easting"],
            "northing": site["northing"],
            "district_code": site["district_code"],
            "idva": "no" if advocate.empty else "yes",
            "idva_from": "" if advocate.empty else advocate["valid_from"].iloc[0],
            "basis": site["basis"],
            "note": "; ".join(_site_notes(here)),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _site_notes(offered: pd.DataFrame) -> list[str]:
    if offered.empty:
        return ["The assessment names no advocate at this hospital."]
    return [
        f"{row['service']} from {row['valid_from']}"
        + (f" ({row['notes']})" if row["notes"] else "")
        for row in offered.to_dict("records")
    ]


def towns(services: Path, boundaries: Path) -> pd.DataFrame:
    """Candidate towns: `town`, `easting`, `northing`, `district_code`."""
    places = _text(services / "towns.csv")
    _require(places["town"].is_unique, "a town is listed twice")
    _require_in_district(places, "town", boundaries)
    return places[["town", "easting", "northing", "district_code"]]


def lsoa_points(boundaries: Path, lookup: pd.DataFrame) -> pd.DataFrame:
    """A point on the surface of each LSOA's outline, on a 100 m grid.

    Parameters
    ----------
    boundaries : Path
        Folder with `lsoa11_27700.gpkg`.
    lookup : pandas.DataFrame
        The LSOAs that are wanted: `lsoa_code`.

    Returns
    -------
    pandas.DataFrame
        `lsoa_code`, `easting`, `northing`.
    """
    import geopandas as gpd

    areas = gpd.read_file(boundaries / "lsoa11_27700.gpkg").sort_values("lsoa11cd")
    _require(list(areas["lsoa11cd"]) == list(lookup["lsoa_code"]), "outlines and look-up differ")
    inside = areas.representative_point()
    east, north = ((axis / GRID).round().astype(int) * GRID for axis in (inside.x, inside.y))
    rounded = gpd.GeoSeries(gpd.points_from_xy(east, north), index=areas.index, crs=areas.crs)
    _require(bool(areas.contains(rounded).all()), "a rounded point lies outside its LSOA")
    table = pd.DataFrame({"lsoa_code": areas["lsoa11cd"], "easting": east, "northing": north})
    return table.reset_index(drop=True)
