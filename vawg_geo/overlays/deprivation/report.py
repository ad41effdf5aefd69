"""What a report says of deprivation: how rates go with it, and what a source claims of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.overlays.deprivation.claims import RATE_CLAIM
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Bullets, Heading, Paragraph, Table
from vawg_geo.words.bullets import sentences_of, together
from vawg_geo.words.report import HEAD, REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vawg_geo.words.blocks import Text

__all__ = ["deprivation_blocks", "deprivation_findings"]

# As the table of the links names them.
_COLUMNS: Final = ("indicator", "level", "sex", "period", "areas", "value", "lower", "upper")


def deprivation_blocks(
    tables: Mapping[str, pd.DataFrame], *, titles: Mapping[str, str]
) -> Iterator[Text]:
    """How each indicator goes with deprivation, and the claims of a source.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Those of the overlay that have rows.
    titles : mapping of str to str
        Title of each indicator, by its name.

    Yields
    ------
    Text
        None where there is neither.
    """
    links = _links(tables)
    claims = tuple(_claims(tables["source_claims"])) if "source_claims" in tables else ()
    if not len(links) and not claims:
        return
    yield Heading(text=REPORT["deprivation"])
    if claims:
        yield Bullets(lines=claims)
    if len(links):
        yield _table(links, titles)
        yield Paragraph(text=REPORT["links_note"])


def deprivation_findings(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """In how many series rates rise with deprivation.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Those of the overlay that have rows.

    Yields
    ------
    str
    """
    links = _links(tables)
    if len(links):
        rise = int((links["lower"] > 0).sum())
        fall = int((links["upper"] < 0).sum())
        values = {"n": f"{rise:,}", "fall": f"{fall:,}", "of": f"{len(links):,}"}
        key = "found_deprivation" if rise or fall else "found_no_deprivation"
        yield words.fill(REPORT[key], values)


def _links(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Correlation of each indicator and level that has one, of the first sex there is."""
    if "deprivation_links" not in tables:
        return pd.DataFrame()
    links = tables["deprivation_links"]
    known = links[(links["statistic"] == "spearman") & links["value"].notna()]
    return known.drop_duplicates(["level", "indicator", "period"])


def _table(links: pd.DataFrame, titles: Mapping[str, str]) -> Table:
    def row(one: Mapping[Any, Any]) -> tuple[str, ...]:
        return (
            titles.get(str(one["indicator"]), str(one["indicator"])),
            words.LEVEL[str(one["level"])][0],
            words.SEX[str(one["sex"])],
            str(one["period"]),
            f"{int(one['areas']):,}",
            *(words.format_number(float(one[name]), 2) for name in ("value", "lower", "upper")),
        )

    order = {name: place for place, name in enumerate(titles)}
    ordered = links.sort_values("indicator", key=lambda names: names.map(order), kind="stable")
    return Table(
        caption=REPORT["links_caption"],
        head=tuple(HEAD[column] for column in _COLUMNS),
        rows=tuple(row(one) for one in ordered.to_dict("records")),
        numbers=True,
        names=4,
        columns=_COLUMNS,
        series={"statistic": "spearman"},
    )


def _claims(claims: pd.DataFrame) -> Iterator[str]:
    """Each claim of a source, and for how many series the figures agree."""
    for claim, rows in claims[claims["area_code"] == ""].groupby("claim", sort=False):
        if claim == RATE_CLAIM:
            values = {
                "claim": str(claim),
                "yes": f"{int((rows['agrees'] == 'yes').sum()):,}",
                "of": f"{len(rows):,}",
            }
            yield words.fill(REPORT["claim"], values)
            continue
        for row in rows.to_dict("records"):
            evidence = " ".join(str(row[n]) for n in ("evidence", "note") if pd.notna(row[n]))
            said = words.fill(REPORT["claim_other"], {"claim": str(claim)})
            yield from together([said, *sentences_of(evidence)])
