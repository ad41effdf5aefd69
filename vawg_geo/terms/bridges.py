"""A pair of areas that face each other across water, and that a person has looked at."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Bridge", "joined_pairs"]


class Bridge(NamedTuple):
    """Two areas, whether they count as neighbours, and why.

    Attributes
    ----------
    area_code, across_code : str
        The order says nothing.
    reason : str
        What the person who looked wrote down.
    joined : bool
        Whether they count as neighbours; where not, nobody is asked again.
    area_name, across_name : str
        For people who read the file; nothing goes by them.
    """

    area_code: str
    across_code: str
    reason: str = ""
    joined: bool = True
    area_name: str = ""
    across_name: str = ""


def joined_pairs(bridges: tuple[Bridge, ...]) -> tuple[tuple[str, str], ...]:
    """Codes of the pairs that count as neighbours, each once.

    Examples
    --------
    >>> joined_pairs((Bridge("a", "b"), Bridge("b", "a"), Bridge("a", "c", joined=False)))
    (('a', 'b'),)
    """
    pairs = ((min(one[:2]), max(one[:2])) for one in bridges if one.joined)
    return tuple(dict.fromkeys(pairs))
