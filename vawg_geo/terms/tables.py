"""Every table that an edition writes: its title, its key, its columns, and what each tells.

A column that stands in no table here is a finding of the audit, whoever wrote it. To add one to a
table of an edition, declare it here: the name, what it tells of a count, and its unit. Tables of an
overlay are declared in its folder, and `overlays.registry` lists them beside these. What is said
of a column that stands in several tables, its title for people among it, is in
`vawg_geo.terms.shared`. The descriptor beside the tables, the GeoPackage's names for people, the
headings of QGIS, the names in a Shapefile and the audit's lists come from here.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

import msgspec

from vawg_geo.terms.declared import DeclaredColumn, DeclaredTable, Tells, columns, table
from vawg_geo.terms.shared import (
    EVENTS,
    PER_DENOMINATOR,
    PROBABILITY,
    RATE_LIMITS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AREAS",
    "CHANGES",
    "FIGURES",
    "HOTSPOTS",
    "INDICATORS",
    "JOIN_REPORT",
    "LAYERS",
    "MONTHS",
    "PERIODS",
    "RATES",
    "RISKS",
    "SCANS",
    "SERIES",
    "TABLES",
    "TRENDS",
    "WHO",
    "WHOLE",
    "declared_table",
    "names_that_tell",
    "rates_of",
]

# --- Tables of figures: a row for each count, or for each area with a column for each sex --------

_LIMITS: Final = " ".join(chain(*RATE_LIMITS.values()))

# All that a table of figures may have, those of other people among them.
FIGURES: Final = (
    # They may stand beside a hidden count. `neighbours` counts the neighbours that have a figure,
    # which the map shows; `at_edge` comes of the outlines alone.
    *columns("cell", "area_code indicator sex period level area_name vintage parent_code"),
    *columns("cell", "parent_name comparator neighbours source fid ogc_fid geom geometry centre"),
    *columns("cell", "feature_id population at_edge period_start period_end"),
    # Where these differ within a series, they tell cells apart.
    *columns("series", "status basis note rate_per denominator rate_method significance_rule"),
    *columns("series", "weights alternative transform permutations correction alpha seed"),
    *columns("series", "statistic illustrative reason"),
    *columns("series", "max_population scan_model risk_cv"),
    *columns("series", "replicates part_of part_of_complete unit age_group"),
    *columns("series", "table outcome rows detail suggestion hatch pattern colour"),
    *columns("count", "count"),
    *columns("derived", f"rate {_LIMITS}"),
    *columns("derived", "significance standing percent rank value z areas smoothed"),
    *columns("derived", "smoothed_risk smoothed_lower smoothed_upper probability_above"),
    *columns("series", "threshold mixing mixing_lower mixing_upper between_areas"),
    *columns("class", "class label cluster scan_cluster significant"),
    *columns("derived", "p_value p_adjusted p_value_other_model observed expected"),
    *columns("derived", "stability relative_risk log_likelihood_ratio radius_m"),
    # Of two periods or more; `points` and `months_behind` count those that have a figure.
    *columns("cell", "period_from period_to points months_behind"),
    *columns("series", "year_cv"),
    *columns("derived", "ratio ratio_lower ratio_upper difference difference_lower"),
    *columns("derived", "difference_upper relative_ratio relative_lower relative_upper"),
    *columns("derived", "relative_p_value relative_p_adjusted change relative_change"),
    *columns("derived", "slope chi_squared trend expected_lower expected_upper stands_out"),
)
_FIGURE: Final = {column.name: column for column in FIGURES}


def _figures(names: str) -> tuple[DeclaredColumn, ...]:
    return tuple(_FIGURE[name] for name in names.split())


_CELL: Final = "area_code area_name level vintage indicator sex period"
RATES: Final = table(
    name="rates",
    title="All figures, one row each",
    keys=("area_code", "indicator", "sex", "period"),
    columns=_figures(
        f"{_CELL} count population rate {_LIMITS} rate_per denominator rate_method "
        "comparator significance "
        "significance_rule standing status basis note"
    ),
)
HOTSPOTS: Final = table(
    name="hotspots",
    title="Hotspots: labels of local statistics",
    keys=("area_code", "indicator", "sex", "period", "statistic"),
    columns=_figures(
        f"{_CELL} statistic value z p_value p_adjusted cluster reason stability neighbours at_edge "
        "weights alternative transform permutations correction alpha seed status basis note"
    ),
)
SCANS: Final = table(
    name="scans",
    title="Clusters of the scan and their members",
    keys=("area_code", "indicator", "sex", "period", "scan_cluster"),
    columns=_figures(
        f"{_CELL} scan_cluster centre radius_m areas observed expected relative_risk "
        "log_likelihood_ratio p_value p_value_other_model significant scan_model risk_cv alpha "
        "replicates max_population seed basis"
    ),
)
RISKS: Final = table(
    name="smoothed_risks",
    title="Smoothed relative risks, and how sure they are high",
    keys=("area_code", "indicator", "sex", "period"),
    columns=_figures(
        f"{_CELL} expected smoothed_risk smoothed_lower smoothed_upper probability_above threshold "
        "mixing mixing_lower mixing_upper between_areas weights status basis note"
    ),
)
JOIN_REPORT: Final = table(
    name="join_report",
    title="How rows came to areas",
    columns=_figures(
        "table level outcome area_code area_name indicator sex period rows detail suggestion"
    ),
)


# --- Tables over time: a row for each pair of periods, for each line, for each month --------------

_OF_A_LINE: Final = "area_code area_name level indicator sex"
# Of two rates, or of a line of them: where one is hidden, so is all that would tell it.
_OF_RATES_OVER_TIME: Final = "status basis note"


def _derived(
    name: str, title: str, words: str = "", *, unit: str = "", short: str = ""
) -> DeclaredColumn:
    """Column that only counts can give."""
    return DeclaredColumn(
        name=name, tells="derived", title=title, words=words, unit=unit, short=short
    )


CHANGES: Final = table(
    name="changes",
    title="Change of rates from one period to another",
    keys=("area_code", "indicator", "sex", "period_from", "period_to"),
    known_by="period_from period_to ratio_lower",
    columns=(
        *columns("cell", f"{_OF_A_LINE} period_from period_to"),
        _derived("ratio", "Later rate over the earlier", "Empty after a period without events."),
        _derived("ratio_lower", "Ratio, lower 95% limit"),
        _derived(
            "ratio_upper",
            "Ratio, upper 95% limit",
            "Empty with a lower limit: there is none, for the earlier period had no events.",
        ),
        _derived("difference", "Later rate less the earlier", unit=PER_DENOMINATOR),
        _derived("difference_lower", "Difference, lower 95% limit", unit=PER_DENOMINATOR),
        _derived("difference_upper", "Difference, upper 95% limit", unit=PER_DENOMINATOR),
        *columns("series", "rate_per"),
        _derived("p_value", "p of no change", "Chance of a ratio so far from 1.", unit=PROBABILITY),
        _derived(
            "p_adjusted",
            "p of no change, adjusted",
            "Corrected for the number of areas.",
            unit=PROBABILITY,
        ),
        *columns("cell", "comparator"),
        _derived(
            "relative_ratio",
            "Ratio over that of the comparator",
            "The area is left out of the comparator.",
        ),
        _derived("relative_lower", "Relative ratio, lower 95% limit"),
        _derived("relative_upper", "Relative ratio, upper 95% limit"),
        _derived("relative_p_value", "p of a change as the comparator's", unit=PROBABILITY),
        _derived(
            "relative_p_adjusted",
            "p of a change as the comparator's, adjusted",
            "Corrected for the number of areas.",
            unit=PROBABILITY,
        ),
        _derived("change", "Change", "Whether the rate went up or down, given chance."),
        _derived("relative_change", "Change against the comparator's"),
        DeclaredColumn(
            name="year_cv",
            tells="series",
            title="How areas vary between the two periods",
            words=(
                "Coefficient of variation beyond chance, estimated over the areas; the limits "
                "allow for it. Empty where there are too few areas to say."
            ),
        ),
        *columns("series", _OF_RATES_OVER_TIME),
    ),
)
TRENDS: Final = table(
    name="trends",
    title="Recent trends of rates over five years or more",
    keys=("area_code", "indicator", "sex", "period_to"),
    known_by="period_from period_to chi_squared",
    columns=(
        *columns("cell", f"{_OF_A_LINE} period_from period_to"),
        DeclaredColumn(
            name="points",
            tells="cell",
            title="Periods with a figure",
            words="Those from the first to the last that the trend goes over.",
        ),
        _derived("slope", "Slope", "Change of the rate from one period to the next."),
        _derived("chi_squared", "Chi-squared for trend"),
        _derived("p_value", "p of no trend", unit=PROBABILITY),
        _derived("trend", "Trend"),
        *columns("series", f"rate_per {_OF_RATES_OVER_TIME}"),
    ),
)
MONTHS: Final = table(
    name="months",
    title="Months, and what those before let expect",
    keys=("area_code", "indicator", "sex", "period"),
    known_by="months_behind expected_lower",
    columns=(
        *columns("cell", f"{_OF_A_LINE} period"),
        *columns("count", "count"),
        _derived("expected", "Expected", "From the months before, with seasons.", unit=EVENTS),
        _derived("expected_lower", "Expected, lower limit", unit=EVENTS),
        _derived("expected_upper", "Expected, upper limit", unit=EVENTS),
        _derived("p_value", "p of a month as expected", unit=PROBABILITY),
        _derived("stands_out", "Stands out"),
        DeclaredColumn(
            name="months_behind",
            tells="cell",
            title="Earlier months with a count",
            words="That the expected range comes from.",
        ),
        *columns("series", _OF_RATES_OVER_TIME),
    ),
)


def rates_of(level: str) -> DeclaredTable:
    """Table of one level's rates.

    Examples
    --------
    >>> rates_of("police_area").name, rates_of("police_area").title
    ('rates_police_area', 'Rates police area')
    """
    title = f"Rates {level.replace('_', ' ')}"
    return msgspec.structs.replace(RATES, name=f"rates_{level}", title=title)


# --- Tables about indicators, areas and the whole, which name no count ----------------------------

INDICATORS: Final = table(
    name="indicators",
    title="What is counted",
    keys=("name",),
    columns=columns(
        "nothing",
        "name title unit definition source denominator caveat comparator part_of part_of_complete "
        "place",
    ),
)
WHOLE: Final = table(
    name="sources_and_caveats",
    title="Sources, licences, caveats",
    columns=columns("nothing", "kind text"),
)
PERIODS: Final = table(
    name="periods",
    title="Periods of which several follow each other, with their days",
    keys=("period",),
    columns=columns("cell", "period period_start period_end"),
)
AREAS: Final = table(
    name="areas",
    title="Areas, and the one that holds each",
    keys=("area_code",),
    columns=columns("cell", "area_code area_name level parent_code"),
)
# Tables of their own that are layers of a GIS too: with an outline come its number and its parent.
_AS_LAYERS: Final = tuple(
    msgspec.structs.replace(
        one, columns=(*one.columns, *columns("cell", "fid ogc_fid parent_code"))
    )
    for one in (CHANGES, TRENDS, MONTHS)
)
_PLAIN: Final = (
    *(RATES, HOTSPOTS, SCANS, RISKS, *_AS_LAYERS),
    *(JOIN_REPORT, INDICATORS, WHOLE, PERIODS, AREAS),
)

# --- Classes of all layers that are laid over the rates -------------------------------------------

WHO: Final = columns("cell", "fid area_code area_name level parent_code vintage")
SERIES: Final = columns("cell", "indicator sex period")
LAYERS: Final = table(
    name="overlays",
    title="Classes of all layers that are laid over the rates",
    known_by="layer class words",
    columns=(
        *WHO,
        *columns("series", "layer title"),
        *SERIES,
        *columns("class", "class label words"),
        *columns("series", "status ogc_fid"),
    ),
)

TABLES: Final = (*_PLAIN, LAYERS)
"""All but those of the overlays, which each overlay declares (`overlays.registry`)."""


def declared_table(names: set[str], tables: Sequence[DeclaredTable]) -> DeclaredTable | None:
    """Table that columns are of; None for a table of figures, or of somebody else.

    Parameters
    ----------
    names : set of str
        Columns of a file.
    tables : sequence of DeclaredTable
        Those that it may be.

    Examples
    --------
    >>> declared_table({"area_code", "layer", "class", "words"}, TABLES).name
    'overlays'
    >>> declared_table({"area_code", "count"}, TABLES) is None
    True
    """
    return next((one for one in tables if one.known_by and one.known_by <= names), None)


def names_that_tell(*tells: Tells) -> frozenset[str]:
    """Columns of tables of figures that tell this.

    Examples
    --------
    >>> sorted(names_that_tell("count", "class"))
    ['class', 'cluster', 'count', 'label', 'scan_cluster', 'significant']
    """
    return frozenset(column.name for column in FIGURES if column.tells in tells)
