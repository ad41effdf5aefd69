"""Points in areas: the same answer as geopandas.sjoin for every point, whatever the areas."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import up_to
from vawg_geo.areas.counting import edges as edges_module
from vawg_geo.areas.counting.locate import build_locator
from vawg_geo.errors import BoundaryError, InputError


def layer(shapes, codes=None):
    codes = codes or [f"E{n:03}" for n in range(len(shapes))]
    return gpd.GeoDataFrame({"area_code": codes}, geometry=list(shapes), crs=27700)


def by_sjoin(areas, x, y):
    """Lowest code for each point, '' outside; and which points touch several."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=27700)
    joined = points.sjoin(areas[["area_code", "geometry"]], predicate="intersects")["area_code"]
    several = sorted(set(joined.index[joined.index.duplicated()]))
    lowest = joined.groupby(level=0).min().reindex(range(len(x)), fill_value="")
    return lowest.tolist(), several


def by_us(areas, x, y, **options):
    locator = build_locator(areas)
    found = locator.locate(np.asarray(x, float), np.asarray(y, float), **options)
    codes = [*locator.codes, ""]
    return [codes[rank] for rank in found.rank], found.shared.tolist()


def assert_same(areas, x, y):
    assert by_us(areas, x, y) == by_sjoin(areas, x, y)


def cells(n, seed, *, side=10_000, decimals=3):
    rng = np.random.default_rng(seed)
    points = shapely.multipoints(rng.uniform(0, side, (n, 2)))
    made = shapely.get_parts(
        shapely.voronoi_polygons(points, extend_to=shapely.box(0, 0, side, side))
    )
    made = shapely.intersection(made, shapely.box(0, 0, side, side))
    return layer(shapely.transform(made, lambda xy: np.round(xy, decimals)))


def cloud(areas, n=4000, seed=3):
    """Points all over, on vertices, in the middle of edges, and beside them by less than a hair."""
    rng = np.random.default_rng(seed)
    west, south, east, north = areas.total_bounds
    spread = rng.uniform([west - 500, south - 500], [east + 500, north + 500], (n, 2))
    corners = shapely.get_coordinates(areas.geometry.to_numpy())[:500]
    middles = (corners[1:] + corners[:-1]) / 2
    near = corners + rng.choice([-1e-9, 1e-9, 1e-7, -1e-7, 1e-4], corners.shape)
    level = np.column_stack([corners[:, 0], rng.permutation(corners[:, 1])])
    return np.concatenate([spread, corners, middles, near, level]).T


@pytest.mark.parametrize("seed", range(4))
def test_every_point_of_a_coverage(seed):
    areas = cells(60, seed, decimals=seed)
    assert_same(areas, *cloud(areas, seed=seed))


def test_the_check_can_fail(monkeypatch):
    areas = cells(60, 1)
    x, y = cloud(areas)
    monkeypatch.setattr(edges_module, "_crossings", lambda e, n, y: np.full(len(n), np.inf))
    assert by_us(areas, x, y)[0] != by_sjoin(areas, x, y)[0]


def test_holes_islands_overlaps_and_areas_within_areas():
    ring = shapely.box(0, 0, 1000, 1000).difference(shapely.box(300, 300, 700, 700))
    inner = shapely.box(300, 300, 700, 700).difference(shapely.box(450, 450, 500, 500))
    parts = shapely.union(shapely.box(2000, 0, 2100, 100), shapely.box(2500, 0, 2900, 700))
    over = shapely.box(800, 800, 1500, 1500)  # lies on a part of the ring
    same = shapely.box(0, 0, 1000, 1000)  # lies on all of it
    areas = layer([ring, inner, parts, over, same])
    assert_same(areas, *cloud(areas, n=20_000))
    assert by_us(areas, [475, 310, 900, 2100.5], [475, 310, 900, 50])[0] == [
        "E004", "E001", "E000", "",
    ]  # fmt: skip


def test_clockwise_rings_are_areas_too():
    square = shapely.box(0, 0, 100, 100)
    assert shapely.is_ccw(square.exterior) != shapely.is_ccw(square.reverse().exterior)
    for shape in (square, square.reverse()):
        assert_same(layer([shape]), *cloud(layer([shape])))


