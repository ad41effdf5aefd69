"""Sides of areas' outlines: what crossing one means, and which cells of a grid they come near.

Along a line the area changes only where an edge is crossed. Each edge adds its areas' tokens where
one comes in and takes them away where one goes out; a sum of tokens that is zero is outside, one
that is an area's token is in that area, and anything else (areas on top of one another, outlines
that cross themselves) is for an exact test to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = [
    "MARGIN",
    "NOBODY",
    "UNSURE",
    "Edges",
    "build_edges",
    "crossed_cells",
    "crossings_in",
    "rank_of",
]

# A cell counts as crossed from this far off (metres), so that coordinates that are off by less
# still come to the exact test where it matters.
MARGIN: Final = 0.05
# What stands for no area, and for tokens that make no sense by themselves.
NOBODY, UNSURE = -1, -2
_RANK_BITS: Final = 24
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Edges:
    """Sides of all outlines.

    Attributes
    ----------
    x0, y0, x1, y1, slope : ndarray of float
        Ends, and the rise of y by x.
    east, north : ndarray of int
        What crossing the edge adds to a sum of tokens: going east, going north.
    """

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    slope: Floats
    east: Ints
    north: Ints


def _token_of(rank: NDArray[Any]) -> Ints:
    """Number of an area in the low bits; above them bits that no sum of others comes to."""
    number = rank.astype(np.uint64) + np.uint64(1)
    mixed = number * _ODD
    # Squares, because products alone would add up: two areas' tokens less a third's to a fourth's.
    for shift in (31, 27):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * (mixed | np.uint64(1)) * _ODD
    return (mixed >> np.uint64(_RANK_BITS) << np.uint64(_RANK_BITS) | number).view(np.int64)


def rank_of(token: Ints, *, areas: int) -> NDArray[np.int32]:
    """Rank of the area that a sum of tokens means, `NOBODY`, or `UNSURE` where it means none.

    Examples
    --------
    >>> one, two = _token_of(np.array([0, 1]))
    >>> rank_of(np.array([one, two, 0]), areas=2).tolist(), rank_of(one + [two], areas=2).tolist()
    ([0, 1, -1], [-2])
    """
    tokens = np.concatenate([np.zeros(1, np.int64), _token_of(np.arange(areas))])
    number = token & ((1 << _RANK_BITS) - 1)
    np.minimum(number, areas, out=number)
    rank = number.astype(np.int32) - 1
    rank[tokens[number] != token] = UNSURE
    return rank


def build_edges(shapes: NDArray[Any]) -> tuple[Edges, Floats]:
    """Sides of all outlines, one for two neighbours, and the least area that each is a side of."""
    polygons, area = shapely.get_parts(shapes, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    hole = np.ones(len(rings), dtype=bool)
    hole[np.unique(polygon, return_index=True)[1]] = False
    # An area lies to the left of its ring where that is anticlockwise, of a hole's where not.
    left = np.where(shapely.is_ccw(rings) ^ hole, 1, -1)
    tokens = _token_of(area[polygon]) * left
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    side = ring[1:] == ring[:-1]
    side &= (x[1:] != x[:-1]) | (y[1:] != y[:-1])
    x0, y0, x1, y1, ring = x[:-1][side], y[:-1][side], x[1:][side], y[1:][side], ring[:-1][side]
    # All of them eastwards, so that two neighbours' sides are the same one.
    back = (x0 > x1) | ((x0 == x1) & (y0 > y1))
    x0, x1 = np.where(back, x1, x0), np.where(back, x0, x1)
    y0, y1 = np.where(back, y1, y0), np.where(back, y0, y1)
    token = np.where(back, -tokens[ring], tokens[ring])
    extent = shapely.area(shapes)[area[polygon[ring]]]
    kept, token, extent = _merged((x0, y0, x1, y1), token, extent)
    x0, y0, x1, y1 = x0[kept], y0[kept], x1[kept], y1[kept]
    with np.errstate(divide="ignore"):
        slope = (y1 - y0) / (x1 - x0)
    east, north = np.where(y1 < y0, token, -token), np.where(x1 > x0, token, -token)
    return Edges(x0, y0, x1, y1, slope, east, north), extent


def _merged(
    ends: tuple[Floats, ...], token: Ints, extent: Floats
) -> tuple[NDArray[np.bool_], Ints, Floats]:
    """Which edges to keep of those that are the same; their tokens' sums and least extents."""
    key = np.zeros(len(token), dtype=np.uint64)
    for values in ends:
        key = (key ^ (key >> np.uint64(29)) ^ (values + 0.0).view(np.uint64)) * _ODD
    order = np.argsort(key)
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for values in ends:
        ordered = values[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    begin = np.flatnonzero(new)
    first = order[begin]
    token[first], extent[first] = (
        np.add.reduceat(token[order], begin),
        np.minimum.reduceat(extent[order], begin),
    )
    kept = np.zeros(len(order), dtype=bool)
    kept[first] = True
    return kept, token[kept], extent[kept]


def _repeat(counts: Ints) -> tuple[Ints, Ints]:
    """Number of the row of each repetition, and the repetition's number within its row."""
    row = np.repeat(np.arange(len(counts)), counts)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)


