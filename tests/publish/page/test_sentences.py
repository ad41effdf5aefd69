"""What is said of an area: five states have five texts, and none gives away what is hidden."""

from __future__ import annotations

import re
from functools import partial

import pytest

from vawg_geo.terms.columns import STATUSES


@pytest.fixture
def say(area_sentence):
    return partial(said, area_sentence)


def said(area_sentence, **changes):
    known = {
        "area": "Peterborough", "unit": "incidents", "status": "value", "significance": "higher",
        "rate": 31.07, "comparator": "Cambridgeshire and Peterborough", "comparator_rate": 18.11,
    }  # fmt: skip
    return area_sentence(**(known | changes))


def test_higher(say):
    assert say() == (
        "Peterborough’s rate, 31.1 per 1,000 residents aged 16 and over, is statistically higher "
        "than that of Cambridgeshire and Peterborough as a whole (18.1)."
    )


@pytest.mark.parametrize(
    ("significance", "phrase"),
    [("lower", "statistically lower than"), ("similar", "not statistically different from")],
)
def test_lower_and_similar(say, significance, phrase):
    assert phrase in say(significance=significance)


def test_beside_the_rate_it_is_not_said_again(say):
    assert say(brief=True) == (
        "Peterborough’s rate is statistically higher than that of Cambridgeshire and Peterborough "
        "as a whole (18.1)."
    )
    assert say(brief=True, comparator=None, comparator_rate=None).startswith(
        "Peterborough’s rate is 31.1 per 1,000 residents"
    )


def test_among_its_like(say):
    assert say(standing="unusually_high").endswith(
        "as a whole (18.1). Even given how wards differ, it is unusually high."
    )
    assert say(standing="as_expected", level="district", status="unstable").endswith(
        "Given how districts differ, it is not unusual. It rests on fewer than 10 incidents, so it "
        "may change a lot from year to year by chance."
    )


def test_without_a_comparator_nothing_is_compared(say):
    text = say(comparator=None, comparator_rate=None)
    assert "higher" not in text
    assert text == (
        "Peterborough’s rate is 31.1 per 1,000 residents aged 16 and over. It is not compared with "
        "another area."
    )


def test_a_size_has_no_number_before_it(say):
    assert say(per=1, denominator="km²").startswith("Peterborough’s rate, 31.1 per km², is ")


def test_five_states_have_five_texts(say):
    rates = {"suppressed": None, "missing": None, "not_applicable": None, "zero": 0.0}
    texts = {status: say(status=status, rate=rates.get(status, 3.0)) for status in STATUSES}
    assert len(set(texts.values())) == len(STATUSES)
    assert "hidden" in texts["suppressed"]
    assert "does not mean zero" in texts["missing"]
    assert texts["zero"].startswith("No incidents were recorded in Peterborough.")
    assert "fewer than 10 incidents" in texts["unstable"]
    for status in ("suppressed", "missing", "not_applicable"):
        assert not re.search(r"\d", texts[status]), status


def test_a_hidden_figure_is_not_said_even_when_it_is_passed(say):
    assert "31" not in say(status="suppressed")


def test_templates_do_not_read_names(say):
    assert say(area="{rate}", rate=2.0).startswith("{rate}’s rate, 2.0")
