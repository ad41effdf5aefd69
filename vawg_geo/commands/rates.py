"""`vawg-geo rates`: a file of counts into a file of rates with limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_geo.commands.console import DONE, print_lines
from vawg_geo.commands.own_files import (
    OWN_FILE,
    TABLES,
    InTime,
    Reading,
    add_in_time,
    add_out,
    add_reading,
    put_in_time,
    read_inputs,
    require_new,
    require_place,
)
from vawg_geo.commands.standardise import (
    Asked,
    add_standardisation,
    refuse_left_over,
    standardised_file,
)
from vawg_geo.errors import ConfigurationError, InputError
from vawg_geo.terms.columns import RATE_METHODS, SIGNIFICANCE_RULES

if TYPE_CHECKING:
    import argparse

    import pandas as pd

    from vawg_geo.commands.console import Commands

__all__ = ["Repeats", "add_parser", "rates_file", "run"]


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """By how much repeat victims widen limits: a table of persons by events, or a factor."""

    file: Path | None = None
    variance_factor: float | None = None


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "rates",
        help="rates with limits from a table of counts",
        description=(
            "Rates with limits, for the analyst's own use: nothing is hidden in the result. "
            "COUNTS has columns of area, sex, period, indicator and count; the population of "
            "area, sex and residents, of a year where there are several. Common headings are known."
        ),
    )
    add_reading(command)
    command.add_argument("--per", type=float, default=1000)
    command.add_argument("--method", choices=RATE_METHODS, default="public-health")
    command.add_argument("--confidence", type=float, default=0.95)
    command.add_argument("--comparator", metavar="CODE")
    command.add_argument("--rule", choices=SIGNIFICANCE_RULES, default="intervals-apart")
    command.add_argument("--correction", choices=("none", "bonferroni", "bh"), default="none")
    command.add_argument(
        "--leave-out",
        action="store_true",
        help="compare each area with the rest of the comparator; every area is a part of it",
    )
    command.add_argument(
        "--repeat-victims",
        type=Path,
        metavar="FILE",
        help="persons by their number of events (events_per_person, persons; area_code, indicator, "
        "sex and period where there are several): widens the limits",
    )
    command.add_argument(
        "--variance-factor",
        type=float,
        metavar="NUMBER",
        help="instead: the variance of the number of events over that number, from elsewhere",
    )
    add_in_time(command)
    add_standardisation(command)
    add_out(command, TABLES)
    return command


def run(options: argparse.Namespace) -> int:
    """Compute rates, and say what was written."""
    if options.standardise:
        if InTime.of(options) != InTime():
            msg = "--pool, --annualise and --break go with crude rates, not with --standardise."
            raise ConfigurationError(msg)
        print_lines(standardised_file(options.counts, Asked.of(options), out=options.out))
        return DONE
    refuse_left_over(options)
    lines = rates_file(
        options.counts,
        population=options.population,
        per=options.per,
        method=options.method,
        confidence=options.confidence,
        comparator=options.comparator,
        rule=options.rule,
        correction=options.correction,
        leave_out=options.leave_out,
        repeats=Repeats(file=options.repeat_victims, variance_factor=options.variance_factor),
        out=options.out,
        in_time=InTime.of(options),
        reading=Reading.of(options),
        replace=options.replace,
    )
    print_lines(lines)
    return DONE


def rates_file(
    counts: Path,
    *,
    population: Path,
    out: Path,
    per: float = 1000,
    method: str = "public-health",
    confidence: float = 0.95,
    comparator: str | None = None,
    rule: str = "intervals-apart",
    correction: str = "none",
    leave_out: bool = False,
    repeats: Repeats | None = None,
    in_time: InTime | None = None,
    reading: Reading | None = None,
    replace: bool = False,
) -> list[str]:
    """Compute rates from a file of counts and write them to a file.

    Parameters
    ----------
    counts, population : Path
        Tables, as `read_table` reads them.
    out : Path
        Its ending says the format. Into a workbook that is there a sheet `rates` is added.
    per, method, confidence : see `crude_rate`
    comparator, rule, correction, leave_out : see `compare`; without a comparator nothing is
        compared.
    repeats : Repeats, optional
        By how much repeat victims widen the limits.
    in_time : InTime, optional
        How periods are put together, and whether rates are made yearly.
    reading : Reading, optional
        What the tables do not say themselves.
    replace : bool
        Whether a file or sheet that is there may be replaced.

    Returns
    -------
    list of str
        Lines for the person who asked.
    """
    from vawg_geo.files.added import add_table
    from vawg_geo.measures.rates.rates import crude_rate
    from vawg_geo.measures.rates.significance import compare, standing

    require_new(out, counts, population)
    require_place(out, TABLES, name="rates", replace=replace)
    events, people, notes = read_inputs(counts, population, reading=reading)
    how = in_time or InTime()
    events, people, told = put_in_time(events, people, how)
    notes += told
    rates = crude_rate(events, people, per=per, method=method, confidence=confidence)
    rates = _with_times(rates, in_years=how.in_years)
    rates, said = _with_repeats(
        rates, repeats or Repeats(), whole=comparator, confidence=confidence
    )
    if comparator is not None:
        rates = compare(
            rates,
            comparator,
            rule=rule,
            confidence=confidence,
            correction=correction,
            leave_out=leave_out,
        ).assign(standing=standing(rates, comparator, correction=correction))
    add_table(rates, out, name="rates")
    return [*notes, *said, f"{out}: {len(rates):,} rates. {OWN_FILE}"]


def _with_times(rates: pd.DataFrame, *, in_years: bool) -> pd.DataFrame:
    """Say in `denominator` of what time each rate is, where that is no year."""
    from vawg_geo.terms.periods import period_lengths
    from vawg_geo.words.periods import counted_in_years, time_of_rate

    lengths = period_lengths(rates["period"])
    several = len(set(lengths.values())) > 1
    words = {
        period: time_of_rate(length, in_years=in_years, among_others=several)
        for period, length in lengths.items()
    }
    people = [
        counted_in_years(text) if in_years else text for text in rates["denominator"].tolist()
    ]
    times = rates["period"].map(words)
    return rates.assign(
        denominator=[f"{who} {time}".strip() for who, time in zip(people, times, strict=True)]
    )


def _with_repeats(
    rates: pd.DataFrame, repeats: Repeats | None, *, whole: str | None, confidence: float
) -> tuple[pd.DataFrame, list[str]]:
    """Rates with the limits of repeat victims, and what is said of them."""
    from vawg_geo.inputs.repeat_victims import read_persons_by_events, repeat_victims_of
    from vawg_geo.measures.rates.repeat_victims import with_repeat_limits
    from vawg_geo.terms.repeat_victims import FEWEST_PERSONS, RepeatVictims
    from vawg_geo.words.figures import repeat_lines
    from vawg_geo.words.page import SEX

    repeats = repeats or Repeats()
    if repeats.file is not None and repeats.variance_factor is not None:
        msg = "--repeat-victims and --variance-factor say the same. Give one of them."
        raise ConfigurationError(msg)
    names = list(dict.fromkeys(rates["indicator"]))
    notes: list[str] = []
    if repeats.variance_factor is not None:
        found = {(n, ""): RepeatVictims(variance_factor=repeats.variance_factor) for n in names}
    elif repeats.file is not None:
        only = names[0] if len(names) == 1 else ""
        table = read_persons_by_events(repeats.file, indicator=only)
        notes = [f"Note: {note}" for note in table.attrs.pop("notes")]
        of_whole = table["area_code"] == (whole or "")
        found = repeat_victims_of(table[of_whole] if of_whole.any() else table)
        if lacking := [n for n in table["indicator"].unique() if (n, "") not in found]:
            msg = (
                f"{repeats.file.name}: fewer than {FEWEST_PERSONS} persons had events of "
                f"{lacking[0]!r}: too few for a steady factor. Give a table of more areas or a "
                "longer time, or --variance-factor."
            )
            raise InputError(msg)
    else:
        return rates, []
    rates = with_repeat_limits(rates, found, confidence=confidence)
    series = rates[["indicator", "sex", "rate_method"]].drop_duplicates()
    told = repeat_lines((n, SEX[s], m) for n, s, m in series.itertuples(index=False, name=None))
    return rates, [*notes, *told]
