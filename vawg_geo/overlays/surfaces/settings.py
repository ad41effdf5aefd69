"""What `[overlays.surfaces]` may say."""

from __future__ import annotations

from vawg_geo.settings import Settings

__all__ = ["SurfaceSettings"]


class SurfaceSettings(Settings, frozen=True, kw_only=True):
    """`[overlays.surfaces]`: the rasters' cell, and points for the analyst's density.

    `category` is column and value of the points to take, as `vawg-geo count` has it.
    """

    cell_m: float = 100
    points: str = ""
    category: tuple[str, str] | None = None
