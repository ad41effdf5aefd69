"""On how few areas much of what is recorded falls, and whether they are the same as before.

With few events most areas have none by chance alone, so that even events that fall by residents
look concentrated: what chance alone gives stands beside every figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from vawg_geo.errors import InputError
from vawg_geo.measures.rates.aligned import as_floats
from vawg_geo.measures.rates.intervals import tail_of
from vawg_geo.measures.time.periods import Timeline
from vawg_geo.measures.time.table import GRAVEST, completed

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Numbers = NDArray[np.float64]

__all__ = ["areas_that_hold", "concentration", "gini", "lorenz_curve"]

_SERIES: Final = ["level", "indicator", "sex"]
_FIGURES: Final = (
    *("events", "areas_holding", "areas_holding_by_chance"),
    *("gini", "gini_by_chance", "gini_corrected", "gini_lower", "gini_upper"),
)
_COLUMNS: Final = (
    *(*_SERIES, "period", "areas", "share", *_FIGURES),
    *("period_before", "holding_before", "also_before", "holding_codes", "status", "note"),
)
_FEWEST_DRAWS: Final = 99
# Halvings of a search for what chance adds, and draws in each: so many numbers, or so many maps.
_HALVINGS: Final = 12
_MOST_TRIED: Final = 150_000
_FEWEST_TRIED: Final = 20
# Expected counts are at most so many times as far from an even share as the counts are.
_WIDEST: Final = 3.0


def lorenz_curve(events: ArrayLike) -> tuple[Numbers, Numbers]:
    """Share of events on the areas with the fewest, up to all areas.

    Parameters
    ----------
    events : array_like of float, shape (n,)
        Counts of all areas.

    Returns
    -------
    areas, share : ndarray of float, shape (n + 1,)
        Both from 0 to 1.

    Raises
    ------
    InputError
        A count is missing or negative, or there are no events.

    Examples
    --------
    >>> areas, share = lorenz_curve([6, 1, 3, 0])
    >>> share.tolist()
    [0.0, 0.0, 0.1, 0.4, 1.0]
    """
    x = np.sort(_all_known(events))
    return np.arange(x.size + 1) / x.size, np.r_[0.0, np.cumsum(x)] / x.sum()


def gini(events: ArrayLike) -> float:
    """Gini's coefficient of counts: 0 where all areas have as many, near 1 where one has all.

    Parameters
    ----------
    events : array_like of float, shape (n,)
        Counts of all areas.

    Returns
    -------
    float

    Raises
    ------
    InputError
        A count is missing or negative, or there are no events.

    Notes
    -----
    Twice the area between the Lorenz curve and the line of equal shares: with x in ascending order,
    sum((2 i - n - 1) x_i) / (n sum(x)).

    Examples
    --------
    >>> gini([5, 5, 5, 5]), gini([0, 0, 0, 8])
    (0.0, 0.75)
    """
    return float(_ginis(_all_known(events)[None, :])[0])


def areas_that_hold(events: ArrayLike, *, share: float = 0.5) -> NDArray[np.int64]:
    """Fewest areas that hold a share of all events.

    Parameters
    ----------
    events : array_like of float, shape (n,)
        Counts of all areas.
    share : float
        Above 0, 1 at most.

    Returns
    -------
    ndarray of int
        Their places, the area with the most events first; of areas with as many, the first.

    Raises
    ------
    InputError
        A count is missing or negative, there are no events, or the share is none.

    Examples
    --------
    >>> areas_that_hold([6, 1, 3, 0]).tolist()
    [0]
    """
    _require_share(share)
    x = _all_known(events)
    order = np.argsort(-x, kind="stable")
    return order[: int(_holding(x[None, :], share)[0])]


def concentration(
    rates: pd.DataFrame,
    *,
    share: float = 0.5,
    confidence: float = 0.95,
    draws: int = 999,
    seed: int = 12345,
) -> pd.DataFrame:
    """On how few areas of a level a share of all events falls, in each period.

    Parameters
    ----------
    rates : pandas.DataFrame
        `area_code`, `indicator`, `sex`, `period`, `count`, `population`, and `level` and `status`
        where they are known: all areas of a level.
    share : float
        Of the events; a half is usual.
    confidence : float
        Of the limits of Gini's coefficient.
    draws : int
        Of each kind, for what chance gives and for the limits; 99 at least.
    seed : int
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        A row for each level, indicator, sex and period, in time. `areas_holding` is how many areas
        hold the share, `areas_holding_by_chance` how many would if events fell by residents (the
        middle of the draws), `gini` and `gini_by_chance` likewise; `gini_corrected`, with its
        limits, is without what chance adds. `also_before` is how many of the areas that hold the
        share did so in `period_before` too, of `holding_before`; `holding_codes` are their codes,
        that with the most events first. Without figures where a count is hidden or missing, for
        then nobody can say what all areas have.

    Raises
    ------
    InputError
        A column is absent, the share or the number of draws is none, or periods are not understood,
        overlap or differ in length.

    Notes
    -----
    What chance adds: the counts are drawn together, towards those that residents alone would give,
    and where these are more unequal than the counts are, on towards as many everywhere, until
    Poisson counts about them have on average the coefficient of the counts that there are. The
    coefficient of what they were drawn together to is the corrected one. Its limits are those
    at which the coefficient that there is lies so many standard deviations from the mean of the
    draws (limits of a test turned round: Davison and Hinkley, 1997, Bootstrap Methods and their
    Application, 5.4). Bernasco and Steenbeek (2017), Journal of Quantitative Criminology 33,
    451-467, on why few events look concentrated.

    Examples
    --------
    >>> rates = pd.DataFrame({"area_code": [*"ABCDEFGH"], "indicator": "i", "sex": "persons",
    ...     "period": "2015/16", "count": [90, 60, 20, 10, 8, 6, 4, 2], "population": 1000.0})
    >>> found = concentration(rates).iloc[0]
    >>> int(found["areas_holding"]), int(found["areas_holding_by_chance"]), float(found["gini"])
    (2, 4, 0.5875)
    """
    table = completed(rates, "count", "population")
    _require_share(share)
    tail_of(confidence)
    if draws < _FEWEST_DRAWS:
        msg = f"limits need {_FEWEST_DRAWS} draws or more, not {draws}. 999 are usual."
        raise InputError(msg)
    rows: list[dict[str, Any]] = []
    for key, part in table.groupby(_SERIES, sort=False, dropna=False):
        about = dict(zip(_SERIES, key, strict=True))
        generator = np.random.default_rng(seed)
        before: dict[str, Any] = {"word": "", "codes": frozenset()}
        for word in Timeline.of(part["period"]).words:
            mine = part[part["period"] == word]
            row = _figures(mine, share, confidence, (generator, draws))
            codes = frozenset(str(row["holding_codes"]).split())
            if codes and before["codes"]:
                row |= {
                    "period_before": before["word"],
                    "holding_before": len(before["codes"]),
                    "also_before": len(codes & before["codes"]),
                }
            before = {"word": word, "codes": codes}
            rows.append(about | {"period": word, "share": share} | row)
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _figures(
    mine: pd.DataFrame,
    share: float,
    confidence: float,
    drawn: tuple[np.random.Generator, int],
) -> dict[str, Any]:
    """Figures of one period, or why there are none."""
    x, people = as_floats(mine["count"]), as_floats(mine["population"])
    row: dict[str, Any] = {"areas": x.size, "period_before": "", "holding_codes": "", "note": ""}
    lacking = np.isnan(x) | ~(people > 0)
    if lacking.any():
        words = set(mine.loc[lacking, "status"])
        status = next((word for word in GRAVEST if word in words), "missing")
        note = (
            f"{int(lacking.sum()):,} of {x.size:,} areas have no count or nobody who lives there: "
            "what all areas have cannot be said."
        )
        return row | {"status": status, "note": note}
    if not x.sum() > 0:
        return row | {"events": 0.0, "status": "zero", "note": "No events."}
    generator, number = drawn
    observed = gini(x)
    deviate = float(-ndtri(tail_of(confidence)))
    even = x.sum() * people / people.sum()
    corrected, lower, upper = (
        _without_chance(x, even, generator, deviate=k) for k in (0.0, deviate, -deviate)
    )
    chance = generator.multinomial(round(x.sum()), people / people.sum(), size=number).astype(float)
    held = areas_that_hold(x, share=share)
    return row | {
        "events": float(x.sum()),
        "areas_holding": float(held.size),
        "areas_holding_by_chance": float(np.median(_holding(chance, share))),
        "gini": observed,
        "gini_by_chance": float(np.mean(_ginis(chance))),
        "gini_corrected": corrected,
        "gini_lower": min(lower, corrected),
        "gini_upper": max(upper, corrected),
        "holding_codes": " ".join(map(str, mine["area_code"].to_numpy()[held])),
        "status": "value",
    }


def _without_chance(
    x: Numbers, even: Numbers, generator: np.random.Generator, *, deviate: float
) -> float:
    """Gini's coefficient of expected counts about which that of the counts lies so far out.

    So many standard deviations above the mean of Poisson counts about them (0: it is their mean).
    """
    observed = gini(x)
    size = (max(_FEWEST_TRIED, _MOST_TRIED // x.size), x.size)

    def expected(spread: float) -> Numbers:
        """From as many everywhere (-1) over what residents alone give (0) to beyond the counts."""
        if spread < 0:
            return np.asarray(x.mean() + (1 + spread) * (even - x.mean()))
        counts = np.maximum(even + spread * (x - even), 0.0)
        together: Numbers = counts * (x.sum() / counts.sum())
        return together

    low, high = -1.0, _WIDEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        tried = _ginis(generator.poisson(expected(middle), size=size).astype(float))
        is_low = np.nanmean(tried) + deviate * np.nanstd(tried) < observed
        low, high = (middle, high) if is_low else (low, middle)
    return gini(expected((low + high) / 2))


def _ginis(counts: Numbers) -> Numbers:
    """Gini's coefficient of each row; NaN where it has no events."""
    ordered = np.sort(counts, axis=1)
    n = counts.shape[1]
    place = 2.0 * np.arange(1, n + 1) - n - 1
    with np.errstate(invalid="ignore"):
        coefficient: Numbers = (ordered @ place) / (n * ordered.sum(axis=1))
    return coefficient


def _holding(counts: Numbers, share: float) -> NDArray[np.int64]:
    """How many areas, those with the most events first, hold a share of each row."""
    held = np.cumsum(-np.sort(-counts, axis=1), axis=1)
    wanted = share * held[:, -1:]
    # A share that is reached but for rounding is reached.
    return np.asarray((held < wanted - 1e-9 * held[:, -1:]).sum(axis=1) + 1)


def _all_known(events: ArrayLike) -> Numbers:
    x = as_floats(events)
    if (bad := ~(x >= 0)).any():
        msg = (
            f"{int(bad.sum()):,} of {x.size:,} counts are missing or negative; first: "
            f"{x[bad][0]:g}. What all areas have cannot be said without each of them."
        )
        raise InputError(msg)
    if not x.sum() > 0:
        msg = "there are no events, so they are nowhere concentrated. Take another period."
        raise InputError(msg)
    return x


def _require_share(share: float) -> None:
    if not 0 < share <= 1:
        msg = f"a share lies above 0 and is 1 at most, not {share}. 0.5 is a half."
        raise InputError(msg)
