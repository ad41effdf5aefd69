"""Build under one release of SQLite, audit under another, and the other way round.

    pip install --target /tmp/other pysqlite3-binary
    python dev/two_sqlites.py --other /tmp/other [--python PYTHON] [CONFIG]

The other release is that of `pysqlite3` in the folder that is named; it takes the place of Python's
own in a process of its own. With `--python` that process is of another Python too, which needs the
package's requirements. Exits with 0 where both audits of both editions find nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["Side", "main"]

_ROOT: Final = Path(__file__).resolve().parents[1]
_EDITIONS: Final = ("public", "partnership")
_START: Final = """
import sys
site = sys.argv.pop(1)
if site:
    import sqlite3 as own
    sys.path.append(site)
    import pysqlite3
    # What it lacks of Python's own: limits, which change no byte, and some names of errors.
    class Connection(pysqlite3.Connection):
        def setlimit(self, *_):
            return 0
    connect = pysqlite3.connect
    pysqlite3.connect = lambda *a, **k: connect(*a, **{"factory": Connection, **k})
    for name in dir(own):
        if name.startswith("SQLITE_") and not hasattr(pysqlite3, name):
            setattr(pysqlite3, name, getattr(own, name))
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
import sqlite3
print(f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}", flush=True)
if len(sys.argv) > 1:
    from vawg_geo.commands.main import main
    sys.exit(main())
"""


class Side(NamedTuple):
    """A Python, and the folder with another release of SQLite; empty for Python's own."""

    python: str
    site: str

    def run(self, *arguments: str) -> tuple[int, list[str]]:
        """Exit code and lines of `vawg-geo` with these arguments; the first names the release."""
        done = subprocess.run(
            [self.python, "-c", _START, self.site, *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
            check=False,
        )
        return done.returncode, [*done.stdout.splitlines(), *done.stderr.splitlines()]


def main() -> int:
    """Build with each, audit with the other."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--other", default="", help="folder that has pysqlite3")
    parser.add_argument("--python", default=sys.executable, help="Python of the other side")
    parser.add_argument("config", nargs="?", help="a vawg.toml; by default the embedded one")
    options = parser.parse_args()
    sides = [Side(sys.executable, ""), Side(options.python, options.other)]
    names = [side.run()[1][0] for side in sides]
    if names[0] == names[1]:
        sys.exit(f"both are {names[0]}: name another release with --other.")
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for builder, auditor in ((0, 1), (1, 0)):
            out = Path(folder, str(builder))
            config = [options.config] if options.config else []
            code, lines = sides[builder].run("build", *config, "--out", str(out))
            print(f"built under {names[builder]}: exit {code}")
            wrong += bool(code)
            if code:
                print(*lines[-2:], sep="\n")
                continue
            for edition in _EDITIONS:
                code, lines = sides[auditor].run("audit", str(out / edition))
                wrong += bool(code)
                print(f"  {edition}, audited under {names[auditor]}: {lines[1]}")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
