"""Who neighbours whom, held to geometry and to libpysal."""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import vawg_geo
from tests.examples import up_to
from vawg_geo.areas.neighbours import borders
from vawg_geo.areas.neighbours.borders import Way, find_meetings
from vawg_geo.areas.neighbours.build import (
    band,
    build_band,
    build_contiguity,
    build_nearest,
    contiguity,
    nearest,
    neighbours_and_notes,
    neighbours_of,
    parse_weights,
)
from vawg_geo.errors import BoundaryError, InputError


def table(shapes, codes=None):
    shapes = list(shapes)
    if codes is None:
        codes = [f"a{n:03}" for n in range(len(shapes))]
    return gpd.GeoDataFrame({"area_code": list(codes)}, geometry=shapes, crs=27700)


def pairs(found):
    """Relation as a set of ordered pairs of codes."""
    return {(found.ids[a], found.ids[b]) for a, b in zip(found.rows, found.others, strict=True)}


def both_ways(*given_pairs):
    return {pair for a, b in given_pairs for pair in ((a, b), (b, a))}


def libpysal_graph():
    """The peer; a slow import that collection need not wait for."""
    from libpysal.graph import Graph

    return Graph


def of_graph(graph):
    links = graph.adjacency[graph.adjacency > 0]
    return set(links.index)


def voronoi(seed, n):
    """Cells of random points, cut to a square: a clean coverage."""
    points = np.random.default_rng(seed).uniform(0, 10_000, (n, 2))
    cells = shapely.voronoi_polygons(
        shapely.multipoints(points), extend_to=shapely.box(0, 0, 10_000, 10_000)
    )
    return shapely.get_parts(cells)


def blocks(seed, n=7, *, side=10, merge=0.3, drop=0.15):
    """Unit squares on a grid, some run together (also across corners) and some left out."""
    random = np.random.default_rng(seed)
    x, y = (side * part.ravel() for part in np.meshgrid(np.arange(n), np.arange(n)))
    squares = shapely.box(x, y, x + side, y + side)
    owner = np.arange(n * n)
    moved = random.random(n * n) < merge
    owner[moved] = random.integers(0, n * n, moved.sum())
    kept = random.random(n * n) >= drop
    kept[:2] = True
    groups = {o: squares[kept & (owner == o)] for o in np.unique(owner[kept])}
    # Unions keep every corner of the grid (nothing is simplified): the coverage is clean.
    return [shapely.coverage_union_all(list(group)) for group in groups.values()]


def rectangles(seed, n=25):
    """Boxes with integer corners thrown about: overlaps, T-junctions, equal outlines, islands."""
    random = np.random.default_rng(seed)
    low = random.integers(0, 14, (n, 2))
    size = random.integers(1, 4, (n, 2))
    return list(shapely.box(*low.T, *(low + size).T))


def touching_by_hand(shapes, predicate):
    return {
        pair
        for a, b in combinations(range(len(shapes)), 2)
        if predicate(shapes[a], shapes[b])
        for pair in ((f"a{a:03}", f"a{b:03}"), (f"a{b:03}", f"a{a:03}"))
    }


