"""Tables of access to public sites, and of where the next could be."""

from __future__ import annotations

from typing import Final

from vawg_geo.terms.declared import columns, table
from vawg_geo.terms.shared import KILOMETRES, METRES, RESIDENTS, SHARE
from vawg_geo.terms.tables import WHO

__all__ = ["TABLES"]

TABLES: Final = (
    table(
        name="access",
        title="Residents within reach of public sites",
        keys=("area_code", "site_group"),
        known_by="site_group median_km",
        columns=(
            *WHO,
            *columns("nothing", "site_group sites nearest_site method basis status note"),
            *columns("nothing", "median_km mean_km", unit=KILOMETRES),
            *columns("nothing", "within_{km}_km", unit=SHARE),
            *columns("nothing", "population population_no_way", unit=RESIDENTS),
        ),
    ),
    table(
        name="next_sites",
        title="Where further sites would bring most residents within reach",
        known_by="town need_newly_within",
        columns=(
            *WHO,
            *columns("nothing", "town need_newly_within rank district_code method need"),
            *columns("nothing", "need_total runner_up distance_method basis note"),
            *columns("nothing", "easting northing", unit=METRES),
            *columns("nothing", "within_km mean_km_before mean_km_after", unit=KILOMETRES),
            *columns("nothing", "runner_up_mean_km", unit=KILOMETRES),
            *columns("nothing", "share_within_before share_within_after", unit=SHARE),
            *columns("nothing", "runner_up_share_within", unit=SHARE),
        ),
    ),
)
