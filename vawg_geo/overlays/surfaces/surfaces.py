"""Surfaces over a police area: how far to the nearest site, a smoothed rate, a density of points.

Each surface comes as strips of rows from north to south, float32 with NaN where there is nothing
to show, so that no whole country need be held in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.areas.shared import Shared
from vawg_geo.errors import ConfigurationError, DisclosureError, InputError, problem
from vawg_geo.overlays.access.places import require_columns, require_points
from vawg_geo.overlays.surfaces.grid import ROWS, AreaCells, Grid
from vawg_geo.terms.refuges import refuse_refuges

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    Strip = NDArray[np.float32]

__all__ = ["SMALLEST_DENSITY_CELL", "nearest_distance", "point_density", "smoothed_rate"]

SMALLEST_DENSITY_CELL: Final = 250.0
"""Metres: a finer density would lead back to a street corner."""

# The kernel ends here, so that a strip needs only the rows next to it. At four, a city's edge would
# show as a step of one per cent in the thinly peopled wards beyond; at six it shows nowhere.
_REACH: Final = 6.0
# Up to here every site is tried in turn (a millisecond for each in half a million cells); a tree
# costs about as much as forty of them.
_FEW_SITES: Final = 40
# Variance, in cells squared, of a point shared between two centres on either side: between 0 on a
# centre and 1/4 midway, 1/6 on average.
_SHARED_VARIANCE: Final = 1 / 6
# Columns of points that say what happened.
_KINDS: Final = frozenset(("category", "crime type", "indicator", "kind", "type"))
# What a count is called that is shown.
_SHOWN: Final = ("value", "zero", "unstable")


def nearest_distance(
    sites: pd.DataFrame,
    grid: Grid,
    *,
    within: gpd.GeoDataFrame,
    rows: int = ROWS,
    shared: Shared | None = None,
) -> Iterator[Strip]:
    """Straight-line distance from each cell's centre to the nearest site.

    A Euclidean distance transform would move each site to the centre of its cell, be up to 71 m
    out with cells of 100 m, and need the whole grid in memory; trying the few sites in turn is
    exact, as quick, and needs one strip.

    Parameters
    ----------
    sites : pandas.DataFrame
        `site`, `easting`, `northing`; whatever else it says is looked through for refuges.
    grid : Grid
    within : geopandas.GeoDataFrame
        Outlines: cells whose centre lies in none of them have no value.
    rows : int
        Rows of a strip.
    shared : Shared, optional
        Keeps which area holds which cell, for other surfaces of the same outlines.

    Returns
    -------
    iterator of ndarray of float32, shape (rows, width)
        Metres.

    Raises
    ------
    DisclosureError
        A site is a refuge.
    InputError
        There is no site, or one without coordinates on the National Grid.
    """
    require_columns(sites, ["site", "easting", "northing"], what="sites")
    refuse_refuges(sites, name="site")
    places = require_points(sites, name="site", what="sites")
    return _distances(places, grid, _cells(within, grid, shared), rows)


def _distances(
    places: NDArray[np.float64], grid: Grid, held: AreaCells, rows: int
) -> Iterator[Strip]:
    tree = None
    if len(places) > _FEW_SITES:
        from scipy.spatial import cKDTree

        tree = cKDTree(places)
    for first, last in grid.strips(rows):
        eastings, northings = grid.centres(first, last)
        if tree is None:
            squared = np.full((last - first, grid.width), np.inf)
            for easting, northing in places:
                across, down = (eastings - easting) ** 2, (northings - northing) ** 2
                np.minimum(squared, np.add.outer(down, across), out=squared)
            metres = np.sqrt(squared)
        else:
            cells = np.stack(np.meshgrid(eastings, northings), axis=-1)
            metres = np.asarray(tree.query(cells)[0])
        inside = held.at(first, last) >= 0
        yield np.where(inside, metres, np.nan).astype(np.float32)


def smoothed_rate(
    rates: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    grid: Grid,
    *,
    bandwidth_m: float = 2_000,
    rows: int = ROWS,
    shared: Shared | None = None,
) -> Iterator[Strip]:
    """Population-weighted smoothed rate of one series.

    The rate at a cell is ``per * sum(w_i c_i) / sum(w_i p_i)`` over the areas whose count is
    shown: counts `c`, populations `p`, both spread evenly over an area's cells, and weights `w`
    from a normal kernel about the cell. That is the mean of the areas' rates weighted by kernel and
    population (Brunsdon, Fotheringham and Charlton 2002, Computers, Environment and Urban Systems
    26: 501-524, geographically weighted means). An area without a shown count gives neither count
    nor population, and its own cells have no value.

    Parameters
    ----------
    rates : pandas.DataFrame
        Of one indicator, sex and period, one row per area: `area_code`, `count`, `population`,
        `rate_per`, `status`.
    areas : geopandas.GeoDataFrame
        `area_code`, `geometry`, EPSG:27700.
    grid : Grid
    bandwidth_m : float
        Standard deviation of the kernel in metres, one cell or more; it is cut off at six.
    rows : int
        Rows of a strip; the surface is the same for any number.
    shared : Shared, optional
        Keeps which area holds which cell, for other surfaces of the same outlines.

    Returns
    -------
    iterator of ndarray of float32, shape (rows, width)
        Events per `rate_per` residents.

    Raises
    ------
    InputError
        An area stands twice; none has a shown count; or an area with a count holds no cell.
    ConfigurationError
        The bandwidth is smaller than a cell.
    """
    _require_bandwidth(bandwidth_m, grid)
    if twice := int(rates["area_code"].duplicated().sum()):
        raise InputError(
            problem(
                "stand twice in one series",
                bad=twice,
                total=len(rates),
                noun="areas",
                first=repr(str(rates.loc[rates["area_code"].duplicated(), "area_code"].iloc[0])),
                action="Give the rows of one indicator, sex and period.",
            )
        )
    told = rates[rates["status"].isin(_SHOWN) & rates["population"].gt(0)].set_index("area_code")
    # Areas without a count last: where outlines overlap, the later one has the cell.
    known = told.index[told["count"].notna()]
    areas = areas.iloc[np.argsort(~areas["area_code"].isin(known), kind="stable")]
    told = told.reindex(areas["area_code"])
    shown = told["count"].notna().to_numpy(dtype=bool)
    if not shown.any():
        msg = f"none of {len(areas):,} areas has a shown count: there is nothing to smooth."
        raise InputError(msg)
    held = _cells(areas, grid, shared)
    cells = _cells_of_each(held, grid, rows)
    if (empty := shown & (cells == 0)).any():
        raise InputError(
            problem(
                "hold the centre of no cell",
                bad=int(empty.sum()),
                total=len(areas),
                noun="areas",
                first=repr(str(areas["area_code"].iloc[int(empty.argmax())])),
                action=f"Give cells smaller than {grid.cell_m:g} metres.",
            )
        )
    # A place more at the end, for the cells of no area, which have index -1.
    spread = [
        np.append(np.where(shown, told[name].to_numpy(float, na_value=0.0), 0.0), 0.0)
        / np.append(np.maximum(cells, 1), 1)
        for name in ("count", "population")
    ]
    per = float(told.loc[shown, "rate_per"].iloc[0])
    return _rates(
        held,
        grid,
        spread=spread,
        shown=np.append(shown, False),
        per=per,
        bandwidth_m=bandwidth_m,
        rows=rows,
    )


def _rates(
    held: AreaCells,
    grid: Grid,
    *,
    spread: list[NDArray[np.float64]],
    shown: NDArray[np.bool_],
    per: float,
    bandwidth_m: float,
    rows: int,
) -> Iterator[Strip]:
    sigma = bandwidth_m / grid.cell_m
    reach = int(np.ceil(_REACH * sigma))
    for first, last in grid.strips(rows):
        above, below = max(0, first - reach), min(grid.height, last + reach)
        index = held.at(above, below)
        mine = slice(first - above, last - above)
        counts, people = (_blurred(values[index], sigma, mine) for values in spread)
        told = shown[index[mine]]
        rate = np.full(told.shape, np.nan)
        np.divide(per * counts, people, out=rate, where=told & (people > 0))
        yield rate.astype(np.float32)


def point_density(
    points: pd.DataFrame | Iterable[pd.DataFrame],
    grid: Grid,
    *,
    within: gpd.GeoDataFrame,
    bandwidth_m: float = 1_000,
    rows: int = ROWS,
    shared: Shared | None = None,
) -> Iterator[Strip]:
    """Kernel density of points, for the analyst alone.

    Each point is shared among the four nearest centres of cells, then spread by a normal kernel.
    Sharing spreads points by itself, on average by a variance of cell^2 / 6 along each axis (Wand
    1994, Journal of Computational and Graphical Statistics 3, on linear binning), so the kernel
    that follows is narrower by as much and the whole has the bandwidth that was asked for.
    Points beyond the areas count as far as they are given; where they are not, the density falls
    off towards the border.

    Parameters
    ----------
    points : pandas.DataFrame or iterable of pandas.DataFrame
        `easting`, `northing` (EPSG:27700); points without coordinates are left out.
    grid : Grid
        Cells of 250 m or more.
    within : geopandas.GeoDataFrame
        Outlines: cells whose centre lies in none of them have no value.
    bandwidth_m : float
        Standard deviation of the kernel in metres, one cell or more; it is cut off at six.
    rows : int
        Rows of a strip.
    shared : Shared, optional
        Keeps which area holds which cell, for other surfaces of the same outlines.

    Returns
    -------
    iterator of ndarray of float32, shape (rows, width)
        Points per square kilometre.

    Raises
    ------
    DisclosureError
        Cells of less than 250 m, or points that speak of refuges.
    ConfigurationError
        The bandwidth is smaller than a cell.
    InputError
        `easting` or `northing` is missing.
    """
    if grid.cell_m < SMALLEST_DENSITY_CELL:
        msg = (
            f"a kernel density of points has cells of {SMALLEST_DENSITY_CELL:g} metres or more, "
            f"not {grid.cell_m:g}: a finer one would lead back to a place. Give larger cells."
        )
        raise DisclosureError(msg)
    _require_bandwidth(bandwidth_m, grid)
    # In cells, without what the sharing adds.
    sigma = np.sqrt((bandwidth_m / grid.cell_m) ** 2 - _SHARED_VARIANCE)
    reach = int(np.ceil(_REACH * sigma)) + 1
    binned = np.zeros((grid.height + 2 * reach, grid.width + 2 * reach))
    for chunk in [points] if isinstance(points, pd.DataFrame) else points:
        _add_points(binned, chunk, grid, reach)
    whole = _blurred(binned, sigma, slice(reach, -reach))[:, reach:-reach]
    # Transforms leave dust of either sign where no point is near.
    whole = np.maximum(whole, 0.0) / (grid.cell_m / 1_000) ** 2
    held = _cells(within, grid, shared)
    return (
        np.where(held.at(first, last) >= 0, whole[first:last], np.nan).astype(np.float32)
        for first, last in grid.strips(rows)
    )


def _add_points(binned: NDArray[np.float64], points: pd.DataFrame, grid: Grid, reach: int) -> None:
    """Share each point among the centres of the four cells about it."""
    if points.empty:
        return
    require_columns(points, ["easting", "northing"], what="points")
    # Not the whole table: a street may be called after a refuge.
    kinds = [name for name in points.columns if str(name).strip().lower() in _KINDS]
    refuse_refuges(points[kinds].drop_duplicates(), name=kinds[0] if kinds else "")
    axes = points[["easting", "northing"]].apply(pd.to_numeric, errors="coerce")
    places = axes.to_numpy(dtype=np.float64, na_value=np.nan)
    column = (places[:, 0] - grid.left) / grid.cell_m - 0.5 + reach
    row = (grid.top - places[:, 1]) / grid.cell_m - 0.5 + reach
    height, width = binned.shape
    near = (column >= 0) & (column < width - 1) & (row >= 0) & (row < height - 1)
    column, row = column[near], row[near]
    west, north = np.floor(column).astype(np.int64), np.floor(row).astype(np.int64)
    right, down = column - west, row - north
    for step_down, share_down in ((0, 1 - down), (1, down)):
        for step_right, share_right in ((0, 1 - right), (1, right)):
            cells = (north + step_down) * width + west + step_right
            weights = share_down * share_right
            binned += np.bincount(cells, weights, minlength=binned.size).reshape(binned.shape)


def _require_bandwidth(bandwidth_m: float, grid: Grid) -> None:
    if not (np.isfinite(bandwidth_m) and bandwidth_m >= grid.cell_m):
        msg = (
            f"a bandwidth of {bandwidth_m:g} metres is less than a cell of {grid.cell_m:g}. Give a "
            "wider one, or smaller cells."
        )
        raise ConfigurationError(msg)


def _blurred(values: NDArray[np.float64], sigma: float, rows: slice) -> NDArray[np.float64]:
    """Spread values by a normal kernel of `sigma` cells, and give some rows of the outcome.

    By Fourier transforms, one axis at a time, so that fine cells under a wide kernel take no longer
    than others. Nothing comes in from beyond the edge.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    reach = int(np.ceil(_REACH * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    for axis, wanted in ((0, rows), (1, slice(None))):
        length = values.shape[axis]
        size = next_fast_len(length + 2 * reach, real=True)
        shape = (-1, 1) if axis == 0 else (1, -1)
        spectrum = rfft(values, size, axis=axis) * rfft(kernel, size).reshape(shape)
        spread = irfft(spectrum, size, axis=axis)
        values = (
            spread[reach : reach + length][wanted] if axis == 0 else spread[:, reach:][:, :length]
        )
    return np.asarray(values, dtype=np.float64)


def _cells(areas: gpd.GeoDataFrame, grid: Grid, shared: Shared | None) -> AreaCells:
    return (shared or Shared()).once(AreaCells, areas, grid=grid)


def _cells_of_each(held: AreaCells, grid: Grid, rows: int) -> NDArray[np.int64]:
    """Cells that each area holds."""
    cells = np.zeros(held.areas + 1, dtype=np.int64)
    for first, last in grid.strips(rows):
        cells += np.bincount(held.at(first, last).ravel() + 1, minlength=len(cells))
    return cells[1:]
