"""A zip may be hostile, damaged or not what it says; unpacking it must touch nothing else."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
from typing import TYPE_CHECKING

import pytest

from vawg_geo.errors import BoundaryError
from vawg_geo.files.archives import find_shapefile, open_archive

if TYPE_CHECKING:
    from pathlib import Path


def make_zip(path: Path, members: dict[str, bytes], *, deflate: bool = True) -> Path:
    method = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def refuse(path: Path, match: str, **limits: float) -> None:
    before = sorted(path.parent.rglob("*"))
    with (
        pytest.raises(BoundaryError, match=match),
        open_archive(path, **limits),  # type: ignore[arg-type]
    ):
        pytest.fail("it was opened")
    assert sorted(path.parent.rglob("*")) == before


def test_unpacks_and_cleans_up(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"w/wards.shp": b"1", "w/wards.dbf": b"22"})
    with open_archive(path) as folder:
        assert (folder / "w" / "wards.dbf").read_bytes() == b"22"
        assert find_shapefile(folder, label="a.zip") == folder / "w" / "wards.shp"
    assert not folder.exists()


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("../wards.shp", r"1 of 2 files in a\.zip lead out .* first: '\.\./wards\.shp'"),
        ("w/../../wards.shp", "lead out"),
        ("/tmp/wards.shp", "absolute path"),
        ("C:/wards.shp", "absolute path"),
        ("c:wards.shp", "absolute path"),
        ("\\\\server\\wards.shp", "absolute path"),
        ("..\\wards.shp", "backslash"),
        ("w\\wards.shp", "backslash"),
    ],
)
def test_paths_that_lead_elsewhere(tmp_path: Path, name: str, match: str) -> None:
    refuse(make_zip(tmp_path / "a.zip", {"ok.shp": b"", name: b"x"}), match)


def test_a_nul_in_a_name(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"wards.shp_.txt": b"x"})
    path.write_bytes(path.read_bytes().replace(b"wards.shp_.txt", b"wards.shp\0.txt"))
    refuse(path, "no usable name")


def test_symbolic_links(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("wards.shp")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    refuse(path, "are links or devices")


def test_encrypted_members(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"wards.shp": b"x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    refuse(path, "1 of 1 files in a.zip are encrypted")


@pytest.mark.parametrize("twin", ["wards.shp", "WARDS.SHP"])
def test_names_that_repeat(tmp_path: Path, twin: str) -> None:
    path = tmp_path / "a.zip"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("wards.shp", b"1")
        archive.writestr(twin, b"2")
    refuse(path, "1 of 2 files in a.zip have a name that another one has")


def test_a_file_where_a_folder_must_be(tmp_path: Path) -> None:
    refuse(make_zip(tmp_path / "a.zip", {"w": b"x", "w/wards.shp": b"x"}), "cannot be unpacked")


def test_a_bomb_by_ratio(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"wards.shp": bytes(4 << 20)})
    refuse(path, r"would unpack to [\d,]+ times its size .* zip bomb")


def test_a_padded_little_table_is_no_bomb(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"wards.dbf": b" " * 500_000})
    with open_archive(path) as folder:
        assert (folder / "wards.dbf").stat().st_size == 500_000


def test_too_much_in_all(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a": b"x" * 60, "b": b"x" * 60}, deflate=False)
    refuse(path, "would unpack to 120 bytes, more than the 100 allowed", max_bytes=100)


def test_too_many_members(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {f"{i}.txt": b"" for i in range(4)})
    refuse(path, "has 4 members, more than the 3 allowed", max_files=3)


def test_a_size_that_lies(tmp_path: Path) -> None:
    """The list of members says 10 bytes; a mebibyte comes out."""
    path = make_zip(tmp_path / "a.zip", {"wards.shp": bytes(1 << 20)})
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<I", 10)
    path.write_bytes(data)
    refuse(path, "cannot be unpacked|is damaged", max_bytes=1000)


def test_members_that_share_their_bytes(tmp_path: Path) -> None:
    """Many entries that point at one packed block multiply it."""
    path = make_zip(tmp_path / "a.zip", {"aaaa": bytes(1 << 16), "bbbb": bytes(1 << 16)})
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
        archive.writestr("../evil.shp", b"x")
    path = make_zip(tmp_path / "a.zip", {"inner.zip": inner.getvalue(), "readme.txt": b""})
    with open_archive(path) as folder:
        assert [file.name for file in folder.iterdir()] == ["readme.txt"]
        with pytest.raises(BoundaryError, match=r"a\.zip has no Shapefile \(it holds: readme\.txt"):
            find_shapefile(folder, label="a.zip")


def test_a_desktops_clutter_is_left_out(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"w.shp": b"", "__MACOSX/._w.shp": b"", "._w.shp": b""})
    with open_archive(path) as folder:
        assert find_shapefile(folder, label="a.zip").name == "w.shp"


def test_one_of_several_shapefiles(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"wards.shp": b"", "d/districts.SHP": b""})
    with open_archive(path) as folder:
        with pytest.raises(BoundaryError, match=r"has 2 Shapefiles\. .*'districts', 'wards'"):
            find_shapefile(folder, label="a.zip")
        assert find_shapefile(folder, label="a.zip", layer="districts").suffix == ".SHP"
        with pytest.raises(BoundaryError, match="has no Shapefile 'lsoa'"):
            find_shapefile(folder, label="a.zip", layer="lsoa")
