"""The layer of all indicators, and every layer's one row for each area."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from vawg_geo.audit.layers.geopackage import read_geopackage
from vawg_geo.publish.geopackage.write import described_layers, write_geopackage
from vawg_geo.publish.layers import summary
from vawg_geo.publish.layers.rates import rate_layers
from vawg_geo.publish.layers.summary import MOST_COLUMNS, summary_layers
from vawg_geo.results.results import results_of


@pytest.fixture(scope="module")
def default(default_edition):
    return results_of(default_edition("public"))


@pytest.fixture(scope="module")
def package(default, tmp_path_factory):
    return write_geopackage(default, tmp_path_factory.mktemp("gpkg") / "vawg.gpkg")


@pytest.fixture(scope="module")
def over_time(over_years, tmp_path_factory):
    results = results_of(over_years())
    return results, write_geopackage(results, tmp_path_factory.mktemp("gpkg") / "vawg.gpkg")


def query(package, text):
    with closing(sqlite3.connect(package)) as base:
        return base.execute(text).fetchall()


def test_it_is_what_a_program_lists_first(package):
    # Seen to fail where it was registered in the order of writing.
    listed = [name for name, kind in pyogrio.list_layers(package) if kind]
    assert listed[:3] == ["ward_summary", "district_summary", "ward"]


def test_every_spatial_layer_draws_each_area_once(default, package):
    """Every layer of an edition of one period has each area once."""
    # Seen to fail on the layer of services, which had 28 rows for each district.
    for layer in described_layers(default):
        codes = gpd.read_file(package, layer=layer.name)["area_code"]
        assert codes.tolist() == default.areas[layer.level]["area_code"].tolist(), layer.name


@pytest.mark.parametrize("level", ["ward", "district"])
def test_it_says_what_the_long_tables_say(default, package, level):
    frame = gpd.read_file(package, layer=f"{level}_summary").set_index("area_code")
    rates = default.rates[default.rates["level"] == level]
    stems = [name.removesuffix("_indicator") for name in frame if name.endswith("_indicator")]
    assert {frame[f"{stem}_indicator"].iloc[0] for stem in stems} == set(rates["indicator"])
    hidden = 0
    for stem in stems:
        assert frame[[f"{stem}_indicator", f"{stem}_period"]].drop_duplicates().shape[0] == 1
        (name, period) = frame[[f"{stem}_indicator", f"{stem}_period"]].iloc[0]
        rows = rates[(rates["indicator"] == name) & (rates["period"] == period)]
        assert len(rows)
        assert stem.endswith("_illustrative") == (rows["basis"] == "illustrative").all()
        for sex, group in rows.groupby("sex"):
            part = group.set_index("area_code").reindex(frame.index)
            for column in ("count", "rate", "rate_lower", "rate_upper"):
                np.testing.assert_array_equal(
                    frame[f"{stem}_{column}_{sex}"].to_numpy(float),
                    part[column].astype("Float64").to_numpy(float, na_value=np.nan),
                )
            status = frame[f"{stem}_status_{sex}"]
            assert status.tolist() == part["status"].tolist()
            absent = status.isin(["suppressed", "missing", "not_applicable"])
            assert (frame[f"{stem}_count_{sex}"].isna() == absent).all()
            hidden += int((status == "suppressed").sum())
    assert hidden or level == "district"


def test_types_are_those_of_the_long_tables(package):
    # A column of a view without a type is a text to GDAL, and cannot be styled by its value.
    info = pyogrio.read_info(package, layer="ward_summary")
    types = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert types["domestic_abuse_crimes_illustrative_count_female"] == "int64"
    assert types["domestic_abuse_crimes_illustrative_rate_female"] == "float64"
    assert types["domestic_abuse_crimes_illustrative_status_female"] == "object"


def test_its_columns_are_named_for_people(package):
    rows = query(
        package,
        "SELECT column_name, name, title, constraint_name FROM gpkg_data_columns "
        "WHERE table_name = 'ward_summary'",
    )
    by_name = {row[0]: row[1:] for row in rows}
    title = "ILLUSTRATIVE: Domestic abuse crimes, 2015/16: Status: women and girls"
    named = by_name["domestic_abuse_crimes_illustrative_status_female"]
    assert named == (title, title, "status")
    (style,) = query(
        package,
        "SELECT styleQML FROM layer_styles WHERE f_table_name = 'ward_summary' AND useAsDefault",
    )
    assert f'name="{title}"' in style[0]
    # No made-up figure is what comes up.
    assert '"police_violence_and_sexual_rate_persons"' in style[0].replace("&quot;", '"')


def test_every_heading_is_where_gdal_looks_for_it(package):
    """Headings of columns are what GDAL, and so QGIS, takes for a column's other name."""
    # Seen to fail where `name` was the column's own, which GDAL passes over.
    rows = query(package, "SELECT table_name, column_name, name, title FROM gpkg_data_columns")
    assert len(rows) > 500
    assert all(name.startswith(title) for _, _, name, title in rows)
    assert len({(table, name) for table, _, name, _ in rows}) == len(rows)
    same = [column for _, column, name, _ in rows if name == column]
    # A statistic that is called by one letter everywhere.
    assert set(same) <= {"z"}


