"""An edition as one GeoPackage.

Every outline and every figure stands in it once: a feature table for each level, the long tables
`rates`, `hotspots` and `scans`, and for each indicator spatial views that put figures and labels by
sex beside the outlines.
(Writing each of these layers as a table of its own took three times as long and made a file three
times the size; a view opens in QGIS like any layer and cannot be edited by mistake.)

Always a whole new file under a temporary name, renamed when it is complete; the same edition gives
the same bytes.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vawg_geo.indicators import slug
from vawg_geo.publish import words
from vawg_geo.publish.geopackage_file import (
    LONGEST_NAME,
    WHO,
    add_table,
    add_view,
    draft_settings,
    quoted_text,
    repack,
    whole_file,
    write_outlines,
)
from vawg_geo.publish.geopackage_overlays import add_overlays
from vawg_geo.publish.payload_hotspots import label_rule, scan_rule_of
from vawg_geo.publish.results import compute_results
from vawg_geo.publish.tables import caveat_table, indicator_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.publish.results import EditionResults

__all__ = ["write_geopackage"]

# A level of fewer areas is an outline, not a map.
_FEWEST_AREAS = 2
_BY_SEX = (
    "count", "population", "rate", "rate_lower", "rate_upper", "rate_lower_998", "rate_upper_998",
    "significance", "status",
)  # fmt: skip
_SHARED = (
    "indicator", "period", "rate_per", "rate_method", "comparator", "significance_rule", "basis",
)  # fmt: skip
# Statistics of hotspots: the beginning of their columns' names, and what is taken of each.
_STATISTICS = {"local-moran": "moran", "gi-star": "gi"}
_LABELS = ("cluster", "reason", "value", "z", "p_value", "p_adjusted", "stability")
_RULES = ("weights", "permutations", "correction", "alpha", "seed", "basis")
_SCAN = {
    "scan_cluster": "scan_cluster",
    "relative_risk": "scan_relative_risk",
    "p_value": "scan_p_value",
}


def write_geopackage(edition: Edition, path: Path | str) -> Path:
    """Write an edition's layers and tables.

    Parameters
    ----------
    edition : Edition
        As `protect` returns; nothing else is accepted.
    path : Path or str
        Ends in `.gpkg`. Replaced when the new file is whole.

    Returns
    -------
    Path

    Raises
    ------
    OutputError
        The file cannot be written, or another program is writing to it.
    """
    path = Path(path)
    results = compute_results(edition)
    with whole_file(path) as draft, draft_settings():
        for level, areas in results.areas.items():
            write_outlines(draft, level, areas, results.attribution)
        with closing(sqlite3.connect(draft)) as base, base:
            base.execute("PRAGMA journal_mode=OFF")
            base.execute("PRAGMA synchronous=OFF")
            illustrative = results.rates["basis"] == "illustrative"
            rates = results.rates.assign(illustrative=illustrative)
            add_table(base, "rates", rates, "All figures, one row each")
            base.execute("CREATE INDEX rates_series ON rates (indicator, period, sex, area_code)")
            add_table(base, "indicators", indicator_table(edition), "What is counted")
            add_table(
                base, "sources_and_caveats", caveat_table(edition), "Sources, licences, caveats"
            )
            add_table(base, "join_report", edition.join_report, "How rows came to areas")
            for layer in _layers(results):
                _add_layer(base, layer, _rates_query(layer))
            _add_hotspots(base, results)
            add_overlays(base, results)
        repack(draft)
    return path


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """A spatial view: an indicator, period and basis at a level, sexes side by side."""

    name: str
    title: str
    description: str
    level: str
    indicator: str
    period: str
    sexes: tuple[str, ...]
    illustrative: bool


def _layers(results: EditionResults) -> Iterator[_Layer]:
    """Layers of every level that has areas enough for a map."""
    for level, areas in results.areas.items():
        if len(areas) < _FEWEST_AREAS:
            continue
        rates = results.rates[results.rates["level"] == level]
        periods = rates.groupby("indicator", sort=False)["period"].nunique()
        for key, rows in rates.groupby(["indicator", "period", "basis"], sort=False):
            indicator, period, basis = map(str, key)
            yield _describe(
                results,
                level,
                indicator,
                period,
                illustrative=basis == "illustrative",
                sexes=tuple(rows["sex"].unique()),
                several=periods[indicator] > 1,
            )


def _describe(
    results: EditionResults,
    level: str,
    indicator: str,
    period: str,
    *,
    illustrative: bool,
    sexes: tuple[str, ...],
    several: bool,
) -> _Layer:
    about = results.indicators[indicator]
    mark = "illustrative" if illustrative else ""
    parts = (level, about.slug, mark, slug(period) if several else "")
    title = f"{about.title}, {period}, by {level.replace('_', ' ')}"
    if illustrative:
        title = f"ILLUSTRATIVE, NOT REAL FIGURES: {title}"
    sentences = (
        f"{title}.",
        about.definition,
        f"Source: {about.source}.",
        about.caveat,
        results.protection,
        results.watermark,
        *results.attribution,
    )
    return _Layer(
        name="_".join(part for part in parts if part)[:LONGEST_NAME],
        title=title,
        description=" ".join(sentence for sentence in sentences if sentence),
        level=level,
        indicator=indicator,
        period=period,
        sexes=sexes,
        illustrative=illustrative,
    )


def _add_hotspots(base: sqlite3.Connection, results: EditionResults) -> None:
    """Add the tables of hotspots and clusters, and a view for each layer that has hotspots."""
    if results.hotspots.empty:
        return
    add_table(base, "hotspots", results.hotspots, "Hotspots: labels of local statistics")
    base.execute("CREATE INDEX hotspots_series ON hotspots (indicator, period, sex, area_code)")
    if not results.scans.empty:
        add_table(base, "scans", results.scans, "Clusters of the scan and their members")
        base.execute("CREATE INDEX scans_series ON scans (indicator, period, sex, area_code)")
    for rates_layer in _layers(results):
        rows = _of_layer(results.hotspots, rates_layer)
        if rates_layer.illustrative or rows.empty:
            continue
        layer = _hotspots_layer(rates_layer, rows, results)
        with_scan = not _of_layer(results.scans, layer).empty
        query = _hotspots_query(layer, tuple(rows["statistic"].unique()), with_scan=with_scan)
        _add_layer(base, layer, query)


def _of_layer(table: pd.DataFrame, layer: _Layer) -> pd.DataFrame:
    """Rows of a layer's level, indicator and period."""
    if table.empty:
        return table
    same = [table[name] == getattr(layer, name) for name in ("level", "indicator", "period")]
    return table[np.logical_and.reduce(same)]


