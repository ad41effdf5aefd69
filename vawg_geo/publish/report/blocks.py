"""What a report is made of: blocks that a page and a PDF print alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vawg_geo.publish.pictures.drawing import Picture

__all__ = ["Block", "Bullets", "Heading", "Mark", "Paragraph", "Shown", "Table"]


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading; `rank` 2 is a section, 3 a part of one."""

    text: str
    rank: int = 2


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A paragraph that nobody may overlook."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Bullets:
    """A list."""

    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table.

    Attributes
    ----------
    caption : str
    head : tuple of str
    rows : tuple of tuple of str
        The first cell of each names its row.
    numbers : bool
        Whether the columns after the names hold numbers, but for words in the last.
    names : int
        How many columns hold names.
    series : dict of str to str
        What all rows have in common: indicator, sex, period, basis. A program that reads the page
        finds it there.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: bool = False
    names: int = 1
    series: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A picture."""

    picture: Picture
    drawing: str


Block = Heading | Paragraph | Mark | Bullets | Table | Shown
