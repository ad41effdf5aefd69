"""Names of areas as people write them: which differences do not count."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["normalise_name"]

_APOSTROPHES: Final = re.compile(r"['’‘ʼ`´]")
_NOT_WORD: Final = re.compile(r"[^\w]+")
# What closes a name and tells nothing of which area is meant: of each group one, in this order.
_CLOSING: Final = (
    ("electoral division", "council", "ed"),
    ("city", "ward", "district", "county"),
)
# Of a council only, or a ward called "West Borough" would be "West".
_OF_A_COUNCIL: Final = " borough"


def normalise_name(name: str) -> str:
    """Form of a name in which harmless differences are gone.

    '&' is 'and', 'Saint' is 'St'; apostrophes, accents, case, punctuation and a closing 'City',
    'Ward', 'District', 'County', 'ED' or 'Borough Council' do not count.

    Examples
    --------
    >>> normalise_name("Queen Edith’s"), normalise_name("Fletton & Woodston")
    ('queen ediths', 'fletton and woodston')
    >>> normalise_name("Cambridge City"), normalise_name("Saint Mary's Ward")
    ('cambridge', 'st marys')
    """
    plain = name.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(mark for mark in plain if not unicodedata.combining(mark)).casefold()
    plain = _APOSTROPHES.sub("", plain).replace("&", " and ")
    words = _NOT_WORD.sub(" ", plain).replace("_", " ").split()
    form = " ".join("st" if word == "saint" else word for word in words)
    for group in _CLOSING:
        form, closed = _without(form, group)
        if closed == "council":
            form = form.removesuffix(_OF_A_COUNCIL) or form
    return form


def _without(form: str, closing: tuple[str, ...]) -> tuple[str, str]:
    """A form without the word that closes it, and that word."""
    for words in closing:
        shorter = form.removesuffix(f" {words}")
        if shorter not in ("", form):
            return shorter, words
    return form, ""
