"""Styles, projects, drawings and rasters."""

from __future__ import annotations

import zipfile

import pytest

from vawg_geo.audit.files import read_folder
from vawg_geo.errors import InputError

WARD = "E05002703"
PROJECT = """<qgis><projectlayers><maplayer>
<datasource>./vawg.gpkg|layername=ward</datasource></maplayer></projectlayers></qgis>"""


def kinds(folder):
    return sorted({finding.kind for finding in read_folder(folder).findings})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (PROJECT.replace("./vawg.gpkg", "/home/ann/vawg.gpkg"), "absolute_path"),
        (PROJECT.replace("./vawg.gpkg", "C:\\Users\\ann\\vawg.gpkg"), "absolute_path"),
        (PROJECT.replace("./vawg.gpkg", "../analyst/vawg.gpkg"), "foreign_source"),
        (PROJECT.replace("./vawg.gpkg|", "dbname='x' host=db "), "foreign_source"),
        (PROJECT.replace("./vawg.gpkg|", "https://example.org/wfs?"), "foreign_source"),
        (PROJECT.replace("./vawg.gpkg|", "memory?geometry=Point&"), "foreign_source"),
        ('<symbol value="base64:AAAA"/>', "embedded_data"),
        (f'<category value="{WARD}" label="3"/>', "figure_in_text"),
        (f"<text>{WARD}\n 3 crimes</text>", "figure_in_text"),
    ],
)
@pytest.mark.parametrize("end", ["qgs", "qml", "svg", "qgz"])
def test_what_a_project_or_a_style_must_not_say(tmp_path, text, kind, end):
    path = tmp_path / f"one.{end}"
    if end == "qgz":
        with zipfile.ZipFile(path, "w") as pack:
            pack.writestr("one.qgs", text)
    else:
        path.write_text(text, "utf-8")
    assert kinds(tmp_path) == [kind]


def test_a_style_of_classes_and_a_project_of_the_folder_are_fine(tmp_path):
    (tmp_path / "rates.qml").write_text('<range lower="0" upper="3.2" label="under 3.2"/>')
    (tmp_path / "vawg.qgs").write_text(PROJECT)
    assert kinds(tmp_path) == []


def test_other_parts_of_a_packed_project(tmp_path):
    with zipfile.ZipFile(tmp_path / "vawg.qgz", "w") as pack:
        pack.writestr("vawg.qgs", PROJECT)
        pack.writestr("vawg.qgd", b"SQLite format 3\0")
    assert kinds(tmp_path) == ["unknown_file"]


@pytest.mark.parametrize("name", ["vawg.qgz", "one.svg"])
def test_damaged_files_are_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(InputError, match="cannot be read"):
        read_folder(tmp_path)


def test_a_raster_that_nobody_can_read_is_a_finding(tmp_path):
    (tmp_path / "rates.tif").write_bytes(b"II*\0")
    assert kinds(tmp_path) == ["unread_file"]


@pytest.fixture
def raster(tmp_path):
    """A table that hides one of two wards, their outlines, and a raster to write over them."""
    import geopandas as gpd
    import numpy as np
    import rasterio
    from shapely.geometry import box

    outlines = gpd.GeoDataFrame(
        {"area_code": [WARD, "E05002704"]}, geometry=[box(0, 0, 4, 8), box(4, 0, 8, 8)], crs=27700
    )
    outlines.to_file(tmp_path / "areas.gpkg", layer="ward", driver="GPKG")
    head = "area_code,indicator,sex,period,count"
    series = "crimes,persons,2015/16"
    lines = [head, f"{WARD},{series},x", f"E05002704,{series},20"]
    (tmp_path / "own.csv").write_text("\n".join(lines) + "\n")

    def write(values, **tags):
        shape = {"height": 8, "width": 8, "count": 1, "dtype": "float32", "nodata": -1}
        place = rasterio.transform.from_origin(0, 8, 1, 1)
        with rasterio.open(
            tmp_path / "r.tif", "w", driver="GTiff", crs=27700, transform=place, **shape
        ) as out:
            out.write(np.array(values, dtype="float32"), 1)
            out.update_tags(**tags)
        return [f.kind for f in read_folder(tmp_path).findings if f.file == "r.tif"]

    return write


SERIES = {"indicator": "crimes", "sex": "persons", "period": "2015/16"}


def test_pixels_of_hidden_areas(raster):
    assert raster([[-1] * 4 + [2] * 4] * 8, **SERIES) == []
    assert raster([[-1] * 3 + [2] * 5] * 8, **SERIES) == ["derived_figure"]


def test_tags_of_rasters(raster):
    values = [[-1] * 4 + [2] * 4] * 8
    assert raster(values, indicator="crimes") == ["unknown_series"]
    assert raster(values, **SERIES, secret="3") == ["unknown_tag"]


def test_a_long_run_that_is_no_word_in_a_drawing(tmp_path):
    """Not to be missed where it stands in a text that nobody sees; a path's own data are fine."""
    (tmp_path / "one.svg").write_text("<svg><desc>AwAAAAwAAAAbAAAA" + "AwAb" * 15 + "</desc></svg>")
    assert kinds(tmp_path) == ["embedded_data"]
    steps = "".join(f"{n % 7 + 1}-{n % 9 + 1}-" for n in range(40)) + "1-1"
    (tmp_path / "one.svg").write_text(f'<svg><path d="M3 4l{steps}z"/></svg>')
    assert kinds(tmp_path) == []
