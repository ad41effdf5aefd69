"""A ward map from one's own CSV, in one file that opens offline, small numbers hidden.

    python scripts/map_own_wards.py [COUNTS.csv] [wards.html]

COUNTS.csv has the columns area_code, sex, period, indicator, count. Without it the script writes
an example first: made-up numbers, for trying out only. Copy the script, and change what you need.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

import vawg_geo
from vawg_geo.project import default_project_path, read_project
from vawg_geo.settings import CountSource, DeprivationSettings
from vawg_geo.terms.columns import Basis


def write_example(path: Path) -> Path:
    """Write made-up counts for every ward: example numbers, about nothing and nobody."""
    wards = vawg_geo.read_boundaries("wards-2015")
    rows = ["area_code,sex,period,indicator,count"]
    rows += [
        f"{code},persons,2015/16,example counts (made up),{(7 * n) % 40}"
        for n, code in enumerate(wards["area_code"])
    ]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def main(counts: Path, out: str, basis: Basis) -> None:
    """Put the counts in the place of the default's, protect them, and write the map."""
    default = read_project(default_project_path())
    # What is said of other counts goes: ratios, reach, the claims of the source.
    deprivation = DeprivationSettings(file="imd2015-lsoa11")
    overlays = msgspec.structs.replace(
        default.overlays, deprivation=deprivation, services=None, profiles=None
    )
    project = msgspec.structs.replace(
        default,
        ratios=(),
        overlays=overlays,
        counts=(
            CountSource(file=str(counts.resolve()), basis=basis, level="ward", vintage="2015"),
        ),
    )
    edition = vawg_geo.protect(vawg_geo.load_tables(project), edition="public")
    print(edition.protection)
    print(vawg_geo.write_html(vawg_geo.build_map(edition, level="ward"), out))


if __name__ == "__main__":
    target = sys.argv[2] if len(sys.argv) > 2 else "wards.html"
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]), target, "own")
    else:
        with TemporaryDirectory() as folder:
            main(write_example(Path(folder, "example.csv")), target, "illustrative")
