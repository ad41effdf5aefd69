"""Random structures of counts: what is printed of what areas, sexes, indicators and times.

The atoms come first: counts of the smallest area, sex, leaf of the nest and piece of time, all at
random. Every figure is a sum of them, so that nothing contradicts itself (but for the published
totals of a few structures, which disagree as real ones do). Each structure follows from the seed
and its own number alone. The words of its periods come from a table that holds their months too.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint, milp

from vawg_geo.disclosure.rules import PRESETS, Rules
from vawg_geo.terms.columns import COUNT_COLUMNS

__all__ = [
    "Atoms",
    "Figure",
    "Span",
    "Structure",
    "count_frame",
    "hand_made",
    "make_structure",
]

_Item = TypeVar("_Item")

_PREFIXES: Final = {
    "lsoa": "E01",
    "ward": "E05",
    "district": "E07",
    "county": "E10",
    "police_area": "E23",
}
_MONTHS: Final = (
    "January February March April May June July August September October November December"
)
_SEXES: Final = {"female": (0,), "male": (1,), "persons": (0, 1)}
_SEX_SETS: Final = (
    (("persons",), 4),
    (("persons", "female"), 3),
    (("persons", "female", "male"), 3),
    (("female", "male"), 1),
    (("female",), 1),
)
_FEWEST, _MOST = 40, 600
# Of small structures, whose best pattern can be found by trying all.
_HIDEABLE: Final = 13


class Span(NamedTuple):
    """Months from `start` up to and without `end`, counted from January of year 0."""

    start: int
    end: int


class Figure(NamedTuple):
    """What a count is of."""

    area: str
    indicator: str
    sex: str
    span: Span


class Table(NamedTuple):
    """Figures that are printed together: all of these levels, sexes and times."""

    indicator: str
    levels: tuple[str, ...]
    sexes: tuple[str, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Atoms:
    """Unknown counts by smallest area, sex, leaf and piece of time, and what is a sum of which."""

    grid: np.ndarray
    areas: Mapping[str, np.ndarray]
    leaves: Mapping[str, np.ndarray]
    cuts: tuple[int, ...]

    def places(self, figure: Figure) -> tuple[np.ndarray, ...]:
        """Where the atoms of a figure stand, by axis."""
        first, last = self.cuts.index(figure.span.start), self.cuts.index(figure.span.end)
        return (
            self.areas[figure.area],
            np.array(_SEXES[figure.sex]),
            self.leaves[figure.indicator],
            np.arange(first, last),
        )

    def value(self, figure: Figure) -> float:
        """The figure's count."""
        return float(round(self.grid[np.ix_(*self.places(figure))].sum(), 6))

    def numbers(self, figure: Figure) -> np.ndarray:
        """Numbers of the atoms of a figure, counting through all of them."""
        grid = np.ix_(*self.places(figure))
        return np.ravel_multi_index(grid, self.grid.shape).ravel()


@dataclass(frozen=True)
class Structure:
    """One made-up publication with all that a gate needs, and all that an attacker may know.

    `counts` and `public` have the columns of a table of counts; `figures` and `public_figures` say
    by row what these are of. `spans` are the months of each word for a period.
    """

    number: int
    atoms: Atoms
    counts: pd.DataFrame
    figures: tuple[Figure, ...]
    public: pd.DataFrame
    public_figures: tuple[Figure, ...]
    parents: Mapping[str, str]
    part_of: Mapping[str, tuple[str, bool]]
    spans: Mapping[str, Span]
    rules: Rules
    partnership: Rules | None
    people: Mapping[str, float] | None
    features: tuple[str, ...]
    small: bool = False
    disagreeing: bool = False
    wrong: frozenset[int] = field(default_factory=frozenset)


# Words for periods


def _month(number: int) -> str:
    return _MONTHS.split()[number % 12]


def _short(year: int) -> str:
    return f"{year % 100:02}"


def _plain(span: Span) -> str:
    first, last = span.start // 12, (span.end - 1) // 12
    if span.end - span.start == 12 and span.start % 12 == 3:
        return f"{first}/{_short(last)}"
    if span.end - span.start == 12 and span.start % 12 == 0:
        return f"{first}"
    if span.end - span.start == 36 and span.start % 12 == 3:
        return f"{first}/{_short(first + 1)} to {last - 1}/{_short(last)}"
    if span.end - span.start == 36 and span.start % 12 == 0:
        return f"{first} to {last}"
    if span.end - span.start == 1:
        return f"{first}-{span.start % 12 + 1:02}"
    return f"{first}-{span.start % 12 + 1:02} to {last}-{(span.end - 1) % 12 + 1:02}"


