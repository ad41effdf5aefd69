"""One linked table over all counts of an edition: cells, and the sums that tie them together.

An attacker adds and subtracts whatever is published: wards in their district, districts in their
county and police area, women and men in persons, indicators in the one that they are part of,
periods that overlap. Each such sum is an equation over the cells.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from vawg_geo.areas.hierarchy import PARTS, ancestors
from vawg_geo.columns import COUNT_KEY
from vawg_geo.periods import read_period

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    from scipy.sparse import csr_array

__all__ = ["link_cells"]

# Columns of an equation and their signs; they add up to 0.
Terms = list[tuple[int, int]]
Series = tuple[str, str, str]


def link_cells(
    counts: pd.DataFrame,
    parents: Mapping[str, str],
    *,
    part_of: Mapping[str, tuple[str, bool]] | None = None,
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

    Returns
    -------
    scipy.sparse.csr_array, shape (equations, columns)
        The first columns are the cells, in the order of `counts`; the others are figures that
        nobody publishes and that are 0 or more: pieces of periods that overlap, and what a whole
        has beside its parts.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({
    ...     "area_code": ["d", "w", "v"], "level": ["district", "ward", "ward"],
    ...     "indicator": "crimes", "sex": "persons", "period": "2015/16", "status": "value"})
    >>> link_cells(counts, {"w": "d", "v": "d"}).toarray()
    array([[-1.,  1.,  1.]])
    """
    from scipy.sparse import csr_array

    cells = _Cells(counts)
    equations = [
        *_by_area(cells, parents),
        *_by_sex(cells),
        *_by_indicator(cells, part_of or {}),
        *_by_period(cells),
    ]
    rows = [row for row, terms in enumerate(equations) for _ in terms]
    columns = [column for terms in equations for column, _ in terms]
    signs = [float(sign) for terms in equations for _, sign in terms]
    return csr_array((signs, (rows, columns)), shape=(len(equations), cells.columns))


class _Cells:
    """Columns by key and by level and series; further columns on request."""

    def __init__(self, counts: pd.DataFrame) -> None:
        self.columns = len(counts)
        self.place: dict[tuple[str, str, str, str], int] = {}
        self.nothing: set[tuple[str, str, str, str]] = set()
        self.levels: dict[str, dict[Series, dict[str, int]]] = {}
        names = (*COUNT_KEY, "level", "status")
        for column, (area, indicator, sex, period, level, status) in enumerate(
            zip(*(counts[name].tolist() for name in names), strict=True)
        ):
            if status == "not_applicable":
                self.nothing.add((area, indicator, sex, period))
            else:
                self.place[area, indicator, sex, period] = column
                series = self.levels.setdefault(level, {})
                series.setdefault((indicator, sex, period), {})[area] = column

    def further(self) -> int:
        """A column for a figure that nobody publishes."""
        self.columns += 1
        return self.columns - 1


def _by_area(cells: _Cells, parents: Mapping[str, str]) -> Iterator[Terms]:
    """Areas add up to the larger areas that have figures of the same series."""
    lineages: dict[str, list[str]] = {}
    for upper, lowers in PARTS.items():
        for series, wholes in cells.levels.get(upper, {}).items():
            lower = next((one for one in lowers if series in cells.levels.get(one, {})), None)
            parts: dict[str, Terms] = {}
            for area, column in cells.levels[lower][series].items() if lower else ():
                if area not in lineages:
                    lineages[area] = ancestors(area, parents)
                if holder := next((one for one in lineages[area] if one in wholes), ""):
                    parts.setdefault(holder, []).append((column, 1))
            for holder, terms in parts.items():
                yield [*terms, (wholes[holder], -1)]


def _by_sex(cells: _Cells) -> Iterator[Terms]:
    """Female and male add up to persons; one that is not applicable adds nothing."""
    by_sex: dict[tuple[str, str, str], dict[str, int]] = {}
    for (area, indicator, sex, period), column in cells.place.items():
        by_sex.setdefault((area, indicator, period), {})[sex] = column
    for (area, indicator, period), found in by_sex.items():
        parts = [(found[sex], 1) for sex in ("female", "male") if sex in found]
        none = sum((area, indicator, sex, period) in cells.nothing for sex in ("female", "male"))
        if "persons" in found and parts and len(parts) + none == len(("female", "male")):
            yield [*parts, (found["persons"], -1)]


def _by_indicator(cells: _Cells, part_of: Mapping[str, tuple[str, bool]]) -> Iterator[Terms]:
    """Indicators add up to the one that they are parts of, or to less."""
    wholes: dict[tuple[str, str, str, str], Terms] = {}
    complete: dict[str, bool] = {}
    for (area, indicator, sex, period), column in cells.place.items():
        whole, all_there = part_of.get(indicator, ("", False))
        if (area, whole, sex, period) in cells.place:
            wholes.setdefault((area, whole, sex, period), []).append((column, 1))
            complete[whole] = complete.get(whole, True) and all_there
    parts = {
        whole: {part for part, (of, _) in part_of.items() if of == whole} for whole in complete
    }
    for key, terms in wholes.items():
        none = sum((key[0], part, *key[2:]) in cells.nothing for part in parts[key[1]])
        if not complete[key[1]] or len(terms) + none < len(parts[key[1]]):
            terms.append((cells.further(), 1))
        yield [*terms, (cells.place[key], -1)]


def _by_period(cells: _Cells) -> Iterator[Terms]:
    """Periods that overlap are sums of the pieces that their ends cut the time into."""
    by_time: dict[tuple[str, str, str], dict[tuple[int, int], list[int]]] = {}
    for (area, indicator, sex, period), column in cells.place.items():
        if span := read_period(period):
            series = by_time.setdefault((area, indicator, sex), {})
            series.setdefault(span, []).append(column)
    for spans in by_time.values():
        if not _overlap(list(spans)):
            continue
        ends = sorted({end for span in spans for end in span})
        pieces = {piece: cells.further() for piece in pairwise(ends)}
        for (start, end), columns in spans.items():
            inside = [(c, 1) for (a, b), c in pieces.items() if start <= a and b <= end]
            for column in columns:
                yield [*inside, (column, -1)]


def _overlap(spans: list[tuple[int, int]]) -> bool:
    """Whether any two of some spans have time in common."""
    ordered = np.array(sorted(spans))
    latest = np.maximum.accumulate(ordered[:, 1])
    return bool((ordered[1:, 0] < latest[:-1]).any())
