"""Rates of small areas: shrunk towards a mean, or standardised for their different populations.

A ward of 2,000 residents has a high or a low rate by chance where one of 10,000 has not.
Empirical Bayes weighs each area's own rate against a mean by how much of its difference chance
can explain. Ours rather than `esda.smoothing`: that takes whole, complete tables only, shrinks by
a negative weight where the rates vary less than chance would have them vary, has no way to say how
much of a value is the area's own, and importing it costs seconds. Equal to it in tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, did_you_mean
from vawg_geo.measures.rates.aligned import as_events, require_same_areas
from vawg_geo.terms.graph import Neighbours, as_neighbours

if TYPE_CHECKING:
    from libpysal.graph import Graph
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "LOCAL_FORMS",
    "LocalForm",
    "Prior",
    "assuncao_reis",
    "empirical_bayes",
    "marshall_prior",
    "standardised_rates",
]

LocalForm = Literal["neighbourhood", "neighbours-own"]
LOCAL_FORMS: Final[tuple[str, ...]] = get_args(LocalForm)

# A difference between a rate and the mean below this share of the mean is rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Prior:
    """What Marshall's method takes all areas' rates to come from.

    Attributes
    ----------
    mean : float
        Events per person (b).
    variance : float
        Of the true rates between areas (a). Below zero where the observed rates vary less than
        chance alone would have them vary; shrinkage then takes it as zero.
    """

    mean: float
    variance: float


def empirical_bayes(
    counts: ArrayLike,
    population: ArrayLike,
    graph: Graph | Neighbours | None = None,
    *,
    per: float = 1000,
    local_form: str = "neighbourhood",
) -> pd.DataFrame:
    """Rates shrunk towards the mean of all areas, or of an area and its neighbours.

    Parameters
    ----------
    counts : array-like or pandas.Series, length n
        Events. An area without a count (NaN, NA) has no rate and is in nobody's mean.
    population : array-like or pandas.Series, length n
        Persons, above zero wherever there is a count.
    graph : Graph or Neighbours, optional
        With it the mean and the variance are of each area with its neighbours; weights are not
        used. Without it they are of all areas.
    per : float
        Persons that a rate is per.
    local_form : {"neighbourhood", "neighbours-own"}
        With a graph: what the rates of an area's neighbourhood are held against to see how they
        vary. `neighbourhood`: all against that neighbourhood's one mean, which is Marshall's form,
        GeoDa's, and spdep's with `geoda = TRUE`. `neighbours-own`: each against the mean of its own
        neighbourhood, which is spdep's default. On real maps some areas' rates differ by a fifth to
        a half between the two.

    Returns
    -------
    pandas.DataFrame, n rows
        `rate` and `smoothed` (per `per` persons) and `own_share` (0 to 1): the weight that the
        area's own rate has in the smoothed one, its part in the mean included. What is not the
        area's own is borrowed from other areas. Indexed as `counts`, else by the graph's ids.

    Raises
    ------
    InputError
        Indexes differ from the graph's ids, a count is negative or has no population, the form is
        unknown.

    Notes
    -----
    smoothed = B e/x + (1 - B) m, B = a / (a + m/x), with the moments of `marshall_prior` and a
    below zero taken as zero; own_share = B + (1 - B) x / sum of the x that m is made of. With a
    graph, m and a are of the area and its neighbours; an area without neighbours keeps its own
    rate. Source: Marshall (1991), Applied Statistics 40; Bivand and Wong (2018), TEST 27, for
    spdep.

    The two local forms differ in a_i = sum_j(x_j (e_j/x_j - m)^2) / sum_j(x_j) - m_i / mean_j(x_j),
    j over the area and its neighbours: m is m_i in the one and m_j in the other.

    Examples
    --------
    >>> empirical_bayes([0, 12, 80], [500, 1000, 10000]).round(3)
       rate  smoothed  own_share
    0   0.0     7.077      0.154
    1  12.0     8.828      0.276
    2   8.0     8.000      0.964
    """
    if local_form not in LOCAL_FORMS:
        listed = f"Choose {' or '.join(LOCAL_FORMS)}."
        told = did_you_mean(str(local_form), LOCAL_FORMS, otherwise=listed)
        msg = f"{local_form!r} is no local form of empirical Bayes. {told}"
        raise InputError(msg)
    neighbours = None if graph is None else as_neighbours(graph)
    ids = _ids_of(counts, population) if neighbours is None else neighbours.ids
    events, people = as_events(counts, population, ids)
    has_count = ~np.isnan(events)
    columns = np.full((3, len(ids)), np.nan)
    if has_count.any():
        columns[:, has_count] = (
            _shrunk(events[has_count], people[has_count])
            if neighbours is None
            else _shrunk_locally(
                events[has_count], people[has_count], neighbours.among(has_count), form=local_form
            )
        )
    rate, smoothed, own = columns
    return pd.DataFrame(
        {"rate": rate * per, "smoothed": smoothed * per, "own_share": own},
        index=_index_of(counts, population, ids),
    )


def assuncao_reis(counts: ArrayLike, population: ArrayLike) -> pd.DataFrame:
    """Rates standardised for their populations, for statistics of spatial association.

    Parameters
    ----------
    counts : array-like or pandas.Series, length n
        Events; an area without a count (NaN, NA) has no value and is in nobody's mean.
    population : array-like or pandas.Series, length n
        Persons, above zero wherever there is a count.

    Returns
    -------
    pandas.DataFrame, n rows
        `z`, the difference between the area's rate and the mean in standard deviations, and
        `own_share` as in `empirical_bayes`: how much of the smoothed rate that belongs to the
        same model is the area's own.

    Notes
    -----
    z = (e/x - b) / sqrt(a + b/x) with the moments of `marshall_prior`; where a + b/x is not above
    zero, b/x stands for it, as in esda, spdep and GeoDa. Where there are no events at all, or no
    difference beyond rounding, z is 0. Source: Assuncao and Reis (1999), Statistics in Medicine 18.

    Examples
    --------
    >>> counts = [30, 25, 25, 15, 33, 21, 30, 20]
    >>> persons = [100, 100, 110, 90, 100, 90, 110, 90]
    >>> assuncao_reis(counts, persons)["z"].head(3).round(4).tolist()
    [1.0384, -0.041, -0.5625]
    """
    ids = _ids_of(counts, population)
    events, people = as_events(counts, population, ids)
    has_count = ~np.isnan(events)
    columns = np.full((2, len(ids)), np.nan)
    if has_count.any():
        columns[0, has_count] = standardised_rates(events[has_count], people[has_count])
        columns[1, has_count] = _shrunk(events[has_count], people[has_count])[2]
    index = _index_of(counts, population, ids)
    return pd.DataFrame({"z": columns[0], "own_share": columns[1]}, index=index)


def standardised_rates(
    events: NDArray[np.float64], people: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Column `z` of `assuncao_reis` for checked arrays without gaps."""
    prior = marshall_prior(events, people)
    chance = prior.mean / people
    variance = prior.variance + chance
    variance = np.where(variance > 0, variance, chance)
    gap = events / people - prior.mean
    # Equal rates must tie: what rounding leaves of them is no pattern.
    gap[np.abs(gap) <= _ROUNDING * prior.mean] = 0.0
    return np.divide(gap, np.sqrt(variance), out=np.zeros_like(gap), where=variance > 0)


