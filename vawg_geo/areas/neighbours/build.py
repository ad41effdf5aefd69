"""Who neighbours whom: by shared borders, by number, or by distance.

Rows keep their order, areas without a neighbour stay islands and are named, and shuffling the rows
changes no relation. Shared borders are found as `borders` says, number and distance as
`proximity` does. Pairs across water that a person has looked at (`bridges`) are neighbours by
every definition.

`build_contiguity`, `build_nearest` and `build_band` give a `libpysal.graph.Graph`; importing that
costs seconds, so within the package `contiguity`, `nearest` and `band` give plain arrays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np

from vawg_geo.areas.joining.layer import require_layer
from vawg_geo.areas.neighbours.borders import Way, find_meetings
from vawg_geo.areas.neighbours.bridges import with_bridges
from vawg_geo.areas.neighbours.proximity import band, nearest
from vawg_geo.errors import InputError
from vawg_geo.terms.bridges import joined_pairs
from vawg_geo.terms.graph import Neighbours

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from libpysal.graph import Graph

    from vawg_geo.areas.neighbours.borders import Meetings
    from vawg_geo.terms.bridges import Bridge

__all__ = [
    "Weights",
    "band",
    "build_band",
    "build_contiguity",
    "build_nearest",
    "contiguity",
    "nearest",
    "neighbours_and_notes",
    "neighbours_of",
    "parse_weights",
]

Contiguity = Literal["queen", "rook"]

# How many names a note lists before it counts the rest.
_NAMED: Final = 10


@dataclass(frozen=True)
class Weights:
    """A definition of neighbours; its text is what printed output says.

    Attributes
    ----------
    kind : {"queen", "rook", "knn", "band"}
    value : float
        Number of neighbours for `knn`, metres for `band`, otherwise 0.

    Examples
    --------
    >>> str(Weights("band", 5000.0)), str(Weights("queen"))
    ('band:5000', 'queen')
    """

    kind: Literal["queen", "rook", "knn", "band"]
    value: float = 0.0

    def __str__(self) -> str:
        return f"{self.kind}:{self.value:.12g}" if self.kind in {"knn", "band"} else self.kind


def parse_weights(text: str) -> Weights:
    """Read a definition of neighbours.

    Parameters
    ----------
    text : str
        `queen`, `rook`, `knn:6` (the 6 nearest) or `band:5000` (all within 5,000 metres); case and
        spaces are forgiven.

    Returns
    -------
    Weights

    Raises
    ------
    InputError
        The text is none of these, or its number cannot be used.

    Examples
    --------
    >>> parse_weights("knn:6")
    Weights(kind='knn', value=6.0)
    >>> parse_weights("Queen")
    Weights(kind='queen', value=0.0)
    """
    kind, colon, given = "".join(str(text).split()).lower().partition(":")
    if kind == "queen" and not colon:
        return Weights("queen")
    if kind == "rook" and not colon:
        return Weights("rook")
    if kind == "knn" and given.isascii() and given.isdigit() and int(given) > 0:
        return Weights("knn", float(given))
    if kind == "band":
        metres = _number(given)
        if math.isfinite(metres) and metres > 0:
            return Weights("band", metres)
    msg = (
        f"weights {str(text)!r} cannot be read. Write queen, rook, knn:6 (a whole number of "
        "nearest areas, at least 1) or band:5000 (metres, more than 0)."
    )
    raise InputError(msg)


def neighbours_of(
    areas: gpd.GeoDataFrame, text: str, *, tolerance: float = 0.0, bridges: tuple[Bridge, ...] = ()
) -> Neighbours:
    """Neighbours by a definition such as `queen`, `rook`, `knn:6` or `band:5000`.

    Parameters
    ----------
    areas : GeoDataFrame
        Columns `area_code` and `geometry`, in metres.
    text : str
        As for `parse_weights`.
    tolerance : float
        As for `contiguity`; without effect on `knn` and `band`.
    bridges : tuple of Bridge
        Pairs across water, as `read_bridges` gives them: neighbours by every definition.

    Returns
    -------
    Neighbours

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> squares = shapely.box([0, 1, 5], 0, [1, 2, 6], 1)
    >>> areas = gpd.GeoDataFrame({"area_code": ["a", "b", "c"]}, geometry=squares)
    >>> neighbours_of(areas, "queen").islands
    ('c',)
    >>> neighbours_of(areas, "knn:1").of("c")
    ('b',)
    """
    return neighbours_and_notes(areas, text, tolerance=tolerance, bridges=bridges)[0]


def neighbours_and_notes(
    areas: gpd.GeoDataFrame, text: str, *, tolerance: float = 0.0, bridges: tuple[Bridge, ...] = ()
) -> tuple[Neighbours, list[str]]:
    """Neighbours by a definition, and what a reader should know of how they were found.

    Parameters
    ----------
    areas, text, tolerance, bridges
        As for `neighbours_of`.

    Returns
    -------
    neighbours : Neighbours
    notes : list of str
        Pairs that were found by geometry or by the tolerance only, and islands, by name.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> squares = shapely.box([0, 1.5, 5], 0, [1, 2, 6], 1)
    >>> areas = gpd.GeoDataFrame({"area_code": ["a", "b", "c"]}, geometry=squares)
    >>> for note in neighbours_and_notes(areas, "queen", tolerance=0.5)[1]:
    ...     print(note)
    1 of 1 queen pairs meet only by the tolerance of 0.5 m: 'a' and 'b'.
    1 of 3 areas have no queen neighbour and stay islands: 'c'.
    """
    wanted, notes = parse_weights(text), []
    if wanted.kind == "knn":
        found = nearest(areas, k=int(wanted.value))
    elif wanted.kind == "band":
        found = band(areas, metres=wanted.value)
    else:
        ids, shapes = require_layer(areas, areal=True)
        _require_tolerance(tolerance)
        meetings = find_meetings(shapes, rook=wanted.kind == "rook", tolerance=tolerance)
        found = _from_meetings(ids, meetings, wanted.kind)
        notes = _way_notes(ids, meetings, wanted.kind, tolerance)
    joined = with_bridges(found, joined_pairs(bridges))
    return joined, [*notes, *_island_notes(joined)]


def contiguity(
    areas: gpd.GeoDataFrame,
    *,
    kind: Contiguity = "queen",
    tolerance: float = 0.0,
    bridges: tuple[Bridge, ...] = (),
) -> Neighbours:
    """Areas that share a border.

    Parameters
    ----------
    areas : GeoDataFrame, n rows
        Columns `area_code` (unique; text or integers) and `geometry` (polygons or multipolygons),
        in metres. Borders need not match vertex for vertex, and areas may overlap.
    kind : {"queen", "rook"}
        Queen: a shared point is enough. Rook: a shared stretch of border.
    tolerance : float
        Metres up to which borders count as meeting, for layers whose borders leave gaps. It holds
        for all areas: two that a third one parts by no more than this are neighbours too. A rook
        pair must then follow one another along more than four tolerances, or share an edge.
    bridges : tuple of Bridge
        Pairs across water, as `read_bridges` gives them.

    Returns
    -------
    Neighbours
        In the order of the rows, each neighbour weighing 1. Areas that overlap, or lie within one
        another, or have the same outline, are queen neighbours.

    Raises
    ------
    BoundaryError
        Geometry is missing, empty, no polygon or in degrees.
    InputError
        Codes are missing or repeat, or an option cannot be used.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> squares = shapely.box([0, 1, 1], [0, 0, 1], [1, 2, 2], [1, 1, 2])
    >>> areas = gpd.GeoDataFrame({"area_code": ["a", "b", "c"]}, geometry=squares)
    >>> contiguity(areas).of("a")
    ('b', 'c')
    >>> contiguity(areas, kind="rook").of("a")
    ('b',)
    """
    if kind not in get_args(Contiguity):
        msg = f"the kind of contiguity {kind!r} is unknown. Choose queen or rook."
        raise InputError(msg)
    ids, shapes = require_layer(areas, areal=True)
    _require_tolerance(tolerance)
    meetings = find_meetings(shapes, rook=kind == "rook", tolerance=tolerance)
    return with_bridges(_from_meetings(ids, meetings, kind), joined_pairs(bridges))


def build_contiguity(
    areas: gpd.GeoDataFrame,
    *,
    kind: Contiguity = "queen",
    tolerance: float = 0.0,
    bridges: tuple[Bridge, ...] = (),
) -> Graph:
    """Build the graph of areas that share a border.

    Parameters
    ----------
    areas : GeoDataFrame
        Columns `area_code` (unique) and `geometry` (polygons or multipolygons), in metres.
    kind : {"queen", "rook"}
        Queen: a shared point is enough. Rook: a shared stretch of border.
    tolerance : float
        Metres up to which borders count as meeting, as for `contiguity`.
    bridges : tuple of Bridge
        Pairs across water, as `read_bridges` gives them.

    Returns
    -------
    libpysal.graph.Graph
        Binary, indexed by area code in the order of the rows; areas without a neighbour are its
        `isolates`.

    Raises
    ------
    BoundaryError, InputError
        As for `contiguity`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> squares = shapely.box([1, 0], 0, [2, 1], 1)
    >>> areas = gpd.GeoDataFrame({"area_code": ["b", "a"]}, geometry=squares)
    >>> build_contiguity(areas).adjacency.to_dict()
    {('b', 'a'): 1.0, ('a', 'b'): 1.0}
    """
    return contiguity(areas, kind=kind, tolerance=tolerance, bridges=bridges).to_graph()


def build_nearest(areas: gpd.GeoDataFrame, *, k: int, bridges: tuple[Bridge, ...] = ()) -> Graph:
    """Build the graph of each area's k nearest by their centroids.

    Parameters
    ----------
    areas : GeoDataFrame
        Columns `area_code` (unique) and `geometry`, in metres.
    k : int
        How many, at least 1 and fewer than the areas.
    bridges : tuple of Bridge
        Pairs across water, as `read_bridges` gives them, beside the nearest.

    Returns
    -------
    libpysal.graph.Graph
        Binary, in the order of the rows. Ties go by area code.

    Raises
    ------
    BoundaryError, InputError
        As for `nearest`.
    """
    return with_bridges(nearest(areas, k=k), joined_pairs(bridges)).to_graph()


def build_band(
    areas: gpd.GeoDataFrame, *, metres: float, bridges: tuple[Bridge, ...] = ()
) -> Graph:
    """Build the graph of areas whose centroids lie within a distance.

    Parameters
    ----------
    areas : GeoDataFrame
        Columns `area_code` (unique) and `geometry`, in metres.
    metres : float
        Greatest distance, itself included.
    bridges : tuple of Bridge
        Pairs across water, as `read_bridges` gives them, however far apart.

    Returns
    -------
    libpysal.graph.Graph
        Binary, in the order of the rows; areas without a neighbour are its `isolates`.

    Raises
    ------
    BoundaryError, InputError
        As for `band`.
    """
    return with_bridges(band(areas, metres=metres), joined_pairs(bridges)).to_graph()


def _require_tolerance(tolerance: float) -> None:
    if not math.isfinite(tolerance) or tolerance < 0:
        msg = f"a tolerance of {tolerance!r} cannot be used. Give metres, 0 or more."
        raise InputError(msg)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _from_meetings(ids: tuple[Any, ...], meetings: Meetings, kind: str) -> Neighbours:
    first = np.r_[meetings.first, meetings.second]
    second = np.r_[meetings.second, meetings.first]
    return Neighbours.from_pairs(ids, first, second, kind=kind)


def _listed(names: Sequence[str]) -> str:
    """Names for a note, the first few of them."""
    more = len(names) - _NAMED
    return "; ".join(names[:_NAMED]) + (f"; and {more:,} more" if more > 0 else "")


def _way_notes(ids: Sequence[Any], meetings: Meetings, kind: str, tolerance: float) -> list[str]:
    """Name the pairs that are no matter of equal coordinates."""
    shared = "vertex" if kind == "queen" else "edge"
    words = {
        Way.TOUCHING: f"were found by geometry, for they share no {shared} exactly",
        Way.NEAR: f"meet only by the tolerance of {tolerance:g} m",
    }
    notes = []
    for way, what in words.items():
        places = np.flatnonzero(meetings.way == way)
        if places.size:
            names = [
                f"{ids[meetings.first[at]]!r} and {ids[meetings.second[at]]!r}" for at in places
            ]
            total = meetings.way.size
            notes.append(f"{places.size:,} of {total:,} {kind} pairs {what}: {_listed(names)}.")
    return notes


def _island_notes(found: Neighbours) -> list[str]:
    names = [repr(name) for name in found.islands]
    if not names:
        return []
    return [
        f"{len(names):,} of {found.n:,} areas have no {found.kind} neighbour and stay islands: "
        f"{_listed(names)}."
    ]
