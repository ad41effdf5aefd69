"""`vawg-geo count`: what it prints, what it writes, what it refuses."""

from __future__ import annotations

import pytest

from vawg_geo.commands.main import main
from vawg_geo.inputs.counts import read_counts
from vawg_geo.project import read_project

ROWS = (
    "Month,Longitude,Latitude,Crime type\n"
    "2020-01,0.12,52.2,Drugs\n2020-01,0.12,52.2,Drugs\n2020-01,0.13,52.21,Burglary\n"
    "2020-01,,,Drugs\n2020-01,1.5,52.5,Drugs\n"
)


@pytest.fixture
def points(tmp_path):
    path = tmp_path / "2020-01-a-street.csv"
    path.write_text(ROWS)
    return path


def run(capsys, *arguments):
    code = main(["count", *map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_account_without_output(capsys, points):
    code, out, _ = run(capsys, points, "--areas", "wards-2015", "--category", "Crime type=Drugs")
    assert code == 0
    assert "All rows: 5 = 3 in an area (0 of them on a border) + 1 outside + 1 without" in out
    assert "Drugs: 4 = 2 in an area (0 of them on a border) + 1 outside + 1 without" in out
    assert "2 of 2 points in areas share their exact place" in out
    assert "of 144 areas have no row of any kind" in out
    assert "Nothing was written" in out


def test_the_table_is_one_that_a_project_takes(capsys, points, tmp_path, make_project):
    config = make_project()
    out = config.parent / "counts.csv"
    code, said, _ = run(
        capsys, points, "--areas", "wards-2015", "--category", "Crime type=Drugs", "--out", out,
        "--indicator", "drug offences", "--vintage", "2015", "--replace",
    )  # fmt: skip
    assert code == 0
    assert "144 counts" in said
    table = read_counts(out, level="ward", vintage="2015")
    assert table["count"].sum() == 2
    assert set(table["indicator"]) == {"drug offences"}
    assert (table["status"] == "zero").sum() == 143
    assert read_project(config).counts[0].file == "counts.csv"
    assert main(["check", str(config)]) in {0, 1}


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (["--category", "Drugs"], "is not COLUMN=VALUE"),
        (["--category", "Crime type=Theft"], "0 of 5 rows have 'Crime type' = 'Theft'"),
        (["--out", "x.gpkg"], "must end in .csv"),
        (["--out", "nowhere/x.csv"], "does not exist"),
        (["--out", "x.csv"], "Give it one with --indicator"),
        (["--areas", "wards-2051"], "wards-2051"),
        (["--scheduler", "nowhere"], "no scheduler answers"),
    ],
)
def test_refusals(capsys, points, tmp_path, monkeypatch, options, match):
    monkeypatch.chdir(tmp_path)
    code, _, error = run(capsys, points, "--areas", "wards-2015", *options)
    assert code == 2
    assert match in error
    assert sorted(p.name for p in tmp_path.iterdir()) == [points.name]


def test_a_period_is_asked_for(capsys, tmp_path):
    points = tmp_path / "p.csv"
    points.write_text("easting,northing\n545000,258000\n")
    out = tmp_path / "x.csv"
    options = ("--areas", "wards-2015", "--out", out, "--indicator", "x")
    code, _, error = run(capsys, points, *options)
    assert (code, "with --period" in error) == (2, True)
    assert run(capsys, points, *options, "--period", "2020")[0] == 0
    assert set(read_counts(out)["period"]) == {"2020"}
