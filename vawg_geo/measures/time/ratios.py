"""Two counts of an area, one after the other: their ratio, its limits, and whether it is 1.

Given both counts together the later one is binomial, and the limits of its share are those of the
ratio. Areas that vary from year to year by more than chance have a factor, the variance of the
later count over that of a binomial one: with 1 everything here is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import betainc, betaincinv, gammaln

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.intervals import exact_interval, tail_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

__all__ = ["Ends", "difference_interval", "ratio_interval", "ratio_p_values", "relative_ratios"]

# Halvings of a search for a limit: a range of a million times and back, to 1e-13 of the logarithm.
_HALVINGS: Final = 48
_WIDEST: Final = 14.0
# Counts beyond so many standard deviations add nothing to a tail that can be told apart.
_DEVIATIONS: Final = 12.0
_AT_LEAST: Final = 60


@dataclass(frozen=True, kw_only=True, eq=False)
class Ends:
    """Events and residents of areas in an earlier and in a later period.

    Attributes
    ----------
    events_from, events_to : ndarray of float, shape (n,)
        Whole numbers; NaN where there is no count.
    people_from, people_to : ndarray of float, shape (n,)
        Above 0; NaN where there is none.
    """

    events_from: Column
    events_to: Column
    people_from: Column
    people_to: Column

    def __post_init__(self) -> None:
        """Refuse what is no pair of counts."""
        for events in (self.events_from, self.events_to):
            if (bad := events < 0).any():
                msg = (
                    f"{int(bad.sum()):,} of {bad.size:,} counts are negative; first: "
                    f"{events[bad][0]:g}. Correct the counts."
                )
                raise InputError(msg)

    def part(self, rows: slice) -> Ends:
        """Some of the areas."""
        return Ends(
            events_from=self.events_from[rows],
            events_to=self.events_to[rows],
            people_from=self.people_from[rows],
            people_to=self.people_to[rows],
        )

    @property
    def known(self) -> NDArray[np.bool_]:
        """Areas with a count and residents at both ends."""
        counts = ~np.isnan(self.events_from) & ~np.isnan(self.events_to)
        known: NDArray[np.bool_] = counts & (self.people_from > 0) & (self.people_to > 0)
        return known

    @property
    def together(self) -> Column:
        """Events of both periods."""
        return self.events_from + self.events_to

    @property
    def share(self) -> Column:
        """Share of the later events that residents alone would give."""
        share: Column = self.people_to / (self.people_from + self.people_to)
        return share

    @property
    def ratio(self) -> Column:
        """Later rate over the earlier; infinite from no events, NaN where there were none at all.

        Examples
        --------
        >>> one = np.array([1000.0, 1000.0, 1000.0])
        >>> Ends(events_from=np.array([10.0, 0, 0]), events_to=np.array([15.0, 4, 0]),
        ...      people_from=one, people_to=one).ratio.tolist()
        [1.5, inf, nan]
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = self.events_to / self.events_from * (self.people_from / self.people_to)
        return np.where(self.known, ratio, np.nan)


def ratio_interval(
    ends: Ends, *, factor: Column | float = 1.0, confidence: float = 0.95
) -> tuple[Column, Column]:
    """Limits of the ratio of two rates, given the events of both together.

    Parameters
    ----------
    ends : Ends
    factor : ndarray of float, shape (n,), or float
        Variance of the later count, given both together, over that of a binomial count.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    lower, upper : ndarray of float, shape (n,)
        0 and infinite where one or both periods had no events; NaN where a count is not known.

    Raises
    ------
    InputError
        A confidence outside (0, 1).

    Notes
    -----
    With x1 and x2 events and n1 and n2 residents, x2 is binomial with p = r n2 / (r n2 + n1); the
    Clopper-Pearson limits of p give those of the ratio r. Przyborowski and Wilenski (1940),
    Biometrika 31, 313-323. With a factor f the beta distributions of the limits have their
    parameters divided by it, as for so many fewer events: Korn and Graubard (1998), Survey
    Methodology 24, 193-201.

    Examples
    --------
    >>> ends = Ends(events_from=np.array([10.0]), events_to=np.array([20.0]),
    ...             people_from=np.array([1000.0]), people_to=np.array([1000.0]))
    >>> lower, upper = ratio_interval(ends)
    >>> lower.round(4).tolist(), upper.round(4).tolist()
    ([0.8935], [4.7846])
    """
    tail = tail_of(confidence)
    x1, x2, known = ends.events_from, ends.events_to, ends.known
    with np.errstate(divide="ignore", invalid="ignore"):
        low = betaincinv(np.where(x2 > 0, x2, 1) / factor, (x1 + 1) / factor, tail)
        # From the other end, so that a ratio far above 1 loses no digits in 1 - p.
        rest = betaincinv(np.where(x1 > 0, x1, 1) / factor, (x2 + 1) / factor, tail)
        people = ends.people_from / ends.people_to
        lower = np.where(x2 > 0, low / (1 - low), 0.0) * people
        upper = np.where(x1 > 0, (1 - rest) / rest, np.inf) * people
    return np.where(known, lower, np.nan), np.where(known, upper, np.nan)


