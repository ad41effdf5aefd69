"""Write the embedded tables of `data/`: published figures, populations, services, places, codes.

    python dev/data/make_default_data.py --source PATH

PATH holds the folders `assessment/`, `population/`, `boundaries/`, `deprivation/`, `services/` and
`open/population/`.
Nothing is written before every check has passed: sums of districts and sexes, figures that stand in
two places, places inside their districts, and look-ups that say the same thing twice.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from _assessment_tables import published_other, published_rates, services, ward_profiles
from _change_tables import CHANGE_ENTRIES, children_residents, statements_of_change
from _data import (
    AREA_NAMES,
    ASSESSMENT,
    ATTRIBUTION,
    COUNTY,
    DISTRICTS,
    NO_LICENCE_NAMED,
    OGL,
    PETERBOROUGH,
    POLICE_AREA,
    register,
    write_csv,
)
from _deprivation import DEPRIVATION_ENTRY, imd_scores
from _places import PLACE_ENTRIES, lsoa_points, public_sites, towns

from vawg_geo.terms.columns import POPULATION_COLUMNS, SEXES

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["area_codes", "district_populations", "lsoa_lookup", "main", "ward_populations"]

REFERENCE_DATE: Final = "2015-06-30"
SERIES: Final = "ONS mid-2015, first (unrevised) series"
_PERSONS_NOTE: Final = (
    "An estimate: LSOA figures (revised series, without prisoners) summed by best fit and scaled "
    "to the district's figure."
)
_SEX_NOTE: Final = (
    "An estimate: the ward's persons split as the district's are; no ward's own split is known."
)


def _text(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def _require(holds: bool, what: str) -> None:
    if not holds:
        msg = f"{what}. Look at the source again; nothing was written."
        raise SystemExit(msg)


def _population_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows).assign(age_group="16+", reference_date=REFERENCE_DATE, series=SERIES)
    extra = [name for name in table.columns if name not in POPULATION_COLUMNS]
    return table[[*POPULATION_COLUMNS, *extra]]


def district_populations(folder: Path) -> pd.DataFrame:
    """Take six districts' population aged 16+ by sex; sum them to county and police area."""
    printed = pd.read_csv(folder / "mid2015_districts_16plus_by_sex.csv")
    wide = printed.pivot_table(index="code", columns="sex", values="age_16_plus", aggfunc="sum")
    _require(set(wide.index) == set(DISTRICTS), "the districts are not the six expected")
    _require(
        bool((wide["female"] + wide["male"] == wide["persons"]).all()),
        "female and male do not add up to persons",
    )
    parts = {code: [code] for code in DISTRICTS}
    parts[COUNTY] = [code for code in DISTRICTS if code != PETERBOROUGH]
    parts[POLICE_AREA] = list(DISTRICTS)
    levels = {COUNTY: "county", POLICE_AREA: "police_area"}
    return _population_table([
        {
            "area_code": code,
            "area_name": AREA_NAMES[code],
            "level": levels.get(code, "district"),
            "sex": sex,
            "population": int(wide.loc[inside, sex].sum()),
            "basis": "published",
            "note": "" if code == inside[0] else f"Sum of the {len(inside)} districts inside.",
        }
        for code, inside in parts.items()
        for sex in SEXES
    ])  # fmt: skip


