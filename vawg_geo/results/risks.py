"""Smoothed relative risks of an edition, from that edition's own counts.

As for hotspots: hidden and missing counts are left out, of the whole map's rate too, and are never
zero; an area without a count that is shown has no risk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.measures.patterns.inference import FEWEST_AREAS
from vawg_geo.measures.risk.series import risk_columns
from vawg_geo.overlays.hotspots.rule import MapNeighbours
from vawg_geo.terms.tables import RISKS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.settings import SmoothingSettings

__all__ = ["Risks", "compute_risks", "risks_of"]

_SERIES = ["level", "indicator", "sex", "period"]
_OF_AREAS = ("smoothed_risk", "smoothed_lower", "smoothed_upper", "probability_above")


@dataclass(frozen=True, kw_only=True, eq=False)
class Risks:
    """Smoothed risks of one series.

    Attributes
    ----------
    risk, lower, upper, above : ndarray of float
        Relative risk, its 95 % limits, and the probability that it is above the threshold; NaN
        where there is none.
    threshold : float
    """

    risk: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    above: NDArray[np.float64]
    threshold: float


def risks_of(
    table: pd.DataFrame, *, level: str, areas: list[str]
) -> dict[tuple[str, str, str], Risks]:
    """Risks of each series of a level, by indicator, sex and period.

    Parameters
    ----------
    table : pandas.DataFrame
        As `compute_risks` gives it.
    level : str
    areas : list of str
        Codes, in the order of the map.
    """
    if table.empty:
        return {}
    found = {}
    of_level = table[table["level"] == level]
    for key, rows in of_level.groupby(_SERIES[1:], sort=False, observed=True):
        indicator, sex, period = map(str, key)
        placed = rows.set_index("area_code").reindex(areas)
        risk, lower, upper, above = (
            placed[name].to_numpy(dtype=float, na_value=float("nan")) for name in _OF_AREAS
        )
        found[indicator, sex, period] = Risks(
            risk=risk,
            lower=lower,
            upper=upper,
            above=above,
            threshold=float(rows["threshold"].iloc[0]),
        )
    return found


def compute_risks(edition: Edition, rates: pd.DataFrame) -> pd.DataFrame:
    """Smooth the risks of every series that allows it.

    Parameters
    ----------
    edition : Edition
    rates : pandas.DataFrame
        The edition's rates (`tables.RATES`), areas in boundary order.

    Returns
    -------
    pandas.DataFrame
        The columns of `tables.RISKS`, a row for each area; empty where no series has real counts
        of people for areas enough, or the configuration wants none.
    """
    settings, once = edition.project.smoothing, edition.shared.once
    frames: list[pd.DataFrame] = []
    # A share of another count is no rate of people.
    real = rates[(rates["basis"] != "illustrative") & (rates["rate_method"] != "wilson")]
    for (level, *_), rows in real.groupby(_SERIES, sort=False):
        areas = edition.areas[str(level)]
        known = rows["count"].notna()
        if not settings.risk or known.sum() < FEWEST_AREAS or not rows["count"].sum() > 0:
            continue
        neighbours = once(
            MapNeighbours,
            areas,
            weights=edition.project.hotspots.weights,
            bridges=edition.bridges.get(str(level), ()),
        )
        frames.append(once(_smoothed, rows, neighbours=neighbours, settings=settings))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=RISKS.names)


def _smoothed(
    rows: pd.DataFrame, *, neighbours: MapNeighbours, settings: SmoothingSettings
) -> pd.DataFrame:
    """Risks of one series."""
    table = rows.set_index("area_code", drop=False)
    found = risk_columns(table, neighbours.chosen, threshold=settings.threshold)
    whole = table.assign(**found, weights=neighbours.chosen.kind)
    return whole[list(RISKS.names)].reset_index(drop=True)
