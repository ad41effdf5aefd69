"""Classes of whole wards by a published source; in no public file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.overlays.overlay import NOTHING, Overlay
from vawg_geo.overlays.profiles.settings import ProfileSettings
from vawg_geo.overlays.profiles.tables import TABLES
from vawg_geo.terms.forms import Form

if TYPE_CHECKING:
    from vawg_geo.overlays.overlay import Given, Inputs
    from vawg_geo.overlays.part import Part

__all__ = ["OVERLAY"]


class _Profiles(Overlay[ProfileSettings]):
    name = "profiles"
    settings = ProfileSettings
    tables = TABLES
    forms = (
        Form(
            name="profiles",
            needs=(
                "profile",
                "area_code",
                "area_name",
                "level",
                "profile_class",
                "as_of",
                "basis",
            ),
            may=("vintage", "parent_code", "area_name_in_source", "note"),
            key=("profile", "area_code"),
            row_of="area",
        ),
    )

    def for_other_counts(self, settings: ProfileSettings) -> None:  # noqa: ARG002
        return None

    def allow(self, inputs: Inputs, *, edition: str) -> Inputs:
        return NOTHING if edition == "public" else inputs

    def compute(self, given: Given[ProfileSettings]) -> Part:
        from vawg_geo.overlays.profiles.layer import profiles_part

        return profiles_part(given)


OVERLAY: Final = _Profiles()
