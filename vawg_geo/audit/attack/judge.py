"""Which hidden counts a reader can find out, or too nearly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from vawg_geo.audit.attack.bounds import (
    TOLERANCE,
    Sums,
    cell_bounds,
    make_consistent,
    reach,
    without,
)
from vawg_geo.audit.observed import CELL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from vawg_geo.audit.attack.knowledge import Knowledge

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

__all__ = ["Judgement", "cell_name", "judge"]

_COLUMNS: Final = (*CELL, "source", "kind", "lower", "upper", "must_lower", "must_upper")


@dataclass(frozen=True, kw_only=True, eq=False)
class Judgement:
    """Cells that are not protected.

    Attributes
    ----------
    cells : pandas.DataFrame
        `area_code`, `indicator`, `sex`, `period`, `source`, `kind` (`shown`, `recovered`,
        `narrowed`, `narrow`), `lower`, `upper` (whole numbers as floats; infinite for no limit),
        `must_lower`, `must_upper` (what has to lie between them; NaN where only a width counts).
    judged : int
        How many cells were looked at.
    hidden, tied : int
        How many of them stand in the files with a symbol, and of those, how many are in a sum.
    notes : list of str
    """

    cells: pd.DataFrame
    judged: int
    hidden: int
    tied: int
    notes: list[str]


class Bounds(NamedTuple):
    """The least and the most that cells can be."""

    least: Floats
    most: Floats

    def take(self, which: Flags) -> Bounds:
        return Bounds(self.least[which], self.most[which])

    @property
    def lower(self) -> Floats:
        """The least whole number; without a sign where it is nought."""
        return np.asarray(np.ceil(self.least - TOLERANCE) + 0.0, dtype=float)

    @property
    def upper(self) -> Floats:
        """The greatest whole number."""
        return np.asarray(np.floor(self.most + TOLERANCE), dtype=float)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Cases:
    """Cells to judge, and what is asked of each.

    A cell with a symbol (`marked`) must be able to be anything from `low` to `high`. Of one that
    nobody marked, nothing tells a reader that it is small: it must not be known to be, nor to
    within less than the `spread` of the range. Of a `bounded` one only the number must not be
    known. `any_value`: no count is to be known, of any size.
    """

    number: Integers
    marked: Flags
    bounded: Flags
    low: Floats
    high: Floats
    smallest: int
    largest: int
    any_value: bool

    @property
    def spread(self) -> int:
        return 1 if self.any_value else self.largest - self.smallest

    def take(self, which: Integers | Flags) -> _Cases:
        return _Cases(
            number=self.number[which],
            marked=self.marked[which],
            bounded=self.bounded[which],
            low=self.low[which],
            high=self.high[which],
            smallest=self.smallest,
            largest=self.largest,
            any_value=self.any_value,
        )


def cell_name(cell: Mapping[str, str] | pd.Series[str]) -> str:
    """A cell in words.

    Examples
    --------
    >>> cell_name({"area_code": "E05002703", "indicator": "referrals", "sex": "male",
    ...     "period": "2015/16"})
    'E05002703, referrals, male, 2015/16'
    """
    return ", ".join(str(cell[name]) for name in CELL)


def judge(knowledge: Knowledge, *, smallest: int, largest: int) -> Judgement:
    """Bounds of every hidden cell, and whether they are wide enough.

    Parameters
    ----------
    knowledge : Knowledge
    smallest, largest : int
        Counts of this range are protected; `largest` 0 for none.

    Returns
    -------
    Judgement
    """
    cases = _cases(knowledge, smallest, largest)
    if not len(cases.number):
        return Judgement(cells=_empty(), judged=0, hidden=0, tied=0, notes=[])
    tight, freed = make_consistent(knowledge.sums)
    notes = [_freed(knowledge, freed)] if len(freed) else []
    suspects = cases.take(~_surely_wide(cases, tight))
    bounds = Bounds(*cell_bounds(tight, wanted=suspects.number))
    failing = _kinds(suspects, bounds) != ""
    return Judgement(
        cells=_settled(knowledge, freed, suspects.take(failing), bounds.take(failing)),
        judged=len(cases.number),
        hidden=int(cases.marked.sum()),
        tied=int((cases.marked & knowledge.tied[cases.number]).sum()),
        notes=notes,
    )


def _cases(knowledge: Knowledge, smallest: int, largest: int) -> _Cases:
    """What is to be judged: of rounded tables without a range, every rounded count."""
    which = knowledge.hidden | knowledge.missing | knowledge.unnamed
    any_value = not largest
    if any_value:
        which = knowledge.hidden | (knowledge.rounded & (knowledge.sums.high > knowledge.sums.low))
    else:
        # Protected counts that stand there for all to see and are small.
        small = (knowledge.sums.high <= largest) & (knowledge.sums.high >= smallest)
        which = which | (knowledge.shown & small) | knowledge.bounded
    number = np.flatnonzero(which)
    low = np.maximum(smallest, knowledge.floor[number])
    return _Cases(
        number=number,
        marked=knowledge.hidden[number],
        bounded=knowledge.bounded[number],
        low=low,
        high=np.maximum(float(largest), low),
        smallest=smallest,
        largest=largest,
        any_value=any_value,
    )


def _surely_wide(cases: _Cases, tight: Sums) -> Flags:
    """Cells that some solutions show to be wide enough, without their exact bounds."""
    number = cases.number
    inner = reach(tight, wanted=number, low=cases.low, high=cases.high, spread=cases.spread)
    least, most = np.ceil(inner.low[number] - TOLERANCE), inner.high[number] + TOLERANCE
    with np.errstate(invalid="ignore"):
        width = np.floor(most) - least
    several = width > 0
    if cases.any_value:
        return several
    wide, down, up = width >= cases.spread, least <= cases.low, most >= cases.high
    large = tight.low[number] > cases.largest + TOLERANCE
    nought = tight.high[number] < cases.smallest - TOLERANCE
    marked = several & ((down & up) | (large & wide))
    unmarked = large | nought | (several & ((up & (down | wide)) | cases.bounded))
    return np.where(cases.marked, marked, unmarked)


def _kinds(cases: _Cases, bounds: Bounds, public: Bounds | None = None) -> NDArray[np.object_]:
    """What is wrong with cells of these bounds; empty for nothing.

    `public` are bounds by published figures alone, where they are known.
    """
    low, high = bounds.lower, bounds.upper
    must_low, must_high = cases.low, cases.high
    if public is not None:
        must_low = np.maximum(must_low, public.lower)
        must_high = np.minimum(must_high, public.upper)
    kinds = np.full(len(low), "", dtype=object)
    single = low >= high
    if cases.any_value:
        kinds[single] = "recovered"
        return kinds
    small, narrow = low <= cases.largest, high - low < cases.spread
    kinds[cases.marked & ~small & narrow] = "narrow"
    short = (low > must_low) | (high < must_high)
    kinds[cases.marked & small & short] = "narrowed"
    concerned = ~cases.marked & small & (high >= cases.smallest)
    known_small = ~cases.bounded & ((high < must_high) | ((low > must_low) & narrow))
    kinds[concerned & known_small] = "narrowed"
    kinds[(cases.marked | concerned) & single] = "recovered"
    return kinds


def _settled(knowledge: Knowledge, freed: Integers, cases: _Cases, bounds: Bounds) -> pd.DataFrame:
    """Judge again, now with what published figures alone give away: that is nobody's doing."""
    if not len(cases.number):
        return _empty()
    public = _public_bounds(knowledge, freed, cases, bounds)
    kinds = _kinds(cases, bounds, public)
    excused = (public.least >= bounds.least - TOLERANCE) & (public.most <= bounds.most + TOLERANCE)
    kinds[excused] = ""
    if not cases.any_value:
        kinds[(kinds != "") & knowledge.shown[cases.number]] = "shown"
    cells = knowledge.cells.loc[cases.number].reset_index(drop=True)
    cells = cells.assign(
        kind=kinds,
        lower=bounds.lower,
        upper=bounds.upper,
        must_lower=np.maximum(cases.low, public.lower),
        must_upper=np.minimum(cases.high, public.upper),
    )
    failing: pd.DataFrame = cells.loc[kinds != "", list(_COLUMNS)]
    return failing.reset_index(drop=True)


