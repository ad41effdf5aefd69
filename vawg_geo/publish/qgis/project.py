"""A QGIS project beside an edition's GeoPackage, written as XML of QGIS 3.22.

Layers stand in groups with the styles of the GeoPackage; a theme for each subject shows its layer
in the right style with the borders that belong to it. All sources are relative, so that the folder
can be moved, and the same edition gives the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vawg_geo.disclosure.way_out import require_safe_draft
from vawg_geo.errors import OutputError
from vawg_geo.files.whole import written_whole
from vawg_geo.publish.geopackage.registers import metadata_parts
from vawg_geo.publish.geopackage.write import described_layers, table_titles
from vawg_geo.publish.latest import latest_periods
from vawg_geo.publish.layers.rates import FEW
from vawg_geo.publish.layers.styles import Label, Rule, Style, outline_style
from vawg_geo.publish.qgis.layout import framed, print_layout
from vawg_geo.publish.qgis.parts import (
    ProjectLayer,
    crs,
    extent_parts,
    layer_tree,
    map_layer,
    raster_layer,
    relations,
    themes,
    time_settings,
)
from vawg_geo.publish.qgis.qml import VERSION
from vawg_geo.publish.qgis.symbols import element, leaf
from vawg_geo.results.results import edition_of
from vawg_geo.terms.periods import read_periods
from vawg_geo.terms.tables import LAYERS, WHOLE
from vawg_geo.terms.views import OF_OUTLINES
from vawg_geo.words import page as words
from vawg_geo.words.layers import LAYER, PROJECT, QUESTION, SERVED, WHERE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vawg_geo.publish.layers.rates import MapLayer
    from vawg_geo.results.results import EditionResults
    from vawg_geo.terms.periods import Span

__all__ = ["ProjectLayer", "project_layers", "write_project"]

_PACKAGE: Final = "./vawg.gpkg|layername="
# Levels that are read against the borders of districts.
_WITHIN: Final = ("ward", "lsoa")
_ZERO_DATE: Final = (1980, 1, 1, 0, 0, 0)


def write_project(results: EditionResults, path: Path | str) -> Path:
    """Write the project of an edition's folder.

    Parameters
    ----------
    results : EditionResults
    path : Path or str
        Ends in `.qgz`; beside `vawg.gpkg` and the folder `rasters`, which are there already.

    Returns
    -------
    Path

    Raises
    ------
    OutputError
        The file cannot be written. Nothing was changed then.
    DisclosureError
        The audit found that it gives away a count that the edition hides; nothing was written.
    """
    path = Path(path)
    edition = edition_of(results)
    layers = project_layers(results, described_layers(results), rasters=path.parent / "rasters")
    text = _project(results, layers)
    packed = zipfile.ZipInfo(f"{path.stem}.qgs", date_time=_ZERO_DATE)
    packed.compress_type = zipfile.ZIP_DEFLATED
    packed.external_attr = 0o644 << 16
    try:
        with written_whole(path) as draft:
            with zipfile.ZipFile(draft, "w") as pack:
                pack.writestr(packed, text.encode())
            require_safe_draft(edition, draft)
    except OSError as error:
        msg = f"{path.name} cannot be written: {error}. Close it elsewhere, or free some room."
        raise OutputError(msg) from error
    return path


def project_layers(
    results: EditionResults, views: Sequence[MapLayer], *, rasters: Path | None = None
) -> list[ProjectLayer]:
    """Layers of an edition's project, those on top first.

    Parameters
    ----------
    results : EditionResults
    views : sequence of MapLayer
        As `described_layers` gives them.
    rasters : Path, optional
        Folder with the surfaces and their styles.

    Returns
    -------
    list of ProjectLayer
    """
    found = list(_borders(results))
    timed = [layer.period for layer in views if layer.timed]
    spans = dict(zip(timed, read_periods(timed), strict=True))
    latest = {(level, indicator, period) for level, indicator, _, period in latest_periods(results)}
    before: list[ProjectLayer] = []
    for layer in views:
        made = list(_of_view(layer, spans.get(layer.period) if layer.timed else None))
        if layer.timed and (layer.level, layer.indicator, layer.period) not in latest:
            before += map(_earlier, made)
        else:
            found += made
    found += [*before, *_surfaces(rasters), *_outlines(results)]
    order = list(QUESTION.values())
    # Borders are drawn upon all, clusters upon other layers of their question.
    found.sort(
        key=lambda layer: (
            order.index(layer.question) if layer.question else -1,
            not layer.key.startswith("scan_"),
        )
    )
    return found + [
        ProjectLayer(
            key=f"table_of_{name}",
            title=title,
            group=PROJECT["tables"],
            source=f"{_PACKAGE}{name}",
            kind="table",
        )
        for name, title in _listed_tables(results).items()
    ]


def _question(layer: MapLayer) -> str:
    """What the layers of a group are an answer to."""
    if layer.first:
        return QUESTION["own"]
    if layer.group == LAYER["over_time_group"]:
        return QUESTION["changing"]
    if layer.group in SERVED:
        return QUESTION["served"]
    return QUESTION["where" if layer.group.startswith(WHERE) else "context"]


def _listed_tables(results: EditionResults) -> dict[str, str]:
    titles = table_titles(results)
    if results.overlays.layers:
        titles[LAYERS.name] = LAYERS.title
    # What every reader should read first.
    return {WHOLE.name: titles.pop(WHOLE.name), **titles}


def _borders(results: EditionResults) -> Iterator[ProjectLayer]:
    if "district" not in results.areas or not set(_WITHIN) & set(results.areas):
        return
    line = Rule(test="", label=PROJECT["districts"], ground="")
    names = Label(text='"area_name"', size=9, bold=True)
    style = Style(
        name=PROJECT["borders"],
        description="",
        rules=(line,),
        labels=(names,),
        kind="closed",
        width=0.5,
    )
    yield ProjectLayer(
        key="border_district",
        title=PROJECT["districts"],
        group=PROJECT["borders"],
        source=f"{_PACKAGE}district",
        styles=(style,),
        columns=OF_OUTLINES,
        level="district",
    )


def _outlines(results: EditionResults) -> Iterator[ProjectLayer]:
    for level in results.areas:
        plural = words.LEVEL[level][1].capitalize()
        yield ProjectLayer(
            key=f"outline_{level}",
            title=words.fill(LAYER["outlines"], {"levels": plural.lower()}),
            group=PROJECT["outlines"],
            question=QUESTION["context"],
            source=f"{_PACKAGE}{level}",
            columns=OF_OUTLINES,
            level=level,
            styles=(outline_style(plural, few=len(results.areas[level]) <= FEW),),
        )


def _of_view(layer: MapLayer, span: Span | None) -> Iterator[ProjectLayer]:
    """Give the layers of a view: itself, and the scan's clusters apart."""
    styles, latest = _named_in_full(layer)
    whole = ProjectLayer(
        key=f"view_{_safe(layer.name)}",
        # What its table of columns is says nothing of the map.
        title=layer.title.partition(": ")[0] if latest else layer.title,
        abstract=layer.description,
        group=layer.group,
        question=_question(layer),
        source=f"{_PACKAGE}{layer.name}",
        columns=layer.columns,
        styles=tuple(style for style in styles if style.kind != "merged"),
        latest=latest,
        level=layer.level,
        about=layer,
        span=span,
        # What she styles herself has no theme.
        themed=not layer.first,
    )
    scans = tuple(style for style in layer.styles if style.kind == "merged")
    if scans:
        yield replace(
            whole,
            key=f"scan_{_safe(layer.name)}",
            styles=scans,
            title=_of_clusters(layer.title),
        )
    yield whole


