"""A grid of area ids in two sizes of cells: which area a cell lies in, or which edges cross it.

The plane is cut into coarse cells. One that no edge of an outline crosses lies wholly in one area
or in none. The others are cut into fine cells, more of them where areas are small, and the same
holds of these. Only for points in fine cells that an edge crosses is there anything to compute,
from the few edges in the cell. What lies where is found by walking eastwards along the middle of
each row of cells, from one edge to the next (see `areas.edges`).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from vawg_geo.areas.counting.edges import (
    MARGIN,
    UNSURE,
    Edges,
    build_edges,
    crossed_cells,
    crossings_in,
    rank_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["CROSSED", "NEAR", "AreaGrid", "build_grid"]

# Nearer than this (metres) nothing is decided by arithmetic, whose own error is a thousandth of it.
NEAR: Final = 1e-6
# A crossed cell holds this minus the number of its block or of its list of edges.
CROSSED: Final = -3
# How many coarse cells, and fine cells along the side of a square as large as the smallest area
# near by, an area of middling size gets: measured on wards.
_COARSE_PER_SIDE: Final = 4.0
_FINE_PER_SIDE: Final = 20.0
_MOST_HALVINGS: Final = 7
_MOST_COARSE: Final = 2000
# Blocks at a time.
_CHUNK: Final = 2000


@dataclass(frozen=True)
class AreaGrid:
    """Cells, and the edges in those that are crossed.

    Attributes
    ----------
    x, y, size : float
        Lower left corner of the grid, and side of a coarse cell.
    columns, rows : int
        Coarse cells; the outermost are empty.
    coarse : ndarray of int32, (rows * columns,)
        Rank of the area, `NOBODY`, `UNSURE`, or `CROSSED` minus a block's number.
    parts : ndarray of int32, (blocks,)
        Fine cells along a block's side.
    offset : ndarray of int64, (blocks,)
        Where a block's first cell stands in `fine`.
    fine : ndarray of int32
        Rank, `NOBODY`, `UNSURE`, or `CROSSED` minus a list's number.
    first : ndarray of int64, (lists + 1,)
        The edges of list n are `edge[first[n]:first[n + 1]]`.
    edge : ndarray of int32
    crossing : ndarray of float
        Where each crosses the line through the middle of the cell; infinite where it does not.
    start, middle : ndarray, (lists,)
        Sum of tokens at the west end of that line, and how far north it is.
    edges : Edges
    """

    x: float
    y: float
    size: float
    columns: int
    rows: int
    coarse: NDArray[np.int32]
    parts: NDArray[np.int32]
    offset: Ints
    fine: NDArray[np.int32]
    first: Ints
    edge: NDArray[np.int32]
    crossing: Floats
    start: Ints
    middle: Floats
    edges: Edges


def build_grid(shapes: NDArray[Any], *, threads: int | None = None) -> AreaGrid:
    """Cut the plane into cells for some areas.

    Parameters
    ----------
    shapes : ndarray of polygons
        In metres. They may overlap or be invalid: what arithmetic cannot settle stays `UNSURE`.
    threads : int, optional
        As many as the machine has processors where not given.

    Returns
    -------
    AreaGrid
        An area's rank is its place among the shapes.
    """
    edges, extent = build_edges(shapes)
    west, south, east, north = (float(v) for v in shapely.total_bounds(shapes))
    middling = float(np.sqrt(np.median(shapely.area(shapes))))
    size = max(middling / _COARSE_PER_SIDE, MARGIN * 100)
    size = max(size, (east - west) / _MOST_COARSE, (north - south) / _MOST_COARSE)
    # Odd fractions of a cell, so that no round coordinate lies on a line of the grid.
    x, y = west - size * 1.3819660, south - size * 1.6180340
    columns, rows = int((east - x) / size) + 3, int((north - y) / size) + 3

    place, column, row = crossed_cells(
        edges, np.arange(len(extent)), x=x, y=y, size=size, columns=columns, rows=rows
    )
    cell = row * columns + column
    middle = y + (row + 0.5) * size
    crossing, inside = crossings_in(edges, place, middle, x=x, size=size, column=column)
    added = np.zeros(rows * columns, dtype=np.int64)
    np.add.at(added, cell[inside], edges.east[place[inside]])
    tokens = added.reshape(rows, columns).cumsum(axis=1).ravel()
    coarse = rank_of(tokens, areas=len(shapes))

    order = np.argsort(cell, kind="stable")
    n, cell, crossing = place[order], cell[order], crossing[order]
    begin = np.flatnonzero(np.diff(cell, prepend=-1))
    crossed = cell[begin]
    coarse[crossed] = CROSSED - np.arange(len(crossed), dtype=np.int32)
    blocks = _Blocks(
        x=np.asarray(x + (crossed % columns) * size, dtype=np.float64),
        y=np.asarray(y + (crossed // columns) * size, dtype=np.float64),
        size=size,
        parts=_parts(np.minimum.reduceat(extent[n], begin), size),
        start=(tokens - added)[crossed],
        begin=np.append(begin, len(n)),
    )
    pieces = _in_pieces(
        edges,
        n,
        crossing,
        blocks,
        areas=len(shapes),
        threads=threads or os.cpu_count() or 1,
    )
    return AreaGrid(
        x=x,
        y=y,
        size=size,
        columns=columns,
        rows=rows,
        coarse=coarse,
        edges=edges,
        **_joined(blocks.parts, pieces),
    )


def _parts(smallest: Floats, size: float) -> Ints:
    """Fine cells along the side of blocks, by the smallest area that has an edge there."""
    wanted = size / np.maximum(np.sqrt(smallest) / _FINE_PER_SIDE, MARGIN)
    halvings: Ints = np.clip(np.ceil(np.log2(wanted)), 1, _MOST_HALVINGS).astype(np.int64)
    return 2**halvings


@dataclass(frozen=True)
class _Blocks:
    """Coarse cells that are cut into fine ones.

    `start` is the sum of tokens at the middle of the west side; the edges of block k are those
    from `begin[k]` to `begin[k + 1]`.
    """

    x: Floats
    y: Floats
    size: float
    parts: Ints
    start: Ints
    begin: Ints

    def of(self, k: slice) -> _Blocks:
        """Some of the blocks; `begin` counts from the first one's edges."""
        begin = self.begin[k.start : k.stop + 1]
        return _Blocks(
            self.x[k], self.y[k], self.size, self.parts[k], self.start[k], begin - begin[0]
        )


