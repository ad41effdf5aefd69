"""`vawg-geo emerging`: where change is concentrated, in every series of a file of counts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.commands.console import DONE, Console, print_lines
from vawg_geo.commands.own_files import (
    LAYERS,
    OWN_FILE,
    Reading,
    add_series_inputs,
    bridges_of,
    joined_inputs,
    require_new,
    require_place,
    write_own_file,
)
from vawg_geo.words.emerging import (
    BETTER_RECORDING,
    NO_SCAN,
    class_lines,
    emerging_rule,
    scan_lines,
    scan_takes_long,
    series_notes,
    space_time_rule,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    import pandas as pd

    from vawg_geo.commands.console import Commands
    from vawg_geo.terms.graph import Neighbours

__all__ = ["EmergingRule", "add_parser", "emerging_file", "run"]

# Below this p a cluster of the scan is called significant in the file.
ALPHA: Final = 0.05
# Of more areas the scan takes more than some minutes.
MANY: Final = 1000
# Of a cluster in the file, where the area has a period of its own.
_CLUSTER_NAMES: Final = {
    "radius": "radius_m",
    "period_from": "cluster_from",
    "period_to": "cluster_to",
    "periods": "cluster_periods",
}


@dataclass(frozen=True, kw_only=True)
class EmergingRule:
    """How change is looked for.

    Attributes
    ----------
    permutations : int or None
        Of Gi*; see `getis_ord`.
    correction : str
        Of p-values over areas.
    scan : bool
        Whether the space-time scan is made, which takes long where there are many areas.
    retrospective : bool
        Whether the scan looks for what has ended too.
    max_population, max_duration : float
        Of its cylinders.
    replicates, seed : int
    """

    permutations: int | None = None
    correction: str = "bh"
    scan: bool = True
    retrospective: bool = False
    max_population: float = 0.5
    max_duration: float = 0.5
    replicates: int = 999
    seed: int = 12345


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "emerging",
        help="hotspots that are new, intensify, persist or diminish, and a space-time scan",
        description=(
            "Where change is concentrated over ten periods or more: Gi* of each period with its "
            "trend, and a space-time scan of what is above an area's own level; for the analyst's "
            "own use: nothing is hidden in the result."
        ),
    )
    add_series_inputs(command)
    command.add_argument("--weights", default="queen", metavar="queen|rook|knn:6|band:5000")
    command.add_argument(
        "--bridges",
        type=Path,
        metavar="FILE",
        help="pairs across water that count as neighbours: area_code, across_code, reason",
    )
    command.add_argument("--permutations", type=int, help="of Gi*; 99,999, or more where needed")
    command.add_argument("--correction", choices=("bh", "bonferroni", "none"), default="bh")
    command.add_argument(
        "--no-scan",
        action="store_true",
        help="leave the space-time scan out, which takes hours for thousands of areas",
    )
    command.add_argument(
        "--retrospective",
        action="store_true",
        help="let the scan find what has ended, beside what reaches the last period",
    )
    command.add_argument(
        "--max-population", type=float, default=0.5, help="largest share of it in a circle"
    )
    command.add_argument(
        "--max-duration", type=float, default=0.5, help="largest share of the periods in a cluster"
    )
    command.add_argument("--replicates", type=int, default=999)
    return command


def run(options: argparse.Namespace) -> int:
    """Look for change, and say where."""
    lines = emerging_file(
        options.counts,
        population=options.population,
        areas=options.areas,
        out=options.out,
        reading=Reading.of(options),
        replace=options.replace,
        weights=options.weights,
        bridges=options.bridges,
        rule=EmergingRule(
            permutations=options.permutations,
            correction=options.correction,
            scan=not options.no_scan,
            retrospective=options.retrospective,
            max_population=options.max_population,
            max_duration=options.max_duration,
            replicates=options.replicates,
            seed=options.seed,
        ),
        say=Console().say,
    )
    print_lines(lines)
    return DONE


def emerging_file(
    counts: Path,
    *,
    population: Path,
    areas: str,
    out: Path,
    rule: EmergingRule,
    weights: str = "queen",
    bridges: Path | None = None,
    reading: Reading | None = None,
    replace: bool = False,
    say: Callable[[str], None] | None = None,
) -> list[str]:
    """Look in every series of a file of counts for where change is concentrated.

    Parameters
    ----------
    counts, population, areas, out : see `hotspots_file`
    rule : EmergingRule
    weights, bridges : see `hotspots_file`
    reading, replace : see `hotspots_file`
    say : callable, optional
        Is told before it what takes long.

    Returns
    -------
    list of str
        Lines for the person who asked.

    Raises
    ------
    InputError
        What `emerging_hotspots` and `space_time_scan` refuse.
    """
    import pandas as pd

    from vawg_geo.areas.neighbours.build import neighbours_and_notes

    require_new(out, counts, population, Path(areas), *([bridges] if bridges else []))
    require_place(out, LAYERS, name="emerging", replace=replace)
    layer, table, notes = joined_inputs(counts, population, areas, reading=reading)
    pairs, asked = bridges_of(bridges, layer)
    neighbours, told = neighbours_and_notes(layer, weights, bridges=pairs)
    notes += [f"Note: {note}" for note in (*told, *asked)]
    centres = layer.geometry.centroid
    places = pd.concat([centres.x, centres.y], axis=1).set_axis(layer["area_code"], axis=0)
    if say and rule.scan and len(layer) > MANY:
        say(f"Note: {scan_takes_long(len(layer), replicates=rule.replicates)}")
    frames, lines = [], []
    for (indicator, sex), rows in table.groupby(["indicator", "sex"], sort=False):
        about = f"{indicator}, {sex}"
        found, said = _of_series(rows, neighbours, places, about=about, rule=rule)
        frames.append(found.assign(weights=neighbours.kind))
        lines += said
    result = pd.concat(frames, ignore_index=True)
    write_own_file(result, layer, out, layer_name="emerging")
    notes.append(f"Note: {BETTER_RECORDING}")
    return [*notes, *lines, f"{out}: {len(result):,} areas. {OWN_FILE}"]


def _of_series(
    rows: pd.DataFrame,
    neighbours: Neighbours,
    places: pd.DataFrame,
    *,
    about: str,
    rule: EmergingRule,
) -> tuple[pd.DataFrame, list[str]]:
    """A row for each area, and what is said of the series."""
    from vawg_geo.measures.time.emerging import emerging_hotspots

    periods = _in_order(rows["period"].unique().tolist())
    panels = _panels(rows, neighbours, periods)
    emerging = emerging_hotspots(
        panels["count"],
        panels["population"],
        neighbours,
        permutations=rule.permutations,
        correction=rule.correction,
        seed=rule.seed,
    )
    table = _classes(rows, emerging.areas).assign(period_from=periods[0], period_to=periods[-1])
    notes = [*series_notes(periods), *emerging.notes]
    said = [emerging_rule(len(periods), end=emerging.end), *class_lines(table)]
    if rule.scan:
        table, told, more = _scanned(table, panels, places.loc[list(neighbours.ids)], rule=rule)
        notes += more
        said += told
    else:
        said.append(NO_SCAN)
    lines = [f"Note: {about}: {note}" for note in notes]
    lines += [f"{about}: {line}" for line in said]
    return table.assign(correction=rule.correction, alpha=ALPHA, seed=rule.seed), lines


def _scanned(
    table: pd.DataFrame,
    panels: dict[str, pd.DataFrame],
    places: pd.DataFrame,
    *,
    rule: EmergingRule,
) -> tuple[pd.DataFrame, list[str], list[str]]:
    """The table with the cluster of the scan that each area is in, what is said, and notes."""
    from vawg_geo.measures.time.space_time import space_time_scan

    scan = space_time_scan(
        panels["count"],
        panels["population"],
        places.to_numpy(),
        prospective=not rule.retrospective,
        max_population=rule.max_population,
        max_duration=rule.max_duration,
        replicates=rule.replicates,
        seed=rule.seed,
    )
    clusters = scan.clusters.rename(columns=_CLUSTER_NAMES)
    clusters["significant"] = clusters["p_value"] <= ALPHA
    found = scan.members.rename(columns={"id": "area_code"}).merge(clusters, on="scan_cluster")
    table = table.merge(found, on="area_code", how="left")
    settings: dict[str, Any] = {
        "change_cv": scan.change_cv,
        "lasting_cv": scan.lasting_cv,
        "prospective": scan.prospective,
        "replicates": rule.replicates,
    }
    rule_line = space_time_rule(
        prospective=scan.prospective,
        longest=scan.longest,
        replicates=scan.replicates,
        seed=scan.seed,
        change_cv=scan.change_cv,
        lasting_cv=scan.lasting_cv,
    )
    return table.assign(**settings), [rule_line, *scan_lines(table, clusters)], list(scan.notes)


def _panels(
    rows: pd.DataFrame, neighbours: Neighbours, periods: list[str]
) -> dict[str, pd.DataFrame]:
    """Counts and populations of each area, by period."""
    # Missing counts are passed over in the table and come back with the index: they stay missing.
    return {
        name: rows.pivot_table(name, index="area_code", columns="period", aggfunc="first")
        .reindex(index=list(neighbours.ids), columns=periods)
        .astype(float)
        for name in ("count", "population")
    }


def _classes(rows: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """A row for each area, with its class."""
    names = ["area_code", "area_name", "level", "vintage", "indicator", "sex"]
    table = rows[[name for name in names if name in rows]].drop_duplicates("area_code")
    classes = areas.rename(columns={"p_value": "trend_p_value", "p_adjusted": "trend_p_adjusted"})
    return table.merge(classes, left_on="area_code", right_index=True)


def _in_order(periods: list[str]) -> list[str]:
    """Periods in the order of time, where it can be told of all of them."""
    from vawg_geo.terms.periods import read_periods

    spans = read_periods(periods)
    known = [(span, word) for span, word in zip(spans, periods, strict=True) if span]
    return [word for _, word in sorted(known)] if len(known) == len(periods) else periods
