"""Populations of several years: each period of counts divides by its own, else by the nearest."""

from __future__ import annotations

import pandas as pd
import pytest

from vawg_geo.areas.joining.denominators import populations_by_period, undated_notes
from vawg_geo.areas.joining.hierarchy import add_up_populations, people_lacking
from vawg_geo.areas.tables import load_tables
from vawg_geo.disclosure.gate import protect
from vawg_geo.errors import ConfigurationError
from vawg_geo.measures.rates.rates import crude_rate
from vawg_geo.project import read_project
from vawg_geo.results.results import compute_results


def people(*rows):
    frame = pd.DataFrame(rows, columns=["area_code", "period", "population"])
    return frame.assign(area_name="", sex="persons", basis="own", note="")


YEARS = people(("A", "2019", 100.0), ("A", "2020", 110.0), ("A", "2021", 120.0))


@pytest.mark.parametrize(
    ("period", "divides_by", "said"),
    [
        ("2020", 110.0, ""),
        ("year ending December 2020", 110.0, ""),
        ("2020-08", 110.0, ""),
        ("Q1 2020/21", 110.0, ""),
        ("2019/20", 100.0, "counts of 2019/20 divide by the residents of 2019, the nearest"),
        ("2015", 100.0, "counts of 2015 divide by the residents of 2019"),
        ("2023/24", 120.0, "counts of 2023/24 divide by the residents of 2021"),
    ],
)
def test_its_own_else_the_nearest(period, divides_by, said):
    chosen, notes = populations_by_period(YEARS, [period])
    assert chosen[["period", "population"]].to_numpy().tolist() == [[period, divides_by]]
    assert len(notes) == bool(said)
    assert all(said in note for note in notes)


def test_a_single_population_stays_as_it_is():
    single = YEARS.drop(columns="period").head(1)
    chosen, notes = populations_by_period(single, ["2019"])
    assert chosen is single
    assert notes == []


def test_one_population_under_several_periods_says_so():
    single = YEARS.drop(columns="period").head(1)
    chosen, notes = populations_by_period(single, ["2020", "2018", "2019"], date="mid-2015")
    assert chosen is single
    assert notes == ["the same residents of mid-2015 stand under all 3 periods: 2018, 2019, 2020"]
    _, notes = populations_by_period(single, [f"20{y}" for y in range(10, 20)])
    assert notes == ["the same residents stand under all 10 periods: 2010 to 2019"]
    assert undated_notes(["2018"]) == {"2018": ""}
    assert undated_notes(["2018", "2019"]) == dict.fromkeys(
        ("2018", "2019"), "residents of one time under all 2 periods"
    )
    _, notes = populations_by_period(YEARS, ["2019-02", "2019-01", "2020", "2022", "2023"])
    assert notes == [
        "counts of 2022, 2023 divide by the residents of 2021, the nearest that are given",
        "residents of 2019 stand under 2 periods: 2019-01, 2019-02",
    ]


def test_a_period_that_nobody_understands_beside_others_has_no_residents():
    chosen, notes = populations_by_period(YEARS, ["since then", "2020"])
    assert chosen["period"].tolist() == ["2020"]
    assert len(notes) == 1
    assert notes[0].startswith("counts of since then get no rate: it cannot be said which of")


def test_a_row_of_no_period_is_for_what_has_no_other():
    chosen, notes = populations_by_period(
        pd.concat([YEARS, people(("B", "", 7.0), ("A", "", 1.0))]), ["2020"]
    )
    assert chosen.set_index("area_code")["population"].to_dict() == {"A": 110.0, "B": 7.0}
    assert notes == []


def test_a_period_that_nobody_understands_is_asked_about():
    with pytest.raises(
        ConfigurationError, match=r"populations are of 3 periods.*'since then' is n"
    ):
        populations_by_period(YEARS, ["since then"])
    chosen, notes = populations_by_period(YEARS.head(1), ["since then"])
    assert chosen["population"].tolist() == [100.0]
    assert notes == [
        "counts of since then divide by the residents of 2019, the nearest that are given"
    ]


def test_events_divide_by_events_of_the_same_time_alone():
    """Seen to fail: a month's crimes were a share of all crimes of its year."""
    chosen, notes = populations_by_period(
        YEARS, ["2019-08", "year ending December 2020"], noun="crimes", same_time=True
    )
    assert chosen[["period", "population"]].to_numpy().tolist() == [
        ["year ending December 2020", 110.0]
    ]
    assert notes == ["counts of 2019-08 get no rate: there are no crimes of the same time"]
    with pytest.raises(ConfigurationError, match="no crimes are of the time of any count: they"):
        populations_by_period(YEARS, ["2019-08"], noun="crimes", same_time=True)


def test_rates_of_each_period():
    counts = pd.DataFrame({
        "area_code": "A", "area_name": "", "sex": "persons", "indicator": "x",
        "period": ["2019", "2021"], "count": [10, 12],
    })  # fmt: skip
    chosen, _ = populations_by_period(YEARS, counts["period"])
    rates = crude_rate(counts, chosen)
    assert rates["population"].tolist() == [100.0, 120.0]
    assert rates["rate"].tolist() == [100.0, 100.0]
    assert "1 of 2 counts have no population" in people_lacking(
        counts, chosen[chosen["period"] == "2019"]
    )


def test_wards_are_added_up_year_by_year():
    wards = people(
        ("E05000001", "2019", 1.0), ("E05000002", "2019", 2.0), ("E05000001", "2020", 5.0)
    )
    areas = {
        "ward": pd.DataFrame({"area_code": ["E05000001", "E05000002"], "area_name": ""}),
        "district": pd.DataFrame({"area_code": ["E07000001"], "area_name": ""}),
    }
    parents = dict.fromkeys(("E05000001", "E05000002"), "E07000001")
    summed = add_up_populations(wards, areas, parents)
    sums = summed[summed["area_code"] == "E07000001"]
    # Of 2020 a ward lacks, so that there is no sum.
    assert sums[["period", "population"]].to_numpy().tolist() == [["2019", 3.0]]


def test_a_project_divides_each_year_by_its_own(tmp_path, root):
    counts = ["area_code,sex,period,indicator,count"]
    residents = ["area_code,sex,year,population"]
    for code in ("E07000008", "E07000009", "E07000010", "E07000011", "E07000012", "E06000031"):
        for number, year in enumerate(("2019", "2020"), start=1):
            counts.append(f"{code},persons,{year},reports,{100 * number}")
            residents.append(f"{code},persons,{year},{100_000 * number}")
    (tmp_path / "counts.csv").write_text("\n".join(counts) + "\n")
    (tmp_path / "people.csv").write_text("\n".join(residents) + "\n")
    (tmp_path / "vawg.toml").write_text(
        """
[project]
title = "Two years"
period = "2019 to 2020"
[areas.district]
boundaries = "districts-2015"
[[counts]]
file = "counts.csv"
basis = "own"
[population]
[[population.files]]
file = "people.csv"
[significance]
comparator = "E06000031"
[editions]
build = ["public"]
"""
    )
    tables = load_tables(read_project(tmp_path / "vawg.toml"))
    rates = compute_results(protect(tables, edition="public")).rates
    by_year = rates[rates["area_code"] == "E07000010"].set_index("period")
    assert by_year["population"].to_dict() == {"2019": 100_000, "2020": 200_000}
    assert by_year["rate"].round(3).to_dict() == {"2019": 1.0, "2020": 1.0}
