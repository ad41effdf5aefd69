"""Counts of any year's wards or districts of England and Wales for those of another year."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from vawg_geo.areas.rebasing.rebase import Rebased, rebase, require_level
from vawg_geo.errors import ConfigurationError, InputError, did_you_mean, problem
from vawg_geo.inputs.code_history import standing, years_of_history
from vawg_geo.terms.columns import COUNT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vawg_geo.inputs.ward_lookup import WardLookup

__all__ = ["rebase_country"]

_NAMED: Final = re.compile(r"(?:.*-)?(ward|district)s?-(20\d\d)(?:-(?!.*20\d\d).*)?")
# Years that the smaller look-up has, whose residents are of those years.
_EMBEDDED: Final = frozenset((2015, 2016, 2019))


def rebase_country(
    counts: pd.DataFrame,
    *,
    target: str,
    source: str | None = None,
    integers: bool = False,
    leave_out: bool = False,
) -> Rebased:
    """Estimate counts for the wards or districts of another year, anywhere in the country.

    Codes that stand in both years, recoded and merged districts are carried over as they are;
    the rest follows the residents of small areas: see `rebase` and `link_wards`.

    Parameters
    ----------
    counts : pandas.DataFrame
        As `read_counts` returns.
    target : str
        `wards-2025` or `districts-2025`: of any year since 2009.
    source : str, optional
        The same of the counts. Without it each period is of the year that has all its codes.
    integers : bool
        See `rebase`.
    leave_out : bool
        Leave out rows that cannot be carried over, and say which: codes of other years than
        `source`, and wards from which no look-up leads on.

    Returns
    -------
    Rebased

    Raises
    ------
    ConfigurationError
        No such year.
    InputError
        Codes of a period are of two years; a ward from which nothing leads on; see `rebase`.

    Examples
    --------
    >>> counts = pd.DataFrame({
    ...     "area_code": ["E07000026", "E07000028", "E07000029"], "area_name": "",
    ...     "level": "district", "vintage": "", "indicator": "crimes", "sex": "persons",
    ...     "period": "2021/22", "count": [20, 30, 40], "status": "value", "basis": "own",
    ...     "note": ""})
    >>> after = rebase_country(counts, target="districts-2025").counts
    >>> after[["area_name", "count", "basis"]].values.tolist()
    [['Cumberland', 90, 'own']]
    """
    level, year = _year_of(target)
    require_level(counts, level, target)
    notes: list[str] = []
    if source is not None:
        of_level, first = _year_of(source)
        if of_level != level:
            msg = f"{source!r} and {target!r} are of two levels. Name {level}s of two years."
            raise ConfigurationError(msg)
        if leave_out:
            counts, notes = _without_others(counts, level, first)
        years = {first: counts}
    else:
        years = _by_year(counts, level, year)
    options = {"integers": integers, "leave_out": leave_out}
    parts = [
        _rebased(rows, level, years=(first, year), options=options)
        for first, rows in sorted(years.items())
    ]
    return _together(parts, notes)


def _year_of(name: str) -> tuple[str, int]:
    match = _NAMED.fullmatch(name.strip())
    years = years_of_history()
    have = f"wards-{years[0]} to wards-{years[-1]}, districts-{years[0]} to districts-{years[-1]}"
    if match is None:
        msg = f"{name!r} does not name wards or districts of a year. Write one of {have}."
        raise ConfigurationError(msg)
    level, year = match[1], int(match[2])
    if year not in years:
        near = did_you_mean(name, [f"{level}s-{each}" for each in years])
        msg = (
            f"the country's list of codes has no {level}s of {year} ({name!r}); it has {have}. "
            f"{near or 'Name one of these.'}"
        )
        raise ConfigurationError(msg)
    return level, year


def _rebased(
    rows: pd.DataFrame, level: str, *, years: tuple[int, int], options: dict[str, bool]
) -> Rebased | pd.DataFrame:
    """Rows carried over; rows of the year that is wanted as they are."""
    first, year = years
    if first == year:
        return rows.assign(vintage=str(year))
    lookup = _lookup(rows["area_code"], level, first, year)
    return rebase(rows, lookup, source=f"{level}s-{first}", target=f"{level}s-{year}", **options)


def _lookup(codes: pd.Series, level: str, source: int, target: int) -> WardLookup:
    from vawg_geo.inputs.ward_lookup import read_ward_lookup
    from vawg_geo.inputs.ward_vintages import link_districts, link_wards

    if level == "district":
        return link_districts(source, target)
    if {source, target} <= _EMBEDDED:
        embedded = read_ward_lookup()
        # Names are looked for here first too: this look-up is what the default data are of.
        if set(codes) - {""} <= set(embedded.gazetteer["area_code"]):
            return embedded
    return link_wards(source, target)


def _by_year(counts: pd.DataFrame, level: str, target: int) -> dict[int, pd.DataFrame]:
    """Rows by the year that has all codes of their period; the latest of several."""
    found: dict[int, list[pd.DataFrame]] = {}
    unnamed = counts["area_code"] == ""
    if unnamed.any():
        msg = problem(
            "have no code, so that nothing tells of which year they are",
            bad=int(unnamed.sum()),
            total=len(counts),
            noun="rows",
            first=str(counts.loc[unnamed, "area_name"].iloc[0]),
            action=f"Say the year: --from {level}s-{target - 1}.",
        )
        raise InputError(msg)
    for period, rows in counts.groupby("period", sort=False):
        year = _year_with(rows["area_code"].unique(), level, target, period=str(period))
        found.setdefault(year, []).append(rows)
    return {year: pd.concat(rows) for year, rows in found.items()}


def _year_with(codes: Iterable[str], level: str, target: int, *, period: str) -> int:
    codes = list(codes)
    held = {
        year: sum(code in standing(level, year) for code in codes) for year in years_of_history()
    }
    whole = [year for year, n in held.items() if n == len(codes)]
    if target in whole:
        return target
    if whole:
        return whole[-1]
    best = max(held, key=lambda year: (held[year], year))
    if not held[best]:
        msg = f"none of the {len(codes):,} codes of {period} is of {level}s since 2009; first: "
        raise InputError(f"{msg}{codes[0]}. Look it up: vawg-geo areas {codes[0]} --wards.")
    other = next(code for code in codes if code not in standing(level, best))
    raise InputError(
        problem(
            f"are codes of {level}s of {best}, and no year has all of them",
            bad=held[best],
            total=len(codes),
            noun=f"codes of {period}",
            first=f"{other} is not of {best}",
            action=f"Rows of two years overlap on the ground and are not added up: --from "
            f"{level}s-{best} --leave-out carries those of {best} over and leaves out the rest.",
        )
    )


def _without_others(counts: pd.DataFrame, level: str, year: int) -> tuple[pd.DataFrame, list[str]]:
    """Rows of the areas of a year, and what was left out."""
    ours = counts["area_code"].isin(standing(level, year).keys()) | (counts["area_code"] == "")
    rest = counts[~ours]
    if rest.empty:
        return counts, []
    if not ours.any():
        msg = (
            f"none of {len(counts):,} rows is of {level}s of {year}; first: "
            f"{rest['area_code'].iloc[0]}. Name the year of the codes with --from."
        )
        raise InputError(msg)
    first = f"{rest['area_code'].iloc[0]} {rest['area_name'].iloc[0]}".strip()
    total = f"{float(rest['count'].fillna(0).sum()):,.6f}".rstrip("0").removesuffix(".")
    return counts[ours], [
        f"{len(rest):,} of {len(counts):,} rows, with {total} counted, are of {level}s of other "
        f"years and are left out; first: {first}"
    ]


def _together(parts: list[Rebased | pd.DataFrame], notes: list[str]) -> Rebased:
    """Results of the periods of several years as one."""
    made = [part for part in parts if isinstance(part, Rebased)]
    if not made:
        msg = "all codes are of the year that is asked for. There is nothing to carry over."
        raise InputError(msg)
    kept = [part for part in parts if isinstance(part, pd.DataFrame)]
    if len(parts) == 1:
        (only,) = made
        return Rebased(
            counts=only.counts,
            movements=only.movements,
            totals=only.totals,
            notes=(*notes, *only.notes),
        )
    number: Any = "Float64" if any(one.counts["count"].dtype == "Float64" for one in made) else None
    frames = [*(one.counts for one in made), *(rows[list(COUNT_COLUMNS)] for rows in kept)]
    counts = pd.concat(
        [rows.astype({"count": number or "Int64"}) for rows in frames], ignore_index=True
    )
    same = sum(len(rows) for rows in kept)
    said = [f"{same:,} rows are of the year that is asked for and stay"] if same else []
    return Rebased(
        counts=counts,
        movements=pd.concat([one.movements for one in made], ignore_index=True).drop_duplicates(),
        totals=pd.concat([one.totals for one in made], ignore_index=True),
        notes=(*notes, *said, *(note for one in made for note in one.notes)),
    )
