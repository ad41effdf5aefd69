"""Populations as the ONS, Nomis and others write them: ages, years, thousands, other columns."""

from __future__ import annotations

import pytest

from vawg_geo.errors import InputError
from vawg_geo.inputs.population import read_population


@pytest.fixture
def save(tmp_path):
    def save_text(text):
        (tmp_path / "people.csv").write_text(text, "utf-8")
        return tmp_path / "people.csv"

    return save_text


def wards(*cells, head="code,sex,population"):
    return f"{head}\n" + "".join(f"E0500270{n},{cell}\n" for n, cell in enumerate(cells))


# --- ages ---------------------------------------------------------------------------------------


def ages_table(step=1, head="code,name,All Ages"):
    """Residents of each age as many as its years, in groups of some years; 90 and over is 90."""
    firsts = range(0, 90, step)
    names = [str(a) if step == 1 else f"{a}-{a + step - 1}" for a in firsts]
    values = [sum(range(a, a + step)) for a in firsts]
    return (
        f"{head},{','.join(names)},90+\n"
        f"E05002703,Arbury,{sum(values) + 90},{','.join(map(str, values))},90\n"
    )


@pytest.mark.parametrize(
    ("age_group", "people"),
    [
        ("16+", sum(range(16, 91))),
        ("18+", sum(range(18, 91))),
        ("16-59", sum(range(16, 60))),
        ("all ages", sum(range(91))),
    ],
)
def test_single_years_are_added_up(save, age_group, people):
    frame = read_population(save(ages_table()), sex="female", age_group=age_group)
    assert frame[["sex", "age_group", "population"]].to_numpy().tolist() == [
        ["female", age_group, float(people)]
    ]


def test_bands_that_do_not_start_there_are_refused(save):
    with pytest.raises(InputError, match=r"aged 16\+ cannot be added up.*age_group = \"15\+\""):
        read_population(save(ages_table(step=5)), sex="persons")
    frame = read_population(save(ages_table(step=5)), sex="persons", age_group="15+")
    assert frame["population"].tolist() == [sum(range(15, 91))]


def test_women_and_men_by_age_make_persons(save):
    text = "LSOA 2021 Code,LSOA 2021 Name,Total,F0,F16,F90,M0,M16,M90\n"
    frame = read_population(save(f"{text}E01004646,W,21,1,2,3,4,5,6\n"), age_group="16")
    assert frame[["sex", "population"]].to_numpy().tolist() == [
        ["persons", 7.0], ["female", 2.0], ["male", 5.0],
    ]  # fmt: skip


def test_the_last_single_year_is_all_that_are_older(save):
    text = "code,88,89,90\nE05002703,1,2,3\n"
    frame = read_population(save(text), sex="persons", age_group="88+")
    assert frame["population"].tolist() == [6.0]


def test_rows_of_ages_are_added_up(save):
    rows = "".join(
        f"E0500270{ward},{sex},Age {age},{age + ward}\n"
        for ward in (1, 2)
        for sex in "FM"
        for age in (15, 16, 17)
    )
    frame = read_population(save(f"code,sex,Age,population\n{rows}"), age_group="16-17")
    assert frame["population"].tolist() == [35.0, 35.0, 37.0, 37.0]
    with pytest.raises(InputError, match=r"1 of 4 areas and sexes lack some of the 2 age groups"):
        read_population(
            save(f"code,sex,Age,population\n{rows}".replace("E05002702,M,Age 17,19\n", "")),
            age_group="16-17",
        )


def test_all_ages_is_not_16_and_over(save):
    text = wards("F,All ages,9", head="code,sex,Age,population")
    with pytest.raises(InputError, match=r"the column 'Age' says 'All ages' in 1 of 1 rows, and"):
        read_population(save(text))
    assert read_population(save(text), age_group="all ages")["population"].tolist() == [9.0]
    text = "code,sex,All ages\nE05002703,F,9\n"
    with pytest.raises(InputError, match=r"the column 'All ages' is of all ages, and the resid"):
        read_population(save(text))


def test_a_group_of_which_no_word_is_understood(save):
    text = wards("F,adults,9", head="code,sex,Age,population")
    assert read_population(save(text), age_group="adults")["population"].tolist() == [9.0]
    with pytest.raises(InputError, match=r"no row is of the age group '16\+'; the column 'Age'"):
        read_population(save(text))


