"""Texts of the page, of its index, and of what all outputs call the same.

The page's script fills the same templates (`PAGE`) as what is made here. A translation replaces the
tables of this room, and each overlay's own `words`.
"""

from __future__ import annotations

import re
from typing import Any, Final

from vawg_geo.terms.repeat_victims import split_method
from vawg_geo.terms.rounding import round_half_up
from vawg_geo.words import hotspots as words_hotspots
from vawg_geo.words import patterns as words_patterns
from vawg_geo.words.panel import PANEL_PAGE, SERVICE_STATE

__all__ = [
    "FILES",
    "PAGE",
    "denominator",
    "fill",
    "format_number",
    "method_in_words",
    "page_words",
    "possessive",
    "series_title",
    "unit_of",
]

SEX: Final = {"persons": "All people", "female": "Women and girls", "male": "Men and boys"}

# Before a denominator: "female residents aged 16 and over".
SEX_ADJECTIVE: Final = {"persons": "", "female": "female ", "male": "male "}
_SAYS_SEX: Final = re.compile(r"\b(?:wo)?m[ae]n\b|\b(?:girl|boy)s?\b|male", re.IGNORECASE)

LEVEL: Final = {
    "ward": ("ward", "wards"),
    "district": ("district", "districts"),
    "csp": ("community safety partnership", "community safety partnerships"),
    "county": ("county", "counties"),
    "police_area": ("police area", "police areas"),
    "lsoa": ("neighbourhood", "neighbourhoods"),
}

# Of a page for each police area: its title, and what lies in none.
SHARE_TITLE: Final = "{title}: {name}"
ELSEWHERE: Final = "Elsewhere"

EDITION: Final = {
    "public": "Public edition",
    "partnership": "Partnership edition",
    "analyst": "Analyst’s edition",
}

STATUS: Final = {
    "value": "Shown",
    "zero": "None recorded",
    "unstable": "Fewer than 10 events: unstable",
    "suppressed": "Hidden to protect people",
    "missing": "No figure supplied",
    "not_applicable": "Not available here",
}

# Beside a status in a file: the symbols of official statistics.
SYMBOL: Final = {"suppressed": "[c]", "missing": "[x]", "not_applicable": "[z]", "unstable": "[u]"}

STATUS_SENTENCE: Final = {
    "suppressed": (
        "The figure for {area} is hidden to protect people: it is small, or would give away "
        "a small one. It does not mean that nothing happened."
    ),
    "missing": (
        "There is no figure for {area}: the number, or whom it is out of, was not supplied. "
        "This is a gap in the data and does not mean zero."
    ),
    "not_applicable": "This indicator is not available for {area}.",
    "zero": "No {unit} were recorded in {area}.",
    "unstable": (
        "It rests on fewer than 10 {unit}, so it may change a lot from year to year by chance."
    ),
    "unstable_month": (
        "It rests on fewer than 10 {unit}, so it may change a lot from month to month by chance."
    ),
    "unstable_other": (
        "It rests on fewer than 10 {unit}, so it may change a lot from one such period to the "
        "next by chance."
    ),
}

SIGNIFICANCE: Final = {
    "higher": "Higher",
    "similar": "Similar",
    "lower": "Lower",
    "not_compared": "Not compared",
}

STANDING: Final = {
    "unusually_high": "Unusually high",
    "possibly_high": "Possibly high",
    "as_expected": "Not unusual",
    "possibly_low": "Possibly low",
    "unusually_low": "Unusually low",
    "not_compared": "Not compared",
}

# Beside the colour of a comparison: full where it is surest.
COMPARED_SIGN: Final = {
    "higher": "▲",
    "lower": "▼",
    "unusually_high": "▲",
    "possibly_high": "△",
    "possibly_low": "▽",
    "unusually_low": "▼",
}

# After the sentence of the comparison with the whole.
STANDING_SENTENCE: Final = {
    "unusually_high": "Even given how {levels} differ, it is unusually high.",
    "possibly_high": "Given how {levels} differ, it is possibly unusually high.",
    "as_expected": "Given how {levels} differ, it is not unusual.",
    "possibly_low": "Given how {levels} differ, it is possibly unusually low.",
    "unusually_low": "Even given how {levels} differ, it is unusually low.",
    "not_compared": "",
}

