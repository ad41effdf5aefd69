"""Small pictures of maps for the index page: outlines painted as the map's page opens.

A picture shows what its page shows and nothing else: it is painted from the page's own data, with
hidden and missing areas hatched. Areas of one fill are one path, so that a picture of thousands of
areas stays small.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from vawg_geo.areas.neighbours.outer import strips, with_strips
from vawg_geo.publish.page.assemble import part
from vawg_geo.words.palette import INK, OUTLINE, PATTERNS, WATER, ZERO

if TYPE_CHECKING:
    import geopandas as gpd
    from markupsafe import Markup
    from numpy.typing import NDArray

    from vawg_geo.results.series import Series

__all__ = ["fills_of", "small_map", "small_patterns"]

# Width and largest height of a picture; whole numbers in paths are fifths of these.
_WIDTH: Final = 300
_HEIGHT: Final = 260
_FINE: Final = 5
# More outlines than this would be nothing but outlines.
_MOST_OUTLINES: Final = 400
_MARKS: Final = {
    "diagonal": "M-2,2l4,-4M0,7l7,-7M5,9l4,-4",
    "cross": "M0,0l7,7M7,0l-7,7",
    "level": "M0,3.5h7",
    "noughts": "M2,3.5a1.5,1.5 0 1 0 3,0a1.5,1.5 0 1 0 -3,0",
}


def small_patterns() -> Markup:
    """Hatches that all pictures of a page share, as one hidden drawing."""
    patterns = [
        {"status": status, "ground": ground, "ink": ink, "lines": _MARKS[kind]}
        for status, (ground, ink, kind) in {"zero": ZERO, **PATTERNS}.items()
    ]
    return part("small_patterns", patterns, _FINE)


def small_map(
    areas: gpd.GeoDataFrame, fills: list[str], *, borders: gpd.GeoDataFrame | None = None
) -> Markup:
    """Draw a level's areas as a small picture.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        Outlines in metres.
    fills : list of str
        One for each area: a colour, or the address of a hatch of `small_patterns`.
    borders : geopandas.GeoDataFrame, optional
        Outlines to draw over them, of the districts for instance.

    Returns
    -------
    markupsafe.Markup
        An `svg` element; hidden from readers of the text, which stands beside it.
    """
    geometry = areas.geometry.to_numpy()
    west, south, east, north = shapely.total_bounds(geometry)
    step = max((east - west) / _WIDTH, (north - south) / _HEIGHT) / _FINE
    many = len(areas) > _MOST_OUTLINES
    if many:
        # Lighter before they are joined: joining is what takes time.
        geometry = shapely.coverage_simplify(geometry, step * _FINE)
        groups = dict.fromkeys(fills)
        joined = [shapely.union_all(geometry[_where(fills, fill)]) for fill in groups]
        geometry, fills = np.array(joined), list(groups)
    simple = geometry if many else shapely.coverage_simplify(geometry, step * _FINE * 0.7)
    origin = np.array([west, north])
    paths = [
        (fill, _path(simple[_where(fills, fill)], origin, step)) for fill in dict.fromkeys(fills)
    ]
    # Where thousands of areas are one picture, no river is wide enough to be seen.
    rivers = np.array([]) if many else strips(shapely.union_all(geometry))
    lines = ""
    if borders is not None and len(borders) > 1:
        # A river through a district is no border.
        whole = np.array([with_strips(shape) for shape in borders.geometry])
        simple = shapely.coverage_simplify(whole, step * _FINE)
        lines = _path(simple, origin, step)
    size = [round((east - west) / step), round((north - south) / step)]
    return part(
        "small_map",
        [size[0] + 8, size[1] + 8],
        _WIDTH,
        round(size[1] / size[0] * _WIDTH),
        "" if many else OUTLINE,
        paths,
        (WATER, _path(rivers, origin, step)) if len(rivers) else ("", ""),
        lines,
        INK,
    )


def fills_of(series: Series) -> list[str]:
    """Fill of each area: the colour of its class, or the address of its hatch."""
    return [
        one.ground if one.pattern == "solid" else f"url(#p-{one.key})" for one in series.paints()
    ]


def _where(fills: list[str], fill: str) -> NDArray[np.bool_]:
    return np.array([one == fill for one in fills])


def _path(geometry: NDArray[Any], origin: NDArray[np.float64], step: float) -> str:
    """Closed lines of polygons as steps of whole numbers from the north-western corner."""
    rings = shapely.get_rings(shapely.get_parts(geometry))
    coordinates, owner = shapely.get_coordinates(rings, return_index=True)
    units = np.rint((coordinates - origin) * [1 / step, -1 / step]).astype(np.int64)
    ends = np.flatnonzero(np.diff(owner, prepend=-1, append=len(rings)))
    parts = []
    for start, stop in pairwise(ends):
        steps = np.diff(units[start:stop], axis=0)[:-1]
        steps = steps[steps.any(axis=1)]
        if len(steps) > 1:
            flat = " ".join(f"{x} {y}" for x, y in steps.tolist()).replace(" -", "-")
            parts.append(f"M{units[start, 0]} {units[start, 1]}l{flat}z")
    return "".join(parts)