def ward_populations(folder: Path, year: int, districts: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Take wards' population aged 16+ by sex, and see how far they miss their districts.

    Returns
    -------
    pandas.DataFrame
        One row per ward and sex, all estimates, with the decimals of the source.
    str
        Largest difference between a district and the sum of its wards, in people.
    """
    short = year % 100
    printed = _text(folder / f"mid2015_wards{year}_16plus.csv").sort_values(f"WD{short}CD")
    columns = {
        "persons": "pop16_persons_scaled", "female": "pop16_females_est",
        "male": "pop16_males_est",
    }  # fmt: skip
    table = _population_table([
        {
            "area_code": row[f"WD{short}CD"],
            "area_name": row[f"WD{short}NM"],
            "level": "ward",
            "sex": sex,
            "population": row[column],
            "basis": "estimated",
            "note": _PERSONS_NOTE if sex == "persons" else _SEX_NOTE,
            "vintage": f"{year}-12-31",
            "parent_code": row[f"LAD{short}CD"],
        }
        for row in printed.to_dict("records")
        for sex, column in columns.items()
    ])  # fmt: skip
    people = table.assign(population=table["population"].astype(float))
    sums = people.groupby(["parent_code", "sex"])["population"].sum()
    known = districts.set_index(["area_code", "sex"])["population"].reindex(sums.index)
    largest = float((sums - known).abs().max())
    _require(largest < 0.5, f"wards of {year} miss their district by {largest:.1f} people")
    return table, f"{largest:.1f}"


def area_codes(folder: Path) -> pd.DataFrame:
    """Every ward code of the six districts from 2013 to 2019, with the years it stood for."""
    from pyogrio import read_dataframe

    wards_2013 = read_dataframe(
        folder / "england_wards_dec2013_27700.gpkg", read_geometry=False
    ).rename(columns={"WD13CD": "ward", "WD13NM": "ward_name", "ladcd": "lad"})
    wards_2013 = wards_2013[wards_2013["lad"].isin(DISTRICTS)].assign(year="2013", best=True)
    listed = _text(folder / "wards_by_vintage.csv")
    # A year may be listed twice, by LSOA and by district; where names differ, the LSOA list holds.
    listed["year"] = listed["source"].str.extract(r"\b(20(?:1[2-9]|2\d))\)", expand=False)
    listed["best"] = listed["source"].str.startswith("Lower Layer")
    columns = ["ward", "ward_name", "lad", "year", "best"]
    every = pd.concat([wards_2013[columns], listed[columns]], ignore_index=True)
    best = every[every["best"]]
    _require(
        set(zip(every["ward"], every["lad"], strict=True))
        == set(zip(best["ward"], best["lad"], strict=True)),
        "the two kinds of ward list do not hold the same codes",
    )
    other = every[~every["best"]].merge(best, on=["ward", "year"], suffixes=("", "_best"))
    other = other[other["ward_name"] != other["ward_name_best"]]
    notes = {
        (row["ward"], row["ward_name_best"]):
            f"The {row['year']} list of wards by district gives this code the name "
            f"{row['ward_name']!r}: taken for a misprint."
        for row in other.to_dict("records")
    }  # fmt: skip
    grouped = best.groupby(["lad", "ward", "ward_name"])["year"]
    rows = [
        {
            "area_code": ward,
            "area_name": name,
            "level": "ward",
            "parent_code": lad,
            "parent_name": AREA_NAMES[lad],
            "vintages": ";".join(sorted(set(years))),
            "note": notes.get((ward, name), ""),
        }
        for (lad, ward, name), years in grouped
    ]
    return pd.DataFrame(rows).sort_values(["area_code", "area_name"], ignore_index=True)


def lsoa_lookup(boundaries: Path, population: Path) -> pd.DataFrame:
    """Ward of each LSOA in 2015, 2016 and 2019 by best fit, with its residents, all and 16+."""
    every = _text(boundaries / "lookup_lsoa11_wards_2015_2019_cambs.csv").set_index("LSOA11CD")
    for year in ("15", "16"):
        single = _text(boundaries / f"lookup_lsoa11_ward20{year}_cambs.csv").set_index("LSOA11CD")
        _require(
            single[f"WD{year}CD"].sort_index().equals(every[f"WD{year}CD"].sort_index()),
            f"the two look-ups from LSOA to wards of 20{year} differ",
        )
    people = _text(population / "mid2015_lsoa11.csv").set_index("lsoa11cd")
    ages = people[["pop_0_15", "pop_16_plus"]].astype(int).sum(axis=1)
    _require(ages.equals(people["pop_total"].astype(int)), "LSOA ages do not add up to all ages")
    _require(set(people.index) == set(every.index), "LSOA populations and look-up do not match")
    table = pd.DataFrame({
        "lsoa_code": every.index,
        "ward15_code": every["WD15CD"],
        "ward16_code": every["WD16CD"],
        "ward19_code": every["WD19CD"],
        "district_code": every["LAD"],
        "pop16": people["pop_16_plus"].reindex(every.index),
        "pop_all": people["pop_total"].reindex(every.index),
    })  # fmt: skip
    return table.sort_values("lsoa_code", ignore_index=True)


def _assessment_entry(name: str, title: str, done: str, vintage: str = "2015/16") -> dict[str, str]:
    return {
        "name": name,
        "title": title,
        "source": f"{ASSESSMENT} (published July 2017), with the sources it names by row",
        "licence": NO_LICENCE_NAMED,
        "attribution": f"Figures of {ASSESSMENT} and of the sources named in each row.",
        "vintage": vintage,
        "done": done,
    }


def _ons_entry(name: str, title: str, source: str, vintage: str, done: str) -> dict[str, str]:
    return {
        "name": name,
        "title": title,
        "source": source,
        "licence": OGL,
        "attribution": ATTRIBUTION,
        "vintage": vintage,
        "done": done,
    }


def _entries(missed: dict[int, str]) -> dict[str, dict[str, str]]:
    """Registry entries by file."""
    lookups = "ONS look-ups from LSOA (2011) to ward"
    wards = {
        f"population_wards_{year}.csv": _ons_entry(
            f"population-wards-{year}",
            f"Population aged 16+ by sex, mid-2015, wards of December {year}: estimates",
            "ONS mid-2015 estimates: LSOA persons by broad age (revised series, without "
            f"prisoners) and districts (first series); {lookups} {year}",
            f"wards of {year}-12-31; population of {REFERENCE_DATE}",
            "LSOA persons summed to wards by best fit and scaled to the district; female and "
            "male by the district's split, so no ward's own split by sex",
        )
        | {"largest_difference": f"{missed[year]} people between a district and its wards' sum"}
        for year in missed
    }
    return wards | {
        "published_rates.csv": _assessment_entry(
            "published-rates", "Counts, rates and limits as printed: tables 2, 4, 5, 6, 10, 11",
            "one row per area, sex and indicator, as printed; ONS names beside the source's; "
            "the source's own conflicts and two known misprints as notes",
        ),
        "published_other.csv": _assessment_entry(
            "published-other", "All other figures: tables 1, 3, 4, 7 to 9, 11 to 15, and the text",
            "one row per fact; tables 8 and 9, which stand in two files, compared and kept once; "
            "an x is suppressed and has no value; an empty source is one that was not named",
            "2011/12 to 2016, by row",
        ),
        "services.csv": _assessment_entry(
            "services", "Services by district, with dates",
            "one row per service and district: stated, inferred, none, or not recoverable from "
            "the source; refuges by district only",
            "2015-04-01 to 2017, by row",
        ),
        "ward_profiles.csv": _assessment_entry(
            "ward-profiles", "Red-light areas and wards with most brothels, as classes of wards",
            "ward codes of December 2015 looked up by name within the district; basis says "
            "whether the source states the ward, or it is inferred, or the text is ambiguous",
            "2016",
        ),
        "population_districts.csv": _ons_entry(
            "population-districts", "Population aged 16+ by sex, mid-2015: districts and sums",
            f"{SERIES}, by district, sex and age", REFERENCE_DATE,
            "county and police area are sums of their districts",
        ),
        "area_codes.csv": _ons_entry(
            "area-codes", "Ward codes of the six districts, 2013 to 2019",
            f"ONS wards of December 2013; {lookups} 2015 to 2019; ONS look-ups from ward to "
            "district 2016 to 2019, to compare", "December of each year named",
            "one row per code and name with the years that it stood for; no list was at hand "
            "for 2014",
        ),
        "lookup_lsoa11_wards.csv": _ons_entry(
            "lookup-lsoa11-wards", "LSOA (2011) to wards of 2015, 2016 and 2019, with residents",
            f"{lookups} 2015 to 2019; ONS mid-2015 LSOA persons, 16+ and all ages (revised "
            "series, without prisoners)", "LSOA of 2011; population of 2015-06-30",
            "best fit, one ward per LSOA",
        ),
        "imd2015_lsoa11.csv": DEPRIVATION_ENTRY,
        "statements_of_change.csv": _assessment_entry(**CHANGE_ENTRIES["statements_of_change.csv"]),
        "children_residents.csv": _ons_entry(**CHANGE_ENTRIES["children_residents.csv"]),
        **PLACE_ENTRIES,
    }  # fmt: skip


def main(argv: Sequence[str] | None = None) -> None:
    """Read the sources, check them, write the tables and register them."""
    data = Path(__file__).resolve().parents[2] / "data"
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--source", type=Path, required=True, help="folder with the source folders")
    parser.add_argument("--out", type=Path, default=data, help="folder to write")
    options = parser.parse_args(argv)
    assessment, population, boundaries, places = (
        options.source / name for name in ("assessment", "population", "boundaries", "services")
    )

    districts = district_populations(population)
    wards = {year: ward_populations(population, year, districts) for year in (2015, 2016)}
    codes = area_codes(boundaries)
    wards_2015 = codes[codes["vintages"].str.contains("2015")]
    lookup = lsoa_lookup(boundaries, population)
    tables = {
        "published_rates.csv": published_rates(assessment),
        "published_other.csv": published_other(assessment),
        "population_districts.csv": districts,
        "population_wards_2015.csv": wards[2015][0],
        "population_wards_2016.csv": wards[2016][0],
        "services.csv": services(assessment),
        "ward_profiles.csv": ward_profiles(assessment, wards_2015),
        "statements_of_change.csv": statements_of_change(assessment),
        "children_residents.csv": children_residents(
            population, options.source / "open" / "population"
        ),
        "area_codes.csv": codes,
        "lookup_lsoa11_wards.csv": lookup,
        "imd2015_lsoa11.csv": imd_scores(options.source / "deprivation", set(lookup["lsoa_code"])),
        "public_sites.csv": public_sites(places, assessment, boundaries),
        "towns.csv": towns(places, boundaries),
        "lsoa11_points.csv": lsoa_points(boundaries, lookup),
    }
    entries = _entries({year: missed for year, (_, missed) in wards.items()})
    for file, table in tables.items():
        write_csv(table, options.out, file)
    register(options.out, [
        entries[file] | {"file": file, "script": Path(__file__).name, "rows": len(table)}
        for file, table in tables.items()
    ])  # fmt: skip


if __name__ == "__main__":
    main()
