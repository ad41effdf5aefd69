"""Periods of different length share no scale of colours, and stand in the order of time."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from vawg_geo.areas.tables import Tables
from vawg_geo.disclosure.gate import protect
from vawg_geo.results.results import compute_results
from vawg_geo.results.series import series_of
from vawg_geo.terms.periods import in_order, length_of, period_lengths, read_period, years_of

CODES = [f"E0500270{n}" for n in range(1, 10)]
YEARS = ("FY 2018/19", "2019/20")
MONTHS = ("Jan-20", "Feb-20", "Apr-19")


@pytest.fixture(scope="module")
def results():
    """Nine wards with years of hundreds and months of tens."""
    areas = gpd.GeoDataFrame(
        {"area_code": CODES, "area_name": [f"Ward {code[-1]}" for code in CODES]},
        geometry=[box(544000 + n * 1000, 259000, 545000 + n * 1000, 260000) for n in range(9)],
        crs=27700,
    )
    rows = [
        {"area_code": code, "period": period, "count": number * (n + 10)}
        for n, code in enumerate(CODES)
        for periods, number in ((YEARS, 60), (MONTHS, 5))
        for period in periods
    ]
    counts = pd.DataFrame(rows).assign(indicator="crimes", sex="persons")
    people = pd.DataFrame({"area_code": CODES, "sex": "persons", "population": 9000})
    tables = Tables.from_frames(counts=counts, population=people, boundaries=areas)
    return compute_results(protect(tables, edition="partnership"))


def test_a_month_and_a_year_share_no_colours(results):
    by_period = {one.period: one for one in series_of(results, "ward")}
    year, month = by_period["2019/20"], by_period["2020-01"]
    assert year.breaks == by_period["FY 2018/19"].breaks
    assert month.breaks == by_period["2020-02"].breaks
    # With one scale for both, as it was once, all months were of the lowest class.
    assert len(set(month.class_number)) == len(set(year.class_number)) > 1
    assert max(month.breaks) < min(year.breaks)
    assert (year.length, month.length) == ("year", "month")
    assert month.decimals >= year.decimals


def test_series_stand_in_the_order_of_time_and_not_of_letters(results):
    order = [one.period for one in series_of(results, "ward")]
    assert order == ["FY 2018/19", "2019-04", "2019/20", "2020-01", "2020-02"]


@pytest.mark.parametrize(
    ("word", "length", "years"),
    [
        ("2019/20", "year", 1),
        ("Year ending March 2020", "year", 1),
        ("Q1 2019/20", "quarter", 0.25),
        ("Jan-20", "month", 1 / 12),
        ("2019/20 H1", "half-year", 0.5),
        ("2013/14 to 2015/16", "3 years", 3),
        ("Apr 2019 to Jan 2020", "10 months", 10 / 12),
        ("4 weeks ending 28 August 2019", "4 weeks", 28 / 365.25),
        ("1 to 10 August 2019", "10 days", 10 / 365.25),
    ],
)
def test_length_of_a_period(word, length, years):
    assert length_of(read_period(word)) == length
    assert years_of(read_period(word)) == pytest.approx(years)


def test_what_cannot_be_read_has_no_length_and_comes_last():
    words = ["before the change", "2019/20", "2018/19"]
    assert period_lengths(words)["before the change"] == ""
    assert list(in_order(words)) == ["2018/19", "2019/20", "before the change"]
