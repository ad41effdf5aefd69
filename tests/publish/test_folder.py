"""A folder appears whole or not at all."""

from __future__ import annotations

import pytest

from vawg_geo.errors import OutputError
from vawg_geo.publish.folder import repair, replaced_folder


def write(folder, text):
    (folder / "a.txt").write_text(text)


def test_replaces_the_whole_folder(tmp_path):
    final = tmp_path / "maps" / "public"
    with replaced_folder(final) as draft:
        write(draft, "one")
        (draft / "old.txt").write_text("old")
        assert not final.exists()
    with replaced_folder(final) as draft:
        write(draft, "two")
        assert (final / "a.txt").read_text() == "one"
    assert sorted(p.name for p in final.iterdir()) == ["a.txt"]
    assert (final / "a.txt").read_text() == "two"
    assert [p.name for p in final.parent.iterdir()] == ["public"]


def test_a_failure_leaves_the_former_folder(tmp_path):
    final = tmp_path / "public"
    with replaced_folder(final) as draft:
        write(draft, "one")

    def fail():
        with replaced_folder(final) as draft:
            write(draft, "two")
            raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        fail()
    assert (final / "a.txt").read_text() == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["public"]


def test_a_file_in_the_way_is_reported(tmp_path):
    (tmp_path / "maps").write_text("a file")
    with (
        pytest.raises(OutputError, match="cannot be written"),
        replaced_folder(tmp_path / "maps" / "public"),
    ):
        pass


def test_what_a_killed_run_left_is_repaired(tmp_path):
    (tmp_path / ".former-public").mkdir()
    write(tmp_path / ".former-public", "one")
    (tmp_path / ".draft-public-x1").mkdir()
    said = repair(tmp_path)
    assert (tmp_path / "public" / "a.txt").read_text() == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["public"]
    assert any("former output public is back in place" in line for line in said)
    assert repair(tmp_path) == []
    assert repair(tmp_path / "absent") == []


def test_a_former_folder_beside_a_new_one_is_removed(tmp_path):
    for name in (".former-public", "public"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, name)
    repair(tmp_path)
    assert (tmp_path / "public" / "a.txt").read_text() == "public"
    assert [p.name for p in tmp_path.iterdir()] == ["public"]
