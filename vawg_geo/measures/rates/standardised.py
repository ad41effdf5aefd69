"""Rates as if all areas had residents of the same ages: directly and indirectly standardised.

Directly: rates of each age group in the area, weighted by a standard population; they need events
by age group in each area, and at least ten of them. Indirectly: events over those that would be
expected if the area's residents had the rates of a reference by age group; they need the number of
events alone, and hold for small areas.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd

from vawg_geo.errors import InputError, first_few, problem
from vawg_geo.measures.rates.aligned import as_floats
from vawg_geo.measures.rates.intervals import STABLE_EVENTS, byar_interval
from vawg_geo.measures.rates.repeat_victims import limits_of_method, repeat_interval
from vawg_geo.terms.ages import Ages, ages_in_words, choose_groups, read_ages
from vawg_geo.terms.columns import require_columns
from vawg_geo.terms.repeat_victims import RepeatVictims, method_with_repeats
from vawg_geo.terms.shared import RATE_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Column = NDArray[np.float64]
    Repeats = Mapping[tuple[str, str], RepeatVictims]

__all__ = [
    "EUROPEAN_STANDARD",
    "directly_standardised_rates",
    "european_standard",
    "indirectly_standardised_ratios",
    "reference_rates",
]

EUROPEAN_STANDARD: Final = "European Standard Population 2013"
# By groups of five years from 0 to 89, and from 90 on; 100,000 in all.
_STANDARD: Final = (
    *(5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000),
    *(7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000),
)
_OPEN_FROM: Final = 90
_SERIES: Final = ("area_code", "indicator", "sex", "period")
_WIDE_CONFIDENCE: Final = 0.998
# Of several reasons why there is no figure, the first that one of the age groups has.
_UNKNOWN: Final = ("suppressed", "not_applicable", "missing")


def european_standard(age_groups: Iterable[str]) -> pd.Series:
    """Persons of the European Standard Population 2013 in age groups.

    Parameters
    ----------
    age_groups : iterable of str
        `0-4`, `16-24`, `85+`. A group that begins or ends within one of the standard's groups of
        five years gets its share of the years.

    Returns
    -------
    pandas.Series of float
        By age group.

    Raises
    ------
    InputError
        A group is not understood, ends openly below 90 or above, or lies above 90.

    Notes
    -----
    Eurostat (2013), Revision of the European Standard Population; with 90 and over as one.

    Examples
    --------
    >>> european_standard(["0-4", "16-19", "85+"]).to_dict()
    {'0-4': 5000.0, '16-19': 4400.0, '85+': 2500.0}
    """
    years = np.repeat(np.array(_STANDARD[:-1], dtype=float) / 5, 5)
    found = {}
    for word, ages in _understood(age_groups).items():
        if not ages.is_open and ages.last >= _OPEN_FROM:
            msg = (
                f"the age group {word!r} ends above {_OPEN_FROM - 1}, and the {EUROPEAN_STANDARD} "
                f"has {_OPEN_FROM}+ as one. Give groups of which the last is open."
            )
            raise InputError(msg)
        if ages.first > _OPEN_FROM:
            msg = f"the {EUROPEAN_STANDARD} has no group {word!r}: {_OPEN_FROM}+ is one of it."
            raise InputError(msg)
        inside = years[ages.first : ages.last + 1].sum()
        found[word] = float(inside) + (_STANDARD[-1] if ages.is_open else 0)
    return pd.Series(found, dtype=float)


def directly_standardised_rates(
    counts: pd.DataFrame,
    population: pd.DataFrame,
    *,
    standard: str | pd.Series = "ESP2013",
    per: float = 1000,
    confidence: float = 0.95,
    repeats: Repeats | None = None,
) -> pd.DataFrame:
    """Directly standardised rates, with Dobson's limits.

    Parameters
    ----------
    counts : pandas.DataFrame
        `area_code`, `indicator`, `sex`, `period`, `age_group`, `count`, and `status` where it is
        known: a row for each age group of each area. An age group without a count leaves the area
        without a rate.
    population : pandas.DataFrame
        `area_code`, `sex`, `age_group`, `population`: age groups that make up those of the counts.
    standard : str or pandas.Series
        `ESP2013`; the code of an area, whose residents are the standard; or persons by age group.
    per : float
        Persons that a rate is per.
    confidence : float
        Of `rate_lower` and `rate_upper`.
    repeats : mapping of (indicator, sex) to RepeatVictims, optional
        As for `with_repeat_limits`; the factor is taken for that of every age group.

    Returns
    -------
    pandas.DataFrame
        A row for each area and series, in the order of `counts`: `area_code`, `indicator`, `sex`,
        `period`, `count`, `population`, `rate`, its limits at `confidence` and at 99.8 %,
        `rate_per`, `rate_method`, `standard`, `status`. Fewer than 10 events have no rate, and the
        status `unstable` or `zero`.

    Raises
    ------
    InputError
        A column is absent, age groups are not understood or overlap, those of residents do not
        make up those of the counts, or a group with events has no residents.

    Notes
    -----
    rate = sum(w_i x_i / n_i) / sum(w_i), with the variance sum(w_i^2 x_i / n_i^2) / sum(w_i)^2.
    Limits: rate + sqrt(variance / x) (L - x), L Byar's limit of the events x. Breslow and Day
    (1987), Statistical Methods in Cancer Research II; Dobson, Kuulasmaa, Eberle and Scherer (1991),
    Statistics in Medicine 10, 457-462.

    Examples
    --------
    >>> table = {"area_code": "A", "sex": "persons", "age_group": ["0-49", "50+"]}
    >>> counts = pd.DataFrame(table | {"indicator": "i", "period": "p", "count": [30, 10]})
    >>> people = pd.DataFrame(table | {"population": [2000, 4000]})
    >>> found = directly_standardised_rates(counts, people)
    >>> found[["rate", "rate_lower", "rate_upper"]].round(2).values.tolist(), found["standard"][0]
    ([[10.12, 7.06, 14.01]], 'European Standard Population 2013')
    """
    require_columns(counts, (*_SERIES, "age_group", "count"), "counts by age")
    require_columns(population, ("area_code", "sex", "age_group", "population"), "residents by age")
    groups = _age_groups(counts["age_group"])
    people = _People.of(population, groups)
    weights, name = _standard(standard, population, groups)
    rows = []
    for key, part in counts.groupby(list(_SERIES), sort=False, dropna=False):
        area, indicator, sex, period = cast("tuple[str, str, str, str]", key)
        status, events = _events(part, groups)
        residents = people.by_age(area, sex)
        row: dict[str, Any] = {
            "area_code": area,
            "indicator": indicator,
            "sex": sex,
            "period": period,
        }
        row |= {"count": events.sum(), "population": residents.sum(), "status": status}
        victims = _victims(repeats, indicator, sex)
        if status == "value":
            _require_people(events, residents, area, groups)
            row |= _direct(events, residents, weights, per=per, confidence=confidence, v=victims)
        rows.append(row | {"rate_method": _told("byar", victims)})
    return _table(rows, "rate", rate_per=float(per), standard=name)


def indirectly_standardised_ratios(
    counts: pd.DataFrame,
    population: pd.DataFrame,
    reference: pd.DataFrame,
    *,
    method: str = "public-health",
    confidence: float = 0.95,
    repeats: Repeats | None = None,
) -> pd.DataFrame:
    """Indirectly standardised ratios: events over those expected from the residents' ages.

    Parameters
    ----------
    counts : pandas.DataFrame
        `area_code`, `indicator`, `sex`, `period`, `count`, and `status` where it is known: a row
        for each area and series. Their ages need not be known; where there is `age_group`, those
        of an area are added up.
    population : pandas.DataFrame
        `area_code`, `sex`, `age_group`, `population`: age groups that make up the reference's.
    reference : pandas.DataFrame
        `age_group` and `rate`, in events per person; `indicator`, `sex` and `period` where they
        differ. As `reference_rates` gives it.
    method : {"public-health", "exact", "byar"}
        Of the limits of the events.
    confidence : float
        Of `ratio_lower` and `ratio_upper`.
    repeats : mapping of (indicator, sex) to RepeatVictims, optional
        As for `with_repeat_limits`.

    Returns
    -------
    pandas.DataFrame
        A row for each area and series: `area_code`, `indicator`, `sex`, `period`, `count`,
        `population`, `expected`, `ratio`, its limits at `confidence` and at 99.8 %, `rate_method`,
        `status`. Series that the reference has no rates of are not there. Fewer than 10 events are
        `unstable`, and have a ratio.

    Raises
    ------
    InputError
        A column is absent, age groups are not understood, overlap, or are not made up by those of
        the residents, or an area has no residents by age.

    Notes
    -----
    expected = sum(n_i r_i); ratio = x / expected, and the limits of x likewise, the expected number
    taken as known. By the public-health rule they are exact below 10 events and Byar's from 10.
    Ratios of two areas are no measure of each against the other: each is weighted by its own ages.

    Examples
    --------
    >>> people = pd.DataFrame({"area_code": "A", "sex": "persons", "age_group": ["0-49", "50+"],
    ...     "population": [2000, 4000]})
    >>> reference = pd.DataFrame({"age_group": ["0-49", "50+"], "rate": [0.01, 0.002]})
    >>> counts = pd.DataFrame({"area_code": ["A"], "indicator": "i", "sex": "persons",
    ...     "period": "p", "count": 40})
    >>> found = indirectly_standardised_ratios(counts, people, reference)
    >>> found[["expected", "ratio", "ratio_lower", "ratio_upper"]].round(2).values.tolist()
    [[28.0, 1.43, 1.02, 1.95]]
    """
    require_columns(counts, (*_SERIES, "count"), "counts")
    require_columns(reference, ("age_group", "rate"), "reference rates")
    groups = _age_groups(reference["age_group"])
    people = _People.of(population, groups)
    rows = []
    for key, part in counts.groupby(list(_SERIES), sort=False, dropna=False):
        area, indicator, sex, period = cast("tuple[str, str, str, str]", key)
        rates = _rates_for(reference, groups, indicator=indicator, sex=sex, period=period)
        if rates is None:
            continue
        status, events = _events(part, None)
        residents = people.by_age(area, sex)
        expected, total = float(residents @ rates), float(events.sum())
        row: dict[str, Any] = {
            "area_code": area,
            "indicator": indicator,
            "sex": sex,
            "period": period,
        }
        row |= {"count": total, "population": residents.sum(), "expected": expected}
        victims = _victims(repeats, indicator, sex)
        told = _told(method, victims)
        if not expected > 0 and status == "value":
            status = "missing"
        if status == "value":
            row["ratio"] = total / expected
            for ends, level in _levels("ratio", confidence):
                limits = limits_of_method(told)([total], confidence=level)
                row |= {name: float(v[0]) / expected for name, v in zip(ends, limits, strict=True)}
            status = "zero" if total == 0 else "unstable" if total < STABLE_EVENTS else "value"
        rows.append(row | {"rate_method": told, "status": status})
    return _table(rows, "ratio")


def reference_rates(
    counts: pd.DataFrame, population: pd.DataFrame, *, area: str, fewest: int = 0
) -> pd.DataFrame:
    """Rates by age group of one area, for all others to be held against.

    Parameters
    ----------
    counts, population : pandas.DataFrame
        As for `directly_standardised_rates`.
    area : str
        Code of the area whose rates they are.
    fewest : int
        Age groups with fewer events are joined with the next older one, the last with the one
        before it.

    Returns
    -------
    pandas.DataFrame
        `indicator`, `sex`, `period`, `age_group`, `count`, `population`, `rate` in events per
        person.

    Raises
    ------
    InputError
        The area has no rows, or a count of it is not known.

    Examples
    --------
    >>> table = {"area_code": "E1", "sex": "persons", "age_group": ["16-24", "25-64", "65+"]}
    >>> counts = pd.DataFrame(table | {"indicator": "i", "period": "p", "count": [90, 60, 4]})
    >>> people = pd.DataFrame(table | {"population": [9000, 30000, 10000]})
    >>> found = reference_rates(counts, people, area="E1", fewest=10)
    >>> found[["age_group", "count"]].values.tolist()
    [['16-24', 90.0], ['25+', 64.0]]
    """
    require_columns(counts, (*_SERIES, "age_group", "count"), "counts by age")
    own = counts[counts["area_code"] == area]
    if own.empty:
        msg = (
            f"the area {area!r} is in no row of the counts by age; they are of "
            f"{first_few(counts['area_code'].unique(), most=5)}. Name one of them."
        )
        raise InputError(msg)
    groups = _age_groups(own["age_group"])
    people = _People.of(population, groups)
    rows = []
    for key, part in own.groupby(list(_SERIES), sort=False, dropna=False):
        _, indicator, sex, period = cast("tuple[str, str, str, str]", key)
        status, events = _events(part, groups)
        if status != "value":
            msg = (
                f"the counts by age of {area!r}, {indicator!r}, {sex}, are not all known "
                f"({status}): no rate of a reference comes of them. Give all of them."
            )
            raise InputError(msg)
        residents = people.by_age(area, sex)
        _require_people(events, residents, area, groups)
        for places in _joined(events, fewest):
            x, n = events[places].sum(), residents[places].sum()
            ages = Ages(groups[places[0]].first, groups[places[-1]].last)
            rows.append((indicator, sex, period, ages_in_words(ages), x, n, x / n if n else 0.0))
    names = ["indicator", "sex", "period", "age_group", "count", "population", "rate"]
    return pd.DataFrame(rows, columns=names)


def _joined(events: Column, fewest: int) -> list[list[int]]:
    """Places of age groups, joined until each has enough events."""
    found: list[list[int]] = [[]]
    for place in range(len(events)):
        if found[-1] and events[found[-1]].sum() >= fewest:
            found.append([])
        found[-1].append(place)
    if len(found) > 1 and events[found[-1]].sum() < fewest:
        last = found.pop()
        found[-1] += last
    return found


def _understood(age_groups: Iterable[str]) -> dict[str, Ages]:
    found = {word: read_ages(str(word)) for word in dict.fromkeys(age_groups)}
    strange = [word for word, ages in found.items() if ages is None]
    if strange:
        raise InputError(
            problem(
                "are not understood",
                bad=len(strange),
                total=len(found),
                noun="age groups",
                first=repr(strange[0]),
                action="Write 0-4, 16-24, 85+.",
            )
        )
    return {word: ages for word, ages in found.items() if ages is not None}


def _age_groups(words: pd.Series) -> list[Ages]:
    """Age groups from the youngest on; refused where they overlap or leave ages out."""
    groups = sorted(set(_understood(words).values()))
    for younger, older in pairwise(groups):
        if older.first != younger.last + 1:
            what = "overlap" if older.first <= younger.last else "leave ages out between them"
            msg = (
                f"the age groups {ages_in_words(younger)} and {ages_in_words(older)} {what}. Give "
                "groups that follow each other, the same in all areas and without a total."
            )
            raise InputError(msg)
    return groups


@dataclass(frozen=True, kw_only=True)
class _People:
    """Residents by area and sex in the age groups that are asked for."""

    table: dict[tuple[str, str], Column]

    @classmethod
    def of(cls, population: pd.DataFrame, groups: Sequence[Ages]) -> _People:
        known = _understood(population["age_group"])
        rows = population.assign(ages=population["age_group"].map(known))
        table = {}
        for key, part in rows.groupby(["area_code", "sex"], sort=False):
            by_age = part.groupby("ages", sort=False)["population"].sum(min_count=1)
            where = f"the residents of {key[0]!r}"
            people = [
                sum(float(by_age[one]) for one in choose_groups(by_age.index, ages, where=where))
                for ages in groups
            ]
            table[cast("tuple[str, str]", key)] = np.array(people, dtype=float)
        return cls(table=table)

    def by_age(self, area: str, sex: str) -> Column:
        """Residents of an area, of all people the two sexes together where they are not given."""
        if (area, sex) in self.table:
            return self.table[area, sex]
        both = [self.table.get((area, one)) for one in ("female", "male")]
        if sex == "persons" and both[0] is not None and both[1] is not None:
            return both[0] + both[1]
        msg = f"there are no residents by age of {area!r}, {sex}. Add them to that table."
        raise InputError(msg)


def _standard(
    standard: str | pd.Series, population: pd.DataFrame, groups: Sequence[Ages]
) -> tuple[Column, str]:
    words = [ages_in_words(ages) for ages in groups]
    if isinstance(standard, pd.Series):
        table = pd.DataFrame({"age_group": standard.index, "population": standard.to_numpy()})
        people = _People.of(table.assign(area_code="", sex="persons"), groups)
        return people.by_age("", "persons"), "a standard population of its own"
    if standard.upper() in ("ESP2013", "ESP"):
        return european_standard(words).to_numpy(), EUROPEAN_STANDARD
    people = _People.of(population[population["area_code"] == standard], groups)
    if not people.table:
        msg = (
            f"{standard!r} is no standard: neither ESP2013 nor an area with residents by age. Name "
            "one of these."
        )
        raise InputError(msg)
    return people.by_age(standard, "persons"), f"residents of {standard}"


def _events(part: pd.DataFrame, groups: Sequence[Ages] | None) -> tuple[str, Column]:
    """Whether the events of an area are known, and by age group what they are."""
    counts = as_floats(part["count"])
    said = part["status"] if "status" in part else pd.Series("value", index=part.index)
    unknown = np.isnan(counts)
    status = next((word for word in _UNKNOWN if (said[unknown] == word).any()), "missing")
    if groups is None:
        return ("value", counts) if not unknown.any() else (status, np.array([np.nan]))
    ages = [cast("Ages", read_ages(str(word))) for word in part["age_group"]]
    if len(set(ages)) < len(ages):
        row = part.iloc[0]
        msg = f"an age group of {row['area_code']!r}, {row['indicator']!r} stands twice. Leave one."
        raise InputError(msg)
    if unknown.any() or set(ages) != set(groups):
        return status if unknown.any() else "missing", np.array([np.nan])
    by_age = dict(zip(ages, counts, strict=True))
    events = np.array([by_age[one] for one in groups], dtype=float)
    if (events < 0).any():
        msg = f"a count by age of {part['area_code'].iloc[0]!r} is negative. Correct it."
        raise InputError(msg)
    return "value", events


def _require_people(events: Column, residents: Column, area: str, groups: Sequence[Ages]) -> None:
    lacking = (events > 0) & ~(residents > 0)
    if lacking.any():
        place = int(np.argmax(lacking))
        msg = (
            f"{int(lacking.sum())} of {len(events)} age groups of {area!r} have events and no "
            f"residents; first: {ages_in_words(groups[place])} ({events[place]:g} events). Correct "
            "the residents, or join age groups."
        )
        raise InputError(msg)


def _direct(
    events: Column,
    residents: Column,
    weights: Column,
    *,
    per: float,
    confidence: float,
    v: RepeatVictims | None,
) -> dict[str, Any]:
    """Rate and limits, as columns; none below ten events."""
    total = float(events.sum())
    if total < STABLE_EVENTS:
        return {"status": "zero" if total == 0 else "unstable"}
    # An age group without residents has no events either, and no weight.
    share = np.where(residents > 0, weights, 0) / weights[residents > 0].sum()
    by_event = share / np.where(residents > 0, residents, 1)
    rate, variance = float(by_event @ events), float(by_event**2 @ events)
    row: dict[str, Any] = {"rate": rate * per}
    for ends, level in _levels("rate", confidence):
        limits = (
            byar_interval([total], confidence=level)
            if v is None
            else repeat_interval([total], v, method="byar", confidence=level)
        )
        scale = np.sqrt(variance / total)
        row |= {
            name: per * max(0.0, rate + scale * (float(limit[0]) - total))
            for name, limit in zip(ends, limits, strict=True)
        }
    return row


def _rates_for(
    reference: pd.DataFrame, groups: Sequence[Ages], *, indicator: str, sex: str, period: str
) -> Column | None:
    """The reference's rates of a series by age group; None where it has none."""
    rows = reference
    for name, value in (("indicator", indicator), ("sex", sex), ("period", period)):
        if name in rows:
            rows = rows[rows[name] == value]
    if rows.empty:
        return None
    by_age = {
        cast("Ages", read_ages(str(word))): float(rate)
        for word, rate in zip(rows["age_group"], rows["rate"], strict=True)
    }
    # Groups of another series may be finer: each age has the rate of the group that holds it.
    found = []
    for ages in groups:
        holds = [one for one in by_age if one.first <= ages.first and ages.last <= one.last]
        if not holds or not by_age[holds[0]] >= 0:
            msg = (
                f"the reference has no rate of {indicator!r}, {sex}, ages {ages_in_words(ages)}. "
                "Give one for each age group."
            )
            raise InputError(msg)
        found.append(by_age[holds[0]])
    return np.array(found, dtype=float)


def _victims(repeats: Repeats | None, indicator: str, sex: str) -> RepeatVictims | None:
    found = repeats or {}
    return found.get((indicator, sex)) or found.get((indicator, ""))


def _told(method: str, victims: RepeatVictims | None) -> str:
    return method if victims is None else method_with_repeats(method, victims)


def _levels(name: str, confidence: float) -> list[tuple[list[str], float]]:
    ends = [[end.replace("rate", name) for end in pair] for pair in RATE_LIMITS.values()]
    return list(zip(ends, (confidence, _WIDE_CONFIDENCE), strict=True))


def _table(rows: list[dict[str, Any]], name: str, **same: Any) -> pd.DataFrame:
    limits = [end for ends, _ in _levels(name, 0.95) for end in ends]
    middle = ["expected"] if name == "ratio" else []
    order = [*_SERIES, "count", "population", *middle, name, *limits]
    order += [*(one for one in same if one == "rate_per"), "rate_method"]
    order += [*(one for one in same if one != "rate_per"), "status"]
    table = pd.DataFrame(rows).assign(**same) if rows else pd.DataFrame(columns=order)
    return table.reindex(columns=order)
