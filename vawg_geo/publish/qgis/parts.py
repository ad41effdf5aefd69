"""Parts of a QGIS project as XML: layers, their tree, themes, relations, time."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from vawg_geo.publish.qgis.forms import form_parts
from vawg_geo.publish.qgis.layout import WRAP
from vawg_geo.publish.qgis.qml import VERSION, style_parts, time_of_rows
from vawg_geo.publish.qgis.symbols import element, leaf
from vawg_geo.terms.periods import months_of
from vawg_geo.words.hotspots import STATISTIC
from vawg_geo.words.layers import PROJECT
from vawg_geo.words.page import LEVEL, SEX, fill

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vawg_geo.publish.layers.rates import MapLayer
    from vawg_geo.publish.layers.styles import Style
    from vawg_geo.results.results import EditionResults
    from vawg_geo.terms.periods import Span

__all__ = [
    "ProjectLayer",
    "crs",
    "extent_parts",
    "layer_tree",
    "map_layer",
    "raster_layer",
    "relations",
    "themes",
    "time_settings",
]

_PROVIDER: Final = {"areas": "ogr", "table": "ogr", "raster": "gdal"}
_PLAIN: Final = "default"
# EPSG:27700 in the words of ISO 19162.
_GRID: Final = (
    'PROJCRS["OSGB36 / British National Grid",BASEGEOGCRS["OSGB36",'
    'DATUM["Ordnance Survey of Great Britain 1936",ELLIPSOID["Airy 1830",6377563.396,299.3249646,'
    'LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],'
    'ID["EPSG",4277]],CONVERSION["British National Grid",METHOD["Transverse Mercator",'
    'ID["EPSG",9807]],PARAMETER["Latitude of natural origin",49,'
    'ANGLEUNIT["degree",0.0174532925199433],ID["EPSG",8801]],'
    'PARAMETER["Longitude of natural origin",-2,ANGLEUNIT["degree",0.0174532925199433],'
    'ID["EPSG",8802]],PARAMETER["Scale factor at natural origin",0.9996012717,'
    'SCALEUNIT["unity",1],ID["EPSG",8805]],PARAMETER["False easting",400000,'
    'LENGTHUNIT["metre",1],ID["EPSG",8806]],PARAMETER["False northing",-100000,'
    'LENGTHUNIT["metre",1],ID["EPSG",8807]]],CS[Cartesian,2],AXIS["(E)",east,ORDER[1],'
    'LENGTHUNIT["metre",1]],AXIS["(N)",north,ORDER[2],LENGTHUNIT["metre",1]],'
    'ID["EPSG",27700]]'
)
# Tables of what was counted and computed of it, and of what is laid over the map.
_OF_FIGURES: Final = ("rates", "hotspots", "scans", "smoothed_risks", "changes", "trends")
_OF_CLASSES: Final = "table_of_overlays"
# As many letters as a line of the printed key holds.
_LINE: Final = 40


@dataclass(frozen=True, kw_only=True)
class ProjectLayer:
    """A layer of the project.

    Attributes
    ----------
    key : str
        Its identity in the project: more than ten letters, or QGIS gives another.
    title, abstract, group, source : str
    kind : str
        `areas`, `table` or `raster`.
    styles : tuple of Style
    columns : tuple of str
    level : str
    about : MapLayer, optional
        Where it shows a view of the GeoPackage.
    span : tuple of int, optional
        First day and the day after the last, where it is of a period that has others.
    style_file : Path, optional
        Of a raster.
    themed : bool
        Whether there are themes that show it.
    question : str
        The group that its group stands in; empty where that stands by itself.
    latest : tuple of str
        Its styles of the latest date, where it has others of the same at earlier ones.
    """

    key: str
    title: str
    group: str
    source: str
    abstract: str = ""
    kind: str = "areas"
    styles: tuple[Style, ...] = ()
    columns: tuple[str, ...] = ()
    level: str = ""
    about: MapLayer | None = None
    span: Span | None = None
    style_file: Path | None = None
    themed: bool = False
    question: str = ""
    latest: tuple[str, ...] = ()


def crs() -> str:
    """Coordinate system of everything: the British National Grid.

    In words, since QGIS takes no authority's number alone: without `srsid` or words the system is
    none at all, and no other layer is put upon it.
    """
    known = (("wkt", _GRID), ("srsid", 2437), ("srid", 27700), ("authid", "EPSG:27700"))
    held = [leaf(name, value) for name, value in known]
    held += [leaf("projectionacronym", "tmerc"), leaf("ellipsoidacronym", "EPSG:7001")]
    return element("spatialrefsys", {}, *held, leaf("geographicflag", "false"))


def extent_parts(extent: Sequence[float]) -> str:
    """Left, bottom, right, top as elements."""
    names = ("xmin", "ymin", "xmax", "ymax")
    held = [leaf(name, end) for name, end in zip(names, extent, strict=True)]
    return element("extent", {}, *held)


def map_layer(layer: ProjectLayer, *, metadata: str, extent: Sequence[float]) -> str:
    """Layer of areas or table, with all its styles."""
    areas = layer.kind == "areas"
    about = {
        "type": "vector",
        "geometry": "Polygon" if areas else "No geometry",
        "wkbType": "MultiPolygon" if areas else "NoGeometry",
        "labelsEnabled": int(bool(layer.styles and layer.styles[0].labels)),
        "styleCategories": "AllStyleCategories",
    }
    # QGIS keeps styles that are not shown as documents, and the one that is in the layer itself.
    names = [
        element("map-layer-style", {"name": style.name}, _document(style, layer) if place else "")
        for place, style in enumerate(layer.styles)
    ]
    current = layer.styles[0].name if layer.styles else _PLAIN
    return element(
        "maplayer",
        about,
        extent_parts(extent) if areas else "",
        leaf("id", layer.key),
        leaf("datasource", layer.source),
        leaf("layername", layer.title),
        element("srs", {}, crs()) if areas else "",
        leaf("abstract", layer.abstract) if layer.abstract else "",
        element("resourceMetadata", {}, metadata),
        '<provider encoding="UTF-8">ogr</provider>',
        element(
            "map-layer-style-manager",
            {"current": current},
            *(names or [element("map-layer-style", {"name": _PLAIN})]),
        ),
        element(
            "flags", {}, *(leaf(name, 1) for name in ("Identifiable", "Removable", "Searchable"))
        ),
        _temporal(layer),
        style_parts(layer.styles[0], columns=layer.columns) if layer.styles else "",
        form_parts(layer.columns),
    )


def raster_layer(layer: ProjectLayer, *, metadata: str, extent: Sequence[float]) -> str:
    """Layer of a surface, with the style that lies beside it."""
    style = ""
    if layer.style_file is not None and layer.style_file.exists():
        found = re.search(r"<qgis\b[^>]*>(.*)</qgis>", layer.style_file.read_text("utf-8"), re.S)
        style = found[1] if found else ""
    return element(
        "maplayer",
        {"type": "raster", "styleCategories": "AllStyleCategories"},
        extent_parts(extent),
        leaf("id", layer.key),
        leaf("datasource", layer.source),
        leaf("layername", layer.title),
        element("srs", {}, crs()),
        leaf("abstract", layer.abstract),
        element("resourceMetadata", {}, metadata),
        leaf("provider", "gdal"),
        element(
            "map-layer-style-manager",
            {"current": _PLAIN},
            element("map-layer-style", {"name": _PLAIN}),
        ),
        style,
    )


def layer_tree(layers: Sequence[ProjectLayer], shown: set[str]) -> str:
    """Groups in the layers' order; all are ticked, and of the layers those that are shown."""
    questions: dict[str, dict[str, list[ProjectLayer]]] = {}
    for layer in layers:
        groups = questions.setdefault(layer.question or layer.group, {})
        groups.setdefault(layer.group if layer.question else "", []).append(layer)
    held = [
        _tree_group(
            question,
            [
                # A group of all that a question has says nothing more.
                _tree_group(name, [_tree_layer(one, shown) for one in members], members, shown)
                if name and len(groups) > 1
                else "".join(_tree_layer(one, shown) for one in members)
                for name, members in groups.items()
            ],
            [one for members in groups.values() for one in members],
            shown,
        )
        for question, groups in questions.items()
    ]
    return element("layer-tree-group", {}, *held)


