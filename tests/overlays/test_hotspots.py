"""Hotspots on a map, their stability, and what an edition computes of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import vawg_geo
import vawg_geo.errors
from vawg_geo.areas.tables import load_tables
from vawg_geo.overlays.hotspots.rule import HotspotRule, MapNeighbours, hotspot_columns
from vawg_geo.project import read_project
from vawg_geo.results.results import compute_results
from vawg_geo.terms.tables import HOTSPOTS, SCANS

FAST = {"permutations": 999}


@pytest.fixture(scope="module")
def wards():
    return MapNeighbours(vawg_geo.read_boundaries("wards-2015"), "queen")


@pytest.fixture(scope="module")
def planted(wards):
    """Counts with one planted cluster: a ward of Peterborough and its neighbours, threefold."""
    rng = np.random.default_rng(5)
    codes = wards.areas["area_code"].tolist()
    members = {codes[10], *wards.chosen.of(codes[10])}
    risk = np.array([3.0 if code in members else 1.0 for code in codes])
    rows = pd.DataFrame(
        {
            "area_code": codes,
            "count": pd.array(rng.poisson(40 * risk), dtype="Int64"),
            "population": 4000.0,
            "status": "value",
        }
    ).set_index("area_code", drop=False)
    return rows, members


@pytest.mark.parametrize(("statistic", "label"), [("local-moran", "high-high"), ("gi-star", "hot")])
def test_a_planted_cluster_is_found_and_holds(wards, planted, statistic, label):
    rows, members = planted
    found = hotspot_columns(rows, wards, HotspotRule(statistic=statistic, permutations=9_999))
    called = set(found["cluster"].index[found["cluster"] == label])
    assert len(called & members) >= len(members) - 1
    assert len(called - members) <= 2
    assert found["stability"][sorted(called & members)].mean() > 0.7
    assert found["stability"].between(0, 1).all()


def test_other_definitions(wards):
    kinds = [other.kind for other in wards.others]
    assert kinds[:6] == ["rook", "knn:4", "knn:5", "knn:6", "knn:7", "knn:8"]
    assert kinds[6].startswith("band:")
    assert len(wards.others[6].islands) <= 8


def test_hidden_and_missing_are_left_out_never_zero(wards, planted):
    rows, _ = planted
    hidden = rows.assign(
        status=rows["status"].where(rows["area_code"] != "E05002174", "suppressed")
    )
    hidden = hidden.assign(count=hidden["count"].mask(hidden["status"] == "suppressed"))
    found = hotspot_columns(hidden, wards, HotspotRule(**FAST))
    assert found["cluster"]["E05002174"] == "not_applicable"
    assert pd.isna(found["stability"]["E05002174"])
    neighbour = wards.chosen.of("E05002174")[0]
    whole = hotspot_columns(rows, wards, HotspotRule(**FAST))
    assert found["neighbours"][neighbour] == whole["neighbours"][neighbour] - 1


def test_shuffled_rows_change_no_statistic(planted):
    rows, _ = planted
    layer = vawg_geo.read_boundaries("wards-2015")
    order = np.random.default_rng(1).permutation(len(layer))
    mixed = layer.iloc[order].reset_index(drop=True)
    rule = HotspotRule(**FAST)
    straight = hotspot_columns(rows, MapNeighbours(layer, "queen"), rule)
    shuffled = hotspot_columns(rows.iloc[order], MapNeighbours(mixed, "queen"), rule)
    for column in ("value", "z", "p_value", "p_adjusted", "stability"):
        np.testing.assert_allclose(
            shuffled[column].reindex(straight[column].index).to_numpy(float),
            straight[column].to_numpy(float),
            rtol=1e-10,
        )
    assert shuffled["cluster"].reindex(straight["cluster"].index).equals(straight["cluster"])


def test_one_remote_area_does_not_spoil_the_band(planted):
    from shapely.affinity import translate

    layer = vawg_geo.read_boundaries("wards-2015")
    layer.loc[140, "geometry"] = translate(layer.geometry[140], xoff=-150_000)
    remote = MapNeighbours(layer, "queen")
    band = next(other for other in remote.others if other.kind.startswith("band:"))
    assert band.degree.mean() < 10
    assert layer["area_code"][140] in band.islands
    found = hotspot_columns(planted[0], remote, HotspotRule(**FAST))
    assert found["cluster"][layer["area_code"][140]] == "island"
    assert pd.isna(found["stability"][layer["area_code"][140]])
    assert found["reason"][layer["area_code"][140]] == "no neighbours"


# The build.


@pytest.fixture(scope="module")
def default(default_tables):
    return default_tables


def test_the_default_has_hotspots_of_the_month_only(default):
    results = compute_results(vawg_geo.protect(default, edition="public"))
    assert list(results.hotspots.columns) == list(HOTSPOTS.names)
    assert list(results.scans.columns) == list(SCANS.names)
    assert results.hotspots.groupby("at_edge").size().to_dict() == {"no": 204, "yes": 84}
    assert set(results.hotspots["weights"]) == {"queen+bridges:8"}
    series = results.hotspots[["level", "period", "statistic", "basis"]].drop_duplicates()
    assert series.to_numpy().tolist() == [
        ["ward", "2019-08", "local-moran", "published"],
        ["ward", "2019-08", "gi-star", "published"],
    ]
    assert results.hotspots["permutations"].unique().tolist() == [99_999]
    assert results.hotspots["seed"].unique().tolist() == [12345]
    first = results.scans[results.scans["scan_cluster"] == 1]
    assert set(first["area_code"].map(default.parents)) == {"E06000031"}
    assert first["p_value"].max() <= 0.05


def test_editions_compute_from_their_own_counts(make_project, ward_codes):
    """What one edition hides and another shows is a neighbour in the second only."""
    counts = {code: 30 + (n * 7) % 23 for n, code in enumerate(ward_codes)} | {ward_codes[5]: 6}
    config = make_project(counts)
    config.write_text(config.read_text().replace("permutations = 99", "permutations = 999"))
    tables = load_tables(read_project(config))
    labels = {
        edition: compute_results(vawg_geo.protect(tables, edition=edition))
        .hotspots.query("statistic == 'local-moran'")
        .set_index("area_code")
        for edition in ("public", "partnership")
    }
    assert labels["public"]["cluster"][ward_codes[5]] == "not_applicable"
    assert labels["partnership"]["cluster"][ward_codes[5]] != "not_applicable"


def test_clusters_alone(make_project):
    """No statistic is wanted; seen to fail where tables of statistics were put together unasked."""
    config = make_project()
    config.write_text(config.read_text().replace("[hotspots]", "[hotspots]\nstatistic = []"))
    results = compute_results(vawg_geo.protect(load_tables(read_project(config))))
    assert results.hotspots.empty
    assert len(results.scans)


def test_unknown_weights_are_refused(make_project):
    config = make_project()
    config.write_text(config.read_text().replace("[hotspots]", '[hotspots]\nweights = "bishop"'))
    with pytest.raises(vawg_geo.errors.InputError, match="'bishop' cannot be read"):
        compute_results(vawg_geo.protect(load_tables(read_project(config)), edition="public"))
