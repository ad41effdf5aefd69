"""What an edition shows of time, from its protected rates."""

import dataclasses
import sqlite3
from contextlib import closing

import geopandas as gpd
import msgspec
import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from shapely import box

from vawg_geo.areas.tables import Tables
from vawg_geo.audit.run import audit_files
from vawg_geo.disclosure.gate import protect
from vawg_geo.measures.time.trend import recent_trend
from vawg_geo.publish.geopackage.write import write_geopackage
from vawg_geo.publish.page.pages import write_pages
from vawg_geo.publish.tables.write import write_tables
from vawg_geo.results.results import compute_results
from vawg_geo.results.series import series_of
from vawg_geo.settings import BreakSettings

WARDS = [f"E0500270{n}" for n in range(1, 10)] + [f"E0500271{n}" for n in range(3)]
DISTRICT = "E07000008"
YEARS = [f"20{n}/{n + 1}" for n in range(14, 20)]
FROM_NONE, NEVER, RISES, SMALL = 0, 1, 2, 3


def squares(codes, size=1000):
    return gpd.GeoDataFrame(
        {"area_code": codes, "area_name": [f"Place {chr(65 + n)}" for n in range(len(codes))]},
        geometry=[
            box(544000 + n * 1000, 259000, 544000 + n * 1000 + size, 260000)
            for n in range(len(codes))
        ],
        crs=27700,
    )


def counted(periods=YEARS):
    rng = np.random.default_rng(5)
    times = np.arange(len(periods))
    each = rng.poisson(60, (len(WARDS), len(periods)))
    each[FROM_NONE] = np.where(times < 2, 0, 30)
    each[NEVER] = 0
    each[RISES] = 30 + 25 * times
    if len(periods) == len(YEARS):
        # Hidden in two years of the six.
        each[SMALL, [1, 4]] = 3, 2
    rows = [
        {"area_code": code, "period": period, "count": int(each[w, n])}
        for w, code in enumerate(WARDS)
        for n, period in enumerate(periods)
    ]
    rows += [
        {"area_code": DISTRICT, "period": period, "count": int(each[:, n].sum() * 3)}
        for n, period in enumerate(periods)
    ]
    return pd.DataFrame(rows).assign(indicator="referrals", sex="persons")


def tables_of(counts, *, folder, breaks=(), correction="none", basis="own"):
    people = pd.DataFrame({"area_code": [*WARDS, DISTRICT], "sex": "persons"})
    people["population"] = [*range(4000, 4000 + 100 * len(WARDS), 100), 200_000]
    tables = Tables.from_frames(
        counts=counts,
        population=people,
        boundaries={
            "ward": squares(WARDS),
            "district": squares([DISTRICT], size=1000 * len(WARDS)),
        },
        folder=folder,
    )
    project = tables.project
    changed = msgspec.structs.replace(
        project,
        breaks=tuple(breaks),
        # Patterns of each period are none of this.
        hotspots=msgspec.structs.replace(project.hotspots, statistic=(), scan=False),
        smoothing=msgspec.structs.replace(project.smoothing, risk=False),
        significance=msgspec.structs.replace(project.significance, correction=correction),
    )
    table = tables.counts.assign(basis=basis)
    return dataclasses.replace(tables, project=changed, counts=table)


def results_of(counts, folder, **more):
    return compute_results(protect(tables_of(counts, folder=folder, **more), edition="partnership"))


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return results_of(counted(), tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="module")
def latest(results):
    return series_of(results, "ward")[-1]


def hidden(results, place):
    rates = results.rates
    rows = rates[(rates["area_code"] == WARDS[place]) & (rates["status"] == "suppressed")]
    return set(rows["period"])


def test_a_series_has_its_change_from_each_earlier_period(results, latest):
    assert latest.period == YEARS[-1]
    assert list(latest.changes) == YEARS[:-1]
    assert latest.since == YEARS[0]
    third = series_of(results, "ward")[2]
    assert list(third.changes) == [YEARS[1]]
    assert series_of(results, "ward")[0].changes == {}
    assert series_of(results, "ward")[0].since == ""
    assert all(one.line is latest.line for one in series_of(results, "ward"))
    assert latest.line.periods == tuple(YEARS)


