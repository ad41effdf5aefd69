"""Limits of numbers of events where the same persons have several of them.

Limits of a Poisson count take events for independent. With n_f persons who have f events each, all
n_f independent Poisson counts, the events are a compound Poisson number: x = sum f n_f, with the
variance sum f^2 n_f.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from vawg_geo.errors import InputError, first_few
from vawg_geo.measures.rates.aligned import as_floats
from vawg_geo.measures.rates.intervals import event_interval
from vawg_geo.terms.columns import require_columns
from vawg_geo.terms.repeat_victims import (
    RepeatVictims,
    method_with_repeats,
    split_method,
    sums_of,
)
from vawg_geo.terms.shared import RATE_LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from numpy.typing import ArrayLike

    from vawg_geo.measures.rates.intervals import Limits

__all__ = [
    "limits_of_method",
    "repeat_events_interval",
    "repeat_interval",
    "with_repeat_limits",
]

_WIDE_CONFIDENCE = 0.998


def repeat_interval(
    events: ArrayLike,
    victims: RepeatVictims,
    *,
    method: str = "public-health",
    confidence: float = 0.95,
) -> Limits:
    """Limits for numbers of events, some of which are of the same persons.

    Parameters
    ----------
    events : array_like of float, shape (n,)
        Counts, 0 or more; NaN where missing.
    victims : RepeatVictims
        Variance factor v, and events of a person m where they are known.
    method : {"public-health", "exact", "byar"}
        Of the limits of independent counts.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    lower, upper : ndarray of float, shape (n,)
        In events, the lower 0 or more; NaN where the count is NaN.

    Raises
    ------
    InputError
        A negative count, an unknown method, or a confidence outside (0, 1).

    Notes
    -----
    Dobson's form: with N = x / m persons and their limits L and U as of an independent count,
    lower = x - sqrt(v x / N) (N - L) and upper = x + sqrt(v x / N) (U - N); where m is not known,
    N is the number of events. The two are up to 7 % apart with few persons, and alike with many.
    Dobson, Kuulasmaa, Eberle and Scherer (1991), Statistics in Medicine 10, 457-462.

    Examples
    --------
    >>> victims = RepeatVictims(variance_factor=2.0, events_per_person=1.5)
    >>> lower, upper = repeat_interval([150], victims)
    >>> lower.round(1).tolist(), upper.round(1).tolist()
    ([117.7], [187.5])
    """
    x = np.asarray(events, dtype=float)
    each = victims.events_per_person or 1.0
    scale = np.sqrt(victims.variance_factor * each)
    persons = x / each
    lower, upper = event_interval(method)(persons, confidence=confidence)
    # Byar's limits of a part of one person come out on the wrong side of it by a hair.
    below, above = np.maximum(persons - lower, 0.0), np.maximum(upper - persons, 0.0)
    return np.maximum(x - scale * below, 0.0), x + scale * above


def repeat_events_interval(
    persons_by_events: Mapping[int, int],
    *,
    scale: str = "persons",
    method: str = "public-health",
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Limits for a number of events when the same persons have several.

    Parameters
    ----------
    persons_by_events : mapping of int to int
        How many persons had 1, 2, 3, ... events.
    scale : {"persons", "events"}
        Whose limits are widened: of the number of persons, as Dobson and others have it, or of
        the number of events.
    method, confidence
        As in `repeat_interval`.

    Returns
    -------
    lower, upper : float
        In events.

    Raises
    ------
    InputError
        No events, a negative number, or an unknown scale.

    Examples
    --------
    >>> [round(limit, 1) for limit in repeat_events_interval({1: 60, 2: 20})]
    [78.1, 125.9]
    >>> [round(limit, 1) for limit in repeat_events_interval({1: 60, 2: 20}, scale="events")]
    [77.9, 125.6]
    """
    if scale not in ("persons", "events"):
        msg = f"{scale!r} is no scale of limits. Choose persons or events."
        raise InputError(msg)
    events, persons, squares = sums_of(persons_by_events)
    victims = RepeatVictims(
        variance_factor=squares / events,
        events_per_person=events / persons if scale == "persons" else None,
    )
    lower, upper = repeat_interval([events], victims, method=method, confidence=confidence)
    return lower.item(), upper.item()


