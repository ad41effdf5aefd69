"""Which sums a reader can rely on: those that the figures she sees do not contradict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from vawg_geo.audit.attack.bounds import TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vawg_geo.audit.attack.blocks import Equations, Kind

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["RELIABLE", "trusted_limits"]

# Where fewer of the sums that can be checked hold, a reader cannot go by the others of that kind.
RELIABLE: Final = 0.9


def trusted_limits(
    equations: Equations, low: Floats, high: Floats, *, protected: Flags, unnamed: Flags
) -> tuple[Floats, Floats, list[str]]:
    """Limits of wholes less their parts: 0 to 0 where a reader can rely on the sum.

    Parameters
    ----------
    equations : Equations
    low, high : array
        Limits of the cells.
    protected : array of bool
        Cells with a basis other than `published`: sums of published figures alone say nothing of
        whether sums with them hold.
    unnamed : array of bool
        Cells of which nobody says anything: a sum of such cells is as good as those with
        protected ones.

    Returns
    -------
    sum_low, sum_high : array
        Infinite where a sum is not to be relied on.
    notes : list of str
    """
    m = len(equations.kind)
    if not m:
        return np.zeros(0), np.zeros(0), []
    row, column, sign = equations.row, equations.column, equations.sign
    least = np.bincount(row, np.where(sign > 0, low[column], -_finite(high[column])), m)
    most = np.bincount(row, np.where(sign > 0, _finite(high[column]), -low[column]), m)
    unbounded = ~np.isfinite(high[column])
    least[np.bincount(row, unbounded & (sign < 0), m) > 0] = -np.inf
    most[np.bincount(row, unbounded & (sign > 0), m) > 0] = np.inf
    sum_high = np.where(equations.open_end, np.inf, 0.0)
    sum_low = np.zeros(m)
    # Wholes that are more than all their parts, and parts that are more than their whole.
    short, over = least > sum_high + TOLERANCE, most < sum_low - TOLERANCE
    seen = np.isfinite(least) & np.isfinite(most)
    own = np.bincount(row, protected[column], m) > 0
    group = 2 * equations.kind + own
    groups = 2 * len(equations.kinds)
    checked = np.bincount(group, seen | short | over, groups)
    wrong = np.bincount(group, short | over, groups)
    loose = wrong > (1 - RELIABLE) * checked
    too_little, too_much = np.zeros(m, bool), np.zeros(m, bool)
    vague = np.bincount(row, unnamed[column], m) > 0
    for wrongly, rows in ((short, too_little), (over, too_much)):
        kinds = loose & (np.bincount(group, wrongly, groups) > 0)
        rows[:] |= kinds[group] | (vague & kinds[2 * equations.kind + 1])
        # A sum that crosses several kinds of sums needs all of them.
        rows[equations.over_row[kinds[2 * equations.over_kind + 1]]] = True
    # Parts that are too few are still no more than the whole. Parts that are too many are of
    # something else: nothing follows.
    sum_high[too_little | too_much | short | over] = np.inf
    sum_low[too_much | over] = -np.inf
    sum_high[equations.broken], sum_low[equations.broken] = np.inf, -np.inf
    notes = [
        _note(equations.kinds[g // 2], int(wrong[g]), int(checked[g]), every=bool(loose[g]))
        for g in np.flatnonzero(wrong)
        if g % 2
    ]
    return sum_low, sum_high, notes


def _finite(values: Floats) -> Floats:
    finite: Floats = np.where(np.isfinite(values), values, 0)
    return finite


def _note(kind: Kind, wrong: int, checked: int, *, every: bool) -> str:
    what = {
        "areas": "sums of areas to the {1} for {2}",
        "sexes": "sums of female and male for {1}",
        "parts": "sums of the parts of {1}",
        "part": "parts of {1}",
        "period": "sums over time of {1}",
        "crossed": "sums over several of areas, sexes, parts and time of {1}",
    }[kind[0]].format(*kind)
    rest = "none of its kind is relied on" if every else "the others are relied on"
    return f"{wrong:,} of {checked:,} {what} that can be checked do not hold; {rest}."
