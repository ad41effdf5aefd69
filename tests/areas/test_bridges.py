"""Neighbours across water: who is proposed, who is joined, and what is refused.

The numbers of Wisbech were printed once by a measurement of its own, before the package could join
anybody: local Moran of the police month with the eight pairs put in by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import vawg_geo
from vawg_geo.areas.neighbours.bridges import bridge_notes, require_bridges, with_bridges
from vawg_geo.areas.neighbours.build import band, contiguity, nearest, neighbours_of
from vawg_geo.areas.neighbours.facing import facing_pairs
from vawg_geo.errors import InputError
from vawg_geo.inputs.bridges import read_bridges
from vawg_geo.inputs.catalogue.registry import embedded_folder
from vawg_geo.terms.bridges import Bridge, joined_pairs

if TYPE_CHECKING:
    from pathlib import Path

EIGHT = {
    frozenset(pair)
    for pair in (
        ("Medworth", "Peckover"),
        ("Clarkson", "Peckover"),
        ("Clarkson", "Roman Bank"),
        ("Roman Bank", "Waterlees Village"),
        ("Elm & Christchurch", "Parson Drove & Wisbech St Mary"),
        ("Medworth", "Parson Drove & Wisbech St Mary"),
        ("Eye and Thorney", "Bassenhally"),
        ("Haddenham", "Earith"),
    )
}


@pytest.fixture(scope="module")
def wards() -> gpd.GeoDataFrame:
    return vawg_geo.read_boundaries("wards-2015")


@pytest.fixture(scope="module")
def eight() -> tuple[Bridge, ...]:
    return read_bridges(embedded_folder("data") / "bridges_wards_2015.csv")


@pytest.fixture(scope="module")
def month(wards: gpd.GeoDataFrame) -> pd.DataFrame:
    """The police's month on the wards, with their residents."""
    data = embedded_folder("data")
    counts = pd.read_csv(data / "ward_counts_police_2019_08.csv").set_index("area_code")["count"]
    people = pd.read_csv(data / "population_wards_2015.csv")
    people = people[people["sex"] == "persons"].set_index("area_code")["population"]
    return pd.DataFrame({"count": counts, "population": people}).loc[wards["area_code"]]


def layer(*boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    codes = [chr(ord("a") + at) for at in range(len(boxes))]
    frame = {"area_code": codes, "area_name": [code.upper() for code in codes]}
    return gpd.GeoDataFrame(frame, geometry=[shapely.box(*box) for box in boxes], crs=27700)


# Who faces whom


def test_the_eight_pairs_of_the_default(wards: gpd.GeoDataFrame) -> None:
    found = facing_pairs(wards)
    assert {frozenset(pair) for pair in found[["area_name", "across_name"]].to_numpy()} == EIGHT
    wisbech = found[found["area_name"].eq("Medworth") & found["across_name"].eq("Peckover")]
    assert wisbech["gap_m"].item() == pytest.approx(10, abs=0.5)
    assert 4_000 < wisbech["length_m"].item() < 4_500


@pytest.mark.parametrize(
    ("gap", "shared", "proposed"),
    [(59, 400, True), (61, 400, False), (20, 219, False), (20, 221, True), (0, 400, False)],
)
def test_distance_and_length(gap: float, shared: float, proposed: bool) -> None:
    # Round its two corners each outline goes on within 60 m of the other: here 40 m at each.
    banks = layer((0, 0, 500, shared), (500 + gap, 0, 900, shared))
    assert bool(len(facing_pairs(banks))) is proposed


def test_a_strip_that_a_third_area_covers_is_no_water() -> None:
    parted = layer((0, 0, 500, 1000), (520, 0, 1000, 1000), (500, 0, 520, 1000))
    assert facing_pairs(parted).empty
    water = layer((0, 0, 500, 1000), (520, 0, 1000, 1000), (500, 0, 520, 600))
    assert facing_pairs(water)["length_m"].tolist() == [480]


def test_it_is_what_brute_force_says(wards: gpd.GeoDataFrame) -> None:
    fenland = wards[wards["parent_code"] == "E07000010"].reset_index(drop=True)
    shapes = fenland.geometry.to_numpy()
    found = {}
    for i in range(len(shapes)):
        for j in range(i + 1, len(shapes)):
            if shapes[i].intersects(shapes[j]):
                continue
            others = shapely.union_all([s for k, s in enumerate(shapes) if k not in (i, j)])
            faced = [
                shapes[a]
                .boundary.intersection(shapes[b].buffer(60))
                .difference(others.buffer(0.01))
                for a, b in ((i, j), (j, i))
            ]
            if (length := min(line.length for line in faced)) >= 300:
                found[fenland["area_code"][i], fenland["area_code"][j]] = round(length)
    pairs = facing_pairs(fenland)
    ours = dict(
        zip(
            zip(pairs["area_code"], pairs["across_code"], strict=True),
            pairs["length_m"],
            strict=True,
        )
    )
    # Where a buffer is cut its arcs have other corners: a part in a hundred.
    assert ours == pytest.approx(found, rel=0.01)
    assert len(ours) == 6


@pytest.mark.parametrize("areas", [layer((0, 0, 1, 1)), layer((0, 0, 9, 9), (1e5, 0, 1e5 + 9, 9))])
def test_one_area_and_far_ones_face_nobody(areas: gpd.GeoDataFrame) -> None:
    assert facing_pairs(areas).empty


def test_a_distance_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="more than 0 metres"):
        facing_pairs(layer((0, 0, 1, 1)), within=0)


