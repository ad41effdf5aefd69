"""Open an edition's project and layers in QGIS without a screen, and hold them to what is expected.

Run with the Python that has QGIS:

    QT_QPA_PLATFORM=offscreen python3 tests/qgis/check_project.py FOLDER EXPECTED.json PICTURES

`EXPECTED.json` has, by layer, the number of features and the counts of the default style's classes
(`{"layers": {"ward_...": {"features": 144, "classes": {"Under 2.0": 12}}}}`); `PICTURES` is a
folder for the layout and for a picture of some themes. Prints a line of JSON; exits with 1 where
anything is wrong.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    QgsApplication,
    QgsExpression,
    QgsFeatureRequest,
    QgsLayoutExporter,
    QgsProject,
    QgsVectorLayer,
)


def class_counts(layer):
    """How many features each rule of a layer's renderer takes, by the rule's label."""
    renderer = layer.renderer()
    if renderer.type() == "mergedFeatureRenderer":
        renderer = renderer.embeddedRenderer()
    found = {}
    for rule in renderer.rootRule().children():
        expression = QgsExpression(rule.filterExpression() or "TRUE")
        if expression.hasParserError():
            return {"error": expression.parserErrorString()}
        request = QgsFeatureRequest(expression)
        found[rule.label()] = sum(1 for _ in layer.getFeatures(request))
    return found


def check_layers(package, expected, wrong):
    for name, want in expected.items():
        layer = QgsVectorLayer(f"{package}|layername={name}", name, "ogr")
        if not layer.isValid():
            wrong.append(f"{name}: not valid")
            continue
        _, applied = layer.loadDefaultStyle()
        got = class_counts(layer)
        if layer.featureCount() != want["features"]:
            wrong.append(f"{name}: {layer.featureCount()} features, not {want['features']}")
        if not applied:
            wrong.append(f"{name}: no default style")
        if got != want["classes"]:
            wrong.append(f"{name}: classes {got}, not {want['classes']}")
        if not layer.metadata().title() or not layer.metadata().licenses():
            wrong.append(f"{name}: no metadata")
        if layer.attributeAlias(layer.fields().indexOf("area_name")) != "Area":
            wrong.append(f"{name}: columns have no names for readers")


def check_themes(project, wrong):
    """Every theme shows its layer in a style that the layer has."""
    themes = project.mapThemeCollection()
    for name in themes.mapThemes():
        records = themes.mapThemeState(name).layerRecords()
        if not records:
            wrong.append(f"theme {name}: shows nothing")
        for record in records:
            layer = record.layer()
            if layer is None or record.currentStyle not in layer.styleManager().styles():
                wrong.append(f"theme {name}: no style {record.currentStyle}")
    return len(themes.mapThemes())


def apply(project, name):
    from qgis.core import QgsLayerTreeModel

    root = project.layerTreeRoot()
    project.mapThemeCollection().applyTheme(name, root, QgsLayerTreeModel(root))


def export(project, pictures, wrong, wanted):
    layout = project.layoutManager().layoutByName("A4 map")
    if layout is None:
        wrong.append("no layout")
        return []
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 110
    made = []
    for place, name in enumerate(["", *wanted]):
        if name:
            apply(project, name)
        path = pictures / f"layout-{place}.png"
        layout.refresh()
        result = QgsLayoutExporter(layout).exportToImage(str(path), settings)
        if result != QgsLayoutExporter.Success or not path.exists():
            wrong.append(f"layout of {name or 'the start'}: not exported ({result})")
        made.append(path.name)
    return made


def main(folder, expected, pictures, *wanted):
    application = QgsApplication([], False)
    application.initQgis()
    wrong = []
    check_layers(folder / "vawg.gpkg", expected["layers"], wrong)
    project = QgsProject.instance()
    if not project.read(str(folder / "vawg.qgz")):
        wrong.append(f"the project does not open: {project.error()}")
    layers = project.mapLayers().values()
    wrong += [f"{layer.name()}: bad layer" for layer in layers if not layer.isValid()]
    if len(layers) != expected.get("project_layers", len(layers)):
        wrong.append(f"{len(layers)} layers in the project, not {expected['project_layers']}")
    relations = project.relationManager().relations().values()
    wrong += [f"relation {one.name()}: not valid" for one in relations if not one.isValid()]
    themes = check_themes(project, wrong)
    made = export(project, pictures, wrong, wanted)
    print(
        json.dumps(
            {"wrong": wrong, "layers": len(layers), "themes": themes, "relations": len(relations),
             "pictures": made}
        )
    )  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    code = main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")),
                Path(sys.argv[3]), *sys.argv[4:])  # fmt: skip
    sys.stdout.flush()
    # QGIS may crash while Python takes it apart.
    os._exit(code)
