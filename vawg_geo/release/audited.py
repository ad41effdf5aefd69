"""Every way out is audited: an edition's counts once, and each file before it has its name.

The gate and the writers ask for this through the package's front door, since the audit is a later
room than theirs and shares no code with them.
"""

from __future__ import annotations

import weakref
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.audit.build import refusal_beside, require_passed
from vawg_geo.audit.counts import observed_counts
from vawg_geo.audit.files import read_folder
from vawg_geo.audit.observed import CELL, Parameters
from vawg_geo.audit.run import audit_observed
from vawg_geo.disclosure.released import corrected_cells
from vawg_geo.disclosure.rules import rules_for
from vawg_geo.disclosure.words import noticed_texts
from vawg_geo.errors import AuditRefusedError
from vawg_geo.files.folder import RECORD
from vawg_geo.inputs.releases import Release, ledger_of, read_releases
from vawg_geo.release.causes import cause_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vawg_geo.audit.observed import Observed
    from vawg_geo.audit.report import AuditReport
    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.disclosure.rules import Rules
    from vawg_geo.project import Project

__all__ = [
    "audit_edition",
    "former_release",
    "published_beside",
    "releases_before",
    "require_safe_edition",
    "require_safe_files",
]

_AUDITED: Final[weakref.WeakSet[Edition]] = weakref.WeakSet()


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
    try:
        _require_passed(edition, audit_edition(edition), f"the {edition.name} edition")
        for release in edition.released:
            _require_still_hidden(edition, release)
    except AuditRefusedError as refused:
        refused.made_from = edition
        raise
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
    _require_passed(edition, report.of_counts() if with_own else report, files)


def _require_passed(edition: Edition, report: AuditReport, what: str) -> None:
    project = edition.project
    require_passed(report, what, edition=edition.name, cause=lambda found: cause_of(found, project))


def _parameters(edition: Edition, name: str) -> Parameters:
    rules = rules_for(edition.project.disclosure, name) if name != edition.name else edition.rules
    noticed = noticed_texts(edition.project, name)
    return Parameters(
        edition=name,
        smallest=rules.smallest,
        largest=rules.largest,
        base=rules.base,
        prose=tuple((one["text"], one.get("by", "")) for one in noticed),
    )


def _shown_by(edition: Edition) -> Observed:
    """What the edition's own counts tell."""
    return _counts_of(edition, edition.name, edition.counts)


def _counts_of(edition: Edition, name: str, counts: pd.DataFrame) -> Observed:
    """Counts of an edition of the same tables, the given one or another."""
    return observed_counts(
        counts,
        source=f"counts of the {name} edition",
        parents=edition.parents,
        part_of=edition.part_of(),
        parameters=_parameters(edition, name),
    )


def _held_beside(edition: Edition) -> list[Observed]:
    """Other editions of the same tables, and rounded releases, that the same reader may hold."""
    rounded = [one for one in edition.released if one.base]
    return [
        *(
            _of_release(one, _without(one.cells, corrected_cells(edition.counts, one)))
            for one in rounded
        ),
        *(_counts_of(edition, name, counts) for name, counts in edition.also_held.items()),
    ]


def published_beside(edition: Edition) -> list[Observed]:
    """Give what an edition's readers know beside it: what others published, what went out before.

    Parameters
    ----------
    edition : Edition
    """
    before = edition.before
    if before is None or before.empty:
        return _published_elsewhere(edition)
    return [
        *_published_elsewhere(edition),
        observed_counts(before.assign(basis="published"), source="earlier releases"),
    ]


def _published_elsewhere(edition: Edition) -> list[Observed]:
    known = edition.known
    if known is None or known.empty:
        return []
    return [observed_counts(known.assign(basis="published"), source="published by others")]


