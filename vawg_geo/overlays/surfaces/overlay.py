"""Surfaces: rasters of smoothed rates and distances, and the analyst's density of own points.

It gives no table and no layer: `publish.rasters` draws what its settings ask for.
"""

from __future__ import annotations

from typing import Final

from vawg_geo.overlays.overlay import Overlay
from vawg_geo.overlays.surfaces.settings import SurfaceSettings

__all__ = ["OVERLAY"]


class _Surfaces(Overlay[SurfaceSettings]):
    name = "surfaces"
    settings = SurfaceSettings
    files = ("points",)


OVERLAY: Final = _Surfaces()
