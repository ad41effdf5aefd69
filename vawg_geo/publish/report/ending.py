"""The report's last parts: what is laid over the rates, methods, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_geo.overlays.registry import overlays
from vawg_geo.publish.pictures.drawing import as_svg
from vawg_geo.publish.pictures.lines import lines_of
from vawg_geo.publish.pictures.numbers import numbers_picture
from vawg_geo.publish.report.blocks import Shown
from vawg_geo.publish.report.first import tables_of_overlay
from vawg_geo.publish.report.over_time import recording_lines
from vawg_geo.publish.report.patterns import pattern_rules
from vawg_geo.results.results import edition_of
from vawg_geo.words import page as words
from vawg_geo.words.blocks import Bullets, Chart, Heading, Paragraph
from vawg_geo.words.bullets import LONGEST
from vawg_geo.words.figures import TOWN_CENTRES
from vawg_geo.words.report import REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.publish.report.blocks import Block
    from vawg_geo.results.results import EditionResults

__all__ = ["caveat_blocks", "last_blocks", "overlay_blocks"]


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
        laid = tables_of_overlay(results, overlay)
        for told in overlay.report(laid, titles=titles) if laid else ():
            yield _drawn(results, told) if isinstance(told, Chart) else told


def _drawn(results: EditionResults, chart: Chart) -> Shown:
    picture = numbers_picture(results, chart, framed=False)
    return Shown(picture=picture, drawing=as_svg(picture))


def caveat_blocks(results: EditionResults) -> Iterator[Block]:
    """What is hidden, and what to know before a conclusion.

    Parameters
    ----------
    results : EditionResults

    Yields
    ------
    Block
    """
    yield Heading(text=REPORT["hidden"])
    yield Paragraph(text=results.protection)
    if left_out := tuple(_left_out(results)):
        yield Bullets(lines=left_out)
    yield Heading(text=REPORT["caveats"])
    lines = lines_of(results, every_sex=False)
    caveats = [*results.printed_caveats(), *_of_places(results), *recording_lines(lines)]
    yield Bullets(lines=tuple(dict.fromkeys(caveats)))


def last_blocks(results: EditionResults) -> Iterator[Block]:
    """Methods, patterns' rules, sources, and where to turn for help.

    Parameters
    ----------
    results : EditionResults

    Yields
    ------
    Block
    """
    edition = edition_of(results)
    project = edition.project
    yield Heading(text=REPORT["methods"])
    yield Bullets(lines=tuple(_methods(edition, results)))
    yield from pattern_rules(results)
    yield Heading(text=REPORT["sources"])
    population = {"series": project.population.series, "date": project.population.date}
    yield Bullets(
        lines=(
            *_sources(results),
            words.fill(REPORT["population"], population),
            _join(edition.join_report),
        )
    )
    if results.attribution:
        yield Heading(text=REPORT["credits"], rank=3)
        yield Bullets(lines=tuple(results.attribution))
    yield Heading(text=words.PAGE["help"])
    yield Bullets(lines=results.help_lines)


def _left_out(results: EditionResults) -> Iterator[str]:
    """What is not shown at all: the reason once, then what it holds for."""
    for sentences in results.not_shown.values():
        by_reason: dict[str, list[str]] = {}
        for sentence in sentences:
            what, _, why = sentence.partition(": ")
            by_reason.setdefault(why, []).append(what)
        for why, series in by_reason.items():
            yield why[:1].upper() + why[1:]
            yield from _of_each(series)


def _of_each(series: Sequence[str]) -> Iterator[str]:
    """Series in bullets of a few, an indicator's sexes together."""
    sexes: dict[str, list[str]] = {}
    for one in series:
        title, _, sex = one.rpartition(", ")
        sexes.setdefault(title or one, []).append(sex)
    parts = [f"{title} ({', '.join(of)})" for title, of in sexes.items()]
    line: list[str] = []
    for part in parts:
        if line and len(" ".join([*line, part]).split()) > LONGEST:
            yield f"{'; '.join(line)}."
            line = []
        line.append(part)
    if line:
        yield f"{'; '.join(line)}."


def _of_places(results: EditionResults) -> Iterator[str]:
    """What is said of where indicators are counted, once for all of them."""
    text = TOWN_CENTRES["unknown"]
    if any(text in about.caveat for about in results.indicators.values()):
        yield text


def _sources(results: EditionResults) -> Iterator[str]:
    """Each source, and what comes from it."""
    titles: dict[str, list[str]] = {}
    for about in results.indicators.values():
        if about.source:
            titles.setdefault(about.source, []).append(about.title)
    for source, of in titles.items():
        yield words.fill(REPORT["source"], {"title": "; ".join(of), "source": source.rstrip(".")})


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
