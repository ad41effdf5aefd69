"""Surfaces held to slow and plain computations of the same."""

from __future__ import annotations

import subprocess
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from vawg_geo.areas.shared import Shared
from vawg_geo.errors import ConfigurationError, DisclosureError, InputError
from vawg_geo.overlays.surfaces import grid as grid_module
from vawg_geo.overlays.surfaces.grid import AreaCells, Grid, grid_over
from vawg_geo.overlays.surfaces.surfaces import nearest_distance, point_density, smoothed_rate


@pytest.fixture
def wards():
    """Four columns and three rows of squares of 2 km."""
    return gpd.GeoDataFrame(
        {"area_code": [f"W{n:02d}" for n in range(12)]},
        geometry=[
            shapely.box(x, y, x + 2_000, y + 2_000)
            for y in range(270_000, 276_000, 2_000)
            for x in range(540_000, 548_000, 2_000)
        ],
        crs=27700,
    )


@pytest.fixture
def rates(wards):
    random = np.random.default_rng(3)
    population = random.integers(500, 9_000, len(wards)).astype(float)
    table = pd.DataFrame(
        {
            "area_code": wards["area_code"],
            "count": pd.array(random.poisson(30, len(wards)), dtype="Int64"),
            "population": population,
            "rate_per": 1_000.0,
            "status": "value",
        }
    )
    table.loc[[2, 5, 6], "count"] = pd.NA
    table.loc[[2, 5, 6], "status"] = ["suppressed", "missing", "not_applicable"]
    table.loc[7, ["count", "status"]] = [0, "zero"]
    return table


def whole(strips):
    return np.vstack(list(strips))


def centres(grid):
    x, y = grid.centres(0, grid.height)
    return np.stack(np.meshgrid(x, y), axis=-1)


def holders(wards, grid):
    """Place of the ward that holds each cell's centre."""
    x, y = np.moveaxis(centres(grid), -1, 0)
    index = np.full(x.shape, -1)
    for n, outline in enumerate(wards.geometry):
        index[shapely.contains_xy(outline, x, y)] = n
    return index


def plain_rate(wards, rates, grid, bandwidth):
    """Weighted means, cell by cell, from the definition."""
    index = holders(wards, grid)
    flat = centres(grid).reshape(-1, 2)
    shown = rates["count"].notna().to_numpy()
    top, under = np.zeros(len(flat)), np.zeros(len(flat))
    for n in np.flatnonzero(shown):
        mine = flat[index.ravel() == n]
        apart = flat[:, None] - mine[None]
        # Cut off at six bandwidths in either direction, as the surface is.
        near = (np.abs(apart) <= 6 * bandwidth + 1e-6).all(axis=2)
        weight = (np.exp(-(apart**2).sum(axis=2) / 2 / bandwidth**2) * near).mean(axis=1)
        top += weight * float(rates["count"].iloc[n])
        under += weight * rates["population"].iloc[n]
    rate = (1_000 * top / under).reshape(index.shape)
    return np.where((index >= 0) & shown[index], rate, np.nan)


def test_a_grid_has_its_corners_at_whole_cells(wards):
    grid = grid_over(wards, cell_m=300)
    assert (grid.left, grid.top) == (540_000, 276_000)
    assert (grid.width, grid.height) == (27, 20)
    moved = grid_over(wards.translate(-1, 1).to_frame("geometry"), cell_m=300)
    assert (moved.left, moved.top, moved.width) == (539_700, 276_300, 28)


@pytest.mark.parametrize("cell", [0, -5, float("nan"), float("inf"), 0.5])
def test_cells_that_make_no_raster(wards, cell):
    with pytest.raises(ConfigurationError, match="makes no raster"):
        grid_over(wards, cell_m=cell)


def test_too_many_cells_and_nothing_to_cover(wards):
    far = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 700_000, 1_300_000)], crs=27700)
    with pytest.raises(ConfigurationError, match="Give larger ones"):
        grid_over(far, cell_m=1)
    with pytest.raises(InputError, match="no outline"):
        grid_over(wards.iloc[:0])


