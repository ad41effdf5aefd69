"""Counts of areas by period, as the measures of change over many periods take them: checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.measures.rates.aligned import as_floats, require_same_areas
from vawg_geo.terms.periods import read_periods

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["Panel", "read_panel"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Panel:
    """Counts and populations of n areas in t periods.

    Attributes
    ----------
    names : tuple, length n
        Of the areas.
    periods : tuple, length t
        Of the periods, from the first to the last.
    events, people : ndarray of float, shape (n, t)
        NaN in both where either is missing.
    """

    names: tuple[Hashable, ...]
    periods: tuple[Hashable, ...]
    events: NDArray[np.float64]
    people: NDArray[np.float64]


def read_panel(
    counts: ArrayLike | pd.DataFrame,
    population: ArrayLike | pd.Series | pd.DataFrame,
    *,
    ids: Sequence[Hashable] | None = None,
    periods: Sequence[Hashable] | None = None,
    least: int,
    why: str,
) -> Panel:
    """Check and align counts by area and period with their populations.

    Parameters
    ----------
    counts : array-like or DataFrame, shape (n, t)
        A row for each area, a column for each period, from the first to the last.
    population : array-like, Series or DataFrame, shape (n, t) or (n,)
        One of each period, or one that serves them all.
    ids, periods : sequence, optional
        Names of rows and columns; those of the counts where they are a DataFrame.
    least : int
        Fewest periods.
    why : str
        Why no fewer, as a sentence.

    Returns
    -------
    Panel

    Raises
    ------
    InputError
        Shapes or names disagree, names repeat, periods overlap or stand in another order than that
        of time, there are too few, a count is negative or no whole number, a population of a count
        is not above zero.
    """
    events = _numbers(counts)
    if events.ndim != 2:
        msg = (
            f"the counts have {events.ndim} dimension{'' if events.ndim == 1 else 's'}. Give a "
            "row for each area and a column for each period."
        )
        raise InputError(msg)
    names = _names(counts, ids, length=len(events), axis=0, noun="areas")
    spans = _names(counts, periods, length=events.shape[1], axis=1, noun="periods")
    if len(spans) < least:
        msg = f"{len(spans):,} periods were given, and at least {least:,} are needed. {why}"
        raise InputError(msg)
    require_in_order(spans)
    people = _people(population, names, spans)
    known = ~np.isnan(events) & ~np.isnan(people)
    _require(
        known & ~((events >= 0) & (events == np.floor(events)) & (events < np.inf)),
        "have a count that is negative or no whole number",
        names=names,
        spans=spans,
        action="Give whole numbers, and leave a cell empty whose count is not known.",
    )
    _require(
        known & ~((people > 0) & (people < np.inf)),
        "have a count and no positive population",
        names=names,
        spans=spans,
        action="Drop these areas, or supply another denominator.",
    )
    return Panel(
        names=names,
        periods=spans,
        events=np.where(known, events, np.nan),
        people=np.where(known, people, np.nan),
    )


def require_in_order(periods: Sequence[Hashable]) -> None:
    """Refuse periods that overlap, or whose order is not that of time.

    Parameters
    ----------
    periods : sequence
        Where all of them are words that mean a time; others are taken to be in order.

    Raises
    ------
    InputError
        Names the first pair.

    Examples
    --------
    >>> require_in_order(["2019-01", "2019-02", "2019 Q1"])
    Traceback (most recent call last):
    ...
    vawg_geo.errors.InputError: 1 of 3 periods begin before the one before them ends; first: '2019 \
Q1' after '2019-02'. Give periods from the first to the last that do not overlap.
    """
    if not all(isinstance(one, str) for one in periods):
        return
    spans = read_periods([str(one) for one in periods])
    known = [span for span in spans if span is not None]
    if len(known) < len(spans):
        return
    bad = [n for n in range(1, len(known)) if known[n][0] < known[n - 1][1]]
    if bad:
        raise InputError(
            problem(
                "begin before the one before them ends",
                bad=len(bad),
                total=len(periods),
                noun="periods",
                first=f"{periods[bad[0]]!r} after {periods[bad[0] - 1]!r}",
                action="Give periods from the first to the last that do not overlap.",
            )
        )


def _numbers(values: Any) -> NDArray[np.float64]:
    try:
        if isinstance(values, pd.DataFrame):
            columns = [as_floats(values.iloc[:, n]) for n in range(values.shape[1])]
            return np.column_stack(columns) if columns else np.empty((len(values), 0))
        if isinstance(values, pd.Series):
            return as_floats(values)
        return np.array(values, dtype=float)
    except (TypeError, ValueError):
        msg = "the counts or the populations are no numbers. Read them with read_counts."
        raise InputError(msg) from None


def _names(
    counts: Any, given: Sequence[Hashable] | None, *, length: int, axis: int, noun: str
) -> tuple[Hashable, ...]:
    """Names of the counts' rows or columns, each once."""
    own = None
    if isinstance(counts, pd.DataFrame):
        own = counts.index if axis == 0 else counts.columns
    names = tuple(range(length) if own is None else own) if given is None else tuple(given)
    if len(names) != length:
        msg = f"{len(names):,} names do not fit {length:,} {noun}. Give one for each."
        raise InputError(msg)
    if own is not None and given is not None and not isinstance(own, pd.RangeIndex):
        require_same_areas(own, names, what=f"{noun} of the counts", than="names")
    repeated = pd.Series(names, dtype=object)
    repeated = repeated[repeated.duplicated()]
    if len(repeated):
        raise InputError(
            problem(
                "repeat an earlier name",
                bad=len(repeated),
                total=len(names),
                noun=noun,
                first=repr(repeated.iloc[0]),
                action="Name each once.",
            )
        )
    return names


def _people(
    population: Any, names: tuple[Hashable, ...], periods: tuple[Hashable, ...]
) -> NDArray[np.float64]:
    """Populations of every area and period; one of each area serves all periods."""
    people = _numbers(population)
    if isinstance(population, pd.Series | pd.DataFrame) and not isinstance(
        population.index, pd.RangeIndex
    ):
        require_same_areas(population.index, names, what="populations", than="counts")
    if isinstance(population, pd.DataFrame):
        require_same_areas(
            population.columns, periods, what="periods of the populations", than="counts"
        )
    if people.ndim == 1:
        people = np.repeat(people[:, None], len(periods), axis=1)
    if people.shape != (len(names), len(periods)):
        shape = " by ".join(f"{length:,}" for length in people.shape)
        msg = (
            f"populations of {shape} do not fit counts of {len(names):,} areas by "
            f"{len(periods):,} periods. Give one of each area, or of each area and period."
        )
        raise InputError(msg)
    return people


def _require(
    bad: NDArray[np.bool_],
    what: str,
    *,
    names: Sequence[Hashable],
    spans: Sequence[Hashable],
    action: str,
) -> None:
    if bad.any():
        area, period = np.argwhere(bad)[0]
        raise InputError(
            problem(
                what,
                bad=int(bad.sum()),
                total=bad.size,
                noun="cells",
                first=f"{names[area]!r} in {spans[period]!r}",
                action=action,
            )
        )
