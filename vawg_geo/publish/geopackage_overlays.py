"""What is laid over the rates, in the GeoPackage: its tables, and a view for each layer.

Classes and words of all layers stand in one long table, `overlays`; a view puts those of one layer
beside the outlines. A layer of a single service has its rows there too, but no view of its own:
fifty layers in a list are found by nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.publish.geopackage_file import (
    LONGEST_NAME,
    WHO,
    add_table,
    add_view,
    quoted_text,
)

if TYPE_CHECKING:
    import sqlite3

    from vawg_geo.publish.layers.layer import OverlayLayer
    from vawg_geo.publish.results import EditionResults

__all__ = ["add_overlays", "overlay_table"]

_NO_SERIES = ("", "", "")


def add_overlays(base: sqlite3.Connection, results: EditionResults) -> None:
    """Add the overlays' tables, and a spatial view for each layer that stands on its own.

    Parameters
    ----------
    base : sqlite3.Connection
        A GeoPackage that has the outlines of every level already.
    results : EditionResults
    """
    for name, table in results.overlays.tables.items():
        add_table(base, name, table, results.overlays.titles.get(name, name))
    table = overlay_table(results)
    if table.empty:
        return
    add_table(base, "overlays", table, "Classes of all layers that are laid over the rates")
    base.execute("CREATE INDEX overlays_layer ON overlays (layer, level, area_code)")
    for layer in results.overlays.layers:
        if layer.in_panel:
            _add_layer(base, layer, results)


def overlay_table(results: EditionResults) -> pd.DataFrame:
    """All layers below each other: one row for each area and layer."""
    frames = [_rows(layer, results.area_names) for layer in results.overlays.layers]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _rows(layer: OverlayLayer, names: dict[str, str]) -> pd.DataFrame:
    labels = {one.key: one.label for one in layer.classes}
    indicator, sex, period = layer.series or _NO_SERIES
    codes = list(layer.by_area)
    values = [layer.by_area[code] for code in codes]
    return pd.DataFrame(
        {
            "area_code": codes,
            "area_name": [names.get(code, code) for code in codes],
            "level": layer.level,
            "layer": layer.name,
            "title": layer.title,
            "indicator": indicator,
            "sex": sex,
            "period": period,
            "class": [value.key for value in values],
            "label": [labels.get(value.key or "") for value in values],
            "words": [value.words for value in values],
        }
    )


def _add_layer(base: sqlite3.Connection, layer: OverlayLayer, results: EditionResults) -> None:
    indicator, sex, period = layer.series or _NO_SERIES
    columns = ["o.fid AS OGC_FID", "o.geom AS geom", *(f"o.{name}" for name in WHO)]
    columns += [
        f"v.{name}"
        for name in ("layer", "title", "indicator", "sex", "period", "class", "label", "words")
    ]
    query = (
        f"SELECT {', '.join(columns)} FROM {layer.level} o LEFT JOIN overlays v "  # noqa: S608
        f"ON v.area_code = o.area_code AND v.layer = {quoted_text(layer.name)} "
        f"AND v.level = '{layer.level}' AND v.indicator = {quoted_text(indicator)} "
        f"AND v.sex = '{sex}' AND v.period = {quoted_text(period)}"
    )
    about = results.indicators[indicator].slug if layer.series else ""
    parts = (layer.level, layer.name, about, sex)
    title = f"{layer.group}: {layer.title}, by {layer.level.replace('_', ' ')}"
    if layer.series:
        title = f"{title} ({results.indicators[indicator].title}, {sex}, {period})"
    sentences = (f"{title}.", layer.note, results.watermark, *results.attribution)
    add_view(
        base,
        query,
        name="_".join(part for part in parts if part)[:LONGEST_NAME],
        title=title,
        description=" ".join(sentence for sentence in sentences if sentence),
        level=layer.level,
    )
