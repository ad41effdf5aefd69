"""The project's styles for a layer of the analyst's own: same classes, her columns' names.

Pure: values in, styles out. Nothing is read or written here.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.breaks import printed_breaks
from vawg_geo.measures.time.change import CHANGES
from vawg_geo.publish.geopackage.file import quoted
from vawg_geo.publish.layers.rates import FEW
from vawg_geo.publish.layers.styles import (
    Style,
    change_style,
    cluster_style,
    graduated_style,
    rate_style,
    scan_areas_style,
    significance_style,
    standing_style,
)
from vawg_geo.terms.columns import SIGNIFICANCES, STANDINGS, STATUSES
from vawg_geo.terms.rounding import rate_decimals
from vawg_geo.words import page as words
from vawg_geo.words.hotspots import CLUSTER
from vawg_geo.words.layers import STYLE
from vawg_geo.words.page import fill

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["BESIDE", "other_status", "own_styles"]

# Columns that some styles look at beside the one that they show.
BESIDE: Final = (
    *("ratio", "ratio_lower", "relative_ratio", "relative_lower"),
    "significant",
)
_SCAN: Final = "scan_cluster"

_SEX: Final = "persons"
_LONGEST_NAME: Final = 30
_SHOWN: Final = ("value", "zero", "unstable")
# Classes that a layer without a column of statuses cannot have.
_OF_A_STATUS: Final = (
    words.STATUS["suppressed"],
    words.STATUS["not_applicable"],
    words.PAGE["key_unstable"],
)


def own_styles(
    table: pd.DataFrame,
    *,
    column: str,
    status: str = "",
    label: str = "",
    breaks: Sequence[float] | None = None,
    name: str = "",
) -> tuple[Style, ...]:
    """Styles for a column of a layer.

    Parameters
    ----------
    table : pandas.DataFrame
        The layer's rows: `column`, `status` where there is one, and those of `BESIDE` that it has.
    column : str
        Numbers get the classes of a rate, and the same as an ordinary graduated style; the words
        of hotspots, comparisons and change get theirs, and so do the clusters of a scan.
    status : str
        Column that says why a figure is absent; without one, absent is missing and 0 is zero.
    label : str
        Column of the areas' names, shown on the map; empty for none.
    breaks : sequence of float, optional
        Inner class limits, ascending; by default natural breaks of the numbers.
    name : str
        Of the first style; by default after the column.

    Returns
    -------
    tuple of Style
        The first is meant as the default.

    Raises
    ------
    InputError
        The column has neither numbers nor words of a style, or has nothing at all; breaks that do
        not ascend, or for words.

    Examples
    --------
    >>> table = pd.DataFrame({"Rate 2024": [1.0, 4.0, None, 0.0]})
    >>> first, second = own_styles(table, column="Rate 2024", breaks=[2])
    >>> first.name, second.name, [rule.label for rule in first.rules]
    ('vawg-geo: Rate 2024', 'Graduated: Rate 2024',
    ['2.0 or more', 'Under 2.0', 'None recorded', 'No figure supplied'])
    """
    values = table[column]
    filled = values.dropna()
    if filled.empty:
        msg = f"the column {column!r} is empty in all {len(table):,} rows. Name another one."
        raise InputError(msg)
    few = len(table) <= FEW
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if column == _SCAN and "significant" in table:
        styles = [scan_areas_style(few=few)]
    elif numeric:
        filled = filled[table.loc[filled.index, status].isin(_SHOWN)] if status else filled
        styles = _of_numbers(filled, column=column, breaks=breaks, few=few)
    elif breaks:
        msg = f"the column {column!r} has words, which take no breaks. Leave --breaks out."
        raise InputError(msg)
    else:
        held = {str(word) for word in filled}
        styles = [_of_words(held, table.columns, column=column, few=few)]
    names = _names(column, status, label, numeric=numeric)
    graduated = fill(STYLE["graduated"], {"of": name or column})
    titles = [name or f"vawg-geo: {column}", graduated]
    return tuple(
        _as_hers(style, names, title=title, with_status=bool(status), labelled=bool(label))
        for style, title in zip(styles, titles, strict=False)
    )


def other_status(values: pd.Series) -> str:
    """Say why a column is none of statuses; empty where it is one.

    Examples
    --------
    >>> other_status(pd.Series(["value", None, "suppressed"]))
    ''
    >>> other_status(pd.Series(["value", "Active"]))[:33]
    "'Active' is no status of the maps"
    """
    held = list(dict.fromkeys(map(str, values.dropna())))
    if not held:
        return "it is empty"
    strange = [word for word in held if word not in STATUSES]
    if not strange:
        return ""
    return f"{strange[0]!r} is no status of the maps ({', '.join(STATUSES)})"


def _as_hers(
    style: Style, names: Mapping[str, str], *, title: str, with_status: bool, labelled: bool
) -> Style:
    """Put her names into a style, and leave out what her layer cannot show."""
    own = _renamed(style, names)
    left_out = () if with_status else _OF_A_STATUS
    return replace(
        own,
        name=title[:_LONGEST_NAME],
        rules=tuple(rule for rule in own.rules if rule.label not in left_out),
        labels=own.labels if labelled else (),
        # It has no limits, and may have no name.
        tips=(),
    )


def _of_numbers(
    filled: pd.Series, *, column: str, breaks: Sequence[float] | None, few: bool
) -> list[Style]:
    filled = filled[filled.map(math.isfinite)]
    peak = float(filled.max()) if len(filled) else 0.0
    decimals = rate_decimals(peak)
    if breaks is None:
        limits = printed_breaks(filled.to_numpy(dtype=float), decimals=decimals)
    else:
        limits = tuple(map(float, breaks))
        if not all(map(math.isfinite, limits)):
            msg = f"the breaks {list(limits)} are not all numbers. Leave out what is none."
            raise InputError(msg)
        if list(limits) != sorted(set(limits)):
            msg = f"the breaks {list(limits)} do not ascend. Give each limit once, in order."
            raise InputError(msg)
        decimals = max([decimals, *(len(f"{one:g}".partition(".")[2]) for one in limits)])
    style = rate_style(limits, sex=_SEX, decimals=decimals, few=few)
    by = column if re.fullmatch(r"\w+", column) else quoted(column)
    return [style, graduated_style(style, sex=_SEX, column=by, highest=peak)]


def _of_words(held: set[str], columns: Iterable[str], *, column: str, few: bool) -> Style:
    if held <= set(SIGNIFICANCES):
        return significance_style(sex=_SEX, few=few)
    if held <= set(STANDINGS):
        return standing_style(sex=_SEX, few=few)
    if held <= set(CHANGES):
        return _of_change(set(columns), column=column, few=few)
    if held <= set(CLUSTER):
        gi = held & {"hot", "cold"}
        return cluster_style("gi-star" if gi else "local-moran", sex=_SEX, prefix="own", few=few)
    known = {*CLUSTER, *SIGNIFICANCES, *STANDINGS, *CHANGES}
    strange = sorted(held - known) or sorted(held)
    msg = (
        f"the column {column!r} has neither numbers nor the words of hotspots "
        f"({', '.join(CLUSTER)}), comparisons ({', '.join(SIGNIFICANCES)}, or "
        f"{', '.join(STANDINGS)}) or change ({', '.join(CHANGES)}); first other word: "
        f"{strange[0]!r}. Name another column."
    )
    raise InputError(msg)


def _of_change(columns: set[str], *, column: str, few: bool) -> Style:
    relative = column.startswith("relative")
    wanted = ("relative_ratio", "relative_lower") if relative else ("ratio", "ratio_lower")
    if lacking := [one for one in wanted if one not in columns]:
        msg = (
            f"the column {column!r} has words of change, whose style looks at "
            f"{' and '.join(wanted)} too; there is no {lacking[0]!r}. Add what vawg-geo change "
            "writes."
        )
        raise InputError(msg)
    return change_style(sex=_SEX, few=few, relative=relative)


def _names(column: str, status: str, label: str, *, numeric: bool) -> dict[str, str]:
    """What stands in an expression of hers for each column that a style of ours names."""
    own = quoted(column)
    nought = f" WHEN {own} = 0 THEN 'zero'" if numeric else ""
    told = (
        quoted(status)
        if status
        else f"(CASE WHEN {own} IS NULL THEN 'missing'{nought} ELSE 'value' END)"
    )
    return {
        "rate": own,
        f"scan_cluster_{_SEX}": own,
        "significance": own,
        "standing": own,
        f"own_cluster_{_SEX}": own,
        **{f"{kind}change_{_SEX}": own for kind in ("", "relative_")},
        **{f"{one}_{_SEX}": quoted(one) for one in ("ratio", "relative_ratio")},
        **{f"{one}_lower_{_SEX}": quoted(f"{one}_lower") for one in ("ratio", "relative")},
        "status": told,
        f"status_{_SEX}": told,
        "area_name": quoted(label or column),
    }


def _renamed(style: Style, names: Mapping[str, str]) -> Style:
    pattern = re.compile("|".join(f'"{re.escape(name)}"' for name in names))

    def change(text: str) -> str:
        return pattern.sub(lambda found: names[found.group()[1:-1]], text)

    return replace(
        style,
        rules=tuple(replace(rule, test=change(rule.test)) for rule in style.rules),
        labels=tuple(
            replace(one, text=change(one.text), test=change(one.test)) for one in style.labels
        ),
    )
