"""Cut and flipped inputs: refused or said, never taken in silence."""

from __future__ import annotations

import shutil

import pytest

from vawg_geo.errors import VawgGeoError


@pytest.fixture
def corrupt():
    """Module dev/evidence/corrupt_inputs.py."""
    import corrupt_inputs

    return corrupt_inputs


@pytest.fixture
def inputs(corrupt, tmp_path):
    """Whole files of every kind."""
    folder = tmp_path / "whole"
    folder.mkdir()
    corrupt.make_inputs(folder)
    return folder


@pytest.mark.promise
def test_a_sample_of_damage(corrupt):
    """No truncated input is accepted in silence, and beside a record of checksums no changed one."""
    table = corrupt.run(4, 20)
    assert set(table["kind"]) == set(corrupt.KINDS)
    assert set(table["damage"]) == {"cut", "flip", "absent"}
    assert corrupt.allowed(table).all(), table.to_string()


@pytest.mark.promise
@pytest.mark.long
def test_much_damage(corrupt):
    """Hundreds of truncations and flipped bits of every kind of input are refused or said."""
    table = corrupt.run(60, 21)
    assert corrupt.allowed(table).all(), table.to_string()


def test_what_the_script_would_not_allow(corrupt):
    row = {"kind": "x", "refused": 9, "said": 0, "same": 0, "silent": 0, "crashed": 0}

    def verdict(**more):
        import pandas as pd

        return corrupt.allowed(pd.DataFrame([row | more])).item()

    assert verdict(damage="cut", record="alone", said=1, same=1)
    assert not verdict(damage="cut", record="alone", silent=1)
    assert not verdict(damage="absent", record="alone", silent=1)
    assert not verdict(damage="flip", record="alone", crashed=1)
    assert not verdict(damage="flip", record="recorded", same=1)
    assert not verdict(damage="cut", record="recorded", said=1)


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("kind", ["CSV of counts", "CSV of populations"])
def test_a_table_cut_at_a_rows_end(corrupt, inputs, kind, every):
    """The cut that leaves a well-formed table: what is then missing is named."""
    of = corrupt.KINDS[kind]
    whole, path = of.read(inputs), inputs / of.damaged
    lines = path.read_bytes().splitlines(keepends=True)
    outcomes = {}
    for rows in range(len(lines) - 1, 0, -every):
        path.write_bytes(b"".join(lines[:rows]))
        outcomes[rows] = corrupt._outcome(of, inputs, whole)
    assert set(outcomes.values()) <= {"refused", "said"}, outcomes


@pytest.mark.parametrize("end", ["", "\n"])
def test_an_open_last_row_is_noted_and_not_refused(corrupt, inputs, end):
    path = inputs / "counts.csv"
    path.write_text(path.read_text("utf-8").rstrip("\n") + end, "utf-8")
    said = corrupt.KINDS["CSV of counts"].read(inputs).said
    assert any("has no line end" in line for line in said) is (end == "")


@pytest.mark.parametrize("part", [".shx", ".dbf", ".prj", ".cpg"])
def test_a_missing_part_with_an_accent_in_a_name(corrupt, inputs, part):
    (inputs / f"wards{part}").unlink()
    with pytest.raises(VawgGeoError, match=part.removeprefix(".")):
        corrupt.KINDS["Shapefile .shp"].read(inputs)


def test_the_record_names_what_differs(corrupt, inputs):
    corrupt._write_record(inputs)
    of = corrupt.KINDS["Shapefile .shp"]
    of.read(inputs)
    (inputs / "wards.cpg").write_text("1252")
    with pytest.raises(VawgGeoError, match=r"wards\.cpg is not the file that SHA256SUMS"):
        of.read(inputs)
    (inputs / "wards.cpg").unlink()
    with pytest.raises(VawgGeoError, match=r"wards\.cpg is absent, and SHA256SUMS records it"):
        of.read(inputs)


def test_nothing_is_read_from_a_copy_by_mistake(corrupt, inputs, tmp_path):
    """The damage is done to the file that is read."""
    other = tmp_path / "other"
    shutil.copytree(inputs, other)
    for name, kind in corrupt.KINDS.items():
        (other / kind.damaged).write_bytes(b"")
        with pytest.raises(VawgGeoError):
            kind.read(other)
        shutil.copy(inputs / kind.damaged, other / kind.damaged)
        assert kind.read(other).content == kind.read(inputs).content, name
