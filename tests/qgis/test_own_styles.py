"""QGIS itself takes the styles that `vawg-geo style` gives, and reads the files for other tools."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from vawg_geo.commands.style import style_file
from vawg_geo.publish.exports import write_exports
from vawg_geo.results.results import results_of

pytestmark = pytest.mark.long

SCRIPT = Path(__file__).with_name("own_layer.py")
STATUSES = ["suppressed", "missing", "not_applicable", "zero", "unstable", *["value"] * 35]
WANT = {
    "20.0 or more": 17, "10.0 to under 20.0": 10, "Under 10.0": 9, "None recorded": 1,
    "Hidden to protect people": 1, "No figure supplied": 1, "Not available here": 1,
}  # fmt: skip


@pytest.fixture
def areas():
    return gpd.GeoDataFrame(
        {
            "area_name": [f"Area {n}" for n in range(40)],
            "rate": [None, None, None, 0.0, 1.5, *np.linspace(2, 36, 35)],
            "status": STATUSES,
            "my label": [*["not_significant"] * 5, "hot", "cold", *["not_significant"] * 33],
        },
        geometry=[box(n % 8, n // 8, n % 8 + 1, n // 8 + 1) for n in range(40)],
        crs=27700,
    )


def test_qgis_applies_the_style_to_an_own_layer(run_in_qgis, areas, tmp_path):
    package, beside = tmp_path / "own.gpkg", tmp_path / "own.fgb"
    areas.to_file(package, layer="rates")
    areas.to_file(package, layer="labels")
    areas.to_file(beside)
    style_file(package, layer="rates", breaks=[10, 20])
    style_file(package, layer="labels", column="my label")
    style_file(beside, breaks=[10, 20])
    sources = [f"{package}|layername=rates", f"{package}|layername=labels", str(beside)]
    run = run_in_qgis(SCRIPT, tmp_path / "map.png", *sources)
    rates, labels, flat = json.loads(run.stdout.strip().splitlines()[-1])
    for said in (rates, flat):
        assert {name: said["classes"].get(name) for name in WANT} == WANT
        assert sum(said["classes"].values()) == 41
        assert said["labels"]
    assert labels["classes"]["H: Hot spot"] == 1
    assert labels["classes"]["No clear pattern"] == 35
    assert (tmp_path / "map.png").stat().st_size > 3_000


def test_qgis_reads_the_files_for_other_tools(run_in_qgis, tmp_path, default_edition):
    edition = default_edition("public")
    write_exports(results_of(edition), tmp_path, formats=["flatgeobuf", "shapefile"])
    name = "ward_domestic_abuse_crimes_illustrative"
    for ending, column in ((".fgb", "status_female"), (".shp", "status_f")):
        path = tmp_path / f"{name}{ending}"
        style_file(path, column=column.replace("status", "rate"), status=column, replace=True)
        run = run_in_qgis(SCRIPT, tmp_path / "map.png", path)
        (said,) = json.loads(run.stdout.strip().splitlines()[-1])
        hidden = (gpd.read_file(path)[column] == "suppressed").sum()
        assert said["classes"]["Hidden to protect people"] == hidden > 0


def test_the_check_can_fail(run_in_qgis, areas, tmp_path):
    package = tmp_path / "own.gpkg"
    areas.to_file(package, layer="rates")
    style_file(package)
    with closing(sqlite3.connect(package)) as base, base:
        base.execute("UPDATE layer_styles SET styleQML = 'no style'")
    run = run_in_qgis(SCRIPT, tmp_path / "map.png", f"{package}|layername=rates")
    (said,) = json.loads(run.stdout.strip().splitlines()[-1])
    assert said["valid"]
    assert said["classes"] == {}