SIGNIFICANCE_SENTENCE: Final = {
    "higher": (
        "{areas} rate, {rate} per {rate_unit}, is statistically higher than that of {comparator} "
        "as a whole ({comparator_rate})."
    ),
    "lower": (
        "{areas} rate, {rate} per {rate_unit}, is statistically lower than that of {comparator} "
        "as a whole ({comparator_rate})."
    ),
    "similar": (
        "{areas} rate, {rate} per {rate_unit}, is not statistically different from "
        "that of {comparator} as a whole ({comparator_rate})."
    ),
    "not_compared": "{areas} rate is {rate} per {rate_unit}. It is not compared with another area.",
}

_NUMBER: Final = ", {rate} per {rate_unit},"
# In the place of these where an area is left out of its comparator, whose rate is then another
# for each area.
_WHOLE: Final = "that of {comparator} as a whole ({comparator_rate})"
_REST: Final = "that of the rest of {comparator} (the whole: {comparator_rate})"

RULE: Final = {
    "intervals-apart": "the two 95% intervals do not overlap",
    "interval-excludes-comparator": "the area’s 95% interval leaves out the comparator’s rate",
    "funnel": "the area lies outside the control limits about the comparator",
}

CORRECTION: Final = {"bonferroni": "Bonferroni", "bh": "Benjamini-Hochberg"}

METHOD: Final = {
    "exact": "exact Poisson interval",
    "byar": "Byar’s interval",
    "public-health": "exact below 10 events, Byar’s method from 10",
    "wilson": "Wilson’s interval",
}

# Behind a method of limits that allow for repeat victims.
METHOD_REPEATS: Final = (
    "{method}, with repeat victims allowed for: the variance is {factor} times that of independent "
    "events"
)

BASIS: Final = {
    "published": "Published figures",
    "own": "The analyst’s own figures",
    "illustrative": "Illustrative, not real figures",
    "estimated": "Estimated figures",
}

# On pages alone, which are looked at in a browser.
UNRECORDED: Final = (
    "The page does not record that you were here, but your browser may list it in its history."
)