def test_seven_thousand_wards_and_their_estuaries() -> None:
    """Both shores of the wide estuaries stay apart; narrow tidal rivers are proposed."""
    path = embedded_folder("data") / "national" / "wards_2025.parquet"
    found = facing_pairs(gpd.read_parquet(path))
    assert 60 < len(found) < 100
    assert found["gap_m"].max() <= 60
    pairs = {frozenset(pair) for pair in found[["area_name", "across_name"]].to_numpy()}
    assert frozenset(("Hotwells and Harbourside", "Southville")) in pairs
    assert frozenset(("Harling & Heathlands", "Bardwell")) not in pairs  # a third ward's neck


# Who is joined


@pytest.mark.parametrize("weights", ["queen", "rook", "knn:6", "band:5000"])
def test_pairs_are_neighbours_by_every_definition(
    wards: gpd.GeoDataFrame, eight: tuple[Bridge, ...], weights: str
) -> None:
    plain, joined = neighbours_of(wards, weights), neighbours_of(wards, weights, bridges=eight)
    before = set(zip(plain.rows.tolist(), plain.others.tolist(), strict=True))
    place = {code: at for at, code in enumerate(plain.ids)}
    asked = {(place[one.area_code], place[one.across_code]) for one in eight}
    wanted = before | asked | {(other, one) for one, other in asked}
    after = list(zip(joined.rows.tolist(), joined.others.tolist(), strict=True))
    assert after == sorted(wanted)
    assert joined.weights.tolist() == [1.0] * len(wanted)
    assert joined.kind == f"{plain.kind}+bridges:8"


def test_graphs_for_others_have_them_too(
    eight: tuple[Bridge, ...], wards: gpd.GeoDataFrame
) -> None:
    for graph, plain in (
        (vawg_geo.build_contiguity(wards, bridges=eight), contiguity(wards)),
        (vawg_geo.build_nearest(wards, k=4, bridges=eight), nearest(wards, k=4)),
        (vawg_geo.build_band(wards, metres=3000, bridges=eight), band(wards, metres=3000)),
    ):
        assert "E05009506" in graph["E05009503"].index  # Medworth and Peckover
        assert graph.n_edges > plain.others.size


def test_wisbech_bridged(
    wards: gpd.GeoDataFrame, eight: tuple[Bridge, ...], month: pd.DataFrame
) -> None:
    names = wards.set_index("area_code")["area_name"]
    found = {}
    for bridges in ((), eight):
        table = vawg_geo.local_moran(
            month["count"],
            contiguity(wards, bridges=bridges),
            population=month["population"],
            permutations=99_999,
            seed=12345,
        )
        found[len(bridges)] = table.set_index(names)
    peckover = [found[n].loc["Peckover", "p_value"] for n in (0, 8)]
    clarkson = [found[n].loc["Clarkson", "p_value"] for n in (0, 8)]
    assert peckover == pytest.approx([0.99966, 0.0248], abs=0.002)
    assert clarkson == pytest.approx([0.0407, 0.0193], abs=0.002)
    assert found[0]["cluster"].tolist() == found[8]["cluster"].tolist()


