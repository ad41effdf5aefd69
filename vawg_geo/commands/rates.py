"""`vawg-geo rates`: a file of counts into a file of rates with limits."""

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
from vawg_geo.terms.columns import RATE_METHODS, SIGNIFICANCE_RULES

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "rates_file", "run"]


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
    add_out(command, TABLES)
    return command


def run(options: argparse.Namespace) -> int:
    """Compute rates, and say what was written."""
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
        out=options.out,
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
    rates = crude_rate(events, people, per=per, method=method, confidence=confidence)
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
    return [*notes, f"{out}: {len(rates):,} rates. {OWN_FILE}"]
