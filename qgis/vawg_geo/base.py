"""What the algorithms share: parameters, what is handed over, what comes back, and its style."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    Qgis,
    QgsFeature,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingLayerPostProcessorInterface,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsProject,
    QgsSettings,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QMetaType, QVariant
from qgis.PyQt.QtGui import QIcon

from .child import ChildRefused, exchange_folder, run_entry
from .environment import NoEnvironment, find_python
from .words import tr

MULTI = QgsWkbTypes.Type.MultiPolygon
WITHOUT = QgsWkbTypes.Type.NoGeometry
LEVELS = ("ward", "district", "county", "police_area", "lsoa")
REMEMBERED = "vawg_geo/python"
ICON = Path(__file__).with_name("icon.svg")
POLYGONS = QgsProcessing.SourceType.TypeVectorPolygon
POINTS = QgsProcessing.SourceType.TypeVectorPoint
TABLES = QgsProcessing.SourceType.TypeVector
NUMERIC = QgsProcessingParameterField.DataType.Numeric
ADVANCED = QgsProcessingParameterDefinition.Flag.FlagAdvanced
# Columns of a layer of which everything is hidden.
HIDDEN = [("area_code", "text"), ("area_name", "text"), ("status", "text")]
# Fields are of types of Qt's from 3.38, and of variants before.
_NEW = Qgis.QGIS_VERSION_INT >= 33800
_KINDS = {
    "text": QMetaType.Type.QString if _NEW else QVariant.Type.String,
    "whole": QMetaType.Type.LongLong if _NEW else QVariant.Type.LongLong,
    "number": QMetaType.Type.Double if _NEW else QVariant.Type.Double,
    "truth": QMetaType.Type.Bool if _NEW else QVariant.Type.Bool,
}


class Styler(QgsProcessingLayerPostProcessorInterface):
    """Puts a style onto a layer when QGIS has loaded it."""

    # QGIS does not keep them alive.
    kept = []  # noqa: RUF012

    def __init__(self, qml):
        super().__init__()
        self.qml = qml

    def postProcessLayer(self, layer, context, feedback):
        """Style the layer."""
        put_style(layer, self.qml)


def put_style(layer, qml):
    """Put a style onto a layer; gives whether QGIS took it."""
    from qgis.PyQt.QtXml import QDomDocument

    document = QDomDocument()
    document.setContent(qml)
    done = layer.importNamedStyle(document)
    layer.triggerRepaint()
    # A pair of whether it was taken and why not.
    return done[0] if isinstance(done, tuple) else done


class VawgAlgorithm(QgsProcessingAlgorithm):
    """An algorithm that the package computes; what differs is in each one's own file."""

    NAME = ""

    def createInstance(self):
        """Return a new one, as QGIS asks for each run."""
        return type(self)()

    def name(self):
        """Name in models, scripts and `qgis_process`."""
        return self.NAME

    def icon(self):
        """Icon in the toolbox."""
        return QIcon(str(ICON))

    def svgIconPath(self):
        """Icon as a file, for sizes of one's own."""
        return str(ICON)

    def add(self, parameter, words, *, advanced=False):
        """Add a parameter with its help."""
        parameter.setHelp(words)
        if advanced:
            parameter.setFlags(parameter.flags() | ADVANCED)
        self.addParameter(parameter)

    # ---- Parameters of several -----------------------------------------------------------------

    def add_areas(self):
        """Layer of areas, its code and name, and their level."""
        self.add_source("LAYER", tr("Areas"), POLYGONS, tr("Polygons, one for each area."))
        self.add_field(
            "CODE", tr("Code of the area"),
            tr("Column of codes such as E05002702; each stands once."),
        )  # fmt: skip
        self.add_field(
            "NAME", tr("Name of the area"), tr("Column of names; without one the code is shown."),
            optional=True,
        )  # fmt: skip
        self.add_choice(
            "LEVEL", tr("Level of the areas"), LEVELS,
            tr("What the areas are: wards, districts, counties, police areas or LSOAs."),
        )  # fmt: skip

    def add_count(self):
        """Columns of counts and residents."""
        # A count may be a text: "x" and "<5" are hidden already.
        self.add_field(
            "COUNT", tr("Count of events"),
            tr("Column of counts. Empty is missing and not zero; x, [c] and <5 are hidden."),
        )  # fmt: skip
        self.add_field(
            "POPULATION", tr("Population"), tr("Column of residents that the counts are of."),
            kind=NUMERIC,
        )  # fmt: skip

    def add_source(self, name, title, kind, words, *, optional=False):
        """A layer that is read."""
        self.add(QgsProcessingParameterFeatureSource(name, title, [kind], optional=optional), words)

    def add_field(
        self, name, title, words, *, parent="LAYER", kind=None, optional=False, advanced=False
    ):
        """A column of a layer."""
        options = {} if kind is None else {"type": kind}
        self.add(
            QgsProcessingParameterField(
                name, title, parentLayerParameterName=parent, optional=optional, **options
            ),
            words, advanced=advanced,
        )  # fmt: skip

    def add_choice(self, name, title, options, words, *, default=0, advanced=False):
        """One of several words."""
        self.add(
            QgsProcessingParameterEnum(name, title, list(options), defaultValue=default), words,
            advanced=advanced,
        )  # fmt: skip

    def add_number(self, name, title, default, words, *, low, high, whole=False, advanced=False,
                   optional=False):  # fmt: skip
        """A number between limits."""
        kinds = QgsProcessingParameterNumber.Type
        self.add(
            QgsProcessingParameterNumber(
                name, title, type=kinds.Integer if whole else kinds.Double, defaultValue=default,
                minValue=low, maxValue=high, optional=optional,
            ),
            words, advanced=advanced,
        )  # fmt: skip

    def add_text(self, name, title, default, words, *, optional=False, advanced=False):
        """A text."""
        self.add(
            QgsProcessingParameterString(name, title, defaultValue=default, optional=optional),
            words, advanced=advanced,
        )  # fmt: skip

    def add_truth(self, name, title, words, *, default=False, advanced=False):
        """Yes or no."""
        self.add(
            QgsProcessingParameterBoolean(name, title, defaultValue=default), words,
            advanced=advanced,
        )  # fmt: skip

    def add_own_desk(self):
        """Whether nothing is hidden."""
        self.add_truth(
            "OWN_DESK", tr("For my own desk: hide nothing, and pass the layer on to nobody"),
            tr("Without it small counts are hidden as in the public edition of a build, and all "
               "is computed from what is left. With it the layer has a column edition, which says "
               "analyst."),
        )  # fmt: skip

    def add_python(self):
        """The Python that has the package."""
        behaviour = QgsProcessingParameterFile.Behavior.File
        python = QgsProcessingParameterFile(
            "PYTHON", tr("Python that has vawg_geo (empty: found by itself)"), behaviour,
            optional=True,
            # With the usual filter QGIS wants a dot in the name, which python3 has not.
            fileFilter=tr("Python or vawg-geo (*)"),
        )  # fmt: skip
        self.add(
            python,
            tr("Program of the Python that has the package, or the command vawg-geo beside it. "
               "Empty: that of the last run, of VIRTUAL_ENV, .venv beside the project, that of "
               "vawg-geo on the path (uv tool, pipx), or QGIS's own."),
            advanced=True,
        )  # fmt: skip

    def add_sink(self, title, words, kind=None):
        """The layer that is written."""
        kind = POLYGONS if kind is None else kind
        self.add(QgsProcessingParameterFeatureSink("OUTPUT", title, kind), words)

    # ---- What was asked ------------------------------------------------------------------------

    def chosen(self, parameters, name, words, context):
        """The word that was chosen."""
        return words[self.parameterAsEnum(parameters, name, context)]

    def level(self, parameters, context):
        """The level that was chosen."""
        return self.chosen(parameters, "LEVEL", LEVELS, context)

    def edition(self, parameters, context):
        """`analyst` where nothing is to be hidden."""
        return "analyst" if self.parameterAsBoolean(parameters, "OWN_DESK", context) else "public"

    def column(self, parameters, name, context):
        """Name of a column; empty where none was chosen."""
        return self.parameterAsString(parameters, name, context)

    def number(self, parameters, name, context):
        """A number as a text that Python reads the same."""
        return repr(self.parameterAsDouble(parameters, name, context))

    def source(self, parameters, name, context):
        """A layer that is read."""
        source = self.parameterAsSource(parameters, name, context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, name))
        return source

    def areas(self, parameters, context, *, name="LAYER"):
        """Features of the layer of areas."""
        source = self.source(parameters, name, context)
        areas = list(source.getFeatures())
        if not areas:
            raise QgsProcessingException(tr("The layer has no areas. Choose one that has."))
        return source, areas

    # ---- The run -------------------------------------------------------------------------------

    def python(self, parameters, context):
        """The Python that has the package."""
        given = self.parameterAsFile(parameters, "PYTHON", context)
        project = context.project() or QgsProject.instance()
        remembered = QgsSettings().value(REMEMBERED) or ""
        try:
            python = find_python(given, remembered, project.homePath())
        except NoEnvironment as error:
            raise QgsProcessingException(str(error)) from None
        if given:
            QgsSettings().setValue(REMEMBERED, str(python))
        return python

    def ask_package(self, parameters, context, feedback, *, request, write):
        """Hand over, wait, and give the result with its texts; None where it was stopped."""
        python = self.python(parameters, context)
        feedback.pushInfo(tr("Computed by {}").format(python))

        def left(folder):
            feedback.pushWarning(tr("{} could not be deleted. Delete it.").format(folder))

        with exchange_folder(left) as folder:
            write(folder)
            try:
                result = run_entry(python, folder, request, feedback)
            except ChildRefused as error:
                raise QgsProcessingException(str(error)) from None
            if result is None:
                return None
            for name in ("style", "outlines"):
                if result.get(name):
                    result[name] = (folder / result[name]).read_text("utf-8")
        for note in result["notes"]:
            feedback.pushInfo(note)
        if request.get("edition") == "analyst":
            feedback.pushWarning(tr("Nothing is hidden in this layer: it must not be passed on."))
        return result

    def write_layer(self, parameters, context, result, outlines, *, edition, crs, wkb):
        """Write the rows on the outlines that they are of.

        An area without a row is one of a series that is left out: every one of it is hidden.
        """
        columns = result["columns"] or HIDDEN
        # A layer that must not be passed on says so, and fails the disclosure check by it.
        desk = [edition] if edition == "analyst" else []
        names = [name for name, _ in columns]
        place = names.index("area_code")
        by_code = {}
        for row in result["rows"]:
            by_code.setdefault(row[place], []).append(row)
        rows = []
        for code, title, shape in outlines:
            hidden = {"area_code": code, "area_name": title, "status": "suppressed"}
            found = by_code.get(code, [[hidden.get(name) for name in names]])
            rows += [([*row, *desk], shape) for row in found]
        columns = [*columns, *(("edition", "text") for _ in desk)]
        target = self.write_rows(parameters, context, columns=columns, rows=rows, crs=crs, wkb=wkb)
        self.style_output(target, context, result.get("style"))
        return {"OUTPUT": target}

    def write_rows(self, parameters, context, *, columns, rows, crs, wkb):
        """Write rows, each with an outline, into what was asked for; gives its name."""
        fields = QgsFields()
        for name, kind in columns:
            fields.append(QgsField(name, _KINDS[kind]))
        sink, target = self.parameterAsSink(parameters, "OUTPUT", context, fields, wkb, crs)
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, "OUTPUT"))
        for cells, shape in rows:
            feature = QgsFeature(fields)
            feature.setGeometry(shape)
            feature.setAttributes(cells)
            if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
                raise QgsProcessingException(self.writeFeatureError(sink, parameters, "OUTPUT"))
        # Written whole before anybody reads it.
        sink.flushBuffer()
        del sink
        return target

    def style_output(self, target, context, qml):
        """Style what is loaded when the tool is done, and keep the style in a GeoPackage."""
        if not qml:
            return
        if context.willLoadLayerOnCompletion(target):
            styler = Styler(qml)
            Styler.kept.append(styler)
            context.layerToLoadOnCompletionDetails(target).setPostProcessor(styler)
        if ".gpkg" in target.lower():
            layer = QgsVectorLayer(target, "out", "ogr")
            if layer.isValid() and put_style(layer, qml):
                layer.saveStyleToDatabase("vawg-geo", tr("As the maps have it"), True, "")
