"""Tables of published figures over time, of their changes, and of what a source says of change."""

from __future__ import annotations

from typing import Final

from vawg_geo.terms.declared import DeclaredColumn, columns, table
from vawg_geo.terms.shared import EVENTS, PER_RESIDENTS, RESIDENTS
from vawg_geo.terms.tables import SERIES, WHO

__all__ = ["TABLES"]

_GROUP: Final = DeclaredColumn(name="category", tells="cell", title="Group")
# All of them come of figures that are published, or of those that the edition shows.
_SINCE: Final = (
    DeclaredColumn(name="since", tells="cell", title="Earlier period"),
    DeclaredColumn(name="until", tells="cell", title="Later period"),
)

TABLES: Final = (
    table(
        name="published_over_time",
        title="Published figures over time, by group",
        keys=("area_code", "indicator", "category", "period"),
        known_by="category published_rate",
        columns=(
            *WHO,
            *SERIES,
            _GROUP,
            *columns("count", "count", unit=EVENTS),
            *columns("cell", "population", unit=RESIDENTS),
            DeclaredColumn(
                name="published_rate", tells="derived", title="Rate", unit=PER_RESIDENTS
            ),
            DeclaredColumn(name="published_rate_lower", tells="derived", title="Rate, lower limit"),
            DeclaredColumn(name="published_rate_upper", tells="derived", title="Rate, upper limit"),
            *columns("series", "rate_per status basis note"),
            *columns("nothing", "source caveat"),
        ),
    ),
    table(
        name="published_changes",
        title="Changes of published figures over time",
        keys=("area_code", "indicator", "category", "measured", "since", "until"),
        known_by="category measured times",
        columns=(
            *WHO,
            *columns("cell", "indicator sex"),
            _GROUP,
            DeclaredColumn(
                name="measured",
                tells="cell",
                title="Of what",
                words="Of numbers, or of rates where residents of both periods are known.",
            ),
            *_SINCE,
            DeclaredColumn(name="times", tells="derived", title="Later over earlier"),
            DeclaredColumn(name="times_lower", tells="derived", title="Later over earlier, lower"),
            DeclaredColumn(name="times_upper", tells="derived", title="Later over earlier, upper"),
            *columns("derived", "p_value p_adjusted"),
            DeclaredColumn(name="change", tells="derived", title="Change"),
            DeclaredColumn(name="trend", tells="derived", title="Recent trend"),
            *columns("series", "basis note"),
        ),
    ),
    table(
        name="statements_of_change",
        title="What the source says of change, and what the figures say",
        known_by="statement stated_percent",
        columns=(
            *WHO,
            *columns("cell", "indicator sex"),
            *columns("nothing", "statement place_in_source stated_percent"),
            *_SINCE,
            *columns("cell", "comparator"),
            *columns("nothing", "comparator_percent agrees value lower upper note"),
            DeclaredColumn(name="found", tells="nothing", title="What the figures say"),
        ),
    ),
)
