"""What files say: observations of counts, and what is wrong with a file as such."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import pandas as pd

__all__ = ["CELL", "OBSERVATION_COLUMNS", "Finding", "Observed", "Parameters"]

# What names a count.
CELL: Final = ("area_code", "indicator", "sex", "period")

# One row for each figure that a file gives of a count: the count lies between `low` and `high`
# (both included; NaN where the file names the count and says nothing of its size).
OBSERVATION_COLUMNS: Final = (*CELL, "level", "basis", "status", "low", "high", "source")


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something that a person must decide on.

    Attributes
    ----------
    kind : str
        A word: `unknown_file`, `unknown_column`, `derived_figure`, `deleted_content`, `recovered`,
        `narrowed`, `told_apart`, ...
    file : str
        Relative to the folder, with the table or place in it; empty for what comes of all files.
    text : str
        One sentence; names cells, so it is for the analyst only.
    """

    kind: str
    file: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """What the files say of their own protection: counts from `smallest` to `largest` are hidden.

    `base` is what shown counts are rounded to; 0 where they are not. `prose` are texts of the
    configuration that look like more, and who confirmed each. `version` is of the package that made
    the files; empty where they do not say it.
    """

    edition: str = ""
    smallest: int | None = None
    largest: int | None = None
    base: int = 0
    prose: tuple[tuple[str, str], ...] = ()
    version: str = ""


@dataclass(frozen=True, kw_only=True)
class Observed:
    """Everything that was read of one folder.

    Attributes
    ----------
    observations : pandas.DataFrame
        The columns `OBSERVATION_COLUMNS`.
    parents : dict of str to str
        Code of the area that holds an area, as any file gives it.
    totals : dict of str to str
        Row that is the sum of a whole table, by each area that it is the sum of.
    part_of : dict of str to (str, bool)
        By indicator: the indicator that it is a part of, and whether all its parts are there.
    parameters : Parameters
    findings : list of Finding
        What is wrong with files as such.
    files : list of str
        What was read, relative to the folder.
    notes : list of str
        What was taken as a sum, for the analyst.
    """

    observations: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(OBSERVATION_COLUMNS))
    )
    parents: dict[str, str] = field(default_factory=dict)
    totals: dict[str, str] = field(default_factory=dict)
    part_of: dict[str, tuple[str, bool]] = field(default_factory=dict)
    parameters: Parameters = field(default_factory=Parameters)
    findings: list[Finding] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
