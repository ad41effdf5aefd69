"""Put together an area from files of one's own: Norfolk, with made-up counts.

    python scripts/norfolk/put_together.py ../shared norfolk

Reads official outlines, residents and deprivation from the first folder and writes into the second
what an analyst would have on her desk: `wards.gpkg`, `districts.gpkg`, `county.gpkg`,
`wards_2013.gpkg` (of another year, to see what happens), `population.csv`, `lookup.csv`,
`lsoa_points.csv`, `imd2015.csv`, `ward_counts.csv`. The counts are ILLUSTRATIVE: random numbers
about nothing and nobody.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["made_up_counts", "main", "read_lsoas", "residents_by_ward"]

SEED: Final = 2015
COUNTY: Final = "E10000020"
PERIOD: Final = "2015/16"
# Counts per 1,000 residents aged 16 and over, of the order of those of neighbouring areas.
USUAL: Final = {
    "domestic abuse crimes": 7.0,
    "sexual offences": 1.5,
}
# Two thirds of the wards get 0.7 to 1.4 times the usual rate.
SPREAD: Final = 0.35


def read_lsoas(shared: Path) -> pd.DataFrame:
    """LSOAs of Norfolk with ward, district, residents and deprivation.

    Parameters
    ----------
    shared : Path
        Folder with `boundaries/`, `population/` and `deprivation/`.

    Returns
    -------
    pandas.DataFrame
        One row per LSOA.
    """
    where = pd.read_csv(shared / "boundaries/lookup_lsoa11_ward2015_norfolk.csv")
    people = pd.read_csv(shared / "population/mid2015_lsoa11_norfolk.csv")
    deprived = pd.read_csv(shared / "deprivation/imd2015_lsoa11_norfolk.csv")
    table = where.merge(
        people, left_on="LSOA11CD", right_on="lsoa11cd", how="left", validate="1:1"
    ).merge(deprived, left_on="LSOA11CD", right_on="lsoa11_code", how="left", validate="1:1")
    return pd.DataFrame(
        {
            "lsoa_code": table["LSOA11CD"],
            "ward_code": table["WD15CD"],
            "ward_name": table["WD15NM"],
            "district_code": table["LAD15CD"],
            "population": table["pop_total"],
            "population_16": table["pop_16_plus"],
            "score": table["imd_score"],
            "rank": table["imd_rank"],
            "decile": table["imd_decile"],
        }
    ).sort_values("lsoa_code", ignore_index=True)


def residents_by_ward(lsoas: pd.DataFrame) -> pd.DataFrame:
    """Residents aged 16 and over of each ward, its LSOAs added up.

    Parameters
    ----------
    lsoas : pandas.DataFrame
        Of `read_lsoas`.

    Returns
    -------
    pandas.DataFrame
        `area_code`, `area_name`, `sex`, `population`; one row per ward, by code.
    """
    groups = lsoas.groupby(["ward_code", "ward_name"])["population_16"].sum()
    table = groups.rename("population").reset_index()
    table = table.rename(columns={"ward_code": "area_code", "ward_name": "area_name"})
    table.insert(2, "sex", "persons")
    return table


def made_up_counts(lsoas: pd.DataFrame, *, seed: int = SEED) -> pd.DataFrame:
    """Random counts by ward: residents, a usual rate and noise, and nothing else.

    Parameters
    ----------
    lsoas : pandas.DataFrame
        Of `read_lsoas`.
    seed : int, optional
        Of the random numbers.

    Returns
    -------
    pandas.DataFrame
        One row per ward and indicator.
    """
    wards = residents_by_ward(lsoas)
    random = np.random.default_rng(seed)
    tables = []
    for indicator, usual in USUAL.items():
        noise = np.exp(random.normal(0.0, SPREAD, len(wards)))
        tables.append(
            pd.DataFrame(
                {
                    "area_code": wards["area_code"],
                    "area_name": wards["area_name"],
                    "indicator": indicator,
                    "sex": "persons",
                    "period": PERIOD,
                    "count": random.poisson(usual / 1000 * wards["population"] * noise),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _write_outlines(shared: Path, lsoas: pd.DataFrame, folder: Path) -> None:
    """Wards as sums of their LSOAs, districts as they are, the county as their sum."""
    outlines = gpd.read_file(shared / "boundaries/england_wales_lsoa11_4326.gpkg")
    outlines = outlines[outlines["lsoa11_code"].isin(lsoas["lsoa_code"])].to_crs(27700)
    table = outlines.merge(lsoas, left_on="lsoa11_code", right_on="lsoa_code", validate="1:1")
    inside = table.geometry.representative_point()
    points = pd.DataFrame(
        {
            "lsoa_code": table["lsoa_code"],
            "easting": inside.x.round(-2).astype(int),
            "northing": inside.y.round(-2).astype(int),
        }
    )
    points.sort_values("lsoa_code").to_csv(folder / "lsoa_points.csv", index=False)
    wards = table.dissolve(["ward_code", "ward_name", "district_code"]).reset_index()
    wanted = ["ward_code", "ward_name", "district_code", "geometry"]
    wards[wanted].to_file(folder / "wards.gpkg")
    former = gpd.read_file(shared / "boundaries/england_wards_dec2013_27700.gpkg")
    former = former[former["ladcd"].isin(lsoas["district_code"])].rename(
        columns={"WD13CD": "ward_code", "WD13NM": "ward_name", "ladcd": "district_code"}
    )
    former[wanted].to_file(folder / "wards_2013.gpkg")
    districts = gpd.read_file(shared / "boundaries/england_districts_dec2013_27700.gpkg")
    districts = districts[districts["ladcd"].isin(lsoas["district_code"])]
    districts = districts.rename(columns={"ladcd": "district_code", "ladnm": "district_name"})
    districts.assign(county_code=COUNTY).to_file(folder / "districts.gpkg")
    county = gpd.GeoDataFrame(
        {"county_code": [COUNTY], "county_name": ["Norfolk"]},
        geometry=[districts.union_all()],
        crs=districts.crs,
    )
    county.to_file(folder / "county.gpkg")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("shared", type=Path, help="folder with the official files")
    parser.add_argument("folder", type=Path, help="where to write, made where it is absent")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)

    lsoas = read_lsoas(options.shared)
    _write_outlines(options.shared, lsoas, options.folder)
    residents = residents_by_ward(lsoas)
    residents.to_csv(options.folder / "population.csv", index=False)
    where = ["lsoa_code", "ward_code", "district_code", "population", "population_16"]
    lsoas[where].to_csv(options.folder / "lookup.csv", index=False)
    deprived = lsoas[["lsoa_code", "score", "rank", "decile"]]
    deprived.to_csv(options.folder / "imd2015.csv", index=False)
    counts = made_up_counts(lsoas, seed=options.seed)
    counts.to_csv(options.folder / "ward_counts.csv", index=False)
    made = f"{len(residents)} wards, {len(lsoas)} LSOAs, {len(counts)} made-up counts"
    print(f"{made}: {options.folder}")


if __name__ == "__main__":
    main()
