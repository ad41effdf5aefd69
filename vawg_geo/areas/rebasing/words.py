"""What the note of a rebased count says."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from vawg_geo.words.figures import NO_ROW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vawg_geo.areas.rebasing.flows import WardFlows
    from vawg_geo.areas.rebasing.shares import Cell

__all__ = ["note_of"]

# Notes of this module in the counts given: said once, not again with every further year.
_OURS: Final = re.compile(r"\[rebased[^\]]*\](; )?")


def note_of(
    new: str,
    given: Mapping[str, Cell],
    received: Fraction,
    flows: WardFlows,
    *,
    year: str,
    lacking: bool,
) -> str:
    """Words for one result: from which wards, how sure, and what the counts' own notes say.

    Parameters
    ----------
    new : str
        Ward of the second year.
    given : mapping of str to Cell
        What each ward that it comes from had.
    received : Fraction
        The result.
    flows : WardFlows
    year : str
        Of the wards that it comes from.
    lacking : bool
        Whether the result has no figure.
    """
    first = (
        _of_absence(given, flows) if lacking else _of_estimate(new, given, received, flows, year)
    )
    notes = [cell.note for cell in given.values() if cell.note not in {"", NO_ROW}]
    said = [rest for note in dict.fromkeys(notes) if (rest := _OURS.sub("", note).strip("; "))]
    again = ", from counts that were rebased before" * any(_OURS.search(note) for note in notes)
    return "; ".join([f"[rebased{again}: {first}]", *dict.fromkeys(said)])


def _of_absence(given: Mapping[str, Cell], flows: WardFlows) -> str:
    words = [
        f"{flows.names[old]} ({cell.status.replace('_', ' ')})"
        for old, cell in given.items()
        if cell.figure is None
    ]
    return f"{len(words)} of the {len(given)} wards it comes from have no figure: " + ", ".join(
        words
    )


def _of_estimate(
    new: str, given: Mapping[str, Cell], received: Fraction, flows: WardFlows, year: str
) -> str:
    """From where, and between which figures the truth lies if best fit is exact."""
    whole = [old for old in given if len(flows.shares[old]) == 1]
    if len(given) == len(whole) == 1:
        return f"ward of {year} with the same LSOAs"
    least = sum((given[old].figure or Fraction() for old in whole), Fraction())
    most = sum((cell.figure or Fraction() for cell in given.values()), Fraction())
    parts = ", ".join(
        f"{flows.names[old]} ({_per_cent(flows.shares[old][new])}"
        f"{', does not apply' if cell.status == 'not_applicable' else ''})"
        for old, cell in given.items()
    )
    lies = (
        f"between {_words(least)} and {_words(most)} however events were spread"
        if len(whole) < len(given)
        else "whole wards by the best fit of LSOAs"
    )
    exact = sum(
        (flows.shares[old][new] * (cell.figure or 0) for old, cell in given.items()), Fraction()
    )
    lost = f"; {float(exact):.2g} rounded to 0" if exact and not received else ""
    return f"by residents, from wards of {year}: {parts}; {lies}{lost}"


def _per_cent(share: Fraction) -> str:
    return f"{float(100 * share):.1f}".removesuffix(".0") + " %"


def _words(value: Fraction) -> str:
    return f"{int(value):,}" if value.denominator == 1 else f"{float(value):,.2f}"
