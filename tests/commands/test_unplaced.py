"""Events without an area, kept in the totals of the area that they are known to be of."""

from __future__ import annotations

import pandas as pd
import pytest

from vawg_geo.areas.tables import load_tables
from vawg_geo.project import read_project

CAMBRIDGE = "E07000008"


@pytest.fixture
def project(make_project, ward_codes):
    """Write a project of wards with some events of no ward; gives the configuration's path."""

    def write(unplaced, more=""):
        rows = [f"{code},persons,2015/16,crimes,20" for code in ward_codes]
        rows += [f"{word},persons,2015/16,crimes,{n}" for word, n in unplaced]
        config = make_project(
            table="\n".join(["area_code,sex,period,indicator,count", *rows]) + "\n"
        )
        text = config.read_text().replace('file = "counts.csv"', f'file = "counts.csv"\n{more}')
        config.write_text(text)
        return config

    return write


def totals_of(config):
    counts = load_tables(read_project(config)).counts
    return counts.set_index("area_code")["count"]


def test_set_aside_and_kept_where_asked(project):
    words = [("Unknown", 31), ("Not stated", 12)]
    without = totals_of(project(words))
    config = project(words, f'unplaced = "{CAMBRIDGE}"')
    kept = totals_of(config)
    assert kept[CAMBRIDGE] - without[CAMBRIDGE] == 43
    # The county and the police area that hold Cambridge; no other district, and no ward.
    larger = (kept - without)[lambda change: change > 0]
    assert set(larger.index) == {CAMBRIDGE, "E10000003", "E23000023"}
    assert set(larger) == {43}
    note = load_tables(read_project(config)).counts.set_index("area_code")["note"][CAMBRIDGE]
    assert note == "sum of 14 wards; events without an area among them"


def test_an_area_that_is_not_there_is_refused(run, project):
    code, _, error = run("check", project([("Unknown", 31)], 'unplaced = "E07000009x"'))
    assert code == 2
    assert "E07000009x" in error


@pytest.mark.parametrize("events", [3, 31])
def test_a_public_edition_of_them_holds(run, tmp_path, project, events):
    """The audit looks at every edition; how many of them there are stands in none of its notes."""
    config = project([("Unknown", events)], f'unplaced = "{CAMBRIDGE}"')
    code, _, error = run("build", config, "--quiet", "--out", tmp_path / "maps")
    assert code == 0, error
    table = pd.read_csv(tmp_path / "maps" / "public" / "tables" / "rates_district.csv")
    row = table.set_index("area_code").loc[CAMBRIDGE]
    assert row["count"] == 14 * 20 + events
    assert row["note"] == "sum of 14 wards; events without an area among them"


def test_events_without_an_area_are_of_all_people_too(make_project, ward_codes):
    """Seen to fail: all people were fewer than women and men together."""
    rows = [f"{code},{sex},2015/16,crimes,20" for code in ward_codes for sex in ("female", "male")]
    rows += ["Unknown,female,2015/16,crimes,6", "Unknown,male,2015/16,crimes,3"]
    table = "\n".join(["area_code,sex,period,indicator,count", *rows]) + "\n"
    config = make_project(table=table)
    config.write_text(
        config.read_text().replace(
            'file = "counts.csv"', f'file = "counts.csv"\nunplaced = "{CAMBRIDGE}"'
        )
    )
    counts = load_tables(read_project(config)).counts
    cambridge = counts[counts["area_code"] == CAMBRIDGE].set_index("sex")["count"]
    assert cambridge.to_dict() == {"female": 286, "male": 283, "persons": 569}