def limits_of_method(told: str) -> Callable[..., Limits]:
    """Interval function of what the column `rate_method` says.

    Parameters
    ----------
    told : str
        `exact`, `byar` or `public-health`, with or without a factor of repeat victims.

    Returns
    -------
    callable
        Takes events and `confidence`.

    Examples
    --------
    >>> wide = limits_of_method("exact, variance 4.0 times")([25], confidence=0.95)
    >>> plain = limits_of_method("exact")([25], confidence=0.95)
    >>> [round(float(one[0] - 25), 3) for one in (plain[1], wide[1])]
    [11.905, 23.81]
    """
    method, victims = split_method(told)
    if victims is None:
        return event_interval(method)

    def limits(events: ArrayLike, *, confidence: float = 0.95) -> Limits:
        return repeat_interval(events, victims, method=method, confidence=confidence)

    return limits


def with_repeat_limits(
    rates: pd.DataFrame,
    victims: Mapping[tuple[str, str], RepeatVictims],
    *,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Widen the limits of rates of indicators whose victims come again.

    Parameters
    ----------
    rates : pandas.DataFrame
        As `crude_rate` returns, before anything was compared.
    victims : mapping of (indicator, sex) to RepeatVictims
        The sex is empty where the factor is of all sexes that have none of their own.
    confidence : float
        Of `rate_lower` and `rate_upper`.

    Returns
    -------
    pandas.DataFrame
        With new limits, and the factor in `rate_method`.

    Raises
    ------
    InputError
        An indicator that no row is of, or one whose limits are not of events.

    Examples
    --------
    >>> import pandas as pd
    >>> from vawg_geo.measures.rates.rates import crude_rate
    >>> counts = pd.DataFrame({"area_code": ["E07000008"], "sex": "persons", "period": "2015/16",
    ...     "indicator": "incidents", "count": [1725]})
    >>> people = pd.DataFrame({"area_code": ["E07000008"], "sex": "persons", "population": 110607})
    >>> twice = RepeatVictims(variance_factor=2.8, events_per_person=1.6)
    >>> wide = with_repeat_limits(crude_rate(counts, people), {("incidents", ""): twice})
    >>> wide[["rate_lower", "rate_upper"]].round(1).values.tolist(), wide["rate_method"].item()
    ([[14.4, 16.9]], 'public-health, variance 2.8 times, 1.6 events a person')
    """
    require_columns(rates, ("indicator", "sex", "count", "population", "rate_method"), "rates")
    _require_indicators(rates, victims)
    columns = {
        name: rates[name].to_numpy(float).copy() for pair in RATE_LIMITS.values() for name in pair
    }
    method = rates["rate_method"].astype(object).copy()
    events, people = as_floats(rates["count"]), as_floats(rates["population"])
    per = rates["rate_per"].to_numpy(float)
    groups = rates.groupby(["indicator", "sex", "rate_method"], sort=False).indices
    for key, rows in groups.items():
        indicator, sex, plain = cast("tuple[str, str, str]", key)
        found = victims.get((indicator, sex)) or victims.get((indicator, ""))
        if found is None:
            continue
        if plain == "wilson":
            msg = (
                f"the limits of {indicator!r} are of persons among residents (wilson), who do not "
                "come twice. Take another method for its rates, or its repeat victims out."
            )
            raise InputError(msg)
        method.iloc[rows] = method_with_repeats(plain, found)
        for ends, level in zip(RATE_LIMITS.values(), (confidence, _WIDE_CONFIDENCE), strict=True):
            limits = repeat_interval(events[rows], found, method=plain, confidence=level)
            for name, values in zip(ends, limits, strict=True):
                columns[name][rows] = values * per[rows] / people[rows]
    return rates.assign(**columns, rate_method=method)


def _require_indicators(
    rates: pd.DataFrame, victims: Mapping[tuple[str, str], RepeatVictims]
) -> None:
    known = dict.fromkeys(rates["indicator"])
    strange = [name for name, _ in victims if name not in known]
    if strange:
        msg = (
            f"{strange[0]!r}, of whose victims some come again, is no indicator of the rates; they "
            f"are of {first_few(known)}. Correct the name."
        )
        raise InputError(msg)