@pytest.mark.parametrize("bandwidth", [500, 2_000])
def test_the_smoothed_rate_is_the_mean_by_kernel_and_population(wards, rates, bandwidth):
    grid = grid_over(wards, cell_m=250)
    found = whole(smoothed_rate(rates, wards, grid, bandwidth_m=bandwidth))
    expected = plain_rate(wards, rates, grid, bandwidth)
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("rows", [1, 5, 7, 24])
def test_strips_of_any_height_give_the_same_surface(wards, rates, rows):
    grid = grid_over(wards, cell_m=250)
    found = list(smoothed_rate(rates, wards, grid, bandwidth_m=600, rows=rows))
    assert max(len(strip) for strip in found) == rows
    np.testing.assert_allclose(
        whole(found), whole(smoothed_rate(rates, wards, grid, bandwidth_m=600)), rtol=1e-6
    )


def test_one_rate_everywhere_stays_that_rate(wards, rates):
    same = rates.assign(population=1_000.0 * rates["count"].astype("Float64").fillna(7))
    same = same[same["status"] != "zero"]
    found = whole(smoothed_rate(same, wards, grid_over(wards, cell_m=200)))
    np.testing.assert_allclose(found[~np.isnan(found)], 1.0, rtol=1e-6)


def test_an_area_without_a_shown_count_lends_nothing_and_shows_nothing(wards, rates):
    grid = grid_over(wards, cell_m=250)
    found = whole(smoothed_rate(rates, wards, grid))
    hidden = [2, 5, 6]
    assert np.isnan(found[np.isin(holders(wards, grid), hidden)]).all()
    # Neither its population nor a count that a careless caller left in makes a difference.
    other = rates.copy()
    other.loc[hidden, "population"] *= 50
    other.loc[hidden, "count"] = 7
    np.testing.assert_array_equal(whole(smoothed_rate(other, wards, grid)), found)
    # While that of an area that is shown does.
    other.loc[0, "count"] += 7
    assert np.nanmax(np.abs(whole(smoothed_rate(other, wards, grid)) - found)) > 0.1


def test_a_hidden_area_has_the_cells_where_outlines_overlap(wards, rates):
    grid = grid_over(wards, cell_m=250)
    wider = wards.copy()
    wider.loc[2, "geometry"] = wards.geometry[2].buffer(600, join_style="mitre")
    inside = shapely.contains_xy(wider.geometry[2], *np.moveaxis(centres(grid), -1, 0))
    assert np.isnan(whole(smoothed_rate(rates, wider, grid))[inside]).all()


def test_series_that_cannot_be_smoothed(wards, rates):
    grid = grid_over(wards, cell_m=250)
    with pytest.raises(InputError, match=r"1 of 13 areas stand twice in one series; first: 'W00'"):
        smoothed_rate(pd.concat([rates, rates[:1]]), wards, grid)
    with pytest.raises(InputError, match="none of 12 areas has a shown count"):
        smoothed_rate(rates.assign(status="suppressed"), wards, grid)
    with pytest.raises(ConfigurationError, match="less than a cell"):
        smoothed_rate(rates, wards, grid, bandwidth_m=200)
    with pytest.raises(InputError, match=r"9 of 12 areas hold the centre of no cell; first: 'W00'"):
        smoothed_rate(rates, wards, grid_over(wards, cell_m=80_000), bandwidth_m=100_000)


@pytest.mark.parametrize("number", [1, 3, 60])
def test_distances_are_those_of_the_nearest_site(wards, number):
    random = np.random.default_rng(number)
    places = np.c_[random.uniform(538e3, 550e3, number), random.uniform(268e3, 278e3, number)]
    sites = pd.DataFrame(
        {
            "site": [f"s{n}" for n in range(number)],
            "easting": places[:, 0],
            "northing": places[:, 1],
        }
    )
    grid = grid_over(wards, cell_m=200)
    found = whole(nearest_distance(sites, grid, within=wards, rows=11))
    apart = centres(grid)[:, :, None] - places
    np.testing.assert_allclose(found, np.hypot(*np.moveaxis(apart, -1, 0)).min(axis=2), rtol=1e-6)


