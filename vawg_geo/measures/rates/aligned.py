"""Values beside neighbours: the same areas in the same order, or a refusal.

A Series that is matched by position gives a plausible and wrong statistic when its rows stand in
another order, so an index that differs from the neighbours' ids is an error. Plain arrays carry
no names and are taken in order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, problem

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from vawg_geo.terms.graph import Neighbours

__all__ = [
    "TRANSFORMS",
    "as_events",
    "as_floats",
    "as_numbers",
    "as_words",
    "require_enough",
    "require_same_areas",
    "weighted",
]

TRANSFORMS: Final = ("r", "b")


def as_floats(values: ArrayLike) -> NDArray[np.float64]:
    """Floats of whatever holds numbers; missing (NA, None, NaN) as NaN.

    Examples
    --------
    >>> as_floats([3, None]).tolist()
    [3.0, nan]
    """
    series = values if isinstance(values, pd.Series) else pd.Series(np.asarray(values).ravel())
    floats = series.astype("Float64").to_numpy(float, na_value=np.nan)
    return np.array(floats, dtype=np.float64)


def as_numbers(given: ArrayLike, ids: Sequence[Hashable], *, what: str) -> NDArray[np.float64]:
    """Floats in the areas' order; missing (NA, None, NaN) as NaN.

    Parameters
    ----------
    given : array-like or pandas.Series, length n
        A Series must have the areas' ids as its index, in order.
    ids : sequence, length n
        Areas in order.
    what : str
        Plural noun for messages ("values", "populations").

    Returns
    -------
    ndarray of float, shape (n,)
        A new array.

    Raises
    ------
    InputError
        Lengths or indexes differ, a value is no number or is infinite.

    Examples
    --------
    >>> as_numbers(pd.Series([1, None], index=["a", "b"]), ["a", "b"], what="values")
    array([ 1., nan])
    """
    if isinstance(given, pd.Series):
        require_same_areas(given.index, ids, what=what)
    if (size := np.size(given)) != len(ids):
        msg = (
            f"there are {size:,} {what} for {len(ids):,} areas. "
            "Give one for each area, in the areas' order."
        )
        raise InputError(msg)
    try:
        numbers = as_floats(given)
    except (TypeError, ValueError) as error:
        msg = f"the {what} hold something that is no number: {error}. Give numbers or NA."
        raise InputError(msg) from None
    if (bad := np.isinf(numbers)).any():
        raise InputError(
            problem(
                "are infinite",
                bad=int(bad.sum()),
                total=len(numbers),
                noun=what,
                first=f"{ids[int(np.argmax(bad))]!r}",
                action="Give a number, or NA where there is none.",
            )
        )
    return numbers


def as_words(given: ArrayLike, ids: Sequence[Hashable], *, what: str) -> NDArray[np.object_]:
    """Words in the areas' order, checked as in `as_numbers`."""
    if isinstance(given, pd.Series):
        require_same_areas(given.index, ids, what=what)
    words = np.asarray(given, dtype=object).ravel()
    if len(words) != len(ids):
        msg = f"there are {len(words):,} {what} for {len(ids):,} areas. Give one for each area."
        raise InputError(msg)
    return words


