"""The first page: of what the report is, what was found, and the whole area's figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from vawg_geo.overlays.registry import overlays
from vawg_geo.publish.latest import latest_only
from vawg_geo.publish.report.findings import in_brief, pattern_lines
from vawg_geo.publish.report.indicator import basis_of, figures_of, head_of
from vawg_geo.publish.report.over_time import change_in_brief
from vawg_geo.results.results import edition_of
from vawg_geo.terms.periods import in_order
from vawg_geo.terms.rounding import rate_decimals
from vawg_geo.terms.shared import RATE_LIMITS
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Bullets, Facts, Heading, Led, Mark, Paragraph, Table
from vawg_geo.words.report import LINE, REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from vawg_geo.publish.report.blocks import Block
    from vawg_geo.publish.report.indicator import Subject
    from vawg_geo.results.results import EditionResults

__all__ = ["first_blocks", "tables_of_overlay"]

# More lines would not leave room for the others on one page.
_MOST: Final = 12
# The largest areas first: the first of them that has figures is the whole.
_WHOLES: Final = ("police_area", "county", "csp", "district")
_SUMMARY: Final = ("indicator", "sex", "period", "count", "rate_per", "rate", *RATE_LIMITS["95"])
# Tables that say something of each map: the latest period's are enough.
_OF_MAPS: Final = ("source_claims", "deprivation_links")


def first_blocks(results: EditionResults, subjects: Sequence[Subject]) -> Iterator[Block]:
    """Title block, findings and the whole area's figures.

    Parameters
    ----------
    results : EditionResults
    subjects : sequence of Subject
        What the report has pages of.

    Yields
    ------
    Block
    """
    yield Facts(pairs=tuple(_facts(results)))
    if (results.rates["basis"] == "illustrative").any():
        yield Mark(text=REPORT["illustrative"])
    yield Heading(text=REPORT["findings"])
    yield Bullets(lines=tuple(_findings(results, subjects)))
    yield from _glance(results)


def _facts(results: EditionResults) -> Iterator[tuple[str, str]]:
    project = edition_of(results).project
    if whole := results.area_names.get(str(project.significance.comparator)):
        yield REPORT["area"], whole
    when = in_order(results.rates["period"])
    periods = sorted(when, key=lambda period: when[period])
    span = {"first": periods[0], "last": periods[-1]}
    yield (
        REPORT["periods"],
        periods[0] if len(periods) == 1 else words.fill(LINE["span"], span),
    )
    yield REPORT["edition"], words.EDITION.get(results.edition, results.edition)
    population = {"series": project.population.series, "date": project.population.date}
    if all(population.values()):
        yield REPORT["residents"], words.fill(REPORT["residents_of"], population)


def _findings(results: EditionResults, subjects: Sequence[Subject]) -> Iterator[str]:
    """What stands out by indicator, then patterns, change, services, and what is hidden."""
    lines = [line for one in subjects for line in _of_subject(one)]
    yield from lines[:_MOST]
    if (beyond := len(lines) - _MOST) > 0:
        yield words.fill(REPORT["findings_beyond"], {"n": f"{beyond:,}"})
    patterns = [
        Led(line, about=f"{REPORT['found_patterns']}, {one.title}")
        for one in subjects
        for series in one.series
        for line in pattern_lines(results, series)
    ]
    yield from patterns[:3]
    for one in subjects[:_MOST]:
        if one.lines is not None and (said := change_in_brief(results, one.lines)):
            yield Led(said, about=one.title)
    for overlay in sorted(overlays(), key=lambda one: one.place_in_report):
        if tables := tables_of_overlay(results, overlay):
            yield from overlay.findings(tables)
    yield Led(results.protection, about=REPORT["found_hidden"])
    for level, left_out in results.not_shown.items():
        values = {"n": f"{len(left_out):,}", "level": words.LEVEL[level][0]}
        if left_out:
            yield words.fill(REPORT["found_left_out"], values)


def _of_subject(subject: Subject) -> Iterator[str]:
    for series in subject.series:
        if line := in_brief(series):
            yield Led(line, about=subject.title)


def tables_of_overlay(results: EditionResults, overlay: Any) -> dict[str, pd.DataFrame]:
    """Tables of an overlay that the edition has, of the latest period where they are of maps."""
    names = {table.name for table in overlay.tables}
    return {
        name: latest_only(table, results) if name in _OF_MAPS else table
        for name, table in results.overlays.tables.items()
        if name in names
    }


def _glance(results: EditionResults) -> Iterator[Block]:
    """What was recorded in the largest area, of the first sex of each indicator."""
    rates = latest_only(results.rates, results)
    found = (rates[rates["level"] == level] for level in _WHOLES)
    whole = next((rows for rows in found if len(set(rows["area_code"])) == 1), rates[:0])
    whole = whole[whole["rate"].notna() & (whole["basis"] != "illustrative")]
    whole = whole.drop_duplicates(["indicator", "period"])
    if whole.empty:
        return
    code = str(whole["area_code"].iloc[0])
    yield Heading(text=REPORT["summary"])
    yield Table(
        caption=results.area_names.get(code, code),
        head=head_of(_SUMMARY),
        rows=tuple(_line(results, row) for row in whole.head(2 * _MOST).to_dict("records")),
        numbers=True,
        names=3,
        columns=_SUMMARY,
        series={"area_code": code, "basis": basis_of(whole)},
    )
    if (beyond := len(whole) - 2 * _MOST) > 0:
        yield Paragraph(text=words.fill(REPORT["findings_beyond"], {"n": f"{beyond:,}"}))


def _line(results: EditionResults, row: dict[Any, Any]) -> tuple[str, ...]:
    count, _, *rates = figures_of(row, decimals=rate_decimals(float(str(row["rate"]))))
    return (
        results.indicators[str(row["indicator"])].title,
        words.SEX[str(row["sex"])],
        str(row["period"]),
        count,
        f"{float(str(row['rate_per'])):,.0f}",
        *rates,
    )
