"""Columns of the layers of a GIS, in which sexes and statistics stand side by side.

A layer has one row for each area, so that `rate` of the long table stands there three times:
`rate_persons`, `rate_female`, `rate_male`; and `p_value` as `moran_p_value_female` and so on. What
such a column is, and what it is called for people and in a Shapefile, follows from the long one's.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

import msgspec

from vawg_geo.terms.columns import SEXES
from vawg_geo.terms.shared import RATE_LIMITS
from vawg_geo.terms.tables import CHANGES, FIGURES, LAYERS, TRENDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vawg_geo.terms.declared import DeclaredColumn

__all__ = [
    "LONGEST_SHORT_NAME",
    "OF_CHANGES",
    "OF_EACH_CHANGE",
    "OF_EACH_INDICATOR",
    "OF_EACH_SCAN",
    "OF_EACH_SEX",
    "OF_EACH_STATISTIC",
    "OF_EACH_TREND",
    "OF_HOTSPOTS",
    "OF_LAYERS",
    "OF_OUTLINES",
    "OF_RATES",
    "OF_SUMMARY",
    "OF_SUMMARY_CHANGE",
    "OF_TRENDS",
    "SCAN",
    "STATISTICS",
    "STATUS_OF_CHANGE",
    "TIME_COLUMNS",
    "VIEW_COLUMNS",
    "Statistic",
    "side_by_side",
]

# As many letters as a Shapefile gives the name of a column.
LONGEST_SHORT_NAME: Final = 10


class Statistic(msgspec.Struct, frozen=True, kw_only=True):
    """A statistic of hotspots, or the scan.

    Attributes
    ----------
    name : str
        As the long table names it.
    prefix : str
        What its columns' names begin with in a layer; also its view on the page.
    short : str
        What its columns' names begin with in a Shapefile.
    """

    name: str
    prefix: str
    short: str


STATISTICS: Final[Mapping[str, Statistic]] = {
    "local-moran": Statistic(name="local-moran", prefix="moran", short="m"),
    "gi-star": Statistic(name="gi-star", prefix="gi", short="g"),
}
SCAN: Final = Statistic(name="scan", prefix="scan", short="s")

_SEX: Final = {sex: sex[0] for sex in SEXES}
_LIMITS: Final = tuple(chain(*RATE_LIMITS.values()))

# Columns of every layer of areas.
OF_OUTLINES: Final = ("area_code", "area_name", "parent_code")
# Columns that stand once for each sex.
OF_EACH_SEX: Final = ("count", "population", "rate", *_LIMITS, "significance", "standing", "status")
# Columns that a layer of rates has once, whatever the sexes.
OF_RATES: Final = (
    "indicator",
    "period",
    "rate_per",
    "denominator",
    "rate_method",
    "comparator",
    "significance_rule",
    "basis",
    "illustrative",
    "note",
)
# First and last day of what a row is of, in a layer of several periods.
TIME_COLUMNS: Final = ("period_start", "period_end")
# Columns that stand once for each statistic and each sex.
OF_EACH_STATISTIC: Final = (
    "cluster",
    "reason",
    "value",
    "z",
    "p_value",
    "p_adjusted",
    "stability",
)
OF_EACH_SCAN: Final = ("scan_cluster", "relative_risk", "p_value")
# Columns that a layer of hotspots has once.
OF_HOTSPOTS: Final = (
    "indicator",
    "period",
    "neighbours",
    "weights",
    "alternative",
    "transform",
    "permutations",
    "correction",
    "alpha",
    "seed",
    "basis",
)
# Columns that stand once for each sex in a layer of change, and those that it has once.
OF_EACH_CHANGE: Final = (
    *("ratio", "ratio_lower", "ratio_upper", "p_adjusted", "change"),
    *("relative_ratio", "relative_lower", "relative_upper", "relative_p_adjusted"),
    *("relative_change", "year_cv", "status", "note"),
)
OF_CHANGES: Final = ("indicator", "period_from", "period_to", "comparator", "basis")
# The same of a layer of trends: each area may begin and end with another period.
OF_EACH_TREND: Final = (
    *("period_from", "period_to", "points", "slope", "chi_squared", "p_value", "trend"),
    *("status", "note"),
)
OF_TRENDS: Final = ("indicator", "rate_per", "basis")
# Columns of a layer of all indicators: those that each has once, those of each sex, and of these
# what is of the change since an earlier period. They begin with the indicator's own stem.
OF_EACH_INDICATOR: Final = ("indicator", "period", "basis")
OF_SUMMARY: Final = ("count", "rate", "rate_lower", "rate_upper", "status", "significance")
OF_SUMMARY_CHANGE: Final = ("ratio", "ratio_lower", "ratio_upper", "change")
# Beside the status of the latest count stands that of the change, which rests on two.
STATUS_OF_CHANGE: Final = "change_status"
# Columns of a layer that is laid over the rates, after those of the outlines.
OF_LAYERS: Final = ("layer", "title", "indicator", "sex", "period", "class", "label", "words")

_LONG: Final = {column.name: column for column in (*LAYERS.columns, *FIGURES)}
# In a Shapefile, where a letter for the sex follows.
_SHORT: Final = {
    "ratio_lower": "rat_lo",
    "ratio_upper": "rat_hi",
    "p_adjusted": "padj",
    "relative_ratio": "rel",
    "relative_lower": "rel_lo",
    "relative_upper": "rel_hi",
    "relative_p_adjusted": "rel_padj",
    "relative_change": "rel_chg",
    "period_from": "per_from",
    "period_to": "per_to",
    "chi_squared": "chi2",
}
_OF_CHANGES: Final = {
    column.name: msgspec.structs.replace(column, short=_SHORT.get(column.name, column.short))
    for column in (*TRENDS.columns, *CHANGES.columns)
}


def side_by_side(name: str, *, sex: str, statistic: Statistic | None = None) -> DeclaredColumn:
    """Column of a layer for one sex, and for one statistic.

    Parameters
    ----------
    name : str
        Of the long table's column.
    sex : str
    statistic : Statistic, optional

    Returns
    -------
    DeclaredColumn

    Examples
    --------
    >>> column = side_by_side("p_adjusted", sex="male", statistic=STATISTICS["gi-star"])
    >>> column.name, column.title, column.statistic, column.short
    ('gi_p_adjusted_male', 'p, adjusted', 'gi-star', 'g_padj_m')
    >>> side_by_side("scan_cluster", sex="female", statistic=SCAN).name
    'scan_cluster_female'
    """
    return _beside(_LONG[name], sex=sex, statistic=statistic)


def _beside(
    column: DeclaredColumn, *, sex: str, statistic: Statistic | None = None
) -> DeclaredColumn:
    name = column.name
    short, of = f"{column.short or name}_{_SEX[sex]}", ""
    if statistic is not None:
        short = f"{statistic.short}_{short}"
        if not name.startswith(f"{statistic.prefix}_"):
            name, of = f"{statistic.prefix}_{name}", statistic.name
    return msgspec.structs.replace(column, name=f"{name}_{sex}", short=short, sex=sex, statistic=of)


def _view_columns() -> dict[str, DeclaredColumn]:
    once = (*OF_OUTLINES, *OF_RATES, *TIME_COLUMNS, *OF_HOTSPOTS, *OF_LAYERS, "status")
    found = [_LONG[name] for name in once]
    found += [_OF_CHANGES[name] for name in ("period_from", "period_to")]
    for sex in SEXES:
        found += [side_by_side(name, sex=sex) for name in OF_EACH_SEX]
        for one in STATISTICS.values():
            found += [side_by_side(name, sex=sex, statistic=one) for name in OF_EACH_STATISTIC]
        found += [side_by_side(name, sex=sex, statistic=SCAN) for name in OF_EACH_SCAN]
        over_time = dict.fromkeys((*OF_EACH_CHANGE, *OF_EACH_TREND))
        taken = {column.name for column in found}
        of_sex = (_beside(_OF_CHANGES[name], sex=sex) for name in over_time)
        found += [column for column in of_sex if column.name not in taken]
    return {column.name: column for column in found}


# All that a layer may have.
VIEW_COLUMNS: Final[Mapping[str, DeclaredColumn]] = _view_columns()
