"""What is laid over the rates, in the GeoPackage: its tables, and a view for each layer.

Classes and words of all layers stand in one long table, `overlays`; a view puts those of one layer
beside the outlines. Layers of single services share one view for each level, an area in one row of
it: fifty layers in a list are found by nobody, and rows of one area lie upon each other.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, count
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.publish.geopackage.file import add_table, layer_name, quoted_text
from vawg_geo.publish.layers.rates import (
    FEW,
    FEWEST_AREAS,
    MapLayer,
    with_columns_said,
    with_free_style_names,
)
from vawg_geo.publish.layers.styles import Style, overlay_style, renamed, with_heading
from vawg_geo.terms.shared import Described
from vawg_geo.terms.tables import LAYERS
from vawg_geo.terms.views import OF_LAYERS, OF_OUTLINES
from vawg_geo.words import page as words
from vawg_geo.words.layers import LAYER, STYLE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Container, Iterator

    from vawg_geo.overlays.layer import OverlayLayer
    from vawg_geo.results.results import EditionResults

__all__ = ["add_overlay_tables", "overlay_layers", "overlay_table"]

# A day, as the name of a layer of services ends in.
_DATE: Final = len("2016-03-31")
_NO_SERIES = ("", "", "")
_LONG = ("area_code", "area_name", "level", *OF_LAYERS)


def add_overlay_tables(base: sqlite3.Connection, results: EditionResults) -> None:
    """Add the overlays' tables, and the long one of all layers' classes.

    Parameters
    ----------
    base : sqlite3.Connection
    results : EditionResults
    """
    for name, table in results.overlays.tables.items():
        add_table(base, name, table, results.overlays.titles.get(name, name))
    table = overlay_table(results)
    if not table.empty:
        add_table(base, LAYERS.name, table, LAYERS.title)
        base.execute("CREATE INDEX overlays_layer ON overlays (layer, level, area_code)")


def overlay_table(results: EditionResults) -> pd.DataFrame:
    """All layers below each other: one row for each area and layer."""
    layers = results.overlays.layers
    rows = [row for layer in layers for row in _rows(layer, results.area_names)]
    return pd.DataFrame(rows, columns=list(_LONG)) if rows else pd.DataFrame()


def overlay_layers(results: EditionResults) -> Iterator[MapLayer]:
    """Describe a view for each layer that stands on its own, and one for services by level.

    As for rates: a level of a single area is an outline, not a map.

    Parameters
    ----------
    results : EditionResults

    Yields
    ------
    MapLayer
    """
    single: dict[str, list[OverlayLayer]] = {}
    for layer in results.overlays.layers:
        if len(results.areas[layer.level]) < FEWEST_AREAS:
            continue
        if layer.in_panel or layer.series:
            yield _layer(layer, results)
        else:
            single.setdefault(layer.level, []).append(layer)
    for level, layers in single.items():
        yield _services(level, layers, results)


def _rows(layer: OverlayLayer, names: dict[str, str]) -> Iterator[tuple[str | None, ...]]:
    labels = {one.key: one.label for one in layer.classes}
    indicator, sex, period = layer.series or _NO_SERIES
    of_layer = (layer.level, layer.name, layer.title, indicator, sex, period)
    for code, value in layer.by_area.items():
        said = (value.key, labels.get(value.key or ""), value.words)
        yield (code, names.get(code, code), *of_layer, *said)


def _layer(layer: OverlayLayer, results: EditionResults) -> MapLayer:
    indicator, sex, period = layer.series or _NO_SERIES
    columns = {name: f"o.{name}" for name in OF_OUTLINES} | {
        name: f"v.{name}" for name in OF_LAYERS
    }
    joins = (
        f"LEFT JOIN overlays v ON v.area_code = o.area_code AND v.layer = {quoted_text(layer.name)}"
        f" AND v.level = '{layer.level}' AND v.indicator = {quoted_text(indicator)} "
        f"AND v.sex = '{sex}' AND v.period = {quoted_text(period)}"
    )
    if layer.series:
        # Why an area has no class: the layer is of figures that may be hidden.
        columns["status"] = "r.status"
        joins += (
            f" LEFT JOIN rates r ON r.area_code = o.area_code AND r.sex = '{sex}' AND "
            f"r.indicator = {quoted_text(indicator)} AND r.period = {quoted_text(period)}"
        )
    about = results.indicators[indicator].slug if layer.series else ""
    # A title that begins with its group's name says enough.
    titled = {"group": layer.group, "title": layer.title}
    title = layer.title
    if not title.startswith(layer.group):
        title = words.fill(LAYER["laid"], titled)
    title = words.fill(LAYER["title"], {"title": title, "level": layer.level.replace("_", " ")})
    if layer.series:
        of = {"indicator": results.indicators[indicator].title, "period": period}
        of["sex"] = words.SEX[sex].lower()
        title = words.fill(LAYER["laid_series"], {"title": title, **of})
    few = len(results.areas[layer.level]) <= FEW
    return MapLayer(
        name=layer_name(layer.level, layer.name, about, keep=[sex]),
        title=title,
        description=_described(title, layer.note, results),
        level=layer.level,
        group=layer.group,
        query=_select(columns, "o.fid", f"{layer.level} o {joins}"),
        columns=tuple(columns),
        styles=(
            overlay_style(
                layer.classes, name=STYLE["classes"], of_series=layer.series is not None, few=few
            ),
        ),
        indicator=indicator,
        period=period,
    )


def _services(level: str, layers: list[OverlayLayer], results: EditionResults) -> MapLayer:
    """Give one view to all layers of single services: a row an area, two columns a layer."""
    columns = {name: f"o.{name}" for name in OF_OUTLINES}
    said: dict[str, Described] = {}
    classes: dict[str, str] = {}
    styles: list[Style] = []
    few = len(results.areas[level]) <= FEW
    for layer in layers:
        name = _free_name(layer.name, columns)
        of = f"layer = {quoted_text(layer.name)} AND level = '{level}' AND area_code = o.area_code"
        # Layer and level are ours or quoted.
        columns[name] = f"(SELECT class FROM overlays WHERE {of})"  # noqa: S608
        columns[f"{name}_words"] = f"(SELECT words FROM overlays WHERE {of})"  # noqa: S608
        titles = {"title": layer.title, "date": layer.date}
        heading = words.fill(LAYER["services_column"], titles)
        said[name] = Described(title=heading, words=layer.note, holds="service")
        said[f"{name}_words"] = Described(title=words.fill(LAYER["services_words"], titles))
        classes |= {one.key: one.label for one in layer.classes}
        styles.append(_service_style(layer, name, heading=heading, few=few))
    title = words.fill(LAYER["services"], {"level": words.LEVEL[level][0]})
    notes = " ".join(dict.fromkeys(layer.note for layer in layers))
    layer_of_all = MapLayer(
        name=f"{level}_services",
        title=title,
        description=_described(title, notes, results),
        level=level,
        group=LAYER["services_group"],
        query=_select(columns, "o.fid", f"{level} o"),
        columns=tuple(columns),
        styles=with_free_style_names(styles),
        lists=(("service", tuple(classes.items())),),
    )
    return with_columns_said(layer_of_all, said)


def _free_name(wanted: str, taken: Container[str]) -> str:
    """Name of a column that no other has: kind of help, cut where it is long, and date."""
    help_, date = wanted[:-_DATE], wanted[-_DATE:]
    ends = chain([[date]], ([str(number), date] for number in count(2)))
    return next(name for end in ends if (name := layer_name(help_, keep=end)) not in taken)


def _service_style(layer: OverlayLayer, name: str, *, heading: str, few: bool) -> Style:
    """Classes of one kind of help at one date, by the column that it has."""
    style = overlay_style(layer.classes, name="", few=few)
    cases = " ".join(
        f'WHEN "{name}" = {quoted_text(one.key)} THEN {quoted_text(one.label)}'
        for one in layer.classes
    )
    # QGIS knows no other form of CASE.
    of_column = {"class": f'"{name}"', "label": f"CASE {cases} END"}
    short = layer.title.split(" (")[0]
    return replace(with_heading(renamed(style, of_column), heading), name=f"{short}, {layer.date}")


def _described(title: str, note: str, results: EditionResults) -> str:
    sentences = (f"{title}.", note, results.watermark, *results.attribution)
    return " ".join(sentence for sentence in sentences if sentence)


def _select(columns: dict[str, str], key: str, joins: str) -> str:
    listed = ", ".join(f'{source} AS "{name}"' for name, source in columns.items())
    return f"SELECT {key} AS OGC_FID, o.geom AS geom, {listed} FROM {joins}"  # noqa: S608
