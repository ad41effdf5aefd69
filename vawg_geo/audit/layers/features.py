"""GeoJSON features, and the colours that a map gives them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from vawg_geo.audit.observed import Finding
from vawg_geo.audit.tables.read import canonical, read_columns
from vawg_geo.audit.tables.sheets import Reading, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    Feature = dict[str, object]

__all__ = ["colours_by_switch", "feature_collections", "read_features"]

# Folium writes the style of each feature as a switch over its id.
_STYLER: Final = re.compile(
    r"function\s+\w*styler\s*\(feature\)\s*\{\s*switch\s*\(feature\.(id|properties\.[\w$]+)\)\s*"
    r"\{(.*?)\}\s*\}",
    re.S,
)
_CASES: Final = re.compile(
    r"((?:case\s+(?:\"[^\"]*\"|[^:\"]+):\s*)+|default:\s*)return\s*(\{[^}]*\})", re.S
)
_CASE: Final = re.compile(r"case\s+(\"[^\"]*\"|[^:\"]+):")
_STYLES: Final = ("fillColor", "color", "fill", "fill_color", "fillOpacity", "weight", "radius")


def feature_collections(data: object) -> Iterator[list[Feature]]:
    """Lists of features anywhere in decoded JSON."""
    if isinstance(data, dict):
        features = data.get("features")
        if data.get("type") == "FeatureCollection" and isinstance(features, list):
            yield [feature for feature in features if isinstance(feature, dict)]
            return
        if data.get("type") == "Feature":
            yield [data]
            return
        for inner in data.values():
            yield from feature_collections(inner)
    elif isinstance(data, list):
        for inner in data:
            yield from feature_collections(inner)


def read_features(features: list[Feature], source: str) -> Reading:
    """Read the properties of features as a table.

    Parameters
    ----------
    features : list of dict
        GeoJSON features.
    source : str

    Returns
    -------
    Reading
        One sheet, with `feature_id` and, where features carry a style, `colour`; nothing where
        features have no properties.
    """
    table = [_properties(feature) for feature in features]
    names = dict.fromkeys(name for properties in table for name in properties)
    style_names = [name for name in names if name in ("style", "highlight")]
    if not names:
        return Reading()
    columns = {
        name: [_as_text(properties.get(name)) for properties in table]
        for name in names
        if name not in style_names
    }
    reading = read_columns(columns, source)
    if not reading.sheets:
        # Outlines alone: their colours may still be figures.
        plain = canonical({name.lower(): values for name, values in columns.items()})
        if "area_code" not in plain:
            return reading
        reading.sheets.append(Sheet(columns=plain, source=source))
    sheet = reading.sheets[0]
    sheet.columns["feature_id"] = [str(f.get("id", n)) for n, f in enumerate(features)]
    if "style" in names:
        sheet.columns["colour"] = [_colour(properties.get("style")) for properties in table]
    heights = sum(1 for feature in features if _deep(feature.get("geometry")))
    if heights:
        text = f"{heights:,} geometries have heights, which may be figures."
        reading.findings.append(Finding(kind="unknown_geometry", file=source, text=text))
    return reading


def _properties(feature: Feature) -> dict[str, object]:
    properties = feature.get("properties")
    return properties if isinstance(properties, dict) else {}


def colours_by_switch(script: str, reading: Reading) -> Reading:
    """Give sheets of features the colours that a script's switch gives them."""
    for by, cases in _STYLER.findall(script):
        colours: dict[str, str] = {}
        default = ""
        for labels, style in _CASES.findall(cases + "}"):
            colour = _colour(_json(style))
            if labels.startswith("default"):
                default = colour
            for label in _CASE.findall(labels):
                colours[label.strip('"').strip()] = colour
        key = "feature_id" if by == "id" else by.removeprefix("properties.").lower()
        for sheet in reading.sheets:
            if key in sheet.columns and "colour" not in sheet.columns:
                ids = sheet.columns[key]
                sheet.columns["colour"] = [colours.get(str(name), default) for name in ids]
    return reading


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return {"fillColor": text}


def _colour(style: object) -> str:
    if not isinstance(style, dict):
        return str(style or "")
    return " ".join(str(style[name]) for name in _STYLES if name in style)


def _as_text(value: object) -> object:
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def _deep(geometry: object) -> bool:
    """Whether the first vertex of a geometry has more than two numbers."""
    inner = geometry.get("coordinates") if isinstance(geometry, dict) else None
    while isinstance(inner, list) and inner and isinstance(inner[0], list):
        inner = inner[0]
    return isinstance(inner, list) and len(inner) > 2
