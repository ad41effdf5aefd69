"""What a map says first: how many areas differ from the whole, and where the higher ones are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from vawg_geo.words.page import HEADLINE, LEVEL, fill, format_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vawg_geo.results.series import Series

__all__ = ["headline_of"]

# So many areas are named one by one, so many districts by their numbers.
_MOST_NAMED: Final = 3


def headline_of(series: Series, *, parents: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """Say of a series how many areas are called, and where.

    Parameters
    ----------
    series : Series
        Judged by the comparison that its level colours first.
    parents : sequence of str
        Code of what each area lies in, in the series' order; empty where that is nothing.
    names : mapping of str to str
        Names of these.

    Returns
    -------
    list of str
        The finding and what remains, each a sentence; empty where nothing is compared.

    Notes
    -----
    Only what the map shows of each area is counted: an area without a figure is none of the called.
    """
    whole = series.compared_with
    if whole is None or not any(series.rated):
        return []
    unusual = series.compares == "standing"
    words = (series.standing if unusual else series.significance).tolist()
    high, low, same = (
        ("unusually_high", "unusually_low", "as_expected")
        if unusual
        else ("higher", "lower", "similar")
    )
    counts = Counter("as_expected" if word.startswith("possibly") else word for word in words)
    if not (counts[high] + counts[low] + counts[same]):
        return []
    called = [place for place, word in enumerate(words) if word == high]
    values = {
        "n": str(len(called)),
        "of": f"{series.areas:,}",
        "level": LEVEL[series.level][0],
        "levels": series.levels,
        "are": "is" if len(called) == 1 else "are",
        "comparator": whole.name,
        "rate": format_number(whole.rate, series.decimals),
    }
    first = fill(
        HEADLINE[("some" if called else "none") + ("_unusual" if unusual else "")], values
    ) + (_where(series, called, parents, names) if called else "")
    rest = [
        fill(
            HEADLINE[word],
            {
                "n": f"{counts[word]:,}",
                "are": "is" if counts[word] == 1 else "are",
                "have": "has" if counts[word] == 1 else "have",
            },
        )
        for word in (low, same)
        if counts[word]
    ]
    without = series.areas - counts[high] - counts[low] - counts[same]
    if without:
        have = "has" if without == 1 else "have"
        rest.append(fill(HEADLINE["without"], {"n": f"{without:,}", "have": have}))
    return [first, "; ".join(rest) + "."] if rest else [first]


def _where(
    series: Series, called: Sequence[int], parents: Sequence[str], names: Mapping[str, str]
) -> str:
    """Names of few areas; of more, how many lie in each district, the most first.

    What no level of the project has is known by its code alone, and a code tells a reader nothing.
    """
    parents = [code if code in names else "" for code in parents]
    if len(called) <= _MOST_NAMED or len({code for code in parents if code}) < 2:
        found = [str(series.area_name[place]) for place in called[: 2 * _MOST_NAMED]]
        if len(called) > len(found):
            return "."
        return fill(HEADLINE["named"], {"names": _listed(found)})
    held = Counter(parents[place] for place in called if parents[place])
    most = sorted(held, key=lambda code: (-held[code], names[code]))[:_MOST_NAMED]
    parts = [f"{held[code]:,} in {names[code]}" for code in most]
    if left := len(called) - sum(held[code] for code in most):
        parts.append(fill(HEADLINE["elsewhere"], {"n": f"{left:,}"}))
    return fill(HEADLINE["named"], {"names": _listed(parts)})


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
