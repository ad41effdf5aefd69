"""What the report says of hotspots: who has a label, or that nobody has, and by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.publish.latest import latest_only
from vawg_geo.results.hotspots import label_rule, none_of
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Bullets, Heading, Paragraph
from vawg_geo.words.hotspots import CLUSTER, CLUSTER_SIGN, STATISTIC
from vawg_geo.words.report import REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from vawg_geo.publish.report.blocks import Block
    from vawg_geo.results.results import EditionResults

__all__ = ["hotspot_blocks"]

# More names than this are for the map and the table.
_MOST_NAMES: Final = 40


def hotspot_blocks(results: EditionResults, name: str) -> Iterator[Block]:
    """Hotspots of one indicator, each series and statistic by itself.

    Parameters
    ----------
    results : EditionResults
    name : str
        Of the indicator.

    Yields
    ------
    Block
        None where the indicator has no hotspots.
    """
    if results.hotspots.empty:
        return
    rows = latest_only(results.hotspots[results.hotspots["indicator"] == name], results)
    if rows.empty:
        return
    yield Heading(text=REPORT["hotspots"], rank=3)
    said = ("hot_caveat", "hot_why", "hot_rules")
    yield Paragraph(text=" ".join(words.PAGE[name] for name in said))
    for key, found in rows.groupby(["level", "sex", "period"], sort=False, observed=True):
        level, sex, period = map(str, key)
        lines = (
            f"{STATISTIC[str(statistic)]}: {' '.join(_told(one, level))}"
            for statistic, one in found.groupby("statistic", sort=False, observed=True)
        )
        series = {"levels": words.LEVEL[level][1], "sex": words.SEX[sex].lower(), "period": period}
        yield Paragraph(text=words.fill(REPORT["hotspots_of"], series))
        yield Bullets(lines=tuple(lines))


def _told(rows: pd.DataFrame, level: str) -> Iterator[str]:
    """Areas by label, or that there is none, and the rule."""
    one, many = words.LEVEL[level]
    if none := none_of(rows, level=one):
        yield none
    for label in CLUSTER_SIGN:
        names = rows.loc[rows["cluster"] == label, "area_name"].astype(str).tolist()
        if names:
            shown = ", ".join(names[:_MOST_NAMES])
            more = len(names) - _MOST_NAMES
            beyond = words.fill(REPORT["hotspots_more"], {"n": f"{more:,}"}) if more > 0 else ""
            yield f"{CLUSTER[label]} ({len(names):,}): {shown}{beyond}."
    yield words.fill(REPORT["hotspots_rule"], {"rule": label_rule(rows, levels=many)})
