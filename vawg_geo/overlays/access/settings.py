"""What `[overlays.access]` may say."""

from __future__ import annotations

from vawg_geo.settings import Settings

__all__ = ["AccessSettings"]


class AccessSettings(Settings, frozen=True, kw_only=True):
    """`[overlays.access]`: public sites, distances, and towns where the next could be.

    `nodes` and `edges` name the tables of a network that the analyst has; without them distances
    are straight lines.
    """

    sites: str
    nodes: str = ""
    edges: str = ""
    within_km: tuple[float, ...] = (5, 10, 20)
    towns: str = ""
    next_sites: int = 3

    def __post_init__(self) -> None:
        if bool(self.nodes) != bool(self.edges):
            msg = "a network is a table of nodes and one of edges: name both, or neither"
            raise ValueError(msg)
