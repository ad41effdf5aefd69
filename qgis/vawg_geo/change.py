"""Change between two periods, of two columns or of two layers."""

from __future__ import annotations

from qgis.core import QgsProcessingException

from .base import NUMERIC, TABLES, VawgAlgorithm
from .handing import code_of, crs_words, named, text_of, write_areas, write_counts, write_people
from .words import tr


class Change(VawgAlgorithm):
    """`vawg-geo change`."""

    NAME = "change"

    def displayName(self):
        """Name in the toolbox."""
        return tr("Change between two periods")

    def shortHelpString(self):
        """Text beside the form."""
        return tr(
            "Which areas changed from one period to another, and how sure that is: the ratio of "
            "two rates with exact limits, over many areas at once, allowing for what areas vary "
            "from year to year.\n\n"
            "Both counts are columns of one layer, or the later one is of a second layer of the "
            "same areas. <i>change</i> says increasing, decreasing or no clear change.\n\n"
            "Where either count is hidden, the change is."
        )

    def initAlgorithm(self, configuration=None):
        """Say what is asked for."""
        self.add_areas()
        self.add_field(
            "COUNT", tr("Earlier count"), tr("Column of the counts of the earlier period.")
        )
        self.add_field(
            "POPULATION", tr("Earlier population"),
            tr("Column of residents of the earlier period, or of both."), kind=NUMERIC,
        )  # fmt: skip
        self.add_text(
            "PERIOD", tr("Earlier period"), "2014/15", tr("As 2014/15, 2014, 2014-08 or 2014 Q3.")
        )
        self.add_text(
            "LATER_PERIOD", tr("Later period"), "2015/16", tr("As long as the earlier one.")
        )
        self.add_field(
            "LATER_COUNT", tr("Later count, of the same layer"),
            tr("Column of the counts of the later period; empty where a second layer has them."),
            optional=True,
        )  # fmt: skip
        self.add_field(
            "LATER_POPULATION", tr("Later population, of the same layer"),
            tr("Column of residents of the later period; empty: the earlier ones stand for both."),
            kind=NUMERIC, optional=True,
        )  # fmt: skip
        self.add_source(
            "SECOND", tr("Second layer or table, of the later period"), TABLES,
            tr("The same areas in a later period, where one layer has not both."), optional=True,
        )  # fmt: skip
        self.add_field(
            "SECOND_CODE", tr("Code in the second layer"), tr("Column of codes there."),
            parent="SECOND", optional=True,
        )  # fmt: skip
        self.add_field(
            "SECOND_COUNT", tr("Later count, of the second layer"), tr("Column of counts there."),
            parent="SECOND", optional=True,
        )  # fmt: skip
        self.add_field(
            "SECOND_POPULATION", tr("Later population, of the second layer"),
            tr("Column of residents there; empty: the earlier ones stand for both."),
            parent="SECOND", kind=NUMERIC, optional=True,
        )  # fmt: skip
        self.add_number(
            "CONFIDENCE", tr("Confidence of the limits"), 0.95, tr("0.95 for limits at 95 %."),
            low=0.5, high=0.9999, advanced=True,
        )  # fmt: skip
        self.add_number(
            "PER", tr("Residents that a rate is per"), 1000, tr("1,000 for a rate per 1,000."),
            low=1, high=1e6, advanced=True,
        )  # fmt: skip
        self.add_own_desk()
        self.add_python()
        self.add_sink(tr("Change"), tr("Outlines with both rates, their ratio and its limits."))

    def processAlgorithm(self, parameters, context, feedback):
        """Compute."""
        source, areas = self.areas(parameters, context)
        code, name = (self.column(parameters, one, context) for one in ("CODE", "NAME"))
        periods = [
            self.parameterAsString(parameters, one, context).strip()
            for one in ("PERIOD", "LATER_PERIOD")
        ]
        if periods[0] == periods[1]:
            raise QgsProcessingException(tr("Both periods are called the same. Name two."))
        counts, people = self._tables(
            parameters, context, areas=areas, code=code, name=name, periods=periods
        )
        request = {
            "tool": "change", "edition": self.edition(parameters, context),
            "level": self.level(parameters, context), "crs": crs_words(source.sourceCrs()),
            "options": [
                "--from", periods[0], "--to", periods[1],
                "--confidence", self.number(parameters, "CONFIDENCE", context),
                "--per", self.number(parameters, "PER", context),
            ],
            "style": ("change",),
        }  # fmt: skip

        def write(folder):
            write_areas(folder, areas, code=code, name=name, crs=source.sourceCrs())
            write_counts(folder, counts)
            write_people(folder, people)

        result = self.ask_package(parameters, context, feedback, request=request, write=write)
        if result is None:
            return {}
        return self.write_layer(
            parameters, context, result, named(areas, code, name), edition=request["edition"],
            crs=source.sourceCrs(), wkb=source.wkbType(),
        )  # fmt: skip

    def _tables(self, parameters, context, *, areas, code, name, periods):
        """Counts and residents of both periods."""
        column = {
            one: self.column(parameters, one, context)
            for one in ("COUNT", "POPULATION", "LATER_COUNT", "LATER_POPULATION", "SECOND_CODE",
                        "SECOND_COUNT", "SECOND_POPULATION")
        }  # fmt: skip
        titles = {key: title for key, title, _ in named(areas, code, name)}
        second = self.parameterAsSource(parameters, "SECOND", context)
        if (second is None) == (not column["LATER_COUNT"]):
            raise QgsProcessingException(
                tr("Name the later count once: a column of the same layer, or a second layer.")
            )
        if second is None:
            later, key = areas, code
            count, residents = column["LATER_COUNT"], column["LATER_POPULATION"]
        else:
            later, key = list(second.getFeatures()), column["SECOND_CODE"]
            count, residents = column["SECOND_COUNT"], column["SECOND_POPULATION"]
            if not (key and count):
                raise QgsProcessingException(
                    tr("Name the columns of code and count of the second layer.")
                )
        counts = []
        for period, rows, by, of in (
            (periods[0], areas, code, column["COUNT"]),
            (periods[1], later, key, count),
        ):
            counts += [
                (code_of(row, by), titles.get(code_of(row, by), ""), period, text_of(row[of]))
                for row in rows
            ]
        both = not residents
        people = [
            (code_of(row, code), "" if both else periods[0], text_of(row[column["POPULATION"]]))
            for row in areas
        ]
        if not both:
            people += [(code_of(row, key), periods[1], text_of(row[residents])) for row in later]
        return counts, people
