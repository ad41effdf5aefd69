"""`vawg-geo hotspots`: labels, a layer, and what is refused."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

import vawg_geo


@pytest.mark.parametrize("statistic", ["local-moran", "gi-star"])
def test_hotspots(run, tmp_path, own_files, statistic):
    out = tmp_path / "h.csv"
    options = ["--statistic", statistic, "--permutations", "999", "--weights", "knn:6"]
    code, printed, _ = run("hotspots", *own_files, *options, "--out", out)
    assert code == 0
    assert "no small number is hidden" in printed
    table = pd.read_csv(out)
    wanted = {"z", "p_value", "p_adjusted", "cluster", "stability", "neighbours", "weights"}
    assert wanted <= set(table.columns)
    assert table["statistic"].unique().tolist() == [statistic]
    assert table["neighbours"].unique().tolist() == [6]
    assert len(table) == 144


def test_hotspots_without_stability(run, tmp_path, own_files):
    out = tmp_path / "h.csv"
    options = ["--permutations", "999", "--no-stability", "--out", out]
    assert run("hotspots", *own_files, *options)[0] == 0
    table = pd.read_csv(out)
    assert table["stability"].isna().all()
    assert table["p_value"].notna().all()


def test_hotspots_as_a_layer(run, tmp_path, own_files):
    out = tmp_path / "h.gpkg"
    code, _, _ = run("hotspots", *own_files, "--permutations", "999", "--out", out)
    assert code == 0
    layer = gpd.read_file(out)
    assert len(layer) == 144
    assert layer.crs == "EPSG:27700"


@pytest.mark.promise
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--weights", "bishop"], "cannot be read"),
        (["--weights", "knn:144"], "smaller k"),
        (["--seed", "-1"], "0 or more"),
        (["--permutations", "7"], "99"),
        (["--out", "x.docx"], "must end in .csv"),
    ],
)
def test_hotspots_refuse(run, tmp_path, own_files, options, message):
    """The command for hotspots refuses what it cannot use with one message and writes nothing."""
    arguments = ["hotspots", *own_files, "--out", tmp_path / "h.csv", *options]
    code, _, error = run(*arguments)
    assert code == 2
    assert message in error
    assert not (tmp_path / "h.csv").exists()


@pytest.mark.parametrize("command", ["hotspots", "scan"])
def test_a_boundary_file_is_never_written_over(run, tmp_path, own_files, command):
    layer = tmp_path / "mine.gpkg"
    vawg_geo.read_boundaries("wards-2015").to_file(layer)
    before = layer.read_bytes()
    code, _, error = run(command, *own_files[:-1], layer, "--out", layer)
    assert code == 2
    assert "is one of the inputs" in error
    assert layer.read_bytes() == before


def test_hotspots_say_why_there_is_no_label(run, tmp_path, own_files):
    counts = own_files[0]
    counts.write_text(counts.read_text().replace(",20\n", ",x\n", 1))
    options = ["--permutations", "999", "--correction", "bonferroni", "--out", tmp_path / "h.csv"]
    code, printed, _ = run("hotspots", *own_files, *options)
    assert code == 0
    assert "without a label, suppressed: 1" in printed
    needed = 143 * 20 - 1
    assert "Note: 999 permutations are too few for one of the areas alone" in printed
    assert f"{needed:,} are needed" in printed
    assert "No area stands out after the correction. The smallest adjusted p is" in printed
    table = pd.read_csv(tmp_path / "h.csv")
    assert table["reason"].tolist().count("suppressed") == 1


def test_hotspots_across_the_water(run, root, tmp_path, own_files):
    options = ["--permutations", "999", "--no-stability", "--replace", "--out", tmp_path / "h.csv"]
    printed = run("hotspots", *own_files, *options)[1]
    assert "8 pairs among 144 areas face each other" in printed
    before = pd.read_csv(tmp_path / "h.csv").set_index("area_name")
    assert set(before["weights"]) == {"queen"}
    file = tmp_path / "bridges.csv"
    pairs = pd.read_csv(root / "data" / "bridges_wards_2015.csv")
    pd.concat([pairs[1:], pairs[2:3]]).to_csv(file, index=False)
    code, printed, _ = run("hotspots", *own_files, *options, "--bridges", file)
    assert code == 0
    assert "1 pair among 144 areas faces each other" in printed
    assert "1 of 8 rows repeat a pair across water; first: Clarkson and Peckover" in printed
    table = pd.read_csv(tmp_path / "h.csv").set_index("area_name")
    assert set(table["weights"]) == {"queen+bridges:7"}
    more = table["neighbours"] - before["neighbours"]
    assert more["Earith"] == 1
    assert more["Peckover"] == 2
    assert more.sum() == 14
    file.write_text(file.read_text().replace("E05009506", "E05009999"))
    code, _, error = run("hotspots", *own_files, *options, "--bridges", file)
    assert code == 2
    assert "'E05009999 Peckover'" in error