def _public_bounds(knowledge: Knowledge, freed: Integers, cases: _Cases, bounds: Bounds) -> Bounds:
    """Bounds by published figures alone, exact where they could excuse a cell's own bounds."""
    tight, _ = make_consistent(without(knowledge.public, freed))
    inner = reach(tight, wanted=cases.number, low=cases.low, high=cases.high, spread=cases.spread)
    least, most = inner.low[cases.number], inner.high[cases.number]
    beyond = (least < bounds.least - TOLERANCE) | (most > bounds.most + TOLERANCE)
    asked = (least <= cases.low + TOLERANCE) & (most >= cases.high - TOLERANCE)
    open_cases = ~(beyond & (asked | (bounds.least > cases.largest) | cases.any_value))
    exact = cell_bounds(tight, wanted=cases.number[open_cases])
    least[open_cases], most[open_cases] = exact
    return Bounds(least, most)


def _empty() -> pd.DataFrame:
    return pd.DataFrame(columns=list(_COLUMNS))


def _freed(knowledge: Knowledge, freed: Integers) -> str:
    in_first = knowledge.sums.row == freed[0]
    whole = knowledge.cells.loc[knowledge.sums.column[in_first & (knowledge.sums.sign > 0)][0]]
    return (
        f"{len(freed):,} of {len(knowledge.sums.sum_low):,} sums cannot hold together with the "
        f"others and are not relied on; first: that of {cell_name(whole)}."
    )
