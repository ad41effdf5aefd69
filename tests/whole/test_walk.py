"""The whole walk on the embedded default and on a project of one's own."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import vawg_geo
from vawg_geo.errors import VawgGeoError
from vawg_geo.pipeline import build

FILES = {
    "build.json", "district.html", "index.html", "rasters", "tables", "vawg.gpkg", "vawg.qgz", "ward.html",
}  # fmt: skip


@pytest.fixture
def default(default_build):
    return default_build


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_both_editions(default):
    assert list(default.folders) == ["public", "partnership"]
    for folder in default.folders.values():
        assert {p.name for p in folder.iterdir()} == FILES
    assert any(m.startswith("ILLUSTRATIVE, NOT REAL FIGURES: 1,728 of") for m in default.messages)


@pytest.mark.promise
def test_same_inputs_same_bytes(default, tmp_path):
    """The same inputs give the same files to the byte."""
    again = build(out=tmp_path, editions=["public"])
    one, other = contents(default.folders["public"]), contents(again.folders["public"])
    assert one.keys() == other.keys()
    assert [k for k in one if one[k] != other[k]] == []


@pytest.mark.promise
def test_what_is_not_shown_by_ward_says_why(default):
    """A series that is not shown by ward says so, why, and where its figures are."""
    tables = default.folders["public"] / "tables"
    wards = pd.read_csv(tables / "rates_ward.csv")
    said = (tables / "sources_and_caveats.csv").read_text("utf-8")
    left_out = said.count("not shown by ward, because more than a third of the wards would have")
    assert left_out >= 5
    assert said.count("See the figures by district.") == left_out
    assert not wards["indicator"].eq("harassment offences").any()
    assert "Harassment offences, women and girls: not shown by ward" in said


@pytest.mark.promise
def test_the_finished_default_gives_nothing_away(default):
    """The audit finds nothing in the finished default, in one edition or in both together, and what
    is for partners only is in no byte of the public one.
    """
    public, partnership = default.folders["public"], default.folders["partnership"]
    alone = vawg_geo.audit_files(public)
    assert alone.passed
    assert alone.hidden > 10
    assert vawg_geo.audit_files(partnership, beside=[public]).passed
    words = (b"ward_profiles", b"red-light", b"brothel")
    for name, content in contents(public).items():
        assert not [word for word in words if word in content.lower()], name
    assert b"ward_profiles" in (partnership / "vawg.gpkg").read_bytes()


def test_editions_hide_different_ranges(default):
    shown = {}
    for name, folder in default.folders.items():
        rates = pd.read_csv(folder / "tables" / "rates_ward.csv")
        own = rates[rates["basis"] == "illustrative"]
        shown[name] = set(own["count"].dropna().astype(int))
    assert not shown["public"] & set(range(1, 8))
    assert not shown["partnership"] & set(range(1, 5))
    assert shown["partnership"] & {5, 6, 7}


def test_published_counts_are_shown_as_they_are(default):
    rates = pd.read_csv(default.folders["public"] / "tables" / "rates_ward.csv")
    month = rates[rates["basis"] == "published"]
    assert month["count"].sum() == 1806
    assert month["count"].between(1, 7).any()


def test_attribution_on_every_output(default):
    words = "Open Government Licence"
    for folder in default.folders.values():
        for name in ("ward.html", "district.html", "index.html", "build.json"):
            assert words in (folder / name).read_text("utf-8"), name
        assert words in (folder / "tables" / "sources_and_caveats.csv").read_text("utf-8")
        assert words.encode() in (folder / "vawg.gpkg").read_bytes()


def test_build_record(default):
    record = json.loads((default.folders["public"] / "build.json").read_text("utf-8"))
    assert record["parameters"]["rate_method"] == "exact"
    assert record["parameters"]["largest_hidden"] == 7
    assert "published-rates" in record["public_inputs"]
    assert record["rows"]["rates"] > 500


def test_counts_are_whole_numbers_in_the_tables(default):
    text = (default.folders["public"] / "tables" / "rates_district.csv").read_text("utf-8")
    assert ",4683,150817.0," in text


def test_no_private_input_in_any_file(make_project, tmp_path):
    config = make_project()
    private = (config.parent / "counts.csv").rename(config.parent / "zebra-private.csv")
    config.write_text(config.read_text().replace("counts.csv", private.name))
    from vawg_geo.inputs.catalogue.registry import sha256_of

    secrets = [b"zebra", sha256_of(private).encode(), str(tmp_path).encode()]
    built = build(config, out=tmp_path / "out")
    for folder in built.folders.values():
        for name, content in contents(folder).items():
            for secret in secrets:
                assert secret not in content, name


def test_own_table_replaces_the_illustrative_one(make_project, tmp_path):
    built = build(make_project(), out=tmp_path / "out", editions=["public"])
    rates = pd.read_csv(built.folders["public"] / "tables" / "rates_ward.csv")
    assert set(rates["basis"]) == {"own"}
    assert not any("ILLUSTRATIVE" in m for m in built.messages)
    assert any(m.startswith("Audit of the public edition") for m in built.messages)


def test_default_place_is_beside_the_configuration(make_project):
    config = make_project()
    built = build(config, editions=["public"])
    assert built.folders["public"] == config.parent / "maps" / "public"


@pytest.mark.promise
def test_refused_edition_writes_nothing(make_project, tmp_path):
    """An edition that is refused writes nothing."""
    out = tmp_path / "out"
    with pytest.raises(VawgGeoError, match="recorded reason"):
        build(make_project(), out=out, editions=["public", "analyst"])
    assert not out.exists()


def test_progress_is_told(make_project):
    said = []
    build(make_project(), editions=["public"], progress=said.append)
    assert said == [
        "Reading and joining",
        "Choosing what the public edition hides",
        "Computing rates and patterns of the public edition",
        "Writing the public edition",
        "Auditing what was written",
    ]


def test_map_for_the_analysts_own_layers(tmp_path, default_edition):
    import folium

    edition = default_edition("public")
    chart = vawg_geo.build_map(edition, level="district", indicator="domestic abuse incidents")
    assert isinstance(chart, folium.Map)
    folium.CircleMarker([52.2, 0.12], radius=4).add_to(chart)
    path = vawg_geo.write_html(chart, tmp_path / "own.html")
    assert "circleMarker" in path.read_text("utf-8")


def test_the_function_is_not_hidden_by_a_module():
    import importlib
    import pkgutil

    names = [m.name for m in pkgutil.iter_modules(vawg_geo.__path__)]
    assert set(names) & set(vawg_geo.__all__) == set()
    importlib.import_module("vawg_geo.pipeline")
    assert callable(vawg_geo.build)
