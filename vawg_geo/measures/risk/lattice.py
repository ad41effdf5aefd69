"""Where two parameters are likely, as points on a lattice with a share of the whole each.

A lattice about the mode, laid along the axes of its curvature, is walked from the mode outwards for
as long as the density is worth it: a long tail is followed, and a sharp peak costs few points
(the grid of Rue, Martino and Chopin 2009, Journal of the Royal Statistical Society B 71). On a
normal density, a lattice of 1.5 standard deviations is exact to four digits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

__all__ = ["Density", "likely_points"]

_ROUNDS: Final = 8
# Log density below the highest at which the walk ends.
_DEEP: Final = 5.0
_MOST_POINTS: Final = 400
# Shortest curvature of a log density that a step is measured by: flatter ones are walked.
_FLAT: Final = 0.25


@dataclass
class Density:
    """A log density, but for a constant, and what was found where it was computed.

    Attributes
    ----------
    found_at : callable
        From a point, shape (d,), to the log density there and whatever else was found.
    found : dict
        What else was found, by step of the lattice.
    """

    found_at: Callable[[Numbers], tuple[float, Any]]
    found: dict[tuple[int, ...], Any] = field(default_factory=dict)

    def __call__(self, point: Numbers) -> float:
        """Log density alone."""
        return self.found_at(point)[0]


def likely_points(density: Density, start: Numbers, *, spacing: float) -> tuple[list[Any], Numbers]:
    """Find the points of a lattice that hold a density, and the share of each.

    Parameters
    ----------
    density : Density
        Over points of one or two numbers.
    start : ndarray of float, shape (d,)
        From where the mode is sought.
    spacing : float
        Of the lattice, in standard deviations at the mode.

    Returns
    -------
    found : list, length g
        What the density found at each point, from the likeliest on.
    shares : ndarray of float, shape (g,)
        Sum to 1.

    Examples
    --------
    >>> hill = Density(lambda at: (-float(((at - 3) ** 2).sum()), at))
    >>> points, shares = likely_points(hill, np.zeros(2), spacing=1.0)
    >>> np.round(shares @ np.array(points), 3).tolist()
    [3.0, 3.0]
    """
    centre, axes = _mode(density, start)
    seen: dict[tuple[int, ...], float] = {}
    near = [(0,) * start.size]
    highest = -np.inf
    while near and len(seen) < _MOST_POINTS:
        step = near.pop(0)
        if step in seen:
            continue
        at = centre + spacing * (axes @ np.array(step, dtype=float))
        seen[step], density.found[step] = density.found_at(at)
        highest = max(highest, seen[step])
        if seen[step] > highest - _DEEP:
            near += [
                tuple(place + way * (i == axis) for i, place in enumerate(step))
                for axis in range(start.size)
                for way in (-1, 1)
            ]
    kept = sorted((-value, step) for step, value in seen.items() if value > highest - _DEEP)
    shares = np.exp(-np.array([value for value, _ in kept]) - highest)
    return [density.found[step] for _, step in kept], shares / shares.sum()


def _mode(density: Density, start: Numbers) -> tuple[Numbers, Numbers]:
    """Near enough to the mode, and in columns a standard deviation along each axis.

    Newton's method on differences a standard deviation wide. It need not be exact: the lattice
    serves from any point near the mode.
    """
    at, reach = start.astype(float), np.full(start.size, 0.5)
    value = density(at)
    for _ in range(_ROUNDS):
        slope, bend = _differences(density, at, value, reach)
        sizes, axes = np.linalg.eigh(-bend)
        sizes = np.maximum(sizes, _FLAT)
        step = axes @ ((axes.T @ slope) / sizes)
        step *= min(1.0, 1.5 / max(float(np.abs(step).max()), 1e-9))
        reach = np.clip(1 / np.sqrt(np.maximum(-np.diag(bend), _FLAT)), 1e-4, 1.0)
        for _ in range(4):
            there = density(at + step)
            if there >= value:
                at, value = at + step, there
                break
            step = step / 3
        if np.abs(step / reach).max() < 0.5:
            break
    return at, axes / np.sqrt(sizes)


def _differences(
    density: Density, at: Numbers, value: float, reach: Numbers
) -> tuple[Numbers, Numbers]:
    """Slope and second derivatives, from points a reach away on either side."""
    d = at.size
    slope, bend = np.empty(d), np.empty((d, d))
    ahead = np.empty(d)
    for i in range(d):
        step = np.where(np.arange(d) == i, reach, 0.0)
        ahead[i], behind = density(at + step), density(at - step)
        slope[i] = (ahead[i] - behind) / (2 * reach[i])
        bend[i, i] = (ahead[i] - 2 * value + behind) / reach[i] ** 2
    for i in range(d):
        for j in range(i):
            both = density(at + np.where((np.arange(d) == i) | (np.arange(d) == j), reach, 0.0))
            bend[i, j] = bend[j, i] = (both - ahead[i] - ahead[j] + value) / (reach[i] * reach[j])
    return slope, bend
