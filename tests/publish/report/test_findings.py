"""Sentences of what was found: from the results alone, nothing of what is hidden, none too long."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from vawg_geo.publish.report.findings import in_brief, pattern_lines, verdict_lines
from vawg_geo.publish.report.indicator import indicator_blocks, subjects_of
from vawg_geo.results.series import series_of
from vawg_geo.words.blocks import Table
from vawg_geo.words.bullets import LONGEST, listed

WORDS = ("higher", "lower", "similar")


@pytest.fixture
def series(results):
    return next(
        one for one in series_of(results, "ward")
        if (one.status == "suppressed").any() and not one.illustrative
    )  # fmt: skip


def told(series, words):
    """The series with these verdicts, compared with the whole."""
    return dataclasses.replace(series, compares="significance", significance=np.array(words))


def verdicts(series, word):
    """Every area that has a rate with one verdict."""
    return told(series, np.where(series.rated, word, "not_compared"))


def test_an_area_that_is_hidden_or_has_no_figure_is_named_nowhere(results, series):
    for word in WORDS:
        one = verdicts(series, word)
        lines = [*verdict_lines(one), in_brief(one), *pattern_lines(results, one)]
        assert lines
        for name in one.area_name[~one.rated]:
            assert not [line for line in lines if re.search(rf"{re.escape(name)}\b", line)], name


def test_hidden_areas_are_in_no_number(series):
    known = int(series.rated.sum())
    assert 0 < known < series.areas
    first = next(verdict_lines(verdicts(series, "higher")))
    assert first.startswith(f"{known} of {known} wards are higher than ")


def test_who_is_higher_lower_and_unsure_adds_up(series):
    words = np.where(series.rated, "similar", "not_compared").astype(object)
    rated = np.flatnonzero(series.rated)
    words[rated[:2]], words[rated[2]] = "higher", "lower"
    one = told(series, words.astype(str))
    lines = " ".join(verdict_lines(one))
    n = len(rated)
    assert f"2 of {n} wards are higher than " in lines
    assert f"1 of {n} wards is lower than " in lines
    assert f"{n - 3} of {n} wards cannot be told apart from " in lines
    assert in_brief(one).endswith(f"1 is lower; {n - 3} cannot be told apart.")
    for place in rated[:3]:
        rate, low, high = (
            one.printed(column[place]) for column in (one.rate, one.rate_lower, one.rate_upper)
        )
        assert f"{one.area_name[place]} {rate} ({low} to {high})" in lines


def test_none_that_differs_is_said(series):
    one = verdicts(series, "similar")
    assert next(verdict_lines(one)).startswith("None of ")
    assert in_brief(one).startswith("None of ")


def test_nothing_to_compare_is_no_sentence(series):
    one = told(series, ["not_compared"] * series.areas)
    assert list(verdict_lines(one)) == []
    assert in_brief(one) == ""


def test_made_up_figures_are_no_finding(series):
    one = dataclasses.replace(verdicts(series, "higher"), basis="illustrative")
    assert list(verdict_lines(one)) == []
    assert in_brief(one) == ""


@pytest.mark.parametrize("word", WORDS)
def test_long_and_strange_names_leave_a_bullet_short(series, word):
    strange = "Llanfihangel-yng-Ngwynfa & St John’s \u2018<b>\u2019 with Bryn y Cosyn"
    one = verdicts(series, word)
    one = dataclasses.replace(one, area_name=np.array([strange] * one.areas))
    for line in [*verdict_lines(one), in_brief(one)]:
        # A name is never cut: two of them with limits may be a few words more.
        assert len(line.split()) <= LONGEST + len(strange.split()) + 4


def test_names_that_do_not_fit_are_counted():
    names = [f"Ward {n}" for n in range(100)]
    said = listed(names)
    assert len(said.split()) <= LONGEST
    shown = said.split(", ")
    assert said.endswith(f"and {100 - len(shown)} more")


def test_a_row_of_a_hidden_area_has_the_word_and_no_figure(results):
    rates = results.rates
    gone = rates["level"].eq("district")
    assert gone.any()
    hidden = dataclasses.replace(
        results,
        rates=rates.assign(
            rate=rates["rate"].mask(gone), status=rates["status"].mask(gone, "suppressed")
        ),
    )
    codes = set(rates.loc[gone, "area_code"])
    rows = []
    for subject in subjects_of(results):
        bare = dataclasses.replace(subject, series=(), lines=None)
        tables = [b for b in indicator_blocks(hidden, bare) if isinstance(b, Table)]
        rows += [row for one in tables for row in one.rows if row[0].key in codes]
    for row in rows:
        found = [cell for cell in row if getattr(cell, "key", "") == "suppressed"]
        assert found == ["hidden"]
        assert not any(cell[:1].isdigit() for cell in row[1:])
    assert rows
