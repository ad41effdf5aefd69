"""A label of a legend, or a word for a status, is changed in one place and nobody else knows.

Every declared class of every overlay and the pages' own words for statuses, comparisons and help
are replaced by others, as a translation would; what is built must pass the audit and show the new
ones. Seen to fail with the code before: the audit looked for the words "Hidden" and "Covered", and
refused the report's "Nicht gezeigt" as a text among figures.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

import vawg_geo.overlays
from tests.whole.honest import Draft
from tests.whole.test_honest_configurations import KINDS
from vawg_geo.audit.run import audit_files
from vawg_geo.overlays.layer import OverlayClass
from vawg_geo.pipeline import build
from vawg_geo.words import page as words
from vawg_geo.words.report import COVERAGE_STATE, REPORT

NEW = {"Hidden": "Nicht gezeigt", "Covered": "Gedeckt", "hidden": "nicht gezeigt"}


def translated(text):
    return NEW.get(text, f"Neu: {text}")


def relabelled(value):
    if isinstance(value, OverlayClass):
        return replace(value, label=translated(value.label))
    return tuple(relabelled(one) for one in value)


def is_legend(value):
    return isinstance(value, OverlayClass) or (
        isinstance(value, tuple) and value != () and isinstance(value[0], OverlayClass)
    )


@pytest.fixture
def other_words(monkeypatch):
    """Other labels of all classes that are declared, and other words of the pages."""
    changed = []
    for found in pkgutil.walk_packages(vawg_geo.overlays.__path__, "vawg_geo.overlays."):
        module = importlib.import_module(found.name)
        for name, value in list(vars(module).items()):
            if is_legend(value):
                monkeypatch.setattr(module, name, relabelled(value))
                changed.append(name)
    assert len(changed) >= 5
    page = dict.fromkeys(
        ("hidden", "none", "no_case", "over_none", "area", "count_short"), words.PAGE
    )
    report = dict.fromkeys(("hidden_cell", "missing_cell", "absent_cell"), REPORT)
    for table in (words.STATUS, words.SIGNIFICANCE, COVERAGE_STATE):
        for key, text in table.items():
            monkeypatch.setitem(table, key, translated(text))
    for key, table in (page | report).items():
        monkeypatch.setitem(table, key, translated(table[key]))


def payload(page):
    """Data of a page."""
    scripts = re.findall(r"<script[^>]*json[^>]*>(.*?)</script>", page.read_text("utf-8"), re.S)
    return next(data for data in map(json.loads, scripts) if "overlays" in data)


def key_labels(folder, page="district.html"):
    """Label of each class that the page's layers have, by the layer and the class' key."""
    layers = payload(folder / page)["overlays"]["layers"]
    return {
        (layer["id"], key): kind[0]
        for layer in layers
        for key, kind in zip(layer["keys"], layer["classes"], strict=True)
    }


def rows(folder, query):
    with closing(sqlite3.connect(folder / "vawg.gpkg")) as base:
        return {row[0] for row in base.execute(query)}


@pytest.mark.long
def test_other_labels_in_the_default(other_words, tmp_path):
    folder = build(out=tmp_path / "out", editions=["partnership"]).folders["partnership"]
    assert audit_files(folder).passed
    labels = key_labels(folder)
    assert {text for (_, key), text in labels.items() if key == "suppressed"} == {"Nicht gezeigt"}
    assert {text for (_, key), text in labels.items() if key == "stated"} == {"Gedeckt"}
    said = rows(folder, "SELECT DISTINCT label FROM overlays WHERE class = 'stated'")
    assert said == {"Gedeckt"}
    styles = rows(
        folder,
        "SELECT styleQML FROM layer_styles WHERE f_table_name = 'district_services'",
    )
    assert len(styles) > 20
    assert all('label="Gedeckt"' in style for style in styles)
    assert not any('label="Covered"' in style for style in styles)
    meanings = rows(
        folder,
        "SELECT description FROM gpkg_data_column_constraints WHERE constraint_name = 'status' "
        "AND value = 'suppressed'",
    )
    assert meanings == {"Neu: Hidden to protect people"}


def test_other_labels_where_ratios_and_counts_are_hidden(other_words, tmp_path):
    draft = Draft(tmp_path / "project")
    KINDS["every_overlay_with_a_report"](draft)
    # Those of the first district are so few that its own count is hidden too: in the report it was
    # known by its name alone, and then no outline for the raster was found.
    referrals = [0, 1, 0, 2, 1, 0, 31, 24, 28, 35, 40, 22]
    draft.counts(
        {
            ("incidents", "persons", "2015/16"): [60 + n for n in range(12)],
            ("referrals", "persons", "2015/16"): referrals,
        }
    )
    folder = build(draft.write(), report=True, editions=["public"]).folders["public"]
    assert audit_files(folder).passed
    hidden = "SELECT DISTINCT label FROM overlays WHERE class = 'suppressed'"
    assert rows(folder, hidden) == {"Nicht gezeigt"}
    said = (folder / "report.html").read_text("utf-8")
    assert 'data-key="suppressed">nicht gezeigt</td>' in said
    assert 'data-key="stated">● Gedeckt</td>' in said
