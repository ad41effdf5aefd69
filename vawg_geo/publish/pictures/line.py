"""A line chart: an indicator over its periods, with intervals, gaps and breaks.

The whole area stands above, the areas that it is made of below it, each in a small chart of the
same scale with the line of the whole.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vawg_geo.publish.pictures.drawing import Picture, new_figure, settings, wrap
from vawg_geo.publish.pictures.frame import period_name, put_frame
from vawg_geo.publish.pictures.key import HATCHES
from vawg_geo.words import page as words
from vawg_geo.words.palette import GRID, INK, PATTERNS, QUIET
from vawg_geo.words.report import LINE, PICTURE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from vawg_geo.publish.pictures.lines import AreaLine, Lines
    from vawg_geo.results.results import EditionResults

__all__ = [
    "alt_of_line",
    "draw_line",
    "line_handles",
    "line_name",
    "line_picture",
    "peak_of",
    "peak_of_all",
]

_OWN: Final = "#1f3f86"
_OWN_BAND: Final = "#b9cbe6"
_GAPS: Final = {
    "suppressed": words.PAGE["hidden"],
    "missing": words.PAGE["none"],
    "not_applicable": words.PAGE["no_case"],
}
# Points of longer lines would run into each other.
_MOST_POINTS: Final = 16
_DASHES: Final = (0, (4, 2.5))


def line_picture(results: EditionResults, lines: Lines) -> Picture:
    """Draw an indicator over its periods.

    Parameters
    ----------
    results : EditionResults
    lines : Lines

    Returns
    -------
    Picture
    """
    series = lines.latest
    title = words.fill(PICTURE["line_of"], {"title": series.indicator.title})
    if series.illustrative:
        mark = words.PAGE["illustrative_title"]
        title += f" ({mark[0].lower()}{mark[1:]})"
    span = words.fill(LINE["span"], {"first": lines.periods[0], "last": lines.periods[-1]})
    when = words.fill(PICTURE["who_when"], {"sex": words.SEX[series.sex], "period": span})
    with settings():
        figure = new_figure()
        put_frame(figure, results, series, title, when=when)
        top = peak_of_all(lines)
        if lines.whole is not None:
            place = (0.065, 0.57, 0.9, 0.27) if lines.parts else (0.065, 0.2, 0.9, 0.63)
            axes = figure.add_axes(place)
            draw_line(axes, lines, lines.whole, top=peak_of(lines.whole))
        for axes, part, first in _grid(figure, lines):
            if lines.whole is not None:
                for part_of_it in _series_of(lines):
                    at = np.arange(len(lines.periods))[part_of_it]
                    whole = lines.whole.rate[part_of_it]
                    axes.plot(at, whole, color=QUIET, linewidth=1, linestyle=_DASHES, zorder=2)
            draw_line(axes, lines, part, top=top, small=True, first=first)
        _key(figure, lines)
    return Picture(
        name=line_name(lines),
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


def line_name(lines: Lines) -> str:
    """File name of a line's picture, without its ending."""
    series = lines.latest
    slug = series.indicator.slug.replace("_", "-")[:50]
    ends = f"{period_name(lines.periods[0])}.{period_name(lines.periods[-1])}"
    return f"line.{series.level}.{slug}.{series.sex}.{ends}".lower()


def peak_of(line: AreaLine) -> float:
    """Where the scale of one line ends."""
    return float(np.nanmax([*line.rate, *line.upper, 0.0])) * 1.06 or 1.0


def peak_of_all(lines: Lines) -> float:
    """Where the scale of the small charts ends: room for all lines, and for most intervals."""
    rates = np.concatenate([one.rate for one in lines.lines])
    uppers = np.concatenate([one.upper for one in lines.lines])
    known = uppers[~np.isnan(uppers)]
    if not len(known):
        return 1.0
    # One interval of few events must not press all other lines flat.
    fair = min(float(known.max()), 2 * float(np.nanmax(rates)))
    return max(fair, float(np.nanmax(rates))) * 1.06 or 1.0


