"""Texts about hotspots and clusters; `words` joins them to those of the page.

A hotspot is a statement about recorded figures and their surroundings, and the texts keep to that.
"""

from __future__ import annotations

from math import floor, isnan, log10
from typing import Final

__all__ = [
    "CLUSTER",
    "CLUSTER_SIGN",
    "HOTSPOT_PAGE",
    "NOT_COMPUTED",
    "STATISTIC",
    "edge_words",
    "hotspot_rule",
    "neighbour_words",
    "none_stands_out",
    "p_words",
    "too_few_permutations",
]

_MOST_DIGITS: Final = 12
STATISTIC: Final = {"local-moran": "Local Moran", "gi-star": "Gi*"}

CLUSTER: Final = {
    "high-high": "High among high",
    "low-low": "Low among low",
    "high-low": "High among low",
    "low-high": "Low among high",
    "hot": "Hot spot",
    "cold": "Cold spot",
    "not_significant": "No clear pattern",
    "island": "No neighbour with a figure",
    "not_applicable": "Not labelled",
}

# Beside the colour, on the map and in the key.
CLUSTER_SIGN: Final = {
    "high-high": "HH",
    "low-low": "LL",
    "high-low": "HL",
    "low-high": "LH",
    "hot": "H",
    "cold": "C",
}

# Why a series has no hotspots.
NOT_COMPUTED: Final = {
    "illustrative": "illustrative figures",
    "few_areas": "fewer than 10 areas",
    "few_known": "fewer than 10 areas with a figure",
    "zero": "nothing was recorded anywhere",
    "share": "a share of another count, not a rate of residents",
    "settings": "left out by the settings",
}

CORRECTION: Final = {
    "bh": "Benjamini-Hochberg at {alpha}%",
    "bonferroni": "Bonferroni at {alpha}%",
    "none": "no correction for many {levels}, at {alpha}%",
}

ALTERNATIVE: Final = {
    "two-sided": "high and low neighbours (two-sided)",
    "high": "high neighbours alone (one-sided)",
}

TRANSFORM: Final = {
    "none": "empirical-Bayes-standardised rates",
    "log-eb": "logarithms of empirical-Bayes-smoothed rates",
    "rank": "ranks of empirical-Bayes-standardised rates (normal scores)",
}

HOTSPOT_PAGE: Final = {
    "hot_caveat": (
        "Hotspots and clusters are patterns in recorded figures: they may show more reporting, not "
        "more harm."
    ),
    "hot_why": ("By default hotspots ask for high neighbours alone, of standardised rates."),
    "hot_rules": (
        "Of the rules that were tried this one found most of what was planted; on maps of areas "
        "that differ in risk but not by place it raised a false alarm on 3 to 5% of them."
    ),
    "hot_label": "{label} (p\u00a0{p}, adjusted\u00a0{q})",
    "p_under": "under {p}",
    "holds_steady": "Steady: held in {share}% of trials",
    "holds_fair": "Fairly steady: held in {share}% of trials",
    "holds_frail": "Frail: held in only {share}% of trials",
    "hot_trials": (
        "Trials repeat it with other definitions of neighbour and other seeds. Local Moran and Gi* "
        "rest on the same comparison: take them for one piece of evidence."
    ),
    "hot_circles": (
        "The scan asks whether any circle holds too many events, so it can find a group where they "
        "find none."
    ),
    "near": "Neighbours with a figure",
    "scan": "Scan",
    "scan_places": (
        "These are recorded rates of places against the rest of the map. They are no person's "
        "risk: those who live there are not always those to whom it happened."
    ),
    "moran": "Local Moran",
    "gi": "Gi*",
}


def neighbour_words(weights: str) -> str:
    """Say a definition of neighbours in words.

    Examples
    --------
    >>> [neighbour_words(w) for w in ("queen", "knn:6", "band:5000")]
    ['queen neighbours', '6 nearest neighbours', 'neighbours within 5,000 m']
    >>> neighbour_words("queen+bridges:8")
    'queen neighbours and 8 pairs across water'
    """
    weights, _, bridges = weights.partition("+bridges:")
    if bridges:
        pairs = "1 pair" if bridges == "1" else f"{int(bridges):,} pairs"
        return f"{neighbour_words(weights)} and {pairs} across water"
    kind, _, number = weights.partition(":")
    if kind == "knn":
        return f"{number} nearest neighbours"
    if kind == "band":
        return f"neighbours within {float(number):,.0f} m"
    return f"{weights} neighbours"