def test_distances_beside_the_distance_transform(wards):
    """The transform moves a site by up to half the diagonal of a cell, and no further."""
    from scipy.ndimage import distance_transform_edt

    grid = grid_over(wards, cell_m=100)
    sites = pd.DataFrame({"site": ["a"], "easting": [541_234.0], "northing": [273_777.0]})
    found = whole(nearest_distance(sites, grid, within=wards))
    free = np.ones((grid.height, grid.width), dtype=bool)
    free[int((grid.top - 273_777) // 100), int((541_234 - grid.left) // 100)] = False
    moved = distance_transform_edt(free, sampling=grid.cell_m)
    assert 20 < np.abs(found - moved).max() <= np.hypot(50, 50)


def test_cells_outside_have_no_distance(wards):
    grid = grid_over(wards, cell_m=200)
    sites = pd.DataFrame({"site": ["a"], "easting": [541_000], "northing": [273_000]})
    found = whole(nearest_distance(sites, grid, within=wards.iloc[[0, 11]]))
    assert np.array_equal(~np.isnan(found), np.isin(holders(wards, grid), [0, 11]))


def test_sites_that_are_refused(wards):
    grid = grid_over(wards, cell_m=200)
    site = {"site": ["Town hall"], "easting": [541_000], "northing": [273_000]}
    with pytest.raises(DisclosureError, match="refuge"):
        nearest_distance(pd.DataFrame(site | {"kind": "refuge"}), grid, within=wards)
    with pytest.raises(InputError, match="EPSG:27700, not degrees"):
        nearest_distance(
            pd.DataFrame(site | {"easting": [0.12], "northing": [52.2]}), grid, within=wards
        )
    with pytest.raises(InputError, match="missing from the sites"):
        nearest_distance(pd.DataFrame({"site": ["Town hall"]}), grid, within=wards)


def random_points(number=400):
    random = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "easting": random.normal(544_000, 900, number),
            "northing": random.normal(273_000, 700, number),
        }
    )


@pytest.mark.promise
@pytest.mark.parametrize("bandwidth", [250, 300, 500, 1_000])
def test_the_density_is_the_sum_of_kernels(wards, bandwidth):
    """A density of points is a direct sum of kernels, at its peak to half a per cent even where the
    bandwidth is one cell.

    Seen to fail (8 % low at 250 m) where the variance that comes of sharing points among cells was
    left in.
    """
    grid = grid_over(wards, cell_m=250)
    points = random_points(3_000)
    found = whole(point_density(points, grid, within=wards, bandwidth_m=bandwidth))
    exact = np.zeros(found.shape)
    for place in points.to_numpy():
        exact += np.exp(-((centres(grid) - place) ** 2).sum(axis=-1) / 2 / bandwidth**2)
    exact *= 1_000**2 / (2 * np.pi * bandwidth**2)
    assert found.max() == pytest.approx(exact.max(), rel=0.005)
    assert np.abs(found - exact).max() < 0.02 * exact.max()


def test_a_density_holds_all_points_that_lie_well_within(wards):
    grid = grid_over(wards, cell_m=250)
    middle = pd.DataFrame({"easting": [544_000.0] * 3, "northing": [273_000.0] * 3})
    found = whole(point_density(middle, grid, within=wards, bandwidth_m=500))
    assert found.sum() * 0.25**2 == pytest.approx(3, rel=1e-6)


def test_points_may_come_in_pieces_and_without_coordinates(wards):
    grid = grid_over(wards, cell_m=250)
    points = random_points()
    lost = pd.DataFrame({"easting": [None, 544_000.0], "northing": [273_000.0, None]})
    far = pd.DataFrame({"easting": [100_000.0], "northing": [900_000.0]})
    pieces = iter([points[:150], points[:0], points[150:], lost, far])
    np.testing.assert_allclose(
        whole(point_density(pieces, grid, within=wards, rows=7)),
        whole(point_density(points, grid, within=wards)),
        rtol=1e-5,
    )


