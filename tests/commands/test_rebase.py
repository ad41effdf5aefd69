"""`vawg-geo rebase`: what it writes can be read again, and bad input writes nothing."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

import vawg_geo
from vawg_geo.commands.main import main


@pytest.fixture
def table(root, tmp_path):
    """One month of police.uk in the 24 wards of Peterborough."""
    counts = pd.read_csv(root / "data" / "ward_counts_police_2019_08.csv")
    wards = vawg_geo.read_ward_lookup().wards_of("2015").query("parent_code == 'E06000031'")
    path = tmp_path / "counts.csv"
    counts[counts["area_code"].isin(wards["area_code"])].to_csv(path, index=False)
    return path


def run(capsys, *arguments):
    code = main(["rebase", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


VINTAGES = ("--from", "wards-2015", "--to", "wards-2016")


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
def test_the_file_is_read_back(capsys, table, ending):
    out = table.with_name(f"out{ending}")
    code, said, _ = run(capsys, table, *VINTAGES, "--out", out)
    assert code == 0
    assert "658 in 24 wards before, 658 in 22 after" in said
    assert "6 names survive but not with the same area" in said
    assert "East (E05002174): 21.1 % to Central (E05010807), 78.9 % to East (E05010809)" in said
    read = vawg_geo.read_counts(out, basis="estimated")
    assert (len(read), read["count"].sum()) == (22, 658)
    assert sum(Fraction(str(n)) for n in read["count"]) == 658
    assert read["vintage"].unique().tolist() == ["2016"]
    assert read["note"].str.contains(r"\[rebased").all()
    moves = vawg_geo.inputs.tables.read.read_table(table.with_name(f"out-movements{ending}")).frame
    assert len(moves) == 36


def test_the_result_joins_to_the_wards_of_2016(capsys, table):
    out = table.with_name("out.csv")
    run(capsys, table, *VINTAGES, "--out", out)
    areas = vawg_geo.read_boundaries("wards-2016").query("parent_code == 'E06000031'")
    joined = vawg_geo.join_counts(vawg_geo.read_counts(out, basis="estimated"), areas)
    assert set(joined.report["outcome"]) == {"matched_by_code"}
    assert joined.table["count"].sum() == 658


def test_whole_numbers_and_back(capsys, table):
    out, again = table.with_name("out.csv"), table.with_name("again.csv")
    assert run(capsys, table, *VINTAGES, "--out", out, "--integers")[0] == 0
    whole = vawg_geo.read_counts(out)
    assert (str(whole["count"].dtype), whole["count"].sum()) == ("Int64", 658)
    assert run(capsys, out, "--from", "wards-2016", "--to", "wards-2015", "--out", again)[0] == 0
    assert vawg_geo.read_counts(again, basis="estimated")["count"].sum() == 658


def test_gaps_stay_gaps_in_the_file(capsys, table):
    frame = pd.read_csv(table).astype({"count": object})
    frame.loc[frame["area_name"] == "Central", ["count", "status"]] = ["x", ""]
    frame[frame["area_name"] != "Barnack"].to_csv(table, index=False)
    out = table.with_name("out.csv")
    code, said, _ = run(capsys, table, *VINTAGES, "--out", out)
    assert code == 0
    assert "3 of 22 results have no figure: 2 suppressed, 1 missing" in said
    read = vawg_geo.read_counts(out, basis="estimated").set_index("area_name")
    assert read.loc[["Barnack", "Central", "North"], "status"].tolist() == [
        "missing", "suppressed", "suppressed",
    ]  # fmt: skip
    assert read.loc[["Barnack", "Central", "North"], "count"].isna().all()


def test_invented_counts_stay_so(capsys, root, tmp_path):
    out = tmp_path / "out.csv"
    code, said, _ = run(
        capsys, root / "data" / "ward_counts_illustrative.csv", *VINTAGES, "--out", out
    )
    assert code == 0
    assert "the counts are illustrative, and so are the results" in said
    assert pd.read_csv(out)["basis"].unique().tolist() == ["illustrative"]
    assert vawg_geo.read_counts(out, basis="illustrative")["count"].dtype == "Int64"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", "wards-2015", "--to", "wards-2008"), "has no wards of 2008"),
        (("--from", "wards-2016", "--to", "wards-2015"), "of another vintage"),
        (("--from", "wards-2015", "--to", "districts-2016"), "write wards-2016 for"),
        (("--from", "wards-2015", "--to", "somewhere"), "does not name wards or districts"),
    ],
)
def test_bad_input_writes_nothing(capsys, table, arguments, message):
    before = sorted(table.parent.iterdir())
    code, _, error = run(capsys, table, *arguments, "--out", table.with_name("out.csv"))
    assert code == 2
    assert message in error
    assert "Traceback" not in error
    assert sorted(table.parent.iterdir()) == before


@pytest.mark.parametrize("name", ["counts.csv", "out.docx", "nowhere/out.csv"])
def test_where_it_cannot_write(capsys, table, name):
    contents = table.read_bytes()
    code, _, error = run(capsys, table, *VINTAGES, "--out", table.parent / name)
    assert code == 2
    assert error.startswith("vawg-geo: ")
    assert [p.name for p in table.parent.iterdir()] == ["counts.csv"]
    assert table.read_bytes() == contents


def test_the_movements_never_replace_an_input(capsys, table):
    counts = table.rename(table.with_name("out-movements.csv"))
    code, _, error = run(capsys, counts, *VINTAGES, "--out", table.with_name("out.csv"))
    assert code == 2
    assert "is one of the inputs" in error


@pytest.mark.shared
def test_look_ups_of_two_places_do_not_share_the_area(capsys, shared, tmp_path):
    norfolk = shared / "boundaries" / "lookup_lsoa11_ward2015_norfolk.csv"
    wards = pd.read_csv(norfolk)[["WD15CD", "WD15NM"]].drop_duplicates()
    table = wards.assign(sex="persons", period="2015/16", indicator="crimes", count=3)
    counts = tmp_path / "counts.csv"
    table.to_csv(counts, index=False)
    look_ups = (
        "--lookup", norfolk,
        "--lookup", shared / "boundaries" / "lookup_lsoa11_ward2016_cambs.csv",
        "--lookup", shared / "population" / "mid2015_lsoa11_norfolk.csv",
    )  # fmt: skip
    out = tmp_path / "out.csv"
    code, _, error = run(capsys, counts, *VINTAGES, *look_ups, "--out", out)
    assert code == 2
    assert "538 of 538 LSOAs belong to a ward of one of 2015 and 2016 only" in error
    assert "do not share the area" in error
    assert not out.exists()


@pytest.mark.shared
def test_look_ups_as_ons_has_them_give_the_same_bytes(capsys, table, shared):
    folder = shared / "boundaries"
    look_ups = (
        "--lookup", folder / "lookup_lsoa11_ward2015_cambs.csv",
        "--lookup", folder / "lookup_lsoa11_ward2016_cambs.csv",
        "--lookup", shared / "population" / "mid2015_lsoa11.csv",
    )  # fmt: skip
    one, two = table.with_name("one.csv"), table.with_name("two.csv")
    assert run(capsys, table, *VINTAGES, "--out", one)[0] == 0
    assert run(capsys, table, *VINTAGES, *look_ups, "--out", two)[0] == 0
    assert one.read_bytes() == two.read_bytes()
