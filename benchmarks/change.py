"""Change, trend and emerging hotspots of a national map, the space-time scan of a county: time.

    python benchmarks/change.py [--rounds 3]

Change, recent trend and emerging hotspots of the wards of England and Wales over ten periods, and
the space-time scan of the 144 wards of 2015 over 36 months with 999 replicates, made-up counts, a
fixed seed. All is processor time. Beside them
stands the time of one Gi* of the national map, and of one replicate scanned: the ratios are the
steadier figures on a busy machine. It is a measurement, no test.
"""

from __future__ import annotations

import argparse
import statistics
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from vawg_geo.areas.neighbours.build import contiguity
from vawg_geo.measures.patterns.local import getis_ord
from vawg_geo.measures.rates.rates import crude_rate
from vawg_geo.measures.time.change import rate_ratio
from vawg_geo.measures.time.emerging import emerging_hotspots
from vawg_geo.measures.time.space_time import space_time_scan
from vawg_geo.measures.time.trend import recent_trend

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
WARDS = ROOT / "data" / "national" / "wards_2025.parquet"
COUNTY = ROOT / "boundaries" / "wards-2015.gpkg"


def timed(run: Callable[[], object], rounds: int) -> float:
    """Median processor seconds."""
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def long_rates(codes: list[str], counts: np.ndarray, people: np.ndarray) -> pd.DataFrame:
    """Rates of every ward and year, and of all wards together, as a command makes them."""
    codes, years = [*map(str, codes), "ALL"], [f"{2014 + n}/{15 + n}" for n in range(10)]
    counts, people = np.vstack([counts, counts.sum(axis=0)]), np.r_[people, people.sum()]
    about = {"sex": "persons", "level": "ward"}
    events = pd.DataFrame(
        {
            "area_code": np.repeat(codes, 10),
            "period": years * len(codes),
            "indicator": "crimes",
            "count": pd.array(counts.ravel().astype(int), dtype="Int64"),
            **about,
        }
    )
    residents = pd.DataFrame({"area_code": codes, "population": people, **about})
    return crude_rate(events, residents)


def main() -> None:
    """Time both, and what they are made of."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    rng = np.random.default_rng(12345)
    near = contiguity(gpd.read_parquet(WARDS).to_crs(27700))
    people = rng.gamma(10, 700, near.n)
    level = people * 0.01 * rng.gamma(5, 0.2, near.n)
    counts = rng.poisson(level[:, None], (near.n, 10)).astype(float)
    one = timed(lambda: getis_ord(counts[:, 0], near, population=people), rounds)
    whole = timed(lambda: emerging_hotspots(counts, people, near), rounds)
    print(
        f"emerging hotspots, {near.n:,} wards x 10 periods: {whole:.1f} s of processor time, "
        f"{whole / one:.1f} times one Gi* ({one:.2f} s)"
    )
    rates = long_rates(list(near.ids), counts, people)
    change = timed(lambda: rate_ratio(rates, comparator="ALL"), rounds)
    trend = timed(lambda: recent_trend(rates), rounds)
    print(
        f"change {change:.1f} s, against the whole too; recent trend {trend:.1f} s; all three "
        f"{change + trend + whole:.1f} s"
    )
    centres = gpd.read_file(COUNTY).to_crs(27700).geometry.centroid
    places = np.column_stack([centres.x, centres.y])
    n = len(places)
    people = rng.gamma(10, 500, n)
    even = 5000 / 12 * people * rng.gamma(4, 0.25, n) / people.sum()
    counts = rng.poisson(even[:, None] * rng.gamma(100, 0.01, (n, 36)))
    for alive in (True, False):
        scan = partial(space_time_scan, counts, people, places, prospective=alive)
        few, many = (
            timed(partial(scan, replicates=number), rounds if alive else 1) for number in (9, 999)
        )
        print(
            f"space-time scan, {n} wards x 36 months x 999 replicates, "
            f"{'prospective' if alive else 'retrospective'}: {many:.1f} s of processor time, "
            f"{many / few:.0f} times that with 9 ({few:.2f} s)",
            flush=True,
        )


if __name__ == "__main__":
    main()
