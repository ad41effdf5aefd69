"""Sentences about where change is concentrated, as an analyst reads them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from vawg_geo.terms.periods import read_periods

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import pandas as pd

__all__ = [
    "BETTER_RECORDING",
    "NO_SCAN",
    "class_lines",
    "emerging_rule",
    "scan_lines",
    "scan_takes_long",
    "series_notes",
    "space_time_rule",
]

BETTER_RECORDING: Final = (
    "Where these are police figures: recording of such offences improved from 2014 on, so that a "
    "rise may be better recording."
)
NO_SCAN: Final = (
    "no space-time scan: nothing is said of where more is recorded than a place's own level gives"
)
# Areas that are named in a line; more stand in the file alone.
MOST_NAMED: Final = 20
# Periods whose lengths differ by more than months do.
UNEVEN: Final = 1.2


def emerging_rule(periods: int, *, end: Sequence[Hashable]) -> str:
    """Say how the classes came about.

    Examples
    --------
    >>> emerging_rule(12, end=("2019-11", "2019-12"))
    'Gi* of each of 12 periods and Mann-Kendall trend of its z; the end is 2019-11 to 2019-12'
    """
    return (
        f"Gi* of each of {periods:,} periods and Mann-Kendall trend of its z; the end is "
        f"{end[0]} to {end[-1]}"
    )


def space_time_rule(
    *,
    prospective: bool,
    longest: int,
    replicates: int,
    seed: int,
    change_cv: float,
    lasting_cv: float = 0.0,
) -> str:
    """Say how the clusters came about.

    Parameters
    ----------
    prospective : bool
        Whether only clusters that reach the last period were looked for.
    longest : int
        Most periods of a cluster.
    replicates, seed : int
    change_cv, lasting_cv : float
        As estimated, the second of what lasts; NaN where there were no events.

    Examples
    --------
    >>> space_time_rule(prospective=True, longest=18, replicates=999, seed=12345, change_cv=0.2,
    ...     lasting_cv=0.1)
    "Space-time scan against each area's own level, clusters that reach the last period, of up to 18
    periods, 999 replicates, seed 12345; by themselves areas vary by 20% about their own level (10%
    lasts from period to period), and a cluster is more than that"
    """
    alive = "clusters that reach the last period" if prospective else "clusters of any time"
    cv = ""
    if not math.isnan(change_cv):
        lasts = f" ({lasting_cv:.0%} lasts from period to period)" if lasting_cv > 0 else ""
        cv = (
            f"; by themselves areas vary by {change_cv:.0%} about their own level{lasts}, and a "
            "cluster is more than that"
        )
    return (
        f"Space-time scan against each area's own level, {alive}, of up to {longest:,} periods, "
        f"{replicates:,} replicates, seed {seed}{cv}"
    )


def scan_takes_long(areas: int, *, replicates: int) -> str:
    """Say before a scan of many areas that it takes long, and what leaves it out.

    Examples
    --------
    >>> scan_takes_long(7681, replicates=999)
    'the space-time scan of 7,681 areas with 999 replicates takes long, hours perhaps; --no-scan
    leaves it out, --replicates 99 makes it shorter'
    """
    return (
        f"the space-time scan of {areas:,} areas with {replicates:,} replicates takes long, hours "
        "perhaps; --no-scan leaves it out, --replicates 99 makes it shorter"
    )


def class_lines(areas: pd.DataFrame) -> list[str]:
    """How many areas are of each class, and which, but for those that are of none.

    Parameters
    ----------
    areas : DataFrame
        `area_name`, `emerging`, `side`, `reason`.

    Examples
    --------
    >>> import pandas as pd
    >>> class_lines(pd.DataFrame({"area_name": ["Market", "Park", "Wood"],
    ...     "emerging": ["new", "none", "not_applicable"], "side": ["hot", "", ""],
    ...     "reason": ["", "", "no neighbours"]}))
    ['new, hot: 1 (Market)', 'none: 1', 'without a class, no neighbours: 1']
    """
    lines = []
    called = areas[areas["side"] != ""]
    for (word, side), rows in called.groupby(["emerging", "side"], sort=True):
        lines.append(f"{word}, {side}: {len(rows):,} ({_named(rows['area_name'].tolist())})")
    lines.append(f"none: {int((areas['emerging'] == 'none').sum()):,}")
    reasons = areas.loc[areas["emerging"] == "not_applicable", "reason"].value_counts()
    return [*lines, *(f"without a class, {reason}: {n:,}" for reason, n in reasons.items())]


def scan_lines(areas: pd.DataFrame, clusters: pd.DataFrame) -> list[str]:
    """Each cluster of the space-time scan, with its p and its areas.

    Parameters
    ----------
    areas : DataFrame
        `area_code`, `area_name`, `scan_cluster`.
    clusters : DataFrame
        As of `space_time_scan`, periods in `cluster_from` and `cluster_to`, with `significant`.
    """
    names = dict(zip(areas["area_code"], areas["area_name"], strict=True))
    lines = []
    for c in clusters.to_dict("records"):
        since = (
            str(c["cluster_from"])
            if c["cluster_from"] == c["cluster_to"]
            else f"{c['cluster_from']} to {c['cluster_to']}"
        )
        chance = "" if c["significant"] else " (may be chance)"
        lines.append(
            f"cluster {c['scan_cluster']} about {names[c['centre']]}, {c['areas']:,} "
            f"area{'' if c['areas'] == 1 else 's'}, {since}: {c['observed']:,} recorded where "
            f"their own level gives {c['expected']:,.1f}, p = {c['p_value']:.3f}{chance}"
        )
        if c["significant"] and c["areas"] > 1:
            held = areas.loc[areas["scan_cluster"] == c["scan_cluster"], "area_name"].tolist()
            lines.append(f"  members: {_named(held)}")
    return lines or ["no cluster at all"]


def series_notes(periods: Sequence[str]) -> list[str]:
    """What is to be said of the periods themselves: gaps, and lengths that differ.

    Examples
    --------
    >>> series_notes(["2019-05", "2019-06", "2019-08"])
    ['1 gap between the periods; first: after 2019-06 comes 2019-08. What is missing stays
    missing.']
    >>> series_notes(["2018", "2019 Q1"])
    ['the periods differ in length, from 90 to 365 days. Each is compared within itself, and areas
    by their shares of it; a trend runs from period to period, however long each is.']
    """
    spans = read_periods(list(periods))
    known = [span for span in spans if span is not None]
    if len(known) < len(periods):
        return ["not all periods can be read as times; they are taken in the order of the table."]
    notes = []
    gaps = [n for n in range(1, len(known)) if known[n][0] > known[n - 1][1]]
    if gaps:
        notes.append(
            f"{len(gaps):,} gap{'' if len(gaps) == 1 else 's'} between the periods; first: after "
            f"{periods[gaps[0] - 1]} comes {periods[gaps[0]]}. What is missing stays missing."
        )
    days = [end - first for first, end in known]
    if max(days) > UNEVEN * min(days):
        notes.append(
            f"the periods differ in length, from {min(days)} to {max(days)} days. Each is compared "
            "within itself, and areas by their shares of it; a trend runs from period to period, "
            "however long each is."
        )
    return notes


def _named(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    said = ", ".join(map(str, names[:MOST_NAMED]))
    return f"{said}, and {more:,} more in the file" if more > 0 else said
