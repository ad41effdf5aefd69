"""Who neighbours whom: the one structure that builders of weights and measures share.

`libpysal.graph.Graph` is what comes in and goes out of the public functions; importing it costs
more than a whole build may take, so within the package neighbours travel as three plain arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from libpysal.graph import Graph
    from numpy.typing import NDArray

__all__ = ["Neighbours", "as_neighbours", "order_of"]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Neighbours of n areas as compressed rows, in the areas' own order.

    Attributes
    ----------
    ids : tuple of str or int, length n
        Areas, in the order of every table that the neighbours are used with.
    starts : ndarray of int, shape (n + 1,)
        Neighbours of area i stand at ``starts[i]:starts[i + 1]``.
    others : ndarray of int, shape (m,)
        Positions of neighbours, ascending within an area; an area is not its own neighbour.
    weights : ndarray of float, shape (m,)
        1 for contiguity, nearest and band.
    kind : str
        What printed output says: `queen`, `rook`, `knn:6`, `band:5000`, `given`;
        `queen+bridges:8` with 8 pairs across water.
    """

    ids: tuple[Any, ...]
    starts: NDArray[np.int64]
    others: NDArray[np.int64]
    weights: NDArray[np.float64]
    kind: str = "given"

    def __post_init__(self) -> None:
        n = len(self.ids)
        if len(set(self.ids)) != n:
            msg = (
                f"{n - len(set(self.ids)):,} of {n:,} areas of the neighbours repeat. Name each "
                "once."
            )
            raise InputError(msg)
        if self.starts.shape != (n + 1,) or self.starts[-1] != self.others.size:
            msg = f"the neighbours' rows do not fit {n:,} areas. Build them anew."
            raise InputError(msg)

    @property
    def n(self) -> int:
        """How many areas."""
        return len(self.ids)

    @cached_property
    def degree(self) -> NDArray[np.int64]:
        """How many neighbours each area has, shape (n,)."""
        return np.diff(self.starts)

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Position of the area that each neighbour belongs to, shape (m,)."""
        return np.repeat(np.arange(self.n), self.degree)

    @property
    def islands(self) -> tuple[Any, ...]:
        """Areas without a neighbour."""
        return tuple(self.ids[i] for i in np.flatnonzero(self.degree == 0))

    @cached_property
    def is_binary(self) -> bool:
        """Whether all neighbours weigh 1."""
        return bool((self.weights == 1).all())

    def of(self, area: Any) -> tuple[Any, ...]:
        """Neighbours of one area."""
        place = self.ids.index(area)
        return tuple(self.ids[i] for i in self.others[self.starts[place] : self.starts[place + 1]])

    def among(self, keep: NDArray[np.bool_]) -> Neighbours:
        """Neighbours among the kept areas only: the others are left out, not set to zero."""
        keep = np.asarray(keep, dtype=bool)
        place = np.cumsum(keep) - 1
        held = keep[self.rows] & keep[self.others]
        degree = np.bincount(self.rows[held], minlength=self.n)[keep]
        return Neighbours(
            ids=tuple(name for name, kept in zip(self.ids, keep, strict=True) if kept),
            starts=np.r_[0, np.cumsum(degree)].astype(np.int64),
            others=place[self.others[held]].astype(np.int64),
            weights=self.weights[held],
            kind=self.kind,
        )

    @cached_property
    def by_id(self) -> NDArray[np.intp]:
        """Positions of the areas in the order of their ids, shape (n,).

        Random draws go by this order, so that nothing depends on the order of the rows.
        """
        return order_of(self.ids)

    def reordered(self, order: NDArray[np.intp]) -> Neighbours:
        """Take the areas in another order, a permutation of the positions."""
        place = np.empty_like(order)
        place[order] = np.arange(order.size)
        return Neighbours.from_pairs(
            tuple(self.ids[i] for i in order),
            place[self.rows],
            place[self.others],
            weights=self.weights,
            kind=self.kind,
        )

    @classmethod
    def from_pairs(
        cls,
        ids: tuple[Any, ...],
        first: NDArray[np.int64],
        second: NDArray[np.int64],
        *,
        weights: NDArray[np.float64] | None = None,
        kind: str = "given",
    ) -> Neighbours:
        """Neighbours from pairs of positions, each way given on its own.

        Examples
        --------
        >>> pairs = Neighbours.from_pairs(("a", "b", "c"), np.array([1, 0]), np.array([0, 1]))
        >>> pairs.of("a"), pairs.islands
        (('b',), ('c',))
        """
        order = np.lexsort((second, first))
        given = np.ones(len(first)) if weights is None else np.asarray(weights, dtype=float)
        degree = np.bincount(first, minlength=len(ids))
        return cls(
            ids=ids,
            starts=np.r_[0, np.cumsum(degree)].astype(np.int64),
            others=np.asarray(second, dtype=np.int64)[order],
            weights=given[order],
            kind=kind,
        )

    @classmethod
    def from_graph(cls, graph: Graph, *, kind: str = "given") -> Neighbours:
        """Neighbours of a `libpysal.graph.Graph`, in its order; self-weights are left out."""
        ids = tuple(graph.unique_ids)
        place = {name: n for n, name in enumerate(ids)}
        table = graph.adjacency.reset_index()
        first = table["focal"].map(place).to_numpy(np.int64)
        second = table["neighbor"].map(place).to_numpy(np.int64)
        weights = table["weight"].to_numpy(float)
        # The Graph writes an island as its own neighbour with weight 0.
        real = first != second
        return cls.from_pairs(ids, first[real], second[real], weights=weights[real], kind=kind)

    def to_graph(self) -> Graph:
        """Give the same neighbours as a `libpysal.graph.Graph`, row order kept."""
        import pandas as pd
        from libpysal.graph import Graph

        # The Graph writes an island as its own neighbour with weight 0. The rows are in order
        # already: telling it so halves the time.
        isolated = np.flatnonzero(self.degree == 0)
        first, second = np.r_[self.rows, isolated], np.r_[self.others, isolated]
        weights = np.r_[self.weights, np.zeros(isolated.size)]
        order = np.lexsort((second, first))
        ids = pd.Index(self.ids)
        index = pd.MultiIndex(
            levels=[ids, ids],
            codes=[first[order], second[order]],
            names=["focal", "neighbor"],
            verify_integrity=False,
        )
        return Graph(pd.Series(weights[order], index=index, name="weight"), is_sorted=True)


def order_of(ids: Sequence[Any]) -> NDArray[np.intp]:
    """Positions of ids in ascending order: numbers by size, everything else as text.

    Examples
    --------
    >>> order_of(["b", "c", "a"]).tolist(), order_of([10, 9]).tolist()
    ([2, 0, 1], [1, 0])
    """
    names = np.asarray(ids)
    if names.dtype.kind not in "iuf":
        names = np.asarray([str(name) for name in ids])
    return np.argsort(names, kind="stable")


def as_neighbours(graph: Graph | Neighbours) -> Neighbours:
    """Take either form of neighbours."""
    return graph if isinstance(graph, Neighbours) else Neighbours.from_graph(graph)
