"""Ages in words: `16+`, `Aged 5 to 9 years`, `F0`; and which groups make up the one asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from vawg_geo.errors import InputError
from vawg_geo.terms.codes import read_sex

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["ALL_AGES", "Ages", "ages_in_words", "choose_groups", "read_age_heading", "read_ages"]

# No age is as high; the end of a group without an upper one.
_OPEN: Final = 999
_HIGHEST: Final = 125
# From here on the last single year of a table is all that are older too, as publishers end theirs.
_LAST_YEAR: Final = 85


class Ages(NamedTuple):
    """Ages from one year to another, both included."""

    first: int
    last: int

    @property
    def is_open(self) -> bool:
        """Whether it has no upper end."""
        return self.last == _OPEN


ALL_AGES: Final = Ages(0, _OPEN)

_TOTALS: Final = ("all ages", "all", "total", "all people", "all usual residents", "total ages")
_FORMS: Final = (
    (re.compile(r"(?:under|less than|below|<) ?(\d+)"), lambda a, _: Ages(0, a - 1)),
    (re.compile(r"(\d+) (?:and|or) (?:under|below|less|younger)"), lambda a, _: Ages(0, a)),
    (
        re.compile(r"(\d+) ?(?:\+|plus|(?:and|or) (?:over|above|older|more))"),
        lambda a, _: Ages(a, _OPEN),
    ),
    (re.compile(r"(\d+) ?(?:-|to|and) ?(\d+)"), Ages),
    (re.compile(r"(\d+)"), lambda a, _: Ages(a, a)),
)
_SEX_AND_AGE: Final = re.compile(
    r"(all persons|persons?|females?|males?|women|men|[fmp](?=[\s_]?\d))[\s_:,.-]*(.*)",
    re.IGNORECASE,
)


def read_ages(text: str) -> Ages | None:
    """Ages that a word means, or None.

    Examples
    --------
    >>> read_ages("16+ yrs"), read_ages("Aged 4 years and under"), read_ages("all ages")
    (Ages(first=16, last=999), Ages(first=0, last=4), Ages(first=0, last=999))
    >>> read_ages("16-59"), read_ages("Age 90 and over").is_open, read_ages("2022")
    (Ages(first=16, last=59), True, None)
    """
    word = re.sub(r"[–—‑−]", "-", " ".join(text.split()).casefold())
    if word in _TOTALS:
        return ALL_AGES
    word = re.sub(r"^(?:ages?|aged)\b[\s:]*", "", word)
    word = re.sub(r"^(?:ages?|aged)\b[\s:]*", "", word)
    word = re.sub(r"\b(?:years?|yrs?)(?: old| of age)?\b", " ", word)
    word = " ".join(word.split())
    if word in _TOTALS:
        return ALL_AGES
    for form, ages_of in _FORMS:
        if found := form.fullmatch(word):
            numbers = [int(part) for part in found.groups()] + [0]
            ages = ages_of(numbers[0], numbers[1])
            sensible = max(numbers) <= _HIGHEST and ages.first <= ages.last
            return ages if sensible else None
    return None


def read_age_heading(heading: str) -> tuple[str | None, Ages] | None:
    """Sex, where it is said, and ages that a column's heading means, or None.

    Examples
    --------
    >>> read_age_heading("F0"), read_age_heading("Age: Aged 5 to 9 years")
    (('female', Ages(first=0, last=0)), (None, Ages(first=5, last=9)))
    >>> read_age_heading("Females 16+"), read_age_heading("Total"), read_age_heading("2022")
    (('female', Ages(first=16, last=999)), (None, Ages(first=0, last=999)), None)
    """
    text = heading.replace("_", " ").strip()
    if ages := read_ages(text):
        return None, ages
    if (found := _SEX_AND_AGE.fullmatch(text)) and (ages := read_ages(found[2])):
        return read_sex(found[1]), ages
    return None


def ages_in_words(ages: Ages) -> str:
    """A group as it is written in a configuration.

    Examples
    --------
    >>> ages_in_words(ALL_AGES), ages_in_words(Ages(16, 59)), ages_in_words(Ages(16, 999))
    ('all ages', '16-59', '16+')
    """
    if ages == ALL_AGES:
        return "all ages"
    if ages.is_open:
        return f"{ages.first}+"
    return str(ages.first) if ages.first == ages.last else f"{ages.first}-{ages.last}"


def choose_groups(groups: Iterable[Ages], wanted: Ages, *, where: str) -> list[Ages]:
    """The fewest groups that together are the one wanted, each age once.

    The last single year of a table, 85 or more, stands for all that are older too.

    Parameters
    ----------
    groups : iterable of Ages
        Groups that a table has; they may overlap, and totals may be among them.
    wanted : Ages
    where : str
        What has the groups, for the message.

    Returns
    -------
    list of Ages

    Raises
    ------
    InputError
        No groups make it up.

    Examples
    --------
    >>> table = [ALL_AGES, *(Ages(a, a) for a in range(90)), Ages(90, 999)]
    >>> chosen = choose_groups(table, Ages(16, 999), where="the table")
    >>> len(chosen), chosen[0].first, chosen[-1]
    (75, 16, Ages(first=90, last=999))
    >>> choose_groups([ALL_AGES, Ages(0, 15)], Ages(16, 59), where="the column 'Age'")
    Traceback (most recent call last):
    ...
    vawg_geo.errors.InputError: the residents aged 16-59 cannot be added up from the ages in the
    column 'Age' (0-15, all ages). Ask for ages that they make up, or give others.
    """
    known = sorted(set(groups))
    ends = {ages: ages.last for ages in known}
    oldest = max((ages for ages in known if ages != ALL_AGES), default=ALL_AGES)
    if not oldest.is_open and oldest.first == oldest.last >= _LAST_YEAR:
        ends[oldest] = _OPEN
    best: dict[int, list[Ages]] = {wanted.last + 1: []}
    for ages in sorted(known, reverse=True):
        rest = best.get(ends[ages] + 1)
        if rest is None or ages.first < wanted.first:
            continue
        if ages.first not in best or len(rest) + 1 < len(best[ages.first]):
            best[ages.first] = [ages, *rest]
    chosen = best.get(wanted.first)
    if chosen:
        return chosen
    msg = (
        f"the residents aged {ages_in_words(wanted)} cannot be added up from the ages in {where} "
        f"({_listed(known)}). {_offer(known, wanted)}"
    )
    raise InputError(msg)


def _listed(known: Sequence[Ages]) -> str:
    words = [ages_in_words(ages) for ages in known]
    return ", ".join(words) if len(words) <= 6 else f"{', '.join(words[:5])}, ... {words[-1]}"


def _offer(known: Sequence[Ages], wanted: Ages) -> str:
    """The nearest age group that can be had, as far as the wanted one has no upper end."""
    starts = sorted({ages.first for ages in known if ages != ALL_AGES})
    near = [first for first in starts if abs(first - wanted.first) <= 5]
    if wanted.is_open and near:
        best = min(near, key=lambda first: abs(first - wanted.first))
        return f'Groups start at {best}: ask for age_group = "{best}+", or give others.'
    return "Ask for ages that they make up, or give others."
