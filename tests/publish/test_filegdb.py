"""The file geodatabase: what ArcGIS finds in it is what the GeoPackage holds."""

from __future__ import annotations

import sqlite3
import xml.etree.ElementTree as ET
import zipfile
from contextlib import closing

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from vawg_geo.audit.run import audit_files
from vawg_geo.publish import exports
from vawg_geo.publish.exports import write_exports
from vawg_geo.publish.geopackage.write import described_layers, write_geopackage
from vawg_geo.results.results import results_of
from vawg_geo.words.columns import meanings


@pytest.fixture(scope="module")
def results(default_edition):
    return results_of(default_edition("public"))


@pytest.fixture(scope="module")
def made(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("filegdb")
    write_exports(results, folder / "layers", formats=["filegdb"])
    write_geopackage(results, folder / "vawg.gpkg")
    return folder


@pytest.fixture(scope="module")
def base(made):
    return made / "layers" / "vawg.gdb.zip"


def items(base):
    return pyogrio.read_dataframe(base, layer="GDB_Items", LIST_ALL_TABLES="YES").set_index("Name")


def test_every_layer_and_the_tables_that_must_go_with_it(results, base):
    held = dict(pyogrio.list_layers(base).tolist())
    layers = [layer.name for layer in described_layers(results)]
    tables = ["sources_and_caveats", "indicators", "rates", "hotspots", "scans", "smoothed_risks"]
    assert set(held) == {*results.areas, *layers, *tables}
    assert {held[name] for name in layers} == {"MultiPolygon"}
    assert [held[name] for name in tables] == [None] * 6
    rates = pyogrio.read_dataframe(base, layer="rates")
    assert len(rates) == len(results.rates)
    hidden = rates["status"] == "suppressed"
    assert hidden.any()
    assert rates.loc[hidden, "count"].isna().all()


def test_it_holds_what_the_geopackage_holds(results, made, base):
    for layer in described_layers(results):
        left = gpd.read_file(made / "vawg.gpkg", layer=layer.name, use_arrow=True)
        right = gpd.read_file(base, layer=layer.name, use_arrow=True)
        assert right.crs.to_epsg() == 27700
        assert left["area_code"].tolist() == right["area_code"].tolist()
        for name in left.columns.drop("geometry"):
            one, other = left[name], right[name]
            assert (one.isna().to_numpy() == other.isna().to_numpy()).all(), name
            there = one.notna().to_numpy()
            if pd.api.types.is_numeric_dtype(one):
                pairs = zip(one[there].astype(float), other[there].astype(float), strict=True)
                assert all(a == b for a, b in pairs), name
            else:
                assert one[there].astype(str).tolist() == other[there].astype(str).tolist()
        assert (left.geometry.hausdorff_distance(right.geometry) < 0.001).all()


def test_aliases_are_the_headings(made, base):
    with closing(sqlite3.connect(made / "vawg.gpkg")) as package:
        named = package.execute(
            "SELECT column_name, name FROM gpkg_data_columns WHERE table_name = 'ward_summary'"
        ).fetchall()
    root = ET.fromstring(items(base).loc["ward_summary", "Definition"])
    fields = {one.findtext("Name"): one.findtext("AliasName") for one in root.iter("GPFieldInfoEx")}
    assert len(named) > 20
    assert {column: fields[column] for column, _ in named} == dict(named)
    assert root.findtext("AliasName") == "All indicators, by ward: one row for each area"


def test_domains_say_what_words_mean(base):
    """A column of statuses has a domain in which each word has its meaning."""
    held = items(base)
    for name, wanted in meanings().items():
        root = ET.fromstring(held.loc[name, "Definition"])
        words = {one.findtext("Code"): one.findtext("Name") for one in root.iter("CodedValue")}
        assert words == wanted
    root = ET.fromstring(held.loc["ward_summary", "Definition"])
    domains = {
        one.findtext("Name"): one.findtext("DomainName") for one in root.iter("GPFieldInfoEx")
    }
    assert domains["domestic_abuse_crimes_illustrative_status_female"] == "status"
    assert domains["domestic_abuse_crimes_illustrative_rate_female"] is None
    links = pyogrio.read_dataframe(base, layer="GDB_ItemRelationships", LIST_ALL_TABLES="YES")
    of_domains = links[links["DestID"] == held.loc["status", "UUID"]]
    assert held.loc["ward_summary", "UUID"] in set(of_domains["OriginID"])


def test_metadata_say_what_is_made_up_and_whose_it_is(base):
    about = ET.fromstring(
        items(base).loc["ward_domestic_abuse_crimes_illustrative", "Documentation"]
    )
    assert about.findtext("dataIdInfo/idCitation/resTitle").startswith("ILLUSTRATIVE")
    abstract = about.findtext("dataIdInfo/idAbs")
    assert "Open Government Licence" in abstract
    assert "hidden" in abstract


def test_the_same_bytes_each_time(results, base, tmp_path):
    # Seen to fail without the driver's own setting: it makes up numbers of items.
    write_exports(results, tmp_path, formats=["filegdb"])
    assert [path.name for path in tmp_path.iterdir()] == ["vawg.gdb.zip"]
    assert (tmp_path / "vawg.gdb.zip").read_bytes() == base.read_bytes()


def test_it_is_there_whole_or_not_at_all(results, tmp_path, monkeypatch):
    def full(*_, **__):
        raise pyogrio.errors.DataSourceError("no space left on device")

    monkeypatch.setattr(exports, "pack_filegdb", full)
    with pytest.raises(exports.OutputError, match=r"vawg.gdb.zip cannot be written: no space left"):
        write_exports(results, tmp_path / "layers", formats=["filegdb"])
    assert not list(tmp_path.rglob("*.zip"))


@pytest.mark.long
@pytest.mark.filterwarnings("error")
def test_layers_over_time_pass_the_audit(over_years, tmp_path):
    results = results_of(over_years())
    write_exports(results, tmp_path / "layers", formats=["filegdb"])
    report = audit_files(tmp_path, smallest=1, largest=7)
    assert report.findings == ()
    assert report.hidden > 0
    layer = pyogrio.read_dataframe(
        tmp_path / "layers" / "vawg.gdb.zip", layer="ward_crimes_by_year"
    )
    assert layer["period_start"].dt.strftime("%m-%d").unique().tolist() == ["04-01"]


def test_the_zip_has_nothing_but_the_base(base):
    with zipfile.ZipFile(base) as packed:
        assert {one.filename.partition("/")[0] for one in packed.infolist()} == {"vawg.gdb"}
        assert {one.date_time for one in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
