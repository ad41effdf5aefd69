"""The gate: from a project's counts to what one edition may show.

Every later room computes from an edition's counts. What is hidden here is missing to all of
them, so it cannot come back through a rate, a class limit or a neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.areas.reading import names_of
from vawg_geo.disclosure.rules import Rules, refuse_forbidden, rules_for
from vawg_geo.errors import ConfigurationError, DisclosureError

if TYPE_CHECKING:
    import geopandas as gpd

    from vawg_geo.areas.tables import Tables
    from vawg_geo.project import Project

__all__ = ["EDITIONS", "Edition", "protect"]

EDITIONS: Final = ("public", "partnership", "analyst")

# Only `protect` holds it, so that no edition can be made round the gate.
_KEY: Final = object()

# Published counts are public already; everything else is protected.
_PROTECTED_BASES: Final = ("own", "illustrative", "estimated")
_HIDDEN_NOTE: Final = "hidden: small number"


@dataclass(frozen=True, kw_only=True, eq=False)
class Edition:
    """Protected counts and what may be shown with them; made by `protect` and by nothing else.

    Attributes
    ----------
    name : str
        `public`, `partnership` or `analyst`.
    counts : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`; hidden counts are absent, their status `suppressed`.
    rules : Rules
        What was hidden.
    project, populations, areas, parents, join_report
        As in `Tables`; none of them holds a count.
    watermark : str
        Words to show on every page and layer; empty for none.
    """

    name: str
    counts: pd.DataFrame
    rules: Rules
    project: Project
    populations: pd.DataFrame
    areas: dict[str, gpd.GeoDataFrame]
    parents: dict[str, str]
    join_report: pd.DataFrame
    notes: tuple[str, ...]
    inputs: dict[str, str]
    watermark: str
    key: object

    def __post_init__(self) -> None:
        if self.key is not _KEY:
            msg = "an edition is made by vawg_geo.protect and in no other way."
            raise DisclosureError(msg)

    @property
    def protection(self) -> str:
        """What is hidden and why, in a sentence."""
        return self.rules.sentence()

    def area_names(self) -> dict[str, str]:
        """Name of every area, by code."""
        return names_of(self.areas)


def protect(tables: Tables, *, edition: str = "public") -> Edition:
    """Make an edition: hide small counts of every table that is not published already.

    Parameters
    ----------
    tables : Tables
        As `load_tables` returns.
    edition : {"public", "partnership", "analyst"}

    Returns
    -------
    Edition

    Raises
    ------
    ConfigurationError
        Unknown edition, or an analyst's without a recorded reason.
    DisclosureError
        The counts hold something that the edition may not show.
    """
    if edition not in EDITIONS:
        msg = f"{edition!r} is no edition. Choose {', '.join(EDITIONS)}."
        raise ConfigurationError(msg)
    project = tables.project
    if edition == "analyst" and not project.editions.reason.strip():
        msg = (
            'the analyst edition needs a recorded reason. Add reason = "..." under [editions] '
            "in the configuration."
        )
        raise ConfigurationError(msg)
    titles = {i.name: f"{i.title} {i.definition}" for i in project.indicators}
    refuse_forbidden(tables.counts, edition=edition, titles=titles)
    rules = rules_for(project.disclosure, edition)
    return Edition(
        name=edition,
        counts=suppress(tables.counts, rules),
        rules=rules,
        project=project,
        populations=tables.populations,
        areas=tables.areas,
        parents=tables.parents,
        join_report=_nameless(tables.join_report, project, tables.area_names()),
        # What reading said of an analyst's own table stays with her: it may quote a value.
        notes=tuple(n.line() for n in tables.notes if n.basis == "published"),
        inputs=tables.inputs,
        watermark=_watermark(project, edition),
        key=_KEY,
    )


def suppress(counts: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Hide counts within the range of a rule, where their basis is not published.

    Parameters
    ----------
    counts : pandas.DataFrame
        `count`, `status`, `basis`, `note`.
    rules : Rules

    Returns
    -------
    pandas.DataFrame
        A hidden count is missing, its status `suppressed`; its note says so and nothing else.

    Examples
    --------
    >>> import pandas as pd
    >>> from vawg_geo.disclosure.rules import PRESETS
    >>> counts = pd.DataFrame({
    ...     "count": pd.array([0, 3, 12], "Int64"), "status": ["zero", "value", "value"],
    ...     "basis": "own", "note": ""})
    >>> suppress(counts, PRESETS["nhs"])[["count", "status"]]
       count      status
    0      0        zero
    1   <NA>  suppressed
    2     12       value
    """
    if not rules.largest:
        return counts.copy()
    # An estimate may have a fraction: everything that rounds to a hidden number is hidden.
    events = counts["count"].astype("Float64")
    small = ((events > rules.smallest - 1) & (events < rules.largest + 1)).fillna(value=False)
    hide = small.astype(bool) & counts["basis"].isin(_PROTECTED_BASES)
    return counts.assign(
        count=counts["count"].mask(hide),
        status=counts["status"].mask(hide, "suppressed"),
        note=counts["note"].mask(hide, _HIDDEN_NOTE),
    )


def _nameless(report: pd.DataFrame, project: Project, official: dict[str, str]) -> pd.DataFrame:
    """Join report without private files' names and without what stood in their cells."""
    names = {
        Path(source.file).name: f"{source.basis} counts, table {number}"
        for number, source in enumerate(project.counts, start=1)
        if source.basis in {"own", "estimated"}
    }
    private = report["table"].map(lambda tables: any(n in names for n in tables.split(" and ")))
    named = pd.Series(
        [official.get(code, "") for code in report["area_code"]], index=report.index, dtype="str"
    )
    return report.assign(
        table=[
            " and ".join(names.get(name, name) for name in tables.split(" and "))
            for tables in report["table"]
        ],
        area_name=report["area_name"].mask(private, named),
        detail=report["detail"].mask(private & (report["outcome"] == "name_differs"), ""),
    )


def _watermark(project: Project, edition: str) -> str:
    if edition == "public":
        return ""
    if edition == "partnership":
        agreement = project.project.agreement or "no agreement recorded"
        return (
            f"Partnership edition, {project.project.reference_date or project.project.period}. "
            f"Under the information sharing agreement: {agreement}. Not for publication."
        )
    return f"Analyst's edition, not for sharing. Reason: {project.editions.reason}"
