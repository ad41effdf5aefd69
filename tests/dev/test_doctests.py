"""Examples in what makes data and evidence are true."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

DEV = Path(__file__).resolve().parents[2] / "dev"
WITH_EXAMPLES = sorted(path for path in DEV.rglob("*.py") if ">>>" in path.read_text("utf-8"))


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: path.stem)
def test_examples(path):
    """Seen to fail: with another number in the example of `random_tables`."""
    options = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    result = doctest.testmod(importlib.import_module(path.stem), optionflags=options)
    assert result.attempted
    assert not result.failed
