"""Points counted into areas."""

from __future__ import annotations

from .base import POINTS, VawgAlgorithm
from .handing import crs_words, named, text_of, write_areas, write_table
from .words import tr

TOGETHER = "all together"
PERIODS = (TOGETHER, "month", "quarter", "year", "financial-year")


class Count(VawgAlgorithm):
    """`vawg-geo count`."""

    NAME = "count"

    def displayName(self):
        """Name in the toolbox."""
        return tr("Count points into areas")

    def shortHelpString(self):
        """Text beside the form."""
        return tr(
            "Counts points into areas, and says how many fell into none. A point on the border of "
            "several areas counts once, in the area with the lowest code.\n\n"
            "With a column of dates there is a row for each area and period, else one for each "
            "area. Small counts are hidden, as in the public edition of a build: for a layer of "
            "all of them, to compute rates from, ask for your own desk."
        )

    def initAlgorithm(self, configuration=None):
        """Say what is asked for."""
        self.add_source("POINTS", tr("Points"), POINTS, tr("A point for each event."))
        self.add_areas()
        self.add_text(
            "INDICATOR", tr("What is counted"), "events", tr("A name for it, as burglary.")
        )
        self.add_field(
            "DATE", tr("Date"), tr("Column of dates or months; empty: all events are of one time."),
            parent="POINTS", optional=True,
        )  # fmt: skip
        self.add_choice(
            "BY", tr("Periods"), PERIODS,
            tr("With dates: a count for each of these. A month that lacks is said."),
        )  # fmt: skip
        self.add_text(
            "PERIOD", tr("Period"), "", optional=True,
            words=tr("Count only this time, as 2023/24; without dates what all events are of."),
        )  # fmt: skip
        self.add_own_desk()
        self.add_python()
        self.add_sink(tr("Counts"), tr("Outlines with count and status."))

    def processAlgorithm(self, parameters, context, feedback):
        """Compute."""
        source, areas = self.areas(parameters, context)
        points = self.source(parameters, "POINTS", context)
        code, name, date = (
            self.column(parameters, one, context) for one in ("CODE", "NAME", "DATE")
        )
        period = self.parameterAsString(parameters, "PERIOD", context).strip()
        by = self.chosen(parameters, "BY", PERIODS, context)
        options = [
            "--x", "x", "--y", "y", "--crs", crs_words(points.sourceCrs()),
            "--indicator", self.parameterAsString(parameters, "INDICATOR", context),
        ]  # fmt: skip
        if date and by != TOGETHER:
            options += ["--date-column", "date", "--by", by]
            if period:
                options += ["--period", period]
        else:
            options += ["--period", period or "all"]
        dated = date if by != TOGETHER else ""
        request = {
            "tool": "count", "edition": self.edition(parameters, context),
            "level": self.level(parameters, context), "crs": crs_words(source.sourceCrs()),
            "options": options, "style": ("count",),
        }  # fmt: skip

        def write(folder):
            write_areas(folder, areas, code=code, name=name, crs=source.sourceCrs())
            head = ("x", "y", "date") if dated else ("x", "y")
            write_table(folder / "events.csv", head, _rows(points, dated))

        result = self.ask_package(parameters, context, feedback, request=request, write=write)
        if result is None:
            return {}
        return self.write_layer(
            parameters, context, result, named(areas, code, name), edition=request["edition"],
            crs=source.sourceCrs(), wkb=source.wkbType(),
        )  # fmt: skip


def _rows(points, date):
    """Places of events and, where asked, their dates; each part of a multipoint is one."""
    for event in points.getFeatures():
        shape = event.geometry()
        when = (text_of(event[date]),) if date else ()
        if shape.isNull() or shape.isEmpty():
            yield ("", "", *when)
            continue
        for place in shape.vertices():
            yield (repr(place.x()), repr(place.y()), *when)
