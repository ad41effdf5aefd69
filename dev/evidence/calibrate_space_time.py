"""False alarms and power of emerging hotspots and of the space-time scan.

    python dev/evidence/calibrate_space_time.py [--maps 200] [--hot-maps 20] [--seed 12345]
        [--jobs 1] [--out docs/space_time_calibration.csv]

Each made-up series is 36 months of the 144 wards of 2015. Every ward has a level of its own that
stays: a gamma one with a coefficient of variation of 0.72, that of the default's month. From month
to month its risk varies about that level, by a gamma factor of mean 1 and the coefficient of
variation (CV) of the table. Events fall by residents aged 16 and over, level, month and chance.

`kind` says what is besides: `steady` (nothing changes, so that every call is false); `year` (the
factor is one for each ward and year instead of each month); `drift` (the factor is lognormal and
leans on that of the month before, with a correlation of 0.9); `risen` (from a month on some wards
side by side have more, by a share).

A series has a false alarm of the scan where its first cluster has p of at most 5 %, and one of the
emerging hotspots where any ward is called new, intensifying or diminishing. `found` is the share of
series on which a cluster with p of at most 5 % holds a ward that rose, or such a ward is new or
intensifying. The scan has 99 replicates and Gi* 5,999 permutations here. Of series with a rise
there are a quarter as many, and emerging hotspots, which take longest, are tried on the first of
each kind.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from _simulated import LEVEL, WardMap, load_wards

from vawg_geo.measures.rates.intervals import wilson_interval
from vawg_geo.measures.time.emerging import emerging_hotspots
from vawg_geo.measures.time.space_time import space_time_scan

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SETTINGS", "Setting", "calibrate", "draw"]

MONTHS: Final = 36
MEMORY: Final = 0.9
LEVELS_CV: Final = 0.72
REPLICATES: Final = 99
PERMUTATIONS: Final = 5999
# Petersfield in Cambridge: what rises lies about it.
CENTRE: Final = "E05002711"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One kind of series: how many events a year, how wards vary, and what rises."""

    kind: str = "steady"
    events_a_year: int = 5000
    cv: float = 0.0
    wards: int = 0
    months: int = 0
    rise: float = 0.0


SETTINGS: Final = (
    *(Setting(events_a_year=n, cv=cv) for n in (5000, 20_000) for cv in (0.0, 0.1, 0.2)),
    Setting(kind="year", events_a_year=20_000, cv=0.1),
    *(Setting(kind="drift", events_a_year=20_000, cv=cv) for cv in (0.1, 0.2)),
    *(
        Setting(kind="risen", events_a_year=n, cv=0.1, wards=wards, months=months, rise=rise)
        for n, wards, months, rise in (
            (20_000, 1, 3, 1.0),
            (20_000, 10, 3, 0.5),
            (20_000, 10, 12, 0.5),
            (5000, 10, 3, 1.0),
        )
    ),
)


def draw(wards: WardMap, setting: Setting, generator: np.random.Generator) -> NDArray[np.int64]:
    """Counts of one series, shape (wards, months)."""
    n = len(wards.codes)
    level = generator.gamma(LEVELS_CV**-2, LEVELS_CV**2, size=n)
    risk = np.repeat(level[:, None], MONTHS, axis=1)
    if setting.cv:
        risk = risk * own_factors(setting, n, generator)
    weight = wards.population[:, None] * level[:, None]
    even = setting.events_a_year / 12 * wards.population[:, None] * risk / weight.sum()
    if setting.wards:
        even[risen(wards, setting), MONTHS - setting.months :] *= 1 + setting.rise
    return np.asarray(generator.poisson(even), dtype=np.int64)


