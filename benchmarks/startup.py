"""Start-up and the main job, as ratios to importing geopandas and folium in the same run.

    python benchmarks/startup.py [--python PYTHON] [--rounds 5]

Prints medians and ratios; it is a measurement, not a test.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time


def seconds(command: list[str], folder: str) -> float:
    """Wall time of a command."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Run everything in turns, so that a busy moment hits all alike."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    tool = [options.python, "-m", "vawg_geo"]
    commands = {
        "import geopandas, folium": [options.python, "-c", "import geopandas, folium"],
        "vawg-geo --help": [*tool, "--help"],
        "vawg-geo build": [*tool, "build", "--quiet"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(options.rounds + 1):
            for name, command in commands.items():
                taken = seconds(command, folder)
                if round_:  # the first round warms the disk's cache
                    times[name].append(taken)
    base = statistics.median(times["import geopandas, folium"])
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"{name:28} {middle:6.2f} s   ratio {middle / base:5.2f}")


if __name__ == "__main__":
    main()
