"""Rasters: no pixel within a hidden area has a value."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vawg_geo.audit.documents import read_text
from vawg_geo.audit.observed import Finding
from vawg_geo.audit.sheets import Reading, merged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["read_raster", "values_in_hidden_areas"]

# What a raster must say of itself: the series that it shows.
_SERIES: Final = ("indicator", "sex", "period")
# What a raster may say besides.
_KNOWN: Final = frozenset(
    (
        *_SERIES, "area_or_point", "title", "unit", "basis", "edition", "method", "bandwidth_m",
        "source", "attribution", "watermark", "tifftag_software", "tifftag_imagedescription",
        "statistics_maximum", "statistics_minimum", "statistics_mean", "statistics_stddev",
        "statistics_valid_percent", "layout", "ovr_resampling_alg", "level", "description",
    )
)  # fmt: skip


def read_raster(path: Path, source: str) -> Reading:
    """Read what a raster says of itself.

    Parameters
    ----------
    path : Path
    source : str

    Returns
    -------
    Reading
        Findings: `unread_file` where no program for rasters is installed, `unknown_tag`, and
        `unknown_series` where the tags do not name the series.
    """
    rasterio = _rasterio()
    if rasterio is None:
        text = "rasters are read with rasterio, which is not installed: nothing is known of it."
        return _found("unread_file", source, text)
    try:
        with rasterio.open(path) as raster:
            tags = _tags(raster)
    except rasterio.errors.RasterioError as error:
        return _found("unread_file", source, f"it cannot be read: {error}.")
    readings = [read_text("\n".join(map(str, tags.values())), source)]
    readings += [
        _found("unknown_tag", source, f"the tag {name!r} is not known.")
        for name in sorted(tags.keys() - _KNOWN)
    ]
    if lacking := [name for name in _SERIES if not tags.get(name)]:
        text = f"its tags do not name the {' and the '.join(lacking)} that it shows."
        readings.append(_found("unknown_series", source, text))
    return merged(readings)


def values_in_hidden_areas(
    path: Path, source: str, *, hidden: pd.DataFrame, outlines: Mapping[str, bytes]
) -> list[Finding]:
    """Pixels with a value in areas whose count is hidden.

    Parameters
    ----------
    path : Path
    source : str
    hidden : pandas.DataFrame
        `area_code`, `indicator`, `sex`, `period` of every hidden cell.
    outlines : mapping of str to bytes
        Well-known binary by code, in the coordinates of the raster.

    Returns
    -------
    list of Finding
        `derived_figure`, or `unread_file` where a hidden area has no outline.
    """
    rasterio = _rasterio()
    if rasterio is None:
        return []
    try:
        with rasterio.open(path) as raster:
            tags = _tags(raster)
            shown = np.zeros((raster.height, raster.width), dtype=bool)
            for band in range(1, raster.count + 1):
                shown |= raster.read_masks(band) > 0
            place = raster.transform
    except rasterio.errors.RasterioError:
        # `read_raster` has said so.
        return []
    mine = hidden
    for name in _SERIES:
        mine = mine[mine[name] == tags.get(name, "")]
    codes = list(dict.fromkeys(mine["area_code"]))
    if lacking := [code for code in codes if code not in outlines]:
        text = f"{len(lacking):,} hidden areas have no outline; first: {lacking[0]}."
        return [Finding(kind="unread_file", file=source, text=text)]
    told = [code for code in codes if _any_within(shown, outlines[code], place, rasterio)]
    if not told:
        return []
    text = f"{len(told):,} hidden areas have pixels with a value; first: {told[0]}."
    return [Finding(kind="derived_figure", file=source, text=text)]


def _rasterio() -> Any:
    """Rasterio where it is installed: nothing else of this package needs it."""
    try:
        importlib.import_module("rasterio.features")
        return importlib.import_module("rasterio")
    except ImportError:
        return None


def _any_within(shown: NDArray[np.bool_], outline: bytes, place: Any, rasterio: Any) -> bool:
    """Whether any pixel that is shown has its centre in an outline."""
    import shapely

    within = rasterio.features.geometry_mask(
        [shapely.from_wkb(outline)], out_shape=shown.shape, transform=place, invert=True
    )
    return bool(shown[within].any())


def _tags(raster: Any) -> dict[str, str]:
    found = dict(raster.tags())
    for band in range(1, raster.count + 1):
        found |= raster.tags(band)
    return {name.lower(): value for name, value in found.items()}


def _found(kind: str, source: str, text: str) -> Reading:
    return Reading(findings=[Finding(kind=kind, file=source, text=text)])
