"""Whether every pinned dependency comes as a wheel, wherever the package is to be installed.

    python dev/check_wheels.py [--lock requirements.lock] [--out docs/wheels.csv] [--uv uv]

Asks the package index, by `uv`, of each Python and platform whether all that the lock pins there
can be had with nothing built from source. Prints a row for each, writes them as the table that
`docs/installing.md` shows; exit code 1 where a wheel is missing. A minute, with a network.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from packaging.markers import Marker

__all__ = ["main", "missing", "pins"]

ROOT: Final = Path(__file__).resolve().parents[1]
PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
# What readers call it, uv's name of it, and what its Python says of itself (for markers).
PLATFORMS: Final = {
    "Windows x64": (
        "x86_64-pc-windows-msvc",
        {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows",
         "platform_machine": "AMD64"},
    ),
    "macOS 14 arm64": (
        "aarch64-apple-darwin",
        {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin",
         "platform_machine": "arm64"},
    ),
    "Linux x64": (
        "x86_64-manylinux_2_28",
        {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux",
         "platform_machine": "x86_64"},
    ),
    "Linux arm64": (
        "aarch64-manylinux_2_28",
        {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux",
         "platform_machine": "aarch64"},
    ),
}  # fmt: skip
# The oldest macOS that all wheels are for.
_MACOS: Final = "14.0"
_PIN: Final = re.compile(r"^([\w.-]+)==([^\s;]+)(?:\s*;\s*(.+))?$", re.M)
_NO_WHEEL: Final = re.compile(r"([\w.-]+?)(?:\{[^}]*\})?==\S+ has no (?:usable )?wheels")


def pins(lock: str, *, python: str, platform: str) -> list[str]:
    r"""Names of what a lock pins for one Python on one platform.

    Parameters
    ----------
    lock : str
        Text of the lock.
    python, platform : str
        One of `PYTHONS` and a key of `PLATFORMS`.

    Examples
    --------
    >>> lock = "numpy==2.4.6\ncolorama==0.4.6 ; sys_platform == 'win32'\n    # via build\n"
    >>> pins(lock, python="3.12", platform="Windows x64")
    ['numpy', 'colorama']
    >>> pins(lock, python="3.12", platform="Linux x64")
    ['numpy']
    """
    here = PLATFORMS[platform][1] | {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    return [
        name
        for name, _, marker in _PIN.findall(lock)
        if not marker or Marker(marker).evaluate(environment=dict(here))
    ]


def missing(lock: str, *, python: str, platform: str, uv: str) -> list[str]:
    """Names of pinned dependencies that the index has no wheel of, in the order of asking.

    Raises
    ------
    RuntimeError
        The index could not be asked.
    """
    names: list[str] = []
    command = [
        uv, "pip", "compile", "--quiet", "--no-deps", "--only-binary", ":all:", "--no-header",
        "--python-platform", PLATFORMS[platform][0], "--python-version", python,
    ]  # fmt: skip
    environment = os.environ | {"MACOSX_DEPLOYMENT_TARGET": _MACOS}
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder, "asked.txt")
        while True:
            kept = [m[0] for m in _PIN.finditer(lock) if m[1] not in names]
            asked.write_text("\n".join(kept) + "\n", "utf-8")
            done = subprocess.run(
                [*command, str(asked), "-o", str(Path(folder, "had.txt"))],
                check=False, capture_output=True, text=True, env=environment,
            )  # fmt: skip
            if done.returncode == 0:
                return names
            found = _NO_WHEEL.search(" ".join(done.stderr.split()))
            if found is None or found[1] in names:
                msg = f"the index could not be asked of {platform}, Python {python}: {done.stderr}"
                raise RuntimeError(msg)
            # One that has none hides the others.
            names.append(found[1])


def main() -> int:
    """Ask, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lock", type=Path, default=ROOT / "requirements.lock")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "wheels.csv")
    parser.add_argument("--uv", default="uv")
    options = parser.parse_args()
    lock = options.lock.read_text("utf-8")
    rows = []
    for platform in PLATFORMS:
        for python in PYTHONS:
            names = missing(lock, python=python, platform=platform, uv=options.uv)
            pinned = len(pins(lock, python=python, platform=platform))
            rows.append([platform, python, pinned, pinned - len(names), " ".join(names)])
            print(*rows[-1], sep="  ", flush=True)
    with options.out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["platform", "python", "pinned", "as_wheels", "without_a_wheel"])
        writer.writerows(rows)
    return 1 if any(row[-1] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
