"""Writers for whoever has an edition in hand: each asks once for its results, then calls a writer.

The writers themselves, in `publish`, take results and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_geo.results.results import results_of

if TYPE_CHECKING:
    from pathlib import Path

    import folium

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.publish.pictures.drawing import Picture
    from vawg_geo.results.results import EditionResults

__all__ = ["build_map", "plot_map", "write_geopackage", "write_report", "write_tables"]


def build_map(
    edition: Edition | EditionResults,
    *,
    level: str,
    indicator: str | None = None,
    sex: str | None = None,
    period: str | None = None,
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
    """
    from vawg_geo.publish.page import html

    results = results_of(edition)
    return html.build_map(results, level=level, indicator=indicator, sex=sex, period=period)


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
    from vawg_geo.publish.pictures import plot

    plot.require_drawing()
    results = results_of(edition)
    return plot.plot_map(results, level=level, indicator=indicator, sex=sex, period=period)


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
