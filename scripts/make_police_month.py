"""Count one month's violence and sexual offences of police.uk into wards.

    python scripts/make_police_month.py --street 2019-08-cambridgeshire-street.csv \
        --wards wards_dec2015_27700.gpkg

Use the wards' full outlines, not a generalised layer: police.uk moves every point to a nearby
street or place, and a simplified border would move some again. Every row is accounted for on the
console and in the registry.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
from _data import ATTRIBUTION, OGL, WARD_VINTAGE, register, write_csv

from vawg_geo.columns import COUNT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Account", "count_points", "main", "place_rows", "read_wards"]

CATEGORY: Final = "Violence and sexual offences"
INDICATOR: Final = "violence and sexual offences recorded by the police (one month)"
NOTE: Final = (
    "One month of police.uk ({month}), not annualised; a wider category than domestic abuse; "
    "places are snapped to a nearby point, and rows without coordinates are in no ward."
)
_COLUMNS: Final = ("Month", "Longitude", "Latitude", "Crime type")


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where the rows of a street file went.

    Attributes
    ----------
    rows, without_coordinates, outside, in_wards : int
        All rows; the other three add up to them.
    on_borders : int
        Rows in wards that touch more than one; each is counted once, in the lowest code.
    """

    rows: int
    without_coordinates: int
    outside: int
    in_wards: int
    on_borders: int


def read_wards(path: Path) -> gpd.GeoDataFrame:
    """Read wards as `area_code`, `area_name`, geometry in EPSG:27700."""
    wards = gpd.read_file(path)
    found: dict[str, str] = {}
    for column, ons in (("area_code", r"wd\d\dcd"), ("area_name", r"wd\d\dnm")):
        pattern = re.compile(f"{ons}|{column}", re.IGNORECASE)
        match = [name for name in wards.columns if pattern.fullmatch(name)]
        if len(match) != 1:
            msg = (
                f"{path.name} has {len(match)} columns for {column}. Give wards with one, "
                "named as ONS does (wd15cd, wd15nm) or as here."
            )
            raise SystemExit(msg)
        found[match[0]] = column
    tidy = wards.rename(columns=found)[["area_code", "area_name", "geometry"]]
    return tidy.to_crs(27700).sort_values("area_code", ignore_index=True)


def place_rows(street: pd.DataFrame, wards: gpd.GeoDataFrame) -> tuple[pd.Series, Account]:
    """Find the ward of every row of a street file.

    Returns
    -------
    pandas.Series
        Ward code by the street file's index; missing where there are no coordinates or no ward.
    Account
        Where the rows went.
    """
    located = street.dropna(subset=["Longitude", "Latitude"])
    points = gpd.GeoDataFrame(
        index=located.index,
        geometry=gpd.points_from_xy(located["Longitude"], located["Latitude"], crs=4326),
    ).to_crs(27700)
    # "intersects" and not "within": a point on a border lies within neither ward.
    pairs = points.sjoin(wards[["area_code", "geometry"]], predicate="intersects")
    codes = pairs["area_code"].sort_values()
    placed = codes[~codes.index.duplicated()]
    account = Account(
        rows=len(street),
        without_coordinates=len(street) - len(located),
        outside=len(located) - len(placed),
        in_wards=len(placed),
        on_borders=len(pairs.index[pairs.index.duplicated()].unique()),
    )
    return placed.reindex(street.index), account


def count_points(
    street: pd.DataFrame, wards: gpd.GeoDataFrame, *, vintage: str = WARD_VINTAGE
) -> tuple[pd.DataFrame, Account, Account]:
    """Count the rows of the category into wards.

    Parameters
    ----------
    street : pandas.DataFrame
        A street file of one month as police.uk publishes it.
    wards : geopandas.GeoDataFrame
        From `read_wards`.
    vintage : str
        Date of the wards.

    Returns
    -------
    pandas.DataFrame
        With the columns `COUNT_COLUMNS`, one row per ward.
    Account
        Of all rows.
    Account
        Of the rows of the category.
    """
    months = sorted(street["Month"].unique())
    if len(months) != 1:
        msg = f"the street file holds {len(months)} months. Give one month at a time."
        raise SystemExit(msg)
    _, everything = place_rows(street, wards)
    placed, account = place_rows(street[street["Crime type"] == CATEGORY], wards)
    counts = placed.value_counts().reindex(wards["area_code"], fill_value=0).to_numpy()
    made = pd.DataFrame({
        "area_code": wards["area_code"],
        "area_name": wards["area_name"],
        "level": "ward",
        "vintage": vintage,
        "indicator": INDICATOR,
        "sex": "persons",
        "period": months[0],
        "count": counts,
        "status": ["value" if count else "zero" for count in counts],
        "basis": "published",
        "note": NOTE.format(month=months[0]),
    })  # fmt: skip
    return made[list(COUNT_COLUMNS)], everything, account


def _say(title: str, account: Account) -> None:
    print(
        f"{title}: {account.rows:,} rows = {account.in_wards:,} in a ward "
        f"({account.on_borders:,} of them on a border) + {account.outside:,} outside the wards "
        f"+ {account.without_coordinates:,} without coordinates"
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Read a month and wards, write the ward counts, register them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--street", type=Path, required=True, help="street-level CSV of police.uk")
    parser.add_argument("--wards", type=Path, required=True, help="ward outlines, any GIS format")
    parser.add_argument("--vintage", default=WARD_VINTAGE, help="date of the wards")
    parser.add_argument("--out", type=Path, help="default: data/ward_counts_police_YYYY_MM.csv")
    options = parser.parse_args(argv)

    street = pd.read_csv(options.street, usecols=list(_COLUMNS))
    made, everything, account = count_points(
        street, read_wards(options.wards), vintage=options.vintage
    )
    _say("All categories", everything)
    _say(CATEGORY, account)
    month = str(made["period"].iloc[0])
    data = Path(__file__).resolve().parents[1] / "data"
    out: Path = options.out or data / f"ward_counts_police_{month.replace('-', '_')}.csv"
    write_csv(made, out.parent, out.name)
    register(out.parent, [{
        "name": f"ward-counts-police-{month}",
        "file": out.name,
        "title": f"Violence and sexual offences by ward, one month of police.uk, {month}",
        "source": f"police.uk street-level crime, {options.street.name}; "
                  f"ONS ward outlines, {options.wards.name}",
        "licence": OGL,
        "attribution": ATTRIBUTION,
        "vintage": f"wards of {options.vintage}; {month}",
        "done": f"rows of the category {CATEGORY!r} counted into wards by point in polygon; a "
                "point on a border counts once, in the lowest code; not annualised",
        "script": Path(__file__).name,
        "rows": len(made),
        "source_rows": asdict(everything),
        "category_rows": asdict(account),
    }])  # fmt: skip


if __name__ == "__main__":
    main()
