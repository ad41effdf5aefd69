"""Export the print layout of a project for each of its themes; a line of JSON of what was made.

Run with the Python that has QGIS:

    QT_QPA_PLATFORM=offscreen python3 tests/qgis/export_themes.py FOLDER PICTURES
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import QgsApplication, QgsLayerTreeModel, QgsLayoutExporter, QgsProject


def main(folder, pictures):
    application = QgsApplication([], False)
    application.initQgis()
    project = QgsProject.instance()
    project.read(str(folder / "vawg.qgz"))
    themes = project.mapThemeCollection()
    root = project.layerTreeRoot()
    layout = project.layoutManager().layoutByName("A4 map")
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 50
    made, failed = {}, []
    for place, name in enumerate(sorted(themes.mapThemes())):
        themes.applyTheme(name, root, QgsLayerTreeModel(root))
        layout.refresh()
        path = pictures / f"{place:03}.png"
        if QgsLayoutExporter(layout).exportToImage(str(path), settings):
            failed.append(name)
        else:
            made[path.name] = name
    print(json.dumps({"made": made, "failed": failed}))
    return 1 if failed else 0


if __name__ == "__main__":
    code = main(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.flush()
    # QGIS may crash while Python takes it apart.
    os._exit(code)
