"""Maps as Folium knows them, written as one file that needs no network.

`build_map` gives an ordinary `folium.Map`: an analyst adds her own layers to it before
`write_html`. Its page is ours, not Folium's: Leaflet inlined, a strict content security policy,
data apart from scripts.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink
from folium.template import Template

from vawg_geo.disclosure.way_out import drafted
from vawg_geo.errors import OutputError
from vawg_geo.files.whole import write_whole
from vawg_geo.publish.page.assemble import (
    frame_values,
    own_script,
    own_style,
    page_text,
)
from vawg_geo.publish.page.geometry import SCALE
from vawg_geo.publish.page.leaflet import NOTICE, load_leaflet, marker_icon_script
from vawg_geo.publish.page.payload import build_payload
from vawg_geo.results.opening import opening_series
from vawg_geo.results.results import edition_of
from vawg_geo.results.series import series_of
from vawg_geo.words.markup import trusted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vawg_geo.disclosure.gate import Edition
    from vawg_geo.results.results import EditionResults

__all__ = ["OfflineMap", "PageFigure", "build_map", "write_html"]

_MAP_ID: Final = "vawg"
# Folium names its variables with 32 random hexadecimal digits.
_RANDOM_ID: Final = re.compile(r"(?<=_)[0-9a-f]{32}(?![0-9a-f])")


class OfflineMap(folium.Map):
    """A `folium.Map` that asks for nothing from a network.

    Tiles, plug-ins and legends that load scripts are refused by name when the page is written;
    `folium.GeoJson`, `folium.CircleMarker`, `folium.Marker`, `folium.PolyLine` and the like work.
    They are drawn above the areas.
    """

    # Folium declares these without ClassVar.
    default_js: list[tuple[str, str]] = []  # noqa: RUF012
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    # Folium's header is left out: its viewport forbids zooming, and its styles are ours to write.
    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <div class="folium-map" id={{ this.get_name()|tojson }}></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }},
                crs: L.CRS.{{ this.crs }},
                ...{{ this.options|tojavascript }}
            });
        {% endmacro %}
        """
    )

    def add_js_link(self, name: str, url: str) -> None:
        """Refuse: Folium would add the link to every other map too, and no page may load it."""
        _refuse("this map", f"the script {name}", url)

    def add_css_link(self, name: str, url: str) -> None:
        """Refuse: Folium would add the link to every other map too, and no page may load it."""
        _refuse("this map", f"the style sheet {name}", url)


class PageFigure(Figure):
    """The page around an `OfflineMap`; `render` gives the whole of it as text."""

    def __init__(
        self,
        payload: dict[str, Any],
        made_from: Edition | None = None,
        *,
        helplines: Sequence[str] = (),
    ) -> None:
        # How much of a notebook's cell it takes; a file's page takes the window, whatever this is.
        super().__init__(width="100%", height="850px")
        self.payload = payload
        self.made_from = made_from
        self.helplines = helplines
        # The pages that stand beside this one, where it is one of an edition's.
        self.tabs: Sequence[Mapping[str, object]] = ()

    def render(self, **kwargs: Any) -> str:
        """Page text.

        Raises
        ------
        OutputError
            A layer wants something from a network.
        """
        _require_offline(self)
        for child in self._children.values():
            child.render(**kwargs)
        markup = _stable_ids(self.html.render(), self.script.render())
        # What a layer brings for the head: styles, and nothing else.
        styles = _own_styles(self.header)
        has_markers = any(type(e) is folium.Marker for e in _descendants(self))
        leaflet = load_leaflet()
        return page_text(
            "map.html",
            _values(self.payload, self.helplines) | {"map": trusted(markup[0]), "tabs": self.tabs},
            styles=[leaflet.style, own_style(), *styles],
            scripts=[
                leaflet.script,
                *([marker_icon_script()] if has_markers else []),
                markup[1],
                own_script(),
            ],
            data=self.payload,
        )


def build_map(
    results: EditionResults,
    *,
    level: str,
    indicator: str | None = None,
    sex: str | None = None,
    period: str | None = None,
) -> folium.Map:
    """Build a map of one level; parameters as for `build_map` of the front door."""
    edition = edition_of(results)
    every = series_of(results, level)
    start = opening_series(every, indicator=indicator, sex=sex, period=period)
    payload = build_payload(results, level=level) | {"start": start}
    points = payload["areas"]["point"]
    centre = [sum(p[1] for p in points), sum(p[0] for p in points)]
    figure = PageFigure(payload, edition, helplines=results.help_lines)
    chart = OfflineMap(
        location=[round(total / len(points) / SCALE, 3) for total in centre],
        zoom_start=9,
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        keyboard=False,
        # Motion helps nobody here, and a view set while Leaflet zooms would be lost.
        zoom_animation=False,
        fade_animation=False,
        # Any zoom: the area as large as the frame lets it be.
        zoom_snap=0,
        zoom_delta=0.5,
        wheel_px_per_zoom_level=90,
    )
    # A fixed name, so that two builds give the same bytes.
    chart._id = _MAP_ID  # noqa: SLF001
    figure.add_child(chart, name=chart.get_name())
    payload["meta"]["map"] = chart.get_name()
    return chart


