"""How many points lie so near a border that another drawing of it might place them elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Borders", "build_borders"]


@dataclass(frozen=True)
class Borders:
    """Sides of outlines, ready to be asked what lies near them.

    Attributes
    ----------
    metres : float
        What is near.
    tree : shapely.STRtree
    """

    metres: float
    tree: Any

    def near(self, x: Floats, y: Floats) -> int:
        """How many points are near a border.

        Parameters
        ----------
        x, y : ndarray of float
            In the outlines' metres.
        """
        places, counts = np.unique(np.column_stack([x, y]), axis=0, return_counts=True)
        if not len(places):
            return 0
        found, _ = self.tree.query(shapely.points(places), "dwithin", distance=self.metres)
        return int(counts[np.unique(found)].sum())


def build_borders(shapes: NDArray[Any], *, metres: float) -> Borders:
    """Make outlines ready to be asked what lies near them.

    Parameters
    ----------
    shapes : ndarray of polygons
    metres : float

    Examples
    --------
    >>> borders = build_borders(np.array([shapely.box(0, 0, 1000, 1000)]), metres=50)
    >>> borders.near(np.array([500.0, 40, 40, 1020]), np.array([500.0, 500, 500, 500]))
    3
    """
    rings = shapely.get_rings(shapely.get_parts(shapes))
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    side = ring[1:] == ring[:-1]
    ends = np.stack([corners[:-1][side], corners[1:][side]], axis=1)
    sides: Any = shapely.linestrings(ends)
    return Borders(metres, shapely.STRtree(sides))
