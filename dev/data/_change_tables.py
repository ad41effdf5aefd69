"""What the assessment says of change over time, and the residents that its Table 7 is set beside.

The statements survive as prose alone: each stands here in words of our own, with the words of the
outline that it rests on, which must still be there when the table is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
from _data import AREA_NAMES, COUNTY, DISTRICTS, PETERBOROUGH, POLICE_AREA

from vawg_geo.terms.codes import level_of_code

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CHANGE_ENTRIES", "children_residents", "statements_of_change"]

INCIDENTS: Final = "domestic abuse incidents"
CRIMES: Final = "domestic abuse crimes"
CAMBRIDGE, EAST, FENLAND, _, SOUTH = DISTRICTS[:5]
_TREND: Final = "section 3.3 and Chart 4"
_APPENDIX: Final = "Appendix D"
_LOST: Final = "Chart 4, which had the figures of each year, is lost."
_UNSAID: Final = "Which years are compared does not survive."
_WHICH: Final = (
    "Which crimes are meant does not survive either; those marked as domestic abuse are taken."
)
_OVER_ALL: Final = "down 5 % over all, down 10 % in Cambridge City and in Peterborough"
# Words of the outline; then what is said, where, of what and whom, from when to when, per cent,
# against whom and their per cent, and what is to be known.
_STATEMENTS: Final = (
    (_OVER_ALL, "Incidents of domestic abuse fell by 5% over all.",
     _TREND, INCIDENTS, POLICE_AREA, "2011/12", "2015/16", "-5", "", "", _LOST),
    (_OVER_ALL, "Incidents of domestic abuse fell by 10% in Cambridge.",
     _TREND, INCIDENTS, CAMBRIDGE, "2011/12", "2015/16", "-10", "", "", _LOST),
    (_OVER_ALL, "Incidents of domestic abuse fell by 10% in Peterborough.",
     _TREND, INCIDENTS, PETERBOROUGH, "2011/12", "2015/16", "-10", "", "", _LOST),
    ("Cambridge City incidents up 8 %", "Incidents rose by 8% in Cambridge.",
     _APPENDIX, INCIDENTS, CAMBRIDGE, "", "", "8", "", "", _UNSAID),
    ("and crimes up 31 %", "Crimes rose by 31% in Cambridge.",
     _APPENDIX, CRIMES, CAMBRIDGE, "", "", "31", "", "", f"{_UNSAID} {_WHICH}"),
    ("East Cambridgeshire crimes up 17.8 % (county 16 %)",
     "Crimes rose by 17.8% in East Cambridgeshire; in the county by 16%.",
     _APPENDIX, CRIMES, EAST, "", "", "17.8", COUNTY, "16", f"{_UNSAID} {_WHICH}"),
    ("South Cambridgeshire crimes up 34 % (force about 30 %)",
     "Crimes rose by 34% in South Cambridgeshire; in the police area by about 30%.",
     _APPENDIX, CRIMES, SOUTH, "", "", "34", POLICE_AREA, "30", f"{_UNSAID} {_WHICH}"),
    ("Fenland's incident rate above the county's",
     "Fenland's rate of incidents is above the county's.",
     _APPENDIX, INCIDENTS, FENLAND, "", "2015/16", "", COUNTY, "", ""),
)  # fmt: skip
_COLUMNS: Final = (
    "statement", "place_in_source", "indicator", "sex", "area_code", "area_name", "level", "since",
    "until", "stated_percent", "comparator", "comparator_percent", "note",
)  # fmt: skip

# Year of age of the first and the last of each group of Table 7 that has residents.
_BANDS: Final = {
    "0-4 years": (0, 4),
    "5-9 years": (5, 9),
    "10-14 years": (10, 14),
    "15-17 years": (15, 17),
}
_CHILDREN: Final = "0-17 years"
_YEARS: Final = {"2012": "2012/13", "2013": "2013/14", "2014": "2014/15", "2015": "2015/16"}
_REVISED: Final = "ONS mid-year estimates 2012 to 2024, revised after the Census of 2021"
_FIRST: Final = "ONS mid-2015, first (unrevised) series"


def _require(holds: bool, what: str) -> None:
    if not holds:
        msg = f"{what}. Look at the source again; nothing was written."
        raise SystemExit(msg)


def statements_of_change(assessment: Path) -> pd.DataFrame:
    """What the assessment's text says of change, one row for each statement.

    Parameters
    ----------
    assessment : Path
        With `outline.md`.
    """
    outline = " ".join((assessment / "outline.md").read_text("utf-8").split())
    aside = _together(assessment)
    rows = []
    for words, statement, place, indicator, area, *rest, note in _STATEMENTS:
        _require(words in outline, f"the outline does not say {words!r}")
        who = (AREA_NAMES[area], level_of_code(area))
        notes = f"{note} {aside}" if POLICE_AREA in rest else note
        rows.append([statement, place, indicator, "persons", area, *who, *rest, notes])
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _together(assessment: Path) -> str:
    """What the county's 16 % and the police area's 30 % would say of Peterborough."""
    printed = pd.read_csv(assessment / "published_rates.csv", dtype=str)
    crimes = printed[(printed["indicator"] == CRIMES) & (printed["sex"] == "persons")]
    now = dict(zip(crimes["area_code"], crimes["count"].astype(float), strict=True))
    before = now[POLICE_AREA] / 1.30 - now[COUNTY] / 1.16
    rise = round(100 * (now[PETERBOROUGH] / before - 1))
    return (
        "The county's 16% and the police area's 30% are of the same years and crimes only if "
        f"Peterborough's rose by about {rise}%."
    )


def children_residents(population: Path, newer: Path) -> pd.DataFrame:
    """Residents of Cambridgeshire under 18, by year, and by group of ages in the last year.

    Parameters
    ----------
    population : Path
        With the workbook of mid-2015 by district and year of age.
    newer : Path
        With the estimates of children under 18 by county and year.
    """
    printed = pd.read_csv(newer / "ons_mid-year_population_estimates_2012_to_2024.csv", dtype=str)
    ours = printed[(printed["new_la_code"] == COUNTY)].set_index("time_period")
    _require(
        set(ours["age_group"]) == {"Children aged 0 to 17 years"},
        "the county's estimates are not of children under 18 alone",
    )
    note = f"The first series has {_children_2015(population, 0, 17):,}."
    rows = [
        [_CHILDREN, period, ours.loc[year, "population_estimate"], f"{year}-06-30", _REVISED,
         note if year == "2015" else ""]
        for year, period in _YEARS.items()
    ]  # fmt: skip
    rows += [
        [band, "2015/16", _children_2015(population, *ages), "2015-06-30", _FIRST, ""]
        for band, ages in _BANDS.items()
    ]
    of_bands = sum(_children_2015(population, *ages) for ages in _BANDS.values())
    whole = _children_2015(population, 0, 17)
    _require(of_bands == whole, "the groups of ages do not add up to 0 to 17")
    table = pd.DataFrame(
        rows, columns=["category", "period", "population", "reference_date", "series", "note"]
    )
    who = {"area_code": COUNTY, "area_name": AREA_NAMES[COUNTY], "level": "county"}
    return table.assign(**who)[[*who, *table.columns]]


def _children_2015(population: Path, first: int, last: int) -> int:
    """Residents of the county of these ages in mid-2015: the sum of its five districts."""
    book = pd.read_excel(
        population / "ons_mid2015_local_authorities.xls", sheet_name="Persons UK", header=2
    )
    book.columns = pd.Index([str(name) for name in book.columns])
    ages = [str(age) for age in range(first, last + 1)]
    _require(set(ages) <= set(book.columns), "the workbook lacks years of age")
    people = dict(zip(book["CODE"], book[ages].sum(axis=1), strict=True))
    inside = sum(int(people[code]) for code in DISTRICTS if code != PETERBOROUGH)
    _require(inside == int(people[COUNTY]), "districts do not add up to the county's children")
    return inside


CHANGE_ENTRIES: Final = {
    "statements_of_change.csv": {
        "name": "statements-of-change",
        "title": "What the assessment's text says of change over time",
        "done": "one row per statement, in words of our own; the charts behind them are lost, and "
        "an empty since or until is one that was not named",
        "vintage": "2011/12 to 2015/16, by row",
    },
    "children_residents.csv": {
        "name": "children-residents",
        "title": "Residents under 18 of Cambridgeshire, 2012 to 2015, by age in 2015",
        "source": f"{_REVISED} (published by the Department for Education; 0 to 17 years, "
        f"2012/13 to 2015/16); {_FIRST}, by district and age (groups of ages, 2015/16)",
        "vintage": "mid-2012 to mid-2015",
        "done": "30 June stands for the financial year; no estimate "
        "of 2011 was at hand; groups of ages are the sum of five districts",
    },
}
"""Registry entries by file, without source and licence where they are the usual ones."""
