"""Styles as XML: what `qgis_styles` says in rules, as QGIS reads it."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from vawg_geo.publish.qgis.forms import form_parts, map_tip
from vawg_geo.publish.qgis.symbols import (
    closed_outline,
    element,
    fill_symbol,
    leaf,
    line_symbol,
    text_style,
)
from vawg_geo.terms.views import TIME_COLUMNS
from vawg_geo.words.columns import heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vawg_geo.publish.layers.styles import Label, Rule, Style

__all__ = ["VERSION", "qml", "style_parts", "time_of_rows"]

VERSION: Final = "3.22.16-Białowieża"
_SPACE: Final = uuid.UUID("9a5a8c9c-54f4-5b7e-9d0e-2f5f6c1b7f10")


def qml(style: Style, *, columns: Sequence[str], forms: bool = False) -> str:
    """Style as a document that QGIS loads from a file or from a table of styles.

    Parameters
    ----------
    style : Style
    columns : sequence of str
        Of the layer: they get names for readers. With none, the style leaves fields alone.
    forms : bool
        Whether it says how a form shows them, too.

    Returns
    -------
    str
    """
    time = time_of_rows(columns)
    about = {
        "version": VERSION,
        "styleCategories": "Symbology|Labeling"
        + ("|Fields|MapTips" if columns else "")
        + ("|Forms" if forms else "")
        + ("|Temporal" if time else ""),
        "labelsEnabled": int(bool(style.labels)),
    }
    form = form_parts(tuple(columns)) if forms else ""
    body = element("qgis", about, time, style_parts(style, columns=columns), form)
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{body}"


def time_of_rows(columns: Sequence[str]) -> str:
    """Say that each row is of a time of its own, for the temporal controller; empty if none is.

    Both days belong to the period, as the columns' words say.
    """
    if not set(TIME_COLUMNS) <= set(columns):
        return ""
    start, end = TIME_COLUMNS
    # Moments from expressions (4). By its columns of days QGIS holds a day against a moment as it
    # would two texts, so that the first day of a period would belong to the period before it too.
    about = {
        "mode": 4,
        "enabled": 1,
        "limitMode": 0,
        "startField": start,
        "endField": end,
        "durationField": "",
        "durationUnit": "min",
        "fixedDuration": 0,
        "startExpression": f'to_datetime("{start}")',
        "endExpression": f"to_datetime(\"{end}\") + to_interval('86399 seconds')",
        "accumulate": 0,
    }
    return element("temporal", about, element("fixedRange", {}, leaf("start", ""), leaf("end", "")))


def style_parts(style: Style, *, columns: Sequence[str]) -> str:
    """Renderer, labels and names of columns, as they stand in a style and in a project's layer."""
    return _parts(style, tuple(columns))


# The table of styles and the project have the same styles, and so have the editions of a build.
@lru_cache(maxsize=512)
def _parts(style: Style, columns: tuple[str, ...]) -> str:
    own = dict(style.headings)
    names = [
        element(
            "alias", {"index": place, "field": column, "name": own.get(column) or heading(column)}
        )
        for place, column in enumerate(columns)
    ]
    parts = [_renderer(style), _labeling(style)]
    if names:
        parts += [element("aliases", {}, *names), leaf("previewExpression", '"area_name"')]
        parts.append(map_tip(style.tips))
    return "".join(parts)


def _renderer(style: Style) -> str:
    symbols = element("symbols", {}, *(_symbol(n, r, style) for n, r in enumerate(style.rules)))
    common = {"forceraster": 0, "enableorderby": int(bool(style.order)), "symbollevels": 0}
    if style.kind == "graduated":
        ranges = [
            element(
                "range",
                {
                    "lower": rule.lower,
                    "upper": rule.upper,
                    "label": rule.label,
                    "symbol": place,
                    "render": "true",
                },
            )
            for place, rule in enumerate(style.rules)
        ]
        about = {
            "type": "graduatedSymbol",
            "attr": style.column,
            "graduatedMethod": "GraduatedColor",
            **common,
        }
        return element("renderer-v2", about, element("ranges", {}, *ranges), symbols)
    rules = [
        element(
            "rule",
            {
                "key": _key(style.name, rule.test),
                # A line of the key draws nothing, wherever it stands.
                "filter": rule.test if rule.kind == "heading" else style.drawn_where(rule.test),
                "label": rule.label,
                "symbol": place,
            },
        )
        for place, rule in enumerate(style.rules)
    ]
    tree = element("rules", {"key": _key(style.name, "")}, *rules)
    about = {"type": "RuleRenderer", **common}
    renderer = element("renderer-v2", about, tree, symbols, _order(style))
    if style.kind == "merged":
        return element("renderer-v2", {"type": "mergedFeatureRenderer", **common}, renderer)
    return renderer


def _order(style: Style) -> str:
    if not style.order:
        return ""
    clause = element("orderByClause", {"asc": 1, "nullsFirst": 0}, escape(f'"{style.order}"'))
    return element("orderby", {}, clause)


def _symbol(place: int, rule: Rule, style: Style) -> str:
    if style.kind == "merged":
        return line_symbol(str(place), ink=rule.ink, width=style.width, dash="2.4;1.4", casing=0.8)
    if style.kind == "closed":
        return closed_outline(str(place), width=style.width)
    return fill_symbol(
        str(place),
        ground=rule.ground,
        ink=rule.ink,
        pattern=rule.pattern,
        width=style.width if rule.kind == "class" else 0,
    )


def _labeling(style: Style) -> str:
    if not style.labels:
        return ""
    rules = [_label_rule(style, place, label) for place, label in enumerate(style.labels)]
    return element(
        "labeling",
        {"type": "rule-based"},
        element("rules", {"key": _key(style.name, "labels")}, *rules),
    )


def _label_rule(style: Style, place: int, label: Label) -> str:
    about: dict[str, object] = {"key": _key(style.name, f"label {place}")}
    if test := style.drawn_where(label.test):
        about["filter"] = test
    if label.from_scale:
        # The denominator is the largest where the map is furthest away.
        about |= {"scalemindenom": 1, "scalemaxdenom": label.from_scale}
    text = text_style(size=label.size, bold=label.bold, field=label.text)
    around = element("text-format", {"multilineAlign": 1})
    # Where the area is widest: the middle of a district may be another that it surrounds.
    spot = {
        "placement": 1,
        "quadOffset": 4,
        "priority": 9 - place,
        "geometryGeneratorEnabled": 1,
        "geometryGenerator": "pole_of_inaccessibility($geometry, 200)",
        "geometryGeneratorType": "PointGeometry",
        "layerType": "PolygonGeometry",
    }
    drawn = element("rendering", {"drawLabels": 1, "displayAll": 0, "obstacle": 0})
    settings = element(
        "settings", {"calloutType": "simple"}, text, around, element("placement", spot), drawn
    )
    return element("rule", about, settings)


def _key(*parts: str) -> str:
    return "{" + str(uuid.uuid5(_SPACE, "\n".join(parts))) + "}"
