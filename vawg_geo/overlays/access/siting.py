"""Where further sites would serve most need: maximal coverage and p-median over candidates.

Sources: R. Church and C. ReVelle (1974), The maximal covering location problem, Papers of the
Regional Science Association 32, 101-118; S. L. Hakimi (1964), Optimum locations of switching
centers, Operations Research 12, 450-459.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.overlays.access.places import (
    distances,
    positive_weights,
    require_columns,
    require_points,
)
from vawg_geo.overlays.access.solve import Choice, next_best, solve
from vawg_geo.terms.refuges import refuse_refuges

if TYPE_CHECKING:
    from vawg_geo.overlays.access.places import Distance, Metres

__all__ = ["Method", "place_sites"]

Method = Literal["coverage", "p-median"]
_SAME: Final = 1e-9


def place_sites(
    demand: pd.DataFrame,
    candidates: pd.DataFrame,
    *,
    existing: pd.DataFrame | None = None,
    sites: int = 1,
    method: Method = "coverage",
    within_km: float = 10,
    need: str = "population_16",
    distance: Distance | None = None,
    distance_method: str | None = None,
) -> pd.DataFrame:
    """Choose where further sites would serve most need; the existing ones stay.

    Parameters
    ----------
    demand : pandas.DataFrame
        `lsoa_code`, `easting`, `northing` (EPSG:27700) and the column of `need`. With a column
        `basis`, no row of it may be illustrative.
    candidates : pandas.DataFrame
        `town`, `easting`, `northing`, and `district_code` where it is known.
    existing : pandas.DataFrame, optional
        `site`, `easting`, `northing` of what is there and stays.
    sites : int
        How many further ones, fewer than there are candidates.
    method : str
        `coverage` brings as much need as can be within reach of a site; `p-median` makes the mean
        distance from the need to its nearest site as short as can be.
    within_km : float
        What counts as within reach, itself included.
    need : str
        Column of what is to be served: residents, or whatever else is known by LSOA.
    distance : callable, optional
        As for `distances`; the straight line by default.
    distance_method : str, optional
        What `distance` measures, in words. Needed with it.

    Returns
    -------
    pandas.DataFrame
        One row per further site, those that add most first: `rank`, `town`, `district_code`,
        `easting`, `northing`, `method`, `within_km`, `need`, `need_total`, `need_newly_within`,
        `share_within_before`, `share_within_after` (0 to 1), `mean_km_before`, `mean_km_after`,
        `runner_up` (the next best set of as many, in words), `runner_up_share_within`,
        `runner_up_mean_km`, `distance_method`, `basis` (`estimated`), `note`. Before and after
        mean before and after the row's site is added to the existing ones and those of the rows
        above. Means are missing where there is no site yet, or where some need has no way to one.

    Raises
    ------
    DisclosureError
        A candidate or an existing site speaks of a refuge.
    InputError
        A table or an option cannot be used, or the need is illustrative.

    Notes
    -----
    The best two sites need not hold the best one: the set is chosen as a whole, and the ranks only
    order it. The rows' order in the tables does not change what is chosen. Where two sets serve
    equally well the note says so.

    Examples
    --------
    >>> demand = pd.DataFrame({
    ...     "lsoa_code": ["a", "b", "c"], "easting": [500_000, 520_000, 540_000],
    ...     "northing": 300_000, "population_16": [1000, 1500, 2500]})
    >>> towns = pd.DataFrame({"town": ["West", "Middle", "East"],
    ...                       "easting": [500_000, 520_000, 540_000], "northing": 300_000})
    >>> there = pd.DataFrame({"site": ["Clinic"], "easting": [541_000], "northing": [300_000]})
    >>> found = place_sites(demand, towns, existing=there, within_km=5).iloc[0]
    >>> found["town"], float(found["share_within_before"]), float(found["share_within_after"])
    ('Middle', 0.5, 0.8)
    """
    case = _read(
        demand,
        candidates,
        existing,
        need=need,
        within_km=within_km,
        distance=distance,
        distance_method=distance_method,
    )
    _require_options(sites, len(case.towns), method, within_km)
    choice = Choice(
        near=case.metres <= case.reach,
        metres=case.metres,
        weights=case.weights / case.weights.sum(),
        served=case.there <= case.reach,
        there=case.there,
        sites=sites,
        method=method,
    )
    chosen = solve(choice)
    second = next_best(choice, chosen)
    rows = [
        {"rank": rank, **_row(case, method, before=before, town=town, after=after)}
        for rank, (before, town, after) in enumerate(_steps(choice, chosen), start=1)
    ]
    share, km = (np.nan, np.nan) if second is None else _state(case, second)
    return pd.DataFrame(rows).assign(
        runner_up="" if second is None else ", ".join(sorted(case.towns[second])),
        runner_up_share_within=share,
        runner_up_mean_km=km,
        distance_method=case.measured,
        basis="estimated",
        note=[_note(row, choice, chosen, second) for row in rows],
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Case:
    """The tables as arrays, LSOAs by code and candidates by name."""

    weights: Metres
    metres: Metres  # from LSOAs to candidates
    there: Metres  # to the nearest existing site, infinite without one
    reach: float
    towns: Any
    candidates: pd.DataFrame
    need: str
    measured: str


def _read(
    demand: pd.DataFrame,
    candidates: pd.DataFrame,
    existing: pd.DataFrame | None,
    *,
    need: str,
    within_km: float,
    distance: Distance | None,
    distance_method: str | None,
) -> _Case:
    refuse_refuges(candidates, name="town")
    if existing is not None:
        refuse_refuges(existing, name="site")
    _refuse_illustrative(demand, "lsoa_code")
    require_columns(demand, ["lsoa_code"], what="LSOAs")
    require_columns(candidates, ["town"], what="candidates")
    demand = demand.sort_values("lsoa_code")
    candidates = candidates.sort_values("town")
    homes = require_points(demand, name="lsoa_code", what="LSOAs")
    places = require_points(candidates, name="town", what="candidates")
    weights = positive_weights(demand, need, name="lsoa_code", what="LSOAs")
    if not weights.sum() > 0:
        msg = f"all {len(demand):,} LSOAs have a {need} of zero. Give a need to serve."
        raise InputError(msg)
    metres, measured = distances(homes, places, distance=distance, method=distance_method)
    there = np.full(len(homes), np.inf)
    if existing is not None and len(existing):
        standing = require_points(existing, name="site", what="existing sites")
        found, _ = distances(homes, standing, distance=distance, method=distance_method)
        there = found.min(axis=1)
    return _Case(
        weights=weights,
        metres=metres,
        there=there,
        reach=float(within_km) * 1000,
        towns=candidates["town"].astype(str).to_numpy(dtype=object),
        candidates=candidates,
        need=need,
        measured=measured,
    )


def _require_options(sites: int, candidates: int, method: str, within_km: float) -> None:
    if isinstance(sites, bool) or not isinstance(sites, int) or not 1 <= sites < candidates:
        msg = (
            f"{sites!r} further sites of {candidates:,} candidates leave no choice. Give a whole "
            f"number from 1 to {candidates - 1:,}."
        )
        raise InputError(msg)
    if method not in get_args(Method):
        msg = f"{method!r} is no method. Choose {' or '.join(get_args(Method))}."
        raise InputError(msg)
    if not (np.isfinite(within_km) and within_km > 0):
        msg = f"{within_km!r} km is no reach. Give kilometres above zero."
        raise InputError(msg)


def _refuse_illustrative(table: pd.DataFrame, name: str) -> None:
    if "basis" not in table.columns:
        return
    bad = (table["basis"] == "illustrative").to_numpy(dtype=bool)
    if bad.any():
        raise InputError(
            problem(
                "are illustrative, and no place may be chosen by them",
                bad=int(bad.sum()),
                total=len(table),
                noun="rows",
                first=repr(str(table[name].iloc[int(bad.argmax())])),
                action="Give observed counts, or residents.",
            )
        )


def _steps(choice: Choice, chosen: list[int]) -> list[tuple[list[int], int, list[int]]]:
    """The chosen ones, each time the one that adds most to those before it."""
    steps: list[tuple[list[int], int, list[int]]] = []
    before: list[int] = []
    while left := [town for town in chosen if town not in before]:
        best = min(left, key=lambda town: (round(choice.loss([*before, town]), 12), town))
        steps.append((before, best, [*before, best]))
        before = [*before, best]
    return steps


def _state(case: _Case, chosen: list[int]) -> tuple[float, float]:
    """Share of the need within reach, and its mean distance in km."""
    nearest = np.minimum(case.there, case.metres[:, chosen].min(axis=1, initial=np.inf))
    some = case.weights > 0
    total = float(case.weights.sum())
    share = float(case.weights[nearest <= case.reach].sum()) / total
    if not np.isfinite(nearest[some]).all():
        return share, np.nan
    return share, float(case.weights[some] @ nearest[some]) / total / 1000


def _row(
    case: _Case, method: Method, *, before: list[int], town: int, after: list[int]
) -> dict[str, Any]:
    place = case.candidates.iloc[town]
    total = float(case.weights.sum())
    (share_before, km_before), (share_after, km_after) = _state(case, before), _state(case, after)
    return {
        "town": case.towns[town],
        "district_code": str(place.get("district_code", "")),
        "easting": place["easting"],
        "northing": place["northing"],
        "method": method,
        "within_km": case.reach / 1000,
        "need": case.need,
        "need_total": total,
        "need_newly_within": max(0.0, (share_after - share_before) * total),
        "share_within_before": share_before,
        "share_within_after": share_after,
        "mean_km_before": km_before,
        "mean_km_after": km_after,
    }


def _note(row: dict[str, Any], choice: Choice, chosen: list[int], second: list[int] | None) -> str:
    notes = []
    if second is not None and abs(choice.loss(second) - choice.loss(chosen)) < _SAME:
        notes.append("The next best set serves equally well: the choice between them is open.")
    if row["need_newly_within"] <= _SAME * row["need_total"]:
        notes.append(f"{row['town']} brings no further need within reach.")
    return " ".join(notes)
