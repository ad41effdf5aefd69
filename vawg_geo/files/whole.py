"""Files that appear whole, where their name leads to, and readable by whom they are for.

A new file is written in a folder of its own beside its place and takes its name in one step.
Python's own temporary files are closed to everybody but their owner and stay so when they are
renamed, so they are not used: what is written here follows the umask, as a file that is simply
opened does. A name that is a link is followed: the file that it leads to is exchanged and the link
stays.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from vawg_geo.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Readers",
    "current_umask",
    "draft_folder",
    "file_meant",
    "folder_meant",
    "give_name",
    "open_to",
    "scratch_beside",
    "settle_file",
    "write_whole",
    "written_whole",
]

Readers = Literal["place", "group", "owner"]
# What a folder may be at most, for each kind of reader.
_WIDEST: Final[dict[Readers, int]] = {"place": 0o777, "group": 0o750, "owner": 0o700}
# A disk that keeps no permissions (a stick, a share) says so by one of these.
_NO_PERMISSIONS: Final = (
    errno.EPERM,
    errno.EACCES,
    errno.EINVAL,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.ENOSYS,
)
_WINDOWS: Final = os.name == "nt"


def current_umask() -> int:
    """Bits that the system takes off every new file.

    Examples
    --------
    >>> 0 <= current_umask() <= 0o777
    True
    """
    try:
        # Read where it can be: to ask by setting it would open other threads' files for a moment.
        for line in Path("/proc/self/status").read_text("ascii", errors="replace").splitlines():
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    except (OSError, ValueError, IndexError):
        pass
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def draft_folder(parent: Path, prefix: str) -> Path:
    """Make an empty folder of a new name that nobody but its owner can look into.

    On Windows permissions come from the folder around it, also for Python's own temporary
    folders of former releases; `open_to` sets them there.

    Parameters
    ----------
    parent : Path
        Must exist.
    prefix : str
        How its name starts.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     draft_folder(Path(place), ".draft-").name.startswith(".draft-")
    True
    """
    while True:
        folder = parent / f"{prefix}{secrets.token_hex(4)}"
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return folder


@contextmanager
def scratch_beside(path: Path) -> Iterator[Path]:
    """Give an empty folder beside a file, removed afterwards; what is moved out of it is kept.

    Parameters
    ----------
    path : Path
        The file to be written; its folder must exist.
    """
    if _WINDOWS:  # pragma: no cover
        # A folder of the owner's alone would hand its permissions on to what is moved out of it.
        folder = path.parent / f".vawg-{secrets.token_hex(4)}"
        folder.mkdir()
    else:
        folder = draft_folder(path.parent, ".vawg-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def written_whole(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Give a temporary name for a file, and rename when the block ends well.

    A new file has the permissions that the umask leaves; one that replaces another has the
    other's, as if it had been written over.

    Parameters
    ----------
    path : Path
        Its folder must exist. Where it is a link, the file that it leads to is meant.
    private : bool
        The owner's alone, whatever the umask leaves and the other had.

    Yields
    ------
    Path
        Where to write: the same name in a folder of its own.

    Raises
    ------
    OutputError
        It is a link that leads nowhere.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     with written_whole(Path(place, "a.txt")) as draft:
    ...         _ = draft.write_text("one")
    ...     Path(place, "a.txt").read_text()
    'one'
    """
    target = file_meant(path)
    with scratch_beside(target) as folder:
        draft = folder / path.name
        yield draft
        settle_file(draft)
        if private:
            open_to("owner", draft, place=target.parent)
        else:
            _take_mode(draft, target)
        draft.replace(target)


def write_whole(path: Path, content: str | bytes, *, private: bool = False) -> None:
    """Write a file whole, or not at all.

    Parameters
    ----------
    path : Path
        Its folder must exist.
    content : str or bytes
        Text is written as UTF-8, with its line ends as they are.
    private : bool
        As for `written_whole`.

    Raises
    ------
    OutputError
        The folder is absent or cannot be written to, or there is no room; what was there stays.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_whole(Path(place, "a.txt"), "one")
    ...     Path(place, "a.txt").read_text()
    'one'
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        with written_whole(path, private=private) as draft:
            draft.write_bytes(data)
    except OSError as error:
        msg = (
            f"{path.name} cannot be written ({error.strerror}). Make room there, close it "
            "in QGIS or Excel, or choose a place that you may write to."
        )
        raise OutputError(msg) from error


def give_name(draft: Path, path: Path) -> Path:
    """Give a finished file, made elsewhere on the same disk, its name.

    Parameters
    ----------
    draft : Path
        Is no longer there afterwards.
    path : Path
        As for `written_whole`.

    Returns
    -------
    Path
        The same as `path`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     _ = Path(place, "draft").write_text("one")
    ...     give_name(Path(place, "draft"), Path(place, "a.txt")).read_text()
    'one'
    """
    with written_whole(path) as last:
        draft.replace(last)
    return path


def settle_file(file: Path) -> None:
    """Have a file's content written to the disk itself."""
    # Windows settles no file that was opened for reading alone.
    with file.open("r+b") as stream:
        os.fsync(stream.fileno())


