"""Made-up maps on the real wards, and which wards each statistic calls on them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

import vawg_geo
from vawg_geo.areas.neighbours.build import contiguity
from vawg_geo.inputs.catalogue.registry import embedded_folder
from vawg_geo.measures.patterns.local import getis_ord, local_moran
from vawg_geo.measures.scan.scan import circular_scan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vawg_geo.terms.graph import Neighbours

__all__ = [
    "CALLED",
    "LEVEL",
    "STATISTICS",
    "Calls",
    "WardMap",
    "call_wards",
    "command",
    "draw_counts",
    "load_wards",
]

STATISTICS: Final = ("local Moran", "Gi*", "scan")
LEVEL: Final = 0.05
CALLED: Final = ("high-high", "low-low", "high-low", "low-high", "hot", "cold")


@dataclass(frozen=True, eq=False)
class WardMap:
    """The 144 wards of 2015 as the statistics need them, all in one order.

    Attributes
    ----------
    codes, names : list of str
    population : ndarray of float, shape (144,)
        Persons aged 16 and over.
    places : ndarray of float, shape (144, 2)
        Centroids, metres.
    queen : Neighbours
    """

    codes: list[str]
    names: list[str]
    population: NDArray[np.float64]
    places: NDArray[np.float64]
    queen: Neighbours

    def around(self, code: str) -> NDArray[np.bool_]:
        """Say which wards are this one or touch it."""
        if code not in self.codes:
            msg = f"{code!r} is no ward of 2015."
            raise ValueError(msg)
        return np.isin(self.codes, [code, *self.queen.of(code)])


@dataclass(frozen=True, eq=False)
class Calls:
    """Wards that one statistic calls on one map.

    Attributes
    ----------
    high : ndarray of bool, shape (n,)
        Called as a place of many events: high-high, hot, or in a cluster of the scan.
    either : ndarray of bool, shape (n,)
        Called in any way (low-low, cold and the outliers too); the scan looks for high only.
    uncorrected : ndarray of bool, shape (n,)
        Called in any way without the correction for many wards; the scan needs none.
    """

    high: NDArray[np.bool_]
    either: NDArray[np.bool_]
    uncorrected: NDArray[np.bool_]


def load_wards() -> WardMap:
    """Read the embedded wards and their populations."""
    wards = vawg_geo.read_boundaries("wards-2015")
    people = vawg_geo.read_population(embedded_folder("data") / "population_wards_2015.csv")
    persons = people[people["sex"] == "persons"].set_index("area_code")["population"]
    centroids = wards.geometry.centroid
    return WardMap(
        codes=wards["area_code"].tolist(),
        names=wards["area_name"].tolist(),
        population=persons.reindex(wards["area_code"]).to_numpy(float),
        places=np.column_stack([centroids.x, centroids.y]),
        queen=contiguity(wards, kind="queen"),
    )


def draw_counts(
    wards: WardMap, total: int, risk: NDArray[np.float64] | float, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Share a total out among the wards by population times relative risk, at random."""
    weight = wards.population * risk
    return generator.multinomial(total, weight / weight.sum())


def call_wards(
    wards: WardMap,
    counts: NDArray[np.int64],
    *,
    permutations: int,
    replicates: int,
    seed: int,
) -> dict[str, Calls]:
    """Which wards each statistic calls at 5 %, by its name in `STATISTICS`."""
    options: dict[str, Any] = {
        "population": wards.population,
        "permutations": permutations,
        "seed": seed,
        "correction": "bh",
    }
    moran = local_moran(counts, wards.queen, **options)
    star = getis_ord(counts, wards.queen, star=True, **options)
    calls = {}
    for name, table, high in (("local Moran", moran, "high-high"), ("Gi*", star, "hot")):
        calls[name] = Calls(
            high=table["cluster"].eq(high).to_numpy(bool),
            either=table["cluster"].isin(CALLED).to_numpy(bool),
            uncorrected=(table["p_value"] <= LEVEL).to_numpy(bool),
        )
    # One risk everywhere, as these maps have it; maps whose wards differ are in calibrate_scan.py.
    scan = circular_scan(
        counts,
        wards.population,
        wards.places,
        ids=wards.codes,
        model="poisson",
        replicates=replicates,
        seed=seed,
    )
    sure = scan.clusters.loc[scan.clusters["p_value"] <= LEVEL, "scan_cluster"]
    members = scan.members.loc[scan.members["scan_cluster"].isin(sure), "id"]
    held = np.isin(wards.codes, members.to_numpy())
    calls["scan"] = Calls(high=held, either=held, uncorrected=held)
    return calls


def command(make: Callable[..., pd.DataFrame], *, about: str, maps: int) -> None:
    """Read the options that both tables of evidence have, make one, print and write it.

    Parameters
    ----------
    make : callable
        Gives the table of `maps`, `permutations`, `replicates`, `seed` and `jobs`.
    about : str
        The script's docstring.
    maps : int
        As many where nothing is said.
    """
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("--maps", type=int, default=maps)
    parser.add_argument("--permutations", type=int, default=9999)
    parser.add_argument("--replicates", type=int, default=999)
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path)
    options = vars(parser.parse_args())
    out = options.pop("out")
    table = make(**options)
    print(table.to_string(index=False))
    if out:
        table.to_csv(out, index=False, lineterminator="\n")
