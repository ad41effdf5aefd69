"""One linked table over all counts of an edition: cells, and the sums that tie them together.

An attacker adds and subtracts whatever is published: wards in their district, districts in their
county and police area, women and men in persons, indicators in the one that they are part of,
periods that overlap, and any of these crossed. Each such sum is an equation over the cells.

The equations say exactly what `atoms` says: every cell is the sum of its blocks, and no block is
less than nothing. Most cells are sums of others along one way (area, sex, indicator, time); these
sums are written down as they are. A cell that no such sum takes apart, since the figure between is
not printed, gets a sum of the largest cells within it and of blocks that nobody prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vawg_geo.areas.joining.hierarchy import PARTS, ancestors
from vawg_geo.disclosure.atoms import Nests, blocks_of, units_of
from vawg_geo.terms.columns import COUNT_KEY
from vawg_geo.terms.periods import read_periods

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from vawg_geo.disclosure.atoms import Blocks
    from vawg_geo.terms.periods import Span

__all__ = ["link_cells"]

# A whole, and parts of it that share no block.
Sum = tuple[int, list[int]]
# Columns of an equation and their signs; they add up to 0.
Terms = list[tuple[int, int]]
Series = tuple[str, str, str]


def link_cells(
    counts: pd.DataFrame,
    parents: Mapping[str, str],
    *,
    part_of: Mapping[str, tuple[str, bool]] | None = None,
    spans: Mapping[str, Span | None] | None = None,
) -> csr_array:
    """Write down every sum that an attacker knows of.

    Parameters
    ----------
    counts : pandas.DataFrame
        `area_code`, `indicator`, `sex`, `period`, `level`, `status`. Cells that are not
        applicable are in no sum.
    parents : mapping of str to str
        Code of the area that holds an area.
    part_of : mapping of str to (str, bool), optional
        By indicator: the indicator that it is a part of, and whether the parts make up the whole.
    spans : mapping of str to (int, int), optional
        Days of periods, as they were read in each other's light; other words are read alone.

    Returns
    -------
    scipy.sparse.csr_array, shape (equations, columns)
        The first columns are the cells, in the order of `counts`; the others are figures that
        nobody publishes and that are 0 or more: blocks of which no cell consists.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({
    ...     "area_code": ["d", "w", "v"], "level": ["district", "ward", "ward"],
    ...     "indicator": "crimes", "sex": "persons", "period": "2015/16", "status": "value"})
    >>> link_cells(counts, {"w": "d", "v": "d"}).toarray()
    array([[-1.,  1.,  1.]])

    Persons by year, women and men over both years: the figures between are in no table.

    >>> counts = pd.DataFrame({
    ...     "area_code": "w", "level": "ward", "indicator": "crimes", "status": "value",
    ...     "sex": ["persons", "persons", "female", "male"],
    ...     "period": ["2014/15", "2015/16", "2014/15 to 2015/16", "2014/15 to 2015/16"]})
    >>> (link_cells(counts, {}).toarray() != 0).sum(axis=1).tolist()
    [3, 3, 3, 3]
    """
    from scipy.sparse import csr_array

    counts = counts.reset_index(drop=True)
    equations: list[Terms] = []
    columns = len(counts)
    nests = Nests(part_of or {}, counts["indicator"].unique().tolist())
    words = counts["period"].unique().tolist()
    spans = dict(zip(words, read_periods(words), strict=True)) | dict(spans or {})
    for division in _divisions(counts, parents):
        inside = counts.loc[division].reset_index(drop=True)
        sums, further = _sums_within(inside, parents, nests, spans)
        # New columns stand behind those of other divisions.
        place = [*division.tolist(), *range(columns, columns + further)]
        equations += [[(place[column], sign) for column, sign in terms] for terms in sums]
        columns += further
    # What two divisions have in common is said once.
    equations = [list(terms) for terms in dict.fromkeys(map(tuple, equations))]
    rows = [row for row, terms in enumerate(equations) for _ in terms]
    places = [column for terms in equations for column, _ in terms]
    signs = [float(sign) for terms in equations for _, sign in terms]
    return csr_array((signs, (rows, places)), shape=(len(equations), columns))


def _divisions(counts: pd.DataFrame, parents: Mapping[str, str]) -> list[pd.Index]:
    """Rows that may be added up together: wards of two years share out the same ground twice."""
    vintages = counts["vintage"] if "vintage" in counts else pd.Series("", index=counts.index)
    areas = zip(counts["area_code"], counts["level"], vintages.fillna(""), strict=True)
    kinds = {code: (str(level), str(vintage)) for code, level, vintage in reversed(list(areas))}
    holding = set(parents.values())
    beside: dict[str, set[tuple[str, str]]] = {}
    for code, (level, vintage) in kinds.items():
        # A county and a district that lies in no county share out a police area together.
        together = level == "county" and code in holding
        kind = ("district" if together else level, vintage)
        beside.setdefault(parents.get(code, ""), set()).add(kind)
    rivals: set[tuple[str, str]] = set()
    for holder, some in beside.items():
        # An area of no known vintage goes with any.
        of_known_vintage = {
            kind for kind in some if kind[1] or not any(k[0] == kind[0] and k[1] for k in some)
        }
        if holder and len(of_known_vintage) > 1:
            rivals |= of_known_vintage
    divisions = []
    for chosen in sorted(rivals):
        others = {code for code, kind in kinds.items() if kind in rivals and kind != chosen}
        out = {code for code in kinds if others.intersection([code, *ancestors(code, parents)])}
        divisions.append(counts.index[~counts["area_code"].isin(out)])
    return divisions or [counts.index]


def _sums_within(
    counts: pd.DataFrame,
    parents: Mapping[str, str],
    nests: Nests,
    spans: Mapping[str, Span | None],
) -> tuple[list[Terms], int]:
    """Equations over the cells of one division, and how many columns they have beside these."""
    levels = dict(zip(counts["area_code"], counts["level"], strict=True))
    blocks = blocks_of(counts, units_of(levels, parents), nests, spans)
    cells = _Cells(counts)
    sums = [
        *_by_area(cells, parents),
        *_by_sex(cells),
        *_by_indicator(cells, nests),
        *_by_period(cells, spans),
    ]
    system = _System(blocks)
    system.take_apart(sums)
    return system.equations, system.further


class _Cells:
    """Columns by key, and by level and series."""

    def __init__(self, counts: pd.DataFrame) -> None:
        self.place: dict[tuple[str, str, str, str], int] = {}
        self.levels: dict[str, dict[Series, dict[str, int]]] = {}
        names = (*COUNT_KEY, "level", "status")
        for column, (area, indicator, sex, period, level, status) in enumerate(
            zip(*(counts[name].tolist() for name in names), strict=True)
        ):
            if status != "not_applicable":
                self.place[area, indicator, sex, period] = column
                series = self.levels.setdefault(level, {})
                series.setdefault((indicator, sex, period), {})[area] = column


def _by_area(cells: _Cells, parents: Mapping[str, str]) -> Iterator[Sum]:
    """Areas add up to the larger areas that have figures of the same series."""
    lineages: dict[str, list[str]] = {}
    for upper, lowers in PARTS.items():
        for series, wholes in cells.levels.get(upper, {}).items():
            lower = next((one for one in lowers if series in cells.levels.get(one, {})), None)
            parts: dict[str, list[int]] = {}
            for area, column in cells.levels[lower][series].items() if lower else ():
                if area not in lineages:
                    lineages[area] = ancestors(area, parents)
                if holder := next((one for one in lineages[area] if one in wholes), ""):
                    parts.setdefault(holder, []).append(column)
            for holder, columns in parts.items():
                yield wholes[holder], columns


def _by_sex(cells: _Cells) -> Iterator[Sum]:
    """Female and male add up to persons; one that is not applicable adds nothing."""
    by_sex: dict[tuple[str, str, str], dict[str, int]] = {}
    for (area, indicator, sex, period), column in cells.place.items():
        by_sex.setdefault((area, indicator, period), {})[sex] = column
    for found in by_sex.values():
        parts = [found[sex] for sex in ("female", "male") if sex in found]
        if "persons" in found and parts:
            yield found["persons"], parts


def _by_indicator(cells: _Cells, nests: Nests) -> Iterator[Sum]:
    """Indicators are parts of the one that they nest in."""
    given: dict[tuple[str, str, str], dict[str, int]] = {}
    for (area, indicator, sex, period), column in cells.place.items():
        given.setdefault((area, sex, period), {})[indicator] = column
    for found in given.values():
        names = set(found)
        for indicator, column in found.items():
            if parts := nests.nearest(indicator, names):
                yield column, [found[part] for part in parts]


def _by_period(cells: _Cells, spans: Mapping[str, Span | None]) -> Iterator[Sum]:
    """Periods hold the longest ones within them that do not overlap one another."""
    by_time: dict[tuple[str, str, str], list[tuple[tuple[int, int], int]]] = {}
    for (area, indicator, sex, period), column in cells.place.items():
        if span := spans[period]:
            by_time.setdefault((area, indicator, sex), []).append((span, column))
    for given in by_time.values():
        if len(given) < 2:
            continue
        longest = sorted(given, key=lambda one: (one[0][0] - one[0][1], one[0]))
        for span, column in longest:
            taken: list[tuple[int, int]] = []
            parts = []
            for other, part in longest:
                inside = span[0] <= other[0] and other[1] <= span[1] and other != span
                if inside and all(other[1] <= a or b <= other[0] for a, b in taken):
                    taken.append(other)
                    parts.append(part)
            if parts:
                yield column, parts


class _System:
    """Equations that say just what blocks say.

    Parameters
    ----------
    blocks : Blocks
    """

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.equations: list[Terms] = []
        self.further = 0
        self._cells = len(blocks.size)
        # Column of each block: a cell that consists of it, or a new one.
        self._column: dict[int, int] = {}
        self._resolved = np.zeros(self._cells, bool)

    def take_apart(self, sums: list[Sum]) -> None:
        """Write down sums, and for every cell that they leave whole one of its own."""
        order = np.argsort(self.blocks.size, kind="stable")
        first = self._equals(order[self.blocks.size[order] > 0])
        by_whole: dict[int, list[list[int]]] = {}
        for whole, parts in sums:
            by_whole.setdefault(whole, []).append(parts)
        for cell in order[self.blocks.size[order] > 0].tolist():
            if first[cell] != cell:
                self._add(cell, [first[cell]])
                self._resolved[cell] = self._resolved[first[cell]]
            elif self.blocks.size[cell] == 1:
                self._column[int(self.blocks.within(cell)[0])] = cell
                self._resolved[cell] = True
        for cell in order[self.blocks.size[order] > 1].tolist():
            for parts in by_whole.get(cell, ()):
                self._along_one_way(cell, parts)
            if not self._resolved[cell] and first[cell] == cell:
                self._across(cell)

    def _equals(self, order: NDArray[np.int64]) -> dict[int, int]:
        """First cell of those that are the sum of the same blocks."""
        seen: dict[bytes, int] = {}
        return {c: seen.setdefault(self.blocks.within(c).tobytes(), c) for c in order.tolist()}

    def _along_one_way(self, cell: int, parts: list[int]) -> None:
        """A sum of parts, with what they leave where that is one block."""
        blocks = self.blocks
        left = int(blocks.size[cell] - blocks.size[parts].sum())
        if left == 0:
            self._add(cell, parts)
        elif left == 1:
            of_parts = np.concatenate([blocks.within(part) for part in parts])
            (block,) = np.setdiff1d(blocks.within(cell), of_parts)
            self._add(cell, [*parts, self._of_block(int(block))])
        else:
            return
        self._resolved[cell] |= bool(self._resolved[parts].all())

    def _across(self, cell: int) -> None:
        """A sum of the largest cells within a cell that are taken apart, and of blocks."""
        blocks = self.blocks
        inside = blocks.within(cell)
        figures = blocks.figures[inside]
        shared = np.bincount(figures.indices, minlength=self._cells)
        fits = (shared == blocks.size) & (blocks.size < len(inside)) & (blocks.size > 1)
        candidates = np.flatnonzero(fits & self._resolved)
        left = np.zeros(blocks.of.shape[1], bool)
        left[inside] = True
        parts = []
        for part in candidates[np.argsort(-blocks.size[candidates], kind="stable")].tolist():
            of_part = blocks.within(part)
            if left[of_part].all():
                left[of_part] = False
                parts.append(part)
        self._add(cell, parts + [self._of_block(int(b)) for b in np.flatnonzero(left)])
        self._resolved[cell] = True

    def _of_block(self, block: int) -> int:
        if block not in self._column:
            self._column[block] = self._cells + self.further
            self.further += 1
        return self._column[block]

    def _add(self, whole: int, parts: list[int]) -> None:
        self.equations.append([*((part, 1) for part in parts), (whole, -1)])
