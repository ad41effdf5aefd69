"""The report's parts about services, gaps, deprivation, methods and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.overlays.services.coverage import coverage_summary
from vawg_geo.overlays.services.provisions import date_in_words
from vawg_geo.publish.report.blocks import Block, Bullets, Heading, Keyed, Paragraph, Table
from vawg_geo.results.results import edition_of
from vawg_geo.words import page as words
from vawg_geo.words.figures import HELP, map_caveats
from vawg_geo.words.report import COVERAGE_STATE, REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.results.results import EditionResults

__all__ = ["last_blocks", "overlay_blocks"]


def overlay_blocks(results: EditionResults) -> Iterator[Block]:
    """Services, reach, gaps and what is known of deprivation.

    Parameters
    ----------
    results : EditionResults

    Yields
    ------
    Block
    """
    tables = results.overlays.tables
    if "coverage" in tables:
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
    if "coverage" in tables:
        yield Heading(text=REPORT["gaps"])
        found = tuple(_texts(tables["gaps"]["words"])) if "gaps" in tables else ()
        yield Paragraph(text=REPORT["gaps_intro"] if found else REPORT["gaps_none"])
        if found:
            yield Bullets(lines=found)
    if "source_claims" in tables:
        yield Heading(text=REPORT["deprivation"])
        yield Bullets(lines=tuple(_claims(results, tables["source_claims"])))


def _claims(results: EditionResults, claims: pd.DataFrame) -> Iterator[str]:
    """What the source says, and what the figures of each indicator say of it."""
    for row in claims[claims["area_code"] == ""].to_dict("records"):
        about = results.indicators.get(str(row["indicator"]))
        values = {
            "title": about.title if about else str(row["indicator"]),
            "level": words.LEVEL[str(row["level"])][0],
            "claim": str(row["claim"]),
            "evidence": " ".join(str(row[n]) for n in ("evidence", "note") if pd.notna(row[n])),
        }
        yield words.fill(REPORT["claim"], values)


def _texts(column: pd.Series) -> list[str]:
    return [str(text) for text in dict.fromkeys(column.dropna()) if str(text).strip()]


def _coverage(coverage: pd.DataFrame, dates: list[str]) -> Iterator[Block]:
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


def _reach(reach: pd.DataFrame) -> Iterator[Block]:
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


def last_blocks(results: EditionResults) -> Iterator[Block]:
    """Methods, what is hidden, the join, sources, caveats and where to turn for help.

    Parameters
    ----------
    results : EditionResults

    Yields
    ------
    Block
    """
    edition = edition_of(results)
    project = edition.project
    yield Heading(text=REPORT["caveats"])
    yield Bullets(lines=tuple(map_caveats(results.caveats)))
    yield Heading(text=REPORT["methods"])
    yield Bullets(lines=tuple(_methods(edition, results)))
    yield Heading(text=REPORT["hidden"])
    yield Paragraph(text=results.protection)
    if left_out := tuple(s for lines in results.not_shown.values() for s in lines):
        yield Bullets(lines=left_out)
    yield Heading(text=REPORT["join"])
    yield Paragraph(text=_join(edition.join_report))
    yield Heading(text=REPORT["sources"])
    population = {"series": project.population.series, "date": project.population.date}
    yield Bullets(
        lines=(
            *(
                words.fill(REPORT["source"], {"title": about.title, "source": about.source})
                for about in results.indicators.values()
                if about.source
            ),
            words.fill(REPORT["population"], population),
        )
    )
    yield Heading(text=REPORT["credits"])
    yield Bullets(lines=tuple(results.attribution))
    yield Heading(text=words.PAGE["help"])
    yield Bullets(lines=HELP)


def _methods(edition: Edition, results: EditionResults) -> Iterator[str]:
    project = edition.project
    yield words.fill(
        REPORT["method_rates"],
        {
            "per": f"{project.rates.per:,.0f}",
            "method": words.METHOD[project.rates.method],
            "levels": " and ".join(
                f"{level:.1%}".replace(".0%", "%") for level in project.rates.confidence
            ),
        },
    )
    rule, code = project.significance.rule, project.significance.comparator
    yield words.fill(
        REPORT["method_rule"],
        {
            "comparator": results.area_names.get(str(code), str(code)),
            "rule": rule,
            "words": words.RULE[rule],
        },
    )
    yield REPORT["method_unstable"]
    yield REPORT["method_classes"]


def _join(report: pd.DataFrame) -> str:
    counts = report["outcome"].value_counts()
    outcomes = ", ".join(f"{str(name).replace('_', ' ')} {n:,}" for name, n in counts.items())
    return " ".join(
        (
            words.fill(
                REPORT["join_words"],
                {
                    "n": f"{len(report):,}",
                    "tables": f"{report['table'].nunique():,}",
                    "outcomes": outcomes,
                },
            ),
            REPORT["join_more"],
        )
    )
