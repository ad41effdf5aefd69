"""Areas in several rows, and areas that no map here has: said, and no cause to refuse a layer."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import box

from vawg_geo.errors import BoundaryError
from vawg_geo.inputs.boundaries.read import read_boundaries

PART = "Hunmanby & Sherburn (part Scarborough)"


def layer(rows):
    codes, names, west = zip(*rows, strict=True)
    shapes = [box(500000 + 1000 * x, 470000, 501000 + 1000 * x, 471000) for x in west]
    return gpd.GeoDataFrame({"WD22CD": codes, "WD22NM": names}, geometry=shapes, crs=27700)


def test_a_ward_in_parts_is_put_together(tmp_path):
    """E05014284 came so in the layer of 2022, which was refused whole."""
    rows = [("E05014284", PART, 0), ("E05014281", "Filey", 1), ("E05014284", PART, 4)]
    layer(rows).to_file(tmp_path / "own.gpkg")
    read = read_boundaries(tmp_path / "own.gpkg").set_index("area_code")
    assert read["area_name"].to_dict() == {"E05014284": "Hunmanby & Sherburn", "E05014281": "Filey"}
    assert read.loc["E05014284", "geometry"].area == pytest.approx(2e6)
    assert read.loc["E05014281", "geometry"].bounds[0] == 501000
    assert any("1 of 2 areas in own.gpkg comes in parts" in note for note in read.attrs["notes"])


@pytest.mark.parametrize("other", ["Hunmanby & Sherburn", "Filey (part Scarborough)"])
def test_a_code_that_repeats_otherwise_is_refused(tmp_path, other):
    layer([("E05014284", PART, 0), ("E05014284", other, 4)]).to_file(tmp_path / "own.gpkg")
    with pytest.raises(BoundaryError, match=r"1 of 2 areas in own\.gpkg have a code that"):
        read_boundaries(tmp_path / "own.gpkg")


def test_areas_of_scotland_are_left_out_of_a_layer_of_the_country(tmp_path):
    rows = [("S13002516", "Aird", 0), ("E05014281", "Filey", 1), ("N08000101", "Airport", 2)]
    layer(rows).to_file(tmp_path / "own.gpkg")
    read = read_boundaries(tmp_path / "own.gpkg")
    assert (read["area_code"].tolist(), len(read)) == (["E05014281"], 1)
    assert read["geometry"].iloc[0].bounds[0] == 501000
    assert any("2 of 3 areas in own.gpkg are of Scotland" in note for note in read.attrs["notes"])


@pytest.mark.shared
def test_the_wards_of_2022_as_they_are_published(shared):
    read = read_boundaries(shared / "open" / "boundaries" / "geographr_boundaries_wards22.gpkg")
    assert len(read) == 7665
    assert (read["area_code"] == "E05014284").sum() == 1
