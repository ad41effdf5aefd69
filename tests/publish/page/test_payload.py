"""Columns for the page: the edition's figures and no others, states kept apart."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
import shapely

from vawg_geo.errors import OutputError
from vawg_geo.publish.page.payload import build_payload
from vawg_geo.publish.report.patterns import pattern_rules
from vawg_geo.results.series import reason_without
from vawg_geo.terms.columns import STATUSES
from vawg_geo.words.hotspots import NOT_COMPUTED


@pytest.fixture(scope="module")
def payload(results):
    return build_payload(results, level="ward")


def one(payload, indicator, sex):
    names = [known["name"] for known in payload["indicators"]]
    return next(
        s for s in payload["series"] if names[s["indicator"]] == indicator and s["sex"] == sex
    )


def test_is_plain_json(payload):
    assert json.loads(json.dumps(payload, allow_nan=False))["areas"]["name"][0] == "Square 1"


def test_every_column_has_every_area(payload):
    for series in payload["series"]:
        for column in ("class", "status", "significance", "rate", "low", "high", "low998", "count"):
            assert len(series[column]) == 12, column
    assert all(len(column) == 12 for column in payload["populations"])


def test_states_are_kept_apart(payload):
    series = one(payload, "incidents", "persons")
    words = [STATUSES[place] for place in series["status"]][:6]
    assert words[1:] == ["zero", "unstable", "suppressed", "missing", "not_applicable"]
    assert series["rate"][1] == 0.0
    assert series["class"][1] == 0
    for place in (3, 4, 5):
        for column in ("rate", "low", "high", "low998", "high998", "count", "class"):
            assert series[column][place] is None, (place, column)


def test_order_is_that_of_the_areas_whatever_the_rows_order(results, payload):
    shuffled = dataclasses.replace(
        results, rates=results.rates.sample(frac=1, random_state=3).reset_index(drop=True)
    )
    again = build_payload(shuffled, level="ward")
    assert one(again, "crimes", "male")["rate"] == one(payload, "crimes", "male")["rate"]
    assert again["areas"] == payload["areas"]


@pytest.mark.promise
def test_an_area_without_a_row_is_missing(results):
    """An area without a count is shown as missing, never as zero."""
    rates = results.rates
    first = results.areas["ward"]["area_code"].iloc[0]
    gap = dataclasses.replace(results, rates=rates[rates["area_code"] != first])
    series = one(build_payload(gap, level="ward"), "incidents", "persons")
    assert STATUSES[series["status"][0]] == "missing"
    assert series["rate"][0] is None


def test_classes_come_from_unrounded_rates_and_a_limit_opens_the_class_above(results):
    key = ("ward", "incidents", "persons", "year")
    rates = results.rates.copy()
    rows = (rates["level"] == "ward") & (rates["indicator"] == "incidents")
    rates.loc[rows, "rate"] = np.where(rates.loc[rows, "rate"].isna(), np.nan, 4.96)
    rates.loc[rates.index[rows][0], "rate"] = 5.0
    changed = dataclasses.replace(results, rates=rates, breaks=results.breaks | {key: (5.0,)})
    series = one(build_payload(changed, level="ward"), "incidents", "persons")
    assert (series["rate"][0], series["class"][0]) == (5.0, 1)
    assert (series["rate"][6], series["class"][6]) == (5.0, 0)


def test_one_illustrative_figure_marks_the_series(results):
    rates = results.rates.copy()
    rows = (rates["level"] == "ward") & (rates["indicator"] == "incidents")
    rates.loc[rates.index[rows][7], "basis"] = "illustrative"
    payload = build_payload(dataclasses.replace(results, rates=rates), level="ward")
    assert one(payload, "incidents", "persons")["basis"] == "illustrative"


def test_comparator_stands_beside_the_series(payload):
    comparator = one(payload, "incidents", "persons")["comparator"]
    assert comparator["name"] == "Cambridgeshire and Peterborough"
    assert comparator["low"] < comparator["rate"] < comparator["high"]


def test_a_comparator_without_a_rate_has_none(results):
    rates = results.rates[results.rates["level"] == "ward"]
    payload = build_payload(dataclasses.replace(results, rates=rates), level="ward")
    assert one(payload, "incidents", "persons")["comparator"]["rate"] is None


def test_small_rates_get_two_decimals(results):
    rates = results.rates.assign(rate=results.rates["rate"] / 40)
    payload = build_payload(dataclasses.replace(results, rates=rates), level="ward")
    assert {s["decimals"] for s in payload["series"]} == {2}


def test_districts_are_drawn_over_wards(payload):
    assert payload["parents"]["name"] == ["West & Left", "East and Right"]
    assert len(payload["parents"]["edge"]) == 2
    assert payload["areas"]["edge"] == []
    assert set(payload["areas"]["parent"]) == {0, 1}


def test_a_river_between_wards_is_water(results):
    payload = build_payload(results, level="ward")
    assert payload["areas"]["water"] == []
    wards = results.areas["ward"]
    west, south, east, north = wards.total_bounds
    middle = (south + north) / 2
    river = shapely.box(west, middle - 20, east, middle + 20)
    cut = wards.set_geometry(wards.geometry.difference(river))
    cut = dataclasses.replace(results, areas={**results.areas, "ward": cut})
    assert len(build_payload(cut, level="ward")["areas"]["water"]) == 1


def test_districts_that_lie_in_nothing_have_an_edge(results):
    payload = build_payload(results, level="district")
    assert payload["parents"]["edge"] == []
    assert len(payload["areas"]["edge"]) == 1


def test_what_cannot_be_shown_is_refused(results):
    with pytest.raises(OutputError, match="no outlines for the level 'lsoa'"):
        build_payload(results, level="lsoa")
    nothing = dataclasses.replace(results, rates=results.rates[:0])
    with pytest.raises(OutputError, match="no rates for the level 'ward'"):
        build_payload(nothing, level="ward")
    rates = results.rates.replace({"area_code": {"E05990000": "E05999999"}})
    with pytest.raises(OutputError, match=r"1 of 12 areas .* no outline .* 'E05999999'"):
        build_payload(dataclasses.replace(results, rates=rates), level="ward")


def test_hotspots_are_small_integers_in_the_areas_order(payload, factory):
    series = one(payload, "incidents", "persons")
    labels = payload["meta"]["clusters"]
    moran = series["hot"]["moran"]
    assert [labels[place] for place in moran["cluster"]][:9] == list(factory.MORAN)
    assert [labels[p] for p in series["hot"]["gi"]["cluster"]][:9] == list(factory.GI)
    for column in ("cluster", "p", "q", "holds", "near"):
        assert len(moran[column]) == 12, column
        assert all(v is None or type(v) is int for v in moran[column]), column
    assert moran["p"][0] == 0
    assert moran["p"][-1] == 9_000
    assert moran["holds"][0] == 100
    for column in ("p", "q", "holds"):
        assert moran[column][3:6] == [None] * 3, column
    assert moran["rule"] == (
        "Local Moran on empirical-Bayes-standardised rates, queen neighbours, 99,999 "
        "permutations, seed 12345, Benjamini-Hochberg at 5%, high and low neighbours (two-sided)"
    )


def test_clusters_have_members_and_figures(payload):
    scan = one(payload, "incidents", "persons")["scan"]
    assert scan["member"] == [1, 1, 0, 0, 0, 0, 2, 2, 0, 0, 2, 0]
    first = scan["clusters"][0]
    assert first == {
        "n": 1, "centre": 0, "areas": 2, "observed": 1234, "expected": 617.4, "risk": 2.13, "p": 10,
    }  # fmt: skip
    assert "999 replicates, seed 12345" in scan["rule"]


def test_a_cluster_of_the_other_model_alone_is_said_and_not_drawn(results):
    """Seen to fail: with the rows' own numbers its areas stood in a cluster that is not listed."""
    second = results.scans["scan_cluster"] == 2
    scans = results.scans.assign(
        significant=~second, p_value=results.scans["p_value"].mask(second, 0.412)
    )
    disputed = dataclasses.replace(results, scans=scans)
    scan = one(build_payload(disputed, level="ward"), "incidents", "persons")["scan"]
    assert [cluster["n"] for cluster in scan["clusters"]] == [1]
    assert set(scan["member"]) == {0, 1}
    assert "variation 0.25), and the scan allows for that: 1 cluster holds more" in " ".join(
        scan["said"]
    )
    assert "3 wards about Square 7 would be called as well (p 0.001 instead of 0.412)" in " ".join(
        scan["said"]
    )
    assert "negative-binomial model" in scan["rule"]
    none = dataclasses.replace(results, scans=scans[second])
    scan = one(build_payload(none, level="ward"), "incidents", "persons")["scan"]
    assert scan["clusters"] == []
    assert set(scan["member"]) == {0}
    assert "no cluster holds more than such differences give" in " ".join(scan["said"])
    no_labels = dataclasses.replace(disputed, hotspots=disputed.hotspots.iloc[:0])
    *_, bullets = pattern_rules(no_labels)
    found, said, rule = bullets.lines
    assert "no person's risk (p 0.001)" in found
    assert said.endswith("(p 0.001 instead of 0.412).")
    assert rule.startswith("Circular scan, negative-binomial model")


