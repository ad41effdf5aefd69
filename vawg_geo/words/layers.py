"""Texts of layers, styles, projects and rasters: what a map program lists and prints."""

from __future__ import annotations

from typing import Final

__all__ = ["LAYER", "MADE_UP", "PROJECT", "QUESTION", "RASTER", "SERVED", "STYLE", "WHERE"]

# What the title of a layer of made-up figures begins with.
MADE_UP: Final = "ILLUSTRATIVE, NOT REAL FIGURES"

LAYER: Final = {
    "title": "{title}, by {level}",
    "made_up": "{mark}: {title}",
    "source": "Source: {source}.",
    "rates": "Rates by {level}",
    "outlines": "Outlines: {levels}",
    "hotspots": "Hotspots: {title}",
    "hotspots_about": "Hotspots. {caveat}",
    "hotspots_group": "Hotspots and clusters",
    "clusters": "Clusters (scan): {title}",
    "cluster_all": "Cluster {n}: all that is recorded lies in {areas} of the {levels}, p {p}",
    "cluster_one": "Cluster {n}: {areas} {level}, recorded rate {risk} times the rest's, p {p}",
    "cluster_many": "Cluster {n}: {areas} {levels}, recorded rate {risk} times the rest's, p {p}",
    "laid": "{group}: {title}",
    "laid_series": "{title} ({indicator}, {sex}, {period})",
    "services": "Services, by {level}: a column for each kind of help and date",
    "services_words": "{title}, {date}: in words",
    "services_column": "{title}, {date}",
    "summary": "All indicators, by {level}: one row for each area",
    "summary_group": "All indicators",
    "summary_about": (
        "To join and to style: of each indicator the newest period, with count, rate, limits and "
        "status, the comparison with the whole, and pattern and change where there are any. A "
        "figure that is absent is no zero: the status beside it says why. What the columns of an "
        "indicator begin with is short; their headings have its title."
    ),
    "summary_left_out": (
        "{n} series are not in it, since it has at most {most} columns, and have layers of their "
        "own: {series}."
    ),
    "summary_made_up": "ILLUSTRATIVE: {title}",
    "summary_of_change": "{title} of the change",
    "services_group": "Services",
    "another": "{title} ({n})",
    "over_time_group": "Over time",
    "span": "{first} to {last}",
    "against": "{period} against {since}",
    "trend": "trend, {span}",
    "change_about": (
        "Change of the rate from one period to another, with 95% limits. An arrow is sure after "
        "correction for the number of {levels}; hatched is what chance alone could do."
    ),
    "trend_about": (
        "Trend of the rate over the latest five years or more: a chi-squared test for trend, sure "
        "where p is below 0.002 and the slope goes the same way without any one year."
    ),
    "how_to_play": (
        "A row for each area and period. The temporal controller of QGIS shows one period after "
        "the other; without it the map shows {period}."
    ),
}

# Names have at most 30 letters.
STYLE: Final = {
    "rate": "Rate: {of}",
    "rate_about": "Classes, limits and colours of the page; patterns for what has no rate.",
    "graduated": "Graduated: {of}",
    "graduated_about": "Graduated by rate; draws no area that has none.",
    "one_at_a_time": "{rates}; {period}, unless the temporal controller shows another period",
    "compared": "Compared: {of}",
    "compared_about": "Higher or lower than the whole area, by the rule in the layer's table.",
    "standing": "Among areas: {of}",
    "standing_about": "Unusual or not among areas of this level, given how they differ.",
    "change": "Change: {of}",
    "relative": "Relative: {of}",
    "change_about": "Colours, arrows and hatching of the page's map of change.",
    "change_heading": "Rate of {period} against that of {since}",
    "relative_heading": (
        "Change from {since} to {period}, held against the change of {comparator} without the area"
    ),
    "trend": "Trend: {of}",
    "trend_about": "Whether the rate went up or down over the latest years.",
    "trend_heading": "Trend, {span}",
    "statistic": "{statistic}: {of}",
    "scan": "Scan: {of}",
    "outlines": "Outlines",
    "outlines_about": "Outlines and names; what lies beneath is seen.",
    "scan_clear": "In a cluster (p at most 0.05)",
    "scan_chance": "In a cluster that may be chance",
    "scan_none": "In no cluster",
    "classes": "Classes",
    "classes_about": "Classes and colours of the page.",
}

PROJECT: Final = {
    "surfaces": "Surfaces",
    "outlines": "Outlines",
    "tables": "Tables",
    "borders": "Borders and names",
    "districts": "Districts",
    "earlier": "{group}, earlier periods",
    "theme": "{title}: {style}",
    "theme_of_sex": "{subject}, by {level}: {style}",
    "theme_of_service": "{group}: {style}",
    "about": "About this map: {text}",
}

# What an analyst asks: groups of a project, and which groups of layers answer.
QUESTION: Final = {
    "own": "To join and to style",
    "where": "Where?",
    "changing": "Changing?",
    "served": "Who is served?",
    "context": "Context",
}
SERVED: Final = ("Reach", "Access", "Services")
WHERE: Final = ("By age", "Rates", "Hotspots")

RASTER: Final = {
    "smoothed": "{title}, {sex}, {period}: smoothed rate",
    "smoothed_unit": "{unit} per {per} {denominator}",
    "smoothed_method": (
        "mean of the rates by {level}, weighted by population and by a normal kernel; areas "
        "without a shown count take no part and have no value"
    ),
    "distance": "Distance to the nearest site, in a straight line",
    "distance_method": "{method} to the nearest of {n} public sites",
    "density": "Density of {title}",
    "density_unit": "per square kilometre",
    "density_method": (
        "normal kernel; falls off at the border where no points beyond it were given"
    ),
    "below": "up to {high}",
    "between": "{low} to {high}",
    "above": "over {low}",
}
