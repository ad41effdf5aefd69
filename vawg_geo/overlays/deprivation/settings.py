"""What `[overlays.deprivation]` may say."""

from __future__ import annotations

from vawg_geo.settings import Settings

__all__ = ["DeprivationSettings"]


class DeprivationSettings(Settings, frozen=True, kw_only=True):
    """`[overlays.deprivation]`: score, national rank and decile by LSOA.

    `source_claims` names the indicators that a source's claims on deprivation are about. With
    `spatial_model` a model of `spreg` (extra `models`) is tried where its diagnostics ask for one.
    """

    file: str
    sheet: str | None = None
    title: str = "Index of Multiple Deprivation"
    columns: dict[str, str] = {}
    source_claims: tuple[str, ...] = ()
    spatial_model: bool = False
