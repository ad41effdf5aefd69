"""A GeoPackage that another program edits is not replaced, and nor is anything beside it."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager

import pandas as pd
import pytest

from vawg_geo.commands.main import main
from vawg_geo.errors import OutputError
from vawg_geo.files.in_use import require_closed

# What QGIS does while it edits, seen with 3.22; a process of its own, as locks are one's own.
_EDITOR = """
import sqlite3, sys
base = sqlite3.connect(sys.argv[1], isolation_level=None)
base.execute("PRAGMA journal_mode=" + sys.argv[2])
base.execute("BEGIN IMMEDIATE" if "write" in sys.argv[3] else "BEGIN")
base.execute("SELECT count(*) FROM sqlite_master").fetchone()
if "idle" in sys.argv[3]:
    base.execute("ROLLBACK")
print("ready", flush=True)
sys.stdin.readline()
"""


@contextmanager
def held(path, journal, how):
    """Have another process hold a GeoPackage."""
    with subprocess.Popen(
        [sys.executable, "-c", _EDITOR, str(path), journal, how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as editor:
        assert editor.stdout.readline() == "ready\n"
        try:
            yield
        finally:
            editor.communicate("\n")


def package(path):
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE t (fid INTEGER PRIMARY KEY, name TEXT)")
        base.execute("INSERT INTO t VALUES (1, 'one')")
    return path


@pytest.mark.parametrize(
    ("journal", "how"), [("WAL", "write"), ("WAL", "idle"), ("DELETE", "write")]
)
def test_refused_while_open(tmp_path, journal, how):
    path = package(tmp_path / "a.gpkg")
    with held(path, journal, how):
        before = path.read_bytes()
        with pytest.raises(OutputError, match=r"^a\.gpkg in .* is open for editing in another"):
            require_closed(path)
        assert path.read_bytes() == before
    require_closed(path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.gpkg"]


def test_one_that_is_only_shown_is_not_refused(tmp_path):
    path = package(tmp_path / "a.gpkg")
    with held(path, "DELETE", "idle"):
        before = path.read_bytes()
        require_closed(path)
        assert path.read_bytes() == before


def test_what_a_crash_left_is_settled(tmp_path):
    path = package(tmp_path / "a.gpkg")
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("UPDATE t SET name = 'two'")
        # As if the program had died now: both files, and nobody who holds them.
        for name in ("a.gpkg", "a.gpkg-wal"):
            shutil.copy(tmp_path / name, tmp_path / name.replace("a.", "b."))
    crashed = tmp_path / "b.gpkg"
    require_closed(crashed)
    with closing(sqlite3.connect(crashed)) as base:
        assert base.execute("SELECT name FROM t").fetchall() == [("two",)]
    assert not (tmp_path / "b.gpkg-wal").exists()


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\1" * 200])
def test_what_is_no_database_is_not_in_use(tmp_path, content):
    path = tmp_path / "a.gpkg"
    path.write_bytes(content)
    require_closed(path)
    assert path.read_bytes() == content


@pytest.mark.promise
def test_a_build_is_refused_before_it_reads_anything(make_project, tmp_path, capsys):
    """A GeoPackage that is open for editing is never replaced under its editor."""
    config, out = make_project(), tmp_path / "maps"
    assert main(["build", str(config), "--out", str(out), "--edition", "public", "--quiet"]) == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    # A copy: of the partnership's edition, whose turn would come second.
    shutil.copytree(out / "public", out / "partnership")
    capsys.readouterr()
    with held(out / "partnership" / "vawg.gpkg", "WAL", "idle"):
        assert main(["build", str(config), "--out", str(out), "--quiet"]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("vawg-geo: vawg.gpkg in partnership is open for editing in another")
    assert said.err.count("\n") == 1
    assert {path: path.read_bytes() for path in before} == before
    assert {path.name for path in out.iterdir()} == {"public", "partnership", ".vawg-geo.lock"}


def test_opened_while_the_build_ran(make_project, tmp_path, monkeypatch):
    """Neither edition is exchanged when the second one's GeoPackage is found open at the end."""
    from vawg_geo import pipeline as walk
    from vawg_geo.areas.tables import load_tables
    from vawg_geo.disclosure.gate import protect
    from vawg_geo.project import read_project
    from vawg_geo.results.results import results_of

    tables = load_tables(read_project(make_project()))
    editions = [results_of(protect(tables, edition=name)) for name in ("public", "partnership")]
    out = tmp_path / "maps"
    walk.write_editions(editions, out=out)
    before = {}
    audit = walk.require_safe
    holder = held(out / "partnership" / "vawg.gpkg", "WAL", "write")

    def audited(*given, **options):
        lines = audit(*given, **options)
        holder.__enter__()
        files = (path for path in out.glob("p*/**/*") if path.suffix not in ("", ".gpkg-shm"))
        before.update({path: path.read_bytes() for path in files if path.is_file()})
        return lines

    monkeypatch.setattr(walk, "require_safe", audited)
    with pytest.raises(OutputError, match="open for editing"):
        walk.write_editions(editions, out=out)
    assert len(before) > 20
    assert {path: path.read_bytes() for path in before} == before
    holder.__exit__(None, None, None)
    assert sorted(p.name for p in out.iterdir()) == [".vawg-geo.lock", "partnership", "public"]


def test_hotspots_into_an_open_file(tmp_path, ward_codes, capsys):
    counts, people = tmp_path / "counts.csv", tmp_path / "people.csv"
    rows = pd.DataFrame({"area_code": ward_codes, "sex": "persons"})
    rows.assign(period="2015/16", indicator="crimes", count=20).to_csv(counts, index=False)
    rows.assign(population=9000).to_csv(people, index=False)
    out = package(tmp_path / "h.gpkg")
    before = out.read_bytes()
    command = ["hotspots", counts, "--population", people, "--areas", "wards-2015", "--out", out]
    with held(out, "DELETE", "write"):
        assert main([str(part) for part in command]) == 2
    assert "h.gpkg in" in capsys.readouterr().err
    assert out.read_bytes() == before
