"""Measure how the code is laid out: modules, folders, circles of imports, lines.

python dev/measure_house.py            # this checkout
python dev/measure_house.py FOLDER...  # others beside it, a column for each
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT: Final = Path(__file__).resolve().parents[1]
_NO_CODE: Final = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}
# Calls that give a file its last name, or that seek the nearest of names.
_WHOLE: Final = re.compile(
    r"os\.replace\(|\.replace\((?:path|target|final|last|place)\)|os\.link\("
)
_ANY: Final = re.compile(r"\bAny\b")
_NEAREST: Final = re.compile(r"get_close_matches\(|SequenceMatcher\(")


def tracked(folder: Path, *patterns: str) -> list[Path]:
    """Files that git knows and that are there."""
    command = ["git", "-C", str(folder), "ls-files", *patterns]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [folder / name for name in listed.splitlines() if (folder / name).is_file()]


def code_lines(source: str) -> int:
    r"""Lines with code on them: no docstring, no comment, no blank line.

    >>> code_lines('"Words."\n\nx = 1  # why\n')
    1
    """
    documented = docstring_lines(source)
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - documented)


def docstring_lines(source: str) -> set[int]:
    """Numbers of the lines of docstrings."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None:
            text = node.body[0]
            found.update(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    return found


def module_name(path: Path, folder: Path) -> str:
    """Dotted name of a module."""
    parts = path.relative_to(folder).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(source: str, names: set[str]) -> Iterator[str]:
    """Modules of the package that a module imports, at whatever place in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name for name in inner if name in names)
            if node.module in names and not all(name in names for name in inner):
                yield node.module


def circles(arrows: dict[str, set[str]]) -> list[set[str]]:
    """Sets of modules that reach each other by their imports.

    >>> circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [{"a", "b", "c"}]
    True
    """
    reach = {name: _reached(name, arrows) for name in arrows}
    seen: set[str] = set()
    found = []
    for name in arrows:
        if name in seen:
            continue
        circle = {other for other in reach[name] if name in reach.get(other, set())}
        if circle - {name}:
            found.append(circle | {name})
            seen |= circle
    return found


def _reached(start: str, arrows: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = list(arrows[start])
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += arrows.get(name, ())
    return reached


def folder_sizes(paths: Iterable[Path], top: Path) -> Counter[Path]:
    """How many names each folder has, subfolders among them."""
    names = {
        part
        for path in paths
        for part in (path, *path.parents)
        if top in part.parents and part.name != "__init__.py"
    }
    return Counter(name.parent for name in names)


def _total(sources: dict[Path, str], count: Callable[[str], int]) -> int:
    return sum(count(text) for text in sources.values())


def measure(folder: Path) -> dict[str, str]:
    """All figures of a checkout, by what they are."""
    package = folder / "vawg_geo"
    sources = {path: path.read_text("utf-8") for path in tracked(folder, "*.py")}
    own = {path: text for path, text in sources.items() if package in path.parents}
    names = {module_name(path, folder) for path in own}
    # The front door imports by name when it is asked, and so is no part of a circle.
    arrows = {
        module_name(path, folder): set(imported(text, names)) - {"vawg_geo"}
        for path, text in own.items()
        if path != package / "__init__.py"
    }
    round_trips = circles(arrows)
    sizes = folder_sizes(own, package)
    largest, number = sizes.most_common(1)[0]
    root = [path.name for path in own if path.parent == package]
    rest = {path: text for path, text in sources.items() if path not in own}
    return {
        "modules": f"{len(own)}",
        "files at the root": f"{len(root)}",
        "rooms": f"{len({path.relative_to(package).parts[0] for path in own})}",
        "largest folder": f"{number} ({largest.relative_to(folder)})",
        "circles of imports": f"{len(round_trips)} ({sum(map(len, round_trips))} modules)",
        "fmt: skip in the package": f"{_total(own, lambda text: text.count('# fmt: skip'))}",
        "Any in the package": f"{_total(own, lambda text: len(_ANY.findall(text)))}",
        "lines of code, package": f"{_total(own, code_lines):,}",
        "lines of code, the rest": f"{_total(rest, code_lines):,}",
        "lines of code, all": f"{_total(sources, code_lines):,}",
        "places that seek the nearest name": f"{_total(own, lambda t: len(_NEAREST.findall(t)))}",
        "places that give a file its name": f"{_total(own, lambda t: len(_WHOLE.findall(t)))}",
    }


def main() -> int:
    """Print the table."""
    folders = [Path(name).resolve() for name in sys.argv[1:]] or [ROOT]
    columns = [measure(folder) for folder in folders]
    width = max(map(len, columns[0]))
    for what in columns[0]:
        print(what.ljust(width), *(column[what].rjust(24) for column in columns))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