def write_html(chart: folium.Map, path: str | Path) -> Path:
    """Write a map of `build_map` as one file, whole or not at all.

    Parameters
    ----------
    chart : folium.Map
        From `build_map`, with or without further layers.
    path : path-like

    Returns
    -------
    pathlib.Path

    Raises
    ------
    OutputError
        The map is no map of ours, a layer wants something from a network, or the file cannot be
        written.
    DisclosureError
        The audit found that the page gives away a count that the edition hides. What an analyst
        added herself is hers, unless it gives such a count.
    """
    figure = chart.get_root()
    if not isinstance(figure, PageFigure):
        msg = (
            "this map was not made by build_map, so its page would load files from a network. "
            "Make it with build_map and add your layers to that."
        )
        raise OutputError(msg)
    target = Path(path)
    text = figure.render()
    own = bool(chart._children)  # noqa: SLF001
    with drafted(figure.made_from, target.parent, with_own=own) as draft:
        write_whole(draft / target.name, text)
    return target


def set_among_pages(
    chart: folium.Map,
    *,
    tabs: Sequence[Mapping[str, object]],
    opens: Mapping[str, str] | None = None,
) -> None:
    """Tell a map of the edition's other pages.

    Parameters
    ----------
    chart : folium.Map
        From `build_map`.
    tabs : sequence of mapping
        Links of the page's head.
    opens : mapping, optional
        ``href`` and ``text`` of the link from a chosen area to the map of what it holds.
    """
    figure = chart.get_root()
    if isinstance(figure, PageFigure):
        figure.tabs = tabs
        if opens is not None:
            figure.payload["meta"]["opens"] = dict(opens)


def _values(payload: dict[str, Any], helplines: Sequence[str]) -> dict[str, object]:
    meta = payload["meta"]
    levels = {"level": meta["level_one"], "levels": meta["level_many"]}
    common = frame_values(
        meta["title"], meta["edition"], meta["watermark"], helplines=helplines, levels=levels
    )
    return {
        **common,
        "find": common["find" if payload["parents"]["code"] else "find_alone"],
        **levels,
        "protection_text": meta["protection"],
        "left_out": meta["left_out"],
        "caveat_lines": meta["caveats"],
        "credit_lines": meta["attribution"],
        "notice": NOTICE,
    }


def _stable_ids(markup: str, script: str) -> tuple[str, str]:
    """Replace Folium's random names by numbers in order of appearance."""
    numbers: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        return numbers.setdefault(found.group(), f"{len(numbers) + 1:04d}")

    return _RANDOM_ID.sub(name, markup), _RANDOM_ID.sub(name, script)


def _descendants(element: Element) -> Iterator[Element]:
    for child in element._children.values():  # noqa: SLF001
        yield child
        yield from _descendants(child)


def _require_offline(figure: PageFigure) -> None:
    """Refuse layers that would load something, by name, before anything is rendered."""
    for element in _descendants(figure):
        kind = type(element).__name__
        for name, url in (
            *getattr(element, "default_js", ()),
            *getattr(element, "default_css", ()),
        ):
            _refuse(f"the layer {kind}", name, url)
        if isinstance(element, folium.Icon):
            _refuse("the layer Icon", "icon fonts", "awesome-markers")
        for attribute in ("tiles", "url", "embed_link"):
            url = getattr(element, attribute, None)
            if isinstance(url, str) and re.match(r"(?:https?:)?//", url):
                _refuse(f"the layer {kind}", "pictures or data", url)


def _refuse(layer: str, what: str, url: str) -> None:
    msg = (
        f"{layer} wants {what} from a network ({url}), and an offline page may load nothing. "
        "Draw it with folium.GeoJson, CircleMarker, Marker or PolyLine, or leave it out."
    )
    raise OutputError(msg)


class _StyleReader(HTMLParser):
    """Contents of style elements; notes anything else that stands in a head."""

    def __init__(self) -> None:
        super().__init__()
        self.styles: list[str] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "style":
            self.styles.append("")
        elif (tag, ("http-equiv", "content-type")) != (tag, attrs[0] if attrs else None):
            self.others.append(tag)

    def handle_data(self, data: str) -> None:
        if self.styles:
            self.styles[-1] += data


def _own_styles(header: Element) -> list[str]:
    """Styles that layers put into the head, each by itself; anything else there is refused."""
    found: list[str] = []
    for name, child in header._children.items():  # noqa: SLF001
        if isinstance(child, JavascriptLink | CssLink):
            _refuse("a layer", name, child.url)
        reader = _StyleReader()
        reader.feed(child.render())
        if reader.others:
            _refuse(f"the layer {name}", f"a {reader.others[0]} element", "in the page's head")
        found.extend(style.strip() for style in reader.styles if style.strip())
    return found
