"""The audit of a build: every edition for the reader who may hold it, before it gets its name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from vawg_geo.audit.files import read_folder
from vawg_geo.audit.run import audit_observed
from vawg_geo.errors import DisclosureError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vawg_geo.audit.report import AuditReport

__all__ = ["require_safe"]

# Whoever holds an edition may hold the ones named here too.
_ALSO_HELD: Final = {"public": (), "partnership": ("public",)}


def require_safe(drafts: Mapping[str, Path], out: Path) -> list[str]:
    """Refuse editions that give away what they should hide.

    Parameters
    ----------
    drafts : mapping of str to Path
        Folder of each edition that was written and has not its final name.
    out : Path
        Folder that may hold editions of earlier builds, which readers have too.

    Returns
    -------
    list of str
        What was audited, in words.

    Raises
    ------
    DisclosureError
        The audit of an edition found something; the message names it, for the analyst only.
    InputError
        A file cannot be read.
    """
    folders = {name: out / name for name in _ALSO_HELD if (out / name).is_dir()} | dict(drafts)
    read = cache(read_folder)
    lines = []
    for name, beside in _ALSO_HELD.items():
        held = [name, *(other for other in beside if other in folders)]
        # An edition of an earlier build is looked at again where a new one lies beside it.
        if name not in folders or not any(one in drafts for one in held):
            continue
        observed = read(folders[name])
        if not observed.parameters.largest:
            lines.append(f"The {name} edition hides no count; there is nothing to audit.")
            continue
        report = audit_observed(observed, beside=[read(folders[other]) for other in held[1:]])
        if not report.passed:
            raise DisclosureError(_refusal(name, report, new=name in drafts))
        lines.append(f"Audit of the {name} edition: {report.summary()}")
    return lines


def _refusal(name: str, report: AuditReport, *, new: bool) -> str:
    first = report.findings[0]
    where = f"{first.file}: " if first.file else ""
    what = "would give" if new else "of an earlier build gives, beside the new public one,"
    then = (
        "Hide more (a higher largest_hidden), or take the table out; if the configuration asks for "
        "nothing unusual, report this as a fault of vawg-geo."
        if new
        else "Build both editions at once."
    )
    return (
        f"the {name} edition {what} away what it should hide: {len(report.findings):,} findings "
        f"in {len(report.files):,} files; first: {where}{first.text} Nothing was written. {then}"
    )
