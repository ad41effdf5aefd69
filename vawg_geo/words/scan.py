"""Sentences about the scan's clusters, as a councillor reads them.

A cluster is a place with more recorded offences than its population gives. Its ratio compares
recorded rates of places; it is no person's risk, for those who live there are not those to whom
it happened.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MODEL", "REPORTED", "ScanVerdict", "scan_found", "scan_rule", "scan_said"]

MODEL: Final = {
    "negative-binomial": "negative-binomial model (every area has a risk of its own)",
    "poisson": "Poisson model (one risk everywhere)",
}

REPORTED: Final = "Clusters by {level}: {sex}, {period}"

_SAID: Final = {
    "allowed": (
        "{Levels} differ in their recorded rates by more than chance gives (estimated coefficient "
        "of variation {cv}), and the scan allows for that: "
    ),
    "some": "{n} holds more than such differences give by themselves.",
    "many": "{n} hold more than such differences give by themselves.",
    "none": "no cluster holds more than such differences give by themselves.",
    "alike": (
        "{Levels} differ in their recorded rates by no more than chance gives, so that both "
        "models of the scan are the same."
    ),
    "one_risk": (
        "The scan took all {levels} for alike in risk, as it was told to (Poisson model). They "
        "differ by more than chance gives (estimated coefficient of variation {cv})."
    ),
    "also": "If every {level} had the same risk, {what} would be called as well ({p}).",
    "only_allowed": "If every {level} had the same risk, {what} would not be called ({p}).",
    "only_one_risk": "With that allowed for, {what} would not be called ({p}).",
    "others": "{n} more",
    "more_allowed": "With that allowed for, {what} would be called as well ({p}).",
}


# More clusters than this are counted and not named.
_MOST_NAMED: Final = 3


@dataclass(frozen=True, kw_only=True)
class ScanVerdict:
    """A cluster on which the two models disagree.

    Attributes
    ----------
    where : str
        The area, or how many about which.
    p_value, p_other : float
        Under the model of the scan, and under the other one.
    significant : bool
        Whether the scan's own model calls it.
    """

    where: str
    p_value: float
    p_other: float
    significant: bool


def scan_rule(*, model: str, replicates: int, seed: int, max_population: float | None) -> str:
    """Say how the clusters came about.

    Parameters
    ----------
    model : str
        `negative-binomial` or `poisson`.
    replicates, seed : int
    max_population : float or None
        Largest share of the population in a circle.

    Returns
    -------
    str

    Examples
    --------
    >>> scan_rule(model="poisson", replicates=999, seed=12345, max_population=0.5)
    'Circular scan, Poisson model (one risk everywhere), circles of up to 50% of the population, 999
    replicates, seed 12345'
    """
    reach = (
        ""
        if max_population is None
        else f"circles of up to {max_population * 100:g}% of the population"
    )
    parts = ("Circular scan", MODEL[model], reach, f"{replicates:,} replicates", f"seed {seed}")
    return ", ".join(part for part in parts if part)


def scan_found(where: str, *, ratio: float, observed: int, expected: float, p_value: float) -> str:
    """Say of one cluster how much was recorded in it, against what.

    Parameters
    ----------
    where : str
        The area, or how many about which; the sentence begins with it.
    ratio : float
        Recorded rate within over that without.
    observed : int
    expected, p_value : float

    Returns
    -------
    str

    Examples
    --------
    >>> scan_found("11 wards about Central", ratio=2.6357, observed=457, expected=205.7,
    ...     p_value=0.007)
    "11 wards about Central: 457 recorded where an even share by population would be 206. Their
    recorded rate is 2.64 times that of the rest of the map; that compares places, and is no
    person's risk (p 0.007)."
    """
    places = 1 if expected < 10 else 0
    times = "only here was anything recorded" if math.isinf(ratio) else ""
    one = not where[:1].isdigit()
    rate = times or (
        f"{'Its' if one else 'Their'} recorded rate is {ratio:.2f} times that of the rest of the "
        "map; that compares places, and is no person's risk"
    )
    rate = rate[:1].upper() + rate[1:]
    share = f"{expected:,.{places}f}"
    return (
        f"{where}: {observed:,} recorded where an even share by population would be {share}. "
        f"{rate} (p {p_value:.3f})."
    )


def scan_said(
    *,
    model: str,
    risk_cv: float,
    found: int,
    disputed: Sequence[ScanVerdict],
    level: str,
    levels: str,
) -> list[str]:
    """Say what was allowed for, and which clusters the other model judges otherwise.

    Parameters
    ----------
    model : str
    risk_cv : float
        Estimated coefficient of variation of the areas' risks.
    found : int
        Clusters that the model calls.
    disputed : sequence of ScanVerdict
    level, levels : str
        Nouns of one area and of several.

    Returns
    -------
    list of str
        Sentences; of many clusters the first three are named.

    Examples
    --------
    >>> market = ScanVerdict(where="Market", p_value=0.993, p_other=0.001, significant=False)
    >>> scan_said(model="negative-binomial", risk_cv=0.7238, found=1, disputed=[market],
    ...     level="ward", levels="wards")
    ['Wards differ in their recorded rates by more than chance gives (estimated coefficient of
    variation 0.72), and the scan allows for that: 1 cluster holds more than such differences give
    by themselves.', 'If every ward had the same risk, Market would be called as well (p 0.001
    instead of 0.993).']
    >>> scan_said(model="poisson", risk_cv=0, found=1, disputed=[], level="ward", levels="wards")
    ['Wards differ in their recorded rates by no more than chance gives, so that both models of the
    scan are the same.']
    """
    if risk_cv == 0:
        sentences = [_SAID["alike"]]
    elif model == "poisson":
        sentences = [_SAID["one_risk"]]
    else:
        clusters = f"{found} cluster{'s' if found > 1 else ''}"
        sentences = [
            _SAID["allowed"]
            + _SAID["none" if not found else "some" if found == 1 else "many"].format(n=clusters)
        ]
    words = {"level": level, "levels": levels, "Levels": levels[:1].upper() + levels[1:]}
    text = [one.format(cv=f"{risk_cv:.2f}", **words) for one in sentences]
    text += [_other_verdict(model, called, disputed, words) for called in (True, False)]
    return [part for part in text if part]


def _other_verdict(
    model: str, significant: bool, disputed: Sequence[ScanVerdict], words: dict[str, str]
) -> str:
    """Of the clusters that one model calls and the other does not; empty where there are none."""
    mine = [one for one in disputed if one.significant == significant]
    if not mine:
        return ""
    if model == "poisson":
        key = "only_one_risk" if significant else "more_allowed"
    else:
        key = "only_allowed" if significant else "also"
    named, others = mine[:_MOST_NAMED], len(mine) - _MOST_NAMED
    p = "; ".join(f"p {one.p_other:.3f} instead of {one.p_value:.3f}" for one in named)
    where = [one.where for one in named]
    if others > 0:
        where.append(_SAID["others"].format(n=others))
    return _SAID[key].format(what=_listed(where), p=p, **words)


def _listed(names: Sequence[str]) -> str:
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last
