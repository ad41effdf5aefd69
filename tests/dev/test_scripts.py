"""The analysts' scripts run as their first lines say, are short, and use the front door alone."""

from __future__ import annotations

import ast
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "scripts"
SCRIPTS = sorted(path.name for path in FOLDER.glob("[a-z]*.py"))


def said_line(script):
    """The line that a script says it is run by, as words."""
    text = ast.get_docstring(ast.parse((FOLDER / script).read_text("utf-8")), clean=False)
    line = text.split("\n\n")[1].replace("\\\n", "")
    return shlex.split(line)


def strange_imports(source):
    """Modules that are neither the front door nor Python's own."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    return {name for name in names if name != "vawg_geo"} - sys.stdlib_module_names


@pytest.fixture
def desk(root, tmp_path):
    """A clone's folders, and nothing of what scripts write."""
    for name in ("scripts", "data", "boundaries"):
        (tmp_path / name).symlink_to(root / name)
    return tmp_path


def run(desk, *words):
    command = [sys.executable, "-W", "error", *map(str, words)]
    return subprocess.run(command, cwd=desk, capture_output=True, text=True, check=False)


def run_as_said(desk, script):
    python, *words = said_line(script)
    assert (python, words[0]) == ("python", f"scripts/{script}")
    done = run(desk, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout, desk / words[-1]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_short_and_uses_the_front_door(script):
    """Seen to fail: with an import of `vawg_geo.project` in one of them."""
    source = (FOLDER / script).read_text("utf-8")
    assert len(source.splitlines()) < 60
    assert strange_imports(source) == set()
    assert strange_imports("from vawg_geo.project import read_project") == {"vawg_geo.project"}


@pytest.mark.long
def test_a_map_of_the_published_districts(desk):
    said, page = run_as_said(desk, "map_published_districts.py")
    assert page.stat().st_size > 100_000
    assert said.splitlines()[2].split() == ["Peterborough", "4683", "31.1", "30.2", "32.0"]


@pytest.mark.long
def test_a_map_of_own_counts_by_district_where_most_wards_are_small(desk):
    said, page = run_as_said(desk, "map_own_wards.py")
    assert page.stat().st_size > 100_000
    assert "Not shown by ward: violence and sexual offences" in said


def test_a_map_of_own_wards_by_a_copy_of_the_script(tmp_path, ward_codes):
    """A script that reached for what lies beside it would not run elsewhere."""
    shutil.copyfile(FOLDER / "map_own_wards.py", tmp_path / "mine.py")
    rows = [f"{code},persons,2019/20,thefts,{7 * n % 90}" for n, code in enumerate(ward_codes)]
    table = "\n".join(["area_code,sex,period,indicator,count", *rows])
    (tmp_path / "mine.csv").write_text(table + "\n", "utf-8")
    done = run(tmp_path, "mine.py", "mine.csv", "wards.html")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "wards.html").read_text("utf-8")
    assert "Arbury" in page
    assert "assessment" not in page
    assert "Not shown" not in done.stdout


@pytest.mark.long
def test_rates_of_own_wards(desk):
    said, path = run_as_said(desk, "rates_of_own_wards.py")
    rates = pd.read_csv(path).set_index("area_code")
    # 658 offences among 150,817 residents.
    assert rates.loc["E06000031", ["count", "rate"]].tolist() == [658, 4.363]
    assert rates.loc["E06000031", "significance"] == "higher"
    assert not (rates["level"] == "ward").any()
    assert "district" in said


@pytest.mark.long
def test_hotspots_of_an_own_layer(desk):
    import geopandas as gpd

    said, path = run_as_said(desk, "hotspots_of_own_layer.py")
    layer = gpd.read_file(path)
    assert len(layer) == 144
    clusters = layer[layer["scan_cluster"].notna()]
    assert clusters.groupby("scan_cluster").size().to_dict() == {1: 11}
    assert {"Central", "Park"} <= set(clusters["area_name"])
    assert not [name for name in layer if "count" in name]
    assert "11 areas around Central: p = 0.0" in said


@pytest.mark.long
def test_pictures_of_indicators(desk):
    said, folder = run_as_said(desk, "pictures_of_indicators.py")
    pictures = sorted(folder.glob("*.png"))
    assert len(pictures) == said.count("Map of 6 districts") == 7
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)


def test_six_years_that_are_made_up(desk):
    """Seen to fail: with no ward made to change."""
    said, path = run_as_said(desk, "six_years_made_up.py")
    table = pd.read_csv(path)
    assert (table["Ward code"].nunique(), len(table)) == (155, 155 * 6 * 2)
    assert all("(made up)" in offence for offence in table["Offence"])
    crimes = table[table["Offence"].str.startswith("Domestic")]
    by_year = crimes.pivot_table(index="Ward code", columns="Year", values="Number")
    ratio = by_year.iloc[:, 3:].sum(axis=1) / by_year.iloc[:, :3].sum(axis=1)
    names = crimes.groupby("Ward code")["Ward"].first()
    planted = {code: ratio[code] for code in names.index if names[code] in said}
    assert sorted(planted.values()) == pytest.approx([0.5, 2.0, 2.0], rel=0.35)
    assert ratio.drop(list(planted)).between(0.6, 1.6).all()
    again = path.read_bytes()
    run_as_said(desk, "six_years_made_up.py")
    assert path.read_bytes() == again


@pytest.mark.parametrize("script", SCRIPTS)
def test_without_words_a_script_says_how_it_is_run(desk, script):
    done = run(desk, f"scripts/{script}")
    assert done.returncode == 1
    assert f"python scripts/{script}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_table_that_is_not_there(desk):
    done = run(desk, "scripts/map_own_wards.py", "none.csv", "wards.html")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("none.csv is not there")
    assert not (desk / "wards.html").exists()


def test_every_script_has_a_test_above():
    ours = Path(__file__).read_text("utf-8")
    assert [name for name in SCRIPTS if f'run_as_said(desk, "{name}")' not in ours] == []
