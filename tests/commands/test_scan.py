"""`vawg-geo scan`: clusters, and what is said of them."""

from __future__ import annotations

import pandas as pd


def test_scan(run, tmp_path, own_files):
    out = tmp_path / "s.csv"
    code, printed, _ = run("scan", *own_files, "--replicates", "99", "--out", out)
    assert code == 0
    assert "cluster 1 about E0" in printed
    assert {"scan_cluster", "relative_risk", "p_value"} <= set(pd.read_csv(out).columns)


def test_scan_says_what_it_left_out_and_what_may_be_chance(run, tmp_path, own_files):
    counts = own_files[0]
    counts.write_text(counts.read_text().replace(",20\n", ",x\n", 1))
    code, printed, _ = run("scan", *own_files, "--replicates", "99", "--out", tmp_path / "s.csv")
    assert code == 0
    assert "in no circle" in printed
    assert "(may be chance)" in printed
    assert {"significant", "radius_m", "max_population"} <= set(
        pd.read_csv(tmp_path / "s.csv").columns
    )
