"""False alarms of the local statistics: what they call on maps where nothing is to be found.

    python dev/evidence/calibrate_hotspots.py [--maps 1000] [--seed 12345]
                                              [--out docs/calibration.csv]

Each map shares a total of events out among the 144 wards by their population aged 16 and over, by
risks that differ from ward to ward but not by place, and by chance, so every call is a false one.
The table that this prints is kept in docs/calibration.csv and explained in docs/calibration.md.
"""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import Final

import numpy as np
import pandas as pd
from _simulated import (
    CVS,
    EVENTS,
    RULES,
    WardMap,
    call_wards,
    command,
    draw_counts,
    in_processes,
    load_wards,
    numbered_shuffles,
)

from vawg_geo.measures.rates.intervals import wilson_interval

__all__ = ["SPARSE", "calibrate", "calibrate_case"]

# Two sparse indicators besides, at one risk everywhere: three events a ward, and one in two wards.
SPARSE: Final = (400, 60)


def calibrate_case(
    case: tuple[int, float], *, wards: WardMap, maps: int, permutations: int, seed: int
) -> pd.DataFrame:
    """False calls on maps of one total and one coefficient of variation.

    Parameters
    ----------
    case : tuple of int and float
        Events on each map, and the coefficient of variation of the wards' risks.
    wards : WardMap
    maps, permutations, seed : int

    Returns
    -------
    pandas.DataFrame
        By rule: `maps_with_a_call` (share of maps on which any ward is called after the
        correction) with 95 % Wilson limits, `mean_wards_called` with its standard error, and
        `mean_wards_uncorrected`.
    """
    total, cv = case
    each = numbered_shuffles(wards, maps=maps, permutations=permutations, seed=seed)
    found = np.zeros((maps, len(RULES), 2), dtype=np.int64)
    for number, shuffles in each:
        generator = np.random.default_rng([seed, total, round(cv * 100), number])
        counts = draw_counts(wards, total, cv=cv, generator=generator)
        calls = call_wards(wards, counts, shuffles)
        found[number] = [[calls[rule].any.sum(), calls[rule].uncorrected.sum()] for rule in RULES]
    called = found[:, :, 0]
    with_one = (called > 0).sum(axis=0)
    lower, upper = wilson_interval(with_one, np.full(len(RULES), maps))
    return pd.DataFrame(RULES).assign(
        cv=cv,
        events=total,
        maps=maps,
        permutations=permutations,
        seed=seed,
        maps_with_a_call=(with_one / maps).round(4),
        maps_with_a_call_lower=lower.round(4),
        maps_with_a_call_upper=upper.round(4),
        mean_wards_called=called.mean(axis=0).round(3),
        standard_error=(called.std(axis=0, ddof=1) / maps**0.5).round(3),
        mean_wards_uncorrected=found[:, :, 1].mean(axis=0).round(2),
    )


def calibrate(*, maps: int, permutations: int, seed: int, jobs: int) -> pd.DataFrame:
    """False calls for every total and coefficient of variation."""
    work = partial(
        calibrate_case, wards=load_wards(), maps=maps, permutations=permutations, seed=seed
    )
    return in_processes(work, [*product(EVENTS, CVS), *product(SPARSE, CVS[:1])], jobs=jobs)


if __name__ == "__main__":
    command(calibrate, about=__doc__ or "", maps=1000)
