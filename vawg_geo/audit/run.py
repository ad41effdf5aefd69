"""The audit: read what one reader holds, and try to find out what was hidden."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vawg_geo.audit.attack.judge import judge
from vawg_geo.audit.attack.knowledge import Holding, know
from vawg_geo.audit.report import AuditReport, make_report
from vawg_geo.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vawg_geo.audit.observed import Observed

__all__ = ["audit_files", "audit_observed"]


def audit_files(
    path: Path | str,
    *,
    beside: Sequence[Path | str] = (),
    known: Sequence[Path | str] = (),
    smallest: int | None = None,
    largest: int | None = None,
) -> AuditReport:
    r"""Attack finished files as a stranger would, as `vawg-geo audit` does.

    Every hidden count is bounded below and above by linear programming over all that the files
    say. It must be able to be anything in the protected range.

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
    from vawg_geo.audit.files import read_folder
    from vawg_geo.audit.tables.lookups import alike, placed

    def read(place: Path | str) -> Observed:
        observed = read_folder(Path(place))
        # What was built says itself where its areas lie.
        return placed(observed) if observed.parameters.smallest is None else observed

    own = read(path)
    return audit_observed(
        own,
        beside=[alike(read(other), own) for other in beside],
        known=[alike(read(other), own) for other in known],
        smallest=smallest,
        largest=largest,
        name=str(path),
    )


def audit_observed(
    observed: Observed,
    *,
    beside: Sequence[Observed] = (),
    known: Sequence[Observed] = (),
    smallest: int | None = None,
    largest: int | None = None,
    name: str = "",
) -> AuditReport:
    """Audit what has been read already.

    Parameters
    ----------
    observed : Observed
    beside, known : sequence of Observed
    smallest, largest : int, optional
        As in `audit_files`.
    name : str
        What was read, for the report.

    Returns
    -------
    AuditReport

    Raises
    ------
    ConfigurationError
        As in `audit_files`.

    Examples
    --------
    >>> import pandas as pd
    >>> from vawg_geo.audit.observed import Observed
    >>> rows = pd.DataFrame({
    ...     "area_code": "E07000008", "indicator": "referrals",
    ...     "sex": ["persons", "female", "male"], "period": "2015/16", "level": "district",
    ...     "basis": "own", "status": ["value", "value", "suppressed"],
    ...     "low": [20.0, 17.0, float("nan")], "high": [20.0, 17.0, float("nan")],
    ...     "source": "own.csv"})
    >>> report = audit_observed(Observed(observations=rows), smallest=1, largest=7)
    >>> print(report.findings[0].text)
    E07000008, referrals, male, 2015/16: other figures give the count, 3.
    """
    from vawg_geo.audit.files import shown_small

    low, high = _range(observed, smallest, largest)
    of_files = observed.findings
    if known:
        # Read alone, a folder does not know what others have published.
        of_files = [finding for finding in of_files if finding.kind != "shown_small"]
        of_files += shown_small(observed.observations, observed.parameters, known=known)
    holdings = [_holding(observed, low, high)]
    holdings += [_holding(other, low, high) for other in beside]
    holdings += [Holding(observed=t, smallest=low, largest=high, public=True) for t in known]
    knowledge = know(holdings)
    return make_report(
        folder=name,
        smallest=low,
        largest=high,
        files=observed.files,
        file_findings=[*of_files, *knowledge.findings],
        judgement=judge(knowledge, smallest=low, largest=high),
        notes=[*(note for h in holdings for note in h.observed.notes), *knowledge.notes],
    )


def _range(observed: Observed, smallest: int | None, largest: int | None) -> tuple[int, int]:
    """Protected range: what the files say of themselves, else what was asked for."""
    said = observed.parameters
    low = said.smallest if said.smallest is not None else smallest
    high = said.largest if said.largest is not None else largest
    if low is None or high is None:
        msg = (
            "the files do not say which counts are protected. Say it: --smallest 1 --largest 7 "
            "protects counts from 1 to 7."
        )
        raise ConfigurationError(msg)
    if low < 0 or low > high:
        msg = (
            f"counts from {low} to {high} are no range to protect. Give a smallest of at least 0 "
            "and a largest of at least the smallest."
        )
        raise ConfigurationError(msg)
    return low, high


def _holding(observed: Observed, smallest: int, largest: int) -> Holding:
    protection = observed.parameters
    return Holding(
        observed=observed,
        smallest=smallest if protection.smallest is None else protection.smallest,
        largest=largest if protection.largest is None else protection.largest,
        base=protection.base,
    )
