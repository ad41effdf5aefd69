"""What QGIS and pyogrio read of a GeoPackage is what was computed: values, NULL, status, outlines.

What is expected is made here from the results alone, cell by cell, and not by a query.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyogrio
import pytest
import shapely

import vawg_geo
from vawg_geo.areas.tables import load_tables
from vawg_geo.project import read_project
from vawg_geo.publish.geopackage.write import described_layers, table_titles, write_geopackage
from vawg_geo.results.results import compute_results, results_of

pytestmark = pytest.mark.long

READER = Path(__file__).with_name("read_layers.py")
PEOPLE = {"persons": "all people", "female": "women and girls", "male": "men and boys"}
WHO = ("area_code", "area_name", "parent_code")
STATISTICS = {"moran": "local-moran", "gi": "gi-star"}
SCAN = {
    "scan_cluster": "scan_cluster",
    "scan_relative_risk": "relative_risk",
    "scan_p_value": "p_value",
}
# One ward for each state; all others have counts of 20 and more.
STATES = ["", "0", "3", "8", "z", "x"]
NEED = "domestic abuse incidents"
HELP = ("IDVA high-risk referrals", "Cambridge Women's Aid contacts")
WORDS = {"value", "zero", "missing", "suppressed", "unstable", "not_applicable"}


@pytest.fixture(scope="module")
def of_ones_own(overlaid, ward_codes, tmp_path_factory):
    """A project with every overlay in which every status occurs."""
    counts = dict(zip(ward_codes, STATES, strict=False))
    lines = ["area_code,sex,period,indicator,count"]
    for place, code in enumerate(ward_codes):
        value = counts.get(code, str(20 + place % 37))
        lines += [f"{code},female,2015/16,{name},{11 + place % 5}" for name in HELP]
        if code == ward_codes[7]:
            continue  # no row at all
        lines.append(f"{code},persons,2015/16,{NEED},{value}")
    table = "\n".join(lines) + "\n"
    config = overlaid(tmp_path_factory.mktemp("own"), table, claims=[NEED], wards=ward_codes)
    return load_tables(read_project(config))


@pytest.fixture(scope="module", params=["default public", "default partnership", "own public"])
def written(request, tmp_path_factory, default_tables):
    which, edition = request.param.split()
    tables = request.getfixturevalue("of_ones_own") if which == "own" else default_tables
    protected = vawg_geo.protect(tables, edition=edition)
    path = tmp_path_factory.mktemp(which) / "vawg.gpkg"
    return compute_results(protected), write_geopackage(results_of(protected), path)


@pytest.fixture(scope="module")
def by_qgis(written, run_in_qgis):
    _, package = written
    out = package.with_suffix(".json")
    run = run_in_qgis(READER, package, out)
    assert run.returncode == 0, run.stderr
    return json.loads(out.read_text("utf-8"))


@pytest.fixture(scope="module")
def by_pyogrio(written):
    _, package = written
    found = {}
    for name, kind in pyogrio.list_layers(package):
        meta, table = pyogrio.raw.read_arrow(package, layer=name)
        shape = meta["geometry_name"] or "geom" if kind else None
        columns = [column for column in table.column_names if column != shape]
        cells = [table[column].to_pylist() for column in columns]
        outlines = table[shape].to_pylist() if shape else [None] * table.num_rows
        found[name] = {
            "columns": columns,
            "rows": [list(row) for row in zip(*cells, strict=True)],
            "shapes": [outline and hashlib.sha256(outline).hexdigest() for outline in outlines],
        }
    return found


def plain(value):
    """Value of Python, None for what is not there."""
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def rows_of(frame):
    return [[plain(value) for value in row] for row in frame.itertuples(index=False, name=None)]


SERIES = ["area_code", "indicator", "period", "sex"]


def first_by(frame, keys):
    """The first row of each key, as a dict."""
    found = {}
    for row in frame.to_dict("records"):
        found.setdefault(tuple(row[key] for key in keys), row)
    return found


class Figures:
    """Results by what a cell is of."""

    def __init__(self, results):
        self.results = results
        self.rates = first_by(results.rates, SERIES)
        self.labels = self.scans = {}
        if not results.hotspots.empty:
            self.labels = first_by(results.hotspots, [*SERIES, "statistic"])
        if not results.scans.empty:
            # Views show clusters that stand; the long table has those of the other model too.
            standing = results.scans[results.scans["significant"]]
            likeliest = standing.sort_values("scan_cluster", kind="stable")
            self.scans = first_by(likeliest, SERIES)

    def of_rates(self, layer, code, column):
        """What a view of rates shows in a column: `rate_female`, or one of the whole series."""
        name, _, sex = column.rpartition("_")
        whole = sex not in layer.sexes
        row = self.rates.get(
            (code, layer.indicator, layer.period, layer.sexes[0] if whole else sex)
        )
        if column == "illustrative":
            return row["basis"] == "illustrative"
        return plain(row[column if whole else name]) if row else None

    def of_hotspots(self, layer, code, column):
        """What a view of hotspots shows: `moran_p_value_persons`, `scan_cluster_persons`."""
        name, _, sex = column.rpartition("_")
        series = (code, layer.indicator, layer.period)
        if sex not in layer.sexes:
            both = (self.labels.get((*series, layer.sexes[0], one)) for one in STATISTICS.values())
            return plain(next(filter(None, both))[column])
        if name == "status":
            return plain(self.rates[*series, sex]["status"])
        if name in SCAN:
            return plain(self.scans.get((*series, sex), {}).get(SCAN[name]))
        short, _, what = name.partition("_")
        return plain(self.labels.get((*series, sex, STATISTICS[short]), {}).get(what))

    def of_summary(self, layer, code, column):
        """What the layer of all indicators shows: that of the layer of one, under its stem."""
        for name, about in layer.said:
            stem = name.removesuffix("_indicator")
            if stem == name or not column.startswith(f"{stem}_"):
                continue
            title = about.title.removeprefix("ILLUSTRATIVE: ")
            (key,) = {
                (indicator, period)
                for _, indicator, period, _ in self.rates
                if title.startswith(f"{self.results.indicators[indicator].title}, {period}: ")
            }
            sexes = ("persons", "female", "male")
            if (code, *key, "persons") not in self.rates:
                sexes = ("female", "male", "persons")
            one = replace(layer, indicator=key[0], period=key[1], sexes=sexes)
            base = column.removeprefix(f"{stem}_")
            if base in ("indicator", "period"):
                return key[base == "period"]
            return (self.of_hotspots if "_cluster_" in base else self.of_rates)(one, code, base)
        raise AssertionError(column)

    def of_services(self, layer, code, column):
        """What the layer of services shows: class or words of one kind of help."""
        for one in self.results.overlays.layers:
            named = one.name.replace("-", "_")
            base = column.removesuffix("_words")
            # A long name is cut before its date.
            is_named = named.startswith(base[:-11]) and named.endswith(base[-10:])
            if one.level == layer.level and is_named:
                said = one.by_area[code]
                return said.words if column.endswith("_words") else said.key
        raise AssertionError(column)

    def of_overlay(self, overlay, code, column):
        """What a view of an overlay shows in a column."""
        indicator, sex, period = overlay.series or ("", "", "")
        if column == "status":
            return plain(self.rates.get((code, indicator, period, sex), {}).get("status"))
        if code not in overlay.by_area:
            return None
        said = overlay.by_area[code]
        labels = {one.key: one.label for one in overlay.classes}
        return {
            "layer": overlay.name, "title": overlay.title, "indicator": indicator, "sex": sex,
            "period": period, "class": said.key, "label": labels.get(said.key),
            "words": said.words,
        }[column]  # fmt: skip


def areas_of(results, level):
    frame = results.areas[level]
    checksums = [
        hashlib.sha256(
            shapely.to_wkb(
                shape if shape.geom_type == "MultiPolygon" else shapely.multipolygons([shape])
            )
        ).hexdigest()
        for shape in frame.geometry
    ]
    return list(zip(frame[list(WHO)].to_dict("records"), checksums, strict=True))


def overlays_of(results, layer):
    """Overlays that a view shows beside each other in rows: one."""
    same_level = [one for one in results.overlays.layers if one.level == layer.level]
    return [one for one in same_level if layer.title.removeprefix(f"{one.group}: ").startswith(f"{one.title}, by")
            and (one.series or ("", "", ""))[0] == layer.indicator
            and (one.series or ("", "", ""))[2] == layer.period
            and (not one.series or f", {PEOPLE[one.series[1]]}, " in layer.title)]  # fmt: skip


def rows_of_view(figures, layer, outlines):
    """Values and outline of every feature of a view."""
    cells = {
        "Rates": figures.of_rates, "Hotspots": figures.of_hotspots,
        "All indicators": figures.of_summary, "Services": figures.of_services,
    }  # fmt: skip
    cell = next((cells[kind] for kind in cells if layer.group.startswith(kind)), None)
    sources = [None] if cell else overlays_of(figures.results, layer)
    assert sources, layer.name
    for source in sources:
        for area, outline in outlines:
            code = area["area_code"]
            values = []
            for column in layer.columns:
                if column in WHO:
                    values.append(area[column])
                elif source:
                    values.append(figures.of_overlay(source, code, column))
                else:
                    values.append(cell(layer, code, column))
            yield [values, outline]


def expected_views(results):
    """By name of every view: the values and the checksum of the outline of each feature."""
    figures = Figures(results)
    outlines = {level: areas_of(results, level) for level in results.areas}
    return {
        layer.name: list(rows_of_view(figures, layer, outlines[layer.level]))
        for layer in described_layers(results)
    }


def expected_tables(results):
    """Long tables that every edition computes, by name."""
    rates = results.rates.assign(illustrative=results.rates["basis"] == "illustrative")
    long = {"rates": rates, "hotspots": results.hotspots, "scans": results.scans}
    return {
        name: frame for name, frame in (long | results.overlays.tables).items() if not frame.empty
    }


def alike(rows):
    """Rows in an order that does not depend on the reader."""
    return sorted(rows, key=lambda row: json.dumps(row, default=str))


@pytest.mark.promise
@pytest.mark.parametrize("reader", ["by_qgis", "by_pyogrio"])
class TestRoundTrip:
    """What QGIS reads is what was computed, cell by cell, NULL and status included."""

    def test_every_view(self, written, reader, request):
        results, _ = written
        read = request.getfixturevalue(reader)
        views = expected_views(results)
        assert len(views) > 5
        for layer in described_layers(results):
            got = read[layer.name]
            assert got["columns"] == list(layer.columns), layer.name
            pairs = map(list, zip(got["rows"], got["shapes"], strict=True))
            assert alike(pairs) == alike(views[layer.name]), layer.name

    def test_every_long_table(self, written, reader, request):
        results, _ = written
        read = request.getfixturevalue(reader)
        tables = expected_tables(results)
        assert tables.keys() <= {*table_titles(results)}
        for name, frame in tables.items():
            assert read[name]["columns"] == list(frame.columns), name
            assert read[name]["rows"] == rows_of(frame), name
            assert set(read[name]["shapes"]) == {None}, name

    def test_every_outline(self, written, reader, request):
        results, _ = written
        read = request.getfixturevalue(reader)
        for level in results.areas:
            wanted = areas_of(results, level)
            assert read[level]["rows"] == [list(area.values()) for area, _ in wanted]
            assert read[level]["shapes"] == [outline for _, outline in wanted]

    def test_nothing_else_is_in_the_file(self, written, reader, request):
        results, _ = written
        read = request.getfixturevalue(reader)
        known = {*results.areas, *table_titles(results), *expected_views(results)}
        assert set(read) - known <= {"overlays", "layer_styles"}

    def test_whole_numbers_and_truths_are_read_as_such(self, written, reader, request):
        read = request.getfixturevalue(reader)["rates"]
        for column, kind in (("count", int), ("rate", float), ("illustrative", bool)):
            place = read["columns"].index(column)
            kinds = {type(row[place]) for row in read["rows"]} - {type(None)}
            assert kinds == {kind}, column


def test_every_status_occurs_and_tells_null_from_zero(of_ones_own):
    """The project of the round trip has all that could be lost on the way."""
    rates = compute_results(vawg_geo.protect(of_ones_own, edition="public")).rates
    wards = rates[(rates["level"] == "ward") & (rates["sex"] == "persons")]
    wards = wards[wards["indicator"] == NEED]
    assert set(wards["status"]) == WORDS
    empty = wards["status"].isin(["missing", "suppressed", "not_applicable"])
    assert wards["count"].isna().tolist() == empty.tolist()
    assert wards.loc[wards["status"] == "zero", "count"].tolist() == [0]


def test_a_changed_value_is_noticed(written, run_in_qgis, tmp_path):
    """A NULL made zero: the comparison sees it."""
    import shutil
    import sqlite3
    from contextlib import closing

    results, package = written
    spoilt = shutil.copyfile(package, tmp_path / "spoilt.gpkg")
    with closing(sqlite3.connect(spoilt)) as base, base:
        changed = base.execute(
            "UPDATE rates SET count = 0 WHERE fid = (SELECT min(fid) FROM rates "
            "WHERE status IN ('suppressed', 'not_applicable'))"
        ).rowcount
    assert changed == 1
    out = tmp_path / "read.json"
    assert run_in_qgis(READER, spoilt, out).returncode == 0
    read = json.loads(out.read_text("utf-8"))
    assert read["rates"]["rows"] != rows_of(expected_tables(results)["rates"])
