"""Counts of wards of one year as estimates for the wards of another, totals conserved."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.areas.joining.join import JoinRefusedError, match_rows
from vawg_geo.areas.rebasing.apportion import as_fraction, finest_unit
from vawg_geo.areas.rebasing.flows import NAME_ONLY, build_ward_flows, vintage_of
from vawg_geo.areas.rebasing.shares import Cell, figures_of, read_cells, share_out
from vawg_geo.errors import ConfigurationError, InputError, problem
from vawg_geo.inputs.ward_lookup import UNTOLD
from vawg_geo.terms.columns import COUNT_COLUMNS
from vawg_geo.words.figures import NO_ROW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vawg_geo.areas.rebasing.flows import WardFlows
    from vawg_geo.areas.rebasing.shares import Cells
    from vawg_geo.inputs.ward_lookup import WardLookup

__all__ = ["TOTAL_COLUMNS", "Rebased", "rebase", "require_level"]

TOTAL_COLUMNS: Final = (
    "indicator",
    "sex",
    "period",
    "wards_before",
    "count_before",
    "without_figure_before",
    "wards_after",
    "count_after",
    "without_figure_after",
    "count_in_wards_without_figure",
)


# Notes of ours in the counts given: said once, not again with every further year.
_OURS: Final = re.compile(r"\[rebased[^\]]*\](; )?")


@dataclass(frozen=True, kw_only=True, eq=False)
class Rebased:
    """Estimates for the wards of another year, and how they came about.

    Attributes
    ----------
    counts : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`; for each series every ward concerned. `basis` is
        `estimated` (of illustrative counts it stays `illustrative`); `note` says from which wards
        and between which figures the truth lies however events were spread within them.
    movements : pandas.DataFrame
        Which ward went where: `district_code`, `from_code`, `from_name`, `to_code`, `to_name`,
        `lsoas`, `population` (residents in common), `share_of_from`, `share_of_to`, `same_lsoas`,
        `same_name`, `warning` (where a name survives on another area).
    totals : pandas.DataFrame
        By series: `wards_before`, `count_before` (sum of the figures given),
        `without_figure_before`, `wards_after`, `count_after` (sum of the estimates),
        `without_figure_after`, `count_in_wards_without_figure`. The first sum is exactly the
        second and the last together.
    notes : tuple of str
        What is worth saying.
    """

    counts: pd.DataFrame
    movements: pd.DataFrame
    totals: pd.DataFrame
    notes: tuple[str, ...]


def rebase(
    counts: pd.DataFrame,
    lookup: WardLookup,
    *,
    source: str,
    target: str,
    integers: bool = False,
    leave_out: bool = False,
) -> Rebased:
    """Estimate counts for the wards of another year from those of one year.

    A ward's count goes to the wards that its residents went to, in proportion, LSOA by LSOA of
    the look-up. What a group of wards had together, the wards that took their place have together:
    fractions are multiples of a sixty-fourth (of a millionth where the counts given are none), by
    largest remainder, so that sums are exact in any program; whole numbers on request. Where women
    or men and persons are given throughout a group, persons stay at least as many, and stay the
    sum of both where they were.

    Parameters
    ----------
    counts : pandas.DataFrame
        As `read_counts` returns: wards only, of the year `source`. All wards of the districts that
        occur are expected; one without a row is missing.
    lookup : WardLookup
        As `read_ward_lookup` returns.
    source, target : str
        Wards of a year, as `wards-2015`.
    integers : bool
        Whole numbers. Illustrative counts stay whole numbers in any case.
    leave_out : bool
        Leave out counts of wards from which no look-up leads on, and say which.

    Returns
    -------
    Rebased
        A ward that receives from a missing ward is missing, else from a suppressed one
        suppressed, never less; a ward that receives from wards to which the count does not apply
        only is not applicable.

    Raises
    ------
    ConfigurationError
        The look-up lacks a year, or both are the same.
    InputError
        Rows of another level or year; vintages that do not share the area; counts that are not
        whole where whole numbers are asked for.
    JoinError
        A row is of no ward of the year, or repeats another.

    Examples
    --------
    >>> from vawg_geo.inputs.ward_lookup import read_ward_lookup
    >>> lookup = read_ward_lookup()
    >>> wards = lookup.wards_of("2015").query("parent_code == 'E06000031'")
    >>> counts = pd.DataFrame({
    ...     "area_code": wards["area_code"], "area_name": wards["area_name"], "level": "ward",
    ...     "vintage": "2015", "indicator": "crimes", "sex": "persons", "period": "2015/16",
    ...     "count": 10, "status": "value", "basis": "own", "note": ""})
    >>> after = rebase(counts, lookup, source="wards-2015", target="wards-2016")
    >>> len(counts), len(after.counts), float(after.counts["count"].sum())
    (24, 22, 240.0)
    >>> after.counts.loc[0, ["area_name", "note"]].tolist()
    ['Barnack', '[rebased: ward of 2015 with the same LSOAs]']
    """
    years = vintage_of(source, lookup), vintage_of(target, lookup)
    if years[0] == years[1]:
        msg = f"{source!r} and {target!r} are the same wards. Name two different years."
        raise ConfigurationError(msg)
    require_level(counts, lookup.level, f"{lookup.level}s-{years[0]}")
    _require_year(counts, years[0])
    coded, notes = _matched(counts, lookup, years[0])
    wards = lookup.wards_of(years[0])
    parents = dict(zip(wards["area_code"], wards["parent_code"], strict=True))
    districts = {parents[code] for code in coded["area_code"]}
    flows = build_ward_flows(lookup, districts, source=years[0], target=years[1])
    coded, lost = _untold(coded, lookup, districts, years=years, leave_out=leave_out)
    notes += lost
    illustrative = bool((coded["basis"] == "illustrative").any())
    in_integers = integers or illustrative
    unit = _unit(coded, in_integers=in_integers)
    series = read_cells(coded)
    made, totals = [], []
    for (indicator, period), by_sex in series.items():
        shared = share_out(by_sex, flows, unit)
        for sex, cells in by_sex.items():
            rows = _rows(cells, shared[sex], flows, years[0])
            head = {"indicator": indicator, "sex": sex, "period": period}
            made += [{**row, **head} for row in rows]
            totals.append({**head, **_totals(cells, rows, shared[sex], flows)})
    table = pd.DataFrame(made).assign(
        level=lookup.level, vintage=years[1], basis=_basis_after(coded, flows)
    )
    whole = in_integers or (flows.exact and pd.api.types.is_integer_dtype(coded["count"]))
    number = "Int64" if whole else "Float64"
    sums = {c: number for c in TOTAL_COLUMNS if c.startswith("count_")}
    return Rebased(
        counts=table[list(COUNT_COLUMNS)].astype({"count": number}),
        movements=flows.movements,
        totals=pd.DataFrame(totals, columns=list(TOTAL_COLUMNS)).astype(sums),
        notes=tuple(notes + _said(flows, table, years, illustrative=illustrative)),
    )


def _basis_after(coded: pd.DataFrame, flows: WardFlows) -> str:
    """Basis of the result: what is estimated says so, what is added up stays what it was."""
    given = set(coded["basis"])
    if "illustrative" in given:
        return "illustrative"
    return given.pop() if flows.exact and len(given) == 1 else "estimated"


def _untold(
    coded: pd.DataFrame,
    lookup: WardLookup,
    districts: set[str],
    *,
    years: tuple[str, str],
    leave_out: bool,
) -> tuple[pd.DataFrame, list[str]]:
    """Refuse or leave out counts of wards that nothing leads on from; name those without any."""
    wards = lookup.wards_of(years[0])
    inside = wards[wards["parent_code"].isin(districts) & wards["area_code"].isin(lookup.untold)]
    if inside.empty:
        return coded, []
    names = dict(zip(inside["area_code"], inside["area_name"], strict=True))
    rows = coded["area_code"].isin(names.keys())
    figures = coded[rows & coded["count"].gt(0).fillna(value=False)]
    with_figure = set(figures["area_code"])
    listed = [f"{code} {name}" for code, name in names.items()]
    lost = [f"{code} {name}" for code, name in names.items() if code in with_figure]
    if figures.empty or leave_out:
        counted = f"their {_words(_sum_of(figures))} are left out" if lost else "none has a count"
        said = (
            f"no look-up from small areas leads on from {len(listed):,} wards of {years[0]}: "
            f"{', '.join(listed[:6])}{', ...' if len(listed) > 6 else ''}; {counted}, and wards "
            f"of {years[1]} that hold a part of them lack it"
        )
        return coded[~rows], [said]
    raise InputError(
        problem(
            f"ended before {years[1]}, and no look-up from small areas says where their "
            "residents went",
            bad=len(lost),
            total=coded["area_code"].nunique(),
            noun=f"wards of {years[0]}",
            first=f"{lost[0]} (all: {', '.join(lost[:12])}{', ...' if len(lost) > 12 else ''})",
            action=f"Add --leave-out to leave out their {_words(_sum_of(figures))}; or give "
            f"look-ups of both years with --lookup (ONS: LSOA to ward {years[0]}, LSOA to ward "
            f"{years[1]}, residents by LSOA).",
        )
    )


def _sum_of(rows: pd.DataFrame) -> Fraction:
    return sum((as_fraction(count) for count in rows["count"].dropna()), Fraction())


def require_level(counts: pd.DataFrame, level: str, asked: str) -> None:
    """Refuse a table without rows, or with rows of another level than is asked for.

    Raises
    ------
    InputError

    Examples
    --------
    >>> require_level(pd.DataFrame({"level": []}), "ward", "wards-2016")
    Traceback (most recent call last):
    vawg_geo.errors.InputError: the table of counts has no rows. Give a row for each ward.
    """
    if counts.empty:
        msg = f"the table of counts has no rows. Give a row for each {level}."
        raise InputError(msg)
    other = sorted(set(counts["level"]) & {"ward", "district"} - {level})
    instead = f", or write {other[0]}s-{asked[-4:]} for {asked}" if other else ""
    _refuse(
        counts,
        counts["level"] != level,
        f"are not of {level}s",
        f"Leave them out{instead}: with {asked} only {level}s are rebased.",
    )


def _require_year(counts: pd.DataFrame, year: str) -> None:
    told = counts["vintage"].fillna("").astype(str).str[:4]
    _refuse(
        counts,
        ~told.isin(["", year]),
        f"say that they are of another vintage than {year}",
        "Say the vintage that they are of, or correct the column.",
    )


def _refuse(counts: pd.DataFrame, bad: pd.Series, what: str, action: str) -> None:
    if bad.any():
        row = counts[bad].iloc[0]
        raise InputError(
            problem(
                what,
                bad=int(bad.sum()),
                total=len(counts),
                noun="rows",
                first=f"{row['area_code']} {row['area_name']} ({row['level']}, "
                f"vintage {row['vintage']!r})",
                action=action,
            )
        )


def _matched(counts: pd.DataFrame, lookup: WardLookup, year: str) -> tuple[pd.DataFrame, list[str]]:
    """Rows with the codes of their wards, by code or by name; refused where one fits none."""
    wards = lookup.wards_of(year)
    names = dict(zip(wards["parent_code"], wards["parent_name"], strict=True))
    try:
        matched = match_rows(
            # The person has said of which year the names are.
            counts.assign(vintage=year),
            wards,
            vintage=year,
            gazetteer=lookup.gazetteer,
            parent_names={code: name for code, name in names.items() if name},
        )
    except JoinRefusedError as refused:
        msg = (
            f"{refused} (Rows must be of {lookup.level}s of {year} that the look-up "
            f"{lookup.source} has: name the year of the codes with --from.)"
        )
        raise JoinRefusedError(msg, refused.report) from refused
    differ = matched.report[matched.report["outcome"] == "name_differs"]
    notes = [f"{detail}: check that the code is meant" for detail in differ["detail"]]
    parents = dict(zip(wards["area_code"], wards["parent_code"], strict=True))
    absent = [code for code in names if code not in set(matched.rows["area_code"].map(parents))]
    # Of a look-up of the whole country nobody means all districts.
    if absent and "link" not in lookup.lsoas:
        notes.append(
            f"{len(absent):,} of {len(names):,} districts of the look-up are left out, as they "
            f"have no row: {', '.join(names[code] or code for code in absent[:6])}"
            + (", ..." if len(absent) > 6 else "")
        )
    return matched.rows, notes


def _unit(coded: pd.DataFrame, *, in_integers: bool) -> Fraction:
    """Unit of the result: one, or the finest that the counts given need."""
    with_figure = coded[coded["count"].notna()]
    bad = ~with_figure["count"].astype(float).between(0, 1e15)
    if bad.any():
        row = with_figure[bad].iloc[0]
        raise InputError(
            problem(
                "are negative or too large to be true",
                bad=int(bad.sum()),
                total=len(with_figure),
                noun="counts",
                first=f"{row['area_code']} {row['area_name']} ({row['count']})",
                action="Correct them.",
            )
        )
    numbers = {
        f"{code} {name}, row {n + 1}": as_fraction(count)
        for n, (code, name, count) in enumerate(
            with_figure[["area_code", "area_name", "count"]].itertuples(index=False)
        )
    }
    if not in_integers:
        return finest_unit(numbers)
    odd = [name for name, number in numbers.items() if number.denominator != 1]
    if odd:
        raise InputError(
            problem(
                "are fractional, so that no whole numbers have the same sums",
                bad=len(odd),
                total=len(numbers),
                noun="counts",
                first=f"{odd[0]} ({float(numbers[odd[0]]):g})",
                action="Do without whole numbers, or rebase the counts that these came from.",
            )
        )
    return Fraction(1)


def _rows(
    cells: Cells, received: dict[str, Fraction], flows: WardFlows, year: str
) -> list[dict[str, Any]]:
    """Code, name, count, status and note of every ward of the second year, by code."""
    givers: dict[str, list[str]] = {}
    for old, parts in flows.shares.items():
        for new in parts:
            if not new.startswith(UNTOLD):
                givers.setdefault(new, []).append(old)
    rows: list[dict[str, Any]] = [
        {
            "area_code": new,
            "area_name": flows.names[new],
            "count": pd.NA,
            "status": "missing",
            "note": "[rebased: no small area fits it best, so that what happened in it is counted "
            "in the wards around it]",
        }
        for new in flows.unreached
    ]
    for new in sorted(givers):
        given = {old: cells.get(old, Cell("missing", None, NO_ROW)) for old in givers[new]}
        tally = Counter(cell.status for cell in given.values())
        lacking = next((word for word in ("missing", "suppressed") if tally[word]), "")
        if not lacking and tally["not_applicable"] == len(given):
            lacking = "not_applicable"
        status = lacking or ("value" if received[new] else "zero")
        note = _note_of(new, given, received[new], flows, year=year, lacking=bool(lacking))
        rows.append(
            {
                "area_code": new,
                "area_name": flows.names[new],
                "count": pd.NA if lacking else _number(received[new]),
                "status": status,
                "note": note,
            }
        )
    return sorted(rows, key=lambda row: str(row["area_code"]))


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _totals(
    cells: Cells,
    rows: list[dict[str, Any]],
    received: dict[str, Fraction],
    flows: WardFlows,
) -> dict[str, Any]:
    """Sums before and after, in exact arithmetic."""
    shown = {row["area_code"] for row in rows if row["status"] in {"value", "zero"}}
    before = figures_of(cells, flows.known)
    after = [received[row["area_code"]] for row in rows if row["area_code"] in shown]
    return {
        "wards_before": len(flows.known),
        "count_before": _number(sum(before.values(), Fraction())),
        "without_figure_before": len(flows.known) - len(before),
        "wards_after": len(rows),
        "count_after": _number(sum(after, Fraction())),
        "without_figure_after": len(rows) - len(shown),
        "count_in_wards_without_figure": _number(
            sum(received.values(), Fraction()) - sum(after, Fraction())
        ),
    }


def _said(
    flows: WardFlows, table: pd.DataFrame, years: tuple[str, str], *, illustrative: bool
) -> list[str]:
    moves = flows.movements
    named = moves[moves["warning"] == NAME_ONLY].drop_duplicates("from_code")
    reached = moves["to_code"].nunique() + len(flows.unreached)
    kept = int(moves["same_lsoas"].sum())
    by_code = sum(link in {"same code", "recoded"} for link in flows.links.values())
    notes = [
        f"{len(flows.known):,} {flows.level}s of {years[0]} to {reached:,} of {years[1]}: "
        + (
            f"{by_code:,} are the same by the country's list of codes"
            + (f", {kept - by_code:,} more keep their LSOAs" if kept > by_code else "")
            if by_code
            else f"{kept:,} keep their LSOAs"
        )
    ]
    if flows.exact:
        notes.append("nothing is estimated: areas are the same, or whole ones are added up")
    if flows.unreached:
        listed = [f"{code} {flows.names[code]}" for code in flows.unreached]
        notes.append(
            f"{len(listed):,} wards of {years[1]} are the best fit of no small area and are "
            f"missing; what happened there is counted around them: {', '.join(listed[:6])}"
            + (", ..." if len(listed) > 6 else "")
        )
    if len(named):
        notes.append(
            f"{len(named):,} names survive but not with the same area, so that a join by name "
            f"would be wrong: {', '.join(named['from_name'])}"
        )
    return notes + _said_of_gaps(table, illustrative=illustrative)


def _said_of_gaps(table: pd.DataFrame, *, illustrative: bool) -> list[str]:
    notes = []
    lacking = table[table["count"].isna()]
    if len(lacking):
        by_status = ", ".join(
            f"{n:,} {str(word).replace('_', ' ')}"
            for word, n in lacking["status"].value_counts().items()
        )
        notes.append(f"{len(lacking):,} of {len(table):,} results have no figure: {by_status}")
    if illustrative:
        notes.append(
            "the counts are illustrative, and so are the results: whole numbers, no estimates"
        )
    return notes


def _note_of(
    new: str,
    given: Mapping[str, Cell],
    received: Fraction,
    flows: WardFlows,
    *,
    year: str,
    lacking: bool,
) -> str:
    """Words for one result: from which wards, how sure, and what the counts' own notes say."""
    first = (
        _of_absence(given, flows)
        if lacking
        else _of_estimate(new, given, received=received, flows=flows, year=year)
    )
    notes = [cell.note for cell in given.values() if cell.note not in {"", NO_ROW}]
    said = [rest for note in dict.fromkeys(notes) if (rest := _OURS.sub("", note).strip("; "))]
    again = ", from counts that were rebased before" * any(_OURS.search(note) for note in notes)
    return "; ".join([f"[rebased{again}: {first}]", *dict.fromkeys(said)])


def _of_absence(given: Mapping[str, Cell], flows: WardFlows) -> str:
    words = [
        f"{flows.names[old]} ({cell.status.replace('_', ' ')})"
        for old, cell in given.items()
        if cell.figure is None
    ]
    return (
        f"{len(words)} of the {len(given)} {flows.level}s it comes from have no figure: "
        + ", ".join(words)
    )


def _of_estimate(
    new: str, given: Mapping[str, Cell], *, received: Fraction, flows: WardFlows, year: str
) -> str:
    """From where, and between which figures the truth lies if best fit is exact."""
    undivided = [old for old in given if len(flows.shares[old]) == 1]
    links = {flows.links[old, new] for old in given}
    if len(given) == len(undivided) == 1:
        return f"{flows.level} of {year} {_SAME[links.pop()]}"
    if links == {"merged"}:
        return f"sum of districts of {year}: {', '.join(flows.names[old] for old in given)}"
    least = sum((given[old].figure or Fraction() for old in undivided), Fraction())
    most = sum((cell.figure or Fraction() for cell in given.values()), Fraction())
    parts = ", ".join(
        f"{flows.names[old]} ({_per_cent(flows.shares[old][new])}"
        f"{', does not apply' if cell.status == 'not_applicable' else ''})"
        for old, cell in given.items()
    )
    lies = (
        f"between {_words(least)} and {_words(most)} however events were spread"
        if len(undivided) < len(given)
        else "whole wards by the best fit of LSOAs"
    )
    exact = sum(
        (flows.shares[old][new] * (cell.figure or 0) for old, cell in given.items()), Fraction()
    )
    lost = f"; {float(exact):.2g} rounded to 0" if exact and not received else ""
    return f"by residents, from {flows.level}s of {year}: {parts}; {lies}{lost}"


# What makes the only area that another has its counts from the same.
_SAME: Final = {
    "residents": "with the same LSOAs",
    "same code": "with the same code",
    "same name": "with the same name, which got another code; no small area tells more",
    "recoded": "with another code",
    "merged": "with another code",
}


def _per_cent(share: Fraction) -> str:
    return f"{float(100 * share):.1f}".removesuffix(".0") + " %"


def _words(value: Fraction) -> str:
    return f"{int(value):,}" if value.denominator == 1 else f"{float(value):,.2f}"
