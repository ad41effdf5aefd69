"""Rasters: no cell within a hidden area has a value, in no form that a file can hold it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

import numpy as np

from vawg_geo.audit.documents.read import read_text
from vawg_geo.audit.layers.raster_content import not_distances, overviews_differ, stored
from vawg_geo.audit.observed import Finding
from vawg_geo.audit.tables.sheets import Reading, merged, one_finding

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import ModuleType

    import pandas as pd
    from rasterio import DatasetReader

__all__ = ["read_raster", "values_in_hidden_areas"]

# What a raster must say of itself: the series that it shows.
_SERIES: Final = ("indicator", "sex", "period")
# What a raster may say besides.
_KNOWN: Final = frozenset(
    (
        *_SERIES,
        "area_or_point",
        "title",
        "unit",
        "basis",
        "edition",
        "method",
        "bandwidth_m",
        "source",
        "attribution",
        "watermark",
        "tifftag_software",
        "tifftag_imagedescription",
        "statistics_maximum",
        "statistics_minimum",
        "statistics_mean",
        "statistics_stddev",
        "statistics_valid_percent",
        "layout",
        "ovr_resampling_alg",
        "level",
        "description",
        "kind",
        "sites",
        "rate_per",
        "caveat",
        "protection",
        "help",
    )
)
# What the format itself says.
_NAMESPACES: Final = frozenset(("", "IMAGE_STRUCTURE", "DERIVED_SUBDATASETS", "TIFF"))
# Outlines lie on this grid.
_CRS: Final = 27700
_OWN: Final = "analyst"


def read_raster(path: Path, source: str) -> Reading:
    """Read what a raster says of itself.

    Parameters
    ----------
    path : Path
    source : str

    Returns
    -------
    Reading
        Findings: `unread_file` where no program for rasters is installed or the raster does not
        lie on the National Grid; `unknown_tag`; `unknown_series` where the tags do not name the
        series; `not_distances` where it says that it shows distances to sites, and does not;
        `density_of_points` in another edition than the analyst's; `overviews_differ`;
        `hidden_pictures` where the file holds more than one picture.
    """
    rasterio = _rasterio()
    if rasterio is None:
        text = "rasters are read with rasterio, which is not installed: nothing is known of it."
        return one_finding("unread_file", source, text)
    try:
        with rasterio.open(path) as raster:
            tags = _tags(raster)
            readings = [*_about_file(raster, source), *_about_kind(raster, tags, source)]
            if overviews_differ(raster, path, rasterio):
                text = "its overviews show what the full picture does not."
                readings.append(one_finding("overviews_differ", source, text))
    except rasterio.errors.RasterioError as error:
        return one_finding("unread_file", source, f"it cannot be read: {error}.")
    readings.append(read_text("\n".join(map(str, tags.values())), source))
    readings += [
        one_finding("unknown_tag", source, f"the tag {name!r} is not known.")
        for name in sorted(tags.keys() - _KNOWN)
    ]
    return merged(readings)


def _about_file(raster: DatasetReader, source: str) -> list[Reading]:
    """Where the raster lies, and what the file holds beside it."""
    readings = []
    place = raster.transform
    crs = raster.crs
    if crs is None or crs.to_epsg() != _CRS or place.b or place.d or place.a <= 0 or place.e >= 0:
        text = "it does not lie on the National Grid, so nobody can say which areas it shows."
        readings.append(one_finding("unread_file", source, text))
    if raster.subdatasets:
        text = f"the file holds {len(raster.subdatasets):,} pictures; one is read."
        readings.append(one_finding("hidden_pictures", source, text))
    spaces = set(raster.tag_namespaces())
    for band in range(1, raster.count + 1):
        spaces |= set(raster.tag_namespaces(band))
    readings += [
        one_finding("unknown_tag", source, f"the tags called {name!r} are not known.")
        for name in sorted(spaces - _NAMESPACES)
    ]
    words = [text for text in (*raster.descriptions, *raster.units) if text]
    return [*readings, read_text("\n".join(words), source)]


def _about_kind(raster: DatasetReader, tags: dict[str, str], source: str) -> list[Reading]:
    """Whether a raster shows what it says that it shows."""
    kind = tags.get("kind", "")
    if kind == "density":
        if tags.get("edition") == _OWN:
            return []
        text = "a density of points shows where single events were: the analyst edition only."
        return [one_finding("density_of_points", source, text)]
    if kind == "distance":
        if wrong := not_distances(raster, tags.get("sites", "")):
            return [one_finding("not_distances", source, wrong)]
        return []
    if lacking := [name for name in _SERIES if not tags.get(name)]:
        text = f"its tags do not name the {' and the '.join(lacking)} that it shows."
        return [one_finding("unknown_series", source, text)]
    return []


def values_in_hidden_areas(
    path: Path,
    source: str,
    *,
    hidden: pd.DataFrame,
    outlines: Mapping[str, bytes],
    told: pd.DataFrame | None = None,
    edition: str = "",
) -> list[Finding]:
    """Cells with a value in areas whose count is hidden.

    A value under a mask is a value: only what is stored as the raster's own sign for "nothing"
    counts as empty.

    Parameters
    ----------
    path : Path
    source : str
    hidden : pandas.DataFrame
        `area_code`, `indicator`, `sex`, `period` and, where it is there, `level` of every hidden
        cell. Of a raster that names its level, hidden areas of that level and of finer ones are
        looked at.
    outlines : mapping of str to bytes
        Well-known binary by code, in the coordinates of the raster.
    told : pandas.DataFrame, optional
        The same columns of every cell that any table tells of.
    edition : str
        What the folder says that it is; empty where it does not.

    Returns
    -------
    list of Finding
        `derived_figure`; `unread_file` where a hidden area has no outline; `unknown_series` where
        no table tells of the series, so that nobody knows what of it is hidden;
        `foreign_edition` where the raster says that it belongs to another edition.
    """
    rasterio = _rasterio()
    if rasterio is None:
        return []
    try:
        with rasterio.open(path) as raster:
            tags = _tags(raster)
            findings = _wrong_edition(tags, edition, source)
            if not all(tags.get(name) for name in _SERIES):
                # `read_raster` has said so, or found that it shows distances.
                return findings
            if told is not None and _series_of(told, tags).empty:
                text = "no table tells of the series that it shows, nor what of it is hidden."
                findings.append(Finding(kind="unknown_series", file=source, text=text))
            codes = list(dict.fromkeys(_series_of(hidden, tags, finer=True)["area_code"]))
            if lacking := [code for code in codes if code not in outlines]:
                text = f"{len(lacking):,} hidden areas have no outline; first: {lacking[0]}."
                return [*findings, Finding(kind="unread_file", file=source, text=text)]
            shown = [code for code in codes if _any_within(raster, outlines[code], rasterio)]
    except rasterio.errors.RasterioError:
        # `read_raster` has said so.
        return []
    if shown:
        text = f"{len(shown):,} hidden areas have cells with a value; first: {shown[0]}."
        findings.append(Finding(kind="derived_figure", file=source, text=text))
    return findings


def _wrong_edition(tags: dict[str, str], edition: str, source: str) -> list[Finding]:
    named = tags.get("edition", "")
    if not named or not edition or named == edition:
        return []
    text = f"it says that it belongs to the {named} edition, and lies in the {edition} one."
    return [Finding(kind="foreign_edition", file=source, text=text)]


# From fine to coarse.
_LEVELS: Final = ("lsoa", "ward", "district", "csp", "county", "police_area")


def _series_of(rows: pd.DataFrame, tags: dict[str, str], *, finer: bool = False) -> pd.DataFrame:
    """Rows of the series that a raster shows, of its level where it names one."""
    for name in _SERIES:
        rows = rows[rows[name] == tags.get(name, "")]
    level = tags.get("level", "")
    if not level or "level" not in rows:
        return rows
    levels = [level]
    if finer:
        # Of a level that nobody knows all areas are looked at.
        end = _LEVELS.index(level) if level in _LEVELS else len(_LEVELS)
        levels += [*_LEVELS[:end], *(set(rows["level"]) - set(_LEVELS))]
    return rows[rows["level"].isin(levels)]


def _any_within(raster: DatasetReader, outline: bytes, rasterio: ModuleType) -> bool:
    """Whether any cell with a value has its centre in an outline."""
    import shapely

    shape = shapely.from_wkb(outline)
    west, south, east, north = shape.bounds
    place = raster.transform
    first_column, last_column = _span(
        (west - place.c) / place.a, (east - place.c) / place.a, raster.width
    )
    first_row, last_row = _span(
        (north - place.f) / place.e, (south - place.f) / place.e, raster.height
    )
    if first_column >= last_column or first_row >= last_row:
        return False
    window = rasterio.windows.Window(
        first_column, first_row, last_column - first_column, last_row - first_row
    )
    shown = np.logical_or.reduce(stored(raster, window), axis=0)
    within = rasterio.features.geometry_mask(
        [shape], out_shape=shown.shape, transform=raster.window_transform(window), invert=True
    )
    return bool(shown[within].any())


def _span(low: float, high: float, size: int) -> tuple[int, int]:
    return max(0, int(np.floor(low))), min(size, int(np.ceil(high)) + 1)


def _rasterio() -> ModuleType | None:
    """Rasterio where it is installed."""
    try:
        importlib.import_module("rasterio.features")
        importlib.import_module("rasterio.windows")
        return importlib.import_module("rasterio")
    except ImportError:
        return None


def _tags(raster: DatasetReader) -> dict[str, str]:
    tags: dict[str, str] = dict(raster.tags())
    for band in range(1, raster.count + 1):
        tags |= raster.tags(band)
    return {name.lower(): value for name, value in tags.items()}
