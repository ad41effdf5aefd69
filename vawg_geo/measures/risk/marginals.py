"""Density of each area's log risk: its own likelihood times what all else says, mixed over fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vawg_geo.measures.risk.fit import Events, Fit

    Numbers = NDArray[np.float64]

__all__ = ["Marginals", "log_risk_densities", "quantile"]

# Standard deviations on either side of a fit's centre in which its density is computed.
_WIDE: Final = 6.5
# Places in all, on maps of few and of many areas. Few areas leave fits of different widths likely.
_PLACES, _PLACES_OF_MANY, _MANY_AREAS = 601, 151, 1_000


@dataclass(frozen=True, eq=False)
class Marginals:
    """Densities on evenly spaced places of each area.

    Attributes
    ----------
    places : ndarray of float, shape (n, k)
        Log risks.
    mass : ndarray of float, shape (n, k)
        Sums to 1 for each area.
    """

    places: Numbers
    mass: Numbers

    def mean_risk(self) -> Numbers:
        """Posterior mean of the relative risk, shape (n,)."""
        return np.asarray((self.mass * np.exp(self.places)).sum(axis=1))

    def mean_log_risk(self) -> Numbers:
        """Posterior mean of the log risk, shape (n,)."""
        return np.asarray((self.mass * self.places).sum(axis=1))

    def above(self, log_risk: float) -> Numbers:
        """Probability that the log risk is above a value, shape (n,)."""
        below = self._below()
        return np.array(
            [
                1 - np.interp(log_risk, places, part, left=0.0, right=1.0)
                for places, part in zip(self.places, below, strict=True)
            ]
        )

    def quantiles(self, shares: Sequence[float]) -> Numbers:
        """Log risks below which these shares of the density lie, shape (n, len(shares))."""
        below = self._below()
        return np.stack(
            [
                quantile(places, part, shares)
                for places, part in zip(self.places, below, strict=True)
            ]
        )

    def _below(self) -> Numbers:
        """Share of the density below each place: a place's own mass is half below it."""
        return np.asarray(np.cumsum(self.mass, axis=1) - 0.5 * self.mass)


def quantile(places: Numbers, below: Numbers, shares: Sequence[float]) -> Numbers:
    """Places below which these shares lie; `below` ascends from 0 to 1.

    Examples
    --------
    >>> quantile(np.array([1.0, 2.0, 3.0]), np.array([0.1, 0.5, 0.9]), [0.5, 0.7]).round(6).tolist()
    [2.0, 2.5]
    """
    return np.asarray(np.interp(shares, below, places))


def log_risk_densities(
    events: Events, fits: Sequence[Fit], spread: Numbers, shares: Numbers
) -> Marginals:
    """Mix the densities of each area's log risk under several fits.

    Parameters
    ----------
    events : Events
    fits : sequence of Fit, length g
    spread : ndarray of float, shape (n, g)
        Variances of the log risks under each.
    shares : ndarray of float, shape (g,)

    Returns
    -------
    Marginals

    Notes
    -----
    A fit's normal density of a log risk is that of its own count, as a parabola, times that of
    everything else. The parabola is taken out and the Poisson likelihood put in its place (Cseke
    and Heskes 2011, Journal of Machine Learning Research 12), which keeps the skew of small counts.
    """
    centre = np.stack([fit.eta for fit in fits], axis=1)
    reach = _WIDE * np.sqrt(spread)
    low, high = (centre - reach).min(axis=1), (centre + reach).max(axis=1)
    count = _PLACES if len(low) <= _MANY_AREAS else _PLACES_OF_MANY
    places = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, count)
    likelihood = events.counts[:, None] * places - events.expected[:, None] * np.exp(places)
    mass = np.zeros_like(places)
    for g, (fit, share) in enumerate(zip(fits, shares, strict=True)):
        rest = np.maximum(1 / spread[:, g] - fit.weight, 0.0)
        # About the centre: the slope of all else cancels that of the area's own parabola.
        slope = fit.weight - events.counts
        away = places - fit.eta[:, None]
        density = likelihood - 0.5 * rest[:, None] * away**2 + slope[:, None] * away
        density -= density.max(axis=1, keepdims=True)
        np.exp(density, out=density)
        density *= share / density.sum(axis=1, keepdims=True)
        mass += density
    return Marginals(places=places, mass=mass)
