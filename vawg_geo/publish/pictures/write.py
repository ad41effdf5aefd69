"""Pictures of an edition for slides and reports, and a page that shows them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vawg_geo.disclosure.way_out import drafted
from vawg_geo.files.whole import write_whole
from vawg_geo.publish.latest import latest_periods
from vawg_geo.publish.page.assemble import frame_values, own_style, page_text
from vawg_geo.publish.pictures.change import change_picture
from vawg_geo.publish.pictures.chart import chart_picture
from vawg_geo.publish.pictures.drawing import as_png, as_svg
from vawg_geo.publish.pictures.line import line_picture
from vawg_geo.publish.pictures.lines import lines_of
from vawg_geo.publish.pictures.map import ground_of, map_picture
from vawg_geo.results.results import edition_of
from vawg_geo.results.series import series_of
from vawg_geo.words.report import PICTURE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from vawg_geo.publish.pictures.drawing import Picture
    from vawg_geo.results.results import EditionResults

__all__ = ["draw_pictures", "write_pictures"]

_FORMATS: Final[dict[str, Callable[[Picture], str | bytes]]] = {"svg": as_svg, "png": as_png}
# What makes the gallery's page of the page's own style.
_STYLE: Final = """.gallery{display:grid;gap:1.5rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr));list-style:none;padding:0}
.gallery img{width:100%;height:auto;border:1px solid #8b8791;background:#fff}
.gallery h2{font-size:1rem;margin:0 0 .4rem}
.gallery p{margin:.3rem 0 0}"""  # noqa: E501


def draw_pictures(
    results: EditionResults, *, every_sex: bool = True, every_period: bool = True
) -> Iterator[Picture]:
    """Draw maps and charts of an edition, one after the other.

    Parameters
    ----------
    results : EditionResults
    every_sex : bool
        Whether an indicator has pictures for each sex, or for the first that the edition shows.
    every_period : bool
        Whether there are pictures of each period, or of the latest of each length.

    Yields
    ------
    Picture
        Of each series a map, then a chart. Where there are several periods, of the latest a map of
        its change, and for each indicator a line.
    """
    edition_of(results)
    latest = latest_periods(results)
    for level in results.mapped_levels():
        ground = ground_of(results, level)
        drawn: set[tuple[str, str]] = set()
        for series in series_of(results, level):
            is_latest = (level, *series.key) in latest
            if not series.rated.any() or not (every_period or is_latest):
                continue
            key = series.indicator.name, series.period
            if every_sex or key not in drawn:
                drawn.add(key)
                yield map_picture(results, series, ground)
                yield chart_picture(results, series)
                if series.since and is_latest:
                    yield change_picture(results, series, series.changes[series.since], ground)
    for lines in lines_of(results, every_sex=every_sex):
        yield line_picture(results, lines)


def write_pictures(
    results: EditionResults,
    folder: Path,
    *,
    every_sex: bool = True,
    every_period: bool = True,
    endings: Sequence[str] = ("svg", "png"),
) -> list[Path]:
    """Write maps and charts of an edition, with a page that shows them.

    Parameters
    ----------
    results : EditionResults
    folder : Path
        Made where it is absent.
    every_sex, every_period : bool
        As in `draw_pictures`.
    endings : sequence of str
        `svg`, `png` or both.

    Returns
    -------
    list of Path
        `index.html` first.

    Raises
    ------
    OutputError
        A file cannot be written.
    DisclosureError
        The audit found that they give away a count that the edition hides; nothing was written.
    """
    drawn: dict[Picture, dict[str, str | bytes]] = {
        picture: {ending: _FORMATS[ending](picture) for ending in endings}
        for picture in draw_pictures(results, every_sex=every_sex, every_period=every_period)
    }
    folder.mkdir(parents=True, exist_ok=True)
    names = ["index.html"]
    pictured = [
        (picture, [(ending, PICTURE[ending]) for ending in contents])
        for picture, contents in drawn.items()
    ]
    with drafted(edition_of(results), folder) as draft:
        for picture, contents in drawn.items():
            for ending, content in contents.items():
                names.append(f"{picture.name}.{ending}")
                write_whole(draft / names[-1], content)
        write_whole(draft / names[0], _gallery(results, pictured))
    return [folder / name for name in names]


def _gallery(results: EditionResults, pictures: list[tuple[Picture, list[tuple[str, str]]]]) -> str:
    return page_text(
        "gallery.html",
        {
            **frame_values(
                results.title,
                results.edition,
                results.watermark,
                helplines=results.help_lines,
            ),
            "gallery": PICTURE["gallery"],
            "gallery_intro": PICTURE["gallery_intro"],
            "pictures": pictures,
        },
        styles=[own_style(), _STYLE],
        # A page that was opened from a folder has no origin that 'self' could name.
        images="data: 'self' file:",
    )