def _named_in_full(layer: MapLayer) -> tuple[tuple[Style, ...], tuple[str, ...]]:
    """Styles of a layer of many subjects, named by their headings; those of the latest date.

    The GeoPackage's table of styles has room for 30 letters, a project for all.
    """
    if layer.group not in (LAYER["services_group"], LAYER["summary_group"]):
        return layer.styles, ()
    named = tuple(
        replace(style, name=" ".join(style.rules[0].label.split())) for style in layer.styles
    )
    if layer.first or not named:
        return named, ()
    date = named[-1].name.rpartition(", ")[2]
    return named, tuple(style.name for style in named if style.name.endswith(f", {date}"))


def _earlier(layer: ProjectLayer) -> ProjectLayer:
    """A layer of a period after which there are others: at hand, and in nobody's way."""
    group = words.fill(PROJECT["earlier"], {"group": layer.group})
    return replace(layer, group=group, themed=False)


def _of_clusters(title: str) -> str:
    """Title of the clusters that were looked for beside hotspots."""
    plain = title.removeprefix(words.fill(LAYER["hotspots"], {"title": ""}))
    return words.fill(LAYER["clusters"], {"title": plain})


def _surfaces(folder: Path | None) -> Iterator[ProjectLayer]:
    if folder is None or not folder.is_dir():
        return
    for path in sorted(folder.glob("*.tif")):
        import rasterio

        with rasterio.open(path) as raster:
            tags = raster.tags()
        parts = ("method", "source", "caveat", "protection", "watermark", "attribution")
        yield ProjectLayer(
            key=f"raster_{_safe(path.stem)}",
            title=tags.get("title", path.stem),
            group=PROJECT["surfaces"],
            question=QUESTION["served" if path.stem.startswith("distance") else "where"],
            source=f"./{folder.name}/{path.name}",
            kind="raster",
            abstract=" ".join(tags[name] for name in parts if tags.get(name)),
            style_file=path.with_suffix(".qml"),
            themed=True,
        )


