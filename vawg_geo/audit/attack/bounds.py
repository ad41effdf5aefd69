"""How far every unknown can go, given sums and what is known of the others.

Nothing here knows of areas or counts: unknowns with limits, and sums of them with limits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

__all__ = [
    "TOLERANCE",
    "Reached",
    "Sums",
    "cell_bounds",
    "make_consistent",
    "reach",
    "tighten",
    "without",
]

TOLERANCE: Final = 1e-6
# Passes of `tighten`: each carries a limit one sum further.
_PASSES: Final = 200
# Rounds of `reach`, after which what is left is solved one by one.
_ROUNDS: Final = 6
# Coefficients of one linear programme; several small ones cost more than one of this size.
_COEFFICIENTS: Final = 6_000
_UNSOLVED: Final = (
    "the sums of the figures could not be solved, so nothing is proved of the hidden counts. Audit "
    "fewer tables at a time."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sums:
    """Unknowns between limits, and sums of unknowns between limits.

    Attributes
    ----------
    low, high : array, shape (n,)
        Limits of the unknowns; `high` may be infinite, `low` may not.
    sum_low, sum_high : array, shape (m,)
        Limits of the sums; infinite where there is none.
    row, column, sign : array, shape (k,)
        Unknown `column` stands in sum `row` with `sign` 1 or -1.
    """

    low: Floats
    high: Floats
    sum_low: Floats
    sum_high: Floats
    row: Integers
    column: Integers
    sign: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Reached:
    """Limits of unknowns from within: values that some solution has. Shape (n,) each."""

    low: Floats
    high: Floats


def tighten(sums: Sums) -> Sums:
    """Carry limits through the sums until nothing changes.

    What results holds every solution. Where the unknowns and sums make no cycle it is exact.

    Examples
    --------
    >>> import numpy as np
    >>> sums = Sums(
    ...     low=np.array([9.0, 1, 1]), high=np.array([9.0, np.inf, 3]), sum_low=np.zeros(1),
    ...     sum_high=np.zeros(1), row=np.zeros(3, int), column=np.arange(3),
    ...     sign=np.array([1.0, -1, -1]))
    >>> tight = tighten(sums)
    >>> tight.low.tolist(), tight.high.tolist()
    ([9.0, 6.0, 1.0], [9.0, 8.0, 3.0])
    """
    low, high = sums.low.copy(), sums.high.copy()
    row, column, sign = sums.row, sums.column, sums.sign
    if not len(row):
        return sums
    plus = sign > 0
    for _ in range(_PASSES):
        at_low, at_high = low[column], high[column]
        rest_low = _of_the_others(np.where(plus, at_low, -at_high), row, len(sums.sum_low))
        rest_high = _of_the_others(np.where(plus, at_high, -at_low), row, len(sums.sum_low))
        most = sums.sum_high[row] - rest_low
        least = sums.sum_low[row] - rest_high
        new_low, new_high = low.copy(), high.copy()
        np.maximum.at(new_low, column, np.where(plus, least, -most))
        np.minimum.at(new_high, column, np.where(plus, most, -least))
        # Limits that cross by a rounding error are one value; by more, nothing solves the sums.
        if (new_low > new_high + TOLERANCE).any():
            return replace(sums, low=new_low, high=new_high)
        crossed = new_low > new_high
        new_low[crossed] = new_high[crossed]
        with np.errstate(invalid="ignore"):
            moved = (new_low - low > 1e-9).any() or (high - new_high > 1e-9).any()
        low, high = new_low, new_high
        if not moved:
            break
    return replace(sums, low=low, high=high)


def _of_the_others(part: Floats, row: Integers, rows: int) -> Floats:
    """Sum of the other parts in the row of each part; infinite where another part is."""
    infinite = ~np.isfinite(part)
    finite: Floats = np.where(infinite, 0.0, part)
    others = np.bincount(row, finite, rows)[row] - finite
    unbounded = np.bincount(row, infinite.astype(float), rows)[row] - infinite > 0
    if infinite.any():
        others[unbounded] = part[infinite][0]
    return others


def make_consistent(sums: Sums) -> tuple[Sums, Integers]:
    """Tighten, and free the sums that cannot hold together with the others.

    Parameters
    ----------
    sums : Sums

    Returns
    -------
    sums : Sums
        Tightened; it has a solution.
    freed : array of int
        Sums that no longer have limits.

    Raises
    ------
    InputError
        The solver gave up.
    """
    freed = np.zeros(0, np.int64)
    tight = tighten(sums)
    if (tight.low <= tight.high + TOLERANCE).all() and _solvable(tight):
        return tight, freed
    freed = _violated(sums)
    tight = tighten(without(sums, freed))
    if (tight.low > tight.high + TOLERANCE).any() or not _solvable(tight):
        raise InputError(_UNSOLVED)
    return tight, freed


def without(sums: Sums, freed: Integers) -> Sums:
    """Sums without the limits of some."""
    sum_low, sum_high = sums.sum_low.copy(), sums.sum_high.copy()
    sum_low[freed], sum_high[freed] = -np.inf, np.inf
    return replace(sums, sum_low=sum_low, sum_high=sum_high)


def _solvable(tight: Sums) -> bool:
    """Whether unknowns in cycles have a solution; others have one once limits do not cross."""
    parts = _cyclic_parts(tight, together=True)
    return all(_solve(part, np.zeros(len(part.low))) is not None for part in parts)


def _violated(sums: Sums) -> Integers:
    """Sums whose limits give way where all are held as well as can be."""
    n, m = len(sums.low), len(sums.sum_low)
    elastic = replace(
        sums,
        low=np.concatenate([sums.low, np.zeros(2 * m)]),
        high=np.concatenate([sums.high, np.full(2 * m, np.inf)]),
        row=np.concatenate([sums.row, np.arange(m), np.arange(m)]),
        column=np.concatenate([sums.column, n + np.arange(2 * m)]),
        sign=np.concatenate([sums.sign, np.ones(m), -np.ones(m)]),
    )
    solution = _solve(elastic, np.repeat([0.0, 1.0], [n, 2 * m]))
    if solution is None:
        raise InputError(_UNSOLVED)
    given: Integers = np.flatnonzero(solution[n : n + m] + solution[n + m :] > TOLERANCE)
    return given


@dataclass(frozen=True, kw_only=True, eq=False)
class _Part(Sums):
    """Some of the sums, numbered anew; `columns` are the unknowns' numbers in the whole."""

    columns: Integers


