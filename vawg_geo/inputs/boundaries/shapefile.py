"""Is a Shapefile whole? Its parts, their lengths and counts, its system and its encoding.

GDAL reads one that was cut short without a word, and guesses at a system or an encoding.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, BinaryIO, Final

from vawg_geo.errors import BoundaryError, problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["AGAIN", "cut_short", "inspect_encoding", "inspect_shapefile", "require_whole_system"]

AGAIN: Final = "Fetch or export it again."

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


def cut_short(label: str, detail: str) -> BoundaryError:
    """The error for a file that is not whole, to be raised."""
    return BoundaryError(f"{label} is damaged or cut short: {detail}. {AGAIN}")


# Shapefile: https://www.esri.com/content/dam/esrisites/sitecore-archive/Files/Pdfs/library/whitepapers/pdfs/shapefile.pdf


def inspect_shapefile(path: Path, *, label: str, need_prj: bool) -> tuple[int, list[str]]:
    """Refuse a Shapefile whose parts are not all there and whole.

    Parameters
    ----------
    path : Path
        The `.shp`.
    label : str
        What to call it in messages.
    need_prj : bool
        Whether it must bring its `.prj`.

    Returns
    -------
    (int, list of str)
        Rows that it says it has, and what a person should know.

    Raises
    ------
    BoundaryError
        A part is absent, cut short or damaged, or the parts do not fit each other.
    """
    files = _sidecars(path, label, need_prj=need_prj)
    shx, dbf = files[".shx"], files[".dbf"]
    _require_length(path, label)
    _require_length(shx, shx.name)
    index = shx.read_bytes()[100:]
    if len(index) % 8:
        raise cut_short(shx.name, "its index ends in the middle of an entry")
    entries = list(struct.iter_unpack(">ii", index))
    size = path.stat().st_size
    if (stated := sum(2 * words for _, words in entries)) > size:
        msg = (
            f"{label}: its index names {stated:,} bytes of outlines, more than the {size:,} that "
            f"it has: several records share their bytes. The file is damaged. {AGAIN}"
        )
        raise BoundaryError(msg)
    with path.open("rb") as shp:
        faults = [
            (row, fault)
            for row, (offset, words) in enumerate(entries, start=1)
            if (fault := _record_fault(shp, size, offset * 2, words * 2))
        ]
    if faults:
        row, fault = faults[0]
        msg = problem(
            "cannot be found whole",
            bad=len(faults),
            total=len(entries),
            noun=f"records of {label}",
            first=f"record {row} {fault}",
            action=f"The file is damaged. {AGAIN}",
        )
        raise BoundaryError(msg)
    rows, notes = _inspect_dbf(dbf)
    if rows != len(entries):
        msg = (
            f"{label} has {len(entries):,} outlines and {dbf.name} has {rows:,} rows: they do not "
            f"belong together, or one is cut short. {AGAIN}"
        )
        raise BoundaryError(msg)
    if need_prj:
        require_whole_system(files[".prj"])
    return rows, [*notes, *inspect_encoding(files, label)]


def _sidecars(path: Path, label: str, *, need_prj: bool) -> dict[str, Path]:
    beside = {file.suffix.lower(): file for file in path.parent.iterdir() if file.stem == path.stem}
    wanted = [".shx", ".dbf", *([".prj"] if need_prj else [])]
    if absent := [suffix for suffix in wanted if suffix not in beside]:
        names = " and ".join(path.stem + suffix for suffix in absent)
        hint = (
            " A missing .prj can be replaced by crs=, if you know it." if ".prj" in absent else ""
        )
        msg = f"{label} lacks {names} beside it. Copy all files of the Shapefile together.{hint}"
        raise BoundaryError(msg)
    return beside


def _require_length(path: Path, label: str) -> None:
    """Compare the length that a .shp or .shx states, in 16-bit words, with the file's."""
    with path.open("rb") as stream:
        header = stream.read(100)
    size = path.stat().st_size
    if len(header) < 100:
        raise cut_short(label, f"{size:,} bytes are less than its header")
    magic, words = struct.unpack(">i20xi", header[:28])
    if magic != 9994:
        msg = f"{label} is not a Shapefile, whatever its name says. {AGAIN}"
        raise BoundaryError(msg)
    if words * 2 != size:
        raise cut_short(label, f"it states {words * 2:,} bytes and has {size:,}")


def _record_fault(shp: BinaryIO, size: int, offset: int, length: int) -> str | None:
    """Say what is wrong with the record that the index points at, or None."""
    if offset < 100 or length < 4 or offset + 8 + length > size:
        return "lies outside the file"
    shp.seek(offset)
    head = shp.read(8 + min(length, 44))
    if struct.unpack(">i", head[4:8])[0] * 2 != length:
        return "has another length than the index says"
    kind = struct.unpack("<i", head[8:12])[0]
    if kind in (5, 15, 25):
        if len(head) < 52:
            return "is too short for a polygon"
        parts, points = struct.unpack("<ii", head[44:52])
        # Z and M arrays follow the points; only the part that every polygon has is required.
        if parts < 0 or points < 0 or 44 + 4 * parts + 16 * points > length:
            return "counts more points than it holds"
    return None


def _inspect_dbf(path: Path) -> tuple[int, list[str]]:
    with path.open("rb") as stream:
        header = stream.read(32)
    size = path.stat().st_size
    if len(header) < 32:
        raise cut_short(path.name, f"{size:,} bytes are less than its header")
    rows, head, width = struct.unpack("<IHH", header[4:12])
    if head < 33 or width < 1:
        raise cut_short(path.name, "its header makes no sense")
    # The end mark (one byte) is left off by some programs; nothing is lost with it.
    if size < head + rows * width:
        raise cut_short(
            path.name, f"it states {rows:,} rows, {head + rows * width:,} bytes, and has {size:,}"
        )
    whole = size > head + rows * width
    return int(rows), [] if whole else [f"{path.name} has all its rows, but no end mark"]


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
