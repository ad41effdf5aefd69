"""`vawg-geo change` and `vawg-geo trend`: what they write and say, and what they refuse."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest

YEARS = [f"20{y}/{y + 1}" for y in range(14, 20)]


@pytest.fixture
def files(tmp_path, ward_codes):
    """Six years of forty wards and their sum; the first ward rose to three times its events."""
    generator = np.random.default_rng(8)
    counts = generator.poisson(40, (40, 6))
    counts[0] = [40, 38, 41, 60, 90, 130]
    head, codes = "area_code,sex,indicator,period,count\n", [*ward_codes[:40], "E10000003"]
    rows = [
        f"{code},persons,crimes,{year},{n}\n"
        for code, row in zip(codes, [*counts, counts.sum(axis=0)], strict=True)
        for year, n in zip(YEARS, row, strict=True)
    ]
    (tmp_path / "counts.csv").write_text(head + "".join(rows))
    people = [f"{code},persons,{200_000 if code[1:3] == '10' else 5000}\n" for code in codes]
    (tmp_path / "people.csv").write_text("area_code,sex,population\n" + "".join(people))
    return tmp_path


@pytest.fixture
def ask(run, files):
    def command(name, *options, out="out.csv"):
        code, printed, error = run(
            name, files / "counts.csv", "--population", files / "people.csv",
            *options, "--out", files / out,
        )  # fmt: skip
        return code, printed, error, files / out

    return command


def test_change(ask, ward_codes):
    code, printed, error, out = ask("change", "--from", "2016/17", "--comparator", "E10000003")
    assert code == 0, error
    assert "2016/17 to 2019/20, 1 increasing, 0 decreasing, 39 without" in printed
    assert "against the change of E10000003, 1 increasing" in printed
    assert "beyond chance" in printed or "by chance alone" in printed
    assert "no small number is hidden" in printed
    found = pd.read_csv(out)
    first = found.iloc[0]
    assert first[["area_code", "change", "relative_change"]].tolist() == [
        ward_codes[0], "increasing", "increasing",
    ]  # fmt: skip
    assert first["ratio"] == pytest.approx(130 / 41)
    wanted = ["area_code", "area_name", "level", "indicator", "sex", "period_from", "period_to"]
    assert found.columns.tolist()[:7] == wanted
    assert {"ratio", "ratio_lower", "ratio_upper", "p_value", "p_adjusted", "relative_ratio",
            "change", "status", "note"} <= set(found)  # fmt: skip


def test_pooled_periods(ask):
    code, _, error, out = ask("change", "--pool", "3")
    assert code == 0, error
    found = pd.read_csv(out)
    assert found["period_from"].unique().tolist() == ["2014/15 to 2016/17"]
    assert found["period_to"].unique().tolist() == ["2017/18 to 2019/20"]
    assert found.loc[0, "count_to"] == 60 + 90 + 130
    # A rate stays one of a year.
    assert found.loc[0, "rate_to"] == pytest.approx(1000 * 280 / 15_000)


def test_into_a_workbook(ask, files):
    counts = (files / "counts.csv").read_text().replace("2018/19,90", "2018/19,0")
    (files / "counts.csv").write_text(counts)
    code, _, error, out = ask("change", out="out.xlsx")
    assert code == 0, error
    found = pd.read_excel(out, sheet_name="change", engine="openpyxl")
    assert found.loc[0, "ratio_lower"] > 1
    assert "no upper limit" in found.loc[0, "note"]


def test_trend(ask, ward_codes):
    code, printed, error, out = ask("trend", "--points", "6")
    assert code == 0, error
    assert "1 increasing" in printed
    assert "better recording" in printed
    found = pd.read_csv(out).set_index("area_code")
    row = found.loc[ward_codes[0]]
    assert row[["trend", "points", "period_from"]].tolist() == ["increasing", 6, "2014/15"]


def test_months(run, files, ward_codes):
    generator = np.random.default_rng(9)
    rows = []
    for code in ward_codes[:5]:
        for year in (2017, 2018, 2019):
            for month in range(1, 13):
                n = (
                    300
                    if (code, year, month) == (ward_codes[0], 2019, 7)
                    else generator.poisson(30)
                )
                if (year, month) != (2019, 5):
                    rows.append(f"{code},persons,crimes,{year}-{month:02},{n}\n")
    counts = files / "months.csv"
    counts.write_text("area_code,sex,indicator,period,count\n" + "".join(rows))
    code, printed, error = run(
        "trend", counts, "--population", files / "people.csv", "--out", files / "out.csv"
    )
    assert code == 0, error
    assert "gaps in the series: between 2019-04 and 2019-06" in printed
    found = pd.read_csv(files / "out.csv").set_index(["area_code", "period"])
    assert found.loc[(ward_codes[0], "2019-07"), "stands_out"] == "higher"
    assert found.loc[(ward_codes[0], "2018-12"), "months_behind"] == 23


@pytest.mark.parametrize(
    ("name", "options", "match"),
    [
        ("change", ["--from", "2009/10"], "no figures of '2009/10'"),
        ("change", ["--from", "2019/20", "--to", "2015/16"], "is not before"),
        ("change", ["--comparator", "E99999999"], "is in no row"),
        ("change", ["--pool", "7"], "nothing to pool"),
        ("change", ["--pool", "6"], "one period"),
        ("change", ["--variance", "-1"], "0 or more"),
        ("trend", ["--points", "3"], "5 points or more"),
    ],
)
def test_what_is_refused(ask, name, options, match):
    code, printed, error, out = ask(name, *options)
    assert code == 2
    assert match in error
    assert printed == ""
    assert not out.exists()


@pytest.mark.parametrize("name", ["change", "trend"])
@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("2014/15", "2018-12", "overlap"),
        ("2014/15", "2012 Q2", "differ in length"),
    ],
)
def test_periods_that_do_not_go_together(ask, files, name, old, new, match):
    table = files / "counts.csv"
    table.write_text(table.read_text().replace(old, new))
    code, _, error, _ = ask(name)
    assert code == 2
    assert match in error


@pytest.mark.parametrize("name", ["change", "trend"])
def test_one_period(ask, files, name):
    table = files / "counts.csv"
    lines = table.read_text().splitlines()
    table.write_text("\n".join([lines[0], *(x for x in lines if "2019/20" in x)]))
    code, _, error, _ = ask(name)
    assert code == 2
    assert "one period, '2019/20'" in error


@pytest.mark.parametrize("name", ["change", "trend"])
def test_an_area_without_population(ask, files, name, ward_codes):
    people = files / "people.csv"
    people.write_text(people.read_text().replace(f"{ward_codes[3]},persons,5000\n", ""))
    code, _, error, _ = ask(name)
    assert code == 2
    assert ward_codes[3] in error


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_an_endless_ratio_is_an_empty_cell_in_every_file(ask, files, ending):
    table = pd.read_csv(files / "counts.csv")
    table.loc[6, "count"] = 0
    table.to_csv(files / "counts.csv", index=False)
    code, printed, error, out = ask("change", "--from", YEARS[0], out=f"c.{ending}")
    assert code == 0, error
    assert f"1 without events in {YEARS[0]}" in printed
    readers = {
        "csv": pd.read_csv,
        "xlsx": partial(pd.read_excel, engine="openpyxl"),
        "parquet": pd.read_parquet,
    }
    row = readers[ending](out).set_index("area_code").loc[table.loc[6, "area_code"]]
    assert row[["ratio", "ratio_upper"]].isna().all()
    assert row["ratio_lower"] > 0
    assert "endless" in row["note"]


def test_what_is_advised_of_wards_drawn_anew_works(run, files, ward_codes):
    """Peterborough's 24 wards became 22 in 2016, and no code survived."""
    from vawg_geo import read_boundaries

    later = read_boundaries("wards-2016")["area_code"]
    counts, people, out = (files / name for name in ("two.csv", "both.csv", "out.csv"))
    rows = [
        f"{code},persons,crimes,{year},{20 + n % 9}"
        for year, codes in (("2014/15", ward_codes), ("2016/17", later))
        for n, code in enumerate(codes)
    ]
    counts.write_text("area_code,sex,indicator,period,count\n" + "\n".join(rows))
    every = dict.fromkeys([*ward_codes, *later])
    people.write_text(
        "area_code,sex,population\n" + "\n".join(f"{code},persons,5000" for code in every)
    )
    code, printed, _ = run("change", counts, "--population", people, "--out", out)
    assert code == 0
    assert "46 areas have a row in one of the two periods alone" in printed
    advised = printed[printed.index("vawg-geo rebase two.csv --to wards-YEAR") :].splitlines()[0]
    words = advised.rstrip(".").replace("YEAR", "2016").split()[1:]
    place = {"two.csv": counts, "FILE": files / "one.csv"}
    code, _, error = run(*(place.get(word, word) for word in words))
    assert code == 0, error
    given = ("--population", people, "--out", out, "--replace")
    code, printed, error = run("change", files / "one.csv", *given)
    assert code == 0, error
    assert "not compared" not in printed
    assert len(pd.read_csv(out)) == 142
