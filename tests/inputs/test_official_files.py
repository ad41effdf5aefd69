"""Official files read as they are published, by at most three lines of configuration each.

The sums were worked out from the files by another way: cell by cell, without this package's readers.
"""

from __future__ import annotations

import pytest

from vawg_geo.errors import InputError
from vawg_geo.inputs.counts import read_counts
from vawg_geo.inputs.population import read_population
from vawg_geo.inputs.tables.read import read_table

SAPE = "population/SAPE23DT8a Mid-2020 Females-Table 1.csv"
SMALL_AREAS = "population/Small_Area_Output_Area_Mid_Year_Estimated.xlsx"
LONDON = "crime/MPS Ward Level Crime (most recent 24 months) {}.csv"
DENOMINATORS = "deprivation/File_6_-_IoD2019_Population_Denominators.csv.gz"
WELSH = "deprivation/welsh-index-multiple-deprivation-2019-index-and-domain-ranks-by-small-area.ods"
OFFENCES = {"indicator": "MinorText"}
SEXUAL = {"indicator": "sexual offences", "sex": "persons", "period": "year ending June 2025"}

# File; lines beside its name; rows; sum.
POPULATIONS = [
    (
        "population/census2021-ts007a-lsoa.csv",
        {"sex": "persons", "age_group": "15+"},
        35_672,
        49_244_970,
    ),
    (
        "population/census2021-ts007a-ltla.csv",
        {"sex": "persons", "age_group": "15+"},
        331,
        49_244_847,
    ),
    (SMALL_AREAS, {"sheet": "Mid-2022 LSOA 2021"}, 3 * 123, 2 * (95_616 + 86_900)),
    (
        "population/ukpopestimatesmid2020on2021geography.xls",
        {"sheet": "MYE2 - Females", "sex": "female"},
        355,
        33_377_196,
    ),
    (
        "population/LAD23_Mid_Year_pop_2011_to_2023.xlsx",
        {"sheet": "MYE2 - Females", "sex": "female"},
        339,
        33_899_079,
    ),
    ("population/sheffield_ward_sex_age_years.csv.gz", {}, 1_120, 8_961_204),
    (
        DENOMINATORS,
        {
            "sex": "persons",
            "age_group": "all ages",
            "columns": {"population": "Total population: mid 2015 (excluding prisoners)"},
        },
        32_844,
        54_728_204,
    ),
]
COUNTS = [
    (
        LONDON.format("2020-09_2022-08"),
        {"sex": "persons", "columns": OFFENCES},
        24 * 22_168,
        1_586_823,
    ),
    (
        LONDON.format("2024-03_2026-03"),
        {"sex": "persons", "columns": OFFENCES},
        25 * 18_669,
        1_780_436,
    ),
    (
        "crime/MPS Borough Level Crime (Historical).csv",
        {"level": "district", "sex": "persons", "columns": OFFENCES},
        139_965,
        10_074_220,
    ),
    (
        "crime/policeforceareatablesyejune25final.csv",
        {"level": "csp", "columns": {"counts": {"Sexual offences": SEXUAL}}},
        # The partnerships, and Manchester Airport, which has no code.
        314 + 1,
        202_196 + 27,
    ),
]


@pytest.mark.shared
@pytest.mark.parametrize(("file", "lines", "rows", "total"), POPULATIONS)
def test_populations(shared, file, lines, rows, total):
    assert len(lines) <= 3
    frame = read_population(shared / "open" / file, **lines)
    assert len(frame) == rows
    assert frame["population"].sum() == total


@pytest.mark.shared
@pytest.mark.parametrize(("file", "lines", "rows", "total"), COUNTS)
def test_counts(shared, file, lines, rows, total):
    assert len(lines) <= 3
    frame = read_counts(shared / "open" / file, **lines)
    assert len(frame) == rows
    assert frame["count"].sum() == total


@pytest.mark.shared
def test_the_welsh_index_as_a_workbook_of_libreoffice(shared):
    table = read_table(shared / "open" / WELSH, sheet="WIMD_2019_ranks")
    assert len(table.frame) == 1_909
    ranks = table.frame["WIMD 2019"].astype(int)
    assert ranks.sum() == 1_909 * 1_910 // 2
    assert table.rows[0] == 4


@pytest.mark.shared
def test_the_english_index_behind_its_notes(shared):
    path = shared / "open" / "deprivation" / "File_1_IoD2025_Index_of_Multiple_Deprivation.xlsx"
    table = read_table(path)
    assert len(table.frame) == 33_755
    assert any("the one of 2 that has a table" in note for note in table.notes)


@pytest.mark.shared
def test_codes_that_were_filled_down_are_refused(shared):
    # The codes of this copy of the ONS table run on without a gap, and its names do not.
    with pytest.raises(
        InputError, match=r"7,209 of 8,053 names contradict their codes; first: row "
    ):
        read_population(shared / "open" / SAPE, sex="female")
