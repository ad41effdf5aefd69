"""What a click and a resting pointer show: rounded numbers, words for codes, a map tip, as XML."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from vawg_geo.publish.qgis.symbols import element
from vawg_geo.words.columns import described, meanings

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["decimals_of", "form_parts", "map_tip"]

_PROBABILITY: Final = re.compile(r"(^|_)(p_value|p_adjusted|alpha)(_|$)")
_FIGURE: Final = re.compile(
    r"(^|_)(rate|rate_lower|rate_upper|ratio|relative|value|z|stability|year_cv|relative_risk)(_|$)"
)
_NO_FIGURE: Final = re.compile(r"(^|_)(rate_per|rate_method|relative_change)(_|$)")


def decimals_of(column: str) -> int | None:
    """To how many decimals a form shows a column; None where it holds no fractions.

    Examples
    --------
    >>> [decimals_of(name) for name in ("rate_lower_female", "moran_p_value_persons", "rate_per")]
    [2, 3, None]
    """
    if _NO_FIGURE.search(column):
        return None
    if _PROBABILITY.search(column):
        return 3
    return 2 if _FIGURE.search(column) else None


@lru_cache(maxsize=256)
def form_parts(columns: tuple[str, ...]) -> str:
    """How a form shows each column: what is rounded keeps its value, what is a code has words.

    Parameters
    ----------
    columns : tuple of str

    Returns
    -------
    str
        Empty where nothing needs it.
    """
    fields = [field for name in columns if (field := _field(name))]
    return element("fieldConfiguration", {}, *fields) if fields else ""


def map_tip(lines: Sequence[str]) -> str:
    """Text beside a resting pointer: name of the area in bold, then expressions, a line each.

    Examples
    --------
    >>> map_tip(['"words"'])
    '<mapTip>&lt;b&gt;[% "area_name" %]&lt;/b&gt;&lt;br&gt;[% "words" %]</mapTip>'
    """
    text = "<br>".join(['<b>[% "area_name" %]</b>', *(f"[% {line} %]" for line in lines)])
    return f"<mapTip>{escape(text)}</mapTip>"


def _field(name: str) -> str:
    held = meanings().get(described(name).holds)
    decimals = decimals_of(name)
    if held:
        widget, config = "ValueMap", _words(tuple(held.items()))
    elif decimals is not None:
        widget = "Range"
        config = element("Option", {"name": "Precision", "type": "int", "value": decimals})
    else:
        return ""
    inner = element("config", {}, element("Option", {"type": "Map"}, config))
    return element(
        "field", {"name": name, "configurationFlags": "None"},
        element("editWidget", {"type": widget}, inner),
    )  # fmt: skip


@lru_cache(maxsize=32)
def _words(held: tuple[tuple[str, str], ...]) -> str:
    pairs = [
        element(
            "Option",
            {"type": "Map"},
            element("Option", {"name": text, "type": "QString", "value": word}),
        )
        for word, text in held
    ]
    return element("Option", {"name": "map", "type": "List"}, *pairs)
