"""What is said of figures wherever they stand: caveats, protection, notes, and where help is.

Each sentence stands here once; pages, pictures, report, rasters, tables and layers print it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.terms.codes import is_gss_code
from vawg_geo.terms.repeat_victims import split_method

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "ESTIMATED_BY_SEX",
    "HIDDEN_NOTE",
    "LESS_REPORTED",
    "NOT_SHOWN",
    "NO_ROW",
    "OUTSIDE_SCOPE",
    "PROTECTION",
    "WATERMARK",
    "break_line",
    "help_lines",
    "map_caveats",
    "repeat_lines",
    "usual_caveats",
]

EMERGENCY: Final = (
    "In an emergency, call 999. If you cannot speak, listen to the operator, then press 55 on a "
    "mobile phone."
)
# By the first letter of the codes of a nation's areas.
HELPLINES: Final = {
    "E": "National Domestic Abuse Helpline: 0808 2000 247, free, 24 hours a day.",
    "W": "Live Fear Free, the helpline of Wales: 0808 80 10 800, free, 24 hours a day.",
}

LESS_REPORTED: Final = "A low recorded rate may mean that less is reported, not that less happens."
MOST_NOT_REPORTED: Final = "About 80 % of domestic abuse is not reported to the police."
PART_OF_COMPARATOR: Final = "Each area is a part of the area that it is compared with."
EVENTS_NOT_PEOPLE: Final = (
    "Rates count events, not people: the same person may be counted several times, and then the "
    "true interval is wider than the one shown."
)
REPEATS_ALLOWED: Final = (
    "{title}, {sex}: the limits allow for repeat victims. The number of events varies {factor} "
    "times as much as one of independent events, {form}."
)
REPEATS_BY_PERSONS: Final = "with {each} events a person on average (Dobson and others, by persons)"
REPEATS_BY_EVENTS: Final = "by a factor from elsewhere (Dobson and others, by events)"
# By the place that an indicator is counted by, where its rates are per residents.
TOWN_CENTRES: Final = {
    "offence": (
        "These are counted where they happened and divided by those who live there: in town "
        "centres, where many come from elsewhere, the rate is high for that reason too."
    ),
    "unknown": (
        "If these are counted where they happened, town centres have high rates for that reason "
        "too: many come from elsewhere, and those who live there are few."
    ),
}
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
    # Of several, which a table lists.
    "many_small_areas": (
        "{n} series are not shown by {level}: more than a third of the {levels} would have to be "
        "hidden, or single ones could not be kept hidden. {instead}"
    ),
    "many_unsafe": (
        "{n} series are not shown by {level}: single {levels} cannot be hidden so that they stay "
        "hidden. {instead}"
    ),
    "instead": "See the figures by {level}.",
    "nothing": "There are no figures for larger areas.",
}

# Notes on single rows.
HIDDEN_NOTE: Final = "hidden: a small number, or one that would give it away"
NO_ROW: Final = "no row in the table of counts"
OUTSIDE_SCOPE: Final = "outside the area that the source covers"
ESTIMATED_BY_SEX: Final = "the population by sex is an estimate"
NO_DENOMINATOR: Final = "what the rate is per is not known of this area, or too small: no rate"
NO_RESIDENTS: Final = "no residents of the area are known: no rate"


def help_lines(codes: Iterable[str], own: Sequence[str] = ()) -> tuple[str, ...]:
    """Where to turn for help: the number for emergencies, and helplines of the areas' nations.

    Parameters
    ----------
    codes : iterable of str
        Of the areas; codes that tell no nation are passed over, and where none tells one, all
        helplines stand.
    own : sequence of str
        Helplines in the place of the nations'.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> help_lines(["W05000004"])[1]
    'Live Fear Free, the helpline of Wales: 0808 80 10 800, free, 24 hours a day.'
    >>> len(help_lines(["E05002703", "W05000004"])), help_lines([], ["Call 01234 567890."])[1]
    (3, 'Call 01234 567890.')
    """
    nations = {code[:1] for code in codes if is_gss_code(code)}
    lines = [line for nation, line in HELPLINES.items() if nation in nations]
    return (EMERGENCY, *(own or lines or HELPLINES.values()))


def break_line(when: str, words: str, *, title: str = "") -> str:
    """Say of a break in a series when it was, in which, and what changed.

    Examples
    --------
    >>> break_line("2022-10-01", "The police changed its records system.", title="Stalking")
    'Stalking, break at 2022-10-01: The police changed its records system.'
    >>> break_line("2017/18", "Counting rules changed.")
    'All figures, break at 2017/18: Counting rules changed.'
    """
    return f"{title or 'All figures'}, break at {when}: {words}"


def repeat_lines(methods: Iterable[tuple[str, str, str]]) -> list[str]:
    """Sentence for each series whose limits allow for repeat victims.

    Parameters
    ----------
    methods : iterable of (title, sex, rate_method)
        Sexes in words; each sentence comes once.

    Examples
    --------
    >>> told = "exact, variance 1.9 times, 1.4 events a person"
    >>> repeat_lines([("Incidents", "all people", told), ("Thefts", "all people", "exact")])
    ['Incidents, all people: the limits allow for repeat victims. The number of events varies 1.9
    times as much as one of independent events, with 1.4 events a person on average (Dobson and
    others, by persons).']
    """
    lines = []
    for title, sex, told in methods:
        if victims := split_method(told)[1]:
            each = victims.events_per_person
            values = {
                "title": title,
                "sex": sex,
                "factor": f"{victims.variance_factor:g}",
                "form": REPEATS_BY_EVENTS
                if each is None
                else REPEATS_BY_PERSONS.format(each=f"{each:g}"),
            }
            lines.append(REPEATS_ALLOWED.format_map(values))
    return list(dict.fromkeys(lines))


def usual_caveats(
    *, parts_of_comparator: bool, of_domestic_abuse: bool, repeats: Sequence[str] = ()
) -> tuple[str, ...]:
    """Caveats of an edition whose project gives none of its own.

    Parameters
    ----------
    parts_of_comparator : bool
        Whether areas are compared with one that holds them.
    of_domestic_abuse : bool
        Whether an indicator is of domestic abuse.
    repeats : sequence of str
        Of which series the limits allow for repeat victims: `repeat_lines`.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> len(usual_caveats(parts_of_comparator=False, of_domestic_abuse=True))
    3
    """
    part = (PART_OF_COMPARATOR,) if parts_of_comparator else ()
    return (*_reporting(of_domestic_abuse), *part, EVENTS_NOT_PEOPLE, *repeats)


def _reporting(of_domestic_abuse: bool) -> tuple[str, ...]:
    return (LESS_REPORTED, MOST_NOT_REPORTED) if of_domestic_abuse else (LESS_REPORTED,)


def map_caveats(own: Sequence[str], *, of_domestic_abuse: bool) -> list[str]:
    """Caveats of an edition with those that no map may lack.

    That less may be reported is said only where an edition's own do not speak of reporting.

    Examples
    --------
    >>> own = ["Rates may be low where few people report."]
    >>> len(map_caveats(own, of_domestic_abuse=True)), len(map_caveats([], of_domestic_abuse=True))
    (2, 3)
    """
    speaks = any("report" in line.lower() for line in own)
    reporting = () if speaks else _reporting(of_domestic_abuse)
    return list(dict.fromkeys([*own, *reporting, POLARITY]))
