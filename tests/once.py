"""Folders that are filled once for all processes of a run."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Once:
    """Folders in a place that all processes see; each is for reading."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.given: dict[Path, str] = {}

    def folder(self, name: str, fill: Callable[[Path], None]) -> Path:
        """Give the folder of that name; whoever asks first fills it, others wait for that."""
        folder, whole = self.place / name, self.place / f"{name}.whole"
        with FileLock(self.place / f"{name}.lock"):
            if not whole.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                fill(folder)
                whole.write_text(_state(folder), "utf-8")
        self.given[folder] = whole.read_text("utf-8")
        return folder

    def changed(self) -> list[str]:
        """Names of folders whose files are others than they were when it was filled."""
        return [folder.name for folder, state in self.given.items() if _state(folder) != state]


def _state(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(f"{f} {f.stat().st_size} {f.stat().st_mtime_ns}\n" for f in files)
