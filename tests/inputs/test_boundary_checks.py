"""Each check of outlines and codes: what it refuses, what it notes, what it lets pass."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import CRS
from shapely import MultiPolygon, Point, Polygon, box

from vawg_geo.errors import BoundaryError
from vawg_geo.inputs.boundaries.checks import (
    Expected,
    repair_polygons,
    validate_codes,
    validate_expected,
    validate_overlaps,
    validate_polygons,
)
from vawg_geo.inputs.boundaries.national_grid import (
    to_national_grid,
    validate_coordinates,
    validate_location,
)

E0, N0 = 546_000.0, 258_000.0


def square(column: int = 0, row: int = 0, size: float = 1000.0) -> Polygon:
    x, y = E0 + 1000 * column, N0 + 1000 * row
    return box(x, y, x + size, y + size)


def array(*geometries: shapely.Geometry | None) -> np.ndarray:
    result = np.empty(len(geometries), dtype=object)
    result[:] = geometries
    return result


NAMES = ["'A' North", "'B' South", "'C' West"]


class TestCodes:
    def check(self, *codes: str, level: str | None = None, **more: list[str]) -> list[str]:
        names = more.get("names", [f"n{i}" for i in range(len(codes))])
        parents = more.get("parents", [""] * len(codes))
        return validate_codes(list(codes), names, parents, label="w.gpkg", level=level)

    def test_good_codes_say_nothing(self) -> None:
        assert self.check("E05002702", "E05002703", level="ward") == []

    def test_missing(self) -> None:
        with pytest.raises(
            BoundaryError,
            match=r"^1 of 2 areas in w\.gpkg have no code; first: row 2 \(n1\)\. Fill",
        ):
            self.check("E05002702", "")

    def test_duplicate(self) -> None:
        with pytest.raises(
            BoundaryError, match=r"^2 of 4 areas .* earlier area has; first: 'A' n1\. Dissolve"
        ):
            self.check("A", "A", "B", "A")

    def test_own_codes_are_noted(self) -> None:
        assert "1 of 2 codes in w.gpkg are not GSS codes; first: 'N1' n1" in self.check(
            "E05002702", "N1"
        )

    def test_all_of_another_level(self) -> None:
        with pytest.raises(BoundaryError, match=r"^2 of 2 .* than 'ward'; first: 'E07000008' n0"):
            self.check("E07000008", "E07000009", level="ward")

    def test_some_of_another_level_are_noted(self) -> None:
        (note,) = self.check("E10000003", "E06000031", level="county")
        assert note.startswith("1 of 2 areas")

    def test_names_that_repeat_under_one_parent(self) -> None:
        codes = ("E05002702", "E05002703", "E05002704")
        names = ["Abbots", "Abbots", "Abbots"]
        assert self.check(*codes, names=names, parents=["p", "q", "r"]) == []
        (note,) = self.check(*codes, names=names, parents=["p", "q", "p"])
        assert "first: 'E05002704' Abbots" in note


class TestPolygons:
    def test_polygons_of_both_kinds_pass(self) -> None:
        validate_polygons(array(square(), MultiPolygon([square(2)])), NAMES, label="w")

    @pytest.mark.parametrize("gone", [None, Polygon(), MultiPolygon()])
    def test_absent(self, gone: shapely.Geometry | None) -> None:
        with pytest.raises(BoundaryError, match=r"1 of 2 areas in w have no outline; first: 'B'"):
            validate_polygons(array(square(), gone), NAMES, label="w")

    @pytest.mark.parametrize(
        "other", [Point(E0, N0), square().exterior, shapely.GeometryCollection([square()])]
    )
    def test_no_polygon(self, other: shapely.Geometry) -> None:
        with pytest.raises(BoundaryError, match=r"1 of 2 areas in w are no polygons \(\w+\)"):
            validate_polygons(array(other, square()), NAMES, label="w")

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_coordinates_that_are_no_numbers(self, value: float) -> None:
        with np.errstate(invalid="ignore"):
            bad = Polygon([(E0, N0), (E0 + 9, value), (E0, N0 + 9)])
        with pytest.raises(BoundaryError, match="1 of 2 areas in w have coordinates that are no"):
            validate_polygons(array(square(), bad), NAMES, label="w")


class TestRepair:
    def test_valid_ones_are_left_alone(self) -> None:
        given = array(square(), square(1))
        same, notes = repair_polygons(given, NAMES, label="w")
        assert same is given
        assert notes == []

    def test_a_bow_tie_is_refused(self) -> None:
        tie = Polygon([(E0, N0), (E0 + 9, N0 + 9), (E0 + 9, N0), (E0, N0 + 9)])
        with pytest.raises(
            BoundaryError,
            match=r"^1 of 2 areas in w cross themselves .* first: 'B' South \(Self-intersection",
        ):
            repair_polygons(array(square(), tie), NAMES, label="w")

    def test_a_ring_that_touches_itself_is_rebuilt(self) -> None:
        # Two squares joined at a corner, drawn as one ring.
        ring = Polygon(
            [
                (E0, N0),
                (E0 + 500, N0),
                (E0 + 500, N0 + 500),
                (E0 + 900, N0 + 500),
                (E0 + 900, N0 + 900),
                (E0 + 500, N0 + 900),
                (E0 + 500, N0 + 500),
                (E0, N0 + 500),
            ]
        )
        assert not ring.is_valid
        mended, notes = repair_polygons(array(square(3), ring), NAMES, label="w")
        assert shapely.is_valid(mended).all()
        assert set(shapely.get_type_id(mended)) <= {3, 6}
        assert mended[1].area == pytest.approx(500**2 + 400**2)
        assert "1 of 2 areas in w were invalid and were repaired; first: 'B' South" in notes[0]

    def test_a_spike_is_cut_off(self) -> None:
        spike = Polygon(
            [(E0, N0), (E0 + 900, N0), (E0 + 900, N0 + 900), (E0 + 1800, N0 + 900),
             (E0 + 900, N0 + 900), (E0, N0 + 900)]
        )  # fmt: skip
        mended, _ = repair_polygons(array(spike), NAMES, label="w")
        assert mended[0].area == pytest.approx(900**2)
        assert mended[0].bounds[2] == E0 + 900

    def test_the_given_array_is_not_changed(self) -> None:
        hole = Polygon(square().exterior, [[(E0, N0), (E0 + 5, N0), (E0, N0 + 5)]])
        given = array(hole)
        mended, notes = repair_polygons(given, NAMES, label="w")
        assert notes
        assert given[0] is hole
        assert mended[0].is_valid

    def test_a_ring_that_collapses(self) -> None:
        flat = Polygon([(E0, N0), (E0 + 5, N0), (E0 + 9, N0)])
        with pytest.raises(BoundaryError, match="cross themselves so that no repair"):
            repair_polygons(array(flat), NAMES, label="w")


class TestOverlaps:
    def test_neighbours_pass(self) -> None:
        assert validate_overlaps(array(square(), square(1), square(0, 1)), NAMES, label="w") == []

    def test_gaps_pass(self) -> None:
        assert validate_overlaps(array(square(), square(5)), NAMES, label="w") == []

    def test_neighbours_that_are_noded_differently_pass(self) -> None:
        right = Polygon(
            [(E0 + 1000, N0), (E0 + 2000, N0), (E0 + 2000, N0 + 1000), (E0 + 1000, N0 + 1000),
             (E0 + 1000, N0 + 500)]
        )  # fmt: skip
        assert validate_overlaps(array(square(), right), NAMES, label="w") == []

    def test_slivers_are_noted(self) -> None:
        right = box(E0 + 990, N0, E0 + 2000, N0 + 1000)
        (note,) = validate_overlaps(array(square(4), square(), right), NAMES, label="w")
        assert note == "areas in w overlap by 1 ha in all (1 pairs); first: 'B' South and 'C' West"

    @pytest.mark.parametrize(
        ("left", "right"),
        [
            (square(), box(E0 + 900, N0, E0 + 2000, N0 + 1000)),
            (square(), square()),  # the same twice
            (square(), box(E0 + 400, N0 + 400, E0 + 600, N0 + 600)),  # one in the other
            (box(E0 + 400, N0 + 400, E0 + 600, N0 + 600), square()),
            (square(), box(E0, N0, E0 + 1000, N0 + 500)),  # sharing edges, one in the other
        ],
    )
    def test_areas_on_one_another(self, left: Polygon, right: Polygon) -> None:
        with pytest.raises(
            BoundaryError, match=r"^2 of 3 .* first: 'A' North and 'B' South share [\d.]+ ha\."
        ):
            validate_overlaps(array(left, right, square(9)), NAMES, label="w")


class TestCoordinates:
    def test_what_agrees_passes(self) -> None:
        validate_coordinates((E0, N0, E0 + 9, N0 + 9), CRS("EPSG:27700"), label="w")
        validate_coordinates((-6.0, 50.0, 1.7, 55.8), CRS("EPSG:4326"), label="w")

    def test_degrees_labelled_as_metres(self) -> None:
        with pytest.raises(BoundaryError, match=r"coordinates are degrees .* crs='EPSG:4326'"):
            validate_coordinates((0.1, 52.1, 0.2, 52.2), CRS("EPSG:27700"), label="w")

    def test_metres_labelled_as_degrees(self) -> None:
        with pytest.raises(BoundaryError, match=r"coordinates are metres .* crs='EPSG:27700'"):
            validate_coordinates((E0, N0, E0 + 9, N0 + 9), CRS("EPSG:4326"), label="w")

    def test_latitude_first(self) -> None:
        with pytest.raises(BoundaryError, match="latitude and longitude swapped"):
            validate_coordinates((52.1, 0.1, 52.2, 0.2), CRS("EPSG:4326"), label="w")


class TestLocation:
    def test_at_home(self) -> None:
        corners = array(
            square(),
            box(90_000, 9_000, 92_000, 12_000),  # Scilly
            box(393_000, 655_000, 396_000, 657_000),  # Berwick
            box(205_000, 340_000, 260_000, 395_000),  # Anglesey
            box(653_000, 292_000, 655_500, 294_000),  # Lowestoft
        )
        validate_location(corners, list("abcde"), label="w")

    def test_northing_first(self) -> None:
        there = array(
            box(218_000, 586_000, 219_000, 587_000), box(258_000, 546_000, 259_000, 547_000)
        )
        with pytest.raises(
            BoundaryError, match=r"^2 of 2 areas .* swapped all lie inside: swap them"
        ):
            validate_location(there, NAMES, label="w")

    def test_elsewhere(self) -> None:
        glasgow = box(258_000, 665_000, 259_000, 666_000)
        with pytest.raises(
            BoundaryError, match=r"^1 of 2 areas in w lie outside England and Wales; first: 'B'"
        ):
            validate_location(array(square(), glasgow), NAMES, label="w")

    def test_one_point_far_off(self) -> None:
        far = Polygon([(E0, N0), (E0 + 1000, N0), (E0 + 1000, N0 + 1000), (E0, 9e6)])
        with pytest.raises(BoundaryError, match="1 of 2 areas in w lie outside"):
            validate_location(array(square(), far), NAMES, label="w")


class TestNationalGrid:
    def test_the_grid_itself_is_not_moved(self) -> None:
        given = array(square())
        for crs in ("EPSG:27700", "EPSG:7405"):
            same, notes = to_national_grid(given, CRS(crs), label="w")
            assert same is given
            assert notes == []

    # Caister water tower (Ordnance Survey, "A guide to coordinate systems in Great Britain"):
    # 52 39 28.8282 N, 1 42 57.8663 E in ETRS89 is 651409.804, 313177.450 on the National Grid.
    @pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4258"])
    def test_a_known_point_and_a_stated_accuracy(self, crs: str) -> None:
        lon, lat = 1 + 42 / 60 + 57.8663 / 3600, 52 + 39 / 60 + 28.8282 / 3600
        moved, (note,) = to_national_grid(array(Point(lon, lat)), CRS(crs), label="w")
        # ETRS89 by the ballpark would be a hundred metres off.
        assert (moved[0].x, moved[0].y) == pytest.approx((651_409.804, 313_177.450), abs=5)
        assert "to British National Grid by '" in note
        assert "(accuracy " in note

    def test_no_way(self) -> None:
        nowhere = CRS('LOCAL_CS["site grid",UNIT["metre",1]]')
        with pytest.raises(BoundaryError, match="no way of known accuracy leads from 'site grid'"):
            to_national_grid(array(square()), nowhere, label="w")


class TestExpected:
    known = Expected(2, (E0, N0, E0 + 2000, N0 + 1000), 2.0, frozenset({"A", "B"}))

    def check(self, *geometries: Polygon, codes: tuple[str, ...] = ("A", "B")) -> None:
        validate_expected(array(*geometries), codes, self.known, label="w")

    def test_as_known(self) -> None:
        self.check(square(), square(1))

    def test_rows(self) -> None:
        with pytest.raises(BoundaryError, match="w has 1 areas, and 2 are known"):
            self.check(square(), codes=("A",))

    def test_codes(self) -> None:
        with pytest.raises(BoundaryError, match=r"1 of 2 areas in w have a code .* first: 'X'"):
            self.check(square(), square(1), codes=("A", "X"))

    def test_bounds(self) -> None:
        with pytest.raises(BoundaryError, match=r"up to 1,500 m off the bounds"):
            self.check(square(), shapely.transform(square(1), lambda p: p + np.array([1500, 0])))

    def test_area(self) -> None:
        with pytest.raises(BoundaryError, match=r"covers 1\.9 km2, and 2\.0 km2 are known"):
            self.check(square(), box(E0 + 1100, N0, E0 + 2000, N0 + 1000))

    def test_from_facts(self) -> None:
        facts = {"rows": 2, "bounds": [0, 1, 2, 3], "area_km2": 5, "level": "ward"}
        assert Expected.from_facts(facts) == Expected(2, (0.0, 1.0, 2.0, 3.0), 5.0)
        assert Expected.from_facts({"rows": 2}) is None
