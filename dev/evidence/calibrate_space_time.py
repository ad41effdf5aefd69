"""False alarms and power of emerging hotspots and of the space-time scan.

    python dev/evidence/calibrate_space_time.py [--maps 30] [--seed 12345] [--jobs 1]
        [--out docs/space_time_calibration.csv]

Each made-up series is 36 months of the 144 wards of 2015. Every ward has a level of its own that
stays: a gamma one with a coefficient of variation of 0.72, that of the default's month. From month
to month its risk varies about that level, by a gamma factor of mean 1 and the coefficient of
variation (CV) of the table. Events fall by residents aged 16 and over, level, month and chance.

`kind` says what is besides: `steady` (nothing changes, so that every call is false); `year` (the
factor is one for each ward and year instead of each month, which no row of months shows to be
other than a change); `risen` (from a month on some wards side by side have more, by a share).

A series has a false alarm of the scan where its first cluster has p of at most 5 %, and one of the
emerging hotspots where any ward is called new, intensifying or diminishing. `found` is the share of
series on which a cluster with p of at most 5 % holds a ward that rose, or such a ward is new or
intensifying. The scan has 99 replicates and Gi* 5,999 permutations here.
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
        size = (n, MONTHS // 12) if setting.kind == "year" else (n, MONTHS)
        own = generator.gamma(setting.cv**-2, setting.cv**2, size=size)
        risk = risk * (np.repeat(own, 12, axis=1) if setting.kind == "year" else own)
    weight = wards.population[:, None] * level[:, None]
    even = setting.events_a_year / 12 * wards.population[:, None] * risk / weight.sum()
    if setting.wards:
        even[risen(wards, setting), MONTHS - setting.months :] *= 1 + setting.rise
    return np.asarray(generator.poisson(even), dtype=np.int64)


def risen(wards: WardMap, setting: Setting) -> NDArray[np.intp]:
    """Positions of the wards that rise: the centre and those nearest to it."""
    centre = wards.places[wards.codes.index(CENTRE)]
    return np.argsort(np.hypot(*(wards.places - centre).T))[: setting.wards]


def calibrate(setting: Setting, *, wards: WardMap, maps: int, seed: int) -> dict[str, object]:
    """What is called on so many series of one kind."""
    generator = np.random.default_rng([seed, *map(ord, repr(setting))])
    called = np.zeros((2, maps), dtype=bool)
    found, many, cv = np.zeros((2, maps), dtype=bool), np.zeros(maps), np.zeros(maps)
    inside = np.isin(np.arange(len(wards.codes)), risen(wards, setting))
    for number in range(maps):
        counts = draw(wards, setting, generator)
        scan = space_time_scan(
            counts, wards.population, wards.places, replicates=REPLICATES, seed=seed + number
        )
        sure = scan.clusters.loc[scan.clusters["p_value"] <= LEVEL, "scan_cluster"]
        members = scan.members.loc[scan.members["scan_cluster"].isin(sure), "id"].to_numpy(int)
        hot = emerging_hotspots(
            counts, wards.population, wards.queen, permutations=PERMUTATIONS, seed=seed
        ).areas
        changing = hot["emerging"].isin(["new", "intensifying", "diminishing"]).to_numpy()
        rising = (hot["emerging"].isin(["new", "intensifying"]) & (hot["side"] == "hot")).to_numpy()
        called[:, number] = members.size > 0, changing.any()
        found[:, number] = inside[members].any(), (rising & inside).any()
        many[number], cv[number] = changing.sum(), scan.change_cv
    lower, upper = wilson_interval(called.sum(axis=1), np.full(2, maps))
    row: dict[str, object] = {**asdict(setting), "series": maps, "seed": seed}
    row["mean_cv_estimated"] = round(float(cv.mean()), 3)
    for place, name in enumerate(("scan", "emerging")):
        row[f"{name}_called"] = round(float(called[place].mean()), 4)
        row[f"{name}_called_lower"] = round(float(lower[place]), 4)
        row[f"{name}_called_upper"] = round(float(upper[place]), 4)
        row[f"{name}_found"] = round(float(found[place].mean()), 4) if setting.wards else np.nan
    row["mean_wards_changing"] = round(float(many.mean()), 3)
    return row


def main() -> None:
    """Try every kind of series and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--maps", type=int, default=30)
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    make = partial(calibrate, wards=load_wards(), maps=given.maps, seed=given.seed)
    rows = []
    with ProcessPoolExecutor(given.jobs, mp_context=get_context("spawn")) as pool:
        for row in pool.map(make, SETTINGS):
            rows.append(row)
            print(row, flush=True)
    if given.out:
        pd.DataFrame(rows).to_csv(given.out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
