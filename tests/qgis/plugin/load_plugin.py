"""Load the plugin as QGIS with a window does, run it, and print what became of it.

QT_QPA_PLATFORM=offscreen python3 tests/qgis/plugin/load_plugin.py PLUGINS LAYER PYTHON
"""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The plugin has the name of the package: what lies in the working folder is not meant.
sys.path[:] = [sys.argv[1], *(path for path in sys.path[1:] if path)]

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterFile,
    QgsProcessingUtils,
    QgsProject,
    QgsVectorLayer,
)


def loaded(algorithm, parameters, context):
    """Layers as QGIS has them when it has loaded and finished what an algorithm wrote."""
    feedback = QgsProcessingFeedback()
    results, fine = algorithm.create().run(parameters, context, feedback)
    assert fine, feedback.textLog()
    found = []
    for target, details in context.layersToLoadOnCompletion().items():
        layer = QgsProcessingUtils.mapLayerFromString(target, context)
        if details.postProcessor():
            details.postProcessor().postProcessLayer(layer, context, feedback)
        found.append(layer)
    return results, found


def main(_, source, python):
    application = QgsApplication([], False)
    application.initQgis()
    registry = QgsApplication.processingRegistry()
    import vawg_geo

    plugin = vawg_geo.classFactory(None)
    plugin.initGui()
    provider = registry.providerById("vawg_geo")
    algorithms = {one.name(): one for one in provider.algorithms()}
    project, context = QgsProject.instance(), QgsProcessingContext()
    context.setProject(project)
    layer = QgsVectorLayer(source, "areas", "ogr")
    project.addMapLayer(layer)
    fields = {"CODE": "area_code", "NAME": "area_name", "COUNT": "events", "POPULATION": "people"}
    asked = {"LAYER": layer.id(), **fields, "PYTHON": python}
    answer = {
        "algorithms": sorted(algorithms),
        "icons": [not one.icon().isNull() for one in algorithms.values()],
        "without_help": [
            f"{name}.{parameter.name()}"
            for name, one in algorithms.items() for parameter in one.parameterDefinitions()
            if not parameter.help()
        ] + [name for name, one in algorithms.items() if not one.shortHelpString()],
        "refused_values": [
            f"{name}.{p.name()}"
            for name, one in algorithms.items() for p in one.parameterDefinitions()
            if p.name() == "PYTHON" and not p.checkValueIsAcceptable(python)
        ],
        "usual_filter_takes_it": QgsProcessingParameterFile("P").checkValueIsAcceptable(python),
    }  # fmt: skip
    wish = {"OUTPUT": QgsProcessingOutputLayerDefinition(QgsProcessing.TEMPORARY_OUTPUT, project)}
    _, layers = loaded(algorithms["rates"], {**asked, **wish}, context)
    answer["rates"] = [one.renderer().type() for one in layers]
    before = layer.renderer().type()
    algorithms["style"].create().run(
        {"LAYER": layer.id(), "COLUMN": "people", "PYTHON": python}, context,
        QgsProcessingFeedback(),
    )  # fmt: skip
    answer["style"] = [before, layer.renderer().type()]
    stopped = QgsProcessingFeedback()
    stopped.cancel()
    answer["stopped"] = (
        algorithms["rates"]
        .create()
        .run({**asked, "OUTPUT": "memory:"}, QgsProcessingContext(), stopped)[0]
    )
    plugin.unload()
    answer["after"] = registry.providerById("vawg_geo") is None
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.flush()
    # QGIS may crash while Python takes it apart.
    os._exit(0)
