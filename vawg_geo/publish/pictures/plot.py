"""One map of an edition as a picture, for a notebook or a slide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_geo.publish.pictures.drawing import require_modules
from vawg_geo.publish.pictures.map import ground_of, map_picture
from vawg_geo.results.opening import opening_series
from vawg_geo.results.results import edition_of
from vawg_geo.results.series import series_of

if TYPE_CHECKING:
    from vawg_geo.publish.pictures.drawing import Picture
    from vawg_geo.results.results import EditionResults

__all__ = ["plot_map", "require_drawing"]


def plot_map(
    results: EditionResults,
    *,
    level: str,
    indicator: str | None = None,
    sex: str | None = None,
    period: str | None = None,
) -> Picture:
    """Draw one series of an edition on a map; as for `plot_map` of the front door."""
    require_drawing()
    edition_of(results)
    series = series_of(results, level)
    place = opening_series(series, indicator=indicator, sex=sex, period=period)
    return map_picture(results, series[place], ground_of(results, level))


def require_drawing() -> None:
    """Refuse a picture where what draws it is not installed."""
    require_modules(("matplotlib", "PIL"), what="a picture", extra="vawg-geo[notebook]")
