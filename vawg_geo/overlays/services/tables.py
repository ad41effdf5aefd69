"""Tables of services, of whom they reach, and of the gaps."""

from __future__ import annotations

from typing import Final

from vawg_geo.terms.declared import columns, table
from vawg_geo.terms.shared import EVENTS, PER_OTHERS, PER_RESIDENTS, RESIDENTS
from vawg_geo.terms.tables import WHO

__all__ = ["TABLES"]

TABLES: Final = (
    table(
        name="coverage",
        title="Services by area, as at the dates of the map",
        keys=("area_code", "service", "date"),
        known_by="service coverage",
        columns=(
            *WHO,
            *columns("nothing", "service coverage provision state covered date valid_from"),
            *columns("nothing", "valid_to provides age_range public_site note"),
        ),
    ),
    table(
        name="coverage_changes",
        title="What changed between the two dates",
        keys=("area_code", "provision"),
        known_by="change state_before",
        columns=(
            *WHO,
            *columns("nothing", "change state_before provision state_after services_before"),
            *columns("nothing", "services_after before after words note"),
        ),
    ),
    table(
        name="reach",
        title="Contacts with services for every 100 in need, or per residents",
        keys=("area_code", "indicator", "period"),
        known_by="numerator_count denominator_count",
        columns=(
            *WHO,
            *columns("count", "numerator_count denominator_count", unit=EVENTS),
            *columns("cell", "indicator period numerator numerator_sex denominator"),
            *columns("cell", "denominator_sex comparator"),
            *columns("series", "numerator_basis denominator_basis reach_per reach_method basis"),
            *columns("series", "status significance_rule note"),
            *columns("derived", "reach reach_lower reach_upper", unit=PER_OTHERS),
            *columns("derived", "comparator_reach significance"),
        ),
    ),
    table(
        name="gaps",
        title="Need above the comparator with help absent, unknown or reaching fewer",
        keys=("area_code", "gap"),
        known_by="gap need_indicator reach_numerator",
        columns=(
            *WHO,
            *columns("nothing", "gap provision state services date words note"),
            *columns("cell", "need_indicator need_sex need_period need_comparator"),
            *columns("cell", "reach_indicator reach_numerator reach_numerator_sex"),
            *columns("cell", "reach_denominator reach_period reach_denominator_sex"),
            *columns("cell", "reach_comparator"),
            *columns("cell", "need_population", unit=RESIDENTS),
            *columns("series", "need_rate_per need_status need_basis need_significance_rule"),
            *columns("series", "reach_per reach_numerator_basis reach_denominator_basis"),
            *columns("series", "reach_status"),
            *columns(
                "count", "need_count reach_numerator_count reach_denominator_count", unit=EVENTS
            ),
            *columns("derived", "need_rate need_rate_lower need_rate_upper", unit=PER_RESIDENTS),
            *columns("derived", "reach reach_lower reach_upper", unit=PER_OTHERS),
            *columns("derived", "need_comparator_rate need_significance reach_comparator_value"),
            *columns("derived", "reach_significance"),
        ),
    ),
)
