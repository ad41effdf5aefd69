"""Are coordinates what their label says, and the way to British National Grid.

Three mistakes come up again and again: degrees labelled as metres, metres labelled as degrees,
and axes swapped. Each shows in the numbers, because the areas must come to lie in England or
Wales.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from vawg_geo.errors import BoundaryError, problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from pyproj import CRS

    Geometries = npt.NDArray[np.object_]

__all__ = [
    "NATIONAL_GRID",
    "operations_to_grid",
    "to_national_grid",
    "validate_coordinates",
    "validate_location",
]

NATIONAL_GRID: Final = "EPSG:27700"

# England and Wales with 5 km to spare everywhere, in km of the National Grid, made from the
# outlines of the 43 police areas (closed by 60 km, widened by 15 km, simplified, rounded).
_OUTLINE_KM: Final = (
    (70, 20), (160, 60), (200, 110), (190, 170), (160, 200), (160, 220), (200, 270), (210, 390),
    (230, 410), (270, 410), (300, 430), (300, 460), (280, 510), (290, 540), (350, 610), (380, 660),
    (410, 670), (440, 640), (470, 540), (500, 520), (540, 480), (580, 370), (630, 350), (670, 320),
    (670, 280), (640, 210), (650, 170), (650, 140), (620, 110), (570, 80), (510, 90), (450, 60),
    (340, 60), (290, 20), (230, 30), (180, 0), (120, 10), (80, -10),
)  # fmt: skip
# The outline's own extent: no area reaches beyond it.
_EXTENT: Final = (70_000.0, -10_000.0, 670_000.0, 670_000.0)
# Degrees between which the same country lies, for choosing a transformation and for messages.
_WEST, _SOUTH, _EAST, _NORTH = -9.0, 49.0, 2.5, 61.0


def _bounds_text(bounds: Sequence[float]) -> str:
    west, south, east, north = bounds
    return f"x {west:,.5g} to {east:,.5g}, y {south:,.5g} to {north:,.5g}"


def validate_coordinates(bounds: Sequence[float], crs: CRS, *, label: str) -> None:
    """Refuse coordinates that cannot be what their coordinate reference system says.

    Parameters
    ----------
    bounds : sequence of float
        Least x and y, greatest x and y, in the file's own units.
    crs : pyproj.CRS
        What the file says they are.
    label : str
        What to call the file.

    Raises
    ------
    BoundaryError
        Degrees are labelled as metres, metres as degrees, or latitude and longitude are swapped.

    Examples
    --------
    >>> from pyproj import CRS
    >>> validate_coordinates((0.1, 52.1, 0.2, 52.2), CRS("EPSG:27700"), label="wards.gpkg")
    Traceback (most recent call last):
    ...
    vawg_geo.errors.BoundaryError: wards.gpkg is labelled 'OSGB36 / British National Grid' ...
    """
    west, south, east, north = bounds
    degrees = max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90
    where = _bounds_text(bounds)
    if crs.is_projected and degrees:
        msg = (
            f"{label} is labelled {crs.name!r} (metres), but its coordinates are degrees "
            f"({where}): WGS84 under a wrong label. If it is longitude and latitude, give "
            "crs='EPSG:4326'."
        )
        raise BoundaryError(msg)
    if not crs.is_geographic:
        return
    if not degrees:
        msg = (
            f"{label} is labelled {crs.name!r} (degrees), but its coordinates are metres "
            f"({where}). If they are British National Grid, give crs='EPSG:27700'."
        )
        raise BoundaryError(msg)
    if west >= _SOUTH and east <= _NORTH and south >= _WEST and north <= _EAST:
        msg = (
            f"{label} has latitude and longitude swapped ({where}). Swap them (QGIS: Swap X and Y "
            "coordinates) or export it again with x as longitude."
        )
        raise BoundaryError(msg)


def _group(source: CRS | str, target: str) -> Any | None:
    """Operations from one system to another over England and Wales, or None if there is none."""
    from pyproj.aoi import AreaOfInterest
    from pyproj.exceptions import ProjError
    from pyproj.transformer import TransformerGroup

    area: Any = AreaOfInterest(-6.5, 49.8, 1.8, 55.9)
    with warnings.catch_warnings():
        # It warns of a grid file that is not installed; the note says so instead.
        warnings.simplefilter("ignore")
        try:
            group = TransformerGroup(source, target, always_xy=True, area_of_interest=area)
        except (ProjError, IndexError):  # the latter where a damaged system has no operation
            return None
    # Without a known accuracy it is a ballpark: datums are taken as equal, 100 m off in England.
    known = group.transformers and group.transformers[0].accuracy >= 0
    return group if known else None


def _steps(crs: CRS) -> list[Any]:
    """Find the operations to the National Grid, by way of WGS84 where there is no direct one.

    Without the grid file of OSTN15 that is so from ETRS89: directly only a ballpark is offered.
    """
    direct = _group(crs, NATIONAL_GRID)
    if direct is not None:
        return [direct]
    first, second = _group(crs, "EPSG:4326"), _group("EPSG:4326", NATIONAL_GRID)
    return [] if first is None or second is None else [first, second]


def operations_to_grid(crs: CRS) -> list[Any]:
    """Transformers to British National Grid, to be used one after the other; none from itself.

    Parameters
    ----------
    crs : pyproj.CRS
        A horizontal system.

    Returns
    -------
    list of pyproj.Transformer
        The same operations as `to_national_grid` uses.

    Raises
    ------
    BoundaryError
        No operation of known accuracy leads there.
    """
    if crs.to_epsg() == 27700:
        return []
    steps = _steps(crs)
    if not steps:
        msg = (
            f"no way of known accuracy leads from {crs.name!r} to British National Grid. Give the "
            "real system of the coordinates."
        )
        raise BoundaryError(msg)
    return [step.transformers[0] for step in steps]


def to_national_grid(
    geometries: Geometries, crs: CRS, *, label: str
) -> tuple[Geometries, list[str]]:
    """Bring geometries to British National Grid by one named operation.

    Parameters
    ----------
    geometries : array of shapely geometries
        In `crs`, x first.
    crs : pyproj.CRS
        Their system.
    label : str
        What to call the file.

    Returns
    -------
    geometries : array of shapely geometries
        In EPSG:27700; the same where they were already.
    notes : list of str
        The operation and its accuracy; empty where there was none.

    Raises
    ------
    BoundaryError
        There is no such operation, or coordinates have no place on the grid.
    """
    flat = crs.to_2d()
    if flat.is_compound:
        flat = flat.sub_crs_list[0]
    if flat.to_epsg() == 27700:
        return geometries, []
    steps = _steps(flat)
    if not steps:
        msg = (
            f"{label}: no way of known accuracy leads from {crs.name!r} to British National Grid. "
            "Give the file's real system with crs=."
        )
        raise BoundaryError(msg)
    moved = geometries
    for step in steps:
        moved = shapely.transform(moved, step.transformers[0].transform, interleaved=False)
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        msg = (
            f"{label} has coordinates that have no place on British National Grid under its label "
            f"{crs.name!r}. Give the real system with crs=."
        )
        raise BoundaryError(msg)
    used = [step.transformers[0] for step in steps]
    words = [word for one in used for word in one.description.split(" + ")]
    # A change of axis order moves nothing.
    operation = " + ".join(word for word in words if "axis order" not in word)
    better = all(step.best_available for step in steps)
    hint = "" if better else "; a more accurate one needs a grid file that is not installed"
    note = (
        f"{label} was reprojected from {crs.name} to British National Grid by {operation!r} "
        f"(accuracy {sum(one.accuracy for one in used):g} m{hint})"
    )
    return moved, [note]


def validate_location(geometries: Geometries, names: Sequence[str], *, label: str) -> None:
    """Refuse areas that do not lie in England or Wales.

    Eastings and northings that were swapped are recognised where swapping them back brings every
    area home. Near the diagonal of the grid (easting about equal to northing, as in the north
    west Midlands) a swapped layer still lies in England: only comparing its bounds with known
    ones finds that.

    Parameters
    ----------
    geometries : array of shapely geometries
        Polygons in EPSG:27700, which need not be valid.
    names : sequence of str
        What to call each in a message.
    label : str
        What to call the file.

    Raises
    ------
    BoundaryError
        An area's middle, or any of its points by far, lies outside.

    Examples
    --------
    >>> swapped = np.array([shapely.box(218_000, 586_000, 219_000, 587_000)])
    >>> validate_location(swapped, ["'E05002703' Arbury"], label="wards.gpkg")
    Traceback (most recent call last):
    ...
    vawg_geo.errors.BoundaryError: 1 of 1 areas in wards.gpkg lie outside England and Wales ...
    """
    outline = shapely.Polygon(np.array(_OUTLINE_KM) * 1000.0)
    shapely.prepare(outline)
    bounds = shapely.bounds(geometries)
    # Halved before they are added: a damaged point may be as far off as a number can say.
    x, y = (bounds[:, :2] / 2 + bounds[:, 2:] / 2).T
    least, most = np.array(_EXTENT[:2]), np.array(_EXTENT[2:])
    far = (bounds[:, :2] < least).any(axis=1) | (bounds[:, 2:] > most).any(axis=1)
    outside = ~shapely.contains_xy(outline, x, y) | far
    if not outside.any():
        return
    first = int(np.flatnonzero(outside)[0])
    swapped = bool(shapely.contains_xy(outline, y, x).all())
    action = (
        "With easting and northing swapped all lie inside: swap them (QGIS: Swap X and Y "
        "coordinates) or export it again."
        if swapped
        else "Give the real coordinate reference system with crs=, or leave these areas out."
    )
    msg = problem(
        "lie outside England and Wales" + (" with their axes as they are" if swapped else ""),
        bad=int(outside.sum()),
        total=len(geometries),
        noun=f"areas in {label}",
        first=f"{names[first]} ({_bounds_text([float(v) for v in bounds[first]])})",
        action=action,
    )
    raise BoundaryError(msg)
