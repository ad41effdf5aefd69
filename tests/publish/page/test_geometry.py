"""Outlines as integers: near the truth, small, and without gaps between neighbours."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tests.publish.page.outlines import decode_shapes
from vawg_geo.errors import OutputError
from vawg_geo.publish.page.geometry import (
    SCALE,
    encode_edge,
    encode_points,
    encode_shapes,
    to_wgs84,
)


def frame(*shapes, crs=27700):
    codes = [f"E0599{place:04d}" for place in range(len(shapes))]
    return gpd.GeoDataFrame({"area_code": codes}, geometry=list(shapes), crs=crs)


def test_projection_agrees_with_the_registered_one_to_five_metres():
    points = np.array([[519_000.0, 300_000.0], [544_800.0, 258_400.0], [564_000.0, 264_000.0]])
    truth = gpd.GeoSeries(gpd.points_from_xy(*points.T), crs=27700).to_crs(4326)
    ours = gpd.GeoSeries(gpd.points_from_xy(*to_wgs84(points).T), crs=4326)
    assert (ours.to_crs(27700).distance(truth.to_crs(27700)) < 5).all()


def test_shared_borders_stay_shared(factory):
    areas = factory.grid_areas(6, 5)["ward"]
    shapes = [
        shapely.Polygon(polygon[0], polygon[1:])
        for shape in decode_shapes(encode_shapes(areas))
        for polygon in shape
    ]
    assert shapely.coverage_is_valid(shapes)
    assert shapely.unary_union(shapes).geom_type == "Polygon"


def test_coverage_check_can_fail(factory):
    areas = factory.grid_areas(2, 1)["ward"]
    moved = areas.assign(
        geometry=[areas.geometry[0], shapely.affinity.translate(areas.geometry[1], 40)]
    )
    shapes = [shapely.Polygon(s[0][0]) for s in decode_shapes(encode_shapes(moved))]
    assert shapely.unary_union(shapes).geom_type == "MultiPolygon"


def test_holes_and_parts_come_back():
    ring = shapely.box(540_000, 270_000, 541_000, 271_000)
    with_hole = ring.difference(shapely.box(540_400, 270_400, 540_600, 270_600))
    parts = shapely.union_all([with_hole, shapely.box(543_000, 270_000, 544_000, 271_000)])
    shape = encode_shapes(frame(parts, ring))
    assert sorted(len(polygon) for polygon in shape[0]) == [1, 2]
    assert [len(polygon) for polygon in shape[1]] == [1]


def lines_of(areas):
    """The edge as sides between vertices."""
    edge = encode_edge(areas)
    lines = decode_shapes([edge])[0][0] if edge else []
    return [
        tuple(sorted((tuple(a), tuple(b)))) for line in lines for a, b in pairwise(line.tolist())
    ]


def test_the_edge_is_the_border_of_all_together(factory):
    areas = factory.grid_areas(6, 5)["ward"]
    sides = lines_of(areas)
    corners = {
        tuple(point)
        for shape in decode_shapes(encode_shapes(areas))
        for point in shape[0][0].tolist()
    }
    assert {point for side in sides for point in side} <= corners
    # A side of every square that lies at the border, and no other.
    assert len(sides) == len(set(sides)) == 2 * (6 + 5)


def test_the_banks_of_a_river_are_no_edge():
    """Two areas with 100 m of water between them, which ends inland."""
    west = shapely.box(540_000, 270_000, 550_000, 280_000)
    river = shapely.box(545_000, 272_000, 545_100, 280_000)
    banks = [
        sum(abs(a[0] - b[0]) < 0.01 < abs(a[1] - b[1]) and 0.1 < a[0] < 0.16 for a, b in sides)
        for sides in (
            lines_of(frame(west.difference(river))),
            lines_of(frame(west.difference(shapely.buffer(river, 200, join_style="mitre")))),
        )
    ]
    assert banks == [0, 2]


def test_first_pair_is_absolute_and_the_rest_are_steps():
    ring = encode_shapes(frame(shapely.box(540_000, 270_000, 540_100, 270_100)))[0][0][0]
    assert ring[1] > 50 * SCALE
    assert max(abs(step) for step in ring[2:]) < 200
    assert len(ring) == 8


def test_a_hole_that_rounding_closes_is_left_out():
    tiny = shapely.box(540_500, 270_500, 540_500.2, 270_500.2)
    shape = encode_shapes(frame(shapely.box(540_000, 270_000, 541_000, 271_000).difference(tiny)))
    assert len(shape[0][0]) == 1


def test_points_lie_inside(factory):
    areas = factory.grid_areas()["ward"]
    shapes = decode_shapes(encode_shapes(areas))
    for spacious in (False, True):
        points = np.array(encode_points(areas, spacious=spacious)) / SCALE
        assert all(
            shapely.Polygon(shape[0][0]).contains(shapely.Point(point))
            for shape, point in zip(shapes, points, strict=True)
        )


@pytest.mark.parametrize(
    ("areas", "words"),
    [
        (frame(shapely.box(0, 52, 1, 53), crs=4326), "not in British National Grid"),
        (frame(shapely.box(0, 52, 1, 53), crs=None), "no CRS"),
        (frame(shapely.box(0, 0, 9, 9), shapely.Point(1, 1)), "1 of 2 areas .* 'E05990001'"),
        (frame(shapely.Polygon()), "1 of 1 areas"),
    ],
)
def test_what_cannot_be_drawn_is_refused(areas, words):
    with pytest.raises(OutputError, match=words):
        encode_shapes(areas)
