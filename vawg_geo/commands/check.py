"""What `vawg-geo check` says: how inputs were read and joined, and what needs a decision."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vawg_geo.commands.console import DECIDE, DONE, Console

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from vawg_geo.areas.tables import Tables
    from vawg_geo.commands.console import Commands
    from vawg_geo.disclosure.words import Question
    from vawg_geo.project import Project
    from vawg_geo.terms.periods import Span

__all__ = ["CheckReport", "add_parser", "check_project", "run"]

_BESIDE: Final = (
    "The same indicators, or their parts and wholes, have other periods, which may have time in "
    "common: such counts are hidden wherever one of these is small. "
)


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser("check", help="report on inputs and joins; write nothing")
    command.add_argument("config", nargs="?", type=Path, metavar="vawg.toml")
    return command


def run(options: argparse.Namespace) -> int:
    """Report, and return 1 where a person must decide."""
    from vawg_geo.areas.joining.join import JoinRefusedError

    console = Console()
    try:
        report = check_project(options.config)
    except JoinRefusedError as refused:
        console.table(refused.report, title="Rows that cannot be joined", error=True)
        raise
    for title, table in report.tables.items():
        console.table(table, title=title)
    for line in report.lines:
        console.say(line)
    for line in report.questions:
        console.say(f"Question: {line}")
    for line in report.decisions:
        console.note(line)
    console.say("A person must decide." if report.decisions else "Nothing needs a decision.")
    return DECIDE if report.decisions else DONE


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """Tables and lines to print, what is asked, and decisions that a person must take.

    A question stops nothing: what it asks for is printed where it is answered.
    """

    tables: dict[str, pd.DataFrame]
    lines: tuple[str, ...]
    decisions: tuple[str, ...]
    questions: tuple[str, ...] = ()


def check_project(config: Path | None) -> CheckReport:
    """Read and join everything that a configuration names, and report on it.

    Parameters
    ----------
    config : Path, optional
        As for `build`.

    Returns
    -------
    CheckReport

    Raises
    ------
    VawgGeoError
        Bad input.
    """
    import pandas as pd

    from vawg_geo.areas.tables import load_tables
    from vawg_geo.disclosure.gate import protect
    from vawg_geo.disclosure.words import stale_confirmations
    from vawg_geo.project import find_project, read_project
    from vawg_geo.results.results import compute_results

    project = read_project(find_project(config))
    tables = load_tables(project)
    words = _texts_to_read(tables)
    # As if they were read, so that all else that a build would refuse is refused here too.
    read = replace(tables, project=_without_patterns(_as_read(project, words)))
    for edition in project.editions.build:
        compute_results(protect(read, edition=edition))
    report = tables.join_report
    summary = report.groupby(["table", "level", "outcome"], sort=False).size()
    facing = _facing(tables)
    empty = _empty_tables(tables)
    odd = report[report["outcome"].isin(["missing", "name_differs"])]
    odd = odd[~((odd["outcome"] == "missing") & odd["table"].isin(empty))]
    unread, unread_beside = _unread_periods(tables)
    return CheckReport(
        tables={
            "Joins": summary.rename("areas").reset_index(),
            "Joins to look at": odd.drop(columns=["rows"]),
            "Sums that differ from the figure given": _differences(tables),
            "Pairs that face each other and are no neighbours": pd.concat(
                [pd.DataFrame(), *facing.values()]
            ),
        },
        lines=(
            *(note.line() for note in tables.notes),
            *_put_in_time(tables),
            *_joined_across_water(tables),
            *_periods_told_by_others(tables),
            *_series_in_time(tables),
            *unread,
            *stale_confirmations(project),
        ),
        questions=(
            *_places_to_say(tables),
            *_credit_to_give(project),
            *_bridges_to_look_for(tables, facing),
        ),
        decisions=(*_decisions(tables), *unread_beside, *(one.line(project) for one in words)),
    )


def _empty_tables(tables: Tables) -> list[str]:
    """Files of counts that hold no count at all, as a new project's does."""
    report = tables.join_report
    return [
        str(file)
        for file, rows in report[report["outcome"].isin(_JOINED)].groupby("table", sort=False)
        if (found := tables.counts[tables.counts["area_code"].isin(rows["area_code"])]).size
        and found["count"].isna().all()
        and (found["status"] == "missing").all()
    ]


_JOINED: Final = ("matched_by_code", "matched_by_name", "name_differs")


def _places_to_say(tables: Tables) -> list[str]:
    """Ask what a row of each of the project's own indicators is by."""
    own = tables.counts[tables.counts["basis"] != "published"]
    open_ones = [
        name for name in own["indicator"].unique() if not tables.project.indicator(name).place
    ]
    if not open_ones:
        return []
    count = own["indicator"].nunique()
    return [
        f"{len(open_ones):,} of {count:,} indicators do not say what their rows are by; first: "
        f"{open_ones[0]!r}. Is it the place of the offence or the victim's home? Write under "
        f'[[indicators]] with that name: place = "offence", "home" or "unknown".'
    ]


