"""Which area each of many points lies in: the same answer as a test of every outline, sooner.

The rule for borders. A point lies in an area if it is inside or on its outline, which is what
`geopandas.sjoin` calls `intersects`. A point on the border of several areas, or where they
overlap, belongs to exactly one of them, the one with the lowest code, and is counted as shared.
`within` would leave such a point in no area at all, and `intersects` alone would count it twice.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from vawg_geo.areas.counting.edges import MARGIN, NOBODY, UNSURE, rank_of
from vawg_geo.areas.counting.grid import CROSSED, NEAR, AreaGrid, build_grid
from vawg_geo.areas.joining.layer import require_layer
from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Exact = Callable[[NDArray[np.int64]], tuple[Floats, Floats]]

__all__ = ["Located", "Locator", "build_locator"]

# So many points at a time that what is computed of them stays in the processor's own memory.
_CHUNK: Final = 1 << 17
_ONE_AT_A_TIME: Final = threading.Lock()


@dataclass(frozen=True)
class Located:
    """Where points are.

    Attributes
    ----------
    rank : ndarray of int32, (points,)
        Place of the point's area in `Locator.codes`; -1 outside all of them.
    shared : ndarray of int
        Places of the points on the border of more than one area, or where areas overlap; each is
        in the one with the lowest code.
    crossed : int
        Points in cells that an edge crosses, for which a look into the grid was not enough.
    """

    rank: NDArray[np.int32]
    shared: NDArray[np.int64]
    crossed: int


@dataclass(frozen=True)
class Locator:
    """Areas, ready to be asked where points are.

    Attributes
    ----------
    codes : tuple
        Area codes, ascending.
    shapes : ndarray of polygons
        In the same order.
    grid : AreaGrid
    """

    codes: tuple[Any, ...]
    shapes: NDArray[Any]
    grid: AreaGrid

    def locate(
        self, x: Floats, y: Floats, *, exact: Exact | None = None, threads: int | None = None
    ) -> Located:
        """Find the area of every point.

        Parameters
        ----------
        x, y : ndarray of float, (points,)
            In the areas' metres; a point with a coordinate that is no number is outside.
        exact : callable, optional
            Where `x` and `y` are good only to `MARGIN`: gives the true coordinates of the points
            whose places in `x` it is called with. Asked only where that could matter.
        threads : int, optional
            As many as the machine has processors where not given.

        Returns
        -------
        Located
        """
        tree = shapely.STRtree(self.shapes)
        begins = range(0, len(x), _CHUNK)

        def one(begin: int) -> Located:
            part = slice(begin, begin + _CHUNK)
            return self._locate(x[part], y[part], begin, exact=exact, tree=tree)

        workers = threads or os.cpu_count() or 1
        if workers == 1 or len(begins) < 2:
            parts = [one(begin) for begin in begins]
        else:
            with ThreadPoolExecutor(workers) as pool:
                parts = list(pool.map(one, begins))
        rank = [part.rank for part in parts]
        return Located(
            np.concatenate(rank) if rank else np.empty(0, np.int32),
            np.concatenate([part.shared for part in parts] or [np.empty(0, np.int64)]),
            sum(part.crossed for part in parts),
        )

    def _locate(self, x: Floats, y: Floats, begin: int, *, exact: Any, tree: Any) -> Located:
        grid = self.grid
        # Points off the grid, and those that are no numbers, come to its empty outermost cells.
        across = np.fmax(np.fmin((x - grid.x) * (1 / grid.size), grid.columns - 0.5), 0.5)
        up = np.fmax(np.fmin((y - grid.y) * (1 / grid.size), grid.rows - 0.5), 0.5)
        column, row = across.astype(np.int32), up.astype(np.int32)
        rank = grid.coarse[row * grid.columns + column]
        deep = np.flatnonzero(rank <= CROSSED)
        block = CROSSED - rank[deep]
        parts = grid.parts[block]
        column = ((across[deep] - column[deep]) * parts).astype(np.int32)
        row = ((up[deep] - row[deep]) * parts).astype(np.int32)
        fine = grid.fine[grid.offset[block] + (row * parts + column)]
        rank[deep] = fine
        near = deep[fine <= CROSSED]
        if len(near):
            rank[near] = self._settle(
                x[near], y[near], CROSSED - rank[near], doubt=NEAR if exact is None else MARGIN
            )
        unsure = np.flatnonzero(rank == UNSURE)
        shared = np.empty(0, np.int64)
        if len(unsure):
            true = (x[unsure], y[unsure]) if exact is None else exact(unsure + begin)
            rank[unsure], several = _tested(tree, self.shapes, *true)
            shared = np.sort(unsure[several]) + begin
        return Located(rank, shared, len(near))

    def _settle(
        self, x: Floats, y: Floats, number: NDArray[Any], *, doubt: float
    ) -> NDArray[np.int32]:
        """Ranks of points in crossed cells, by walking from the west of the cell's middle line.

        Where a point `doubt` metres away might be elsewhere, the rank is `UNSURE`.
        """
        grid, edges = self.grid, self.grid.edges
        first = grid.first[number]
        counts = grid.first[number + 1] - first
        ends = np.cumsum(counts)
        begins = ends - counts
        at = np.arange(ends[-1]) + np.repeat(first - begins, counts)
        edge, crossing = grid.edge[at], grid.crossing[at]
        px, py = np.repeat(x, counts), np.repeat(y, counts)
        line = np.repeat(grid.middle[number], counts)
        x0, x1 = edges.x0[edge], edges.x1[edge]
        spans = (x0 <= px) != (x1 <= px)
        slope = edges.slope[edge]
        with np.errstate(invalid="ignore"):
            height = edges.y0[edge] + (px - x0) * slope
        along = np.where(crossing < px, edges.east[edge], 0)
        north = np.where(spans & (height > line) & (height < py), edges.north[edge], 0)
        south = np.where(spans & (height < line) & (height > py), edges.north[edge], 0)
        token = grid.start[number] + np.add.reduceat(along + north - south, begins)
        rank = rank_of(token, areas=len(self.codes))
        with np.errstate(invalid="ignore"):
            rise = doubt * (1 + np.abs(slope))
            close = (np.abs(px - x0) < doubt) | (np.abs(px - x1) < doubt)
            close |= spans & ((np.abs(height - py) < rise) | (np.abs(height - line) < rise))
            close |= np.abs(crossing - px) < doubt
        rank[np.logical_or.reduceat(close, begins)] = UNSURE
        return rank


def _tested(
    tree: shapely.STRtree, shapes: NDArray[Any], x: Floats, y: Floats
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Lowest rank among the areas that each point touches, and whether it touches several."""
    point, area = tree.query(shapely.points(x, y))
    # Prepared as sjoin prepares them: for outlines that cross themselves GEOS answers otherwise
    # where they are not. What preparing leaves in a shape is not made for several threads.
    with _ONE_AT_A_TIME:
        shapely.prepare(shapes[np.unique(area)])
        touching = shapely.intersects_xy(shapes[area], x[point], y[point])
    point, area = point[touching], area[touching]
    rank = np.full(len(x), np.iinfo(np.int32).max, dtype=np.int32)
    np.minimum.at(rank, point, area.astype(np.int32))
    rank[rank == np.iinfo(np.int32).max] = NOBODY
    return rank, np.bincount(point, minlength=len(x)) > 1


