"""Periods as people write them."""

from __future__ import annotations

import re
import time
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vawg_geo.terms.periods import month_word, read_day, read_period, read_periods, span_name

# Words, first day, last day: written by hand, from what publications and forces' files have.
READ = [
    ("2015", "2015-01-01", "2015-12-31"),
    ("calendar year 2015", "2015-01-01", "2015-12-31"),
    ("2015 (calendar year)", "2015-01-01", "2015-12-31"),
    ("CY 2015", "2015-01-01", "2015-12-31"),
    ("year 2015", "2015-01-01", "2015-12-31"),
    ("2015/16", "2015-04-01", "2016-03-31"),
    ("2015-16", "2015-04-01", "2016-03-31"),
    ("2015\u201316", "2015-04-01", "2016-03-31"),
    ("2015\u201116", "2015-04-01", "2016-03-31"),
    ("2015\u221216", "2015-04-01", "2016-03-31"),
    ("2015\u201416", "2015-04-01", "2016-03-31"),
    ("2015\u204416", "2015-04-01", "2016-03-31"),
    ("2015 / 16", "2015-04-01", "2016-03-31"),
    ("2015/2016", "2015-04-01", "2016-03-31"),
    ("2015-2016", "2015-04-01", "2016-03-31"),
    ("1999/00", "1999-04-01", "2000-03-31"),
    ("1999-00", "1999-04-01", "2000-03-31"),
    ("2011/12", "2011-04-01", "2012-03-31"),
    ("\uff12\uff10\uff11\uff15/\uff11\uff16", "2015-04-01", "2016-03-31"),
    ("\u00a02015/16", "2015-04-01", "2016-03-31"),
    ("\ufeff2015/\u200b16", "2015-04-01", "2016-03-31"),
    ("FY 2015/16", "2015-04-01", "2016-03-31"),
    ("Q1 16-17", "2016-04-01", "2016-06-30"),
    ("2013/14 to 2015/16 (3 years pooled)", "2013-04-01", "2016-03-31"),
    ("2015/16 (12 months)", "2015-04-01", "2016-03-31"),
    ("FY2015/16", "2015-04-01", "2016-03-31"),
    ("FY15/16", "2015-04-01", "2016-03-31"),
    ("FY 15-16", "2015-04-01", "2016-03-31"),
    ("F/Y 2015/16", "2015-04-01", "2016-03-31"),
    ("F.Y. 2015/16", "2015-04-01", "2016-03-31"),
    ("2015/16 FY", "2015-04-01", "2016-03-31"),
    ("Financial year 2015/16", "2015-04-01", "2016-03-31"),
    ("2015-16 (financial year)", "2015-04-01", "2016-03-31"),
    ("financial year 2015 to 2016", "2015-04-01", "2016-03-31"),
    ("financial year 2011-12", "2011-04-01", "2012-03-31"),
    ("fiscal year 2015/16", "2015-04-01", "2016-03-31"),
    ("FYE 2016", "2015-04-01", "2016-03-31"),
    ("FYE March 2016", "2015-04-01", "2016-03-31"),
    ("financial year ending 2016", "2015-04-01", "2016-03-31"),
    ("2015/16 (provisional)", "2015-04-01", "2016-03-31"),
    ("2015/16 (p)", "2015-04-01", "2016-03-31"),
    ("2015/16 [r]", "2015-04-01", "2016-03-31"),
    ("2015/16p", "2015-04-01", "2016-03-31"),
    ("2015/16 p", "2015-04-01", "2016-03-31"),
    ("2015/16 provisional", "2015-04-01", "2016-03-31"),
    ("2015/16, provisional", "2015-04-01", "2016-03-31"),
    ("2015/16 - revised", "2015-04-01", "2016-03-31"),
    ("2015/16*", "2015-04-01", "2016-03-31"),
    ("2015/16 \u2020", "2015-04-01", "2016-03-31"),
    ("2015/16\u00b9", "2015-04-01", "2016-03-31"),
    ("2015/16 [note 1]", "2015-04-01", "2016-03-31"),
    ("2015/16 (1)", "2015-04-01", "2016-03-31"),
    ("2015/16 (provisional data)", "2015-04-01", "2016-03-31"),
    ("2015/16 (as at 30 June 2016)", "2015-04-01", "2016-03-31"),
    ("2015/16 (published July 2016)", "2015-04-01", "2016-03-31"),
    ("2015/16 (Apr 2015 to Mar 2016)", "2015-04-01", "2016-03-31"),
    ("2015/16 (Apr-Mar)", "2015-04-01", "2016-03-31"),
    ("academic year 2015/16", "2015-09-01", "2016-08-31"),
    ("2015/16 academic", "2015-09-01", "2016-08-31"),
    ("2015/16 (academic year)", "2015-09-01", "2016-08-31"),
    ("school year 2015-16", "2015-09-01", "2016-08-31"),
    ("academic years 2013/14 to 2015/16", "2013-09-01", "2016-08-31"),
    ("Year ending March 2016", "2015-04-01", "2016-03-31"),
    ("year ending 31 March 2016", "2015-04-01", "2016-03-31"),
    ("Year ended 31st March 2016", "2015-04-01", "2016-03-31"),
    ("the year to March 2016", "2015-04-01", "2016-03-31"),
    ("YE Mar 16", "2015-04-01", "2016-03-31"),
    ("Y/E March 2016", "2015-04-01", "2016-03-31"),
    ("y/e 31.03.2016", "2015-04-01", "2016-03-31"),
    ("Year ending Mar-16", "2015-04-01", "2016-03-31"),
    ("year ending March 2016 [r]", "2015-04-01", "2016-03-31"),
    ("year ending December 2015", "2015-01-01", "2015-12-31"),
    ("year ending Q4 2015/16", "2015-04-01", "2016-03-31"),
    ("12 months to March 2016", "2015-04-01", "2016-03-31"),
    ("12 months to end of March 2016", "2015-04-01", "2016-03-31"),
    ("12 months ending 31 March 2016", "2015-04-01", "2016-03-31"),
    ("twelve months ended March 2016", "2015-04-01", "2016-03-31"),
    ("12-month period ending March 2016", "2015-04-01", "2016-03-31"),
    ("rolling 12 months to June 2016", "2015-07-01", "2016-06-30"),
    ("12 months rolling to June 2016", "2015-07-01", "2016-06-30"),
    ("rolling year to June 2016", "2015-07-01", "2016-06-30"),
    ("12 months from April 2015", "2015-04-01", "2016-03-31"),
    ("year beginning 1 April 2015", "2015-04-01", "2016-03-31"),
    ("3 years to March 2016", "2013-04-01", "2016-03-31"),
    ("three years ending March 2016", "2013-04-01", "2016-03-31"),
    ("3 months to June 2015", "2015-04-01", "2015-06-30"),
    ("quarter ending June 2015", "2015-04-01", "2015-06-30"),
    ("six months to 30 September 2015", "2015-04-01", "2015-09-30"),
    ("half year to September 2015", "2015-04-01", "2015-09-30"),
    ("month ending 31 August 2019", "2019-08-01", "2019-08-31"),
    ("4 weeks ending 28 August 2019", "2019-08-01", "2019-08-28"),
    ("4 weeks from 5 August 2019", "2019-08-05", "2019-09-01"),
    ("week commencing 5 August 2019", "2019-08-05", "2019-08-11"),
    ("w/e 11/08/2019", "2019-08-05", "2019-08-11"),
    ("2019-W32", "2019-08-05", "2019-08-11"),
    ("year ending March 2014 to year ending March 2016", "2013-04-01", "2016-03-31"),
    ("Q1 2015/16", "2015-04-01", "2015-06-30"),
    ("2015/16 Q1", "2015-04-01", "2015-06-30"),
    ("2015/16 Q4", "2016-01-01", "2016-03-31"),
    ("2015-16 Q3", "2015-10-01", "2015-12-31"),
    ("Q1 15/16", "2015-04-01", "2015-06-30"),
    ("Q1 FY2015/16", "2015-04-01", "2015-06-30"),
    ("2015/16 - Q2", "2015-07-01", "2015-09-30"),
    ("Quarter 2 2015/16", "2015-07-01", "2015-09-30"),
    ("2nd quarter of 2015/16", "2015-07-01", "2015-09-30"),
    ("Q1 2015/16 (Apr-Jun)", "2015-04-01", "2015-06-30"),
    ("2015/16 (Q1)", "2015-04-01", "2015-06-30"),
    ("Q1 (Apr to Jun 2015)", "2015-04-01", "2015-06-30"),
    ("2011-12 Q1", "2011-04-01", "2011-06-30"),
    ("2015 Q2", "2015-04-01", "2015-06-30"),
    ("Q2 2015", "2015-04-01", "2015-06-30"),
    ("2015Q2", "2015-04-01", "2015-06-30"),
    ("2015-Q2", "2015-04-01", "2015-06-30"),
    ("2015 q4", "2015-10-01", "2015-12-31"),
    ("Q1 to Q3 2015/16", "2015-04-01", "2015-12-31"),
    ("2015/16 Q1 to 2015/16 Q2", "2015-04-01", "2015-09-30"),
    ("2015/16 H1", "2015-04-01", "2015-09-30"),
    ("H2 2015/16", "2015-10-01", "2016-03-31"),
    ("first half of 2015/16", "2015-04-01", "2015-09-30"),
    ("second half 2015", "2015-07-01", "2015-12-31"),
    ("2015 H1", "2015-01-01", "2015-06-30"),
    ("August 2019", "2019-08-01", "2019-08-31"),
    ("Aug 2019", "2019-08-01", "2019-08-31"),
    ("Aug. 2019", "2019-08-01", "2019-08-31"),
    ("Sept 2019", "2019-09-01", "2019-09-30"),
    ("Aug-19", "2019-08-01", "2019-08-31"),
    ("Aug '19", "2019-08-01", "2019-08-31"),
    ("AUG-2019", "2019-08-01", "2019-08-31"),
    ("2019 AUG", "2019-08-01", "2019-08-31"),
    ("month of August 2019", "2019-08-01", "2019-08-31"),
    ("2019-08", "2019-08-01", "2019-08-31"),
    ("2019/08", "2019-08-01", "2019-08-31"),
    ("2019.08", "2019-08-01", "2019-08-31"),
    ("201908", "2019-08-01", "2019-08-31"),
    ("2019M08", "2019-08-01", "2019-08-31"),
    ("08/2019", "2019-08-01", "2019-08-31"),
    ("8/2019", "2019-08-01", "2019-08-31"),
    ("'2019-08", "2019-08-01", "2019-08-31"),
    ("2019-08-01", "2019-08-01", "2019-08-31"),
    ("2019-08-01 00:00:00", "2019-08-01", "2019-08-31"),
    ("2019-08-01T00:00:00Z", "2019-08-01", "2019-08-31"),
    ("01/08/2019", "2019-08-01", "2019-08-31"),
    ("01.08.2019", "2019-08-01", "2019-08-31"),
    ("1 August 2019", "2019-08-01", "2019-08-31"),
    ("2016-02", "2016-02-01", "2016-02-29"),
    ("2011-12", "2011-12-01", "2011-12-31"),
    ("August 2015/16", "2015-08-01", "2015-08-31"),
    ("Jan 2015/16", "2016-01-01", "2016-01-31"),
    ("Awst 2019", "2019-08-01", "2019-08-31"),
    ("Ebrill 2015 i Fawrth 2016", "2015-04-01", "2016-03-31"),
    ("Apr 2015 to Mar 2016", "2015-04-01", "2016-03-31"),
    ("April 2015 \u2013 March 2016", "2015-04-01", "2016-03-31"),
    ("Apr 2015-Mar 2016", "2015-04-01", "2016-03-31"),
    ("Apr-15 to Mar-16", "2015-04-01", "2016-03-31"),
    ("Apr-15-Mar-16", "2015-04-01", "2016-03-31"),
    ("from April 2015 to March 2016", "2015-04-01", "2016-03-31"),
    ("between April 2015 and March 2016", "2015-04-01", "2016-03-31"),
    ("Apr to Jun 2015", "2015-04-01", "2015-06-30"),
    ("Apr-Jun 2015", "2015-04-01", "2015-06-30"),
    ("April\u2013June 2015", "2015-04-01", "2015-06-30"),
    ("Jan to Mar 2016", "2016-01-01", "2016-03-31"),
    ("Jan to Mar 2015/16", "2016-01-01", "2016-03-31"),
    ("Oct to Mar 2016", "2015-10-01", "2016-03-31"),
    ("Apr 2015 to Jun", "2015-04-01", "2015-06-30"),
    ("2015-04 to 2016-03", "2015-04-01", "2016-03-31"),
    ("2015-04/2016-03", "2015-04-01", "2016-03-31"),
    ("01/04/2015 to 31/03/2016", "2015-04-01", "2016-03-31"),
    ("01/04/2015 - 31/03/2016", "2015-04-01", "2016-03-31"),
    ("01/04/2015-31/03/2016", "2015-04-01", "2016-03-31"),
    ("1/4/15 to 31/3/16", "2015-04-01", "2016-03-31"),
    ("01.04.2015 - 31.03.2016", "2015-04-01", "2016-03-31"),
    ("01-04-2015 to 31-03-2016", "2015-04-01", "2016-03-31"),
    ("16 March to June 18 2017", "2017-03-16", "2017-06-18"),
    ("1/4/15", "2015-04-01", "2015-04-30"),
    ("1 April 2015 to 31 March 2016", "2015-04-01", "2016-03-31"),
    ("1st April 2015 - 31st March 2016", "2015-04-01", "2016-03-31"),
    ("April 1, 2015 to March 31, 2016", "2015-04-01", "2016-03-31"),
    ("1 April to 30 June 2015", "2015-04-01", "2015-06-30"),
    ("1 Apr to 31 Mar 2016", "2015-04-01", "2016-03-31"),
    ("1-7 August 2019", "2019-08-01", "2019-08-07"),
    ("2015-04-01 to 2016-03-31", "2015-04-01", "2016-03-31"),
    ("2015-04-01/2016-03-31", "2015-04-01", "2016-03-31"),
    ("2015-04-01T00:00:00/P1Y", "2015-04-01", "2016-03-31"),
    ("2015-04-01 00:00:00 to 2016-03-31 23:59:59", "2015-04-01", "2016-03-31"),
    ("20150401-20160331", "2015-04-01", "2016-03-31"),
    ("2016-02-29 to 2016-02-29", "2016-02-29", "2016-02-29"),
    ("2013/14 to 2015/16", "2013-04-01", "2016-03-31"),
    ("2013/14 - 2015/16", "2013-04-01", "2016-03-31"),
    ("2013/14\u20132015/16", "2013-04-01", "2016-03-31"),
    ("2013/14 to 15/16", "2013-04-01", "2016-03-31"),
    ("2013/14 - 15/16", "2013-04-01", "2016-03-31"),
    ("2013/14-15/16", "2013-04-01", "2016-03-31"),
    ("2011-12 to 2013-14", "2011-04-01", "2014-03-31"),
    ("2009-10 to 2011-12", "2009-04-01", "2012-03-31"),
    ("2011-12 to 2012-03", "2011-12-01", "2012-03-31"),
    ("FY 2013/14 to 2015/16", "2013-04-01", "2016-03-31"),
    ("financial years 2013/14 to 2015/16", "2013-04-01", "2016-03-31"),
    ("2014/15 and 2015/16", "2014-04-01", "2016-03-31"),
    ("2013 - 15", "2013-01-01", "2015-12-31"),
    ("2013 \u2013 15", "2013-01-01", "2015-12-31"),
    ("1998 - 02", "1998-01-01", "2002-12-31"),
    ("2001 - 03", "2001-01-01", "2003-12-31"),
    ("2013 to 2015", "2013-01-01", "2015-12-31"),
    ("2013-2015", "2013-01-01", "2015-12-31"),
    ("calendar years 2015 to 2016", "2015-01-01", "2016-12-31"),
    ("2015 and 2016", "2015-01-01", "2016-12-31"),
    ("2015 to 2015", "2015-01-01", "2015-12-31"),
    ("2015 Q2 to 2015-09-15", "2015-04-01", "2015-09-15"),
]
# What says no time, or what could be two.
UNREAD = [
    "",
    "last winter",
    "2015/17",
    "2015-13",
    "2015-00",
    "2015-18",
    "2013/14 to 2015/16 (2 years)",
    "2015/16 YTD",
    "YTD 2015/16",
    "2015_16",
    "2015/16 (0 years)",
    "2013-15",
    "2016 i 12",
    "2013 - 09",
    "2016 r 31",
    "2015 (12)",
    "2015 Q5",
    "2015/17 Q1",
    "2015-04 Q1",
    "2016-02-28",
    "31/08/2019",
    "31 March 2016",
    "2015-02-29 to 2015-03-31",
    "15/16",
    "201516",
    "201112",
    "2011.12",
    "2005/6",
    "2016 to 2015",
    "2015 to winter",
    "0000",
    "9999/00",
    "43678",
    "12345",
    "19-Aug",
    "19 Aug",
    "2015 to 2016",
    "2015 - 16",
    "2015 - 2016",
    "FY 2015",
    "FY16",
    "financial year 2016",
    "calendar year 2015/16",
    "financial calendar 2015",
    "year ending 2016",
    "year ending",
    "year to date 2015",
    "2015/16 to date",
    "2015/16 (to date)",
    "2015/16 (part year)",
    "2015/16 (9 months)",
    "2015/16 (Apr-Dec)",
    "2015/16 (as at 31 December 2015)",
    "2015/16 (2014/15)",
    "2015/16 (Apr-Jun)",
    "Q1",
    "Q1 2015/16 (Jan-Mar)",
    "since 2015",
    "from April 2015",
    "before April 2015",
    "up to March 2016",
    "autumn term 2015",
    "academic year 2015",
    "academic year 2015/16 Q1",
    "2019-08-01 14:35",
    "2015-04-01T00:00:00/2016-04-01T00:00:00",
    "04/01/2015 to 03/31/2016",
    "year ending March 2014 to March 2016",
    "years ending March 2014 to March 2016",
    "3 months to June 2015 to September 2015",
    "Mar 16 to Jun 18 2017",
    "2014-15 and 2016-17",
    "half of 2015",
    "end of 2015",
    "August",
    "Aug 2019 rolling 12 months",
    "P1 2015/16",
    "\uff31",
    "\u0662\u0660\u0661\u0665",
    "to",
    "-",
    "2015/16/17",
    "Apr-Jun 2015 to Jul-Sep 2015",
    "2015-04-01 to 2015-03-31",
    "12 months",
    "0 months to March 2016",
    "2015\u00b2/16",
]


