"""The audit of a build: every edition for the reader who may hold it, before it gets its name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from vawg_geo.audit.files import read_folder
from vawg_geo.audit.report import remedy
from vawg_geo.audit.run import audit_observed
from vawg_geo.errors import AuditRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from vawg_geo.audit.observed import Finding, Observed
    from vawg_geo.audit.report import AuditReport

__all__ = ["HOW_TO_LOOK", "refusal_beside", "require_passed", "require_safe"]

HOW_TO_LOOK: Final = (
    "vawg-geo build --keep-refused DIR keeps the draft and all findings, to look at."
)
# Whoever holds an edition may hold the ones named here too.
_ALSO_HELD: Final = {"public": (), "partnership": ("public",)}


def require_safe(
    drafts: Mapping[str, Path],
    out: Path,
    *,
    known: Mapping[str, Sequence[Observed]] | None = None,
    cause: Callable[[Finding], str] | None = None,
) -> list[str]:
    """Refuse editions that give away what they should hide.

    Parameters
    ----------
    drafts : mapping of str to Path
        Folder of each edition that was written and has not its final name.
    out : Path
        Folder that may hold editions of earlier builds, which readers have too.
    known : mapping of str to sequence of Observed, optional
        What is published already, by edition whose reader knows it.
    cause : callable, optional
        Says of a finding what causes it, and what can be done.

    Returns
    -------
    list of str
        What was audited, in words.

    Raises
    ------
    AuditRefusedError
        The audit of an edition found something; the message names it, for the analyst only.
    InputError
        A file cannot be read.
    """
    folders = {name: out / name for name in _ALSO_HELD if (out / name).is_dir()} | dict(drafts)
    read = cache(read_folder)
    lines = []
    for name, beside in _ALSO_HELD.items():
        readable = [name, *(other for other in beside if other in folders)]
        # An edition of an earlier build is looked at again where a new one lies beside it.
        if name not in folders or not any(one in drafts for one in readable):
            continue
        observed = read(folders[name])
        if not observed.parameters.largest:
            lines.append(f"The {name} edition hides no count; there is nothing to audit.")
            continue
        report = audit_observed(
            observed,
            beside=[read(folders[other]) for other in readable[1:]],
            known=(known or {}).get(name, ()),
        )
        if name in drafts:
            require_passed(report, f"the {name} edition", edition=name, cause=cause)
        elif not report.passed:
            raise AuditRefusedError(_refusal_of_a_former(name, report), report=report, edition=name)
        lines.append(f"Audit of the {name} edition: {report.summary()}")
    return lines


def require_passed(
    report: AuditReport,
    what: str,
    *,
    edition: str = "",
    cause: Callable[[Finding], str] | None = None,
) -> None:
    """Refuse what an audit found something in.

    Parameters
    ----------
    report : AuditReport
    what : str
        What was audited, in words.
    edition : str
    cause : callable, optional
        As of `require_safe`.

    Raises
    ------
    AuditRefusedError
        The message names the first finding, for the analyst only.
    """
    if report.passed:
        return
    first = report.findings[0]
    msg = (
        f"{what} would give away what it should hide: {_found(report)} Nothing was written. "
        f"{cause(first) if cause else remedy(first.kind)} "
        f"{HOW_TO_LOOK}"
    )
    raise AuditRefusedError(msg, report=report, edition=edition)


def refusal_beside(report: AuditReport, name: str, released: str) -> str:
    """Say what an edition gives away beside an earlier release, and the ways out.

    Parameters
    ----------
    report : AuditReport
        Of the earlier release, beside the edition.
    name : str
        Of the edition.
    released : str
        The release, in words.
    """
    cells = "; ".join(finding.text.rstrip(".") for finding in report.findings[:5])
    more = f"; and {len(report.findings) - 5:,} more" if len(report.findings) > 5 else ""
    return (
        f"the {name} edition, beside {released}, would give away {len(report.findings):,} counts "
        f"that the release hid: {cells}{more}. Nothing was written. Ways out: leave the figures of "
        "these areas out of the table, or hide more of them (a higher largest_hidden); publish the "
        "indicator at the higher level only; wait and publish the correction with the next period. "
        "If that release never went out, say so with vawg-geo releases forget."
    )


def _refusal_of_a_former(name: str, report: AuditReport) -> str:
    return (
        f"the {name} edition of an earlier build gives, beside the new public one, away what it "
        f"should hide: {_found(report)} Nothing was written. Build both editions at once (leave "
        f"--edition out), with the tables and the [periods] that the {name} edition was built "
        "with. Where that edition never went out, move its folder away and say so with "
        "vawg-geo releases forget."
    )


def _found(report: AuditReport) -> str:
    first = report.findings[0]
    where = f"{first.file}: " if first.file else ""
    return (
        f"{len(report.findings):,} findings in {len(report.files):,} files; "
        f"first: {where}{first.text}"
    )
