"""Repeat victims from the configuration to every output, and what is refused."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from tests.whole.honest import COUNTY, DISTRICTS, WARDS, Draft
from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.pipeline import build

TOLD = "public-health, variance 2.8 times, 1.6 events a person"
ROWS = {1: 200, 2: 50, 4: 20, 10: 5}


def persons_table(rows_of):
    lines = ["area_code,indicator,sex,period,events_per_person,persons"]
    for code, rows in rows_of.items():
        lines += [f"{code},crimes,persons,2015/16,{f},{n}" for f, n in rows.items()]
    return "\n".join(lines) + "\n"


def rates_in(folder):
    files = sorted((folder / "tables").glob("rates_*.csv"))
    return pd.concat([pd.read_csv(path) for path in files], ignore_index=True)


def draft_of(tmp_path, rows_of, **said):
    draft = Draft(tmp_path / "project")
    draft.tables["repeats.csv"] = persons_table(rows_of)
    draft.config["repeat_victims"] = [{"indicator": "crimes", "file": "repeats.csv", **said}]
    return draft


def test_every_output_says_which_limits_were_used(tmp_path):
    draft = draft_of(tmp_path, {COUNTY: ROWS, DISTRICTS[0]: {1: 80, 9: 7}, WARDS[4]: {3: 1}})
    built = build(draft.write(), out=tmp_path / "maps", editions=["public", "partnership"])
    for name, folder in built.folders.items():
        rates = rates_in(folder)
        assert set(rates["rate_method"]) == {TOLD}, name
        page = (folder / "ward.html").read_text()
        assert "2.8 times that of independent events" in page
        assert "the limits allow for repeat victims" in page
        # Nothing of the table itself, and not that a ward has a person with three.
        everything = b"".join(p.read_bytes() for p in folder.rglob("*.*") if p.is_file())
        assert b"repeats.csv" not in everything
        assert b"events_per_person" not in everything
        # What is hidden has no limits.
        hidden = rates[rates["status"] == "suppressed"]
        assert len(hidden)
        assert hidden[["rate_lower", "rate_upper"]].isna().all(axis=None)


def test_the_limits_are_wider_than_without(tmp_path):
    plain = Draft(tmp_path / "plain")
    draft = draft_of(tmp_path, {COUNTY: ROWS})
    found = {}
    for name, one in (("plain", plain), ("wide", draft)):
        built = build(one.write(), out=tmp_path / f"maps-{name}", editions=["public"])
        county = rates_in(built.folders["public"]).set_index("area_code").loc[COUNTY]
        found[name] = county["rate_upper"] - county["rate"]
    # 273 events: by hand the widening is sqrt(2.8) but for the skewness of 171 persons.
    assert found["wide"] / found["plain"] == pytest.approx(2.8**0.5, rel=0.03)


def test_a_factor_from_elsewhere(tmp_path):
    draft = Draft(tmp_path / "project")
    draft.config["repeat_victims"] = [{"indicator": "crimes", "variance_factor": 2}]
    built = build(draft.write(), out=tmp_path / "maps", editions=["public"])
    rates = rates_in(built.folders["public"])
    assert set(rates["rate_method"]) == {"public-health, variance 2.0 times"}
    record = json.loads((built.folders["public"] / "build.json").read_text())
    assert record["parameters"]["rate_method"] == "public-health"


@pytest.mark.parametrize(
    ("rows_of", "match"),
    [
        ({COUNTY: {1: 40, 2: 9}}, "a factor is from 50 or more"),
        ({COUNTY: {1: 60, 30: 2}}, "2 of 62 persons make more than half of the variance"),
    ],
)
def test_tables_of_few_persons_are_refused(tmp_path, rows_of, match):
    with pytest.raises(InputError, match=match):
        build(draft_of(tmp_path, rows_of).write(), out=tmp_path / "maps")
    assert not (tmp_path / "maps").exists()


@pytest.mark.parametrize(
    ("entry", "match"),
    [
        ({"indicator": "crime", "variance_factor": 2.0}, "Did you mean 'crimes'"),
        ({"indicator": "crimes"}, "either a file or a variance_factor"),
        ({"indicator": "crimes", "variance_factor": 0.5}, "1 or more"),
        ({"indicator": "crimes", "file": "repeats.csv", "sex": "female"}, "a file says itself"),
    ],
)
def test_entries_that_cannot_be_used(tmp_path, entry, match):
    draft = draft_of(tmp_path, {COUNTY: ROWS})
    draft.config["repeat_victims"] = [entry]
    with pytest.raises(ConfigurationError, match=match):
        build(draft.write(), out=tmp_path / "maps")


def test_persons_do_not_come_twice(tmp_path):
    draft = draft_of(tmp_path, {COUNTY: ROWS})
    draft.config["rates"] = {"method": "wilson"}
    with pytest.raises(ConfigurationError, match="who do not come twice"):
        build(draft.write(), out=tmp_path / "maps")
