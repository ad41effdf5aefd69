"""Each algorithm as a person starts it, by `qgis_process`, with the zip installed in a profile.

What comes out is held against the package's own commands on tables that this test writes, with the
small counts taken out by hand where the layer may be passed on.
"""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import vawg_geo
from vawg_geo.areas.country import find_area
from vawg_geo.areas.extract import area_layers
from vawg_geo.audit.run import audit_files
from vawg_geo.commands.change import change_file
from vawg_geo.commands.hotspots import hotspots_file
from vawg_geo.commands.own_files import Reading
from vawg_geo.commands.rates import rates_file
from vawg_geo.commands.rebase import rebase_file
from vawg_geo.commands.scan import scan_file
from vawg_geo.overlays.hotspots.rule import HotspotRule

pytestmark = pytest.mark.long

READ = Path(__file__).with_name("read_output.py")
PLACES = ("default", "Gwynedd")
KEY = {"CODE": "area_code", "NAME": "area_name"}
COLUMNS = KEY | {"COUNT": "events", "POPULATION": "people"}


class Place:
    """Wards of a place with made-up counts, as a layer; and the tables that a command reads."""

    def __init__(self, wards, folder, *, former):
        self.folder, self.former = folder, former
        events = [20 + n * n % 25 for n in range(len(wards))]
        events[:12] = [1, 2, 3, 4, 5, 6, 7, 3, 2, None, 0, 0]
        later = [None if n is None else n + 3 * (at % 9) for at, n in enumerate(events)]
        people = [2000.0 + 7 * n for n in range(len(wards))]
        self.wards = wards[["area_code", "area_name", "geometry"]].assign(
            events=pd.array(events, "Int64"), later=pd.array(later, "Int64"), people=people,
            secret="seen",
        )  # fmt: skip
        # Blanks, accents and an apostrophe in the path.
        self.path = folder / "Tŷ’r heddlu" / "my wards.gpkg"
        self.path.parent.mkdir()
        self.wards.to_file(self.path, layer="wards", driver="GPKG", VERSION="1.3")
        self.layer = f"{self.path}|layername=wards"
        self.people = folder / "people.csv"
        pd.DataFrame(
            {"area_code": wards["area_code"], "sex": "persons", "population": people}
        ).to_csv(self.people, index=False)

    def counts(self, *, hidden, column="events", period="all"):
        """A table for the commands; small counts are [c] where they are to be hidden."""
        cells = self.wards[column].astype("object")
        small = self.wards[column].between(1, 7).fillna(False)
        cells = cells.mask(small.astype(bool), "[c]") if hidden else cells
        return pd.DataFrame(
            {"area_code": self.wards["area_code"], "area_name": self.wards["area_name"],
             "indicator": "counts", "sex": "persons", "period": period, "count": cells}
        )  # fmt: skip

    def write(self, *tables):
        path = self.folder / "counts.csv"
        pd.concat(tables).to_csv(path, index=False)
        return path


@pytest.fixture(scope="module", params=PLACES)
def place(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "default":
        return Place(vawg_geo.read_boundaries("wards-2015"), folder, former=True)
    return Place(area_layers(find_area(request.param))["ward"], folder, former=False)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "ŵy out.gpkg"


@pytest.fixture
def read(run_in_qgis):
    def of(path, picture=""):
        done = run_in_qgis(READ, path, *filter(None, [picture]))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])

    return of


def same(rows, table, names):
    """Whether rows have a table's figures, by code, to the last digit."""
    wanted = table.set_index("area_code")
    assert [row["area_code"] for row in rows] == wanted.index.tolist()
    for name in names:
        expected = [
            None if pd.isna(value) or value in (np.inf, -np.inf) else value
            for value in wanted[name].astype(object)
        ]
        assert [row[name] for row in rows] == expected, name


HIDDEN = pytest.mark.parametrize("desk", [False, True], ids=["public", "desk"])


