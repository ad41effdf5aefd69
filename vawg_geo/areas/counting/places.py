"""How many points share their coordinates: published points are often moved to a shared place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Places"]

# More different places than police.uk has for England and Wales: past this, nothing is shared
# that one would want to know of, and memory is not spent on it.
_MOST: Final = 1_000_000
_ODD_1, _ODD_2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


@dataclass(frozen=True)
class Places:
    """Different pairs of coordinates, and how many points are at each.

    Attributes
    ----------
    keys : ndarray of uint64
        One for each pair of coordinates, ascending.
    counts : ndarray of int64
    too_many : bool
        There are more than a million; `keys` and `counts` are then empty.

    Examples
    --------
    >>> x, y = np.array([1.0, 2, 1, 1]), np.array([5.0, 5, 5, 6])
    >>> found = Places.of(x[:2], y[:2]) + Places.of(x[2:], y[2:])
    >>> found.different, found.shared, found.most
    (3, 1, 2)
    """

    keys: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    counts: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    too_many: bool = False

    @classmethod
    def of(cls, x: NDArray[np.float64], y: NDArray[np.float64]) -> Places:
        """Places of some points."""
        # Of the bits of both coordinates; that two of a million places fall on one key is less
        # likely than one in ten million.
        one = (x + 0.0).view(np.uint64) * _ODD_1
        key = ((one ^ (one >> np.uint64(29))) + (y + 0.0).view(np.uint64)) * _ODD_2
        keys, counts = np.unique(key ^ (key >> np.uint64(32)), return_counts=True)
        return _limited(cls(keys, counts.astype(np.int64)))

    def __add__(self, other: Places) -> Places:
        if self.too_many or other.too_many:
            return Places(too_many=True)
        keys, at = np.unique(np.concatenate([self.keys, other.keys]), return_inverse=True)
        counts = np.zeros(len(keys), np.int64)
        np.add.at(counts, at, np.concatenate([self.counts, other.counts]))
        return _limited(Places(keys, counts))

    @property
    def different(self) -> int:
        """How many different places there are."""
        return len(self.keys)

    @property
    def shared(self) -> int:
        """Places at which there is more than one point."""
        return int((self.counts > 1).sum())

    @property
    def points_shared(self) -> int:
        """Points that share their place with another."""
        return int(self.counts[self.counts > 1].sum())

    @property
    def most(self) -> int:
        """Points at the place that has the most."""
        return int(self.counts.max()) if len(self.counts) else 0


def _limited(places: Places) -> Places:
    return Places(too_many=True) if places.different > _MOST else places
