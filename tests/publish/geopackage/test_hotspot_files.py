"""Hotspots and clusters in the GeoPackage and among the tables (made-up rows, marked as such)."""

from __future__ import annotations

import dataclasses
import sqlite3
from contextlib import closing

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from vawg_geo.publish.geopackage import write as geopackage
from vawg_geo.publish.tables import write as tables
from vawg_geo.results.results import compute_results

INDICATOR = "police_violence_and_sexual_offences_month"
LAYER = f"ward_{INDICATOR}_hotspots"


@pytest.fixture(scope="module")
def edition(default_edition):
    return default_edition("public")


@pytest.fixture(scope="module")
def bare(edition):
    return dataclasses.replace(
        compute_results(edition), hotspots=pd.DataFrame(), scans=pd.DataFrame()
    )


@pytest.fixture(scope="module")
def labelled(bare, factory):
    rates = bare.rates
    rows = rates[(rates["level"] == "ward") & (rates["basis"] != "illustrative")]
    hotspots, scans = factory.made_up_hotspots(rows.reset_index(drop=True))
    return dataclasses.replace(bare, hotspots=hotspots, scans=scans)


@pytest.fixture
def write(tmp_path):
    def write_with(results, name="vawg.gpkg"):
        return geopackage.write_geopackage(results, tmp_path / name)

    return write_with


def names_of(package):
    return set(pyogrio.list_layers(package)[:, 0])


def query(package, text):
    with closing(sqlite3.connect(package)) as base:
        return base.execute(text).fetchall()


def test_tables_and_view_are_registered_and_whole(write, labelled):
    package = write(labelled)
    assert {"hotspots", "scans", LAYER} <= names_of(package)
    assert query(package, "PRAGMA integrity_check") == [("ok",)]
    kinds = dict(query(package, "SELECT table_name, data_type FROM gpkg_contents"))
    assert kinds["hotspots"] == kinds["scans"] == "attributes"
    assert kinds[LAYER] == "features"
    assert query(package, "SELECT count(*) FROM hotspots") == [(len(labelled.hotspots),)]
    assert query(package, "SELECT count(*) FROM scans") == [(len(labelled.scans),)]


def test_layer_holds_labels_beside_outlines(write, labelled):
    frame = gpd.read_file(write(labelled), layer=LAYER).set_index("area_code")
    areas = labelled.areas["ward"].set_index("area_code")
    assert frame.index.tolist() == areas.index.tolist()
    assert frame.geometry.geom_equals(areas.geometry).all()
    for statistic, short in (("local-moran", "moran"), ("gi-star", "gi")):
        rows = labelled.hotspots[labelled.hotspots["statistic"] == statistic]
        rows = rows.set_index("area_code").loc[frame.index]
        assert frame[f"{short}_cluster_persons"].tolist() == rows["cluster"].tolist()
        for column in ("p_value", "p_adjusted", "stability"):
            np.testing.assert_array_equal(frame[f"{short}_{column}_persons"], rows[column])
    members = labelled.scans.set_index("area_code")["scan_cluster"].reindex(frame.index)
    np.testing.assert_array_equal(frame["scan_cluster_persons"], members)
    assert frame["scan_relative_risk_persons"].dropna().unique().tolist() == [2.125]
    assert frame["permutations"].unique().tolist() == [99_999]


def test_rules_and_caveat_are_printed_on_the_layer(write, labelled):
    (title, text) = query(
        write(labelled),
        f"SELECT identifier, description FROM gpkg_contents WHERE table_name = '{LAYER}'",
    )[0]
    assert title.startswith("Hotspots: ")
    for phrase in (
        "patterns in recorded figures",
        "Local Moran on empirical-Bayes-standardised rates, queen neighbours, 99,999",
        "Gi* on",
        "seed 12345, Benjamini-Hochberg at 5%",
        "999 replicates",
        "Open Government Licence",
    ):
        assert phrase in text


def test_a_cluster_of_the_other_model_alone_is_no_cluster_of_the_layer(write, labelled):
    """Seen to fail without the view's condition."""
    second = labelled.scans["scan_cluster"] == 2
    scans = labelled.scans.assign(significant=~second)
    package = write(dataclasses.replace(labelled, scans=scans))
    frame = gpd.read_file(package, layer=LAYER)
    assert set(frame["scan_cluster_persons"].dropna()) == {1}
    assert query(package, "SELECT count(*) FROM scans") == [(len(scans),)]
    text = query(package, f"SELECT description FROM gpkg_contents WHERE table_name = '{LAYER}'")[0][
        0
    ]
    assert "the scan allows for that" in text
    assert "negative-binomial model" in text


def test_an_area_in_two_circles_stands_once(write, labelled):
    twice = labelled.scans[:1].assign(scan_cluster=2)
    both = dataclasses.replace(labelled, scans=pd.concat([twice, labelled.scans]))
    frame = gpd.read_file(write(both), layer=LAYER)
    assert len(frame) == len(labelled.areas["ward"])
    assert frame["scan_cluster_persons"][0] == 1


def test_without_clusters_there_is_no_table_of_them(write, labelled):
    package = write(dataclasses.replace(labelled, scans=labelled.scans[:0]))
    assert "scans" not in names_of(package)
    assert not [c for c in gpd.read_file(package, layer=LAYER).columns if c.startswith("scan_")]


def test_without_hotspots_there_is_nothing_of_them(write, bare):
    assert not [n for n in names_of(write(bare)) if n == "scans" or "hotspots" in n]


@pytest.mark.long
def test_same_hotspots_same_bytes(write, labelled):
    assert write(labelled, "one.gpkg").read_bytes() == write(labelled, "two.gpkg").read_bytes()


def test_illustrative_layers_get_no_hotspots(write, labelled):
    assert [n for n in names_of(write(labelled)) if n.endswith("_hotspots")] == [LAYER]


def test_csv_only_where_there_is_something(bare, labelled, tmp_path):
    names = {path.name for path in tables.write_tables(labelled, tmp_path / "with")}
    assert {"hotspots.csv", "scans.csv"} <= names
    again = pd.read_csv(tmp_path / "with" / "hotspots.csv")
    assert again["cluster"].tolist() == labelled.hotspots["cluster"].tolist()
    assert list(again.columns) == list(labelled.hotspots.columns)
    names = {path.name for path in tables.write_tables(bare, tmp_path / "without")}
    assert not names & {"hotspots.csv", "scans.csv"}
