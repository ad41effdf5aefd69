"""How much wider limits are where the same persons come again, and how a table says so.

The column `rate_method` names the method of the limits, and behind it the factor where there is
one: `public-health, variance 1.9 times, 1.4 events a person`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "FEWEST_PERSONS",
    "RepeatVictims",
    "method_with_repeats",
    "repeat_victims",
    "split_method",
    "sums_of",
]

# From so many persons the limits were tried to hold: docs/repeat_victims.csv.
FEWEST_PERSONS: Final = 50
# Decimals of a factor that is used and said: what is said can be computed with, and says no more.
_DECIMALS: Final = 1

_TOLD: Final = re.compile(
    r"(?P<method>[a-z-]+), variance (?P<factor>\d+(?:\.\d+)?) times"
    r"(?:, (?P<each>\d+(?:\.\d+)?) events a person)?"
)


class RepeatVictims(msgspec.Struct, frozen=True, kw_only=True):
    """Repeat victims of one indicator.

    Attributes
    ----------
    variance_factor : float
        Variance of the number of events over that number: 1 where nobody comes twice.
    events_per_person : float, optional
        Mean number of events of a person; None where it is not known.

    Raises
    ------
    InputError
        No numbers of persons and events have such a factor and mean.
    """

    variance_factor: float
    events_per_person: float | None = None

    def __post_init__(self) -> None:
        factor, each = self.variance_factor, self.events_per_person
        if not 1 <= factor < float("inf"):
            msg = f"a variance factor is a number of 1 or more, not {factor:g}: 1 is no repeats."
            raise InputError(msg)
        # By Cauchy and Schwarz: (sum f n)^2 <= sum n sum f^2 n.
        if each is not None and not 1 <= each <= factor:
            msg = (
                f"events_per_person is from 1 to the variance factor, {factor:g}, and not "
                f"{each:g}: no persons have such numbers. Correct one of them."
            )
            raise InputError(msg)


def method_with_repeats(method: str, victims: RepeatVictims) -> str:
    """Name a method of limits with the factor that they are widened by.

    Examples
    --------
    >>> method_with_repeats("exact", RepeatVictims(variance_factor=1.9, events_per_person=1.4))
    'exact, variance 1.9 times, 1.4 events a person'
    """
    each = victims.events_per_person
    told = "" if each is None else f", {each!r} events a person"
    return f"{method}, variance {victims.variance_factor!r} times{told}"


def split_method(told: str) -> tuple[str, RepeatVictims | None]:
    """Take a method of limits and its factor apart; None without one.

    Examples
    --------
    >>> split_method("exact"), split_method("byar, variance 2.0 times")[1].variance_factor
    (('exact', None), 2.0)
    """
    found = _TOLD.fullmatch(told)
    if found is None:
        return told, None
    each = found["each"]
    return found["method"], RepeatVictims(
        variance_factor=float(found["factor"]),
        events_per_person=None if each is None else float(each),
    )


def repeat_victims(persons_by_events: Mapping[int, int]) -> RepeatVictims:
    """Variance factor and events of a person, to the decimal that outputs say.

    Parameters
    ----------
    persons_by_events : mapping of int to int
        How many persons had 1, 2, 3, ... events.

    Returns
    -------
    RepeatVictims
        With one decimal each, rounded half up: what is said is what was computed with.

    Raises
    ------
    InputError
        No events, or a negative number.

    Examples
    --------
    >>> found = repeat_victims({1: 200, 2: 50, 4: 20, 10: 5})
    >>> found.variance_factor, found.events_per_person
    (2.8, 1.6)
    """
    # What reads a configuration imports this file, and starts without numpy.
    from vawg_geo.terms.rounding import round_half_up

    events, persons, squares = sums_of(persons_by_events)
    return RepeatVictims(
        variance_factor=round_half_up(squares / events, _DECIMALS),
        events_per_person=round_half_up(events / persons, _DECIMALS),
    )


def sums_of(persons_by_events: Mapping[int, int]) -> tuple[int, int, int]:
    """Events, persons, and the sum of squares of the persons' events.

    Raises
    ------
    InputError
        No events, or a negative number.

    Examples
    --------
    >>> sums_of({1: 60, 2: 20})
    (100, 80, 140)
    """
    if any(f < 1 or n < 0 for f, n in persons_by_events.items()):
        msg = (
            "the table of persons by number of events has a row below 1 event or a negative "
            "number of persons. Give {1: persons with one event, 2: persons with two, ...}."
        )
        raise InputError(msg)
    events = sum(f * n for f, n in persons_by_events.items())
    if not events:
        msg = "the table of persons by number of events has no events. Use the plain interval."
        raise InputError(msg)
    squares = sum(f * f * n for f, n in persons_by_events.items())
    return events, sum(persons_by_events.values()), squares
