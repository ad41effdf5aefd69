"""What is said of change and of trends, wherever they stand."""

from __future__ import annotations

from typing import Final

__all__ = ["ILLUSTRATIVE", "RECORDING", "SHARE_OF_EVENTS", "no_trend_of"]

# Recording by the police of these offences became better from 2014 on: under every trend of them.
RECORDING: Final = (
    "Where these are police figures, a rise may be better recording: that improved from 2014 on."
)
ILLUSTRATIVE: Final = "Illustrative counts are not tested."
SHARE_OF_EVENTS: Final = (
    "A share: its limits are taken as those of a rate, and are wider than they need be."
)
_FEW_YEARS: Final = "Fewer than five periods have a figure."
_MONTHS: Final = "Months and quarters are not tested: they have seasons."


def no_trend_of(*, years: bool) -> str:
    """Why a line that was not tested has no trend.

    Examples
    --------
    >>> no_trend_of(years=False)
    'Months and quarters are not tested: they have seasons.'
    """
    return _FEW_YEARS if years else _MONTHS
