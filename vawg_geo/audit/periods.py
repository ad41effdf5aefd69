"""Into which pieces overlapping periods cut the time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vawg_geo.periods import Span

__all__ = ["overlapping", "pieces_of"]


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
