"""The outer border of areas: rivers within it are none, and who lies at it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

import vawg_geo
from vawg_geo.areas.neighbours.outer import at_the_edge, border_lines, strips, with_strips


@pytest.fixture(scope="module")
def wards() -> gpd.GeoDataFrame:
    return vawg_geo.read_boundaries("wards-2015")


def squares(*boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shapely.box(*box) for box in boxes], crs=27700)


@pytest.mark.parametrize(
    ("wide", "long", "found"),
    [(20, 1_000, 1), (99, 1_000, 1), (102, 1_000, 0), (20, 290, 0), (1, 1_000, 0), (20, 310, 1)],
)
def test_a_strip_is_narrow_and_long(wide: float, long: float, found: int) -> None:
    banks = shapely.union_all([shapely.box(0, 0, 900, long), shapely.box(900 + wide, 0, 2e3, long)])
    assert len(strips(banks)) == found
    left = 2 * (2000 - wide) + (2 if found else 4) * long
    assert border_lines(banks).length == pytest.approx(left, abs=1)


def test_bays_and_corners_are_no_strips() -> None:
    shape = shapely.box(0, 0, 5e3, 5e3).difference(shapely.box(2e3, 3e3, 2.6e3, 5e3))
    assert len(strips(shape)) == 0
    assert border_lines(shape).length == shape.length
    assert with_strips(shape).equals(shape)


def test_the_three_tidal_rivers_of_the_default(wards: gpd.GeoDataFrame) -> None:
    """The Nene of 25 km, the New Bedford River of 21 km, the Great Ouse of 4 km."""
    found = strips(shapely.union_all(wards.geometry.to_numpy()))
    assert sorted((shapely.length(found) / 2000).round()) == [4, 21, 25]


def test_fenland_is_one_district_with_its_river() -> None:
    districts = vawg_geo.read_boundaries("districts-2015").set_index("area_name").geometry
    fenland, river = districts["Fenland"], shapely.LineString([(538000, 302400), (536000, 301800)])
    assert fenland.boundary.intersects(river.buffer(300))
    assert not border_lines(fenland).intersects(river.buffer(300))
    # Both banks of what wards of Fenland face each other along, and a little more at each end.
    faced = 10_157 + 4_193 + 749 + 708 + 495 + 409
    assert 1 < (fenland.boundary.length - border_lines(fenland).length) / (2 * faced) < 1.12
    # Peterborough's bank of the same river stays a border.
    assert border_lines(districts["Peterborough"]).length > 0.98 * districts["Peterborough"].length
    whole = with_strips(fenland)
    assert fenland.geom_type == "MultiPolygon"
    assert whole.geom_type == "Polygon"


def test_who_lies_at_the_edge() -> None:
    x, y = np.meshgrid(np.arange(5) * 1e3, np.arange(5) * 1e3)
    field = gpd.GeoDataFrame(geometry=shapely.box(x, y, x + 1e3, y + 1e3).ravel())
    marked = at_the_edge(field).reshape(5, 5)
    assert not marked[1:4, 1:4].any()
    assert marked.sum() == 16
    # A hole in the map is an edge, and a river through it is none.
    holed = at_the_edge(field.drop(index=12))
    assert holed.sum() == 16 + 4
    river = field.assign(geometry=field.geometry.difference(shapely.box(0, 2480, 5e3, 2520)))
    assert at_the_edge(river).tolist() == at_the_edge(field).tolist()


def test_an_edge_is_more_than_a_corner() -> None:
    # The middle one has 200 m of 14,400 m at the edge, then 1,000.
    for open_, marked in ((200, False), (1_000, True)):
        areas = squares(
            (0, 0, 4e3, 3e3), (-1e3, -1e3, 0, 5e3), (4e3, -1e3, 5e3, 5e3), (0, -1e3, 4e3, 0),
            (0, 3e3, 4e3 - open_, 5e3),
        )  # fmt: skip
        assert bool(at_the_edge(areas)[0]) is marked


def test_one_area_is_all_edge() -> None:
    assert at_the_edge(squares((0, 0, 10, 10))).tolist() == [True]


def test_wards_of_the_default_at_the_edge(wards: gpd.GeoDataFrame) -> None:
    """By brute force: metres of a ward's outline that touch no other ward and no river."""
    shapes = wards.geometry.to_numpy()
    rivers = shapely.buffer(strips(shapely.union_all(shapes)), 1)
    alone = []
    for place, shape in enumerate(shapes):
        others = [
            other for at, other in enumerate(shapes) if at != place and other.dwithin(shape, 5)
        ]
        rest = shape.boundary.difference(shapely.union_all([*others, *rivers]).buffer(0.01))
        alone.append(rest.length >= 300 or rest.length >= shape.length / 10)
    assert at_the_edge(wards).tolist() == alone
    assert sum(alone) == 42