def test_limits_are_those_of_an_exact_binomial_test_where_areas_vary_by_chance(results):
    """The district is alone at its level: scipy's exact limits of a share, put over its odds."""
    (row,) = results.over_time.changes.query(
        "level == 'district' and period_from == '2014/15' and period_to == '2019/20'"
    ).to_dict("records")
    rates = results.rates[results.rates["level"] == "district"].set_index("period")
    x1, x2 = (int(rates.loc[period, "count"]) for period in (YEARS[0], YEARS[-1]))
    exact = binomtest(x2, x1 + x2).proportion_ci(0.95, method="exact")
    assert row["ratio"] == pytest.approx(x2 / x1, rel=1e-12)
    assert row["ratio_lower"] == pytest.approx(exact.low / (1 - exact.low), rel=1e-9)
    assert row["ratio_upper"] == pytest.approx(exact.high / (1 - exact.high), rel=1e-9)
    assert np.isnan(row["year_cv"])
    assert "Fewer than 10 areas with events" in row["note"]


def test_a_change_with_a_hidden_end_has_no_figure(results, latest):
    gone = hidden(results, SMALL)
    assert gone >= {YEARS[1], YEARS[4]}
    changes = results.over_time.changes
    mine = changes[changes["area_code"] == WARDS[SMALL]]
    ends = mine["period_from"].isin(gone) | mine["period_to"].isin(gone)
    assert ends.any()
    assert not ends.all()
    figures = [
        *("ratio", "ratio_lower", "ratio_upper", "difference", "difference_lower"),
        *("difference_upper", "p_value", "p_adjusted", "relative_ratio", "relative_lower"),
        *("relative_upper", "relative_p_value", "relative_p_adjusted"),
    ]
    assert mine.loc[ends, figures].isna().all(axis=None)
    assert mine.loc[~ends, figures].notna().all(axis=None)
    assert set(mine.loc[ends, "change"]) == set(mine.loc[ends, "relative_change"])
    assert set(mine.loc[ends, "change"]) == {"not_compared"}
    assert set(mine.loc[ends, "status"]) == {"suppressed"}
    change = latest.changes[YEARS[4]]
    place = WARDS.index(WARDS[SMALL])
    assert np.isnan([change.ratio[place], change.upper[place], change.p_adjusted[place]]).all()
    assert change.status[place] == "suppressed"


def test_a_trend_leaves_a_hidden_year_out(results, latest):
    trends = results.over_time.trends.set_index("area_code")
    row = trends.loc[WARDS[SMALL]]
    assert row["points"] == 5 - len(hidden(results, SMALL) & set(YEARS[1:]))
    assert row["trend"] == "cannot_be_calculated"
    assert "(suppressed)" in row["note"]
    assert latest.line.trend[RISES] == "increasing"
    whole = recent_trend(results.rates[results.rates["level"] == "ward"])
    assert latest.line.trend.tolist() == whole["trend"].tolist()


def test_no_events_at_first_have_no_ratio_and_no_upper_limit(results, latest):
    row = results.over_time.changes.query(
        "area_code == @WARDS[@FROM_NONE] and period_from == '2015/16' and period_to == '2019/20'"
    ).iloc[0]
    assert row[["ratio", "ratio_upper"]].isna().all()
    assert row["ratio_lower"] > 1
    assert row["change"] == "increasing"
    assert "the ratio is endless, and has no upper limit" in row["note"]
    change = latest.changes["2015/16"]
    assert np.isnan(change.ratio[FROM_NONE])
    assert change.upper[FROM_NONE] == np.inf
    assert change.status[NEVER] == "zero"
    assert np.isnan(change.ratio[NEVER])
    numbers = results.over_time.changes.select_dtypes("number")
    assert not np.isinf(numbers.to_numpy(dtype=float, na_value=np.nan)).any()


