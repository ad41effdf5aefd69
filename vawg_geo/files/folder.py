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

A draft is its owner's alone. Once the block that wrote and audited it has ended well it is opened
to those it is for: the public edition to whoever may read the folder around it, the partnership's
to the owner's group at most, the analyst's to nobody else; never wider than the umask leaves. A
folder's name may be a link (a web root): the folder that it leads to is exchanged, and the draft
lies beside that one, so that both are on one disk. The link stays.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.errors import OutputError, VawgGeoError
from vawg_geo.files.in_use import require_closed
from vawg_geo.files.names import require_name
from vawg_geo.files.whole import current_umask, draft_folder, folder_meant, open_to, settle_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vawg_geo.files.whole import Readers

__all__ = [
    "RECORD",
    "is_full",
    "one_at_a_time",
    "places_of",
    "repair",
    "replaced_folders",
    "require_replaceable",
]

# The file by which a folder shows that it is an edition of ours.
RECORD: Final = "build.json"
_DRAFT: Final = ".vawg-geo-draft-"
_FORMER: Final = ".vawg-geo-former-"
_LOCK: Final = ".vawg-geo.lock"
# Who may read a finished folder, by its name, which is the edition's; any other is the owner's.
_READERS: Final[dict[str, Readers]] = {"public": "place", "partnership": "group"}
_PATIENCE: Final = 600.0
# How a share says that it does not settle folders; a disk that fails (EIO) says otherwise.
_UNSETTLED: Final = (
    errno.EINVAL,
    errno.EACCES,
    errno.EPERM,
    errno.EBADF,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.ENOSYS,
)
# linux/fs.h and linux/fcntl.h
_RENAME_EXCHANGE: Final = 2
_AT_FDCWD: Final = -100
# Less free than this, in bytes, and a write that failed did so for want of room.
_ROOM: Final = 1 << 20
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

# What Windows says where a program holds a file, or a file in a folder, that is to be renamed:
# access denied, a sharing violation, a locked part.
_HELD: Final = (5, 32, 33)


@contextmanager
def one_at_a_time(*places: Path) -> Iterator[None]:
    """Hold folders for one run; others wait up to ten minutes.

    Parameters
    ----------
    places : Path
        Folders that hold editions; made where absent.

    Raises
    ------
    OutputError
        A folder cannot be written to, or another run does not end.
    """
    from filelock import FileLock, Timeout

    with ExitStack() as held:
        # In one order, so that two runs never wait for each other.
        for place in sorted({_made(place).resolve() for place in places}):
            try:
                lock = FileLock(place / _LOCK, timeout=_PATIENCE, mode=0o666 & ~current_umask())
                held.enter_context(lock)
            except Timeout:
                msg = (
                    f"another build has held {place} for ten minutes. Let it end, or write "
                    "elsewhere."
                )
                raise OutputError(msg) from None
            except OSError as error:
                raise _cannot_write(place, error) from error
        yield


def _made(place: Path) -> Path:
    """Make a folder where it is absent; its name, and any on the way, may be a link."""
    _require_way(place)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(place, error) from error
    return place


def places_of(finals: Iterable[Path]) -> list[Path]:
    """Folders in which editions take their names, links followed, each once.

    Parameters
    ----------
    finals : iterable of Path
        Editions' folders; need not exist.

    Raises
    ------
    OutputError
        A link leads nowhere, back to itself, or to a file.
    """
    return list(dict.fromkeys(_exchanged(final).parent for final in finals))


@contextmanager
def replaced_folders(finals: Sequence[Path]) -> Iterator[list[Path]]:
    """Give an empty folder for each, which take the final names when the block ends well.

    An error, in the block or in the exchange, leaves every former folder as it was. A kill leaves
    each of them either as it was or as it was to be.

    Parameters
    ----------
    finals : sequence of Path
        Folders to replace, all in one folder, each named after its edition; need not exist. One
        that is a link stays so, and what it leads to is replaced.

    Yields
    ------
    list of Path
        Where to write, in the same order; the owner's alone.

    Raises
    ------
    OutputError
        The place cannot be written to, holds something that is not ours, or a GeoPackage in it is
        open for editing.
    """
    drafts: list[Path] = []
    place = finals[0] if len(finals) == 1 else finals[0].parent
    for final in finals:
        require_name(final)
        require_replaceable(final)
    targets = [_exchanged(final) for final in finals]
    _require_apart(finals, targets)
    try:
        for target in targets:
            target.parent.mkdir(parents=True, exist_ok=True)
            drafts.append(draft_folder(target.parent, f"{_DRAFT}{target.name}-"))
        yield list(drafts)
        for draft, final, target in zip(drafts, finals, targets, strict=True):
            open_to(_READERS.get(final.name, "owner"), draft, place=target.parent)
            _settle(draft)
            require_replaceable(final)
        _exchange_all(list(zip(drafts, targets, strict=True)))
        # The exchange is done, even if the disk cannot say that it kept the new names.
        for parent in {target.parent for target in targets}:
            with suppress(OSError):
                _settle_entry(parent)
    except OSError as error:
        raise _cannot_write(place, error) from error
    except VawgGeoError:
        raise
    except Exception as error:
        # Libraries that write files have errors of their own for a full disk, and words for it
        # ("database disk image is malformed") that lead astray.
        if is_full(targets[0].parent):
            full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise _cannot_write(place, full) from error
        raise
    finally:
        # What is left under a draft's name is an unfinished draft or the former folder.
        for draft in drafts:
            shutil.rmtree(draft, ignore_errors=True)


