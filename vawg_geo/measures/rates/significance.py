"""Is an area's rate higher or lower than a comparator's? Three named rules.

The area is part of its comparator; no rule here corrects for that, and every output says so. All
rules work on unrounded limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtri, pdtr, pdtrc

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.aligned import as_floats
from vawg_geo.measures.rates.intervals import tail_of
from vawg_geo.terms.columns import SIGNIFICANCE_RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Column = NDArray[np.float64]

__all__ = ["compare"]

_GROUP = ["indicator", "sex", "period"]
# A label says nothing about these: there is no figure, or it is no measurement.
_NOT_COMPARED_BASES = ("illustrative",)


def compare(
    rates: pd.DataFrame,
    comparator: str | Mapping[str, str],
    *,
    rule: str = "intervals-apart",
    confidence: float = 0.95,
    overdispersion: bool = False,
) -> pd.DataFrame:
    """Label each area's rate against a comparator's, by a named rule.

    Parameters
    ----------
    rates : pandas.DataFrame
        As `crude_rate` returns; the comparators are rows of it.
    comparator : str or mapping of str to str
        Code of the comparator, or one for each indicator.
    rule : {"intervals-apart", "interval-excludes-comparator", "funnel"}
        `intervals-apart`: the area's interval does not overlap the comparator's.
        `interval-excludes-comparator`: the area's interval does not contain the comparator's
        rate. `funnel`: the count lies outside control limits about the comparator's rate.
    confidence : float
        Of the funnel's control limits; the other rules use the limits of `rates`.
    overdispersion : bool
        Widen the funnel by an additive between-area variance.

    Returns
    -------
    pandas.DataFrame
        `rates` with `comparator`, `significance` (`higher`, `lower`, `similar`,
        `not_compared`) and `significance_rule` filled. The comparator itself, rows without a
        rate, rows whose comparator has none, and illustrative rows are `not_compared`.

    Raises
    ------
    InputError
        Unknown rule, or a comparator that is in no row.

    Notes
    -----
    The funnel's limits are exact Poisson tails of the count at the comparator's rate. With
    overdispersion they are normal limits of sqrt(O / E) with standard error 1 / (2 sqrt(E)) and
    an additive variance from the 10 % winsorised z-scores. Spiegelhalter (2005), Statistics in
    Medicine 24, 1185-1202.

    Examples
    --------
    >>> rates = pd.DataFrame({
    ...     "area_code": ["A", "B", "ALL"], "indicator": "i", "sex": "persons", "period": "p",
    ...     "basis": "published", "rate": [31.0, 18.0, 18.1],
    ...     "rate_lower": [30.0, 17.0, 17.8], "rate_upper": [32.0, 19.0, 18.5]})
    >>> compare(rates, "ALL")["significance"].tolist()
    ['higher', 'similar', 'not_compared']
    """
    if rule not in SIGNIFICANCE_RULES:
        msg = f"{rule!r} is no rule of significance. Choose {', '.join(SIGNIFICANCE_RULES)}."
        raise InputError(msg)
    codes = (
        rates["indicator"].map(dict(comparator))
        if not isinstance(comparator, str)
        else pd.Series(comparator, index=rates.index)
    )
    _require_comparators(rates, codes)
    against = _comparator_rows(rates, codes)
    table = rates.reset_index(drop=True)
    if rule == "funnel":
        is_comparator = (table["area_code"] == codes.reset_index(drop=True)).to_numpy()
        label = _funnel(
            table,
            against,
            is_comparator=is_comparator,
            confidence=confidence,
            overdispersion=overdispersion,
        )
    else:
        label = _RULES[rule](table, against)
    silent = (
        table["rate"].isna()
        | against["rate"].isna()
        | (table["area_code"] == codes.reset_index(drop=True))
        | (table["basis"].isin(_NOT_COMPARED_BASES) if "basis" in table else False)
    ).to_numpy()
    return rates.assign(
        comparator=codes.fillna("").to_numpy(),
        significance=np.where(silent, "not_compared", label),
        significance_rule=rule,
    )


def _comparator_rows(rates: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    """For each row of the rates, the figures of its comparator (missing where it has none)."""
    figures = rates[["area_code", *_GROUP, "rate", "rate_lower", "rate_upper"]].drop_duplicates(
        ["area_code", *_GROUP]
    )
    wanted = rates[_GROUP].assign(area_code=codes.to_numpy())
    return wanted.merge(figures, how="left", on=["area_code", *_GROUP], validate="m:1")


def _require_comparators(rates: pd.DataFrame, codes: pd.Series) -> None:
    known = set(rates["area_code"])
    absent = [code for code in dict.fromkeys(codes.dropna()) if code not in known]
    if absent:
        msg = (
            f"the comparator {absent[0]!r} is in no row of the rates. Add its counts and "
            "population, or name another comparator."
        )
        raise InputError(msg)


def _labels(higher: pd.Series, lower: pd.Series) -> NDArray[np.str_]:
    return np.where(higher, "higher", np.where(lower, "lower", "similar"))


def _intervals_apart(table: pd.DataFrame, against: pd.DataFrame) -> NDArray[np.str_]:
    return _labels(
        table["rate_lower"] > against["rate_upper"], table["rate_upper"] < against["rate_lower"]
    )


def _excludes_comparator(table: pd.DataFrame, against: pd.DataFrame) -> NDArray[np.str_]:
    return _labels(table["rate_lower"] > against["rate"], table["rate_upper"] < against["rate"])


_RULES: dict[str, Callable[[pd.DataFrame, pd.DataFrame], NDArray[np.str_]]] = {
    "intervals-apart": _intervals_apart,
    "interval-excludes-comparator": _excludes_comparator,
}


def _funnel(
    table: pd.DataFrame,
    against: pd.DataFrame,
    *,
    is_comparator: NDArray[np.bool_],
    confidence: float,
    overdispersion: bool,
) -> NDArray[np.str_]:
    observed = as_floats(table["count"])
    people = as_floats(table["population"])
    per = table["rate_per"].to_numpy(float)
    expected = against["rate"].to_numpy(float) * people / per
    tail = tail_of(confidence)
    if not overdispersion:
        # P(X >= O) and P(X <= O); pdtrc(-1, E) is 1 by definition but scipy gives NaN for it.
        above = np.where(observed > 0, pdtrc(np.maximum(observed - 1, 0), expected), 1.0)
        return np.where(
            above < tail, "higher", np.where(pdtr(observed, expected) < tail, "lower", "similar")
        )
    # The comparator is the sum of the others: it says nothing of the variance between them.
    z = _overdispersed_z(table, observed, np.where(is_comparator, np.nan, expected))
    limit = -ndtri(tail)
    return np.where(z > limit, "higher", np.where(z < -limit, "lower", "similar"))


def _overdispersed_z(table: pd.DataFrame, observed: Column, expected: Column) -> Column:
    with np.errstate(divide="ignore", invalid="ignore"):
        error = 1 / (2 * np.sqrt(expected))
        deviation = np.sqrt(observed / expected) - 1
    z = np.full(len(table), np.nan)
    group = table[[*_GROUP, *(["level"] if "level" in table else [])]]
    for rows in group.groupby(list(group.columns), sort=False).indices.values():
        d, s = deviation[rows], error[rows]
        known = np.isfinite(d) & np.isfinite(s)
        z[rows] = d / np.sqrt(s * s + _between_variance(d[known], s[known]))
    return z


def _between_variance(deviation: Column, error: Column) -> float:
    """Additive variance by the method of moments from winsorised z-scores; 0 where none shows."""
    n = deviation.size
    if n < 2:
        return 0.0
    z = deviation / error
    low, high = np.quantile(z, [0.1, 0.9])
    phi = float(np.mean(np.clip(z, low, high) ** 2))
    weight = 1 / error**2
    spare = weight.sum() - (weight**2).sum() / weight.sum()
    return max(0.0, float((n * phi - (n - 1)) / spare))
