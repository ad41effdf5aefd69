"""What a name that fits no area may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_geo.errors import nearest
from vawg_geo.terms.area_names import normalise_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["suggest_names"]


def suggest_names(name: str, names: Iterable[str]) -> list[str]:
    """Known names that a name which fits none may have meant.

    First the names that it is run together from, else the closest in spelling.

    Examples
    --------
    >>> suggest_names("Central North", ["Central", "North", "West"])
    ['Central', 'North']
    >>> suggest_names("Petersfeld", ["Petersfield", "Trumpington"])
    ['Petersfield']
    """
    by_form = {normalise_name(other): other for other in names}
    words = normalise_name(name).split()
    if parts := _split(words, by_form):
        return parts
    return [by_form[form] for form in nearest(" ".join(words), by_form, most=3)]


def _split(words: list[str], by_form: Mapping[str, str]) -> list[str]:
    """Known names, in order, that a run of words is made of; longest first; [] where none fit.

    A single 'and' between two names is a joint, not a word.
    """
    if not words:
        return []
    for size in range(len(words), 0, -1):
        head = " ".join(words[:size])
        if head not in by_form:
            continue
        rest = words[size:]
        if not rest:
            return [by_form[head]]
        for tail in (rest, rest[1:] if rest[0] == "and" else []):
            if tail and (others := _split(tail, by_form)):
                return [by_form[head], *others]
    return []
