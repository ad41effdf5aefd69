"""What is tried every day and what in CI alone: examples of property tests, and long lists of cases.

A third of a property test's examples are tried every day, and all of them where `CI` is set or the
profile is asked for (`--hypothesis-profile=ci`). Cases beside those of every day are `long`.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.mark import ParameterSet
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterable

# What a property test tries that says no number; conftest.py says which profile holds.
WHOLE, EVERYDAY = 100, 34


def up_to(count: int, **options: Any) -> settings:
    """Settings of a test that tries `count` examples in CI, and its share of them every day."""
    share = settings.default.max_examples / WHOLE
    return settings(max_examples=ceil(count * share), **options)


def some_every_day(cases: Iterable[Any], count: int) -> list[ParameterSet]:
    """Cases for `parametrize`: so many, spread over the list, every day; the others are `long`."""
    cases = list(cases)
    everyday = {place * len(cases) // count for place in range(count)}
    return [
        _case(case, marks=() if place in everyday else pytest.mark.long)
        for place, case in enumerate(cases)
    ]


def _case(case: Any, *, marks: Any) -> ParameterSet:
    if isinstance(case, ParameterSet):
        marks = [*case.marks, *([marks] if marks else [])]
        return pytest.param(*case.values, marks=marks, id=case.id)
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=marks)
