"""How far people live from public sites: shares of residents within reach, by area.

The point that stands for an LSOA is a point on the surface of its generalised outline, not the
middle of its homes, so that a share of a large rural area is an estimate. Refuges take no part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.overlays.access.places import (
    distances,
    positive_weights,
    require_columns,
    require_points,
)
from vawg_geo.terms.columns import LEVELS
from vawg_geo.terms.refuges import refuse_refuges

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vawg_geo.overlays.access.places import Distance, Metres

__all__ = ["ALL_SITES", "access", "site_groups", "within_column"]

ALL_SITES: Final = "all sites"
_FLAG_WORDS: Final = {"idva": "sites with an IDVA", "sarc": "sites with a SARC"}
_YES: Final = frozenset({"yes", "y", "true", "1"})
_BASIS: Final = "estimated"


def access(
    lsoas: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    by: str,
    within_km: Sequence[float] = (5, 10, 20),
    groups: Mapping[str, str] | None = None,
    date: str | None = None,
    distance: Distance | None = None,
    method: str | None = None,
    names: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Share of residents aged 16 and over within reach of a site, by area and group of sites.

    Parameters
    ----------
    lsoas : pandas.DataFrame
        `lsoa_code`, `easting`, `northing` (EPSG:27700), `population_16`, and the column of `by`.
        The shares' denominator is the sum of these residents, which can differ a little from an
        edition's population of the area.
    sites : pandas.DataFrame
        `site`, `easting`, `northing`, and flags such as `idva` (`yes`, `no`), with `idva_from` and
        `idva_to` where they are known.
    by : str
        Column of the areas' codes, named after their level: `ward_code`, `district_code`,
        `county_code`, `police_area_code`.
    within_km : sequence of float
        Kilometres, each itself included.
    groups : mapping of str to str, optional
        Flag by the words for its group. All sites are always the first group; without `groups`
        the flags `idva` and `sarc`, where the sites have them.
    date : str, optional
        ISO date at which a flag must hold (`2016-03-31`). Without it dates are not looked at.
    distance : callable, optional
        As for `distances`; the straight line by default.
    method : str, optional
        What `distance` measures, in words. Needed with it.
    names : mapping of str to str, optional
        Names of all areas of the level, by code. An area in it without an LSOA has a row without
        figures; without it `area_name` is empty.

    Returns
    -------
    pandas.DataFrame
        One row per group and area, in the order of the codes: `area_code`, `area_name`, `level`,
        `site_group`, `sites` (how many), `population` (16+), `within_5_km` and so on (shares, 0 to
        1), `median_km`, `mean_km` (weighted by residents), `population_no_way`, `nearest_site` (of
        the largest part of the residents), `method`, `basis` (`estimated`), `status`, `note`.
        Status is `value`; `zero` where nobody is within the farthest limit; `missing` where the
        area has no LSOA; `not_applicable` where it has no residents. Distances are missing where
        the group has no site. Residents from whom no way leads to a site count as beyond reach;
        the mean leaves them out and the note says how many they are.

    Raises
    ------
    DisclosureError
        A site speaks of a refuge.
    InputError
        A table or an option cannot be used.

    Examples
    --------
    >>> lsoas = pd.DataFrame({
    ...     "lsoa_code": ["a", "b"], "easting": [546300, 546300], "northing": [254900, 262900],
    ...     "population_16": [1500, 500], "ward_code": "w"})
    >>> sites = pd.DataFrame({"site": ["Hospital"], "easting": [546300], "northing": [254900]})
    >>> found = access(lsoas, sites, by="ward_code").iloc[0]
    >>> [float(found[column]) for column in ("within_5_km", "within_10_km", "mean_km")]
    [0.75, 1.0, 2.0]
    """
    refuse_refuges(sites, name="site")
    level = _level(by)
    limits = _limits(within_km)
    homes = require_points(lsoas, name="lsoa_code", what="LSOAs")
    places = require_points(sites, name="site", what="sites")
    sites = sites.reset_index(drop=True)
    people = positive_weights(lsoas, "population_16", name="lsoa_code", what="LSOAs")
    members = _members(lsoas, by, names)
    metres, measured = distances(homes, places, distance=distance, method=method)
    rows: list[dict[str, Any]] = []
    for group, chosen in site_groups(sites, groups=groups, date=date).items():
        # By name, so that of equally near sites it is always the same one.
        called = sites["site"].astype(str)[chosen].sort_values(kind="stable")
        nearest, which = _nearest(metres[:, sites.index.get_indexer(called.index)])
        for code, inside in members.items():
            rows.append(
                {
                    "area_code": code,
                    "area_name": (names or {}).get(code, ""),
                    "level": level,
                    "site_group": group,
                    "sites": int(chosen.sum()),
                    **_figures(nearest[inside], people[inside], limits),
                    "nearest_site": _main(which[inside], people[inside], called.tolist()),
                    "method": measured,
                }
            )
    table = pd.DataFrame(rows).assign(basis=_BASIS)
    table["status"] = [_status(row, limits) for row in rows]
    table["note"] = [_note(row) for row in rows]
    return table


