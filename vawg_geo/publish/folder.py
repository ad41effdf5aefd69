"""Folders that appear whole or not at all.

A build writes each edition into a draft beside its final folder. When all drafts are there, each is
settled on the disk and exchanged with the folder of its name: in one step where the system has one
(Linux: `renameat2`), so that at every moment there is a folder of that name, the former set whole
or the new one. Elsewhere two renames do it, and a run that is killed between them leaves no folder
of that name until the next run puts the former one back. A killed run leaves at most drafts and a
former folder; the next run clears them up and says so. One run at a time writes into a place:
others wait for it.

Nothing is ever replaced or removed that is not ours: an edition's folder is known by its
`build.json`, a draft by the name that only we give.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.errors import OutputError, VawgGeoError
from vawg_geo.inputs.in_use import require_closed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "RECORD",
    "is_full",
    "one_at_a_time",
    "repair",
    "replaced_folders",
    "require_replaceable",
    "settle_file",
]

# The file by which a folder shows that it is an edition of ours.
RECORD: Final = "build.json"
_DRAFT: Final = ".vawg-geo-draft-"
_FORMER: Final = ".vawg-geo-former-"
_LOCK: Final = ".vawg-geo.lock"
_PATIENCE: Final = 600.0
# linux/fs.h and linux/fcntl.h
_RENAME_EXCHANGE: Final = 2
_AT_FDCWD: Final = -100
# Less free than this, in bytes, and a write that failed did so for want of room.
_ROOM: Final = 1 << 20
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def one_at_a_time(parent: Path) -> Iterator[None]:
    """Hold a folder for one run; others wait up to ten minutes.

    Parameters
    ----------
    parent : Path
        Folder that holds the editions; made where absent.

    Raises
    ------
    OutputError
        The folder cannot be written to, or another run does not end.
    """
    from filelock import FileLock, Timeout

    try:
        parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(parent / _LOCK, timeout=_PATIENCE)
        lock.acquire()
    except Timeout:
        msg = f"another build has held {parent} for ten minutes. Let it end, or write elsewhere."
        raise OutputError(msg) from None
    except OSError as error:
        raise _cannot_write(parent, error) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def replaced_folders(finals: Sequence[Path]) -> Iterator[list[Path]]:
    """Give an empty folder for each, which take the final names when the block ends well.

    An error, in the block or in the exchange, leaves every former folder as it was. A kill leaves
    each of them either as it was or as it was to be.

    Parameters
    ----------
    finals : sequence of Path
        Folders to replace, all in one folder; need not exist.

    Yields
    ------
    list of Path
        Where to write, in the same order.

    Raises
    ------
    OutputError
        The place cannot be written to, holds something that is not ours, or a GeoPackage in it is
        open for editing.
    """
    drafts: list[Path] = []
    place = finals[0] if len(finals) == 1 else finals[0].parent
    for final in finals:
        require_replaceable(final)
    try:
        for final in finals:
            final.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(dir=final.parent, prefix=f"{_DRAFT}{final.name}-"))
            drafts.append(draft)
            draft.chmod(0o755)
        yield list(drafts)
        for draft, final in zip(drafts, finals, strict=True):
            _settle(draft)
            require_replaceable(final)
        _exchange_all(list(zip(drafts, finals, strict=True)))
        # The exchange is done, even if the disk cannot say that it kept the new names.
        with suppress(OSError):
            _settle_entry(finals[0].parent)
    except OSError as error:
        raise _cannot_write(place, error) from error
    except VawgGeoError:
        raise
    except Exception as error:
        # Libraries that write files have errors of their own for a full disk, and words for it
        # ("database disk image is malformed") that lead astray.
        if is_full(place.parent):
            full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise _cannot_write(place, full) from error
        raise
    finally:
        # What is left under a draft's name is an unfinished draft or the former folder.
        for draft in drafts:
            shutil.rmtree(draft, ignore_errors=True)


def require_replaceable(final: Path) -> None:
    """Refuse a folder that may not be exchanged for a new one.

    Parameters
    ----------
    final : Path
        Need not exist.

    Raises
    ------
    OutputError
        It is a file, a folder that no build of ours wrote, or one with a GeoPackage that another
        program has open for editing.
    """
    if not final.exists() or (final.is_dir() and not any(final.iterdir())):
        return
    try:
        ours = "vawg_geo" in json.loads((final / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        ours = False
    if not ours:
        msg = (
            f"{final} is there already and was not written by vawg-geo (it has no {RECORD} of "
            "ours). Move it away, or write elsewhere with --out."
        )
        raise OutputError(msg)
    for path in sorted(final.rglob("*.gpkg")):
        require_closed(path)


def repair(parent: Path) -> list[str]:
    """Clear up what killed runs left in a folder that no other run holds.

    Parameters
    ----------
    parent : Path
        Folder that holds the editions.

    Returns
    -------
    list of str
        What was done, in words.

    Raises
    ------
    OutputError
        The folder cannot be written to.
    """
    done: list[str] = []
    removed = 0
    if not parent.is_dir():
        return done
    try:
        for former in sorted(parent.glob(f"{_FORMER}*")):
            name = former.name.removeprefix(_FORMER)
            if (parent / name).exists():
                shutil.rmtree(former)
                removed += 1
            else:
                former.rename(parent / name)
                done.append(
                    f"An earlier run was cut short: its former output {name} is back in place."
                )
        for draft in sorted(parent.glob(f"{_DRAFT}*")):
            shutil.rmtree(draft)
            removed += 1
    except OSError as error:
        raise _cannot_write(parent, error) from error
    if removed:
        done.append("An earlier run was cut short: what it left unfinished was removed.")
    return done


def _exchange_all(pairs: Sequence[tuple[Path, Path]]) -> None:
    """Exchange every draft with its folder, or none."""
    done: list[tuple[Path, Path]] = []
    try:
        for draft, final in pairs:
            _exchange(draft, final)
            done.append((draft, final))
    except OSError:
        for draft, final in reversed(done):
            if draft.exists():
                _exchange(draft, final)
            else:
                final.rename(draft)
        raise


def _exchange(draft: Path, final: Path) -> None:
    """Give the draft the final name; the former folder, if there was one, takes the draft's."""
    if not final.exists():
        draft.rename(final)
        return
    if _swapped(draft, final):
        return
    former = final.with_name(f"{_FORMER}{final.name}")
    final.rename(former)
    try:
        draft.rename(final)
    except OSError:
        former.rename(final)
        raise
    former.rename(draft)