def test_invalid_outlines_count_as_sjoin_counts_them():
    bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    loop = shapely.Polygon(
        [(200, 0), (300, 0), (300, 100), (250, 100), (250, 50), (280, 50), (280, 20), (220, 20),
         (220, 50), (250, 50), (250, 100), (200, 100)]
    )  # fmt: skip
    assert not shapely.is_valid([bow, loop]).any()
    areas = layer([bow, loop, shapely.box(90, 0, 220, 30)])
    assert_same(areas, *cloud(areas, n=20_000))


def test_a_point_on_a_border_is_in_the_area_of_the_lowest_code():
    areas = layer([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)], ["b", "a"])
    assert by_us(areas, [10, 5, 0, 20, 15, 10], [5, 5, 5, 5, 0, 10]) == (
        ["a", "b", "b", "a", "a", "a"],
        [0, 5],
    )


def test_rows_order_changes_nothing():
    areas = cells(40, 5)
    x, y = cloud(areas)
    assert by_us(areas, x, y) == by_us(areas.sample(frac=1, random_state=1), x, y)


def test_no_coordinates_and_far_away_are_outside():
    areas = layer([shapely.box(0, 0, 10, 10)])
    x, y = [np.nan, 5, np.inf, -np.inf, 1e300, 5], [5, np.nan, 5, 5, -1e300, 5]
    assert by_us(areas, x, y)[0] == [""] * 5 + ["E000"]
    assert by_us(areas, [], [])[0] == []


def test_threads_and_chunks_change_nothing():
    areas = cells(40, 6)
    x, y = np.random.default_rng(1).uniform(0, 10_000, (2, 150_000))
    found = [by_us(areas, x, y, threads=n) for n in (1, 2)]
    assert found[0] == found[1]
    assert by_us(areas, x[::-1], y[::-1], threads=2)[0] == found[0][0][::-1]


def test_true_coordinates_are_asked_for_near_borders():
    areas = cells(40, 7)
    x, y = cloud(areas, n=100_000)
    rng = np.random.default_rng(2)
    off_x, off_y = x + rng.uniform(-0.04, 0.04, len(x)), y + rng.uniform(-0.04, 0.04, len(x))
    asked = []

    def exact(places):
        asked.append(len(places))
        return x[places], y[places]

    assert by_us(areas, off_x, off_y, exact=exact, threads=1) == by_sjoin(areas, x, y)
    assert 0 < sum(asked) < len(x) / 2
    assert by_us(areas, off_x, off_y) != by_sjoin(areas, x, y)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=4, max_size=9))
@up_to(60)
def test_round_coordinates(corners):
    """Everything on whole numbers: vertices, edges and points fall together all the time."""
    hull = shapely.convex_hull(shapely.multipoints(corners))
    if hull.geom_type != "Polygon":
        return
    areas = layer([hull, shapely.box(3, 3, 9, 9)])
    x, y = (v.ravel() / 2 for v in np.meshgrid(np.arange(-2, 27), np.arange(-2, 27)))
    assert_same(areas, x, y)


def test_areas_that_cannot_be_asked():
    with pytest.raises(BoundaryError, match="1 of 1 areas are no polygons"):
        build_locator(layer([shapely.Point(1, 1)]))
    with pytest.raises(InputError, match="1 of 2 areas repeat an area code"):
        build_locator(layer([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], ["a", "a"]))


@pytest.mark.shared
def test_englands_wards(shared):
    areas = gpd.read_file(shared / "boundaries" / "england_wards_dec2013_27700.gpkg")
    areas = areas.rename(columns={"WD13CD": "area_code"})
    assert (~areas.is_valid).sum() == 1
    rng = np.random.default_rng(4)
    bounds = areas.bounds.to_numpy()[rng.integers(0, len(areas), 60_000)]
    x = rng.uniform(bounds[:, 0], bounds[:, 2])
    y = rng.uniform(bounds[:, 1], bounds[:, 3])
    corners = shapely.get_coordinates(areas.geometry.to_numpy())[::150].T
    x, y = np.concatenate([x, corners[0]]), np.concatenate([y, corners[1]])
    assert_same(areas, x, y)
