"""Coverages rebuilt, aligned, generalised and compared, on small drawn cases and one real one."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from _coverage import (
    align_coverage,
    compare_coverages,
    dissolve_areas,
    generalise_coverage,
    intersect_coverages,
    queen_pairs,
    rebuild_coverage,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import up_to
from vawg_geo.errors import BoundaryError

if TYPE_CHECKING:
    from pathlib import Path


def table(shapes: dict[str, shapely.Geometry], crs: int | None = 27700) -> gpd.GeoDataFrame:
    codes = list(shapes)
    return gpd.GeoDataFrame(
        {"area_code": codes, "area_name": [code.upper() for code in codes], "parent_code": "p"},
        geometry=list(shapes.values()),
        crs=crs,
    )


def by_code(areas: gpd.GeoDataFrame) -> dict[str, shapely.Geometry]:
    return dict(zip(areas["area_code"], areas.geometry, strict=True))


def assert_coverage(areas: gpd.GeoDataFrame) -> None:
    shapes = areas.geometry.to_numpy()
    rings = shapely.get_exterior_ring(shapely.get_parts(shapes))
    assert shapely.coverage_is_valid(shapes)
    assert shapely.is_valid(shapes).all()
    assert set(areas.geom_type) == {"MultiPolygon"}
    assert shapely.is_ccw(rings).all()


def wavy_grid(n: int = 3, size: float = 900.0, seed: int = 1) -> gpd.GeoDataFrame:
    """n by n areas whose shared borders have many small bends; `a00` is the south-west one."""
    random = np.random.default_rng(seed)

    def bend(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
        along = np.linspace(start, end, 30)
        along[1:-1] += random.uniform(-12, 12, (28, 2))
        return [tuple(point) for point in along]

    node = {(i, j): (i * size, j * size) for i in range(n + 1) for j in range(n + 1)}
    east = {(i, j): bend(node[i, j], node[i + 1, j]) for i in range(n) for j in range(n + 1)}
    north = {(i, j): bend(node[i, j], node[i, j + 1]) for i in range(n + 1) for j in range(n)}
    return table(
        {
            f"a{j}{i}": shapely.Polygon(
                east[i, j] + north[i + 1, j] + east[i, j + 1][::-1] + north[i, j][::-1]
            )
            for j in range(n)
            for i in range(n)
        }
    )


class TestRebuild:
    def test_a_gap_goes_to_the_neighbour_of_the_longest_border(self) -> None:
        # A strip 4 m wide: b's side of it is the whole length, a's only the lower half.
        areas = table(
            {
                "a": shapely.box(0, 0, 100, 100),
                "b": shapely.box(104, 0, 200, 200),
                "c": shapely.Polygon([(0, 100), (100, 100), (100, 196), (104, 200), (0, 200)]),
                "d": shapely.box(0, -50, 200, 0),
            }
        )
        result = rebuild_coverage(areas)
        assert_coverage(result)
        assert by_code(result)["b"].area == pytest.approx(96 * 200 + 4 * 198, abs=1)
        assert result.geometry.area.sum() == pytest.approx(200 * 250)

    def test_a_wide_gap_stays_open(self) -> None:
        ring = shapely.difference(shapely.box(0, 0, 500, 500), shapely.box(200, 200, 300, 300))
        areas = table({"a": ring})
        assert rebuild_coverage(areas).geometry.area.sum() == 500**2 - 100**2
        assert rebuild_coverage(areas, gap=101).geometry.area.sum() == 500**2

    def test_an_overlap_has_one_owner(self) -> None:
        areas = table({"a": shapely.box(0, 0, 100, 100), "b": shapely.box(98, 0, 200, 100)})
        result = rebuild_coverage(areas)
        assert_coverage(result)
        assert result.geometry.area.to_list() == [10_000, 10_000]
        assert queen_pairs(result) == {("a", "b")}

    def test_an_area_that_lies_wholly_in_another_is_refused(self) -> None:
        areas = table({"a": shapely.box(0, 0, 100, 100), "b": shapely.box(20, 20, 40, 40)})
        with pytest.raises(BoundaryError, match=r"1 of 2 areas vanish .* first: 'b'.*finer grid"):
            rebuild_coverage(areas)

    def test_borders_drawn_twice_become_one(self) -> None:
        areas = table(
            {
                "a": shapely.Polygon([(0, 0), (100, 0), (100.2, 50), (100, 100), (0, 100)]),
                "b": shapely.Polygon([(100, 0), (200, 0), (200, 100), (100.1, 100), (99.9, 30)]),
            }
        )
        assert not shapely.coverage_is_valid(areas.geometry.to_numpy())
        assert_coverage(rebuild_coverage(areas))

    def test_a_bow_tie_is_repaired(self) -> None:
        bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
        result = rebuild_coverage(table({"a": bow, "b": shapely.box(100, 0, 200, 100)}))
        assert_coverage(result)
        assert result.geometry.area.to_list() == [5_000, 10_000]

    def test_rows_stay_where_they_were(self) -> None:
        areas = table({"b": shapely.box(100, 0, 200, 100), "a": shapely.box(0, 0, 100, 100)})
        areas.index = [7, 3]
        result = rebuild_coverage(areas)
        assert list(result.index) == [7, 3]
        assert list(result["area_code"]) == ["b", "a"]
        assert result.geometry.iloc[0].bounds == (100, 0, 200, 100)
        assert result.crs == areas.crs
        assert areas.geom_type.unique() == "Polygon", "the input was changed"

    @pytest.mark.parametrize(
        ("shapes", "crs", "message"),
        [
            ({"a": shapely.Point(1, 1)}, 27700, r"1 of 1 areas have no polygon; first: 'a'"),
            ({"a": shapely.Polygon()}, 27700, r"1 of 1 areas have no polygon; first: 'a'"),
            ({"a": None}, 27700, r"1 of 1 areas have no polygon; first: 'a'"),
            ({"a": shapely.box(0, 50, 1, 52)}, 4326, r"coordinates are degrees \(WGS 84\)"),
        ],
    )
    def test_what_is_no_area_is_refused(
        self, shapes: dict[str, shapely.Geometry], crs: int, message: str
    ) -> None:
        with pytest.raises(BoundaryError, match=message):
            rebuild_coverage(table(shapes, crs=crs))

    def test_repeated_codes_are_refused(self) -> None:
        areas = table({"a": shapely.box(0, 0, 1, 1), "b": shapely.box(1, 0, 2, 1)})
        areas["area_code"] = "a"
        with pytest.raises(BoundaryError, match=r"1 of 2 areas repeat an area code; first: 'a'"):
            rebuild_coverage(areas)

    @up_to(25)
    @given(data=st.data())
    def test_shaken_areas_become_a_coverage_whatever_their_order(self, data: st.DataObject) -> None:
        """Nine squares, every corner of every square off by up to 3 m."""
        off = st.floats(-3, 3, allow_nan=False)
        shapes = {}
        for i in range(3):
            for j in range(3):
                corners = shapely.get_coordinates(
                    shapely.box(i * 100, j * 100, i * 100 + 100, j * 100 + 100)
                )[:4]
                shaken = [(x + data.draw(off), y + data.draw(off)) for x, y in corners]
                shapes[f"a{i}{j}"] = shapely.Polygon(shaken)
        areas = table(shapes)
        order = data.draw(st.permutations(range(9)))
        result, other = rebuild_coverage(areas), rebuild_coverage(areas.iloc[list(order)])
        assert_coverage(result)
        whole = shapely.coverage_union_all(result.geometry.to_numpy())
        assert shapely.get_num_interior_rings(whole) == 0
        assert shapely.area(whole) == pytest.approx(result.geometry.area.sum())
        assert abs(compare_coverages(areas, result).area_change).max() < 15
        mine, theirs = by_code(result), by_code(other)
        assert all(shapely.equals_exact(mine[code], theirs[code]) for code in mine)


class TestAlign:
    old = table({"a": shapely.box(0, 0, 500, 1000), "b": shapely.box(500, 0, 1000, 1000)})

    def test_a_border_drawn_twice_runs_along_the_reference(self) -> None:
        new = table(
            {
                "c": shapely.Polygon([(0, 0), (503, 0), (506, 600), (502, 1000), (0, 1000)]),
                "d": shapely.Polygon([(503, 0), (998, 0), (1002, 1000), (502, 1000), (506, 600)]),
            }
        )
        result = align_coverage(new, self.old, width=20)
        assert_coverage(result)
        for mine, reference in zip(result.geometry, self.old.geometry, strict=True):
            assert mine.equals(reference)

    def test_a_border_that_did_change_stays(self) -> None:
        new = table({"c": shapely.box(0, 0, 560, 1000), "d": shapely.box(560, 0, 1000, 1000)})
        result = align_coverage(new, self.old, width=20)
        assert [shape.bounds[2] for shape in result.geometry] == [560, 1000]

    def test_a_sliver_ends_at_a_junction(self) -> None:
        """North of 400 the border is c's, south of it e's: each keeps its own stretch."""
        new = table(
            {
                "c": shapely.box(0, 400, 504, 1000),
                "d": shapely.box(504, 0, 1000, 1000),
                "e": shapely.box(0, 0, 504, 400),
            }
        )
        result = align_coverage(rebuild_coverage(new), self.old, width=20)
        assert queen_pairs(result) == {("c", "d"), ("c", "e"), ("d", "e")}
        assert by_code(result)["c"].equals(shapely.box(0, 400, 500, 1000))
        assert by_code(result)["e"].equals(shapely.box(0, 0, 500, 400))

    def test_parts_that_two_vintages_share(self) -> None:
        new = table({"c": shapely.box(0, 0, 1000, 300), "d": shapely.box(0, 300, 1000, 1000)})
        parts = intersect_coverages(self.old, new)
        assert list(parts["area_code"]) == ["a|c", "a|d", "b|c", "b|d"]
        assert list(parts.geometry.area) == [150_000, 350_000, 150_000, 350_000]
        assert_coverage(parts)
        back = dissolve_areas(parts, by="second_code")
        assert list(back["second_code"]) == ["c", "d"]
        assert [a.equals(b) for a, b in zip(back.geometry, new.geometry, strict=True)] == [True] * 2


class TestGeneralise:
    def test_fewer_vertices_on_the_grid_and_the_same_neighbours(self) -> None:
        source = rebuild_coverage(wavy_grid())
        result = generalise_coverage(source, tolerance=40, grid=10)
        assert_coverage(result)
        vertices = [shapely.get_num_coordinates(t.geometry).sum() for t in (source, result)]
        assert vertices[1] < vertices[0] / 3
        assert (shapely.get_coordinates(result.geometry) % 10 == 0).all()
        report = compare_coverages(source, result)
        assert (report.lost, report.gained) == ((), ())
        assert report.largest_change < 2

    def test_areas_that_end_close_together_do_not_meet(self) -> None:
        """Two junctions 8 m apart fall on one point of a 10 m grid: a and d would meet there."""
        one, other = (497, 497), (503, 503)
        areas = table(
            {
                "a": shapely.Polygon([(0, 0), (500, 0), one, (0, 500)]),
                "b": shapely.Polygon([(500, 0), (1000, 0), (1000, 500), other, one]),
                "c": shapely.Polygon([(0, 500), one, other, (500, 1000), (0, 1000)]),
                "d": shapely.Polygon([(1000, 500), (1000, 1000), (500, 1000), other]),
            }
        )
        source = rebuild_coverage(areas)
        assert ("a", "d") not in queen_pairs(source)
        drawn = rebuild_coverage(source, grid=10)
        assert ("a", "d") in queen_pairs(drawn), "the case is too easy"
        result = generalise_coverage(source, tolerance=5, grid=10)
        assert_coverage(result)
        assert queen_pairs(result) == queen_pairs(source)

    def test_a_shuffled_table_gives_the_same_outlines(self) -> None:
        source = wavy_grid(seed=3)
        shuffled = source.sample(frac=1, random_state=5)
        mine = by_code(generalise_coverage(rebuild_coverage(source), tolerance=30, grid=10))
        theirs = by_code(generalise_coverage(rebuild_coverage(shuffled), tolerance=30, grid=10))
        assert list(theirs) != list(mine)
        assert all(shapely.equals_exact(mine[code], theirs[code]) for code in mine)

    def test_what_is_no_coverage_is_refused(self) -> None:
        areas = table({"a": shapely.box(0, 0, 100, 100), "b": shapely.box(98, 0, 200, 100)})
        with pytest.raises(BoundaryError, match=r"no valid coverage.*Rebuild it first"):
            generalise_coverage(areas, tolerance=10, grid=10)


class TestCompare:
    def test_lost_and_gained_pairs_have_names(self) -> None:
        source = table(
            {
                "a": shapely.box(0, 0, 1, 1),
                "b": shapely.box(1, 0, 2, 1),
                "c": shapely.box(5, 0, 6, 1),
            }
        )
        result = table(
            {
                "c": shapely.box(2, 0, 3, 1),
                "b": shapely.box(1.5, 0, 2, 1),
                "a": shapely.box(0, 0, 1, 1),
            }
        )
        report = compare_coverages(source, result)
        assert report.lost == (("a A", "b B"),)
        assert report.gained == (("b B", "c C"),)
        assert report.area_change.to_dict() == {"a": 0, "b": -50, "c": 0}
        assert report.largest_change == 50

    def test_other_codes_are_refused(self) -> None:
        one, two = table({"a": shapely.box(0, 0, 1, 1)}), table({"b": shapely.box(0, 0, 1, 1)})
        with pytest.raises(BoundaryError, match=r"2 of 2 areas stand on one side only; first: 'a'"):
            compare_coverages(one, two)

    def test_queen_pairs_count_single_points(self) -> None:
        shapes = {f"a{i}{j}": shapely.box(i, j, i + 1, j + 1) for i in range(3) for j in range(3)}
        expected = {
            (a, b)
            for a, b in combinations(sorted(shapes), 2)
            if abs(int(a[1]) - int(b[1])) <= 1 and abs(int(a[2]) - int(b[2])) <= 1
        }
        assert queen_pairs(table(shapes)) == expected
        assert len(expected) == 20


def read_wards(path: Path) -> gpd.GeoDataFrame:
    names = {"wd15cd": "area_code", "wd15nm": "area_name", "lad15cd": "parent_code"}
    areas = gpd.read_file(path).rename(columns=names)
    return areas[[*names.values(), "geometry"]]


@pytest.mark.shared
def test_wards_as_they_really_arrive(shared: Path) -> None:
    """Overlaps of 4.2 ha and 35 holes: the same neighbours come out as of the matched layer."""
    rough = read_wards(shared / "boundaries" / "wards_dec2015_unsnapped_27700.gpkg")
    matched = read_wards(shared / "boundaries" / "wards_dec2015_27700.gpkg")
    assert rough.geometry.area.sum() - rough.geometry.union_all().area == pytest.approx(
        42_000, rel=0.05
    )
    result, reference = rebuild_coverage(rough), rebuild_coverage(matched)
    assert_coverage(result)
    assert_coverage(reference)
    assert len(result) == 144
    whole = shapely.get_parts(shapely.coverage_union_all(result.geometry.to_numpy()))
    assert shapely.get_num_interior_rings(whole).sum() == 0
    assert compare_coverages(rough, result).largest_change < 0.2
    assert len(queen_pairs(reference)) == 380
    report = compare_coverages(reference, result)
    # The two meet on a stretch that the rough layer has as a gap and gives to somebody else.
    assert report.lost == (
        ("E05002175 Eye and Thorney", "E05009505 Parson Drove & Wisbech St Mary"),
    )
    assert report.gained == ()
