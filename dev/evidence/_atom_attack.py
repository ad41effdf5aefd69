"""What a reader of a table finds out of hidden counts, by linear programming over atoms.

Every figure is a sum of counts of the smallest area, sex, leaf indicator and piece of time. The
programme knows what is printed, what is published and that a hidden count is at least 1; it takes
nothing from the package's own sums, readers or words.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from _structures import Figure, Span, Structure
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from vawg_geo.disclosure.rules import Rules

__all__ = ["Attack", "Fact", "facts_of", "published_facts", "unnamed_figures"]

# Larger than any count; a programme that comes near is bounded by nothing.
_FAR: Final = 1e7
_NEAR: Final = 1e-5
_BOUNDED: Final = 1e6


class Fact(NamedTuple):
    """What is known of a figure by itself."""

    figure: Figure
    low: float
    high: float


def _rounded_interval(value: float, rules: Rules, *, whole: bool) -> tuple[float, float]:
    """Counts that are rounded to this one, and that are not small."""
    if value == 0:
        return 0.0, 0.0
    half = rules.base // 2 if whole and rules.base % 2 else rules.base / 2
    return max(value - half, rules.largest + (1 if whole else 0)), value + half


def facts_of(
    shown: pd.DataFrame, spans: Mapping[str, Span], rules: Rules
) -> dict[Figure, list[Fact]]:
    """What each row of a shown table says.

    Parameters
    ----------
    shown : pandas.DataFrame
        Counts as they were given out.
    spans : mapping of str to Span
        Months of each word for a period.
    rules : Rules
        What was hidden and rounded.

    Returns
    -------
    dict of Figure to list of Fact
        A hidden count is at least 1 where noughts are shown and it is no estimate.
    """
    facts: dict[Figure, list[Fact]] = {}
    columns = ["area_code", "indicator", "sex", "period", "count", "status", "basis"]
    for area, indicator, sex, period, count, status, basis in shown[columns].itertuples(
        index=False
    ):
        figure = Figure(area, indicator, sex, spans[period])
        if status in ("value", "zero") and not pd.isna(count):
            low = high = float(count)
            if rules.base and basis != "published":
                low, high = _rounded_interval(low, rules, whole=basis != "estimated")
        elif status == "not_applicable":
            low = high = 0.0
        elif status == "suppressed":
            low = 1.0 if rules.smallest >= 1 and basis != "estimated" else 0.0
            high = np.inf
        else:
            continue
        facts.setdefault(figure, []).append(Fact(figure, low, high))
    return facts


def published_facts(
    structure: Structure, *, without_wrong: bool = False
) -> dict[Figure, list[Fact]]:
    """What anybody knows without our table."""
    own = structure.counts["basis"] == "published"
    kept = own.to_numpy().copy()
    if without_wrong:
        kept[list(structure.wrong)] = False
    table = pd.concat(
        [structure.counts[kept], structure.public.iloc[: 0 if without_wrong else None]]
    )
    open_rules = Rules(preset="open", smallest=1, largest=0)
    return facts_of(table, structure.spans, open_rules)


class Attack:
    """Least and most of figures under what is known.

    Parameters
    ----------
    structure : Structure
        For what a figure is a sum of; no count of it is looked at.
    facts : mapping of Figure to list of Fact
    targets : sequence of Figure
        Figures that the reader is after.
    """

    def __init__(
        self,
        structure: Structure,
        facts: Mapping[Figure, Sequence[Fact]],
        targets: Sequence[Figure],
    ) -> None:
        self.targets = list(dict.fromkeys(targets))
        bounds = {
            figure: (max(fact.low for fact in known), min(fact.high for fact in known))
            for figure, known in facts.items()
        }
        figures = list(dict.fromkeys([*bounds, *self.targets]))
        self.row = {figure: i for i, figure in enumerate(figures)}
        self.low = np.array([bounds.get(figure, (0.0, np.inf))[0] for figure in figures])
        self.high = np.array([bounds.get(figure, (0.0, np.inf))[1] for figure in figures])
        self.matrix = _merged(structure, figures, self.high == 0)
        self.solved = 0
        self.feasible = bool((self.low <= self.high + _NEAR).all())
        self.feasible = self.feasible and self._solve(None) is not None

    def _solve(
        self, cost: np.ndarray | None, *, aims: Sequence[Figure] = (), end: float = 0, sign: int = 1
    ) -> np.ndarray | None:
        """All figures' values at the optimum; of `aims`, the sum of what lies past `end`.

        One programme serves many aims: what of a count lies past the end of the range costs.
        """
        atoms = self.matrix.shape[1]
        extra = len(aims)
        low, high, matrix = self.low, self.high, self.matrix
        costs = np.zeros(atoms + extra) if cost is None else np.concatenate([cost, np.zeros(extra)])
        if extra:
            # The excess is what the figure, times the sign, has above the end.
            above = self.matrix[[self.row[aim] for aim in aims]] * sign
            matrix = sparse.block_array([[matrix, None], [above, sparse.csr_array(-np.eye(extra))]])
            low = np.concatenate([low, np.full(extra, -np.inf)])
            high = np.concatenate([high, np.full(extra, sign * end)])
            costs[atoms:] = 1.0
        self.solved += 1
        if not atoms + extra:
            return np.zeros(len(self.low)) if (self.low <= 0).all() else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = milp(
                costs,
                constraints=LinearConstraint(sparse.csc_array(matrix), low, high),
                bounds=Bounds(0, _FAR),
            )
        if result.x is None:
            return None
        return np.asarray(self.matrix @ result.x[:atoms])

    def reach(self, end: float, aims: Sequence[Figure], *, sign: int) -> set[Figure]:
        """Those of the figures that can be as small (`sign` 1) or as large (-1) as the end."""
        left, reached = list(aims), set[Figure]()
        while left:
            values = self._solve(None, aims=left, end=end, sign=sign)
            if values is None:
                return reached
            met = {aim for aim in left if sign * (values[self.row[aim]] - end) <= _NEAR}
            reached |= met
            if not met:
                return reached | {aim for aim in left[1:] if self._reaches(aim, end, sign)}
            left = [aim for aim in left if aim not in met]
        return reached

    def _reaches(self, aim: Figure, end: float, sign: int) -> bool:
        return sign * (self.end_of(aim, sign=sign) - end) <= _NEAR

    def end_of(self, figure: Figure, *, sign: int) -> float:
        """Least (`sign` 1) or most (-1) of one figure."""
        row = self.row[figure]
        cost = np.asarray(self.matrix[[row]].todense()).ravel().astype(float)
        values = self._solve(sign * cost)
        if values is None:
            return (0.0, np.inf)[sign < 0]
        return float(values[row]) if values[row] < _BOUNDED else np.inf

    def range_of(self, figure: Figure) -> tuple[float, float]:
        """Least and most of one figure."""
        return self.end_of(figure, sign=1), self.end_of(figure, sign=-1)

    def proof(self, figure: Figure, *, sign: int) -> set[Figure]:
        """Figures whose exact values bound the least (1) or most (-1) of a figure."""
        row = self.row[figure]
        exact = np.flatnonzero((self.low == self.high) & (self.low > 0))
        inexact = np.flatnonzero(self.low != self.high)
        names = list(self.row)
        dense = self.matrix.toarray()
        result = linprog(
            sign * dense[row],
            A_eq=dense[exact],
            b_eq=self.low[exact],
            A_ub=-dense[inexact],
            b_ub=-self.low[inexact],
            method="highs",
        )
        if result.x is None:
            return set()
        return {
            names[i] for i, m in zip(exact, result.eqlin.marginals, strict=True) if abs(m) > 1e-9
        }


def _merged(
    structure: Structure, figures: Sequence[Figure], nought: np.ndarray
) -> sparse.csr_array:
    """Sums by figure over atoms; those of the same figures are one, those of noughts gone."""
    atoms = structure.atoms
    dense = np.zeros((len(figures), atoms.grid.size), dtype=bool)
    for row, figure in enumerate(figures):
        dense[row, atoms.numbers(figure)] = True
    gone = dense[nought].any(axis=0) if nought.any() else np.zeros(dense.shape[1], bool)
    dense = dense[:, ~gone & dense.any(axis=0)]
    packed = np.packbits(dense, axis=0).T
    seen: dict[bytes, int] = {}
    for column, packet in enumerate(np.ascontiguousarray(packed)):
        seen.setdefault(packet.tobytes(), column)
    return sparse.csr_array(dense[:, list(seen.values())].astype(float))


# Figures that are not named


def _third_sex(figure: Figure, there: set[Figure]) -> list[Figure]:
    sexes = ("female", "male", "persons")
    absent = [figure._replace(sex=sex) for sex in sexes if figure._replace(sex=sex) not in there]
    return absent if len(absent) == 1 else []


def _left_out(others: Sequence[Figure], there: set[Figure]) -> list[Figure]:
    """The one of those that make up a figure which is not there."""
    absent = [other for other in others if other not in there]
    return absent if len(absent) == 1 and len(others) > 1 else []


def _left_time(figure: Figure, there: set[Figure], spans: Sequence[Span]) -> list[Figure]:
    """What a longer period has beside a shorter one at its edge, or beside equal ones."""
    start, end = figure.span
    found = []
    for span in spans:
        inner = figure._replace(span=span)
        if span == figure.span or inner not in there:
            continue
        if span.start == start and span.end < end:
            found.append(Span(span.end, end))
        elif span.end == end and span.start > start:
            found.append(Span(start, span.start))
        length = span.end - span.start
        if start <= span.start and span.end <= end and (span.start - start) % length == 0:
            pieces = [Span(first, first + length) for first in range(start, end, length)]
            gone = [piece for piece in pieces if figure._replace(span=piece) not in there]
            if len(gone) == 1 and (end - start) % length == 0:
                found += gone
    return [figure._replace(span=span) for span in found if figure._replace(span=span) not in there]


def unnamed_figures(structure: Structure, there: set[Figure]) -> list[Figure]:
    """Figures that no table names, but that follow along one axis from those that it names.

    The third sex, the area, the part of complete parts and the piece of time that is left out.
    """
    inside: dict[str, list[str]] = {}
    for area, up in structure.parents.items():
        inside.setdefault(up, []).append(area)
    parts: dict[str, list[str]] = {}
    for name, (whole, complete) in structure.part_of.items():
        if complete:
            parts.setdefault(whole, []).append(name)
    spans = sorted({figure.span for figure in there})
    found: list[Figure] = []
    for figure in structure.figures:
        if figure not in there:
            continue
        found += _third_sex(figure, there)
        areas = [figure._replace(area=area) for area in inside.get(figure.area, [])]
        found += _left_out(areas, there)
        names = [figure._replace(indicator=name) for name in parts.get(figure.indicator, [])]
        found += _left_out(names, there)
        found += _left_time(figure, there, spans)
    edges = set(structure.atoms.cuts)
    return [
        figure
        for figure in dict.fromkeys(found)
        if figure.span.start in edges and figure.span.end in edges
    ]


# Judgement


@dataclass(frozen=True)
class Known:
    """One figure that is known more closely than it may be."""

    figure: Figure
    value: float
    low: float
    high: float
    wanted: tuple[float, float]

    @property
    def exactly(self) -> bool:
        """Whether there is only one number that it can be."""
        return self.high - self.low < 1 - _NEAR


def narrowed(
    attack: Attack,
    alone: Attack,
    wanted: Mapping[Figure, tuple[float, float]],
    value: Callable[[Figure], float],
) -> list[Known]:
    """Figures that the attack knows more closely than published figures alone give them.

    Parameters
    ----------
    attack, alone : Attack
        With the table, and with published figures only.
    wanted : mapping of Figure to (float, float)
        The protected range of each.
    value : callable
        The hidden count, to report it.
    """
    if not attack.feasible:
        return []
    found = []
    suspects: set[Figure] = set()
    for ends in sorted(set(wanted.values())):
        group = [figure for figure, its in wanted.items() if its == ends]
        suspects |= set(group) - attack.reach(max(ends[0], 0), group, sign=1)
        suspects |= set(group) - attack.reach(ends[1], group, sign=-1)
    for figure in [figure for figure in wanted if figure in suspects]:
        low, high = attack.range_of(figure)
        least, most = alone.range_of(figure) if alone.feasible else (0.0, np.inf)
        first, last = max(wanted[figure][0], least), min(wanted[figure][1], most)
        # Whole counts: what lies between two of them narrows nothing.
        if first <= last + _NEAR and (
            np.ceil(low - _NEAR) > np.ceil(first - _NEAR)
            or np.floor(high + _NEAR) < np.floor(last + _NEAR)
        ):
            found.append(Known(figure, value(figure), low, high, (first, last)))
    return found
