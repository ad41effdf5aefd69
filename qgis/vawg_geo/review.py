"""An attack on finished files that asks whether a hidden count can be found out."""

from __future__ import annotations

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputBoolean,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFile,
)

from .base import WITHOUT, VawgAlgorithm
from .words import tr


class DisclosureCheck(VawgAlgorithm):
    """`vawg-geo audit`."""

    NAME = "disclosure_check"

    def displayName(self):
        """Name in the toolbox."""
        return tr("Disclosure check")

    def shortHelpString(self):
        """Text beside the form."""
        return tr(
            "Reads a finished folder or file as a stranger would, and bounds every hidden count by "
            "what the others give away: can one be found out by subtraction?\n\n"
            "A folder of a build says itself which counts are protected. Of any other file say it: "
            "the smallest and the largest protected count.\n\n"
            "The table of findings names cells: it is for the analyst alone."
        )

    def initAlgorithm(self, configuration=None):
        """Say what is asked for."""
        kinds = QgsProcessingParameterFile.Behavior
        for name, title, kind, words in (
            ("FOLDER", tr("Folder of a build"), kinds.Folder,
             tr("As maps/public. Give this or a file.")),
            ("FILE", tr("Or one file"), kinds.File,
             tr("A GeoPackage, table, page or project that is to go out.")),
            ("BESIDE", tr("Folder that the same reader has too"), kinds.Folder,
             tr("Another edition or an earlier release.")),
            ("KNOWN", tr("Published table"), kinds.File,
             tr("A table that anybody can have, with totals for example.")),
        ):  # fmt: skip
            words_of_filter = {"fileFilter": tr("All files (*)")} if kind == kinds.File else {}
            self.add(
                QgsProcessingParameterFile(name, title, kind, optional=True, **words_of_filter),
                words,
            )
        for name, title in (
            ("SMALLEST", tr("Smallest protected count")),
            ("LARGEST", tr("Largest protected count")),
        ):
            self.add_number(
                name, title, None, tr("Empty: as the files say themselves."), low=0, high=1000,
                whole=True, optional=True,
            )  # fmt: skip
        self.add_python()
        self.add_sink(
            tr("Findings"), tr("A row for each finding; empty where nothing was found."),
            QgsProcessing.SourceType.TypeVector,
        )  # fmt: skip
        self.addOutput(QgsProcessingOutputNumber("FINDINGS", tr("Number of findings")))
        self.addOutput(QgsProcessingOutputBoolean("PASSED", tr("Nothing was found")))

    def processAlgorithm(self, parameters, context, feedback):
        """Attack."""
        given = {
            name: self.parameterAsFile(parameters, name, context)
            for name in ("FOLDER", "FILE", "BESIDE", "KNOWN")
        }
        if bool(given["FOLDER"]) == bool(given["FILE"]):
            raise QgsProcessingException(tr("Give a folder or a file, and not both."))
        options = [given["FOLDER"] or given["FILE"], "--json"]
        for name, option in (("BESIDE", "--with"), ("KNOWN", "--known")):
            if given[name]:
                options += [option, given[name]]
        for name, option in (("SMALLEST", "--smallest"), ("LARGEST", "--largest")):
            if parameters.get(name) is not None:
                options += [option, str(self.parameterAsInt(parameters, name, context))]
        request = {"tool": "check", "options": options}
        result = self.ask_package(parameters, context, feedback, request=request, write=_nothing)
        if result is None:
            return {}
        rows = [(row, QgsGeometry()) for row in result["rows"]]
        written = self.write_rows(
            parameters,
            context,
            columns=result["columns"],
            rows=rows,
            crs=QgsCoordinateReferenceSystem(),
            wkb=WITHOUT,
        )
        if not result["passed"]:
            feedback.pushWarning(tr("The files give something away. Do not pass them on."))
        return {"OUTPUT": written, "FINDINGS": len(result["rows"]), "PASSED": result["passed"]}


def _nothing(folder):
    """Hand over no file: the package reads them where they lie."""
