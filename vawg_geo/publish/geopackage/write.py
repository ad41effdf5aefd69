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
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vawg_geo.disclosure.way_out import require_safe_draft
from vawg_geo.publish.geopackage.file import (
    add_table,
    add_view,
    draft_settings,
    put_first,
    repack,
    whole_file,
    write_outlines,
)
from vawg_geo.publish.geopackage.registers import (
    add_columns,
    add_metadata,
    add_styles,
    create_style_table,
)
from vawg_geo.publish.layers.changes import change_layers, trend_layers
from vawg_geo.publish.layers.over_time import over_time_layers, period_table
from vawg_geo.publish.layers.overlays import add_overlay_tables, overlay_layers
from vawg_geo.publish.layers.rates import (
    FEW,
    MapLayer,
    hotspot_layers,
    rate_layers,
    with_free_names,
)
from vawg_geo.publish.layers.styles import outline_style
from vawg_geo.publish.layers.summary import summary_layers
from vawg_geo.publish.tables.write import area_table, caveat_table, indicator_table
from vawg_geo.results.results import edition_of
from vawg_geo.terms.tables import (
    AREAS,
    CHANGES,
    HOTSPOTS,
    INDICATORS,
    JOIN_REPORT,
    LAYERS,
    PERIODS,
    RATES,
    RISKS,
    SCANS,
    TRENDS,
    WHOLE,
)
from vawg_geo.terms.views import OF_OUTLINES
from vawg_geo.words.page import LEVEL

if TYPE_CHECKING:
    import pandas as pd

    from vawg_geo.results.results import EditionResults
    from vawg_geo.terms.declared import DeclaredTable

__all__ = ["described_layers", "table_titles", "write_geopackage"]

# Long tables, named for readers column by column, and the columns by which they are looked up.
_OF_SERIES: Final = "indicator, period, sex, area_code"
_INDEXED: Final = {
    **dict.fromkeys((one.name for one in (RATES, HOTSPOTS, SCANS, RISKS)), _OF_SERIES),
    CHANGES.name: "indicator, period_to, period_from, sex, area_code",
    TRENDS.name: "indicator, period_to, sex, area_code",
    PERIODS.name: "period",
}


def write_geopackage(results: EditionResults, path: Path | str) -> Path:
    """Write an edition's layers and tables.

    Parameters
    ----------
    results : EditionResults
        Nothing else is accepted.
    path : Path or str
        Ends in `.gpkg`. Replaced when the new file is whole.

    Returns
    -------
    Path

    Raises
    ------
    OutputError
        The file cannot be written, or another program is writing to it.
    DisclosureError
        The audit found that it gives away a count that the edition hides; nothing was written.
    """
    path = Path(path)
    edition = edition_of(results)
    with whole_file(path) as draft, draft_settings():
        for level, areas in results.areas.items():
            write_outlines(draft, level, areas, results.attribution)
        with closing(sqlite3.connect(draft)) as base, base:
            base.execute("PRAGMA journal_mode=OFF")
            base.execute("PRAGMA synchronous=OFF")
            _add_tables(base, results)
            layers = described_layers(results)
            create_style_table(base)
            for level, areas in results.areas.items():
                style = outline_style(LEVEL[level][1].capitalize(), few=len(areas) <= FEW)
                add_styles(base, level, (style,), columns=OF_OUTLINES)
            for layer in layers:
                add_view(
                    base,
                    layer.query,
                    name=layer.name,
                    title=layer.title,
                    description=layer.description,
                    level=layer.level,
                )
                add_styles(base, layer.name, layer.styles, columns=layer.columns)
            add_columns(base, _columns(base, results, layers), layers)
            add_metadata(base, layers, results)
            put_first(base, [layer.name for layer in layers if layer.first])
        repack(draft)
        require_safe_draft(edition, draft)
    return path


def described_layers(results: EditionResults) -> list[MapLayer]:
    """Every view of an edition's GeoPackage, in its order, under its final name.

    Described once for the same results: the GeoPackage and the project both ask.

    Parameters
    ----------
    results : EditionResults

    Returns
    -------
    list of MapLayer
    """
    return edition_of(results).shared.once(_described, results)


def _described(results: EditionResults) -> list[MapLayer]:
    of_rates = list(rate_layers(results))
    layers = [
        *summary_layers(results, of_rates),
        *of_rates,
        *over_time_layers(results, of_rates),
        *change_layers(results),
        *trend_layers(results),
        *hotspot_layers(results, of_rates),
        *overlay_layers(results),
    ]
    taken = [*results.areas, *table_titles(results), LAYERS.name, "layer_styles"]
    return with_free_names(layers, taken)


def table_titles(results: EditionResults) -> dict[str, str]:
    """Tables without geometry that an edition's GeoPackage has, by name.

    Parameters
    ----------
    results : EditionResults

    Returns
    -------
    dict of str to str
    """
    titles = {one.name: one.title for one in (RATES, INDICATORS, WHOLE, JOIN_REPORT)}
    titles |= {one.name: one.title for one, _ in _labelled(results)}
    own = results.overlays
    return titles | {name: own.titles.get(name, name) for name in own.tables}


def _add_tables(base: sqlite3.Connection, results: EditionResults) -> None:
    illustrative = results.rates["basis"] == "illustrative"
    frames = {
        RATES: results.rates.assign(illustrative=illustrative),
        INDICATORS: indicator_table(results),
        WHOLE: caveat_table(results),
        JOIN_REPORT: edition_of(results).join_report,
    }
    for one, frame in (*frames.items(), *_labelled(results)):
        add_table(base, one.name, frame, one.title)
        if by := _INDEXED.get(one.name):
            base.execute(f"CREATE INDEX {one.name}_series ON {one.name} ({by})")
    add_overlay_tables(base, results)


def _labelled(results: EditionResults) -> list[tuple[DeclaredTable, pd.DataFrame]]:
    """Tables of hotspots, of the scan, of smoothed risks and of time, where there are any.

    A change is held against an area without those that it holds: which these are goes with it.
    """
    changes = results.over_time.changes
    every = (
        (HOTSPOTS, results.hotspots),
        (SCANS, results.scans),
        (RISKS, results.risks),
        (CHANGES, changes),
        (AREAS, changes if changes.empty else area_table(results)),
        (TRENDS, results.over_time.trends),
        (PERIODS, period_table(results)),
    )
    return [(one, frame) for one, frame in every if not frame.empty]


def _columns(
    base: sqlite3.Connection, results: EditionResults, layers: list[MapLayer]
) -> dict[str, list[str]]:
    """Columns that have names for readers: those of outlines, views and the long tables."""
    found = {level: list(OF_OUTLINES) for level in results.areas}
    for name in (one for one in _INDEXED if one in table_titles(results)):
        rows = base.execute(f"PRAGMA table_info({name})").fetchall()
        found[name] = [row[1] for row in rows if row[1] != "fid"]
    return found | {layer.name: list(layer.columns) for layer in layers}
