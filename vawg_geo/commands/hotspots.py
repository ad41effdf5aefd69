"""`vawg-geo hotspots`: local Moran or Gi* of every series of a file of counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vawg_geo.commands.console import DONE, print_lines
from vawg_geo.commands.own_files import (
    LAYERS,
    OWN_FILE,
    Reading,
    add_series_inputs,
    bridges_of,
    joined_inputs,
    require_new,
    require_place,
    series_of,
    write_own_file,
)
from vawg_geo.words.hotspots import too_few_permutations

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    import pandas as pd

    from vawg_geo.commands.console import Commands
    from vawg_geo.overlays.hotspots.rule import HotspotRule

__all__ = ["add_parser", "hotspots_file", "run"]


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "hotspots",
        help="local Moran or Gi* of a table of counts",
        description=(
            "Hotspots on empirical-Bayes-standardised rates, for the analyst's own use: nothing "
            "is hidden in the result."
        ),
    )
    add_series_inputs(command)
    command.add_argument("--statistic", choices=("local-moran", "gi-star"), default="local-moran")
    command.add_argument("--weights", default="queen", metavar="queen|rook|knn:6|band:5000")
    command.add_argument(
        "--bridges",
        type=Path,
        metavar="FILE",
        help="pairs across water that count as neighbours: area_code, across_code, reason",
    )
    command.add_argument(
        "--alternative",
        choices=("high", "two-sided"),
        default="high",
        help="look for high neighbours alone, or for high and low ones",
    )
    command.add_argument(
        "--transform",
        choices=("none", "log-eb", "rank"),
        default="none",
        help="standardised rates as they are, logarithms of smoothed rates, or ranks",
    )
    command.add_argument(
        "--permutations", type=int, help="99,999, or more where so many areas need more"
    )
    command.add_argument("--correction", choices=("bh", "bonferroni", "none"), default="bh")
    command.add_argument(
        "--no-stability",
        action="store_true",
        help="do not try the labels under other neighbours and seeds: several times as fast",
    )
    return command


def run(options: argparse.Namespace) -> int:
    """Label hotspots, and say how many of each."""
    from vawg_geo.overlays.hotspots.rule import HotspotRule

    lines = hotspots_file(
        options.counts,
        population=options.population,
        areas=options.areas,
        out=options.out,
        reading=Reading.of(options),
        replace=options.replace,
        weights=options.weights,
        bridges=options.bridges,
        rule=HotspotRule(
            statistic=options.statistic,
            alternative=options.alternative,
            transform=options.transform,
            permutations=options.permutations,
            seed=options.seed,
            correction=options.correction,
            stability=not options.no_stability,
        ),
    )
    print_lines(lines)
    return DONE


def hotspots_file(
    counts: Path,
    *,
    population: Path,
    areas: str,
    out: Path,
    rule: HotspotRule,
    weights: str = "queen",
    bridges: Path | None = None,
    reading: Reading | None = None,
    replace: bool = False,
) -> list[str]:
    """Label hotspots of every series of a file of counts and write them to a file.

    Parameters
    ----------
    counts, population : Path
        CSV, XLSX or Parquet.
    areas : str
        A name of the catalogue, or a boundary file.
    out : Path
        `.csv`, `.xlsx`, `.parquet`, or `.gpkg` with outlines. To a workbook or GeoPackage that is
        there a sheet or layer is added.
    rule : HotspotRule
        Statistic, which neighbours and values, permutations, correction, seed, and whether labels
        are tried otherwise too.
    weights : str
        `queen`, `rook`, `knn:6`, `band:5000`.
    bridges : Path, optional
        Pairs across water that count as neighbours, as for `read_bridges`.
    reading : Reading, optional
        What the tables do not say themselves.
    replace : bool
        Whether a file, or the layer or sheet `hotspots`, that is there may be replaced.

    Returns
    -------
    list of str
        Lines for the person who asked.
    """
    import pandas as pd

    from vawg_geo.overlays.hotspots.rule import MapNeighbours, hotspot_columns
    from vawg_geo.words.hotspots import edge_words

    require_new(out, counts, population, Path(areas), *([bridges] if bridges else []))
    require_place(out, LAYERS, name="hotspots", replace=replace)
    layer, table, notes = joined_inputs(counts, population, areas, reading=reading)
    pairs, asked = bridges_of(bridges, layer)
    neighbours = MapNeighbours(layer, weights, bridges=pairs)
    frames = [
        rows.assign(
            **hotspot_columns(rows, neighbours, rule),
            at_edge=neighbours.at_edge,
            weights=neighbours.chosen.kind,
            correction=rule.correction,
            alpha=rule.alpha,
            seed=rule.seed,
        ).reset_index(drop=True)
        for rows in series_of(table)
    ]
    result = pd.concat(frames, ignore_index=True)
    write_own_file(result, layer, out, layer_name="hotspots")
    lines = [f"{cluster}: {n:,}" for cluster, n in result["cluster"].value_counts().items()]
    reasons = result.loc[result["reason"] != "", "reason"].value_counts()
    lines += [f"without a label, {reason}: {n:,}" for reason, n in reasons.items()]
    lines += _of_each_series(frames)
    edge = edge_words(int(neighbours.at_edge.eq("yes").sum()), of=len(layer), levels="areas")
    notes += [f"Note: {note}" for note in (*neighbours.notes, *asked, *filter(None, [edge]))]
    return [*notes, *lines, f"{out}: {len(result):,} labels. {OWN_FILE}"]


def _of_each_series(frames: list[pd.DataFrame]) -> Iterator[str]:
    """That nothing stands out, and that there were too few permutations, each series by name."""
    from vawg_geo.results.hotspots import none_of

    for rows in frames:
        name = ", ".join(str(rows[column].iloc[0]) for column in ("indicator", "sex", "period"))
        if none := none_of(rows, level="area"):
            yield f"{name}: {none}"
    few = [rows for rows in frames if (rows["permutations"] < rows["permutations_needed"]).any()]
    if few:
        asked = int(few[0]["permutations"].iloc[0])
        needed = max(int(rows["permutations_needed"].iloc[0]) for rows in few)
        yield (
            f"Note: {asked:,} permutations are {too_few_permutations(needed, levels='areas')}. "
            "Ask for as many, or leave --permutations out."
        )
