"""Texts of the report and of the pictures, in one place as `words` has those of the page."""

from __future__ import annotations

from typing import Any, Final

from vawg_geo.words.page import PAGE
from vawg_geo.words.time import RECORDING

__all__ = [
    "CHANGE_PICTURE",
    "COVERAGE_SIGN",
    "COVERAGE_STATE",
    "FINDINGS",
    "HEAD",
    "LINE",
    "OVER_TIME",
    "PANEL",
    "PICTURE",
    "REPORT",
]

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

# Of pictures that are parts of a page.
PANEL: Final = {
    "map": "{levels}{made_up}",
    "chart": "{levels}: rates with 95% intervals{made_up}",
    "made_up": " (illustrative)",
    "line": "Over time, {span}, with 95% intervals",
    "increasing": "▲ increasing",
    "decreasing": "▼ decreasing",
}

# What stands out. `against` is of areas that are compared with the whole, `among` of areas that are
# looked at among their like.
FINDINGS: Final[dict[str, Any]] = {
    "against": {
        "high": "{n} of {of} {levels} {is} higher than {whole} ({rate}):",
        "low": "{lower} of {of} {levels} {lower_is} lower than {whole} ({rate}):",
        "none": "None of {of} {levels} is higher or lower than {whole} ({rate}).",
        "unsure": "{unsure} of {of} {levels} cannot be told apart from {whole}.",
        "brief": "{n} of {of} {levels} {is} higher than {whole} ({rate}):",
        "brief_none": "None of {of} {levels} is higher than {whole} ({rate}).",
    },
    "among": {
        "high": (
            "{n} of {of} {levels} {is} unusually high, given how {levels} differ ({whole}: {rate}):"
        ),
        "low": "{lower} of {of} {levels} {lower_is} unusually low:",
        "none": "None of {of} {levels} is unusually high or low, given how {levels} differ.",
        "unsure": "{unsure} of {of} {levels} cannot be told apart from the usual.",
        "brief": "{n} of {of} {levels} {is} unusually high ({whole}: {rate}):",
        "brief_none": "None of {of} {levels} is unusually high ({whole}: {rate}).",
    },
    "whole": "the whole",
    "limits": "{area} {rate} ({low} to {high})",
    "rest": {"lower": "{lower} {lower_is} lower", "unsure": "{unsure} cannot be told apart"},
    "nearly": "Of these, {nearly} may be high or low, but not surely.",
    "loose": "{loose} have fewer than 10 events: unstable.",
    "not_looked": "Patterns among {levels} were not looked for: {reason}.",
    "gather": "High rates gather in {n} {levels}:",
    "beside": "Low beside high ones are {low} {levels}:",
    "no_ward": "No {level} stands out by itself with its neighbours, but a group does.",
    "no_pattern": "No {level} stands out with its neighbours, and no group of {levels} does.",
    "group": "A group of {n} {levels} has about {times} times what was expected:",
    "group_of_one": "{area} alone has about {times} times what was expected.",
    "all": "All that is recorded lies in {n} {levels}:",
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
    "caption": "{title}: numbers over time",
    "caption_cut": "{title}: numbers of the latest periods; all of them are in the tables",
}

