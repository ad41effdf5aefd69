"""An edition's counts as the cells of one linked table, and what is asked of each."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final, TypeVar, cast

import numpy as np
import pandas as pd

from vawg_geo.areas.joining.hierarchy import UPWARDS
from vawg_geo.disclosure.atoms import Nests
from vawg_geo.disclosure.attack import CEILING, TINY, Problem, floors, near_ends, reachable
from vawg_geo.disclosure.choose import choose_hidden
from vawg_geo.disclosure.implied import PROTECTED_BASES, implied_cells
from vawg_geo.disclosure.linked import link_cells
from vawg_geo.disclosure.rules import THRESHOLD_COUNT
from vawg_geo.terms.columns import COUNT_KEY
from vawg_geo.terms.periods import read_period, read_periods

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from vawg_geo.disclosure.attack import Columns, Flags, Numbers
    from vawg_geo.disclosure.rules import Rules
    from vawg_geo.terms.periods import Span

__all__ = ["CellTable", "Series"]

Value = TypeVar("Value", np.float64, np.bool_)
# Level, indicator and sex.
Series = tuple[str, str, str]

# Shown in another edition, or an earlier one, that the reader has.
_HELD: Final = "held"
_SERIES: Final = ["level", "indicator", "sex"]
# A figure of a larger area is worth more: it stands for all that lie in it.
_WORTH: Final = {
    "lsoa": 1.0,
    "ward": 1.0,
    "district": 4.0,
    "csp": 16.0,
    "county": 16.0,
    "police_area": 16.0,
}
# What the key adds at the most: so much that many patterns may be the cheapest, and so little that
# hardly one with more cells is.
_BY_KEY: Final = 0.05
# Between patterns of as many cells: the figures for women and girls are what the maps are for.
_WORTH_BY_SEX: Final = {"female": 0.02, "persons": 0.01, "male": 0.0}


class CellTable:
    """Counts by cell, those first that the tables give, then those that follow from them.

    Parameters
    ----------
    counts : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`.
    rules : Rules
    parents : mapping of str to str
        Code of the area that holds an area.
    part_of : mapping of str to (str, bool)
        By indicator: the one that it is a part of, and whether all parts of that are there.
    other_edition, public : pandas.DataFrame, optional
        Counts of another edition that the reader holds; counts that others have published.
    people : mapping of str to float, optional
        Population by area.
    key : str
        By it the choice goes between patterns that cost about the same.

    Attributes
    ----------
    own, small : ndarray of bool, shape (cells,)
        Not published; and in the range that is hidden.
    own_series : dict of (level, indicator, sex) to ndarray of int
        Where the applicable counts of each own series stand.
    """

    def __init__(
        self,
        counts: pd.DataFrame,
        rules: Rules,
        parents: Mapping[str, str],
        *,
        part_of: Mapping[str, tuple[str, bool]],
        other_edition: pd.DataFrame | None = None,
        public: pd.DataFrame | None = None,
        people: Mapping[str, float] | None = None,
        key: str = "",
    ) -> None:
        self._people = dict(people or {})
        self._key = key
        self.counts = counts
        self.rules = rules
        cells = _with_others(counts, public, other_edition)
        nests = Nests(part_of, cells["indicator"].unique().tolist())
        words = cells["period"].unique().tolist()
        spans = dict(zip(words, read_periods(words), strict=True))
        implied = implied_cells(cells, parents, nests, spans)
        # Words for pieces of time that follow are read alone: each says its days.
        spans |= {
            word: read_period(word) for word in implied["period"].unique() if word not in spans
        }
        self._implied = np.arange(len(cells) + len(implied)) >= len(cells)
        self._cells = pd.concat([cells, implied], ignore_index=True) if len(implied) else cells
        self._equations = link_cells(self._cells, parents, part_of=part_of, spans=spans)
        self._values = self._cells["count"].to_numpy(dtype=float, na_value=np.nan)
        self.own = self._cells["basis"].isin(PROTECTED_BASES).to_numpy()
        self._known = self._known_ranges(other_edition, public)
        # An estimate may have a fraction: everything that rounds to a hidden number is hidden.
        within = _within(self._values, rules)
        if THRESHOLD_COUNT in self._cells:
            # Many events may be of few persons.
            persons = self._cells[THRESHOLD_COUNT].to_numpy(dtype=float, na_value=np.nan)
            within |= _within(persons, rules)
        public = self._known[0] == self._known[1]
        self.small = within & self.own & ~public & ~self._implied
        self._unread = _unread(
            self._cells, spans, nests, own=self.own & ~self._implied, small=self.small
        )
        applicable = self.own & ~self._implied
        applicable &= (self._cells["status"] != "not_applicable").to_numpy()
        grouped = self._cells[applicable].groupby(_SERIES, sort=False).indices
        self.own_series: dict[Series, Columns] = {
            cast("Series", key): np.flatnonzero(applicable)[places]
            for key, places in grouped.items()
        }
        self._lowest, self._highest = self._public_range()
        # An indicator and those that it is part of hang together.
        self._families = self._cells["indicator"].map(nests.family).tolist()

    def tally(self, hidden: Flags, series: Series) -> int:
        """How many counts of a series are hidden; a missing one is not."""
        places = self.own_series[series]
        return int((hidden & ~self._unread & ~np.isnan(self._values))[places].sum())

    def choose(self, withheld: Collection[Series]) -> tuple[Flags, Columns]:
        """Choose what to hide where some series are not shown at all.

        Parameters
        ----------
        withheld : collection of (level, indicator, sex)

        Returns
        -------
        hidden : ndarray of bool, shape (cells,)
        unprotected : ndarray of int
            Cells that no hiding of single counts protects.
        """
        width = self.rules.largest - self.rules.smallest
        # Figures of larger areas are touched only where smaller ones do not suffice.
        problem = self._problem(withheld, widest=self._coarsest_small())
        choice = choose_hidden(problem, width=width)
        if len(choice.unprotected):
            # Look closer at what published figures alone leave, before anything is left out.
            closely = np.zeros(len(self._cells), bool)
            closely[choice.unprotected[choice.unprotected < len(self._cells)]] = True
            low, high = self._public_range(closely)
            self._lowest = np.where(closely, low, self._lowest)
            self._highest = np.where(closely, high, self._highest)
            problem = self._problem(withheld, widest=len(UPWARDS))
            choice = choose_hidden(problem, width=width)
        cells = len(self._cells)
        return choice.hidden[:cells], choice.unprotected[choice.unprotected < cells]

    def to_withhold(self, unprotected: Columns, withheld: Collection[Series]) -> list[Series]:
        """Series to leave out for the sake of cells that nothing else protects."""
        if not len(unprotected):
            return []
        cells = self._cells.iloc[unprotected]
        series = set(map(tuple, cells[_SERIES].to_numpy().tolist()))
        places = {(level, indicator) for level, indicator, _ in series}
        indicators = {indicator for _, indicator in places}
        # Their own series first, then with the other sexes, then the other levels.
        for wanted in (
            [s for s in self.own_series if s in series],
            [s for s in self.own_series if s[:2] in places],
            [s for s in self.own_series if s[1] in indicators],
            list(self.own_series),
        ):
            if new := [s for s in wanted if s not in withheld]:
                return new
        return []

    def _known_ranges(
        self, other_edition: pd.DataFrame | None, public: pd.DataFrame | None
    ) -> tuple[Numbers, Numbers]:
        """Least and most of each cell for all that the reader has from elsewhere."""
        low = high = _values_of(other_edition, self._cells)
        if self.rules.base:
            low, high = _rounding_interval(low, self.rules)
        exact = _values_of(public, self._cells)
        # A figure that differs from ours tells of another count: ours stays to be protected.
        ours = np.isnan(self._values) | (exact == self._values)
        exact = np.where(ours, exact, np.nan)
        return np.where(np.isnan(exact), low, exact), np.where(np.isnan(exact), high, exact)

    def _coarsest_small(self) -> int:
        levels = self._cells["level"].to_numpy()[self.small]
        return max((UPWARDS.index(level) for level in np.unique(levels)), default=0)

    def _problem(self, withheld: Collection[Series], *, widest: int) -> Problem:
        values, rules = self._values, self.rules
        absent = self._implied.copy()
        for series in withheld:
            absent[self.own_series[series]] = True
        unknown = np.isnan(values)
        small = self.small & ~absent
        hidden = small | absent | unknown | self._unread
        low_known, high_known = self._known
        shown_low, shown_high = self._as_shown(hidden)
        candidates = self.own & ~hidden & (values > 0) & (low_known != high_known)
        candidates &= self._cells["level"].map(UPWARDS.index).to_numpy() <= widest
        # Zeros are shown, so a hidden count is known to be one at least.
        positive = self.own & ~absent & ~unknown & (values > 0) & (rules.smallest > 0)
        positive &= (self._cells["basis"] != "estimated").to_numpy()
        least = np.fmax(np.where(positive, 1.0, 0.0), low_known)
        nothing = self._follows_from_zeros(hidden)
        left_out = absent & self.own & ~nothing
        if rules.smallest > 0:
            # Noughts are shown, and so may be what follows as nought.
            left_out &= ~(self._implied & (values == 0))
        # What the source hid bears the same mark as what is hidden here.
        by_source = self.own & ~absent & (self._cells["status"] == "suppressed").to_numpy()
        asked = small | left_out | by_source | (unknown & self._lowest_missing())
        asked &= self._partly_shown(withheld)
        strict = small | (left_out & (values < rules.largest + 1))
        low = np.fmax(
            self._lowest,
            self._structural_low(least, nothing),
        )
        watched = asked | candidates
        extra = self._equations.shape[1] - len(values)
        return Problem(
            equations=self._equations,
            totals=np.zeros(self._equations.shape[0]),
            shown_low=_padded(shown_low, extra, np.nan),
            shown_high=_padded(shown_high, extra, np.nan),
            least=_padded(least, extra, 0.0),
            most=_padded(np.where(nothing, 0.0, np.fmin(CEILING, high_known)), extra, CEILING),
            hidden=_padded(hidden, extra, 1),
            candidates=_padded(candidates, extra, 0),
            marked=_padded(small | candidates | by_source, extra, 0),
            low=_padded(np.where(watched, low, np.nan), extra, np.nan),
            high=_padded(np.where(watched, self._highest, np.nan), extra, np.nan),
            strict=_padded(strict, extra, 0),
            cost=_padded(self._worth(), extra, 1.0),
        )

    def _partly_shown(self, withheld: Collection[Series]) -> Flags:
        """Cells of indicators of which anything of our own is shown, or tied to such by sums."""
        shown = {
            self._families[places[0]]
            for series, places in self.own_series.items()
            if series not in withheld
        }
        return np.array([family in shown for family in self._families], dtype=bool)

    def _worth(self) -> Numbers:
        """Information lost with each cell: the fewest cells first, of these what the key takes.

        By nothing that is hidden. (Whether a pattern protects depends on the hidden counts all the
        same, in sums that it shows: `docs/disclosure.md` says what that leaves.)
        """
        by_level = self._cells["level"].map(_WORTH).fillna(1.0).to_numpy()
        by_sex = self._cells["sex"].map(_WORTH_BY_SEX).to_numpy()
        people = self._cells["area_code"].map(self._people).fillna(0.0).to_numpy(dtype=float)
        names = zip(*(self._cells[name] for name in COUNT_KEY), strict=True)
        chance = np.array([_chance("|".join((self._key, *name))) for name in names])
        small = 0.001 * np.log1p(people) + _BY_KEY * chance
        return np.asarray(by_level * (1 + by_sex + small), dtype=float)

    def _as_shown(self, hidden: Flags) -> tuple[Numbers, Numbers]:
        """Ends of what each shown count says, NaN where it is hidden."""
        low = high = np.where(hidden, np.nan, self._values)
        if self.rules.base:
            low, high = _rounding_interval(low, self.rules)
            low, high = (np.where(self.own, end, self._values) for end in (low, high))
            low, high = (np.where(hidden, np.nan, end) for end in (low, high))
        return np.fmax(low, np.where(hidden, np.nan, self._known[0])), np.fmin(
            high, np.where(hidden, np.nan, self._known[1])
        )

    def _lowest_missing(self) -> Flags:
        """Missing counts of the lowest level that a series has; sums that lack them are not."""
        ranks = self._cells["level"].map(UPWARDS.index)
        lowest = ranks.groupby([self._cells["indicator"], self._cells["sex"]]).transform("min")
        missing = self._cells["status"] == "missing"
        return (missing & (ranks == lowest)).to_numpy() & self.own & ~self._implied

    def _follows_from_zeros(self, hidden: Flags) -> Flags:
        """Hidden cells that are part of a whole that is shown as zero."""
        equations = self._equations
        extra = equations.shape[1] - len(hidden)
        zero = _padded((self._values == 0) & ~hidden, extra, 0)
        for _ in UPWARDS:
            whole_is_zero = (equations < 0) @ zero.astype(float) > 0
            zero = zero | ((equations > 0).T @ whole_is_zero.astype(float) > 0)
        return np.asarray(zero[: len(hidden)] & hidden)

    def _structural_low(self, least: Numbers, none: Flags) -> Numbers:
        """The least that each cell can be for what its parts are, and for the zeros shown."""
        extra = self._equations.shape[1] - len(least)
        # A published figure counts as a part of others, and limits none that it is a sum of.
        low = np.where(self.own, least, np.nan_to_num(self._values))
        high = np.where(none, 0.0, CEILING)
        ends = _padded(low, extra, 0.0), _padded(high, extra, CEILING)
        totals = np.zeros(self._equations.shape[0])
        return floors(self._equations, totals, *ends)[: len(least)]

    def _public_range(self, columns: Flags | None = None) -> tuple[Numbers, Numbers]:
        """As much of the hidden range as published figures leave each cell.

        Parameters
        ----------
        columns : ndarray of bool, shape (cells,), optional
            Cells to look at closely; by default those that single sums leave less.
        """
        values, own, largest = self._values, self.own, float(self.rules.largest)
        size = self._equations.shape[1]
        low, high = (np.where(own, end, np.nan) for end in (float(self.rules.smallest), largest))
        published = (self._cells["basis"] == "published").to_numpy()
        shown = _padded(np.where(published, values, np.nan), size - len(values), np.nan)
        none = np.zeros(self._equations.shape[0])
        ends = np.nan_to_num(shown), np.where(np.isnan(shown), CEILING, shown)
        least, most = near_ends(self._equations, none, *ends)
        if (least > most + TINY).any():
            # Published figures contradict each other: single sums say nothing.
            least, most = np.zeros(size), np.full(size, CEILING)
            columns = np.ones(len(values), bool) if columns is None else columns
        least, most = least[: len(values)], most[: len(values)]
        if columns is None:
            columns = (least > low + TINY) | (most < high - TINY)
        # No further than single sums allow need be asked.
        low, high = np.fmax(low, np.ceil(least - TINY)), np.fmin(high, np.floor(most + TINY))
        low, high = (np.where(own, end, np.nan) for end in (low, high))
        asked = own & ~(values > largest) & columns
        if not asked.any():
            return low, high
        unasked = np.full(size, np.nan)
        problem = Problem(
            equations=self._equations,
            totals=none,
            shown_low=shown,
            shown_high=shown,
            least=np.zeros(size),
            most=np.full(size, CEILING),
            hidden=np.isnan(shown),
            candidates=np.zeros(size, dtype=bool),
            marked=np.zeros(size, dtype=bool),
            low=unasked,
            high=unasked,
            strict=_padded(asked, size - len(values), 0),
            cost=np.ones(size),
        )
        least, most = (
            reachable(problem, _padded(np.where(asked, end, np.nan), size - len(end), np.nan), sign)
            for end, sign in ((low, -1), (high, 1))
        )
        least, most = least[: len(values)], most[: len(values)]
        return (
            np.where(np.isnan(least), low, np.ceil(least - TINY)),
            np.where(np.isnan(most), high, np.floor(most + TINY)),
        )


def _chance(text: str) -> float:
    """A number from 0 to 1 that only who has the text can tell."""
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big") / 2.0**56


def _within(numbers: Numbers, rules: Rules) -> Flags:
    return np.asarray((numbers > rules.smallest - 1) & (numbers < rules.largest + 1))


def _with_others(
    counts: pd.DataFrame, public: pd.DataFrame | None, other_edition: pd.DataFrame | None
) -> pd.DataFrame:
    """Add cells that are not among the counts: what others published, and what readers hold."""
    keys = list(COUNT_KEY)
    for others, basis in ((public, "published"), (other_edition, _HELD)):
        if others is not None and len(others):
            ours = pd.MultiIndex.from_frame(counts[keys])
            new = others[~pd.MultiIndex.from_frame(others[keys]).isin(ours)]
            new = new.drop_duplicates(keys).reindex(columns=counts.columns)
            counts = pd.concat([counts, new.assign(basis=basis)], ignore_index=True)
    return counts


def _unread(
    cells: pd.DataFrame, spans: Mapping[str, Span | None], nests: Nests, *, own: Flags, small: Flags
) -> Flags:
    """Our counts of periods that nobody can read, where they may be sums with others.

    Such a word may mean any time. So nothing of it is shown beside another period of the same
    indicators, as soon as one of their counts is small.
    """
    strange = cells["period"].map(lambda word: spans[word] is None).to_numpy(dtype=bool)
    if not strange.any():
        return strange
    families = cells["indicator"].map(nests.family)
    periods = pd.DataFrame({"family": families, "period": cells["period"]}).drop_duplicates()
    several = families.map(periods["family"].value_counts()).to_numpy() > 1
    with_small = families.isin(families[small]).to_numpy()
    return np.asarray(strange & own & several & with_small)


def _values_of(table: pd.DataFrame | None, cells: pd.DataFrame) -> Numbers:
    """Counts of another table for our cells."""
    if table is None or table.empty:
        return np.full(len(cells), np.nan)
    keys = list(COUNT_KEY)
    table = table.drop_duplicates(keys)
    found = table.set_index(keys)["count"].reindex(pd.MultiIndex.from_frame(cells[keys]))
    return found.to_numpy(dtype=float, na_value=np.nan)


def _rounding_interval(values: Numbers, rules: Rules) -> tuple[Numbers, Numbers]:
    """Least and most of the counts that round to where each one rounds; zero is zero."""
    rounded = np.floor(values / rules.base + 0.5) * rules.base
    low = np.maximum(np.ceil(rounded - rules.base / 2), rules.largest + 1)
    high = np.ceil(rounded + rules.base / 2) - 1
    zero = values == 0
    return np.where(zero, 0.0, low), np.where(zero, 0.0, high)


def _padded(values: NDArray[Value], extra: int, fill: float) -> NDArray[Value]:
    """Values of the cells, and one value for all columns that nobody publishes."""
    return np.concatenate([values, np.full(extra, fill, dtype=values.dtype)])
