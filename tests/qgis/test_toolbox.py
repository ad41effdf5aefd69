"""The toolbox script in QGIS itself: loaded as the toolbox loads it, run on a layer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import vawg_geo

pytestmark = pytest.mark.long

SCRIPT = Path(__file__).resolve().parents[2] / "qgis" / "vawg_rates_and_hotspots.py"
RUN = Path(__file__).with_name("run_toolbox.py")
_WHERE = "from qgis.core import QgsApplication as A; A([], False); print(A.pkgDataPath())"


@pytest.fixture(scope="module")
def plugins(python):
    """Folder of QGIS's own plug-ins, the toolbox among them."""
    run = subprocess.run(
        [python, "-c", _WHERE], capture_output=True, text=True, check=True,
        env={"QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    return Path(run.stdout.strip()) / "python" / "plugins"


@pytest.fixture(scope="module")
def layer(tmp_path_factory):
    """Embedded wards with made-up counts, as an analyst's layer: some small, one absent."""
    wards = vawg_geo.read_boundaries("wards-2015")
    counts = [20 + n % 25 for n in range(len(wards))]
    counts[:12] = [1, 2, 3, 4, 5, 6, 7, 3, 2, None, 0, 0]
    wards = wards.assign(
        events=counts, people=[2000.0 + 7 * n for n in range(len(wards))], secret="seen"
    ).astype({"events": "Int64"})
    path = tmp_path_factory.mktemp("layer") / "beats.gpkg"
    wards.to_file(path, layer="beats", driver="GPKG", VERSION="1.3")
    return path, wards


@pytest.fixture
def tool(run_in_qgis, plugins, layer, tmp_path):
    """Run the tool; gives what `run_toolbox.py` prints."""
    path, _ = layer

    def run(**changes):
        parameters = {
            "LAYER": f"{path}|layername=beats", "CODE": "area_code", "NAME": "area_name",
            "COUNT": "events", "POPULATION": "people", "PERMUTATIONS": 999,
            "CONFIDENCE": 0.9, "PYTHON": sys.executable, "OUTPUT": str(tmp_path / "out.gpkg"),
        } | changes  # fmt: skip
        wishes = tmp_path / "parameters.json"
        wishes.write_text(json.dumps(parameters), "utf-8")
        done = run_in_qgis(RUN, SCRIPT, wishes, plugins)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])

    return run


def test_qgis_runs_the_tool(tool, layer):
    _, wards = layer
    said = tool()
    assert (said["id"], said["help"]) == ("vawg_rates_and_hotspots", True)
    assert said["crs"] == "EPSG:27700"
    rows = {row["area_code"]: row for row in said["rows"]}
    assert list(rows) == wards["area_code"].tolist()
    assert not any("secret" in row or "events" in row for row in said["rows"])
    kept = wards["events"].mask(wards["events"].between(1, 7)).astype(object)
    assert [row["count"] for row in said["rows"]] == kept.where(kept.notna(), None).tolist()
    states = [row["status"] for row in said["rows"]]
    assert states[:12] == ["suppressed"] * 9 + ["missing", "zero", "zero"]
    assert set(states[12:]) == {"value"}
    areas = [row["area"] for row in said["rows"]]
    assert areas == pytest.approx(wards.area.tolist())
    assert {row["edition"] for row in said["rows"]} == {"public"}


def test_its_layer_takes_the_projects_style(tool, tmp_path):
    tool()
    done = subprocess.run(
        [sys.executable, "-m", "vawg_geo", "style", tmp_path / "out.gpkg"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Hidden to protect people" in done.stdout


def test_its_figures_are_the_packages(tool, layer):
    """Through two formats and two Pythons, to the last digit."""
    _, wards = layer
    said = tool(OWN_DESK=True, STATISTIC=1)
    counts = wards.assign(sex="persons", indicator="counts", period="all", count=wards["events"])
    people = wards.assign(sex="persons", population=wards["people"])
    rates = vawg_geo.crude_rate(counts, people, confidence=0.9)
    labels = vawg_geo.getis_ord(
        counts.set_index("area_code")["count"],
        vawg_geo.build_contiguity(wards),
        population=people.set_index("area_code")["population"],
        permutations=999,
        star=True,
    )
    for row, rate, label in zip(said["rows"], rates.itertuples(), labels.itertuples(), strict=True):
        assert row["cluster"] == label.cluster
        if row["status"] == "missing":
            assert (row["rate"], row["p_value"]) == (None, None)
            continue
        wanted = (rate.rate, rate.rate_lower, rate.rate_upper, label.p_value, label.p_adjusted)
        assert tuple(
            row[name] for name in ("rate", "rate_lower", "rate_upper", "p_value", "p_adjusted")
        ) == tuple(map(float, wanted))
    assert {row["edition"] for row in said["rows"]} == {"analyst"}
    assert any("must not be passed on" in line for line in said["said"])


def test_qgis_says_what_the_package_refuses(tool):
    said = tool(CODE="secret")
    assert "'SEEN'" in said["refused"] or "seen" in str(said["refused"]).lower()
    assert "Traceback" not in str(said["refused"])


def test_without_the_package_qgis_says_what_to_install(tool, python):
    said = tool(PYTHON=python)
    assert "cannot import vawg_geo" in str(said["refused"])
