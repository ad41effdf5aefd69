"""False alarms and power of the scan where areas differ in risk without any pattern in place.

    python dev/evidence/calibrate_scan.py [--maps 1000] [--seed 12345] [--jobs 1]
        [--out docs/scan_calibration.csv] [--power docs/scan_power.csv]

On each map every ward of 2015 has a risk of its own, independent of its neighbours': a gamma or a
log-normal one with a mean of 1 and a given coefficient of variation. A total of events is shared
out by population aged 16 and over, risk and chance. For power, one ward or ten side by side get a
higher risk besides.

Three ways to judge the best circle are compared: one risk everywhere (`poisson`), risks that
differ as much as all areas' rates do (`negative-binomial`, the package's default), and as much as
the rates of the areas outside the best circle do. A map's p-value is at most 5 % where its largest
log likelihood ratio reaches the 95 % point of maps without a pattern, which depends on the total
and the variance alone: 1,999 replicates at each of 41 variances, interpolated between them, spare
every map 999 replicates of its own. The first maps of each setting are also scanned as the
package does it, with 199 replicates, and `same_verdict` says on how many of them both agree. Only
the best circle of a map is looked at.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from _simulated import LEVEL, WardMap, load_wards

from vawg_geo.measures.rates.intervals import wilson_interval
from vawg_geo.measures.scan.circles import circle_blocks, likelihood_ratio, replicate_maxima
from vawg_geo.measures.scan.null import risk_variance
from vawg_geo.measures.scan.scan import circular_scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

__all__ = ["MODELS", "Setting", "calibrate", "false_alarms", "find_planted", "power"]

MODELS: Final = ("poisson", "negative-binomial", "best circle left out")
TOTALS: Final = (1806, 4821)
CVS: Final = (0.0, 0.2, 0.4, 0.72)
RISKS: Final = (1.5, 2.0, 3.0)
PLANTED: Final = (1, 10)
# Park in Peterborough, Petersfield in Cambridge, March East in Fenland.
CENTRES: Final = ("E05002184", "E05002711", "E05009500")
# Variances of risk at which critical values are made.
VARIANCES: Final = np.concatenate([[0.0], np.geomspace(0.0005, 3.0, 40)])
REPLICATES: Final = 1999
# Maps of each setting that are scanned as the package does it too, and with how many replicates.
DIRECT: Final = 20
DIRECT_REPLICATES: Final = 199
# Metres: wards' points are never so close.
TOLERANCE: Final = 0.001


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One kind of map: how wards differ, how many events, and what is planted."""

    risks: str = "gamma"
    cv: float
    events: int
    centre: str = ""
    planted: int = 0
    relative_risk: float = 1.0


def false_alarms(setting: Setting, *, maps: int, seed: int) -> pd.DataFrame:
    """What is called on maps without a pattern.

    Parameters
    ----------
    setting : Setting
        Without anything planted.
    maps, seed : int

    Returns
    -------
    pandas.DataFrame
        A row for each of `MODELS`: `maps_with_a_call` (share, with 95 % Wilson limits),
        `mean_wards_called`, and of the first maps `same_verdict` with the package's own p-value.
    """
    wards = the_wards()
    counts = draw(wards, setting, seed=seed, maps=maps)
    judged = judge(wards, counts, critical_values(setting.events, seed))
    direct = min(DIRECT, maps)
    agreed = np.zeros((direct, 2))
    for number in range(direct):
        first = circular_scan(
            counts[number],
            wards.population,
            wards.places,
            ids=wards.codes,
            replicates=DIRECT_REPLICATES,
            seed=seed + number,
        ).clusters.head(1)
        own = (first["p_value_other_model"] <= LEVEL, first["p_value"] <= LEVEL)
        agreed[number] = [p.any() == judged.called[number, k] for k, p in enumerate(own)]
    alarms = judged.called.sum(axis=0)
    lower, upper = wilson_interval(alarms, np.full(len(MODELS), maps))
    wards_called = judged.called * judged.members.sum(axis=1)[:, None]
    return pd.DataFrame(
        {
            "risks": setting.risks if setting.cv else "equal",
            "cv": setting.cv,
            "events": setting.events,
            "maps": maps,
            "seed": seed,
            "model": MODELS,
            "maps_with_a_call": (alarms / maps).round(4),
            "maps_with_a_call_lower": lower.round(4),
            "maps_with_a_call_upper": upper.round(4),
            "mean_wards_called": wards_called.mean(axis=0).round(3),
            "mean_cv_estimated": round(float(np.sqrt(judged.variance).mean()), 3),
            "maps_scanned_in_full": direct,
            "same_verdict": [*agreed.mean(axis=0).round(3), np.nan],
        }
    )


