"""The command `vawg-geo hotspots` as a whole process against the same job with libpysal and esda.

    python benchmarks/hotspots_command.py LAYER [--permutations 9999]

LAYER is a boundary file with some thousand areas. Counts and populations are made up. Both
processes start cold, read the layer, find queen neighbours, standardise rates, permute and write a
table: ours once without and once with trying every label under ten other definitions and seeds.
Prints wall times and ratios; it is a measurement, not a test.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from vawg_geo.inputs.boundaries.read import read_boundaries

PEER = """
import sys, geopandas, pandas, numpy, esda
from libpysal.graph import Graph
layer, counts, people, permutations, out = sys.argv[1:]
areas = geopandas.read_file(layer).set_index("area_code")
events = pandas.read_csv(counts).set_index("area_code")["count"].reindex(areas.index)
persons = pandas.read_csv(people).set_index("area_code")["population"].reindex(areas.index)
graph = Graph.build_contiguity(areas, rook=False, strict=False).transform("r")
found = esda.Moran_Local_Rate(
    events.to_numpy(), persons.to_numpy(), graph, permutations=int(permutations), seed=1)
pandas.DataFrame({"I": found.Is, "p": found.p_sim, "q": found.q}, index=areas.index).to_csv(out)
"""


def seconds(command: list[str]) -> float:
    """Wall time of a process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Make the inputs, run both, print both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("layer", type=Path)
    parser.add_argument("--permutations", type=int, default=9_999)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        areas = read_boundaries(options.layer)
        areas.attrs.clear()
        areas.to_file(place / "areas.gpkg")
        rng = np.random.default_rng(1)
        codes, people = areas["area_code"], rng.integers(2000, 9000, len(areas))
        about = {"area_code": codes, "sex": "persons"}
        events = rng.poisson(people / 100)
        pd.DataFrame({**about, "period": "y", "indicator": "made up", "count": events}).to_csv(
            place / "counts.csv", index=False
        )
        pd.DataFrame({**about, "population": people}).to_csv(place / "people.csv", index=False)
        (place / "peer.py").write_text(PEER)
        files = [str(place / name) for name in ("areas.gpkg", "counts.csv", "people.csv")]
        command = [
            sys.executable, "-m", "vawg_geo", "hotspots", files[1], "--population", files[2],
            "--areas", files[0], "--permutations", str(options.permutations),
            "--out", str(place / "ours.csv"), "--replace",
        ]  # fmt: skip
        bare, full = seconds([*command, "--no-stability"]), seconds(command)
        theirs = seconds(
            [sys.executable, str(place / "peer.py"), *files, str(options.permutations),
             str(place / "theirs.csv")]
        )  # fmt: skip
    print(f"{len(areas):,} areas, {options.permutations:,} permutations")
    print(f"libpysal and esda                {theirs:6.1f} s")
    print(f"vawg-geo hotspots --no-stability {bare:6.1f} s, {theirs / bare:.1f} times as fast")
    print(f"vawg-geo hotspots                {full:6.1f} s, {theirs / full:.1f} times as fast")


if __name__ == "__main__":
    main()
