"""The README's two lines, as a new user pastes them."""

from __future__ import annotations

import subprocess
import sys

import pytest


def test_the_readmes_lines_are_found_as_they_stand(root):
    import clean_clone

    readme = (root / "README.md").read_text("utf-8")
    assert clean_clone.pasted(readme, "build").endswith("vawg-geo build")
    assert clean_clone.pasted(readme, "tests").endswith("-m pytest")
    with pytest.raises(ValueError, match="no line under the mark 'other'"):
        clean_clone.pasted(readme, "other")


@pytest.mark.promise
@pytest.mark.long
def test_the_first_line_in_a_clean_clone(root):
    """The README's first line, pasted into a clean clone, installs the package and builds the
    default. (`.ci/run` pastes the second.)
    """
    command = [sys.executable, str(root / "dev" / "clean_clone.py"), "--line", "build"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "build line: " in done.stdout
    assert "maps/public/index.html: there" in done.stdout
    assert "maps/partnership/index.html: there" in done.stdout
