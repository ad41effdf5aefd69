"""`datapackage.json`: it describes tables and holds no figure."""

from __future__ import annotations

import copy
import json

import pytest

from vawg_geo.audit.files import read_folder
from vawg_geo.errors import InputError
from vawg_geo.publish.tables.write import write_tables
from vawg_geo.results.results import results_of


@pytest.fixture(scope="module")
def package(tmp_path_factory, default_edition):
    folder = tmp_path_factory.mktemp("tables")
    write_tables(results_of(default_edition("public")), folder)
    return json.loads((folder / "datapackage.json").read_text("utf-8"))


def findings(package, folder):
    path = folder / "datapackage.json"
    path.write_text(json.dumps(package), "utf-8")
    return [(finding.kind, finding.text) for finding in read_folder(path).findings]


def test_ours_has_nothing_to_find(package, tmp_path):
    assert findings(package, tmp_path) == []


def _field(package):
    return package["resources"][0]["schema"]["fields"][0]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda p: p.update(rows=144), "unknown_key"),
        (lambda p: _field(p).update(constraints={"maximum": "3"}), "unknown_key"),
        (lambda p: _field(p).update(constraints={"enum": [3]}), "figure_in_text"),
        (lambda p: _field(p).update(constraints={"enum": ["E05002703 3"]}), "figure_in_text"),
        (lambda p: _field(p).update(description="E05002703 has 3"), "figure_in_text"),
        (lambda p: p.update(description=7), "figure_in_text"),
        (lambda p: p["resources"][0].update(path="/home/ann/rates.csv"), "absolute_path"),
    ],
)
def test_what_is_planted_is_found(package, tmp_path, change, kind):
    planted = copy.deepcopy(package)
    change(planted)
    assert kind in [found for found, _ in findings(planted, tmp_path)]


@pytest.mark.parametrize("text", ["[]", "no JSON"])
def test_what_is_no_descriptor(text, tmp_path):
    path = tmp_path / "datapackage.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"datapackage\.json"):
        read_folder(path)
