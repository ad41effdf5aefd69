"""Coverage of the limits where the same persons have several events.

    python dev/evidence/repeat_victims.py [--draws 20000] [--seed 12345] [--out FILE]

In each draw the number of persons with 1, 2, 3, ... events is Poisson, in the proportions of a mix,
and it is asked whether the limits hold the mean number of events. The limits are: Poisson, as
without a table of repeats; by the variance factor of the draw's own persons, or of the whole that
the draw is from, which is known much better and is what an edition uses; each scaled by events and
by persons (Dobson's form). The table that this prints is kept in docs/repeat_victims.csv.
"""

from __future__ import annotations

import argparse
from typing import Final, cast

import numpy as np
import pandas as pd

from vawg_geo.measures.rates.intervals import public_health_interval
from vawg_geo.measures.rates.repeat_victims import repeat_interval
from vawg_geo.terms.repeat_victims import RepeatVictims, repeat_victims

__all__ = ["MIXES", "coverage", "coverage_of_mix"]

# Persons by their number of events; only the proportions are used.
MIXES: Final = {
    "few repeats": {1: 90, 2: 10},
    "half as many again": {1: 60, 2: 20, 5: 5},
    "some come ten times": {1: 200, 2: 50, 4: 20, 10: 5},
    "a few come twenty times": {1: 500, 2: 100, 3: 40, 5: 20, 20: 2},
}
PERSONS: Final = (10, 20, 50, 100, 200, 500, 1000)


def coverage_of_mix(
    mix: dict[int, int], persons: int, *, draws: int, seed: int
) -> dict[str, float]:
    """Share of draws whose limits hold the mean, by kind of limits."""
    generator = np.random.default_rng([seed, persons, sum(mix.values())])
    events, numbers = np.array(list(mix)), np.array(list(mix.values()), dtype=float)
    means = numbers / numbers.sum() * persons
    drawn = generator.poisson(means, (draws, len(events)))
    total, true = (drawn @ events).astype(float), float(means @ events)
    whole = repeat_victims(mix)
    by_events = RepeatVictims(variance_factor=whole.variance_factor)
    limits = {
        "poisson": public_health_interval(total),
        "own by events": _own(drawn, events, by_persons=False),
        "own by persons": _own(drawn, events, by_persons=True),
        "whole by events": repeat_interval(total, by_events),
        "whole by persons": repeat_interval(total, whole),
    }
    return {
        name: float(np.mean((lower <= true) & (true <= upper)))
        for name, (lower, upper) in limits.items()
    }


def _own(drawn: np.ndarray, events: np.ndarray, *, by_persons: bool) -> tuple[np.ndarray, ...]:
    """Limits of each draw by its own persons; those of one factor are computed together."""
    total, persons = drawn @ events, drawn.sum(axis=1)
    squares = drawn @ events**2
    lower, upper = np.zeros(len(drawn)), np.full(len(drawn), public_health_interval([0])[1][0])
    keys = pd.DataFrame({"x": total, "n": persons, "s": squares})
    for key, rows in keys[keys["x"] > 0].groupby(["x", "n", "s"]).groups.items():
        x, n, s = (float(value) for value in cast("tuple[float, ...]", key))
        victims = RepeatVictims(variance_factor=s / x, events_per_person=x / n)
        if not by_persons:
            victims = RepeatVictims(variance_factor=s / x)
        ends = repeat_interval([x], victims)
        lower[rows], upper[rows] = ends[0][0], ends[1][0]
    return lower, upper


def coverage(*, draws: int, seed: int) -> pd.DataFrame:
    """Coverage in per cent of every mix and number of persons."""
    rows = []
    for name, mix in MIXES.items():
        known = repeat_victims(mix)
        for persons in PERSONS:
            found = coverage_of_mix(mix, persons, draws=draws, seed=seed)
            told = {kind: f"{100 * share:.1f}" for kind, share in found.items()}
            about = {"variance_factor": known.variance_factor}
            rows.append({"mix": name, **about, "persons": persons, **told})
    return pd.DataFrame(rows)


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--out")
    options = parser.parse_args()
    table = coverage(draws=options.draws, seed=options.seed)
    print(table.to_string(index=False))
    if options.out:
        table.to_csv(options.out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
