"""The outer border of areas, and the strips within it that no area covers: tidal rivers.

A strip is narrow, long, and has the areas on both of its sides. Outlines that are clipped to the
coast have such strips where a tidal river runs; its banks are no border of anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["EDGE_METRES", "LIGHT_STRIPS", "at_the_edge", "border_lines", "strips", "with_strips"]

EDGE_METRES: Final = 300.0
"""Metres of the outer border that an area has at the map's edge, at least."""
# Or such a share of its own outline, for areas that are small.
_EDGE_SHARE: Final = 0.1

# Metres: the widest strip, and the shortest. No tidal river that a district of the default has on
# both sides is wider; wider gaps begin to take bays of the border with them.
_WIDE: Final = 100.0
_LONG: Final = 300.0
LIGHT_STRIPS: Final[Mapping[str, float]] = {"wide": 300.0, "long": 1_000.0}
"""Limits for outlines that were made lighter, which moves each bank by itself."""
# Metres: what is narrower on average is where one border was drawn twice.
_NARROWEST: Final = 2.0
_BESIDE: Final = 1.0


def strips(shape: Any, *, wide: float = _WIDE, long: float = _LONG) -> NDArray[Any]:
    """Narrow long strips between parts of a shape, which it does not cover.

    Parameters
    ----------
    shape : Polygon or MultiPolygon
        In metres.
    wide, long : float
        Metres: strips are no wider than the one and no shorter than the other.

    Returns
    -------
    ndarray of Polygon, shape (s,)

    Examples
    --------
    >>> banks = shapely.union_all(shapely.box([0, 1020], 0, [1000, 2000], 500))
    >>> [strip.area for strip in strips(banks)]
    [10000.0]
    """
    closed = shapely.buffer(shape, wide / 2, join_style="mitre")
    closed = shapely.buffer(closed, -wide / 2, join_style="mitre")
    parts = shapely.get_parts(shapely.difference(closed, shape))
    # Half of the outline of a long strip is its length and its width.
    half = shapely.length(parts) / 2
    width = shapely.area(parts) / np.maximum(half, 1.0)
    length = half - width
    return np.asarray(parts[(length >= long) & (width >= _NARROWEST)])


def with_strips(shape: Any, **limits: float) -> Any:
    """Give a shape with its strips.

    Parameters
    ----------
    shape : Polygon or MultiPolygon
    limits : float
        As for `strips`.

    Returns
    -------
    Polygon or MultiPolygon
    """
    found = strips(shape, **limits)
    # A strip that were only laid beside would leave hairlines where coordinates are rounded.
    return shapely.union_all([shape, *shapely.buffer(found, _BESIDE / 2)]) if len(found) else shape


def border_lines(shape: Any, **limits: float) -> Any:
    """Border of a shape without the banks of its strips.

    Parameters
    ----------
    shape : Polygon or MultiPolygon
    limits : float
        As for `strips`.

    Returns
    -------
    LineString or MultiLineString
        Parts of the shape's boundary, vertex for vertex but where a strip begins.

    Examples
    --------
    >>> banks = shapely.union_all(shapely.box([0, 1020], 0, [1000, 2000], 500))
    >>> round(border_lines(banks).length) == 2 * 500 + 2 * 1000 + 2 * 980
    True
    """
    lines, found = shapely.boundary(shape), strips(shape, **limits)
    if not len(found):
        return lines
    beside = shapely.buffer(shapely.union_all(found), 1e-3 * _BESIDE, join_style="mitre")
    return shapely.line_merge(shapely.difference(lines, beside))


def at_the_edge(areas: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Mark the areas that lie at the map's edge, where nobody knows their further neighbours.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame, n rows
        Polygons in metres.

    Returns
    -------
    ndarray of bool, shape (n,)
        Whether the area's outline follows the outer border of all areas along 300 m or a tenth of
        its length. A hole in the map is such a border, and a coast too: outlines alone do not say
        what lies beyond. The banks of a tidal river between areas are none.

    Examples
    --------
    >>> import geopandas as gpd
    >>> x, y = np.meshgrid(np.arange(3) * 1000.0, np.arange(3) * 1000.0)
    >>> nine = gpd.GeoDataFrame(geometry=shapely.box(x, y, x + 1000, y + 1000).ravel())
    >>> at_the_edge(nine).tolist()
    [True, True, True, True, False, True, True, True, True]
    """
    shapes = areas.geometry.to_numpy()
    lines = border_lines(shapely.union_all(shapes))
    points, owner = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    ends = np.stack([points[:-1], points[1:]], axis=1)[owner[:-1] == owner[1:]]
    # The border of all has a vertex wherever one area follows another.
    middles = shapely.points(ends.mean(axis=1))
    piece, area = shapely.STRtree(shapes).query(middles, predicate="dwithin", distance=_BESIDE)
    length = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    along = np.bincount(area, weights=length[piece], minlength=len(shapes))
    share = along / np.maximum(shapely.length(shapes), 1.0)
    return np.asarray((along >= EDGE_METRES) | (share >= _EDGE_SHARE))