def test_densities_that_are_refused(wards):
    grid = grid_over(wards, cell_m=250)
    fine = grid_over(wards, cell_m=249)
    with pytest.raises(DisclosureError, match=r"cells of 250 metres or more, not 249"):
        point_density(random_points(), fine, within=wards)
    with pytest.raises(ConfigurationError, match="less than a cell"):
        point_density(random_points(), grid, within=wards, bandwidth_m=100)
    with pytest.raises(DisclosureError, match="refuge"):
        point_density(random_points().assign(category="refuge"), grid, within=wards)
    with pytest.raises(InputError, match="missing from the points"):
        point_density(pd.DataFrame({"x": [1.0]}), grid, within=wards)


def test_a_street_named_after_a_refuge_is_no_refuge(wards):
    grid = grid_over(wards, cell_m=250)
    named = random_points().assign(location="On or near Refuge Lane", category="robbery")
    assert np.nanmax(whole(point_density(named, grid, within=wards))) > 0


def test_nothing_heavy_is_imported_before_it_is_needed():
    code = (
        "import sys, vawg_geo.overlays.surfaces.surfaces, vawg_geo.publish.rasters.write;"
        "print([m for m in ('rasterio', 'affine', 'scipy.fft') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_slivers_between_outlines_belong_to_an_area_and_true_gaps_do_not():
    left = shapely.box(0, 0, 940, 1_000)
    right = shapely.box(1_030, 0, 2_000, 1_000)
    far = shapely.box(2_200, 0, 3_000, 1_000)
    areas = gpd.GeoDataFrame(geometry=[left, right, far], crs=27700)
    grid = Grid(left=0, top=1_000, cell_m=100, width=30, height=10)
    found = AreaCells(areas, grid).at(0, 10)
    # Ninety metres wide, about the centre of column 9 and nearer to the left: filled.
    assert set(found[:, 9]) == {0}
    # Two cells wide: a gap, and so is what lies beyond the edge.
    assert set(found[:, 20].tolist() + found[:, 21].tolist()) == {-1}
    assert np.array_equal(found[:, :9], np.zeros((10, 9)))
    assert np.array_equal(AreaCells(areas, grid).at(3, 5), found[3:5])


def test_cells_are_the_same_at_once_and_in_strips_and_kept_for_the_same_outlines(
    wards, monkeypatch
):
    grid = grid_over(wards, cell_m=100)
    shared = Shared()

    def cells_of(areas, grid):
        return shared.once(AreaCells, areas, grid=grid)

    at_once = cells_of(wards, grid)
    assert cells_of(wards.copy(), grid) is at_once
    assert cells_of(wards.iloc[::-1], grid) is not at_once
    assert cells_of(wards, grid_over(wards, cell_m=50)) is not at_once
    held = at_once.at(0, grid.height)
    with pytest.raises(ValueError, match="read-only"):
        held[0, 0] = 7
    monkeypatch.setattr(grid_module, "_MOST_HELD", 0)
    by_strip = AreaCells(wards, grid)
    strips = [by_strip.at(row, min(row + 3, grid.height)) for row in range(0, grid.height, 3)]
    assert np.array_equal(np.concatenate(strips), held)


def test_a_hidden_area_has_the_slivers_about_it(wards, rates):
    grid = grid_over(wards, cell_m=100)
    apart = wards.copy()
    # Ward 2, whose count is hidden, drawn 60 metres too narrow on either side.
    apart.loc[2, "geometry"] = wards.geometry[2].buffer(-60, join_style="mitre")
    found = whole(smoothed_rate(rates, apart, grid))
    inside = shapely.contains_xy(wards.geometry[2], *np.moveaxis(centres(grid), -1, 0))
    assert np.isnan(found[inside]).all()


def test_the_transform_of_a_grid():
    grid = Grid(left=500, top=900, cell_m=50, width=2, height=3)
    assert grid.transform == (50, 0, 500, 0, -50, 900)
    x, y = grid.centres(1, 3)
    assert (x.tolist(), y.tolist()) == ([525, 575], [825, 775])
