"""`vawg-geo trend`: recent trends of a file of counts; of months, what was to be expected."""

from __future__ import annotations

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
from vawg_geo.words.time import RECORDING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "run", "trend_file"]


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "trend",
        help="whether rates went up or down over the latest years; of months, which stand out",
        description=(
            "The chi-squared test for trend of public-health practice on the latest five or more "
            "years; of months, the range that was to be expected, with seasons. For the analyst's "
            "own use: nothing is hidden."
        ),
    )
    add_reading(command)
    command.add_argument(
        "--points", type=int, default=5, help="how many of the latest years, 5 at least"
    )
    command.add_argument("--alpha", type=float, default=0.002, help="0.002 is the guidance's")
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
        help="a new series begins with this period: nothing before it counts",
    )
    add_out(command, TABLES)
    return command


def run(options: argparse.Namespace) -> int:
    """Compute trends, and say how many there are."""
    lines = trend_file(
        options.counts,
        population=options.population,
        out=options.out,
        points=options.points,
        alpha=options.alpha,
        per=options.per,
        pool=options.pool,
        breaks=options.breaks,
        reading=Reading.of(options),
        replace=options.replace,
    )
    print_lines(lines)
    return DONE


def trend_file(
    counts: Path,
    *,
    population: Path,
    out: Path,
    points: int = 5,
    alpha: float = 0.002,
    per: float = 1000,
    pool: int | None = None,
    breaks: Sequence[str] = (),
    reading: Reading | None = None,
    replace: bool = False,
) -> list[str]:
    """Compute the trend of every area of a file of counts and write it to a file.

    Parameters
    ----------
    counts, population : Path
        Tables, as `read_table` reads them.
    out : Path
        Its ending says the format. Into a workbook that is there a sheet `trend` is added.
    points, alpha, breaks : see `recent_trend`; of months see `expected_range`
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
        See `recent_trend`.
    """
    from vawg_geo.files.added import add_table
    from vawg_geo.measures.rates.rates import crude_rate
    from vawg_geo.measures.time.months import expected_range
    from vawg_geo.measures.time.periods import Timeline, pool_periods
    from vawg_geo.measures.time.trend import recent_trend

    require_new(out, counts, population)
    require_place(out, TABLES, name="trend", replace=replace)
    events, people, notes = read_inputs(counts, population, reading=reading)
    if pool is not None:
        events, people, told = pool_periods(events, people, pool=pool, breaks=breaks)
        notes += [f"Note: {note}" for note in told]
    line = Timeline.of(events["period"], breaks=breaks)
    if gaps := line.gaps:
        notes.append(f"Note: there are gaps in the series: {', '.join(gaps)}")
    if line.are_months:
        found = expected_range(events, alpha=alpha, breaks=breaks)
        told = list(_months(found))
    else:
        rates = crude_rate(events, people, per=per)
        found = recent_trend(rates, points=points, alpha=alpha, breaks=breaks)
        told = list(_trends(found))
    add_table(found, out, name="trend")
    return [*notes, *told, RECORDING, f"{out}: {len(found):,} rows. {OWN_FILE}"]


def _trends(found: pd.DataFrame) -> Iterator[str]:
    for key, rows in found.groupby(["level", "indicator", "sex"], sort=False):
        number = rows["trend"].value_counts()
        up, down, same, without = (
            int(number.get(word, 0))
            for word in (
                "increasing",
                "decreasing",
                "no_significant_change",
                "cannot_be_calculated",
            )
        )
        left = f", {without:,} cannot be calculated{_why(rows)}" if without else ""
        about = ", ".join(str(word) for word in key if word)
        yield (
            f"{about}: {up:,} increasing, {down:,} decreasing, {same:,} without a significant "
            f"change{left}"
        )


def _why(rows: pd.DataFrame) -> str:
    """The most frequent reason why there is no trend."""
    notes = rows.loc[rows["trend"] == "cannot_be_calculated", "note"]
    word, number = notes.value_counts().index[0], int(notes.value_counts().iloc[0])
    return f" ({number:,}: {word.rstrip('.')})"


def _months(found: pd.DataFrame) -> Iterator[str]:
    for key, rows in found.groupby(["level", "indicator", "sex"], sort=False):
        about = ", ".join(str(word) for word in key if word)
        number = rows["stands_out"].value_counts()
        higher, lower, without = (
            int(number.get(word, 0)) for word in ("higher", "lower", "not_compared")
        )
        yield (
            f"{about}: of {len(rows):,} months of areas {higher:,} stand out above what was to be "
            f"expected, {lower:,} below; {without:,} have no range: see the notes"
        )
