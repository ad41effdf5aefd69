"""Neighbours by number or by distance, from centroid to centroid.

Centroids are what libpysal measures from, too. Distances that agree to the micrometre count as
equal, so that rounding does not choose between neighbours, and equal ones go by area code, so that
the order of the rows does not either.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from vawg_geo.areas.joining.layer import require_layer
from vawg_geo.errors import InputError
from vawg_geo.terms.graph import Neighbours

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["band", "nearest"]

# Centroids of equal squares on a grid differ by rounding alone, in the tenth decimal or so.
_DECIMALS: Final = 6
# More than this and the arrays alone would take gigabytes.
_MOST_PAIRS: Final = 50_000_000


def nearest(areas: gpd.GeoDataFrame, *, k: int) -> Neighbours:
    """The k areas whose centroids are nearest to each area's.

    Parameters
    ----------
    areas : GeoDataFrame, n rows
        Columns `area_code` and `geometry` (of any kind, points among them), in metres.
    k : int
        How many, at least 1 and fewer than the areas.

    Returns
    -------
    Neighbours
        k for each area, one-sided: b may be among a's nearest without a being among b's. Areas
        equally far away are taken in the order of their codes, not of their rows, so that the rows'
        order changes nothing. Coincident centroids are neighbours at distance zero.

    Raises
    ------
    BoundaryError, InputError
        As for `require_layer`, or k cannot be used.

    Examples
    --------
    >>> import geopandas as gpd
    >>> points = shapely.points([[0, 0], [1, 0], [-1, 0], [9, 0]])
    >>> areas = gpd.GeoDataFrame({"area_code": ["d", "c", "b", "a"]}, geometry=points)
    >>> nearest(areas, k=1).of("d")
    ('b',)
    """
    from scipy.spatial import KDTree

    ids, shapes = require_layer(areas, areal=False)
    n = len(ids)
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 1:
        msg = f"k is {k!r}, but must be a whole number of at least 1. Give how many are nearest."
        raise InputError(msg)
    if k >= n:
        msg = f"{k:,} nearest of {n:,} areas: an area has only {n - 1:,} others. Give a smaller k."
        raise InputError(msg)
    points = _centroids(shapes)
    tree, rank = KDTree(points), _ranks(ids)
    others = np.zeros((n, k), dtype=np.int64)
    pending, width = np.arange(n), k + 2
    while pending.size:
        width = min(width, n)
        chosen, sure = _choose(tree, points, pending, k=k, width=width, rank=rank)
        others[pending[sure]] = chosen[sure]
        pending, width = pending[~sure], width * 2
    return Neighbours.from_pairs(ids, np.repeat(np.arange(n), k), others.ravel(), kind=f"knn:{k}")


def band(areas: gpd.GeoDataFrame, *, metres: float) -> Neighbours:
    """All areas whose centroids lie within a distance of each area's.

    Parameters
    ----------
    areas : GeoDataFrame, n rows
        Columns `area_code` and `geometry` (of any kind, points among them), in metres.
    metres : float
        Greatest distance, itself included.

    Returns
    -------
    Neighbours
        In the order of the rows. An area with nobody within the distance is an island.

    Raises
    ------
    BoundaryError, InputError
        As for `require_layer`, or the distance cannot be used or joins too many pairs for memory.

    Examples
    --------
    >>> import geopandas as gpd
    >>> points = shapely.points([[0, 0], [3, 4], [30, 40]])
    >>> areas = gpd.GeoDataFrame({"area_code": ["a", "b", "c"]}, geometry=points)
    >>> within = band(areas, metres=5)
    >>> within.of("a"), within.islands
    (('b',), ('c',))
    """
    from scipy.spatial import KDTree

    ids, shapes = require_layer(areas, areal=False)
    reach = float(metres)
    if not math.isfinite(reach) or reach <= 0:
        msg = f"a band of {metres!r} metres joins nobody. Give a distance of more than 0 metres."
        raise InputError(msg)
    tree = KDTree(_centroids(shapes))
    radius = reach + 0.5 * 10.0**-_DECIMALS
    pairs = int(tree.count_neighbors(tree, radius)) - len(ids)
    if pairs > _MOST_PAIRS:
        msg = (
            f"a band of {reach:,g} m joins {pairs:,} pairs of {len(ids):,} areas, more than memory "
            "should hold. Give a smaller distance, or k nearest."
        )
        raise InputError(msg)
    first, second = tree.query_pairs(radius, output_type="ndarray").astype(np.int64).T
    return Neighbours.from_pairs(
        ids, np.r_[first, second], np.r_[second, first], kind=f"band:{reach:.12g}"
    )


def _choose(
    tree: Any,
    points: NDArray[np.float64],
    pending: NDArray[np.int64],
    *,
    k: int,
    width: int,
    rank: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Choose k of the `width` points nearest to some; sure is whether none beyond could tie."""
    distance, place = tree.query(points[pending], k=width)
    distance = np.round(distance, _DECIMALS)
    # The area itself goes last; among coincident points it need not stand first, nor at all.
    ordered = np.where(place == pending[:, None], np.inf, distance)
    order = np.lexsort((rank[place], ordered), axis=1)
    chosen = np.take_along_axis(place, order, axis=1)[:, :k]
    last_chosen = np.take_along_axis(ordered, order, axis=1)[:, k - 1]
    sure = (distance[:, -1] > last_chosen) | (width == len(points))
    return chosen, sure


def _centroids(shapes: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(shapely.get_coordinates(shapely.centroid(shapes)))


def _ranks(ids: Sequence[Any]) -> NDArray[np.int64]:
    """Place of each code among the sorted codes."""
    try:
        order = sorted(range(len(ids)), key=ids.__getitem__)
    except TypeError:  # integers and text in one column
        order = sorted(range(len(ids)), key=lambda row: (str(type(ids[row])), ids[row]))
    rank = np.zeros(len(ids), dtype=np.int64)
    rank[order] = np.arange(len(ids))
    return rank
