"""The rules of comparison as functions of counts: when is an area called, and how often by chance.

`significance` labels rates whose limits are there; what a correction over areas needs, and what
chance would call, is asked of the counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import bdtr, bdtrc

from vawg_geo.measures.rates.funnel import funnel_levels
from vawg_geo.measures.rates.intervals import wilson_interval
from vawg_geo.measures.rates.repeat_victims import limits_of_method
from vawg_geo.terms.repeat_victims import split_method

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Column = NDArray[np.float64]

__all__ = ["Counted", "called", "calls_by_chance", "levels_of_call", "rate_limits"]

# Below this level a call is not told apart from a surer one.
_SUREST: Final = 1e-12
# Halvings of a search among levels, which span 12 decades.
_HALVINGS: Final = 40


@dataclass(frozen=True, kw_only=True, eq=False)
class Counted:
    """Areas beside what each is compared with, as counts.

    Attributes
    ----------
    events, people : ndarray of float, shape (n,)
        Of the areas; NaN where there is no count.
    whole_events, whole_people : ndarray of float, shape (n,)
        Of each area's comparator.
    method : ndarray of str
        Of the limits.
    """

    events: Column
    people: Column
    whole_events: Column
    whole_people: Column
    method: NDArray[np.str_]

    @property
    def whole_rate(self) -> Column:
        """Events per person of each area's comparator; NaN where nobody is left of it."""
        people = np.where(self.whole_people > 0, self.whole_people, np.nan)
        rate: Column = self.whole_events / people
        return rate

    @property
    def expected(self) -> Column:
        """Events of the areas at their comparators' rates."""
        expected: Column = self.whole_rate * self.people
        return expected


def rate_limits(
    events: Column, people: Column, method: NDArray[np.str_], *, confidence: float | Column
) -> tuple[Column, Column]:
    """Limits of events per person, each by its own method; NaN where there is no count.

    Parameters
    ----------
    events, people : ndarray of float, shape (n,)
    method : ndarray of str, shape (n,)
        Of `columns.RATE_METHODS`.
    confidence : float or ndarray of float, shape (n,)

    Returns
    -------
    lower, upper : ndarray of float, shape (n,)

    Examples
    --------
    >>> lower, upper = rate_limits(
    ...     np.array([9.0, 10]), np.array([100.0, 100]), np.array(["exact", "wilson"]),
    ...     confidence=0.95)
    >>> lower.round(3).tolist(), upper.round(3).tolist()
    ([0.041, 0.055], [0.171, 0.174])
    """
    lower, upper = np.full(events.shape, np.nan), np.full(events.shape, np.nan)
    levels = np.broadcast_to(np.asarray(confidence, dtype=float), events.shape)
    known = (events >= 0) & (people > 0)
    for name in np.unique(method[known]):
        mine = known & (method == name)
        x, n = events[mine], people[mine]
        if name == "wilson":
            part = x <= n
            low, high = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
            low[part], high[part] = wilson_interval(x[part], n[part], confidence=levels[mine][part])
            lower[mine], upper[mine] = low, high
        else:
            low, high = limits_of_method(str(name))(x, confidence=levels[mine])
            lower[mine], upper[mine] = low / n, high / n
    return lower, upper


def called(rule: str, given: Counted, *, confidence: float | Column) -> NDArray[np.int64]:
    """Which areas a rule calls higher (1), lower (-1), or neither (0)."""
    if rule == "funnel":
        outside = _funnel_levels(given) < 1 - np.asarray(confidence)
        side = np.sign(given.events - given.expected)
        return np.where(outside, np.nan_to_num(side), 0).astype(np.int64)
    lower, upper = rate_limits(given.events, given.people, given.method, confidence=confidence)
    if rule == "intervals-apart":
        low, high = rate_limits(
            given.whole_events, given.whole_people, given.method, confidence=confidence
        )
    else:
        low = high = given.whole_rate
    return (lower > high).astype(np.int64) - (upper < low).astype(np.int64)


def levels_of_call(rule: str, given: Counted, *, below: float = 1.0) -> Column:
    """Two-sided level at which a rule just calls each area: what a correction corrects.

    Parameters
    ----------
    rule : str
        Of `columns.SIGNIFICANCE_RULES`; the plain funnel.
    given : Counted
    below : float
        Levels above this are not looked for, and given as 1: no correction makes them smaller.

    Returns
    -------
    ndarray of float, shape (n,)
        1 where no level calls it; NaN where a count is missing.

    Notes
    -----
    One minus the confidence at which the two intervals just touch, or the interval just reaches
    the comparator's rate. Under one true rate the chance of a level of at most alpha is alpha or
    less, which is all that Bonferroni and Benjamini-Hochberg ask; for `intervals-apart` it is
    much less, so that a correction of it is cautious.
    """
    if rule == "funnel":
        return _funnel_levels(given)
    missing = np.isnan(given.events) | np.isnan(given.expected)
    top = min(below, 1 - _SUREST)
    sought = called(rule, given, confidence=1 - top) != 0
    part = Counted(**{name: column[sought] for name, column in vars(given).items()})
    low, high = np.full(part.events.shape, np.log(_SUREST)), np.full(part.events.shape, np.log(top))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        calls = called(rule, part, confidence=-np.expm1(middle)) != 0
        low, high = np.where(calls, low, middle), np.where(calls, middle, high)
    levels = np.where(missing, np.nan, 1.0)
    levels[sought] = np.exp(high)
    return levels