def test_columns_are_short_enough_for_every_program(default):
    for layer in described_layers(default):
        assert max(map(len, layer.columns)) <= 63
        assert len({name.lower() for name in layer.columns}) == len(layer.columns)
        names = [style.name for style in layer.styles]
        assert len(set(names)) == len(names)
        assert max(map(len, names)) <= 30


def test_more_than_there_is_room_for_is_left_out_and_said(default, monkeypatch):
    monkeypatch.setattr(summary, "MOST_COLUMNS", 40)
    full = {layer.level: layer for layer in described_layers(default) if layer.first}
    for layer in summary_layers(default, list(rate_layers(default))):
        assert len(layer.columns) <= 40
        if layer.level == "ward":
            assert layer.columns == full["ward"].columns
            continue
        # All people of every indicator before women of one.
        assert not [name for name in layer.columns if name.endswith(("_female", "_male"))]
        left = layer.description.split(" series are not in it")[0].split()[-1]
        gone = len(full["district"].styles) - len(layer.styles)
        assert int(left) == gone > 0
    assert all(len(layer.columns) <= MOST_COLUMNS for layer in full.values())
    assert not any("series are not in it" in layer.description for layer in full.values())


def test_change_has_a_status_of_its_own(over_time):
    results, package = over_time
    frame = gpd.read_file(package, layer="ward_summary").set_index("area_code")
    changes = results.over_time.changes
    since, until = frame["crimes_period_from_persons"].iloc[0], frame["crimes_period"].iloc[0]
    rows = changes[
        (changes["indicator"] == frame["crimes_indicator"].iloc[0])
        & (changes["sex"] == "persons")
        & (changes["period_from"] == since)
        & (changes["period_to"] == until)
    ]
    part = rows.set_index("area_code").reindex(frame.index)
    assert frame["crimes_change_status_persons"].tolist() == part["status"].tolist()
    for column in ("ratio", "ratio_lower", "ratio_upper"):
        np.testing.assert_array_equal(
            frame[f"crimes_{column}_persons"].to_numpy(float), part[column].to_numpy(float)
        )
    hidden = frame["crimes_change_status_persons"] == "suppressed"
    assert hidden.any()
    assert frame.loc[hidden, "crimes_ratio_persons"].isna().all()
    # The latest count may be shown where the change from a hidden one is not.
    assert (frame.loc[hidden, "crimes_status_persons"] != "suppressed").any()
    assert until == max(results.rates["period"])
    # Of one period alone, though there are six.
    assert len([name for name in frame if name.endswith("_period")]) == len(
        results.rates.loc[results.rates["level"] == "ward", "indicator"].unique()
    )