def _tree_group(
    name: str, inner: Sequence[str], members: Sequence[ProjectLayer], shown: set[str]
) -> str:
    about = {
        "name": name,
        "checked": "Qt::Checked",
        "expanded": int(any(one.key in shown for one in members)),
    }
    # The printed key names layers, not the groups they stand in.
    return element("layer-tree-group", about, _custom({"legend/title-style": "hidden"}), *inner)


def themes(layers: Sequence[ProjectLayer], *, within: Sequence[str]) -> str:
    """Give a theme for each layer and style that a reader may ask for."""
    borders = [layer for layer in layers if layer.key.startswith("border_")]
    found: dict[str, str] = {}
    for layer in layers:
        if not layer.themed:
            continue
        beneath = borders if layer.level in within or layer.kind == "raster" else []
        for name in _asked_for(layer):
            ticked = [(one, one.styles[0].name) for one in beneath] + [(layer, name)]
            title = _theme_title(layer, name)
            found[title] = element(
                "visibility-preset",
                {"name": title, "has-expanded-info": 0, "has-checked-group-info": 0},
                *(
                    element("layer", {"id": one.key, "visible": 1, "style": style})
                    for one, style in ticked
                ),
            )
    return element("visibility-presets", {}, *(found[title] for title in sorted(found)))


def _asked_for(layer: ProjectLayer) -> list[str]:
    """Styles that a theme shows; of services those of the latest date alone."""
    names = [style.name for style in layer.styles if style.kind != "graduated"] or [_PLAIN]
    return list(layer.latest) or names


