"""What a report says of services, of whom they reach, and of the gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.overlays.services.coverage import coverage_summary
from vawg_geo.overlays.services.provisions import date_in_words
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Bullets, Heading, Keyed, Paragraph, Table
from vawg_geo.words.report import COVERAGE_STATE, REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vawg_geo.words.blocks import Text

__all__ = ["service_blocks"]


def service_blocks(tables: Mapping[str, pd.DataFrame]) -> Iterator[Text]:
    """Kinds of help by area, what changed, whom they reach, and the gaps.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Those of the overlay that have rows.

    Yields
    ------
    Text
    """
    yield Heading(text=REPORT["services"])
    dates = list(dict.fromkeys(tables["coverage"]["date"].astype(str)))
    yield from _coverage(tables["coverage"], dates)
    if "coverage_changes" in tables:
        yield Heading(text=REPORT["changes"], rank=3)
        yield Bullets(lines=tuple(_texts(tables["coverage_changes"]["words"])))
    if "reach" in tables:
        yield Heading(text=REPORT["reach"], rank=3)
        yield Paragraph(text=REPORT["reach_note"])
        yield from _reach(tables["reach"])
    yield Heading(text=REPORT["gaps"])
    found = tuple(_texts(tables["gaps"]["words"])) if "gaps" in tables else ()
    yield Paragraph(text=REPORT["gaps_intro"] if found else REPORT["gaps_none"])
    if found:
        yield Bullets(lines=found)


def _texts(column: pd.Series) -> list[str]:
    return [str(text) for text in dict.fromkeys(column.dropna()) if str(text).strip()]


def _coverage(coverage: pd.DataFrame, dates: list[str]) -> Iterator[Text]:
    """Kinds of help by area, as at the first date."""
    at = coverage[coverage["date"].astype(str) == dates[0]]
    names = dict(zip(at["area_code"], at["area_name"], strict=True))
    summary = coverage_summary(at)
    for level, rows in summary.groupby("level", sort=False):
        codes = [code for code in names if code in set(rows["area_code"])]
        states = {
            (r["provision"], r["area_code"]): Keyed(COVERAGE_STATE[r["state"]], key=r["state"])
            for r in rows.to_dict("records")
            if r["state"] in COVERAGE_STATE
        }
        lines = tuple(
            (provision, *(states.get((provision, code), "") for code in codes))
            for provision in dict.fromkeys(rows["provision"])
        )
        values = {
            "level": words.LEVEL[str(level)][0],
            "date": date_in_words(pd.Timestamp(dates[0]).date()),
        }
        caption = words.fill(REPORT["coverage_caption"], values)
        head = (REPORT["provision"], *(str(names[code]) for code in codes))
        yield Table(caption=caption, head=head, rows=lines)


def _reach(reach: pd.DataFrame) -> Iterator[Text]:
    for indicator, rows in reach[reach["reach"].notna()].groupby("indicator", sort=False):
        lines = []
        for row in rows.to_dict("records"):
            values = {
                "area": str(row["area_name"]),
                "per": f"{row['reach_per']:,.0f}",
                "word": words.SIGNIFICANCE.get(str(row["significance"]), ""),
            }
            for key, column in (
                ("reach", "reach"),
                ("low", "reach_lower"),
                ("high", "reach_upper"),
            ):
                values[key] = words.format_number(row[column], 1)
            lines.append(words.fill(REPORT["reach_words"], values))
        yield Paragraph(text=f"{indicator}:")
        yield Bullets(lines=tuple(lines))
