"""Somebody else's tables: their own totals, levels told by codes, areas that only we can place."""

from __future__ import annotations

import json

import pytest

from vawg_geo.audit.run import audit_files
from vawg_geo.commands.main import main

RANGE = {"smallest": 1, "largest": 7}


@pytest.fixture
def table(tmp_path):
    def write(*lines, name="own.csv"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    return write


def found(path, **options):
    report = audit_files(path, **RANGE, **options)
    assert [f.kind for f in report.findings] == report.cells["kind"].tolist(), report.table()
    return {
        row["area_code"]: (row["kind"], row["lower"], row["upper"])
        for row in report.cells.to_dict("records")
    }


@pytest.mark.parametrize(
    "word", ["Total", "TOTAL", "All", "All wards", "Overall", "Grand total", "Total (all areas)"]
)
def test_a_row_that_is_the_sum_of_the_others(table, word):
    """34 - 20 - 11 = 3; nothing was found here when such a row was taken for an area."""
    path = table("Ward,Number", "Abbey,20", "Romsey,11", "Trumpington,x", f"{word},34")
    assert found(path) == {"Trumpington": ("recovered", 3, 3)}
    (note,) = audit_files(path, **RANGE).notes
    assert note == (
        f"own.csv: the row {word!r} is taken as the sum of the table's 3 other areas of the same "
        "level."
    )


@pytest.mark.parametrize("word", ["All Saints", "Totalbury", "Overton", "Summerhill"])
def test_an_area_whose_name_only_begins_so_is_no_sum(table, word):
    path = table("Ward,Number", "Abbey,20", "Romsey,11", "Trumpington,x", f"{word},34")
    assert found(path) == {}
    assert audit_files(path, **RANGE).notes == ()


def test_a_sum_has_a_name_and_no_code(table):
    path = table(
        "Ward code,Ward,Sex,Count", "E05000001,Abbey,All,20", "E05000002,Romsey,All,11",
        "E05000003,Trumpington,All,*", ",Total,All,34",
    )  # fmt: skip
    assert found(path) == {"E05000003": ("recovered", 3, 3)}


@pytest.mark.parametrize("order", [("District", "Ward"), ("Ward", "District")])
def test_each_district_has_a_sum_of_its_own(table, order):
    rows = [
        ("Norwich", "Castle", "20"), ("Norwich", "Mill", "11"), ("Norwich", "Town", "x"),
        ("Norwich", "Total", "34"), ("Broadland", "Castle", "30"), ("Broadland", "Hill", "x"),
        ("Broadland", "Total", "48"), ("Total", "", "82"),
    ]  # fmt: skip
    lines = [",".join((*order, "Count"))]
    lines += [",".join((*(pair if order[0] == "District" else pair[::-1]), n)) for *pair, n in rows]
    path = table(*lines)
    # The ward that both districts have is two wards.
    assert found(path) == {"Town": ("recovered", 3, 3), "Hill": ("recovered", 18, 18)}


def test_districts_by_code_with_their_wards(table):
    path = table(
        "LAD code,Ward code,Count", "E07000148,E05000001,20", "E07000148,E05000002,11",
        "E07000148,E05000003,x", "E07000148,Total,34", "E07000149,E05000004,x",
    )  # fmt: skip
    assert found(path) == {"E05000003": ("recovered", 3, 3)}
    # That the other district has 5 gives its only ward away: what is published is nobody's doing.
    other = table("LAD code,Count", "E07000149,5", name="known.csv")
    assert found(path, known=[other]) == {"E05000003": ("recovered", 3, 3)}
    assert found(path, beside=[other])["E05000004"] == ("recovered", 5, 5)
    said = "own.csv does not say what it counts; they are taken to be alike."
    assert any(note.endswith(said) for note in audit_files(path, known=[other], **RANGE).notes)


@pytest.mark.parametrize("word", ["Total", "All", "Both sexes", "All sexes", "Overall"])
def test_words_for_both_sexes(table, word):
    path = table("Area,Sex,Count", f"A,{word},20", "A,Women,17", "A,Men,x")
    assert found(path) == {"A": ("recovered", 3, 3)}


def test_a_row_of_all_indicators(table):
    path = table(
        "Area,Indicator,Count", "A,Rape,20", "A,Stalking,11", "A,Harassment,x", "A,Total,34"
    )
    assert found(path) == {"A": ("recovered", 3, 3)}


def test_wards_with_the_total_of_their_district_known(table):
    """Nothing in either file says that they belong together; the package's own layers do."""
    from vawg_geo.audit.tables.lookups import _layers

    wards = sorted(dict(_layers())["wards-2015"]["E07000009"])
    lines = [f"{code},{20 + n}" for n, code in enumerate(wards)]
    total = sum(20 + n for n in range(len(wards)))
    lines[4] = f"{wards[4]},x"
    path = table("Ward code,Count", *lines)
    known = table("LAD code,Count", f"E07000009,{total - 21}", name="known.csv")
    assert found(path, known=[known]) == {wards[4]: ("recovered", 3, 3)}
    report = audit_files(path, known=[known], **RANGE)
    assert f"{len(wards)} of {len(wards)} areas are put into larger ones" in report.notes[0]
    assert "wards-2015" in report.notes[0]
    # Where a ward has no row, it follows from the others; of wards of two years nothing does.
    fewer = table("Ward code,Count", *lines[:4], *lines[5:], name="fewer.csv")
    assert found(fewer, known=[known]) == {wards[4]: ("recovered", 3, 3)}
    mixed = table("Ward code,Count", *lines, "E05010805,30", name="mixed.csv")
    assert found(mixed, known=[known]) == {wards[4]: ("recovered", 3, 3)}


def test_the_only_district_of_a_table_holds_its_wards(table):
    path = table(
        "Code,Count", "E07000148,34", "E05009999,20", "E05009998,11", "E05009997,x",
    )  # fmt: skip
    assert found(path) == {"E05009997": ("recovered", 3, 3)}
    assert "3 areas are taken to be all of E07000148" in audit_files(path, **RANGE).notes[0]
    # A county beside wards is there for comparison.
    county = table("Code,Count", "E10000020,34", "E05009999,20", "E05009998,11", "E05009997,x")
    assert found(county) == {}


def test_england_is_the_sum_of_a_table_that_has_all_of_it(table):
    few = [f"E070009{n:02},20" for n in range(10)]
    path = table("Code,Name,Count", *(f"{c.split(',')[0]},D,20" for c in few[1:]),
                 "E07000900,D,x", "E92000001,England,183")  # fmt: skip
    assert found(path) == {}
    many = [f"E0700{n:04},D,20" for n in range(1, 300)]
    path = table("Code,Name,Count", *many, "E07000900,D,x", "E92000001,England,5983")
    assert found(path) == {"E07000900": ("recovered", 3, 3)}


def test_a_total_that_its_rows_contradict_is_not_relied_on(table):
    rows = ["Area,Sex,Count"]
    rows += [f"{a},{s},10" for a in "ABC" for s in ("Women", "Men")]
    path = table(*rows, "A,All,20", "B,All,20", "C,All,x", "Total,Women,25", "Total,All,60")
    report = audit_files(path, **RANGE)
    assert any("sums of areas to the total" in note for note in report.notes), report.notes
    # Its persons would give the third area; the two sexes give it all the same.
    assert report.cells["area_code"].tolist() == ["C"]
    path = table("Area,Sex,Count", "A,Women,10", "B,Women,10", "Total,Women,15",
                 "A,All,30", "B,All,x", "Total,All,37")  # fmt: skip
    report = audit_files(path, **RANGE)
    assert "1 of 1 sums of areas to the total" in report.notes[1]
    assert report.cells.empty


def test_no_sum_that_is_known_is_no_proof(table, capsys):
    path = table("Area,Count", "A,20", "B,x", "C,11")
    assert main(["audit", str(path), "--smallest", "1", "--largest", "7"]) == 0
    out = capsys.readouterr().out
    assert "0 findings. No sums are known to this audit." in out
    assert "Nothing is proved: no sums are known to this audit." in out
    assert "No hidden count can be found out" not in out
    assert main(["audit", str(path), "--smallest", "1", "--largest", "7", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["hidden"], said["hidden_in_sums"]) == (1, 0)
    some = table("Area,Sex,Count", "A,All,40", "A,Women,x", "A,Men,x", "B,Women,x")
    report = audit_files(some, **RANGE)
    assert report.summary().endswith("Of 1 hidden counts no sums are known to this audit.")
    assert report.conclusion() == "No hidden count can be found out."
