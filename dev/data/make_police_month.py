"""Count one month's violence and sexual offences of police.uk into wards.

    python dev/data/make_police_month.py --street 2019-08-cambridgeshire-street.csv \
        --wards wards_dec2015_27700.gpkg

The same as `vawg-geo count STREET --areas WARDS --category "Crime type=Violence and sexual
offences"`, with a note on every row and an entry in the registry. Use the wards' full outlines,
not a generalised layer: police.uk moves every point to a nearby street or place, and a simplified
border would move some again. Every row is accounted for on the console and in the registry.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from _data import ATTRIBUTION, OGL, WARD_VINTAGE, register, write_csv

from vawg_geo.areas.counting.count_points import Account, count_points, count_table
from vawg_geo.areas.counting.told import account_line
from vawg_geo.inputs.boundaries.read import read_boundaries
from vawg_geo.inputs.points.plan import plan_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["count_month", "main"]

CATEGORY: Final = "Violence and sexual offences"
INDICATOR: Final = "violence and sexual offences recorded by the police (one month)"
NOTE: Final = (
    "One month of police.uk ({month}), not annualised; a wider category than domestic abuse; "
    "places are snapped to a nearby point, and rows without coordinates are in no ward."
)


def count_month(
    street: Path, wards: Path, *, vintage: str = WARD_VINTAGE
) -> tuple[pd.DataFrame, Account, Account]:
    """Count the rows of the category into wards.

    Parameters
    ----------
    street : Path
        A street file of one month as police.uk publishes it.
    wards : Path
        Outlines of wards.
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
    outlines = read_boundaries(wards)
    found = count_points(plan_points(street, category=("Crime type", CATEGORY)), outlines)
    months = found.counts["period"].unique()
    if len(months) != 1:
        msg = f"the street file holds {len(months)} months. Give one month at a time."
        raise SystemExit(msg)
    table = count_table(
        found.counts,
        outlines,
        indicator=INDICATOR,
        level="ward",
        vintage=vintage,
        basis="published",
        note=NOTE.format(month=months[0]),
    )
    return table, found.everything, found.chosen


def _facts(account: Account) -> dict[str, int]:
    facts: dict[str, int] = asdict(account)
    return {name.replace("in_areas", "in_wards"): rows for name, rows in facts.items()}


def main(argv: Sequence[str] | None = None) -> None:
    """Read a month and wards, write the ward counts, register them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--street", type=Path, required=True, help="street-level CSV of police.uk")
    parser.add_argument("--wards", type=Path, required=True, help="ward outlines, any GIS format")
    parser.add_argument("--vintage", default=WARD_VINTAGE, help="date of the wards")
    parser.add_argument("--out", type=Path, help="default: data/ward_counts_police_YYYY_MM.csv")
    options = parser.parse_args(argv)

    made, everything, account = count_month(options.street, options.wards, vintage=options.vintage)
    print(account_line("All categories", everything))
    print(account_line(CATEGORY, account))
    month = str(made["period"].iloc[0])
    data = Path(__file__).resolve().parents[2] / "data"
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
        "source_rows": _facts(everything),
        "category_rows": _facts(account),
    }])  # fmt: skip


if __name__ == "__main__":
    main()
