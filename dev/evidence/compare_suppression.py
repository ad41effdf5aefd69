"""How many cells our suppression hides, beside the optimal pattern of tau-argus.

    python dev/evidence/compare_suppression.py [--tables 1000] [--seed 0]
                                                   [--out docs/suppression.csv]
    python dev/evidence/compare_suppression.py --time-again docs/suppression.csv

Both get the same random tables (`random_tables.py`) and the same demand: seen from outside, every
count of 1 to 7 could still be any of 1 to 7, by somebody who knows that a hidden count is at least
1 since zeros are shown. Needs the package `pytauargus`; a linear programme of scipy checks both.
"""

from __future__ import annotations

import argparse
import importlib
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from random_tables import random_parents, random_table
from scipy.optimize import linprog
from scipy.sparse import csr_array

from vawg_geo.audit.observed import OBSERVATION_COLUMNS, Observed
from vawg_geo.audit.run import audit_observed
from vawg_geo.disclosure.cells import CellTable
from vawg_geo.disclosure.rules import PRESETS
from vawg_geo.terms.columns import SEXES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["Weak", "compare", "ours", "tauargus_hidden", "weak_cells"]

SMALLEST: Final = 1
LARGEST: Final = 7
# More than any count can be; tau-argus needs an end, an attacker has none.
_UNBOUNDED: Final = 1_000_000
_EPSILON: Final = 1e-6

Cost = Literal["cells", "counts"]


class Equation(NamedTuple):
    """Rows of the table: one that is the sum of others."""

    whole: int
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Weak:
    """How many hidden cells an attacker comes too near to.

    Attributes
    ----------
    primary : int
        Cells of 1 to 7 whose interval leaves out a value of 1 to 7.
    narrowed, narrow : int
        Secondary cells: that could be a small count but not any of them; that cannot be one and
        whose interval is narrower than 1 to 7.
    """

    primary: int
    narrowed: int
    narrow: int


def ours(table: pd.DataFrame, parents: Mapping[str, str]) -> NDArray[np.bool_]:
    """Rows that our own suppression hides, the small counts among them.

    Raises
    ------
    RuntimeError
        If some count stays in too narrow a range whatever else is hidden.
    """
    hidden, unprotected = CellTable(table, PRESETS["nhs"], parents, part_of={}).choose([])
    if len(unprotected):
        raise RuntimeError(f"{len(unprotected):,} of {len(table):,} counts cannot be protected")
    return hidden[: len(table)]


def equations(table: pd.DataFrame, parents: Mapping[str, str]) -> list[Equation]:
    """Sums of the table, the smallest areas first: sexes in persons, areas in their parents."""
    row = {key: i for i, key in enumerate(zip(table["area_code"], table["sex"], strict=True))}
    areas = list(dict.fromkeys(table["area_code"]))[::-1]
    found = [
        Equation(row[area, "persons"], (row[area, "female"], row[area, "male"])) for area in areas
    ]
    children: dict[str, list[str]] = {}
    for area in areas:
        if area in parents:
            children.setdefault(parents[area], []).append(area)
    return found + [
        Equation(row[parent, sex], tuple(row[child, sex] for child in children[parent]))
        for parent in areas
        if parent in children
        for sex in SEXES
    ]


def structural_low(hidden: NDArray[np.bool_], sums: list[Equation]) -> NDArray[np.int64]:
    """Least value of a hidden cell, known from how many hidden cells it is made of alone."""
    low = hidden.astype(np.int64)
    while True:
        before = low.copy()
        for whole, parts in sums:
            if hidden[whole]:
                low[whole] = max(low[whole], low[list(parts)].sum())
        if (low == before).all():
            return low


