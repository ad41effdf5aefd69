"""What `[overlays.access]` may say."""

from __future__ import annotations

from vawg_geo.settings import Settings

__all__ = ["AccessSettings"]


class AccessSettings(Settings, frozen=True, kw_only=True):
    """`[overlays.access]`: public sites, distances, and towns where the next could be."""

    sites: str
    within_km: tuple[float, ...] = (5, 10, 20)
    towns: str = ""
    next_sites: int = 3
