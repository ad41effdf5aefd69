"""The plugin as it is packed, installed into a profile, and its modules without QGIS."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from pack_plugin import pack

ROOT = Path(__file__).resolve().parents[3]
PLUGIN = ROOT / "qgis" / "vawg_geo"


def load(name):
    """A module of the plugin that needs no QGIS, under a name that is not the package's."""
    whole = f"vawg_plugin.{name}"
    if "vawg_plugin" not in sys.modules:
        spec = importlib.util.spec_from_loader("vawg_plugin", loader=None, is_package=True)
        package = importlib.util.module_from_spec(spec)
        package.__path__ = [str(PLUGIN)]
        sys.modules["vawg_plugin"] = package
    return importlib.import_module(whole)


@pytest.fixture(scope="session")
def parts():
    """Modules that need no QGIS."""
    return SimpleNamespace(
        child=load("child"), entry=load("entry"), environment=load("environment")
    )


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    """The zip."""
    return pack(tmp_path_factory.mktemp("zip"))


@pytest.fixture(scope="session")
def package_python(tmp_path_factory):
    """Python that has this package, at a path with blanks and accents and without a dot."""
    folder = tmp_path_factory.mktemp("env") / "Dyffryn Ogwen é" / "bin"
    folder.mkdir(parents=True)
    python = folder / "python3"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"\n', "utf-8")
    python.chmod(0o755)
    return python


@pytest.fixture(scope="session")
def qgis_process(python, absent):
    """Program that runs algorithms; Debian's script round it has an option that it does not know."""
    found = (
        os.environ.get("QGIS_PROCESS")
        or shutil.which("qgis_process.bin")
        or shutil.which("qgis_process")
    )
    return found or absent("no qgis_process on this machine")


@pytest.fixture(scope="session")
def profile(qgis_process, archive, tmp_path_factory):
    """A profile into which the zip was installed as a person installs it, and switched on."""
    folder = tmp_path_factory.mktemp("profile")
    plugins = folder / "profiles" / "default" / "python" / "plugins"
    plugins.mkdir(parents=True)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(plugins)
    run = _called([qgis_process, "plugins", "enable", "vawg_geo"], folder)
    assert "vawg_geo" in run.stdout
    return folder


def _called(command, profile, **environment):
    return subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "QGIS_CUSTOM_CONFIG_PATH": str(profile),
                          "XDG_RUNTIME_DIR": str(profile)} | environment,
    )  # fmt: skip


@pytest.fixture(scope="session")
def called():
    """Run a command of QGIS with a profile."""
    return _called


@pytest.fixture
def run(qgis_process, profile, package_python):
    """Run an algorithm as a person does; gives what it said."""

    def of(name, *, fails=False, **parameters):
        parameters = {"PYTHON": package_python} | parameters
        given = [f"{key}={value}" for key, value in parameters.items() if value is not None]
        done = _called([qgis_process, "run", f"vawg_geo:{name}", "--", *given], profile)
        said = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, said
        assert "Traceback" not in said
        return said

    return of
