"""Names of files and folders that every system takes, Windows too."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import PurePath

__all__ = ["free_stem", "require_name"]

_WINDOWS: Final = os.name == "nt"
# Devices of Windows: no file may have such a name, whatever its case and ending.
_DEVICES: Final = re.compile(r"(con|nul|aux|prn|com[0-9¹²³]|lpt[0-9¹²³]) *(\..*)?", re.IGNORECASE)
_FORBIDDEN: Final = re.compile(r'[<>:"|?*\x00-\x1f]')


def require_name(path: PurePath) -> None:
    """Refuse on Windows a path that Windows would refuse, or quietly take for another.

    Elsewhere such a name is honest, and stays.

    Raises
    ------
    OutputError
        A folder or the file has the name of a device, a sign that no name may have, or ends in a
        dot or a blank.

    Examples
    --------
    >>> from pathlib import Path
    >>> require_name(Path("maps", "rates.csv"))
    """
    if not _WINDOWS:
        return
    for part in path.parts:
        if part in (path.anchor, ".", ".."):
            continue
        if _DEVICES.fullmatch(part):
            why = "is the name of a device"
        elif found := _FORBIDDEN.search(part):
            why = f"has {found[0]!r}, which no name may have"
        elif part.endswith((".", " ")):
            why = "ends in a dot or a blank, which Windows drops"
        else:
            continue
        msg = f"{path}: {part!r} {why} on Windows. Choose another name. Nothing was written."
        raise OutputError(msg)


def free_stem(stem: str, taken: Container[str]) -> str:
    """Name before the ending that is no device's and not taken; the same on every system.

    Parameters
    ----------
    stem : str
        In lower case, as `slug` makes it, so that names never differ in case alone.
    taken : container of str

    Examples
    --------
    >>> free_stem("newport", {"newport"}), free_stem("con", set()), free_stem("", set())
    ('newport-2', 'con-1', 'area')
    """
    stem = stem or "area"
    first = f"{stem}-1" if _DEVICES.fullmatch(stem) else stem
    number, name = 2, first
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name