def test_the_poisson_model_says_what_it_did_not_allow_for(results):
    scans = results.scans.assign(scan_model="poisson", p_value_other_model=[0.2, 0.2, *[0.01] * 3])
    scan = one(
        build_payload(dataclasses.replace(results, scans=scans), level="ward"),
        "incidents", "persons",
    )["scan"]  # fmt: skip
    assert "took all wards for alike in risk" in " ".join(scan["said"])
    assert "2 wards about Square 1 would not be called (p 0.200 instead of 0.001)" in " ".join(
        scan["said"]
    )
    assert "Square 7" not in " ".join(scan["said"])
    assert "Poisson model (one risk everywhere)" in scan["rule"]


def test_an_area_in_two_circles_belongs_to_the_likelier(results):
    scans = results.scans.copy()
    twice = scans.assign(scan_cluster=scans["scan_cluster"].replace({1: 2}))[:1]
    both = dataclasses.replace(results, scans=pd.concat([twice, scans, twice]))
    series = one(build_payload(both, level="ward"), "incidents", "persons")
    assert series["scan"]["member"][0] == 1


def test_rows_of_hotspots_in_any_order(results, payload):
    shuffled = dataclasses.replace(
        results,
        hotspots=results.hotspots.sample(frac=1, random_state=5),
        scans=results.scans.sample(frac=1, random_state=5),
    )
    again = one(build_payload(shuffled, level="ward"), "incidents", "persons")
    mine = one(payload, "incidents", "persons")
    assert (again["hot"], again["scan"]) == (mine["hot"], mine["scan"])


