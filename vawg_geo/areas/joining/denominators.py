"""Which population each period of counts divides by, where populations are of several years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vawg_geo.errors import ConfigurationError
from vawg_geo.terms.periods import PERIOD_EXAMPLES, read_periods

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vawg_geo.terms.periods import Span

__all__ = ["populations_by_period"]


def populations_by_period(
    populations: pd.DataFrame, periods: Iterable[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Populations for each period of counts: its own, else the nearest.

    A period's own population is of the same word, of the same time, or of the shortest time that
    holds it: a month divides by its year's. The nearest is that whose middle is nearest, so that
    2019/20 divides by the estimate of 2019; the earlier of two as near.

    Parameters
    ----------
    populations : pandas.DataFrame
        `area_code`, `area_name`, `sex`, `population`, and, where populations are of periods,
        `period`; a row without one is for every period that the area has no other for.
    periods : iterable of str
        Of the counts.

    Returns
    -------
    tuple of pandas.DataFrame and list of str
        Where populations are of periods, a row for each area, sex and period of the counts; else
        as given. And what is said where a period has no population of its own.

    Raises
    ------
    ConfigurationError
        A period is not understood, and there are several populations to choose from.

    Examples
    --------
    >>> people = pd.DataFrame({"area_code": "E07000008", "area_name": "Cambridge",
    ...                        "sex": "persons", "period": ["2019", "2020"],
    ...                        "population": [100.0, 110.0]})
    >>> by_period, notes = populations_by_period(people, ["2019-08", "2021/22"])
    >>> by_period[["period", "population"]].to_numpy().tolist()
    [['2019-08', 100.0], ['2021/22', 110.0]]
    >>> notes
    ['counts of 2021/22 divide by the residents of 2020, the nearest that are given']
    """
    if "period" not in populations:
        return populations, []
    wanted = list(dict.fromkeys(periods))
    given = [word for word in dict.fromkeys(populations["period"]) if word]
    spans = dict(zip([*wanted, *given], read_periods([*wanted, *given]), strict=True))
    areas = list(zip(populations["area_code"], populations["area_name"], strict=True))
    keys = [
        (code or name, sex) for (code, name), sex in zip(areas, populations["sex"], strict=True)
    ]
    words = populations["period"].tolist()
    known: dict[tuple[str, str], list[str]] = {}
    for key, word in zip(keys, words, strict=True):
        known.setdefault(key, []).append(word)
    sets = {key: tuple(sorted(set(those))) for key, those in known.items()}
    frames, chosen = [], {}
    for period in wanted:
        choice = {those: _choose(period, those, spans) for those in set(sets.values())}
        kept = [word == choice[sets[key]][0] for key, word in zip(keys, words, strict=True)]
        frames.append(populations[kept].assign(period=period))
        chosen[period] = {word for word, is_own in choice.values() if word and not is_own}
    notes = [
        f"counts of {period} divide by the residents of {', '.join(sorted(nearest))}, the nearest "
        "that are given"
        for period, nearest in chosen.items()
        if nearest
    ]
    return pd.concat(frames, ignore_index=True), notes


def _choose(period: str, given: Sequence[str], spans: dict[str, Span | None]) -> tuple[str, bool]:
    """The population's period for a period of counts, and whether it is its own."""
    dated = [word for word in given if word]
    if not dated or period in dated:
        return (period if dated else ""), True
    span = spans[period]
    known = {word: found for word in dated if (found := spans[word]) is not None}
    if span is None or not known:
        if len(dated) == 1:
            return dated[0], False
        words = ", ".join(map(repr, dated[:4]))
        fault = repr(period) if span is None else words
        msg = (
            f"populations are of {len(dated)} periods ({words}), and it cannot be said which of "
            f"them counts of {period!r} divide by: {fault} is not understood. Write "
            f"{PERIOD_EXAMPLES}."
        )
        raise ConfigurationError(msg)
    holding = [w for w, s in known.items() if s[0] <= span[0] and span[1] <= s[1]]
    if holding:
        return min(holding, key=lambda word: known[word][1] - known[word][0]), True
    middle = sum(span)
    # Twice the middles, so that they are whole numbers.
    return min(known, key=lambda word: (abs(sum(known[word]) - middle), known[word])), False