def _facing(tables: Tables) -> dict[str, pd.DataFrame]:
    """By level: pairs across a strip that nobody has looked at, where patterns are looked for."""
    from vawg_geo.areas.neighbours.facing import facing_pairs
    from vawg_geo.measures.patterns.inference import FEWEST_AREAS

    if not tables.project.hotspots.statistic:
        return {}
    return {
        level: facing_pairs(areas, known=[one[:2] for one in tables.bridges.get(level, ())])
        for level, areas in tables.areas.items()
        if len(areas) >= FEWEST_AREAS
    }


def _bridges_to_look_for(tables: Tables, facing: dict[str, pd.DataFrame]) -> list[str]:
    """Ask about pairs that face each other: a person knows where a bridge is."""
    from vawg_geo.areas.neighbours.facing import facing_words
    from vawg_geo.words.page import LEVEL

    return [
        line
        for level, found in facing.items()
        for line in facing_words(
            found,
            areas=len(tables.areas[level]),
            noun=LEVEL[level][1],
            where=f'bridges = {{ {level} = "bridges.csv" }} under [hotspots]',
        )
    ]


def _joined_across_water(tables: Tables) -> list[str]:
    """Name the pairs that count as neighbours by a file."""
    from vawg_geo.areas.reading import names_of
    from vawg_geo.terms.bridges import joined_pairs

    names, lines = names_of(tables.areas), []
    for level, bridges in tables.bridges.items():
        pairs = [f"{names[one]} with {names[other]}" for one, other in joined_pairs(bridges)]
        file = tables.project.hotspots.bridges[level]  # type: ignore[index]
        lines.append(
            f"{file}: {len(pairs):,} of {len(bridges):,} pairs are neighbours across water: "
            f"{'; '.join(pairs)}."
        )
    return lines


def _credit_to_give(project: Project) -> list[str]:
    """Ask whose boundaries of one's own these are, where nobody is named."""
    own = [level for level, source in project.areas.items() if Path(source.boundaries).suffix]
    if not own or project.project.attribution:
        return []
    first = project.areas[own[0]].boundaries
    return [
        f"{len(own):,} of {len(project.areas):,} levels have boundaries of your own and nobody is "
        f"named as their source; first: [areas.{own[0]}] {first}. Most licences ask for it (the "
        f'Open Government Licence does): attribution = ["..."] under [project].'
    ]


def _unread_periods(tables: Tables) -> tuple[list[str], list[str]]:
    """What to say of periods that cannot be read, and what a person must decide.

    By itself such a period is just a period. Beside another one of the same indicators nobody can
    tell whether they have time in common, so that it is protected as if they had.
    """
    import pandas as pd

    from vawg_geo.terms.periods import PERIOD_EXAMPLES, read_periods

    frames = (tables.counts, tables.known)
    counts = pd.concat([frame[["indicator", "period", "basis"]] for frame in frames])
    families = counts["indicator"].map(_families(tables, counts["indicator"].unique()))
    words = list(counts["period"].unique())
    unread = [word for word, span in zip(words, read_periods(words), strict=True) if span is None]
    # Where all is published already there is nothing to give away.
    own = families.isin(families[counts["basis"] != "published"])
    concerned = own & counts["period"].isin(unread)
    beside = counts.groupby(families)["period"].transform("nunique") > 1
    lines: dict[str, list[str]] = {}
    for kind, rows in (
        ("alone", counts[concerned & ~beside]),
        ("beside", counts[concerned & beside]),
    ):
        lines[kind] = []
        if len(rows):
            first = rows.iloc[0]
            lines[kind].append(
                f"{rows['period'].nunique():,} of {len(words):,} periods cannot be read as a time; "
                f"first: {first['period']!r} of "
                f"{first['indicator']!r}. {_BESIDE if kind == 'beside' else ''}"
                f"Write {PERIOD_EXAMPLES}."
            )
    return lines["alone"], lines["beside"]


def _families(tables: Tables, indicators: Iterable[str]) -> dict[str, str]:
    """By indicator: one name for all that hang together as parts and wholes."""
    families = {name: name for name in indicators}
    for about in tables.project.indicators:
        if about.part_of:
            old = families.setdefault(about.name, about.name)
            new = families.setdefault(about.part_of, about.part_of)
            families = {name: new if held == old else held for name, held in families.items()}
    return families


def _periods_told_by_others(tables: Tables) -> list[str]:
    """Words for periods that mean something else in this company than by themselves."""
    from vawg_geo.terms.periods import read_period, read_periods, span_name

    words = list(tables.counts["period"].unique())
    told_by_others = [
        (word, span)
        for word, span in zip(words, read_periods(words), strict=True)
        if span and span != read_period(word)
    ]
    if not told_by_others:
        return []
    word, span = told_by_others[0]
    return [
        f"{len(told_by_others):,} of {len(words):,} periods are read by those beside them; "
        f"first: {word!r} is {span_name(span)}."
    ]


def _put_in_time(tables: Tables) -> list[str]:
    """What was put together, left out and made yearly; populations are said by their notes."""
    said = {note.text.casefold().rstrip(".") for note in tables.notes}
    return [line for line in tables.project.told if line.casefold().rstrip(".") not in said]