def _swapped(one: Path, other: Path) -> bool:
    """Exchange two names in one step; False where the system or the disk's format cannot."""
    rename = _renameat2()
    if rename is None:
        return False
    first, second = os.fsencode(one), os.fsencode(other)
    return bool(rename(_AT_FDCWD, first, _AT_FDCWD, second, _RENAME_EXCHANGE) == 0)


@cache
def _renameat2() -> Any:
    """Linux's call, from the C library that runs Python; None elsewhere."""
    with suppress(OSError, AttributeError, TypeError):
        found = ctypes.CDLL(None, use_errno=True).renameat2
        found.argtypes = [
            ctypes.c_int,
            ctypes.c_char_p,
            ctypes.c_int,
            ctypes.c_char_p,
            ctypes.c_uint,
        ]
        return found
    return None


def settle_file(file: Path) -> None:
    """Have a file's content written to the disk itself."""
    # Windows settles no file that was opened for reading alone.
    with file.open("r+b") as stream:
        os.fsync(stream.fileno())


def is_full(place: Path) -> bool:
    """Whether a write into a folder that failed did so for want of room."""
    return place.is_dir() and shutil.disk_usage(place).free < _ROOM


def _settle(folder: Path) -> None:
    """Have a folder's files written to the disk itself, so that no name outlives its content."""
    for path in folder.rglob("*"):
        if path.is_file():
            settle_file(path)
        else:
            _settle_entry(path)
    _settle_entry(folder)


def _settle_entry(folder: Path) -> None:
    """Have a folder's names written to the disk; Windows does so by itself."""
    if os.name == "nt":
        return
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def _cannot_write(place: Path, error: OSError) -> OutputError:
    what = error.strerror or str(error)
    then = (
        "Make room there, or write elsewhere with --out."
        if error.errno in _FULL
        else "Check that you may write there, or write elsewhere with --out."
    )
    return OutputError(f"{place} cannot be written: {what}. The former output is untouched. {then}")