def site_groups(
    sites: pd.DataFrame, *, groups: Mapping[str, str] | None = None, date: str | None = None
) -> dict[str, Any]:
    """Sites that belong to each group.

    Parameters
    ----------
    sites : pandas.DataFrame
        As for `access`.
    groups : mapping of str to str, optional
        As for `access`.
    date : str, optional
        As for `access`.

    Returns
    -------
    dict of str to ndarray of bool
        All sites first.

    Raises
    ------
    InputError
        A flag is no column, or a date cannot be read.

    Examples
    --------
    >>> sites = pd.DataFrame({"site": ["A", "B"], "idva": ["yes", "no"],
    ...                       "idva_from": ["2015-04-01", ""]})
    >>> {group: flags.tolist() for group, flags in site_groups(sites).items()}
    {'all sites': [True, True], 'sites with an IDVA': [True, False]}
    >>> site_groups(sites, date="2014-03-31")["sites with an IDVA"].tolist()
    [False, False]
    """
    if groups is None:
        groups = {words: flag for flag, words in _FLAG_WORDS.items() if flag in sites.columns}
    require_columns(sites, list(groups.values()), what="sites")
    found = {ALL_SITES: np.ones(len(sites), dtype=bool)}
    for words, flag in groups.items():
        held = sites[flag].astype(str).str.strip().str.lower().isin(_YES).to_numpy(dtype=bool)
        if date is not None:
            held = held & _running(sites, flag, pd.Timestamp(_iso(date)))
        found[words] = held
    return found


def within_column(km: float) -> str:
    """Name of the column of a distance.

    Examples
    --------
    >>> within_column(5), within_column(2.5)
    ('within_5_km', 'within_2_5_km')
    """
    return f"within_{km:g}_km".replace(".", "_")


def _level(by: str) -> str:
    level = by.removesuffix("_code")
    if level == by or level not in LEVELS:
        msg = (
            f"{by!r} names no level of areas. Give ward_code, district_code, county_code or "
            "police_area_code."
        )
        raise InputError(msg)
    return level


def _limits(within_km: Sequence[float]) -> list[float]:
    limits = sorted({float(km) for km in within_km})
    if not limits or not all(np.isfinite(km) and km > 0 for km in limits):
        msg = f"{tuple(within_km)!r} are no distances. Give kilometres above zero."
        raise InputError(msg)
    return limits


