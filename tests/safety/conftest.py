"""Fixtures of the tests of safety."""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def command(tmp_path, monkeypatch, absent):
    """Run the command line in a process of its own and measure it."""
    if not hasattr(os, "fork"):
        absent("a system that can fork")
    from tests.safety.measured import run_measured

    monkeypatch.setenv("VAWG_GEO_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return lambda *words: run_measured(words, tmp_path / "said.txt")