def test_the_global_statistic_sees_them(
    wards: gpd.GeoDataFrame, eight: tuple[Bridge, ...], month: pd.DataFrame
) -> None:
    rate = (month["count"] / month["population"]).to_numpy()
    for bridges in ((), eight):
        graph = contiguity(wards, bridges=bridges)
        matrix = np.zeros((144, 144))
        matrix[graph.rows, graph.others] = 1
        matrix /= matrix.sum(axis=1, keepdims=True)
        away = rate - rate.mean()
        by_hand = 144 / matrix.sum() * (away @ matrix @ away) / (away @ away)
        result = vawg_geo.global_moran(
            pd.Series(rate, index=month.index), graph, permutations=99, seed=1
        )
        assert result.statistic == pytest.approx(by_hand)


def test_nobody_is_joined_unasked(wards: gpd.GeoDataFrame) -> None:
    assert "E05009506" not in contiguity(wards).of("E05009503")


def test_an_island_with_a_bridge_is_none() -> None:
    apart = layer((0, 0, 1, 1), (5, 0, 6, 1))
    assert contiguity(apart).islands == ("a", "b")
    assert contiguity(apart, bridges=(Bridge("a", "b"),)).islands == ()


def test_a_pair_that_was_looked_at_and_not_joined() -> None:
    apart = layer((0, 0, 500, 500), (520, 0, 900, 500))
    looked_at = (Bridge("a", "b", "no crossing for 10 km", joined=False),)
    assert contiguity(apart, bridges=looked_at).islands == ("a", "b")
    assert facing_pairs(apart, known=[one[:2] for one in looked_at]).empty


# What is refused, and what is noted


def written(folder: Path, text: str) -> Path:
    file = folder / "bridges.csv"
    file.write_text(text)
    return file


HEAD = "area_code,across_code,reason\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("area_code,reason\na,x\n", "no column 'across_code'"),
        ("area_code,across_code,reasom\na,b,x\n", "no column 'reason'"),
        ("area_code,across_code,reason,joind\na,b,x,no\n", "Did you mean 'joined'"),
        (HEAD + "a,b,x\nc,c,x\n", "1 of 2 rows of bridges.csv are an area with itself"),
        (HEAD + "a,,x\nb,c,x\n", "lack a code"),
        (HEAD + "a,b,\nb,c,x\n", "1 of 2 rows of bridges.csv have no reason; first: row 2"),
        ("area_code,across_code,reason,joined\na,b,x,perhaps\n", "neither yes nor no"),
        ("area_code,across_code,reason,joined\na,b,x,yes\nb,a,x,no\n", "in one row and not in"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_bridges(written(tmp_path, text))


def test_joined_may_say_no(tmp_path: Path) -> None:
    text = "area_code,across_code,reason,joined\na,b,ferry,yes\na,c,nothing,No\na,d,bridge,\n"
    found = read_bridges(written(tmp_path, text))
    assert joined_pairs(found) == (("a", "b"), ("a", "d"))


def test_wards_of_another_year_are_refused_by_name(eight: tuple[Bridge, ...]) -> None:
    wards = vawg_geo.read_boundaries("wards-2016")
    said = r"1 of 11 areas of b.csv.* 142 wards .*first: 'E05002175 Eye and Thorney'.*same year"
    with pytest.raises(InputError, match=said):
        require_bridges(eight, wards, source="b.csv", noun="wards")


def test_unknown_and_equal_codes_of_ones_own_are_refused() -> None:
    found = contiguity(layer((0, 0, 1, 1), (5, 0, 6, 1)))
    with pytest.raises(InputError, match="1 of 2 codes of bridges are of no area; first: 'z'"):
        with_bridges(found, [("a", "z")])
    with pytest.raises(InputError, match="from an area to itself; first: 'a'"):
        with_bridges(found, [("a", "a")])


def test_what_is_odd_is_noted() -> None:
    areas = layer((0, 0, 1, 1), (1, 0, 2, 1), (23_402, 0, 23_403, 1))
    bridges = (Bridge("a", "b"), Bridge("a", "c"), Bridge("c", "a"))
    twice, met, far = bridge_notes(bridges, areas)
    assert twice.startswith("1 of 3 rows repeat a pair across water; first: A and C.")
    assert met.startswith("1 of 2 pairs across water touch by their outlines; first: A and B.")
    assert "first: A and C, 23.4 km" in far
    assert bridge_notes((Bridge("a", "c", joined=False),), areas) == []