def _project(results: EditionResults, layers: Sequence[ProjectLayer]) -> str:
    level = next(iter(results.areas))
    extent = tuple(float(one) for one in results.areas[level].total_bounds)
    start = _first(layers)
    shown = {start.key} | ({"border_district"} if start.level in _WITHIN else set())
    title = leaf("title", results.title)
    summary = " ".join((*results.printed_caveats(), results.protection))
    canvas = element(
        "mapcanvas",
        {"name": "theMapCanvas", "annotationsVisible": 1},
        leaf("units", "meters"),
        extent_parts(framed(extent)),
        leaf("rotation", 0),
        element("destinationsrs", {}, crs()),
    )
    held = [_xml_of(layer, results, extent) for layer in layers]
    order = "".join(element("layer", {"id": layer.key}) for layer in layers)
    settings = element("Paths", {}, element_text("Absolute", "bool", "false"))
    # Else nothing is put upon the project's system, whichever it is.
    settings += element("SpatialRefSys", {}, element_text("ProjectionsEnabled", "int", "1"))
    whole = element(
        "qgis",
        {"projectname": results.title, "version": VERSION},
        element("homePath", {"path": ""}),
        title,
        element("projectCrs", {}, crs()),
        layer_tree(layers, shown),
        relations(results, layers),
        canvas,
        element("projectlayers", {}, *held),
        element("layerorder", {}, order),
        element("properties", {}, settings),
        themes(layers, within=_WITHIN),
        element("projectMetadata", {}, metadata_parts(results.title, summary, results)),
        element("Layouts", {}, print_layout(results, extent=extent)),
        time_settings(layers),
    )
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{whole}\n"


def element_text(name: str, kind: str, text: str) -> str:
    """Property of a project."""
    return f'<{name} type="{kind}">{text}</{name}>'


def _first(layers: Sequence[ProjectLayer]) -> ProjectLayer:
    """First layer of rates that are no illustration, else the first of rates, else any."""
    views = [layer for layer in layers if layer.about is not None and layer.about.sexes]
    real = [layer for layer in views if layer.about and not layer.about.illustrative]
    rates = [layer for layer in real if not layer.key.startswith("scan_")]
    return next(iter([*rates, *views, *layers]))


def _xml_of(layer: ProjectLayer, results: EditionResults, extent: Sequence[float]) -> str:
    about = metadata_parts(layer.title, layer.abstract or layer.title, results, layer.about)
    if layer.kind == "raster":
        return raster_layer(layer, metadata=about, extent=extent)
    return map_layer(layer, metadata=about, extent=extent)


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", name)
