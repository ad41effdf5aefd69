"""A ward map from one's own CSV, in one file that opens offline, small numbers hidden.

    python scripts/map_own_wards.py data/ward_counts_police_2019_08.csv wards.html

The table has the columns area_code, sex, period, indicator, count, for wards of 2015. Where more
than a third of the wards would be hidden, as in that one month, the map is by district. A file
`disclosure.key` is made beside your table: keep it, and give it to nobody. Copy the script, and
change what you need.
"""

from __future__ import annotations

import sys

import vawg_geo


def main(counts: str, out: str) -> None:
    """Hide small counts, say what is hidden, and write the map."""
    edition = vawg_geo.protect(vawg_geo.load_default(counts=counts), edition="public")
    print(edition.protection)
    for series in edition.withheld:
        print(f"Not shown by {series.level}: {series.indicator}, {series.sex}")

    level = "ward" if (edition.counts["level"] == "ward").any() else "district"
    print(vawg_geo.write_html(vawg_geo.build_map(edition, level=level), out))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except vawg_geo.VawgGeoError as error:
        sys.exit(f"{error}")
