"""The report's last parts: what is laid over the rates, methods, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.overlays.registry import overlays
from vawg_geo.publish.latest import latest_only
from vawg_geo.publish.pictures.drawing import as_svg
from vawg_geo.publish.pictures.numbers import numbers_picture
from vawg_geo.publish.report.blocks import Shown
from vawg_geo.results.results import edition_of
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Bullets, Chart, Heading, Paragraph
from vawg_geo.words.report import REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.publish.report.blocks import Block
    from vawg_geo.results.results import EditionResults

__all__ = ["last_blocks", "overlay_blocks"]

# Tables that say something of each map: the latest period's are enough.
_OF_MAPS: Final = ("source_claims",)


def overlay_blocks(results: EditionResults) -> Iterator[Block]:
    """What each overlay has to say, of its own tables.

    Parameters
    ----------
    results : EditionResults

    Yields
    ------
    Block
    """
    titles = {name: about.title for name, about in results.indicators.items()}
    for overlay in sorted(overlays(), key=lambda one: one.place_in_report):
        names = {table.name for table in overlay.tables}
        laid = {
            name: latest_only(table, results) if name in _OF_MAPS else table
            for name, table in results.overlays.tables.items()
            if name in names
        }
        for told in overlay.report(laid, titles=titles) if laid else ():
            yield _drawn(results, told) if isinstance(told, Chart) else told


def _drawn(results: EditionResults, chart: Chart) -> Shown:
    picture = numbers_picture(results, chart)
    return Shown(picture=picture, drawing=as_svg(picture))


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
    yield Bullets(lines=tuple(results.printed_caveats()))
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
    yield Bullets(lines=results.help_lines)


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
    correction = project.significance.correction
    if correction != "none":
        yield words.fill(REPORT["method_correction"], {"correction": words.CORRECTION[correction]})
    if project.significance.leave_out:
        yield REPORT["method_leave_out"]
    yield REPORT["method_standing"]
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