def find_planted(setting: Setting, *, maps: int, seed: int) -> pd.DataFrame:
    """How often planted wards are found.

    Parameters
    ----------
    setting : Setting
    maps, seed : int

    Returns
    -------
    pandas.DataFrame
        A row for each of `MODELS`: `found` (share of maps on which the best circle is called and
        holds a planted ward), `members_called` (mean share of the planted wards),
        `wards_called_outside` (mean number of wards called that are not planted).
    """
    wards = the_wards()
    counts = draw(wards, setting, seed=seed, maps=maps)
    judged = judge(wards, counts, critical_values(setting.events, seed))
    inside = planted(wards, setting)
    hits = judged.called * (judged.members & inside).sum(axis=1)[:, None]
    outside = judged.called * (judged.members & ~inside).sum(axis=1)[:, None]
    return pd.DataFrame(
        {
            "cv": setting.cv,
            "events": setting.events,
            "planted_wards": setting.planted,
            "centre_name": wards.names[wards.codes.index(setting.centre)],
            "relative_risk": setting.relative_risk,
            "maps": maps,
            "seed": seed,
            "model": MODELS,
            "found": (hits > 0).mean(axis=0).round(3),
            "members_called": (hits.mean(axis=0) / setting.planted).round(3),
            "wards_called_outside": outside.mean(axis=0).round(2),
        }
    )


@dataclass(frozen=True, eq=False)
class Judged:
    """Best circles of many maps.

    Attributes
    ----------
    members : ndarray of bool, shape (maps, wards)
    variance : ndarray of float, shape (maps,)
        Of the wards' risks, estimated from all of them.
    called : ndarray of bool, shape (maps, models)
    """

    members: NDArray[np.bool_]
    variance: NDArray[np.float64]
    called: NDArray[np.bool_]


def judge(wards: WardMap, counts: NDArray[np.int64], critical: NDArray[np.float64]) -> Judged:
    """Find the best circle of each map, and say which of `MODELS` call it."""
    circles, share = all_circles()
    ratio, best = np.empty(len(counts)), np.empty(len(counts), dtype=np.intp)
    for start in range(0, len(counts), 100):
        some = np.s_[start : start + 100]
        # Whole numbers below 2 to the 24 are exact in single precision.
        inside = (circles.astype(np.float32) @ counts[some].T.astype(np.float32)).astype(float)
        total = float(counts[0].sum())
        values = likelihood_ratio(inside, total * share[:, None], total, "high")
        ratio[some], best[some] = values.max(axis=0), values.argmax(axis=0)
    members, events = circles[best], counts.astype(float)
    everywhere = [risk_variance(one, wards.population) for one in events]
    without = [
        risk_variance(one[~held], wards.population[~held])
        for one, held in zip(events, members, strict=True)
    ]
    variances = np.column_stack([np.zeros(len(counts)), everywhere, without])
    least = np.interp(np.sqrt(variances), np.sqrt(VARIANCES), critical)
    return Judged(members, variances[:, 1], ratio[:, None] >= least)