def crossed_cells(
    edges: Edges, n: Ints, *, x: Any, y: Any, size: Any, columns: Any, rows: Any
) -> tuple[Ints, Ints, Ints]:
    """Cells of a grid that edges come within the margin of.

    Parameters
    ----------
    edges : Edges
    n : ndarray of int
        Which edges.
    x, y, size, columns, rows : float or ndarray
        One grid's lower left corner, cells' side and extent, or those of a grid for each edge.

    Returns
    -------
    place, column, row : ndarray of int
        For each pair of an edge and a cell: the edge's place in `n`, and the cell.
    """
    x0, y0, x1, y1 = edges.x0[n], edges.y0[n], edges.x1[n], edges.y1[n]
    west, east = np.minimum(x0, x1), np.maximum(x0, x1)
    begin = np.maximum((west - MARGIN - x) // size, 0).astype(np.int64)
    end = np.minimum((east + MARGIN - x) // size, columns - 1).astype(np.int64)
    pair, column = _repeat(np.maximum(end - begin + 1, 0))
    column += begin[pair]

    def of(value: Any) -> Any:
        return value[pair] if np.ndim(value) else value

    width, base = of(size), of(y)
    side = of(x) + column * width
    west, east, x0, y0 = west[pair], east[pair], x0[pair], y0[pair]
    steep = (east - west) < MARGIN
    slope = np.where(steep, 0.0, edges.slope[n][pair])
    one = y0 + (np.clip(side - MARGIN, west, east) - x0) * slope
    other = y0 + (np.clip(side + width + MARGIN, west, east) - x0) * slope
    other = np.where(steep, y1[pair], other)
    bottom = np.maximum((np.minimum(one, other) - MARGIN - base) // width, 0).astype(np.int64)
    top = np.minimum((np.maximum(one, other) + MARGIN - base) // width, of(rows) - 1)
    cell, row = _repeat(np.maximum(top.astype(np.int64) - bottom + 1, 0))
    return pair[cell], column[cell], row + bottom[cell]


def _crossings(edges: Edges, n: Ints, y: Any) -> Floats:
    """See `crossings_in`."""
    x0, y0, x1, y1 = edges.x0[n], edges.y0[n], edges.x1[n], edges.y1[n]
    with np.errstate(divide="ignore", invalid="ignore"):
        x = x0 + (y - y0) * ((x1 - x0) / (y1 - y0))
    return np.where((y0 <= y) != (y1 <= y), x, np.inf)


def crossings_in(
    edges: Edges, n: Ints, y: Any, *, x: Any, size: Any, column: Ints
) -> tuple[Floats, NDArray[np.bool_]]:
    """Where edges cross a height, and whether they do so in a column of a grid.

    Parameters
    ----------
    edges : Edges
    n : ndarray of int
        Which edges.
    y : ndarray of float
        The height for each.
    x, size, column : float or ndarray
        Where the grid begins, its cells' side, and the column.

    Returns
    -------
    crossing : ndarray of float
        Infinite where an edge does not cross. An edge holds its lower end and not its upper one,
        so that two that meet count once.
    inside : ndarray of bool
    """
    crossing = _crossings(edges, n, y)
    with np.errstate(invalid="ignore"):
        return crossing, np.floor((crossing - x) / size) == column
