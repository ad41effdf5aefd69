"""Points counted into areas: every row accounted for, on one machine as on a cluster."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from vawg_geo.areas.counting.count_points import Account, count_points, count_table
from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.inputs.boundaries.read import read_boundaries
from vawg_geo.inputs.points import pieces as point_pieces
from vawg_geo.inputs.points.plan import plan_points
from vawg_geo.terms.columns import COUNT_COLUMNS

VIOLENCE = ("Crime type", "Violence and sexual offences")


@pytest.fixture
def two_wards():
    """In degrees at first, so that a corner and a point on it go through the same projection."""
    return gpd.GeoDataFrame(
        {"area_code": ["E05000002", "E05000001"], "area_name": ["Two", "One"]},
        geometry=[box(0.1, 52.1, 0.2, 52.2), box(0.0, 52.1, 0.1, 52.2)],
        crs=4326,
    ).to_crs(27700)


@pytest.fixture
def street(tmp_path):
    def make(**changes):
        table = pd.DataFrame({
            "Month": "2020-01",
            "Longitude": [0.05, 0.1, 0.15, 0.15, 2.0, None],
            "Latitude": [52.15, 52.1, 52.15, 52.15, 52.15, None],
            "Crime type": [*["a"] * 3, "b", *["a"] * 2],
        } | changes)  # fmt: skip
        table.to_csv(tmp_path / "points.csv", index=False)
        return tmp_path / "points.csv"

    return make


def test_every_row_is_accounted_for(two_wards, street):
    found = count_points(plan_points(street(), category=("Crime type", "a")), two_wards)
    assert found.everything == Account(
        rows=6, without_coordinates=1, outside=1, in_areas=4, on_borders=1
    )
    assert found.chosen == Account(
        rows=5, without_coordinates=1, outside=1, in_areas=3, on_borders=1
    )
    assert found.counts.to_numpy().tolist() == [
        ["E05000001", "2020-01", 2],
        ["E05000002", "2020-01", 1],
    ]
    assert (found.places.different, found.places.shared, found.areas_without) == (3, 0, 0)
    everything = count_points(plan_points(street()), two_wards)
    assert (everything.places.shared, everything.places.points_shared) == (1, 2)


def test_months_are_periods_unless_one_is_named(two_wards, street):
    months = ["2020-01", "2020-02", "2020-01", "2020-02", "2020-01", "2020-01"]
    path = street(Month=months)
    by_month = count_points(plan_points(path), two_wards).counts
    assert by_month["count"].tolist() == [1, 1, 1, 1]
    assert by_month["period"].tolist() == ["2020-01", "2020-02"] * 2
    year = count_points(plan_points(path), two_wards, period="2020").counts
    assert year.to_numpy().tolist() == [["E05000001", "2020", 2], ["E05000002", "2020", 2]]


def test_an_area_without_points_is_zero_and_named(two_wards, street):
    found = count_points(plan_points(street(Longitude=0.15, Latitude=52.15)), two_wards)
    table = count_table(found.counts, two_wards, indicator="x", level="ward", note="n")
    assert tuple(table.columns) == COUNT_COLUMNS
    assert table[["area_name", "count", "status"]].to_numpy().tolist() == [
        ["One", 0, "zero"], ["Two", 6, "value"],
    ]  # fmt: skip
    assert found.areas_without == 1


def test_what_cannot_be_counted(two_wards, street):
    with pytest.raises(InputError, match=r"0 of 6 rows have 'Crime type' = 'c'; .* 'a', 'b'"):
        count_points(plan_points(street(), category=("Crime type", "c")), two_wards)
    with pytest.raises(InputError, match=r"1 of 6 rows of a part of points\.csv have no month"):
        count_points(plan_points(street(Month=["2020-01"] * 5 + [None])), two_wards)


def made_up(folder, n=40_000):
    """Points over six districts, in degrees; some without coordinates."""
    rng = np.random.default_rng(2)
    table = pd.DataFrame({
        "Month": rng.choice(["2020-01", "2020-02", "2020-03"], n),
        "lon": np.round(rng.uniform(-0.6, 0.6, n), 6),
        "lat": np.round(rng.uniform(52.0, 52.8, n), 6),
    })  # fmt: skip
    table.loc[rng.choice(n, 500, replace=False), "lon"] = np.nan
    table.to_csv(folder / "made_up.csv", index=False)
    return folder / "made_up.csv", table


def by_sjoin(table, wards):
    """Counts by month and ward, the lowest code where there are several."""
    here = table.dropna(subset=["lon", "lat"])
    points = gpd.GeoDataFrame(
        here, geometry=gpd.points_from_xy(here["lon"], here["lat"]), crs=4326
    ).to_crs(27700)
    joined = points.sjoin(wards[["area_code", "geometry"]], predicate="intersects")
    joined = joined.sort_values("area_code")
    return joined[~joined.index.duplicated()].groupby(["area_code", "Month"]).size()


def assert_counts(found, expected):
    ours = found.counts.set_index(["area_code", "period"])["count"]
    assert ours[ours > 0].to_dict() == expected.to_dict()


@pytest.mark.promise
def test_counts_are_those_of_sjoin(tmp_path, monkeypatch):
    """Points are counted into areas as geopandas joins them."""
    monkeypatch.setattr(point_pieces, "_PIECE_BYTES", 50_000)
    path, table = made_up(tmp_path)
    wards = read_boundaries("wards-2015")
    source = plan_points(path)
    assert len(source.pieces) > 10
    steps = []
    found = count_points(source, wards, progress=lambda *step: steps.append(step))
    assert_counts(found, by_sjoin(table, wards))
    assert found.everything.rows == 40_000
    assert found.everything.without_coordinates == 500
    assert steps[-1] == ("counting points", len(source.pieces), len(source.pieces))


@pytest.mark.promise
@pytest.mark.filterwarnings("default")
def test_a_cluster_gives_the_same(tmp_path, monkeypatch, needed):
    """A cluster counts the same as one machine."""
    distributed = needed("distributed")
    monkeypatch.setattr(point_pieces, "_PIECE_BYTES", 200_000)
    path, _ = made_up(tmp_path)
    wards = read_boundaries("wards-2015")
    source = plan_points(path)
    assert len(source.pieces) > 4
    here = count_points(source, wards)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        there = count_points(source, wards, scheduler=cluster.scheduler_address)
    pd.testing.assert_frame_equal(here.counts, there.counts)
    assert here.everything == there.everything
    assert (here.places.different, here.places.most) == (there.places.different, there.places.most)


def test_a_cluster_that_does_not_answer(two_wards, street, monkeypatch, needed):
    needed("distributed")
    with pytest.raises(ConfigurationError, match="no scheduler answers at 'nowhere'"):
        count_points(plan_points(street()), two_wards, scheduler="nowhere")
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(ConfigurationError, match=r"install \"vawg-geo\[cluster\]\""):
        count_points(plan_points(street()), two_wards, scheduler="tcp://127.0.0.1:1")


@pytest.mark.promise
@pytest.mark.shared
def test_the_police_month(shared):
    """Every row of a police.uk month is accounted for: 7,363 rows, 6,997 of them in an area, 45
    outside, 321 without a place.
    """
    path = shared / "crime" / "2019-08-cambridgeshire-street.csv"
    wards = read_boundaries(shared / "boundaries" / "wards_dec2015_27700.gpkg")
    found = count_points(plan_points(path), wards)
    assert found.everything == Account(
        rows=7_363, without_coordinates=321, outside=45, in_areas=6_997, on_borders=0
    )
    street = pd.read_csv(path).rename(columns={"Longitude": "lon", "Latitude": "lat"})
    assert_counts(found, by_sjoin(street, wards))
    violence = street[street["Crime type"] == VIOLENCE[1]]
    chosen = count_points(plan_points(path, category=VIOLENCE), wards)
    assert_counts(chosen, by_sjoin(violence, wards))


@pytest.mark.promise
@pytest.mark.shared
def test_the_police_month_by_lsoa(shared):
    """police.uk names an LSOA itself: 98.5 % of points are in the ward that it fits best."""
    from vawg_geo.areas.counting.locate import build_locator
    from vawg_geo.inputs.points.projection import Projection

    street = pd.read_csv(shared / "crime" / "2019-08-cambridgeshire-street.csv")
    lookup = pd.read_csv(shared / "boundaries" / "lookup_lsoa11_ward2015_cambs.csv")
    wards = read_boundaries(shared / "boundaries" / "wards_dec2015_27700.gpkg")
    way = Projection("EPSG:4326", tolerance=0.01)
    locator = build_locator(wards)
    x, y = way.exactly(street["Longitude"].to_numpy(), street["Latitude"].to_numpy())
    rank = locator.locate(x, y).rank
    fit = street["LSOA code"].map(lookup.set_index("LSOA11CD")["WD15CD"]).to_numpy()
    inside = rank >= 0
    same = np.array(locator.codes, dtype=object)[rank[inside]] == fit[inside]
    assert inside.sum() == 6_997
    assert round(100 * same.mean(), 1) == 98.5
