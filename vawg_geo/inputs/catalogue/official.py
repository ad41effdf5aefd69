"""An official layer's own columns, the condition that selects areas, and its rows as a table."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from vawg_geo.errors import ConfigurationError, DownloadError, problem
from vawg_geo.terms.codes import level_of_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from vawg_geo.inputs.catalogue.catalogue import CatalogueEntry, ServiceLayer

__all__ = ["Columns", "columns_of", "condition_of", "frame_of"]

# Our column, and the service's column for it.
Columns = dict[str, str | None]

_STEMS: Final = {
    "ward": "wd",
    "district": "lad",
    "county": "cty",
    "police_area": "pfa",
    "lsoa": "lsoa",
}


def columns_of(fields: Sequence[str], entry: CatalogueEntry, remote: ServiceLayer) -> Columns:
    """Find the service's columns for code, name and parent, whatever their case and year.

    The portal spells `lad16cd` in one vintage and `LAD21CD` in another.

    Parameters
    ----------
    fields : sequence of str
        The service's columns.
    entry, remote : CatalogueEntry, ServiceLayer
        The layer, and what the catalogue says of its service.

    Returns
    -------
    dict
        The service's columns by `area_code`, `area_name`, `parent_code` (None without one).

    Raises
    ------
    DownloadError
        There is no column of codes or of names.
    """
    stem = _STEMS[entry.level]

    def pick(wanted: str | None, pattern: str) -> str | None:
        exact = [f for f in fields if wanted and f.casefold() == wanted.casefold()]
        alike = [f for f in fields if re.fullmatch(pattern, f.casefold())]
        return exact[0] if exact else alike[0] if len(alike) == 1 else None

    code = pick(remote.code_column, rf"{stem}\d\dcd")
    name = pick(remote.name_column, rf"{stem}\d\dnm")
    if code is None or name is None:
        missing = remote.code_column if code is None else remote.name_column
        msg = (
            f"the service for {entry.name!r} has no column {missing!r}; it has "
            f"{', '.join(fields)}. It may not be the layer it was: give its present name "
            "with --service, or download the file by hand and run 'vawg-geo boundaries add FILE'."
        )
        raise DownloadError(msg)
    parent = None
    if entry.level in {"ward", "lsoa"}:
        parent = pick(remote.parent_column, r"lad\d\dcd")
    return {"area_code": code, "area_name": name, "parent_code": parent}


def condition_of(
    columns: Columns, entry: CatalogueEntry, remote: ServiceLayer, *, within: Sequence[str] = ()
) -> str:
    """Word the condition that selects English areas, perhaps of some districts only.

    Parameters
    ----------
    columns : dict
        See `columns_of`.
    entry, remote : CatalogueEntry, ServiceLayer
        The layer, and what the catalogue says of its service.
    within : sequence of str
        Codes of districts, already checked to be nothing else.

    Raises
    ------
    ConfigurationError
        `within` is given, and the service does not say which district an area is in.
    """
    condition = f"{columns['area_code']} LIKE '{remote.codes}%'"
    if not within:
        return condition
    parent = columns["area_code" if entry.level == "district" else "parent_code"]
    if parent is None:
        msg = (
            f"{entry.name!r} does not say which district an area is in, so it cannot be "
            f"restricted to {', '.join(within)}. Fetch it whole, without --within."
        )
        raise ConfigurationError(msg)
    codes = ", ".join(f"'{code}'" for code in within)
    return f"{condition} AND {parent} IN ({codes})"


def frame_of(
    features: Sequence[dict[str, Any]], columns: Columns, entry: CatalogueEntry
) -> gpd.GeoDataFrame:
    """Make a table of areas of a service's features.

    Parameters
    ----------
    features : sequence of dict
        In Esri's form, with `attributes` and `geometry`, in EPSG:27700.
    columns : dict
        See `columns_of`.
    entry : CatalogueEntry
        The layer.

    Returns
    -------
    GeoDataFrame
        One row per area: `area_code`, `area_name`, perhaps `parent_code`, and the outline.

    Raises
    ------
    DownloadError
        Codes come twice or are of another level, or areas have no outline.
    """
    import geopandas as gpd
    import shapely

    from vawg_geo.inputs.catalogue.portal import polygon_of

    table = {
        ours: [feature["attributes"].get(theirs) for feature in features]
        for ours, theirs in columns.items()
        if theirs is not None
    }
    _require_good_codes(table["area_code"], entry)
    outlines = []
    for code, feature in zip(table["area_code"], features, strict=True):
        try:
            outlines.append(polygon_of((feature.get("geometry") or {}).get("rings") or ()))
        except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError) as error:
            msg = (
                f"the outline of {code!r} cannot be made of what came for {entry.name!r} "
                f"({str(error).splitlines()[0]}). Try again later, or download the file by hand "
                "and run 'vawg-geo boundaries add FILE'."
            )
            raise DownloadError(msg) from error
    bare = [code for code, area in zip(table["area_code"], outlines, strict=True) if area.is_empty]
    if bare:
        raise DownloadError(
            problem(
                "came without an outline",
                bad=len(bare),
                total=len(features),
                noun="areas",
                first=repr(bare[0]),
                action="Try again later, or add a file downloaded by hand.",
            )
        )
    return gpd.GeoDataFrame(table, geometry=outlines, crs=27700)


def _require_good_codes(codes: list[Any], entry: CatalogueEntry) -> None:
    action = "Try again later, or give the service's present name with --service."
    twice = [code for code, times in Counter(codes).items() if times > 1]
    odd = [code for code in codes if level_of_code(str(code)) != entry.level]
    for bad, what in ((twice, "came twice"), (odd, f"are not of the level {entry.level!r}")):
        if bad:
            raise DownloadError(
                problem(
                    what,
                    bad=len(bad),
                    total=len(codes),
                    noun="codes",
                    first=repr(bad[0]),
                    action=action,
                )
            )
