"""Diagonal of the inverse of sparse symmetric matrices, from their factors.

`scipy.sparse.linalg.splu` factors and solves, but gives an inverse only column by column.
Takahashi's recursion gives the entries of the inverse where the factor has entries, and so the
diagonal, in a walk of the factor; several matrices of one pattern are walked through at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csc_array

    Numbers = NDArray[np.float64]

__all__ = ["Inverse", "factored"]

# Symmetric, positive definite: pivots stay on the diagonal, and the order depends on the pattern.
_SYMMETRIC: Final[dict[str, Any]] = {
    "permc_spec": "MMD_AT_PLUS_A",
    "diag_pivot_thresh": 0.0,
    "options": {"SymmetricMode": True},
}


def factored(matrix: csc_array) -> Any:
    """Factor a symmetric positive definite matrix (`scipy.sparse.linalg.SuperLU`)."""
    from scipy.sparse.linalg import splu

    return splu(matrix, **_SYMMETRIC)


@dataclass(frozen=True, eq=False)
class Inverse:
    """Where factors of one pattern have entries, and in which order they are walked through.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        Place of each row in the order of elimination.
    keys : ndarray of int, shape (m,)
        Entries of the factor below its diagonal, ascending: column times n plus row.
    starts : ndarray of int, shape (n + 1,)
        Where the columns begin.
    squares : list of ndarray
        For each column of k entries, shape (k, k): where the inverse's entries between its rows
        stand, the n of the diagonal first.
    """

    order: NDArray[np.int64]
    keys: NDArray[np.int64]
    starts: NDArray[np.int64]
    squares: list[NDArray[np.int64]]

    @classmethod
    def of(cls, matrix: csc_array) -> Inverse:
        """Find the pattern of a matrix's factor.

        Examples
        --------
        >>> from scipy.sparse import csc_array
        >>> matrix = csc_array([[2.0, -1.0], [-1.0, 2.0]])
        >>> Inverse.of(matrix).diagonals([factored(matrix)]).round(4).tolist()
        [[0.6667], [0.6667]]
        """
        n = matrix.shape[0]
        order = factored(matrix).perm_c.astype(np.int64)
        columns = _filled(matrix, order)
        sizes = np.array([column.size for column in columns], dtype=np.int64)
        starts = np.r_[0, np.cumsum(sizes)].astype(np.int64)
        rows = np.concatenate(columns) if n else np.empty(0, dtype=np.int64)
        keys = np.repeat(np.arange(n), sizes) * n + rows
        squares = []
        for column in columns:
            first = np.minimum.outer(column, column)
            second = np.maximum.outer(column, column)
            at = n + np.searchsorted(keys, first * n + second)
            np.fill_diagonal(at, column)
            squares.append(at)
        return cls(order=order, keys=keys, starts=starts, squares=squares)

    def diagonals(self, factors: Sequence[Any]) -> Numbers:
        """Diagonals of the inverses of matrices of this pattern, by column.

        Parameters
        ----------
        factors : sequence of SuperLU, length g
            As `factored` gives them.

        Returns
        -------
        ndarray of float, shape (n, g)

        Notes
        -----
        With M = L D L', columns from the last: Z_Sj = -Z_SS L_Sj, and Z_jj = 1 / D_j - L_Sj' Z_Sj,
        where S are the rows of column j. Source: Takahashi, Fagan and Chen (1973), Proceedings of
        the 8th PICA Conference; Rue and Martino (2007), Journal of Statistical Planning and
        Inference 137.
        """
        n = self.order.size
        lower = np.stack([self._entries(factor) for factor in factors], axis=1)
        pivots = np.stack([factor.U.diagonal() for factor in factors], axis=1)
        found = np.empty((n + self.keys.size, len(factors)))
        for j in range(n - 1, -1, -1):
            here = slice(self.starts[j], self.starts[j + 1])
            column = lower[here]
            across = -(found[self.squares[j]] * column).sum(axis=1)
            found[n + here.start : n + here.stop] = across
            found[j] = 1 / pivots[j] - (column * across).sum(axis=0)
        return found[self.order]

    def _entries(self, factor: Any) -> Numbers:
        """Entries of one factor at our places; where it has none, 0."""
        lower = factor.L.tocoo()
        below = lower.row > lower.col
        keys = lower.col[below].astype(np.int64) * self.order.size + lower.row[below]
        entries = np.zeros(self.keys.size)
        entries[np.searchsorted(self.keys, keys)] = lower.data[below]
        return entries


def _filled(matrix: csc_array, order: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Rows below the diagonal of each column of the factor, ascending, in order of elimination."""
    n = matrix.shape[0]
    place = matrix.tocoo()
    row, column = order[place.row], order[place.col]
    below = row > column
    filled: list[set[int]] = [set() for _ in range(n)]
    for i, j in zip(row[below].tolist(), column[below].tolist(), strict=True):
        filled[j].add(i)
    for rows in filled:
        if rows:
            # What is below a column's first entry is passed on to the column of that entry.
            parent = min(rows)
            filled[parent] |= rows - {parent}
    return [np.array(sorted(rows), dtype=np.int64) for rows in filled]
