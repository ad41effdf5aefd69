"""Hotspots, and clusters by the circular scan."""

from __future__ import annotations

from .rates import OfOneCount
from .words import tr

STATISTICS = ("local-moran", "gi-star")
CORRECTIONS = ("bh", "bonferroni", "none")
ALTERNATIVES = ("high", "two-sided")
WEIGHTS = ("queen", "rook", "knn:6")
MODELS = ("negative-binomial", "poisson")


class Hotspots(OfOneCount):
    """`vawg-geo hotspots`, with the rates that it is of."""

    NAME = "hotspots"
    STYLE = ("cluster", "rate")

    def displayName(self):
        """Name in the toolbox."""
        return tr("Hotspots (local Moran or Gi*)")

    def shortHelpString(self):
        """Text beside the form."""
        return tr(
            "Which areas are high among high neighbours, or low among low ones, beyond chance: "
            "local Moran or Gi* on empirical-Bayes-standardised rates, with as many permutations "
            "as one area alone needs to pass the correction.\n\n"
            "<i>cluster</i> is the label and <i>stability</i> how often it holds under other "
            "neighbours and seeds; <i>reason</i> says why there is none. Rates and their limits "
            "are in the same layer.\n\n"
            "Small counts are hidden, and hotspots are computed from what is left."
        )

    def initAlgorithm(self, configuration=None):
        """Say what is asked for."""
        self.add_areas()
        self.add_count()
        self.add_choice(
            "STATISTIC", tr("Hotspots by"), STATISTICS,
            tr("Local Moran, which knows outliers, or Gi*."),
        )  # fmt: skip
        self.add_choice(
            "ALTERNATIVE", tr("Look for"), ALTERNATIVES,
            tr("High neighbours alone, or high and low ones."), advanced=True,
        )  # fmt: skip
        self.add_choice(
            "WEIGHTS", tr("Neighbours"), WEIGHTS,
            tr("Areas that touch (queen), that share a border (rook), or the six nearest."),
            advanced=True,
        )  # fmt: skip
        self.add_choice(
            "CORRECTION", tr("Correction for many areas"), CORRECTIONS,
            tr("Benjamini-Hochberg, Bonferroni, or none, which calls areas by chance."),
            advanced=True,
        )  # fmt: skip
        self.add_number(
            "PERMUTATIONS", tr("Permutations"), None,
            tr("Empty: 99,999, or more where so many areas need more."), low=99, high=9_999_999,
            whole=True, optional=True, advanced=True,
        )  # fmt: skip
        self.add_number(
            "SEED", tr("Seed"), 12345, tr("The same seed gives the same labels."), low=0,
            high=2_147_483_647, whole=True, advanced=True,
        )  # fmt: skip
        self.add_truth(
            "STABILITY", tr("Try labels under other neighbours and seeds"),
            tr("Says how sure a label is; takes several times as long."), default=True,
            advanced=True,
        )  # fmt: skip
        self.add_rate()
        self.add_own_desk()
        self.add_python()
        self.add_sink(tr("Hotspots"), tr("Outlines with label, p-values, rate and status."))

    def processAlgorithm(self, parameters, context, feedback):
        """Compute."""
        options = [
            "--statistic", self.chosen(parameters, "STATISTIC", STATISTICS, context),
            "--alternative", self.chosen(parameters, "ALTERNATIVE", ALTERNATIVES, context),
            "--weights", self.chosen(parameters, "WEIGHTS", WEIGHTS, context),
            "--correction", self.chosen(parameters, "CORRECTION", CORRECTIONS, context),
            "--seed", str(self.parameterAsInt(parameters, "SEED", context)),
        ]  # fmt: skip
        if parameters.get("PERMUTATIONS") is not None:
            permutations = self.parameterAsInt(parameters, "PERMUTATIONS", context)
            options += ["--permutations", str(permutations)]
        if not self.parameterAsBoolean(parameters, "STABILITY", context):
            options.append("--no-stability")
        rates = self.rate_options(parameters, context)
        return self.ask(parameters, context, feedback, options, rate_options=rates)


class Scan(OfOneCount):
    """`vawg-geo scan`."""

    NAME = "scan"
    STYLE = ("scan_cluster",)

    def displayName(self):
        """Name in the toolbox."""
        return tr("Clusters (circular scan)")

    def shortHelpString(self):
        """Text beside the form."""
        return tr(
            "Kulldorff's circular scan: the extent of clusters of high rates, given how much areas "
            "differ in risk without any.\n\n"
            "<i>scan_cluster</i> is the number of the cluster that an area belongs to, "
            "<i>p_value</i> how often chance gives one as clear, <i>significant</i> whether that "
            "is at most 5 %.\n\n"
            "Small counts are hidden, and clusters are computed from what is left."
        )

    def initAlgorithm(self, configuration=None):
        """Say what is asked for."""
        self.add_areas()
        self.add_count()
        self.add_choice(
            "MODEL", tr("Maps without a pattern"), MODELS,
            tr("Every area has a risk of its own (negative-binomial), or all have one (poisson)."),
            advanced=True,
        )  # fmt: skip
        self.add_number(
            "MAX_POPULATION", tr("Largest share of the population in a circle"), None,
            tr("Empty: 0.5, and 0.1 above 1,000 areas."), low=0.001, high=0.5, optional=True,
            advanced=True,
        )  # fmt: skip
        self.add_number(
            "REPLICATES", tr("Simulated maps"), 999, tr("More make p-values finer."), low=99,
            high=99_999, whole=True, advanced=True,
        )  # fmt: skip
        self.add_number(
            "SEED", tr("Seed"), 12345, tr("The same seed gives the same clusters."), low=0,
            high=2_147_483_647, whole=True, advanced=True,
        )  # fmt: skip
        self.add_own_desk()
        self.add_python()
        self.add_sink(tr("Clusters"), tr("Outlines with the cluster of each area."))

    def processAlgorithm(self, parameters, context, feedback):
        """Compute."""
        options = [
            "--model", self.chosen(parameters, "MODEL", MODELS, context),
            "--replicates", str(self.parameterAsInt(parameters, "REPLICATES", context)),
            "--seed", str(self.parameterAsInt(parameters, "SEED", context)),
        ]  # fmt: skip
        if parameters.get("MAX_POPULATION") is not None:
            options += ["--max-population", self.number(parameters, "MAX_POPULATION", context)]
        return self.ask(parameters, context, feedback, options)
