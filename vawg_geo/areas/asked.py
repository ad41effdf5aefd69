"""What people write for an area: forms of a name, short ones, and words that tell its kind."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["bare", "form", "kinds_told", "present_name"]

# What stands in a name and tells nothing of the area; offices' words in English and Welsh.
_WORDS: Final = (
    "the of and city borough royal county council district police constabulary community safety "
    "partnership partnerships csp force area isle safe safer service authority unitary "
    "metropolitan bc cc dc mbc cbc lb rb lbc ua cyngor sir bwrdeistref dinas heddlu ynys"
)
_FILLING: Final = frozenset(_WORDS.split())
# "London Borough of Hackney": there `London` is no part of the name.
_OFFICES: Final = re.compile(r"^(?:royal |london )+borough of |^lbc? | london borough council$")
# Names that no official list has.
_SHORT: Final = {
    "bcp": "bournemouth christchurch and poole",
    "gmp": "greater manchester",
    "greater london": "london",
    "met": "metropolitan police",
    "met police": "metropolitan police",
    "mps": "metropolitan police",
    "metropolitan": "metropolitan police",
    "metropolitan police service": "metropolitan police",
    "rbkc": "kensington and chelsea",
    "rct": "rhondda cynon taf",
    "rhondda cynon taff": "rhondda cynon taf",
    "de cymru": "south wales",
    "heddlu de cymru": "south wales",
    "gogledd cymru": "north wales",
    "heddlu gogledd cymru": "north wales",
    "teesside": "cleveland",
    "yorkshire and humber": "yorkshire and the humber",
    "yorkshire and humberside": "yorkshire and the humber",
    "east anglia": "east of england",
    "cymru": "wales",
}
_KIND_WORDS: Final = {
    "police": "police_area",
    "constabulary": "police_area",
    "heddlu": "police_area",
    "csp": "csp",
    "partnership": "csp",
    "safe": "csp",
    "safer": "csp",
}


def form(name: str) -> str:
    """Small letters without accents, stops and dashes; `&` is `and`, `saint` is `st`.

    Examples
    --------
    >>> form("St. Helens"), form("Ynys M\u00f4n"), form("King's Lynn & West Norfolk")
    ('st helens', 'ynys mon', 'kings lynn and west norfolk')
    """
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ")).casefold()
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.sub(r"[^a-z0-9]+", " ", re.sub("['\u2019]", "", letters)).split()
    return " ".join("st" if word == "saint" else word for word in words)


def present_name(asked: str) -> str:
    """Form of the official name that somebody's own words mean, where they are known.

    Examples
    --------
    >>> present_name("Met Police"), present_name("London Borough of Hackney")
    ('metropolitan police', 'hackney')
    """
    words = form(asked)
    if words not in _SHORT:
        words = _OFFICES.sub("", words)
    return _SHORT.get(words, words)


def bare(words: str) -> str:
    """A form without the words that say what kind of area or office it is.

    Examples
    --------
    >>> bare("kingston upon hull city of"), bare("safer sheffield partnership")
    ('kingston upon hull', 'sheffield')
    """
    return " ".join(word for word in words.split() if word not in _FILLING)


def kinds_told(words: str) -> tuple[str, ...]:
    """Kinds of areas that the words of an office tell; none where they tell nothing.

    Examples
    --------
    >>> kinds_told("kent police"), kinds_told("kent county council"), kinds_told("kent")
    (('police_area',), ('county', 'district'), ())
    """
    parts = words.split()
    if "council" in parts or "cyngor" in parts:
        return ("county", "district")
    found = next((_KIND_WORDS[word] for word in parts if word in _KIND_WORDS), None)
    return (found,) if found else ()
