"""Columns of the layers for readers: a name, a sentence, and the words that may stand in them."""

from __future__ import annotations

import re
from typing import Final

from vawg_geo.terms.columns import BASES, LEVELS, SEXES, SIGNIFICANCES, STATUSES
from vawg_geo.words import page as words
from vawg_geo.words.hotspots import CLUSTER

__all__ = ["DOMAINS", "alias", "comment", "domain"]

_SEX: Final = re.compile(rf"(.+)_({'|'.join(SEXES)})")
_KIND: Final = {"moran": "Local Moran", "gi": "Gi*", "scan": "Scan"}
_ABOUT: Final[dict[str, tuple[str, str]]] = {
    "fid": ("Row", ""),
    "area_code": ("Area code", "Code of the Office for National Statistics."),
    "area_name": ("Area", ""),
    "parent_code": ("Within (code)", "District that a ward lies in."),
    "level": ("Level", "Kind of area."),
    "vintage": ("Vintage", "Year of the boundaries."),
    "indicator": ("Indicator", "What is counted; explained in the table of indicators."),
    "sex": ("Sex", ""),
    "period": ("Period", "Time that the counts are of."),
    "count": ("Count", "Empty where it is hidden, missing or not applicable: see the status."),
    "population": ("Population", "Residents that the rate is per."),
    "rate": ("Rate", "Count for every so many residents; empty where the count is."),
    "rate_lower": ("Rate, lower 95% limit", ""),
    "rate_upper": ("Rate, upper 95% limit", ""),
    "rate_lower_998": ("Rate, lower 99.8% limit", ""),
    "rate_upper_998": ("Rate, upper 99.8% limit", ""),
    "rate_per": ("Rate per", "Residents."),
    "rate_method": ("Method of the limits", ""),
    "comparator": ("Compared with (code)", "Area whose rate the others are compared with."),
    "significance": ("Compared", "Higher or lower says nothing of how well an area does."),
    "significance_rule": ("Rule of the comparison", ""),
    "status": ("Status", "Why there is a figure or none: a hidden or missing figure is no zero."),
    "basis": ("Basis", "Where the counts come from."),
    "illustrative": ("Illustrative", "True: not real figures."),
    "note": ("Note", ""),
    "cluster": ("Label", "Pattern in recorded figures: may show more reporting, not more harm."),
    "reason": ("Why no label", ""),
    "value": ("Statistic", ""),
    "z": ("z", "Standardised statistic."),
    "p_value": ("p", "Chance of so much in random order."),
    "p_adjusted": ("p, adjusted", "Corrected for the number of areas."),
    "stability": ("Steadiness", "Share of trials with other settings that gave this label."),
    "neighbours": ("Neighbours with a figure", ""),
    "weights": ("Definition of neighbour", ""),
    "permutations": ("Permutations", ""),
    "correction": ("Correction", ""),
    "alpha": ("Level of significance", ""),
    "seed": ("Seed", "Of the random numbers: the same gives the same result."),
    "statistic": ("Statistic", ""),
    "scan_cluster": ("Number of the cluster", "Empty for areas in none."),
    "relative_risk": ("Relative risk", "Rate within the cluster as a multiple of that outside."),
    "layer": ("Layer", "Short name."),
    "title": ("Title", ""),
    "class": ("Class", "As the tables name it."),
    "label": ("Class in words", ""),
    "words": ("In words", ""),
}  # fmt: skip

# By name of the domain: what each word means.
DOMAINS: Final[dict[str, dict[str, str]]] = {
    "status": {word: words.STATUS[word] for word in STATUSES},
    "significance": {word: words.SIGNIFICANCE[word] for word in SIGNIFICANCES},
    "sex": {word: words.SEX[word] for word in SEXES},
    "level": {word: words.LEVEL[word][0].capitalize() for word in LEVELS},
    "cluster": CLUSTER,
    "basis": {word: words.BASIS[word] for word in BASES},
}


def alias(column: str) -> str:
    """Name of a column for readers.

    Examples
    --------
    >>> alias("rate_lower_female"), alias("moran_p_adjusted_persons"), alias("own_column")
    ('Rate, lower 95% limit: women and girls', 'Local Moran, p, adjusted: all people', 'Own column')
    """
    name, sex = _parted(column)
    kind, _, rest = name.partition("_")
    known = _ABOUT.get(name)
    if known is None and kind in _KIND and rest in _ABOUT:
        text = f"{_KIND[kind]}, {_lowered(_ABOUT[rest][0])}"
    else:
        text = known[0] if known else name.replace("_", " ").capitalize()
    return f"{text}: {words.SEX[sex].lower()}" if sex else text


def comment(column: str) -> str:
    """Sentence on a column; empty where its name says enough."""
    name, _ = _parted(column)
    kind, _, rest = name.partition("_")
    found = _ABOUT.get(name) or (_ABOUT.get(rest) if kind in _KIND else None)
    return found[1] if found else ""


def domain(column: str) -> str:
    """Domain of a column's words; empty where any may stand.

    Examples
    --------
    >>> domain("gi_cluster_male"), domain("status_persons"), domain("scan_cluster"), domain("note")
    ('cluster', 'status', '', '')
    """
    name, _ = _parted(column)
    kind, _, rest = name.partition("_")
    name = rest if kind in ("moran", "gi") else name
    return name if name in DOMAINS else ""


def _parted(column: str) -> tuple[str, str]:
    found = _SEX.fullmatch(column)
    return (found[1], found[2]) if found else (column, "")


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
