"""Putting a page together: its policy, its hashes, its parts in their places.

What may run is decided before assembly: each script and style is hashed by itself, as it was
written, and the policy allows those and nothing else. The finished page is never searched for
scripts, so nothing that data brings along can earn a hash.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.errors import OutputError
from vawg_geo.words import page as words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "escape",
    "frame_slots",
    "json_block",
    "list_items",
    "own_script",
    "own_style",
    "page_file",
    "page_text",
]

# In this order: later files use what earlier ones define.
_SCRIPTS: Final = (
    "core.js",
    "sentences.js",
    "state.js",
    "hotspots.js",
    "overlays.js",
    "patterns.js",
    "map.js",
    "beside.js",
    "clusters.js",
    "key.js",
    "pickers.js",
    "search.js",
    "detail.js",
    "table.js",
    "chart.js",
    "print.js",
    "main.js",
)
# Controls that turn the order of what follows round ("31.1" would read "1.13"): a name may not.
_REVERSING: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd")
_UNSAFE_IN_SCRIPT: Final = {
    **_REVERSING,
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


@cache
def page_file(name: str) -> str:
    """Text of one file of `scripts` or `templates`, with LF line ends."""
    kind = "scripts" if name.endswith((".js", ".css")) else "templates"
    text = resources.files("vawg_geo.publish.page").joinpath(kind, name).read_text("utf-8")
    return text.replace("\r\n", "\n")


@cache
def own_script() -> str:
    """Return the page's own scripts, joined, in a scope of their own."""
    import rjsmin

    parts = "\n".join(page_file(name) for name in _SCRIPTS)
    minified: str = rjsmin.jsmin(f'(function () {{\n"use strict";\n{parts}\nstart();\n}})();\n')
    return minified + "\n"


@cache
def own_style() -> str:
    """Return the page's own style sheet."""
    return _lean(page_file("page.css"))


def _lean(source: str) -> str:
    """Leave out indents and empty lines."""
    lines = (line.strip() for line in source.split("\n"))
    return "\n".join(line for line in lines if line)


def json_block(data: Any) -> str:
    r"""JSON that may stand inside a script element, whatever its texts hold.

    Controls that turn the order of signs round are replaced.

    Examples
    --------
    >>> json_block({"name": "</script>&"})
    '{"name":"\\u003c/script\\u003e\\u0026"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_UNSAFE_IN_SCRIPT)


def escape(text: str) -> str:
    """Text for an element or an attribute in quotation marks, without controls that reverse it."""
    return html.escape(text.translate(_REVERSING), quote=True)


def page_text(
    template: str,
    *,
    slots: Mapping[str, str],
    styles: Sequence[str],
    scripts: Sequence[str] = (),
    data: Any = None,
    images: str = "data:",
) -> str:
    """Fill a template's slots and give the page a policy that allows exactly these parts.

    Parameters
    ----------
    template : str
        Name of a file of `templates`; a slot is ``{{name}}``. The slots ``policy``, ``styles``
        and ``scripts`` are filled here.
    slots : mapping of str to str
        Markup for the other slots, escaped by the caller. It is not searched for slots.
    styles, scripts : sequence of str
        Contents, in order.
    data : object
        Written as JSON for the scripts to read, where there are scripts.
    images : str
        Where pictures may come from.

    Returns
    -------
    str

    Raises
    ------
    OutputError
        A script or style would end its own element.
    """
    for part in (*styles, *scripts):
        if re.search(r"</(?:script|style)|<!--", part, re.IGNORECASE):
            msg = "a layer's script or style holds '</script', '</style' or '<!--'. Take it out."
            raise OutputError(msg)
    block = f'<script type="application/json" id="vawg-data">{json_block(data)}</script>\n'
    filled = {
        **slots,
        "policy": _policy(styles, scripts, images),
        "styles": "\n".join(f"<style>{style}</style>" for style in styles),
        "scripts": (block if scripts else "")
        + "\n".join(f"<script>{script}</script>" for script in scripts),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: filled[found.group(1)], page_file(template))


def list_items(lines: Iterable[str]) -> str:
    """List items for a list's inside."""
    return "".join(f"<li>{escape(line)}</li>" for line in lines)


def frame_slots(title: str, edition: str, watermark: str) -> dict[str, str]:
    """Slots that the map's page and the index share."""
    page = words.PAGE
    return {
        "title": escape(title),
        "edition": escape(words.EDITION.get(edition, edition)),
        "watermark": f'<p class="mark">{escape(watermark)}</p>' if watermark else "",
        "skip": escape(page["skip"]),
        "exit": escape(page["exit"]),
        "exit_title": escape(page["exit_title"]),
        "help_title": escape(page["help"]),
        "help": list_items(words.HELP),
    }


def _policy(styles: Sequence[str], scripts: Sequence[str], images: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hashes(scripts)}",
            f"style-src {_hashes(styles)}",
            f"img-src {images}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hashes(parts: Sequence[str]) -> str:
    digests = (hashlib.sha256(part.encode()).digest() for part in parts)
    found = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    return " ".join(dict.fromkeys(found)) or "'none'"
