"""Sums that cross several of areas, sexes, parts and time, whether or not a figure stands between.

Every figure is a sum of atoms: a smallest area, a sex, an indicator without parts (or what a whole
has beside its parts) and a piece of time. Atoms that lie in just the same figures make a block.
Figures that sums along one axis do not tie to blocks get a sum of their own, so that what the sums
allow is what the atoms allow, no less and no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from vawg_geo.audit.attack.periods import pieces_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from vawg_geo.terms.periods import Span

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Hashes = NDArray[np.uint64]

__all__ = ["Crossed", "Equations", "Kind", "Layout", "cross", "families", "within"]

_PERSONS: Final = "persons"
_BY_SEX: Final = ("female", "male")
# Kinds of sums that a reader may find not to hold.
Kind = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Equations:
    """Wholes less their parts. Entry `k`: cell `column[k]` in equation `row[k]`, sign 1 or -1.

    `kind` numbers `kinds`, by equation; `open_end`: the parts need not be all. Equations from
    `crossed` on are sums of blocks: equation `over_row[k]` goes by sums of kind `over_kind[k]`.
    `broken` are equations that cannot hold. `size` unknowns: cells, then blocks that are none.
    """

    row: Integers
    column: Integers
    sign: Floats
    kind: Integers
    open_end: Flags
    kinds: list[Kind]
    size: int
    crossed: int
    over_row: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    over_kind: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    broken: Integers = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """Which cells there are, and what they are sums of.

    Attributes
    ----------
    grid : array, shape (areas, series)
        Number of each cell, -1 where there is none.
    parent : array, shape (areas,)
        Area that holds an area, -1 for none.
    series : list of (str, str, str)
        Indicator, sex, period.
    spans : mapping
        Time of each period, None where it cannot be said.
    part_of : mapping
        By indicator: what it is a part of, and whether all parts are there.
    absent : array of bool
        By cell: the figure does not apply. Cells beyond its end do.
    """

    grid: Integers
    parent: Integers
    series: list[tuple[str, str, str]]
    spans: Mapping[str, Span | None]
    part_of: Mapping[str, tuple[str, bool]]
    absent: Flags


@dataclass(frozen=True, kw_only=True, eq=False)
class Crossed:
    """Sums of blocks: `whole[i]` is the sum of the unknowns `part` where `row` is `i`.

    Unknowns from `first` on are blocks that are no cell; there are `extra` of them. `broken` are
    the sums along one axis that do not hold, since what does not apply as a whole has a part that
    does.
    """

    whole: Integers
    row: Integers
    part: Integers
    first: int
    extra: int
    broken: Integers


def families(indicators: Sequence[str], part_of: Mapping[str, tuple[str, bool]]) -> dict[str, int]:
    """Number of the family of each indicator: those that hang together by nests share one.

    Examples
    --------
    >>> families(["rape", "theft", "violence"],
    ...     {"rape": ("sexual offences", False), "sexual offences": ("violence", False)})
    {'rape': 0, 'theft': 1, 'violence': 0}
    """
    top: dict[str, str] = {}

    def root(name: str) -> str:
        while top.setdefault(name, name) != name:
            name = top[name]
        return name

    for part, (whole, _) in part_of.items():
        top[root(part)] = root(whole)
    numbers: dict[str, int] = {}
    return {name: numbers.setdefault(root(name), len(numbers)) for name in indicators}


def within(indicator: str, part_of: Mapping[str, tuple[str, bool]]) -> list[str]:
    """An indicator and all that are parts of it, or of its parts.

    Examples
    --------
    >>> within("violence", {"rape": ("sexual", False), "sexual": ("violence", True)})
    ['violence', 'sexual', 'rape']
    """
    names = {indicator: None}
    for name in (queue := [indicator]):
        for part, (whole, _) in part_of.items():
            if whole == name and part not in names:
                names[part] = None
                queue.append(part)
    return list(names)


def cross(layout: Layout, equations: Equations, size: int) -> Crossed:
    """Sums of blocks for the figures that sums along one axis do not tie to blocks.

    Parameters
    ----------
    layout : Layout
    equations : Equations
        Sums along one axis.
    size : int
        Number of cells.

    Returns
    -------
    Crossed
    """
    family = families([key[0] for key in layout.series], layout.part_of)
    of_series = np.array([family[key[0]] for key in layout.series], np.int64)
    of_cell = np.full(size, -1, np.int64)
    there = layout.grid >= 0
    of_cell[layout.grid[there]] = np.broadcast_to(of_series, layout.grid.shape)[there]
    of_row = np.full(len(equations.kind), -1, np.int64)
    of_row[equations.row] = of_cell[equations.column]
    wholes, rows, parts, broken, extra, start = [], [], [], [], 0, 0
    for number in range(len(set(family.values()))):
        model = _Family(layout, np.flatnonzero(of_series == number), size)
        ties = _Ties(model, equations, of_row == number, size + extra)
        ties.run()
        wholes.append(ties.wholes)
        rows.append(ties.rows + start)
        parts.append(ties.parts)
        broken.append(ties.broken)
        extra += len(ties.explicit)
        start += len(ties.wholes)
    none = np.zeros(0, np.int64)
    return Crossed(
        whole=np.concatenate([none, *wholes]),
        row=np.concatenate([none, *rows]),
        part=np.concatenate([none, *parts]),
        first=size,
        extra=extra,
        broken=np.concatenate([none, *broken]),
    )


def _atoms(
    series: Sequence[tuple[str, str, str]],
    spans: Mapping[str, Span | None],
    part_of: Mapping[str, tuple[str, bool]],
) -> Flags:
    """Which atoms lie in which series, atoms of the same series put together."""
    pieces = pieces_of(span for _, _, period in series if (span := spans[period]))
    leaves = {name: _leaves(name, part_of) for name in dict.fromkeys(key[0] for key in series)}
    numbers: dict[tuple[object, str, object], int] = {}
    rows, columns = [], []
    for place, (indicator, sex, period) in enumerate(series):
        span = spans[period]
        # A word that cannot be read is a time of its own.
        times: Sequence[object] = [period]
        if span:
            times = [p for p in pieces if span[0] <= p[0] and p[1] <= span[1]]
        for leaf in leaves[indicator]:
            for one in _BY_SEX if sex == _PERSONS else (sex,):
                for time in times:
                    columns.append(numbers.setdefault((leaf, one, time), len(numbers)))
                    rows.append(place)
    holds = np.zeros((len(series), len(numbers)), bool)
    holds[rows, columns] = True
    return np.unique(holds, axis=1)


def _leaves(indicator: str, part_of: Mapping[str, tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Indicators without parts in an indicator, and what wholes have beside their parts."""
    leaves = []
    for name in within(indicator, part_of):
        complete = [said[1] for said in part_of.values() if said[0] == name]
        if not any(complete):
            leaves.append((name, bool(complete)))
    return leaves or [(indicator, True)]


