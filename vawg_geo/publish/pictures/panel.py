"""Pictures as parts of a page: without a slide's headings and footer, in the size of their place.

The page around them says whose they are. Sizes are inches before the page shrinks them: the letters
of a panel are those of a slide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from vawg_geo.publish.pictures.chart import (
    alt_of_chart,
    chart_handles,
    draw_chart,
    from_the_highest,
)
from vawg_geo.publish.pictures.drawing import Picture, bare_axes, new_figure, settings, wrap
from vawg_geo.publish.pictures.frame import file_name, who_when
from vawg_geo.publish.pictures.key import (
    draw_key_below,
    draw_key_beside,
    key_height,
    painted,
)
from vawg_geo.publish.pictures.line import (
    alt_of_line,
    draw_line,
    line_handles,
    line_name,
    peak_of,
    peak_of_all,
)
from vawg_geo.publish.pictures.map import alt_of_map, draw_areas, mark_made_up, value_text
from vawg_geo.words import page as words
from vawg_geo.words.change import CHANGE_SIGN
from vawg_geo.words.report import LINE, PANEL, PICTURE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from vawg_geo.publish.pictures.key import Painted
    from vawg_geo.publish.pictures.lines import AreaLine, Lines
    from vawg_geo.publish.pictures.map import Ground
    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series

__all__ = ["chart_panel", "line_panel", "map_panel"]

_Box: TypeAlias = tuple[float, float, float, float]

# Inches of a title, of a key beside a map, and of a line of a legend.
_TITLE: Final = 0.3
_KEY_WIDE: Final = 1.95
_LEGEND_LINE: Final = 0.2
# Of an axis without its name, and with it.
_AXIS: Final = (0.27, 0.48)
# A name of an area takes so many inches at most, and a row with its rate or without.
_NAMES: Final = 1.65
_ROW: Final = (0.34, 0.16)
# Small lines beside each other: more of them have more columns.
_MOST_RATES: Final = 12
_COLUMNS: Final = ((3, 3), (8, 4), (15, 5), (24, 6))


def map_panel(
    results: EditionResults, series: Series, ground: Ground, *, size: tuple[float, float]
) -> Picture:
    """Draw one series on a map, its key beside or below it.

    Parameters
    ----------
    results : EditionResults
    series : Series
    ground : Ground
    size : tuple of float
        Width and height in inches.

    Returns
    -------
    Picture
    """
    wide, high = size
    groups = painted(series)
    place, key, draw_key = _key_place(series, ground, groups, size=size)
    with settings():
        figure = new_figure(wide, high)
        _title(figure, _of_level("map", series))
        values = [value_text(series, place) for place in range(series.areas)]
        names = series.area_name
        axes, labels = draw_areas(figure, ground, groups, names=names, values=values, box=place)
        if series.illustrative:
            mark_made_up(axes, size=3.6 * wide)
        beside = bare_axes(figure, key)
        beside.set_xlim(0, key[2] * wide)
        beside.set_ylim(0, key[3] * high)
        draw_key(beside, series, groups)
    return _of_series(
        results, series, "map", alt=alt_of_map(series, groups), drawn=(figure, labels)
    )


def _key_place(
    series: Series, ground: Ground, groups: list[Painted], *, size: tuple[float, float]
) -> tuple[_Box, _Box, Callable[[Axes, Series, list[Painted]], None]]:
    """Where the map and its key stand: below or beside, whichever lets the map be larger."""
    wide, high = size
    west, south, east, north = ground.bounds
    across, up = east - west, north - south
    below = key_height(series, groups)
    room = high - _TITLE
    if min(wide / across, (room - below) / up) > min((wide - _KEY_WIDE) / across, room / up):
        place = (0.01, below / high, 0.98, (room - below) / high)
        return place, (0, 0, 1, below / high), draw_key_below
    share = 1 - _KEY_WIDE / wide
    place = (0.01, 0, share - 0.02, room / high)
    return place, (share, 0, 1 - share, (room - 0.1) / high), draw_key_beside


def chart_panel(results: EditionResults, series: Series, *, size: tuple[float, float]) -> Picture:
    """Draw one series as dots with their 95% intervals, from the highest to the lowest.

    Parameters
    ----------
    results : EditionResults
    series : Series
    size : tuple of float
        Width and height in inches. Areas have their names where the height has room for them.

    Returns
    -------
    Picture
    """
    wide, high = size
    shown = from_the_highest(series)
    handles = chart_handles(series, shown)
    columns = max(int(wide / 1.3), 1)
    # The whole is named below the shapes, in a line of its own.
    marks = [one for one in handles if one.get_marker() not in ("None", "", None)]
    lines = -(-len(marks) // columns) + (len(handles) > len(marks))
    around = _TITLE + _LEGEND_LINE * lines
    axis = _AXIS[high - around - _AXIS[0] < _ROW[1] * len(shown)]
    room = high - around - axis
    figures = room >= _ROW[0] * len(shown)
    named = room >= _ROW[1] * len(shown)
    left = _NAMES if named else 0.6
    with settings():
        figure = new_figure(wide, high)
        _title(figure, _of_level("chart", series))
        box = (left / wide, axis / high, (wide - left - 0.15) / wide, room / high)
        axes = figure.add_axes(box)
        draw_chart(axes, series, shown, named=named, figures=figures, mark=3.6 * wide)
        # The map's key says it, and there is no room beside the axis.
        (axes.set_xlabel if named else axes.set_ylabel)("")
        if named:
            labels = ["\n".join(wrap(str(series.area_name[one]), 20)[:2]) for one in shown]
            axes.set_yticks(range(len(shown)), labels, size=8.5)
        _legend(figure, marks, columns=columns, top=1 - _TITLE / high)
        if len(handles) > len(marks):
            at = 1 - (_TITLE + _LEGEND_LINE * (lines - 1)) / high
            _legend(figure, [one for one in handles if one not in marks], columns=1, top=at)
    return _of_series(results, series, "chart", alt=alt_of_chart(series, shown), drawn=(figure, []))


def line_panel(results: EditionResults, lines: Lines, *, size: tuple[float, float]) -> Picture:
    """Draw an indicator over its periods: the whole once, and beside it each of its parts.

    Parameters
    ----------
    results : EditionResults
    lines : Lines
    size : tuple of float
        Width and height in inches.

    Returns
    -------
    Picture
    """
    wide, high = size
    series = lines.latest
    span = words.fill(LINE["span"], {"first": lines.periods[0], "last": lines.periods[-1]})
    with settings():
        figure = new_figure(wide, high)
        _title(figure, words.fill(PANEL["line"], {"span": span}))
        share = 0.36 if lines.parts else 1.0
        if lines.whole is not None:
            box = (0.5 / wide, 0.5 / high, share - 0.65 / wide, (high - 1.05) / high)
            axes = figure.add_axes(box)
            top = 1.12 * peak_of(lines.whole)
            draw_line(axes, lines, lines.whole, top=top)
            _rates(axes, lines)
        else:
            share = 0.0
        top = peak_of_all(lines)
        for axes, part, first in _small(figure, lines, share=share):
            draw_line(axes, lines, part, top=top, small=True, first=first)
            sign = CHANGE_SIGN.get(part.trend, "")
            name = "\n".join(wrap(part.name, 22)[:1])
            axes.set_title(f"{name} {sign}".strip(), size=8, loc="left", weight="bold", pad=3)
        handles = line_handles(lines, dashed=False)
        trends = {part.trend for part in lines.parts}
        handles += [(_nothing(), PANEL[word]) for word in CHANGE_SIGN if word in trends]
        _legend_of(figure, handles, columns=6, at=(0.05, 0.0), anchor="lower left")
    when = words.fill(PICTURE["who_when"], {"sex": words.SEX[series.sex], "period": span})
    title = words.fill(PICTURE["line_of"], {"title": series.indicator.title})
    return Picture(
        name=f"panel.{line_name(lines)}",
        title=f"{title}. {when}",
        alt=alt_of_line(lines, span),
        figure=figure,
        level=series.level,
        indicator=series.indicator.name,
        sex=series.sex,
        made_from=results.made_from,
        period=series.period,
        over_time=True,
    )


def _nothing() -> Any:
    """Handle of a legend's line that has its sign in its words."""
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle="")


