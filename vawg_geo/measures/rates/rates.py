"""Crude rates and proportions of long tables, with their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, problem
from vawg_geo.measures.rates.aligned import as_floats
from vawg_geo.measures.rates.intervals import STABLE_EVENTS, event_interval, wilson_interval
from vawg_geo.terms.columns import COUNT_KEY, RATE_METHODS, population_key, require_columns
from vawg_geo.terms.shared import RATE_LIMITS
from vawg_geo.terms.tables import RATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["crude_rate", "proportion"]

# Shown beside the 95 % limits on every output: the wide limits of public-health practice.
WIDE_CONFIDENCE = 0.998


def crude_rate(
    counts: pd.DataFrame,
    population: pd.DataFrame,
    *,
    per: float = 1000,
    method: str = "public-health",
    confidence: float = 0.95,
    denominator: str = "residents",
) -> pd.DataFrame:
    """Crude rates of events per residents, with limits.

    Parameters
    ----------
    counts : pandas.DataFrame, n rows
        `area_code`, `indicator`, `sex`, `period`, `count`; `status`, `basis`, `level`,
        `vintage`, `area_name` and `note` where known. A missing count stays missing.
    population : pandas.DataFrame
        `area_code`, `sex`, `population` in persons, one row for each area and sex of `counts`;
        with a column `period`, one for each period of them too.
    per : float
        Residents that a rate is per.
    method : {"public-health", "exact", "byar", "wilson"}
        Of the limits. `wilson` takes the events for persons among the population.
    confidence : float
        Of `rate_lower` and `rate_upper`; `rate_lower_998` and `rate_upper_998` are always at
        99.8 %.
    denominator : str
        What `population` counts, in words.

    Returns
    -------
    pandas.DataFrame, n rows
        The columns of `tables.RATES`, rows and index as in `counts`; nothing is compared
        yet. Status `unstable` marks 1 to 9 events.

    Raises
    ------
    InputError
        A column is absent, a key repeats, an area and sex has no population or none above zero,
        or the method is unknown.

    Notes
    -----
    rate = count / population x per; the limits of the count are divided likewise, the population
    taken as known. The Poisson methods take events for independent: where the same persons are
    counted several times the true limits are wider (`repeat_events_interval`).

    Examples
    --------
    >>> counts = pd.DataFrame({
    ...     "area_code": ["E06000031", "E07000008"], "sex": "persons", "period": "2015/16",
    ...     "indicator": "domestic abuse incidents", "count": [4683, 1725]})
    >>> people = pd.DataFrame({
    ...     "area_code": ["E06000031", "E07000008"], "sex": "persons",
    ...     "population": [150817, 110607]})
    >>> crude_rate(counts, people)[["rate", "rate_lower", "rate_upper"]].round(1)
       rate  rate_lower  rate_upper
    0  31.1        30.2        32.0
    1  15.6        14.9        16.3
    """
    if method not in RATE_METHODS:
        msg = f"{method!r} is no method for a rate. Choose {', '.join(RATE_METHODS)}."
        raise InputError(msg)
    if not (np.isfinite(per) and per > 0):
        msg = f"a rate is per a number of residents above 0, not {per}. 1000 is usual."
        raise InputError(msg)
    require_columns(counts, (*COUNT_KEY, "count"), "counts")
    require_columns(population, ("area_code", "sex", "population"), "populations")
    _require_unique(counts, COUNT_KEY, "counts")
    _require_unique(population, population_key(population), "populations")
    people = _population_of(counts, population)
    return _rated(
        counts,
        people,
        per=per,
        method=method,
        confidence=confidence,
        denominator=denominator,
    )


def proportion(
    numerators: pd.DataFrame,
    denominators: pd.DataFrame,
    *,
    indicator: str,
    per: float = 100,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """One indicator's counts as a proportion of another's, with Wilson's limits.

    Parameters
    ----------
    numerators, denominators : pandas.DataFrame
        Long tables of counts; rows are paired by area, sex and period. Only pairs of which both
        counts are known and the denominator is above zero come out with a value.
    indicator : str
        Name of the result.
    per : float
        100 gives per cent.
    confidence : float
        Of `rate_lower` and `rate_upper`.

    Returns
    -------
    pandas.DataFrame
        The columns of `tables.RATES`; `count` is the numerator, `population` the
        denominator's count.

    Examples
    --------
    >>> base = {"area_code": ["E07000008"], "sex": "persons", "period": "2015/16"}
    >>> crimes = pd.DataFrame({**base, "indicator": "crimes", "count": [773]})
    >>> incidents = pd.DataFrame({**base, "indicator": "incidents", "count": [1725]})
    >>> proportion(crimes, incidents, indicator="converted")["rate"].round(1).tolist()
    [44.8]
    """
    key = ["area_code", "sex", "period"]
    for table, name in ((numerators, "numerators"), (denominators, "denominators")):
        require_columns(table, (*key, "count"), name)
        _require_unique(table, key, name)
    below = denominators.set_index(key)["count"]
    wanted = pd.MultiIndex.from_frame(numerators[key])
    paired = wanted.isin(below.index)
    top = numerators[paired].assign(indicator=indicator)
    under = as_floats(below.reindex(wanted[paired]))
    is_whole_pair = under > 0
    counts = top["count"].convert_dtypes().mask(~pd.Series(is_whole_pair, index=top.index))
    top = top.assign(count=counts)
    if "status" in top:
        top = top.assign(status=top["status"].mask(~is_whole_pair, "missing"))
    return _rated(
        top,
        np.where(is_whole_pair, under, np.nan),
        per=per,
        method="wilson",
        confidence=confidence,
        denominator=" and ".join(denominators["indicator"].unique())
        if "indicator" in denominators
        else "",
    )


def _rated(
    counts: pd.DataFrame,
    people: NDArray[np.float64],
    *,
    per: float,
    method: str,
    confidence: float,
    denominator: str,
) -> pd.DataFrame:
    events = as_floats(counts["count"])
    people = np.asarray(people, dtype=float)
    columns: dict[str, NDArray[np.float64]] = {"rate": events / people * per}
    for ends, level in (
        (RATE_LIMITS["95"], confidence),
        (RATE_LIMITS["99.8"], WIDE_CONFIDENCE),
    ):
        if method == "wilson":
            lower, upper = wilson_interval(events, people, confidence=level)
            scale: NDArray[np.float64] | float = per
        else:
            lower, upper = event_interval(method)(events, confidence=level)
            scale = per / people
        columns |= {ends[0]: lower * scale, ends[1]: upper * scale}
    table = counts.assign(
        population=people,
        **columns,
        rate_per=float(per),
        denominator=denominator,
        rate_method=method,
        status=_rate_status(counts, events),
        comparator="",
        significance="not_compared",
        significance_rule="",
        standing="not_compared",
    )
    blank = dict.fromkeys(("area_name", "level", "vintage", "basis", "note"), "")
    absent = {name: value for name, value in blank.items() if name not in table}
    return table.assign(**absent)[list(RATES.names)]


def _rate_status(counts: pd.DataFrame, events: NDArray[np.float64]) -> NDArray[np.object_]:
    has_count = ~np.isnan(events)
    words = np.where(events == 0, "zero", np.where(events < STABLE_EVENTS, "unstable", "value"))
    given = (
        counts["status"].to_numpy(object)
        if "status" in counts
        else np.full(len(counts), "missing", object)
    )
    return np.where(has_count, words.astype(object), given)


def _population_of(counts: pd.DataFrame, population: pd.DataFrame) -> NDArray[np.float64]:
    key = population_key(population)
    known = population.set_index(key)["population"]
    wanted = pd.MultiIndex.from_frame(counts[key])
    people = as_floats(known.reindex(wanted))
    needed = counts["count"].notna().to_numpy()
    if (lost := needed & np.isnan(people)).any():
        raise InputError(
            problem(
                "have no population",
                bad=int(lost.sum()),
                total=len(counts),
                noun="rows of counts",
                first=_first(counts, lost),
                action="Add these areas and sexes to the population table.",
            )
        )
    if (bad := needed & ~(people > 0)).any():
        raise InputError(
            problem(
                "have no positive population",
                bad=int(bad.sum()),
                total=len(counts),
                noun="rows of counts",
                first=f"{_first(counts, bad)} ({people[bad][0]:g})",
                action="Drop these areas, or supply another denominator.",
            )
        )
    # A population of nobody is no denominator even where there is no count to divide.
    return np.where(people > 0, people, np.nan)


def _first(table: pd.DataFrame, mask: NDArray[np.bool_]) -> str:
    row = table[mask].iloc[0]
    name = f" {row['area_name']}" if "area_name" in table and row["area_name"] else ""
    return f"{row['area_code']!r}{name}, {row['sex']}"


def _require_unique(table: pd.DataFrame, key: Sequence[str], what: str) -> None:
    repeated = table.duplicated(list(key))
    if repeated.any():
        row = table.loc[repeated, list(key)].iloc[0]
        raise InputError(
            problem(
                "repeat an earlier row",
                bad=int(repeated.sum()),
                total=len(table),
                noun=f"rows of {what}",
                first=", ".join(f"{name} {row[name]!r}" for name in key),
                action="Keep one row for each.",
            )
        )