def own_factors(
    setting: Setting, wards: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """What each ward varies by about its level, shape (wards, months), with a mean of 1."""
    if setting.kind == "drift":
        drawn = generator.standard_normal((wards, MONTHS))
        for month in range(1, MONTHS):
            drawn[:, month] *= np.sqrt(1 - MEMORY**2)
            drawn[:, month] += MEMORY * drawn[:, month - 1]
        spread = np.log1p(setting.cv**2)
        return np.asarray(np.exp(np.sqrt(spread) * drawn - spread / 2))
    size = (wards, MONTHS // 12) if setting.kind == "year" else (wards, MONTHS)
    own = generator.gamma(setting.cv**-2, setting.cv**2, size=size)
    return np.repeat(own, 12, axis=1) if setting.kind == "year" else own


def risen(wards: WardMap, setting: Setting) -> NDArray[np.intp]:
    """Positions of the wards that rise: the centre and those nearest to it."""
    centre = wards.places[wards.codes.index(CENTRE)]
    return np.argsort(np.hypot(*(wards.places - centre).T))[: setting.wards]


def calibrate(
    setting: Setting, *, wards: WardMap, maps: int, hot_maps: int, seed: int
) -> dict[str, object]:
    """What is called on so many series of one kind."""
    generator = np.random.default_rng([seed, *map(ord, repr(setting))])
    inside = np.isin(np.arange(len(wards.codes)), risen(wards, setting))
    if setting.wards:
        maps = max(1, maps // 4)
    scans, hots, cv, lasting, changing = [], [], [], [], []
    for number in range(maps):
        counts = draw(wards, setting, generator)
        scan = space_time_scan(
            counts, wards.population, wards.places, replicates=REPLICATES, seed=seed + number
        )
        sure = scan.clusters.loc[scan.clusters["p_value"] <= LEVEL, "scan_cluster"]
        members = scan.members.loc[scan.members["scan_cluster"].isin(sure), "id"].to_numpy(int)
        scans.append((members.size > 0, inside[members].any()))
        cv.append(scan.change_cv)
        lasting.append(scan.lasting_cv)
        if number < hot_maps:
            called, found = hot_calls(wards, counts, seed)
            hots.append((called.any(), (found & inside).any()))
            changing.append(called.sum())
    row: dict[str, object] = {**asdict(setting), "seed": seed}
    row["mean_cv_estimated"] = round(float(np.mean(cv)), 3)
    row["mean_lasting_cv_estimated"] = round(float(np.mean(lasting)), 3)
    for name, calls in (("scan", np.array(scans)), ("emerging", np.array(hots))):
        lower, upper = wilson_interval(calls[:, :1].sum(axis=0), np.array([len(calls)]))
        row[f"{name}_series"] = len(calls)
        row[f"{name}_called"] = round(float(calls[:, 0].mean()), 4)
        row[f"{name}_called_lower"] = round(float(lower[0]), 4)
        row[f"{name}_called_upper"] = round(float(upper[0]), 4)
        row[f"{name}_found"] = round(float(calls[:, 1].mean()), 4) if setting.wards else np.nan
    row["mean_wards_changing"] = round(float(np.mean(changing)), 3)
    return row


def hot_calls(
    wards: WardMap, counts: NDArray[np.int64], seed: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which wards are called changing, and which of them hot and rising, by emerging hotspots."""
    hot = emerging_hotspots(
        counts, wards.population, wards.queen, permutations=PERMUTATIONS, seed=seed
    ).areas
    changing = hot["emerging"].isin(["new", "intensifying", "diminishing"])
    rising = hot["emerging"].isin(["new", "intensifying"]) & (hot["side"] == "hot")
    return changing.to_numpy(), rising.to_numpy()


def main() -> None:
    """Try every kind of series and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--maps", type=int, default=200)
    parser.add_argument("--hot-maps", type=int, default=20)
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    make = partial(
        calibrate, wards=load_wards(), maps=given.maps, hot_maps=given.hot_maps, seed=given.seed
    )
    rows = []
    with ProcessPoolExecutor(given.jobs, mp_context=get_context("spawn")) as pool:
        for row in pool.map(make, SETTINGS):
            rows.append(row)
            print(row, flush=True)
    if given.out:
        pd.DataFrame(rows).to_csv(given.out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
