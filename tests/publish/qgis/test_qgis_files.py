"""What QGIS is given, held to the page and to the formats; read without QGIS."""

from __future__ import annotations

import dataclasses
import re
import sqlite3
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from contextlib import closing

import pandas as pd
import pytest

from tests.examples import some_every_day
from vawg_geo.audit.run import audit_files
from vawg_geo.publish.geopackage.write import described_layers, write_geopackage
from vawg_geo.publish.layers.styles import rate_style
from vawg_geo.publish.page.payload import build_payload
from vawg_geo.publish.qgis.project import project_layers, write_project
from vawg_geo.publish.qgis.qml import qml
from vawg_geo.results.results import compute_results, results_of
from vawg_geo.words.palette import CLUSTER_FILLS, PATTERNS, SIGNIFICANCE_COLOURS, sequential


@pytest.fixture(scope="module")
def edition(default_edition):
    return default_edition("public")


@pytest.fixture(scope="module")
def folder(edition, tmp_path_factory):
    made = tmp_path_factory.mktemp("qgis")
    write_geopackage(results_of(edition), made / "vawg.gpkg")
    write_project(results_of(edition), made / "vawg.qgz")
    return made


def layers_of(edition):
    return described_layers(compute_results(edition))


def query(folder, text):
    with closing(sqlite3.connect(folder / "vawg.gpkg")) as base:
        return base.execute(text).fetchall()


def rule_counts(folder, layer, style):
    """How many areas each rule takes: QGIS' expressions of our rules are SQL as well."""
    return Counter(
        {
            rule.label: query(folder, f'SELECT count(*) FROM "{layer.name}" WHERE {rule.test}')[0][
                0
            ]
            for rule in style.rules
            if rule.kind != "heading"
        }
    )


def styles_named(layer, start):
    return [style for style in layer.styles if style.name.startswith(start)]


def page_counts(series, payload):
    """Classes as the page's key counts them, the lowest first; zero; unstable; without a rate."""
    statuses = [payload["meta"]["statuses"][place] for place in series["status"]]
    shown = [
        (kind, status)
        for kind, status in zip(series["class"], statuses, strict=True)
        if kind is not None
    ]
    classes = Counter(kind for kind, status in shown if status != "zero")
    return (
        [classes[n] for n in range(len(series["breaks"]) + 1)],
        sum(status == "zero" for _, status in shown),
        statuses.count("unstable"),
        Counter(
            status if status in PATTERNS else "missing"
            for kind, status in zip(series["class"], statuses, strict=True)
            if kind is None
        ),
    )


@pytest.mark.parametrize("level", some_every_day(["ward", "district"], 1))
def test_classes_and_counts_are_those_of_the_page(edition, folder, level):
    results = compute_results(edition)
    payload = build_payload(results, level=level)
    layers = {
        (layer.indicator, layer.period): layer
        for layer in layers_of(edition)
        if layer.level == level and layer.sexes and layer.group.startswith("Rates")
    }
    checked = 0
    for series in payload["series"]:
        name = payload["indicators"][series["indicator"]]["name"]
        layer = layers[name, series["period"]]
        place = layer.sexes.index(series["sex"])
        style = styles_named(layer, "Rate")[place]
        counts = list(rule_counts(folder, layer, style).values())
        classes, zero, unstable, without = page_counts(series, payload)
        k = len(classes)
        assert counts[:k][::-1] == classes
        assert counts[k] == zero
        assert counts[k + 1 : -1] == [without[word] for word in PATTERNS]
        assert counts[-1] == unstable
        colours = [rule.ground for rule in style.rules if rule.upper][::-1]
        assert colours == list(sequential(k))
        checked += 1
    assert checked == len(payload["series"]) > 2


