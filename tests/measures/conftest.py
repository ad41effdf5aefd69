"""Fixtures of the measures' tests."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def maps():
    """Module that makes small maps (tests are no package, so it is loaded by path)."""
    path = Path(__file__).with_name("maps.py")
    spec = importlib.util.spec_from_file_location("vawg_geo_test_maps", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
