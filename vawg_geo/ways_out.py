"""Every way out is audited: an edition's counts once, and each file before it has its name.

The gate and the writers ask for this through the package's front door, since the audit is a later
room than theirs and shares no code with them.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Final

from vawg_geo.audit.build import require_passed
from vawg_geo.audit.counts import observed_counts
from vawg_geo.audit.files import read_folder
from vawg_geo.audit.observed import Parameters
from vawg_geo.audit.run import audit, audit_observed
from vawg_geo.disclosure.rules import rules_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vawg_geo.audit.observed import Observed
    from vawg_geo.audit.report import AuditReport
    from vawg_geo.disclosure.gate import Edition

__all__ = [
    "audit_edition",
    "audit_files",
    "published_beside",
    "require_safe_edition",
    "require_safe_files",
]

_AUDITED: Final[weakref.WeakSet[Edition]] = weakref.WeakSet()


def audit_files(
    path: Path | str,
    *,
    beside: Sequence[Path | str] = (),
    known: Sequence[Path | str] = (),
    smallest: int | None = None,
    largest: int | None = None,
) -> AuditReport:
    r"""Attack finished files as a stranger would, as `vawg-geo audit` does.

    Parameters
    ----------
    path : path
        A folder that was built, or one file.
    beside : sequence of path
        Other folders that the same reader holds.
    known : sequence of path
        Published tables, printed there or not.
    smallest, largest : int, optional
        Counts of this range are protected; needed where no file says so.

    Returns
    -------
    AuditReport
        `passed`, `summary()`, `table()` of the findings, which are for the analyst only.

    Raises
    ------
    InputError
        A file cannot be read.
    ConfigurationError
        Nobody says which counts are protected, or the range is none.

    Examples
    --------
    A table whose women and persons give its men away.

    >>> import tempfile
    >>> from pathlib import Path
    >>> rows = ["area_code,indicator,sex,period,count", "E07000008,referrals,persons,2015/16,20",
    ...     "E07000008,referrals,female,2015/16,17", "E07000008,referrals,male,2015/16,x"]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Path(folder, "own.csv")
    ...     _ = table.write_text("\n".join(rows))
    ...     report = audit_files(table, smallest=1, largest=7)
    >>> report.findings[0].text
    'E07000008, referrals, male, 2015/16: other figures give the count, 3.'
    """
    return audit(path, beside=beside, known=known, smallest=smallest, largest=largest)


def audit_edition(edition: Edition) -> AuditReport:
    """Attack an edition's counts, with all that the same reader may hold.

    `protect` does it with every edition that it makes, so that nothing of one that gives away a
    hidden count is drawn or written.

    Parameters
    ----------
    edition : Edition
        As `protect` returns.

    Returns
    -------
    AuditReport

    Examples
    --------
    >>> import vawg_geo
    >>> edition = vawg_geo.protect(vawg_geo.load_default())
    >>> print(vawg_geo.audit_edition(edition).summary())
    1 files, 24 hidden counts, 24 counts judged against 1 to 7: 0 findings.
    """
    return audit_observed(
        _shown_by(edition),
        beside=_held_beside(edition),
        known=published_beside(edition),
        name=edition.name,
    )


def require_safe_edition(edition: Edition) -> None:
    """Refuse an edition whose counts give away what it hides; each is looked at once.

    Parameters
    ----------
    edition : Edition

    Raises
    ------
    DisclosureError
        A hidden count follows from the others; the message names it, for the analyst only.
    """
    if not edition.rules.largest or edition in _AUDITED:
        return
    require_passed(audit_edition(edition), f"the {edition.name} edition")
    _AUDITED.add(edition)


def require_safe_files(edition: Edition, draft: Path, *, with_own: bool = False) -> None:
    """Refuse files that give away what their edition hides.

    Parameters
    ----------
    edition : Edition
        What they were made from. Its counts, and what its reader may hold beside, are taken as
        known to whoever has the files.
    draft : Path
        A file, or a folder with nothing else in it.
    with_own : bool
        An analyst has added things of her own: that the audit does not know them is no fault.

    Raises
    ------
    DisclosureError
        As of `require_safe_edition`, of what the files say.
    """
    require_safe_edition(edition)
    if not edition.rules.largest:
        return
    observed = read_folder(draft, parameters=_parameters(edition, edition.name))
    report = audit_observed(
        observed,
        beside=[_shown_by(edition), *_held_beside(edition)],
        known=published_beside(edition),
    )
    files = ", ".join(observed.files[:3]) + (" ..." if len(observed.files) > 3 else "")
    require_passed(report.of_counts() if with_own else report, files)


def _parameters(edition: Edition, name: str) -> Parameters:
    rules = rules_for(edition.project.disclosure, name) if name != edition.name else edition.rules
    return Parameters(edition=name, smallest=rules.smallest, largest=rules.largest, base=rules.base)


def _shown_by(edition: Edition) -> Observed:
    """What the edition's own counts tell."""
    return observed_counts(
        edition.counts,
        source=f"counts of the {edition.name} edition",
        parents=edition.parents,
        part_of=_part_of(edition),
        parameters=_parameters(edition, edition.name),
    )


def _held_beside(edition: Edition) -> list[Observed]:
    """Other editions of the same tables, as far as who holds this one may hold them."""
    return [
        observed_counts(
            counts,
            source=f"counts of the {name} edition",
            parents=edition.parents,
            part_of=_part_of(edition),
            parameters=_parameters(edition, name),
        )
        for name, counts in edition.also_held.items()
    ]


def published_beside(edition: Edition) -> list[Observed]:
    """Give what others have published and an edition does not print, as its readers know it."""
    known = edition.known
    if known is None or known.empty:
        return []
    return [observed_counts(known.assign(basis="published"), source="published by others")]


def _part_of(edition: Edition) -> dict[str, tuple[str, bool]]:
    indicators = edition.project.indicators
    return {i.name: (i.part_of, i.part_of_complete) for i in indicators if i.part_of}
