"""A draft that the audit refused, kept where only its maker can look at it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from vawg_geo.audit.build import HOW_TO_LOOK
from vawg_geo.errors import AuditRefusedError, OutputError
from vawg_geo.files.whole import open_to, written_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["keep_refused", "require_keepable", "with_draft_kept"]


def require_keepable(folder: Path) -> None:
    """Refuse a folder that has anything in it already: drafts give away what they should hide.

    Raises
    ------
    OutputError
        It is a file, or a folder that is not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{folder} for a refused draft is there already. Name a new folder, or empty it."
        raise OutputError(msg)


def keep_refused(
    folder: Path, *, edition: str, fill: Callable[[Path], object], report: tuple[str, str]
) -> Path:
    """Keep a refused draft and what was found in it, for its owner alone.

    Parameters
    ----------
    folder : Path
        New or empty.
    edition : str
        Name of the folder in it that gets the draft.
    fill : callable
        Puts the draft into a folder that is there.
    report : (str, str)
        What was found, as text and as JSON: `findings.txt`, `findings.json`.

    Returns
    -------
    Path
        The folder; it and all in it are closed to others (mode 0700, files 0600).

    Raises
    ------
    OutputError
        The folder is not empty, or cannot be written to.
    """
    require_keepable(folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Closed before anything is in it.
        open_to("owner", folder, place=folder.parent)
        draft = folder / edition
        draft.mkdir(mode=0o700)
        fill(draft)
        for name, text in zip(("findings.txt", "findings.json"), report, strict=True):
            with written_whole(folder / name, private=True) as draft_file:
                draft_file.write_text(text, "utf-8")
        open_to("owner", folder, place=folder.parent)
    except OSError as error:
        shutil.rmtree(folder / edition, ignore_errors=True)
        msg = f"{folder} cannot be written: {error.strerror}. The refused draft was not kept."
        raise OutputError(msg) from error
    return folder


def with_draft_kept(
    refused: AuditRefusedError, folder: Path | None, fill: Callable[[Path], object]
) -> AuditRefusedError:
    """Keep what was refused, if asked for, and give the refusal that says where.

    Parameters
    ----------
    refused : AuditRefusedError
    folder : Path, optional
        As for `keep_refused`; without it the refusal stays as it is.
    fill : callable
        As for `keep_refused`.

    Returns
    -------
    AuditRefusedError
    """
    if folder is None:
        return refused
    text = "".join(f"{f.file}: {f.text} ({f.kind})\n" for f in refused.report.findings)
    report = (f"{refused}\n\n{text}", refused.report.to_json())
    keep_refused(folder, edition=refused.edition, fill=fill, report=report)
    said = str(refused).removesuffix(HOW_TO_LOOK).rstrip()
    msg = f"{said} The draft and all findings are in {folder}, for your eyes alone."
    return AuditRefusedError(msg, report=refused.report, edition=refused.edition)
