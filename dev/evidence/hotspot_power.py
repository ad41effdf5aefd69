"""Power of the hotspot statistics: how often a planted cluster is found, and by which.

    python dev/evidence/hotspot_power.py [--maps 200] [--seed 12345] [--out docs/power.csv]

A ward and those that touch it get a higher risk, all others the same; a total of events is shared
out by population, risk and chance. The table that this prints is kept in docs/power.csv and
explained in docs/calibration.md.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from _simulated import STATISTICS, WardMap, call_wards, command, draw_counts, load_wards

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["power", "power_of_case"]

# Centres by setting, on both sides of the map.
CENTRES: Final = {
    "E05002711": "city",  # Petersfield, Cambridge
    "E05002184": "city",  # Park, Peterborough
    "E05009500": "town",  # March East, Fenland
    "E05009499": "rural",  # Manea, Fenland
    "E05002811": "rural",  # Meldreth, South Cambridgeshire
}
RISKS: Final = (1.5, 2.0, 3.0)
TOTALS: Final = (4821, 400)


def one_map(
    number: int,
    *,
    wards: WardMap,
    centre: str,
    risk: float,
    total: int,
    permutations: int,
    replicates: int,
    seed: int,
) -> NDArray[np.int64]:
    """By statistic: members called high, and wards outside called in any way."""
    inside = wards.around(centre)
    generator = np.random.default_rng([seed, total, round(risk * 100), int(centre[1:]), number])
    counts = draw_counts(wards, total, np.where(inside, risk, 1.0), generator)
    calls = call_wards(
        wards, counts, permutations=permutations, replicates=replicates, seed=seed + number
    )
    return np.array(
        [
            [(calls[name].high & inside).sum(), (calls[name].either & ~inside).sum()]
            for name in STATISTICS
        ]
    )


def power_of_case(
    wards: WardMap,
    centre: str,
    risk: float,
    total: int,
    *,
    maps: int,
    permutations: int,
    replicates: int,
    seed: int,
) -> pd.DataFrame:
    """How often one planted cluster is found.

    Parameters
    ----------
    wards : WardMap
    centre : str
        Ward whose queen neighbours are planted with it.
    risk : float
        Relative risk of the planted wards.
    total : int
        Events on each map.
    maps, permutations, replicates, seed : int

    Returns
    -------
    pandas.DataFrame
        By statistic: `found` (share of maps on which a member is called high),
        `members_called` (mean share of members called high), `wards_called_outside` (mean number
        called in any way that are no members).
    """
    inside = wards.around(centre)
    found = np.stack(
        [
            one_map(
                number,
                wards=wards,
                centre=centre,
                risk=risk,
                total=total,
                permutations=permutations,
                replicates=replicates,
                seed=seed,
            )
            for number in range(maps)
        ]
    )
    share = (wards.population * inside).sum() / wards.population.sum()
    return pd.DataFrame(
        {
            "centre": centre,
            "centre_name": wards.names[wards.codes.index(centre)],
            "setting": CENTRES.get(centre, ""),
            "members": int(inside.sum()),
            "relative_risk": risk,
            "events": total,
            "expected_within": round(total * share, 1),
            "maps": maps,
            "permutations": permutations,
            "replicates": replicates,
            "seed": seed,
            "statistic": STATISTICS,
            "found": (found[:, :, 0] > 0).mean(axis=0).round(3),
            "members_called": (found[:, :, 0].mean(axis=0) / inside.sum()).round(3),
            "wards_called_outside": found[:, :, 1].mean(axis=0).round(2),
        }
    )


def power(*, maps: int, permutations: int, replicates: int, seed: int, jobs: int) -> pd.DataFrame:
    """Find every centre, risk and total."""
    wards = load_wards()
    work = partial(
        power_of_case,
        wards,
        maps=maps,
        permutations=permutations,
        replicates=replicates,
        seed=seed,
    )
    cases = list(product(CENTRES, RISKS, TOTALS))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        tables = list(pool.map(work, *zip(*cases, strict=True)))
    return pd.concat(tables, ignore_index=True)


if __name__ == "__main__":
    command(power, about=__doc__ or "", maps=200)