class _Family:
    """Blocks of the indicators that hang together, and how many of them each cell has."""

    def __init__(self, layout: Layout, columns: Integers, size: int) -> None:
        from scipy.sparse import csr_array

        self.columns = columns
        self.grid = layout.grid[:, columns]
        holds = _atoms([layout.series[i] for i in columns], layout.spans, layout.part_of)
        self.holds = csr_array(holds.astype(np.uint64))
        self.width = holds.sum(axis=1)
        has_cell: Flags = self.grid >= 0
        self.chain = _chains(layout.parent, np.asarray(has_cell.any(axis=1)))
        absent = np.append(layout.absent, np.zeros(size - len(layout.absent) + 1, bool))
        applies = has_cell & ~absent[self.grid]
        numbers = np.where(applies, _scattered(self.grid), 0).astype(np.uint64)
        signature: Hashes = np.asarray(self._spread(numbers) @ self.holds)
        if (has_cell & ~applies).any():
            # What only follows from others does not say that it applies.
            named = applies & (self.grid < len(layout.absent))
            signature[_noughts(self.chain, has_cell & ~applies, named, holds)] = 0
        self.signature, first = np.unique(signature, return_index=True)
        first = first[self.signature != 0]
        self.signature = self.signature[self.signature != 0]
        self.canonical = np.zeros(signature.shape, bool)
        self.canonical.flat[first] = True
        self.signatures = np.where(self.canonical, signature, np.uint64(0))
        self.count, self.hash = np.zeros(size, np.int64), np.zeros(size, np.uint64)
        self.count[self.grid[has_cell]] = self._gathered(self.canonical)[has_cell].astype(np.int64)
        self.hash[self.grid[has_cell]] = self._gathered(self.signatures)[has_cell]
        self.cells = self.grid[applies]
        area, column = np.nonzero(applies)
        self.area, self.column = np.zeros(size, np.int64), np.zeros(size, np.int64)
        self.area[self.cells], self.column[self.cells] = area, column
        self.depth = _depth(layout.parent)

    def _spread(self, of_area: Hashes) -> Hashes:
        """For each smallest area, the sum over the areas that hold it."""
        padded = np.vstack([of_area, np.zeros((1, of_area.shape[1]), np.uint64)])
        total: Hashes = padded[self.chain[:, 0]].copy()
        for place in self.chain.T[1:]:
            total += padded[place]
        return total

    def _gathered(self, of_atom: Hashes | Flags) -> Hashes:
        """For each area and series, the sum over the atoms in it."""
        by_leaf: Hashes = np.asarray(of_atom.astype(np.uint64) @ self.holds.T)
        total = np.zeros((len(self.grid) + 1, len(self.columns)), np.uint64)
        for place in self.chain.T:
            np.add.at(total, place, by_leaf)
        return total[:-1]

    def blocks_in(self, cells: Integers) -> tuple[Integers, Integers]:
        """Pairs of a place in `cells` and a block, by its place in `signature`."""
        holds = self.holds.toarray() > 0
        owners, blocks = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        area, column = self.area[cells], self.column[cells]
        order = np.argsort(area, kind="stable")
        for place in self.chain.T:
            # Cells of the area at this place of each chain.
            first = np.searchsorted(area[order], place, "left")
            last = np.searchsorted(area[order], place, "right")
            leaf = np.repeat(np.arange(len(place)), last - first)
            step = np.arange(len(leaf)) - np.repeat(
                np.cumsum(last - first) - (last - first), last - first
            )
            cell = order[np.repeat(first, last - first) + step]
            one, atom = np.nonzero(holds[column[cell]] & self.canonical[leaf])
            owners.append(cell[one])
            blocks.append(np.searchsorted(self.signature, self.signatures[leaf[one], atom]))
        return np.concatenate(owners), np.concatenate(blocks)


