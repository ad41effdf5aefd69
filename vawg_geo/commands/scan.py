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
from vawg_geo.terms.columns import SCAN_MODELS, ScanModel
from vawg_geo.words.scan import scan_rule

if TYPE_CHECKING:
    import argparse

    import pandas as pd

    from vawg_geo.commands.console import Commands
    from vawg_geo.measures.scan.scan import ScanResult

__all__ = ["add_parser", "run", "scan_file"]

# Below this p a cluster of the scan is called significant in the file.
ALPHA: Final = 0.05
# Members that are printed; more stand in the file alone.
MOST_NAMED: Final = 50


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "scan",
        help="clusters by the circular scan of a table of counts",
        description="Kulldorff's circular scan, for the analyst's own use.",
    )
    add_series_inputs(command)
    command.add_argument(
        "--model",
        choices=SCAN_MODELS,
        default=SCAN_MODELS[0],
        help="maps without a pattern: every area has a risk of its own, or all have one",
    )
    command.add_argument(
        "--max-population",
        type=float,
        help="largest share of the population in a circle; 0.5, and 0.1 above 1,000 areas",
    )
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
        model=options.model,
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
    model: ScanModel = "negative-binomial",
    max_population: float | None = None,
    replicates: int = 999,
    seed: int = 12345,
    reading: Reading | None = None,
    replace: bool = False,
) -> list[str]:
    """Find clusters by the circular scan in every series of a file of counts.

    Parameters
    ----------
    counts, population, areas, out : see `hotspots_file`
    model, max_population, replicates, seed : see `circular_scan`
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
            model=model,
            max_population=max_population,
            replicates=replicates,
            seed=seed,
        )
        notes += [f"Note: {note}" for note in result.notes]
        clusters = result.clusters.rename(columns={"radius": "radius_m"})
        clusters["significant"] = clusters["p_value"] <= ALPHA
        members = result.members.rename(columns={"id": "area_code"})
        found = rows.reset_index(drop=True).merge(
            members.merge(clusters, on="scan_cluster", how="left"), on="area_code", how="left"
        )
        settings = {
            "scan_model": result.model,
            "risk_cv": result.risk_cv,
            "alpha": ALPHA,
            "replicates": replicates,
            "max_population": result.max_population,
            "seed": seed,
        }
        frames.append(found.assign(**settings))
        lines += _series_lines(found, clusters, result)
    result_table = pd.concat(frames, ignore_index=True)
    write_own_file(result_table, layer, out, layer_name="scan")
    return [*notes, *lines, f"{out}: {len(result_table):,} rows. {OWN_FILE}"]


def _series_lines(found: pd.DataFrame, clusters: pd.DataFrame, result: ScanResult) -> list[str]:
    """What was compared with what, and each cluster with its p and its members."""
    about = ", ".join(str(found[name].iloc[0]) for name in SERIES)
    rule = scan_rule(
        model=result.model,
        replicates=result.replicates,
        seed=result.seed,
        max_population=result.max_population,
    )
    cv = "" if not result.total else f"; risks of areas vary by {result.risk_cv:.2f} (estimated CV)"
    lines = [f"{about}: {rule}{cv}"]
    other = next(name for name in SCAN_MODELS if name != result.model)
    for c in clusters.to_dict("records"):
        p, of_other = float(c["p_value"]), float(c["p_value_other_model"])
        chance = "" if c["significant"] else " (may be chance)"
        if (of_other <= ALPHA) != c["significant"]:
            verdict = "significant" if of_other <= ALPHA else "may be chance"
            chance += f"; under the {other} model p = {of_other:.3f} ({verdict})"
        lines.append(
            f"{about}: cluster {c['scan_cluster']} about {c['centre']}, {c['areas']:,} "
            f"area{'' if c['areas'] == 1 else 's'}, recorded rate {c['relative_risk']:.2f} times "
            f"the rest's, p = {p:.3f}{chance}"
        )
        if c["areas"] > 1 and min(p, of_other) <= ALPHA:
            lines.append(f"  {_members(found[found['scan_cluster'] == c['scan_cluster']])}")
    return lines


def _members(rows: pd.DataFrame) -> str:
    """Codes of a cluster's areas: all of them in the file, so many here."""
    codes = rows["area_code"].tolist()
    more = f", and {len(codes) - MOST_NAMED:,} more in the file" if len(codes) > MOST_NAMED else ""
    return f"members: {', '.join(codes[:MOST_NAMED])}{more}"
