"""The toolbox script without QGIS: its computing half as it is, the other half on stand-ins.

`tests/qgis/test_toolbox.py` runs the same in QGIS itself.
"""

from __future__ import annotations

import importlib.util
import io
import json
import subprocess
import sys
from contextlib import redirect_stderr
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import ClassVar

import pandas as pd
import pytest
import shapely

import vawg_geo

SCRIPT = Path(__file__).resolve().parents[2] / "qgis" / "vawg_rates_and_hotspots.py"
WISHES = {
    "level": "ward", "statistic": "local-moran", "correction": "bh", "confidence": 0.9,
    "per": 1000, "permutations": 999, "edition": "public",
}  # fmt: skip
FIELDS = {"CODE": "code", "NAME": "name", "COUNT": "events", "POPULATION": "people"}


class Anything:
    """Takes whatever QGIS would; a class of its own for what the script derives from."""

    Numeric = Integer = Double = TypeVectorPolygon = FastInsert = FlagAdvanced = 0

    def __init__(self, *given, **options):
        self.given = given


class Fields(list):
    pass


class Feature:
    """Stands in for an area that comes in and for one that goes out."""

    def __init__(self, fields=None, cells=None, shape=None):
        self.fields, self.cells, self.shape = fields, cells, shape

    def __getitem__(self, name):
        return self.cells[name]

    def geometry(self):
        return SimpleNamespace(
            isNull=lambda: self.shape is None,
            asJson=lambda digits: json.dumps(shapely.geometry.mapping(self.shape)),
            shape=self.shape,
        )

    def setGeometry(self, geometry):
        self.shape = geometry.shape

    def setAttributes(self, values):
        self.cells = dict(zip([field.given[0] for field in self.fields], values, strict=True))


class Settings:
    kept: ClassVar = {}

    def value(self, name):
        return self.kept.get(name)

    def setValue(self, name, value):
        self.kept[name] = value


class Refused(Exception):
    """QgsProcessingException."""


