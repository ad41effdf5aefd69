"""Neighbours by shared borders, as ratios to libpysal's Graph in the same run.

    python benchmarks/neighbours.py [LAYER ...] [--cells 35000] [--rounds 3]

Each layer is a file with areas (reprojected to EPSG:27700 where need be). To them come two made-up
ones of `--cells` areas: Voronoi cells, a clean coverage, and a brick wall, where corners lie in the
middle of edges, so that nothing but geometry finds half of the neighbours. The peer is
`Graph.build_contiguity(strict=False)`, on the brick wall `strict=True`. Everything runs in turns;
medians are printed, and how many times as fast as the peer. Edges are compared: a pair that the
peer has and we lack, or that we have and that does not meet by `shapely`, makes the command fail.
It is a measurement, not a test.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from libpysal.graph import Graph

from vawg_geo.areas.neighbours.build import build_contiguity, contiguity

if TYPE_CHECKING:
    from collections.abc import Callable


def read_layer(path: str) -> gpd.GeoDataFrame:
    """Areas of a file in metres, with a made-up code for each row."""
    return with_codes(gpd.read_file(path).to_crs(27700).geometry.to_numpy())


def with_codes(shapes: Any) -> gpd.GeoDataFrame:
    """Areas of some shapes."""
    codes = [f"E{n:08}" for n in range(len(shapes))]
    return gpd.GeoDataFrame({"area_code": codes}, geometry=shapes, crs=27700)


def make_cells(n: int) -> gpd.GeoDataFrame:
    """Voronoi cells of random points, on a millimetre grid."""
    points = np.random.default_rng(1).uniform(0, 400_000, (n, 2))
    square = shapely.box(0, 0, 400_000, 400_000)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(points), extend_to=square)
    )
    return with_codes(shapely.transform(cells, lambda xy: np.round(xy, 3)))


def make_bricks(n: int) -> gpd.GeoDataFrame:
    """Rows of bricks, each row half a brick further on."""
    wide = round(n**0.5)
    row, column = np.divmod(np.arange(n), wide)
    left, low = 200.0 * column + 100.0 * (row % 2), 100.0 * row
    return with_codes(shapely.box(left, low, left + 200, low + 100))


def seconds(run: Callable[[], Any]) -> tuple[float, Any]:
    """Wall time of a call, and what it gives."""
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def differences(areas: gpd.GeoDataFrame, ours: Graph, peer: Graph) -> tuple[int, int, int]:
    """Pairs that only the peer has, that only we have, and those of ours that do not meet."""
    mine, others = (set(g.adjacency[g.adjacency > 0].index) for g in (ours, peer))
    shapes = dict(zip(areas["area_code"], areas.geometry, strict=True))
    apart = sum(not shapes[a].intersects(shapes[b]) for a, b in mine - others)
    return len(others - mine) // 2, len(mine - others) // 2, apart


def measure(name: str, areas: gpd.GeoDataFrame, *, kind: str, strict: bool, rounds: int) -> bool:
    """Time one layer and print it; gives whether the edges hold."""
    indexed = areas.set_index("area_code")
    runs = {
        f"Graph.build_contiguity(strict={strict})": lambda: Graph.build_contiguity(
            indexed, rook=kind == "rook", strict=strict
        ),
        "build_contiguity (a Graph)": lambda: build_contiguity(areas, kind=kind),
        "contiguity (plain arrays)": lambda: contiguity(areas, kind=kind),
    }
    times: dict[str, list[float]] = {what: [] for what in runs}
    results = {}
    for _ in range(rounds):
        for what, run in runs.items():
            taken, results[what] = seconds(run)
            times[what].append(taken)
    peer, graph, _ = results.values()
    lacking, extra, apart = differences(areas, graph, peer)
    vertices = int(shapely.get_num_coordinates(areas.geometry.to_numpy()).sum())
    print(f"\n{name}, {kind}: {len(areas):,} areas, {vertices:,} vertices")
    base = statistics.median(next(iter(times.values())))
    for what, taken in times.items():
        middle = statistics.median(taken)
        print(f"  {what:38} {middle:7.3f} s   {base / middle:6.1f} times as fast")
    if lacking or extra:
        print(
            f"  edges differ: {lacking:,} pairs only in the peer, {extra:,} only in ours, "
            f"of which {apart:,} do not meet by shapely"
        )
    else:
        print(f"  edges equal: {graph.n_edges // 2:,} pairs, {len(graph.isolates):,} islands")
    return not (lacking or apart)


def main() -> int:
    """Measure every layer, queen and rook."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("layers", nargs="*", metavar="LAYER")
    parser.add_argument("--cells", type=int, default=35_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    layers = [(Path(path).name, read_layer(path), False) for path in options.layers]
    layers.append(("Voronoi cells (made up, clean)", make_cells(options.cells), False))
    layers.append(("brick wall (made up, T-junctions)", make_bricks(options.cells), True))
    measure("warming up", make_cells(500), kind="queen", strict=False, rounds=1)
    held = [
        measure(name, areas, kind=kind, strict=strict, rounds=options.rounds)
        for name, areas, strict in layers
        for kind in ("queen", "rook")
    ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
