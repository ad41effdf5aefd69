"""The table of standardised figures."""

from __future__ import annotations

from typing import Final

from vawg_geo.terms.declared import DeclaredColumn, columns, table
from vawg_geo.terms.tables import WHO

__all__ = ["TABLES"]

_PER: Final = "For every so many: `standardised_per`; 1 for a ratio to what is expected."

TABLES: Final = (
    table(
        name="standardised",
        title="Figures standardised by age",
        keys=("area_code", "indicator", "sex", "period", "standardisation"),
        known_by="standardised standardisation",
        columns=(
            *WHO,
            *columns("cell", "indicator sex period"),
            DeclaredColumn(
                name="standardisation",
                tells="series",
                title="Standardisation",
                words="direct: a rate of a standard population. indirect: observed over expected.",
                short="stdisation",
            ),
            DeclaredColumn(
                name="standard",
                tells="series",
                title="Standard or reference",
                words="Whose ages, or whose rates by age.",
            ),
            *columns("derived", "standardised standardised_lower standardised_upper", unit=_PER),
            *columns("derived", "expected significance"),
            *columns("series", "standardised_per rate_method status basis"),
        ),
    ),
)