def test_series_without_hotspots_say_why(results, payload):
    assert "without" not in one(payload, "incidents", "persons")
    assert one(payload, "crimes", "female")["without"] == "illustrative"
    assert "hot" not in one(payload, "crimes", "female")
    districts = build_payload(results, level="district")
    assert one(districts, "incidents", "persons")["without"] == "few_areas"


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"basis": "illustrative"}, "illustrative"),
        ({"counts": [5] * 9}, "few_areas"),
        ({"method": "wilson"}, "share"),
        ({"counts": [5] * 9 + [None] * 20}, "few_known"),
        ({"counts": [0] * 20}, "zero"),
        ({}, "settings"),
    ],
)
def test_reasons(known, reason):
    given = {"basis": "own", "method": "exact", "counts": [3] * 20} | known
    counts = np.array(given.pop("counts"), dtype=float)
    assert reason_without(counts=counts, **given) == reason
    assert reason in NOT_COMPUTED


def test_hotspots_that_fit_no_map_are_refused(results):
    strange = results.hotspots.replace({"cluster": {"high-high": "HH"}})
    with pytest.raises(OutputError, match="'HH' is no label of a hotspot"):
        build_payload(dataclasses.replace(results, hotspots=strange), level="ward")
    gone = results.scans.replace({"area_code": {"E05990000": "E05999999"}})
    with pytest.raises(OutputError, match=r"1 of 5 rows .* without an outline.*'E05999999'"):
        build_payload(dataclasses.replace(results, scans=gone), level="ward")
