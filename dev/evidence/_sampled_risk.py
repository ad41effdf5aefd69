"""The model of the smoothed risk, sampled: Hamiltonian Monte Carlo in plain numpy.

Written for itself, from the model's description and none of the package's code: dense matrices, an
eigendecomposition, 100 chains side by side. What it gives is what `smoothed_risk` is held to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

__all__ = ["Sampled", "sample_risk"]

_CHAINS = 100
_STEPS = 24
# P(sigma > 1) = 0.01 under an exponential prior.
_RATE = -np.log(0.01)


@dataclass(frozen=True, eq=False)
class Sampled:
    """What the chains gave.

    Attributes
    ----------
    risk, lower, upper, above : ndarray of float, shape (n,)
        Mean, 2.5 % and 97.5 % quantiles, share of draws above the threshold.
    error : ndarray of float, shape (n,)
        Standard error of `above`, from the means of the chains.
    sigma, phi : tuple of float
        Mean, 2.5 % and 97.5 % quantiles.
    r_hat : float
        The worst of all areas and of both parameters, chains split in halves.
    """

    risk: Numbers
    lower: Numbers
    upper: Numbers
    above: Numbers
    error: Numbers
    sigma: tuple[float, ...]
    phi: tuple[float, ...]
    r_hat: float


def structured(pairs: NDArray[np.int64], n: int) -> tuple[Numbers, NDArray[np.bool_]]:
    """Columns that turn standard normal numbers into the scaled field; and who has neighbours.

    Within each connected part the pseudo-inverse of the Laplacian is scaled so that the geometric
    mean of its diagonal is 1.
    """
    laplacian = np.zeros((n, n))
    for i, j in pairs:
        laplacian[i, j] = laplacian[j, i] = -1
    np.fill_diagonal(laplacian, -laplacian.sum(axis=1))
    columns = []
    left = set(range(n))
    while left:
        part, edge = set(), [min(left)]
        while edge:
            i = edge.pop()
            if i not in part:
                part.add(i)
                edge += np.flatnonzero(laplacian[i] < 0).tolist()
        left -= part
        if len(part) > 1:
            at = sorted(part)
            values, vectors = np.linalg.eigh(laplacian[np.ix_(at, at)])
            half = vectors[:, 1:] / np.sqrt(values[1:])
            scale = np.exp(np.log((half**2).sum(axis=1)).mean())
            block = np.zeros((n, len(at) - 1))
            block[at] = half / np.sqrt(scale)
            columns.append(block)
    has = np.diag(laplacian) > 0
    return np.hstack(columns) if columns else np.zeros((n, 0)), has


class Posterior:
    """Log density and gradient, a row for each chain: b0, log sigma, logit phi, field, noise."""

    def __init__(self, counts: Numbers, expected: Numbers, pairs: NDArray[np.int64]) -> None:
        self.y, self.e = counts, expected
        self.n = counts.size
        self.field, self.has = structured(pairs, self.n)
        self.k = self.field.shape[1]
        self.size = 3 + self.k + self.n

    def eta(self, q: Numbers) -> tuple[Numbers, ...]:
        """Log risks, and what they are made of."""
        sigma = np.exp(q[:, 1:2])
        phi = 1 / (1 + np.exp(-q[:, 2:3]))
        u = q[:, 3 : 3 + self.k] @ self.field.T
        v = q[:, 3 + self.k :]
        mixed = np.where(self.has, np.sqrt(phi) * u + np.sqrt(1 - phi) * v, v)
        return q[:, :1] + sigma * mixed, sigma, phi, u, v, mixed

    def __call__(self, q: Numbers) -> tuple[Numbers, Numbers]:
        eta, sigma, phi, u, v, mixed = self.eta(q)
        expected = self.e * np.exp(np.minimum(eta, 50))
        density = (self.y * eta - expected).sum(axis=1) - 0.5 * (q[:, 3:] ** 2).sum(axis=1)
        # Exponential sigma, uniform phi; the Jacobians of log and logit.
        density += -_RATE * sigma[:, 0] + q[:, 1] + np.log(phi[:, 0]) + np.log1p(-phi[:, 0])
        slope = self.y - expected
        gradient = np.empty_like(q)
        gradient[:, 0] = slope.sum(axis=1)
        gradient[:, 1] = sigma[:, 0] * (slope * mixed).sum(axis=1) - _RATE * sigma[:, 0] + 1
        turn = 0.5 * (np.sqrt(phi) * (1 - phi) * u - phi * np.sqrt(1 - phi) * v)
        gradient[:, 2] = (slope * sigma * np.where(self.has, turn, 0)).sum(axis=1)
        gradient[:, 2] += 1 - 2 * phi[:, 0]
        gradient[:, 3 : 3 + self.k] = sigma * np.sqrt(phi) * (slope @ self.field)
        gradient[:, 3 + self.k :] = sigma * np.where(self.has, np.sqrt(1 - phi), 1) * slope
        gradient[:, 3:] -= q[:, 3:]
        return density, gradient


def sample_risk(
    counts: Numbers,
    expected: Numbers,
    pairs: NDArray[np.int64],
    *,
    threshold: float = 1.0,
    draws: int = 3000,
    seed: int = 1,
) -> Sampled:
    """Sample the posterior.

    Parameters
    ----------
    counts, expected : ndarray of float, shape (n,)
    pairs : ndarray of int, shape (m, 2)
        Neighbours, each pair once.
    threshold : float
    draws : int
        Of each of 100 chains; a third as many are thrown away before.
    seed : int

    Returns
    -------
    Sampled
    """
    posterior = Posterior(counts, expected, pairs)
    rng = np.random.default_rng(seed)
    scale = np.ones(posterior.size)
    scale[:3] = 1 / np.sqrt(counts.sum()), 0.3, 1.0
    q = rng.normal(0, 0.3, (_CHAINS, posterior.size))
    q[:, 0] = np.log(counts.sum() / expected.sum())
    q[:, 1] -= 1
    here = posterior(q)
    step, warm = 0.1, draws // 3
    kept = np.empty((draws, _CHAINS, posterior.n), dtype=np.float32)
    both = np.empty((draws, _CHAINS, 2))
    for turn in range(-warm, draws):
        q, here, accepted = _move(posterior, q, here, step * scale, rng)
        if turn < 0:
            step *= np.exp((accepted - 0.85) / np.sqrt(turn + warm + 10))
        else:
            kept[turn] = np.exp(posterior.eta(q)[0])
            both[turn] = np.c_[np.exp(q[:, 1]), 1 / (1 + np.exp(-q[:, 2]))]
    return _told(kept, both, threshold)


def _move(
    posterior: Posterior,
    q: Numbers,
    here: tuple[Numbers, Numbers],
    step: Numbers,
    rng: np.random.Generator,
) -> tuple[Numbers, tuple[Numbers, Numbers], float]:
    """One Hamiltonian move of all chains; the path's length is drawn anew each time."""
    steps = int(rng.integers(_STEPS // 2, _STEPS + 1))
    density, gradient = here
    momentum = rng.standard_normal(q.shape)
    energy = density - 0.5 * (momentum**2).sum(axis=1)
    new, slope = q, gradient
    p = momentum + 0.5 * step * slope
    for left in range(steps, 0, -1):
        new = new + step * p
        there, slope = posterior(new)
        p = p + (1.0 if left > 1 else 0.5) * step * slope
    with np.errstate(over="ignore", invalid="ignore"):
        chance = np.exp(np.minimum(0, there - 0.5 * (p**2).sum(axis=1) - energy))
    chance = np.nan_to_num(chance)
    take = rng.random(_CHAINS) < chance
    q = np.where(take[:, None], new, q)
    here = (np.where(take, there, density), np.where(take[:, None], slope, gradient))
    return q, here, float(chance.mean())


def _told(kept: NDArray[np.float32], both: Numbers, threshold: float) -> Sampled:
    above = (kept > threshold).mean(axis=0)
    flat = kept.reshape(-1, kept.shape[2])
    lower, upper = np.quantile(flat, (0.025, 0.975), axis=0)
    pair = both.reshape(-1, 2)
    told = [
        (float(each.mean()), *(float(cut) for cut in np.quantile(each, (0.025, 0.975))))
        for each in pair.T
    ]
    worst = max(_r_hat(np.log(kept)), _r_hat(np.log(both)))
    return Sampled(
        risk=flat.mean(axis=0, dtype=float),
        lower=lower,
        upper=upper,
        above=above.mean(axis=0),
        error=above.std(axis=0, ddof=1) / np.sqrt(_CHAINS),
        sigma=told[0],
        phi=told[1],
        r_hat=worst,
    )


def _r_hat(draws: NDArray[np.floating]) -> float:
    """Gelman and Rubin's statistic of split chains, the worst of all columns."""
    half = len(draws) // 2
    chains = np.concatenate([draws[:half], draws[half : 2 * half]], axis=1).astype(float)
    within = chains.var(axis=0, ddof=1).mean(axis=0)
    between = chains.mean(axis=0).var(axis=0, ddof=1)
    return float(np.sqrt((half - 1) / half + between / within).max())
