"""Recent trends, against the reference values of the public-health practice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import curve_fit
from scipy.stats import chi2

from vawg_geo import InputError, expected_range, recent_trend
from vawg_geo.measures.time.months import month_ranges
from vawg_geo.measures.time.trend import chi_squared_for_trend

YEARS = ("2011/12", "2012/13", "2013/14", "2014/15", "2015/16")
# Values, lower and upper limits, chi-squared and verdict as they were printed.
REFERENCE = (
    (
        (24.67, 24.6, 28, 30.2, 30.6),
        (23.16, 23.15, 26.44, 28.63, 28.98),
        (26.25, 26.19, 29.64, 31.9, 32.25),
        46.765315792,
        "increasing",
    ),
    (
        (20.5506, 19.5952, 19.0349, 21.3966, 18.4372),
        (18.1803, 17.3444, 16.8421, 19.0918, 16.2925),
        (23.1427, 22.0602, 21.4394, 23.8975, 20.7941),
        0.464243085,
        "no_significant_change",
    ),
)


def rates_of(values, lower, upper, *, periods=YEARS, **more):
    return pd.DataFrame(
        {"area_code": "A", "indicator": "i", "sex": "persons", "period": list(periods),
         "rate": values, "rate_lower": lower, "rate_upper": upper, **more}
    )  # fmt: skip


@pytest.mark.parametrize(("values", "lower", "upper", "statistic", "verdict"), REFERENCE)
def test_reference_values(values, lower, upper, statistic, verdict):
    found = recent_trend(rates_of(values, lower, upper)).iloc[0]
    assert round(found["chi_squared"], 9) == statistic
    assert found["p_value"] == pytest.approx(chi2.sf(statistic, 1))
    assert found["trend"] == verdict


def test_the_slope_is_that_of_a_weighted_regression():
    """By least squares of another's code, its standard error from the weights alone."""
    values, lower, upper = (np.array(row) for row in REFERENCE[1][:3])
    error = (upper - lower) / (2 * 1.96)
    (slope, _), covariance = curve_fit(
        lambda t, b, a: a + b * t, np.arange(5.0), values, sigma=error, absolute_sigma=True
    )
    found, statistic = chi_squared_for_trend(values, lower, upper)
    assert found[0] == pytest.approx(slope, rel=1e-6)
    assert statistic[0] == pytest.approx(slope**2 / covariance[0, 0], rel=1e-5)


def test_alpha_is_where_the_guidance_has_it():
    """Chi-squared above 9.5495 on one degree of freedom."""
    assert chi2.sf(9.5495, 1) == pytest.approx(0.002, rel=1e-4)
    values = np.array([10.0, 11, 12, 13, 14])
    for chi_squared, verdict in ((9.56, "increasing"), (9.54, "no_significant_change")):
        # With equal errors the statistic is 10 over the error squared.
        half = 1.96 * np.sqrt(10 / chi_squared)
        found = recent_trend(rates_of(values, values - half, values + half)).iloc[0]
        assert found["chi_squared"] == pytest.approx(chi_squared)
        assert found["trend"] == verdict


def test_one_point_makes_no_trend():
    """Significant by its last point alone: without it the slope is the other way. Seen to fail:
    `increasing` where no point was left out.
    """
    values = np.array([10.4, 10.3, 10.2, 10.1, 30.0])
    found = recent_trend(rates_of(values, values - 1, values + 1)).iloc[0]
    assert found["p_value"] < 0.002
    assert found["trend"] == "no_significant_change"


def test_the_latest_points_count():
    years = [f"20{y:02}/{y + 1:02}" for y in range(5, 16)]
    values = np.r_[np.full(6, 90.0), 10, 12, 14, 16, 18]
    table = rates_of(values, values - 1, values + 1, periods=years)
    found = recent_trend(table).iloc[0]
    assert found[["period_from", "period_to", "points"]].tolist() == ["2011/12", "2015/16", 5]
    assert found["trend"] == "increasing"
    assert recent_trend(table, points=11).iloc[0]["trend"] == "decreasing"
    # In whatever order the rows stand.
    pd.testing.assert_frame_equal(recent_trend(table[::-1]), recent_trend(table))


