"""Start-up and the main job, as ratios to importing geopandas and folium in the same run.

    python benchmarks/startup.py [--python PYTHON] [--rounds 5]

Prints medians and ratios; it is a measurement, not a test. "The main job" is the default without
what came to it later: no hotspots, and nothing laid over the rates.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DEFAULT = Path(__file__).resolve().parents[1] / "data" / "vawg.toml"
NO_HOTSPOTS = "[hotspots]\nstatistic = []\nscan = false\n"


def main_job(folder: str) -> Path:
    """Write the configuration of the main job alone."""
    text = DEFAULT.read_text("utf-8")
    start, end = text.index("[hotspots]"), text.index("[disclosure]")
    path = Path(folder, "main.toml")
    path.write_text(f"{text[:start]}{text[end:]}\n{NO_HOTSPOTS}", "utf-8")
    return path


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
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "import geopandas, folium": [options.python, "-c", "import geopandas, folium"],
            "vawg-geo --help": [*tool, "--help"],
            "vawg-geo build": [*tool, "build", "--quiet"],
            "the main job alone": [
                *tool, "build", "--quiet", str(main_job(folder)), "--out", "main",
            ],
        }  # fmt: skip
        for round_ in range(options.rounds + 1):
            for name, command in commands.items():
                taken = seconds(command, folder)
                if round_:  # the first round warms the disk's cache
                    times.setdefault(name, []).append(taken)
    base = statistics.median(times["import geopandas, folium"])
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"{name:28} {middle:6.2f} s   ratio {middle / base:5.2f}")


if __name__ == "__main__":
    main()
