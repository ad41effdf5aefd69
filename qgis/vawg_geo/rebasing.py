"""Counts carried over to the wards or districts of another year."""

from __future__ import annotations

from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingException

from .base import MULTI, POLYGONS, TABLES, VawgAlgorithm
from .handing import code_of, crs_words, named, shapes_of, text_of, write_areas, write_counts
from .words import tr


class Rebase(VawgAlgorithm):
    """`vawg-geo rebase`."""

    NAME = "rebase"

    def displayName(self):
        """Name in the toolbox."""
        return tr("Counts for the areas of another year")

    def shortHelpString(self):
        """Text beside the form."""
        return tr(
            "Carries counts of wards or districts over to those of another year, anywhere in "
            "England and Wales since 2009: areas that only got another code one to one, merged "
            "ones added up, the rest by residents. What comes out are estimates on the outlines "
            "of that year.\n\n"
            "Small counts are hidden before they are carried over and after: what comes of a "
            "hidden count is hidden."
        )

    def initAlgorithm(self, configuration=None):
        """Say what is asked for."""
        self.add_source("LAYER", tr("Layer or table of counts"), TABLES, tr("A row for each area."))
        self.add_field("CODE", tr("Code of the area"), tr("Column of codes of the former year."))
        self.add_field(
            "NAME", tr("Name of the area"), tr("Column of names; without one the code is shown."),
            optional=True,
        )  # fmt: skip
        self.add_field(
            "COUNT", tr("Count of events"),
            tr("Column of counts. Empty is missing and not zero; x, [c] and <5 are hidden."),
        )  # fmt: skip
        self.add_text(
            "FROM", tr("From"), "", optional=True,
            words=tr("As wards-2015; empty: the year that has all codes."),
        )  # fmt: skip
        self.add_text("TO", tr("To"), "wards-2025", tr("As wards-2025 or districts-2025."))
        self.add_truth(
            "INTEGERS", tr("Whole numbers"), tr("Estimates as whole numbers, the total the same."),
            default=True, advanced=True,
        )  # fmt: skip
        self.add_truth(
            "LEAVE_OUT", tr("Leave out what cannot be carried over"),
            tr("Codes of other years than that, and wards that no look-up leads on from."),
            advanced=True,
        )  # fmt: skip
        self.add_source(
            "OUTLINES", tr("Outlines of the other year"), POLYGONS,
            tr("Empty: those of the package, which has the wards and districts of 2025."),
            optional=True,
        )  # fmt: skip
        self.add_field(
            "OUTLINES_CODE", tr("Code in the outlines"), tr("Column of codes there."),
            parent="OUTLINES", optional=True,
        )  # fmt: skip
        self.add_own_desk()
        self.add_python()
        self.add_sink(tr("Carried over"), tr("Outlines of the other year with count and status."))

    def processAlgorithm(self, parameters, context, feedback):
        """Compute."""
        _, rows = self.areas(parameters, context)
        code, name, count, own = (
            self.column(parameters, one, context)
            for one in ("CODE", "NAME", "COUNT", "OUTLINES_CODE")
        )
        target = self.parameterAsString(parameters, "TO", context).strip()
        start = self.parameterAsString(parameters, "FROM", context).strip()
        options = ["--to", target]
        if start:
            options += ["--from", start]
        for one, option in (("INTEGERS", "--integers"), ("LEAVE_OUT", "--leave-out")):
            if self.parameterAsBoolean(parameters, one, context):
                options.append(option)
        outlines = self.parameterAsSource(parameters, "OUTLINES", context)
        if outlines is not None and not own:
            raise QgsProcessingException(tr("Name the column of codes of the outlines."))
        crs = QgsCoordinateReferenceSystem("EPSG:27700")
        if outlines is not None:
            crs = outlines.sourceCrs()
        request = {
            "tool": "rebase", "edition": self.edition(parameters, context), "crs": crs_words(crs),
            "level": "district" if target.startswith("district") else "ward", "target": target,
            "options": options, "style": ("count",),
        }  # fmt: skip

        def write(folder):
            if outlines is not None:
                write_areas(
                    folder, list(outlines.getFeatures()), code=own, name="", crs=crs,
                    file="target.geojson",
                )  # fmt: skip
            write_counts(
                folder,
                [
                    (
                        code_of(row, code),
                        text_of(row[name]) if name else "",
                        "all",
                        text_of(row[count]),
                    )
                    for row in rows
                ],
            )

        result = self.ask_package(parameters, context, feedback, request=request, write=write)
        if result is None:
            return {}
        if outlines is not None:
            shapes = named(outlines.getFeatures(), own, "")
        else:
            shapes = shapes_of(result["outlines"]) if result.get("outlines") else []
        return self.write_layer(
            parameters, context, result, shapes, edition=request["edition"], crs=crs, wkb=MULTI
        )
