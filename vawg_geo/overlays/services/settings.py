"""What `[overlays.services]` may say."""

from __future__ import annotations

import datetime as dt

from vawg_geo.settings import Settings

__all__ = ["ReachSettings", "ServiceSettings"]


class ReachSettings(Settings, frozen=True, kw_only=True):
    """`[[overlays.services.reach]]`: contacts with a service per 100 of those in need.

    `denominator` is an indicator; without it the counts are per `per` residents of `sex`.
    """

    name: str
    numerator: str
    denominator: str = ""
    sex: str = "female"
    per: float = 100
    comparator: str = ""


class ServiceSettings(Settings, frozen=True, kw_only=True):
    """`[overlays.services]`: who covers which area, as at a date; reach; the gaps.

    `figures` names a table of published counts that anybody can look up.
    """

    file: str
    sheet: str | None = None
    date: dt.date
    compare_with: dt.date | None = None
    figures: str = ""
    reach: tuple[ReachSettings, ...] = ()
