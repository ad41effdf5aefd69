"""What an attacker can work out: the range of each hidden cell, and why it is no wider.

The cells of a linked table satisfy equations. An attacker knows every shown cell, or the interval
that rounding leaves, and the least that a hidden one can be; the range of a hidden cell goes from
its minimum to its maximum over all solutions. Where a range is too narrow, the multipliers of the
equations say which shown cells make it so: a cut for the choice of cells to hide (M. Fischetti
and J. J. Salazar, Solving the cell suppression problem on tabular data with linear constraints,
Management Science 47, 2001).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vawg_geo.disclosure.programmes import Programme, gather, minimise, together

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from vawg_geo.disclosure.programmes import Answer, Asking

    Numbers = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Columns = NDArray[np.int_]

__all__ = ["CEILING", "TINY", "Attack", "Problem", "connected", "floors", "near_ends", "reachable"]

# Less than this is nothing: the solver's own tolerance is 1e-7.
TINY: Final = 1e-6
# No count is larger; a bound keeps every linear programme bounded.
CEILING: Final = 1e7
# Levels of areas, sexes, indicators and periods that a sum may pass on its way up.
_DEEPEST: Final = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """Cells of a linked table, by column, and what each of them may be.

    Attributes
    ----------
    equations : scipy.sparse.csr_array, shape (equations, columns)
    totals : ndarray, shape (equations,)
        ``equations @ counts`` is this.
    shown_low, shown_high : ndarray, shape (columns,)
        What a shown column says: its count twice, or the ends of its rounding interval. NaN where
        a column is always hidden.
    least, most : ndarray, shape (columns,)
        What a hidden column lies between for all that an attacker knows from elsewhere.
    hidden : ndarray of bool, shape (columns,)
        Hidden from the start: small counts, missing ones, and columns that nobody publishes.
    candidates : ndarray of bool, shape (columns,)
        Shown, and may be hidden.
    marked : ndarray of bool, shape (columns,)
        Hidden or hideable, and seen to be: a reader expects a small count there.
    low, high : ndarray, shape (columns,)
        The range that a hidden column must be able to have; NaN where nothing is asked of it.
    strict : ndarray of bool, shape (columns,)
        Small counts: their range must go down to `low`. Others may instead be plainly large.
    cost : ndarray, shape (columns,)
        Information lost when a candidate is hidden; positive.
    """

    equations: csr_array
    totals: Numbers
    shown_low: Numbers
    shown_high: Numbers
    least: Numbers
    most: Numbers
    hidden: Flags
    candidates: Flags
    marked: Flags
    low: Numbers
    high: Numbers
    strict: Flags
    cost: Numbers

    def part(self, columns: Columns) -> Problem:
        """Only some columns; all others are shown as they are and go into the totals."""
        rows = np.unique(self.equations[:, columns].nonzero()[0])
        fixed = np.where(np.isnan(self.shown_low), 0.0, self.shown_low)
        fixed[columns] = 0.0
        inside = self.equations[rows]
        by_column: dict[str, Any] = {
            f.name: getattr(self, f.name)[columns]
            for f in fields(self)
            if f.name not in {"equations", "totals"}
        }
        return replace(
            self,
            equations=inside[:, columns],
            totals=self.totals[rows] - inside @ fixed,
            **by_column,
        )


def connected(equations: csr_array, columns: Columns) -> list[Columns]:
    """Groups of columns that hang together by equations."""
    from scipy.sparse.csgraph import connected_components

    if not len(columns):
        return []
    links = abs(equations[:, columns])
    count, labels = connected_components(links.T @ links, directed=False)
    order = np.argsort(labels, kind="stable")
    return np.split(columns[order], np.cumsum(np.bincount(labels, minlength=count))[:-1])


class Attack:
    """Ranges under one pattern of hidden columns.

    Parameters
    ----------
    problem : Problem
    pattern : ndarray of bool, shape (columns,)
        What is hidden.

    Attributes
    ----------
    parts : list of ndarray of int
        Columns that are not fixed, in groups that do not touch one another.
    consistent : bool
        Whether no sum had to be dropped so far.
    """

    def __init__(self, problem: Problem, pattern: Flags) -> None:
        self.problem = problem
        self.lower = np.where(pattern, problem.least, problem.shown_low)
        self.upper = np.where(pattern, problem.most, problem.shown_high)
        self._fixed = np.where(self.upper > self.lower, 0.0, self.lower)
        self.parts = connected(problem.equations, np.flatnonzero(self.upper > self.lower))
        self.consistent = True
        # By the first column of a part: no two parts share one.
        self._systems: dict[int, tuple[csr_array, Numbers, Columns]] = {}

    def solve(
        self, part: Columns, objective: Numbers, *, caps: Numbers | None = None
    ) -> Asking[Answer | None]:
        """Maximise an objective over one part.

        Parameters
        ----------
        part : ndarray of int
            One of `parts`.
        objective : ndarray, shape (columns,)
        caps : ndarray, shape (columns,), optional
            Further upper bounds.

        Yields
        ------
        list of Programme

        Returns
        -------
        point, prices : ndarray or None
            The part's values at the maximum (NaN elsewhere) and the multiplier of each equation;
            None where the caps cannot be met, or what is shown contradicts itself so that nothing
            follows from it.
        """
        equations, totals, rows = self._system(part)
        upper = self.upper if caps is None else np.minimum(self.upper, caps)
        asked = Programme(
            objective=objective[part],
            equations=equations,
            totals=totals,
            bounds=np.column_stack([self.lower[part], upper[part]]),
        )
        (solved,) = yield [asked]
        if solved is None and caps is not None:
            whole = np.column_stack([self.lower[part], self.upper[part]])
            if (yield [replace(asked, bounds=whole)])[0] is not None:
                return None
        if solved is None:
            # Figures that do not add up: an attacker drops the fewest sums that make sense of
            # the rest.
            sound = _sound(asked)
            if sound.all():
                return None
            self.consistent = False
            rows = rows[sound]
            (solved,) = yield [replace(asked, equations=equations[sound], totals=totals[sound])]
        if solved is None:
            return None
        point = np.full(len(self.lower), np.nan)
        prices = np.zeros(len(self.problem.totals))
        point[part], prices[rows] = solved
        return point, prices

    def floors(self) -> Numbers:
        """What each column is at the least, by `floors`."""
        return floors(self.problem.equations, self.problem.totals, self.lower, self.upper)

    def short_of(
        self, part: Columns, columns: Columns, sign: int, wanted: Numbers
    ) -> Asking[tuple[Columns, list[Numbers]]]:
        """Columns that are not seen to reach a value, asking for many at a time.

        Parameters
        ----------
        part : ndarray of int
            One of `parts`.
        columns : ndarray of int
            Those in question, all of the part.
        sign : {1, -1}
            Upwards or downwards.
        wanted : ndarray, shape (columns,)
            By column.

        Yields
        ------
        list of Programme

        Returns
        -------
        left : ndarray of int
            Each of these has to be asked for alone.
        points : list of ndarray
            The solutions met on the way.
        """
        left = columns
        points: list[Numbers] = []
        while len(left):
            objective, caps = np.zeros(len(wanted)), np.full(len(wanted), np.inf)
            objective[left] = sign
            if sign == 1:
                # One that runs away leaves the others nothing; but only small ones fit a cap.
                small = left[self.problem.strict[left]]
                caps[small] = np.maximum(wanted, self.lower)[small]
            solved = yield from self.solve(part, objective, caps=caps)
            if solved is None:
                break
            points.append(solved[0])
            rest = left[sign * solved[0][left] < sign * wanted[left] - TINY]
            if len(rest) == len(left):
                break
            left = rest
        return left, points

    def cut(self, objective: Numbers, prices: Numbers) -> tuple[Numbers, float]:
        """Bound an objective by what is hidden.

        For any multipliers m and solution x, objective @ x = (objective + A'm) @ x - m @ totals:
        whatever is hidden, the objective is at most ``base + gains @ pattern``.

        Parameters
        ----------
        objective : ndarray, shape (columns,)
        prices : ndarray, shape (equations,)
            As `solve` returns them, or any others.

        Returns
        -------
        gains : ndarray, shape (columns,)
            For candidates; 0 for all others.
        base : float
        """
        problem = self.problem
        reduced = objective + problem.equations.T @ prices
        reduced[np.abs(reduced) < TINY] = 0
        shown = _most(reduced, problem.shown_low, problem.shown_high)
        unseen = _most(reduced, problem.least, problem.most)
        base = np.where(problem.hidden, unseen, shown).sum() - prices @ problem.totals
        gains = np.where(problem.candidates, unseen - shown, 0.0)
        return np.maximum(gains, 0.0), float(base)

    def _system(self, part: Columns) -> tuple[csr_array, Numbers, Columns]:
        """Equations that touch a part, what they add up to, and their numbers."""
        if (first := int(part[0])) not in self._systems:
            rows = np.unique(self.problem.equations[:, part].nonzero()[0]).astype(np.int_)
            inside = self.problem.equations[rows]
            totals = self.problem.totals[rows] - inside @ self._fixed
            self._systems[first] = inside[:, part], totals, rows
        return self._systems[first]


def floors(equations: csr_array, totals: Numbers, lower: Numbers, upper: Numbers) -> Numbers:
    """What each column is at the least, one equation at a time: quick, and never too much.

    Parameters
    ----------
    equations : scipy.sparse.csr_array, shape (equations, columns)
    totals : ndarray, shape (equations,)
    lower, upper : ndarray, shape (columns,)
        Ends of what each column is known to be.

    Returns
    -------
    ndarray, shape (columns,)

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> sums = csr_array([[1.0, 1.0, -1.0]])
    >>> floors(sums, np.zeros(1), np.array([1.0, 4.0, 0.0]), np.array([9.0, 9.0, 99.0])).tolist()
    [1.0, 4.0, 5.0]
    """
    return near_ends(equations, totals, lower, upper)[0]


def near_ends(
    equations: csr_array, totals: Numbers, lower: Numbers, upper: Numbers
) -> tuple[Numbers, Numbers]:
    """What each column is at the least and the most, one equation at a time.

    Parameters
    ----------
    equations, totals, lower, upper
        As for `floors`.

    Returns
    -------
    low, high : ndarray, shape (columns,)
        No range is wider than this; some may be narrower.
    """
    entries = equations.tocoo()
    rows, columns, signs = entries.row, entries.col, entries.data
    low, high = lower.copy(), upper.copy()
    given = totals[rows]
    for _ in range(_DEEPEST):
        before = low.sum() - high.sum()
        ends = np.sort(np.vstack([signs * low[columns], signs * high[columns]]), axis=0)
        least, most = (np.bincount(rows, end, len(totals)) for end in ends)
        # A column is what the total leaves when all others are at their most, or least.
        rest = np.vstack([given - (most[rows] - ends[1]), given - (least[rows] - ends[0])])
        rest = np.sort(signs * rest, axis=0)
        np.maximum.at(low, columns, rest[0])
        np.minimum.at(high, columns, rest[1])
        if low.sum() - high.sum() <= before + TINY:
            break
    return low, high


def reachable(problem: Problem, wanted: Numbers, sign: int) -> Numbers:
    """How far each hidden column can go towards a value that is wanted of it.

    Parameters
    ----------
    problem : Problem
    wanted : ndarray, shape (columns,)
        NaN for columns that are not asked for.
    sign : {1, -1}
        Upwards or downwards.

    Returns
    -------
    ndarray, shape (columns,)
        `wanted`, or the end of the range where no solution reaches that.
    """
    attack = Attack(problem, problem.hidden)
    nearest = wanted.copy()
    for columns, ends in together([_ends(attack, part, wanted, sign) for part in attack.parts]):
        nearest[columns] = ends
    return nearest


def _ends(
    attack: Attack, part: Columns, wanted: Numbers, sign: int
) -> Asking[tuple[Columns, Numbers]]:
    """How far the columns of one part go towards what is wanted of them."""
    columns = part[~np.isnan(wanted[part])]
    nearest = wanted.copy()
    left, _ = yield from attack.short_of(part, columns, sign, wanted)
    askers = [_end(attack, part, int(column), sign) for column in left]
    for column, end in zip(left, (yield from gather(askers, columns=len(wanted))), strict=True):
        nearest[column] = sign * min(sign * wanted[column], end)
    return columns, nearest[columns]


def _end(attack: Attack, part: Columns, column: int, sign: int) -> Asking[float]:
    """The most of one column, with a sign; infinite where nothing follows."""
    objective = np.zeros(len(attack.lower))
    objective[column] = sign
    solved = yield from attack.solve(part, objective)
    return float(sign * solved[0][column]) if solved else np.inf


def _sound(asked: Programme) -> Flags:
    """Equations that need not give way for the others to hold, by the least total change."""
    from scipy.sparse import eye_array, hstack

    count, columns = asked.equations.shape
    slack = eye_array(count, format="csr")
    result = minimise(
        np.concatenate([np.zeros(columns), np.ones(2 * count)]),
        A_eq=hstack([asked.equations, slack, -slack], format="csr"),
        b_eq=asked.totals,
        bounds=np.vstack([asked.bounds, np.tile([0.0, np.inf], (2 * count, 1))]),
    )
    given = result.x[columns:].reshape(2, count).sum(axis=0)
    return np.asarray(given < TINY)


def _most(weights: Numbers, low: Numbers, high: Numbers) -> Numbers:
    """The most that each weight times a number between its bounds can be."""
    most = np.where(weights > 0, weights * high, weights * low)
    return np.where(weights == 0, 0.0, most)
