"""What a report is made of: its texts (`words.blocks`), and pictures among them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from vawg_geo.words.blocks import Text
from vawg_geo.words.markup import trusted

if TYPE_CHECKING:
    from markupsafe import Markup

    from vawg_geo.publish.pictures.drawing import Picture

__all__ = ["Block", "Shown"]


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


Block = Text | Shown
