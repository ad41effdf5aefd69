"""GeoPackages: tables, views, and what no table shows."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box

from vawg_geo.audit.files import read_folder
from vawg_geo.audit.layers.geopackage import read_outlines
from vawg_geo.errors import InputError

CODES = [f"E0500{n:04d}" for n in range(2700, 2720)]
HIDDEN = set(CODES[:6])


def kinds(observed):
    return sorted({finding.kind for finding in observed.findings})


def run(path, *statements):
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        for statement in statements:
            base.execute(statement)


@pytest.fixture
def file(tmp_path):
    """Outlines, a long table and a wide view, written anew."""
    path = tmp_path / "map.gpkg"
    areas = gpd.GeoDataFrame(
        {"area_code": CODES, "area_name": CODES, "parent_code": "E07000008"},
        geometry=[box(n, 0, n + 1, 1) for n in range(len(CODES))],
        crs=27700,
    )
    areas.to_file(path, layer="ward", driver="GPKG")
    rows = pd.DataFrame(
        [
            {
                "area_code": code, "indicator": "crimes", "sex": sex, "period": "2015/16",
                "count": None if code in HIDDEN else 20 + n, "population": 5000.0,
                "status": "suppressed" if code in HIDDEN else "value", "basis": "own",
                "note": "hidden" if code in HIDDEN else "",
            }
            for n, code in enumerate(CODES)
            for sex in ("female", "male")
        ]
    ).convert_dtypes()  # fmt: skip
    with closing(sqlite3.connect(path)) as base, base:
        rows.to_sql("rates", base, index=False)
        base.execute(
            "CREATE VIEW ward_crimes AS SELECT o.fid, o.geom, o.area_code, f.count AS count_female,"
            " f.status AS status_female, m.count AS count_male, m.status AS status_male,"
            " f.indicator, f.period, f.basis, f.note FROM ward o"
            " LEFT JOIN rates f ON f.area_code = o.area_code AND f.sex = 'female'"
            " LEFT JOIN rates m ON m.area_code = o.area_code AND m.sex = 'male'"
        )
        base.execute(
            "INSERT INTO gpkg_geometry_columns SELECT 'ward_crimes', column_name,"
            " geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns"
        )
    run(path, "VACUUM")
    return path


def test_tables_and_views_say_the_same(file):
    observed = read_folder(file)
    assert observed.findings == []
    rows = observed.observations
    assert set(rows["source"]) == {"map.gpkg: rates", "map.gpkg: ward_crimes"}
    assert (rows["status"] == "suppressed").sum() == 2 * 2 * len(HIDDEN)
    assert (rows.groupby("source").size() == 2 * len(CODES)).all()
    assert observed.parents[CODES[0]] == "E07000008"


def test_outlines_for_rasters(file):
    import shapely

    outlines = read_outlines(file)
    assert set(outlines) == set(CODES)
    assert shapely.from_wkb(outlines[CODES[3]]).bounds == (3, 0, 4, 1)


def test_a_view_that_says_more_than_the_table(file):
    run(
        file,
        "CREATE VIEW other AS SELECT area_code, 3 AS count_female, 'suppressed' AS status_female, "
        "'crimes' AS indicator, '2015/16' AS period, 'own' AS basis FROM ward",
        "VACUUM",
    )
    rows = read_folder(file).observations
    told = rows[rows["source"] == "map.gpkg: other"]
    assert set(told["low"]) == {3.0}
    assert set(told["status"]) == {"suppressed"}


@pytest.mark.parametrize("column", ["rate", "gi_z", "moran_cluster", "scan_relative_risk"])
def test_a_figure_in_a_wide_view_beside_a_hidden_count(file, column):
    run(
        file,
        f"CREATE VIEW other AS SELECT area_code, '1.5' AS {column}_male, 'crimes' AS indicator, "
        "'2015/16' AS period, 'own' AS basis FROM ward",
        "VACUUM",
    )
    found = {(f.kind, f.file) for f in read_folder(file).findings}
    assert found == {("derived_figure", "map.gpkg: other")}


def canaries():
    return [f"canary {n:05d} of {CODES[n % 6]}" for n in range(200)]


def fill(path):
    run(path, "CREATE TABLE secret (fid INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT)")
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("PRAGMA secure_delete=OFF")
        base.executemany("INSERT INTO secret (text) VALUES (?)", [(c,) for c in canaries()])


def left(path):
    data = path.read_bytes()
    return sum(c.encode() in data for c in canaries())


def test_a_layer_that_was_dropped_is_still_there_until_the_file_is_written_anew(file):
    fill(file)
    run(file, "PRAGMA secure_delete=OFF", "DROP TABLE secret")
    assert left(file) > 150
    assert "deleted_content" in kinds(read_folder(file))
    run(file, "VACUUM")
    assert left(file) == 0
    assert read_folder(file).findings == []


def test_rows_that_were_deleted_leave_no_free_page_but_their_text(file):
    run(file, "PRAGMA secure_delete=OFF", "CREATE TABLE more AS SELECT * FROM rates")
    run(file, "PRAGMA secure_delete=OFF", "UPDATE more SET note = 'canary ' || rowid")
    run(file, "PRAGMA secure_delete=OFF", "UPDATE more SET note = ''")
    with closing(sqlite3.connect(file)) as base:
        assert base.execute("PRAGMA freelist_count").fetchone() == (0,)
    (finding,) = [f for f in read_folder(file).findings if f.kind == "deleted_content"]
    assert "a row that was deleted or changed" in finding.text


def test_bytes_behind_the_last_page_and_a_journal_beside(file):
    with file.open("ab") as stream:
        stream.write(b"canary")
    file.with_name("map.gpkg-wal").write_bytes(b"")
    assert {"deleted_content", "open_journal"} <= set(kinds(read_folder(file)))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO gpkg_ogr_contents VALUES ('refuges', 12)",
        "INSERT INTO sqlite_sequence VALUES ('refuges', 12)",
        "UPDATE sqlite_sequence SET seq = 40 WHERE name = 'ward'",
    ],
)
def test_registers_that_remember_what_is_gone(file, statement):
    run(file, statement, "VACUUM")
    assert kinds(read_folder(file)) == ["deleted_content"]


def test_a_box_of_an_area_that_is_gone(file):
    """Writing the file anew leaves it: what no entry of the index has is still in its pages."""
    with closing(sqlite3.connect(file, isolation_level=None)) as base:
        (number,) = base.execute("SELECT max(fid) FROM ward").fetchone()
        base.execute("DELETE FROM rtree_ward_geom WHERE id = ?", (number,))
        for (name,) in base.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ward'"
        ).fetchall():
            base.execute(f"DROP TRIGGER {name}")
        base.execute("DELETE FROM ward WHERE fid = ?", (number,))
        base.execute("UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'ward'")
        base.execute("VACUUM")
    found = [(f.kind, f.file) for f in read_folder(file).findings]
    assert found == [("deleted_content", "map.gpkg: rtree_ward_geom_node")]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("CREATE TABLE qgis_projects (name TEXT, content BLOB)", "unknown_column"),
        ("CREATE TABLE other AS SELECT area_code, 1 AS wisdom FROM ward", "unknown_column"),
        ("CREATE TABLE other AS SELECT area_code, x'03' AS note FROM ward", "unknown_column"),
        ("CREATE VIEW other AS SELECT area_code FROM nowhere", "unknown_table"),
        ("CREATE VIEW other AS SELECT * FROM ward WHERE area_code <> 'E05002700' OR 3", "figure_in_text"),
        ("CREATE TRIGGER t AFTER INSERT ON rates BEGIN SELECT 1; END", "unknown_table"),
        ("UPDATE gpkg_contents SET description = 'E05002700: 3 crimes'", "figure_in_text"),
        ("UPDATE gpkg_contents SET description = '/home/ann/counts.csv'", "absolute_path"),
        ("UPDATE gpkg_geometry_columns SET z = 1", "unknown_geometry"),
    ],
)  # fmt: skip
def test_what_no_reader_knows(file, statement, kind):
    run(file, statement, "VACUUM")
    assert kind in kinds(read_folder(file))


def test_points_of_nobodys_area_are_unknown(file):
    points = gpd.GeoDataFrame({"name": ["a"]}, geometry=[Point(1, 1)], crs=27700)
    points.to_file(file, layer="events", driver="GPKG")
    run(file, "VACUUM")
    assert [(f.kind, f.file) for f in read_folder(file).findings if "events" in f.file] != []


@pytest.mark.parametrize("data", [b"", b"SQLite format 3\0", b"no database at all"])
def test_a_damaged_file_is_refused(tmp_path, data):
    (tmp_path / "map.gpkg").write_bytes(data)
    with pytest.raises(InputError, match=r"map\.gpkg cannot be read"):
        read_folder(tmp_path)


def test_the_file_is_not_written_to(file):
    before = file.read_bytes()
    read_folder(file)
    assert file.read_bytes() == before
    assert [p.name for p in file.parent.iterdir()] == ["map.gpkg"]


def test_the_number_of_seconds_is_no_concern_of_a_big_file(file):
    # 20,000 rows of one table: no step may look at them one by one more than once.
    import time

    with closing(sqlite3.connect(file)) as base, base:
        many = pd.DataFrame(
            {"area_code": np.resize(CODES, 20_000), "indicator": "crimes", "count": 12}
        )
        many["period"] = [str(n) for n in range(20_000)]
        many.to_sql("more", base, index=False)
    run(file, "VACUUM")
    start = time.perf_counter()
    read_folder(file)
    assert time.perf_counter() - start < 5
