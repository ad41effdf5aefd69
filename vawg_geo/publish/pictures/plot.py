"""One map of an edition as a picture, for a notebook or a slide."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from vawg_geo.errors import ConfigurationError
from vawg_geo.publish.page.payload import build_payload
from vawg_geo.publish.pictures.frame import Series
from vawg_geo.publish.pictures.map import ground_of, map_picture
from vawg_geo.results.opening import opening_series
from vawg_geo.results.results import EditionResults, compute_results

if TYPE_CHECKING:
    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.publish.pictures.drawing import Picture

__all__ = ["plot_map"]


def plot_map(
    edition: Edition | EditionResults,
    *,
    level: str,
    indicator: str | None = None,
    sex: str | None = None,
    period: str | None = None,
) -> Picture:
    """Draw one series of an edition on a map, with the page's classes, patterns and key.

    Parameters
    ----------
    edition : Edition or EditionResults
        As `protect` returns, or the results computed from it.
    level : str
        `ward`, `district`, ...: a level with outlines and rates.
    indicator, sex, period : str, optional
        By default what `build_map` opens with: real figures before illustrative ones, the first
        indicator, all people where there are such figures, the latest period.

    Returns
    -------
    Picture
        A notebook shows it. `save("map.svg")` writes it, and `figure` is Matplotlib's own, to go on
        with. What is hidden, absent, not available, zero or unstable has a pattern of its own.

    Raises
    ------
    ConfigurationError
        Matplotlib or Pillow is not installed.
    DisclosureError
        What is given is no edition that `protect` made.
    OutputError
        The edition has no such level, indicator, sex or period.
    """
    _require_drawing()
    results = edition if isinstance(edition, EditionResults) else compute_results(edition)
    page = build_payload(results, level=level)
    place = opening_series(page, indicator=indicator, sex=sex, period=period)
    series = Series(values=page["series"][place], page=page)
    return map_picture(results, series, ground_of(results, level))


def _require_drawing() -> None:
    lacking = [name for name in ("matplotlib", "PIL") if find_spec(name) is None]
    if lacking:
        msg = (
            f"a picture needs {', '.join(lacking)}, which is not installed. Install the extra: "
            "pip install 'vawg-geo[notebook]'."
        )
        raise ConfigurationError(msg)
