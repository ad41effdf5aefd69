"""Mistakes of a first day, read aloud: file, row, column, and a next move that exists and works."""

from __future__ import annotations

import re
import shlex

import openpyxl
import pandas as pd
import pytest

from vawg_geo.inputs.code_history import district_of, standing


def table_of(year, district):
    wards = [
        (code, ward.name)
        for code, ward in sorted(standing("ward", year).items())
        if district_of(ward, year) == district
    ]
    frame = pd.DataFrame(wards, columns=["area_code", "area_name"])
    counts = [20 + 7 * n % 53 for n in range(len(frame))]
    return frame.assign(sex="persons", period="2023/24", indicator="DA crimes", count=counts)


@pytest.fixture
def sheffield():
    return table_of(2025, "E08000039")


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a table into the folder that the person is in."""
    monkeypatch.chdir(tmp_path)

    def written(frame, name):
        frame.to_csv(tmp_path / name, index=False)
        return name

    return written


def test_names_sorted_without_their_codes(run, write, sheffield):
    names = sorted(sheffield["area_name"], key=lambda name: name[::-1])
    file = write(sheffield.assign(area_name=names), "sorted.csv")
    code, _, error = run("init", "mine", "--area", "Sheffield", "--counts", file)
    assert code == 2
    assert "sorted.csv: 26 of 28 names contradict their codes; first: row 2, 'E05010857'" in error
    command = re.search(r"Next: vawg-geo (.*)", error)[1]
    assert run(*shlex.split(command))[0] == 0


def test_wards_of_another_year_and_the_command_that_is_printed(run, write):
    file = write(table_of(2015, "E08000019"), "old.csv")
    code, _, error = run("init", "mine", "--area", "Sheffield", "--counts", file)
    assert code == 2
    assert "0 of 28 codes of old.csv are of the wards or districts of 2025 in Sheffield" in error
    assert "first: row 2, E05001039 Arbourthorne" in error
    command = re.search(r"vawg-geo (rebase .*\.csv)\.", error)[1]
    assert run(*shlex.split(command))[0] == 0
    assert run("init", "mine", "--area", "Sheffield", "--counts", "old-2025.csv")[0] == 0
    assert run("check", "mine/vawg.toml")[0] == 0


def test_wards_of_another_year_in_a_project(run, write, sheffield, tmp_path):
    assert run("init", "mine", "--area", "Sheffield")[0] == 0
    table_of(2015, "E08000019").to_csv(tmp_path / "mine" / "ward_counts.csv", index=False)
    code, _, error = run("check", "mine/vawg.toml")
    assert code == 2
    assert "28 are of another vintage); first: E05001039 is a code of 2009 to 2015" in error
    assert "vawg-geo rebase ward_counts.csv --to wards-2025 --out ward_counts-2025.csv" in error


def test_counts_of_another_county(run, write):
    file = write(table_of(2025, "E08000035"), "leeds.csv")
    code, _, error = run("init", "mine", "--area", "Sheffield", "--counts", file)
    assert code == 2
    assert "0 of 33 codes of leeds.csv lie in Sheffield; first: row 2, E05011384" in error
    assert "Ardsley & Robin Hood in Leeds (E08000035)" in error
    assert "name the area of these: --area E08000035." in error
    assert run("init", "mine", "--area", "E08000035", "--counts", file)[0] == 0


def test_counts_of_another_county_in_a_project(run, write, tmp_path):
    assert run("init", "mine", "--area", "Sheffield")[0] == 0
    table_of(2025, "E08000035").to_csv(tmp_path / "mine" / "ward_counts.csv", index=False)
    code, _, error = run("check", "mine/vawg.toml")
    assert code == 2
    assert "no area has the code 'E05011384' (Ardsley & Robin Hood in Leeds (E08000035))" in error


def test_a_workbook_with_titles_and_no_codes(run, write, tmp_path):
    book = openpyxl.Workbook()
    for row in (["DA crimes by beat"], ["Source: force"], [], ["Beat", "Crimes 2023/24"]):
        book.active.append(row)
    for n in range(10):
        book.active.append([f"Beat {n}", 20 + n])
    book.save(tmp_path / "beats.xlsx")
    code, _, error = run("init", "mine", "--area", "Sheffield", "--counts", "beats.xlsx")
    assert code == 2
    assert "beats.xlsx: no column of areas was recognised among 'Beat', 'Crimes 2023/24'" in error
    assert error.rstrip().endswith('--counts beats.xlsx --columns "area_name=Beat"')


def test_points_with_their_coordinates_swapped(run, write):
    frame = pd.DataFrame(
        {"Longitude": [53.38, 53.4], "Latitude": [-1.47, -1.45], "Month": "2024-01"}
    )
    file = write(frame, "points.csv")
    code, _, error = run("count", file, "--within", "Sheffield", "--indicator", "x")
    assert code == 2
    assert "points.csv has latitude and longitude swapped" in error
    assert "name these the other way round: --x LATITUDE --y LONGITUDE --crs EPSG:4326" in error
    options = ("--indicator", "x", "--x", "Latitude", "--y", "Longitude", "--crs", "EPSG:4326")
    assert run("count", file, "--within", "Sheffield", *options)[0] == 0


def test_months_that_lack(run, write):
    frame = pd.DataFrame({"Longitude": -1.47, "Latitude": 53.38, "Month": ["2024-01", "2024-03"]})
    file = write(frame, "months.csv")
    asked = ("--within", "Sheffield", "--indicator", "x", "--period", "2023/24", "--out", "m.csv")
    code, _, error = run("count", file, *asked)
    assert code == 1
    assert "2023/24 has 2 of 12 months; these lack: 2023-04, 2023-05" in error
    assert run("count", file, *asked, "--incomplete")[0] == 0


def test_a_word_among_the_counts(run, write, sheffield):
    people = write(sheffield[["area_code"]].assign(sex="persons", population=9000), "people.csv")
    text = sheffield.astype({"count": object})
    text.loc[4, "count"] = "tbc"
    code, _, error = run("rates", write(text, "own.csv"), "--population", people, "--out", "r.csv")
    assert code == 2
    assert "own.csv: 1 of 28 counts are neither numbers nor known marks; first: row 6" in error
    assert "'E05010861' Burngreave ('tbc')" in error


def test_a_row_twice(run, write, sheffield):
    people = write(sheffield[["area_code"]].assign(sex="persons", population=9000), "people.csv")
    twice = write(pd.concat([sheffield, sheffield.head(1)]), "own.csv")
    code, _, error = run("rates", twice, "--population", people, "--out", "r.csv")
    assert code == 2
    assert "own.csv: 1 of 29 rows repeat an area, indicator, sex and period" in error
    assert "first: row 30, 'E05010857' Beauchief and Greenhill" in error
    assert "also in row 2. Remove one." in error


def test_a_partnership_that_shares_its_district(run, write):
    code, _, error = run("init", "mine", "--area", "E22000031")
    assert code == 2
    assert "Allerdale" in error
    assert "--area 'Cumberland'" in error
    assert run("init", "mine", "--area", "Cumberland")[0] == 0


def test_a_name_with_a_letter_lost(run, write):
    code, _, error = run("init", "mine", "--area", "Wiltshre")
    assert code == 2
    assert "Did you mean Wiltshire (district, E06000054)?" in error
    assert run("init", "mine", "--area", "E06000054")[0] == 0


def test_a_project_before_counts_are_put_in(run, write):
    """One line, and the exit code of a decision; it was a table of 28 rows."""
    assert run("init", "mine", "--area", "Sheffield")[0] == 0
    code, said, error = run("check", "mine/vawg.toml")
    assert code == 1
    text = said + error
    assert "ward_counts.csv has no count yet: put yours into the column count" in text
    assert "Joins to look at" not in text
    assert "E05010857" not in text
