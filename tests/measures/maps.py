"""Small maps that the tests of measures share."""

from __future__ import annotations

import numpy as np

from vawg_geo.terms.graph import Neighbours


def grid(rows, columns, *, kind="queen"):
    """Neighbours of the cells of a grid, cells numbered row by row."""
    place = np.arange(rows * columns).reshape(rows, columns)
    steps = [(0, 1), (1, 0), (1, 1), (1, -1)] if kind == "queen" else [(0, 1), (1, 0)]
    first, second = [], []
    for down, right in steps:
        here = place[: rows - down, max(0, -right) : columns - max(0, right)]
        there = place[down:, max(0, right) : columns + min(0, right)]
        first += [here.ravel(), there.ravel()]
        second += [there.ravel(), here.ravel()]
    ids = tuple(range(rows * columns))
    return Neighbours.from_pairs(ids, np.concatenate(first), np.concatenate(second), kind=kind)


def random_neighbours(rng, n, *, density=0.2, weights=None, islands=0):
    """A random graph, each way on its own; the last `islands` areas have no neighbours."""
    joined = rng.random((n, n)) < density
    np.fill_diagonal(joined, False)
    joined[n - islands :] = False
    joined[:, n - islands :] = False
    # A ring, so that none of the others is left alone.
    ring = np.arange(n - islands)
    joined[ring, np.roll(ring, 1)] = True
    first, second = np.nonzero(joined)
    given = None
    if weights == "random":
        given = rng.uniform(0.2, 3.0, first.size)
    elif weights == "quarters":
        given = rng.integers(1, 12, first.size) / 4
    ids = tuple(f"A{i:03}" for i in rng.permutation(n))
    return Neighbours.from_pairs(ids, first, second, weights=given)
