"""`vawg-geo change`: which areas of a file of counts changed between two periods."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vawg_geo.commands.console import DONE, print_lines
from vawg_geo.commands.own_files import (
    OWN_FILE,
    TABLES,
    Reading,
    add_out,
    add_reading,
    read_inputs,
    require_new,
    require_place,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "change_file", "run"]


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "change",
        help="which areas changed between two periods, and how sure that is",
        description=(
            "Ratio of two rates of every area with exact limits, over many areas at once, allowing "
            "for what areas vary from year to year; for the analyst's own use: nothing is hidden. "
            "COUNTS are of two periods or more, and so may the populations be."
        ),
    )
    add_reading(command)
    command.add_argument(
        "--from",
        dest="start",
        metavar="PERIOD",
        help="usual: the one before, of months and quarters the same of the year before",
    )
    command.add_argument("--to", dest="end", metavar="PERIOD", help="usual: the latest")
    command.add_argument(
        "--comparator",
        metavar="CODE",
        help="hold each change against that of this area, the area itself left out of it",
    )
    command.add_argument(
        "--variance",
        type=float,
        metavar="NUMBER",
        help="of areas' relative risks between the two periods; estimated where it is not given, "
        "0 is chance alone",
    )
    command.add_argument("--confidence", type=float, default=0.95)
    command.add_argument("--per", type=float, default=1000)
    command.add_argument(
        "--pool", type=int, metavar="N", help="put N periods together first, never one in two"
    )
    command.add_argument(
        "--break",
        dest="breaks",
        action="append",
        default=[],
        metavar="PERIOD",
        help="a new series begins with this period: nothing is compared across",
    )
    add_out(command, TABLES)
    return command


def run(options: argparse.Namespace) -> int:
    """Compute changes, and say how many are clear."""
    lines = change_file(
        options.counts,
        population=options.population,
        out=options.out,
        start=options.start,
        end=options.end,
        comparator=options.comparator,
        variance=options.variance,
        confidence=options.confidence,
        per=options.per,
        pool=options.pool,
        breaks=options.breaks,
        reading=Reading.of(options),
        replace=options.replace,
    )
    print_lines(lines)
    return DONE


def change_file(
    counts: Path,
    *,
    population: Path,
    out: Path,
    start: str | None = None,
    end: str | None = None,
    comparator: str | None = None,
    variance: float | None = None,
    confidence: float = 0.95,
    per: float = 1000,
    pool: int | None = None,
    breaks: Sequence[str] = (),
    reading: Reading | None = None,
    replace: bool = False,
) -> list[str]:
    """Compute the change of every area of a file of counts and write it to a file.

    Parameters
    ----------
    counts, population : Path
        Tables, as `read_table` reads them.
    out : Path
        Its ending says the format. Into a workbook that is there a sheet `change` is added.
    start, end, comparator, variance, confidence, breaks : see `rate_ratio`
    per : float
        Residents that a rate is per.
    pool : int, optional
        See `pool_periods`.
    reading : Reading, optional
        What the tables do not say themselves.
    replace : bool
        Whether a file or sheet that is there may be replaced.

    Returns
    -------
    list of str
        Lines for the person who asked.

    Raises
    ------
    InputError
        See `rate_ratio`.
    """
    from vawg_geo.files.added import add_table
    from vawg_geo.measures.rates.rates import crude_rate
    from vawg_geo.measures.time.change import rate_ratio
    from vawg_geo.measures.time.periods import pool_periods

    require_new(out, counts, population)
    require_place(out, TABLES, name="change", replace=replace)
    events, people, notes = read_inputs(counts, population, reading=reading)
    if pool is not None:
        events, people, told = pool_periods(events, people, pool=pool, breaks=breaks)
        notes += [f"Note: {note}" for note in told]
    found = rate_ratio(
        crude_rate(events, people, per=per),
        period_from=start,
        period_to=end,
        comparator=comparator,
        variance=variance,
        confidence=confidence,
        breaks=breaks,
    )
    # An endless ratio is an empty cell in every kind of file: a workbook has no such number.
    add_table(found.replace(math.inf, math.nan), out, name="change")
    told = [*_lines(found), *_drawn_anew(found, counts)]
    return [*notes, *told, f"{out}: {len(found):,} rows. {OWN_FILE}"]


def _drawn_anew(found: pd.DataFrame, counts: Path) -> Iterator[str]:
    """What to do about areas that have a row in one of the periods alone."""
    lone = found[found["note"].str.contains("No row in ", regex=False)]
    for level, rows in lone.groupby("level", sort=False):
        number, name = rows["area_code"].nunique(), str(level)
        said = f"{number:,} areas have a row in one of the two periods alone, first: "
        said += f"{rows['area_code'].iloc[0]}. They are new, or drawn anew"
        if name in ("ward", "district"):
            said += (
                f": put all periods on the {name}s of one year first, with vawg-geo rebase "
                f"{counts.name} --to {name}s-YEAR --integers --out FILE"
            )
        yield f"Note: {said}."


def _lines(found: pd.DataFrame) -> Iterator[str]:
    """Of each series, how many areas changed, and how areas vary."""
    from vawg_geo.measures.time.variance import FEWEST_AREAS

    for key, rows in found.groupby(["level", "indicator", "sex"], sort=False):
        about = ", ".join(str(word) for word in key if word)
        cv = rows["year_cv"].iloc[0]
        varies = (
            f"beyond chance, areas vary by about {cv:.0%} between two such periods"
            if cv > 0
            else "areas vary between two such periods by chance alone"
            if cv == 0
            else f"fewer than {FEWEST_AREAS} areas with events: nobody can say how they vary "
            "beyond chance, and limits are those of chance alone"
        )
        yield (
            f"{about}: {rows['period_from'].iloc[0]} to {rows['period_to'].iloc[0]}, "
            f"{_counted(rows['change'])}{_why(rows)}; {varies}"
        )
        endless = int((rows["ratio"] == math.inf).sum())
        if endless:
            yield (
                f"{about}: {endless:,} without events in {rows['period_from'].iloc[0]}: their "
                "ratio is endless, and its cell empty"
            )
        if (rows["relative_change"] != "not_compared").any():
            yield (
                f"{about}: against the change of {rows['comparator'].iloc[0]}, "
                f"{_counted(rows['relative_change'])}"
            )


def _why(rows: pd.DataFrame) -> str:
    """Why areas are not compared, by their status."""
    number = rows.loc[rows["change"] == "not_compared", "status"].value_counts()
    said = ", ".join(f"{n:,} {str(word).replace('_', ' ')}" for word, n in number.items())
    return f" ({said})" if said else ""


def _counted(words: pd.Series) -> str:
    number = words.value_counts()
    up, down, same, without = (
        int(number.get(word, 0))
        for word in ("increasing", "decreasing", "no_clear_change", "not_compared")
    )
    left = f", {without:,} not compared" if without else ""
    return f"{up:,} increasing, {down:,} decreasing, {same:,} without a clear change{left}"