@cache
def all_circles() -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Every circle of up to half of the population: its members, and its share."""
    wards = the_wards()
    found = []
    for block in circle_blocks(
        wards.places, wards.population, max_population=0.5, tolerance=TOLERANCE
    ):
        for row, last in zip(*np.nonzero(block.closed), strict=True):
            members = np.zeros(len(wards.codes), dtype=bool)
            members[block.order[row, : last + 1]] = True
            found.append(members)
    circles = np.unique(np.array(found), axis=0)
    return circles, circles @ wards.population / wards.population.sum()


def planted(wards: WardMap, setting: Setting) -> NDArray[np.bool_]:
    """Say which wards are planted: the centre and those nearest to it."""
    inside = np.zeros(len(wards.codes), dtype=bool)
    if setting.planted:
        centre = wards.places[wards.codes.index(setting.centre)]
        inside[np.argsort(np.hypot(*(wards.places - centre).T))[: setting.planted]] = True
    return inside


def draw(wards: WardMap, setting: Setting, *, seed: int, maps: int) -> NDArray[np.int64]:
    """Counts of each map, of random numbers that are the setting's own."""
    key = [seed, setting.events, round(setting.cv * 100), setting.planted]
    key += [round(setting.relative_risk * 10), *map(ord, setting.risks + setting.centre)]
    generator, n = np.random.default_rng(key), len(wards.codes)
    risk = np.ones((maps, n)) * np.where(planted(wards, setting), setting.relative_risk, 1.0)
    if setting.cv and setting.risks == "gamma":
        risk *= generator.gamma(setting.cv**-2, setting.cv**2, size=(maps, n))
    elif setting.cv:
        risk *= generator.lognormal(0, np.sqrt(np.log1p(setting.cv**2)), size=(maps, n))
    weight = wards.population * risk
    return generator.multinomial(setting.events, weight / weight.sum(axis=1, keepdims=True))


@cache
def the_wards() -> WardMap:
    """The wards, read once."""
    return load_wards()


@cache
def critical_values(events: int, seed: int) -> NDArray[np.float64]:
    """95 % points of the largest log likelihood ratio of a map without a pattern, by variance."""
    wards = the_wards()
    maxima = [
        replicate_maxima(
            wards.places,
            wards.population,
            total=events,
            replicates=REPLICATES,
            seed=seed,
            max_population=0.5,
            tolerance=TOLERANCE,
            rates="high",
            variance=float(variance),
        )
        for variance in VARIANCES
    ]
    return np.array([np.sort(one)[round((REPLICATES + 1) * (1 - LEVEL)) - 1] for one in maxima])


def calibrate(*, maps: int, seed: int, jobs: int) -> pd.DataFrame:
    """False alarms at every coefficient of variation and total, of gamma and log-normal risks."""
    settings = [
        Setting(risks=risks, cv=cv, events=events)
        for risks, events, cv in product(("gamma", "lognormal"), TOTALS, CVS)
        if cv or risks == "gamma"
    ]
    return _each(partial(false_alarms, maps=maps, seed=seed), settings, jobs)


def power(*, maps: int, seed: int, jobs: int) -> pd.DataFrame:
    """Power at every coefficient of variation, total, number of wards, risk and centre."""
    settings = [
        Setting(cv=cv, events=events, planted=size, relative_risk=risk, centre=centre)
        for events, size, cv, risk, centre in product(TOTALS, PLANTED, CVS, RISKS, CENTRES)
    ]
    return _each(partial(find_planted, maps=maps, seed=seed), settings, jobs)


def _each(
    make: Callable[[Setting], pd.DataFrame], settings: Iterable[Setting], jobs: int
) -> pd.DataFrame:
    if jobs == 1:
        return pd.concat(map(make, settings), ignore_index=True)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return pd.concat(pool.map(make, settings), ignore_index=True)


def _main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--maps", type=int, default=1000)
    parser.add_argument("--power-maps", type=int, default=100)
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--power", type=Path)
    given = parser.parse_args()
    if given.out is None and given.power is None:
        parser.error("name a file for a table: --out, --power, or both")
    tables: list[tuple[Path | None, Any, int]] = [
        (given.out, calibrate, given.maps),
        (given.power, power, given.power_maps),
    ]
    for out, make, maps in tables:
        if out is None:
            continue
        table = make(maps=maps, seed=given.seed, jobs=given.jobs)
        print(table.to_string(index=False))
        table.to_csv(out, index=False, lineterminator="\n")


if __name__ == "__main__":
    _main()