def as_events(
    counts: ArrayLike, population: ArrayLike, ids: Sequence[Hashable]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Counts and their populations in the areas' order; both NaN where there is no count.

    Raises
    ------
    InputError
        A count is negative, or has no population above zero.
    """
    events = as_numbers(counts, ids, what="counts")
    people = as_numbers(population, ids, what="populations")
    has_count = ~np.isnan(events)
    for bad, what, shown, action in (
        (events < 0, "have a negative count", events, "Correct these counts."),
        (
            has_count & ~(people > 0),
            "have a count but no positive population",
            people,
            "Drop these areas, or supply another denominator.",
        ),
    ):
        if bad.any():
            first = int(np.argmax(bad))
            raise InputError(
                problem(
                    what,
                    bad=int(bad.sum()),
                    total=len(ids),
                    noun="areas",
                    first=f"{ids[first]!r} ({shown[first]:g})",
                    action=action,
                )
            )
    return events, np.where(has_count, people, np.nan)


def require_same_areas(
    index: pd.Index, ids: Sequence[Hashable], *, what: str, than: str = "neighbours"
) -> None:
    """Refuse an index that is not the ids in their order.

    Parameters
    ----------
    index : pandas.Index
        As given.
    ids : sequence
        As wanted.
    what, than : str
        Plural nouns for messages: what has the index, and whose ids they are.

    Raises
    ------
    InputError
        Names the first row that differs, or the first area that only one has.
    """
    ours = np.asarray(index, dtype=object)
    theirs = np.empty(len(ids), dtype=object)
    theirs[:] = ids
    if len(ours) == len(theirs):
        differ = np.asarray(ours != theirs, dtype=bool)
        if not differ.any():
            return
        first = int(np.argmax(differ))
        same = set(ours) == set(theirs)
        raise InputError(
            problem(
                f"stand in another order than the {than}"
                if same
                else f"are of other areas than the {than}",
                bad=int(differ.sum()),
                total=len(theirs),
                noun=what,
                first=f"row {first + 1:,} is {ours[first]!r}, not {theirs[first]!r}",
                action=f"Put the {what} in that order by their index (reindex)."
                if same
                else "Give the same areas by the same ids.",
            )
        )
    left, right = set(ours), set(theirs)
    strangers = [name for name in ours if name not in right]
    strangers += [name for name in theirs if name not in left]
    first_name = f"; first that only one has: {strangers[0]!r}" if strangers else ""
    msg = (
        f"there are {len(ours):,} {what} for {len(theirs):,} areas of the {than}{first_name}. "
        "Give one for each area, in that order."
    )
    raise InputError(msg)


def require_enough(has_value: NDArray[np.bool_], ids: Sequence[Hashable], *, least: int) -> None:
    """Refuse a map on which too few areas have a value for its pattern to say anything."""
    if (have := int(has_value.sum())) < least:
        without = [name for name, has in zip(ids, has_value, strict=True) if not has]
        first = f"; first without: {without[0]!r}" if without else ""
        msg = (
            f"{have:,} of {len(ids):,} areas have a value{first}. A pattern needs at least "
            f"{least:,}: use a finer level, or leave the statistic out."
        )
        raise InputError(msg)


def weighted(neighbours: Neighbours, *, transform: str) -> Neighbours:
    """Neighbours with weights that sum to 1 for each area ("r") or are all 1 ("b").

    Pairs that weigh nothing are no neighbours. As in esda, an area without neighbours stays among
    the areas, with no weights.

    Raises
    ------
    InputError
        The transformation is unknown, or a weight is negative or no number.
    """
    if transform not in TRANSFORMS:
        msg = f"{transform!r} is no transformation of weights. Choose {' or '.join(TRANSFORMS)}."
        raise InputError(msg)
    if neighbours.is_binary:
        plain = neighbours
    else:
        _require_weights(neighbours)
        plain = _without_weightless(neighbours)
    if transform == "b":
        weights = np.ones(plain.others.size)
    else:
        sums = np.bincount(plain.rows, plain.weights, plain.n)
        weights = plain.weights / sums[plain.rows]
    return replace(plain, weights=weights)


def _without_weightless(neighbours: Neighbours) -> Neighbours:
    weighs = neighbours.weights > 0
    degree = np.bincount(neighbours.rows[weighs], minlength=neighbours.n)
    return replace(
        neighbours,
        starts=np.r_[0, np.cumsum(degree)].astype(np.int64),
        others=neighbours.others[weighs],
        weights=neighbours.weights[weighs],
    )


def _require_weights(neighbours: Neighbours) -> None:
    bad = ~(neighbours.weights >= 0) | np.isinf(neighbours.weights)
    if bad.any():
        first = int(np.argmax(bad))
        pair = (
            neighbours.ids[int(neighbours.rows[first])],
            neighbours.ids[int(neighbours.others[first])],
        )
        raise InputError(
            problem(
                "are negative or no number",
                bad=int(bad.sum()),
                total=bad.size,
                noun="weights",
                first=f"{pair[0]!r} to {pair[1]!r} ({neighbours.weights[first]:g})",
                action="Give weights of zero or more.",
            )
        )
