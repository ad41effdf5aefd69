"""`vawg-geo concentration`: on how few areas much of what is recorded falls, period by period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
from vawg_geo.words.concentration import concentration_line, lacking_areas, same_areas

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "concentration_file", "run"]


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "concentration",
        help="how many areas hold half of what is recorded, and whether they did before",
        description=(
            "How many areas hold half of what is recorded, beside how many would if it fell by "
            "residents alone; Gini's coefficient with limits; and how many of these areas held "
            "half in the period before. COUNTS are of all areas of a level. For the analyst's own "
            "use: nothing is hidden."
        ),
    )
    add_reading(command)
    command.add_argument("--from", dest="start", metavar="PERIOD", help="leave earlier ones out")
    command.add_argument("--to", dest="end", metavar="PERIOD", help="leave later ones out")
    command.add_argument(
        "--share", type=float, default=0.5, help="of what is recorded; 0.5 is a half"
    )
    command.add_argument("--confidence", type=float, default=0.95, help="of Gini's limits")
    command.add_argument(
        "--pool", type=int, metavar="N", help="put N periods together first, never one in two"
    )
    command.add_argument("--seed", type=int, default=12345, help="of the draws")
    add_out(command, TABLES)
    return command


def run(options: argparse.Namespace) -> int:
    """Say how concentrated events are, and write it."""
    lines = concentration_file(
        options.counts,
        population=options.population,
        out=options.out,
        start=options.start,
        end=options.end,
        share=options.share,
        confidence=options.confidence,
        pool=options.pool,
        seed=options.seed,
        reading=Reading.of(options),
        replace=options.replace,
    )
    print_lines(lines)
    return DONE


def concentration_file(
    counts: Path,
    *,
    population: Path,
    out: Path,
    start: str | None = None,
    end: str | None = None,
    share: float = 0.5,
    confidence: float = 0.95,
    pool: int | None = None,
    seed: int = 12345,
    reading: Reading | None = None,
    replace: bool = False,
) -> list[str]:
    """Compute how concentrated the events of a file of counts are and write it to a file.

    Parameters
    ----------
    counts, population : Path
        Tables, as `read_table` reads them.
    out : Path
        Its ending says the format. Into a workbook that is there a sheet `concentration` is added.
    start, end : str, optional
        The first and the last period that count.
    share, confidence, seed : see `concentration`
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
        See `concentration`; or no figures of a period that is named, or the first after the last.
    """
    from vawg_geo.files.added import add_table
    from vawg_geo.measures.rates.rates import crude_rate
    from vawg_geo.measures.time.concentration import concentration
    from vawg_geo.measures.time.periods import pool_periods

    require_new(out, counts, population)
    require_place(out, TABLES, name="concentration", replace=replace)
    events, people, notes = read_inputs(counts, population, reading=reading)
    events = _between(events, start, end)
    notes += [f"Note: {note}" for note in _areas_without_a_row(events, people)]
    if pool is not None:
        events, people, told = pool_periods(events, people, pool=pool)
        notes += [f"Note: {note}" for note in told]
    rates = crude_rate(events, people)
    found = concentration(rates, share=share, confidence=confidence, seed=seed)
    add_table(found, out, name="concentration")
    return [*notes, *_lines(found, rates), f"{out}: {len(found):,} rows. {OWN_FILE}"]


def _between(events: pd.DataFrame, start: str | None, end: str | None) -> pd.DataFrame:
    """Counts of the periods from one to another."""
    from vawg_geo.errors import InputError
    from vawg_geo.measures.time.periods import Timeline

    if start is None and end is None:
        return events
    line = Timeline.of(events["period"])
    first = 0 if start is None else line.place(start)
    last = len(line.words) - 1 if end is None else line.place(end)
    if first > last:
        msg = f"{line.words[first]!r} is after {line.words[last]!r}. Name the earlier one first."
        raise InputError(msg)
    return events[events["period"].isin(line.words[first : last + 1])]


def _areas_without_a_row(events: pd.DataFrame, people: pd.DataFrame) -> Iterator[str]:
    """Say of each level how many areas with residents have no count at all."""
    if "level" not in events or "level" not in people:
        return
    for level, rows in events.groupby("level", sort=False):
        known = dict.fromkeys(people.loc[people["level"] == level, "area_code"])
        lacking = [code for code in known if code not in set(rows["area_code"])]
        if lacking:
            yield lacking_areas(len(lacking), total=len(known), first=str(lacking[0]))


def _lines(found: pd.DataFrame, rates: pd.DataFrame) -> Iterator[str]:
    """The latest period of each series, and whether the areas are those of the one before."""
    import pandas as pd

    names = dict(zip(rates["area_code"], rates["area_code"], strict=True))
    if "area_name" in rates:
        named = rates[rates["area_name"].fillna("") != ""]
        names |= dict(zip(named["area_code"], named["area_name"], strict=True))
    for key, rows in found.groupby(["level", "indicator", "sex"], sort=False):
        row: Any = rows.iloc[-1]
        about = ", ".join(str(word) for word in (*key, row["period"]) if word)
        if pd.isna(row["areas_holding"]):
            yield f"{about}: {row['note']}"
            continue
        yield f"{about}: {concentration_line(row)}"
        yield f"  {same_areas(row, [names[code] for code in row['holding_codes'].split()])}"
