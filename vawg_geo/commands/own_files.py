"""The analyst's own tools beside `build`: from a file to a file, with nothing hidden."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from vawg_geo.errors import ConfigurationError, InputError, OutputError
from vawg_geo.files.in_use import require_closed
from vawg_geo.files.table import write_table
from vawg_geo.files.whole import file_meant, written_whole
from vawg_geo.inputs.counts import read_counts
from vawg_geo.inputs.plausible import require_plausible_counts
from vawg_geo.inputs.population import read_population

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

__all__ = ["hotspots_file", "rates_file", "scan_file"]

_OWN_FILE = "An analyst's file: no small number is hidden in it."
_SERIES = ["indicator", "sex", "period"]
# Below this p a cluster of the scan is called significant in the file.
ALPHA = 0.05


def rates_file(
    counts: Path,
    *,
    population: Path,
    out: Path,
    per: float = 1000,
    method: str = "public-health",
    confidence: float = 0.95,
    comparator: str | None = None,
    rule: str = "intervals-apart",
) -> list[str]:
    """Compute rates from a file of counts and write them to a file.

    Parameters
    ----------
    counts, population : Path
        CSV, XLSX or Parquet.
    out : Path
        Its ending says the format.
    per, method, confidence : see `crude_rate`
    comparator, rule : see `compare`; without a comparator nothing is compared.

    Returns
    -------
    list of str
        Lines for the person who asked.
    """
    from vawg_geo.measures.rates.rates import crude_rate
    from vawg_geo.measures.rates.significance import compare

    _require_new(out, counts, population)
    events, people, notes = _read(counts, population)
    rates = crude_rate(events, people, per=per, method=method, confidence=confidence)
    if comparator is not None:
        rates = compare(rates, comparator, rule=rule, confidence=confidence)
    write_table(rates, out)
    return [*notes, f"{out}: {len(rates):,} rates. {_OWN_FILE}"]


def hotspots_file(
    counts: Path,
    *,
    population: Path,
    areas: str,
    out: Path,
    statistic: str = "local-moran",
    weights: str = "queen",
    permutations: int = 99_999,
    seed: int = 12345,
    correction: str = "bh",
    stability: bool = True,
) -> list[str]:
    """Label hotspots of every series of a file of counts and write them to a file.

    Parameters
    ----------
    counts, population : Path
        CSV, XLSX or Parquet.
    areas : str
        A name of the catalogue, or a boundary file.
    out : Path
        `.csv`, `.xlsx`, `.parquet`, or `.gpkg` with outlines.
    statistic : {"local-moran", "gi-star"}
    weights : str
        `queen`, `rook`, `knn:6`, `band:5000`.
    permutations, seed, correction : see `local_moran`
    stability : bool
        Try every label under other neighbours and seeds too.

    Returns
    -------
    list of str
        Lines for the person who asked.
    """
    from vawg_geo.overlays.hotspots.rule import HotspotRule, MapNeighbours, hotspot_columns

    _require_new(out, counts, population, Path(areas))
    _require_ending(out)
    layer, table, notes = _joined(counts, population, areas)
    neighbours = MapNeighbours(layer, weights)
    rule = HotspotRule(
        statistic=statistic,
        permutations=permutations,
        correction=correction,
        seed=seed,
        stability=stability,
    )
    frames = [
        rows.assign(
            **hotspot_columns(rows, neighbours, rule),
            weights=neighbours.chosen.kind,
            permutations=permutations,
            correction=correction,
            alpha=rule.alpha,
            seed=seed,
        ).reset_index(drop=True)
        for rows in _series(table)
    ]
    result = pd.concat(frames, ignore_index=True)
    _write(result, layer, out, "hotspots")
    lines = [f"{cluster}: {n:,}" for cluster, n in result["cluster"].value_counts().items()]
    reasons = result.loc[result["reason"] != "", "reason"].value_counts()
    lines += [f"without a label, {reason}: {n:,}" for reason, n in reasons.items()]
    if correction == "bonferroni" and 2 * len(layer) > rule.alpha * (permutations + 1):
        lines.append(
            f"Note: with {permutations:,} permutations no p-value can pass Bonferroni's correction "
            f"over {len(layer):,} areas; ask for {int(2 * len(layer) / rule.alpha):,}."
        )
    notes += [f"Note: {note}" for note in neighbours.notes]
    return [*notes, *lines, f"{out}: {len(result):,} labels. {_OWN_FILE}"]


def scan_file(
    counts: Path,
    *,
    population: Path,
    areas: str,
    out: Path,
    max_population: float = 0.5,
    replicates: int = 999,
    seed: int = 12345,
) -> list[str]:
    """Find clusters by the circular scan in every series of a file of counts.

    Parameters
    ----------
    counts, population, areas, out : see `hotspots_file`
    max_population, replicates, seed : see `circular_scan`

    Returns
    -------
    list of str
        Lines for the person who asked.
    """
    from vawg_geo.measures.scan.scan import circular_scan

    _require_new(out, counts, population, Path(areas))
    _require_ending(out)
    layer, table, notes = _joined(counts, population, areas)
    centres = layer.geometry.centroid
    coordinates = pd.concat([centres.x, centres.y], axis=1).to_numpy()
    frames, lines = [], []
    for rows in _series(table):
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
        about_series = ", ".join(str(rows[name].iloc[0]) for name in _SERIES)
        lines += [
            f"{about_series}: cluster {c.scan_cluster} about {c.centre}, {c.areas} areas, "
            f"relative risk {c.relative_risk:.2f}, p = {c.p_value:.3f}"
            f"{'' if c.significant else ' (may be chance)'}"
            for c in clusters.itertuples()
        ]
    result_table = pd.concat(frames, ignore_index=True)
    _write(result_table, layer, out, "scan")
    return [*notes, *lines, f"{out}: {len(result_table):,} rows. {_OWN_FILE}"]


def _read(counts: Path, population: Path) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    events = read_counts(counts)
    people = read_population(population)
    notes = [f"Note: {note}" for t in (events, people) for note in t.attrs.pop("notes", [])]
    require_plausible_counts(
        events.merge(people[["area_code", "sex", "population"]], on=["area_code", "sex"])
    )
    return events, people, notes


def _joined(
    counts: Path, population: Path, areas: str
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, list[str]]:
    """Areas, and counts on all of them with their populations."""
    from vawg_geo.areas.joining.join import join_counts
    from vawg_geo.inputs.boundaries.by_name import read_layer

    events, people, notes = _read(counts, population)
    layer = read_layer(areas)
    notes += [f"Note: {note}" for note in layer.attrs.pop("notes", [])]
    table = join_counts(events, layer, table=counts.name).table
    table = table.merge(
        people[["area_code", "sex", "population"]], on=["area_code", "sex"], how="left"
    )
    lacking = table["population"].isna()
    if lacking.any():
        msg = (
            f"{int(lacking.sum()):,} of {len(table):,} rows have no population; first: "
            f"{table.loc[lacking, 'area_code'].iloc[0]}. Add these areas and sexes to "
            f"{population.name}."
        )
        raise InputError(msg)
    return layer, table, notes


def _series(table: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for _, rows in table.groupby(_SERIES, sort=False):
        yield rows.set_index("area_code", drop=False)


def _require_new(out: Path, *inputs: Path) -> None:
    """Refuse to write over what is read."""
    if any(out.resolve() == path.resolve() for path in inputs):
        msg = f"{out} is one of the inputs. Write to another file."
        raise ConfigurationError(msg)


def _require_ending(out: Path) -> None:
    known = (".csv", ".xlsx", ".parquet", ".gpkg")
    if out.suffix.lower() not in known:
        msg = f"{out.name} must end in {', '.join(known[:-1])} or {known[-1]}."
        raise ConfigurationError(msg)
    if not out.parent.is_dir():
        msg = f"the folder {out.parent} does not exist. Make it, or write elsewhere."
        raise OutputError(msg)
    if out.suffix.lower() == ".gpkg":
        require_closed(file_meant(out))


def _write(table: pd.DataFrame, layer: gpd.GeoDataFrame, out: Path, name: str) -> None:
    if out.suffix.lower() != ".gpkg":
        write_table(table, out)
        return
    import pyogrio

    outlines: Any = layer[["area_code", "geometry"]]
    try:
        with written_whole(out) as draft:
            pyogrio.write_dataframe(
                outlines.merge(table, on="area_code", how="right"),
                draft,
                layer=name,
                geometry_type="MultiPolygon",
                promote_to_multi=True,
                dataset_options={"VERSION": "1.3"},
                layer_options={"DESCRIPTION": _OWN_FILE},
            )
            require_closed(file_meant(out))
    except (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        msg = f"{out.name} cannot be written: {error}. Nothing was changed."
        raise OutputError(msg) from error
