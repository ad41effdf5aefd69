"""Whether counts can be true, given how many people there are."""

from __future__ import annotations

import pandas as pd

from vawg_geo.errors import InputError, problem

__all__ = ["require_plausible_counts"]


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


def _people(counts: pd.DataFrame, populations: pd.DataFrame) -> pd.Series:
    """Find the population of each row's area and sex, else of its area's persons."""
    # Areas known by name only have no key; of two populations the larger accuses nobody wrongly.
    coded = populations[populations["area_code"] != ""]
    by_key = coded.groupby(["area_code", "sex"])["population"].max().astype("Float64")
    keys = counts[["area_code", "sex"]]
    own = by_key.reindex(pd.MultiIndex.from_frame(keys))
    persons = by_key.reindex(pd.MultiIndex.from_frame(keys.assign(sex="persons")))
    return own.set_axis(counts.index).fillna(persons.set_axis(counts.index))
