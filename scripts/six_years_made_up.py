"""Six years of counts by ward, made up: a table as an analyst brings it, to try change on.

    python scripts/six_years_made_up.py Lincolnshire six_years.csv

Wards keep their level and vary about it, 2020/21 is lower everywhere, two wards double from 2022/23
on, and one falls by half. The same area gives the same table. No figure in it is real. Then:
vawg-geo init example --area Lincolnshire --counts six_years.csv
"""

from __future__ import annotations

import csv
import sys
from itertools import accumulate, takewhile
from pathlib import Path
from random import Random

import vawg_geo

YEARS = ["2019/20", "2020/21", "2021/22", "2022/23", "2023/24", "2024/25"]
PER_RESIDENT = {"Domestic abuse crimes (made up)": 0.012, "Stalking (made up)": 0.0022}
WARDS_VARY, YEARS_VARY, LOCKDOWNS, FIRST_CHANGED = 0.35, 0.08, 0.92, "2022/23"


def poisson(chance: Random, expected: float) -> int:
    """Draw a number of events: so many waits fit into what is expected."""
    passed = accumulate(iter(lambda: chance.expovariate(1), None))
    return sum(1 for _ in takewhile(lambda time: time < expected, passed))


def main(area: str, out: str) -> None:
    """Make up the counts, write them, and print which wards were made to change."""
    tables = vawg_geo.load_area(area)
    people = tables.populations.query("sex == 'persons'").set_index("area_code")["population"]
    layer = tables.areas["ward"].set_index("area_code").sort_index()["area_name"]
    wards = [code for code in layer.index if code in people]
    a, b, c = (wards[n * len(wards) // 4] for n in (1, 2, 3))
    times, chance = {a: 2.0, b: 2.0, c: 0.5}, Random(f"six years of {area}")  # noqa: S311
    with Path(out).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["Ward code", "Ward", "Sex", "Year", "Offence", "Number"])
        for offence, usual in PER_RESIDENT.items():
            for ward in wards:
                level = usual * people[ward] * chance.lognormvariate(0, WARDS_VARY)
                for year in YEARS:
                    usual_now = level * (LOCKDOWNS if year == "2020/21" else 1)
                    usual_now *= times.get(ward, 1) if year >= FIRST_CHANGED else 1
                    number = poisson(chance, usual_now * chance.lognormvariate(0, YEARS_VARY))
                    table.writerow([ward, layer[ward], "All", year, offence, number])
    print(f"{out}: made up. Twice as many from 2022/23: {layer[a]}, {layer[b]}; half: {layer[c]}.")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except vawg_geo.VawgGeoError as error:
        sys.exit(f"{error}")