def test_a_gap_is_a_gap_in_time():
    """A year that is hidden counts as a year between its neighbours, and never as a value."""
    values = np.array([10.0, np.nan, 14, 16, 18, 20])
    years = ("2010/11", *YEARS)
    status = ["value", "suppressed", *["value"] * 4]
    table = rates_of(values, values - 1, values + 1, periods=years, status=status)
    found = recent_trend(table, points=6).iloc[0]
    assert found["slope"] == pytest.approx(2.0)
    assert found["points"] == 5
    assert found["note"] == "No figure for 2011/12 (suppressed)."
    few = recent_trend(table).iloc[0]
    assert few["trend"] == "cannot_be_calculated"
    assert few["status"] == "suppressed"
    assert np.isnan(few["chi_squared"])
    # A year that has no row at all is a gap of a year as well.
    without = recent_trend(table.drop(index=1), points=5).iloc[0]
    assert without["slope"] == pytest.approx(2.0)


def test_nothing_before_a_break_counts():
    values = np.array([50.0, 50, 50, 10, 12, 14, 16, 18])
    years = [f"20{y:02}/{y + 1:02}" for y in range(8, 16)]
    table = rates_of(values, values - 1, values + 1, periods=years)
    assert recent_trend(table, points=8).iloc[0]["trend"] == "decreasing"
    found = recent_trend(table, points=8, breaks=["2011/12"]).iloc[0]
    assert found[["trend", "period_from"]].tolist() == ["increasing", "2011/12"]


def test_all_zero_has_no_trend():
    found = recent_trend(rates_of([0.0] * 5, [0.0] * 5, [3.7] * 5, status="zero")).iloc[0]
    assert found["slope"] == 0
    assert found["trend"] == "no_significant_change"


def test_quarters_are_not_tested():
    quarters = [f"2015 Q{n}" for n in range(1, 5)] + ["2016 Q1"]
    found = recent_trend(rates_of(*REFERENCE[0][:3], periods=quarters)).iloc[0]
    assert found["trend"] == "cannot_be_calculated"
    assert "seasons" in found["note"]


@pytest.mark.parametrize(
    ("periods", "options", "match"),
    [
        (YEARS, {"points": 4}, "5 points or more, not 4"),
        (("2015/16",) * 5, {}, "rows repeat"),
        ((*YEARS[:4], "2015"), {}, "overlap"),
        ((*YEARS[:4], "2015 Q2"), {}, "differ in length"),
    ],
)
def test_what_is_refused(periods, options, match):
    with pytest.raises(InputError, match=match):
        recent_trend(rates_of(*REFERENCE[0][:3], periods=periods), **options)


def test_one_period_is_refused():
    with pytest.raises(InputError, match="a trend needs 5"):
        recent_trend(rates_of([1.0], [0.5], [2.0], periods=["2015/16"]))


MONTHS = [f"{year}-{month:02}" for year in (2016, 2017, 2018, 2019) for month in range(1, 13)]


