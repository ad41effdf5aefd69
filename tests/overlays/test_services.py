"""Coverage as at a date, by district: what the table of services says, and what it does not."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

from vawg_geo.errors import DisclosureError, InputError
from vawg_geo.overlays.services.changes import coverage_changes
from vawg_geo.overlays.services.coverage import coverage, coverage_summary
from vawg_geo.overlays.services.provisions import provisions_of
from vawg_geo.terms.refuges import refuse_places_of_refuges

BEFORE, AFTER = "2016-03-31", "2017-04-01"
CAMBRIDGE, EAST, FENLAND, HUNTS, SOUTH = (f"E070000{n:02d}" for n in range(8, 13))
PETERBOROUGH = "E06000031"
DISTRICTS = [CAMBRIDGE, EAST, FENLAND, HUNTS, SOUTH, PETERBOROUGH]
ALL = set(DISTRICTS)
# Read off the source's own table, by kind of help: who is covered, and of whom nothing is known.
COVERED = {
    BEFORE: {
        "IDVA": ALL - {PETERBOROUGH},
        "hospital IDVA": {CAMBRIDGE, HUNTS},
        "outreach": ALL,
        "refuge": {CAMBRIDGE, FENLAND, HUNTS, PETERBOROUGH},
        "Freedom programme": {PETERBOROUGH},
        "rape crisis": ALL,
        "ISVA": ALL,
        "sexual assault referral centre": ALL,
        "MARAC": ALL - {EAST},
        "child exploitation": {PETERBOROUGH},
        "practical support": set(),
        "perpetrator programme": set(),
        "single front door for referrals without children": set(),
        "front door for referrals with children": set(),
    }
}
COVERED[AFTER] = COVERED[BEFORE] | {
    "IDVA": ALL,
    "outreach": ALL - {PETERBOROUGH},
    "Freedom programme": set(),
    "single front door for referrals without children": ALL,
    "front door for referrals with children": ALL,
}
UNKNOWN = {
    "MARAC": {EAST},
    "child exploitation": ALL - {PETERBOROUGH},
    "practical support": ALL,
    "perpetrator programme": ALL,
}


@pytest.fixture(scope="module")
def services(root):
    return pd.read_csv(root / "data" / "services.csv", dtype=str, keep_default_na=False)


def one(table, code, provision):
    rows = table[(table["area_code"] == code) & (table["provision"] == provision)]
    assert len(rows) == 1
    return rows.iloc[0]


def small(**columns):
    base = {
        "service": "Outreach", "area_code": CAMBRIDGE, "area_name": "Cambridge",
        "coverage": "stated", "valid_from": "2015-04-01", "valid_to": "",
    }  # fmt: skip
    return pd.DataFrame({k: v if isinstance(v, list) else [v] for k, v in (base | columns).items()})


@pytest.mark.promise
@pytest.mark.parametrize("date", [BEFORE, AFTER])
def test_each_service_in_each_district_as_the_table_says(root, services, date):
    """Which service covers which district at which date is as the table of services says."""
    found = coverage(services, date=date)
    assert len(found) == 27 * 6
    states = found.set_index(["service", "area_code"])["state"]
    with (root / "data" / "services.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            runs = row["valid_from"] <= date and (not row["valid_to"] or date <= row["valid_to"])
            expected = row["coverage"] if runs else "not_running"
            assert states[row["service"], row["area_code"]] == expected


@pytest.mark.parametrize("date", [BEFORE, AFTER])
def test_each_kind_of_help_by_district(services, date):
    summary = coverage_summary(coverage(services, date=date))
    assert set(summary["provision"]) == set(COVERED[date])
    for provision, districts in COVERED[date].items():
        rows = summary[summary["provision"] == provision]
        assert list(rows["area_code"]) == DISTRICTS
        assert set(rows.loc[rows["covered"].fillna(False), "area_code"]) == districts, provision
        unknown = set(rows.loc[rows["covered"].isna(), "area_code"])
        assert unknown == UNKNOWN.get(provision, set()), provision


def summaries(services, *dates):
    return [coverage_summary(coverage(services, date=date)) for date in dates]


def test_peterborough_loses_outreach_and_gains_the_merged_services(services):
    changes = coverage_changes(*summaries(services, BEFORE, AFTER))
    here = changes[changes["area_code"] == PETERBOROUGH].set_index("provision")
    assert here["change"].to_dict() == {
        "IDVA": "gained",
        "outreach": "lost",
        "Freedom programme": "lost",
        "rape crisis": "merged",
        "ISVA": "succeeded",
        "sexual assault referral centre": "succeeded",
        "single front door for referrals without children": "gained",
        "front door for referrals with children": "gained",
    }
    assert here.loc["outreach", "words"] == (
        "Peterborough has no outreach service any more at 1 April 2017: Peterborough Women's Aid "
        "and Specialist Abuse Service no longer runs there, and the source names no other."
    )
    assert here.loc["rape crisis", "words"] == (
        "Peterborough, rape crisis: Cambridgeshire and Peterborough Rape Crisis Partnership at 1 "
        "April 2017 in place of Peterborough Rape Crisis Care Group, one service for more areas "
        "than before."
    )
    assert "lost" not in set(changes.loc[changes["area_code"] != PETERBOROUGH, "change"])
    merged = changes[changes["change"] == "merged"]
    assert set(merged["provision"]) == {"IDVA", "rape crisis"}
    assert set(merged.loc[merged["provision"] == "rape crisis", "area_code"]) == ALL
    assert "outreach" not in set(changes.loc[changes["area_code"] == EAST, "provision"])


def test_merged_services_are_one_at_the_later_date(services):
    later = coverage_summary(coverage(services, date=AFTER))
    for provision, service in {
        "IDVA": "Independent Domestic Violence Advisory Service (Cambridgeshire and Peterborough)",
        "rape crisis": "Cambridgeshire and Peterborough Rape Crisis Partnership",
    }.items():
        assert set(later.loc[later["provision"] == provision, "services"]) == {service}


@pytest.mark.parametrize("date", [BEFORE, AFTER])
def test_east_cambridgeshires_marac_and_peterboroughs_hospital_idva(services, date):
    summary = coverage_summary(coverage(services, date=date))
    marac = one(summary, EAST, "MARAC")
    assert marac["state"] == "not_recoverable"
    assert pd.isna(marac["covered"])
    assert "not recoverable from the source" in marac["words"]
    assert "the source names no MARAC for East Cambridgeshire" in marac["note"]
    hospital = one(summary, PETERBOROUGH, "hospital IDVA")
    assert hospital["state"] == "none"
    assert hospital["covered"] is not pd.NA
    assert not hospital["covered"]
    assert hospital["words"].startswith("The source names no hospital IDVA for Peterborough at")
    assert "none at Peterborough's hospital" in hospital["note"]


def test_none_and_not_recoverable_are_two_classes_in_every_table(services):
    found = coverage(services, date=BEFORE)
    by_state = found.groupby("state")["covered"].agg(lambda v: list(v.unique()))
    assert by_state["none"] == [False]
    assert by_state["not_running"] == [False]
    assert by_state["stated"] == by_state["inferred"] == [True]
    assert [pd.isna(v) for v in by_state["not_recoverable"]] == [True]
    summary = coverage_summary(found)
    east = summary[summary["area_code"] == EAST].set_index("provision")["state"]
    assert east["MARAC"] == "not_recoverable"
    assert east["hospital IDVA"] == "none"


def test_inferred_coverage_says_so(services):
    group = services[services["service"] == "Peterborough Rape Crisis Care Group"]
    row = one(coverage_summary(coverage(group, date=BEFORE)), FENLAND, "rape crisis")
    assert row["state"] == "inferred"
    assert row["words"].endswith("Care Group (inferred from the source's text).")
    # Stated by one service and inferred of another: stated, and both named.
    row = one(coverage_summary(coverage(services, date=BEFORE)), FENLAND, "rape crisis")
    assert row["state"] == "stated"
    assert row["services"] == "Cambridge Rape Crisis; Peterborough Rape Crisis Care Group"


@pytest.mark.parametrize("date", [BEFORE, AFTER])
def test_class_and_words_agree(services, date):
    """A class "none" never speaks of a service that has ended or is to begin; the other always."""
    summary = coverage_summary(coverage(services, date=date))
    assert {"none", "not_running"} <= set(summary["state"])
    for row in summary.to_dict("records"):
        idle = row["state"] == "not_running"
        assert ("not running then" in row["words"]) == idle
        if row["state"] == "none":
            assert (row["ended"], row["begins"]) == ("", "")
    if date == AFTER:
        outreach = one(summary, PETERBOROUGH, "outreach")
        assert outreach["state"] == "not_running"
        assert outreach["words"] == (
            "The source names no outreach service for Peterborough at 1 April 2017; not running "
            "then: Peterborough Women's Aid and Specialist Abuse Service (until 31 March 2017)."
        )


def test_a_service_that_ended_elsewhere_is_no_absence_of_one_here():
    ended = small(service="Outreach", coverage="none", valid_to="2017-03-31")
    runs = small(service="Outreach North", coverage="none")
    table = pd.concat([ended, runs])
    row = coverage_summary(coverage(table, date=AFTER)).iloc[0]
    assert row["state"] == "none"
    row = coverage_summary(coverage(ended, date=AFTER)).iloc[0]
    assert row["state"] == "not_running"
    assert row["words"].endswith("; not running then: any service of this kind.")


def test_a_possible_service_leaves_open_what_another_denies():
    table = pd.DataFrame({
        "service": ["North", "South"], "coverage": ["none", "not_recoverable"],
        "provides": "support", "area_code": EAST, "area_name": "East Cambridgeshire",
        "valid_from": "2015-04-01", "valid_to": "",
    })  # fmt: skip
    assert coverage_summary(coverage(table, date=BEFORE))["state"].tolist() == ["not_recoverable"]
    gone = table.assign(valid_to=["", "2015-12-31"])
    assert coverage_summary(coverage(gone, date=BEFORE))["state"].tolist() == ["none"]


def test_both_days_of_a_span_belong_to_it(services):
    for day, state in {"2017-03-31": "stated", "2017-04-01": "not_running"}.items():
        found = coverage(services, date=day).set_index(["service", "area_code"])["state"]
        name = "Peterborough Women's Aid and Specialist Abuse Service"
        assert found[name, PETERBOROUGH] == state
    with pytest.raises(InputError, match="begins on 2015-04-01 and says nothing of 2015-03-31"):
        coverage(services, date="2015-03-31")


def test_after_the_last_date_named_open_ends_are_marked(services):
    late = coverage(services, date="2019-01-01")
    running = late[late["state"] != "not_running"]
    assert (
        running["note"].str.contains("after the last date that the table names, 2017-04-01").all()
    )
    assert not coverage(services, date=AFTER)["note"].str.contains("after the last date").any()


def test_a_pair_without_a_row_is_not_known_and_no_absence(services):
    cut = services.drop(
        services[
            (services["service"] == "Refuge outreach") & (services["area_code"] == PETERBOROUGH)
        ].index
    )
    found = coverage(cut, date=AFTER).set_index(["service", "area_code"])
    assert found.loc[("Refuge outreach", PETERBOROUGH), "state"] == "not_recoverable"
    assert found.loc[("Refuge outreach", PETERBOROUGH), "note"].startswith("The table has no row")
    row = one(coverage_summary(coverage(cut, date=AFTER)), PETERBOROUGH, "outreach")
    assert row["state"] == "not_recoverable"


def test_a_service_that_comes_back_is_taken_at_the_date():
    table = pd.DataFrame({
        "service": "Outreach", "area_code": CAMBRIDGE, "area_name": "Cambridge",
        "coverage": ["stated", "stated"], "valid_from": ["2015-04-01", "2016-01-01"],
        "valid_to": ["2015-06-30", ""],
    })  # fmt: skip
    states = {
        day: coverage(table, date=day)["state"].item()
        for day in ("2015-05-01", "2015-09-01", "2016-05-01")
    }
    assert list(states.values()) == ["stated", "not_running", "stated"]


def test_row_order_changes_nothing_and_the_table_is_not_touched(services):
    before = services.copy()
    whole = coverage_summary(coverage(services, date=AFTER))
    mixed = coverage_summary(coverage(services.sample(frac=1, random_state=2), date=AFTER))
    pd.testing.assert_frame_equal(services, before)
    key = ["area_code", "provision"]
    columns = [*key, "state", "covered"]
    pd.testing.assert_frame_equal(
        whole[columns].sort_values(key, ignore_index=True),
        mixed[columns].sort_values(key, ignore_index=True),
    )


def test_a_provision_column_wins_over_words():
    table = small(provision="befriending", provides="outreach")
    assert coverage(table, date=BEFORE)["provision"].item() == "befriending"
    assert provisions_of("Refuge outreach", "outreach; three drop-ins") == ("outreach",)
    assert provisions_of("IDVA service", "MARAC key workers") == ("IDVA",)


@pytest.mark.parametrize(
    ("columns", "match"),
    [
        ({"coverage": "yes"}, r"1 of 1 rows of services have a word .*'Outreach' in Cambridge"),
        ({"valid_from": "1.4.2015"}, r"valid_from .*'1.4.2015' is no date"),
        ({"valid_to": "2015-01-01"}, "1 of 1 rows of services end before they begin"),
        (
            {"service": ["A", "A"], "area_code": [CAMBRIDGE] * 2, "area_name": ["Cambridge"] * 2,
             "coverage": ["stated", "none"], "valid_from": ["2015-04-01"] * 2, "valid_to": ["", ""]},
            "1 of 2 rows of services overlap in time",
        ),
    ],
)  # fmt: skip
def test_refusals(columns, match):
    with pytest.raises(InputError, match=match):
        coverage(small(**columns), date=BEFORE)


def test_absent_columns_and_dates_out_of_order(services):
    with pytest.raises(InputError, match=r"1 of 6 columns .* are absent; first: 'coverage'"):
        coverage(services.drop(columns="coverage"), date=BEFORE)
    with pytest.raises(InputError, match="2016-03-31 is not after 2017-04-01"):
        coverage_changes(*summaries(services, AFTER, BEFORE))
    with pytest.raises(InputError, match="'soon' is no date"):
        coverage(services, date="soon")


@pytest.mark.parametrize(
    ("columns", "where"),
    [
        ({"public_site": "High Street"}, "by column 'public_site'"),
        ({"easting": 545000}, "by column 'easting'"),
        ({"note": "near CB2 1TN"}, "in column 'note'"),
        ({"note": "at TL 4456 5823"}, "in column 'note'"),
        ({"note": "52.2053, 0.1218"}, "in column 'note'"),
        ({"level": "ward"}, "by an area smaller than a district"),
        ({"area_code": "E05002703"}, "by an area smaller than a district"),
    ],
)
@pytest.mark.parametrize("name", ["Cambridge Women's Aid refuge", "Safe houses"])
def test_no_refuge_gets_a_place(name, columns, where):
    with pytest.raises(DisclosureError, match=f"{where}. Refuges are known by district"):
        coverage(small(service=name, **columns), date=BEFORE)
    # The same words about another service are no one's business.
    assert len(coverage(small(service="Drop-in", **columns), date=BEFORE)) == 1


def test_refuges_of_the_default_are_by_district_only(services):
    refuse_places_of_refuges(services)
    found = coverage(services, date=BEFORE)
    refuges = found[found["provision"] == "refuge"]
    assert refuges["service"].nunique() == 3
    assert set(refuges["public_site"]) == {""}
    assert set(refuges["level"]) == {"district"}
