"""Which places of a gazetteer are parts of a larger town, by the outlines of built-up areas."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["part_of_town"]

# Metres: outlines are generalised, and suburbs stand on their edge; an outline of the same name is
# the place's own from farther.
_NEAR: Final = 700.0
_OWN: Final = 4_000.0
# What so many people live in is no part of another place.
_CITY: Final = 150_000


def part_of_town(towns: gpd.GeoDataFrame, outlines: Path) -> list[str]:
    """Name the built-up area that a place is a part of.

    Parameters
    ----------
    towns : geopandas.GeoDataFrame
        `town, population` and a point in metres.
    outlines : Path
        TopoJSON of built-up area subdivisions, in degrees.

    Returns
    -------
    list of str
        Empty for a city, for a place with an outline of its own name, and for one that lies in
        none or near.
    """
    built = built_up(outlines)
    points, names = towns.geometry.to_numpy(), towns["town"].map(plain).to_numpy()
    owners = built["town"].map(plain).to_numpy()
    tree = shapely.STRtree(built.geometry.to_numpy())
    place, area = tree.query(points, predicate="dwithin", distance=_OWN)
    own = names[place] == owners[area]
    # Outlines that stand for a place of their name; others cannot say whose parts lie in them.
    themselves, known = set(place[own].tolist()), set(area[own].tolist())
    place, area = tree.query(points, predicate="dwithin", distance=_NEAR)
    found = [""] * len(towns)
    for one, other in zip(place.tolist(), area.tolist(), strict=True):
        city = towns["population"].iloc[one] >= _CITY
        if one not in themselves and other in known and not city:
            found[one] = str(built["town"].iloc[other])
    return found


def plain(name: str) -> str:
    """Names as two sources may both write them.

    >>> plain("Saint Neots") == plain("St. Neots"), plain("King's Lynn")
    (True, 'kings lynn')
    """
    bare = re.sub(r"\bsaint\b", "st", re.sub(r"['.]", "", name.lower()))
    return re.sub(r"[^a-z]+", " ", bare).strip()


def built_up(path: Path) -> gpd.GeoDataFrame:
    """Outlines of a TopoJSON file with one collection."""
    told = json.loads(path.read_text("utf-8"))
    scale, shift = (np.array(told["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(arc, axis=0) * scale + shift for arc in told["arcs"]]
    (collection,) = told["objects"].values()

    def ring(places: list[int]) -> NDArray[np.float64]:
        parts = [arcs[place] if place >= 0 else arcs[~place][::-1] for place in places]
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])

    def outline(one: dict[str, Any]) -> Any:
        polygons = [one["arcs"]] if one["type"] == "Polygon" else one["arcs"]
        made = [shapely.Polygon(ring(p[0]), [ring(hole) for hole in p[1:]]) for p in polygons]
        return shapely.make_valid(shapely.union_all(made))

    kept = collection["geometries"]
    names = [re.sub(r" BUA(SD)?$", "", one["properties"]["AREANM"]) for one in kept]
    return gpd.GeoDataFrame(
        {"town": names}, geometry=[outline(one) for one in kept], crs="EPSG:4326"
    ).to_crs("EPSG:27700")
