"""How far people live from public sites, and where the next one would serve most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.overlays.access.settings import AccessSettings
from vawg_geo.overlays.access.tables import TABLES
from vawg_geo.overlays.overlay import Overlay
from vawg_geo.terms.forms import PLACE, Form

if TYPE_CHECKING:
    from vawg_geo.overlays.overlay import Given
    from vawg_geo.overlays.part import Part

__all__ = ["OVERLAY"]


class _Access(Overlay[AccessSettings]):
    name = "access"
    settings = AccessSettings
    tables = TABLES
    lsoas = "with places"
    forms = (
        Form(
            name="sites",
            needs=("site", "easting", "northing"),
            may=("kind", "district_code", "idva", "idva_from", "basis", "note"),
            numbers=PLACE,
            key=("site",),
            row_of="place",
            setting="sites",
        ),
        Form(
            name="towns",
            needs=("town", "easting", "northing"),
            may=("district_code",),
            numbers=PLACE,
            key=("town",),
            row_of="place",
            setting="towns",
        ),
        Form(
            name="nodes",
            needs=("node", "easting", "northing"),
            numbers=PLACE,
            key=("node",),
            setting="nodes",
        ),
        Form(
            name="edges",
            needs=("from_node", "to_node", "metres"),
            numbers=frozenset(("metres",)),
            setting="edges",
        ),
    )

    def compute(self, given: Given[AccessSettings]) -> Part:
        from vawg_geo.overlays.access.layer import access_part

        return access_part(given)


OVERLAY: Final = _Access()
