"""Columns for the page: the edition's figures and no others, states kept apart."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from vawg_geo.columns import STATUSES
from vawg_geo.errors import OutputError
from vawg_geo.publish.payload import build_payload


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


def test_an_area_without_a_row_is_missing(results):
    rates = results.rates
    first = results.areas["ward"]["area_code"].iloc[0]
    gap = dataclasses.replace(results, rates=rates[rates["area_code"] != first])
    series = one(build_payload(gap, level="ward"), "incidents", "persons")
    assert STATUSES[series["status"][0]] == "missing"
    assert series["rate"][0] is None


def test_classes_come_from_unrounded_rates_and_a_limit_opens_the_class_above(results):
    key = ("ward", "incidents", "persons")
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
    assert len(payload["parents"]["shape"]) == 2
    assert set(payload["areas"]["parent"]) == {0, 1}


def test_what_cannot_be_shown_is_refused(results):
    with pytest.raises(OutputError, match="no outlines for the level 'lsoa'"):
        build_payload(results, level="lsoa")
    nothing = dataclasses.replace(results, rates=results.rates[:0])
    with pytest.raises(OutputError, match="no rates for the level 'ward'"):
        build_payload(nothing, level="ward")
    rates = results.rates.replace({"area_code": {"E05990000": "E05999999"}})
    with pytest.raises(OutputError, match=r"1 of 12 areas .* no outline .* 'E05999999'"):
        build_payload(dataclasses.replace(results, rates=rates), level="ward")