def _members(lsoas: pd.DataFrame, by: str, names: Mapping[str, str] | None) -> dict[str, Any]:
    """Row numbers of each area's LSOAs, by code; none for an area of `names` without one."""
    require_columns(lsoas, [by], what="LSOAs")
    codes = lsoas[by].astype("string")
    bad = codes.isna() | (codes == "")
    why, action = f"have no {by}", "Give each LSOA its area, or leave it out."
    if names is not None and not bad.any():
        bad = ~codes.isin(list(names))
        why, action = f"have a {by} that has no name", "Give names and LSOAs of one vintage."
    if bad.any():
        first = int(bad.to_numpy(dtype=bool).argmax())
        raise InputError(
            problem(
                why,
                bad=int(bad.sum()),
                total=len(lsoas),
                noun="LSOAs",
                first=f"{lsoas['lsoa_code'].iloc[first]!r} ({lsoas[by].iloc[first]})",
                action=action,
            )
        )
    rows = pd.Series(range(len(lsoas))).groupby(codes.to_numpy(dtype=object)).indices
    inside = {str(code): found for code, found in rows.items()}
    nothing = np.zeros(0, dtype=np.intp)
    return {code: inside.get(code, nothing) for code in sorted({*inside, *(names or {})})}


def _running(sites: pd.DataFrame, flag: str, date: pd.Timestamp) -> Any:
    running = np.ones(len(sites), dtype=bool)
    for column, sign in ((f"{flag}_from", 1), (f"{flag}_to", -1)):
        if column in sites.columns:
            days = [
                (date - pd.Timestamp(_iso(text))).days * sign if text else 0
                for text in sites[column].fillna("").astype(str).str.strip()
            ]
            running &= np.array(days) >= 0
    return running


def _iso(text: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        msg = f"{text!r} is no date. Give year, month and day, such as 2016-03-31."
        raise InputError(msg) from None


def _nearest(metres: Metres) -> tuple[Metres, Any]:
    """Distance to the nearest site, and which it is; -1 where no way leads to one."""
    homes, sites = metres.shape
    if not sites:
        return np.full(homes, np.inf), np.full(homes, -1)
    place = metres.argmin(axis=1)
    nearest = metres[np.arange(homes), place]
    return nearest, np.where(np.isfinite(nearest), place, -1)


def _main(which: Any, people: Metres, called: list[str]) -> str:
    """Site that is nearest for the largest part of the people; none where there are none."""
    sums = np.bincount(which[which >= 0], people[which >= 0], minlength=1)
    return called[int(sums.argmax())] if sums.max() > 0 else ""


def _figures(nearest: Metres, people: Metres, limits: list[float]) -> dict[str, Any]:
    total = float(people.sum())
    reached = np.isfinite(nearest)
    found: dict[str, Any] = {"population": total if len(people) else np.nan}
    for km in limits:
        inside = float(people[nearest <= km * 1000].sum())
        found[within_column(km)] = inside / total if total > 0 else np.nan
    with_way = float(people[reached].sum())
    return found | {
        "median_km": _median(nearest, people) / 1000,
        "mean_km": float(people[reached] @ nearest[reached]) / with_way / 1000
        if with_way > 0
        else np.nan,
        "population_no_way": total - with_way if len(people) else np.nan,
    }


def _median(nearest: Metres, people: Metres) -> float:
    """Least distance within which at least half of the people live; NaN where there is none."""
    total = people.sum()
    if not total > 0:
        return np.nan
    order = np.argsort(nearest, kind="stable")
    half = int(np.searchsorted(np.cumsum(people[order]), total / 2))
    found = float(nearest[order][half])
    return found if np.isfinite(found) else np.nan


def _status(row: Mapping[str, Any], limits: list[float]) -> str:
    if np.isnan(row["population"]):
        return "missing"
    if row["population"] == 0:
        return "not_applicable"
    return "zero" if row[within_column(limits[-1])] == 0 else "value"


def _note(row: Mapping[str, Any]) -> str:
    if np.isnan(row["population"]):
        return "No LSOA is assigned to this area."
    if row["population"] == 0:
        return "Nobody aged 16 or over lives here."
    if not row["sites"]:
        return "There is no site of this group, so that nobody is within reach of one."
    if row["population_no_way"] > 0:
        return (
            f"No way leads from {row['population_no_way']:,.0f} of {row['population']:,.0f} "
            "residents to a site: they count as beyond reach, and the mean leaves them out."
        )
    return ""