def _problem(counts: NDArray[np.int64], sums: list[Equation], cost: Cost) -> str:
    """The table in the solver's own format (JJ).

    A line for each cell: number, count, cost, state (u primary, s may be hidden, z is shown),
    bounds that an attacker knows beforehand, protection below and above the count, sliding
    protection. A line for each sum: 0, terms, and the cells with -1 for the whole.
    """
    primary = (counts >= SMALLEST) & (counts <= LARGEST)
    low = structural_low(primary, sums)
    lines = ["0", str(len(counts))]
    for i, count in enumerate(counts.tolist()):
        weight = 1 if cost == "cells" else max(count, 1)
        if count == 0:
            lines.append(f"{i} 0 {weight} z 0 0 0 0 0")
        elif primary[i]:
            below, above = count - max(SMALLEST, low[i]), LARGEST - count
            lines.append(f"{i} {count} {weight} u 1 {_UNBOUNDED} {below} {above} 0")
        else:
            lines.append(f"{i} {count} {weight} s 1 {_UNBOUNDED} 0 0 0")
    lines.append(str(len(sums)))
    for whole, parts in sums:
        terms = " ".join(f"{part} (1)" for part in parts)
        lines.append(f"0 {len(parts) + 1} : {whole} (-1) {terms}")
    return "\n".join(lines) + "\n"


def _solve(
    counts: NDArray[np.int64], sums: list[Equation], *, cost: Cost, minutes: int
) -> tuple[NDArray[np.bool_], bool]:
    """Cells hidden by tau-argus, and whether it proved that no cheaper pattern protects."""
    solver: Any = importlib.import_module("pytauargus._tauargus").HiTaSCtrl()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        problem, answer = folder / "in.jj", folder / "out.jj"
        problem.write_text(_problem(counts, sums, cost), encoding="ascii")
        # Its logs go to `out_dir`, which needs the stroke at its end; 0 minutes would mean no
        # search at all but the first heuristic's answer.
        code = solver.full_jj(
            in_file_jj=str(problem), out_file=str(answer), max_time=minutes, out_dir=f"{folder}/"
        )
        if code > 1:
            raise RuntimeError(f"tau-argus: {solver.error_string(code)} (code {code})")
        secondary = [int(line) for line in answer.read_text(encoding="ascii").split()]
    hidden = (counts >= SMALLEST) & (counts <= LARGEST)
    hidden[secondary] = True
    return hidden, code == 0


def tauargus_hidden(
    table: pd.DataFrame, parents: Mapping[str, str], *, cost: Cost = "cells", minutes: int = 5
) -> NDArray[np.bool_]:
    """Rows that tau-argus's optimal suppression hides, primary and secondary.

    Parameters
    ----------
    table : DataFrame
        Additive counts by `area_code` and `sex`, none missing; parents before their parts.
    parents : mapping
        Area to the area that it is a part of.
    cost : {"cells", "counts"}
        What is made least: the number of hidden cells, or the sum of their counts, which is
        tau-argus's own default.
    minutes : int
        Time limit; then the best pattern found so far is returned.

    Returns
    -------
    ndarray of bool, shape (rows,)

    Raises
    ------
    RuntimeError
        If the solver finds no pattern at all.
    """
    counts = table["count"].to_numpy(dtype=np.int64)
    return _solve(counts, equations(table, parents), cost=cost, minutes=minutes)[0]


def weak_cells(table: pd.DataFrame, parents: Mapping[str, str], hidden: NDArray[np.bool_]) -> Weak:
    """Count the hidden cells that linear programming narrows too far."""
    counts = table["count"].to_numpy(dtype=np.int64)
    sums = equations(table, parents)
    matrix = np.zeros((len(sums), len(counts)))
    for i, (whole, parts) in enumerate(sums):
        matrix[i, whole] = -1
        matrix[i, list(parts)] = 1
    left = matrix[:, hidden]
    useful = left.any(axis=1)
    known = {
        "A_eq": csr_array(left[useful]),
        "b_eq": -(matrix[:, ~hidden] @ counts[~hidden])[useful],
        "bounds": (1, None),
        "method": "highs",
    }
    low = structural_low(hidden, sums)
    tally = dict.fromkeys(("primary", "narrowed", "narrow"), 0)
    for position, cell in enumerate(np.flatnonzero(hidden)):
        one = np.zeros(int(hidden.sum()))
        one[position] = 1
        least, most = linprog(one, **known), linprog(-one, **known)
        if least.status != 0 or most.status not in (0, 3):
            raise RuntimeError(f"the table does not add up: {least.message} {most.message}")
        lower = least.fun
        upper = -most.fun if most.status == 0 else np.inf
        covers = lower <= max(SMALLEST, low[cell]) + _EPSILON and upper >= LARGEST - _EPSILON
        if counts[cell] <= LARGEST:
            tally["primary"] += not covers
        elif lower <= LARGEST + _EPSILON:
            tally["narrowed"] += not covers
        else:
            tally["narrow"] += upper - lower < LARGEST - SMALLEST - _EPSILON
    return Weak(**tally)


