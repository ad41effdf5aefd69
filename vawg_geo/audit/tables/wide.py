"""Tables that have a column for each figure and sex, as layers of a GIS have them."""

from __future__ import annotations

import re
from itertools import compress
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.audit.tables.read import read_columns
from vawg_geo.terms.columns import SEXES
from vawg_geo.terms.views import SCAN, STATISTICS

if TYPE_CHECKING:
    from vawg_geo.audit.tables.sheets import Reading

__all__ = ["read_long_or_wide"]

# Statistics of hotspots: the beginnings of their columns' names.
_STATISTICS: Final = frozenset(one.prefix for one in (*STATISTICS.values(), SCAN))
_WIDE: Final = re.compile(rf"(?P<name>.+)_(?P<sex>{'|'.join(SEXES)})")


def read_long_or_wide(columns: dict[str, list[Any]], place: str) -> Reading:
    """Read a table with a row for each figure, or one for each area.

    Parameters
    ----------
    columns : dict of str to list
        By name in small letters.
    place : str
        How findings name the table.

    Returns
    -------
    Reading

    Examples
    --------
    >>> wide = {"area_code": ["E05002703"], "count_female": [12], "count_male": [None]}
    >>> read_long_or_wide(wide, "own.fgb").sheets[0].columns["sex"]
    ['female']
    """
    if any(_WIDE.fullmatch(column) for column in columns):
        return _wide(columns, place)
    return read_columns(columns, place)


def _wide(columns: dict[str, list[Any]], place: str) -> Reading:
    """Read a view with a column for each figure and sex, as a long table for each statistic."""
    shared = {name: values for name, values in columns.items() if not _WIDE.fullmatch(name)}
    # Areas without a row of the first sex have no indicator in a joined view; the others tell it.
    for name in ("indicator", "period", "basis"):
        if name in shared:
            known = next((value for value in shared[name] if value is not None), None)
            shared[name] = [known if value is None else value for value in shared[name]]
    blocks: dict[tuple[str, str], dict[str, list[Any]]] = {}
    for column, values in columns.items():
        if found := _WIDE.fullmatch(column):
            name, statistic = found["name"], ""
            first, _, rest = name.partition("_")
            if first in _STATISTICS:
                statistic, name = first, name if name == "scan_cluster" else rest
            blocks.setdefault((found["sex"], statistic), {})[name] = values
    first_sex = next(iter(blocks))[0]
    several = any(statistic for _, statistic in blocks)
    long: dict[str, list[Any]] = {}
    for (sex, statistic), block in blocks.items():
        there = [row.count(None) < len(row) for row in zip(*block.values(), strict=True)]
        full = {**shared, **block}
        if sex != first_sex and "note" in full:
            # A joined view has the first sex's note.
            full["note"] = [None] * len(there)
        _append(
            long,
            {name: list(compress(values, there)) for name, values in full.items()},
            sum(there),
            sex=sex,
            **({"statistic": statistic} if several else {}),
        )
    return read_columns(long, place)


def _append(
    long: dict[str, list[Any]], block: dict[str, list[Any]], size: int, **same: str
) -> None:
    """Add a block below a table; what either lacks is None."""
    block |= {name: [value or None] * size for name, value in same.items()}
    before = len(long.get("sex", ()))
    for name in dict.fromkeys([*long, *block]):
        long.setdefault(name, [None] * before)
        long[name] = long[name] + block.get(name, [None] * size)
