"""The folder of fetched and added layers: where it is, and how a layer is written and checked.

A layer is a GeoPackage in EPSG:27700 (`area_code`, `area_name`, `parent_code`, geometry) with a
record beside it, `<name>.json`, that holds its SHA-256. Fetched and added layers lie in a folder
each.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.files.in_use import require_closed
from vawg_geo.files.whole import file_meant, write_whole, written_whole
from vawg_geo.inputs.catalogue.registry import sha256_of

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "CACHE_VARIABLE",
    "cache_folder",
    "is_intact",
    "read_record",
    "shelf",
    "store_layer",
]

CACHE_VARIABLE: Final = "VAWG_GEO_CACHE"


def cache_folder(cache: Path | str | None = None) -> Path:
    """Folder of fetched and added layers; it need not exist yet.

    Parameters
    ----------
    cache : Path, str or None
        The folder itself; without it `VAWG_GEO_CACHE`, without that the system's cache folder.

    Examples
    --------
    >>> cache_folder("somewhere").name
    'somewhere'
    """
    if cache is not None:
        return Path(cache)
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_data_dir("vawg-geo", appauthor=False))


def shelf(folder: Path, kind: str) -> Path:
    """Folder, within the cache, of layers of one kind: `added`, or else what was fetched."""
    return folder / ("added" if kind == "added" else "fetched")


def store_layer(
    frame: gpd.GeoDataFrame, folder: Path, name: str, *, record: dict[str, Any]
) -> Path:
    """Write a layer and its record into a folder of the cache; each is exchanged as one.

    The layer goes first. A run that dies between the two leaves a record that does not fit, and
    a layer that does not fit its record is never handed out.

    Parameters
    ----------
    frame : GeoDataFrame
        `area_code`, `area_name`, perhaps `parent_code`, and the geometry, with a CRS.
    folder : Path
        Folder of fetched or of added layers; made where absent.
    name : str
        The layer's name.
    record : dict
        What to keep beside it; `sha256`, `bytes`, `rows` and `parents` (has every area one?)
        are put in.

    Returns
    -------
    Path
        The GeoPackage.

    Raises
    ------
    OutputError
        A layer of this name is there and open for editing.
    """
    import pandas as pd

    folder.mkdir(parents=True, exist_ok=True)
    tidy = frame.to_crs(27700)
    if "parent_code" not in tidy:
        tidy["parent_code"] = pd.Series([None] * len(tidy), index=tidy.index, dtype="str")
    tidy["parent_code"] = tidy["parent_code"].replace("", None)
    if tidy.geometry.name != "geometry":
        tidy = tidy.rename_geometry("geometry")
    tidy = tidy[["area_code", "area_name", "parent_code", "geometry"]]
    tidy = tidy.sort_values("area_code", ignore_index=True)

    path = folder / f"{name}.gpkg"
    with written_whole(path) as partial:
        tidy.to_file(partial, layer=name, driver="GPKG", engine="pyogrio", promote_to_multi=True)
        facts = {
            "sha256": sha256_of(partial),
            "bytes": partial.stat().st_size,
            "rows": len(tidy),
            "parents": bool(tidy["parent_code"].notna().all()),
        }
        require_closed(file_meant(path))
    text = json.dumps({"name": name, **record, **facts}, indent=2, ensure_ascii=False)
    write_whole(folder / f"{name}.json", text)
    return path


def read_record(folder: Path, name: str) -> dict[str, Any]:
    """Record of a layer in a folder of the cache; empty where there is none that can be read."""
    try:
        record = json.loads((folder / f"{name}.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def is_intact(folder: Path, name: str) -> bool:
    """Whether a layer of the cache has the bytes that its record says."""
    path = folder / f"{name}.gpkg"
    return path.is_file() and sha256_of(path) == read_record(folder, name).get("sha256")