def test_services_stand_in_a_row_for_each_district(default, package):
    frame = gpd.read_file(package, layer="district_services").set_index("area_name")
    assert frame.index.is_unique
    assert frame.loc["Peterborough", "freedom_programme_2016_03_31"] == "stated"
    assert frame.loc["Peterborough", "freedom_programme_2017_04_01"] == "not_running"
    assert "until 31 March 2017" in frame.loc["Peterborough", "freedom_programme_2017_04_01_words"]
    (gap,) = {layer.name for layer in default.overlays.layers if layer.name == "gaps"}
    assert not [name for name in frame if name.startswith(gap)]
    # The long table stays, with all that stood there.
    kinds = sum(name.endswith("_words") for name in frame)
    rows = query(package, "SELECT count(*) FROM overlays WHERE layer LIKE '%-201_-__-__'")
    assert rows == [(kinds * len(frame),)]
    words = query(
        package,
        "SELECT value, description FROM gpkg_data_column_constraints "
        "WHERE constraint_name = 'service'",
    )
    assert dict(words)["stated"] == "Covered"
    assert set(pd.unique(frame.filter(regex=r"\d$").to_numpy().ravel())) <= set(dict(words))


@pytest.mark.parametrize(
    ("table", "column", "value", "kind"),
    [
        ("ward_summary", "domestic_abuse_crimes_illustrative_rate_female", "1.5", None),
        ("ward_summary", "domestic_abuse_crimes_illustrative_tally_female", "3", "unknown_column"),
        ("district_services", "outreach_2016_03_31", "'3'", "unknown_column"),
        ("district_services", "tally_2016_03_31", "3", "unknown_column"),
    ],
)
def test_the_audit_reads_them_column_by_column(package, tmp_path, table, column, value, kind):
    """A hidden figure that is put into a wide layer is seen, and so is a column of nobody."""
    path = tmp_path / "vawg.gpkg"
    path.write_bytes(package.read_bytes())
    with closing(sqlite3.connect(path)) as base, base:
        (sql,) = base.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        base.execute(f'DROP VIEW "{table}"')
        body = sql.split(" AS ", 1)[1]
        if f'AS "{column}"' in body:
            body = f"SELECT * FROM (SELECT *, {value} AS new FROM ({body}))"
            names = ", ".join(
                f'new AS "{column}"' if name == column else f'"{name}"'
                for name in ["OGC_FID", "geom", *pyogrio.read_info(package, layer=table)["fields"]]
            )
            body = body.replace("SELECT *", f"SELECT {names}", 1)
        else:
            body = f'SELECT *, {value} AS "{column}" FROM ({body})'
        base.execute(f'CREATE VIEW "{table}" AS {body}')
    reading = read_geopackage(path, "vawg.gpkg")
    if kind:
        assert [one.kind for one in reading.findings] == [kind]
        return
    assert reading.findings == []
    (sheet,) = [one for one in reading.sheets if one.source.endswith(
        "ward_summary, domestic_abuse_crimes_illustrative"
    )]  # fmt: skip
    assert set(sheet.columns["indicator"]) == {"domestic abuse crimes"}
    assert set(sheet.columns["sex"]) == {"female"}
    assert set(sheet.columns["rate"]) == {1.5}
    assert "suppressed" in sheet.columns["status"]


def test_names_that_begin_alike_are_told_apart(default):
    """One indicator's stem may be the beginning of another's column, or of an outline's."""
    layers = [one for one in rate_layers(default) if one.level == "district"][:3]
    names = ["crimes", "crimes_rate", "area"]
    with_names = dict(
        zip(
            [one.indicator for one in layers],
            [
                replace_slug(default, one.indicator, name)
                for one, name in zip(layers, names, strict=True)
            ],
            strict=True,
        )
    )
    renamed = replace(default, indicators={**default.indicators, **with_names})
    (layer,) = summary_layers(renamed, layers)
    from vawg_geo.audit.tables.wide import read_long_or_wide

    columns = {name: ["E07000008"] for name in layer.columns}
    for name in layer.columns:
        if name.endswith(("_indicator", "_period", "_basis")):
            columns[name] = ["word"]
    reading = read_long_or_wide(columns, "own.fgb")
    assert reading.findings == []
    ends = {sheet.source.rpartition(", ")[2] for sheet in reading.sheets}
    assert ends == {"crimes", "crimes_rate", "area"}


def replace_slug(results, indicator, name):
    import msgspec

    return msgspec.structs.replace(results.indicators[indicator], slug=name)
