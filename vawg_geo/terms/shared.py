"""Columns that stand in several tables, each described once: title, words, unit, short name.

What a column tells of a count depends on its table, and is declared there. A column that stands in
one table alone is described there too, and a name that says enough needs no description.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DENOMINATOR",
    "EVENTS",
    "KILOMETRES",
    "METRES",
    "PER_DENOMINATOR",
    "PER_OTHERS",
    "PER_RESIDENTS",
    "PROBABILITY",
    "RATE_LIMITS",
    "RESIDENTS",
    "SHARE",
    "SHARED",
    "Described",
    "Holds",
]

Holds = Literal[
    "", "basis", "cluster", "day", "level", "service", "sex", "significance", "standing", "status"
]
"""What may stand in a column: the words of a list (`vawg_geo.words.columns.LISTS`), or days."""

RESIDENTS: Final = "Residents."
DENOMINATOR: Final = "What `denominator` names."
EVENTS: Final = "Events."
SHARE: Final = "Share, from 0 to 1."
KILOMETRES: Final = "Kilometres."
METRES: Final = "Metres; places in the British National Grid."
PROBABILITY: Final = "Probability, from 0 to 1."
PER_RESIDENTS: Final = "For every so many residents: `rate_per`."
PER_DENOMINATOR: Final = "For every so many, `rate_per`, of what `denominator` names."
PER_OTHERS: Final = "For every so many: `reach_per`."


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a column, whichever table it stands in.

    Attributes
    ----------
    title : str
        Name for people; empty where the column's own says enough.
    words : str
        Sentence for people; empty where the title says enough.
    unit : str
        Sentence; empty where it has none.
    short : str
        In a Shapefile, whose names have at most ten letters; empty where the first ten do.
    holds : Holds
        Which words may stand in it; empty where any may.
    points_to : str
        Table whose key its values are; empty where they are of none.
    """

    title: str = ""
    words: str = ""
    unit: str = ""
    short: str = ""
    holds: Holds = ""
    points_to: str = ""


# By the level of confidence, in per cent as people write it: the lower limit of a rate, and the
# upper. The ends of `vawg-geo rates` are at another level where that is asked for.
RATE_LIMITS: Final[Mapping[str, tuple[str, str]]] = {
    "95": ("rate_lower", "rate_upper"),
    "99.8": ("rate_lower_998", "rate_upper_998"),
}
(_LOWER, _UPPER), (_LOWER_998, _UPPER_998) = RATE_LIMITS.values()