def _theme_title(layer: ProjectLayer, style: str) -> str:
    """Indicator, sex and period first, so that a sorted list has together what belongs together."""
    kind, _, of = style.partition(": ")
    # A word in capitals stays, and the name of a statistic: IDVA, Gi*.
    plain = kind[1:2].islower() and kind not in STATISTIC.values()
    kind = f"{kind[:1].lower()}{kind[1:]}" if plain else kind
    about = layer.about
    sexes = {text.lower() for text in SEX.values()}
    if about is not None and about.subject and of in sexes:
        subject = ", ".join(filter(None, (about.subject, of, about.when)))
        values = {"subject": subject, "level": LEVEL[layer.level][0], "style": kind}
        return fill(PROJECT["theme_of_sex"], values)
    if layer.latest:
        return fill(PROJECT["theme_of_service"], {"group": layer.group, "style": style})
    if len(layer.styles) > 1:
        return fill(PROJECT["theme"], {"title": layer.title, "style": kind})
    return layer.title


def relations(results: EditionResults, layers: Sequence[ProjectLayer]) -> str:
    """From what is clicked on to the rows of the long tables that speak of it, by the area's code.

    From layers of figures to all figures, from what is laid over them to the words of all that
    is, from outlines to the rest.
    """
    tables = results.overlays.tables
    coded = {f"table_of_{name}" for name, table in tables.items() if "area_code" in table}
    of_figures = {f"table_of_{name}" for name in _OF_FIGURES}
    children = [layer for layer in layers if layer.kind == "table"]
    found = []
    for parent in layers:
        if parent.key.startswith("outline_"):
            wanted = coded
        elif parent.about is None or parent.about.periods or not parent.key.startswith("view_"):
            continue
        else:
            wanted = of_figures if parent.about.sexes or parent.about.first else {_OF_CLASSES}
        found += [_relation(parent, child) for child in children if child.key in wanted]
    return element("relations", {}, *found)


def _relation(parent: ProjectLayer, child: ProjectLayer) -> str:
    about = {
        "id": f"{parent.key}_{child.key}",
        "name": child.title,
        "referencedLayer": parent.key,
        "referencingLayer": child.key,
        "strength": "Association",
    }
    by = {"referencedField": "area_code", "referencingField": "area_code"}
    return element("relation", about, element("fieldRef", by))


def time_settings(layers: Sequence[ProjectLayer]) -> str:
    """Whole time that the layers of several periods are of, for the temporal control.

    A step is as long as the shortest of them.
    """
    about: dict[str, object] = {"frameRate": 1, "cumulativeTemporalRange": 0}
    spans = [layer.span for layer in layers if layer.span]
    if not spans:
        return element("ProjectTimeSettings", about | {"timeStep": 1, "timeStepUnit": "years"})
    whole = min(first for first, _ in spans), max(end for _, end in spans)
    step, unit = _step(min(spans, key=lambda span: span[1] - span[0]))
    return element(
        "ProjectTimeSettings",
        about | {"timeStep": step, "timeStepUnit": unit},
        element("TemporalRange", {}, *_ends(whole)),
    )


def _step(span: Span) -> tuple[int, str]:
    """Length of a period as QGIS counts time: years, months or days, by its own short words."""
    months = months_of(span)
    if not months:
        return span[1] - span[0], "d"
    return (months, "mon") if months % 12 else (months // 12, "y")


def _temporal(layer: ProjectLayer) -> str:
    if not layer.span:
        return time_of_rows(layer.columns)
    return element(
        "temporal",
        {"mode": 0, "enabled": 1, "limitMode": 0},
        element("fixedRange", {}, *_ends(layer.span)),
    )


def _ends(span: Span) -> tuple[str, str]:
    first, last = date.fromordinal(span[0]), date.fromordinal(span[1] - 1)
    return leaf("start", f"{first}T00:00:00Z"), leaf("end", f"{last}T23:59:59Z")


def _document(style: Style, layer: ProjectLayer) -> str:
    about = {"version": VERSION, "labelsEnabled": int(bool(style.labels))}
    return element(
        "qgis",
        {**about, "styleCategories": "AllStyleCategories"},
        _temporal(layer),
        style_parts(style, columns=layer.columns),
    )


def _tree_layer(layer: ProjectLayer, shown: set[str]) -> str:
    title = WRAP.join(textwrap.wrap(layer.title, _LINE))
    about = {
        "id": layer.key,
        "name": layer.title,
        "source": layer.source,
        "providerKey": _PROVIDER[layer.kind],
        "checked": "Qt::Checked" if layer.key in shown else "Qt::Unchecked",
        "expanded": int(layer.key in shown),
    }
    printed = {"legend/title-label": title}
    if layer.key.startswith("border_"):
        printed["legend/title-style"] = "hidden"
    return element("layer-tree-layer", about, _custom(printed))


def _custom(values: dict[str, str]) -> str:
    held = [
        element("Option", {"name": name, "type": "QString", "value": value})
        for name, value in values.items()
    ]
    return element("customproperties", {}, element("Option", {"type": "Map"}, *held))
