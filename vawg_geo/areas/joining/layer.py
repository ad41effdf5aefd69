"""What every builder of neighbours asks of a layer of areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from vawg_geo.errors import BoundaryError, InputError, problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["require_layer"]


def require_layer(areas: gpd.GeoDataFrame, *, areal: bool) -> tuple[tuple[Any, ...], NDArray[Any]]:
    """Codes and geometries of areas that neighbours can be found for.

    Parameters
    ----------
    areas : GeoDataFrame
        Columns `area_code` and `geometry`, in metres.
    areal : bool
        Ask for polygons; otherwise any geometry will do.

    Returns
    -------
    ids : tuple of str or int
    shapes : ndarray of geometry
        Both in the order of the rows.

    Raises
    ------
    BoundaryError
        Geometry is missing, empty, not areal where it must be, or in degrees.
    InputError
        There is no area or no column of codes, or codes are missing or repeat.
    """
    if "area_code" not in areas.columns:
        msg = "the areas have no column 'area_code'. Name the column that holds the codes so."
        raise InputError(msg)
    if areas.empty:
        msg = "there are 0 areas. Give a layer with rows."
        raise InputError(msg)
    if areas.crs is not None and areas.crs.is_geographic:
        msg = f"coordinates are degrees ({areas.crs.name}). Project the areas to metres first."
        raise BoundaryError(msg)
    codes = areas["area_code"]
    ids = tuple(codes.to_list())
    shapes = areas.geometry.to_numpy()
    _refuse_marked(
        codes.isna().to_numpy(),
        ids,
        what="have no code",
        action="Give each area its code.",
        error=InputError,
    )
    _refuse_marked(
        codes.duplicated().to_numpy(),
        ids,
        what="repeat an area code",
        action="Give each area one row; dissolve its parts first.",
        error=InputError,
    )
    _refuse_marked(
        shapely.is_missing(shapes) | shapely.is_empty(shapes),
        ids,
        what="have no geometry",
        action="Repair the source, or leave these areas out.",
        error=BoundaryError,
    )
    if areal:
        _refuse_marked(
            ~np.isin(shapely.get_type_id(shapes), (3, 6)),
            ids,
            what="are no polygons, so they have no border to share",
            action="Give the areas' outlines, or take knn or band.",
            error=BoundaryError,
        )
    return ids, shapes


def _refuse_marked(
    bad: NDArray[np.bool_],
    ids: Sequence[Any],
    *,
    what: str,
    action: str,
    error: type[InputError],
) -> None:
    """Raise for the areas marked, naming the first, or do nothing if none is."""
    if not bad.any():
        return
    row = int(np.argmax(bad))
    first = f"{ids[row]!r} in row {row + 1:,}"
    raise error(
        problem(what, bad=int(bad.sum()), total=len(ids), noun="areas", first=first, action=action)
    )
