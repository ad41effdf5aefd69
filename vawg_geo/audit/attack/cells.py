"""Cells of all tables that one reader holds, and the sums that must hold between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.audit.attack.blocks import (
    Crossed,
    Equations,
    Kind,
    Layout,
    cross,
    families,
    within,
)
from vawg_geo.audit.attack.periods import overlapping, pieces_of, tilings
from vawg_geo.audit.observed import CELL
from vawg_geo.terms.codes import level_of_code
from vawg_geo.terms.columns import SEXES
from vawg_geo.terms.periods import read_periods, span_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from vawg_geo.terms.periods import Span

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

__all__ = ["CellTable", "levels_of"]

# Levels that share out an area together: a police area is its counties and the districts that
# lie in no county.
_TOGETHER: Final = {"district": "county"}


def levels_of(frame: pd.DataFrame) -> dict[str, str]:
    """Level of each area that observations name, by what they say or else by its code."""
    pairs = frame.loc[frame["level"].notna() & (frame["level"] != ""), ["area_code", "level"]]
    pairs = pairs.drop_duplicates("area_code")
    return dict(zip(pairs["area_code"], pairs["level"], strict=True))


class CellTable:
    """Cells by area and series (indicator, sex, period), each with a number.

    Cells that files name come first; sums add those that nobody names and that follow from
    others: a third sex, an area that was left out, a piece of time.

    Parameters
    ----------
    areas : list of str
    levels : mapping of str to str
    series : list of (str, str, str)
    parents : sequence of mapping
        By folder: code of the area that holds an area.
    named : sequence of set
        By folder: areas that it has figures of.
    spans : mapping, optional
        Time of each word for a period, None where it cannot be said; read from the words if it is
        not given.

    Attributes
    ----------
    united : array of int
        Cells that nobody names and that are several named periods, end to end.
    """

    def __init__(
        self,
        *,
        areas: list[str],
        levels: Mapping[str, str],
        series: list[tuple[str, str, str]],
        parents: Sequence[Mapping[str, str]],
        named: Sequence[set[str]],
        spans: Mapping[str, Span | None] | None = None,
    ) -> None:
        self._parents: dict[str, str] = {}
        for mapping in reversed(parents):
            self._parents |= {a: p for a, p in mapping.items() if p}
        known = dict.fromkeys([*areas, *self._parents, *self._parents.values()])
        self.areas = list(known)
        self._place = {code: i for i, code in enumerate(self.areas)}
        self._levels = [levels.get(a) or level_of_code(a) or "" for a in self.areas]
        self.series = list(series)
        words = list(dict.fromkeys(key[2] for key in self.series))
        self._spans = dict(spans or zip(words, read_periods(words), strict=True))
        self._column = {key: i for i, key in enumerate(self.series)}
        self._index: Integers = np.full((len(self.areas), len(self.series)), -1, np.int64)
        self._families = self._children(parents, named)
        self._made: list[tuple[Integers, Integers]] = []
        self.size = 0
        self.united: Integers = np.zeros(0, np.int64)
        self._blocks: list[tuple[Integers, Integers, Integers, bool]] = []
        self._kinds: dict[Kind, int] = {}
        self._part_of: Mapping[str, tuple[str, bool]] = {}
        self._absent: Flags = np.zeros(1, bool)

    def name_cells(self, areas: Integers, series: Integers) -> Integers:
        """Number the cells at these places; one number for each place."""
        places = areas * max(1, len(self.series)) + series
        found, numbers = np.unique(places, return_inverse=True)
        area, column = np.divmod(found, max(1, len(self.series)))
        self._make(area.astype(np.int64), column.astype(np.int64))
        return np.asarray(numbers, np.int64)

    def names(self) -> pd.DataFrame:
        """What each cell is called, by number."""
        area = np.concatenate([a for a, _ in self._made]) if self._made else np.zeros(0, np.int64)
        column = np.concatenate([c for _, c in self._made]) if self._made else area
        lists = {name: [key[i] for key in self.series] for i, name in enumerate(CELL[1:])}
        taken = {
            name: np.array(values, dtype=object)[column] if len(column) else []
            for name, values in lists.items()
        }
        codes = np.array(self.areas, dtype=object)[area] if len(area) else []
        return pd.DataFrame({CELL[0]: codes, **taken}, dtype="str")

    def add_sums(self, part_of: Mapping[str, tuple[str, bool]], absent: Flags) -> None:
        """Write every sum down, with the cells that it needs.

        Parameters
        ----------
        part_of : mapping
            By indicator: what it is a part of, and whether all parts are there.
        absent : array of bool
            By number of a named cell: the figure does not apply. Such a cell is no whole, and
            as a part it is nought.
        """
        self._part_of = part_of
        # The last one stands for the cell of number -1, which is none.
        self._absent = np.append(absent, False)
        self._add_periods()
        for _ in range(2):
            self._make_nested(part_of)
            self._make_sexes()
            # A sum over areas gives them the figure that they lack, and so a third sex.
            for _, members, columns in self._divisions():
                self._fill(np.repeat(members, len(columns)), np.tile(columns, len(members)))
        self._add_areas()
        self._add_nested(part_of)
        self._add_sexes()

    def over_overlapping_times(self) -> dict[str, int]:
        """Family of each indicator whose family has figures of times that overlap."""
        family = families([key[0] for key in self.series], self._part_of)
        times: dict[int, dict[Span, None]] = {}
        for indicator, _, word in self.series:
            if span := self._spans.get(word):
                times.setdefault(family[indicator], {})[span] = None
        several = {number for number, spans in times.items() if overlapping(list(spans))}
        return {name: number for name, number in family.items() if number in several}

    def equations(self) -> Equations:
        """All sums as one sparse table: those along one axis, then those that cross several."""
        rows, columns, signs, kinds, open_ends = [], [], [], [], []
        start = 0
        for wholes, parts, kind, open_end in self._blocks:
            number = np.arange(start, start + len(wholes))
            there = parts >= 0
            rows += [number, np.broadcast_to(number[:, None], parts.shape)[there]]
            columns += [wholes, parts[there]]
            signs += [np.ones(len(wholes)), -np.ones(int(there.sum()))]
            kinds.append(kind)
            open_ends.append(np.full(len(wholes), open_end))
            start += len(wholes)
        none = np.zeros(0, np.int64)
        along = Equations(
            row=np.concatenate([none, *rows]),
            column=np.concatenate([none, *columns]),
            sign=np.concatenate([np.zeros(0), *signs]),
            kind=np.concatenate([none, *kinds]),
            open_end=np.concatenate([np.zeros(0, bool), *open_ends]),
            kinds=list(self._kinds),
            size=self.size,
            crossed=start,
        )
        layout = Layout(
            grid=self._index,
            parent=self._tree(),
            series=self.series,
            spans=self._spans,
            part_of=self._part_of,
            absent=self._absent[:-1],
        )
        return self._with_crossed(along, cross(layout, along, self.size))

    def _with_crossed(self, along: Equations, crossed: Crossed) -> Equations:
        m, more = len(along.kind), len(crossed.whole)
        names = self.names()
        area = np.concatenate([a for a, _ in self._made])[crossed.whole] if more else ()
        levels_within = self._levels_within()
        over: list[tuple[int, int]] = []
        kinds_of_key: dict[tuple[str, ...], list[int]] = {}
        for i, (place, cell) in enumerate(zip(area, crossed.whole.tolist(), strict=True)):
            key = tuple(str(value) for value in names.loc[cell, list(CELL[1:])])
            levels = levels_within[int(place)]
            kinds = kinds_of_key.setdefault((*key, *sorted(levels)), self._goes_by(key, levels))
            over += [(m + i, kind) for kind in kinds]
        kinds = [self._kind(("crossed", str(names.loc[c, CELL[1]]))) for c in crossed.whole]
        number = m + np.arange(more)
        pairs = np.array(over, np.int64).reshape(-1, 2)
        return Equations(
            row=np.concatenate([along.row, number, crossed.row + m]),
            column=np.concatenate([along.column, crossed.whole, crossed.part]),
            sign=np.concatenate([along.sign, np.ones(more), -np.ones(len(crossed.part))]),
            kind=np.concatenate([along.kind, np.array(kinds, np.int64)]),
            open_end=np.concatenate([along.open_end, np.zeros(more, bool)]),
            kinds=list(self._kinds),
            size=self.size + crossed.extra,
            crossed=m,
            over_row=pairs[:, 0],
            over_kind=pairs[:, 1],
            broken=crossed.broken,
        )

    def _goes_by(self, key: tuple[str, ...], levels: set[str]) -> list[int]:
        """Kinds of sums along one axis that a sum of blocks takes together."""
        names = set(within(key[0], self._part_of))
        return [
            number
            for kind, number in self._kinds.items()
            if kind[-1] in names
            and (kind[0] != "areas" or kind[1] in levels)
            and (kind[0] != "sexes" or key[1] == SEXES[0])
            and kind[0] != "crossed"
        ]

    def _tree(self) -> Integers:
        """Area that holds each area; of several divisions of an area the first one counts."""
        parent = np.full(len(self.areas), -1, np.int64)
        for place in self._downwards():
            above = {place}
            at = place
            while (at := int(parent[at])) >= 0:
                above.add(at)
            members = self._families[place][0]
            free = [m for m in members.tolist() if parent[m] < 0 and m not in above]
            parent[free] = place
        return parent

    def _levels_within(self) -> dict[int, set[str]]:
        """By area: levels of the areas at or below it that others share out."""
        levels: dict[int, set[str]] = {place: set() for place in range(len(self.areas))}
        for place in reversed(self._downwards()):
            levels[place].add(self._levels[place])
            for members in self._families[place]:
                levels[place] |= set().union(*(levels[m] for m in members.tolist()))
        return levels

    def _make(self, area: Integers, column: Integers) -> None:
        self._index[area, column] = self.size + np.arange(len(area))
        self._made.append((area, column))
        self.size += len(area)

    def _fill(self, area: Integers, column: Integers) -> None:
        """Make the cells at these places that are not there."""
        lacking = self._index[area, column] < 0
        self._make(area[lacking], column[lacking])

    def _series_number(self, key: tuple[str, str, str]) -> int:
        if key not in self._column:
            self._column[key] = len(self.series)
            self.series.append(key)
            self._index = np.pad(self._index, ((0, 0), (0, 1)), constant_values=-1)
        return self._column[key]

    def _applies(self, cells: Integers) -> Flags:
        """Whether there is such a cell and its figure applies."""
        cut = np.where(cells < len(self._absent) - 1, cells, -1)
        flags: Flags = (cells >= 0) & ~self._absent[cut]
        return flags

    def _add(
        self, wholes: Integers, parts: Integers, kind: Kind | Integers, *, open_end: bool = False
    ) -> None:
        """Write down sums; `parts` has a row for each whole, and -1 where there is no part."""
        if not len(wholes):
            return
        numbers = np.full(len(wholes), self._kind(kind)) if isinstance(kind, tuple) else kind
        self._blocks.append((wholes, parts, numbers, open_end))

    def _kind(self, kind: Kind) -> int:
        return self._kinds.setdefault(kind, len(self._kinds))

    # Periods ---------------------------------------------------------------------------------

    def _add_periods(self) -> None:
        spans, named = dict(self._spans), list(self.series)
        words: dict[Span, str] = {}
        for word, span in spans.items():
            if span:
                words.setdefault(span, word)
        for indicator in dict.fromkeys(key[0] for key in self.series):
            times = list(
                dict.fromkeys(s for k in self.series if k[0] == indicator and (s := spans[k[2]]))
            )
            for group in overlapping(times):
                chosen = [times[i] for i in group]
                for sex in dict.fromkeys(k[1] for k in self.series if k[0] == indicator):
                    self._cut_time(indicator, sex, chosen, words)
        self._unite_periods(named, spans, words)

    def _unite_periods(
        self,
        named: Sequence[tuple[str, str, str]],
        spans: Mapping[str, Span | None],
        words: Mapping[Span, str],
    ) -> None:
        """Cells of periods put end to end, where a figure of kin is of that time in one."""
        family = families([key[0] for key in named], self._part_of)
        given: dict[tuple[str, str], list[Span]] = {}
        for indicator, sex, word in named:
            if span := spans[word]:
                given.setdefault((indicator, sex), []).append(span)
        times: dict[int, list[Span]] = {}
        for (indicator, _), some in given.items():
            times.setdefault(family[indicator], []).extend(some)
        made = [self.united]
        for (indicator, sex), some in given.items():
            every = list(dict.fromkeys(times[family[indicator]]))
            for span in (every[i] for group in overlapping(every) for i in group):
                for tiles in tilings(span, some):
                    columns = [self._column[indicator, sex, words[tile]] for tile in tiles]
                    made.append(self._unite((indicator, sex, words[span]), columns))
        self.united = np.concatenate(made)

    def _unite(self, key: tuple[str, str, str], columns: Sequence[int]) -> Integers:
        """Cells of one series that are the sum of others, in areas that have all of these."""
        column = self._series_number(key)
        whole = self._applies(self._index[:, columns]).all(axis=1) & (self._index[:, column] < 0)
        areas = np.flatnonzero(whole)
        self._make(areas, np.full(len(areas), column))
        cells: Integers = self._index[areas, column]
        self._add(cells, self._index[areas[:, None], columns], ("period", key[0]))
        return cells

    def _cut_time(
        self, indicator: str, sex: str, spans: list[Span], words: dict[Span, str]
    ) -> None:
        """Sums of pieces of time, where an area has figures for two spans or more."""
        given_spans = [s for s in spans if (indicator, sex, words[s]) in self._column]
        columns = [self._column[indicator, sex, words[s]] for s in given_spans]
        applies = self._applies(self._index[:, columns])
        areas = np.flatnonzero(applies.sum(axis=1) > 1)
        if not len(areas):
            return
        pieces = pieces_of(spans)
        for position, span in enumerate(given_spans):
            within = [p for p in pieces if span[0] <= p[0] and p[1] <= span[1]]
            has = areas[applies[areas, position]]
            if len(within) < 2 or not len(has):
                continue
            keys = [(indicator, sex, words.setdefault(p, span_name(p))) for p in within]
            self._spans |= {key[2]: piece for key, piece in zip(keys, within, strict=True)}
            numbers = np.array([self._series_number(key) for key in keys], np.int64)
            self._fill(np.repeat(has, len(numbers)), np.tile(numbers, len(has)))
            parts = self._index[has[:, None], numbers]
            self._add(self._index[has, columns[position]], parts, ("period", indicator))

    # Indicators that nest --------------------------------------------------------------------

    def _nests(
        self, part_of: Mapping[str, tuple[str, bool]]
    ) -> list[tuple[str, bool, int, Integers]]:
        """Whole, whether its parts are all, series of the whole and of the parts."""
        wholes: dict[str, list[str]] = {}
        for part, (whole, _) in part_of.items():
            wholes.setdefault(whole, []).append(part)
        nests = []
        for whole, names in wholes.items():
            complete = any(part_of[name][1] for name in names)
            for kind in [key[1:] for key in self.series if key[0] == whole]:
                keys = [(name, *kind) for name in names]
                if any(key in self._column for key in keys):
                    columns = [self._series_number(key) for key in keys]
                    whole_column = self._column[whole, *kind]
                    nests.append((whole, complete, whole_column, np.array(columns, np.int64)))
        return nests

    def _make_nested(self, part_of: Mapping[str, tuple[str, bool]]) -> None:
        for _, complete, column, columns in self._nests(part_of):
            if complete:
                has_part = self._applies(self._index[:, columns]).any(axis=1)
                areas = np.flatnonzero(has_part & self._applies(self._index[:, column]))
                self._fill(np.repeat(areas, len(columns)), np.tile(columns, len(areas)))

    def _add_nested(self, part_of: Mapping[str, tuple[str, bool]]) -> None:
        for whole, complete, column, columns in self._nests(part_of):
            has_part = self._applies(self._index[:, columns]).any(axis=1)
            areas = np.flatnonzero(has_part & self._applies(self._index[:, column]))
            wholes = self._index[areas, column]
            cells = self._index[areas[:, None], columns]
            if complete:
                every = (cells >= 0).all(axis=1)
                wholes, cells = wholes[every], cells[every]
            self._add(wholes, cells, ("parts", whole), open_end=not complete)
            if complete or len(columns) < 2:
                continue
            # Parts that overlap each other are each no more than the whole all the same.
            for part in cells.T:
                some = part >= 0
                self._add(wholes[some], part[some, None], ("part", whole), open_end=True)

    # Sexes -----------------------------------------------------------------------------------

    def _trios(self) -> list[tuple[str, Integers]]:
        """Indicator, and series of persons, female and male, where two of them are there."""
        pairs = dict.fromkeys((key[0], key[2]) for key in self.series)
        trios = []
        for indicator, period in pairs:
            keys = [(indicator, sex, period) for sex in SEXES]
            if sum(key in self._column for key in keys) > 1:
                trios.append((indicator, np.array([self._series_number(k) for k in keys])))
        return trios

    def _make_sexes(self) -> None:
        for _, columns in self._trios():
            cells = self._index[:, columns]
            applies = self._applies(cells)
            # Two that apply, and of the third nothing is said.
            for area_flags, lacking in (
                ((applies.sum(axis=1) == 2) & (cells[:, i] < 0), i) for i in range(3)
            ):
                areas = np.flatnonzero(area_flags)
                self._make(areas, np.full(len(areas), columns[lacking]))

    def _add_sexes(self) -> None:
        for indicator, columns in self._trios():
            cells = self._index[:, columns]
            applies = self._applies(cells)
            use = (cells >= 0).all(axis=1) & applies[:, 0] & applies[:, 1:].any(axis=1)
            self._add(cells[use, 0], cells[use, 1:], ("sexes", indicator))

    # Areas -----------------------------------------------------------------------------------

    def _children(
        self, parents: Sequence[Mapping[str, str]], named: Sequence[set[str]]
    ) -> dict[int, list[Integers]]:
        """Sets of areas that share out an area: one for each level and each division of it.

        Folders may divide an area differently (wards of two years); a folder that names some of
        the areas of another's division only leaves the others out.
        """
        sets: dict[tuple[int, str], list[frozenset[int]]] = {}
        for own, areas in zip(parents, named, strict=True):
            family: dict[tuple[int, str], set[int]] = {}
            for code in dict.fromkeys([*areas, *own]):
                parent = own.get(code) or self._parents.get(code, "")
                if parent:
                    level = self._levels[self._place[code]]
                    key = (self._place[parent], _TOGETHER.get(level, level))
                    family.setdefault(key, set()).add(self._place[code])
            for key in [key for key in family if not key[1]]:
                # Areas of no known level are of the level of those beside them.
                others = [other for other in family if other[0] == key[0] and other[1]]
                if len(others) == 1:
                    family[others[0]] |= family.pop(key)
            for key, some in family.items():
                sets.setdefault(key, []).append(frozenset(some))
        holders = {place for place, _ in sets}
        families: dict[int, list[Integers]] = {}
        for (place, _), found in sets.items():
            for members in dict.fromkeys(found):
                if any(members < other for other in found):
                    continue
                # A county that holds nothing by these codes lies on its districts' ground.
                mixed = {"county", "district"} <= {self._levels[m] for m in members}
                kept = [
                    m
                    for m in sorted(members)
                    if not mixed or m in holders or self._levels[m] != "county"
                ]
                families.setdefault(place, []).append(np.array(kept, np.int64))
        return families

    def _downwards(self) -> list[int]:
        """Areas that hold others, larger ones first."""

        def depth(place: int) -> int:
            steps, code = 0, self.areas[place]
            while (code := self._parents.get(code, "")) and steps < 12:
                steps += 1
            return steps

        return sorted(self._families, key=depth)

    def _divisions(self) -> Iterator[tuple[int, Integers, Integers]]:
        """Areas that share out another, and the series in which they may be summed, downwards."""
        order = self._downwards()
        # Whether an area or one within it has a figure, by series.
        within = self._applies(self._index)
        for place in reversed(order):
            for members in self._families[place]:
                within[place] |= within[members].any(axis=0)
        for place in order:
            by_division = [within[m].any(axis=0).any() for m in self._families[place]]
            if sum(by_division) > 1:
                # Shared out in two ways, each tells of the other: what it has stands between.
                told = np.flatnonzero(within[place])
                self._fill(np.full(len(told), place), told)
            for members in self._families[place]:
                columns = np.flatnonzero(
                    self._applies(self._index[place]) & within[members].any(axis=0)
                )
                if len(columns):
                    yield place, members, columns

    def _add_areas(self) -> None:
        indicators = [key[0] for key in self.series]
        for place, members, columns in self._divisions():
            self._fill(np.repeat(members, len(columns)), np.tile(columns, len(members)))
            level = self._levels[place]
            kinds = [self._kind(("areas", level, indicators[c])) for c in columns]
            self._add(
                self._index[place, columns],
                self._index[members[:, None], columns].T,
                np.array(kinds, np.int64),
            )