def ratio_p_values(ends: Ends, *, factor: Column | float = 1.0) -> Column:
    """Two-sided p of a ratio of 1: twice the smaller tail, at most 1.

    Parameters as for `ratio_interval`; 1 where neither period had an event.

    Examples
    --------
    >>> ends = Ends(events_from=np.array([10.0]), events_to=np.array([20.0]),
    ...             people_from=np.array([1000.0]), people_to=np.array([1000.0]))
    >>> ratio_p_values(ends).round(4).tolist()
    [0.0987]
    """
    x1, x2, share = ends.events_from, ends.events_to, ends.share
    up = betainc(np.where(x2 > 0, x2, 1) / factor, (x1 + 1) / factor, share)
    down = betainc(np.where(x1 > 0, x1, 1) / factor, (x2 + 1) / factor, 1 - share)
    tail = np.minimum(np.where(x2 > 0, up, 1.0), np.where(x1 > 0, down, 1.0))
    return np.where(ends.known, np.minimum(2 * tail, 1.0), np.nan)


def difference_interval(
    ends: Ends, *, factor: Column | float = 1.0, confidence: float = 0.95
) -> tuple[Column, Column, Column]:
    """Later rate less the earlier, in events per person, with limits.

    Parameters
    ----------
    ends, factor, confidence : as for `ratio_interval`

    Returns
    -------
    difference, lower, upper : ndarray of float, shape (n,)

    Notes
    -----
    From the exact limits l and u of each rate: d - sqrt((r2 - l2)^2 + (u1 - r1)^2), and likewise
    above. Zou and Donner (2008), Statistics in Medicine 27, 1693-1702. With a factor the limits
    are those of so many fewer events.

    Examples
    --------
    >>> ends = Ends(events_from=np.array([10.0]), events_to=np.array([20.0]),
    ...             people_from=np.array([1000.0]), people_to=np.array([1000.0]))
    >>> [round(1000 * float(value[0]), 2) for value in difference_interval(ends)]
    [10.0, -1.44, 22.07]
    """
    rates, below, above = [], [], []
    for events, people in (
        (ends.events_from, ends.people_from),
        (ends.events_to, ends.people_to),
    ):
        lower, upper = exact_interval(events / factor, confidence=confidence)
        rates.append(events / people)
        below.append((events - lower * factor) / people)
        above.append((upper * factor - events) / people)
    difference = np.where(ends.known, rates[1] - rates[0], np.nan)
    return (
        difference,
        difference - np.hypot(below[1], above[0]),
        difference + np.hypot(above[1], below[0]),
    )


