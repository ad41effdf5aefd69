"""What stands on a page's map beside its figures: towns, insets, outlines without their rivers.

None of it knows a figure: towns and insets follow from where people live, so that no map is
enlarged where a finding lies.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from vawg_geo.areas.neighbours.outer import strips
from vawg_geo.inputs.national import about_national, read_national
from vawg_geo.publish.page.geometry import SCALE, encode_edge, to_wgs84

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from vawg_geo.publish.page.geometry import Shape

__all__ = ["build_context", "credit_of"]

# Metres and people: beyond the border, larger towns alone help to find one's way.
_NEAR: Final = 8_000.0
_LARGE: Final = 10_000
# More towns than these are only reached by name on a page of one county or two.
_MOST: Final = 900
# An inset: residents of a square kilometre of a town, the room around it, the smallest side.
_DENSE: Final = 3_500
_ROOM: Final = 1.5
_SMALLEST: Final = 4_000.0
# How many insets, of how many areas at least, and of what share of the whole map's side at most.
_INSETS: Final = 3
_AREAS: Final = 5
_SHARE: Final = 0.4


def build_context(
    areas: gpd.GeoDataFrame, *, parents: Sequence[str], rivers: bool = True
) -> dict[str, Any]:
    """Towns, insets and outlines for one page.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        `area_name, parent_code, geometry`, in EPSG:27700.
    parents : sequence of str
        Codes of districts in the page's order.
    rivers : bool
        Whether to look for areas that a river runs through.

    Returns
    -------
    dict
        ``towns``: name, longitude and latitude in 1e-5 degrees, position of the area that it lies
        in and of that area's parent (None for none), the largest first. ``insets``: position of
        the town, the frame's west, south, east and north in 1e-5 degrees, its side in metres.
        ``outlines``: by position of an area that a river runs through, its border without banks.
    """
    towns = _towns(areas)
    lonlat = _units(towns[["easting", "northing"]].to_numpy(float)) if len(towns) else []
    place = {code: n for n, code in enumerate(parents)}
    above = [place.get(code) for code in areas["parent_code"].fillna("")]
    return {
        "towns": [
            [name, *at, None if area < 0 else area, None if area < 0 else above[area]]
            for name, at, area in zip(towns["town"], lonlat, towns["area"].tolist(), strict=True)
        ],
        "insets": _insets(areas, towns),
        "outlines": _outlines(areas) if rivers else {},
    }


def credit_of(areas: gpd.GeoDataFrame) -> tuple[str, ...]:
    """Whom a page with these areas thanks for its towns; nobody where it has none."""
    return (about_national("towns").attribution,) if len(_towns(areas)) else ()


@cache
def _all_towns() -> pd.DataFrame:
    towns = read_national("towns")
    return towns[towns["part_of"] == ""]


def _towns(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Towns in the areas, and the larger ones near; `area` is -1 outside."""
    geometry = areas.geometry.to_numpy()
    west, south, east, north = shapely.total_bounds(geometry)
    towns = _all_towns()
    inside = towns["easting"].between(west - _NEAR, east + _NEAR)
    towns = towns[inside & towns["northing"].between(south - _NEAR, north + _NEAR)]
    points = shapely.points(towns["easting"], towns["northing"])
    tree = shapely.STRtree(geometry)
    found = np.full(len(towns), -1)
    town, area = tree.query(points, predicate="intersects")
    # On a border, the first area has it.
    found[town[::-1]] = area[::-1]
    close = np.zeros(len(towns), dtype=bool)
    close[tree.query(points, predicate="dwithin", distance=_NEAR)[0]] = True
    kept = (found >= 0) | (close & (towns["population"].to_numpy() >= _LARGE))
    return towns.assign(area=found)[kept].head(_MOST)


def _insets(areas: gpd.GeoDataFrame, towns: pd.DataFrame) -> list[list[int]]:
    """Squares about the towns with most residents: so many areas in each that it says something."""
    geometry = areas.geometry.to_numpy()
    west, south, east, north = shapely.total_bounds(geometry)
    middles = shapely.get_coordinates(shapely.centroid(geometry))
    squares: list[tuple[float, float, float]] = []
    found = []
    outside = (towns["area"] < 0).tolist()
    spots = towns[["easting", "northing"]].to_numpy(float)
    sides = _ROOM * 1_000 * np.sqrt(towns["population"].to_numpy(float) / _DENSE)
    for n, (at, side) in enumerate(zip(spots, np.maximum(sides, _SMALLEST).tolist(), strict=True)):
        held = (np.abs(middles - at) <= side / 2).all(axis=1).sum()
        apart = all(
            max(abs(at[0] - x), abs(at[1] - y)) > (side + other) / 2 for x, y, other in squares
        )
        small = side <= _SHARE * max(east - west, north - south)
        if outside[n] or not apart:
            continue
        # Parts of a city that is the whole map are no towns of their own.
        squares += [(float(at[0]), float(at[1]), side)] if held >= _AREAS else []
        if held < _AREAS or not small:
            continue
        corners = _units(np.array([at - side / 2, at + side / 2]))
        found.append([n, *corners[0], *corners[1], round(side)])
        if len(found) == _INSETS:
            break
    return found


def _outlines(areas: gpd.GeoDataFrame) -> dict[str, Shape]:
    """Borders of the areas that a river runs through, without its banks."""
    found = {}
    for place, shape in enumerate(areas.geometry):
        # One part alone has the river on one side of it, unless it winds.
        if shapely.get_num_geometries(shape) > 1 and len(strips(shape)):
            found[str(place)] = encode_edge(areas.iloc[[place]])
    return found


def _units(coordinates: NDArray[np.float64]) -> list[list[int]]:
    pairs: list[list[int]] = np.rint(to_wgs84(coordinates) * SCALE).astype(np.int64).tolist()
    return pairs
