"""What every measure over time asks of a long table: one row for each, and periods side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError
from vawg_geo.terms.columns import require_columns
from vawg_geo.terms.pooled import GRAVEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["AREA", "GRAVEST", "by_period", "completed", "require_periods"]

# Whose figures stand in a row of a table over time.
AREA: Final = ("area_code", "level", "indicator", "sex")


def completed(table: pd.DataFrame, figure: str, *more: str) -> pd.DataFrame:
    """A table with level, name, basis and status where it lacks them, each row once.

    Parameters
    ----------
    table : pandas.DataFrame
    figure : str
        Column whose gaps are `missing` where there is no status.
    *more : str
        Other columns that are needed.

    Raises
    ------
    InputError
        A column is absent, or a row repeats another.
    """
    require_columns(table, ("area_code", "indicator", "sex", "period", figure, *more), "figures")
    blank: dict[str, Any] = {"level": "", "area_name": "", "basis": "", "rate_per": 1000.0}
    for name, value in blank.items():
        if name not in table:
            table = table.assign(**{name: value})
    if "status" not in table:
        table = table.assign(status=np.where(table[figure].isna(), "missing", "value"))
    repeated = table.duplicated([*AREA, "period"])
    if repeated.any():
        row = table[repeated].iloc[0]
        msg = (
            f"{int(repeated.sum()):,} of {len(table):,} rows repeat an earlier one; first: "
            f"{row['area_code']!r}, {row['indicator']!r}, {row['sex']}, {row['period']!r}. Keep "
            "one row for each."
        )
        raise InputError(msg)
    return table


def require_periods(table: pd.DataFrame, what: str) -> None:
    """Refuse a table of one period alone, or of none.

    Parameters
    ----------
    table : pandas.DataFrame
    what : str
        What needs more, and how many.

    Raises
    ------
    InputError
        Says which period it has.
    """
    words = list(dict.fromkeys(table["period"]))
    if not words:
        msg = f"there are no figures: {what}. Give those of several periods."
        raise InputError(msg)
    if len(words) == 1:
        msg = (
            f"all figures are of one period, {words[0]!r}: {what}. Add the counts of other periods."
        )
        raise InputError(msg)


def by_period(
    table: pd.DataFrame, areas: pd.DataFrame, words: Sequence[str], *, column: str
) -> NDArray[Any]:
    """A column with a row for each area and a column for each period.

    Parameters
    ----------
    table, areas : pandas.DataFrame
        Long; and the areas that are asked for, both with the columns of `AREA`.
    words : sequence of str
        Periods.
    column : str
        Of words, or of numbers: then missing ones are NaN.

    Returns
    -------
    ndarray, shape (areas, periods)
        NaN, or `missing` of words, where there is no row.
    """
    key = list(AREA)
    rows = pd.MultiIndex.from_frame(areas[key]).get_indexer(pd.MultiIndex.from_frame(table[key]))
    places = pd.Index(list(words)).get_indexer(pd.Index(table["period"]))
    mine = (rows >= 0) & (places >= 0)
    given = table[column]
    is_number = pd.api.types.is_numeric_dtype(given) or given.isna().any()
    values: NDArray[Any] = (
        given.astype("Float64").to_numpy(float, na_value=np.nan)
        if is_number
        else given.to_numpy(object)
    )
    grid = np.full((len(areas), len(words)), np.nan if is_number else "missing", values.dtype)
    grid[rows[mine], places[mine]] = values[mine]
    return grid
