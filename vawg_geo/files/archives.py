"""Unpacking somebody's zip without letting it write elsewhere, fill the disk or hide anything."""

from __future__ import annotations

import re
import stat
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import BoundaryError, problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["find_shapefile", "open_archive"]

_CHUNK: Final = 1 << 16
# Below this a high ratio harms nobody: attribute tables padded with blanks shrink a lot.
_RATIO_MATTERS_FROM: Final = 1 << 20
_NESTED: Final = {".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".zst"}
_DRIVE: Final = re.compile(r"[A-Za-z]:")


def _is_clutter(name: str) -> bool:
    """Whether a member is a desktop's own note about a file and no file of the sender's."""
    parts = PurePosixPath(name).parts
    return bool(parts) and (parts[0] == "__MACOSX" or parts[-1].startswith("._"))


def _unsafe_reason(info: zipfile.ZipInfo) -> str | None:
    """Why a member may not be unpacked, or None."""
    # The name as stored: the reader cuts it at a NUL and rewrites separators on some systems.
    name = info.orig_filename
    kind = stat.S_IFMT(info.external_attr >> 16)
    faults = {
        "have no usable name": not name or "\0" in name,
        "have an absolute path": name.startswith(("/", "\\")) or bool(_DRIVE.match(name)),
        "have a backslash in their path": "\\" in name,
        "lead out of the archive's own folder": ".." in PurePosixPath(name).parts,
        "are links or devices and not files": kind not in (0, stat.S_IFREG, stat.S_IFDIR),
        "are encrypted": bool(info.flag_bits & 0x1),
    }
    return next((fault for fault, found in faults.items() if found), None)


def _validate_members(
    members: Sequence[zipfile.ZipInfo], label: str, *, max_bytes: int, max_ratio: float
) -> None:
    """Refuse what the archive's own list of members already gives away."""
    noun = f"files in {label}"
    reasons = [_unsafe_reason(info) for info in members]
    bad = [(info, reason) for info, reason in zip(members, reasons, strict=True) if reason]
    if bad:
        info, reason = bad[0]
        same = sum(other == reason for _, other in bad)
        msg = problem(
            reason or "",
            bad=same,
            total=len(members),
            noun=noun,
            first=repr(info.orig_filename),
            action="Nothing was unpacked; ask for a plain zip of the boundary files.",
        )
        raise BoundaryError(msg)
    seen: set[str] = set()
    twice = []
    for info in members:
        # Case does not tell files apart on every system.
        key = info.filename.rstrip("/").casefold()
        if key in seen:
            twice.append(info.filename)
        seen.add(key)
    if twice:
        msg = problem(
            "have a name that another one has",
            bad=len(twice),
            total=len(members),
            noun=noun,
            first=repr(twice[0]),
            action="Which one is meant cannot be known; zip them again.",
        )
        raise BoundaryError(msg)
    _validate_sizes(members, label, max_bytes=max_bytes, max_ratio=max_ratio)


def _validate_sizes(
    members: Sequence[zipfile.ZipInfo], label: str, *, max_bytes: int, max_ratio: float
) -> None:
    """Refuse an archive that announces too much, in all or for what it weighs."""
    total = sum(info.file_size for info in members)
    packed = max(1, sum(info.compress_size for info in members))
    if total > max_bytes:
        msg = (
            f"{label} would unpack to {total:,} bytes, more than the {max_bytes:,} allowed. "
            "Unpack it by hand if you trust it, and give the .shp."
        )
        raise BoundaryError(msg)
    if total > _RATIO_MATTERS_FROM and total / packed > max_ratio:
        msg = (
            f"{label} would unpack to {total / packed:,.0f} times its size ({total:,} bytes), more "
            f"than the {max_ratio:g} times allowed: it looks like a zip bomb. Unpack it by hand if "
            "you trust it, and give the .shp."
        )
        raise BoundaryError(msg)


def _unpack(
    archive: zipfile.ZipFile,
    members: Sequence[zipfile.ZipInfo],
    folder: Path,
    label: str,
    *,
    max_bytes: int,
) -> None:
    """Write members below a folder, counting the bytes that really come out."""
    written = 0
    for info in members:
        target = folder.joinpath(*PurePosixPath(info.filename).parts)
        if not target.resolve().is_relative_to(folder.resolve()):
            msg = (
                f"{label}: {info.filename!r} leads out of the archive's own folder. Ask for a "
                "plain zip."
            )
            raise BoundaryError(msg)
        if info.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as packed, target.open("xb") as unpacked:
            while chunk := packed.read(_CHUNK):
                written += len(chunk)
                if written > max_bytes:
                    msg = (
                        f"{label} unpacks to more than the {max_bytes:,} bytes allowed: it looks "
                        "like a zip bomb. Unpack it by hand if you trust it, and give the .shp."
                    )
                    raise BoundaryError(msg)
                unpacked.write(chunk)
        if target.stat().st_size != info.file_size:
            msg = (
                f"{label}: {info.filename!r} is {target.stat().st_size:,} bytes long and should be "
                f"{info.file_size:,}. The zip is damaged; fetch it again."
            )
            raise BoundaryError(msg)


@contextmanager
def open_archive(
    path: Path,
    *,
    max_bytes: int = 1 << 30,
    max_ratio: float = 100.0,
    max_files: int = 500,
) -> Iterator[Path]:
    """Unpack a zip into a temporary folder that is removed afterwards.

    Archives inside the archive are left packed and unread. Everything is judged from the list of
    members before the first byte is written, and counted again while it is written.

    Parameters
    ----------
    path : Path
        A zip file.
    max_bytes : int
        Most bytes that may come out, in all.
    max_ratio : float
        Most bytes that may come out for each byte that is packed.
    max_files : int
        Most members.

    Yields
    ------
    Path
        The folder with the unpacked files.

    Raises
    ------
    BoundaryError
        The zip is damaged, or a member's path is absolute or leads out of the folder, is a link,
        is encrypted or named twice, or there is too much of it.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "bad.zip")
    ...     with zipfile.ZipFile(path, "w") as archive:
    ...         archive.writestr("../wards.shp", b"")
    ...     with open_archive(path) as unpacked:
    ...         pass
    Traceback (most recent call last):
    ...
    vawg_geo.errors.BoundaryError: 1 of 1 files in bad.zip lead out of the archive's own folder; ...
    """
    label = path.name
    with tempfile.TemporaryDirectory(prefix="vawg-geo-") as name:
        folder = Path(name)
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
                if len(members) > max_files:
                    msg = (
                        f"{label} has {len(members):,} members, more than the {max_files:,} "
                        "allowed. Give a zip that holds one set of boundaries."
                    )
                    raise BoundaryError(msg)
                _validate_members(members, label, max_bytes=max_bytes, max_ratio=max_ratio)
                wanted = [
                    info
                    for info in members
                    if not _is_clutter(info.filename)
                    and PurePosixPath(info.filename).suffix.lower() not in _NESTED
                ]
                _unpack(archive, wanted, folder, label, max_bytes=max_bytes)
        # NotImplementedError: a method of compression that is not built in. RuntimeError: a member
        # that turns out to be encrypted. OSError: names that collide or that the disk refuses.
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            OSError,
            UnicodeDecodeError,
        ) as error:
            detail = str(error).replace(name, "").splitlines()
            msg = (
                f"{label} cannot be unpacked ({detail[0] if detail else type(error).__name__}): it "
                "is damaged, cut short or no zip. Fetch it again."
            )
            raise BoundaryError(msg) from error
        yield folder