def edge_words(edge: int, *, of: int, levels: str) -> str:
    """Say how many areas have a border beyond which nobody is counted; nothing for none.

    Examples
    --------
    >>> edge_words(42, of=144, levels="wards")
    "42 of 144 wards lie at the map's edge: what they border outside it is not counted"
    >>> edge_words(0, of=144, levels="wards")
    ''
    """
    if not edge:
        return ""
    lie, they = ("lies", "it borders") if edge == 1 else ("lie", "they border")
    return (
        f"{edge:,} of {of:,} {levels} {lie} at the map's edge: what {they} outside it is not "
        "counted"
    )


def none_stands_out(smallest: float, *, alpha: float, correction: str, level: str) -> str:
    """Say that no area stands out, and how near the nearest came.

    Parameters
    ----------
    smallest : float
        Smallest adjusted p-value; NaN where nothing was tested.
    alpha : float
    correction : str
        `bh`, `bonferroni` or `none`.
    level : str
        Noun of one area.

    Examples
    --------
    >>> none_stands_out(0.0672, alpha=0.05, correction="bh", level="ward")
    'No ward stands out after the correction. The smallest adjusted p is 0.067.'
    >>> none_stands_out(float("nan"), alpha=0.05, correction="none", level="ward")
    'No ward stands out. None has a neighbour with a figure.'
    """
    if isnan(smallest):
        return f"No {level} stands out. None has a neighbour with a figure."
    after, kind = ("", "p") if correction == "none" else (" after the correction", "adjusted p")
    told = f"No {level} stands out{after}. The smallest {kind} is {p_words(smallest, alpha=alpha)}"
    if smallest <= alpha:
        return f"{told}, where the {level} itself lies on the other side of the mean."
    return f"{told}."


def p_words(p: float, *, alpha: float) -> str:
    """Print a p-value with three decimals, or as many as show two digits and on which side it is.

    Examples
    --------
    >>> [p_words(p, alpha=0.05) for p in (0.0672, 0.05002, 0.00034722, 1.0)]
    ['0.067', '0.05002', '0.00035', '1']
    """
    if not 0 < p < 1:
        return f"{p:g}"
    digits = max(1 - floor(log10(p)), 3)
    # What is above the limit is not printed as at it.
    while p > alpha >= float(f"{p:.{digits}f}") and digits < _MOST_DIGITS:
        digits += 1
    return f"{p:.{digits}f}"


def hotspot_rule(
    statistic: str,
    *,
    weights: str,
    alternative: str = "two-sided",
    transform: str = "none",
    permutations: int,
    needed: int = 0,
    seed: int,
    correction: str,
    alpha: float,
    levels: str,
) -> str:
    """Say how the labels of one series came about; it is printed wherever they are shown.

    Parameters
    ----------
    statistic : str
        `local-moran` or `gi-star`.
    weights : str
        `queen`, `rook`, `knn:6`, `band:5000`; `queen+bridges:8` with 8 pairs across water.
    alternative : str
        `two-sided` or `high`.
    transform : str
        `none`, `log-eb` or `rank`.
    permutations, seed : int
    needed : int
        Permutations from which one area alone can pass the correction.
    correction : str
        `bh`, `bonferroni` or `none`.
    alpha : float
    levels : str
        Plural noun of the areas.

    Returns
    -------
    str

    Examples
    --------
    >>> hotspot_rule("local-moran", weights="queen", permutations=99_999, seed=12345,
    ...     correction="bh", alpha=0.05, levels="wards")
    'Local Moran on empirical-Bayes-standardised rates, queen neighbours, 99,999 permutations,
    seed 12345, Benjamini-Hochberg at 5%, high and low neighbours (two-sided)'
    >>> hotspot_rule("gi-star", weights="queen", alternative="high", transform="rank",
    ...     permutations=999, needed=2_879, seed=1, correction="bh", alpha=0.05, levels="wards")
    'Gi* on ranks of empirical-Bayes-standardised rates (normal scores), queen neighbours, 999
    permutations (too few for one of the wards alone to pass the correction: 2,879 are needed),
    seed 1, Benjamini-Hochberg at 5%, high neighbours alone (one-sided)'
    """
    many = f"{permutations:,} permutations"
    if permutations < needed:
        many += f" ({too_few_permutations(needed, levels=levels)})"
    level = CORRECTION[correction].replace("{alpha}", f"{alpha * 100:g}")
    parts = (
        f"{STATISTIC[statistic]} on {TRANSFORM[transform]}",
        neighbour_words(weights),
        many,
        f"seed {seed}",
        level.replace("{levels}", levels),
        ALTERNATIVE[alternative],
    )
    return ", ".join(parts)


def too_few_permutations(needed: int, *, levels: str) -> str:
    """Say that there are too few permutations, and how many there should be."""
    return f"too few for one of the {levels} alone to pass the correction: {needed:,} are needed"
