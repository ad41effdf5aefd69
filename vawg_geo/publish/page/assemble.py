"""Putting a page together: its policy, its hashes, its parts in their places.

What may run is decided before assembly: each script and style is hashed by itself, as it was
written, and the policy allows those and nothing else. The finished page is never searched for
scripts, so nothing that data brings along can earn a hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.errors import OutputError
from vawg_geo.words import page as words
from vawg_geo.words.figures import help_lines
from vawg_geo.words.markup import environment, plain, trusted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment
    from markupsafe import Markup

__all__ = [
    "frame_values",
    "json_block",
    "own_script",
    "own_style",
    "page_file",
    "page_text",
    "part",
]

# In this order: later files use what earlier ones define. `dev/page/minify.mjs` joins them.
_SCRIPTS: Final = (
    "core.js",
    "shell.js",
    "sentences.js",
    "state.js",
    "hotspots.js",
    "overlays.js",
    "change.js",
    "patterns.js",
    "map.js",
    "labels.js",
    "inset.js",
    "beside.js",
    "clusters.js",
    "key.js",
    "slider.js",
    "pickers.js",
    "search.js",
    "line.js",
    "pins.js",
    "services.js",
    "detail.js",
    "table.js",
    "chart.js",
    "drawing.js",
    "picture.js",
    "print.js",
    "main.js",
)
# Later files say what is another's; print comes last.
_STYLES: Final = ("page.css", "context.css", "views.css", "panel.css", "print.css")
_UNSAFE_IN_SCRIPT: Final = {
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


def own_script() -> str:
    """Return the page's own scripts, joined and made small by `dev/page/minify.mjs`."""
    return page_file("page.min.js")


@cache
def own_style() -> str:
    """Return the page's own style sheet."""
    return _lean("\n".join(page_file(name) for name in _STYLES))


def _lean(source: str) -> str:
    """Leave out comments, indents, line ends, and blanks that mean nothing in a style sheet."""
    text = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    # Not before a colon: `a :hover` and `a:hover` are two selectors.
    return re.sub(r" ?([{};,]) ?|(:) ", r"\1\2", text).replace(";}", "}").strip()


def json_block(data: Any) -> str:
    r"""JSON that may stand inside a script element, whatever its texts hold.

    Controls that turn the order of signs round are replaced.

    Examples
    --------
    >>> json_block({"name": "</script>&"})
    '{"name":"\\u003c/script\\u003e\\u0026"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return plain(text).translate(_UNSAFE_IN_SCRIPT)


def page_text(
    template: str,
    values: Mapping[str, object],
    *,
    styles: Sequence[str],
    scripts: Sequence[str] = (),
    data: Any = None,
    images: str = "data:",
) -> str:
    """Fill a template and give the page a policy that allows exactly these parts.

    Parameters
    ----------
    template : str
        Name of a file of `templates`.
    values : mapping of str to object
        What the template prints: texts as they are (they are escaped there), or `trusted` markup.
    styles, scripts : sequence of str
        Contents, in order.
    data : object
        Written as JSON for the scripts to read.
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
    return (
        _templates()
        .get_template(template)
        .render(
            {
                **values,
                "policy": trusted(_policy(styles, scripts, images)),
                "styles": [trusted(style) for style in styles],
                "scripts": [trusted(script) for script in scripts],
                "data": trusted(json_block(data)),
            }
        )
    )


def part(name: str, *values: object) -> Markup:
    """Markup of one macro of `parts.html`."""
    module: Any = _templates().get_template("parts.html").module
    return trusted(str(getattr(module, name)(*values)))


@cache
def _templates() -> Environment:
    return environment(page_file)


def frame_values(
    title: str,
    edition: str,
    watermark: str,
    *,
    helplines: Sequence[str] = help_lines(()),
    levels: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """What the pages have in common: the words of the page, its title and its marks.

    Parameters
    ----------
    title, edition, watermark : str
    helplines : sequence of str
        Where to turn for help.
    levels : mapping of str to str, optional
        Words for `{level}` and `{levels}` in the page's own.

    Returns
    -------
    dict of str to object
    """
    return {
        **{name: words.fill(text, dict(levels or {})) for name, text in words.PAGE.items()},
        "title": title,
        "edition": words.EDITION.get(edition, edition),
        "watermark": watermark,
        "help_lines": (*helplines, words.UNRECORDED),
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
