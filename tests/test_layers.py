"""Data walk through the package in one direction."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "vawg_geo"
GROUND = {
    "errors",
    "files",
    "columns",
    "codes",
    "indicators",
    "limits",
    "neighbours",
    "notebook",
    "periods",
    "refuges",
    "settings",
    "formats",
    "terms",
    "",
}
# What each room may know, beside the ground and itself.
KNOWS = {
    "inputs": set(),
    "project": {"inputs"},
    "areas": {"inputs", "project"},
    "disclosure": {"inputs", "project", "areas"},
    "measures": set(),
    "overlays": {"inputs", "areas", "measures"},
    "publish": {"inputs", "project", "areas", "disclosure", "measures", "overlays"},
    "templates": {"inputs"},
    "tools": {"inputs", "areas", "measures", "overlays"},
    "tools_points": {"inputs", "areas"},
    "tools_rebase": {"inputs", "areas"},
    "tools_report": {"walk"},
    "tools_style": {"inputs", "publish"},
    "checks": {"inputs", "project", "areas", "disclosure", "publish"},
    "walk": {
        "inputs", "project", "areas", "audit", "disclosure", "measures", "publish",
        "causes", "ways_out",
    },
    "ways_out": {"audit", "causes", "disclosure", "inputs"},
    "causes": {"audit", "project"},
    # Only where the catalogue's layers stand, for tables that do not say where their areas lie.
    "audit": {"inputs"},
    "console": set(),
    "cli": {
        "areas", "audit", "checks", "console", "inputs", "project", "publish", "templates", "tools",
        "tools_points", "tools_rebase", "tools_report", "tools_style", "walk",
    },
    "__main__": {"cli"},
}  # fmt: skip


def room_of(path):
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported_rooms(source):
    """Rooms that a module imports, type-checking imports among them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
            if node.module == "vawg_geo":
                names = [f"vawg_geo.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "vawg_geo":
                yield [*name.split("."), ""][1]


def wrong_imports(path, source):
    room = room_of(path)
    allowed = GROUND | {room, "__version__"} | KNOWS[room]
    return [other for other in imported_rooms(source) if other not in allowed]


MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_import_points_the_wrong_way(path):
    if room_of(path) in GROUND:
        others = set(imported_rooms(path.read_text("utf-8"))) - GROUND
        assert not others
        return
    assert wrong_imports(path, path.read_text("utf-8")) == []


def test_the_check_can_fail():
    source = "from vawg_geo.publish.html import write_html\nimport vawg_geo.cli\n"
    assert wrong_imports(PACKAGE / "measures" / "rates.py", source) == ["publish", "cli"]
    assert wrong_imports(PACKAGE / "measures" / "rates.py", "import numpy\n") == []


def test_modules_are_of_a_readable_length():
    long = {
        str(p.relative_to(PACKAGE)): n
        for p in MODULES
        if (n := len(p.read_text("utf-8").splitlines())) > 1000
    }
    assert long == {}


def test_importing_the_package_imports_nothing_heavy():
    import subprocess
    import sys

    code = "import sys, vawg_geo.cli; print([m for m in ('pandas', 'numpy', 'folium') if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
