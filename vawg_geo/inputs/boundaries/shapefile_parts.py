"""The two small parts of a Shapefile that readers guess at: its system and its encoding."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import BoundaryError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["inspect_encoding", "require_whole_system"]

# Code pages that a .cpg may name: those of DOS, Windows, the Macintosh, ISO 8859-1 and -15, UTF-8.
_PAGES: Final = {
    *(437, 708, 720, 737, 775, 850, 852, 855, 857, 858, *range(860, 867), 869, 874),
    *(932, 936, 949, 950, *range(1250, 1259), 10000, 28591, 28605, 65001, 88591, 885915),
}
_KNOWN: Final = re.compile(
    r"UTF-?8|(?:US-)?ASCII|ISO[ _-]?8859[-_ ]?(?:1[0-6]?|[2-9])|8859_?(?:1[0-6]?|[2-9])"
    r"|LDID/\d{1,3}|(?:(?:ANSI|OEM|CP|WINDOWS)[ _-]?)?(?P<page>\d+)",
    re.IGNORECASE,
)
_UTF8: Final = re.compile(r"UTF-?8|(?:CP)?65001|(?:US-)?ASCII", re.IGNORECASE)


def require_whole_system(path: Path) -> None:
    """Refuse a `.prj` that was cut short.

    Parameters
    ----------
    path : Path
        The `.prj`: one definition in well-known text, whose brackets and quotes close.

    Raises
    ------
    BoundaryError
        It is empty, no text, or does not end where it should.
    """
    text = path.read_bytes().decode("utf-8-sig", errors="replace").strip().strip("\0")
    depth, quoted = 0, False
    for sign in text:
        quoted ^= sign == '"'
        depth += 0 if quoted else (sign in "[(") - (sign in "])")
    if not text or depth or quoted or not re.match(r"[A-Za-z_]+\s*[\[(]", text):
        msg = (
            f"{path.name} is damaged or cut short: it is no whole definition of a coordinate "
            "reference system. Copy it again, or give crs= if you know it."
        )
        raise BoundaryError(msg)


def inspect_encoding(files: Mapping[str, Path], label: str) -> list[str]:
    """Say how text is read where that is not plain, and refuse what would be a guess.

    Parameters
    ----------
    files : mapping of str to Path
        Parts by ending; `.dbf` is among them.
    label : str
        What to call the Shapefile.

    Returns
    -------
    list of str
        Notes.

    Raises
    ------
    BoundaryError
        The `.cpg` names no encoding; or there is none, the `.dbf` says nothing either, and has
        letters beyond ASCII.
    """
    table = files[".dbf"].read_bytes()
    width, language = struct.unpack("<H", table[8:10])[0], table[29]
    foreign = not table[width:].isascii()
    stated = files.get(".cpg")
    if stated is not None:
        name = stated.read_bytes().decode("latin-1").strip().strip("\0")
        found = _KNOWN.fullmatch(name)
        if found is None or (found["page"] and int(found["page"]) not in _PAGES):
            msg = (
                f"{stated.name} names no known encoding ({name[:20]!r}): it is damaged or cut "
                "short. Copy it again, or write the encoding into it, as UTF-8."
            )
            raise BoundaryError(msg)
        plain = _UTF8.fullmatch(name) or not foreign
        return [] if plain else [f"text of {label} is read as {name}, as {stated.name} says"]
    if foreign and not language:
        msg = (
            f"{label} has letters beyond ASCII, and nothing says in which encoding: its .cpg is "
            "absent. Copy all files of the Shapefile together, or write the encoding (mostly "
            f"UTF-8 or 1252) into {files['.dbf'].stem}.cpg."
        )
        raise BoundaryError(msg)
    how = "its .dbf says the encoding" if language else "its text is plain ASCII"
    return [f"{label} has no .cpg; {how}"]
