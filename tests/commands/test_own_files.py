"""What `rates`, `hotspots` and `scan` share: how tables are read, and what is never replaced."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pyogrio
import pytest

CODES = ("E07000008", "E07000009", "E07000010", "E07000011", "E07000012", "E06000031")


def table(name, head, row):
    return name.write_text("\n".join([head, *(row.format(c=c, n=n) for n, c in enumerate(CODES))]))


@pytest.fixture
def tables(tmp_path):
    table(tmp_path / "c.csv", "Place,Incidents,Seen", "{c},1{n},2{n}")
    table(tmp_path / "p.csv", "Place,Women", "{c},5000{n}")
    return tmp_path


COLUMNS = ("--columns", "area_code=Place", "count=Seen", "--sex", "female", "--period", "2019")
PEOPLE = ("--population-columns", "area_code=Place", "female=Women")


def test_the_options_that_messages_advise_exist(run, tables):
    out = tables / "r.csv"
    begun = ["rates", tables / "c.csv", "--population", tables / "p.csv", "--out", out]
    code, _, error = run(*begun)
    assert code == 2
    assert 'Say which: --columns "area_code=..." or --columns "area_name=..."' in error
    code, _, error = run(*begun, *COLUMNS)
    assert code == 2
    assert '--indicator "..."' in error
    code, _, error = run(*begun, *COLUMNS, "--indicator", "reports")
    assert code == 2
    assert '--population-columns "area_code=..."' in error
    code, _printed, error = run(*begun, *COLUMNS, "--indicator", "reports", *PEOPLE)
    assert (code, error) == (0, "")
    rates = pd.read_csv(out)
    assert rates["count"].tolist() == [20, 21, 22, 23, 24, 25]
    assert set(rates["indicator"]) == {"reports"}
    assert rates["population"].tolist() == [50_000 + n for n in range(6)]


def test_several_columns_of_counts(run, tables):
    (tables / "c.csv").write_text("code,2019,2020\n" + "".join(f"{c},10,20\n" for c in CODES))
    code, _printed, error = run(
        "rates", tables / "c.csv", "--population", tables / "p.csv", "--out", tables / "r.csv",
        "--columns", "counts=2019,2020", "--sex", "F", "--indicator", "x", *PEOPLE,
    )  # fmt: skip
    assert (code, error) == (0, "")
    assert pd.read_csv(tables / "r.csv").groupby("period")["count"].sum().tolist() == [60, 120]


def test_an_option_without_a_sign_is_said(run, tables):
    code, _, error = run(
        "rates", tables / "c.csv", "--population", tables / "p.csv", "--out", tables / "r.csv",
        "--columns", "Seen",
    )  # fmt: skip
    assert code == 2
    assert "--columns 'Seen' has no '='. Write NAME=COLUMN" in error


def test_sheets_and_years(run, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    counts, people = book.create_sheet("Counts"), book.create_sheet("People")
    counts.append(["area_code", "sex", "period", "indicator", "count"])
    people.append(["area_code", "sex", "year", "population"])
    for code in CODES:
        for year in (2019, 2020):
            counts.append([code, "F", year, "x", 50])
            people.append([code, "F", year, 50_000 if year == 2019 else 100_000])
    book.save(tmp_path / "b.xlsx")
    begun = ["rates", tmp_path / "b.xlsx", "--population", tmp_path / "b.xlsx"]
    code, _, error = run(*begun, "--out", tmp_path / "r.csv")
    assert code == 2
    assert '--sheet "Counts"' in error
    code, _, error = run(
        *begun, "--sheet", "Counts", "--population-sheet", "People", "--out", tmp_path / "r.csv"
    )
    assert (code, error) == (0, "")
    assert pd.read_csv(tmp_path / "r.csv").groupby("period")["rate"].max().to_dict() == {
        2019: 1.0,
        2020: 0.5,
    }


def test_results_go_beside_each_other_and_never_over(run, root, tmp_path):
    people = root / "data" / "population_wards_2015.csv"
    wards = pd.read_csv(people).query("sex == 'persons'")
    counts = wards[["area_code"]].assign(count=range(len(wards)))
    counts.to_csv(tmp_path / "c.csv", index=False)
    out = tmp_path / "mine.gpkg"
    common = (
        tmp_path / "c.csv", "--population", people, "--areas", "wards-2015", "--sex", "persons",
        "--period", "2019", "--indicator", "x",
    )  # fmt: skip
    for command, more in (("hotspots", ("--permutations", "99")), ("scan", ("--replicates", "99"))):
        code, _, error = run(command, *common, *more, "--out", out)
        assert (code, error) == (0, "")
    assert pyogrio.list_layers(out)[:, 0].tolist() == ["hotspots", "scan"]
    before = out.read_bytes()
    code, _, error = run("scan", *common, "--out", out)
    assert code == 2
    assert "mine.gpkg has a layer 'scan' already" in error
    assert out.read_bytes() == before
    code, _, error = run("scan", *common, "--replicates", "99", "--out", out, "--replace")
    assert (code, error) == (0, "")
    assert pyogrio.list_layers(out)[:, 0].tolist() == ["hotspots", "scan"]


@pytest.mark.shared
def test_a_fingertips_download_is_both_tables(run, shared, tmp_path):
    path = shared / "cases" / "fingertips_download.csv"
    code, _, error = run("rates", path, "--population", path, "--out", tmp_path / "r.csv")
    assert (code, error) == (0, "")
    rates = pd.read_csv(tmp_path / "r.csv").set_index("area_code")
    assert rates.loc["E07000008", ["count", "population"]].tolist() == [1000, 110607]


@pytest.mark.shared
def test_a_population_for_each_year(run, shared, tmp_path):
    people = shared / "cases" / "population_by_year.csv"
    rows = pd.read_csv(people).query("sex == 'Female'")
    counts = rows.assign(count=100, indicator="x").drop(columns="population")
    counts.to_csv(tmp_path / "c.csv", index=False)
    code, printed, error = run(
        "rates", tmp_path / "c.csv", "--population", people, "--out", tmp_path / "r.csv"
    )
    assert (code, error) == (0, "")
    assert "nearest" not in printed
    rates = pd.read_csv(tmp_path / "r.csv")
    joined = rates.merge(rows, on=["area_code", "period"], suffixes=("", "_own"))
    assert len(joined) == 105
    assert (joined["population"] == joined["population_own"]).all()
