"""Sites, towns and points of LSOAs: as the sources say, on a 100 m grid, in their own areas."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import vawg_geo


def read(root, name):
    return pd.read_csv(root / "data" / f"{name}.csv", dtype=str, keep_default_na=False)


def points_of(table):
    east, north = (table[axis].astype(int) for axis in ("easting", "northing"))
    return gpd.GeoSeries(gpd.points_from_xy(east, north), index=table.index, crs="EPSG:27700")


@pytest.mark.parametrize("name", ["public_sites", "towns", "lsoa11_points"])
def test_coordinates_are_on_a_100_m_grid_and_of_no_refuge(root, name):
    table = read(root, name)
    for axis in ("easting", "northing"):
        assert (table[axis].astype(int) % 100 == 0).all()
    assert not table.apply(lambda column: column.str.contains("refuge", case=False)).any(axis=None)


def test_three_hospitals_and_who_has_an_advocate(root):
    sites = read(root, "public_sites").set_index("site")
    assert sites["idva"].to_dict() == {
        "Addenbrooke's Hospital": "yes",
        "Hinchingbrooke Hospital": "yes",
        "Peterborough City Hospital": "no",
    }
    assert sites["idva_from"].tolist() == ["2015-04-01", "2015-04-01", ""]
    assert set(sites["kind"]) == {"hospital"}
    assert "no advocate" in sites["note"].iloc[2]
    services = read(root, "services")
    named = set(services["public_site"]) - {""}
    assert named == set(sites.index[sites["idva"] == "yes"])


@pytest.mark.parametrize(("name", "rows"), [("public_sites", 3), ("towns", 16)])
def test_places_lie_in_their_districts(root, name, rows):
    table = read(root, name)
    outlines = vawg_geo.read_boundaries("districts-2015").set_index("area_code").geometry
    inside = points_of(table).within(
        gpd.GeoSeries(outlines[table["district_code"]].to_numpy(), crs=outlines.crs)
    )
    assert len(table) == rows
    assert inside.all()


def test_every_lsoa_has_a_point_in_or_by_its_ward(root):
    points = read(root, "lsoa11_points")
    lookup = read(root, "lookup_lsoa11_wards")
    assert points["lsoa_code"].tolist() == lookup["lsoa_code"].tolist()
    outlines = vawg_geo.read_boundaries("wards-2015").set_index("area_code").geometry
    wards = gpd.GeoSeries(outlines[lookup["ward15_code"]].to_numpy(), crs=outlines.crs)
    # Best fit gives an LSOA that several wards share to one of them, where its people are.
    assert points_of(points).within(wards).mean() > 0.95
    assert points_of(points).distance(wards).max() < 2_500


@pytest.mark.shared
def test_points_are_those_of_the_outlines(root, shared):
    points = read(root, "lsoa11_points").set_index("lsoa_code")
    areas = gpd.read_file(shared / "boundaries" / "lsoa11_27700.gpkg").set_index("lsoa11cd")
    areas = areas.loc[points.index]
    placed = points_of(points)
    assert placed.within(areas.geometry).all()
    exact = areas.representative_point()
    off = np.maximum((placed.x - exact.x).abs(), (placed.y - exact.y).abs())
    assert off.max() <= 50


@pytest.mark.shared
def test_hospitals_are_where_the_nhs_list_has_them(root, shared):
    sites = read(root, "public_sites").set_index("site")
    listed = gpd.read_file(shared / "services" / "cambs_nhs_hospital_2014.geojson").to_crs(27700)
    words = {"Addenbrooke's Hospital": "CB2 0QQ", "Peterborough City Hospital": "PE3 9GZ"}
    for site, postcode in words.items():
        place = points_of(sites).loc[site]
        assert listed[listed["Postcode"] == postcode].distance(place).max() < 150
