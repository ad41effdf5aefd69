"""A clone whose Git changes line ends, as Git for Windows does unless told otherwise.

Seen to fail without `.gitattributes`: the checksums of the data were others, and nothing was built.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def clone(root, absent, tmp_path_factory):
    """A clone as on Windows; of what is committed."""
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():
        absent("no clone to make another of")
    place = tmp_path_factory.mktemp("clone") / "main"
    command = [git, "clone", "-q", "-c", "core.autocrlf=true", str(root), str(place)]
    subprocess.run(command, check=True)
    return place


def test_no_line_end_changes(clone):
    listed = subprocess.run(
        ["git", "ls-files", "--eol"], cwd=clone, check=True, capture_output=True, text=True
    ).stdout
    lines = [line.split(None, 3) for line in listed.splitlines()]
    assert len(lines) > 900
    assert [name for _, work, *_, name in lines if work in {"w/crlf", "w/mixed"}] == []


@pytest.mark.promise
@pytest.mark.long
def test_a_clone_with_windows_line_ends_builds_the_same_bytes(clone, default_build, tmp_path):
    """A clone made with `core.autocrlf=true` builds the default with the same bytes."""
    out = tmp_path / "maps"
    done = subprocess.run(
        [sys.executable, "-m", "vawg_geo", "build", "--quiet", "--out", str(out)],
        cwd=clone,
        env=os.environ | {"PYTHONPATH": str(clone)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name, folder in default_build.folders.items():
        files = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
        made = out / name
        assert sorted(p.relative_to(made) for p in made.rglob("*") if p.is_file()) == files
        assert [f for f in files if (made / f).read_bytes() != (folder / f).read_bytes()] == []
