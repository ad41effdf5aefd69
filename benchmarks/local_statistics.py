"""Local Moran's I: ours, esda's and pygeoda's, in one run with the same weights and permutations.

    python benchmarks/local_statistics.py [--size 7500x9999 ...] [--large] [--rounds 3]

Prints medians of runs in turns, wall and processor time, and ratios; it is a measurement and no
test. On a busy machine the ratios of processor time are the steadier. `--large` adds 35,000 areas
with 99,999 permutations, on which esda takes minutes; it runs once there. pygeoda is left out
where it is not installed; esda compiles with numba, and is several times slower, and the
comparison unfair, without it. What is timed is the whole public call from values and neighbours to
the table of labels. esda and pygeoda run warmed up: their first calls compile and allocate.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import tempfile
import time
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

# esda's products of matrices run in as many BLAS threads as there are processors. On a busy machine
# these wait for each other: esda then took twice the processor time, which would flatter us. One
# thread is fairer, and must be asked for before numpy is imported.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

from vawg_geo.measures.patterns.local import getis_ord, local_moran
from vawg_geo.terms.graph import Neighbours

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = ["150x999", "7500x9999"]
LARGE = "35000x99999"


def grid(areas: int) -> Neighbours:
    """Queen neighbours of a grid of about so many areas; a few cells are joined to far ones."""
    rows = int(np.sqrt(areas))
    columns = areas // rows
    place = np.arange(rows * columns).reshape(rows, columns)
    first, second = [], []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = place[: rows - down, max(0, -right) : columns - max(0, right)].ravel()
        there = place[down:, max(0, right) : columns + min(0, right)].ravel()
        first += [here, there]
        second += [there, here]
    # Wards have up to some 15 neighbours, so the grid gets some crowded cells.
    rng = np.random.default_rng(0)
    crowded = rng.choice(rows * columns, max(1, areas // 500), replace=False)
    far = rng.integers(0, rows * columns, (crowded.size, 7))
    a, b = np.repeat(crowded, 7), far.ravel()
    pairs = np.unique(np.c_[np.r_[(*first, a, b)], np.r_[(*second, b, a)]], axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return Neighbours.from_pairs(tuple(range(rows * columns)), pairs[:, 0], pairs[:, 1])


def rival_esda(values: np.ndarray, near: Neighbours, permutations: int) -> Callable[[], object]:
    """Run esda on one job, simulations not kept."""
    from esda import Moran_Local

    graph = near.to_graph()

    def run() -> object:
        return Moran_Local(
            values, graph, permutations=permutations, n_jobs=1, keep_simulations=False, seed=1
        )

    Moran_Local(values, graph, permutations=9, n_jobs=1, keep_simulations=False, seed=1)
    return run


def rival_pygeoda(
    values: np.ndarray, near: Neighbours, permutations: int, *, threads: int
) -> Callable[[], object]:
    """Run pygeoda by its look-up table, the faster of its two methods."""
    import pygeoda

    lines = [f"0 {near.n} given id"]
    for i in range(near.n):
        others = near.others[near.starts[i] : near.starts[i + 1]] + 1
        lines += [f"{i + 1} {others.size}", " ".join(map(str, others))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "given.gal"
        path.write_text("\n".join(lines) + "\n", "ascii")
        weights = pygeoda.weights.read_gal(str(path), [str(i + 1) for i in range(near.n)])
    data = values.tolist()

    def run(permutations: int = permutations) -> Any:
        return pygeoda.local_moran(
            weights,
            data,
            permutations=permutations,
            permutation_method="lookup-table",
            cpu_threads=threads,
            seed=1,
        )

    found = np.array(run(99).lisa_values())
    ours = local_moran(values, near, permutations=99)["value"].to_numpy()
    if not np.allclose(found, ours, atol=1e-6):
        print("  (pygeoda's statistics differ: its weights are not the same)")
    return run


def in_turns(
    runs: dict[str, Callable[[], object]], rounds: dict[str, int]
) -> dict[str, tuple[float, float]]:
    """Median wall and processor time of each, run in turns so that a busy moment hits all alike."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for turn in range(max(rounds.values())):
        for name, run in runs.items():
            if turn < rounds[name]:
                wall, processor = time.perf_counter(), time.process_time()
                run()
                spent = (time.perf_counter() - wall, time.process_time() - processor)
                taken[name].append(spent)
    return {
        name: (statistics.median(w for w, _ in spent), statistics.median(p for _, p in spent))
        for name, spent in taken.items()
    }


