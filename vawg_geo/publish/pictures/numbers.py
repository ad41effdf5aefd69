"""Numbers along periods, as lines: a chart that an overlay says, and no map belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from vawg_geo.publish.pictures.drawing import Picture, new_figure, settings, wrap
from vawg_geo.terms.indicators import slug
from vawg_geo.words import page as words
from vawg_geo.words.palette import GRID, INK, QUIET

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vawg_geo.results.results import EditionResults
    from vawg_geo.words.blocks import Chart

__all__ = ["numbers_picture"]

# Colour and shape say the same; the first line is the heaviest.
_LOOKS: Final = (
    ("#1f3f86", "o"),
    ("#7a2f5c", "s"),
    ("#2e6b4f", "^"),
    ("#9a5b13", "D"),
    ("#4f4a63", "v"),
    ("#0f6d84", "P"),
    ("#8a3324", "X"),
)
# Names at the lines' ends stand at least so far apart, as a share of the scale.
_APART: Final = 0.052


def numbers_picture(results: EditionResults, chart: Chart, *, framed: bool = True) -> Picture:
    """Draw a chart of numbers, each line named at its end.

    Parameters
    ----------
    results : EditionResults
    chart : Chart
    framed : bool
        Whether it has the footer of a slide, or is a lower part of a page.

    Returns
    -------
    Picture
    """
    with settings():
        high = 5.6 if framed else 2.3
        figure = new_figure(10, high)
        if framed:
            title = "\n".join(wrap(chart.title, 80)[:2])
            figure.text(0.025, 0.96, title, size=13.5, weight="bold", va="top", color=INK)
            axes = figure.add_axes((0.07, 0.15, 0.7, 0.68))
        else:
            figure.text(0.005, 0.99, chart.title, size=10.5, weight="bold", va="top", color=INK)
            axes = figure.add_axes((0.05, 0.1, 0.78, 0.76))
        top = max(point for line in chart.lines for point in line.points if point is not None)
        apart = _APART * 5.6 / high
        _draw(axes, chart, top=1.06 * top or 1.0, apart=apart)
        if framed:
            mark = results.watermark or f"{words.EDITION.get(results.edition, results.edition)}."
            footer = "\n".join(wrap(" ".join([mark, *results.attribution]), 172))
            figure.text(0.025, 0.02, footer, size=6.6, va="bottom", color=QUIET, linespacing=1.25)
    return Picture(
        name=f"{'' if framed else 'panel.'}over-time.{slug(chart.title).replace('_', '-')[:60]}",
        title=chart.title,
        alt=chart.alt,
        figure=figure,
        level="",
        indicator=chart.title,
        sex="",
        period="",
        made_from=results.made_from,
    )


def _draw(axes: Axes, chart: Chart, *, top: float, apart: float) -> None:
    places = np.arange(len(chart.places))
    ends = []
    for number, line in enumerate(chart.lines):
        colour, marker = _LOOKS[number % len(_LOOKS)]
        points = np.array([np.nan if one is None else one for one in line.points], dtype=float)
        # A gap stays one: a line goes only through points that follow each other.
        axes.plot(
            places,
            points,
            marker=marker,
            color=colour,
            linewidth=2.2 if number == 0 else 1.3,
            markersize=5.5,
        )
        if (known := np.flatnonzero(~np.isnan(points))).size:
            ends.append((float(points[known[-1]]), line.name, colour))
    height = 0.0 - apart * top
    for value, name, colour in sorted(ends):
        height = max(value, height + apart * top)
        axes.annotate(
            name,
            (1.015, height / top),
            xycoords="axes fraction",
            va="center",
            size=9,
            color=colour,
            annotation_clip=False,
        )
    axes.set_xlim(-0.15, len(places) - 0.85)
    axes.set_ylim(0, top)
    axes.set_xticks(places, chart.places, size=9)
    axes.tick_params(axis="y", labelsize=9, length=0)
    axes.grid(axis="y", color=GRID, linewidth=0.7)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
