"""What a scan is given: checked, aligned, and what has no count or no population left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.measures.patterns.inference import FEWEST_AREAS
from vawg_geo.measures.scan.circles import RATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["ScanData", "read_scan_data", "require_options"]


@dataclass(frozen=True, eq=False)
class ScanData:
    """Areas that can be scanned, and the names of those that cannot.

    Attributes
    ----------
    names : list
        Areas with a count and a population, in the order given.
    events, people : ndarray of float, shape (n,)
        Their counts and populations.
    places : ndarray of float, shape (n, 2)
        Their points, metres.
    left_out : tuple
        Areas without a count or a population.
    """

    names: list[Any]
    events: NDArray[np.float64]
    people: NDArray[np.float64]
    places: NDArray[np.float64]
    left_out: tuple[Any, ...]


def read_scan_data(
    counts: Any, population: Any, coordinates: Any, ids: Sequence[Any] | None
) -> ScanData:
    """Check and align what a scan is given; missing values leave their areas out.

    Parameters
    ----------
    counts, population, coordinates, ids : see `circular_scan`

    Returns
    -------
    ScanData

    Raises
    ------
    InputError
        As `circular_scan` says.
    """
    names = _names(counts, population, coordinates, ids)
    events, people, places = _numbers(counts, population, coordinates, names)
    known = ~np.isnan(events) & ~np.isnan(people)
    _require_areas(events, people, places, known, names)
    return ScanData(
        names=[name for name, held in zip(names, known, strict=True) if held],
        events=events[known],
        people=people[known],
        places=places[known],
        left_out=tuple(name for name, held in zip(names, known, strict=True) if not held),
    )


def require_options(max_population: float, replicates: int, max_clusters: int, rates: str) -> None:
    """Refuse options of `circular_scan` that are out of range.

    Parameters
    ----------
    max_population, replicates, max_clusters, rates : see `circular_scan`

    Raises
    ------
    InputError
    """
    if not 0 < max_population <= 0.5:
        msg = (
            f"the largest share of the population is {max_population:g}. "
            "Give one above 0 and at most 0.5."
        )
        raise InputError(msg)
    if replicates < 0 or max_clusters < 1:
        msg = (
            f"{replicates:,} replicates and at most {max_clusters:,} clusters were asked for. "
            "Ask for no fewer than 0 replicates and 1 cluster."
        )
        raise InputError(msg)
    if rates not in RATES:
        msg = f"{rates!r} is no direction to scan for. Choose {', '.join(RATES)}."
        raise InputError(msg)


def _names(counts: Any, population: Any, coordinates: Any, ids: Sequence[Any] | None) -> list[Any]:
    """Names of the areas, after a check that all tables are about the same ones."""
    index = counts.index if isinstance(counts, pd.Series) else None
    # A plain numbering says nothing of the areas; any other index must be the names.
    named = index is not None and not isinstance(index, pd.RangeIndex)
    if named and index is not None and ids is not None and list(index) != list(ids):
        msg = (
            "the counts' index and the names given as ids differ; first: "
            f"{index[0]!r} and {next(iter(ids))!r}. Give one of them, or both alike."
        )
        raise InputError(msg)
    if index is None and isinstance(population, pd.Series) and ids is not None:
        index = pd.Index(list(ids))
        if isinstance(population.index, pd.RangeIndex):
            index = None
    names = list(ids) if ids is not None else list(range(len(counts)) if index is None else index)
    for table, what in ((population, "populations"), (coordinates, "coordinates")):
        if index is None or not isinstance(table, pd.Series | pd.DataFrame):
            continue
        if not index.equals(table.index):
            absent = index.difference(table.index, sort=False)
            how = f"first absent: {absent[0]!r}" if len(absent) else "the order differs"
            msg = (
                f"the counts and the {what} have different indexes: {len(absent):,} of "
                f"{len(index):,} areas of the counts are absent there; {how}. "
                "Reindex the one like the other."
            )
            raise InputError(msg)
    lengths = {"counts": len(counts), "populations": len(population), "names": len(names)}
    if len(set(lengths.values()) | {len(coordinates)}) > 1:
        said = ", ".join(f"{number:,} {what}" for what, number in lengths.items())
        msg = f"{said} and {len(coordinates):,} coordinates do not fit. Give one of each per area."
        raise InputError(msg)
    if len(set(names)) < len(names):
        repeated = pd.Series(names, dtype=object)
        msg = problem(
            "repeat an earlier name",
            bad=int(repeated.duplicated().sum()),
            total=len(names),
            noun="areas",
            first=repr(repeated[repeated.duplicated()].iloc[0]),
            action="Name each area once.",
        )
        raise InputError(msg)
    return names


def _numbers(
    counts: Any, population: Any, coordinates: Any, names: list[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    events: NDArray[np.float64] = _floats(counts)
    people: NDArray[np.float64] = _floats(population)
    places: NDArray[np.float64] = np.asarray(coordinates, dtype=float)
    if places.shape != (len(names), 2):
        msg = (
            f"the coordinates have the shape {places.shape}. "
            f"Give an easting and a northing for each of the {len(names):,} areas."
        )
        raise InputError(msg)
    return events, people, places


def _floats(values: Any) -> Any:
    try:
        return pd.Series(values).astype("Float64").to_numpy(float, na_value=np.nan)
    except (TypeError, ValueError):
        msg = "the counts or the populations are no numbers. Read them with read_counts."
        raise InputError(msg) from None


def _require_areas(
    events: NDArray[np.float64],
    people: NDArray[np.float64],
    places: NDArray[np.float64],
    known: NDArray[np.bool_],
    names: list[Any],
) -> None:
    for bad, what, action in (
        (
            known & ~((events >= 0) & (events == np.floor(events)) & (events < np.inf)),
            "have a count that is negative or no whole number",
            "The scan counts events: give whole numbers.",
        ),
        (
            known & ~((people > 0) & (people < np.inf)),
            "have no positive population",
            "Drop these areas, or supply another denominator.",
        ),
        (
            known & ~np.isfinite(places).all(axis=1),
            "have no coordinates",
            "Give each area a point, in metres.",
        ),
    ):
        if bad.any():
            first = repr(names[int(np.flatnonzero(bad)[0])])
            total = len(names)
            raise InputError(
                problem(
                    what, bad=int(bad.sum()), total=total, noun="areas", first=first, action=action
                )
            )
    if known.sum() < FEWEST_AREAS:
        msg = (
            f"{int(known.sum()):,} of {len(names):,} areas have a count and a population; "
            f"a scan needs at least {FEWEST_AREAS}. Scan a larger map, or smaller areas."
        )
        raise InputError(msg)
