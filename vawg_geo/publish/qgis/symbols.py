"""Symbols, patterns and texts of maps in QGIS, as XML of QGIS 3.22.

Later versions read it too. Only what differs from QGIS' own defaults is written.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from vawg_geo.words.palette import INK, OUTLINE

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "closed_outline",
    "colour",
    "element",
    "fill_symbol",
    "leaf",
    "line_symbol",
    "options",
    "text_style",
]

# On the council machines that QGIS runs on; elsewhere QGIS takes what is nearest.
FONT: Final = "Arial"
# Millimetres between the lines or marks of a pattern, and their strength.
_STEP: Final = 1.7
_STROKE: Final = 0.25
# Angles of the lines of each pattern.
_LINES: Final = {
    "diagonal": (45,),
    "back": (135,),
    "cross": (45, 135),
    "level": (0,),
    "upright": (90,),
    "light": (135,),
}
# Half of the widest river that is no border, in metres: the tidal Nene has 42 m.
_BANK: Final = 40
# Of the light hatch, whatever class it lies upon: how much of its ink is seen.
_FAINT: Final = 0.35
# Marks of each pattern: shape, size, turn.
_MARKS: Final = {
    "rings": ("circle", 1.2, 0),
    "up": ("filled_arrowhead", 1.5, 270),
    "down": ("filled_arrowhead", 1.5, 90),
    "noughts": ("circle", 0.9, 0),
}


def element(name: str, attributes: Mapping[str, object], *inner: str) -> str:
    """XML of an element; what stands inside is XML already.

    Examples
    --------
    >>> element("rule", {"label": "a < b"}), element("rules", {}, leaf("id", "x"))
    ('<rule label="a &lt; b"/>', '<rules><id>x</id></rules>')
    """
    head = "".join(f" {key}={quoteattr(str(value))}" for key, value in attributes.items())
    held = "".join(inner)
    return f"<{name}{head}>{held}</{name}>" if held else f"<{name}{head}/>"


def leaf(name: str, text: object) -> str:
    """XML of an element that holds a text."""
    return f"<{name}>{escape(str(text))}</{name}>"


def options(values: Mapping[str, object]) -> str:
    """Properties as QGIS keeps them."""
    held = [
        element("Option", {"name": key, "type": "QString", "value": value})
        for key, value in values.items()
    ]
    return element("Option", {"type": "Map"}, *held)


def colour(code: str, opacity: float = 1) -> str:
    """Colour as QGIS writes it.

    Examples
    --------
    >>> colour("#a9500f")
    '169,80,15,255'
    """
    parts = [int(code[at : at + 2], 16) for at in (1, 3, 5)]
    return ",".join(map(str, [*parts, round(255 * opacity)]))


# Most classes of an edition are drawn alike.
@lru_cache(maxsize=1024)
def fill_symbol(
    name: str, *, ground: str, ink: str = "", pattern: str = "solid", width: float = 0.15
) -> str:
    """Symbol of an area.

    Parameters
    ----------
    name : str
        Within the list of symbols.
    ground : str
        Colour; empty for none.
    ink : str
        Colour of the pattern.
    pattern : str
        `solid`, `diagonal`, `back`, `cross`, `level`, `upright`, `rings`,
        `noughts`, `up`, `down` or `light`.
    width : float
        Of the outline in millimetres; 0 for none.

    Returns
    -------
    str
    """
    base = {
        "color": colour(ground or "#ffffff"),
        "style": "solid" if ground else "no",
        "outline_color": colour(OUTLINE),
        "outline_style": "solid" if width else "no",
        "outline_width": width,
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    layers = [_layer("SimpleFill", base)]
    seen = _FAINT if pattern == "light" else 1
    layers += [_lines(angle, ink or INK, opacity=seen) for angle in _LINES.get(pattern, ())]
    if pattern in _MARKS:
        layers.append(_marks(pattern, ink or INK))
    return _symbol(name, "fill", *layers)


def line_symbol(name: str, *, ink: str, width: float, dash: str = "", casing: float = 0) -> str:
    """Outline of an area.

    Parameters
    ----------
    name : str
    ink : str
        Colour.
    width, casing : float
        In millimetres; the casing is white, and none where it is 0.
    dash : str
        Such as `3;2`: millimetres drawn and left out.
    """
    layers = []
    if casing:
        layers.append(_layer("SimpleLine", _line("#ffffff", width + casing)))
    layers.append(_layer("SimpleLine", _line(ink, width, dash)))
    return _symbol(name, "fill", *layers)


def closed_outline(name: str, *, width: float) -> str:
    """Outline of an area as if no river ran through it: a bank within an area is no border.

    Parameters
    ----------
    name : str
    width : float
        In millimetres.
    """
    closed = f"boundary(buffer(buffer($geometry, {_BANK}, 2), -{_BANK}, 2))"
    line = _layer("SimpleLine", _line(OUTLINE, width) | {"capstyle": "round"})
    properties = {"SymbolType": "Line", "geometryModifier": closed, "units": "MapUnit"}
    drawn = _layer("GeometryGenerator", properties, _symbol("@0@0", "line", line))
    return _symbol(name, "fill", drawn)


def text_style(*, size: float, ink: str = INK, bold: bool = False, field: str = "") -> str:
    """Text with a white edge.

    Parameters
    ----------
    size : float
        In points.
    ink : str
        Colour.
    bold : bool
    field : str
        An expression, where the text is a label.
    """
    style: dict[str, object] = {
        "fontFamily": FONT,
        "fontSize": size,
        "fontSizeUnit": "Point",
        "textColor": colour(ink),
        "fontWeight": 75 if bold else 50,
        "multilineHeight": 1,
    }
    if bold:
        style["namedStyle"] = "Bold"
    if field:
        style |= {"fieldName": field, "isExpression": 1}
    buffer = {
        "bufferDraw": 1 if field else 0,
        "bufferColor": colour("#ffffff"),
        "bufferSize": 0.8,
        "bufferSizeUnits": "MM",
        "bufferOpacity": 0.9,
    }
    return element("text-style", style, element("text-buffer", buffer))


def _symbol(name: str, kind: str, *layers: str) -> str:
    about = {"name": name, "type": kind, "alpha": 1, "clip_to_extent": 1, "force_rhr": 0}
    return element("symbol", about, *layers)


def _layer(kind: str, properties: Mapping[str, object], *inner: str) -> str:
    about = {"class": kind, "enabled": 1, "locked": 0, "pass": 0}
    return element("layer", about, options(properties), *inner)


def _line(ink: str, width: float, dash: str = "", *, opacity: float = 1) -> dict[str, object]:
    return {
        "line_color": colour(ink, opacity),
        "line_width": width,
        "line_width_unit": "MM",
        "capstyle": "flat",
        "joinstyle": "round",
        **({"customdash": dash, "customdash_unit": "MM", "use_custom_dash": 1} if dash else {}),
    }


def _lines(angle: int, ink: str, *, opacity: float = 1) -> str:
    properties = {"angle": angle, "distance": _STEP, "distance_unit": "MM"}
    stroke = _symbol("@0@1", "line", _layer("SimpleLine", _line(ink, _STROKE, opacity=opacity)))
    return _layer("LinePatternFill", properties, stroke)


def _marks(pattern: str, ink: str) -> str:
    shape, size, turn = _MARKS[pattern]
    step = 3.0 if pattern == "noughts" else 2.4
    ring = pattern in ("rings", "noughts")
    mark = {
        "name": shape,
        "size": size,
        "size_unit": "MM",
        "angle": turn,
        "color": colour(ink, 0 if ring else 1),
        "outline_color": colour(ink),
        "outline_width": 0.15,
        "outline_width_unit": "MM",
    }
    properties = {
        "distance_x": step,
        "distance_x_unit": "MM",
        "distance_y": step,
        "distance_y_unit": "MM",
        "displacement_x": step / 2,
        "displacement_x_unit": "MM",
    }
    inner = _symbol("@0@1", "marker", _layer("SimpleMarker", mark))
    return _layer("PointPatternFill", properties, inner)
