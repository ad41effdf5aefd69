"""`vawg-geo rates --standardise`: what it writes, and what it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

AREAS = {"E07000008": (40, 30, 10), "E07000009": (12, 60, 30), "E10000003": (52, 90, 40)}
PEOPLE = {
    "E07000008": (40_000, 50_000, 15_000),
    "E07000009": (9_000, 45_000, 18_000),
    "E10000003": (49_000, 95_000, 33_000),
}
GROUPS = ("16-24", "25-64", "65+")


@pytest.fixture
def files(tmp_path):
    head = "area_code,sex,indicator,period,age_group,count\n"
    rows = [f"{code},persons,crimes,2023/24,{group},{n}\n"
            for code, counts in AREAS.items() for group, n in zip(GROUPS, counts, strict=True)]  # fmt: skip
    (tmp_path / "ages.csv").write_text(head + "".join(rows))
    people = [f"{code},persons,{','.join(map(str, n))}\n" for code, n in PEOPLE.items()]
    (tmp_path / "people.csv").write_text("area_code,sex,16-24,25-64,65+\n" + "".join(people))
    totals = [f"{code},persons,crimes,2023/24,{sum(n)}\n" for code, n in AREAS.items()]
    (tmp_path / "counts.csv").write_text("area_code,sex,indicator,period,count\n" + "".join(totals))
    return tmp_path


def test_direct_rates(run, files):
    out = files / "dsr.csv"
    arguments = ["rates", files / "ages.csv", "--population", files / "people.csv"]
    code, printed, _ = run(*arguments, "--standardise", "direct", "--out", out)
    assert code == 0
    assert "European Standard Population 2013" in printed
    # By hand: 16-24 has 4/5 of 15-19 and 20-24 whole.
    older = 6000 + 6500 + 4 * 7000 + 6500 + 6000
    weights = np.array([4400 + 6000, older, 5500 + 5000 + 4000 + 2500 + 2500])
    x, n = np.array(AREAS["E07000008"]), np.array(PEOPLE["E07000008"])
    rate = 1000 * (weights * x / n).sum() / weights.sum()
    assert pd.read_csv(out)["rate"].iloc[0] == pytest.approx(rate)
    code, printed, _ = run(
        *arguments, "--standardise", "direct", "--standard", "E10000003", "--out", out, "--replace"
    )
    assert "residents of E10000003" in printed
    county = pd.read_csv(out).set_index("area_code").loc["E10000003"]
    assert county["rate"] == pytest.approx(1000 * county["count"] / county["population"])


def test_indirect_ratios_by_the_comparator_and_by_a_reference(run, files):
    out = files / "isr.csv"
    people = ["--population", files / "people.csv", "--standardise", "indirect", "--out", out]
    code, _, _ = run("rates", files / "ages.csv", *people, "--comparator", "E10000003")
    assert code == 0
    found = pd.read_csv(out).set_index("area_code")
    expected = sum(n * x / m for n, x, m in zip(
        PEOPLE["E07000008"], AREAS["E10000003"], PEOPLE["E10000003"], strict=True))  # fmt: skip
    assert found.loc["E07000008", "expected"] == pytest.approx(expected)
    assert found.loc["E10000003", "ratio"] == pytest.approx(1)
    (files / "reference.csv").write_text(
        "age_group,count,population\n16-24,52,49000\n25-64,90,95000\n65+,40,33000\n"
    )
    code, _, _ = run("rates", files / "counts.csv", *people, "--replace", "--reference",
                     files / "reference.csv")  # fmt: skip
    assert code == 0
    again = pd.read_csv(out).set_index("area_code")
    pd.testing.assert_series_equal(found["ratio_upper"], again["ratio_upper"])


def test_the_wards_of_the_country_are_residents_by_age(run, files, root):
    from vawg_geo.inputs.national import read_national

    wards = read_national("residents-wards-2025")["area_code"].unique()[:5]
    counts = "".join(f"{code},persons,crimes,2023/24,{20 + n}\n" for n, code in enumerate(wards))
    (files / "wards.csv").write_text("area_code,sex,indicator,period,count\n" + counts)
    (files / "reference.csv").write_text("age_group,rate\n0-14,0.0001\n15-44,0.004\n45+,0.001\n")
    residents = root / "data" / "national" / "residents_wards_2025.csv.gz"
    plain = files / "residents.csv"
    pd.read_csv(residents, dtype=str).to_csv(plain, index=False)
    code, _, error = run(
        "rates", files / "wards.csv", "--population", plain, "--standardise", "indirect",
        "--reference", files / "reference.csv", "--out", files / "isr.csv",
    )  # fmt: skip
    assert code == 0, error
    found = pd.read_csv(files / "isr.csv")
    assert found["ratio"].notna().all()


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (["--standardise", "indirect"], "needs rates by age group"),
        (["--standardise", "direct", "--reference", "ages.csv"], "of indirect ratios"),
        (["--standardise", "direct", "--method", "wilson"], "of proportions"),
        (["--standard", "ESP2013"], "goes with --standardise"),
        (["--standardise", "direct", "--standard", "E1"], "is no standard"),
    ],
)
def test_what_does_not_go_together(run, files, options, match):
    arguments = ["rates", files / "ages.csv", "--population", files / "people.csv"]
    code, _, error = run(*arguments, *options, "--out", files / "out.csv")
    assert code == 2
    assert match in error
    assert not (files / "out.csv").exists()
