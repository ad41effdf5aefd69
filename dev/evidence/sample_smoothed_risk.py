"""The smoothed risk beside a sampler of the same model.

    python dev/evidence/sample_smoothed_risk.py [--map NAME ...] [--out docs/smoothed_risk.csv]

Three maps: lip cancer in Scotland, 1975 to 1980 (56 districts, three of them islands); the
default's wards with their residents and made-up counts of about 4,821 events; and a made-up grid
with half an event an area. The sampler (`_sampled_risk.py`) shares no code with the package. A map
takes minutes; with `--map` the rows of the others stay as they are. The table is explained in
`docs/methods.md`.

The districts' counts and neighbours are those of GeoBUGS' example (Clayton and Kaldor 1987,
Biometrics 43; Kemp and others 1985, Atlas of cancer in Scotland), in
`tests/measures/scottish_lip_cancer.csv`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from _sampled_risk import sample_risk
from _simulated import load_wards

from vawg_geo.measures.risk.smoothed import smoothed_risk
from vawg_geo.terms.graph import Neighbours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Map = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]

__all__ = ["MAPS", "compare", "grid", "lip_cancer", "wards"]

_ROOT: Final = Path(__file__).resolve().parents[2]


def lip_cancer() -> Map:
    """Counts, expected and pairs of neighbours of Scotland's districts."""
    table = pd.read_csv(
        _ROOT / "tests" / "measures" / "scottish_lip_cancer.csv", keep_default_na=False
    )
    pairs = [
        (at, int(other) - 1)
        for at, others in enumerate(table["neighbours"].astype(str))
        for other in others.split()
        if int(other) - 1 > at
    ]
    return table["observed"].to_numpy(float), table["expected"].to_numpy(float), np.array(pairs)


def wards() -> Map:
    """Made-up counts on the default's wards: each with a risk of its own, CV 0.72, no pattern."""
    places = load_wards()
    near = places.queen
    expected = 4821 * places.population / places.population.sum()
    rng = np.random.default_rng(16)
    counts = rng.poisson(expected * rng.gamma(0.72**-2, 0.72**2, near.n)).astype(float)
    once = near.rows < near.others
    return counts, expected, np.c_[near.rows[once], near.others[once]]


def grid() -> Map:
    """Half an event an area on 12 times 12 squares, with waves of risk over them."""
    n = 12
    place = np.arange(n * n).reshape(n, n)
    pairs = np.r_[
        np.c_[place[:, :-1].ravel(), place[:, 1:].ravel()],
        np.c_[place[:-1].ravel(), place[1:].ravel()],
    ]
    rng = np.random.default_rng(3)
    down, right = np.divmod(np.arange(n * n), n)
    wave = np.sin(right / 2.5) * np.cos(down / 3)
    expected = np.round(rng.gamma(4, 0.25, n * n) * 0.6, 3)
    risk = np.exp(0.8 * wave + 0.4 * rng.normal(size=n * n) - 0.3)
    return rng.poisson(expected * risk).astype(float), expected, pairs


MAPS: Final = {
    "Scottish lip cancer": (lip_cancer, 4000),
    "wards": (wards, 800),
    "sparse grid": (grid, 1500),
}


def compare(name: str) -> pd.DataFrame:
    """Rows of one map: what it is of, what was sampled, and what the package computes."""
    made, draws = MAPS[name]
    counts, expected, pairs = made()
    n = counts.size
    both = np.r_[pairs, pairs[:, ::-1]]
    near = Neighbours.from_pairs(tuple(range(n)), both[:, 0], both[:, 1])
    sampled = sample_risk(counts, expected, pairs, draws=draws)
    ours = smoothed_risk(counts, expected, near)
    print(
        f"{name}: {counts.sum():,.0f} events, {n} areas, R-hat at most {sampled.r_hat:.4f}\n"
        f"  sigma {sampled.sigma[0]:.3f} sampled, {ours.sigma.mean:.3f} ours; "
        f"mixing {sampled.phi[0]:.3f} sampled, {ours.mixing.mean:.3f} ours\n"
        f"  risk within {np.abs(ours.areas['risk'] / sampled.risk - 1).max():.2%}, probability "
        f"within {np.abs(ours.areas['probability'] - sampled.above).max():.4f} (standard error of "
        f"the sampled at most {sampled.error.max():.4f})",
        flush=True,
    )
    return pd.DataFrame(
        {
            "map": name,
            "area": np.arange(1, n + 1),
            "count": counts.astype(int),
            "expected": expected.round(6),
            "neighbours": [" ".join(str(other + 1) for other in near.of(i)) for i in range(n)],
            "sampled_risk": sampled.risk,
            "sampled_lower": sampled.lower,
            "sampled_upper": sampled.upper,
            "sampled_probability": sampled.above,
            "standard_error": sampled.error,
            **{name: ours.areas[name].to_numpy() for name in ours.areas},
        }
    ).round(4)


def main() -> None:
    """Sample the maps asked for, and keep the rows of the others."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--map", action="append", choices=list(MAPS))
    parser.add_argument("--out", type=Path, default=_ROOT / "docs" / "smoothed_risk.csv")
    given = parser.parse_args()
    asked = given.map or list(MAPS)
    frames = {name: compare(name) for name in asked}
    if given.out.exists():
        before = pd.read_csv(given.out, keep_default_na=False)
        frames = {str(name): rows for name, rows in before.groupby("map")} | frames
    whole = pd.concat([frames[name] for name in MAPS if name in frames], ignore_index=True)
    whole.to_csv(given.out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
