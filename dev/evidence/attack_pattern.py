"""What somebody learns who runs the choice again over every table that fits what is shown.

    python dev/evidence/attack_pattern.py [--tables 30] [--seed 1] [--keys 12]
                                              [--out docs/pattern.csv]

Small tables: one district, seven wards, one sex, its total shown. The stranger has the package and
knows how it chooses, but has not the project's key. For each hidden small count she tries every
table of whole numbers that fits what is shown (the others hidden may be anything that adds up),
hides anew, and keeps a number only if some such table gives the pattern that she sees: with the
key of the default that everybody has (`public key`), or with any of some keys of her own (`secret
key`), since the true one may be like any of them. A count is narrowed where a number of 1 to 7 is
left out that the shown figures alone allow.
"""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from vawg_geo.disclosure.cells import CellTable
from vawg_geo.disclosure.rules import PRESETS
from vawg_geo.inputs.key import PUBLIC_KEY
from vawg_geo.terms.columns import COUNT_COLUMNS

__all__ = ["attacked", "hidden_by"]

WARDS: Final = 7
LARGEST: Final = 7
_RULES: Final = PRESETS["nhs"]


def hidden_by(values: tuple[int, ...], key: str) -> tuple[bool, ...]:
    """Which wards of a district are hidden, its total shown."""
    codes = [f"E0599000{i}" for i in range(len(values))]
    rows = [
        ("E07990000", "district", sum(values)),
        *zip(codes, ["ward"] * WARDS, values, strict=True),
    ]
    table = pd.DataFrame(rows, columns=["area_code", "level", "count"]).assign(
        area_name="", vintage="2015", indicator="crimes", sex="persons", period="2015/16",
        basis="own", note="",
        status=["zero" if row[2] == 0 else "value" for row in rows],
    )  # fmt: skip
    table = table.assign(count=table["count"].astype("Int64"))[list(COUNT_COLUMNS)]
    parents = dict.fromkeys(codes, "E07990000")
    hidden, _ = CellTable(table, _RULES, parents, part_of={}, key=key).choose([])
    return tuple(bool(one) for one in hidden[1:])


def attacked(values: tuple[int, ...], key: str, keys: list[str]) -> tuple[int, int]:
    """Hidden small counts of a table, and how many of them are narrowed by running it again."""
    pattern = hidden_by(values, key)
    places = [i for i, hidden in enumerate(pattern) if hidden]
    left = sum(values[i] for i in places)
    possible: dict[int, set[int]] = {i: set() for i in places}
    allowed: dict[int, set[int]] = {i: set() for i in places}
    # All but one of the hidden wards may be anything; the last one is what is left.
    for some in product(range(1, left + 1), repeat=len(places) - 1):
        last = left - sum(some)
        if last < 1:
            continue
        table = dict(zip(places, (*some, last), strict=True))
        for place, count in table.items():
            allowed[place].add(count)
        tried = tuple(table.get(i, value) for i, value in enumerate(values))
        if any(hidden_by(tried, one) == pattern for one in keys):
            for place, count in table.items():
                possible[place].add(count)
    small = [i for i in places if 1 <= values[i] <= LARGEST]
    narrowed = [
        i for i in small if {n for n in allowed[i] if n <= LARGEST} - possible[i]
    ]  # fmt: skip
    return len(small), len(narrowed)


def main() -> None:
    """Attack random tables and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keys", type=int, default=12)
    parser.add_argument("--most", type=int, default=45, help="largest sum of hidden wards to try")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    rows: list[tuple[int, int, int, int]] = []
    while len(rows) < options.tables:
        values = tuple(int(n) for n in generator.poisson(generator.gamma(1.5, 10.0, WARDS)))
        secret = f"secret {len(rows)}"
        sums = [
            sum(v for v, h in zip(values, hidden_by(values, key), strict=True) if h)
            for key in (PUBLIC_KEY, secret)
        ]
        shown = [hidden_by(values, key) for key in (PUBLIC_KEY, secret)]
        # Two hidden wards, as nearly always: every pair that adds up can be tried.
        if not any(1 <= v <= LARGEST for v in values) or max(sums) > options.most:
            continue
        if any(sum(pattern) != 2 for pattern in shown):
            continue
        known, by_public = attacked(values, PUBLIC_KEY, [PUBLIC_KEY])
        own = [f"guess {n}" for n in range(options.keys)]
        _, by_secret = attacked(values, secret, own)
        rows.append((len(rows), known, by_public, by_secret))
    table = pd.DataFrame(
        rows, columns=["table", "small", "narrowed_public_key", "narrowed_secret_key"]
    )
    if options.out:
        table.to_csv(options.out, index=False)
    print(
        f"{len(table)} tables of {WARDS} wards, {table['small'].sum()} small counts: narrowed by "
        f"running the choice again {table['narrowed_public_key'].sum()} where the key is public, "
        f"{table['narrowed_secret_key'].sum()} where it is not ({options.keys} keys tried)."
    )


if __name__ == "__main__":
    main()