class TestAgainstLibpysal:
    @up_to(25)
    @given(seed=st.integers(0, 10**6), n=st.integers(4, 60))
    @pytest.mark.parametrize("kind", ["queen", "rook"])
    def test_contiguity_of_cells(self, kind, seed, n):
        areas = table(voronoi(seed, n))
        peer = libpysal_graph().build_contiguity(
            areas.set_index("area_code"), rook=kind == "rook", strict=False
        )
        assert pairs(contiguity(areas, kind=kind)) == of_graph(peer)

    @up_to(25)
    @given(seed=st.integers(0, 10**6))
    @pytest.mark.parametrize("kind", ["queen", "rook"])
    @pytest.mark.parametrize("strict", [False, True])
    def test_contiguity_of_blocks(self, kind, strict, seed):
        """Multipolygons, holes, islands, corners that meet: none may overlap for the strict way."""
        areas = table(blocks(seed))
        peer = libpysal_graph().build_contiguity(
            areas.set_index("area_code"), rook=kind == "rook", strict=strict
        )
        ours = contiguity(areas, kind=kind)
        assert pairs(ours) == of_graph(peer)
        assert set(ours.islands) == set(peer.isolates)
        assert ours.ids == tuple(peer.unique_ids)

    @up_to(25)
    @given(seed=st.integers(0, 10**6), n=st.integers(12, 60), k=st.integers(1, 11))
    def test_nearest(self, seed, n, k):
        areas = table(voronoi(seed, n))
        centres = areas.set_index("area_code").geometry.centroid
        assert pairs(nearest(areas, k=k)) == of_graph(libpysal_graph().build_knn(centres, k=k))

    @up_to(25)
    @given(seed=st.integers(0, 10**6), n=st.integers(3, 60), metres=st.integers(50, 6000))
    def test_band(self, seed, n, metres):
        areas = table(voronoi(seed, n))
        centres = areas.set_index("area_code").geometry.centroid
        peer = libpysal_graph().build_distance_band(centres, threshold=metres)
        ours = band(areas, metres=metres)
        assert pairs(ours) == of_graph(peer)
        assert set(ours.islands) == set(peer.isolates)

    @pytest.mark.parametrize("codes", [[30, 10, 20, 5], ["x", "b", "a", "10"]])
    def test_graphs_keep_ids_and_rows(self, codes):
        areas = table([shapely.box(n, 0, n + 1, 1) for n in (0, 1, 2, 9)], codes)
        for graph in (
            build_contiguity(areas),
            build_contiguity(areas, kind="rook"),
            build_band(areas, metres=1.5),
        ):
            assert list(graph.unique_ids) == codes
            assert list(graph.isolates) == codes[3:]
            assert of_graph(graph) == both_ways(codes[0:2], codes[1:3])
            assert graph[codes[1]].to_dict() == {codes[0]: 1.0, codes[2]: 1.0}
        graph = build_nearest(areas, k=1)
        assert list(graph.unique_ids) == codes
        assert graph[codes[3]].to_dict() == {codes[2]: 1.0}
        assert graph.n_edges == 4


class TestAgainstGeometry:
    @up_to(60)
    @given(seed=st.integers(0, 10**6))
    def test_queen_on_any_mess(self, seed):
        shapes = rectangles(seed)
        assert pairs(contiguity(table(shapes))) == touching_by_hand(shapes, shapely.intersects)

    @up_to(60)
    @given(seed=st.integers(0, 10**6))
    def test_rook_on_any_mess(self, seed):
        def share_a_line(a, b):
            return shapely.length(shapely.intersection(a.boundary, b.boundary)) > 0

        shapes = rectangles(seed)
        assert pairs(contiguity(table(shapes), kind="rook")) == touching_by_hand(
            shapes, share_a_line
        )

    @up_to(40)
    @given(seed=st.integers(0, 10**6), tolerance=st.sampled_from([0.5, 1.0, 1.5, 4.0]))
    def test_tolerance_is_a_distance(self, seed, tolerance):
        shapes = rectangles(seed, 15)
        expected = touching_by_hand(shapes, lambda a, b: shapely.distance(a, b) <= tolerance)
        assert pairs(contiguity(table(shapes), tolerance=tolerance)) == expected

    @up_to(20)
    @given(seed=st.integers(0, 10**6), turn=st.randoms(use_true_random=False))
    @pytest.mark.parametrize("rule", ["queen", "rook", "knn:3", "band:3"])
    def test_shuffled_rows_give_the_same_relation(self, rule, seed, turn):
        areas = table(rectangles(seed))
        order = list(range(len(areas)))
        turn.shuffle(order)
        for tolerance in (0, 1):
            straight = neighbours_of(areas, rule, tolerance=tolerance)
            turned = neighbours_of(areas.iloc[order], rule, tolerance=tolerance)
            assert pairs(turned) == pairs(straight)
            assert turned.ids == tuple(areas["area_code"].iloc[order])
            assert set(turned.islands) == set(straight.islands)