def marshall_prior(events: NDArray[np.float64], people: NDArray[np.float64]) -> Prior:
    """Mean and variance between areas of the rates, by moments (Marshall 1991).

    Parameters
    ----------
    events, people : ndarray of float, shape (n,)
        Checked, without gaps, of one area at least.

    Returns
    -------
    Prior

    Notes
    -----
    b = sum(e) / sum(x); a = sum(x (e/x - b)^2) / sum(x) - b / mean(x).

    Examples
    --------
    >>> marshall_prior(np.array([2.0, 4.0, 9.0]), np.full(3, 1000.0))
    Prior(mean=0.005, variance=3.66...e-06)
    """
    mean = events.sum() / people.sum()
    spread = (people * (events / people - mean) ** 2).sum() / people.sum()
    return Prior(float(mean), float(spread - mean / people.mean()))


def _shrunk(
    events: NDArray[np.float64], people: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    prior = marshall_prior(events, people)
    mean = np.full(people.size, prior.mean)
    variance = np.full(people.size, prior.variance)
    part = people / people.sum()
    return _towards(events, people, mean=mean, variance=variance, part=part)


def _shrunk_locally(
    events: NDArray[np.float64], people: NDArray[np.float64], neighbours: Neighbours, *, form: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    rows, others, n = neighbours.rows, neighbours.others, neighbours.n
    rate = events / people

    def with_neighbours(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values + np.bincount(rows, values[others], minlength=n)

    persons = with_neighbours(people)
    mean = with_neighbours(events) / persons
    against = mean[rows] if form == "neighbourhood" else mean[others]
    around = np.bincount(rows, people[others] * (rate[others] - against) ** 2, minlength=n)
    spread = (around + people * (rate - mean) ** 2) / persons
    variance = spread - mean * (neighbours.degree + 1) / persons
    return _towards(events, people, mean=mean, variance=variance, part=people / persons)


def _towards(
    events: NDArray[np.float64],
    people: NDArray[np.float64],
    *,
    mean: NDArray[np.float64],
    variance: NDArray[np.float64],
    part: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Rate, shrunk rate and the area's own share in it."""
    between = np.maximum(variance, 0.0)
    total = between + mean / people
    weight = np.divide(between, total, out=np.zeros_like(total), where=total > 0)
    rate = events / people
    return rate, weight * rate + (1 - weight) * mean, weight + (1 - weight) * part


def _ids_of(counts: ArrayLike, population: ArrayLike) -> list[object]:
    """Areas where no graph names them: those of the Series, which must agree, else numbers."""
    named = [given for given in (counts, population) if isinstance(given, pd.Series)]
    if not named:
        return list(range(np.size(np.asarray(counts))))
    ids = list(named[0].index)
    if len(named) > 1:
        require_same_areas(named[1].index, ids, what="populations", than="counts")
    return ids


def _index_of(counts: ArrayLike, population: ArrayLike, ids: object) -> pd.Index:
    for given in (counts, population):
        if isinstance(given, pd.Series):
            return given.index
    return pd.Index(list(ids))  # type: ignore[call-overload]