@pytest.fixture(scope="module")
def script():
    """The script as QGIS would load it."""
    names = [
        "QgsProcessing", "QgsProcessingAlgorithm", "QgsFeatureSink", "QgsField",
        "QgsProcessingParameterBoolean", "QgsProcessingParameterDefinition",
        "QgsProcessingParameterEnum", "QgsProcessingParameterFeatureSink",
        "QgsProcessingParameterFeatureSource", "QgsProcessingParameterField",
        "QgsProcessingParameterFile", "QgsProcessingParameterNumber",
    ]  # fmt: skip
    core = ModuleType("qgis.core")
    vars(core).update({name: type(name, (Anything,), {}) for name in names})
    core.QgsFeature, core.QgsFields, core.QgsSettings = Feature, Fields, Settings
    core.QgsProcessingException, core.NULL = Refused, object()
    qt = ModuleType("qgis.PyQt.QtCore")
    qt.QVariant = SimpleNamespace(String=1, LongLong=2, Double=3)
    modules = {"qgis": ModuleType("qgis"), "qgis.core": core, "qgis.PyQt": ModuleType("PyQt"),
               "qgis.PyQt.QtCore": qt}  # fmt: skip
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    spec = importlib.util.spec_from_file_location("vawg_rates_and_hotspots", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, former in before.items():
        if former is None:
            del sys.modules[name]
        else:
            sys.modules[name] = former
    return module


@pytest.fixture(scope="module")
def wards():
    return vawg_geo.read_boundaries("wards-2015")


@pytest.fixture
def areas(wards):
    """Embedded wards with made-up counts, 9 of them from 1 to 7, one absent, two zero."""
    counts = [20 + n % 25 for n in range(len(wards))]
    counts[:12] = [1, 2, 3, 4, 5, 6, 7, 3, 2, None, 0, 0]
    return [
        Feature(cells={"code": code, "name": name, "events": count, "people": 2000.0 + 7 * n,
                        "secret": "seen"}, shape=shape)
        for n, (code, name, count, shape) in enumerate(
            zip(wards["area_code"], wards["area_name"], counts, wards.geometry, strict=True)
        )
    ]  # fmt: skip


CRS = SimpleNamespace(authid=lambda: "EPSG:27700", toWkt=lambda: "")


def computed(script, folder, areas, **wishes):
    """Result of the computing half, without a Python of its own: that takes seconds."""
    script.write_request(folder, WISHES | wishes, areas, FIELDS, CRS)
    return run_here(script, folder)


def run_here(script, folder):
    with redirect_stderr(io.StringIO()) as said:
        code = script.compute(folder)
    if code:
        raise Refused(said.getvalue())
    return json.loads((folder / "result.json").read_text("utf-8"))


def table_of(result):
    return pd.DataFrame(result["rows"]).set_index("area_code")


def test_small_counts_are_hidden(script, areas, tmp_path):
    rows = table_of(computed(script, tmp_path, areas))
    hidden = rows[rows["status"] == "suppressed"]
    assert list(hidden.index) == [area["code"] for area in areas[:9]]
    for column in ("count", "rate", "rate_lower", "rate_upper", "p_value", "p_adjusted"):
        assert hidden[column].isna().all()
    assert rows["status"].value_counts().to_dict() == {
        "value": 132, "suppressed": 9, "zero": 2, "missing": 1,
    }  # fmt: skip


def test_nothing_tells_one_hidden_count_from_another(script, areas, tmp_path):
    results = []
    for n, count in enumerate((1, 7)):
        areas[0].cells["events"] = count
        (tmp_path / str(n)).mkdir()
        results.append(computed(script, tmp_path / str(n), areas))
    assert results[0] == results[1]


def test_for_her_own_desk_it_is_what_the_package_computes(script, areas, wards, tmp_path):
    rows = table_of(computed(script, tmp_path, areas, edition="analyst"))
    assert (rows["status"] == "suppressed").sum() == 0
    counts = pd.DataFrame(
        [{"area_code": a["code"], "sex": "persons", "indicator": "counts", "period": "all",
          "count": a["events"]} for a in areas]
    ).astype({"count": "Int64"})  # fmt: skip
    people = pd.DataFrame(
        [{"area_code": a["code"], "sex": "persons", "population": a["people"]} for a in areas]
    )
    rates = vawg_geo.crude_rate(counts, people, confidence=0.9).set_index("area_code")
    for column in ("count", "population", "rate", "rate_lower", "rate_upper"):
        wanted = rates[column].astype("Float64")
        pd.testing.assert_series_equal(rows[column].astype("Float64"), wanted, check_exact=True)
    labels = vawg_geo.local_moran(
        counts.set_index("area_code")["count"],
        vawg_geo.build_contiguity(wards),
        population=people.set_index("area_code")["population"],
        permutations=999,
    )
    assert rows["cluster"].tolist() == labels["cluster"].tolist()
    assert rows["p_value"].astype(float).equals(labels["p_value"])


def test_gi_star_and_other_wishes(script, areas, tmp_path):
    asked = {"statistic": "gi-star", "correction": "none", "per": 100, "edition": "analyst"}
    rows = table_of(computed(script, tmp_path, areas, **asked))
    assert set(rows["statistic"].dropna()) == {"gi-star"}
    known = rows[rows["p_value"].notna()]
    assert known["p_value"].equals(known["p_adjusted"])
    assert rows["rate"].iloc[-1] == pytest.approx(rows["count"].iloc[-1] / 3001 * 100)


def test_a_series_with_too_many_hidden_is_left_out(script, areas, tmp_path):
    for area in areas[:60]:
        area.cells["events"] = 3
    result = computed(script, tmp_path, areas)
    assert result["rows"] == []
    assert any("More than a third" in note for note in result["notes"])
    assert not any("No hotspots" in note for note in result["notes"])


def test_areas_of_her_own_codes(script, areas, monkeypatch):
    """No GSS codes, with small letters, which the layer that comes out keeps."""
    for n, area in enumerate(areas):
        area.cells["code"] = f'Beat "{n}"'
    ran = Tool(script, areas, monkeypatch=monkeypatch)
    assert [f["area_code"] for f in ran.features] == [a["code"] for a in areas]
    assert [f["count"] for f in ran.features[12:]] == [a["events"] for a in areas[12:]]


def test_areas_of_a_series_left_out_keep_their_names(script, areas, monkeypatch):
    for area in areas[:60]:
        area.cells["events"] = 3
    ran = Tool(script, areas, monkeypatch=monkeypatch)
    assert {f["status"] for f in ran.features} == {"suppressed"}
    assert {f["count"] for f in ran.features} == {None}
    assert [f["area_name"] for f in ran.features] == [a["name"] for a in areas]


def test_the_system_of_the_layer_is_told_to_the_package(script, areas, tmp_path):
    """Else a note says that the layer is in WGS 84, which nobody said."""
    notes = computed(script, tmp_path, areas)["notes"]
    assert not any("WGS 84" in note for note in notes)


def test_too_few_areas_have_rates_without_hotspots(script, areas, tmp_path):
    result = computed(script, tmp_path, areas[20:24])
    assert any(note.startswith("No hotspots: ") for note in result["notes"])
    assert all(row["rate"] is not None for row in result["rows"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"events": -1}, "negative"),
        ({"people": None}, "population"),
        ({"code": ""}, "have no code"),
    ],
)
def test_what_the_package_refuses_reaches_the_person(script, areas, tmp_path, change, words):
    areas[20].cells.update(change)
    with pytest.raises(Refused, match=words) as refused:
        computed(script, tmp_path, areas)
    assert "Traceback" not in str(refused.value)


