"""A zip may be hostile, damaged or not what it says; one Shapefile of it is taken, or none."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from vawg_geo.errors import BoundaryError
from vawg_geo.files.archives import unpacked_shapefile

if TYPE_CHECKING:
    from pathlib import Path


def make_zip(path: Path, members: dict[str, bytes], *, deflate: bool = True) -> Path:
    method = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def refuse(path: Path, match: str, **options: Any) -> None:
    before = sorted(path.parent.rglob("*"))
    with pytest.raises(BoundaryError, match=match), unpacked_shapefile(path, **options):
        pytest.fail("it was opened")
    assert sorted(path.parent.rglob("*")) == before


def taken(path: Path, layer: str | None = None) -> dict[str, bytes]:
    """What is unpacked, by name; nothing is written beside the zip, and nothing stays."""
    before = sorted(path.parent.rglob("*"))
    with unpacked_shapefile(path, layer=layer) as shape:
        files = {part.name: part.read_bytes() for part in shape.parent.iterdir()}
        assert shape.name in files
        assert all(part.is_file() and not part.is_symlink() for part in shape.parent.iterdir())
    assert not shape.parent.exists()
    assert sorted(path.parent.rglob("*")) == before
    return files


def test_only_the_parts_of_the_shapefile_are_taken(tmp_path: Path) -> None:
    members = {"w/wards.shp": b"1", "w/wards.DBF": b"2", "w/wards.txt": b"3", "wards.prj": b"4"}
    assert taken(make_zip(tmp_path / "a.zip", members)) == {"wards.shp": b"1", "wards.dbf": b"2"}


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("../wards.shp", "wards.shp"),
        ("w/../../wards.shp", "wards.shp"),
        ("/etc/wards.shp", "wards.shp"),
        ("C:/wards.shp", "wards.shp"),
        ("c:wards.shp", "c_wards.shp"),
        ("\\\\server\\wards.shp", "wards.shp"),
        ("..\\wards.shp", "wards.shp"),
        ("wards;$(rm).shp", "wards___rm_.shp"),
        ("...shp", "__.shp"),
        (f"{'w' * 5_000}.shp", f"{'w' * 80}.shp"),
    ],
)
def test_a_name_is_no_path_here(tmp_path: Path, name: str, ours: str) -> None:
    assert taken(make_zip(tmp_path / "a.zip", {name: b"x"})) == {ours: b"x"}


def test_a_link_is_a_file_with_a_name_in_it(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("wards.shp")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert taken(path) == {"wards.shp": b"/etc/passwd"}


@pytest.mark.parametrize("twin", ["wards.dbf", "WARDS.DBF"])
def test_a_part_that_is_there_twice_is_a_question(tmp_path: Path, twin: str) -> None:
    path = tmp_path / "a.zip"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        for name in ("wards.shp", "wards.dbf", twin):
            archive.writestr(name, name)
    refuse(path, f"a.zip has two {twin}; which one is meant cannot be known")


@pytest.mark.parametrize("twin", ["wards.shp", "old/wards.shp"])
@pytest.mark.parametrize("layer", [None, "wards"])
def test_two_of_one_name_are_a_question(tmp_path: Path, twin: str, layer: str | None) -> None:
    path = tmp_path / "a.zip"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("wards.shp", "1")
        archive.writestr(twin, "2")
    refuse(path, "has 2 Shapefiles called 'wards'; which one is meant", layer=layer)


def test_encrypted_members(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"wards.shp": b"x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    refuse(path, "wards.shp is encrypted. Ask for")


def test_a_bomb_by_ratio(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"wards.shp": bytes(4 << 20)})
    refuse(path, r"would unpack to [\d,]+ times its size .* zip bomb")


def test_what_is_not_taken_does_not_count(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"wards.shp": b"1", "film.bin": bytes(4 << 20)})
    assert taken(path) == {"wards.shp": b"1"}


def test_a_padded_little_table_is_no_bomb(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"wards.shp": b"", "wards.dbf": b" " * 500_000})
    assert len(taken(path)["wards.dbf"]) == 500_000


def test_too_much_in_all(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.shp": b"x" * 60, "a.dbf": b"x" * 60}, deflate=False)
    refuse(path, "would unpack to 120 bytes, more than the 100 allowed", max_bytes=100)


def test_too_many_members(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {f"{i}.shp": b"" for i in range(4)})
    refuse(path, "has 4 members, more than the 3 allowed", max_files=3)


def test_a_size_that_lies(tmp_path: Path) -> None:
    """The list of members says 10 bytes; a mebibyte would come out."""
    path = make_zip(tmp_path / "a.zip", {"wards.shp": bytes(1 << 20)})
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<I", 10)
    path.write_bytes(data)
    refuse(path, "cannot be unpacked", max_bytes=1000)


def test_members_that_share_their_bytes(tmp_path: Path) -> None:
    """Many entries that point at one packed block multiply it."""
    path = make_zip(tmp_path / "a.zip", {"a.shp": bytes(1 << 16), "a.dbf": bytes(1 << 16)})
    data = bytearray(path.read_bytes())
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(data)
    refuse(path, "cannot be unpacked")


def test_a_checksum_that_fails(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"wards.shp": b"outline" * 50}, deflate=False)
    path.write_bytes(path.read_bytes().replace(b"outline", b"OUTLINE", 1))
    refuse(path, "cannot be unpacked .*CRC")


def test_an_unknown_compression(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"wards.shp": b"x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x03\x04") + 8] = 97
    data[data.index(b"PK\x01\x02") + 10] = 97
    path.write_bytes(data)
    refuse(path, "cannot be unpacked")


def test_every_truncation_is_seen(tmp_path: Path) -> None:
    whole = make_zip(tmp_path / "whole.zip", {"w.shp": bytes(range(256)) * 4, "w.dbf": b"x"})
    data = whole.read_bytes()
    path = tmp_path / "a.zip"
    for length in range(0, len(data), 7):
        path.write_bytes(data[:length])
        refuse(path, "cannot be unpacked")


def test_nested_archives_stay_packed(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("evil.shp", b"x")
    path = make_zip(tmp_path / "a.zip", {"inner.zip": inner.getvalue(), "readme.txt": b""})
    refuse(path, r"a\.zip has no Shapefile \(it holds: inner\.zip, readme\.txt\)")


def test_a_desktops_clutter_is_left_out(tmp_path: Path) -> None:
    members = {"w.shp": b"1", "__MACOSX/._w.shp": b"2", "._w.shp": b"3", "__MACOSX/w.shp": b"4"}
    assert taken(make_zip(tmp_path / "a.zip", members)) == {"w.shp": b"1"}


def test_one_of_several_shapefiles(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"wards.shp": b"1", "d/districts.SHP": b"2"})
    refuse(path, r"has 2 Shapefiles\. .*'districts', 'wards'")
    assert taken(path, "districts") == {"districts.shp": b"2"}
    refuse(path, "has no Shapefile 'ward'. Did you mean 'wards'", layer="ward")
