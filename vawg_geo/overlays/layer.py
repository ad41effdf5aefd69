"""A layer that is laid over the rates: one class for each area, with words.

The page paints it with one small script and a GIS with one style, whatever it is about.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from vawg_geo.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AreaValue", "OverlayClass", "OverlayLayer"]

_KINDS: Final = ("solid", "diagonal", "cross", "level", "rings", "upright")


@dataclass(frozen=True, kw_only=True)
class OverlayClass:
    """A class of the key.

    Attributes
    ----------
    key : str
        As the tables name it.
    label : str
        As the key prints it.
    ground, ink : str
        Colours; `ink` is that of the pattern.
    pattern : str
        `solid`, or what tells the class without colour.
    """

    key: str
    label: str
    ground: str
    ink: str = ""
    pattern: str = "solid"

    def __post_init__(self) -> None:
        if self.pattern not in _KINDS:
            msg = f"{self.pattern!r} is no pattern. Choose {', '.join(_KINDS)}."
            raise OutputError(msg)


@dataclass(frozen=True, kw_only=True)
class AreaValue:
    """What a layer says of one area: a class, or None where there is none, and words.

    `short` is what stands on a map of few areas, where the class' label says too little.
    """

    key: str | None
    words: str = ""
    short: str = ""


@dataclass(frozen=True, kw_only=True)
class OverlayLayer:
    """One layer of one level.

    Attributes
    ----------
    name : str
        Short and unique within a level, as in `deprivation`; of layers of several series shared.
    group, title : str
        Where the page lists it, and as what.
    level : str
    classes : tuple of OverlayClass
        In the key's order.
    by_area : mapping of str to AreaValue
        By area code.
    note : str
        Under the key: source, method, what it does not say.
    series : tuple of str, optional
        Indicator, sex and period that it belongs to; None where it belongs to none.
    in_panel : bool
        Whether the panel of an area says it at any time, or only while the layer is shown.
    date : str
        Day that it is as at, in words, where it is one kind of help of several: the page makes one
        table of these.
    points : tuple
        Public places that are marked: easting, northing, name.
    """

    name: str
    group: str
    title: str
    level: str
    classes: tuple[OverlayClass, ...]
    by_area: Mapping[str, AreaValue]
    note: str = ""
    series: tuple[str, str, str] | None = None
    in_panel: bool = True
    date: str = ""
    points: tuple[tuple[float, float, str], ...] = field(default=())