class TestBorders:
    def test_a_t_junction_shares_no_vertex(self):
        """Shared vertices alone miss these neighbours; a coverage with them is not valid."""
        shapes = [shapely.box(0, 0, 6, 1), shapely.box(1, 1, 3, 2), shapely.box(3, 1, 5, 2)]
        areas = table(shapes, "abc")
        peer = libpysal_graph().build_contiguity(
            areas.set_index("area_code"), rook=False, strict=False
        )
        assert of_graph(peer) == both_ways("bc")
        assert not shapely.coverage_is_valid(shapes)
        for kind in ("queen", "rook"):
            assert pairs(contiguity(areas, kind=kind)) == both_ways("ab", "ac", "bc")
        found, notes = neighbours_and_notes(areas, "queen")
        assert pairs(found) == both_ways("ab", "ac", "bc")
        assert notes == [
            "2 of 3 queen pairs were found by geometry, for they share no vertex exactly: "
            "'a' and 'b'; 'a' and 'c'."
        ]
        assert "share no edge exactly" in neighbours_and_notes(areas, "rook")[1][0]

    def test_a_corner_on_an_edge_is_queen_only(self):
        peak = shapely.Polygon([(2, 1), (1, 3), (3, 3)])
        areas = table([shapely.box(0, 0, 6, 1), peak], "ab")
        assert pairs(contiguity(areas)) == both_ways("ab")
        assert contiguity(areas, kind="rook").islands == ("a", "b")

    @up_to(60)
    @given(seed=st.integers(0, 10**6))
    def test_a_valid_coverage_shares_its_vertices(self, seed):
        """What `coverage_is_valid` accepts needs no geometry."""
        shapes = []
        for shape in rectangles(seed, 40):  # keep what leaves the coverage valid
            if shapely.coverage_is_valid([*shapes, shape]):
                shapes.append(shape)
        assert len(shapes) > 3
        for rook in (False, True):
            found = find_meetings(np.array(shapes), rook=rook)
            assert (found.way == Way.EXACT).all()

    def test_holes_and_parts(self):
        ring = shapely.Polygon(
            shapely.box(0, 0, 9, 9).exterior, [shapely.box(3, 3, 6, 6).exterior.coords]
        )
        split = shapely.MultiPolygon([shapely.box(20, 0, 21, 1), shapely.box(9, 0, 10, 9)])
        areas = table([ring, shapely.box(3, 3, 6, 6), split, shapely.box(21, 1, 22, 2)], "abcd")
        assert pairs(contiguity(areas)) == both_ways("ab", "ac", "cd")
        assert pairs(contiguity(areas, kind="rook")) == both_ways("ab", "ac")

    def test_no_edge_runs_from_one_ring_to_the_next(self):
        """The last corner of a ring and the first of the next are corners of a triangle here."""
        rings = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 0, 6, 1)])
        last, first = rings.geoms[0].exterior.coords[-1], rings.geoms[1].exterior.coords[0]
        bridge = shapely.Polygon([last, first, (3, 9)])
        areas = table([rings, bridge], "ab")
        assert (find_meetings(areas.geometry.to_numpy(), rook=True).way != Way.EXACT).all()
        assert pairs(contiguity(areas)) == both_ways("ab")

    def test_same_outline_twice_and_one_inside_another(self):
        shapes = [shapely.box(0, 0, 9, 9), shapely.box(0, 0, 9, 9), shapely.box(3, 3, 4, 4)]
        areas = table(shapes, "abc")
        assert pairs(contiguity(areas)) == both_ways("ab", "ac", "bc")
        assert pairs(contiguity(areas, kind="rook")) == both_ways("ab")

    def test_negative_zero_is_zero(self):
        left = shapely.Polygon([(-1, -0.0), (-0.0, -0.0), (-0.0, -1)])
        areas = table([left, shapely.box(0, 0, 1, 1)], "ab")
        found = find_meetings(areas.geometry.to_numpy())
        assert found.way.tolist() == [Way.EXACT]

    def test_a_repeated_vertex_is_no_edge(self):
        one = shapely.Polygon([(0, 0), (1, 1), (1, 1), (0, 1)])
        other = shapely.Polygon([(2, 1), (1, 1), (1, 1), (2, 0.5)])
        assert contiguity(table([one, other]), kind="rook").degree.tolist() == [0, 0]
        assert contiguity(table([one, other])).degree.tolist() == [1, 1]

    def test_rows_that_merely_hash_alike_are_told_apart(self, monkeypatch):
        shapes = voronoi(1, 30)
        expected = find_meetings(shapes)
        monkeypatch.setattr(borders, "_SPREAD", np.uint64(0))  # every row hashes to zero
        got = find_meetings(shapes)
        assert (got.first == expected.first).all()
        assert (got.second == expected.second).all()
        assert (got.way == Way.EXACT).all()

    def test_invalid_outlines_are_taken_as_drawn(self):
        bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
        areas = table([bow_tie, shapely.box(2, -1, 3, 3), shapely.box(7, 7, 8, 8)], "abc")
        for kind in ("queen", "rook"):
            assert pairs(contiguity(areas, kind=kind)) == both_ways("ab")

    def test_nothing_is_changed(self):
        areas = table(rectangles(3))
        before = areas.copy(deep=True)
        for rule in ("queen", "rook", "knn:2", "band:3"):
            neighbours_of(areas, rule, tolerance=1)
        assert areas.equals(before)

    def test_one_area_is_an_island(self):
        assert contiguity(table([shapely.box(0, 0, 1, 1)], "a")).islands == ("a",)


