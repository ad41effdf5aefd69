"""Events whose rows name their area, tallied by area, period, sex and offence."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pandas as pd

from vawg_geo.areas.joining.finder import Finder
from vawg_geo.errors import JoinError
from vawg_geo.terms.area_names import normalise_name
from vawg_geo.terms.codes import is_gss_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vawg_geo.inputs.points.events import Events

__all__ = ["tally_events"]

_KEYS = ("area_code", "area_name", "indicator", "sex", "period")


def tally_events(
    events: Events,
    areas: pd.DataFrame | None = None,
    *,
    parent_names: Mapping[str, str] | None = None,
    vintage: str = "",
) -> pd.DataFrame:
    """Count events by area.

    Parameters
    ----------
    events : Events
    areas : pandas.DataFrame, optional
        `area_code`, `area_name`, `parent_code`: every one of them gets a row, and what fits none
        is refused. Without it the areas are those that the events name.
    parent_names : mapping of str to str, optional
        Name by code of the districts, where events name these.
    vintage : str
        Year of the areas.

    Returns
    -------
    pandas.DataFrame
        `area_code, area_name, indicator, sex, period, count`: a row for every area with every
        indicator, sex and period that the events have; zero where there is no event.

    Raises
    ------
    JoinError
        An event is of no area, or of one of several of its name.

    Examples
    --------
    >>> from vawg_geo.inputs.points.events import Events
    >>> rows = pd.DataFrame({"area": ["Arbury", "ARBURY", "Market"], "district": "", "sex": "female",
    ...     "indicator": "", "period": ["2023/24", "2023/24", "2024/25"], "count": 1})
    >>> events = Events(rows=rows, aside={}, told=3, monthly=False, months=frozenset(), notes=[],
    ...     label="e.csv")
    >>> tally_events(events)[["area_name", "period", "count"]].values.tolist()
    [['Arbury', '2023/24', 2], ['Arbury', '2024/25', 0], ['Market', '2023/24', 0], ['Market', '2024/25', 1]]
    """  # noqa: E501
    rows = events.rows
    if areas is None:
        codes, names = _as_written(rows["area"])
    else:
        codes, names = _matched(
            events, areas.fillna({"parent_code": ""}), parent_names or {}, vintage
        )
    placed = rows.assign(area_code=codes, area_name=names)
    if areas is not None:
        everywhere = list(zip(areas["area_code"], areas["area_name"], strict=True))
    else:
        pairs = placed[["area_code", "area_name"]].drop_duplicates()
        everywhere = list(pairs.itertuples(index=False, name=None))
    counts = placed.groupby(list(_KEYS), sort=False)["count"].sum()
    others = [sorted(placed[key].unique()) for key in ("indicator", "sex", "period")]
    every = [(*area, *rest) for area, rest in product(everywhere, product(*others))]
    index = pd.MultiIndex.from_tuples(every, names=list(_KEYS))
    return counts.reindex(index, fill_value=0).reset_index()


def _as_written(words: pd.Series) -> tuple[list[str], list[str]]:
    """Codes in capitals; names as they are first written, whatever their capitals."""
    first: dict[str, str] = {}
    for word in words.unique():
        first.setdefault(normalise_name(word), word)
    codes = [word.upper() if is_gss_code(word.upper()) else "" for word in words]
    names = [
        "" if code else first[normalise_name(word)] for code, word in zip(codes, words, strict=True)
    ]
    return codes, names


def _matched(
    events: Events, areas: pd.DataFrame, parent_names: Mapping[str, str], vintage: str
) -> tuple[list[str], list[str]]:
    finder = Finder(areas, vintage, None, parent_names)
    pairs = list(zip(events.rows["area"], events.rows["district"], strict=True))
    found: dict[tuple[str, str], Any] = {}
    for area, district in dict.fromkeys(pairs):
        code = area.upper() if is_gss_code(area.upper()) else ""
        found[area, district] = finder.match(code, "" if code else area, district, vintage)
    bad = [place for place, pair in enumerate(pairs) if not found[pair].code]
    if bad:
        which = {pairs[place]: None for place in bad}
        first = found[pairs[bad[0]]]
        msg = (
            f"{len(bad):,} of {len(pairs):,} rows of {events.label} are of {len(which):,} areas "
            f"that none of the {len(areas):,} areas is; first: row {events.rows.index[bad[0]]}, "
            f"{first.detail}. {first.suggestion}"
        )
        raise JoinError(msg)
    names = dict(zip(areas["area_code"], areas["area_name"], strict=True))
    codes = [found[pair].code for pair in pairs]
    return codes, [names[code] for code in codes]
