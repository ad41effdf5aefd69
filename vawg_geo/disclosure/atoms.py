"""What every figure is a sum of: the finest pieces that anybody's figures tell apart.

An atom is a smallest area, a sex, an indicator without parts (or what a whole has beside its
parts) and a smallest piece of time. Nobody prints atoms; all that is printed are sums of them.
Atoms that lie in just the same figures cannot be told apart and are one block here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from vawg_geo.areas.joining.hierarchy import ancestors
from vawg_geo.terms.codes import level_of_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Integers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

__all__ = ["Blocks", "Nests", "blocks_of", "division_of", "units_of"]

# A police area is shared out by its counties and the districts that lie in no county.
_TOGETHER: Final = {"county": "district"}
_SEXES: Final = {"female": (0,), "male": (1,), "persons": (0, 1)}


@dataclass(frozen=True, kw_only=True, eq=False)
class Blocks:
    """Which blocks each figure is the sum of.

    Attributes
    ----------
    of : scipy.sparse.csr_array of bool, shape (figures, blocks)
        A figure that does not apply has none.
    remainder : ndarray of bool, shape (blocks,)
        What wholes have beside their parts, and nothing else: no figure of its own.
    """

    of: csr_array
    remainder: Flags

    @cached_property
    def size(self) -> Integers:
        """How many blocks each figure has."""
        return np.diff(self.of.indptr).astype(np.int64)

    @cached_property
    def figures(self) -> csr_array:
        """Which figures each block lies in."""
        return self.of.T.tocsr()

    def within(self, figure: int) -> Integers:
        """Blocks of a figure."""
        start, end = self.of.indptr[figure], self.of.indptr[figure + 1]
        return self.of.indices[start:end].astype(np.int64)


class Nests:
    """Indicators within others.

    Parameters
    ----------
    part_of : mapping of str to (str, bool)
        By indicator: the one that it is a part of, and whether all parts of that are there.
    names : sequence of str
        Indicators that have figures.
    """

    def __init__(self, part_of: Mapping[str, tuple[str, bool]], names: Sequence[str]) -> None:
        self.whole_of = {part: whole for part, (whole, _) in part_of.items()}
        self.parts: dict[str, list[str]] = {}
        self.complete: dict[str, bool] = {}
        for part, (whole, all_there) in part_of.items():
            self.parts.setdefault(whole, []).append(part)
            self.complete[whole] = self.complete.get(whole, True) and all_there
        everyone = dict.fromkeys([*names, *self.whole_of, *self.whole_of.values()])
        self._family = {name: self._outermost(name) for name in everyone}

    def family(self, name: str) -> str:
        """Outermost whole: indicators hang together where it is the same."""
        return self._family.get(name, name)

    def leaves(self, name: str) -> list[str]:
        """Indicators without parts that make up one; what is beside parts ends with a sign."""
        if name not in self.parts:
            return [name]
        inside = [leaf for part in self.parts[name] for leaf in self.leaves(part)]
        return inside if self.complete[name] else [*inside, _beside(name)]

    def is_remainder(self, leaf: str) -> bool:
        """Whether a leaf is what a whole has beside its parts."""
        return leaf.endswith(_BESIDE)

    def nearest(self, name: str, given: set[str]) -> list[str]:
        """Parts of an indicator that have figures; of a part that has none, its own parts."""
        found = []
        for part in self.parts.get(name, []):
            found += [part] if part in given else self.nearest(part, given)
        return found

    def _outermost(self, name: str) -> str:
        seen = [name]
        while (name := self.whole_of.get(name, "")) and name not in seen:
            seen.append(name)
        return seen[-1]


# No indicator's name ends so: names are texts without signs that cannot be printed.
_BESIDE: Final = "\x00beside"


def _beside(name: str) -> str:
    return name + _BESIDE


def division_of(
    levels: Mapping[str, str], parents: Mapping[str, str]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Areas directly below each area, and areas without figures that are left beside them.

    Parameters
    ----------
    levels : mapping of str to str
        Level of each area that has figures.
    parents : mapping of str to str
        Code of the area that holds an area.

    Returns
    -------
    below : dict of str to list of str
        By area with figures: the nearest areas within it that have figures.
    bare : dict of str to list of str
        By area with figures: the largest areas within it of which nothing has figures.
    """
    children: dict[str, list[str]] = {}
    for code, holder in parents.items():
        if holder:
            children.setdefault(holder, []).append(code)
    # Areas that have figures, or hold some that have.
    touched = {code for area in levels for code in [area, *ancestors(area, parents)]}
    below: dict[str, list[str]] = {}
    bare: dict[str, list[str]] = {}
    for area in levels:
        holder = next((one for one in ancestors(area, parents) if one in levels), "")
        if holder:
            below.setdefault(holder, []).append(area)
    for holder in touched:
        some = children.get(holder, [])
        divisions = {_division(code, levels, some) for code in some if code in touched}
        left = [
            code
            for code in some
            if code not in touched and _division(code, levels, some) in divisions
        ]
        figures = [one for one in [holder, *ancestors(holder, parents)] if one in levels]
        if left and figures:
            bare.setdefault(figures[0], []).extend(left)
    return below, bare


