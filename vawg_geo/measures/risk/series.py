"""Smoothed risks of one series as columns of a table: the whole map's rate is a risk of 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from vawg_geo.measures.risk.smoothed import smoothed_risk

if TYPE_CHECKING:
    import pandas as pd

    from vawg_geo.terms.graph import Neighbours

__all__ = ["risk_columns"]

# More decimals than this are the computation's and no knowledge; machines may differ in them.
_DECIMALS: Final = 4


def risk_columns(
    rows: pd.DataFrame, neighbours: Neighbours, *, threshold: float, confidence: float = 0.95
) -> dict[str, Any]:
    """Smooth the risks of one series.

    Parameters
    ----------
    rows : pandas.DataFrame
        `count` and `population` of every area of the map, in its order, indexed by its code.
        Without a count an area has no risk, and is not in the whole's rate.
    neighbours : Neighbours
    threshold, confidence : float
        As in `smoothed_risk`.

    Returns
    -------
    dict of str to Series or float
        By area `expected` (population times the rate of all areas with a count),
        `smoothed_risk`, `smoothed_lower`, `smoothed_upper` and `probability_above`; of the series
        `threshold`, `mixing`, `mixing_lower`, `mixing_upper` and `between_areas`, the standard
        deviation of the log risks.

    Raises
    ------
    InputError
        What `smoothed_risk` refuses.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from vawg_geo.terms.graph import Neighbours
    >>> pair = Neighbours.from_pairs(("a", "b"), np.array([0, 1]), np.array([1, 0]))
    >>> rows = pd.DataFrame({"count": [3, 9], "population": [1000, 2000]}, index=["a", "b"])
    >>> risk_columns(rows, pair, threshold=1.0)["expected"].tolist()
    [4.0, 8.0]
    """
    counts = rows["count"].astype("Float64")
    people = rows["population"].astype("Float64").where(counts.notna())
    expected = people * (counts.sum() / people.sum())
    found = smoothed_risk(counts, expected, neighbours, threshold=threshold, confidence=confidence)
    areas = found.areas.round(_DECIMALS)
    return {
        "expected": expected.astype(float).round(_DECIMALS).where(areas["risk"].notna()),
        "smoothed_risk": areas["risk"],
        "smoothed_lower": areas["lower"],
        "smoothed_upper": areas["upper"],
        "probability_above": areas["probability"],
        "threshold": threshold,
        "mixing": round(found.mixing.mean, _DECIMALS),
        "mixing_lower": round(found.mixing.lower, _DECIMALS),
        "mixing_upper": round(found.mixing.upper, _DECIMALS),
        "between_areas": round(found.sigma.mean, _DECIMALS),
    }
