"""Every way out of an edition: files are written into a private draft, audited, then given a name.

The audit is a later room, which this one must not know: the package's front door asks it, as it
draws the maps of an edition. Where a whole folder is audited before it gets its name, as in a
build, its files are not audited one by one.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from vawg_geo.disclosure.gate import require_gate
from vawg_geo.errors import OutputError
from vawg_geo.files.whole import give_name, scratch_beside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vawg_geo.disclosure.gate import Edition

__all__ = [
    "audited_as_a_whole",
    "drafted",
    "is_audited_here",
    "require_audited",
    "require_safe_draft",
]

_AS_A_WHOLE: Final = ContextVar("audited as a whole", default=False)


@contextmanager
def audited_as_a_whole() -> Iterator[None]:
    """Leave single files alone: whoever opens this block audits the folder that they come to."""
    before = _AS_A_WHOLE.set(True)
    try:
        yield
    finally:
        _AS_A_WHOLE.reset(before)


def is_audited_here() -> bool:
    """Whether a file is audited by itself, and not with the folder that it comes to."""
    return not _AS_A_WHOLE.get()


def require_audited(edition: Edition) -> None:
    """Refuse an edition whose counts give away what it hides; each is looked at once.

    Raises
    ------
    DisclosureError
        This is no edition that `protect` made, or its counts give a hidden one away.
    """
    require_gate(getattr(edition, "key", None), "what a writer is given")
    if not _AS_A_WHOLE.get():
        import vawg_geo

        vawg_geo.require_safe_edition(edition)


def require_safe_draft(edition: Edition | None, draft: Path, *, with_own: bool = False) -> None:
    """Refuse a file, or a folder of files, that gives away what its edition hides.

    Parameters
    ----------
    edition : Edition
        What the files were made from.
    draft : Path
    with_own : bool
        An analyst has added things of her own, which are no part of the edition.

    Raises
    ------
    DisclosureError
        The audit found something, or nobody knows which edition the files were made from.
    """
    require_gate(getattr(edition, "key", None), "what a writer is given")
    if edition is not None and not _AS_A_WHOLE.get():
        import vawg_geo

        vawg_geo.require_safe_files(edition, draft, with_own=with_own)


@contextmanager
def drafted(edition: Edition | None, place: Path, *, with_own: bool = False) -> Iterator[Path]:
    """Give a private folder to write into; its files move to their place when they are audited.

    Parameters
    ----------
    edition : Edition
        What the files are made from.
    place : Path
        Folder that gets them; folders in it are made.
    with_own : bool
        As for `require_safe_draft`.

    Yields
    ------
    Path
        Only its owner may look into it. It is the place itself where a whole folder is audited.

    Raises
    ------
    DisclosureError
        As of `require_safe_draft`; nothing has its name then.
    OutputError
        The place is absent or cannot be written to.
    """
    require_gate(getattr(edition, "key", None), "what a writer is given")
    if _AS_A_WHOLE.get():
        yield place
        return
    try:
        with scratch_beside(place / "files") as draft:
            with audited_as_a_whole():
                yield draft
            require_safe_draft(edition, draft, with_own=with_own)
            _promote(draft, place)
    except OSError as error:
        msg = (
            f"{place} cannot be written: {error.strerror}. Make room there, or check that the "
            "folder exists."
        )
        raise OutputError(msg) from error


def _promote(draft: Path, place: Path) -> None:
    for path in sorted(draft.rglob("*")):
        target = place / path.relative_to(draft)
        if path.is_dir():
            target.mkdir(exist_ok=True)
            continue
        give_name(path, target)
