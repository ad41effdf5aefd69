"""Power of the local statistics: how often wards of a higher risk are found, and by which.

    python dev/evidence/hotspot_power.py [--maps 200] [--seed 12345] [--out docs/power.csv]

One ward, or a ward and the nine nearest to it, has a higher risk than its own; the ward is another
on each map. A total of events is shared out by population, risk and chance, all wards differing in
risk as in calibrate_hotspots.py. The table that this prints is kept in docs/power.csv and explained
in docs/calibration.md.
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

__all__ = ["MEMBERS", "RISKS", "power", "power_of_case"]

RISKS: Final = (1.5, 2.0, 3.0)
MEMBERS: Final = (1, 10)


def power_of_case(
    case: tuple[int, float, int, float],
    *,
    wards: WardMap,
    maps: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """How often wards of a higher risk are found.

    Parameters
    ----------
    case : tuple of int, float, int and float
        Events on each map, the coefficient of variation of the wards' risks, how many wards are
        planted, and their relative risk.
    wards : WardMap
    maps, permutations, seed : int

    Returns
    -------
    pandas.DataFrame
        By rule: `found` (share of maps on which a planted ward is called high), `found_near` (the
        same of a planted ward or one that touches it, called in any way), `members_called` (mean
        share of the planted wards called high), `wards_called_elsewhere` (mean number of wards
        called that are not planted and touch none that is).
    """
    total, cv, members, risk = case
    each = numbered_shuffles(wards, maps=maps, permutations=permutations, seed=seed)
    found = np.zeros((maps, len(RULES), 3))
    for number, shuffles in each:
        key = [seed, total, round(cv * 100), members, round(risk * 100), number]
        generator = np.random.default_rng(key)
        planted = wards.nearest(int(generator.integers(wards.population.size)), members)
        counts = draw_counts(
            wards, total, cv=cv, generator=generator, risk=np.where(planted, risk, 1.0)
        )
        near = wards.touching(planted)
        calls = call_wards(wards, counts, shuffles)
        found[number] = [
            [(one.high & planted).sum(), (one.any & near).any(), (one.any & ~near).sum()]
            for one in (calls[rule] for rule in RULES)
        ]
    return pd.DataFrame(RULES).assign(
        cv=cv,
        events=total,
        members=members,
        relative_risk=risk,
        maps=maps,
        permutations=permutations,
        seed=seed,
        found=(found[:, :, 0] > 0).mean(axis=0).round(3),
        found_near=found[:, :, 1].mean(axis=0).round(3),
        members_called=(found[:, :, 0].mean(axis=0) / members).round(3),
        wards_called_elsewhere=found[:, :, 2].mean(axis=0).round(2),
    )


def power(*, maps: int, permutations: int, seed: int, jobs: int) -> pd.DataFrame:
    """Power for every total, coefficient of variation, number of wards and risk."""
    work = partial(
        power_of_case, wards=load_wards(), maps=maps, permutations=permutations, seed=seed
    )
    return in_processes(work, product(EVENTS, CVS, MEMBERS, RISKS), jobs=jobs)


if __name__ == "__main__":
    command(power, about=__doc__ or "", maps=200)
