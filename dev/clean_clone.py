"""The README's two lines, pasted as they stand into a clean clone, and timed.

    python dev/clean_clone.py [--line build --line tests]

The clone has what is committed and nothing else, no data folder beside it, and pip gets no cache.
Prints what each line took; exit code 1 where one fails. Minutes.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

__all__ = ["main", "pasted", "run"]

ROOT: Final = Path(__file__).resolve().parents[1]
LINES: Final = ("build", "tests")
# What would make the clone's environment another than that of a new user.
_NOT_HERS: Final = ("CI", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_CACHE_DIR")


def pasted(readme: str, name: str) -> str:
    r"""Find the line under the README's mark of that name.

    Raises
    ------
    ValueError
        There is none.

    Examples
    --------
    >>> pasted("<!-- build -->\n```sh\nmake it\n```\n", "build")
    'make it'
    """
    found = re.search(rf"^<!-- {name} -->\n```sh\n(.+)\n```$", readme, re.M)
    if found is None:
        msg = f"the README has no line under the mark {name!r}"
        raise ValueError(msg)
    return found[1]


def run(name: str, clone: Path, cache: Path) -> bool:
    """Paste one line into a shell, and print what it took; gives whether it ended well."""
    line = pasted((clone / "README.md").read_text("utf-8"), name)
    environment = {key: value for key, value in os.environ.items() if key not in _NOT_HERS}
    environment |= {"PIP_NO_CACHE_DIR": "1", "VAWG_GEO_CACHE": str(cache)}
    print(f"$ {line}", flush=True)
    start = time.perf_counter()
    done = subprocess.run(
        ["/bin/bash", "-c", line], cwd=clone, env=environment, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )  # fmt: skip
    taken = time.perf_counter() - start
    rows = done.stdout.strip().splitlines()
    print("\n".join(rows[-5 if done.returncode == 0 else -40 :]))
    print(f"{name} line: {taken:.1f} s, exit code {done.returncode}", flush=True)
    return done.returncode == 0


def main() -> int:
    """Clone, paste, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--line", action="append", choices=LINES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clone-") as folder:
        clone = Path(folder, "main")
        git = shutil.which("git") or "git"
        subprocess.run([git, "clone", "-q", str(ROOT), str(clone)], check=True)
        held = [run(name, clone, Path(folder, "cache")) for name in options.line or LINES]
        for edition in ("public", "partnership"):
            if "build" in (options.line or LINES):
                page = clone / "maps" / edition / "index.html"
                held.append(page.is_file())
                print(f"{page.relative_to(clone)}: {'there' if held[-1] else 'absent'}")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
