"""Column names and words of the tables that other people's scripts lean on, fixed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = [
    "BASES",
    "COUNT_COLUMNS",
    "COUNT_KEY",
    "COVERAGE_STATES",
    "LEVELS",
    "POPULATION_COLUMNS",
    "RATE_METHODS",
    "SCAN_MODELS",
    "SEXES",
    "SIGNIFICANCES",
    "SIGNIFICANCE_RULES",
    "SILENT_CLASSES",
    "STANDINGS",
    "STATUSES",
    "Basis",
    "Level",
    "RateMethod",
    "ScanModel",
    "Sex",
    "Significance",
    "SignificanceRule",
    "Standing",
    "Status",
    "population_key",
    "require_columns",
]

Level = Literal["ward", "district", "csp", "county", "police_area", "lsoa"]
Sex = Literal["persons", "female", "male"]
Status = Literal["value", "zero", "missing", "suppressed", "unstable", "not_applicable"]
Basis = Literal["published", "own", "illustrative", "estimated"]
Significance = Literal["higher", "lower", "similar", "not_compared"]
Standing = Literal[
    "unusually_high",
    "possibly_high",
    "as_expected",
    "possibly_low",
    "unusually_low",
    "not_compared",
]  # from the highest to the lowest, as a key has them
SignificanceRule = Literal["intervals-apart", "interval-excludes-comparator", "funnel"]
RateMethod = Literal["exact", "byar", "public-health", "wilson"]
ScanModel = Literal["negative-binomial", "poisson"]

LEVELS: Final[tuple[str, ...]] = get_args(Level)
SEXES: Final[tuple[str, ...]] = get_args(Sex)
STATUSES: Final[tuple[str, ...]] = get_args(Status)
BASES: Final[tuple[str, ...]] = get_args(Basis)
SIGNIFICANCES: Final[tuple[str, ...]] = get_args(Significance)
STANDINGS: Final[tuple[str, ...]] = get_args(Standing)
SIGNIFICANCE_RULES: Final[tuple[str, ...]] = get_args(SignificanceRule)
RATE_METHODS: Final[tuple[str, ...]] = get_args(RateMethod)
SCAN_MODELS: Final[tuple[str, ...]] = get_args(ScanModel)

# What is known of help in an area from several services: the first of these that one of them has.
COVERAGE_STATES: Final = ("stated", "inferred", "not_recoverable", "none", "not_running")
# Keys of classes of a legend that say nothing of an area's figure; any other says something.
SILENT_CLASSES: Final = frozenset(("missing", "suppressed", "not_applicable", "not_compared"))

# What makes a row of counts the only one of its kind.
COUNT_KEY: Final = ("area_code", "indicator", "sex", "period")

# A long table of counts. `count` is missing (NA) exactly where `status` is `missing`,
# `suppressed` or `not_applicable`; `status` is otherwise `value` or `zero`. `unstable` is a
# property of a rate (fewer than 10 events) and stands in tables of rates only.
COUNT_COLUMNS: Final = (
    "area_code",
    "area_name",
    "level",
    "vintage",
    "indicator",
    "sex",
    "period",
    "count",
    "status",
    "basis",
    "note",
)

# A long table of populations; `population` may be fractional where `basis` is `estimated`.
POPULATION_COLUMNS: Final = (
    "area_code",
    "area_name",
    "level",
    "sex",
    "age_group",
    "population",
    "basis",
    "note",
)


def population_key(populations: pd.DataFrame) -> list[str]:
    """Columns that say which population a count divides by: of its period where there are such.

    Examples
    --------
    >>> import pandas as pd
    >>> population_key(pd.DataFrame(columns=["area_code", "sex", "population"]))
    ['area_code', 'sex']
    >>> population_key(pd.DataFrame(columns=["area_code", "sex", "period", "population"]))
    ['area_code', 'sex', 'period']
    """
    return ["area_code", "sex", *(["period"] if "period" in populations else [])]


def require_columns(table: pd.DataFrame, names: Sequence[str], what: str) -> None:
    """Refuse a table that lacks a column.

    Parameters
    ----------
    table : pandas.DataFrame
    names : sequence of str
        Needed columns.
    what : str
        What the table is of, plural.

    Raises
    ------
    InputError
        Says how many are absent, the first of them, and what the table has.

    Examples
    --------
    >>> import pandas as pd
    >>> require_columns(pd.DataFrame({"count": [1]}), ["area_code", "count"], "counts")
    Traceback (most recent call last):
    vawg_geo.errors.InputError: 1 of 2 columns that a table of counts needs are absent; first:
    'area_code'. It has: count.
    """
    absent = [name for name in names if name not in table]
    if absent:
        msg = (
            f"{len(absent)} of {len(names)} columns that a table of {what} needs are absent; "
            f"first: {absent[0]!r}. It has: {', '.join(map(str, table.columns)) or 'none'}."
        )
        raise InputError(msg)
