"""Outlines as other programs write them: MapInfo, geodatabase, KML, GML, and each of them zipped."""

from __future__ import annotations

import shutil
import zipfile

import geopandas as gpd
import pyogrio
import pytest
import shapely

from vawg_geo.errors import BoundaryError
from vawg_geo.inputs.boundaries.read import read_boundaries

SQUARES = gpd.GeoDataFrame(
    {"WD25CD": ["E05000001", "E05000002"], "WD25NM": ["North", "South"]},
    geometry=[shapely.box(540_000, 250_000, 541_000, 251_000),
              shapely.box(541_000, 250_000, 542_000, 251_000)],
    crs="EPSG:27700",
)  # fmt: skip
# Ending, GDAL's driver, what it is to write.
FORMATS = {
    "tab": ("MapInfo File", {}),
    "mif": ("MapInfo File", {"FORMAT": "MIF"}),
    "gdb": ("OpenFileGDB", {}),
    "kml": ("LIBKML", {}),
    "gml": ("GML", {}),
    "gpkg": ("GPKG", {}),
    "geojson": ("GeoJSON", {}),
}


def write(folder, ending, name="wards"):
    driver, options = FORMATS[ending]
    layer = SQUARES.to_crs(4326) if ending in ("kml", "geojson") else SQUARES
    path = folder / f"{name}.{ending}"
    pyogrio.write_dataframe(layer, path, driver=driver, **options)
    return path


def zipped(path, folder):
    target = folder / f"{path.name}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(path.parent.rglob("*")):
            if part.is_file():
                archive.write(part, f"2025/{part.relative_to(path.parent)}")
    return target


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("ending", FORMATS)
def test_read_where_they_lie(tmp_path, ending, packed):
    (tmp_path / "in").mkdir()
    path = write(tmp_path / "in", ending)
    before = sorted(part.name for part in path.parent.rglob("*"))
    if packed:
        path = zipped(path, tmp_path)
    frame = read_boundaries(path)
    assert frame["area_code"].tolist() == ["E05000001", "E05000002"]
    assert frame["area_name"].tolist() == ["North", "South"]
    far = shapely.hausdorff_distance(frame.geometry.array, SQUARES.geometry.array)
    assert far.max() < 0.2
    assert sorted(part.name for part in (tmp_path / "in").rglob("*")) == before


@pytest.mark.parametrize("part", ["dat", "map", "id"])
def test_a_mapinfo_table_without_a_part(tmp_path, part):
    path = write(tmp_path, "tab")
    path.with_suffix(f".{part}").unlink()
    with pytest.raises(BoundaryError, match=rf"wards\.tab: wards\.{part} is not beside it"):
        read_boundaries(path)


def test_a_mapinfo_table_that_was_cut(tmp_path):
    path = write(tmp_path, "tab")
    table = path.with_suffix(".dat")
    table.write_bytes(table.read_bytes()[:-20])
    with pytest.raises(
        BoundaryError, match=r"wards\.tab is damaged or cut short: wards\.dat states"
    ):
        read_boundaries(path)


@pytest.mark.parametrize("ending", ["kml", "gml"])
def test_xml_that_was_cut_or_has_entities(tmp_path, ending):
    path = write(tmp_path, ending)
    whole = path.read_text()
    path.write_text(whole[: len(whole) // 2])
    with pytest.raises(BoundaryError, match=rf"wards\.{ending} is damaged or cut short.*whole XML"):
        read_boundaries(path)
    head, mark, rest = whole.partition("?>")
    entities = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'
    path.write_text(f"{head}{mark}{entities}{rest}")
    with pytest.raises(BoundaryError, match=rf"wards\.{ending} declares entities"):
        read_boundaries(path)


def test_xml_under_another_name(tmp_path):
    path = write(tmp_path, "gml")
    shutil.copy(path, tmp_path / "other.kml")
    with pytest.raises(BoundaryError, match=r"other\.kml is XML of 'FeatureCollection' and no KML"):
        read_boundaries(tmp_path / "other.kml")


def test_a_folder_that_is_no_geodatabase(tmp_path):
    (tmp_path / "wards.gdb").mkdir()
    with pytest.raises(BoundaryError, match=r"wards\.gdb is no file geodatabase"):
        read_boundaries(tmp_path / "wards.gdb")


def test_two_files_in_a_zip(tmp_path):
    (tmp_path / "in").mkdir()
    write(tmp_path / "in", "gpkg")
    path = zipped(write(tmp_path / "in", "gpkg", name="districts"), tmp_path)
    with pytest.raises(BoundaryError, match=r"2 files of outlines\. Give layer= one of: 'distr"):
        read_boundaries(path)
    assert len(read_boundaries(path, layer="wards")) == 2


@pytest.mark.shared
def test_the_zipped_geopackage_of_all_lsoas(shared):
    frame = read_boundaries(shared / "open" / "boundaries" / "geographr_boundaries_lsoa21.gpkg.zip")
    assert len(frame) == 35_672