class TestTolerance:
    def test_a_gap(self):
        shapes = [shapely.box(0, 0, 100, 100), shapely.box(102, 0, 200, 100)]
        areas = table(shapes, "ab")
        for kind in ("queen", "rook"):
            assert contiguity(areas, kind=kind).islands == ("a", "b")
            assert contiguity(areas, kind=kind, tolerance=1.99).islands == ("a", "b")
            assert pairs(contiguity(areas, kind=kind, tolerance=2)) == both_ways("ab")
        notes = neighbours_and_notes(areas, "queen", tolerance=2)[1]
        assert notes == ["1 of 1 queen pairs meet only by the tolerance of 2 m: 'a' and 'b'."]
        notes = neighbours_and_notes(areas, "queen")[1]
        assert notes == ["2 of 2 areas have no queen neighbour and stay islands: 'a'; 'b'."]

    @pytest.mark.parametrize("gap", [-1.0, 0.0, 1.0])
    def test_corners_stay_corners(self, gap):
        """Whether corners overlap a little, meet, or stand apart, the tolerance makes no rook."""
        shapes = [shapely.box(0, 0, 100, 100), shapely.box(*[100 + gap] * 2, 200, 200)]
        areas = table(shapes, "ab")
        assert pairs(contiguity(areas, tolerance=2)) == both_ways("ab")
        assert contiguity(areas, kind="rook", tolerance=2).islands == ("a", "b")

    def test_a_border_that_overlaps_a_little_is_rook_by_the_tolerance(self):
        areas = table([shapely.box(0, 0, 100, 100), shapely.box(99, -5, 200, 95)], "ab")
        assert contiguity(areas, kind="rook").islands == ("a", "b")
        assert pairs(contiguity(areas, kind="rook", tolerance=1)) == both_ways("ab")

    def test_a_short_shared_edge_stays_rook(self):
        shapes = [shapely.box(0, 0, 10, 1), shapely.box(10, 0, 20, 1)]
        assert pairs(contiguity(table(shapes, "ab"), kind="rook", tolerance=5)) == both_ways("ab")


