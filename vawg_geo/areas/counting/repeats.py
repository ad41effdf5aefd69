"""Rows that are another row again: told by what identifies a crime.

An identifier alone does not tell. Of the months of the City of London 636 rows repeat the
identifier of another, and 522 of them lie at another place: several offences of one case. A row
that agrees with another in identifier, month, place and category is that row again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]

__all__ = ["MOST_IDENTIFIED", "Identified", "Repeats", "find_repeats", "mixed"]

# More than England and Wales record in three years: past this, memory is not spent on it.
MOST_IDENTIFIED: Final = 20_000_000
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Identified:
    """Counted rows of one piece that have an identifier.

    Attributes
    ----------
    identifier : ndarray of uint64
    row : ndarray of uint64
        The same number for rows that agree in identifier, month, place and category.
    month : ndarray of int
        Place in `months`.
    rank : ndarray of int
        Of the area; -1 outside.
    months : tuple of str
    """

    identifier: Keys
    row: Keys
    month: NDArray[np.int16]
    rank: NDArray[np.int32]
    months: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """Rows that repeat an identifier.

    Attributes
    ----------
    identified : int
        Counted rows that have an identifier.
    same_identifier : int
        Rows beyond the first of each identifier.
    same_row : int
        Those of them that agree in month, place and category too: each is the same row again, and
        is not counted.
    too_many : bool
        There were too many rows to look.
    """

    identified: int = 0
    same_identifier: int = 0
    same_row: int = 0
    too_many: bool = False
    less: dict[str, NDArray[np.int64]] = field(default_factory=dict, repr=False, compare=False)


def mixed(*parts: NDArray[np.uint64]) -> Keys:
    """One number for several, another one wherever any of them differs.

    Examples
    --------
    >>> one, two = np.array([1, 1], np.uint64), np.array([2, 3], np.uint64)
    >>> len(np.unique(mixed(one, two))), len(np.unique(mixed(two, one)))
    (2, 2)
    """
    key = np.zeros(len(parts[0]), np.uint64)
    for part in parts:
        key = (key ^ (key >> np.uint64(29)) ^ part) * _ODD
    return key ^ (key >> np.uint64(32))


def find_repeats(parts: Sequence[Identified], *, areas: int) -> Repeats:
    """Which rows are another row again, and how many fewer each area has without them.

    Parameters
    ----------
    parts : sequence of Identified
        Of all pieces, in whatever order.
    areas : int
        How many there are.

    Returns
    -------
    Repeats
        `less` has, by month, what is to be taken from each area.

    Examples
    --------
    >>> one = np.ones(3, np.uint64)
    >>> same = Identified(one, one, np.zeros(3, np.int16), np.zeros(3, np.int32), ("2020-01",))
    >>> found = find_repeats([same], areas=2)
    >>> found.same_row, found.less["2020-01"].tolist()
    (2, [2, 0])
    """
    if not parts:
        return Repeats()
    months = sorted({month for part in parts for month in part.months})
    place = {month: number for number, month in enumerate(months)}
    month = np.concatenate(
        [np.array([place[m] for m in part.months], np.int64)[part.month] for part in parts]
    )
    rank = np.concatenate([part.rank for part in parts])
    again = _again(part.row for part in parts)
    inside = again[rank[again] >= 0]
    less = np.zeros((len(months), areas), np.int64)
    np.add.at(less, (month[inside], rank[inside]), 1)
    return Repeats(
        identified=len(rank),
        same_identifier=len(_again(part.identifier for part in parts)),
        same_row=len(again),
        less={name: less[number] for name, number in place.items() if less[number].any()},
    )


def _again(parts: Iterable[Keys]) -> NDArray[np.int64]:
    """Places of the rows whose number another has that stands before it."""
    keys = np.concatenate(list(parts))
    order = np.argsort(keys, kind="stable")
    again: NDArray[np.int64] = order[1:][keys[order][1:] == keys[order][:-1]]
    return again
