"""What a scan is given: checked, aligned, and what has no count or no population left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, did_you_mean, problem
from vawg_geo.measures.patterns.inference import FEWEST_AREAS
from vawg_geo.measures.rates.aligned import as_floats
from vawg_geo.measures.scan.circles import RATES
from vawg_geo.terms.columns import SCAN_MODELS

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import ArrayLike, NDArray

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

    names: list[Hashable]
    events: NDArray[np.float64]
    people: NDArray[np.float64]
    places: NDArray[np.float64]
    left_out: tuple[Hashable, ...]


def read_scan_data(
    counts: ArrayLike,
    population: ArrayLike,
    coordinates: ArrayLike | pd.DataFrame,
    ids: Sequence[Hashable] | None,
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
    areas = _areas(counts, population, coordinates, ids)
    complete = areas["count"].notna() & areas["population"].notna()
    _require_scannable(areas[complete], total=len(areas))
    scanned = areas[complete]
    return ScanData(
        names=list(scanned.index),
        events=scanned["count"].to_numpy(),
        people=scanned["population"].to_numpy(),
        places=np.ascontiguousarray(scanned[["easting", "northing"]].to_numpy()),
        left_out=tuple(areas.index[~complete]),
    )


def require_options(
    *, max_population: float | None, replicates: int, max_clusters: int, rates: str, model: str
) -> None:
    """Refuse options of `circular_scan` that are out of range.

    Parameters
    ----------
    max_population, replicates, max_clusters, rates, model : see `circular_scan`

    Raises
    ------
    InputError
    """
    if max_population is not None and not 0 < max_population <= 0.5:
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
    if model not in SCAN_MODELS:
        hint = did_you_mean(model, SCAN_MODELS, otherwise=f"Choose {', '.join(SCAN_MODELS)}.")
        msg = f"{model!r} is no model of the scan. {hint}"
        raise InputError(msg)


def _areas(
    counts: ArrayLike,
    population: ArrayLike,
    coordinates: ArrayLike | pd.DataFrame,
    ids: Sequence[Hashable] | None,
) -> pd.DataFrame:
    """One row for each area, by its name: count, population, easting, northing."""
    given = {"counts": counts, "populations": population, "coordinates": coordinates}
    indexes = {
        what: table.index
        for what, table in given.items()
        if isinstance(table, pd.Series | pd.DataFrame)
    }
    _require_same_index(indexes, ids)
    events, people = _floats(counts), _floats(population)
    places = np.asarray(coordinates, dtype=float)
    index = indexes.get("counts", range(len(events)))
    names = list(index if ids is None else ids)
    lengths = {"counts": len(events), "populations": len(people), "names": len(names)}
    if len(set(lengths.values()) | {len(places)}) > 1:
        listed = ", ".join(f"{number:,} {what}" for what, number in lengths.items())
        msg = f"{listed} and {len(places):,} coordinates do not fit. Give one of each per area."
        raise InputError(msg)
    if places.shape != (len(names), 2):
        msg = (
            f"the coordinates have the shape {places.shape}. "
            f"Give an easting and a northing for each of the {len(names):,} areas."
        )
        raise InputError(msg)
    _require_distinct(names)
    columns = {"count": events, "population": people}
    columns |= {"easting": places[:, 0], "northing": places[:, 1]}
    return pd.DataFrame(columns, index=pd.Index(names, dtype=object))


def _require_same_index(indexes: dict[str, pd.Index], ids: Sequence[Hashable] | None) -> None:
    """Refuse tables that are about other areas than the counts, or in another order."""
    of_counts = indexes.get("counts")
    # A plain numbering says nothing of the areas; any other index must be the names.
    named = {what for what, index in indexes.items() if not isinstance(index, pd.RangeIndex)}
    names = None if ids is None else list(ids)
    if of_counts is None and names is not None and "populations" in named:
        of_counts = pd.Index(names)
    elif of_counts is not None and names and "counts" in named and list(of_counts) != names:
        msg = (
            "the counts' index and the names given as ids differ; first: "
            f"{of_counts[0]!r} and {names[0]!r}. Give one of them, or both alike."
        )
        raise InputError(msg)
    if of_counts is None:
        return
    for what, index in indexes.items():
        if of_counts.equals(index):
            continue
        absent = of_counts.difference(index, sort=False)
        how = f"first absent: {absent[0]!r}" if len(absent) else "the order differs"
        msg = (
            f"the counts and the {what} have different indexes: {len(absent):,} of "
            f"{len(of_counts):,} areas of the counts are absent there; {how}. "
            "Reindex the one like the other."
        )
        raise InputError(msg)


def _require_distinct(names: list[Hashable]) -> None:
    repeated = pd.Series(names, dtype=object)
    repeated = repeated[repeated.duplicated()]
    if len(repeated):
        raise InputError(
            problem(
                "repeat an earlier name",
                bad=len(repeated),
                total=len(names),
                noun="areas",
                first=repr(repeated.iloc[0]),
                action="Name each area once.",
            )
        )


def _floats(values: ArrayLike) -> NDArray[np.float64]:
    try:
        return as_floats(values)
    except (TypeError, ValueError):
        msg = "the counts or the populations are no numbers. Read them with read_counts."
        raise InputError(msg) from None


def _require_scannable(scanned: pd.DataFrame, *, total: int) -> None:
    """Refuse areas that cannot be scanned though they have a count and a population."""
    events, people = scanned["count"], scanned["population"]
    places = scanned[["easting", "northing"]]
    for bad, what, action in (
        (
            ~((events >= 0) & (events == np.floor(events)) & (events < np.inf)),
            "have a count that is negative or no whole number",
            "The scan counts events: give whole numbers.",
        ),
        (
            ~((people > 0) & (people < np.inf)),
            "have no positive population",
            "Drop these areas, or supply another denominator.",
        ),
        (
            pd.Series(~np.isfinite(places.to_numpy()).all(axis=1), index=scanned.index),
            "have no coordinates",
            "Give each area a point, in metres.",
        ),
    ):
        if bad.any():
            first = repr(scanned.index[bad][0])
            raise InputError(
                problem(
                    what, bad=int(bad.sum()), total=total, noun="areas", first=first, action=action
                )
            )
    if len(scanned) < FEWEST_AREAS:
        msg = (
            f"{len(scanned):,} of {total:,} areas have a count and a population; "
            f"a scan needs at least {FEWEST_AREAS}. Scan a larger map, or smaller areas."
        )
        raise InputError(msg)