def _series_in_time(tables: Tables) -> list[str]:
    """Gaps, lengths that differ and periods that overlap, of each indicator with several."""
    from vawg_geo.terms.periods import read_periods

    words = list(tables.counts["period"].unique())
    spans = dict(zip(words, read_periods(words), strict=True))
    told: dict[str, list[str]] = {}
    for name, rows in tables.counts.groupby("indicator", sort=False):
        known = {word: span for word in rows["period"].unique() if (span := spans[word])}
        for line in _told_of_spans(known):
            told.setdefault(line, []).append(str(name))
    return [f"{', '.join(names)}: {line}" for line, names in told.items()]


def _told_of_spans(spans: dict[str, Span]) -> list[str]:
    """What is to be said of the periods of one series.

    Examples
    --------
    >>> from vawg_geo.terms.periods import read_period
    >>> _told_of_spans({word: read_period(word) for word in ("2014/15", "2016/17")})
    ['1 gap in the series; first: between 2014/15 and 2016/17. What lacks is missing, not zero.']
    """
    from itertools import pairwise

    from vawg_geo.terms.periods import length_of

    order = sorted(spans, key=lambda word: spans[word])
    by_length: dict[str, list[str]] = {}
    for word in order:
        by_length.setdefault(length_of(spans[word]), []).append(word)
    lines = []
    if len(by_length) > 1:
        lines.append(
            f"periods of {len(by_length)} lengths ({', '.join(by_length)}): each length has "
            "colours of its own, and changes are between periods as long."
        )
    pairs = [pair for words in by_length.values() for pair in pairwise(words)]
    gaps = [(one, two) for one, two in pairs if spans[one][1] < spans[two][0]]
    if gaps:
        lines.append(
            f"{len(gaps):,} gap{'s' if gaps[1:] else ''} in the series; first: between "
            f"{gaps[0][0]} and {gaps[0][1]}. What lacks is missing, not zero."
        )
    over = [(one, two) for one, two in pairwise(order) if spans[two][0] < spans[one][1]]
    if over:
        lines.append(
            f"{len(over):,} of {len(order):,} periods overlap the one before; first: "
            f"{over[0][0]!r} and {over[0][1]!r}. The same events are in both."
        )
    return lines


def _texts_to_read(tables: Tables) -> list[Question]:
    """Texts of all editions that somebody must read, each once."""
    from vawg_geo.disclosure.words import questions

    asked: dict[str, Question] = {}
    for edition in tables.project.editions.build:
        for one in questions(tables.project, tables.counts, edition):
            asked.setdefault(one.quoted.text, one)
    return list(asked.values())


def _as_read(project: Project, words: Sequence[Question]) -> Project:
    """Give a project in which somebody has read these texts."""
    import msgspec

    from vawg_geo.settings import Confirmed

    confirmed = [Confirmed(text=one.quoted.text, by="check", on=dt.date.min) for one in words]
    settings = msgspec.structs.replace(
        project.disclosure, confirmed=(*project.disclosure.confirmed, *confirmed)
    )
    return msgspec.structs.replace(project, disclosure=settings)


def _without_patterns(project: Project) -> Project:
    """Give a project that draws no permutation, scans nothing and smooths no risk.

    They are most of a build's time, and refuse nothing that neighbours and settings, which are
    still looked at, do not refuse.
    """
    import msgspec

    return msgspec.structs.replace(
        project,
        hotspots=msgspec.structs.replace(project.hotspots, statistic=(), scan=False),
        smoothing=msgspec.structs.replace(project.smoothing, risk=False),
    )


def _differences(tables: Tables) -> pd.DataFrame:
    table = tables.reconciliation
    if table.empty:
        return table
    return table[table["difference"].fillna(0) != 0].drop(columns=["basis"])


def _decisions(tables: Tables) -> list[str]:
    decisions = []
    report = tables.join_report
    empty = _empty_tables(tables)
    if empty and tables.counts["count"].isna().all():
        decisions.append(
            f"{' and '.join(empty)} {'have' if empty[1:] else 'has'} no count yet: put yours into "
            "the column count, a number for each row, or build maps in which all areas are hatched "
            "as missing."
        )
    elif missing := tables.missing():
        decisions.append(f"{missing} Add the rows, or build with these areas hatched as missing.")
    renamed = report[report["outcome"] == "name_differs"]
    if len(renamed):
        decisions.append(
            f"{len(renamed):,} of {len(report):,} areas were joined by a code whose name differs; "
            f"first: {renamed.iloc[0]['detail']}. Check that the codes are meant."
        )
    apart = _differences(tables)
    if len(apart):
        first = apart.iloc[0]
        decisions.append(
            f"{len(apart):,} of {len(tables.reconciliation):,} sums differ from the figure given; "
            f"first: {first['area_name']}, {first['indicator']}, {first['sex']}: parts "
            f"{first['sum_of_parts']:g}, given {first['count']:g}. Find out which is right."
        )
    return decisions
