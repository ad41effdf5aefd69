"""Rounding as tables are printed: half up, and never of a number that was rounded before."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["rate_decimals", "round_half_up", "rounded"]


def round_half_up(value: float, decimals: int = 1) -> float:
    """Round half up, on the shortest decimal form that stands for the number.

    Examples
    --------
    >>> round_half_up(0.25), round_half_up(2.675, 2), round(2.675, 2)
    (0.3, 2.68, 2.67)
    """
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def rounded(values: ArrayLike, decimals: int = 1) -> NDArray[np.float64]:
    """Round an array half up, as `round_half_up` does one number; NaN stays.

    Examples
    --------
    >>> rounded([0.25, 0.15, float("nan")]).tolist()
    [0.3, 0.2, nan]
    """
    numbers = np.asarray(values, dtype=float)
    scaled = numbers * 10.0**decimals
    result = np.floor(scaled + 0.5) / 10.0**decimals
    # A tie in decimal may lie a hair off in binary: let the exact rule settle those few.
    near = np.abs(scaled - np.floor(scaled) - 0.5) < 1e-6
    for place in np.flatnonzero(near):
        result.flat[place] = round_half_up(float(numbers.flat[place]), decimals)
    return np.asarray(result, dtype=float)


def rate_decimals(peak: float) -> int:
    """Decimals to print rates with whose largest is `peak`: one, or more where all are small.

    Examples
    --------
    >>> rate_decimals(31.1), rate_decimals(1.4), rate_decimals(0.05), rate_decimals(float("nan"))
    (1, 2, 3, 1)
    """
    return 3 if peak < 0.2 else 2 if peak < 2 else 1


def people_decimals(per: float) -> int:
    """With which what a rate is per is printed: people and things whole, a size (per 1) finer.

    Examples
    --------
    >>> people_decimals(1000), people_decimals(1)
    (0, 2)
    """
    return 2 if per == 1 else 0
