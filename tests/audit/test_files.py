"""A folder's files, put together."""

from __future__ import annotations

import json
import shutil
import sqlite3

import pytest

from vawg_geo.audit.files import read_folder
from vawg_geo.errors import InputError


def kinds(observed):
    return {finding.kind for finding in observed.findings}


@pytest.fixture(scope="module")
def built(default_build, tmp_path_factory):
    """The embedded default, built, with its GeoPackage written anew."""
    folder = tmp_path_factory.mktemp("built") / "public"
    shutil.copytree(default_build.folders["public"], folder)
    base = sqlite3.connect(folder / "vawg.gpkg", isolation_level=None)
    base.execute("VACUUM")
    base.close()
    return folder


@pytest.fixture
def edition(built, tmp_path):
    """A copy of it to spoil."""
    return shutil.copytree(built, tmp_path / "public")


def test_a_build_has_nothing_to_find_and_every_figure_from_every_kind_of_file(built):
    observed = read_folder(built)
    assert observed.findings == []
    assert (observed.parameters.edition, observed.parameters.smallest) == ("public", 1)
    assert observed.parameters.largest == 7
    rows = observed.observations
    hidden = rows[rows["status"] == "suppressed"]
    cells = ["area_code", "indicator", "sex", "period"]
    by_source = hidden.groupby("source")[cells].apply(lambda some: len(some.drop_duplicates()))
    number = by_source["tables/rates_ward.csv"]
    assert number > 10
    assert by_source["vawg.gpkg: rates"] == number
    assert by_source["ward.html: script 1"] == number
    views = [name for name in by_source.index if name.startswith("vawg.gpkg: ward_")]
    summary = [name for name in views if name.startswith("vawg.gpkg: ward_summary")]
    assert by_source[summary].sum() == number
    assert by_source[views].sum() == 2 * number
    assert hidden["low"].isna().all()
    # The same cell has the same count wherever it stands.
    shown = rows[rows["low"].notna() & (rows["low"] == rows["high"])]
    assert (shown.groupby(cells)["low"].nunique() == 1).all()
    assert observed.parents["E05002703"] == "E07000008"
    assert "build.json" in observed.files


def test_the_order_of_files_does_not_matter_and_single_files_are_read(built):
    one = read_folder(built / "tables" / "rates_ward.csv")
    assert one.files == ["rates_ward.csv"]
    assert set(one.observations["source"]) == {"rates_ward.csv"}


def test_an_unknown_kind_of_file_is_a_finding(edition):
    (edition / "map.docx").write_bytes(b"PK")
    (edition / "notes").write_text("nothing")
    found = [f for f in read_folder(edition).findings if f.kind == "unknown_file"]
    assert [f.file for f in found] == ["map.docx", "notes"]


def test_a_count_in_the_hidden_range_that_one_file_shows_is_a_finding(edition):
    path = edition / "tables" / "rates_ward.csv"
    lines = path.read_text("utf-8").splitlines()
    place = next(n for n, line in enumerate(lines) if ",suppressed,illustrative," in line)
    code, *_ = lines[place].split(",")
    (edition / "tables" / "own.csv").write_text(f"area_code,indicator,count\n{code},crimes,3\n")
    observed = read_folder(edition)
    assert [f.file for f in observed.findings if f.kind == "shown_small"] == ["tables/own.csv"]
    assert code in next(f.text for f in observed.findings if f.kind == "shown_small")


def test_the_record_says_nothing_of_the_machine_or_of_private_inputs(edition):
    path = edition / "build.json"
    record = json.loads(path.read_text("utf-8"))
    spoilt = {
        **record,
        "title": "From C:/Users/ann/counts",
        "extra": 1,
        "parameters": {**record["parameters"], "disclosure_decision": "a" * 64},
        "public_inputs": {**record["public_inputs"], "counts.csv": "b" * 64},
    }
    path.write_text(json.dumps(spoilt))
    found = sorted((f.kind, f.text.split(":")[0]) for f in read_folder(edition).findings)
    assert [kind for kind, _ in found] == [
        "absolute_path", "private_input", "private_input", "unknown_key",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["not json", "[1]"])
def test_a_damaged_record_is_refused(edition, text):
    (edition / "build.json").write_text(text)
    with pytest.raises(InputError, match=r"build\.json"):
        read_folder(edition)


def test_nothing_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="has no files"):
        read_folder(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        read_folder(tmp_path / "absent")


def test_a_small_count_that_others_published_just_so_is_no_secret(tmp_path):
    """Seen to fail where the folder was judged without what others had published."""
    from vawg_geo.audit.run import audit_files

    head = "area_code,indicator,sex,period,count,basis,status\n"
    (tmp_path / "mine").mkdir()
    row = "E05002703,referrals,persons,2015/16,{},own,value\n"
    (tmp_path / "mine" / "rates_ward.csv").write_text(head + row.format(3))
    (tmp_path / "mine" / "build.json").write_text(
        '{"title": "t", "edition": "public", "parameters": {"smallest_hidden": 1, '
        '"largest_hidden": 7, "base": 0}}'
    )
    for count, kinds in ((3, set()), (4, {"shown_small"})):
        known = tmp_path / f"known_{count}.csv"
        known.write_text(head + row.format(count).replace("own", "published"))
        found = {finding.kind for finding in audit_files(tmp_path / "mine", known=[known]).findings}
        assert "shown_small" in found if kinds else "shown_small" not in found