def _in_pieces(
    edges: Edges, n: Ints, crossing: Floats, blocks: _Blocks, *, areas: int, threads: int
) -> list[_Fine]:
    """Fine cells, some thousand blocks at a time."""

    def build(first: int) -> _Fine:
        some = slice(first, min(first + _CHUNK, len(blocks.parts)))
        own = slice(blocks.begin[some.start], blocks.begin[some.stop])
        return _build_fine(edges, n[own], crossing[own], blocks.of(some), areas=areas)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(build, range(0, len(blocks.parts), _CHUNK)))


@dataclass(frozen=True)
class _Fine:
    """What `AreaGrid` holds by these names, of some blocks; `counts` are the lists' lengths."""

    fine: NDArray[np.int32]
    counts: Ints
    edge: NDArray[np.int32]
    crossing: Floats
    start: Ints
    middle: Floats


def _joined(parts: Ints, pieces: list[_Fine]) -> dict[str, Any]:
    """What `AreaGrid` holds of fine cells."""
    lists = 0
    for piece in pieces:
        # Each piece numbered its lists from 0.
        piece.fine[piece.fine <= CROSSED] -= lists
        lists += len(piece.counts)

    def all_of(name: str) -> Any:
        return np.concatenate([getattr(piece, name) for piece in pieces])

    return {
        "parts": parts.astype(np.int32),
        "offset": np.cumsum(parts**2) - parts**2,
        "first": np.concatenate([[0], np.cumsum(all_of("counts"))]),
        **{name: all_of(name) for name in ("fine", "edge", "crossing", "start", "middle")},
    }


