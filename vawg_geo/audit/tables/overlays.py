"""Tables that are laid over the rates, by what their columns are declared to tell.

One more column than `vawg_geo.terms.tables` declares for a table, and it is read like any table, so
that the strange column is a finding.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.audit.documents.read import read_text
from vawg_geo.audit.observed import CELL, Finding
from vawg_geo.audit.tables.history import SHEETS_OF_HISTORY
from vawg_geo.audit.tables.over_time import SHEETS_OVER_TIME
from vawg_geo.audit.tables.sheets import Groups, Laid, Reading, Sheet, TimeTable, merged
from vawg_geo.audit.tables.symbols import read_figures
from vawg_geo.overlays.registry import declared_tables
from vawg_geo.terms.columns import SILENT_CLASSES
from vawg_geo.terms.tables import LAYERS, declared_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vawg_geo.terms.declared import DeclaredTable

    Columns = dict[str, list[Any]]

__all__ = ["classes_told", "layer_sheet", "odd_sums", "read_overlay"]

_SERIES: Final = ("indicator", "sex", "period")


_RATES: Final = ("rate", "rate_lower", "rate_upper")
# Counts no further apart than this are the same.
_NEAR: Final = 1e-6
# Key of the class of areas whose figure is hidden.
_HIDDEN_CLASS: Final = "suppressed"
# What stands for a part of a ratio that is no count.
_NO_COUNT: Final = frozenset(("", "residents", "None", "nan"))


def read_overlay(columns: Columns, source: str) -> Reading | None:
    """Read a table that is laid over the rates.

    Parameters
    ----------
    columns : dict of str to list
        By name, lower case.
    source : str

    Returns
    -------
    Reading or None
        None where it is no such table.

    Examples
    --------
    >>> table = {"area_code": ["E05002703"], "level": ["ward"], "score": [20.1],
    ...          "lsoas_most_deprived": [0]}
    >>> read_overlay(table, "deprivation.csv").findings
    []
    >>> read_overlay(table | {"count": [3]}, "deprivation.csv") is None
    True
    """
    names = {name for name in columns if name != "geom"}
    table = declared_table(names, declared_tables())
    if table is None or table.undeclared(names):
        return None
    texts = merged(
        [
            read_text("\n".join(_texts(columns)), source),
            Reading(laid=[_laid(columns, table, source)]),
        ]
    )
    if not table.tells_of_counts:
        deciles = {
            str(code): int(float(decile))
            for code, decile in zip(
                columns.get("area_code", []), columns.get("decile", []), strict=False
            )
            if decile not in (None, "")
        }
        return merged([texts, Reading(groups=Groups(deciles=deciles))])
    if table.name == _SUMS:
        return merged([texts, Reading(groups=Groups(sums=[(source, columns)]))])
    over_time = []
    if table.name in SHEETS_OVER_TIME:
        over_time.append(TimeTable(name=table.name, columns=columns, source=source))
    sheets = _SHEETS[table.name](columns, source)
    return merged([texts, Reading(sheets=sheets, over_time=over_time)])


def _laid(columns: Columns, table: DeclaredTable, source: str) -> Laid:
    """Columns that no reader takes for a count; of layers all, for they may be of anything."""
    if table.name == LAYERS.name:
        return Laid(columns=columns, source=source, keys=("layer", "title", *_SERIES))
    tells = {name: column.tells for name in columns if (column := table.column(name))}
    silent = {name for name, told in tells.items() if told in ("nothing", "cell", "series")}
    return Laid(
        columns={name: columns[name] for name in columns if name in silent},
        source=source,
        keys=table.keys,
    )


def _of_classes(columns: Columns, source: str) -> list[Sheet]:
    return [_sheet(columns, source, {"class": "rate_class"})]


def _of_reach(columns: Columns, source: str) -> list[Sheet]:
    return [*_ratios(columns, source), _latest(columns, source)]


def _of_gaps(columns: Columns, source: str) -> list[Sheet]:
    return [*_needs(columns, source), *_ratios(columns, source, before="reach_")]


def _of_standardised(columns: Columns, source: str) -> list[Sheet]:
    """Figures of both kinds and expected events: none where the count is hidden."""
    told = {
        "value": "standardised",
        "rate_lower": "standardised_lower",
        "rate_upper": "standardised_upper",
        "expected": "expected",
        "significance": "significance",
    }
    return [_sheet(columns, source, told)]


def odd_sums(groups: Groups, observations: pd.DataFrame) -> list[Finding]:
    """Sums over groups that are not those of the counts that the files show.

    Parameters
    ----------
    groups : Groups
    observations : pandas.DataFrame
        `observed.OBSERVATION_COLUMNS`.

    Returns
    -------
    list of Finding
        `derived_figure`: such a sum tells of a count that is not shown.
    """
    if not groups.sums:
        return []
    seen = observations[observations["status"] != "suppressed"]
    exact = seen[seen["low"].notna() & (seen["low"] == seen["high"])]
    exact = exact[exact["level"].isin(("ward", "district"))].drop_duplicates(list(CELL))
    exact = exact.assign(decile=exact["area_code"].map(groups.deciles))
    return [
        Finding(
            kind="derived_figure",
            file=source,
            text=f"{len(odd):,} sums of groups are not of the counts that are shown; first: "
            f"{odd[0]}.",
        )
        for source, columns in groups.sums
        if (odd := _odd(columns, exact))
    ]


def _odd(columns: Columns, exact: pd.DataFrame) -> list[str]:
    keys = ("level", *_SERIES)
    by_series = {
        key: (rows["decile"].to_numpy(dtype=float), rows["low"].to_numpy(dtype=float))
        for key, rows in exact.groupby(list(keys))
    }
    none = np.empty(0)
    table = pd.DataFrame(columns)
    figures = {
        name: read_figures(table[name])["low"].to_numpy(dtype=float)
        for name in ("count", "population", *_RATES)
        if name in table
    }
    odd = []
    for place, row in enumerate(table.to_dict("records")):
        said = {name: float(values[place]) for name, values in figures.items()}
        if all(math.isnan(said.get(name, math.nan)) for name in ("count", *_RATES)):
            continue
        deciles, counts = by_series.get(tuple(str(row[name]) for name in keys), (none, none))
        width = 2 if "fifth" in str(row["grouping"]) else 1
        group = int(float(row["group"]))
        inside = ((deciles + width - 1) // width) == group
        # No count beside a rate is none that can be looked up: NaN is never near.
        fair = abs(float(counts[inside].sum()) - said["count"]) <= _NEAR
        if not fair or not _goes_with(said, row):
            odd.append(f"{row['indicator']}, {row['sex']}, {row['grouping']} {group}")
    return odd


def _goes_with(said: Mapping[str, float], row: Mapping[Any, Any]) -> bool:
    """Whether a rate is that of the count and population that stand beside it."""
    rate, people = said.get("rate", math.nan), said.get("population", math.nan)
    if math.isnan(rate) or math.isnan(people):
        return math.isnan(rate)
    per = float(row.get("rate_per") or 1000)
    return abs(rate * people / per - said["count"]) <= _NEAR * (1 + said["count"])


def _texts(columns: Columns) -> list[str]:
    return [value for values in columns.values() for value in values if isinstance(value, str)]


def _sheet(columns: Columns, source: str, renamed: Mapping[str, str]) -> Sheet:
    """Sheet of the columns that name a cell, and others under the auditor's names."""
    same = ("area_code", "area_name", "level", *_SERIES, "status", "basis")
    kept = {name: columns[name] for name in same if name in columns}
    return Sheet(
        columns=kept | {name: columns[old] for name, old in renamed.items() if old in columns},
        source=source,
    )


