"""Log risks of a map at one standard deviation and one mixing, by a Laplace approximation.

Beneath all of it: y ~ Poisson(E exp(b0 + x)), x = sigma (sqrt(phi) u + sqrt(1 - phi) v), where u is
the scaled field, v independent, and an area without neighbours has x = sigma v. With u and b0
integrated over, each step of Newton's method is one factoring of a sparse matrix of the map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vawg_geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vawg_geo.measures.risk.field import Field, Solved

    Numbers = NDArray[np.float64]

__all__ = ["Events", "Fit", "fit_log_risks", "variances"]

_CLOSE: Final = 1e-5
_MOST_STEPS: Final = 100
# Longest step of a log risk: exp() of a longer one overshoots.
_LONGEST: Final = 2.0


@dataclass(frozen=True, eq=False)
class Events:
    """Counts and what was expected, shape (n,) each; both 0 where there is no count."""

    counts: Numbers
    expected: Numbers


@dataclass(frozen=True, eq=False)
class Fit:
    """A Gaussian approximation of the log risks.

    Attributes
    ----------
    sigma, phi : float
        Under which it was made.
    eta : ndarray of float, shape (n,)
        Centre of the log risks.
    weight : ndarray of float, shape (n,)
        Curvature of each count's own likelihood there.
    own : ndarray of float, shape (n,)
        Variance of the independent part: sigma^2 (1 - phi), sigma^2 without neighbours.
    spatial : float
        Standard deviation of the structured part, sigma sqrt(phi).
    evidence : float
        Log marginal likelihood of the two parameters, but for a constant of counts and map.
    solved : Solved, optional
        Factored precision of the field; none where no area has a neighbour.
    level : tuple of float and ndarray
        Precision of b0 with the field integrated over, and what the field loses per unit of b0.
    """

    sigma: float
    phi: float
    eta: Numbers
    weight: Numbers
    own: Numbers
    spatial: float
    evidence: float
    solved: Solved | None
    level: tuple[float, Numbers]


def fit_log_risks(
    events: Events,
    field: Field,
    *,
    sigma: float,
    phi: float,
    start: Numbers | None = None,
    lifted: Numbers | float = 0.0,
) -> Fit:
    """Find the centre of the log risks by Newton's method.

    Parameters
    ----------
    events : Events
    field : Field
    sigma, phi : float
        Standard deviation, and share of the variance that is structured.
    start : ndarray of float, shape (n,), optional
        Log risks to begin from.
    lifted : ndarray of float, shape (n,), optional
        Half the variances of the log risks: with them the mean is sought instead of the mode, as
        E exp(eta + variance / 2) is what is expected of an area on average (variational Bayes).

    Returns
    -------
    Fit
    """
    y, expected = events.counts, events.expected
    own = np.full(field.n, sigma**2)
    own[field.at] *= 1 - phi
    spatial = sigma * np.sqrt(phi) if field.at.size else 0.0
    eta = _first_guess(events) if start is None else start
    for _ in range(_MOST_STEPS):
        weight = expected * np.exp(eta + lifted)
        share = weight / (1 + own * weight)
        pull = (eta * weight + y - weight) / (1 + own * weight)
        solved, mean, level, across = _centre(field, share, pull, spatial)
        new = mean + own * (pull - share * mean)
        longest = float(np.abs(new - eta).max())
        eta = eta + (new - eta) * min(1.0, _LONGEST / max(longest, _LONGEST))
        if longest < _CLOSE:
            break
    else:
        msg = (
            f"the smoothing of {len(y):,} areas did not settle in {_MOST_STEPS} steps "
            f"(standard deviation {sigma:.3g}, mixing {phi:.3g}). Check counts and expected."
        )
        raise InputError(msg)
    rest = y - weight
    prior = (own * rest**2).sum() + spatial * (across @ rest[field.at])
    determinant = np.log1p(own * weight).sum() + np.log(level[0])
    determinant += solved.log_determinant() if solved else 0.0
    evidence = (y * eta - weight).sum() - 0.5 * (prior + determinant)
    return Fit(
        sigma=sigma,
        phi=phi,
        eta=eta,
        weight=weight,
        own=own,
        spatial=spatial,
        evidence=float(evidence),
        solved=solved,
        level=level,
    )


def _first_guess(events: Events) -> Numbers:
    """Log ratios, half an event drawn to the whole map's."""
    whole = events.counts.sum() / events.expected.sum()
    return np.asarray(np.log((events.counts + 0.5) / (events.expected + 0.5 / whole)))


def _centre(
    field: Field, share: Numbers, pull: Numbers, spatial: float
) -> tuple[Solved | None, Numbers, tuple[float, Numbers], Numbers]:
    """Weighted least squares of the field and b0: factor, their sum by area, level, the field."""
    at = field.at
    if not at.size:
        total = float(share.sum())
        nothing = np.empty(0)
        return None, np.full(field.n, pull.sum() / total), (total, nothing), nothing
    solved = field.solved(spatial**2 * share[at])
    right = spatial * np.stack([pull[at], share[at]], axis=1)
    found = solved.solve(right)
    precision = float(share.sum() - right[:, 1] @ found[:, 1])
    base = float(pull.sum() - right[:, 1] @ found[:, 0]) / precision
    across = found[:, 0] - base * found[:, 1]
    mean = np.full(field.n, base)
    mean[at] += spatial * across
    return solved, mean, (precision, found[:, 1]), across


def variances(fits: Sequence[Fit], field: Field) -> Numbers:
    """Variances of the log risks under several fits of one map, shape (n, g).

    Notes
    -----
    Given b0 and u, a log risk has variance s / (1 + sD), s its own and D its weight; to that comes
    the variance of b0 + spatial u over (1 + sD)^2.
    """
    own = np.stack([fit.own for fit in fits], axis=1)
    weight = np.stack([fit.weight for fit in fits], axis=1)
    shrunk = 1 + own * weight
    base = np.array([1 / fit.level[0] for fit in fits])
    level = np.broadcast_to(base, own.shape).copy()
    solved: list[Any] = [fit.solved for fit in fits]
    if field.at.size:
        spatial = np.array([fit.spatial for fit in fits])
        free = field.inverse.diagonals([one.factor for one in solved])
        held = np.stack([one.ones**2 / one.sums[field.part] for one in solved], axis=1)
        lost = np.stack([fit.level[1] for fit in fits], axis=1)
        level[field.at] = spatial**2 * (free - held) + base * (1 - spatial * lost) ** 2
    return own / shrunk + level / shrunk**2
