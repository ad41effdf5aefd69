"""What is tried every day and in CI, and what is made once for all: none of it loses a promise."""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.examples import some_every_day, up_to
from tests.once import Once


def test_every_case_is_tried_somewhere():
    cases = some_every_day(range(20), 7)
    assert [case.values for case in cases] == [(n,) for n in range(20)]
    everyday = [case.values[0] for case in cases if not case.marks]
    assert everyday == [0, 2, 5, 8, 11, 14, 17]
    assert {mark.name for case in cases for mark in case.marks} == {"long"}
    given = [("a", 1), pytest.param("b", 2, id="second", marks=pytest.mark.shared)]
    first, second = some_every_day(given, 1)
    assert (first.values, second.values, second.id) == (("a", 1), ("b", 2), "second")
    assert {mark.name for mark in second.marks} == {"shared", "long"}


def test_ci_tries_all_examples():
    tried = {}
    former = settings.get_current_profile_name()
    for profile in ("everyday", "ci"):
        settings.load_profile(profile)
        tried[profile] = (settings().max_examples, up_to(60).max_examples)
    settings.load_profile(former)
    assert tried == {"everyday": (34, 21), "ci": (100, 60)}


def test_a_folder_is_filled_once_and_whole(tmp_path):
    calls = []

    def fail(folder):
        (folder / "half.txt").write_text("half")
        raise OSError("no room")

    def fill(folder):
        calls.append(folder)
        (folder / "a.txt").write_text("a")

    with pytest.raises(OSError, match="no room"):
        Once(tmp_path).folder("made", fail)
    one, other = Once(tmp_path), Once(tmp_path)
    assert one.folder("made", fill) == other.folder("made", fill)
    assert calls == [tmp_path / "made"]
    assert [path.name for path in calls[0].iterdir()] == ["a.txt"]


def test_who_changes_what_all_read_is_told(tmp_path):
    """Fixture `made_once` fails the run by this; seen to, with a test that wrote into a build."""
    once = Once(tmp_path)
    folder = once.folder("made", lambda folder: (folder / "a.txt").write_text("a"))
    assert once.changed() == []
    (folder / "a.txt").write_text("other")
    assert once.changed() == ["made"]
