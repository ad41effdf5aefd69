"""What is promised is said in words, and the list of it is whole."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.promises import first_sentence

TESTS = Path(__file__).resolve().parents[1]
MARK = "pytest.mark.promise"


def promises_in(source):
    """Name and first sentence of each test and class with the mark."""
    for node in ast.walk(ast.parse(source)):
        marks = [ast.unparse(mark) for mark in getattr(node, "decorator_list", [])]
        if MARK in marks:
            yield node.name, first_sentence(ast.get_docstring(node))


def faults(source):
    """What is wrong with the words of a file's promises."""
    for name, words in promises_in(source):
        if len(words.split()) < 5 or not words.endswith("."):
            yield f"{name}: its docstring does not begin with a sentence that says what is promised"
        if name[0] != "T" and not name.startswith("test_"):
            yield f"{name}: is no test"


@pytest.fixture(scope="module")
def sources():
    return {path: path.read_text("utf-8") for path in sorted(TESTS.rglob("test_*.py"))}


def test_each_promise_is_said_in_a_sentence(sources):
    found = [f"{path.name}: {fault}" for path, text in sources.items() for fault in faults(text)]
    assert found == []


def test_no_two_promises_have_the_same_words(sources):
    words = [said for text in sources.values() for _, said in promises_in(text)]
    assert len(words) > 60
    assert [said for said in words if words.count(said) > 1] == []


@pytest.mark.parametrize(
    "body", ["pass", '"""It works."""', '"""First thing that is said, without an end"""']
)
def test_words_that_promise_nothing_are_seen(body):
    assert list(faults(f"@{MARK}\ndef test_it():\n    {body}\n"))
    assert not list(faults(f"def test_it():\n    {body}\n"))


def test_a_promise_that_is_not_kept_is_told(root, tmp_path):
    """A run of its own, with the hooks that print the list: one kept, one broken, one skipped."""
    (tmp_path / "conftest.py").write_text("from tests.promises import *\n")
    (tmp_path / "test_it.py").write_text(
        f"import pytest\n"
        f"@{MARK}\ndef test_a():\n    'The first thing is kept. And more.'\n"
        f"@{MARK}\n@pytest.mark.parametrize('n', [1, 2])\n"
        f"def test_b(n):\n    'The second thing is broken.'\n    assert n == 1\n"
        f"@{MARK}\ndef test_c():\n    'The third thing is skipped.'\n    getattr(pytest, 'skip')('no reason')\n"
        f"def test_d():\n    'No promise.'\n"
        f"@{MARK}\nclass TestE:\n    'The fourth thing is kept by a class.'\n"
        f"    def test_e(self):\n        'Not these words.'\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        str(root / "pyproject.toml"),
        "--rootdir",
        str(tmp_path),
    ]
    done = subprocess.run([*command, "-n", "0", "-q", "-m", "promise", str(tmp_path)],
        cwd=root, capture_output=True, text=True, check=False)  # fmt: skip
    said = done.stdout
    assert done.returncode == 1
    assert "kept     The first thing is kept.\n" in said
    assert "NOT KEPT The second thing is broken.\n" in said
    assert "NOT KEPT The third thing is skipped.\n" in said
    assert "kept     The fourth thing is kept by a class.\n" in said
    assert "2 of 4 promises that were asked for are kept." in said
    listed = subprocess.run([*command, "-q", "-m", "promise", "--collect-only", str(tmp_path)],
        cwd=root, capture_output=True, text=True, check=False).stdout  # fmt: skip
    assert "The second thing is broken.\n" in listed
    assert "No promise" not in listed