def _exchanged(final: Path) -> Path:
    """Folder that is exchanged for an edition: the one of its name, or what a link leads to."""
    _require_way(final.parent)
    try:
        return folder_meant(final)
    except OutputError:
        # A run that was killed between two renames took the target's name and gave none back.
        target = Path(os.path.realpath(final))
        if final.is_symlink() and not target.exists() and _former_of(target).is_dir():
            return target
        raise


def _former_of(target: Path) -> Path:
    return target.with_name(f"{_FORMER}{target.name}")


def _require_apart(finals: Sequence[Path], targets: Sequence[Path]) -> None:
    """Refuse links by which one edition would take another's place, or the place of all."""
    real = [target.resolve() for target in targets]
    for final, target in zip(finals, real, strict=True):
        others = [(o, t) for o, t in zip(finals, real, strict=True) if o != final]
        for other, place in [*others, (final.parent, final.parent.resolve())]:
            if place == target or target in place.parents:
                msg = (
                    f"{final} is a link to {target}, where {other} is too: the one would replace "
                    "the other. Have each edition's link lead to a folder of its own. Nothing was "
                    "changed."
                )
                raise OutputError(msg)


def _require_way(place: Path) -> None:
    """Refuse a folder that cannot be made or written to, before any work is done."""
    there = place
    while not os.path.lexists(there) and there != there.parent:
        there = there.parent
    real = folder_meant(there)
    if not real.is_dir():
        msg = (
            f"{place} cannot be written: {there} is a file and no folder. Move it away, or write "
            "elsewhere with --out. Nothing was changed."
        )
        raise OutputError(msg)
    if not os.access(real, os.W_OK | os.X_OK):
        led = "" if real == place else f", to which {place} leads,"
        msg = (
            f"{real}{led} is not yours to write to. Have its owner allow it, or write elsewhere "
            "with --out. Nothing was changed."
        )
        raise OutputError(msg)


def require_replaceable(final: Path) -> None:
    """Refuse a folder that may not be exchanged for a new one.

    Parameters
    ----------
    final : Path
        Need not exist.

    Raises
    ------
    OutputError
        It is a file, a link that leads to no folder, a folder that no build of ours wrote or that
        lies where this person may not write, a disk of its own, or one with a GeoPackage that
        another program has open for editing.
    """
    target = _exchanged(final)
    _require_way(target.parent)
    if os.path.ismount(target):
        msg = (
            f"{target} is a disk of its own (a mount point), which cannot be exchanged as a whole. "
            "Write into a folder on it with --out, or have a link lead to one."
        )
        raise OutputError(msg)
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    record = _record_in(target)
    if target != final and record.get("edition", final.name) != final.name:
        msg = (
            f"{final} is a link to {target}, which holds the {record['edition']} edition. Have the "
            "link lead to a folder of its own. Nothing was changed."
        )
        raise OutputError(msg)
    if "vawg_geo" not in record:
        msg = (
            f"{final} is there already and was not written by vawg-geo (it has no {RECORD} of "
            "ours). Move it away, or write elsewhere with --out."
        )
        raise OutputError(msg)
    for path in sorted(target.rglob("*.gpkg")):
        require_closed(path)


def _record_in(folder: Path) -> dict[str, Any]:
    """Record of a build of ours; empty where there is none."""
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def repair(*places: Path) -> list[str]:
    """Clear up what killed runs left in folders that no other run holds.

    Parameters
    ----------
    places : Path
        Folders that hold editions.

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
    for place in {place.resolve(): place for place in places if place.is_dir()}.values():
        try:
            for former in sorted(place.glob(f"{_FORMER}*")):
                name = former.name.removeprefix(_FORMER)
                if (place / name).exists():
                    shutil.rmtree(former)
                    removed += 1
                else:
                    former.rename(place / name)
                    done.append(
                        f"An earlier run was cut short: its former output {name} is back in place."
                    )
            for draft in sorted(place.glob(f"{_DRAFT}*")):
                shutil.rmtree(draft)
                removed += 1
        except OSError as error:
            raise _cannot_write(place, error) from error
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
    former = _former_of(final)
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
        exchange = ctypes.CDLL(None, use_errno=True).renameat2
        exchange.argtypes = [
            ctypes.c_int,
            ctypes.c_char_p,
            ctypes.c_int,
            ctypes.c_char_p,
            ctypes.c_uint,
        ]
        return exchange
    return None


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
    try:
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)
    except OSError as error:
        # A share that cannot settle a folder has its files settled all the same.
        if error.errno not in _UNSETTLED:
            raise


def _cannot_write(place: Path, error: OSError) -> OutputError:
    what = error.strerror or str(error)
    if error.errno in _FULL:
        then = "Make room there, or write elsewhere with --out."
    elif getattr(error, "winerror", None) in _HELD:
        then = (
            "A program holds a file there: close it in QGIS, Excel and the browser, and run again."
        )
    else:
        then = "Check that you may write there, or write elsewhere with --out."
    return OutputError(f"{place} cannot be written: {what}. The former output is untouched. {then}")