def span(first, last):
    return date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1


def named(spans):
    return [one and span_name(one) for one in spans]


@pytest.mark.parametrize(("words", "first", "last"), READ)
def test_periods_and_the_days_that_they_cover(words, first, last):
    assert read_period(words) == span(first, last)


@pytest.mark.parametrize("words", UNREAD)
def test_other_words_are_not_read(words):
    assert read_period(words) is None


def test_the_table_of_words_is_long_and_no_word_stands_in_both_halves():
    words = [words for words, _, _ in READ]
    assert len(words) >= 120
    assert len({*words, *UNREAD}) == len(words) + len(UNREAD)


@pytest.mark.parametrize(
    ("column", "spans"),
    [
        # 2012-13 cannot be a month, so 2011-12 is none; among months it is one.
        (["2011-12", "2012-13"], ["2011-04-01 to 2012-03-31", "2012-04-01 to 2013-03-31"]),
        (["2011-12", "2011-11"], ["2011-12-01 to 2011-12-31", "2011-11-01 to 2011-11-30"]),
        (["2010-11", "2011-12"], ["2010-04-01 to 2011-03-31", "2011-04-01 to 2012-03-31"]),
        (["2011-12", "2011-12 [r]"], ["2011-12-01 to 2011-12-31"] * 2),
        (["2011-12", "2011-12 Q1"], ["2011-04-01 to 2012-03-31", "2011-04-01 to 2011-06-30"]),
        (
            ["2012-13", "2011-12 to 2012-13"],
            ["2012-04-01 to 2013-03-31", "2011-04-01 to 2013-03-31"],
        ),
        # Both kinds stand in the column: nobody can say.
        (
            ["2011-12", "2011-03", "2012-13"],
            [None, "2011-03-01 to 2011-03-31", "2012-04-01 to 2013-03-31"],
        ),
        (["2011/12", "2011/08"], ["2011-12-01 to 2011-12-31", "2011-08-01 to 2011-08-31"]),
        (["2011/12", "2012/13"], ["2011-04-01 to 2012-03-31", "2012-04-01 to 2013-03-31"]),
        (
            ["2011/12", "2012/13", "2011/08"],
            [None, "2012-04-01 to 2013-03-31", "2011-08-01 to 2011-08-31"],
        ),
        (["201112", "201101"], ["2011-12-01 to 2011-12-31", "2011-01-01 to 2011-01-31"]),
        (["17/18", "18/19"], ["2017-04-01 to 2018-03-31", "2018-04-01 to 2019-03-31"]),
        (["09/10", "10/11 (p)"], ["2009-04-01 to 2010-03-31", "2010-04-01 to 2011-03-31"]),
        (["99-00", "00-01"], ["1999-04-01 to 2000-03-31", "2000-04-01 to 2001-03-31"]),
        (["01/20", "02/20"], [None, None]),
        (["17/18", "06/18"], [None, None]),
        (["2018.0", "2019.0"], ["2018-01-01 to 2018-12-31", "2019-01-01 to 2019-12-31"]),
        (["201112", "201213"], [None, None]),
        (["2011.12", "2011.11"], ["2011-12-01 to 2011-12-31", "2011-11-01 to 2011-11-30"]),
        # Beside other days the first of a month is a day; in a range it always is.
        (["2019-08-01", "2019-09-01"], ["2019-08-01 to 2019-08-31", "2019-09-01 to 2019-09-30"]),
        (["2019-08-01", "2019-08-02"], [None, None]),
        (
            ["2019-08-01", "2019-08-01 to 2019-09-15"],
            ["2019-08-01 to 2019-08-31", "2019-08-01 to 2019-09-15"],
        ),
    ],
)
def test_words_are_read_in_the_light_of_their_column(column, spans):
    assert named(read_periods(column)) == spans
    assert named(read_periods(column * 600)) == spans * 600
    assert named(read_periods(reversed(column))) == spans[::-1]