def compare(
    seed: int, *, cost: Cost = "cells", minutes: int = 5, with_ours: bool = True
) -> dict[str, object]:
    """One row of the comparison: both patterns of one random table."""
    table, parents = random_table(seed), random_parents()
    counts = table["count"].to_numpy(dtype=np.int64)
    start = time.perf_counter()
    theirs, proven = _solve(counts, equations(table, parents), cost=cost, minutes=minutes)
    seconds_theirs = time.perf_counter() - start
    weak = weak_cells(table, parents, theirs)
    row: dict[str, object] = {
        "seed": seed,
        "cells": len(table),
        "primary": int(((counts >= SMALLEST) & (counts <= LARGEST)).sum()),
        "hidden_theirs": int(theirs.sum()),
        "seconds_theirs": round(seconds_theirs, 2),
        "proven_theirs": proven,
        "weak_primary_theirs": weak.primary,
        "weak_secondary_theirs": weak.narrowed + weak.narrow,
    }
    if with_ours:
        start = time.perf_counter()
        mine = ours(table, parents)
        seconds = time.perf_counter() - start
        weak = weak_cells(table, parents, mine)
        row |= {
            "hidden_ours": int(mine.sum()),
            "ratio": round(float(mine.sum() / theirs.sum()), 4),
            "seconds_ours": round(seconds, 2),
            "weak_primary_ours": weak.primary,
            "weak_secondary_ours": weak.narrowed + weak.narrow,
            **_audited(table, parents, mine),
        }
    return row


def _audited(
    table: pd.DataFrame, parents: Mapping[str, str], hidden: NDArray[np.bool_]
) -> dict[str, object]:
    """What the package's own audit finds in the table, and how long it takes."""
    shown = table["count"].astype(float).mask(hidden)
    observations = table.assign(
        status=table["status"].mask(hidden, "suppressed"), low=shown, high=shown, source="table"
    )[list(OBSERVATION_COLUMNS)]
    start = time.perf_counter()
    report = audit_observed(
        Observed(observations=observations, parents=dict(parents)),
        smallest=SMALLEST,
        largest=LARGEST,
    )
    seconds = time.perf_counter() - start
    return {"audit_findings": len(report.findings), "seconds_audit": round(seconds, 2)}


def _timed(seed: int) -> tuple[int, float]:
    """How many counts of one random table ours hides, and the seconds that it takes."""
    table, parents = random_table(seed), random_parents()
    start = time.perf_counter()
    hidden = ours(table, parents)
    return int(hidden.sum()), round(time.perf_counter() - start, 2)


def time_again(path: Path) -> None:
    """Take ours' seconds of a comparison anew; refuse where it hides more or fewer counts."""
    rows = pd.read_csv(path)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        hidden, seconds = zip(*pool.map(_timed, rows["seed"], chunksize=5), strict=True)
    if changed := int((rows["hidden_ours"] != list(hidden)).sum()):
        raise SystemExit(f"{changed} of {len(rows)} tables hide another number: compare anew.")
    rows["seconds_ours"] = seconds
    rows.to_csv(path, index=False)
    print(rows["seconds_ours"].describe().to_string())


def main() -> None:
    """Write the comparison of many tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="seed of the first table")
    parser.add_argument("--cost", choices=("cells", "counts"), default="cells")
    parser.add_argument("--minutes", type=int, default=5, help="limit for tau-argus, each table")
    parser.add_argument("--theirs-only", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("suppression.csv"))
    parser.add_argument("--time-again", type=Path, metavar="TABLE")
    options = parser.parse_args()
    if options.time_again is not None:
        time_again(options.time_again)
        return
    run = partial(
        compare,
        cost=options.cost,
        minutes=options.minutes,
        with_ours=not options.theirs_only,
    )
    # Spawned: the native solver keeps its state in globals.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        rows = list(pool.map(run, range(options.seed, options.seed + options.tables)))
    result = pd.DataFrame(rows)
    result.to_csv(options.out, index=False)
    print(result.describe().loc[["mean", "min", "max"]].T.to_string())


if __name__ == "__main__":
    main()
