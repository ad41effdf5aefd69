"""Open layers that the algorithms wrote, as QGIS loads them, and print what is in them.

    QT_QPA_PLATFORM=offscreen python3 tests/qgis/plugin/read_output.py LAYER [PICTURE]

Prints a line of JSON: rows, system, and by the label of each class how many features are drawn so.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from check_project import class_counts
from own_layer import draw
from qgis.core import NULL, QgsApplication, QgsVectorLayer


def main(source, picture=""):
    application = QgsApplication([], False)
    application.initQgis()
    layer = QgsVectorLayer(source, "out", "ogr")
    names = layer.fields().names()
    rows = [
        {
            name: None if value == NULL else value
            for name, value in zip(names, feature.attributes())  # noqa: B905
        }
        | {"area": feature.geometry().area()}
        for feature in layer.getFeatures()
    ]
    styled = layer.isSpatial() and layer.renderer().type() == "RuleRenderer"
    if picture:
        draw(layer, picture)
    answer = {"rows": rows, "crs": layer.crs().authid(),
              "classes": class_counts(layer) if styled else {}}  # fmt: skip
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.flush()
    # QGIS may crash while Python takes it apart.
    os._exit(0)
