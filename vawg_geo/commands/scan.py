"""`vawg-geo scan`: clusters by the circular scan in every series of a file of counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from vawg_geo.commands.console import DONE, print_lines
from vawg_geo.commands.own_files import (
    LAYERS,
    OWN_FILE,
    SERIES,
    Reading,
    add_series_inputs,
    joined_inputs,
    require_new,
    require_place,
    series_of,
    write_own_file,
)

if TYPE_CHECKING:
    import argparse

    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "run", "scan_file"]

# Below this p a cluster of the scan is called significant in the file.
ALPHA: Final = 0.05


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "scan",
        help="clusters by the circular scan of a table of counts",
        description="Kulldorff's circular Poisson scan, for the analyst's own use.",
    )
    add_series_inputs(command)
    command.add_argument("--max-population", type=float, default=0.5)
    command.add_argument("--replicates", type=int, default=999)
    return command


def run(options: argparse.Namespace) -> int:
    """Find clusters, and say where."""
    lines = scan_file(
        options.counts,
        population=options.population,
        areas=options.areas,
        out=options.out,
        reading=Reading.of(options),
        replace=options.replace,
        max_population=options.max_population,
        replicates=options.replicates,
        seed=options.seed,
    )
    print_lines(lines)
    return DONE


def scan_file(
    counts: Path,
    *,
    population: Path,
    areas: str,
    out: Path,
    max_population: float = 0.5,
    replicates: int = 999,
    seed: int = 12345,
    reading: Reading | None = None,
    replace: bool = False,
) -> list[str]:
    """Find clusters by the circular scan in every series of a file of counts.

    Parameters
    ----------
    counts, population, areas, out : see `hotspots_file`
    max_population, replicates, seed : see `circular_scan`
    reading, replace : see `hotspots_file`

    Returns
    -------
    list of str
        Lines for the person who asked.
    """
    import pandas as pd

    from vawg_geo.measures.scan.scan import circular_scan

    require_new(out, counts, population, Path(areas))
    require_place(out, LAYERS, name="scan", replace=replace)
    layer, table, notes = joined_inputs(counts, population, areas, reading=reading)
    centres = layer.geometry.centroid
    coordinates = pd.concat([centres.x, centres.y], axis=1).to_numpy()
    frames, lines = [], []
    for rows in series_of(table):
        result = circular_scan(
            rows["count"],
            rows["population"],
            coordinates,
            ids=rows["area_code"].tolist(),
            max_population=max_population,
            replicates=replicates,
            seed=seed,
        )
        notes += [f"Note: {note}" for note in result.notes]
        members = result.members.rename(columns={"id": "area_code"})
        clusters = result.clusters.rename(columns={"radius": "radius_m"})
        clusters["significant"] = clusters["p_value"] <= ALPHA
        about = members.merge(clusters, on="scan_cluster", how="left")
        found = rows.reset_index(drop=True).merge(about, on="area_code", how="left")
        settings = {"replicates": replicates, "max_population": max_population, "seed": seed}
        frames.append(found.assign(**settings))
        about_series = ", ".join(str(rows[name].iloc[0]) for name in SERIES)
        lines += [
            f"{about_series}: cluster {c.scan_cluster} about {c.centre}, {c.areas} areas, "
            f"relative risk {c.relative_risk:.2f}, p = {c.p_value:.3f}"
            f"{'' if c.significant else ' (may be chance)'}"
            for c in clusters.itertuples()
        ]
    result_table = pd.concat(frames, ignore_index=True)
    write_own_file(result_table, layer, out, layer_name="scan")
    return [*notes, *lines, f"{out}: {len(result_table):,} rows. {OWN_FILE}"]
