"""Events or persons: of what a threshold is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.areas.joining.hierarchy import SUM_NOTE, ancestors
from vawg_geo.terms.columns import COUNT_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["THRESHOLD_COUNT", "with_threshold_counts"]

THRESHOLD_COUNT: Final = "threshold_count"
"""Column of the number that the threshold is asked of; where it is missing, of the count."""


def with_threshold_counts(
    counts: pd.DataFrame, individuals: pd.DataFrame, parents: Mapping[str, str]
) -> pd.DataFrame:
    """Add the number of persons behind each count, where it is known.

    One person may be counted in two wards, so that of a sum of wards nobody knows the number: the
    largest of its parts is taken, which it cannot be below.

    Parameters
    ----------
    counts : pandas.DataFrame
        The columns `columns.COUNT_COLUMNS`.
    individuals : pandas.DataFrame
        `columns.COUNT_KEY` and `individuals`.
    parents : mapping of str to str
        Code of the area that holds an area.

    Returns
    -------
    pandas.DataFrame
        `counts` with the column `THRESHOLD_COUNT` (`Float64`); without it where no number of
        persons is known.

    Examples
    --------
    Eight incidents of one woman, nine of seven; the district is their sum.

    >>> counts = pd.DataFrame({
    ...     "area_code": ["v", "w", "d"], "indicator": "incidents", "sex": "persons",
    ...     "period": "2015/16", "count": [8, 9, 17], "note": ["", "", "sum of 2 wards"]})
    >>> known = counts[:2].assign(individuals=[1, 7])
    >>> with_threshold_counts(counts, known, {"v": "d", "w": "d"})["threshold_count"].tolist()
    [1.0, 7.0, 7.0]
    """
    if individuals.empty:
        return counts
    keys = list(COUNT_KEY)
    known: dict[tuple[str, ...], float] = dict(
        zip(
            individuals[keys].itertuples(index=False, name=None),
            individuals["individuals"].astype(float),
            strict=True,
        )
    )
    least: dict[tuple[str, ...], float] = {}
    for (code, *series), number in known.items():
        for above in ancestors(code, parents):
            least[above, *series] = max(number, least.get((above, *series), 0.0))
    sums = counts["note"].str.startswith(SUM_NOTE)
    numbers = [
        known.get(key, least.get(key) if summed else None)
        for key, summed in zip(counts[keys].itertuples(index=False, name=None), sums, strict=True)
    ]
    return counts.assign(**{THRESHOLD_COUNT: pd.array(numbers, dtype="Float64")})
