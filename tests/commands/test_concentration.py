"""`vawg-geo concentration`: how few areas hold half, and whether they are those of before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def years(own_files, ward_codes):
    """Three years of made-up counts: half of them on five wards, of which one is new in the last."""
    counts = np.random.default_rng(1).poisson(4, (len(ward_codes), 3))
    counts[:5, :] += 120
    counts[4, 2], counts[7, 2] = 4, 130

    def written(*, lacking=(), change=None):
        table = counts.astype(object)
        if change:
            table[9, 2] = change
        rows = [
            f"{code},persons,{year},crimes,{table[n, place]}"
            for n, code in enumerate(ward_codes)
            for place, year in enumerate(("2016/17", "2017/18", "2018/19"))
            if code not in lacking
        ]
        own_files[0].write_text("area_code,sex,period,indicator,count\n" + "\n".join(rows))
        return own_files[:3]

    return written


def test_concentration(run, tmp_path, years, ward_codes):
    out = tmp_path / "c.csv"
    code, printed, errors = run("concentration", *years(), "--out", out)
    assert (code, errors) == (0, "")
    assert "50% of" in printed
    found = pd.read_csv(out)
    assert found["period"].tolist() == ["2016/17", "2017/18", "2018/19"]
    last = found.iloc[-1]
    held = last["holding_codes"].split()
    assert len(held) == last["areas_holding"]
    assert set(ward_codes[:4]) | {ward_codes[7]} <= set(held)
    assert ward_codes[4] not in held
    assert last["period_before"] == "2017/18"
    before = found.iloc[1]["holding_codes"].split()
    assert last["also_before"] == len(set(held) & set(before)) < len(held)
    assert f"were among the {len(before)} of 2017/18" in printed


def test_some_of_the_periods(run, tmp_path, years):
    out = tmp_path / "c.csv"
    assert run("concentration", *years(), "--to", "2017/18", "--out", out)[0] == 0
    assert pd.read_csv(out)["period"].tolist() == ["2016/17", "2017/18"]
    given = ("--from", "2018/19", "--to", "2016/17", "--out", tmp_path / "d.csv")
    code, _, errors = run("concentration", *years(), *given)
    assert code == 2
    assert "'2018/19' is after '2016/17'. Name the earlier one first." in errors
    assert not (tmp_path / "d.csv").exists()


def test_areas_without_a_row_are_said(run, tmp_path, years, ward_codes):
    given = years(lacking=ward_codes[20:30])
    _, printed, _ = run("concentration", *given, "--out", tmp_path / "c.csv")
    assert "10 of 144 areas with residents have no row of counts" in printed
    assert f"first: {ward_codes[20]}" in printed
    assert pd.read_csv(tmp_path / "c.csv")["areas"].tolist() == [134] * 3


def test_a_hidden_count_says_nothing_of_all(run, tmp_path, years):
    _, printed, _ = run("concentration", *years(change="<5"), "--out", tmp_path / "c.csv")
    assert "1 of 144 areas have no count" in printed
    found = pd.read_csv(tmp_path / "c.csv")
    assert found["gini"].isna().tolist() == [False, False, True]
    assert found["status"].tolist()[-1] == "suppressed"
    assert found["holding_codes"].isna().tolist()[-1]


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (["--share", "0"], "a share lies above 0"),
        (["--from", "2011/12"], "there are no figures of"),
    ],
)
def test_what_is_refused(run, tmp_path, years, options, match):
    code, _, errors = run("concentration", *years(), *options, "--out", tmp_path / "c.csv")
    assert code == 2
    assert match in errors
    assert not (tmp_path / "c.csv").exists()
