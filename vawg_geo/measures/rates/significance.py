"""Two questions about an area's rate: higher than the whole, and unusual among areas.

`compare` answers the first by one of three named rules, `standing` the second, by a funnel that
knows how areas differ. Rules work on unrounded limits. The area is part of its comparator unless
it is left out of it; every output says which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError
from vawg_geo.measures.patterns.adjust import adjust_p_values
from vawg_geo.measures.rates.aligned import as_floats
from vawg_geo.measures.rates.funnel import (
    levels_of_z,
    overdispersed_chance,
    overdispersed_levels,
    overdispersed_z,
)
from vawg_geo.measures.rates.rules import Counted, called, calls_by_chance, levels_of_call
from vawg_geo.terms.columns import SIGNIFICANCE_RULES, require_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    Column = NDArray[np.float64]

__all__ = [
    "FEWEST_STANDING",
    "UNUSUAL",
    "by_chance",
    "compare",
    "holds",
    "standing",
    "standing_by_chance",
]

_GROUP = ["indicator", "sex", "period"]
# A label says nothing about these: there is no figure, or it is no measurement.
_NOT_COMPARED_BASES = ("illustrative",)
# Of fewer areas than this nobody can say how areas differ. With n areas no z can be above
# sqrt(n - 1) or so, which is 2.2 for six.
FEWEST_STANDING: Final = 10
# Two-sided levels of what is unusual, and of what may be.
UNUSUAL: Final = 0.002
_POSSIBLY: Final = 0.05


def compare(
    rates: pd.DataFrame,
    comparator: str | Mapping[str, str],
    *,
    rule: str = "intervals-apart",
    confidence: float = 0.95,
    overdispersion: bool = False,
    correction: str = "none",
    leave_out: bool = False,
    parents: Mapping[str, str] | None = None,
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
        Of the funnel's control limits, and of all that is corrected or left out; otherwise the
        other rules use the limits of `rates`.
    overdispersion : bool
        Widen the funnel by an additive between-area variance.
    correction : {"none", "bonferroni", "bh"}
        Over the areas of a level, for each indicator, sex and period.
    leave_out : bool
        Compare an area with the rest of its comparator, where it is a part of it.
    parents : mapping of str to str, optional
        Code of the area that holds an area; without it every area is a part of its comparator.

    Returns
    -------
    pandas.DataFrame
        `rates` with `comparator`, `significance` (`higher`, `lower`, `similar`,
        `not_compared`) and `significance_rule` filled. The comparator itself, rows without a
        rate, rows whose comparator has none, and illustrative rows are `not_compared`; so is an
        area that has all of its comparator's residents, or more of its events, left out of it.

    Raises
    ------
    InputError
        Unknown rule or correction, or a comparator that is in no row.

    Notes
    -----
    The funnel's limits are exact Poisson tails of the count at the comparator's rate; with
    overdispersion see `overdispersed_z`. A correction works on the level at which a rule just
    calls an area (`levels_of_call`).

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
    codes = _codes(rates, comparator)
    table, against = rates.reset_index(drop=True), _comparator_rows(rates, codes)
    silent = _silent(table, codes, against)
    if rule == "funnel" or leave_out or correction != "none":
        given = _counted(table, against)
        if leave_out:
            given = _without_parts(given, _parts(table, codes, parents))
            silent = silent | ~(given.whole_people > 0) | ~(given.whole_events >= 0)
        signs = _called(
            table,
            given,
            silent,
            rule=f"{rule}, overdispersed" if overdispersion and rule == "funnel" else rule,
            confidence=confidence,
            correction=correction,
        )
    else:
        signs = _by_limits(rule, table, against)
    words = np.where(signs > 0, "higher", np.where(signs < 0, "lower", "similar"))
    return rates.assign(
        comparator=codes.fillna("").to_numpy(),
        significance=np.where(silent, "not_compared", words),
        significance_rule=rule,
    )


def standing(
    rates: pd.DataFrame, comparator: str | Mapping[str, str], *, correction: str = "none"
) -> pd.Series:
    """Say of each area whether its rate is unusual among the areas of its level.

    Parameters
    ----------
    rates : pandas.DataFrame
        As `crude_rate` returns; the comparators are rows of it.
    comparator : str or mapping of str to str
        Whose rate is the centre of the funnel.
    correction : {"none", "bonferroni", "bh"}
        Over the areas of a level, for each indicator, sex and period.

    Returns
    -------
    pandas.Series of str
        `unusually_high`, `unusually_low` (outside 99.8 % limits), `possibly_high`,
        `possibly_low` (outside 95 % limits), `as_expected`, `not_compared`: what `compare` leaves
        out, and all of a level with fewer than ten areas that have a figure.

    Raises
    ------
    InputError
        Unknown correction, or a comparator that is in no row.

    Notes
    -----
    z of `overdispersed_z` for the areas of one level, indicator, sex and period, at normal limits;
    with a correction the levels of `overdispersed_levels`, which keep what a correction claims.

    Examples
    --------
    >>> counts = [30, 31, 28, 33, 27, 30, 29, 32, 31, 90, 361]
    >>> rates = pd.DataFrame({
    ...     "area_code": [*"ABCDEFGHIJ", "ALL"], "level": ["ward"] * 10 + ["county"],
    ...     "indicator": "i", "sex": "persons", "period": "p", "rate_method": "exact",
    ...     "count": counts, "population": [1000.0] * 10 + [10_000.0]})
    >>> rates["rate"] = rates["count"] / rates["population"]
    >>> standing(rates, "ALL").value_counts(sort=False).to_dict()
    {'as_expected': 9, 'unusually_high': 1, 'not_compared': 1}
    """
    codes = _codes(rates, comparator)
    table, against = rates.reset_index(drop=True), _comparator_rows(rates, codes)
    silent = _silent(table, codes, against)
    given = _counted(table, against)
    level = _among(table, given, silent, correction=correction)
    side = np.where(given.events > given.expected, "high", "low")
    words = np.where(
        level <= UNUSUAL,
        np.char.add("unusually_", side),
        np.where(level <= _POSSIBLY, np.char.add("possibly_", side), "as_expected"),
    )
    return pd.Series(
        np.where(np.isfinite(level), words, "not_compared"), index=rates.index, name="standing"
    )


def standing_by_chance(
    rates: pd.DataFrame,
    comparator: str | Mapping[str, str],
    *,
    level: float = _POSSIBLY,
    fewest: int = FEWEST_STANDING,
) -> NDArray[np.float64]:
    """Chance that `standing` without correction calls each area although none is unusual.

    Parameters
    ----------
    rates, comparator
        As of `standing`.
    level : float
        `UNUSUAL`, or 0.05 for those that are possibly so and more.
    fewest : int
        Areas of a level of which anything is said.

    Returns
    -------
    ndarray of float, shape (n,)
        NaN where nothing is said.
    """
    codes = _codes(rates, comparator)
    table, against = rates.reset_index(drop=True), _comparator_rows(rates, codes)
    given, silent = _counted(table, against), _silent(table, codes, against)
    chance = np.full(len(table), np.nan)
    for rows, part in _funnels(table, given, silent, fewest=fewest):
        chance[rows] = overdispersed_chance(*part[:2], trials=part[2], level=level)
    return chance


def by_chance(
    rates: pd.DataFrame,
    comparator: str | Mapping[str, str],
    *,
    rule: str = "intervals-apart",
    confidence: float = 0.95,
    leave_out: bool = False,
    parents: Mapping[str, str] | None = None,
) -> NDArray[np.float64]:
    """Chance that a rule without correction calls each area that differs from nothing.

    Parameters
    ----------
    rates, comparator, rule, confidence, leave_out, parents
        As of `compare`; the plain funnel.

    Returns
    -------
    ndarray of float, shape (n,)
        NaN where nothing is compared. Summed over a map: how many areas are called although
        all have their comparator's rate.
    """
    codes = _codes(rates, comparator)
    table, against = rates.reset_index(drop=True), _comparator_rows(rates, codes)
    chance = calls_by_chance(
        rule,
        _counted(table, against),
        is_part=_parts(table, codes, parents),
        leave_out=leave_out,
        confidence=confidence,
    )
    return np.where(_silent(table, codes, against), np.nan, chance)


def _codes(rates: pd.DataFrame, comparator: str | Mapping[str, str]) -> pd.Series[str]:
    """Code of each row's comparator, every one of which is in a row."""
    codes = (
        pd.Series(comparator, index=rates.index)
        if isinstance(comparator, str)
        else rates["indicator"].map(dict(comparator))
    )
    known = set(rates["area_code"])
    absent = [code for code in dict.fromkeys(codes.dropna()) if code not in known]
    if absent:
        msg = (
            f"the comparator {absent[0]!r} is in no row of the rates. Add its counts and "
            "population, or name another comparator."
        )
        raise InputError(msg)
    return codes


