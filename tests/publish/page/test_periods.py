"""What the page has of several periods: changes, lines, and nothing that the edition hides."""

from __future__ import annotations

import dataclasses
import itertools
import json

import numpy as np
import pytest

from tests.publish.page import years
from vawg_geo.measures.time.change import CHANGES
from vawg_geo.publish.page import payload as payloads
from vawg_geo.publish.page.html import build_map
from vawg_geo.publish.page.payload import build_payload
from vawg_geo.publish.page.periods import FILLS, _caveat
from vawg_geo.results.series import series_of
from vawg_geo.settings import BreakSettings
from vawg_geo.words import change as words
from vawg_geo.words.palette import CHANGE_FILLS, _luminance, contrast_ratio


@pytest.fixture(scope="module")
def several(factory):
    return years.results_over_time(factory)


@pytest.fixture(scope="module")
def payload(several):
    return build_payload(several, level="ward")


def at(payload, period):
    return next(one for one in payload["series"] if one["period"] == period)


def test_a_page_of_one_period_has_nothing_of_time(results):
    text = json.dumps(build_payload(results, level="ward"))
    for word in (
        '"line"',
        '"lines"',
        '"runs"',
        '"changes"',
        '"since"',
        '"verdicts"',
        "view_change",
    ):
        assert word not in text
    # Neither a control nor a place for one.
    page = build_map(results, level="ward").get_root().render()
    body = page[page.index("<body") : page.index("<script")]
    assert "vawg-slide" not in body
    assert "vawg-since" not in body


def test_is_plain_json_without_an_end(payload):
    text = json.dumps(payload, allow_nan=False)
    assert "Infinity" not in text
    one = at(payload, "2019/20")["changes"][0]
    place = years.FROM_NONE
    assert (one["ratio"][place], one["high"][place]) == (-1, -1)
    assert one["low"][place] > 0


def test_ratios_are_those_of_the_results(several, payload):
    series = next(s for s in series_of(several, "ward") if s.period == "2019/20")
    change = series.changes["2014/15"]
    one = at(payload, "2019/20")["changes"][0]
    assert one["since"] == "2014/15" == at(payload, "2019/20")["since"]
    known = np.isfinite(change.ratio)
    assert [v for v in one["ratio"] if v is not None and v >= 0] == np.floor(
        change.ratio[known] * 100 + 0.5
    ).tolist()
    assert [CHANGES[n] for n in one["against"]] == change.relative_change.tolist()


def test_a_hidden_end_has_no_figure(payload):
    one = next(c for c in at(payload, "2019/20")["changes"] if c["since"] == "2016/17")
    place = years.HIDDEN_ONCE
    for key in ("ratio", "low", "high", "p", "relative", "relative_low", "relative_high"):
        assert one[key][place] is None, key
    assert payload["meta"]["changes"][one["kind"][place]] == "suppressed"
    assert CHANGES[one["against"][place]] == "not_compared"


def test_lines_say_where_a_period_lacks_and_which_series_they_are_of(payload):
    line, months = payload["lines"]
    assert line["places"] == payload["runs"][0]
    assert [payload["series"][n]["period"] for n in line["places"]] == list(years.YEARS)
    assert months["periods"][18] == "2017-07"
    assert months["places"][18] is None
    assert months["out"] == [[2, 28, 1]]
    assert {len(line["trend"]), len(months["trend"])} == {48}
    assert line["words"][0] == "Increasing over 5 years"


def test_a_comparator_has_what_it_takes_to_leave_an_area_out(several, payload):
    whole = at(payload, "2019/20")["comparator"]
    row = several.rates[
        (several.rates["period"] == "2019/20") & (several.rates["level"] == "police_area")
    ].iloc[0]
    assert (whole["count"], whole["population"], whole["part"]) == (row["count"], 240_000, True)
    assert whole["times"] == pytest.approx(1_000)
    elsewhere = dataclasses.replace(several, parents={})
    other = build_payload(elsewhere, level="ward")
    assert at(other, "2019/20")["comparator"]["part"] is False


def test_nothing_is_compared_across_a_break(factory):
    broken = years.results_over_time(
        factory, months=False, breaks=(BreakSettings(period="2017/18", words="New rules."),)
    )
    payload = build_payload(broken, level="ward")
    last = at(payload, "2019/20")
    assert last["since"] == "2017/18"
    assert payload["lines"][0]["breaks"] == [3]
    assert "2017/18" in payload["lines"][0]["said"]


def test_a_page_of_many_areas_has_two_changes_a_series(several, monkeypatch):
    monkeypatch.setattr(payloads, "MANY", 5)
    brief = build_payload(several, level="ward")
    since = [one["since"] for one in at(brief, "2019/20")["changes"]]
    assert since == ["2014/15", "2018/19"]


def test_every_kind_has_words_and_a_fill():
    kinds = words.change_words()["change_kind"]
    assert list(FILLS) == [*CHANGE_FILLS, "suppressed", "missing", "not_applicable"]
    assert set(kinds) == set(FILLS)
    assert set(words.CHANGE_WORD.values()) == {"increasing", "decreasing", "no_clear_change"}
    for own, against in itertools.product(words.RELATIVE_SENTENCE, repeat=2):
        assert "{comparator}" in words.RELATIVE_SENTENCE[own][against]


def test_colours_of_what_is_sure_differ_in_grey():
    """Each pair of the four by a third or more, and from what is unsure and not compared."""
    sure = [CHANGE_FILLS[kind][0] for kind in ("up_high", "up", "down_low", "down")]
    pale = [CHANGE_FILLS[kind][0] for kind in ("unsure_up", "unsure_down", "zero")]
    for one, other in itertools.combinations(sure, 2):
        assert contrast_ratio(one, other) > 1.35
    for one, other in itertools.product(sure, pale):
        assert contrast_ratio(one, other) > 1.35
    assert [_luminance(colour) for colour in sure] == sorted(map(_luminance, sure))
    for ground, ink, pattern in CHANGE_FILLS.values():
        assert pattern == "solid" or contrast_ratio(ground, ink) >= 3


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [("2018/19", "2019/20", False), ("2019/20", "2020/21", True), ("2019/20", "2024/25", True),
     ("2020-05", "2021-05", True), ("2021/22", "2022/23", False), ("before", "after", False)],
)  # fmt: skip
def test_lockdowns_are_said_where_a_change_goes_over_them(several, start, end, said):
    series = next(s for s in series_of(several, "ward") if s.changes)
    one = next(iter(series.changes.values()))
    text = _caveat(dataclasses.replace(one, period_from=start, period_to=end))
    assert "recording" in text
    assert ("lockdowns" in text) is said
