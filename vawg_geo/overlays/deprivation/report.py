"""What a report says of deprivation: the source's claims, and what the figures say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.words import page as words
from vawg_geo.words.blocks import Bullets, Heading
from vawg_geo.words.report import REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vawg_geo.words.blocks import Text

__all__ = ["deprivation_blocks"]


def deprivation_blocks(claims: pd.DataFrame, *, titles: Mapping[str, str]) -> Iterator[Text]:
    """Claims of the source, each with what the figures say.

    Parameters
    ----------
    claims : pandas.DataFrame
        As `source_claims` gives them.
    titles : mapping of str to str
        Title of each indicator, by its name.

    Yields
    ------
    Text
    """
    yield Heading(text=REPORT["deprivation"])
    yield Bullets(lines=tuple(_claims(claims, titles)))


def _claims(claims: pd.DataFrame, titles: Mapping[str, str]) -> Iterator[str]:
    """What the source says, and what the figures of each indicator say of it."""
    for row in claims[claims["area_code"] == ""].to_dict("records"):
        values = {
            "title": titles.get(str(row["indicator"]), str(row["indicator"])),
            "level": words.LEVEL[str(row["level"])][0],
            "claim": str(row["claim"]),
            "evidence": " ".join(str(row[n]) for n in ("evidence", "note") if pd.notna(row[n])),
        }
        yield words.fill(REPORT["claim"], values)
