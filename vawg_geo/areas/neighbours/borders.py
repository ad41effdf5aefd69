"""Which areas meet, and how that was found out.

Where neighbours share their border vertex for vertex, equal coordinates say who meets whom, and
NumPy finds equal coordinates in one sort. Layers are seldom quite so clean: a corner of one area
may lie in the middle of another's edge (a T-junction), borders that were drawn twice cross or
leave a gap. So equal coordinates settle the pairs that they can, and geometry is asked about every
other pair whose boxes overlap: few, on a clean layer. The answer is that of geometry on any layer,
clean or not, and no check is needed first. (`shapely.coverage_is_valid` does imply shared vertices,
but asking it takes several times as long as finding the neighbours: 1.1 s and 0.2 s for 34,753
areas.)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ROOK_STRETCH", "Meetings", "Way", "find_meetings"]

ROOK_STRETCH: Final = 4
"""Least stretch of near border that makes a rook pair, in tolerances.

Two square corners that meet at a point lie within the tolerance of each other along two
tolerances, two corners with another area's sharp corner between them along three or so.
"""

# Odd constants that spread the bits of coordinates; any would do, equality is tested afterwards.
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_FOLD: Final = np.uint64(32)


class Way(IntEnum):
    """How a pair was found to meet."""

    EXACT = 0
    """A vertex (queen) or an edge (rook) of both has the same coordinates."""
    TOUCHING = 1
    """They touch or overlap, though they share no vertex or edge."""
    NEAR = 2
    """Only the tolerance makes them meet."""


@dataclass(frozen=True, eq=False)
class Meetings:
    """Pairs of areas that meet, each once.

    Attributes
    ----------
    first, second : ndarray of int, shape (p,)
        Positions of the areas, the smaller first, in ascending order.
    way : ndarray of int, shape (p,)
        A `Way` for each pair.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    way: NDArray[np.int64]


def find_meetings(shapes: NDArray[Any], *, rook: bool = False, tolerance: float = 0.0) -> Meetings:
    """Find the pairs of polygons that meet.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        Areas; their order changes nothing but the positions in the result. Holes are borders like
        any other. Invalid polygons are taken as they are drawn.
    rook : bool
        Ask for a shared stretch of border instead of any shared point.
    tolerance : float
        Distance, in the coordinates' unit, up to which borders count as meeting. A rook pair then
        shares an edge or a stretch of border, or either border lies within the tolerance of the
        other area along more than `ROOK_STRETCH` tolerances.

    Returns
    -------
    Meetings
        Every pair of areas that shares a point or, with a tolerance, comes as near as that; areas
        that overlap share points. For rook, those of them that share a stretch of border.

    Examples
    --------
    The third box stands on the middles of the others' edges and shares no vertex with them.

    >>> found = find_meetings(shapely.box([0, 2, 1], [0, 0, 2], [2, 4, 3], [2, 2, 4]))
    >>> list(zip(found.first.tolist(), found.second.tolist(), found.way.tolist()))
    [(0, 1, 0), (0, 2, 1), (1, 2, 1)]
    """
    n = np.int64(len(shapes))
    exact = _shared_edges(shapes) if rook else _shared_vertices(shapes)
    first, second = np.divmod(_without(_box_pairs(shapes, tolerance), exact), n)
    if tolerance:
        meet = shapely.dwithin(shapes[first], shapes[second], tolerance)
        first, second = first[meet], second[meet]
    touch = shapely.intersects(shapes[first], shapes[second])
    if rook:
        way, meet = _along_borders(shapes, first, second, touch=touch, tolerance=tolerance)
    else:
        way = np.where(touch, Way.TOUCHING, Way.NEAR)
        meet = touch | (tolerance > 0)
    keys = np.concatenate([exact, first[meet] * n + second[meet]])
    ways = np.concatenate([np.full(exact.size, Way.EXACT), way[meet]])
    order = np.argsort(keys)
    first, second = np.divmod(keys[order], n)
    return Meetings(first=first, second=second, way=ways[order].astype(np.int64))


def _shared_vertices(shapes: NDArray[Any]) -> NDArray[np.int64]:
    """Pairs that have a vertex in common, as keys `smaller * n + larger`, ascending."""
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    return _equal_rows(points, owner, len(shapes))