PAGE: Final = {
    "skip": "Skip to the map and figures",
    "pages_word": "Pages",
    "tab_overview": "Overview",
    "tab_about": "About",
    "layers": "Layers",
    "layers_close": "Done",
    "sheet_more": "Show more",
    "sheet_less": "Show less",
    "two_fingers": "Use two fingers to move the map",
    "opens": "Open the {levels} of {area}",
    "exit": "Leave this page now",
    "exit_title": "Goes to a weather page at once; press Shift three times to do the same",
    "map_of": "{title} by {level}",
    "illustrative_title": "Illustrative, not real figures",
    "illustrative_tag": "illustrative",
    "illustrative_mark": "ILLUSTRATIVE – NOT REAL FIGURES",
    "illustrative_banner": (
        "These are not real figures. They were made up to show how the map works, and nothing can "
        "be concluded from them."
    ),
    "indicator": "What is shown",
    "sex": "Who",
    "period": "When",
    "view": "Colour the map by",
    "view_rate": "Rate",
    "view_compared": "Compared",
    "view_standing": "Unusual among {levels}",
    "view_more": "More",
    "view_more_on": "More (on: {on})",
    "compared_significance": "With the whole area",
    "compared_standing": "Among the {levels}",
    "asks_significance": "Is a rate higher or lower than that of {name} ({rate})?",
    "asks_standing": "Is a rate unusual, given how much {levels} differ?",
    "compared_said": "{title}: {counts}.",
    "compared_illustrative": "Compared: illustrative figures are compared with nothing.",
    "compared_none": "Compared: there is nothing to compare it with.",
    "not_here": "{why}: {choices}.",
    "not_in_indicator": "Not for this indicator",
    "not_in_period": "Not for this period",
    "not_of_sex": "Not of {sex}",
    "find": "Find a {level}, town or district",
    "find_alone": "Find a {level} or town",
    "find_none": "Nothing here has that name or code",
    "find_district": "Whole district",
    "find_town": "Town, in {area}",
    "within": "Show",
    "within_all": "Whole area",
    "choose": "Choose a {level} on the map, in the list or in the table to see its figures.",
    "rate_per": "Rate per {rate_unit}",
    "rate_short": "Rate per {per}",
    "key_below": "Under {high}",
    "key_between": "{low} to under {high}",
    "key_above": "{low} or more",
    "key_all": "All rates",
    "key_unstable": "Light hatch: fewer than 10 events",
    "key_water": "Water (a strip in no area)",
    "key_comparator": "{name}: {rate}",
    "key_compared_with": "Compared with {name} ({rate})",
    "key_count_title": "Number of {levels}",
    "key": "Key",
    "north": "N",
    "fit": "Show the whole area",
    "inset_zoom": "Show {town} on the map",
    "inset_km": "{km} km",
    "zoom_in": "Zoom in",
    "zoom_out": "Zoom out",
    "map_label": (
        "Map of {levels}. Arrow keys move from one to the next, plus and minus zoom, Home shows "
        "the whole area, Escape lets go."
    ),
    "detail": "Chosen {level}",
    "interval95": "95% interval",
    "interval998": "99.8% interval",
    "to": "{low} to {high}",
    "count": "Number of {unit}",
    "count_short": "Number",
    "comparison": "Against {name}",
    "comparison_short": "Against the whole",
    "standing": "Among the {levels}",
    "standing_rule": (
        "Unusual: outside 99.8% limits about {name} ({rate}) that take account of how {levels} "
        "differ; possibly: outside 95% limits"
    ),
    "chance_calls": (
        "If all {levels} had the same true rate, chance alone would still call {n} of {of}."
    ),
    "chance_standing": (
        "If no {level} were unusual, chance alone would still call {n} of {of}, {few} of them "
        "unusual."
    ),
    "chance_corrected": (
        "Corrected for the number of {levels} ({correction}): if none of the {of} differed, at "
        "most 5 of 100 such maps would call any."
    ),
    "chance_about": "about {n}",
    "chance_few": "fewer than 1",
    "standing_few": "Not said: fewer than 10 {levels} have a figure",
    "smoothed": "Smoothed risk",
    "smoothed_value": (
        "{risk} ({low} to {high}) times the whole map's rate; above {threshold} with a probability "
        "of {above}%"
    ),
    "smoothed_most": "over 99",
    "smoothed_least": "under 1",
    "status": "State of the figure",
    "rule": "Rule",
    "rule_value": "{rule}: different when {words}",
    "method": "Interval",
    "basis": "Basis",
    "note": "Note",
    "source": "Source",
    "source_illustrative": "Made up by this package from district totals and random noise",
    "definition": "What is counted",
    "about": "About this indicator",
    "hidden": "hidden",
    "none": "no figure",
    "no_case": "not available",
    "chart": "All {levels} and how sure the rates are",
    "chart_of": "All {levels}: {title}, {period}. {figure}",
    "chart_label": (
        "Chart of all {levels} with 95% intervals, from the highest to the lowest. {figure}. The "
        "table below has the same figures."
    ),
    "chart_note": "Dots are rates, lines their 95% intervals.",
    "chart_note_change": (
        "Dots are how many times the rate of {since} each is now, lines their 95% intervals; the "
        "full line is no change."
    ),
    "chart_note_comparator": "The dashed line is {name} ({rate}).",
    "chart_note_without": "Without a rate, and not drawn: {n} {levels}.",
    "table": "Table",
    "table_caption": (
        "{title}, {sex}, {period}. {figure}. Choose a heading to sort, a name to see it above."
    ),
    "area": "Area",
    "district": "Within",
    "download": "Table (CSV)",
    "png": "Picture (PNG)",
    "svg": "Drawing (SVG)",
    "print": "Print",
    "link": "Copy a link",
    "linked": "Link copied",
    "not_linked": "The link could not be copied: its address stands beside the button.",
    "picture_period": "Period: {period}",
    "picture_edition": "{edition} of “{title}”. {protection}",
    "picture_order": "All {levels} in order, with 95% intervals",
    "bar_says": "Dot and line: {figure}, with its {interval}. {mean}",
    "sources": "Sources and how to read this map",
    "caveats": "Before you draw a conclusion",
    "help": "If you need help",
    "protection": "Protecting people",
    "credits": "Acknowledgements",
    "maker": "Drawn with Leaflet and Folium; works without the internet and sends nothing.",
    "no_script": (
        "This map needs scripts, which are switched off in this browser. The tables beside this "
        "page hold the same figures."
    ),
    "announce": "{title}, {sex}, {period}.",
    "marked": "Mark of the edition: {text}",
    "index_page_title": "Map of {levels}",
    "index_divided_title": "Maps of {levels}, by {holders}",
    "index_divided_text": "{n} {levels} on {pages} pages, one for each of the {holders}.",
    "index_page_text": "{n} {levels}, {indicators}.",
    "index_page_illustrative": "Some figures are illustrative, not real; the map marks them.",
    "index_picture": "The small picture shows: {title}, {sex}, {period}.",
    "index_finding": "{title}, {sex}, {period}",
    "index_findings": "What the figures say first",
    "index_pages": "Maps",
    "index_files": "Files",
    "index_intro": "Open a map: it works without the internet and sends nothing to anybody.",
    "over_choose": "Another layer",
    "over_off": "None",
    "over_none": "No figure",
    **words_hotspots.HOTSPOT_PAGE,
    **PANEL_PAGE,
    **words_patterns.PATTERN_PAGE,
    # Two indicators side by side, fading, long lists.
    "beside": "Compare with a second map",
    "beside_off": "None",
    "beside_on": "second map",
    "beside_label": "Second map, moving with the first: {title}.",
    "beside_said": "On the second map, {title}: {said}",
    "fade": "Fade unsure rates",
    "fade_on": "unsure rates faded",
    "fade_sure": "Full colour: interval at most half as wide as the rate",
    "fade_less_sure": "Paler: interval up to as wide as the rate",
    "fade_unsure": "Palest: interval wider than the rate",
    "more": "Show more ({n} {levels} are left)",
}


