"""All people, added up where women and men are given and they are not."""

from __future__ import annotations

import pandas as pd
import pytest

from vawg_geo.areas.joining.persons import persons_of_counts, persons_of_populations


def counts_of(*rows):
    table = pd.DataFrame(rows, columns=["area_code", "indicator", "sex", "count", "status"])
    return table.assign(
        count=table["count"].astype("Int64"), area_name="", level="ward", vintage="",
        period="2015/16", basis="own", note="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("women", "men", "expected"),
    [
        ((3, "value"), (4, "value"), (7, "value")),
        ((0, "zero"), (0, "zero"), (0, "zero")),
        ((0, "zero"), (4, "value"), (4, "value")),
        ((None, "suppressed"), (4, "value"), (None, "suppressed")),
        ((None, "suppressed"), (None, "missing"), (None, "missing")),
        ((None, "not_applicable"), (4, "value"), (None, "not_applicable")),
    ],
)
def test_a_sum_is_never_less_than_its_parts_say(women, men, expected):
    table = counts_of(("a", "x", "female", *women), ("a", "x", "male", *men))
    rows, notes = persons_of_counts(table)
    count, status = rows.loc[0, ["count", "status"]]
    assert (None if pd.isna(count) else count, status) == expected
    assert notes


def test_only_where_both_are_given_and_persons_are_not():
    table = counts_of(
        ("a", "women only", "female", 3, "value"),
        ("a", "all", "female", 3, "value"),
        ("a", "all", "male", 4, "value"),
        ("a", "all", "persons", 9, "value"),
        ("a", "both", "female", 3, "value"),
        ("a", "both", "male", 4, "value"),
        ("b", "both", "female", 5, "value"),
    )
    rows, notes = persons_of_counts(table)
    assert rows[["area_code", "indicator", "count"]].to_numpy().tolist() == [["a", "both", 7]]
    assert notes == [
        "persons of 1 indicator are women and men added up, since the table does not give them: "
        "both"
    ]


def test_populations_of_two_bases_are_estimated():
    people = pd.DataFrame(
        {
            "area_code": "a", "area_name": "", "level": "ward", "sex": ["female", "male"],
            "age_group": "16+", "population": [10.5, 9.0], "basis": ["estimated", "published"],
            "note": "",
        }
    )  # fmt: skip
    rows, _ = persons_of_populations(people)
    assert rows[["population", "basis"]].to_numpy().tolist() == [[19.5, "estimated"]]
    given = pd.concat([people, rows], ignore_index=True)
    assert persons_of_populations(given)[0].empty


def both_sexes(codes, column, start):
    rows = [
        f"{code},{sex},{start + place + 3 * (sex == 'male')}"
        for place, code in enumerate(codes)
        for sex in ("female", "male")
    ]
    return "\n".join([f"area_code,sex,{column}", *rows]) + "\n"


def test_a_project_of_women_and_men(make_project, ward_codes):
    from vawg_geo.areas.tables import load_tables
    from vawg_geo.project import read_project

    config = make_project(table=both_sexes(ward_codes, "count", 20))
    config.write_text(
        config.read_text().replace(
            'file = "counts.csv"', 'file = "counts.csv"\nindicator = "x"\nperiod = "2015/16"'
        )
    )
    tables = load_tables(read_project(config))
    own = tables.counts[(tables.counts["level"] == "ward") & (tables.counts["basis"] == "own")]
    by_sex = own.pivot_table(index="area_code", columns="sex", values="count")
    assert (by_sex["persons"] == by_sex["female"] + by_sex["male"]).all()
    assert len(by_sex) == 144
    assert any("women and men added up" in note.line() for note in tables.notes)


def test_rates_of_women_and_men(tmp_path, ward_codes):
    from vawg_geo.commands.rates import rates_file

    counts, people, out = (tmp_path / f"{name}.csv" for name in ("counts", "people", "rates"))
    text = both_sexes(ward_codes[:9], "count", 20).replace(
        "sex,count", "sex,count,indicator,period"
    )
    head, *rows = text.splitlines()
    counts.write_text("\n".join([head, *(f"{row},x,2015/16" for row in rows)]))
    people.write_text(both_sexes(ward_codes[:9], "population", 4000))
    lines = rates_file(counts, population=people, out=out)
    assert sum("women and men added up" in line for line in lines) == 2
    rates = pd.read_csv(out)
    assert rates["sex"].value_counts().to_dict() == {"female": 9, "male": 9, "persons": 9}
    first = rates[rates["area_code"] == ward_codes[0]].set_index("sex")
    assert first.loc["persons", "count"] == 43
    assert first.loc["persons", "population"] == 8003
