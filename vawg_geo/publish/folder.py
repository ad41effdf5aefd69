"""A folder that appears whole or not at all.

A build writes into a folder beside the final one. When everything is there, the former folder is
put aside, the new one takes its name, and the former one is removed. A killed run can leave at
most a draft and a former folder; the next run puts the former one back and says so.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_geo.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["repair", "replaced_folder"]

_DRAFT = ".draft-"
_FORMER = ".former-"


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
        The place cannot be written to. The former folder is as it was.
    """
    draft: Path | None = None
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=final.parent, prefix=f"{_DRAFT}{final.name}-"))
        draft.chmod(0o755)
        yield draft
        _exchange(draft, final)
    except OSError as error:
        msg = f"{final} cannot be written: {error}. The former output is untouched."
        raise OutputError(msg) from error
    finally:
        if draft is not None and draft.exists():
            shutil.rmtree(draft, ignore_errors=True)


def repair(parent: Path) -> list[str]:
    """Clear up what killed runs left in a folder; returns what was done, in words."""
    done: list[str] = []
    if not parent.is_dir():
        return done
    for former in sorted(parent.glob(f"{_FORMER}*")):
        name = former.name.removeprefix(_FORMER)
        if (parent / name).exists():
            shutil.rmtree(former, ignore_errors=True)
        else:
            former.rename(parent / name)
            done.append(f"An earlier run was cut short: its former output {name} is back in place.")
    for draft in sorted(parent.glob(f"{_DRAFT}*")):
        shutil.rmtree(draft, ignore_errors=True)
        done.append("An earlier run was cut short: its unfinished output was removed.")
    return done


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
