"""Towns, insets and outlines of a page: from where people live, never from what was found."""

from __future__ import annotations

import inspect

import geopandas as gpd
import numpy as np
import pytest
import shapely

from vawg_geo.areas.neighbours.outer import strips
from vawg_geo.inputs.national import about_national, read_national, read_national_wards
from vawg_geo.publish.page import context
from vawg_geo.publish.page.context import build_context, credit_of
from vawg_geo.publish.page.html import build_map

CAMBRIDGESHIRE = ("E06000031", *(f"E0700{n:04d}" for n in range(8, 13)))


def wards_of(*districts):
    wards = read_national_wards(districts)
    return wards.assign(parent_code=wards["district_code"])


def squares(east, north, *, side, columns, rows):
    x, y = np.meshgrid(np.arange(columns) * side + east, np.arange(rows) * side + north)
    boxes = shapely.box(x, y, x + side, y + side).ravel()
    return gpd.GeoDataFrame({"parent_code": [""] * len(boxes)}, geometry=boxes, crs=27700)


@pytest.fixture(scope="module")
def county():
    return wards_of(*CAMBRIDGESHIRE)


@pytest.fixture(scope="module")
def found(county):
    return build_context(county, parents=sorted(set(county["parent_code"])))


def test_towns_lie_in_their_areas_and_the_largest_come_first(county, found):
    parents = sorted(set(county["parent_code"]))
    names = [town[0] for town in found["towns"]]
    assert names[:2] == ["Peterborough", "Cambridge"]
    assert {"Ely", "Wisbech", "St Neots", "March", "Soham"} <= set(names)
    west, south, east, north = county.total_bounds
    towns = read_national("towns")
    near = towns["easting"].between(west - 9e3, east + 9e3)
    near &= towns["northing"].between(south - 9e3, north + 9e3)
    people = towns[near].set_index("town")["population"]
    order = [people[name] for name in names]
    assert order == sorted(order, reverse=True)
    tree = county.to_crs(4326).geometry
    for name, x, y, area, parent in found["towns"]:
        point = shapely.Point(x / 1e5, y / 1e5)
        if area is None:
            assert not tree.contains(point).any(), name
            assert parent is None
            assert people[name] >= 10_000
        else:
            assert tree.iloc[area].distance(point) < 1e-4, name
            assert parents[parent] == county["parent_code"].iloc[area]


def test_parts_of_a_town_are_not_drawn_as_towns(found):
    names = [town[0] for town in found["towns"]]
    assert not {"Primrose Place", "Eaton Socon"} & set(names)
    towns = read_national("towns")
    assert 0 < (towns["part_of"] != "").sum() < len(towns) / 5
    assert not towns["town"].str.contains(r"\bSaint\b").any()


def test_insets_are_of_the_largest_towns_with_some_areas_each(county, found):
    middles = shapely.get_coordinates(county.centroid.to_crs(4326).to_numpy()) * 1e5
    named = [found["towns"][one[0]][0] for one in found["insets"]]
    assert named == ["Peterborough", "Cambridge"]
    for _, west, south, east, north, side in found["insets"]:
        held = (middles >= [west, south]) & (middles <= [east, north])
        assert held.all(axis=1).sum() >= 5
        assert 4_000 <= side <= 0.4 * 75_000


def test_no_finding_moves_an_inset():
    """The frames follow from outlines and towns alone: nothing else is handed in."""
    assert set(inspect.signature(build_context).parameters) == {"areas", "parents", "rivers"}


@pytest.mark.parametrize(
    ("areas", "why"),
    [
        (wards_of("E07000008"), "the map is the town"),
        (squares(544_000, 257_000, side=500, columns=1, rows=1), "one area"),
        (squares(535_000, 245_000, side=20_000, columns=2, rows=2), "four areas"),
        (squares(541_600, 281_000, side=500, columns=4, rows=4), "no town"),
        (squares(-900_000, 3_000_000, side=900, columns=4, rows=4), "nowhere near"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_maps_without_insets(areas, why):
    found = build_context(areas, parents=[])
    assert found["insets"] == [], why
    assert credit_of(areas) == ((about_national("towns").attribution,) if found["towns"] else ())


def test_a_city_that_is_the_whole_map_has_no_insets_of_its_own_parts():
    codes = [c for c in read_national("districts-2025")["district_code"] if c.startswith("E09")]
    assert build_context(wards_of(*codes), parents=codes)["insets"] == []


def test_the_whole_country_takes_little_time_and_has_the_largest_towns():
    every = wards_of(*read_national("districts-2025")["district_code"])
    found = build_context(every, parents=[], rivers=False)
    assert len(found["towns"]) == context._MOST
    assert [found["towns"][one[0]][0] for one in found["insets"]][:2] == ["London", "Birmingham"]
    assert found["outlines"] == {}


def test_the_outline_of_an_area_that_a_river_divides_has_no_banks():
    banks = shapely.union_all(shapely.box([0, 1_020], 0, [1_000, 2_000], 5_000))
    areas = gpd.GeoDataFrame(
        {"parent_code": ["", ""]}, geometry=[banks, shapely.box(2_000, 0, 3_000, 5_000)], crs=27700
    )
    found = build_context(areas, parents=[])["outlines"]
    assert list(found) == ["0"]
    assert len(strips(banks)) == 1
    lines = found["0"][0]
    # Both banks are 5 km long; what is left are the sides and the ends.
    steps = [np.reshape(line[2:], (-1, 2)) * [68_500 / 1e5, 111_200 / 1e5] for line in lines]
    length = sum(np.hypot(*step.T).sum() for step in steps)
    assert length == pytest.approx(2 * 5_000 + 2 * 1_980, rel=0.15)


def test_a_page_has_towns_and_thanks_their_source(results):
    payload = build_map(results, level="ward").get_root().payload
    towns = [town[0] for town in payload["context"]["towns"]]
    assert "Ely" in towns
    thanks = "Contains places of GeoNames (geonames.org), CC BY 4.0."
    assert payload["meta"]["attribution"][-1] == thanks