@HIDDEN
def test_rates(run, read, place, out, desk):
    said = run("rates", LAYER=place.layer, **COLUMNS, CONFIDENCE=0.9, OWN_DESK=desk, OUTPUT=out)
    found = read(out)
    table = out.parent / "rates.parquet"
    rates_file(
        place.write(place.counts(hidden=not desk)), population=place.people, out=table,
        confidence=0.9, reading=Reading(level="ward"),
    )  # fmt: skip
    names = ["area_name", "count", "population", "rate", "rate_lower", "rate_upper", "status"]
    same(found["rows"], pd.read_parquet(table), names)
    assert found["crs"] == "EPSG:27700"
    assert [row["area"] for row in found["rows"]] == pytest.approx(place.wards.area.tolist())
    assert not any({"secret", "events", "later"} & set(row) for row in found["rows"])
    assert found["classes"]["No figure supplied"] == 1
    assert found["classes"].get("Hidden to protect people") == (None if desk else 9) or desk
    if desk:
        assert {row["edition"] for row in found["rows"]} == {"analyst"}
        assert "must not be passed on" in said
    else:
        assert audit_files(out, smallest=1, largest=7).passed
        assert [row["count"] for row in found["rows"]][:9] == [None] * 9
        assert "Counts from 1 to 7" in said


@HIDDEN
def test_hotspots(run, read, place, out, desk):
    options = {"PERMUTATIONS": 999, "STABILITY": "false", "ALTERNATIVE": 1, "STATISTIC": int(desk)}
    run("hotspots", LAYER=place.layer, **COLUMNS, **options, OWN_DESK=desk, OUTPUT=out)
    found = read(out)
    table = out.parent / "hotspots.parquet"
    hotspots_file(
        place.write(place.counts(hidden=not desk)), population=place.people, out=table,
        areas=str(place.path), reading=Reading(level="ward"),
        rule=HotspotRule(
            statistic="gi-star" if desk else "local-moran", permutations=999, stability=False,
            alternative="two-sided",
        ),
    )  # fmt: skip
    names = ["count", "statistic", "z", "p_value", "p_adjusted", "cluster", "reason"]
    same(found["rows"], pd.read_parquet(table), names)
    assert sum(row["rate"] is not None for row in found["rows"]) > 50
    assert found["classes"]
    if not desk:
        assert audit_files(out, smallest=1, largest=7).passed


@HIDDEN
def test_scan(run, read, place, out, desk):
    run("scan", LAYER=place.layer, **COLUMNS, REPLICATES=99, OWN_DESK=desk, OUTPUT=out)
    found = read(out)
    table = out.parent / "scan.parquet"
    scan_file(
        place.write(place.counts(hidden=not desk)), population=place.people, out=table,
        areas=str(place.path), replicates=99, reading=Reading(level="ward"),
    )  # fmt: skip
    names = ["count", "scan_cluster", "centre", "observed", "expected", "p_value", "significant"]
    same(found["rows"], pd.read_parquet(table), names)
    assert sum(found["classes"].values()) == len(place.wards)
    if not desk:
        assert audit_files(out, smallest=1, largest=7).passed


@pytest.mark.parametrize("second", [False, True], ids=["columns", "layers"])
@HIDDEN
def test_change(run, read, place, out, desk, second):
    later = (
        {"SECOND": place.layer, "SECOND_CODE": "area_code", "SECOND_COUNT": "later",
         "SECOND_POPULATION": "people"} if second else {"LATER_COUNT": "later"}
    )  # fmt: skip
    periods = {"PERIOD": "2018/19", "LATER_PERIOD": "2019/20"}
    run("change", LAYER=place.layer, **COLUMNS, **later, **periods, OWN_DESK=desk, OUTPUT=out)
    found = read(out)
    counts = place.write(
        place.counts(hidden=not desk, period="2018/19"),
        place.counts(hidden=not desk, column="later", period="2019/20"),
    )
    table = out.parent / "change.parquet"
    change_file(
        counts, population=place.people, out=table, start="2018/19", end="2019/20",
        reading=Reading(level="ward"),
    )  # fmt: skip
    names = ["ratio", "ratio_lower", "ratio_upper", "p_value", "p_adjusted", "change", "status"]
    same(found["rows"], pd.read_parquet(table), names)
    assert sum(found["classes"].values()) == len(place.wards)
    assert ("count_to" in found["rows"][0]) == desk
    if not desk:
        # Which of the two counts is hidden is not told: the audit found that it was.
        assert audit_files(out, smallest=1, largest=7).passed