def _rates(axes: Axes, lines: Lines) -> None:
    """Print the rates of the whole over its points, where there is room."""
    if lines.whole is None or len(lines.periods) > _MOST_RATES:
        return
    for place in np.flatnonzero(lines.whole.known).tolist():
        at = (place, float(lines.whole.upper[place]))
        text = lines.latest.printed(float(lines.whole.rate[place]))
        axes.annotate(text, at, (0, 2), textcoords="offset points", ha="center", size=7.5)


def _small(figure: Figure, lines: Lines, *, share: float) -> Iterator[tuple[Axes, AreaLine, bool]]:
    """Places of the small lines, and whether each stands at the left."""
    n = len(lines.parts)
    if not n:
        return
    wide, high = figure.get_size_inches()
    columns = next(many for most, many in _COLUMNS if n <= most)
    rows = -(-n // columns)
    left, bottom = share * wide + 0.35, 0.32
    step, tall = (wide - left - 0.05) / columns, (high - bottom - _TITLE) / rows
    for place, part in enumerate(lines.parts):
        x = left + step * (place % columns)
        y = high - _TITLE - tall * (place // columns + 1)
        box = (x / wide, (y + 0.2) / high, (step - 0.14) / wide, (tall - 0.45) / high)
        yield figure.add_axes(box), part, place % columns == 0


def _of_level(kind: str, series: Series) -> str:
    made_up = PANEL["made_up"] if series.illustrative else ""
    return words.fill(PANEL[kind], {"levels": series.levels, "made_up": made_up})


def _title(figure: Figure, text: str) -> None:
    text = text[:1].upper() + text[1:]
    high = figure.get_size_inches()[1]
    figure.text(0.005, 1 - 0.03 / high, text, size=10.5, weight="bold", va="top")


def _legend(figure: Figure, handles: list[Any], *, columns: int, top: float) -> None:
    named = [(one, str(one.get_label())) for one in handles]
    _legend_of(figure, named, columns=columns, at=(0.0, top), anchor="upper left")


def _legend_of(
    figure: Figure,
    handles: list[tuple[Any, str]],
    *,
    columns: int,
    at: tuple[float, float],
    anchor: Literal["upper left", "lower left"],
) -> None:
    from matplotlib.legend import Legend

    if not handles:
        return
    made = Legend(
        figure,
        [handle for handle, _ in handles],
        [label for _, label in handles],
        loc=anchor,
        bbox_to_anchor=at,
        ncols=min(len(handles), columns),
        frameon=False,
        fontsize=8.3,
        handletextpad=0.4,
        columnspacing=1.0,
        labelspacing=0.3,
        borderaxespad=0.1,
        borderpad=0.1,
    )
    figure.add_artist(made)


def _of_series(
    results: EditionResults, series: Series, kind: str, *, alt: str, drawn: tuple[Figure, list[Any]]
) -> Picture:
    figure, labels = drawn
    title = words.series_title(
        series.indicator.title, level=series.level, illustrative=series.illustrative
    )
    return Picture(
        name=f"panel.{kind}.{file_name(series)}",
        title=f"{title}. {who_when(series)}",
        alt=alt,
        figure=figure,
        labels=labels,
        level=series.level,
        indicator=series.indicator.name,
        sex=series.sex,
        made_from=results.made_from,
        period=series.period,
    )