# What a map says first: how many areas differ from the whole, and where those are that are higher.
HEADLINE: Final = {
    "some": "{n} of {of} {levels} {are} higher than {comparator} ({rate})",
    "some_unusual": "{n} of {of} {levels} {are} unusually high, given how {levels} differ",
    "none": "None of the {of} {levels} is higher than {comparator} ({rate}).",
    "none_unusual": "None of the {of} {levels} is unusually high, given how {levels} differ.",
    "named": ": {names}.",
    "elsewhere": "{n} elsewhere",
    "lower": "{n} {are} lower",
    "unusually_low": "{n} {are} unusually low",
    "similar": "{n} cannot be told apart from it",
    "as_expected": "{n} {are} not unusual, or only possibly",
    "without": "{n} {have} no figure that can be compared",
}


# File, title, what it is: what `vawg-geo build` writes beside the pages.
# Of each file and folder of an edition beside the maps: title and description, in this order.
FILES: Final = {
    "vawg.gpkg": ("GeoPackage", "The same layers for QGIS and other map programs."),
    "vawg.qgz": (
        "QGIS project",
        "The layers in groups, with styles, themes and a print layout.",
    ),
    "tables/vawg.xlsx": (
        "Workbook",
        "All tables of this edition for Excel and LibreOffice, a sheet each.",
    ),
    "tables/": ("Tables", "All figures of this edition as CSV, with the report of the join."),
    "rasters/": ("Rasters", "Surfaces for map programs, each with its style."),
    "layers/": ("Layers", "The layers as files of other kinds, one for each."),
    "report.html": ("Report", "Tables, maps and charts with the methods, as a page."),
    "report.pdf": ("Report as PDF", "The same, to print and to send."),
    "pictures/index.html": ("Pictures", "Maps and charts for slides and documents."),
    "build.json": ("Build record", "Versions, settings, row counts and public sources."),
}


def method_in_words(told: str) -> str:
    """Method of limits, as the column `rate_method` names it.

    Examples
    --------
    >>> method_in_words("wilson")
    'Wilson’s interval'
    >>> method_in_words("exact, variance 1.9 times, 1.4 events a person")
    'exact Poisson interval, with repeat victims allowed for: the variance is 1.9 times that of
    independent events'
    """
    method, victims = split_method(told)
    words = METHOD.get(method, method)
    if victims is None:
        return words
    return METHOD_REPEATS.format(method=words, factor=f"{victims.variance_factor:g}")


