"""Faces: the pieces into which borders cut the plane, and whose each of them is.

The machinery of `_coverage`. Shapes and faces are arrays of shapely geometries in
metres; a label is the place of a shape in its array, `NOBODY` where there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from vawg_geo.errors import BoundaryError, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = [
    "NOBODY",
    "covered_share",
    "covering_pairs",
    "cut_faces",
    "draw_borders",
    "find_rungs",
    "give_to_neighbours",
    "is_narrow",
    "label_faces",
    "merge_faces",
    "require_areas",
]

NOBODY: Final = -1


def require_areas(areas: gpd.GeoDataFrame) -> NDArray[Any]:
    """Shapes of a table of areas in the order of their codes, repaired where invalid.

    Raises
    ------
    BoundaryError
        Coordinates are degrees, an area has no polygon, or a code repeats.
    """
    if areas.crs is not None and areas.crs.is_geographic:
        msg = f"coordinates are degrees ({areas.crs.name}). Project the areas to metres first."
        raise BoundaryError(msg)
    codes = areas["area_code"].astype(str).to_numpy(dtype=object)
    shapes = areas.geometry.to_numpy()
    areal = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    repeated = pd.Series(codes).duplicated().to_numpy()
    for bad, what, action in (
        (~areal, "have no polygon", "Repair the source, or leave these areas out."),
        (repeated, "repeat an area code", "Give each area one row; dissolve its parts first."),
    ):
        if bad.any():
            first = repr(codes[bad][0])
            text = problem(
                what, bad=int(bad.sum()), total=len(bad), noun="areas", first=first, action=action
            )
            raise BoundaryError(text)
    shapes = np.asarray(shapes[np.argsort(codes)])
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    return shapes


def draw_borders(
    layers: Sequence[NDArray[Any]], *, grid: float, cuts: NDArray[Any] | None = None
) -> NDArray[Any]:
    """Pieces of all borders of some layers, and any further lines, drawn once on a grid."""
    borders = shapely.boundary(np.concatenate(layers))
    lines = borders if cuts is None else np.concatenate([borders, cuts])
    return np.asarray(shapely.get_parts(shapely.union_all(lines, grid_size=grid)))


def cut_faces(
    layers: Sequence[NDArray[Any]], *, grid: float, cuts: NDArray[Any] | None = None
) -> NDArray[Any]:
    """Faces into which all borders of some layers cut the plane."""
    lines = draw_borders(layers, grid=grid, cuts=cuts)
    return np.asarray(shapely.get_parts(shapely.polygonize(lines)))


def find_rungs(lines: NDArray[Any], reference: NDArray[Any], *, width: float) -> NDArray[Any]:
    """Shortest lines from the junctions of noded lines to a reference that runs close by."""
    chains = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    # Chains end where three or more meet. A closed chain adds a point of its own: harmless.
    ends = np.concatenate([shapely.get_point(chains, 0), shapely.get_point(chains, -1)])
    rungs = shapely.shortest_line(ends, shapely.multilinestrings(reference))
    length = shapely.length(rungs)
    return np.asarray(rungs[(length > 0) & (length < width)])


def covering_pairs(faces: NDArray[Any], shapes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Pairs of face and shape of which the shape covers most of the face."""
    face, shape = shapely.STRtree(shapes).query(faces, predicate="intersects")
    shared = shapely.area(shapely.intersection(faces[face], shapes[shape]))
    # A face lies inside a shape or outside it; the grid moves borders by less than half of it.
    most = shared > shapely.area(faces[face]) / 2
    return face[most], shape[most]


def covered_share(faces: NDArray[Any], shapes: NDArray[Any]) -> NDArray[Any]:
    """Share of each face that the shapes cover between them."""
    face, shape = shapely.STRtree(shapes).query(faces, predicate="intersects")
    shared = shapely.area(shapely.intersection(faces[face], shapes[shape]))
    return np.asarray(np.bincount(face, weights=shared, minlength=len(faces)) / shapely.area(faces))


def label_faces(n: int, face: NDArray[Any], shape: NDArray[Any]) -> NDArray[Any]:
    """Shape that alone covers each face, or `NOBODY`."""
    owner = np.full(n, NOBODY)
    owner[face] = shape
    owner[np.bincount(face, minlength=n) != 1] = NOBODY
    return owner


def is_narrow(faces: NDArray[Any], width: float) -> NDArray[Any]:
    """Whether a disc of this diameter fits nowhere into a face."""
    return np.asarray(shapely.is_empty(shapely.buffer(faces, -width / 2)))


def give_to_neighbours(
    faces: NDArray[Any],
    owner: NDArray[Any],
    *,
    loose: NDArray[Any],
    allowed: Callable[[NDArray[Any], NDArray[Any], NDArray[Any]], NDArray[Any]],
) -> NDArray[Any]:
    """Give each loose face to the allowed owner across the longest border; others keep theirs.

    A loose face that has only loose neighbours waits for a later round, so that the order of
    faces does not matter.

    Parameters
    ----------
    faces : ndarray of Polygon, shape (n,)
    owner : ndarray of int, shape (n,)
        Label of each face, or `NOBODY`.
    loose : ndarray of bool, shape (n,)
        Faces that look for an owner.
    allowed : callable
        Given arrays of face, neighbour and the neighbour's label, whether it may be taken.

    Returns
    -------
    ndarray of int, shape (n,)
    """
    owner, waiting = owner.copy(), loose.copy()
    todo = np.flatnonzero(loose)
    one, other = shapely.STRtree(faces).query(faces[todo], predicate="intersects")
    one = todo[one]
    border = shapely.length(shapely.intersection(faces[one], faces[other]))
    keep = (one != other) & (border > 0)
    one, other, border = one[keep], other[keep], border[keep]
    while True:
        usable = waiting[one] & ~waiting[other] & (owner[other] != NOBODY)
        usable &= allowed(one, other, owner[other])
        if not usable.any():
            return owner
        offers = np.column_stack([one, owner[other]])[usable]
        pairs, which = np.unique(offers, axis=0, return_inverse=True)
        # Rounded, so that equal borders tie and the smaller code wins whatever the rows' order.
        length = np.round(np.bincount(which, weights=border[usable]), 6)
        best = np.lexsort((pairs[:, 1], -length, pairs[:, 0]))
        face, first = np.unique(pairs[best, 0], return_index=True)
        owner[face] = pairs[best[first], 1]
        waiting[face] = False


def merge_faces(faces: NDArray[Any]) -> shapely.MultiPolygon:
    """Merge faces of a coverage into a multipolygon in one canonical form."""
    merged = shapely.normalize(shapely.coverage_union_all(np.asarray(faces)))
    merged = shapely.orient_polygons(merged, exterior_cw=False)
    return shapely.MultiPolygon(list(shapely.get_parts(merged)))
