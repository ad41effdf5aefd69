"""Sentences about how concentrated events are, as an analyst reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["concentration_line", "lacking_areas", "same_areas"]

# Areas that are named in a line; more stand in the file alone.
MOST_NAMED: Final = 20


def concentration_line(row: Mapping[str, Any]) -> str:
    """Say on how few areas a share of the events falls.

    Parameters
    ----------
    row : mapping
        Of `concentration`, with figures.

    Examples
    --------
    >>> concentration_line({"share": 0.5, "events": 200.0, "areas": 8, "areas_holding": 2.0,
    ...     "areas_holding_by_chance": 4.0, "gini": 0.5875, "gini_by_chance": 0.08,
    ...     "gini_corrected": 0.58, "gini_lower": 0.53, "gini_upper": 0.62})
    '50% of 200 events fall on 2 of 8 areas (on 4 if they fell by residents alone); Gini 0.59, by
    residents alone 0.08, without what chance adds 0.58 (limits 0.53 to 0.62)'
    """
    return (
        f"{row['share']:.0%} of {row['events']:,.0f} events fall on {row['areas_holding']:,.0f} of "
        f"{row['areas']:,} areas (on {row['areas_holding_by_chance']:,.0f} if they fell by "
        f"residents alone); Gini {row['gini']:.2f}, by residents alone "
        f"{row['gini_by_chance']:.2f}, without what chance adds {row['gini_corrected']:.2f} "
        f"(limits {row['gini_lower']:.2f} to {row['gini_upper']:.2f})"
    )


def same_areas(row: Mapping[str, Any], names: Sequence[str]) -> str:
    """Say which areas these are, and how many of them were among them in the period before.

    Examples
    --------
    >>> same_areas({"period_before": "2014/15", "also_before": 1.0, "holding_before": 3.0},
    ...     ["Market", "Park"])
    'Market, Park; 1 of these 2 was among the 3 of 2014/15'
    >>> same_areas({"period_before": ""}, ["Market"])
    'Market'
    """
    more = len(names) - MOST_NAMED
    said = ", ".join(names[:MOST_NAMED]) + (f", and {more:,} more in the file" if more > 0 else "")
    if not row["period_before"] or row["also_before"] != row["also_before"]:
        return said
    also = int(row["also_before"])
    return (
        f"{said}; {also:,} of {'this' if len(names) == 1 else 'these'} {len(names):,} "
        f"{'was' if also == 1 else 'were'} among the {row['holding_before']:,.0f} of "
        f"{row['period_before']}"
    )


def lacking_areas(number: int, *, total: int, first: str) -> str:
    """Say that areas have residents and no count.

    Examples
    --------
    >>> lacking_areas(2, total=144, first="E05002702")
    '2 of 144 areas with residents have no row of counts and are left out; first: E05002702. Where
    that means none, add rows of 0.'
    """
    return (
        f"{number:,} of {total:,} areas with residents have no row of counts and are left out; "
        f"first: {first}. Where that means none, add rows of 0."
    )
