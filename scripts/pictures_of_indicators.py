"""A picture of each indicator by district, as PNG files for a slide or a report.

    python scripts/pictures_of_indicators.py pictures

What is hidden or absent has a pattern, and the picture says so. Prints each file and the words for
readers who do not see it. Copy the script, and change the level or the table.
"""

from __future__ import annotations

import sys
from pathlib import Path

import vawg_geo

LEVEL = "district"


def main(folder: str) -> None:
    """Draw what the public may see, one indicator after the other."""
    edition = vawg_geo.protect(vawg_geo.load_default(), edition="public")
    Path(folder).mkdir(parents=True, exist_ok=True)
    counts = edition.counts[edition.counts["level"] == LEVEL]
    for number, indicator in enumerate(counts["indicator"].unique(), start=1):
        picture = edition.plot(level=LEVEL, indicator=indicator)
        path = Path(folder, f"{number:02}.png")
        picture.save(path)
        print(f"{path}: {picture.title}\n  {picture.alt}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except vawg_geo.VawgGeoError as error:
        sys.exit(f"{error}")
