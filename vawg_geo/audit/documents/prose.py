"""Texts that an edition's record says are texts: read by themselves, and not among figures.

A title with an area's code in it stands in every page, layer and table, beside whatever numbers
stand there. It is looked at once, as the record gives it; where it stands again, it tells nothing
new.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Final

from vawg_geo.audit.observed import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["odd_prose", "prose_left_out", "read_prose", "without_prose", "without_prose_in"]

# Shorter ones could be part of anything.
_SHORTEST: Final = 8
_CODE: Final = re.compile(r"(?<![0-9A-Za-z])[EWSNKJL]\d{8}(?![0-9A-Za-z])")
_FIGURE: Final = re.compile(r"(?<![0-9A-Za-z])\d[\d,.]*(?![0-9A-Za-z])")
_TIME: Final = re.compile(
    r"\b(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December) \d{4}\b|\b(?:19|20)\d\d(?: ?[/–-] ?\d{2,4}(?:-\d\d)?)?\b"
)
# How a sign that is no letter may be written in a page, a script, a query or a drawing.
_ESCAPED: Final = r"\\{0,4}(?:&#?\w+;|u[0-9a-fA-F]{4}|%s{1,2})"
_SPACE: Final = r"(?:\s|\\n|&#?\w+;)+"

_LEFT_OUT: ContextVar[tuple[str, ...]] = ContextVar("texts that are left out", default=())


def read_prose(record: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """Texts that a record gives, and who confirmed each; empty for nobody.

    Examples
    --------
    >>> read_prose({"words": [{"text": "Outlines: E05009901, edition 3", "by": "DPO"}, 3]})
    (('Outlines: E05009901, edition 3', 'DPO'),)
    """
    given = record.get("words")
    entries = [e for e in given if isinstance(e, dict)] if isinstance(given, list) else []
    texts = [(str(e.get("text", "")), str(e.get("by", "")).strip()) for e in entries]
    return tuple((text, by) for text, by in texts if _is_text(text))


def _is_text(text: str) -> bool:
    return len(text) >= _SHORTEST and " " in text.strip()


def odd_prose(prose: Sequence[tuple[str, str]], source: str) -> list[Finding]:
    """Texts that may give a figure of an area, and that nobody has confirmed.

    Examples
    --------
    >>> [f.kind for f in odd_prose([("E05009901 had 3 crimes", "")], "build.json")]
    ['figure_in_text']
    >>> odd_prose([("E05009901 had 3 crimes", "DPO"), ("E05009901, 2015/16", "")], "build.json")
    []
    """
    return [
        Finding(
            kind="figure_in_text",
            file=source,
            text=f"{text!r} has the code of an area and a number beside it, and nobody confirmed "
            "it: change it in vawg.toml, or add it there under [[disclosure.confirmed]].",
        )
        for text, by in prose
        if not by and _CODE.search(text) and _FIGURE.search(_TIME.sub("", _CODE.sub("", text)))
    ]


@contextmanager
def prose_left_out(texts: Sequence[str]) -> Iterator[None]:
    """Leave these texts out of everything that is read in this block."""
    before = _LEFT_OUT.set(tuple(texts))
    try:
        yield
    finally:
        _LEFT_OUT.reset(before)


def without_prose(text: str) -> str:
    r"""Give a text without those that are left out, however a file writes them.

    Examples
    --------
    >>> with prose_left_out(["A < B, E05009901"]):
    ...     without_prose('"A \u003c B, E05009901": 3'), without_prose("A &lt; B,\n E05009901!")
    ('"": 3', '!')
    """
    for one in _LEFT_OUT.get():
        text = _pattern(one).sub("", text)
    return text


def without_prose_in(data: bytes) -> bytes:
    """Give a file's bytes without the texts that are left out."""
    if not _LEFT_OUT.get():
        return data
    # Every byte stays what it was, but for those of the texts.
    return without_prose(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


@cache
def _pattern(text: str) -> re.Pattern[str]:
    words = ["".join(map(_written, word)) for word in text.split()]
    # Names of files and packages are made from texts.
    joined = re.sub(r"[^a-z0-9]+", "_", text.lower().replace("'", "")).strip("_")
    made = f"|{joined}" if len(joined) >= _SHORTEST else ""
    return re.compile(_SPACE.join(words) + made)


def _written(sign: str) -> str:
    """Pattern of a sign: itself where it is a plain letter, else however it may be escaped."""
    if sign.isascii() and sign.isalnum():
        return sign
    return _ESCAPED.replace("%s", re.escape(sign))