def test_single_days_are_known_as_such():
    assert read_day("31/08/2019") == read_day("31 Aug 2019 [p]") == date(2019, 8, 31).toordinal()
    assert read_day("2019-08-01 00:00:00") == date(2019, 8, 1).toordinal()
    assert [read_day(word) for word in ("2019-08", "August 2019", "31/02/2019", "")] == [None] * 4


def test_the_word_for_a_month():
    for word in ("Aug-19", "01/08/2019", "August 2019"):
        assert month_word(read_period(word)) == "2019-08"
    assert month_word(read_period("2019-08-01 to 2019-08-30")) is None


# Of two figures, 70 to 99 are of the last century and 00 to 49 of this one; 40 months on too.
YEARS = st.integers(1971, 2044)
DASHES = st.sampled_from([" to ", " - ", "-", " – ", "–", " — ", " until "])
NOISE = st.sampled_from(
    ["{}", " {} ", "{} (provisional)", "{} [r]", "{}*", "\u00a0{}\u2009", "\ufeff{}", "{} (p)"]
)
NAMES = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def spellings_of_a_month(year, month):
    name = NAMES[month - 1]
    return [
        f"{name} {year}", f"{name[:3]} {year}", f"{name[:3]}-{year % 100:02}", f"{year} {name[:3]}",
        f"{year}-{month:02}-01", f"01/{month:02}/{year}", f"{month:02}/{year}", f"{year}M{month:02}",
        f"month ending {name} {year}", f"1 {name} {year}",
    ]  # fmt: skip


