"""What the heading of a column of counts says: what is counted, of which sex, and of when."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from vawg_geo.terms.codes import read_sex, visible
from vawg_geo.terms.periods import MONTH_NAMES, read_period

__all__ = ["Heading", "may_be_no_count", "read_heading"]


class Heading(NamedTuple):
    """A heading, apart.

    Attributes
    ----------
    indicator, sex, period : str
        Empty where it does not say it.
    unclear : tuple of str
        `sex` or `period` where a word for one stands there that is not understood.
    """

    indicator: str
    sex: str
    period: str
    unclear: tuple[str, ...]


# Beside counts stand residents, rates, ranks, places and numbers of rows.
_NO_COUNT: Final = re.compile(
    r"\b(pop|population|poblogaeth|residents?|inhabitants|households?|dwellings?|denominator|rates?"
    r"|cyfradd|per|percent(age)?|proportion|share|ratio|index|rank(ing)?|decile|quintile|score"
    r"|mean|median|density|area|hectares?|easting|northing|lat(itude)?|lon(g|gitude)?|x|y|id"
    r"|ref(erence)?|key|fid|objectid|uprn|cod(e|es)?|cd|no|ages?|aged|mid|change|difference"
    r"|expected|estimated?|limit|ci|lower|upper|cost|wards?|beats?|census|electors?|electorate)\b"
    r"|average|%|£|#|/ ?1,?0|\d\+",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(r"(total )?(numbers?|no\.|counts?|nifer) (of |o )?", re.IGNORECASE)
# These say that something is counted, and not what.
_SAYS_NOTHING: Final = re.compile(
    r"(the )?(counts?|numbers?|no\.|n|values?|obs value|frequency|events|cases|totals?|sum|nifer"
    r"|cyfanswm|all|figures?|data)?",
    re.IGNORECASE,
)
_SEXES: Final = re.compile(
    r"\b(fe)?males?('s)?\b|\b(wo)?m[ae]n('s)?\b|\bgirls?\b|\bboys?\b|\bmenywod\b|\bdynion\b",
    re.IGNORECASE,
)
_OF_WHOM: Final = re.compile(r"victims?|survivors?|clients?|dioddefwyr", re.IGNORECASE)
# What is left of time once a period was taken out, or where none could be.
_TIME_LEFT: Final = re.compile(
    rf"\d\d|\b(q[1-4]|h[12]|ytd|to|since|from|until|end|ended|ending|quarter|half|months?|years?"
    rf"|weeks?|days?|({MONTH_NAMES})[a-z]*)\b",
    re.IGNORECASE,
)
# December 2011, or 2011/12: by itself it cannot be said which.
_MONTH_OR_YEAR: Final = re.compile(r"\d{4}[-.]?(0[1-9]|1[0-2])")
_JOINING: Final = re.compile(r"^(in|for|during|of|by)\b\s*|\s*\b(in|for|during|of|by)$", re.I)


def may_be_no_count(heading: str) -> bool:
    """Whether a column of numbers may hold residents, a rate, a rank or a code.

    Examples
    --------
    >>> may_be_no_count("Population 2023"), may_be_no_count("DA crimes per 1,000")
    (True, True)
    >>> may_be_no_count("DA crimes 2024/25")
    False
    """
    return _NO_COUNT.search(heading.replace("_", " ")) is not None


def read_heading(heading: str, *, several: bool = False) -> Heading:
    """Take a heading apart; what could be two things is not taken.

    Parameters
    ----------
    heading : str
    several : bool
        Whether it stands beside others that differ in nothing but sex or period, so that a sex
        before or behind other words is one, and `2011-12` is read in the light of the others.

    Returns
    -------
    Heading

    Examples
    --------
    >>> read_heading("DA crimes 2024/25")
    Heading(indicator='DA crimes', sex='', period='2024/25', unclear=())
    >>> read_heading("Female victims (2023)")
    Heading(indicator='victims', sex='female', period='2023', unclear=())
    >>> read_heading("Violence against women and girls 2024-25")
    Heading(indicator='Violence against women and girls', sex='', period='2024-25', unclear=('sex',))
    >>> read_heading("DA crimes 2022/23 to date").unclear
    ('period',)
    """  # noqa: E501
    parts = _parts(heading)
    period, parts = _take_period(parts)
    unclear = []
    if _TIME_LEFT.search(" ".join(parts)) or (not several and _MONTH_OR_YEAR.fullmatch(period)):
        period, parts = "", _parts(heading)
        unclear.append("period")
    sex, parts = _take_sex(parts, several=several)
    words = _BEFORE.sub("", " ".join(parts), count=1) if parts else ""
    if not sex and _SEXES.search(words):
        unclear.append("sex")
    indicator = "" if _SAYS_NOTHING.fullmatch(words) else words
    return Heading(indicator, sex, period, tuple(unclear))


def _parts(heading: str) -> list[str]:
    """Pieces between brackets, commas and dashes that stand by themselves."""
    text = visible(heading)
    if " " not in text:
        text = re.sub(r"(?<!\d)(\d{4})_(\d\d)(?!\d)", r"\1/\2", text).replace("_", " ")
    pieces = re.split(r"[()\[\],:;|]|\s[-–—]\s", text.replace("–", "-").replace("—", "-"))
    return [piece.strip() for piece in pieces if piece.strip()]


def _take_period(parts: list[str]) -> tuple[str, list[str]]:
    """The longest run of words that is a period, and the pieces without it."""
    runs = [
        (stop - start, at, start, stop)
        for at, part in enumerate(parts)
        for start in range(len(part.split()))
        for stop in range(start + 1, len(part.split()) + 1)
    ]
    for _, at, start, stop in sorted(runs, reverse=True):
        words = parts[at].split()
        run = " ".join(words[start:stop])
        if re.search(r"\d", run) and read_period(run) is not None:
            rest = (" ".join(words[:start]), " ".join(words[stop:]))
            kept = " ".join(filter(None, (_JOINING.sub("", piece).strip() for piece in rest)))
            return run, [piece for piece in (*parts[:at], kept, *parts[at + 1 :]) if piece]
    return "", parts


def _take_sex(parts: list[str], *, several: bool) -> tuple[str, list[str]]:
    """The sex that a piece is, or that stands before victims; among several, at either end."""
    for at, part in enumerate(parts):
        if sex := _sex_of_word(part):
            return sex, parts[:at] + parts[at + 1 :]
    words = " ".join(parts).split()
    if len(words) == 2 and (sex := _sex_of_word(words[0])) and _OF_WHOM.fullmatch(words[1]):
        return sex, words[1:]
    if several and len(words) > 1:
        for word, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
            if (sex := _sex_of_word(word)) and not _SEXES.search(" ".join(rest)):
                return sex, [" ".join(rest)]
    return "", parts


def _sex_of_word(word: str) -> str:
    return str(read_sex(word) or "")
