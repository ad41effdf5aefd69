"""Which periods go together, which pairs are compared, and where a series is broken."""

import datetime as dt

import pandas as pd
import pytest

from vawg_geo.errors import ConfigurationError
from vawg_geo.measures.time.tracks import break_days, tracks_of
from vawg_geo.settings import BreakSettings


def tracks(periods, *, days=()):
    rates = pd.DataFrame({"level": "ward", "indicator": "i", "sex": "persons", "period": periods})
    found = tracks_of(rates, {"i": days})
    return found.get(("ward", "i", "persons"), ())


def day(text):
    return dt.date.fromisoformat(text).toordinal()


def pairs(track):
    return [(track.words[first], track.words[last]) for first, last in track.pairs()]


def test_periods_of_one_length_that_do_not_overlap_go_together():
    words = ["2015/16", "2014/15", "2016/17", "2015", "2016", "2014/15 to 2016/17", "2016 Q2"]
    assert [track.words for track in tracks(words)] == [
        ("2015", "2016"),
        ("2014/15", "2015/16", "2016/17"),
    ]


def test_pools_that_roll_are_never_in_one_line_where_they_overlap():
    rolling = [f"{year} to {year + 2}" for year in range(2010, 2016)]
    assert [track.words for track in tracks(rolling)] == [
        ("2012 to 2014", "2015 to 2017"),
        ("2011 to 2013", "2014 to 2016"),
        ("2010 to 2012", "2013 to 2015"),
    ]


def test_one_period_and_words_that_mean_no_time_have_no_line():
    assert tracks(["2015/16"]) == ()
    assert tracks(["before", "after"]) == ()
    assert [track.words for track in tracks(["2015/16", "after", "2016/17"])] == [
        ("2015/16", "2016/17")
    ]


def test_each_year_is_held_against_the_one_before_and_the_latest_against_all():
    (line,) = tracks(["2014/15", "2015/16", "2016/17", "2018/19"])
    assert pairs(line) == [
        ("2014/15", "2015/16"),
        ("2015/16", "2016/17"),
        ("2014/15", "2018/19"),
        ("2015/16", "2018/19"),
        ("2016/17", "2018/19"),
    ]
    assert line.filled() == ("2014/15", "2015/16", "2016/17", "2017/18", "2018/19")
    assert line.place_in(line.filled()) == [0, 1, 2, 4]


def test_the_latest_of_many_years_is_held_against_twelve():
    (line,) = tracks([str(year) for year in range(2000, 2020)])
    assert [first for first, last in pairs(line) if last == "2019"] == [
        str(year) for year in range(2007, 2019)
    ]


def test_months_are_held_against_the_same_month():
    months = [f"{2018 + n // 12}-{n % 12 + 1:02}" for n in range(28) if n != 18]
    (line,) = tracks(months)
    found = pairs(line)
    assert ("2018-03", "2019-03") in found
    assert [pair for pair in found if pair[1] == "2020-04"] == [
        ("2018-04", "2020-04"),
        ("2019-04", "2020-04"),
    ]
    assert {first[-2:] == last[-2:] for first, last in found} == {True}
    # July 2019 lacks: nothing is held against it, and it has its place.
    assert not any("2019-07" in pair for pair in found)
    assert line.filled()[18] == "2019-07"
    assert line.as_far_apart(0, 12)[0] == (0, 12)


def test_quarters_are_held_against_the_same_quarter():
    (line,) = tracks(["2018 Q1", "2018 Q2", "2019 Q1", "2019 Q2"])
    assert pairs(line) == [("2018 Q1", "2019 Q1"), ("2018 Q2", "2019 Q2")]


@pytest.mark.parametrize("year", range(2011, 2024))
def test_months_of_leap_years_find_their_like(year):
    for month in (1, 2, 3, 12):
        words = [f"{year}-{month:02}", f"{year + 1}-{month:02}", f"{year + 1}-{month % 12 + 1:02}"]
        (line,) = tracks(words)
        assert (words[0], words[1]) in pairs(line)
        assert len(pairs(line)) == 1


def test_a_break_lies_before_the_period_that_begins_with_it():
    (line,) = tracks(["2014/15", "2015/16", "2016/17", "2017/18"], days=(day("2016-04-01"),))
    assert line.new_series == (2,)
    assert [line.is_broken(*pair) for pair in line.pairs()] == [False, True, False]
    # The latest is not held against what lies before the break.
    assert pairs(line)[-1] == ("2016/17", "2017/18")
    assert line.as_far_apart(0, 1) == [(0, 1), (2, 3)]


def test_a_period_in_whose_midst_a_series_breaks_is_of_neither():
    (line,) = tracks(["2014/15", "2015/16", "2016/17"], days=(day("2015-10-01"),))
    assert [line.is_broken(*pair) for pair in ((0, 1), (1, 2), (0, 2))] == [True, True, True]


def test_days_of_breaks_are_read_in_the_light_of_the_periods():
    rates = pd.DataFrame(
        {
            "indicator": ["i"] * 3 + ["j"],
            "period": ["2010-11", "2011-12", "2012-13", "2012-13"],
        }
    )
    given = (
        BreakSettings(words="From now on otherwise.", period="2011-12"),
        BreakSettings(words="Of one alone.", date=dt.date(2012, 7, 1), indicator="i"),
    )
    # Alone it would be December 2011.
    assert break_days(rates, given) == {"i": (day("2011-04-01"), day("2012-07-01"))}


def test_a_break_that_means_no_time_is_refused():
    rates = pd.DataFrame({"indicator": "i", "period": ["2015/16", "2016/17"]})
    given = (BreakSettings(words="New forms.", period="when forms came"),)
    with pytest.raises(ConfigurationError, match=r"'when forms came' is not understood, so that"):
        break_days(rates, given)
    # With one period nothing lies across it.
    assert break_days(rates[:1], given) == {}
