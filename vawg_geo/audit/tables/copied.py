"""Columns that are declared to tell nothing of counts, and have them nevertheless.

What a column tells is a judgement of who declared it, and may be wrong: of an overlay from outside
the package nobody here has read it. Such a column is looked at beside the counts that are shown. If
it follows them in every area that has one, it gives those that are hidden too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.audit.observed import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["copied_counts"]

_SERIES: Final = ("level", "indicator", "sex", "period")
# Fewer different counts than these are followed by chance.
_FEWEST: Final = 4
_SAME: Final = 1e-9


def copied_counts(
    tables: list[tuple[str, dict[str, list[Any]]]], observations: pd.DataFrame
) -> list[Finding]:
    """Columns that follow the shown counts of a series, and have a value where one is hidden.

    Parameters
    ----------
    tables : list of (str, dict of str to list)
        Where each table stands, and its columns, which are declared to tell nothing.
    observations : pandas.DataFrame
        `observed.OBSERVATION_COLUMNS`.

    Returns
    -------
    list of Finding
        `derived_figure`, one for each such column. A column follows counts where it is a constant
        times the count, or times the count for each resident of a column `population`.

    Examples
    --------
    >>> areas = [f"E0500{n}" for n in range(2701, 2706)]
    >>> counts = pd.DataFrame({
    ...     "area_code": areas, "level": "ward", "indicator": "crimes", "sex": "female",
    ...     "period": "2015/16", "low": [20, 31, 18, 44, np.nan], "high": [20, 31, 18, 44, np.nan],
    ...     "status": ["value"] * 4 + ["suppressed"]})
    >>> own = {"area_code": areas, "sites": [2, 1, 4, 3, 0], "weight": [40, 62, 36, 88, 6]}
    >>> for finding in copied_counts([("own.csv", own)], counts):
    ...     print(finding.text)
    the column 'weight' follows the counts of crimes, female, 2015/16 in all 4 areas where they are
    shown, and has a value in 1 where they are hidden; first: E05002705. Leave it out.
    """
    series = {key: _Series(rows) for key, rows in observations.groupby(list(_SERIES), sort=False)}
    hiding = {key: one for key, one in series.items() if one.hidden and one.is_varied}
    found = []
    for source, columns in tables:
        for name, values, codes in _numbers(columns):
            key, said = next(
                (
                    (key, said)
                    for key, one in hiding.items()
                    if (said := one.followed_by(values, codes))
                ),
                ((), ""),
            )
            if said:
                which = ", ".join(map(str, key[1:]))
                text = f"the column {name!r} follows the counts of {which} {said}"
                found.append(Finding(kind="derived_figure", file=source, text=text))
    return found


class _Series:
    """Counts of one series that are shown, by area, and the areas where they are hidden."""

    def __init__(self, rows: pd.DataFrame) -> None:
        exact = rows[rows["low"].notna() & (rows["low"] == rows["high"])]
        shown = exact[exact["status"] != "suppressed"].drop_duplicates("area_code")
        self.shown = dict(zip(shown["area_code"], shown["low"].astype(float), strict=True))
        hidden = rows.loc[rows["status"] == "suppressed", "area_code"]
        self.hidden = frozenset(hidden) - set(self.shown)

    @property
    def is_varied(self) -> bool:
        """Whether the counts differ enough for a column not to follow them by chance."""
        return len({count for count in self.shown.values() if count}) >= _FEWEST

    def followed_by(self, values: list[Floats], codes: list[str]) -> str:
        """Where a column follows the counts; empty where it does not.

        `values` are the column as it stands, and times the residents.
        """
        counts = np.array([self.shown.get(code, np.nan) for code in codes])
        hidden = [
            code
            for code, value in zip(codes, values[0], strict=True)
            if code in self.hidden and not np.isnan(value)
        ]
        if not hidden:
            return ""
        for column in values:
            both = ~np.isnan(counts) & ~np.isnan(column)
            if len(set(counts[both]) - {0.0}) >= _FEWEST and _is_multiple(
                column[both], counts[both]
            ):
                return (
                    f"in all {both.sum():,} areas where they are shown, and has a value in "
                    f"{len(hidden):,} where they are hidden; first: {hidden[0]}. Leave it out."
                )
        return ""


def _is_multiple(values: Floats, counts: Floats) -> bool:
    """Whether values are one number times the counts, as closely as they are written."""
    largest = int(np.argmax(counts))
    if not values[largest] or not counts[largest]:
        return False
    times = values[largest] / counts[largest]
    return bool(np.allclose(values, times * counts, rtol=_SAME, atol=_SAME))


def _numbers(
    columns: Mapping[str, list[Any]],
) -> Iterator[tuple[str, list[Floats], list[str]]]:
    """Columns of numbers: as they stand, and times the residents where the table has those."""
    if "area_code" not in columns:
        return
    codes = [str(code) for code in columns["area_code"]]
    figures = {
        name: pd.to_numeric(pd.Series(values, dtype=object), errors="coerce").to_numpy(dtype=float)
        for name, values in columns.items()
        if name not in ("area_code", "geom")
    }
    people = figures.get("population")
    for name, values in figures.items():
        if not np.isnan(values).all():
            more = [] if people is None or name == "population" else [values * people]
            yield name, [values, *more], codes
