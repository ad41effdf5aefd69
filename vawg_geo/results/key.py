"""The key of a map of rates: its classes, their limits, colours and words, made once for all."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from vawg_geo.words import page as words
from vawg_geo.words.palette import PATTERNS, ZERO, sequential

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["KeyClass", "rate_classes", "state_classes"]


@dataclass(frozen=True, kw_only=True)
class KeyClass:
    """A line of the key: which areas, what it says of them, how they are painted.

    Attributes
    ----------
    key : str
        Number of a class of rates, from "0"; else the status that its areas have.
    label : str
    ground, ink, pattern : str
        Colour of the ground; colour and kind of the pattern upon it, `solid` for none.
    lower, upper : float
        A class of rates holds those from `lower` to under `upper`; 0 and infinity where open.
    """

    key: str
    label: str
    ground: str
    ink: str = ""
    pattern: str = "solid"
    lower: float = 0
    upper: float = inf


def rate_classes(
    breaks: Sequence[float], *, decimals: int, colours: Sequence[str] = ()
) -> tuple[KeyClass, ...]:
    """Classes of rates, from the lowest to the highest.

    Parameters
    ----------
    breaks : sequence of float
        Inner limits, ascending; a rate that equals one belongs to the class above.
    decimals : int
        With which they are printed.
    colours : sequence of str
        See `sequential`.

    Returns
    -------
    tuple of KeyClass

    Examples
    --------
    >>> [one.label for one in rate_classes((2.0, 5.5), decimals=1)]
    ['Under 2.0', '2.0 to under 5.5', '5.5 or more']
    >>> [one.label for one in rate_classes((), decimals=1)]
    ['All rates']
    """
    limits = (0, *breaks, inf)
    return tuple(
        KeyClass(
            key=str(number),
            label=_label(breaks, number, decimals),
            ground=ground,
            lower=limits[number],
            upper=limits[number + 1],
        )
        for number, ground in enumerate(sequential(len(breaks) + 1, colours))
    )


def _label(breaks: Sequence[float], number: int, decimals: int) -> str:
    page, printed = words.PAGE, [words.format_number(limit, decimals) for limit in breaks]
    if not breaks:
        return page["key_all"]
    if number == 0:
        return words.fill(page["key_below"], {"high": printed[0]})
    if number == len(breaks):
        return words.fill(page["key_above"], {"low": printed[-1]})
    return words.fill(page["key_between"], {"low": printed[number - 1], "high": printed[number]})


def state_classes() -> tuple[KeyClass, ...]:
    """What is no class of rates: none recorded, and each reason for which there is no rate.

    Examples
    --------
    >>> [one.key for one in state_classes()]
    ['zero', 'suppressed', 'missing', 'not_applicable']
    """
    return tuple(
        KeyClass(key=status, label=words.STATUS[status], ground=ground, ink=ink, pattern=pattern)
        for status, (ground, ink, pattern) in {"zero": ZERO, **PATTERNS}.items()
    )
