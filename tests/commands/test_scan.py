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


def test_both_models_are_printed_where_they_differ(run, tmp_path, own_files):
    """Wards in turn high and low: a cluster under one risk everywhere, and none with their own."""
    counts = own_files[0]
    table = pd.read_csv(counts)
    table["count"] = [60 if n % 7 == 0 else 10 for n in range(len(table))]
    table.to_csv(counts, index=False)
    said, found = {}, {}
    for model in ("negative-binomial", "poisson"):
        out = tmp_path / f"{model}.csv"
        code, said[model], _ = run("scan", *own_files, "--model", model, "--out", out)
        assert code == 0
        found[model] = pd.read_csv(out).dropna(subset="scan_cluster")
        assert set(found[model]["scan_model"]) == {model}
        assert (found[model]["risk_cv"] > 0.5).all()
    assert "estimated CV" in said["negative-binomial"]
    assert "under the poisson model p = 0.001 (significant)" in said["negative-binomial"]
    assert "(may be chance)" in said["poisson"]
    assert "members: E0" in said["poisson"] or "1 area," in said["poisson"]
    both = [found[name].set_index("area_code") for name in found]
    assert both[0]["p_value"].equals(both[1]["p_value_other_model"])
