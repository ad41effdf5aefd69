"""False alarms and power of the change between two years, on wards whose risks stay.

    python dev/evidence/calibrate_change.py [--maps 1000] [--seed 12345] [--out docs/change.csv]

Each ward has a risk of its own (gamma, mean 1, coefficient of variation 0.4) that stays. In each of
two years it is multiplied by a draw of mean 1 and a ward-year coefficient of variation (`cv`), and
events are Poisson. Where `raised` is above 0, so many wards, drawn at random, have their risk
multiplied by `relative_risk` in the later year. The tests are those of `rate_ratio`: of a ratio of
1 (`change`), of the exact test that takes all for chance (`chance alone`), and against the rest of
the map (`relative`), each with Benjamini and Hochberg's correction over the wards. The table is
kept in docs/change.csv.
"""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from _simulated import WardMap, load_wards

from vawg_geo.measures.patterns.adjust import adjust_p_values
from vawg_geo.measures.rates.intervals import wilson_interval
from vawg_geo.measures.time.ratios import Ends, ratio_p_values, relative_ratios
from vawg_geo.measures.time.variance import variance_factor, year_to_year_variance

__all__ = ["calibrate", "one_case", "p_values_of", "two_years"]

TOTALS: Final = (2000, 5000)
SPREADS: Final = (0.0, 0.1, 0.2)
PLANTED: Final = ((0, 1.0), *product((1, 10), (1.5, 2.0, 3.0)))
LEVEL: Final = 0.05
# What wards differ by and keep.
_STAYS: Final = 0.4


def two_years(
    wards: WardMap,
    total: int,
    *,
    spread: float,
    planted: tuple[int, float],
    generator: np.random.Generator,
) -> tuple[Ends, np.ndarray]:
    """Counts of two years, and which wards have a multiplied risk in the later one."""
    people, (number, times) = np.asarray(wards.population, dtype=float), planted
    weight = people * generator.gamma(_STAYS**-2, _STAYS**2, people.size)
    expected = total * weight / weight.sum()
    raised = generator.random(people.size).argsort() < number

    def year() -> np.ndarray:
        if not spread:
            return np.ones(people.size)
        return generator.gamma(spread**-2, spread**2, people.size)

    first = generator.poisson(expected * year())
    last = generator.poisson(expected * year() * np.where(raised, times, 1.0))
    ends = Ends(
        events_from=first.astype(float),
        events_to=last.astype(float),
        people_from=people,
        people_to=people,
    )
    return ends, raised


def p_values_of(ends: Ends) -> tuple[dict[str, np.ndarray], float]:
    """Adjusted p of each test, and the estimated variance: as `rate_ratio` has them."""
    variance = year_to_year_variance([ends])
    factor = variance_factor(ends.together, variance)
    rest = Ends(
        events_from=ends.events_from.sum() - ends.events_from,
        events_to=ends.events_to.sum() - ends.events_to,
        people_from=ends.people_from.sum() - ends.people_from,
        people_to=ends.people_to.sum() - ends.people_to,
    )
    whole = float((ends.together * factor).sum() / ends.together.sum())
    relative = relative_ratios(ends, rest, factor=factor, other_factor=whole, limits=False)
    p = {
        "change": ratio_p_values(ends, factor=factor),
        "relative": relative["p_value"],
        "chance alone": ratio_p_values(ends),
    }
    return {name: adjust_p_values(values) for name, values in p.items()}, variance


def one_case(
    wards: WardMap, total: int, *, spread: float, planted: tuple[int, float], maps: int, seed: int
) -> pd.DataFrame:
    """Calls of every test on pairs of years of one kind."""
    number, times = planted
    generator = np.random.default_rng([seed, total, round(100 * spread), number, round(10 * times)])
    others: dict[str, list[bool]] = {}
    found: dict[str, list[int]] = {}
    variances = []
    for _ in range(maps):
        ends, raised = two_years(wards, total, spread=spread, planted=planted, generator=generator)
        p, variance = p_values_of(ends)
        variances.append(variance)
        for name, adjusted in p.items():
            called = adjusted <= LEVEL
            others.setdefault(name, []).append(bool((called & ~raised).any()))
            up = ends.events_to > ends.events_from
            found.setdefault(name, []).append(int((called & raised & up).sum()))
    rows = []
    for name, alarms in others.items():
        lower, upper = wilson_interval(np.array([sum(alarms)]), np.array([maps]))
        hit = np.array(found[name])
        rows.append(
            {
                "test": name,
                "events": total,
                "cv": spread,
                "raised": number,
                "relative_risk": times,
                "maps": maps,
                "seed": seed,
                "cv_estimated": round(float(np.sqrt(np.mean(variances))), 3),
                "maps_with_a_call": round(float(np.mean(alarms)), 4),
                "maps_with_a_call_lower": round(float(lower[0]), 4),
                "maps_with_a_call_upper": round(float(upper[0]), 4),
                "maps_found": round(float((hit > 0).mean()), 4) if number else np.nan,
                "raised_called": round(float(hit.mean()) / number, 4) if number else np.nan,
            }
        )
    return pd.DataFrame(rows)


def calibrate(*, maps: int, seed: int) -> pd.DataFrame:
    """Every total, ward-year CV and kind of raised wards; a tenth of the maps for the latter."""
    wards = load_wards()
    tables = [
        one_case(
            wards,
            total,
            spread=spread,
            planted=planted,
            maps=maps if not planted[0] else max(1, maps // 10),
            seed=seed,
        )
        for planted, total, spread in product(PLANTED, TOTALS, SPREADS)
    ]
    return pd.concat(tables, ignore_index=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--maps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    table = calibrate(maps=options.maps, seed=options.seed)
    print(table.to_string(index=False))
    if options.out:
        table.to_csv(options.out, index=False, lineterminator="\n")
