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
    # Where the catalogue's layers stand, for tables that do not say where their areas lie; and the
    # arithmetic, to compute again from what is shown what is said of time.
    "audit": {"inputs", "measures"},
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
# What an overlay is, and which there are: declarations, which compute nothing (see below), so that
# rooms before that of the overlays can ask each of them. The audit asks for the list alone.
WHAT_IS = {"overlays.overlay", "overlays.registry", "overlays.layer"}
DECLARATIONS = {
    "project": WHAT_IS, "areas": WHAT_IS, "disclosure": WHAT_IS, "release": WHAT_IS,
    "audit": {"overlays.registry"},
}  # fmt: skip


def room_of(path):
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported_rooms(source, declarations=()):
    """Rooms that a module imports, type-checking imports among them, but for declarations."""
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
            if name.split(".")[0] == "vawg_geo" and name.partition(".")[2] not in declarations:
                yield [*name.split("."), ""][1]


def wrong_imports(path, source):
    room = room_of(path)
    allowed = GROUND | {room, "__version__"} | KNOWS[room]
    found = imported_rooms(source, DECLARATIONS.get(room, ()))
    return [other for other in found if other not in allowed]


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
    listed = "from vawg_geo.overlays.registry import overlays\n"
    what = "from vawg_geo.overlays.overlay import Overlay\n"
    computing = "from vawg_geo.overlays.services.gaps import gaps\n"
    audit = PACKAGE / "audit" / "files.py"
    assert [wrong_imports(audit, one) for one in (listed, what, computing)] == [
        [], ["overlays"], ["overlays"],
    ]  # fmt: skip
    assert wrong_imports(PACKAGE / "areas" / "tables.py", listed + what) == []
    assert wrong_imports(PACKAGE / "areas" / "tables.py", computing) == ["overlays"]
    assert wrong_imports(PACKAGE / "measures" / "rates" / "rates.py", listed) == ["overlays"]


def test_the_list_of_overlays_is_declarations():
    """Whoever asks for it computes nothing: no room but the ground and no library of figures.

    Seen to fail with `from vawg_geo.overlays.access.layer import access_part` at the head of
    `overlays/access/overlay.py`.
    """
    import subprocess
    import sys

    code = (
        "import sys\n"
        "from vawg_geo.overlays.registry import overlays, settings_of_overlays\n"
        "overlays(), settings_of_overlays()\n"
        "print(*sys.modules, sep='\\n')"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    modules = result.stdout.split()
    assert not {"pandas", "numpy", "geopandas", "scipy"} & set(modules)
    ours = [name.split(".") for name in modules if name.startswith("vawg_geo.")]
    assert {parts[1] for parts in ours} <= GROUND | {"overlays"}
    declared = {"overlay", "settings", "tables", "registry"}
    inner = {parts[-1] for parts in ours if parts[1] == "overlays" and len(parts) > 2}
    assert inner <= declared | {
        "access",
        "deprivation",
        "history",
        "profiles",
        "services",
        "standardised",
        "surfaces",
    }


def test_importing_the_package_imports_nothing_heavy():
    import subprocess
    import sys

    code = "import sys, vawg_geo.commands.main; print([m for m in ('pandas', 'numpy', 'folium') if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
