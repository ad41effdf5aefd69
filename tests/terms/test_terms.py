"""Columns are declared once: what is written has no other, and the audit says where to add one."""

from __future__ import annotations

import csv

import pytest

from tests.whole.honest import Draft
from tests.whole.test_honest_configurations import KINDS
from vawg_geo.audit.run import audit
from vawg_geo.pipeline import build
from vawg_geo.terms.tables import (
    AREAS,
    FIGURES,
    INDICATORS,
    TABLES,
    WHOLE,
    declared_table,
    names_of,
)


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
    plain = {"indicators": INDICATORS, "areas": AREAS, "sources_and_caveats": WHOLE}
    seen = set()
    for folder in built.values():
        for name, columns in heads(folder):
            table = declared_table(columns)
            if table:
                assert table.undeclared(columns) == set(), name
                seen.add(table.name)
            else:
                assert columns <= names_of(plain.get(name, FIGURES)), name
    # Layers are a table of the GeoPackage alone.
    assert {table.name for table in TABLES} - seen <= {"layers", "service_changes", "gaps"}


def test_no_table_declares_a_column_twice():
    for table in TABLES:
        names = [column.name for column in table.columns]
        assert sorted(set(names)) == sorted(names), table.name
        assert table.known_by <= set(names)


def test_a_column_that_nobody_declared_names_its_table_and_place(built):
    path = built["public"] / "tables" / "access.csv"
    before = path.read_text("utf-8")
    head, *rows = before.splitlines()
    path.write_text("\n".join([f"{head},wisdom", *(f"{row},3" for row in rows)]), "utf-8")
    report = audit(built["public"])
    path.write_text(before, "utf-8")
    texts = [f.text for f in report.findings if f.kind == "unknown_column"]
    # The others of that table are known, and no findings.
    assert len(texts) == 1
    assert "'wisdom'" in texts[0]
    assert "declare it for the table 'access' in vawg_geo/terms/tables.py" in texts[0]
    assert any(line.startswith("unknown_column: ") for line in report.remedies())
