"""A test that cannot run here says so, and in CI it fails: nothing is skipped in silence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
SKIPS = re.compile(r"importorskip\(|pytest\.skip\(|mark\.skip|mark\.xfail|unittest\.skip")


def test_no_test_skips_by_itself():
    found = {
        path.relative_to(TESTS).as_posix()
        for path in TESTS.rglob("*.py")
        if "node_modules" not in path.parts
        and path != Path(__file__)
        and SKIPS.search(path.read_text("utf-8"))
    }
    assert found == {"conftest.py"}


@pytest.mark.parametrize(
    ("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)]
)
def test_what_is_absent_fails_in_ci(monkeypatch, absent, needed, ci, outcome):
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="no such thing"):
        absent("no such thing")
    with pytest.raises(outcome, match="vawg_geo_no_such_module is not installed"):
        needed("vawg_geo_no_such_module")
    assert needed("json").loads("[1]") == [1]