def _comparator_rows(rates: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    """For each row of the rates, the figures of its comparator (missing where it has none)."""
    names = ("rate", "rate_lower", "rate_upper", "count", "population")
    named = [name for name in names if name in rates]
    figures = rates[["area_code", *_GROUP, *named]].drop_duplicates(["area_code", *_GROUP])
    wanted = rates[_GROUP].assign(area_code=codes.to_numpy())
    return wanted.merge(figures, how="left", on=["area_code", *_GROUP], validate="m:1")


def _silent(table: pd.DataFrame, codes: pd.Series, against: pd.DataFrame) -> NDArray[np.bool_]:
    """Rows of which nothing is said: without a figure on either side, or no measurement."""
    silent: NDArray[np.bool_] = (
        table["rate"].isna()
        | against["rate"].isna()
        | (table["area_code"] == codes.reset_index(drop=True))
        | (table["basis"].isin(_NOT_COMPARED_BASES) if "basis" in table else False)
    ).to_numpy(dtype=bool)
    return silent


def _counted(table: pd.DataFrame, against: pd.DataFrame) -> Counted:
    require_columns(table, ("count", "population", "rate_method"), "rates")
    return Counted(
        events=as_floats(table["count"]),
        people=as_floats(table["population"]),
        whole_events=as_floats(against["count"]),
        whole_people=as_floats(against["population"]),
        method=table["rate_method"].to_numpy(dtype=str),
    )


def _parts(
    table: pd.DataFrame, codes: pd.Series, parents: Mapping[str, str] | None
) -> NDArray[np.bool_]:
    """Whether each area lies within its comparator."""
    if parents is None:
        return np.ones(len(table), dtype=bool)
    pairs = zip(table["area_code"], codes, strict=True)
    return np.array([holds(parents, area, whole) for area, whole in pairs])


def holds(parents: Mapping[str, str], area: str, whole: str) -> bool:
    """Whether an area lies within another, by the code of what holds each."""
    seen = {area}
    while (area := parents.get(area, "")) and area not in seen:
        if area == whole:
            return True
        seen.add(area)
    return False


def _without_parts(given: Counted, is_part: NDArray[np.bool_]) -> Counted:
    return Counted(
        events=given.events,
        people=given.people,
        whole_events=given.whole_events - np.where(is_part, given.events, 0),
        whole_people=given.whole_people - np.where(is_part, given.people, 0),
        method=given.method,
    )


def _by_limits(rule: str, table: pd.DataFrame, against: pd.DataFrame) -> NDArray[np.int64]:
    """1 for higher, -1 for lower, by the limits that stand in the table."""
    apart = rule == "intervals-apart"
    low, high = ("rate_lower", "rate_upper") if apart else ("rate", "rate")
    higher, lower = table["rate_lower"] > against[high], table["rate_upper"] < against[low]
    signs: NDArray[np.int64] = higher.to_numpy(dtype=int) - lower.to_numpy(dtype=int)
    return signs


def _called(
    table: pd.DataFrame,
    given: Counted,
    silent: NDArray[np.bool_],
    *,
    rule: str,
    confidence: float,
    correction: str,
) -> NDArray[np.int64]:
    """1 for higher, -1 for lower, by the counts."""
    if rule.endswith("overdispersed"):
        level = _among(table, given, silent, correction=correction, fewest=0)
    elif correction == "none":
        return called(rule, given, confidence=confidence)
    else:
        level = np.where(silent, np.nan, levels_of_call(rule, given, below=1 - confidence))
        level = _corrected(table, level, correction)
    side = np.nan_to_num(np.sign(given.events - given.expected))
    signs: NDArray[np.int64] = np.where(level <= 1 - confidence, side, 0).astype(np.int64)
    return signs


def _among(
    table: pd.DataFrame,
    given: Counted,
    silent: NDArray[np.bool_],
    *,
    correction: str,
    fewest: int = FEWEST_STANDING,
) -> Column:
    """Level of each area in the funnel that knows how areas differ, corrected."""
    level = np.full(len(table), np.nan)
    for rows, (observed, expected, trials) in _funnels(table, given, silent, fewest=fewest):
        level[rows] = (
            levels_of_z(overdispersed_z(observed, expected, trials=trials))
            if correction == "none"
            else overdispersed_levels(observed, expected, trials=trials)
        )
    return _corrected(table, level, correction)


def _funnels(
    table: pd.DataFrame,
    given: Counted,
    silent: NDArray[np.bool_],
    *,
    fewest: int = FEWEST_STANDING,
) -> Iterator[tuple[NDArray[np.int64], tuple[Column, Column, Column | None]]]:
    """Rows of one level, indicator, sex and period: observed, expected, and trials of shares."""
    # The comparator is the sum of the others: it says nothing of the variance between them.
    expected = np.where(silent, np.nan, given.expected)
    for rows in _levels(table):
        share = (given.method[rows] == "wilson").all()
        if (expected[rows] > 0).sum() >= fewest:
            trials = given.people[rows] if share else None
            yield rows, (given.events[rows], expected[rows], trials)


def _levels(table: pd.DataFrame) -> Iterator[NDArray[np.int64]]:
    """Places of the rows of one level, indicator, sex and period."""
    names = [*_GROUP, *(["level"] if "level" in table else [])]
    for rows in table.groupby(names, sort=False, dropna=False).indices.values():
        yield np.asarray(rows)


def _corrected(table: pd.DataFrame, level: Column, correction: str) -> Column:
    corrected = level.copy()
    for rows in _levels(table):
        corrected[rows] = adjust_p_values(level[rows], method=correction)
    return corrected
