"""Both comparisons of an edition's rates, and how many areas chance alone would call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from vawg_geo.measures.rates.significance import (
    UNUSUAL,
    by_chance,
    compare,
    standing,
    standing_by_chance,
)
from vawg_geo.words.page import CORRECTION, LEVEL, PAGE, fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from vawg_geo.settings import SignificanceSettings

__all__ = ["NOTHING_CALLED", "Chance", "calls_of_chance", "compared"]


@dataclass(frozen=True, kw_only=True)
class Chance:
    """What chance would call of one map of areas that differ from nothing.

    Attributes
    ----------
    calls : float
        Areas called higher or lower than the whole, without a correction.
    compared, ranked : int
        Areas that are compared with the whole, and among each other.
    possibly, unusual : float
        Areas called at least possibly unusual among their like, and unusual, without a correction.
    correction : str
    """

    calls: float
    compared: int
    ranked: int
    possibly: float
    unusual: float
    correction: str

    def of_calls(self, level: str) -> str:
        """Sentence on areas called higher or lower than the whole.

        Examples
        --------
        >>> none = {"possibly": 0, "unusual": 0, "correction": "none"}
        >>> chance = Chance(calls=3.19, compared=144, ranked=144, **none)
        >>> chance.of_calls("ward")
        'If all wards had the same true rate, chance alone would still call about 3 of 144.'
        """
        return self._said(PAGE["chance_calls"], self.calls, self.compared, level)

    def of_standing(self, level: str) -> str:
        """Sentence on areas called unusual, or possibly so.

        Examples
        --------
        >>> found = {"possibly": 14.9, "unusual": 1.8, "correction": "none"}
        >>> Chance(calls=0, compared=0, ranked=144, **found).of_standing("ward")
        'If no ward were unusual, chance ... call about 15 of 144, about 2 of them unusual.'
        """
        return self._said(PAGE["chance_standing"], self.possibly, self.ranked, level)

    def _said(self, text: str, calls: float, areas: int, level: str) -> str:
        if not areas:
            return ""
        one, many = LEVEL[level]
        text = text if self.correction == "none" else PAGE["chance_corrected"]
        return fill(
            text,
            {
                "n": _about(calls),
                "few": _about(self.unusual),
                "of": f"{areas:,}",
                "level": one,
                "levels": many,
                "correction": CORRECTION.get(self.correction, ""),
            },
        )


def _about(calls: float) -> str:
    text = PAGE["chance_about"] if calls >= 1 else PAGE["chance_few"]
    return fill(text, {"n": f"{calls:,.0f}"})


NOTHING_CALLED = Chance(calls=0, compared=0, ranked=0, possibly=0, unusual=0, correction="none")


def compared(
    rates: pd.DataFrame,
    comparators: Mapping[str, str],
    settings: SignificanceSettings,
    *,
    parents: Mapping[str, str],
) -> pd.DataFrame:
    """Rates with `significance` and `standing`, by the settings.

    Parameters
    ----------
    rates : pandas.DataFrame
        With the columns of `tables.RATES`.
    comparators : mapping of str to str
        By indicator.
    settings : SignificanceSettings
    parents : mapping of str to str
        Code of the area that holds an area.

    Returns
    -------
    pandas.DataFrame
    """
    table = compare(
        rates,
        comparators,
        rule=settings.rule,
        overdispersion=settings.overdispersion,
        correction=settings.correction,
        leave_out=settings.leave_out,
        parents=parents,
    )
    return table.assign(standing=standing(rates, comparators, correction=settings.correction))


def calls_of_chance(
    rates: pd.DataFrame,
    comparators: Mapping[str, str],
    settings: SignificanceSettings,
    *,
    parents: Mapping[str, str],
) -> dict[tuple[str, str, str, str], Chance]:
    """What chance would call on each map: by level, indicator, sex and period.

    Parameters
    ----------
    rates : pandas.DataFrame
        As `compared` gives them.
    comparators, settings, parents
        As of `compared`.

    Returns
    -------
    dict of (level, indicator, sex, period) to Chance
    """
    compares = (rates["significance"] != "not_compared").to_numpy()
    ranks = (rates["standing"] != "not_compared").to_numpy()
    possibly = np.nan_to_num(standing_by_chance(rates, comparators))
    unusual = np.nan_to_num(standing_by_chance(rates, comparators, level=UNUSUAL))
    if settings.rule == "funnel" and settings.overdispersion:
        chance = standing_by_chance(rates, comparators, fewest=0)
    else:
        chance = by_chance(
            rates,
            comparators,
            rule=settings.rule,
            leave_out=settings.leave_out,
            parents=parents,
        )
    chance = np.where(compares, np.nan_to_num(chance), 0.0)
    groups = rates.groupby(["level", "indicator", "sex", "period"], sort=False).indices
    return {
        cast("tuple[str, str, str, str]", key): Chance(
            calls=float(chance[rows].sum()),
            compared=int(compares[rows].sum()),
            ranked=int(ranks[rows].sum()),
            possibly=float(possibly[rows].sum()),
            unusual=float(unusual[rows].sum()),
            correction=settings.correction,
        )
        for key, rows in groups.items()
    }