def test_significance_and_hotspots_are_those_of_the_page(edition, folder):
    rates = compute_results(edition).rates
    layer = next(one for one in layers_of(edition) if one.name == "district_domestic_abuse_crimes")
    style = styles_named(layer, "Compared: women")[0]
    mine = rates[
        (rates["level"] == "district")
        & (rates["indicator"] == layer.indicator)
        & (rates["sex"] == "female")
    ]
    counts = list(rule_counts(folder, layer, style).values())
    words = mine["significance"].value_counts()
    assert counts[:4] == [int(words.get(word, 0)) for word in SIGNIFICANCE_COLOURS]
    assert [r.ground for r in style.rules[1:5]] == list(SIGNIFICANCE_COLOURS.values())
    spots = next(one for one in layers_of(edition) if one.name.endswith("_hotspots"))
    for style in (s for s in spots.styles if s.kind == "rules"):
        assert sum(rule_counts(folder, spots, style).values()) == 144
        grounds = {rule.ground for rule in style.rules}
        assert grounds <= {fill[0] for fill in (*CLUSTER_FILLS.values(), *PATTERNS.values())}


def test_every_area_is_drawn_by_one_class_of_every_view(edition, folder):
    for layer in layers_of(edition):
        (rows,) = query(folder, f'SELECT count(*) FROM "{layer.name}"')[0]
        for style in layer.styles:
            if style.kind != "rules":
                continue
            classes = [rule for rule in style.rules if rule.kind == "class"]
            whole = dataclasses.replace(style, rules=tuple(classes))
            assert sum(rule_counts(folder, layer, whole).values()) == rows, layer.name


def test_the_check_of_counts_can_fail(edition, folder):
    layer = next(one for one in layers_of(edition) if one.name == "ward_deprivation")
    style = layer.styles[0]
    fewer = dataclasses.replace(style, rules=style.rules[1:])
    assert sum(rule_counts(folder, layer, fewer).values()) < 144


def test_styles_are_registered_and_one_is_the_default(edition, folder):
    registered = query(
        folder, "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'"
    )
    assert registered == [("attributes",)]
    views = {layer.name for layer in layers_of(edition)} | set(edition.areas)
    rows = query(folder, "SELECT f_table_name, sum(useAsDefault) FROM layer_styles GROUP BY 1")
    assert dict(rows) == dict.fromkeys(views, 1)
    for name, text in query(folder, "SELECT styleName, styleQML FROM layer_styles"):
        assert len(name) <= 30
        root = ET.fromstring(text.split("\n", 1)[1])
        assert root.find("renderer-v2") is not None
        assert root.find("aliases/alias[@field='area_name']").get("name") == "Area"


def test_columns_domains_and_metadata(folder):
    known = dict(
        query(
            folder,
            "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = 'rates'",
        )
    )
    assert known["rate_lower"] == "Rate, lower 95% limit"
    used = {name for (name,) in query(folder, "SELECT constraint_name FROM gpkg_data_columns")}
    there = {
        name
        for (name,) in query(folder, "SELECT constraint_name FROM gpkg_data_column_constraints")
    }
    assert used - {None} <= there
    assert {"status", "significance", "sex", "level", "cluster"} <= there
    for column in ("status", "significance", "sex", "level", "basis"):
        values = {v for (v,) in query(folder, f"SELECT DISTINCT {column} FROM rates")}
        words = query(
            folder,
            f"SELECT value FROM gpkg_data_column_constraints WHERE constraint_name = '{column}'",
        )
        assert values <= {word for (word,) in words}
    names = {
        name
        for (name,) in query(
            folder, "SELECT table_name FROM gpkg_metadata_reference WHERE reference_scope = 'table'"
        )
    }
    assert "ward_deprivation" in names
    for (text,) in query(folder, "SELECT metadata FROM gpkg_metadata"):
        assert ET.fromstring(text.split("\n", 1)[1]).findtext("license")


def project_of(folder):
    with zipfile.ZipFile(folder / "vawg.qgz") as pack:
        assert pack.namelist() == ["vawg.qgs"]
        text = pack.read("vawg.qgs").decode()
    return ET.fromstring(text.split("\n", 1)[1])