def _cyclic_parts(tight: Sums, *, together: bool = False) -> Iterator[_Part]:
    """Open unknowns that hang together by sums in a cycle: a part for each, or all as one.

    Where there is no cycle, the limits that `tighten` gives are exact and nothing is to solve.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n, m = len(tight.low), len(tight.sum_low)
    shut = (tight.high - tight.low <= TOLERANCE)[tight.column]
    fixed = tight.sign[shut] * tight.low[tight.column[shut]]
    rest = np.bincount(tight.row[shut], fixed, minlength=m)
    binds = np.isfinite(tight.sum_low) | np.isfinite(tight.sum_high)
    use = ~shut & binds[tight.row]
    row, column, sign = tight.row[use], tight.column[use], tight.sign[use]
    graph = coo_array((np.ones(len(row)), (column, n + row)), shape=(n + m, n + m))
    number, of = connected_components(graph, directed=False)
    edges = np.bincount(of[column], minlength=number)
    cyclic = np.flatnonzero(edges >= np.bincount(of, minlength=number))
    for labels in [cyclic] * bool(len(cyclic)) if together else cyclic[:, None]:
        chosen = np.zeros(number, bool)
        chosen[labels] = True
        columns, rows = np.flatnonzero(chosen[of[:n]]), np.flatnonzero(chosen[of[n:]])
        inside = chosen[of[column]]
        yield _Part(
            low=tight.low[columns],
            high=tight.high[columns],
            sum_low=tight.sum_low[rows] - rest[rows],
            sum_high=tight.sum_high[rows] - rest[rows],
            row=np.searchsorted(rows, row[inside]),
            column=np.searchsorted(columns, column[inside]),
            sign=sign[inside],
            columns=columns,
        )


def reach(tight: Sums, *, wanted: Integers, low: Floats, high: Floats, spread: float) -> Reached:
    """Find solutions that take many unknowns as far as is wanted, a few programmes for all.

    Parameters
    ----------
    tight : Sums
        As `tighten` returns, with a solution.
    wanted : array of int
        Unknowns to move.
    low, high : array, shape (len(wanted),)
        How far each is to go; further need not be tried.
    spread : float
        How far apart the least and the greatest value are to be where `high` is out of reach.

    Returns
    -------
    Reached
        Values that unknowns have in a solution; infinite where none was looked for. Unknowns
        outside cycles have their exact limits.
    """
    inner = Reached(low=tight.low.copy(), high=tight.high.copy())
    goal_low, goal_high = np.full(len(tight.low), np.nan), np.full(len(tight.low), np.nan)
    goal_low[wanted], goal_high[wanted] = low, high
    for part in _cyclic_parts(tight, together=True):
        inner.low[part.columns], inner.high[part.columns] = np.inf, -np.inf
        _go_down(part, inner, goal_low[part.columns])
        least, goal = inner.low[part.columns], goal_high[part.columns]
        # Where even the least value is beyond the goal, only the spread counts.
        far = np.where(np.isfinite(least), np.maximum(goal, least + spread), goal)
        _go_up(part, inner, np.where(part.low > goal, far, goal))
    return inner


def _go_down(part: _Part, inner: Reached, goal: Floats) -> None:
    goal = np.clip(goal, part.low, part.high)
    for _ in range(_ROUNDS):
        left = inner.low[part.columns] > goal + TOLERANCE
        if not left.any() or not _push(part, inner, left, goal, up=False):
            return
        if not (left & (inner.low[part.columns] <= goal + TOLERANCE)).any():
            return


def _go_up(part: _Part, inner: Reached, goal: Floats) -> None:
    goal = np.clip(goal, part.low, part.high)
    for _ in range(_ROUNDS):
        left = inner.high[part.columns] < goal - TOLERANCE
        if not left.any() or not _push(part, inner, left, goal, up=True):
            return
        if not (left & (inner.high[part.columns] >= goal - TOLERANCE)).any():
            return


def _push(part: _Part, inner: Reached, which: Flags, goal: Floats, *, up: bool) -> bool:
    """One solution that takes the unknowns `which` towards their goals, and no credit beyond.

    Each of them is split at its goal, and only what lies on the near side is paid for.
    """
    chosen = np.flatnonzero(which)
    n = len(part.low)
    entries = which[part.column]
    second = n + np.cumsum(which)[part.column[entries]] - 1
    low, high = part.low.copy(), part.high.copy()
    cost = np.zeros(n + len(chosen))
    at = goal[chosen]
    high[chosen] = at
    above = part.high[chosen] - at
    if up:
        cost[chosen] = -1
    else:
        cost[n:] = 1
    doubled = replace(
        part,
        low=np.concatenate([low, np.zeros(len(chosen))]),
        high=np.concatenate([high, above]),
        row=np.concatenate([part.row, part.row[entries]]),
        column=np.concatenate([part.column, second]),
        sign=np.concatenate([part.sign, part.sign[entries]]),
    )
    solution = _solve(doubled, cost)
    if solution is None:
        return False
    value = solution[:n].copy()
    value[chosen] += solution[n:]
    inner.low[part.columns] = np.minimum(inner.low[part.columns], value)
    inner.high[part.columns] = np.maximum(inner.high[part.columns], value)
    return True


def cell_bounds(tight: Sums, *, wanted: Integers) -> tuple[Floats, Floats]:
    """Least and greatest value of unknowns over all solutions, by linear programming.

    Parameters
    ----------
    tight : Sums
        As `tighten` returns, with a solution.
    wanted : array of int
        Unknowns, each once.

    Returns
    -------
    lower, upper : array, shape (len(wanted),)
        `upper` is infinite where nothing limits an unknown.
    """
    lower, upper = tight.low.copy(), tight.high.copy()
    asked = np.zeros(len(lower), bool)
    asked[wanted] = True
    for part in _cyclic_parts(tight):
        targets = np.flatnonzero(asked[part.columns])
        step = max(1, _COEFFICIENTS // (2 * max(1, len(part.row))))
        for start in range(0, len(targets), step):
            some = targets[start : start + step]
            least, most = _extremes(part, some)
            lower[part.columns[some]], upper[part.columns[some]] = least, most
    return lower[wanted], upper[wanted]


def _extremes(part: _Part, targets: Integers) -> tuple[Floats, Floats]:
    """Least and greatest values: as many copies of the sums as there are questions, in one."""
    n, m, copies = len(part.low), len(part.sum_low), 2 * len(targets)
    finite = np.isfinite(part.high)
    # Far beyond every corner of the solutions: what gets there is without a limit.
    ends = np.concatenate([part.low, part.high, part.sum_low, part.sum_high])
    beyond = 4 * (1_000 + float(np.abs(ends[np.isfinite(ends)]).sum()))
    shift_row = np.repeat(np.arange(copies) * m, len(part.row))
    shift_column = np.repeat(np.arange(copies) * n, len(part.row))
    many = Sums(
        low=np.tile(part.low, copies),
        high=np.tile(np.where(finite, part.high, beyond), copies),
        sum_low=np.tile(part.sum_low, copies),
        sum_high=np.tile(part.sum_high, copies),
        row=np.tile(part.row, copies) + shift_row,
        column=np.tile(part.column, copies) + shift_column,
        sign=np.tile(part.sign, copies),
    )
    cost = np.zeros(n * copies)
    place = np.arange(copies) * n + np.repeat(targets, 2)
    cost[place] = np.tile([1.0, -1.0], len(targets))
    solution = _solve(many, cost)
    if solution is None:
        raise InputError(_UNSOLVED)
    value = solution[place].reshape(-1, 2)
    most = np.where(value[:, 1] >= beyond / 2, np.inf, value[:, 1])
    return value[:, 0], most


def _solve(sums: Sums, cost: Floats) -> Floats | None:
    """Solution of least cost, or None where there is none."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    matrix = csr_array(
        (sums.sign, (sums.row, sums.column)), shape=(len(sums.sum_low), len(sums.low))
    )
    # Without unknowns that must be whole numbers it is a linear programme.
    result: Any = milp(
        cost,
        constraints=LinearConstraint(matrix, sums.sum_low, sums.sum_high),
        bounds=Bounds(sums.low, sums.high),
    )
    return result.x if result.status == 0 else None
