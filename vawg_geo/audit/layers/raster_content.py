"""What stands in a raster's cells: beneath masks, in overviews, and whether it is a distance."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from numpy.typing import NDArray
    from rasterio import DatasetReader
    from rasterio.windows import Window

__all__ = ["not_distances", "overviews_differ", "stored"]

_ROWS: Final = 256
# Half a metre of rounding, and as much for the projection's own digits.
_METRES: Final = 1.0
# Up to so many sites, asking each of them is quicker than a tree.
_FEW: Final = 16


def stored(raster: DatasetReader, window: Window) -> NDArray[np.bool_]:
    """Where a value stands in the file, masked or not.

    Parameters
    ----------
    raster : rasterio.DatasetReader
    window : rasterio.windows.Window

    Returns
    -------
    ndarray of bool, shape (bands, rows, columns)
    """
    return ~np.isnan(_values(raster, window))


def _values(raster: DatasetReader, window: Window) -> NDArray[np.float64]:
    """Values of all bands, NaN where the raster's own sign for "nothing" is stored."""
    values = np.asarray(raster.read(window=window, masked=False), dtype=np.float64)
    for band, nothing in enumerate(raster.nodatavals):
        if nothing is not None:
            # Compared as stored: a float32 is not the same number in more digits.
            values[band][values[band] == np.dtype(raster.dtypes[band]).type(nothing)] = np.nan
    return values


def _strips(raster: DatasetReader, rows: int = _ROWS) -> Iterator[Window]:
    from rasterio.windows import Window

    for first in range(0, raster.height, rows):
        yield Window(0, first, raster.width, min(rows, raster.height - first))


def not_distances(raster: DatasetReader, sites: str) -> str:
    """Say what is wrong with a raster of distances in metres to sites that it names.

    Parameters
    ----------
    raster : rasterio.DatasetReader
    sites : str
        Pairs of easting and northing: ``"546300 254900; 522500 272100"``.

    Returns
    -------
    str
        Empty where every cell that has a value has the distance of its centre to the nearest site.
    """
    try:
        places = [tuple(map(float, pair.split())) for pair in sites.split(";")]
        nearby = np.array(places, dtype=np.float64).reshape(-1, 2)
    except ValueError:
        return "its tags do not name the sites that its distances are to."
    wrong = 0
    place = raster.transform
    eastings = place.c + (np.arange(raster.width) + 0.5) * place.a
    for window in _strips(raster):
        northings = place.f + (window.row_off + np.arange(window.height) + 0.5) * place.e
        away = np.abs(_values(raster, window) - _nearest(eastings, northings, nearby)) > _METRES
        wrong += int(away.any(axis=0).sum())
    if not wrong:
        return ""
    return f"{wrong:,} cells are no distance to the nearest of the {len(nearby):,} sites it names."


def _nearest(
    eastings: NDArray[np.float64], northings: NDArray[np.float64], sites: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Distance of each cell's centre to the nearest site."""
    if len(sites) > _FEW:
        from scipy.spatial import cKDTree

        centres = np.stack(np.meshgrid(eastings, northings), axis=-1)
        distances: NDArray[np.float64] = np.asarray(cKDTree(sites).query(centres)[0], dtype=float)
        return distances
    nearest = np.full((len(northings), len(eastings)), np.inf)
    for easting, northing in sites:
        squared = np.add.outer((northings - northing) ** 2, (eastings - easting) ** 2)
        np.minimum(nearest, squared, out=nearest)
    return np.asarray(np.sqrt(nearest), dtype=np.float64)


def overviews_differ(raster: DatasetReader, path: Path, rasterio: ModuleType) -> bool:
    """Whether an overview shows what cannot come from the cells beneath it.

    Each cell of an overview must be empty where all cells beneath it are, and lie between their
    least and greatest value. Neighbours of those cells count too, since programs cut differently.

    Parameters
    ----------
    raster : rasterio.DatasetReader
        At full size.
    path : Path
    rasterio : module

    Returns
    -------
    bool
    """
    levels = {len(raster.overviews(band)) for band in range(1, raster.count + 1)}
    for level in range(max(levels, default=0)):
        with rasterio.open(path, overview_level=level) as thin:
            if any(_beyond(raster, thin, window) for window in _strips(thin, rows=64)):
                return True
    return False


def _beyond(raster: DatasetReader, thin: DatasetReader, window: Window) -> bool:
    from rasterio.windows import Window

    seen = _values(thin, window)
    down, across = raster.height / thin.height, raster.width / thin.width
    first = max(0, int(window.row_off * down) - 1)
    last = min(raster.height, ceil((window.row_off + window.height) * down) + 1)
    full = _values(raster, Window(0, first, raster.width, last - first))
    rows = (window.row_off + np.arange(window.height)) * down - first
    columns = np.arange(thin.width) * across
    beneath = _Beneath(rows=rows, columns=columns, down=ceil(down), across=ceil(across))
    least, greatest = beneath.take(np.fmin, full), beneath.take(np.fmax, full)
    slack = 1e-6 * np.maximum(np.abs(least), np.abs(greatest))
    # What is compared with nothing at all is beyond it.
    inside = (seen >= least - slack) & (seen <= greatest + slack)
    return bool((~np.isnan(seen) & ~inside).any())


@dataclass(frozen=True, kw_only=True, eq=False)
class _Beneath:
    """Which cells lie beneath each cell of an overview, and about them.

    Attributes
    ----------
    rows, columns : ndarray of float
        Where those of each row and column of the overview begin.
    down, across : int
        How many there are.
    """

    rows: NDArray[np.float64]
    columns: NDArray[np.float64]
    down: int
    across: int

    def take(self, extreme: np.ufunc, full: NDArray[np.float64]) -> NDArray[np.float64]:
        """Least or greatest of these cells, shape (bands, rows, columns)."""
        by_row = full[:, self._place(self.rows, -1, full.shape[1])]
        for step in range(self.down + 1):
            by_row = extreme(by_row, full[:, self._place(self.rows, step, full.shape[1])])
        taken = by_row[:, :, self._place(self.columns, -1, full.shape[2])]
        for step in range(self.across + 1):
            place = self._place(self.columns, step, full.shape[2])
            taken = extreme(taken, by_row[:, :, place])
        return np.asarray(taken, dtype=np.float64)

    @staticmethod
    def _place(begin: NDArray[np.float64], step: int, size: int) -> NDArray[np.int64]:
        return np.clip(begin.astype(np.int64) + step, 0, size - 1)
