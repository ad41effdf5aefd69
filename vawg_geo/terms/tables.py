"""What each column that is written tells: declared once, for writers and for the audit.

A column that stands in no table here is a finding of the audit, whoever wrote it. To add one to a
table of an edition, declare it here: the name, what it tells of a count, and its unit.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal

import msgspec

__all__ = [
    "AREAS",
    "FIGURES",
    "INDICATORS",
    "TABLES",
    "WHOLE",
    "DeclaredColumn",
    "DeclaredTable",
    "Tells",
    "declared_table",
    "names_of",
    "names_that_tell",
    "unit_of",
]

Tells = Literal["cell", "series", "nothing", "count", "class", "derived"]
"""What a column tells of the count of its row.

`cell`: which count it is. `series`: what is the same for a whole series. `nothing`: something
else than a count. `count`: a count. `class`: a class of what a count gives. `derived`: a figure
that only the count can give.
"""

# What stands for a number in a column's name, and what that number may look like: 5, 7_5.
_PLACEHOLDER: Final = re.compile(r"\{\w+\}")
_NUMBER: Final = r"\d+(?:_\d+)?"

RESIDENTS: Final = "Residents."
EVENTS: Final = "Events."
SHARE: Final = "Share, from 0 to 1."
KILOMETRES: Final = "Kilometres."
METRES: Final = "Metres; places in the British National Grid."
PROBABILITY: Final = "Probability, from 0 to 1."
PER_RESIDENTS: Final = "For every so many residents: `rate_per`."
PER_OTHERS: Final = "For every so many: `reach_per`."


class DeclaredColumn(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a table.

    Attributes
    ----------
    name : str
        As written; a number in it stands as a word in braces, `within_{km}_km`.
    tells : Tells
        What it tells of the count of its row.
    unit : str
        Sentence for readers; empty where it has none.
    """

    name: str
    tells: Tells
    unit: str = ""

    def is_called(self, name: str) -> bool:
        """Whether a column of a file is this one.

        Examples
        --------
        >>> shares = DeclaredColumn(name="within_{km}_km", tells="nothing")
        >>> [shares.is_called(name) for name in ("within_5_km", "within_7_5_km", "within_a_km")]
        [True, True, False]
        """
        if "{" not in self.name:
            return name == self.name
        return _pattern(self.name).fullmatch(name) is not None


class DeclaredTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table of an edition that is told from others by its columns.

    Attributes
    ----------
    name : str
        As the file or layer is called.
    known_by : frozenset of str
        Columns that no other table has all of.
    columns : tuple of DeclaredColumn
        All that it may have.
    """

    name: str
    known_by: frozenset[str]
    columns: tuple[DeclaredColumn, ...]

    def undeclared(self, names: set[str]) -> set[str]:
        """Columns of a file that this table may not have.

        Examples
        --------
        >>> sorted(declared_table({"site_group", "median_km", "count"}).undeclared(
        ...     {"site_group", "median_km", "within_7_5_km", "count"}))
        ['count']
        """
        return {
            name for name in names if not any(column.is_called(name) for column in self.columns)
        }

    @property
    def tells_of_counts(self) -> bool:
        """Whether any column is of a count or of what one gives."""
        return any(column.tells in ("count", "class", "derived") for column in self.columns)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    fixed = _PLACEHOLDER.split(name)
    return re.compile(_NUMBER.join(map(re.escape, fixed)))


def _columns(tells: Tells, names: str, unit: str = "") -> tuple[DeclaredColumn, ...]:
    return tuple(DeclaredColumn(name=name, tells=tells, unit=unit) for name in names.split())


# --- Tables of figures: a row for each count, or for each area with a column for each sex --------

FIGURES: Final = (
    # They may stand beside a hidden count. `neighbours` counts the neighbours that have a figure,
    # which the map shows.
    *_columns("cell", "area_code indicator sex period level area_name vintage parent_code"),
    *_columns("cell", "parent_name comparator neighbours source fid ogc_fid geom geometry centre"),
    *_columns("cell", "feature_id"),
    *_columns("cell", "population", RESIDENTS),
    # Where these differ within a series, they tell cells apart.
    *_columns("series", "status basis note rate_per rate_method significance_rule statistic"),
    *_columns("series", "weights permutations correction alpha seed illustrative reason"),
    *_columns("series", "max_population", SHARE),
    *_columns("series", "replicates part_of part_of_complete unit age_group"),
    *_columns("series", "table outcome rows detail suggestion hatch pattern colour"),
    *_columns("count", "count", EVENTS),
    *_columns("derived", "rate rate_lower rate_upper rate_lower_998 rate_upper_998", PER_RESIDENTS),
    *_columns("derived", "significance percent rank value z areas smoothed"),
    *_columns("class", "class label cluster scan_cluster"),
    *_columns("derived", "p_value p_adjusted", PROBABILITY),
    *_columns("derived", "observed expected", EVENTS),
    *_columns("derived", "stability relative_risk log_likelihood_ratio"),
    *_columns("derived", "radius_m", METRES),
)

# --- Tables about indicators, areas and the whole, which name no count ----------------------------

INDICATORS: Final = _columns(
    "nothing",
    "name title unit definition source denominator caveat comparator part_of complete "
    "part_of_complete slug",
)
WHOLE: Final = _columns("nothing", "kind text")
AREAS: Final = _columns("cell", "area_code area_name level parent_code parent_name fid vintage")

# --- Tables that are told by their columns --------------------------------------------------------

_WHO: Final = _columns("cell", "fid area_code area_name level parent_code vintage")
_SERIES: Final = _columns("cell", "indicator sex period")


def _table(name: str, known_by: str, *columns: tuple[DeclaredColumn, ...]) -> DeclaredTable:
    return DeclaredTable(
        name=name,
        known_by=frozenset(known_by.split()),
        columns=tuple(column for block in (_WHO, *columns) for column in block),
    )


TABLES: Final = (
    _table(
        "deprivation", "score lsoas_most_deprived",
        _columns("nothing", "score lsoas_most_deprived place decile decile_note lsoas"),
        _columns("nothing", "score_lowest score_highest"),
        _columns("nothing", "share_most_deprived", SHARE),
        _columns("nothing", "population", RESIDENTS),
    ),
    _table(
        "services", "service coverage",
        _columns("nothing", "service coverage provision state covered date valid_from valid_to"),
        _columns("nothing", "provides age_range public_site note"),
    ),
    _table(
        "service_changes", "change state_before",
        _columns("nothing", "change state_before provision state_after services_before"),
        _columns("nothing", "services_after before after words note"),
    ),
    _table(
        "access", "site_group median_km",
        _columns("nothing", "site_group sites nearest_site method basis status note"),
        _columns("nothing", "median_km mean_km", KILOMETRES),
        _columns("nothing", "within_{km}_km", SHARE),
        _columns("nothing", "population population_no_way", RESIDENTS),
    ),
    _table(
        "next_sites", "town need_newly_within",
        _columns("nothing", "town need_newly_within rank district_code method need need_total"),
        _columns("nothing", "runner_up distance_method basis note"),
        _columns("nothing", "easting northing", METRES),
        _columns("nothing", "within_km mean_km_before mean_km_after runner_up_mean_km", KILOMETRES),
        _columns("nothing", "share_within_before share_within_after runner_up_share_within", SHARE),
    ),
    _table(
        "profiles", "profile profile_class",
        _columns("nothing", "profile profile_class class_rank classes basis as_of note words"),
        _columns("nothing", "area_name_in_source named_together wards_named_together"),
        _columns("nothing", "deprivation_score deprivation_decile"),
    ),
    # Of whole levels: correlations and slopes, in which no area can be made out.
    _table(
        "deprivation_links", "statistic areas_without words", _SERIES,
        _columns("nothing", "statistic areas_without words value lower upper areas status note"),
        _columns("nothing", "p_value", PROBABILITY),
    ),
    _table(
        "source_claims", "claim evidence", _SERIES,
        _columns("nothing", "claim evidence agrees value lower upper areas areas_without decile"),
        _columns("nothing", "p_value", PROBABILITY),
        _columns("nothing", "note"),
    ),
    _table(
        "rate_and_deprivation", "rate_class deprivation_class", _SERIES,
        _columns("class", "rate_class"),
        _columns("series", "deprivation_class status note"),
        _columns("series", "rate_limit_1 rate_limit_2 deprivation_limit_1 deprivation_limit_2"),
    ),
    _table(
        "layers", "layer class words", _SERIES,
        _columns("class", "class label words"),
        _columns("series", "layer title status ogc_fid"),
    ),
    _table(
        "reach", "numerator_count denominator_count",
        _columns("count", "numerator_count denominator_count", EVENTS),
        _columns("cell", "indicator period numerator numerator_sex denominator denominator_sex"),
        _columns("cell", "comparator"),
        _columns("series", "numerator_basis denominator_basis reach_per reach_method basis status"),
        _columns("series", "significance_rule note"),
        _columns("derived", "reach reach_lower reach_upper", PER_OTHERS),
        _columns("derived", "comparator_reach significance"),
    ),
    _table(
        "gaps", "gap need_indicator reach_numerator",
        _columns("nothing", "gap provision state services date words note"),
        _columns("cell", "need_indicator need_sex need_period need_comparator reach_indicator"),
        _columns("cell", "reach_numerator reach_numerator_sex reach_denominator reach_period"),
        _columns("cell", "reach_denominator_sex reach_comparator"),
        _columns("cell", "need_population", RESIDENTS),
        _columns("series", "need_rate_per need_status need_basis need_significance_rule reach_per"),
        _columns("series", "reach_numerator_basis reach_denominator_basis reach_status"),
        _columns("count", "need_count reach_numerator_count reach_denominator_count", EVENTS),
        _columns("derived", "need_rate need_rate_lower need_rate_upper", PER_RESIDENTS),
        _columns("derived", "reach reach_lower reach_upper", PER_OTHERS),
        _columns("derived", "need_comparator_rate need_significance reach_comparator_value"),
        _columns("derived", "reach_significance"),
    ),
    _table(
        "rates_by_deprivation", "grouping group areas_without", _SERIES,
        _columns("cell", "grouping group"),
        _columns("cell", "population", RESIDENTS),
        _columns("count", "count", EVENTS),
        _columns("derived", "rate rate_lower rate_upper", PER_RESIDENTS),
        _columns("series", "areas areas_without rate_per rate_method status note"),
    ),
)  # fmt: skip


def declared_table(names: set[str]) -> DeclaredTable | None:
    """Table that columns are of; None for a table of figures, or of somebody else.

    Examples
    --------
    >>> declared_table({"area_code", "score", "lsoas_most_deprived"}).name
    'deprivation'
    >>> declared_table({"area_code", "count"}) is None
    True
    """
    return next((table for table in TABLES if table.known_by <= names), None)


def names_of(columns: tuple[DeclaredColumn, ...]) -> frozenset[str]:
    """Names of columns.

    Examples
    --------
    >>> sorted(names_of(WHOLE))
    ['kind', 'text']
    """
    return frozenset(column.name for column in columns)


def names_that_tell(*tells: Tells) -> frozenset[str]:
    """Columns of tables of figures that tell this.

    Examples
    --------
    >>> sorted(names_that_tell("count", "class"))
    ['class', 'cluster', 'count', 'label', 'scan_cluster']
    """
    return frozenset(column.name for column in FIGURES if column.tells in tells)


@cache
def unit_of(name: str) -> str:
    """Unit of a column, whichever table it stands in; empty for none.

    Examples
    --------
    >>> unit_of("within_7_5_km"), unit_of("mean_km"), unit_of("status")
    ('Share, from 0 to 1.', 'Kilometres.', '')
    """
    every = (*FIGURES, *(column for table in TABLES for column in table.columns))
    return next((one.unit for one in every if one.unit and one.is_called(name)), "")
