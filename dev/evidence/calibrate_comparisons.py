"""False alarms and power of the comparisons, on maps whose wards differ in risk without a pattern.

    python dev/evidence/calibrate_comparisons.py [--maps 1000] [--seed 12345]
                                                 [--out docs/comparisons.csv]

Each ward's risk is drawn from a gamma distribution of mean 1 and a coefficient of variation (CV),
independently of all others, and a total of events is shared out by residents times risk. Some maps
have one or ten wards besides, drawn at random, whose risk is multiplied (`relative_risk`). The
table that this prints is kept in docs/comparisons.csv and explained in docs/calibration.md.
"""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from _simulated import WardMap, load_wards

from vawg_geo.measures.rates.intervals import wilson_interval
from vawg_geo.measures.rates.rates import crude_rate
from vawg_geo.measures.rates.significance import compare, standing

__all__ = ["calibrate", "calls_of", "draw_maps", "one_case"]

# The month of the default, and the published domestic-abuse crimes of 2015/16.
TOTALS: Final = (1806, 4821)
SPREADS: Final = (0.0, 0.2, 0.4, 0.72)
# No ward of a higher risk; then so many with so much.
PLANTED: Final = ((0, 1.0), *product((1, 10), (1.5, 2.0, 3.0)))
CORRECTIONS: Final = ("none", "bonferroni", "bh")
RULES: Final = ("intervals-apart", "interval-excludes-comparator", "funnel", "among areas")
# Maps of one table, so that a run needs little memory.
_TOGETHER: Final = 100


def draw_maps(
    wards: WardMap,
    total: int,
    *,
    spread: float,
    planted: tuple[int, float],
    maps: int,
    generator: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Counts of each ward on each map, and which wards have a multiplied risk.

    Returns
    -------
    counts : ndarray of int, shape (maps, n)
    raised : ndarray of bool, shape (maps, n)
    """
    n, (number, times) = len(wards.codes), planted
    risk = generator.gamma(spread**-2, spread**2, (maps, n)) if spread else np.ones((maps, n))
    raised = generator.random((maps, n)).argsort(axis=1) < number
    weight = wards.population * risk * np.where(raised, times, 1.0)
    return generator.multinomial(total, weight / weight.sum(axis=1, keepdims=True)), raised


def calls_of(wards: WardMap, counts: np.ndarray) -> dict[tuple[str, str], np.ndarray]:
    """What each rule calls with each correction: 1 high, -1 low, 0 neither; shape (maps, n)."""
    maps, n = counts.shape
    table = pd.DataFrame(
        {
            "area_code": [*wards.codes, "ALL"] * maps,
            "level": [*["ward"] * n, "county"] * maps,
            "indicator": "made up",
            "sex": "persons",
            "period": np.repeat([f"{number:04d}" for number in range(maps)], n + 1),
            "count": np.column_stack([counts, counts.sum(axis=1)]).ravel(),
        }
    )
    everybody = [*wards.population, wards.population.sum()]
    people = pd.DataFrame(
        {"area_code": [*wards.codes, "ALL"], "sex": "persons", "population": everybody}
    )
    rates = crude_rate(table, people)
    found = {}
    for rule, correction in product(RULES, CORRECTIONS):
        if rule == "among areas":
            words = standing(rates, "ALL", correction=correction)
            signs = words.str.endswith("_high").astype(int) - words.str.endswith("_low").astype(int)
        else:
            words = compare(rates, "ALL", rule=rule, correction=correction)["significance"]
            signs = (words == "higher").astype(int) - (words == "lower").astype(int)
        found[rule, correction] = signs.to_numpy().reshape(maps, n + 1)[:, :n]
        if rule == "among areas" and correction == "none":
            sure = signs.where(words.str.startswith("unusually"), 0)
            found["among areas, 99.8 %", correction] = sure.to_numpy().reshape(maps, n + 1)[:, :n]
    return found


def one_case(
    wards: WardMap,
    total: int,
    *,
    spread: float,
    planted: tuple[int, float],
    maps: int,
    seed: int,
) -> pd.DataFrame:
    """Calls of every rule and correction on maps of one kind.

    Returns
    -------
    pandas.DataFrame
        `wards_called` (mean a map, raised ones left out), `maps_with_a_call` of such wards (share,
        with 95 % Wilson limits), `maps_found` (share on which a raised ward is called high) and
        `raised_called` (share of the raised wards called high); the last two NaN without any.
    """
    number, times = planted
    key = [seed, total, round(100 * spread), number, round(10 * times)]
    generator = np.random.default_rng(key)
    parts: dict[tuple[str, str], list[np.ndarray]] = {}
    for first in range(0, maps, _TOGETHER):
        counts, raised = draw_maps(
            wards,
            total,
            spread=spread,
            planted=planted,
            maps=min(_TOGETHER, maps - first),
            generator=generator,
        )
        for name, signs in calls_of(wards, counts).items():
            others = np.where(raised, 0, signs != 0).sum(axis=1)
            hit = (raised & (signs > 0)).sum(axis=1)
            parts.setdefault(name, []).append(np.column_stack([others, hit]))
    rows = []
    for (rule, correction), found in parts.items():
        others, hit = np.concatenate(found).T
        alarms = int((others > 0).sum())
        lower, upper = wilson_interval(np.array([alarms]), np.array([maps]))
        rows.append(
            {
                "rule": rule,
                "correction": correction,
                "events": total,
                "cv": spread,
                "raised": number,
                "relative_risk": times,
                "maps": maps,
                "seed": seed,
                "wards_called": round(others.mean(), 3),
                "maps_with_a_call": round(alarms / maps, 4),
                "maps_with_a_call_lower": round(float(lower[0]), 4),
                "maps_with_a_call_upper": round(float(upper[0]), 4),
                "maps_found": round((hit > 0).mean(), 4) if number else np.nan,
                "raised_called": round(hit.mean() / number, 4) if number else np.nan,
            }
        )
    return pd.DataFrame(rows)


def calibrate(*, maps: int, seed: int) -> pd.DataFrame:
    """Every total, CV and kind of raised wards; a tenth of the maps where some are raised."""
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
