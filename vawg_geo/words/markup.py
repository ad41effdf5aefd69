"""From words to markup: one way, so that no text of a file is ever read as markup.

Whatever a template prints is escaped, by the template's own machinery and not by the one who writes
it; only what was made here, or by a drawing library, is handed over as `trusted`.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["environment", "plain", "trusted"]

# Controls that turn the order of what follows round ("31.1" would read "1.13"); other controls but
# tabs and line ends, which a parser drops or refuses; halves of a sign, which no file can hold.
_UNSAFE: Final = dict.fromkeys(
    [
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *(code for code in range(0x20) if chr(code) not in "\t\n\r"),
        *range(0x7F, 0xA0),
        *range(0xD800, 0xE000),
    ],
    "\ufffd",
)


def plain(text: str) -> str:
    r"""Text in which the signs that may stand in no document are replaced by U+FFFD.

    Examples
    --------
    >>> plain("Ely \u202e31.1") == "Ely \ufffd31.1"
    True
    """
    return text.translate(_UNSAFE)


def trusted(markup: str) -> Markup:
    """Markup that a template prints as it is: never a text of somebody's file.

    Examples
    --------
    >>> str(trusted("<svg></svg>"))
    '<svg></svg>'
    """
    from markupsafe import Markup

    return Markup(markup)  # noqa: S704 - this is the one place


def environment(load: Callable[[str], str]) -> Environment:
    """Environment of all templates: what they print is plain and escaped, a slot left open fails.

    Parameters
    ----------
    load : callable
        Gives a template's text by its name.

    Returns
    -------
    jinja2.Environment

    Examples
    --------
    >>> texts = {"hello": "<p>{{ name }}</p>"}
    >>> environment(texts.__getitem__).get_template("hello").render(name="<b>Ely</b>")
    '<p>&lt;b&gt;Ely&lt;/b&gt;</p>'
    """
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=True,
        finalize=_printed,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


class _Text(str):
    """A text that autoescape writes as `html.escape` does."""

    __slots__ = ()

    def __html__(self) -> str:
        return html.escape(self, quote=True)


def _printed(value: object) -> object:
    """What a template prints of a value: markup as it is, a text without unsafe signs."""
    if hasattr(value, "__html__"):
        return value
    if not isinstance(value, str | int):
        # Undefined says by itself which slot is open.
        str(value)
        msg = f"a template prints texts and whole numbers, not {type(value).__name__}"
        raise TypeError(msg)
    return _Text(plain(str(value)))
