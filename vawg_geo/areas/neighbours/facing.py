"""Areas that face each other across a strip that no area covers: a tidal river, most often.

Official outlines that are clipped to the coast leave out tidal rivers, so that the banks of one do
not touch. How near they come proposes a pair, and never joins one: a distance that joins the banks
of one estuary joins both shores of another, or nobody. Whether there is a bridge is for a person to
say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from vawg_geo.areas.joining.layer import require_layer
from vawg_geo.areas.neighbours.borders import find_meetings
from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["ALONG", "FACING", "WITHIN", "facing_pairs", "facing_words"]

WITHIN: Final = 60.0
"""Metres within which two outlines face each other."""
ALONG: Final = 300.0
"""Metres along which they do so at least."""

FACING: Final = ("area_code", "area_name", "across_code", "across_name", "gap_m", "length_m")
# Metres by which other areas are widened, so that an outline that is drawn twice is theirs too.
_DRAWN_TWICE: Final = 0.01


def facing_pairs(
    areas: gpd.GeoDataFrame,
    *,
    within: float = WITHIN,
    along: float = ALONG,
    known: Collection[tuple[Any, Any]] = (),
) -> pd.DataFrame:
    """Pairs of areas that face each other closely and are no neighbours by their outlines.

    Parameters
    ----------
    areas : GeoDataFrame, n rows
        Columns `area_code` and `geometry` (polygons or multipolygons), in metres; `area_name` where
        the pairs are to have names.
    within : float
        Metres within which outlines face each other.
    along : float
        Metres along which they do so at least. Both outlines are measured, without what another
        area's outline shares with them, and the shorter length counts.
    known : collection of (code, code)
        Pairs that somebody has looked at: they are left out.

    Returns
    -------
    DataFrame
        `area_code, area_name, across_code, across_name, gap_m, length_m`; the longest first.
        Areas that share a point are not in it, nor two that a third one parts.

    Raises
    ------
    BoundaryError
        Geometry is missing, empty, no polygon or in degrees.
    InputError
        Codes are missing or repeat, or a distance cannot be used.

    Examples
    --------
    >>> import geopandas as gpd
    >>> banks = gpd.GeoDataFrame({"area_code": ["a", "b"], "area_name": ["Left", "Right"]},
    ...     geometry=shapely.box([0, 1020], 0, [1000, 2000], 500))
    >>> facing_pairs(banks)[["area_name", "across_name", "gap_m"]].values.tolist()
    [['Left', 'Right', 20.0]]
    >>> len(facing_pairs(banks, known=[("b", "a")]))
    0
    """
    for metres in (within, along):
        if not (np.isfinite(metres) and metres > 0):
            msg = f"{metres!r} metres cannot be used. Give distances of more than 0 metres."
            raise InputError(msg)
    ids, shapes = require_layer(areas, areal=True)
    tree = shapely.STRtree(shapes)
    first, second = _near_strangers(ids, shapes, tree, within=within, known=known)
    lengths = [
        _length(shapes, tree, one, other, within=within)
        for one, other in zip(first, second, strict=True)
    ]
    names = areas["area_name"].to_numpy() if "area_name" in areas else np.full(len(ids), "")
    codes = np.asarray(ids, dtype=object)
    gaps = shapely.distance(shapes[first], shapes[second])
    values = (codes[first], names[first], codes[second], names[second], gaps, lengths)
    found = pd.DataFrame(dict(zip(FACING, values, strict=True)))
    found = found[found["length_m"] >= along].round({"gap_m": 1, "length_m": 0})
    return found.sort_values("length_m", ascending=False, kind="stable", ignore_index=True)


def facing_words(found: pd.DataFrame, *, areas: int, noun: str, where: str) -> list[str]:
    """Ask about pairs that face each other, in a line; none where there are none.

    Parameters
    ----------
    found : pandas.DataFrame
        As `facing_pairs` gives it.
    areas : int
        How many there are.
    noun : str
        Plural noun of the areas.
    where : str
        Where a file of pairs is named.

    Examples
    --------
    >>> pair = pd.DataFrame([["a", "Left", "b", "Right", 20.0, 500.0]], columns=FACING)
    >>> facing_words(pair, areas=2, noun="wards", where="--bridges")
    ["1 pair among 2 wards faces each other within 60 m along 300 m or more and shares no border;
    the longest: Left ('a') and Right ('b'), 20 m apart along 500 m. Most often that is a tidal
    river, which outlines leave out. They are no neighbours unless you say so: look at a map for a
    bridge, and write the pairs into a file for --bridges."]
    """
    if found.empty:
        return []
    first = found.iloc[0]
    many = len(found) > 1
    return [
        f"{len(found):,} {'pairs' if many else 'pair'} among {areas:,} {noun} "
        f"{'face' if many else 'faces'} each other within {WITHIN:g} m along {ALONG:g} m or more "
        f"and {'share' if many else 'shares'} no border; the longest: {first['area_name']} "
        f"({first['area_code']!r}) and {first['across_name']} ({first['across_code']!r}), "
        f"{first['gap_m']:.0f} m apart along {first['length_m']:,.0f} m. Most often that is a "
        "tidal river, which outlines leave out. They are no neighbours unless you say so: look at "
        f"a map for a bridge, and write the pairs into a file for {where}."
    ]


def _near_strangers(
    ids: tuple[Any, ...],
    shapes: NDArray[Any],
    tree: shapely.STRtree,
    *,
    within: float,
    known: Collection[tuple[Any, Any]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places of the pairs within a distance that share no point and that nobody has looked at."""
    n = len(ids)
    place = {code: at for at, code in enumerate(ids)}
    meetings = find_meetings(shapes)
    pairs = [(place[one], place[other]) for one, other in known if {one, other} <= place.keys()]
    looked_at = [min(pair) * n + max(pair) for pair in pairs]
    first, second = tree.query(shapes, predicate="dwithin", distance=within)
    keys = np.sort((first * n + second)[first < second])
    settled = np.concatenate([meetings.first * n + meetings.second, looked_at])
    first, second = np.divmod(keys[~np.isin(keys, settled)].astype(np.int64), n)
    return first, second


def _length(
    shapes: NDArray[Any], tree: shapely.STRtree, one: int, other: int, *, within: float
) -> float:
    """Metres along which two areas face each other, by the outline that does so less."""
    return min(_faced(shapes, tree, *pair, within=within) for pair in ((one, other), (other, one)))


def _faced(
    shapes: NDArray[Any], tree: shapely.STRtree, one: int, other: int, *, within: float
) -> float:
    """Metres of one's outline near the other that no third area's outline follows."""
    line = _around(shapely.boundary(shapes[one]), shapes[other], within)
    if line.is_empty:
        return 0.0
    opposite = shapely.buffer(_around(shapes[other], line, within), within)
    near = shapely.intersection(line, opposite)
    others = [at for at in tree.query(near).tolist() if at not in (one, other)]
    beside = [_around(shapes[at], near, _DRAWN_TWICE) for at in others]
    taken = shapely.union_all(shapely.buffer(beside, _DRAWN_TWICE))
    return float(shapely.length(shapely.difference(near, taken)))


def _around(shape: Any, other: Any, metres: float) -> Any:
    """Part of a shape within the box of another, so many metres wider."""
    west, south, east, north = shapely.bounds(other)
    return shapely.clip_by_rect(shape, west - metres, south - metres, east + metres, north + metres)