def _hotspots_layer(layer: _Layer, rows: pd.DataFrame, results: EditionResults) -> _Layer:
    """Name, title and rules of a layer of hotspots."""
    rules = [label_rule(one, levels="areas") for _, one in rows.groupby("statistic", sort=False)]
    scans = _of_layer(results.scans, layer)
    rules += [] if scans.empty else [scan_rule_of(scans)]
    caveat = words.PAGE["hot_caveat"]
    return replace(
        layer,
        name=f"{layer.name[: LONGEST_NAME - len('_hotspots')]}_hotspots",
        title=f"Hotspots: {layer.title}",
        description=" ".join([f"Hotspots. {caveat}", *(f"{r}." for r in rules), layer.description]),
        sexes=tuple(sex for sex in layer.sexes if (rows["sex"] == sex).any()),
    )


def _hotspots_query(layer: _Layer, statistics: tuple[str, ...], *, with_scan: bool) -> str:
    columns = ["o.fid AS OGC_FID", "o.geom AS geom", *(f"o.{name}" for name in WHO)]
    joins = []
    same = f"indicator = {quoted_text(layer.indicator)} AND period = {quoted_text(layer.period)}"
    for sex in layer.sexes:
        for statistic in statistics:
            short = _STATISTICS[statistic]
            table = f"{short}_{sex}"
            columns += [f"{table}.{name} AS {short}_{name}_{sex}" for name in _LABELS]
            joins.append(
                f"LEFT JOIN hotspots {table} ON {table}.area_code = o.area_code "
                f"AND {table}.sex = '{sex}' AND {table}.statistic = '{statistic}' "
                f"AND {table}.indicator = {quoted_text(layer.indicator)} "
                f"AND {table}.period = {quoted_text(layer.period)}"
            )
        if with_scan:
            mine = f"area_code = o.area_code AND sex = '{sex}' AND {same}"
            columns += [
                f"(SELECT {name} FROM scans WHERE {mine} ORDER BY scan_cluster LIMIT 1) "  # noqa: S608
                f"AS {short}_{sex}"
                for name, short in _SCAN.items()
            ]
    first = f"{_STATISTICS[statistics[0]]}_{layer.sexes[0]}"
    columns += [f"{first}.{name}" for name in ("indicator", "period", "neighbours", *_RULES)]
    return f"SELECT {', '.join(columns)} FROM {layer.level} o {' '.join(joins)}"  # noqa: S608


def _add_layer(base: sqlite3.Connection, layer: _Layer, query: str) -> None:
    add_view(
        base,
        query,
        name=layer.name,
        title=layer.title,
        description=layer.description,
        level=layer.level,
    )


def _rates_query(layer: _Layer) -> str:
    first = layer.sexes[0]
    columns = ["o.fid AS OGC_FID", "o.geom AS geom", *(f"o.{name}" for name in WHO)]
    columns += [f"{sex}.{name} AS {name}_{sex}" for sex in layer.sexes for name in _BY_SEX]
    columns += [f"{first}.{name}" for name in (*_SHARED, "illustrative", "note")]
    joins = " ".join(
        f"LEFT JOIN rates {sex} ON {sex}.area_code = o.area_code AND {sex}.sex = '{sex}' "
        f"AND {sex}.indicator = {quoted_text(layer.indicator)} "
        f"AND {sex}.period = {quoted_text(layer.period)}"
        for sex in layer.sexes
    )
    # Names are ours, values quoted.
    return f"SELECT {', '.join(columns)} FROM {layer.level} o {joins}"  # noqa: S608
