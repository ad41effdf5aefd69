"""How a map's picture paints areas, and the key beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from vawg_geo.publish.pictures.drawing import wrap
from vawg_geo.results.key import state_classes
from vawg_geo.words import page as words
from vawg_geo.words.palette import INK, QUIET, hatch_ink
from vawg_geo.words.report import PICTURE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from vawg_geo.results.key import KeyClass
    from vawg_geo.results.series import Series

__all__ = [
    "HATCHES",
    "Painted",
    "draw_change_key",
    "draw_key",
    "draw_key_below",
    "draw_key_beside",
    "key_height",
    "painted",
]

# Inches of the head of a key beside or below a map, and from one line to the next.
_KEY_HEAD: Final = 0.4
_LINE: Final = 0.185
HATCHES: Final = {
    "diagonal": "////",
    "cross": "xxxx",
    "level": "----",
    "back": 4 * chr(92),
    "light": 3 * chr(92),
    "noughts": "oo",
}
"""Patterns as Matplotlib writes them."""


@dataclass(frozen=True, kw_only=True)
class Painted:
    """Areas that are painted alike.

    Attributes
    ----------
    of : KeyClass
        Their line of the key.
    places : list of int
    loose : bool
        A class whose rates are of few events.
    hatch, ink : str
        As Matplotlib has them.
    """

    of: KeyClass
    places: list[int]
    loose: bool = False
    hatch: str = ""
    ink: str = QUIET


def painted(series: Series) -> list[Painted]:
    """Areas by their line of the key and by whether they are loose, in the key's order.

    Parameters
    ----------
    series : Series

    Returns
    -------
    list of Painted
        Every class twice, the second time with a light hatch; some have no areas.
    """
    places: dict[tuple[str, bool], list[int]] = {}
    for place, (one, status) in enumerate(zip(series.paints(), series.status, strict=True)):
        places.setdefault((one.key, status == "unstable"), []).append(place)
    groups = []
    for one in series.classes():
        groups.append(Painted(of=one, places=places.get((one.key, False), [])))
        loose, ink = places.get((one.key, True), []), hatch_ink(one.ground)
        groups.append(Painted(of=one, places=loose, loose=True, hatch=HATCHES["light"], ink=ink))
    for one in state_classes():
        hatch = HATCHES.get(one.pattern, "")
        mine = places.get((one.key, False), [])
        groups.append(Painted(of=one, places=mine, hatch=hatch, ink=one.ink or QUIET))
    return groups


def draw_key(axes: Axes, series: Series, groups: list[Painted], *, bordered: bool) -> None:
    """Draw classes with their numbers of areas, patterns, and what the areas are compared with.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Room for the key and nothing else.
    series : Series
    groups : list of Painted
        As the map paints them.
    bordered : bool
        Whether the map has borders of districts.
    """
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    y = 0.985
    for line in wrap(series.per, 36):
        axes.text(0, y, line, size=10.5, weight="bold", va="center")
        y -= 0.043
    count = words.fill(words.PAGE["key_count_title"], {"levels": series.levels})
    axes.text(1, y, count, size=8.5, ha="right", va="center", color=QUIET)
    y -= 0.048
    y = _key_classes(axes, series, groups, y)
    others = _others(series, groups)
    y -= 0.012 if others else 0
    for row in others:
        y = _key_row(axes, row, y)
    _notes(axes, _key_notes(series, bordered=bordered), y)


def key_height(series: Series, groups: list[Painted]) -> float:
    """Inches of a key in two columns."""
    lines = max(len(series.classes()), len(_others(series, groups)))
    return _KEY_HEAD + _LINE * lines


def draw_key_below(axes: Axes, series: Series, groups: list[Painted]) -> None:
    """Draw a map's key in two columns: classes at the left, patterns at the right.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Its scale is in inches.
    series : Series
    groups : list of Painted
        As the map paints them.
    """
    wide, high = axes.get_xlim()[1], axes.get_ylim()[1]
    axes.text(0, high - 0.1, series.per, size=9, weight="bold", va="center")
    top = high - _KEY_HEAD + 0.08
    for place, (row, holds) in enumerate(_class_rows(series, groups)):
        y = top - _LINE * place
        _row_below(axes, row, (0, y), wide=0.375 * wide)
        if holds:
            axes.text(0.39 * wide, y, series.compared("◀ {rate}"), size=7.8, va="center")
    for place, row in enumerate(_others(series, groups)):
        _row_below(axes, row, (0.49 * wide, top - _LINE * place), wide=0.5 * wide)


def draw_key_beside(axes: Axes, series: Series, groups: list[Painted]) -> None:
    """Draw a map's key in one column; as for `draw_key_below`."""
    wide, y = axes.get_xlim()[1], axes.get_ylim()[1] - 0.1
    for line in wrap(series.per, int(wide / 0.082)):
        axes.text(0, y, line, size=9, weight="bold", va="center")
        y -= 0.17
    y -= 0.05
    for row, holds in _class_rows(series, groups):
        _row_below(axes, row, (0, y), wide=wide - 0.16)
        if holds:
            axes.text(wide - 0.12, y, "◀", size=7.8, va="center")
        y -= _LINE
    if compared := series.compared("◀ {name}: {rate}"):
        for line in wrap(compared, int(wide / 0.068)):
            axes.text(0, y, line, size=7.8, va="center")
            y -= 0.15
    y -= 0.04
    for row in _others(series, groups):
        y = _row_below(axes, row, (0, y), wide=wide - 0.16)


