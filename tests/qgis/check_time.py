"""Play a project in QGIS without a screen: which features a time shows, and with which colours.

Run with the Python that has QGIS:

    QT_QPA_PLATFORM=offscreen python3 tests/qgis/check_time.py PROJECT LAYER FIRST YEARS PICTURES

`LAYER` is the name of a view, `FIRST` the year in which the first financial year begins, `PICTURES`
a folder. Prints a line of JSON: by the first day of each year the periods that are shown, and how
many features; the same for the GeoPackage's layer by its default style; the range and the step of
the project; and how many colours a map of each time, and of none, has.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    QgsApplication,
    QgsDateTimeRange,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeatureRequest,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsVectorLayerTemporalContext,
)
from qgis.PyQt.QtCore import QDate, QDateTime, QSize, Qt, QTime


def year(first):
    """From the first of April to the last moment of March."""
    start, end = (QDateTime(QDate(at, 4, 1), QTime(0, 0), Qt.UTC) for at in (first, first + 1))
    return QgsDateTimeRange(start, end, True, False)


def shown(layer, time):
    """Periods that a time shows of a layer, and how many features."""
    properties = layer.temporalProperties()
    request = QgsFeatureRequest()
    if properties.isActive():
        context = QgsVectorLayerTemporalContext()
        context.setLayer(layer)
        request.setFilterExpression(properties.createFilterString(context, time))
    found = list(layer.getFeatures(request))
    return [sorted({feature["period"] for feature in found}), len(found)]


def colours(layer, time, path):
    """Draw the layer, and give the colours of areas with how many of 24 equal ones have each."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setOutputSize(QSize(300, 200))
    settings.setExtent(layer.extent())
    settings.setDestinationCrs(layer.crs())
    # Where labels go is not the same each time.
    settings.setFlag(QgsMapSettings.DrawLabeling, False)
    if time is not None:
        settings.setIsTemporal(True)
        settings.setTemporalRange(time)
    context = QgsExpressionContext()
    context.appendScopes(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.appendScope(QgsExpressionContextUtils.mapSettingsScope(settings))
    settings.setExpressionContext(context)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(str(path))
    counted = {}
    for x in range(0, image.width(), 2):
        for y in range(0, image.height(), 2):
            name = image.pixelColor(x, y).name()
            counted[name] = counted.get(name, 0) + 1
    whole = sum(counted.values())
    # Lines between areas are narrower than a fortieth of the map.
    areas = {name: round(24 * n / whole) for name, n in counted.items() if n > whole / 40}
    return dict(sorted(areas.items()))


def main(path, name, first, years, pictures):
    application = QgsApplication([], False)
    application.initQgis()
    project = QgsProject.instance()
    project.read(str(path))
    layer = next(one for one in project.mapLayers().values() if one.id() == f"view_{name}")
    alone = QgsVectorLayer(f"{path.with_name('vawg.gpkg')}|layername={name}", name, "ogr")
    alone.loadDefaultStyle()
    times = {at: year(at) for at in range(first, first + years)}
    settings = project.timeSettings()
    whole = settings.temporalRange()
    maps = {at: colours(layer, time, pictures / f"{at}.png") for at, time in times.items()}
    ids = [feature.id() for feature in layer.getFeatures()]
    return {
        "project": {at: shown(layer, time) for at, time in times.items()},
        "layer": {at: shown(alone, time) for at, time in times.items()},
        "range": [whole.begin().toString(Qt.ISODate), whole.end().toString(Qt.ISODate)],
        "step": [settings.timeStep(), QgsUnitTypes.toString(settings.timeStepUnit())],
        "maps": maps,
        "map_of_no_time": colours(layer, None, pictures / "none.png"),
        "own_numbers": len(ids) == len(set(ids)),
    }


if __name__ == "__main__":
    said = main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]),
                Path(sys.argv[5]))  # fmt: skip
    print(json.dumps(said))
    sys.stdout.flush()
    # QGIS may crash while Python takes it apart.
    os._exit(0)
