"""Steady places: what an area's own level and each period's give, and made-up counts like that.

What is tested is change. So each area keeps its own total over the periods and each period its own
over the areas; where they meet is what a place gives that changes as all do. Real places vary from
period to period by more than chance, and part of that lasts: a street is done up, a club opens. How
much and for how long is estimated, and made-up counts vary as much and as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from vawg_geo.measures.scan.null import log_risks

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Varies", "draw_steady", "expected_counts", "how_areas_vary"]

# Totals are met to this share of them; each step brings them nearer.
MET: Final = 1e-10
MOST_STEPS: Final = 500
# Correlations from one period to the next that are tried of what lasts.
MEMORIES: Final = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
# Fewer periods say nothing of what lasts.
FEWEST_FOR_MEMORY: Final = 10


@dataclass(frozen=True, kw_only=True)
class Varies:
    """How areas' risks vary about their own level, beyond chance.

    Attributes
    ----------
    each : float
        Variance of what is new in every period, of risks with a mean of 1.
    lasting : float
        Variance of what lasts.
    memory : float
        Its correlation from one period to the next.
    """

    each: float
    lasting: float = 0.0
    memory: float = 0.0

    @property
    def variance(self) -> float:
        """Of both together."""
        return (1 + self.each) * (1 + self.lasting) - 1


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


def how_areas_vary(events: NDArray[np.float64], expected: NDArray[np.float64]) -> Varies:
    """How areas' risks vary from period to period about their own level, and how long that lasts.

    Parameters
    ----------
    events, expected : ndarray of float, shape (n, t)
        Expected counts of 0 in cells that are not observed, or of areas without events.

    Returns
    -------
    Varies
        All 0 where chance explains everything; nothing lasts over fewer than 10 periods.

    Notes
    -----
    By moments. Over the m cells with e > 0, of which f = m - rows - columns + 1 are free,
    X2 = sum (y - e)^2 / e is f by chance, and each unit of variance adds sum(e) f / m, as each cell
    has the variance e + v e^2 and the totals take up their share. What lasts shows in the products
    of one area's deviations in two periods, summed over areas: it has the covariance v d^h over h
    periods, less what the area's own total takes up. Of the d that are tried the one is taken whose
    v fits these products best by least squares. A place that changes counts too, which makes both
    larger than they are elsewhere, and the scan more cautious.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> events = rng.poisson(40 * rng.gamma(25, 1 / 25, size=(144, 36))).astype(float)
    >>> found = how_areas_vary(events, expected_counts(events, np.ones_like(events)))
    >>> round(found.each, 3), round(found.lasting, 3)
    (0.039, 0.0)
    >>> years = np.repeat(rng.gamma(25, 1 / 25, size=(144, 3)), 12, axis=1)
    >>> events = rng.poisson(40 * years).astype(float)
    >>> found = how_areas_vary(events, expected_counts(events, np.ones_like(events)))
    >>> round(found.each, 3), round(found.lasting, 3), found.memory
    (0.0, 0.056, 0.95)
    """
    cells = expected > 0
    used = int(cells.sum())
    free = used - int(cells.any(axis=1).sum()) - int(cells.any(axis=0).sum()) + 1
    if free < 1:
        return Varies(each=0.0)
    away = np.where(cells, events - expected, 0.0) / np.sqrt(np.where(cells, expected, 1.0))
    each = max(float((away**2).sum()) - free, 0.0) / float(expected.sum() * free / used)
    if not each or expected.shape[1] < FEWEST_FOR_MEMORY:
        return Varies(each=each)
    fits = [_lasting(away, expected, each, memory) for memory in MEMORIES]
    found, _ = min(fits, key=lambda fit: fit[1])
    return found if found.lasting else Varies(each=each)


def _lasting(
    away: NDArray[np.float64], expected: NDArray[np.float64], each: float, memory: float
) -> tuple[Varies, float]:
    """What lasts and what is new in each period, for one memory, and how badly that fits."""
    total = expected.sum()
    share = np.sqrt(expected.sum(axis=0) / total)
    # What an area's own total takes up of its deviations, over roots of what is expected.
    held = np.eye(share.size) - np.outer(share, share)
    places = np.arange(share.size)
    alike = memory ** np.abs(places[:, None] - places)

    def seen(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(held @ (covariance * np.outer(share, share)) @ held * total)

    areas = int((expected.sum(axis=1) > 0).sum()) - 1
    by_each, by_lasting = seen(np.eye(share.size)), seen(alike)
    # So much of each period's own goes for each unit of what lasts.
    rate = float(np.trace(by_lasting) / np.trace(by_each))
    apart = ~np.eye(share.size, dtype=bool)
    wanted = (away.T @ away - areas * held - each * by_each)[apart]
    gives = (by_lasting - rate * by_each)[apart]
    lasting = float(np.clip(gives @ wanted / (gives @ gives), 0.0, each / rate))
    error = float(((wanted - lasting * gives) ** 2).sum())
    return Varies(each=max(each - rate * lasting, 0.0), lasting=lasting, memory=memory), error


def draw_steady(
    generator: np.random.Generator, expected: NDArray[np.float64], *, varies: Varies
) -> NDArray[np.int64]:
    """Counts of one map whose areas keep their totals, and change from period to period by chance.

    Parameters
    ----------
    generator : numpy.random.Generator
    expected : ndarray of float, shape (n, t)
        Rows sum to whole numbers.
    varies : Varies
        Of the risks from period to period: gamma-distributed about 1 what is new in each,
        lognormal what lasts. All 0 for chance alone.

    Returns
    -------
    ndarray of int, shape (n, t)

    Examples
    --------
    >>> drawn = draw_steady(np.random.default_rng(1), np.full((2, 4), 5.0), varies=Varies(each=0.1))
    >>> drawn.sum(axis=1)
    array([20, 20])
    """
    totals = np.rint(expected.sum(axis=1)).astype(np.int64)
    shares = expected
    if varies.variance > 0:
        risk = np.zeros(expected.shape)
        if varies.each > 0:
            risk += log_risks(generator, varies.each, size=expected.shape)
        if varies.lasting > 0:
            risk += _log_lasting(generator, varies, size=expected.shape)
        shares = expected * np.exp(risk - risk.max(axis=1, keepdims=True))
    whole = shares.sum(axis=1, keepdims=True)
    # An area without events draws none, whatever its shares.
    even = np.full(expected.shape, 1 / expected.shape[1])
    shares = np.divide(shares, whole, out=even, where=whole > 0)
    return np.asarray(generator.multinomial(totals, shares), dtype=np.int64)


def _log_lasting(
    generator: np.random.Generator, varies: Varies, *, size: tuple[int, ...]
) -> NDArray[np.float64]:
    """Logarithms of risks that last, but for a constant: each period's leans on the one before."""
    drawn = generator.standard_normal(size)
    for place in range(1, size[1]):
        drawn[:, place] *= np.sqrt(1 - varies.memory**2)
        drawn[:, place] += varies.memory * drawn[:, place - 1]
    return np.asarray(drawn * np.sqrt(np.log1p(varies.lasting)))
