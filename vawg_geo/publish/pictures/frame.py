"""What every picture has round its map or chart: headings, marks, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_geo.publish.pictures.drawing import wrap
from vawg_geo.words import page as words
from vawg_geo.words.palette import INK, MARK, QUIET
from vawg_geo.words.report import PICTURE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vawg_geo.results.results import EditionResults
    from vawg_geo.results.series import Series

__all__ = ["file_name", "period_name", "put_frame", "who_when"]


def who_when(series: Series) -> str:
    """Sex and period, as a heading says them."""
    values = {"sex": words.SEX[series.sex], "period": series.period}
    return words.fill(PICTURE["who_when"], values)


def file_name(series: Series) -> str:
    """File name of a series' pictures, without their kind and ending."""
    period = period_name(series.period)
    slug = series.indicator.slug.replace("_", "-")[:50]
    # Points between the parts: a long run without them looks like something encoded.
    return f"{series.level}.{slug}.{series.sex}.{period}".lower()


def period_name(period: str) -> str:
    """Part of a file's name that is of a period."""
    return "".join(c if c.isalnum() else "-" for c in period).lower()


def put_frame(
    figure: Figure, results: EditionResults, series: Series, title: str, *, when: str = ""
) -> None:
    """Put headings, the marks and the sources on a figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    results : EditionResults
    series : Series
    title : str
    when : str
        Whom and what time it shows; by default the series' sex and period.
    """
    lines = wrap(title, 68)[:2]
    figure.text(0.025, 0.968, "\n".join(lines), size=15, weight="bold", va="top", color=INK)
    below = 0.968 - 0.04 * len(lines)
    figure.text(0.025, below, f"{when or who_when(series)}. {series.per}.", size=10.5, va="top")
    if series.illustrative:
        figure.text(
            0.975,
            0.025,
            words.PAGE["illustrative_mark"],
            size=11,
            weight="bold",
            color=INK,
            ha="right",
            va="bottom",
            bbox={"facecolor": MARK, "edgecolor": INK, "linewidth": 0.8, "pad": 4},
        )
    source = words.PAGE["source_illustrative"] if series.illustrative else (series.indicator.source)
    # A watermark names its edition.
    mark = results.watermark or f"{words.EDITION.get(results.edition, results.edition)}."
    made_of = [words.fill(PICTURE["made_of"], {"source": source})] if source else []
    text = " ".join([*made_of, *results.attribution])
    width = 128 if series.illustrative else 172
    footer = [*wrap(mark, width), *wrap(text, width)]
    figure.text(
        0.025, 0.022, "\n".join(footer), size=6.6, va="bottom", color=QUIET, linespacing=1.25
    )
