"""Rates of all areas with their intervals and what they are compared with, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vawg_geo.publish.pictures.drawing import Picture, new_figure, settings, wrap
from vawg_geo.publish.pictures.frame import (
    file_name,
    put_frame,
    who_when,
)
from vawg_geo.words import page as words
from vawg_geo.words.palette import BAND, GRID, INK, QUIET, SIGNIFICANCE_COLOURS, STANDING_COLOURS
from vawg_geo.words.report import PICTURE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series

__all__ = ["alt_of_chart", "chart_handles", "chart_picture", "draw_chart", "from_the_highest"]

# With more areas than this their names could not be read.
_NAMED: Final = 40
# Shape and colour say the same.
_MARKERS: Final = {
    "higher": "^",
    "similar": "o",
    "lower": "v",
    "unusually_high": "^",
    "possibly_high": "d",
    "as_expected": "o",
    "possibly_low": "s",
    "unusually_low": "v",
    "not_compared": "o",
}
_COLOURS: Final = {**SIGNIFICANCE_COLOURS, **STANDING_COLOURS}
_LABELS: Final = {**words.SIGNIFICANCE, **words.STANDING}


def chart_picture(results: EditionResults, series: Series) -> Picture:
    """Draw one series as dots with their 95% intervals, from the highest to the lowest.

    Parameters
    ----------
    results : EditionResults
    series : Series

    Returns
    -------
    Picture
    """
    shown = from_the_highest(series)
    title = words.fill(
        PICTURE["chart_of"],
        {"title": series.indicator.title, "level": words.LEVEL[series.level][0]},
    )
    if series.illustrative:
        mark = words.PAGE["illustrative_title"]
        title += f" ({mark[0].lower()}{mark[1:]})"
    with settings():
        figure = new_figure()
        put_frame(figure, results, series, title)
        named = len(shown) <= _NAMED
        axes = figure.add_axes((0.2, 0.21, 0.755, 0.62) if named else (0.07, 0.21, 0.885, 0.62))
        draw_chart(axes, series, shown, named=named)
        _key(axes, series, shown)
    return Picture(
        name=f"chart.{file_name(series)}",
        title=f"{title}. {who_when(series)}",
        alt=alt_of_chart(series, shown),
        figure=figure,
        level=series.level,
        indicator=series.indicator.name,
        sex=series.sex,
        made_from=results.made_from,
        period=series.period,
    )


def from_the_highest(series: Series) -> list[int]:
    """Places of the areas that have a rate, the highest first."""
    shown: list[int] = np.flatnonzero(series.rated).tolist()
    shown.sort(key=lambda place: (-series.rate[place], series.area_name[place]))
    return shown


def draw_chart(
    axes: Axes,
    series: Series,
    shown: list[int],
    *,
    named: bool,
    figures: bool = True,
    mark: float = 24,
) -> None:
    """Draw dots with their intervals and what they are compared with.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    series : Series
    shown : list of int
        Places of areas, in their order.
    named : bool
        One below the other by name, or beside each other without names.
    figures : bool
        Whether each rate is printed over its dot, where areas are named.
    mark : float
        Size of the mark of made-up figures.
    """
    if named:
        _named(axes, series, shown, figures=figures)
    else:
        _ranked(axes, series, shown)
    _dress(axes, series, named=named)
    if series.illustrative:
        axes.text(
            0.5,
            0.5,
            words.PAGE["illustrative_mark"],
            transform=axes.transAxes,
            ha="center",
            va="center",
            size=mark,
            weight="bold",
            alpha=0.16,
            rotation=14,
        )


def _named(axes: Axes, series: Series, shown: list[int], *, figures: bool) -> None:
    """Areas one below the other, each by its name."""
    for row, place in enumerate(shown):
        rate = series.rate[place]
        low, high = series.rate_lower[place], series.rate_upper[place]
        axes.plot([low, high], [row, row], "-|", color=INK, markersize=7, linewidth=1.4)
        _dot(axes, series, place, x=rate, y=row, size=9 if figures else 6.5)
        if not figures:
            continue
        axes.annotate(
            series.printed(rate),
            (rate, row),
            (0, 10),
            textcoords="offset points",
            ha="center",
            size=9,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.4},
        )
    axes.set_yticks(range(len(shown)), series.area_name[shown].tolist())
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    _comparator(axes, series, upright=True)


def _ranked(axes: Axes, series: Series, shown: list[int]) -> None:
    """Areas beside each other, without names."""
    ranks = range(1, len(shown) + 1)
    low, high = series.rate_lower[shown], series.rate_upper[shown]
    axes.vlines(ranks, low, high, colors=QUIET, linewidth=0.8)
    # One call for each word: a call for each area takes a hundred times as long.
    told, _ = series.coloured()
    for word, marker in _MARKERS.items():
        mine = [(n, p) for n, p in zip(ranks, shown, strict=True) if told[p] == word]
        axes.plot(
            [n for n, _ in mine],
            [series.rate[p] for _, p in mine],
            marker,
            markersize=4.5,
            markeredgewidth=0.9,
            zorder=3,
            markerfacecolor=_COLOURS[word],
            markeredgecolor=INK,
        )
    axes.set_xlim(0, len(shown) + 1)
    text = words.fill(PICTURE["rank_axis"], {"levels": _capital(series.levels)})
    axes.set_xlabel(text, size=9.5)
    _comparator(axes, series, upright=False)


def _dot(axes: Axes, series: Series, place: int, *, x: float, y: float, size: float) -> None:
    word = str(series.coloured()[0][place])
    axes.plot(
        [x],
        [y],
        _MARKERS[word],
        markersize=size,
        markeredgewidth=0.9,
        zorder=3,
        markerfacecolor=_COLOURS[word],
        markeredgecolor=INK,
    )


def _comparator(axes: Axes, series: Series, *, upright: bool) -> None:
    whole = series.compared_with
    if whole is None:
        return
    line, band = (axes.axvline, axes.axvspan) if upright else (axes.axhline, axes.axhspan)
    line(whole.rate, color=INK, linewidth=1.2, linestyle=(0, (5, 3)), zorder=1)
    low, high = whole.rate_lower, whole.rate_upper
    if not np.isnan([low, high]).any():
        band(low, high, facecolor=BAND, alpha=0.6, linewidth=0, zorder=0)


def chart_handles(series: Series, shown: list[int]) -> list[Any]:
    """What the shapes and the dashed line are, with their numbers of areas, for a legend."""
    from matplotlib.lines import Line2D

    handles: list[Any] = []
    told, _ = series.coloured()
    for word in _MARKERS:
        n = int((told[shown] == word).sum())
        if n:
            handles.append(
                Line2D(
                    [],
                    [],
                    marker=_MARKERS[word],
                    linestyle="",
                    markersize=8,
                    color=INK,
                    markerfacecolor=_COLOURS[word],
                    label=f"{_LABELS[word]}: {n:,}",
                )
            )
    if label := series.compared(words.PAGE["key_comparator"]):
        handles.append(Line2D([], [], color=INK, linestyle=(0, (5, 3)), label=label))
    return handles


def _key(axes: Axes, series: Series, shown: list[int]) -> None:
    """Over the chart the legend, under it who is not drawn."""
    handles = chart_handles(series, shown)
    _, chance = series.coloured()
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=len(handles),
        frameon=False,
        fontsize=9 if len(handles) < 5 else 8,
        handletextpad=0.4,
        columnspacing=1.4 if len(handles) < 5 else 0.9,
        borderaxespad=0.2,
    )
    notes = [words.PAGE["chart_note"], *([chance] if chance else [])]
    missing = series.areas - len(shown)
    if missing:
        values = {"n": f"{missing:,}", "levels": series.levels}
        notes.append(words.fill(words.PAGE["chart_note_without"], values))
    text = "\n".join(wrap(" ".join(notes), 120))
    axes.figure.text(0.025, 0.112, text, size=8.3, va="bottom", color=INK)


def _dress(axes: Axes, series: Series, *, named: bool) -> None:
    for side in ("top", "right", *(("left",) if named else ())):
        axes.spines[side].set_visible(False)
    (axes.set_xlim if named else axes.set_ylim)(0)
    # What is named is read across, what is ranked is read up.
    axes.grid(axis="x" if named else "y", color=GRID, linewidth=0.7, zorder=0)
    axes.set_axisbelow(True)
    (axes.set_xlabel if named else axes.set_ylabel)(series.per, size=9.5)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def alt_of_chart(series: Series, shown: list[int]) -> str:
    """What a reader who does not see the chart should know."""

    def said(place: int) -> str:
        return f"{series.area_name[place]}, {series.printed(series.rate[place])}"

    values = {
        "n": f"{len(shown):,}",
        "levels": series.levels,
        "title": series.indicator.title,
        "sex": words.SEX[series.sex].lower(),
        "period": series.period,
        "highest": said(shown[0]),
        "lowest": said(shown[-1]),
        "against": series.compared(PICTURE["alt_against"]),
    }
    return words.fill(PICTURE["alt_chart"], values)
