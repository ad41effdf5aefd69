"""`vawg-geo smooth`: smoothed relative risks of every series of a file of counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.commands.console import DONE, print_lines
from vawg_geo.commands.own_files import (
    LAYERS,
    OWN_FILE,
    SERIES,
    Reading,
    add_out,
    add_reading,
    bridges_of,
    joined_inputs,
    require_new,
    require_place,
    series_of,
    write_own_file,
)

if TYPE_CHECKING:
    import argparse

    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "run", "smooth_file"]

# From this probability on an area is counted as high in what is printed.
SURE: Final = 0.95


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "smooth",
        help="smoothed relative risks of a table of counts, and how sure they are high",
        description=(
            "Relative risks that lean on neighbours and on the whole map, with the probability "
            "that each is above a threshold; for the analyst's own use: nothing is hidden."
        ),
    )
    add_reading(command)
    command.add_argument("--areas", required=True, metavar="NAME|FILE")
    command.add_argument(
        "--threshold",
        type=float,
        default=1.0,
        metavar="RISK",
        help="relative risk that the probability is of: 1 is the rate of the whole map",
    )
    command.add_argument("--confidence", type=float, default=0.95)
    command.add_argument("--weights", default="queen", metavar="queen|rook|knn:6|band:5000")
    command.add_argument(
        "--bridges",
        type=Path,
        metavar="FILE",
        help="pairs across water that count as neighbours: area_code, across_code, reason",
    )
    add_out(command, LAYERS)
    return command


def run(options: argparse.Namespace) -> int:
    """Smooth risks, and say how many are surely high."""
    lines = smooth_file(
        options.counts,
        population=options.population,
        areas=options.areas,
        out=options.out,
        reading=Reading.of(options),
        replace=options.replace,
        threshold=options.threshold,
        confidence=options.confidence,
        weights=options.weights,
        bridges=options.bridges,
    )
    print_lines(lines)
    return DONE


def _pattern(found: dict[str, Any]) -> str:
    """How much of the difference is one of neighbours; nothing where no area has one."""
    if found["mixing"] != found["mixing"]:
        return ""
    return (
        f"; {found['mixing']:.0%} of the difference between areas is a pattern of neighbours "
        f"({found['mixing_lower']:.0%} to {found['mixing_upper']:.0%})"
    )


def smooth_file(
    counts: Path,
    *,
    population: Path,
    areas: str,
    out: Path,
    threshold: float = 1.0,
    confidence: float = 0.95,
    weights: str = "queen",
    bridges: Path | None = None,
    reading: Reading | None = None,
    replace: bool = False,
) -> list[str]:
    """Smooth the relative risks of every series of a file of counts.

    Parameters
    ----------
    counts, population, areas, out : see `hotspots_file`
    threshold, confidence : see `smoothed_risk`
    weights : str
        `queen`, `rook`, `knn:6`, `band:5000`.
    bridges : Path, optional
        Pairs across water that count as neighbours, as for `read_bridges`.
    reading, replace : see `hotspots_file`

    Returns
    -------
    list of str
        Lines for the person who asked.

    Raises
    ------
    InputError
        No series has an event, or what `smoothed_risk` refuses.
    """
    import pandas as pd

    from vawg_geo.areas.neighbours.build import neighbours_and_notes
    from vawg_geo.errors import InputError
    from vawg_geo.measures.risk.series import risk_columns

    require_new(out, counts, population, Path(areas), *([bridges] if bridges else []))
    require_place(out, LAYERS, name="smooth", replace=replace)
    layer, table, notes = joined_inputs(counts, population, areas, reading=reading)
    pairs, asked = bridges_of(bridges, layer)
    neighbours, told = neighbours_and_notes(layer, weights, bridges=pairs)
    notes += [f"Note: {note}" for note in (*told, *asked)]
    frames, lines = [], []
    for rows in series_of(table):
        about = ", ".join(str(rows[name].iloc[0]) for name in SERIES)
        if not rows["count"].sum() > 0:
            notes.append(f"Note: {about}: no events, so no risk; it is left out.")
            continue
        found = risk_columns(rows, neighbours, threshold=threshold, confidence=confidence)
        frames.append(rows.assign(**found, weights=neighbours.kind).reset_index(drop=True))
        high = int((frames[-1]["probability_above"] >= SURE).sum())
        lines.append(
            f"{about}: {high:,} of {len(rows):,} areas above {threshold:g} with a probability of "
            f"{SURE:.0%} or more{_pattern(found)}"
        )
    if not frames:
        msg = f"{counts.name} has no event in any series: there is no risk to smooth."
        raise InputError(msg)
    result = pd.concat(frames, ignore_index=True)
    write_own_file(result, layer, out, layer_name="smooth")
    return [*notes, *lines, f"{out}: {len(result):,} risks. {OWN_FILE}"]
