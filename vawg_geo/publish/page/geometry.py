"""Outlines as whole numbers: geometry is sent once, small, with shared borders still shared.

Every vertex is projected and rounded by itself, so a vertex that two areas share is the same pair
of numbers in both, and no gap opens between neighbours.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from vawg_geo.areas.neighbours.outer import LIGHT_STRIPS, border_lines, strips
from vawg_geo.errors import OutputError

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from pyproj import Transformer

__all__ = [
    "SCALE",
    "Shape",
    "encode_edge",
    "encode_points",
    "encode_shapes",
    "encode_water",
    "lighter",
    "to_wgs84",
]

SCALE: Final = 100_000
"""Units per degree: 1e-5 degrees are 1.1 m north and 0.7 m east in England."""

Ring = list[int]
Shape = list[list[Ring]]

# Ordnance Survey's seven-parameter transformation, written out. By name, PROJ would take the OSTN15
# grid where a machine has it, and the same inputs would give other bytes there. Good to 5 m, less
# than the width of an outline at any zoom that a map of wards is read at.
_PIPELINE: Final = (
    "+proj=pipeline "
    "+step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 "
    "+ellps=airy "
    "+step +proj=cart +ellps=airy "
    "+step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 "
    "+convention=position_vector "
    "+step +inv +proj=cart +ellps=WGS84 "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


@cache
def _transformer() -> Transformer:
    from pyproj import Transformer

    return Transformer.from_pipeline(_PIPELINE)


def to_wgs84(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    """British National Grid to longitude and latitude.

    Parameters
    ----------
    coordinates : ndarray of float, shape (n, 2)
        Easting and northing in metres, EPSG:27700.

    Returns
    -------
    ndarray of float, shape (n, 2)
        Longitude and latitude in degrees, WGS84, within 5 m.

    Examples
    --------
    >>> to_wgs84(np.array([[544800.0, 258400.0]])).round(3).tolist()  # Cambridge
    [[0.118, 52.205]]
    """
    x, y = _transformer().transform(coordinates[:, 0], coordinates[:, 1])
    return np.column_stack([x, y])


def encode_shapes(areas: gpd.GeoDataFrame) -> list[Shape]:
    """Outlines as delta-coded integers.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        Polygons and multipolygons in EPSG:27700.

    Returns
    -------
    list
        Per area its polygons, each a list of rings (shell first), each a flat list: longitude and
        latitude of the first vertex in 1e-5 degrees, then differences. The closing vertex is left
        out, and so are vertices that rounding made equal to the one before.

    Raises
    ------
    OutputError
        Another CRS, or a geometry that is empty or no polygon.
    """
    _require_polygons(areas)
    coordinates, offsets = _ragged(areas.geometry.to_numpy())
    units = np.rint(to_wgs84(coordinates) * SCALE).astype(np.int64)
    ring_ends, polygon_ends, area_ends = offsets
    rings = [_encode_ring(units[start:stop]) for start, stop in pairwise(ring_ends)]
    polygons = [_polygon(rings[start:stop]) for start, stop in pairwise(polygon_ends)]
    return [[p for p in polygons[start:stop] if p] for start, stop in pairwise(area_ends)]


def encode_edge(areas: gpd.GeoDataFrame, *, light: bool = False) -> Shape:
    """Encode the outer border of all areas together, without the banks of tidal rivers.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        Polygons and multipolygons in EPSG:27700.
    light : bool
        Whether the outlines were made lighter, so that rivers grew wider.

    Returns
    -------
    list
        One list of lines, coded as the rings of `encode_shapes` but open; empty where there are
        none. Its vertices are those of the areas.
    """
    whole = shapely.union_all(areas.geometry.to_numpy())
    lines = border_lines(whole, **(LIGHT_STRIPS if light else {}))
    coded = [
        _encode_line(np.rint(to_wgs84(shapely.get_coordinates(line)) * SCALE).astype(np.int64))
        for line in shapely.get_parts(lines)
    ]
    found = [line for line in coded if len(line) > 2]
    return [found] if found else []


def encode_water(areas: gpd.GeoDataFrame, *, light: bool = False) -> list[Shape]:
    """Encode the strips that no area covers and that have the areas on both sides: rivers.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        Polygons and multipolygons in EPSG:27700.
    light : bool
        Whether the outlines were made lighter, so that rivers grew wider and small ones went.

    Returns
    -------
    list
        A shape for each strip, coded as those of `encode_shapes`.
    """
    import geopandas as gpd

    whole = shapely.union_all(areas.geometry.to_numpy())
    found = strips(whole, **(LIGHT_STRIPS if light else {}))
    if not len(found):
        return []
    frame = gpd.GeoDataFrame({"area_code": [""] * len(found)}, geometry=found, crs=areas.crs)
    return [shape for shape in encode_shapes(frame) if shape]


def lighter(areas: gpd.GeoDataFrame, *, most: int = 22) -> gpd.GeoDataFrame:
    """Outlines of many areas with fewer vertices, shared borders still shared.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        Outlines in metres that neither overlap nor leave slits.
    most : int
        Vertices for each area, on average, that are few enough.

    Returns
    -------
    geopandas.GeoDataFrame
        The same where vertices are few already; otherwise simplified in steps from 25 m, each
        half as coarse again.
    """
    geometry = areas.geometry.to_numpy()
    tolerance = 25.0
    while shapely.get_num_coordinates(geometry).sum() > most * len(areas) and tolerance <= 800:
        geometry = shapely.coverage_simplify(geometry, tolerance)
        tolerance *= 1.5
    return areas.set_geometry(geometry, crs=areas.crs)


def encode_points(areas: gpd.GeoDataFrame, *, spacious: bool = False) -> list[list[int]]:
    """Give a point inside each area, for labels and for moving between areas by keyboard.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
    spacious : bool
        Take the point farthest from the outline (to 500 m) instead of any good one.

    Returns
    -------
    list of [longitude, latitude] in 1e-5 degrees
    """
    geometry = areas.geometry.to_numpy()
    if spacious:
        lines = shapely.maximum_inscribed_circle(geometry, tolerance=500)
        points = shapely.get_point(lines, 0)
    else:
        points = shapely.point_on_surface(geometry)
    lonlat = to_wgs84(shapely.get_coordinates(points))
    pairs: list[list[int]] = np.rint(lonlat * SCALE).astype(np.int64).tolist()
    return pairs


def _ragged(geometry: NDArray[Any]) -> tuple[NDArray[np.float64], tuple[Any, Any, Any]]:
    """Coordinates and offsets of rings, polygons and areas, whatever mix of (multi)polygons."""
    offsets: Any
    _, coordinates, offsets = shapely.to_ragged_array(geometry, include_z=False)
    if len(offsets) == 2:
        offsets = (*offsets, np.arange(len(geometry) + 1))
    return coordinates, offsets


def _encode_ring(units: NDArray[np.int64]) -> Ring:
    """Delta code of one closed ring, or nothing where rounding left no triangle."""
    # The step into the closing vertex goes: the reader closes rings.
    flat = _encode_line(units)[:-2]
    return flat if len(flat) >= 6 else []


def _encode_line(units: NDArray[np.int64]) -> Ring:
    steps = np.diff(units, axis=0)
    flat: Ring = np.vstack([units[:1], steps[steps.any(axis=1)]]).ravel().tolist()
    return flat


def _polygon(rings: list[Ring]) -> list[Ring]:
    """Rings of a polygon without holes that rounding closed; nothing where the shell went."""
    return [ring for ring in rings if ring] if rings[0] else []


def _require_polygons(areas: gpd.GeoDataFrame) -> None:
    if areas.crs is None or areas.crs.to_epsg() != 27700:
        found = "no CRS" if areas.crs is None else areas.crs.name
        msg = (
            f"the outlines are in {found}, not in British National Grid (EPSG:27700). "
            "Convert them with to_crs(27700) first."
        )
        raise OutputError(msg)
    geometry = areas.geometry.to_numpy()
    bad = ~np.isin(shapely.get_type_id(geometry), (3, 6)) | shapely.is_empty(geometry)
    if bad.any():
        code = areas["area_code"].iloc[int(np.flatnonzero(bad)[0])]
        msg = (
            f"{int(bad.sum()):,} of {len(areas):,} areas have no polygon; first: {code!r}. "
            "Repair or drop them before a map is drawn."
        )
        raise OutputError(msg)