def page_words(*, leave_out: bool = False) -> dict[str, Any]:
    """All that the page's script needs of every page, as one nested dict of texts.

    Parameters
    ----------
    leave_out : bool
        Whether each area is left out of what it is compared with.
    """
    return {
        "page": PAGE,
        "sex": SEX,
        "status": STATUS,
        "symbol": SYMBOL,
        "status_sentence": STATUS_SENTENCE,
        "significance": SIGNIFICANCE,
        "significance_sentence": _significance_sentence(leave_out=leave_out),
        "significance_brief": _significance_sentence(leave_out=leave_out, brief=True),
        "standing": STANDING,
        "compared_sign": COMPARED_SIGN,
        "standing_sentence": STANDING_SENTENCE,
        "service_state": SERVICE_STATE,
        "rule": RULE,
        "method": METHOD,
        "basis": BASIS,
        "cluster": words_hotspots.CLUSTER,
        "pattern": words_patterns.PATTERN,
        "pattern_sign": words_patterns.PATTERN_SIGN,
        "pattern_sentence": words_patterns.PATTERN_SENTENCE,
        "patterns_said": words_patterns.PATTERNS_SAID,
        "not_computed": words_hotspots.NOT_COMPUTED,
    }


def _significance_sentence(*, leave_out: bool, brief: bool = False) -> dict[str, str]:
    """Sentences of the comparison; brief ones stand beside the rate and do not say it again."""
    whole = _REST if leave_out else _WHOLE
    number = "" if brief else _NUMBER
    return {
        word: text.replace(_WHOLE, whole).replace(_NUMBER, number)
        for word, text in SIGNIFICANCE_SENTENCE.items()
    }


def fill(template: str, values: dict[str, str]) -> str:
    """Put values into a template's braces; what stands in a value is never read as a template.

    Examples
    --------
    >>> fill("{area}: {rate}", {"area": "{rate}", "rate": "3.1"})
    '{rate}: 3.1'
    """
    parts = template.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        filled.append(values.get(name, "{" + name + "}") + rest)
    return "".join(filled)


def denominator(people: str, *, sex: str, share: bool = False) -> str:
    """What a rate of one sex is per, in words.

    Parameters
    ----------
    people : str
        As the indicator says it.
    sex : str
    share : bool
        Whether it is a share of other events: residents have a sex, events have none.

    Returns
    -------
    str

    Examples
    --------
    >>> denominator("adults aged 16 and over", sex="female")
    'female adults aged 16 and over'
    >>> denominator("women aged 16 and over", sex="female")
    'women aged 16 and over'
    >>> denominator("domestic abuse incidents", sex="female", share=True)
    'domestic abuse incidents'
    """
    return people if share or _SAYS_SEX.search(people) else SEX_ADJECTIVE[sex] + people


def unit_of(per: float, denominator: str) -> str:
    """What a rate is per, with its number.

    Examples
    --------
    >>> unit_of(1000, "households"), unit_of(1, "km²")
    ('1,000 households', 'km²')
    """
    return denominator if per == 1 else f"{per:,.0f} {denominator}"


def possessive(name: str) -> str:
    """Whose: a name with its apostrophe.

    Examples
    --------
    >>> possessive("Peterborough"), possessive("St Ives"), possessive("Stamford St John’s")
    ('Peterborough’s', 'St Ives’', 'Stamford St John’s')
    """
    if name.endswith(("'s", "’s")):
        return name
    return name + ("’" if name.endswith("s") else "’s")


def format_number(value: float, decimals: int = 1) -> str:
    """Print a number half up with thousands separators.

    Examples
    --------
    >>> format_number(31.05), format_number(12302, 0)
    ('31.1', '12,302')
    """
    return f"{round_half_up(value, decimals):,.{decimals}f}"


def series_title(title: str, *, level: str, illustrative: bool) -> str:
    """Heading of a map.

    Examples
    --------
    >>> series_title("Domestic abuse crimes", level="ward", illustrative=True)
    'Domestic abuse crimes by ward (illustrative, not real figures)'
    """
    text = fill(PAGE["map_of"], {"title": title, "level": LEVEL[level][0]})
    mark = PAGE["illustrative_title"]
    return f"{text} ({mark[0].lower()}{mark[1:]})" if illustrative else text