class TestNearest:
    def test_ties_go_by_code_whatever_the_rows(self):
        places = {"e": (0, 0), "d": (1, 0), "c": (0, 1), "b": (-1, 0), "a": (0, -1)}
        points = [shapely.Point(xy) for xy in places.values()]
        areas = table(points, places)
        for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]):
            assert set(nearest(areas.iloc[order], k=2).of("e")) == {"a", "b"}

    def test_rounding_does_not_decide_a_tie(self):
        points = [shapely.Point(x, 0) for x in (0.0, 1.0 - 1e-9, -1.0, 50.0)]
        assert nearest(table(points, "cbaz"), k=1).of("c") == ("a",)

    def test_coincident_points_are_neighbours(self):
        points = [shapely.Point(5, 5)] * 7 + [shapely.Point(6, 6)]
        found = nearest(table(points), k=2)
        assert found.of("a000") == ("a001", "a002")
        assert found.of("a006") == ("a000", "a001")
        assert found.of("a007") == ("a000", "a001")
        assert (found.others != found.rows).all()

    def test_every_other(self):
        found = nearest(table(rectangles(5, 6)), k=5)
        assert found.degree.tolist() == [5] * 6
        assert len(pairs(found)) == 30

    @up_to(30)
    @given(seed=st.integers(0, 10**6), k=st.integers(1, 8))
    def test_a_lattice_full_of_ties(self, seed, k):
        places = np.random.default_rng(seed).integers(0, 4, (30, 2))
        areas = table(shapely.points(places))
        found = nearest(areas, k=k)
        for n, place in enumerate(places):
            far = np.hypot(*(places - place).T)
            far[n] = np.inf
            expected = np.lexsort((np.arange(30), far))[:k]
            assert found.others[found.rows == n].tolist() == sorted(expected)

    def test_codes_of_two_kinds(self):
        points = [shapely.Point(x, 0) for x in (0, 1, 2)]
        assert nearest(table(points, [7, "b", "a"]), k=1).of("b") == (7,)

    @pytest.mark.parametrize(
        ("k", "words"),
        [
            (0, "k is 0, but must be a whole number"),
            (True, "k is True"),
            (2.5, r"k is 2\.5"),
            (3, "3 nearest of 3 areas: an area has only 2 others"),
        ],
    )
    def test_refused(self, k, words):
        with pytest.raises(InputError, match=words):
            nearest(table(shapely.points([[0, 0], [1, 0], [2, 0]])), k=k)


class TestBand:
    def test_its_edge_is_within_and_islands_are_named(self):
        areas = table(shapely.points([[0, 0], [3, 4], [30, 40], [30, 40]]), "abcd")
        assert pairs(band(areas, metres=5)) == both_ways("ab", "cd")
        assert band(areas, metres=4.9).islands == ("a", "b")
        notes = neighbours_and_notes(areas, "band:4.9")[1]
        assert notes == ["2 of 4 areas have no band:4.9 neighbour and stay islands: 'a'; 'b'."]

    def test_a_band_of_nobody(self):
        found = band(table(shapely.points([[0, 0], [9, 9]]), "ab"), metres=1)
        assert found.islands == ("a", "b")
        assert list(build_band(table(shapely.points([[0, 0], [9, 9]]), "ab"), metres=1).isolates)

    @pytest.mark.parametrize("metres", [0, -5, float("nan"), float("inf")])
    def test_refused(self, metres):
        with pytest.raises(InputError, match="Give a distance of more than 0 metres"):
            band(table(shapely.points([[0, 0], [1, 0]])), metres=metres)

    def test_more_than_memory_holds(self):
        points = shapely.points(np.random.default_rng(0).uniform(0, 1, (7_200, 2)))
        with pytest.raises(InputError, match=r"joins 51,832,800 pairs of 7,200 areas"):
            band(table(points), metres=10)


class TestRules:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("queen", "queen"),
            (" Rook ", "rook"),
            ("KNN: 6", "knn:6"),
            ("band:5000", "band:5000"),
            ("band:2500.5", "band:2500.5"),
        ],
    )
    def test_read(self, text, kind):
        assert str(parse_weights(text)) == kind
        assert str(parse_weights(kind)) == kind

    @pytest.mark.parametrize(
        "text",
        [
            "quen", "", "queen:1", "knn", "knn:", "knn:0", "knn:-2", "knn:2.5", "knn:six", "knn:²",
            "band", "band:0", "band:-1", "band:nan", "band:inf", "band:5km",
        ],
    )  # fmt: skip
    def test_refused(self, text):
        with pytest.raises(InputError, match=r"cannot be read\. Write queen, rook, knn:6"):
            parse_weights(text)

    def test_kinds_are_what_output_says(self):
        areas = table(rectangles(1, 10))
        for text in ("queen", "rook", "knn:3", "band:4"):
            assert neighbours_of(areas, text).kind == text
        assert nearest(areas, k=3).kind == "knn:3"
        assert band(areas, metres=4).kind == "band:4"


