"""P-values of many areas at once: adjustment for looking at all of them.

On a map of 144 wards of the same risk about seven have p <= 0.05 in either tail together. The
step-up procedure of Benjamini and Hochberg holds the expected share of false calls among the
calls, Bonferroni the chance of any false call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args, overload

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.measures.rates.aligned import as_floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["CORRECTIONS", "Correction", "adjust_p_values"]

Correction = Literal["bh", "bonferroni", "none"]
CORRECTIONS: Final[tuple[str, ...]] = get_args(Correction)


@overload
def adjust_p_values(p: pd.Series[float], *, method: str = ...) -> pd.Series[float]: ...
@overload
def adjust_p_values(p: ArrayLike, *, method: str = ...) -> NDArray[np.float64]: ...
def adjust_p_values(
    p: pd.Series[float] | ArrayLike, *, method: str = "bh"
) -> pd.Series[float] | NDArray[np.float64]:
    """P-values adjusted for their number.

    Parameters
    ----------
    p : pandas.Series or array-like, length n
        P-values from 0 to 1. NaN stays NaN and is not counted among the tests: an area without
        a test takes nothing from the others.
    method : {"bh", "bonferroni", "none"}
        `bh`: Benjamini and Hochberg (1995), step-up.

    Returns
    -------
    pandas.Series or ndarray of float, length n
        As given, index and order kept, never above 1. Calling the areas with an adjusted p of at
        most alpha keeps the false discovery rate (`bh`) or the chance of any false call
        (`bonferroni`) at alpha.

    Raises
    ------
    InputError
        The method is unknown or a value is outside 0 to 1.

    Notes
    -----
    With the m p-values in ascending order, `bh` is min over j >= i of p(j) m / j, `bonferroni`
    is p m.

    Examples
    --------
    >>> adjust_p_values([0.01, 0.04, 0.03, np.nan]).round(3)
    array([0.03, 0.04, 0.04,  nan])
    >>> adjust_p_values([0.01, 0.04, 0.03, np.nan], method="bonferroni").round(3)
    array([0.03, 0.12, 0.09,  nan])
    """
    if method not in CORRECTIONS:
        msg = f"{method!r} is no correction. Choose {', '.join(CORRECTIONS)}."
        raise InputError(msg)
    if isinstance(p, pd.Series):
        return pd.Series(_adjusted(as_floats(p), method), index=p.index, name=p.name)
    return _adjusted(np.asarray(p, dtype=float), method)


def _adjusted(given: NDArray[np.float64], method: str) -> NDArray[np.float64]:
    tested = ~np.isnan(given)
    values = given[tested]
    if (bad := (values < 0) | (values > 1)).any():
        raise InputError(
            problem(
                "are outside 0 to 1",
                bad=int(bad.sum()),
                total=values.size,
                noun="p-values",
                first=f"{values[bad][0]:g}",
                action="Give probabilities.",
            )
        )
    adjusted = np.array(given, dtype=np.float64)
    if method == "bonferroni":
        adjusted[tested] = np.minimum(values * values.size, 1.0)
    elif method == "bh":
        adjusted[tested] = _step_up(values)
    return adjusted


def _step_up(values: NDArray[np.float64]) -> NDArray[np.float64]:
    order = np.argsort(values)[::-1]
    scaled = values[order] * (values.size / np.arange(values.size, 0, -1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return adjusted
