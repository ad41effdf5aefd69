"""`vawg-geo rates --standardise`: as if all areas had residents of the same ages."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_geo.commands.own_files import OWN_FILE, TABLES, Reading, require_new, require_place
from vawg_geo.errors import ConfigurationError

if TYPE_CHECKING:
    import argparse

    import pandas as pd

__all__ = ["Asked", "add_standardisation", "refuse_left_over", "standardised_file"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be standardised, how, and by what.

    Attributes
    ----------
    kind : {"direct", "indirect"}
    population : Path
        Residents by area, sex and age group.
    standard : str
        `ESP2013`, or the code of an area: whose ages the direct rates are of.
    reference : Path, optional
        Rates by age group, for the indirect ratios.
    comparator : str, optional
        Instead: the area of the counts by age whose rates are the reference.
    per, method, confidence
        As of `vawg-geo rates`.
    reading : Reading
    replace : bool
    """

    kind: str
    population: Path
    standard: str = "ESP2013"
    reference: Path | None = None
    comparator: str | None = None
    per: float = 1000
    method: str = "public-health"
    confidence: float = 0.95
    reading: Reading = field(default_factory=Reading)
    replace: bool = False

    @classmethod
    def of(cls, options: argparse.Namespace) -> Asked:
        """Take it from the command's options."""
        return cls(
            kind=options.standardise,
            population=options.population,
            standard=options.standard or "ESP2013",
            reference=options.reference,
            comparator=options.comparator,
            per=options.per,
            method=options.method,
            confidence=options.confidence,
            reading=Reading.of(options),
            replace=options.replace,
        )


def add_standardisation(command: argparse.ArgumentParser) -> None:
    """Add the options of standardisation."""
    group = command.add_argument_group("standardised by age")
    group.add_argument(
        "--standardise",
        choices=("direct", "indirect"),
        help="direct: rates from counts by age group; indirect: events over those expected. The "
        "population FILE is by age group then",
    )
    group.add_argument(
        "--standard",
        metavar="ESP2013|CODE",
        help="with direct: the European Standard Population 2013 (usual), or an area's residents",
    )
    group.add_argument(
        "--reference",
        type=Path,
        metavar="FILE",
        help="with indirect: rates by age group (age_group and rate, or count and population); "
        "without it COUNTS are by age group, and the reference are those of --comparator",
    )


def refuse_left_over(options: argparse.Namespace) -> None:
    """Refuse options of standardisation where nothing is to be standardised."""
    for name in ("standard", "reference"):
        if getattr(options, name) is not None:
            msg = f"--{name} goes with --standardise direct or indirect, which says what to do."
            raise ConfigurationError(msg)


def standardised_file(counts: Path, asked: Asked, *, out: Path) -> list[str]:
    """Compute standardised rates or ratios from files and write them to a file.

    Parameters
    ----------
    counts : Path
        By age group, but where the ratios have a reference of their own.
    asked : Asked
    out : Path
        Its ending says the format.

    Returns
    -------
    list of str
        Lines for the person who asked.

    Raises
    ------
    ConfigurationError
        Options that do not go together.
    InputError
        A table cannot be used.
    """
    from vawg_geo.files.added import add_table
    from vawg_geo.inputs.by_age import read_residents_by_age

    _require_together(asked)
    inputs = [counts, asked.population, *([asked.reference] if asked.reference else [])]
    require_new(out, *inputs)
    require_place(out, TABLES, name="standardised", replace=asked.replace)
    how = asked.reading
    people = read_residents_by_age(
        asked.population, columns=_pairs(how.population_columns), sheet=how.population_sheet
    )
    table, said = (_direct if asked.kind == "direct" else _indirect)(counts, people, asked)
    add_table(table, out, name="standardised")
    figure = "rate" if asked.kind == "direct" else "ratio"
    without = int(table[figure].isna().sum())
    few = f", {without:,} without one: see the status" if without else ""
    return [said, f"{out}: {len(table):,} standardised {figure}s{few}. {OWN_FILE}"]


def _direct(counts: Path, people: pd.DataFrame, asked: Asked) -> tuple[pd.DataFrame, str]:
    from vawg_geo.measures.rates.standardised import directly_standardised_rates

    table = directly_standardised_rates(
        _by_age(counts, asked.reading),
        people,
        standard=asked.standard,
        per=asked.per,
        confidence=asked.confidence,
    )
    standard = table["standard"].iloc[0] if len(table) else asked.standard
    return table, (
        f"Directly standardised to the {standard}; Dobson's limits with Byar's. Fewer than 10 "
        "events have no rate."
    )


def _indirect(counts: Path, people: pd.DataFrame, asked: Asked) -> tuple[pd.DataFrame, str]:
    from vawg_geo.inputs.by_age import read_reference_rates
    from vawg_geo.inputs.counts import read_counts
    from vawg_geo.measures.rates.standardised import indirectly_standardised_ratios, reference_rates

    how = asked.reading
    if asked.reference is not None:
        reference, name = read_reference_rates(asked.reference), asked.reference.name
        events = read_counts(
            counts,
            columns=_pairs(how.columns),
            level=how.level,
            indicator=how.indicator,
            sex=how.sex,
            period=how.period,
            sheet=how.sheet,
        )
    else:
        events = _by_age(counts, how)
        reference = reference_rates(events, people, area=str(asked.comparator))
        name = f"rates of {asked.comparator}"
    table = indirectly_standardised_ratios(
        events, people, reference, method=asked.method, confidence=asked.confidence
    )
    return table, f"Observed over expected by the {name}; 1 is as many as expected."


def _by_age(counts: Path, how: Reading) -> pd.DataFrame:
    from vawg_geo.inputs.by_age import read_counts_by_age

    return read_counts_by_age(
        counts,
        columns=_pairs(how.columns),
        sheet=how.sheet,
        indicator=how.indicator or "",
        period=how.period or "",
    )


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(text.partition("=")[::2] for text in given)
    return {name.strip(): heading for name, heading in pairs.items()}


def _require_together(asked: Asked) -> None:
    if asked.method == "wilson":
        msg = "--method wilson is of proportions. Standardised figures are of events."
        raise ConfigurationError(msg)
    if asked.kind == "direct" and asked.reference is not None:
        msg = "--reference is of indirect ratios. Name a --standard, or --standardise indirect."
        raise ConfigurationError(msg)
    if asked.kind == "indirect" and asked.reference is None and asked.comparator is None:
        msg = (
            "--standardise indirect needs rates by age group: --reference FILE, or counts by age "
            "group and the --comparator whose rates they are held against."
        )
        raise ConfigurationError(msg)
