"""What a wrong name may have meant: one measure, one wording, one place."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

import vawg_geo
from vawg_geo.errors import nearest

PACKAGE = Path(vawg_geo.__file__).parent
BY_HAND = re.compile(
    r"get_close_matches|SequenceMatcher|[Dd]id you mean \{|nearest known (?:key|one)"
)


def test_it_stands_in_one_place():
    """Seen to fail with a `get_close_matches` in another module; there were fourteen."""
    holders = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if BY_HAND.search(path.read_text("utf-8"))
    ]
    assert holders == ["errors.py"]


@pytest.mark.parametrize(
    ("name", "choices", "offered"),
    [
        ("pre", ["method", "per"], ["per"]),
        ("COUNT", ["count", "code"], ["count"]),
        ("zebra", ["count", "code"], []),
        # Half of the letters are another word.
        ("rank", ["rate"], []),
        # In a code one slip, and no more.
        ("E05002712", ["E05002799", "E05002711"], ["E05002711"]),
        ("E05002721", ["E05002712"], ["E05002712"]),
        ("E0500271", ["E05002711"], ["E05002711"]),
        ("E05009999", ["E05002711"], []),
        ("W05002711", ["E05002711"], []),
        # Of years the nearest, and the same words before another year.
        ("wards-2018", ["districts-2018", "wards-2015", "wards-2016"], ["wards-2016"]),
        ("ons-wards-2015", ["ons-wards-2016", "wards-2015"], ["wards-2015"]),
        ("", ["", "a"], [""]),
        ("9" * 9_000, ["9" * 8_999], ["9" * 8_999]),
    ],
)
def test_what_is_near(name, choices, offered):
    assert nearest(name, choices) == offered
    assert nearest(name, list(reversed(choices))) == offered


def test_thousands_of_codes_take_no_time():
    codes = [f"E05{number:06d}" for number in range(8_000)]
    start = time.process_time()
    assert nearest("E05108000", codes) == []
    assert time.process_time() - start < 1
