"""Neighbours across water: pairs that a person has looked at, beside those of the outlines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from vawg_geo.errors import InputError, first_few, problem
from vawg_geo.terms.bridges import joined_pairs
from vawg_geo.terms.graph import Neighbours

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from vawg_geo.terms.bridges import Bridge

__all__ = ["bridge_notes", "require_bridges", "with_bridges"]

# Metres: no river of England or Wales that wards face each other across is as wide.
_FAR: Final = 1_000.0


def with_bridges(found: Neighbours, pairs: Sequence[tuple[Any, Any]]) -> Neighbours:
    """Neighbours with further pairs, each weighing 1 in both directions.

    Parameters
    ----------
    found : Neighbours
        By whatever definition.
    pairs : sequence of (code, code)
        Pairs that are neighbours already change nothing.

    Returns
    -------
    Neighbours
        Its `kind` says how many pairs were asked for: `queen+bridges:8`.

    Raises
    ------
    InputError
        A code is of no area, or a pair is of one.

    Examples
    --------
    >>> apart = Neighbours.from_pairs(("a", "b", "c"), np.array([0, 1]), np.array([1, 0]))
    >>> joined = with_bridges(apart, [("c", "b")])
    >>> joined.of("b"), joined.kind
    (('a', 'c'), 'given+bridges:1')
    """
    if not pairs:
        return found
    place = {code: at for at, code in enumerate(found.ids)}
    strange = [code for pair in pairs for code in pair if code not in place]
    if strange:
        msg = (
            f"{len(strange):,} of {2 * len(pairs):,} codes of bridges are of no area; first: "
            f"{strange[0]!r}. Give codes of the same year as the outlines."
        )
        raise InputError(msg)
    ends = np.array([[place[one], place[other]] for one, other in pairs], dtype=np.int64)
    if (same := ends[:, 0] == ends[:, 1]).any():
        msg = (
            f"{int(same.sum()):,} of {len(pairs):,} bridges lead from an area to itself; first: "
            f"{found.ids[ends[same][0, 0]]!r}. Give two areas."
        )
        raise InputError(msg)
    n = np.int64(found.n)
    asked = np.concatenate([ends[:, 0] * n + ends[:, 1], ends[:, 1] * n + ends[:, 0]])
    held = found.rows * n + found.others
    new = np.setdiff1d(asked, held)
    keys = np.concatenate([held, new])
    order = np.argsort(keys, kind="stable")
    rows, others = np.divmod(keys[order], n)
    return Neighbours(
        ids=found.ids,
        starts=np.r_[0, np.cumsum(np.bincount(rows, minlength=found.n))].astype(np.int64),
        others=others,
        weights=np.concatenate([found.weights, np.ones(new.size)])[order],
        kind=f"{found.kind}+bridges:{len(pairs)}",
    )


def require_bridges(
    bridges: tuple[Bridge, ...], areas: gpd.GeoDataFrame, *, source: str, noun: str
) -> None:
    """Refuse pairs of which an area is not on the map.

    Parameters
    ----------
    bridges : tuple of Bridge
    areas : geopandas.GeoDataFrame
        `area_code`.
    source, noun : str
        The file, and the plural noun of the areas.

    Raises
    ------
    InputError
        Names the areas: with names where the file has them.
    """
    known = set(areas["area_code"])
    ends = {
        code: name
        for one in bridges
        for code, name in ((one.area_code, one.area_name), (one.across_code, one.across_name))
    }
    strange = {code: name for code, name in ends.items() if code not in known}
    if not strange:
        return
    listed = first_few([f"{code} {name}".strip() for code, name in strange.items()])
    raise InputError(
        problem(
            f"are none of the {len(known):,} {noun} of this map",
            bad=len(strange),
            total=len(ends),
            noun=f"areas of {source}",
            first=listed,
            action=(
                "Use a file with codes of the same year as the outlines, or none: "
                "'vawg-geo check' lists the pairs that face each other."
            ),
        )
    )


def bridge_notes(bridges: tuple[Bridge, ...], areas: gpd.GeoDataFrame) -> list[str]:
    """What is worth a second look among pairs that lie on the map.

    Parameters
    ----------
    bridges : tuple of Bridge
    areas : geopandas.GeoDataFrame
        `area_code`, `area_name` and `geometry`.

    Returns
    -------
    list of str
        Pairs that stand twice, are neighbours already, or lie far apart; joined ones only.
    """
    pairs = joined_pairs(bridges)
    if not pairs:
        return []
    of = areas.set_index("area_code")
    gaps = {
        pair: float(shapely.distance(*of.loc[list(pair), "geometry"].to_numpy())) for pair in pairs
    }

    def said(pair: tuple[str, str]) -> str:
        return " and ".join(of.loc[list(pair), "area_name"])

    notes = []
    rows = [frozenset(one[:2]) for one in bridges if one.joined]
    if len(rows) > len(pairs):
        twice = next(pair for pair in pairs if rows.count(frozenset(pair)) > 1)
        notes.append(
            f"{len(rows) - len(pairs):,} of {len(rows):,} rows repeat a pair across water; "
            f"first: {said(twice)}. Each counts once."
        )
    if met := [pair for pair, gap in gaps.items() if gap == 0]:
        notes.append(
            f"{len(met):,} of {len(pairs):,} pairs across water touch by their outlines; "
            f"first: {said(met[0])}. Queen neighbours are what they are without the file."
        )
    if far := [pair for pair, gap in gaps.items() if gap > _FAR]:
        notes.append(
            f"{len(far):,} of {len(pairs):,} pairs across water lie more than {_FAR / 1000:g} km "
            f"apart; first: {said(far[0])}, {gaps[far[0]] / 1000:,.1f} km. They are joined as the "
            "file says; look whether the codes are meant."
        )
    return notes