def _shared_edges(shapes: NDArray[Any]) -> NDArray[np.int64]:
    """Pairs that have an edge in common, whichever way it is drawn; keys as of vertices."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    x, y = np.ascontiguousarray(points.T)
    x0, x1, y0, y1 = x[:-1], x[1:], y[:-1], y[1:]
    # No edge leads from one ring to the next, and a repeated vertex is none.
    real = (ring[:-1] == ring[1:]) & ((x0 != x1) | (y0 != y1))
    turn = (x0 > x1) | ((x0 == x1) & (y0 > y1))
    ends = (turn, x1, x0), (turn, y1, y0), (turn, x0, x1), (turn, y0, y1)
    edges = np.stack([np.where(*choice) for choice in ends], axis=1)[real]
    return _equal_rows(edges, owner[part[ring[:-1][real]]], len(shapes))


def _equal_rows(values: NDArray[np.float64], owner: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Pairs of owners that have a row of values in common, as keys `smaller * n + larger`.

    Rows are sorted by a hash, so that equal ones stand together; every pair of rows of the same
    hash is then compared, so that two rows that merely hash alike do no harm.
    """
    # Adding zero makes a positive zero of a negative one, which is equal but of other bits.
    bits = np.ascontiguousarray(values + 0.0).view(np.uint64)
    mixed = np.zeros(len(values), dtype=np.uint64)
    for column in bits.T:
        mixed = (mixed ^ column) * _SPREAD
        mixed ^= mixed >> _FOLD
    order = np.argsort(mixed)
    mixed, owner, columns = mixed[order], owner[order], [column[order] for column in values.T]
    alike, step = np.flatnonzero(mixed[1:] == mixed[:-1]), 1
    pairs = [np.zeros(0, dtype=np.int64)]
    while alike.size:
        left, right = owner[alike], owner[alike + step]
        same = left != right
        for column in columns:
            same &= column[alike] == column[alike + step]
        left, right = left[same], right[same]
        pairs.append(np.minimum(left, right) * np.int64(n) + np.maximum(left, right))
        step += 1
        alike = alike[alike + step < len(order)]
        alike = alike[mixed[alike] == mixed[alike + step]]
    # Sorting takes a sixth of the time of np.unique, which hashes.
    keys = np.sort(np.concatenate(pairs))
    return np.asarray(keys[np.diff(keys, prepend=-1) != 0])


def _box_pairs(shapes: NDArray[Any], tolerance: float) -> NDArray[np.int64]:
    """Pairs whose boxes come within the tolerance, as keys `smaller * n + larger`."""
    around = shapes
    if tolerance:
        left, low, right, top = shapely.bounds(shapes).T
        around = shapely.box(left - tolerance, low - tolerance, right + tolerance, top + tolerance)
    first, second = shapely.STRtree(shapes).query(around)
    once = first < second
    return np.asarray(first[once] * np.int64(len(shapes)) + second[once])


def _without(keys: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.int64]:
    """Keys that are not among the known ones, which ascend."""
    if not known.size:
        return keys
    place = np.minimum(np.searchsorted(known, keys), known.size - 1)
    return np.asarray(keys[known[place] != keys])


def _along_borders(
    shapes: NDArray[Any],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    *,
    touch: NDArray[np.bool_],
    tolerance: float,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Way of each pair, and whether it shares a stretch of border rather than points."""
    asked = touch | (tolerance > 0)
    mended = _mended(shapes, first[asked], second[asked])
    one, other = mended[first], mended[second]
    meet = touch.copy()
    meet[touch] = shapely.relate_pattern(one[touch], other[touch], "****1****")
    way = np.where(meet, Way.TOUCHING, Way.NEAR)
    if tolerance:
        ask = ~meet
        meet[ask] = _lie_alongside(one[ask], other[ask], tolerance)
    return way, meet


def _lie_alongside(one: NDArray[Any], other: NDArray[Any], tolerance: float) -> NDArray[np.bool_]:
    """Mark the pairs of which one's border follows the other area for long enough."""
    longest = np.maximum(_length_near(one, other, tolerance), _length_near(other, one, tolerance))
    return np.asarray(longest > ROOK_STRETCH * tolerance)


def _length_near(one: NDArray[Any], other: NDArray[Any], tolerance: float) -> NDArray[np.float64]:
    """Length of the border of one that lies within the tolerance of the other."""
    near = shapely.intersection(shapely.boundary(one), shapely.buffer(other, tolerance))
    return np.asarray(shapely.length(near))


def _mended(shapes: NDArray[Any], *chosen: NDArray[np.int64]) -> NDArray[Any]:
    """Shapes of which the chosen are valid: relations and overlays are defined on such only."""
    asked = np.zeros(len(shapes), dtype=bool)
    for places in chosen:
        asked[places] = True
    broken = np.flatnonzero(asked)
    broken = broken[~shapely.is_valid(shapes[broken])]
    mended = shapes.copy()
    mended[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    return mended
