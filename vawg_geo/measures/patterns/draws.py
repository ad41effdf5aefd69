"""Ordered samples of areas for permutations, the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["BLOCK", "drawn_orders", "require_seed"]

BLOCK: Final = 8192
"""Permutations that share one stream of random numbers. A constant of the method: another value
gives other draws, so it may not depend on the machine."""


def require_seed(seed: int) -> None:
    """Refuse a seed that is no whole number from 0 up.

    Raises
    ------
    InputError
    """
    if not isinstance(seed, int | np.integer) or seed < 0:
        msg = f"the seed is {seed!r}. Give a whole number, 0 or more; 12345 is the default."
        raise InputError(msg)


def drawn_orders(
    n: int, size: int, permutations: int, *, seed: int, per: int | None = None
) -> Iterator[NDArray[np.int32]]:
    """Ordered samples of distinct areas, some of them at a time.

    Parameters
    ----------
    n : int
        Areas.
    size : int
        Areas in a sample, at most n.
    permutations : int
        Samples.
    seed : int
        Of `numpy.random.PCG64`; each 8,192 samples have a stream of their own, spawned from it.
    per : int, optional
        Samples at a time, rounded up to whole streams of 8,192; by default all.

    Yields
    ------
    ndarray of int, shape (size, samples)
        Positions of areas; each column is one sample, every ordered sample equally likely.

    Examples
    --------
    >>> orders = next(drawn_orders(10, 3, 1000, seed=1))
    >>> orders.shape, all(len(set(column)) == 3 for column in orders.T.tolist())
    ((3, 1000), True)
    """
    blocks = -(-permutations // BLOCK)
    step = max(1, -(-(permutations if per is None else per) // BLOCK))
    for begin in range(0, blocks, step):
        first, last = begin * BLOCK, min((begin + step) * BLOCK, permutations)
        orders = np.empty((size, last - first), dtype=np.int32)
        for block in range(begin, min(begin + step, blocks)):
            place = slice(block * BLOCK - first, (block + 1) * BLOCK - first)
            stream = np.random.SeedSequence(seed, spawn_key=(block,))
            _fill(orders[:, place], n, np.random.Generator(np.random.PCG64(stream)))
        yield orders


def _fill(orders: NDArray[np.int32], n: int, rng: np.random.Generator) -> None:
    size, count = orders.shape
    if n <= 4 * size:
        whole = np.broadcast_to(np.arange(n, dtype=np.int32), (count, n))
        orders[:] = rng.permuted(whole, axis=1)[:, :size].T
        return
    # Drawing again what was drawn before leaves each of the others equally likely.
    for row in range(size):
        orders[row] = rng.integers(0, n, size=count, dtype=np.int32)
        again = np.flatnonzero((orders[:row] == orders[row]).any(axis=0))
        while again.size:
            orders[row, again] = rng.integers(0, n, size=again.size, dtype=np.int32)
            again = again[(orders[:row, again] == orders[row, again]).any(axis=0)]