def test_a_python_without_the_package_says_what_to_install(tmp_path):
    run = subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, tmp_path], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "cannot import vawg_geo" in run.stderr
    assert "pip install" in run.stderr


def test_the_other_python_gets_nothing_of_qgis(script, areas, tmp_path, monkeypatch):
    """And its answer and its refusals come back from there."""
    for name in ("PYTHONHOME", "PYTHONPATH", "GDAL_DATA", "PROJ_LIB"):
        monkeypatch.setenv(name, str(tmp_path / "nowhere"))
    here = computed(script, tmp_path, areas)
    (tmp_path / "result.json").unlink()
    never = SimpleNamespace(isCanceled=lambda: False)
    assert script.run(Path(sys.executable), tmp_path, never) == here
    areas[20].cells["events"] = -1
    script.write_request(tmp_path, WISHES, areas, FIELDS, CRS)
    with pytest.raises(Refused, match="negative"):
        script.run(Path(sys.executable), tmp_path, never)


def test_a_run_can_be_stopped(script, areas, tmp_path):
    script.write_request(tmp_path, WISHES, areas, FIELDS, CRS)
    stopped = SimpleNamespace(isCanceled=lambda: True)
    assert script.run(Path(sys.executable), tmp_path, stopped) is None
    assert not (tmp_path / "result.json").exists()


def test_python_is_found(script, tmp_path, monkeypatch):
    beside = tmp_path / "bin"
    beside.mkdir()
    for name in ("python3", "vawg-geo"):
        (beside / name).write_text("#!/bin/sh\n", "utf-8")
        (beside / name).chmod(0o755)
    link = tmp_path / "vawg-geo"
    link.symlink_to(beside / "vawg-geo")
    for given in (beside / "python3", beside / "vawg-geo", link, tmp_path):
        assert script.python_of(str(given)).name == "python3"
    monkeypatch.setenv("PATH", str(beside))
    assert script.python_of("") == beside / "python3"
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(Refused, match=r"no command vawg-geo here.*pip"):
        script.python_of("")
    with pytest.raises(Refused, match="no Python at"):
        script.python_of(str(tmp_path / "other" / "vawg-geo"))


