"""Rounding as tables are printed: half up, and never of a number that was rounded before."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

__all__ = ["rate_decimals", "round_half_up"]


def round_half_up(value: float, decimals: int = 1) -> float:
    """Round half up, on the shortest decimal form that stands for the number.

    Examples
    --------
    >>> round_half_up(0.25), round_half_up(2.675, 2), round(2.675, 2)
    (0.3, 2.68, 2.67)
    """
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def rate_decimals(peak: float) -> int:
    """Decimals to print rates with whose largest is `peak`: one, or more where all are small.

    Examples
    --------
    >>> rate_decimals(31.1), rate_decimals(1.4), rate_decimals(0.05), rate_decimals(float("nan"))
    (1, 2, 3, 1)
    """
    return 3 if peak < 0.2 else 2 if peak < 2 else 1
