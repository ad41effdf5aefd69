"""Steady places: what an area's own level and each period's give, and made-up counts like that.

What is tested is change. So each area keeps its own total over the periods and each period its own
over the areas; where they meet is what a place gives that changes as all do. Real places vary from
period to period by more than chance: by how much is estimated, and made-up counts vary as much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from vawg_geo.measures.scan.null import log_risks

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["change_variance", "draw_steady", "expected_counts"]

# Totals are met to this share of them; each step brings them nearer.
MET: Final = 1e-10
MOST_STEPS: Final = 500


def expected_counts(
    events: NDArray[np.float64], people: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Counts that areas would have whose level stays, in periods that are the same for all.

    Parameters
    ----------
    events, people : ndarray of float, shape (..., n, t)
        Counts and populations; cells without a count have a population of 0.

    Returns
    -------
    ndarray of float, shape (..., n, t)
        Population times a level of the area and one of the period, which sums to the same totals by
        area and by period as the counts do.

    Notes
    -----
    By proportional fitting: rows and columns are scaled in turn until both totals are met to a ten
    thousand millionth. With populations that stay it is row total times column total over the
    whole, after one step.

    Examples
    --------
    >>> expected_counts(np.array([[10.0, 20.0], [30.0, 40.0]]), np.ones((2, 2)))
    array([[12., 18.],
           [28., 42.]])
    """
    rows, columns = events.sum(axis=-1, keepdims=True), events.sum(axis=-2, keepdims=True)
    fitted = np.array(np.broadcast_to(people, events.shape), dtype=float)
    for _ in range(MOST_STEPS):
        fitted *= _scale(rows, fitted.sum(axis=-1, keepdims=True))
        fitted *= _scale(columns, fitted.sum(axis=-2, keepdims=True))
        if (np.abs(fitted.sum(axis=-1, keepdims=True) - rows) <= MET * np.maximum(rows, 1)).all():
            break
    return fitted


def _scale(wanted: NDArray[np.float64], has: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(wanted, has, out=np.zeros_like(has), where=has > 0)


def change_variance(events: NDArray[np.float64], expected: NDArray[np.float64]) -> float:
    """Variance from period to period of areas' risks about their own level, beyond chance.

    Parameters
    ----------
    events, expected : ndarray of float, shape (n, t)
        Expected counts of 0 in cells that are not observed, or of areas without events.

    Returns
    -------
    float
        Of risks with a mean of 1; 0 where chance explains all.

    Notes
    -----
    v = max(0, X2 - f) / (sum(e) f / m), with X2 = sum (y - e)^2 / e over the m cells with e > 0 and
    f = m - rows - columns + 1 of them free: by moments, as each cell has the variance e + v e^2
    and the totals take up their share of it. A place that changes counts too, which makes v larger
    than it is elsewhere, and the scan more cautious.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> events = rng.poisson(40 * rng.gamma(25, 1 / 25, size=(144, 36))).astype(float)
    >>> round(change_variance(events, expected_counts(events, np.ones_like(events))), 3)
    0.039
    """
    cells = expected > 0
    used = int(cells.sum())
    free = used - int(cells.any(axis=1).sum()) - int(cells.any(axis=0).sum()) + 1
    if free < 1:
        return 0.0
    away = (events[cells] - expected[cells]) ** 2 / expected[cells]
    return float(max(away.sum() - free, 0.0) / (expected.sum() * free / used))


def draw_steady(
    generator: np.random.Generator, expected: NDArray[np.float64], *, variance: float
) -> NDArray[np.int64]:
    """Counts of one map whose areas keep their totals, and change from period to period by chance.

    Parameters
    ----------
    generator : numpy.random.Generator
    expected : ndarray of float, shape (n, t)
        Rows sum to whole numbers.
    variance : float
        Of the risks from period to period, gamma-distributed about 1; 0 for chance alone.

    Returns
    -------
    ndarray of int, shape (n, t)

    Examples
    --------
    >>> drawn = draw_steady(np.random.default_rng(1), np.full((2, 4), 5.0), variance=0.1)
    >>> drawn.sum(axis=1)
    array([20, 20])
    """
    totals = np.rint(expected.sum(axis=1)).astype(np.int64)
    shares = expected
    if variance > 0:
        risk = log_risks(generator, variance, size=expected.shape)
        shares = expected * np.exp(risk - risk.max(axis=1, keepdims=True))
    whole = shares.sum(axis=1, keepdims=True)
    # An area without events draws none, whatever its shares.
    even = np.full(expected.shape, 1 / expected.shape[1])
    shares = np.divide(shares, whole, out=even, where=whole > 0)
    return np.asarray(generator.multinomial(totals, shares), dtype=np.int64)