def _of_layers(columns: Columns, source: str) -> list[Sheet]:
    """Classes of layers: of those that belong to a series, and of those that may be of a ratio."""
    of_series = [_is_there(name) for name in columns["indicator"]]
    columns = columns | {"label": columns.get("label", columns["class"])}
    own, others = _some(columns, of_series), _some(columns, [not one for one in of_series])
    own["class"] = classes_told(own["class"], own["label"])
    sheets = [
        _sheet(own, source, {"class": "class", "label": "words"}),
        layer_sheet(
            others["area_code"],
            titles=others["title"],
            keys=others["class"],
            labels=others["label"],
            words=others["words"],
            source=source,
        ),
    ]
    return [sheet for sheet in sheets if len(sheet)]


def classes_told(keys: list[Any], labels: list[Any]) -> list[str]:
    """What the classes of a legend tell of the areas' figures, by their keys.

    A key that is not known tells something. So does one of those that say nothing, where its label
    is not one and the same for all of its areas, is that of another key too, or has a figure in it.

    Parameters
    ----------
    keys, labels : list
        For each area: the class' key, and its label as a map prints it.

    Returns
    -------
    list of str
        Empty where nothing is told.

    Examples
    --------
    >>> keys = ["suppressed", "suppressed", "lower", "unheard-of", None]
    >>> classes_told(keys, ["Not shown", "Not shown", "Fewer", "None", None])
    ['', '', 'lower', 'unheard-of', '']
    >>> classes_told(keys, ["Not shown", "Fewer", "Fewer", "None", None])[:2]
    ['Not shown', 'Fewer']
    """
    pairs = [
        tuple(str(text) if _is_there(text) else "" for text in pair)
        for pair in zip(keys, labels, strict=True)
    ]
    kinds = set(pairs)
    by_key = Counter(key for key, _ in kinds)
    by_label = Counter(label for _, label in kinds)
    silent = {
        (key, label)
        for key, label in kinds
        if key in SILENT_CLASSES
        and by_key[key] == by_label[label] == 1
        and not any(sign.isdigit() for sign in label)
    }
    return [
        "" if pair in silent else label if key in SILENT_CLASSES or not key else key
        for pair in pairs
        for key, label in (pair,)
    ]


