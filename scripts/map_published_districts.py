"""A map of the six districts from the published table, in one file that opens offline.

    python scripts/map_published_districts.py districts.html

Prints the districts too, from the highest rate down. Copy it, and change the indicator.
"""

from __future__ import annotations

import sys

import vawg_geo

INDICATOR = "domestic abuse incidents"


def main(out: str) -> None:
    """Write the map and print the districts."""
    edition = vawg_geo.protect(vawg_geo.load_default(), edition="public")
    chart = vawg_geo.build_map(edition, level="district", indicator=INDICATOR)
    print(vawg_geo.write_html(chart, out))

    counts = edition.counts[
        (edition.counts["indicator"] == INDICATOR) & (edition.counts["level"] == "district")
    ]
    rates = vawg_geo.crude_rate(counts, edition.populations, per=1000, method="exact")
    columns = ["area_name", "count", "rate", "rate_lower", "rate_upper"]
    print(rates.sort_values("rate", ascending=False)[columns].round(1).to_string(index=False))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except vawg_geo.VawgGeoError as error:
        sys.exit(f"{error}")
