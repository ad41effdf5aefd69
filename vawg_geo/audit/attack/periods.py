"""Into which pieces overlapping periods cut the time, and periods that cannot be read."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from vawg_geo.audit.observed import CELL, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from vawg_geo.terms.periods import Span

__all__ = ["overlapping", "pieces_of", "tilings", "unread_periods"]


def overlapping(spans: Sequence[Span]) -> list[list[int]]:
    """Positions of spans that hang together by overlaps; spans that overlap none are left out.

    Examples
    --------
    >>> overlapping([(0, 12), (12, 24), (3, 15), (30, 40)])
    [[0, 2, 1]]
    """
    order = sorted(range(len(spans)), key=lambda i: spans[i])
    groups: list[list[int]] = []
    end = 0
    for i in order:
        if groups and spans[i][0] < end:
            groups[-1].append(i)
            end = max(end, spans[i][1])
        else:
            groups.append([i])
            end = spans[i][1]
    return [group for group in groups if len(group) > 1]


def pieces_of(spans: Iterable[Span]) -> list[Span]:
    """Pieces of time between all the ends of spans, those that some span covers.

    Examples
    --------
    >>> pieces_of([(0, 12), (3, 15)])
    [(0, 3), (3, 12), (12, 15)]
    """
    spans = list(spans)
    cuts = sorted({end for span in spans for end in span})
    return [
        (start, end)
        for start, end in pairwise(cuts)
        if any(s <= start and end <= e for s, e in spans)
    ]


def tilings(span: Span, others: Iterable[Span]) -> list[list[Span]]:
    """Ways to lay out a span by shorter ones end to end: by the shortest, and by the longest.

    Examples
    --------
    >>> tilings((0, 4), [(0, 1), (1, 4), (0, 2), (2, 3), (2, 4)])
    [[(0, 1), (1, 4)], [(0, 2), (2, 4)]]
    >>> tilings((0, 4), [(0, 1), (2, 4)])
    []
    """
    start, end = span
    inside = [one for one in others if start <= one[0] and one[1] <= end and one != span]
    found: list[list[Span]] = []
    for longest in (False, True):
        # From the end: the next tile of each day from which the end can be reached.
        onwards: dict[int, Span | None] = {end: None}
        by_length = sorted(inside, key=lambda one: (-one[0], one[1] if longest else -one[1]))
        for one in by_length:
            if one[1] in onwards:
                onwards[one[0]] = one
        tiles: list[Span] = []
        at = start
        while tile := onwards.get(at):
            tiles.append(tile)
            at = tile[1]
        if tiles and at == end and tiles not in found:
            found.append(tiles)
    return found


def unread_periods(
    own: pd.DataFrame, family: Mapping[str, int], spans: Mapping[str, Span | None]
) -> list[Finding]:
    """Files that show counts of a period that cannot be read, beside hidden ones.

    Nobody can say what such a period is a part of, so that no sum over time is safe.

    Parameters
    ----------
    own : pandas.DataFrame
        Observations of protected counts, with `mine`: whether the first folder has them.
    family : mapping of str to int
        By indicator: those that hang together by nests share a number.
    spans : mapping
        Time of each word, None where it cannot be said.

    Returns
    -------
    list of Finding
        `unread_period`, one for each word and file.
    """
    if all(spans[word] for word in own["period"].unique()):
        return []
    number = own["indicator"].map(dict(family))
    hides = own["mine"] & (own["status"] == "suppressed")
    shows = own["mine"] & (own["status"] != "suppressed") & (own["high"].astype(float) > 0)
    findings = []
    for one in dict.fromkeys(number[hides]):
        within = number == one
        words = list(dict.fromkeys(own.loc[within, "period"]))
        if len({spans[word] or word for word in words}) < 2:
            continue
        unread = own["period"].isin([word for word in words if not spans[word]])
        some = own[within & shows & unread]
        findings += [
            Finding(kind="unread_period", file=str(source), text=_unread(str(word), rows))
            for (source, word), rows in some.groupby(["source", "period"], sort=False)
        ]
    return findings


def _unread(word: str, rows: pd.DataFrame) -> str:
    cells = rows.drop_duplicates(list(CELL))
    first = ", ".join(cells.iloc[0][list(CELL)])
    what = f"the period {word!r} cannot be read" if word else "there are counts without a period"
    return (
        f"{what}, so that it may be a part of any other: {len(cells):,} counts of it are shown "
        f"beside hidden ones; first: {first}. Write it as '2015/16', 'Apr to Jun 2015' or "
        "'2015-04-01 to 2016-03-31'."
    )
