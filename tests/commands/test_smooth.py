"""`vawg-geo smooth`: smoothed risks, and what is said of them."""

from __future__ import annotations

import pandas as pd
import pytest


def test_smooth(run, tmp_path, own_files):
    out = tmp_path / "s.csv"
    code, printed, _ = run("smooth", *own_files, "--threshold", "1.1", "--out", out)
    assert code == 0
    table = pd.read_csv(out)
    high = (table["probability_above"] >= 0.95).sum()
    assert f"{high} of 144 areas above 1.1 with a probability of 95% or more" in printed
    assert "is a pattern of neighbours (" in printed
    assert (table["smoothed_lower"] < table["smoothed_risk"]).all()
    assert (table["smoothed_risk"] < table["smoothed_upper"]).all()
    assert table["expected"].sum() == pytest.approx(table["count"].sum(), rel=1e-6)
    # Shrunk: the highest is lower than it was, the lowest higher.
    ratio = table["count"] / table["expected"]
    assert table["smoothed_risk"].max() < ratio.max()
    assert table["smoothed_risk"].min() > ratio.min()


def test_a_series_without_events_is_left_out(run, tmp_path, own_files):
    counts = own_files[0]
    text = counts.read_text()
    header, *rows = text.splitlines()
    none = [row.rsplit(",", 2)[0] + ",thefts,0" for row in rows]
    counts.write_text("\n".join([header, *rows, *none]))
    code, printed, _ = run("smooth", *own_files, "--out", tmp_path / "s.csv")
    assert code == 0
    assert "Note: thefts, persons, 2015/16: no events, so no risk; it is left out." in printed
    assert set(pd.read_csv(tmp_path / "s.csv")["indicator"]) == {"crimes"}
    counts.write_text("\n".join([header, *none]))
    code, _, error = run("smooth", *own_files, "--out", tmp_path / "t.csv")
    assert code == 2
    assert "has no event in any series" in error
    assert not (tmp_path / "t.csv").exists()


def test_a_layer_is_added(run, tmp_path, own_files):
    import pyogrio

    out = tmp_path / "s.gpkg"
    code, _, _ = run("smooth", *own_files, "--weights", "knn:4", "--out", out)
    assert code == 0
    found = pyogrio.read_dataframe(out, layer="smooth")
    assert len(found) == 144
    assert set(found["weights"]) == {"knn:4"}


@pytest.mark.parametrize("options", [("--threshold", "-1"), ("--confidence", "2")])
def test_what_it_refuses(run, tmp_path, own_files, options):
    code, _, error = run("smooth", *own_files, *options, "--out", tmp_path / "s.csv")
    assert code == 2
    assert "must" in error
    assert not (tmp_path / "s.csv").exists()
