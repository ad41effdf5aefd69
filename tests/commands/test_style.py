"""`vawg-geo style`: a layer of the analyst's own in the project's styles."""

from __future__ import annotations

import sqlite3
import warnings
from contextlib import closing
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box

from vawg_geo.commands.main import main
from vawg_geo.commands.style import style_file
from vawg_geo.errors import InputError, OutputError
from vawg_geo.publish.layers.own_styles import own_styles
from vawg_geo.words.change import CHANGE_KIND

STATUSES = ["suppressed", "missing", "not_applicable", "zero", "unstable", *["value"] * 35]


@pytest.fixture
def areas():
    rates = [None, None, None, 0.0, 1.5, *np.linspace(2, 36, 35)]
    return gpd.GeoDataFrame(
        {
            "code": [f"X{n}" for n in range(40)],
            "area_name": [f"Area {n}" for n in range(40)],
            "rate": rates,
            "status": STATUSES,
            "Rate of 2024": rates,
            "my label": ["hot", "cold", None, *["not_significant"] * 37],
            "moran": ["high-high", "low-low", *["not_significant"] * 38],
            "compared": ["higher", "lower", *["similar"] * 38],
            "words": ["other"] * 40,
            "nothing": pd.Series([None] * 40, dtype=float),
        },
        geometry=[box(n % 8, n // 8, n % 8 + 1, n // 8 + 1) for n in range(40)],
        crs=27700,
    )


@pytest.fixture
def package(areas, tmp_path):
    path = tmp_path / "own.gpkg"
    areas.to_file(path, layer="wards")
    return path


def rows(path, query, *values):
    with closing(sqlite3.connect(path)) as base:
        return base.execute(query, values).fetchall()


def styles(path):
    return rows(path, "SELECT f_table_name, f_geometry_column, styleName, useAsDefault FROM layer_styles ORDER BY id")  # fmt: skip


def rules(qml):
    tree = ET.fromstring(qml.partition("\n")[2])
    return {one.get("label"): one.get("filter") for one in tree.iter("rule") if one.get("label")}


def test_classes_take_every_area_once(package):
    said = style_file(package, breaks=[10, 20])
    assert styles(package) == [
        ("wards", "geom", "vawg-geo: rate", 1),
        ("wards", "geom", "Graduated: rate", 0),
    ]
    assert "as its default" in said[0]
    assert said[1].startswith(
        "Classes: 20.0 or more; 10.0 to under 20.0; Under 10.0; None recorded"
    )
    ((qml,),) = rows(package, "SELECT styleQML FROM layer_styles WHERE useAsDefault = 1")
    counts = {
        label: rows(package, f"SELECT count(*) FROM wards WHERE {test}")[0][0]
        for label, test in rules(qml).items()
    }
    rates = [2 + place for place in range(35)]
    upper = sum(rate >= 20 for rate in rates)
    middle = sum(10 <= rate < 20 for rate in rates)
    assert list(counts.values()) == [upper, middle, 35 - upper - middle + 1, 1, 1, 1, 1, 1]
    # The one that rests on few events is drawn upon its class.
    assert sum(counts.values()) == 41


def test_only_the_table_of_styles_is_written_to(package):
    before = {name: rows(package, f"SELECT * FROM {name}") for name in ("wards", "gpkg_geometry_columns")}  # fmt: skip
    style_file(package)
    assert {name: rows(package, f"SELECT * FROM {name}") for name in before} == before
    assert rows(package, "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'") == [("attributes",)]  # fmt: skip
    assert rows(package, "PRAGMA integrity_check") == [("ok",)]
    assert [path.name for path in package.parent.iterdir()] == ["own.gpkg"]


def test_what_is_there_is_kept(package):
    style_file(package, name="Mine")
    said = style_file(package, column="compared")
    assert "its default is still 'Mine'" in said[0]
    assert [(row[2], row[3]) for row in styles(package)] == [
        ("Mine", 1), ("Graduated: Mine", 0), ("vawg-geo: compared", 0),
    ]  # fmt: skip
    style_file(package, column="my label", default=True)
    assert [row[2] for row in styles(package) if row[3]] == ["vawg-geo: my label"]


def test_a_style_of_the_same_name_needs_replace(package):
    style_file(package)
    before = package.read_bytes()
    with pytest.raises(
        InputError, match="2 of 2 styles are there already; first: 'vawg-geo: rate'"
    ):
        style_file(package, breaks=[5])
    assert package.read_bytes() == before
    style_file(package, breaks=[5], replace=True)
    assert len(styles(package)) == 2
    assert "5.0 or more" in rows(package, "SELECT styleQML FROM layer_styles")[0][0]
    assert styles(package)[0][3] == 1


def test_a_layer_without_a_status_says_missing_and_zero(areas, package):
    first, second = own_styles(pd.DataFrame(areas[["Rate of 2024"]]), column="Rate of 2024")
    labels = [rule.label for rule in first.rules]
    assert labels[-2:] == ["None recorded", "No figure supplied"]
    assert "Hidden to protect people" not in labels
    assert second.column == '"Rate of 2024"'
    assert first.labels == ()
    tests = {rule.label: rule.test for rule in first.rules}
    table = "SELECT count(*) FROM wards WHERE "
    assert rows(package, table + tests["None recorded"]) == [(1,)]
    assert rows(package, table + tests["No figure supplied"]) == [(3,)]
    assert sum(rows(package, table + test)[0][0] for test in tests.values()) == 40


@pytest.mark.parametrize(
    ("column", "label"),
    [("my label", "H: Hot spot"), ("moran", "HH: High among high"), ("compared", "▲ Higher")],
)
def test_words_get_their_own_styles(package, column, label):
    said = style_file(package, column=column)
    assert label in said[1]
    ((qml,),) = rows(package, "SELECT styleQML FROM layer_styles")
    tests = rules(qml)
    shown = sum(
        rows(package, f"SELECT count(*) FROM wards WHERE {t}")[0][0] for t in tests.values()
    )
    assert shown >= 40


def test_names_of_areas_are_shown_and_fields_left_alone(package):
    style_file(package, label="code")
    ((qml, _),) = rows(package, "SELECT styleQML, 1 FROM layer_styles WHERE useAsDefault = 1")
    assert "fieldName=" in qml
    assert '"code"' in qml
    assert "area_name" not in qml
    assert "<alias" not in qml
    assert "Fields" not in qml


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--column", "rat"], "Did you mean 'rate'?"),
        (["--status", "stat"], "Did you mean 'status'?"),
        (["--label", "title"], "has no column 'title'"),
        (["--layer", "ward"], "has no layer 'ward'. Did you mean 'wards'?"),
        (["--column", "words"], "first other word: 'other'"),
        (["--column", "nothing"], "is empty in all 40 rows"),
        (["--breaks", "5,2"], "do not ascend"),
        (["--column", "compared", "--breaks", "5"], "take no breaks"),
    ],
)
def test_what_cannot_be_done_changes_nothing(package, capsys, options, said):
    before = package.read_bytes()
    assert main(["style", str(package), *options]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert package.read_bytes() == before


def test_files_that_take_no_style(tmp_path, areas, capsys):
    points = areas.assign(geometry=[Point(n, n) for n in range(40)])
    points.to_file(tmp_path / "points.gpkg", layer="points")
    two = tmp_path / "two.gpkg"
    areas.to_file(two, layer="wards")
    areas.to_file(two, layer="others")
    (tmp_path / "no.gpkg").write_text("area_code,rate\n")
    (tmp_path / "table.csv").write_text("area_code,rate\n")
    for name, said in {
        "points.gpkg": "no layer of polygons", "two.gpkg": "has 2 layers. Choose with --layer",
        "no.gpkg": "is not a GeoPackage", "table.csv": "takes no style", "gone.gpkg": "no file",
    }.items():  # fmt: skip
        assert main(["style", str(tmp_path / name)]) == 2
        assert said in capsys.readouterr().err
    assert main(["style", str(tmp_path / "points.gpkg"), "--layer", "points"]) == 2
    assert "has no polygons" in capsys.readouterr().err


def test_a_list_of_breaks_that_is_none(package, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["style", str(package), "--breaks", "a,b"])
    assert ended.value.code == 2
    assert "'a,b' is no list of numbers" in capsys.readouterr().err


def test_a_geopackage_that_is_being_edited_is_refused(package, capsys):
    with closing(sqlite3.connect(package, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE gpkg_contents SET description = 'edited'")
        assert main(["style", str(package)]) == 2
        assert "open for editing" in capsys.readouterr().err
        other.execute("COMMIT")
    assert "layer_styles" not in {row[0] for row in rows(package, "SELECT name FROM sqlite_master")}
    assert main(["style", str(package)]) == 0


def test_a_table_of_styles_that_is_not_qgis_s(package, capsys):
    with closing(sqlite3.connect(package)) as base, base:
        base.execute("CREATE TABLE layer_styles (id INTEGER, f_table_name TEXT, styleName TEXT)")
    before = package.read_bytes()
    assert main(["style", str(package)]) == 2
    assert "not as QGIS makes it" in capsys.readouterr().err
    assert package.read_bytes() == before


@pytest.mark.parametrize("ending", ["shp", "fgb", "geojson"])
def test_a_style_beside_other_files(areas, tmp_path, ending, capsys):
    path = tmp_path / f"own.{ending}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        areas[["area_name", "rate", "status", "geometry"]].to_file(path)
    assert main(["style", str(path), "--breaks", "10"]) == 0
    assert "own.qml" in capsys.readouterr().out
    text = (tmp_path / "own.qml").read_text("utf-8")
    assert rules(text)["10.0 or more"].startswith('"rate" >= 10.0')
    assert main(["style", str(path)]) == 2
    assert (tmp_path / "own.qml").read_text("utf-8") == text
    assert main(["style", str(path), "--replace"]) == 0
    assert (tmp_path / "own.qml").read_text("utf-8") != text


def test_an_own_column_called_status_is_not_taken_for_ours(areas, tmp_path):
    path = tmp_path / "own.gpkg"
    areas.assign(status=["Active", "Closed"] * 20).to_file(path, layer="wards")
    said = style_file(path)
    assert said[1].startswith("Classes: 28.5 or more; ")
    assert "Hidden to protect people" not in said[1]
    assert said[2].startswith("The column 'status' is not used: 'Active' is no status of the maps")
    with pytest.raises(InputError, match="the column 'status' has no statuses: 'Active' is"):
        style_file(path, status="status", replace=True)
    areas.assign(status=pd.Series([None] * 40, dtype=object)).to_file(path, layer="wards")
    assert "The column 'status' is not used: it is empty." in style_file(path, replace=True)


@pytest.mark.parametrize("limit", [float("nan"), float("inf")])
def test_breaks_are_numbers(package, limit):
    before = package.read_bytes()
    with pytest.raises(InputError, match=r"the breaks \[5.0, (nan|inf)\] are not all numbers"):
        style_file(package, breaks=[5, limit])
    assert package.read_bytes() == before


def test_an_endless_number_spoils_no_classes(areas):
    rates = areas["rate"].fillna(np.inf)
    first, second = own_styles(pd.DataFrame({"rate": rates}), column="rate")
    usual, _ = own_styles(pd.DataFrame(areas[["rate"]]), column="rate")
    assert [rule.label for rule in first.rules] == [rule.label for rule in usual.rules]
    assert max(rule.upper for rule in second.rules) == 36


def test_single_and_multiple_polygons_in_one_geojson(areas, tmp_path):
    path = tmp_path / "own.geojson"
    split = areas.geometry.iloc[0].union(box(20, 20, 21, 21))
    areas.set_geometry([split, *areas.geometry.iloc[1:]]).to_file(path)
    assert "own.qml: vawg-geo: rate." in style_file(path)[0]
    areas.set_geometry([Point(0, 0), *areas.geometry.iloc[1:].boundary]).to_file(path)
    with pytest.raises(InputError, match="has no layer of polygons"):
        style_file(path, replace=True)


def test_a_full_disk_is_named(package, monkeypatch):
    connect = sqlite3.connect

    def cramped(*given, **options):
        base = connect(*given, **options)
        # Below what the file has already: no page can be added.
        base.execute("PRAGMA max_page_count = 1")
        return base

    before = package.read_bytes()
    monkeypatch.setattr(sqlite3, "connect", cramped)
    with pytest.raises(
        OutputError,
        match=r"no room left on the disk\. Make room, and run again\. Nothing was changed",
    ):
        style_file(package)
    assert package.read_bytes() == before


def test_a_database_that_is_no_geopackage_gets_one_message(tmp_path):
    path = tmp_path / "own.gpkg"
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE x (a)")
    with pytest.raises(InputError, match=r"own\.gpkg cannot be read: .*missing"):
        style_file(path)


@pytest.fixture
def changed(areas, tmp_path):
    """What `vawg-geo change` and `scan` write: four that rose, two that fell, one from none."""
    words = ["not_compared"] * 3 + ["no_clear_change"] * 31 + ["increasing"] * 4
    table = areas[["area_name", "status", "geometry"]].assign(
        change=[*words, "decreasing", "decreasing"],
        ratio=[None, None, None, None, *[0.9] * 15, *[1.1] * 15, 1.3, 3, 4, None, 0.7, 0.2],
        ratio_lower=[None, None, None, 0.0, *[0.5] * 30, 1.2, 2, 2, 1.5, 0.4, 0.1],
        scan_cluster=[*[None] * 20, *[1] * 12, *[2] * 8],
        significant=[*[None] * 20, *[True] * 12, *[False] * 8],
    )
    path = tmp_path / "changed.gpkg"
    table.assign(
        scan_cluster=pd.array(table["scan_cluster"], "Int64"),
        significant=pd.array(table["significant"], "boolean"),
    ).to_file(path, layer="wards")
    return path


def drawn(path):
    """By the label of each class of the default style, how many areas it takes."""
    ((qml,),) = rows(path, "SELECT styleQML FROM layer_styles WHERE useAsDefault = 1")
    return {
        label: rows(path, f"SELECT count(*) FROM wards WHERE {test}")[0][0]
        for label, test in rules(qml).items()
        if label in _CLASSES
    }


_CLASSES = {
    *CHANGE_KIND.values(), "In a cluster (p at most 0.05)", "In a cluster that may be chance",
    "In no cluster", "Hidden to protect people", "No figure supplied", "Not available here",
}  # fmt: skip


def test_change_takes_every_area_once(changed):
    style_file(changed, column="change")
    found = drawn(changed)
    assert sum(found.values()) == 40
    by_kind = {kind: found[label] for kind, label in CHANGE_KIND.items()}
    assert by_kind == {
        "up_high": 3, "up": 1, "unsure_up": 15, "unsure_down": 15, "down": 1, "down_low": 1,
        "zero": 1, "not_compared": 0,
    }  # fmt: skip


def test_change_without_its_ratio_is_refused(areas, tmp_path):
    path = tmp_path / "own.gpkg"
    areas.assign(change="increasing").to_file(path, layer="wards")
    with pytest.raises(
        InputError, match=r"looks at ratio and ratio_lower too; there is no 'ratio'"
    ):
        style_file(path, column="change")


def test_clusters_of_the_scan_take_every_area_once(changed):
    style_file(changed, column="scan_cluster")
    found = drawn(changed)
    assert sum(found.values()) == 40
    assert found["In a cluster (p at most 0.05)"] == 12
    assert found["In a cluster that may be chance"] == 8
    assert found["In no cluster"] == 17
