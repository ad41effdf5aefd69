"""An edition's surfaces, as its configuration asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.inputs.points import plan_points
from vawg_geo.inputs.projection import Projection
from vawg_geo.publish.rasters import write_rasters

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vawg_geo.disclosure.gate import Edition

__all__ = ["write_surfaces"]

# A density's cells are 250 m and more wide.
_TOLERANCE = 1.0


def write_surfaces(edition: Edition, folder: Path) -> list[Path]:
    """Write the rasters that `[overlays.surfaces]` asks for.

    Parameters
    ----------
    edition : Edition
    folder : Path
        Made where there is anything to write.

    Returns
    -------
    list of Path
        Empty where the configuration asks for no surfaces.
    """
    settings = edition.project.overlays.surfaces
    if settings is None:
        return []
    points = edition.reference.points
    return write_rasters(
        edition,
        folder,
        sites=edition.reference.sites,
        points=None if points is None else _frames(points, settings.category),
        points_title="" if points is None else _title(points, settings.category),
        cell_m=settings.cell_m,
    )


def _title(path: Path, category: tuple[str, str] | None) -> str:
    return category[1] if category else path.stem


def _frames(path: Path, category: tuple[str, str] | None) -> Iterator[pd.DataFrame]:
    """Eastings and northings of own points, piece by piece."""
    source = plan_points(path, category=category)
    way = Projection(source.crs, tolerance=_TOLERANCE)
    for piece in source.pieces:
        for chunk in source.read(piece):
            x, y = way.nearly(chunk.x, chunk.y)
            frame = pd.DataFrame({"easting": x, "northing": y})
            yield (frame if chunk.chosen is None else frame[chunk.chosen]).dropna()
