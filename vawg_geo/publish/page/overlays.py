"""Layers that are laid over the rates, as the page's JSON has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vawg_geo.areas.joining.hierarchy import UPWARDS
from vawg_geo.errors import OutputError
from vawg_geo.overlays.layer import AreaValue
from vawg_geo.publish.page.geometry import SCALE, to_wgs84
from vawg_geo.words.page import LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vawg_geo.overlays.layer import OverlayLayer
    from vawg_geo.results.results import EditionResults

__all__ = ["build_overlays", "build_services"]

# No place of help stands below these.
_OF_SERVICES: Final = UPWARDS[UPWARDS.index("district") :]


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
        ground, ink, pattern), ``keys`` (what a program knows each of them by, whatever its label),
        ``class`` (a position in them, or None) and ``text`` (a position in the words, or None) for
        each area, ``note``, and where they are there ``short`` (texts for a map of few areas),
        ``series``, ``brief``, ``date`` and ``points``.

    Raises
    ------
    OutputError
        A layer has a class that is not among its own.

    Examples
    --------
    >>> from vawg_geo.overlays.layer import AreaValue, OverlayClass, OverlayLayer
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


def build_services(results: EditionResults, *, level: str) -> dict[str, Any]:
    """Kinds of help by area and date, for a page's table: never of areas below districts.

    Parameters
    ----------
    results : EditionResults
    level : str
        Of the page.

    Returns
    -------
    dict
        ``services``, or nothing where no layer is of a kind of help: empty where the page's own
        layers are meant, else ``level`` with its words, ``code`` and ``name`` of other areas, with
        ``words`` and ``layers`` as in `build_overlays`.
    """
    dated = [x for x in results.overlays.layers if x.date and x.level in _OF_SERVICES]
    levels = {layer.level for layer in dated}
    found = next((one for one in (level, *_OF_SERVICES) if one in levels), None)
    if found is None or found == level:
        return {} if found is None else {"services": {}}
    frame = results.areas.get(found)
    known = dict.fromkeys(code for layer in dated if layer.level == found for code in layer.by_area)
    codes = [*known] if frame is None else [c for c in frame["area_code"] if c in known]
    names = [results.area_names.get(code, code) for code in codes]
    columns = build_overlays(dated, level=found, codes=codes, series=[])
    one, many = LEVEL[found]
    about = {"level": found, "one": one, "many": many, "code": codes, "name": names}
    return {"services": about | columns}


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
        "keys": [c.key for c in layer.classes],
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
    if layer.date:
        columns["date"] = layer.date
    if layer.points:
        columns["points"] = _marks(layer.points)
    return columns


def _marks(points: Sequence[tuple[float, float, str]]) -> list[list[Any]]:
    """Longitude, latitude and name of public places."""
    lonlat = to_wgs84(np.array([(x, y) for x, y, _ in points], dtype=float))
    units = np.rint(lonlat * SCALE).astype(np.int64).tolist()
    return [[*place, name] for place, (_, _, name) in zip(units, points, strict=True)]
