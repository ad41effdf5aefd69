"""Which population each period of counts divides by, where populations are of several years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from vawg_geo.errors import ConfigurationError
from vawg_geo.terms.periods import PERIOD_EXAMPLES, in_order, read_day, read_period, read_periods

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vawg_geo.terms.periods import Span

__all__ = ["populations_by_period", "undated_notes"]

_MOST_LISTED: Final = 12
_FEW_PERIODS: Final = 3


def populations_by_period(
    populations: pd.DataFrame,
    periods: Iterable[str],
    *,
    date: str = "",
    noun: str = "residents",
    same_time: bool = False,
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
    date : str
        Of populations without a period, for what is said of them.
    noun : str
        What is counted.
    same_time : bool
        Whether nothing but the same time will do: all crimes of a year are none of a month.

    Returns
    -------
    tuple of pandas.DataFrame and list of str
        Where populations are of periods, a row for each area, sex and period of the counts; else
        as given. `time_note` says on a row of a period where its population is of another time
        (else see `undated_notes`). And what is said where populations serve several periods, or a
        period that is not theirs. A period of which nobody can say what it divides by has no rows.

    Raises
    ------
    ConfigurationError
        No period has a population: none is understood, or none is of the same time.

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
    wanted = list(in_order(periods))
    if "period" not in populations:
        dated = f"{noun} of {date}" if date else noun
        line = f"the same {dated} stand under all {_periods_told(wanted)}"
        return populations, [line] if len(wanted) > 1 else []
    given = [word for word in dict.fromkeys(populations["period"]) if word]
    spans = dict(zip([*wanted, *given], read_periods([*wanted, *given]), strict=True))
    keys = [
        (code or name, sex)
        for code, name, sex in populations[["area_code", "area_name", "sex"]].to_numpy().tolist()
    ]
    words = populations["period"].tolist()
    known: dict[tuple[str, str], list[str]] = {}
    for key, word in zip(keys, words, strict=True):
        known.setdefault(key, []).append(word)
    sets = {key: tuple(sorted(set(those))) for key, those in known.items()}
    chosen = {
        period: {
            those: _choose(period, those, spans, same_time=same_time)
            for those in set(sets.values())
        }
        for period in wanted
    }
    if wanted and all(one is None for choice in chosen.values() for one in choice.values()):
        raise ConfigurationError(
            f"no {noun} are of the time of any count: they are of {_listed(given)}, counts of "
            f"{_listed(wanted)}. Give {noun} of the same periods."
            if same_time
            else _nobody_can_say(wanted[0], given, spans, noun=noun)
        )
    frames = []
    for period, choice in chosen.items():
        found = [choice[sets[key]] for key in keys]
        kept = [one is not None and word == one[0] for one, word in zip(found, words, strict=True)]
        of = [
            "" if one is None or one[1] or not word else f"{noun} of {word}, the nearest given"
            for one, word in zip(found, words, strict=True)
        ]
        frames.append(populations.assign(period=period, time_note=of)[kept])
    why = (
        f"there are no {noun} of the same time"
        if same_time
        else "it cannot be said which of several populations they divide by. Write "
        f"{PERIOD_EXAMPLES}"
    )
    return pd.concat(frames, ignore_index=True), _said(chosen, noun=noun, why=why)


_Choice = tuple[str, bool] | None


def undated_notes(periods: Iterable[str], *, date: str = "", noun: str = "residents") -> _Notes:
    """What rows say of a population that is of one time and stands under several periods.

    Parameters
    ----------
    periods : iterable of str
        Of the counts.
    date : str
        Of the population; empty where nobody says it.
    noun : str
        What is counted.

    Returns
    -------
    dict of str to str
        By period; empty for those that the date lies in, and where there is one period.

    Examples
    --------
    >>> undated_notes(["2015/16", "2019/20"], date="2015-06-30")
    {'2015/16': '', '2019/20': 'residents of 2015-06-30'}
    """
    words = list(in_order(periods))
    if len(words) < 2:
        return dict.fromkeys(words, "")
    day = read_day(date)
    of = read_period(date) if day is None else (day, day + 1)
    note = f"{noun} of {date}" if date else f"{noun} of one time under all {len(words):,} periods"
    spans = zip(words, read_periods(words), strict=True)
    return {
        word: "" if of and span and span[0] <= of[0] and of[1] <= span[1] else note
        for word, span in spans
    }


_Notes = dict[str, str]


def _said(
    chosen: Mapping[str, Mapping[tuple[str, ...], _Choice]], *, noun: str, why: str
) -> list[str]:
    """What populations serve several periods, or a period that is not theirs."""
    near: dict[str, list[str]] = {}
    own: dict[str, list[str]] = {}
    lacking = []
    for period, choice in chosen.items():
        picked = {one for one in choice.values() if one}
        if not picked:
            lacking.append(period)
        if others := sorted({word for word, is_own in picked if word and not is_own}):
            near.setdefault(", ".join(others), []).append(period)
        for word in sorted({word for word, is_own in picked if is_own and word != period}):
            own.setdefault(word, []).append(period)
    lines = [
        f"counts of {_listed(periods)} divide by the {noun} of {word}, the nearest that are given"
        for word, periods in near.items()
    ]
    lines += [
        f"{noun} of {word} stand under {_periods_told(periods)}"
        if word
        else f"the same {noun} stand under {_periods_told(periods)}"
        for word, periods in own.items()
        if len(periods) > 1
    ]
    if lacking:
        lines.append(f"counts of {_listed(lacking)} get no rate: {why}")
    return lines


def _periods_told(words: Sequence[str]) -> str:
    """How many periods, and which: each of a few, else from when to when."""
    few = len(words) <= _FEW_PERIODS
    which = ", ".join(words) if few else f"{words[0]} to {words[-1]}"
    return f"{len(words):,} periods: {which}"


def _listed(words: Sequence[str]) -> str:
    more = len(words) - _MOST_LISTED
    return ", ".join(words[:_MOST_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def _choose(
    period: str, given: Sequence[str], spans: Mapping[str, Span | None], *, same_time: bool
) -> _Choice:
    """The population's period for a period of counts, and whether it is its own; None: none."""
    dated = [word for word in given if word]
    if not dated or period in dated:
        return (period if dated else ""), True
    span = spans[period]
    known = {word: found for word in dated if (found := spans[word]) is not None}
    if same_time:
        return next(((word, True) for word, found in known.items() if found == span), None)
    if span is None or not known:
        return (dated[0], False) if len(dated) == 1 else None
    holding = [w for w, s in known.items() if s[0] <= span[0] and span[1] <= s[1]]
    if holding:
        return min(holding, key=lambda word: known[word][1] - known[word][0]), True
    middle = sum(span)
    # Twice the middles, so that they are whole numbers.
    return min(known, key=lambda word: (abs(sum(known[word]) - middle), known[word])), False


def _nobody_can_say(
    period: str, given: Sequence[str], spans: Mapping[str, Span | None], *, noun: str
) -> str:
    words = ", ".join(map(repr, given[:4]))
    fault = repr(period) if spans[period] is None else words
    return (
        f"populations are of {len(given)} periods ({words}), and it cannot be said which {noun} "
        f"counts of {period!r} divide by: {fault} is not understood. Write {PERIOD_EXAMPLES}."
    )
