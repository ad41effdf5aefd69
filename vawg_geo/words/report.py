"""Texts of the report and of the pictures, in one place as `words` has those of the page."""

from __future__ import annotations

from typing import Any, Final

from vawg_geo.words.page import PAGE
from vawg_geo.words.time import RECORDING

__all__ = ["CHANGE_PICTURE", "COVERAGE_STATE", "HEAD", "LINE", "OVER_TIME", "PICTURE", "REPORT"]

PICTURE: Final = {
    "who_when": "{sex}, {period}",
    "chart_of": "{title} by {level}: how sure the rates are",
    "alt_map": (
        "Map of {n} {levels}, coloured by rate: {title}, {sex}, {period}. {classes}. {others}"
    ),
    "alt_chart": (
        "Chart of the rates of {n} {levels} with their 95% intervals: {title}, {sex}, {period}. "
        "Highest: {highest}. Lowest: {lowest}.{against}"
    ),
    "line_of": "{title} over time",
    "alt_line": "Line chart of rates with their 95% intervals: {title}, {sex}, {span}. {lines}.",
    "alt_class": "{label}: {n}",
    "alt_against": " {name} as a whole: {rate}.",
    "counted": "{levels} with a rate: {n}",
    "borders": "Heavy lines: districts",
    "scale": "{km} km",
    "north": "N",
    "made_of": "Source: {source}.",
    "rates": "Limits: 95%, {method}.",
    "gallery": "Pictures",
    "gallery_intro": (
        "Each picture as a drawing that stays sharp at any size (SVG) and as pixels for slides "
        "(PNG). Each carries its sources and the mark of its edition: keep them when you copy it."
    ),
    "svg": "Drawing (SVG)",
    "png": "Pixels (PNG)",
    "rank_axis": "{levels} with a rate, from the highest to the lowest",
}

CHANGE_PICTURE: Final = {
    "title": "{title} by {level}: change",
    "when": "{period} against {since}",
    "head": "Rate of {period} against that of {since}",
    "alt": ("Map of the change of {n} {levels} from {since} to {period}: {title}, {sex}. {kinds}."),
}

# Of a chart of an indicator over its periods.
LINE: Final[dict[str, Any]] = {
    "span": "{first} to {last}",
    "heading": "{area}: {trend}",
    "trends": {
        "increasing": "increasing",
        "decreasing": "decreasing",
        "no_significant_change": "no significant trend",
    },
    "own": "Rate",
    "band": "95% interval",
    "new_series": "New series",
    "above": "Above what its season gives",
    "below": "Below what its season gives",
    "note": (
        "All small charts have one scale. A line has a gap where a figure is hidden or missing, "
        "and where a new series begins. " + RECORDING
    ),
    "alt_line": "{area}: {first} in {when_first}, {last} in {when_last}",
    "alt_none": "{area}: no figure",
}

# Of the report's parts on time.
OVER_TIME: Final = {
    "heading": "Over time",
    "trend": "{area}: {trend} (chi-squared test for trend of public health practice).",
    "no_trend": "No trend is said of the whole area. {why}",
    "change": (
        "{areas} rate went from {first} per {rate_unit} in {since} to {last} in {period}: "
        "{ratio} times as high (95% interval {low} to {high})."
    ),
    "increasing": "Rose: {names}.",
    "decreasing": "Fell: {names}.",
    "caption": "{area}, {title}, over time: rates per {rate_unit}",
    "caption_cut": (
        "{area}, {title}, the latest periods: rates per {rate_unit}; all of them are in the tables"
    ),
}

