from __future__ import annotations

import pandas as pd
import pytest

from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.inputs.plausible import require_plausible_counts
from vawg_geo.inputs.population import read_population
from vawg_geo.terms.columns import POPULATION_COLUMNS

TIDY = "area_code,area_name,sex,population\nE05002703,Arbury,F,3734\nE05002703,Arbury,M,4055.5\n"


@pytest.fixture
def save(tmp_path):
    def save_text(text):
        (tmp_path / "people.csv").write_text(text, "utf-8")
        return tmp_path / "people.csv"

    return save_text


def test_tidy(save):
    frame = read_population(save(TIDY), note="first series")
    assert tuple(frame.columns) == POPULATION_COLUMNS
    assert frame["population"].tolist() == [3734.0, 4055.5]
    assert str(frame["population"].dtype) == "Float64"
    assert frame.drop(columns="population").iloc[0].tolist() == [
        "E05002703", "Arbury", "ward", "female", "16+", "published", "first series",
    ]  # fmt: skip


def test_wide_by_heading_and_by_name(save):
    frame = read_population(save("WD15CD,WD15NM,Persons,Females,Males\nE05002703,Arbury,9,5,4\n"))
    assert frame[["sex", "population"]].to_numpy().tolist() == [
        ["persons", 9.0], ["female", 5.0], ["male", 4.0],
    ]  # fmt: skip
    path = save("WD15CD,p16,f16\nE05002703,9,5\n")
    frame = read_population(path, columns={"persons": "p16", "female": "f16"}, basis="estimated")
    assert frame["sex"].tolist() == ["persons", "female"]
    assert set(frame["basis"]) == {"estimated"}
    with pytest.raises(InputError, match="no column of populations was recognised among 'WD15CD'"):
        read_population(path)


def test_basis_and_note_of_the_file_go_first(save):
    text = "code,population,basis,note\nE05002703,9,estimated,scaled\nE05002704,8,,\n"
    frame = read_population(save(text), sex="persons", note="n")
    assert frame["basis"].tolist() == ["estimated", "published"]
    assert frame["note"].tolist() == ["scaled; n", "n"]
    with pytest.raises(InputError, match=r"1 of 2 rows have an unknown basis; .*'guess'"):
        read_population(save(text.replace("estimated", "guess")), sex="persons")
    with pytest.raises(ConfigurationError, match="basis 'mine' is unknown"):
        read_population(save(text), basis="mine")


def test_age_groups(save):
    text = "code,sex,age_group,population\nE05002703,F,16+,9\nE05002703,F,0-15,2\n"
    frame = read_population(save(text))
    assert frame["population"].tolist() == [9.0]
    assert "1 of 2 rows of other age groups set aside" in frame.attrs["notes"][0]
    with pytest.raises(
        InputError, match=r"aged 18\+ cannot be added up .*'age_group' \(0-15, 16\+\)"
    ):
        read_population(save(text), age_group="18+")


def wards(*cells):
    return "code,name,sex,population\n" + "".join(
        f"E0500270{place},Ward {place},all,{cell}\n" for place, cell in enumerate(cells)
    )


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("0", r"2 of 3 areas have no positive population; first: 'E05002701' Ward 1 \(0\)\. "
              "Drop these areas, or supply another denominator."),
        ("", r"2 of 3 areas have no population that can be read; first: .* Ward 1 \(empty"),
        ("<5", r"2 of 3 areas have no population that can be read; first: .* \(<5\)"),
        ("-4", r"2 of 3 populations are negative; first: row 3, 'E05002701' Ward 1, persons"),
        ("many", "2 of 3 populations are neither numbers"),
        ("inf", "2 of 3 populations are neither numbers"),
    ],
)  # fmt: skip
def test_populations_that_cannot_divide(save, cell, message):
    with pytest.raises(InputError, match=f"people.csv: {message}"):
        read_population(save(wards("5", cell, cell)))


def test_areas_are_counted_once_over_their_sexes(save):
    with pytest.raises(InputError, match="1 of 2 areas have no positive"):
        read_population(save("code,male,female\nE05002703,0,0\nE05002704,1,1\n"))


def test_other_refusals(save):
    with pytest.raises(InputError, match="does not say whose population 'pop' is"):
        read_population(save("code,pop\nE05002703,4\n"))
    with pytest.raises(InputError, match=r"1 of 2 rows have an unknown sex; .*'Q'"):
        read_population(save(TIDY.replace(",M,", ",Q,")))
    with pytest.raises(InputError, match="1 of 2 rows repeat an area, level and sex"):
        read_population(save(TIDY.replace(",M,", ",F,")))
    with pytest.raises(InputError, match="no rows but totals"):
        read_population(save("code,persons\nTotal,4\n"))


def joined(*pairs):
    return pd.DataFrame(
        {
            "area_code": [f"E0500270{place}" for place in range(len(pairs))],
            "area_name": "Arbury",
            "sex": "female",
            "count": pd.array([count for count, _ in pairs], dtype="Int64"),
            "population": pd.array([people for _, people in pairs], dtype="Float64"),
        }
    )


def test_implausible_counts_are_refused():
    with pytest.raises(
        InputError,
        match=r"1 of 4 counts are more than 5 times the population; first: 'E05002701' Arbury "
        r"\(1,000,000,000 events, 7,395 female\)\. Correct",
    ):
        require_plausible_counts(joined((5, 1), (10**9, 7395), (None, 1), (3, None)))
    require_plausible_counts(joined((5, 1), (None, 1), (3, None)))
    with pytest.raises(InputError, match=r"more than 0.5 times"):
        require_plausible_counts(joined((5, 1)), ceiling=0.5)


def test_populations_apart_are_found_by_area_and_sex():
    counts = joined((100, None), (100, None), (100, None)).drop(columns="population")
    people = pd.DataFrame(
        {
            "area_code": ["E05002701", "E05002701", "E05002700", "", ""],
            "sex": ["persons", "female", "persons", "female", "female"],
            "population": pd.array([1.0, 50, 10, 1, 1], dtype="Float64"),
        }
    )
    with pytest.raises(InputError, match=r"1 of 3 .*'E05002700' Arbury \(100 events, 10 female"):
        require_plausible_counts(counts, people)


@pytest.mark.shared
def test_shared_wards(shared):
    frame = read_population(
        shared / "population" / "mid2015_wards2015_16plus.csv",
        columns={"persons": "pop16_persons_scaled"},
        basis="estimated",
    )
    assert len(frame) == 144
    assert set(frame["level"]) == {"ward"}
