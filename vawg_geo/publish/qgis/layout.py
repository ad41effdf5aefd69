"""A4 print layout of a project: title, map, key, scale, north, sources, caveats, edition.

Title and sources follow what the map shows: they ask the first layer that is drawn and bears
figures, so that no printed map has another's name.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from vawg_geo.publish.qgis.symbols import FONT, element, options
from vawg_geo.words import page as words
from vawg_geo.words.layers import MADE_UP, PROJECT
from vawg_geo.words.palette import ALERT, INK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vawg_geo.results.results import EditionResults

__all__ = ["LAYOUT", "WRAP", "print_layout"]

LAYOUT: Final = "A4 map"
# Where a long name goes on below, in the key.
WRAP: Final = "\n"
_SPACE: Final = uuid.UUID("a7c8f8de-7f0d-5b44-a8a4-0f4d1b3f5a21")
_TYPES: Final = {"map": 65639, "picture": 65640, "label": 65641, "legend": 65642, "scale": 65646}
# Left, top, width, height in millimetres.
_MAP: Final = (10.0, 21.0, 187.0, 161.0)
_SIDE: Final = (201.0, 21.0, 86.0)

# The first layer on the map whose name begins as those of figures do.
_SHOWN: Final = (
    "array_first(array_filter(map_get(item_variables('map'), 'map_layer_ids'), "
    "regexp_match(@element, '^(view|scan|raster)_') > 0))"
)


def print_layout(results: EditionResults, *, extent: Sequence[float]) -> str:
    """Layout as XML of a project.

    Parameters
    ----------
    results : EditionResults
    extent : sequence of float
        Left, bottom, right, top of what the map shows at first.

    Returns
    -------
    str
    """
    left, top, width = _SIDE
    title = f"[% coalesce(layer_property({_SHOWN}, 'name'), @project_title) %]"
    told = f"[% coalesce(layer_property({_SHOWN}, 'abstract'), '') %]"
    told = words.fill(PROJECT["about"], {"text": told})
    made_up = words.PAGE["illustrative_mark"]
    alert = (
        f"[% if(coalesce(layer_property({_SHOWN}, 'name'), '') LIKE '{MADE_UP.split(',')[0]}%', "
        f"'{made_up}', '') %]"
    )
    edition = results.watermark or words.EDITION.get(results.edition, results.edition)
    caveats = "\n\n".join([words.PAGE["caveats"] + ":", *results.printed_caveats()])
    items = [
        _map(extent),
        _label("title", title, (10, 6, 277, 8), size=14, bold=True),
        _label("edition", edition, (10, 14, 277, 5), size=8, bold=True, ink=ALERT),
        _legend((left, top, width, 90)),
        _label("caveats", caveats, (left, 128, width, 54), size=6.5, bottom=True),
        _scale((13, 168, 60, 12)),
        _north((186, 24, 8, 12)),
        _label("illustrative", alert, (12, 23, 160, 9), size=15, bold=True, ink=ALERT),
        _label("sources", told, (10, 184, 277, 21), size=6.5),
    ]
    about = {"name": LAYOUT, "units": "mm", "printResolution": 200, "worldFileMap": ""}
    return element(
        "Layout",
        about,
        element("Snapper", {"snapToItems": 1, "tolerance": 5}),
        element("PageCollection", {}, _page(), element("GuideCollection", {"visible": 1})),
        *items,
        element("Atlas", {"enabled": 0}),
    )


def framed(extent: Sequence[float]) -> tuple[float, float, float, float]:
    """Extent of the shape of the map's frame, with a margin.

    Examples
    --------
    >>> framed((0, 0, 187, 161))
    (-3.74, -3.22, 190.74, 164.22)
    """
    left, bottom, right, top = extent
    width, height = right - left, top - bottom
    width, height = max(width, height * _MAP[2] / _MAP[3]), max(height, width * _MAP[3] / _MAP[2])
    x, y = (left + right) / 2, (bottom + top) / 2
    half_x, half_y = 0.52 * width, 0.52 * height
    return round(x - half_x, 2), round(y - half_y, 2), round(x + half_x, 2), round(y + half_y, 2)


def _item(
    kind: str,
    name: str,
    box: Sequence[float],
    more: dict[str, object],
    *inner: str,
    frame: bool = False,
    ground: bool = False,
) -> str:
    left, top, width, height = box
    key = "{" + str(uuid.uuid5(_SPACE, name)) + "}"
    about: dict[str, object] = {
        "type": _TYPES.get(kind, 65638),
        "id": name,
        "uuid": key,
        "templateUuid": key,
        "position": f"{left},{top},mm",
        "positionOnPage": f"{left},{top},mm",
        "size": f"{width},{height},mm",
        "referencePoint": 0,
        "visibility": 1,
        "zValue": {"page": 0, "map": 1}.get(kind, 2),
        "opacity": 1,
        "frame": str(frame).lower(),
        "outlineWidthM": "0.2,mm",
        "background": str(ground).lower(),
    }
    line = _rgb("FrameColor", INK)
    return element("LayoutItem", about | more, line, _rgb("BackgroundColor", "#ffffff"), *inner)


def _page() -> str:
    fill = {"class": "SimpleFill", "enabled": 1, "locked": 0, "pass": 0}
    white = options({"color": "255,255,255,255", "style": "solid", "outline_style": "no"})
    about = {"type": "fill", "name": "", "alpha": 1, "clip_to_extent": 1, "force_rhr": 0}
    symbol = element("symbol", about, element("layer", fill, white))
    return symbol + _item("page", "page", (0, 0, 297, 210), {}, symbol, ground=True)


def _map(extent: Sequence[float]) -> str:
    left, bottom, right, top = framed(extent)
    inner = element("Extent", {"xmin": left, "ymin": bottom, "xmax": right, "ymax": top})
    more: dict[str, object] = {
        "followPreset": "false",
        "keepLayerSet": "false",
        "drawCanvasItems": "true",
        "mapRotation": 0,
    }
    return _item("map", "map", _MAP, more, inner, frame=True, ground=True)


def _label(
    name: str,
    text: str,
    box: Sequence[float],
    *,
    size: float,
    bold: bool = False,
    ink: str = INK,
    bottom: bool = False,
) -> str:
    more: dict[str, object] = {
        "labelText": text,
        "htmlState": 0,
        "halign": 1,
        "valign": 64 if bottom else 32,
        "marginX": 0,
        "marginY": 0,
    }
    return _item("label", name, box, more, _font("LabelFont", size, bold), _rgb("FontColor", ink))


def _legend(box: Sequence[float]) -> str:
    sizes = {"title": 10, "group": 9, "subgroup": 9, "symbol": 8, "symbolLabel": 8}
    gaps = {"subgroup": "2.5", "symbol": "1.6", "symbolLabel": "1.6"}
    styles = [
        element(
            "style",
            {"name": name, "marginTop": gaps.get(name, "2"), "marginLeft": "2", "alignment": 1},
            _font("styleFont", size, name == "subgroup"),
        )
        for name, size in sizes.items()
    ]
    more: dict[str, object] = {
        "title": "",
        "map_uuid": _map_key(),
        "legendFilterByMap": 1,
        "resizeToContents": 1,
        "wrapChar": WRAP,
        "columnCount": 1,
        "symbolWidth": 7,
        "symbolHeight": 4,
        "boxSpace": 1,
        "lineSpacing": 1,
        "fontColor": INK,
        "titleAlignment": 1,
        "symbolAlignment": 1,
    }
    return _item("legend", "key", box, more, element("styles", {}, *styles), ground=True)


def _scale(box: Sequence[float]) -> str:
    more: dict[str, object] = {
        "mapUuid": _map_key(),
        "style": "Single Box",
        "unitType": "meters",
        "unitLabel": "km",
        "numMapUnitsPerScaleBarUnit": 1000,
        "numUnitsPerSegment": 5000,
        "numSegments": 2,
        "numSegmentsLeft": 0,
        "segmentSizeMode": 0,
        "height": 2,
        "labelBarSpace": 1,
        "boxContentSpace": 1,
        "outlineWidth": 0.2,
        "alignment": 0,
    }
    inner = (
        _rgb("strokeColor", INK),
        _rgb("fillColor", INK),
        _rgb("fillColor2", "#ffffff"),
        element(
            "text-style",
            {
                "fontFamily": FONT,
                "fontSize": 8,
                "fontSizeUnit": "Point",
                "textColor": "31,26,46,255",
            },
        ),
    )
    return _item("scale", "scale bar", box, more, *inner)


def _north(box: Sequence[float]) -> str:
    more: dict[str, object] = {
        "file": ":/images/north_arrows/layout_default_north_arrow.svg",
        "mode": 0,
        "northMode": 0,
        "mapUuid": _map_key(),
        "svgFillColor": "31,26,46,255",
        "svgBorderColor": "31,26,46,255",
        "svgBorderWidth": 0.2,
        "resizeMode": 0,
        "anchorPoint": 4,
    }
    return _item("picture", "north", box, more)


def _map_key() -> str:
    return "{" + str(uuid.uuid5(_SPACE, "map")) + "}"


def _font(name: str, size: float, bold: bool = False) -> str:
    weight = 75 if bold else 50
    return element(name, {"description": f"{FONT},{size},-1,5,{weight},0,0,0,0,0", "style": ""})


def _rgb(name: str, code: str) -> str:
    red, green, blue = (int(code[at : at + 2], 16) for at in (1, 3, 5))
    return element(name, {"red": red, "green": green, "blue": blue, "alpha": 255})
