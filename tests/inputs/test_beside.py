"""Rows among the areas that are of none: totals, unknown places, regions and nations."""

from __future__ import annotations

import pandas as pd
import pytest

from vawg_geo.inputs.counts import read_counts
from vawg_geo.inputs.population import read_population
from vawg_geo.terms.codes import no_area

HEAD = "area_code,area_name,sex,period,indicator,count\n"
WARDS = "E05000829,Gorse Hill,persons,2015/16,x,20\nE05000830,Hale Barns,persons,2015/16,x,11\n"


@pytest.fixture
def read(tmp_path):
    """Read counts from lines under the usual header."""

    def counts(lines, **options):
        file = tmp_path / "own.csv"
        file.write_text(HEAD + WARDS + lines)
        return read_counts(file, **options)

    return counts


@pytest.mark.shared
def test_unknown_row(shared):
    table = read_counts(shared / "cases" / "unknown_row.csv")
    assert len(table) == 21
    assert table["area_name"].isin(["Unknown", "Outside Force Area"]).sum() == 0
    assert table["count"].sum() == 1_161
    assert table.attrs["notes"] == [
        "unknown_row.csv: 2 of 23 rows are of no area and set aside: 'Unknown' (1 row, 31 events), "
        "'Outside Force Area' (1 row, 12 events)"
    ]
    unplaced = pd.DataFrame(table.attrs["unplaced"])
    assert unplaced["count"].tolist() == [31, 12]


@pytest.mark.parametrize(
    "word",
    [
        "Unknown", "UNKNOWN", "Not known", "Not stated", "Unassigned", "Unallocated", "Out of area",
        "Outside Force Area", "Out of force", "Outside the county", "No fixed abode", "(blank)",
        "E99999999", "W99999999", "Ward unknown", "Location not recorded", "Unknown ward",
    ],
)  # fmt: skip
def test_words_for_no_area(read, word):
    assert no_area(word) == "unplaced"
    place = f"{word}," if word[1:].isdigit() else f",{word}"
    table = read(f"{place},persons,2015/16,x,4\n")
    assert table["count"].tolist() == [20, 11]
    assert [row["count"] for row in table.attrs["unplaced"]] == [4]


@pytest.mark.parametrize("name", ["Outwell", "Nonington", "Newton Blank", "Unstone", "Force Green"])
def test_names_of_areas_stay(name):
    assert no_area(name) == ""


def test_regions_and_nations_are_set_aside(read):
    table = read(
        "E12000002,North West,persons,2015/16,x,900\nE92000001,England,persons,2015/16,x,9000\n"
        "K04000001,England and Wales,persons,2015/16,x,9900\nS12000033,Aberdeen,persons,2015/16,x,5\n"
    )
    assert table["count"].tolist() == [20, 11]
    assert table.attrs["unplaced"] == []
    assert [note.partition(": ")[2] for note in table.attrs["notes"]] == [
        "1 of 6 rows are of regions and set aside; first: row 4, 'E12000002'",
        "2 of 6 rows are of nations and set aside; first: row 5, 'E92000001'",
        "1 of 6 rows are of areas of Scotland or Northern Ireland and set aside; first: row 7, "
        "'S12000033'",
    ]


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        (",Total,persons,2015/16,x,31\n", "1 of 1 totals are the sum of their areas"),
        (
            ",Total,persons,2015/16,x,34\n",
            "1 of 1 totals are not the sum of their areas; first: row 4, x, persons, 2015/16: 34 "
            "is given, 2 areas sum to 31. Find out which is right.",
        ),
        (
            ",Unknown,persons,2015/16,x,3\n,Total,persons,2015/16,x,34\n",
            "1 of 1 totals are the sum of their areas",
        ),
        (
            "E05000831,Hale Central,persons,2015/16,x,c\n,Total,persons,2015/16,x,34\n",
            "1 of 1 totals cannot be compared: areas of theirs have no figure, or they have none",
        ),
        (
            # The district beside its wards is no part of the total of the wards.
            "E08000009,Trafford,persons,2015/16,x,33\n,Total,persons,2015/16,x,31\n",
            "1 of 1 totals are the sum of their areas",
        ),
        (
            # Of two series each total is held to its own.
            ",Total,persons,2015/16,x,31\nE05000829,Gorse Hill,female,2015/16,x,9\n"
            ",Total,female,2015/16,x,8\n",
            "1 of 2 totals are not the sum of their areas; first: row 6, x, female, 2015/16: 8 is "
            "given, 1 areas sum to 9. Find out which is right.",
        ),
    ],
)
def test_totals(read, lines, note):
    table = read(lines)
    said = [text.partition(": ")[2] for text in table.attrs["notes"]]
    assert note in said
    assert any("set aside as a total: " in text for text in said)


def test_totals_of_districts(tmp_path):
    file = tmp_path / "own.csv"
    file.write_text(
        "ward code,district,sex,period,indicator,count\n"
        "E05000829,Trafford,persons,2015/16,x,20\nTotal,Trafford,persons,2015/16,x,20\n"
        "E05002169,Peterborough,persons,2015/16,x,7\nTotal,Peterborough,persons,2015/16,x,7\n"
        "Total,,persons,2015/16,x,27\n"
    )
    notes = read_counts(file).attrs["notes"]
    assert "own.csv: 3 of 3 totals are the sum of their areas" in notes


def test_a_total_that_cannot_be_read_is_set_aside_all_the_same(read):
    notes = read(",Total,,2015/16,x,about 30\n").attrs["notes"]
    assert notes == ["own.csv: row 4 ('Total') set aside as a total: 2015/16, x, about 30"]


def test_unknown_places_have_no_residents(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("area_code,sex,population\nE05000829,persons,9000\nUnknown,persons,3\n")
    table = read_population(file)
    assert table["population"].tolist() == [9000]
    assert table.attrs["notes"] == [
        "people.csv: row 3 ('Unknown') set aside as of no area: persons, 3"
    ]


@pytest.mark.shared
def test_a_total_that_gives_a_hidden_count_away(shared, tmp_path, capsys):
    """`audit` finds the third ward of the table: 34 - 20 - 11."""
    from vawg_geo.commands.main import main

    file = tmp_path / "total_row.csv"
    file.write_bytes((shared / "cases" / "total_row.csv").read_bytes())
    assert main(["audit", str(file), "--smallest", "1", "--largest", "7"]) == 1
    assert "E05002169" in capsys.readouterr().out