def calls_by_chance(
    rule: str,
    given: Counted,
    *,
    is_part: NDArray[np.bool_],
    leave_out: bool = False,
    confidence: float = 0.95,
) -> Column:
    """Chance that a rule calls each area although its true rate is its comparator's.

    Parameters
    ----------
    rule : str
    given : Counted
        With the whole of each comparator, the area not left out.
    is_part : ndarray of bool, shape (n,)
        Whether the area is a part of its comparator.
    leave_out : bool
        Whether a part is left out of what it is compared with.
    confidence : float

    Returns
    -------
    ndarray of float, shape (n,)
        NaN where a count is missing.

    Notes
    -----
    Exact, given the number of events that area and comparator have together: the area's are then
    binomial with its share of the population. Both ends of what is called are found by halving.
    Where limits allow for repeat victims, counts are taken for so many fewer independent ones as
    their variance is larger.

    Examples
    --------
    >>> given = Counted(events=np.array([100.0]), people=np.array([1000.0]),
    ...     whole_events=np.array([100_000.0]), whole_people=np.array([1e6]),
    ...     method=np.array(["public-health"]))
    >>> calls_by_chance("intervals-apart", given, is_part=np.array([False])).round(3).tolist()
    [0.035]
    """
    given = _independent(given)
    total = np.floor(given.whole_events + np.where(is_part, 0, given.events))
    together = given.whole_people + np.where(is_part, 0, given.people)
    known = (total >= 0) & (together > given.people)
    total, share = np.where(known, total, 0), np.where(known, given.people / together, 0.5)
    stays = is_part & (not leave_out)
    people = np.where(stays, given.whole_people, together - given.people)

    def calls(events: Column) -> NDArray[np.int64]:
        rest = np.where(stays, total, total - events)
        return called(rule, _trial(given, events, rest, people), confidence=confidence)

    # Fewest events that are called higher, and most that are called lower.
    mean = np.floor(total * share)
    above = _first(lambda x: calls(x) > 0, mean, total + 1)
    below = mean - _first(lambda x: calls(mean - x) < 0, np.zeros_like(mean), mean + 1)
    draws = total.astype(np.int64)
    higher = np.where(above > 0, bdtrc(np.maximum(above - 1, 0), draws, share), 1.0)
    lower = bdtr(np.maximum(below, 0), draws, share)
    chance = np.where(above <= total, higher, 0.0) + np.where(below >= 0, lower, 0.0)
    return np.where(known & ~np.isnan(given.events), chance, np.nan)


def _independent(given: Counted) -> Counted:
    """Counts with repeat victims as fewer independent ones, of the same relative error."""
    told = [split_method(str(name)) for name in given.method]
    factor = np.array([1.0 if victims is None else victims.variance_factor for _, victims in told])
    return replace(
        given,
        events=given.events / factor,
        whole_events=given.whole_events / factor,
        method=np.array([method for method, _ in told], dtype=str),
    )


def _funnel_levels(given: Counted) -> Column:
    """Levels of the plain funnel, of as many independent events where some are of one person."""
    fewer = _independent(given)
    events = np.where(fewer.events == given.events, given.events, np.rint(fewer.events))
    return funnel_levels(events, fewer.expected)


def _trial(given: Counted, events: Column, rest: Column, people: Column) -> Counted:
    """The same areas with other counts; a share is at most the whole."""
    share = given.method == "wilson"
    return replace(
        given,
        events=np.where(share, np.minimum(events, given.people), events),
        whole_events=np.where(share, np.minimum(rest, people), rest),
        whole_people=people,
    )


def _first(test: Callable[[Column], NDArray[np.bool_]], low: Column, high: Column) -> Column:
    """Smallest whole number from `low` for which a test holds from there on; `high` for none."""
    low, high = low.copy(), high.copy()
    while (apart := low < high).any():
        middle = np.floor((low + high) / 2)
        holds = test(middle)
        high = np.where(apart & holds, middle, high)
        low = np.where(apart & ~holds, middle + 1, low)
    return low
