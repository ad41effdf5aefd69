"""How long choosing takes where areas, sexes and periods are all given: about 500 cells a table.

    python benchmarks/choosing.py [--tables 200] [--wards 32] [--workers 1] [--out FILE]

Wards in one district by three sexes, four quarters and their year, all totals shown. From table to
table the mean differs, from few small counts to many. Seconds are the processor's.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from vawg_geo.disclosure.cells import CellTable
from vawg_geo.disclosure.rules import PRESETS
from vawg_geo.terms.columns import COUNT_COLUMNS

__all__ = ["quarterly_table", "timed"]

_DISTRICT: Final = "E07990000"
_YEAR: Final = "2015/16"
_QUARTERS: Final = tuple(f"{_YEAR} Q{n}" for n in range(1, 5))


def quarterly_table(seed: int, *, wards: int) -> pd.DataFrame:
    """Counts of one indicator by ward and district, sex, quarter and year."""
    generator = np.random.default_rng(seed)
    mean = generator.choice([40.0, 80.0, 150.0, 300.0])
    persons = generator.poisson(mean * generator.gamma(2.5, 1 / 2.5, wards))
    female = generator.binomial(persons, 0.68)
    counts: dict[tuple[str, str, str, str], int] = {}
    for ward in range(wards):
        code = f"E0599{ward:04}"
        for sex, number in (("female", female[ward]), ("male", persons[ward] - female[ward])):
            by_quarter = generator.multinomial(number, [0.25] * 4)
            for quarter, events in zip(_QUARTERS, by_quarter, strict=True):
                for area, level in ((code, "ward"), (_DISTRICT, "district")):
                    for whole in (sex, "persons"):
                        for period in (quarter, _YEAR):
                            key = (area, level, whole, period)
                            counts[key] = counts.get(key, 0) + int(events)
    rows = [
        (area, area, level, "2015", "crimes", sex, period, n, "value" if n else "zero", "own", "")
        for (area, level, sex, period), n in counts.items()
    ]
    table = pd.DataFrame(rows, columns=list(COUNT_COLUMNS))
    return table.assign(count=table["count"].astype("Int64"))


def timed(seed: int, *, wards: int) -> tuple[int, int, int, int, int, float]:
    """Cells, small counts, hidden counts, unprotected ones and seconds of one table."""
    table = quarterly_table(seed, wards=wards)
    parents = {code: _DISTRICT for code in table["area_code"].unique() if code != _DISTRICT}
    start = time.process_time()
    cells = CellTable(table, PRESETS["nhs"], parents, part_of={})
    hidden, unprotected = cells.choose([])
    seconds = round(time.process_time() - start, 2)
    return seed, len(table), int(cells.small.sum()), int(hidden.sum()), len(unprotected), seconds


def main() -> None:
    """Time many tables and print the middle and the worst."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--wards", type=int, default=32)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.tables)
    with ProcessPoolExecutor(options.workers) as pool:
        rows = list(pool.map(partial(timed, wards=options.wards), seeds))
    names = ["seed", "cells", "small", "hidden", "unprotected", "seconds"]
    table = pd.DataFrame(rows, columns=names)
    if options.out:
        table.to_csv(options.out, index=False)
    took = table["seconds"]
    print(
        f"{len(table)} tables of {table['cells'].median():.0f} cells, {table['small'].mean():.1f} "
        f"small and {table['hidden'].mean():.1f} hidden on average, "
        f"{table['unprotected'].sum()} unprotected: {took.median():.2f} s in the middle, "
        f"{took.quantile(0.99):.2f} s at 99 %, {took.max():.2f} s at the most; "
        f"{int((took > 10).sum())} over 10 s, {int((took > 30).sum())} over 30 s."
    )


if __name__ == "__main__":
    main()
