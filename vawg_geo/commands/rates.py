"""`vawg-geo rates`: a file of counts into a file of rates with limits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vawg_geo.commands.console import DONE, print_lines
from vawg_geo.commands.own_files import OWN_FILE, read_inputs, require_new
from vawg_geo.terms.columns import RATE_METHODS, SIGNIFICANCE_RULES

if TYPE_CHECKING:
    import argparse

    from vawg_geo.commands.console import Commands

__all__ = ["add_parser", "rates_file", "run"]


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    """Add the command, and return its parser."""
    command = commands.add_parser(
        "rates",
        help="rates with limits from a table of counts",
        description=(
            "Rates with limits, for the analyst's own use: nothing is hidden in the result. "
            "COUNTS has the columns area_code, sex, period, indicator, count; the population "
            "area_code, sex, population."
        ),
    )
    command.add_argument("counts", type=Path, metavar="COUNTS")
    command.add_argument("--population", type=Path, required=True, metavar="FILE")
    command.add_argument("--per", type=float, default=1000)
    command.add_argument("--method", choices=RATE_METHODS, default="public-health")
    command.add_argument("--confidence", type=float, default=0.95)
    command.add_argument("--comparator", metavar="CODE")
    command.add_argument("--rule", choices=SIGNIFICANCE_RULES, default="intervals-apart")
    command.add_argument("--out", type=Path, required=True, metavar="FILE")
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
        out=options.out,
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
) -> list[str]:
    """Compute rates from a file of counts and write them to a file.

    Parameters
    ----------
    counts, population : Path
        CSV, XLSX or Parquet.
    out : Path
        Its ending says the format.
    per, method, confidence : see `crude_rate`
    comparator, rule : see `compare`; without a comparator nothing is compared.

    Returns
    -------
    list of str
        Lines for the person who asked.
    """
    from vawg_geo.files.table import write_table
    from vawg_geo.measures.rates.rates import crude_rate
    from vawg_geo.measures.rates.significance import compare

    require_new(out, counts, population)
    events, people, notes = read_inputs(counts, population)
    rates = crude_rate(events, people, per=per, method=method, confidence=confidence)
    if comparator is not None:
        rates = compare(rates, comparator, rule=rule, confidence=confidence)
    write_table(rates, out)
    return [*notes, f"{out}: {len(rates):,} rates. {OWN_FILE}"]