def _division(code: str, levels: Mapping[str, str], beside: Sequence[str]) -> str:
    """Level of an area; of one whose level nobody knows, that of those beside it."""
    level = levels.get(code) or level_of_code(code) or ""
    if not level:
        known = (levels.get(one) or level_of_code(one) for one in beside)
        level = next((one for one in known if one), "")
    return _TOGETHER.get(level, level)


def units_of(levels: Mapping[str, str], parents: Mapping[str, str]) -> dict[str, list[int]]:
    """Smallest areas of each area, by number: those with figures, and what is left beside them.

    Examples
    --------
    >>> levels = {"d": "district", "v": "ward", "w": "ward"}
    >>> units_of(levels, {"v": "d", "w": "d"})
    {'v': [0], 'd': [0, 1], 'w': [1]}
    >>> units_of(levels, {"v": "d", "w": "d", "u": "d"})
    {'d beside': [0], 'd': [0, 1, 2], 'v': [1], 'w': [2]}
    """
    below, bare = division_of(levels, parents)
    units: dict[str, list[int]] = {}
    number = 0

    def place(area: str, holders: list[str]) -> None:
        nonlocal number
        for one in [area, *holders]:
            units.setdefault(one, []).append(number)
        number += 1

    for area in levels:
        holders = [one for one in ancestors(area, parents) if one in levels]
        if area not in below:
            place(area, holders)
        elif area in bare:
            place(f"{area} beside", [area, *holders])
    return units


def blocks_of(
    counts: pd.DataFrame,
    units: Mapping[str, Sequence[int]],
    nests: Nests,
    spans: Mapping[str, tuple[int, int] | None],
) -> Blocks:
    """Split figures into blocks.

    Parameters
    ----------
    counts : pandas.DataFrame
        `area_code`, `indicator`, `sex`, `period`, `status`.
    units : mapping of str to sequence of int
        As `units_of` returns.
    nests : Nests
    spans : mapping of str to (int, int)
        Days of each period; None for a word that stands alone.

    Returns
    -------
    Blocks
    """
    from scipy.sparse import csr_array

    figure, atom, remainder = _entries(counts, units, nests, spans)
    figure, atom = _applicable(figure, atom, (counts["status"] == "not_applicable").to_numpy())
    atoms = len(remainder)
    # Atoms in the same figures have the same sum of the figures' marks.
    marks = np.random.default_rng(0).integers(1, 2**63, len(counts), dtype=np.uint64)
    signs = np.zeros(atoms, np.uint64)
    np.add.at(signs, atom, marks[figure])
    _, first, block = np.unique(signs, return_index=True, return_inverse=True)
    # Atoms in no figure are no block.
    used = signs[first] != 0
    number = np.cumsum(used) - 1
    stands = np.zeros(atoms, bool)
    stands[first[used]] = True
    keep = stands[atom]
    of = csr_array(
        (np.ones(int(keep.sum()), bool), (figure[keep], number[block[atom[keep]]])),
        shape=(len(counts), int(used.sum())),
    )
    of.sort_indices()
    plain = np.zeros(len(first), bool)
    np.logical_or.at(plain, block, ~remainder)
    return Blocks(of=of, remainder=~plain[used])


