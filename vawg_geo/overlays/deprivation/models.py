"""A spatial lag or error model of rates on deprivation, only where the residuals ask for one.

The models are those of `spreg`, an optional extra (`vawg-geo[models]`).
"""

from __future__ import annotations

import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vawg_geo.terms.graph import Neighbours

__all__ = ["FEWEST_FOR_MODELS", "SpatialFit", "fit_in_place", "models_are_installed"]

# Maximum likelihood speaks of large samples; a model of a dozen districts would say nothing.
FEWEST_FOR_MODELS: Final = 30
_ALPHA: Final = 0.05


@dataclass(frozen=True, kw_only=True)
class SpatialFit:
    """What the diagnostics say of a straight line, and the model that they ask for.

    Attributes
    ----------
    kind : {"none", "lag", "error"}
        `none` where the residuals show no pattern in place: the line stands.
    slope, lower, upper, p_value : float
        Of the rate per point of score, in that model (for `none`, by least squares).
    strength : float
        Spatial parameter, rho of the lag or lambda of the error; NaN for `none`.
    moran, moran_p : float
        Moran's I of the line's residuals, and its p-value under normality.
    lag_p, error_p : float
        P-values of the Lagrange multiplier tests; those robust to the other where both are low.
    moran_after : float
        Moran's I of the chosen model's residuals; near 0 where it took up the pattern.
    areas, islands : int
        Areas in the model, and areas without neighbours that were left out.
    """

    kind: str
    slope: float
    lower: float
    upper: float
    p_value: float
    strength: float
    moran: float
    moran_p: float
    lag_p: float
    error_p: float
    moran_after: float
    areas: int
    islands: int


def models_are_installed() -> bool:
    """Whether `spreg` is there."""
    return find_spec("spreg") is not None


def fit_in_place(
    rate: NDArray[np.float64],
    score: NDArray[np.float64],
    neighbours: Neighbours,
    *,
    confidence: float = 0.95,
) -> SpatialFit | None:
    """Fit the rate on the score, in place if the residuals of a straight line ask for it.

    Parameters
    ----------
    rate, score : ndarray of float, shape (n,)
        Without NaN, in the neighbours' order.
    neighbours : Neighbours
        Of the same areas; weights are row-standardised, islands are left out.
    confidence : float
        Of the limits.

    Returns
    -------
    SpatialFit or None
        None with fewer than 30 areas that have neighbours.

    Notes
    -----
    Least squares first. Moran's I of its residuals (Cliff and Ord) and the Lagrange multiplier
    tests of Anselin (1988), Geographical Analysis 20, 1-17; where both tests are below 0.05 the
    robust ones of Anselin et al. (1996), Regional Science and Urban Economics 26, 77-104, decide.
    The model asked for is fitted by maximum likelihood. In a lag model the slope is the direct one,
    before it feeds back through the neighbours.
    """
    keep = neighbours.degree > 0
    if int(keep.sum()) < FEWEST_FOR_MODELS or np.ptp(rate) == 0 or np.ptp(score) == 0:
        return None
    with warnings.catch_warnings():
        # What they say (islands, several components) is counted here or harmless.
        warnings.simplefilter("ignore")
        return _fit(
            rate[keep],
            score[keep],
            neighbours.among(keep),
            confidence=confidence,
            islands=int((~keep).sum()),
        )


def _fit(
    rate: NDArray[np.float64],
    score: NDArray[np.float64],
    neighbours: Neighbours,
    *,
    confidence: float,
    islands: int,
) -> SpatialFit:
    import spreg

    weights = neighbours.to_graph().transform("r").to_W()
    y, x = rate[:, None], score[:, None]
    line = spreg.OLS(y, x, w=weights, spat_diag=True, moran=True)
    lag_p, error_p = _p_of(line.lm_lag), _p_of(line.lm_error)
    if max(lag_p, error_p) < _ALPHA:
        lag_p, error_p = _p_of(line.rlm_lag), _p_of(line.rlm_error)
        kind = "lag" if lag_p < error_p else "error"
    else:
        kind = "lag" if lag_p < _ALPHA else "error" if error_p < _ALPHA else "none"
    model, strength, residuals = line, float("nan"), line.u
    # Each prints its own name, which is no line of ours.
    if kind == "lag":
        with redirect_stdout(StringIO()):
            model = spreg.ML_Lag(y, x, w=weights, spat_impacts=None)
        strength, residuals = float(np.ravel(model.rho)[0]), model.u
    elif kind == "error":
        with redirect_stdout(StringIO()):
            model = spreg.ML_Error(y, x, w=weights)
        strength, residuals = float(np.ravel(model.lam)[0]), model.e_filtered
    slope, error = float(model.betas[1, 0]), float(np.sqrt(model.vm[1, 1]))
    half = -float(ndtri((1 - confidence) / 2)) * error
    return SpatialFit(
        kind=kind,
        slope=slope,
        lower=slope - half,
        upper=slope + half,
        p_value=float(2 * ndtr(-abs(slope) / error)),
        strength=strength,
        moran=float(line.moran_res[0]),
        moran_p=float(line.moran_res[2]),
        lag_p=lag_p,
        error_p=error_p,
        moran_after=_moran(np.ravel(residuals), neighbours),
        areas=rate.size,
        islands=islands,
    )


def _moran(residuals: NDArray[np.float64], neighbours: Neighbours) -> float:
    """Moran's I of residuals with row-standardised weights."""
    sums = np.bincount(neighbours.rows, residuals[neighbours.others], neighbours.n)
    means = sums / neighbours.degree
    return float(residuals @ means / (residuals @ residuals))


def _p_of(test: Any) -> float:
    return float(test[1])
