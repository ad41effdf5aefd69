"""The structured part of a smoothed risk: who resembles whom, scaled so that maps compare.

Each connected part of a map has an intrinsic conditional autoregressive field that sums to zero,
scaled so that the geometric mean of its variances is 1 (Riebler and others 2016; for several parts
Freni-Sterrantino, Ventrucci and Rue 2018). An area without neighbours has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vawg_geo.measures.risk.inverse import Inverse, factored

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csc_array

    from vawg_geo.terms.graph import Neighbours

    Numbers = NDArray[np.float64]

__all__ = ["Field", "Solved", "build_field"]


@dataclass(frozen=True, eq=False)
class Field:
    """A scaled field over those of n areas that have neighbours, c of them.

    Attributes
    ----------
    n : int
    at : ndarray of int, shape (c,)
        Areas with neighbours.
    part : ndarray of int, shape (c,)
        Number of the connected part that each is in.
    precision : csc_array, shape (c, c)
        Scaled; the rows of each part sum to zero.
    diagonal : ndarray of int, shape (c,)
        Where the diagonal stands in `precision.data`.
    inverse : Inverse
        Pattern of the factor of `precision` with something on its diagonal.
    """

    n: int
    at: NDArray[np.int64]
    part: NDArray[np.int64]
    precision: csc_array
    diagonal: NDArray[np.int64]
    inverse: Inverse

    def solved(self, added: Numbers) -> Solved:
        """Factor the precision with a vector, shape (c,), added to its diagonal."""
        from scipy.sparse import csc_array

        data = self.precision.data.copy()
        data[self.diagonal] += added
        matrix = csc_array(
            (data, self.precision.indices, self.precision.indptr), shape=self.precision.shape
        )
        factor = factored(matrix)
        ones = factor.solve(np.ones(self.at.size))
        sums = np.bincount(self.part, weights=ones).astype(float)
        return Solved(field=self, factor=factor, ones=ones, sums=sums)


@dataclass(frozen=True, eq=False)
class Solved:
    """A factored precision under the constraint that each part sums to zero.

    Attributes
    ----------
    field : Field
    factor : SuperLU
    ones : ndarray of float, shape (c,)
        Solution for ones. Parts do not touch, so that one solution serves the constraints of all.
    sums : ndarray of float
        Sum of the solution within each part.
    """

    field: Field
    factor: Any
    ones: Numbers
    sums: Numbers

    def solve(self, right: Numbers) -> Numbers:
        """Constrained solutions for right sides in columns, shape (c, m)."""
        free = np.asarray(self.factor.solve(right))
        part = self.field.part
        off = [np.bincount(part, weights=column) / self.sums for column in free.T]
        return free - self.ones[:, None] * np.stack(off, axis=1)[part]

    def log_determinant(self) -> float:
        """Of the constrained precision, but for a constant of the map."""
        pivots = np.abs(self.factor.U.diagonal())
        return float(np.log(pivots).sum() + np.log(self.sums).sum())


def build_field(neighbours: Neighbours, *, has_count: NDArray[np.bool_]) -> Field:
    """Make the scaled field of a map.

    Parameters
    ----------
    neighbours : Neighbours
        Weights are not used; two areas are neighbours where either names the other.
    has_count : ndarray of bool, shape (n,)
        A part of the map without a single count is left out: nothing is known of it.

    Returns
    -------
    Field
    """
    from scipy.sparse import csc_array, diags_array
    from scipy.sparse.csgraph import connected_components

    n = neighbours.n
    first = np.r_[neighbours.rows, neighbours.others]
    second = np.r_[neighbours.others, neighbours.rows]
    touch = csc_array((np.ones(first.size), (first, second)), shape=(n, n))
    touch.data[:] = 1
    number = connected_components(touch, directed=False)[1]
    kept = (np.bincount(number)[number] > 1) & (np.bincount(number, weights=has_count)[number] > 0)
    at = np.flatnonzero(kept)
    within = csc_array(touch[at][:, at])
    laplacian = csc_array(diags_array(within.sum(axis=0)) - within)
    laplacian.sort_indices()
    part = np.unique(number[at], return_inverse=True)[1].astype(np.int64)
    columns = np.repeat(np.arange(at.size), np.diff(laplacian.indptr))
    scale, inverse = _scale(laplacian, part)
    laplacian.data *= scale[columns]
    return Field(
        n=n,
        at=at,
        part=part,
        precision=laplacian,
        diagonal=np.flatnonzero(laplacian.indices == columns),
        inverse=inverse,
    )


def _scale(laplacian: csc_array, part: NDArray[np.int64]) -> tuple[Numbers, Inverse]:
    """Geometric mean of the variances of each area's part, shape (c,); the factor's pattern.

    With one area of a part held fast (1 on its diagonal), the inverse is Z = B + 11', and the
    diagonal of the pseudo-inverse is Z_ii - 2 (Z1)_i / k + 1'Z1 / k^2 in a part of k areas.
    """
    from scipy.sparse import csc_array, diags_array

    held = np.zeros(part.size)
    held[np.unique(part, return_index=True)[1]] = 1
    matrix = csc_array(laplacian + diags_array(held))
    inverse = Inverse.of(matrix)
    if not part.size:
        return held, inverse
    factor = factored(matrix)
    sums = factor.solve(np.ones(part.size))
    size = np.bincount(part)[part]
    variance = inverse.diagonals([factor])[:, 0] - 2 * sums / size
    variance += np.bincount(part, weights=sums)[part] / size**2
    logs = np.bincount(part, weights=np.log(variance)) / np.bincount(part)
    return np.exp(logs)[part], inverse
