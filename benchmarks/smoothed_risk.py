"""Smoothed risk of a national map: wall and processor time, and how many matrices were factored.

    python benchmarks/smoothed_risk.py [--events 12.5 --events 2 ...] [--rounds 3]

The wards of England and Wales with made-up counts, a fixed seed, and a grid of 7,743 areas. Beside
them stands the time of one factoring by `scipy.sparse.linalg.splu`: the ratio says how many of
these the whole takes, and is the steadier figure on a busy machine. It is a measurement, no test.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from vawg_geo.areas.neighbours.build import contiguity
from vawg_geo.measures.risk.field import build_field
from vawg_geo.measures.risk.smoothed import smoothed_risk
from vawg_geo.terms.graph import Neighbours

if TYPE_CHECKING:
    from collections.abc import Callable

WARDS = Path(__file__).resolve().parents[1] / "data" / "national" / "wards_2025.parquet"


def grid(rows: int, columns: int) -> Neighbours:
    """Rook neighbours of a grid."""
    place = np.arange(rows * columns).reshape(rows, columns)
    first = np.r_[place[:, :-1].ravel(), place[:-1].ravel()]
    second = np.r_[place[:, 1:].ravel(), place[1:].ravel()]
    ids = tuple(range(rows * columns))
    return Neighbours.from_pairs(ids, np.r_[first, second], np.r_[second, first])


def made_up(near: Neighbours, events: float) -> tuple[np.ndarray, np.ndarray]:
    """Counts with a pattern of neighbours and a risk of each area's own, and what is expected."""
    rng = np.random.default_rng(12345)
    expected = rng.gamma(6, events / 6, near.n)
    pattern = rng.normal(size=near.n)
    for _ in range(4):
        around = np.bincount(near.rows, pattern[near.others], near.n)
        pattern = (pattern + around / np.maximum(near.degree, 1)) / 2
    own = 0.25 * rng.normal(size=near.n)
    risk = np.exp(0.35 * pattern / pattern.std() + own - 0.1)
    return rng.poisson(expected * risk).astype(float), expected


def timed(run: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median wall and processor seconds."""
    spent = []
    for _ in range(rounds):
        wall, processor = time.perf_counter(), time.process_time()
        run()
        spent.append((time.perf_counter() - wall, time.process_time() - processor))
    return statistics.median(w for w, _ in spent), statistics.median(p for _, p in spent)


def main() -> None:
    """Time each map at each number of events."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=float, action="append", help="mean of an area's")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    maps = {
        "wards of England and Wales": contiguity(gpd.read_parquet(WARDS).to_crs(27700)),
        "grid": grid(87, 89),
    }
    for name, near in maps.items():
        field = build_field(near, has_count=np.ones(near.n, dtype=bool))
        ones = np.ones(field.at.size)
        single = timed(lambda field=field, ones=ones: field.solved(ones), 9)[1]
        print(f"\n{name}, {near.n:,} areas; one factoring {single * 1000:.0f} ms")
        for events in given.events or (12.5, 2.0, 0.3):
            counts, expected = made_up(near, events)
            wall, processor = timed(
                lambda counts=counts, expected=expected, near=near: smoothed_risk(
                    counts, expected, near
                ),
                given.rounds,
            )
            print(
                f"  {events:4g} events an area: {wall:5.1f} s, processor {processor:5.1f} s, "
                f"{processor / single:5.0f} factorings' worth",
                flush=True,
            )


if __name__ == "__main__":
    main()