@pytest.fixture
def points(place, tmp_path):
    """Events in WGS 84: n in the nth ward, some outside, one without a place."""
    rng = np.random.default_rng(1)
    wards = place.wards.geometry
    numbers = [n % 23 for n in range(len(wards))]
    shapes = [
        shape
        for ward, number in zip(wards, numbers, strict=True)
        if number
        for shape in gpd.GeoSeries([ward], crs=27700)
        .sample_points(number, rng=rng)
        .explode(index_parts=False)
    ]
    events = gpd.GeoDataFrame(
        {"day": [f"{2018 + n // 12 % 2}-{1 + n % 12:02d}-05" for n in range(len(shapes))]},
        geometry=shapes, crs=27700,
    )  # fmt: skip
    path = tmp_path / "events.gpkg"
    events.to_crs(4326).to_file(path, layer="events", driver="GPKG", VERSION="1.3")
    # Another way to count: the rings themselves, in the system of the outlines.
    joined = events.sjoin(place.wards[["area_code", "geometry"]], predicate="within")
    return f"{path}|layername=events", joined


@HIDDEN
def test_count(run, read, place, points, out, desk):
    source, joined = points
    said = run("count", POINTS=source, LAYER=place.layer, **KEY, OWN_DESK=desk, OUTPUT=out)
    rows = read(out)["rows"]
    wanted = joined["area_code"].value_counts().reindex(place.wards["area_code"], fill_value=0)
    if not desk:
        wanted = wanted.where(~wanted.between(1, 7)).astype(object)
        wanted = wanted.where(wanted.notna(), None)
        assert audit_files(out, smallest=1, largest=7).passed
    assert [row["count"] for row in rows] == wanted.tolist()
    assert f"All rows: {len(joined):,}" in said


def test_count_by_year(run, read, place, points, out):
    source, joined = points
    run("count", POINTS=source, LAYER=place.layer, **KEY, DATE="day", BY=3, OWN_DESK=True,
        OUTPUT=out)  # fmt: skip
    found = {(row["area_code"], row["period"]): row["count"] for row in read(out)["rows"]}
    assert len(found) == 2 * len(place.wards)
    years = joined["day"].str[:4]
    for (code, year), number in joined.groupby(["area_code", years]).size().items():
        assert found[code, year] == number


@HIDDEN
def test_rebase(run, read, place, out, desk):
    if not place.former:
        asked = {"COUNT": "events", "OWN_DESK": desk}
        said = run("rebase", LAYER=place.layer, **KEY, **asked, OUTPUT=out, fails=True)
        assert "nothing to carry over" in said
        return
    said = run("rebase", LAYER=place.layer, **KEY, COUNT="events", OWN_DESK=desk, OUTPUT=out)
    rows = {row["area_code"]: row for row in read(out)["rows"]}
    table = out.parent / "rebase.csv"
    rebase_file(
        place.write(place.counts(hidden=not desk)), target="wards-2025", out=table, integers=True
    )
    wanted = pd.read_csv(table)
    assert set(rows) == set(wanted["area_code"])
    numbers = wanted.set_index("area_code")["count"]
    if not desk:
        numbers = numbers.mask(numbers.between(1, 7))
        assert audit_files(out, smallest=1, largest=7).passed
    for code, number in numbers.items():
        assert rows[code]["count"] == (None if pd.isna(number) else number)
    states = {row["status"] for row in rows.values()}
    assert ("suppressed" in states) != desk
    assert all(row["area"] > 0 for row in rows.values())
    # A total would tell a count that the second gate hides alone.
    assert ("wards before" in said) == desk
    assert "carried" not in said