def _chains(parent: Integers, named: Flags) -> Integers:
    """Smallest areas with the areas that hold them, from the smallest up, -1 where there is none.

    Areas without any figure stand together: the rest of the area that holds them.
    """
    depth = _depth(parent)
    active = named.copy()
    for level in range(int(depth.max(initial=0)), 0, -1):
        here = np.flatnonzero((depth == level) & active)
        active[parent[here]] = True
    inner, rest = np.zeros(len(parent), bool), np.zeros(len(parent), bool)
    held = np.flatnonzero(parent >= 0)
    inner[parent[held[active[held]]]] = True
    rest[parent[held[~active[held]]]] = True
    leaves = np.flatnonzero(active & (~inner | rest))
    chain = [leaves]
    while (chain[-1] >= 0).any():
        chain.append(np.where(chain[-1] >= 0, parent[chain[-1]], -1))
    return np.stack(chain[:-1] or [leaves], axis=1)


def _depth(parent: Integers) -> Integers:
    depth = np.zeros(len(parent), np.int64)
    at = parent.copy()
    for _ in range(len(parent)):
        if not (at >= 0).any():
            break
        depth += at >= 0
        at = np.where(at >= 0, parent[at], -1)
    return depth


def _noughts(chain: Integers, absent: Flags, applies: Flags, holds: Flags) -> Flags:
    """Atoms of figures that do not apply, and of no smaller one that does."""
    nought = np.zeros((len(chain), holds.shape[1]), bool)
    absent = np.vstack([absent, np.zeros((1, absent.shape[1]), bool)])
    applies = np.vstack([applies, np.zeros((1, applies.shape[1]), bool)])
    for column in np.flatnonzero(absent.any(axis=0)):
        smaller = np.flatnonzero(~(holds & ~holds[column]).any(axis=1))
        covered = np.zeros_like(nought)
        for place in chain.T:
            covered |= applies[place][:, smaller] @ holds[smaller]
            nought |= (absent[place, column][:, None] & holds[column]) & ~covered
    return nought


