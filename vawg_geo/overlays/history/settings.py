"""What `[overlays.history]` may say."""

from __future__ import annotations

from vawg_geo.settings import Settings

__all__ = ["HistorySeries", "HistorySettings"]


class HistorySeries(Settings, frozen=True, kw_only=True):
    """`[[overlays.history.series]]`: figures of one indicator, by group and period.

    `whole` is the group that is the sum of the others. `without` are groups of it that have no
    residents; what is left of the whole when they are taken off is `called` otherwise, and has a
    rate per so many residents.
    """

    indicator: str
    title: str = ""
    whole: str = ""
    without: tuple[str, ...] = ()
    called: str = ""
    per: float = 1000
    source: str = ""
    caveat: str = ""


class HistorySettings(Settings, frozen=True, kw_only=True):
    """`[overlays.history]`: figures that a source published of several periods, and its statements.

    `file` has published counts, which anybody can look up: figures of one's own belong under
    `[[counts]]`, where small ones are protected. `residents` are of the same groups; `statements`
    are what the source says of change.
    """

    file: str = ""
    residents: str = ""
    statements: str = ""
    series: tuple[HistorySeries, ...] = ()
