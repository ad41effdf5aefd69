"""All pages of an edition: one map per level, and an index that says what there is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from vawg_geo.publish.page.thumbnails import opening_fills, small_map, small_patterns
from vawg_geo.results.results import edition_of
from vawg_geo.words import page as words
from vawg_geo.words.figures import map_caveats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vawg_geo.results.results import EditionResults

__all__ = ["IndexEntry", "write_index", "write_pages"]


@dataclass(frozen=True, kw_only=True)
class IndexEntry:
    """One line of an index page.

    Attributes
    ----------
    href : str
        File, relative to the index.
    title, description : str
    kind : str
        `page` or `file`.
    picture : str
        Markup of a small picture, as `small_map` gives it; empty for none.
    """

    href: str
    title: str
    description: str
    kind: str = "file"
    picture: str = ""


def write_pages(results: EditionResults, folder: Path) -> list[Path]:
    """Write an edition's maps and its index into a folder.

    Parameters
    ----------
    results : EditionResults
    folder : Path
        Exists. The index names the files that `vawg-geo build` writes beside the pages.

    Returns
    -------
    list of Path
        The index first.

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
        paths = _write_levels(results, draft)
    return [folder / path.relative_to(draft) for path in paths]


def _write_levels(results: EditionResults, folder: Path) -> list[Path]:
    """Write a page for each level of several areas, and the index before them."""
    rated = set(results.rates["level"])
    # A map of one area compares nothing: county and police area are comparators.
    levels = [level for level, areas in results.areas.items() if level in rated and len(areas) > 1]
    levels.sort(key=lambda level: len(results.areas[level]))
    pages, entries = [], []
    for level in levels:
        holder = holder_level(results, level)
        if holder is not None:
            written, entry = _write_divided(results, level, holder, folder)
            pages += written
            entries.append(entry)
            continue
        chart = build_map(results, level=level)
        pages.append(write_html(chart, folder / f"{level}.html"))
        payload = chart.get_root().payload  # type: ignore[attr-defined]
        entries.append(_page_entry(results, level, payload))
    entries += [
        IndexEntry(href=href, title=title, description=description)
        for href, title, description in words.INDEX_FILES
    ]
    return [write_index(folder / "index.html", results, entries=entries), *pages]


def _write_divided(
    results: EditionResults, level: str, holder: str, folder: Path
) -> tuple[list[Path], IndexEntry]:
    """Write a page for each area of a wider level, and an overview that links them."""
    place = folder / level
    place.mkdir(parents=True, exist_ok=True)
    pages, entries = [], []
    for share in divisions(results, level, holder):
        chart = build_map(share.results, level=level)
        pages.append(write_html(chart, place / share.file))
        payload = chart.get_root().payload  # type: ignore[attr-defined]
        entry = _page_entry(share.results, level, payload)
        entries.append(replace(entry, href=share.file, title=share.name))
    overview = write_index(place / "index.html", results, entries=entries)
    values = {
        "levels": words.LEVEL[level][1],
        "n": f"{len(results.areas[level]):,}",
        "pages": f"{len(pages):,}",
        "holders": words.LEVEL[holder][1],
    }
    entry = IndexEntry(
        href=f"{level}/index.html",
        title=words.fill(words.PAGE["index_divided_title"], values),
        description=words.fill(words.PAGE["index_divided_text"], values),
        kind="page",
        picture=small_map(results.areas[holder], [LIGHT] * len(results.areas[holder])),
    )
    return [overview, *pages], entry


def _page_entry(results: EditionResults, level: str, payload: dict[str, Any]) -> IndexEntry:
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
    series = payload["series"][payload["start"]]
    shown = {
        "title": payload["indicators"][series["indicator"]]["title"],
        "sex": words.SEX[series["sex"]],
        "period": series["period"],
    }
    borders = results.areas.get("district") if level in ("ward", "lsoa") else None
    return IndexEntry(
        href=f"{level}.html",
        title=words.fill(words.PAGE["index_page_title"], values),
        description=f"{description} {words.fill(words.PAGE['index_picture'], shown)}",
        kind="page",
        picture=small_map(results.areas[level], opening_fills(payload), borders=borders),
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def write_index(
    path: str | Path, results: EditionResults, *, entries: Sequence[IndexEntry]
) -> Path:
    """Write the page that says what an edition's folder holds.

    Parameters
    ----------
    path : path-like
    results : EditionResults
    entries : sequence of IndexEntry
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
            **frame_values(results.title, results.edition, results.watermark),
            "pages": [entry for entry in entries if entry.kind == "page"],
            "files": [entry for entry in entries if entry.kind != "page"],
            "patterns": small_patterns() if any(entry.picture for entry in entries) else "",
            "protection_text": results.protection,
            "not_shown": [line for lines in results.not_shown.values() for line in lines],
            "caveat_lines": map_caveats(results.caveats),
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
