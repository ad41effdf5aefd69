"""The record of checksums beside one's own files."""

from __future__ import annotations

import hashlib

import pytest

from vawg_geo.errors import InputError
from vawg_geo.inputs.tables.read import read_table
from vawg_geo.inputs.tables.sums import require_recorded


def record(folder, *names, mark=" "):
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()} {mark}{name}\n"
        for name in names
    ]
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text("area_code,count\nE05002703,12\n", "utf-8")
    return path


def test_no_record_no_word(table):
    assert require_recorded(table) == []


@pytest.mark.parametrize("mark", [" ", "*"])
def test_as_recorded(table, mark):
    record(table.parent, "counts.csv", mark=mark)
    assert require_recorded(table) == []
    assert read_table(table).notes == ()


def test_changed(table):
    record(table.parent, "counts.csv")
    table.write_text("area_code,count\nE05002703,13\n", "utf-8")
    with pytest.raises(InputError, match=r"^counts\.csv is not the file that SHA256SUMS beside it"):
        read_table(table)


def test_unknown_to_the_record_is_noted(table):
    (table.parent / "other.csv").write_text("a\n")
    record(table.parent, "other.csv")
    (note,) = read_table(table).notes
    assert note.startswith("counts.csv is not in SHA256SUMS")


@pytest.mark.parametrize("line", ["abc  counts.csv", "g" * 64 + "  counts.csv", "a" * 64])
def test_a_record_that_makes_no_sense(table, line):
    (table.parent / "SHA256SUMS").write_text(f"\n{line}\n")
    with pytest.raises(InputError, match="line 2 of 2 of SHA256SUMS is no checksum and name"):
        require_recorded(table)


def test_a_record_in_another_encoding(table):
    (table.parent / "SHA256SUMS").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="SHA256SUMS cannot be read"):
        require_recorded(table)


def test_points_are_held_to_it_too(tmp_path):
    from vawg_geo.inputs.points.plan import plan_points

    points = tmp_path / "points.csv"
    points.write_text("easting,northing\n545000,258000\n", "utf-8")
    record(tmp_path, "points.csv")
    plan_points(points)
    points.write_text("easting,northing\n545000,259000\n", "utf-8")
    with pytest.raises(InputError, match=r"points\.csv is not the file"):
        plan_points(points)
