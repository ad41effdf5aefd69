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

__all__ = ["HATCHES", "Painted", "draw_change_key", "draw_key", "painted"]

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
    y -= 0.012 if others else 0
    for row in others:
        y = _key_row(axes, row, y)
    _notes(axes, _key_notes(series, bordered=bordered), y)


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


def _numbers(series: Series) -> set[str]:
    return {one.key for one in series.classes()}


def _key_classes(axes: Axes, series: Series, groups: list[Painted], y: float) -> float:
    """Rows from the highest class to the lowest, the comparator's with a mark."""
    whole = series.compared_with
    holds = -1 if whole is None else int(np.searchsorted(series.breaks, whole.rate, side="right"))
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
