"""The ledger of releases beside a configuration: what went out before, by edition and date.

A release is one file, `vawg-releases/public-0001.json`: the counts that an edition showed, and
which ones it hid, without what they were. Nothing of an input stands in it. Only its owner may read
the folder, since what partners were shown is in it too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.errors import InputError
from vawg_geo.inputs.catalogue.registry import embedded_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CELL",
    "LEDGER",
    "Release",
    "ledger_of",
    "read_releases",
    "release_content",
    "same_figures",
]


LEDGER: Final = "vawg-releases"
CELL: Final = ("area_code", "indicator", "sex", "period")
_COLUMNS: Final = (*CELL, "level", "basis", "status", "count")
_FIELDS: Final = frozenset(("edition", "released", "smallest", "largest", "base", "cells"))


@dataclass(frozen=True, kw_only=True, eq=False)
class Release:
    """What one edition showed when it went out.

    Attributes
    ----------
    name : str
        Of its file, without the ending: `public-0001`.
    edition : str
    released : str
        Date, as `2026-05-03`.
    smallest, largest, base : int
        Counts of this range were hidden; what the others were rounded to, 0 for nothing.
    cells : pandas.DataFrame
        `area_code`, `indicator`, `sex`, `period`, `level`, `basis`, `status`, `count`; the count of
        a hidden one is missing.
    parents : dict of str to str
    part_of : dict of str to (str, bool)
        As the edition had them.
    forgotten : str
        Date on which somebody said that it never went out; empty for a release.
    """

    name: str
    edition: str
    released: str
    smallest: int
    largest: int
    base: int
    cells: pd.DataFrame
    parents: dict[str, str] = field(default_factory=dict)
    part_of: dict[str, tuple[str, bool]] = field(default_factory=dict)
    forgotten: str = ""

    def shown(self) -> pd.DataFrame:
        """Rows whose count was shown."""
        return pd.DataFrame(self.cells[self.cells["count"].notna()])

    @property
    def content(self) -> dict[str, Any]:
        """What its file says, but for dates."""
        return release_content(
            self.cells,
            edition=self.edition,
            protected=(self.smallest, self.largest, self.base),
            parents=self.parents,
            part_of=self.part_of,
        )

    def says(self) -> str:
        """One line on it, for a list."""
        if self.forgotten:
            return f"{self.name}: forgotten on {self.forgotten}"
        hidden = int((self.cells["status"] == "suppressed").sum())
        return (
            f"{self.name}: {self.edition} edition of {self.released}, {len(self.shown()):,} counts "
            f"shown, {hidden:,} hidden"
        )


def ledger_of(folder: Path | str) -> Path | None:
    """Where the releases of a configuration's folder are; the embedded default has none.

    Its figures are published or made up, and its folder belongs to nobody.
    """
    place = Path(folder).resolve()
    return None if place == embedded_folder("data").resolve() else place / LEDGER


def read_releases(folder: Path | str) -> tuple[Release, ...]:
    """Read the ledger beside a configuration.

    Parameters
    ----------
    folder : path
        Of the configuration.

    Returns
    -------
    tuple of Release
        In the order of their names, the forgotten ones too; empty where there is no ledger.

    Raises
    ------
    InputError
        A file of it cannot be read.
    """
    ledger = ledger_of(folder)
    if ledger is None or not ledger.is_dir():
        return ()
    found = []
    for path in sorted(ledger.glob("*.json")):
        state = path.stat()
        found.append(_read_release(path, state.st_mtime_ns, state.st_size))
    return tuple(found)


# The same file is the same release: what was chosen with it is chosen once.
@lru_cache(maxsize=256)
def _read_release(path: Path, _time: int, _size: int) -> Release:
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if lacking := sorted(_FIELDS - content.keys()):
            msg = f"it has no {lacking[0]!r}"
            raise ValueError(msg)
        cells = pd.DataFrame(content["cells"], columns=list(_COLUMNS))
        part_of = content.get("part_of", {})
        return Release(
            name=path.stem,
            edition=str(content["edition"]),
            released=str(content["released"]),
            smallest=int(content["smallest"]),
            largest=int(content["largest"]),
            base=int(content["base"]),
            cells=cells.assign(count=pd.to_numeric(cells["count"]).astype("Float64")),
            parents=dict(content.get("parents", {})),
            part_of={name: (str(whole), bool(all_)) for name, (whole, all_) in part_of.items()},
            forgotten=str(content.get("forgotten", "")),
        )
    except (OSError, ValueError, TypeError, AttributeError) as error:
        msg = (
            f"{path} is no release that vawg-geo wrote: {error}. Put a copy of it back, or move it "
            "away if what it says never went out."
        )
        raise InputError(msg) from error


def release_content(
    counts: pd.DataFrame,
    *,
    edition: str,
    protected: tuple[int, int, int],
    parents: Mapping[str, str],
    part_of: Mapping[str, tuple[str, bool]],
) -> dict[str, Any]:
    """What a release's file says, but for its date.

    Parameters
    ----------
    counts : pandas.DataFrame
        Of an edition, after the gate.
    edition : str
    protected : (int, int, int)
        Smallest and largest hidden count, and what the others are rounded to.
    parents : mapping of str to str
    part_of : mapping of str to (str, bool)

    Returns
    -------
    dict
    """
    smallest, largest, base = protected
    rows = counts.sort_values(list(CELL), kind="stable")[list(_COLUMNS)]
    values = [
        None if pd.isna(v) else (int(v) if float(v).is_integer() else float(v))
        for v in rows["count"]
    ]
    words = rows[list(_COLUMNS[:-1])].astype(str).to_numpy().tolist()
    return {
        "edition": edition,
        "smallest": smallest,
        "largest": largest,
        "base": base,
        "part_of": {name: list(whole) for name, whole in sorted(part_of.items())},
        "parents": dict(sorted(parents.items())),
        "cells": [[*row, value] for row, value in zip(words, values, strict=True)],
    }


def same_figures(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two releases tell the same: each figure shown, each hidden, and by which rule.

    Parameters
    ----------
    one, other : dict
        As `release_content` gives them.
    """
    rules = ("edition", "smallest", "largest", "base")
    return all(one[name] == other[name] for name in rules) and _told(one) == _told(other)


def _told(content: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    # What is missing or does not apply tells no figure.
    return [
        (*row[: len(CELL)], row[-2] == "suppressed", row[-1])
        for row in content["cells"]
        if row[-1] is not None or row[-2] == "suppressed"
    ]
