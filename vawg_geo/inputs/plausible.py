"""Whether counts can be true, given how many people there are."""

from __future__ import annotations

from typing import Final

import pandas as pd

from vawg_geo.errors import InputError, problem

__all__ = ["require_plausible_counts", "require_plausible_populations"]

# Fewer residents than any area of the level has: districts of England and Wales have 2,000 and
# more (Isles of Scilly), LSOAs 1,000; wards of the City of London some dozens, but not all.
_FEWEST: Final = {
    "district": 1_000,
    "csp": 1_000,
    "county": 2_000,
    "police_area": 2_000,
    "ward": 50,
    "lsoa": 20,
}


def require_plausible_counts(
    counts: pd.DataFrame, populations: pd.DataFrame | None = None, *, ceiling: float = 5.0
) -> None:
    """Refuse more events than an area has people, many times over.

    Parameters
    ----------
    counts : pandas.DataFrame
        `area_code`, `area_name`, `sex`, `count` and, where `populations` is not given,
        `population`. Missing counts and populations are passed over.
    populations : pandas.DataFrame, optional
        `area_code`, `sex`, `population`, one row per area and sex. Where it lacks a row's sex,
        the area's `persons` are taken, which no sex outnumbers.
    ceiling : float
        Events per person above which a count is refused. One person can be counted more than
        once, so it is well above 1.

    Raises
    ------
    InputError
        A count is larger than `ceiling` times the population.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "area_code": ["E05002703"], "area_name": ["Arbury"], "sex": ["persons"],
    ...     "count": [1_000_000_000], "population": [7395.0],
    ... })
    >>> require_plausible_counts(table)
    Traceback (most recent call last):
    vawg_geo.errors.InputError: 1 of 1 counts are more than 5 times the population; first:
    'E05002703' Arbury (1,000,000,000 events, 7,395 persons). Correct the count, or the population.
    """
    people = counts["population"] if populations is None else _people(counts, populations)
    too_many = (
        counts["count"].astype("Float64").gt(people.astype("Float64") * ceiling).fillna(value=False)
    ).to_numpy(dtype=bool)
    if not too_many.any():
        return
    at = int(too_many.argmax())
    row, population = counts.iloc[at], people.iloc[at]
    name = f" {row['area_name']}" if row["area_name"] else ""
    raise InputError(
        problem(
            f"are more than {ceiling:g} times the population",
            bad=int(too_many.sum()),
            total=len(counts),
            noun="counts",
            first=f"'{row['area_code']}'{name} "
            f"({row['count']:,} events, {population:,.0f} {row['sex']})",
            action="Correct the count, or the population.",
        )
    )


def require_plausible_populations(populations: pd.DataFrame) -> None:
    """Refuse populations that are too small for their level: a table in thousands.

    Parameters
    ----------
    populations : pandas.DataFrame
        `area_code`, `area_name`, `level`, `sex`, `population`. Levels with fewer than three areas
        are passed over, and so is one of which any area has as many residents as areas do.

    Raises
    ------
    InputError
        All populations of a level are smaller than any area of it has.

    Examples
    --------
    >>> import pandas as pd
    >>> require_plausible_populations(pd.DataFrame({
    ...     "area_code": ["E07000008", "E07000009", "E07000010"],
    ...     "area_name": ["Cambridge", "East Cambridgeshire", "Fenland"],
    ...     "level": "district", "sex": "persons", "population": [110.6, 69.9, 81.8]}))
    Traceback (most recent call last):
    vawg_geo.errors.InputError: 3 of 3 populations of the level district are below 1,000, as in a
    table in thousands; first: 'E07000008' Cambridge (110.6). Write them out in persons.
    """
    for level, rows in populations.groupby("level", sort=False):
        fewest = _FEWEST.get(str(level), 0)
        areas = rows[["area_code", "area_name"]].drop_duplicates()
        if len(areas) < 3 or not (rows["population"] < fewest).all():
            continue
        first = rows.iloc[0]
        raise InputError(
            problem(
                f"of the level {level} are below {fewest:,}, as in a table in thousands",
                bad=len(rows),
                total=len(rows),
                noun="populations",
                first=f"{first['area_code']!r} {first['area_name']} ({first['population']:g})",
                action="Write them out in persons.",
            )
        )


def _people(counts: pd.DataFrame, populations: pd.DataFrame) -> pd.Series:
    """Find the population of each row's area and sex, else of its area's persons."""
    # Areas known by name only have no key; of two populations the larger accuses nobody wrongly.
    coded = populations[populations["area_code"] != ""]
    by_key = coded.groupby(["area_code", "sex"])["population"].max().astype("Float64")
    keys = counts[["area_code", "sex"]]
    own = by_key.reindex(pd.MultiIndex.from_frame(keys))
    persons = by_key.reindex(pd.MultiIndex.from_frame(keys.assign(sex="persons")))
    return own.set_axis(counts.index).fillna(persons.set_axis(counts.index))
