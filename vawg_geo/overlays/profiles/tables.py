"""The table of ward profiles."""

from __future__ import annotations

from typing import Final

from vawg_geo.terms.declared import columns, table
from vawg_geo.terms.tables import WHO

__all__ = ["TABLES"]

TABLES: Final = (
    table(
        name="ward_profiles",
        title="Ward profiles, with basis, date and note",
        keys=("area_code", "profile"),
        known_by="profile profile_class",
        columns=(
            *WHO,
            *columns("nothing", "profile profile_class class_rank classes basis as_of note words"),
            *columns("nothing", "area_name_in_source named_together wards_named_together"),
            *columns("nothing", "deprivation_score deprivation_decile"),
        ),
    ),
)
