"""The scan's clusters in the report: which stand, how sure, and which only one model calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_geo.publish.latest import latest_only
from vawg_geo.results.hotspots import scan_sentences
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Bullets, Heading, Paragraph
from vawg_geo.words.scan import REPORTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vawg_geo.publish.report.blocks import Block
    from vawg_geo.results.results import EditionResults

__all__ = ["cluster_blocks"]


def cluster_blocks(results: EditionResults, name: str) -> Iterator[Block]:
    """Clusters of one indicator, by level, sex and period; nothing where no scan called any.

    Parameters
    ----------
    results : EditionResults
    name : str
        Of the indicator.

    Yields
    ------
    Block
    """
    if results.scans.empty:
        return
    mine = latest_only(results.scans[results.scans["indicator"] == name], results)
    for key, rows in mine.groupby(["level", "sex", "period"], sort=False):
        level, sex, period = map(str, key)
        values = {
            "level": words.LEVEL[level][0],
            "sex": words.SEX[sex].lower(),
            "period": period,
        }
        *found, said, rule = scan_sentences(rows)
        yield Heading(text=words.fill(REPORTED, values), rank=3)
        yield Paragraph(text=said)
        if found:
            yield Bullets(lines=tuple(found))
        yield Paragraph(text=f"{words.PAGE['hot_caveat']} {rule}")
