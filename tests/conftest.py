"""Fixtures that several rooms' tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def skip_unless_ci(reason: str) -> None:
    """Skip a test for want of something on this machine; in CI its absence is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}: this may not be skipped in CI")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of source data beside the project."""
    folder = ROOT.parent / "shared"
    if not (folder / "README.md").is_file():
        skip_unless_ci("the data folder beside the project is absent")
    return folder
