"""Areas that tile the ground: rebuild, align, generalise and compare coverages.

A coverage is a set of areas without overlaps or gaps in which neighbours share their border
vertex for vertex. Layers that are published area by area are seldom quite one: borders drawn
twice differ by a little, and every later step (dissolving, neighbours, simplifying) inherits the
slivers. All functions here work on borders, not on areas: they draw every border once on a grid,
let the borders cut the plane into faces, and ask of each face whose it is.

A table of areas has the columns `area_code` (unique), `area_name`, `parent_code` and a polygon or
multipolygon `geometry` in metres. The order of its rows changes nothing but the order of the
result's rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from _faces import (
    NOBODY,
    covered_share,
    covering_pairs,
    cut_faces,
    draw_borders,
    find_rungs,
    give_to_neighbours,
    is_narrow,
    label_faces,
    merge_faces,
    require_areas,
)

from vawg_geo.errors import BoundaryError, problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "CoverageReport",
    "align_coverage",
    "compare_coverages",
    "dissolve_areas",
    "generalise_coverage",
    "intersect_coverages",
    "queen_pairs",
    "rebuild_coverage",
]

# Attempts at keeping areas apart that the grid would join; what is left is for the report.
_ROUNDS: Final = 4


@dataclass(frozen=True, kw_only=True)
class CoverageReport:
    """How a coverage differs from its source.

    Attributes
    ----------
    area_change : Series of float
        Change of each area in % of its source, by area code, in the source's order.
    lost, gained : tuple of tuple of str
        Queen pairs that only the source has, or only the result, as `code name` of either area.
    """

    area_change: pd.Series[float]
    lost: tuple[tuple[str, str], ...]
    gained: tuple[tuple[str, str], ...]

    @property
    def largest_change(self) -> float:
        """Largest absolute change of an area, in %."""
        return float(self.area_change.abs().max())


def rebuild_coverage(
    areas: gpd.GeoDataFrame, *, grid: float = 0.5, gap: float = 30.0
) -> gpd.GeoDataFrame:
    """Make a valid coverage of areas whose borders do not quite meet.

    All borders are drawn once on a grid and cut the plane into faces. A face that one area covers
    is that area's. A face that several cover (an overlap) goes to the one of them that it shares
    the longest border with, a face that none covers (a gap) to the neighbour of the longest border.

    Parameters
    ----------
    areas : GeoDataFrame
        Areas in metres; overlaps, gaps and self-crossing rings are allowed.
    grid : float, optional
        Spacing in metres of the grid on which borders are drawn.
    gap : float, optional
        Enclosed gaps narrower than this many metres are closed; wider ones stay open, since land
        of somebody else may lie enclosed.

    Returns
    -------
    GeoDataFrame
        The same rows in the same order, multipolygons with counter-clockwise outer rings.

    Raises
    ------
    BoundaryError
        Codes repeat, a geometry is absent or not areal, or an area is too small for the grid.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame(
    ...     {"area_code": ["a", "b"], "area_name": ["A", "B"]},
    ...     geometry=[shapely.box(0, 0, 100, 100), shapely.box(98, 0, 200, 100)],
    ... )
    >>> bool(shapely.coverage_is_valid(areas.geometry.array))
    False
    >>> bool(shapely.coverage_is_valid(rebuild_coverage(areas).geometry.array))
    True
    """
    shapes = require_areas(areas)
    faces = cut_faces([shapes], grid=grid)
    face, shape = covering_pairs(faces, shapes)
    owner = label_faces(len(faces), face, shape)
    covers = np.zeros((len(faces), len(shapes)), dtype=bool)
    covers[face, shape] = True
    times = covers.sum(axis=1)
    contested, bare, loose = times > 1, times == 0, times > 1
    loose[bare] = (covered_share(faces[bare], shapes) > 0.5) | is_narrow(faces[bare], gap)
    owner = give_to_neighbours(
        faces, owner, loose=loose, allowed=lambda one, _, label: bare[one] | covers[one, label]
    )
    # An area that lies wholly inside others has no face of its own to border on.
    left = contested & (owner == NOBODY)
    owner[left] = covers[left].argmax(axis=1)
    return _from_faces(areas, faces, owner)


def align_coverage(
    areas: gpd.GeoDataFrame, reference: gpd.GeoDataFrame, *, width: float, grid: float = 0.5
) -> gpd.GeoDataFrame:
    """Let borders that run close to a reference's borders run along them.

    Two vintages of one layer hold many borders that did not change and were drawn twice. Between
    the two drawings lie slivers; each is given to the area beyond the former border. What lies
    outside the reference falls away, so that the result fills exactly the reference's outline.

    Parameters
    ----------
    areas, reference : GeoDataFrame
        Two valid coverages of the same ground in metres.
    width : float
        Strips narrower than this many metres count as the same border drawn twice.
    grid : float, optional
        Spacing in metres of the grid on which borders are drawn.

    Returns
    -------
    GeoDataFrame
        The rows of `areas` in the same order.

    Raises
    ------
    BoundaryError
        As `rebuild_coverage`.
    """
    shapes, fixed = require_areas(areas), require_areas(reference)
    # A sliver can run past a junction; it must end there, or one area gets all of it.
    cuts = find_rungs(
        draw_borders([shapes], grid=grid), draw_borders([fixed], grid=grid), width=width
    )
    faces = cut_faces([shapes, fixed], grid=grid, cuts=cuts)
    zone = label_faces(len(faces), *covering_pairs(faces, fixed))
    faces, zone = faces[zone != NOBODY], zone[zone != NOBODY]
    owner = label_faces(len(faces), *covering_pairs(faces, shapes))
    loose = is_narrow(faces, width) | (owner == NOBODY)
    owner = give_to_neighbours(
        faces, owner, loose=loose, allowed=lambda one, other, _: zone[one] == zone[other]
    )
    return _from_faces(areas, faces, owner)


def intersect_coverages(
    first: gpd.GeoDataFrame, second: gpd.GeoDataFrame, *, grid: float = 0.5
) -> gpd.GeoDataFrame:
    """Cut two coverages of the same ground into the parts that they have in common.

    Parameters
    ----------
    first, second : GeoDataFrame
        Two valid coverages with one outline, in metres.
    grid : float, optional
        Spacing in metres of the grid on which borders are drawn.

    Returns
    -------
    GeoDataFrame
        One row for each pair of areas that share ground, sorted: `area_code` and `area_name`
        (both the two codes, joined by `|`), `first_code`, `second_code`, `geometry`.

    Raises
    ------
    BoundaryError
        As `rebuild_coverage`.
    """
    layers = [require_areas(first), require_areas(second)]
    faces = cut_faces(layers, grid=grid)
    owners = [label_faces(len(faces), *covering_pairs(faces, shapes)) for shapes in layers]
    both = (owners[0] != NOBODY) & (owners[1] != NOBODY)
    codes = [
        np.sort(areas["area_code"].astype(str).to_numpy(dtype=object))[owner[both]]
        for areas, owner in zip((first, second), owners, strict=True)
    ]
    parts = gpd.GeoDataFrame(
        {"first_code": codes[0], "second_code": codes[1]}, geometry=faces[both], crs=first.crs
    )
    parts["area_code"] = parts["first_code"] + "|" + parts["second_code"]
    parts["area_name"] = parts["area_code"]
    return dissolve_areas(parts, by="area_code", keep=["area_name", "first_code", "second_code"])


def generalise_coverage(
    areas: gpd.GeoDataFrame, *, tolerance: float, grid: float
) -> gpd.GeoDataFrame:
    """Simplify the borders of a valid coverage and put every vertex on a grid.

    Borders are simplified once for both neighbours and then drawn on the grid. Where that makes
    neighbours of areas that come close without touching, the vertex in question is moved to the
    next grid point that keeps them apart.

    Parameters
    ----------
    areas : GeoDataFrame
        A valid coverage in metres.
    tolerance : float
        Vertices go as long as they span triangles smaller than the square of this many metres.
    grid : float
        Coordinates of the result are multiples of this many metres.

    Returns
    -------
    GeoDataFrame
        The same rows in the same order; still a valid coverage.

    Raises
    ------
    BoundaryError
        `areas` is no valid coverage, or as `rebuild_coverage`.

    Notes
    -----
    The simplification is that of Visvalingam and Whyatt (1993), applied to a coverage.
    """
    if not shapely.coverage_is_valid(areas.geometry.to_numpy()):
        msg = (
            "the areas are no valid coverage: borders differ between neighbours. Rebuild it first."
        )
        raise BoundaryError(msg)
    shapes = shapely.coverage_simplify(areas.geometry.to_numpy(), tolerance)
    simple, before = areas.copy(), queen_pairs(areas)
    simple.geometry = shapes
    for _ in range(_ROUNDS):
        result = rebuild_coverage(simple, grid=grid, gap=0.0)
        if not (gained := queen_pairs(result) - before):
            break
        simple.geometry = _pull_apart(simple, result, sorted(gained), grid=grid)
    return result


def dissolve_areas(
    areas: gpd.GeoDataFrame, *, by: str, keep: Sequence[str] = ()
) -> gpd.GeoDataFrame:
    """Merge the areas of a coverage that share a value, without moving or dropping a vertex.

    Parameters
    ----------
    areas : GeoDataFrame
        A valid coverage, or faces of one.
    by : str
        Column whose values become the result's rows, sorted.
    keep : sequence of str, optional
        Columns to carry over; each group's first value stands.

    Returns
    -------
    GeoDataFrame
        `by`, the kept columns and `geometry`.
    """
    groups = areas.groupby(by, sort=True)
    table = groups[list(keep)].first() if keep else pd.DataFrame(index=sorted(groups.groups))
    shapes = [merge_faces(areas.geometry.array[rows]) for rows in groups.indices.values()]
    return gpd.GeoDataFrame(table.rename_axis(by).reset_index(), geometry=shapes, crs=areas.crs)


def queen_pairs(areas: gpd.GeoDataFrame) -> set[tuple[str, str]]:
    """Pairs of areas of a valid coverage that share a border or a single point.

    Parameters
    ----------
    areas : GeoDataFrame
        A valid coverage.

    Returns
    -------
    set of tuple of str
        Codes of either area, the smaller first.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame(
    ...     {"area_code": ["a", "b", "c"]},
    ...     geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2), shapely.box(5, 0, 6, 1)],
    ... )
    >>> queen_pairs(areas)
    {('a', 'b')}
    """
    shapes = areas.geometry.to_numpy()
    codes = areas["area_code"].astype(str).to_list()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    return {
        (codes[one], codes[other])
        for one, other in zip(left, right, strict=True)
        if codes[one] < codes[other]
    }


def compare_coverages(source: gpd.GeoDataFrame, result: gpd.GeoDataFrame) -> CoverageReport:
    """Compare areas and neighbours of a coverage with those of its source.

    Parameters
    ----------
    source, result : GeoDataFrame
        Two valid coverages of the same codes.

    Returns
    -------
    CoverageReport
        Change of each area, and the queen pairs lost and gained, by name.

    Raises
    ------
    BoundaryError
        The codes differ, so that there is nothing to compare for some.
    """
    before = pd.Series(source.geometry.area.to_numpy(), index=source["area_code"].astype(str))
    after = pd.Series(result.geometry.area.to_numpy(), index=result["area_code"].astype(str))
    if odd := sorted(set(before.index) ^ set(after.index)):
        raise BoundaryError(
            problem(
                "stand on one side only",
                bad=len(odd),
                total=len(set(before.index) | set(after.index)),
                noun="areas",
                first=repr(odd[0]),
                action="Compare layers of the same vintage.",
            )
        )
    names = dict(zip(source["area_code"].astype(str), source["area_name"], strict=True))
    pairs = queen_pairs(source), queen_pairs(result)
    lost, gained = (
        tuple((f"{a} {names[a]}", f"{b} {names[b]}") for a, b in sorted(difference))
        for difference in (pairs[0] - pairs[1], pairs[1] - pairs[0])
    )
    change = (after.reindex(before.index) / before - 1.0) * 100.0
    return CoverageReport(area_change=change.rename("change_percent"), lost=lost, gained=gained)


def _from_faces(
    areas: gpd.GeoDataFrame, faces: NDArray[Any], owner: NDArray[Any]
) -> gpd.GeoDataFrame:
    """Rows of a table with the faces that they own as their geometry."""
    codes = areas["area_code"].astype(str).to_numpy(dtype=object)
    rank = np.argsort(np.argsort(codes))
    empty = ~np.isin(rank, owner)
    if empty.any():
        raise BoundaryError(
            problem(
                "vanish on the grid",
                bad=int(empty.sum()),
                total=len(codes),
                noun="areas",
                first=repr(codes[empty][0]),
                action="Choose a finer grid, or look at the source.",
            )
        )
    result = areas.copy()
    result.geometry = [merge_faces(faces[owner == place]) for place in rank]
    return result


def _pull_apart(
    simple: gpd.GeoDataFrame,
    result: gpd.GeoDataFrame,
    pairs: Sequence[tuple[str, str]],
    *,
    grid: float,
) -> NDArray[Any]:
    """Move vertices on which the grid joins areas that lie apart, in all shapes that have them."""
    shape = dict(zip(simple["area_code"].astype(str), simple.geometry, strict=True))
    drawn = dict(zip(result["area_code"].astype(str), result.geometry, strict=True))
    steps = np.array([(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)]) * grid
    moves: dict[tuple[float, float], tuple[float, float]] = {}
    for pair in pairs:
        touch = shapely.get_coordinates(shapely.intersection(*(drawn[code] for code in pair)))
        for code, other in (pair, pair[::-1]):
            found = False
            points = np.unique(shapely.get_coordinates(shape[code]), axis=0)
            spots = np.rint(points / grid) * grid
            meets = (spots[:, None, :] == touch[None, :, :]).all(axis=2).any(axis=1)
            for point, spot in zip(points[meets], spots[meets], strict=True):
                choices = spot + steps
                room = shapely.distance(shapely.points(choices), shape[other])
                choices = choices[room > grid]
                if len(choices):
                    best = choices[np.hypot(*(choices - point).T).argmin()]
                    moves[tuple(point)] = tuple(best)
                    found = True
            if found:
                break

    def move(coordinates: NDArray[Any]) -> NDArray[Any]:
        return np.array([moves.get((x, y), (x, y)) for x, y in coordinates])

    return np.asarray(shapely.transform(simple.geometry.to_numpy(), move))