def relative_ratios(
    ends: Ends,
    other: Ends,
    *,
    factor: Column | float = 1.0,
    other_factor: Column | float = 1.0,
    confidence: float = 0.95,
    limits: bool = True,
) -> dict[str, Column]:
    """The ratio of each area over that of another, which it is no part of.

    Parameters
    ----------
    ends, other : Ends
        Of the areas, and of what each is held against.
    factor, other_factor : ndarray of float, shape (n,), or float
        As for `ratio_interval`, of each.
    confidence : float
    limits : bool
        Whether limits are wanted, which take most of the time; NaN without.

    Returns
    -------
    dict of str to ndarray of float, shape (n,)
        `ratio`, `lower`, `upper` and `p_value` (twice the smaller tail, at most 1); NaN where a
        count is not known, or the other area had no events in a period.

    Raises
    ------
    InputError
        A confidence outside (0, 1).

    Notes
    -----
    Given the events of each area in both periods, and those of both areas in the later one, the
    area's later events have Fisher's noncentral hypergeometric distribution with odds
    q n2 N1 / (n1 N2), q the ratio of ratios. It is Fisher's exact test where residents changed
    alike. With factors, counts stand in its binomial coefficients divided by them.

    Examples
    --------
    >>> people = dict(people_from=np.array([1000.0]), people_to=np.array([1000.0]))
    >>> ends = Ends(events_from=np.array([10.0]), events_to=np.array([20.0]), **people)
    >>> other = Ends(events_from=np.array([100.0]), events_to=np.array([120.0]), **people)
    >>> {name: round(float(one[0]), 4) for name, one in relative_ratios(ends, other).items()}
    {'ratio': 1.6667, 'lower': 0.7044, 'upper': 4.1735, 'p_value': 0.2894}
    """
    tail = tail_of(confidence)
    size = ends.events_to.shape
    factors = [np.broadcast_to(np.asarray(f, dtype=float), size) for f in (factor, other_factor)]
    known = ends.known & other.known & (other.events_from > 0) & (other.events_to > 0)
    ratio = np.full(size, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio[known] = (ends.ratio / other.ratio)[known]
        scale = ends.people_from * other.people_to / (ends.people_to * other.people_from)
    found = {"ratio": ratio, **{n: np.full(size, np.nan) for n in ("lower", "upper", "p_value")}}
    if not known.any():
        return found
    lattice = _Lattice.of(ends, other, known, factors)
    null = -np.log(scale[known])
    up, down = lattice.tails(null)
    found["p_value"][known] = np.minimum(2 * np.minimum(up, down), 1.0)
    if not limits:
        return found
    x1, x2 = ends.events_from[known], ends.events_to[known]
    low = np.where(x2 > 0, np.exp(lattice.limit(null, tail, upper=False)), 0.0)
    high = np.where(x1 > 0, np.exp(lattice.limit(null, tail, upper=True)), np.inf)
    found["lower"][known], found["upper"][known] = low * scale[known], high * scale[known]
    return found


@dataclass(frozen=True, kw_only=True, eq=False)
class _Lattice:
    """The later counts that areas could have had, one area after the other.

    Attributes
    ----------
    weight : ndarray, shape (m,)
        Logarithm of each count's weight at odds of 1.
    step : ndarray, shape (m,)
        Its distance from the count that there was, over the factor.
    starts, owner : ndarray of int
        Where each area begins, and whose each count is.
    """

    weight: Column
    step: Column
    starts: NDArray[np.int64]
    owner: NDArray[np.int64]

    @classmethod
    def of(
        cls, ends: Ends, other: Ends, known: NDArray[np.bool_], factors: list[Column]
    ) -> _Lattice:
        x1, x2, y1, y2 = (
            events[known]
            for events in (ends.events_from, ends.events_to, other.events_from, other.events_to)
        )
        f, g = factors[0][known], factors[1][known]
        total = x1 + x2
        usual = total * ends.share[known]
        reach = np.ceil(_DEVIATIONS * np.sqrt(total * f) / 2 + _AT_LEAST)
        # The other area's later events cannot fall below none, nor its earlier ones.
        first = np.maximum(np.ceil(x2 - f * y1 / g), np.floor(np.minimum(x2, usual) - reach))
        last = np.minimum(np.floor(x2 + f * y2 / g), np.ceil(np.maximum(x2, usual) + reach))
        first, last = np.maximum(first, 0), np.minimum(last, total)
        sizes = (last - first + 1).astype(np.int64)
        starts = np.r_[0, np.cumsum(sizes)[:-1]]
        owner = np.repeat(np.arange(sizes.size), sizes)
        k = np.arange(sizes.sum()) - starts[owner] + first[owner]
        step = (k - x2[owner]) / f[owner]
        weight = -gammaln(k / f[owner] + 1) - gammaln((total[owner] - k) / f[owner] + 1)
        weight -= gammaln(y2[owner] / g[owner] - step + 1)
        weight -= gammaln(y1[owner] / g[owner] + step + 1)
        return cls(weight=weight, step=step, starts=starts, owner=owner)

    def tails(self, odds: Column) -> tuple[Column, Column]:
        """Chances of the later count or more, and of it or fewer, at logarithms of odds."""
        power = self.weight + self.step * odds[self.owner]
        top = np.maximum.reduceat(power, self.starts)
        chance = np.exp(power - top[self.owner])
        whole = np.add.reduceat(chance, self.starts)
        up = np.add.reduceat(np.where(self.step >= 0, chance, 0.0), self.starts)
        down = np.add.reduceat(np.where(self.step <= 0, chance, 0.0), self.starts)
        return up / whole, down / whole

    def limit(self, null: Column, tail: float, *, upper: bool) -> Column:
        """Logarithms of the odds at which a tail is so small."""
        low, high = null - _WIDEST, null + _WIDEST
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            up, down = self.tails(middle)
            too_low = down > tail if upper else up < tail
            low, high = np.where(too_low, middle, low), np.where(too_low, high, middle)
        found: Column = (low + high) / 2
        return found