def _entries(
    counts: pd.DataFrame,
    units: Mapping[str, Sequence[int]],
    nests: Nests,
    spans: Mapping[str, tuple[int, int] | None],
) -> tuple[Integers, Integers, Flags]:
    """Atoms of each figure, and which atoms are of what wholes have beside their parts."""
    sizes = np.array([len(units[code]) for code in counts["area_code"]])
    ends = np.cumsum(sizes)
    inside = np.array([unit for code in counts["area_code"] for unit in units[code]], np.int64)
    width = max((unit for some in units.values() for unit in some), default=-1) + 1
    families = counts["indicator"].map(nests.family)
    figures: list[Integers] = []
    atoms: list[Integers] = []
    remainder: list[Flags] = []
    start = 0
    for family, of_family in counts.groupby(families.to_numpy(), sort=False):
        leaves = {leaf: i for i, leaf in enumerate(nests.leaves(str(family)))}
        pieces = _pieces(of_family["period"].unique().tolist(), spans)
        times = max((p for some in pieces.values() for p in some), default=-1) + 1
        grid = 2 * len(leaves) * times
        by_series = of_family.groupby(["indicator", "sex", "period"], sort=False).indices
        for key, rows in by_series.items():
            indicator, sex, period = cast("tuple[str, str, str]", key)
            series = of_family.index.to_numpy()[rows]
            offsets = np.array(
                [
                    (s * len(leaves) + leaves[leaf]) * times + piece
                    for s in _SEXES[sex]
                    for leaf in nests.leaves(indicator)
                    for piece in pieces[period]
                ],
                np.int64,
            )
            own = np.concatenate([inside[ends[r] - sizes[r] : ends[r]] for r in series])
            atoms.append((start + own[:, None] * grid + offsets).ravel())
            figures.append(np.repeat(np.repeat(series, sizes[series]), len(offsets)))
        beside = np.array([nests.is_remainder(leaf) for leaf in leaves])
        remainder.append(np.tile(np.repeat(beside, times), 2 * width))
        start += width * grid
    none = np.zeros(0, np.int64)
    return (
        np.concatenate([none, *figures]),
        np.concatenate([none, *atoms]),
        np.concatenate([np.zeros(0, bool), *remainder]),
    )


def _pieces(
    words: Sequence[str], spans: Mapping[str, tuple[int, int] | None]
) -> dict[str, list[int]]:
    """Pieces of time of each period, by number; a word that stands alone is a piece of its own."""
    read = {word: span for word in words if (span := spans[word])}
    cuts = list(pairwise(sorted({end for span in read.values() for end in span})))
    pieces = {
        word: [i for i, (start, end) in enumerate(cuts) if span[0] <= start and end <= span[1]]
        for word, span in read.items()
    }
    alone = [word for word in words if word not in read]
    return pieces | {word: [len(cuts) + i] for i, word in enumerate(alone)}


def _applicable(figure: Integers, atom: Integers, nothing: Flags) -> tuple[Integers, Integers]:
    """Leave out what does not apply, and its atoms that are in no smaller figure that applies."""
    if not nothing.any():
        return figure, atom
    void = np.zeros(int(atom.max(initial=-1)) + 1, bool)
    void[atom[nothing[figure]]] = True
    figure, atom = figure[~nothing[figure]], atom[~nothing[figure]]
    # A figure that lies wholly in what does not apply, and applies, speaks for itself.
    applies = np.bincount(figure, ~void[atom], len(nothing)) > 0
    void[atom[~applies[figure]]] = False
    return figure[~void[atom]], atom[~void[atom]]
