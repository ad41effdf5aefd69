"""QGIS's own Python, for the tests of this room; what it runs are scripts and no modules of tests.

`QGIS_PYTHON` and `QGIS_PROCESS` name those of another QGIS than the machine's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

collect_ignore = [
    "ask_project.py",
    "check_project.py",
    "check_time.py",
    "export_themes.py",
    "own_layer.py",
    "read_layers.py",
    "plugin/load_plugin.py",
    "plugin/read_output.py",
]

_WITHOUT_A_SCREEN = os.environ | {"QT_QPA_PLATFORM": "offscreen"}


def _system_python(module: str, reason: str, absent: Callable[[str], None]) -> str:
    """Python that has a module of QGIS or GDAL: the system's own, not that of this environment."""
    named = os.environ.get("QGIS_PYTHON")
    for path in filter(None, (named, "/usr/bin/python3", shutil.which("python3"))):
        run = subprocess.run(
            [path, "-c", f"import {module}"],
            capture_output=True, env=_WITHOUT_A_SCREEN, check=False,
        )  # fmt: skip
        if run.returncode == 0:
            return path
    absent(reason)
    return ""


@pytest.fixture(scope="session")
def python(absent):
    """Python that has QGIS."""
    return _system_python("qgis.core", "no QGIS on this machine", absent)


@pytest.fixture(scope="session")
def gdal_python(absent):
    """Python that has GDAL's own samples."""
    return _system_python(
        "osgeo_utils.samples.validate_gpkg", "no python3-gdal on this machine", absent
    )


@pytest.fixture(scope="session")
def run_in_qgis(python):
    """Run a script with QGIS's Python, without a screen; gives the finished process."""

    def run(script, *arguments, timeout=300):
        return subprocess.run(
            [python, script, *arguments],
            capture_output=True, text=True, timeout=timeout, env=_WITHOUT_A_SCREEN, check=False,
        )  # fmt: skip

    return run
