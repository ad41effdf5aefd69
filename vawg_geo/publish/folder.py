"""A folder that appears whole or not at all.

A build writes into a draft beside the final folder. When everything is there, the former folder is
put aside, the draft takes its name, and the former one is removed. A killed run can leave at most
a draft and a former folder; the next run puts the former one back and says so. One run at a time
writes into a place: others wait for it.

Nothing is ever replaced or removed that is not ours: an edition's folder is known by its
`build.json`, a draft by the name that only we give.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["RECORD", "one_at_a_time", "repair", "replaced_folder"]

# The file by which a folder shows that it is an edition of ours.
RECORD: Final = "build.json"
_DRAFT: Final = ".vawg-geo-draft-"
_FORMER: Final = ".vawg-geo-former-"
_LOCK: Final = ".vawg-geo.lock"
_PATIENCE: Final = 600.0


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
def replaced_folder(final: Path) -> Iterator[Path]:
    """Give an empty folder that takes the final name when the block ends well.

    Parameters
    ----------
    final : Path
        Folder to replace; need not exist.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    OutputError
        The place cannot be written to, or holds something that is not ours. The former folder is
        as it was.
    """
    _require_ours(final)
    draft: Path | None = None
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=final.parent, prefix=f"{_DRAFT}{final.name}-"))
        draft.chmod(0o755)
        yield draft
        _exchange(draft, final)
    except OSError as error:
        raise _cannot_write(final, error) from error
    finally:
        if draft is not None and draft.exists():
            shutil.rmtree(draft, ignore_errors=True)


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
    if not parent.is_dir():
        return done
    try:
        for former in sorted(parent.glob(f"{_FORMER}*")):
            name = former.name.removeprefix(_FORMER)
            if (parent / name).exists():
                shutil.rmtree(former)
            else:
                former.rename(parent / name)
                done.append(
                    f"An earlier run was cut short: its former output {name} is back in place."
                )
        for draft in sorted(parent.glob(f"{_DRAFT}*")):
            shutil.rmtree(draft)
            done.append("An earlier run was cut short: its unfinished output was removed.")
    except OSError as error:
        raise _cannot_write(parent, error) from error
    return done


def _require_ours(final: Path) -> None:
    """Refuse to replace a file, or a folder that no build of ours wrote."""
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


def _exchange(draft: Path, final: Path) -> None:
    former = final.with_name(f"{_FORMER}{final.name}")
    if final.exists():
        final.rename(former)
    try:
        draft.rename(final)
    except OSError:
        if former.exists():
            former.rename(final)
        raise
    shutil.rmtree(former, ignore_errors=True)


def _cannot_write(place: Path, error: OSError) -> OutputError:
    what = error.strerror or str(error)
    return OutputError(f"{place} cannot be written: {what}. The former output is untouched.")
