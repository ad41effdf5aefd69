"""The analyst's own tools beside `build`: from a file to a file, with nothing hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_geo.inputs.counts import read_counts
from vawg_geo.inputs.plausible import require_plausible_counts
from vawg_geo.inputs.population import read_population
from vawg_geo.inputs.tables import write_table
from vawg_geo.measures.rates import crude_rate
from vawg_geo.measures.significance import compare

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["rates_file"]


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
    events = read_counts(counts)
    people = read_population(population)
    require_plausible_counts(
        events.merge(people[["area_code", "sex", "population"]], on=["area_code", "sex"])
    )
    rates = crude_rate(events, people, per=per, method=method, confidence=confidence)
    if comparator is not None:
        rates = compare(rates, comparator, rule=rule, confidence=confidence)
    write_table(rates, out)
    notes = [*events.attrs.get("notes", []), *people.attrs.get("notes", [])]
    return [
        *(f"Note: {note}" for note in notes),
        f"{out}: {len(rates):,} rates. An analyst's file: no small number is hidden in it.",
    ]
