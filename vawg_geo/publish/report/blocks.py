"""What a report is made of: its texts (`words.blocks`), pictures among them, and its pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from vawg_geo.words.blocks import Bullets, Facts, Heading, Mark, Paragraph, Table, Text
from vawg_geo.words.markup import trusted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from vawg_geo.publish.pictures.drawing import Picture

__all__ = ["LETTERS", "SHRUNK", "Beside", "Block", "NewPage", "Shown", "pictures_of", "text_lines"]

SHRUNK: Final = 0.7
"""Inches on paper for an inch of a drawing: its letters become those of a footnote."""
LETTERS: Final = 104
"""Letters of a line."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A picture."""

    kind: ClassVar = "picture"
    picture: Picture
    drawing: str

    @property
    def inline(self) -> Markup:
        """The drawing for a page: fixed sizes would not shrink with a narrow screen."""
        return trusted(re.sub(r'\s(?:width|height)="[^"]*pt"', "", self.drawing, count=2).strip())

    @property
    def size(self) -> tuple[float, float]:
        """Width and height on paper, in inches."""
        wide, high = self.picture.figure.get_size_inches()
        return SHRUNK * float(wide), SHRUNK * float(high)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Pictures beside each other."""

    kind: ClassVar = "beside"
    shown: tuple[Shown, ...]


@dataclass(frozen=True, kw_only=True)
class NewPage:
    """What follows begins a page of its own.

    Attributes
    ----------
    fits : bool
        Whether pictures are made smaller until all of it is on one page.
    """

    kind: ClassVar = "page"
    fits: bool = False


Block = Text | Shown | Beside | NewPage


def text_lines(blocks: Sequence[Block]) -> int:
    """About how many lines texts and tables take on paper, with the room between them.

    Examples
    --------
    >>> from vawg_geo.words.blocks import Bullets, Heading
    >>> text_lines([Heading(text="Sources"), Bullets(lines=("One.", "Two " * 60))])
    6
    """
    lines = 0
    for block in blocks:
        match block:
            case Heading():
                lines += 2
            case Table(rows=rows):
                lines += len(rows) + 2
            case Bullets(lines=texts):
                lines += sum(-(-len(text) // LETTERS) for text in texts)
            case Facts(pairs=pairs):
                lines += len(pairs)
            case Paragraph(text=text) | Mark(text=text):
                lines += -(-len(text) // LETTERS)
            case _:
                pass
    return lines


def pictures_of(blocks: Sequence[Block]) -> list[Shown]:
    """Every picture of a report, in its order."""
    found: list[Shown] = []
    for block in blocks:
        if isinstance(block, Shown):
            found.append(block)
        elif isinstance(block, Beside):
            found += block.shown
    return found