def compare(areas: int, permutations: int, *, rounds: int, slow_rounds: int) -> None:
    """Time everything on one map and print it."""
    near = grid(areas)
    rng = np.random.default_rng(1)
    values = rng.normal(size=near.n)
    uneven = replace(near, weights=rng.uniform(0.5, 1.5, near.others.size))
    options: dict[str, Any] = {"permutations": permutations}
    print(
        f"\n{near.n:,} areas, {permutations:,} permutations, up to {near.degree.max()} neighbours"
    )
    ours = {
        "ours, equal weights": lambda: local_moran(values, near, **options),
        "ours, Gi*, equal weights": lambda: getis_ord(values, near, **options),
        "ours, unequal weights": lambda: local_moran(values, uneven, **options),
    }
    rivals: dict[str, Callable[[], object]] = {
        "esda, one job": rival_esda(values, near, permutations),
        "esda, one job, unequal weights": rival_esda(values, uneven, permutations),
    }
    if importlib.util.find_spec("pygeoda"):
        for threads in (1, 2):
            name = f"pygeoda, look-up, {threads} thread{'s' * (threads > 1)}"
            rivals[name] = rival_pygeoda(values, near, permutations, threads=threads)
    for run in ours.values():
        run()
    turns = dict.fromkeys(ours, rounds) | dict.fromkeys(rivals, slow_rounds)
    times = in_turns(ours | rivals, turns)
    print(f"  {'':32}{'wall, s':>10}{'cpu, s':>10}   times ours: wall, cpu")
    for name, (wall, processor) in times.items():
        base = times["ours, unequal weights" if "unequal" in name else "ours, equal weights"]
        ratios = f"{wall / base[0]:19.1f}{processor / base[1]:8.1f}"
        print(
            f"  {name:32}{wall:10.4f}{processor:10.4f}{'' if name in ours else ratios}", flush=True
        )


def flagged(mean: float, maps: int = 100) -> None:
    """Share of areas that each calls at p <= 0.05 where counts have no pattern."""
    from esda import G_Local

    near = grid(144)
    graph = near.to_graph()
    shares: dict[str, list[float]] = {"ours": [], "esda": []}
    for seed in range(maps):
        counts = np.random.default_rng(seed).poisson(mean, near.n).astype(float)
        shares["ours"].append((getis_ord(counts, near, permutations=999)["p_value"] <= 0.05).mean())
        theirs = G_Local(counts, graph, transform="B", star=True, permutations=999, n_jobs=1)
        shares["esda"].append((theirs.p_sim <= 0.05).mean())
    said = ", ".join(f"{name} {np.mean(part):.1%}" for name, part in shares.items())
    print(f"  Gi* at p <= 0.05 on independent Poisson({mean:g}) counts: {said}")


def main() -> None:
    """Compare at each size, then the shares flagged."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", action="append", metavar="AREASxPERMUTATIONS")
    parser.add_argument("--large", action="store_true", help=f"add {LARGE}")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    for name in ("numba", "pygeoda"):
        if not importlib.util.find_spec(name):
            print(
                f"{name} is not installed"
                + (": esda is slower than it need be" * (name == "numba"))
            )
    for size in [*(given.size or SIZES), *([LARGE] * given.large)]:
        areas, permutations = map(int, size.split("x"))
        slow = 1 if size == LARGE else given.rounds
        compare(areas, permutations, rounds=max(given.rounds, 3), slow_rounds=slow)
    print("\nFalse alarms, 144 areas")
    for mean in (0.1, 0.3, 5):
        flagged(mean)


if __name__ == "__main__":
    main()
