"""The registry of embedded files: what each is, where it came from, and its checksum.

Each of the folders `data/` and `boundaries/` holds a `registry.toml` with one `[[file]]` table
per file. A wheel carries both folders inside the package; a checkout has them beside it.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from vawg_geo.errors import InputError

__all__ = ["RegisteredFile", "embedded_folder", "read_registry", "sha256_of", "verified_path"]


@dataclass(frozen=True, kw_only=True)
class RegisteredFile:
    """One embedded file and what is known of it.

    Attributes
    ----------
    name : str
        Short name, the catalogue's for boundaries (`wards-2015`).
    path : Path
        Where the file is.
    sha256 : str
        Checksum in hexadecimal.
    title, source, licence, attribution, vintage, done : str
        What it is; where it came from; under which licence; the words that the licence asks for;
        the date or period that it describes; what was done to it.
    facts : dict
        Anything else the registry says (for boundaries: level, rows, bounds, area in km2).
    """

    name: str
    path: Path
    sha256: str
    title: str
    source: str
    licence: str
    attribution: str
    vintage: str
    done: str
    facts: dict[str, Any] = field(default_factory=dict)


@cache
def embedded_folder(kind: str) -> Path:
    """Folder of the embedded default: `data` or `boundaries`.

    Raises
    ------
    InputError
        Neither the installed package nor a checkout has it.
    """
    package = Path(__file__).resolve().parents[2]
    for root in (package / "_default", package.parent):
        if (root / kind / "registry.toml").is_file():
            return root / kind
    msg = f"the embedded folder {kind!r} is not where it should be. Install the package again."
    raise InputError(msg)


def read_registry(folder: Path) -> dict[str, RegisteredFile]:
    """Read a folder's `registry.toml`.

    Parameters
    ----------
    folder : Path
        A folder with a `registry.toml`.

    Returns
    -------
    dict of str to RegisteredFile
        By name, in the registry's order.
    """
    tables = tomllib.loads((folder / "registry.toml").read_text("utf-8")).get("file", [])
    own = {"name", "sha256", "title", "source", "licence", "attribution", "vintage", "done"}
    return {
        table["name"]: RegisteredFile(
            path=folder / table["file"],
            facts={key: value for key, value in table.items() if key not in own | {"file"}},
            **{key: table[key] for key in own},
        )
        for table in tables
    }


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verified_path(entry: RegisteredFile) -> Path:
    """Path of a registered file whose bytes are those that were registered.

    Raises
    ------
    InputError
        The file is absent or its checksum differs.
    """
    if not entry.path.is_file():
        msg = f"{entry.path.name} is registered but absent. Install the package again."
        raise InputError(msg)
    if (found := sha256_of(entry.path)) != entry.sha256:
        msg = (
            f"{entry.path.name} is not the file that was registered: SHA-256 {found[:12]}..., "
            f"registered {entry.sha256[:12]}.... Restore it, or register it anew with its script."
        )
        raise InputError(msg)
    return entry.path
