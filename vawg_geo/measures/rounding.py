"""Rounding as tables are printed: half up, and never of a number that was rounded before."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

__all__ = ["round_half_up"]


def round_half_up(value: float, decimals: int = 1) -> float:
    """Round half up, on the shortest decimal form that stands for the number.

    Examples
    --------
    >>> round_half_up(0.25), round_half_up(2.675, 2), round(2.675, 2)
    (0.3, 2.68, 2.67)
    """
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))
