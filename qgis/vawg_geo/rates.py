"""Rates with limits."""

from __future__ import annotations

from .base import VawgAlgorithm
from .handing import code_of, crs_words, named, text_of, write_areas, write_counts, write_people
from .words import tr

METHODS = ("public-health", "exact", "byar", "wilson")
PERIOD = "all"


class OfOneCount(VawgAlgorithm):
    """An algorithm of one count on one layer of areas."""

    STYLE = ()

    def ask(self, parameters, context, feedback, options, **more):
        """Hand over areas, counts and residents, and write what comes back."""
        source, areas = self.areas(parameters, context)
        code, name, count, people = (
            self.column(parameters, one, context) for one in ("CODE", "NAME", "COUNT", "POPULATION")
        )
        request = {
            "tool": self.NAME, "edition": self.edition(parameters, context),
            "level": self.level(parameters, context), "crs": crs_words(source.sourceCrs()),
            "options": options, "style": self.STYLE, **more,
        }  # fmt: skip

        def write(folder):
            write_areas(folder, areas, code=code, name=name, crs=source.sourceCrs())
            of = [(key, title) for key, title, _ in named(areas, code, name)]
            write_counts(
                folder,
                [(*one, PERIOD, text_of(area[count])) for one, area in zip(of, areas)],
            )
            write_people(
                folder, [(code_of(area, code), "", text_of(area[people])) for area in areas]
            )

        result = self.ask_package(parameters, context, feedback, request=request, write=write)
        if result is None:
            return {}
        return self.write_layer(
            parameters, context, result, named(areas, code, name), edition=request["edition"],
            crs=source.sourceCrs(), wkb=source.wkbType(),
        )  # fmt: skip

    def add_rate(self):
        """How a rate is computed."""
        self.add_number(
            "CONFIDENCE", tr("Confidence of the limits"), 0.95,
            tr("0.95 for limits at 95 %."), low=0.5, high=0.9999, advanced=True,
        )  # fmt: skip
        self.add_number(
            "PER", tr("Residents that a rate is per"), 1000, tr("1,000 for a rate per 1,000."),
            low=1, high=1e6, advanced=True,
        )  # fmt: skip

    def rate_options(self, parameters, context):
        """What was asked of rates, as options of the command."""
        return [
            "--confidence", self.number(parameters, "CONFIDENCE", context),
            "--per", self.number(parameters, "PER", context),
        ]  # fmt: skip


class Rates(OfOneCount):
    """`vawg-geo rates`."""

    NAME = "rates"
    STYLE = ("rate",)

    def displayName(self):
        """Name in the toolbox."""
        return tr("Rates with limits")

    def shortHelpString(self):
        """Text beside the form."""
        return tr(
            "Rates per 1,000 residents with limits, of one count on one layer of areas, in the "
            "classes and colours of the maps.\n\n"
            "Small counts are hidden, as in the public edition of a build, and rates are computed "
            "from what is left. Read <i>status</i> before <i>rate</i>: a rate that is absent is "
            "not zero.\n\n"
            "One level is all that is known here. If totals of larger areas are published beside "
            "this layer, a hidden count may be worked out from them: use <i>vawg-geo build</i>, "
            "which looks at all levels together."
        )

    def initAlgorithm(self, configuration=None):
        """Say what is asked for."""
        self.add_areas()
        self.add_count()
        self.add_choice(
            "METHOD", tr("Limits by"), METHODS,
            tr("public-health is exact below 10 events and Byar's from 10; wilson is for shares."),
            advanced=True,
        )  # fmt: skip
        self.add_rate()
        self.add_text(
            "COMPARATOR", tr("Compare with the area of this code"), "",
            tr("Code of an area of the layer; empty: nothing is compared."), optional=True,
            advanced=True,
        )  # fmt: skip
        self.add_own_desk()
        self.add_python()
        self.add_sink(tr("Rates"), tr("Outlines with count, rate, limits and status."))

    def processAlgorithm(self, parameters, context, feedback):
        """Compute."""
        options = [
            *self.rate_options(parameters, context),
            "--method", self.chosen(parameters, "METHOD", METHODS, context),
        ]  # fmt: skip
        comparator = self.parameterAsString(parameters, "COMPARATOR", context).strip().upper()
        if comparator:
            options += ["--comparator", comparator]
        return self.ask(parameters, context, feedback, options)
