"""Periods as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_geo.periods import read_period, span_name


def days(first, after):
    return date(*first).toordinal(), date(*after).toordinal()


@pytest.mark.parametrize(
    ("words", "first", "after"),
    [
        ("2015", (2015, 1, 1), (2016, 1, 1)),
        ("2015/16", (2015, 4, 1), (2016, 4, 1)),
        ("2015-16", (2015, 4, 1), (2016, 4, 1)),
        ("2015/2016", (2015, 4, 1), (2016, 4, 1)),
        ("1999/00", (1999, 4, 1), (2000, 4, 1)),
        ("1999-00", (1999, 4, 1), (2000, 4, 1)),
        (" 2015/16 ", (2015, 4, 1), (2016, 4, 1)),
        ("2015-04", (2015, 4, 1), (2015, 5, 1)),
        ("2015-12", (2015, 12, 1), (2016, 1, 1)),
        # Of two readings the month, since that is how dates are written.
        ("2011-12", (2011, 12, 1), (2012, 1, 1)),
        ("2011/12", (2011, 4, 1), (2012, 4, 1)),
        ("2012-13", (2012, 4, 1), (2013, 4, 1)),
        ("2015 Q1", (2015, 1, 1), (2015, 4, 1)),
        ("2015 q4", (2015, 10, 1), (2016, 1, 1)),
        ("2015Q2", (2015, 4, 1), (2015, 7, 1)),
        ("2015-Q2", (2015, 4, 1), (2015, 7, 1)),
        ("2015/16 Q1", (2015, 4, 1), (2015, 7, 1)),
        ("2015/16 Q4", (2016, 1, 1), (2016, 4, 1)),
        ("2015-16 Q3", (2015, 10, 1), (2016, 1, 1)),
        ("2016-02-29 to 2016-02-29", (2016, 2, 29), (2016, 3, 1)),
        ("2015-04-01 to 2016-03-31", (2015, 4, 1), (2016, 4, 1)),
        ("2015-04 to 2016-03", (2015, 4, 1), (2016, 4, 1)),
        ("2013/14 to 2015/16", (2013, 4, 1), (2016, 4, 1)),
        ("2013/14 - 2015/16", (2013, 4, 1), (2016, 4, 1)),
        ("2013/14 – 2015/16", (2013, 4, 1), (2016, 4, 1)),
        ("2015 Q2 to 2015-09-15", (2015, 4, 1), (2015, 9, 16)),
        ("2015 to 2015", (2015, 1, 1), (2016, 1, 1)),
    ],
)
def test_periods_and_the_days_that_they_cover(words, first, after):
    assert read_period(words) == days(first, after)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "last winter",
        "2015/17",
        "2015-13",
        "2015-00",
        "2015 Q5",
        "2015/17 Q1",
        # A month has no quarters.
        "2011-12 Q1",
        # A day is part of no year's count, and there is no such day.
        "2016-02-28",
        "2015-02-29 to 2015-03-31",
        "15/16",
        "201516",
        "2016 to 2015",
        "2015 to winter",
        "0000",
        "9999/00",
    ],
)
def test_other_words_stand_alone(words):
    assert read_period(words) is None


@given(st.integers(1900, 2098))
def test_parts_of_a_year_meet_end_to_end(year):
    financial = f"{year}/{(year + 1) % 100:02}"
    for whole, parts in (
        (f"{year}", [f"{year} Q{q}" for q in range(1, 5)]),
        (f"{year}", [f"{year}-{m:02}" for m in range(1, 13)]),
        (financial, [f"{financial} Q{q}" for q in range(1, 5)]),
    ):
        spans = [read_period(part) for part in parts]
        assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
        assert (spans[0][0], spans[-1][1]) == read_period(whole)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 800))
def test_names_of_spans_are_read_as_the_same_spans(first, more):
    span = first.toordinal(), first.toordinal() + more + 1
    assert read_period(span_name(span)) == span


@given(st.text("0123456789 -/Qqto–", max_size=24))
def test_any_words_give_a_span_or_none(words):
    span = read_period(words)
    assert span is None or span[0] < span[1]
