"""One way from what a person names to a layer: a catalogue's name, or a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vawg_geo.inputs.boundaries.read import read_boundaries
from vawg_geo.inputs.catalogue.registry import embedded_folder, read_registry

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["read_layer"]


def read_layer(name: str, *, folder: Path | str = ".", **options: Any) -> gpd.GeoDataFrame:
    """Read a layer by a name of the catalogue, or from a file.

    Parameters
    ----------
    name : str
        An embedded, fetched or added layer's name; with an ending, a file.
    folder : Path or str
        What a file's path is relative to.
    options : keyword arguments
        Passed to `read_boundaries`.

    Returns
    -------
    geopandas.GeoDataFrame
        As `read_boundaries` returns.

    Raises
    ------
    VawgGeoError
        No such layer, or one that cannot be used.
    """
    if name in read_registry(embedded_folder("boundaries")):
        return read_boundaries(name, **options)
    if Path(name).suffix:
        return read_boundaries(Path(folder, name), **options)
    from vawg_geo.inputs.catalogue.catalogue import find_layer

    found, _ = find_layer(name)
    return read_boundaries(found, **options)
