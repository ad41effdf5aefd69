"""QGIS' temporal controller shows one period of a layer of several; skipped where there is none."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.publish.years import YEARS, edition_over
from vawg_geo.publish.geopackage.write import write_geopackage
from vawg_geo.publish.qgis.project import write_project
from vawg_geo.results.results import results_of

pytestmark = pytest.mark.long

CHECK = Path(__file__).with_name("check_time.py")
LAYER = "ward_crimes_by_year"
FIRST = 2019


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    results = results_of(edition_over(tmp_path_factory.mktemp("key")))
    made = tmp_path_factory.mktemp("edition")
    write_geopackage(results, made / "vawg.gpkg")
    write_project(results, made / "vawg.qgz")
    return made


def played(run_in_qgis, folder, pictures):
    run = run_in_qgis(CHECK, folder / "vawg.qgz", LAYER, str(FIRST), str(len(YEARS)), pictures)
    return json.loads(run.stdout.strip().splitlines()[-1])


def one_period_each():
    return {str(FIRST + n): [[year], 24] for n, year in enumerate(YEARS)}


@pytest.mark.promise
def test_a_time_shows_the_features_of_its_period_alone(run_in_qgis, folder, tmp_path):
    """QGIS plays the years of a layer: each time shows one period, and no time the latest."""
    said = played(run_in_qgis, folder, tmp_path)
    assert said["project"] == one_period_each()
    assert said["layer"] == one_period_each()
    assert said["range"] == ["2019-04-01T00:00:00Z", "2025-03-31T23:59:59Z"]
    assert said["step"] == [1, "years"]
    assert said["own_numbers"]
    # Without a time the latest is drawn, and nothing lies upon it.
    assert said["map_of_no_time"] == said["maps"]["2024"] != said["maps"]["2019"]


def test_without_the_settings_every_period_is_shown_at_once(run_in_qgis, folder, tmp_path):
    """The same files without what was written for it: so the test above can fail."""
    bare = tmp_path / "bare"
    shutil.copytree(folder, bare)
    settings = re.compile(
        r"<temporal\b.*?</temporal>|<ProjectTimeSettings.*?</ProjectTimeSettings>"
    )
    with zipfile.ZipFile(folder / "vawg.qgz") as pack:
        text = pack.read("vawg.qgs").decode()
    with zipfile.ZipFile(bare / "vawg.qgz", "w") as pack:
        pack.writestr("vawg.qgs", settings.sub("", text))
    with closing(sqlite3.connect(bare / "vawg.gpkg")) as base, base:
        for number, qml in base.execute("SELECT id, styleQML FROM layer_styles").fetchall():
            plain = settings.sub("", qml)
            base.execute("UPDATE layer_styles SET styleQML = ? WHERE id = ?", (plain, number))
    said = played(run_in_qgis, bare, tmp_path)
    everything = {str(FIRST + n): [list(YEARS), 24 * 6] for n in range(len(YEARS))}
    assert said["project"] == said["layer"] == everything
    assert said["range"] == ["", ""]


def test_by_the_columns_of_days_alone_two_periods_are_shown(run_in_qgis, folder, tmp_path):
    """Why the settings name expressions: by its columns QGIS takes the next period too."""
    bare = tmp_path / "columns"
    shutil.copytree(folder, bare)
    with zipfile.ZipFile(folder / "vawg.qgz") as pack:
        text = pack.read("vawg.qgs").decode()
    with zipfile.ZipFile(bare / "vawg.qgz", "w") as pack:
        pack.writestr("vawg.qgs", text.replace('<temporal mode="4"', '<temporal mode="2"'))
    said = played(run_in_qgis, bare, tmp_path)
    assert said["project"]["2019"] == [["2019/20", "2020/21"], 48]
    assert said["layer"] == one_period_each()