def test_outlines_of_another_year_can_be_given(run, read, place, out):
    if not place.former:
        return
    asked = {"LAYER": place.layer, **KEY, "COUNT": "events", "OUTPUT": out}
    assert "Outlines" in run("rebase", **asked, TO="wards-2019", fails=True)
    wards = out.parent / "wards.gpkg"
    vawg_geo.read_boundaries("wards-2016").to_file(wards, layer="wards", driver="GPKG")
    run("rebase", LAYER=place.layer, **KEY, COUNT="events", FROM="wards-2015", TO="wards-2016",
        OUTLINES=wards, OUTLINES_CODE="area_code", OUTPUT=out)  # fmt: skip
    assert len(read(out)["rows"]) == 142


def test_the_disclosure_check(run, read, place, out):
    """A layer of the desk is found out, a public one is not, and a total beside it is."""
    public, desk = out.with_name("public.gpkg"), out.with_name("desk.gpkg")
    for path, own in ((public, False), (desk, True)):
        run("rates", LAYER=place.layer, **COLUMNS, OWN_DESK=own, OUTPUT=path)
    protected = {"SMALLEST": 1, "LARGEST": 7}
    said = run("disclosure_check", FILE=public, **protected, OUTPUT=out)
    assert "0 findings" in said
    assert read(out)["rows"] == []
    said = run("disclosure_check", FILE=desk, **protected, OUTPUT=out)
    assert "Do not pass them on" in said
    kinds = {row["kind"] for row in read(out)["rows"]}
    assert kinds == {finding.kind for finding in audit_files(desk, smallest=1, largest=7).findings}
    said = run("disclosure_check", FILE=public, OUTPUT=out, fails=True)
    assert "SMALLEST" in said or "--smallest" in said
    run("disclosure_check", OUTPUT=out, fails=True)


def test_style(run, run_in_qgis, place, tmp_path):
    own = place.wards.assign(score=np.linspace(1, 9, len(place.wards)))
    own.to_file(tmp_path / "own.shp", encoding="utf-8")
    run("style", LAYER=tmp_path / "own.shp", COLUMN="score", LABEL="area_name", BREAKS="3,6",
        OUTPUT=tmp_path / "own.qml")  # fmt: skip
    done = run_in_qgis(READ, tmp_path / "own.shp", tmp_path / "map.png")
    classes = json.loads(done.stdout.strip().splitlines()[-1])["classes"]
    assert classes["6.0 or more"] == int((own["score"] >= 6).sum())
    assert classes["3.0 to under 6.0"] == int(own["score"].between(3, 6, inclusive="left").sum())


def test_everything_hidden(run, read, place, out):
    """More than a third would have to be hidden, so all are; and the layer says so."""
    few = place.wards.assign(events=3)
    path = out.with_name("few.gpkg")
    few.to_file(path, layer="few")
    for tool in ("rates", "hotspots", "scan"):
        target = out.with_name(f"{tool}.gpkg")
        said = run(tool, LAYER=path, **COLUMNS, OUTPUT=target)
        rows = read(target)["rows"]
        assert {row["status"] for row in rows} == {"suppressed"}
        assert [row["area_code"] for row in rows] == place.wards["area_code"].tolist()
        assert "More than a third" in said


def test_one_area_and_no_count(run, read, place, out):
    one = place.wards.head(30).tail(1)
    for name, layer in (("one", one), ("none", place.wards.assign(events=0))):
        path = out.with_name(f"{name}.gpkg")
        layer.to_file(path, layer=name)
        target = out.with_name(f"{name}-rates.gpkg")
        run("rates", LAYER=path, **COLUMNS, OUTPUT=target)
        rows = read(target)["rows"]
        assert len(rows) == len(layer)
        assert {row["status"] for row in rows} == ({"zero"} if name == "none" else {"value"})


