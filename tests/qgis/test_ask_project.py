"""What a user asks of the project and of its layers, asked in QGIS: where, how large, how often.

Each answer was seen to be wrong with the project as it was before, which QGIS called valid.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from vawg_geo.publish.geopackage.write import write_geopackage
from vawg_geo.publish.qgis.project import write_project
from vawg_geo.results.results import results_of

pytestmark = pytest.mark.long

ASK = Path(__file__).with_name("ask_project.py")
# The Ordnance Survey's own example of its transformation, the water tower at Caister.
CAISTER = {"wgs84": [1.7160739722, 52.6580078333], "grid": [651409.80, 313177.45]}
# Peterborough's cathedral.
NAMED = {
    "names_of": "ward_police_violence_and_sexual_offences_month", "at": [519420, 298650],
    "clicked": "=district_domestic_abuse_crimes",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory, default_edition):
    edition = default_edition("public")
    made = tmp_path_factory.mktemp("asked")
    write_geopackage(results_of(edition), made / "vawg.gpkg")
    write_project(results_of(edition), made / "vawg.qgz")
    return made


def ask(run_in_qgis, folder):
    path = folder / "questions.json"
    path.write_text(json.dumps(CAISTER | NAMED), "utf-8")
    run = run_in_qgis(ASK, folder, path)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def answers(run_in_qgis, folder):
    return ask(run_in_qgis, folder)


def changed(folder, path, *changes):
    """Copy of the folder in whose project texts were replaced."""
    shutil.copy(folder / "vawg.gpkg", path / "vawg.gpkg")
    with zipfile.ZipFile(folder / "vawg.qgz") as pack:
        text = pack.read("vawg.qgs").decode()
    for pattern, new in changes:
        text, number = re.subn(pattern, new, text)
        assert number
    with zipfile.ZipFile(path / "vawg.qgz", "w") as pack:
        pack.writestr("vawg.qgs", text)
    return path


@pytest.mark.promise
def test_everything_has_the_national_grid(answers):
    """The QGIS project and every layer of it are on the British National Grid."""
    assert answers["system"] == "EPSG:27700"
    assert answers["bad"] == answers["without_system"] == []
    assert {one["system"] for one in answers["alone"].values()} == {"EPSG:27700"}


@pytest.mark.promise
def test_own_points_land_where_they_are(answers):
    """An analyst's layer in WGS84 lands on the maps where it should."""
    assert answers["scale"] == pytest.approx(100_000, rel=0.01)
    assert answers["pixels_away"] <= 1


@pytest.mark.promise
def test_names_of_wards_are_drawn_from_near(answers):
    """QGIS draws the names of wards at 1:100,000, and not at 1:400,000."""
    assert {"Bretton North", "Eye and Thorney", "Dogsthorpe"} <= set(answers["names_near"])
    assert answers["names_far"] == []
    assert answers["unreadable"] == []


@pytest.mark.promise
def test_a_layer_alone_draws_each_area_once(answers):
    """Every layer dragged in from the GeoPackage has a style, and draws each area once."""
    for name, one in answers["alone"].items():
        assert one["style"], name
        assert one["drawn_once"] == one["areas"] > 0, name
        assert one["drawn_more"] == 0, name


@pytest.mark.promise
def test_a_click_says_it_in_words(answers):
    """A click in QGIS shows headings, rounded numbers and words, whichever style is on."""
    said = answers["clicked"]
    assert len(said["styles"]) > 6
    for style, one in said["styles"].items():
        assert one["form"]["rate_female"] == ["Rate: women and girls", "18.09"], style
        assert one["form"]["status_female"] == ["Status: women and girls", "Shown"], style
        assert one["tip"].startswith("<b>Peterborough</b><br>"), style
        assert not one["tip"].endswith("<br>"), style
    assert "18.1 (17.1 – 19.1)" in said["styles"]["Rate: women and girls"]["tip"]
    assert "All figures, one row each" in said["related"]


def test_a_number_alone_is_no_system(run_in_qgis, folder, tmp_path):
    old = changed(
        folder, tmp_path, ("<wkt>.*?</wkt><srsid>.*?</srsid>", ""),
        ("<SpatialRefSys>.*?</SpatialRefSys>", ""),
    )  # fmt: skip
    said = ask(run_in_qgis, old)
    assert said["system"] == ""
    assert said["without_system"]
    assert said["pixels_away"] is None


def test_scales_the_wrong_way_round_draw_no_name(run_in_qgis, folder, tmp_path):
    old = changed(
        folder, tmp_path,
        (r'scalemindenom="1" scalemaxdenom="150000"', 'scalemindenom="150000" scalemaxdenom="1"'),
    )  # fmt: skip
    assert ask(run_in_qgis, old)["names_near"] == []