def former_release(name: str, folder: Path) -> Release | None:
    """Read the edition that a folder holds as a release, where no ledger has it.

    Parameters
    ----------
    name : str
        Of the edition.
    folder : Path
        As a build wrote it.

    Returns
    -------
    Release or None
        None for an analyst's edition, which went to nobody.
    """
    if name not in ("public", "partnership"):
        return None
    observed = read_folder(folder)
    protection, rows = observed.parameters, observed.observations
    counts = rows[(rows["low"] == rows["high"]) | (rows["status"] == "suppressed")]
    counts = counts.drop_duplicates(list(CELL))
    written = datetime.fromtimestamp((folder / "build.json").stat().st_mtime, UTC)
    return Release(
        name=f"{name}-0001",
        edition=name,
        released=written.date().isoformat(),
        smallest=protection.smallest or 0,
        largest=protection.largest or 0,
        base=protection.base,
        cells=counts.assign(count=counts["low"].astype("Float64")).reset_index(drop=True),
        parents=observed.parents,
        part_of=observed.part_of,
    )


def _require_still_hidden(edition: Edition, release: Release) -> None:
    """Refuse an edition that gives away, beside an earlier release, what that one hid."""
    if release.edition != edition.name or not release.largest:
        return
    corrected = corrected_cells(edition.counts, release)
    shown, cells = edition.counts, release.cells
    hidden = _index(cells[cells["status"] == "suppressed"])
    if corrected.empty:
        # The figures are the same: what this edition shows of them is shown on purpose.
        given = _index(shown[shown["count"].notna()])
        cells = cells[~_index(cells).isin(hidden.intersection(given))]
    report = audit_observed(
        _of_release(release, cells, edition.rules),
        beside=[_counts_of(edition, edition.name, _uncorrected(shown, corrected, release))],
        known=[*_published_elsewhere(edition), *_shown_by_others(edition, release)],
    ).of_cells(hidden)
    if not report.passed:
        what = f"release {release.name} of {release.released}"
        msg = refusal_beside(report, edition.name, what)
        raise AuditRefusedError(msg, report=report, edition=edition.name)


def _uncorrected(shown: pd.DataFrame, corrected: pd.DataFrame, release: Release) -> pd.DataFrame:
    """Figures of an edition that were the same when a release went out, as far as is known.

    Of an area of which a figure was corrected, others may have been too, unless they are seen to
    be as they were.
    """
    doubtful = shown["area_code"].isin(set(corrected["area_code"]))
    seen = release.shown()
    same = _index(shown).isin(_index(seen)) & ~_index(shown).isin(_index(corrected))
    return pd.DataFrame(shown[same | ~doubtful.to_numpy()])


def _shown_by_others(edition: Edition, release: Release) -> list[Observed]:
    """What other releases told of the same figures: no later edition gives that away."""
    shown = [
        _without(one.shown(), corrected_cells(one.cells, release))
        for one in edition.released
        if one is not release and not one.base
    ]
    if not shown:
        return []
    rows = pd.concat(shown[::-1], ignore_index=True).drop_duplicates(list(CELL))
    return [observed_counts(rows.assign(basis="published"), source="other releases")]


def _of_release(release: Release, cells: pd.DataFrame, rules: Rules | None = None) -> Observed:
    """What a release tells; with rules, what of it these protect as well."""
    smallest, largest = release.smallest, release.largest
    if rules is not None:
        smallest, largest = max(smallest, rules.smallest), min(largest, rules.largest)
    return observed_counts(
        cells,
        source=f"release {release.name}",
        parents=release.parents,
        part_of=release.part_of,
        parameters=Parameters(
            edition=release.edition,
            smallest=smallest,
            largest=largest,
            base=release.base,
        ),
    )


def _without(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(rows[~_index(rows).isin(_index(others))])


def _index(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[list(CELL)])


def releases_before(project: Project, folders: Mapping[str, Path]) -> tuple[Release, ...]:
    """What went out before: the ledger, and editions in their folders from before there was one.

    Parameters
    ----------
    project : Project
    folders : mapping of str to Path
        By name of the edition: where it stands, or will.

    Returns
    -------
    tuple of Release
    """
    noted = read_releases(project.folder)
    if ledger_of(project.folder) is None:
        return noted
    have = {release.edition for release in noted}
    former = (
        former_release(name, folder)
        for name, folder in folders.items()
        if name not in have and (folder / RECORD).is_file()
    )
    return (*noted, *(release for release in former if release is not None))
