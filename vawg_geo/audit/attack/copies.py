"""Columns that are laid over the rates, held against the counts that the files show and hide.

Whoever writes an overlay says of each column what it tells of a count. Nobody has to believe that:
a column that goes with the shown counts of a series, or with their rates, in nearly all areas that
have both gives its hidden counts too, whatever it is said to be.

"Goes with" is one factor between the two, as far as the printed decimals tell, or one order of the
areas, up or down; classes without an order are put into the one that suits best. How likely so
much agreement is by chance is bounded from above, and what chance could have done is no finding.
A column that goes with the residents, or with a series that shows all of its counts, is none
either: these are printed anyhow.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from vawg_geo.audit.observed import CELL, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from vawg_geo.audit.tables.sheets import Laid, Sheet

    Numbers = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["copied_figures"]

_SERIES: Final = ("indicator", "sex", "period", "level")
# A number in a text, and the word that follows it.
_NUMBER: Final = re.compile(r"(?<![\w.])(?P<number>-?\d[\d,]*(?:\.\d+)?)\W*(?P<after>[^\W\d]*)")
# As many numbers of a text are looked at.
_MOST_NUMBERS: Final = 6
# A column names areas where this share of its texts are theirs.
_AREAS: Final = 0.8
# Share of the areas that must agree: somebody may spoil a few.
_FACTOR_SHARE: Final = 0.9
_ORDER_SHARE: Final = 0.95
# What chance could do with this probability, for one column and one series, is no finding. Orders
# of things that grow together, as people and what befalls them, agree sooner than chance has it.
_FACTOR_CHANCE: Final = math.log(1e-8)
_ORDER_CHANCE: Final = math.log(1e-12)
_FEWEST: Final = 4
_FEWEST_IN_ORDER: Final = 20
_FEWEST_CLASSES: Final = 4
_MOST_CLASSES: Final = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class _Column:
    """A column by place of the area, its numbers off by half a last decimal at most.

    `beside` are the residents that its own table has.
    """

    by_area: dict[int, float]
    tolerance: float
    classes: bool = False
    source: str = ""
    name: str = ""
    beside: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Series:
    """Shown counts of a series by area, where it hides one, and who lives there."""

    called: str
    counts: Numbers
    hidden: Flags
    people: Numbers


@dataclass(frozen=True, kw_only=True)
class _Match:
    """How a column goes with a series: the logarithm of the chance, and words."""

    chance: float
    areas: int
    of: int
    how: str


def copied_figures(
    laid: Sequence[Laid], observations: pd.DataFrame, sheets: Sequence[Sheet], *, base: int = 0
) -> list[Finding]:
    """Columns that give counts which the files hide.

    Parameters
    ----------
    laid : sequence of Laid
        Tables and layers that are laid over the rates.
    observations : pandas.DataFrame
        `observed.OBSERVATION_COLUMNS`.
    sheets : sequence of Sheet
        Where residents and names of areas are taken from.
    base : int
        What shown counts are rounded to; 0 where they are not.

    Returns
    -------
    list of Finding
        `copied_figure`, one for each column: of the series that it goes with best.
    """
    hidden = observations["status"] == "suppressed"
    if not laid or not hidden.any():
        return []
    codes = {code: place for place, code in enumerate(dict.fromkeys(observations["area_code"]))}
    every = list(_series(observations, list(codes), _people(sheets)))
    series = [one for one in every if one.hidden.any()]
    named = _names(sheets) | {code: code for code in codes}
    wanted = set(np.flatnonzero(np.any([one.hidden for one in series], axis=0)).tolist())
    # The same stands in the tables, in the GeoPackage and on the pages.
    columns = {
        (tuple(sorted(column.by_area.items())), column.tolerance): column
        for one in reversed(laid)
        for column in _columns(one, codes, named)
        if not wanted.isdisjoint(column.by_area)
    }
    found = (
        _finding(column, series, base)
        for column in columns.values()
        if not _is_printed(column, every)
    )
    return [finding for finding in found if finding is not None]


def _is_printed(column: _Column, every: Sequence[_Series]) -> bool:
    """Whether a column is a share of figures of a series that shows them in all of its areas."""
    size = len(every[0].counts)
    values, beside = _laid_out(column.by_area, size), _laid_out(column.beside, size)
    there = np.isfinite(values)
    if column.classes or there.sum() < _FEWEST:
        return False
    # A ratio may be per residents of another sex than its cases.
    ways = {one.people[there].tobytes(): one.people for one in every}
    for one in every:
        if not np.isfinite(one.counts[there]).all():
            continue
        for people in (np.ones(size), beside, *ways.values()):
            if (people[there] > 0).all() and _follows(
                values[there], column.tolerance, one.counts[there] / people[there]
            ):
                return True
    return False


def _follows(values: Numbers, tolerance: float, figures: Numbers) -> bool:
    """Whether one factor gives every value from the figure beside it, as far as it is printed."""
    sizes, some = np.abs(values), figures > 0
    if not some.any() or (sizes[~some] > tolerance).any():
        return False
    least = (sizes[some] - tolerance) / figures[some]
    most = (sizes[some] + tolerance) / figures[some]
    return float(least.max()) <= float(most.min()) * (1 + 1e-9)


def _finding(column: _Column, series: Sequence[_Series], base: int) -> Finding | None:
    """What a column gives away, of the series that it goes with best."""
    size = len(series[0].counts)
    values, beside = _laid_out(column.by_area, size), _laid_out(column.beside, size)
    there = np.isfinite(values)
    best: tuple[_Match, _Series] | None = None
    for one in series:
        if not (there & one.hidden).any() or (there & np.isfinite(one.counts)).sum() < _FEWEST:
            continue
        match = _best(column, values, one, beside=beside, base=base)
        if match is not None and (best is None or match.chance < best[0].chance):
            best = match, one
    if best is None:
        return None
    match, one = best
    number = int((there & one.hidden).sum())
    text = (
        f"{column.name!r} has a value of {number:,} areas whose count of {one.called} is hidden, "
        f"and goes with the shown ones {match.how} in {match.areas:,} of {match.of:,} areas: it "
        "gives what is hidden, whatever it is declared to tell. Leave it out, or leave it empty "
        "where the count is hidden."
    )
    return Finding(kind="copied_figure", file=column.source, text=text)


def _laid_out(by_area: Mapping[int, float], size: int) -> Numbers:
    """Number of each area by its place; NaN where there is none."""
    found = np.full(size, np.nan)
    found[list(by_area)] = list(by_area.values())
    return found


def _best(
    column: _Column, values: Numbers, series: _Series, *, beside: Numbers, base: int
) -> _Match | None:
    """How a column goes with the counts or the rates of a series, if it does."""
    if not column.classes and _goes_with_people(values, column.tolerance, series.people):
        return None
    both = np.isfinite(values) & np.isfinite(series.counts)
    ours, counts = values[both], series.counts[both]
    ways = [np.ones(len(counts))]
    ways += [people[both] for people in (series.people, beside) if (people[both] > 0).all()]
    for per in [] if column.classes else ways:
        match = _by_factor(ours, column.tolerance, counts, per=per, slack=max(base - 1, 0))
        if match is not None:
            return match
    found = (_in_order(ours, counts / per, classes=column.classes) for per in ways)
    return next((one for one in found if one is not None), None)


def _goes_with_people(values: Numbers, tolerance: float, people: Numbers) -> bool:
    """Whether a column is the residents, or so many for each of them."""
    both = np.isfinite(values) & np.isfinite(people)
    if both.sum() < _FEWEST:
        return False
    return _follows(values[both], tolerance, people[both])


def _by_factor(
    values: Numbers, tolerance: float, counts: Numbers, *, per: Numbers, slack: int
) -> _Match | None:
    """Whether values are counts, or counts for each of `per`, times one factor."""
    sizes = np.abs(values)
    some = counts > 0
    shown, size, size_per = counts[some], sizes[some], per[some]
    if len(np.unique(shown)) < _FEWEST - 1 or not (size > 0).any():
        return None
    least = np.maximum(size - tolerance, 0) * size_per / (shown + slack)
    most = (size + tolerance) * size_per / np.maximum(shown - slack, 0.5)
    factor, inside = _most_covered(least, most)
    wrong = int((~inside).sum() + (sizes[~some] > tolerance).sum())
    if factor <= 0 or wrong > (1 - _FACTOR_SHARE) * len(counts) or not inside.any():
        return None
    # What would suit other areas as well proves little of this one: a number that is nearly the
    # same everywhere goes with counts that are. Two areas with the same count are one proof.
    others = _share_of_others(size, factor * shown / size_per, tolerance, factor * slack / size_per)
    width = np.clip((most - least) / factor, 1 / shown, 1.0)
    width = np.maximum(width, others)[inside]
    proofs = pd.Series(np.log(width)).groupby(shown[inside]).max().sort_values()
    plain = bool((per == 1).all()) and bool(((least <= 1) & (most >= 1))[inside].all())
    chance = float(proofs.sum() - (0 if plain else proofs.iloc[0])) + _choices(len(counts), wrong)
    if chance > _FACTOR_CHANCE:
        return None
    what = "as the same number" if plain else "by one factor"
    how = what if bool((per == 1).all()) else "by one factor, for each resident,"
    return _Match(chance=chance, areas=len(counts) - wrong, of=len(counts), how=how)


def _share_of_others(
    values: Numbers, expected: Numbers, tolerance: float, slack: Numbers
) -> Numbers:
    """Share of the other areas whose value would be right for an area."""
    ordered = np.sort(values)
    reach = tolerance + slack + 1e-9 * expected
    first = np.searchsorted(ordered, expected - reach, side="left")
    last = np.searchsorted(ordered, expected + reach, side="right")
    return np.asarray((last - first - 1).clip(min=0) / max(len(values) - 1, 1), dtype=np.float64)


def _most_covered(least: Numbers, most: Numbers) -> tuple[float, Flags]:
    """Value that lies in most of the intervals, and which they are."""
    ends = np.concatenate([least, most])
    opens = np.concatenate([np.ones(len(least)), -np.ones(len(most))])
    order = np.lexsort((-opens, ends))
    place = int(np.cumsum(opens[order]).argmax())
    value = float(ends[order][place])
    near = 1e-9 * value
    return value, (least <= value + near) & (most >= value - near)


def _in_order(values: Numbers, sizes: Numbers, *, classes: bool) -> _Match | None:
    """Whether values put the areas into the order of their counts or rates, or into its reverse."""
    number = len(values)
    kinds = len(np.unique(values))
    if number < _FEWEST_IN_ORDER or kinds < _FEWEST_CLASSES:
        return None
    ties = _log_factorials(values) + _log_factorials(sizes) - math.lgamma(number + 1)
    ways = [values, -values]
    if classes:
        # The order of the classes is the one that suits best, so that it proves less.
        means = pd.Series(sizes).groupby(values).mean()
        ways = [np.asarray(pd.Series(values).map(means), dtype=np.float64)]
        ties += math.lgamma(kinds + 1)
    if ties > _ORDER_CHANCE:
        return None
    longest = max(_longest_in_order(way, sizes) for way in ways)
    wrong = number - longest
    chance = ties + _choices(number, wrong)
    if wrong > (1 - _ORDER_SHARE) * number or chance > _ORDER_CHANCE:
        return None
    return _Match(chance=chance, areas=longest, of=number, how="in order")


def _longest_in_order(values: Numbers, sizes: Numbers) -> int:
    """Most areas whose values never fall while their sizes rise."""
    ends: list[float] = []
    for place in np.lexsort((values, sizes)):
        value = float(values[place])
        at = bisect_right(ends, value)
        ends[at : at + 1] = [value]
    return len(ends)


def _log_factorials(values: Numbers) -> float:
    """Logarithm of in how many ways equal values can change their places."""
    return float(sum(math.lgamma(n + 1) for n in np.unique(values, return_counts=True)[1]))


def _choices(number: int, wrong: int) -> float:
    """Logarithm of in how many ways the areas that disagree can be chosen."""
    return math.lgamma(number + 1) - math.lgamma(wrong + 1) - math.lgamma(number - wrong + 1)


def _series(
    observations: pd.DataFrame, codes: Sequence[str], people: Mapping[tuple[str, ...], float]
) -> Iterator[_Series]:
    """Every series, with what it shows and hides."""
    index = pd.Index(codes)
    for key, rows in observations.groupby(list(_SERIES), sort=False):
        suppressed = rows["status"] == "suppressed"
        hidden = index.isin(rows.loc[suppressed, "area_code"])
        exact = rows[~suppressed & (rows["low"] == rows["high"])].drop_duplicates("area_code")
        shown = exact.set_index("area_code")["low"].reindex(index).to_numpy(dtype=float)
        indicator, sex, period, _ = map(str, key)
        lives = [people.get((code, indicator, sex, period), math.nan) for code in codes]
        called = ", ".join(part for part in (indicator, sex, period) if part)
        yield _Series(
            called=called,
            counts=np.where(hidden, np.nan, shown),
            hidden=hidden,
            people=np.array(lives, dtype=float),
        )


def _people(sheets: Sequence[Sheet]) -> dict[tuple[str, ...], float]:
    """Residents of every cell that a sheet gives them of."""
    found: dict[tuple[str, ...], float] = {}
    for sheet in sheets:
        if "population" not in sheet.columns or "indicator" not in sheet.columns:
            continue
        lists = [sheet.columns.get(name) or [""] * len(sheet) for name in CELL]
        for *key, value in zip(*lists, sheet.columns["population"], strict=True):
            cell = tuple(map(str, key))
            if cell not in found and (number := _number(value)) is not None:
                found[cell] = number
    return found


def _names(sheets: Sequence[Sheet]) -> dict[str, str]:
    """Code of every area by its name, where no two areas share it."""
    codes: dict[str, set[str]] = {}
    for sheet in sheets:
        pairs = zip(sheet.columns["area_code"], sheet.columns.get("area_name") or [], strict=False)
        for code, name in pairs:
            codes.setdefault(str(name), set()).add(str(code))
    return {name: min(held) for name, held in codes.items() if name and len(held) == 1}


@dataclass(frozen=True, kw_only=True, eq=False)
class _Rows:
    """Rows of a table that are of different areas: where they stand, and whose they are."""

    rows: tuple[int, ...]
    places: tuple[int, ...]
    of: str


def _columns(laid: Laid, codes: Mapping[str, int], named: Mapping[str, str]) -> Iterator[_Column]:
    """Columns of a table by area, a table of several rows for an area taken apart."""
    texts = {name: [_text(value) for value in held] for name, held in laid.columns.items()}
    where = _area_column(texts, named)
    if where is None:
        return
    places = [codes.get(named.get(text, ""), -1) for text in texts[where]]
    keys = [texts[name] for name in laid.keys if name in texts and name != where]
    residents = texts.get("population")
    for some in _of_different_areas(places, keys):
        people = {
            place: number
            for row, place in zip(some.rows, some.places, strict=True)
            if residents and (number := _number(residents[row])) is not None
        }
        for name, column in texts.items():
            said = [column[row] for row in some.rows]
            # What is the same everywhere, as the names of the series, tells no areas apart.
            if name != where and said.count(said[0]) < len(said):
                called = f"{name} {some.of}".strip()
                for found in _vectors(said, some):
                    yield replace(found, source=laid.source, name=called, beside=people)


def _of_different_areas(places: Sequence[int], keys: Sequence[Sequence[str]]) -> Iterator[_Rows]:
    """Rows by their key; what still stands twice by its first rows, its second ones, and so on."""
    parts: dict[tuple[str, ...], list[dict[int, int]]] = {}
    for row, place in enumerate(places):
        if place < 0:
            continue
        turns = parts.setdefault(tuple(key[row] for key in keys), [])
        turn = next((one for one in turns if place not in one), None)
        if turn is None:
            turns.append(turn := {})
        turn[place] = row
    for part, turns in parts.items():
        for turn in turns:
            if len(turn) >= _FEWEST:
                of = " ".join(text for text in part if text)
                yield _Rows(rows=tuple(turn.values()), places=tuple(turn), of=of)


def _area_column(texts: Mapping[str, Sequence[str]], named: Mapping[str, str]) -> str | None:
    """Column that says which area a row is of: by its code or its name."""
    for name in sorted(texts, key=lambda name: name != "area_code"):
        filled = [text for text in texts[name] if text]
        if filled and sum(text in named for text in filled) >= _AREAS * len(filled):
            return name
    return None


def _vectors(texts: Sequence[str], some: _Rows) -> Iterator[_Column]:
    """Numbers of a column: its own, those in its texts by the word that follows, or its classes."""
    chosen: dict[tuple[str, int], dict[int, str]] = {}
    for place, text in zip(some.places, texts, strict=True):
        turns: dict[str, int] = {}
        for found in islice(_NUMBER.finditer(text), _MOST_NUMBERS):
            # A date in one sentence and a rate in another are no one column.
            of_what = found["after"].casefold()
            turn = turns[of_what] = turns.get(of_what, 0) + 1
            chosen.setdefault((of_what, turn), {})[place] = found["number"]
    for printed in chosen.values():
        decimals = max(len(text.partition(".")[2]) for text in printed.values())
        yield _Column(
            by_area={place: float(text.replace(",", "")) for place, text in printed.items()},
            tolerance=0.5000001 * 10.0**-decimals,
        )
    words = list(dict.fromkeys(text for text in texts if text))
    if _FEWEST_CLASSES <= len(words) <= _MOST_CLASSES:
        numbers = {word: float(place) for place, word in enumerate(words)}
        said = zip(some.places, texts, strict=True)
        by_area = {place: numbers[text] for place, text in said if text}
        yield _Column(by_area=by_area, tolerance=0.0, classes=True)


def _text(value: Any) -> str:
    """What stands in a cell; a number as it would be printed."""
    if value is None or value != value:  # noqa: PLR0124  (NaN)
        return ""
    if isinstance(value, float):
        return f"{value:.12f}".rstrip("0").rstrip(".")
    return str(value).strip()


def _number(value: Any) -> float | None:
    try:
        number = float(str(value).replace(",", ""))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