REPORT: Final[dict[str, Any]] = {
    "page_title": "{title}: report",
    "subtitle": "Report to the partnership: {edition}",
    "contents": "Contents",
    "findings": "What was found",
    "area": "Area",
    "periods": "Figures of",
    "edition": "Edition",
    "residents": "Residents",
    "residents_of": "{series}, {date}",
    "outlines": "Outlines",
    "findings_beyond": "{n} more indicators have pages of their own.",
    "found_patterns": "Patterns",
    "found_hidden": "Hidden",
    "found_left_out": "{n} series by {level} are left out: too much of them would be hidden.",
    "summary": "At a glance",
    "illustrative": (
        "Some maps by ward are illustrative: made-up figures that show how the map works. They are "
        "marked wherever they stand, and no sentence or table has them."
    ),
    "of_indicator": "{sex}, {period}. Rate per {rate_unit}. {source}",
    "source_of": "Source: {source}.",
    "table_caption": "{title}, {sex}, {period}: rates per {rate_unit}",
    "table_by_sex": "{title}, {period}, by sex: rates per {rate_unit}, of that sex",
    "table_ends": "{caption}; the {n} highest and lowest rates, all are in the tables",
    "made_up_levels": "By {level}: made-up figures alone, of which nothing is said.",
    "hotspots": "How patterns were found",
    "hotspots_rule": "Rule: {rule}.",
    "services": "Services",
    "coverage_caption": "Kinds of help by {level}, as at {date}",
    "coverage_two": "{caption}; “later” is {later}, where that differs",
    "coverage_later": "{provision}, later",
    "coverage_cell": "{sign} {state}",
    "coverage_note": (
        "“Not known” is neither cover nor a gap: the source is silent. “Not running”: a service "
        "that had ended or had not begun."
    ),
    "changes": {
        "gained": "Newly covered at {date}",
        "lost": "No longer covered at {date}",
        "merged": "Taken over by a service for more areas",
        "succeeded": "Done by another service than before",
        "unclear": "No longer told by the source",
    },
    "changes_of": "{provision} ({areas})",
    "changes_all": "all {n} areas",
    "reach": "Whom the services reach",
    "reach_note": (
        "Not every contact belongs to an incident, and one person may be in touch more than once. "
        "More can mean better reach; it is no verdict."
    ),
    "reach_words": "{area} {reach} ({low} to {high})",
    "reach_compared": "{indicator}, {word}",
    "gaps": "Where need meets no help",
    "gaps_intro": (
        "Each is a question to ask, not a finding: need while help is absent, unknown or reaches "
        "fewer. Where none is named there may still be need that no record shows."
    ),
    "gaps_none": "None was found by the rule of this table.",
    "gap_need": "{indicator}, {period}: {rate} per {per}, {how} the whole ({other})",
    "gap_need_none": "{indicator}: no rate is shown",
    "gap_how": {
        "higher": "above",
        "lower": "below",
        "similar": "not different from",
        "not_compared": "not compared with",
    },
    "gap_none": "the source names no {provision}",
    "gap_not_running": "{provision} was not running",
    "gap_not_recoverable": "whether {provision} covers it is not said",
    "gap_reach": "{name}: {reach} against {other}",
    "found_served": (
        "At {date}, {n} of {of} kinds of help cover every {level}. Not everywhere: {kinds}."
    ),
    "found_all_served": "At {date}, each of {of} kinds of help covers every {level}.",
    "found_gaps": "Need above the whole meets no help, or fewer are reached: {areas}.",
    "deprivation": "Deprivation",
    "claim": (
        "The source: “{claim}” For {yes} of {of} series the figures point that way, surely or not."
    ),
    "claim_other": "The source: {claim}",
    "links_caption": "Rate and deprivation: rank correlation with its 95% interval",
    "links_note": (
        "Above 0: more deprived areas have higher rates. An interval with 0 in it leaves that "
        "open. Of few areas one can turn the order."
    ),
    "found_no_deprivation": (
        "In none of {of} series do rates rise or fall with deprivation for sure."
    ),
    "found_deprivation": (
        "In {n} of {of} series rates rise with deprivation and in {fall} they fall; the intervals "
        "of the others leave it open."
    ),
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
    "join_more": "Each row is in the edition’s table join_report.csv.",
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
    "level": "By",
    "areas": "Areas",
    "value": "Correlation",
    "lower": "Lower",
    "upper": "Upper",
}

# Told apart without colour.
COVERAGE_SIGN: Final = {
    "stated": "●",
    "inferred": "◐",
    "none": "○",
    "not_running": "–",
    "not_recoverable": "?",
}

COVERAGE_STATE: Final = {
    "stated": "Covered",
    "inferred": "Covered (inferred)",
    "none": "None named",
    "not_running": "Not running",
    "not_recoverable": "Not known",
}