class Tool:
    """Runs the tool on the stand-ins; gives what it wrote and what it said."""

    def __init__(self, script, areas, *, monkeypatch, **given):
        monkeypatch.setattr(script, "run", lambda python, folder, _: run_here(script, folder))
        self.said, self.features = [], []
        source = SimpleNamespace(
            getFeatures=lambda: iter(areas), sourceCrs=lambda: CRS, wkbType=lambda: 6
        )
        given = {"LAYER": source, **FIELDS, "LEVEL": 0, "STATISTIC": 0, "CORRECTION": 0,
                 "CONFIDENCE": 0.95, "PER": 1000.0, "PERMUTATIONS": 999, "OWN_DESK": False,
                 "PYTHON": sys.executable} | given  # fmt: skip
        tool = script.RatesAndHotspots()
        for kind in ("Source", "File", "String", "Enum", "Boolean", "Double", "Int"):
            setattr(tool, f"parameterAs{kind}", lambda parameters, name, context: parameters[name])
        sink = SimpleNamespace(addFeature=lambda feature, flag: self.features.append(feature))
        tool.parameterAsSink = lambda *given: (sink, "target")
        self.parameters = []
        tool.addParameter = self.parameters.append
        feedback = SimpleNamespace(
            isCanceled=lambda: False, pushInfo=self.said.append,
            pushWarning=lambda text: self.said.append(f"Warning: {text}"),
        )  # fmt: skip
        self.result = tool.processAlgorithm(given, None, feedback)


def test_the_layer_has_figures_and_nothing_else_of_the_first(script, areas, monkeypatch):
    ran = Tool(script, areas, monkeypatch=monkeypatch)
    assert ran.result == {"OUTPUT": "target"}
    assert [f["area_code"] for f in ran.features] == [a["code"] for a in areas]
    assert all(list(f.cells) == [name for name, _ in script.COLUMNS] for f in ran.features)
    assert [f["count"] for f in ran.features[:9]] == [None] * 9
    assert {f["edition"] for f in ran.features} == {"public"}
    assert all(f.shape.equals(a.shape) for f, a in zip(ran.features, areas, strict=True))
    assert any(line.startswith("Counts from 1 to 7") for line in ran.said)
    assert Settings.kept == {"vawg_geo/python": sys.executable}


def test_for_her_own_desk_the_layer_says_so(script, areas, monkeypatch):
    ran = Tool(script, areas, monkeypatch=monkeypatch, OWN_DESK=True)
    assert [f["count"] for f in ran.features[:3]] == [1, 2, 3]
    assert {f["edition"] for f in ran.features} == {"analyst"}
    assert any("must not be passed on" in line for line in ran.said)


def test_a_layer_that_is_left_out_is_hidden_throughout(script, areas, monkeypatch):
    for area in areas[:60]:
        area.cells["events"] = 3
    ran = Tool(script, areas, monkeypatch=monkeypatch)
    assert {f["status"] for f in ran.features} == {"suppressed"}
    assert {f["count"] for f in ran.features} == {None}


def test_without_areas(script, monkeypatch):
    with pytest.raises(Refused, match="no areas"):
        Tool(script, [], monkeypatch=monkeypatch)


def test_nothing_stays_in_the_temporary_folder(script, areas, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    Tool(script, areas, monkeypatch=monkeypatch)
    areas[3].cells["events"] = -1
    with pytest.raises(Refused):
        Tool(script, areas, monkeypatch=monkeypatch)
    assert list(tmp_path.iterdir()) == []


def test_the_script_runs_on_the_oldest_python_of_qgis():
    """QGIS 3.22 for Windows has Python 3.9."""
    import ast

    ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 9))
