"""Columns are declared once: what is written has no other, and the audit says where to add one."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing

import pytest

from tests.whole.honest import Draft
from tests.whole.test_honest_configurations import KINDS
from vawg_geo.audit.run import audit_files
from vawg_geo.overlays.registry import declared_tables
from vawg_geo.pipeline import build
from vawg_geo.terms.columns import LEVELS
from vawg_geo.terms.declared import DeclaredColumn, table
from vawg_geo.terms.shared import SHARED
from vawg_geo.terms.tables import (
    CHANGES,
    FIGURES,
    LAYERS,
    MONTHS,
    PERIODS,
    TRENDS,
    declared_table,
    rates_of,
)
from vawg_geo.terms.views import VIEW_COLUMNS


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    draft = Draft(tmp_path_factory.mktemp("terms") / "project")
    KINDS["every_overlay"](draft)
    return build(draft.write()).folders


def heads(folder):
    for path in sorted((folder / "tables").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield path.stem, set(next(csv.reader(lines)))


def test_every_column_that_is_written_is_declared(built):
    levels = {rates_of(level).name: rates_of(level) for level in LEVELS}
    others = {table.name: table for table in declared_tables()}
    seen = set()
    for folder in built.values():
        for name, columns in heads(folder):
            declared = levels.get(name) or others.get(name)
            assert declared is not None, name
            assert declared.undeclared(columns) == set(), name
            assert (declared_table(columns, declared_tables()) or declared) is declared
            seen.add("rates" if name in levels else name)
    # Layers are a table of the GeoPackage alone; this project is of one period.
    over_time = {CHANGES.name, TRENDS.name, MONTHS.name, PERIODS.name}
    assert {declared.name for declared in declared_tables()} - seen - over_time <= {
        LAYERS.name,
        "coverage_changes",
        "gaps",
        "standardised",
    }


def test_every_column_of_every_layer_is_declared_and_named(built):
    """Each view of the GeoPackage has declared columns alone, and its names for people."""
    for folder in built.values():
        with closing(sqlite3.connect(folder / "vawg.gpkg")) as base:
            views = [
                row[0]
                for row in base.execute(
                    "SELECT name FROM sqlite_master WHERE "
                    "type = 'view' AND name IN (SELECT table_name FROM gpkg_contents)"
                )
            ]
            for view in views:
                columns = [row[1] for row in base.execute(f'PRAGMA table_info("{view}")')]
                own = [name for name in columns if name.lower() not in ("ogc_fid", "geom")]
                # Layers of all indicators and of services have names of their own, which the audit
                # takes apart.
                if not view.endswith(("_summary", "_services")):
                    assert set(own) <= set(VIEW_COLUMNS), view
                named = dict(
                    base.execute(
                        "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = ?",
                        (view,),
                    )
                )
                assert set(named) == set(own)
                assert all(named.values())


@pytest.mark.parametrize("distances", [[3, 8], [10], [2.5, 7.5, 30]])
def test_access_within_any_distances_builds(tmp_path, distances):
    """Seen to fail where the audit listed `within_5_km within_10_km within_20_km` by name."""
    draft = Draft(tmp_path / "project")
    KINDS["access_within_one_distance"](draft)
    draft.config["overlays"]["access"]["within_km"] = distances
    folder = build(draft.write(), editions=["public"]).folders["public"]
    assert audit_files(folder).passed
    (columns,) = (columns for name, columns in heads(folder) if name == "access")
    written = {f"within_{km:g}_km".replace(".", "_") for km in distances}
    assert {name for name in columns if name.startswith("within_")} == written
    package = json.loads((folder / "tables" / "datapackage.json").read_text("utf-8"))
    fields = {
        field["name"]: field
        for resource in package["resources"]
        if resource["name"] == "access"
        for field in resource["schema"]["fields"]
    }
    for km in distances:
        field = fields[f"within_{km:g}_km".replace(".", "_")]
        assert field["title"] == f"Within {km:g} km"
        assert field["description"] == "Share, from 0 to 1."


def test_a_table_declares_each_column_once():
    columns = (DeclaredColumn(name="score", tells="nothing"),) * 2
    with pytest.raises(ValueError, match=r"'scores': 1 of 2 columns stand twice; first: 'score'"):
        table(name="scores", title="Scores", columns=columns)


def test_no_table_is_known_by_the_columns_of_another():
    for one in declared_tables():
        for other in declared_tables():
            if one is not other and one.known_by:
                assert not one.known_by <= set(other.names), (one.name, other.name)


def test_what_is_said_of_a_column_is_said_once():
    """A title or unit in a table's own declaration never differs from that which all share.

    Over time a p is of no change, where elsewhere it is of a random order.
    """
    over_time = {CHANGES.name, TRENDS.name, MONTHS.name, PERIODS.name}
    for one in (*declared_tables(), *(table(name="figures", title="", columns=FIGURES),)):
        for column in one.columns:
            if one.name in over_time and column.name in ("p_value", "p_adjusted", "expected"):
                continue
            if column.name in SHARED:
                said = SHARED[column.name]
                assert (column.title, column.words) == (said.title, said.words), column.name
                assert said.unit in ("", column.unit)


def test_a_column_that_nobody_declared_names_its_table_and_place(built):
    path = built["public"] / "tables" / "access.csv"
    before = path.read_text("utf-8")
    head, *rows = before.splitlines()
    path.write_text("\n".join([f"{head},wisdom", *(f"{row},3" for row in rows)]), "utf-8")
    report = audit_files(built["public"])
    path.write_text(before, "utf-8")
    texts = [f.text for f in report.findings if f.kind == "unknown_column"]
    # The others of that table are known, and no findings.
    assert len(texts) == 1
    assert "'wisdom'" in texts[0]
    assert "declare it for the table 'access' with the overlay 'access'" in texts[0]
    assert any(line.startswith("unknown_column: ") for line in report.remedies())