def file_meant(path: Path) -> Path:
    """File that a name leads to: itself, or what a link points to; it need not exist.

    Raises
    ------
    OutputError
        A link that leads back to itself, or into a folder that is not there.

    Examples
    --------
    >>> file_meant(Path("rates.csv")).name
    'rates.csv'
    """
    if not path.is_symlink():
        return path
    target = _end_of_link(path)
    if not target.parent.is_dir():
        raise _leads_nowhere(path, target)
    return target


def folder_meant(path: Path) -> Path:
    """Folder that a name leads to: itself, or what a link points to.

    Parameters
    ----------
    path : Path
        Need not exist; a link must lead to a folder.

    Raises
    ------
    OutputError
        A link that leads nowhere, back to itself, or to something else than a folder.

    Examples
    --------
    >>> folder_meant(Path("maps")).name
    'maps'
    """
    if not _is_link(path):
        return path
    target = _end_of_link(path)
    if not target.exists():
        raise _leads_nowhere(path, target)
    if not target.is_dir():
        msg = (
            f"{path} is a link to {target}, which is no folder. Remove the link, or have it lead "
            "to a folder. Nothing was changed."
        )
        raise OutputError(msg)
    return target


def open_to(readers: Readers, folder: Path, *, place: Path) -> None:
    """Let a finished folder or file be read by whom it is for.

    Never wider than the umask leaves, nor than the folder around it. On Windows a folder of the
    owner's alone stays as it was made, and the others take the permissions of the folder around
    them (`icacls /reset`); where that fails they stay the owner's alone.

    Parameters
    ----------
    readers : str
        `place`: whoever may read the folder around it; `group`: of these, the owner's group and
        no others; `owner`: nobody else.
    folder : Path
        Everything in it is set too. A file is taken as one in such a folder.
    place : Path
        The folder around it.
    """
    if _WINDOWS:  # pragma: no cover
        if readers != "owner":
            tool = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "icacls.exe")
            command = [str(tool), str(folder), "/reset", "/T", "/C", "/Q"]
            subprocess.run(command, check=False, capture_output=True)  # noqa: S603
        return
    around = stat.S_IMODE(place.stat().st_mode) & 0o777
    # The owner must be able to replace it again.
    mode = (around & _WIDEST[readers] & ~current_umask()) | 0o700
    for path in sorted(folder.rglob("*"), reverse=True):
        if not path.is_symlink():
            _set_mode(path, mode if path.is_dir() else (mode & 0o666))
    _set_mode(folder, mode if folder.is_dir() else (mode & 0o666))


def _set_mode(path: Path, mode: int) -> None:
    # A folder that hands its group on to what is in it goes on doing so.
    kept = path.stat().st_mode & stat.S_ISGID if path.is_dir() else 0
    try:
        path.chmod(mode | kept)
    except OSError as error:
        if error.errno not in _NO_PERMISSIONS:
            raise


def _take_mode(draft: Path, target: Path) -> None:
    """Give a draft the permissions of the file that it replaces, or of a new one."""
    try:
        mode = stat.S_IMODE(target.stat().st_mode) & 0o777
    except OSError:
        mode = 0o666 & ~current_umask()
    if not _WINDOWS:
        _set_mode(draft, mode)


def _is_link(path: Path) -> bool:
    # Windows has junctions besides; Python knows them from 3.12 on.
    is_junction = getattr(os.path, "isjunction", None)
    return path.is_symlink() or bool(is_junction and is_junction(path))


def _end_of_link(path: Path) -> Path:
    """Where a link leads to at last; need not exist."""
    try:
        return path.resolve(strict=True)
    except PermissionError as error:
        raise _leads_nowhere(path, path.readlink()) from error
    # RuntimeError: what Python before 3.13 says of a loop.
    except (OSError, RuntimeError) as error:
        if isinstance(error, OSError) and error.errno != errno.ELOOP:
            # Not there, or a file on the way.
            return Path(os.path.realpath(path))
        msg = (
            f"{path} is a link that leads back to itself. Remove it, or have it lead to where the "
            "output is to be. Nothing was changed."
        )
        raise OutputError(msg) from error


def _leads_nowhere(path: Path, target: Path) -> OutputError:
    return OutputError(
        f"{path} is a link to {target}, which is not there or not yours to look into. Make it, or "
        "remove the link. Nothing was changed."
    )