def find_shapefile(folder: Path, *, label: str, layer: str | None = None) -> Path:
    """Find the Shapefile of an unpacked zip.

    Parameters
    ----------
    folder : Path
        Folder with the unpacked files.
    label : str
        What to call the zip in a message.
    layer : str, optional
        Name of the Shapefile without its ending, needed where there are several.

    Returns
    -------
    Path
        The `.shp`.

    Raises
    ------
    BoundaryError
        There is none, none of that name, or more than one.
    """
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    shapes = [file for file in files if file.suffix.lower() == ".shp"]
    if not shapes:
        held = ", ".join(file.name for file in files[:5]) or "nothing that was unpacked"
        msg = (
            f"{label} has no Shapefile (it holds: {held}). Give a zip with a .shp and its sidecars "
            "in it; archives inside an archive are not opened."
        )
        raise BoundaryError(msg)
    found = shapes if layer is None else [file for file in shapes if file.stem == layer]
    if len(found) == 1:
        return found[0]
    names = ", ".join(repr(file.stem) for file in shapes)
    if not found:
        msg = f"{label} has no Shapefile {layer!r}. Give layer= one of: {names}."
    else:
        msg = f"{label} has {len(found)} Shapefiles. Give layer= one of: {names}."
    raise BoundaryError(msg)