REPORT: Final = {
    "page_title": "{title}: report",
    "subtitle": "Report of the figures and maps: {edition}",
    "contents": "Contents",
    "summary": "At a glance",
    "summary_intro": (
        "What was recorded in the area as a whole. Each section that follows has the same by "
        "district, with limits, a map and a chart."
    ),
    "illustrative": (
        "Some maps by ward in this report are illustrative: made-up figures that show how the map "
        "works. They are marked wherever they stand, and nothing can be concluded from them."
    ),
    "table_caption": "{title}, {sex}, {period}: rates per {rate_unit}",
    "highest": (
        "{areas} rate of {rate} per {rate_unit} is the highest of the {levels}, {other} rate of "
        "{other_rate} the lowest."
    ),
    "counts": (
        "{higher} of {n} {levels} are statistically higher than {comparator} as a whole ({rate}), "
        "{lower} lower, {similar} not different."
    ),
    "hotspots": "Hotspots",
    "hotspots_of": "By {levels}, {sex}, {period}:",
    "hotspots_more": " and {n} more",
    "hotspots_rule": "Rule: {rule}.",
    "services": "Services",
    "coverage": "Who is covered, as at {date}",
    "coverage_caption": (
        "Kinds of help by {level}, as at {date}. What the source does not say is neither cover "
        "nor a gap."
    ),
    "changes": "What changed between the two dates",
    "reach": "Whom the services reach",
    "reach_note": (
        "Not every contact belongs to an incident, and one person may be in touch more than once. "
        "More can mean better reach; it is no verdict."
    ),
    "reach_words": "{area}: {reach} per {per} ({low} to {high}). {word}.",
    "gaps": "Where need meets no help",
    "gaps_intro": (
        "Each is a question to ask, not a finding: need while help is absent, unknown or reaches "
        "fewer. Where none is named there may still be need that no record shows."
    ),
    "gaps_none": "None was found by the rule of this table.",
    "deprivation": "Deprivation",
    "claim": "{title}, by {level}. The source: {claim}. These figures: {evidence}",
    "provision": "Kind of help",
    "methods": "Methods",
    "method_rates": (
        "Rates are per so many as each table says, {per} where they are of residents. Limits: "
        "{method}, at {levels}."
    ),
    "method_rule": (
        "An area is called higher or lower than {comparator} by the rule “{rule}”: different when "
        "{words}."
    ),
    "method_correction": "That is corrected for the number of areas of a level ({correction}).",
    "method_leave_out": "The area is left out of the whole that it is compared with.",
    "method_standing": (
        "Whether an area is unusual among the areas of its level is another question: it is, where "
        "it lies outside 99.8% limits of a funnel about the whole’s rate, and possibly outside 95% "
        "limits. The funnel is widened by how much areas differ (an additive variance between "
        "areas, from winsorised z-scores; Spiegelhalter). It is said of levels with at least ten "
        "areas that have a figure."
    ),
    "method_unstable": "A rate of fewer than 10 events is marked as unstable.",
    "method_classes": (
        "Classes of a map are natural breaks (Fisher): limits that make each class as even within "
        "as can be. They stay the same over time."
    ),
    "hidden": "What is hidden, and why",
    "join": "How the tables were joined",
    "join_words": "{n} rows of {tables} tables: {outcomes}.",
    "join_more": "Each row is in tables/join_report.csv.",
    "sources": "Sources",
    "source": "{title}: {source}.",
    "population": "Population: {series} ({date}).",
    "caveats": "Before you draw a conclusion",
    "credits": "Acknowledgements",
    "hidden_cell": "hidden",
    "missing_cell": "no figure",
    "absent_cell": "not available",
}

# Of the report's tables, by column.
HEAD: Final = {
    "indicator": "Indicator",
    "sex": "Sex",
    "period": "Period",
    "area_name": PAGE["area"],
    "count": PAGE["count_short"],
    "population": "Population",
    "rate_per": "Rate per",
    "rate": "Rate",
    "rate_lower": "Rate lower",
    "rate_upper": "Rate upper",
    "significance": "Significance",
    "standing": "Among its like",
}

COVERAGE_STATE: Final = {
    "stated": "Covered",
    "inferred": "Covered (inferred)",
    "none": "None",
    "not_running": "Not running",
    "not_recoverable": "Not said",
}
