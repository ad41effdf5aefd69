"""Fixtures of the writers' tests."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def factory():
    """Module that makes editions' results (tests are no package, so it is loaded by path)."""
    path = Path(__file__).with_name("factory.py")
    spec = importlib.util.spec_from_file_location("vawg_geo_test_factory", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def results(factory):
    """Twelve square wards in two districts, four series, every status."""
    return factory.make_results()
