"""Pages of an edition: one map per level, and the index that says what there is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_geo.disclosure.way_out import drafted
from vawg_geo.errors import OutputError
from vawg_geo.files.whole import write_whole
from vawg_geo.overlays.part import LIGHT
from vawg_geo.publish.page.assemble import (
    frame_values,
    own_style,
    page_text,
)
from vawg_geo.publish.page.divided import divisions, holder_level
from vawg_geo.publish.page.html import build_map, write_html
from vawg_geo.publish.page.thumbnails import fills_of, small_map, small_patterns
from vawg_geo.publish.written import Written
from vawg_geo.results.opening import opening_series
from vawg_geo.results.results import edition_of
from vawg_geo.results.series import series_of
from vawg_geo.words import page as words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vawg_geo.results.results import EditionResults

__all__ = ["write_index", "write_pages"]


def write_pages(results: EditionResults, folder: Path) -> list[Written]:
    """Write an edition's maps into a folder.

    Parameters
    ----------
    results : EditionResults
    folder : Path
        Exists.

    Returns
    -------
    list of Written
        A page for each level of several areas, the level of the fewest areas first.

    Raises
    ------
    OutputError
        A page cannot be written.
    DisclosureError
        The audit found that they give away a count that the edition hides; nothing was written.

    Notes
    -----
    A level of more than 10,000 areas gets a folder with a page for each police area (or county, or
    district) and an overview, `<level>/index.html`.
    """
    with drafted(edition_of(results), folder) as draft:
        return [_write_level(results, level, draft) for level in results.mapped_levels()]


def _write_level(results: EditionResults, level: str, folder: Path) -> Written:
    holder = holder_level(results, level)
    if holder is not None:
        return _write_divided(results, level, holder, folder)
    write_html(build_map(results, level=level), folder / f"{level}.html")
    return _page_entry(results, level)


def _write_divided(results: EditionResults, level: str, holder: str, folder: Path) -> Written:
    """Write a page for each area of a wider level, and an overview that links them."""
    place = folder / level
    place.mkdir(parents=True, exist_ok=True)
    entries = []
    for share in divisions(results, level, holder):
        write_html(build_map(share.results, level=level), place / share.file)
        entry = _page_entry(share.results, level)
        entries.append(replace(entry, href=share.file, title=share.name))
    write_index(place / "index.html", results, entries=entries)
    values = {
        "levels": words.LEVEL[level][1],
        "n": f"{len(results.areas[level]):,}",
        "pages": f"{len(entries):,}",
        "holders": words.LEVEL[holder][1],
    }
    return Written(
        href=f"{level}/index.html",
        title=words.fill(words.PAGE["index_divided_title"], values),
        description=words.fill(words.PAGE["index_divided_text"], values),
        kind="page",
        picture=small_map(results.areas[holder], [LIGHT] * len(results.areas[holder])),
    )


def _page_entry(results: EditionResults, level: str) -> Written:
    one, many = words.LEVEL[level]
    rates = results.rates[results.rates["level"] == level]
    made_up = set(rates["basis"].dropna()) & {"illustrative"}
    values = {
        "level": one,
        "levels": many,
        "n": f"{len(results.areas[level]):,}",
        "indicators": _counted(rates["indicator"].nunique(), "indicator"),
    }
    description = words.fill(words.PAGE["index_page_text"], values)
    if made_up:
        description += " " + words.PAGE["index_page_illustrative"]
    every = series_of(results, level)
    series = every[opening_series(every)]
    shown = {
        "title": series.indicator.title,
        "sex": words.SEX[series.sex],
        "period": series.period,
    }
    borders = results.areas.get("district") if level in ("ward", "lsoa") else None
    return Written(
        href=f"{level}.html",
        title=words.fill(words.PAGE["index_page_title"], values),
        description=f"{description} {words.fill(words.PAGE['index_picture'], shown)}",
        kind="page",
        picture=small_map(results.areas[level], fills_of(series), borders=borders),
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def write_index(path: str | Path, results: EditionResults, *, entries: Sequence[Written]) -> Path:
    """Write the page that says what an edition's folder holds.

    Parameters
    ----------
    path : path-like
    results : EditionResults
    entries : sequence of Written
        Maps first come as cards, files as a list.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    OutputError
        The file cannot be written.
    DisclosureError
        The audit found that it gives away a count that the edition hides; nothing was written.
    """
    edition = edition_of(results)
    for entry in entries:
        _require_beside(entry.href)
    text = page_text(
        "index.html",
        {
            **frame_values(
                results.title,
                results.edition,
                results.watermark,
                helplines=results.help_lines,
            ),
            "pages": [entry for entry in entries if entry.kind == "page"],
            "files": [entry for entry in entries if entry.kind != "page"],
            "patterns": small_patterns() if any(entry.picture for entry in entries) else "",
            "protection_text": results.protection,
            "not_shown": [line for lines in results.not_shown.values() for line in lines],
            "caveat_lines": results.printed_caveats(),
            "credit_lines": results.attribution,
        },
        styles=[own_style()],
    )
    target = Path(path)
    with drafted(edition, target.parent) as draft:
        write_whole(draft / target.name, text)
    return target


def _require_beside(href: str) -> None:
    if re.match(r"(?:[a-z][a-z0-9+.-]*:|/|\\)", href, re.IGNORECASE) or ".." in href.split("/"):
        msg = f"{href!r} does not stand beside the index. Link to files of the edition only."
        raise OutputError(msg)
