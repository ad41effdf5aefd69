"""The maps' classes and colours on a layer of one's own."""

from __future__ import annotations

import json
from pathlib import Path

from qgis.core import (
    NULL,
    QgsProcessingException,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterVectorLayer,
)

from .base import POLYGONS, VawgAlgorithm, put_style
from .handing import text_of
from .words import tr

# What the style of change looks at beside its column.
BESIDE = ("ratio", "ratio_lower", "significant", "area_name")


class Style(VawgAlgorithm):
    """`vawg-geo style`."""

    NAME = "style"

    def __init__(self):
        super().__init__()
        self.layer_id, self.qml = "", ""

    def displayName(self):
        """Name in the toolbox."""
        return tr("Style like the maps")

    def shortHelpString(self):
        """Text beside the form."""
        return tr(
            "Puts the classes, patterns and colours of the maps onto a layer of your own, and "
            "keeps them in a file of styles (.qml).\n\n"
            "A column of numbers gets classes by natural breaks, or by your own limits; a column "
            "of labels of hotspots, comparisons or change its own colours. What is absent is drawn "
            "by the column of statuses. The layer's data stay as they are."
        )

    def initAlgorithm(self, configuration=None):
        """Say what is asked for."""
        self.add(
            QgsProcessingParameterVectorLayer("LAYER", tr("Areas"), [POLYGONS]),
            tr("A layer of polygons."),
        )
        self.add_field(
            "COLUMN", tr("What to show"), tr("Numbers, or labels of hotspots, comparisons, change.")
        )
        self.add_field(
            "STATUS", tr("Why a figure is absent"),
            tr("Column of statuses; empty: status, where there is one."), optional=True,
        )  # fmt: skip
        self.add_field(
            "LABEL", tr("Names on the map"),
            tr("Column of names; empty: area_name, where there is one."), optional=True,
        )  # fmt: skip
        self.add_text(
            "BREAKS", tr("Limits of the classes"), "", optional=True,
            words=tr("As 2,5.5,10; empty: natural breaks."),
        )  # fmt: skip
        self.add_python()
        self.add(
            QgsProcessingParameterFileDestination(
                "OUTPUT", tr("File of the style"), tr("QGIS styles (*.qml)"), optional=True,
                createByDefault=False,
            ),
            tr("Beside a Shapefile of the same name QGIS loads it by itself."),
        )  # fmt: skip

    def processAlgorithm(self, parameters, context, feedback):
        """Make the style."""
        layer = self.parameterAsVectorLayer(parameters, "LAYER", context)
        if layer is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "LAYER"))
        column, status, label = (
            self.column(parameters, name, context) for name in ("COLUMN", "STATUS", "LABEL")
        )
        held = layer.fields().names()
        options = ["--column", column]
        for name, option in ((status, "--status"), (label, "--label")):
            if name:
                options += [option, name]
        breaks = self.parameterAsString(parameters, "BREAKS", context).strip()
        if breaks:
            # One argument: a list may begin with a minus.
            options.append("--breaks=" + breaks)
        wanted = {column, status, label, "status", *BESIDE}
        wanted |= {name for name in held if name.startswith("status_")}
        columns = [name for name in held if name in wanted]

        def write(folder):
            shape = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
            features = [
                {
                    "type": "Feature",
                    "properties": {name: _plain(feature[name]) for name in columns},
                    "geometry": shape,
                }
                for feature in layer.getFeatures()
            ]
            collection = {"type": "FeatureCollection", "features": features}
            (folder / "layer.geojson").write_text(json.dumps(collection), "utf-8")

        request = {"tool": "style", "options": options}
        result = self.ask_package(parameters, context, feedback, request=request, write=write)
        if result is None:
            return {}
        self.layer_id, self.qml = layer.id(), result["style"]
        target = self.parameterAsFileOutput(parameters, "OUTPUT", context)
        if not target:
            return {}
        Path(target).write_text(self.qml, "utf-8")
        return {"OUTPUT": target}

    def postProcessAlgorithm(self, context, feedback):
        """Put the style onto the layer, where it may be touched."""
        layer = context.getMapLayer(self.layer_id) if self.layer_id else None
        if layer is not None:
            put_style(layer, self.qml)
        return {}


def _plain(value):
    """A cell as JSON has it."""
    if value is None or value == NULL:
        return None
    return value if isinstance(value, (bool, int, float, str)) else text_of(value)