def _days(span: Span) -> tuple[str, str]:
    last = pd.Timestamp(year=span.end // 12, month=span.end % 12 + 1, day=1) - pd.Timedelta(days=1)
    return f"{span.start // 12}-{span.start % 12 + 1:02}-01", last.strftime("%Y-%m-%d")


def _other_words(span: Span) -> list[str]:
    """Words of the ONS, the police, Fingertips and Excel for a span of months."""
    first, last = span.start // 12, (span.end - 1) // 12
    start, end = _month(span.start), _month(span.end - 1)
    length = span.end - span.start
    since, until = _days(span)
    british = [f"{day[8:]}/{day[5:7]}/{day[:4]}" for day in (since, until)]
    words = [
        f"{start} {first} to {end} {last}",
        f"{start[:3]} {first} to {end[:3]} {last}",
        f"{british[0]} to {british[1]}",
        f"{since}/{until}",
    ]
    if length < 12 and first == last:
        words += [f"{start[:3]} to {end[:3]} {last}", f"{start} to {end} {last}"] * 2
    if length == 12:
        words += [f"Year ending {end} {last}", f"12 months to {end} {last}"] * 2
    if length == 12 and span.start % 12 == 3:
        year = f"{first}/{_short(last)}"
        words += [f"FY {year}", f"{year} (provisional)"]
        # Nobody can tell the year 2011-12 from a December.
        words += [f"{first}-{_short(last)}", f"{first}–{_short(last)}"] if last % 100 > 12 else []
    if length == 3 and span.start % 3 == 0:
        year = f"{(span.start - 3) // 12}/{_short((span.start - 3) // 12 + 1)}"
        quarter = (span.start - 3) % 12 // 3 + 1
        words += [
            f"{year} Q{quarter}",
            f"Q{quarter} {year}",
            f"{first} Q{span.start % 12 // 3 + 1}",
        ]
    if length == 6 and span.start % 6 == 3:
        year = f"{(span.start - 3) // 12}/{_short((span.start - 3) // 12 + 1)}"
        words += [f"{year} H{(span.start - 3) % 12 // 6 + 1}"] * 2
    if length == 36 and span.start % 12 == 3:
        words += [f"{first}/{_short(first + 1)} to {_short(last - 1)}/{_short(last)}"]
        words += [f"{first}/{_short(first + 1)} - {last - 1}/{_short(last)}"]
    if length == 36 and span.start % 12 == 0:
        words += [f"{first} - {_short(last)}", f"{first}-{last}", f"{first} – {last}"]
    return words


# Areas


def _code(level: str, number: int) -> str:
    return f"{_PREFIXES[level]}{990000 + number}"


def _make_parents(rng: np.random.Generator, *, small: bool) -> dict[str, str]:
    """Parent of each area, with or without a county and smaller areas than wards."""
    police = _code("police_area", 0)
    districts = int(rng.integers(3, 6) if small else rng.integers(2, 6))
    in_county = districts - int(rng.integers(0, 2)) if rng.random() < 0.7 else 0
    parents: dict[str, str] = {}
    if in_county:
        parents[_code("county", 0)] = police
    lsoas = not small and rng.random() < 0.08
    ward = lsoa = 0
    for number in range(districts):
        district = _code("district", number)
        parents[district] = _code("county", 0) if number < in_county else police
        for _ in range(0 if small else int(rng.integers(2, 4 if lsoas else 7))):
            parents[_code("ward", ward)] = district
            for _ in range(int(rng.integers(1, 4)) if lsoas else 0):
                parents[_code("lsoa", lsoa)] = _code("ward", ward)
                lsoa += 1
            ward += 1
    return parents


def _level(code: str) -> str:
    return next(level for level, prefix in _PREFIXES.items() if code.startswith(prefix))


def _smallest_within(parents: Mapping[str, str]) -> dict[str, np.ndarray]:
    codes = sorted({*parents, *parents.values()})
    smallest = [code for code in codes if code not in parents.values()]
    within: dict[str, list[int]] = {code: [] for code in codes}
    for number, code in enumerate(smallest):
        up: str | None = code
        while up is not None:
            within[up].append(number)
            up = parents.get(up)
    return {code: np.array(numbers) for code, numbers in within.items()}


# Indicators


def _make_nest(rng: np.random.Generator, *, small: bool) -> dict[str, tuple[str, bool] | None]:
    """Indicators of one family: what each is a part of, and whether the parts are complete."""
    kind = rng.choice(["one", "parts", "deep"], p=[0.45, 0.4, 0.15] if small else [0.3, 0.35, 0.35])
    nest: dict[str, tuple[str, bool] | None] = {"violence": None}
    if kind == "one":
        return nest
    complete = bool(rng.random() < 0.55)
    first = ["sexual offences", "assault", "harassment"][: int(rng.integers(1 + complete, 4))]
    nest |= dict.fromkeys(first, ("violence", complete))
    if kind == "deep":
        complete = bool(rng.random() < 0.5)
        below = ["rape", "other sexual offences", "exposure"][: int(rng.integers(1 + complete, 4))]
        nest |= dict.fromkeys(below, ("sexual offences", complete))
    return nest


def _leaves(nest: Mapping[str, tuple[str, bool] | None]) -> dict[str, np.ndarray]:
    """Numbers of the leaves of each indicator; parts that are not complete leave one more."""
    parts: dict[str, list[str]] = {name: [] for name in nest}
    for name, whole in nest.items():
        if whole is not None:
            parts[whole[0]].append(name)
    count = itertools.count()
    found: dict[str, list[int]] = {}

    def visit(name: str) -> list[int]:
        numbers = [number for part in parts[name] for number in visit(part)]
        if not parts[name] or not all((nest[part] or ("", False))[1] for part in parts[name]):
            numbers.append(next(count))
        found[name] = numbers
        return numbers

    for name, whole in nest.items():
        if whole is None:
            visit(name)
    return {name: np.array(numbers) for name, numbers in found.items()}


# Times


def _spans_of(start: int, length: int, number: int, step: int = 0) -> tuple[Span, ...]:
    steps = range(start, start + (step or length) * number, step or length)
    return tuple(Span(first, first + length) for first in steps)


def _time_groups(rng: np.random.Generator, *, small: bool) -> list[tuple[Span, ...]]:
    """Groups of periods that a table has together; those of a family overlap."""
    april = 12 * int(rng.integers(2011, 2018)) + 3
    years = _spans_of(april, 12, int(rng.integers(1, 4)))
    schemes: dict[str, list[tuple[Span, ...]]] = {
        "year": [_spans_of(april, 12, 1)],
        "years": [years],
        "pooled": [_spans_of(april, 12, 3), _spans_of(april, 36, 1)],
        "pooled two": [_spans_of(april, 12, 4), _spans_of(april, 36, 2, 12)],
        "quarters": [_spans_of(april, 3, 4), _spans_of(april, 12, 1)],
        "halves": [_spans_of(april, 6, 2), _spans_of(april, 3, 4), _spans_of(april, 12, 1)],
        "rolling": [_spans_of(april, 12, int(rng.integers(2, 5)), 3)],
        "rolling quarters": [_spans_of(april, 12, 3, 3), _spans_of(april, 3, 6)],
        "calendar": [_spans_of(april - 3, 12, 2), _spans_of(april, 12, 2)],
        "calendar quarters": [_spans_of(april - 3, 12, 1), _spans_of(april - 3, 3, 5)],
        "calendar pooled": [_spans_of(april - 3, 12, 3), _spans_of(april - 3, 36, 1)],
    }
    weights = np.array([3, 2, 2, 1, 2, 1, 1, 1, 1, 1, 1], float)
    if small:
        weights = np.array([6, 1, 2, 0, 1, 0, 1, 0, 0, 0, 0], float)
    return schemes[str(rng.choice(list(schemes), p=weights / weights.sum()))]


# What is printed


def _some(rng: np.random.Generator, items: Sequence[_Item], chance: float) -> tuple[_Item, ...]:
    chosen = tuple(item for item in items if rng.random() < chance)
    return chosen or (items[int(rng.integers(len(items)))],)


def _sex_set(rng: np.random.Generator) -> tuple[str, ...]:
    weights = np.array([weight for _, weight in _SEX_SETS], float)
    return _SEX_SETS[int(rng.choice(len(_SEX_SETS), p=weights / weights.sum()))][0]


def _make_tables(
    rng: np.random.Generator,
    names: Sequence[str],
    levels: Sequence[str],
    groups: Sequence[tuple[Span, ...]],
) -> list[Table]:
    """Tables of a family of indicators, alike or each by itself."""
    alike = rng.random() < 0.35
    given = [name for name in names if len(names) < 3 or rng.random() < 0.85] or [names[0]]
    common = (_some(rng, levels, 0.6), _sex_set(rng), _some(rng, groups, 0.75))
    tables = []
    for name in given:
        for _ in range(1 + (not alike and rng.random() < 0.45)):
            of, sexes, times = common
            if not alike:
                of = common[0] if rng.random() < 0.5 else _some(rng, levels, 0.55)
                sexes = common[1] if rng.random() < 0.5 else _sex_set(rng)
                times = common[2] if rng.random() < 0.4 else _some(rng, groups, 0.55)
            spans = tuple(span for group in times for span in group)
            tables.append(Table(name, of, sexes, spans))
    return tables


def _crossed_tables(
    rng: np.random.Generator,
    nest: Mapping[str, tuple[str, bool] | None],
    levels: Sequence[str],
    groups: Sequence[tuple[Span, ...]],
) -> list[Table]:
    """Sums that cross two axes where the figure between is not printed."""
    lowest, above = levels[:1], levels[1:2] or levels[:1]
    every = tuple(span for group in groups for span in group)
    fine, coarse = groups[0], groups[-1]
    tables = []
    for name in nest:
        inner = any(whole and whole[0] == name for whole in nest.values())
        top = nest[name] is None
        of = tuple(above) if inner and not top and rng.random() < 0.7 else tuple(lowest)
        if rng.random() < 0.4:
            of = tuple(dict.fromkeys((*of, *above)))
        spans = fine if top else coarse
        if rng.random() < 0.3:
            spans = every
        tables.append(Table(name, of, ("persons",), spans))
        if rng.random() < 0.5:
            tables.append(Table(name, of, ("female", "male")[: int(rng.integers(1, 3))], coarse))
    return tables


def _printed(tables: Iterable[Table], parents: Mapping[str, str]) -> list[Figure]:
    codes = sorted({*parents, *parents.values()})
    figures = (
        Figure(code, table.indicator, sex, span)
        for table in tables
        for code in codes
        if _level(code) in table.levels
        for sex in table.sexes
        for span in table.spans
    )
    return list(dict.fromkeys(figures))


# Atoms


def _fitting_scale(expected: np.ndarray, share: float, *, sparse: bool) -> float:
    """Scale at which about that share of the figures is expected to be from 1 to 7."""
    scales = np.geomspace(1e-3, 1e5, 160) / max(float(np.median(expected)), 1e-12)
    means = expected[None, :] * scales[:, None]
    shares = ((means >= 0.7) & (means < 7.5)).mean(axis=1)
    fitting = np.flatnonzero(shares >= share)
    if not len(fitting):
        return float(scales[int(shares.argmax())])
    return float(scales[fitting[0] if sparse else fitting[-1]])


def _draw_atoms(rng: np.random.Generator, empty: Atoms, figures: Sequence[Figure]) -> Atoms:
    """Over-dispersed counts, about a tenth of the figures small."""
    shape = empty.grid.shape
    months = np.diff(empty.cuts)
    rates = (
        rng.gamma(2.5, 1, (shape[0], 1, 1, 1))
        * rng.dirichlet(np.full(shape[2], 1.5))[None, None, :, None]
        * np.array([0.68, 0.32])[None, :, None, None]
        * rng.gamma(3, 1, (shape[0], 1, shape[2], 1))
        * months[None, None, None, :]
    )
    rates = np.broadcast_to(rates, shape)
    rated = Atoms(rates, empty.areas, empty.leaves, empty.cuts)
    expected = np.array([rated.value(figure) for figure in figures]) + 1e-9
    share, sparse = rng.uniform(0.02, 0.14), rng.random() < 0.06
    scale = _fitting_scale(expected, share, sparse=sparse)
    values = rng.poisson(rates * scale).astype(float)
    return Atoms(values, empty.areas, empty.leaves, empty.cuts)


def count_frame(
    figures: Sequence[Figure],
    values: Sequence[float],
    *,
    words: Sequence[str],
    basis: Sequence[str],
    status: Sequence[str] | None = None,
) -> pd.DataFrame:
    """A table of counts, as a reader of files would hand it on.

    `status` names the rows without a count; "" where there is one.
    """
    states = list(status or [""] * len(figures))
    whole = all(float(value).is_integer() for value in values)
    shown = [None if state else value for value, state in zip(values, states, strict=True)]
    said = [
        state or ("zero" if value == 0 else "value")
        for value, state in zip(values, states, strict=True)
    ]
    frame = pd.DataFrame(
        {
            "area_code": [figure.area for figure in figures],
            "area_name": [f"Area {figure.area[-4:]} {_level(figure.area)}" for figure in figures],
            "level": [_level(figure.area) for figure in figures],
            "vintage": "2015",
            "indicator": [figure.indicator for figure in figures],
            "sex": [figure.sex for figure in figures],
            "period": list(words),
            "count": pd.array(shown, "Int64" if whole else "Float64"),
            "status": said,
            "basis": list(basis),
            "note": "",
        }
    )
    return frame[list(COUNT_COLUMNS)]


# One structure


class _Draft(NamedTuple):
    parents: dict[str, str]
    nest: dict[str, tuple[str, bool] | None]
    figures: list[Figure]
    kind: str


def _draft(rng: np.random.Generator, *, small: bool) -> _Draft:
    """What is printed, of a size that can be attacked within a second or so."""
    while True:
        parents = _make_parents(rng, small=small)
        nest = _make_nest(rng, small=small)
        levels = [level for level in _PREFIXES if any(_level(code) == level for code in parents)]
        levels.append("police_area")
        if "lsoa" in levels and rng.random() < 0.5:
            levels.remove("ward")
        groups = _time_groups(rng, small=small)
        kind = "crossed" if rng.random() < 0.25 else "mixed"
        tables = (
            _crossed_tables(rng, nest, levels, groups)
            if kind == "crossed"
            else _make_tables(rng, list(nest), levels, groups)
        )
        if not small and rng.random() < 0.12:
            lone = _spans_of(groups[0][0].start, 12, 1)
            nest["stalking"] = None
            tables += _make_tables(rng, ["stalking"], levels, [lone])
        figures = _printed(tables, parents)
        low, high = (4, _HIDEABLE) if small else (_FEWEST, _MOST)
        if low <= len(figures) <= high:
            return _Draft(parents, nest, figures, kind)


def _word_maker(
    rng: np.random.Generator, spans: Sequence[Span]
) -> tuple[str, Callable[[Figure], str]]:
    """How periods are written: one way, many, several for the same months, or one past reading."""
    style = str(
        rng.choice(["plain", "words", "two words", "unreadable"], p=[0.38, 0.48, 0.1, 0.04])
    )
    odd = spans[int(rng.integers(len(spans)))] if style == "unreadable" else None
    chosen: dict[tuple[object, ...], str] = {}

    def word(figure: Figure) -> str:
        if figure.span == odd:
            return "the season of the inquiry"
        if style in ("plain", "unreadable"):
            return _plain(figure.span)
        key: tuple[object, ...] = (figure.span,)
        if style == "two words":
            key += (_level(figure.area), figure.indicator)
        if key not in chosen:
            chosen[key] = str(rng.choice([_plain(figure.span), *_other_words(figure.span)]))
        return chosen[key]

    return style, word


def _without_meaning(
    rng: np.random.Generator, atoms: Atoms, figures: Sequence[Figure], names: Sequence[str]
) -> tuple[Atoms, list[str]]:
    """Leaves that do not apply to men, or to one area: noughts, and their figures' status."""
    status = [""] * len(figures)
    leaves = [name for name in names if len(atoms.leaves[name]) == 1]
    if rng.random() >= 0.1 or not leaves:
        return atoms, status
    name = str(rng.choice(leaves))
    values = atoms.grid.copy()
    places = atoms.leaves[name]
    if rng.random() < 0.6:
        values[:, 1, places, :] = 0
        out = [figure.indicator == name and figure.sex == "male" for figure in figures]
    else:
        area = str(rng.choice([code for code in atoms.areas if _level(code) == "district"]))
        inside = set(atoms.areas[area].tolist())
        values[np.ix_(np.array(sorted(inside)), np.array([0, 1]), places)] = 0
        out = [
            figure.indicator == name and set(atoms.areas[figure.area].tolist()) <= inside
            for figure in figures
        ]
    status = ["not_applicable" if gone else "" for gone in out]
    return Atoms(values, atoms.areas, atoms.leaves, atoms.cuts), status


def _without_counts(
    rng: np.random.Generator, values: Sequence[float], status: list[str]
) -> list[str]:
    """Some counts are missing, some hidden by their source."""
    if rng.random() < 0.2:
        chance = rng.uniform(0.01, 0.06)
        status = ["missing" if not state and rng.random() < chance else state for state in status]
    if rng.random() < 0.12:
        few = [i for i, value in enumerate(values) if 1 <= value <= 9 and not status[i]]
        for i in rng.permutation(few)[: int(rng.integers(1, 4))].astype(int):
            status[i] = "suppressed"
    return status


def _choose_published(
    rng: np.random.Generator, figures: Sequence[Figure], extra: Sequence[Figure]
) -> tuple[set[Figure], list[Figure]]:
    """Figures of the table that are published, and others that are and are not printed."""
    if rng.random() < 0.5:
        return set(), []
    levels = ["district", "county", "police_area"]
    if rng.random() < 0.12:
        levels.append("ward")
    level = str(rng.choice(levels))
    sexes = ["persons"] if rng.random() < 0.6 else list(_SEXES)
    share = 1.0 if rng.random() < 0.7 else rng.uniform(0.3, 0.9)

    def taken(figure: Figure) -> bool:
        fits = _level(figure.area) == level and figure.sex in sexes
        return bool(fits and rng.random() < share)

    inside = {figure for figure in figures if taken(figure)} if rng.random() < 0.5 else set()
    spans = {figure.span for figure in figures}
    names = {figure.indicator for figure in figures}
    chosen = [span for span in sorted(spans) if rng.random() < 0.6]
    outside = [
        figure
        for figure in extra
        if figure.span in chosen and figure.indicator in names and taken(figure)
    ]
    return inside, outside if not inside or rng.random() < 0.4 else []


def _disagree(
    rng: np.random.Generator, values: list[float], published: Sequence[int], chance: float
) -> frozenset[int]:
    """Published totals that differ from the sum of one's own counts."""
    if not published or rng.random() >= chance:
        return frozenset()
    wrong = rng.permutation(list(published))[: max(1, len(published) // 3)].astype(int)
    for i in wrong:
        values[i] = float(max(0, round(values[i] * rng.uniform(0.93, 1.07)) + rng.integers(-2, 3)))
    return frozenset(int(i) for i in wrong)


def _choose_rules(rng: np.random.Generator) -> Rules:
    kind = str(
        rng.choice(["nhs", "dfe", "noughts", "nine", "rounded"], p=[0.62, 0.15, 0.07, 0.06, 0.1])
    )
    if kind == "noughts":
        return Rules(preset="nhs", smallest=0, largest=7)
    if kind == "nine":
        return Rules(preset="nhs", smallest=1, largest=9)
    if kind == "rounded":
        return Rules(preset="nhs", smallest=1, largest=7, base=5)
    return PRESETS[kind]


def _every_figure(draft: _Draft, atoms: Atoms) -> list[Figure]:
    spans = sorted({figure.span for figure in draft.figures})
    return [
        Figure(area, name, sex, span)
        for area in sorted(atoms.areas)
        for name in draft.nest
        for sex in _SEXES
        for span in spans
    ]


def _empty_atoms(
    parents: Mapping[str, str],
    nest: Mapping[str, tuple[str, bool] | None],
    figures: Sequence[Figure],
) -> Atoms:
    """Noughts in the shape that the figures need."""
    cuts = sorted({edge for figure in figures for edge in figure.span})
    areas, leaves = _smallest_within(parents), _leaves(nest)
    size = 1 + max(int(numbers.max()) for numbers in leaves.values())
    smallest = 1 + max(int(numbers.max()) for numbers in areas.values())
    return Atoms(np.zeros((smallest, 2, size, len(cuts) - 1)), areas, leaves, tuple(cuts))


def make_structure(number: int, *, seed: int = 1) -> Structure:
    """Structure of that number: the same seed and number give the same one.

    Examples
    --------
    >>> one = make_structure(3)
    >>> one.counts.equals(make_structure(3).counts), len(one.counts) == len(one.figures)
    (True, True)
    """
    rng = np.random.default_rng([seed, number])
    small = bool(rng.random() < 0.15)
    draft = _draft(rng, small=small)
    empty = _empty_atoms(draft.parents, draft.nest, draft.figures)
    atoms = _draw_atoms(rng, empty, draft.figures)
    atoms, status = _without_meaning(rng, atoms, draft.figures, list(draft.nest))
    basis = str(rng.choice(["own", "illustrative", "estimated"], p=[0.78, 0.08, 0.14]))
    fractions = basis == "estimated" and rng.random() < 0.6
    if fractions:
        grid = np.round(atoms.grid * rng.uniform(0.8, 1.2, atoms.grid.shape), 2)
        atoms = Atoms(grid, atoms.areas, atoms.leaves, atoms.cuts)
    inside, outside = _choose_published(rng, draft.figures, _every_figure(draft, atoms))
    if fractions:
        # Nobody publishes fractions.
        inside, outside = set(), []
    values = [atoms.value(figure) for figure in draft.figures]
    status = _without_counts(rng, values, status)
    rows = [i for i, figure in enumerate(draft.figures) if figure in inside and not status[i]]
    chance = 0.0 if outside else 0.12
    wrong = _disagree(rng, values, rows, chance)
    others = [atoms.value(figure) for figure in outside]
    wrong_others = _disagree(rng, others, range(len(others)), 0.12)
    style, word = _word_maker(rng, sorted({figure.span for figure in draft.figures}))
    words = [word(figure) for figure in draft.figures]
    said = [word(figure) for figure in outside]
    counts = count_frame(
        draft.figures,
        values,
        words=words,
        basis=["published" if figure in inside else basis for figure in draft.figures],
        status=status,
    )
    public = count_frame(outside, others, words=said, basis=["published"] * len(outside))
    spans = dict(zip([*words, *said], [f.span for f in [*draft.figures, *outside]], strict=True))
    rules = _choose_rules(rng)
    partnership = None
    if not rules.base and rng.random() < 0.25:
        partnership = Rules(preset=rules.preset, smallest=1, largest=4)
    people = None
    if rng.random() < 0.5:
        people = {code: float(rng.integers(500, 20000)) for code in sorted(atoms.areas)}
    made = Structure(
        number=number,
        atoms=atoms,
        counts=counts,
        figures=tuple(draft.figures),
        public=public,
        public_figures=tuple(outside),
        parents=draft.parents,
        part_of={name: whole for name, whole in draft.nest.items() if whole is not None},
        spans=spans,
        rules=rules,
        partnership=partnership,
        people=people,
        features=(),
        small=small,
        disagreeing=bool(wrong or wrong_others),
        wrong=wrong,
    )
    return _with_features(made, [draft.kind, style])


# A structure by hand


def hand_made(
    rows: Sequence[tuple[str, str, str, str, float]],
    *,
    parents: Mapping[str, str],
    spans: Mapping[str, Span],
    part_of: Mapping[str, tuple[str, bool]] | None = None,
    rules: Rules = PRESETS["nhs"],
) -> Structure:
    """Structure of given counts: area, indicator, sex, word for the period, count.

    The atoms are whole numbers that add up to the counts, any that do.

    Raises
    ------
    ValueError
        The counts contradict each other.

    Examples
    --------
    >>> rows = [("E05990000", "violence", "female", "2015/16", 3),
    ...         ("E05990000", "violence", "persons", "2015/16", 12)]
    >>> made = hand_made(rows, parents={"E05990000": "E07990000"},
    ...                  spans={"2015/16": Span(24183, 24195)})
    >>> made.atoms.value(made.figures[0]._replace(sex="male"))
    9.0
    """
    figures = [Figure(area, name, sex, spans[word]) for area, name, sex, word, _ in rows]
    part_of = dict(part_of or {})
    names = {figure.indicator for figure in figures} | {*part_of}
    names |= {whole for whole, _ in part_of.values()}
    nest = {name: part_of.get(name) for name in sorted(names)}
    empty = _empty_atoms(parents, nest, figures)
    values = [float(row[4]) for row in rows]
    sums = np.zeros((len(figures), empty.grid.size))
    for row, figure in enumerate(figures):
        sums[row, empty.numbers(figure)] = 1.0
    found = milp(
        np.zeros(empty.grid.size),
        integrality=np.ones(empty.grid.size, dtype=np.int64),
        constraints=LinearConstraint(sums, np.array(values), np.array(values)),
    )
    if found.x is None:
        msg = "the counts contradict each other"
        raise ValueError(msg)
    grid = np.round(found.x).reshape(empty.grid.shape)
    words = [row[3] for row in rows]
    made = Structure(
        number=-1,
        atoms=Atoms(grid, empty.areas, empty.leaves, empty.cuts),
        counts=count_frame(figures, values, words=words, basis=["own"] * len(rows)),
        figures=tuple(figures),
        public=count_frame([], [], words=[], basis=[]),
        public_figures=(),
        parents=parents,
        part_of=part_of,
        spans=spans,
        rules=rules,
        partnership=None,
        people=None,
        features=(),
    )
    return _with_features(made, ["by hand"])


# What a structure has


def _overlap(one: Span, other: Span) -> bool:
    return one != other and max(one.start, other.start) < min(one.end, other.end)


def _has_gap(structure: Structure) -> bool:
    """An area has a figure, the one above has none, and one further up has."""
    there = set(structure.figures)
    for figure in structure.figures:
        up = structure.parents.get(figure.area)
        gap = False
        while up is not None:
            if figure._replace(area=up) not in there:
                gap = True
            elif gap:
                return True
            up = structure.parents.get(up)
    return False


def _differs(groups: Mapping[object, set[object]]) -> bool:
    return len({frozenset(group) for group in groups.values()}) > 1


def _by(
    structure: Structure, key: Callable[[Figure], object], what: Callable[[Figure], object]
) -> dict[object, set[object]]:
    groups: dict[object, set[object]] = {}
    for figure in structure.figures:
        groups.setdefault(key(figure), set()).add(what(figure))
    return groups


def _with_features(made: Structure, named: Sequence[str]) -> Structure:
    """The structure with words for what it has, to look at results by."""
    spans = {figure.span for figure in made.figures}
    pairs = [(one, other) for one in spans for other in spans if _overlap(one, other)]
    depth = {name: 1 + (whole in made.part_of) for name, (whole, _) in made.part_of.items()}
    basis = set(made.counts["basis"])
    tests = {
        "gaps": _has_gap(made),
        "sexes by level": _differs(_by(made, lambda f: _level(f.area), lambda f: f.sex)),
        "sexes by time": _differs(_by(made, lambda f: f.span, lambda f: f.sex)),
        "parts by level": _differs(_by(made, lambda f: f.indicator, lambda f: _level(f.area))),
        "parts by time": _differs(_by(made, lambda f: f.indicator, lambda f: f.span)),
        "nest of two": max(depth.values(), default=0) == 1,
        "nest of three": max(depth.values(), default=0) == 2,
        "complete parts": any(complete for _, complete in made.part_of.values()),
        "quarters": any(span.end - span.start == 3 for span in spans),
        "pooled": any(span.end - span.start == 36 for span in spans),
        "overlapping": any(
            not (one.start <= other.start and other.end <= one.end)
            and not (other.start <= one.start and one.end <= other.end)
            for one, other in pairs
        ),
        "published printed": "published" in basis,
        "published elsewhere": len(made.public) > 0,
        "estimated": "estimated" in basis,
        "fractions": str(made.counts["count"].dtype) == "Float64",
        "missing": bool((made.counts["status"] == "missing").any()),
        "source hides": bool((made.counts["status"] == "suppressed").any()),
        "not applicable": bool((made.counts["status"] == "not_applicable").any()),
        "lsoa": any(_level(code) == "lsoa" for code in made.parents),
        "partnership": made.partnership is not None,
        "noughts hidden": made.rules.smallest == 0,
        "rounded": made.rules.base > 0,
        "disagreeing": made.disagreeing,
        "small": made.small,
    }
    features = (*named, *(name for name, there in tests.items() if there))
    return Structure(**{**made.__dict__, "features": features})
