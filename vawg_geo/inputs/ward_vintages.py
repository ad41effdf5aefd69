"""Wards and districts of any two years of the country, linked by codes and by small areas."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.inputs.code_history import (
    district_of,
    later_district,
    recoded_wards,
    standing,
    stretches,
)
from vawg_geo.inputs.national import read_national
from vawg_geo.inputs.ward_lookup import UNTOLD, WardLookup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vawg_geo.inputs.code_history import Stretch
    from vawg_geo.terms.columns import Level

__all__ = ["link_districts", "link_wards"]

_SOURCE: Final = "of the country"
_YEAR: Final = "ward_"


@cache
def _small_areas() -> pd.DataFrame:
    """Small areas with residents and the ward of each year that a look-up is of."""
    history = read_national("ward-history")
    newest = read_national("lsoas-2021").set_index("lsoa_code")["ward_code"]
    return history.assign(**{f"{_YEAR}2025": history["lsoa_code"].map(newest)})


def _wards_in(year: int, known: Iterable[str]) -> pd.Series:
    """Ward of each small area in a year, by the look-up of the nearest year that names one."""
    table = _small_areas()
    heads = [str(name) for name in table if str(name).startswith(_YEAR)]
    years = [int(name.removeprefix(_YEAR)) for name in heads]
    ward = pd.Series("", index=table.index, dtype="str")
    for near in sorted(years, key=lambda each: (abs(each - year), each)):
        column = table[f"{_YEAR}{near}"]
        ward = ward.mask((ward == "") & column.isin(known), column)
    return ward


@cache
def link_wards(source: int, target: int) -> WardLookup:
    """Link the wards of two years.

    A ward whose code stands in both is the same. Others are followed through the small areas that
    they were best fit of; where no look-up has a ward, through a change of codes in which every
    name was kept.

    Parameters
    ----------
    source, target : int
        Years at whose end the wards stood.

    Returns
    -------
    WardLookup
        Of the two years. `link` of its small areas says what links the wards: `same code`,
        `same name` or `residents`.

    Examples
    --------
    >>> lookup = link_wards(2022, 2025)
    >>> lookup.vintages, lookup.lsoas["link"].value_counts().to_dict()
    (('2022', '2025'), {'same code': 27092, 'residents': 8712, 'same name': 8})
    """
    before, after = standing("ward", source), standing("ward", target)
    same = before.keys() & after.keys()
    table = _small_areas()
    old, new = _wards_in(source, before), _wards_in(target, after)
    # The code says it; a best fit of another year may have drifted.
    new = new.mask(old.isin(same), old)
    drifted = new.isin(same) & ~old.isin(same)
    links = pd.DataFrame(
        {
            "lsoa_code": table["lsoa_code"],
            "population": table["population_16"].astype("Float64"),
            "parts": 1,
            "link": old.isin(same).map({True: "same code", False: "residents"}),
            "old": old,
            "new": new,
        }
    )[~drifted]
    whole = sorted(same - set(old))
    pairs = [(code, code, "same code") for code in whole]
    pairs += _recoded(before, after, links)
    links = links[~links["new"].isin([new for _, new, link in pairs if link == "same name"])]
    links = links[(links["old"] != "") | (links["new"] != "")]
    links["old"] = links["old"].mask(links["old"] == "", UNTOLD + links["new"])
    links["new"] = links["new"].mask(links["new"] == "", UNTOLD + links["old"])
    extra = [
        {"lsoa_code": "", "population": 0.0, "parts": 0, "link": link, "old": old, "new": new}
        for old, new, link in pairs
    ]
    links = pd.concat([links, pd.DataFrame(extra, columns=list(links))], ignore_index=True)
    return _lookup(
        links,
        "ward",
        {str(source): _listed(before, source), str(target): _listed(after, target)},
    )


def _recoded(
    before: Mapping[str, Stretch], after: Mapping[str, Stretch], links: pd.DataFrame
) -> list[tuple[str, str, str]]:
    """Wards that no look-up has, and those of the same name that took their place."""
    told = set(links["old"])
    # What comes from wards that a look-up has is told already.
    reached = set(links.loc[links["old"] != "", "new"])
    pairs = []
    for old in sorted(before.keys() - after.keys() - told):
        new = old
        while new and new not in after:
            new = recoded_wards().get(new, "")
        if new and new not in reached:
            pairs.append((old, new, "same name"))
    return pairs


def _listed(wards: Mapping[str, Stretch], year: int) -> pd.DataFrame:
    homes = {code: district_of(ward, year) for code, ward in wards.items()}
    # Wards of a council to come are elected a year before its district begins.
    names = {home: stretches()[home][-1].name for home in set(homes.values())}
    return pd.DataFrame(
        [
            (str(year), code, ward.name, homes[code], names[homes[code]])
            for code, ward in sorted(wards.items())
        ],
        columns=["vintage", "area_code", "area_name", "parent_code", "parent_name"],
    )


def _lookup(links: pd.DataFrame, level: Level, listed: dict[str, pd.DataFrame]) -> WardLookup:
    (source, before), (target, after) = listed.items()
    wards = pd.concat([before, after], ignore_index=True)
    return WardLookup(
        lsoas=links.rename(columns={"old": source, "new": target}),
        wards=wards,
        gazetteer=wards.rename(columns={"vintage": "vintages"}),
        source=_SOURCE,
        level=level,
        untold=tuple(sorted(set(before["area_code"]) - set(links["old"]))),
        unreached=tuple(sorted(set(after["area_code"]) - set(links["new"]))),
    )


@cache
def link_districts(source: int, target: int) -> WardLookup:
    """Link the districts of two years.

    One that became another is followed by its code, several that became one likewise. From a
    district to those of before that it was made of, counts follow the residents.

    Parameters
    ----------
    source, target : int
        Years at whose end the districts stood.

    Returns
    -------
    WardLookup
        `link` is `same code`, `recoded`, `merged` or `residents`.

    Examples
    --------
    >>> link_districts(2022, 2025).lsoas["link"].value_counts().to_dict()
    {'same code': 312, 'merged': 17, 'recoded': 2}
    """
    before, after = standing("district", source), standing("district", target)
    early, late = min(source, target), max(source, target)
    pairs = [(each, later_district(each, late)) for each in standing("district", early)]
    mergers = pd.Series([new for _, new in pairs]).value_counts()
    residents = _district_residents(early) if target < source else {}
    rows = []
    for first, last in pairs:
        old, new = (first, last) if source < target else (last, first)
        if old == new:
            link = "same code"
        elif mergers[last] == 1:
            link = "recoded"
        else:
            link = "merged" if source < target else "residents"
        people, parts = residents.get(first, (0.0, 0))
        rows.append((f"{first} {last}", people, parts, link, old, new))
    columns = ["lsoa_code", "population", "parts", "link", "old", "new"]
    links = pd.DataFrame(rows, columns=columns).astype({"population": "Float64"})
    listed = {
        str(year): pd.DataFrame(
            # Those that become one are expected together, as wards of a district are.
            [
                (str(year), code, each.name, later_district(code, late), "")
                for code, each in sorted(known.items())
            ],
            columns=["vintage", "area_code", "area_name", "parent_code", "parent_name"],
        )
        for year, known in ((source, before), (target, after))
    }
    return _lookup(links, "district", listed)


def _district_residents(year: int) -> dict[str, tuple[float, int]]:
    """Residents and number of small areas of each district of a year that wards tell of.

    In the last year of a district its wards may be those of the council to come already: then
    those of the year before tell.
    """
    found: dict[str, tuple[float, int]] = {}
    for each in range(year, year - _YEARS_BACK, -1):
        wards = standing("ward", each)
        homes = {code: district_of(ward, each) for code, ward in wards.items()}
        district = _wards_in(each, wards).map(homes)
        sums = _small_areas()["population_16"].groupby(district).agg(["sum", "size"])
        for code, people, n in sums.itertuples():
            found.setdefault(code, (float(people), int(n)))
    return found


_YEARS_BACK: Final = 3
