"""What a stranger finds in a file geodatabase: its tables, and what no table shows."""

from __future__ import annotations

import struct
import zipfile

import geopandas as gpd
import pyogrio
import pytest
import shapely

from vawg_geo.audit.layers.filegdb import read_filegdb
from vawg_geo.errors import InputError


@pytest.fixture
def packed(tmp_path):
    """Make a base of three districts, and put it into a zip after a change of its parts."""

    def make(change=None, columns=None, more=()):
        folder = tmp_path / "own.gdb"
        frame = gpd.GeoDataFrame(
            {
                "area_code": ["E07000008", "E07000009", "E07000010"],
                "count_female": [12, 30, None],
                "status_female": ["value", "value", "suppressed"],
                "indicator": "crimes", "period": "2015/16", **(columns or {}),
            },
            geometry=[shapely.MultiPolygon([shapely.box(n, 0, n + 1, 1)]) for n in range(3)],
            crs=27700,
        )  # fmt: skip
        pyogrio.write_dataframe(frame, folder, layer="district", driver="OpenFileGDB")
        if change:
            change(folder)
        path = tmp_path / "own.gdb.zip"
        with zipfile.ZipFile(path, "w") as pack:
            for part in sorted(folder.iterdir()):
                pack.writestr(f"own.gdb/{part.name}", part.read_bytes())
            for name, text in more:
                pack.writestr(name, text)
        return path

    return make


def kinds(reading):
    return sorted({one.kind for one in reading.findings})


def test_every_row_is_read(packed):
    reading = read_filegdb(packed(), "own.gdb.zip")
    assert reading.findings == []
    (sheet,) = reading.sheets
    assert sheet.source == "own.gdb.zip: district"
    assert sheet.columns["count"][:2] == [12, 30]
    assert sheet.columns["status"] == ["value", "value", "suppressed"]


def test_a_column_of_nobody_is_a_finding(packed):
    assert kinds(read_filegdb(packed(columns={"tally": [1.0, 2.0, 3.5]}), "own")) == [
        "unknown_column"
    ]


def test_a_row_that_was_deleted_is_seen(packed):
    # Its bytes stay in the table: seen to pass where rows alone were read.
    def delete(folder):
        index = folder / "a00000009.gdbtablx"
        data = bytearray(index.read_bytes())
        data[16 + 5 : 16 + 10] = bytes(5)
        index.write_bytes(data)
        table = folder / "a00000009.gdbtable"
        data = bytearray(table.read_bytes())
        struct.pack_into("<I", data, 4, 2)
        table.write_bytes(data)

    assert "deleted_content" in kinds(read_filegdb(packed(delete), "own"))


def test_bytes_behind_the_last_row_are_seen(packed):
    def add(folder):
        with (folder / "a00000009.gdbtable").open("ab") as table:
            table.write("E07000010: 3".encode("utf-16-le"))

    assert kinds(read_filegdb(packed(add), "own")) == ["deleted_content"]


def test_files_of_no_table_are_seen(packed):
    def add(folder):
        for end in ("gdbtable", "gdbtablx"):
            (folder / f"a000000ff.{end}").write_bytes((folder / f"a00000009.{end}").read_bytes())

    assert kinds(read_filegdb(packed(add), "own")) == ["deleted_content"]


@pytest.mark.parametrize("name", ["own.gdb/notes.txt", "notes.csv", "other.gdb/gdb"])
def test_whatever_else_is_in_the_zip_is_a_finding(packed, name):
    assert kinds(read_filegdb(packed(more=[(name, "E07000010,3")]), "own")) == ["unknown_file"]


def test_bytes_beside_the_zips_members_are_a_finding(packed):
    path = packed()
    path.write_bytes(b"E07000010: 3" + path.read_bytes())
    assert kinds(read_filegdb(path, "own")) == ["unknown_file"]


def test_another_zip_is_no_file_that_is_known(tmp_path):
    path = tmp_path / "counts.zip"
    path.write_bytes(b"")
    assert kinds(read_filegdb(path, "counts.zip")) == ["unknown_file"]


def test_a_damaged_one_is_refused(tmp_path):
    path = tmp_path / "own.gdb.zip"
    path.write_bytes(b"PK\3\4 and no more")
    with pytest.raises(InputError, match=r"own.gdb.zip cannot be read as a file geodatabase: .*"):
        read_filegdb(path, "own.gdb.zip")
