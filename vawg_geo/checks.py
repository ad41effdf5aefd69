"""What `vawg-geo check` says: how inputs were read and joined, and what needs a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vawg_geo.areas.tables import Tables, load_tables
from vawg_geo.disclosure.gate import protect
from vawg_geo.project import find_project, read_project
from vawg_geo.publish.results import compute_results

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

__all__ = ["CheckReport", "check_project"]


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """Tables and lines to print, and decisions that a person must take."""

    tables: dict[str, pd.DataFrame]
    lines: tuple[str, ...]
    decisions: tuple[str, ...]


def check_project(config: Path | None) -> CheckReport:
    """Read and join everything that a configuration names, and report on it.

    Parameters
    ----------
    config : Path, optional
        As for `build`.

    Returns
    -------
    CheckReport

    Raises
    ------
    VawgGeoError
        Bad input.
    """
    project = read_project(find_project(config))
    tables = load_tables(project)
    for edition in project.editions.build:
        # Everything that a build would refuse before it writes, it refuses here.
        compute_results(protect(tables, edition=edition))
    report = tables.join_report
    summary = report.groupby(["table", "level", "outcome"], sort=False).size()
    odd = report[report["outcome"].isin(["missing", "name_differs"])]
    return CheckReport(
        tables={
            "Joins": summary.rename("areas").reset_index(),
            "Joins to look at": odd.drop(columns=["rows"]),
            "Sums that differ from the figure given": _differences(tables),
        },
        lines=tuple(note.line() for note in tables.notes),
        decisions=tuple(_decisions(tables)),
    )


def _differences(tables: Tables) -> pd.DataFrame:
    table = tables.reconciliation
    if table.empty:
        return table
    return table[table["difference"].fillna(0) != 0].drop(columns=["basis"])


def _decisions(tables: Tables) -> list[str]:
    decisions = []
    report = tables.join_report
    if missing := tables.missing():
        decisions.append(f"{missing} Add the rows, or build with these areas hatched as missing.")
    renamed = report[report["outcome"] == "name_differs"]
    if len(renamed):
        decisions.append(
            f"{len(renamed):,} of {len(report):,} areas were joined by a code whose name differs; "
            f"first: {renamed.iloc[0]['detail']}. Check that the codes are meant."
        )
    apart = _differences(tables)
    if len(apart):
        first = apart.iloc[0]
        decisions.append(
            f"{len(apart):,} of {len(tables.reconciliation):,} sums differ from the figure given; "
            f"first: {first['area_name']}, {first['indicator']}, {first['sex']}: parts "
            f"{first['sum_of_parts']:g}, given {first['count']:g}. Find out which is right."
        )
    return decisions
