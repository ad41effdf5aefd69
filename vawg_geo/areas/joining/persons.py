"""All people, added up where a table has women and men and not both together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["persons_of_counts", "persons_of_populations"]

_BOTH: Final = ("female", "male")
# Of two parts the sum has the status of the first of these that one of them has.
_LACKING: Final = ("missing", "suppressed", "not_applicable")
NOTE: Final = "women and men added up"


def persons_of_counts(counts: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Counts of all people, for series that have women and men and no persons.

    Parameters
    ----------
    counts : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`; others are kept, `individuals` is added up.

    Returns
    -------
    rows : pandas.DataFrame
        To be put beside the counts: a row for each area that has both. A sum of which a part is
        missing is missing, of which a part is suppressed is suppressed, never less.
    notes : list of str
        Which indicators.

    Examples
    --------
    >>> counts = pd.DataFrame({
    ...     "area_code": "E05002702", "area_name": "Abbey", "level": "ward", "vintage": "",
    ...     "indicator": "crimes", "sex": ["female", "male"], "period": "2015/16",
    ...     "count": pd.array([12, 5], dtype="Int64"), "status": "value", "basis": "own",
    ...     "note": ""})
    >>> rows, notes = persons_of_counts(counts)
    >>> rows[["area_code", "sex", "count", "note"]].values.tolist(), notes
    ([['E05002702', 'persons', 17, 'women and men added up']], ['persons of 1 indicator are women and men added up, since the table does not give them: crimes'])
    """  # noqa: E501
    series = ["level", "indicator", "period", "basis"]
    rows = _pairs(counts, series, [*series, "area_code", "area_name"])
    if rows is None:
        return counts.iloc[:0], []
    women, men = rows
    statuses = [_status_of(pair) for pair in zip(women["status"], men["status"], strict=True)]
    lacking = pd.Series([status in _LACKING for status in statuses], index=women.index)
    total = (women["count"] + men["count"]).mask(lacking)
    zero = [not bad and number == 0 for bad, number in zip(lacking, total, strict=True)]
    told = ["zero" if none else status for none, status in zip(zero, statuses, strict=True)]
    notes = women["note"].where(women["note"] == "", women["note"] + "; ") + NOTE
    made = women.assign(sex="persons", count=total, status=told, note=notes)
    if "individuals" in made:
        made["individuals"] = women["individuals"] + men["individuals"]
    names = list(dict.fromkeys(made["indicator"]))
    return made, [
        f"persons of {len(names):,} indicator{'s' * (len(names) > 1)} are women and men added up, "
        f"since the table does not give them: {', '.join(names)}"
    ]


def persons_of_populations(populations: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Populations of all people, for levels that have women and men and no persons.

    Parameters
    ----------
    populations : pandas.DataFrame
        The columns `columns.POPULATION_COLUMNS`.

    Returns
    -------
    rows : pandas.DataFrame
        To be put beside the populations: a row for each area that has both.
    notes : list of str
        How many.

    Examples
    --------
    >>> people = pd.DataFrame({
    ...     "area_code": "E05002702", "area_name": "Abbey", "level": "ward",
    ...     "sex": ["female", "male"], "age_group": "16+", "population": [4100.0, 3900.0],
    ...     "basis": "published", "note": ""})
    >>> rows, notes = persons_of_populations(people)
    >>> rows["population"].tolist(), notes
    ([8000.0], ['residents of 1 area are women and men added up, since the table gives no others'])
    """
    series = [name for name in ("level", "age_group", "period") if name in populations]
    rows = _pairs(populations, series, [*series, "area_code", "area_name"])
    if rows is None:
        return populations.iloc[:0], []
    women, men = rows
    basis = women["basis"].where(women["basis"] == men["basis"], "estimated")
    made = women.assign(
        sex="persons", population=women["population"] + men["population"], basis=basis
    )
    return made, [
        f"residents of {len(made):,} area{'s' * (len(made) > 1)} are women and men added up, "
        "since the table gives no others"
    ]


def _pairs(
    table: pd.DataFrame, series: Sequence[str], key: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Rows of women and those of men beside them, of series that have no persons."""
    # A table of one date, put beside one of several, has no period.
    named = table[list(series)].fillna("")
    given = table["sex"].groupby([named[name] for name in series]).agg(set)
    lacking = {name for name, sexes in given.items() if sexes == set(_BOTH)}
    if not lacking:
        return None
    keys: Any = named.itertuples(index=False, name=None)
    rows = table[[(one if len(series) > 1 else one[0]) in lacking for one in keys]]
    women, men = (rows[rows["sex"] == sex].set_index(list(key), drop=False) for sex in _BOTH)
    if not (women.index.is_unique and men.index.is_unique):
        return None
    both = women.index.intersection(men.index, sort=False)
    if both.empty:
        return None
    return (
        women.loc[both].reset_index(drop=True),
        men.loc[both].reset_index(drop=True),
    )


def _status_of(pair: tuple[str, str]) -> str:
    """Status of a sum of two counts: the worse of theirs, or a value."""
    return next((word for word in _LACKING if word in pair), "value")
