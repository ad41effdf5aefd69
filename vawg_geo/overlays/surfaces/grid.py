"""Square cells over a police area, and which area holds each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from vawg_geo.errors import ConfigurationError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["ROWS", "AreaCells", "Grid", "grid_over"]

ROWS: Final = 256
"""Rows of a strip."""

_MOST_CELLS: Final = 500_000_000
# Generalised outlines leave slivers between neighbours. Gaps that are narrower than twice this, in
# metres, and than a cell are none of the map's: they would be a line of empty cells.
_SLIVER: Final = 50.0
# Up to so many cells are burnt at once and kept: strips overlap, and editions share outlines.
_MOST_HELD: Final = 4_000_000


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Square cells on the National Grid, their corners at whole multiples of the cell.

    Attributes
    ----------
    left, top : float
        North-western corner, metres, EPSG:27700.
    cell_m : float
        Side of a cell in metres.
    width, height : int
        Cells from west to east and from north to south.
    """

    left: float
    top: float
    cell_m: float
    width: int
    height: int

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """Affine coefficients from column and row to easting and northing."""
        return (self.cell_m, 0.0, self.left, 0.0, -self.cell_m, self.top)

    def centres(self, first: int, last: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Eastings of all columns and northings of the rows from `first` to before `last`."""
        columns = np.arange(self.width, dtype=np.float64) + 0.5
        rows = np.arange(first, last, dtype=np.float64) + 0.5
        return self.left + columns * self.cell_m, self.top - rows * self.cell_m

    def strips(self, rows: int = ROWS) -> Iterator[tuple[int, int]]:
        """First row and the row after the last of each strip, from north to south.

        Examples
        --------
        >>> list(Grid(left=0, top=500, cell_m=100, width=3, height=5).strips(2))
        [(0, 2), (2, 4), (4, 5)]
        """
        for first in range(0, self.height, rows):
            yield first, min(first + rows, self.height)


def grid_over(areas: gpd.GeoDataFrame, *, cell_m: float = 100) -> Grid:
    """Grid that covers areas, with corners at whole multiples of the cell.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        EPSG:27700.
    cell_m : float
        Metres, 1 or more.

    Returns
    -------
    Grid

    Raises
    ------
    ConfigurationError
        The cell is no such number, or there would be more than 500 million cells.
    InputError
        There is nothing to cover.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> ward = gpd.GeoDataFrame(geometry=[shapely.box(510, 20, 790, 300)], crs=27700)
    >>> grid_over(ward)
    Grid(left=500.0, top=300.0, cell_m=100.0, width=3, height=3)
    """
    if not (np.isfinite(cell_m) and cell_m >= 1):
        msg = f"a cell of {cell_m:g} metres makes no raster. Give 1 or more; 100 is usual."
        raise ConfigurationError(msg)
    bounds = np.asarray(areas.total_bounds, dtype=np.float64)
    if not np.isfinite(bounds).all():
        msg = f"{len(areas):,} areas have no outline to draw a raster over. Give boundaries."
        raise InputError(msg)
    west, south = np.floor(bounds[:2] / cell_m)
    east, north = np.ceil(bounds[2:] / cell_m)
    if (cells := (east - west) * (north - south)) > _MOST_CELLS:
        msg = (
            f"cells of {cell_m:g} metres would be {cells:,.0f}, more than {_MOST_CELLS:,}. Give "
            "larger ones."
        )
        raise ConfigurationError(msg)
    return Grid(
        left=float(west * cell_m),
        top=float(north * cell_m),
        cell_m=float(cell_m),
        width=max(1, int(east - west)),
        height=max(1, int(north - south)),
    )


class AreaCells:
    """Which area holds the centre of each cell.

    Where outlines overlap, the area that stands later has the cell; so it has one in a sliver
    between outlines that are meant to touch.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame, n rows
        EPSG:27700.
    grid : Grid

    Examples
    --------
    >>> import geopandas as gpd
    >>> boxes = [shapely.box(0, 0, 140, 100), shapely.box(160, 0, 300, 100)]
    >>> wards = gpd.GeoDataFrame(geometry=boxes, crs=27700)
    >>> AreaCells(wards, Grid(left=0, top=100, cell_m=100, width=4, height=1)).at(0, 1)
    array([[ 0,  1,  1, -1]], dtype=int32)
    """

    def __init__(self, areas: gpd.GeoDataFrame, grid: Grid) -> None:
        self._grid = grid
        self._outlines = _Shapes(areas.geometry.to_numpy())
        half = min(_SLIVER, grid.cell_m / 2)
        whole = shapely.union_all(self._outlines.shapes)
        closed = shapely.buffer(shapely.buffer(whole, half), -half)
        self._slivers = _Shapes(shapely.get_parts(shapely.difference(closed, whole)))
        self._wider = _Shapes(shapely.buffer(self._outlines.shapes, half))
        self._whole: NDArray[np.int32] | None = None

    @property
    def areas(self) -> int:
        """How many areas there are."""
        return len(self._outlines.shapes)

    def at(self, first: int, last: int) -> NDArray[np.int32]:
        """Place in the table of the area of each cell, -1 where there is none.

        Parameters
        ----------
        first, last : int
            Rows from `first` to before `last`.

        Returns
        -------
        ndarray of int32, shape (last - first, width)
        """
        if self._grid.width * self._grid.height > _MOST_HELD:
            return self._burnt(first, last)
        if self._whole is None:
            self._whole = self._burnt(0, self._grid.height)
            self._whole.flags.writeable = False
        return self._whole[first:last]

    def _burnt(self, first: int, last: int) -> NDArray[np.int32]:
        held = self._outlines.burnt(self._grid, first, last)
        between = (held < 0) & (self._slivers.burnt(self._grid, first, last) >= 0)
        if between.any():
            held[between] = self._wider.burnt(self._grid, first, last)[between]
        return held


class _Shapes:
    """Outlines to burn into strips, each time only those near the strip."""

    def __init__(self, shapes: Any) -> None:
        self.shapes = np.asarray(shapes, dtype=object)
        bounds = shapely.bounds(self.shapes).reshape(-1, 4)
        self._lowest, self._highest = bounds[:, 1], bounds[:, 3]

    def burnt(self, grid: Grid, first: int, last: int) -> NDArray[np.int32]:
        """Place of the last shape that holds each cell's centre, or -1."""
        from affine import Affine
        from rasterio.features import rasterize

        shape = (last - first, grid.width)
        top = grid.top - first * grid.cell_m
        near = np.flatnonzero(
            (self._lowest <= top) & (self._highest >= top - shape[0] * grid.cell_m)
        )
        if not len(near):
            return np.full(shape, -1, dtype=np.int32)
        shapes: Any = zip(self.shapes[near], near.tolist(), strict=True)
        place = Affine(grid.cell_m, 0.0, grid.left, 0.0, -grid.cell_m, top)
        found = rasterize(shapes, out_shape=shape, fill=-1, transform=place, dtype="int32")
        return np.asarray(found, dtype=np.int32)
