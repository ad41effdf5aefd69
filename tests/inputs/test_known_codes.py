"""Codes and names side by side, and wards of two years, by the country's list of codes."""

from __future__ import annotations

import pandas as pd
import pytest

from vawg_geo.errors import BoundaryError, InputError
from vawg_geo.inputs.boundaries.checks import validate_codes
from vawg_geo.inputs.counts import read_counts
from vawg_geo.inputs.known_codes import (
    contradicting_names,
    is_name_of,
    mixture_of_years,
    require_names_of_codes,
    years_of_code,
)
from vawg_geo.inputs.national import read_national, read_national_wards
from vawg_geo.inputs.population import read_population

HEAD = "area_code,area_name,sex,period,indicator,count\n"


def pairs_as_table(pairs):
    codes, names = zip(*pairs, strict=True)
    return pd.DataFrame({"area_code": codes, "area_name": names}, index=range(2, len(codes) + 2))


@pytest.fixture(scope="module")
def sheffield():
    """Codes and names of the wards of Sheffield, in the order of codes."""
    wards = read_national_wards(["E08000039"])
    return list(zip(wards["area_code"], wards["area_name"], strict=True))


@pytest.mark.shared
def test_counts_one_row_off_their_names(shared):
    file = shared / "cases" / "counts_one_row_off_their_names.csv"
    with pytest.raises(InputError, match=r"144 of 144 names contradict .*row 2, 'E05009514' Barn"):
        read_counts(file)


@pytest.mark.shared
def test_population_one_row_off_its_names(shared):
    file = shared / "cases" / "population_one_row_off_its_names.csv"
    with pytest.raises(InputError, match=r"144 of 144 names contradict .*code of Wenneye"):
        read_population(file)


def test_codes_sorted_and_names_not(sheffield):
    codes = [code for code, _ in sheffield]
    names = sorted((name for _, name in sheffield), key=len)
    with pytest.raises(InputError, match=r"2\d of 28 names contradict their codes; first: row"):
        require_names_of_codes(pairs_as_table(zip(codes, names, strict=True)))


def test_two_wards_exchanged_are_said(sheffield):
    pairs = [(sheffield[0][0], sheffield[1][1]), (sheffield[1][0], sheffield[0][1]), *sheffield[2:]]
    (note,) = require_names_of_codes(pairs_as_table(pairs))
    assert note.startswith("2 of 28 names contradict their codes; first: row 2, ")


def test_names_of_their_owner_contradict_nothing(sheffield):
    own = [(code, f"Beat {n}") for n, (code, _) in enumerate(sheffield)]
    longer = [(code, f"{name} Ward, Sheffield") for code, name in sheffield]
    for pairs in (sheffield, own, longer):
        assert require_names_of_codes(pairs_as_table(pairs)) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Biwmares", "W05000004"),
        ("BEAUMARIS WARD", "W05000004"),
        ("Roehampton", "E05000621"),
        ("Roehampton & Putney Heath", "E05000621"),
        ("Peterborough City Council", "E06000031"),
        ("Sheffield", "E08000039"),
        ("Saint Mary's", "E05000834"),
        ("St. Marys", "E05000834"),
        ("Ynys Mon", "W06000001"),
        ("Thirsk", "E58001102"),
    ],
)
def test_names_that_an_area_has_had(name, code):
    assert is_name_of(name, code)


def test_no_ward_of_today_contradicts_itself():
    """All wards and districts of 2025 with their names in both languages."""
    districts = read_national("districts-2025")
    wards = read_national_wards(districts["district_code"])
    pairs = [
        *zip(wards["area_code"], wards["area_name"], strict=True),
        *zip(districts["district_code"], districts["district_name"], strict=True),
        *zip(districts["district_code"], districts["district_name_welsh"], strict=True),
    ]
    assert contradicting_names(pairs) == {}
    welsh = zip(wards["area_code"], wards["area_name_welsh"], strict=True)
    assert list(contradicting_names(welsh)) == [("W05001657", "Cwm Darran")]


@pytest.mark.shared
def test_ward_codes_of_two_years(shared):
    table = read_counts(shared / "cases" / "ward_codes_of_two_years.csv")
    (note,) = [note for note in table.attrs["notes"] if "two years" in note]
    assert "11 of 2022 (first: E05000829 Gorse Hill) and 10 of 2023 (first: E05015239" in note
    assert "'vawg-geo rebase ward_codes_of_two_years.csv --from wards-2022 --to wards-2023 " in note


def test_districts_of_two_years():
    """Cumbria's districts of before 2023 beside one of those that took their place."""
    assert mixture_of_years(["E07000026", "E07000028", "E06000063"]).startswith(
        "codes of districts of two years: 2 of 2022 (first: E07000026 Allerdale) and 1 of 2023"
    )


def test_wards_of_several_districts_are_no_mixture():
    wards = read_national_wards(read_national("districts-2025")["district_code"])
    assert mixture_of_years(wards["area_code"]) == ""
    # Those of Trafford changed in 2023, those of Barnack's Peterborough in 2016.
    assert mixture_of_years(["E05000829", "E05002169"]) == ""
    assert years_of_code("E05002169")[-1] == 2015


def test_a_layer_whose_names_were_sorted(sheffield):
    codes = [code for code, _ in sheffield]
    names = [name for _, name in sheffield]
    shifted = [*names[1:], names[0]]
    with pytest.raises(BoundaryError, match=r"own.gpkg: 27 of 28 names contradict .*name_column="):
        validate_codes(codes, shifted, [""] * 28, label="own.gpkg")
    assert validate_codes(codes, names, [""] * 28, label="own.gpkg") == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [("E02001234", "middle layer"), ("W02000123", "middle layer"), ("E58001102", "electoral div")],
)
def test_codes_of_no_level_are_called_what_they_are(tmp_path, code, kind):
    file = tmp_path / "own.csv"
    file.write_text(f"{HEAD}{code},,persons,2023/24,crimes,12\n")
    with pytest.raises(InputError, match=rf"1 of 1 rows are of {kind}.*level = \"ward\""):
        read_counts(file)
    assert read_counts(file, level="ward")["level"].tolist() == ["ward"]


@pytest.mark.shared
def test_zero_width_space_in_codes(shared):
    table = read_counts(shared / "cases" / "zero_width_space_in_codes.csv")
    assert table["area_code"].tolist()[0] == "E05002169"
    assert table["level"].unique().tolist() == ["ward"]
    assert any("U+200B" in note for note in table.attrs["notes"])


def test_soft_hyphens_and_blanks_that_do_not_break(tmp_path):
    file = tmp_path / "own.csv"
    file.write_text(
        f"{HEAD}E05002169\u00a0,Bar\u00adnack,persons,2015/16,x,20\n"
        "\ufeffE05002170,Bretton\u00a0North,persons,2015/16,x,21\n",
        "utf-8",
    )
    table = read_counts(file)
    assert table["area_code"].tolist() == ["E05002169", "E05002170"]
    assert table["area_name"].tolist() == ["Barnack", "Bretton North"]
