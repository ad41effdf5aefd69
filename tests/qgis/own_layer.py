"""Open layers of an analyst's own in QGIS without a screen, in the styles that they were given.

Run with the Python that has QGIS:

    QT_QPA_PLATFORM=offscreen python3 tests/qgis/own_layer.py PICTURE LAYER...

Prints a line of JSON: for each layer its style's features by the label of their class, and whether
the style came with it; `PICTURE` gets the first layer as it is drawn.
"""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from check_project import class_counts
from qgis.core import (
    QgsApplication,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize


def draw(layer, path):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setOutputSize(QSize(800, 600))
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent())
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(path)


def main(picture, *sources):
    application = QgsApplication([], False)
    application.initQgis()
    said = []
    for place, source in enumerate(sources):
        layer = QgsVectorLayer(source, "own", "ogr")
        renderer = layer.renderer().type() if layer.isValid() else ""
        said.append(
            {
                "valid": layer.isValid(),
                "renderer": renderer,
                "labels": layer.isValid() and layer.labelsEnabled(),
                "classes": class_counts(layer) if renderer == "RuleRenderer" else {},
            }
        )
        if not place and layer.isValid():
            draw(layer, picture)
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.flush()
    # QGIS may crash while Python takes it apart.
    os._exit(0)
