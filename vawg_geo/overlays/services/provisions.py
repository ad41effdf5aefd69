"""What kind of help a service gives, by the words of its own entry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["date_in_words", "phrase", "provisions_of"]

# The first that fits a service's name or one item of what it provides; a hospital's adviser is
# another kind of help than the service for cases at high risk.
_KINDS: Final = {
    "hospital IDVA": re.compile(
        r"\b(health|hospital) (IDVA|independent domestic)|referred by health professionals", re.I
    ),
    "IDVA": re.compile(r"independent domestic violence advi[cs]|\bIDVA\b", re.I),
    "MARAC": re.compile(r"^MARAC\b|multi-agency risk assessment conference", re.I),
    "sexual assault referral centre": re.compile(r"sexual assault referral centre", re.I),
    "rape crisis": re.compile(r"\brape crisis\b", re.I),
    "child exploitation": re.compile(r"\bexploitation\b", re.I),
    "refuge": re.compile(r"^refuges?$|\brefuge$|\bsafe[- ]?houses?$", re.I),
}
# Kinds of help that a service may give beside the first.
_ALSO: Final = {
    "outreach": re.compile(r"\boutreach\b", re.I),
    "Freedom programme": re.compile(r"\bfreedom programme\b", re.I),
    "ISVA": re.compile(r"\bISVA\b", re.I),
}
# After "no" and after "covered by".
_PHRASES: Final = {
    "IDVA": "IDVA service",
    "child exploitation": "service for exploited children",
    "ISVA": "ISVA service",
    "outreach": "outreach service",
    "rape crisis": "rape crisis service",
}


def provisions_of(service: str, provides: str) -> tuple[str, ...]:
    """Kinds of help that a service gives.

    Parameters
    ----------
    service : str
        The service's name.
    provides : str
        What it provides, items with semicolons between.

    Returns
    -------
    tuple of str
        At least one: the kinds that its words name, else the items themselves, as they stand.

    Examples
    --------
    >>> provisions_of("Health IDVA at Addenbrooke's Hospital", "advocacy")
    ('hospital IDVA',)
    >>> provisions_of("Peterborough Women's Aid", "advocacy; outreach; Freedom programme")
    ('outreach', 'Freedom programme')
    >>> provisions_of("Centre 33", "practical support")
    ('practical support',)
    """
    items = [item.strip() for item in provides.split(";") if item.strip()]
    texts = [service, *items]
    first = next((k for k, words in _KINDS.items() if any(words.search(t) for t in texts)), None)
    also = [k for k, words in _ALSO.items() if any(words.search(t) for t in texts)]
    return tuple([*([first] if first else []), *also] or items or [service])


def phrase(provision: str) -> str:
    """A kind of help as a noun that "no" can stand before.

    Examples
    --------
    >>> phrase("rape crisis"), phrase("MARAC")
    ('rape crisis service', 'MARAC')
    """
    return _PHRASES.get(provision, provision)


def date_in_words(date: dt.date) -> str:
    """A date as it is read aloud.

    Examples
    --------
    >>> import datetime
    >>> date_in_words(datetime.date(2016, 3, 31))
    '31 March 2016'
    """
    return f"{date.day} {date:%B %Y}"
