"""Columns for people: what each is called, and what the words mean that stand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.terms.columns import BASES, LEVELS, SEXES, SIGNIFICANCES, STANDINGS, STATUSES
from vawg_geo.terms.shared import SHARED, Described
from vawg_geo.terms.tables import CHANGES, TRENDS
from vawg_geo.terms.views import SCAN, VIEW_COLUMNS
from vawg_geo.words import page as words
from vawg_geo.words.hotspots import CLUSTER, HOTSPOT_PAGE, STATISTIC

if TYPE_CHECKING:
    from vawg_geo.terms.declared import DeclaredColumn

__all__ = ["LISTS", "described", "heading", "meanings"]

# Words that may stand in a column, by the name of their list.
LISTS: Final = {
    "status": STATUSES,
    "significance": SIGNIFICANCES,
    "standing": STANDINGS,
    "sex": SEXES,
    "level": LEVELS,
    "cluster": tuple(CLUSTER),
    "basis": BASES,
}

# What their tables alone have.
_OVER_TIME: Final = {column.name: column for one in (TRENDS, CHANGES) for column in one.columns}
_STATISTIC: Final = {**STATISTIC, SCAN.name: HOTSPOT_PAGE["scan"]}


def heading(name: str) -> str:
    """Name for people of a layer's column; of one that is nobody's, its own name in words.

    Examples
    --------
    >>> heading("rate_lower_female"), heading("moran_p_adjusted_persons"), heading("own_column")
    ('Rate, lower 95% limit: women and girls', 'Local Moran, p, adjusted: all people', 'Own column')
    """
    column = VIEW_COLUMNS.get(name)
    if column is None:
        return described(name).title or name.replace("_", " ").capitalize()
    text = column.heading()
    if column.statistic:
        text = f"{_STATISTIC[column.statistic]}, {text[:1].lower()}{text[1:]}"
    return f"{text}: {words.SEX[column.sex].lower()}" if column.sex else text


def described(name: str) -> DeclaredColumn | Described:
    """What is said of a layer's column, or of one that stands in several tables.

    Examples
    --------
    >>> [described(name).holds for name in ("gi_cluster_male", "status_persons", "scan_cluster")]
    ['cluster', 'status', '']
    """
    return VIEW_COLUMNS.get(name) or SHARED.get(name) or _OVER_TIME.get(name) or Described()


def meanings() -> dict[str, dict[str, str]]:
    """What each word of each list of `LISTS` means, as pages say it.

    Examples
    --------
    >>> meanings()["sex"]["female"]
    'Women and girls'
    """
    texts = {
        "status": words.STATUS,
        "significance": words.SIGNIFICANCE,
        "standing": words.STANDING,
        "sex": words.SEX,
        "level": {word: pair[0].capitalize() for word, pair in words.LEVEL.items()},
        "cluster": CLUSTER,
        "basis": words.BASIS,
    }
    return {name: {word: texts[name][word] for word in held} for name, held in LISTS.items()}
