"""PowerShell lines of the README and the documentation, by the rules of Windows PowerShell 5.

No PowerShell is on the machines that test: these are rules of its syntax, each seen to fail on a
line of another shell.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.M | re.S)
RULES = {
    "no && or || before PowerShell 7": r"&&|\|\|",
    "no `export` or `source`": r"^\s*(?:export|source|\.)\s",
    "no variable set before a command": r"^\s*[A-Z_]+=\S",
    "no backslash at a line's end": r"\\\s*$",
    "no folder `bin` of an environment": r"\.venv[/\\]bin",
    "paths by backslash": r"(?:^|\s)(?!https?:)[\w.]+/[\w./-]+",
    "the environment's script ends in .ps1": r"Scripts\\activate\s*$",
    "variables as $env:NAME": r"\$(?!env:)\w+|%\w+%",
    "no heredoc, no /dev/null": r"<<|/dev/null",
    "Python is `py`, or the environment's": r"^\s*python3",
}


def broken(line):
    """Rules that a line breaks."""
    return [rule for rule, pattern in RULES.items() if re.search(pattern, line, re.I | re.M)]


def lines_of(kind):
    return [
        (page.name, line)
        for page in PAGES
        for found, text in BLOCK.findall(page.read_text("utf-8"))
        if found == kind
        for line in text.splitlines()
    ]


def test_every_line_keeps_the_rules():
    lines = lines_of("powershell")
    assert {"README.md", "index.md", "installing.md"} <= {page for page, _ in lines}
    assert [(page, line, broken(line)) for page, line in lines if broken(line)] == []


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("py -m venv .venv && .venv\\Scripts\\pip install .", "no && or || before PowerShell 7"),
        ("export VAWG_GEO_CACHE=x", "no `export` or `source`"),
        ("source .venv\\Scripts\\Activate.ps1", "no `export` or `source`"),
        ("VAWG_GEO_CACHE=x vawg-geo build", "no variable set before a command"),
        ("vawg-geo build \\", "no backslash at a line's end"),
        (".venv\\bin\\pip install .", "no folder `bin` of an environment"),
        ("vawg-geo build cardiff/vawg.toml", "paths by backslash"),
        (".venv\\Scripts\\activate", "the environment's script ends in .ps1"),
        ("cd $HOME", "variables as $env:NAME"),
        ("cd %USERPROFILE%", "variables as $env:NAME"),
        ("vawg-geo build > /dev/null", "no heredoc, no /dev/null"),
        ("python3 -m venv .venv", "Python is `py`, or the environment's"),
    ],
)
def test_a_line_of_another_shell_is_noticed(line, rule):
    assert rule in broken(line)


def test_the_lines_for_both_shells_do_the_same():
    """The README's set-up in PowerShell is its line for Unix, a step at a time."""
    text = (ROOT / "README.md").read_text("utf-8")
    unix = re.search(r"<!-- build -->\n```sh\n(.+)\n", text)[1].split(" && ")
    windows = re.search(r"```powershell\n(.*?)```", text, re.S)[1].splitlines()
    said = [
        line.replace("py -m", "python3 -m").replace(".venv\\Scripts\\", ".venv/bin/")
        .replace("python -m pip", "pip")
        for line in windows
    ]  # fmt: skip
    assert said == unix