# In the order in which a list for readers has them.
SHARED: Final[Mapping[str, Described]] = {
    "fid": Described(title="Row"),
    "area_code": Described(
        title="Area code",
        words="Code of the Office for National Statistics.",
        points_to="areas",
    ),
    "area_name": Described(title="Area"),
    "parent_code": Described(
        title="Within (code)",
        words="District that a ward lies in.",
        short="parent",
        points_to="areas",
    ),
    "district_code": Described(points_to="areas"),
    "level": Described(title="Level", words="Kind of area.", holds="level"),
    "vintage": Described(title="Vintage", words="Year of the boundaries."),
    "indicator": Described(
        title="Indicator",
        words="What is counted; explained in the table of indicators.",
        points_to="indicators",
    ),
    "sex": Described(title="Sex", holds="sex"),
    "period": Described(title="Period", words="Time that the counts are of."),
    "period_start": Described(
        title="First day", words="Of the period.", short="per_start", holds="day"
    ),
    "period_end": Described(
        title="Last day", words="Of the period, and a part of it.", short="per_end", holds="day"
    ),
    "count": Described(
        title="Count",
        words="Empty where it is hidden, missing or not applicable: see the status.",
        unit=EVENTS,
    ),
    "population": Described(
        title="Population",
        words="Residents, or other things that the rate is per.",
        unit=DENOMINATOR,
        short="popul",
    ),
    "rate": Described(
        title="Rate",
        words="Count for every so many; empty where the count is.",
        unit=PER_DENOMINATOR,
    ),
    _LOWER: Described(title="Rate, lower 95% limit", unit=PER_DENOMINATOR, short="rate_lo"),
    _UPPER: Described(title="Rate, upper 95% limit", unit=PER_DENOMINATOR, short="rate_hi"),
    _LOWER_998: Described(title="Rate, lower 99.8% limit", unit=PER_DENOMINATOR, short="rlo998"),
    _UPPER_998: Described(title="Rate, upper 99.8% limit", unit=PER_DENOMINATOR, short="rhi998"),
    "rate_per": Described(title="Rate per", words="So many of what `denominator` names."),
    "denominator": Described(title="Rate per what", short="rate_of"),
    "rate_method": Described(title="Method of the limits", short="rate_meth"),
    "comparator": Described(
        title="Compared with (code)",
        words="Area whose rate the others are compared with.",
        points_to="areas",
    ),
    "significance": Described(
        title="Compared",
        words="Higher or lower says nothing of how well an area does.",
        short="signif",
        holds="significance",
    ),
    "standing": Described(
        title="Among its like",
        words="Whether the rate is unusual among areas of this level, given how they differ.",
        short="stand",
        holds="standing",
    ),
    "significance_rule": Described(title="Rule of the comparison", short="signif_rul"),
    "status": Described(
        title="Status",
        words="Why there is a figure or none: a hidden or missing figure is no zero.",
        holds="status",
    ),
    "basis": Described(title="Basis", words="Where the counts come from.", holds="basis"),
    "illustrative": Described(
        title="Illustrative", words="True: not real figures.", short="illustrat"
    ),
    "note": Described(title="Note"),
    "cluster": Described(
        title="Label",
        words="Pattern in recorded figures: may show more reporting, not more harm.",
        short="clus",
        holds="cluster",
    ),
    "reason": Described(title="Why no label", short="reas"),
    "value": Described(title="Statistic", short="val"),
    "z": Described(title="z", words="Standardised statistic."),
    "p_value": Described(
        title="p",
        words="Chance of so much in random order.",
        unit=PROBABILITY,
        short="pval",
    ),
    "p_adjusted": Described(
        title="p, adjusted",
        words="Corrected for the number of areas.",
        unit=PROBABILITY,
        short="padj",
    ),
    "stability": Described(
        title="Steadiness",
        words="Share of trials with other settings that gave this label.",
        short="stab",
    ),
    "neighbours": Described(title="Neighbours with a figure"),
    "at_edge": Described(
        title="At the map's edge",
        words="Yes: what it borders outside the map is not counted. A coast is an edge too.",
    ),
    "weights": Described(title="Definition of neighbour"),
    "alternative": Described(
        title="Which neighbours",
        words="High or low ones (two-sided), or high ones alone (high).",
        short="alternat",
    ),
    "transform": Described(
        title="Values",
        words="Standardised rates (none), logarithms of smoothed rates (log-eb), ranks (rank).",
    ),
    "permutations": Described(title="Permutations", short="permutat"),
    "correction": Described(title="Correction"),
    "alpha": Described(title="Level of significance"),
    "seed": Described(title="Seed", words="Of the random numbers: the same gives the same result."),
    "statistic": Described(title="Statistic"),
    "scan_cluster": Described(
        title="Number of the cluster", words="Empty for areas in none.", short="clus"
    ),
    "centre": Described(points_to="areas"),
    "radius_m": Described(unit=METRES),
    "observed": Described(unit=EVENTS),
    "expected": Described(unit=EVENTS),
    "relative_risk": Described(
        title="Relative risk",
        words=(
            "Recorded rate within the cluster as a multiple of that outside. It compares places; "
            "it is no person's risk."
        ),
        short="risk",
    ),
    "p_value_other_model": Described(
        title="p, other model",
        words="Of the same cluster, under the scan's other model.",
        unit=PROBABILITY,
    ),
    "significant": Described(
        title="Called", words="Whether p is at most the level of significance."
    ),
    "scan_model": Described(
        title="Model of the scan",
        words=(
            "negative-binomial: every area has a risk of its own. poisson: all areas have one risk."
        ),
    ),
    "risk_cv": Described(
        title="Coefficient of variation of areas' risks",
        words="Estimated from all areas shown, beyond chance.",
    ),
    "smoothed_risk": Described(
        title="Smoothed relative risk",
        words="Leans on neighbours and on the whole map, whose rate is 1.",
        short="srisk",
    ),
    "smoothed_lower": Described(title="Smoothed risk, lower 95% limit", short="srisk_lo"),
    "smoothed_upper": Described(title="Smoothed risk, upper 95% limit", short="srisk_hi"),
    "probability_above": Described(
        title="Probability above the threshold",
        words="That the area's risk is above the threshold, given all counts of the map.",
        unit=PROBABILITY,
        short="p_above",
    ),
    "threshold": Described(title="Threshold", words="Relative risk that the probability is of."),
    "mixing": Described(
        title="Mixing",
        words="Share of the difference between areas that is a pattern of neighbours.",
        unit=SHARE,
    ),
    "mixing_lower": Described(title="Mixing, lower 95% limit", unit=SHARE),
    "mixing_upper": Described(title="Mixing, upper 95% limit", unit=SHARE),
    "between_areas": Described(
        title="Difference between areas", words="Standard deviation of the logarithms of the risks."
    ),
    "max_population": Described(unit=SHARE),
    "layer": Described(title="Layer", words="Short name."),
    "title": Described(title="Title"),
    "class": Described(title="Class", words="As the tables name it."),
    "label": Described(title="Class in words"),
    "words": Described(title="In words"),
    "date": Described(holds="day"),
    "valid_from": Described(holds="day"),
    "valid_to": Described(holds="day"),
    "as_of": Described(holds="day"),
}
