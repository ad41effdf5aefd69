"""What is left in a SQLite file of rows that are gone, and what only moved."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from itertools import product

import pytest

from tests.examples import some_every_day
from vawg_geo.audit.layers.sqlite_file import leftovers
from vawg_geo.errors import InputError

SHAPES = {
    "a long table": "CREATE TABLE t (area TEXT, series TEXT, n INTEGER)",
    "with an index": "CREATE TABLE t (area TEXT, series TEXT, n INTEGER);"
    "CREATE INDEX i ON t (series, area)",
    "by its key": "CREATE TABLE t (area TEXT PRIMARY KEY, series TEXT, n INTEGER) WITHOUT ROWID",
    "numbered": "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, area TEXT, series TEXT,"
    " n INTEGER)",
}
SETTINGS = (
    "",
    "PRAGMA page_size=512",
    "PRAGMA page_size=8192",
    "PRAGMA auto_vacuum=FULL",
    "PRAGMA encoding='UTF-16le'",
)
# Nobody waits for a disk here.
QUICK = "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF"


def filled(path, shape, setting, seed, *, wiped):
    """A file of some hundreds of rows that came and went; which areas are gone, which are there."""
    chance = random.Random(seed)
    base = sqlite3.connect(path, isolation_level=None)
    with closing(base):
        base.executescript(f"{setting}; {QUICK}; PRAGMA secure_delete={'ON' if wiped else 'OFF'}")
        base.executescript(SHAPES[shape])
        there, gone = [], []
        for n in range(chance.randint(100, 600)):
            area = f"area {seed} {n:04d}" + "x" * chance.choice((0, 0, 0, 40, 3000))
            base.execute("INSERT INTO t (area, series, n) VALUES (?, 'crimes', ?)", (area, n % 40))
            there.append(area)
            if chance.random() < 0.3:
                area = there.pop(chance.randrange(len(there)))
                base.execute("DELETE FROM t WHERE area = ?", (area,))
                gone.append(area)
    return gone, there


def write_anew(path, *, wiped):
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.executescript(f"{QUICK}; PRAGMA secure_delete={'ON' if wiped else 'OFF'}; VACUUM")


@pytest.mark.parametrize(("shape", "setting"), some_every_day(list(product(SHAPES, SETTINGS)), 7))
def test_rows_that_went_are_found_and_rows_that_moved_are_not(tmp_path, shape, setting):
    """With nothing explained (`explains` always false), what only moved is found too and this fails.
    Releases that wipe nothing are as these are with `secure_delete=OFF`: their leftovers were
    compared."""
    letters = "utf-16-le" if "UTF-16" in setting else "utf-8"
    found = 0
    for seed in (1, 7):
        path = tmp_path / f"{seed}.gpkg"
        gone, there = filled(path, shape, setting, seed, wiped=False)
        data = path.read_bytes()
        left = [area for area in gone if area[:40].encode(letters) in data]
        found += bool(left)
        assert bool(leftovers(data)) >= bool(left), (seed, left[0][:20])
        for wiped in (False, True):
            write_anew(path, wiped=wiped)
            data = path.read_bytes()
            assert leftovers(data) == [], (seed, wiped)
            assert all(area[:20].encode(letters) in data for area in there)
    assert found == 2


@pytest.mark.parametrize("shape", ["a long table", "numbered"])
def test_a_file_that_was_wiped_has_nothing_to_find(tmp_path, shape):
    """Free pages and free room alone are no finding: what counts is what can be read there."""
    path = tmp_path / "t.gpkg"
    gone, _ = filled(path, shape, "", 5, wiped=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.executescript("PRAGMA secure_delete=ON; CREATE TABLE u AS SELECT * FROM t")
        base.execute("DROP TABLE u")
        assert base.execute("PRAGMA freelist_count").fetchone()[0] > 0
    data = path.read_bytes()
    assert not any(area.encode() in data for area in gone)
    assert leftovers(data) == []


@pytest.mark.parametrize("n", range(1, 8))
def test_a_count_that_was_hidden_by_a_change_is_found(tmp_path, n):
    """Every byte of the old row is in live rows too, but for the order they stand in: where pieces
    of rows may meet anywhere, all of these fail."""
    path = tmp_path / "t.gpkg"
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.executescript(f"{QUICK}; PRAGMA secure_delete=OFF")
        base.execute("CREATE TABLE t (area TEXT, sex TEXT, n INTEGER, people INTEGER, mark TEXT)")
        rows = [(f"E0500{k:04d}", sex, (k * 7) % 30, 5000, "value")
                for k in range(2700, 2760) for sex in ("female", "male")]  # fmt: skip
        base.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
        base.execute("UPDATE t SET n = ? WHERE area = 'E05002730' AND sex = 'male'", (n,))
        base.execute("VACUUM")
        assert leftovers(path.read_bytes()) == []
        row = "area = 'E05002730' AND sex = 'male'"
        base.execute(f"UPDATE t SET n = NULL, mark = 'suppressed' WHERE {row}")
    assert leftovers(path.read_bytes()) != []
    write_anew(path, wiped=False)
    assert leftovers(path.read_bytes()) == []


def test_a_row_of_two_numbers(tmp_path):
    """So little is left of it that it is like every other row."""
    path = tmp_path / "t.gpkg"
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.executescript(f"{QUICK}; PRAGMA secure_delete=OFF")
        base.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)")
        base.executemany("INSERT INTO t VALUES (?, ?)", [(k, 3 + k % 4) for k in range(30)])
        base.execute("DELETE FROM t WHERE id = 12")
    (found,) = leftovers(path.read_bytes())
    assert found.place == "the room between rows"


@pytest.mark.parametrize(
    ("at", "place"),
    [
        (75, "its header has bytes of no use"),
        (None, "behind the last page"),
        ("row", "1 rows have bytes behind their last value"),
    ],
)
def test_bytes_in_odd_places(tmp_path, at, place):
    path = tmp_path / "t.gpkg"
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("CREATE TABLE t (area TEXT, n INTEGER)")
        base.execute("INSERT INTO t VALUES ('Abbey', 300), ('Arbury', 301)")
    data = bytearray(path.read_bytes())
    if at is None:
        data += b"three"
    elif at == "row":
        # The row says that its number has one byte; the other is still there.
        kind = data.rindex(b"Abbey") - 1
        assert data[kind] == 2
        data[kind] = 1
    else:
        data[at] = 3
    assert [found.place for found in leftovers(bytes(data))] == [place]


@pytest.mark.parametrize("spoil", [lambda d: d[:5000], lambda d: d[:4096] + bytes(len(d) - 4096),
                                   lambda d: d[:100] + b"\xff" * 900 + d[1000:]])  # fmt: skip
def test_a_damaged_file_is_refused(tmp_path, spoil):
    path = tmp_path / "t.gpkg"
    filled(path, "with an index", "", 1, wiped=False)
    with pytest.raises(InputError):
        leftovers(spoil(path.read_bytes()))


def test_a_file_made_to_take_long(tmp_path):
    """Thousands of rows that begin alike, and as many that are gone: it ends, with a finding."""
    import time

    path = tmp_path / "t.gpkg"
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.executescript(f"{QUICK}; PRAGMA secure_delete=OFF")
        base.execute("CREATE TABLE t (area TEXT)")
        base.execute("BEGIN")
        rows = [(f"{'a' * 500}{n}",) for n in range(8_000)]
        base.executemany("INSERT INTO t VALUES (?)", rows)
        base.execute("COMMIT")
        base.execute("DELETE FROM t WHERE rowid % 3 = 0")
    start = time.perf_counter()
    assert leftovers(path.read_bytes()) != []
    assert time.perf_counter() - start < 20
