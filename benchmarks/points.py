"""Points into areas against geopandas.sjoin in the same run, and from CSV against reading alone.

    python benchmarks/points.py LAYER [--points 10000000] [--rounds 3] [--workers 2]

LAYER is a boundary file. Points are made up: as many about every area, within its bounds, as people
are about small wards. From memory: `geopandas.sjoin` once (it is slow), then ours in `--rounds`
rounds, with and without making the grid of areas; every point's area is compared. From CSV:
reading the two columns alone with pyarrow, and the whole count, in turns, for eastings and
northings and for longitude and latitude; counts are compared too. Peak memory is of a process of
its own that counts from CSV. With `--workers` a local cluster of dask counts the same file. Any
difference makes the command fail. It is a measurement, not a test.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyproj
from pyarrow import csv

from vawg_geo.areas.counting.count_points import count_points
from vawg_geo.areas.counting.locate import build_locator
from vawg_geo.inputs.boundaries.read import read_boundaries
from vawg_geo.inputs.points.plan import plan_points

if TYPE_CHECKING:
    from collections.abc import Callable


def make_points(areas: gpd.GeoDataFrame, n: int) -> tuple[Any, Any]:
    """As many points about every area."""
    rng = np.random.default_rng(1)
    bounds = areas.bounds.to_numpy()[rng.integers(0, len(areas), n)]
    return rng.uniform(bounds[:, 0], bounds[:, 2]), rng.uniform(bounds[:, 1], bounds[:, 3])


def seconds(run: Callable[[], Any]) -> tuple[float, Any]:
    """Wall time of a call, and what it gives."""
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def peer_areas(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Lowest code for every point by geopandas, '' outside."""
    joined = points.sjoin(areas[["area_code", "geometry"]], predicate="intersects")
    return joined["area_code"]


def from_memory(areas: gpd.GeoDataFrame, x: Any, y: Any, rounds: int) -> bool:
    """Time both on arrays; gives whether every point is in the same area."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=27700)
    theirs, joined = seconds(partial(peer_areas, points, areas))
    del points
    built, asked = [], []
    for _ in range(rounds):
        taken, locator = seconds(lambda: build_locator(areas))
        built.append(taken)
        taken, found = seconds(partial(locator.locate, x, y))
        asked.append(taken)
    whole = statistics.median(a + b for a, b in zip(built, asked, strict=True))
    only = statistics.median(asked)
    codes = pd.Series([*locator.codes, ""], dtype=object)
    place = {code: k for k, code in enumerate(codes)}
    rank = np.full(len(x), len(codes) - 1)
    np.minimum.at(rank, joined.index.to_numpy(), joined.map(place).to_numpy())
    ours = np.where(found.rank < 0, len(codes) - 1, found.rank)
    different = int((ours != rank).sum())
    print(f"from memory, {len(x):,} points, {len(areas):,} areas")
    print(f"  geopandas.sjoin                {theirs:8.2f} s")
    print(f"  grid made and asked            {whole:8.2f} s   {theirs / whole:6.1f} times as fast")
    print(f"  grid asked                     {only:8.2f} s   {theirs / only:6.1f} times as fast")
    print(f"  points in border cells         {found.crossed / len(x):8.1%}")
    print(f"  points in another area         {different:8,}; on borders {len(found.shared):,}")
    return different == 0


def from_csv(
    areas: gpd.GeoDataFrame, path: Path, names: list[str], expected: Any, rounds: int
) -> bool:
    """Time reading alone and counting in turns; gives whether counts are the same."""

    def read() -> int:
        rows = 0
        options = csv.ConvertOptions(include_columns=names)
        with csv.open_csv(path, convert_options=options) as reader:
            for batch in reader:
                rows += batch.num_rows
        return rows

    def read_at_once() -> int:
        options = csv.ConvertOptions(include_columns=names)
        return int(csv.read_csv(path, convert_options=options).num_rows)

    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for what, run in (
            ("reading alone, streamed", read),
            ("reading alone, at once", read_at_once),
            ("counting", lambda: count_points(plan_points(path), areas, period="x")),
        ):
            taken, result = seconds(run)
            times.setdefault(what, []).append(taken)
    print(f"from CSV, {', '.join(names)}: {path.stat().st_size / 1e6:,.0f} MB")
    middle = {what: statistics.median(taken) for what, taken in times.items()}
    for what, taken in middle.items():
        print(f"  {what:30} {taken:8.2f} s   {middle['counting'] / taken:6.2f} counting by this")
    same = bool((result.counts["count"].to_numpy() == expected).all())
    print(f"  counts the same: {same}; {result.everything}")
    return same


def on_cluster(areas: gpd.GeoDataFrame, path: Path, expected: Any, workers: int) -> bool:
    """Count on a local cluster; gives whether counts are the same."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        taken, result = seconds(
            lambda: count_points(plan_points(path), areas, period="x", scheduler=address)
        )
    same = bool((result.counts["count"].to_numpy() == expected).all())
    print(f"on a local cluster of {workers} workers {taken:8.2f} s; counts the same: {same}")
    return same


def peak(layer: str, path: Path) -> None:
    """Print the peak memory of a process that counts from CSV."""
    command = [sys.executable, __file__, layer, "--only", str(path)]
    subprocess.run(command, check=True)


def main() -> int:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("layer")
    parser.add_argument("--points", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2, help="of the cluster; 0 for none")
    parser.add_argument("--only", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    areas = read_boundaries(options.layer)
    if options.only:
        count_points(plan_points(options.only), areas, period="x")
        # Not getrusage, whose peak takes in the process that started this one.
        status = Path("/proc/self/status").read_text("utf-8")
        used = int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])
        print(f"peak memory of a process that counts {options.only.name}: {used / 1e6:.2f} GB")
        return 0
    x, y = make_points(areas, options.points)
    held = [from_memory(areas, x, y, options.rounds)]
    with tempfile.TemporaryDirectory() as folder:
        metres, degrees = Path(folder, "metres.csv"), Path(folder, "degrees.csv")
        x, y = np.round(x, 2), np.round(y, 2)
        csv.write_csv(pa.table({"id": np.arange(len(x)), "easting": x, "northing": y}), metres)
        counts = np.bincount(build_locator(areas).locate(x, y).rank + 1, minlength=len(areas) + 1)
        held.append(from_csv(areas, metres, ["easting", "northing"], counts[1:], options.rounds))
        lon, lat = pyproj.Transformer.from_crs(27700, 4326, always_xy=True).transform(x, y)
        lon, lat = np.round(lon, 6), np.round(lat, 6)
        csv.write_csv(
            pa.table({"id": np.arange(len(x)), "longitude": lon, "latitude": lat}), degrees
        )
        x, y = pyproj.Transformer.from_crs(4326, 27700, always_xy=True).transform(lon, lat)
        counts = np.bincount(build_locator(areas).locate(x, y).rank + 1, minlength=len(areas) + 1)
        held.append(from_csv(areas, degrees, ["longitude", "latitude"], counts[1:], options.rounds))
        peak(options.layer, degrees)
        if options.workers:
            held.append(on_cluster(areas, degrees, counts[1:], options.workers))
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