# --- years --------------------------------------------------------------------------------------


def test_a_population_for_each_year(save):
    text = wards("F,2019,9", "F,2019,8", head="code,sex,year,population")
    frame = read_population(save(text + "E05002700,F,2020,7\nE05002701,F,2020,6\n"))
    assert frame["period"].tolist() == ["2019", "2019", "2020", "2020"]
    with pytest.raises(InputError, match="1 of 3 rows repeat an area, level and sex"):
        read_population(save(text + "E05002700,F,2019,7\n"))


def test_a_column_for_each_year(save):
    frame = read_population(save("Code,Name,Mid-2022,Mid-2021\nE06000001,A,5000,4000\n"), sex="F")
    assert frame[["period", "population"]].to_numpy().tolist() == [["2022", 5000], ["2021", 4000]]


@pytest.mark.parametrize("word", ["Mid-2020", "mid 2020", "30/06/2020", "2020-06-30"])
def test_an_estimate_as_at_a_day_is_of_its_year(save, word):
    frame = read_population(save(wards(f"F,{word},9", head="code,sex,date,population")))
    assert frame["period"].tolist() == ["2020"]


def test_a_single_population_says_no_period(save):
    assert "period" not in read_population(save(wards("F,9")))
    assert read_population(save(wards("F,9")), period="2020")["period"].tolist() == ["2020"]


# --- other columns --------------------------------------------------------------------------------


def test_a_column_that_is_not_used_is_named(save):
    text = wards("F,White,9", head="code,sex,Ethnic group,population")
    frame = read_population(save(text))
    assert "people.csv: columns not read: Ethnic group" in frame.attrs["notes"]
    with pytest.raises(InputError, match=r"They differ in 'Ethnic group' \('White', 'Black'\), wh"):
        read_population(save(text + "E05002700,F,Black,2\n"))


# --- thousands ------------------------------------------------------------------------------------


def test_a_point_that_parts_thousands(save):
    text = "code,sex,population\nE07000008,F,110.607\nE07000009,F,69.948\n"
    with pytest.raises(
        InputError, match=r"2 of 2 populations have a point and three figures.*'E07"
    ):
        read_population(save(text))
    frame = read_population(save(wards("F,910.607", "F,669.948")), basis="estimated")
    assert frame["population"].tolist() == [910.607, 669.948]


def test_populations_in_thousands(save):
    text = "code,sex,population\nE07000008,F,110.6\nE07000009,F,69.9\nE07000010,F,81.8\n"
    with pytest.raises(InputError, match=r"3 of 3 populations of the level district are below 1,0"):
        read_population(save(text))
    assert len(read_population(save(text.replace("110.6", "2000")))) == 3


# --- downloads ------------------------------------------------------------------------------------

NOMIS = """"Population estimates"
"ONS Crown Copyright Reserved [from Nomis on 12 May 2025]"

"sex",:,"Female"
"age",:,"Aged 16+"
"rural urban",:,"Urban"

"2022 electoral wards","mnemonic","2022"
"Altrincham","E05000819",10153
"Bowdon","E05000821",7451
"""


def test_a_nomis_download_says_sex_age_and_year(save):
    frame = read_population(save(NOMIS))
    assert frame[["area_code", "sex", "period", "population"]].to_numpy().tolist() == [
        ["E05000819", "female", "2022", 10153], ["E05000821", "female", "2022", 7451],
    ]  # fmt: skip
    assert "people.csv: the file says above its header: rural urban: Urban" in frame.attrs["notes"]
    with pytest.raises(
        InputError, match=r"says 'age: Aged 16\+' above its header.* asked for are 1"
    ):
        read_population(save(NOMIS), age_group="18+")


@pytest.mark.shared
def test_cases_of_populations(shared):
    cases = shared / "cases"
    with pytest.raises(InputError, match=r"population_all_ages\.csv: the column 'Age' says 'All"):
        read_population(cases / "population_all_ages.csv")
    frame = read_population(cases / "population_by_year.csv")
    assert frame.groupby("period")["population"].count().to_dict() == dict.fromkeys(
        sorted(set(frame["period"])), 63
    )
    frame = read_population(cases / "nomis_population.csv")
    assert set(frame["sex"]) == {"persons"}
    assert set(frame["period"]) == {"2022"}
    assert (len(frame), frame["population"].sum()) == (21, 186147)
