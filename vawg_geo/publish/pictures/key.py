"""The key beside a map's picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vawg_geo.publish.pictures.drawing import wrap
from vawg_geo.words import page as words
from vawg_geo.words.palette import INK, QUIET
from vawg_geo.words.report import PICTURE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vawg_geo.publish.pictures.frame import Series

__all__ = ["draw_key"]


def draw_key(axes: Axes, series: Series, groups: list[dict[str, Any]], *, few: bool) -> None:
    """Draw classes with their numbers of areas, patterns, and what the areas are compared with.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Room for the key and nothing else.
    series : Series
    groups : list of dict
        As the map paints them.
    few : bool
        Whether the areas themselves have labels.
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
    others = [g for g in groups if g["kind"] == "other" and g["n"]]
    if loose := sum(g["n"] for g in groups if g["kind"] == "dotted"):
        others.insert(0, {"label": words.STATUS["unstable"], "n": loose, "face": "#ffffff",
                          "hatch": "...", "ink": INK})  # fmt: skip
    y -= 0.012 if others else 0
    for group in others:
        y = _key_row(axes, group, y)
    for line in _key_notes(series, few=few):
        y -= 0.014
        for part in wrap(line, 47):
            axes.text(0, y, part, size=8.3, va="center", color=INK)
            y -= 0.034


def _key_classes(axes: Axes, series: Series, groups: list[dict[str, Any]], y: float) -> float:
    """Rows from the highest class to the lowest, the comparator's with a mark."""
    found = series.comparator()
    holds = (
        None if found is None
        else int(np.searchsorted(series.values["breaks"], found[1], side="right"))
    )  # fmt: skip
    for group in reversed([g for g in groups if g["kind"] == "class"]):
        if group["number"] == holds:
            axes.plot([0.715], [y], marker="<", markersize=6, color=INK)
        y = _key_row(axes, group, y)
    return y


def _key_row(axes: Axes, group: dict[str, Any], y: float) -> float:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle(
            (0.005, y - 0.017), 0.1, 0.034, facecolor=group["face"], edgecolor=group["ink"],
            hatch=group["hatch"] or None, linewidth=0,
        )
    )  # fmt: skip
    axes.add_patch(
        Rectangle((0.005, y - 0.017), 0.1, 0.034, fill=False, edgecolor=QUIET, linewidth=0.7)
    )
    axes.text(0.135, y, group["label"], size=9.3, va="center")
    axes.text(1, y, f"{group['n']:,}", size=9.3, va="center", ha="right")
    return y - 0.047


def _key_notes(series: Series, *, few: bool) -> list[str]:
    notes = []
    if found := series.comparator():
        text = words.fill(
            words.PAGE["key_comparator"], {"name": found[0], "rate": series.number(found[1])}
        )
        notes.append(f"◀ {text}")
    if series.page["parents"]["code"] and not few:
        notes.append(PICTURE["borders"])
    if series.indicator["caveat"]:
        notes.append(series.indicator["caveat"])
    return notes