def test_the_comparator_is_without_the_area(results):
    rates = results.rates.set_index(["area_code", "period"])
    row = results.over_time.changes.query(
        "area_code == @WARDS[@RISES] and period_from == '2018/19' and period_to == '2019/20'"
    ).iloc[0]
    x1, x2, y1, y2 = (
        float(rates.loc[(code, period), "count"])
        for code in (WARDS[RISES], DISTRICT)
        for period in ("2018/19", "2019/20")
    )
    assert row["comparator"] == DISTRICT
    assert row["relative_ratio"] == pytest.approx((x2 / x1) / ((y2 - x2) / (y1 - x1)), rel=1e-12)


def test_across_a_break_nothing_is_compared(tmp_path):
    one = BreakSettings(words="Recorded otherwise.", period="2017/18")
    results = results_of(counted(), tmp_path, breaks=[one])
    changes = results.over_time.changes
    across = (changes["period_from"] < "2017/18") & (changes["period_to"] >= "2017/18")
    assert set(changes.loc[across, "change"]) == {"not_compared"}
    assert changes.loc[across, ["ratio", "p_value", "relative_ratio"]].isna().all(axis=None)
    assert set(changes.loc[across, "period_from"]) == {"2016/17"}
    latest = series_of(results, "ward")[-1]
    assert latest.since == "2017/18"
    assert latest.line.new_series == (3,)
    assert set(latest.line.trend) == {"cannot_be_calculated"}


def test_figures_that_are_made_up_get_no_verdict(tmp_path):
    results = results_of(counted(), tmp_path, basis="illustrative")
    assert len(results.over_time.changes)
    assert set(results.over_time.changes["change"]) == {"not_compared"}
    assert results.over_time.changes["p_adjusted"].isna().all()
    assert results.over_time.trends.empty
    line = series_of(results, "ward")[-1].line
    assert set(line.trend) == {"cannot_be_calculated"}
    assert set(line.trend_note) == {"Illustrative counts are not tested."}


def test_one_period_has_nothing_of_time(tmp_path):
    results = results_of(counted(YEARS[:1]), tmp_path)
    assert results.over_time.changes.empty
    assert results.over_time.lines == {}
    assert results.trend_lines() == []
    (only,) = series_of(results, "ward")
    assert (only.changes, only.line, only.since) == ({}, None, "")


def test_better_recording_is_said_under_every_trend(results, tmp_path):
    (line,) = results.trend_lines()
    assert "improved from 2014 on" in line
    write_tables(results, tmp_path)
    said = (tmp_path / "sources_and_caveats.csv").read_text("utf-8")
    assert f'trend,"{line}"' in said or f"trend,{line}" in said


def test_what_is_written_passes_the_audit_and_describes_itself(results, tmp_path):
    write_tables(results, tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"changes.csv", "trends.csv", "datapackage.json"} <= names
    report = audit_files(tmp_path, smallest=1, largest=4)
    assert report.passed
    text = (tmp_path / "datapackage.json").read_text("utf-8")
    assert '"title": "Change of rates from one period to another"' in text
    assert '"primaryKey": ["area_code", "indicator", "sex", "period_from", "period_to"]' in text


def written_whole(results, folder):
    """Tables, pages and the GeoPackage of an edition, as a reader has them."""
    write_tables(results, folder)
    write_pages(results, folder)
    write_geopackage(results, folder / "vawg.gpkg")


def findings(folder):
    return [(one.kind, one.text) for one in audit_files(folder, smallest=1, largest=4).findings]


