"""What every picture has round its map or chart: headings, marks, sources, and a series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vawg_geo.publish.page.payload import build_payload
from vawg_geo.publish.pictures.drawing import wrap
from vawg_geo.words import page as words
from vawg_geo.words.palette import INK, MARK, QUIET
from vawg_geo.words.report import PICTURE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

    from vawg_geo.results.results import EditionResults

__all__ = ["Series", "each_series", "put_frame"]


@dataclass(frozen=True, kw_only=True)
class Series:
    """One indicator, sex and period of one level, as the page shows it.

    Attributes
    ----------
    values : dict
        As `build_payload` gives a series.
    page : dict
        The whole payload.
    """

    values: dict[str, Any]
    page: dict[str, Any]

    @property
    def level(self) -> str:
        """Level of the areas."""
        return str(self.page["meta"]["level"])

    @property
    def levels(self) -> str:
        """Plural word of the level."""
        return str(self.page["meta"]["level_many"])

    @property
    def indicator(self) -> dict[str, Any]:
        """What is counted."""
        known: dict[str, Any] = self.page["indicators"][self.values["indicator"]]
        return known

    @property
    def illustrative(self) -> bool:
        """Whether the figures are made up."""
        return bool(self.values["basis"] == "illustrative")

    @property
    def who_when(self) -> str:
        """Sex and period."""
        return words.fill(
            PICTURE["who_when"],
            {"sex": words.SEX[self.values["sex"]], "period": self.values["period"]},
        )

    @property
    def per(self) -> str:
        """What the rate is per."""
        denominator = self.indicator["denominators"][self.values["sex"]]
        values = {"per": f"{self.values['per']:,}", "denominator": denominator}
        return words.fill(words.PAGE["rate_per"], values)

    @property
    def name(self) -> str:
        """File name without its kind and ending."""
        period = "".join(c if c.isalnum() else "-" for c in self.values["period"])
        slug = self.indicator["slug"].replace("_", "-")[:50]
        # Points between the parts: a long run without them looks like something encoded.
        return f"{self.level}.{slug}.{self.values['sex']}.{period}".lower()

    def status(self, place: int) -> str:
        """State of one area's figure."""
        return str(self.page["meta"]["statuses"][self.values["status"][place]])

    def significance(self, place: int) -> str:
        """Word of one area's comparison."""
        return str(self.page["meta"]["significances"][self.values["significance"][place]])

    def number(self, value: float) -> str:
        """Print a rate as the page does."""
        return words.format_number(value, self.values["decimals"])

    def comparator(self) -> tuple[str, float, float, float] | None:
        """Name, rate and limits of the area that all are compared with, where it has a rate."""
        found = self.values["comparator"]
        if not found or found["rate"] is None:
            return None
        return found["name"], found["rate"], found["low"], found["high"]


def each_series(results: EditionResults, level: str) -> Iterator[Series]:
    """Every series of a level that has a rate to show, in the page's order."""
    page = build_payload(results, level=level)
    for values in page["series"]:
        if any(rate is not None for rate in values["rate"]):
            yield Series(values=values, page=page)


def put_frame(figure: Figure, results: EditionResults, series: Series, title: str) -> None:
    """Put headings, the marks and the sources on a figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    results : EditionResults
    series : Series
    title : str
    """
    lines = wrap(title, 68)[:2]
    figure.text(0.025, 0.968, "\n".join(lines), size=15, weight="bold", va="top", color=INK)
    below = 0.968 - 0.04 * len(lines)
    figure.text(0.025, below, f"{series.who_when}. {series.per}.", size=10.5, va="top")
    if series.illustrative:
        figure.text(
            0.975, 0.025, words.PAGE["illustrative_mark"], size=11, weight="bold", color=INK,
            ha="right", va="bottom",
            bbox={"facecolor": MARK, "edgecolor": INK, "linewidth": 0.8, "pad": 4},
        )  # fmt: skip
    source = words.PAGE["source_illustrative"] if series.illustrative else (
        series.indicator["source"]
    )  # fmt: skip
    # A watermark names its edition.
    mark = results.watermark or f"{words.EDITION.get(results.edition, results.edition)}."
    text = " ".join([words.fill(PICTURE["made_of"], {"source": source}), *results.attribution])
    width = 128 if series.illustrative else 172
    footer = [*wrap(mark, width), *wrap(text, width)]
    figure.text(
        0.025, 0.022, "\n".join(footer), size=6.6, va="bottom", color=QUIET, linespacing=1.25
    )
