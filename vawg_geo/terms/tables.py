"""Every table that an edition writes: its title, its key, its columns, and what each tells.

A column that stands in no table here is a finding of the audit, whoever wrote it. To add one to a
table of an edition, declare it here: the name, what it tells of a count, and its unit. What is said
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
    KILOMETRES,
    METRES,
    PER_OTHERS,
    PER_RESIDENTS,
    RATE_LIMITS,
    RESIDENTS,
    SHARE,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AREAS",
    "FIGURES",
    "HOTSPOTS",
    "INDICATORS",
    "JOIN_REPORT",
    "LAYERS",
    "OVERLAY_TABLES",
    "RATES",
    "SCANS",
    "TABLES",
    "WHO",
    "WHOLE",
    "declared_table",
    "names_that_tell",
    "rates_of",
    "table_called",
]

# --- Tables of figures: a row for each count, or for each area with a column for each sex --------

_LIMITS: Final = " ".join(chain(*RATE_LIMITS.values()))

# All that a table of figures may have, those of other people among them.
FIGURES: Final = (
    # They may stand beside a hidden count. `neighbours` counts the neighbours that have a figure,
    # which the map shows.
    *columns("cell", "area_code indicator sex period level area_name vintage parent_code"),
    *columns("cell", "parent_name comparator neighbours source fid ogc_fid geom geometry centre"),
    *columns("cell", "feature_id population"),
    # Where these differ within a series, they tell cells apart.
    *columns("series", "status basis note rate_per rate_method significance_rule statistic"),
    *columns("series", "weights permutations correction alpha seed illustrative reason"),
    *columns("series", "max_population"),
    *columns("series", "replicates part_of part_of_complete unit age_group"),
    *columns("series", "table outcome rows detail suggestion hatch pattern colour"),
    *columns("count", "count"),
    *columns("derived", f"rate {_LIMITS}"),
    *columns("derived", "significance percent rank value z areas smoothed"),
    *columns("class", "class label cluster scan_cluster"),
    *columns("derived", "p_value p_adjusted observed expected"),
    *columns("derived", "stability relative_risk log_likelihood_ratio radius_m"),
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
        f"{_CELL} count population rate {_LIMITS} rate_per rate_method comparator significance "
        "significance_rule status basis note"
    ),
)
HOTSPOTS: Final = table(
    name="hotspots",
    title="Hotspots: labels of local statistics",
    keys=("area_code", "indicator", "sex", "period", "statistic"),
    columns=_figures(
        f"{_CELL} statistic value z p_value p_adjusted cluster reason stability neighbours weights "
        "permutations correction alpha seed status basis note"
    ),
)
SCANS: Final = table(
    name="scans",
    title="Clusters of the scan and their members",
    keys=("area_code", "indicator", "sex", "period", "scan_cluster"),
    columns=_figures(
        f"{_CELL} scan_cluster centre radius_m areas observed expected relative_risk "
        "log_likelihood_ratio p_value replicates max_population seed basis"
    ),
)
JOIN_REPORT: Final = table(
    name="join_report",
    title="How rows came to areas",
    columns=_figures(
        "table level outcome area_code area_name indicator sex period rows detail suggestion"
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
        "name title unit definition source denominator caveat comparator part_of part_of_complete",
    ),
)
WHOLE: Final = table(
    name="sources_and_caveats",
    title="Sources, licences, caveats",
    columns=columns("nothing", "kind text"),
)
AREAS: Final = table(
    name="areas",
    title="Areas, and the one that holds each",
    keys=("area_code",),
    columns=columns("cell", "area_code area_name level parent_code"),
)
_PLAIN: Final = (RATES, HOTSPOTS, SCANS, JOIN_REPORT, INDICATORS, WHOLE, AREAS)

# --- Classes of all layers that are laid over the rates -------------------------------------------

WHO: Final = columns("cell", "fid area_code area_name level parent_code vintage")
_SERIES: Final = columns("cell", "indicator sex period")
LAYERS: Final = table(
    name="overlays",
    title="Classes of all layers that are laid over the rates",
    known_by="layer class words",
    columns=(
        *WHO,
        *columns("series", "layer title"),
        *_SERIES,
        *columns("class", "class label words"),
        *columns("series", "status ogc_fid"),
    ),
)

# --- Tables of the overlays -----------------------------------------------------------------------

OVERLAY_TABLES: Final = (
    table(
        name="deprivation",
        title="{title} by area",
        keys=("area_code",),
        known_by="score lsoas_most_deprived",
        columns=(
            *WHO,
            *columns("nothing", "score lsoas_most_deprived place decile decile_note lsoas"),
            *columns("nothing", "score_lowest score_highest population"),
            *columns("nothing", "share_most_deprived", unit=SHARE),
        ),
    ),
    table(
        name="coverage",
        title="Services by area, as at the dates of the map",
        keys=("area_code", "service", "date"),
        known_by="service coverage",
        columns=(
            *WHO,
            *columns("nothing", "service coverage provision state covered date valid_from"),
            *columns("nothing", "valid_to provides age_range public_site note"),
        ),
    ),
    table(
        name="coverage_changes",
        title="What changed between the two dates",
        keys=("area_code", "provision"),
        known_by="change state_before",
        columns=(
            *WHO,
            *columns("nothing", "change state_before provision state_after services_before"),
            *columns("nothing", "services_after before after words note"),
        ),
    ),
    table(
        name="access",
        title="Residents within reach of public sites",
        keys=("area_code", "site_group"),
        known_by="site_group median_km",
        columns=(
            *WHO,
            *columns("nothing", "site_group sites nearest_site method basis status note"),
            *columns("nothing", "median_km mean_km", unit=KILOMETRES),
            *columns("nothing", "within_{km}_km", unit=SHARE),
            *columns("nothing", "population population_no_way", unit=RESIDENTS),
        ),
    ),
    table(
        name="next_sites",
        title="Where further sites would bring most residents within reach",
        known_by="town need_newly_within",
        columns=(
            *WHO,
            *columns("nothing", "town need_newly_within rank district_code method need"),
            *columns("nothing", "need_total runner_up distance_method basis note"),
            *columns("nothing", "easting northing", unit=METRES),
            *columns("nothing", "within_km mean_km_before mean_km_after", unit=KILOMETRES),
            *columns("nothing", "runner_up_mean_km", unit=KILOMETRES),
            *columns("nothing", "share_within_before share_within_after", unit=SHARE),
            *columns("nothing", "runner_up_share_within", unit=SHARE),
        ),
    ),
    table(
        name="ward_profiles",
        title="Ward profiles, with basis, date and note",
        keys=("area_code", "profile"),
        known_by="profile profile_class",
        columns=(
            *WHO,
            *columns("nothing", "profile profile_class class_rank classes basis as_of note words"),
            *columns("nothing", "area_name_in_source named_together wards_named_together"),
            *columns("nothing", "deprivation_score deprivation_decile"),
        ),
    ),
    # Of whole levels: correlations and slopes, in which no area can be made out.
    table(
        name="deprivation_links",
        title="How rates go with deprivation, with intervals",
        keys=("level", "indicator", "sex", "period", "statistic"),
        known_by="statistic areas_without words",
        columns=(
            *WHO,
            *_SERIES,
            *columns("nothing", "statistic areas_without words value lower upper areas status"),
            *columns("nothing", "note p_value"),
        ),
    ),
    table(
        name="source_claims",
        title="Claims of the source on deprivation, and what the figures say",
        known_by="claim evidence",
        columns=(
            *WHO,
            *_SERIES,
            *columns("nothing", "claim evidence agrees value lower upper areas areas_without"),
            *columns("nothing", "decile p_value note"),
        ),
    ),
    table(
        name="rate_and_deprivation",
        title="Thirds by rate and by deprivation",
        keys=("area_code", "indicator", "sex", "period"),
        known_by="rate_class deprivation_class",
        columns=(
            *WHO,
            *_SERIES,
            *columns("class", "rate_class"),
            *columns("series", "deprivation_class status note"),
            *columns("series", "rate_limit_1 rate_limit_2 deprivation_limit_1"),
            *columns("series", "deprivation_limit_2"),
        ),
    ),
    table(
        name="reach",
        title="Contacts with services for every 100 in need, or per residents",
        keys=("area_code", "indicator", "period"),
        known_by="numerator_count denominator_count",
        columns=(
            *WHO,
            *columns("count", "numerator_count denominator_count", unit=EVENTS),
            *columns("cell", "indicator period numerator numerator_sex denominator"),
            *columns("cell", "denominator_sex comparator"),
            *columns("series", "numerator_basis denominator_basis reach_per reach_method basis"),
            *columns("series", "status significance_rule note"),
            *columns("derived", "reach reach_lower reach_upper", unit=PER_OTHERS),
            *columns("derived", "comparator_reach significance"),
        ),
    ),
    table(
        name="gaps",
        title="Need above the comparator with help absent, unknown or reaching fewer",
        keys=("area_code", "gap"),
        known_by="gap need_indicator reach_numerator",
        columns=(
            *WHO,
            *columns("nothing", "gap provision state services date words note"),
            *columns("cell", "need_indicator need_sex need_period need_comparator"),
            *columns("cell", "reach_indicator reach_numerator reach_numerator_sex"),
            *columns("cell", "reach_denominator reach_period reach_denominator_sex"),
            *columns("cell", "reach_comparator"),
            *columns("cell", "need_population", unit=RESIDENTS),
            *columns("series", "need_rate_per need_status need_basis need_significance_rule"),
            *columns("series", "reach_per reach_numerator_basis reach_denominator_basis"),
            *columns("series", "reach_status"),
            *columns(
                "count", "need_count reach_numerator_count reach_denominator_count", unit=EVENTS
            ),
            *columns("derived", "need_rate need_rate_lower need_rate_upper", unit=PER_RESIDENTS),
            *columns("derived", "reach reach_lower reach_upper", unit=PER_OTHERS),
            *columns("derived", "need_comparator_rate need_significance reach_comparator_value"),
            *columns("derived", "reach_significance"),
        ),
    ),
    table(
        name="rates_by_deprivation",
        title="Rates of the areas in each national tenth or fifth of deprivation",
        keys=("level", "indicator", "sex", "period", "grouping", "group"),
        known_by="grouping group areas_without",
        columns=(
            *WHO,
            *_SERIES,
            *columns("cell", "grouping group population"),
            *columns("count", "count"),
            *columns("derived", "rate rate_lower rate_upper"),
            *columns("series", "areas areas_without rate_per rate_method status note"),
        ),
    ),
)

TABLES: Final = (*_PLAIN, LAYERS, *OVERLAY_TABLES)


def declared_table(
    names: set[str], *, tables: Sequence[DeclaredTable] = TABLES
) -> DeclaredTable | None:
    """Table that columns are of; None for a table of figures, or of somebody else.

    Parameters
    ----------
    names : set of str
        Columns of a file.
    tables : sequence of DeclaredTable
        Those that it may be.

    Examples
    --------
    >>> declared_table({"area_code", "score", "lsoas_most_deprived"}).name
    'deprivation'
    >>> declared_table({"area_code", "count"}) is None
    True
    """
    return next((one for one in tables if one.known_by and one.known_by <= names), None)


def table_called(name: str, *, tables: Sequence[DeclaredTable] = TABLES) -> DeclaredTable | None:
    """Table of that name; None where none is declared.

    Examples
    --------
    >>> table_called("scans").title
    'Clusters of the scan and their members'
    """
    return next((one for one in tables if one.name == name), None)


def names_that_tell(*tells: Tells) -> frozenset[str]:
    """Columns of tables of figures that tell this.

    Examples
    --------
    >>> sorted(names_that_tell("count", "class"))
    ['class', 'cluster', 'count', 'label', 'scan_cluster']
    """
    return frozenset(column.name for column in FIGURES if column.tells in tells)
