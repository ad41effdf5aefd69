"""Which further cells to hide, so that no hidden one can be worked out from those shown.

Cell suppression as a mixed-integer programme: of all patterns under which every hidden cell keeps
its range (`attack`), the one of the least cost. Found by cuts: take the cheapest pattern that the
cuts so far allow, look for ranges that are too narrow, turn each into a cut, and go on until there
is none; that pattern is the cheapest of all. Where many patterns cost about the same, the last one
is grown until it is safe, and shrunk as far as it stays so; it then costs at most a little more.

The choice never sees a small count: tables that differ in those alone, with the same figures
shown, get the same pattern.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from vawg_geo.disclosure.attack import TINY, Attack, connected
from vawg_geo.disclosure.programmes import gather, together

if TYPE_CHECKING:
    from vawg_geo.disclosure.attack import Columns, Flags, Numbers, Problem
    from vawg_geo.disclosure.programmes import Asking

__all__ = ["Choice", "choose_hidden"]

_MOST_ROUNDS: Final = 300
# The cheapest pattern is sought for so many rounds, or programmes that had to be branched; then
# one that costs a little more than any must cost is good enough.
_EXACT_ROUNDS: Final = 60
_ROUNDS_OF_MANY: Final = 15
_MOST_BRANCHED: Final = 3
# Among more candidates, a pattern within this share of the cheapest is as good.
_MANY: Final = 120
_GAP: Final = 0.01
# Longer sums start without bridges: their number grows with the square of the length.
_LONG: Final = 120
_MOST_SOLUTIONS: Final = 400


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice:
    """What to hide, and what no hiding protects.

    Attributes
    ----------
    hidden : ndarray of bool, shape (columns,)
    unprotected : ndarray of int
        Columns whose range stays too narrow whatever is hidden.
    """

    hidden: Flags
    unprotected: Columns


def choose_hidden(problem: Problem, *, width: float) -> Choice:
    """Choose the cheapest pattern that protects every hidden cell.

    Parameters
    ----------
    problem : Problem
    width : float
        The least width of the range of a cell that is plainly hidden for the sake of others.

    Returns
    -------
    Choice

    Notes
    -----
    A strict column must be able to be as small as `low` and as large as `high`. Any other that is
    marked as hidden must do the same, so that it looks like a small one, or be larger than `high`
    in every solution, plainly no small count, with a range that is `width` wide. One that nobody
    marked must be able to be as large as `high`, and as small as `low` unless it is `width` wide.

    Examples
    --------
    Two parts of a shown total of 20, one of them small: its partner is hidden too.

    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from vawg_geo.disclosure.attack import CEILING, Problem
    >>> nan = float("nan")
    >>> problem = Problem(
    ...     equations=csr_array([[1.0, 1.0, 1.0]]), totals=np.array([29.0]),
    ...     shown_low=np.array([nan, 10, 15]), shown_high=np.array([nan, 10, 15]),
    ...     least=np.ones(3), most=np.full(3, CEILING),
    ...     hidden=np.array([True, False, False]), candidates=np.array([False, True, True]),
    ...     marked=np.ones(3, dtype=bool),
    ...     low=np.ones(3), high=np.full(3, 7.0),
    ...     strict=np.array([True, False, False]), cost=np.array([1.0, 1.1, 1.2]))
    >>> choose_hidden(problem, width=6).hidden
    array([ True,  True, False])
    """
    hidden = problem.hidden.copy()
    unprotected: list[int] = []
    loose = problem.hidden | problem.candidates | (problem.shown_high > problem.shown_low)
    asked = _asked(problem)
    parts = connected(problem.equations, np.flatnonzero(loose))
    parts = [columns for columns in parts if asked[columns].any()]
    searches = [_Search(problem.part(columns), width) for columns in parts]
    together([search.run() for search in searches])
    for columns, search in zip(parts, searches, strict=True):
        hidden[columns] |= search.pattern
        unprotected += columns[sorted(search.hopeless)].tolist()
    return Choice(hidden=hidden, unprotected=np.array(unprotected, dtype=int))


def _asked(problem: Problem) -> Flags:
    """Columns hidden from the start that must keep a range."""
    return np.asarray(problem.hidden & ~np.isnan(problem.high))


class _Search:
    """The choice within one connected part of a table.

    Its steps are generators: they yield what has to be solved (`programmes`).
    `solutions` holds every solution met on the way: while the cells in which it differs from the
    shown figures are hidden, it shows what their ranges reach, and nothing need be solved again.
    """

    def __init__(self, problem: Problem, width: float) -> None:
        self.problem = problem
        self.width = width
        self.choices = np.flatnonzero(problem.candidates)
        self.place = np.full(len(problem.cost), -1)
        self.place[self.choices] = np.arange(len(self.choices))
        self.pattern = problem.hidden.copy()
        self.hopeless: set[int] = set()
        self.gains: list[Numbers] = []
        self.needs: list[float] = []
        self.solutions = np.empty((0, len(problem.cost)))
        # How many programmes had to be branched: they take long.
        self.branched = 0
        self.rounds = _ROUNDS_OF_MANY if len(self.choices) > _MANY else _EXACT_ROUNDS

    def run(self) -> Asking[None]:
        """Go on until no range is too narrow."""
        self._add_bridges()
        seen = np.zeros(len(self.pattern), bool)
        for _ in range(self.rounds):
            if (yield from self._is_safe(self._cheapest())):
                return
            if self.hopeless:
                # The table will be asked for less, or show less: no need to find the cheapest now.
                yield from self._add_hopeless()
                return
            seen |= self.pattern
            if self.branched >= _MOST_BRANCHED:
                break
        # Many patterns cost about the same, and each of them fails in a way of its own.
        yield from self._grow()
        yield from self._settle(seen | self.pattern)

    def _is_safe(self, pattern: Flags | None) -> Asking[bool]:
        """Take a pattern, attack it, and say whether the search ends with it."""
        if pattern is None:
            # What is asked of the cells together is met by no pattern.
            self.hopeless |= set(np.flatnonzero(_asked(self.problem)).tolist())
            return True
        self.pattern = pattern
        before = len(self.needs)
        yield from self._attack()
        return len(self.needs) == before

    def _add_hopeless(self) -> Asking[None]:
        """Find all columns that are too near even where all is hidden that may be."""
        pattern = self.pattern
        yield from self._is_safe(self.problem.hidden | self.problem.candidates)
        self.pattern = pattern

    def _grow(self) -> Asking[None]:
        """Add cells to the last pattern until it is safe."""
        for _ in range(_MOST_ROUNDS):
            if (yield from self._is_safe(self._cheapest(at_least=self.pattern))):
                yield from self._shrink()
                return
        # Never seen; a table that is withheld is safe.
        self.hopeless |= set(np.flatnonzero(_asked(self.problem)).tolist())

    def _settle(self, seen: Flags) -> Asking[None]:
        """Find the cheapest safe pattern of cells that any pattern so far had."""
        best = self.pattern
        self.branched = 0
        for _ in range(self.rounds):
            if self.branched >= _MOST_BRANCHED:
                break
            pattern = self._cheapest(among=seen)
            if pattern is None or self._cost(pattern) >= self._cost(best) - TINY:
                break
            if (yield from self._is_safe(pattern)):
                return
        self.pattern = best

    def _shrink(self) -> Asking[None]:
        """Show again what need not be hidden, the dearest first."""
        hidden = self.choices[self.pattern[self.choices]]
        for cell in hidden[np.argsort(-self.problem.cost[hidden], kind="stable")]:
            former = self.pattern
            less = former.copy()
            less[cell] = False
            if self._fits(less) and (yield from self._is_safe(less)):
                continue
            self.pattern = former

    def _fits(self, pattern: Flags) -> bool:
        """Whether a pattern fulfils all cuts."""
        given = np.array(self.gains).reshape(len(self.needs), -1) @ pattern[self.choices]
        return bool((given >= np.array(self.needs) - TINY).all())

    def _cost(self, pattern: Flags) -> float:
        return float(self.problem.cost[self.choices[pattern[self.choices]]].sum())

    def _add_bridges(self) -> None:
        """A small cell, and one hidden for its sake, needs a partner in each of its sums."""
        problem = self.problem
        equations = problem.equations
        for start, end in zip(equations.indptr[:-1], equations.indptr[1:], strict=True):
            cells = equations.indices[start:end]
            if (problem.shown_high > problem.shown_low)[cells].any():
                continue
            always = cells[problem.hidden[cells]]
            free = self.place[cells[problem.candidates[cells]]]
            partners = np.zeros(len(self.choices))
            partners[free] = 1
            if len(always) == 1 and len(free) and problem.strict[always[0]]:
                self._add(partners, 1)
            elif len(always) == 0 and len(free) <= _LONG:
                for one in free:
                    self._add(partners - 2 * (np.arange(len(partners)) == one), 0)

    def _add(self, gains: Numbers, need: float) -> None:
        self.gains.append(gains)
        self.needs.append(need)

    def _cheapest(
        self, *, at_least: Flags | None = None, among: Flags | None = None
    ) -> Flags | None:
        """Cheapest pattern that all cuts allow: of all, or with, or within, some cells."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array

        pattern = self.problem.hidden.copy()
        if not self.needs or not len(self.choices):
            return pattern
        cost = self.problem.cost[self.choices]
        least = np.zeros(len(cost)) if at_least is None else at_least[self.choices].astype(float)
        most = np.ones(len(cost)) if among is None else among[self.choices].astype(float)
        result = milp(
            cost,
            constraints=LinearConstraint(
                csr_array(np.array(self.gains)), lb=np.array(self.needs) - TINY
            ),
            integrality=np.ones(len(cost), dtype=np.int_),
            bounds=Bounds(least, most),
            options={"mip_rel_gap": _GAP if len(cost) > _MANY else 0.0, "presolve": True},
        )
        if result.x is None:
            return None
        self.branched += result.mip_node_count > 1
        pattern[self.choices[result.x > 0.5]] = True
        return pattern

    def _attack(self) -> Asking[None]:
        """Add a cut for each range that is too narrow."""
        attack = Attack(self.problem, self.pattern)
        floor = attack.floors()
        solutions = self._still_valid()
        # What is plainly large needs no room upwards.
        plain = (floor > self.problem.high + TINY) & ~self.problem.strict
        asked = _asked(self.problem) & ~plain
        yield from gather(
            [
                self._attack_part(attack, part, asked=asked, solutions=solutions, floor=floor)
                for part in attack.parts
            ]
        )

    def _attack_part(
        self, attack: Attack, part: Columns, *, asked: Flags, solutions: Numbers, floor: Numbers
    ) -> Asking[None]:
        asked_here = part[asked[part]]
        small = part[self.problem.strict[part]]
        up, down = yield from gather(
            [
                self._unmet(attack, part, asked_here, sign=1, solutions=solutions),
                self._unmet(attack, part, small, sign=-1, solutions=solutions),
            ]
        )
        yield from gather(
            [
                self._require(attack, part, int(column), sign)
                for sign, columns in ((1, up), (-1, down))
                for column in columns
                if column not in self.hopeless
            ],
            columns=len(self.place),
        )
        unlike = yield from self._unlike(attack, part, solutions, floor)
        yield from gather(
            [self._require_likeness(attack, part, int(column)) for column in unlike],
            columns=len(self.place),
        )

    def _unlike(
        self, attack: Attack, part: Columns, solutions: Numbers, floor: Numbers
    ) -> Asking[Columns]:
        """Columns not seen to look like small ones, nor to be wide, and plainly large if marked."""
        problem = self.problem
        others = part[(self.pattern & ~problem.strict & ~np.isnan(problem.low))[part]]
        marked = problem.marked[others]
        large = floor[others] > problem.high[others] + TINY
        left = yield from self._unmet(
            attack, part, others[marked & ~large], sign=-1, solutions=solutions
        )
        # Of what nobody marked as hidden nothing says that it is small, if only it is wide.
        wide = self._narrow(solutions, others[marked == large])
        if len(wide):
            yield from self._swing(attack, part, wide, floor)
            wide = self._narrow(np.vstack([solutions, self._still_valid()]), wide)
        return np.concatenate([left, wide])

    def _narrow(self, solutions: Numbers, columns: Columns) -> Columns:
        """Columns that some solutions do not show to be wide."""
        reach = self._extreme(solutions, 1) + self._extreme(solutions, -1)
        return columns[~(reach[columns] >= self.width - TINY)]

    def _swing(
        self, attack: Attack, part: Columns, columns: Columns, floor: Numbers
    ) -> Asking[None]:
        """Show that columns are wide: one half up and the other down, and the other way round."""
        caps = np.full(len(floor), np.inf)
        caps[columns] = np.fmax(floor, attack.lower)[columns] + 2 * self.width
        swings = []
        for period in (1, 2, 4):
            for turn in (1.0, -1.0):
                objective = np.zeros(len(floor))
                objective[columns] = turn * np.where(np.arange(len(columns)) // period % 2, -1, 1)
                swings.append(attack.solve(part, objective, caps=caps))
        solved = yield from gather(swings)
        self._remember(attack, *(one[0] for one in solved if one))

    def _still_valid(self) -> Numbers:
        """Solutions met earlier that agree with all that is shown now."""
        shown = self.problem.candidates & ~self.pattern
        values = self.solutions[:, shown]
        low, high = self.problem.shown_low[shown], self.problem.shown_high[shown]
        fits = np.isnan(values) | ((values >= low - TINY) & (values <= high + TINY))
        return self.solutions[fits.all(axis=1)]

    @staticmethod
    def _extreme(solutions: Numbers, sign: int) -> Numbers:
        """The most of each column, with a sign, over some solutions."""
        most: Numbers = np.fmax.reduce(sign * solutions, axis=0, initial=-np.inf)
        return most

    def _unmet(
        self, attack: Attack, part: Columns, columns: Columns, *, sign: int, solutions: Numbers
    ) -> Asking[Columns]:
        """Columns whose range is not seen to reach its end, by solutions met or many at once."""
        wanted = self.problem.high if sign == 1 else self.problem.low
        reached = self._extreme(solutions, sign)[columns]
        left, points = yield from attack.short_of(
            part, columns[reached < sign * wanted[columns] - TINY], sign, wanted
        )
        self._remember(attack, *points)
        return left

    def _remember(self, attack: Attack, *points: Numbers) -> None:
        """Keep solutions of all sums; one that dropped a sum shows nothing of other patterns."""
        if not attack.consistent:
            return
        self.solutions = np.vstack([self.solutions, *points])[-_MOST_SOLUTIONS:]

    def _require(self, attack: Attack, part: Columns, column: int, sign: int) -> Asking[None]:
        """Look at one end of one range; a cut where it is too near."""
        solved = yield from self._reach(attack, part, column, sign)
        if solved is None:
            return
        end, gains, base = solved
        wanted = sign * float((self.problem.high if sign == 1 else self.problem.low)[column])
        if end >= wanted - TINY:
            return
        marked = self.problem.marked[column]
        if sign == 1 and not marked and end < self.problem.low[column] - TINY:
            # What nobody marked may be known to be nought: noughts are shown.
            return
        gains = np.minimum(gains[self.choices], wanted - base)
        if gains.max(initial=0.0) <= 0:
            self.hopeless.add(column)
        else:
            self._add(gains, wanted - base)

    def _require_likeness(self, attack: Attack, part: Columns, column: int) -> Asking[None]:
        """A cell hidden for others' sake looks like the others, or is large and wide."""
        downwards = yield from self._reach(attack, part, column, -1)
        if downwards is None:
            return
        least, gains, base = -downwards[0], downwards[1], downwards[2]
        low, high = self.problem.low[column], self.problem.high[column]
        if least <= low + TINY:
            return
        need = -low - base
        own = self.place[column]
        if np.ceil(least - TINY) > high:
            marked = self.problem.marked[column]
            upwards = (yield from self._reach(attack, part, column, 1)) if marked else None
            if upwards is None or upwards[0] - least >= self.width - TINY:
                return
            gains, need = gains + upwards[1], self.width - base - upwards[2]
        gains = np.minimum(gains[self.choices], need)
        if own >= 0:
            # Asked only while the cell itself is hidden.
            gains[own] -= need
            need = 0.0
        elif gains.max(initial=0.0) <= 0:
            self.hopeless.add(column)
            return
        self._add(gains, need)

    def _reach(
        self, attack: Attack, part: Columns, column: int, sign: int
    ) -> Asking[tuple[float, Numbers, float] | None]:
        """Signed end of a range, and the cut that explains it."""
        objective = np.zeros(len(self.place))
        objective[column] = sign
        solved = yield from attack.solve(part, objective)
        if solved is None:
            return None
        self._remember(attack, solved[0])
        return (float(sign * solved[0][column]), *attack.cut(objective, solved[1]))
