"""An edition's counts as the cells of one linked table, and what is asked of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, cast

import numpy as np
import pandas as pd

from vawg_geo.areas.hierarchy import UPWARDS
from vawg_geo.columns import COUNT_KEY
from vawg_geo.disclosure.attack import CEILING, TINY, Problem, floors, reachable
from vawg_geo.disclosure.choose import choose_hidden
from vawg_geo.disclosure.linked import link_cells
from vawg_geo.disclosure.units import THRESHOLD_COUNT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from vawg_geo.disclosure.attack import Columns, Flags, Numbers
    from vawg_geo.disclosure.rules import Rules

__all__ = ["CellTable", "Series"]

Value = TypeVar("Value", np.float64, np.bool_)
# Level, indicator and sex.
Series = tuple[str, str, str]

# Published counts are public already; everything else is protected.
_PROTECTED_BASES: Final = ("own", "illustrative", "estimated")
_SERIES: Final = ["level", "indicator", "sex"]
# A figure of a larger area is worth more: it stands for all that lie in it.
_WORTH: Final = {"lsoa": 1.0, "ward": 1.0, "district": 4.0, "county": 16.0, "police_area": 16.0}
_GOLDEN: Final = (5**0.5 - 1) / 2
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
    known, public : pandas.DataFrame, optional
        Counts of another edition that the reader holds; counts that others have published.
    people : mapping of str to float, optional
        Population by area.

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
        known: pd.DataFrame | None = None,
        public: pd.DataFrame | None = None,
        people: Mapping[str, float] | None = None,
    ) -> None:
        self._people = dict(people or {})
        self.counts = counts
        self.rules = rules
        self._cells = _with_others(counts, public)
        self._implied = np.arange(len(self._cells)) >= len(counts)
        self._equations = link_cells(self._cells, parents, part_of=part_of)
        self._values = self._cells["count"].to_numpy(dtype=float, na_value=np.nan)
        self.own = self._cells["basis"].isin(_PROTECTED_BASES).to_numpy()
        self._known = self._known_ranges(known, public)
        # An estimate may have a fraction: everything that rounds to a hidden number is hidden.
        within = _within(self._values, rules)
        if THRESHOLD_COUNT in self._cells:
            # Many events may be of few persons.
            persons = self._cells[THRESHOLD_COUNT].to_numpy(dtype=float, na_value=np.nan)
            within |= _within(persons, rules)
        public = self._known[0] == self._known[1]
        self.small = within & self.own & ~public & ~self._implied
        applicable = self.own & ~self._implied
        applicable &= (self._cells["status"] != "not_applicable").to_numpy()
        grouped = self._cells[applicable].groupby(_SERIES, sort=False).indices
        self.own_series: dict[Series, Columns] = {
            cast("Series", key): np.flatnonzero(applicable)[places]
            for key, places in grouped.items()
        }
        self._lowest, self._highest = self._public_range()
        # An indicator and those that it is part of hang together.
        self._groups = {name: name for name in self._cells["indicator"].unique()}
        for part, (whole, _) in part_of.items():
            old, new = self._groups.get(part, ""), self._groups.get(whole, whole)
            self._groups = {n: new if g == old else g for n, g in self._groups.items()}

    def tally(self, hidden: Flags, series: Series) -> int:
        """How many counts of a series are hidden; a missing one is not."""
        places = self.own_series[series]
        return int((hidden & ~np.isnan(self._values))[places].sum())

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
            self._lowest, self._highest = self._public_range(self._cells["indicator"].unique())
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
        self, known: pd.DataFrame | None, public: pd.DataFrame | None
    ) -> tuple[Numbers, Numbers]:
        """Least and most of each cell for all that the reader has from elsewhere."""
        low = high = _values_of(known, self._cells)
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
        hidden = small | absent | unknown
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
        asked = small | left_out | (unknown & self._lowest_missing())
        asked &= self._partly_shown(withheld)
        strict = small | (left_out & (values < rules.largest + 1))
        low = np.fmax(
            self._lowest,
            self._structural_low(least, nothing | (self.own & (values == 0) & ~hidden)),
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
            low=_padded(np.where(watched, low, np.nan), extra, np.nan),
            high=_padded(np.where(watched, self._highest, np.nan), extra, np.nan),
            strict=_padded(strict, extra, 0),
            cost=_padded(self._worth(), extra, 1.0),
        )

    def _partly_shown(self, withheld: Collection[Series]) -> Flags:
        """Cells of indicators of which anything of our own is shown, or tied to such by sums."""
        groups = self._groups
        shown = {groups[s[1]] for s in self.own_series if s not in withheld}
        return np.array([groups[name] in shown for name in self._cells["indicator"]], dtype=bool)

    def _worth(self) -> Numbers:
        """Information lost with each cell: the fewest cells first, of these the less populous.

        By nothing that is hidden. (Whether a pattern protects depends on the hidden counts all the
        same, in sums that it shows: `docs/disclosure.md` says what that leaves.)
        """
        by_level = self._cells["level"].map(_WORTH).to_numpy()
        by_sex = self._cells["sex"].map(_WORTH_BY_SEX).to_numpy()
        people = self._cells["area_code"].map(self._people).fillna(0.0).to_numpy(dtype=float)
        # No two patterns are worth the same, so that the order of solving cannot tell either.
        rank = self._cells.groupby(list(COUNT_KEY), sort=True).ngroup().to_numpy()
        place = np.modf(rank * _GOLDEN)[0]
        small = 0.001 * np.log1p(people) + 0.0005 * place
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

    def _public_range(self, indicators: Collection[str] | None = None) -> tuple[Numbers, Numbers]:
        """As much of the hidden range as published figures leave each cell.

        Without names of indicators, only where a single published total leaves little.
        """
        values, own, largest = self._values, self.own, float(self.rules.largest)
        size = self._equations.shape[1]
        low, high = (np.where(own, end, np.nan) for end in (float(self.rules.smallest), largest))
        shown = np.where(own, np.nan, values)
        if indicators is None:
            indicators = self._tight_indicators(shown)
        inside = self._cells["indicator"].isin(indicators).to_numpy()
        asked = own & ~(values > largest) & inside
        if not asked.any():
            return low, high
        shown = _padded(shown, size - len(values), np.nan)
        unasked = np.full(size, np.nan)
        problem = Problem(
            equations=self._equations,
            totals=np.zeros(self._equations.shape[0]),
            shown_low=shown,
            shown_high=shown,
            least=np.zeros(size),
            most=np.full(size, CEILING),
            hidden=np.isnan(shown),
            candidates=np.zeros(size, dtype=bool),
            low=unasked,
            high=unasked,
            strict=_padded(asked, size - len(values), 0),
            cost=np.ones(size),
        )
        ends = [
            reachable(problem, _padded(np.where(asked, end, np.nan), size - len(end), np.nan), sign)
            for end, sign in ((low, -1), (high, 1))
        ]
        least, most = (end[: len(values)] for end in ends)
        return (
            np.where(np.isnan(least), low, np.ceil(least - TINY)),
            np.where(np.isnan(most), high, np.floor(most + TINY)),
        )

    def _tight_indicators(self, shown: Numbers) -> set[str]:
        """Indicators with a published total that leaves our cells little."""
        equations = self._equations
        extra = equations.shape[1] - len(shown)
        if extra:
            return set(self._cells["indicator"])
        published = ~np.isnan(shown)
        left = -(equations @ np.where(published, shown, 0.0))
        whole_published = (equations < 0) @ published.astype(float) > 0
        ours = abs(equations) @ self.own.astype(float) > 0
        rows = whole_published & ours & (left < self.rules.largest)
        columns = np.unique(equations[np.flatnonzero(rows)].nonzero()[1])
        return set(self._cells["indicator"].iloc[columns])


def _within(numbers: Numbers, rules: Rules) -> Flags:
    return np.asarray((numbers > rules.smallest - 1) & (numbers < rules.largest + 1))


def _with_others(counts: pd.DataFrame, public: pd.DataFrame | None) -> pd.DataFrame:
    """Add cells that are not among the counts: what others published, and what follows."""
    if public is not None and len(public):
        keys = list(COUNT_KEY)
        ours = pd.MultiIndex.from_frame(counts[keys])
        new = public[~pd.MultiIndex.from_frame(public[keys]).isin(ours)]
        counts = pd.concat([counts, new.assign(basis="published")], ignore_index=True)
    return pd.concat([counts, _implied_sexes(counts)], ignore_index=True)


def _implied_sexes(counts: pd.DataFrame) -> pd.DataFrame:
    """Female or male counts that no table gives, where persons and the other sex are given."""
    keys = ["area_code", "indicator", "period"]
    # Where the third is given as not applicable, it is known to be none.
    sizes = counts.groupby(keys)["sex"].transform("size")
    given = counts[counts["status"] != "not_applicable"]
    sizes = sizes[given.index]
    persons = given[given["sex"] == "persons"].set_index(keys)
    others = given[(sizes == 2) & (given["sex"] != "persons")].set_index(keys)
    both = others[others.index.isin(persons.index)]
    whole = persons.loc[both.index]
    protected = (
        both["basis"].isin(_PROTECTED_BASES).to_numpy()
        | whole["basis"].isin(_PROTECTED_BASES).to_numpy()
    )
    implied = both.assign(
        sex=both["sex"].map({"female": "male", "male": "female"}),
        count=whole["count"] - both["count"],
        status="value",
        basis=np.where(protected, "own", "published"),
    )
    return implied.reset_index()[list(counts.columns)]


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
