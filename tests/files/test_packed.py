"""Packed tables: what comes out, and what is refused."""

from __future__ import annotations

import gzip
import zipfile

import pytest

from vawg_geo.errors import InputError
from vawg_geo.files.packed import read_gzip, unpacked_tables


def test_months_of_a_force_come_out_by_name_and_go_again(tmp_path):
    path = tmp_path / "months.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for month in ("2019-02", "2019-01"):
            archive.writestr(f"{month}/{month}-gwent-street.csv", month)
        archive.writestr("__MACOSX/2019-01/._2019-01-gwent-street.csv", "no table")
    with unpacked_tables(path) as tables:
        assert [table.read_text() for table in tables] == ["2019-01", "2019-02"]
    assert not tables[0].exists()


def test_a_plain_table_is_itself(tmp_path):
    with unpacked_tables(tmp_path / "a.csv") as tables:
        assert tables == [tmp_path / "a.csv"]


@pytest.mark.parametrize("ending", [".gz", ".zip"])
def test_damage_is_said(tmp_path, ending):
    path = tmp_path / f"a.csv{ending}"
    if ending == ".gz":
        path.write_bytes(gzip.compress(b"code,count\n" * 1000)[:40])
    else:
        path.write_bytes(b"PK\x03\x04 and no more")
    said = r"a\.csv.* cannot be unpacked .*cut short\. Fetch"
    with pytest.raises(InputError, match=said), unpacked_tables(path):
        pass


def test_too_much_is_refused_while_it_is_unpacked(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"0" * 5_000_000))
    with pytest.raises(InputError, match="more than the 1,000,000 bytes"):
        read_gzip(path, most=1_000_000)
    with (
        pytest.raises(InputError, match="more than the 1,000,000 bytes"),
        unpacked_tables(path, most=1_000_000),
    ):
        pass
    bomb = tmp_path / "a.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 50_000_000)
    with pytest.raises(InputError, match="looks like a zip bomb"), unpacked_tables(bomb):
        pass
    with (
        pytest.raises(InputError, match="more than the 1,000,000"),
        unpacked_tables(bomb, most=1_000_000),
    ):
        pass


def test_a_zip_without_tables_says_what_it_holds(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "")
    said = r"no table that ends in \.csv \(it holds: notes\.txt\)"
    with pytest.raises(InputError, match=said), unpacked_tables(path):
        pass
