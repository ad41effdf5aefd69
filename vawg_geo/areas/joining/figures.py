"""Published facts about whole areas: counts that anybody can look up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.terms.columns import COUNT_COLUMNS, COUNT_KEY, require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["known_figures", "published_figures"]


def published_figures(table: pd.DataFrame) -> pd.DataFrame:
    """Take the counts of whole areas out of a table of published facts.

    Parameters
    ----------
    table : pandas.DataFrame
        `indicator`, `area_code`, `sex`, `period`, `value`, `unit`, and, where known, `category`,
        `area_name` and `source`.

    Returns
    -------
    pandas.DataFrame
        `indicator`, `area_code`, `area_name`, `sex`, `period`, `count`, `source`: rows with an
        area code, no category, a whole number, and a unit that is no percentage and no rate. A
        fact that names no sex is of persons.

    Examples
    --------
    >>> facts = pd.DataFrame({
    ...     "indicator": ["MARAC cases heard", "MARAC repeat referrals"],
    ...     "area_code": "E06000031", "sex": "", "period": "2015/16", "value": ["507", "33"],
    ...     "unit": ["cases", "percent"]})
    >>> published_figures(facts)[["indicator", "sex", "count"]].values.tolist()
    [['MARAC cases heard', 'persons', 507]]
    """
    require_columns(table, ("indicator", "area_code", "sex", "period", "value", "unit"), "facts")
    numbers = pd.to_numeric(table["value"], errors="coerce")
    units = table["unit"].fillna("").astype(str)
    kept = (
        table["area_code"].fillna("").ne("")
        & numbers.ge(0)
        & numbers.mod(1).eq(0)
        & ~units.str.match(r"per(?:cent|\s)|%")
        & (table["category"].fillna("").eq("") if "category" in table else True)
    )
    figures = table[kept].assign(count=numbers[kept].astype("Int64"))
    sexes = figures["sex"].fillna("")
    figures = figures.assign(sex=sexes.where(sexes != "", "persons"))
    columns = ["indicator", "area_code", "area_name", "sex", "period", "count", "source"]
    return figures[[name for name in columns if name in figures]].reset_index(drop=True)


def known_figures(
    figures: pd.DataFrame, counts: pd.DataFrame, *, vintages: Mapping[str, str]
) -> pd.DataFrame:
    """Published figures of a project's own cells, for the gate: everybody knows them.

    Parameters
    ----------
    figures : pandas.DataFrame
        Facts as `published_figures` takes them.
    counts : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`: every area and indicator of the project.
    vintages : mapping of str to str
        By level.

    Returns
    -------
    pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`, of areas and indicators that stand in the counts; of
        a cell that has several figures the first.
    """
    areas = counts.drop_duplicates("area_code").set_index("area_code")
    table = published_figures(figures)
    ours = table["area_code"].isin(areas.index) & table["indicator"].isin(counts["indicator"])
    table = table[ours].drop_duplicates(list(COUNT_KEY))
    levels = table["area_code"].map(areas["level"])
    table = table.assign(
        area_name=table["area_code"].map(areas["area_name"]),
        level=levels,
        vintage=levels.map(dict(vintages)),
        status=table["count"].eq(0).map({True: "zero", False: "value"}),
        basis="published",
        note="",
    )
    return table.reindex(columns=list(COUNT_COLUMNS)).reset_index(drop=True)
