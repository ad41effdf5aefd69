"""Find a Python that has the package vawg_geo. Needs nothing of QGIS, and is tried without it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Prints the version where the package is there; what lies beside a script or in the folder from
# which QGIS was started is no package, and the plugin itself has the same name.
_ASK = (
    "import sys\n"
    "sys.path[:] = [p for p in sys.path if p]\n"
    "import importlib.util as u\n"
    "s = u.find_spec('vawg_geo.project') if u.find_spec('vawg_geo') else None\n"
    "print('vawg_geo is here' if s and sys.version_info >= (3, 11) else 'no')\n"
)
_NAMES = ("python.exe", "python3", "python")
# What QGIS sets for its own libraries, and what must not get into another Python.
_FOREIGN = ("PYTHON", "GDAL_", "PROJ_", "OSGEO", "QT_", "LD_", "DYLD_")
_SECONDS = 60

HOW_TO = (
    "Make one without an administrator by 'uv tool install FOLDER_OF_THE_PROJECT', or, in that "
    "folder, by 'python3 -m venv .venv' and '.venv/bin/python -m pip install .' (PowerShell: "
    "'py -m venv .venv' and '.venv\\Scripts\\python -m pip install .'), and name its Python in "
    "this tool under Advanced if it is not found by itself."
)


class NoEnvironment(Exception):
    """There is no Python with the package, or the one that was named has none."""


def find_python(given="", remembered="", project_folder="", *, environ=None, ask=None):
    """Find the Python that has the package.

    In this order: the one that was named, the one of the last run, that of the environment in
    which QGIS was started, `.venv` beside the QGIS project or in a folder above it, the command
    `vawg-geo` (of `uv tool` and `pipx` too), and QGIS's own. One that is named must have it.
    """
    environ = os.environ if environ is None else environ
    ask = ask or has_package
    if given:
        for path in pythons_at(Path(given)):
            if ask(path):
                return path
        raise NoEnvironment(f"The Python that is named, {given}, has no package vawg_geo. {HOW_TO}")
    tried = []
    for path in candidates(remembered, project_folder, environ):
        if path not in tried and ask(path):
            return path
        tried.append(path)
    raise NoEnvironment(
        f"No Python with the package vawg_geo was found (of {len(tried)} looked at). {HOW_TO}"
    )


def candidates(remembered, project_folder, environ):
    """Pythons to ask, the likeliest first."""
    if remembered:
        yield from pythons_at(Path(remembered))
    if environ.get("VIRTUAL_ENV"):
        yield from pythons_at(Path(environ["VIRTUAL_ENV"]))
    if project_folder:
        folder = Path(project_folder)
        for one in (folder, *folder.parents):
            yield from pythons_at(one / ".venv")
    command = shutil.which("vawg-geo", path=environ.get("PATH", os.defpath))
    if command:
        yield from pythons_at(Path(command))
    for folder in tool_folders(environ):
        yield from pythons_at(folder)
    yield from own_pythons()


def pythons_at(path):
    """Pythons that a path may mean: itself, or those of an environment's folder or command."""
    if path.is_file() and path.stem.lower().startswith("python"):
        # A link is not followed: it is the environment that has the package.
        return [path]
    folders = [path / "bin", path / "Scripts", path]
    if path.is_file():
        # A command stands beside its Python; the link to one leads to it.
        folders = [path.parent, path.resolve().parent]
    found = []
    for folder in folders:
        python = next((folder / name for name in _NAMES if (folder / name).is_file()), None)
        if python is not None and python not in found:
            found.append(python)
    return found


def tool_folders(environ):
    """Folders in which `uv tool install` and `pipx` put the package, wherever they are told to."""
    home = Path(environ.get("USERPROFILE") or environ.get("HOME") or "~").expanduser()
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    roots = [environ.get("UV_TOOL_DIR"), data / "uv" / "tools"]
    if environ.get("APPDATA"):
        roots.append(Path(environ["APPDATA"]) / "uv" / "tools")
    if environ.get("PIPX_HOME"):
        roots.append(Path(environ["PIPX_HOME"]) / "venvs")
    roots += [data / "pipx" / "venvs", home / ".local" / "pipx" / "venvs", home / "pipx" / "venvs"]
    return [Path(root) / "vawg-geo" for root in roots if root]


def own_pythons():
    """QGIS's own Python; its program is QGIS itself on Windows and macOS."""
    program = Path(sys.executable)
    places = [program] if program.stem.lower().startswith("python") else []
    places += [Path(sys.exec_prefix), Path(sys.exec_prefix) / "bin"]
    return [python for place in places for python in pythons_at(place)]


def environment_for(python):
    """Environment for a child: without what QGIS sets for itself, unless it is its own Python."""
    own = any(_same(python, one) for one in own_pythons())
    clean = {
        name: value
        for name, value in os.environ.items()
        # OSGeo4W's Python does not start without its home.
        if not name.upper().startswith(_FOREIGN) or (own and name.upper() == "PYTHONHOME")
    }
    # Whatever the code page of Windows is, what the child says is UTF-8.
    return {**clean, "PYTHONUTF8": "1", "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _same(one, other):
    # Not the file that links lead to: the Python of an environment is often a link to another.
    return os.path.normcase(os.path.abspath(one)) == os.path.normcase(os.path.abspath(other))


def has_package(python):
    """Whether a Python is new enough and has the package."""
    try:
        run = subprocess.run(
            [str(python), "-c", _ASK],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment_for(python), timeout=_SECONDS, check=False, **without_window(),
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return False
    return run.returncode == 0 and b"vawg_geo is here" in run.stdout


def without_window():
    """Options of a child that opens no black window on Windows, and is a group elsewhere."""
    if os.name == "nt":
        return {"creationflags": subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}