def test_project_names_layers_that_are_there(folder):
    root = project_of(folder)
    tables = {name for (name,) in query(folder, "SELECT table_name FROM gpkg_contents")}
    layers = {one.findtext("id"): one for one in root.iter("maplayer")}
    for key, layer in layers.items():
        source = layer.findtext("datasource")
        assert source.startswith("./vawg.gpkg|layername=")
        assert source.split("=", 1)[1].split("|")[0] in tables
        # QGIS gives another identity to those that are shorter.
        assert len(key) > 10
    assert {one.get("id") for one in root.iter("layer-tree-layer")} == set(layers)
    for relation in root.iter("relation"):
        assert {relation.get("referencedLayer"), relation.get("referencingLayer")} <= set(layers)


@pytest.mark.promise
def test_layers_stand_under_questions(folder):
    """The QGIS project groups its layers by what is asked, and has a theme for each answer."""
    root = project_of(folder)
    tree = root.find("layer-tree-group")
    groups = {one.get("name"): one for one in tree.findall("layer-tree-group")}
    assert list(groups) == [
        "Borders and names", "To join and to style", "Where?", "Who is served?", "Context", "Tables",
    ]  # fmt: skip
    # Of one period nothing changes; what she styles comes first.
    first = groups["To join and to style"].find("layer-tree-layer")
    assert first.get("source") == "./vawg.gpkg|layername=ward_summary"
    themes = [one.get("name") for one in root.iter("visibility-preset")]
    assert themes == sorted(themes)
    start = "Domestic abuse crimes, women and girls, 2015/16, by district: "
    assert [one for one in themes if one.startswith(start)] == [f"{start}compared", f"{start}rate"]
    names = [one.findtext("layername") for one in root.iter("maplayer")]
    assert not [name for name in [*names, *themes] if "Deprivation: Deprivation" in name]
    assert not [name for name in names if "August 2019, 2019-08" in name]


def test_forms_and_tips_name_columns_that_are_there(edition, folder):
    """An expression of a tip that names no column would show nothing."""
    tips = 0
    for layer in layers_of(edition):
        for style in layer.styles:
            for tip in style.tips:
                names = set(re.findall(r'"(\w+)"', tip))
                assert names <= set(layer.columns), (layer.name, style.name)
                tips += 1
    assert tips > 60


def test_themes_name_styles_that_the_layers_have(folder):
    root = project_of(folder)
    styles = {
        layer.findtext("id"): {one.get("name") for one in layer.iter("map-layer-style")}
        for layer in root.iter("maplayer")
    }
    presets = list(root.iter("visibility-preset"))
    assert len(presets) > 40
    assert len({one.get("name") for one in presets}) == len(presets)
    for preset in presets:
        for layer in preset.iter("layer"):
            assert layer.get("style") in styles[layer.get("id")]


def test_layout_has_all_its_parts(folder):
    root = project_of(folder)
    items = {one.get("id"): one for one in root.iter("LayoutItem")}
    assert {
        "map", "title", "key", "scale bar", "north", "sources", "caveats", "edition",
        "illustrative",
    } <= set(items)  # fmt: skip
    assert "report" in items["caveats"].get("labelText")


def test_same_edition_same_bytes(edition, folder, tmp_path):
    again = write_project(results_of(edition), tmp_path / "vawg.qgz")
    assert again.read_bytes() == (folder / "vawg.qgz").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["vawg.qgz"]


def test_the_audit_finds_nothing(folder):
    assert audit_files(folder, smallest=1, largest=7).findings == ()


def test_several_periods_come_with_time(results):
    later = results.rates.assign(period="2016/17")
    both = dataclasses.replace(
        results, rates=pd.concat([results.rates, later], ignore_index=True), hotspots=pd.DataFrame(),
        scans=pd.DataFrame(),
    )  # fmt: skip
    layers = project_layers(both, described_layers(both))
    timed = [layer for layer in layers if layer.span]
    assert {layer.about.period for layer in timed} == {"2015/16", "2016/17"}
    once = project_layers(results, described_layers(results))
    assert not any(layer.span for layer in once)


def test_hostile_texts_stay_texts():
    style = dataclasses.replace(rate_style((1.0,), sex="persons"), name='"/><x a="')
    root = ET.fromstring(qml(style, columns=['a"<b>&']).split("\n", 1)[1])
    assert root.find("aliases/alias").get("field") == 'a"<b>&'
    assert root.find("x") is None
