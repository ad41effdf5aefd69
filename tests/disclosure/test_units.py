"""Eight incidents may be one woman: the threshold asked of persons.

Seen to fail where the gate is given no numbers of persons.
"""

from __future__ import annotations

import json

import pandas as pd
import pytest

from tests.whole.honest import WARDS, Draft
from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.pipeline import build

EVENTS = [21, 34, 18, 27, 19, 40, 29, 0, 33, 24, 26, 38]
# Two wards with many events of few persons: in events nothing would be hidden.
PEOPLE = [15, 30, 12, 20, 2, 33, 21, 0, 30, 19, 1, 25]


def table(people):
    rows = [
        f"{code},incidents,persons,2015/16,{events},{number}"
        for code, events, number in zip(WARDS, EVENTS, people, strict=True)
    ]
    return "\n".join(["area_code,indicator,sex,period,count,unique clients", *rows]) + "\n"


@pytest.fixture
def draft(tmp_path):
    made = Draft(tmp_path / "project")
    made.tables["counts.csv"] = table(PEOPLE)
    return made


def rates(built, edition="public"):
    found = pd.read_csv(built.folders[edition] / "tables" / "rates_ward.csv")
    return found.set_index("area_code")


def test_events_hide_nothing_here(draft):
    built = build(draft.write())
    assert (rates(built)["status"] != "suppressed").all()
    record = json.loads((built.folders["public"] / "build.json").read_text("utf-8"))
    assert record["parameters"]["threshold_unit"] == "events"
    assert "persons" not in record["parameters"]["protection"]


def test_persons_hide_many_events_of_few(draft):
    """Fails where the gate asks the threshold of `count` alone."""
    draft.config["disclosure"] = {"unit": "persons"}
    built = build(draft.write())
    for edition in ("public", "partnership"):
        found = rates(built, edition)
        assert (found.loc[[WARDS[4], WARDS[10]], "status"] == "suppressed").all()
        # Another of each district goes with them; no more.
        assert (found["status"] == "suppressed").sum() == 4
        assert not {"individuals", "threshold_count"} & set(found.columns)
    page = (built.folders["public"] / "ward.html").read_text("utf-8")
    assert "several may be of one person" in page
    record = json.loads((built.folders["public"] / "build.json").read_text("utf-8"))
    assert record["parameters"]["threshold_unit"] == "persons"
    assert "known for: incidents" in record["parameters"]["protection"]


def test_one_table_of_its_own_unit(draft):
    draft.config["disclosure"] = {"unit": "persons"}
    draft.config["counts"][0]["unit"] = "events"
    assert (rates(build(draft.write()))["status"] != "suppressed").all()


def test_a_table_without_persons_says_so(draft):
    draft.config["disclosure"] = {"unit": "persons"}
    draft.tables["counts.csv"] = draft.tables["counts.csv"].replace("unique clients", "beat")
    built = build(draft.write())
    assert any("the threshold is asked of events" in line for line in built.messages)
    assert "Events are counted, not persons" in (built.folders["public"] / "ward.html").read_text()


def test_persons_asked_of_a_table_without(draft):
    draft.config["counts"][0]["unit"] = "persons"
    draft.tables["counts.csv"] = draft.tables["counts.csv"].replace("unique clients", "beat")
    with pytest.raises(ConfigurationError, match="no column says of how many persons"):
        build(draft.write())


@pytest.mark.parametrize("number", [22, 0])
def test_more_persons_than_events_or_none(draft, number):
    draft.tables["counts.csv"] = table([number, *PEOPLE[1:]])
    with pytest.raises(InputError, match="more individuals than events, or events of nobody"):
        build(draft.write())


def test_a_sum_is_of_no_fewer_than_its_largest_part(draft):
    """Each ward has at most six: of the district's sum nobody knows whether it has more."""
    draft.tables["counts.csv"] = table([min(number, 6) for number in PEOPLE])
    draft.config["disclosure"] = {"unit": "persons"}
    built = build(draft.write())
    districts = pd.read_csv(built.folders["public"] / "tables" / "rates_district.csv")
    assert (districts["status"] == "suppressed").all()
