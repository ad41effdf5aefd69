"""Checks of codes and polygons of a boundary layer; each names the first bad area.

They take arrays of shapely geometries and labels, and raise or return notes; that of names asks the
country's list of codes, all others know what they are given and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from vawg_geo.errors import BoundaryError, InputError, problem
from vawg_geo.inputs.known_codes import require_names_of_codes
from vawg_geo.terms.codes import is_gss_code, level_of_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    Geometries = npt.NDArray[np.object_]

__all__ = [
    "Expected",
    "repair_polygons",
    "validate_codes",
    "validate_expected",
    "validate_overlaps",
    "validate_polygons",
]

# A repair that moves more of an area than this is a guess and no repair.
_REPAIR_LIMIT: Final = 0.01
# Neighbours from different generalisations overlap in slivers; more than this is another area.
_OVERLAP_LIMIT: Final = 0.05
# Below a square metre an overlap is the arithmetic's.
_OVERLAP_FLOOR_M2: Final = 1.0
_AREA_TOLERANCE: Final = 0.01


@dataclass(frozen=True)
class Expected:
    """What is known of a layer beforehand.

    Attributes
    ----------
    rows : int
        Number of areas.
    bounds : tuple of float
        Least easting and northing, greatest easting and northing, in metres of EPSG:27700.
    area_km2 : float
        Total area.
    codes : frozenset of str, optional
        The areas' codes.
    bounds_tolerance : float
        How far, in metres, the bounds may be off: layers are generalised to 20 m, 200 m or 500 m.
    """

    rows: int
    bounds: tuple[float, float, float, float]
    area_km2: float
    codes: frozenset[str] | None = None
    bounds_tolerance: float = 1000.0

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Expected | None:
        """Take a registry's facts (`rows`, `bounds`, `area_km2`), or None if one is absent.

        Examples
        --------
        >>> Expected.from_facts({"rows": 1, "bounds": [0, 0, 1000, 1000], "area_km2": 1}).rows
        1
        """
        if not {"rows", "bounds", "area_km2"} <= facts.keys():
            return None
        west, south, east, north = (float(value) for value in facts["bounds"])
        return cls(int(facts["rows"]), (west, south, east, north), float(facts["area_km2"]))


def _refuse_areas(
    bad: npt.NDArray[np.bool_], what: str, names: Sequence[str], *, label: str, action: str
) -> None:
    """Raise for the areas marked, naming the first, or do nothing if none is."""
    if bad.any():
        msg = problem(
            what,
            bad=int(bad.sum()),
            total=len(bad),
            noun=f"areas in {label}",
            first=names[int(np.flatnonzero(bad)[0])],
            action=action,
        )
        raise BoundaryError(msg)


def validate_codes(
    codes: Sequence[str],
    names: Sequence[str],
    parents: Sequence[str],
    *,
    label: str,
    level: str | None = None,
) -> list[str]:
    """Refuse missing and duplicate codes; note what is only unusual.

    Parameters
    ----------
    codes, names, parents : sequence of str
        Per area, stripped; '' where there is none.
    label : str
        What to call the file.
    level : str, optional
        Level that the codes should be of.

    Returns
    -------
    list of str
        Codes that are not GSS codes or are of another level, and names that repeat under one
        parent.

    Raises
    ------
    BoundaryError
        A code is missing or repeats, all codes are of another level, or most names are those of
        other codes.

    Examples
    --------
    >>> validate_codes(["A", "B"], ["North", "South"], ["", ""], label="own.gpkg")
    ["2 of 2 codes in own.gpkg are not GSS codes; first: 'A' North"]
    """
    total = len(codes)
    missing = np.array([not code for code in codes], dtype=bool)
    rows = [f"row {row} ({name or 'no name'})" for row, name in enumerate(names, start=1)]
    _refuse_areas(
        missing,
        "have no code",
        rows,
        label=label,
        action="Fill in the codes, or name another column with code_column=.",
    )
    called = [f"{code!r} {name}" for code, name in zip(codes, names, strict=True)]
    _refuse_areas(
        _repeats(codes),
        "have a code that an earlier area has",
        called,
        label=label,
        action="Dissolve the parts into one area, or name another column with code_column=.",
    )
    notes = []
    foreign = np.array([not is_gss_code(code) for code in codes], dtype=bool)
    if foreign.any():
        first = called[int(np.flatnonzero(foreign)[0])]
        notes.append(
            f"{int(foreign.sum()):,} of {total:,} codes in {label} are not GSS codes; first: "
            f"{first}"
        )
    if level is not None:
        notes += _check_level(codes, called, level, label)
    notes += _check_names(codes, names, label)
    repeated = _repeats(list(zip(names, parents, strict=True)))
    if repeated.any():
        first = called[int(np.flatnonzero(repeated)[0])]
        notes.append(
            f"{int(repeated.sum()):,} of {total:,} areas in {label} have the name of an earlier "
            f"area with the same parent; first: {first}"
        )
    return notes


def _check_names(codes: Sequence[str], names: Sequence[str], label: str) -> list[str]:
    """Refuse a layer in which most names belong to other codes, and note where a few do."""
    import pandas as pd

    table = pd.DataFrame({"area_code": list(codes), "area_name": list(names)})
    try:
        notes = require_names_of_codes(table.set_axis(range(1, len(table) + 1)))
    except InputError as error:
        # Of a layer nothing can be left unread by an option of a table.
        told = str(error).partition(", or leave")[0]
        msg = f"{label}: {told}, or name the right columns with code_column= and name_column=."
        raise BoundaryError(msg) from None
    return [f"{label}: {note}" for note in notes]


def _repeats(values: Sequence[object]) -> npt.NDArray[np.bool_]:
    """Mark each value that stood earlier already."""
    seen: set[object] = set()
    marks = np.zeros(len(values), dtype=bool)
    for row, value in enumerate(values):
        marks[row] = value in seen
        seen.add(value)
    return marks


def _check_level(codes: Sequence[str], called: Sequence[str], level: str, label: str) -> list[str]:
    kinds = [level_of_code(code) for code in codes]
    other = np.array([kind is not None and kind != level for kind in kinds], dtype=bool)
    if not other.any():
        return []
    first = int(np.flatnonzero(other)[0])
    # Unitary authorities stand among counties, so some of another level are ordinary.
    if other.all():
        msg = problem(
            f"have a code of another level than {level!r}",
            bad=len(codes),
            total=len(codes),
            noun=f"areas in {label}",
            first=f"{called[first]} ({kinds[first]})",
            action="Give the level's own file, or name the column with code_column=.",
        )
        raise BoundaryError(msg)
    return [
        f"{int(other.sum()):,} of {len(codes):,} areas in {label} have a code of another level "
        f"than {level!r}; first: {called[first]} ({kinds[first]})"
    ]


def validate_polygons(geometries: Geometries, names: Sequence[str], *, label: str) -> None:
    """Refuse what is no area at all.

    Parameters
    ----------
    geometries : array of shapely geometries
        In any system.
    names : sequence of str
        What to call each in a message.
    label : str
        What to call the file.

    Raises
    ------
    BoundaryError
        A geometry is missing or empty, is neither Polygon nor MultiPolygon, or has coordinates
        that are not finite numbers.
    """
    again = "Export the layer again, or leave these areas out."
    absent = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    _refuse_areas(absent, "have no outline", names, label=label, action=again)
    kinds = shapely.get_type_id(geometries)
    flat = np.isin(kinds, (3, 6))
    if not flat.all():
        first = geometries[int(np.flatnonzero(~flat)[0])].geom_type
        _refuse_areas(
            ~flat,
            f"are no polygons ({first})",
            names,
            label=label,
            action="Give outlines of areas and not points or lines.",
        )
    coordinates, owner = shapely.get_coordinates(geometries, return_index=True)
    infinite = np.zeros(len(geometries), dtype=bool)
    infinite[owner[~np.isfinite(coordinates).all(axis=1)]] = True
    _refuse_areas(
        infinite, "have coordinates that are no numbers", names, label=label, action=again
    )


def repair_polygons(
    geometries: Geometries, names: Sequence[str], *, label: str
) -> tuple[Geometries, list[str]]:
    """Make invalid polygons valid where that hardly changes them.

    A ring that touches itself is rebuilt (`shapely.make_valid`, method `structure`), and only its
    polygons are kept. A ring that crosses itself, as a bow-tie does, has no known area.

    Parameters
    ----------
    geometries : array of shapely geometries
        Polygons and MultiPolygons in EPSG:27700.
    names : sequence of str
        What to call each in a message.
    label : str
        What to call the file.

    Returns
    -------
    geometries : array of shapely geometries
        All valid; the given array where nothing was to be done.
    notes : list of str
        How many were repaired and by how much the areas changed.

    Raises
    ------
    BoundaryError
        A repair changes an area by more than 1 %, or leaves nothing.
    """
    invalid = ~shapely.is_valid(geometries)
    if not invalid.any():
        return geometries, []
    broken = geometries[invalid]
    reasons = shapely.is_valid_reason(broken)
    mended = shapely.make_valid(broken, method="structure", keep_collapsed=False)
    mended = np.array([_polygons_of(geometry) for geometry in mended], dtype=object)
    before, after = shapely.area(broken), shapely.area(mended)
    change = np.abs(after - before) / np.maximum(np.maximum(before, after), 1e-9)
    hopeless = np.zeros(len(geometries), dtype=bool)
    hopeless[invalid] = (change > _REPAIR_LIMIT) | (after <= 0)
    if hopeless.any():
        worst = int(np.flatnonzero(hopeless[invalid])[0])
        msg = problem(
            "cross themselves so that no repair keeps their area",
            bad=int(hopeless.sum()),
            total=len(geometries),
            noun=f"areas in {label}",
            first=f"{names[int(np.flatnonzero(hopeless)[0])]} ({reasons[worst]})",
            action="Mend the outline in QGIS (Vertex tool), or give another source.",
        )
        raise BoundaryError(msg)
    repaired = geometries.copy()
    repaired[invalid] = mended
    first = int(np.flatnonzero(invalid)[0])
    note = (
        f"{int(invalid.sum()):,} of {len(geometries):,} areas in {label} were invalid and were "
        f"repaired; first: {names[first]} ({reasons[0]}); largest change of an area "
        f"{float(change.max()):.2%}, total change {float((after - before).sum()):+,.1f} m2"
    )
    return repaired, [note]


def _polygons_of(geometry: shapely.Geometry) -> shapely.Geometry:
    """Keep the polygons of whatever a repair produced."""
    if shapely.get_type_id(geometry) in (3, 6):
        return geometry
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.union_all(parts[shapely.get_type_id(parts) == 3])


def validate_overlaps(geometries: Geometries, names: Sequence[str], *, label: str) -> list[str]:
    """Refuse areas that lie on one another; note slivers.

    Parameters
    ----------
    geometries : array of shapely geometries
        Valid polygons in EPSG:27700.
    names : sequence of str
        What to call each in a message.
    label : str
        What to call the file.

    Returns
    -------
    list of str
        The total overlap in hectares and the first pair; empty where there is none.

    Raises
    ------
    BoundaryError
        Two areas share more than 5 % of the smaller one.
    """
    left, right = _candidate_pairs(geometries)
    shared = shapely.area(shapely.intersection(geometries[left], geometries[right]))
    areas = shapely.area(geometries)
    much = shared > _OVERLAP_LIMIT * np.minimum(areas[left], areas[right])
    if much.any():
        pair = int(np.flatnonzero(much)[0])
        msg = problem(
            "lie by more than 5 % on another one",
            bad=len(np.unique(np.concatenate([left[much], right[much]]))),
            total=len(geometries),
            noun=f"areas in {label}",
            first=(
                f"{names[left[pair]]} and {names[right[pair]]} share {shared[pair] / 1e4:,.1f} ha"
            ),
            action="Give one level and one vintage of areas per file.",
        )
        raise BoundaryError(msg)
    some = shared > 0
    if shared[some].sum() < _OVERLAP_FLOOR_M2:
        return []
    pair = int(np.flatnonzero(some)[0])
    return [
        f"areas in {label} overlap by {shared.sum() / 1e4:,.4g} ha in all ({int(some.sum()):,} "
        f"pairs); first: {names[left[pair]]} and {names[right[pair]]}"
    ]


def _candidate_pairs(
    geometries: Geometries,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Pairs that may overlap, in order of rows.

    In a clean coverage no edge lies inside a neighbour or only half along one; the areas that
    have such edges are few, and only their pairs are worth intersecting.
    """
    odd = ~shapely.is_empty(shapely.coverage_invalid_edges(geometries))
    rows = np.flatnonzero(odd)
    asked, found = shapely.STRtree(geometries).query(geometries[rows], predicate="intersects")
    asked = rows[asked]
    low, high = np.minimum(asked, found), np.maximum(asked, found)
    pairs = np.unique(np.stack([low, high], axis=1)[low != high], axis=0)
    return pairs[:, 0], pairs[:, 1]