def _build_fine(
    edges: Edges, n: Ints, coarse_crossing: Floats, blocks: _Blocks, *, areas: int
) -> _Fine:
    """Cut some blocks into fine cells; `n` are the edges in them, block after block."""
    width, cells = blocks.size / blocks.parts, blocks.parts**2
    offset = np.cumsum(cells) - cells
    block = np.repeat(np.arange(len(blocks.parts)), np.diff(blocks.begin))
    starts, near = _row_starts(edges, n, block, blocks)
    doubtful = [near, block[np.abs(coarse_crossing - blocks.x[block]) < NEAR]]

    pair, column, row = crossed_cells(
        edges,
        n,
        x=blocks.x[block],
        y=blocks.y[block],
        size=width[block],
        columns=blocks.parts[block],
        rows=blocks.parts[block],
    )
    of, edge = block[pair], n[pair]
    cell = offset[of] + row * blocks.parts[of] + column
    order = np.argsort(cell, kind="stable")
    cell, of, edge, column, row = (v[order] for v in (cell, of, edge, column, row))
    middle = blocks.y[of] + (row + 0.5) * width[of]
    west = blocks.x[of]
    crossing, inside = crossings_in(edges, edge, middle, x=west, size=width[of], column=column)
    doubtful.append(of[np.abs(crossing - west) < NEAR])

    added = np.zeros(int(cells.sum()), dtype=np.int64)
    np.add.at(added, cell[inside], edges.east[edge[inside]])
    # One sum over all rows of all blocks; what it has come to where a row begins is taken off.
    tokens = np.cumsum(added)
    lengths = np.repeat(blocks.parts, blocks.parts)
    begins = np.cumsum(lengths) - lengths
    tokens += np.repeat(starts - tokens[begins] + added[begins], lengths)

    begin = np.flatnonzero(np.diff(cell, prepend=-1))
    listed = cell[begin]
    fine = rank_of(tokens, areas=areas)
    fine[listed] = CROSSED - np.arange(len(listed), dtype=np.int32)
    for bad in np.unique(np.concatenate(doubtful)):
        fine[offset[bad] : offset[bad] + cells[bad]] = UNSURE
    crossing[~inside] = np.inf
    return _Fine(
        fine=fine,
        counts=np.diff(begin, append=len(cell)),
        edge=edge.astype(np.int32),
        crossing=crossing,
        start=(tokens - added)[listed],
        middle=middle[begin],
    )


def _row_starts(edges: Edges, n: Ints, block: Ints, blocks: _Blocks) -> tuple[Ints, Ints]:
    """Tokens at the west end of every fine row's middle line; blocks where that is doubtful."""
    west = blocks.x[block]
    spans = (edges.x0[n] <= west) != (edges.x1[n] <= west)
    n, block, west = n[spans], block[spans], west[spans]
    up = edges.y0[n] + (west - edges.x0[n]) * edges.slope[n] - blocks.y[block]
    parts = blocks.parts[block]
    place = up * (parts / blocks.size)
    here = (up >= 0) & (up < blocks.size)
    n, block, up, parts, place = (v[here] for v in (n, block, up, parts, place))
    below = np.zeros(len(blocks.parts), dtype=np.int64)
    low = up < blocks.size / 2
    np.add.at(below, block[low], edges.north[n[low]])

    begins = np.cumsum(blocks.parts) - blocks.parts
    row = np.ceil(place - 0.5).astype(np.int64)
    added = np.zeros(int(blocks.parts.sum()), dtype=np.int64)
    reached = row < parts
    np.add.at(added, begins[block[reached]] + row[reached], edges.north[n[reached]])
    sums = np.cumsum(added)
    base = blocks.start - below - sums[begins] + added[begins]
    from_line = np.abs(place - 0.5 - np.round(place - 0.5)) * (blocks.size / parts)
    from_middle = np.abs(up - blocks.size / 2)
    near = (from_line < NEAR) | (from_middle < NEAR)
    return sums + np.repeat(base, blocks.parts), block[near]
