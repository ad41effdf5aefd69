"""Rates of one's own counts with 95 % limits, compared with the police area, as a CSV to send.

    python scripts/rates_of_own_wards.py data/ward_counts_police_2019_08.csv rates.csv

The table has the columns area_code, sex, period, indicator, count, for wards of 2015; districts and
the police area are its sums. What the public may not see is empty, with `suppressed` as its status.
Copy the script, and change the method or the columns.
"""

from __future__ import annotations

import sys

import vawg_geo

POLICE_AREA = "E23000023"
COLUMNS = [
    "area_code", "area_name", "level", "indicator", "sex", "period",
    "count", "status", "population", "rate", "rate_lower", "rate_upper", "significance",
]  # fmt: skip


def main(counts: str, out: str) -> None:
    """Hide small counts, compute, compare, write, and print how many are higher or lower."""
    edition = vawg_geo.protect(vawg_geo.load_default(counts=counts), edition="public")
    rates = vawg_geo.crude_rate(edition.counts, edition.populations, per=1000, method="exact")
    rates = vawg_geo.compare(rates, comparator=POLICE_AREA)
    rates[COLUMNS].round(3).to_csv(out, index=False)

    print(rates.groupby(["level", "significance"], sort=False).size().to_string())
    print(out)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except vawg_geo.VawgGeoError as error:
        sys.exit(f"{error}")
