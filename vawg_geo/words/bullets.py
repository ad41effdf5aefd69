"""Sentences in bullets that nobody has to read twice: none has over forty words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from vawg_geo.words.page import fill

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["LONGEST", "listed", "sentences_of", "together"]

LONGEST: Final = 40
"""Words of a bullet."""

_SEVERAL: Final = {"and": "{names} and {last}", "more": "{names} and {n} more"}
# "and 12 more" takes three words.
_MORE: Final = 3
_END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9‘“])")


def listed(names: Sequence[str], *, room: int = LONGEST) -> str:
    """Names as far as so many words reach, and how many more there are.

    Parameters
    ----------
    names : sequence of str
    room : int
        Words.

    Returns
    -------
    str

    Examples
    --------
    >>> listed(["Ely", "Ramsey"], room=9), listed(["Ely", "Ramsey", "St Ives"], room=3)
    ('Ely and Ramsey', 'Ely and 2 more')
    """
    taken: list[str] = []
    left = room
    for place, name in enumerate(names):
        left -= len(name.split())
        if left < (_MORE if place < len(names) - 1 else 0) and taken:
            break
        taken.append(name)
    if rest := len(names) - len(taken):
        return fill(_SEVERAL["more"], {"names": ", ".join(taken), "n": f"{rest:,}"})
    *before, last = taken or [""]
    return fill(_SEVERAL["and"], {"names": ", ".join(before), "last": last}) if before else last


def sentences_of(text: str) -> list[str]:
    """Sentences of a text.

    Examples
    --------
    >>> sentences_of("One may count twice. It says 3.5 per 100; see Table 2.")
    ['One may count twice.', 'It says 3.5 per 100; see Table 2.']
    """
    return [one for one in _END.split(text.strip()) if one]


def together(sentences: Iterable[str]) -> Iterator[str]:
    """Give sentences, as many in one bullet as it has room for.

    Examples
    --------
    >>> list(together(["They rose.", "They fell.", "and " * 39]))[0]
    'They rose. They fell.'
    """
    line = ""
    for one in sentences:
        both = f"{line} {one}".strip()
        if line and len(both.split()) > LONGEST:
            yield line
            both = one
        line = both
    if line:
        yield line