class TestRefused:
    BOXES = shapely.box([0, 1, 2], 0, [1, 2, 3], 1)

    @pytest.mark.parametrize("rule", ["queen", "rook", "knn:1", "band:9"])
    def test_whatever_the_rule(self, rule):
        cases = [
            (table(self.BOXES, "aba"), InputError, r"1 of 3 areas repeat .* first: 'a' in row 3"),
            (table(self.BOXES, ["a", None, "b"]), InputError, "1 of 3 areas have no code"),
            (
                table([*self.BOXES[:2], None], "abc"),
                BoundaryError,
                r"1 of 3 areas have no geometry; first: 'c' in row 3\. Repair the source",
            ),
            (table([*self.BOXES[:2], shapely.Polygon()], "abc"), BoundaryError, "no geometry"),
            (table(self.BOXES).to_crs(4326), BoundaryError, "coordinates are degrees"),
            (table(self.BOXES)[["geometry"]], InputError, "no column 'area_code'"),
            (table([]), InputError, "0 areas"),
        ]
        for areas, error, words in cases:
            with pytest.raises(error, match=words):
                neighbours_of(areas, rule)

    @pytest.mark.parametrize("shape", [shapely.Point(9, 9), shapely.LineString([(9, 9), (9, 8)])])
    def test_points_and_lines_have_no_border(self, shape):
        areas = table([*self.BOXES[:2], shape], "abc")
        words = r"1 of 3 areas are no polygons.*first: 'c' in row 3\. .* take knn or band"
        with pytest.raises(BoundaryError, match=words):
            contiguity(areas)
        assert nearest(areas, k=1).of("c") == ("b",)

    @pytest.mark.parametrize("tolerance", [-1, float("nan"), float("inf")])
    def test_tolerance(self, tolerance):
        with pytest.raises(InputError, match="Give metres, 0 or more"):
            contiguity(table(self.BOXES), tolerance=tolerance)
        with pytest.raises(InputError, match="Give metres, 0 or more"):
            neighbours_of(table(self.BOXES), "rook", tolerance=tolerance)

    def test_kind(self):
        with pytest.raises(InputError, match="contiguity 'bishop' is unknown"):
            contiguity(table(self.BOXES), kind="bishop")


@pytest.fixture(scope="module")
def wards():
    return vawg_geo.read_boundaries("wards-2015")


class TestWards:
    def test_the_embedded_layer_is_clean(self, wards):
        found, notes = neighbours_and_notes(wards, "queen")
        assert notes == []
        assert found.others.size // 2 == 380
        assert found.islands == ()
        assert found.ids == tuple(wards["area_code"])
        peer = libpysal_graph().build_contiguity(
            wards.set_index("area_code"), rook=False, strict=True
        )
        assert pairs(found) == of_graph(peer)

    @pytest.mark.shared
    def test_as_they_really_arrive(self, shared):
        """A tolerance of 3 m gives as many pairs, of which one is another."""
        rough, matched = (
            gpd.read_file(shared / "boundaries" / name).rename(columns={"wd15cd": "area_code"})
            for name in ("wards_dec2015_unsnapped_27700.gpkg", "wards_dec2015_27700.gpkg")
        )
        names = dict(zip(rough["area_code"], rough["wd15nm"], strict=True))

        def named(relation):
            return {tuple(sorted((names[a], names[b]))) for a, b in relation}

        reference = pairs(contiguity(matched))
        assert len(reference) == 2 * 380
        assert len(pairs(contiguity(rough))) == 2 * 375
        found, notes = neighbours_and_notes(rough, "queen", tolerance=3)
        assert len(pairs(found)) == 2 * 380
        # The one pair lies 584 m apart in the rough layer, the other 0.2 m apart in both.
        assert named(reference - pairs(found)) == {("Doddington & Wimblington", "The Mills")}
        assert named(pairs(found) - reference) == {("Slade Lode", "Warboys and Bury")}
        assert notes[0].startswith("11 of 380 queen pairs were found by geometry")
        assert notes[1].startswith("5 of 380 queen pairs meet only by the tolerance of 3 m: 'E")
        assert len(notes) == 2
