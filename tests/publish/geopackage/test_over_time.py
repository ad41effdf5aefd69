"""Layers over time in the GeoPackage: several periods, change, trend; none for one period."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import numpy as np
import pandas as pd
import pyogrio
import pytest

from vawg_geo.audit.run import audit_files
from vawg_geo.publish.geopackage.write import described_layers, write_geopackage
from vawg_geo.publish.layers.styles import change_style, trend_style
from vawg_geo.results.change_kinds import change_kinds
from vawg_geo.results.results import results_of
from vawg_geo.results.series import series_of
from vawg_geo.terms.short_names import full_name, short_name
from vawg_geo.terms.views import LONGEST_SHORT_NAME
from vawg_geo.words.change import CHANGE_KIND
from vawg_geo.words.palette import TREND_FILLS

LAYERS = ("ward_crimes_by_year", "ward_crimes_change", "ward_crimes_trend")


@pytest.fixture(scope="module")
def results(over_years):
    return results_of(over_years())


@pytest.fixture(scope="module")
def package(results, tmp_path_factory):
    return write_geopackage(results, tmp_path_factory.mktemp("time") / "vawg.gpkg")


def rows(package, query):
    with closing(sqlite3.connect(package)) as base:
        return pd.read_sql_query(query, base)


def latest(results, level="ward"):
    return next(
        one for one in reversed(series_of(results, level)) if one.indicator.name == "crimes"
    )


def earliest(results):
    series = latest(results)
    return series.changes[series.since]


def test_a_layer_of_several_periods_has_a_row_for_each_area_and_period(results, package, years):
    table = rows(package, "SELECT * FROM ward_crimes_by_year").drop(columns="geom")
    assert len(table) == 24 * 6
    assert table["OGC_FID"].is_unique
    assert tuple(table["period"].unique()) == years.YEARS
    first = table[table["period"] == "2019/20"].iloc[0]
    assert (first["period_start"], first["period_end"]) == ("2019-04-01", "2020-03-31")
    long = results.rates.query("level == 'ward' and indicator == 'crimes'")
    both = table.merge(long, on=["area_code", "period"], suffixes=("_view", ""))
    assert len(both) == len(table)
    for name in ("count", "rate", "rate_lower", "rate_upper", "status", "significance"):
        one, other = both[f"{name}_persons"], both[name]
        pd.testing.assert_series_equal(one, other, check_names=False, check_dtype=False)


def test_a_gis_reads_days_as_days(package):
    about = pyogrio.read_info(package, layer="ward_crimes_by_year")
    kinds = dict(zip(about["fields"], about["dtypes"], strict=True))
    assert {kinds[name] for name in ("period_start", "period_end")} == {"datetime64[D]"}
    assert about["features"] == 24 * 6


def test_the_latest_period_is_held_against_the_earliest(results, package):
    change = earliest(results)
    assert (change.period_from, change.period_to) == ("2019/20", "2024/25")
    table = rows(package, "SELECT * FROM ward_crimes_change ORDER BY OGC_FID")
    assert set(table["period_from"].dropna()) == {"2019/20"}
    for name, wanted in (
        ("ratio", change.ratio),
        ("ratio_lower", change.lower),
        ("p_adjusted", change.p_adjusted),
        ("relative_ratio", change.relative),
    ):
        np.testing.assert_array_equal(table[f"{name}_persons"].astype(float), wanted)
    assert table["change_persons"].tolist() == change.change.tolist()
    assert table["status_persons"].tolist() == change.status.tolist()


def test_each_area_is_drawn_by_the_one_rule_of_its_kind(results, package):
    change = earliest(results)
    kinds = change_kinds(change.ratio, change.lower, change.change, change.status)
    # Of every kind at least one here, so that no rule is tried on nothing.
    assert {"up_high", "unsure_up", "down_low", "zero", "suppressed"} <= set(kinds)
    codes = latest(results).area_code
    drawn = {code: [] for code in codes}
    for rule in change_style(sex="persons").rules:
        found = rows(package, f"SELECT area_code FROM ward_crimes_change WHERE {rule.test}")
        for code in found["area_code"]:
            drawn[code].append(rule.label)
    wanted = {
        code: [CHANGE_KIND.get(kind, "Hidden to protect people")]
        for code, kind in zip(codes, kinds, strict=True)
    }
    assert drawn == wanted


@pytest.mark.parametrize("kind", CHANGE_KIND)
def test_the_rules_and_the_kinds_agree_at_the_limits(kind):
    ends = (0.1, 2 / 3, 0.67, 1.0, 1.01, 1.49, 1.5, 9.0, np.nan)
    words = ("increasing", "decreasing", "no_clear_change", "not_compared")
    table = pd.DataFrame(
        [
            (ratio, np.nan if word == "not_compared" else 0.05, word, status)
            for ratio in ends
            for word in words
            for status in ("value", "zero", "unstable", "suppressed")
            # A fall needs a ratio, and where nothing was ever recorded nothing rose or fell.
            if not (word == "decreasing" and np.isnan(ratio))
            and not (status == "zero" and word in words[:2])
        ],
        columns=["ratio_female", "ratio_lower_female", "change_female", "status_female"],
    )
    kinds = change_kinds(*(table[name].to_numpy() for name in table))
    rule = next(r for r in change_style(sex="female").rules if r.label == CHANGE_KIND[kind])
    with closing(sqlite3.connect(":memory:")) as base:
        table.assign(n=range(len(table))).to_sql("layer", base, index=False)
        drawn = [n for (n,) in base.execute(f"SELECT n FROM layer WHERE {rule.test}")]
    assert drawn == np.flatnonzero(kinds == kind).tolist()
    assert drawn


def test_the_trend_of_each_area_is_that_of_the_table(results, package):
    table = rows(package, "SELECT * FROM ward_crimes_trend")
    trends = results.over_time.trends.query("level == 'ward'").set_index("area_code")
    assert dict(zip(table["area_code"], table["trend_persons"], strict=True)) == dict(
        trends["trend"]
    )
    tests = [rule.test for rule in trend_style(sex="persons").rules]
    drawn = [len(rows(package, f"SELECT 1 FROM ward_crimes_trend WHERE {test}")) for test in tests]
    assert sum(drawn) == len(table)
    assert drawn[list(TREND_FILLS).index("increasing")] >= 1


def test_one_period_has_no_layer_of_time(over_years, tmp_path):
    results = results_of(over_years(periods=("2024/25",)))
    package = write_geopackage(results, tmp_path / "vawg.gpkg")
    names = {layer.name for layer in described_layers(results)}
    assert not {name for name in names if name.endswith(("_by_year", "_change", "_trend"))}
    tables = set(rows(package, "SELECT table_name FROM gpkg_contents")["table_name"])
    assert not tables & {"periods", "changes", "trends"}


def test_an_indicator_of_one_period_beside_one_of_six_has_none_either(results):
    names = {layer.name for layer in described_layers(results)}
    assert set(LAYERS) <= names
    ends = ("_by_year", "_change", "_trend")
    assert not {name for name in names if "referrals" in name and name.endswith(ends)}


def test_headings_are_there_for_every_column(package):
    found = rows(package, "SELECT table_name, column_name, title FROM gpkg_data_columns")
    titles = found.set_index(["table_name", "column_name"])["title"]
    assert (
        titles["ward_crimes_change", "ratio_persons"] == "Later rate over the earlier: all people"
    )
    assert titles["ward_crimes_by_year", "period_start"] == "First day"
    assert titles["ward_crimes_trend", "trend_persons"] == "Trend: all people"
    for layer in LAYERS:
        have = set(rows(package, f'SELECT * FROM "{layer}" LIMIT 1')) - {"OGC_FID", "geom"}
        assert have == set(titles[layer].index)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_shapefile_has_room_for_every_name(package, layer):
    """As it had not at first: two limits of one ratio would have had one name."""
    names = set(rows(package, f'SELECT * FROM "{layer}" LIMIT 1')) - {"OGC_FID", "geom"}
    short = [short_name(name) for name in names]
    assert max(map(len, short)) <= LONGEST_SHORT_NAME
    assert len(set(short)) == len(names)
    assert {full_name(name) for name in short} == names


def test_the_audit_finds_nothing(package):
    assert audit_files(package, smallest=1, largest=7).findings == ()


@pytest.mark.parametrize(
    ("layer", "planted"),
    [
        ("ward_crimes_change", "CASE WHEN ratio IS NULL THEN 1.25 ELSE ratio END AS ratio"),
        ("ward_crimes_change", "CASE WHEN change = 'not_compared' THEN 'increasing' ELSE change END AS change"),
        # Of these trends a year in their midst is hidden: both ends are shown.
        ("ward_crimes_trend", "CASE WHEN slope IS NULL THEN 0.5 ELSE slope END AS slope"),
        ("ward_crimes_by_year", "CASE WHEN rate IS NULL THEN 0.75 ELSE rate END AS rate"),
    ],
)  # fmt: skip
def test_a_hidden_end_that_is_shown_in_the_layer_alone_is_found(package, tmp_path, layer, planted):
    copy = tmp_path / "vawg.gpkg"
    shutil.copy(package, copy)
    table = {"change": "changes", "trend": "trends", "year": "rates"}[layer.split("_")[-1]]
    with closing(sqlite3.connect(copy)) as base, base:
        (query,) = base.execute("SELECT sql FROM sqlite_master WHERE name = ?", (layer,)).fetchone()
        name = planted.rpartition(" ")[2]
        names = [row[1] for row in base.execute(f"PRAGMA table_info({table})")]
        others = ", ".join(one for one in names if one != name)
        # The long table stays as it is: nobody else tells.
        base.execute(f'DROP VIEW "{layer}"')
        shown = query.replace(
            f"SELECT * FROM {table} ", f"SELECT {planted}, {others} FROM {table} "
        )
        shown = shown.replace(
            f"LEFT JOIN {table} persons",
            f"LEFT JOIN (SELECT {planted}, {others} FROM {table}) persons",
        )
        assert shown != query
        base.execute(shown)
    found = audit_files(copy, smallest=1, largest=7).findings
    assert "derived_figure" in {one.kind for one in found}
    assert all(layer in one.file for one in found if one.kind == "derived_figure")
