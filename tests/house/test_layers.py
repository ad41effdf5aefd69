"""Data walk through the package in one direction."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "vawg_geo"
GROUND = {"errors", "files", "settings", "terms", "words", ""}
# What each room may know, beside the ground and itself.
KNOWS = {
    "inputs": set(),
    "project": {"inputs"},
    "areas": {"inputs", "project"},
    "disclosure": {"inputs", "project", "areas"},
    "measures": set(),
    "overlays": {"inputs", "areas", "disclosure", "measures"},
    "results": {"inputs", "project", "areas", "disclosure", "measures", "overlays"},
    "publish": {"inputs", "project", "areas", "disclosure", "measures", "overlays", "results"},
    "front_door": {"disclosure", "publish", "results"},
    # Only where the catalogue's layers stand, for tables that do not say where their areas lie.
    "audit": {"inputs"},
    "release": {"audit", "disclosure", "inputs", "project"},
    "pipeline": {
        "inputs", "project", "areas", "audit", "disclosure", "measures", "overlays", "publish",
        "release", "results",
    },
    "commands": {
        "areas", "audit", "disclosure", "inputs", "measures", "overlays", "pipeline", "project",
        "publish", "release", "results",
    },
    "__main__": {"commands"},
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


def test_no_import_points_the_wrong_way():
    wrong = {}
    for path in MODULES:
        source = path.read_text("utf-8")
        if room_of(path) in GROUND:
            others = sorted(set(imported_rooms(source)) - GROUND)
        else:
            others = wrong_imports(path, source)
        if others:
            wrong[str(path.relative_to(PACKAGE))] = others
    assert wrong == {}


def test_the_check_can_fail():
    source = "from vawg_geo.publish.page.html import write_html\nimport vawg_geo.commands.main\n"
    assert wrong_imports(PACKAGE / "measures" / "rates" / "rates.py", source) == [
        "publish",
        "commands",
    ]
    assert wrong_imports(PACKAGE / "measures" / "rates" / "rates.py", "import numpy\n") == []


def test_importing_the_package_imports_nothing_heavy():
    import subprocess
    import sys

    code = "import sys, vawg_geo.commands.main; print([m for m in ('pandas', 'numpy', 'folium') if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
