"""Choose sites exactly: integer programmes through scipy's HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["Choice", "next_best", "solve"]

_KM = 1000.0
# Solvers stop at fixed small differences of what they minimise: shares times this are so large
# that such a difference is less than a person.
_SCALE = 1e6


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice:
    """What is to be chosen from.

    Attributes
    ----------
    near : ndarray of bool, shape (n, m)
        Whether a candidate serves a place of need.
    metres : ndarray of float, shape (n, m)
        Distance between them.
    weights : ndarray of float, shape (n,)
        Need, summing to 1.
    served : ndarray of bool, shape (n,)
        Whether an existing site serves the place.
    there : ndarray of float, shape (n,)
        Distance to the nearest existing site; infinite without one.
    sites : int
        How many to choose.
    method : str
        `coverage` or `p-median`.
    """

    near: Flags
    metres: Numbers
    weights: Numbers
    served: Flags
    there: Numbers
    sites: int
    method: str

    def loss(self, chosen: list[int]) -> float:
        """What is to be least: the share not served, or the mean distance in km."""
        if self.method == "coverage":
            served = self.served | self.near[:, chosen].any(axis=1)
            return float(self.weights[~served].sum())
        nearest = np.minimum(self.there, self.metres[:, chosen].min(axis=1, initial=np.inf))
        some = self.weights > 0
        return float(self.weights[some] @ nearest[some]) / _KM


def solve(choice: Choice) -> list[int]:
    """Candidates of an optimal set, in order.

    Parameters
    ----------
    choice : Choice

    Returns
    -------
    list of int

    Raises
    ------
    InputError
        Some need has no way to some candidate where distances are to be shortest.
    """
    some = choice.weights > 0
    if choice.method == "p-median":
        lost = some & ~np.isfinite(choice.metres).all(axis=1)
        if lost.any():
            msg = (
                f"{int(lost.sum()):,} of {len(lost):,} LSOAs have no way to some candidate, so "
                "that there is no mean distance. Leave them out, or choose by coverage."
            )
            raise InputError(msg)
    found = _through_highs(choice, [])
    if found is None:  # pragma: no cover - there is always a set
        msg = "the solver found no set of sites. Give fewer candidates."
        raise InputError(msg)
    return found


def next_best(choice: Choice, chosen: list[int]) -> list[int] | None:
    """Find the best set other than the chosen one, or None where there is no other.

    Parameters
    ----------
    choice : Choice
    chosen : list of int

    Returns
    -------
    list of int or None
    """
    return _through_highs(choice, [chosen])


def _through_highs(choice: Choice, barred: list[list[int]]) -> list[int] | None:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array, hstack

    towns = choice.metres.shape[1]
    costs, rows, columns, values, low = (
        _coverage(choice) if choice.method == "coverage" else _median(choice)
    )
    width = towns + len(costs)
    limits = [LinearConstraint(coo_array((values, (rows, columns)), (len(low), width)), lb=low)]
    pick = np.zeros((1 + len(barred), towns))
    pick[0] = 1
    for row, names in enumerate(barred, start=1):
        pick[row, names] = 1
    most = np.full(len(pick), choice.sites - 1.0)
    least = np.full(len(pick), -np.inf)
    most[0] = least[0] = choice.sites
    spare = coo_array((len(pick), len(costs)))
    limits.append(LinearConstraint(hstack([coo_array(pick), spare]), least, most))
    result = milp(
        np.r_[np.zeros(towns), _SCALE * costs],
        constraints=limits,
        integrality=np.r_[np.ones(towns), np.zeros(len(costs))],
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    if result.x is None:
        return None
    return [int(town) for town in np.flatnonzero(np.asarray(result.x)[:towns] > 0.5)]


def _coverage(choice: Choice) -> tuple[Any, ...]:
    """Each place of need is served no more than the chosen sites near it allow."""
    # What is served, or cannot be, changes nothing; places near the same candidates are one.
    open_ = ~choice.served & choice.near.any(axis=1) & (choice.weights > 0)
    patterns, which = np.unique(choice.near[open_], axis=0, return_inverse=True)
    weights = np.bincount(which.ravel(), choice.weights[open_], len(patterns))
    near_row, near_town = np.nonzero(patterns)
    towns, count = choice.near.shape[1], len(patterns)
    rows = np.r_[near_row, np.arange(count)]
    columns = np.r_[near_town, towns + np.arange(count)]
    values = np.r_[np.ones(len(near_row)), -np.ones(count)]
    return -weights, rows, columns, values, np.zeros(count)


def _median(choice: Choice) -> tuple[Any, ...]:
    """Each place of need goes to one site, an existing one (no cost beyond it) or a chosen one.

    What counts is by how much a candidate is nearer than what is there. Without existing sites it
    is nearer than the farthest candidate, which every place has.
    """
    some = np.flatnonzero(choice.weights > 0)
    now = np.minimum(choice.there, choice.metres.max(axis=1))[some]
    gains = choice.weights[some, None] * (now[:, None] - choice.metres[some]) / _KM
    place, town = np.nonzero(gains > 0)
    towns, pairs = choice.metres.shape[1], len(place)
    pair = np.arange(pairs)
    # A place is assigned once at most; and to a candidate only if that is chosen.
    rows = np.r_[place, len(some) + pair, len(some) + pair]
    columns = np.r_[towns + pair, town, towns + pair]
    values = np.r_[-np.ones(pairs), np.ones(pairs), -np.ones(pairs)]
    low = np.r_[-np.ones(len(some)), np.zeros(pairs)]
    return -gains[place, town], rows, columns, values, low
