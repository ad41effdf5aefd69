"""Own points for the analyst's density, read piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.inputs.points.plan import plan_points
from vawg_geo.inputs.points.projection import Projection
from vawg_geo.overlays.surfaces.settings import SurfaceSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vawg_geo.overlays.overlay import Protected


__all__ = ["OwnPoints", "own_points"]

# Metres: a density's cells are 250 m and more wide.
_TOLERANCE: Final = 1.0


@dataclass(frozen=True, kw_only=True)
class OwnPoints:
    """Points of a file.

    Attributes
    ----------
    path : Path
    category : tuple of str, optional
        Column and value of those to take.
    title : str
        What they are, for readers.
    """

    path: Path
    category: tuple[str, str] | None
    title: str

    def frames(self) -> Iterator[pd.DataFrame]:
        """Eastings and northings in metres (EPSG:27700), piece by piece."""
        source = plan_points(self.path, category=self.category)
        way = Projection(source.crs, tolerance=_TOLERANCE)
        for piece in source.pieces:
            for chunk in source.read(piece):
                x, y = way.nearly(chunk.x, chunk.y)
                frame = pd.DataFrame({"easting": x, "northing": y})
                yield (frame if chunk.chosen is None else frame[chunk.chosen]).dropna()


def own_points(edition: Protected) -> OwnPoints | None:
    """Say which points an edition has, if any: an analyst's alone has them.

    Parameters
    ----------
    edition : Protected

    Returns
    -------
    OwnPoints, optional
    """
    settings = edition.project.overlays.of(SurfaceSettings)
    path = edition.reference.of("surfaces").files.get("points")
    if settings is None or path is None:
        return None
    category = settings.category
    return OwnPoints(path=path, category=category, title=category[1] if category else path.stem)