@given(YEARS, st.integers(1, 12), st.integers(0, 9), NOISE)
def test_one_month_by_other_words(year, month, which, noise):
    word = noise.format(spellings_of_a_month(year, month)[which])
    first, after = read_period(word)
    assert date.fromordinal(first) == date(year, month, 1)
    assert date.fromordinal(after) == date(year + month // 12, month % 12 + 1, 1)


@given(
    YEARS,
    st.integers(1, 12),
    st.integers(0, 40),
    st.integers(0, 3),
    st.integers(0, 3),
    DASHES,
    NOISE,
)
def test_months_to_months_by_other_words(year, month, more, one, two, dash, noise):
    end = year * 12 + month - 1 + more
    left = spellings_of_a_month(year, month)[one]
    right = spellings_of_a_month(end // 12, end % 12 + 1)[two]
    if one == two or dash not in ("-", "–"):
        first, after = read_period(noise.format(f"{left}{dash}{right}"))
        assert date.fromordinal(first) == date(year, month, 1)
        assert date.fromordinal(after) == date((end + 1) // 12, (end + 1) % 12 + 1, 1)


@given(
    YEARS,
    st.integers(1, 12),
    st.integers(1, 60),
    st.sampled_from(["{} months to {}", "{} months ending {}"]),
)
def test_months_before_an_end_and_after_a_start(year, month, number, form):
    number = min(number, 60)
    end = read_period(f"{NAMES[month - 1]} {year}")[1]
    whole = read_period(form.format(number, f"{NAMES[month - 1]} {year}"))
    start = year * 12 + month - number
    first = f"{start // 12}-{start % 12 + 1:02}-01"
    assert whole == (date.fromisoformat(first).toordinal(), end)
    day = date.fromordinal(end - 1)
    assert read_period(form.format(number, f"{day:%d/%m/%Y}")) == whole
    assert read_period(f"{number} months from {first}") == whole


@given(YEARS, NOISE)
def test_one_financial_year_by_other_words(year, noise):
    pair = f"{year}/{(year + 1) % 100:02}"
    words = [
        pair, f"FY {pair}", f"{year}/{year + 1}", f"year ending March {year + 1}", f"FYE {year + 1}",
        f"YE Mar {(year + 1) % 100:02}", f"12 months to 31 March {year + 1}", f"Apr {year} to Mar {year + 1}",
        f"01/04/{year} to 31/03/{year + 1}", f"{year}-04-01/{year + 1}-03-31", f"{pair} Q1 to {pair} Q4",
        f"{pair} H1 to {pair} H2", f"financial year {year} to {year + 1}", f"1 April {year} - 31 March {year + 1}",
        f"Q1 to Q4 {pair}", f"Apr-Mar {pair}",
    ]  # fmt: skip
    found = {read_period(noise.format(word)) for word in words}
    assert found == {span(f"{year}-04-01", f"{year + 1}-03-31")}


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


FRAGMENTS = st.sampled_from(
    [
        "2015",
        "2016",
        "15",
        "16",
        "04",
        "4",
        "1",
        "31",
        "Apr",
        "March",
        "Q1",
        "H2",
        "/",
        "-",
        "–",
        "to",
        "and",
        "year",
        "ending",
        "12",
        "months",
        "FY",
        "(",
        ")",
        "[",
        "]",
        "p",
        "r",
        "*",
        ",",
        ".",
        "academic",
        "quarter",
        "first",
        "half",
        "T00:00:00",
        "week",
        "from",
        "P1Y",
        "201504",
        "i",
        "\u200b",
    ]
)


@given(
    st.one_of(
        st.text("0123456789 -/Qqto–()[]", max_size=24),
        st.lists(FRAGMENTS, max_size=9).map(" ".join),
        st.lists(FRAGMENTS, max_size=9).map("".join),
        st.text(max_size=20),
    )
)
@example("0 months to March 2016")
@example("99 years to March 1850")
@example("1800")
@example("P99Y")
@example("1850-01-01/P99Y")
def test_any_words_give_a_span_or_none(words):
    found = read_period(words)
    assert found is None or found[0] < found[1]
    assert read_day(words) is None or read_day(words) > 0


@given(st.lists(FRAGMENTS, min_size=1, max_size=9).map(" ".join))
def test_no_span_lies_outside_the_years_that_the_words_name(words):
    if (found := read_period(words)) is not None:
        first, last = date.fromordinal(found[0]), date.fromordinal(found[1] - 1)
        numbers = re.findall(r"\d+", words)
        years = [int(n[:4]) if len(n) > 2 else 2000 + int(n) for n in numbers]
        # A year begins in the one before that which is named, or ends in the one after; 31 of
        # anything before an end or after a start is the most.
        more = 31 if re.search("ending|from|to|P1Y", words) else 1
        assert min(years) - more <= first.year <= last.year <= max(years) + more


def test_the_page_of_the_configuration_tells_no_tale(root):
    """Every word in its table is read, every one that it calls unclear is not."""
    page = (root / "docs" / "configuration.md").read_text("utf-8")
    page = page[page.index("## How do I write a period?") : page.index("## Is my file whole?")]
    table = re.findall(r"`([^`]+)`", "\n".join(line for line in page.split("\n") if "|" in line))
    assert len(table) > 25
    assert [word for word in table if read_period(word) is None] == []
    unclear = page[page.index("is not read:") : page.index("is a year beside")]
    words = re.findall(r"`([^`]+)`", unclear)[:-1]
    assert len(words) == 5
    assert [word for word in words if read_period(word)] == []


@pytest.mark.parametrize(
    "piece", ["-", "2015-", "(p) ", "1 to ", "p r ", "year ending ", "[1] & ", "Apr/"]
)
def test_a_page_of_text_in_a_cell_costs_nothing(piece):
    for length in (190, 1_000_000):
        start = time.process_time()
        assert read_period((piece * length)[:length]) is None
        assert time.process_time() - start < 1
