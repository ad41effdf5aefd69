"""Lines of the key of a map of change: which each area belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from vawg_geo.words.palette import PATTERNS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["HIGH_RATIO", "LOW_RATIO", "change_kinds"]

# From here on a rise, and down to here a fall, is of the darker class: half as much again, and as
# much the other way.
HIGH_RATIO: Final = 1.5
LOW_RATIO: Final = 2 / 3


def change_kinds(
    ratio: NDArray[np.float64],
    lower: NDArray[np.float64],
    change: NDArray[np.str_],
    status: NDArray[np.str_],
) -> NDArray[np.str_]:
    """Kind of each area's change: words of `palette.CHANGE_FILLS`, or why there is none.

    Parameters
    ----------
    ratio, lower : ndarray of float
        Later rate over the earlier and its lower limit; without a ratio but with a limit where
        nothing was recorded at first.
    change : ndarray of str
        Words of `measures.time.change.CHANGES`.
    status : ndarray of str
        Of both ends together.

    Returns
    -------
    ndarray of str
        `suppressed`, `missing` and `not_applicable` before all others.

    Examples
    --------
    >>> change_kinds(
    ...     np.array([2.0, 1.1, 0.9, np.nan, np.nan, np.nan]),
    ...     np.array([1.5, 0.8, 0.7, 0.0, 2.0, np.nan]),
    ...     np.array(["increasing", *["no_clear_change"] * 3, "increasing", "not_compared"]),
    ...     np.array(["value", "value", "value", "zero", "unstable", "suppressed"])).tolist()
    ['up_high', 'unsure_up', 'unsure_down', 'zero', 'up_high', 'suppressed']
    """
    # From nothing to something there is no ratio: it rose by more than any.
    grew = np.isnan(ratio) & ~np.isnan(lower)
    with np.errstate(invalid="ignore"):
        high, low, more = grew | (ratio >= HIGH_RATIO), ratio <= LOW_RATIO, grew | (ratio > 1)
    rules = (
        (np.isin(status, list(PATTERNS)), status),
        ((status == "zero") & ~np.isnan(lower), "zero"),
        ((change == "increasing") & high, "up_high"),
        (change == "increasing", "up"),
        ((change == "decreasing") & low, "down_low"),
        (change == "decreasing", "down"),
        ((change == "no_clear_change") & more, "unsure_up"),
        (change == "no_clear_change", "unsure_down"),
    )
    kinds: NDArray[np.str_] = np.select(
        [where for where, _ in rules],
        [np.broadcast_to(np.asarray(word, dtype=str), change.shape) for _, word in rules],
        default="not_compared",
    ).astype(str)
    return kinds
