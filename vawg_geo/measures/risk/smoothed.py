"""Smoothed relative risks with the probability that they are above a threshold.

An area's risk leans on its neighbours' and on the whole map's, the more the fewer events it has.
How much of the difference between areas is a pattern of neighbours and how much is each area's own
is estimated from the counts (the model of Riebler and others 2016, BYM2). No random numbers are
drawn: the same counts give the same figures. Held to a sampler of the same model in
`docs/smoothed_risk.csv`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.measures.rates.aligned import as_numbers
from vawg_geo.measures.risk.field import Field, build_field
from vawg_geo.measures.risk.fit import Events, Fit, fit_log_risks, variances
from vawg_geo.measures.risk.lattice import Density, likely_points
from vawg_geo.measures.risk.marginals import Marginals, log_risk_densities, quantile
from vawg_geo.terms.graph import Neighbours, as_neighbours

if TYPE_CHECKING:
    from libpysal.graph import Graph
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

__all__ = ["Estimate", "SmoothedRisk", "smoothed_risk"]

# P(sigma > 1) = 0.01: an exponential prior, the penalised complexity prior of a deviation.
_RATE: Final = -float(np.log(0.01))
# Of the lattice of the two parameters, in standard deviations. Many areas tell them sharply, and
# their density is close to a normal one.
_FINE, _COARSE, _MANY_AREAS = 1.0, 1.5, 1_000
# A standard deviation of log risks from which the likely ones are sought.
_START: Final = 0.4


@dataclass(frozen=True)
class Estimate:
    """A parameter: posterior mean and limits."""

    mean: float
    lower: float
    upper: float


@dataclass(frozen=True, eq=False)
class SmoothedRisk:
    """Smoothed risks of a map.

    Attributes
    ----------
    areas : pandas.DataFrame, n rows
        `risk`, the posterior mean of the relative risk; `lower` and `upper`, its quantiles;
        `probability`, from 0 to 1, that it is above the threshold. NaN where there is no count or
        nothing was expected. Indexed as the counts, else by the neighbours' ids.
    threshold, confidence : float
    sigma : Estimate
        Standard deviation of the log risks between areas.
    mixing : Estimate
        Share of that variance that is a pattern of neighbours, 0 to 1; NaN where no area has a
        neighbour.
    effective : float
        Effective number of parameters: how many areas' worth of freedom the map keeps.
    dic : float
        Deviance information criterion, for comparing maps of the same counts: lower is better.
    """

    areas: pd.DataFrame
    threshold: float
    confidence: float
    sigma: Estimate
    mixing: Estimate
    effective: float
    dic: float


def smoothed_risk(
    counts: ArrayLike,
    expected: ArrayLike,
    neighbours: Graph | Neighbours,
    *,
    threshold: float = 1.0,
    confidence: float = 0.95,
) -> SmoothedRisk:
    """Smooth the relative risks of a map, and say how sure it is that they are high.

    Parameters
    ----------
    counts : array-like or pandas.Series, length n
        Events. An area without a count (NaN, NA) gets no risk and lends none; its neighbours are
        still neighbours through it.
    expected : array-like or pandas.Series, length n
        Events that there would be at a risk of 1, as population times the rate of the whole. Where
        it is 0, and the count too, there is no risk.
    neighbours : Graph or Neighbours
        Weights are not used; two areas are neighbours where either names the other.
    threshold : float
        Relative risk, above 0, that the probability is of.
    confidence : float
        Of the limits, between 0 and 1.

    Returns
    -------
    SmoothedRisk

    Raises
    ------
    InputError
        Indexes differ from the neighbours' ids, a count or an expected number is negative, events
        stand where none were expected, there is no event at all, or an option is out of range.

    Notes
    -----
    y ~ Poisson(E exp(b0 + x)), x = sigma (sqrt(phi) u + sqrt(1 - phi) v): u an intrinsic
    conditional autoregressive field, scaled in each connected part so that the geometric mean of
    its variances is 1, v independent and standard normal; an area without neighbours has
    x = sigma v. Priors: b0 flat, sigma exponential with P(sigma > 1) = 0.01, phi uniform.
    At each point of a lattice of (log sigma, logit phi): the mode and its Laplace approximation of
    the evidence; the mean by a variational correction (van Niekerk and Rue 2024, Journal of
    Machine Learning Research 25); and of each area its density in full, its own Poisson likelihood
    times the normal density that all else gives it. The answer is their mixture.

    Sources: Riebler, Sorbye, Simpson and Rue (2016), Statistical Methods in Medical Research 25;
    Freni-Sterrantino, Ventrucci and Rue (2018), Spatial and Spatio-temporal Epidemiology 26;
    Rue, Martino and Chopin (2009), Journal of the Royal Statistical Society B 71.

    Examples
    --------
    >>> line = Neighbours.from_pairs(
    ...     ("a", "b", "c", "d"), np.array([0, 1, 1, 2, 2, 3]), np.array([1, 0, 2, 1, 3, 2])
    ... )
    >>> smoothed_risk([9, 30, 4, 2], [10, 10, 10, 10], line).areas.round(2)
       risk  lower  upper  probability
    a  0.96   0.47   1.63         0.41
    b  2.72   1.78   3.84         1.00
    c  0.50   0.19   0.97         0.02
    d  0.32   0.08   0.71         0.00
    """
    near = as_neighbours(neighbours)
    _require_options(threshold, confidence)
    events, known = _checked(counts, expected, near)
    field = build_field(near, has_count=known)
    modes, shares = _likely_fits(events, field)
    fits, spread = _about_the_mean(events, field, modes)
    densities = log_risk_densities(events, fits, spread, shares)
    lower, upper = np.exp(densities.quantiles(_tails(confidence))).T
    columns = {
        "risk": densities.mean_risk(),
        "lower": lower,
        "upper": upper,
        "probability": densities.above(float(np.log(threshold))),
    }
    index = counts.index if isinstance(counts, pd.Series) else pd.Index(list(near.ids))
    sigma, mixing = (
        _estimate(np.array([getattr(fit, name) for fit in fits]), shares, confidence)
        for name in ("sigma", "phi")
    )
    deviance, effective = _deviance(events, densities, known)
    return SmoothedRisk(
        areas=pd.DataFrame(columns, index=index).where(pd.Series(known, index=index), axis=0),
        threshold=threshold,
        confidence=confidence,
        sigma=sigma,
        mixing=mixing if field.at.size else Estimate(np.nan, np.nan, np.nan),
        effective=effective,
        dic=deviance + effective,
    )


def _require_options(threshold: float, confidence: float) -> None:
    if not (np.isfinite(threshold) and threshold > 0):
        msg = f"the threshold must be a relative risk above 0, not {threshold:g}. 1 is usual."
        raise InputError(msg)
    if not 0 < confidence < 1:
        msg = f"confidence must lie between 0 and 1, not {confidence:g}. 0.95 is usual."
        raise InputError(msg)


def _checked(
    counts: ArrayLike, expected: ArrayLike, near: Neighbours
) -> tuple[Events, NDArray[np.bool_]]:
    """Counts and expected in the areas' order, 0 where either is missing; and where neither is."""
    y = as_numbers(counts, near.ids, what="counts")
    e = as_numbers(expected, near.ids, what="expected numbers")
    for bad, what, shown, action in (
        (y < 0, "have a negative count", y, "Correct these counts."),
        (e < 0, "have a negative expected number", e, "Correct these numbers."),
        (
            (y > 0) & ~(e > 0),
            "have events where none are expected",
            y,
            "Give them an expected number above 0, or leave their counts out (NA).",
        ),
    ):
        if bad.any():
            first = int(np.argmax(bad))
            raise InputError(
                problem(
                    what,
                    bad=int(bad.sum()),
                    total=near.n,
                    noun="areas",
                    first=f"{near.ids[first]!r} ({shown[first]:g})",
                    action=action,
                )
            )
    known = ~np.isnan(y) & (e > 0)
    if not y[known].sum() > 0:
        msg = (
            f"{int(known.sum()):,} of {near.n:,} areas have a count and an expected number, and "
            "no event: there is no risk to smooth. Give counts with events."
        )
        raise InputError(msg)
    return Events(np.where(known, y, 0.0), np.where(known, e, 0.0)), known


