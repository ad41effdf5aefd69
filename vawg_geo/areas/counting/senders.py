"""Months that a force sent nothing for: what its areas had then is not known, and not zero."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

__all__ = ["Lacking", "find_lacking", "months_between"]

# An area is missing in a month if forces that sent nothing then report more than this part of its
# rows. Less is a stray row of a neighbour, or a few of the railways' police.
_PART: Final = 0.1
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """A month that is not whole.

    Attributes
    ----------
    month : str
    forces : tuple of str
        That sent nothing; empty where no file has a row of the month.
    areas : ndarray of bool
        Which are missing.
    partly : int
        Areas that count all the same: less than a tenth of their rows are of these forces.
    """

    month: str
    forces: tuple[str, ...]
    areas: NDArray[np.bool_]
    partly: int = 0


def months_between(months: Iterable[str]) -> list[str]:
    """Every month from the first to the last; as given where they are no months.

    Examples
    --------
    >>> months_between(["2019-11", "2020-02"])
    ['2019-11', '2019-12', '2020-01', '2020-02']
    >>> months_between(["all of it"])
    ['all of it']
    """
    given = sorted(set(months))
    if not given or not all(_MONTH.fullmatch(month) for month in given):
        return given
    first, last = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (given[0], given[-1]))
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(first, last + 1)]


def find_lacking(
    rows: Mapping[str, NDArray[np.int64]],
    sent: Iterable[tuple[str, str]],
    months: Iterable[str],
    *,
    areas: int,
) -> list[Lacking]:
    """Months that lack, as a whole or for the areas of some forces.

    Parameters
    ----------
    rows : mapping of str to ndarray
        By force: how many rows of whatever category it has in each area, in all months.
    sent : iterable of (str, str)
        Force and month, wherever there is a row.
    months : iterable of str
        That there are rows of.
    areas : int
        How many.

    Returns
    -------
    list of Lacking
        By month.

    Examples
    --------
    >>> rows = {"North": np.array([5, 0, 1]), "South": np.array([0, 9, 30])}
    >>> sent = [("North", "2019-06"), ("South", "2019-06"), ("South", "2019-07")]
    >>> (july,) = find_lacking(rows, sent, ["2019-06", "2019-07"], areas=3)
    >>> july.month, july.forces, july.areas.tolist(), july.partly
    ('2019-07', ('North',), [True, False, False], 1)
    """
    have, known = set(sent), set(months)
    total = sum(rows.values(), np.zeros(areas, np.int64))
    found = []
    for month in months_between(known):
        if month not in known:
            found.append(Lacking(month=month, forces=(), areas=np.ones(areas, bool)))
            continue
        absent = tuple(sorted(force for force in rows if (force, month) not in have))
        if not absent:
            continue
        theirs = sum((rows[force] for force in absent), np.zeros(areas, np.int64))
        missing = theirs > _PART * total
        partly = int(((theirs > 0) & ~missing).sum())
        found.append(Lacking(month=month, forces=absent, areas=missing, partly=partly))
    return found
