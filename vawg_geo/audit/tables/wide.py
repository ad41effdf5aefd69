"""Tables that have a column for each figure and sex, as layers of a GIS have them.

Some have such columns for every indicator, each beginning with the indicator's own stem, and some
a column for each kind of help and date. All are read as the long tables that they were made of.
"""

from __future__ import annotations

import re
from itertools import compress, product
from typing import Any, Final

from vawg_geo.audit.observed import Finding
from vawg_geo.audit.tables.read import read_columns
from vawg_geo.audit.tables.sheets import Reading, merged
from vawg_geo.terms.columns import COVERAGE_STATES, SEXES
from vawg_geo.terms.views import (
    OF_EACH_INDICATOR,
    OF_OUTLINES,
    OF_SUMMARY,
    OF_SUMMARY_CHANGE,
    SCAN,
    STATISTICS,
    STATUS_OF_CHANGE,
    VIEW_COLUMNS,
)

__all__ = ["read_long_or_wide"]

# Statistics of hotspots: the beginnings of their columns' names.
_STATISTICS: Final = frozenset(one.prefix for one in (*STATISTICS.values(), SCAN))
_WIDE: Final = re.compile(rf"(?P<name>.+)_(?P<sex>{'|'.join(SEXES)})")
# What of an indicator's columns is of the change since an earlier period.
_OF_CHANGE: Final = frozenset(("period_from", STATUS_OF_CHANGE, *OF_SUMMARY_CHANGE))
# All that an indicator may have there, without its stem.
_OF_INDICATOR: Final = frozenset(VIEW_COLUMNS) | {f"{STATUS_OF_CHANGE}_{sex}" for sex in SEXES}
_EACH_HAS: Final = tuple(product(OF_SUMMARY, SEXES))
_SERVICE: Final = re.compile(r".+_\d{4}_\d\d_\d\d")
_STATES: Final = frozenset(COVERAGE_STATES)


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
    if stems := _stems(columns):
        return _of_indicators(columns, stems, place)
    if any(_WIDE.fullmatch(column) for column in columns):
        return _wide(columns, place)
    if "area_code" in columns and any(_SERVICE.fullmatch(column) for column in columns):
        return _of_services(columns, place)
    return read_columns(columns, place)


def _stems(columns: dict[str, list[Any]]) -> list[str]:
    """What columns of one indicator begin with, the longest first; none in a table of one."""
    stems = [name.removesuffix("_indicator") for name in columns if name.endswith("_indicator")]
    known = [
        one for one in stems if any(f"{one}_{name}_{sex}" in columns for name, sex in _EACH_HAS)
    ]
    return sorted(known, key=len, reverse=True)


def _of_indicators(columns: dict[str, list[Any]], stems: list[str], place: str) -> Reading:
    """Read a layer of all indicators, as one of each and as one of its changes."""
    blocks: dict[str, dict[str, list[Any]]] = {stem: {} for stem in stems}
    shared: dict[str, list[Any]] = {}
    for name, values in columns.items():
        stem = _stem_of(name, stems)
        block = blocks[stem] if stem else shared
        block[name.removeprefix(f"{stem}_") if stem else name] = values
    readings = []
    for stem, block in blocks.items():
        changes = {
            name.replace(STATUS_OF_CHANGE, "status"): block.pop(name)
            for name in list(block)
            if (found := _WIDE.fullmatch(name)) and found["name"] in _OF_CHANGE
        }
        # Labels stand beside statuses, as in a layer of hotspots: a count is of another row.
        labels = {
            name: block.pop(name)
            for name in list(block)
            if name.partition("_")[0] in _STATISTICS and _WIDE.fullmatch(name)
        }
        readings.append(read_long_or_wide(shared | block, f"{place}, {stem}"))
        if labels:
            about = {name: values for name, values in block.items() if _stands_by(name)}
            readings.append(_wide(shared | about | labels, f"{place}, {stem}, hotspots"))
        if changes:
            period = {"indicator": block["indicator"], "period_to": block["period"]}
            changes |= {"basis": block["basis"]} if "basis" in block else {}
            readings.append(_wide(shared | period | changes, f"{place}, {stem}, change"))
    return merged(readings)


def _stands_by(name: str) -> bool:
    """Whether a column of an indicator says of which figures it is, or why there is none."""
    return name in OF_EACH_INDICATOR or name.startswith("status_")


def _stem_of(name: str, stems: list[str]) -> str:
    """Stem that a column has: one after which its name is known, else the longest; or none."""
    if name in OF_OUTLINES:
        return ""
    having = [stem for stem in stems if name.startswith(f"{stem}_")]
    known = (stem for stem in having if name.removeprefix(f"{stem}_") in _OF_INDICATOR)
    return next(known, having[0] if having else "")


def _of_services(columns: dict[str, list[Any]], place: str) -> Reading:
    """Read a layer of services as the long table of all layers; what is no state is a finding."""
    names = [name for name in columns if _SERVICE.fullmatch(name) and f"{name}_words" in columns]
    taken = {*names, *(f"{name}_words" for name in names)}
    shared = {name: values for name, values in columns.items() if name not in taken}
    of_layer = ("layer", "title", "indicator", "sex", "period", "class", "label", "words")
    long: dict[str, list[Any]] = {name: [] for name in (*shared, *of_layer)}
    findings = []
    for name in names:
        strange = {str(one) for one in columns[name] if one is not None} - _STATES
        if strange:
            text = f"the column {name!r} holds {min(strange)!r}, which is no state of a service."
            findings.append(Finding(kind="unknown_column", file=place, text=text))
        size = len(columns[name])
        row = {"class": columns[name], "words": columns[f"{name}_words"], **shared}
        row |= dict.fromkeys(("layer", "title"), [name] * size)
        for one, values in long.items():
            values.extend(row.get(one, [""] * size))
    return merged([Reading(findings=findings), read_columns(long, place)])


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
