"""Attack our editions, and naive publications of the same made-up counts, by the same means.

    python dev/evidence/attack_editions.py [--seeds 5] [--first 1] [--out docs/attacks.csv]

The attacks (`_attacks.py`) see finished files alone; what was hidden (`_publications.py`) is only
looked up afterwards, to score them. The table that this prints is kept in docs/attacks.csv and
explained in docs/disclosure.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd
from _attacks import (
    OFFENCES,
    Claims,
    by_bytes,
    by_colour,
    by_embedded_data,
    by_rate,
    by_sums,
    read_tables,
)
from _publications import (
    TWO_SEXES,
    YEARS,
    Secret,
    coloured_map,
    dropped_layer,
    make_secret,
    naive_marks,
    naive_tables,
    rates_only,
    tooltip_map,
    write_editions,
    write_second,
)

__all__ = ["CHANNELS", "run"]


class Scenario(NamedTuple):
    """A naive publication, the attack on it and on ours, and the indicator that both are of."""

    publish: Callable[[Secret, Path], None]
    attack: Callable[[Path], Claims]
    indicator: str = OFFENCES


CHANNELS: Final = {
    "rate to one decimal, and the population": Scenario(rates_only, by_rate),
    "continuous fill colour alone": Scenario(coloured_map, by_colour),
    "tooltip without the count, count in the page's data": Scenario(tooltip_map, by_embedded_data),
    "layer dropped from a GeoPackage": Scenario(dropped_layer, by_bytes),
    "only small counts hidden; sums and sexes published": Scenario(
        lambda secret, folder: naive_tables(secret, folder, OFFENCES), by_sums
    ),
    "third sex left out": Scenario(
        lambda secret, folder: naive_tables(secret, folder, TWO_SEXES, men=False),
        lambda folder: by_sums(folder, indicator=TWO_SEXES),
        TWO_SEXES,
    ),
    "overlapping periods": Scenario(
        lambda secret, folder: naive_tables(secret, folder, YEARS),
        lambda folder: by_sums(folder, indicator=YEARS),
        YEARS,
    ),
}
MARKED: Final = "small counts marked otherwise than those hidden for their sake"
TWO_EDITIONS: Final = "two publications held together"


def _scored(
    claims: Claims, secret: Secret, indicator: str, folders: Iterable[Path]
) -> tuple[int, int]:
    """How many counts that were not to be known are found out, and how many there are."""
    truth = secret.counts(indicator)
    if wrong := [c for c in claims.keys() & truth.keys() if claims[c] != truth[c]]:
        raise RuntimeError(f"the attack errs in {len(wrong):,} counts; first: {wrong[0]}")
    paths = [f for f in folders if (f / "tables").is_dir()]
    targets = set(truth)
    if paths:
        printed = read_tables(paths, indicator)
        hidden = {c for c in truth if c in printed.marks or 1 <= truth[c] <= 7}
        targets = hidden - printed.counts.keys()
    return len(targets & claims.keys()), len(targets)


def run(seed: int, folder: Path) -> pd.DataFrame:
    """Publish one made-up table in all ways and attack each.

    Parameters
    ----------
    seed : int
    folder : Path
        An empty folder to write into.

    Returns
    -------
    DataFrame
        `channel`, `naive_recovered`, `naive_of`, `ours_recovered`, `ours_of`.
    """
    secret = make_secret(seed)
    ours = write_editions(secret, folder / "ours")
    public, partnership = ours["public"], ours["partnership"]
    rows = []

    def add(
        channel: str,
        indicator: str,
        naive: list[Path],
        ours: list[Path],
        attack: Callable[..., Claims],
    ) -> None:
        scores = (_scored(attack(*held), secret, indicator, held) for held in (naive, ours))
        rows.append((channel, *(number for score in scores for number in score)))

    for number, (channel, scenario) in enumerate(CHANNELS.items()):
        place = folder / str(number)
        scenario.publish(secret, place)
        add(channel, scenario.indicator, [place], [public], scenario.attack)
    naive_marks(secret, public, folder / "marks")
    add(MARKED, OFFENCES, [folder / "marks"], [public], by_sums)
    second = write_second(secret, folder / "second")
    add(TWO_EDITIONS, OFFENCES, [public, second], [public, partnership], by_sums)
    columns = ["channel", "naive_recovered", "naive_of", "ours_recovered", "ours_of"]
    return pd.DataFrame(rows, columns=columns)


def main() -> None:
    """Attack publications of several made-up tables, and add the results up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=5, help="how many made-up tables")
    parser.add_argument("--first", type=int, default=1, help="seed of the first")
    parser.add_argument("--out", type=Path, default=Path("attacks.csv"))
    options = parser.parse_args()
    tables = []
    for seed in range(options.first, options.first + options.seeds):
        with tempfile.TemporaryDirectory() as folder:
            tables.append(run(seed, Path(folder)))
    result = pd.concat(tables).groupby("channel", sort=False, as_index=False).sum()
    result.to_csv(options.out, index=False)
    print(result.to_string(index=False))


if __name__ == "__main__":
    main()
