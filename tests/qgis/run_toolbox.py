"""Load the toolbox script as QGIS does, run it without a screen, and print what came out.

    QT_QPA_PLATFORM=offscreen python3 tests/qgis/run_toolbox.py SCRIPT PARAMETERS.json PLUGINS

`PLUGINS` is the folder of QGIS's own plug-ins. Prints a line of JSON: the tool's names, its
parameters, the fields and rows of the layer, or the message of a refusal.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.append(sys.argv[3])

from qgis.core import (
    NULL,
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsVectorLayer,
)


class Feedback(QgsProcessingFeedback):
    """What the tool says."""

    def __init__(self):
        super().__init__()
        self.said = []

    def pushInfo(self, info):
        self.said.append(info)

    def pushWarning(self, warning):
        self.said.append(f"Warning: {warning}")


def main(script, parameters):
    application = QgsApplication([], False)
    application.initQgis()
    from processing.core.Processing import Processing
    from processing.script import ScriptUtils

    Processing.initialize()
    tool = ScriptUtils.loadAlgorithm("vawg_rates_and_hotspots", script)
    tool.initAlgorithm()
    about = {"id": tool.name(), "title": tool.displayName(), "help": bool(tool.shortHelpString()),
             "parameters": [p.name() for p in tool.parameterDefinitions()]}  # fmt: skip
    feedback = Feedback()
    context = QgsProcessingContext()
    try:
        result, fine = tool.run(parameters, context, feedback, {}, False)
    except QgsProcessingException as error:
        return about | {"refused": str(error)}
    if not fine:
        return about | {"refused": feedback.said}
    layer = QgsVectorLayer(result["OUTPUT"], "out", "ogr")
    rows = [
        {
            name: None if value == NULL else value
            for name, value in zip(layer.fields().names(), feature.attributes(), strict=True)
        }
        | {"area": feature.geometry().area()}
        for feature in layer.getFeatures()
    ]
    return about | {"rows": rows, "crs": layer.crs().authid(), "said": feedback.said}


if __name__ == "__main__":
    answer = main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text("utf-8")))
    print(json.dumps(answer))
    sys.stdout.flush()
    # QGIS may crash while Python takes it apart.
    os._exit(0)