class TestMonths:
    def counts(self, values, months=MONTHS, **more):
        return pd.DataFrame(
            {"area_code": "A", "indicator": "i", "sex": "persons", "period": list(months),
             "count": pd.array(values, dtype="Int64"), **more}
        )  # fmt: skip

    def test_no_range_under_24_months(self):
        found = expected_range(self.counts([20] * 48))
        assert found["expected"].isna().sum() == 24
        assert found["months_behind"].tolist() == list(range(48))
        assert "earlier months" in found.loc[23, "note"]

    def test_seasons_do_not_stand_out(self):
        year = [20, 22, 25, 28, 33, 40, 45, 40, 33, 28, 25, 22]
        found = expected_range(self.counts(year * 4))
        assert set(found.loc[24:, "stands_out"]) == {"as_expected"}
        assert found.loc[30, "expected"] == pytest.approx(45)
        flat = [*year * 2, *[28] * 24]
        assert expected_range(self.counts(flat)).loc[24, "expected"] == pytest.approx(20)

    def test_one_month_moves_nothing(self):
        values = [30] * 48
        values[30] = 300
        found = expected_range(self.counts(values))
        assert found["stands_out"].tolist()[30] == "higher"
        assert (found.loc[31:, "expected"] == 30).all()

    def test_a_missing_month_is_no_zero(self):
        values = [30] * 48
        values[20] = values[40] = None
        status = ["value" if v is not None else "missing" for v in values]
        found = expected_range(self.counts(values, status=status))
        assert found.loc[40, ["stands_out", "status"]].tolist() == ["not_compared", "missing"]
        assert found.loc[24, "stands_out"] == "not_compared"
        assert found.loc[25, "months_behind"] == 24
        assert (found.loc[25:39, "expected"] == 30).all()
        # A month that nobody has a row of is the same gap.
        table = self.counts(values, status=status).dropna(subset="count")
        other = expected_range(table).set_index("period")["expected"]
        mine = found.dropna(subset="count").set_index("period")["expected"]
        pd.testing.assert_series_equal(other, mine)

    def test_too_few_events_have_no_range(self):
        found = expected_range(self.counts([2] * 48))
        assert (found["stands_out"] == "not_compared").all()
        assert "events a month" in found.loc[40, "note"]

    def test_limits_and_p_agree(self):
        generator = np.random.default_rng(2)
        found = month_ranges(generator.poisson(12, (200, 30)).astype(float), alpha=0.05)
        has = ~np.isnan(found["expected"])
        counts = np.random.default_rng(2).poisson(12, (200, 30))
        outside = (counts < found["lower"]) | (counts > found["upper"])
        np.testing.assert_array_equal(outside[has], (found["p_value"] <= 0.05)[has])

    def test_false_alarms_are_few(self):
        """Months of chance alone stand out no more often than alpha says, twice the error allowed."""
        generator = np.random.default_rng(4)
        season = 1 + 0.3 * np.sin(np.arange(44) / 6 * np.pi)
        counts = generator.poisson(15 * season, (400, 44)).astype(float)
        p = month_ranges(counts)["p_value"]
        share = np.nanmean(p < 0.002)
        assert share < 0.004

    @pytest.mark.parametrize(("mean", "cv"), [(50, 0.14), (500, 0.14), (2000, 0.05)])
    def test_a_force_alone_has_few_false_alarms_as_well(self, mean, cv):
        """One area, whose few months have to say how they vary and what their seasons are.

        With seasons of all years and without Student's t, 60 to 200 of these months stood out.
        """
        generator = np.random.default_rng(9)
        season = 1 + 0.25 * np.sin(np.arange(44) / 6 * np.pi)
        out = 0
        for _ in range(60):
            own = generator.gamma(cv**-2, cv**2, (1, 44))
            found = month_ranges(generator.poisson(mean * season * own).astype(float))
            out += (found["p_value"] <= 0.002).sum()
        # 1,200 months: 2.4 by alpha, and 9 or more by chance on one try in 500.
        assert out <= 9

    def test_a_month_that_doubles_is_found(self):
        generator = np.random.default_rng(10)
        season = 1 + 0.25 * np.sin(np.arange(44) / 6 * np.pi)
        own = generator.gamma(100, 0.01, (60, 44))
        mean = 80 * season * own
        mean[:, -1] *= 2
        mean[30:, -1] /= 2
        found = month_ranges(generator.poisson(mean).astype(float))
        called = found["p_value"][:, -1] <= 0.002
        assert called[:30].mean() > 0.8
        assert called[30:].mean() < 0.1

    def test_years_are_refused(self):
        with pytest.raises(InputError, match="is no month"):
            expected_range(self.counts([20] * 5, months=YEARS))
