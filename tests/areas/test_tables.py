"""Everything that a project names, gathered."""

from __future__ import annotations

import pytest

import vawg_geo
from vawg_geo.areas.tables import load_tables
from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.project import read_project


@pytest.fixture(scope="module")
def default():
    return vawg_geo.load_default()


def test_the_default_is_complete(default):
    status = default.counts.groupby(["level", "status"]).size().to_dict()
    assert ("ward", "missing") not in status
    assert set(default.join_report["outcome"]) == {"matched_by_code"}
    assert default.notes == ()


def test_what_the_source_does_not_cover_is_not_applicable(default):
    rows = default.counts[
        (default.counts["indicator"] == "IDVA high-risk referrals")
        & (default.counts["status"] == "not_applicable")
    ]
    by_level = rows.groupby("level").size().to_dict()
    assert by_level == {"district": 1, "police_area": 1, "ward": 24}
    assert set(rows.loc[rows["level"] == "ward", "area_code"].map(default.parents)) == {"E06000031"}


def test_wards_agree_with_districts_and_districts_with_the_whole(default):
    table = default.reconciliation
    assert {"ward", "district"} == set(table["lower"])
    assert (table["difference"].fillna(0) == 0).all()
    assert table["difference"].notna().sum() > 80


def test_the_month_is_added_up_to_the_whole(default):
    month = default.counts[default.counts["indicator"].str.startswith("violence and sexual")]
    totals = month.groupby("level")["count"].sum()
    assert totals["police_area"] == totals["district"] == totals["ward"] == 1806
    assert totals["county"] < totals["police_area"]


def test_own_wards_are_added_up(make_project, ward_codes):
    tables = load_tables(read_project(make_project(dict.fromkeys(ward_codes, 10))))
    totals = tables.counts.groupby("level")["count"].sum().to_dict()
    assert totals == {"police_area": 1440, "county": 1200, "district": 1440, "ward": 1440}


def test_missing_ward_leaves_sums_missing_and_is_reported(make_project, ward_codes):
    counts = dict.fromkeys(ward_codes[1:], 10)
    tables = load_tables(read_project(make_project(counts)))
    missing = tables.counts[tables.counts["status"] == "missing"]
    assert missing["area_code"].tolist() == ["E23000023", "E06000031", ward_codes[0]]
    assert tables.join_report.query("outcome == 'missing'")["area_code"].tolist() == [ward_codes[0]]


def test_more_events_than_people_many_times_over(make_project, ward_codes):
    counts = dict.fromkeys(ward_codes, 10) | {ward_codes[3]: "1e9"}
    with pytest.raises(
        InputError,
        match=r"1 of 144 counts are more than 5 times the population; first: .*1,000,000,000",
    ):
        load_tables(read_project(make_project(counts)))


def test_unknown_table_and_level_without_boundaries(make_project):
    config = make_project()
    text = config.read_text()
    config.write_text(text.replace('"counts.csv"', '"published-ratez"'))
    with pytest.raises(ConfigurationError, match="no file and no embedded table"):
        load_tables(read_project(config))
    config.write_text(text.replace('[areas.ward]\nboundaries = "wards-2015"\n', ""))
    with pytest.raises(ConfigurationError, match=r"144 of 144 rows are of the level 'ward'"):
        load_tables(read_project(config))


def test_names_are_joined_within_the_districts(make_project):
    wards = vawg_geo.read_boundaries("wards-2015")
    districts = dict(
        vawg_geo.read_boundaries("districts-2015")[["area_code", "area_name"]].itertuples(
            index=False
        )
    )
    rows = ["ward,district,count"] + [
        f'"{name.replace("and", "&").upper()}",{districts[parent]} City,12'
        for name, parent in zip(wards["area_name"], wards["parent_code"], strict=True)
    ]
    config = make_project(table="\n".join(rows))
    text = config.read_text().replace(
        'basis = "own"',
        'basis = "own"\nindicator = "crimes"\nsex = "persons"\nperiod = "2015/16"',
        1,
    )
    config.write_text(text)
    tables = load_tables(read_project(config))
    assert tables.counts.query("level == 'ward'")["count"].tolist() == [12] * 144
    assert tables.join_report["outcome"].eq("matched_by_name").all()
