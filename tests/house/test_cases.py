"""Every small input with a right answer is read by some test."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


@pytest.mark.shared
def test_every_case_is_named_by_a_test(shared):
    """Seen to fail of `three_years_one_label`, which a test held without its name."""
    with (shared / "cases" / "cases.csv").open(encoding="utf-8", newline="") as stream:
        names = [row["input"].rstrip("/") for row in csv.DictReader(stream)]
    texts = [path.read_text("utf-8") for path in TESTS.rglob("test_*.py")]
    assert len(names) == 21
    assert [name for name in names if not any(name in text for text in texts)] == []
