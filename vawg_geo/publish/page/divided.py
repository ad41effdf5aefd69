"""A level of too many areas for one page: a page for each police area, and an overview of them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from vawg_geo.areas.joining.hierarchy import ancestors
from vawg_geo.files.names import free_stem
from vawg_geo.terms.indicators import slug
from vawg_geo.words.page import ELSEWHERE, SHARE_TITLE, fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from vawg_geo.results.results import EditionResults

__all__ = ["MOST_AREAS", "Division", "divisions", "holder_level"]

# A page of 7,681 wards is 4 MB; one of all small areas would be no use to anybody.
MOST_AREAS: Final = 10_000
# By the first of these that has several areas, the widest first.
_HOLDERS: Final = ("police_area", "county", "csp", "district")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Division:
    """One page's share of a level.

    Attributes
    ----------
    name, file : str
        Of the area that holds it, and of its page.
    results : EditionResults
        With the level's areas and figures within it alone; all other levels whole.
    """

    name: str
    file: str
    results: EditionResults


def holder_level(results: EditionResults, level: str) -> str | None:
    """Level whose areas get a page each, or None where one page does.

    Parameters
    ----------
    results : EditionResults
    level : str

    Returns
    -------
    str or None
    """
    if len(results.areas[level]) <= MOST_AREAS:
        return None
    found = (name for name in _HOLDERS if name != level and len(results.areas.get(name, ())) > 1)
    return next(found, None)


def divisions(results: EditionResults, level: str, holder: str) -> Iterator[Division]:
    """Shares of a level, in the order of the areas that hold them.

    Parameters
    ----------
    results : EditionResults
    level, holder : str
        What is shared out, and the level of the areas that hold the shares.

    Yields
    ------
    Division
        Areas that lie in none of the holders come last, as "elsewhere".
    """
    holders = results.areas[holder]
    names = dict(zip(holders["area_code"], holders["area_name"], strict=True))
    areas = results.areas[level]
    held = {
        code: next((up for up in ancestors(code, results.parents) if up in names), "")
        for code in areas["area_code"]
    }
    of_area = areas["area_code"].map(held)
    taken: set[str] = set()
    for code, name in [*names.items(), ("", ELSEWHERE)]:
        inside = areas[of_area == code]
        if inside.empty:
            continue
        codes = set(inside["area_code"])
        share = dataclasses.replace(
            results,
            title=fill(SHARE_TITLE, {"title": results.title, "name": name}),
            areas={**results.areas, level: inside.reset_index(drop=True)},
            rates=_within(results.rates, level, codes),
            hotspots=_within(results.hotspots, level, codes),
            scans=_within(results.scans, level, codes),
            risks=_within(results.risks, level, codes),
        )
        stem = free_stem(slug(name).replace("_", "-"), taken)
        taken.add(stem)
        yield Division(name=name, file=f"{stem}.html", results=share)


def _within(table: pd.DataFrame, level: str, codes: set[str]) -> pd.DataFrame:
    """Rows of other levels, and of this one those of the areas."""
    if table.empty:
        return table
    kept = (table["level"] != level) | table["area_code"].isin(codes)
    return table[kept].reset_index(drop=True)
