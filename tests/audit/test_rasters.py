"""Rasters that hide values where a careless reader would not look."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.enums import Resampling
from rasterio.transform import from_origin

from vawg_geo.audit.files import read_folder

HIDDEN, SHOWN, DISTRICT = "E05002703", "E05002704", "E07000008"
SERIES = {"indicator": "crimes", "sex": "persons", "period": "2015/16"}
SIDE = 600
NOTHING = -1.0


@pytest.fixture
def folder(tmp_path):
    """Two wards side by side, the left one hidden, and the district of both."""
    half = SIDE * 50
    boxes = {HIDDEN: (0, half), SHOWN: (half, 2 * half), DISTRICT: (0, 2 * half)}
    for level, codes in {"ward": [HIDDEN, SHOWN], "district": [DISTRICT]}.items():
        gpd.GeoDataFrame(
            {"area_code": codes},
            geometry=[shapely.box(boxes[c][0], 0, boxes[c][1], 2 * half) for c in codes],
            crs=27700,
        ).to_file(tmp_path / "areas.gpkg", layer=level, driver="GPKG")
    head = "area_code,level,indicator,sex,period,count"
    lines = [f"{HIDDEN},ward,crimes,persons,2015/16,x", f"{SHOWN},ward,crimes,persons,2015/16,20"]
    (tmp_path / "own.csv").write_text("\n".join([head, *lines]) + "\n")
    return tmp_path


@pytest.fixture
def picture():
    """Values in the right half only."""
    values = np.full((SIDE, SIDE), NOTHING, dtype="float32")
    values[:, SIDE // 2 :] = 2.5
    return values


@pytest.fixture
def audited(folder):
    def audited(values, *, then=None, crs=27700, name="r.tif", tags=SERIES, **options):
        settings = {"nodata": NOTHING, "dtype": "float32", "count": 1, "tiled": True} | options
        with rasterio.open(
            folder / name, "w", driver="GTiff", height=SIDE, width=SIDE, crs=crs,
            transform=from_origin(0, SIDE * 100, 100, 100), **settings,
        ) as out:  # fmt: skip
            for band in range(1, out.count + 1):
                out.write(values, band)
            out.update_tags(**tags)
            if then:
                then(out)
        return sorted(f.kind for f in read_folder(folder).findings if f.file == name)

    return audited


def test_a_raster_without_values_in_hidden_areas_passes(audited, picture):
    assert audited(picture) == []
    with_overviews = audited(picture, then=lambda r: r.build_overviews([2, 4], Resampling.nearest))
    assert with_overviews == []
    average = audited(picture, then=lambda r: r.build_overviews([2, 4], Resampling.average))
    assert average == []


@pytest.mark.parametrize("spot", [(0, 0), (599, 0), (300, 299), (255, 256)])
def test_a_single_cell_is_found(audited, picture, spot):
    picture[spot] = 3
    assert audited(picture) == ["derived_figure"]


def test_values_beneath_a_mask_are_values(audited, picture):
    filled = np.where(picture == NOTHING, np.float32(7), picture)

    def mask(raster):
        raster.write_mask(picture != NOTHING)

    assert "derived_figure" in audited(filled, then=mask, nodata=None)


def test_no_sign_for_nothing_means_that_all_is_shown(audited, picture):
    assert audited(picture, nodata=None) == ["derived_figure"]


def test_values_in_another_band_are_values(audited, picture):
    def second(raster):
        raster.write(np.full_like(picture, 4), 2)

    assert audited(picture, then=second, count=2) == ["derived_figure"]


def test_nothing_may_be_no_number(audited, picture):
    picture[picture == NOTHING] = np.nan
    assert audited(picture, nodata=np.nan) == []


def test_overviews_of_another_picture_are_found(audited, picture):
    """Overviews were made first, and the hidden half was emptied afterwards."""
    whole = np.full_like(picture, 2.5)

    def empty(raster):
        raster.build_overviews([2, 4], Resampling.nearest)
        raster.write(picture, 1)

    assert audited(whole, then=empty) == ["overviews_differ"]


def test_a_single_cell_of_the_coarsest_overview_is_found(audited, folder, picture):
    audited(picture, then=lambda r: r.build_overviews([2, 4], Resampling.nearest))
    with rasterio.open(folder / "r.tif", "r+", OVERVIEW_LEVEL=1) as thin:
        thin.write(np.full((1, 1), 9, dtype="float32"), 1, window=((70, 71), (30, 31)))
    assert "overviews_differ" in [f.kind for f in read_folder(folder).findings]


def test_a_second_picture_in_the_file_is_found(audited, folder, picture):
    audited(picture)
    with rasterio.open(
        folder / "r.tif", "w", driver="GTiff", height=SIDE, width=SIDE, count=1, dtype="float32",
        crs=27700, transform=from_origin(0, SIDE * 100, 100, 100), nodata=NOTHING,
    ) as out:  # fmt: skip
        out.write(picture, 1)
        out.update_tags(**SERIES)
    with rasterio.open(
        folder / "r.tif", "w", driver="GTiff", height=SIDE, width=SIDE, count=1, dtype="float32",
        crs=27700, transform=from_origin(0, SIDE * 100, 100, 100), append_subdataset=True,
    ) as out:  # fmt: skip
        out.write(np.full_like(picture, 5), 1)
    assert "hidden_pictures" in [f.kind for f in read_folder(folder).findings]


def test_a_raster_on_another_grid_is_not_taken_on_trust(audited, picture):
    assert "unread_file" in audited(picture, crs=4326)
    assert "unread_file" in audited(picture, crs=None)


def test_a_series_that_no_table_has(audited, picture):
    """A slip of the pen would switch off the look into hidden areas."""
    assert audited(picture, tags=SERIES | {"period": "2015-16"}) == ["unknown_series"]
    assert audited(picture, tags=SERIES | {"level": "lsoa"}) == ["unknown_series"]


def test_a_hidden_district_does_not_hide_the_wards_that_are_shown(audited, folder, picture):
    with (folder / "own.csv").open("a") as table:
        table.write(f"{DISTRICT},district,crimes,persons,2015/16,x\n")
    assert audited(picture, tags=SERIES | {"level": "ward"}) == []
    # A raster of districts shows it, and one that does not say its level may.
    assert audited(picture, tags=SERIES | {"level": "district"}) == ["derived_figure"]
    assert audited(picture) == ["derived_figure"]


def test_foreign_words_in_a_raster(audited, picture):
    assert audited(picture, tags=SERIES | {"note": "3"}) == ["unknown_tag"]
    assert audited(picture, then=lambda r: r.update_tags(ns="SECRET", count="3")) == ["unknown_tag"]

    def describe(raster):
        raster.set_band_description(1, f"{HIDDEN}: 3 crimes")

    assert audited(picture, then=describe) == ["figure_in_text"]


def distances(sites):
    centre = (np.arange(SIDE) + 0.5) * 100
    x, y = np.meshgrid(centre, centre[::-1])
    return np.round(np.min([np.hypot(x - e, y - n) for e, n in sites], axis=0)).astype("float32")


def test_distances_are_tried(audited):
    sites = [(12_345, 54_321), (40_000, 7_000)]
    tags = {"kind": "distance", "sites": "12345 54321; 40000 7000"}
    values = distances(sites)
    assert audited(values, tags=tags) == []
    # A rate in the guise of a distance, and a distance from somewhere else.
    wrong = values.copy()
    wrong[400, 20] += 2
    assert audited(wrong, tags=tags) == ["not_distances"]
    assert audited(values, tags=tags | {"sites": "12345 54321"}) == ["not_distances"]
    for sites in ("", "somewhere", "1 2 3"):
        assert audited(values, tags=tags | {"sites": sites}) == ["not_distances"]


def test_distances_that_name_a_series_are_looked_into_as_well(audited):
    tags = SERIES | {"kind": "distance", "sites": "12345 54321"}
    assert audited(distances([(12_345, 54_321)]), tags=tags) == ["derived_figure"]


def test_densities_of_points(audited, folder, picture):
    assert audited(picture, tags={"kind": "density"}) == ["density_of_points"]
    tags = {"kind": "density", "edition": "public"}
    assert audited(picture, tags=tags) == ["density_of_points"]
    own = {"kind": "density", "edition": "analyst"}
    assert audited(picture, tags=own) == []
    record = '{"edition": "public", "parameters": {"smallest_hidden": 1, "largest_hidden": 7}}'
    (folder / "build.json").write_text(record)
    assert audited(picture, tags=own) == ["foreign_edition"]
