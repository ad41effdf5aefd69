"""What `[overlays.profiles]` may say."""

from __future__ import annotations

from vawg_geo.settings import Settings

__all__ = ["ProfileSettings"]


class ProfileSettings(Settings, frozen=True, kw_only=True):
    """`[overlays.profiles]`: classes of whole wards; in no public file."""

    file: str
    sheet: str | None = None
