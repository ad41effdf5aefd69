"""`vawg-geo init --boundaries`: an analyst's own outlines, recognised and written as configuration."""

from __future__ import annotations

import shutil
import tomllib

import pandas as pd
import pytest
import shapely

from vawg_geo.inputs.boundaries.read import read_boundaries
from vawg_geo.inputs.national import read_national_wards

FORMATS = {
    "gpkg": "GPKG", "geojson": "GeoJSON", "zip": "ESRI Shapefile", "tab": "MapInfo File",
    "gdb": "OpenFileGDB", "kml": "KML",
}  # fmt: skip


@pytest.fixture(scope="module")
def anglesey():
    """Wards as the ONS publishes them, of a year when all of them stood."""
    wards = read_national_wards(["W06000001"])
    return wards.rename(columns={"area_code": "WD24CD", "area_name": "WD24NM"}).assign(
        LAD24CD="W06000001"
    )[["WD24CD", "WD24NM", "LAD24CD", "geometry"]]


def written(layer, folder, ending):
    path = folder / f"own.{'shp' if ending == 'zip' else ending}"
    layer.to_file(path, driver=FORMATS[ending], engine="pyogrio")
    if ending == "zip":
        parts = folder / "parts"
        parts.mkdir()
        for part in folder.glob("own.*"):
            shutil.move(part, parts / part.name)
        return shutil.make_archive(str(folder / "own"), "zip", parts)
    return path


@pytest.mark.parametrize("ending", sorted(FORMATS))
def test_outlines_are_recognised_in_any_format(run, tmp_path, anglesey, ending):
    """Level, columns, year and the area that they make up, without a word of the analyst's."""
    layer = anglesey.to_crs(4326) if ending in ("geojson", "kml") else anglesey
    file = written(layer, tmp_path, ending)
    folder = tmp_path / "project"
    code, printed, error = run("init", folder, "--boundaries", file)
    assert (code, error) == (0, "")
    assert "14 outlines of the level ward, of 2024." in printed
    assert "codes are taken from column 'WD24CD', names from 'WD24NM'" in printed
    assert "Isle of Anglesey (district, W06000001). Next:" in printed
    areas = tomllib.loads((folder / "vawg.toml").read_text("utf-8"))["areas"]
    assert areas["ward"] == {"boundaries": "area/ward.gpkg", "vintage": "2024"}
    assert set(read_boundaries(folder / "area" / "ward.gpkg")["parent_code"]) == {"W06000001"}
    residents = pd.read_csv(folder / "area" / "residents_wards.csv")
    assert len(residents) == 14 * 3


def test_outlines_of_several_districts_are_cut_to_the_area_that_is_named(run, tmp_path):
    own = read_national_wards(["E07000008", "E07000009", "E07000012"])
    own[["area_code", "area_name", "geometry"]].to_file(tmp_path / "own.gpkg")
    code, _, error = run("init", tmp_path / "a", "--boundaries", tmp_path / "own.gpkg")
    assert code == 2
    assert "54 outlines lie in 3 districts, which together are no one area" in error
    assert not (tmp_path / "a").exists()
    code, printed, _ = run(
        "init", tmp_path / "a", "--boundaries", tmp_path / "own.gpkg", "--area", "Cambridge"
    )
    assert code == 0
    assert "14 of 54 outlines lie in Cambridge." in printed
    assert len(read_boundaries(tmp_path / "a" / "area" / "ward.gpkg")) == 14
    code, _, error = run(
        "init", tmp_path / "b", "--boundaries", tmp_path / "own.gpkg", "--area", "Sheffield"
    )
    assert code == 2
    assert "none of the 54 outlines lies in Sheffield" in error


def test_areas_of_ones_own_have_estimated_residents_and_build(run, tmp_path):
    """Beats without official codes, halves of a district: small areas give residents."""
    wards = read_national_wards(["W06000001"])
    whole = wards.union_all()
    west, south, east, north = whole.bounds
    middle = (west + east) / 2
    halves = [
        whole.intersection(shapely.box(west, south, middle, north)),
        whole.intersection(shapely.box(middle, south, east, north)),
    ]
    own = wards.head(2)[["geometry"]].assign(
        beat_code=["AW1", "AE2"], beat_name=["West", "East"], geometry=halves
    )
    own.to_file(tmp_path / "beats.gpkg")
    counts = tmp_path / "counts.csv"
    counts.write_text(
        "area_code,area_name,indicator,sex,period,count\n"
        "AW1,West,referrals,persons,2024/25,61\nAE2,East,referrals,persons,2024/25,74\n"
    )
    folder = tmp_path / "project"
    code, printed, error = run(
        "init", folder, "--boundaries", tmp_path / "beats.gpkg", "--counts", counts
    )
    assert (code, error) == (0, "")
    assert "of a year that neither codes nor columns tell; their codes are not official" in printed
    assert "2 of 2 outlines have codes that are not of 2025" in printed
    residents = pd.read_csv(folder / "area" / "residents_wards.csv").set_index("area_code")
    district = pd.read_csv(folder / "area" / "residents_districts.csv")
    everybody = district.loc[district["sex"] == "persons", "population"].sum()
    assert residents["population"].sum() == pytest.approx(everybody, rel=0.001)
    code, _, error = run("build", "--quiet", folder / "vawg.toml")
    assert code == 0, error
    rates = pd.read_csv(folder / "maps" / "public" / "tables" / "rates_ward.csv")
    assert rates.set_index("area_code")["count"].to_dict() == {"AW1": 61, "AE2": 74}
    assert rates["rate"].notna().all()


def test_what_is_no_file_of_outlines_writes_nothing(run, tmp_path):
    (tmp_path / "own.gpkg").write_bytes(b"nothing")
    code, _, error = run("init", tmp_path / "a", "--boundaries", tmp_path / "own.gpkg")
    assert code == 2
    assert "own.gpkg is not a GeoPackage" in error
    assert not (tmp_path / "a").exists()
