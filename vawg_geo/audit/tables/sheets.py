"""Figures of whatever file, in one form: a sheet has a row for each cell and columns by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.audit.observed import Finding, Parameters
from vawg_geo.terms.tables import names_that_tell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "CONSTANT",
    "DERIVED",
    "NAMING",
    "OWN",
    "PUBLISHED",
    "Groups",
    "Laid",
    "Reading",
    "Sheet",
    "TimeTable",
    "known_columns",
    "mapped",
    "merged",
    "one_finding",
    "texts_in",
]

PUBLISHED: Final = "published"
# Basis of a table that gives none: an analyst's own, so that nothing passes unlooked at.
OWN: Final = "own"
# Columns that say which cell, which place, or how the whole series was made: they may stand beside
# a hidden count.
NAMING: Final = names_that_tell("cell")
# Columns that are the same for a whole series; where they differ, they tell cells apart.
CONSTANT: Final = names_that_tell("series")
# What only a count can give.
DERIVED: Final = names_that_tell("class", "derived")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Figures of one file or table.

    Attributes
    ----------
    columns : dict of str to list
        By name, all of one length: a row for each cell, texts or numbers as the file has them.
        `area_code` is there.
    source : str
        File relative to the folder, with the table in it.
    """

    columns: dict[str, list[Any]]
    source: str

    def __len__(self) -> int:
        return len(self.columns["area_code"])


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Sums over groups of areas, and which decile each area is in.

    Attributes
    ----------
    sums : list of (str, dict of str to list)
        Where each table stands, and its columns.
    deciles : dict of str to int
        By area.
    """

    sums: list[tuple[str, dict[str, list[Any]]]] = field(default_factory=list)
    deciles: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Laid:
    """Columns that are laid over the rates, and are said to tell nothing of a count.

    Attributes
    ----------
    columns : dict of str to list
        By name, those that name areas among them.
    source : str
        File relative to the folder, with the table or layer in it.
    keys : tuple of str
        Columns that tell the rows of one area apart.
    """

    columns: dict[str, list[Any]]
    source: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TimeTable:
    """A table over time, as a file has it.

    Attributes
    ----------
    name : str
        As it is declared: `changes`, `trends` or `months`.
    columns : dict of str to list
    source : str
        File relative to the folder, with the table in it.
    near : mapping of str to float
        By column: half of the last digit that it is printed with; without one, all digits.
    """

    name: str
    columns: dict[str, list[Any]]
    source: str
    near: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one file says, before files are put together."""

    sheets: list[Sheet] = field(default_factory=list)
    parents: dict[str, str] = field(default_factory=dict)
    part_of: dict[str, tuple[str, bool]] = field(default_factory=dict)
    parameters: Parameters | None = None
    findings: list[Finding] = field(default_factory=list)
    # By indicator: what its rates are per, which may be another indicator.
    shares: dict[str, str] = field(default_factory=dict)
    groups: Groups | None = None
    # Area that a row is counted in, by rows that are sums of their tables; and what was taken so.
    totals: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    laid: list[Laid] = field(default_factory=list)
    over_time: list[TimeTable] = field(default_factory=list)


def merged(readings: list[Reading]) -> Reading:
    """Put together what several parts of one file say."""
    parents: dict[str, str] = {}
    part_of: dict[str, tuple[str, bool]] = {}
    shares: dict[str, str] = {}
    totals: dict[str, str] = {}
    for reading in readings:
        totals.update(reading.totals)
        parents.update(reading.parents)
        part_of.update(reading.part_of)
        shares.update(reading.shares)
    return Reading(
        sheets=[sheet for reading in readings for sheet in reading.sheets],
        parents=parents,
        part_of=part_of,
        parameters=next((r.parameters for r in readings if r.parameters is not None), None),
        findings=[finding for reading in readings for finding in reading.findings],
        shares=shares,
        totals=totals,
        notes=[note for reading in readings for note in reading.notes],
        laid=[laid for reading in readings for laid in reading.laid],
        over_time=[table for reading in readings for table in reading.over_time],
        groups=_all_groups([reading.groups for reading in readings if reading.groups]),
    )


def _all_groups(groups: list[Groups]) -> Groups | None:
    if not groups:
        return None
    deciles: dict[str, int] = {}
    for one in groups:
        deciles |= one.deciles
    return Groups(
        sums=[table for one in groups for table in one.sums],
        deciles=deciles,
    )


def one_finding(kind: str, source: str, text: str) -> Reading:
    """Reading of a file of which one thing is to be said."""
    return Reading(findings=[Finding(kind=kind, file=source, text=text)])


def known_columns() -> frozenset[str]:
    """Names that a column of a table may have."""
    return NAMING | CONSTANT | DERIVED | {"count"}


def texts_in(column: pd.Series) -> pd.Series:
    """Texts without blanks around them; empty where there is nothing."""
    codes, words = pd.factorize(column.to_numpy(dtype=object))
    # The last place is for what is missing, whose code is -1.
    texts = np.array([*(str(word).strip() for word in words), ""], dtype=object)
    return pd.Series(texts[codes], index=column.index, dtype=object)


def mapped(column: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Change each text of a column, each word once."""
    codes, words = pd.factorize(column.to_numpy(dtype=object))
    texts = np.array([change(word) for word in words], dtype=object)
    return pd.Series(texts[codes], index=column.index, dtype=object)
