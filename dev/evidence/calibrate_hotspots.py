"""False alarms of the hotspot statistics: what they call on maps where nothing is to be found.

    python dev/evidence/calibrate_hotspots.py [--maps 1000] [--seed 12345]
                                                  [--out docs/calibration.csv]

Each map shares a total of events out among the 144 wards by their population aged 16 and over and
by chance alone, so every call is a false one. The table that this prints is kept in
docs/calibration.csv and explained in docs/calibration.md.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from _simulated import STATISTICS, WardMap, call_wards, command, draw_counts, load_wards

from vawg_geo.measures.rates.intervals import wilson_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["calibrate", "calibrate_total"]

# The published domestic-abuse crimes of 2015/16, a sparse indicator, and two very sparse
# ones (one event a ward, and fewer).
TOTALS: Final = (4821, 400, 150, 60)


def one_map(
    number: int, *, wards: WardMap, total: int, permutations: int, replicates: int, seed: int
) -> NDArray[np.int64]:
    """Wards called on one map, by statistic and with or without correction."""
    # Each map has random numbers of its own, for its events and for its p-values.
    counts = draw_counts(wards, total, 1.0, np.random.default_rng([seed, total, number]))
    calls = call_wards(
        wards, counts, permutations=permutations, replicates=replicates, seed=seed + number
    )
    return np.array(
        [[calls[name].either.sum(), calls[name].uncorrected.sum()] for name in STATISTICS]
    )


def calibrate_total(
    wards: WardMap,
    total: int,
    *,
    maps: int,
    permutations: int,
    replicates: int,
    seed: int,
    jobs: int = 1,
) -> pd.DataFrame:
    """False calls on maps of one total.

    Parameters
    ----------
    wards : WardMap
    total : int
        Events on each map.
    maps, permutations, replicates, seed : int
    jobs : int
        Processes; the result does not depend on it.

    Returns
    -------
    pandas.DataFrame
        By statistic and correction: `mean_wards_called` with its standard error, and
        `maps_with_a_call` (share) with 95 % Wilson limits.
    """
    work = partial(
        one_map,
        wards=wards,
        total=total,
        permutations=permutations,
        replicates=replicates,
        seed=seed,
    )
    if jobs > 1:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            found = np.stack(list(pool.map(work, range(maps), chunksize=10)))
    else:
        found = np.stack([work(number) for number in range(maps)])
    rows = []
    for place, statistic in enumerate(STATISTICS):
        scan = statistic == "scan"
        for column, correction in enumerate(["none needed"] if scan else ["bh", "none"]):
            called = found[:, place, column]
            with_one = int((called > 0).sum())
            lower, upper = wilson_interval(np.array([with_one]), np.array([maps]))
            rows.append(
                {
                    "statistic": statistic,
                    "correction": correction,
                    "events": total,
                    "maps": maps,
                    "draws": replicates if scan else permutations,
                    "seed": seed,
                    "mean_wards_called": round(called.mean(), 3),
                    "standard_error": round(called.std(ddof=1) / maps**0.5, 3),
                    "maps_with_a_call": round(with_one / maps, 4),
                    "maps_with_a_call_lower": round(float(lower[0]), 4),
                    "maps_with_a_call_upper": round(float(upper[0]), 4),
                }
            )
    return pd.DataFrame(rows)


def calibrate(
    *, maps: int, permutations: int, replicates: int, seed: int, jobs: int
) -> pd.DataFrame:
    """False calls for every total of `TOTALS`."""
    wards = load_wards()
    tables = [
        calibrate_total(
            wards,
            total,
            maps=maps,
            permutations=permutations,
            replicates=replicates,
            seed=seed,
            jobs=jobs,
        )
        for total in TOTALS
    ]
    return pd.concat(tables, ignore_index=True)


if __name__ == "__main__":
    command(calibrate, about=__doc__ or "", maps=1000)
