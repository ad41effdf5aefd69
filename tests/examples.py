"""How many examples a property test tries: all of them in CI, a third of them every day."""

from __future__ import annotations

from math import ceil

from hypothesis import settings

# What a property test tries that says no number; conftest.py says which profile holds.
WHOLE, EVERYDAY = 100, 34


def up_to(count: int, **options) -> settings:
    """Settings of a test that tries `count` examples in CI, and its share of them every day."""
    share = settings.default.max_examples / WHOLE
    return settings(max_examples=ceil(count * share), **options)
