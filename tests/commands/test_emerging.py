"""`vawg-geo emerging`: classes and clusters of months, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vawg_geo.commands import emerging

MONTHS = [f"2019-{month:02}" for month in range(1, 13)]


@pytest.fixture
def months(tmp_path, own_files, ward_codes):
    """Twelve months of made-up counts with one ward far above its level in the last two."""
    counts = np.random.default_rng(1).poisson(20, (len(ward_codes), 12))
    counts[0, 10:] += 80

    def written(lacking=(), words=MONTHS):
        rows = [
            f"{code},persons,{month},crimes,{counts[n, place]}"
            for n, code in enumerate(ward_codes)
            for place, month in enumerate(words)
            if month not in lacking
        ]
        own_files[0].write_text("area_code,sex,period,indicator,count\n" + "\n".join(rows))
        return [*own_files, "--replicates", "99", "--permutations", "999"]

    return written


def test_emerging(run, tmp_path, months, ward_codes):
    out = tmp_path / "e.csv"
    code, printed, errors = run("emerging", *months(), "--out", out)
    assert (code, errors) == (0, "")
    assert "Gi* of each of 12 periods" in printed
    assert "the end is 2019-11 to 2019-12" in printed
    assert "2019-11 to 2019-12: " in printed
    assert "p = 0.010" in printed
    assert "recording of such offences improved" in printed
    found = pd.read_csv(out)
    assert len(found) == len(ward_codes)
    top = found[found["scan_cluster"] == 1]
    assert ward_codes[0] in set(top["area_code"])
    assert (top["cluster_from"] == "2019-11").all()
    assert top["significant"].astype(str).eq("True").all()
    assert found["emerging"].isin(["new", "none", "persistent", "not_applicable"]).all()
    assert {"trend", "trend_p_adjusted", "periods_hot", "change_cv"} <= set(found.columns)


def test_without_the_scan(run, tmp_path, months):
    """Its columns are not there: nothing was looked for, which is not nothing found."""
    out = tmp_path / "e.csv"
    code, printed, errors = run("emerging", *months(), "--no-scan", "--out", out)
    assert (code, errors) == (0, "")
    assert "no space-time scan" in printed
    assert "p = " not in printed
    found = pd.read_csv(out)
    assert not {"scan_cluster", "p_value", "change_cv"} & set(found.columns)
    assert {"emerging", "trend", "seed", "weights"} <= set(found.columns)


def test_what_takes_long_is_said_first(run, tmp_path, months, monkeypatch):
    monkeypatch.setattr(emerging, "MANY", 100)
    _, printed, _ = run("emerging", *months(), "--out", tmp_path / "e.csv")
    assert printed.startswith("Note: the space-time scan of 144 areas with 99 replicates takes ")
    _, printed, _ = run("emerging", *months(), "--no-scan", "--out", tmp_path / "n.csv")
    assert "takes long" not in printed


def test_the_order_of_the_rows_is_not_that_of_time(run, tmp_path, months):
    given = months()
    assert run("emerging", *given, "--out", tmp_path / "e.csv")[0] == 0
    table = pd.read_csv(given[0])
    table.iloc[::-1].to_csv(given[0], index=False)
    assert run("emerging", *given, "--out", tmp_path / "again.csv")[0] == 0
    columns = ["area_code", "emerging", "trend", "period_to", "cluster_from", "p_value"]
    first, again = (
        pd.read_csv(tmp_path / name)[columns].sort_values("area_code", ignore_index=True)
        for name in ("e.csv", "again.csv")
    )
    pd.testing.assert_frame_equal(first, again)


def test_a_month_that_is_missing_is_said(run, tmp_path, months):
    code, printed, _ = run("emerging", *months(lacking=["2019-07"]), "--out", tmp_path / "e.csv")
    assert code == 0
    assert "1 gap between the periods; first: after 2019-06 comes 2019-08" in printed
    assert (pd.read_csv(tmp_path / "e.csv")["periods"].max()) == 11


@pytest.mark.parametrize(
    ("lacking", "words", "message"),
    [
        (MONTHS[:3], MONTHS, "9 periods were given, and at least 10"),
        ((), ["2019", *MONTHS[:-1]], "begin before the one before them ends; first: '2019' after"),
    ],
)
def test_too_few_periods_and_overlapping_ones(run, tmp_path, months, lacking, words, message):
    """Nothing is written, and no traceback."""
    out = tmp_path / "e.csv"
    code, _, errors = run("emerging", *months(lacking, words), "--out", out)
    assert code == 2
    assert message in errors
    assert not out.exists()


def test_all_zero_has_no_class(run, tmp_path, months):
    given = months()
    table = pd.read_csv(given[0]).assign(count=0)
    table.to_csv(given[0], index=False)
    code, printed, _ = run("emerging", *given, "--out", tmp_path / "e.csv")
    assert code == 0
    assert "No events at all" in printed
    assert set(pd.read_csv(tmp_path / "e.csv")["emerging"]) == {"not_applicable"}
