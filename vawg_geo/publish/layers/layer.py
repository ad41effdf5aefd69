"""A layer that is laid over the rates: one class for each area, with words; and its columns.

The page paints it with one small script and a GIS with one style, whatever it is about.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vawg_geo.errors import OutputError
from vawg_geo.publish.geometry import SCALE, to_wgs84

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["AreaValue", "OverlayClass", "OverlayLayer", "build_overlays"]

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
    points: tuple[tuple[float, float, str], ...] = field(default=())


def build_overlays(
    layers: Sequence[OverlayLayer],
    *,
    level: str,
    codes: Sequence[str],
    series: Sequence[tuple[str, str, str]],
) -> dict[str, Any]:
    """Columns of a level's layers.

    Parameters
    ----------
    layers : sequence of OverlayLayer
    level : str
    codes : sequence of str
        The page's areas, in its order.
    series : sequence of tuple
        Indicator, sex and period of the page's series, in its order.

    Returns
    -------
    dict
        ``words`` (each text once) and ``layers``: ``id``, ``group``, ``title``, ``classes`` (label,
        ground, ink, pattern), ``class`` (a position in them, or None) and ``text`` (a position in
        the words, or None) for each area, ``note``, and where they are there ``short`` (texts for
        a map of few areas), ``series``, ``brief`` and ``points``.

    Raises
    ------
    OutputError
        A layer has a class that is not among its own.

    Examples
    --------
    >>> layer = OverlayLayer(
    ...     name="idva", group="Services", title="IDVA", level="district",
    ...     classes=(OverlayClass(key="stated", label="Covered", ground="#1f3f86"),),
    ...     by_area={"E07000008": AreaValue(key="stated", words="Covered.")})
    >>> found = build_overlays(
    ...     [layer], level="district", codes=["E07000008", "E07000009"], series=[])
    >>> found["layers"][0]["class"], found["layers"][0]["text"], found["words"]
    ([0, None], [0, None], ['Covered.'])
    """
    words: dict[str, int] = {}
    mine = [layer for layer in layers if layer.level == level]
    found = [
        _columns(layer, codes, words, series)
        for layer in mine
        if layer.series is None or layer.series in series
    ]
    return {"words": list(words), "layers": found}


def _columns(
    layer: OverlayLayer,
    codes: Sequence[str],
    words: dict[str, int],
    series: Sequence[tuple[str, str, str]],
) -> dict[str, Any]:
    places = {one.key: place for place, one in enumerate(layer.classes)}
    values = [layer.by_area.get(code, AreaValue(key=None)) for code in codes]
    strange = [v.key for v in values if v.key is not None and v.key not in places]
    if strange:
        msg = (
            f"{len(strange):,} of {len(values):,} areas have a class that the key of "
            f"{layer.title!r} does not have; first: {strange[0]!r}. Add it to the key."
        )
        raise OutputError(msg)
    columns: dict[str, Any] = {
        "id": layer.name,
        "group": layer.group,
        "title": layer.title,
        "classes": [[c.label, c.ground, c.ink, c.pattern] for c in layer.classes],
        "class": [None if v.key is None else places[v.key] for v in values],
        "text": [words.setdefault(v.words, len(words)) if v.words else None for v in values],
        "note": layer.note,
    }
    if any(v.short for v in values):
        columns["short"] = [v.short for v in values]
    if layer.series is not None:
        columns["series"] = list(series).index(layer.series)
    if not layer.in_panel:
        columns["brief"] = True
    if layer.points:
        columns["points"] = _marks(layer.points)
    return columns


def _marks(points: Sequence[tuple[float, float, str]]) -> list[list[Any]]:
    """Longitude, latitude and name of public places."""
    lonlat = to_wgs84(np.array([(x, y) for x, y, _ in points], dtype=float))
    units = np.rint(lonlat * SCALE).astype(np.int64).tolist()
    return [[*place, name] for place, (_, _, name) in zip(units, points, strict=True)]
