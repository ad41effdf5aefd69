"""Write all that QGIS reads of a GeoPackage: each layer's columns and values, as JSON.

Run with the Python that has QGIS:

    QT_QPA_PLATFORM=offscreen python3 tests/qgis/read_layers.py PACKAGE OUT.json

By layer: `columns`, `rows` (one value for each column; `null` where there is none) and `shapes`, a
checksum of each outline, `null` where the layer is a table.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import QgsApplication, QgsDataProvider, QgsVectorLayer
from qgis.PyQt.QtCore import QVariant


def plain(value):
    """Value of Python; QGIS has a NULL of its own."""
    if value is None or (isinstance(value, QVariant) and value.isNull()):
        return None
    return value


def read(package, name):
    layer = QgsVectorLayer(f"{package}|layername={name}", name, "ogr")
    if not layer.isValid():
        return {"error": "not valid"}
    # The key is QGIS's own column; all others are ours.
    columns = [field.name() for field in layer.fields() if field.name() not in ("fid", "OGC_FID")]
    rows, shapes = [], []
    for feature in layer.getFeatures():
        rows.append([plain(feature[column]) for column in columns])
        outline = feature.geometry()
        empty = outline.isNull()
        shapes.append(None if empty else hashlib.sha256(bytes(outline.asWkb())).hexdigest())
    return {"columns": columns, "rows": rows, "shapes": shapes}


def main(package, out):
    application = QgsApplication([], False)
    application.initQgis()
    whole = QgsVectorLayer(str(package), "whole", "ogr")
    parts = whole.dataProvider().subLayers()
    names = [part.split(QgsDataProvider.sublayerSeparator())[1] for part in parts]
    found = {name: read(package, name) for name in names}
    out.write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.flush()
    # QGIS may crash while Python takes it apart.
    os._exit(0)
