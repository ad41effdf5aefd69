"""How hotspots and clusters were found: by which rule, how sure, and what another model says.

That they are there, and where, stands on the pages of the indicators; here is what an analyst asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_geo.publish.latest import latest_only
from vawg_geo.results.hotspots import label_rule, none_of, scan_sentences
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Bullets, Heading, Led, Paragraph
from vawg_geo.words.report import REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vawg_geo.publish.report.blocks import Block
    from vawg_geo.results.results import EditionResults

__all__ = ["pattern_rules"]


def pattern_rules(results: EditionResults) -> Iterator[Block]:
    """Rules of every statistic and of the scan, with what no map shows: how near others came.

    Parameters
    ----------
    results : EditionResults

    Yields
    ------
    Block
        None where nothing was looked for.
    """
    lines = [*_statistics(results), *_scans(results)]
    if not lines:
        return
    yield Heading(text=REPORT["hotspots"], rank=3)
    said = ("hot_caveat", "hot_why", "hot_rules")
    yield Paragraph(text=" ".join(words.PAGE[name] for name in said))
    yield Bullets(lines=tuple(lines))


def _statistics(results: EditionResults) -> Iterator[str]:
    """Each rule once, then what it found nowhere."""
    if results.hotspots.empty:
        return
    every = latest_only(results.hotspots, results)
    rules: dict[str, None] = {}
    nowhere: list[str] = []
    by = ["level", "indicator", "sex", "period", "statistic"]
    for key, rows in every.groupby(by, sort=False, observed=True):
        level, indicator, _, period, _ = map(str, key)
        one, many = words.LEVEL[level]
        rules[words.fill(REPORT["hotspots_rule"], {"rule": label_rule(rows, levels=many)})] = None
        if none := none_of(rows, level=one):
            title = results.indicators[indicator].title
            nowhere.append(Led(none, about=f"{title}, {period}"))
    yield from rules
    yield from dict.fromkeys(nowhere)


def _scans(results: EditionResults) -> Iterator[str]:
    """Clusters with their p-values, what was allowed for, and the rule."""
    if results.scans.empty:
        return
    every = latest_only(results.scans, results)
    rules: dict[str, None] = {}
    for key, rows in every.groupby(["level", "indicator", "sex", "period"], sort=False):
        _, indicator, _, period = map(str, key)
        *found, said, rule = scan_sentences(rows, members=False)
        rules[rule] = None
        about = f"{results.indicators[indicator].title}, {period}"
        yield from (Led(one, about=about) for one in (*found, said))
    yield from rules
