"""Hide small counts, and whatever else would give them away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.disclosure.cells import CellTable
from vawg_geo.words.figures import HIDDEN_NOTE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vawg_geo.disclosure.attack import Flags
    from vawg_geo.disclosure.cells import Series
    from vawg_geo.disclosure.rules import Rules

__all__ = ["SMALL_LEVELS", "Protected", "Withheld", "hide_counts", "round_counts"]

# A map with more than this share of its areas hidden helps nobody.
_MOST_HIDDEN: Final = 1 / 3
# Levels at which a series is left out where more than that would be hidden.
SMALL_LEVELS: Final = ("lsoa", "ward")


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """A series that an edition does not show at a level.

    `too_many` tells whether it is left out since more than a third of its areas would be hidden,
    or else for safety. How many would be is said nowhere: with the figure of the larger area it
    would give each of them to one or two.
    """

    level: str
    indicator: str
    sex: str
    too_many: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Protected:
    """Counts of an edition, and the series that it does not show."""

    counts: pd.DataFrame
    withheld: tuple[Withheld, ...] = ()


def hide_counts(
    counts: pd.DataFrame,
    rules: Rules,
    parents: Mapping[str, str],
    *,
    part_of: Mapping[str, tuple[str, bool]] | None = None,
    other_edition: pd.DataFrame | None = None,
    public: pd.DataFrame | None = None,
    people: Mapping[str, float] | None = None,
    key: str = "",
) -> Protected:
    """Hide small counts, and others as far as these could be worked out from what is shown.

    Parameters
    ----------
    counts : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`. Those with the basis `published` stay as they are.
    rules : Rules
    parents : mapping of str to str
        Code of the area that holds an area.
    part_of : mapping of str to (str, bool), optional
        By indicator: the one that it is a part of, and whether all parts of that are there.
    other_edition : pandas.DataFrame, optional
        Counts of another edition that the same reader holds; what they show, she knows.
    public : pandas.DataFrame, optional
        Counts that others have published and that are not shown: everybody knows them.
    people : mapping of str to float, optional
        Population by area: of patterns with as many hidden cells, one with fewer people.
    key : str
        Of patterns that cost about the same, the key takes one: without it nobody can choose again.

    Returns
    -------
    Protected
        A hidden count is missing, its status `suppressed`; its note says so and nothing else.
        Where more than a third of the wards of an indicator and sex would be hidden, all of them
        are left out, and `withheld` says so.

    Examples
    --------
    A small ward; the total of the district would give it away, so one more goes too.

    >>> import pandas as pd
    >>> from vawg_geo.disclosure.rules import PRESETS
    >>> values = {"d": 83, "s": 3, "t": 12, "u": 20, "v": 28, "w": 0, "x": 20}
    >>> counts = pd.DataFrame({
    ...     "area_code": list(values), "level": ["district"] + 6 * ["ward"], "note": "",
    ...     "indicator": "crimes", "sex": "persons", "period": "2015/16", "basis": "own",
    ...     "status": "value", "count": pd.array([*values.values()], "Int64")})
    >>> shown = hide_counts(counts, PRESETS["nhs"], dict.fromkeys("stuvwx", "d")).counts
    >>> dict(zip(shown["area_code"], shown["count"].fillna(-1).tolist()))
    {'d': 83, 's': -1, 't': 12, 'u': 20, 'v': 28, 'w': 0, 'x': -1}
    """
    if not rules.largest:
        return Protected(counts=counts.copy())
    table = CellTable(
        counts,
        rules,
        parents,
        part_of=part_of or {},
        other_edition=other_edition,
        public=public,
        people=people,
        key=key,
    )
    sizes = dict.fromkeys(_too_many(table, table.small), 0)
    withheld: dict[Series, int] = {s: table.tally(table.small, s) for s in sizes}
    while True:
        hidden, unprotected = table.choose(withheld)
        more = [*_too_many(table, hidden), *table.to_withhold(unprotected, withheld)]
        new = {s: table.tally(hidden, s) for s in more if s not in withheld}
        if not new:
            break
        withheld |= new
    return _apply(table, hidden, withheld)


def _too_many(table: CellTable, hidden: Flags) -> list[Series]:
    """Series of small areas of which more than a third is hidden."""
    return [
        series
        for series, places in table.own_series.items()
        if series[0] in SMALL_LEVELS and table.tally(hidden, series) > _MOST_HIDDEN * len(places)
    ]


def _apply(table: CellTable, hidden: Flags, withheld: Mapping[Series, int]) -> Protected:
    counts = table.counts
    hide = pd.Series(hidden[: len(counts)] & table.own[: len(counts)], index=counts.index)
    hide &= counts["status"].isin(["value", "zero"])
    # What the source hid bears the same words: no kind of hidden count is told from another.
    noted = hide | (counts["status"].eq("suppressed") & table.own[: len(counts)])
    shown = counts.assign(
        count=counts["count"].mask(hide),
        status=counts["status"].mask(hide, "suppressed"),
        note=counts["note"].mask(noted, HIDDEN_NOTE),
    )
    if table.rules.base:
        shown = round_counts(shown, table.rules.base, own=table.own[: len(counts)])
    series = zip(counts["level"], counts["indicator"], counts["sex"], strict=True)
    gone = np.array([one in withheld for one in series], dtype=bool) & table.own[: len(counts)]
    return Protected(
        counts=shown[~gone].reset_index(drop=True),
        withheld=tuple(
            Withheld(
                level=level,
                indicator=indicator,
                sex=sex,
                too_many=level in SMALL_LEVELS and number > _MOST_HIDDEN * len(places),
            )
            for (level, indicator, sex), places in table.own_series.items()
            if (number := withheld.get((level, indicator, sex))) is not None
        ),
    )


def round_counts(counts: pd.DataFrame, base: int, *, own: Flags) -> pd.DataFrame:
    """Round counts half up to multiples of a base; zeros and hidden counts stay.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"count": pd.array([0, 8, 12, 13, None], "Int64"), "note": ""})
    >>> round_counts(counts, 5, own=np.ones(5, dtype=bool))["count"].tolist()
    [0, 10, 10, 15, <NA>]
    """
    values = counts["count"].to_numpy(dtype=float, na_value=np.nan)
    rounded = np.floor(values / base + 0.5) * base
    change = own & ~np.isnan(values) & (values > 0)
    result = pd.array(np.where(change, rounded, values), dtype="Float64")
    note = counts["note"].mask(change, f"rounded to {base}")
    return counts.assign(count=result.astype(counts["count"].dtype), note=note)