def _grid(figure: Figure, lines: Lines) -> Iterator[tuple[Axes, AreaLine, bool]]:
    """Places of the small charts, and whether each stands at the left."""
    n = len(lines.parts)
    if not n:
        return
    columns = n if n <= 3 else 2 if n == 4 else 3 if n <= 6 else 4 if n <= 12 else 6
    rows = -(-n // columns)
    left, right, bottom = 0.065, 0.987, 0.165
    top = 0.515 if lines.whole is not None else 0.84
    wide, high = (right - left) / columns, (top - bottom) / rows
    gap = 0.062 if rows < 4 else 0.052
    for place, part in enumerate(lines.parts):
        x, y = left + wide * (place % columns), top - high * (place // columns + 1)
        box = (x, y + gap * 0.4, wide - 0.022, high - gap)
        yield figure.add_axes(box), part, place % columns == 0


def draw_line(
    axes: Axes,
    lines: Lines,
    line: AreaLine,
    *,
    top: float,
    small: bool = False,
    first: bool = True,
) -> None:
    """Draw line, band and points of an area, strips where it has no figure, axes and heading.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    lines : Lines
        What the line is of.
    line : AreaLine
    top : float
        Where the scale ends.
    small : bool
        Whether it is one of many beside each other.
    first : bool
        Whether it stands at the left, and has the scale's numbers.
    """
    _draw(axes, lines, line, top=top, small=small)
    _dress(axes, lines, small=small, first=first)
    _heading(axes, line, small=small)


def _draw(axes: Axes, lines: Lines, line: AreaLine, *, top: float, small: bool) -> None:
    places = np.arange(len(lines.periods))
    points = len(places) <= _MOST_POINTS
    for part in _series_of(lines):
        rate, low, high = line.rate[part], line.lower[part], line.upper[part]
        at = places[part]
        axes.fill_between(at, low, high, color=_OWN_BAND, linewidth=0, zorder=1)
        axes.plot(at, rate, color=_OWN, linewidth=1.2 if small else 1.8, zorder=3)
        alone = _alone(rate)
        for place in np.flatnonzero(alone):
            bar = [low[place], high[place]]
            axes.plot([at[place]] * 2, bar, color=_OWN_BAND, linewidth=4, zorder=1)
        dots = ~np.isnan(rate) if points else alone
        size = 3 if small else 5
        axes.plot(at[dots], rate[dots], "o", color=_OWN, markersize=size, zorder=4)
    for sign, marker in ((1, "^"), (-1, "v")):
        out = (line.stands_out == sign) & line.known
        style: dict[str, Any] = {"color": INK, "markersize": 4.5 if small else 8, "zorder": 5}
        axes.plot(places[out], line.rate[out], marker, linestyle="", **style)
    for gap, status in enumerate(line.status):
        if not line.known[gap]:
            _strip(axes, gap, status)
    for start in lines.new_series:
        axes.axvline(start - 0.5, color=INK, linewidth=1, linestyle=(0, (1, 2)), zorder=2)
    axes.set_xlim(-0.5, len(places) - 0.5)
    axes.set_ylim(0, top)


def _series_of(lines: Lines) -> list[slice]:
    """Places of each series: no line goes from one into the next."""
    cuts = [0, *lines.new_series, len(lines.periods)]
    return [slice(start, end) for start, end in pairwise(cuts)]


def _alone(rate: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Points without a neighbour: no line goes through them."""
    known = ~np.isnan(rate)
    before, after = np.roll(known, 1), np.roll(known, -1)
    before[:1], after[-1:] = False, False
    alone: NDArray[np.bool_] = known & ~before & ~after
    return alone


def _strip(axes: Axes, place: int, status: str) -> None:
    status = status if status in PATTERNS else "missing"
    _, ink, _ = PATTERNS[status]
    axes.axvspan(
        place - 0.5,
        place + 0.5,
        facecolor="#ffffff",
        edgecolor=ink,
        hatch=HATCHES[PATTERNS[status][2]],
        linewidth=0,
        zorder=0,
    )


def _dress(axes: Axes, lines: Lines, *, small: bool, first: bool = True) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="y", color=GRID, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    n = len(lines.periods)
    places = [0, n - 1] if small else _ticks(n)
    labels = [lines.periods[place] for place in places]
    size = 7.5 if small else 9
    axes.set_xticks(places, labels, size=size)
    axes.tick_params(axis="x", length=2.5, pad=2)
    axes.tick_params(axis="y", labelsize=size, length=0, labelleft=first)
    axes.locator_params(axis="y", nbins=4 if small else 5)
    if small:
        # Words of the ends must not run into those of the next chart.
        start, *others = axes.get_xticklabels()
        start.set_horizontalalignment("left")
        for label in others:
            label.set_horizontalalignment("right")


def _ticks(n: int) -> list[int]:
    """Places that are named: all, or so few that their words do not touch, the last among them."""
    step = -(-n // 10)
    return list(range(n - 1, -1, -step))[::-1]


def _heading(axes: Axes, line: AreaLine, *, small: bool) -> None:
    trend = LINE["trends"].get(line.trend, "")
    name = "\n".join(wrap(line.name, 30)[:1]) if small else line.name
    text = words.fill(LINE["heading"], {"area": name, "trend": trend}) if trend else name
    axes.set_title(text, size=8.3 if small else 10.5, loc="left", weight="bold", pad=3)


def line_handles(lines: Lines, *, dashed: bool) -> list[tuple[Any, str]]:
    """What line, band, strips and marks are, for a legend.

    Parameters
    ----------
    lines : Lines
    dashed : bool
        Whether the whole stands in the charts of its parts too.
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    line = Line2D([], [], color=_OWN, linewidth=1.8, marker="o", markersize=4)
    handles: list[Any] = [(line, LINE["own"]), (Patch(facecolor=_OWN_BAND), LINE["band"])]
    if dashed and lines.whole is not None:
        of_whole = Line2D([], [], color=QUIET, linewidth=1, linestyle=_DASHES)
        handles.append((of_whole, lines.whole.name))
    gaps = {
        status if status in PATTERNS else "missing"
        for one in lines.lines
        for status, known in zip(one.status, one.known, strict=True)
        if not known
    }
    for status in (one for one in _GAPS if one in gaps):
        _, ink, pattern = PATTERNS[status]
        patch = Patch(facecolor="#ffffff", edgecolor=ink, hatch=HATCHES[pattern], linewidth=0)
        handles.append((patch, _GAPS[status]))
    if lines.new_series:
        dotted = Line2D([], [], color=INK, linewidth=1, linestyle=(0, (1, 2)))
        handles.append((dotted, LINE["new_series"]))
    for sign, marker in ((1, "^"), (-1, "v")):
        if any((one.stands_out == sign).any() for one in lines.lines):
            mark = Line2D([], [], color=INK, linestyle="", marker=marker, markersize=6)
            handles.append((mark, LINE["above" if sign > 0 else "below"]))
    return handles


def _key(figure: Figure, lines: Lines) -> None:
    """Under the charts: what line, band, strips and marks are."""
    from matplotlib.legend import Legend

    handles = line_handles(lines, dashed=bool(lines.parts))
    figure.add_artist(
        Legend(
            figure,
            [handle for handle, _ in handles],
            [label for _, label in handles],
            loc="lower left",
            bbox_to_anchor=(0.055, 0.134),
            ncols=min(len(handles), 5),
            frameon=False,
            fontsize=8.3,
            handletextpad=0.5,
            columnspacing=1.3,
            borderaxespad=0,
        )
    )
    notes = "\n".join(wrap(LINE["note"], 125))
    figure.text(0.065, 0.098, notes, size=7.6, va="bottom", color=INK)


def alt_of_line(lines: Lines, span: str) -> str:
    """What a reader who does not see the lines should know."""
    series = lines.latest

    def said(one: AreaLine) -> str:
        known = np.flatnonzero(one.known)
        if not len(known):
            return words.fill(LINE["alt_none"], {"area": one.name})
        ends = {
            "area": one.name,
            "first": series.printed(one.rate[known[0]]),
            "when_first": lines.periods[known[0]],
            "last": series.printed(one.rate[known[-1]]),
            "when_last": lines.periods[known[-1]],
        }
        return words.fill(LINE["alt_line"], ends)

    values = {
        "title": series.indicator.title,
        "sex": words.SEX[series.sex].lower(),
        "span": span,
        "lines": "; ".join(map(said, lines.lines)),
    }
    return words.fill(PICTURE["alt_line"], values)