def validate_expected(
    geometries: Geometries, codes: Sequence[str], expected: Expected, *, label: str
) -> None:
    """Compare a layer with what is known of it beforehand.

    Parameters
    ----------
    geometries : array of shapely geometries
        Valid polygons in EPSG:27700.
    codes : sequence of str
        Their codes.
    expected : Expected
        What is known.
    label : str
        What to call the file.

    Raises
    ------
    BoundaryError
        Rows, codes, bounds or the total area (by more than 1 %) are not as known.
    """
    again = "Fetch the layer again, or correct what is registered of it."
    if len(codes) != expected.rows:
        msg = f"{label} has {len(codes):,} areas, and {expected.rows:,} are known. {again}"
        raise BoundaryError(msg)
    if expected.codes is not None and (strange := [c for c in codes if c not in expected.codes]):
        msg = problem(
            "have a code that is not known of this layer",
            bad=len(strange),
            total=len(codes),
            noun=f"areas in {label}",
            first=repr(strange[0]),
            action=again,
        )
        raise BoundaryError(msg)
    bounds = shapely.total_bounds(geometries)
    off = np.abs(bounds - np.array(expected.bounds))
    if not (off <= expected.bounds_tolerance).all():
        msg = (
            f"{label} reaches from {bounds[0]:,.0f}, {bounds[1]:,.0f} to {bounds[2]:,.0f}, "
            f"{bounds[3]:,.0f}, up to {off.max():,.0f} m off the bounds that are known. {again}"
        )
        raise BoundaryError(msg)
    area = float(shapely.area(geometries).sum()) / 1e6
    if not abs(area - expected.area_km2) <= _AREA_TOLERANCE * expected.area_km2:
        msg = (
            f"{label} covers {area:,.1f} km2, and {expected.area_km2:,.1f} km2 are known: more "
            f"than 1 % off. {again}"
        )
        raise BoundaryError(msg)
