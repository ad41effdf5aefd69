"""Functions are short, and many options in a row are named; modules import in no circle."""

from __future__ import annotations

import ast
import graphlib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "vawg_geo"
MODULES = {path: path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
MOST_LINES = 60
MOST_IN_A_ROW = 4


def functions_in(source):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]


def lines_of(function):
    """How long a function is without its docstring."""
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function, clean=False) is not None:
        text = function.body[0]
        lines -= text.end_lineno - text.lineno + 1
    return lines


def in_a_row(function):
    """Parameters that a caller may give by their places alone."""
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    return [name for name in names if name not in ("self", "cls")]


def too_long(source):
    return [f.name for f in functions_in(source) if lines_of(f) > MOST_LINES]


def too_many_in_a_row(source):
    return [f.name for f in functions_in(source) if len(in_a_row(f)) > MOST_IN_A_ROW]


def faults(check):
    return {
        str(path.relative_to(PACKAGE)): names
        for path, source in MODULES.items()
        if (names := check(source))
    }


def test_functions_are_short():
    assert faults(too_long) == {}


def test_five_parameters_in_a_row_are_named():
    assert faults(too_many_in_a_row) == {}


def test_the_checks_of_functions_can_fail():
    body = "\n".join(["    pass"] * MOST_LINES)
    assert too_long(f'def long():\n    """Words.\n\n    And more."""\n{body}\n') == ["long"]
    assert too_long(f'def fits():\n    """Words.\n\n    And more."""\n{body[:-9]}\n') == []
    assert too_many_in_a_row("class A:\n    def many(self, a, b, c, d, e): ...") == ["many"]
    assert too_many_in_a_row("def named(a, b, c, d, *, e): ...") == []


def module_name(path):
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(source):
    """Modules that a module names at its own level, for type checkers only or not."""
    tree = ast.parse(source)
    of_functions = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if id(node) in of_functions:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def require_no_circle(sources):
    """Raise `CycleError`, which names the modules, where some import each other in a circle."""
    arrows = {name: set(imports_of(source)) & set(sources) for name, source in sources.items()}
    graphlib.TopologicalSorter(arrows).prepare()


def test_modules_import_in_no_circle():
    # The front door imports by name, when it is asked, and so is no part of a circle.
    sources = {module_name(path): source for path, source in MODULES.items()}
    sources.pop("vawg_geo")
    require_no_circle(sources)


def test_the_check_of_circles_can_fail():
    for_types = "if TYPE_CHECKING:\n    from a import A\n"
    with pytest.raises(graphlib.CycleError):
        require_no_circle({"a": "from b import B\n", "b": for_types})
    require_no_circle({"a": "from b import B\n", "b": "def later():\n    from a import A\n"})
