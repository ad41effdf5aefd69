"""What an audit found, for the analyst's eyes: it names cells."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.audit.attack.judge import cell_name
from vawg_geo.audit.observed import CELL, Finding

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from vawg_geo.audit.attack.judge import Judgement

__all__ = ["AuditReport", "make_report", "remedy"]


# Kinds of findings of cells, as `Judgement` has them.
_GIVEN: Final = ("shown", "recovered", "narrowed", "narrow")
_HIDE_MORE: Final = (
    "Set a higher largest_hidden under [disclosure.public] or [disclosure.partnership], or leave "
    "the sex, period or level of the cell that is named out of its [[counts]]; if vawg.toml asks "
    "for nothing unusual, report this as a fault of vawg-geo."
)
_TAKE_OUT: Final = (
    "If somebody put this into the folder, take it out; if vawg-geo wrote it, report this as a "
    "fault of vawg-geo."
)
# By kind of finding: what the analyst does about it.
_REMEDIES: Final = {
    **dict.fromkeys((*_GIVEN, "shown_small", "unnamed"), _HIDE_MORE),
    "figure_in_text": "A text of vawg.toml, or a name in a boundary file, has the code of an area "
    "and a number in it: change it, or confirm a text of vawg.toml under [[disclosure.confirmed]] "
    "('vawg-geo check' gives the lines). " + _TAKE_OUT,
    "absolute_path": "A text of vawg.toml, or a file's name there, gives a place on a machine: "
    "change it ('vawg-geo check' names its line). " + _TAKE_OUT,
    "private_input": "A text of vawg.toml gives a file's name or a hash: change it ('vawg-geo "
    "check' names its line). " + _TAKE_OUT,
    "forbidden_layer": "Ward profiles are in the partnership edition alone: take the words out of "
    "the text of vawg.toml that has them ('vawg-geo check' names its line), or the layer out of "
    "the folder.",
    "copied_figure": "Leave the overlay that writes the column out of [overlays], or let it write "
    "nothing where the count is hidden.",
    "foreign_edition": "Files of another edition lie in the folder: build it again.",
    "unread_period": "Write the period of that table so that it can be read ('vawg-geo check' "
    "lists the words), under columns or period of its [[counts]].",
    "unknown_value": "Correct the cells of the table, or leave it out.",
}


def remedy(kind: str) -> str:
    """What to do about a kind of finding.

    Examples
    --------
    >>> remedy("recovered").split(",")[0]
    'Set a higher largest_hidden under [disclosure.public] or [disclosure.partnership]'
    >>> remedy("unknown_file").split(",")[0]
    'If somebody put this into the folder'
    """
    return _REMEDIES.get(kind, _TAKE_OUT)


@dataclass(frozen=True, kw_only=True, eq=False)
class AuditReport:
    """What an audit found.

    Attributes
    ----------
    folder : str
        What was audited.
    smallest, largest : int
        Counts of this range are protected.
    files : tuple of str
        What was read, relative to the folder.
    judged, hidden : int
        Cells that were looked at, and how many of them stand in the files with a symbol.
    tied : int
        How many of the hidden ones are in a sum that the audit knows.
    findings : tuple of Finding
        What a person must decide on: files first, then cells.
    cells : pandas.DataFrame
        As in `Judgement`.
    notes : tuple of str
        What could not be relied on.
    """

    folder: str
    smallest: int
    largest: int
    files: tuple[str, ...]
    judged: int
    hidden: int
    tied: int
    findings: tuple[Finding, ...]
    cells: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def exit_code(self) -> int:
        """0 where nothing was found, else 1: a person must decide."""
        return 0 if self.passed else 1

    def of_counts(self) -> AuditReport:
        """The same without what is only not known: findings that give a count, and no others."""
        telling = (*_GIVEN, "shown_small", "unread_period")
        return replace(self, findings=tuple(f for f in self.findings if f.kind in telling))

    def of_cells(self, cells: pd.MultiIndex) -> AuditReport:
        """The same with findings of some cells alone, and of nothing else.

        Parameters
        ----------
        cells : pandas.MultiIndex
            `area_code`, `indicator`, `sex`, `period`.
        """
        is_wanted = pd.MultiIndex.from_frame(self.cells[list(CELL)]).isin(cells)
        of_cells = self.findings[len(self.findings) - len(self.cells) :]
        pairs = zip(of_cells, is_wanted, strict=True)
        kept = tuple(finding for finding, wanted in pairs if wanted)
        return replace(self, findings=kept, cells=self.cells[is_wanted])

    def summary(self) -> str:
        """One line: how much was read and judged, and what came of it."""
        return (
            f"{len(self.files):,} files, {self.hidden:,} hidden counts, {self.judged:,} counts "
            f"judged against {self.smallest} to {self.largest}: {len(self.findings):,} findings."
            + self._without_sums()
        )

    def conclusion(self) -> str:
        """One sentence: what follows. Nothing is proved of a count that no sum is known of."""
        if not self.passed:
            return "A person must decide."
        if self.hidden and not self.tied:
            return (
                "Nothing is proved: no sums are known to this audit. Name tables with totals "
                "(--known), larger areas (a column parent_code) or indicators that hold others "
                "(part_of)."
            )
        if not self.judged:
            return (
                "No hidden count was looked for: no table of counts that hides one is among these "
                "files, or before this audit."
            )
        return "No hidden count can be found out."

    def _without_sums(self) -> str:
        loose = self.hidden - self.tied
        if not loose:
            return ""
        if not self.tied:
            return " No sums are known to this audit."
        return f" Of {loose:,} hidden counts no sums are known to this audit."

    def table(self) -> pd.DataFrame:
        """Findings as a table: `kind`, `file`, `text`."""
        rows = [(f.kind, f.file, f.text) for f in self.findings]
        return pd.DataFrame(rows, columns=["kind", "file", "text"])

    def remedies(self) -> tuple[str, ...]:
        """What to do, in a line for each kind of finding."""
        kinds = dict.fromkeys(finding.kind for finding in self.findings)
        return tuple(f"{kind}: {remedy(kind)}" for kind in kinds)

    def to_json(self) -> str:
        """Everything, as JSON with sorted keys; an upper bound of null is no bound."""
        content: dict[str, object] = {
            "folder": self.folder,
            "passed": self.passed,
            "smallest": self.smallest,
            "largest": self.largest,
            "files": list(self.files),
            "judged": self.judged,
            "hidden": self.hidden,
            "hidden_in_sums": self.tied,
            "findings": [{"kind": f.kind, "file": f.file, "text": f.text} for f in self.findings],
            "cells": [
                {k: _number(v) for k, v in row.items()} for row in self.cells.to_dict("records")
            ],
            "notes": list(self.notes),
        }
        return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)


def make_report(
    *,
    folder: str,
    smallest: int,
    largest: int,
    files: Sequence[str],
    file_findings: Sequence[Finding],
    judgement: Judgement,
    notes: Sequence[str],
) -> AuditReport:
    """Put what readers found and what was judged into one report.

    Parameters
    ----------
    folder : str
    smallest, largest : int
    files : sequence of str
    file_findings : sequence of Finding
        What is wrong with files as such.
    judgement : Judgement
    notes : sequence of str

    Returns
    -------
    AuditReport
    """
    records = judgement.cells.to_dict("records")
    findings = [
        *file_findings,
        *(
            Finding(kind=str(row["kind"]), file=str(row["source"]), text=_sentence(row))
            for row in records
        ),
    ]
    return AuditReport(
        folder=folder,
        smallest=smallest,
        largest=largest,
        files=tuple(files),
        judged=judgement.judged,
        hidden=judgement.hidden,
        tied=judgement.tied,
        findings=tuple(findings),
        cells=judgement.cells,
        notes=(*notes, *judgement.notes),
    )


def _sentence(row: Mapping[Hashable, float | str]) -> str:
    name = cell_name({k: str(row[k]) for k in CELL})
    lower, upper = f"{row['lower']:.0f}", row["upper"]
    within = f"{lower} or more" if np.isinf(upper) else f"{lower} to {upper:.0f}"
    match row["kind"]:
        case "shown":
            return f"{name}: a count that should be hidden is given ({within})."
        case "recovered":
            return f"{name}: other figures give the count, {lower}."
        case "narrow":
            return f"{name}: other figures give the count as {within}, which is too near."
    must = f"{row['must_lower']:.0f} to {row['must_upper']:.0f}"
    return f"{name}: other figures give the count as {within}; all of {must} must be possible."


def _number(value: object) -> object:
    """A whole number as one, and what JSON has no word for as null."""
    if isinstance(value, float):
        return int(value) if np.isfinite(value) else None
    return value
