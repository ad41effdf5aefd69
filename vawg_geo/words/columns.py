"""Columns for people: what each is called, and what the words mean that stand in it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from vawg_geo.terms.columns import BASES, LEVELS, SEXES, SIGNIFICANCES, STANDINGS, STATUSES
from vawg_geo.terms.shared import SHARED, Described
from vawg_geo.terms.tables import CHANGES, TRENDS
from vawg_geo.terms.views import SCAN, VIEW_COLUMNS
from vawg_geo.words import page as words
from vawg_geo.words.hotspots import CLUSTER, HOTSPOT_PAGE, STATISTIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vawg_geo.terms.declared import DeclaredColumn, DeclaredTable

__all__ = ["LISTS", "described", "heading", "headings_of", "meanings", "named_by_headings"]

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


def headings_of(names: Iterable[str], said: DeclaredTable) -> list[str]:
    """Names for people of a table's columns, no two the same.

    Parameters
    ----------
    names : iterable of str
        As the file has them.
    said : DeclaredTable
        The table; where two of its columns have one name for people, each is followed by its own.

    Examples
    --------
    >>> from vawg_geo.terms.tables import HOTSPOTS
    >>> headings_of(["area_code", "statistic", "value", "own_column"], HOTSPOTS)
    ['Area code', 'Statistic (statistic)', 'Statistic (value)', 'Own column']
    """
    own = {name: _heading_in(name, said) for name in names}
    declared = [_heading_in(column.name, said) for column in said.columns]
    undeclared = [own[name] for name in own if said.column(name) is None]
    taken = Counter([*declared, *undeclared])
    # A number in a name is a word in braces where it is declared, so count those that stand here.
    here = Counter(own.values())
    return [
        f"{text} ({name})" if max(taken[text], here[text]) > 1 else text
        for name, text in own.items()
    ]


def named_by_headings(headings: Sequence[str], said: DeclaredTable) -> list[str]:
    """Names of the declared columns that have these names for people; empty where none has.

    Parameters
    ----------
    headings : sequence of str
        As `headings_of` gives them.
    said : DeclaredTable

    Examples
    --------
    >>> from vawg_geo.terms.tables import HOTSPOTS
    >>> named_by_headings(["Area code", "Statistic (value)", "Own"], HOTSPOTS)
    ['area_code', 'value', '']
    """
    plain = [column.name for column in said.columns if "{" not in column.name]
    found = {f"{_heading_in(name, said)} ({name})": name for name in plain}
    found |= dict(zip(headings_of(plain, said), plain, strict=True))
    numbered = [column for column in said.columns if "{" in column.name]
    for text in headings:
        for name in (name for column in numbered for name in column.names_in(text)):
            own = _heading_in(name, said)
            if text in (own, f"{own} ({name})"):
                found.setdefault(text, name)
    return [found.get(text, "") for text in headings]


def _heading_in(name: str, said: DeclaredTable) -> str:
    column = said.column(name)
    return column.heading(name) if column else heading(name)