def test_pages_and_layers_say_what_the_tables_say(results, tmp_path):
    """Among them a ward without events, one that began with none, and hidden ends."""
    written_whole(results, tmp_path)
    assert findings(tmp_path) == []
    # A ratio of a shown ward that is another on the page.
    page = tmp_path / "ward.html"
    text = page.read_text("utf-8")
    change = series_of(results, "ward")[-1].changes[YEARS[0]]
    shown = round(change.ratio[RISES] * 100)
    where = text.index('"ratio":[', text.index(f'"since":"{YEARS[0]}"'))
    spoiled = text[where:].replace(f",{shown},", f",{shown + 1},", 1)
    page.write_text(text[:where] + spoiled, "utf-8")
    assert ("derived_figure", True) in [
        (kind, "'ratio' that does not follow" in text) for kind, text in findings(tmp_path)
    ]


def test_a_ratio_at_a_hidden_end_in_the_geopackage_is_found(results, tmp_path):
    written_whole(results, tmp_path)
    with closing(sqlite3.connect(tmp_path / "vawg.gpkg")) as base:
        sql = "UPDATE changes SET ratio = 0.05 WHERE area_code = ? AND period_to = ?"
        assert base.execute(sql, (WARDS[SMALL], YEARS[4])).rowcount > 0
        base.commit()
    kinds = {kind for kind, text in findings(tmp_path) if "'ratio'" in text}
    assert "derived_figure" in kinds


def test_months_stand_out_and_one_that_lacks_has_its_place(tmp_path):
    months = [f"{2018 + n // 12}-{n % 12 + 1:02}" for n in range(40) if n != 18]
    counts = counted(months)
    outbreak = (counts["area_code"] == WARDS[5]) & (counts["period"] == "2021-02")
    counts.loc[outbreak, "count"] = 160
    results = results_of(counts, tmp_path)
    latest = series_of(results, "ward")[-1]
    line = latest.line
    assert line.periods.index("2019-07") == 18
    assert len(line.periods) == 40
    assert line.stands_out.shape == (len(WARDS), 40)
    assert line.stands_out[5, line.periods.index("2021-02")] == 1
    assert not line.stands_out[:, :24].any()
    assert list(latest.changes) == ["2018-04", "2019-04", "2020-04"]
    assert set(line.trend_note) == {"Months and quarters are not tested: they have seasons."}
    table = results.over_time.months
    assert table["period"].min() == "2020-01"
    assert table.loc[table["count"].isna(), "expected"].isna().all()
    write_tables(results, tmp_path / "out")
    assert audit_files(tmp_path / "out", smallest=1, largest=4).passed


def test_bonferroni_is_taken_where_it_is_asked_for(results, tmp_path):
    other = results_of(counted(), tmp_path, correction="bonferroni").over_time.changes
    usual = results.over_time.changes
    known = usual["p_value"].notna() & (usual["level"] == "ward")
    assert (other.loc[known, "p_adjusted"] >= usual.loc[known, "p_adjusted"] - 1e-12).all()
    size = known & (usual["period_to"] == "2019/20") & (usual["period_from"] == "2014/15")
    expected = np.minimum(other.loc[size, "p_value"] * size.sum(), 1)
    assert other.loc[size, "p_adjusted"].to_numpy() == pytest.approx(expected.to_numpy())


def test_pools_of_years_beside_their_years_give_no_hidden_count(tmp_path):
    """Sums over time beside their parts: the gate hides so much that no small count follows."""
    counts = counted()
    single = counts[counts["period"].isin(YEARS[3:])]
    pooled = single.groupby(["area_code", "indicator", "sex"], as_index=False)["count"].sum()
    both = pd.concat([counts, pooled.assign(period=f"{YEARS[3]} to {YEARS[5]}")])
    results = results_of(both, tmp_path)
    rates = results.rates[results.rates["area_code"] == WARDS[SMALL]].set_index("period")
    last = [*YEARS[3:], f"{YEARS[3]} to {YEARS[5]}"]
    assert (rates.loc[last, "status"] == "suppressed").sum() >= 2
    write_tables(results, tmp_path / "out")
    assert audit_files(tmp_path / "out", smallest=1, largest=4).passed
    # A pool is of another length, and alone.
    assert not results.over_time.changes["period_to"].str.contains(" to ").any()