def build_locator(areas: gpd.GeoDataFrame) -> Locator:
    """Make areas ready to be asked where points are.

    Parameters
    ----------
    areas : GeoDataFrame
        Columns `area_code` and `geometry`: polygons in metres. They may overlap, leave gaps or be
        invalid; the answer is `geopandas.sjoin`'s all the same.

    Returns
    -------
    Locator

    Raises
    ------
    BoundaryError, InputError
        As for `require_layer`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> squares = [shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)]
    >>> areas = gpd.GeoDataFrame({"area_code": ["b", "a"]}, geometry=squares, crs=27700)
    >>> locator = build_locator(areas)
    >>> found = locator.locate(np.array([50.0, 150, 100, 500]), np.array([50.0, 50, 50, 50]))
    >>> locator.codes, found.rank.tolist(), found.shared.tolist()
    (('a', 'b'), [1, 0, 0, -1], [2])
    """
    ids, shapes = require_layer(areas, areal=True)
    order = sorted(range(len(ids)), key=lambda place: ids[place])
    if len(ids) >= 1 << 24:
        msg = f"{len(ids):,} areas are more than can be told apart. Give fewer at a time."
        raise InputError(msg)
    ranked = shapes[order]
    return Locator(tuple(ids[place] for place in order), ranked, build_grid(ranked))
