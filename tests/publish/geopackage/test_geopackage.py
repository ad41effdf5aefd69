"""The GeoPackage holds what was computed, once, and opens as GIS programs expect."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import geopandas as gpd
import numpy as np
import pyogrio
import pytest

import vawg_geo
from vawg_geo.errors import OutputError
from vawg_geo.publish.geopackage.file import repack
from vawg_geo.publish.geopackage.write import write_geopackage
from vawg_geo.results.results import compute_results, results_of


@pytest.fixture(scope="module")
def edition(default_edition):
    return default_edition("public")


@pytest.fixture(scope="module")
def package(edition, tmp_path_factory):
    return write_geopackage(results_of(edition), tmp_path_factory.mktemp("gpkg") / "vawg.gpkg")


def query(package, text):
    with closing(sqlite3.connect(package)) as base:
        return base.execute(text).fetchall()


def test_layers(package):
    layers = dict(pyogrio.list_layers(package).tolist())
    assert layers["ward"] == layers["district_sexual_offences"] == "MultiPolygon"
    assert layers["rates"] is None
    assert "ward_domestic_abuse_crimes_illustrative" in layers
    assert "ward_police_violence_and_sexual_offences_month" in layers
    assert not any(name.startswith("district") and "illustrative" in name for name in layers)


def test_names_are_snake_case_and_end_in_whole_words(package):
    layers = dict(pyogrio.list_layers(package).tolist())
    assert not [name for name in layers if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)]
    assert max(map(len, layers)) <= 57
    # Cut, but after a word, and never what tells it from the layer of another sex.
    assert "ward_rate_and_deprivation_police_violence_and_persons" in layers
    assert {"ward_access_all_sites", "ward_access_sites_with_an_idva"} <= set(layers)
    assert "district_reach_high_risk_idva_referrals_per_100_incidents" in layers


def test_a_level_of_one_area_is_no_map(package):
    spatial = [name for name, kind in pyogrio.list_layers(package) if kind]
    assert [name for name in spatial if name.startswith(("county", "police_area"))] == [
        "county", "police_area",
    ]  # fmt: skip
    # Its figures stay, in the tables.
    levels = query(package, "SELECT DISTINCT level FROM reach")
    assert ("county",) in levels


def test_version_integrity_and_system(package):
    assert query(package, "PRAGMA integrity_check") == [("ok",)]
    assert query(package, "PRAGMA foreign_key_check") == []
    assert query(package, "PRAGMA user_version") == [(10300,)]
    assert query(package, "SELECT DISTINCT srs_id FROM gpkg_geometry_columns") == [(27700,)]


def test_every_table_and_view_is_registered(package):
    registered = {name for (name,) in query(package, "SELECT table_name FROM gpkg_contents")}
    views = {n for (n,) in query(package, "SELECT name FROM sqlite_master WHERE type = 'view'")}
    assert views <= registered
    assert {"rates", "indicators", "sources_and_caveats", "join_report"} <= registered


@pytest.mark.parametrize("level", ["ward", "district"])
def test_a_layer_holds_what_was_computed(edition, package, level):
    results = compute_results(edition)
    rates = results.rates[results.rates["level"] == level]
    for layer in pyogrio.list_layers(package)[:, 0]:
        if not layer.startswith(f"{level}_") or layer.endswith("_hotspots"):
            continue
        frame = gpd.read_file(package, layer=layer).set_index("area_code")
        if "layer" in frame or layer.endswith(("_summary", "_services")):
            continue
        assert frame.index.tolist() == results.areas[level]["area_code"].tolist()
        assert frame.geometry.geom_equals(
            results.areas[level].set_index("area_code").geometry
        ).all()
        rows = rates[rates["indicator"] == frame["indicator"].iloc[0]]
        for sex, group in rows.groupby("sex"):
            part = group.set_index("area_code").loc[frame.index]
            for column in ("count", "population", "rate", "rate_lower", "rate_upper_998"):
                np.testing.assert_array_equal(
                    frame[f"{column}_{sex}"].to_numpy(float),
                    part[column].astype("Float64").to_numpy(float, na_value=np.nan),
                )
            assert frame[f"status_{sex}"].tolist() == part["status"].tolist()
            assert frame[f"significance_{sex}"].tolist() == part["significance"].tolist()


def test_illustrative_is_flagged_in_column_name_and_metadata(package):
    layer = "ward_domestic_abuse_crimes_illustrative"
    frame = gpd.read_file(package, layer=layer)
    assert frame["illustrative"].all()
    (identifier, description) = query(
        package, f"SELECT identifier, description FROM gpkg_contents WHERE table_name = '{layer}'"
    )[0]
    assert identifier.startswith("ILLUSTRATIVE, NOT REAL FIGURES")
    assert "ILLUSTRATIVE" in description
    assert "Open Government Licence" in description
    real = gpd.read_file(package, layer="ward_police_violence_and_sexual_offences_month")
    assert not real["illustrative"].any()


def test_hidden_is_null_and_says_so(package):
    rows = query(package, "SELECT count, rate FROM rates WHERE status = 'suppressed'")
    assert len(rows) > 20
    assert set(rows) == {(None, None)}


def test_attribution_and_caveats_are_in_the_file(package):
    text = " ".join(t for (t,) in query(package, "SELECT text FROM sources_and_caveats"))
    for words in ("Crown copyright", "not reported to the police", "0808 2000 247"):
        assert words in text


def test_same_edition_same_bytes(edition, package, tmp_path):
    again = write_geopackage(results_of(edition), tmp_path / "vawg.gpkg")
    assert again.read_bytes() == package.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["vawg.gpkg"]


def test_open_for_editing_is_refused(edition, tmp_path):
    path = tmp_path / "vawg.gpkg"
    path.write_bytes(b"former")
    (tmp_path / "vawg.gpkg-wal").write_bytes(b"")
    with pytest.raises(OutputError, match="open for editing in another program"):
        write_geopackage(results_of(edition), path)
    assert path.read_bytes() == b"former"


def test_indicators_that_are_called_alike(make_project, ward_codes, tmp_path):
    from vawg_geo.areas.tables import load_tables
    from vawg_geo.project import read_project

    names = ["DA crimes", "DA-crimes", "преступления", "x" * 70 + " one", "x" * 70 + " two"]
    rows = [f"{code},persons,2015/16,{name},20" for name in names for code in ward_codes]
    config = make_project(table="area_code,sex,period,indicator,count\n" + "\n".join(rows))
    config.write_text(config.read_text().replace("[hotspots]", "[hotspots]\nscan = false"))
    edition = vawg_geo.protect(load_tables(read_project(config)), edition="public")
    package = write_geopackage(results_of(edition), tmp_path / "v.gpkg")
    layers = [name for name, kind in pyogrio.list_layers(package) if kind]
    shown = {
        gpd.read_file(package, layer=layer)["indicator"].iloc[0]
        for layer in layers
        if layer.startswith("ward_") and not layer.endswith(("hotspots", "hotspots_2", "_summary"))
    }
    assert shown == set(names)
    assert len(layers) == len(set(layers))
    assert not [name for name in layers if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)]
    assert {"ward_da_crimes", "ward_da_crimes_2", "ward_da_crimes_hotspots_2"} <= set(layers)


def test_periods_are_not_cut_off(make_project, ward_codes, tmp_path):
    from vawg_geo.areas.tables import load_tables
    from vawg_geo.project import read_project

    name = "recorded offences of harassment and of coercive or controlling behaviour"
    rows = [
        f"{code},persons,{period},{name},20" for period in ("2014/15", "2015/16")
        for code in ward_codes
    ]  # fmt: skip
    config = make_project(table="area_code,sex,period,indicator,count\n" + "\n".join(rows))
    edition = vawg_geo.protect(load_tables(read_project(config)), edition="public")
    layers = pyogrio.list_layers(write_geopackage(results_of(edition), tmp_path / "v.gpkg"))[:, 0]
    cut = "ward_recorded_offences_of_harassment_and_of"
    assert {f"{cut}_2014_15", f"{cut}_2015_16"} <= set(layers)


def test_what_a_divided_page_held_is_wiped(tmp_path):
    """SQLite leaves bytes of no use where a page was divided, in a file written anew too."""
    path = tmp_path / "many.gpkg"
    base = sqlite3.connect(path, isolation_level=None)
    for n in range(120):
        base.execute(f"CREATE TABLE t{n} (words TEXT, n INTEGER)")
        base.execute(f"CREATE INDEX t{n}_words ON t{n} (words, n)")
        base.executemany(f"INSERT INTO t{n} VALUES (?, ?)", [("x" * (n * 7), n), ("y", 2)])
    wanted = list(base.iterdump())
    base.execute("PRAGMA secure_delete=ON")
    base.execute("VACUUM")
    base.close()
    assert unused_bytes(path.read_bytes())
    repack(path)
    assert not unused_bytes(path.read_bytes())
    base = sqlite3.connect(path)
    assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert list(base.iterdump()) == wanted
    base.close()


def unused_bytes(data):
    """Pages with anything between the list of their cells and the first cell."""
    size = int.from_bytes(data[16:18], "big")
    found = []
    for at in range(0, len(data), size):
        page = data[at : at + size]
        head = 100 if at == 0 else 0
        if page[head] in (2, 5, 10, 13):
            width = 12 if page[head] in (2, 5) else 8
            begin = head + width + 2 * int.from_bytes(page[head + 3 : head + 5], "big")
            if any(page[begin : int.from_bytes(page[head + 5 : head + 7], "big")]):
                found.append(at // size + 1)
    return found
