"""Ask of an edition's project and layers in QGIS what its users ask: a line of JSON of answers.

Run with the Python that has QGIS:

    QT_QPA_PLATFORM=offscreen python3 tests/qgis/ask_project.py FOLDER QUESTIONS.json

`QUESTIONS.json` has a place in WGS84 and on the British National Grid, the name of a layer with
names, and the middle of what is looked at:
`{"wgs84": [-0.24, 52.57], "grid": [519361, 298682], "names_of": "ward_...", "at": [519361, 298682], "clicked": "=district_..."}`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeature,
    QgsGeometry,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsMarkerSymbol,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsRenderContext,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QColor

_PIXELS = 800
_DPI = 96
_INCH = 0.0254


def settings_of(project, layers, middle, scale):
    """Map of this scale around this place, in the project's own system."""
    half = scale * _INCH / _DPI * _PIXELS / 2
    x, y = middle
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(project.crs())
    settings.setTransformContext(project.transformContext())
    settings.setOutputSize(QSize(_PIXELS, _PIXELS))
    settings.setOutputDpi(_DPI)
    settings.setBackgroundColor(QColor("white"))
    settings.setExtent(QgsRectangle(x - half, y - half, x + half, y + half))
    return settings


def drawn(settings):
    """Picture, and the texts that were put on it."""
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    labels = job.takeLabelingResults()
    return job.renderedImage(), [one.labelText for one in labels.allLabels()] if labels else []


def landed(project, wgs84, grid):
    """How many pixels a point of WGS84 lies away from where the grid has it; none if unseen."""
    points = QgsVectorLayer("Point?crs=EPSG:4326", "own points", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(*wgs84)))
    points.dataProvider().addFeature(feature)
    points.updateExtents()
    symbol = QgsMarkerSymbol.createSimple(
        {"name": "square", "color": "255,0,255,255", "outline_style": "no", "size": "2"}
    )
    points.setRenderer(QgsSingleSymbolRenderer(symbol))
    shown = [layer for layer in project.mapLayers().values() if layer.name() == "Districts"]
    picture, _ = drawn(settings_of(project, [points, *shown], grid, 50_000))
    found = [
        (x, y)
        for x in range(_PIXELS)
        for y in range(_PIXELS)
        if (colour := picture.pixelColor(x, y)).red() > 200
        and colour.green() < 60
        and colour.blue() > 200
    ]
    if not found:
        return None
    x = sum(one[0] + 0.5 for one in found) / len(found)
    y = sum(one[1] + 0.5 for one in found) / len(found)
    return round(max(abs(x - _PIXELS / 2), abs(y - _PIXELS / 2)), 2)


def seen(symbol):
    """Whether a symbol draws anything: a line of the key has one that does not."""
    return any(
        layer.layerType() != "SimpleFill"
        or layer.brushStyle() != Qt.NoBrush
        or layer.strokeStyle() != Qt.NoPen
        for layer in symbol.symbolLayers()
    )


def alone(package, name):
    """How a layer that was dragged in from the GeoPackage is drawn: how often each area is."""
    layer = QgsVectorLayer(f"{package}|layername={name}", name, "ogr")
    _, applied = layer.loadDefaultStyle()
    renderer = layer.renderer().clone()
    context = QgsRenderContext()
    context.expressionContext().appendScope(
        QgsExpressionContextUtils.mapSettingsScope(QgsMapSettings())
    )
    context.expressionContext().setFields(layer.fields())
    renderer.startRender(context, layer.fields())
    areas, often = set(), {}
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        areas.add(feature["area_code"])
        if any(map(seen, renderer.originalSymbolsForFeature(feature, context))):
            often[feature["area_code"]] = often.get(feature["area_code"], 0) + 1
    renderer.stopRender(context)
    return {
        "system": layer.crs().authid() if layer.crs().isValid() else "",
        "style": bool(applied),
        "areas": len(areas),
        "drawn_once": sum(number == 1 for number in often.values()),
        "drawn_more": sum(number > 1 for number in often.values()),
    }


def clicked(project, source):
    """What a click and a resting pointer say of the first area: headings, forms, tip, by style."""
    (layer,) = [one for one in project.mapLayers().values() if one.source().endswith(source)]
    feature = next(layer.getFeatures())
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(feature)
    formatters = QgsApplication.fieldFormatterRegistry()
    found = {}
    for style in layer.styleManager().styles():
        layer.styleManager().setCurrentStyle(style)
        form = {}
        for place, field in enumerate(layer.fields()):
            setup = layer.editorWidgetSetup(place)
            text = formatters.fieldFormatter(setup.type()).representValue(
                layer, place, setup.config(), None, feature[place]
            )
            form[field.name()] = [layer.attributeAlias(place), text]
        tip = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)
        found[style] = {"form": form, "tip": tip}
    related = project.relationManager().referencedRelations(layer)
    return {"styles": found, "related": [one.name() for one in related if one.isValid()]}


def unreadable(layers):
    """Texts of labels, by layer and style, that are no expression of QGIS: they draw nothing."""
    found = []
    for layer in layers:
        for style in layer.styleManager().styles():
            layer.styleManager().setCurrentStyle(style)
            labels = layer.labeling()
            for part in labels.subProviders() if labels else []:
                text = labels.settings(part).fieldName
                if text and QgsExpression(text).hasParserError():
                    found.append(f"{layer.name()}, {style}: {text}")
    return found


def spatial_names(package):
    layer = QgsVectorLayer(str(package), "any", "ogr")
    parts = [one.split("!!::!!") for one in layer.dataProvider().subLayers()]
    return [one[1] for one in parts if "Polygon" in one[3]]


def main(folder, asked):
    application = QgsApplication([], False)
    application.initQgis()
    package = folder / "vawg.gpkg"
    project = QgsProject.instance()
    opened = project.read(str(folder / "vawg.qgz"))
    layers = project.mapLayers().values()
    spatial = [one for one in layers if one.type() != one.VectorLayer or one.isSpatial()]
    (named,) = [one for one in spatial if one.source().endswith(f"layername={asked['names_of']}")
                and not one.id().startswith("scan_")]  # fmt: skip
    wide = settings_of(project, [named], asked["at"], 100_000)
    print(
        json.dumps(
            {
                "version": Qgis.QGIS_VERSION.split("-")[0],
                "opened": opened,
                "system": project.crs().authid() if project.crs().isValid() else "",
                "bad": sorted(one.name() for one in layers if not one.isValid()),
                "without_system": sorted(one.name() for one in spatial if not one.crs().isValid()),
                "layers": len(layers),
                "scale": wide.scale(),
                "pixels_away": landed(project, asked["wgs84"], asked["grid"]),
                "names_near": sorted(drawn(wide)[1]),
                "names_far": sorted(
                    drawn(settings_of(project, [named], asked["at"], 400_000))[1]
                ),
                "unreadable": unreadable(one for one in spatial if one.type() == one.VectorLayer),
                "clicked": clicked(project, asked["clicked"]),
                "alone": {name: alone(package, name) for name in spatial_names(package)},
            },
            ensure_ascii=False,
        )
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    code = main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")))
    sys.stdout.flush()
    # QGIS may crash while Python takes it apart.
    os._exit(code)
