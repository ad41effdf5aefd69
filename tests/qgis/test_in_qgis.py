"""QGIS itself opens every layer and the project; skipped where there is none, but not in CI."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from vawg_geo.publish.geopackage.write import described_layers, write_geopackage
from vawg_geo.publish.qgis.project import project_layers, write_project
from vawg_geo.publish.rasters.write import write_rasters
from vawg_geo.results.results import compute_results, results_of

pytestmark = pytest.mark.long

CHECK = Path(__file__).with_name("check_project.py")


@pytest.fixture(scope="module")
def made(tmp_path_factory, default_edition):
    edition = default_edition("public")
    folder = tmp_path_factory.mktemp("edition")
    write_geopackage(results_of(edition), folder / "vawg.gpkg")
    write_rasters(results_of(edition), folder / "rasters")
    write_project(results_of(edition), folder / "vawg.qgz")
    return edition, folder


def layers_of(edition):
    return described_layers(compute_results(edition))


def expected(edition, folder):
    found = {}
    with closing(sqlite3.connect(folder / "vawg.gpkg")) as base:
        for layer in layers_of(edition):
            count = f'SELECT count(*) FROM "{layer.name}"'
            (features,) = base.execute(count).fetchone()
            classes = {
                rule.label: base.execute(f"{count} WHERE {rule.test or 1}").fetchone()[0]
                for rule in layer.styles[0].rules
            }
            found[layer.name] = {"features": features, "classes": classes}
    layers = project_layers(
        compute_results(edition), layers_of(edition), rasters=folder / "rasters"
    )
    return {"layers": found, "project_layers": len(layers)}


def check(run_in_qgis, folder, want, pictures, *themes):
    path = pictures / "expected.json"
    path.write_text(json.dumps(want), "utf-8")
    run = run_in_qgis(CHECK, folder, path, pictures, *themes)
    return run.returncode, json.loads(run.stdout.strip().splitlines()[-1])


@pytest.mark.promise
def test_qgis_opens_everything(run_in_qgis, made, tmp_path):
    """QGIS opens the project and every layer of it."""
    edition, folder = made
    themes = ["Deprivation (national deciles), by ward"]
    code, said = check(run_in_qgis, folder, expected(edition, folder), tmp_path, *themes)
    assert said["wrong"] == []
    assert code == 0
    assert said["themes"] > 40
    pictures = [(tmp_path / name).read_bytes() for name in said["pictures"]]
    assert len(set(pictures)) == 2
    assert min(map(len, pictures)) > 30_000


def test_the_check_can_fail(run_in_qgis, made, tmp_path):
    edition, folder = made
    want = expected(edition, folder)
    layer = next(iter(want["layers"].values()))
    layer["features"] += 1
    layer["classes"]["None recorded"] += 1
    code, said = check(run_in_qgis, folder, want, tmp_path)
    assert code == 1
    assert len(said["wrong"]) == 2
