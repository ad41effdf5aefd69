"""Writers for whoever has an edition in hand: each asks once for its results, then calls a writer.

The writers themselves, in `publish`, take results and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vawg_geo.results.classing import with_classes
from vawg_geo.results.results import results_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import folium

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.publish.pictures.drawing import Picture
    from vawg_geo.results.results import EditionResults

__all__ = [
    "build_map",
    "plot_map",
    "write_geopackage",
    "write_picture",
    "write_report",
    "write_tables",
]


def build_map(
    edition: Edition | EditionResults,
    *,
    level: str,
    indicator: str | None = None,
    sex: str | None = None,
    period: str | None = None,
    breaks: Sequence[float] | None = None,
    classes: int | None = None,
    scheme: str | None = None,
    colours: Sequence[str] | None = None,
) -> folium.Map:
    """Build a map of one level with every indicator of the edition.

    Parameters
    ----------
    edition : Edition or EditionResults
        As `protect` returns, or the results computed from it.
    level : str
        `ward`, `district`, ...: a level with outlines and rates.
    indicator, sex, period : str, optional
        What the page shows when it opens; by default real figures before illustrative ones, the
        first indicator, all people where there are such figures, the latest period.
    breaks : sequence of float, optional
        Inner limits of the classes of rates, ascending. Of the indicator that is named, else of
        every one.
    classes : int, optional
        How many, 1 to 9; five where not given.
    scheme : {"natural", "quantiles", "equal"}, optional
        Natural breaks, as many areas in each class, or classes of the same width.
    colours : sequence of str, optional
        From the lowest rates to the highest, as `#fbf3c4`.

    Returns
    -------
    folium.Map
        Add layers to it as to any other, then call `write_html`.

    Raises
    ------
    DisclosureError
        What is given is no edition that `protect` made.
    OutputError
        The edition has no such level, indicator, sex or period.
    ConfigurationError
        The classes cannot be drawn so.
    """
    from vawg_geo.publish.page import html

    results = with_classes(
        results_of(edition),
        level=level,
        indicator=indicator,
        breaks=breaks,
        classes=classes,
        scheme=scheme,
        colours=colours,
    )
    return html.build_map(results, level=level, indicator=indicator, sex=sex, period=period)


def plot_map(
    edition: Edition | EditionResults,
    *,
    level: str,
    indicator: str | None = None,
    sex: str | None = None,
    period: str | None = None,
    breaks: Sequence[float] | None = None,
    classes: int | None = None,
    scheme: str | None = None,
    colours: Sequence[str] | None = None,
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
    breaks, classes, scheme, colours : optional
        As for `build_map`.

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
    from vawg_geo.publish.pictures import plot

    plot.require_drawing()
    results = with_classes(
        results_of(edition),
        level=level,
        indicator=indicator,
        breaks=breaks,
        classes=classes,
        scheme=scheme,
        colours=colours,
    )
    return plot.plot_map(results, level=level, indicator=indicator, sex=sex, period=period)


def write_picture(
    edition: Edition | EditionResults, path: Path | str, *, level: str, **options: Any
) -> Path:
    """Write a map of one series as a picture.

    Parameters
    ----------
    edition : Edition or EditionResults
        As `protect` returns, or the results computed from it.
    path : Path or str
        Ends in `.png` or `.svg`.
    level : str
        `ward`, `district`, ...: a level with outlines and rates.
    options : keyword arguments
        As for `plot_map`: `indicator`, `sex`, `period`, `breaks`, `classes`, `scheme`, `colours`.

    Returns
    -------
    Path

    Raises
    ------
    VawgGeoError
        As for `plot_map`; the file cannot be written, or the audit found that it gives away a
        count that the edition hides.
    """
    return plot_map(edition, level=level, **options).save(path)


def write_geopackage(edition: Edition | EditionResults, path: Path | str) -> Path:
    """Write an edition's layers and tables as one GeoPackage.

    Parameters
    ----------
    edition : Edition or EditionResults
        As `protect` returns, or the results computed from it.
    path : Path or str
        Ends in `.gpkg`. Replaced when the new file is whole.

    Returns
    -------
    Path

    Raises
    ------
    OutputError
        The file cannot be written, or another program is writing to it.
    DisclosureError
        What is given is no edition that `protect` made, or the audit found that the file gives
        away a count that the edition hides; nothing was written.
    """
    from vawg_geo.publish.geopackage import write

    return write.write_geopackage(results_of(edition), path)


def write_tables(edition: Edition | EditionResults, folder: Path | str) -> list[Path]:
    """Write an edition's tables as CSV, and a descriptor of them all.

    Parameters
    ----------
    edition : Edition or EditionResults
        As `protect` returns, or the results computed from it.
    folder : Path or str
        Made where it is absent.

    Returns
    -------
    list of Path
        The descriptor, `datapackage.json`, last.

    Raises
    ------
    DisclosureError
        What is given is no edition that `protect` made, or the audit found that the tables give
        away a count that the edition hides; nothing was written.
    """
    from pathlib import Path

    from vawg_geo.publish.tables import write

    return write.write_tables(results_of(edition), Path(folder))


def write_report(edition: Edition | EditionResults, folder: Path | str) -> list[Path]:
    """Write an edition's report as a page and as a PDF, and the pictures that stand in it.

    Parameters
    ----------
    edition : Edition or EditionResults
        As `protect` returns, or the results computed from it.
    folder : Path or str
        Exists.

    Returns
    -------
    list of Path
        `report.html`, `report.pdf`, and the pictures with their page.

    Raises
    ------
    OutputError
        A file cannot be written.
    DisclosureError
        What is given is no edition that `protect` made, or the audit found that they give away a
        count that the edition hides; nothing was written.
    """
    from pathlib import Path

    from vawg_geo.publish.report import report

    return report.write_report(results_of(edition), Path(folder))