def _class_rows(series: Series, groups: list[Painted]) -> list[tuple[_Row, bool]]:
    """Classes from the highest, and which holds the rate of what they are compared with."""
    holds = _holding(series)
    return [
        (
            _Row(
                label=one.label,
                areas=sum(len(group.places) for group in groups if group.of.key == one.key),
                ground=one.ground,
            ),
            number == holds,
        )
        for number, one in reversed(list(enumerate(series.classes())))
    ]


def _row_below(axes: Axes, row: _Row, at: tuple[float, float], *, wide: float) -> float:
    """Draw a line of a key in inches; gives the height of the next."""
    from matplotlib.patches import Rectangle

    x, y = at
    corner, size = (x + 0.02, y - 0.07), (0.28, 0.14)
    axes.add_patch(
        Rectangle(
            corner,
            *size,
            facecolor=row.ground,
            edgecolor=row.ink,
            hatch=row.hatch or None,
            linewidth=0,
        )
    )
    axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor=QUIET, linewidth=0.7))
    label = wrap(row.label, int((wide - 0.6) / 0.062))
    for n, line in enumerate(label):
        axes.text(x + 0.37, y - 0.14 * n, line, size=7.8, va="center")
    axes.text(x + wide, y, f"{row.areas:,}", size=7.8, va="center", ha="right")
    return y - _LINE - 0.14 * (len(label) - 1)


def draw_change_key(
    axes: Axes, groups: Sequence[Painted], *, head: str, levels: str, notes: Sequence[str]
) -> None:
    """Draw the kinds of a change with their numbers of areas.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Room for the key and nothing else.
    groups : sequence of Painted
    head, levels : str
        What the map is of, and the plural word of its areas.
    notes : sequence of str
        Below it.
    """
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    y = 0.985
    for line in wrap(head, 36):
        axes.text(0, y, line, size=10.5, weight="bold", va="center")
        y -= 0.043
    count = words.fill(words.PAGE["key_count_title"], {"levels": levels})
    axes.text(1, y, count, size=8.5, ha="right", va="center", color=QUIET)
    y -= 0.048
    for group in groups:
        y = _key_row(axes, _Row.of(group), y)
    _notes(axes, notes, y)


def _notes(axes: Axes, notes: Sequence[str], y: float) -> None:
    for line in notes:
        y -= 0.014
        for part in wrap(line, 47):
            axes.text(0, y, part, size=8.3, va="center", color=INK)
            y -= 0.034


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A line of the key with its number of areas."""

    label: str
    areas: int
    ground: str = "#ffffff"
    hatch: str = ""
    ink: str = QUIET

    @classmethod
    def of(cls, group: Painted) -> _Row:
        return cls(
            label=group.of.label,
            areas=len(group.places),
            ground=group.of.ground,
            hatch=group.hatch,
            ink=group.ink,
        )


def _others(series: Series, groups: Sequence[Painted]) -> list[_Row]:
    """Lines of what is no class of rates, as far as the map has such areas."""
    others = [_Row.of(group) for group in groups if group.of.key not in _numbers(series)]
    others = [row for row in others if row.areas]
    if loose := sum(len(group.places) for group in groups if group.loose):
        unstable = _Row(
            label=words.PAGE["key_unstable"],
            areas=loose,
            hatch=HATCHES["light"],
            ink=hatch_ink("#ffffff"),
        )
        others.insert(0, unstable)
    return others


def _holding(series: Series) -> int:
    """Class that holds the rate of what the areas are compared with; -1 without one."""
    whole = series.compared_with
    return -1 if whole is None else int(np.searchsorted(series.breaks, whole.rate, side="right"))


def _numbers(series: Series) -> set[str]:
    return {one.key for one in series.classes()}


def _key_classes(axes: Axes, series: Series, groups: list[Painted], y: float) -> float:
    """Rows from the highest class to the lowest, the comparator's with a mark."""
    holds = _holding(series)
    for number, one in reversed(list(enumerate(series.classes()))):
        if number == holds:
            axes.plot([0.715], [y], marker="<", markersize=6, color=INK)
        areas = sum(len(group.places) for group in groups if group.of.key == one.key)
        y = _key_row(axes, _Row(label=one.label, areas=areas, ground=one.ground), y)
    return y


def _key_row(axes: Axes, row: _Row, y: float) -> float:
    from matplotlib.patches import Rectangle

    corner = (0.005, y - 0.017)
    axes.add_patch(
        Rectangle(
            corner,
            0.1,
            0.034,
            facecolor=row.ground,
            edgecolor=row.ink,
            hatch=row.hatch or None,
            linewidth=0,
        )
    )
    axes.add_patch(Rectangle(corner, 0.1, 0.034, fill=False, edgecolor=QUIET, linewidth=0.7))
    axes.text(0.135, y, row.label, size=9.3, va="center")
    axes.text(1, y, f"{row.areas:,}", size=9.3, va="center", ha="right")
    return y - 0.047


def _key_notes(series: Series, *, bordered: bool) -> list[str]:
    notes = []
    if compared := series.compared(words.PAGE["key_comparator"]):
        notes.append(f"◀ {compared}")
    if bordered:
        notes.append(PICTURE["borders"])
    if series.indicator.caveat:
        notes.append(series.indicator.caveat)
    return notes