def _scattered(numbers: Integers) -> Hashes:
    """Numbers of 64 bits, as good as random: sums of some tell which they are of."""
    with np.errstate(over="ignore"):
        mixed = (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: Hashes = mixed ^ (mixed >> np.uint64(31))
    return result


class _Ties:
    """Which cells sums along one axis tie to blocks; sums of blocks for the others.

    A block is known by one unknown alone: the smallest cell that is just this block, the slack of
    one whole's open sum of parts, or an unknown of its own.
    """

    def __init__(self, model: _Family, equations: Equations, of_family: Flags, first: int) -> None:
        self.model, self.first = model, first
        use = of_family[equations.row]
        self.row, self.part = equations.row[use], equations.column[use]
        is_whole = equations.sign[use] > 0
        m = len(equations.kind)
        self.whole = np.full(m, -1, np.int64)
        self.whole[self.row[is_whole]] = self.part[is_whole]
        self.row, self.part = self.row[~is_whole], self.part[~is_whole]
        self.applies = np.zeros(len(model.count), bool)
        self.applies[model.cells] = True
        self.broken = np.unique(self.row[~self.applies[self.part] & (model.count[self.part] > 0)])
        rest = np.where(self.whole >= 0, model.count[self.whole], 0)
        np.subtract.at(rest, self.row, model.count[self.part])
        self.closed = (self.whole >= 0) & (rest == 0)
        self.closed[self.broken] = False
        self.open = (self.whole >= 0) & (rest == 1) & equations.open_end
        self.open[self.broken] = False
        self.slack = np.full(m, -1, np.int64)
        self._find_slacks()
        self.explicit: dict[int, int] = {}
        none = np.zeros(0, np.int64)
        self.wholes, self.rows, self.parts = none, none, none

    def _find_slacks(self) -> None:
        """Blocks that open sums leave; each must be no cell and the slack of one whole only."""
        model = self.model
        single = model.cells[model.count[model.cells] == 1]
        order = np.lexsort(
            (single, model.width[model.column[single]], -model.depth[model.area[single]])
        )
        single = single[order]
        block, first = np.unique(
            np.searchsorted(model.signature, model.hash[single]), return_index=True
        )
        self.cell_of = np.full(len(model.signature), -1, np.int64)
        self.cell_of[block] = single[first]
        rows = np.flatnonzero(self.open)
        with np.errstate(over="ignore"):
            left = np.zeros(len(self.whole), np.uint64)
            left[rows] = model.hash[self.whole[rows]]
            np.subtract.at(left, self.row, model.hash[self.part])
        place = np.searchsorted(model.signature, left[rows])
        fits = place < len(model.signature)
        fits[fits] = model.signature[place[fits]] == left[rows][fits]
        fits[fits] &= self.cell_of[place[fits]] < 0
        rows, place = rows[fits], place[fits]
        pairs = np.unique(np.stack([place, self.whole[rows]], axis=1), axis=0)
        times = np.bincount(pairs[:, 0], minlength=len(model.signature))
        self.slack[rows] = np.where(times[place] == 1, place, -1)

    def run(self) -> None:
        """Write sums of blocks for all cells that are not tied, small ones first."""
        model = self.model
        summed = np.zeros(len(model.count), bool)
        size = np.stack([-model.depth[model.area], model.width[model.column]], axis=1)
        while len(loose := model.cells[~self._tied(summed)[model.cells]]):
            least = size[loose][np.lexsort(size[loose].T[::-1])[0]]
            batch = loose[(size[loose] == least).all(axis=1)]
            self._write(batch)
            summed[batch] = True

    def _tied(self, summed: Flags) -> Flags:
        tied = summed | ~self.applies
        tied[self.cell_of[self.cell_of >= 0]] = True
        explicit = np.zeros(len(self.model.signature) + 1, bool)
        explicit[list(self.explicit)] = True
        explicit[-1] = True
        usable = self.closed | (self.open & ~explicit[self.slack])
        while True:
            waits = np.bincount(self.row, ~tied[self.part], len(self.whole)) > 0
            new = self.whole[usable & ~waits]
            if tied[new].all():
                return tied
            tied[new] = True

    def _write(self, cells: Integers) -> None:
        owner, block = self.model.blocks_in(cells)
        for one in np.unique(block[self.cell_of[block] < 0]).tolist():
            self.explicit.setdefault(one, self.first + len(self.explicit))
        unknown = self.cell_of.copy()
        unknown[list(self.explicit)] = list(self.explicit.values())
        self.parts = np.concatenate([self.parts, unknown[block]])
        self.rows = np.concatenate([self.rows, owner + len(self.wholes)])
        self.wholes = np.concatenate([self.wholes, cells])
