"""GDAL and R's sf read the same rows from GeoPackage, file geodatabase and FlatGeobuf."""

from __future__ import annotations

import importlib.util
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from vawg_geo.publish.exports import write_exports
from vawg_geo.publish.geopackage.write import write_geopackage
from vawg_geo.results.results import results_of

ROOT = Path(__file__).resolve().parents[2]
LAYERS = [
    "ward_summary", "district_services", "ward_domestic_abuse_crimes_illustrative",
    "district_reach_marac_cases_per_1_000_women",
]  # fmt: skip


@pytest.fixture(scope="module")
def same_rows():
    spec = importlib.util.spec_from_file_location("same_rows", ROOT / "dev" / "same_rows.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(default_edition, tmp_path_factory):
    made = tmp_path_factory.mktemp("formats")
    results = results_of(default_edition("public"))
    write_geopackage(results, made / "vawg.gpkg")
    write_exports(results, made / "layers", formats=["filegdb", "flatgeobuf"])
    return made


def asked(folder, reader):
    return [str(folder), "--reader", reader, *(f"--layer={name}" for name in LAYERS)]


def require(program, absent):
    if shutil.which(program) is None:
        absent(f"{program} is not installed")


def test_gdal_reads_the_same_from_every_format(same_rows, folder, absent, capsys):
    """GDAL's own programs read the same rows and values from every format, NULL included."""
    require("ogr2ogr", absent)
    assert same_rows.main(asked(folder, "ogr2ogr")) == 0
    said = capsys.readouterr().out
    assert "12 layers" in said
    assert said.endswith("0 differ\n")


@pytest.mark.long
def test_r_reads_the_same_from_every_format(same_rows, folder, absent, capsys):
    """R's sf reads the same rows and values from every format, NA included."""
    require("Rscript", absent)
    if subprocess.run(
        ["Rscript", "-e", "library(sf)"], capture_output=True, check=False
    ).returncode:
        absent("R's sf is not installed")
    assert same_rows.main(asked(folder, "Rscript")) == 0
    assert capsys.readouterr().out.endswith("0 differ\n")


def test_one_value_that_differs_is_found(same_rows, folder, absent, tmp_path, capsys):
    require("ogr2ogr", absent)
    shutil.copytree(folder, tmp_path / "other")
    with closing(sqlite3.connect(tmp_path / "other" / "vawg.gpkg")) as base, base:
        changed = base.execute(
            "UPDATE rates SET rate = rate + 0.001 WHERE level = 'ward' AND status = 'value' "
            "AND indicator = 'domestic abuse crimes' AND rowid = (SELECT max(rowid) FROM rates "
            "WHERE level = 'ward' AND status = 'value' AND indicator = 'domestic abuse crimes')"
        )
        assert changed.rowcount == 1
    assert same_rows.main(asked(tmp_path / "other", "ogr2ogr")) == 1
    said = capsys.readouterr().out
    # The GeoPackage is read by both; the other two files still have the rate as it was.
    assert "4 differ" in said
    assert "rate_female" in said


def test_what_is_absent_is_no_zero_and_a_row_too_few_is_seen(same_rows):
    row = {"area_code": "E05002703", "count": None, same_rows._AREA: 1.0}
    assert same_rows.differences([row], [dict(row)]) == []
    assert same_rows.differences([row], [row | {"count": 0}]) != []
    assert same_rows.differences([row], [row | {"count": ""}]) != []
    assert same_rows.differences([row], []) == ["0 rows and not 1"]
    assert same_rows.differences([row], [row | {same_rows._AREA: 90.0}]) != []
