"""Tables of deprivation, and of rates beside it."""

from __future__ import annotations

from typing import Final

from vawg_geo.terms.declared import columns, table
from vawg_geo.terms.shared import SHARE
from vawg_geo.terms.tables import SERIES, WHO

__all__ = ["TABLES"]

TABLES: Final = (
    table(
        name="deprivation",
        title="{title} by area",
        keys=("area_code",),
        known_by="score lsoas_most_deprived",
        columns=(
            *WHO,
            *columns("nothing", "score lsoas_most_deprived place decile decile_note lsoas"),
            *columns("nothing", "score_lowest score_highest population"),
            *columns("nothing", "share_most_deprived", unit=SHARE),
        ),
    ),
    # Of whole levels: correlations and slopes, in which no area can be made out.
    table(
        name="deprivation_links",
        title="How rates go with deprivation, with intervals",
        keys=("level", "indicator", "sex", "period", "statistic"),
        known_by="statistic areas",
        columns=(
            *WHO,
            *SERIES,
            *columns("nothing", "statistic areas_without words value lower upper areas status"),
            *columns("nothing", "note p_value"),
        ),
    ),
    table(
        name="source_claims",
        title="Claims of the source on deprivation, and what the figures say",
        known_by="claim evidence",
        columns=(
            *WHO,
            *SERIES,
            *columns("nothing", "claim evidence agrees value lower upper areas areas_without"),
            *columns("nothing", "decile p_value note"),
        ),
    ),
    table(
        name="rate_and_deprivation",
        title="Thirds by rate and by deprivation",
        keys=("area_code", "indicator", "sex", "period"),
        known_by="rate_class deprivation_class",
        columns=(
            *WHO,
            *SERIES,
            *columns("class", "rate_class"),
            *columns("series", "deprivation_class status note"),
            *columns("series", "rate_limit_1 rate_limit_2 deprivation_limit_1"),
            *columns("series", "deprivation_limit_2"),
        ),
    ),
    table(
        name="rates_by_deprivation",
        title="Rates of the areas in each national tenth or fifth of deprivation",
        keys=("level", "indicator", "sex", "period", "grouping", "group"),
        known_by="grouping group areas_without",
        columns=(
            *WHO,
            *SERIES,
            *columns("cell", "grouping group population"),
            *columns("count", "count"),
            *columns("derived", "rate rate_lower rate_upper"),
            *columns("series", "areas areas_without rate_per rate_method status note"),
        ),
    ),
)
