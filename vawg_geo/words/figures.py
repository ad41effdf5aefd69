"""What is said of figures wherever they stand: caveats, protection, notes, and where help is.

Each sentence stands here once; pages, pictures, report, rasters, tables and layers print it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ESTIMATED_BY_SEX",
    "HELP",
    "HIDDEN_NOTE",
    "LESS_REPORTED",
    "NOT_SHOWN",
    "NO_ROW",
    "OUTSIDE_SCOPE",
    "PROTECTION",
    "WATERMARK",
    "map_caveats",
    "usual_caveats",
]

HELP: Final = (
    "In an emergency, call 999. If you cannot speak, listen to the operator, then press 55 on a "
    "mobile phone.",
    "National Domestic Abuse Helpline: 0808 2000 247, free, 24 hours a day.",
)

LESS_REPORTED: Final = "A low recorded rate may mean that less is reported, not that less happens."
MOST_NOT_REPORTED: Final = "About 80 % of domestic abuse is not reported to the police."
PART_OF_COMPARATOR: Final = "Each area is a part of the area that it is compared with."
EVENTS_NOT_PEOPLE: Final = (
    "Rates count events, not people: the same person may be counted several times, and then the "
    "true interval is wider than the one shown."
)
POLARITY: Final = (
    "Higher or lower is a statement about the figures, not about how well or badly an area does: "
    "a high rate of referrals can be a good sign."
)

# How an edition's protection is told: its numbers are put in, and what does not apply is left out.
PROTECTION: Final = {
    "none": "No count is hidden.",
    "hidden": (
        "Counts from {smallest} to {largest} that are not published elsewhere are hidden so that "
        "nobody can be recognised, and so are others from which these could be worked out."
    ),
    "rounded": "All other such counts are rounded to the nearest {base}.",
    "of_persons": (
        "So are counts of events of {smallest} to {largest} persons, however many the events: "
        "several may be of one person. How many persons they are of is known for: {known}."
    ),
    "persons_unknown": (
        "Events are counted, not persons: no table says of how many persons they are."
    ),
}

WATERMARK: Final = {
    "public": "",
    "partnership": (
        "Partnership edition, {date}. Under the information sharing agreement: {agreement}. "
        "Not for publication."
    ),
    "analyst": "Analyst's edition, not for sharing. Reason: {reason}",
    "no_agreement": "no agreement recorded",
}

# One sentence for both reasons, and no number. With a district's total of 8, "8 of 12 wards" would
# give each ward to 0 or 1, and "more than a third" by itself none above 4.
NOT_SHOWN: Final = {
    "small_areas": (
        "{title}, {sex}: not shown by {level}, because more than a third of the {levels} would "
        "have to be hidden, or single ones could not be kept hidden. {instead}"
    ),
    "unsafe": (
        "{title}, {sex}: not shown by {level}, because single {levels} cannot be hidden so that "
        "they stay hidden. {instead}"
    ),
    "instead": "See the figures by {level}.",
    "nothing": "There are no figures for larger areas.",
}

# Notes on single rows.
HIDDEN_NOTE: Final = "hidden: a small number, or one that would give it away"
NO_ROW: Final = "no row in the table of counts"
OUTSIDE_SCOPE: Final = "outside the area that the source covers"
ESTIMATED_BY_SEX: Final = "population by sex estimated by the district's split"
NO_RESIDENTS: Final = "no residents of the area are known: no rate"


def usual_caveats(*, parts_of_comparator: bool) -> tuple[str, ...]:
    """Caveats of an edition whose project gives none of its own.

    Parameters
    ----------
    parts_of_comparator : bool
        Whether areas are compared with one that holds them.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> len(usual_caveats(parts_of_comparator=False))
    3
    """
    part = (PART_OF_COMPARATOR,) if parts_of_comparator else ()
    return (LESS_REPORTED, MOST_NOT_REPORTED, *part, EVENTS_NOT_PEOPLE)


def map_caveats(own: Sequence[str]) -> list[str]:
    """Caveats of an edition with those that no map may lack.

    That less may be reported is said only where an edition's own do not speak of reporting.

    Examples
    --------
    >>> len(map_caveats(["Rates may be low where few people report."])), len(map_caveats([]))
    (2, 3)
    """
    speaks = any("report" in line.lower() for line in own)
    reporting = () if speaks else (LESS_REPORTED, MOST_NOT_REPORTED)
    return list(dict.fromkeys([*own, *reporting, POLARITY]))
