"""What a report says in words: blocks that a page and a PDF print alike.

The `kind` of a block names the macro of `blocks.html` that prints it, and its case in `report.typ`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

__all__ = [
    "Bullets",
    "Chart",
    "ChartLine",
    "Heading",
    "Keyed",
    "Mark",
    "Paragraph",
    "Table",
    "Text",
    "Told",
]


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading; `rank` 2 is a section, 3 a part of one."""

    kind: ClassVar = "heading"
    text: str
    rank: int = 2


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph."""

    kind: ClassVar = "paragraph"
    text: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A paragraph that nobody may overlook."""

    kind: ClassVar = "mark"
    text: str


@dataclass(frozen=True, kw_only=True)
class Bullets:
    """A list."""

    kind: ClassVar = "bullets"
    lines: tuple[str, ...]


class Keyed(str):
    """A word in a cell, with what a program knows it by: the word may be changed or translated.

    Examples
    --------
    >>> Keyed("hidden", key="suppressed"), Keyed("hidden", key="suppressed").key
    ('hidden', 'suppressed')
    """

    __slots__ = ("key",)

    key: str

    def __new__(cls, text: str, *, key: str) -> Keyed:
        """Give a text its key."""
        word = super().__new__(cls, text)
        word.key = key
        return word


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table.

    Attributes
    ----------
    caption : str
    head : tuple of str
    rows : tuple of tuple of str
        The first cell of each names its row; a word that a program must know is `Keyed`.
    numbers : bool
        Whether the columns after the names hold numbers, but for words in the last.
    names : int
        How many columns hold names.
    columns : tuple of str
        What a program knows the columns by, as the tables name them; empty where it need not.
    series : dict of str to str
        What all rows have in common: indicator, sex, period, basis. A program that reads the page
        finds it there.
    """

    kind: ClassVar = "table"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: bool = False
    names: int = 1
    columns: tuple[str, ...] = ()
    series: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ChartLine:
    """One line of a chart: a value for each place, None where there is none, which is a gap."""

    name: str
    points: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Numbers along places that follow each other, as lines; the report draws it.

    Attributes
    ----------
    title, alt : str
        Heading, and what a reader who does not see it should know.
    places : tuple of str
    lines : tuple of ChartLine
    """

    kind: ClassVar = "chart"
    title: str
    alt: str
    places: tuple[str, ...]
    lines: tuple[ChartLine, ...]


Text = Heading | Paragraph | Mark | Bullets | Table
Told = Text | Chart
"""What an overlay may say: texts, and charts that the report draws."""