def _likely_fits(events: Events, field: Field) -> tuple[list[Fit], Numbers]:
    """Fits at the likely points of (log sigma, logit phi), and the share of each.

    Where no area has a neighbour there is no mixing, and log sigma is alone.
    """
    last: dict[str, Numbers] = {}

    def found_at(point: Numbers) -> tuple[float, Fit]:
        phi = float(1 / (1 + np.exp(-point[1]))) if point.size > 1 else 0.0
        sigma = float(np.exp(point[0]))
        fit = fit_log_risks(events, field, sigma=sigma, phi=phi, start=last.get("eta"))
        last["eta"] = fit.eta
        # An exponential and a uniform prior, and the Jacobians of log and logit.
        prior = point[0] - _RATE * sigma
        if point.size > 1:
            prior -= np.logaddexp(0, point[1]) + np.logaddexp(0, -point[1])
        return fit.evidence + float(prior), fit

    start = np.array([np.log(_START), 0.0])[: 2 if field.at.size else 1]
    spacing = _COARSE if field.n > _MANY_AREAS else _FINE
    return likely_points(Density(found_at), start, spacing=spacing)


def _about_the_mean(events: Events, field: Field, modes: list[Fit]) -> tuple[list[Fit], Numbers]:
    """Fits about the mean in the place of those about the mode; their variances, shape (n, g)."""
    lifted = variances(modes, field) / 2
    means = [
        fit_log_risks(
            events, field, sigma=fit.sigma, phi=fit.phi, start=fit.eta, lifted=lifted[:, g]
        )
        for g, fit in enumerate(modes)
    ]
    return means, variances(means, field)


def _estimate(values: Numbers, shares: Numbers, confidence: float) -> Estimate:
    """Mean and limits of a parameter from its values on the lattice."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(shares[order]) - 0.5 * shares[order]
    lower, upper = quantile(values[order], below, _tails(confidence))
    return Estimate(float(shares @ values), float(lower), float(upper))


def _tails(confidence: float) -> tuple[float, float]:
    return (1 - confidence) / 2, (1 + confidence) / 2


def _deviance(
    events: Events, densities: Marginals, known: NDArray[np.bool_]
) -> tuple[float, float]:
    """Mean deviance, and what it exceeds that at the mean of the log risks by."""
    from scipy.special import gammaln

    y, expected = events.counts[known], events.expected[known]
    risk, centre = densities.mean_risk()[known], densities.mean_log_risk()[known]
    mean = 2 * (expected * risk - y * (centre + np.log(expected)) + gammaln(y + 1)).sum()
    return float(mean), float(2 * (expected * (risk - np.exp(centre))).sum())
