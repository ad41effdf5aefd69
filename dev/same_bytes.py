"""Build the embedded default with two states of the package, and say which files differ.

    python dev/same_bytes.py --before HEAD~3
    python dev/same_bytes.py --before FOLDER --but '*/index.html' --but '*/report.*'

Every edition, with the report and all kinds of layers. `--before` is a commit, or a folder that was
built by this program (`--keep`). `--but` names files whose change is meant; they are listed, and do
not count. Exit code 1 where anything else differs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[1]
_OPTIONS: Final = (
    "--edition", "public", "--edition", "partnership", "--edition", "analyst",
    "--report", "--formats", "flatgeobuf,geoparquet,shapefile,filegdb", "--quiet",
)  # fmt: skip


def build_default(checkout: Path, out: Path) -> None:
    """Build everything that the package of a checkout makes of its embedded default."""
    with tempfile.TemporaryDirectory() as place:
        # The analyst's edition asks for a reason, which the embedded configuration does not give.
        config = Path(place) / "vawg.toml"
        text = (checkout / "data" / "vawg.toml").read_text("utf-8")
        config.write_text(text.replace("[editions]\n", '[editions]\nreason = "To compare."\n'))
        config.with_name("disclosure.key").write_text("0" * 64)
        subprocess.run(
            [sys.executable, "-m", "vawg_geo", "build", str(config), *_OPTIONS, "--out", str(out)],
            cwd=place,
            env=os.environ | {"PYTHONPATH": str(checkout)},
            check=True,
        )


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """Give a folder with the files of a commit."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "before"
        command = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*command, "add", "-q", "--detach", str(folder), commit], check=True)
        try:
            yield folder
        finally:
            subprocess.run([*command, "remove", "--force", str(folder)], check=True)


def files_of(folder: Path) -> dict[str, bytes]:
    """Contents by path below the folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def differences(before: dict[str, bytes], after: dict[str, bytes]) -> dict[str, str]:
    """What became of each file that is not the same: `gone`, `new`, or where the bytes part."""
    found = dict.fromkeys(before.keys() - after.keys(), "gone")
    found |= dict.fromkeys(after.keys() - before.keys(), "new")
    for name in before.keys() & after.keys():
        if before[name] != after[name]:
            found[name] = first_difference(before[name], after[name])
    return dict(sorted(found.items()))


def first_difference(before: bytes, after: bytes) -> str:
    """Place of the first byte that differs, and what stands there."""
    short = min(len(before), len(after))
    place = next((n for n in range(short) if before[n] != after[n]), short)
    start = max(0, place - 30)
    old, new = (text[start : place + 50].decode("utf-8", "replace") for text in (before, after))
    return f"from byte {place:,}: {old!r} -> {new!r}"


def main() -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--before", required=True, help="a commit, or a folder built before")
    parser.add_argument("--but", action="append", default=[], metavar="GLOB")
    parser.add_argument("--keep", type=Path, help="new folder that keeps what is built now")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        after = options.keep or Path(place) / "after"
        before = Path(options.before)
        if not before.is_dir():
            before = Path(place) / "built-before"
            with checked_out(options.before) as checkout:
                build_default(checkout, before)
        build_default(ROOT, after)
        old, new = files_of(before), files_of(after)
    found = differences(old, new)
    meant = {name for name in found if any(fnmatch(name, glob) for glob in options.but)}
    for name, words in found.items():
        print(f"{'meant ' if name in meant else 'DIFFERS '}{name}: {words}")
    same = sum(old[name] == new[name] for name in old.keys() & new.keys())
    print(
        f"{same:,} of {len(old):,} files are the same; "
        f"{len(meant)} differ as is meant, {len(found) - len(meant)} otherwise."
    )
    return 1 if len(found) > len(meant) else 0


if __name__ == "__main__":
    raise SystemExit(main())