def test_what_the_package_refuses_is_said(run, place, out):
    said = run("rates", LAYER=place.layer, **COLUMNS | {"CODE": "secret"}, OUTPUT=out, fails=True)
    assert "SEEN" in said
    assert not out.exists()


def test_without_the_package_it_says_how_to_make_one(run, place, python, out):
    said = run("rates", LAYER=place.layer, **COLUMNS, PYTHON=python, OUTPUT=out, fails=True)
    assert "uv tool install" in said
    assert "py -m venv" in said


def test_python_is_taken_without_a_dot_in_its_name(run, place, package_python, out):
    """The dialog's own check, which refused `.venv/bin/python` for want of `*.*`."""
    assert "." not in package_python.name
    run("rates", LAYER=place.layer, **COLUMNS, PYTHON=package_python, OUTPUT=out)
    run("rates", LAYER=place.layer, **COLUMNS, PYTHON=None, OUTPUT=out)


def test_a_count_may_be_a_text(run, read, place, out):
    """Marks of offices are hidden and stay so, on one's own desk too."""
    marks = ["x", "<5", "[c]", "", "0", "1", "12"]
    texts = [marks[n] if n < len(marks) else "40" for n in range(len(place.wards))]
    path = out.with_name("texts.gpkg")
    place.wards.assign(events=texts).to_file(path, layer="texts")
    for desk, sixth in ((False, "suppressed"), (True, "unstable")):
        target = out.with_name(f"{desk}.gpkg")
        run("rates", LAYER=path, **COLUMNS, OWN_DESK=desk, OUTPUT=target)
        states = [row["status"] for row in read(target)["rows"]][:7]
        assert states == [*["suppressed"] * 3, "missing", "zero", sixth, "value"]


def test_in_a_window(run_in_qgis, profile, place, package_python):
    """Loaded, run and taken away as QGIS with a window does; what is loaded has the maps' style."""
    plugins = profile / "profiles" / "default" / "python" / "plugins"
    done = run_in_qgis(READ.with_name("load_plugin.py"), plugins, place.layer, package_python)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.strip().splitlines()[-1])
    assert said["algorithms"] == [
        "change", "count", "disclosure_check", "hotspots", "rates", "rebase", "scan", "style"
    ]  # fmt: skip
    assert all(said["icons"])
    assert said["without_help"] == []
    # The usual filter is the fault that this parameter had.
    assert (said["refused_values"], said["usual_filter_takes_it"]) == ([], False)
    assert said["rates"] == ["RuleRenderer"]
    assert said["style"] == ["singleSymbol", "RuleRenderer"]
    assert said["stopped"] == {}
    assert said["after"]
    assert "Deprecat" not in done.stderr.replace("setapi() is deprecated", "")


# Of Qt's own tool, from one word: "Rates with limits", in Welsh.
WELSH = (
    "PLhkGMrvnJXNIRy/YKG93acAAAACY3lCAAAACAQKwNMAAAAAaQAAAFgDAAAAKgBDAHkAZgByAGEAZABkAGEAdQAgAOIAIAB0"
    "AGgAZQByAGYAeQBuAGEAdQgAAAAABgAAABFSYXRlcyB3aXRoIGxpbWl0cwcAAAAIdmF3Z19nZW8BiAAAAAwBAP8BAf8EAgX/"
    "AQY="
)


def test_a_translation_is_taken(qgis_process, profile, called, tmp_path):
    folder = tmp_path / "profile"
    shutil.copytree(profile, folder)
    words = folder / "profiles" / "default" / "python" / "plugins" / "vawg_geo" / "i18n"
    words.mkdir()
    (words / "vawg_geo_cy.qm").write_bytes(base64.b64decode(WELSH))
    for language, title in (("cy_GB", "Cyfraddau â therfynau"), ("en_GB", "Rates with limits")):
        environment = {"LANG": f"{language}.UTF-8", "LC_ALL": f"{language}.UTF-8"}
        said = called([qgis_process, "list"], folder, **environment).stdout
        assert f"vawg_geo:rates\t{title}" in said
