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
from vawg_geo.publish.page.html import build_map, set_among_pages, write_html
from vawg_geo.publish.page.thumbnails import fills_of, small_map, small_patterns
from vawg_geo.publish.written import Written
from vawg_geo.results.headline import headline_of
from vawg_geo.results.opening import opening_series
from vawg_geo.results.results import edition_of
from vawg_geo.results.series import series_of
from vawg_geo.words import page as words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vawg_geo.results.results import EditionResults

__all__ = ["page_tabs", "write_index", "write_pages"]


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
    chart = build_map(results, level=level)
    set_among_pages(chart, tabs=page_tabs(results, current=level), opens=_opens(results, level))
    write_html(chart, folder / f"{level}.html")
    return _page_entry(results, level)


def _opens(results: EditionResults, level: str) -> dict[str, str] | None:
    """Link from an area to the map of what it holds."""
    holds = _held_level(results, level)
    if holds is None:
        return None
    one, many = words.LEVEL[holds]
    text = words.fill(words.PAGE["opens"], {"level": one, "levels": many})
    return {"href": f"{holds}.html", "text": text}


def _held_level(results: EditionResults, level: str) -> str | None:
    """Level with one page whose areas lie in those of this level."""
    codes = set(results.areas[level]["area_code"])
    for name in results.mapped_levels():
        held = set(results.areas[name]["parent_code"].dropna()) - {""}
        if name != level and held and held <= codes and holder_level(results, name) is None:
            return name
    return None


def page_tabs(
    results: EditionResults, *, current: str = "", up: str = ""
) -> list[dict[str, object]]:
    """Links to an edition's pages, as the head of each has them.

    Parameters
    ----------
    results : EditionResults
    current : str
        Level of the page; empty for the overview.
    up : str
        From the page's folder to the edition's.

    Returns
    -------
    list of dict
        ``href``, ``title``, ``current``, and ``id`` of what is on the page itself.
    """
    tabs: list[dict[str, object]] = [
        {
            "href": f"{up}index.html",
            "title": words.PAGE["tab_overview"],
            "current": not current,
        }
    ]
    for level in results.mapped_levels():
        divided = holder_level(results, level) is not None
        many = words.LEVEL[level][1]
        tabs.append(
            {
                "href": f"{up}{level}/index.html" if divided else f"{up}{level}.html",
                "title": many[0].upper() + many[1:],
                "current": level == current,
            }
        )
    title = words.PAGE["tab_about"]
    return [*tabs, {"href": "#vawg-sources", "title": title, "id": "vawg-about-tab"}]


def _write_divided(results: EditionResults, level: str, holder: str, folder: Path) -> Written:
    """Write a page for each area of a wider level, and an overview that links them."""
    place = folder / level
    place.mkdir(parents=True, exist_ok=True)
    entries = []
    for share in divisions(results, level, holder):
        chart = build_map(share.results, level=level)
        set_among_pages(chart, tabs=page_tabs(results, current=level, up="../"))
        write_html(chart, place / share.file)
        entry = _page_entry(share.results, level)
        entries.append(replace(entry, href=share.file, title=share.name))
    tabs = page_tabs(results, current=level, up="../")
    write_index(place / "index.html", results, entries=entries, tabs=tabs)
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


def write_index(
    path: str | Path,
    results: EditionResults,
    *,
    entries: Sequence[Written],
    tabs: Sequence[Mapping[str, object]] | None = None,
) -> Path:
    """Write the page that says what an edition's folder holds.

    Parameters
    ----------
    path : path-like
    results : EditionResults
    entries : sequence of Written
        Maps first come as cards, files as a list.
    tabs : sequence of mapping, optional
        Links at the head, as `page_tabs` gives them; without any, those of the edition's overview.

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
            "tabs": page_tabs(results) if tabs is None else tabs,
            "findings": _findings(results),
            "pages": [entry for entry in entries if entry.kind == "page"],
            "files": [entry for entry in entries if entry.kind != "page"],
            "patterns": small_patterns() if any(entry.picture for entry in entries) else "",
            "protection_text": results.protection,
            "left_out": [one for found in results.left_out.values() for one in found],
            "caveat_lines": results.printed_caveats(),
            "credit_lines": results.attribution,
        },
        styles=[own_style()],
    )
    target = Path(path)
    with drafted(edition, target.parent) as draft:
        write_whole(draft / target.name, text)
    return target


def _findings(results: EditionResults) -> list[tuple[str, list[str]]]:
    """What each level's maps say first, of all people and the latest period where there are such.

    One series of each indicator, made-up figures left out.
    """
    found = []
    for level in results.mapped_levels():
        every = series_of(results, level)
        areas = results.areas[level]
        parents = areas["parent_code"].fillna("").astype(str).tolist()
        for name in dict.fromkeys(one.indicator.name for one in every):
            series = every[opening_series(every, indicator=name)]
            said = headline_of(series, parents=parents, names=results.parent_names)
            if said and not series.illustrative:
                shown = {
                    "title": series.indicator.title,
                    "sex": words.SEX[series.sex],
                    "period": series.period,
                }
                found.append((words.fill(words.PAGE["index_finding"], shown), said))
    return found


def _require_beside(href: str) -> None:
    if re.match(r"(?:[a-z][a-z0-9+.-]*:|/|\\)", href, re.IGNORECASE) or ".." in href.split("/"):
        msg = f"{href!r} does not stand beside the index. Link to files of the edition only."
        raise OutputError(msg)