def layer_sheet(
    codes: list[Any],
    *,
    titles: list[Any],
    keys: list[Any],
    labels: list[Any],
    words: list[Any],
    source: str,
    figures: list[Any] | None = None,
) -> Sheet:
    """Classes and words of a layer that belongs to no series.

    Parameters
    ----------
    codes, titles, keys, labels, words : list
        For each area: its code, the layer's title, the key of its class, the class as a map prints
        it, and its words.
    source : str
    figures : list, optional
        What the map prints on the areas.

    Returns
    -------
    Sheet
        Where the layer is of a ratio, as its title says, the cells are the ratio's: one that is
        hidden has no class and no words.
    """
    told: Columns = {
        "class": classes_told(keys, labels),
        "label": words,
        "value": figures or [None] * len(codes),
        "status": ["suppressed" if key == _HIDDEN_CLASS else "" for key in keys],
    }
    cells: Columns = {name: [""] * len(codes) for name in ("sex", "period")}
    return Sheet(
        columns={"area_code": codes, "indicator": titles, **cells, **told},
        source=f"{source}/layers",
    )


def _ratios(columns: Columns, source: str, *, before: str = "") -> list[Sheet]:
    """Counts of the parts of ratios, and the ratio beside each: residents are no count.

    `before` stands before the columns' names, as in the table of gaps.
    """
    sheets = []
    for part in ("numerator", "denominator"):
        other = {"numerator": "denominator"}.get(part, "numerator")
        column = {name: f"{before}{part}_{name}" for name in ("count", "sex", "basis")}
        named = {
            "indicator": before + part,
            "sex": column["sex"],
            "period": f"{before}period",
            "basis": column["basis"],
        }
        told = {
            "value": "reach",
            "rate_lower": "reach_lower",
            "rate_upper": "reach_upper",
            "significance": f"{before}significance",
        }
        whole = {
            "area_code": f"{before}comparator",
            "value": "reach_comparator_value" if before else "comparator_reach",
        }
        theirs = [str(name) not in _NO_COUNT for name in columns[before + part]]
        mine = [_is_there(value) for value in columns[column["count"]]]
        others = [_is_there(value) for value in columns[f"{before}{other}_count"]]
        either = [a or b for a, b in zip(mine, others, strict=True)]
        # A part may be shown where the other is hidden: each count says its own status. Where
        # neither is there, the row does not tell which of them is hidden.
        words = zip(mine, columns[f"{before}status"], strict=True)
        said = {**columns, "own": ["" if there else word for there, word in words]}
        counted = {**named, **told, "count": column["count"], "status": "own"}
        for rows, renamed, end in (
            ([a and b for a, b in zip(theirs, either, strict=True)], counted, ""),
            ([a and not b for a, b in zip(theirs, either, strict=True)], named | told, "/both"),
            (theirs, named | whole, "/comparator"),
        ):
            bare = {k: v for k, v in said.items() if k not in ("status", "level", "area_name")}
            sheets.append(_sheet(_some(bare, rows), f"{source}/{part}{end}", renamed))
    return [sheet for sheet in sheets if len(sheet)]


def _latest(columns: Columns, source: str) -> Sheet:
    """Which ratios of the latest period are hidden: their layers say nothing of them either."""
    last: dict[str, str] = {}
    for name, period in zip(columns["indicator"], columns["period"], strict=True):
        last[str(name)] = max(last.get(str(name), ""), str(period))
    mine = [
        last[str(name)] == str(period)
        for name, period in zip(columns["indicator"], columns["period"], strict=True)
    ]
    rows = _some(columns, mine)
    same = {name: rows[name] for name in ("area_code", "indicator", "status", "basis")}
    blank: Columns = {name: [""] * len(rows["area_code"]) for name in ("sex", "period")}
    return Sheet(columns={**same, **blank}, source=f"{source}/ratios")


def _needs(columns: Columns, source: str) -> list[Sheet]:
    """Figures of need, and the rate of the area that each is compared with."""
    series = {name: f"need_{name}" for name in (*_SERIES, "basis")}
    names = (
        "count",
        "population",
        "rate",
        "rate_lower",
        "rate_upper",
        "rate_per",
        "status",
        "significance",
    )
    whole = {"area_code": "need_comparator", "rate": "need_comparator_rate"}
    there = [_is_there(code) for code in columns.get("need_comparator", [])]
    bare = {k: v for k, v in columns.items() if k not in ("level", "area_name")}
    sheets = [
        _sheet(columns, source, series | {name: f"need_{name}" for name in names}),
        _sheet(_some(bare, there), f"{source}/comparator", series | whole),
    ]
    return [sheet for sheet in sheets if len(sheet)]


def _some(columns: Columns, rows: list[bool]) -> Columns:
    return {
        name: [value for value, keep in zip(values, rows, strict=True) if keep]
        for name, values in columns.items()
    }


def _is_there(value: Any) -> bool:
    return value is not None and str(value).strip() not in ("", "nan", "<NA>")


# How counts are found in each table that has any; sums over groups are looked at together.
_SUMS: Final = "rates_by_deprivation"
_SHEETS: Final[Mapping[str, Callable[..., list[Sheet]]]] = {
    "rate_and_deprivation": _of_classes,
    LAYERS.name: _of_layers,
    "reach": _of_reach,
    "gaps": _of_gaps,
    "standardised": _of_standardised,
    **SHEETS_OF_HISTORY,
    **SHEETS_OVER_TIME,
}
